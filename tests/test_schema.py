"""The schema of the observations table: what pandera finds is said in our words, with the place in the file."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.intake.schema import broken_rules

ROW = {
    "unit": "A",
    "year": 2017,
    "perspective": "financial",
    "indicator": "e",
    "target": 70.0,
    "actual": 84.0,
}


def observations(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([ROW | row for row in rows])
    figures = ("target", "target_upper", "actual", "weight")
    texts = [name for name in frame if name not in (*figures, "year")]
    kinds = dict.fromkeys(texts, "str") | {name: "Float64" for name in figures if name in frame}
    return frame.astype(kinds)


def faults(*rows: dict[str, object]) -> list[str]:
    return [str(each) for each in broken_rules(observations(*rows), place, title)]


def place(row: int, name: str) -> Fault:
    return fault("row {row}, {name}", row=row + 2, name=name)


def title(row: int) -> tuple[Fault, int]:
    return fault("{file}", file="iku.csv"), row + 2


def test_a_table_that_keeps_to_the_schema_has_no_faults() -> None:
    assert faults({}, {"indicator": "f"}) == []


def test_figures_may_be_missing() -> None:
    assert faults({"target": None, "actual": None, "target_upper": None}) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"actual": math.inf}, "row 3, actual: got inf, allowed: a finite number"),
        ({"target_upper": 60.0}, "row 3, target_upper: got 60.0, allowed: at least the target, 70.0"),
        ({"polarity": "up"}, "row 3, polarity: got up, allowed: one of maximize, minimize, stabilize"),
        ({"year": 1789}, "row 3, year: got 1789, allowed: a year such as 2017"),
    ],
)
def test_a_broken_rule_is_said_with_its_place(changed: dict[str, object], sentence: str) -> None:
    fine = {
        name: {"actual": 1.0, "target_upper": 80.0, "polarity": "maximize", "year": 2016}[name]
        for name in changed
    }
    assert faults({"indicator": "first"} | fine, changed) == [sentence]


def test_an_upper_end_equal_to_the_target_is_allowed() -> None:
    assert faults({"target_upper": 70.0}) == []


def test_a_repeated_key_is_named_from_its_second_row_on() -> None:
    assert faults({}, {"indicator": "f"}, {}, {}) == [
        "iku.csv, row 4: A, 2017, financial, e stands in an earlier row already",
        "iku.csv, row 5: A, 2017, financial, e stands in an earlier row already",
    ]


def test_periods_belong_to_the_key() -> None:
    assert faults({"period": "Q1"}, {"period": "Q2"}) == []
    assert faults({"period": "Q1"}, {"period": "Q1"}) == [
        "iku.csv, row 3: A, 2017, Q1, financial, e stands in an earlier row already"
    ]
    assert faults({"period": None}, {"period": None}) == [
        "iku.csv, row 3: A, 2017, financial, e stands in an earlier row already"
    ]


def test_all_broken_rules_are_said_at_once() -> None:
    found = faults({"polarity": "up"}, {"indicator": "f", "polarity": "down", "actual": math.inf})
    assert len(found) == 3
