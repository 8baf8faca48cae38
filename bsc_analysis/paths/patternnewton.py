"""Newton steps to the maximum of the likelihood of incomplete rows, for any structure, with the exact second derivatives.

The parameters are theta (p,) and the means (k,), which no model restricts; together a point (p + k,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import ModelError, fault
from bsc_analysis.paths.likelihood import STEP, invert
from bsc_analysis.paths.patternlikelihood import inverses, log_likelihood, pulls, pulls_apart
from bsc_analysis.paths.structure import implied, implied_derivative

if TYPE_CHECKING:
    from bsc_analysis.paths.patterns import Patterns, Sums
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

NO_MAXIMUM = "the likelihood of the incomplete rows has no maximum within {steps} steps: the model does not suit the data, or too few rows are complete enough"

# Twice what the last step gained in log-likelihood: its length, squared, in standard errors. The step after it squares that.
CONVERGED = 1e-16
MOST_STEPS = 100
MOST_HALVINGS = 30
# Log-likelihoods are sums over rows; a difference below this share of them is rounding.
ROUNDING = 1e-11
# The smallest eigenvalue of an information matrix with ones on its diagonal that still determines its parameters.
DETERMINED = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """Where the likelihood is greatest.

    Attributes
    ----------
    theta, mean
        (p,) and (k,), the latter from the centre of the patterns.
    information
        (p + k, p + k) observed information of all rows together.
    steps
        Newton steps taken.
    identified
        Whether the information determines every parameter.
    """

    theta: Array
    mean: Array
    information: Array
    steps: int
    identified: bool


def climb(of: Structure, seen: Array, sums: Sums, theta: Array, mean: Array) -> Peak:
    """Return the maximum that is reached from a start.

    A step uses the observed information, and the expected one where the observed is not positive definite; it is halved
    until the likelihood does not fall. Stops at once, not identified, where the expected information is singular.

    Parameters
    ----------
    of
        A structure of any kind.
    seen, sums
        What each pattern sees, (k, P), and the sums of one data set, R = 1.
    theta, mean
        Where to start; Sigma must be positive definite there.

    Raises
    ------
    ModelError
        When steps get nowhere, or end where no maximum is.
    """
    p = len(theta)
    point = np.concatenate([theta, mean])
    for steps in range(1, MOST_STEPS + 1):
        metric = _metric(of, seen, sums, point)
        if not _determined(metric):
            return Peak(point[:p], point[p:], metric, steps, identified=False)
        slope = gradients(of, seen, sums, point[:, None])[:, 0]
        step = invert(metric) @ slope
        point = _improve(of, seen, sums, point, step)
        if slope @ step < CONVERGED:
            return _peak(of, seen, sums, point, steps)
    raise ModelError(fault(NO_MAXIMUM, steps=MOST_STEPS))


def gradients(of: Structure, seen: Array, sums: Sums, points: Array) -> Array:
    """Return the derivatives of the log-likelihood at R points, (p + k, R), real or complex, of as many data sets or one.

    To theta_j 1/2 tr(U dSigma_j), to the means u, with u and U of :mod:`patternlikelihood`.
    """
    p = len(of.parameters)
    thetas = points[:p].T
    sigma = np.stack([implied(of, theta) for theta in thetas], axis=-1)
    slopes = np.stack([implied_derivative(of, theta) for theta in thetas], axis=-1)
    first, second = pulls(seen, sums, points[p:], sigma)
    return np.concatenate([np.einsum("pijr,ijr->pr", slopes, second) / 2, first])


def observed_information(of: Structure, seen: Array, sums: Sums, point: Array) -> Array:
    """Return minus the second derivatives of the log-likelihood, (p + k, p + k), by complex steps of its gradient."""
    steps = point[:, None] + STEP * 1j * np.eye(len(point))
    hessian = -gradients(of, seen, sums, steps).imag / STEP
    return np.asarray((hessian + hessian.T) / 2)


def unit_scores(of: Structure, patterns: Patterns, theta: Array, mean: Array) -> Array:
    """Return the derivatives of each unit's log-likelihood to theta and the means, (G, p + k)."""
    weight = inverses(patterns.seen, implied(of, theta)[..., None])[..., 0]
    of_cells = weight[:, :, None, patterns.pattern]
    first, second = pulls_apart(of_cells, patterns.cells(), mean[:, None])
    flat = implied_derivative(of, theta).reshape(len(theta), -1)
    cells = np.vstack([flat @ second.reshape(flat.shape[1], -1) / 2, first[:, 0]])
    units = np.zeros((patterns.n_units, len(cells)))
    np.add.at(units, patterns.unit, cells.T)
    return units


def _metric(of: Structure, seen: Array, sums: Sums, point: Array) -> Array:
    observed = observed_information(of, seen, sums, point)
    return observed if _determined(observed) else _expected_information(of, seen, sums, point)


def _expected_information(of: Structure, seen: Array, sums: Sums, point: Array) -> Array:
    """Return sum_p n_p/2 tr(W_p dSigma_i W_p dSigma_j) for theta and sum_p n_p W_p for the means."""
    theta = point[: len(of.parameters)]
    n = sums.n[:, 0]
    weight = inverses(seen, implied(of, theta)[..., None])[..., 0].transpose(2, 0, 1)
    turned = np.einsum("nij,pjk->npik", weight, implied_derivative(of, theta))
    information = np.zeros((len(point), len(point)))
    p = len(theta)
    information[:p, :p] = np.einsum("n,npij,nqji->pq", n / 2, turned, turned, optimize=True)
    information[p:, p:] = np.einsum("n,nij->ij", n, weight)
    return information


def _determined(information: Array) -> bool:
    """Whether an information matrix is positive definite, with ones on its diagonal so that units do not matter."""
    size = np.diag(information)
    if not (np.isfinite(information).all() and (size > 0).all()):
        return False
    root = np.sqrt(size)
    return bool(np.linalg.eigvalsh(information / np.outer(root, root))[0] > DETERMINED)


def _improve(of: Structure, seen: Array, sums: Sums, point: Array, step: Array) -> Array:
    """Return the point after a step, halved until the likelihood does not fall."""
    before = _height(of, seen, sums, point)
    for _ in range(MOST_HALVINGS):
        if _height(of, seen, sums, point + step) >= before - ROUNDING * abs(before):
            return point + step
        step = step / 2
    raise ModelError(fault(NO_MAXIMUM, steps=MOST_HALVINGS))


def _height(of: Structure, seen: Array, sums: Sums, point: Array) -> float:
    p = len(of.parameters)
    return log_likelihood(seen, sums, point[p:], implied(of, point[:p]))


def _peak(of: Structure, seen: Array, sums: Sums, point: Array, steps: int) -> Peak:
    information = observed_information(of, seen, sums, point)
    if not _determined(information):
        raise ModelError(fault(NO_MAXIMUM, steps=steps))
    p = len(of.parameters)
    return Peak(point[:p], point[p:], information, steps, identified=True)
