"""Fits of path models, held to lavaan on every stored data set, and what is refused with a sentence instead of a number."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.inference import StandardErrors
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.reduction import read_moments
from bsc_analysis.paths.rows import Rows, read_rows
from bsc_analysis.paths.standardised import edge_coefficients
from tests.oracle import (
    ESTIMATES,
    EXPECTED_SE,
    FIT,
    ROBUST_SE,
    STANDARDISED_SE,
    all_results,
    read_data,
    read_result,
)

TEXTS = {
    "full": "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP",
    "over": "IP ~ LG; CP ~ IP; SH ~ IP + CP",
    "chain": "IP ~ LG; CP ~ IP; SH ~ CP",
}
# What a result's last words say of its standard errors and of the column its clusters are in.
KINDS: dict[str, tuple[StandardErrors, str | None]] = {
    "ml": ("ml", None),
    "ml_nomeans": ("ml", None),
    "ml_randx": ("ml", None),
    "mlr": ("robust", None),
    "mlr_randx": ("robust", None),
    "listwise": ("ml", None),
    "cluster": ("cluster", "cluster"),
    "cluster_randx": ("cluster", "cluster"),
    "clusterunit": ("cluster", "unit"),
    "clusterechelon": ("cluster", "echelon"),
}
RESULTS = [
    name
    for name in all_results()
    if "_mg_" not in name and name.split("_", 2)[1] in TEXTS and name.split("_", 2)[2] in KINDS
]
RANDOM = [name for name in RESULTS if name.endswith("randx")]
# Two ways through the same sums of a few thousand rows.
ALGEBRA = 1e-11


@cache
def fitted(name: str) -> PathFit:
    data, text, variant = name.split("_", 2)
    se, cluster = KINDS[variant]
    model = path_model(TEXTS[text])
    return fit_path(model, read_rows(read_data(data), model.observed, cluster=cluster), se=se)


def edges(name: str) -> list[tuple[str, str, str]]:
    return [(end, "~", start) for start, end in fitted(name).model.edges]


def test_every_data_set_and_variant_is_among_the_results() -> None:
    assert {name.split("_", 2)[2] for name in RESULTS} == set(KINDS)
    assert {name.split("_", 1)[0] for name in RESULTS} == {"a", "abad", "b", "c", "d", "d2", "e"}


@pytest.mark.parametrize("name", RESULTS)
def test_coefficients_are_lavaans(name: str) -> None:
    fit, result = fitted(name), read_result(name)
    np.testing.assert_allclose(fit.b, [result.estimate(*edge) for edge in edges(name)], rtol=ESTIMATES)
    variances = [result.estimate(each, "~~", each) for each in fit.model.endogenous]
    np.testing.assert_allclose(fit.residual_variances, variances, rtol=ESTIMATES)
    assert fit.n_obs == result.n_obs


@pytest.mark.parametrize("name", RESULTS)
def test_standard_errors_are_lavaans(name: str) -> None:
    fit, result = fitted(name), read_result(name)
    tolerance = EXPECTED_SE if fit.se_kind == "ml" else ROBUST_SE
    np.testing.assert_allclose(fit.se, [result.se(*edge) for edge in edges(name)], rtol=tolerance)
    at = [str(each) for each in fit.of.parameters].index("SH ~~ SH")
    assert np.sqrt(fit.vcov[at, at]) == pytest.approx(result.se("SH", "~~", "SH"), rel=tolerance)


@pytest.mark.parametrize("name", RESULTS)
def test_z_and_p_are_lavaans(name: str) -> None:
    fit, rows = fitted(name), [read_result(name).row(*edge) for edge in edges(name)]
    np.testing.assert_allclose(fit.z, [row.z for row in rows], rtol=ROBUST_SE)
    # lavaan computes p as 1 - Phi, in which all that is below 1e-16 is 0.
    np.testing.assert_allclose(fit.p, [row.pvalue for row in rows], rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize("name", RESULTS)
def test_standardised_coefficients_are_lavaans(name: str) -> None:
    result = read_result(name)
    np.testing.assert_allclose(fitted(name).beta, [result.std(*edge) for edge in edges(name)], rtol=ESTIMATES)


@pytest.mark.parametrize("name", RANDOM)
def test_standardised_errors_are_lavaans_with_random_exogenous_variables(name: str) -> None:
    result = read_result(name)
    expected = [result.std_se(*edge) for edge in edges(name)]
    np.testing.assert_allclose(fitted(name).beta_se, expected, rtol=STANDARDISED_SE)


def test_standardised_errors_do_not_freeze_the_exogenous_variance() -> None:
    """lavaan's .02839 of IP ~ LG takes the variance of LG for known; with a random one it is .02929, as a bootstrap has it."""
    assert read_result("a_full_ml").std_se("IP", "~", "LG") == pytest.approx(0.02839, abs=5e-6)
    assert fitted("a_full_ml").beta_se[0] == pytest.approx(0.02929, abs=5e-6)


@pytest.mark.parametrize("name", [name for name in RESULTS if name not in RANDOM])
def test_the_likelihood_is_lavaans(name: str) -> None:
    fit, measures = fitted(name), read_result(name).fit
    assert fit.logl == pytest.approx(measures["logl"], rel=FIT)
    assert fit.logl_saturated == pytest.approx(measures["unrestricted.logl"], rel=FIT)
    # Differences of likelihoods of up to -120,000: what is lost is theirs.
    assert 2 * (fit.logl_saturated - fit.logl) == pytest.approx(measures["chisq"], rel=FIT, abs=1e-7)
    assert 2 * (fit.logl_saturated - fit.logl_baseline) == pytest.approx(measures["baseline.chisq"], rel=FIT)
    assert fit.df == measures["df"]


@pytest.mark.parametrize("name", RESULTS)
def test_explained_variance_is_lavaans(name: str) -> None:
    fit, r2 = fitted(name), read_result(name).r2
    np.testing.assert_allclose(fit.r2, [r2[outcome] for outcome in fit.model.endogenous], rtol=ESTIMATES)


@pytest.mark.parametrize("data", ["a", "e"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_printed_covariance_matrix_gives_the_fit_of_its_rows(data: str, text: str) -> None:
    """Covariances are printed with divisor n - 1, as Wishart likelihood has them; coefficients do not depend on it."""
    result = read_result(f"{data}_{text}_wishart")
    printed, n = result.sample_covariance(), result.n_obs
    fit = fit_path(path_model(TEXTS[text]), Moments.from_covariances(list(printed), printed, n))
    of_rows = fitted(f"{data}_{text}_ml_nomeans")
    np.testing.assert_allclose(fit.theta, of_rows.theta, rtol=ESTIMATES)
    np.testing.assert_allclose(fit.se, of_rows.se, rtol=ESTIMATES)
    wishart = [result.row(end, "~", start) for start, end in fit.model.edges]
    np.testing.assert_allclose(fit.b, [row.est for row in wishart], rtol=ESTIMATES)
    np.testing.assert_allclose(fit.se, [np.sqrt((n - 1) / n) * row.se for row in wishart], rtol=ESTIMATES)
    assert not fit.has_means


@pytest.mark.parametrize(
    ("variant", "cluster"), [("cluster", "cluster"), ("clusterunit", "unit"), ("ml", None)]
)
def test_moments_give_the_same_fit_as_rows(variant: str, cluster: str | None) -> None:
    of_rows = fitted(f"b_over_{variant}")
    moments = read_moments(read_data("b"), of_rows.model.observed, cluster=cluster)
    fit = fit_path(of_rows.model, moments, se=of_rows.se_kind)
    np.testing.assert_allclose(fit.theta, of_rows.theta, rtol=ALGEBRA)
    np.testing.assert_allclose(fit.se, of_rows.se, rtol=ROBUST_SE)
    assert fit.n_clusters == of_rows.n_clusters


def test_four_echelons_are_no_clusters_and_a_note_says_so() -> None:
    """Four clusters leave four scores for ten parameters: the error of all effects of LG on SH is .0138, not the .0370 of 60."""
    few, many = fitted("b_full_clusterechelon"), fitted("b_full_cluster")
    assert np.linalg.matrix_rank(few.vcov) < 4

    def total(theta: np.ndarray) -> np.ndarray:
        a, b1, b2, c1, c2, c3 = edge_coefficients(few.of, few.model, theta)
        return np.array([c1 + a * c2 + b1 * c3 + a * b2 * c3])

    assert few.se_of(total)[0] == pytest.approx(0.0138, abs=5e-5)
    assert many.se_of(total)[0] == pytest.approx(0.0370, abs=5e-5)
    assert (few.n_clusters, many.n_clusters) == (4, 60)
    note = "only 4 clusters: cluster standard errors are too small below about 30"
    assert [str(each) for each in few.notes] == [note]
    assert many.notes == ()


def test_units_of_measurement_change_units_and_nothing_else() -> None:
    good, bad = fitted("a_full_ml_nomeans"), fitted("abad_full_ml")
    np.testing.assert_allclose(bad.beta, good.beta, rtol=ALGEBRA)
    np.testing.assert_allclose(bad.beta_se, good.beta_se, rtol=ALGEBRA)
    np.testing.assert_allclose(bad.z, good.z, rtol=ALGEBRA)


def test_rows_left_out_are_counted_and_told() -> None:
    fit = fitted("d_full_listwise")
    assert fit.dropped == 900 - fit.n_obs > 0
    note = f"{fit.dropped} of 900 rows were left out because a value is missing (listwise)"
    assert [str(each) for each in fit.notes] == [note]


# -- refused -----------------------------------------------------------------------------------------------------------------


def frame(n: int = 30, **columns: np.ndarray) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({name: rng.standard_normal(n) for name in ("LG", "IP", "CP", "SH")} | columns)


def rows_of(data: pd.DataFrame, cluster: str | None = None) -> Rows:
    return read_rows(data, ["LG", "IP", "CP", "SH"], cluster=cluster)


def moments_in(data: pd.DataFrame, cluster: str | None = None) -> Moments:
    return read_moments(data, ["LG", "IP", "CP", "SH"], cluster=cluster)


def refused(
    error: type[Exception], sentence: str, data: Moments | Rows, text: str = "full", **options: str
) -> None:
    with pytest.raises(error, match=sentence):
        fit_path(path_model(TEXTS.get(text, text)), data, **options)  # type: ignore[arg-type]


def test_fewer_rows_than_coefficients_are_refused_for_each_equation() -> None:
    sentence = r"3 complete rows are too few for CP with 2 predictors: at least 4 .*\n.* SH with 3 predictors: at least 5"
    refused(DataError, sentence, rows_of(frame(3)))


def test_one_row_more_than_coefficients_is_fitted() -> None:
    assert fit_path(path_model(TEXTS["full"]), rows_of(frame(5))).n_obs == 5


def test_perfect_collinearity_is_refused_by_name() -> None:
    data = frame()
    data["CP"] = 2 * data["LG"] - data["IP"]
    refused(DataError, r"CP is an exact combination of LG, IP \(perfect collinearity\)", rows_of(data))


def test_an_outcome_that_is_explained_without_error_is_refused() -> None:
    data = frame()
    data["IP"] = 3 * data["LG"]
    refused(DataError, "IP is an exact combination of LG", read_rows(data, ["LG", "IP"]), text="IP ~ LG")


def test_a_variable_that_varies_only_in_rows_left_out_is_refused() -> None:
    data = frame()
    data["LG"] = 1.0
    data.loc[0, "LG"], data.loc[0, "SH"] = 2.0, np.nan
    refused(DataError, "'LG' does not vary", rows_of(data))


def test_no_complete_row_is_refused() -> None:
    data = frame(4)
    for at, name in enumerate(data):
        data.loc[at, name] = np.nan
    refused(DataError, "no row has a value in every one of LG, IP, CP, SH", rows_of(data))


def test_a_missing_variable_is_refused_with_the_nearest_name() -> None:
    refused(DataError, "the data have no column 'SX', did you mean 'SH'", rows_of(frame()), text="SX ~ LG")


def test_standard_errors_that_do_not_exist_are_refused() -> None:
    refused(
        UseError,
        "standard errors 'hc9' are unknown, allowed: ml, robust, cluster, hc0",
        rows_of(frame()),
        se="hc9",
    )


@pytest.mark.parametrize("se", ["cluster", "cr2"])
def test_cluster_errors_without_clusters_are_refused(se: str) -> None:
    refused(UseError, f"{se} standard errors need clusters", rows_of(frame()), se=se)


@pytest.mark.parametrize("se", ["cluster", "cr2"])
def test_one_cluster_is_refused(se: str) -> None:
    data = frame(office=np.full(30, "Bantaeng"))
    refused(UseError, r"all rows belong to one cluster \(Bantaeng\)", rows_of(data, "office"), se=se)


@pytest.mark.parametrize("se", ["cluster", "cr2"])
def test_one_cluster_that_is_left_of_several_is_refused(se: str) -> None:
    """All rows of the second office miss a value, so that only the first is left."""
    data = frame(office=np.repeat(["Bantaeng", "Bulukumba"], 15))
    data.loc[15:, "SH"] = np.nan
    refused(UseError, r"all rows belong to one cluster \(Bantaeng\)", rows_of(data, "office"), se=se)


def test_only_clusters_with_complete_rows_are_counted() -> None:
    data = frame(office=np.repeat(["a", "b", "c"], 10))
    data.loc[20:, "SH"] = np.nan
    fit = fit_path(path_model(TEXTS["chain"]), rows_of(data, "office"), se="cluster")
    assert fit.n_clusters == 2
    assert any(str(each).startswith("only 2 clusters") for each in fit.notes)


def test_clusters_of_one_row_are_allowed() -> None:
    """Then each row is its own cluster, and the sandwich of clusters is that of rows times n / (n - 1)."""
    data = frame(office=np.arange(30))
    by_cluster = fit_path(path_model(TEXTS["full"]), rows_of(data, "office"), se="cluster")
    by_row = fit_path(path_model(TEXTS["full"]), rows_of(data), se="robust")
    np.testing.assert_allclose(by_cluster.se, by_row.se * np.sqrt(30 / 29), rtol=ALGEBRA)


@pytest.mark.parametrize("se", ["robust", "hc0", "hc1", "hc2", "hc3"])
def test_robust_errors_from_pooled_moments_are_refused(se: str) -> None:
    refused(UseError, f"{se} standard errors need the rows themselves", moments_in(frame()), se=se)


@pytest.mark.parametrize("se", ["hc1", "hc2", "hc3"])
def test_corrections_from_moments_of_rows_are_refused(se: str) -> None:
    """Moments of single rows suffice for the plain sandwich, but not for leverages."""
    moments = moments_of(rows_of(frame()), by="row")
    refused(UseError, f"{se} standard errors need the rows themselves", moments, se=se)
    plain = fit_path(path_model(TEXTS["full"]), moments, se="robust")
    of_rows = fit_path(path_model(TEXTS["full"]), rows_of(frame()), se="robust")
    np.testing.assert_allclose(plain.se, of_rows.se, rtol=ALGEBRA)


def test_cr2_from_moments_of_clusters_is_refused() -> None:
    moments = moments_in(frame(office=np.repeat(["a", "b", "c"], 10)), "office")
    refused(UseError, "cr2 standard errors need the rows themselves", moments, se="cr2")


def test_fiml_from_moments_is_refused() -> None:
    refused(UseError, "fiml needs the rows themselves", moments_in(frame()), missing="fiml")


@pytest.mark.parametrize(("text", "missing"), [("IP ~ LG; CP ~ LG; IP ~~ CP", "listwise"), ("full", "fiml")])
def test_corrections_exist_only_for_complete_simple_models(text: str, missing: str) -> None:
    sentence = "hc3 standard errors exist for models without latent"
    refused(UseError, sentence, rows_of(frame()), text=text, se="hc3", missing=missing)
