"""Readings: the same data under several rules, and which way the organisation moved under each."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import pytest

from bsc_analysis.evidence.printed import PrintedFigures
from bsc_analysis.evidence.readings import Negligible, Outcome, Reading, printed_outcome, score_readings
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.variants import vary

NEGLIGIBLE = Negligible(bands=0.005, percent=0.5, reason="printed digits")
KKP = read_rules("kkp")

SOURCE = """
[document]
citation = "a test"
rights = "none"
transcription = "none"
[exact]
quantities = ["weight"]
reason = "by nature"
[places.here]
name = { id = "Sini", en = "Here" }
[[tables]]
file = "a.csv"
sha256 = "0"
place = "here"
decimal = "."
"""


@pytest.mark.parametrize(
    ("change", "scale", "direction"),
    [
        (0.0, "bands", "no change"),
        (0.0049, "bands", "no change"),
        (0.0051, "bands", "rise"),
        (-0.0051, "bands", "fall"),
        (0.0051, "percent", "no change"),
        (-0.49, "percent", "no change"),
        (0.51, "percent", "rise"),
        (-0.51, "percent", "fall"),
    ],
)
def test_a_change_has_a_direction_only_beyond_what_is_called_no_change(
    change: float, scale: Literal["bands", "percent"], direction: str
) -> None:
    assert NEGLIGIBLE.direction(change, scale) == direction


def observations() -> pd.DataFrame:
    """Return two years of two perspectives: stakeholder 90 then 80, customer only in the second year, 120."""
    rows = [(2016, "stakeholder", 90.0), (2017, "stakeholder", 80.0), (2017, "customer", 120.0)]
    frame = pd.DataFrame(rows, columns=["year", "perspective", "actual"])
    return frame.assign(unit="A", indicator="i", target=100.0)


def outcome(reading: Reading) -> Outcome:
    (found,) = score_readings(observations(), [reading], NEGLIGIBLE)
    return found


def test_each_reading_is_scored_by_its_own_rule_and_the_direction_may_turn() -> None:
    """Renormalised: 90, then (.25 x 80 + .15 x 120) / .4 = 95, a rise. Without customer: 90, then 80, a fall."""
    with_customer = outcome(Reading("all", Label("semua", "all"), KKP))
    without = outcome(Reading("common", Label("sama", "common"), vary(KKP, leave_out=["customer"])))
    assert with_customer.scores == ((2016, pytest.approx(90)), (2017, pytest.approx(95)))
    assert without.scores == ((2016, pytest.approx(90)), (2017, pytest.approx(80)))
    assert (with_customer.direction, without.direction) == ("rise", "fall")
    assert with_customer.change == pytest.approx(5)


def test_outcomes_come_in_the_order_of_the_readings() -> None:
    readings = [Reading(name, Label(name, name), KKP) for name in ("b", "a")]
    found = score_readings(observations(), readings, NEGLIGIBLE)
    assert [each.reading.id for each in found if each.reading] == ["b", "a"]


def totals(*cells: str) -> PrintedFigures:
    rows = [f"total,,{year},organisation_score,{text}" for year, text in (cell.split("=") for cell in cells)]
    text = "\n".join(["label,perspective,year,quantity,printed", *rows])
    return read_figures(read_source(SOURCE, "s"), {"a.csv": text})


def test_the_printed_outcome_runs_from_the_first_to_the_last_printed_year() -> None:
    found = printed_outcome(totals("2017=98", "2015=112", "2016=104"), KKP, NEGLIGIBLE)
    assert found is not None
    assert found.scores == ((2015, 112.0), (2016, 104.0), (2017, 98.0))
    assert (found.reading, found.direction) == (None, "fall")


@pytest.mark.parametrize(
    "cells", [(), ("2017=98",), ("2016=-", "2017=98")], ids=["none", "one year", "one absent"]
)
def test_without_two_printed_years_there_is_no_direction(cells: tuple[str, ...]) -> None:
    assert printed_outcome(totals(*cells), KKP, NEGLIGIBLE) is None


def test_of_a_total_printed_twice_the_first_counts() -> None:
    found = printed_outcome(totals("2016=100", "2017=98", "2017=120"), KKP, NEGLIGIBLE)
    assert found is not None
    assert found.scores[-1] == (2017, 98.0)
