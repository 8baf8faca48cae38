"""The mosaic: areas that are counts, words that fit or are told below, and nothing that covers anything."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.mosaicfigure import LOOKS, intervention_figure
from bsc_analysis.exhibits.style import DOUBLE
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.studies import Study
from tests.test_charts import Disguised, data_words, overlap, text_boxes, texts, whole_text
from tests.test_interventiontable import USUAL, scheme_words, tagged_study

MM = 25.4
# Places of tiles are sums of a few doubles.
LAST_BITS = 1e-9
LOPSIDED = ((0, 1, 0, 1), (150, 2, 1, 60), (0, 3, 0, 0), (1, 40, 30, 0))
CASES = {"usual": USUAL, "lopsided": LOPSIDED, "one perspective": ((4, 0, 2, 1),)}


@cache
def drawn(name: str = "usual") -> Exhibit:
    study = tagged_study(*CASES[name])
    made = intervention_figure(study, provenance(study), language="en")
    assert isinstance(made, Exhibit)
    return made


@cache
def figure_of(name: str = "usual", language: Language = "en") -> Figure:
    figure = drawn(name).make(language)
    assert isinstance(figure, Figure)
    return figure


def plot(figure: Figure) -> Axes:
    return next(axes for axes in figure.axes if axes.axison)


def tiles(figure: Figure) -> list[Rectangle]:
    return [patch for patch in plot(figure).patches if isinstance(patch, Rectangle)]


@pytest.mark.parametrize("name", CASES)
def test_the_area_of_a_tile_is_its_count(name: str) -> None:
    counts = [count for row in CASES[name] for count in row if count]
    areas = [tile.get_width() * tile.get_height() for tile in tiles(figure_of(name))]
    per_indicator = sum(areas) / sum(counts)
    assert areas == pytest.approx([per_indicator * count for count in counts])


def test_columns_stand_side_by_side_and_each_is_full() -> None:
    columns: dict[float, list[Rectangle]] = {}
    for tile in tiles(figure_of()):
        columns.setdefault(tile.get_x(), []).append(tile)
    assert len(columns) == 4
    for stack in columns.values():
        assert stack[0].get_y() == 0
        assert sum(tile.get_height() for tile in stack) == pytest.approx(100, abs=LAST_BITS)
    for left, right in pairwise(sorted(columns)):
        assert left + columns[left][0].get_width() < right


def test_levels_are_told_apart_by_hatching_too() -> None:
    assert (
        len({look.hatch for look in LOOKS.values()})
        == len({look.colour for look in LOOKS.values()})
        == len(LOOKS)
    )
    shown = {(tile.get_hatch() or "", tile.get_facecolor()) for tile in tiles(figure_of())}
    assert len(shown) == len({hatch for hatch, _ in shown}) == 4
    legend = plot_key(figure_of())
    assert legend == ["micro", "mezzo", "macro", "untagged"]
    assert plot_key(figure_of("one perspective")) == ["micro", "macro", "untagged"]


def plot_key(figure: Figure) -> list[str]:
    (legend,) = (axes.get_legend() for axes in figure.axes if axes.get_legend())
    return [text.get_text() for text in legend.texts]


@pytest.mark.parametrize("name", CASES)
def test_every_count_is_in_its_tile_or_told_below(name: str) -> None:
    shown = texts(figure_of(name))
    inside = sum(bool(re.fullmatch(r"((micro|mezzo|macro|untagged) )?\d+( \(.*\))?", each)) for each in shown)
    (below,) = re.findall("Too small for a number: (.*?)\\.", whole_text(figure_of(name))) or [""]
    told = len(re.findall(r"(?:micro|mezzo|macro|untagged) \d+", below))
    assert inside + told == len(tiles(figure_of(name)))


def test_a_narrow_column_goes_by_its_short_name_and_the_narrowest_is_named_below() -> None:
    """Of 289 indicators 2 are of learning and growth, about a millimetre wide; 3 of customer."""
    said = whole_text(figure_of("lopsided"))
    assert "Too narrow for a name: Learning and growth, Customer." in said
    assert "Learning and growth: mezzo 1, untagged 1" in said
    assert "Internal process n = 213" in said
    study = tagged_study((2, 0, 0, 0), (20, 0, 2, 0), (0, 2, 0, 0), (0, 1, 2, 0))
    made = intervention_figure(study, provenance(study), language="id")
    assert isinstance(made, Exhibit)
    assert "LG n = 2" in texts(made.make("id"))  # type: ignore[arg-type]


def test_strength_scheme_and_what_the_abstract_leaves_open_stand_with_the_figure() -> None:
    caption = drawn().caption.en
    assert "Cramér's V" in whole_text(figure_of())
    assert "Levels follow the scheme of the Ministry of Social Affairs" in whole_text(figure_of())
    assert "Under the scheme of Zastrow" in caption
    assert "macro at a perspective that it does not name" in caption
    assert "16 of 46 have no tag." in caption


def test_alt_text_tells_every_count() -> None:
    assert drawn().alt.en == (
        "Mosaic of 46 distinct indicators by perspective and level. Learning and growth: micro 1, mezzo 0, macro 0, untagged 9; "
        "Internal process: micro 12, mezzo 2, macro 1, untagged 5; Customer: micro 0, mezzo 6, macro 0, untagged 0; "
        "Stakeholder: micro 0, mezzo 1, macro 7, untagged 2."
    )


def test_without_tags_there_is_no_figure() -> None:
    study = tagged_study((0, 0, 0, 3))
    assert isinstance(intervention_figure(study, provenance(study), language="en"), Absent)
    nothing = replace(study, observations=None)
    assert isinstance(intervention_figure(nothing, provenance(nothing), language="en"), Absent)


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_words_stay_inside_their_tiles(name: str, language: Language) -> None:
    figure = figure_of(name, language)
    text_boxes(figure)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = [tile.get_window_extent(renderer) for tile in tiles(figure)]
    for text in plot(figure).texts:
        middle = text.get_window_extent(renderer)
        x, y = (middle.x0 + middle.x1) / 2, (middle.y0 + middle.y1) / 2
        for box in (each for each in boxes if each.x0 < x < each.x1 and each.y0 < y < each.y1):
            if text.get_text():
                assert box.x0 <= middle.x0
                assert middle.x1 <= box.x1
                assert box.y0 <= middle.y0
                assert middle.y1 <= box.y1


def test_no_word_is_left_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    study: Study = tagged_study(*LOPSIDED)
    made = intervention_figure(study, provenance(study), language="id")
    assert isinstance(made, Exhibit)
    said = " ".join((whole_text(made.make("id")), made.caption.id, made.alt.id))  # type: ignore[arg-type]
    assert set(re.findall("[A-Za-z]+", said)) - scheme_words(study) - data_words(study) == set()


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        study = tagged_study(*USUAL)
        export(intervention_figure(study, provenance(study), language="en"), "mosaic", to=tmp_path / run)
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"mosaic.pdf", "mosaic.svg", "mosaic.png", "mosaic.json"}
    assert runs[0] == runs[1]
