"""The checklist of stages: boxes and words of every status, whose list it is, and a study without stages."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from bsc_analysis.evidence.stages import STATUSES, Stage, read_stages
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, printed_provenance
from bsc_analysis.exhibits.stagetable import BOXES, stage_table
from bsc_analysis.files import data_folder, read_text
from bsc_analysis.language import words
from bsc_analysis.language.words import Language
from bsc_analysis.studies import Study, read_study
from tests.test_charts import Disguised, data_words
from tests.test_stages import read

EVERY_STATUS = read(
    "1,Satu,One,bukti,proof,2014-05-12,done,A report of 2014",
    "2,Dua,Two,,,2014-07,partly,ours: an example",
    "3,Tiga,Three,,,2015,not done,ours: an example",
    "4,Empat,Four,,,,unknown,ours: an example",
)


def staged(stages: tuple[Stage, ...]) -> Study:
    return replace(read_study("bantaeng"), stages=stages)


def ministry() -> Study:
    study = staged(read_stages(*read_text(data_folder() / "studies" / "kkp" / "stages.csv")))
    return replace(study, id="kkp", label=read_study("kkp").label)


def table(study: Study, language: Language = "en") -> Exhibit:
    made = stage_table(study, printed_provenance(study), language=language)
    assert isinstance(made, Exhibit)
    return made


def frame(study: Study, language: Language = "en") -> pd.DataFrame:
    made = table(study, language).make(language)
    assert isinstance(made, Table)
    return made.frame


def test_every_status_has_a_box_and_a_word_and_what_is_not_known_a_dash() -> None:
    found = frame(staged(EVERY_STATUS))
    assert found["status"].tolist() == ["[x] done", "[/] partly", "[ ] not done", "[?] unknown"]
    assert found["shown since"].tolist() == ["2014-05-12", "2014-07", "2015", "-"]
    assert found["evidence"].tolist() == ["proof", "-", "-", "-"]
    assert found["source"].tolist() == ["A report of 2014", "ours", "ours", "ours"]
    assert set(BOXES) == set(STATUSES)
    assert len(set(BOXES.values())) == len(BOXES)


def test_the_caption_says_whose_list_it_is() -> None:
    """All twelve of the ministry are ours, three of the example's four, and none where every stage has a source."""
    assert "The list of stages is ours, as no published one was found" in table(ministry()).caption.en
    mixed = table(staged(EVERY_STATUS)).caption.en
    assert "3 of 4 stages are ours and in no source." in mixed
    assert "The list of stages is ours" not in mixed
    assert "ours" not in table(staged(EVERY_STATUS[:1])).caption.en


def test_the_caption_explains_boxes_status_and_date() -> None:
    caption = table(staged(EVERY_STATUS)).caption.en
    assert "[x] done, [/] partly, [ ] not done, [?] unknown." in caption
    assert "more may have been done" in caption
    assert "need not be the beginning" in caption


def test_alt_text_counts_the_statuses_that_occur() -> None:
    assert (
        table(staged(EVERY_STATUS[:2])).alt.en == "Checklist of 2 stages of implementation: done 1, partly 1"
    )


def test_names_and_evidence_are_in_the_language_asked_for() -> None:
    found = frame(staged(EVERY_STATUS), "id")
    assert found.iloc[0].tolist()[1] == "Satu"
    assert "bukti" in found.iloc[0].tolist()


def test_a_study_without_stages_has_no_checklist() -> None:
    absent = stage_table(staged(()), printed_provenance(staged(())), language="en")
    assert isinstance(absent, Absent)
    assert absent.reason.en == "This study lists no stages of implementation."


def test_no_word_is_left_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    study = ministry()
    made, cells = table(study, "id"), frame(study, "id")
    own = {
        word
        for each in study.stages
        for word in re.findall("[A-Za-z]+", f"{each.name.id} {each.evidence.id}")
    }
    said = " ".join((*cells.columns, *cells.astype(str).to_numpy().ravel(), made.caption.id, made.alt.id))
    # The box of what is done, and the name of the file that a user replaces as it is disguised letter by letter.
    assert set(re.findall("[A-Za-z]+", said)) - own - data_words(study) == {"x"}
