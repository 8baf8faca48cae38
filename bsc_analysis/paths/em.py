"""Expectation and maximisation: the moments of incomplete rows, as they are most likely to be were the rows complete.

Replicates lie along the last axis, so that many are improved at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths.patternlikelihood import product, pulls

if TYPE_CHECKING:
    from bsc_analysis.paths.closedform import Plan
    from bsc_analysis.paths.patterns import Patterns, Sums

Array = NDArray[Any]

# Steps are measured in standard deviations; below this one the Newton steps that follow need no more.
CONVERGED = 1e-11
MOST_STEPS = 5_000


def expected_moments(seen: Array, sums: Sums, mean: Array, sigma: Array) -> tuple[Array, Array]:
    """Return the mean (k, R) and covariance (k, k, R) that complete rows are expected to have: the E-step.

    With the derivatives u and U of :mod:`patternlikelihood` they are the mean + Sigma u / n, and about the old mean
    Sigma + Sigma U Sigma / n.
    """
    first, second = pulls(seen, sums, mean, sigma)
    n = sums.n.sum(axis=0)
    shift = sum(sigma[:, at] * first[at] for at in range(len(seen))) / n
    grown = sigma + product(product(sigma, second), sigma) / n
    return mean + shift, grown - shift[:, None] * shift


def saturated(patterns: Patterns) -> tuple[Array, Array, int]:
    """Return the mean (k,), from the centre, and covariance (k, k) of greatest likelihood, and the steps that took.

    After ``MOST_STEPS`` whatever has been reached is returned; the number of steps tells.

    Two variables, the second missing in one row: the regression of the known pairs fills it in.

    >>> from bsc_analysis.paths.patterns import patterns_of
    >>> from bsc_analysis.paths.rows import Rows
    >>> values = np.array([[1.0, 1.0], [2.0, 4.0], [3.0, 4.0], [4.0, np.nan]])
    >>> patterns = patterns_of(Rows(("LG", "IP"), values))
    >>> mean, covariance, _ = saturated(patterns)
    >>> (patterns.centre + mean).round(6).tolist(), (covariance[1] / covariance[0, 0]).round(6).tolist()
    ([2.5, 3.75], [1.5, 2.65])
    """
    sums = patterns.total()
    known = patterns.seen @ sums.n
    mean = np.zeros(known.shape)
    sigma = np.eye(len(known))[:, :, None] * (np.einsum("iipr->ir", sums.second) / known)
    steps, size = 0, np.inf
    while size > CONVERGED and steps < MOST_STEPS:
        following = expected_moments(patterns.seen, sums, mean, sigma)
        size = float(distance(mean, sigma, *following).max())
        mean, sigma = following
        steps += 1
    return mean[:, 0], (sigma[..., 0] + sigma[..., 0].T) / 2, steps


def distance(mean: Array, sigma: Array, next_mean: Array, next_sigma: Array) -> Array:
    """Return the largest change of a mean, variance or covariance, in standard deviations, (R,)."""
    deviation = np.sqrt(np.abs(np.einsum("iir->ir", sigma)))
    of_mean = np.abs(next_mean - mean) / deviation
    of_sigma = np.abs(next_sigma - sigma) / (deviation[:, None] * deviation)
    return np.asarray(np.maximum(of_mean.max(axis=0), of_sigma.max(axis=(0, 1))))


def implied_covariances(of: Plan, covariance: Array, b: Array, psi: Array) -> Array:
    """Return the covariance matrices that a recursive model implies, (k, k, R).

    Those of exogenous variables are as given; each equation adds its outcome: Sigma_yz = b' Sigma_xz, plus psi for itself.

    >>> from bsc_analysis.paths.closedform import plan
    >>> from bsc_analysis.paths.model import path_model
    >>> of = plan(path_model("IP ~ LG"))
    >>> implied_covariances(of, np.array([[[4.0], [2.0]], [[2.0], [3.0]]]), np.array([[0.5]]), np.array([[2.0]]))[..., 0]
    array([[4., 2.],
           [2., 3.]])
    """
    sigma = np.array(covariance)
    known = list(of.exogenous)
    for at, each in enumerate(of.equations):
        terms = [*zip(each.predictors, each.places, strict=True), *(fixed[:2] for fixed in each.fixed)]
        y = each.outcome
        for other in known:
            through = sum((b[place] * sigma[start, other] for start, place in terms), np.zeros(psi.shape[1:]))
            sigma[y, other] = sigma[other, y] = through
        sigma[y, y] = sum((b[place] * sigma[start, y] for start, place in terms), psi[at])
        known.append(y)
    return sigma
