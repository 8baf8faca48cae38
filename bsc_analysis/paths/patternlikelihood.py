"""The normal likelihood of incomplete rows and its derivatives, for one data set or many replicates at once.

Replicates lie along the last axis, patterns of missing values along the one before. With W_p the inverse of pattern p's part
of Sigma, 0 where it sees nothing, s_p its sums and S_p its products about the mean, everything follows from

    u = sum_p W_p s_p        and        U = sum_p (W_p S_p W_p - n_p W_p),

the derivatives of the log-likelihood to the mean and, halved, to Sigma.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.paths.patterns import Sums

Array = NDArray[Any]


def log_likelihood(seen: Array, sums: Sums, mean: Array, sigma: Array) -> float:
    """Return the log-likelihood of all values that are known, minus infinity where Sigma is not positive definite.

    -1/2 sum_p (n_p (k_p log 2 pi + log det Sigma_p) + tr W_p S_p), with k_p the variables that pattern p sees.

    Parameters
    ----------
    seen, sums
        What each pattern sees, (k, P), and the sums of one data set, R = 1.
    mean, sigma
        (k,), from the centre of the sums, and (k, k).

    >>> from bsc_analysis.paths.patterns import patterns_of
    >>> from bsc_analysis.paths.rows import Rows
    >>> patterns = patterns_of(Rows(("LG",), np.array([[1.0], [3.0]])))
    >>> round(log_likelihood(patterns.seen, patterns.total(), np.zeros(1), np.eye(1)), 6)
    -2.837877
    """
    try:
        np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        return -np.inf
    both = (seen[:, None] & seen[None, :]).transpose(2, 0, 1)
    _, log_det = np.linalg.slogdet(np.where(both, sigma, np.eye(len(sigma))))
    weight = inverses(seen, sigma[..., None])
    distances = np.einsum("ijpr,ijpr->", weight, about(sums, mean[:, None]))
    constant = seen.sum(axis=0) * np.log(2 * np.pi) + log_det
    return float(-(sums.n[:, 0] @ constant + distances) / 2)


def inverses(seen: Array, sigma: Array) -> Array:
    """Return W (k, k, P, R), the inverse of the part of Sigma (k, k, R) that each pattern sees (k, P), 0 elsewhere.

    By elimination without pivots, for all patterns and replicates at once; Sigma may be complex.

    >>> seen = np.array([[True, True], [True, False]])
    >>> weight = inverses(seen, np.array([[[4.0], [2.0]], [[2.0], [2.0]]]))
    >>> (weight[..., 0, 0] + 0.0).tolist(), (weight[..., 1, 0] + 0.0).tolist()
    ([[0.5, -0.5], [-0.5, 1.0]], [[0.25, 0.0], [0.0, 0.0]])
    """
    both = (seen[:, None] & seen[None, :])[..., None]
    work = np.where(both, sigma[:, :, None], 0.0) + (np.eye(len(seen))[:, :, None] * ~seen)[..., None]
    for at in range(len(seen)):
        pivot = 1 / work[at, at]
        column, row = work[:, at].copy(), work[at] * pivot
        work -= column[:, None] * row
        work[at], work[:, at], work[at, at] = row, -column * pivot, pivot
    return np.asarray(work * both)


def pulls(seen: Array, sums: Sums, mean: Array, sigma: Array) -> tuple[Array, Array]:
    """Return u (k, R) and U (k, k, R), as the head of this module defines them.

    Parameters
    ----------
    seen, sums
        What each pattern sees, (k, P), and its sums.
    mean, sigma
        (k, R), from the centre of the sums, and (k, k, R); real or complex.
    """
    first, second = pulls_apart(inverses(seen, sigma), sums, mean)
    return first.sum(axis=1), second.sum(axis=2)


def pulls_apart(weight: Array, sums: Sums, mean: Array) -> tuple[Array, Array]:
    """Return the summands of u and U, (k, P, R) and (k, k, P, R), given each pattern's W, (k, k, P, R)."""
    away = sums.first - sums.n * mean[:, None]
    first = sum(weight[:, at] * away[at] for at in range(len(away)))
    second = product(weight, product(about(sums, mean), weight)) - sums.n * weight
    return np.asarray(first), second


def about(sums: Sums, mean: Array) -> Array:
    """Return the products about a mean (k, R), (k, k, P, R); meaningless where a pattern sees nothing."""
    low = sums.first[:, None] * mean[None, :, None]
    both = (mean[:, None] * mean)[:, :, None]
    return np.asarray(sums.second - low - low.swapaxes(0, 1) + sums.n * both)


def product(left: Array, right: Array) -> Array:
    """Return the matrix product over the first two axes, whatever follows them."""
    return np.asarray(sum(left[:, at, None] * right[at] for at in range(len(right))))
