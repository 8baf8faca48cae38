"""How achievements spread: counts at the cap and the floor by hand, bins that hold everything, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.distribution import (
    MANY,
    SHOWN,
    Distribution,
    Limits,
    distribute,
    find_lacks,
    score_limits,
    widest_limits,
)
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import read_study

KKP = read_rules("kkp")


def rows(*achievements: float | None, perspective: str = "stakeholder", year: int = 2017) -> pd.DataFrame:
    """Return one indicator for each achievement, with a target of 100; None is an actual that is missing."""
    names = [f"{perspective}-{number}" for number in range(len(achievements))]
    return pd.DataFrame(
        {"unit": "A", "year": year, "perspective": perspective, "indicator": names, "target": 100.0,
         "actual": pd.array(achievements, dtype="Float64")}
    )  # fmt: skip


def spread(observations: pd.DataFrame, rules: RuleSet = KKP) -> Distribution:
    return distribute(score(observations, rules))


# ---- limits ----------------------------------------------------------------------------------------------------------


def test_a_percentage_has_the_limits_the_rule_set_sets() -> None:
    floored = replace(KKP, floor=Fraction(0))
    assert score_limits(floored) == Limits(0.0, 120.0, 120.0)
    assert score_limits(vary(KKP, cap="none")) == Limits(None, None, None)


def test_a_conversion_is_limited_where_it_runs_level() -> None:
    """The civil servants' lines rise without end below zero, and run level at 120 from 110 % on."""
    assert score_limits(read_rules("panrb-skp")) == Limits(None, 120.0, 110.0)


def test_a_cap_below_a_conversions_own_end_has_no_one_achievement() -> None:
    lower = replace(read_rules("panrb-skp"), cap=Fraction(100))
    assert score_limits(lower) == Limits(None, 100.0, None)


def test_bands_of_one_indicator_limit_that_indicator_and_all_bands_limit_a_mean() -> None:
    rules = read_rules("value-for-money")
    named = dict(rules.indicator_bands)
    assert rules.achievement_bands is None
    assert score_limits(rules) == Limits(None, None, None)
    assert {score_limits(rules, name).highest for name in named} == {3.0, 5.0}
    assert (widest_limits(rules).lowest, widest_limits(rules).highest) == (1.0, 5.0)


# ---- counts ----------------------------------------------------------------------------------------------------------


def test_what_is_at_the_cap_and_beyond_it_is_counted_by_hand() -> None:
    """Of 119.9, 120, 120.1 and 300 the last three score 120, and two of them were beyond it before; one is missing."""
    heap = spread(rows(119.9, 120.0, 120.1, 300.0, None)).heap(2017, "stakeholder")
    assert heap is not None
    assert (heap.records, heap.measured) == (5, 4)
    assert (heap.at_cap, heap.beyond, heap.at_floor) == (3, 2, None)


def test_the_highest_and_the_lowest_band_are_cap_and_floor() -> None:
    """Bantaeng 2017: 70.6 %, 51.5 % and no other lie below 80 %; the highest, 125 %, stays below 130 %."""
    study = read_study("bantaeng")
    heap = distribute(score(study.observations, study.rules)).heap(2017, "")
    assert heap is not None
    assert (heap.measured, heap.at_cap, heap.at_floor) == (9, 0, 2)


def test_a_year_without_figures_has_no_quartiles_and_no_limit_reached() -> None:
    heap = spread(rows(None, None)).heap(2017, "stakeholder")
    assert heap is not None
    assert (heap.measured, heap.at_cap, heap.quartiles) == (0, 0, None)
    assert sum(heap.counts) == 0


def test_heaps_follow_years_and_the_rule_sets_perspectives_and_end_in_all() -> None:
    observed = pd.concat(
        [rows(90.0, year=2018), rows(80.0, perspective="learning_growth"), rows(95.0)], ignore_index=True
    )
    found = spread(observed)
    assert [(each.year, each.perspective) for each in found.heaps] == [
        (2017, "learning_growth"), (2017, "stakeholder"), (2017, ""), (2018, "stakeholder"), (2018, ""),
    ]  # fmt: skip
    assert found.heap(2018, "learning_growth") is None


# ---- bins ------------------------------------------------------------------------------------------------------------


def test_an_achievement_that_reaches_an_edge_but_for_its_last_bits_lies_above_it() -> None:
    """0.3 against 0.1 + 0.2 is one unit in the last place short of 100 %."""
    short = pd.DataFrame(
        {"unit": "A", "year": 2017, "perspective": "stakeholder", "indicator": "catch", "target": [0.1 + 0.2],
         "actual": [0.3]}
    )  # fmt: skip
    found = spread(short)
    (heap,) = (each for each in found.heaps if each.perspective)
    place = heap.counts.index(1)
    assert found.edges[place] == 100.0


def test_the_cap_is_an_edge_even_where_no_bin_would_end_there() -> None:
    found = spread(rows(90.0, 130.0), replace(KKP, cap=Fraction(125)))
    assert 125.0 in found.edges
    assert 100.0 in found.edges


def test_many_achievements_have_narrower_bins() -> None:
    few, many = spread(rows(*[95.0] * (MANY - 1))), spread(rows(*[95.0] * MANY))
    assert few.edges[1] - few.edges[0] == 2 * (many.edges[1] - many.edges[0])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_every_achievement_is_in_one_bin(achievements: list[float]) -> None:
    found = spread(rows(*achievements))
    heap = found.heaps[-1]
    assert sum(heap.counts) == heap.measured == len(achievements)
    assert list(found.edges) == sorted(set(found.edges))
    assert found.edges[0] >= SHOWN[0]
    assert heap.at_cap is not None
    assert heap.beyond is not None
    assert heap.beyond <= heap.at_cap


# ---- what is missing -------------------------------------------------------------------------------------------------


def test_what_lacks_a_target_an_actual_and_a_record_is_counted_in_units() -> None:
    """In 2017 unit A has catch without an actual, B has it without either figure, and C, which had it in 2016, has salt only."""
    observed = pd.DataFrame(
        [
            ("A", 2016, "catch", 1.0, 1.0), ("C", 2016, "catch", 1.0, 1.0),
            ("A", 2017, "catch", 1.0, None), ("B", 2017, "catch", None, None), ("C", 2017, "salt", 1.0, 1.0),
        ],
        columns=["unit", "year", "indicator", "target", "actual"],
    ).assign(perspective="stakeholder")  # fmt: skip
    lacks = {(each.year, each.indicator): each for each in find_lacks(observed, KKP)}
    catch = lacks[2017, "catch"]
    assert (catch.units, catch.no_target, catch.no_actual, catch.no_record, catch.whole) == (3, 1, 2, 1, 0)
    salt = lacks[2016, "salt"]
    assert (salt.units, salt.no_record, salt.whole) == (1, 1, 0)
    assert set(lacks) == {(2017, "catch"), (2016, "salt")}


def test_a_figure_that_is_carried_over_is_missing_all_the_same() -> None:
    observed = pd.concat([rows(90.0, year=2016), rows(None, year=2017)], ignore_index=True)
    (lack,) = find_lacks(observed, vary(KKP, missing="carry_last"))
    assert (lack.year, lack.no_actual, lack.whole) == (2017, 1, 0)


def test_complete_observations_lack_nothing() -> None:
    assert find_lacks(rows(90.0, 95.0), KKP) == ()


@pytest.mark.parametrize("name", ["bantaeng"])
def test_the_bantaeng_study_lacks_what_its_table_prints_a_dash_for(name: str) -> None:
    study = read_study(name)
    assert study.observations is not None
    (lack,) = find_lacks(study.observations, study.rules)
    assert (lack.year, lack.indicator, lack.no_target, lack.no_actual) == (2016, "satisfaction", 1, 1)
