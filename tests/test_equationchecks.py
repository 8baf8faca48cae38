"""Checks of one equation, held to statsmodels and scipy on the raw rows, and what happens where they cannot be computed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.diagnostic import het_breuschpagan, het_white, linear_reset
from statsmodels.stats.outliers_influence import variance_inflation_factor

from bsc_analysis.paths.equationchecks import check_equation, residuals_of
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Rows
from bsc_analysis.paths.verdicts import Diagnostic
from tests.pathcases import FULL, drawn

NAMES = ("LG", "IP", "CP")
# Standardised columns and raw ones, through two different factorisations.
ALGEBRA = 1e-8
TESTS = ("Jarque-Bera", "Breusch-Pagan", "White", "RESET")


def checks_of(rows: Rows, outcome: str = "CP", text: str = FULL) -> dict[str, Diagnostic]:
    found = residuals_of(path_model(text), rows, outcome)
    assert found is not None
    checks = check_equation(found)
    assert len({check.name for check in checks}) == len(checks)
    return {check.name: check for check in checks}


def of_arrays(*columns: object) -> Rows:
    values = np.column_stack(columns).astype(float)
    return Rows(NAMES[: values.shape[1]], values)


def raw(n: int = 120, *, seed: int = 1) -> Rows:
    """Return rows in units that differ, with a curve, uneven spread and skewed residuals: no check is near its null."""
    rng = np.random.default_rng(seed)
    LG, IP = rng.standard_normal((2, n))
    IP = 0.6 * LG + IP
    CP = LG + 0.3 * IP**2 + (rng.exponential(size=n) - 1) * np.exp(0.4 * LG)
    return of_arrays(100 * LG + 70, IP / 50, 3 * CP - 8)


def design(rows: Rows, count: int = 2) -> np.ndarray:
    return np.column_stack([np.ones(rows.n_obs), rows.values[:, :count]])


# ---- residuals -------------------------------------------------------------------------------------------------------


def test_residuals_are_those_of_least_squares_in_standard_deviations() -> None:
    rows = raw()
    found = residuals_of(path_model(FULL), rows, "CP")
    assert found is not None
    outcome = rows.values[:, 2]
    expected = OLS(outcome, design(rows)).fit().resid / outcome.std()
    np.testing.assert_allclose(found.e, expected, rtol=ALGEBRA, atol=1e-12)
    np.testing.assert_allclose(found.X.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(found.X.std(axis=0), 1)
    assert (found.outcome, found.predictors, found.n_obs, found.exact) == ("CP", ("LG", "IP"), 120, False)


def test_a_fixed_coefficient_is_taken_from_the_outcome_and_its_predictor_is_none() -> None:
    """CP less .3 LG, by IP alone."""
    rows = drawn(50)
    LG, IP, CP = np.transpose(rows.values)
    found = residuals_of(path_model("CP ~ 0.3*LG + IP"), rows, "CP")
    assert found is not None
    assert found.predictors == ("IP",)
    left = CP - 0.3 * LG
    expected = OLS(left, np.column_stack([np.ones(50), IP])).fit().resid / left.std()
    np.testing.assert_allclose(found.e, expected, rtol=ALGEBRA, atol=1e-13)


@pytest.mark.parametrize("outcome", ["F", "SH"])
def test_an_equation_with_a_latent_variable_has_no_residuals(outcome: str) -> None:
    model = path_model("F =~ x1 + x2 + x3; F ~ LG; SH ~ F")
    assert residuals_of(model, Rows(model.observed, np.zeros((5, len(model.observed)))), outcome) is None


def test_a_constant_column_has_no_size_and_huge_ones_stay_finite() -> None:
    constant = residuals_of(path_model("IP ~ LG"), of_arrays(np.full(9, 0.1), np.arange(9)), "IP")
    assert constant is not None
    assert not constant.X.any()
    np.testing.assert_allclose(constant.e, constant.y, atol=1e-15)
    huge = residuals_of(path_model("IP ~ LG"), replace(drawn(9), values=drawn(9).values * 1e300), "IP")
    usual = residuals_of(path_model("IP ~ LG"), drawn(9), "IP")
    assert huge is not None
    assert usual is not None
    np.testing.assert_allclose(huge.e, usual.e, rtol=ALGEBRA)


# ---- held to statsmodels and scipy -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [20, 120])
def test_every_test_is_that_of_statsmodels_on_the_raw_rows(seed: int, n: int) -> None:
    rows = raw(n, seed=seed)
    X, fitted = design(rows), OLS(rows.values[:, 2], design(rows)).fit()
    found = checks_of(rows)
    bent = linear_reset(fitted, power=3, use_f=True)
    theirs = {
        "Jarque-Bera": (*stats.jarque_bera(fitted.resid), (2,)),
        "Breusch-Pagan": (*het_breuschpagan(fitted.resid, X)[:2], (2,)),
        "White": (*het_white(fitted.resid, X)[:2], (5,)),
        "RESET": (bent.statistic, bent.pvalue, (2, n - 5)),
        "skewness of residuals": (stats.skew(fitted.resid), stats.skewtest(fitted.resid).pvalue, ()),
        "kurtosis of residuals": (stats.kurtosis(fitted.resid), stats.kurtosistest(fitted.resid).pvalue, ()),
    }
    for name, (statistic, p, df) in theirs.items():
        assert found[name].statistic == pytest.approx(float(statistic), rel=1e-6), name
        assert found[name].p == pytest.approx(float(p), rel=1e-5), name
        assert found[name].df == df, name
        assert found[name].of == "CP"


@pytest.mark.parametrize("seed", range(3))
def test_collinearity_is_that_of_statsmodels(seed: int) -> None:
    rows = raw(seed=seed)
    found = checks_of(rows)
    inflation = [variance_inflation_factor(design(rows), at) for at in (1, 2)]
    assert found["variance inflation"].statistic == pytest.approx(max(inflation), rel=ALGEBRA)
    standardised = (rows.values - rows.values.mean(axis=0))[:, :2] / rows.values.std(axis=0)[:2]
    assert found["condition number"].statistic == pytest.approx(np.linalg.cond(standardised), rel=ALGEBRA)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 500), st.sampled_from([1e-6, 1.0, 1e6]), st.sampled_from([-1e3, 0.0, 1e3]))
def test_units_and_offsets_change_no_check(seed: int, unit: float, offset: float) -> None:
    rows = drawn(40, seed=seed)
    moved = replace(rows, values=unit * (rows.values + offset))
    for name, check in checks_of(rows).items():
        other = checks_of(moved)[name]
        assert other.statistic == pytest.approx(check.statistic, rel=1e-5, abs=1e-7), name
        assert other.verdict == check.verdict or abs((check.p or 0) - 0.05) < 1e-4


# ---- worked by hand --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("r", "verdicts"), [(0.85, ("fine", "fine")), (0.92, ("look", "fine")), (0.99, ("serious", "fine"))]
)
def test_collinearity_of_two_predictors_is_worked_by_hand(r: float, verdicts: tuple[str, str]) -> None:
    """VIF 1 / (1 - r^2) = 3.60, 6.51, 50.25; condition sqrt((1 + r) / (1 - r)) = 3.51, 4.90, 14.11."""
    X = np.array([(1, 1), (-1, 1), (1, -1), (-1, -1)] * 5) @ np.array([[1, r], [0, np.sqrt(1 - r**2)]])
    found = checks_of(of_arrays(X, drawn(20).values[:, 0]))
    inflation, condition = found["variance inflation"], found["condition number"]
    assert inflation.statistic == pytest.approx(1 / (1 - r**2), rel=ALGEBRA)
    assert condition.statistic == pytest.approx(np.sqrt((1 + r) / (1 - r)), rel=ALGEBRA)
    assert (inflation.verdict, condition.verdict) == verdicts
    assert "below 5.0 is fine, from 10.0 it is serious" in str(inflation.sentence)


def test_breusch_pagan_is_worked_by_hand() -> None:
    """LG -1 and 1, residuals of size 1 and 2 there: e^2 is 1 and 4, wholly explained by LG, so that n R2 = n = 20."""
    LG = np.repeat([-1.0, 1.0], 10)
    e = np.tile([1.0, -1.0], 10) * np.repeat([1.0, 2.0], 10)
    found = checks_of(of_arrays(LG, LG + e), "IP", "IP ~ LG")
    check = found["Breusch-Pagan"]
    assert check.statistic == pytest.approx(20)
    assert check.p == pytest.approx(stats.chi2.sf(20, 1))
    assert check.verdict == "serious"
    sentence = "IP: the predictors explain 1 of the squared residuals (p = 7.74e-06); fine from p = 0.05, serious below"
    assert str(check.sentence).startswith(sentence)
    # The square of LG is constant: White's test asks no more than Breusch and Pagan's.
    assert (found["White"].statistic, found["White"].df) == (pytest.approx(20), (1,))


def test_jarque_bera_is_worked_by_hand() -> None:
    """Residuals -1 and 1 in equal number: skewness 0, kurtosis 1, so that JB = 20 / 6 x (3 - 1)^2 / 4 = 3.333."""
    LG = np.repeat([-1.0, 1.0], 10)
    found = checks_of(of_arrays(LG, LG + np.tile([1.0, -1.0], 10)), "IP", "IP ~ LG")
    assert found["Jarque-Bera"].statistic == pytest.approx(20 / 6)
    assert found["skewness of residuals"].statistic == pytest.approx(0, abs=1e-12)
    assert found["kurtosis of residuals"].statistic == pytest.approx(-2)


# ---- recovery --------------------------------------------------------------------------------------------------------


def test_sound_rows_are_refused_about_as_often_as_a_test_says() -> None:
    """200 samples of 100 rows: 5 % of p-values below .05, with a standard error of .0154; Jarque-Bera is known to be timid."""
    found = [checks_of(drawn(100, seed=seed)) for seed in range(200)]
    for name in TESTS:
        share = np.mean([(each[name].p or 0) < 0.05 for each in found])
        assert (0.005 if name == "Jarque-Bera" else 0.01) < share < 0.095, name


@pytest.mark.parametrize("seed", range(5))
def test_each_fault_of_an_equation_is_found_by_its_check_and_left_by_the_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    LG, e = rng.standard_normal((2, 1500))
    faulty = {
        "Breusch-Pagan": LG + e * np.exp(0.5 * LG),
        "RESET": LG + 0.4 * LG**2 + e,
        "Jarque-Bera": LG + stats.t(5).ppf(stats.norm.cdf(e)) ** 3,
        "White": LG + e * (0.3 + LG**2),
    }
    for name, IP in faulty.items():
        check = checks_of(of_arrays(LG, IP), "IP", "IP ~ LG")[name]
        assert check.verdict == ("look" if name == "Jarque-Bera" else "serious"), name
    sound = checks_of(of_arrays(LG, LG + e), "IP", "IP ~ LG")
    assert "serious" not in {check.verdict for check in sound.values()}


# ---- cannot be computed ----------------------------------------------------------------------------------------------


def refusals(checks: dict[str, Diagnostic]) -> dict[str, str]:
    refused = {name: check for name, check in checks.items() if check.verdict == "not computed"}
    assert all(math.isnan(check.statistic) and check.p is None for check in refused.values())
    return {name: str(check.sentence).partition("cannot be computed: ")[2] for name, check in refused.items()}


def test_few_rows_are_counted_against_those_needed() -> None:
    """The skewness needs 8, kurtosis 20, White's 5 terms 8, RESET 2 predictors + 4, collinearity 2 + 2."""
    assert refusals(checks_of(drawn(20))) == {}
    assert refusals(checks_of(drawn(19))) == {
        "kurtosis of residuals": "19 complete rows, at least 20 are needed"
    }
    needed = {name: sentence.split()[-3] for name, sentence in refusals(checks_of(drawn(3))).items()}
    assert needed == {
        "skewness of residuals": "8", "kurtosis of residuals": "20", "Jarque-Bera": "8", "Breusch-Pagan": "5",
        "White": "8", "variance inflation": "4", "condition number": "4", "RESET": "6",
    }  # fmt: skip
    assert "White" in refusals(checks_of(drawn(7)))
    assert "White" not in refusals(checks_of(drawn(8)))


def test_an_outcome_explained_exactly_has_collinearity_and_nothing_else() -> None:
    rows = drawn(30)
    LG, IP, _ = np.transpose(rows.values)
    found = refusals(checks_of(of_arrays(LG, IP, 2 * LG - IP)))
    assert set(found) == {
        "skewness of residuals",
        "kurtosis of residuals",
        "Jarque-Bera",
        "Breusch-Pagan",
        "White",
        "RESET",
    }
    assert set(found.values()) == {"the predictors explain the outcome exactly"}


def test_an_equation_without_a_free_coefficient_has_normality_only() -> None:
    found = refusals(checks_of(drawn(30), "IP", "IP ~ 0.5*LG"))
    why = "no coefficient of the equation is free"
    assert found == {"Breusch-Pagan": why, "White": why, "RESET": why}


def test_residuals_of_one_size_have_no_spread_to_explain() -> None:
    LG = np.repeat([-1.0, 1.0], 10)
    found = refusals(checks_of(of_arrays(LG, LG + np.tile([1.0, -1.0], 10)), "IP", "IP ~ LG"))
    assert found["Breusch-Pagan"] == found["White"] == "all residuals have the same size"


def test_a_predictor_of_two_values_has_no_curve() -> None:
    found = refusals(checks_of(of_arrays(np.tile([0.0, 1.0], 15), drawn(30).values[:, 0]), "IP", "IP ~ LG"))
    assert found == {"RESET": "the fitted values take too few different values"}


def test_predictors_that_are_the_same_are_serious_and_the_tests_still_stand() -> None:
    """Two equal predictors span what one does: Breusch-Pagan has one degree of freedom, not two."""
    rows = drawn(30)
    LG, _, CP = np.transpose(rows.values)
    found = checks_of(of_arrays(LG, LG * 3 + 1, CP))
    alone = checks_of(of_arrays(LG, CP), "IP", "IP ~ LG")
    assert math.isinf(found["variance inflation"].statistic)
    assert math.isinf(found["condition number"].statistic)
    assert found["variance inflation"].verdict == found["condition number"].verdict == "serious"
    for name in TESTS:
        assert found[name].statistic == pytest.approx(alone[name].statistic, rel=1e-6), name
        assert found[name].df == alone[name].df


def test_one_predictor_has_no_collinearity() -> None:
    assert not {"variance inflation", "condition number"} & set(checks_of(drawn(), "IP"))
