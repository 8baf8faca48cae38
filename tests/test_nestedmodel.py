"""The mixed model: the analysis of variance where data are balanced, recovery of known variances, and what cannot be fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bsc_analysis.errors import Fault
from bsc_analysis.evidence.nestedmodel import (
    CONFOUNDED,
    NO_SPREAD,
    NOT_REPEATED,
    NestedFit,
    fit_nested,
)

# The optimiser stops when the gradient of the scaled likelihood is below 1e-5: variances are right to about that.
OPTIMUM = 1e-3
YEARS = (2015, 2016, 2017)
DEVIATIONS = (2.0, 3.0, 4.0)  # of branches, units and the rest
SLOPE = -2.0


def balanced(
    seed: int, branches: int, units: int, deviations: tuple[float, ...] = DEVIATIONS
) -> pd.DataFrame:
    """Return scores of every unit in every year, with a slope and three random parts."""
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    shape = (branches, units, len(YEARS))
    branch, unit, rest = (
        deviation * generator.normal(size=size)
        for deviation, size in zip(deviations, ((branches, 1, 1), (branches, units, 1), shape), strict=True)
    )
    scores = 95 + SLOPE * np.arange(len(YEARS)) + branch + unit + rest
    names = [range(branches), range(units), YEARS]
    index = pd.MultiIndex.from_product(names, names=["branch", "unit", "year"])
    frame = pd.DataFrame({"score": scores.ravel()}, index=index).reset_index()
    return frame.astype({"branch": str, "unit": str}).assign(level=None)


def fitted(rows: pd.DataFrame) -> NestedFit:
    fit = fit_nested(rows)
    assert isinstance(fit, NestedFit), fit
    return fit


def mean_squares(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Return the mean squares of branches, of units in branches, and of what is left, by their textbook sums."""
    scores = rows["score"].to_numpy().reshape(rows["branch"].nunique(), rows["unit"].nunique(), len(YEARS))
    g, u, t = scores.shape
    of_branch, of_unit = scores.mean(axis=(1, 2)), scores.mean(axis=2)
    of_year, grand = scores.mean(axis=(0, 1)), scores.mean()
    left = scores - of_unit[:, :, None] - of_year + grand
    return (
        u * t * float(((of_branch - grand) ** 2).sum()) / max(g - 1, 1),
        t * float(((of_unit - of_branch[:, None]) ** 2).sum()) / (g * (u - 1)),
        float((left**2).sum()) / ((g * u - 1) * (t - 1)),
    )


# ---- balanced data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_variances_are_those_of_the_analysis_of_variance(seed: int) -> None:
    """Expected mean squares: rest; rest + T unit; rest + T unit + U T branch. Solved for the variances, all above 0."""
    rows = balanced(seed, 8, 6, (4.0, 4.0, 2.0))
    branch, unit, rest = mean_squares(rows)
    fit = fitted(rows)
    assert fit.converged
    assert not fit.at_boundary
    assert fit.var_rest == pytest.approx(rest, rel=OPTIMUM)
    assert fit.var_unit == pytest.approx((unit - rest) / 3, rel=OPTIMUM)
    assert fit.var_branch == pytest.approx((branch - unit) / 18, rel=OPTIMUM)


def test_the_slope_is_the_line_through_yearly_means_with_the_exact_interval() -> None:
    """Three years: (last - first) / 2, with variance MS / (2 x 48), since 1 / 4 x 2 / 48, and (48 - 1) x 2 = 94 degrees."""
    rows = balanced(1, 8, 6, (4.0, 4.0, 2.0))
    _, _, rest = mean_squares(rows)
    slope = fitted(rows).slope
    means = rows.groupby("year")["score"].mean()
    assert slope.estimate == pytest.approx((means[2017] - means[2015]) / 2, abs=1e-9)
    assert slope.se == pytest.approx((rest / 96) ** 0.5, rel=OPTIMUM)
    assert slope.df == 94
    assert slope.interval is not None
    reach = float(stats.t.ppf(0.975, 94)) * (rest / 96) ** 0.5
    assert slope.interval == pytest.approx((slope.estimate - reach, slope.estimate + reach), rel=OPTIMUM)


def test_without_branches_units_are_the_groups() -> None:
    rows = balanced(2, 1, 40, (0.0, 3.0, 2.0)).assign(branch=None)
    fit = fitted(rows)
    _, unit, rest = mean_squares(rows.assign(branch="one"))
    assert (fit.var_branch, fit.n_branches, fit.shares[0]) == (None, 0, None)
    assert (fit.var_unit, fit.var_rest) == pytest.approx(((unit - rest) / 3, rest), rel=OPTIMUM)


def test_a_branch_of_one_unit_each_cannot_be_told_from_units() -> None:
    rows = balanced(2, 1, 20).assign(branch=lambda frame: frame["unit"])
    assert fitted(rows).n_branches == 0


def test_the_unit_at_the_top_is_in_no_branch_and_left_out() -> None:
    rows = balanced(1, 5, 4)
    top = pd.DataFrame(
        {"branch": None, "unit": "M", "year": YEARS, "score": [500.0, 0.0, 800.0], "level": None}
    )
    with_top = pd.concat([rows, top], ignore_index=True)
    assert fitted(with_top) == fitted(rows)


def test_units_of_one_name_in_two_branches_are_two_units() -> None:
    rows = balanced(1, 5, 4)
    assert fitted(rows).n_units == 20
    assert fitted(rows) == fitted(rows.assign(unit=rows["branch"] + "-" + rows["unit"]))


def test_scores_on_another_scale_have_variances_on_it() -> None:
    """Band values are a twentieth of percents: deviations shrink with them, shares stay."""
    rows = balanced(3, 6, 5)
    wide, narrow = fitted(rows), fitted(rows.assign(score=rows["score"] / 20))
    assert narrow.var_unit == pytest.approx(wide.var_unit / 400, rel=OPTIMUM)
    assert narrow.shares == pytest.approx(wide.shares, rel=OPTIMUM)
    assert narrow.slope.estimate == pytest.approx(wide.slope.estimate / 20, rel=1e-9)


def test_a_variance_that_is_not_there_is_estimated_as_nothing() -> None:
    """Deviations from a unit's own mean alone: units have less between them than their rest would give by accident."""
    rows = balanced(4, 1, 30, (0.0, 0.0, 3.0)).assign(branch=None)
    level = rows.groupby("unit")["score"].transform("mean")
    fit = fitted(rows.assign(score=rows["score"] - level + 95))
    assert fit.at_boundary
    assert fit.shares[1] == pytest.approx(0, abs=1e-6)


# ---- recovery --------------------------------------------------------------------------------------------------------


def test_known_variances_and_slopes_come_back_over_five_seeds() -> None:
    """40 branches of 5 units. Sampling deviations of the estimates, from the mean squares' chi-square distributions:

    rest 16: 16 sqrt(2 / 398) = 1.13; unit 9: sqrt(2 (43^2 / 160 + 16^2 / 398)) / 3 = 1.63; branch 4:
    sqrt(2 (103^2 / 39 + 43^2 / 160)) / 15 = 1.59. A mean of five lies within three of these over sqrt(5).
    """
    fits = [fitted(balanced(seed, 40, 5)) for seed in range(5)]
    assert all(fit.converged for fit in fits)
    errors = 3 / 5**0.5 * np.array([1.59, 1.63, 1.13])
    found = np.array([(fit.var_branch, fit.var_unit, fit.var_rest) for fit in fits]).mean(axis=0)
    assert (np.abs(found - [4, 9, 16]) < errors).all(), found
    slope_error = (16 / (2 * 200)) ** 0.5
    assert np.mean([fit.slope.estimate for fit in fits]) == pytest.approx(SLOPE, abs=3 * slope_error / 5**0.5)


def test_units_that_come_in_later_do_not_bend_the_slope() -> None:
    """Half of the units are 20 points lower and come in with the second year: means fall by some 10, the model says -2."""
    rows = balanced(5, 10, 8).assign(
        level=lambda frame: np.where(frame["unit"].astype(int) < 4, "high", "low")
    )
    lower = rows["score"] - 20 * (rows["level"] == "low")
    later = rows.assign(score=lower)[(rows["level"] == "high") | (rows["year"] > 2015)]
    fit = fitted(later)
    slope = fit.slope
    means = later.groupby("year")["score"].mean()
    assert means[2016] - means[2015] < -8
    assert slope.se is not None
    assert slope.estimate == pytest.approx(SLOPE, abs=3 * slope.se)
    assert fit.var_unit < 20, (
        "the difference of 20 points is the level's, not the units': it would add some 100 to 9"
    )


# ---- what cannot be fitted -------------------------------------------------------------------------------------------


def reason(rows: pd.DataFrame) -> str:
    found = fit_nested(rows)
    assert isinstance(found, Fault)
    return found.sentence


def test_units_of_one_year_each_are_too_few() -> None:
    rows = balanced(1, 4, 6)
    once = rows[rows["year"] == 2015 + rows["unit"].astype(int) % 3]
    assert reason(once) == NOT_REPEATED
    assert reason(rows[rows["year"] == 2017]) == NOT_REPEATED
    assert reason(rows.iloc[:0]) == NOT_REPEATED
    assert reason(rows[(rows["unit"] == "0") & (rows["branch"] == "0")]) == NOT_REPEATED


def test_levels_that_change_with_the_years_cannot_be_told_from_them() -> None:
    rows = balanced(1, 4, 6)
    assert reason(rows.assign(level=np.where(rows["year"] == 2015, "high", "low"))) == CONFOUNDED


def test_scores_that_differ_by_unit_and_year_only_leave_nothing_to_judge_by() -> None:
    rows = balanced(1, 4, 6, (2.0, 3.0, 0.0))
    assert reason(rows) == NO_SPREAD
    assert reason(rows.assign(score=90.0)) == NO_SPREAD


def test_scores_that_are_missing_are_left_out() -> None:
    rows = balanced(1, 5, 4)
    holes = rows.assign(score=rows["score"].where(rows.index % 7 != 0))
    fit = fitted(holes)
    assert fit.n_obs == int(holes["score"].notna().sum()) < len(rows)
    assert fit == fitted(holes.dropna(subset=["score"]))
