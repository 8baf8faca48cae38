"""Tables of estimates: as many decimals as errors deserve, small p-values as bounds, a dash where a number has no meaning."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.tablerows import build_table
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_analysis.exhibits.exhibit import Table
    from bsc_analysis.language.words import Language

NOTHING = "–"
FEWEST_DECIMALS, MOST_DECIMALS = 3, 6
SMALLEST_P = 0.001
STANDARDISED_DECIMALS = 3


def build_estimates(
    columns: dict[str, Any], decimals: dict[str, int], language: Language, *, p_values: tuple[str, ...] = ()
) -> Table:
    """Build a table of estimates whose headers are said in the language.

    Parameters
    ----------
    columns
        Headers and their values.
    decimals
        How many decimals number columns are shown with, by the same headers; every other column holds words.
    language
        The language of headers.
    p_values
        Columns shown with three decimals, or as smaller than .001.

    >>> table = build_estimates({"b": [0.25, None], "p": [1e-9, 0.2]}, {"b": 2}, "en", p_values=("p",))
    >>> table.decimals["p"], table.smallest["p"], table.blank
    (3, 0.001, '–')
    """
    shown = decimals | dict.fromkeys(p_values, STANDARDISED_DECIMALS)
    table = build_table(
        {name: _cells(values, shown.get(name)) for name, values in columns.items()}, shown, language
    )
    smallest = {say(name, language): SMALLEST_P for name in p_values}
    return replace(table, smallest=smallest, blank=NOTHING)


def decimals_beside(errors: Iterable[float]) -> int:
    """Return how many decimals show two digits of the smallest standard error above 0, from three to six.

    >>> decimals_beside([0.031, 0.5]), decimals_beside([0.00031]), decimals_beside([12.0, 0.0])
    (3, 5, 3)
    """
    positive = [each for each in errors if each > 0 and math.isfinite(each)]
    needed = 1 - math.floor(math.log10(min(positive))) if positive else FEWEST_DECIMALS
    return min(MOST_DECIMALS, max(FEWEST_DECIMALS, needed))


def pick(values: Any, kept: Iterable[int]) -> list[float]:
    """Return some numbers of an array (m,), by their places, as floats.

    >>> from bsc_analysis.paths.moments import Moments
    >>> pick(Moments.from_correlations(["LG", "IP"], [[1, 0.3], [0.3, 1]], 50).covariance[0], [1])
    [0.3]
    """
    every = values.tolist()
    return [every[at] for at in kept]


def write_p(p: float, language: Language) -> str:
    """Write a p-value in a sentence as tables show it.

    >>> write_p(0.0304, "en"), write_p(1e-9, "id")
    ('0.030', '<0,001')
    """
    if math.isnan(p):
        return NOTHING
    least = format_number(SMALLEST_P, STANDARDISED_DECIMALS, language)
    return f"<{least}" if p < SMALLEST_P else format_number(p, STANDARDISED_DECIMALS, language)


def _cells(values: Iterable[Any], decimals: int | None) -> list[Any]:
    """Return words as they are, numbers as floats (nan where there is none), and counts that are all known as integers."""
    if decimals is None:
        return list(values)
    numbers = [float(each) if each is not None and math.isfinite(each) else math.nan for each in values]
    counts = decimals == 0 and all(each.is_integer() for each in numbers)
    return [int(each) for each in numbers] if counts else numbers
