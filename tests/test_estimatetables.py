"""Estimates made ready for a table: digits, bounds of p, dashes; and the words of captions and effects that they share."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import pytest

from bsc_analysis.errors import fault
from bsc_analysis.exhibits.effectwords import KINDS, distinct_effects, name_effect
from bsc_analysis.exhibits.estimatetables import build_estimates, decimals_beside, write_p
from bsc_analysis.exhibits.exhibit import Exhibit
from bsc_analysis.exhibits.pathcaptions import ERRORS, METHODS, in_both, say_intervals, say_notes
from bsc_analysis.language.words import LANGUAGES, Language, both
from bsc_analysis.paths.effectlist import EffectName, Kind, list_effects
from bsc_analysis.paths.effects import Method
from bsc_analysis.paths.inference import StandardErrors
from bsc_analysis.paths.model import path_model
from tests.pathcases import origin, printed


def html_of(values: list[float | None], language: Language = "en") -> str:
    def make(spoken: Language) -> object:
        return build_estimates({"p": values}, {}, spoken, p_values=("p",))

    return Exhibit("table", make, both("follows"), both("follows"), origin(), language)._repr_html_()  # type: ignore[arg-type]


def shown(html: str) -> list[str]:
    cells = html.split("<tbody")[1].split("</td>")[:-1]
    return [cell.rsplit(">", 1)[1].replace("&lt;", "<") for cell in cells]


def test_p_values_are_shown_as_numbers_bounds_and_dashes() -> None:
    assert shown(html_of([0.0304, 1e-9, 0.0, None, 0.001, 1.0])) == [
        "0.030", "<0.001", "<0.001", "–", "0.001", "1.000",
    ]  # fmt: skip


def test_the_bound_has_the_decimal_mark_of_the_language() -> None:
    assert shown(html_of([1e-9, 0.25], "id")) == ["<0,001", "0,250"]


def test_counts_that_are_all_known_are_integers_and_others_stay_floats() -> None:
    columns = {"rows": [5, 7], "rows needed": [5.0, None]}
    frame = build_estimates(columns, dict.fromkeys(columns, 0), "en").frame
    assert frame["rows"].tolist() == [5, 7]
    assert str(frame["rows"].dtype) == "int64"
    assert math.isnan(frame["rows needed"].iloc[1])


def test_infinity_is_no_number() -> None:
    assert math.isnan(build_estimates({"b": [math.inf]}, {"b": 2}, "en").frame["b"].iloc[0])


@pytest.mark.parametrize(
    ("errors", "decimals"),
    [([], 3), ([0.0], 3), ([5.0], 3), ([0.04], 3), ([0.004], 4), ([1e-12], 6), ([math.nan, 0.004], 4)],
)
def test_decimals_follow_the_smallest_error_within_bounds(errors: list[float], decimals: int) -> None:
    assert decimals_beside(errors) == decimals


def test_a_p_that_does_not_exist_is_a_dash() -> None:
    assert write_p(math.nan, "en") == "–"


def test_every_method_error_and_kind_that_exists_has_words() -> None:
    assert set(METHODS) == set(get_args(Method))
    assert set(ERRORS) == set(get_args(StandardErrors))
    assert set(KINDS) == set(get_args(Kind))


def test_intervals_say_draws_replicates_and_seed_where_there_are_some() -> None:
    analysis = printed()

    def said(method: str, seed: int | None) -> str:
        effects = replace(analysis.effects, method=method, n_boot=20_000)  # type: ignore[arg-type]
        return say_intervals(effects, analysis.fit, seed, "en")

    assert said("monte_carlo", None).endswith(
        "Intervals: 95 %, Monte Carlo of the coefficients, 20,000 draws."
    )
    assert said("bca", 5).startswith(
        "Intervals: 95 %, bias-corrected and accelerated bootstrap (BCa), 20,000 replicates, seed 5."
    )
    assert "seed" not in said("bca", None)


def test_notes_become_sentences() -> None:
    assert say_notes([fault("{count} rows", count=3), fault("Done.")], "en") == "3 rows. Done."
    assert in_both(lambda language: say_notes([], language)).say(LANGUAGES[0]) == ""


def test_sums_of_several_paths_stay_and_sums_of_one_path_go() -> None:
    """Between LG and SH there are two indirect paths and no direct one: the total indirect stays, the equal total goes."""
    names = list_effects(path_model("IP ~ LG; CP ~ LG; SH ~ IP + CP")).names
    kept = [str(names[at]) for at in distinct_effects(names)]
    assert kept == [
        "LG -> IP", "LG -> CP", "LG -> CP -> SH", "LG -> IP -> SH", "indirect LG -> SH", "IP -> SH", "CP -> SH",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP", "IP ~ LG; CP ~ IP; SH ~ CP", "SH ~ LG + IP"]
)
def test_what_is_kept_is_exactly_what_is_computed_differently(text: str) -> None:
    effects = list_effects(path_model(text))
    kept = distinct_effects(effects.names)
    sums = [effects.sums[at] for at in kept]
    assert len(set(sums)) == len(sums)
    assert set(sums) == set(effects.sums)


def test_a_contrast_is_called_as_it_was_asked_for() -> None:
    name = EffectName("contrast", label="(LG -> SH) - (LG -> IP -> SH)")
    assert name_effect(name, "en") == "(LG → SH) − (LG → IP → SH)"
