"""Years compared: lavaan's fits and tests of several groups, units that recur by statsmodels, cases by hand, truth recovered."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from bsc_analysis.errors import UseError
from bsc_analysis.paths.groupdifferences import subtract_groups
from bsc_analysis.paths.groupestimation import fit_groups
from bsc_analysis.paths.groups import GroupComparison, compare_groups
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows, read_rows
from tests.groupcases import FULL, OVER, YEARS, panel, two_years
from tests.oracle import (
    ESTIMATES,
    EXPECTED_SE,
    FIT,
    ROBUST_SE,
    STANDARDISED_SE,
    read_data,
    read_result,
    read_tests,
)

ERRORS = {"ml": "ml", "mlr": "robust", "cluster": "cluster"}
SE = {"ml": EXPECTED_SE, "robust": ROBUST_SE, "cluster": ROBUST_SE}
EXACT = 1e-10  # the same algebra in another order
# Weights and coefficients settle together in turns; what is left of the last turn is below this.
SETTLED = 1e-9


@cache
def compared(se: str) -> GroupComparison:
    return compare_groups(FULL, panel(apart=True), se=se)


def test_the_ladder_is_lavaans_by_likelihood_ratio() -> None:
    for ours, row in zip(compared("ml").nested, read_tests()["lrt"]["ml"][1:], strict=True):
        assert ours.df == row["Df diff"]
        assert ours.statistic == ours.difference == pytest.approx(row["Chisq diff"], rel=FIT)
        assert (ours.p, ours.aic, ours.bic) == pytest.approx((row["Pr(>Chisq)"], row["AIC"], row["BIC"]))
    over = compare_groups(OVER, panel()).nested[0]
    (_, row) = read_tests()["lrt"]["over_ml"]
    assert (over.df, over.statistic, over.p) == pytest.approx(
        (row["Df diff"], row["Chisq diff"], row["Pr(>Chisq)"]), rel=FIT
    )


@pytest.mark.parametrize(
    ("se", "step", "stored"),
    [("robust", 0, "mlr_sb2001"), ("robust", 1, "mlr_reg_vs_regint_sb2001"), ("cluster", 0, "cluster")],
)
def test_scaled_differences_are_those_of_satorra_and_bentler_2001(se: str, step: int, stored: str) -> None:
    ours, row = compared(se).nested[step], read_tests()["lrt"][stored][1]
    assert ours.statistic == pytest.approx(row["Chisq diff"], rel=ROBUST_SE)
    assert ours.p == pytest.approx(row["Pr(>Chisq)"], rel=ROBUST_SE)
    assert ours.statistic == ours.difference / ours.scaling != ours.difference


def test_equal_residual_variances_are_scaled_by_lavaans_factors() -> None:
    """c = (d1 c1 - d0 c0) / (d1 - d0), where d and c are degrees of freedom and scaling factor of each fit."""
    factor = [
        read_result(f"b_mg_{step}_mlr").fit["chisq.scaling.factor"] for step in ("eqregint", "eqregintres")
    ]
    expected = (24 * factor[1] - 18 * factor[0]) / 6
    assert compared("robust").nested[2].scaling == pytest.approx(expected, rel=ROBUST_SE)


def test_wald_tests_are_lavaans() -> None:
    ours, stored = compared("ml"), read_tests()["wald"]
    each = {str(test.effect): test for test in ours.each_equal}
    pairs = {
        "conf_all_eq": ours.all_equal,
        "conf_c3_eq": each["CP -> SH"],
        "conf_serial_eq": each["LG -> IP -> CP -> SH"],
    }
    for name, test in pairs.items():
        assert test.df == stored[name]["df"]
        assert test.statistic == pytest.approx(stored[name]["stat"], rel=EXPECTED_SE)
        assert test.p == pytest.approx(stored[name]["p.value"], rel=EXPECTED_SE)


def test_score_tests_of_the_second_and_third_year_are_lavaans() -> None:
    """lavaan releases the equality of each coefficient with that of the first year: by edge, and within it by year."""
    stored = read_tests()["score_uni_eqreg"]
    ours = [test for test in compared("ml").own if test.group != YEARS[0]]
    for test, row in zip(ours, stored, strict=True):
        assert test.statistic == pytest.approx(row["X2"], rel=ROBUST_SE)
        assert test.p == pytest.approx(row["p.value"], rel=ROBUST_SE)


def test_score_tests_do_not_depend_on_which_year_comes_first() -> None:
    frame = read_data("b").replace({"year": {2021: 2031}})
    later = compare_groups(FULL, read_rows(frame, FULL.observed, group="year"))
    assert later.differences.groups == ("2022", "2023", "2031")
    found = {(test.edge, test.group): test.statistic for test in later.own}
    for test in compared("ml").own:
        assert found[test.edge, test.group.replace("2021", "2031")] == pytest.approx(
            test.statistic, rel=SETTLED
        )


@pytest.mark.parametrize(("kind", "se"), ERRORS.items())
def test_differences_of_effects_between_years_are_lavaans(kind: str, se: str) -> None:
    ours, result = compared(se).differences, read_result(f"b_mg_configural_{kind}")
    spoken = [str(name) for name in ours.names]
    effects = {"dserial": "LG -> IP -> CP -> SH", "dtot": "total LG -> SH"}
    for first, second in ((1, 2), (1, 3), (2, 3)):
        at = ours.pairs.index((YEARS[first - 1], YEARS[second - 1]))
        for label, effect in effects.items():
            row, place = result.label(f"{label}_{second}{first}"), spoken.index(effect)
            assert ours.raw.difference[at, place] == pytest.approx(row.est, rel=1e-7)
            assert ours.raw.se[at, place] == pytest.approx(row.se, rel=SE[se])
            assert ours.raw.p[at, place] == pytest.approx(row.pvalue, rel=1e-6)
            ends = ours.raw.lower[at, place], ours.raw.upper[at, place]
            assert ends == pytest.approx((row.lower, row.upper), rel=1e-6)


def test_standardised_differences_are_lavaans() -> None:
    ours, result = compared("ml").differences, read_result("b_mg_configural_ml_randx")
    place = [str(name) for name in ours.names].index("LG -> IP -> CP -> SH")
    for at, label in enumerate(("dserial_21", "dserial_31", "dserial_32")):
        row = result.label(label)
        assert ours.standardised.difference[at, place] == pytest.approx(row.std, rel=1e-7)
        assert ours.standardised.se[at, place] == pytest.approx(row.std_se, rel=STANDARDISED_SE)
    for at, label in enumerate(("serial_1", "serial_2", "serial_3")):
        assert ours.standardised.group[at, place] == pytest.approx(result.label(label).std, rel=ESTIMATES)
        assert ours.standardised.group_se[at, place] == pytest.approx(
            result.label(label).std_se, rel=STANDARDISED_SE
        )


def test_a_cluster_that_recurs_is_one_cluster_as_a_regression_with_years_has_it() -> None:
    """The same 60 clusters in every year. Taken for 180, the change of a total effect has a standard error of .0684, as
    lavaan has it; taken for 60, .0546, as in a regression with interactions whose errors are summed within clusters (its
    covariance times 60 / 59, the factor of few clusters)."""
    ours = [
        subtract_groups(fit_groups(FULL, panel(apart=apart), se="cluster")).raw for apart in (True, False)
    ]
    place = [str(name) for name in compared("ml").differences.names].index("total LG -> SH")
    torn, joined = (each.se[1, place] for each in ours)
    assert (torn, joined) == pytest.approx((0.0684, 0.0546), abs=5e-5)
    frame = read_data("b")
    clusters = {"groups": frame["cluster"], "use_correction": False}
    regression = smf.ols("SH ~ LG * C(year)", frame).fit(cov_type="cluster", cov_kwds=clusters)
    factor = np.sqrt(60 / 59)
    assert joined == pytest.approx(regression.bse["LG:C(year)[T.2023]"] * factor, rel=EXACT)
    assert ours[1].difference[1, place] == pytest.approx(regression.params["LG:C(year)[T.2023]"], rel=SETTLED)
    both = regression.wald_test("LG:C(year)[T.2022] = 0, LG:C(year)[T.2023] = 0", scalar=True)
    equal = compare_groups(path_model("SH ~ LG"), panel().select(("LG", "SH")), se="cluster").all_equal
    assert equal.statistic == pytest.approx(float(both.statistic) * 59 / 60, rel=SETTLED)


def test_equal_slopes_by_hand() -> None:
    """Sxx = 5 twice; sxy = 4 and 6, slopes .8 and 1.2, residual squares 5 - 3.2 = 1.8 twice, psi = .45. Held equal, the
    slope is 1 for reasons of symmetry, psi = (1.8 + 5 x .2^2) / 4 = .5, its variance 1 / (2 x 5 / .5) = .05, and the means
    (2.5, 2.5) and (2.5, 3.5) leave intercepts of 0 and 1. Likelihood ratio 8 log(.5 / .45) = .842884; Wald .4^2 / (2 x
    .45 / 5) = .888889; score (4 - 5)^2 / .5^2 = 4 over 10 - 10^2 / 20 = 5, .8: the known order of the three."""
    done = compare_groups(path_model("IP ~ LG"), two_years())
    fit = done.fits[1]
    assert done.fits[0].b.ravel() == pytest.approx([0.8, 1.2])
    assert fit.b.ravel() == pytest.approx([1, 1], abs=SETTLED)
    assert fit.residual_variances.ravel() == pytest.approx([0.5, 0.5], abs=SETTLED)
    assert fit.se.ravel() == pytest.approx(np.sqrt([0.05, 0.05]))
    assert fit.intercepts.ravel() == pytest.approx([0, 1], abs=SETTLED)
    assert (fit.npar, fit.df, done.fits[0].npar, done.fits[0].df) == (5, 1, 6, 0)
    assert done.fits[0].chisq == 0
    assert np.isnan(done.fits[0].p)
    assert done.nested[0].statistic == pytest.approx(8 * np.log(10 / 9), rel=SETTLED)
    assert fit.chisq == pytest.approx(8 * np.log(10 / 9), rel=SETTLED)
    assert done.all_equal.statistic == pytest.approx(0.888889, abs=1e-6)
    assert [test.statistic for test in done.own] == pytest.approx([0.8, 0.8], rel=SETTLED)


@pytest.mark.parametrize(("shift", "unit"), [(1e6, 1.0), (0.0, 1e6), (-3e4, 1e-5)])
def test_origin_and_unit_of_a_scale_change_no_test(shift: float, unit: float) -> None:
    model = path_model("IP ~ LG")
    plain, moved = (compare_groups(model, rows) for rows in (two_years(), two_years(shift, unit)))
    np.testing.assert_allclose(moved.fits[0].b * unit, plain.fits[0].b, rtol=1e-6)
    for before, after in zip(plain.nested, moved.nested, strict=True):
        assert after.statistic == pytest.approx(before.statistic, rel=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_known_slopes_are_recovered_and_a_change_is_told_from_none(seed: int) -> None:
    """500 rows a year; LG -> IP goes from .3 to .7, IP -> CP stays .5 while its residual variance is four times as large."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    year = np.repeat([2016, 2017], 500)
    LG = rng.normal(3, 1, 1000)
    IP = np.where(year == 2016, 0.3, 0.7) * LG + rng.normal(size=1000)
    CP = 1 + 0.5 * IP + np.where(year == 2016, 1, 2) * rng.normal(size=1000)
    frame = pd.DataFrame({"year": year, "LG": LG, "IP": IP, "CP": CP})
    model = path_model("IP ~ LG; CP ~ IP")
    done = compare_groups(model, read_rows(frame, model.observed, group="year"), se="robust")
    apart, equal = done.fits[:2]
    assert (np.abs(apart.b - [[0.3, 0.5], [0.7, 0.5]]) < 4 * apart.se).all()
    assert abs(equal.b[0, 1] - 0.5) < 4 * equal.se[0, 1]
    assert equal.se[0, 1] < apart.se[:, 1].min()
    change, same = (test for test in done.each_equal if test.effect.kind == "direct")
    assert change.p_holm < 1e-3
    assert same.p > 1e-3
    assert done.nested[0].p < 1e-3
    assert done.nested[2].p < 1e-3
    upper, lower = done.differences.raw.upper, done.differences.raw.lower
    at = [str(name) for name in done.differences.names].index("LG -> IP")
    assert lower[0, at] > 0
    assert abs(upper[0, at] + lower[0, at] - 0.8) < 8 * done.differences.raw.se[0, at]


def alike(*, noise: float) -> Rows:
    """Return 40 units whose second year repeats the first, IP but for noise of such a size."""
    rng = np.random.default_rng(5)
    LG = rng.normal(size=40)
    IP = 0.5 * LG + rng.normal(size=40)
    values = np.column_stack([np.tile(LG, 2), np.concatenate([IP, IP + noise * rng.normal(size=40)])])
    unit = Codes("unit", np.tile(np.arange(40), 2), tuple(map(str, range(40))))
    return Rows(("LG", "IP"), values, unit, Codes("year", np.repeat([0, 1], 40), ("2016", "2017")))


def test_years_that_repeat_each_other_leave_nothing_to_test() -> None:
    """By unit every difference is 0 in every sample, and so is its variance: no test, rather than one of rounding noise."""
    done = compare_groups(path_model("IP ~ LG"), alike(noise=0), se="cluster")
    assert done.differences.raw.difference == pytest.approx(0, abs=1e-14)
    assert np.isnan(done.differences.raw.p).all()
    assert np.isnan(
        [done.all_equal.p, *(test.p for test in done.own), *(test.p_holm for test in done.own)]
    ).all()
    almost = compare_groups(path_model("IP ~ LG"), alike(noise=1e-3), se="cluster")
    assert np.isfinite([almost.all_equal.p, *(test.p for test in almost.own)]).all()
    # Taken for 80 units, a change of 0 has the error of two independent samples.
    torn = compare_groups(path_model("IP ~ LG"), alike(noise=0), se="robust")
    assert torn.differences.raw.se.min() > 100 * almost.differences.raw.se.max()
    assert torn.notes[0] == torn.fits[0].notes[0]


def test_a_fixed_coefficient_cannot_differ() -> None:
    model = path_model("IP ~ 0.5*LG; CP ~ IP")
    done = compare_groups(model, panel().select(model.observed), se="cluster")
    fixed, free = (next(test for test in done.each_equal if test.effect.path == path) for path in model.edges)
    assert np.isnan([fixed.statistic, fixed.p, fixed.p_holm]).all()
    assert (done.all_equal.df, done.all_equal.statistic) == (2, pytest.approx(free.statistic))
    assert {test.edge for test in done.own} == {("IP", "CP")}


def test_a_scaling_that_is_not_positive_gives_no_test() -> None:
    """Four and eight rows with heavy tails: equal residual variances are scaled by -1.13. Years that repeat each other are
    scaled by 0, which rounding leaves as 9e-16."""
    rng = np.random.default_rng(0)
    values = np.column_stack([rng.normal(size=12), rng.standard_t(2, size=12)])
    rows = Rows(("LG", "IP"), values, group=Codes("year", np.repeat([0, 1], [4, 8]), ("2016", "2017")))
    tests = compare_groups(path_model("IP ~ LG"), rows, se="robust").nested
    assert tests[2].scaling == pytest.approx(-1.128, abs=0.001)
    assert np.isnan([tests[2].statistic, tests[2].p]).all()
    assert np.isfinite([tests[1].statistic, tests[1].p]).all()
    for test in compare_groups(path_model("IP ~ LG"), alike(noise=0), se="cluster").nested:
        assert abs(test.scaling) < 1e-12
        assert np.isnan([test.statistic, test.p]).all()


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(UseError, match="level"):
        compare_groups(path_model("IP ~ LG"), two_years(), level=95)
