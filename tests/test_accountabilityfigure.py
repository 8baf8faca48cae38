"""The figure of accountability: every total in its place over its grade, one firm line, and names that do not touch."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from bsc_analysis.evidence.accountability import Accountability
from bsc_analysis.exhibits.accountabilityfigure import MOST_NAMED, accountability_figure
from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.style import BAND_MARKS, INK
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.twins.accountability import make_accountability
from tests.accountabilitycases import INTRODUCED, TOTALS, YEARS, evaluated, origin, plain, rows
from tests.test_charts import texts, whole_text

LONG = "Badan Karantina Ikan, Pengendalian Mutu dan Keamanan Hasil Perikanan"
LAST_BITS = 1e-9


def exhibit_of(accountability: Accountability | None = None, language: Language = "en") -> Exhibit:
    study = replace(plain(), accountability=accountability or evaluated())
    found = accountability_figure(study, origin(), language=language)
    assert isinstance(found, Exhibit)
    return found


def drawn(accountability: Accountability | None = None, language: Language = "en") -> Figure:
    figure = exhibit_of(accountability).make(language)
    assert isinstance(figure, Figure)
    return figure


def many(n_units: int) -> Accountability:
    units = ("Kementerian Kelautan dan Perikanan", LONG, *(f"Sekretariat {at}" for at in range(n_units - 2)))
    made = make_accountability(
        units=units, years=range(2010, 2018), introduced=INTRODUCED, seed=4, rules=read_rules("sakip")
    )
    return evaluated(made, status="synthetic")


def lines(figure: Figure) -> list[Any]:
    return [
        line for line in figure.axes[0].lines if len(line.get_xdata()) > 1 and line.get_linestyle() == "-"
    ]


def test_every_total_has_its_place_and_the_mark_of_its_grade() -> None:
    """Of D, C, CC, B, BB, A, AA the fourth to sixth: 60 is CC, up to 70 B, up to 80 BB, beyond A."""
    marks = [
        line for line in drawn().axes[0].lines if len(line.get_xdata()) == 1 and line.get_xdata()[0] in YEARS
    ]
    shapes = {
        (int(line.get_xdata()[0]), round(float(line.get_ydata()[0]), 6)): line.get_marker() for line in marks
    }
    for own in TOTALS.values():
        for year, total in zip(YEARS, own, strict=True):
            band = 2 if total <= 60 else 3 if total <= 70 else 4 if total <= 80 else 5
            assert shapes[year, total] == BAND_MARKS[band].marker


def test_the_line_of_the_whole_is_the_only_firm_one() -> None:
    every = lines(drawn())
    (own,) = (line for line in every if line.get_color() == INK)
    assert len(every) == 4
    assert list(own.get_ydata()) == pytest.approx(TOTALS["Ministry"], abs=LAST_BITS)
    assert own.get_linewidth() > max(line.get_linewidth() for line in every if line is not own)


def test_where_no_unit_stands_for_the_whole_all_lines_are_thin() -> None:
    alike = evaluated(rows().assign(parent=None))
    assert INK not in {line.get_color() for line in lines(drawn(alike))}
    assert "Each line is one of 4 units" in exhibit_of(alike).caption.en


def test_a_line_does_not_cross_a_year_that_is_not_there() -> None:
    gap = evaluated(rows().query("unit != 'A' or year != 2012"))
    own = [list(line.get_xdata()) for line in lines(drawn(gap))]
    assert [2010, 2011] in own
    assert [2013, 2014, 2015] in own


def test_the_year_of_the_introduction_is_marked_between_the_years() -> None:
    figure = drawn()
    at = [float(line.get_xdata()[0]) for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert at == [INTRODUCED - 0.5]
    assert "balanced scorecard from 2013 on" in texts(figure)
    outside = drawn(evaluated(introduced=2030))
    assert "balanced scorecard from 2030 on" not in texts(outside)


def test_grades_are_named_and_the_last_totals_stand_beside_the_lines() -> None:
    shown = texts(drawn())
    for word in ("Ministry", "A", "B", "C", "76.0", "70.0", "84.0", "BB", "total (points)"):
        assert word in shown
    assert "76,0" in texts(drawn(language="id"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("accountability", [evaluated(), many(10), many(MOST_NAMED), many(30)])
def test_no_words_touch_or_leave_the_page(accountability: Accountability, language: Language) -> None:
    figure = drawn(accountability, language)
    FigureCanvasAgg(figure).draw()
    page = figure.bbox
    boxes = [
        (each.get_text(), each.get_window_extent())
        for each in figure.findobj(Text)
        if each.get_text().strip() and each.get_visible()  # type: ignore[attr-defined]
    ]
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, text  # noqa: PT018
        assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, text  # noqa: PT018
    touching = [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if a.shrunk(0.98, 0.9).overlaps(b.shrunk(0.98, 0.9))
    ]
    assert touching == []


def test_of_very_many_units_only_the_whole_is_named_and_the_rest_counted() -> None:
    figure = drawn(many(30))
    assert LONG.split()[0] not in whole_text(figure)
    assert "Kementerian Kelautan" in whole_text(figure)
    assert "29 thin lines are units without a name here" in whole_text(figure)


def test_the_face_says_what_the_data_are() -> None:
    assert "Synthetic twin" in whole_text(drawn(many(5)))
    assert "Synthetic" not in whole_text(drawn())
    assert "Real data" in whole_text(drawn())


def test_the_alt_text_tells_the_whole_and_the_span_of_the_units() -> None:
    alt = exhibit_of().alt.en
    assert (
        "Ministry: 2010 64.0 (B), 2011 66.0 (B), 2012 65.0 (B), 2013 70.0 (B), 2014 73.0 (BB), 2015 76.0 (BB)."
        in alt
    )
    assert "Units from lowest to highest: 2010 60.0–70.0" in alt
    assert "The firm line with marks is Ministry, the thin ones its 3 units" in exhibit_of().caption.en


def test_a_study_without_evaluations_has_no_figure() -> None:
    found = accountability_figure(plain(), origin(), language="en")
    assert isinstance(found, Absent)


def test_a_single_evaluation_is_a_mark_without_a_line() -> None:
    figure = drawn(evaluated(rows({"Ministry": (70,)})))
    assert [
        list(line.get_ydata()) for line in figure.axes[0].lines if line.get_marker() == BAND_MARKS[3].marker
    ][-1] == pytest.approx([70])
