"""Interrupted series: two lines by hand, several units as the mean of their own lines, and what is refused by name."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.evidence.interrupted import Coefficient, InterruptedSeries, interrupted_series

LAST_BITS = 1e-8  # least squares on years and steps
YEARS = tuple(range(2010, 2018))
VALUES = (60, 61, 62.5, 66, 67.5, 70, 71, 73)
TOO_SHORT = "an interrupted series needs at least 3 years before 2013 and 3 from then on; there are "


def two_lines(values: np.ndarray, at: int = 3) -> tuple[float, float, float, float, float, float]:
    """Return intercept and slope of the line before, step and bend at the year numbered 0, and the errors of the last two.

    The two lines are fitted apart and share their residual variance, with n - 4 degrees of freedom.
    """
    x = np.arange(len(values)) - at
    fits, squares, variances = [], 0.0, []
    for side in (x < 0, x >= 0):
        own, y = x[side], values[side]
        sxx = ((own - own.mean()) ** 2).sum()
        slope = ((own - own.mean()) * y).sum() / sxx
        intercept = y.mean() - slope * own.mean()
        fits.append((intercept, slope))
        squares += ((y - intercept - slope * own) ** 2).sum()
        variances.append((1 / len(own) + own.mean() ** 2 / sxx, 1 / sxx))
    s2 = squares / (len(values) - 4)
    errors = [math.sqrt(s2 * (variances[0][kind] + variances[1][kind])) for kind in (0, 1)]
    return (*fits[0], fits[1][0] - fits[0][0], fits[1][1] - fits[0][1], *errors)


def se(coefficient: Coefficient) -> float:
    assert coefficient.test is not None
    return coefficient.test.se


def several(n_units: int, seed: int) -> tuple[list[int], np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    x = np.arange(-3, 5)
    totals = (
        68 + x + (x >= 0) * (3 + 0.5 * x) + rng.normal(0, 3, (n_units, 1)) + rng.normal(0, 1, (n_units, 8))
    )
    return [*YEARS] * n_units, totals, [f"U{at}" for at in range(n_units) for _ in YEARS]


# ---- one series ------------------------------------------------------------------------------------------------------


def test_two_lines_by_hand() -> None:
    """Before: mean 61.1667 in 2011, slope (62.5 - 60) / 2 = 1.25, so that it leads to 63.6667 in 2013. After: mean 69.5 in
    2015, slope (-2 x 66 - 67.5 + 71 + 2 x 73) / 10 = 1.75, so that it begins at 66. Step 2.3333, bend .5; in 2017 the gap
    is 2.3333 + 4 x .5 = 4.3333.
    """
    found = interrupted_series(YEARS, VALUES, 2013)
    estimates = [
        each.estimate
        for each in (
            found.level_before, found.slope_before, found.level_change, found.slope_change, found.slope_after, found.gap
        )
    ]  # fmt: skip
    assert estimates == pytest.approx([63.666667, 1.25, 2.333333, 0.5, 1.75, 4.333333], abs=1e-6)
    assert (found.years_before, found.years_after) == ((2010, 2011, 2012), (2013, 2014, 2015, 2016, 2017))
    assert (found.n_obs, found.n_units, found.errors, found.df) == (8, 1, "ordinary", 4)


def test_the_errors_of_one_series_are_those_of_two_lines_with_one_variance() -> None:
    found = interrupted_series(YEARS, VALUES, 2013)
    *_, step, bend = two_lines(np.array(VALUES))
    assert (se(found.level_change), se(found.slope_change)) == pytest.approx((step, bend), rel=LAST_BITS)
    test = found.level_change.test
    assert test is not None
    assert test.p == pytest.approx(2 * stats.t.sf(2.3333333333333 / step, 4), rel=LAST_BITS)


def test_the_autocorrelation_is_that_of_residuals_by_year_whatever_the_order_of_rows() -> None:
    """Residuals before: 60 - 59.9167 = .0833, -.1667, .0833; after: 0, -.25, .5, -.25, 0."""
    residuals = [1 / 12, -1 / 6, 1 / 12, 0, -0.25, 0.5, -0.25, 0]
    serial = sum(a * b for a, b in pairwise(residuals)) / sum(e * e for e in residuals)
    found = interrupted_series(YEARS, VALUES, 2013)
    assert found.autocorrelation == pytest.approx(serial, abs=LAST_BITS)
    order = [5, 0, 7, 2, 4, 1, 6, 3]
    mixed = interrupted_series([YEARS[at] for at in order], [VALUES[at] for at in order], 2013)
    assert mixed.autocorrelation == pytest.approx(serial, abs=LAST_BITS)
    assert mixed.gap.estimate == pytest.approx(found.gap.estimate, abs=LAST_BITS)


def test_the_intervals_of_independent_years_cover_the_truth() -> None:
    """600 series of 3 and 5 years with a step of 3 and a bend of .5: 95 % intervals hold both, within 3 Monte Carlo errors."""
    rng = np.random.default_rng(20151122)
    x = np.arange(-3, 5)
    held = np.zeros(2)
    for _ in range(600):
        values = 68 + x + (x >= 0) * (3 + 0.5 * x) + rng.normal(0, 1.5, 8)
        found = interrupted_series(x + 2013, values, 2013)
        for at, (each, truth) in enumerate(((found.level_change, 3.0), (found.slope_change, 0.5))):
            assert each.test is not None
            held[at] += each.test.lower <= truth <= each.test.upper
    assert held / 600 == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 600))


def test_values_on_two_lines_have_estimates_and_no_test() -> None:
    found = interrupted_series(YEARS, [60, 61, 62, 70, 72, 74, 76, 78], 2013)
    assert found.level_change.estimate == pytest.approx(7, abs=LAST_BITS)
    assert (found.level_change.test, found.gap.test, found.autocorrelation) == (None, None, None)


# ---- several units ---------------------------------------------------------------------------------------------------


def test_units_of_the_same_years_are_a_t_test_of_their_own_lines() -> None:
    """Each unit's own step and bend, fitted apart: their mean, and their standard deviation over the root of how many."""
    years, totals, units = several(9, seed=4)
    found = interrupted_series(years, totals.ravel(), 2013, unit=units)
    own = np.array([two_lines(each)[:4] for each in totals])
    mean, error = own.mean(axis=0), own.std(axis=0, ddof=1) / 3
    quantities = (found.level_before, found.slope_before, found.level_change, found.slope_change)
    assert [each.estimate for each in quantities] == pytest.approx(mean, rel=LAST_BITS)
    assert [se(each) for each in quantities[1:]] == pytest.approx(error[1:], rel=1e-6)
    assert (found.errors, found.df, found.n_units, found.autocorrelation) == ("cluster", 8, 9, None)


def test_a_unit_with_fewer_years_still_counts() -> None:
    years, totals, units = several(4, seed=5)
    kept = [
        at for at, (year, unit) in enumerate(zip(years, units, strict=True)) if unit != "U0" or year > 2011
    ]
    found = interrupted_series(
        [years[at] for at in kept], totals.ravel()[kept], 2013, unit=[units[at] for at in kept]
    )
    assert (found.n_obs, found.n_units) == (30, 4)
    assert found.years_before == (2010, 2011, 2012)


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "there"),
    [
        (range(2011, 2018), "2 before (2011, 2012) and 5 after (2013, 2014, 2015, 2016, 2017)"),
        (range(2009, 2015), "4 before (2009, 2010, 2011, 2012) and 2 after (2013, 2014)"),
        (range(2013, 2018), "0 before (–) and 5 after (2013, 2014, 2015, 2016, 2017)"),
    ],
)
def test_too_few_years_on_one_side_are_refused_with_what_is_there(years: range, there: str) -> None:
    with pytest.raises(DataError) as refused:
        interrupted_series(years, np.arange(float(len(years))), 2013)
    assert str(refused.value) == TOO_SHORT + there


def test_a_year_that_stands_twice_is_refused_with_its_unit() -> None:
    with pytest.raises(DataError, match="the series has 2 values in 2012, expected one"):
        interrupted_series([*YEARS, 2012], [*VALUES, 60], 2013)
    with pytest.raises(DataError, match="B has 2 values in 2011"):
        interrupted_series([*YEARS, 2011, 2011], [*VALUES, 60, 61], 2013, unit=["A"] * 8 + ["B"] * 2)


def test_units_that_lie_on_one_side_each_cannot_show_a_change() -> None:
    with pytest.raises(DataError, match="no unit has years on both sides of 2013"):
        interrupted_series(YEARS, VALUES, 2013, unit=["A"] * 3 + ["B"] * 5)


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(DataError, match="8 years, 7 values and 7 units are no series"):
        interrupted_series(YEARS, VALUES[:7], 2013)
    with pytest.raises(DataError, match="the values: 1 are missing"):
        interrupted_series(YEARS, [*VALUES[:7], math.nan], 2013)
    with pytest.raises(UseError, match=r"intervals of level 0\.2"):
        interrupted_series(YEARS, VALUES, 2013, level=0.2)


def test_a_shift_of_the_years_changes_nothing_else() -> None:
    one: InterruptedSeries = interrupted_series(YEARS, VALUES, 2013)
    other = interrupted_series([year + 7 for year in YEARS], VALUES, 2020)
    assert se(one.gap) == pytest.approx(se(other.gap), rel=LAST_BITS)
    assert one.level_before.estimate == pytest.approx(other.level_before.estimate, rel=LAST_BITS)
