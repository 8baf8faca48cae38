"""Few clusters: t against statsmodels, p against every pattern of signs there is, size under the null, and what is refused."""

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


def cluster_t(y: np.ndarray, x: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return statsmodels' t with cluster errors, its small-sample factor included."""
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return np.asarray(fit.tvalues)[1:]


def restricted(y: np.ndarray, x: np.ndarray, column: int) -> np.ndarray:
    """Return what the other predictors expect of the outcome."""
    others = np.column_stack([np.ones(len(y)), np.delete(x, column, axis=1)])
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
    """Six clusters that say the same of a strong effect: any mixture of signs is weaker than all of one sign."""
    LG = np.tile(np.arange(4.0), 6)
    IP = 2 * LG + np.random.default_rng(1).normal(scale=0.1, size=24)
    cluster = Codes("unit", np.repeat(np.arange(6), 4), tuple("abcdef"))
    found = wild_cluster_test(
        path_model("IP ~ LG"), moments_of(Rows(("LG", "IP"), np.column_stack([LG, IP]), cluster))
    )
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


def test_webb_weights_tell_five_clusters_apart() -> None:
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


def test_webb_weights_are_six_points_of_equal_chance_with_mean_0_and_variance_1() -> None:
    """The squares 1/2, 1 and 3/2 average 1; each point's share of 60,000 is 1/6, give or take .0015."""
    points, counts = np.unique(fewclusters._draw_weights(6, 10_000, "webb", 1), return_counts=True)
    np.testing.assert_allclose(points, [-np.sqrt(1.5), -1, -np.sqrt(0.5), np.sqrt(0.5), 1, np.sqrt(1.5)])
    assert np.abs(counts / 60_000 - 1 / 6).max() < FOUR_SE * 0.0015


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
    wild, permuted = (
        (lambda: wild_cluster_test(model, moments_of(rows))),
        (lambda: permutation_test(model, rows.take(np.arange(40)), n_draws=99)),
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


def test_a_fixed_coefficient_is_taken_off_the_outcome_and_not_tested() -> None:
    """CP ~ .5 LG + IP is CP - .5 LG on IP alone."""
    rows = panel_rows(8)
    assert rows.cluster is not None
    model = path_model("IP ~ LG; CP ~ 0.5*LG + IP")
    LG, IP, CP = rows.values.T
    wild, permuted = wild_cluster_test(model, moments_of(rows)), permutation_test(model, rows, n_draws=9)
    np.testing.assert_allclose(wild.t[2], cluster_t(CP - 0.5 * LG, IP, rows.cluster.code)[0], rtol=SOLVED)
    ols = sm.OLS(CP - 0.5 * LG, sm.add_constant(IP)).fit()
    np.testing.assert_allclose(permuted.t[2], ols.tvalues[1], rtol=SOLVED)
    for found in (wild, permuted):
        np.testing.assert_array_equal(np.isnan([found.t, found.p]), [[False, True, False]] * 2)


def test_variables_of_the_moments_may_stand_in_any_order() -> None:
    rows = panel_rows(8)
    turned = rows.select(["CP", "LG", "IP"])
    np.testing.assert_allclose(
        wild_cluster_test(MODEL, moments_of(turned)).t,
        wild_cluster_test(MODEL, moments_of(rows)).t,
        rtol=SOLVED,
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
    with pytest.raises(UseError, match=r"^a permutation test is for models without latent"):
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
    few = panel_rows(1).take(np.arange(3))
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
