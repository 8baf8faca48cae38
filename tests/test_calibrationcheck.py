"""The calibration looked at from outside: every target met by the pipeline for five seeds, and every miss found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.scorecards.scoring import Scores, score, spread
from bsc_analysis.studies import read_study
from bsc_analysis.twins.calibrationcheck import CalibrationLine, check_calibration
from bsc_analysis.twins.making import make_twin
from bsc_analysis.twins.plan import TwinPlan, vary_twin
from tests.twincases import KKP, SEEDS, kkp_plan, plan_with, small_plan

EXACT = 1e-9
SHORTS = ("LG", "IP", "CP", "SH")


@cache
def observations(plan: TwinPlan) -> pd.DataFrame:
    return make_twin(plan).observations


@cache
def scores_of(plan: TwinPlan) -> Scores:
    return score(observations(plan), KKP)


def lines_of(plan: TwinPlan, rows: pd.DataFrame | None = None) -> tuple[CalibrationLine, ...]:
    return check_calibration(plan, scores_of(plan) if rows is None else score(rows, KKP))


def named(lines: tuple[CalibrationLine, ...]) -> dict[tuple[str, str, int | None], CalibrationLine]:
    return {(line.quantity, line.subject, line.year): line for line in lines}


def line(target: float, result: float, decimals: int) -> CalibrationLine:
    return CalibrationLine("path", "LG -> IP", None, target, decimals, result)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_target_is_missed_for_any_of_five_seeds(seed: int) -> None:
    """Three counts, three NKO, three NKP of the stakeholders, six paths."""
    lines = lines_of(vary_twin(kkp_plan(), seed=seed))
    assert [each for each in lines if not each.met] == []
    assert len(lines) == 15
    assert sum(each.quantity == "path" for each in lines) == 6


def test_targets_are_the_printed_figures() -> None:
    """CP -> SH is not printed, and is the only target without a figure; counts are printed as 1.122, scores as 112%."""
    printed = {
        (
            figure.key.quantity,
            figure.key.perspective,
            figure.key.year,
            figure.key.start,
            figure.key.end,
        ): figure.value
        for figure in read_study("kkp").printed.figures
    }
    missing = []
    for each in lines_of(kkp_plan()):
        start, _, end = each.subject.partition(" -> ") if each.quantity == "path" else ("", "", "")
        key = {
            "indicators": ("indicator_count", "", each.year, "", ""),
            "organisation": ("organisation_score", "", each.year, "", ""),
            "perspective": ("perspective_score", each.subject, each.year, "", ""),
            "path": ("direct_effect", "", None, start, end),
        }[each.quantity]
        if key in printed:
            assert float(printed[key]) == pytest.approx(each.target, abs=EXACT)  # type: ignore[arg-type]
        else:
            missing.append(each.subject)
    assert missing == ["CP -> SH"]


def test_results_are_those_of_a_computation_by_other_means() -> None:
    """Standardised coefficients are what the correlations of the unit-years give; counts are numbers of rows."""
    plan = small_plan()
    found = named(lines_of(plan))
    wide = spread(scores_of(plan).perspectives, KKP)
    r = np.corrcoef(wide[list(SHORTS)].to_numpy(float), rowvar=False)
    expected = np.linalg.solve(r[:3, :3], r[:3, 3])
    got = [found["path", f"{start} -> SH", None].result for start in SHORTS[:3]]
    assert got == pytest.approx(expected.tolist(), abs=EXACT)
    rows = observations(plan)
    assert [found["indicators", "", year].result for year in (2015, 2016)] == [
        (rows["year"] == year).sum() for year in (2015, 2016)
    ]


def test_a_figure_of_the_ministry_that_was_changed_is_found() -> None:
    """Every actual of the ministry's stakeholder perspective of 2016 is halved: its NKP and the NKO of that year are missed."""
    plan = kkp_plan()
    rows = observations(plan).copy()
    top = (
        (rows["unit"] == plan.levels[0].name)
        & (rows["perspective"] == "stakeholder")
        & (rows["year"] == 2016)
    )
    rows.loc[top, "actual"] = rows.loc[top, "actual"] / 2
    missed = {(each.quantity, each.year) for each in lines_of(plan, rows) if not each.met}
    assert {("perspective", 2016), ("organisation", 2016)} <= missed
    assert not {("perspective", 2015), ("organisation", 2017), ("indicators", 2016)} & missed


def test_a_record_too_few_is_found() -> None:
    plan = small_plan()
    found = named(lines_of(plan, observations(plan).iloc[:-1]))
    assert not found["indicators", "", 2016].met
    assert found["indicators", "", 2016].difference == -1
    assert found["indicators", "", 2015].met


def test_a_ministry_without_a_score_meets_nothing() -> None:
    plan = small_plan()
    rows = observations(plan)
    found = named(lines_of(plan, rows[rows["unit"] != plan.levels[0].name]))
    assert np.isnan(found["organisation", "", 2015].result)
    assert not found["organisation", "", 2015].met
    assert not found["perspective", "stakeholder", 2016].met


def test_some_of_the_years_have_their_lines_and_no_paths() -> None:
    plan = small_plan()
    rows = observations(plan)
    lines = lines_of(plan, rows[rows["year"] == 2016])
    assert {each.year for each in lines} == {2016}
    assert {each.quantity for each in lines} == {"indicators", "organisation", "perspective"}


def test_without_calibration_to_the_sample_paths_are_missed_and_the_rest_is_not() -> None:
    lines = lines_of(vary_twin(small_plan(), calibration="population"))
    assert not all(each.met for each in lines if each.quantity == "path")
    assert all(each.met for each in lines if each.quantity != "path")


def test_a_target_is_met_when_the_result_rounds_to_it() -> None:
    assert line(0.329, 0.3285, 3).met
    assert line(0.329, 0.32949, 3).met
    assert not line(0.329, 0.32849, 3).met
    assert not line(0.329, 0.3295, 3).met
    assert line(-0.047, -0.0474, 3).met
    assert not line(-0.047, float("nan"), 3).met
    assert line(0.329, 0.3285, 3).difference == pytest.approx(-0.0005)


def test_a_target_with_decimals_is_held_to_them() -> None:
    plan = plan_with(("nko = 100,", "nko = 100.25,"))
    found = named(lines_of(plan))["organisation", "", 2015]
    assert (found.target, found.decimals) == (100.25, 2)
    assert not replace(found, result=100.2).met
