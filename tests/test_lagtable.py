"""Exhibits of lags: the table, the figure and the headline say what was found a year later, in both languages, over each other never."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from bsc_analysis.errors import fault
from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.lagfigure import LATER_MARKS, MOST_PATHS, SAME_MARK, lag_figure
from bsc_analysis.exhibits.lagstatement import lag_statement
from bsc_analysis.exhibits.lagtable import SHARES, lag_table
from bsc_analysis.exhibits.style import DOUBLE
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.pathdata import NO_LAGS
from bsc_analysis.paths.lagverdicts import LagFindings, judge_lags
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.panel import Panel, Transition
from bsc_analysis.paths.panelmodel import fit_panel
from bsc_analysis.paths.rows import Codes, Rows
from tests.lagcases import judged, pairs, simulated
from tests.pathcases import origin, study, table_of
from tests.test_charts import (
    Disguised,
    data_words,
    luminance,
    marks,
    overlap,
    text_boxes,
    texts,
    whole_text,
)

MM = 25.4
HIGHEST = 235.0  # mm, what a page of a journal holds
SIX = 1e-6
MANY = ("LG", "IP", "CP", "SH", "Trust", "Catch", "Ekspor")


@cache
def many() -> LagFindings:
    """Return a model of 7 variables in which each follows from all before it: 21 paths, few pairs of years."""
    rng = np.random.default_rng(3)
    k = len(MANY)
    values = rng.standard_normal((60, 2 * k))
    rows = Rows(
        (*MANY, *(f"{name}_lag" for name in MANY)),
        values,
        Codes("unit", np.arange(60) // 2, tuple(f"U{at}" for at in range(30))),
    )
    text = "; ".join(f"{name} ~ {' + '.join(MANY[:at])}" for at, name in enumerate(MANY) if at)
    panel = Panel(rows, (Transition(2015, 2016, 30), Transition(2016, 2017, 30)), 30, 4)
    return judge_lags(fit_panel(path_model(text), panel))


CASES: dict[str, Callable[[], LagFindings]] = {
    "the simulated study": simulated,
    "one path with a lag": lambda: judged(0.3, 0.3),
    "more paths than a page holds": many,
}


def table_exhibit(found: LagFindings) -> Exhibit:
    exhibit = lag_table(found, study(), origin(), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


def figure_exhibit(found: LagFindings) -> Exhibit:
    exhibit = lag_figure(found, study(), origin(), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


def figure_of(found: LagFindings, language: Language = "en") -> Figure:
    figure = figure_exhibit(found).make(language)
    assert isinstance(figure, Figure)
    return figure


def in_order(figure: Figure) -> list[tuple[float, str]]:
    """Return each mark's place on the scale and its shape, from top to bottom."""
    downwards = sorted(marks(figure), key=lambda line: float(line.get_ydata()[0]))
    return [(float(line.get_xdata()[0]), str(line.get_marker())) for line in downwards]


# ---- the table -------------------------------------------------------------------------------------------------------


def test_each_path_has_a_row_for_both_times_and_each_outcome_one_for_its_past() -> None:
    """b .3 and .2, own past .4; beta of the later one .2 / sqrt(.54) = .272166; share .2 / .5."""
    frame = table_of(lag_table(judged(0.3, 0.2), study(), origin(), language="en")).frame
    assert frame["path"].tolist() == ["LG → IP", "LG → IP", "IP → IP"]
    assert frame["when"].tolist() == ["same year", "a year later", "a year later"]
    assert frame["b"].tolist() == pytest.approx([0.3, 0.2, 0.4])
    assert frame["beta"][1] == pytest.approx(0.272166, abs=SIX)
    assert frame["later effect"].tolist() == ["–", "found", "–"]
    assert [math.isnan(each) for each in frame["p (Holm)"]] == [True, False, True]
    assert frame["share a year later"][1] == pytest.approx(0.4)
    assert frame["lower share"][1] < 0.4 < frame["upper share"][1]


def test_a_path_without_a_share_has_a_blank() -> None:
    table = table_of(lag_table(judged(0.3, -0.3), study(), origin(), language="en"))
    assert table.frame[list(SHARES)].isna().all(axis=None)
    assert table.frame["later effect"][1] == "opposed"
    assert table.blank == "–"


def test_the_caption_of_the_table_says_what_it_rests_on() -> None:
    caption = table_exhibit(simulated()).caption.en
    assert "1,800 pairs of consecutive years of 900 units (2015–2016: 900, 2016–2017: 900)" in caption
    assert "adjusted by Holm's method for 6 later paths, is below 0.05" in caption
    assert "±0.10 (SESOI), which the author states: the 95 % interval" in caption
    assert "robust to clusters" in caption


def test_pairs_left_out_are_counted() -> None:
    assert "4 units without two consecutive years left out" in table_exhibit(many()).caption.en
    panel = pairs(0.3, 0.2)
    values = panel.rows.values.copy()
    values[:3, 0] = np.nan
    holes = replace(panel, rows=replace(panel.rows, values=values))
    listwise = judge_lags(fit_panel(path_model("IP ~ LG"), holes))
    assert "3 incomplete pairs left out" in table_exhibit(listwise).caption.en
    fiml = judge_lags(fit_panel(path_model("IP ~ LG"), holes, se="ml", missing="fiml"))
    caption = table_exhibit(fiml).caption.en
    assert "every known value of incomplete rows used" in caption
    assert "left out (listwise)" not in caption


def test_the_alt_text_of_the_table_counts_verdicts() -> None:
    alt = table_exhibit(simulated()).alt.en
    assert "6 paths within the year and a year later: 0 with a later effect, 3 opposed" in alt


# ---- the figure ------------------------------------------------------------------------------------------------------


def test_each_path_is_drawn_at_its_place_with_the_mark_of_its_verdict() -> None:
    found = simulated()
    expected = [
        place
        for path in found.paths
        for place in (
            (path.same.beta, SAME_MARK.marker),
            (path.later.beta, LATER_MARKS[path.verdict].marker),
        )
    ]
    assert in_order(figure_of(found)) == [(pytest.approx(at), shape) for at, shape in expected]
    shown = texts(figure_of(found))
    assert [text for text in shown if text in LATER_MARKS] == [path.verdict for path in found.paths]
    assert shown.count("same year") == shown.count("a year later") == 6


def test_a_lag_that_was_found_is_a_filled_diamond_and_has_its_word() -> None:
    figure = figure_of(judged(0.3, 0.3))
    assert in_order(figure)[1][1] == "D"
    assert {"found", "<0.001"} <= set(texts(figure))


def test_an_interval_is_drawn_from_its_lower_to_its_upper_end() -> None:
    found = judged(0.3, 0.3)
    figure = figure_of(found)
    bottom = max(float(mark.get_ydata()[0]) for mark in marks(figure))
    (bar,) = (
        line
        for line in figure.axes[1].lines
        if line.get_marker() == "None" and list(line.get_ydata()) == [bottom, bottom]
    )
    later = found.paths[0].later
    assert list(bar.get_xdata()) == pytest.approx([later.lower, later.upper])


def test_the_zone_is_the_stated_smallest_effect_of_interest() -> None:
    figure = figure_of(judged(0.3, 0.3, sesoi=0.2))
    zones = {(patch.get_x(), patch.get_x() + patch.get_width()) for patch in figure.axes[1].patches}  # type: ignore[attr-defined]
    assert zones == {(-0.2, 0.2)}
    assert "SESOI ±0.20" in texts(figure)


def test_of_many_paths_those_least_likely_to_have_a_lag_are_left_out_and_counted() -> None:
    """7 variables have 21 paths, of which a page holds 18."""
    found = many()
    figure = figure_of(found)
    assert len(marks(figure)) == 2 * MOST_PATHS
    assert "3 more paths, least likely to have a later effect" in whole_text(figure)
    smallest = min(found.paths, key=lambda path: path.later.p)
    assert f"{smallest.start} → {smallest.end}" in texts(figure)
    largest = max(found.paths, key=lambda path: path.later.p)
    assert f"{largest.start} → {largest.end}" not in texts(figure)


def test_a_mark_beyond_the_scale_is_explained() -> None:
    found = judged(0.3, 0.3)
    path = found.paths[0]
    far = replace(found, paths=(replace(path, later=replace(path.later, beta=7.0, lower=6.0, upper=8.0)),))
    assert "points onwards" in whole_text(figure_of(far))
    assert "points onwards" not in whole_text(figure_of(found))


def test_the_alt_text_of_the_figure_tells_every_path() -> None:
    alt = figure_exhibit(simulated()).alt.en
    assert "0 of 6 have a later effect" in alt
    assert alt.count(", a year later ") == 6
    assert alt.count("(opposed)") == 3


def test_marks_differ_in_shape_colour_and_grey() -> None:
    found = [SAME_MARK, *LATER_MARKS.values()]
    assert len({mark.marker for mark in found}) == len({mark.colour for mark in found}) == len(found)
    assert luminance(SAME_MARK) != pytest.approx(luminance(LATER_MARKS["found"]), abs=0.05)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_nothing_covers_anything_and_the_figure_fits_on_a_page(case: str, language: Language) -> None:
    figure = figure_of(CASES[case](), language)
    boxes = text_boxes(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    width, height = figure.get_size_inches() * figure.dpi
    assert [
        text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ] == []
    assert figure.get_size_inches()[0] * MM == pytest.approx(DOUBLE)
    assert figure.get_size_inches()[1] * MM < HIGHEST
    assert origin().statement.say(language) in whole_text(figure)


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        export(figure_exhibit(simulated()), "lag", to=tmp_path / run, language="id")
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"lag.pdf", "lag.svg", "lag.png", "lag.json"}
    assert runs[0] == runs[1]


# ---- the headline ----------------------------------------------------------------------------------------------------


def test_the_headline_names_the_path_that_takes_a_year() -> None:
    said = lag_statement(judged(0.3, 0.3), study()).label.en
    assert "not negligible): 1 of 1, from 80 pairs" in said
    assert re.search(r"Found: LG → IP 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)\.", said)
    assert "is supported, as far as one year goes" in said
    assert "80 pairs of consecutive years of 80 units (2015–2016: 80)" in said


def test_the_headline_tells_nothing_found_from_nothing_there() -> None:
    """Of 8,000 pairs every later effect is shown to be small; of 80 it is not."""
    none = lag_statement(judged(0.3, 0.0, copies=1000), study()).label.en
    assert "is not supported: every later effect is shown to be smaller than ±0.10" in none
    few = lag_statement(judged(0.3, 0.0), study()).label.en
    assert "stays open: later effects that may reach ±0.10 (SESOI): 1 of 1; opposed: 0." in few
    assert "Found" not in few


def test_the_headline_does_not_take_lasting_differences_for_a_lag() -> None:
    said = lag_statement(simulated(), study()).label.en
    assert "not negligible): 0 of 6, from 1,800 pairs" in said
    assert "LG → IP, IP → SH, CP → SH: the later coefficient opposes" in said
    assert "later effects that may reach ±0.10 (SESOI): 0 of 6; opposed: 3." in said


def test_the_headline_says_when_data_are_made() -> None:
    made = "none of this is a finding"
    assert made in lag_statement(simulated(), study()).label.en
    assert made not in lag_statement(simulated(), replace(study(), data_status="real")).label.en


def test_a_study_that_cannot_tell_says_what_it_would_need() -> None:
    needed = "scores of the same units in two consecutive years"
    for make in (lag_table, lag_figure):
        absent = make(fault(NO_LAGS), study(), origin(), language="en")
        assert isinstance(absent, Absent)
        assert needed in absent.reason.en
    assert needed in lag_statement(fault(NO_LAGS), study()).label.en


# ---- both languages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_no_word_is_left_untranslated(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    found = CASES[case]()
    figure, table = figure_exhibit(found), table_exhibit(found)
    drawn = figure.make("id")
    assert isinstance(drawn, Figure)
    frame = table_of(table, "id").frame
    cells = [cell for column in frame for cell in frame[column] if isinstance(cell, str)]
    shown = " ".join([*frame.columns, *cells])
    captions = [label.id for each in (figure, table) for label in (each.caption, each.alt)]
    said = " ".join((whole_text(drawn), shown, *captions, lag_statement(found, study()).label.id))
    known = data_words(study()) | set(MANY) | {"SESOI", "b", "p", "beta"}
    assert set(re.findall("[A-Za-z]+", said)) - known == set()


@pytest.mark.parametrize("case", CASES)
def test_captions_and_alt_texts_differ_by_language_and_have_no_blanks_left(case: str) -> None:
    for make in (figure_exhibit, table_exhibit):
        exhibit = make(CASES[case]())
        for label in (exhibit.caption, exhibit.alt):
            assert label.en != label.id
            assert "{" not in label.en + label.id


def test_indonesian_numbers_have_decimal_commas() -> None:
    said = " ".join((whole_text(figure_of(simulated(), "id")), lag_statement(simulated(), study()).label.id))
    assert re.findall(r"\b0\.\d", said) == []
    assert re.findall(r"\b0,\d", said)
