"""Robustness of paths: least squares equation by equation by another program, weakest links, and honest yardsticks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.formula.api as smf

from bsc_analysis.errors import UseError
from bsc_analysis.paths.confounding import adjust, bound_strength, partial_r2, robustness_value
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.pathrobustness import benchmarks, robustness
from bsc_analysis.paths.rows import read_rows
from tests.oracle import read_data

# Least squares of 900 rows, from cross-products and from the rows.
SOLVER = 1e-9

CHAIN = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
FIT = fit_path(CHAIN, read_rows(read_data("a_units900"), CHAIN.observed))


def test_every_path_has_the_t_of_least_squares() -> None:
    found = robustness(FIT)
    for at, (cause, outcome) in enumerate(CHAIN.edges):
        fit = smf.ols(f"{outcome} ~ {' + '.join(CHAIN.predictors(outcome))}", read_data("a_units900")).fit()
        assert found.t[at] == pytest.approx(fit.tvalues[cause], abs=SOLVER)
        assert found.df[at] == fit.df_resid
        expected = robustness_value(fit.params[cause], fit.bse[cause], fit.df_resid, alpha=0.05)
        assert found.rv_alpha[at] == pytest.approx(float(expected), abs=SOLVER)


def test_the_robustness_of_printed_correlations_by_hand() -> None:
    """CP on LG given IP: r = .1 / sqrt(.75 x .84) = .125988, f^2 = .016129; (sqrt(.000260 + .064516) - .016129) / 2 = .1192."""
    r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    fit = fit_path(path_model("IP ~ LG; CP ~ LG + IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 103))
    found = robustness(fit)
    assert found.partial_r2[1] == pytest.approx(0.015873, abs=1e-6)
    assert found.rv[1] == pytest.approx(0.1192, abs=1e-4)


def test_a_path_through_others_is_as_robust_as_its_weakest_link() -> None:
    found = robustness(FIT)
    at = {str(name): place for place, name in enumerate(found.names)}["LG -> IP -> CP -> SH"]
    links = [CHAIN.edges.index(edge) for edge in (("LG", "IP"), ("IP", "CP"), ("CP", "SH"))]
    assert found.effect_rv[at] == min(found.rv[links])
    assert found.effect_rv_alpha[at] == min(found.rv_alpha[links])
    assert found.rv[found.weakest[at]] == found.effect_rv[at]
    assert {name.kind for name in found.names} == {"direct", "specific"}


def test_half_of_a_path_is_easier_to_explain_away() -> None:
    assert (robustness(FIT, q=0.5).rv < robustness(FIT).rv).all()


def test_clusters_are_told_of_and_rows_are_not() -> None:
    frame = read_data("b_panel2700")
    fit = fit_path(CHAIN, read_rows(frame, CHAIN.observed, cluster="cluster"), se="cluster")
    (note,) = robustness(fit).notes
    assert str(note).startswith("robustness values that consider significance count rows, not clusters")
    assert robustness(FIT).notes == ()


def test_only_what_the_cause_does_not_influence_is_a_yardstick() -> None:
    """LG influences everything and has none; IP is weighed against LG, CP against LG and IP."""
    found = {(each.edge, each.variable) for each in benchmarks(FIT, times=[1])}
    assert found == {(("IP", "CP"), "LG"), (("IP", "SH"), "LG"), (("CP", "SH"), "LG"), (("CP", "SH"), "IP")}


def test_a_benchmark_is_the_bound_of_the_observed_variable() -> None:
    """The partial R2 with the cause comes from the regression of the cause on the outcome's other predictors."""
    frame = read_data("a_units900")
    outcome, cause = smf.ols("SH ~ LG + IP + CP", frame).fit(), smf.ols("CP ~ LG + IP", frame).fit()
    (found,) = (
        each for each in benchmarks(FIT, times=[2]) if each.edge == ("CP", "SH") and each.variable == "IP"
    )
    bounds = bound_strength(
        float(partial_r2(cause.params["IP"], cause.bse["IP"], cause.df_resid)),
        float(partial_r2(outcome.params["IP"], outcome.bse["IP"], outcome.df_resid)),
        times=2,
    )
    assert (found.r2_cause, found.r2_outcome) == pytest.approx(bounds, abs=SOLVER)
    adjusted = adjust(outcome.params["CP"], outcome.bse["CP"], 896, r2_cause=bounds[0], r2_outcome=bounds[1])
    assert (found.b, found.se) == pytest.approx((float(adjusted.b), float(adjusted.se)), abs=SOLVER)
    assert (found.lower, found.upper) == pytest.approx(
        (float(adjusted.lower), float(adjusted.upper)), abs=SOLVER
    )


def test_a_confounder_that_cannot_exist_is_listed_without_numbers() -> None:
    """A and B correlate by .8: three times .64 / .36 of the cause is more than there is."""
    r = [[1, 0.8, 0.4], [0.8, 1, 0.5], [0.4, 0.5, 1]]
    fit = fit_path(path_model("Y ~ A + B"), Moments.from_correlations(["A", "B", "Y"], r, 100))
    found = benchmarks(fit, times=[3])[0]
    assert found.r2_cause == pytest.approx(3 * 0.64 / 0.36, abs=SOLVER)
    assert all(math.isnan(each) for each in (found.r2_outcome, found.b, found.se, found.lower, found.upper))


def test_a_model_of_single_predictors_has_no_yardsticks() -> None:
    model = path_model("IP ~ LG; CP ~ IP")
    assert benchmarks(fit_path(model, read_rows(read_data("a_units900"), model.observed))) == ()


def test_fits_without_closed_form_are_refused() -> None:
    model = path_model("IP ~ 0.3*LG; CP ~ IP")
    fit = fit_path(model, read_rows(read_data("a_units900"), model.observed))
    for function in (robustness, benchmarks):
        with pytest.raises(
            UseError, match="power and sensitivity are computed for models without latent variables"
        ):
            function(fit)


def test_a_stronger_variable_makes_a_stronger_benchmark() -> None:
    found = [each.b for each in benchmarks(FIT) if each.edge == ("CP", "SH") and each.variable == "LG"]
    assert np.all(np.diff(np.abs(found)) < 0)
