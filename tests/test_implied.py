"""Implied figures: what the printed ones leave open for those that are not printed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bsc_analysis.evidence.implied import (
    ImpliedScores,
    band_readings,
    coefficients,
    implied_paths,
    implied_scores,
)
from bsc_analysis.evidence.printed import PrintedFigures
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import read_rules
from bsc_analysis.paths.model import path_model
from bsc_analysis.scorecards.bands import Interval
from bsc_analysis.scorecards.variants import vary

SOURCE = """
[document]
citation = "a test"
rights = "none"
transcription = "none"
[exact]
quantities = ["perspective_weight"]
reason = "by nature"
[places.here]
name = { id = "Sini", en = "Here" }
[places.there]
name = { id = "Sana", en = "There" }
[[tables]]
file = "a.csv"
sha256 = "0"
decimal = "."
"""
KKP = read_rules("kkp")
CHAIN = path_model("B ~ A\nC ~ A + B")


def printed(*rows: str) -> PrintedFigures:
    """Read rows of place, quantity, perspective, year, start, end and text."""
    header = "place,quantity,perspective,year,start,end,printed,label"
    return read_figures(
        read_source(SOURCE, "s"), {"a.csv": "\n".join([header, *(row + ",x" for row in rows)])}
    )


# ---- paths -----------------------------------------------------------------------------------------------------------

PATHS = (
    "here,direct_effect,,,A,B,0.50",
    "here,direct_effect,,,A,C,0.10",
    "here,indirect_effect,,,A,C,0.20",
)


def test_a_path_that_is_not_printed_is_recovered_within_the_rounding_of_the_others() -> None:
    """0.20 = 0.50 x b: b lies between .195/.505 and .205/.495, and at the printed digits it is .4."""
    (path,) = implied_paths(printed(*PATHS), KKP, CHAIN)
    assert (path.start, path.end, path.point) == ("B", "C", Fraction(2, 5))
    assert path.joint == Interval(
        Fraction("0.195") / Fraction("0.505"), Fraction("0.205") / Fraction("0.495")
    )
    assert [figure.text for figure, _ in path.by] == ["0.20"]


def test_where_every_path_is_printed_none_is_implied() -> None:
    assert implied_paths(printed(*PATHS, "here,direct_effect,,,B,C,0.40"), KKP, CHAIN) == ()


def test_a_path_that_nothing_printed_rests_on_is_not_implied() -> None:
    assert implied_paths(printed(*PATHS[:2]), KKP, CHAIN) == ()


def test_coefficients_are_the_printed_ones_and_the_implied_points() -> None:
    figures = printed(*PATHS)
    assert coefficients(figures, implied_paths(figures, KKP, CHAIN)) == {
        ("A", "B"): 0.5,
        ("A", "C"): 0.1,
        ("B", "C"): 0.4,
    }


# ---- scores ----------------------------------------------------------------------------------------------------------


def implied(*rows: str, capped: bool = True) -> tuple[ImpliedScores, ...]:
    rules = KKP if capped else vary(KKP, cap=Fraction(10**6))
    return implied_scores(printed(*rows), rules)


ONE_PRINTED = ("here,organisation_score,,2015,,,112%", "here,perspective_score,stakeholder,2015,,,96%")


def test_the_unprinted_perspectives_must_average_what_the_total_leaves() -> None:
    """(112 - .25 x 96) / .75 = 117.33; within rounding (111.5 - .25 x 96.5) / .75 to (112.5 - .25 x 95.5) / .75."""
    (year,) = implied(*ONE_PRINTED)
    assert (year.year, [each.short for each in year.unprinted]) == (2015, ["LG", "IP", "CP"])
    assert year.mean == Fraction(352, 3)
    assert year.mean_range == Interval(
        Fraction("87.375") / Fraction("0.75"), Fraction("88.625") / Fraction("0.75")
    )


def test_the_ceiling_is_the_total_with_the_unprinted_at_the_cap() -> None:
    """.25 x 96 + .75 x 120 = 114."""
    (year,) = implied(*ONE_PRINTED)
    assert year.ceiling == 114


def test_the_floor_of_one_perspective_has_the_others_at_the_cap() -> None:
    """LG: (88 - .45 x 120) / .3 = 113.33; CP: (88 - .6 x 120) / .15 = 106.67."""
    (year,) = implied(*ONE_PRINTED)
    assert [(each.short, floor) for each, floor in year.floors] == [
        ("LG", Fraction(340, 3)),
        ("IP", Fraction(340, 3)),
        ("CP", Fraction(320, 3)),
    ]


def test_two_printed_perspectives_leave_less_open() -> None:
    """(112 - .25 x 96 - .3 x 120) / .45 = 115.56."""
    (year,) = implied(*ONE_PRINTED, "here,perspective_score,internal_process,2015,,,120%")
    assert [each.short for each in year.unprinted] == ["LG", "CP"]
    assert year.mean == Fraction(5200, 45)


def test_years_come_in_order_and_the_first_printed_total_counts() -> None:
    years = implied(
        "here,organisation_score,,2017,,,98%", "here,perspective_score,stakeholder,2017,,,95%", *ONE_PRINTED,
        "there,organisation_score,,2015,,,50%",
    )  # fmt: skip
    assert [(each.year, each.printed.text) for each in years] == [(2015, "112%"), (2017, "98%")]


@pytest.mark.parametrize(
    "rows",
    [
        ONE_PRINTED[:1],
        ONE_PRINTED[1:],
        (*ONE_PRINTED, *(f"here,perspective_score,{name},2015,,,100%" for name in ("learning_growth", "internal_process", "customer"))),
    ],
    ids=["no perspective", "no total", "nothing unprinted"],
)  # fmt: skip
def test_without_a_total_and_something_unprinted_nothing_is_implied(rows: tuple[str, ...]) -> None:
    assert implied(*rows) == ()


def test_a_perspective_printed_as_absent_is_not_taken_as_a_score_of_zero() -> None:
    """A dash says that there is no figure; the others then average (112 - .25 x 96) / .75 only if nothing is made of it."""
    (year,) = implied(*ONE_PRINTED, "here,perspective_score,customer,2015,,,-")
    assert year.mean == Fraction(352, 3)


# ---- bands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "band", "possible"),
    [
        ("here,organisation_score,,2015,,,112%", "green", ["green"]),
        ("here,organisation_score,,2015,,,98%", "yellow", ["yellow"]),
        ("here,organisation_score,,2015,,,100%", "green", ["yellow", "green"]),
        ("here,organisation_score,,2015,,,79.99%", "red", ["red"]),
        ("here,perspective_score,stakeholder,2015,,,90%", "green", ["yellow", "green"]),
        ("here,perspective_score,stakeholder,2015,,,75.0%", "yellow", ["red", "yellow"]),
        ("here,organisation_score,,2015,,,130%", "green", ["green"]),
    ],
)
def test_a_printed_score_has_its_band_and_those_rounding_allows(
    row: str, band: str, possible: list[str]
) -> None:
    (reading,) = band_readings(printed(row), KKP)
    assert reading.band.id == band
    assert [each.id for each in reading.possible] == possible
    assert reading.certain == (len(possible) == 1)


def test_a_score_printed_in_two_places_is_read_once_and_other_figures_not_at_all() -> None:
    readings = band_readings(printed(*ONE_PRINTED, "there,organisation_score,,2015,,,112%", *PATHS), KKP)
    assert [each.printed.place for each in readings] == ["here", "here"]


def test_a_level_without_bands_has_no_readings() -> None:
    percent = vary(read_rules("bantaeng"), scale="percent")
    assert band_readings(printed(*ONE_PRINTED), percent) == ()
