"""Contributions: what each indicator brings to its organisation's score, by hand and on every engine."""

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
from bsc_analysis.scorecards.contributions import Part, contributions, drill_down
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.scorecards.variants import vary
from tests.cascades import LAST_BITS, closed_list, table
from tests.engines import NAMES, find_engine

AGENCY, OBJECTIVES, KKP, KMK = (
    closed_list(from_objectives=False),
    closed_list(from_objectives=True),
    read_rules("kkp"),
    read_rules("kmk-467"),
)
COLUMNS = "perspective indicator actual"
COMPLETE = (("money", "spending", 90), ("money", "income", 110), ("people", "training", 80))
ONE_MISSING = (COMPLETE[0], ("money", "income", None), COMPLETE[2])
ONE_ABSENT = (COMPLETE[0], COMPLETE[2])


def split(scores: Scores) -> dict[str, tuple[float, float]]:
    """Return share and contribution by indicator."""
    frame = contributions(scores)
    return {row.indicator: (row.share, row.contribution) for row in frame.itertuples()}


def near(expected: dict[str, tuple[float, float]]) -> dict[str, Any]:
    return {name: pytest.approx(values, abs=LAST_BITS) for name, values in expected.items()}


def leaving(rules: RuleSet, perspective: str, organisation: str) -> RuleSet:
    return replace(rules, least_weight=(Fraction(perspective), Fraction(organisation)))


@pytest.mark.parametrize(
    ("rows", "policy", "expected"),
    [
        pytest.param(COMPLETE, "zero", {"spending": (0.3, 27), "income": (0.2, 22), "training": (0.5, 40)},
                     id="complete: .5 x .6 x 90 + .5 x .4 x 110 + .5 x 80 = 89"),
        pytest.param(ONE_MISSING, "zero", {"spending": (0.3, 27), "income": (0.2, 0), "training": (0.5, 40)},
                     id="income counts 0 with its share: 27 + 0 + 40 = 67"),
        pytest.param(ONE_MISSING, "renormalise", {"spending": (0.5, 45), "income": (0, 0), "training": (0.5, 40)},
                     id="spending is all of money: 45 + 40 = 85"),
        pytest.param(ONE_ABSENT, "zero", {"spending": (0.3, 27), "training": (0.5, 40)},
                     id="income is not even listed: its .2 belong to nobody, 27 + 40 = 67"),
        pytest.param(ONE_ABSENT, "renormalise", {"spending": (0.5, 45), "training": (0.5, 40)},
                     id="not listed is as good as missing: 85"),
        pytest.param((("people", "training", 80),), "renormalise", {"training": (1, 80)},
                     id="without money, people is all: 80"),
    ],
)  # fmt: skip
def test_shares_follow_the_weights_and_the_missing_policy(
    rows: tuple[tuple[str, str, float | None], ...], policy: str, expected: dict[str, tuple[float, float]]
) -> None:
    rules = vary(AGENCY, missing=policy)  # type: ignore[arg-type]
    assert split(score(table(*rows, columns=COLUMNS), rules)) == near(expected)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("zero", {"spending": (0, 0), "income": (0, 0), "training": (0.5, 40)}),
     ("renormalise", {"spending": (0, 0), "income": (0, 0), "training": (1, 80)})],
)  # fmt: skip
def test_nothing_of_a_withheld_perspective_has_a_share(
    policy: str, expected: dict[str, tuple[float, float]]
) -> None:
    """Money rests on .6 of its weight and .7 are asked for: it has no score, so spending's 90 count nowhere."""
    rules = leaving(vary(AGENCY, missing=policy), "0.7", "0")  # type: ignore[arg-type]
    assert split(score(table(*ONE_MISSING, columns=COLUMNS), rules)) == near(expected)


def test_an_organisation_without_a_score_has_no_contributions() -> None:
    """The agency rests on .8 of its weight and .9 are asked for."""
    scores = score(
        table(*ONE_MISSING, columns=COLUMNS), leaving(vary(AGENCY, missing="renormalise"), "0", "0.9")
    )
    assert contributions(scores)[["share", "contribution"]].isna().all(axis=None)
    assert [(each.score, each.share, each.contribution) for each in drill_down(scores, "Agency", 2017)][
        :2
    ] == [
        (None, None, None),
        (90, None, None),
    ]


def test_weights_of_the_rows_are_shared_where_the_rule_set_lists_none() -> None:
    """Stakeholder .25 and customer .15 are .625 and .375; weights 3 and 1 in the stakeholder perspective.

    .625 x .75 x 80 + .625 x .25 x 120 + .375 x 100 = 37.5 + 18.75 + 37.5 = 93.75
    """
    rows = table(("stakeholder", "a", 3.0, 80), ("stakeholder", "b", 1.0, 120), ("customer", "c", 2.0, 100),
                 columns="perspective indicator weight actual")  # fmt: skip
    expected = {"a": (0.46875, 37.5), "b": (0.15625, 18.75), "c": (0.375, 37.5)}
    assert split(score(rows, KKP)) == near(expected)


def test_under_zero_an_open_list_counts_the_weights_of_its_rows() -> None:
    """Stakeholder weighs .25 of the whole: .25 x .75 x 80 = 15; b is missing and keeps .25 x .25."""
    rows = table(("stakeholder", "a", 3.0, 80), ("stakeholder", "b", 1.0, None),
                 columns="perspective indicator weight actual")  # fmt: skip
    assert split(score(rows, vary(KKP, missing="zero"))) == near({"a": (0.1875, 15), "b": (0.0625, 0)})


EXACT = (
    ("stakeholder", "one", "a", "exact", 80),
    ("stakeholder", "one", "b", "proxy", 120),
    ("stakeholder", "two", "c", "exact", 90),
)


def test_objectives_that_count_alike_share_their_perspective() -> None:
    """Weights .5 x .5 = .25 (exact) and .3 x .5 = .15 (proxy): objective one = (.25 x 80 + .15 x 120) / .4 = 95.

    The perspective, all there is, is (95 + 90) / 2 = 92.5 = .3125 x 80 + .1875 x 120 + .5 x 90 = 25 + 22.5 + 45.
    """
    rows = table(*EXACT, columns="perspective objective indicator validity actual").assign(control="low")
    scores = score(rows, KMK)
    assert split(scores) == near({"a": (0.3125, 25), "b": (0.1875, 22.5), "c": (0.5, 45)})
    assert drill_down(scores, "Agency", 2017) == (
        Part("organisation", (), pytest.approx(92.5), 1.0, pytest.approx(92.5)),
        Part("perspective", ("stakeholder",), pytest.approx(92.5), 1.0, pytest.approx(92.5)),
        Part("objective", ("stakeholder", "one"), pytest.approx(95), 0.5, pytest.approx(47.5)),
        Part("indicator", ("stakeholder", "one", "a"), 80, pytest.approx(0.3125), pytest.approx(25)),
        Part("indicator", ("stakeholder", "one", "b"), 120, pytest.approx(0.1875), pytest.approx(22.5)),
        Part("objective", ("stakeholder", "two"), 90, 0.5, pytest.approx(45)),
        Part("indicator", ("stakeholder", "two", "c"), 90, pytest.approx(0.5), pytest.approx(45)),
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("zero", {"spending": (0.35, 31.5), "income": (0.15, 0), "training": (0.5, 40)}),
     ("renormalise", {"spending": (0.5, 45), "income": (0, 0), "training": (0.5, 40)})],
)  # fmt: skip
def test_objectives_with_weights_of_their_own(policy: str, expected: dict[str, tuple[float, float]]) -> None:
    """Thrift is .7 of money and growth .3; income, all of growth, is missing."""
    scores = score(table(*ONE_MISSING, columns=COLUMNS), vary(OBJECTIVES, missing=policy))  # type: ignore[arg-type]
    assert split(scores) == near(expected)


def test_under_zero_an_objective_without_rows_keeps_its_weight() -> None:
    """Growth is not in the data, and its .3 of money count 0: .5 x .7 x 90 + .5 x 80 = 31.5 + 40."""
    scores = score(table(*ONE_ABSENT, columns=COLUMNS), vary(OBJECTIVES, missing="zero"))
    assert split(scores) == near({"spending": (0.35, 31.5), "training": (0.5, 40)})


def test_what_is_carried_over_contributes_its_earlier_score() -> None:
    """Income was 110 in 2016; carried into 2017 it contributes .2 x 110 = 22."""
    rows = pd.concat(
        [table(*COMPLETE, columns=COLUMNS).assign(year=2016), table(*ONE_MISSING, columns=COLUMNS)]
    )
    frame = contributions(score(rows, vary(AGENCY, missing="carry_last")))
    (row,) = frame[(frame["year"] == 2017) & (frame["indicator"] == "income")].to_dict("records")
    assert (row["share"], row["contribution"]) == pytest.approx((0.2, 22), abs=LAST_BITS)


# ---- drill-down ------------------------------------------------------------------------------------------------------


def test_the_rows_below_a_row_sum_to_it_even_where_weight_belongs_to_nobody() -> None:
    """Income is not listed: money's share is .5, of which spending has .3; both contribute 27."""
    parts = drill_down(score(table(*ONE_ABSENT, columns=COLUMNS), AGENCY), "Agency", 2017)
    told = [(each.level, each.name, each.share, each.contribution) for each in parts]
    assert told == [
        ("organisation", "", 1.0, pytest.approx(67)),
        ("perspective", "money", 0.5, pytest.approx(27)),
        ("indicator", "spending", pytest.approx(0.3), pytest.approx(27)),
        ("perspective", "people", 0.5, pytest.approx(40)),
        ("indicator", "training", 0.5, pytest.approx(40)),
    ]


def test_objectives_are_shown_where_they_are_named_even_if_perspectives_come_from_indicators() -> None:
    """Weights 3, 1 and 4: objective one has half of the perspective, (3 x 80 + 1 x 120) / 4 = 90."""
    rows = table(("stakeholder", "one", "a", 3.0, 80), ("stakeholder", "one", "b", 1.0, 120),
                 ("stakeholder", "two", "c", 4.0, 100), columns="perspective objective indicator weight actual")  # fmt: skip
    objective = drill_down(score(rows, KKP), "Agency", 2017)[2]
    assert objective == Part(
        "objective", ("stakeholder", "one"), pytest.approx(90), pytest.approx(0.5), pytest.approx(45)
    )


def test_a_unit_without_scores_cannot_be_taken_apart() -> None:
    with pytest.raises(UseError, match="'Bureau' has no scores in 2017"):
        drill_down(score(table(*COMPLETE, columns=COLUMNS), AGENCY), "Bureau", 2017)


# ---- what always holds -----------------------------------------------------------------------------------------------

FIGURE = st.one_of(st.none(), st.floats(min_value=0, max_value=250, allow_nan=False))
POLICIES = ("zero", "renormalise", "carry_last")


@st.composite
def scored(draw: st.DrawFn) -> Scores:
    """Two units and two years under an open list or a closed one, with or without objectives and least weights."""
    rules = draw(st.sampled_from([AGENCY, OBJECTIVES, KKP, KMK]))
    least = draw(st.sampled_from(["0", "0.3", "0.6"]))
    rules = leaving(
        vary(rules, missing=draw(st.sampled_from(POLICIES))), least, draw(st.sampled_from(["0", "0.5"]))
    )
    listed = [(each.perspective, each.id) for each in rules.indicators]
    known = listed or [(p, f"{p}{n}") for p in ("stakeholder", "customer") for n in range(3)]
    keys = [(unit, year, *key) for unit in ("A", "B") for year in (2016, 2017) for key in known]
    kept = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    rows = pd.DataFrame(kept, columns=["unit", "year", "perspective", "indicator"])
    columns: dict[str, Any] = {
        "actual": [draw(FIGURE) for _ in kept],
        "objective": [draw(st.sampled_from(["one", "two"])) for _ in kept],
        "weight": [draw(st.sampled_from([0.1, 1.0, 7.0])) for _ in kept],
        "validity": [draw(st.sampled_from(["exact", "proxy"])) for _ in kept],
    }
    return score(rows.assign(**columns, control="low", target=100.0).astype({"actual": "float64"}), rules)


@given(scored())
@settings(max_examples=60)
def test_contributions_always_sum_to_the_score(scores: Scores) -> None:
    frame = contributions(scores)
    assert len(frame) == len(scores.indicators)
    sums = frame.groupby(["unit", "year"])[["share", "contribution"]].sum()
    for row in scores.organisations.itertuples():
        share, contribution = sums.loc[(row.unit, row.year)]
        assert contribution == pytest.approx(0.0 if pd.isna(row.score) else row.score, abs=LAST_BITS)
        assert -LAST_BITS <= share <= 1 + LAST_BITS
    counted = frame["share"].fillna(0.0) * frame["score"].fillna(0.0)
    assert (counted - frame["contribution"].fillna(0.0)).abs().max() <= LAST_BITS


@given(scored())
@settings(max_examples=30)
def test_every_row_of_a_drill_down_is_the_sum_of_the_rows_below_it(scores: Scores) -> None:
    for row in scores.organisations.itertuples():
        parts = drill_down(scores, row.unit, row.year)
        for above in parts:
            deeper = [each for each in parts if each.path[: len(above.path)] == above.path]
            nearest = min((len(each.path) for each in deeper if len(each.path) > len(above.path)), default=0)
            below = [each.contribution or 0.0 for each in deeper if len(each.path) == nearest > 0]
            if below:
                assert sum(below) == pytest.approx(above.contribution or 0.0, abs=LAST_BITS)
            if None not in (above.score, above.share):
                assert above.contribution == pytest.approx(
                    (above.share or 0) * (above.score or 0), abs=LAST_BITS
                )


@pytest.mark.parametrize("policy", ["zero", "renormalise"])
@pytest.mark.parametrize("name", NAMES)
def test_contributions_are_the_same_on_every_engine(name: str, policy: str) -> None:
    """From objectives: thrift .7 and growth .3 of money; in 2016 all is there, in 2017 income is missing."""
    engine = find_engine(name)
    rows = pd.concat(
        [table(*COMPLETE, columns=COLUMNS).assign(year=2016), table(*ONE_MISSING, columns=COLUMNS)]
    )
    native = contributions(score(engine.make(rows), vary(OBJECTIVES, missing=policy)))  # type: ignore[arg-type]
    assert isinstance(native, engine.kind)
    got = engine.read(native).set_index(["year", "indicator"])["contribution"]
    spending = 31.5 if policy == "zero" else 45
    expected = {(2016, "spending"): 31.5, (2016, "income"): 16.5, (2016, "training"): 40, (2017, "spending"): spending,
                (2017, "income"): 0, (2017, "training"): 40}  # fmt: skip
    assert got.to_dict() == {key: pytest.approx(value, abs=LAST_BITS) for key, value in expected.items()}
