"""Any printed scorecard: documented verdicts on real ones, no false alarm on consistent ones, both by hand and drawn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.auditfiles import case_of
from bsc_analysis.evidence.audit import Finding
from bsc_analysis.evidence.auditcase import AuditCase, audit_case, recover
from bsc_analysis.evidence.ledger import Verdict
from tests.printers import Author

EXAMPLES = 300  # in every profile: that nothing consistent is accused is the promise the program is built on


def case(**content: Any) -> AuditCase:
    return case_of({"kind": "scorecard", "title": "t", "decimal": "."} | content, Path(), "t.toml")


def findings(**content: Any) -> tuple[Finding, ...]:
    return audit_case(case(**content))


def contradicted(found: tuple[Finding, ...]) -> list[str]:
    return [each.printed.text for each in found if each.verdict is Verdict.CONTRADICTS]


def finding(found: tuple[Finding, ...], quantity: str, subject: str = "") -> Finding:
    (one,) = (
        each
        for each in found
        if each.printed.key.quantity == quantity
        and subject in (each.printed.key.indicator, each.printed.key.perspective)
    )
    return one


# ---- a real report ------------------------------------------------------------------------------------------------------

BALITBANG = [
    ("IP", "IKU 13", "55", "53.42", "97.13"),
    ("IP", "14 facilities", "39", "39", "100"),
    ("IP", "15 networks", "101", "107", "104.95"),
    ("IP", "16 applied share", "89", "89", "100"),
    ("LG", "17 competence index", "65", "63.26", "97.32"),
    ("LG", "18 knowledge management", "40", "100", "250"),
    ("LG", "19 reform value", "70-80", "85.69", "107.11"),
    ("LG", "20 budget value", "80-90", "92.13", "102.37"),
    ("LG", "21 accounting compliance", "100", "99.61", "99.61"),
]


def balitbang() -> tuple[Finding, ...]:
    columns = ("perspective", "name", "target", "actual", "achievement")
    rows = [dict(zip(columns, row, strict=True)) for row in BALITBANG]
    return findings(indicator=rows, year=2015, exact=["target", "actual"])


def test_of_the_balitbang_table_exactly_one_achievement_does_not_follow() -> None:
    """107 / 101 is 105.94 %, and 104.95 is printed: none of the other eight achievements is off."""
    found = balitbang()
    assert contradicted(found) == ["104.95"]
    wrong = finding(found, "achievement", "15 networks")
    assert wrong.sum.en == "100 × 107 / 101 = 105.9406"
    assert wrong.recomputed is not None
    assert wrong.recomputed.lower == wrong.recomputed.upper == Fraction(10700, 101)
    follow = [each for each in found if each.verdict is Verdict.FOLLOWS]
    assert len(follow) == 8


@pytest.mark.parametrize(
    ("name", "edge", "sum_en"),
    [("19 reform value", "80", "107.1125"), ("20 budget value", "90", "102.3667")],
)
def test_an_actual_above_a_target_range_is_held_to_the_upper_edge_and_the_sum_says_so(
    name: str, edge: str, sum_en: str
) -> None:
    found = finding(balitbang(), "achievement", name)
    assert found.verdict is Verdict.FOLLOWS
    assert f"/ {edge} (upper edge) = {sum_en}" in found.sum.en


# ---- by hand ------------------------------------------------------------------------------------------------------------

ROW = {"name": "a", "perspective": "p", "target": "80", "actual": "60"}
EXACT = {"exact": ["target", "actual", "weight", "perspective_weight"]}


@pytest.mark.parametrize(
    ("row", "rule", "right", "wrong"),
    [
        ({}, {}, "75.0", "76.0"),
        ({"polarity": "minimize"}, {}, "125.0", "133.3"),
        ({"polarity": "minimize"}, {"minimize": "target / actual"}, "133.3", "125.0"),
        ({"polarity": "minimize"}, {"minimize": "actual / target"}, "75.0", "125.0"),
        ({"polarity": "minimize"}, {"minimize": "both sides"}, "75.0", "125.0"),
        ({"target": "80-90"}, {}, "75.0", "66.7"),
        ({"target": "40-50"}, {}, "120.0", "150.0"),
        ({"target": "40-50"}, {"stabilize": "both sides"}, "80.0", "120.0"),
        ({"target": "50-70"}, {}, "100.0", "85.7"),
        ({"polarity": "stabilize"}, {"stabilize": "both sides"}, "75.0", "125.0"),
    ],
)
def test_an_achievement_follows_the_formula_of_its_polarity(
    row: dict[str, str], rule: dict[str, str], right: str, wrong: str
) -> None:
    """Actual 60: 60/80 = 75 %, 2 - 60/80 = 125 %, 80/60 = 133.3 %; of 40-50, 60/50 = 120 %, or 2 - 60/50 = 80 %."""
    for text, verdict in ((right, Verdict.FOLLOWS), (wrong, Verdict.CONTRADICTS)):
        found = findings(indicator=[ROW | row | {"achievement": text}], rule=rule, **EXACT)
        assert finding(found, "achievement", "a").verdict is verdict


def test_a_score_is_capped_weighted_and_added_up() -> None:
    """150 % counts 120; .4 x 120 + .6 x 75 = 93; .5 x 93 + .5 x 80 = 86.5, which is yellow."""
    rule = {"cap": "120", "bands": {"organisation": [
        {"name": "merah", "range": "[0, 80)"}, {"name": "kuning", "range": "[80, 100)"}, {"name": "hijau", "range": "[100, 120]"}]}}  # fmt: skip
    content: dict[str, Any] = {
        "indicator": [
            ROW | {"name": "a", "actual": "120", "achievement": "150", "value": "120", "weight": "40%", "score": "48"},
            ROW | {"name": "b", "achievement": "75", "value": "75", "weight": "60%", "score": "45"},
        ],
        "perspective": [{"name": "p", "weight": "50%", "value": "93"}, {"name": "q", "weight": "50%", "value": "80"}],
        "total": [{"value": "86.5", "band": "Kuning"}],
        "rule": rule,
    }  # fmt: skip
    assert contradicted(findings(**content, **EXACT)) == []
    content["total"] = [{"value": "86.5", "band": "hijau"}]
    found = findings(**content, **EXACT)
    assert contradicted(found) == ["hijau"]
    assert finding(found, "band").sum.en.endswith("= kuning")
    assert [each.names[0].en for each in finding(found, "band").repairs if each.names] == ["kuning"]
    content["total"] = [{"value": "87.5"}]
    assert contradicted(findings(**content, **EXACT)) == ["87.5"]


def test_weights_above_one_are_percentages() -> None:
    """20 and 80 without a sign are .2 and .8: .2 x 75 = 15, .8 x 50 = 40, together 55."""
    rows = [
        ROW | {"name": "a", "achievement": "75", "weight": "20", "score": "15"},
        ROW | {"name": "b", "actual": "40", "achievement": "50", "weight": "80", "score": "40"},
    ]
    content: dict[str, Any] = {"indicator": rows, "perspective": [{"name": "p", "value": "55"}], **EXACT}
    assert contradicted(findings(**content)) == []


def test_a_scale_of_bands_gives_each_achievement_the_value_of_its_band() -> None:
    """75 % is below 80, so N 1; .35 x 1 = .35; .25 x .35 = .0875, which a table printed as .175."""
    rule = {"scale": "bands", "bands": {"achievement": [
        {"name": "1", "range": "[0, 80)", "value": "1"}, {"name": "2", "range": "[80, inf)", "value": "2"}]}}  # fmt: skip
    row = ROW | {
        "achievement": "75",
        "value": "2",
        "weight": "0.35",
        "score": "0.70",
        "contribution": "0.175",
    }
    content: dict[str, Any] = {
        "indicator": [row],
        "perspective": [{"name": "p", "weight": "0.25"}],
        "rule": rule,
    }
    content["exact"] = [*EXACT["exact"], "value"]
    found = findings(**content)
    assert contradicted(found) == ["2", "0.70", "0.175"]
    assert [each.printed.text for each in found if each.verdict is Verdict.CONTRADICTS and each.own] == ["2"]


def test_what_is_not_printed_is_named_or_recovered() -> None:
    """NKO 104 with three of four perspectives unprinted: their names are missing; with one unprinted it is recovered."""
    perspectives = [{"name": "stakeholder", "value": "90"}]
    content: dict[str, Any] = {"rules": "kkp", "year": 2016, "total": [{"value": "104"}]}
    total = finding(findings(perspective=perspectives, **content), "organisation_score")
    assert total.verdict is Verdict.UNCHECKABLE
    assert {key.perspective for key in total.missing} >= {"learning_growth", "internal_process", "customer"}


def test_a_target_of_exactly_zero_gives_no_ratio_unless_the_rule_set_says_what_stands_for_it() -> None:
    row = {"name": "a", "target": "0", "actual": "0", "achievement": "100"}
    found = finding(findings(indicator=[row], **EXACT), "achievement", "a")
    assert found.verdict is Verdict.UNCHECKABLE


@pytest.mark.parametrize(
    ("polarity", "actual", "achievement"),
    [("minimize", "0", "100"), ("minimize", "3", "0"), ("maximize", "3", "100"), ("stabilize", "3", "0")],
)
def test_a_zero_target_is_judged_as_met_or_missed_where_the_rule_set_does(
    polarity: str, actual: str, achievement: str
) -> None:
    row = {"name": "a", "target": "0", "actual": actual, "polarity": polarity}
    other = "0" if achievement == "100" else "100"
    for text, verdict in ((achievement, Verdict.FOLLOWS), (other, Verdict.CONTRADICTS)):
        found = findings(indicator=[row | {"achievement": text}], rules="e-sakip:zero_judged", **EXACT)
        assert finding(found, "achievement", "a").verdict is verdict


def test_a_met_target_that_is_the_highest_value_possible_has_the_score_of_its_own() -> None:
    """PermenPANRB gives 120 for exactly 100 of a possible 100, and 109 for a target of 100 that could be exceeded."""
    row = {"name": "a", "target": "100", "actual": "100", "achievement": "100"}
    for maximum, right in (("100", "120"), ("200", "109")):
        for text in ("109", "120"):
            found = findings(
                indicator=[row | {"possible_maximum": maximum, "value": text}], rules="panrb-skp", **EXACT
            )
            expected = Verdict.FOLLOWS if text == right else Verdict.CONTRADICTS
            assert finding(found, "value", "a").verdict is expected


def test_a_missing_indicator_counts_as_zero_or_not_at_all_and_the_finding_says_which() -> None:
    """Of weights .5 and .5 one has no score: the mean of 80 is 40 with 0, and 80 without it."""
    rows = [
        ROW | {"name": "a", "actual": "64", "achievement": "80", "weight": "50%"},
        {"name": "b", "perspective": "p", "target": "80", "actual": "-", "achievement": "-", "value": "-", "weight": "50%"},
    ]  # fmt: skip
    for text, under in (("80", ("renormalise",)), ("40", ("zero",))):
        found = findings(indicator=rows, perspective=[{"name": "p", "value": text}], **EXACT)
        assert (
            finding(found, "perspective_score", "p").verdict,
            finding(found, "perspective_score", "p").under,
        ) == (
            Verdict.FOLLOWS,
            under,
        )


def test_weights_that_must_sum_to_one_and_do_not_contradict() -> None:
    rows = [
        {"name": "a", "perspective": "p", "weight": "0.50"},
        {"name": "b", "perspective": "p", "weight": "0.45"},
    ]
    assert contradicted(findings(indicator=rows, weights_sum_to_one="perspective")) == ["0.50", "0.45"]
    assert contradicted(findings(indicator=rows)) == []


# ---- no false alarm -----------------------------------------------------------------------------------------------------

FORMULAS = ("target / actual", "2 - actual / target", "actual / target", "both sides")


def reached(
    actual: Fraction, lower: Fraction, upper: Fraction, polarity: str, rule: dict[str, str]
) -> Fraction:
    """Return an achievement in percent, worked out apart from the code under test."""
    if lower != upper or polarity == "stabilize":
        if lower <= actual <= upper:
            return Fraction(100)
        if actual < lower:
            return 100 * actual / lower
        return 100 * actual / upper if rule["stabilize"] == "nearest edge" else 100 * (2 - actual / upper)
    if polarity == "maximize" or rule["minimize"] == "actual / target":
        return 100 * actual / lower
    if rule["minimize"] == "target / actual":
        return 100 * lower / actual
    if rule["minimize"] == "both sides" and actual < lower:
        return 100 * actual / lower
    return 100 * (2 - actual / lower)


@st.composite
def scorecards(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a consistent scorecard: inputs are rounded too, and weights are thirds and the like."""
    author, figure = Author(draw), st.integers(10, 3000).map(lambda tenths: Fraction(tenths, 7))
    rule: dict[str, Any] = {
        "minimize": draw(st.sampled_from(FORMULAS)),
        "stabilize": draw(st.sampled_from(["nearest edge", "both sides"])),
    }
    cap = draw(st.sampled_from([None, 100, 120]))
    if cap:
        rule["cap"] = str(cap)
    indicators, perspectives = [], []
    names = draw(st.lists(st.sampled_from("PQ"), min_size=1, max_size=2, unique=True))
    outer = [Fraction(draw(st.integers(1, 9))) for _ in names]
    scores = []
    for name, weight in zip(names, outer, strict=True):
        inner = [Fraction(draw(st.integers(1, 9))) for _ in range(draw(st.integers(1, 3)))]
        values = []
        for at, each in enumerate(inner):
            row, value = draw(indicator_rows(rule, cap, figure, author, name, at, each / sum(inner)))
            indicators.append(row)
            values.append(value)
        mean = sum(w * author.take(v) for w, v in zip(inner, values, strict=True)) / sum(inner)
        text, taken = author.put(mean)
        share, _ = author.put(100 * weight / sum(outer))
        printed = {"name": name, "weight": share + " %"} | ({"value": text} if author.shown() else {})
        perspectives.append(printed)
        scores.append(taken if "value" in printed else (mean,))
    total = sum(w * author.take(s) for w, s in zip(outer, scores, strict=True)) / sum(outer)
    return {
        "rule": rule, "indicator": indicators, "perspective": perspectives, "total": [{"value": author.put(total)[0]}],
    }  # fmt: skip


@st.composite
def indicator_rows(
    draw: st.DrawFn,
    rule: dict[str, str],
    cap: int | None,
    figure: st.SearchStrategy[Fraction],
    author: Author,
    perspective: str,
    at: int,
    weight: Fraction,
) -> tuple[dict[str, str], tuple[Fraction, ...]]:
    """Draw one indicator with the values that its score may have been taken as."""
    polarity = draw(st.sampled_from(["maximize", "minimize", "stabilize", "range"]))
    lower, actual = draw(figure), draw(figure)
    upper = lower + draw(figure) if polarity == "range" else lower
    row = {
        "name": f"{perspective}{at}",
        "perspective": perspective,
        "weight": author.put(100 * weight)[0] + " %",
    }
    edges = [author.put(each)[0] for each in ((lower, upper) if polarity == "range" else (lower,))]
    row |= {"target": "-".join(edges), "actual": author.put(actual)[0]}
    if polarity != "range":
        row["polarity"] = polarity
    achievement = reached(actual, lower, upper, polarity, rule)
    text, taken = author.put(achievement)
    if author.shown():
        row["achievement"] = text
    else:
        taken = (achievement, achievement)
    value = author.take(taken)
    value = min(value, Fraction(cap)) if cap else value
    text, values = author.put(value)
    if author.shown():
        row["value"] = text
        return row, values
    return row, (value,)


@settings(max_examples=EXAMPLES)
@given(content=scorecards())
def test_a_consistent_scorecard_never_contradicts_itself(content: dict[str, Any]) -> None:
    drawn = case(**content)
    assert contradicted(audit_case(drawn)) == []
    recover(drawn)
