"""Covariances of estimates: by the information, by the sandwich of rows or of clusters, and corrected for few rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.leverage import CORRECTIONS, corrected_scores
from bsc_analysis.paths.likelihood import expected_information, invert, observed_information, scores

if TYPE_CHECKING:
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows
    from bsc_analysis.paths.structure import Structure

StandardErrors = Literal["ml", "robust", "cluster", "hc0", "hc1", "hc2", "hc3", "cr2"]
Array = NDArray[Any]

ROWS_NEEDED = "{se} standard errors need the rows themselves: give a table, not its moments"
CLUSTERS_NEEDED = "{se} standard errors need clusters: name the column that says which rows belong together"
ONE_CLUSTER = (
    "all rows belong to one cluster ({label}); {se} standard errors need at least two, better thirty"
)
UNKNOWN = "standard errors {got} are unknown, allowed: {allowed}"


def check_kind(se: StandardErrors, unit: Moments | Rows) -> None:
    """Refuse standard errors that do not exist or that the data do not allow."""
    if se not in get_args(StandardErrors):
        raise UseError(fault(UNKNOWN, got=repr(se), allowed=", ".join(get_args(StandardErrors))))
    if se in CORRECTIONS and hasattr(unit, "products"):
        raise UseError(fault(ROWS_NEEDED, se=se))
    labels = _cluster_labels(unit)
    if se in ("cluster", "cr2"):
        if not labels:
            raise UseError(fault(CLUSTERS_NEEDED, se=se))
        if len(labels) == 1:
            raise UseError(fault(ONE_CLUSTER, label=labels[0], se=se))
    elif se != "ml" and getattr(unit, "unit", "row") != "row":
        raise UseError(fault(ROWS_NEEDED, se=se))


def covariance_of_estimates(
    of: Structure,
    theta: Array,
    moments: Moments,
    *,
    se: StandardErrors = "ml",
    rows: Rows | None = None,
    model: PathModel | None = None,
) -> Array:
    """Return the covariance matrix of the estimates, (p, p).

    ``ml`` inverts the expected information at the implied covariance. ``robust`` (also called ``hc0``) is the sandwich
    H^-1 (sum s s') H^-1 of the observed information H and each row's scores s; ``cluster`` sums scores within clusters
    first and multiplies by G / (G - 1). ``hc1`` to ``hc3`` and ``cr2`` correct the scores of the coefficients for the
    leverage of rows, and need ``rows`` and ``model``.

    Parameters
    ----------
    of, theta
        A structure and its maximum likelihood estimates (p,).
    moments
        Per row, per cluster, or, for ``ml`` alone, pooled.
    """
    if se == "ml":
        return invert(expected_information(of, theta)) / moments.n_obs
    bread = invert(observed_information(of, theta, moments.covariance)) / moments.n_obs
    if se in CORRECTIONS and rows is not None and model is not None:
        each = corrected_scores(model, of, theta, rows, se)
    else:
        each = scores(of, theta, moments)
    return sandwich(bread, each, clustered=se == "cluster")


def sandwich(bread: Array, each: Array, *, clustered: bool) -> Array:
    """Return bread (sum s s') bread for scores s of each unit, (g, p); clusters with the factor G / (G - 1)."""
    units = len(each)
    few = units / (units - 1) if clustered else 1.0
    through = each @ bread
    return np.asarray(few * through.T @ through)


def _cluster_labels(unit: Moments | Rows) -> tuple[str, ...]:
    codes = getattr(unit, "cluster", None)
    return codes.labels if codes is not None else getattr(unit, "labels", ())
