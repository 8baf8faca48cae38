"""Standard errors and coefficients equation by equation: statsmodels, R's sandwich and clubSandwich, and numbers worked by hand."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.inference import StandardErrors
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.rows import read_rows
from tests.oracle import FOLDER, ROBUST_SE, read_data

FULL = "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"
EQUATIONS = {"IP": ["LG"], "CP": ["LG", "IP"], "SH": ["LG", "IP", "CP"]}
# Two right programs on well-conditioned least squares of up to 26,000 rows.
LEAST_SQUARES = 1e-9
HAND = 1e-12


@cache
def fitted(data: str, se: StandardErrors = "ml", cluster: str | None = None) -> PathFit:
    model = path_model(FULL)
    return fit_path(model, read_rows(read_data(data), model.observed, cluster=cluster), se=se)


def of_outcome(fit: PathFit, outcome: str) -> list[int]:
    return [at for at, (_, end) in enumerate(fit.model.edges) if end == outcome]


def least_squares(data: pd.DataFrame, outcome: str) -> sm.OLS:
    return sm.OLS(data[outcome], sm.add_constant(data[EQUATIONS[outcome]]))


@cache
def stored() -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Read what R's sandwich and clubSandwich give; ``make_sandwich.R`` beside the file makes it again."""
    content = json.loads((FOLDER / "sandwich" / "sandwich.json").read_text(encoding="utf-8"))
    return dict(content["equations"])


@pytest.mark.parametrize("outcome", EQUATIONS)
@pytest.mark.parametrize("data", ["a", "b", "c", "e"])
def test_each_equation_is_ordinary_least_squares(data: str, outcome: str) -> None:
    """ML errors divide by n, those of least squares by n - k, k counting the intercept."""
    fit = fitted(data)
    theirs = least_squares(read_data(data), outcome).fit()
    at = of_outcome(fit, outcome)
    np.testing.assert_allclose(fit.b[at], theirs.params.iloc[1:], rtol=LEAST_SQUARES)
    shrunk = np.sqrt(theirs.df_resid / theirs.nobs)
    np.testing.assert_allclose(fit.se[at], theirs.bse.iloc[1:] * shrunk, rtol=LEAST_SQUARES)
    assert fit.r2[fit.model.endogenous.index(outcome)] == pytest.approx(theirs.rsquared, rel=LEAST_SQUARES)


@pytest.mark.parametrize("outcome", EQUATIONS)
@pytest.mark.parametrize("se", ["hc0", "hc1", "hc2", "hc3"])
@pytest.mark.parametrize("data", ["a", "e"])
def test_corrected_errors_are_statsmodels(data: str, se: StandardErrors, outcome: str) -> None:
    fit = fitted(data, se)
    theirs = least_squares(read_data(data), outcome).fit().get_robustcov_results(se.upper())
    np.testing.assert_allclose(fit.se[of_outcome(fit, outcome)], theirs.bse[1:], rtol=LEAST_SQUARES)


def test_robust_is_another_word_for_hc0() -> None:
    np.testing.assert_array_equal(fitted("a", "hc0").se, fitted("a", "robust").se)


@pytest.mark.parametrize("outcome", EQUATIONS)
@pytest.mark.parametrize("cluster", ["cluster", "unit", "echelon"])
def test_cluster_errors_are_statsmodels_but_for_its_factor(cluster: str, outcome: str) -> None:
    """statsmodels multiplies variances by G / (G - 1) x (N - 1) / (N - K), lavaan and we by the first alone."""
    data = read_data("b")
    codes = pd.factorize(data[cluster])[0]
    theirs = least_squares(data, outcome).fit(cov_type="cluster", cov_kwds={"groups": codes})
    n, k = len(data), len(EQUATIONS[outcome]) + 1
    fit = fitted("b", "cluster", cluster)
    expected = theirs.bse.iloc[1:] / np.sqrt((n - 1) / (n - k))
    np.testing.assert_allclose(fit.se[of_outcome(fit, outcome)], expected, rtol=ROBUST_SE)


@pytest.mark.parametrize("se", ["hc0", "hc1", "hc2", "hc3"])
def test_corrected_errors_are_those_of_r(se: StandardErrors) -> None:
    fit = fitted("b", se)
    expected = [stored()[end]["hc"][se][start] for start, end in fit.model.edges]
    np.testing.assert_allclose(fit.se, expected, rtol=LEAST_SQUARES)


@pytest.mark.parametrize("cluster", ["cluster", "unit", "echelon"])
def test_cr2_is_clubsandwichs(cluster: str) -> None:
    fit = fitted("b", "cr2", cluster)
    expected = [stored()[end]["cr2"][cluster][start] for start, end in fit.model.edges]
    np.testing.assert_allclose(fit.se, expected, rtol=ROBUST_SE)


def test_seemingly_unrelated_equations_are_generalised_least_squares() -> None:
    """Given the residual covariances that ML finds, its coefficients are GLS of the stacked equations, and so are its errors."""
    data = pd.read_csv(FOLDER / "latent" / "paths500.csv")
    model = path_model("IP ~ LG + X; CP ~ LG; IP ~~ CP")
    fit = fit_path(model, read_rows(data, model.observed))
    n, centred = len(data), data - data.mean()
    at = {str(each): value for each, value in zip(fit.of.parameters, fit.theta, strict=True)}
    psi = np.array([[at["IP ~~ IP"], at["IP ~~ CP"]], [at["IP ~~ CP"], at["CP ~~ CP"]]])
    X = np.zeros((2 * n, 3))
    X[:n, :2], X[n:, 2] = centred[["LG", "X"]], centred["LG"]
    # Multiplied by the inverse root of the residual covariances, the stacked rows are independent with variance 1.
    root = np.kron(np.linalg.inv(np.linalg.cholesky(psi)), np.eye(n))
    y = np.concatenate([centred["IP"], centred["CP"]])
    theirs = sm.OLS(root @ y, root @ X).fit(cov_type="fixed scale")
    np.testing.assert_allclose(fit.b, theirs.params, rtol=LEAST_SQUARES)
    np.testing.assert_allclose(fit.se, theirs.bse, rtol=LEAST_SQUARES)


def test_a_residual_covariance_between_equations_of_the_same_predictors_changes_no_coefficient() -> None:
    """Zellner's case: with the same right sides each equation is least squares by itself."""
    with_covariance = path_model("IP ~ LG + CP; SH ~ LG + CP; IP ~~ SH")
    without = path_model("IP ~ LG + CP; SH ~ LG + CP")
    rows = read_rows(read_data("a"), with_covariance.observed)
    np.testing.assert_allclose(
        fit_path(with_covariance, rows).b, fit_path(without, rows).b, rtol=LEAST_SQUARES
    )


def two_arms() -> pd.DataFrame:
    """Three schooled offices and three others, two staff each: cluster means of IP are 4, 6, 8 and 1, 2, 6."""
    centres = {"a": 4, "b": 6, "c": 8, "d": 1, "e": 2, "f": 6}
    rows = [
        (office, float(office in "abc"), centre + away)
        for office, centre in centres.items()
        for away in (-1, 1)
    ]
    return pd.DataFrame(rows, columns=["office", "LG", "IP"])


def two_arm_fit(se: StandardErrors) -> PathFit:
    return fit_path(path_model("IP ~ LG"), read_rows(two_arms(), ["LG", "IP"], cluster="office"), se=se)


def test_a_difference_of_means_by_hand() -> None:
    """b = 6 - 3 = 3. Within arms IP deviates by -3, -1, -1, 1, 1, 3 (squares 22) and -3, -1, -2, 0, 2, 4 (34).

    psi = 56 / 12 and the variance of LG is 1/4, so that the ml variance is 56/12 / (12/4) = 14/9; HC0 divides the squares
    of each arm by its 6^2: 22/36 + 34/36 = 14/9 as well.
    """
    fit = two_arm_fit("ml")
    assert fit.b[0] == pytest.approx(3, rel=HAND)
    assert fit.residual_variances[0] == pytest.approx(56 / 12, rel=HAND)
    assert fit.se[0] ** 2 == pytest.approx(14 / 9, rel=HAND)
    assert two_arm_fit("hc0").se[0] ** 2 == pytest.approx(14 / 9, rel=HAND)


def test_corrections_for_leverage_by_hand() -> None:
    """Every leverage is 1/6. HC1 multiplies 14/9 by 12/10; HC2 divides it by 5/6 (Welch: variances over n - 1); HC3 twice."""
    assert two_arm_fit("hc1").se[0] ** 2 == pytest.approx(14 / 9 * 12 / 10, rel=HAND)
    assert two_arm_fit("hc2").se[0] ** 2 == pytest.approx(22 / 5 / 6 + 34 / 5 / 6, rel=HAND)
    assert two_arm_fit("hc3").se[0] ** 2 == pytest.approx(14 / 9 * 36 / 25, rel=HAND)


def test_cluster_errors_by_hand() -> None:
    """Cluster means deviate by -2, 0, 2 and -2, -1, 3: (8 + 14) / 3^2, times G / (G - 1) = 6 / 5."""
    assert two_arm_fit("cluster").se[0] ** 2 == pytest.approx(22 / 9 * 6 / 5, rel=HAND)


def test_cr2_by_hand() -> None:
    """CR2 is Welch's formula on cluster means here: variances 8/2 and 14/2, each over 3 clusters, 4/3 + 7/3 = 11/3."""
    assert two_arm_fit("cr2").se[0] ** 2 == pytest.approx(11 / 3, rel=HAND)


def test_a_fixed_coefficient_by_hand() -> None:
    """CP ~ LG + 0.5*IP, LG and IP unrelated: LG keeps .3; the residual variance is 1 - .3^2 - 2 x .5 x .4 + .5^2."""
    r = [[1, 0, 0.3], [0, 1, 0.4], [0.3, 0.4, 1]]
    fit = fit_path(path_model("CP ~ LG + 0.5*IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 100))
    assert fit.b.tolist() == pytest.approx([0.3, 0.5], rel=HAND)
    assert fit.residual_variances[0] == pytest.approx(1 - 0.09 - 0.4 + 0.25, rel=HAND)
    assert fit.se[1] == 0
    assert np.isnan(fit.z[1])
