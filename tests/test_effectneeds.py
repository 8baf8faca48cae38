"""What each effect needs: detectable effects from errors, design effects from variances, rows from simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bsc_analysis.errors import UseError
from bsc_analysis.paths.effectneeds import effect_needs
from bsc_analysis.paths.effects import Effects, decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.pathfit import PathFit

R = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]


def fit_of(model: str = "IP ~ LG; CP ~ LG + IP", r: object = R, n: int = 100) -> PathFit:
    return fit_path(path_model(model), Moments.from_correlations(["LG", "IP", "CP"], r, n))  # type: ignore[arg-type]


def widened(effects: Effects, times: float) -> Effects:
    return replace(effects, beta_se=effects.beta_se * times)


def test_errors_twice_as_large_need_four_times_the_rows() -> None:
    """n is simulated for independent rows and multiplied by the ratio of variances, 2^2 = 4."""
    fit = fit_of()
    effects = decompose(fit)
    plain, wide = effect_needs(fit, effects, n_sim=200), effect_needs(fit, widened(effects, 2), n_sim=200)
    assert plain.design_effect == pytest.approx(np.ones(len(effects)))
    assert wide.design_effect == pytest.approx(np.full(len(effects), 4.0))
    assert wide.n.tolist() == (4 * plain.n).tolist()
    assert wide.detectable == pytest.approx(2 * plain.detectable)


def test_rows_for_a_correlation_agree_with_the_closed_form() -> None:
    """Fisher: ((1.9600 + .8416) / atanh(.3))^2 + 3 = 84.9; 2,000 samples know that to some three rows."""
    fit = fit_path(path_model("IP ~ LG"), Moments.from_correlations(["LG", "IP"], [[1, 0.3], [0.3, 1]], 100))
    assert effect_needs(fit, decompose(fit)).n[0] == pytest.approx(85, abs=4)


def test_what_two_names_share_has_one_number_of_rows() -> None:
    fit = fit_of("IP ~ LG; CP ~ IP")
    effects = decompose(fit)
    rows = dict(zip(map(str, effects.names), effect_needs(fit, effects, n_sim=200).n.tolist(), strict=True))
    assert rows["LG -> IP -> CP"] == rows["indirect LG -> CP"] == rows["total LG -> CP"]


def test_correlated_exogenous_variables_change_the_rows_of_a_coefficient() -> None:
    """beta .3 of LG beside IP: the variance of b is psi / (n (1 - r^2)), so that r = .8 needs about 1 / .36 times as many."""
    apart = fit_of("CP ~ LG + IP", [[1, 0, 0.3], [0, 1, 0.0], [0.3, 0.0, 1]])
    close = fit_of("CP ~ LG + IP", [[1, 0.8, 0.3], [0.8, 1, 0.24], [0.3, 0.24, 1]])
    few, many = (effect_needs(each, decompose(each), n_sim=400).n[0] for each in (apart, close))
    assert many / few == pytest.approx(1 / 0.36, rel=0.15)


def test_an_effect_of_nothing_needs_no_finite_number_of_rows() -> None:
    fit = fit_of("IP ~ LG", [[1, 0, 0.3], [0, 1, 0.0], [0.3, 0.0, 1]])
    assert np.isnan(effect_needs(fit, decompose(fit), n_sim=50).n).all()


def test_contrasts_and_models_with_fixed_coefficients_have_no_rows() -> None:
    fit = fit_of()
    effects = decompose(fit, contrasts=[("LG -> CP", "LG -> IP -> CP")])
    needs = effect_needs(fit, effects, n_sim=50)
    assert np.isnan([needs.n[-1], needs.design_effect[-1]]).all()
    assert np.isfinite(needs.detectable[-1])
    fixed = fit_of("IP ~ 0.5*LG; CP ~ IP")
    assert np.isnan(effect_needs(fixed, decompose(fixed), n_sim=50).n).all()


@pytest.mark.parametrize("asked", [{"power": 0.0}, {"alpha": 1.0}, {"n_sim": 0}])
def test_what_cannot_be_asked_is_refused(asked: dict[str, float]) -> None:
    fit = fit_of()
    with pytest.raises(UseError, match=next(iter(asked))):
        effect_needs(fit, decompose(fit), **asked)  # type: ignore[arg-type]
