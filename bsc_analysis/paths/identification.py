"""Identification: whether the covariances of the observed variables determine every coefficient of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import Fault, fault
from bsc_analysis.paths.structure import Parameter, Structure, implied_derivative, structure

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import PathModel

Array = NDArray[Any]

_SEED = 20151122
_POINTS = 3
# Columns are scaled to length 1: rounding leaves about 1e-14 of a singular value that is zero, and models that are
# identified stay above 1e-6 at points drawn as below.
_ZERO = 1e-9
# A parameter is part of what cannot be told apart if it moves along with it at all.
_PART = 1e-6
_VARIANCES = ("residual_variance", "variance")


def check_identified(model: PathModel) -> tuple[Fault, ...]:
    """Return why a model is not identified; nothing if it is.

    First counts parameters against variances and covariances; then looks at a few random points whether the
    derivatives of the implied covariances to the parameters are independent (Wald's rank rule), which holds almost
    everywhere or nowhere. A recursive model without factors and residual covariances always passes.

    >>> from bsc_analysis.paths.model import path_model
    >>> check_identified(path_model("IP ~ LG; CP ~ LG + IP"))
    ()
    """
    of = structure(model)
    k = len(of.observed)
    moments = k * (k + 1) // 2
    if len(of.parameters) > moments:
        sentence = (
            "the model is not identified: it has {parameters} free parameters, but its {observed} observed "
            "variables have only {moments} variances and covariances"
        )
        return (fault(sentence, parameters=len(of.parameters), observed=k, moments=moments),)
    confused = _confused(of)
    if confused:
        sentence = "the model is not identified: the data cannot tell apart {parameters}"
        return (fault(sentence, parameters=", ".join(map(str, confused))),)
    return ()


def _confused(of: Structure) -> tuple[Parameter, ...]:
    """Return the parameters that can change together without changing what is observed, at the best of the points."""
    random = np.random.default_rng(np.random.SeedSequence(_SEED))
    nulls = [_null_space(of, _point(of, random)) for _ in range(_POINTS)]
    smallest = min(nulls, key=len)
    moving = np.abs(smallest).max(axis=0, initial=0.0) > _PART
    return tuple(each for each, moves in zip(of.parameters, moving, strict=True) if moves)


def _point(of: Structure, random: np.random.Generator) -> Array:
    """Return parameters at which all covariance matrices are positive definite and no coefficient is near 0."""
    size = len(of.variables)
    effects = random.uniform(0.3, 0.9, len(of.parameters)) * random.choice((-1, 1), len(of.parameters))
    # Diagonally dominant: the other entries of a row sum to less than 1.
    small = random.uniform(0.2, 0.9, len(of.parameters)) / size
    kinds = [each.kind for each in of.parameters]
    variances = random.uniform(1, 2, len(of.parameters))
    return np.select(
        [np.isin(kinds, _VARIANCES), np.isin(kinds, ("coefficient", "loading"))], [variances, effects], small
    )


def _null_space(of: Structure, theta: Array) -> Array:
    """Return an orthonormal basis (d, p) of the directions along which the implied covariances stand still."""
    slopes = implied_derivative(of, theta)
    rows, columns = np.tril_indices(len(of.observed))
    jacobian = slopes[:, rows, columns].T
    length = np.linalg.norm(jacobian, axis=0)
    _, singular, directions = np.linalg.svd(jacobian / np.where(length > 0, length, 1.0))
    rank = int(np.sum(singular > _ZERO * singular.max(initial=1.0)))
    return np.asarray(directions[rank:])
