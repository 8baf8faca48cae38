"""The timeline of stages: marks where their dates are, words where there is none, and when there is no timeline."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from bsc_analysis.exhibits.exhibit import Absent, Exhibit, printed_provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.stagefigure import MARKS, MOST_STAGES, stage_figure
from bsc_analysis.exhibits.style import DOUBLE
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.studies import Study
from tests.test_charts import Disguised, data_words, marks, overlap, text_boxes, texts, whole_text
from tests.test_stages import read
from tests.test_stagetable import EVERY_STATUS, ministry, staged

MM = 25.4
CASES = {
    "ministry": ministry,
    "every status": lambda: staged(EVERY_STATUS),
    "decades": lambda: staged(read("1,Satu,One,,,1998-03,done,x", "2,Dua,Two,,,2024-11-30,partly,x")),
    "the most": lambda: staged(
        read(*(f"{n},Tahapan dengan nama panjang {n},A stage with a long name {n},,,2015-{n % 12 + 1:02},done,x"
               for n in range(1, MOST_STAGES + 1)))
    ),
}  # fmt: skip


def figure_exhibit(study: Study, language: Language = "en") -> Exhibit | Absent:
    return stage_figure(study, printed_provenance(study), language=language)


@cache
def drawn(name: str) -> Exhibit:
    made = figure_exhibit(CASES[name]())
    assert isinstance(made, Exhibit)
    return made


@cache
def figure_of(name: str, language: Language = "en") -> Figure:
    figure = drawn(name).make(language)
    assert isinstance(figure, Figure)
    return figure


def test_a_mark_stands_in_the_middle_of_the_time_that_its_date_can_mean() -> None:
    """12 May 2014: noon of the day; July 2014: 31 days from the 1st; 2015: 365 days from 1 January."""
    places = sorted(float(line.get_xdata()[0]) for line in marks(figure_of("every status")))
    day, month, year = (date(2014, 5, 12), 0.5), (date(2014, 7, 1), 15.5), (date(2015, 1, 1), 182.5)
    assert places == [each.toordinal() + half for each, half in (day, month, year)]


def test_a_bar_covers_a_month_or_a_year_and_a_day_has_none() -> None:
    plot = figure_of("every status").axes[1]
    bars = sorted(
        float(ends[1] - ends[0])
        for line in plot.lines
        if len(ends := line.get_xdata()) == 2 and 20 < ends[1] - ends[0] < 400
    )
    assert bars == [31, 365]


def test_stages_without_a_date_say_so_in_their_place() -> None:
    assert texts(figure_of("ministry")).count("no date known") == 9
    assert texts(figure_of("ministry", "en")).count("2015") == 4, "three cells and the scale"
    assert "no date known" not in whole_text(figure_of("decades"))


def test_status_has_colour_shape_and_word() -> None:
    assert (
        len({mark.marker for mark in MARKS.values()})
        == len({mark.colour for mark in MARKS.values()})
        == len(MARKS)
    )
    for word in ("done", "partly", "not done", "unknown"):
        assert word in texts(figure_of("every status"))


def test_the_scale_runs_from_the_year_before_the_first_date_to_the_end_of_the_year_after_the_last() -> None:
    shown = texts(figure_of("every status"))
    assert {"2013", "2014", "2015", "2016", "2017"} <= set(shown)
    assert figure_of("every status").axes[1].get_xlim() == (
        date(2013, 1, 1).toordinal(),
        date(2017, 1, 1).toordinal(),
    )


@pytest.mark.parametrize("written", ["0001", "9998"])
def test_the_ends_of_the_calendar_do_not_break_the_scale(written: str) -> None:
    made = figure_exhibit(staged(read(f"1,Satu,One,,,{written},done,x")))
    assert isinstance(made, Exhibit)
    assert isinstance(made.make("en"), Figure)


def test_without_any_date_there_is_no_timeline_and_the_checklist_is_named() -> None:
    study = ministry()
    undated = replace(study, stages=tuple(replace(each, date=None) for each in study.stages))
    absent = figure_exhibit(undated)
    assert isinstance(absent, Absent)
    assert (
        absent.reason.en
        == "None of the 12 stages has a date, so there is no timeline; the checklist lists them."
    )
    assert isinstance(figure_exhibit(staged(())), Absent)


def test_more_stages_than_a_page_holds_are_left_to_the_checklist() -> None:
    many = read(*(f"{n},a,b,,,2015,done,x" for n in range(1, MOST_STAGES + 2)))
    absent = figure_exhibit(staged(many))
    assert isinstance(absent, Absent)
    assert absent.reason.en.startswith(f"{MOST_STAGES + 1} stages are more than a page can show")


def test_caption_and_figure_say_whose_list_it_is() -> None:
    ours = "The list of stages is ours"
    assert ours in drawn("ministry").caption.en
    assert ours in whole_text(figure_of("ministry"))
    assert "ours" not in whole_text(figure_of("decades"))


def test_alt_text_tells_every_date() -> None:
    assert drawn("every status").alt.en == (
        "Timeline of 4 stages of implementation: done 1, partly 1, not done 1, unknown 1. 1. One: 2014-05-12; 2. Two: 2014-07; "
        "3. Three: 2015; 4. Four: no date known."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_nothing_covers_anything_and_the_data_statement_stands_on_the_figure(
    name: str, language: Language
) -> None:
    figure = figure_of(name, language)
    assert drawn(name).provenance.statement.say(language) in whole_text(figure)
    boxes = text_boxes(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    width, height = figure.get_size_inches() * figure.dpi
    assert [
        text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ] == []
    assert figure.get_size_inches()[0] * MM == pytest.approx(DOUBLE)
    assert figure.get_size_inches()[1] * MM < 235


def test_no_word_is_left_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    study = ministry()
    made = figure_exhibit(study, "id")
    assert isinstance(made, Exhibit)
    own = {word for each in study.stages for word in re.findall("[A-Za-z]+", each.name.id)}
    said = " ".join((whole_text(made.make("id")), made.caption.id, made.alt.id))  # type: ignore[arg-type]
    assert set(re.findall("[A-Za-z]+", said)) - own - data_words(study) == set()


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        export(figure_exhibit(ministry()), "stages", to=tmp_path / run)
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"stages.pdf", "stages.svg", "stages.png", "stages.json"}
    assert runs[0] == runs[1]
