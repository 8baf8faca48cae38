"""The figure of yearly development: means where they belong, bars and hollow marks, counts below years, and room for words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bsc_analysis.evidence.constantpanel import PanelComparison, compare_panels
from bsc_analysis.evidence.development import Description, describe_development
from bsc_analysis.exhibits.developmentfigure import development_figure
from bsc_analysis.exhibits.developmentgrid import LEVEL_MARKS, MOST_YEARS, PANEL, WHOLE
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.style import DOUBLE, MARKER
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.studies import Study
from tests.cascades import LAST_BITS, ministry, table
from tests.test_charts import Disguised, data_words, overlap, text_boxes, texts, whole_text
from tests.yearcases import bantaeng, growing, simulate, tie

MM = 25.4
CASES = {"growing": growing, "bantaeng": bantaeng, "ministry": lambda: tie(ministry())}


def read(case: Any) -> tuple[tuple[Description, ...], PanelComparison, Study]:
    observed, scores, tree, study = case
    return describe_development(scores, tree), compare_panels(observed, scores, tree, study.negligible), study


def exhibit_of(case: Any, language: Language = "en") -> Any:
    described, compared, study = read(case)
    return development_figure(described, compared, study, provenance(study), language=language)


@cache
def drawn(name: str) -> Exhibit:
    exhibit = exhibit_of(CASES[name]())
    assert isinstance(exhibit, Exhibit)
    return exhibit


@cache
def figure_of(name: str, language: Language = "en") -> Figure:
    figure = drawn(name).make(language)
    assert isinstance(figure, Figure)
    return figure


def panel(figure: Figure, title: str) -> Axes:
    (found,) = (axes for axes in figure.axes if axes.get_title(loc="left") == title)
    return found


def marks(axes: Axes) -> list[Line2D]:
    """Return what marks means, without the marks beside words."""
    return [each for each in axes.lines if each.get_marker() != "None" and each.get_markersize() == MARKER]


def test_each_panel_has_the_means_of_its_levels() -> None:
    described, compared, _ = read(growing())
    for name, title in (("", "Organisation (NKO)"), ("customer", "Customer (CP)")):
        expected = sorted(
            each.mean for each in described if each.perspective == name and each.mean is not None
        )
        kept = [
            each.constant.score for each in compared.scores if (each.unit, each.perspective) == ("", name)
        ]
        found = [float(at) for line in marks(panel(figure_of("growing"), title)) for at in line.get_ydata()]
        assert sorted(found) == pytest.approx(sorted([*expected, *kept]), abs=LAST_BITS)


def test_the_constant_panel_is_hollow_and_all_else_is_filled() -> None:
    lines = marks(panel(figure_of("growing"), "Organisation (NKO)"))
    hollow = [line for line in lines if line.get_markerfacecolor() == PANEL.face]
    assert len(hollow) == 1
    assert len(lines) == 4 + 1 + 1, "four levels, all units, the panel"


def test_levels_differ_in_shape_and_the_words_say_which() -> None:
    figure = figure_of("growing")
    shapes = [line.get_marker() for line in marks(panel(figure, "Organisation (NKO)"))]
    assert len(set(shapes[:5])) == 5
    assert len({mark.marker for mark in (*LEVEL_MARKS, WHOLE)}) == len(LEVEL_MARKS) + 1
    for word in ("Minister", "Echelon I", "Echelon II", "Echelon III", "all units", "constant panel"):
        assert texts(figure).count(word) == 5


def test_only_means_of_several_units_have_bars_and_these_are_their_intervals() -> None:
    """Ministry of 2017, echelon I: 91 -+ 12.706 and echelon II: 85 -+ 68.8, which the scale cuts off."""
    described, _, _ = read(tie(ministry()))
    axes = panel(figure_of("ministry"), "Organisation (NKO)")
    lower, upper = axes.get_ylim()
    intervals = [each.interval for each in described if not each.perspective and each.interval]
    ends = sorted(end for low, high in intervals for end in (max(low, lower), min(high, upper)))
    bars = [
        line
        for line in axes.lines
        if line.get_marker() == "None" and len(set(line.get_xdata())) == 1 and len(line.get_ydata()) == 2
    ]
    assert sorted(float(at) for bar in bars for at in bar.get_ydata()) == pytest.approx(ends, abs=LAST_BITS)
    assert len(bars) == 4
    assert "Bars that reach beyond the scale end at its edge." in whole_text(figure_of("ministry"))


def test_all_panels_share_one_scale_that_holds_every_mean() -> None:
    for name in CASES:
        scored = [axes for axes in figure_of(name).axes if marks(axes)]
        assert len({axes.get_ylim() for axes in scored}) == 1
        lower, upper = scored[0].get_ylim()
        for axes in scored:
            assert all(lower <= at <= upper for line in marks(axes) for at in line.get_ydata())


def test_years_have_their_counts_of_units_below() -> None:
    axes = panel(figure_of("growing"), "Organisation (NKO)")
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [
        "2015\nn = 5\n(5)", "2016\nn = 37\n(5)", "2017\nn = 37\n(5)",
    ]  # fmt: skip
    customer = panel(figure_of("bantaeng"), "Customer (CP)")
    assert [tick.get_text() for tick in customer.get_xticklabels()] == ["2016\nn = 1", "2017\nn = 1"]


def test_the_last_panel_counts_indicators_and_those_of_every_year() -> None:
    axes = panel(figure_of("growing"), "Indicators with data")
    heights = [bar.get_height() for container in axes.containers for bar in container.patches]  # type: ignore[attr-defined]
    assert heights == [40, 40, 296, 40, 296, 40]
    assert [text.get_text() for text in axes.texts] == [
        "40\n40 in every year", "296\n40 in every year", "296\n40 in every year",
    ]  # fmt: skip


def test_bands_are_zones_with_their_words() -> None:
    figure = figure_of("ministry")
    organisation, stakeholder = (panel(figure, name) for name in ("Organisation (NKO)", "Stakeholder (SH)"))
    edges = [{round(zone.get_y(), 6) for zone in axes.patches} for axes in (organisation, stakeholder)]  # type: ignore[attr-defined]
    assert {80.0, 100.0} <= edges[0]
    assert {75.0, 90.0} <= edges[1]
    assert texts(figure).count("Green") == 3


def test_the_cap_is_drawn_and_named_only_where_the_scale_reaches_it() -> None:
    assert "dashed line: cap at 120 %" in whole_text(figure_of("ministry"))
    dashed = [
        line
        for line in panel(figure_of("ministry"), "Stakeholder (SH)").lines
        if set(line.get_ydata()) == {120.0}
    ]
    assert dashed
    assert "cap" not in whole_text(figure_of("growing"))


def test_one_year_has_no_figure() -> None:
    observed = table(("A", 90.0), columns="unit actual").assign(perspective="stakeholder", indicator="catch")
    absent = exhibit_of(tie(observed))
    assert isinstance(absent, Absent)
    assert absent.reason.en == "There is only one year, so there is no development to draw."


def test_without_a_constant_panel_the_figure_says_why() -> None:
    observed = table(("a", 2016, 90.0), ("b", 2017, 95.0), columns="indicator year actual")
    figure = exhibit_of(tie(observed.assign(perspective="stakeholder"))).make("en")
    assert "No indicator of any unit has a target and an actual in every year" in whole_text(figure)
    assert "constant panel" not in texts(figure)
    assert texts(figure).count("1 0 in every year") == 2


def test_of_many_years_the_last_are_drawn() -> None:
    years = tuple(range(2010, 2012 + MOST_YEARS))
    figure = exhibit_of(tie(simulate(1, 2, 1, years=years, indicators=1))).make("en")
    assert "2 earlier years are in the table." in whole_text(figure)
    labels = [each.get_text()[:4] for each in panel(figure, "Organisation (NKO)").get_xticklabels()]
    assert labels == [str(year) for year in years[-MOST_YEARS:]]


def test_more_levels_than_shapes_are_drawn_as_all_units_only() -> None:
    observed = growing()[0]
    units = {unit: f"level {at % 9}" for at, unit in enumerate(sorted(set(observed["unit"])))}
    flat = observed.assign(parent=None, level=observed["unit"].map(units))
    figure = exhibit_of(tie(flat)).make("en")
    assert len(marks(panel(figure, "Organisation (NKO)"))) == 2


# ---- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(CASES))
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


def test_as_many_years_as_are_drawn_have_room_for_their_counts() -> None:
    years = tuple(range(2010, 2010 + MOST_YEARS))
    observed = simulate(1, 9, 9, 4, 3, years=years, indicators=1)
    figure = exhibit_of(tie(observed)).make("id")
    labels = [each.get_text() for each in panel(figure, "Organisasi (NKO)").get_xticklabels()]
    assert labels[:2] == ["2010\n10\n(10)", "2011\n1.387\n(10)"], "where n = does not fit, numbers alone do"
    boxes = text_boxes(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_word_is_left_untranslated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    case = CASES[name]()
    exhibit = exhibit_of(case, "id")
    said = " ".join((whole_text(exhibit.make("id")), exhibit.caption.id, exhibit.alt.id))
    assert set(re.findall("[A-Za-z]+", said)) - data_words(case[3]) == set()


def test_the_alt_text_follows_the_numbers() -> None:
    alt = drawn("bantaeng").alt.en
    assert "Organisation (NKO): score 2016 2.16 (n = 1), 2017 2.78 (n = 1); constant panel 2016 2.16" in alt
    assert "2016 8 indicators with data, 8 of them in every year" in alt
    assert "Echelon I 2016 80 (n = 1), 2017 91 (n = 2)" in drawn("ministry").alt.en


def test_a_synthetic_study_says_so_on_its_face() -> None:
    described, compared, study = read(growing())
    made = replace(study, data_status="synthetic")
    exhibit = development_figure(described, compared, made, provenance(made), language="en")
    assert isinstance(exhibit, Exhibit)
    assert "Synthetic twin" in whole_text(exhibit.make("en"))  # type: ignore[arg-type]


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        export(exhibit_of(tie(ministry())), "figure", to=tmp_path / run)
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert {"figure.pdf", "figure.svg", "figure.png"} <= set(runs[0])
    assert runs[0] == runs[1]
