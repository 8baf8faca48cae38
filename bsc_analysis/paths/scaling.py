"""Scaling: a structure and its covariance matrix in units in which every variable has a spread of about 1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A structure in other units of measurement.

    Attributes
    ----------
    of
        The structure, with fixed coefficients in the new units.
    covariance
        (k, k) covariance matrix in the new units.
    unit
        (p,) what one unit of each parameter is worth: parameters in the old units are ``unit`` times those in the new.
    """

    of: Structure
    covariance: Array
    unit: Array


def scale(model: PathModel, of: Structure, covariance: Array) -> Scaled:
    """Divide every variable by its standard deviation, factors by that of their first indicator.

    Coefficients that are equal in the old units must be equal in the new ones: sd(from) / sd(to) must not differ among
    them. Where it does, the divisors are the nearest ones (least squares of logarithms) for which it does not.

    Parameters
    ----------
    model, of
        A model and its structure.
    covariance
        (k, k) covariance matrix in the order of ``of.observed``.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> model = path_model("IP ~ 0.5*LG; CP ~ IP; IP ~~ CP")
    >>> S = np.array([[4.0, 2.0, 1.0], [2.0, 9.0, 3.0], [1.0, 3.0, 16.0]])
    >>> scaled = scale(model, structure(model), S)
    >>> round(scaled.of.fixed[0][2], 4), scaled.covariance.diagonal(), scaled.unit.round(4)
    (0.3333, array([1., 1., 1.]), array([ 1.3333,  9.    , 16.    , 12.    ,  4.    ]))
    """
    size = np.exp(_nearest(of, _log_spreads(model, of, covariance)))
    k = len(of.observed)
    unit = np.empty(len(of.parameters))
    for row, column, index in of.paths:
        unit[index] = size[row] / size[column]
    for row, column, index in of.spreads:
        unit[index] = size[row] * size[column]
    fixed = tuple((row, column, float(value * size[column] / size[row])) for row, column, value in of.fixed)
    return Scaled(replace(of, fixed=fixed), covariance / np.outer(size[:k], size[:k]), unit)


def _log_spreads(model: PathModel, of: Structure, covariance: Array) -> Array:
    """Return the logarithm of each variable's standard deviation, (m,)."""
    first = {factor.name: factor.indicators[0] for factor in model.factors}
    spread = dict(zip(of.observed, np.log(np.diag(covariance)) / 2, strict=True))
    shown = []
    for name in of.variables:
        while name in first:
            name = first[name]
        shown.append(spread[name])
    return np.array(shown)


def _nearest(of: Structure, wanted: Array) -> Array:
    """Return the vector nearest to the one wanted in which equal coefficients have equal ratios."""
    ratios: dict[int, list[Array]] = {}
    for row, column, index in of.paths:
        ratio = np.zeros(len(wanted))
        ratio[row], ratio[column] = 1.0, -1.0
        ratios.setdefault(index, []).append(ratio)
    unequal = [other - first for first, *others in ratios.values() for other in others]
    if not unequal:
        return wanted
    conditions = np.array(unequal)
    return np.asarray(wanted - np.linalg.pinv(conditions) @ (conditions @ wanted))
