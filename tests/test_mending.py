"""Mending: what a contradictory total would be with one of its causes put right, and with all of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bsc_analysis.evidence.audit import audit
from bsc_analysis.evidence.mending import Mend, mend
from bsc_analysis.studies import read_study


@pytest.fixture(scope="module")
def mends() -> tuple[Mend, ...]:
    study = read_study("bantaeng")
    return mend(audit(study.printed, study.rules), study.printed, study.rules)


def named(each: Mend) -> list[tuple[str, str]]:
    return [(cause.key.indicator, cause.text) for cause in each.mended]


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("economy", "3.0325"),
        ("effectiveness", "3.075"),
        ("satisfaction", "2.87"),
        ("innovation", "3.245"),
        ("facilities", "3.0325"),
    ],
)
@pytest.mark.parametrize("place", ["table7", "last_table"])
def test_with_one_cause_mended_the_total_moves_by_that_one_alone(
    place: str, indicator: str, value: str, mends: tuple[Mend, ...]
) -> None:
    """3.12 less the printed contribution plus the right one: economy 3.12 - .175 + .0875 = 3.0325, and so on."""
    (one,) = [
        each for each in mends if each.total.place == place and [i for i, _ in named(each)] == [indicator]
    ]
    assert one.value == Fraction(value)


@pytest.mark.parametrize("place", ["table7", "last_table"])
def test_with_all_causes_mended_the_total_is_that_of_its_own_bands(
    place: str, mends: tuple[Mend, ...]
) -> None:
    (all_of_them,) = [each for each in mends if each.total.place == place and len(each.mended) > 1]
    assert {indicator for indicator, _ in named(all_of_them)} == {
        "economy",
        "effectiveness",
        "satisfaction",
        "innovation",
        "facilities",
    }
    assert all_of_them.value == Fraction("2.775")


def test_only_totals_of_tables_that_contradict_are_mended(mends: tuple[Mend, ...]) -> None:
    assert {(each.total.place, each.total.key.year) for each in mends} == {
        ("table7", 2017),
        ("last_table", 2017),
    }


def test_where_nothing_contradicts_nothing_is_mended() -> None:
    study = read_study("bantaeng", years=(2016,))
    assert mend(audit(study.printed, study.rules), study.printed, study.rules) == ()
