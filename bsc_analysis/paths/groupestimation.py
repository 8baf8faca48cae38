"""Fitting in several groups: separate coefficients by year or level, or equal ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.paths.estimation import DROPPED, cluster_notes
from bsc_analysis.paths.groupcurvature import GroupErrors, curvature
from bsc_analysis.paths.groupdata import split_groups
from bsc_analysis.paths.groupequations import (
    Equal,
    check_equal,
    equality,
    group_equations,
    solve_equation,
)
from bsc_analysis.paths.groupfit import GroupFit
from bsc_analysis.paths.structure import structure

if TYPE_CHECKING:
    from bsc_analysis.paths.groupdata import Grouped
    from bsc_analysis.paths.groupequations import GroupEquation
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

UNKNOWN = "standard errors {got} are unknown for groups, allowed: {allowed}"
NO_CLUSTERS = "cluster standard errors need clusters: name the column that says which rows belong together"
ONE_CLUSTER = "{column} {label}: all rows belong to one cluster, cluster standard errors need at least two in each group"
RECURS = (
    "the same {cluster} is found in several groups of {column}, but {se} standard errors take its rows as independent: "
    "those of differences are wrong, ask for cluster"
)


def fit_groups(model: PathModel, rows: Rows, *, equal: Equal = (), se: GroupErrors = "ml") -> GroupFit:
    """Fit a path model in every group by maximum likelihood, with what is asked for held equal between groups.

    Parameters
    ----------
    model
        A model without latent variables, residual covariances and equal coefficients.
    rows
        With their group, such as ``read_rows(..., group="year", cluster="unit")``.
    equal
        ``()``, ``("coefficients",)``, ``("coefficients", "intercepts")`` or those and ``"residuals"`` (variances).
    se
        ``ml`` (expected information), ``robust`` (sandwich) or ``cluster``: rows of one cluster depend on each other,
        in whichever groups they are, as a unit does in several years.

    Raises
    ------
    UseError
        When the model is not simple, groups or clusters are missing, or an option is unknown.
    DataError
        Naming each group that has too few rows or clusters, or in which a variable is constant or a combination of
        others.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Codes, Rows
    >>> values = np.array([[1.0, 1], [2, 2], [3, 4], [4, 3], [1, 1], [2, 3], [3, 3], [4, 5]])
    >>> year = Codes("year", np.repeat([0, 1], 4), ("2016", "2017"))
    >>> fit = fit_groups(path_model("IP ~ LG"), Rows(("LG", "IP"), values, group=year))
    >>> fit.b.round(3).tolist(), fit.npar
    ([[0.8], [1.2]], 6)
    """
    check_equal(equal)
    if se not in get_args(GroupErrors):
        raise UseError(fault(UNKNOWN, got=repr(se), allowed=", ".join(get_args(GroupErrors))))
    data = split_groups(model, rows)
    if se == "cluster":
        _check_clusters(data)
    of = structure(model)
    equations = group_equations(model, of)
    phi, logl = _estimate(of, equations, data, equal)
    free = equality(of, equations, len(data.n), equal)
    bent = curvature(of, equations, data, phi, free, se)
    moved = _origin_moved(of, equations, data.centre)
    turn = np.kron(np.eye(len(data.n)), moved)
    p, constant = len(of.parameters), _constants(model, of, data.centre)
    return GroupFit(
        model, of, data.column, data.labels, tuple(equal), phi[:, :p], (phi @ moved.T)[:, p:] + constant,
        turn @ bent.vcov @ turn.T, data.n, data.dropped, len(data.clusters or ()) if se == "cluster" else 0,
        se, logl, _saturated(model, of, data), bent, _notes(data, se),
    )  # fmt: skip


def _estimate(
    of: Structure, equations: tuple[GroupEquation, ...], data: Grouped, equal: Equal
) -> tuple[Array, float]:
    """Return all parameters (G, P), intercepts about the centre, and the log-likelihood given exogenous variables."""
    moments, n = data.moments, data.n
    phi = np.zeros((len(n), len(of.parameters) + len(equations)))
    covariance = moments[:, 1:, 1:] - moments[:, 1:, :1] * moments[:, :1, 1:]
    place = {name: at for at, name in enumerate(of.observed)}
    for at, each in enumerate(of.parameters):
        if each.kind in ("variance", "covariance"):
            phi[:, at] = covariance[:, place[each.a], place[each.b]]
    logl = 0.0
    for equation in equations:
        gamma, psi = solve_equation(equation, moments, n, equal)
        phi[:, equation.places] = np.column_stack([gamma, psi])
        contrast = np.column_stack([-gamma, np.ones(len(n))]) @ equation.picks
        square = np.einsum("gi,gij,gj->g", contrast, moments, contrast)
        logl -= 0.5 * float(n @ (np.log(2 * np.pi * psi) + square / psi))
    return phi, logl


def _saturated(model: PathModel, of: Structure, data: Grouped) -> float:
    x = [at for at, name in enumerate(of.observed) if name in model.exogenous]
    q = len(of.observed) - len(x)
    total = 0.0
    for away in data.away:
        centred = away - away.mean(axis=0)
        covariance = centred.T @ centred / len(away)
        log_det = np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(covariance[np.ix_(x, x)])[1]
        total -= len(away) / 2 * (q * (np.log(2 * np.pi) + 1) + log_det)
    return float(total)


def _origin_moved(of: Structure, equations: tuple[GroupEquation, ...], centre: Array) -> Array:
    """Return the matrix (P, P) that takes intercepts about the centre to those about 0: a - b' centre."""
    moved = np.eye(len(of.parameters) + len(equations))
    for each in equations:
        moved[each.places[0], each.places[1:-1]] = -(each.picks[1:-1, 1:] @ centre)
    return moved


def _constants(model: PathModel, of: Structure, centre: Array) -> Array:
    """Return what else moves the intercepts, (q,): the outcome's own centre, less that of predictors with a number."""
    at = dict(zip(of.observed, centre, strict=True))
    fixed = dict(model.fixed)
    return np.array(
        [
            at[outcome] - sum(value * at[start] for (start, end), value in fixed.items() if end == outcome)
            for outcome in model.endogenous
        ]
    )


def _check_clusters(data: Grouped) -> None:
    if not data.cluster:
        raise UseError(fault(NO_CLUSTERS))
    faults = [
        fault(ONE_CLUSTER, column=data.column, label=label)
        for label, code in zip(data.labels, data.cluster, strict=True)
        if len(np.unique(code)) < 2
    ]
    if faults:
        raise DataError(*faults)


def _notes(data: Grouped, se: GroupErrors) -> tuple[Fault, ...]:
    notes: list[Fault] = []
    if data.dropped:
        notes.append(fault(DROPPED, count=data.dropped, total=data.dropped + int(data.n.sum())))
    if se == "cluster":
        notes += cluster_notes(min(len(np.unique(code)) for code in data.cluster))
    elif data.clusters is not None and data.recurring:
        notes.append(fault(RECURS, cluster=data.clusters.name, column=data.column, se=se))
    return tuple(notes)
