"""The same data under several rule sets: one line per row, one judgement per rule set, refusals beside the others."""

from __future__ import annotations

import pandas as pd
import pytest

from bsc_analysis.datafiles import read_data
from bsc_analysis.evidence.rulecomparison import Comparison, Judgement, compare_rules
from bsc_analysis.files import data_folder, read_rules

CLOSE = 1e-9  # float64 against the same sum taken in another order
PRINTED = 5e-5  # half a unit of the fourth decimal, to which the totals are worked


@pytest.fixture(scope="module")
def bantaeng() -> pd.DataFrame:
    return read_data(data_folder() / "studies/bantaeng/indicators.csv").observations


def compare(observations: pd.DataFrame, *names: str) -> Comparison:
    return compare_rules(observations, [read_rules(name) for name in names])


def totals(comparison: Comparison, place: int) -> list[float | None]:
    return [
        None if (judgement := line.judgements[place]) is None else judgement.score
        for line in comparison.organisations
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bantaeng:bands_zero", [2.1625, 2.775]),
        ("bantaeng:bands_renormalised", [2.8833, 2.775]),
        ("bantaeng:bands_common", [2.8833, 2.7]),
        ("bantaeng:lower_better_ratio", [2.65, 2.95]),
        ("bantaeng:lower_better_difference", [2.65, 2.775]),
        ("bantaeng:attainment", [97.55, 97.62]),
        ("bantaeng:attainment_capped", [97.55, 97.18]),
    ],
)
def test_the_bantaeng_totals_stand_under_each_reading(
    name: str, expected: list[float], bantaeng: pd.DataFrame
) -> None:
    tolerance = PRINTED if expected[0] < 10 else 5e-3  # percentages are worked to two decimals
    assert totals(compare(bantaeng, name), 0) == pytest.approx(expected, abs=tolerance)


def test_judgements_stand_in_the_order_of_the_rule_sets(bantaeng: pd.DataFrame) -> None:
    names = ("bantaeng:bands_renormalised", "bantaeng:bands_zero")
    there, back = compare(bantaeng, *names), compare(bantaeng, *reversed(names))
    assert [rules.id for rules in there.rules] == list(names)
    assert totals(there, 0) == totals(back, 1)
    assert totals(there, 1) == totals(back, 0)


def test_lines_are_sorted_and_each_row_has_one(bantaeng: pd.DataFrame) -> None:
    comparison = compare(bantaeng.sample(frac=1, random_state=7), "bantaeng")
    keys = [(line.unit, line.year, line.perspective, line.indicator) for line in comparison.indicators]
    assert keys == sorted(keys)
    assert len(keys) == len(bantaeng)


def test_achievement_score_and_band_are_those_of_the_rule_set(bantaeng: pd.DataFrame) -> None:
    """Economy 2017: 84 of 119 is 70.588 %; by 2 - A/T it is 129.412 %, the band from 111 to 130."""
    comparison = compare(bantaeng, "bantaeng", "bantaeng:lower_better_difference")
    (line,) = [each for each in comparison.indicators if (each.indicator, each.year) == ("economy", 2017)]
    assert line.judgements == (
        Judgement(pytest.approx(8400 / 119, abs=CLOSE), 1.0, "far_below"),
        Judgement(pytest.approx(200 - 8400 / 119, abs=CLOSE), 4.0, "above"),
    )


def test_a_missing_actual_has_no_numbers(bantaeng: pd.DataFrame) -> None:
    comparison = compare(bantaeng, "bantaeng")
    (line,) = [
        each for each in comparison.indicators if (each.indicator, each.year) == ("satisfaction", 2016)
    ]
    assert line.judgements == (Judgement(None, None, None),)


def test_a_rule_set_that_refuses_the_data_gives_its_reasons_and_the_others_come(
    bantaeng: pd.DataFrame,
) -> None:
    comparison = compare(bantaeng, "kkp", "bantaeng")
    assert totals(comparison, 0) == [None, None]
    assert totals(comparison, 1) == pytest.approx([2.1625, 2.775], abs=PRINTED)
    (refusal,) = comparison.refusals
    assert (refusal.place, refusal.rules) == (0, "kkp")
    assert "perspective 'financial' is not in the rule set" in str(refusal.faults[0])


def test_what_a_variant_leaves_out_has_no_judgement_there(bantaeng: pd.DataFrame) -> None:
    comparison = compare(bantaeng, "bantaeng", "bantaeng:bands_common")
    (line,) = [
        each for each in comparison.indicators if (each.indicator, each.year) == ("satisfaction", 2017)
    ]
    assert [judgement is None for judgement in line.judgements] == [False, True]


def test_data_that_every_rule_set_refuses_have_no_lines(bantaeng: pd.DataFrame) -> None:
    comparison = compare(bantaeng, "kkp", "kmk-467")
    assert (comparison.indicators, comparison.organisations) == ((), ())
    assert [each.place for each in comparison.refusals] == [0, 1]


def test_the_five_readings_of_one_row_stand_side_by_side() -> None:
    """T = 100, R = 210: 47.6, -10, 0 (the floor), 210 and -10."""
    rows = pd.DataFrame({"unit": ["A"], "year": [2020], "perspective": ["performance"], "indicator": ["complaints"],
                         "polarity": ["minimize"], "target": [100.0], "actual": [210.0]})  # fmt: skip
    names = ("ratio", "difference", "difference_floor", "unturned", "distance")
    comparison = compare(rows, *(f"e-sakip:{name}" for name in names))
    scores = [None if each is None else each.score for each in comparison.indicators[0].judgements]
    assert scores == pytest.approx([100 / 2.1, -10, 0, 210, -10], abs=CLOSE)
    assert totals(comparison, 2) == pytest.approx([0], abs=CLOSE)
