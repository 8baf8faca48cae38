"""The constant panel: which indicators it keeps, its scores by hand beside those of all, and directions that turn around."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.evidence.constantpanel import (
    NOTHING_COMMON,
    ONE_YEAR,
    PanelComparison,
    compare_panels,
    constant_panel,
)
from bsc_analysis.evidence.readings import Negligible
from bsc_analysis.scorecards.cascade import read_tree
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary
from tests.cascades import LAST_BITS, ministry, table
from tests.yearcases import KKP, bantaeng, growing

PRINTED = Negligible(bands=0.005, percent=0.5, reason="half a unit of the last digit printed")


def rows(*given: tuple[Any, ...]) -> pd.DataFrame:
    """Return stakeholder indicators of units by year: (unit, year, indicator, actual), every target 100."""
    return table(*given, columns="unit year indicator actual").assign(perspective="stakeholder")


def compare(observed: pd.DataFrame, rules: RuleSet = KKP) -> PanelComparison:
    return compare_panels(observed, score(observed, rules), read_tree(observed), PRINTED)


def totals(compared: PanelComparison, unit: str = "") -> list[float | None]:
    """Return the organisation's score by year, each under all indicators and then under the panel."""
    found = [each for each in compared.scores if (each.unit, each.perspective) == (unit, "")]
    return [one.score for each in found for one in (each.full, each.constant)]


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_indicators_of_every_year_are_kept_and_each_year_is_counted() -> None:
    """Catch has data in both years; salt is new in 2017; fish has no actual in 2016, which is no data."""
    observed = rows(
        ("A", 2016, "catch", 90.0), ("A", 2016, "fish", None),
        ("A", 2017, "catch", 91.0), ("A", 2017, "fish", 80.0), ("A", 2017, "salt", 120.0),
    )  # fmt: skip
    panel = constant_panel(observed, KKP)
    assert panel.reason is None
    assert [(each.year, each.indicators, each.kept, each.left_out) for each in panel.coverage] == [
        (2016, 1, 1, 0), (2017, 3, 1, 2),
    ]  # fmt: skip
    assert panel.observations[["indicator", "year"]].values.tolist() == [["catch", 2016], ["catch", 2017]]


def test_the_same_indicator_of_another_unit_or_perspective_is_another_one() -> None:
    observed = rows(("A", 2016, "catch", 90.0), ("B", 2017, "catch", 90.0))
    panel = constant_panel(observed, KKP)
    assert str(panel.reason) == NOTHING_COMMON.format(first=2016, last=2017)
    moved = rows(("A", 2016, "catch", 90.0), ("A", 2017, "catch", 90.0))
    moved.loc[1, "perspective"] = "customer"
    assert constant_panel(moved, KKP).reason is not None


def test_without_anything_in_common_there_are_counts_a_reason_and_no_scores() -> None:
    compared = compare(rows(("A", 2016, "catch", 90.0), ("A", 2017, "salt", 90.0)))
    assert compared.panel.reason is not None
    assert (compared.scores, compared.turns) == ((), ())
    assert [(each.indicators, each.kept) for each in compared.panel.coverage] == [(1, 0), (1, 0)]


def test_one_year_has_no_panel() -> None:
    panel = constant_panel(rows(("A", 2017, "catch", 90.0)), KKP)
    assert str(panel.reason) == ONE_YEAR


def test_a_figure_that_is_carried_forward_is_no_measurement() -> None:
    observed = rows(("A", 2016, "catch", 90.0), ("A", 2017, "catch", None))
    assert constant_panel(observed, vary(KKP, missing="carry_last")).reason is not None


def test_all_periods_of_a_kept_indicator_stay() -> None:
    """Two half-years of 80 and 100 in 2016 average 90; one of them alone would be another score."""
    observed = rows(
        ("A", 2016, "catch", 80.0), ("A", 2016, "catch", 100.0), ("A", 2017, "catch", 95.0), ("A", 2017, "catch", 97.0)
    ).assign(period=["1", "2", "1", "2"], consolidation="average")  # fmt: skip
    compared = compare(observed)
    assert len(compared.panel.observations) == 4
    assert totals(compared) == pytest.approx([90, 90, 96, 96], abs=LAST_BITS)


# ---- scores and directions -------------------------------------------------------------------------------------------


def test_the_bantaeng_study_rises_with_all_indicators_and_falls_with_those_of_both_years() -> None:
    """Public satisfaction was not measured in 2016. Counted as zero in both years, 2017 loses .25 x 3 = .75 of 2.775."""
    observed, scores, tree, study = bantaeng()
    compared = compare_panels(observed, scores, tree, study.negligible)
    assert totals(compared) == pytest.approx([2.1625, 2.1625, 2.775, 2.025], abs=LAST_BITS)
    (turn,) = (each for each in compared.turns if each.unit and not each.perspective)
    assert (turn.full, turn.constant, turn.differs) == ("rise", "fall", True)
    customer = [each for each in compared.turns if each.perspective == "customer"]
    assert {(each.full, each.constant, each.differs) for each in customer} == {("rise", None, False)}


def test_renormalised_the_bantaeng_study_falls_under_both() -> None:
    """2.8833 in 2016 from three perspectives, 2.775 and 2.700 in 2017: figures worked out for the three common ones."""
    observed, _, _, study = bantaeng()
    compared = compare(observed, vary(study.rules, missing="renormalise"))
    assert totals(compared) == pytest.approx([2.1625 / 0.75, 2.1625 / 0.75, 2.775, 2.7], abs=LAST_BITS)
    assert not any(each.differs for each in compared.turns if not each.perspective)


def test_scores_of_the_top_stand_beside_the_mean_of_all_units() -> None:
    """M: S 96 then 100, C only 2017 (84), so the panel has S alone: 96 and 100 against 96 and 94.

    B: (80, 80) then (80, 112); A1: (88, 72) twice. The panel holds M's S and both of B's and A1's: means of the NKO
    (96 + 80 + 82) / 3 = 86 and (100 + 92 + 82) / 3 = 91.3333. All units: 86, and 88.5 of six units in 2017.
    """
    compared = compare(ministry())
    assert totals(compared, "M") == pytest.approx([96, 96, 94, 100], abs=LAST_BITS)
    assert totals(compared) == pytest.approx([86, 86, 88.5, 274 / 3], abs=LAST_BITS)
    (turn,) = (each for each in compared.turns if (each.unit, each.perspective) == ("M", ""))
    assert (turn.full, turn.constant) == ("fall", "rise")
    (last,) = (each for each in compared.scores if (each.unit, each.perspective, each.year) == ("", "", 2017))
    assert (last.full.units, last.full.indicators) == (6, 12)
    assert (last.constant.units, last.constant.indicators) == (3, 5)


def test_several_units_at_the_top_have_only_their_mean() -> None:
    observed = rows(*(("AB"[at], year, "catch", 90.0) for at in (0, 1) for year in (2016, 2017)))
    assert {each.unit for each in compare(observed).scores} == {""}


def test_a_change_that_is_negligible_is_no_direction() -> None:
    observed = rows(("A", 2016, "catch", 90.0), ("A", 2017, "catch", 90.4))
    assert {(each.full, each.constant) for each in compare(observed).turns if not each.perspective} == {
        ("no change", "no change")
    }


def test_perspectives_that_a_variant_leaves_out_are_not_compared() -> None:
    observed = ministry()
    compared = compare(observed, vary(KKP, leave_out=("customer",)))
    assert "customer" not in {each.perspective for each in compared.scores}
    assert [each.kept for each in compared.panel.coverage] == [3, 3]


def test_growth_by_new_units_leaves_the_panel_to_the_old_ones() -> None:
    observed, scores, tree, study = growing()
    coverage = compare_panels(observed, scores, tree, study.negligible).panel.coverage
    assert [(each.units, each.units_kept) for each in coverage] == [(5, 5), (37, 5), (37, 5)]
    assert [(each.indicators, each.kept) for each in coverage] == [(40, 40), (296, 40), (296, 40)]


@settings(max_examples=30)
@given(
    st.sets(
        st.tuples(st.sampled_from("ABC"), st.sampled_from((2015, 2016, 2017)), st.sampled_from("xyz")),
        min_size=1,
    )
)
def test_a_panel_has_the_same_indicators_in_every_year_and_never_more_than_there_are(
    present: set[tuple[str, int, str]],
) -> None:
    observed = rows(*((*each, 90.0) for each in sorted(present)))
    years = {year for _, year, _ in present}
    panel = constant_panel(observed, KKP)
    expected = len(
        {(unit, name) for unit, _, name in present if all((unit, year, name) in present for year in years)}
    )
    assert {each.kept for each in panel.coverage} == {expected}
    assert all(each.left_out >= 0 for each in panel.coverage)
    assert len(panel.observations) == expected * len(years)
    assert (panel.reason is None) == (expected > 0 and len(years) > 1)
