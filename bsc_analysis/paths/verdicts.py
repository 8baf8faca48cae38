"""Diagnostics as results: a number, what it means for the model in one word, and the threshold it was held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import fault

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault

Verdict = Literal["fine", "look", "serious", "not computed"]

NOT_COMPUTED = "{of}: {check} cannot be computed: {why}"
OF_MODEL = "the model"

# A test asks whether there is anything, which many rows always answer yes; the share says how much.
ALPHA, STRICT, LEAST_SHARE = 0.05, 0.001, 0.05


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One judgement about data and model.

    Attributes
    ----------
    name
        What was looked at, such as ``Breusch-Pagan``; a catalogue sentence.
    of
        The outcome whose equation it is about; empty for the whole model.
    statistic, df, p
        The number, its degrees of freedom (none, one, or two of an F), and the p-value of a test, else None; the
        statistic is NaN where it could not be computed.
    verdict
        ``fine``, ``look`` (at a plot, at robust errors, at the units named), ``serious``, or ``not computed``.
    sentence
        The number with the thresholds behind the verdict, or why it could not be computed.
    """

    name: str
    of: str
    statistic: float
    df: tuple[float, ...]
    p: float | None
    verdict: Verdict
    sentence: Fault


def not_computed(name: str, of: str, why: Fault) -> Diagnostic:
    """Return the diagnostic of something that the data do not allow to compute.

    >>> found = not_computed("RESET", "IP", fault("the predictors explain the outcome exactly"))
    >>> str(found.sentence)
    'IP: RESET cannot be computed: the predictors explain the outcome exactly'
    """
    where = of or fault(OF_MODEL)
    sentence = fault(NOT_COMPUTED, of=where, check=fault(name), why=why)
    return Diagnostic(name, of, math.nan, (), None, "not computed", sentence)


def by_size(value: float, thresholds: tuple[float, float]) -> Verdict:
    """Return the verdict on a number that is fine below the first threshold and serious from the second.

    >>> by_size(-1.2, (1.0, 2.0))
    'look'
    """
    fine, serious = thresholds
    size = abs(value)
    return "fine" if size < fine else "look" if size < serious else "serious"


def by_test(p: float, size: float, limit: float = LEAST_SHARE) -> Verdict:
    """Return the verdict of a test: fine from p .05, serious below .001 if what it found has at least a given size.

    >>> by_test(1e-9, 0.001), by_test(1e-9, 0.2)
    ('look', 'serious')
    """
    if p >= ALPHA:
        return "fine"
    return "serious" if p < STRICT and size >= limit else "look"


def written(value: float) -> str:
    """Return a number with three digits, as sentences show it.

    >>> written(0.0123456)
    '0.0123'
    """
    return f"{value:.3g}"
