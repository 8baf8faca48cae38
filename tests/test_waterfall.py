"""The figure of a change: its steps, its words, and that nothing covers anything, whatever the numbers and names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from bsc_analysis.exhibits.changesteps import FALL, RISE, WHOLE, steps
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.style import DOUBLE, MM_PER_INCH
from bsc_analysis.exhibits.waterfall import HATCH, change_figure
from bsc_analysis.language.words import LANGUAGES, Label, Language
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.unitchange import UnitChange, last_change
from bsc_analysis.studies import Study, read_study

LONG_NAME = (
    "Direktorat Jenderal Pengawasan Sumber Daya Kelautan dan Perikanan beserta Sekretariat dan seluruh Unit "
    "Pelaksana Teknis di daerah"
)


@cache
def bantaeng() -> tuple[UnitChange, Study]:
    study = read_study("bantaeng", missing="renormalise")
    change = last_change(score(study.observations, study.rules), "BPBD Bantaeng")
    assert change is not None
    return change, study


def ministry(
    first: dict[str, float], last: dict[str, float], weight: float = 1.0
) -> tuple[UnitChange, Study]:
    """Two indicators a perspective; the second weighs differently in the last year."""
    study = read_study("kkp")
    rows = [
        {"unit": LONG_NAME, "year": year, "perspective": name, "indicator": f"{name}{n}", "target": 100.0,
         "actual": actual + n, "weight": weight if n and year == 2017 else 1.0}
        for year, actuals in ((2016, first), (2017, last))
        for name, actual in actuals.items()
        for n in range(2)
    ]  # fmt: skip
    change = last_change(score(pd.DataFrame(rows), study.rules), LONG_NAME)
    assert change is not None
    return change, study


@cache
def extreme() -> tuple[UnitChange, Study]:
    """A collapse from 119 to 1, a tiny step, a perspective that comes and weights that change."""
    first = {"learning_growth": 119.0, "internal_process": 95.0, "stakeholder": 90.0}
    last = {"learning_growth": 1.0, "internal_process": 95.004, "stakeholder": 119.0, "customer": 60.0}
    return ministry(first, last, weight=3.0)


@cache
def long_names() -> tuple[UnitChange, Study]:
    change, study = extreme()
    perspectives = tuple(
        replace(each, label=Label(id=f"{LONG_NAME} ({each.short})", en=f"{LONG_NAME} ({each.short})"))
        for each in study.rules.perspectives
    )
    return change, replace(study, rules=replace(study.rules, perspectives=perspectives))


@cache
def flat() -> tuple[UnitChange, Study]:
    steady = {"learning_growth": 100.0, "customer": 100.0}
    return ministry(steady, steady)


EVERY = [bantaeng, extreme, long_names, flat]


def exhibit_of(made: tuple[UnitChange, Study], language: Language = "en") -> Exhibit:
    change, study = made
    exhibit = change_figure(change, study, provenance(study), language=language)
    assert isinstance(exhibit, Exhibit)
    return exhibit


def figure_of(made: tuple[UnitChange, Study], language: Language = "en") -> Figure:
    figure = exhibit_of(made, language).make(language)
    assert isinstance(figure, Figure)
    return figure


def texts(figure: Figure) -> list[str]:
    return [
        text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().strip()
    ]


def bars(figure: Figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[1].patches if isinstance(patch, Rectangle)]


def test_the_steps_lead_from_one_score_to_the_other() -> None:
    """2.8833 - .2333 + 0 + .1667 - .1167 + 0 + 0 + .075 = 2.775."""
    change, study = bantaeng()
    assert change.split is not None
    listed = steps(change, change.split, study.rules, "en")
    assert [each.name for each in listed] == [
        "Score 2016", "Achievement: Financial", "Achievement: Customer", "Achievement: Internal process",
        "Achievement: Learning and growth", "Weight: weights changed", "Interaction: scores and weights together",
        "Coverage: indicators that came or went", "Score 2017",
    ]  # fmt: skip
    moves = [each.change for each in listed[1:-1]]
    assert moves == pytest.approx([-0.2333333333, 0, 0.1666666667, -0.1166666667, 0, 0, 0.075])
    for one, other in pairwise(listed[:-1]):
        assert other.start == one.end
    assert listed[-2].end == pytest.approx(listed[-1].end, abs=1e-9)
    assert [each.mark for each in listed] == [WHOLE, FALL, None, RISE, FALL, None, None, RISE, WHOLE]


def test_bars_begin_where_the_last_one_ended_and_falls_are_hatched() -> None:
    drawn = bars(figure_of(bantaeng()))
    assert [bar.get_width() for bar in drawn] == pytest.approx(
        [-0.2333333333, 0.1666666667, -0.1166666667, 0.075]
    )
    assert [bar.get_hatch() for bar in drawn] == [HATCH, None, HATCH, None]
    for one, other in pairwise(drawn):
        assert other.get_x() == pytest.approx(one.get_x() + one.get_width())


def test_the_numbers_stand_beside_the_bars() -> None:
    shown = [
        text.replace("\N{FIGURE SPACE}", "").replace("\N{PUNCTUATION SPACE}", "")
        for text in texts(figure_of(bantaeng()))
    ]
    assert {
        "2.8833",
        "−0.2333",
        "+0.1667",
        "−0.1167",
        "+0.075",
        "2.775",
        "change",
        "score (band value)",
    } <= set(shown)
    assert any(
        text.startswith("On the indicators that have a score in both years: 2.8833 in 2016, 2.7 in 2017.")
        for text in shown
    )


def test_numbers_are_written_by_language() -> None:
    shown = [
        text.replace("\N{FIGURE SPACE}", "").replace("\N{PUNCTUATION SPACE}", "")
        for text in texts(figure_of(bantaeng(), "id"))
    ]
    assert {"2,8833", "+0,075", "Capaian: Keuangan"} <= set(shown)


def test_a_step_too_small_for_a_bar_still_has_its_line() -> None:
    """.004 of internal process is a thousandth of the scale; its end stands as a line."""
    figure = figure_of(extreme())
    change, study = extreme()
    assert change.split is not None
    ends = [each.end for each in steps(change, change.split, study.rules, "en")[1:-1]]
    upright = {
        round(float(line.get_xdata()[0]), 9) for line in figure.axes[1].lines if line.get_linewidth() > 1
    }
    assert {round(end, 9) for end in ends} <= upright


def test_a_change_written_as_nothing_points_nowhere() -> None:
    """Internal process moved by a thousandth, which is written 0: of the steps only four have a triangle."""
    right = figure_of(extreme()).axes[2]
    assert sorted(line.get_marker() for line in right.lines) == ["D", "D", "^", "^", "v", "v"]


def test_a_score_that_did_not_move_is_drawn_without_bars() -> None:
    figure = figure_of(flat())
    assert bars(figure) == []
    lower, upper = figure.axes[1].get_xlim()
    assert upper - lower == pytest.approx(1)


def test_a_change_that_cannot_be_explained_is_no_figure() -> None:
    _, study = bantaeng()
    absent = change_figure(None, study, provenance(study), language="en")
    assert isinstance(absent, Absent)


def boxes_of(figure: Figure) -> list[tuple[str, Any]]:
    figure.set_dpi(200)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shown = [each for each in figure.findobj(Text) if isinstance(each, Text) and each.get_visible()]
    return [
        (each.get_text(), each.get_window_extent(canvas.get_renderer()))
        for each in shown
        if each.get_text().strip()
    ]


def overlap(one: Any, other: Any, slack: float = 1.0) -> bool:
    """Whether two boxes share more than a pixel each way."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    return across > slack and min(one.y1, other.y1) - max(one.y0, other.y0) > slack


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", EVERY)
def test_nothing_covers_anything_and_nothing_is_cut_off(made: Any, language: Language) -> None:
    figure = figure_of(made(), language)
    boxes = boxes_of(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    width, height = figure.get_size_inches() * figure.dpi
    assert [
        text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ] == []
    left, plot, right = figure.axes
    assert max(text.get_window_extent().x1 for text in left.texts) < plot.get_window_extent().x0
    assert min(text.get_window_extent().x0 for text in right.texts) > plot.get_window_extent().x1
    assert width / figure.dpi * MM_PER_INCH == pytest.approx(DOUBLE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", EVERY)
def test_the_data_statement_stands_on_the_figure(made: Any, language: Language) -> None:
    exhibit = exhibit_of(made(), language)
    said = " ".join(" ".join(texts(figure_of(made(), language))).split())
    assert exhibit.provenance.statement.say(language) in said


def test_caption_and_alt_text_are_built_from_the_change() -> None:
    exhibit = exhibit_of(bantaeng())
    assert exhibit.caption.en.startswith(
        "How the organisation's score of BPBD Bantaeng went from 2016 to 2017"
    )
    assert exhibit.alt.en == (
        "BPBD Bantaeng: 2.8833 in 2016, 2.775 in 2017. Of that: achievement −0.1833, weight 0, coverage +0.075, interaction 0. "
        "Achievement by perspective: Financial −0.2333; Customer 0; Internal process +0.1667; Learning and growth −0.1167."
    )
    assert exhibit.caption.id != exhibit.caption.en
    assert "2,8833 pada 2016" in exhibit.alt.id


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        export(exhibit_of(bantaeng()), "waterfall", to=tmp_path / run, language="id")
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"waterfall.pdf", "waterfall.svg", "waterfall.png", "waterfall.json"}
    assert runs[0] == runs[1]
