"""Unmeasured confounders of one least-squares coefficient: how strong one must be, and what a given one would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Array = NDArray[Any]

BAD_SHARE = "{name} is {got}, allowed: above 0 and below 1"
BAD_Q = "the share of an effect to be explained away, q, is {got}, allowed: above 0"
BAD_CAUSE_STRENGTH = "the strength r2_cause of a confounder is {got}, allowed: from 0 up to, but without, 1"
BAD_OUTCOME_STRENGTH = "the strength r2_outcome of a confounder is {got}, allowed: from 0 to 1"
BAD_TIMES = "a confounder {got} times as strong as a variable cannot be weighed, allowed: above 0"


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """Coefficients as they would be with a confounder included that draws them towards 0; arrays of one shape.

    ``b``, ``se``, ``t`` and the ends ``lower`` and ``upper`` of the interval by the t distribution, df less one.
    """

    b: Array
    se: Array
    t: Array
    lower: Array
    upper: Array


def partial_r2(b: ArrayLike, se: ArrayLike, df: ArrayLike) -> Array:
    """Return the partial R2 of a predictor with its outcome: t^2 / (t^2 + df).

    >>> float(partial_r2(0.09731582, 0.02325654, 783).round(5))
    0.02187
    """
    t = np.asarray(b, float) / np.asarray(se, float)
    return np.asarray(t**2 / (t**2 + np.asarray(df, float)))


def robustness_value(
    b: ArrayLike, se: ArrayLike, df: ArrayLike, *, q: float = 1.0, alpha: float | None = None
) -> Array:
    """Return robustness values of least-squares coefficients, of their size or, given alpha, of their significance.

    Parameters
    ----------
    b, se, df
        Coefficients, standard errors and residual degrees of freedom (above 1), of shapes that go together.
    q
        The share of the coefficient to be explained away.
    alpha
        Level at which what is left is to be no longer significant.

    Raises
    ------
    UseError
        When q or alpha is out of range.

    >>> estimate = (0.09731582, 0.02325654, 783)
    >>> float(robustness_value(*estimate).round(4)), float(robustness_value(*estimate, alpha=0.05).round(4))
    (0.1388, 0.0763)
    """
    _check_numbers(alpha=0.5 if alpha is None else alpha, q=q)
    df = np.asarray(df, float)
    f = q * np.abs(np.asarray(b, float) / np.asarray(se, float)) / np.sqrt(df)
    critical = np.zeros_like(df) if alpha is None else stdtrit(df - 1, 1 - alpha / 2) / np.sqrt(df - 1)
    left = np.maximum(f - critical, 0)
    equal = (np.sqrt(left**4 + 4 * left**2) - left**2) / 2
    # Beyond f = 1 / critical the confounder need not explain as much of the outcome as of the cause.
    unequal = (f**2 - critical**2) / (1 + f**2)
    return np.asarray(np.where(f * critical < 1, equal, unequal))


def adjust(
    b: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    *,
    r2_cause: ArrayLike,
    r2_outcome: ArrayLike,
    alpha: float = 0.05,
) -> Adjusted:
    """Return least-squares coefficients as they would be with an unmeasured confounder included.

    The confounder draws the coefficient towards 0 by se sqrt(df) sqrt(r2_outcome r2_cause / (1 - r2_cause)).

    Parameters
    ----------
    b, se, df
        Coefficients, standard errors and residual degrees of freedom (above 1), of shapes that go together.
    r2_cause, r2_outcome
        What the confounder explains of the cause given the other predictors, and of the outcome given cause and other
        predictors.

    Raises
    ------
    UseError
        When a strength or alpha is no share; the outcome can be explained wholly, the cause cannot.

    >>> adjusted = adjust(0.09731582, 0.02325654, 783, r2_cause=0.00916429, r2_outcome=0.12464092)
    >>> float(adjusted.b.round(4)), float(adjusted.t.round(3))
    (0.0752, 3.439)
    """
    _check_numbers(alpha=alpha)
    cause, outcome = np.asarray(r2_cause, float), np.asarray(r2_outcome, float)
    _check_strengths(cause, outcome)
    b, se, df = (np.asarray(each, float) for each in (b, se, df))
    bias = se * np.sqrt(df) * np.sqrt(outcome * cause / (1 - cause))
    left = np.sign(b) * (np.abs(b) - bias)
    error = se * np.sqrt((1 - outcome) / (1 - cause) * df / (df - 1))
    reach = stdtrit(df - 1, 1 - alpha / 2) * error
    t = np.divide(left, error, out=np.full(np.shape(left + error), np.nan), where=error > 0)
    return Adjusted(left, error, t, left - reach, left + reach)


def bound_strength(with_cause: float, with_outcome: float, *, times: float = 1.0) -> tuple[float, float]:
    """Return the greatest R2 with cause and outcome of a confounder so many times as strong as an observed variable.

    With R and r the variable's partial R2 with cause and outcome and k the times: k R / (1 - R) with the cause; with
    the outcome ((sqrt(k) + sqrt(h)) / sqrt(1 - h))^2 r / (1 - r), where h = k R^2 / ((1 - k R) (1 - R)), at most 1. The
    first is 1 or more, and the second NaN, where no confounder can be so strong.

    Raises
    ------
    UseError
        When ``times`` is not above 0.

    >>> [round(each, 4) for each in bound_strength(0.009081, 0.10903)]
    [0.0092, 0.1246]
    """
    if not times > 0:
        raise UseError(fault(BAD_TIMES, got=times))
    cause = times * with_cause / (1 - with_cause)
    if not cause < 1:
        return cause, float("nan")
    through = times * with_cause**2 / ((1 - times * with_cause) * (1 - with_cause))
    outcome = ((times**0.5 + through**0.5) / (1 - through) ** 0.5) ** 2 * with_outcome / (1 - with_outcome)
    return cause, min(outcome, 1.0)


def _check_numbers(*, alpha: float, q: float = 1.0) -> None:
    faults = [] if 0 < alpha < 1 else [fault(BAD_SHARE, name="alpha", got=alpha)]
    if not q > 0:
        faults.append(fault(BAD_Q, got=q))
    if faults:
        raise UseError(*faults)


def _check_strengths(cause: Array, outcome: Array) -> None:
    faults = [fault(BAD_CAUSE_STRENGTH, got=each) for each in cause.flat if not 0 <= each < 1]
    faults += [fault(BAD_OUTCOME_STRENGTH, got=each) for each in outcome.flat if not 0 <= each <= 1]
    if faults:
        raise UseError(*faults)
