"""The table of a twin's calibration: targets as printed, results and differences, in both languages; absent where nothing was made."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from bsc_analysis.exhibits.calibrationtable import calibration_table
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.studies import Study, read_study
from bsc_analysis.twins.making import make_twin
from bsc_analysis.twins.plan import vary_twin
from tests.pathcases import table_of
from tests.test_charts import Disguised, data_words


@cache
def kkp() -> Study:
    return read_study("kkp")


def exhibit_of(study: Study, language: Language = "en") -> Exhibit:
    exhibit = calibration_table(study, provenance(study), language=language)
    assert isinstance(exhibit, Exhibit)
    return exhibit


def test_each_target_stands_beside_its_result_and_the_difference() -> None:
    frame = table_of(exhibit_of(kkp())).frame
    assert len(frame) == 15
    rows = {(row.quantity, row.year): row for row in frame.itertuples()}
    assert rows["number of indicators", "2016"].target == "11,653"
    assert rows["number of indicators", "2016"].result == 11653
    assert rows["NKO of the ministry", "2015"].target == "112"
    assert rows["standardised path CP → SH", "–"].target == "0.634"
    path = rows["standardised path LG → SH", "–"]
    assert path.difference == pytest.approx(path.result - (-0.047))
    assert frame["rounds to target"].tolist() == ["yes"] * 15


def test_a_miss_is_said_in_the_table_and_counted() -> None:
    """One record more is asked for in 2017 than there are."""
    plan = kkp().twin
    assert plan is not None
    last = replace(plan.years[-1], indicators=plan.years[-1].indicators + 1)
    exhibit = exhibit_of(replace(kkp(), twin=replace(plan, years=(*plan.years[:-1], last))))
    assert table_of(exhibit).frame["rounds to target"].tolist().count("no") == 1
    assert "15 targets of the calibration: met to the last decimal: 14, missed: 1" in exhibit.alt.en


def test_the_caption_says_where_the_paths_are_met() -> None:
    plan = kkp().twin
    assert plan is not None
    assert "The paths are met in this twin." in exhibit_of(kkp()).caption.en
    loose = vary_twin(plan, calibration="population")
    varied = replace(kkp(), twin=loose, observations=make_twin(loose).observations)
    assert "in the mean of many twins" in exhibit_of(varied).caption.en
    rows = kkp().observations
    assert rows is not None
    some = exhibit_of(replace(kkp(), observations=rows[rows["year"] > 2015]))
    assert "they are left out" in some.caption.en
    assert len(table_of(some).frame) == 6


def test_data_that_were_not_made_have_no_calibration() -> None:
    study = read_study("bantaeng")
    absent = calibration_table(study, provenance(study), language="en")
    assert isinstance(absent, Absent)
    assert "nothing was calibrated" in absent.reason.en


def test_the_table_carries_that_its_data_are_made() -> None:
    assert "Synthetic twin" in exhibit_of(kkp()).provenance.statement.en


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_as_the_language_does(language: Language) -> None:
    targets = table_of(exhibit_of(kkp(), language), language).frame.iloc[:, 2].tolist()
    assert ("1.122" in targets, "0,329" in targets) == (language == "id", language == "id")


def test_no_word_is_left_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    exhibit = exhibit_of(kkp(), "id")
    frame = table_of(exhibit, "id").frame
    cells = [cell for column in frame for cell in frame[column] if isinstance(cell, str)]
    said = " ".join([*frame.columns, *cells, exhibit.caption.id, exhibit.alt.id])
    known = data_words(kkp()) | {"LG", "IP", "CP", "SH"}
    assert set(re.findall("[A-Za-z]+", said)) - known == set()
