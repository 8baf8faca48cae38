"""Least squares of a recursive model, equation by equation, for one covariance matrix or many at once.

The replicates, if there are any, lie along the trailing axes, so that each step is one operation on contiguous arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.paths.pathmodel import PathModel

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Equation:
    """One equation in numbers: its outcome, its predictors, and which coefficient each has.

    ``fixed`` holds predictors whose coefficient is a number, as (variable, coefficient's place, number).
    """

    outcome: int
    predictors: tuple[int, ...]
    places: tuple[int, ...]
    fixed: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The equations of a recursive model in the order of their outcomes, and which variables are exogenous."""

    k: int
    n_edges: int
    equations: tuple[Equation, ...]
    exogenous: tuple[int, ...]


def plan(model: PathModel) -> Plan:
    """Return the plan of a model, its variables counted in the order of ``model.observed``."""
    position = {name: at for at, name in enumerate(model.observed)}
    return Plan(
        len(position),
        len(model.edges),
        tuple(_equation(model, outcome, position) for outcome in model.endogenous),
        tuple(position[name] for name in model.exogenous),
    )


def coefficients(of: Plan, covariance: Array) -> Array:
    """Return every coefficient, (E, ...), that least squares gives: b = Sxx^-1 sxy in each equation.

    For a recursive model without residual covariances this is maximum likelihood, also where it is over-identified.

    Parameters
    ----------
    of
        The plan of the model.
    covariance
        (k, k, ...) covariance matrices; replicates along trailing axes.

    >>> from bsc_analysis.paths.model import path_model
    >>> S = np.array([[4.0, 2.0], [2.0, 3.0]])
    >>> coefficients(plan(path_model("IP ~ LG")), S)
    array([0.5])
    """
    b = np.empty((of.n_edges, *covariance.shape[2:]))
    for each in of.equations:
        sxy = [covariance[start, each.outcome] for start in each.predictors]
        for start, place, value in each.fixed:
            b[place] = value
            sxy = [
                s - value * covariance[other, start] for s, other in zip(sxy, each.predictors, strict=True)
            ]
        for place, solved in zip(each.places, _solve(covariance, each.predictors, sxy), strict=True):
            b[place] = solved
    return b


def residual_variances(of: Plan, covariance: Array, b: Array) -> Array:
    """Return the residual variance of each equation, (q, ...): syy - 2 b'sxy + b'Sxx b.

    >>> from bsc_analysis.paths.model import path_model
    >>> S = np.array([[4.0, 2.0], [2.0, 3.0]])
    >>> residual_variances(plan(path_model("IP ~ LG")), S, np.array([0.5]))
    array([2.])
    """
    psi = np.empty((len(of.equations), *covariance.shape[2:]))
    for at, each in enumerate(of.equations):
        terms = _terms(each)
        # y - b'x, multiplied out: the residual is a contrast of the variables with weights 1 and -b.
        weights = [(each.outcome, 1.0), *((start, -b[place]) for start, place in terms)]
        psi[at] = sum(u * v * covariance[i, j] for i, u in weights for j, v in weights)
    return psi


def implied_variances(of: Plan, covariance: Array, b: Array, psi: Array) -> Array:
    """Return the variance of every variable that the model implies, (k, ...).

    The covariances of exogenous variables are the sample's; each equation adds its outcome: Sigma_yz = b' Sigma_xz.

    >>> from bsc_analysis.paths.model import path_model
    >>> S = np.array([[4.0, 2.0], [2.0, 3.0]])
    >>> implied_variances(plan(path_model("IP ~ LG")), S, np.array([0.5]), np.array([2.0]))
    array([4., 3.])
    """
    sigma: dict[tuple[int, int], Array] = {
        (i, j): covariance[i, j] for i in of.exogenous for j in of.exogenous
    }
    known = list(of.exogenous)
    for at, each in enumerate(of.equations):
        terms = _terms(each)
        for other in known:
            through = sum((b[place] * sigma[start, other] for start, place in terms), np.zeros(psi.shape[1:]))
            sigma[each.outcome, other] = sigma[other, each.outcome] = through
        own = sum((b[place] * sigma[start, each.outcome] for start, place in terms), psi[at])
        sigma[each.outcome, each.outcome] = own
        known.append(each.outcome)
    return np.stack([np.asarray(sigma[at, at]) for at in range(of.k)])


def _equation(model: PathModel, outcome: str, position: dict[str, int]) -> Equation:
    edges = [(at, edge) for at, edge in enumerate(model.edges) if edge[1] == outcome]
    free = [(at, edge) for at, edge in edges if model.fixed_value(edge) is None]
    return Equation(
        position[outcome],
        tuple(position[start] for _, (start, _) in free),
        tuple(at for at, _ in free),
        tuple(
            (position[edge[0]], at, value)
            for at, edge in edges
            if (value := model.fixed_value(edge)) is not None
        ),
    )


def _terms(equation: Equation) -> list[tuple[int, int]]:
    free = list(zip(equation.predictors, equation.places, strict=True))
    return free + [(start, place) for start, place, _ in equation.fixed]


def _solve(covariance: Array, at: Sequence[int], right: Sequence[Array]) -> list[Array]:
    """Solve Sxx b = sxy by elimination without pivots, which a positive definite matrix does not need."""
    size = len(at)
    rows = [[covariance[at[i], at[j]] for j in range(size)] for i in range(size)]
    right = list(right)
    for pivot in range(size):
        for i in range(pivot + 1, size):
            factor = rows[i][pivot] / rows[pivot][pivot]
            for j in range(pivot + 1, size):
                rows[i][j] = rows[i][j] - factor * rows[pivot][j]
            right[i] = right[i] - factor * right[pivot]
    solved: list[Array] = [np.empty(0)] * size
    for i in reversed(range(size)):
        known = sum((rows[i][j] * solved[j] for j in range(i + 1, size)), np.zeros(covariance.shape[2:]))
        solved[i] = (right[i] - known) / rows[i][i]
    return solved
