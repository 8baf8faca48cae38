"""What holds for every figure of a path model, small and large, in both languages: nothing covers, is cut off or left unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from bsc_analysis.exhibits.estimatedpaths import estimated_path_figure
from bsc_analysis.exhibits.exhibit import Exhibit
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.forest import effects_figure
from bsc_analysis.exhibits.groupfigure import group_figure
from bsc_analysis.exhibits.sensitivityfigure import sensitivity_figure
from bsc_analysis.exhibits.style import DOUBLE
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.paths.analysis import PathAnalysis, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from tests.pathcases import by_year, origin, printed, study
from tests.test_charts import Disguised, data_words, overlap, text_boxes, whole_text

MM = 25.4
HIGHEST = 235.0  # mm, what a page of a journal holds
NAMES = ("LG", "IP", "CP", "SH", "Trust", "Akuntabilitas_publik", "Catch", "Kesejahteraan")
Draw = Callable[..., object]
FIGURES: tuple[Draw, ...] = (effects_figure, estimated_path_figure, sensitivity_figure, group_figure)


@cache
def complete(size: int, n_groups: int = 3) -> PathAnalysis:
    """Return the analysis of a model in which every variable follows from all before it, some effects negative."""
    rng = np.random.default_rng(size)
    names = NAMES[:size]
    values = np.empty((300, size))
    for at in range(size):
        b = rng.uniform(-0.5, 0.5, at)
        values[:, at] = values[:, :at] @ b + rng.standard_normal(300)
    text = "; ".join(f"{name} ~ {' + '.join(names[:at])}" for at, name in enumerate(names) if at)
    labels = tuple(f"Eselon {group + 1}" for group in range(n_groups))
    rows = Rows(
        names,
        values * 10 ** rng.uniform(-2, 3, size),
        group=Codes("level", np.arange(300) % n_groups, labels),
    )
    return analyse_paths(path_model(text), rows)


CASES: dict[str, Callable[[], PathAnalysis]] = {
    "the study": by_year,
    "two equations": printed,
    "one coefficient": lambda: complete(2),
    "five variables": lambda: complete(5),
    "six variables": lambda: complete(6, 8),
}


@cache
def exhibit_of(draw: Draw, case: str) -> object:
    return draw(CASES[case](), study(), origin(), language="en")


@cache
def figure_of(draw: Draw, case: str, language: Language = "en") -> Figure:
    exhibit = exhibit_of(draw, case)
    assert isinstance(exhibit, Exhibit)
    figure = exhibit.make(language)
    assert isinstance(figure, Figure)
    return figure


MADE = [
    pytest.param(draw, case, id=f"{draw.__name__} of {case}")
    for draw in FIGURES
    for case in CASES
    if not (draw is group_figure and case == "two equations")  # which has no groups
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("draw", "case"), MADE)
def test_nothing_covers_anything_and_nothing_is_cut_off(draw: Draw, case: str, language: Language) -> None:
    figure = figure_of(draw, case, language)
    boxes = text_boxes(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    width, height = figure.get_size_inches() * figure.dpi
    assert [
        text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("draw", "case"), MADE)
def test_a_figure_fits_on_a_page_and_says_what_its_data_are(
    draw: Draw, case: str, language: Language
) -> None:
    figure = figure_of(draw, case, language)
    assert figure.get_size_inches()[0] * MM == pytest.approx(DOUBLE)
    assert 40 < figure.get_size_inches()[1] * MM < HIGHEST
    assert origin().statement.say(language) in whole_text(figure)


@pytest.mark.parametrize(("draw", "case"), MADE)
def test_caption_and_alt_text_differ_by_language_and_have_no_blanks_left(draw: Draw, case: str) -> None:
    exhibit = exhibit_of(draw, case)
    assert isinstance(exhibit, Exhibit)
    for label in (exhibit.caption, exhibit.alt):
        assert label.en != label.id
        assert "{" not in label.en + label.id
    assert "n = " in exhibit.caption.en
    assert "SESOI" in exhibit.caption.en or draw is estimated_path_figure


@pytest.mark.parametrize(("draw", "case"), MADE)
def test_no_word_is_left_untranslated(draw: Draw, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    exhibit = draw(CASES[case](), study(), origin(), language="id")
    assert isinstance(exhibit, Exhibit)
    figure = exhibit.make("id")
    assert isinstance(figure, Figure)
    said = " ".join((whole_text(figure), exhibit.caption.id, exhibit.alt.id))
    known = data_words(study()) | {"LG", "IP", "CP", "SH", "R", "SESOI", "Eselon", "year", "level"}
    known |= {word for name in NAMES for word in name.split("_")}
    assert set(re.findall("[A-Za-z]+", said)) - known == set()


@pytest.mark.parametrize("draw", FIGURES)
def test_indonesian_figures_have_decimal_commas(draw: Draw) -> None:
    assert re.findall(r"\b0\.\d", whole_text(figure_of(draw, "the study", "id"))) == []
    assert re.findall(r"\b0,\d", whole_text(figure_of(draw, "the study", "id")))


@pytest.mark.parametrize("draw", FIGURES)
def test_a_rerun_gives_the_same_files(draw: Draw, tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        exhibit = draw(by_year(), study(), origin(), language="id")
        assert isinstance(exhibit, Exhibit)
        export(exhibit, "figure", to=tmp_path / run, language="id")
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"figure.pdf", "figure.svg", "figure.png", "figure.json"}
    assert runs[0] == runs[1]
