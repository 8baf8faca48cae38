"""The climb to the top of the likelihood, and the units in which it is made."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.likelihood import gradient
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.reduction import read_moments
from bsc_analysis.paths.scaling import scale
from bsc_analysis.paths.sharpening import sharpen
from bsc_analysis.paths.structure import implied, structure
from tests.oracle import FOLDER

# Newton's last step squares an error of 1e-8: what remains is rounding.
SOLVED = 1e-11
# Numbers that pass through units that differ by factors of a hundred.
RESCALED = 1e-9
# Derivatives of a log-likelihood per row, near 1 away from the top, of variables scaled to unit variance.
VANISHED = 1e-12


@cache
def fitted(name: str) -> PathFit:
    model = path_model("IP ~ LG + X; CP ~ LG; SH ~ IP + CP; IP ~~ CP")
    table = pd.read_csv(FOLDER / "latent" / f"{name}.csv")
    return fit_path(model, read_moments(table, model.observed))


@pytest.mark.parametrize("seed", range(5))
def test_a_climb_from_far_away_ends_at_the_same_top(seed: int) -> None:
    fit = fitted("paths500")
    rng = np.random.default_rng(seed)
    drawn = {
        "coefficient": lambda: rng.uniform(-2, 2),
        "residual_variance": lambda: 3.0,
        "variance": lambda: 3.0,
    }
    start = np.array([drawn.get(each.kind, lambda: 0.0)() for each in fit.of.parameters])
    summit = sharpen(fit.of, start, fit.covariance)
    assert summit.reached
    np.testing.assert_allclose(summit.theta, fit.theta, rtol=SOLVED)
    assert np.abs(gradient(fit.of, summit.theta, fit.covariance)).max() < VANISHED


def test_a_climb_cannot_start_where_there_is_no_likelihood() -> None:
    summit = sharpen(structure(path_model("IP ~ LG")), np.array([0.5, -1.0, 1.0]), np.eye(2))
    assert not summit.reached
    assert summit.theta.tolist() == [0.5, -1.0, 1.0]


@given(st.integers(0, 1000))
def test_scaling_changes_units_and_nothing_else(seed: int) -> None:
    """The covariances implied by the same parameters in new units are the old ones in new units."""
    model = path_model("F =~ x1 + m*x2 + 0.5*x3; SH ~ a*F + c*LG; CP ~ a*F + SH; x2 ~~ x3")
    of = structure(model)
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((6, 9)) * rng.uniform(0.01, 100, (6, 1))
    S = root @ root.T
    scaled = scale(model, of, S)
    theta = rng.uniform(0.1, 0.5, len(of.parameters))
    size = np.sqrt(np.diag(S) / np.diag(scaled.covariance))
    ours = implied(of, theta * scaled.unit)
    np.testing.assert_allclose(implied(scaled.of, theta), ours / np.outer(size, size), rtol=RESCALED)
    np.testing.assert_allclose(scaled.covariance, S / np.outer(size, size), rtol=RESCALED)


def test_without_equal_coefficients_every_variance_is_one() -> None:
    fit = fitted("oddunits500")
    assert np.ptp(np.log10(np.diag(fit.covariance))) > 3
    np.testing.assert_allclose(np.diag(scale(fit.model, fit.of, fit.covariance).covariance), 1.0, rtol=SOLVED)


def test_equal_coefficients_keep_one_unit() -> None:
    """IP ~ a*LG and CP ~ a*LG with standard deviations 2 and 8: both are divided by their geometric mean, 4."""
    model = path_model("IP ~ a*LG; CP ~ a*LG")
    scaled = scale(model, structure(model), np.diag([1.0, 4.0, 64.0]))
    np.testing.assert_allclose(np.diag(scaled.covariance), [1.0, 1 / 4, 4.0], rtol=SOLVED)
    assert scaled.unit[0] == pytest.approx(4.0, rel=SOLVED)


def test_a_factor_of_factors_has_the_unit_of_its_first_indicator() -> None:
    """G =~ A + B with A =~ a1 + ...: G and A are measured in the standard deviation of a1, so that both loadings stay 1."""
    model = path_model("G =~ A + B + C; A =~ a1 + a2 + a3; B =~ b1 + b2 + b3; C =~ c1 + c2 + c3")
    of = structure(model)
    variance = np.where(np.array(of.observed) == "a1", 9.0, 1.0)
    scaled = scale(model, of, np.diag(variance))
    assert [value for *_, value in scaled.of.fixed] == pytest.approx([1.0] * 4, rel=SOLVED)
    unit = dict(zip(map(str, of.parameters), scaled.unit, strict=True))
    assert unit["G ~~ G"] == pytest.approx(9.0, rel=SOLVED)
    assert unit["G =~ B"] == pytest.approx(1 / 3, rel=SOLVED)
