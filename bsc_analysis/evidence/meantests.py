"""t-tests of a mean difference, and equivalence within a margin, from the difference, its standard error and its df.

t = difference / se; the interval is difference -+ t(level) se; two one-sided tests (TOST, Schuirmann 1987) have
p = P(T > (margin - |difference|) / se).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

if TYPE_CHECKING:
    from bsc_analysis.paths.smalleffects import Verdict

Array = NDArray[Any]

# Relative to the largest number: what rounding of the mean leaves of a spread that is 0.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Sample:
    """How many values, their mean, and their standard deviation, None of one value."""

    n: int
    mean: float
    sd: float | None


@dataclass(frozen=True, slots=True)
class TTest:
    """A two-sided t-test of a difference, with the difference's standard error and interval."""

    t: float
    df: float
    p: float
    se: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests: p of a difference within the margin, the interval that goes with them, and the verdict.

    ``relevant``: the interval of the t-test lies wholly beyond the margin; ``negligible``: the narrower one here, of level
    1 - 2 alpha, lies wholly within it; ``inconclusive`` otherwise.
    """

    p: float
    lower: float
    upper: float
    verdict: Verdict


def summarise(values: Array, size: float = 0.0) -> Sample:
    """Summarise values (n,); a spread that only rounding makes is 0.

    Parameters
    ----------
    values
        One number each.
    size
        How large the numbers are that the values are differences of.

    >>> summarise(np.array([60.0, 70.0, 80.0]))
    Sample(n=3, mean=70.0, sd=10.0)
    """
    n, mean = len(values), float(values.mean())
    if n < 2:
        return Sample(n, mean, None)
    sd = float(values.std(ddof=1))
    return Sample(n, mean, sd if sd > ROUNDING * max(size, float(np.abs(values).max())) else 0.0)


def t_test(difference: float, se: float, df: float, *, level: float = 0.95) -> TTest:
    """Test a difference against 0.

    One set of formulas serves every test here: scipy's warn of a sample without spread, of which Welch's needs only one.

    Parameters
    ----------
    difference, se, df
        The difference, its standard error above 0, and its degrees of freedom.
    level
        Of the interval.

    >>> found = t_test(-30.0, 10 / math.sqrt(3), 2.0)
    >>> round(found.t, 4), round(found.p, 4), round(found.lower, 2), round(found.upper, 2)
    (-5.1962, 0.0351, -54.84, -5.16)
    """
    t = difference / se
    reach = float(stdtrit(df, (1 + level) / 2)) * se
    return TTest(t, df, 2 * float(stdtr(df, -abs(t))), se, difference - reach, difference + reach)


def welch_test(before: Sample, after: Sample, *, level: float = 0.95) -> TTest:
    """Test the difference of two means without assuming equal spread, of which at least one sample must have some.

    se^2 = s1^2/n + s2^2/m with Satterthwaite's degrees of freedom, se^4 / (s1^4/n^2/(n - 1) + s2^4/m^2/(m - 1)).

    Parameters
    ----------
    before, after
        Samples with a standard deviation.
    level
        Of the interval.

    >>> found = welch_test(Sample(3, 2.0, 1.0), Sample(3, 6.0, 2.0))
    >>> round(found.t, 4), round(found.df, 4)  # se^2 = 1/3 + 4/3, df = (5/3)^2 / (1/18 + 16/18)
    (3.0984, 2.9412)
    """
    parts = [((each.sd or 0.0) ** 2 / each.n, each.n - 1) for each in (before, after)]
    squared = sum(part for part, _ in parts)
    df = squared**2 / sum(part**2 / own for part, own in parts)
    return t_test(after.mean - before.mean, math.sqrt(squared), df, level=level)


def judge_equivalence(difference: float, test: TTest, margin: float, *, level: float = 0.95) -> Equivalence:
    """Judge a difference against a margin by two one-sided tests.

    Parameters
    ----------
    difference, test
        The difference and its t-test, of the same level.
    margin
        The largest difference either way that counts as equivalent.
    level
        1 - alpha of the t-test; the narrower interval has level 1 - 2 alpha.

    >>> judge_equivalence(0.5, t_test(0.5, 0.1, 20.0), 1.0).verdict
    'negligible'
    """
    reach = float(stdtrit(test.df, level)) * test.se
    lower, upper = difference - reach, difference + reach
    p = float(stdtr(test.df, (abs(difference) - margin) / test.se))
    if test.lower > margin or test.upper < -margin:
        return Equivalence(p, lower, upper, "relevant")
    within = lower > -margin and upper < margin
    return Equivalence(p, lower, upper, "negligible" if within else "inconclusive")
