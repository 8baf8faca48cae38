"""Rows made ready for a table: order, names, and what stands where there is nothing."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from bsc_analysis.exhibits.tablerows import band_words, build_table, decimals_of, in_rule_order, unit_column
from bsc_analysis.files import read_rules


def test_indicators_that_the_rule_set_does_not_list_follow_by_name() -> None:
    rows = pd.DataFrame(
        {
            "unit": "A",
            "perspective": "stakeholder",
            "indicator": ["b", "a", "b", "a"],
            "year": [2017, 2017, 2016, 2016],
        }
    )
    ordered = in_rule_order(rows, read_rules("kkp"))
    assert list(zip(ordered["indicator"], ordered["year"], strict=True)) == [
        ("a", 2016), ("a", 2017), ("b", 2016), ("b", 2017),
    ]  # fmt: skip
    assert list(ordered.columns) == list(rows.columns)


def test_perspectives_follow_the_rule_set_and_not_the_alphabet() -> None:
    rules = read_rules("kkp")
    rows = pd.DataFrame(
        {"unit": "A", "perspective": sorted(each.id for each in rules.perspectives), "year": 2017}
    )
    assert in_rule_order(rows, rules)["perspective"].tolist() == [each.id for each in rules.perspectives]


def test_the_unit_stands_in_a_table_only_where_there_are_several() -> None:
    assert unit_column(pd.DataFrame({"unit": ["A", "A"]})) == {}
    assert list(unit_column(pd.DataFrame({"unit": ["A", "B"]}))) == ["unit"]


def test_a_band_is_called_by_the_bands_it_belongs_to() -> None:
    bands = read_rules("bantaeng").achievement_bands
    assert band_words(["nearly", None, None], [bands, bands, None], "en") == [
        "Nearly on target",
        "no data",
        "-",
    ]


@pytest.mark.parametrize(
    ("figures", "decimals"),
    [
        ([100.0, 7.0], 0),
        ([0.5, 29.46, None], 2),
        ([1 / 3], 4),
        ([3_900_000.0, 0.1 + 0.2], 1),
        ([], 0),
        ([0.0], 0),
        ([1000.0], 0),
    ],
)
def test_figures_are_shown_with_the_digits_they_have(figures: list[float | None], decimals: int) -> None:
    assert decimals_of(pd.Series(figures, dtype="Float64")) == decimals


def test_missing_figures_of_any_type_become_nan_and_years_keep_their_headers() -> None:
    table = build_table(
        {"score": pd.Series([1.5, None], dtype="Float64"), "2016": [1, 2]}, {"score": 1}, "en"
    )
    assert table.frame.columns.tolist() == ["score", "2016"]
    assert math.isnan(table.frame["score"].iloc[1])
    assert table.frame["score"].dtype == "float64"
