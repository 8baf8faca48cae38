"""What each replicate of a bootstrap says: every effect, raw and standardised, from its covariance matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths import closedform
from bsc_analysis.paths.estimation import estimate
from bsc_analysis.paths.scaling import scale
from bsc_analysis.paths.sharpening import sharpen
from bsc_analysis.paths.standardised import edge_coefficients, standardised_coefficients
from bsc_analysis.paths.structure import structure

if TYPE_CHECKING:
    from bsc_analysis.paths.effectlist import EffectList
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows

Array = NDArray[Any]
Statistic = Callable[[Array, Array], Array]

TORN = "cluster {cluster} lies in several strata of {stratum}: whole clusters are drawn within a stratum"


def statistic_of(model: PathModel, effects: EffectList, covariance: Array, n_obs: int) -> Statistic:
    """Return a function of covariance matrices (k, k, R) and sizes (R,) that gives every effect, (2m, R).

    The first m rows are raw effects, the others standardised. A simple model is refitted in closed form, all replicates
    at once; any other one by one, each from the estimates of all rows. A replicate that cannot be fitted is NaN.

    Parameters
    ----------
    model, effects
        The model and its effects.
    covariance, n_obs
        (k, k) of all rows, and how many they are.

    >>> from bsc_analysis.paths.effectlist import list_effects
    >>> from bsc_analysis.paths.model import path_model
    >>> model, S = path_model("IP ~ LG"), np.array([[4.0, 2.0], [2.0, 2.0]])
    >>> statistic_of(model, list_effects(model), S, 10)(S[..., None], np.ones(1)).round(4).T
    array([[0.5   , 0.5   , 0.7071, 0.7071]])
    """
    if model.simple:
        return _closed(model, effects)
    return _one_by_one(model, effects, covariance, n_obs)


def unit_strata(rows: Rows) -> NDArray[np.intp] | None:
    """Return the stratum of each unit that is drawn, (g,): of rows, or of whole clusters, which lie in one.

    Raises
    ------
    UseError
        Naming each cluster that lies in several strata.
    """
    if rows.stratum is None or rows.cluster is None:
        return None if rows.stratum is None else rows.stratum.code
    pairs = np.unique(np.column_stack([rows.cluster.code, rows.stratum.code]), axis=0)
    clusters, counts = np.unique(pairs[:, 0], return_counts=True)
    torn = clusters[counts > 1]
    if torn.size:
        labels, stratum = rows.cluster.labels, rows.stratum.name
        raise UseError(*(fault(TORN, cluster=repr(labels[at]), stratum=repr(stratum)) for at in torn[:10]))
    return np.asarray(pairs[:, 1])


def _closed(model: PathModel, effects: EffectList) -> Statistic:
    of = closedform.plan(model)
    place = {name: at for at, name in enumerate(model.observed)}
    starts = [place[start] for start, _ in model.edges]
    ends = [place[end] for _, end in model.edges]

    def statistic(S: Array, _: Array) -> Array:
        b = closedform.coefficients(of, S)
        sd = np.sqrt(closedform.implied_variances(of, S, b, closedform.residual_variances(of, S, b)))
        return np.concatenate([effects.values(b), effects.values(b * sd[starts] / sd[ends])])

    return statistic


def _one_by_one(model: PathModel, effects: EffectList, covariance: Array, n_obs: int) -> Statistic:
    of = structure(model)
    start = estimate(model, of, covariance, n_obs)

    def single(S: Array) -> Array:
        scaled = scale(model, of, S)
        try:
            summit = sharpen(scaled.of, start / scaled.unit, scaled.covariance)
        except np.linalg.LinAlgError:
            return np.full(2 * len(effects), np.nan)
        theta = scaled.unit * summit.theta if summit.reached else np.full(len(start), np.nan)
        both = (edge_coefficients(of, model, theta), standardised_coefficients(of, model, theta))
        return np.concatenate([effects.values(each) for each in both])

    return lambda S, _: np.column_stack([single(S[..., at]) for at in range(S.shape[2])])
