"""The process of a twin: its covariance by another method and by simulation, and its coefficients by the panel model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_lyapunov

from bsc_analysis.errors import UseError
from bsc_analysis.twins.process import build_process, run_process

NAMES = ("LG", "IP", "CP", "SH")
SIGMA = np.array([[1.0, 0.3, 0.1, 0.1], [0.3, 1.0, 0.2, 0.2], [0.1, 0.2, 1.0, 0.6], [0.1, 0.2, 0.6, 1.0]])
# Solved by another algorithm, in some dozens of operations on numbers of the size of 1.
SAME = 1e-9


def lag(**late: float) -> np.ndarray:
    """Return coefficients of the year before from START_END = value."""
    matrix = np.zeros((4, 4))
    for path, value in late.items():
        start, end = path.split("_")
        matrix[NAMES.index(end), NAMES.index(start)] = value
    return matrix


def test_two_variables_by_hand() -> None:
    """W = [[1, .5], [.5, 1]], P = .4, no lag: F = .4 and Cov(y_t-1, x_t) = .4 x .5 = .2, so A = .5 - .4 x .2 = .42.

    Explained: (P, A) on (y_t-1, x_t) with covariance .2: .16 + .1764 + 2 x .4 x .42 x .2 = .4036; .5964 is left.
    """
    made = build_process(("IP", "CP"), [[1.0, 0.5], [0.5, 1.0]], 0.4, np.zeros((2, 2)))
    assert made.same_year[1, 0] == pytest.approx(0.42, abs=SAME)
    structural = np.linalg.inv(np.eye(2) - made.same_year)
    psi = np.linalg.solve(structural, made.step @ made.step.T) @ np.linalg.inv(structural.T)
    assert psi == pytest.approx(np.diag([0.84, 0.5964]), abs=SAME)


@given(
    roots=st.lists(st.floats(-0.35, 0.35), min_size=6, max_size=6),
    persistence=st.floats(-0.5, 0.6),
    late=st.floats(-0.2, 0.2),
)
def test_the_stationary_covariance_is_the_one_asked_for(
    roots: list[float], persistence: float, late: float
) -> None:
    root = np.eye(4)
    root[np.tril_indices(4, -1)] = roots
    asked = root @ root.T
    made = build_process(NAMES, asked, persistence, lag(CP_SH=late, LG_IP=late))
    innovations = made.step @ made.step.T
    assert solve_discrete_lyapunov(made.phi, innovations) == pytest.approx(asked, abs=SAME)


def test_disturbances_of_the_equations_are_independent() -> None:
    made = build_process(NAMES, SIGMA, 0.4, lag(CP_SH=0.3))
    structural = np.eye(4) - made.same_year
    psi = structural @ made.step @ made.step.T @ structural.T
    assert psi == pytest.approx(np.diag(np.diag(psi)), abs=SAME)


def test_a_simulated_process_has_its_covariance_and_follows_its_equations() -> None:
    """200,000 units over three years: the standard error of a covariance is 1 / sqrt(200,000) = .0022; four of them.

    Of SH on the four of the year before and the three of the same year, the coefficients are the lag, the own past and A.
    """
    made = build_process(NAMES, SIGMA, 0.4, lag(CP_SH=0.3))
    draws = np.random.default_rng(20151122).standard_normal((3, 200_000, 4))
    path = run_process(made, draws)
    for year in path:
        assert np.cov(year.T) == pytest.approx(SIGMA, abs=0.0095)
    found = np.linalg.lstsq(np.column_stack([path[1], path[2, :, :3]]), path[2, :, 3])[0]
    assert found == pytest.approx([0, 0, 0.3, 0.4, *made.same_year[3, :3]], abs=0.0125)


def test_lag_and_persistence_that_leave_nothing_are_refused_by_name() -> None:
    """SH and CP correlate .6; with .95 of its own past and .9 of the CP of the year before SH would vary more than it may."""
    with pytest.raises(UseError, match="no variance of its own") as refused:
        build_process(NAMES, SIGMA, 0.95, lag(CP_SH=0.9))
    assert dict(refused.value.faults[0].fields)["name"] == "SH"
    assert len(refused.value.faults) == 1


@pytest.mark.parametrize("persistence", [1.0, -1.0, float("nan")])
def test_a_process_without_end_is_refused(persistence: float) -> None:
    with pytest.raises(UseError, match="persistence"):
        build_process(NAMES, SIGMA, persistence, np.zeros((4, 4)))
