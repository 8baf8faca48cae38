"""Means and standard deviations of whole answers: which of them n people can give at all.

The mean of n people who each average k whole answers is a multiple of step / (n k) (the GRIM test of Brown and Heathers,
2017). Its standard deviation is largest when everybody answers at an end of the scale, and smallest when everybody
answers as near to the mean as whole answers allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from bsc_analysis.evidence.curves import root_above, root_below
from bsc_analysis.evidence.expressions import Special
from bsc_analysis.evidence.sums import show_number
from bsc_analysis.language.words import say
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language

MOST_COUNTS = 200  # values of n that are tried where n itself is rounded
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class OnGrid(Special):
    """A figure that must be a multiple of ``step`` over n: ``of`` is n; ``rounded`` and ``cut`` say what is printed.

    The range it comes to holds the multiples that print so or, where none does, the nearest one.

    >>> printed = Interval(Fraction("3.445"), Fraction("3.455"))
    >>> OnGrid((), printed, printed, Fraction(1)).range([Interval(Fraction(19), Fraction(19))]).lower
    Fraction(66, 19)
    """

    rounded: Interval
    cut: Interval
    step: Fraction

    def range(self, known: Sequence[Interval]) -> Interval | None:
        """Return the multiples that print so, or the nearest; None where nobody answered."""
        counts = _counts(known[0])
        if counts is None:
            return Interval(min(self.rounded.lower, self.cut.lower), max(self.rounded.upper, self.cut.upper))
        steps = [self.step / n for n in counts]
        if not steps:
            return None
        readings = (_multiples(reading, step) for reading in (self.rounded, self.cut) for step in steps)
        met = [found for found in readings if found is not None]
        if met:
            return Interval(min(each.lower for each in met), max(each.upper for each in met))
        nearest = min((self._nearest(step) for step in steps), key=self._distance)
        return Interval(nearest, nearest)

    def misprinted(self, known: Sequence[Interval]) -> Interval | None:
        """Return the range between the multiples to both sides: either may have been meant."""
        counts = _counts(known[0])
        if not counts:
            return self.range(known)
        ends = [(step, floor(self._middle() / step)) for step in (self.step / n for n in counts)]
        return Interval(min(step * k for step, k in ends), max(step * (k + 1) for step, k in ends))

    def _nearest(self, step: Fraction) -> Fraction:
        below = floor(self._middle() / step) * step
        return min((below, below + step), key=self._distance)

    def _distance(self, value: Fraction) -> Fraction:
        return abs(value - self._middle())

    def _middle(self) -> Fraction:
        return (self.rounded.lower + self.rounded.upper) / 2

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:
        """Write the nearest multiples to both sides."""
        counts = None if known[0] is None else _counts(known[0])
        if not counts or len(counts) > 1:
            return say("whole answers of n = {n}", language, n=parts[0])
        step = self.step / counts[0]
        below = floor(self._middle() / step)
        multiples = (
            f"{show_number(k * self.step, language)} / {parts[0]} = {show_number(k * step, language)}"
            for k in (below, below + 1)
        )
        return say("nearest of {multiples}", language, multiples=", ".join(multiples))


@dataclass(frozen=True, slots=True)
class Spread(Special):
    """The standard deviations that a mean leaves possible: ``of`` is the mean, n, and the ends of the scale.

    With f the mean's distance above the next lower multiple of the step, the variance lies between f (step - f) and
    (maximum - mean) (mean - minimum), over n, or times n / (n - 1) over n - 1: either divisor counts.

    >>> point = lambda number: Interval(Fraction(number), Fraction(number))
    >>> sd = Spread((), Fraction(1)).range([point("3.5"), point(10), point(1), point(5)])
    >>> [round(float(end), 3) for end in (sd.lower, sd.upper)]
    [0.5, 2.041]
    """

    step: Fraction

    def range(self, known: Sequence[Interval]) -> Interval | None:
        """Return the range of the standard deviation; None where the mean lies outside the scale or n is one."""
        mean, n, minimum, maximum = known
        inside = mean.meet(Interval(minimum.lower, maximum.upper))
        if inside.empty or n.upper <= 1:
            return None
        least = ZERO if self.step == 0 else self._least(inside)
        middle = min(max((minimum.lower + maximum.upper) / 2, inside.lower), inside.upper)
        most = (maximum.upper - middle) * (middle - minimum.lower)
        people = max(n.lower, Fraction(2))
        return Interval(root_below(least), root_above(most * people / (people - 1)))

    def _least(self, mean: Interval) -> Fraction:
        """Return the least variance: the curve between two multiples is concave, so it is least at an end."""
        if _multiples(mean, self.step) is not None:
            return ZERO
        above = [end - floor(end / self.step) * self.step for end in (mean.lower, mean.upper)]
        return min(part * (self.step - part) for part in above)

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write what the standard deviation is bounded by."""
        sentence = "sd of {n} answers from {minimum} to {maximum} with mean {mean}"
        return say(sentence, language, mean=parts[0], n=parts[1], minimum=parts[2], maximum=parts[3])


def tells_nothing(step: Fraction, n: Fraction, unit: Fraction) -> bool:
    """Return whether multiples of step / n are so dense that every figure printed in this unit is near one.

    >>> tells_nothing(Fraction(1), Fraction(99), Fraction(1, 100)), tells_nothing(Fraction(1), Fraction(100), Fraction(1, 100))
    (False, True)
    """
    return n <= 0 or step / n <= unit


def _counts(n: Interval) -> list[int] | None:
    """Return the whole numbers that n may be, or None where they are too many to try."""
    least, most = max(ceil(n.lower), 1), floor(n.upper)
    return None if most - least >= MOST_COUNTS else list(range(least, most + 1))


def _multiples(interval: Interval, step: Fraction) -> Interval | None:
    """Return the first and the last multiple of a step that lie in an interval."""
    first, last = ceil(interval.lower / step), floor(interval.upper / step)
    first += first * step not in interval
    last -= last * step not in interval
    return Interval(first * step, last * step) if first <= last else None
