"""Power by simulation: against exact and published power, the product of two, and samples simulated row by row."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.power import EffectPower, n_for_effect, power_of_effects
from bsc_analysis.paths.rows import read_rows
from bsc_analysis.paths.simulatedmoments import Design, population, random_numbers, simulate
from bsc_analysis.paths.simulatedtests import Test, estimate_samples
from bsc_analysis.paths.tracing import explained_variance

# A share that is simulated is trusted to four of its own errors: one comparison in 16,000 fails by chance, and never
# with the seeds that stand here.
ERRORS = 4
# A few sums of products of numbers below 1.
LAST_BITS = 1e-12

ONE = path_model("IP ~ LG")
MEDIATION = path_model("M ~ X; Y ~ X + M")
CHAIN = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
PRINTED = {
    ("LG", "IP"): 0.329, ("LG", "CP"): 0.006, ("LG", "SH"): -0.047,
    ("IP", "CP"): 0.123, ("IP", "SH"): 0.108, ("CP", "SH"): 0.634,
}  # fmt: skip


def power_named(found: EffectPower, name: str) -> tuple[float, float]:
    at = [str(each) for each in found.names].index(name)
    return float(found.power[at]), float(found.mc_se[at])


def exact_power(r: float, n: int, alpha: float = 0.05) -> float:
    """Return the power of the test of a slope with a random normal predictor: noncentral t, over the chi-square of Sxx."""
    shares = (np.arange(2000) + 0.5) / 2000
    noncentral = r / math.sqrt(1 - r * r) * np.sqrt(stats.chi2.ppf(shares, n - 1))
    critical = stats.t.ppf(1 - alpha / 2, n - 2)
    found = stats.nct.sf(critical, n - 2, noncentral) + stats.nct.cdf(-critical, n - 2, noncentral)
    return float(found.mean())


@pytest.mark.parametrize(("r", "n"), [(0.3, 30), (0.3, 85), (0.1, 783), (0.0, 50)])
def test_a_single_path_has_the_exact_power_of_a_slope(r: float, n: int) -> None:
    power, error = power_named(power_of_effects(ONE, {("LG", "IP"): r}, n, n_sim=20_000), "LG -> IP")
    assert power == pytest.approx(exact_power(r, n), abs=ERRORS * error)


def test_the_reported_error_is_that_of_a_share() -> None:
    """sqrt(p (1 - p) / 2,000)."""
    found = power_of_effects(ONE, {("LG", "IP"): 0.3}, 85)
    (p,) = found.power[:1]
    assert found.mc_se[0] == pytest.approx(math.sqrt(p * (1 - p) / 2000), abs=LAST_BITS)


def test_two_links_have_the_product_of_their_powers() -> None:
    """Without a direct path, the two coefficients are independent; the second has the power of a slope by itself."""
    model = path_model("M ~ X; Y ~ M")
    found = power_of_effects(model, {("X", "M"): 0.2, ("M", "Y"): 0.15}, 200, n_sim=20_000)
    power, error = power_named(found, "X -> M -> Y")
    assert power == pytest.approx(exact_power(0.2, 200) * exact_power(0.15, 200), abs=ERRORS * error)


def raw_paths(a: float, b: float) -> dict[tuple[str, str], float]:
    """Standardise the paths of M = a X + e, Y = b M + e with variances of X and e of 1, as the published tables have them."""
    sd_m = math.sqrt(1 + a * a)
    return {("X", "M"): a / sd_m, ("X", "Y"): 0.0, ("M", "Y"): b * sd_m / math.sqrt(b * b * sd_m**2 + 1)}


@pytest.mark.parametrize(
    ("a", "b", "joint", "sobel"),
    [
        (0.14, 0.14, 531, 670), (0.26, 0.26, 159, 197), (0.39, 0.39, 74, 90), (0.59, 0.59, 36, 42),
        (0.14, 0.26, 406, 453), (0.59, 0.14, 406, 413),
    ],
)  # fmt: skip
def test_sample_sizes_are_those_of_a_published_replication(
    a: float, b: float, joint: int, sobel: int
) -> None:
    """Fossum and Montoya's replication of Fritz and MacKinnon (2007), table 3: 100,000 samples, direct path 0."""
    for test, n in (("joint", joint), ("delta", sobel)):
        kind: Test = "joint" if test == "joint" else "delta"
        sample = n_for_effect(MEDIATION, raw_paths(a, b), "X -> M -> Y", test=kind)
        # Our Monte Carlo range, widened to three errors (it spans 1.96), and a unit for theirs.
        reach = 1.5 * (sample.upper - sample.lower) / 2 + 1
        assert sample.n == pytest.approx(n, abs=reach), test


def test_the_monte_carlo_interval_has_the_power_of_the_joint_test() -> None:
    """Published for .39 and .39: 74 units by the joint test and 75 by the percentile bootstrap, which it imitates."""
    found = power_of_effects(MEDIATION, raw_paths(0.39, 0.39), 74, test="monte_carlo")
    power, error = power_named(found, "X -> M -> Y")
    assert power == pytest.approx(0.8, abs=ERRORS * error)
    assert set(found.tests) == {"monte_carlo"}


def test_a_serial_path_is_found_when_all_its_links_are() -> None:
    """The weakest of its three links decides: .329 and .634 are certain at n = 600, so that .123 is all there is."""
    found = power_of_effects(CHAIN, PRINTED, 600)
    serial, _ = power_named(found, "LG -> IP -> CP -> SH")
    link, _ = power_named(found, "IP -> CP")
    assert serial == link
    assert 0.7 < serial < 0.9


def test_sums_of_paths_are_tested_by_the_delta_method() -> None:
    found = power_of_effects(CHAIN, PRINTED, 300)
    tests = dict(zip(map(str, found.names), found.tests, strict=True))
    assert tests["indirect LG -> SH"] == tests["total LG -> IP"] == "delta"
    assert tests["LG -> IP -> SH"] == tests["LG -> IP"] == "joint"
    assert np.array_equal(found.power, power_of_effects(CHAIN, PRINTED, 300).power)


def test_a_total_effect_is_found_as_often_by_the_delta_method_as_by_the_slope_that_it_is() -> None:
    """LG -> CP in all is the slope of CP on LG: .006 + .329 x .123 = .0465, whose power at n = 3,629 is 80 %."""
    total, error = power_named(power_of_effects(CHAIN, PRINTED, 3629, n_sim=4000), "total LG -> CP")
    assert total == pytest.approx(exact_power(0.046467, 3629), abs=ERRORS * error)


def test_the_first_samples_stay_when_there_are_more() -> None:
    few, many = (random_numbers(3, count, 5) for count in (10, 30))
    assert np.array_equal(few.between, many.between[:10])
    assert np.array_equal(few.within, many.within[:10])


def test_the_mean_of_simulated_covariances_is_the_population() -> None:
    """Divisor n: (n - 1) / n Sigma for rows; in clusters of m the mean loses (1 + (m - 1) icc) / n of it instead."""
    whole = population(CHAIN, PRINTED)
    numbers = random_numbers(4, 20_000, 3)
    rows, clusters = Design(50), Design(200, 0.3, 10)
    # Four errors of a mean of 20,000 covariances: 4 sqrt(2 / 50 / 20,000), and with 20 clusters a little more.
    for design, kept, tolerance in ((rows, 49 / 50, 0.006), (clusters, 1 - 3.7 / 200, 0.008)):
        mean = simulate(whole, design, numbers).mean(axis=-1)
        np.testing.assert_allclose(mean, kept * whole.sigma, rtol=0, atol=tolerance)


def test_the_errors_of_samples_are_those_of_least_squares() -> None:
    """A fit's expected-information errors have divisor n, ours n - p - 1; a saturated model has no other difference."""
    rng = np.random.default_rng(np.random.SeedSequence(4))
    frame = pd.DataFrame(rng.normal(size=(60, 4)) @ rng.normal(size=(4, 4)), columns=["LG", "IP", "CP", "SH"])
    fit = fit_path(CHAIN, read_rows(frame, CHAIN.observed))
    found = estimate_samples(CHAIN, fit.covariance[..., None], Design(60))
    np.testing.assert_allclose(found.df, [58, 57, 57, 56, 56, 56])
    se = np.sqrt(np.einsum("ees->es", found.vcov))[:, 0]
    np.testing.assert_allclose(se, fit.se * np.sqrt(60 / found.df), rtol=1e-9)


def test_clusters_have_the_power_of_rows_simulated_and_tested_with_cluster_errors() -> None:
    """400 samples of 40 clusters of 10 rows with .4 in predictor and residual, t with 39 degrees of freedom."""
    rng = np.random.default_rng(np.random.SeedSequence(11))
    unit = np.repeat(np.arange(40), 10)
    critical = stats.t.ppf(0.975, 39)

    def alike() -> np.ndarray:
        return math.sqrt(0.4) * rng.normal(size=40)[unit] + math.sqrt(0.6) * rng.normal(size=400)

    def is_found() -> bool:
        x = alike()
        frame = pd.DataFrame({"unit": unit, "LG": x, "IP": 0.2 * x + math.sqrt(0.96) * alike()})
        fit = fit_path(ONE, read_rows(frame, ["LG", "IP"], cluster="unit"), se="cluster")
        return bool(abs(fit.z[0]) > critical)

    by_rows = np.mean([is_found() for _ in range(400)])
    found = power_of_effects(ONE, {("LG", "IP"): 0.2}, 400, icc=0.4, cluster_size=10)
    # Four errors of the 400 samples (.022); without clusters the power would be .98.
    assert float(found.power[0]) == pytest.approx(by_rows, abs=0.09)
    assert found.power[0] < 0.9


def test_clusters_that_are_not_alike_cost_only_degrees_of_freedom() -> None:
    alone = power_of_effects(ONE, {("LG", "IP"): 0.1}, 800).power[0]
    grouped = power_of_effects(ONE, {("LG", "IP"): 0.1}, 800, cluster_size=4).power[0]
    # Four errors of a difference of two simulated shares near .8 from 2,000 samples.
    assert grouped == pytest.approx(alone, abs=0.05)


def test_correlated_exogenous_variables_make_their_paths_harder_to_find() -> None:
    """With r = .8 between them a coefficient's variance is 1 / (1 - .64) = 2.8 times as large."""
    model = path_model("Y ~ A + B")
    betas = {("A", "Y"): 0.15, ("B", "Y"): 0.15}
    apart = power_of_effects(model, betas, 300).power[0]
    together = power_of_effects(model, betas, 300, exogenous=[[1, 0.8], [0.8, 1]]).power[0]
    assert together < apart - 0.2


def test_the_smallest_sample_of_a_single_path_is_the_analytic_one() -> None:
    """Exact power is 80 % at 70 units (.7987 at 69, .8045 at 70)."""
    sample = n_for_effect(ONE, {("LG", "IP"): 0.329}, "LG -> IP", n_sim=20_000)
    least = next(n for n in range(50, 100) if exact_power(0.329, n) >= 0.8)
    assert sample.lower <= least <= sample.upper
    assert sample.upper - sample.lower <= 4


def test_the_answer_reaches_the_power_and_one_unit_less_does_not() -> None:
    sample = n_for_effect(CHAIN, PRINTED, "LG -> IP -> CP", n_sim=1000)
    at, before = (power_of_effects(CHAIN, PRINTED, n, n_sim=1000) for n in (sample.n, sample.n - 1))
    assert power_named(at, "LG -> IP -> CP")[0] >= 0.8 > power_named(before, "LG -> IP -> CP")[0]
    assert sample.power == power_named(at, "LG -> IP -> CP")[0]


def test_samples_of_clusters_are_whole_clusters() -> None:
    rows = n_for_effect(ONE, {("LG", "IP"): 0.1}, "LG -> IP")
    grouped = n_for_effect(ONE, {("LG", "IP"): 0.1}, "LG -> IP", icc=0.5, cluster_size=5)
    assert grouped.n % 5 == grouped.lower % 5 == 0
    # 1 + 4 x .25 = 2, the reach of both simulations being some 3 %.
    assert grouped.n / rows.n == pytest.approx(2, rel=0.1)


def test_a_large_effect_needs_no_more_than_the_fewest_rows_that_can_be_fitted() -> None:
    assert n_for_effect(ONE, {("LG", "IP"): 0.999}, "LG -> IP", n_sim=500).n == 4


def test_a_definition_of_the_model_has_a_sample_size_too() -> None:
    model = path_model("M ~ a*X; Y ~ b*M + X; ab := a*b")
    sample = n_for_effect(model, raw_paths(0.39, 0.39), "ab", test="delta", n_sim=1000)
    assert sample.lower <= 90 <= sample.upper


def test_the_population_explains_what_path_tracing_says() -> None:
    whole = population(CHAIN, PRINTED)
    at = [CHAIN.observed.index(name) for name in ("LG", "IP", "CP")]
    b = np.array([PRINTED[name, "SH"] for name in ("LG", "IP", "CP")])
    expected = explained_variance(CHAIN, PRINTED)["SH"]
    assert b @ whole.sigma[np.ix_(at, at)] @ b == pytest.approx(expected, abs=LAST_BITS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 3}, "3 rows are too few to simulate 2 variables, at least 4 are needed"),
        ({"n": 21, "cluster_size": 10}, "21 rows are no whole number of clusters of 10"),
        ({"cluster_size": 0}, "the cluster size is 0, expected a whole number above 0"),
        (
            {"icc": 1.0},
            "an intraclass correlation of 1.0 cannot be simulated, allowed: 0 up to, but without, 1",
        ),
        ({"n_sim": 0}, "n_sim is 0, expected a whole number above 0"),
        ({"alpha": 0}, "alpha is 0, allowed: above 0 and below 1"),
        ({"test": "bayes"}, "test 'bayes' is unknown, allowed: joint, delta, monte_carlo"),
        (
            {"betas": {("IP", "LG"): 0.3}},
            "LG -> IP has no standardised coefficient\nIP -> LG is no path of the model",
        ),
        (
            {"betas": {("LG", "IP"): 1.0}},
            "the coefficients explain 1 of the variance of IP, allowed: below 1",
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused(change: dict[str, object], message: str) -> None:
    options: dict[str, object] = {"betas": {("LG", "IP"): 0.3}, "n": 100, **change}
    with pytest.raises(UseError) as caught:
        power_of_effects(ONE, options.pop("betas"), options.pop("n"), **options)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_impossible_correlations_of_exogenous_variables_are_refused() -> None:
    with pytest.raises(DataError):
        power_of_effects(
            path_model("Y ~ A + B"), {("A", "Y"): 0.1, ("B", "Y"): 0.1}, 99, exogenous=[[1, 2], [2, 1]]
        )


@pytest.mark.parametrize(
    "text", ["IP ~ 0.3*LG", "F =~ a + b + c; IP ~ F", "IP ~ LG; CP ~ LG; IP ~~ CP", "IP ~ a*LG; CP ~ a*LG"]
)
def test_models_without_closed_form_are_refused(text: str) -> None:
    with pytest.raises(
        UseError, match="power and sensitivity are computed for models without latent variables"
    ):
        power_of_effects(path_model(text), {}, 100)


def test_no_sample_shows_an_effect_that_is_not_there_or_too_small() -> None:
    with pytest.raises(UseError, match="LG -> IP is 0 in this population: no number of units shows it"):
        n_for_effect(ONE, {("LG", "IP"): 0.0}, "LG -> IP")
    with pytest.raises(
        UseError, match=r"LG -> IP of 0\.0001 needs more than 10000000 units for a power of 0\.8"
    ):
        n_for_effect(ONE, {("LG", "IP"): 0.0001}, "LG -> IP", n_sim=200)
