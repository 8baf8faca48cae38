"""Estimates as text: as many decimals as their standard errors deserve, and small p-values as bounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bsc_analysis.language.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_analysis.language.words import Language

NOTHING = "–"
FEWEST, MOST = 3, 9  # decimals
SMALLEST_P = 0.001


def figure(value: float | None, decimals: int, language: Language) -> str:
    """Return a number by locale, or a dash where there is none.

    >>> figure(0.3294, 3, "id"), figure(float("nan"), 3, "id")
    ('0,329', '–')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return format_number(value, decimals, language)


def decimals_for(errors: Iterable[float]) -> int:
    """Return how many decimals show two digits of the smallest standard error above 0.

    >>> decimals_for([0.031, 0.5]), decimals_for([0.00031]), decimals_for([12.0, 0.0])
    (3, 5, 3)
    """
    positive = [each for each in errors if each > 0 and math.isfinite(each)]
    needed = 1 - math.floor(math.log10(min(positive))) if positive else FEWEST
    return min(MOST, max(FEWEST, needed))


def share_text(p: float, language: Language) -> str:
    """Return a p-value; what is below :data:`SMALLEST_P` only as that.

    >>> share_text(0.0304, "en"), share_text(1e-9, "id")
    ('0.030', '<0,001')
    """
    if p < SMALLEST_P:
        return "<" + figure(SMALLEST_P, FEWEST, language)
    return figure(p, FEWEST, language)
