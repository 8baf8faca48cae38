"""Models that the closed form cannot solve: latent variables, residual covariances, equal coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import Fault, ModelError, fault
from bsc_analysis.paths.likelihood import expected_information
from bsc_analysis.paths.scaling import scale
from bsc_analysis.paths.semopyfit import fit_by_semopy
from bsc_analysis.paths.sharpening import sharpen
from bsc_analysis.paths.structure import matrices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.scaling import Scaled
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

NEGATIVE = (
    "the estimate of {parameter} is {value}, expected a variance above 0: the model does not suit these data; "
    "leave out what is weakly measured, or state more indicators"
)
TOO_CLOSE = (
    "the estimated correlation of {first} and {second} is {value}, expected one between -1 and 1: the model does not "
    "suit these data; make one of the two"
)
NOT_DEFINITE = (
    "the estimated covariance matrix of {names} is not positive definite: the model does not suit these data; "
    "leave out a covariance or a path"
)
UNDETERMINED = (
    "the data leave {parameters} undetermined: leave one of them out, fix it, or state more indicators"
)
NOT_FOUND = (
    "no maximum of the likelihood was found from {count} starts; least determined is {parameter}: fix it, leave it out, "
    "or state more indicators"
)

_SEED = 20151122
_OWN_STARTS = 4
# Of a variable's own variance; an estimate this small is one on the border.
_ABOVE_ZERO = 1e-8
# Of the largest eigenvalue of the information with unit diagonal: below, rounding decides.
_DETERMINED = 1e-10
# A parameter is part of a direction that the data leave open if it moves along with it noticeably.
_PART = 0.1


def solve_structure(model: PathModel, of: Structure, covariance: Array, n_obs: int) -> Array:
    """Return the maximum likelihood estimates (p,) of a model that is not simple.

    Variables are scaled, semopy estimates, and its estimates are sharpened until the exact gradient vanishes; where
    that leads to no proper solution, several starts of our own are tried.

    Parameters
    ----------
    model, of
        An identified model and its structure.
    covariance
        (k, k) positive definite covariance matrix in the order of ``of.observed``, divisor n.
    n_obs
        Rows.

    Raises
    ------
    ModelError
        When there is no proper solution: a variance that is not positive, a correlation beyond 1, parameters that the
        data leave undetermined, or no maximum found; each parameter is named.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> model = path_model("IP ~ a*LG; CP ~ a*LG")
    >>> S = np.array([[1.0, 0.4, 0.2], [0.4, 1.0, 0.08], [0.2, 0.08, 1.0]])
    >>> solve_structure(model, structure(model), S, 100).round(4)
    array([0.3067, 0.8487, 0.9714, 1.    ])
    """
    scaled = scale(model, of, covariance)
    found: list[Fault] = []
    ends: list[Array] = []
    for start in _starts(model, scaled, n_obs):
        summit = sharpen(scaled.of, start, scaled.covariance)
        faults = _improper(scaled, summit.theta) if summit.reached else []
        if summit.reached and not faults:
            return np.asarray(summit.theta * scaled.unit)
        ends.append(summit.theta)
        found = found or faults
    raise ModelError(*(found or [_not_found(scaled.of, ends)]))


def _starts(model: PathModel, scaled: Scaled, n_obs: int) -> Iterator[Array]:
    """Yield semopy's estimates, then an educated guess, then random deviations from it."""
    theirs = fit_by_semopy(scaled.of, scaled.covariance, n_obs)
    if theirs is not None:
        yield theirs.theta
    guess = _own_start(model, scaled)
    yield guess
    random = np.random.default_rng(np.random.SeedSequence(_SEED))
    kinds = np.array([each.kind for each in scaled.of.parameters])
    movable = np.isin(kinds, ("coefficient", "loading"))
    for _ in range(_OWN_STARTS - 1):
        yield guess + np.where(movable, random.uniform(-0.5, 0.5, len(guess)), 0.0)


def _own_start(model: PathModel, scaled: Scaled) -> Array:
    """Return parameters that are roughly right in scaled units.

    Loadings are 1 with the sign of the correlation with the factor's first indicator, coefficients and residual
    covariances 0; what is observed of exogenous variables is taken from the data, other variances are a half.
    """
    of, S = scaled.of, scaled.covariance
    place = {name: at for at, name in enumerate(of.observed)}
    first = {factor.name: factor.indicators[0] for factor in model.factors}
    values = []
    for each in of.parameters:
        a, b = place.get(first.get(each.a, each.a)), place.get(each.b)
        known = a is not None and b is not None
        if each.kind == "loading":
            values.append(np.sign(S[a, b]) if known else 1.0)
        elif each.kind in ("variance", "covariance") and known and each.a in place:
            values.append(S[a, b])
        else:
            values.append(0.5 if each.a == each.b else 0.0)
    return np.array(values, dtype=float)


def _improper(scaled: Scaled, theta: Array) -> list[Fault]:
    """Return what is impossible about a solution, each parameter by its name; nothing if it is proper."""
    of = scaled.of
    negative = [
        fault(NEGATIVE, parameter=each, value=f"{value * unit:.4g}")
        for each, value, unit in zip(of.parameters, theta, scaled.unit, strict=True)
        if each.kind in ("residual_variance", "variance") and value < _ABOVE_ZERO
    ]
    return negative or _impossible_covariances(of, theta) or _undetermined(of, theta)


def _impossible_covariances(of: Structure, theta: Array) -> list[Fault]:
    _, psi = matrices(of, theta)
    spread = np.sqrt(np.diag(psi))
    correlations = psi / np.outer(spread, spread)
    pairs = [
        fault(
            TOO_CLOSE,
            first=of.variables[column],
            second=of.variables[row],
            value=f"{correlations[row, column]:.3f}",
        )
        for row, column, _ in of.spreads
        if row != column and abs(correlations[row, column]) >= 1
    ]
    if pairs or np.linalg.eigvalsh(correlations)[0] > 0:
        return pairs
    related = dict.fromkeys(
        of.variables[at] for row, column, _ in of.spreads if row != column for at in (column, row)
    )
    return [fault(NOT_DEFINITE, names=", ".join(related))]


def _undetermined(of: Structure, theta: Array) -> list[Fault]:
    values, directions = _directions(of, theta)
    if values[0] > _DETERMINED * values[-1]:
        return []
    moving = np.abs(directions[:, 0]) > _PART
    names = [str(each) for each, moves in zip(of.parameters, moving, strict=True) if moves]
    return [fault(UNDETERMINED, parameters=", ".join(names))]


def _not_found(of: Structure, ends: list[Array]) -> Fault:
    _, directions = _directions(of, ends[-1])
    least = of.parameters[int(np.argmax(np.abs(directions[:, 0])))]
    return fault(NOT_FOUND, count=len(ends), parameter=least)


def _directions(of: Structure, theta: Array) -> tuple[Array, Array]:
    """Return the eigenvalues, ascending, and eigenvectors of the expected information with unit diagonal."""
    information = expected_information(of, theta)
    size = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    values, directions = np.linalg.eigh(information / np.outer(size, size))
    return values, directions
