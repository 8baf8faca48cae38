"""The figure of achievements: heights that are shares, hatching beyond the cap only, words in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bsc_analysis.exhibits.distributionfigure import HATCH, distribution_figure
from bsc_analysis.exhibits.distributiongrid import MOST_YEARS
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.style import DOUBLE
from bsc_analysis.files import read_rules
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.studies import Study, read_study
from tests.test_charts import Disguised, data_words, overlap, text_boxes, texts, whole_text

MM = 25.4
# Heights are percentages computed from counts in doubles.
LAST_BITS = 1e-9


def agencies(*, years: int = 2, units: int = 6, rules: str = "kkp") -> tuple[Scores, Study]:
    """Return units with two indicators in each perspective: one near its target, one beyond 120 % in every third unit."""
    rule_set = read_rules(rules)
    rows = [
        (f"Unit {unit}", 2015 + year, each.id, f"{each.id}-{number}", 0.5, 100.0,
         90.0 + 2 * unit + year if number == 0 else 100.0 + 25.0 * (unit % 3))
        for unit in range(units) for year in range(years) for each in rule_set.perspectives for number in range(2)
    ]  # fmt: skip
    columns = ["unit", "year", "perspective", "indicator", "weight", "target", "actual"]
    observed = pd.DataFrame(rows, columns=columns)
    study = replace(read_study("kkp"), rules=rule_set, observations=observed)
    return score(observed, rule_set), study


def bantaeng() -> tuple[Scores, Study]:
    study = read_study("bantaeng")
    return score(study.observations, study.rules), study


@cache
def drawn(name: str) -> Exhibit:
    scores, study = bantaeng() if name == "bantaeng" else agencies()
    exhibit = distribution_figure(scores, study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


@cache
def figure_of(name: str, language: Language = "en") -> Figure:
    figure = drawn(name).make(language)
    assert isinstance(figure, Figure)
    return figure


def panels(figure: Figure) -> list[Axes]:
    """Return the axes that have a scale, row by row."""
    return [axes for axes in figure.axes if axes.axison]


def bars(panel: Axes) -> list[Rectangle]:
    return [bar for container in panel.containers for bar in container.patches]  # type: ignore[attr-defined]


NAMES = ["bantaeng", "agencies"]


def test_bars_are_shares_of_what_was_measured() -> None:
    for panel in panels(figure_of("agencies")):
        assert sum(bar.get_height() for bar in bars(panel)) == pytest.approx(100, abs=LAST_BITS)


def test_only_what_lies_beyond_the_cap_is_hatched_and_the_stem_is_as_high_as_all_of_it() -> None:
    """A third of the second indicators, 25 and 50 points over in turn: those at 125 and 150 %, so two thirds of a half."""
    for panel in panels(figure_of("agencies")):
        hatched = [bar for bar in bars(panel) if bar.get_hatch() == HATCH]
        assert {bar.get_x() >= 120 for bar in hatched} == {True}
        assert {bar.get_x() >= 120 for bar in bars(panel) if bar not in hatched} == {False}
        (stem,) = (line for line in panel.lines if list(line.get_xdata()) == [120, 120])
        assert stem.get_ydata()[1] == pytest.approx(100 / 3, abs=LAST_BITS)
        assert sum(bar.get_height() for bar in hatched) == pytest.approx(100 / 3, abs=LAST_BITS)


def test_all_panels_share_their_scales() -> None:
    assert len({(panel.get_xlim(), panel.get_ylim()) for panel in panels(figure_of("agencies"))}) == 1


def test_perspectives_have_rows_where_there_are_enough_achievements_and_all_of_them_come_last() -> None:
    shown = texts(figure_of("agencies"))
    assert [each for each in shown if each in {"Learning and growth", "Stakeholder", "all"}][-1] == "all"
    assert len(panels(figure_of("agencies"))) == 5 * 2
    assert len(panels(figure_of("bantaeng"))) == 1 * 2


def test_of_many_years_the_last_are_drawn_and_the_figure_says_how_many_are_not() -> None:
    scores, study = agencies(years=MOST_YEARS + 3, units=2)
    figure = distribution_figure(scores, study, provenance(study), language="en").make("en")  # type: ignore[union-attr]
    assert isinstance(figure, Figure)
    assert "3 earlier years are in the table." in whole_text(figure)
    assert {"2018", "2021"} <= set(texts(figure))
    assert "2017" not in texts(figure)


def test_bands_of_the_rule_set_are_shaded_and_named() -> None:
    _, study = bantaeng()
    assert study.rules.achievement_bands is not None
    named = {band.label.en for band in study.rules.achievement_bands.bands}
    key = {
        text.get_text()
        for axes in figure_of("bantaeng").axes
        if axes.get_legend()
        for text in axes.get_legend().texts
    }  # type: ignore[union-attr]
    assert named <= key
    assert "share at the cap" not in key
    assert "bands for achievements" in drawn("agencies").caption.en


def test_a_year_without_data_says_so() -> None:
    _, study = agencies()
    observed = study.observations
    assert observed is not None
    emptied = observed.assign(actual=observed["actual"].where(observed["perspective"] != "customer"))
    exhibit = distribution_figure(score(emptied, study.rules), study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    assert texts(exhibit.make("en")).count("no data") == 2  # type: ignore[arg-type]
    assert "Customer: 2015 no data, 2016 no data." in exhibit.alt.en


def test_a_study_without_any_achievement_has_no_figure() -> None:
    _, study = agencies()
    observed = study.observations
    assert observed is not None
    empty = score(observed.assign(actual=float("nan")), study.rules)
    absent = distribution_figure(empty, study, provenance(study), language="en")
    assert isinstance(absent, Absent)
    assert absent.reason.en == "No indicator of this study has an achievement."


@pytest.mark.parametrize("rules", ["value-for-money", "panrb-skp", "kmk-467"])
def test_other_rule_sets_draw_what_they_have(rules: str) -> None:
    """Bands of one indicator are no zones for all; a conversion that runs level from 110 % on has its stem there."""
    stems = {"value-for-money": set(), "panrb-skp": {110.0}, "kmk-467": {120.0}}
    scores, study = _under(rules)
    exhibit = distribution_figure(scores, study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    figure = exhibit.make("en")
    assert isinstance(figure, Figure)
    at = {
        float(line.get_xdata()[0])
        for panel in panels(figure)
        for line in panel.lines
        if line.get_marker() == "_"
    }
    assert at == stems[rules]


def _under(name: str) -> tuple[Scores, Study]:
    rules = read_rules(name)
    listed = [(each.perspective, each.id) for each in rules.indicators]
    first = {factor.column: dict(factor.values).popitem()[0] for factor in rules.factors}
    named = listed or [(each.id, f"{each.id}-{number}") for each in rules.perspectives for number in range(6)]
    rows = [
        {"unit": "A", "year": 2017, "perspective": perspective, "indicator": indicator, "target": 100.0, "actual": 85.0 + 7 * place,
         **first}
        for place, (perspective, indicator) in enumerate(named)
    ]  # fmt: skip
    observed = pd.DataFrame(rows)
    return score(observed, rules), replace(read_study("kkp"), rules=rules, observations=observed)


# ---- what holds for every figure -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
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


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_left_untranslated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    scores, study = bantaeng() if name == "bantaeng" else agencies()
    exhibit = distribution_figure(scores, study, provenance(study), language="id")
    assert isinstance(exhibit, Exhibit)
    said = " ".join((whole_text(exhibit.make("id")), exhibit.caption.id, exhibit.alt.id))  # type: ignore[arg-type]
    assert set(re.findall("[A-Za-z]+", said)) - data_words(study) == set()


def test_alt_text_follows_the_numbers() -> None:
    assert "all: 2016 median 98 % (quartiles 95.8 and 101.4 %, n = 8)" in drawn("bantaeng").alt.en
    assert "33.3 % at the cap" in drawn("agencies").alt.en


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        scores, study = agencies()
        export(
            distribution_figure(scores, study, provenance(study), language="en"), "figure", to=tmp_path / run
        )
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"figure.pdf", "figure.svg", "figure.png", "figure.json"}
    assert runs[0] == runs[1]
