"""Effect sizes of mean differences: Cohen's d, Hedges' g, and their exact intervals from the noncentral t distribution.

Sources: Hedges (1981), Distribution theory for Glass's estimator of effect size and related estimators; Cohen (1988),
Statistical power analysis for the behavioral sciences, chapter 2; Steiger and Fouladi (1997), Noncentrality interval
estimation and the evaluation of statistical models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, gammaln, ndtr

LEAST_DF = 2  # with 1 degree of freedom d has no expectation, so that no factor can make it unbiased
PRECISE = 1e-10  # of a noncentrality, far below what is printed
# The bracket in standard deviations of t; it is doubled until it holds the answer.
REACH = 4.0
FARTHEST = 9.0  # standard deviations that an integral goes to
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


@dataclass(frozen=True, slots=True)
class EffectSize:
    """A standardised mean difference.

    Attributes
    ----------
    d
        Cohen's d: the difference in standard deviations.
    g
        Hedges' g: d without the bias of small samples.
    lower, upper
        The interval of the difference in the population, which d and g both estimate. It is exact for normal values and
        therefore not shrunk with g.
    level
        The level of the interval.
    """

    d: float
    g: float
    lower: float
    upper: float
    level: float


def effect_of_one(t: float, n: int, *, level: float = 0.95) -> EffectSize | None:
    """Return the effect size behind a t-test of one sample, or of paired differences.

    d = t / sqrt(n), which is the mean over the standard deviation; g = J(n - 1) d. None for fewer than three values.

    Parameters
    ----------
    t
        The statistic of Student's test.
    n
        How many values or pairs.
    level
        Of the interval.

    >>> student = effect_of_one(4.062128, 10)  # ten patients, paired: t = 4.06
    >>> round(student.d, 4), round(student.g, 4), round(student.lower, 2), round(student.upper, 2)
    (1.2846, 1.1739, 0.41, 2.12)
    """
    return _effect(t, n - 1, 1 / math.sqrt(n), level)


def effect_of_two(d: float, n_first: int, n_second: int, *, level: float = 0.95) -> EffectSize | None:
    """Return the effect size of two independent samples from their difference in pooled standard deviations.

    g = J(n1 + n2 - 2) d; t = d / sqrt(1/n1 + 1/n2) is noncentral t where both samples spread alike. None for fewer than
    four values in all.

    Parameters
    ----------
    d
        Difference of means over the pooled standard deviation.
    n_first, n_second
        How many values each sample has.
    level
        Of the interval.

    >>> effect = effect_of_two(0.5, 20, 20)
    >>> round(effect.g, 4), round(effect.lower, 4), round(effect.upper, 4)
    (0.4901, -0.133, 1.1267)
    """
    scale = math.sqrt(1 / n_first + 1 / n_second)
    return _effect(d / scale, n_first + n_second - 2, scale, level)


def small_sample_factor(df: float) -> float:
    """Return Hedges' factor J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m - 1)/2)), near 1 - 3/(4m - 1).

    >>> round(small_sample_factor(2), 4), round(small_sample_factor(10), 4)
    (0.5642, 0.9227)
    """
    return math.exp(float(gammaln(df / 2) - gammaln((df - 1) / 2)) - math.log(df / 2) / 2)


def noncentrality_interval(t: float, df: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the noncentralities at which the t that was found is the upper and the lower (1 - level) / 2 quantile.

    Parameters
    ----------
    t, df
        The statistic and its degrees of freedom.
    level
        Of the interval.

    >>> lower, upper = noncentrality_interval(2.0, 9)
    >>> round(lower, 3), round(upper, 3)
    (-0.206, 4.116)
    """
    tail = (1 - level) / 2
    return _noncentrality(t, df, 1 - tail), _noncentrality(t, df, tail)


def share_below(t: float, df: int, noncentrality: float) -> float:
    """Return P(T <= t) of T = (Z + noncentrality) / S, with df S^2 chi-square of a whole number of degrees of freedom.

    By quadrature over whichever of Z and S the other follows smoothly; scipy's own has no value, or none in finite time, for
    some tails that the intervals above pass through.

    >>> round(share_below(2.0, 9, 4.11621), 5), round(share_below(0.0, 5, 0.0), 5)
    (0.025, 0.5)
    """
    if t < 0:
        return 1 - share_below(-t, df, -noncentrality)
    found = _over_errors(t, df, noncentrality) if t * t > 2 * df else _over_spreads(t, df, noncentrality)
    return min(1.0, max(0.0, found))


def _effect(t: float, df: int, scale: float, level: float) -> EffectSize | None:
    if df < LEAST_DF:
        return None
    lower, upper = (end * scale for end in noncentrality_interval(t, df, level=level))
    return EffectSize(t * scale, small_sample_factor(df) * t * scale, lower, upper, level)


def _noncentrality(t: float, df: int, share: float) -> float:
    """Return the noncentrality under which this share of all t is at most the one given; the share falls with it."""

    def beyond(noncentrality: float) -> float:
        return share_below(t, df, noncentrality) - share

    reach = REACH * math.sqrt(1 + t * t / (2 * df))
    while beyond(t - reach) < 0 or beyond(t + reach) > 0:
        reach *= 2
    return float(brentq(beyond, t - reach, t + reach, xtol=PRECISE * max(1.0, abs(t))))


def _over_errors(t: float, df: int, noncentrality: float) -> float:
    """Integrate over Z, for t above 0: P(T <= t) = P(Z < -noncentrality) + E P(S >= (Z + noncentrality) / t)."""
    lower = min(max(-noncentrality, -FARTHEST), FARTHEST)
    z = lower + (FARTHEST - lower) * (NODES + 1) / 2
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    shares = chdtrc(df, df * ((z + noncentrality) / t) ** 2)
    return float(ndtr(-noncentrality) + (FARTHEST - lower) / 2 * (WEIGHTS * density) @ shares)


def _over_spreads(t: float, df: int, noncentrality: float) -> float:
    """Integrate over S, whose square times df is chi-square: P(T <= t) = E Phi(t S - noncentrality)."""
    lower, upper = max(0.0, 1 - FARTHEST / math.sqrt(df)), 1 + FARTHEST / math.sqrt(df)
    s = lower + (upper - lower) * (NODES + 1) / 2
    log_density = (
        math.log(2)
        + df / 2 * math.log(df / 2)
        - float(gammaln(df / 2))
        + (df - 1) * np.log(s)
        - df / 2 * s * s
    )
    shares = ndtr(t * s - noncentrality)
    return float((upper - lower) / 2 * (WEIGHTS * np.exp(log_density)) @ shares)
