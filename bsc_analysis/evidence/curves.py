"""Test statistics and fit measures over intervals: p of t and of chi-square, RMSEA, CFI, each rounded outwards.

Tail probabilities fall with the statistic, so that their range lies between its ends; what the library computes there is
widened by more than its documented error before it is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

from scipy.special import chdtrc, chdtri, ndtr, ndtri, stdtr, stdtrit

from bsc_analysis.evidence.expressions import Special
from bsc_analysis.scorecards.bands import INFINITY, Interval

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language

# The tails of scipy.special are held to about 1e-13 of their value by its own tests; this is ten thousand times as much.
TAIL_ERROR = Fraction(1, 10**9)
ROOT_DIGITS = 15  # decimals to which square roots are taken, downwards and upwards
UNBOUNDED = Interval(-INFINITY, INFINITY)
ZERO, ONE = Fraction(0), Fraction(1)
LARGEST_STATISTIC = Fraction(10**6)  # every tail beyond it is 0 in floating point


@dataclass(frozen=True, slots=True)
class TwoSidedP(Special):
    """The two-sided p of a statistic: ``of`` is the statistic and, where known, the degrees of freedom.

    The normal distribution and every t distribution from these degrees of freedom up count; without them the normal alone.
    The statistic comes with the sign that makes it positive.

    >>> p = TwoSidedP(()).range([Interval(Fraction("1.955"), Fraction("1.965"))])
    >>> [round(float(end), 4) for end in (p.lower, p.upper)]
    [0.0494, 0.0506]
    """

    def range(self, known: Sequence[Interval]) -> Interval:
        """Return the range of p."""
        statistic = _magnitude(known[0])
        least = 2 * ndtr(-_float(statistic.upper))
        most = 2 * ndtr(-_float(statistic.lower))
        if len(known) > 1 and known[1].lower > 0:
            most = 2 * stdtr(float(known[1].lower), -_float(statistic.lower))
        return Interval(_down(least), min(_up(most), ONE))

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:
        """Return the statistics that give the target p."""
        if index or target.lower < 0 or target.upper <= 0 or target.lower >= 1:
            return None
        upper = -ndtri(float(target.lower) / 2) if target.lower > 0 else float(LARGEST_STATISTIC)
        if known and known[0].lower > 0 and target.lower > 0:
            upper = -stdtrit(float(known[0].lower), float(target.lower) / 2)
        lower = -ndtri(min(float(target.upper), 1.0) / 2)
        return Interval(_down(max(lower, 0.0)), _up(upper))

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write p with its statistic."""
        df = f"; df ≥ {parts[1]}" if len(parts) > 1 else ""
        return f"p({parts[0]}{df})"


@dataclass(frozen=True, slots=True)
class ChiSquareP(Special):
    """The p of a chi-square statistic: ``of`` is the statistic and its degrees of freedom."""

    def range(self, known: Sequence[Interval]) -> Interval | None:
        """Return the range of p; without degrees of freedom there is none."""
        statistic, df = known
        if df.upper <= 0:
            return None
        least = chdtrc(float(max(df.lower, ZERO)), _float(max(statistic.upper, ZERO)))
        most = chdtrc(float(df.upper), _float(max(statistic.lower, ZERO)))
        return Interval(_down(least), min(_up(most), ONE))

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:
        """Return the statistics that give the target p."""
        if index or known[0].lower <= 0 or target.lower <= 0 or target.upper >= 1:
            return None
        df = float(known[0].lower), float(known[0].upper)
        return Interval(_down(chdtri(df[0], float(target.upper))), _up(chdtri(df[1], float(target.lower))))

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write p with its statistic."""
        return f"p(χ² {parts[0]}; df {parts[1]})"


@dataclass(frozen=True, slots=True)
class Rmsea(Special):
    """RMSEA: ``of`` is chi-square, its degrees of freedom and n.

    RMSEA = sqrt(max(chi2 - df, 0) / (df m)), where m is n or n - 1: programs differ, and either counts.
    """

    def range(self, known: Sequence[Interval]) -> Interval | None:
        """Return the range of RMSEA, of a saturated model exactly 0."""
        chi2, df, n = known
        if df.lower == df.upper == 0:
            return Interval(ZERO, ZERO)
        if df.lower <= 0 or n.lower <= 1:
            return UNBOUNDED
        least = max(chi2.lower / df.upper - 1, ZERO) / n.upper
        most = max(chi2.upper / df.lower - 1, ZERO) / (n.lower - 1)
        return Interval(root_below(least), root_above(most))

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:
        """Return the chi-square that gives the target."""
        df, n = known[0], known[1]
        if index or target.lower <= 0 or df.lower <= 0 or n.lower <= 1:
            return None
        least = df.lower * (1 + target.lower**2 * (n.lower - 1))
        return Interval(least, df.upper * (1 + target.upper**2 * n.upper))

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write the formula with its numbers."""
        return f"√(({parts[0]} − {parts[1]}) / ({parts[1]} × {parts[2]}))"


@dataclass(frozen=True, slots=True)
class Cfi(Special):
    """CFI: ``of`` is chi-square and df of the model, then of the baseline model.

    CFI = 1 - max(chi2 - df, 0) / max(chi2 - df, chi2_0 - df_0, 0).
    """

    def range(self, known: Sequence[Interval]) -> Interval:
        """Return the exact range of CFI; without any misfit it is 1."""
        chi2, df, baseline, baseline_df = known
        least = self._share(chi2.upper - df.lower, baseline.lower - baseline_df.upper)
        most = self._share(chi2.lower - df.upper, baseline.upper - baseline_df.lower)
        return Interval(least, most)

    def _share(self, misfit: Fraction, worst: Fraction) -> Fraction:
        return 1 - misfit / max(misfit, worst) if misfit > 0 else ONE

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write the formula with its numbers."""
        return f"1 − ({parts[0]} − {parts[1]}) / ({parts[2]} − {parts[3]})"


def root_below(value: Fraction) -> Fraction:
    """Return a square root, rounded down.

    >>> root_below(Fraction(9, 4)), root_below(Fraction(2)) ** 2 < 2 < root_above(Fraction(2)) ** 2
    (Fraction(3, 2), True)
    """
    scale = 10 ** (2 * ROOT_DIGITS)
    return Fraction(isqrt(value.numerator * scale // value.denominator), 10**ROOT_DIGITS)


def root_above(value: Fraction) -> Fraction:
    """Return a square root, rounded up."""
    below = root_below(value)
    return below if below * below == value else below + Fraction(1, 10**ROOT_DIGITS)


def _magnitude(interval: Interval) -> Interval:
    """Return the magnitudes of the numbers in an interval."""
    if interval.lower >= 0:
        return interval
    largest = max(-interval.lower, interval.upper)
    return Interval(ZERO if interval.upper >= 0 else -interval.upper, largest)


def _float(value: Fraction) -> float:
    return float(min(value, LARGEST_STATISTIC))


def _down(value: float) -> Fraction:
    return max(Fraction(float(value)) * (1 - TAIL_ERROR), ZERO)


def _up(value: float) -> Fraction:
    return Fraction(float(value)) * (1 + TAIL_ERROR)
