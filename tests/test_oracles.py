"""The reference results: what the helpers read, that data and results are made again, and the conventions the README tells.

Where R and lavaan are there, a part of the results is made again by the script that is kept beside them. The installed lavaan may
be older than the one that made the stored results; what the versions share must agree.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.oracle import (
    BOOT_DRAWS,
    ESTIMATES,
    EXPECTED_SE,
    FIT,
    FOLDER,
    RMSEA_INTERVAL,
    ROBUST_SE,
    STANDARDISED_SE,
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

# At least one fit of each kind of model, data, variant and grouping; the rest differs in nothing that the script decides.
REMADE = (
    "a_chain_wishart",
    "a_full_ml_randx",
    "a_over_ml",
    "a_over_ml_nomeans",
    "a_over_mlm",
    "a_over_mlr",
    "a_over_obs",
    "abad_full_ml",
    "b_full_cluster_randx",
    "b_mg_configural_ml",
    "b_mg_eqreg_cluster",
    "b_mg_eqregint_mlr",
    "b_mg_eqregintres_ml_randx",
    "b_mg_over_eqreg_ml",
    "b_over_cluster",
    "b_over_clusterechelon",
    "d2_over_fiml_mlr",
    "d2_over_fiml_randx",
    "d_over_fiml",
    "d_over_listwise",
    "e_over_mlr_randx",
)
SHARED_FIT = (
    *("npar", "fmin", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "nfi", "rfi", "ifi", "rni"),
    *("logl", "unrestricted.logl", "aic", "bic", "bic2", "ntotal", "rmsea", "rmr", "srmr", "crmr", "srmr_mplus", "mfi", "ecvi"),
)  # fmt: skip
# In these estimators, not with clusters, the scaled statistic is the same in both versions.
SHARED_SCALED = ("chisq.scaled", "chisq.scaling.factor", "df.scaled")
RMSEA_ENDS = ("rmsea.ci.lower", "rmsea.ci.upper")
# Both versions' optimisers stop where the likelihood of incomplete rows is flat to this, which is absolute.
FIML_DRAWS = 2e-5
# A figure that is 0 in theory.
NOTHING = 1e-10
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


# ---- results are made again -----------------------------------------------------------------------------------------------------


def run_r(*packages: str, script: Path, arguments: list[str]) -> None:
    """Run a script, or skip the test where R or one of the packages is missing."""
    r = shutil.which("Rscript")
    if r is None:
        pytest.skip("no R on this machine")
    wanted = ", ".join(f"'{package}'" for package in packages)
    found = f"quit(status = sum(!vapply(c({wanted}), requireNamespace, TRUE, quietly = TRUE)))"
    if subprocess.run([r, "-e", found], check=False, capture_output=True).returncode:
        pytest.skip(f"R lacks one of its packages {wanted}")
    done = subprocess.run([r, str(script), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a part of the results again with the installed lavaan."""
    folder = tmp_path_factory.mktemp("lavaan")
    pattern = f"^({'|'.join((*REMADE, 'd_full_fimlboot'))})$"
    script = FOLDER / "make_lavaan.R"
    run_r("lavaan", "jsonlite", script=script, arguments=[str(FOLDER), str(folder), pattern])
    return folder


def read_remade(folder: Path, name: str) -> dict[str, Any]:
    """Read one result that was made again."""
    content: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return content


def column(content: dict[str, Any], part: str, key: str) -> np.ndarray:
    """Return one figure of every row."""
    return np.array([row.get(key) for row in content[part]], dtype=float)


@pytest.mark.parametrize("name", REMADE)
def test_rows_are_made_again(remade: Path, name: str) -> None:
    own, stored = read_remade(remade, name), read_result(name).content
    key = ("lhs", "op", "rhs", "label", "group")
    assert [[row.get(part) for part in key] for row in own["pe"]] == [
        [row.get(part) for part in key] for row in stored["pe"]
    ]
    assert (own["vcov_names"], own["ov"], own["npar"], own["nobs"]) == (
        stored["vcov_names"],
        stored["ov"],
        stored["npar"],
        stored["nobs"],
    )
    errors = (
        EXPECTED_SE
        if stored["options"]["se"] == "standard" and stored["options"]["information"][0] == "expected"
        else ROBUST_SE
    )
    for part, figure, tolerance in (
        ("pe", "est", ESTIMATES),
        ("pe", "se", errors),
        ("std", "est.std", ESTIMATES),
        ("std", "se", STANDARDISED_SE),
        ("std_nox", "se", STANDARDISED_SE),
    ):
        np.testing.assert_allclose(
            column(own, part, figure),
            column(stored, part, figure),
            rtol=tolerance,
            atol=NOTHING,
            err_msg=f"{part} {figure}",
        )


@pytest.mark.parametrize("name", REMADE)
def test_fit_is_made_again(remade: Path, name: str) -> None:
    own, stored = read_remade(remade, name)["fit"], read_result(name).fit
    scaled = SHARED_SCALED if "chisq.scaled" in stored and "cluster" not in name else ()
    for measure in (*SHARED_FIT, *scaled):
        np.testing.assert_allclose(own[measure], stored[measure], rtol=FIT, atol=NOTHING, err_msg=measure)
    for measure in RMSEA_ENDS:
        np.testing.assert_allclose(
            own[measure], stored[measure], rtol=RMSEA_INTERVAL, atol=NOTHING, err_msg=measure
        )


def test_the_fixed_cause_stays_fixed(remade: Path) -> None:
    """lavaan 0.6 frees it when a fit starts from an earlier one and nothing is said; the script says it."""
    for name in ("a_over_ml", "a_full_ml_randx"):
        own = read_remade(remade, name)
        assert own["options"]["fixed.x"] is not name.endswith("randx")
        assert ("LG~~LG" in own["vcov_names"]) is name.endswith("randx")


def test_replicates_of_incomplete_rows_are_made_again(remade: Path) -> None:
    own, stored = pd.read_csv(remade / "d_full_fimlboot_coef.csv"), read_draws("d_full_fimlboot_coef")
    pd.testing.assert_frame_equal(own, stored, rtol=0, atol=FIML_DRAWS)


def test_intervals_of_the_package_boot_are_made_again(tmp_path: Path) -> None:
    script = FOLDER / "boot" / "make_boot.R"
    run_r("boot", "jsonlite", script=script, arguments=[str(FOLDER), str(tmp_path)])
    own, stored = (
        json.loads((folder / "a_full.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, FOLDER / "boot")
    )
    assert set(own) == set(stored)
    for key, content in stored.items():
        if key == "session":
            continue
        if not key.startswith("intervals"):
            np.testing.assert_equal(np.asarray(own[key]).dtype, np.asarray(content).dtype)
            compare(own[key], content, key)
            continue
        for method, ends in content.items():
            for end, values in ends.items():
                compare(own[key][method][end], values, f"{key} {method} {end}")


def compare(own: object, stored: object, what: str) -> None:
    """Compare figures or names."""
    if isinstance(stored, str):
        assert own == stored
        return
    # Accelerations are third powers of differences of nearly equal numbers.
    np.testing.assert_allclose(own, stored, rtol=1e-8, err_msg=what)  # type: ignore[arg-type]
