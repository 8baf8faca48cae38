"""Structure: free parameters in their order, the covariances they imply, and derivatives held to a complex step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.paths.structure import (
    Parameter,
    Structure,
    implied,
    implied_derivative,
    intercepts,
    matrices,
    structure,
)
from tests.oracle import ESTIMATES, read_data, read_result

# Inverses of matrices of at most ten rows whose entries are below 1.
LAST_BITS = 1e-12
STEP = 1e-100

MODELS = {
    "saturated": "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP",
    "two causes": "IP ~ LG + X; CP ~ IP + X",
    "fixed": "IP ~ 0.5*LG; CP ~ IP + -0.3*LG",
    "equal": "IP ~ a*LG; CP ~ a*IP; SH ~ a*CP + b*LG",
    "covariance": "IP ~ LG; CP ~ IP; SH ~ LG; IP ~~ SH; CP ~~ IP",
    "factor": "F =~ x1 + l*x2 + 0.8*x3; SH ~ F + LG; x2 ~~ x3",
    "two factors": "F =~ x1 + x2 + x3; G =~ y1 + l*y2 + l*y3; G ~ F + LG; SH ~ G; x1 ~~ y1",
    "factor of factors": "; ".join(f"{f} =~ {f}1 + {f}2 + {f}3" for f in "ABC") + "; H =~ A + B + C",
}


def of_text(text: str) -> Structure:
    return structure(path_model(text))


def names(of: Structure) -> list[str]:
    return [str(each) for each in of.parameters]


def point(of: Structure, seed: int = 1) -> np.ndarray:
    """Return parameters of moderate size, variances above everything else."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    variance = np.array([each.kind in ("variance", "residual_variance") for each in of.parameters])
    return np.where(variance, rng.uniform(1, 2, len(variance)), rng.uniform(-0.4, 0.4, len(variance)))


def test_parameters_stand_in_the_order_of_the_equations() -> None:
    of = of_text("SH ~ CP + LG; CP ~ b*LG + 0.5*X; SH ~~ CP")
    assert of.variables == of.observed == ("LG", "X", "CP", "SH")
    assert names(of) == [
        "SH ~ CP", "SH ~ LG", "CP ~ LG", "CP ~~ CP", "SH ~~ SH", "CP ~~ SH", "LG ~~ LG", "LG ~~ X", "X ~~ X",
    ]  # fmt: skip
    assert [each.kind for each in of.parameters] == [
        *["coefficient"] * 3, *["residual_variance"] * 2, "residual_covariance", "variance", "covariance", "variance",
    ]  # fmt: skip
    assert of.parameters[2] == Parameter("coefficient", "LG", "CP", "b")
    assert of.fixed == ((2, 1, 0.5),)


def test_loadings_follow_coefficients_and_factors_follow_what_is_observed() -> None:
    of = of_text("F =~ x1 + x2 + 0.7*x3; SH ~ F")
    assert (of.observed, of.variables[-1]) == (("SH", "x1", "x2", "x3"), "F")
    assert names(of) == [
        "SH ~ F", "F =~ x2", "SH ~~ SH", "x1 ~~ x1", "x2 ~~ x2", "x3 ~~ x3", "F ~~ F",
    ]  # fmt: skip
    assert of.parameters[1].kind == "loading"
    assert of.fixed == ((1, 4, 1.0), (3, 4, 0.7))


def test_equal_coefficients_are_one_parameter_in_several_places() -> None:
    of = of_text("IP ~ a*LG; CP ~ b*LG + a*IP; SH ~ a*CP")
    assert names(of)[:3] == ["IP ~ LG", "CP ~ LG", "IP ~~ IP"]
    assert of.paths == ((1, 0, 0), (2, 0, 1), (2, 1, 0), (3, 2, 0))


def test_matrices_hold_each_parameter_in_its_place() -> None:
    of = of_text("IP ~ LG + X; CP ~ 0.5*IP; IP ~~ CP")
    b, psi = matrices(of, np.arange(1.0, 1 + len(of.parameters)))
    assert of.variables == ("LG", "X", "IP", "CP")
    assert names(of) == [
        "IP ~ LG", "IP ~ X", "IP ~~ IP", "CP ~~ CP", "IP ~~ CP", "LG ~~ LG", "LG ~~ X", "X ~~ X",
    ]  # fmt: skip
    assert b.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 0, 0], [0, 0, 0.5, 0]]
    assert psi.tolist() == [[6, 7, 0, 0], [7, 8, 0, 0], [0, 0, 3, 5], [0, 0, 5, 4]]


def test_covariances_implied_by_a_chain_by_hand() -> None:
    """LG has variance 4; IP = .5 LG + 1: 2; CP = 2 IP + 3: 11. LG with IP .5 x 4 = 2, IP with CP 2 x 2 = 4, LG with CP 4."""
    of = of_text("IP ~ LG; CP ~ IP")
    expected = [[4, 2, 4], [2, 2, 4], [4, 4, 11]]
    np.testing.assert_allclose(implied(of, np.array([0.5, 2, 1, 3, 4])), expected, rtol=LAST_BITS)


def test_covariances_implied_by_a_factor_by_hand() -> None:
    """F has variance 2, loadings 1, .5 and 3, residual variances 1, 2, 3: 3, .5 + 2, 18 + 3; 2 x .5 = 1, 2 x 3, .5 x 2 x 3."""
    of = of_text("F =~ x1 + x2 + x3")
    expected = [[3, 1, 6], [1, 2.5, 3], [6, 3, 21]]
    np.testing.assert_allclose(implied(of, np.array([0.5, 3, 1, 2, 3, 2])), expected, rtol=LAST_BITS)


@pytest.mark.parametrize("name", ["a_full_ml_randx", "a_over_ml_randx", "a_chain_ml_randx"])
def test_covariances_and_intercepts_are_those_of_lavaan(name: str) -> None:
    result = read_result(name)
    text = {
        "full": MODELS["saturated"],
        "over": "IP ~ LG; CP ~ IP; SH ~ IP + CP",
        "chain": "IP ~ LG; CP ~ IP; SH ~ CP",
    }
    of = of_text(text[name.split("_")[1]])
    rows = [
        (each.b, "~", each.a) if each.kind == "coefficient" else (each.a, "~~", each.b)
        for each in of.parameters
    ]
    theta = np.array([result.estimate(*row) for row in rows])
    stored = result.implied_covariance().loc[list(of.observed), list(of.observed)]
    np.testing.assert_allclose(implied(of, theta), stored, rtol=ESTIMATES)
    mean = read_data("a")[list(of.observed)].mean().to_numpy()
    expected = [result.estimate(variable, "~1", "") for variable in of.observed]
    np.testing.assert_allclose(intercepts(of, theta, mean), expected, rtol=1e-8)


@pytest.mark.parametrize("text", MODELS.values(), ids=MODELS)
def test_derivatives_are_those_of_a_complex_step(text: str) -> None:
    of = of_text(text)
    theta = point(of)
    slopes = implied_derivative(of, theta)
    k = len(of.observed)
    assert slopes.shape == (len(of.parameters), k, k)
    for at, slope in enumerate(slopes):
        moved = theta + STEP * 1j * (np.arange(len(theta)) == at)
        np.testing.assert_allclose(slope, implied(of, moved).imag / STEP, rtol=0, atol=LAST_BITS)


@pytest.mark.parametrize("text", MODELS.values(), ids=MODELS)
def test_derivatives_at_complex_points_give_second_derivatives_that_are_symmetric(text: str) -> None:
    of = of_text(text)
    theta = point(of)
    second = np.array(
        [implied_derivative(of, theta + STEP * 1j * row).imag / STEP for row in np.eye(len(theta))]
    )
    np.testing.assert_allclose(second, second.swapaxes(0, 1), rtol=0, atol=LAST_BITS)


@pytest.mark.parametrize("text", MODELS.values(), ids=MODELS)
def test_implied_covariances_are_those_of_simulated_rows(text: str) -> None:
    """200,000 rows drawn equation by equation: covariances are off by sqrt(2/n) = .003 of the variances, five times that here."""
    model = path_model(text)
    of = structure(model)
    theta = point(of)
    b, psi = matrices(of, theta)
    values = np.random.default_rng(2).multivariate_normal(np.zeros(len(psi)), psi, 200_000)
    place = {name: at for at, name in enumerate(of.variables)}
    for name in dict.fromkeys((*model.variables, *model.explained)):
        values[:, place[name]] += values @ b[place[name]]
    observed = values[:, : len(of.observed)]
    sigma = implied(of, theta)
    spread = np.sqrt(np.diag(sigma))
    away = (np.cov(observed.T) - sigma) / np.outer(spread, spread)
    assert np.abs(away).max() < 5 * np.sqrt(2 / 200_000)


@given(seed=st.integers(0, 2**32 - 1), text=st.sampled_from(list(MODELS.values())))
@settings(max_examples=60)
def test_implied_covariances_are_symmetric_and_positive_definite_where_psi_is(seed: int, text: str) -> None:
    of = of_text(text)
    theta = point(of, seed)
    _, psi = matrices(of, theta)
    sigma = implied(of, theta)
    np.testing.assert_allclose(sigma, sigma.T, rtol=0, atol=LAST_BITS)
    if np.linalg.eigvalsh(psi)[0] > 0:
        assert np.linalg.eigvalsh(sigma)[0] > 0


def test_intercepts_reproduce_the_means_through_factors() -> None:
    """mu = (I - B)^-1 alpha with alpha 0 for factors: means follow from the intercepts again."""
    model: PathModel = path_model("F =~ x1 + x2 + x3; F ~ LG; SH ~ F + LG")
    of = structure(model)
    theta, mean = point(of), np.arange(10.0, 10.0 + len(of.observed))
    b, _ = matrices(of, theta)
    alpha = np.append(intercepts(of, theta, mean), 0.0)
    means = np.linalg.solve(np.eye(len(b)) - b, alpha)
    np.testing.assert_allclose(means[:-1], mean, rtol=LAST_BITS)


def test_a_model_without_free_coefficients_still_has_its_variances() -> None:
    of = of_text("IP ~ 2*LG")
    assert names(of) == ["IP ~~ IP", "LG ~~ LG"]
    assert of.paths == ()
    np.testing.assert_allclose(implied(of, np.array([1.0, 4.0])), [[4, 8], [8, 17]], rtol=LAST_BITS)


def test_structures_of_equal_models_are_equal() -> None:
    assert of_text("IP ~ LG; CP ~ IP") == of_text("IP~LG\nCP~IP  # chain")
