"""Fitting: a path model and its data become estimates with standard errors, raw and standardised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.paths import closedform
from bsc_analysis.paths.fiml import fit_fiml
from bsc_analysis.paths.inference import check_kind, covariance_of_estimates
from bsc_analysis.paths.latent import solve_structure
from bsc_analysis.paths.leverage import CORRECTIONS
from bsc_analysis.paths.moments import Moments, check_variation, moments_of
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.rows import Rows
from bsc_analysis.paths.structure import implied, structure

if TYPE_CHECKING:
    from bsc_analysis.paths.inference import StandardErrors
    from bsc_analysis.paths.pathfit import Incomplete
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

TOO_FEW = "{n} complete rows are too few for {outcome} with {count} predictors: at least {needed} are needed"
ONLY_SIMPLE = "{se} standard errors exist for models without latent variables, residual covariances and equal coefficients"
ROWS_FOR_FIML = "fiml needs the rows themselves: give a table, not its moments"
DROPPED = "{count} of {total} rows were left out because a value is missing (listwise)"
FEW_CLUSTERS = "only {count} clusters: cluster standard errors are too small below about {enough}"
ENOUGH_CLUSTERS = 30


def fit_path(
    model: PathModel, data: Moments | Rows, *, se: StandardErrors = "ml", missing: Incomplete = "listwise"
) -> PathFit:
    """Fit a path model by maximum likelihood.

    A recursive model of observed variables without residual covariances is least squares per equation, in closed form;
    whatever is not simple is solved iteratively, and held to the same likelihood.

    Parameters
    ----------
    model
        What :func:`path_model` returned.
    data
        Moments suffice for ``ml`` and, per cluster, for ``cluster`` errors; the other errors and ``fiml`` need rows.
    se
        ``ml`` (expected information), ``robust`` (sandwich), ``cluster`` (sandwich of clusters, G / (G - 1)), ``hc0`` to
        ``hc3`` or ``cr2``.
    missing
        ``listwise`` leaves incomplete rows out and counts them; ``fiml`` uses every value (missing at random).

    Raises
    ------
    DataError
        When rows are too few, or a variable is constant or a combination of others.
    UseError
        When the data do not allow the standard errors asked for.
    ModelError
        When a model that is not simple has no proper solution.

    >>> from bsc_analysis.paths.model import path_model
    >>> moments = Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 71)
    >>> fit = fit_path(path_model("IP ~ LG"), moments)
    >>> float(fit.beta[0].round(3)), float(fit.se[0].round(3)), float(fit.r2[0].round(3))
    (0.329, 0.112, 0.108)
    """
    check_kind(se, data)
    if se in CORRECTIONS and (not model.simple or missing == "fiml"):
        raise UseError(fault(ONLY_SIMPLE, se=se))
    if missing == "fiml":
        return _fit_incomplete(model, data, se)
    return _fit_complete(model, data, se)


def estimate(model: PathModel, of: Structure, covariance: Array, n_obs: int) -> Array:
    """Return the maximum likelihood estimates (p,) from a covariance matrix (k, k) in the order of ``of.observed``."""
    if not model.simple:
        return solve_structure(model, of, covariance, n_obs)
    equations = closedform.plan(model)
    b = closedform.coefficients(equations, covariance)
    psi = closedform.residual_variances(equations, covariance, b)
    edges = {edge: b[at] for at, edge in enumerate(model.edges)}
    residual = dict(zip(model.endogenous, psi, strict=True))
    place = {name: at for at, name in enumerate(of.observed)}
    return np.array(
        [
            edges[each.a, each.b]
            if each.kind == "coefficient"
            else residual[each.a]
            if each.kind == "residual_variance"
            else covariance[place[each.a], place[each.b]]
            for each in of.parameters
        ],
        dtype=float,
    )


def log_likelihoods(
    model: PathModel, of: Structure, sigma: Array, moments: Moments
) -> tuple[float, float, float]:
    """Return the log-likelihoods of the model, of unrestricted moments and of the baseline, given exogenous variables.

    The model's is -n/2 (k log 2 pi + log det Sigma + tr S Sigma^-1), less that of the observed exogenous variables.
    """
    S, n = moments.covariance, moments.n_obs
    x = [at for at, name in enumerate(of.observed) if name in model.exogenous]
    own = _log_likelihood(S[np.ix_(x, x)], S[np.ix_(x, x)], n)
    apart = np.diag(np.diag(S))
    apart[np.ix_(x, x)] = S[np.ix_(x, x)]
    model_logl, saturated, baseline = (_log_likelihood(each, S, n) - own for each in (sigma, S, apart))
    return model_logl, saturated, baseline


def check_size(model: PathModel, n: int) -> None:
    """Refuse fewer rows than an equation has coefficients and a residual."""
    needed = {outcome: len(model.predictors(outcome)) for outcome in model.endogenous}
    faults = [
        fault(TOO_FEW, n=n, outcome=outcome, count=count, needed=count + 2)
        for outcome, count in needed.items()
        if n < count + 2
    ]
    if faults:
        raise DataError(*faults)


def cluster_notes(n_clusters: int) -> tuple[Fault, ...]:
    """Return the warning that belongs to few clusters."""
    few = 0 < n_clusters < ENOUGH_CLUSTERS
    return (fault(FEW_CLUSTERS, count=n_clusters, enough=ENOUGH_CLUSTERS),) if few else ()


def dropped_notes(moments: Moments) -> tuple[Fault, ...]:
    """Return how many rows were left out because a value is missing, if any."""
    total = moments.dropped + moments.n_obs
    return (fault(DROPPED, count=moments.dropped, total=total),) if moments.dropped else ()


def _fit_complete(model: PathModel, data: Moments | Rows, se: StandardErrors) -> PathFit:
    if isinstance(data, Rows):
        rows: Rows | None = (complete := _ordered(data, model).complete())
        moments = moments_of(complete, by=_unit(se))
        check_kind(se, complete)  # rows left out may leave one cluster
    else:
        rows, moments = None, data.select(model.observed)
    check_size(model, moments.n_obs)
    check_variation(moments)
    of = structure(model)
    theta = estimate(model, of, moments.covariance, moments.n_obs)
    logl = log_likelihoods(model, of, implied(of, theta), moments)
    vcov = covariance_of_estimates(of, theta, moments, se=se, rows=rows, model=model)
    n_clusters = _count_clusters(rows or moments, se)
    notes = dropped_notes(moments) + cluster_notes(n_clusters)
    return PathFit(
        model, of, theta, vcov, moments.covariance, moments.grand_mean, moments.grand_mean, moments.n_obs, moments.dropped,
        n_clusters, se, "listwise", *logl, moments.has_means, notes,
    )  # fmt: skip


def _fit_incomplete(model: PathModel, data: Moments | Rows, se: StandardErrors) -> PathFit:
    if not isinstance(data, Rows):
        raise UseError(fault(ROWS_FOR_FIML))
    rows = _ordered(data, model)
    check_size(model, rows.n_obs)
    of = structure(model)
    found = fit_fiml(model, of, rows, se=se)
    n_clusters = _count_clusters(data, se)
    return PathFit(
        model, of, found.theta, found.vcov, found.covariance, found.mean, found.implied_mean, rows.n_obs, rows.dropped,
        n_clusters, se, "fiml", found.logl, found.logl_saturated, found.logl_baseline, has_means=True, notes=(*found.notes, *cluster_notes(n_clusters)),
    )  # fmt: skip


def _ordered(rows: Rows, model: PathModel) -> Rows:
    return rows if rows.names == model.observed else rows.select(model.observed)


def _unit(se: StandardErrors) -> Literal["pool", "cluster", "row"]:
    return "pool" if se == "ml" else "cluster" if se in ("cluster", "cr2") else "row"


def _count_clusters(data: Moments | Rows, se: StandardErrors) -> int:
    if se not in ("cluster", "cr2"):
        return 0
    return len(data.labels) if isinstance(data, Moments) else len(data.cluster or ())


def _log_likelihood(sigma: Array, covariance: Array, n: int) -> float:
    _, log_det = np.linalg.slogdet(sigma)
    fit = np.trace(np.linalg.solve(sigma, covariance)) if len(sigma) else 0.0
    return float(-n / 2 * (len(sigma) * np.log(2 * np.pi) + log_det + fit))
