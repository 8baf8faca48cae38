"""The coefficients of a model's edges from its parameters, raw and standardised by the implied standard deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths.structure import matrices

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]


def edge_coefficients(of: Structure, model: PathModel, theta: Array) -> Array:
    """Return the coefficients (E,) in the order of ``model.edges``, fixed ones among them, real or complex.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> model = path_model("IP ~ LG")
    >>> edge_coefficients(structure(model), model, np.array([0.5, 1.0, 4.0]))
    array([0.5])
    """
    coefficients, _ = matrices(of, theta)
    return np.asarray(coefficients[_places(of, model)])


def standardised_coefficients(of: Structure, model: PathModel, theta: Array) -> Array:
    """Return b sd(from) / sd(to) for each edge, (E,), by implied standard deviations, real or complex.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> model = path_model("IP ~ LG")
    >>> standardised_coefficients(structure(model), model, np.array([0.5, 1.0, 4.0])).round(4)
    array([0.7071])
    """
    sd = np.sqrt(variances(of, theta))
    ends, starts = _places(of, model)
    return np.asarray(edge_coefficients(of, model, theta) * sd[starts] / sd[ends])


def variances(of: Structure, theta: Array) -> Array:
    """Return the implied variance of every variable, factors included, (m,), real or complex."""
    coefficients, psi = matrices(of, theta)
    reach = np.linalg.inv(np.eye(len(psi)) - coefficients)
    return np.asarray(np.einsum("ij,jk,ik->i", reach, psi, reach))


def _places(of: Structure, model: PathModel) -> tuple[list[int], list[int]]:
    place = {name: at for at, name in enumerate(of.variables)}
    return [place[end] for _, end in model.edges], [place[start] for start, _ in model.edges]
