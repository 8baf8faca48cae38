"""Tests for few clusters or few rows: wild cluster bootstrap and permutation of each direct effect, with the null imposed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.closedform import plan
from bsc_analysis.paths.estimation import check_size, cluster_notes
from bsc_analysis.paths.moments import check_variation, moments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.pathmodel import Edge, Path, PathModel
    from bsc_analysis.paths.rows import Rows

Weights = Literal["rademacher", "webb"]
Array = NDArray[Any]

CLUSTERS = "a wild cluster bootstrap needs moments of at least two clusters, got {got}"
SIMPLE = "{what} is for models without latent variables, residual covariances and equal coefficients"
DRAWS = "{got} draws cannot be made, expected a whole number above 0"
COARSE = "only {count} different sign patterns of {clusters} clusters exist: no p-value can be below {least}"

_WEBB = np.sqrt([0.5, 1.0, 1.5])  # with both signs: six points, for very few clusters (Webb 2023)
_CHUNK = 2_000_000  # numbers held at a time: 16 MB
_TIE = 1 - 1e-9  # a statistic that equals the observed one must count although it was summed in another order


@dataclass(frozen=True, slots=True, eq=False)
class NullTest:
    """Tests of each direct effect against 0, by draws in which it is 0.

    Attributes
    ----------
    edges
        The E direct paths.
    t, p
        (E,) t-statistics and two-sided p-values: the share of draws at least as far from 0. NaN where the coefficient is
        fixed.
    n_draws, exact
        How many draws, and whether they are all that exist.
    notes
        What a reader must know, as sentences.
    """

    edges: tuple[Edge, ...]
    t: Array
    p: Array
    n_draws: int
    exact: bool
    notes: tuple[Fault, ...]

    def p_along(self, path: Path) -> float:
        """Return the p-value of an indirect effect by joint significance: the largest along its path.

        An indirect effect is 0 exactly where some coefficient along it is, so that rejecting each one at a level rejects
        the product at that level (intersection-union test). NaN where one of them is fixed, wherever it stands.
        """
        return float(np.max([self.p[self.edges.index(edge)] for edge in pairwise(path)]))


def wild_cluster_test(
    model: PathModel,
    moments: Moments,
    *,
    n_draws: int = 9_999,
    weights: Weights = "rademacher",
    seed: int = 20151122,
) -> NullTest:
    """Test each direct effect by the wild cluster bootstrap-t, the null imposed (Cameron, Gelbach and Miller 2008).

    For the coefficient b_j of an equation, each draw multiplies every cluster's residuals of the restricted fit (b_j = 0)
    by a random weight, -1 or 1 (``rademacher``) or one of six points (``webb``, for fewer than about eleven clusters),
    refits, and takes t = b_j / se_j with cluster standard errors. Where all sign patterns are fewer than the draws, each is
    taken once. Cluster moments suffice, so that the cost does not depend on the number of rows.

    Parameters
    ----------
    model
        A simple model.
    moments
        Per cluster.
    n_draws, weights, seed
        How many draws, the weights, and the seed.

    Raises
    ------
    UseError
        When the model is not simple, or there are no clusters.
    """
    _check_use(model, n_draws, "a wild cluster bootstrap")
    moments = moments.select(model.observed)
    if moments.unit != "cluster" or len(moments.n) < 2:
        raise UseError(fault(CLUSTERS, got=len(moments.n) if moments.unit == "cluster" else moments.unit))
    check_size(model, moments.n_obs)
    check_variation(moments)
    clusters = len(moments.n)
    exact = weights == "rademacher" and 2**clusters <= n_draws
    drawn = _signs(clusters) if exact else _draw_weights(clusters, n_draws, weights, seed)
    t, p = np.full((2, len(model.edges)), np.nan)
    for design, equation in _designs(model, moments):
        for column, place in enumerate(equation.places, 1):
            t[place], p[place] = _wild(design, column, drawn, exact=exact)
    notes = cluster_notes(clusters)
    if exact:
        notes = (
            *notes,
            fault(COARSE, count=len(drawn) // 2, clusters=clusters, least=f"{2 / len(drawn):.3g}"),
        )
    return NullTest(model.edges, t, p, len(drawn), exact, notes)


def permutation_test(model: PathModel, rows: Rows, *, n_draws: int = 9_999, seed: int = 20151122) -> NullTest:
    """Test each direct effect by permuting the residuals of the fit without it (Freedman and Lane 1983).

    Rows must be exchangeable, within strata where ``rows`` has them. The statistic is t with ordinary errors.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Rows
    >>> rows = Rows(("LG", "IP"), np.array([[0.0, 0.0], [1.0, 1.1], [2.0, 1.9], [3.0, 3.2], [4.0, 3.9], [5.0, 5.1]]))
    >>> permutation_test(path_model("IP ~ LG"), rows, seed=1).p.round(3)
    array([0.003])
    """
    _check_use(model, n_draws, "a permutation test")
    rows = rows.select(model.observed).complete()
    check_size(model, rows.n_obs)
    check_variation(moments_of(rows, by="pool"))
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    orders = np.array([_order(rng, rows) for _ in range(n_draws)], dtype=np.intp)
    t, p = np.full((2, len(model.edges)), np.nan)
    for equation in plan(model).equations:
        X = np.column_stack([np.ones(rows.n_obs), rows.values[:, list(equation.predictors)]])
        y = rows.values[:, equation.outcome] - sum(
            (value * rows.values[:, start] for start, _, value in equation.fixed), np.zeros(rows.n_obs)
        )
        for column, place in enumerate(equation.places, 1):
            t[place], p[place] = _freedman_lane(X, y, column, orders)
    return NullTest(model.edges, t, p, n_draws, exact=False, notes=())


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """One equation's sums per cluster, an intercept first: x x' (g, q, q), x y (g, q), and the rows in all."""

    xx: Array
    xy: Array
    n_obs: int


def _check_use(model: PathModel, n_draws: int, what: str) -> None:
    if not model.simple:
        raise UseError(fault(SIMPLE, what=fault(what)))
    if n_draws != int(n_draws) or n_draws < 1:
        raise UseError(fault(DRAWS, got=n_draws))


def _designs(model: PathModel, moments: Moments) -> Iterator[tuple[_Design, Any]]:
    away = (moments.mean - moments.grand_mean) * moments.n[:, None]
    products = moments.about_grand_mean
    for equation in plan(model).equations:
        at = list(equation.predictors)
        size = len(at) + 1
        xx = np.empty((len(moments.n), size, size))
        xx[:, 0, 0] = moments.n
        xx[:, 0, 1:] = xx[:, 1:, 0] = away[:, at]
        xx[:, 1:, 1:] = products[:, at][:, :, at]
        xy = np.column_stack([away[:, equation.outcome], products[:, at, equation.outcome]])
        for start, _, value in equation.fixed:
            xy = xy - value * np.column_stack([away[:, start], products[:, at, start]])
        yield _Design(xx, xy, moments.n_obs), equation


def _wild(design: _Design, column: int, weights: Array, *, exact: bool) -> tuple[float, float]:
    """Return t and p of one coefficient."""
    total = design.xx.sum(axis=0)
    row = np.linalg.inv(total)[column]
    few = _small_sample(design)
    b = np.linalg.solve(total, design.xy.sum(axis=0))
    t = float(b[column] / np.sqrt(few * (((design.xy - design.xx @ b) @ row) ** 2).sum()))
    kept = [at for at in range(len(total)) if at != column]
    restricted = np.zeros(len(total))
    restricted[kept] = np.linalg.solve(total[np.ix_(kept, kept)], design.xy.sum(axis=0)[kept])
    scores = design.xy - design.xx @ restricted
    moved = np.linalg.solve(total, scores.T)
    direct, leverage = scores @ row, design.xx @ row
    extreme = 0
    for part in np.array_split(weights, max(1, weights.size // _CHUNK)):
        shift = part @ moved.T
        errors = part * direct - shift @ leverage.T
        drawn = shift[:, column] / np.sqrt(few * np.einsum("rg,rg->r", errors, errors))
        extreme += int((np.abs(drawn) >= abs(t) * _TIE).sum())
    # The data themselves are one of the patterns; of all patterns they are already among those counted.
    return t, extreme / len(weights) if exact else (extreme + 1) / (len(weights) + 1)


def _small_sample(design: _Design) -> float:
    clusters, size = design.xy.shape
    return float(clusters / (clusters - 1) * (design.n_obs - 1) / (design.n_obs - size))


def _signs(clusters: int) -> Array:
    """Return every pattern of signs, (2^g, g)."""
    patterns = np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1
    return 2.0 * patterns - 1


def _draw_weights(clusters: int, n_draws: int, weights: Weights, seed: int) -> Array:
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    signs = rng.choice([-1.0, 1.0], (n_draws, clusters))
    return signs if weights == "rademacher" else np.asarray(signs * rng.choice(_WEBB, (n_draws, clusters)))


def _order(rng: np.random.Generator, rows: Rows) -> Array:
    """Return one random order of the rows, within strata where there are some."""
    if rows.stratum is None:
        return rng.permutation(rows.n_obs)
    shuffled = np.lexsort((rng.random(rows.n_obs), rows.stratum.code))
    order = np.empty(rows.n_obs, dtype=np.intp)
    order[np.argsort(rows.stratum.code, kind="stable")] = shuffled
    return order


def _freedman_lane(X: Array, y: Array, column: int, orders: Array) -> tuple[float, float]:
    others, _ = np.linalg.qr(np.delete(X, column, axis=1))
    x = X[:, column] - others @ (others.T @ X[:, column])
    residuals = y - others @ (others.T @ y)
    free = len(y) - X.shape[1]
    observed = _t_statistics(residuals[None], others, x, free)[0]
    extreme = 0
    for part in np.array_split(orders, max(1, orders.size // _CHUNK)):
        drawn = _t_statistics(residuals[part], others, x, free)
        extreme += int((np.abs(drawn) >= abs(observed) * _TIE).sum())
    # The order that was observed is one of the permutations, so that p is never 0.
    return float(observed), (extreme + 1) / (len(orders) + 1)


def _t_statistics(outcomes: Array, others: Array, x: Array, free: int) -> Array:
    """Return t of x in each outcome (R, n), the other predictors being an orthonormal basis."""
    length = x @ x
    slope = outcomes @ x / length
    known = outcomes @ others
    left = np.einsum("rn,rn->r", outcomes, outcomes) - np.einsum("rq,rq->r", known, known) - slope**2 * length
    return np.asarray(slope / np.sqrt(np.maximum(left, 0) / free / length))
