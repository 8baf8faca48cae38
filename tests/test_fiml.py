"""Full information maximum likelihood: lavaan's estimates, errors and likelihoods, closed forms by hand, and recovery."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from bsc_analysis.errors import DataError, ModelError
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.fiml import FimlEstimate, fit_fiml
from bsc_analysis.paths.inference import StandardErrors
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.paths.structure import implied, structure
from tests.oracle import ESTIMATES, FIT, ROBUST_SE, Result, read_data, read_result

NAMES = ("LG", "IP", "CP", "SH")
TEXTS = {
    "full": "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP",
    "over": "IP ~ LG; CP ~ IP; SH ~ IP + CP",
    "chain": "IP ~ LG; CP ~ IP; SH ~ CP",
}
# The end of an iteration whose gradient is 1e-10 per row, against a closed form.
CLOSED_FORM = 1e-9
NAN = float("nan")


def rows_of(data: str) -> Rows:
    return Rows(NAMES, read_data(data)[list(NAMES)].to_numpy(float))


def fit(text: str, rows: Rows, se: StandardErrors = "ml") -> FimlEstimate:
    model = path_model(text)
    return fit_fiml(model, structure(model), rows.select(model.observed), se=se)


@cache
def fitted(data: str, model: str, se: StandardErrors = "ml") -> FimlEstimate:
    return fit(TEXTS[model], rows_of(data), se)


def against(result: Result, model: str, kinds: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lavaan's estimates and errors of the parameters of some kinds, and the places of these."""
    parameters = structure(path_model(TEXTS[model])).parameters
    places = [at for at, each in enumerate(parameters) if each.kind in kinds]
    found = [
        result.row(*((each.b, "~", each.a) if each.kind == "coefficient" else (each.a, "~~", each.b)))
        for each in (parameters[at] for at in places)
    ]
    return np.array([each.est for each in found]), np.array([each.se for each in found]), np.array(places)


ALL = ("coefficient", "residual_variance", "variance")


@pytest.mark.parametrize("data", ["d", "d2"])
@pytest.mark.parametrize("model", TEXTS)
@pytest.mark.parametrize(("variant", "se"), [("fiml_randx", "ml"), ("fiml_mlr", "robust")])
def test_estimates_and_errors_are_those_of_lavaan(
    data: str, model: str, variant: str, se: StandardErrors
) -> None:
    result = read_result(f"{data}_{model}_{variant}")
    est, errors, places = against(result, model, ALL)
    found = fitted(data, model, se)
    assert len(places) == len(found.theta)
    np.testing.assert_allclose(found.theta, est, rtol=ESTIMATES)
    np.testing.assert_allclose(np.sqrt(np.diag(found.vcov)), errors, rtol=ROBUST_SE)


@pytest.mark.parametrize("data", ["d", "d2"])
@pytest.mark.parametrize("model", TEXTS)
def test_moments_are_those_of_lavaan(data: str, model: str) -> None:
    result, found = read_result(f"{data}_{model}_fiml_randx"), fitted(data, model)
    np.testing.assert_allclose(found.implied_mean, result.implied_mean()[list(NAMES)], rtol=ESTIMATES)


@pytest.mark.parametrize("model", TEXTS)
def test_with_complete_exogenous_variables_everything_is_that_of_fixed_x(model: str) -> None:
    result, found = read_result(f"d_{model}_fiml"), fitted("d", model)
    est, errors, places = against(result, model, ("coefficient", "residual_variance"))
    np.testing.assert_allclose(found.theta[places], est, rtol=ESTIMATES)
    np.testing.assert_allclose(np.sqrt(np.diag(found.vcov))[places], errors, rtol=ROBUST_SE)
    likelihoods(result, found)


def likelihoods(result: Result, found: FimlEstimate) -> None:
    fits = result.fit
    logls = [found.logl, found.logl_saturated]
    np.testing.assert_allclose(logls, [fits["logl"], fits["unrestricted.logl"]], rtol=FIT)
    assert 2 * (found.logl_saturated - found.logl) == pytest.approx(fits["chisq"], rel=1e-7, abs=1e-7)
    assert 2 * (found.logl_saturated - found.logl_baseline) == pytest.approx(fits["baseline.chisq"], rel=FIT)


@pytest.mark.parametrize("model", TEXTS)
def test_fixed_x_of_lavaan_is_ours_without_the_72_rows_that_lack_an_exogenous_value(model: str) -> None:
    rows = rows_of("d2")
    known = rows.take(~np.isnan(rows.values[:, 0]))
    assert (rows.n_obs, known.n_obs) == (900, 828)
    result, found = read_result(f"d2_{model}_fiml"), fit(TEXTS[model], known)
    est, errors, places = against(result, model, ("coefficient", "residual_variance"))
    np.testing.assert_allclose(found.theta[places], est, rtol=ESTIMATES)
    np.testing.assert_allclose(np.sqrt(np.diag(found.vcov))[places], errors, rtol=ROBUST_SE)
    likelihoods(result, found)


@pytest.mark.parametrize("model", ["over", "chain"])
def test_chi_square_with_random_x_is_that_of_lavaan(model: str) -> None:
    found = fitted("d2", model)
    stored = read_result(f"d2_{model}_fiml_randx").fit["chisq"]
    assert 2 * (found.logl_saturated - found.logl) == pytest.approx(stored, rel=1e-8)


def test_a_saturated_model_is_as_likely_as_its_moments() -> None:
    found = fitted("d2", "full")
    assert found.logl_saturated == pytest.approx(found.logl, rel=1e-12)
    assert found.logl_saturated >= found.logl


@pytest.mark.parametrize("model", TEXTS)
def test_complete_rows_give_the_closed_form(model: str) -> None:
    rows = rows_of("a")
    found, listwise = fit(TEXTS[model], rows), fit_path(path_model(TEXTS[model]), rows)
    np.testing.assert_allclose(found.theta, listwise.theta, rtol=CLOSED_FORM)
    np.testing.assert_allclose(found.covariance, listwise.covariance, rtol=CLOSED_FORM)
    np.testing.assert_allclose(found.mean, listwise.mean, rtol=CLOSED_FORM)
    logls = [found.logl, found.logl_saturated, found.logl_baseline]
    expected = [listwise.logl, listwise.logl_saturated, listwise.logl_baseline]
    np.testing.assert_allclose(logls, expected, rtol=FIT)
    assert found.notes == ()


@pytest.mark.parametrize("se", ["robust", "cluster"])
def test_complete_rows_give_the_errors_of_listwise_sandwiches(se: StandardErrors) -> None:
    rows = rows_of("a")
    rows = Rows(NAMES, rows.values, Codes("unit", np.arange(900) // 9, tuple(map(str, range(100)))))
    found, listwise = fit(TEXTS["over"], rows, se), fit_path(path_model(TEXTS["over"]), rows, se=se)
    np.testing.assert_allclose(found.vcov, listwise.vcov, rtol=1e-7, atol=1e-12)


def test_clusters_of_one_row_are_robust_errors_times_n_over_n_less_one() -> None:
    rows = rows_of("d2")
    single = Rows(NAMES, rows.values, Codes("unit", np.arange(900), tuple(map(str, range(900)))))
    clustered, robust = fit(TEXTS["over"], single, "cluster"), fitted("d2", "over", "robust")
    np.testing.assert_allclose(clustered.vcov, robust.vcov * 900 / 899, rtol=1e-8, atol=1e-14)


def test_a_monotone_pattern_has_a_closed_form() -> None:
    """Anderson (1957): LG in all rows, IP in the first r: the regression is that of the r rows, LG's moments those of all.

    E(IP) = mean IP + b (mean of all LG - mean of the r), var(IP) = s^2 + b^2 var(LG).
    """
    rng = np.random.default_rng(7)
    LG = rng.normal(50, 3, 40)
    IP = 10 + 0.7 * LG + rng.normal(size=40)
    values = np.column_stack([LG, IP])
    values[25:, 1] = np.nan
    x, y = LG[:25], IP[:25]
    b = np.cov(x, y, bias=True)[0, 1] / x.var()
    psi = (y - y.mean() - b * (x - x.mean())).var()
    found = fit("IP ~ LG", Rows(("LG", "IP"), values))
    np.testing.assert_allclose(found.theta, [b, psi, LG.var()], rtol=CLOSED_FORM)
    expected_mean = [LG.mean(), y.mean() + b * (LG.mean() - x.mean())]
    np.testing.assert_allclose(found.mean, expected_mean, rtol=CLOSED_FORM)
    np.testing.assert_allclose(found.implied_mean, expected_mean, rtol=CLOSED_FORM)
    cross = b * LG.var()
    expected = [[LG.var(), cross], [cross, psi + b**2 * LG.var()]]
    np.testing.assert_allclose(found.covariance, expected, rtol=CLOSED_FORM)
    # Of b by the 25 rows alone, sqrt(psi / sum of squares); variances psi sqrt(2/25) and var(LG) sqrt(2/40).
    errors = [np.sqrt(psi / (25 * x.var())), psi * np.sqrt(2 / 25), LG.var() * np.sqrt(2 / 40)]
    np.testing.assert_allclose(np.sqrt(np.diag(found.vcov)), errors, rtol=1e-8)
    normal = [-25 / 2 * (np.log(2 * np.pi * each) + 1) for each in (psi, y.var())]
    np.testing.assert_allclose([found.logl, found.logl_baseline], normal, rtol=FIT)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_what_is_missing_at_random_biases_complete_rows_but_not_fiml(seed: int) -> None:
    """IP is lost where CP is high, so that rows are chosen by an outcome: a = .5 and b = .6 of 4,000 rows come back.

    Errors of both are about .02; complete rows alone miss by more than five of them.
    """
    rng = np.random.default_rng(np.random.SeedSequence([20151122, seed]))
    LG, first, second = rng.standard_normal((3, 4_000))
    IP = 0.5 * LG + first
    CP = 0.6 * IP + second
    values = np.column_stack([LG, IP, CP])
    values[(CP > 0.3) & (rng.random(4_000) < 0.9), 1] = np.nan
    rows, model = Rows(("LG", "IP", "CP"), values), path_model("IP ~ LG; CP ~ IP")
    found = fit("IP ~ LG; CP ~ IP", rows)
    assert np.abs((found.theta[:2] - [0.5, 0.6]) / np.sqrt(np.diag(found.vcov))[:2]).max() < 4
    listwise = fit_path(model, rows)
    assert np.abs((listwise.b - [0.5, 0.6]) / listwise.se).max() > 5


def height(rows: Rows, mean: np.ndarray, sigma: np.ndarray) -> float:
    """Return the log-likelihood of rows one pattern at a time, by scipy."""
    known = ~np.isnan(rows.values)
    total = 0.0
    for pattern in np.unique(known, axis=0):
        values = rows.values[(known == pattern).all(axis=1)][:, pattern]
        normal = multivariate_normal(mean[pattern], sigma[np.ix_(pattern, pattern)])
        total += float(np.sum(normal.logpdf(values)))
    return total


@pytest.mark.parametrize(
    "text", ["IP ~ a*LG; CP ~ a*IP; SH ~ CP", "IP ~ LG; CP ~ LG; SH ~ IP + CP; IP ~~ CP"]
)
def test_models_that_are_not_simple_reach_a_maximum(text: str) -> None:
    """A tenth of an error away in any parameter the likelihood is lower, and by as much on both sides."""
    model = path_model(text)
    of, rows = structure(model), rows_of("d2").select(model.observed)
    found = fit_fiml(model, of, rows)
    top = height(rows, found.implied_mean, implied(of, found.theta))
    for at, error in enumerate(np.sqrt(np.diag(found.vcov))):
        step = error / 10 * (np.arange(len(found.theta)) == at)
        up, down = (
            top - height(rows, found.implied_mean, implied(of, found.theta + way)) for way in (step, -step)
        )
        assert min(up, down) > 0
        assert up == pytest.approx(down, rel=0.05)


def test_log_likelihoods_are_sums_of_normal_densities() -> None:
    rows, found = rows_of("d2"), fitted("d2", "over")
    sigma = implied(structure(path_model(TEXTS["over"])), found.theta)
    LG = rows.values[~np.isnan(rows.values[:, 0]), 0]
    own = norm(LG.mean(), LG.std()).logpdf(LG).sum()
    assert found.logl == pytest.approx(height(rows, found.implied_mean, sigma) - own, rel=FIT)
    assert found.logl_saturated == pytest.approx(height(rows, found.mean, found.covariance) - own, rel=FIT)


def test_an_equal_coefficient_of_complete_rows_is_that_of_listwise() -> None:
    text, rows = "IP ~ a*LG; CP ~ a*IP; SH ~ CP", rows_of("a")
    np.testing.assert_allclose(fit(text, rows).theta, fit_path(path_model(text), rows).theta, rtol=1e-7)


def test_shift_and_scale_change_estimates_only_as_they_should() -> None:
    """LG in hundredths and SH in thousands, far from zero: b of LG -> SH is 1e5 times as small."""
    rows = rows_of("d2")
    scale, shift = np.array([100, 1, 1, 1e-3]), np.array([1e5, -40, 0, 7])
    moved = Rows(NAMES, rows.values * scale + shift)
    found, original = fit(TEXTS["full"], moved), fitted("d2", "full")
    edges = path_model(TEXTS["full"]).edges
    by = [scale[NAMES.index(end)] / scale[NAMES.index(start)] for start, end in edges]
    np.testing.assert_allclose(found.theta[: len(by)], original.theta[: len(by)] * by, rtol=1e-8)


def test_notes_count_rows_and_values_by_pattern() -> None:
    notes = [str(each) for each in fitted("d", "full").notes]
    absent = np.isnan(rows_of("d").values)
    rows, values = absent.any(axis=1).sum(), absent.sum()
    assert notes[0].startswith(f"{rows} of 900 rows lack a value, {values} values in all;")
    only = (absent == [False, True, False, False]).all(axis=1).sum()
    assert f"{only} rows lack IP" in notes


def test_variables_never_known_together_are_named_where_the_model_relates_them() -> None:
    values = np.random.default_rng(3).normal(size=(40, 3))
    values[:20, 1] = np.nan
    values[20:, 2] = np.nan
    with pytest.raises(DataError) as caught:
        fit("IP ~ LG; CP ~ LG + IP", Rows(("LG", "IP", "CP"), values))
    assert str(caught.value) == (
        "IP and CP are never known in the same row, and the model has no other way to relate them: supply such rows, "
        "or leave one of them out"
    )


def test_variables_never_known_together_are_only_noted_where_the_model_leaves_them_apart() -> None:
    values = np.random.default_rng(3).normal(size=(40, 3))
    values[:20, 1] = np.nan
    values[20:, 2] = np.nan
    found = fit("IP ~ LG; CP ~ LG", Rows(("LG", "IP", "CP"), values))
    assert np.isfinite(found.theta).all()
    assert any("IP and CP are never known in the same row" in str(each) for each in found.notes)


def test_a_combination_of_others_is_named() -> None:
    values = np.random.default_rng(3).normal(size=(60, 3))
    values[:, 2] = values[:, 0] - 2 * values[:, 1]
    values[:10, 1] = np.nan
    with pytest.raises((DataError, ModelError), match="CP is an exact combination of LG, IP"):
        fit("IP ~ LG; CP ~ LG + IP", Rows(("LG", "IP", "CP"), values))


@pytest.mark.parametrize(
    "values",
    [
        [[1.0, 2.0], [2.0, 2.5], [3.0, NAN], [4.0, NAN]],
        [[1.0, 2.0], [3.0, NAN], [NAN, 1.0], [NAN, 4.0], [5.0, NAN]],
    ],
)
def test_a_likelihood_without_bound_is_refused(values: list[list[float]]) -> None:
    """One or two complete rows lie on a line, on which they are infinitely likely."""
    with pytest.raises(ModelError, match=r"has no maximum within .* too few rows are complete enough"):
        fit("IP ~ LG", Rows(("LG", "IP"), np.array(values)))
