"""Trends three ways: sandwich errors and paired differences by hand, branches of a tree that changes, and too little data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bsc_analysis.errors import Fault
from bsc_analysis.evidence.nestedmodel import NOT_REPEATED, NestedFit
from bsc_analysis.evidence.trends import (
    FEW_UNITS,
    ONE_UNIT,
    ONE_YEAR,
    TWO_YEARS,
    Trend,
    find_branches,
    fit_trends,
)
from bsc_analysis.scorecards.cascade import read_tree
from bsc_analysis.scorecards.scoring import score
from tests.cascades import LAST_BITS, ministry, table
from tests.yearcases import KKP, SLOPE, bantaeng, growing, simulate, tie

THREE = 1e-3  # numbers worked by hand are written with three decimals


def trend(*rows: tuple[Any, ...]) -> Trend:
    """Return the organisation's trend of (unit, year, score)."""
    observed = table(*rows, columns="unit year actual").assign(perspective="stakeholder", indicator="catch")
    return fit_trends(score(observed, KKP), read_tree(observed))[0]


def test_the_slope_over_all_unit_years_has_errors_that_allow_for_units() -> None:
    """Four units, one of them in one year only, against the sandwich written out: sum over units of (X_u' e_u)(X_u' e_u)'."""
    rows = [("A", 2015, 90.0), ("A", 2016, 92.0), ("A", 2017, 91.0), ("B", 2015, 80.0), ("B", 2017, 85.0),
            ("C", 2016, 70.0), ("C", 2017, 75.0), ("D", 2017, 99.0)]  # fmt: skip
    x = np.array([[1.0, year - 2016] for _, year, _ in rows])
    y = np.array([value for _, _, value in rows])
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    away = [
        sum(x[at] * (y[at] - x[at] @ b) for at, row in enumerate(rows) if row[0] == unit) for unit in "ABCD"
    ]
    covariance = bread @ sum(np.outer(each, each) for each in away) @ bread * (4 / 3) * (7 / 6)
    slope = trend(*rows).slope
    assert slope is not None
    assert (slope.estimate, slope.se) == pytest.approx((b[1], covariance[1, 1] ** 0.5), abs=LAST_BITS)
    reach = float(stats.t.ppf(0.975, 3)) * covariance[1, 1] ** 0.5
    assert slope.df == 3
    assert slope.interval == pytest.approx((b[1] - reach, b[1] + reach), abs=LAST_BITS)


def test_the_same_units_are_compared_by_pairs() -> None:
    """M 96 to 94, B 80 to 92, A1 82 to 82: changes -2, 12, 0 with mean 3.333, sd 7.572, se 4.372; 4.303 x 4.372 = 18.810."""
    observed = ministry()
    found, *_ = fit_trends(score(observed, KKP), read_tree(observed))
    (one,) = found.differences
    assert (one.year_from, one.year_to, one.n_units) == (2016, 2017, 3)
    assert (one.mean_from, one.mean_to) == pytest.approx((86, 268 / 3), abs=LAST_BITS)
    assert (one.change.estimate, one.change.se) == pytest.approx((3.333, 4.372), abs=THREE)
    assert one.change.interval == pytest.approx((3.333 - 18.810, 3.333 + 18.810), abs=2 * THREE)


def test_differences_are_those_of_neighbouring_years_and_of_the_ends() -> None:
    rows = [
        (unit, year, 80.0 + 3 * at + year - 2014)
        for at, unit in enumerate("ABC")
        for year in (2014, 2015, 2017)
    ]
    found = trend(*rows)
    assert [(each.year_from, each.year_to, each.change.estimate) for each in found.differences] == [
        (2014, 2015, pytest.approx(1)), (2015, 2017, pytest.approx(2)), (2014, 2017, pytest.approx(3)),
    ]  # fmt: skip


def test_years_without_a_common_unit_have_no_difference() -> None:
    found = trend(("A", 2016, 90.0), ("B", 2017, 91.0))
    assert found.differences == ()
    assert found.slope is not None
    assert (found.slope.estimate, found.slope.se) == (pytest.approx(1), None)


def test_new_units_move_the_slope_of_all_and_not_that_of_the_same_units() -> None:
    """A and B stand still at 90; C and D come in at 70. Means fall by 10; nobody's score does."""
    rows = [(unit, year, 90.0) for unit in "AB" for year in (2016, 2017)]
    found = trend(*rows, ("C", 2017, 70.0), ("D", 2017, 70.0))
    assert found.slope is not None
    assert found.slope.estimate == pytest.approx(-10, abs=LAST_BITS)
    assert found.differences[0].change.estimate == pytest.approx(0, abs=LAST_BITS)


def test_a_known_slope_comes_back_three_ways() -> None:
    """1 + 6 + 18 + 54 units in five samples; the intervals of a method miss the truth in 5 % of samples, so hardly in two."""
    missed = dict.fromkeys(("all", "mixed", "same"), 0)
    for seed in range(5):
        _, scores, tree, _ = tie(simulate(seed, 6, 3, 3))
        found, *_ = fit_trends(scores, tree)
        assert isinstance(found.nested, NestedFit)
        (same,) = (each for each in found.differences if (each.year_from, each.year_to) == (2016, 2017))
        for name, slope in zip(missed, (found.slope, found.nested.slope, same.change), strict=True):
            assert slope is not None
            assert slope.interval is not None
            missed[name] += not slope.interval[0] <= SLOPE <= slope.interval[1]
    assert max(missed.values()) < 2


def test_trends_follow_the_rule_sets_perspectives() -> None:
    _, scores, tree, _ = growing()
    found = fit_trends(scores, tree)
    assert [each.perspective for each in found] == ["", *(each.id for each in KKP.perspectives)]
    assert {(each.n_obs, each.n_units, each.years) for each in found} == {(79, 37, (2015, 2016, 2017))}


# ---- too little data -------------------------------------------------------------------------------------------------


def sentences(found: Trend) -> list[str]:
    return [each.sentence for each in found.notes]


def test_one_unit_has_a_slope_without_an_interval() -> None:
    """Bantaeng: 2.775 - 2.1625 = .6125 a year; nothing says how sure that is."""
    _, scores, tree, _ = bantaeng()
    found, *_ = fit_trends(scores, tree)
    assert found.slope is not None
    assert found.slope.estimate == pytest.approx(0.6125, abs=LAST_BITS)
    assert (found.slope.se, found.slope.df, found.slope.interval) == (None, None, None)
    assert found.differences[0].change.interval is None
    assert isinstance(found.nested, Fault)
    assert found.nested.sentence == NOT_REPEATED
    assert sentences(found) == [ONE_UNIT, TWO_YEARS]


def test_one_year_has_no_trend() -> None:
    found = trend(("A", 2017, 90.0), ("B", 2017, 80.0))
    assert (found.slope, found.differences, sentences(found)) == (None, (), [ONE_YEAR])


def test_few_units_and_two_years_are_told() -> None:
    found = trend(*((unit, year, 90.0 + ord(unit) % 5) for unit in "ABC" for year in (2016, 2017)))
    assert sentences(found) == [FEW_UNITS, TWO_YEARS]
    assert "3 units" in str(found.notes[0])


def test_scores_that_are_all_missing_are_told() -> None:
    found = trend(("A", 2016, None), ("A", 2017, None))
    assert (found.n_obs, found.slope, len(found.notes)) == (0, None, 1)


# ---- branches --------------------------------------------------------------------------------------------------------


def branches(*rows: tuple[str, str | None, int]) -> dict[tuple[str, int], str | None]:
    frame = pd.DataFrame(rows, columns=["unit", "parent", "year"])
    return find_branches(read_tree(frame))


def test_a_branch_is_what_stands_directly_below_the_top() -> None:
    found = branches(
        ("M", None, 2017), ("A", "M", 2017), ("A1", "A", 2017), ("A11", "A1", 2017), ("B", "M", 2017)
    )
    assert found == {
        ("M", 2017): None,
        ("A", 2017): "A",
        ("A1", 2017): "A",
        ("A11", 2017): "A",
        ("B", 2017): "B",
    }


def test_a_parent_without_rows_is_followed_through_its_nearest_year() -> None:
    """In 2015 A has no rows; its unit A1 still belongs to it, and A to M. From 2017 on A1 stands below B."""
    found = branches(
        ("M", None, 2015), ("A1", "A", 2015), ("M", None, 2016), ("A", "M", 2016), ("B", "M", 2016),
        ("A1", "A", 2016), ("M", None, 2017), ("B", "M", 2017), ("A1", "B", 2017),
    )  # fmt: skip
    assert [found["A1", year] for year in (2015, 2016, 2017)] == ["A", "A", "B"]


def test_several_units_at_the_top_are_branches_themselves() -> None:
    found = branches(("A", None, 2017), ("A1", "A", 2017), ("B", None, 2017), ("B1", "B", 2017))
    assert [found[unit, 2017] for unit in ("A", "A1", "B", "B1")] == ["A", "A", "B", "B"]


def test_units_that_stand_above_each_other_in_turn_do_not_go_round_for_ever() -> None:
    """In 2016 A names B, which has no rows then; in 2017 B names A, which has none then. Either is followed to the other."""
    found = branches(("A", "B", 2016), ("B", "A", 2017))
    assert set(found) == {("A", 2016), ("B", 2017)}
