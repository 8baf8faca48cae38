"""Effects: path tracing agrees with matrix algebra, and explained variance with the algebra of covariances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.paths.tracing import Effect, explained_variance, trace_effects

# Both sides are sums of at most 16 products of numbers below 1: they differ in the last bits only.
LAST_BITS = 1e-12
# A system of five equations solved by numpy against a recursion; condition numbers stay below 1e3 here.
SOLVER = 1e-9

CHAIN = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
PRINTED = {
    ("LG", "IP"): 0.329,
    ("LG", "CP"): 0.006,
    ("LG", "SH"): -0.047,
    ("IP", "CP"): 0.123,
    ("IP", "SH"): 0.108,
    ("CP", "SH"): 0.634,
}


@st.composite
def fitted_models(draw: st.DrawFn) -> tuple[PathModel, dict[tuple[str, str], float]]:
    """Draw a recursive model of up to five variables and its coefficients."""
    names = [f"V{number}" for number in range(draw(st.integers(2, 5)))]
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    edges = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    outcomes = dict.fromkeys(end for _, end in edges)
    text = "; ".join(f"{end} ~ " + " + ".join(a for a, b in edges if b == end) for end in outcomes)
    # Small enough that no outcome is explained beyond its whole variance: 4 x .45 stays well-behaved.
    coefficients = {edge: draw(st.integers(-45, 45)) / 100 for edge in edges}
    return path_model(text), coefficients


def matrix(model: PathModel, coefficients: dict[tuple[str, str], float]) -> np.ndarray:
    """Return B with b[i, j] the effect of variable j on variable i."""
    b = np.zeros((len(model.variables),) * 2)
    for (start, end), value in coefficients.items():
        b[model.variables.index(end), model.variables.index(start)] = value
    return b


@given(fitted=fitted_models())
def test_total_effects_are_those_of_the_inverse_matrix(
    fitted: tuple[PathModel, dict[tuple[str, str], float]],
) -> None:
    model, coefficients = fitted
    b = matrix(model, coefficients)
    expected = np.linalg.inv(np.eye(len(b)) - b) - np.eye(len(b))
    got = np.zeros_like(b)
    for effect in trace_effects(model, coefficients):
        got[model.variables.index(effect.end), model.variables.index(effect.start)] = effect.total
    np.testing.assert_allclose(got, expected, rtol=0, atol=LAST_BITS)


@given(fitted=fitted_models())
def test_indirect_effects_are_the_powers_of_the_matrix_from_the_second_on(
    fitted: tuple[PathModel, dict[tuple[str, str], float]],
) -> None:
    model, coefficients = fitted
    b = matrix(model, coefficients)
    expected = np.linalg.inv(np.eye(len(b)) - b) - np.eye(len(b)) - b
    got = np.zeros_like(b)
    for effect in trace_effects(model, coefficients):
        got[model.variables.index(effect.end), model.variables.index(effect.start)] = effect.indirect
    np.testing.assert_allclose(got, expected, rtol=0, atol=LAST_BITS)


@given(fitted=fitted_models())
def test_explained_variance_is_that_of_the_covariance_algebra(
    fitted: tuple[PathModel, dict[tuple[str, str], float]],
) -> None:
    """With unit variances, Sigma = (I - B)^-1 Psi (I - B)^-T determines Psi, and R2 = 1 - psi; solved linearly for psi."""
    model, betas = fitted
    b = matrix(model, betas)
    reach = np.linalg.inv(np.eye(len(b)) - b)
    # diag(Sigma) = (reach * reach) psi = 1 for every variable.
    psi = np.linalg.solve(reach * reach, np.ones(len(b)))
    expected = {name: 1 - psi[model.variables.index(name)] for name in model.endogenous}
    assert explained_variance(model, betas) == pytest.approx(expected, abs=SOLVER)


def test_only_pairs_that_some_path_joins_have_an_effect() -> None:
    effects = trace_effects(path_model("IP ~ LG; CP ~ X"), {("LG", "IP"): 0.5, ("X", "CP"): 0.2})
    assert [(each.start, each.end) for each in effects] == [("LG", "IP"), ("X", "CP")]


def test_a_pair_without_direct_path_has_a_direct_effect_of_zero() -> None:
    effects = trace_effects(path_model("IP ~ LG; CP ~ IP"), {("LG", "IP"): 0.5, ("IP", "CP"): 0.2})
    assert [each for each in effects if each.end == "CP" and each.start == "LG"] == [
        Effect("LG", "CP", 0.0, ((("LG", "IP", "CP"), 0.1),))
    ]


def test_each_indirect_path_is_listed_with_its_product() -> None:
    (effect,) = (each for each in trace_effects(CHAIN, PRINTED) if (each.start, each.end) == ("LG", "SH"))
    assert dict(effect.specific) == pytest.approx(
        {
            ("LG", "CP", "SH"): 0.006 * 0.634,
            ("LG", "IP", "SH"): 0.329 * 0.108,
            ("LG", "IP", "CP", "SH"): 0.329 * 0.123 * 0.634,
        },
        abs=LAST_BITS,
    )


@pytest.mark.parametrize(
    ("direct", "indirect", "inconsistent"),
    [(-0.1, 0.2, True), (0.1, -0.2, True), (0.1, 0.2, False), (-0.1, -0.2, False), (0.0, 0.2, False)],
)
def test_mediation_is_inconsistent_when_direct_and_indirect_pull_apart(
    direct: float, indirect: float, inconsistent: bool
) -> None:
    effect = Effect("A", "C", direct, ((("A", "B", "C"), indirect),))
    assert effect.inconsistent is inconsistent
    assert effect.total == pytest.approx(direct + indirect, abs=LAST_BITS)


def test_one_predictor_explains_the_square_of_its_coefficient() -> None:
    assert explained_variance(path_model("IP ~ LG"), {("LG", "IP"): 0.329}) == pytest.approx(
        {"IP": 0.329**2}, abs=LAST_BITS
    )


def test_two_independent_predictors_explain_the_sum_of_their_squares() -> None:
    betas = {("A", "Y"): 0.3, ("B", "Y"): -0.4}
    assert explained_variance(path_model("Y ~ A + B"), betas) == pytest.approx({"Y": 0.25}, abs=LAST_BITS)
