"""Scoring: the door names what cannot be scored, and the levels add up as an independent count with fractions does."""

from __future__ import annotations

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.errors import DataError
from bsc_analysis.evidence.audit import Finding, audit
from bsc_analysis.files import data_folder, read_rules
from bsc_analysis.scorecards import scoring
from bsc_analysis.scorecards.doorway import admit
from bsc_analysis.scorecards.expressions import EDGE_TOLERANCE
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import MissingPolicy, RuleSet
from bsc_analysis.scorecards.scoring import Scores, score, spread
from bsc_analysis.scorecards.unscorable import MOST_ROWS
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import read_study

# Scores are sums of a few products of doubles: they differ from the exact fraction by some units in the 16th digit.
LAST_BITS = 1e-9

OPEN = """
id = "open"
version = "1"
mark = "unofficial"
[name]
id = "Terbuka"
en = "Open"
[source]
citation = "a test"
place = "here"
[score]
scale = "percent"
cap = 120
perspective_from = "objectives"
[missing]
policy = "renormalise"
source = "a test"
[perspectives.first]
weight = 0.25
short = "A"
name = { id = "A", en = "A" }
[perspectives.second]
weight = 0.75
short = "B"
name = { id = "B", en = "B" }
[bands.perspective]
domain = "[0, 120]"
source = "a test"
band = [
  { id = "low", value = 1, range = "[0, 90]", printed = "to 90", name = { id = "Rendah", en = "Low" } },
  { id = "high", value = 2, range = "(90, 120]", printed = "over 90", name = { id = "Tinggi", en = "High" } },
]
"""


@pytest.fixture(scope="module")
def kkp() -> RuleSet:
    return read_rules("kkp")


@pytest.fixture(scope="module")
def bantaeng() -> RuleSet:
    return read_rules("bantaeng")


@pytest.fixture(scope="module")
def objectives_rules() -> RuleSet:
    return parse_rules(OPEN, "open.toml")


def frame(*records: dict[str, Any], **shared: Any) -> pd.DataFrame:
    plain = {"unit": "A", "year": 2017, "perspective": "stakeholder", "target": 100.0, "actual": 90.0}
    return pd.DataFrame([plain | {"indicator": f"i{n}"} | shared | each for n, each in enumerate(records)])


def refused(rows: pd.DataFrame, rules: RuleSet) -> list[str]:
    with pytest.raises(DataError) as caught:
        score(rows, rules)
    return [str(each) for each in caught.value.faults]


def only(level: pd.DataFrame, **where: Any) -> dict[str, Any]:
    for column, value in where.items():
        level = level[level[column] == value]
    (row,) = level.to_dict("records")
    return dict(row)


# ---- the door --------------------------------------------------------------------------------------------------------


def test_every_column_that_is_missing_is_named(kkp: RuleSet) -> None:
    assert refused(
        pd.DataFrame({"unit": ["A"], "year": [2017], "indicator": ["i"], "target": [1.0]}), kkp
    ) == [
        "the observations have no column 'perspective'",
        "the observations have no column 'actual'",
    ]


def test_every_row_that_cannot_be_scored_is_named_at_once(bantaeng: RuleSet) -> None:
    rows = frame(
        {"indicator": "econmy", "perspective": "financial"},
        {"indicator": "efficiency", "perspective": "finance"},
        {"indicator": "effectiveness", "perspective": "financial", "target": 0.0},
        {"indicator": "satisfaction", "perspective": "customer"},
        {"indicator": "empathy", "perspective": "customer"},
    ).assign(row=range(2, 7))
    known = ", ".join(each.id for each in bantaeng.perspectives)
    assert sorted(refused(rows, bantaeng)) == [
        "A, 2017: 'empathy' is a part of 'satisfaction', and both are listed; keep one or the other",
        "row 2 (A, 2017): the rule set does not know the indicator 'econmy'",
        f"row 3 (A, 2017): perspective 'finance' is not in the rule set, allowed: {known}",
        "row 4 (A, 2017): the target of 'effectiveness' is 0, and a ratio to it has no value",
    ]


def test_the_sentence_of_a_fault_holds_no_data_so_that_it_can_be_translated(
    kkp: RuleSet, bantaeng: RuleSet
) -> None:
    sentences = set()
    for rules in (kkp, bantaeng):
        with pytest.raises(DataError) as caught:
            score(frame({"perspective": "nowhere", "indicator": "economy"}), rules)
        sentences |= {each.sentence for each in caught.value.faults}
    assert len(sentences) == 1


@pytest.mark.parametrize("weight", [0.0, -0.1, None, float("nan")])
def test_a_weight_that_is_missing_or_not_positive_is_refused(weight: float | None, kkp: RuleSet) -> None:
    rows = frame({"weight": 1.0}, {"weight": weight}).astype({"weight": float})
    assert refused(rows, kkp) == ["A, 2017: the weight of 'i1' is missing or not positive"]


def test_lower_is_better_without_a_formula_is_refused(kkp: RuleSet) -> None:
    rows = frame({"polarity": "minimize"}, {"polarity": "maximize"}, {"polarity": None})
    assert refused(rows, replace(kkp, minimize=None)) == [
        "A, 2017: 'i0' is lower-is-better, and the rule set gives no formula for that"
    ]


@pytest.mark.parametrize("polarity", ["minimise", "lower", "MINIMIZE", "stabilise"])
def test_a_polarity_that_is_not_known_is_refused_and_not_read_as_higher_is_better(
    polarity: str, kkp: RuleSet
) -> None:
    (sentence,) = refused(frame({"polarity": polarity}), vary(kkp, minimize="target / actual"))
    assert repr(polarity) in sentence


def test_a_zero_actual_is_refused_where_the_formula_divides_by_it(kkp: RuleSet) -> None:
    turned = vary(kkp, minimize="target / actual")
    rows = frame({"polarity": "minimize", "actual": 0.0}, {"polarity": "maximize", "actual": 0.0})
    assert refused(rows, turned) == [
        "A, 2017: the actual of 'i0' is not above 0 (0), and target / actual has no value"
    ]


def test_a_zero_actual_is_fine_where_the_formula_does_not_divide_by_it(kkp: RuleSet) -> None:
    turned = vary(kkp, minimize="2 - actual / target")
    scores = score(frame({"polarity": "minimize", "actual": 0.0}), turned)
    assert only(scores.indicators)["achievement"] == 200
    assert only(scores.indicators)["score"] == 120


def test_of_many_rows_with_one_fault_the_first_are_named(kkp: RuleSet) -> None:
    rows = frame(*({"target": 0.0} for _ in range(MOST_ROWS + 5)))
    faults = refused(rows, kkp)
    assert len(faults) == MOST_ROWS + 1
    assert faults[-1] == f"and 5 more rows: {faults[0]}"


def test_whole_numbers_and_nullable_numbers_are_scored_like_doubles(kkp: RuleSet) -> None:
    whole = frame({"target": 50, "actual": 45})
    nullable = whole.astype({"target": "Int64", "actual": "Float64"})
    assert [only(score(rows, kkp).organisations)["score"] for rows in (whole, nullable)] == [90.0, 90.0]


# ---- weights, objectives, levels -------------------------------------------------------------------------------------


def test_without_a_weight_column_indicators_weigh_the_same(kkp: RuleSet) -> None:
    """(80 + 110 + 95) / 3 = 95."""
    scores = score(frame({"actual": 80.0}, {"actual": 110.0}, {"actual": 95.0}), kkp)
    assert only(scores.perspectives)["score"] == pytest.approx(95, abs=LAST_BITS)


def test_weights_of_an_open_rule_set_come_from_the_rows_and_need_not_sum_to_one(kkp: RuleSet) -> None:
    """(3 x 80 + 1 x 100) / 4 = 85."""
    scores = score(frame({"actual": 80.0, "weight": 3.0}, {"actual": 100.0, "weight": 1.0}), kkp)
    assert only(scores.perspectives)["score"] == pytest.approx(85, abs=LAST_BITS)


OBJECTIVE_ROWS = (
    {"objective": "a", "actual": 80.0},
    {"objective": "a", "actual": 100.0},
    {"objective": "b", "actual": 110.0},
    {"objective": "c", "actual": None},
)


def test_a_perspective_from_objectives_is_their_plain_mean(objectives_rules: RuleSet) -> None:
    """Objective a = (80 + 100) / 2 = 90, b = 110, c has no data: the perspective is (90 + 110) / 2 = 100."""
    scores = score(frame(*OBJECTIVE_ROWS, perspective="first"), objectives_rules)
    assert only(scores.objectives, objective="a")["score"] == pytest.approx(90, abs=LAST_BITS)
    assert only(scores.objectives, objective="a")["band"] == "low"
    assert pd.isna(only(scores.objectives, objective="c")["score"])
    perspective = only(scores.perspectives)
    assert perspective["score"] == pytest.approx(100, abs=LAST_BITS)
    assert (perspective["band"], perspective["n_indicators"], perspective["n_present"]) == ("high", 4, 3)
    assert perspective["weight_present"] == pytest.approx(2 / 3, abs=LAST_BITS)


def test_an_objective_without_data_counts_zero_under_zero(objectives_rules: RuleSet) -> None:
    """(90 + 110 + 0) / 3 = 66.67; the other perspective is missing: .25 x 66.67 = 16.67."""
    scores = score(frame(*OBJECTIVE_ROWS, perspective="first"), vary(objectives_rules, missing="zero"))
    assert only(scores.perspectives)["score"] == pytest.approx(200 / 3, abs=LAST_BITS)
    assert only(scores.organisations)["score"] == pytest.approx(50 / 3, abs=LAST_BITS)


CLOSED_OBJECTIVES = OPEN + "".join(
    f'[indicators.{name}]\nperspective = "{perspective}"\nweight = {weight}\nname = {{ id = "x", en = "x" }}\n'
    for name, perspective, weight in (
        ("i0", "first", 0.2),
        ("i1", "first", 0.3),
        ("i2", "first", 0.5),
        ("j", "second", 1),
    )
)


@pytest.mark.parametrize("policy", ["zero", "renormalise"])
def test_objectives_are_averaged_under_a_closed_rule_set_too(policy: MissingPolicy) -> None:
    """Objective a = (.2 x 80 + .3 x 100) / .5 = 92, b = 110: the perspective is (92 + 110) / 2 = 101, all of it on data."""
    rules = vary(parse_rules(CLOSED_OBJECTIVES, "closed.toml"), missing=policy)
    scores = score(frame(*OBJECTIVE_ROWS[:3], perspective="first"), rules)
    perspective = only(scores.perspectives)
    assert perspective["score"] == pytest.approx(101, abs=LAST_BITS)
    assert perspective["weight_present"] == pytest.approx(1, abs=LAST_BITS)


def test_units_and_years_are_scored_apart(kkp: RuleSet) -> None:
    rows = frame({"unit": "A"}, {"unit": "B", "actual": 110.0}, {"year": 2016, "actual": 70.0})
    organisations = score(rows, kkp).organisations.sort_values(["unit", "year"])
    assert list(zip(organisations["unit"], organisations["year"], strict=True)) == [
        ("A", 2016),
        ("A", 2017),
        ("B", 2017),
    ]
    assert organisations["score"].tolist() == pytest.approx([70, 90, 110], abs=LAST_BITS)


def test_no_inner_column_leaves_the_room(kkp: RuleSet) -> None:
    scores = score(frame({}), kkp)
    levels = (scores.indicators, scores.objectives, scores.perspectives, scores.organisations)
    assert [name for level in levels for name in level.columns if name.startswith("_")] == []


def test_the_columns_that_came_in_are_kept(kkp: RuleSet) -> None:
    scores = score(frame({"note": "seen"}), kkp)
    assert only(scores.indicators)["note"] == "seen"


def test_the_frame_that_came_in_is_left_as_it_was(kkp: RuleSet) -> None:
    rows = frame({})
    before = rows.copy()
    score(rows, kkp)
    pd.testing.assert_frame_equal(rows, before)


def test_every_short_unit_and_year_is_named_under_refuse(kkp: RuleSet) -> None:
    rows = frame({"year": 2016}, {"year": 2015})
    assert refused(rows, vary(kkp, missing="refuse")) == [
        "A, 2015: only 25 % of the weight rests on data, and the missing policy is 'refuse'",
        "A, 2016: only 25 % of the weight rests on data, and the missing policy is 'refuse'",
    ]


def test_a_level_without_bands_has_no_band(bantaeng: RuleSet) -> None:
    rows = frame({"perspective": "financial", "indicator": "economy"})
    scores = score(rows, vary(bantaeng, scale="percent"))
    assert scores.organisations["band"].isna().all()
    assert scores.perspectives["band"].isna().all()


@pytest.mark.parametrize(("off", "band"), [(0.5, "green"), (2, "yellow")])
def test_an_edge_is_reached_within_the_tolerance_and_not_beyond(off: float, band: str, kkp: RuleSet) -> None:
    rows = frame({"actual": 100 - off * EDGE_TOLERANCE})
    assert only(score(rows, kkp).organisations)["band"] == band


@pytest.mark.parametrize(("off", "band"), [(0.5, "low"), (2, "high")])
def test_an_open_edge_is_passed_only_beyond_the_tolerance(
    off: float, band: str, objectives_rules: RuleSet
) -> None:
    rows = frame({"actual": 90 + off * EDGE_TOLERANCE, "perspective": "first"})
    assert only(score(rows, objectives_rules).perspectives)["band"] == band


# ---- spread ----------------------------------------------------------------------------------------------------------


def test_spread_gives_one_row_per_unit_and_year_and_one_column_per_perspective(kkp: RuleSet) -> None:
    rows = frame(
        {"perspective": "learning_growth"}, {"perspective": "customer", "actual": 60.0}, {"unit": "B"}
    )
    wide = spread(score(rows, kkp).perspectives, kkp).sort_values("unit").reset_index(drop=True)
    assert list(wide.columns) == ["unit", "year", "LG", "IP", "CP", "SH"]
    assert wide.loc[0, ["LG", "CP"]].tolist() == [90.0, 60.0]
    assert wide.loc[1, "SH"] == 90.0
    assert wide.isna().sum().tolist() == [0, 0, 1, 2, 1, 1]


# ---- an independent count --------------------------------------------------------------------------------------------

ORACLE_WEIGHTS = {
    "financial": {"economy": "0.35", "efficiency": "0.35", "effectiveness": "0.3"},
    "customer": {"satisfaction": "1"},
    "internal_process": {"innovation": "0.5", "compliance": "0.5"},
    "learning_growth": {"competence": "0.35", "facilities": "0.35", "productivity": "0.3"},
}


def oracle_value(achievement: Fraction) -> int:
    """Count the printed lower edges of Table 2 that an achievement reaches; above 130 is the fifth band."""
    return 1 + sum(achievement >= edge for edge in (80, 91, 111)) + (achievement > 130)


def oracle_perspective(year: int, perspective: str) -> Fraction | None:
    """Score one perspective from the transcribed rows; it has data in all of its indicators or in none."""
    path = Path(data_folder()) / "studies" / "bantaeng" / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        cells = {row["indicator"]: row for row in csv.DictReader(stream) if row["year"] == str(year)}
    parts = [
        Fraction(weight)
        * oracle_value(100 * Fraction(cells[name]["actual"]) / Fraction(cells[name]["target"]))
        for name, weight in ORACLE_WEIGHTS[perspective].items()
        if cells[name]["actual"] != "-"
    ]
    return sum(parts, Fraction(0)) if parts else None


def oracle_total(year: int, policy: str) -> Fraction:
    present = [value for name in ORACLE_WEIGHTS if (value := oracle_perspective(year, name)) is not None]
    return sum(present, Fraction(0)) / (len(ORACLE_WEIGHTS) if policy == "zero" else len(present))


@pytest.mark.parametrize(
    ("year", "policy", "total"),
    [
        (2016, "zero", "2.1625"),
        (2016, "renormalise", "173/60"),
        (2017, "zero", "2.775"),
        (2017, "renormalise", "2.775"),
    ],
)
def test_the_bantaeng_totals_are_those_of_an_independent_count(
    year: int, policy: MissingPolicy, total: str, bantaeng: RuleSet
) -> None:
    observations = read_study("bantaeng").observations
    scores = score(observations, vary(bantaeng, missing=policy))
    assert oracle_total(year, policy) == Fraction(total)
    assert only(scores.organisations, year=year)["score"] == pytest.approx(
        float(Fraction(total)), abs=LAST_BITS
    )


@pytest.mark.parametrize("year", [2016, 2017])
@pytest.mark.parametrize("perspective", ORACLE_WEIGHTS)
def test_the_bantaeng_perspectives_are_those_of_an_independent_count(
    perspective: str, year: int, bantaeng: RuleSet
) -> None:
    scores = score(read_study("bantaeng").observations, vary(bantaeng, missing="renormalise"))
    got = only(scores.perspectives, perspective=perspective, year=year)["score"]
    expected = oracle_perspective(year, perspective)
    assert pd.isna(got) if expected is None else got == pytest.approx(float(expected), abs=LAST_BITS)


@pytest.fixture(scope="module")
def findings() -> tuple[Finding, ...]:
    study = read_study("bantaeng")
    return audit(study.printed, study.rules)


@pytest.mark.parametrize("year", [2016, 2017])
def test_the_audit_recomputes_the_same_totals_from_data_exactly(
    year: int, findings: tuple[Finding, ...]
) -> None:
    totals = [
        f for f in findings if f.printed.key.quantity == "organisation_score" and f.printed.key.year == year
    ]
    ranges = [each.from_data for each in totals if each.from_data is not None]
    assert len(ranges) == len(totals) > 1
    assert {(each.lower, each.upper) for each in ranges} == {(oracle_total(year, "zero"),) * 2}


@pytest.mark.parametrize("year", [2016, 2017])
@pytest.mark.parametrize("perspective", ORACLE_WEIGHTS)
def test_the_audit_recomputes_the_same_perspectives_from_data_exactly(
    perspective: str, year: int, findings: tuple[Finding, ...]
) -> None:
    expected = (oracle_perspective(year, perspective) or Fraction(0)) / 4
    ranges = [
        finding.from_data
        for finding in findings
        if (finding.printed.key.quantity, finding.printed.key.perspective, finding.printed.key.year)
        == ("perspective_contribution", perspective, year)
    ]
    assert len(ranges) > 0
    assert {(each.lower, each.upper) for each in ranges if each} == {(expected, expected)}


# ---- any scorecard ---------------------------------------------------------------------------------------------------

positive = st.integers(1, 4000).map(lambda n: Fraction(n, 10))


@st.composite
def open_scorecards(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw one unit's rows under the KKP rule: weights, targets and actuals of its own, some figures missing."""
    perspectives = ("learning_growth", "internal_process", "customer", "stakeholder")
    chosen = draw(st.lists(st.sampled_from(perspectives), min_size=1, max_size=10))
    return [
        {
            "perspective": perspective,
            "indicator": f"i{number}",
            "weight": draw(st.integers(1, 100)),
            "target": draw(positive),
            "actual": draw(st.none() | positive),
        }
        for number, perspective in enumerate(chosen)
    ]


def exact_total(rows: list[dict[str, Any]], rules: RuleSet, policy: str) -> Fraction | None:
    """Score an open rule set with fractions, straight from its definition."""
    values: dict[str, Fraction] = {}
    for each in rules.perspectives:
        mine = [row for row in rows if row["perspective"] == each.id]
        scored = [
            (row["weight"], min(100 * row["actual"] / row["target"], Fraction(120)))
            for row in mine
            if row["actual"] is not None
        ]
        if scored:
            whole = (
                sum(row["weight"] for row in mine)
                if policy == "zero"
                else sum(weight for weight, _ in scored)
            )
            values[each.id] = Fraction(sum(weight * value for weight, value in scored), 1) / whole
    if policy == "zero":
        return sum((rules.perspective(name).weight * value for name, value in values.items()), Fraction(0))
    weight = sum((rules.perspective(name).weight for name in values), Fraction(0))
    total = sum((rules.perspective(name).weight * value for name, value in values.items()), Fraction(0))
    return total / weight if values else None


@settings(max_examples=25)
@given(
    cards=st.lists(open_scorecards(), min_size=1, max_size=12),
    policy=st.sampled_from(["zero", "renormalise"]),
)
def test_any_scorecard_scores_as_the_definition_says(
    cards: list[list[dict[str, Any]]], policy: MissingPolicy
) -> None:
    """Twelve units at a time, so that three hundred scorecards are tried in twenty-five calls."""
    rules = read_rules("kkp", missing=policy)
    plain = [
        row
        | {"unit": f"u{number}"}
        | {name: None if row[name] is None else float(row[name]) for name in ("target", "actual")}
        for number, rows in enumerate(cards)
        for row in rows
    ]
    scores: Scores = score(frame(*plain).astype({"actual": float, "target": float}), rules)
    assert len(scores.organisations) == len(cards)
    for number, rows in enumerate(cards):
        expected = exact_total(rows, rules, policy)
        got = only(scores.organisations, unit=f"u{number}")["score"]
        assert pd.isna(got) if expected is None else got == pytest.approx(float(expected), abs=LAST_BITS)


# ---- admitted once -------------------------------------------------------------------------------------------------


def test_what_was_admitted_is_scored_without_the_door(kkp: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    admitted = admit(frame({"actual": 45.0}), kkp)
    monkeypatch.setattr(scoring, "admit", lambda *_: pytest.fail("the door was opened again"))
    assert only(score(admitted, kkp).organisations)["score"] == 45.0


def test_what_was_admitted_under_other_rules_goes_through_the_door_again(kkp: RuleSet) -> None:
    """Admitted as higher-is-better only, because no column says otherwise; the other rule set needs words for weights."""
    admitted = admit(frame({"actual": 45.0}), kkp)
    with pytest.raises(DataError) as caught:
        score(admitted, read_rules("kmk-467"))
    assert [str(each) for each in caught.value.faults] == [
        "the observations have no column 'validity'",
        "the observations have no column 'control'",
    ]
