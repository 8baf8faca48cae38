"""Robustness of every path to an unmeasured confounder: how strong one must be, and how strong observed variables are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import fault
from bsc_analysis.paths import closedform
from bsc_analysis.paths.confounding import adjust, bound_strength, partial_r2, robustness_value
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.smalleffects import refuse_elaborate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.pathmodel import Edge

Array = NDArray[Any]

ROWS_COUNTED = "robustness values that consider significance count rows, not clusters: they are too favourable for these data"


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """How strong a confounder must be to explain away each path.

    A robustness value of .10 says: a confounder that explains 10 % of what is left of the cause and of the outcome,
    given the other predictors, suffices; a weaker one, in both, does not.

    Attributes
    ----------
    edges
        The E direct paths.
    t, df, partial_r2
        (E,) least-squares t, residual degrees of freedom, and the share of the outcome's remaining variance that the path
        explains; a confounder that explains the whole outcome must explain as much of the cause.
    rv, rv_alpha
        (E,) robustness values: to take away the share q of the coefficient, and its significance at alpha.
    names
        The m direct and specific effects.
    effect_rv, effect_rv_alpha
        (m,) robustness values of these: those of the weakest path along it, since a product is 0 once one factor is.
    weakest
        (m,) the place in ``edges`` of the path with the smallest ``rv``.
    q, alpha
        As they were asked for.
    notes
        What a reader must know, as sentences.
    """

    edges: tuple[Edge, ...]
    t: Array
    df: Array
    partial_r2: Array
    rv: Array
    rv_alpha: Array
    names: tuple[EffectName, ...]
    effect_rv: Array
    effect_rv_alpha: Array
    weakest: NDArray[np.intp]
    q: float
    alpha: float
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A path as it would be with a confounder so many times as strong as an observed variable.

    ``r2_cause`` and ``r2_outcome`` bound what the confounder explains of the cause and of the outcome. b, se, lower and
    upper are NaN where no confounder can be so strong.
    """

    edge: Edge
    variable: str
    times: float
    r2_cause: float
    r2_outcome: float
    b: float
    se: float
    lower: float
    upper: float


def robustness(fit: PathFit, *, q: float = 1.0, alpha: float = 0.05) -> Robustness:
    """Return how strong an unmeasured confounder must be to explain away each direct and each specific indirect effect.

    With f = t / sqrt(df): RV = (sqrt(f^4 + 4 f^2) - f^2) / 2 for q f in place of f, and for the significance q f less the
    critical t over sqrt(df - 1) (Cinelli and Hazlett 2020). For a path through other variables, serial ones among them, a
    confounder of its weakest link suffices.

    Parameters
    ----------
    fit
        A fit without latent variables, residual covariances, fixed and equal coefficients.
    q
        The share of a coefficient to be explained away; 1 brings it to 0.
    alpha
        Level of significance.

    Raises
    ------
    UseError
        When the model is not such, or q or alpha is out of range.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    >>> fit = fit_path(path_model("IP ~ LG; CP ~ LG + IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 103))
    >>> robustness(fit).rv.round(3).tolist()
    [0.434, 0.119, 0.271]
    """
    refuse_elaborate(fit.model)
    b, se, df = _least_squares(fit)
    rv, rv_alpha = robustness_value(b, se, df, q=q), robustness_value(b, se, df, q=q, alpha=alpha)
    effects = list_effects(fit.model)
    single = [at for at, name in enumerate(effects.names) if name.kind in ("direct", "specific")]
    along = [list(effects.products[effects.sums[at][0]]) for at in single]
    return Robustness(
        fit.model.edges,
        b / se,
        df,
        partial_r2(b, se, df),
        rv,
        rv_alpha,
        tuple(effects.names[at] for at in single),
        np.array([rv[places].min() for places in along]),
        np.array([rv_alpha[places].min() for places in along]),
        np.array([places[int(rv[places].argmin())] for places in along]),
        q,
        alpha,
        (fault(ROWS_COUNTED),) if fit.n_clusters else (),
    )


def benchmarks(
    fit: PathFit, *, times: Sequence[float] = (1, 2, 3), alpha: float = 0.05
) -> tuple[Benchmark, ...]:
    """Return each path as it would be with a confounder as strong as the other predictors of its outcome, or stronger.

    Bounds of Cinelli and Hazlett (2020, section 4.4): with R the partial R2 of the observed variable with the cause, R2 of
    the confounder with the cause is k R / (1 - R). Variables that the cause itself influences are no yardstick and are
    left out: a path whose outcome has no other predictors has none.

    Parameters
    ----------
    fit
        As in :func:`robustness`.
    times
        How many times as strong, with cause and outcome alike.
    alpha
        One less the level of the intervals.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.1, 0.3], [0.1, 1, 0.4], [0.3, 0.4, 1]]
    >>> fit = fit_path(path_model("CP ~ LG + IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 103))
    >>> [(each.edge, each.variable, round(each.b, 3)) for each in benchmarks(fit, times=[1])]
    [(('LG', 'CP'), 'IP', 0.224), (('IP', 'CP'), 'LG', 0.347)]
    """
    refuse_elaborate(fit.model)
    b, se, df = _least_squares(fit)
    shares = partial_r2(b, se, df)
    graph = nx.DiGraph(fit.model.edges)
    found = []
    for at, (cause, outcome) in enumerate(fit.model.edges):
        for other in fit.model.predictors(outcome):
            if other == cause or nx.has_path(graph, cause, other):
                continue
            with_outcome = float(shares[fit.model.edges.index((other, outcome))])
            with_cause = _partial_r2_among(fit, cause, other, outcome)
            for each in times:
                r2 = bound_strength(with_cause, with_outcome, times=each)
                found.append(_benchmark((cause, outcome), other, each, r2, (b[at], se[at], df[at]), alpha))
    return tuple(found)


def _least_squares(fit: PathFit) -> tuple[Array, Array, Array]:
    """Return b, se with divisor df, and df = n - p - 1, of each equation by itself, (E,)."""
    equations = closedform.plan(fit.model)
    b = closedform.coefficients(equations, fit.covariance)
    psi = closedform.residual_variances(equations, fit.covariance, b)
    se, df = np.empty((2, len(b)))
    for residual, each in zip(psi, equations.equations, strict=True):
        x, places = list(each.predictors), list(each.places)
        df[places] = fit.n_obs - len(x) - 1
        se[places] = np.sqrt(residual * np.diag(np.linalg.inv(fit.covariance[np.ix_(x, x)])) / df[places])
    return b, se, df


def _partial_r2_among(fit: PathFit, cause: str, other: str, outcome: str) -> float:
    """Return the squared correlation of two predictors of an outcome, given its remaining ones."""
    place = {name: at for at, name in enumerate(fit.of.observed)}
    rest = [name for name in fit.model.predictors(outcome) if name not in (cause, other)]
    at = [place[name] for name in (cause, other, *rest)]
    precision = np.linalg.inv(fit.covariance[np.ix_(at, at)])
    return float(precision[0, 1] ** 2 / (precision[0, 0] * precision[1, 1]))


def _benchmark(
    edge: Edge,
    other: str,
    times: float,
    r2: tuple[float, float],
    estimate: tuple[float, float, float],
    alpha: float,
) -> Benchmark:
    cause, outcome = r2
    if not cause < 1:
        nothing = [float("nan")] * 4
        return Benchmark(edge, other, times, cause, outcome, *nothing)
    found = adjust(*estimate, r2_cause=cause, r2_outcome=outcome, alpha=alpha)
    ends = (float(each) for each in (found.b, found.se, found.lower, found.upper))
    return Benchmark(edge, other, times, cause, outcome, *ends)
