"""Tables of yearly development: numbers in their columns, bands of organisation and perspectives, and the panel's directions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.evidence.constantpanel import compare_panels
from bsc_analysis.evidence.development import describe_development
from bsc_analysis.exhibits.developmenttables import (
    band_share_table,
    constant_panel_table,
    development_table,
)
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.files import read_rules
from bsc_analysis.language import words
from bsc_analysis.scorecards.scoring import Scores
from bsc_analysis.studies import Study
from tests.cascades import LAST_BITS, ministry, table
from tests.test_charts import Disguised
from tests.yearcases import bantaeng, growing, tie

Case = tuple[pd.DataFrame, Scores, Any, Study]


def described(case: Case, make: Any) -> Any:
    _, scores, tree, study = case
    return make(describe_development(scores, tree), study, provenance(study), language="en")


def compared(case: Case) -> Any:
    observed, scores, tree, study = case
    comparison = compare_panels(observed, scores, tree, study.negligible)
    return constant_panel_table(comparison, study, provenance(study), language="en")


def frame_of(exhibit: Any, language: Any = "en") -> pd.DataFrame:
    assert isinstance(exhibit, Exhibit)
    made = exhibit.make(language)
    assert isinstance(made, Table)
    assert set(made.decimals) <= set(made.frame.columns)
    return made.frame


def test_a_row_has_the_description_of_its_level_and_year() -> None:
    """Echelon I of 2017 by hand: 90 and 92."""
    frame = frame_of(described(tie(ministry()), development_table))
    keys = {"score of": "Organisation (NKO)", "level": "Echelon I", "year": 2017}
    (row,) = frame[(frame[list(keys)] == list(keys.values())).all(axis=1)].to_dict("records")
    assert (row["units"], row["with a score"], row["indicators with data"]) == (2, 2, 4)
    assert (row["mean"], row["weighted mean"], row["median"]) == pytest.approx((91, 91, 91), abs=LAST_BITS)
    assert row["standard deviation"] == pytest.approx(2**0.5, abs=LAST_BITS)
    assert row["lower"] < row["lower quartile"] < row["upper quartile"] < row["upper"]


def test_what_cannot_be_computed_is_blank() -> None:
    frame = frame_of(described(tie(ministry()), development_table))
    alone = frame[frame["level"] == "Minister"]
    assert alone[["standard deviation", "lower", "upper"]].isna().all(axis=None)


def test_a_study_without_levels_has_no_column_of_them() -> None:
    frame = frame_of(described(bantaeng(), development_table))
    assert "level" not in frame.columns
    assert frame["mean"].tolist()[:2] == pytest.approx([2.1625, 2.775], abs=LAST_BITS)


def test_bands_are_those_of_organisation_and_perspectives_in_percent() -> None:
    """NKO of 2017: 94, 90, 92 and 82 are yellow, 114 green, 59 red. Stakeholder, whose green begins at 90: 100, 96, 120."""
    frame = frame_of(described(tie(ministry()), band_share_table))
    last = frame[(frame["level"] == "all levels") & (frame["year"] == 2017)].set_index("score of")
    found = last[["Red (%)", "Yellow (%)", "Green (%)", "at the cap (%)"]]
    assert found.loc["Organisation (NKO)"].tolist() == pytest.approx([100 / 6, 400 / 6, 100 / 6, 0])
    assert found.loc["Stakeholder (SH)"].tolist() == pytest.approx([100 / 6, 200 / 6, 50, 100 / 6])


def test_without_bands_and_cap_there_is_no_table_of_them() -> None:
    rules = read_rules("lkj-attainment")
    assert (rules.organisation_bands, rules.perspective_bands) == (None, None)
    _, scores, tree, study = tie(ministry())
    found = [replace(each, shares=(), at_cap=None) for each in describe_development(scores, tree)]
    absent = band_share_table(tuple(found), study, provenance(study), language="id")
    assert isinstance(absent, Absent)
    assert absent.reason.en == "The rule set has neither bands of scores nor a cap."


def test_the_panel_stands_beside_all_indicators_with_both_directions() -> None:
    """The minister falls from 96 to 94 with the customer perspective that came in, and rises to 100 without."""
    frame = frame_of(compared(tie(ministry())))
    rows = frame[(frame["unit"] == "M") & (frame["score of"] == "Organisation (NKO)")]
    assert rows["all indicators"].tolist() == pytest.approx([96, 94], abs=LAST_BITS)
    assert rows["constant panel"].tolist() == pytest.approx([96, 100], abs=LAST_BITS)
    assert rows["difference"].tolist() == pytest.approx([0, -6], abs=LAST_BITS)
    assert rows["direction, all indicators"].tolist() == ["–", "fall"]
    assert rows["direction, constant panel"].tolist() == ["–", "rise"]
    assert rows["same direction"].tolist() == ["–", "no"]
    assert rows["in every year"].tolist() == [1, 1]


def test_what_all_indicators_and_the_panel_share_differs_by_exactly_nothing() -> None:
    frame = frame_of(compared(bantaeng()))
    shared = frame[frame["score of"] == "Learning and growth (LG)"]
    assert shared["difference"].tolist() == [0.0, 0.0]


def test_a_study_of_one_unit_shows_it_once() -> None:
    frame = frame_of(compared(bantaeng()))
    assert set(frame["unit"]) == {"BPBD Bantaeng"}
    assert len(frame) == 5 * 2
    customer = frame[frame["score of"] == "Customer (CP)"]
    assert customer["direction, constant panel"].tolist() == ["–", "no data"]


def test_the_words_around_the_panel_count_indicators_and_turns() -> None:
    exhibit = compared(growing())
    assert "2015: 40 of 40 indicators in the panel; 2016: 40 of 296" in exhibit.caption.en
    assert "a change of less than 0.5 counts as none" in exhibit.caption.en
    assert "a change of less than 0.005 counts as none" in compared(bantaeng()).caption.en
    assert "of 4 changes from year to year, 1 go another way" in compared(bantaeng()).alt.en


def test_without_a_common_indicator_the_reason_is_shown() -> None:
    observed = table(("a", 2016, 90.0), ("b", 2017, 90.0), columns="indicator year actual")
    absent = compared(tie(observed.assign(perspective="stakeholder")))
    assert isinstance(absent, Absent)
    assert absent.reason.en == (
        "No indicator of any unit has a target and an actual in every year from 2016 to 2017."
    )


def test_alt_texts_tell_the_organisations_means_and_bands() -> None:
    assert "2016 mean 2.16 of 1 units; 2017 mean 2.78" in described(bantaeng(), development_table).alt.en
    told = described(tie(ministry()), band_share_table).alt.en
    assert "2017 Red 16.7 %, Yellow 66.7 %, Green 16.7 %" in told


def test_every_header_and_word_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    for exhibit in (
        described(growing(), development_table),
        described(growing(), band_share_table),
        compared(growing()),
    ):
        frame = frame_of(exhibit, "id")
        latin = [name for name in frame.columns if any("a" <= letter <= "z" for letter in name)]
        bands = {"Merah (%)", "Kuning (%)", "Hijau (%)"}
        assert set(latin) <= bands
