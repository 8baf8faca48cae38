"""Modification hints: which absent path or residual covariance would improve the fit of a model, and what it would be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.likelihood import expected_information, gradient
from bsc_analysis.paths.standardised import variances
from bsc_analysis.paths.structure import Parameter, matrices

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

OVERFITTING = (
    "hints are read from the data that they would then fit: a path added because of its hint needs a reason from theory "
    "and confirmation in other data"
)
INCOMPLETE = "modification hints are not available with fiml: fit the complete rows (listwise) to obtain them"

# Share of a candidate's information that the model's own parameters leave to it: below, it says the same as they do.
_OWN = 1e-9
# Decimals to which two indices are the same.
_TIE = 6


@dataclass(frozen=True, slots=True)
class Hint:
    """What freeing one parameter would do.

    Attributes
    ----------
    kind
        A ``path`` from a to b, or a residual ``covariance`` of a and b.
    a, b
        The two variables.
    index, p
        Modification index: by how much the chi-square would fall, about, with 1 degree of freedom; and its p-value.
    change, standardised
        Expected change of the parameter from where it is fixed (0 unless a number fixes it), raw and standardised.
    """

    kind: Literal["path", "covariance"]
    a: str
    b: str
    index: float
    p: float
    change: float
    standardised: float

    def __str__(self) -> str:
        return f"{self.b} ~ {self.a}" if self.kind == "path" else f"{self.a} ~~ {self.b}"


@dataclass(frozen=True, slots=True)
class Hints:
    """Hints, largest modification index first, with what must be said beside them."""

    hints: tuple[Hint, ...]
    notes: tuple[Fault, ...]


def modification_hints(fit: PathFit) -> Hints:
    """Return a hint for each absent parameter that would keep the model recursive and is not implied by what is there.

    Candidates are paths between variables (into one that has an equation already), coefficients fixed by a number, and
    residual covariances. With s the score of a candidate, I the expected information of all parameters and
    v = I_cc - I_cm I_mm^-1 I_mc what the model's own parameters m leave of it (score test, or Lagrange multiplier):
    index = s^2 / v and change = s / v.

    Parameters
    ----------
    fit
        What :func:`fit_path` returned for complete rows.

    Raises
    ------
    UseError
        When the fit used ``fiml``.

    Examples
    --------
    The residual variance of CP is 1 - .4^2 = .84. For LG -> CP, per row, s = (.3 - .4 x .5) / .84 = .1190 and
    v = (1 - .5^2) / .84 = .8929: index 100 x .1190^2 / .8929 = 1.59 and change .1190 / .8929 = .133. A residual
    covariance would fit as well, with LG as an instrument of IP: .4 - .3 / .5 = -.2.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    >>> moments = Moments.from_correlations(["LG", "IP", "CP"], r, 100)
    >>> found = modification_hints(fit_path(path_model("IP ~ LG; CP ~ IP"), moments))
    >>> [(str(each), round(each.index, 2), round(each.change, 3)) for each in found.hints]
    [('CP ~ LG', 1.59, 0.133), ('IP ~~ CP', 1.59, -0.2)]
    """
    if fit.missing == "fiml":
        raise UseError(fault(INCOMPLETE))
    candidates = _paths(fit.model) + _covariances(fit.model)
    enlarged, theta = _enlarge(fit, candidates)
    score = gradient(enlarged, theta, fit.covariance)
    information = expected_information(enlarged, theta)
    own = _left(information, len(fit.theta))
    hints = [
        _hint(fit, candidate, float(score[at]), float(left))
        for at, (candidate, left) in enumerate(zip(candidates, own, strict=True), len(fit.theta))
        if left > _OWN * information[at, at]
    ]
    # Equivalent models have equal indices but for the last bits: paths before covariances, then by name.
    ranked = sorted(
        hints, key=lambda each: (-round(each.index, _TIE), each.kind == "covariance", each.a, each.b)
    )
    return Hints(tuple(ranked), (fault(OVERFITTING),) if ranked else ())


def _paths(model: PathModel) -> list[Parameter]:
    free = {edge for edge in model.edges if model.fixed_value(edge) is None}
    graph = nx.DiGraph(model.edges)
    graph.add_nodes_from(model.variables)
    return [
        Parameter("coefficient", start, end)
        for start, end in permutations(model.variables, 2)
        if end in model.endogenous and (start, end) not in free and not nx.has_path(graph, end, start)
    ]


def _covariances(model: PathModel) -> list[Parameter]:
    stated = {frozenset(pair) for pair in model.covariances}
    pairs = combinations(model.explained, 2)
    return [Parameter("residual_covariance", *pair) for pair in pairs if frozenset(pair) not in stated]


def _enlarge(fit: PathFit, candidates: list[Parameter]) -> tuple[Structure, Array]:
    """Return the structure with every candidate as a parameter, and the estimates at which candidates are as they were."""
    of, count = fit.of, len(fit.theta)
    place = {name: at for at, name in enumerate(of.variables)}
    paths, spreads = list(of.paths), list(of.spreads)
    b, _ = matrices(of, fit.theta)
    values = []
    for at, each in enumerate(candidates, count):
        row, column = place[each.b], place[each.a]
        if each.kind == "coefficient":
            paths.append((row, column, at))
            values.append(b[row, column])
        else:
            spreads.append((max(row, column), min(row, column), at))
            values.append(0.0)
    enlarged = replace(
        of, parameters=(*of.parameters, *candidates), paths=tuple(paths), spreads=tuple(spreads)
    )
    return enlarged, np.concatenate([fit.theta, values])


def _left(information: Array, count: int) -> Array:
    """Return what the first ``count`` parameters leave of the information of each other one."""
    size = np.sqrt(np.diag(information))
    scaled = information / np.outer(size, size)
    between = scaled[:count, count:]
    explained = np.einsum("mc,mc->c", between, np.linalg.solve(scaled[:count, :count], between))
    return np.asarray((1 - explained) * size[count:] ** 2)


def _hint(fit: PathFit, candidate: Parameter, score: float, left: float) -> Hint:
    index = fit.n_obs * score**2 / left
    change = score / left
    path = candidate.kind == "coefficient"
    return Hint(
        "path" if path else "covariance",
        candidate.a,
        candidate.b,
        index,
        float(stats.chi2.sf(index, 1)),
        change,
        change * (_path_scale if path else _covariance_scale)(fit, candidate),
    )


def _path_scale(fit: PathFit, candidate: Parameter) -> float:
    variance = dict(zip(fit.of.variables, variances(fit.of, fit.theta), strict=True))
    return float(np.sqrt(variance[candidate.a] / variance[candidate.b]))


def _covariance_scale(fit: PathFit, candidate: Parameter) -> float:
    """Return 1 / the residual standard deviations, so that the change is that of a correlation."""
    residual = {
        each.a: fit.theta[at] for at, each in enumerate(fit.of.parameters) if each.kind == "residual_variance"
    }
    return float(1 / np.sqrt(residual[candidate.a] * residual[candidate.b]))
