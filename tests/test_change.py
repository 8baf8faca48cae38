"""Why a score changed: achievement, weight, coverage and interaction, by hand, always exact, on every engine.

``a`` and ``b`` are indicators of one perspective, so their shares are their weights over the sum of the weights; every
target is 100, so an actual is its own score.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.errors import UseError
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.change import EFFECTS, NO_FIRST, NO_LAST, NO_YEAR, ScoreChange, explain_change
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.scorecards.unitchange import UnitChange, change_of, last_change
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import read_study
from tests.cascades import LAST_BITS, closed_list, table
from tests.engines import NAMES, find_engine

KKP = read_rules("kkp")
OPEN = "year indicator weight actual"
FIRST, LAST = 2016, 2017


def explained(*rows: tuple[Any, ...], columns: str = OPEN, **choices: Any) -> UnitChange:
    frame = table(*rows, columns=columns)
    if "perspective" not in frame:
        frame = frame.assign(perspective="stakeholder")
    return change_of(explain_change(score(frame, vary(KKP, **choices)), FIRST, LAST), "Agency")


def effects(change: UnitChange) -> list[float]:
    assert change.split is not None
    return [getattr(change.split, name) for name in EFFECTS]


def of(change: UnitChange, indicator: str) -> list[float]:
    (split,) = (each.split for each in change.indicators if each.path[-1] == indicator)
    return [getattr(split, name) for name in EFFECTS]


def near(*values: float) -> Any:
    return pytest.approx(list(values), abs=LAST_BITS)


# ---- by hand ---------------------------------------------------------------------------------------------------------


def test_scores_that_change_under_steady_weights_are_achievement() -> None:
    """Shares .5 and .5: .5 x (90 - 80) + .5 x (104 - 100) = 7."""
    change = explained(
        (2016, "a", 1.0, 80), (2016, "b", 1.0, 100), (2017, "a", 1.0, 90), (2017, "b", 1.0, 104)
    )
    assert effects(change) == near(7, 0, 0, 0)


def test_weights_that_change_have_an_effect_of_their_own_and_one_together_with_the_scores() -> None:
    """Weights 1, 1 become 1, 3: shares .5, .5 become .25, .75. Scores 80, 100 become 90, 104: 90 becomes 100.5.

    Achievement .5 x 10 + .5 x 4 = 7; weight -.25 x 80 + .25 x 100 = 5; interaction -.25 x 10 + .25 x 4 = -1.5.
    """
    change = explained(
        (2016, "a", 1.0, 80), (2016, "b", 1.0, 100), (2017, "a", 1.0, 90), (2017, "b", 3.0, 104)
    )
    assert (change.score_from, change.score_to) == pytest.approx((90, 100.5), abs=LAST_BITS)
    assert effects(change) == near(7, 5, 0, -1.5)
    assert of(change, "a") == near(5, -20, 0, -2.5)
    assert of(change, "b") == near(2, 25, 0, 1)


def test_what_comes_and_goes_is_coverage_and_no_change_of_weights() -> None:
    """b (100) goes and c (60) comes: 90 becomes 75. Like for like, on a alone, 80 becomes 90: achievement 10.

    Coverage: losing b took 80 - 90 = -10, gaining c 75 - 90 = -15. Of single indicators: b -.5 x 100, c .5 x 60, and
    a made room as it was given: (.5 x 90 - 90) - (.5 x 80 - 80) = -5; together -25.
    """
    change = explained(
        (2016, "a", 1.0, 80), (2016, "b", 1.0, 100), (2017, "a", 1.0, 90), (2017, "c", 1.0, 60)
    )
    assert effects(change) == near(10, 0, -25, 0)
    assert (change.like_from, change.like_to) == pytest.approx((80, 90), abs=LAST_BITS)
    assert [of(change, name)[2] for name in "abc"] == near(-5, -50, 30)


def test_weights_that_change_beside_a_newcomer_are_told_apart_from_it() -> None:
    """a, b weigh 1, 1 and then 1, 3; c comes with weight 4 and scores 60. Without c the year after is 100.5 (see above).

    With it .125 x 90 + .375 x 104 + .5 x 60 = 80.25: coverage 80.25 - 100.5 = -20.25, all else as without c.
    """
    change = explained((2016, "a", 1.0, 80), (2016, "b", 1.0, 100),
                       (2017, "a", 1.0, 90), (2017, "b", 3.0, 104), (2017, "c", 4.0, 60))  # fmt: skip
    assert effects(change) == near(7, 5, -20.25, -1.5)


def test_under_zero_an_indicator_that_gets_data_brings_all_it_counts() -> None:
    """b is listed and missing: .25 x (.5 x 80 + 0) = 10; then it scores 60 and brings .25 x .5 x 60 = 7.5."""
    rows = ((2016, "a", 1.0, 80), (2016, "b", 1.0, None), (2017, "a", 1.0, 80), (2017, "b", 1.0, 60))
    change = explained(*rows, missing="zero")
    assert (change.score_from, change.score_to) == pytest.approx((10, 17.5), abs=LAST_BITS)
    assert effects(change) == near(0, 0, 7.5, 0)
    assert of(change, "a") == near(0, 0, 0, 0)


def test_under_zero_a_newly_listed_indicator_dilutes_the_others_and_that_is_coverage() -> None:
    """a alone counts .25 x 80 = 20; with b listed, .25 x (.5 x 80 + .5 x 60) = 17.5: coverage -2.5."""
    change = explained((2016, "a", 1.0, 80), (2017, "a", 1.0, 80), (2017, "b", 1.0, 60), missing="zero")
    assert effects(change) == near(0, 0, -2.5, 0)


def test_a_perspective_that_was_withheld_comes_with_its_coverage() -> None:
    """Money rests on .6 in 2016 and .7 are asked for, so only people's 80 count; in 2017 income (110) comes.

    2017: money .6 x 100 + .4 x 110 = 104, (104 + 80) / 2 = 92. Like for like on spending and training: money 90, then
    100, so 85 becomes 90: achievement 5. Coverage: (85 - 80) + (92 - 90) = 7.
    """
    rules = vary(closed_list(from_objectives=False), missing="renormalise")
    rows = table(
        (2016, "money", "spending", 90), (2016, "money", "income", None), (2016, "people", "training", 80),
        (2017, "money", "spending", 100), (2017, "money", "income", 110), (2017, "people", "training", 80),
        columns="year perspective indicator actual",
    )  # fmt: skip
    scores = score(rows, replace(rules, least_weight=(Fraction(7, 10), Fraction(0))))
    change = change_of(explain_change(scores, FIRST, LAST), "Agency")
    assert (change.score_from, change.score_to) == pytest.approx((80, 92), abs=LAST_BITS)
    assert effects(change) == near(5, 0, 7, 0)


def test_with_nothing_in_common_all_is_coverage() -> None:
    change = explained((2016, "a", 1.0, 80), (2017, "b", 1.0, 60))
    assert effects(change) == near(0, 0, -20, 0)


def test_an_indicator_that_moves_to_another_objective_changes_its_weight() -> None:
    """Objectives count alike. 2016: a alone in one, b and c in two: shares .5, .25, .25. 2017: c stands in one: .25, .5, .25.

    Scores stay 80, 100, 60: 80 becomes .25 x 80 + .5 x 100 + .25 x 60 = 85, all of it weight.
    """
    rows = [
        (year, "stakeholder", objective, indicator, actual)
        for year, third in ((2016, "two"), (2017, "one"))
        for objective, indicator, actual in (("one", "a", 80), ("two", "b", 100), (third, "c", 60))
    ]
    frame = table(*rows, columns="year perspective objective indicator actual").assign(
        validity="exact", control="low"
    )
    change = change_of(explain_change(score(frame, read_rules("kmk-467")), FIRST, LAST), "Agency")
    assert effects(change) == near(0, 5, 0, 0)
    assert ("stakeholder", "one", "c") in [each.path for each in change.indicators]


@pytest.mark.parametrize(
    ("policy", "scores", "expected"),
    [("renormalise", (2.8833333333, 2.775), (-0.1833333333, 0, 0.075, 0)),
     ("zero", (2.1625, 2.775), (-0.1375, 0, 0.75, 0))],
)  # fmt: skip
def test_what_bantaeng_gained_was_the_survey_it_began(
    policy: str, scores: tuple[float, float], expected: tuple[float, ...]
) -> None:
    """The three perspectives of both years fell from 2.8833 to 2.7 (domain: "three common perspectives").

    Renormalised the customer survey, 3, lifts 2.7 to 2.775: coverage .075. Under zero it brings all of .25 x 3 = .75, and
    the fall counts .75 x -.18333 = -.1375.
    """
    study = read_study("bantaeng", missing=policy)  # type: ignore[arg-type]
    change = last_change(score(study.observations, study.rules), "BPBD Bantaeng")
    assert change is not None
    assert (change.score_from, change.score_to) == pytest.approx(scores, abs=1e-9)
    assert effects(change) == pytest.approx(expected, abs=1e-9)


# ---- units that cannot be compared -----------------------------------------------------------------------------------


def four_units() -> Scores:
    rows = table(
        ("Both", 2016, 80), ("Both", 2017, 90), ("Late", 2017, 70), ("Early", 2016, 60), ("Early", 2017, None), ("Old", 2015, 50),
        columns="unit year actual",
    )  # fmt: skip
    return score(rows.assign(perspective="stakeholder", indicator="a"), KKP)


def test_a_unit_with_one_of_the_years_stays_with_the_reason() -> None:
    result = explain_change(four_units(), FIRST, LAST)
    units = result.organisations.set_index("unit")
    assert units["reason"].dropna().to_dict() == {"Late": NO_FIRST, "Early": NO_LAST, "Old": NO_YEAR}
    assert units.loc["Both", list(EFFECTS)].tolist() == near(10, 0, 0, 0)
    assert units.loc[["Late", "Early", "Old"], [*EFFECTS, "change", "like_from"]].isna().all(axis=None)
    assert units.loc["Late", "score_to"] == pytest.approx(70)
    late = result.indicators.set_index("unit").loc["Late"]
    assert late["reason"] == NO_FIRST
    assert pd.isna(late["coverage"])
    assert change_of(result, "Late").split is None
    assert change_of(result, "Late").indicators == ()


def test_presence_says_what_came_and_what_went() -> None:
    rows = table((2016, "stays", 80), (2017, "stays", 90), (2017, "comes", 70), (2016, "goes", 60), (2016, "never", None),
                 columns="year indicator actual").assign(perspective="stakeholder")  # fmt: skip
    result = explain_change(score(rows, KKP), FIRST, LAST).indicators
    presence = dict(zip(result["indicator"], result["presence"], strict=True))
    assert presence == {"stays": "both", "comes": "came", "goes": "went", "never": "neither"}


def test_the_last_change_of_a_unit_is_between_its_own_last_years() -> None:
    scores = four_units()
    assert last_change(scores, "Old") is None
    change = last_change(scores, "Both")
    assert change is not None
    assert (change.year_from, change.year_to) == (2016, 2017)
    with pytest.raises(UseError, match="unit 'Nobody' does not exist"):
        last_change(scores, "Nobody")
    with pytest.raises(UseError, match="unit 'Nobody' does not exist"):
        change_of(explain_change(scores, FIRST, LAST), "Nobody")


def test_a_change_needs_two_years() -> None:
    with pytest.raises(UseError, match="a change needs two years, got 2016 twice"):
        explain_change(four_units(), 2016, 2016)


def test_years_may_be_taken_backwards() -> None:
    change = change_of(explain_change(four_units(), LAST, FIRST), "Both")
    assert effects(change) == near(-10, 0, 0, 0)


# ---- what always holds -----------------------------------------------------------------------------------------------

FIGURE = st.one_of(st.none(), st.floats(min_value=0, max_value=250, allow_nan=False))


@st.composite
def two_years(draw: st.DrawFn) -> Scores:
    """Indicators that come, go, change weight, objective and score, under every policy and kind of rule set."""
    rules = draw(
        st.sampled_from(
            [
                KKP,
                read_rules("kmk-467"),
                closed_list(from_objectives=True),
                closed_list(from_objectives=False),
            ]
        )
    )
    least = Fraction(draw(st.sampled_from(["0", "0.6"])))
    rules = replace(vary(rules, missing=draw(st.sampled_from(["zero", "renormalise", "carry_last"]))),
                    least_weight=(least, Fraction(0)))  # fmt: skip
    known = [(each.perspective, each.id) for each in rules.indicators] or [
        (perspective, f"{perspective}{n}") for perspective in ("stakeholder", "customer") for n in range(3)
    ]
    keys = [(unit, year, *key) for unit in ("A", "B") for year in (FIRST, LAST) for key in known]
    kept = draw(st.lists(st.sampled_from(keys), min_size=4, unique=True))
    rows = pd.DataFrame(kept, columns=["unit", "year", "perspective", "indicator"]).assign(
        actual=[draw(FIGURE) for _ in kept],
        weight=[draw(st.sampled_from([0.1, 1.0, 7.0])) for _ in kept],
        objective=[draw(st.sampled_from(["one", "two"])) for _ in kept],
        validity=[draw(st.sampled_from(["exact", "proxy"])) for _ in kept],
    )
    return score(rows.assign(control="low", target=100.0).astype({"actual": "float64"}), rules)


@given(two_years())
@settings(max_examples=60)
def test_the_four_parts_always_sum_to_the_change(scores: Scores) -> None:
    result = explain_change(scores, FIRST, LAST)
    organisations = scores.organisations.set_index(["unit", "year"])["score"].to_dict()
    for row in result.organisations.to_dict("records"):
        ends = [organisations.get((row["unit"], year), float("nan")) for year in (FIRST, LAST)]
        if any(map(pd.isna, ends)):
            assert isinstance(row["reason"], str)
            continue
        assert sum(row[name] for name in EFFECTS) == pytest.approx(ends[1] - ends[0], abs=LAST_BITS)
        assert row["like_to"] - row["like_from"] == pytest.approx(
            row["achievement"] + row["weight"] + row["interaction"], abs=LAST_BITS
        )
        for level in (result.indicators, result.perspectives):
            mine = level[level["unit"] == row["unit"]]
            assert mine[list(EFFECTS)].sum().tolist() == near(*(row[name] for name in EFFECTS))
            assert (mine[list(EFFECTS)].sum(axis=1) - mine["change"]).abs().max() <= LAST_BITS


@given(two_years())
@settings(max_examples=30)
def test_where_the_same_indicators_are_measured_in_both_years_there_is_no_coverage(scores: Scores) -> None:
    """Whatever else changes: with the same measured rows in both years and nothing withheld, coverage is 0."""
    result = explain_change(scores, FIRST, LAST)
    presence = result.indicators.groupby("unit")["presence"].agg(lambda words: set(words) == {"both"})
    if scores.rules.least_weight[0] == 0:
        for row in result.organisations.to_dict("records"):
            if presence.get(row["unit"], False):
                assert row["coverage"] == pytest.approx(0, abs=LAST_BITS)


@pytest.mark.parametrize("name", NAMES)
def test_a_change_is_explained_alike_on_every_engine(name: str) -> None:
    """The example of changing weights beside a newcomer, and a unit that has only the last year."""
    engine = find_engine(name)
    rows = [("Agency", 2016, "a", 1.0, 80), ("Agency", 2016, "b", 1.0, 100), ("Agency", 2017, "a", 1.0, 90),
            ("Agency", 2017, "b", 3.0, 104), ("Agency", 2017, "c", 4.0, 60), ("Late", 2017, "a", 1.0, 70)]  # fmt: skip
    frame = table(*rows, columns="unit year indicator weight actual").assign(perspective="stakeholder")
    result: ScoreChange = explain_change(score(engine.make(frame), KKP), FIRST, LAST)
    assert isinstance(result.organisations, engine.kind)
    units = engine.read(result.organisations).set_index("unit")
    assert units.loc["Agency", list(EFFECTS)].astype(float).tolist() == near(7, 5, -20.25, -1.5)
    assert units.loc["Late", "reason"] == NO_FIRST
    assert units.loc["Late", list(EFFECTS)].isna().all()
    indicators = engine.read(result.indicators).set_index(["unit", "indicator"])
    assert indicators.loc[("Agency", "c"), "coverage"] == pytest.approx(30, abs=LAST_BITS)
    assert indicators.loc[("Agency", "c"), "presence"] == "came"
