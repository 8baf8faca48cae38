"""The reference results: what the helpers read, that the data are made again, and the conventions that the README tells."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from tests.oracle import (
    BOOT_DRAWS,
    ESTIMATES,
    EXPECTED_SE,
    FIT,
    FOLDER,
    ROBUST_SE,
    all_results,
    read_data,
    read_draws,
    read_indices,
    read_intervals,
    read_result,
    read_tests,
)
from tests.oracles.simulate import simulate, text_of

LABELS = {
    "a": ("IP", "~", "LG"),
    "b1": ("CP", "~", "LG"),
    "b2": ("CP", "~", "IP"),
    "c1": ("SH", "~", "LG"),
    "c2": ("SH", "~", "IP"),
    "c3": ("SH", "~", "CP"),
}
CAUSES = {"IP": ["LG"], "CP": ["LG", "IP"], "SH": ["LG", "IP", "CP"]}

# Arithmetic in another order.
LAST_BITS = 1e-12


# ---- what is stored -----------------------------------------------------------------------------------------------------------


def test_every_stored_fit_can_be_read_and_converged() -> None:
    names = all_results()
    assert len(names) == 124
    for name in names:
        result = read_result(name)
        assert result.content["converged"]
        assert len(result.content["pe"]) == len(result.content["std"])
        # The gradient is per row and unit: what is left is rounding, also where variances are 1e4 and 1e-4.
        assert result.content["max_abs_gradient"] < 1e-11


def test_standardised_rows_stand_beside_the_raw_ones() -> None:
    for name in all_results():
        content = read_result(name).content
        key = ("lhs", "op", "rhs")
        assert [[row[part] for part in key] for row in content["pe"]] == [
            [row[part] for part in key] for row in content["std"]
        ]


def test_results_are_found_by_pattern() -> None:
    assert all_results("d_*_fiml") == ["d_chain_fiml", "d_full_fiml", "d_over_fiml"]
    assert not set(all_results("*boot*"))


def test_rows_are_found_by_name_and_by_label() -> None:
    result = read_result("a_full_ml")
    assert {name: result.estimate(*row) for name, row in LABELS.items()} == {
        name: result.label(name).est for name in LABELS
    }
    assert result.labels[0] == "ind_LG_IP_CP"
    assert result.n_obs == 900
    with pytest.raises(KeyError, match="0 rows"):
        result.row("IP", "~", "nothing")


def test_a_row_of_several_groups_needs_its_group_and_a_shared_label_is_the_first_ones() -> None:
    result = read_result("b_mg_eqreg_ml")
    with pytest.raises(KeyError, match="3 rows"):
        result.row("IP", "~", "LG")
    rows = [result.row("IP", "~", "LG", group=group) for group in (1, 2, 3)]
    np.testing.assert_allclose([row.est for row in rows], rows[0].est, rtol=LAST_BITS)
    assert len({round(row.std, 6) for row in rows}) == 3
    assert result.label("a").std == rows[0].std


def test_what_lavaan_leaves_open_is_no_number() -> None:
    assert math.isnan(read_result("a_full_ml").row("LG", "~~", "LG").z)


@pytest.mark.parametrize(
    ("name", "shape"), [("a_boot", (1000, 900)), ("b_clusterboot", (1000, 60)), ("d_fimlboot", (60, 900))]
)
def test_indices_are_whole_and_within_the_units(name: str, shape: tuple[int, int]) -> None:
    drawn = read_indices(name)
    assert drawn.shape == shape
    assert drawn.min() == 0
    assert drawn.max() == shape[1] - 1


# ---- data are made again --------------------------------------------------------------------------------------------------------


def test_every_data_set_is_made_again_byte_for_byte() -> None:
    made = simulate()
    stored = {path.stem: path.read_bytes() for path in (FOLDER / "data").glob("*.csv")}
    assert set(made) == set(stored)
    for name, data in made.items():
        assert text_of(name, data).encode() == stored[name], name


# ---- conventions, by other means ------------------------------------------------------------------------------------------------


def least_squares(data: pd.DataFrame, outcome: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coefficients (the intercept first), the design and the residuals of one equation."""
    X = np.column_stack([np.ones(len(data)), data[CAUSES[outcome]]])
    y = data[outcome].to_numpy()
    coefficients = np.linalg.lstsq(X, y, rcond=None)[0]
    return coefficients, X, y - X @ coefficients


@pytest.mark.parametrize("outcome", list(CAUSES))
def test_estimates_are_least_squares_and_errors_have_no_degrees_of_freedom(outcome: str) -> None:
    """Standard errors: residual variance SSE / n instead of SSE / (n - k)."""
    data, result = read_data("a"), read_result("a_full_ml")
    coefficients, X, residuals = least_squares(data, outcome)
    se = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * (residuals @ residuals) / len(data))
    for at, cause in enumerate(CAUSES[outcome], start=1):
        np.testing.assert_allclose(result.estimate(outcome, "~", cause), coefficients[at], rtol=ESTIMATES)
        np.testing.assert_allclose(result.se(outcome, "~", cause), se[at], rtol=EXPECTED_SE)
    np.testing.assert_allclose(result.estimate(outcome, "~1", ""), coefficients[0], rtol=ESTIMATES)


@pytest.mark.parametrize("outcome", list(CAUSES))
@pytest.mark.parametrize(
    ("name", "groups"), [("b_full_mlr", None), ("b_full_cluster", "cluster"), ("b_full_clusterunit", "unit")]
)
def test_robust_errors_are_sandwiches_of_scores_without_small_sample_factors(
    name: str, groups: str | None, outcome: str
) -> None:
    """HC0 per equation; with clusters their sums of scores, times G / (G - 1) and nothing else."""
    data, result = read_data("b"), read_result(name)
    _, X, residuals = least_squares(data, outcome)
    scores = X * residuals[:, None]
    factor = 1.0
    if groups is not None:
        scores = pd.DataFrame(scores).groupby(data[groups].to_numpy()).sum().to_numpy()
        factor = len(scores) / (len(scores) - 1)
    bread = np.linalg.inv(X.T @ X)
    se = np.sqrt(factor * np.diag(bread @ scores.T @ scores @ bread))
    for at, cause in enumerate(CAUSES[outcome], start=1):
        np.testing.assert_allclose(result.se(outcome, "~", cause), se[at], rtol=ROBUST_SE)


def test_covariances_have_divisor_n_and_in_wishart_fits_n_less_1() -> None:
    names = read_result("a_full_ml").content["ov"]
    rows = read_data("a")[names].to_numpy()
    for name, ddof in (("a_full_ml", 0), ("a_full_wishart", 1)):
        found = read_result(name).sample_covariance()
        np.testing.assert_allclose(found, np.cov(rows.T, ddof=ddof), rtol=EXPECTED_SE)


def test_fit_measures_follow_from_the_two_chi_squares() -> None:
    """Only CFI cuts chi-square below its degrees of freedom; RMSEA divides by n."""
    fit, n = read_result("a_over_ml").fit, 900
    excess, baseline = fit["chisq"] - fit["df"], fit["baseline.chisq"] - fit["baseline.df"]
    ratio, baseline_ratio = fit["chisq"] / fit["df"], fit["baseline.chisq"] / fit["baseline.df"]
    np.testing.assert_allclose(fit["cfi"], 1 - max(excess, 0) / max(excess, baseline, 0), rtol=FIT)
    np.testing.assert_allclose(fit["tli"], (baseline_ratio - ratio) / (baseline_ratio - 1), rtol=FIT)
    np.testing.assert_allclose(fit["rmsea"], np.sqrt(excess / (fit["df"] * n)), rtol=FIT)
    np.testing.assert_allclose(fit["chisq"], 2 * (fit["unrestricted.logl"] - fit["logl"]), rtol=1e-8)
    np.testing.assert_allclose(fit["aic"], 2 * fit["npar"] - 2 * fit["logl"], rtol=FIT)


def test_the_likelihood_is_that_of_outcomes_given_fixed_causes() -> None:
    """With LG random it also has LG's own: -n / 2 (log 2 pi + log variance + 1)."""
    fixed, random = read_result("a_over_ml").fit, read_result("a_over_ml_randx").fit
    lg = -450 * (np.log(2 * np.pi) + np.log(read_data("a")["LG"].var(ddof=0)) + 1)
    np.testing.assert_allclose(random["logl"] - fixed["logl"], lg, rtol=FIT)
    assert random["npar"] - fixed["npar"] == 2
    np.testing.assert_allclose(random["chisq"], fixed["chisq"], rtol=FIT)


def test_standardised_errors_take_fixed_causes_for_constants() -> None:
    fixed, random = (read_result(name).std_se("IP", "~", "LG") for name in ("a_full_ml", "a_full_ml_randx"))
    np.testing.assert_allclose([fixed, random], [0.02839, 0.02929], atol=5e-6)


def test_the_score_and_likelihood_tests_are_of_the_stored_fits() -> None:
    stored = read_tests()
    first, second = stored["lrt"]["ml_conf_vs_reg"]
    regressions_equal = read_result("b_mg_eqreg_ml").fit
    np.testing.assert_allclose(second["Chisq diff"], regressions_equal["chisq"] - first["Chisq"], rtol=FIT)
    assert second["Df diff"] == regressions_equal["df"]
    a = stored["lrt"]["a_full_vs_over"][1]["Chisq diff"]
    np.testing.assert_allclose(a, read_result("a_over_ml").fit["chisq"], rtol=FIT)


def test_replicates_are_least_squares_on_the_rows_drawn() -> None:
    drawn, data = read_indices("a_boot"), read_data("a")
    stored = read_draws("a_full_boot_coef")
    for replicate in (0, 1, 999):
        rows = data.iloc[drawn[replicate]]
        for label, (outcome, _, cause) in LABELS.items():
            own = least_squares(rows, outcome)[0][1 + CAUSES[outcome].index(cause)]
            np.testing.assert_allclose(stored.loc[replicate, label], own, rtol=BOOT_DRAWS, atol=BOOT_DRAWS)


def test_replicates_of_clusters_count_them_in_the_order_of_their_appearance() -> None:
    drawn, data = read_indices("b_clusterboot"), read_data("b")
    rows_of = dict(tuple(data.groupby("cluster")))
    order = data["cluster"].unique()
    rows = pd.concat([rows_of[order[at]] for at in drawn[0]])
    stored = read_draws("b_full_clusterboot_coef").iloc[0]
    np.testing.assert_allclose(stored["c3"], least_squares(rows, "SH")[0][3], rtol=BOOT_DRAWS)


def test_errors_of_the_bootstrap_divide_by_the_number_of_replicates() -> None:
    draws, rows = read_draws("a_full_boot_coef"), read_intervals("a_full_boot", "perc")
    for label in LABELS:
        np.testing.assert_allclose(rows[label].se, draws[label].std(ddof=0), rtol=LAST_BITS)
