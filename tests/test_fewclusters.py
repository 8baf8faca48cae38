"""Few clusters, few rows: t against statsmodels, p against every pattern and every order there is, and size under the null."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.paths import fewclusters
from bsc_analysis.paths.fewclusters import NullTest, permutation_test, wild_cluster_test
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.rows import Codes, Rows
from tests.oracle import read_data

# Least squares by different algebra, t of several hundred rows.
SOLVED = 1e-9
# So many standard errors of a share of draws may come about: once in 16,000 tests.
FOUR_SE = 4.0

NAMES = ("LG", "IP", "CP")
MODEL = path_model("IP ~ LG; CP ~ LG + IP")


def panel_rows(n_clusters: int, *, names: tuple[str, ...] = NAMES) -> Rows:
    data = read_data("b")
    data = data[data["cluster"] <= n_clusters]
    code = data["cluster"].to_numpy() - 1
    return Rows(
        names, data[list(names)].to_numpy(float), Codes("cluster", code, tuple(map(str, range(n_clusters))))
    )


def cluster_t(y: np.ndarray, X: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return statsmodels' t with cluster errors, its small-sample factor included."""
    fit = sm.OLS(y, sm.add_constant(X)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return np.asarray(fit.tvalues)[1:]


def plain_t(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return ordinary t of each predictor by textbook algebra."""
    X = np.column_stack([np.ones(len(y)), X])
    b = np.linalg.solve(X.T @ X, X.T @ y)
    variance = ((y - X @ b) ** 2).sum() / (len(y) - X.shape[1])
    return np.asarray(b / np.sqrt(variance * np.diag(np.linalg.inv(X.T @ X))))[1:]


def restricted(y: np.ndarray, X: np.ndarray, column: int) -> np.ndarray:
    """Return what the other predictors expect of the outcome."""
    others = np.column_stack([np.ones(len(y)), np.delete(X, column, axis=1)])
    return np.asarray(others @ np.linalg.lstsq(others, y, rcond=None)[0])


def test_t_is_that_of_statsmodels() -> None:
    rows = panel_rows(8)
    assert rows.cluster is not None
    LG, IP, CP = rows.values.T
    code = rows.cluster.code
    found = wild_cluster_test(MODEL, moments_of(rows))
    expected = [*cluster_t(IP, LG, code), *cluster_t(CP, np.column_stack([LG, IP]), code)]
    np.testing.assert_allclose(found.t, expected, rtol=SOLVED)
    assert found.edges == MODEL.edges


def test_p_is_the_share_of_all_64_sign_patterns_of_six_clusters() -> None:
    """Each pattern is made as rows and fitted by statsmodels; CP's equation, its first predictor and its second."""
    rows = panel_rows(6)
    assert rows.cluster is not None
    LG, IP, CP = rows.values[:, 0], rows.values[:, 1], rows.values[:, 2]
    X, code = np.column_stack([LG, IP]), rows.cluster.code
    found = wild_cluster_test(MODEL, moments_of(rows))
    assert (found.exact, found.n_draws) == (True, 64)
    for column in (0, 1):
        observed = abs(cluster_t(CP, X, code)[column]) * (1 - SOLVED)
        expected = restricted(CP, X, column)
        drawn = [
            abs(cluster_t(expected + np.array(signs)[code] * (CP - expected), X, code)[column])
            for signs in itertools.product((-1.0, 1.0), repeat=6)
        ]
        assert found.p[1 + column] * 64 == sum(each >= observed for each in drawn)
    assert 2 < found.p[1] * 64 < 64, "the pattern that was observed and its opposite would prove nothing"


def test_no_p_is_below_that_of_the_observed_pattern_and_its_opposite() -> None:
    found = wild_cluster_test(path_model("IP ~ LG"), moments_of(panel_rows(6)))
    assert found.p[0] == 2 / 64
    assert [str(each) for each in found.notes] == [
        "only 6 clusters: cluster standard errors are too small below about 30",
        "only 32 different sign patterns of 6 clusters exist: no p-value can be below 0.0312",
    ]


def test_patterns_are_drawn_where_there_are_more_than_draws() -> None:
    """Of 14 clusters 16,384 patterns exist: half as many draws, made twice, come near the share of all of them."""
    moments = moments_of(panel_rows(14))
    model = path_model("CP ~ LG + IP")
    all_of_them = wild_cluster_test(model, moments, n_draws=2**14)
    some = [wild_cluster_test(model, moments, n_draws=8_000, seed=seed) for seed in (1, 2, 1)]
    assert (all_of_them.exact, some[0].exact, some[0].n_draws) == (True, False, 8_000)
    assert len(some[0].notes) == 1
    error = np.sqrt(all_of_them.p[0] * (1 - all_of_them.p[0]) / 8_000)
    for each in some:
        assert abs(each.p[0] - all_of_them.p[0]) < FOUR_SE * error
    np.testing.assert_array_equal(some[0].p, some[2].p)
    assert some[0].p[0] != some[1].p[0]
    assert 0.02 < all_of_them.p[0] < 0.98, "a p-value at its border would prove nothing"


def test_webb_weights_have_mean_0_and_variance_1_and_tell_five_clusters_apart() -> None:
    """Five clusters have 16 patterns of signs, so that p is a multiple of 1/16; six points have more."""
    moments = moments_of(panel_rows(5))
    model = path_model("CP ~ LG + IP")
    signs = wild_cluster_test(model, moments)
    webb = wild_cluster_test(model, moments, weights="webb", n_draws=4_000)
    assert (signs.exact, webb.exact, webb.n_draws) == (True, False, 4_000)
    assert (signs.p * 16 % 1 == 0).all()
    assert (webb.p * 16 % 1 != 0).any()
    np.testing.assert_array_equal(webb.t, signs.t)
    assert (webb.p >= 1 / 4_001).all()


def test_webb_p_is_that_of_weights_drawn_by_hand() -> None:
    """The six points are +-sqrt(1/2), +-1, +-sqrt(3/2); 4,000 refits of rows against 4,000 of the test's own."""
    rows = panel_rows(5)
    assert rows.cluster is not None
    X, CP, code = rows.values[:, :2], rows.values[:, 2], rows.cluster.code
    found = wild_cluster_test(path_model("CP ~ LG + IP"), moments_of(rows), weights="webb", n_draws=4_000)
    points = np.sqrt([0.5, 1, 1.5])
    weights = np.random.default_rng(5).choice(np.concatenate([points, -points]), (4_000, 5))
    design = np.column_stack([np.ones(len(CP)), X])
    bread = np.linalg.inv(design.T @ design)
    expected = restricted(CP, X, 0)
    y = expected + weights[:, code] * (CP - expected)
    left = y - y @ design @ bread @ design.T
    scores = np.stack([left[:, code == at] @ design[code == at] for at in range(5)], axis=1) @ bread[1]
    few = 5 / 4 * (len(CP) - 1) / (len(CP) - 3)
    t = (y @ design @ bread)[:, 1] / np.sqrt(few * (scores**2).sum(axis=1))
    p = np.mean(np.abs(t) >= abs(found.t[0]))
    assert abs(found.p[0] - p) < FOUR_SE * math.sqrt(2 * p * (1 - p) / 4_000)


@pytest.mark.parametrize("at_once", [1, 500])
def test_draws_made_in_parts_give_the_same_p(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    rows, model = panel_rows(7), path_model("CP ~ LG + IP")
    wild, permuted = (lambda: wild_cluster_test(model, moments_of(rows))), (
        lambda: permutation_test(model, rows.take(np.arange(40)), n_draws=99)
    )
    whole = wild().p, permuted().p
    monkeypatch.setattr(fewclusters, "_CHUNK", at_once)
    np.testing.assert_array_equal(wild().p, whole[0])
    np.testing.assert_array_equal(permuted().p, whole[1])


def test_size_of_the_wild_bootstrap_under_the_null_where_the_usual_test_is_far_too_large() -> None:
    """Eight clusters with effects of their own in predictor and error, no path: of 500 tests at .05 about 25 reject.

    The standard error of that share is sqrt(.05 x .95 / 500) = .0097. z with cluster errors rejects about one in seven.
    """
    model, code, labels = path_model("IP ~ LG"), np.repeat(np.arange(8), 10), tuple("abcdefgh")
    rejected = np.zeros(2)
    for seed in range(500):
        rng = np.random.default_rng(np.random.SeedSequence([20151122, seed]))
        own = rng.standard_normal((2, 8))[:, code]
        values = (own + rng.standard_normal((2, 80))).T
        found = wild_cluster_test(model, moments_of(Rows(("LG", "IP"), values, Codes("unit", code, labels))))
        rejected += [found.p[0] <= 0.05, abs(found.t[0]) > 1.96]
    wild, usual = rejected / 500
    assert 0.05 - FOUR_SE * 0.0097 < wild < 0.05 + FOUR_SE * 0.0097
    assert usual > 0.09


def six_rows() -> tuple[Rows, Rows]:
    """Return six rows, and the same with strata of three rows each that stand mixed."""
    values = np.array(
        [[1.0, 2.1, 0.3], [2.0, 1.9, 1.1], [3.5, 3.2, 0.2], [4.0, 2.8, 2.6], [5.2, 4.1, 1.7], [7.0, 3.0, 2.0]]
    )
    strata = Codes("echelon", np.array([0, 1, 1, 0, 1, 0]), ("2", "3"))
    return Rows(NAMES, values), Rows(NAMES, values, stratum=strata)


def brute_force(rows: Rows, outcome: int, predictors: list[int], column: int) -> tuple[float, int]:
    """Return the exact p of every order that keeps rows within their strata, and how many orders these are."""
    X, y = rows.values[:, predictors], rows.values[:, outcome]
    code = np.zeros(6, int) if rows.stratum is None else rows.stratum.code
    orders = [each for each in itertools.permutations(range(6)) if (code[list(each)] == code).all()]
    expected = restricted(y, X, column)
    drawn = [abs(plain_t(expected + (y - expected)[list(each)], X)[column]) for each in orders]
    observed = abs(plain_t(y, X)[column]) * (1 - SOLVED)
    return float(np.mean([each >= observed for each in drawn])), len(orders)


@pytest.mark.parametrize(("stratified", "count"), [(False, 720), (True, 36)])
def test_p_of_a_permutation_is_the_share_of_all_orders_of_six_rows(stratified: bool, count: int) -> None:
    rows = six_rows()[stratified]
    found = permutation_test(MODEL, rows, n_draws=20_000, seed=3)
    for edge, equation in enumerate([(1, [0], 0), (2, [0, 1], 0), (2, [0, 1], 1)]):
        p, orders = brute_force(rows, *equation)
        assert orders == count
        assert abs(found.p[edge] - p) < FOUR_SE * math.sqrt(p * (1 - p) / 20_000)
    assert (found.n_draws, found.exact, found.notes) == (20_000, False, ())


def test_t_of_a_permutation_test_is_that_of_least_squares() -> None:
    rows = panel_rows(3)
    LG, IP, CP = rows.values.T
    found = permutation_test(MODEL, rows, n_draws=9)
    ols = [sm.OLS(IP, sm.add_constant(LG)), sm.OLS(CP, sm.add_constant(np.column_stack([LG, IP])))]
    np.testing.assert_allclose(found.t, [t for each in ols for t in each.fit().tvalues[1:]], rtol=SOLVED)


def test_a_difference_of_strata_alone_is_no_effect_within_them() -> None:
    """Two strata, both variables higher by 5 in the second, nothing within: only permuting across them finds an effect."""
    rng = np.random.default_rng(11)
    code = np.arange(60) % 2
    values = rng.standard_normal((60, 2)) + 5 * code[:, None]
    across = permutation_test(path_model("IP ~ LG"), Rows(("LG", "IP"), values), n_draws=999)
    within = permutation_test(
        path_model("IP ~ LG"), Rows(("LG", "IP"), values, stratum=Codes("e", code, ("2", "3"))), n_draws=999
    )
    assert across.p[0] == 1 / 1000
    assert within.p[0] > 0.05


def test_size_of_a_permutation_under_the_null_of_heavy_tails() -> None:
    """Eight rows with errors of two degrees of freedom: exact, so that of 600 tests at .05 30 reject, +- 4 x .0089."""
    model = path_model("IP ~ LG")
    rejected = 0
    for seed in range(600):
        rng = np.random.default_rng(np.random.SeedSequence([20151122, seed]))
        rows = Rows(("LG", "IP"), rng.standard_t(2, (8, 2)))
        rejected += permutation_test(model, rows, n_draws=199, seed=seed).p[0] <= 0.05
    assert abs(rejected / 600 - 0.05) < FOUR_SE * 0.0089


def test_incomplete_rows_are_left_out_of_a_permutation() -> None:
    rows = six_rows()[0]
    more = Rows(NAMES, np.vstack([rows.values, [[3.0, np.nan, 1.0]]]))
    np.testing.assert_array_equal(permutation_test(MODEL, more, n_draws=99).p, permutation_test(MODEL, rows, n_draws=99).p)


def test_a_fixed_coefficient_is_taken_off_the_outcome_and_not_tested() -> None:
    """CP ~ .5 LG + IP is CP - .5 LG on IP alone."""
    rows = panel_rows(8)
    assert rows.cluster is not None
    model = path_model("IP ~ LG; CP ~ 0.5*LG + IP")
    LG, IP, CP = rows.values.T
    wild, permuted = wild_cluster_test(model, moments_of(rows)), permutation_test(model, rows, n_draws=9)
    np.testing.assert_allclose(wild.t[2], cluster_t(CP - 0.5 * LG, IP, rows.cluster.code)[0], rtol=SOLVED)
    np.testing.assert_allclose(permuted.t[2], plain_t(CP - 0.5 * LG, IP[:, None])[0], rtol=SOLVED)
    for found in (wild, permuted):
        np.testing.assert_array_equal(np.isnan([found.t, found.p]), [[False, True, False]] * 2)


def test_variables_of_the_moments_may_stand_in_any_order() -> None:
    rows = panel_rows(8)
    turned = rows.select(["CP", "LG", "IP"])
    np.testing.assert_allclose(
        wild_cluster_test(MODEL, moments_of(turned)).t, wild_cluster_test(MODEL, moments_of(rows)).t, rtol=SOLVED
    )
    np.testing.assert_array_equal(
        permutation_test(MODEL, turned, n_draws=19).p, permutation_test(MODEL, rows, n_draws=19).p
    )


def test_along_a_path_the_largest_p_counts() -> None:
    edges = (("LG", "IP"), ("IP", "CP"), ("CP", "SH"), ("X", "SH"))
    found = NullTest(edges, np.ones(4), np.array([0.03, 0.2, 0.01, np.nan]), 99, exact=False, notes=())
    assert found.p_along(("LG", "IP", "CP", "SH")) == 0.2
    assert found.p_along(("CP", "SH")) == 0.01


@pytest.mark.parametrize("p", [(0.03, math.nan), (math.nan, 0.03)])
def test_a_path_with_a_fixed_coefficient_has_no_p_wherever_it_stands(p: tuple[float, float]) -> None:
    found = NullTest((("LG", "IP"), ("IP", "CP")), np.ones(2), np.array(p), 99, exact=False, notes=())
    assert math.isnan(found.p_along(("LG", "IP", "CP")))


@pytest.mark.parametrize("text", ["IP ~ a*LG; CP ~ a*LG", "IP ~ LG; CP ~ LG; IP ~~ CP", "F =~ LG + IP + CP"])
def test_models_that_are_not_simple_are_refused(text: str) -> None:
    rows = panel_rows(6)
    with pytest.raises(UseError) as caught:
        wild_cluster_test(path_model(text), moments_of(rows))
    assert str(caught.value) == (
        "a wild cluster bootstrap is for models without latent variables, residual covariances and equal coefficients"
    )
    with pytest.raises(UseError, match="^a permutation test is for models without latent"):
        permutation_test(path_model(text), rows)


@pytest.mark.parametrize("n_draws", [0, -1, 9.5])
def test_a_number_of_draws_that_cannot_be_made_is_refused(n_draws: float) -> None:
    sentence = f"{n_draws} draws cannot be made, expected a whole number above 0"
    with pytest.raises(UseError, match=sentence):
        wild_cluster_test(MODEL, moments_of(panel_rows(6)), n_draws=n_draws)  # type: ignore[arg-type]
    with pytest.raises(UseError, match=sentence):
        permutation_test(MODEL, panel_rows(6), n_draws=n_draws)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moments", "got"),
    [
        (Moments.from_correlations(["LG", "IP"], [[1, 0.3], [0.3, 1]], 71), "pool"),
        (moments_of(Rows(("LG", "IP"), np.eye(2))), "row"),
        (moments_of(panel_rows(1, names=("LG", "IP"))), "1"),
    ],
)
def test_moments_without_two_clusters_are_refused(moments: Moments, got: str) -> None:
    with pytest.raises(UseError) as caught:
        wild_cluster_test(path_model("IP ~ LG"), moments)
    assert str(caught.value) == f"a wild cluster bootstrap needs moments of at least two clusters, got {got}"


def test_too_few_rows_and_variables_that_are_combinations_are_refused_by_both() -> None:
    few = six_rows()[0].take(np.arange(3))
    with pytest.raises(DataError, match="3 complete rows are too few for CP with 2 predictors"):
        permutation_test(MODEL, few)
    clustered = Rows(few.names, few.values, Codes("unit", np.array([0, 1, 1]), ("a", "b")))
    with pytest.raises(DataError, match="3 complete rows are too few for CP with 2 predictors"):
        wild_cluster_test(MODEL, moments_of(clustered))
    rows = panel_rows(6)
    twice = Rows(NAMES, rows.values[:, [0, 0, 2]], rows.cluster)
    for test in (
        lambda: wild_cluster_test(MODEL, moments_of(twice)),
        lambda: permutation_test(MODEL, twice),
    ):
        with pytest.raises(DataError, match="IP is an exact combination of LG"):
            test()
