"""Accountability: grades and components by hand, who stands for the whole, what is compared, and the truth of a made series."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.evidence.accountability import grade_years, highest_total, whole_unit
from bsc_analysis.evidence.accountabilitytests import (
    Compared,
    against_maximum,
    between_periods,
    interruptions,
)
from bsc_analysis.evidence.changeinputs import Choices
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.doorway import admit
from bsc_analysis.scorecards.observations import COLUMNS
from bsc_analysis.twins.accountability import AccountabilityTruth, make_accountability
from tests.accountabilitycases import INTRODUCED, TOTALS, YEARS, evaluated, rows

LAST_BITS = 1e-9
FOUR_DECIMALS = 5e-5
CHOICES = Choices(margin=5)
UNITS = ("Ministry", *(f"Office {letter}" for letter in "ABCDEFGHI"))
MADE_YEARS = tuple(range(2010, 2018))
TRUTH = AccountabilityTruth()


def one(found: tuple[Compared, ...], scope: str) -> Compared:
    (own,) = (each for each in found if each.scope == scope)
    return own


def made(seed: int = 20151122, *, rules: str = "sakip", truth: AccountabilityTruth = TRUTH) -> pd.DataFrame:
    return make_accountability(
        units=UNITS, years=MADE_YEARS, introduced=INTRODUCED, seed=seed, rules=read_rules(rules), truth=truth
    )


# ---- grades ----------------------------------------------------------------------------------------------------------


def test_totals_grades_and_components_by_hand() -> None:
    """24 + 21 + 12 + 15 = 72 of 30 + 30 + 15 + 25: BB, above 70; planning is 24 / 30 = 80 %."""
    got = {"planning": 24.0, "measurement": 21.0, "reporting": 12.0, "internal_evaluation": 15.0}
    frame = pd.DataFrame(
        {"unit": "A", "year": 2017, "perspective": "accountability", "indicator": list(got), "target": None,
         "actual": list(got.values())}
    )  # fmt: skip
    (found,) = grade_years(evaluated(frame))
    assert found.grade is not None
    assert (found.unit, found.year, found.grade.id) == ("A", 2017, "bb")
    assert found.total == pytest.approx(72, abs=LAST_BITS)
    assert [each.points for each in found.components] == pytest.approx(list(got.values()), abs=LAST_BITS)
    assert [each.most for each in found.components] == pytest.approx([30, 30, 15, 25], abs=LAST_BITS)
    assert found.components[0].percent == pytest.approx(80, abs=LAST_BITS)
    assert sum(each.points or 0 for each in found.components) == pytest.approx(found.total, abs=LAST_BITS)


@pytest.mark.parametrize(
    ("total", "grade"),
    [(30, "d"), (30.1, "c"), (60, "cc"), (60.1, "b"), (80, "bb"), (80.1, "a"), (90.1, "aa"), (100, "aa")],
)
def test_each_grade_begins_above_its_edge(total: float, grade: str) -> None:
    (found,) = grade_years(evaluated(rows({"Ministry": (total,)})))
    assert found.grade is not None
    assert found.grade.id == grade


def test_evaluations_come_by_unit_and_year() -> None:
    found = grade_years(evaluated())
    assert [(each.unit, each.year) for each in found] == [
        (unit, year) for unit in ("A", "B", "C", "Ministry") for year in YEARS
    ]
    assert [each.total for each in found[:6]] == pytest.approx(TOTALS["A"], abs=LAST_BITS)


def test_a_missing_component_is_refused_or_has_no_points() -> None:
    frame = rows({"Ministry": (70,)}).query("indicator != 'reporting'")
    with pytest.raises(DataError, match="only 85 % of the weight rests on data"):
        grade_years(evaluated(frame))
    renormalised = evaluated(frame)
    (found,) = grade_years(
        type(renormalised)(frame, read_rules("sakip", missing="renormalise"), INTRODUCED, "real")
    )
    assert found.total == pytest.approx(70, abs=LAST_BITS)
    assert [each.percent for each in found.components if each.id == "reporting"] == [None]


def test_the_highest_total_is_the_cap() -> None:
    assert highest_total(read_rules("sakip-2015")) == 100
    with pytest.raises(UseError, match="'lkj-attainment' has no highest total"):
        highest_total(read_rules("lkj-attainment"))


def test_the_whole_is_the_one_unit_that_others_are_part_of() -> None:
    assert whole_unit(evaluated()) == "Ministry"
    assert whole_unit(evaluated(rows({"B": (70, 71)}, whole=""))) == "B"
    several = rows().assign(parent=None)
    assert whole_unit(evaluated(several)) is None
    assert whole_unit(evaluated(several.drop(columns="parent"))) is None
    two = rows().replace({"parent": {"Ministry": "Cabinet"}})
    assert whole_unit(evaluated(two)) is None


# ---- what is compared ------------------------------------------------------------------------------------------------


def test_the_units_of_a_year_against_the_maximum_by_hand() -> None:
    """2010: 60, 65, 70: mean 65, sd 5, se 2.8868; t = -35 / 2.8868 = -12.1244. The ministry is no case."""
    found = against_maximum(evaluated(), CHOICES)
    first = found[0]
    assert (first.scope, first.year, first.result.after.n) == ("year", 2010, 3)
    assert first.result.test is not None
    assert (first.result.difference, first.result.test.t) == pytest.approx((-35, -12.1244), abs=FOUR_DECIMALS)
    assert [each.year for each in found if each.scope == "year"] == list(YEARS)


def test_over_all_years_each_unit_counts_once() -> None:
    """Means of A, B and C: 390 / 6 = 65, 420 / 6 = 70, 453 / 6 = 75.5; their mean is 70.1667."""
    own = one(against_maximum(evaluated(), CHOICES), "units").result
    assert own.after.n == 3
    assert own.difference == pytest.approx(70.166667 - 100, abs=1e-6)


def test_the_years_of_the_whole_stand_by_themselves() -> None:
    own = one(against_maximum(evaluated(), CHOICES), "whole").result
    assert (own.after.n, own.after.mean) == (6, pytest.approx(69))


def test_every_component_is_compared_in_percent_of_its_maximum() -> None:
    found = [each for each in against_maximum(evaluated(), CHOICES) if each.scope == "component"]
    assert [each.component.en for each in found if each.component] == [
        "Performance planning", "Performance measurement", "Performance reporting", "Internal evaluation of accountability"
    ]  # fmt: skip
    assert [each.result.after.mean for each in found] == pytest.approx([70.166667] * 4, abs=1e-6)


def test_the_change_of_the_units_is_paired_and_that_of_the_whole_is_not() -> None:
    """A 62 to 68, B 66 to 74, C 70 to 81: rises 6, 8 and 11, mean 8.3333, sd 2.5166, t = 8.3333 / 1.4530 = 5.7354.
    The ministry 65 (64, 66, 65) to 73 (70, 73, 76): se^2 = 1 / 3 + 9 / 3, t = 8 / 1.8257 = 4.3818.
    """
    found = between_periods(evaluated(), CHOICES)
    units, whole = one(found, "units").result, one(found, "whole").result
    assert (units.kind, units.sd_difference) == ("paired", pytest.approx(2.5166, abs=FOUR_DECIMALS))
    assert units.test is not None
    assert units.test.t == pytest.approx(5.7354, abs=FOUR_DECIMALS)
    assert (whole.kind, whole.difference) == ("unpaired", pytest.approx(8))
    assert whole.test is not None
    assert whole.test.t == pytest.approx(4.3818, abs=FOUR_DECIMALS)


def test_a_unit_without_years_on_one_side_is_left_out_of_the_change() -> None:
    frame = rows().query("unit != 'C' or year >= 2013")
    own = one(between_periods(evaluated(frame), CHOICES), "units").result
    assert (own.after.n, own.difference) == (2, pytest.approx(7))
    assert between_periods(evaluated(introduced=2009), CHOICES) == ()


def test_one_organisation_alone_has_no_units_to_compare() -> None:
    alone = evaluated(rows({"Ministry": TOTALS["Ministry"]}))
    assert [each.scope for each in against_maximum(alone, CHOICES)] == ["whole"]
    assert [each.scope for each in between_periods(alone, CHOICES)] == ["whole"]
    assert interruptions(alone).units is None
    assert interruptions(alone).whole is not None


def test_the_interrupted_series_of_units_and_whole() -> None:
    """The mean unit rises 1 a year to 2012, so that it leads to 68 in 2013; there it begins at 72 and rises 2.3333 a year."""
    found = interruptions(evaluated())
    assert found.units is not None
    assert found.units.level_before.estimate == pytest.approx(68, abs=1e-6)
    assert found.units.level_change.estimate == pytest.approx(4, abs=1e-6)
    assert found.units.slope_after.estimate == pytest.approx(7 / 3, abs=1e-6)
    assert found.whole is not None
    assert (found.whole.n_units, found.units.n_units, found.faults) == (1, 3, ())


def test_too_few_years_leave_no_series_and_say_so_once() -> None:
    found = interruptions(evaluated(introduced=2012))
    assert (found.units, found.whole) == (None, None)
    assert [str(each)[-66:] for each in found.faults] == [
        "there are 2 before (2010, 2011) and 4 after (2012, 2013, 2014, 2015)"[-66:]
    ]


# ---- a made series ---------------------------------------------------------------------------------------------------


def test_a_made_series_is_an_observations_table_that_says_it_is_made() -> None:
    frame = made()
    assert set(frame.columns) <= {column.name for column in COLUMNS}
    assert frame["data_status"].unique().tolist() == ["synthetic twin"]
    assert len(frame) == len(UNITS) * len(MADE_YEARS) * 4
    admit(frame, read_rules("sakip"))
    assert whole_unit(evaluated(frame)) == "Ministry"


def test_the_whole_can_be_named_wherever_it_stands() -> None:
    frame = make_accountability(
        units=("Z", "A"), years=(2012, 2013), introduced=2013, seed=1, rules=read_rules("sakip"), whole="A"
    )
    assert whole_unit(evaluated(frame)) == "A"


@pytest.mark.parametrize("rules", ["sakip", "sakip-2015"])
def test_a_made_series_runs_from_b_to_a_within_the_maxima(rules: str) -> None:
    frame = made(rules=rules)
    assert (frame["actual"] <= frame["target"]).all()
    assert (frame["actual"] > 0).all()
    grades = {each.grade.id for each in grade_years(evaluated(frame, rules=rules)) if each.grade}
    assert {"b", "bb", "a"} <= grades <= {"cc", "b", "bb", "a"}


def test_the_same_seed_makes_the_same_series() -> None:
    pd.testing.assert_frame_equal(made(5), made(5))
    assert not made(5)["actual"].equals(made(6)["actual"])


def test_without_noise_the_totals_are_the_formula_whatever_the_components_deviate() -> None:
    """69 + x, and from x = 0 on 3 + .5 x more: 66 in 2010, 72 in 2013, 78 in 2017."""
    still = AccountabilityTruth(unit_sd=0, step_sd=0, component_sd=5, noise_sd=0)
    totals = {
        each.year: each.total for each in grade_years(evaluated(made(truth=still))) if each.unit == "Ministry"
    }
    assert [totals[year] for year in (2010, 2012, 2013, 2017)] == pytest.approx([66, 68, 72, 78], abs=0.02)


def test_the_interrupted_series_recovers_the_truth() -> None:
    """40 series: the mean of each estimate lies within 4 of its Monte Carlo errors, and most 95 % intervals hold the truth:
    at least .95 - 4 x sqrt(.95 x .05 / 40) = .81 of them.
    """
    truths = (TRUTH.slope, TRUTH.level_change, TRUTH.slope_change)
    estimates, held = [], []
    for seed in range(40):
        found = interruptions(evaluated(made(seed))).units
        assert found is not None
        quantities = (found.slope_before, found.level_change, found.slope_change)
        estimates.append([each.estimate for each in quantities])
        held.append([each.test is not None and each.test.lower <= truth <= each.test.upper
                     for each, truth in zip(quantities, truths, strict=True)])  # fmt: skip
    error = np.std(estimates, axis=0) / math.sqrt(40)
    assert (np.abs(np.mean(estimates, axis=0) - truths) < 4 * error).all()
    assert (np.mean(held, axis=0) >= 0.81).all()


def test_nothing_to_make_is_refused_all_at_once() -> None:
    with pytest.raises(UseError) as refused:
        make_accountability(units=(), years=(), introduced=2013, seed=1, rules=read_rules("lkj-attainment"))
    assert [str(each).split()[-3] for each in refused.value.faults] == ["units,", "years,", "components,"]
