"""The equations of a path model in several groups at once, with what is held equal between the groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import ModelError, UseError, fault
from bsc_analysis.paths.closedform import plan

if TYPE_CHECKING:
    from bsc_analysis.paths.closedform import Equation
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]
Equal = tuple[Literal["coefficients", "intercepts", "residuals"], ...]

# Each step of the ladder holds equal what the one before does, and something more: equal intercepts mean nothing
# while slopes differ, since they move with the origin of the scales.
LADDER: tuple[Equal, ...] = (
    (),
    ("coefficients",),
    ("coefficients", "intercepts"),
    ("coefficients", "intercepts", "residuals"),
)
UNKNOWN = "groups cannot be held equal in {got}, allowed: {allowed}"
NO_END = (
    "the residual variances of {outcome} settle on no value under equal coefficients: compare other groups"
)

# Rounding noise of a mean of squares, as a share of the outcome's own.
SETTLED = 1e-14
MOST_ROUNDS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class GroupEquation:
    """One equation with d free predictors.

    Attributes
    ----------
    outcome
        What it explains.
    picks
        (d + 2, 1 + k): from [1, variables] to [1, predictors, outcome less whatever has a fixed coefficient].
    places
        (d + 2,): where intercept, coefficients and residual variance stand among the parameters of a group.
    """

    outcome: str
    picks: Array
    places: NDArray[np.intp]


def check_equal(equal: Equal) -> None:
    """Refuse what is no step of the ladder."""
    if tuple(equal) not in LADDER:
        allowed = "; ".join(" + ".join(step) or "()" for step in LADDER)
        raise UseError(fault(UNKNOWN, got=" + ".join(map(str, equal)), allowed=allowed))


def group_equations(model: PathModel, of: Structure) -> tuple[GroupEquation, ...]:
    """Return the equations of a simple model; a group's parameters are ``of.parameters``, then an intercept per outcome.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> model = path_model("IP ~ LG")
    >>> group_equations(model, structure(model))[0].places.tolist()
    [3, 0, 1]
    """
    return tuple(_equation(of, each, at) for at, each in enumerate(plan(model).equations))


def solve_equation(of: GroupEquation, moments: Array, n: Array, equal: Equal) -> tuple[Array, Array]:
    """Return maximum likelihood estimates of one equation in all groups.

    Whatever is equal is least squares over all groups, each weighted by n / psi; the residual variances psi follow, and
    both take turns until they settle.

    Parameters
    ----------
    of
        The equation.
    moments
        (G, 1 + k, 1 + k) mean of [1, v][1, v]' in each group.
    n
        (G,) rows in each group.
    equal
        What is held equal.

    Returns
    -------
    tuple
        (G, 1 + d) intercept and coefficients, and (G,) residual variances.

    Raises
    ------
    ModelError
        When the turns do not settle.
    """
    own = of.picks @ moments @ of.picks.T
    free = _shared(own.shape[1] - 1, len(n), equal)
    psi = own[:, -1, -1]
    for _ in range(MOST_ROUNDS):
        gamma = _weighted(own, n / psi, free)
        before, psi = psi, _residual(own, gamma)
        if "residuals" in equal:
            psi = np.full(len(n), n @ psi / n.sum())
        if (np.abs(psi - before) <= SETTLED * own[:, -1, -1]).all():
            return gamma, psi
    raise ModelError(fault(NO_END, outcome=of.outcome))


def equality(of: Structure, equations: tuple[GroupEquation, ...], n_groups: int, equal: Equal) -> Array:
    """Return the matrix (G P, F) of 0 and 1 that makes the P parameters of each group from the F free ones."""
    size = len(of.parameters) + len(equations)
    kinds = dict.fromkeys(range(size), "exogenous")
    for each in equations:
        kinds |= dict.fromkeys(each.places[1:-1].tolist(), "coefficients")
        kinds |= {int(each.places[0]): "intercepts", int(each.places[-1]): "residuals"}
    keys = [(0 if kinds[at] in equal else group, at) for group in range(n_groups) for at in range(size)]
    return _selection(keys)


def _equation(of: Structure, equation: Equation, number: int) -> GroupEquation:
    path = {(row, column): at for row, column, at in of.paths}
    spread = {(row, column): at for row, column, at in of.spreads}
    outcome, predictors = equation.outcome, equation.predictors
    picks = np.zeros((len(predictors) + 2, 1 + len(of.observed)))
    for row, column in enumerate((0, *(1 + each for each in predictors), 1 + outcome)):
        picks[row, column] = 1
    for start, _, value in equation.fixed:
        picks[-1, 1 + start] = -value
    places = [
        len(of.parameters) + number, *(path[outcome, each] for each in predictors), spread[outcome, outcome]
    ]  # fmt: skip
    return GroupEquation(of.observed[outcome], picks, np.array(places))


def _shared(size: int, n_groups: int, equal: Equal) -> Array:
    """Return how intercept and coefficients of all groups come from the free ones, (G, size, F)."""
    kinds = ["intercepts", *["coefficients"] * (size - 1)]
    keys = [(0 if kind in equal else group, at) for group in range(n_groups) for at, kind in enumerate(kinds)]
    return _selection(keys).reshape(n_groups, size, -1)


def _selection(keys: list[tuple[int, int]]) -> Array:
    distinct = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    return np.eye(len(distinct))[[distinct[key] for key in keys]]


def _weighted(own: Array, weight: Array, free: Array) -> Array:
    """Return the weighted least squares, (G, 1 + d); the normal equations are scaled, so that units do not matter."""
    normal = np.einsum("g,gif,gij,gjh->fh", weight, free, own[:, :-1, :-1], free, optimize=True)
    right = np.einsum("g,gif,gi->f", weight, free, own[:, :-1, -1])
    size = np.sqrt(np.diag(normal))
    solved = np.linalg.solve(normal / np.outer(size, size), right / size) / size
    return np.asarray(free @ solved)


def _residual(own: Array, gamma: Array) -> Array:
    contrast = np.column_stack([-gamma, np.ones(len(gamma))])
    return np.asarray(np.einsum("gi,gij,gj->g", contrast, own, contrast))
