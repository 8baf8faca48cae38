"""The likelihood: its derivatives against differences, against lavaan's optimum, and against what must hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy import stats

from bsc_analysis.paths.likelihood import (
    expected_information,
    gradient,
    invert,
    jacobian,
    observed_information,
    scores,
)
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.rows import Rows, read_rows
from bsc_analysis.paths.structure import Structure, implied, structure
from tests.oracle import read_data, read_result

FULL = "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"
OVER = "IP ~ LG; CP ~ IP; SH ~ IP + CP"
TEXTS = {
    "full": FULL,
    "residual covariance": "IP ~ LG; SH ~ CP; IP ~~ SH",
    "equal": "IP ~ a*LG; CP ~ a*LG + b*IP; SH ~ b*IP + CP",
    "fixed": "IP ~ 0.3*LG; CP ~ IP + 0.1*LG; SH ~ CP",
    "factor": "F =~ LG + IP + CP + SH",
}
# Central differences with a step of 1e-5 are right to about 1e-10 of the function, which is near 1.
DIFFERENCES = 1e-8
STEP = 1e-5
# Sums over 900 rows of numbers near 1, and their inverse.
ALGEBRA = 1e-11
# lavaan's estimates end where Newton's steps end; at 15 printed digits the gradient is rounding.
AT_THE_TOP = 1e-13


@cache
def rows() -> Rows:
    return read_rows(read_data("a"), ["LG", "IP", "CP", "SH"])


def somewhere(of: Structure, seed: int = 7) -> np.ndarray:
    """Return parameters away from any optimum, at which the implied covariance matrix is positive definite."""
    rng = np.random.default_rng(seed)
    spread = {"residual_variance": 1.0, "variance": 1.0}
    return np.array([spread.get(each.kind, 0.0) + rng.uniform(0.05, 0.3) for each in of.parameters])


def observations(of: Structure) -> Moments:
    return moments_of(rows().select(of.observed), by="row")


def log_likelihood(of: Structure, theta: np.ndarray) -> float:
    """Return the log-likelihood per row by scipy's normal density about the sample's means."""
    values = rows().select(of.observed).values
    return float(stats.multivariate_normal(values.mean(axis=0), implied(of, theta)).logpdf(values).mean())


def differences(function: Callable[[np.ndarray], object], theta: np.ndarray) -> np.ndarray:
    steps = STEP * np.eye(len(theta))
    slopes = [
        (np.asarray(function(theta + step)) - np.asarray(function(theta - step))) / (2 * STEP)
        for step in steps
    ]
    return np.array(slopes)


def lavaans(of: Structure, name: str) -> np.ndarray:
    result = read_result(name)
    rows_named = (
        (each.b, "~", each.a) if each.kind == "coefficient" else (each.a, "~~", each.b)
        for each in of.parameters
    )
    return np.array([result.estimate(*each) for each in rows_named])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_gradient_is_the_slope_of_the_normal_density(text: str) -> None:
    of = structure(path_model(text))
    theta = somewhere(of)
    slope = gradient(of, theta, observations(of).covariance)
    np.testing.assert_allclose(slope, differences(lambda at: log_likelihood(of, at), theta), atol=DIFFERENCES)
    assert np.abs(slope).max() > 0.01  # far from the top, so that the comparison is one of numbers


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_observed_information_is_minus_the_slope_of_the_gradient(text: str) -> None:
    of = structure(path_model(text))
    theta, S = somewhere(of), observations(of).covariance
    numeric = -differences(lambda at: gradient(of, at, S), theta)
    np.testing.assert_allclose(observed_information(of, theta, S), numeric, atol=DIFFERENCES)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_expected_information_is_the_observed_one_where_the_model_fits(text: str) -> None:
    of = structure(path_model(text))
    theta = somewhere(of)
    expected = expected_information(of, theta)
    np.testing.assert_allclose(expected, observed_information(of, theta, implied(of, theta)), atol=ALGEBRA)
    away = observed_information(of, theta, observations(of).covariance)
    assert np.abs(expected - away).max() > 0.01


def test_the_expected_information_of_one_equation_by_hand() -> None:
    """IP = b LG + e per row: b has Sxx / psi = 4 / 2; variances have 1 / (2 v^2), 1/8 for psi = 2 and 1/32 for Sxx = 4."""
    of = structure(path_model("IP ~ LG"))
    found = expected_information(of, np.array([0.5, 2.0, 4.0]))
    np.testing.assert_allclose(found, np.diag([2.0, 1 / 8, 1 / 32]), atol=ALGEBRA)


@pytest.mark.parametrize(
    "name", ["a_full_ml_randx", "a_over_ml_randx", "e_over_ml_randx", "a_full_mlr_randx"]
)
def test_the_gradient_vanishes_at_lavaans_estimates(name: str) -> None:
    of = structure(path_model(FULL if "full" in name else OVER))
    S = moments_of(read_rows(read_data(name.split("_")[0]), of.observed), by="pool").covariance
    assert np.abs(gradient(of, lavaans(of, name), S)).max() < AT_THE_TOP


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_scores_of_rows_sum_to_the_gradient(text: str) -> None:
    of = structure(path_model(text))
    theta, moments = somewhere(of), observations(of)
    each = scores(of, theta, moments)
    assert each.shape == (900, len(theta))
    np.testing.assert_allclose(each.mean(axis=0), gradient(of, theta, moments.covariance), atol=ALGEBRA)


def test_a_score_is_the_slope_of_its_own_rows_density() -> None:
    of = structure(path_model(FULL))
    theta = somewhere(of)
    values = rows().select(of.observed).values

    def densities(at: np.ndarray) -> np.ndarray:
        return np.asarray(stats.multivariate_normal(values.mean(axis=0), implied(of, at)).logpdf(values[:20]))

    # A single row's density is as large as 30, and its differences lose as many digits.
    numeric = differences(densities, theta).T
    np.testing.assert_allclose(scores(of, theta, observations(of))[:20], numeric, atol=100 * DIFFERENCES)


def test_scores_of_clusters_are_sums_of_their_rows() -> None:
    of = structure(path_model(FULL))
    table = read_rows(read_data("b"), of.observed, cluster="cluster")
    assert table.cluster is not None
    theta = somewhere(of)
    by_row = scores(of, theta, moments_of(table, by="row"))
    summed = np.array([by_row[table.cluster.code == code].sum(axis=0) for code in range(len(table.cluster))])
    np.testing.assert_allclose(
        scores(of, theta, moments_of(table, by="cluster")), summed, rtol=1e-9, atol=1e-9
    )


def test_units_of_measurement_change_derivatives_as_they_must() -> None:
    """With LG x 100 and SH / 100 a parameter is worth u times as much, its gradient 1 / u, its information 1 / u^2."""
    of = structure(path_model(FULL))
    size = {name: {"LG": 100.0, "SH": 0.01}.get(name, 1.0) for name in of.observed}
    unit = np.array(
        [
            size[each.b] / size[each.a] if each.kind == "coefficient" else size[each.a] * size[each.b]
            for each in of.parameters
        ]
    )
    theta, moments = somewhere(of), observations(of)
    scaled = moments_of(read_rows(read_data("abad"), of.observed), by="pool")
    slope = gradient(of, theta, moments.covariance)
    np.testing.assert_allclose(
        gradient(of, theta * unit, scaled.covariance) * unit, slope, rtol=1e-9, atol=ALGEBRA
    )
    information, squared = expected_information(of, theta), np.outer(unit, unit)
    np.testing.assert_allclose(expected_information(of, theta * unit) * squared, information, atol=ALGEBRA)
    np.testing.assert_allclose(
        invert(information / squared) / squared, invert(information), rtol=1e-9, atol=ALGEBRA
    )


def test_an_inverse_is_one_where_units_differ_by_twelve_orders() -> None:
    information = np.array([[4.0, 1e6], [1e6, 1e12]])
    expected = np.array([[1e12, -1e6], [-1e6, 4.0]]) / 3e12
    np.testing.assert_allclose(invert(information), expected, rtol=1e-13)


def test_the_derivatives_of_a_function_are_exact() -> None:
    """d(exp(x) y) = (exp(x) y, exp(x)) and d(y^3) = (0, 3 y^2), to the last digit."""

    def function(theta: np.ndarray) -> np.ndarray:
        return np.array([np.exp(theta[0]) * theta[1], theta[1] * theta[1] * theta[1]])

    found = jacobian(function, np.array([0.5, 2.0]))
    np.testing.assert_allclose(found, [[2 * np.exp(0.5), np.exp(0.5)], [0, 12]], rtol=1e-15)
