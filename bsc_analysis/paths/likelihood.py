"""The normal likelihood of a structure: gradient, scores of each unit, and information, from moments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths.structure import implied, implied_derivative

if TYPE_CHECKING:
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

# A complex step has no cancellation, so it may be as small as the floats allow.
STEP = 1e-100


def gradient(of: Structure, theta: Array, covariance: Array) -> Array:
    """Return the gradient of the log-likelihood per row, (p,), real or complex.

    With W = Sigma^-1: 1/2 tr(W dSigma_j W (S - Sigma)); the means are at the sample's, so that they drop out.

    Parameters
    ----------
    of, theta
        A structure and its parameters (p,).
    covariance
        The sample's covariance S, (k, k), divisor n.
    """
    sigma = implied(of, theta)
    weight = np.linalg.inv(sigma)
    away = weight @ (covariance - sigma) @ weight
    return np.asarray(0.5 * np.einsum("pij,ij->p", implied_derivative(of, theta), away))


def scores(of: Structure, theta: Array, moments: Moments) -> Array:
    """Return the derivative of each unit's log-likelihood, (g, p).

    For unit c with cross-products M_c about the grand mean: 1/2 (tr(W dSigma_j W M_c) - n_c tr(W dSigma_j)).
    """
    weight = np.linalg.inv(implied(of, theta))
    slopes = implied_derivative(of, theta)
    sandwiched = weight @ slopes @ weight
    expected = np.einsum("ij,pij->p", weight, slopes)
    flat = moments.about_grand_mean.reshape(len(moments.n), -1)
    return np.asarray(0.5 * (flat @ sandwiched.reshape(len(slopes), -1).T - np.outer(moments.n, expected)))


def expected_information(of: Structure, theta: Array) -> Array:
    """Return the expected information per row, (p, p): 1/2 tr(W dSigma_j W dSigma_k) at the implied covariance.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> of = structure(path_model("IP ~ LG"))
    >>> float(expected_information(of, np.array([0.5, 1.0, 4.0]))[0, 0])
    4.0
    """
    root = np.linalg.inv(np.linalg.cholesky(implied(of, theta)))
    white = (root @ implied_derivative(of, theta) @ root.T).reshape(len(theta), -1)
    return np.asarray(0.5 * white @ white.T)


def observed_information(of: Structure, theta: Array, covariance: Array) -> Array:
    """Return minus the second derivatives of the log-likelihood per row, (p, p), by a complex step of the gradient."""
    steps = STEP * 1j * np.eye(len(theta))
    columns = [-gradient(of, theta + step, covariance).imag / STEP for step in steps]
    hessian = np.column_stack(columns)
    return np.asarray((hessian + hessian.T) / 2)


def invert(information: Array) -> Array:
    """Return the inverse of an information matrix, scaled first so that units of measurement do not matter."""
    size = np.sqrt(np.abs(np.diag(information)))
    scale = np.outer(size, size)
    return np.asarray(np.linalg.inv(information / scale) / scale)


def jacobian(function: Any, theta: Array) -> Array:
    """Return the derivatives (m, p) of a function of theta that also takes complex numbers.

    >>> jacobian(lambda theta: np.array([theta[0] * theta[1]]), np.array([2.0, 5.0]))
    array([[5., 2.]])
    """
    steps = STEP * 1j * np.eye(len(theta))
    return np.column_stack([np.asarray(function(theta + step)).imag / STEP for step in steps])
