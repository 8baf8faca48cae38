"""Published path analyses, refitted from the correlations they print: every coefficient comes out to the digits printed.

What each publication prints, where that was read, and what its own correlations do not bear out is in
``tests/oracles/classics/*.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.paths.effects import decompose, effect_list
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.paths.moments import Moments
from tests.oracle import FOLDER

NAMES = ["blau_duncan", "keith"]
# Sums of doubles may fall short of the half they are.
HAIR = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Classic:
    """What one publication prints; figures are text, by effect and as ``R2 Y`` and ``residual Y``."""

    model: PathModel
    n: int
    correlations: pd.DataFrame
    printed: dict[str, str]
    disagreements: dict[str, str]


@cache
def read_classic(name: str) -> Classic:
    """Read one publication's figures."""
    stated = tomllib.loads((FOLDER / "classics" / f"{name}.toml").read_text(encoding="utf-8"))
    printed = dict(stated["effects"])
    printed |= {f"R2 {outcome}": given for outcome, given in stated["r2"].items()}
    printed |= {f"residual {outcome}": given for outcome, given in stated.get("residual_paths", {}).items()}
    correlations = pd.read_csv(FOLDER / "classics" / f"{name}.csv", index_col=0)
    return Classic(
        path_model(stated["model"]), stated["n"], correlations, printed, stated.get("disagreements", {})
    )


def refit(classic: Classic, correlations: pd.DataFrame) -> dict[str, float]:
    """Return what a correlation matrix gives for all that the publication could print."""
    names = list(correlations.columns)
    fit = fit_path(classic.model, Moments.from_correlations(names, correlations.to_numpy(float), classic.n))
    effects = decompose(fit)
    found = dict(zip(map(str, effects.names), effects.beta.tolist(), strict=True))
    r2 = dict(zip(classic.model.endogenous, fit.r2.tolist(), strict=True))
    found |= {f"R2 {outcome}": value for outcome, value in r2.items()}
    return found | {f"residual {outcome}": float(np.sqrt(1 - value)) for outcome, value in r2.items()}


def half_a_unit(given: str) -> float:
    """Return half a unit of the last digit."""
    exponent = Decimal(given).as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent + HAIR


def disagreeing(classic: Classic, correlations: pd.DataFrame) -> set[str]:
    """Return what the publication prints and a correlation matrix does not give."""
    found = refit(classic, correlations)
    return {
        name
        for name, given in classic.printed.items()
        if abs(found[name] - float(given)) > half_a_unit(given)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_publication_prints_a_correlation_matrix(name: str) -> None:
    correlations = read_classic(name).correlations
    assert list(correlations.index) == list(correlations.columns)
    np.testing.assert_array_equal(correlations, correlations.T)
    np.testing.assert_array_equal(np.diag(correlations), 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_path_of_the_model_was_printed(name: str) -> None:
    classic = read_classic(name)
    assert {f"{cause} -> {effect}" for cause, effect in classic.model.edges} <= set(classic.printed)
    assert {f"R2 {outcome}" for outcome in classic.model.endogenous} <= set(classic.printed)


@pytest.mark.parametrize("name", NAMES)
def test_printed_figures_come_out_to_their_last_digit_save_those_listed(name: str) -> None:
    """The list is exact: whatever is named there does disagree, and nothing else."""
    classic = read_classic(name)
    assert disagreeing(classic, classic.correlations) == set(classic.disagreements)


def test_blau_and_duncan_had_more_digits_than_they_printed() -> None:
    """Correlations that round to the printed ones give every path as printed."""
    classic = read_classic("blau_duncan")
    finer = moved(classic.correlations, {("V", "U"): 0.4534, ("X", "U"): 0.4384, ("U", "Y"): 0.5958})
    pd.testing.assert_frame_equal(finer.round(3), classic.correlations.astype(float))
    assert disagreeing(classic, finer) == {"R2 Y"}


def test_no_rounding_explains_the_share_of_occupation_that_is_told_of_blau_and_duncan() -> None:
    """R2 grows with correlations with Y (by 2 beta) and falls with those of causes (by 2 beta beta'), where all beta > 0.

    So it is least half a unit below and above them: .4336 becomes .433, which still is 43 and not 42 percent.
    """
    classic = read_classic("blau_duncan")
    entries = {(cause, "Y"): -0.0005 for cause in "XUW"}
    entries |= {("X", "U"): 0.0005, ("X", "W"): 0.0005, ("U", "W"): 0.0005}
    corner = moved(
        classic.correlations, {pair: classic.correlations.loc[pair] + step for pair, step in entries.items()}
    )
    highest_that_prints_as_42 = 0.425
    assert refit(classic, corner)["R2 Y"] > highest_that_prints_as_42


def moved(correlations: pd.DataFrame, entries: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Return a matrix with some of its correlations replaced, above and below the diagonal."""
    copy = correlations.astype(float)
    for (one, other), value in entries.items():
        copy.loc[one, other] = copy.loc[other, one] = value
    return copy


def test_keith_added_rounded_figures() -> None:
    """.013 + .083 = .096, where .01258 + .08273 = .09531."""
    classic = read_classic("keith")
    found = refit(classic, classic.correlations)
    direct, indirect, total = (
        found[f"{kind}motivation -> achievement"] for kind in ("", "indirect ", "total ")
    )
    np.testing.assert_allclose([direct, indirect, total], [0.01258, 0.08273, 0.09531], atol=5e-6)
    assert round(round(direct, 3) + round(indirect, 3), 3) == 0.096


def test_correlations_that_differ_in_their_last_digit_are_noticed() -> None:
    """A unit in the third digit of one correlation moves a path by more than the rounding of print would hide."""
    classic = read_classic("keith")
    assert "ability -> coursework" in disagreeing(
        classic, moved(classic.correlations, {("ability", "coursework"): 0.499})
    )


@pytest.mark.parametrize("name", NAMES)
def test_effects_are_called_as_in_the_list_of_effects(name: str) -> None:
    classic = read_classic(name)
    known = {str(each) for each in effect_list(classic.model).names}
    assert {each for each in classic.printed if "->" in each} <= known
