"""The likelihood of all groups about its maximum: gradient, information and the scores of rows or clusters, jointly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from bsc_analysis.paths.groupdata import with_constant
from bsc_analysis.paths.likelihood import expected_information, invert
from bsc_analysis.paths.structure import implied, matrices

if TYPE_CHECKING:
    from bsc_analysis.paths.groupdata import Grouped
    from bsc_analysis.paths.groupequations import GroupEquation
    from bsc_analysis.paths.structure import Structure

GroupErrors = Literal["ml", "robust", "cluster"]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """How the log-likelihood of all groups bends at the estimates.

    The P parameters of each of the G groups stand one group after the other.

    Attributes
    ----------
    gradient
        (G P,) slopes; those along whatever is free are 0.
    information
        (G P, G P) expected information for ``ml``, observed otherwise.
    meat
        (G P, G P) sum of the outer products of scores of rows or clusters; the information itself for ``ml``.
    free
        (G P, F) how all parameters come from the free ones.
    """

    gradient: Array
    information: Array
    meat: Array
    free: Array

    @property
    def vcov(self) -> Array:
        """The covariance matrix of all parameters, (G P, G P): K H^-1 K' M K H^-1 K' with H = K' I K."""
        bread = self.free @ invert(self.free.T @ self.information @ self.free) @ self.free.T
        return np.asarray(bread @ self.meat @ bread)

    @property
    def trace(self) -> float:
        """The trace of H^-1 K' M K: the number of free parameters if the model's own likelihood is the true one."""
        bread = invert(self.free.T @ self.information @ self.free)
        return float(np.trace(bread @ self.free.T @ self.meat @ self.free))


def curvature(
    of: Structure,
    equations: tuple[GroupEquation, ...],
    data: Grouped,
    phi: Array,
    free: Array,
    se: GroupErrors,
) -> Curvature:
    """Return gradient, information and meat at the parameters phi (G, P).

    A cluster that recurs in several groups is summed over all of them before its square is taken: its rows depend on
    each other, whichever the year. The few-cluster factor C / (C - 1) counts the clusters of each group.
    """
    sample = data.moments
    slopes, blocks = [], []
    for own, theta, n in zip(sample, phi, data.n, strict=True):
        slope, bend = _at_moments(of, equations, theta, own)
        if se == "ml":
            _, bend = _at_moments(of, equations, theta, _implied_moments(of, theta, own))
        slopes.append(n * slope)
        blocks.append(n * bend)
    information = np.asarray(block_diag(*blocks))
    meat = information if se == "ml" else _meat(of, equations, data, phi, clustered=se == "cluster")
    return Curvature(np.concatenate(slopes), information, meat, free)


def _at_moments(
    of: Structure, equations: tuple[GroupEquation, ...], phi: Array, moments: Array
) -> tuple[Array, Array]:
    """Return gradient (P,) and information (P, P) per row of one group.

    At the sample's moments this is the observed information, at the implied ones the expected: there the residual is
    unrelated to the predictors and has the variance psi.
    """
    slope, bend = np.zeros(len(phi)), np.zeros((len(phi), len(phi)))
    p = len(of.parameters)
    x = _exogenous(of)
    bend[np.ix_(x, x)] = expected_information(of, phi[:p])[np.ix_(x, x)]
    for each in equations:
        own = each.picks @ moments @ each.picks.T
        gamma, psi = phi[each.places[:-1]], phi[each.places[-1]]
        left = own[:-1, -1] - own[:-1, :-1] @ gamma
        square = own[-1, -1] - gamma @ (own[:-1, -1] + left)
        linear, last = each.places[:-1], each.places[-1]
        slope[linear], slope[last] = left / psi, (square / psi - 1) / (2 * psi)
        bend[np.ix_(linear, linear)] = own[:-1, :-1] / psi
        bend[linear, last] = bend[last, linear] = left / psi**2
        bend[last, last] = square / psi**3 - 0.5 / psi**2
    return slope, bend


def _implied_moments(of: Structure, phi: Array, moments: Array) -> Array:
    """Return the mean of [1, v][1, v]' that the model implies; exogenous means are the sample's."""
    p = len(of.parameters)
    b, _ = matrices(of, phi[:p])
    start = moments[0, 1:].copy()
    start[_outcomes(of)] = phi[p:]
    mean = np.linalg.solve(np.eye(len(b)) - b, start)
    whole = np.ones((1 + len(mean), 1 + len(mean)))
    whole[0, 1:] = whole[1:, 0] = mean
    whole[1:, 1:] = implied(of, phi[:p]) + np.outer(mean, mean)
    return whole


def _meat(
    of: Structure, equations: tuple[GroupEquation, ...], data: Grouped, phi: Array, *, clustered: bool
) -> Array:
    each_group = [_scores(of, equations, own, away) for own, away in zip(phi, data.away, strict=True)]
    if not clustered:
        return np.asarray(block_diag(*(each.T @ each for each in each_group)))
    total = len(data.clusters or ())
    summed = [_by_cluster(scores, code, total) for scores, code in zip(each_group, data.cluster, strict=True)]
    joint = np.concatenate(summed, axis=1)
    return np.asarray(joint.T @ joint)


def _by_cluster(scores: Array, code: NDArray[np.intp], total: int) -> Array:
    """Return the scores of one group summed within clusters, (C, P), with the factor for few clusters in its root."""
    there = len(np.unique(code))
    summed = np.column_stack([np.bincount(code, column, total) for column in scores.T])
    return np.asarray(summed * np.sqrt(there / (there - 1)))


def _scores(of: Structure, equations: tuple[GroupEquation, ...], phi: Array, away: Array) -> Array:
    """Return the derivative of each row's log-likelihood in one group, (n, P)."""
    found = np.zeros((len(away), len(phi)))
    one = with_constant(away)
    for each in equations:
        own = one @ each.picks.T
        gamma, psi = phi[each.places[:-1]], phi[each.places[-1]]
        residual = own[:, -1] - own[:, :-1] @ gamma
        found[:, each.places[:-1]] = own[:, :-1] * (residual / psi)[:, None]
        found[:, each.places[-1]] = (residual * residual / psi - 1) / (2 * psi)
    _, psi_matrix = matrices(of, phi[: len(of.parameters)])
    x = [at for at in range(len(of.observed)) if at not in _outcomes(of)]
    weight = np.linalg.inv(psi_matrix[np.ix_(x, x)])
    u = (away[:, x] - away[:, x].mean(axis=0)) @ weight
    for i, j, at in of.spreads:
        if at in _exogenous(of):
            a, b = x.index(i), x.index(j)
            found[:, at] = (u[:, a] * u[:, b] - weight[a, b]) * (0.5 if a == b else 1.0)
    return found


def _exogenous(of: Structure) -> list[int]:
    return [at for at, each in enumerate(of.parameters) if each.kind in ("variance", "covariance")]


def _outcomes(of: Structure) -> list[int]:
    return [of.observed.index(each.a) for each in of.parameters if each.kind == "residual_variance"]
