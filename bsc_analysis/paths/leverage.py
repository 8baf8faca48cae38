"""Corrections of robust standard errors for few rows or clusters: residuals are enlarged where a row has leverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths.closedform import Equation, plan
from bsc_analysis.paths.likelihood import scores
from bsc_analysis.paths.moments import moments_of

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

NOTHING_LEFT = 1e-10  # eigenvalues lie in [0, 1]: below, rounding
# Powers of 1 / (1 - leverage) by which a residual is multiplied (MacKinnon and White 1985).
CORRECTIONS = {"hc1": 0.0, "hc2": 0.5, "hc3": 1.0, "cr2": 0.5}


def corrected_scores(model: PathModel, of: Structure, theta: Array, rows: Rows, kind: str) -> Array:
    """Return scores whose coefficients are corrected for leverage, (n, p), or (G, p) for ``cr2``.

    In the equation of y with predictors X (and an intercept), H = X (X'X)^-1 X' and residuals e:
    ``hc1`` multiplies e by sqrt(n / (n - k)), ``hc2`` by (1 - h)^-1/2, ``hc3`` by (1 - h)^-1, and ``cr2`` each cluster's
    e by (I - H_cc)^-1/2 (Bell and McCaffrey 2002, working model of independent rows). Scores of variances stay as they are.

    Parameters
    ----------
    model, of, theta
        A simple model, its structure and its estimates.
    rows
        Complete rows; ``cr2`` needs their cluster.
    """
    units = moments_of(rows, by="cluster" if kind == "cr2" else "row")
    each = scores(of, theta, units)
    place = {(parameter.a, parameter.b): at for at, parameter in enumerate(of.parameters)}
    centred = rows.values - rows.values.mean(axis=0)
    names = rows.names
    for at, equation in enumerate(plan(model).equations):
        X, residuals = _equation(equation, theta, place, centred, names)
        psi = theta[place[names[equation.outcome], names[equation.outcome]]]
        terms = _corrected(X, residuals, rows, kind) / psi
        for column, start in enumerate(equation.predictors):
            each[:, place[names[start], model.endogenous[at]]] = terms[:, column]
    return each


def _equation(
    equation: Equation,
    theta: Array,
    place: dict[tuple[str, str], int],
    centred: Array,
    names: Any,
) -> tuple[Array, Array]:
    """Return the free predictors (n, q) and the residuals (n,) of one equation."""
    outcome = names[equation.outcome]
    free = [theta[place[names[start], outcome]] for start in equation.predictors]
    X = centred[:, list(equation.predictors)]
    known = sum((value * centred[:, start] for start, _, value in equation.fixed), np.zeros(len(centred)))
    return X, centred[:, equation.outcome] - known - X @ np.array(free)


def _corrected(X: Array, residuals: Array, rows: Rows, kind: str) -> Array:
    """Return x times the corrected residual, (n, q), or summed by cluster."""
    n = len(X)
    inverse = np.linalg.inv(X.T @ X)
    if kind == "hc1":
        return np.asarray(X * residuals[:, None] * np.sqrt(n / (n - X.shape[1] - 1)))
    if kind != "cr2" or rows.cluster is None:
        leverage = 1 / n + np.einsum("ij,jk,ik->i", X, inverse, X)
        return np.asarray(X * (residuals * (1 - leverage) ** -CORRECTIONS[kind])[:, None])
    members = [np.flatnonzero(rows.cluster.code == code) for code in range(len(rows.cluster))]
    return np.array([X[m].T @ _adjust(X[m], inverse, residuals[m], n) for m in members])


def _adjust(X: Array, inverse: Array, residuals: Array, n: int) -> Array:
    """Return (I - H_cc)^-1/2 e for one cluster; directions without any variance left are set to 0.

    With H_cc = M M', M = [1/sqrt(n), X L] and L L' = (X'X)^-1, only the few directions of M differ from e.
    """
    design = np.column_stack([np.full(len(X), n**-0.5), X @ np.linalg.cholesky(inverse)])
    directions, sizes, _ = np.linalg.svd(design, full_matrices=False)
    left = 1 - sizes**2
    factor = np.where(left > NOTHING_LEFT, np.maximum(left, NOTHING_LEFT) ** -0.5, 0.0)
    return np.asarray(residuals + directions @ ((factor - 1) * (directions.T @ residuals)))
