"""Rho curves: the published formula of one mediator, covariances that stay as they are, and confounders recovered."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from bsc_analysis.errors import UseError
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.rhocurve import RhoCurves, rho_curves
from bsc_analysis.paths.rows import read_rows
from tests.oracle import read_data

# A few small linear systems with condition numbers below 1e3.
SOLVER = 1e-9

MEDIATION = path_model("M ~ X; Y ~ X + M")
CHAIN = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
FIT = fit_path(CHAIN, read_rows(read_data("a_units900"), CHAIN.observed))


def curve(found: RhoCurves, pair: tuple[str, str], name: str) -> np.ndarray:
    return found.b[found.pairs.index(pair), place(found, name)]


def place(found: RhoCurves, name: str) -> int:
    return [str(each) for each in found.names].index(name)


def correlated(r: list[float], n: int = 500) -> PathFit:
    a, b, c = r
    return fit_path(
        MEDIATION, Moments.from_correlations(["X", "M", "Y"], [[1, a, b], [a, 1, c], [b, c, 1]], n)
    )


correlations = st.lists(st.floats(-0.55, 0.55), min_size=3, max_size=3).filter(
    lambda r: 1 - sum(each**2 for each in r) + 2 * r[0] * r[1] * r[2] > 0.05
)


@given(r=correlations, rho=st.floats(-0.95, 0.95))
def test_one_mediator_has_the_published_curve(r: list[float], rho: float) -> None:
    """Imai, Keele and Yamamoto (2010), theorem 4: with residuals of M and of Y given X alone, of variances s2 and s1 and
    correlation c, the indirect effect is a sqrt(s1 / s2) (c - rho sqrt((1 - c^2) / (1 - rho^2)))."""
    found = rho_curves(correlated(r), rho=[rho])
    a, direct, _ = r
    s2, s1 = 1 - a**2, 1 - direct**2
    c = (r[2] - a * direct) / math.sqrt(s1 * s2)
    expected = a * math.sqrt(s1 / s2) * (c - rho * math.sqrt((1 - c**2) / (1 - rho**2)))
    assert curve(found, ("M", "Y"), "X -> M -> Y")[0] == pytest.approx(expected, abs=SOLVER)
    if abs(a) > 0.01 and abs(c) > 0.01:
        at = place(found, "X -> M -> Y")
        assert found.zero[found.pairs.index(("M", "Y")), at] == pytest.approx(c, abs=SOLVER)


@pytest.mark.parametrize("rho", [-0.6, -0.1, 0.0, 0.3, 0.8])
def test_a_saturated_model_implies_the_same_covariances_at_every_rho(rho: float) -> None:
    """With B at rho, (I - B) S (I - B)' must be the residual covariances: all 0 but for the pair, whose correlation is rho."""
    found = rho_curves(FIT, rho=[rho])
    edges = [place(found, " -> ".join(edge)) for edge in CHAIN.edges]
    for at, (first, second) in enumerate(found.pairs):
        B = np.zeros((4, 4))
        for (start, end), value in zip(CHAIN.edges, found.b[at, edges, 0], strict=True):
            B[CHAIN.observed.index(end), CHAIN.observed.index(start)] = value
        residual = (np.eye(4) - B) @ FIT.covariance @ (np.eye(4) - B).T
        sd = np.sqrt(np.diag(residual))
        expected = np.eye(4)
        i, j = CHAIN.observed.index(first), CHAIN.observed.index(second)
        expected[i, j] = expected[j, i] = rho
        np.testing.assert_allclose(residual / np.outer(sd, sd), expected, rtol=0, atol=SOLVER)


def test_every_pair_in_causal_order_has_a_curve() -> None:
    assert rho_curves(FIT).pairs == (
        ("LG", "IP"), ("LG", "CP"), ("LG", "SH"), ("IP", "CP"), ("IP", "SH"), ("CP", "SH"),
    )  # fmt: skip


def test_at_zero_the_effects_are_those_estimated_and_the_default_grid_has_it() -> None:
    found = rho_curves(FIT)
    middle = list(found.rho).index(0.0)
    np.testing.assert_allclose(found.b[:, place(found, "CP -> SH"), middle], FIT.b[-1], rtol=0, atol=SOLVER)
    assert (found.rho[0], found.rho[-1], len(found.rho)) == (-0.95, 0.95, 39)


def test_each_effect_is_zero_where_its_curve_says_so_serial_ones_and_sums_too() -> None:
    """Refitted at each reported correlation, the effect it is reported for vanishes."""
    found = rho_curves(FIT)
    count = 0
    for at, pair in enumerate(found.pairs):
        for effect in np.flatnonzero(np.isfinite(found.zero[at])):
            again = rho_curves(FIT, rho=[found.zero[at, effect]])
            assert again.b[again.pairs.index(pair), effect, 0] == pytest.approx(0, abs=SOLVER)
            count += 1
    serial = found.zero[:, place(found, "LG -> IP -> CP -> SH")]
    assert np.isfinite(serial[[0, 3, 5]]).all()
    assert count > 20


def test_a_serial_path_vanishes_first_at_its_weakest_link() -> None:
    found = rho_curves(FIT)
    at = place(found, "LG -> IP -> CP -> SH")
    links = {
        pair: found.zero[found.pairs.index(pair), at] for pair in (("LG", "IP"), ("IP", "CP"), ("CP", "SH"))
    }
    weakest = min(links, key=lambda pair: abs(links[pair]))
    assert found.weakest[at] == weakest
    assert found.nearest_zero[at] == links[weakest]


def test_residuals_that_no_path_uses_change_nothing() -> None:
    """Two mediators side by side: whatever their residuals share, neither equation has the other's variable."""
    model = path_model("M1 ~ X; M2 ~ X; Y ~ M1 + M2 + X")
    r = [[1, 0.3, 0.4, 0.2], [0.3, 1, 0.3, 0.4], [0.4, 0.3, 1, 0.3], [0.2, 0.4, 0.3, 1]]
    found = rho_curves(fit_path(model, Moments.from_correlations(["X", "M1", "M2", "Y"], r, 200)))
    pair = next(at for at, names in enumerate(found.pairs) if set(names) == {"M1", "M2"})
    assert np.ptp(found.b[pair], axis=-1) == pytest.approx(0, abs=SOLVER)
    assert np.isnan(found.zero[pair]).all()


def test_the_only_cause_vanishes_at_its_own_correlation() -> None:
    """M1 = .3 X + e: whatever makes X and the residual correlate by .3 is all there is; M2 has no part in it."""
    model = path_model("M1 ~ X; M2 ~ X")
    r = [[1, 0.3, 0.4], [0.3, 1, 0.3], [0.4, 0.3, 1]]
    found = rho_curves(fit_path(model, Moments.from_correlations(["X", "M1", "M2"], r, 200)))
    assert found.weakest[place(found, "X -> M1")] == ("X", "M1")
    assert found.nearest_zero[place(found, "X -> M1")] == pytest.approx(0.3, abs=SOLVER)


def test_a_definition_has_a_curve_but_no_reported_zero() -> None:
    model = path_model("M ~ a*X; Y ~ b*M + X; twice := 2*a*b")
    r = [[1, 0.3, 0.4], [0.3, 1, 0.3], [0.4, 0.3, 1]]
    named = rho_curves(fit_path(model, Moments.from_correlations(["X", "M", "Y"], r, 200)))
    assert named.weakest[-1] is None
    assert np.isnan(named.nearest_zero[-1])
    at = place(named, "X -> M -> Y")
    np.testing.assert_allclose(named.b[:, -1], 2 * named.b[:, at], rtol=0, atol=SOLVER)


@pytest.mark.parametrize("rho", [-0.5, 0.2, 0.7])
def test_an_over_identified_pair_maximises_the_likelihood_of_its_outcome(rho: float) -> None:
    """LG -> IP -> CP without LG -> CP: CP given its residual's share rho s e / sigma, over b and s, by a general optimiser."""
    model = path_model("IP ~ LG; CP ~ IP")
    S = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.4], [0.3, 0.4, 1.0]])
    found = rho_curves(fit_path(model, Moments.from_correlations(["LG", "IP", "CP"], S, 200)), rho=[rho])
    sigma = math.sqrt(0.75)

    def minus_log_likelihood(parameters: np.ndarray) -> float:
        b, log_s = parameters
        share = rho * math.exp(log_s) / sigma
        weights = np.array([share * 0.5, -b - share, 1.0])
        variance = math.exp(2 * log_s) * (1 - rho**2)
        return float(math.log(variance) + weights @ S @ weights / variance)

    best = optimize.minimize(
        minus_log_likelihood, [0.4, 0.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14}
    )
    # The optimiser compares function values: a minimum is flat to the square root of their precision.
    assert curve(found, ("IP", "CP"), "IP -> CP")[0] == pytest.approx(best.x[0], abs=1e-6)


def test_an_over_identified_effect_is_zero_where_its_curve_says_so() -> None:
    """The chain of three links: refitted at each reported correlation, the effect vanishes."""
    model = path_model("IP ~ LG; CP ~ IP; SH ~ CP")
    fit = fit_path(model, read_rows(read_data("a_units900"), model.observed))
    found = rho_curves(fit)
    for pair, effect in np.argwhere(np.isfinite(found.zero) & (found.zero != 0)):
        again = rho_curves(fit, rho=[found.zero[pair, effect]])
        assert again.b[pair, effect, 0] == pytest.approx(0, abs=SOLVER)
    serial = found.zero[:, place(found, "LG -> IP -> CP -> SH")]
    assert np.isfinite(serial).sum() > 3


def test_exogenous_variables_count_with_what_the_others_leave_of_them() -> None:
    """Y on A and B: a correlation of A's remainder with Y's residual leaves that of B at 0, so that (I - B) S says so."""
    S = np.array([[1.0, 0.4, 0.5], [0.4, 1.0, 0.3], [0.5, 0.3, 1.0]])
    model = path_model("Y ~ A + B")
    found = rho_curves(fit_path(model, Moments.from_correlations(["A", "B", "Y"], S, 200)), rho=[0.25])
    b = found.b[found.pairs.index(("A", "Y")), [place(found, "A -> Y"), place(found, "B -> Y")], 0]
    residual = np.array([-b[0], -b[1], 1.0])
    assert residual @ S[1] == pytest.approx(0, abs=SOLVER)
    remainder = np.array([1.0, -0.4, 0.0])
    share = residual @ S @ remainder / math.sqrt((residual @ S @ residual) * (remainder @ S @ remainder))
    assert share == pytest.approx(0.25, abs=SOLVER)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_known_confounder_is_undone_at_the_correlation_it_causes(seed: int) -> None:
    """U adds .5 to the residuals of IP and CP, each of variance 1.25 then: rho = .25 / 1.25 = .2. IP -> CP is .3 and looks
    like .3 + .2 = .5 (sigma_y = sigma): the serial effect LG -> IP -> CP -> SH of .4 x .3 x .5 = .06 looks like .1."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    n = 20_000
    LG, U, e1, e2, e3 = rng.normal(size=(5, n))
    IP = 0.4 * LG + 0.5 * U + e1
    CP = 0.2 * LG + 0.3 * IP + 0.5 * U + e2
    SH = 0.1 * IP + 0.5 * CP + e3
    frame = pd.DataFrame({"LG": LG, "IP": IP, "CP": CP, "SH": SH})
    found = rho_curves(fit_path(CHAIN, read_rows(frame, CHAIN.observed)), rho=[0.0, 0.2])
    # Four standard errors of a coefficient: 4 / sqrt(20,000) = .028; of the product, times .4 x .5 and a little.
    link, serial = curve(found, ("IP", "CP"), "IP -> CP"), curve(found, ("IP", "CP"), "LG -> IP -> CP -> SH")
    np.testing.assert_allclose(link, [0.5, 0.3], rtol=0, atol=0.03)
    np.testing.assert_allclose(serial, [0.1, 0.06], rtol=0, atol=0.01)


def test_impossible_correlations_are_refused_together() -> None:
    with pytest.raises(UseError) as caught:
        rho_curves(FIT, rho=[-1.0, 0.5, 2.0])
    assert str(caught.value).splitlines() == [
        "a correlation of residuals of -1.0 is impossible, allowed: between -1 and 1, without these",
        "a correlation of residuals of 2.0 is impossible, allowed: between -1 and 1, without these",
    ]
