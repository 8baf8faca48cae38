"""The truth of a twin: the covariances of unit scores over all unit-years, and what of them is left within the years.

Pooled over all N unit-years the covariance is D R D, with R the correlations that the paths imply and D the standard
deviations. The means of the years and the ministry's own scores are fixed; what they contribute, F, is taken off, and
the n ordinary units have within the years W = (N D R D - F) / n.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bsc_analysis.twins.plan import TwinPlan

Array = NDArray[Any]


def pooled_covariance(plan: TwinPlan) -> Array:
    """Return the covariance over all unit-years that is asked for, (k, k).

    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> round(float(pooled_covariance(plan)[2, 2]), 6)  # 6 points squared
    36.0
    """
    return np.asarray(np.outer(plan.sd, plan.sd) * np.asarray(plan.sigma))


def within_covariance(plan: TwinPlan, pooled: ArrayLike) -> Array:
    """Return the covariance of ordinary units within years that makes the pooled one, (k, k); it may be impossible.

    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> within = within_covariance(plan, pooled_covariance(plan))
    >>> np.sqrt(np.diag(within)).round(2).tolist()  # of 5.5, 5.5, 6 and 6, what is left within the years
    [5.43, 5.43, 5.94, 6.0]
    """
    ordinary = np.array([sum(each.units) - 1 for each in plan.years], float)
    means = np.array([each.means for each in plan.years])
    fixed = np.vstack([means, [each.ministry for each in plan.years]])
    count = np.concatenate([ordinary, np.ones(len(ordinary))])
    away = fixed - count @ fixed / count.sum()
    contributed = (away * count[:, None]).T @ away
    return np.asarray((count.sum() * np.asarray(pooled) - contributed) / ordinary.sum())


def least_eigenvalue(matrix: ArrayLike) -> float:
    """Return the least eigenvalue of a symmetric matrix; a covariance has none below 0.

    >>> round(least_eigenvalue([[1.0, 0.5], [0.5, 1.0]]), 12)
    0.5
    """
    return float(np.linalg.eigvalsh(np.asarray(matrix, float))[0])


def standardised_paths(covariance: ArrayLike) -> Array:
    """Return the standardised coefficients of each variable on all before it, by the variable they end in.

    >>> standardised_paths([[1.0, 0.5, 0.3], [0.5, 1.0, 0.45], [0.3, 0.45, 1.0]]).round(4).tolist()
    [0.5, 0.1, 0.4]
    """
    r = correlations(covariance)
    return np.concatenate([np.linalg.solve(r[:j, :j], r[:j, j]) for j in range(1, len(r))])


def correlations(covariance: ArrayLike) -> Array:
    """Return the correlations of a covariance matrix.

    >>> correlations([[4.0, 3.0], [3.0, 9.0]]).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    matrix = np.asarray(covariance, float)
    spread = np.sqrt(np.diag(matrix))
    return np.asarray(matrix / np.outer(spread, spread))


def lag_matrix(plan: TwinPlan, within: Array) -> Array:
    """Return the coefficients of the year before in the units of the scores, (k, k); those of the plan are standardised.

    >>> from bsc_analysis.twins.plan import vary_twin
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> lag_matrix(vary_twin(plan, lag={"CP -> SH": 0.3}), np.diag([1.0, 1.0, 4.0, 1.0]))[3].round(6).tolist()
    [0.0, 0.0, 0.15, 0.0]
    """
    spread = np.sqrt(np.diag(within))
    lag = np.zeros_like(within)
    for (start, end), value in plan.options.lag:
        i, j = plan.shorts.index(start), plan.shorts.index(end)
        lag[j, i] = value * spread[j] / spread[i]
    return lag
