"""Identification: known cases of the literature, the counting rule before the rank, and every recursive model at once."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import ModelError
from bsc_analysis.paths.identification import check_identified
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.structure import implied, structure


def refused(text: str) -> str:
    with pytest.raises(ModelError) as caught:
        path_model(text)
    (fault,) = caught.value.faults
    return str(fault)


def confused(text: str) -> set[str]:
    found = re.fullmatch(r"the model is not identified: the data cannot tell apart (.*)", refused(text))
    assert found is not None, refused(text)
    return set(found[1].split(", "))


@pytest.mark.parametrize(
    "text",
    [
        "F =~ x1 + x2 + x3",
        "F =~ x1 + x2; G =~ y1 + y2; G ~ F",
        "F =~ x1 + x2; SH ~ F",
        "F =~ x1 + a*x2 + a*x3; SH ~ F",
        "F =~ x1 + 1*x2; F ~ LG",
        "IP ~ LG; CP ~ IP; IP ~~ CP",
        "IP ~ LG + X; CP ~ IP + LG; IP ~~ CP",
        "IP ~ LG; CP ~ LG; IP ~~ CP",
        "IP ~ a*LG; CP ~ a*LG",
        "A =~ a1 + a2 + a3; B =~ b1 + b2 + b3; C =~ c1 + c2 + c3; H =~ A + B + C",
    ],
)
def test_identified_models_are_accepted(text: str) -> None:
    """Among them an instrument: LG moves CP only through IP, so that IP -> CP is known although residuals covary."""
    assert check_identified(path_model(text)) == ()


@pytest.mark.parametrize(
    ("text", "parameters", "observed", "moments"),
    [
        ("F =~ x1 + x2", 4, 2, 3),
        ("IP ~ LG; CP ~ LG + IP; IP ~~ CP", 7, 3, 6),
        ("F =~ x1 + x2 + x3; x1 ~~ x2", 7, 3, 6),
    ],
)
def test_more_parameters_than_moments_are_counted(
    text: str, parameters: int, observed: int, moments: int
) -> None:
    assert refused(text) == (
        f"the model is not identified: it has {parameters} free parameters, but its {observed} observed variables have "
        f"only {moments} variances and covariances"
    )


def test_a_factor_of_two_indicators_that_is_unrelated_to_all_else_is_named() -> None:
    """Its two indicators have one covariance for a loading and a variance; 7 parameters are fewer than the 10 moments."""
    named = confused("F =~ x1 + x2; F ~ 0*LG; SH ~ LG")
    assert named == {"F =~ x2", "x1 ~~ x1", "x2 ~~ x2", "F ~~ F"}


def test_an_outcome_whose_cause_covaries_with_its_residual_needs_an_instrument() -> None:
    """Z, which moves IP, moves CP by itself as well and is none; SH only adds as many moments as the count asks for."""
    named = confused("IP ~ Z; CP ~ IP + Z; IP ~~ CP; SH ~ CP")
    assert named == {"CP ~ IP", "CP ~ Z", "CP ~~ CP", "IP ~~ CP"}


def test_a_factor_without_a_scale_is_named_by_everything_that_scales_with_it() -> None:
    assert confused("F =~ 0*x1 + x2 + x3 + x4") == {"F =~ x2", "F =~ x3", "F =~ x4", "F ~~ F"}


def test_what_is_named_can_change_without_being_seen() -> None:
    """Without a scale, loadings times 2 and the variance over 4 imply the same covariances."""
    with pytest.raises(ModelError):
        path_model("F =~ 0*x1 + x2 + x3 + x4")
    of = structure(path_model("F =~ x1 + x2 + x3 + x4"))
    free = [str(each) for each in of.parameters]
    theta = np.array([0.5, 0.6, 0.7, 1, 1, 1, 1, 2.0])
    assert free[:3] == ["F =~ x2", "F =~ x3", "F =~ x4"]
    doubled = theta * [2, 2, 2, 1, 1, 1, 1, 0.25]
    seen = np.s_[1:, 1:]
    np.testing.assert_allclose(implied(of, doubled)[seen], implied(of, theta)[seen], rtol=1e-12)


def test_the_answer_does_not_change_from_call_to_call() -> None:
    texts = {refused("IP ~ Z; CP ~ IP + Z; IP ~~ CP; SH ~ CP") for _ in range(3)}
    assert len(texts) == 1


@st.composite
def recursive_models(draw: st.DrawFn) -> str:
    """Draw a recursive model of up to six observed variables, some coefficients fixed."""
    names = [f"V{at}" for at in range(draw(st.integers(2, 6)))]
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    edges = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    fixed = draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    terms = [
        (end, f"0.5*{start}" if still else start) for (start, end), still in zip(edges, fixed, strict=True)
    ]
    return "; ".join(f"{end} ~ {term}" for end, term in terms)


@given(text=recursive_models())
def test_every_recursive_model_of_observed_variables_is_identified(text: str) -> None:
    model = path_model(text)
    assert model.simple
    assert check_identified(model) == ()
