"""Modification hints: lavaan's indices, what freeing the parameter really does, and candidates that make no sense."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.modification import Hint, modification_hints
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.rows import Rows, read_rows
from tests.oracle import FIT, FOLDER, read_data, read_tests
from tests.pathcases import CHAIN, FULL, drawn, printed

OVER = "IP ~ LG; CP ~ IP; SH ~ IP + CP"
# Products of numbers of the size of 1, in double precision.
ALGEBRA = 1e-10
# Largest share by which an index may differ from the likelihood ratio that it approximates where the two are below .05 n:
# n log(1 + x) = n x (1 - x / 2 + ...).
APPROXIMATION = 0.06


def of_rows(text: str, rows: Rows) -> PathFit:
    return fit_path(path_model(text), rows)


def named(fit: PathFit) -> dict[str, Hint]:
    return {str(each): each for each in modification_hints(fit).hints}


def chi_square(fit: PathFit) -> float:
    return 2 * (fit.logl_saturated - fit.logl)


def test_indices_changes_and_standardised_changes_are_lavaans() -> None:
    """lavaan also lists paths that turn the model round, such as IP ~ SH and LG ~ CP: they are no candidates here."""
    model = path_model(OVER)
    found = named(fit_path(model, read_rows(read_data("a"), model.observed)))
    stored = {f"{row['lhs']} {row['op']} {row['rhs']}": row for row in read_tests()["modindices_a_over"]}
    assert set(stored) - set(found) == {"IP ~ CP", "IP ~ SH", "LG ~ CP", "LG ~ SH"}
    assert set(found) == {"SH ~ LG", "IP ~~ SH", "CP ~ LG", "IP ~~ CP"}
    for name, hint in found.items():
        row = stored[name]
        assert hint.index == pytest.approx(row["mi"], rel=FIT)
        assert hint.change == pytest.approx(row["epc"], rel=FIT)
        assert hint.standardised == pytest.approx(row["sepc.all"], rel=FIT)
        assert hint.p == pytest.approx(stats.chi2.sf(row["mi"], 1), rel=10 * FIT)


def test_hints_of_the_chain_are_those_worked_by_hand() -> None:
    """LG -> CP: s = (.3 - .4 x .5) / .84 = .119048, v = .75 / .84 = .892857; index 100 s^2 / v, change s / v.

    IP ~~ CP: LG is an instrument of IP, so that the path IP -> CP would be .3 / .5 = .6 instead of .4 and the residual
    covariance (.4 - .6) x var(IP) = -.2; as a correlation -.2 / sqrt(.75 x .84).
    """
    found = named(printed(CHAIN).fit)
    assert list(found) == ["CP ~ LG", "IP ~~ CP"]
    path, covariance = found.values()
    assert (path.kind, path.a, path.b) == ("path", "LG", "CP")
    assert (covariance.kind, covariance.a, covariance.b) == ("covariance", "IP", "CP")
    assert path.index == pytest.approx(100 * (0.1 / 0.84) ** 2 / (0.75 / 0.84), rel=ALGEBRA)
    assert path.change == pytest.approx(0.1 / 0.75, rel=ALGEBRA)
    assert path.standardised == pytest.approx(path.change, rel=ALGEBRA)
    assert covariance.index == pytest.approx(path.index, rel=ALGEBRA)
    assert covariance.change == pytest.approx(-0.2, rel=ALGEBRA)
    assert covariance.standardised == pytest.approx(-0.2 / np.sqrt(0.75 * 0.84), rel=ALGEBRA)


def test_the_index_of_a_path_is_n_times_the_r2_of_the_residuals_on_all_predictors() -> None:
    """The score test of one omitted predictor in least squares, by a regression that knows nothing of path models."""
    rows = drawn(80, seed=8)
    LG, IP, CP = np.transpose(rows.values)
    X = np.column_stack([np.ones(80), IP])
    e = CP - X @ np.linalg.lstsq(X, CP, rcond=None)[0]
    X = np.column_stack([X, LG])
    slopes = np.linalg.lstsq(X, e, rcond=None)[0]
    hint = named(of_rows(CHAIN, rows))["CP ~ LG"]
    assert hint.index == pytest.approx(80 * np.var(X @ slopes) / np.var(e), rel=ALGEBRA)
    assert hint.change == pytest.approx(slopes[2], rel=ALGEBRA)


@pytest.mark.parametrize("seed", range(5))
def test_freeing_a_hint_lowers_the_chi_square_by_about_its_index(seed: int) -> None:
    rng = np.random.default_rng(seed)
    LG, e1, e2, e3 = rng.standard_normal((4, 5000))
    IP = 0.5 * LG + e1
    CP = 0.4 * IP + 0.1 * LG + e2
    rows = Rows(("LG", "IP", "CP", "SH"), np.column_stack([LG, IP, CP, 0.3 * CP + 0.15 * IP + e3]))
    text = "IP ~ LG; CP ~ IP; SH ~ CP"
    fit = of_rows(text, rows)
    hints = modification_hints(fit).hints
    assert hints[0].index > 50
    for hint in hints:
        freed = of_rows(f"{text}; {hint}", rows)
        assert chi_square(fit) - chi_square(freed) == pytest.approx(hint.index, rel=APPROXIMATION, abs=0.1)
        if hint.kind == "path":
            at = freed.model.edges.index((hint.a, hint.b))
            # Moved by its expected change, which is exact where nothing else moves with it.
            assert freed.b[at] == pytest.approx(hint.change, rel=0.1, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_a_path_that_was_left_out_is_the_first_hint_with_its_true_size(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    LG, e1, e2, e3 = rng.standard_normal((4, 4000))
    IP = 0.5 * LG + e1
    CP = 0.4 * IP + e2
    SH = 0.3 * CP + 0.4 * IP - 0.25 * LG + e3
    fit = of_rows(OVER, Rows(("LG", "IP", "CP", "SH"), np.column_stack([LG, IP, CP, SH])))
    first = modification_hints(fit).hints[0]
    assert str(first) == "SH ~ LG"
    # Its standard error is about 1 / sqrt(4000 x .8).
    assert first.change == pytest.approx(-0.25, abs=4 / np.sqrt(4000 * 0.8))


def test_a_coefficient_fixed_by_a_number_is_a_candidate_and_changes_from_there() -> None:
    """Least squares gives .5 and the model says .2: its change is .3, with s / v the whole step of a parabola.

    With residual variance 1 - 2 x .2 x .5 + .04 = .84, s = (.5 - .2) / .84 and v = 1 / .84.
    """
    moments = Moments.from_correlations(["LG", "IP"], [[1, 0.5], [0.5, 1]], 100)
    (hint,) = modification_hints(fit_path(path_model("IP ~ 0.2*LG"), moments)).hints
    assert str(hint) == "IP ~ LG"
    assert hint.change == pytest.approx(0.3, rel=ALGEBRA)
    assert hint.index == pytest.approx(100 * 0.3**2 / 0.84, rel=ALGEBRA)


def test_hints_of_a_model_with_factors_are_what_freeing_them_does() -> None:
    """Indices of residual covariances of indicators, of which the largest is 6, are about the fall of the chi-square."""
    text = "LF =~ l1 + l2 + l3; PF =~ p1 + p2 + p3; PF ~ LF"
    model = path_model(text)
    rows = read_rows(pd.read_csv(FOLDER / "latent" / "factors400.csv"), model.observed)
    fit = fit_path(model, rows)
    hints = {str(hint): hint for hint in modification_hints(fit).hints}
    for name, hint in hints.items():
        if hint.kind == "covariance" and {hint.a, hint.b} <= set(model.observed):
            freed = fit_path(path_model(f"{text}; {name}"), rows)
            drop = chi_square(fit) - chi_square(freed)
            assert drop == pytest.approx(hint.index, rel=0.1, abs=0.2), name


def test_units_of_measurement_change_the_change_and_nothing_else() -> None:
    rows = drawn(60, seed=4)
    factor = np.array([100.0, 1.0, 0.01])
    there = replace(rows, values=rows.values * factor + 5)
    good, bad = named(of_rows(CHAIN, rows)), named(of_rows(CHAIN, there))
    assert list(good) == list(bad)
    for name in good:
        assert bad[name].index == pytest.approx(good[name].index, rel=1e-8)
        assert bad[name].standardised == pytest.approx(good[name].standardised, rel=1e-8)
    assert bad["CP ~ LG"].change == pytest.approx(good["CP ~ LG"].change * 1e-4, rel=1e-8)
    assert bad["IP ~~ CP"].change == pytest.approx(good["IP ~~ CP"].change * 1e-2, rel=1e-8)


@pytest.mark.parametrize(
    "text",
    [
        CHAIN,
        OVER,
        "IP ~ LG; CP ~ LG; SH ~ LG",
        "CP ~ LG + IP; SH ~ CP",
        "IP ~ LG; CP ~ LG; SH ~ IP; IP ~~ CP",
        "IP ~ LG; SH ~ CP",
    ],
)
def test_every_hint_makes_a_model_that_is_recursive_and_identified(text: str) -> None:
    model = path_model(text)
    fit = fit_path(model, read_rows(read_data("a"), model.observed))
    found = modification_hints(fit).hints
    assert found
    for hint in found:
        enlarged = path_model(f"{text}; {hint}")  # refuses circles
        assert hint.b in model.endogenous
        assert fit_path(enlarged, moments_of(read_rows(read_data("a"), model.observed))).df == fit.df - 1


def test_hints_come_largest_first_with_paths_before_their_equivalent_covariances() -> None:
    model = path_model("IP ~ LG; CP ~ LG; SH ~ LG")
    hints = modification_hints(fit_path(model, read_rows(read_data("a"), model.observed))).hints
    sizes = [round(hint.index, 6) for hint in hints]
    assert sizes == sorted(sizes, reverse=True)
    tied = [
        (one.kind, other.kind)
        for one, other in pairwise(hints)
        if round(one.index, 6) == round(other.index, 6)
    ]
    assert tied
    assert ("covariance", "path") not in tied


def test_hints_carry_their_warning() -> None:
    (note,) = modification_hints(printed(CHAIN).fit).notes
    assert str(note).startswith("hints are read from the data that they would then fit")


def test_a_saturated_model_has_neither_hints_nor_a_warning() -> None:
    found = modification_hints(printed(FULL).fit)
    assert (found.hints, found.notes) == ((), ())


def test_a_fit_of_incomplete_rows_has_no_hints() -> None:
    fit = fit_path(path_model(CHAIN), drawn(missing=4), missing="fiml")
    with pytest.raises(UseError, match="hints are not available with fiml: fit the complete rows"):
        modification_hints(fit)
