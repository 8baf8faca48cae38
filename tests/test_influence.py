"""Influence, held to refits without each row or cluster, and to the deletion diagnostics of statsmodels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.outliers_influence import OLSInfluence

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.paths import influence as module
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.inference import StandardErrors
from bsc_analysis.paths.influence import Influence, influence
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.rows import Codes, Rows
from tests.pathcases import CHAIN, FULL, R, drawn

# A covariance matrix less one row against one made anew, and the same solution after it.
REFIT = 1e-9
PATTERN = "CP ~ 0.3*LG + IP; IP ~ LG"
EQUAL = "IP ~ a*LG; CP ~ a*IP"


def of_rows(text: str, rows: Rows, *, se: StandardErrors = "ml", level: float = 0.95) -> Influence:
    return influence(fit_path(path_model(text), rows, se=se), moments_of(rows), level=level)


def units_of(rows: Rows) -> list[np.ndarray]:
    """Return the mask of each unit, in the order of its label."""
    code = np.arange(rows.n_obs) if rows.cluster is None else rows.cluster.code
    return [code == each for each in range(code.max() + 1)]


def refitted(text: str, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return effects and maximum likelihood errors by fitting again without each unit; NaN where that is refused."""
    model, b, se = path_model(text), [], []
    for unit in units_of(rows):
        try:
            found = decompose(fit_path(model, rows.take(~unit)))
            b.append(found.b)
            se.append(found.se)
        except DataError:
            b.append(np.full(len(b[0]), np.nan))
            se.append(b[-1])
    return np.transpose(b), np.transpose(se)


# ---- held to refits and to statsmodels -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [FULL, CHAIN, "CP ~ LG; IP ~ LG", "CP ~ LG + IP", PATTERN, "IP ~ 0.5*LG; CP ~ LG + IP"]
)
@pytest.mark.parametrize("clusters", [0, 12, 7])
def test_effects_and_errors_are_those_of_a_fit_without_the_unit(text: str, clusters: int) -> None:
    """Sixty rows in 7 clusters: they differ in size, too."""
    rows = drawn(60, clusters=clusters)
    found, (b, se) = of_rows(text, rows), refitted(text, rows)
    np.testing.assert_allclose(found.b_without, b, rtol=REFIT, atol=1e-13)
    np.testing.assert_allclose(found.se_without, se, rtol=REFIT, atol=1e-13)
    whole = decompose(fit_path(path_model(text), rows))
    assert found.names == whole.names
    np.testing.assert_allclose(found.b, whole.b, rtol=REFIT)
    np.testing.assert_allclose(found.se, whole.se, rtol=REFIT)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(6, 40), st.sampled_from([1e-4, 1.0, 1e5]), st.sampled_from([0.0, 1e4])
)
def test_a_refit_agrees_whatever_the_rows_their_number_and_their_units(
    seed: int, n: int, unit: float, offset: float
) -> None:
    rows = drawn(n, seed=seed)
    moved = replace(rows, values=unit * (rows.values + np.array([0, offset, -offset])))
    found, (b, _) = of_rows(FULL, moved), refitted(FULL, moved)
    # An offset of 10,000 standard deviations takes four digits from either computation.
    np.testing.assert_allclose(found.b_without, b, rtol=1e-6, atol=1e-8)


def test_changes_of_coefficients_are_the_dfbeta_of_statsmodels() -> None:
    rows = drawn(60)
    found = of_rows(FULL, rows)
    LG, IP, CP = rows.values.T
    for outcome, columns, names in ((IP, [LG], ["LG -> IP"]), (CP, [LG, IP], ["LG -> CP", "IP -> CP"])):
        theirs = OLSInfluence(OLS(outcome, np.column_stack([np.ones(60), *columns])).fit()).dfbeta
        for at, name in enumerate(names, 1):
            effect = [str(each) for each in found.names].index(name)
            moved = found.b[effect] - found.b_without[effect]
            np.testing.assert_allclose(moved, theirs[:, at], rtol=REFIT, atol=1e-13)


def test_standardised_changes_are_the_dfbetas_of_statsmodels_but_for_whose_spread_divides() -> None:
    """DFBETAS divide by the residual spread without the row, ours by that of all rows: the root of MSE(i) / MSE x n / (n - 2)."""
    rows = drawn(60)
    found = of_rows("IP ~ LG", rows)
    result = OLS(rows.values[:, 1], np.column_stack([np.ones(60), rows.values[:, 0]])).fit()
    theirs = OLSInfluence(result)
    scale = np.sqrt(theirs.sigma2_not_obsi / result.mse_resid * 60 / 58)
    np.testing.assert_allclose(found.change[0], theirs.dfbetas[:, 1] * scale, rtol=REFIT)


@pytest.mark.parametrize("se", ["robust", "cluster", "hc3"])
def test_other_errors_are_enlarged_as_in_the_whole_data(se: StandardErrors) -> None:
    rows = drawn(60, clusters=12)
    plain, other = of_rows(FULL, rows), of_rows(FULL, rows, se=se)
    ratio = (other.se / plain.se)[:, None]
    assert np.ptp(ratio) > 0.01
    np.testing.assert_allclose(other.se_without, plain.se_without * ratio, rtol=REFIT)
    np.testing.assert_allclose(other.b_without, plain.b_without, rtol=1e-12)


@pytest.mark.parametrize("clusters", [0, 20])
def test_units_in_portions_give_the_same_as_at_once(clusters: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = drawn(60, clusters=clusters)
    at_once = of_rows(FULL, rows)
    monkeypatch.setattr(module, "_CHUNK", 7)
    found = of_rows(FULL, rows)
    np.testing.assert_allclose(found.b_without, at_once.b_without, rtol=1e-12)
    np.testing.assert_allclose(found.se_without, at_once.se_without, rtol=1e-12)


@pytest.mark.parametrize("text", [EQUAL, "IP ~ LG; CP ~ LG; IP ~~ CP"])
@pytest.mark.parametrize("clusters", [0, 40])
def test_a_model_without_a_closed_form_moves_by_one_step_and_says_so(text: str, clusters: int) -> None:
    """One step errs by the square of the change: among 400 rows, by a few hundredths of what a row moves."""
    rows = drawn(400, clusters=clusters)
    found, (b, _) = of_rows(text, rows), refitted(text, rows)
    assert [str(note) for note in found.notes] == [module.ONE_STEP]
    moved, truly = found.b[:, None] - found.b_without, found.b[:, None] - b
    assert np.all(np.abs(moved - truly) <= 0.12 * np.abs(truly).max(axis=1, keepdims=True))
    assert np.corrcoef(moved[0], truly[0])[0, 1] > 0.999
    np.testing.assert_array_equal(found.se_without, np.broadcast_to(found.se[:, None], b.shape))


def test_a_simple_model_has_no_note() -> None:
    assert of_rows(FULL, drawn()).notes == ()


# ---- worked by hand, and verdicts ------------------------------------------------------------------------------------


def test_four_points_on_a_line_are_worked_by_hand() -> None:
    """LG 0 1 2 3, IP .1 .9 2.1 5: b = 7.95 / 5 = 1.59. Without row 4: (-.933 x -1 + 1.067 x 1) / 2 = 1.

    Without row 1, LG -1 0 1 about its mean and IP .9 2.1 5: 4.1 / 2 = 2.05. Without row 2, LG -5/3 1/3 4/3 and IP .1 2.1 5:
    7.2 / 4.667 = 1.543; without row 3, LG -4/3 -1/3 5/3 and IP .1 .9 5: 7.9 / 4.667 = 1.693.
    """
    rows = Rows(("LG", "IP"), np.array([[0.0, 0.1], [1.0, 0.9], [2.0, 2.1], [3.0, 5.0]]))
    found = of_rows("IP ~ LG", rows)
    assert found.b[0] == pytest.approx(1.59, rel=1e-12)
    assert found.b_without[0] == pytest.approx([2.05, 7.2 * 3 / 14, 7.9 * 3 / 14, 1.0], rel=1e-12)
    assert found.labels == ("1", "2", "3", "4")
    assert found.strongest(0) == ("4", "1", "3", "2")
    assert found.strongest(0, 2) == ("4", "1")


def square_and(last: tuple[float, float]) -> Rows:
    """Return 28 rows at the corners of a square, which have no slope, and one more."""
    corners = [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)]
    return Rows(("LG", "IP"), np.array([*corners * 7, last]))


def test_one_row_that_alone_makes_a_slope_decides_its_verdict() -> None:
    """The 28 other rows stand at the corners of a square: without row 29 the slope is exactly 0."""
    found = of_rows("IP ~ LG", square_and((8.0, 8.0)))
    assert found.b[0] > 1.96 * found.se[0]
    assert found.b_without[0, 28] == pytest.approx(0, abs=1e-12)
    assert found.deciding == ("29",)
    assert np.argwhere(found.verdict_changes).tolist() == [[0, 28], [1, 28]]  # direct, and total
    assert found.strongest(0, 1) == ("29",)


def test_a_row_that_hides_a_slope_decides_too() -> None:
    """IP rises with LG but for row 31, whose absence lets the slope be seen: the interval holds 0 with it only."""
    x = np.linspace(-1, 1, 30)
    y = 0.5 * x + 0.3 * (-1) ** np.arange(30)
    rows = Rows(("LG", "IP"), np.column_stack([[*x, 3.0], [*y, -1.5]]))
    found = of_rows("IP ~ LG", rows)
    assert found.deciding == ("31",)
    assert abs(found.b[0]) < 1.96 * found.se[0]
    assert found.b_without[0, 30] > 1.96 * found.se_without[0, 30]


def test_a_sign_that_one_row_turns_is_named() -> None:
    """Twenty rows rise exactly but for noise; one far below to the right pulls the slope under 0."""
    x = np.linspace(0, 1, 20)
    rows = Rows(("LG", "IP"), np.column_stack([[*x, 5.0], [*(x + 0.1 * (-1) ** np.arange(20)), -9.0]]))
    found = of_rows("IP ~ LG", rows)
    assert found.b[0] < 0
    assert np.flatnonzero(found.sign_changes[0]).tolist() == [20]


def test_the_level_of_the_interval_moves_verdicts() -> None:
    rows = square_and((3.0, 3.0))
    z = of_rows("IP ~ LG", rows)
    between = float(abs(z.b[0]) / z.se[0])
    assert 1.0 < between < 6
    assert of_rows("IP ~ LG", rows, level=0.5).deciding == ("29",)
    assert of_rows("IP ~ LG", rows, level=1 - 1e-12).deciding == ()


def test_clusters_keep_their_names() -> None:
    rows = replace(drawn(6), cluster=Codes("office", np.array([0, 1, 2, 0, 1, 2]), ("Maros", "Gowa", "Wajo")))
    assert of_rows("IP ~ LG", rows).labels == ("Maros", "Gowa", "Wajo")


# ---- where there is nothing to say -----------------------------------------------------------------------------------


def test_a_unit_without_which_nothing_varies_has_no_number_and_changes_no_verdict() -> None:
    """Only row 1 has another LG than the rest."""
    values = drawn(20).values.copy()
    values[:, 0] = 0.1
    values[0, 0] = 7.7
    found = of_rows("IP ~ LG", Rows(("LG", "IP", "CP"), values))
    assert np.isnan(found.b_without[0, 0])
    assert np.isnan(found.se_without[0, 0])
    assert np.isfinite(found.b_without[0, 1:]).all()
    assert not found.verdict_changes[0, 0]
    assert not found.sign_changes[0, 0]
    assert found.strongest(0, 20)[-1] == "1"


def test_a_unit_without_which_predictors_are_collinear_has_no_number() -> None:
    values = drawn(20).values.copy()
    values[:, 1] = 2 * values[:, 0] - 1
    values[4, 1] += 1
    found = of_rows("CP ~ LG + IP", Rows(("LG", "IP", "CP"), values))
    assert np.isnan(found.b_without[:, 4]).all()
    assert np.isfinite(np.delete(found.b_without, 4, axis=1)).all()


def test_a_cluster_that_leaves_too_few_rows_has_no_number() -> None:
    """Without the first cluster 3 rows are left, and CP with two predictors needs 4."""
    rows = replace(drawn(9), cluster=Codes("office", np.array([0] * 6 + [1, 1, 2]), ("a", "b", "c")))
    found = of_rows("CP ~ LG + IP", rows)
    assert np.isnan(found.b_without[:, 0]).all()
    assert np.isfinite(found.b_without[:, 1:]).all()


def test_all_rows_in_one_cluster_leave_nothing() -> None:
    rows = replace(drawn(9), cluster=Codes("office", np.zeros(9, int), ("a",)))
    found = of_rows(FULL, rows)
    assert np.isnan(found.b_without).all()
    assert found.deciding == ()


def test_an_effect_that_is_fixed_has_no_change() -> None:
    found = of_rows(PATTERN, drawn())
    at = [str(name) for name in found.names].index("LG -> CP")
    assert found.se[at] == 0
    assert np.isnan(found.change[at]).all()
    assert np.isfinite(np.delete(found.change, at, axis=0)).all()


def test_variables_of_the_data_that_the_model_lacks_do_no_harm() -> None:
    rows = drawn()
    moments = moments_of(rows)
    found = influence(fit_path(path_model("IP ~ LG"), moments), moments)
    np.testing.assert_allclose(
        found.b_without, of_rows("IP ~ LG", rows.select(("LG", "IP"))).b_without, rtol=1e-13
    )


def test_a_model_that_only_measures_has_no_effects_to_move() -> None:
    found = of_rows("F =~ LG + IP + CP", drawn())
    assert (found.names, found.deciding) == ((), ())
    assert found.b.shape == (0,)
    assert found.b_without.shape == (0, 60)


def test_pooled_moments_are_refused() -> None:
    moments = Moments.from_correlations(["LG", "IP", "CP"], R, 100)
    with pytest.raises(UseError, match="per row or per cluster, not pooled"):
        influence(fit_path(path_model(FULL), moments), moments)


def test_a_fit_of_incomplete_rows_is_refused() -> None:
    rows = drawn(missing=4)
    with pytest.raises(UseError, match="not available with fiml: fit the complete rows"):
        influence(fit_path(path_model(FULL), rows, missing="fiml"), moments_of(rows))
