"""A rule set's formulas over intervals: ranges, conversions and bands, against the formula at every point."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.evidence.expressions import BandValue, Capped, Floored, Leaf, Value, evaluate
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.ruleexpressions import BandName, Converted, Kept, achievement, score
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.bands import INFINITY, Interval
from bsc_analysis.scorecards.rules import Indicator
from bsc_analysis.scorecards.variants import vary

A, T, U = (Leaf(Key(name)) for name in ("actual", "target", "target_upper"))
sizes = st.integers(1, 40)


def point(value: int | str | Fraction) -> Interval:
    return Interval(Fraction(value), Fraction(value))


def share(actual: Fraction, lower: Fraction, upper: Fraction, formula: str) -> Fraction:
    if lower <= actual <= upper:
        return Fraction(1)
    if actual < lower:
        return actual / lower
    return actual / upper if formula == "nearest edge" else 2 - actual / upper


@given(data=st.data(), formula=st.sampled_from(["nearest edge", "both sides"]))
def test_the_share_of_every_actual_and_range_lies_in_the_range(data: st.DataObject, formula: str) -> None:
    at = [Fraction(data.draw(sizes)) for _ in range(2)]
    actual, lower, upper = at[0], at[1], at[1] + data.draw(st.integers(0, 20))
    known = []
    for value in (actual, lower, upper):
        below, above = (Fraction(data.draw(st.integers(0, 9)), 10) for _ in range(2))
        known.append(Interval(value - below, value + above))
    found = Kept((A, T, U), formula).range(known)  # type: ignore[arg-type]
    assert found.lower <= share(actual, lower, upper, formula) <= found.upper


@pytest.mark.parametrize(("share_", "actual"), [("0.5", "35"), ("1.1", "88"), ("1.25", "100")])
def test_a_range_is_undone_to_the_actual_by_its_nearest_edge(share_: str, actual: str) -> None:
    """Of 70-80: half of 70 is 35; 1.1 times 80 is 88."""
    found = Kept((A, T, U), "nearest edge").undo(0, point(share_), [point(70), point(80)])
    assert found == point(actual)


def test_a_range_is_undone_to_the_edge_that_was_missed() -> None:
    """85.69 is 107.11 % of 80.00; a share below one says nothing of the upper edge."""
    kept = Kept((A, T, U), "nearest edge")
    found = kept.undo(2, point("1.25"), [point(100), point(70)])
    assert found == point(80)
    assert kept.undo(2, point("0.5"), [point(35), point(70)]) is None
    assert kept.undo(1, point("0.5"), [point(35), point(80)]) == point(70)


def test_a_target_that_may_be_zero_leaves_the_share_open() -> None:
    found = Kept((A, T), "nearest edge").range([point(5), Interval(Fraction(0), Fraction(1))])
    assert found == Interval(-INFINITY, INFINITY)


PANRB = read_rules("panrb-skp")


@given(value=st.fractions(0, 150, max_denominator=50), width=st.fractions(0, 5, max_denominator=10))
def test_a_conversion_over_an_interval_holds_the_score_of_every_point(
    value: Fraction, width: Fraction
) -> None:
    conversion = PANRB.conversions[0]
    node = Converted((A,), conversion)
    whole = node.range([Interval(value, value + width)])
    for at in (value, value + width / 2, value + width):
        inside = node.range([point(at)])
        assert whole.lower <= inside.lower <= inside.upper <= whole.upper


def test_a_conversion_by_hand() -> None:
    """PermenPANRB: from 80 to 99 the score is 70 + 19 (c - 80) / 19, so 90 gives 80; above 110 it is 120."""
    node = Converted((A,), PANRB.conversions[0])
    assert node.range([point(90)]) == point(80)
    assert node.range([point(130)]) == point(120)
    assert node.undo(0, point(80), []) == point(90)


def test_a_score_is_converted_floored_capped_and_banded_as_the_rule_set_says() -> None:
    indicator = Indicator("economy", "financial", Fraction(1), "maximize", Label("e", "e"))
    assert isinstance(score(A, indicator, read_rules("bantaeng")), BandValue)
    assert isinstance(score(A, indicator, read_rules("kkp")), Capped)
    floored = vary(read_rules("kkp"), floor=Fraction(0), cap="none")
    assert isinstance(score(A, indicator, floored), Floored)
    value = evaluate(score(A, indicator, read_rules("kkp")), lambda _: Value(point(150)), "zero")
    assert value == Value(point(120))


def test_a_polarity_without_a_formula_has_no_achievement() -> None:
    kkp = replace(read_rules("kkp"), minimize=None, stabilize=None)
    assert achievement(A, [T], "minimize", kkp) is None
    assert achievement(A, [T, U], "maximize", kkp) is None
    assert achievement(A, [T], "maximize", kkp) is not None


def test_a_band_is_named_and_undone() -> None:
    bands = read_rules("kkp").organisation_bands
    assert bands is not None
    node = BandName((A,), bands)
    assert [each.en for each in node.names(node.range([Interval(Fraction(79), Fraction(81))]))] == [
        "Red",
        "Yellow",
    ]
    assert node.undo(0, point(1), []) == bands.bands[1].range
