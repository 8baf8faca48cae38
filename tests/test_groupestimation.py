"""Fits of several groups: lavaan's under every equality, one group by itself, cases by hand, and what is refused or noted."""

from __future__ import annotations

import functools
import operator
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bsc_analysis.errors import DataError, ModelError, UseError
from bsc_analysis.paths import groupequations
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.groupdata import split_groups
from bsc_analysis.paths.groupequations import LADDER
from bsc_analysis.paths.groupestimation import fit_groups
from bsc_analysis.paths.groupfit import GroupFit
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from tests.groupcases import FULL, OVER, panel, two_years
from tests.oracle import (
    ESTIMATES,
    EXPECTED_SE,
    FIT,
    ROBUST_SE,
    STANDARDISED_SE,
    Result,
    Row,
    all_results,
    read_data,
    read_result,
)

STEPS = dict(zip(("configural", "eqreg", "eqregint", "eqregintres"), LADDER, strict=True))
ERRORS = {"ml": "ml", "mlr": "robust", "cluster": "cluster"}
SE = {"ml": EXPECTED_SE, "robust": ROBUST_SE, "cluster": ROBUST_SE}
EXACT = 1e-10  # the same algebra in another order
# Weights and coefficients settle together in turns; what is left of the last turn is below this.
SETTLED = 1e-9
IP = path_model("IP ~ LG")


def fitted(name: str) -> GroupFit:
    """Return our fit of what ``b_mg_over_eqreg_ml`` stands for."""
    *over, step, kind = name.removesuffix("_randx").removesuffix("_nomeans").split("_")[2:]
    rows = panel(apart=True)
    return fit_groups(OVER if over else FULL, rows, equal=STEPS[step], se=ERRORS[kind])


def parameter_rows(fit: GroupFit, result: Result) -> list[list[Row]]:
    """Return lavaan's row of each parameter of each group, intercepts last."""
    keys = [
        (each.b, "~", each.a) if each.kind == "coefficient" else (each.a, "~~", each.b)
        for each in fit.of.parameters
    ]
    keys += [] if "nomeans" in result.name else [(outcome, "~1", "") for outcome in fit.model.endogenous]
    return [[result.row(*key, group=group) for key in keys] for group in (1, 2, 3)]


@pytest.mark.parametrize("name", all_results("b_mg_*"))
def test_estimates_and_standard_errors_of_each_group_are_lavaans(name: str) -> None:
    fit, result = fitted(name), read_result(name)
    ours = np.column_stack([fit.theta, fit.intercepts])
    errors = np.sqrt(np.diag(fit.vcov)).reshape(3, -1)
    compared = 0
    for group, rows in enumerate(parameter_rows(fit, result)):
        for at, row in enumerate(rows):
            assert ours[group, at] == pytest.approx(row.est, rel=ESTIMATES)
            if row.se > 0:  # lavaan takes the variance of LG as given unless it is random
                assert errors[group, at] == pytest.approx(row.se, rel=SE[fit.se_kind])
                compared += 1
    assert compared >= 3 * (len(fit.model.edges) + 3)


@pytest.mark.parametrize("name", all_results("b_mg_*"))
def test_standardised_coefficients_of_each_group_are_lavaans(name: str) -> None:
    fit, result = fitted(name), read_result(name)
    for at, (start, end) in enumerate(fit.model.edges):
        for group in (1, 2, 3):
            row = result.row(end, "~", start, group=group)
            assert fit.beta[group - 1, at] == pytest.approx(row.std, rel=ESTIMATES)
            assert fit.b[group - 1, at] == pytest.approx(row.est, rel=ESTIMATES)
            assert fit.se[group - 1, at] == pytest.approx(row.se, rel=SE[fit.se_kind])
            if name.endswith("randx"):
                assert fit.beta_se[group - 1, at] == pytest.approx(row.std_se, rel=STANDARDISED_SE)


@pytest.mark.parametrize("name", all_results("b_mg_*"))
def test_the_fit_of_all_groups_is_lavaans(name: str) -> None:
    """Where lavaan counts the mean and variance of LG in each year, its normal log-likelihood comes on top of ours."""
    fit, result = fitted(name), read_result(name)
    more = round(result.fit["npar"]) - fit.npar
    given = sum(
        -450 * (np.log(2 * np.pi * year["LG"].var(ddof=0)) + 1) for _, year in read_data("b").groupby("year")
    )
    expected = {0: 0.0, 6: given, -9: 0.0}[more]  # -9: no intercepts, which cost nothing in likelihood
    assert fit.logl == pytest.approx(result.fit["logl"] - expected, rel=FIT)
    assert fit.df == result.fit["df"]
    assert fit.chisq == pytest.approx(result.fit["chisq"], rel=FIT)
    assert fit.p == pytest.approx(result.fit["pvalue"], rel=1e-8, nan_ok=True)
    assert fit.aic == pytest.approx(result.fit["aic"] + 2 * expected - 2 * more, rel=FIT)
    assert fit.bic == pytest.approx(result.fit["bic"] + 2 * expected - np.log(2700) * more, rel=FIT)


@pytest.mark.parametrize("se", ["ml", "robust", "cluster"])
def test_separate_coefficients_are_those_of_each_year_by_itself(se) -> None:
    """Two given variables, a fixed coefficient and indirect effects, against the fit of one group."""
    model = path_model("CP ~ LG + IP; SH ~ 0.2*LG + CP")
    rows = panel(apart=True)
    fit = fit_groups(model, rows, se=se)
    for at, (_, own) in enumerate(rows.by_group()):
        alone = fit_path(model, own.select(model.observed), se=se)
        np.testing.assert_allclose(fit.b[at], alone.b, rtol=EXACT)
        np.testing.assert_allclose(fit.se[at], alone.se, rtol=EXACT)
        np.testing.assert_allclose(fit.beta[at], alone.beta, rtol=EXACT)
        np.testing.assert_allclose(fit.beta_se[at], alone.beta_se, rtol=EXACT)
    if se == "cluster":
        joined = fit_groups(model, panel(), se=se)
        np.testing.assert_allclose(joined.se, fit.se, rtol=EXACT)  # only what is between the years changes
        assert (fit.n_clusters, joined.n_clusters) == (180, 60)


def test_equal_intercepts_and_variances_are_one_regression() -> None:
    """With everything equal, the eight rows are one sample: slope and intercept of least squares over all of them."""
    fit = fit_groups(path_model("IP ~ LG"), two_years(), equal=LADDER[3])
    x, y = two_years().values.T
    slope, intercept = np.polyfit(x, y, 1)
    assert (fit.b[0, 0], fit.intercepts[1, 0]) == pytest.approx((slope, intercept), rel=SETTLED)
    assert fit.residual_variances.ravel() == pytest.approx([((y - slope * x - intercept) ** 2).mean()] * 2)
    assert fit.logl == pytest.approx(
        stats.norm.logpdf(y, slope * x + intercept, np.sqrt(fit.residual_variances[0, 0])).sum()
    )


def test_fixed_coefficients_by_hand() -> None:
    """y - 1.5 x = -.5, -1, -.5, -3: mean -1.25, squares about it .5625 + .0625 + .5625 + 3.0625 = 4.25, psi 1.0625. The
    second year has .4 x more: -.1, -.2, .7, -1.4, mean -.25, squares .0225 + .0025 + .9025 + 1.3225 = 2.25, psi .5625."""
    fit = fit_groups(path_model("IP ~ 1.5*LG"), two_years())
    assert fit.intercepts.ravel() == pytest.approx([-1.25, -0.25])
    assert fit.residual_variances.ravel() == pytest.approx([1.0625, 0.5625])
    assert (fit.npar, fit.df) == (4, 2)
    assert fit.chisq == pytest.approx(4 * np.log(1.0625 / 0.45) + 4 * np.log(0.5625 / 0.45))
    assert fit.se.ravel().tolist() == [0, 0]
    assert np.sqrt(np.diag(fit.vcov))[[2, 5]] == pytest.approx(np.sqrt([1.0625 / 4, 0.5625 / 4]))


def year_rows(first: list[list[float]], second: list[list[float]], *more: list[list[float]]) -> Rows:
    """Return rows (LG, IP, CP) of years from 2016 on; NaN is missing."""
    parts = (first, second, *more)
    code = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
    labels = tuple(str(2016 + at) for at in range(len(parts)))
    return Rows(
        ("LG", "IP", "CP"),
        np.array(functools.reduce(operator.iadd, parts, [])),
        group=Codes("year", code, labels),
    )


GOOD = [[1.0, 2, 1], [2.0, 1, 3], [4.0, 5, 2], [3.0, 3, 5], [5.0, 4, 4]]
FEW = [[1.0, 2, 1], [2.0, 1, 3]]
FLAT = [[1.0, 2, 1], [2.0, 2, 3], [4.0, 2, 2], [3.0, 2, 5]]
DOUBLED = [[1.0, 2, 1], [2.0, 4, 3], [4.0, 8, 2], [3.0, 6, 5]]
EMPTY = [[1.0, np.nan, 1], [np.nan, 4, 3]]
CP = path_model("IP ~ LG; CP ~ LG + IP")


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (FEW, "year 2017: 2 complete rows are too few for IP with 1 predictors: at least 3 are needed"),
        (FLAT, "year 2017: 'IP' does not vary"),
        (DOUBLED, "year 2017: IP .*LG"),
        (EMPTY, "year 2017 has no row with a value in every one of LG, IP, CP: leave it out, or a variable"),
    ],
)
def test_a_year_that_cannot_carry_the_model_is_refused_by_name(second: list, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        fit_groups(CP, year_rows(GOOD, second))


def test_all_years_that_cannot_carry_the_model_are_named_at_once() -> None:
    with pytest.raises(DataError) as refused:
        fit_groups(CP, year_rows(FEW, GOOD, FLAT, EMPTY))
    said = [str(each) for each in refused.value.faults]
    assert [each[:9] for each in said] == ["year 2016", "year 2016", "year 2018", "year 2019"]


@pytest.mark.parametrize(
    ("model", "rows", "more", "kind", "sentence"),
    [
        ("IP ~ LG; CP ~ LG; IP ~~ CP", year_rows(GOOD, GOOD), {}, UseError, "without latent variables, residual"),
        ("IP ~ LG", replace(two_years(), group=None), {}, UseError, "name the column that says which group"),
        ("IP ~ LG", two_years().take(np.arange(4)), {}, DataError, r"belong to one year \(2016\): a comparison"),
        ("IP ~ LG", two_years(), {"equal": ("intercepts",)}, UseError, r"held equal in intercepts, allowed: \(\); coef"),
        ("IP ~ LG", two_years(), {"se": "hc3"}, UseError, "errors 'hc3' are unknown for groups, allowed: ml, robust, cl"),
        ("IP ~ LG", two_years(), {"se": "cluster"}, UseError, "cluster standard errors need clusters: name"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(model: str, rows: Rows, more: dict, kind, sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        fit_groups(path_model(model), rows, **more)


def with_clusters(code: list[int]) -> Rows:
    labels = tuple(f"C{at}" for at in range(max(code) + 1))
    return replace(two_years(), cluster=Codes("place", np.array(code), labels))


def test_years_of_a_single_cluster_are_refused_by_name() -> None:
    for code, years in (([0, 0, 0, 0, 0, 1, 0, 1], ["2016"]), ([0] * 4 + [1] * 4, ["2016", "2017"])):
        with pytest.raises(DataError) as refused:
            fit_groups(IP, with_clusters(code), se="cluster")
        said = [str(each) for each in refused.value.faults]
        assert said == [
            f"year {year}: all rows belong to one cluster, cluster standard errors need at least two in each group"
            for year in years
        ]


def test_turns_that_do_not_settle_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groupequations, "MOST_ROUNDS", 1)
    with pytest.raises(
        ModelError, match="residual variances of IP settle on no value under equal coefficients"
    ):
        fit_groups(IP, two_years(), equal=("coefficients",))


def test_a_reader_is_told_of_recurring_clusters_few_clusters_and_left_out_rows() -> None:
    recurring, apart = with_clusters([0, 1, 2, 3, 0, 1, 2, 3]), with_clusters([0, 1, 2, 3, 4, 5, 6, 7])
    for se in ("ml", "robust"):
        (note,) = fit_groups(IP, recurring, se=se).notes
        assert str(note).startswith(
            f"the same place is found in several groups of year, but {se} standard errors"
        )
        assert fit_groups(IP, apart, se=se).notes == ()
    (note,) = fit_groups(IP, recurring, se="cluster").notes
    assert str(note).startswith("only 4 clusters")
    fit = fit_groups(CP, year_rows(GOOD, GOOD + EMPTY))
    assert [str(note) for note in fit.notes] == [
        "2 of 12 rows were left out because a value is missing (listwise)"
    ]
    assert (fit.dropped, fit.n_obs.tolist()) == (2, [5, 5])


def test_groups_come_by_number_or_as_they_first_appear() -> None:
    rows = two_years()
    for labels, expected in (
        (("10", "9"), ("9", "10")),
        (("north", "east"), ("north", "east")),
        (("10", "east"), ("10", "east")),
    ):
        grouped = split_groups(IP, replace(rows, group=replace(rows.group, labels=labels)))
        assert grouped.labels == expected
        first = grouped.away[expected.index(labels[0])] + grouped.centre
        np.testing.assert_allclose(first, rows.values[:4])
