"""A path model as matrices: free parameters in a fixed order, the covariances they imply, and their derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import Edge, PathModel

Array = NDArray[Any]
Kind = Literal["coefficient", "loading", "residual_variance", "residual_covariance", "variance", "covariance"]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One free parameter.

    Attributes
    ----------
    kind
        What it is.
    a, b
        For coefficients and loadings from and to (the first, if several are equal); for variances twice the variable.
    label
        The name that the text gives it, or None.
    """

    kind: Kind
    a: str
    b: str
    label: str | None = None

    def __str__(self) -> str:
        if self.kind == "coefficient":
            return f"{self.b} ~ {self.a}"
        return f"{self.a} {'=~' if self.kind == 'loading' else '~~'} {self.b}"


@dataclass(frozen=True, slots=True)
class Structure:
    """Where each free parameter of a model stands in its matrices.

    B (m, m) holds coefficients and loadings, b[i, j] the effect of variable j on variable i; Psi (m, m), symmetric,
    holds variances and covariances of exogenous variables and of residuals. With T = (I - B)^-1 the model implies
    Sigma = T Psi T', of which the first k rows and columns are observed.

    Attributes
    ----------
    variables
        All m variables: first the k observed ones in the order of ``PathModel.observed``, then the factors.
    observed
        The k observed ones.
    parameters
        The p free parameters: coefficients in the order of edges (equal names share one), loadings, residual
        variances, residual covariances, then variances and covariances of exogenous variables row by row of the
        lower triangle.
    paths
        Places in B as (row, column, parameter).
    spreads
        Places in the lower triangle of Psi as (row, column, parameter).
    fixed
        Places in B that hold a number, as (row, column, value).
    """

    variables: tuple[str, ...]
    observed: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    paths: tuple[tuple[int, int, int], ...]
    spreads: tuple[tuple[int, int, int], ...]
    fixed: tuple[tuple[int, int, float], ...]


def structure(model: PathModel) -> Structure:
    """Return the structure of a model.

    >>> from bsc_analysis.paths.model import path_model
    >>> [str(each) for each in structure(path_model("IP ~ LG; CP ~ IP")).parameters]
    ['IP ~ LG', 'CP ~ IP', 'IP ~~ IP', 'CP ~~ CP', 'LG ~~ LG']
    """
    variables = model.observed + model.latent
    position = {name: index for index, name in enumerate(variables)}
    edges = [edge for edge in model.edges + model.loadings if model.fixed_value(edge) is None]
    directed, undirected = _directed(model, edges), _undirected(model)
    parameters = (*dict.fromkeys(directed), *undirected)
    number = {parameter: index for index, parameter in enumerate(parameters)}
    return Structure(
        variables,
        model.observed,
        parameters,
        paths=tuple(
            (position[end], position[start], number[parameter])
            for (start, end), parameter in zip(edges, directed, strict=True)
        ),
        spreads=tuple((*_lower(position[each.a], position[each.b]), number[each]) for each in undirected),
        fixed=tuple(
            (position[end], position[start], value)
            for start, end in model.edges + model.loadings
            if (value := model.fixed_value((start, end))) is not None
        ),
    )


def matrices(of: Structure, theta: Array) -> tuple[Array, Array]:
    """Return B and Psi, each (m, m), for the parameters theta (p,), real or complex.

    >>> from bsc_analysis.paths.model import path_model
    >>> b, psi = matrices(structure(path_model("IP ~ LG")), np.array([0.5, 1.0, 4.0]))
    >>> b.tolist(), psi.tolist()
    ([[0.0, 0.0], [0.5, 0.0]], [[4.0, 0.0], [0.0, 1.0]])
    """
    size = len(of.variables)
    b, psi = np.zeros((2, size, size), np.result_type(theta, float))
    for row, column, value in of.fixed:
        b[row, column] = value
    for row, column, index in of.paths:
        b[row, column] = theta[index]
    for row, column, index in of.spreads:
        psi[row, column] = psi[column, row] = theta[index]
    return b, psi


def implied(of: Structure, theta: Array) -> Array:
    """Return the covariance matrix Sigma (k, k) of the observed variables at theta (p,), real or complex.

    >>> from bsc_analysis.paths.model import path_model
    >>> implied(structure(path_model("IP ~ LG")), np.array([0.5, 1.0, 4.0])).tolist()
    [[4.0, 2.0], [2.0, 2.0]]
    """
    b, psi = matrices(of, theta)
    reach = _reach(b)[: len(of.observed)]
    # The plain transpose also of complex matrices: conjugating would undo a complex step.
    return np.asarray(reach @ psi @ reach.T)


def implied_derivative(of: Structure, theta: Array) -> Array:
    """Return the derivatives of Sigma to each parameter, (p, k, k), at theta (p,).

    For b[i, j] it is T[:, i] Sigma[j, :] plus its transpose; for psi[i, j] it is T[:, i] T[:, j]' plus its
    transpose, once only on the diagonal.

    >>> from bsc_analysis.paths.model import path_model
    >>> implied_derivative(structure(path_model("IP ~ LG")), np.array([0.5, 1.0, 4.0]))[0].tolist()
    [[0.0, 4.0], [4.0, 4.0]]
    """
    b, psi = matrices(of, theta)
    reach = _reach(b)
    seen = reach[: len(of.observed)]
    through = reach @ psi @ seen.T
    slopes = np.zeros((len(of.parameters), len(seen), len(seen)), b.dtype)
    for row, column, index in of.paths:
        slope = np.outer(seen[:, row], through[column])
        slopes[index] += slope + slope.T
    for row, column, index in of.spreads:
        slope = np.outer(seen[:, row], seen[:, column])
        slopes[index] += slope if row == column else slope + slope.T
    return slopes


def intercepts(of: Structure, theta: Array, mean: Array) -> Array:
    """Return the intercepts (k,) of the observed variables whose means are ``mean`` (k,); those of factors are 0.

    The means are not restricted by the model, so that each observed variable has an intercept that reproduces its
    mean; that of an exogenous variable is the mean itself.

    >>> from bsc_analysis.paths.model import path_model
    >>> intercepts(structure(path_model("IP ~ LG")), np.array([0.5, 1.0, 4.0]), np.array([100.0, 90.0])).tolist()
    [100.0, 40.0]
    """
    b, _ = matrices(of, theta)
    k = len(of.observed)
    means_of_factors = _reach(b[k:, k:]) @ (b[k:, :k] @ mean)
    return np.asarray(mean - b[:k, :k] @ mean - b[:k, k:] @ means_of_factors)


def _directed(model: PathModel, edges: list[Edge]) -> list[Parameter]:
    """Return the parameter of each free edge; edges of one name have the same."""
    named: dict[str, Parameter] = {}
    found = []
    for edge in edges:
        label = model.label_of(edge)
        parameter = Parameter("coefficient" if edge in model.edges else "loading", *edge, label)
        found.append(parameter if label is None else named.setdefault(label, parameter))
    return found


def _undirected(model: PathModel) -> list[Parameter]:
    exogenous = model.exogenous
    return [
        *(Parameter("residual_variance", name, name) for name in model.explained),
        *(Parameter("residual_covariance", *pair) for pair in model.covariances),
        *(
            Parameter("variance" if a == b else "covariance", a, b)
            for row, b in enumerate(exogenous)
            for a in exogenous[: row + 1]
        ),
    ]


def _lower(first: int, second: int) -> Place:
    return max(first, second), min(first, second)


def _reach(b: Array) -> Array:
    return np.asarray(np.linalg.inv(np.eye(len(b)) - b))
