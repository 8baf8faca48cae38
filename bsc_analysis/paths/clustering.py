"""Clustering: how alike the rows of a cluster are, and how many rows that costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    from bsc_analysis.paths.moments import Moments

Array = NDArray[Any]

BAD_DESIGN = "a design effect of {got} is impossible, allowed: a number above 0"
BAD_CLUSTERS = "intraclass correlations need at least two clusters, and more rows than clusters"


def design_effect(icc: float, cluster_size: float, *, cv: float = 0.0, icc_x: float = 1.0) -> float:
    """Return by how much clusters inflate the variance of a coefficient: 1 + ((1 + cv^2) m - 1) icc icc_x.

    That is Kish's design effect for clusters of mean size m and coefficient of variation cv (Eldridge, Ashby and
    Kerry 2006), times the predictor's own intraclass correlation (Moulton 1986): a predictor that differs within
    clusters as much as between them loses nothing.

    Parameters
    ----------
    icc
        Intraclass correlation of the residual, or of the outcome for want of it.
    cluster_size
        Mean number of rows in a cluster, 1 or more.
    cv
        Standard deviation of the sizes over their mean.
    icc_x
        Intraclass correlation of the predictor; 1, the most cautious, for one that is constant within clusters.

    >>> round(design_effect(0.1, 10), 3), round(design_effect(0.1, 10, cv=0.5, icc_x=0.2), 3)
    (1.9, 1.23)
    """
    effect = 1 + ((1 + cv**2) * cluster_size - 1) * icc * icc_x
    check_design_effect(effect)
    return effect


def intraclass(moments: Moments) -> Array:
    """Return the intraclass correlation of each variable, (k,), by analysis of variance.

    (MSB - MSW) / (MSB + (n0 - 1) MSW) with n0 = (N - sum n^2 / N) / (g - 1), which allows for unequal sizes (Donner
    1986). It can be below 0; NaN for a variable that does not vary.

    Raises
    ------
    UseError
        With fewer than two clusters, or with as many clusters as rows.

    >>> from bsc_analysis.paths.moments import Moments
    >>> pairs = Moments(("IP",), np.array([2.0, 2.0]), np.array([[1.0], [4.0]]), np.array([[[2.0]], [[2.0]]]), "cluster")
    >>> float(intraclass(pairs)[0].round(4))
    0.6364
    """
    n, total, g = moments.n, moments.n.sum(), len(moments.n)
    if g < 2 or total <= g:
        raise UseError(fault(BAD_CLUSTERS))
    between = n @ (moments.mean - moments.grand_mean) ** 2 / (g - 1)
    within = np.einsum("gkk->k", moments.products) / (total - g)
    size = (total - n @ n / total) / (g - 1)
    spread = between + (size - 1) * within
    return np.asarray(np.divide(between - within, spread, out=np.full(len(spread), np.nan), where=spread > 0))


def check_design_effect(effect: float) -> None:
    """Refuse a design effect that is not above 0."""
    if not (effect > 0 and math.isfinite(effect)):
        raise UseError(fault(BAD_DESIGN, got=effect))
