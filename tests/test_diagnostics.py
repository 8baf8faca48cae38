"""Diagnostics of a whole model: its residuals together, its units, its clusters, and data that allow none of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from statsmodels.regression.linear_model import OLS

from bsc_analysis.paths.diagnostics import MOST_LABELS, diagnose
from bsc_analysis.paths.equationchecks import check_equation, residuals_of
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.influence import influence
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.paths.verdicts import Diagnostic
from tests.pathcases import CHAIN, FULL, drawn

NAMES = ("LG", "IP", "CP")
ALGEBRA = 1e-9
OF_MODEL = ("Mardia skewness", "Mardia kurtosis", "most influential unit", "deciding units")
TEXTS = (
    "IP ~ LG",
    FULL,
    CHAIN,
    "CP ~ 0.3*LG + IP; IP ~ 0.5*LG",
    "IP ~ 0.5*LG",
    "IP ~ LG; CP ~ LG; IP ~~ CP",
    "IP ~ a*LG; CP ~ a*IP",
    "F =~ LG + IP + CP",
)


def of_model(rows: Rows, text: str = FULL, **options: float) -> dict[str, Diagnostic]:
    return {check.name: check for check in diagnose(path_model(text), rows, **options) if not check.of}


def clustered(rows: Rows, count: int) -> Rows:
    labels = tuple(f"office {at}" for at in range(count))
    return replace(rows, cluster=Codes("office", np.arange(rows.n_obs) % count, labels))


def why(check: Diagnostic) -> str:
    assert check.verdict == "not computed"
    return str(check.sentence).partition("cannot be computed: ")[2]


def test_every_check_of_every_equation_stands_first_then_those_of_the_model() -> None:
    rows, model = clustered(drawn(60), 12), path_model(FULL)
    found = diagnose(model, rows)
    equations = [residuals_of(model, rows, outcome) for outcome in ("IP", "CP")]
    expected = [check for each in equations if each is not None for check in check_equation(each)]
    assert list(found[: len(expected)]) == expected
    assert [check.name for check in found[len(expected) :]] == [*OF_MODEL, "number of clusters"]


# ---- residuals together ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_mardia_is_his_definition_on_the_residuals_of_statsmodels(seed: int) -> None:
    """b1 is the mean over all pairs of rows of (e_i' S^-1 e_j)^3, b2 that over rows of (e_i' S^-1 e_i)^2; S has divisor n.

    n b1 / 6 has q (q + 1) (q + 2) / 6 = 4 degrees of freedom for two residuals, and b2 has mean 8 and variance 64 / n.
    """
    rows = drawn(70, seed=seed)
    LG, IP, CP = np.transpose(rows.values)
    one = np.ones(70)
    first = OLS(IP, np.column_stack([one, LG])).fit().resid
    second = OLS(CP, np.column_stack([one, LG, IP])).fit().resid
    e = np.column_stack([first, second])
    D = e @ np.linalg.inv(e.T @ e / 70) @ e.T
    found = of_model(rows)
    skewness, kurtosis = found["Mardia skewness"], found["Mardia kurtosis"]
    assert skewness.statistic == pytest.approx(70 * np.mean(D**3) / 6, rel=ALGEBRA)
    assert skewness.df == (4,)
    assert skewness.p == pytest.approx(stats.chi2.sf(skewness.statistic, 4), rel=ALGEBRA)
    z = (np.mean(np.diag(D) ** 2) - 8) / np.sqrt(64 / 70)
    assert kurtosis.statistic == pytest.approx(z, rel=1e-7)
    assert kurtosis.p == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-7)


def test_residuals_at_the_corners_of_a_square_are_worked_by_hand() -> None:
    """LG apart from both, residuals (-1 or 1, -1 or 1): no skewness, each distance 1 + 1, b2 = 4, z = -4 / sqrt(64 / 32)."""
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)] * 4, dtype=float)
    found = of_model(Rows(NAMES, corners), "IP ~ LG; CP ~ LG")
    assert found["Mardia skewness"].statistic == pytest.approx(0, abs=1e-12)
    assert found["Mardia kurtosis"].statistic == pytest.approx(-4 / np.sqrt(2))
    sentence = "the residuals together have kurtosis 4, normal ones 8 (p = 0.00468); fine from p = 0.05"
    assert str(found["Mardia kurtosis"].sentence).startswith(sentence)
    assert found["Mardia kurtosis"].verdict == "look"


@pytest.mark.parametrize("seed", range(5))
def test_heavy_tails_and_skewed_residuals_are_serious_and_normal_ones_are_not(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def verdicts(e: np.ndarray) -> list[str]:
        LG = rng.standard_normal(800)
        IP = LG + e[:, 0]
        found = of_model(Rows(NAMES, np.column_stack([LG, IP, IP - LG + e[:, 1]])))
        return [found[name].verdict for name in OF_MODEL[:2]]

    assert verdicts(rng.exponential(size=(800, 2))) == ["serious", "serious"]
    assert verdicts(rng.standard_t(4, size=(800, 2)))[1] == "serious"
    assert "serious" not in verdicts(rng.standard_normal((800, 2)))


# ---- units and clusters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clusters", [0, 15])
def test_the_most_influential_unit_is_the_largest_change_of_any_effect(clusters: int) -> None:
    rows = clustered(drawn(60), clusters) if clusters else drawn(60)
    moments = moments_of(rows)
    change = np.abs(influence(fit_path(path_model(FULL), moments), moments).change)
    check = of_model(rows)["most influential unit"]
    assert check.statistic == pytest.approx(change.max(), rel=ALGEBRA)
    unit = change.max(axis=0).argmax()
    assert str(check.sentence).startswith(
        f"cluster office {unit} moves" if clusters else f"row {unit + 1} moves"
    )
    assert check.verdict == ("serious" if change.max() >= 1 else "look" if change.max() >= 0.5 else "fine")


def test_one_row_far_away_is_named_with_its_effect_and_decides() -> None:
    """The 28 other rows stand at the corners of a square: row 29 alone makes the slope."""
    values = np.array([*[(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] * 7, (8.0, 8.0)])
    found = of_model(Rows(("LG", "IP"), values), "IP ~ LG")
    assert str(found["most influential unit"].sentence).startswith("row 29 moves the effect LG -> IP by ")
    assert found["most influential unit"].verdict == "serious"
    assert found["deciding units"].statistic == 1
    assert str(found["deciding units"].sentence).endswith("whether the interval of an effect holds 0: 29")


def test_a_plain_slope_is_decided_by_nobody() -> None:
    LG, e = np.random.default_rng(0).standard_normal((2, 300))
    found = of_model(Rows(("LG", "IP"), np.column_stack([LG, LG + e])), "IP ~ LG")["deciding units"]
    assert (found.statistic, found.verdict) == (0, "fine")
    assert str(found.sentence) == "no single unit decides whether the interval of an effect holds 0"


def test_many_deciding_units_are_counted_and_the_first_are_listed() -> None:
    """At a level at which the slope just reaches 0, every second row decides."""
    rows = drawn(60).select(("LG", "IP"))
    fit = fit_path(path_model("IP ~ LG"), rows)
    level = 1 - float(fit.p[0]) * (1 + 1e-9)
    check = of_model(rows, "IP ~ LG", level=level)["deciding units"]
    assert check.statistic > MOST_LABELS
    listed = str(check.sentence).rpartition(": ")[2].split(", ")
    assert len(listed) == MOST_LABELS + 1
    assert listed[-1] == "..."
    assert str(check.sentence).startswith(f"{check.statistic:.0f} units decide, each by itself")


@pytest.mark.parametrize(("count", "verdict"), [(9, "serious"), (10, "look"), (29, "look"), (30, "fine")])
def test_clusters_are_counted(count: int, verdict: str) -> None:
    check = of_model(clustered(drawn(60), count))["number of clusters"]
    assert (check.statistic, check.verdict) == (count, verdict)
    assert str(check.sentence).startswith(f"the rows belong to {count} clusters; from 30 is fine, below 10")


def test_only_clusters_with_complete_rows_are_counted() -> None:
    rows = clustered(drawn(60), 12)
    values = rows.values.copy()
    values[0::12, 2] = np.nan
    assert of_model(replace(rows, values=values))["number of clusters"].statistic == 11


def test_rows_without_clusters_have_no_count_of_them() -> None:
    assert "number of clusters" not in of_model(drawn())


def test_rows_with_missing_values_are_left_out() -> None:
    gaps = drawn(60, missing=10)
    assert [str(each.sentence) for each in diagnose(path_model(FULL), gaps)] == [
        str(each.sentence) for each in diagnose(path_model(FULL), gaps.take(np.arange(50)))
    ]


# ---- nothing is raised, whatever the data are ------------------------------------------------------------------------


def sound(checks: tuple[Diagnostic, ...]) -> None:
    """Assert that whatever has no number says why, and that whatever has one has a verdict."""
    assert checks
    for check in checks:
        assert math.isnan(check.statistic) == (check.verdict == "not computed"), check
        assert ("cannot be computed: " in str(check.sentence)) == (check.verdict == "not computed")
        assert check.p is None or 0 <= check.p <= 1


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 9])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_rows_are_a_result(text: str, n: int, count: int) -> None:
    rows = drawn(12).take(np.arange(n))
    sound(diagnose(path_model(text), clustered(rows, count) if count and n >= count else rows))


DEGENERATE = {
    "all the same": lambda z: np.full_like(z, 0.1),
    "all zero": lambda z: 0 * z,
    "all missing": lambda z: z * np.nan,
    "one constant": lambda z: z * [1, 0, 1] + 0.3,
    "a copy": lambda z: z[:, [0, 0, 2]],
    "a sum": lambda z: np.column_stack([z[:, 0], z[:, 1], z[:, 0] + z[:, 1]]),
    "almost a copy": lambda z: np.column_stack([z[:, 0], z[:, 0] + 1e-9 * z[:, 1], z[:, 2]]),
    "one row apart": lambda z: np.column_stack([np.arange(len(z)) == 0, z[:, 1], z[:, 2]]),
    "two values": lambda z: (z > 0).astype(float),
    "far from zero": lambda z: z + 1e12,
    "out of reach": lambda z: z + 1e16,
    "huge": lambda z: z * 1e150,
    "overflowing": lambda z: z * 1e300,
    "tiny": lambda z: z * 1e-200,
    "of all sizes": lambda z: z * [1e100, 1e-100, 1],
}


@pytest.mark.parametrize("text", TEXTS[:7])
@pytest.mark.parametrize("kind", DEGENERATE)
@pytest.mark.parametrize("n", [4, 24])
def test_degenerate_data_are_a_result(text: str, kind: str, n: int) -> None:
    rows = Rows(NAMES, np.asarray(DEGENERATE[kind](drawn(n).values), dtype=float))
    found = diagnose(path_model(text), rows)
    sound(found)
    sound(diagnose(path_model(text), clustered(rows, 2)))


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, st.tuples(st.integers(0, 30), st.just(3)), elements=st.sampled_from([-1.0, 0.0, 0.1, 1.0, 3.0, 1e6, np.nan])),
    st.sampled_from(TEXTS[:5]),
)  # fmt: skip
def test_whatever_the_rows_are_they_are_a_result(values: np.ndarray, text: str) -> None:
    sound(diagnose(path_model(text), Rows(NAMES, values)))


@pytest.mark.parametrize(
    ("rows", "text", "name", "reason"),
    [
        (drawn(60), "IP ~ LG", "Mardia skewness", "fewer than two equations have residuals"),
        (drawn(3), "IP ~ LG; CP ~ LG", "Mardia kurtosis", "3 complete rows, at least 4 are needed"),
        (drawn(3), FULL, "deciding units", "3 complete rows are too few for CP with 2 predictors: at least 4 are needed"),
        (Rows(NAMES, drawn(20).values[:, [0, 1, 1]]), "IP ~ LG; CP ~ LG", "Mardia skewness", "the residuals of one equation"),
        (Rows(NAMES, drawn(20).values[:, [0, 0, 2]]), FULL, "Mardia skewness", "the predictors explain the outcome exactly"),
        (Rows(NAMES, drawn(20).values[:, [0, 0, 2]]), FULL, "most influential unit", "IP is an exact combination of LG"),
        (Rows(NAMES, drawn(20).values * [1e100, 1e-100, 1]), "IP ~ LG", "most influential unit", "numbers of this size, or"),
        (Rows(NAMES, drawn(20).values * [1e100, 1e-100, 1]), TEXTS[6], "deciding units", "numbers of this size, or"),
        (Rows(NAMES, drawn(20).values * 1e150), FULL, "deciding units", "numbers of this size, or"),
        (clustered(drawn(20), 1), FULL, "most influential unit", "no effect could be computed without a unit"),
    ],
)  # fmt: skip
def test_each_reason_is_told(rows: Rows, text: str, name: str, reason: str) -> None:
    assert why(of_model(rows, text)[name]).startswith(reason)


def test_equations_with_latent_variables_are_named() -> None:
    rng = np.random.default_rng(2)
    F = rng.standard_normal((200, 1))
    values = np.column_stack([F + 0.5 * rng.standard_normal((200, 3)), F + rng.standard_normal((200, 1))])
    model = path_model("F =~ x1 + x2 + x3; SH ~ F")
    found = diagnose(model, Rows(("x1", "x2", "x3", "SH"), values).select(model.observed))
    first = found[0]
    assert (first.name, first.of, why(first)) == (
        "checks of the equation",
        "SH",
        "the equation has a latent variable",
    )


def test_no_complete_row_is_told_for_each_equation() -> None:
    found = diagnose(path_model(FULL), Rows(NAMES, np.full((5, 3), np.nan)))
    assert [(each.name, each.of) for each in found[:2]] == [
        ("checks of the equation", each) for each in ("IP", "CP")
    ]
    assert {why(each) for each in found if each.name not in OF_MODEL[:2]} == {
        "0 complete rows, at least 1 are needed"
    }
