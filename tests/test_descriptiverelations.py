"""Printed descriptive statistics: means that nobody can have, spreads, percentages; and no false alarm on real answers."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.auditfiles import case_of
from bsc_analysis.evidence.audit import Finding
from bsc_analysis.evidence.auditcase import AuditCase, audit_case
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.printed import Key
from tests.printers import ROUNDINGS, Rounding, print_number

EXAMPLES = 300  # in every profile: that nothing consistent is accused is the promise the program is built on
SCALE = {"minimum": "1", "maximum": "5", "granularity": "1"}


def case(**content: Any) -> AuditCase:
    return case_of({"kind": "descriptives", "title": "t", "decimal": "."} | content, Path(), "t.toml")


def findings(**content: Any) -> tuple[Finding, ...]:
    return audit_case(case(**content))


def contradicted(found: tuple[Finding, ...]) -> list[str]:
    return [each.printed.text for each in found if each.verdict is Verdict.CONTRADICTS]


def finding(found: tuple[Finding, ...], quantity: str, **key: Any) -> Finding:
    (one,) = (each for each in found if each.printed.key == Key(quantity, **key))
    return one


def mean(**printed: Any) -> dict[str, Any]:
    return {"variable": "x"} | printed


def percentage(category: str, **printed: str) -> dict[str, Any]:
    return {"variable": "x", "category": category} | printed


# ---- means of whole answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "text", "items", "verdict"),
    [
        ("19", "3.47", 1, Verdict.FOLLOWS),
        ("19", "3.45", 1, Verdict.CONTRADICTS),
        ("28", "5.19", 1, Verdict.CONTRADICTS),
        ("28", "5.18", 1, Verdict.FOLLOWS),
        ("28", "5.17", 1, Verdict.TRUNCATED),
        ("17", "3.08", 1, Verdict.CONTRADICTS),
        ("17", "3.08", 3, Verdict.FOLLOWS),
        ("100", "3.45", 1, Verdict.UNCHECKABLE),
        ("50", "3.45", 2, Verdict.UNCHECKABLE),
    ],
)
def test_a_mean_of_whole_answers_is_a_multiple_of_one_over_n(
    n: str, text: str, items: int, verdict: Verdict
) -> None:
    """Brown and Heathers' own example is 5.19 of 28 people: 145/28 = 5.1786 and 146/28 = 5.2143, nothing between.

    66/19 = 3.4737; 52/17 = 3.0588 and 53/17 = 3.1176; with three items 157/51 = 3.0784. With 100 people every mean of two
    decimals is possible.
    """
    found = finding(findings(mean=[mean(n=n, mean=text, items=items)]), "mean", perspective="x")
    assert found.verdict is verdict


def test_the_nearest_possible_means_are_shown_and_the_nearer_one_is_the_repair() -> None:
    found = finding(findings(mean=[mean(n="28", mean="5.19", items=1)]), "mean", perspective="x")
    assert found.sum.en == "nearest of 145 / 28 = 5.1786, 146 / 28 = 5.2143 = 5.1786"
    assert [each.range.lower for each in found.repairs] == [Fraction(145, 28)]


def test_a_mean_without_whole_answers_is_not_tested() -> None:
    found = finding(findings(mean=[mean(n="28", mean="5.19")]), "mean", perspective="x")
    assert (found.verdict, found.missing) == (Verdict.UNCHECKABLE, ())


def test_a_count_too_large_to_tell_anything_is_noted() -> None:
    (note,) = case(mean=[mean(n="100", mean="3.45", items=1)]).notes
    assert "100" in str(note)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2.10", Verdict.CONTRADICTS),
        ("2.05", Verdict.CONTRADICTS),
        ("2.04", Verdict.FOLLOWS),
        ("1.90", Verdict.FOLLOWS),
        ("0.49", Verdict.CONTRADICTS),
        ("0.50", Verdict.FOLLOWS),
    ],
)
def test_a_standard_deviation_fits_the_scale_and_the_mean(text: str, verdict: Verdict) -> None:
    """Ten answers from 1 to 5 with mean 3.5: five 3 and five 4 spread least, .5.

    The most is sqrt((5 - 3.5)(3.5 - 1)) = sqrt(3.75) = 1.936 over n, and times sqrt(10/9) 2.041 over n - 1.
    """
    row = mean(n="10", mean="3.50", sd=text, **SCALE)
    found = finding(findings(mean=[row], exact=["mean"]), "sd", perspective="x")
    assert found.verdict is verdict


def test_a_mean_outside_its_scale_leaves_no_spread() -> None:
    found = findings(mean=[mean(n="10", mean="5.6", sd="0.4", minimum="1", maximum="5", granularity="1")])
    assert "0.4" in contradicted(found)


def test_an_overall_mean_is_that_of_its_groups_by_their_size() -> None:
    """(19 x 66/19 + 21 x 70/21) / 40 = 136/40 = 3.4; the groups' sizes add up to 40."""
    groups = [
        mean(group="a", n="19", mean="3.47", granularity="1"),
        mean(group="b", n="21", mean="3.33", granularity="1"),
    ]
    right = mean(group="all", of=["a", "b"], n="40", mean="3.40")
    assert contradicted(findings(mean=[*groups, right])) == []
    assert contradicted(findings(mean=[*groups, right | {"mean": "3.45"}])) == ["3.45"]
    assert contradicted(findings(mean=[*groups, right | {"n": "41"}])) == ["41"]


def test_an_impossible_mean_may_have_been_either_neighbour_for_the_mean_over_groups() -> None:
    """3.35 of 21 may be 70/21 or 71/21: an overall (66 + 71) / 40 = 3.425 is no second contradiction."""
    groups = [
        mean(group="a", n="19", mean="3.47", granularity="1"),
        mean(group="b", n="21", mean="3.35", granularity="1"),
    ]
    overall = mean(group="all", of=["a", "b"], n="40", mean="3.42")
    assert contradicted(findings(mean=[*groups, overall])) == ["3.35"]


# ---- percentages ------------------------------------------------------------------------------------------------------------


def test_a_percentage_is_its_count_over_n() -> None:
    """17/40 = 42.5 %, 23/40 = 57.5 %."""
    rows = [
        percentage("a", n="40", count="17", percent="42.5 %"),
        percentage("b", n="40", count="23", percent="57.5"),
    ]
    assert contradicted(findings(percentage=rows)) == []
    rows[1]["percent"] = "56.5"
    assert contradicted(findings(percentage=rows)) == ["56.5"]


def test_counts_of_all_categories_add_up_to_n_unless_some_are_left_out() -> None:
    rows = [percentage("a", n="40", count="17"), percentage("b", n="40", count="22")]
    assert contradicted(findings(percentage=rows)) == ["40"]
    assert contradicted(findings(percentage=rows, incomplete=["x"])) == []


def test_percentages_without_counts_make_a_hundred_within_their_rounding() -> None:
    """33.3 + 33.3 + 33.3 may be three thirds; 35 + 40 + 30 is 105, more than three halves off."""
    thirds = [percentage(name, percent="33.3") for name in "abc"]
    assert contradicted(findings(percentage=thirds)) == []
    rows = [percentage(name, percent=text) for name, text in (("a", "35"), ("b", "40"), ("c", "30"))]
    assert contradicted(findings(percentage=rows)) == ["35", "40", "30"]
    assert contradicted(findings(percentage=rows, incomplete=["x"])) == []


@pytest.mark.parametrize(("text", "wrong"), [("42.9", []), ("43.5", ["43.5"])])
def test_a_percentage_without_a_count_is_one_of_whole_people(text: str, wrong: list[str]) -> None:
    """Of 7 people 3 are 42.857 % and 4 are 57.1 %."""
    rows = [percentage("a", n="7", percent=text)]
    assert contradicted(findings(percentage=rows)) == wrong


# ---- no false alarm ---------------------------------------------------------------------------------------------------------


def root(value: Fraction) -> Fraction:
    """Return a square root to twelve decimals, cut off."""
    return Fraction(isqrt(value.numerator * 10**24 // value.denominator), 10**12)


@st.composite
def samples(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[int]]:
    """Draw the answers of two groups and print what they come to, with the divisor n or n - 1."""
    items, rows, everyone = draw(st.integers(1, 3)), [], []
    way, decimals = draw(st.sampled_from(ROUNDINGS)), draw(st.integers(0, 3))
    lowest, highest = 1, draw(st.integers(2, 7))
    for group in ("a", "b"):
        n = draw(st.integers(2, 40))
        people = [[draw(st.integers(lowest, highest)) for _ in range(items)] for _ in range(n)]
        scores = [Fraction(sum(person), items) for person in people]
        rows.append(described(scores, group, items, highest, way, decimals, draw(st.integers(0, 1))))
        everyone += scores
    whole = described(everyone, "all", items, highest, way, decimals, 0) | {"of": ["a", "b"]}
    return [*rows, whole], [int(each) for each in everyone]


def described(
    scores: list[Fraction], group: str, items: int, highest: int, way: Rounding, decimals: int, less: int
) -> dict[str, Any]:
    average = sum(scores) / len(scores)
    variance = sum((each - average) ** 2 for each in scores) / (len(scores) - less)
    return mean(
        group=group, n=str(len(scores)), items=items, minimum="1", maximum=str(highest),
        mean=print_number(average, decimals, way), sd=print_number(root(variance), decimals, way),
    )  # fmt: skip


@settings(max_examples=EXAMPLES)
@given(drawn=samples(), way=st.sampled_from(ROUNDINGS), decimals=st.integers(0, 3), counted=st.booleans())
def test_what_real_answers_come_to_never_contradicts_itself(
    drawn: tuple[list[dict[str, Any]], list[int]], way: Rounding, decimals: int, counted: bool
) -> None:
    rows, answers = drawn
    n = len(answers)
    shares = [
        percentage(
            str(each), n=str(n), percent=print_number(Fraction(100 * answers.count(each), n), decimals, way),
            **({"count": str(answers.count(each))} if counted else {}),
        )
        for each in sorted(set(answers))
    ]  # fmt: skip
    assert contradicted(findings(mean=rows, percentage=shares)) == []
