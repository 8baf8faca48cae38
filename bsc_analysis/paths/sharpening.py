"""Sharpening: from a start to the top of the likelihood, to the last digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths.likelihood import expected_information, gradient, invert, observed_information
from bsc_analysis.paths.structure import implied

if TYPE_CHECKING:
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

# Distance to the top in standard errors of a single row: below the first there is only rounding, so that no digit is left
# to gain; the second still leaves the first eight digits right, where the data are nearly collinear.
EXACT = 1e-13
ENOUGH = 1e-9
MOST_STEPS = 100
# Share of the diagonal that is added to the information when a step fails: more of it makes steps shorter and safer.
_DAMPINGS = (0.0, *(10.0**power for power in range(-4, 6)))
# Likelihoods closer than this cannot be told apart: a few dozen roundings of a number near 1.
_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Summit:
    """Where the climb ended: parameters (p,), and whether the likelihood has its top there."""

    theta: Array
    reached: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Stand:
    """A point of the climb: parameters, log-likelihood per row, gradient, information, and what is left to climb."""

    theta: Array
    height: float
    slope: Array
    information: Array
    distance: float


def sharpen(of: Structure, theta: Array, covariance: Array) -> Summit:
    """Climb from theta to the maximum of the likelihood by Newton steps, damped while they would lead down.

    Steps solve H d = g with the observed information H, or the expected one where H is not positive definite. The climb
    ends when (g' H^-1 g)^1/2, the length of the next step in standard errors of a single row, is rounding noise.

    Parameters
    ----------
    of
        A structure, its variables best scaled to unit variance.
    theta
        (p,) where to start; the covariance matrix implied there must be positive definite.
    covariance
        (k, k) covariance matrix of the data.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> of = structure(path_model("IP ~ LG"))
    >>> S = np.array([[4.0, 2.0], [2.0, 3.0]])
    >>> sharpen(of, np.array([0.0, 1.0, 1.0]), S).theta.round(12)
    array([0.5, 2. , 4. ])
    """
    at = _stand(of, theta, covariance)
    if at is None:
        return Summit(theta, reached=False)
    for _ in range(MOST_STEPS):
        above = None if at.distance < EXACT else _climb(of, at, covariance)
        if above is None:
            break
        at = above
    return Summit(at.theta, reached=at.distance < ENOUGH)


def _climb(of: Structure, at: _Stand, covariance: Array) -> _Stand | None:
    """Return the end of the longest step that leads up, or None."""
    weight: Array = np.diag(at.information)
    ridge = np.diag(np.maximum(weight, 1e-8 * float(weight.max())))
    for damping in _DAMPINGS:
        try:
            step = invert(at.information + damping * ridge) @ at.slope
        except np.linalg.LinAlgError:
            continue
        candidate = _stand(of, at.theta + step, covariance)
        if candidate is not None and _leads_up(candidate, at):
            return candidate
    return None


def _leads_up(candidate: _Stand, at: _Stand) -> bool:
    gain = candidate.height - at.height
    noise = _ROUNDING * (1 + abs(at.height))
    return gain > noise or (gain > -noise and candidate.distance < at.distance)


def _stand(of: Structure, theta: Array, covariance: Array) -> _Stand | None:
    """Return everything about a point, or None where the model implies no covariance matrix."""
    height = _height(implied(of, theta), covariance)
    if height is None:
        return None
    slope = gradient(of, theta, covariance)
    information = _information(of, theta, covariance)
    try:
        distance = float(np.sqrt(np.maximum(slope @ invert(information) @ slope, 0.0)))
    except np.linalg.LinAlgError:
        distance = np.inf
    return _Stand(theta, height, slope, information, distance)


def _height(sigma: Array, covariance: Array) -> float | None:
    """Return the log-likelihood per row without its constant: -1/2 (log det Sigma + tr Sigma^-1 S)."""
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        return None
    white = np.linalg.solve(root, np.linalg.solve(root, covariance).T)
    height = float(-np.log(np.diag(root)).sum() - np.trace(white) / 2)
    return height if np.isfinite(height) else None


def _information(of: Structure, theta: Array, covariance: Array) -> Array:
    observed = observed_information(of, theta, covariance)
    try:
        np.linalg.cholesky(observed)
    except np.linalg.LinAlgError:
        return expected_information(of, theta)
    return observed
