"""The league on paper: every unit in the table, what a page can hold in the figure, and what the interval is not."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import combinations

import pandas as pd
import pytest
from matplotlib.figure import Figure

from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.exhibits.leaguetable import MOST_LONG_UNITS, MOST_UNITS, league_figure, league_table
from bsc_analysis.exhibits.style import BAND_MARKS, DOUBLE
from bsc_analysis.exhibits.tablerows import ROWS_ON_PAGE
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.scorecards.league import read_leagues
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.studies import Study, read_study
from tests.test_charts import Disguised, data_words, marks, overlap, text_boxes, texts, whole_text

MM = 25.4
NOT_A_SURVEY = "it is not the sampling error of a survey"


def agencies(units: int, *, name: str = "U", years: tuple[int, ...] = (2016, 2017)) -> tuple[Scores, Study]:
    """Return units whose scores fall from the first to the last, two indicators ten points apart in each perspective."""
    study = read_study("kkp")
    rows = [
        (f"{name}{unit:03}", year, each.id, f"{each.short}{number}", 0.5, 100.0, 105.0 + 10 * number - 40 * unit / units)
        for unit in range(units) for year in years for each in study.rules.perspectives for number in range(2)
    ]  # fmt: skip
    columns = ["unit", "year", "perspective", "indicator", "weight", "target", "actual"]
    observed = pd.DataFrame(rows, columns=columns)
    return score(observed, study.rules), replace(study, observations=observed)


@cache
def drawn(units: int, name: str = "U") -> Exhibit:
    scores, study = agencies(units, name=name)
    exhibit = league_figure(scores, study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


@cache
def figure_of(units: int, language: Language = "en", name: str = "U") -> Figure:
    figure = drawn(units, name).make(language)
    assert isinstance(figure, Figure)
    return figure


# ---- table -----------------------------------------------------------------------------------------------------------


def test_the_table_has_every_unit_of_every_year_the_last_year_first() -> None:
    scores, study = agencies(30)
    exhibit = league_table(scores, study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    table = exhibit.make("en")
    assert isinstance(table, Table)
    assert len(table.frame) == 60
    assert table.frame["year"].tolist() == [2017] * 30 + [2016] * 30
    assert table.frame["rank"].tolist() == [*range(1, 31), *range(1, 31)]
    (league, _) = read_leagues(scores)
    first = table.frame.iloc[0]
    assert (first["unit"], first["best possible rank"]) == ("U000", 1)
    assert first["worst possible rank"] == 30 - league.standings[0].below
    assert first["95 % from"] < first["score"] < first["95 % to"]
    assert "level" not in table.frame.columns


def test_the_page_folds_the_table_and_says_so() -> None:
    scores, study = agencies(30)
    html = league_table(scores, study, provenance(study), language="en")._repr_html_()
    assert html.count("U0") == ROWS_ON_PAGE
    assert f"Shown: the first {ROWS_ON_PAGE} of 60 rows; the exported files have all of them." in html


def test_levels_stand_in_the_table_where_there_are_some() -> None:
    _, study = agencies(3)
    assert study.observations is not None
    levelled = score(study.observations.assign(level="Eselon II"), study.rules)
    exhibit = league_table(levelled, study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    assert set(exhibit.make("en").frame["level"]) == {"Eselon II"}  # type: ignore[union-attr]
    figure = league_figure(levelled, study, provenance(study), language="en")
    assert isinstance(figure, Exhibit)
    assert any(text.endswith("2017, Eselon II") for text in texts(figure.make("en")))  # type: ignore[arg-type]


def test_table_and_figure_say_that_this_is_no_sampling_error() -> None:
    scores, study = agencies(3)
    table = league_table(scores, study, provenance(study), language="en")
    assert isinstance(table, Exhibit)
    assert NOT_A_SURVEY in table.caption.en
    assert NOT_A_SURVEY in drawn(3).caption.en
    assert NOT_A_SURVEY in whole_text(figure_of(3))


# ---- absent ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [league_table, league_figure])
def test_one_unit_has_no_league(make: object) -> None:
    study = read_study("bantaeng")
    absent = make(score(study.observations, study.rules), study, provenance(study), language="en")  # type: ignore[operator]
    assert isinstance(absent, Absent)
    assert absent.reason.en == "This study has one unit; a league compares several."


def test_units_that_no_other_can_be_compared_with_have_no_league() -> None:
    _, study = agencies(2)
    observed = study.observations
    assert observed is not None
    apart = score(observed[(observed["unit"] == "U000") == (observed["year"] == 2016)], study.rules)
    absent = league_table(apart, study, provenance(study), language="en")
    assert isinstance(absent, Absent)
    assert absent.reason.en.startswith("No two units of one level have a score in the same year")


# ---- figure ----------------------------------------------------------------------------------------------------------


def test_every_drawn_unit_has_its_score_interval_and_ranks() -> None:
    scores, _ = agencies(3)
    league = read_leagues(scores)[-1]
    figure = figure_of(3)
    assert sorted(float(mark.get_xdata()[0]) for mark in marks(figure)) == pytest.approx(
        sorted(each.score for each in league.standings)
    )
    best, worst = league.ranks(league.standings[0])
    assert f"{best}–{worst}" in texts(figure)
    assert {"U000", "U001", "U002"} <= set(texts(figure))


def test_each_score_carries_the_mark_of_its_band() -> None:
    scores, study = agencies(3)
    assert study.rules.organisation_bands is not None
    ranks = [band.id for band in study.rules.organisation_bands.bands]
    expected = sorted(
        (each.score, BAND_MARKS[ranks.index(str(each.band))].marker)
        for each in read_leagues(scores)[-1].standings
    )
    found = sorted((float(mark.get_xdata()[0]), str(mark.get_marker())) for mark in marks(figure_of(3)))
    assert [shape for _, shape in found] == [shape for _, shape in expected]


def test_of_many_units_the_highest_and_the_lowest_are_drawn_and_the_rest_is_counted() -> None:
    shown = texts(figure_of(100))
    half = MOST_UNITS // 2
    assert [text for text in shown if re.fullmatch(r"U\d{3}", text)] == [
        f"U{number:03}" for number in (*range(half), *range(100 - half, 100))
    ]
    assert {f"The {half} highest of 100 units", f"The {half} lowest of 100 units"} <= set(shown)
    assert (
        f"{MOST_UNITS} of 100 units are drawn; the {100 - MOST_UNITS} between them are in the table."
        in whole_text(figure_of(100))
    )


LONG = "Balai Besar Pelatihan dan Penyuluhan Perikanan Wilayah Timur "


def test_long_names_are_cut_and_fewer_of_them_are_drawn() -> None:
    shown = [text for text in texts(figure_of(60, name=LONG)) if text.startswith("Balai")]
    assert len(shown) == MOST_LONG_UNITS
    assert all(text.endswith("…") for text in shown)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("units", "name"), [(3, "U"), (100, "U"), (60, LONG)])
def test_nothing_covers_anything_and_the_data_statement_stands_on_the_figure(
    units: int, name: str, language: Language
) -> None:
    figure = figure_of(units, language, name)
    assert drawn(units, name).provenance.statement.say(language) in whole_text(figure)
    boxes = text_boxes(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    assert figure.get_size_inches()[0] * MM == pytest.approx(DOUBLE)
    assert figure.get_size_inches()[1] * MM < 235


def test_no_word_is_left_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    scores, study = agencies(40)
    exhibit = league_figure(scores, study, provenance(study), language="id")
    assert isinstance(exhibit, Exhibit)
    said = " ".join((whole_text(exhibit.make("id")), exhibit.caption.id, exhibit.alt.id))  # type: ignore[arg-type]
    known = data_words(study) | {"U"}
    assert set(re.findall("[A-Za-z]+", said)) - known == set()


def test_alt_text_tells_how_many_could_be_first() -> None:
    scores, _ = agencies(3)
    league = read_leagues(scores)[-1]
    first = sum(league.ranks(each)[0] == 1 for each in league.standings)
    assert drawn(3).alt.en.startswith(f"Scores of 3 units in 2017; {first} of them could rank first.")
    assert f"U000: {league.standings[0].score:g} (Green)" in drawn(3).alt.en
