"""Fit measures and their scaled versions: lavaan's on every stored data set, worked by hand, and refused where there is none."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.fitmeasures import (
    FitMeasures,
    baseline_degrees,
    comparative,
    fit_measures,
    rmsea_interval,
    tucker_lewis,
)
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.rows import Codes, Rows, read_rows
from bsc_analysis.paths.scaledfit import ScaledFit, scaled_fit
from tests.oracle import FIT, FOLDER, RMSEA_INTERVAL, all_results, read_data, read_result
from tests.pathcases import CHAIN, drawn, printed

MODELS = {
    "full": path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"),
    "over": path_model("IP ~ LG; CP ~ IP; SH ~ IP + CP"),
    "chain": path_model("IP ~ LG; CP ~ IP; SH ~ CP"),
}
THEIRS = {
    "chisq": "chisq",
    "pvalue": "pvalue",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_close": "rmsea.pvalue",
    "srmr": "srmr",
}
ALWAYS = {name: name for name in ("npar", "df", "logl", "aic", "bic")}
ENDS = {"rmsea_lower": "rmsea.ci.lower", "rmsea_upper": "rmsea.ci.upper"}
VARIANTS = ("ml", "ml_nomeans", "listwise", "fiml", "fiml_randx")
STORED = [
    name for variant in VARIANTS for name in all_results(f"*_{variant}")
    if "_mg_" not in name and name != f"d2_{name.split('_')[1]}_fiml"
]  # fmt: skip
SATURATED = [name for name in STORED if name.split("_")[1] == "full"]
RESTRICTED = [name for name in STORED if name not in SATURATED]
# lavaan takes p-values as 1 - F: what is below this is 0 or noise there.
SMALLEST_P = 1e-14

SCALED = {
    "scaling": "chisq.scaling.factor",
    "baseline_scaling": "baseline.chisq.scaling.factor",
    "chisq": "chisq.scaled",
    "df": "df.scaled",
    "pvalue": "pvalue.scaled",
    "cfi": "cfi.robust",
    "tli": "tli.robust",
    "rmsea": "rmsea.robust",
    "rmsea_close": "rmsea.pvalue.robust",
}
SCALED_ENDS = {"rmsea_lower": "rmsea.ci.lower.robust", "rmsea_upper": "rmsea.ci.upper.robust"}
UNITS = {
    "mlr": None, "mlr_randx": None, "cluster": "cluster", "cluster_randx": "cluster", "clusterunit": "unit",
    "clusterechelon": "echelon",
}  # fmt: skip
ROBUST = [
    name for unit in UNITS for name in all_results(f"*_{unit}") if "_mg_" not in name and "_fiml" not in name
]
# Traces of products of matrices that come from Hessians taken at estimates which differ in their tenth digit.
FACTORS = 1e-7
# An end near 0 is the root of a small noncentrality, which lavaan's root finder knows to fewer digits.
NEAR_ZERO = 2.5 * RMSEA_INTERVAL
# Our root and the distribution function it is put back into.
ROOT = 1e-9


@cache
def fitted(name: str) -> PathFit:
    data, text, variant = name.split("_", 2)
    model, result = MODELS[text], read_result(name)
    if variant == "ml_nomeans":
        printed = result.sample_covariance() * result.n_obs / (result.n_obs - 1)
        return fit_path(model, Moments.from_covariances(list(printed), printed, result.n_obs))
    rows = read_rows(read_data(data), model.observed)
    if data == "abad":  # this one fit has no mean structure
        return fit_path(model, replace(moments_of(rows, by="pool"), has_means=False))
    return fit_path(model, rows, missing="fiml" if variant.startswith("fiml") else "listwise")


@cache
def scaled(name: str) -> tuple[PathFit, ScaledFit | None]:
    data, text, variant = name.split("_", 2)
    model, cluster = MODELS[text], UNITS[variant]
    rows = read_rows(read_data(data), model.observed, cluster=cluster)
    fit = fit_path(model, rows, se="cluster" if cluster else "robust")
    return fit, scaled_fit(fit, moments_of(rows))


def agree(
    ours: FitMeasures | ScaledFit, theirs: dict[str, float], names: dict[str, str], tolerance: float
) -> None:
    for name, stored in names.items():
        assert getattr(ours, name) == pytest.approx(theirs[stored], rel=tolerance, abs=SMALLEST_P), name


# ---- held to lavaan --------------------------------------------------------------------------------------------------


def test_every_data_set_is_among_the_results() -> None:
    assert {name.split("_")[0] for name in STORED} == {"a", "abad", "b", "c", "d", "d2", "e"}
    assert {name.split("_", 2)[2] for name in RESTRICTED} == set(VARIANTS)
    assert {name.split("_", 2)[2] for name in ROBUST} == set(UNITS)


@pytest.mark.parametrize("name", RESTRICTED)
def test_fit_is_lavaans(name: str) -> None:
    agree(fit_measures(fitted(name)), read_result(name).fit, THEIRS, FIT)


@pytest.mark.parametrize("name", [name for name in STORED if not name.endswith("randx")])
def test_likelihood_parameters_and_information_criteria_are_lavaans(name: str) -> None:
    """With random exogenous variables lavaan counts their moments and takes the likelihood of theirs too: we never do."""
    agree(fit_measures(fitted(name)), read_result(name).fit, ALWAYS, FIT)


@pytest.mark.parametrize("name", RESTRICTED)
def test_the_interval_of_the_rmsea_is_lavaans(name: str) -> None:
    found = fit_measures(fitted(name))
    agree(found, read_result(name).fit, ENDS, RMSEA_INTERVAL)
    assert found.rmsea_level == 0.90


@pytest.mark.parametrize("name", RESTRICTED)
def test_the_interval_of_the_rmsea_is_exact(name: str) -> None:
    """At the noncentralities of its ends, chi-square is the 95th and the 5th percentile."""
    found = fit_measures(fitted(name))
    assert found.chisq is not None
    for end, share in ((found.rmsea_lower, 0.95), (found.rmsea_upper, 0.05)):
        assert end is not None
        if end == 0:
            assert stats.chi2.cdf(found.chisq, found.df) <= share
        else:
            reached = stats.ncx2.cdf(found.chisq, found.df, end**2 * found.n_obs * found.df)
            assert reached == pytest.approx(share, rel=ROOT)


LATENT = ["factors", "mixed", "second", "residual", "equal", "fixed", "oddunits", "oddequal"]


@pytest.mark.parametrize("name", LATENT)
def test_fit_of_models_without_a_closed_form_is_lavaans(name: str) -> None:
    content = json.loads((FOLDER / "latent" / f"{name}.json").read_text(encoding="utf-8"))
    model, theirs = path_model(content["model"]), content["fit_fixed_x"]
    rows = read_rows(pd.read_csv(FOLDER / "latent" / f"{content['data']}.csv"), model.observed)
    fit = fit_path(model, replace(moments_of(rows, by="pool"), has_means=False))
    # In "mixed" an exogenous variable stands in a covariance, for which lavaan makes it random.
    always = {} if name == "mixed" else ALWAYS
    names = {ours: stored for ours, stored in (THEIRS | always).items() if stored in theirs}
    # Chi-squares of 2 to 45 are differences of likelihoods of -5,000, here at the ends of two searches.
    agree(fit_measures(fit), theirs, names, 10 * FIT)
    assert len(names) == len(THEIRS | always) - 1
    assert baseline_degrees(fit) == theirs["baseline.df"]


def test_means_that_a_model_restricts_count_in_the_srmr() -> None:
    """With values missing, the model's own means are not those of the data, and their squares stand among the others.

    The model has 10 covariances and 4 means; without the residuals of the means the root is a thousandth smaller.
    """
    fit = fitted("d2_over_fiml_randx")
    sd = np.sqrt(np.diag(fit.covariance))
    of_means = np.sum(((fit.mean - fit.implied_mean) / sd) ** 2)
    found, expected = fit_measures(fit).srmr, read_result("d2_over_fiml_randx").fit["srmr"]
    assert found == pytest.approx(expected, rel=FIT)
    assert np.sqrt(expected**2 - of_means / 14) < expected * (1 - 5e-4)


# ---- worked by hand --------------------------------------------------------------------------------------------------


def test_every_measure_of_the_chain_is_the_one_worked_by_hand() -> None:
    """r(LG, CP | IP) = (.3 - .5 x .4) / sqrt(.75 x .84), squared 1/63: T = 100 log(63/62) = 1.600034, df 1.

    Baseline: T0 = -100 log det R = -100 log .62 = 47.803580, df 3. CFI = 1 - .600034 / 44.803580 and
    TLI = 1 - .600034 / (44.803580 / 3). RMSEA = sqrt(.600034 / 100). SRMR: one residual, .3 - .2, among six: sqrt(.01 / 6).
    logl given LG = -50 (2 log 2 pi + log(.75 x .84) + 2) = -260.685934, with 4 parameters.
    """
    found = fit_measures(printed(CHAIN).fit)
    assert (found.n_obs, found.npar, found.df, found.saturated) == (100, 4, 1, False)
    assert found.chisq == pytest.approx(1.600034, abs=1e-6)
    assert found.pvalue == pytest.approx(0.205898, abs=1e-6)
    assert found.cfi == pytest.approx(0.986607, abs=1e-6)
    assert found.tli == pytest.approx(0.959822, abs=1e-6)
    assert found.rmsea == pytest.approx(0.077462, abs=1e-6)
    assert found.srmr == pytest.approx(0.040825, abs=1e-6)
    assert found.logl == pytest.approx(-260.685934, abs=1e-6)
    assert found.aic == pytest.approx(521.371867 + 8, abs=1e-6)
    assert found.bic == pytest.approx(521.371867 + 4 * np.log(100), abs=1e-6)
    assert found.notes == ()


def test_a_fit_closer_than_expected_is_perfect_in_cfi_and_rmsea_but_not_cut_in_tli() -> None:
    """With r(LG, CP) = .5 x .4 + .01 the chi-square is far below its expectation, 1."""
    r = [[1, 0.5, 0.21], [0.5, 1, 0.4], [0.21, 0.4, 1]]
    moments = Moments.from_correlations(["LG", "IP", "CP"], r, 100)
    found = fit_measures(fit_path(path_model(CHAIN), moments))
    assert found.tli is not None
    assert (found.cfi, found.rmsea, found.rmsea_lower) == (1.0, 0.0, 0.0)
    assert found.tli > 1


@pytest.mark.parametrize("name", SATURATED)
def test_a_saturated_model_says_that_fit_does_not_apply(name: str) -> None:
    """Where lavaan prints a CFI of 1 and an RMSEA of 0."""
    found = fit_measures(fitted(name))
    assert found.saturated
    sentence = "saturated: fits perfectly by construction; fit measures do not apply"
    assert [str(note) for note in found.notes] == [sentence]
    compared = {each.name for each in fields(found)} - set(ALWAYS) - {"n_obs", "notes"}
    assert {getattr(found, name) for name in compared} == {None}


@pytest.mark.parametrize(
    ("excess", "baseline", "expected"),
    [(10, 100, 0.9), (-1, 100, 1), (5, -1, 0), (-1, -1, 1), (0, 0, 1), (20, 10, 0)],
)
def test_cfi_stays_between_0_and_1(excess: float, baseline: float, expected: float) -> None:
    assert comparative(excess, baseline) == expected


def test_tli_does_not_exist_where_the_baseline_fits_exactly() -> None:
    assert tucker_lewis(1.0, 0.0) is None


@given(
    st.floats(1e-3, 5e4), st.integers(1, 60), st.integers(20, 10_000_000), st.sampled_from([0.5, 0.9, 0.99])
)
def test_ends_of_any_interval_are_roots_in_order(chisq: float, df: int, n_obs: int, level: float) -> None:
    lower, upper = rmsea_interval(chisq, df, n_obs, level=level)
    assert 0 <= lower <= upper
    for end, share in ((lower, (1 + level) / 2), (upper, (1 - level) / 2)):
        reached = stats.ncx2.cdf(chisq, df, end**2 * n_obs * df)
        assert reached == pytest.approx(share, rel=1e-6) if end else reached <= share


# ---- scaled ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in ROBUST if "_full_" not in name])
def test_scaled_fit_is_lavaans(name: str) -> None:
    _, found = scaled(name)
    assert found is not None
    agree(found, read_result(name).fit, SCALED, 10 * FACTORS if found.pvalue < 1e-12 else FACTORS)
    agree(found, read_result(name).fit, SCALED_ENDS, NEAR_ZERO)


@pytest.mark.parametrize("name", [name for name in ROBUST if "_full_" in name])
def test_a_saturated_model_has_no_scaled_fit(name: str) -> None:
    fit, found = scaled(name)
    assert fit.df == 0
    assert found is None


def test_clusters_of_one_row_scale_as_rows_do_but_for_their_few_number() -> None:
    """A factor G / (G - 1) = 60 / 59 of both scalings."""
    rows = drawn(60)
    apart = Codes("row", np.arange(60), tuple(map(str, range(60))))
    fit = fit_path(path_model(CHAIN), rows)
    by_row = scaled_fit(fit, moments_of(rows))
    by_cluster = scaled_fit(fit, moments_of(Rows(rows.names, rows.values, apart)))
    assert by_row is not None
    assert by_cluster is not None
    assert by_cluster.scaling == pytest.approx(by_row.scaling * 60 / 59, rel=FIT)
    assert by_cluster.baseline_scaling == pytest.approx(by_row.baseline_scaling * 60 / 59, rel=FIT)


def test_pooled_moments_have_no_scaled_fit() -> None:
    with pytest.raises(UseError, match=r"per row or per cluster, not pooled"):
        scaled_fit(fit_path(path_model(CHAIN), drawn()), moments_of(drawn(), by="pool"))


def test_fiml_has_no_scaled_fit() -> None:
    rows = drawn(missing=5)
    with pytest.raises(UseError, match=r"not available with fiml: use listwise, or read"):
        scaled_fit(fit_path(path_model(CHAIN), rows, missing="fiml"), moments_of(rows))
