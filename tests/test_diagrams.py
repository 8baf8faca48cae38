"""The path diagram: every coefficient with its sign and source, and nothing on top of anything else."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from bsc_analysis.evidence.printed import Key, Printed
from bsc_analysis.exhibits.diagrams import path_figure
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.geometry import Box, runs_through
from bsc_analysis.exhibits.layout import lay_out
from bsc_analysis.exhibits.style import DOUBLE, NEGATIVE, POSITIVE
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.scorecards.bands import Interval
from bsc_analysis.studies import Study, read_study

HALF = Fraction(1, 2000)


def diagram(study: Study) -> Exhibit:
    exhibit = path_figure(study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


def figure_of(study: Study, language: Language = "en") -> Figure:
    figure = diagram(study).make(language)
    assert isinstance(figure, Figure)
    return figure


def texts(figure: Figure) -> list[str]:
    shown = [artist for artist in figure.findobj(Text) if isinstance(artist, Text) and artist.get_visible()]
    return [flat for artist in shown if (flat := " ".join(artist.get_text().split()))]


def random_model(seed: int) -> PathModel:
    """Return a recursive model of three to six variables in which every later variable has a cause."""
    draw = random.Random(seed)
    names = ["LG", "IP", "CP", "SH", "Trust", "Catch"][: draw.randint(3, 6)]
    equations = []
    for place, name in enumerate(names[1:], start=1):
        causes = [each for each in names[:place] if draw.random() < 0.65] or [names[place - 1]]
        equations.append(f"{name} ~ {' + '.join(causes)}")
    return path_model("; ".join(equations))


def complete_model(size: int) -> PathModel:
    names = ["LG", "IP", "CP", "SH", "Trust", "Catch"][:size]
    return path_model(
        "; ".join(f"{name} ~ {' + '.join(names[:place])}" for place, name in enumerate(names) if place)
    )


def random_study(model: PathModel, seed: int) -> Study:
    """Return the KKP study with another model and made-up printed coefficients, one of them left out."""
    draw = random.Random(seed)
    kkp = read_study("kkp")
    figures = []
    for start, end in model.edges[1:]:
        value = Fraction(draw.randint(-900, 900), 1000)
        within = Interval(value - HALF, value + HALF)
        key = Key("direct_effect", start=start, end=end)
        figures.append(
            Printed(key, "abstract", f"{start} - {end}", f"{float(value):.3f}", value, within, within, 3)
        )
    return replace(kkp, model=model, printed=replace(kkp.printed, figures=tuple(figures)))


MODELS = [
    read_study("kkp").model,
    *(random_model(seed) for seed in range(8)),
    complete_model(5),
    complete_model(6),
]
STUDIES = [
    read_study("kkp"),
    *(random_study(model, seed) for seed, model in enumerate(MODELS[1:]) if model is not None),
]


# ---- what the diagram says -------------------------------------------------------------------------------------------


def test_every_path_of_the_kkp_study_has_its_coefficient() -> None:
    shown = texts(figure_of(read_study("kkp")))
    assert {"0.329", "0.006", "0.123", "0.108", "−0.047 negative", "[0.630; 0.641] implied"} <= set(shown)
    assert {"LG", "Learning and growth", "SH", "Stakeholder"} <= set(shown)


def test_indirect_effects_are_listed_with_their_verdict() -> None:
    shown = texts(figure_of(read_study("kkp")))
    assert "LG → CP indirect: printed 0.038, recomputed [0.0402; 0.0407], contradicts" in shown
    assert "IP → SH indirect: printed 0.078, recomputed [0.0772; 0.0842], follows" in shown
    assert "LG → SH indirect: printed 0.066, recomputed [0.0640; 0.0660], follows" in shown


def test_indonesian_diagrams_have_decimal_commas_and_indonesian_names() -> None:
    shown = texts(figure_of(read_study("kkp"), "id"))
    assert {"0,329", "Pemangku kepentingan", "Proses bisnis internal"} <= set(shown)
    assert not [text for text in shown if re.search(r"\d\.\d", text)]


def arrows(figure: Figure) -> list[Line2D]:
    return [line for line in figure.axes[0].lines if line.get_marker() == "None"]


def test_implied_paths_are_dashed_negative_ones_coloured_and_large_ones_wide() -> None:
    study = read_study("kkp")
    assert study.model is not None
    drawn = dict(zip(study.model.edges, arrows(figure_of(study)), strict=True))
    assert [edge for edge, line in drawn.items() if line.is_dashed()] == [("CP", "SH")]
    assert [edge for edge, line in drawn.items() if line.get_color() == NEGATIVE] == [("LG", "SH")]
    assert drawn["LG", "IP"].get_color() == POSITIVE
    widths = [
        drawn[edge].get_linewidth() for edge in (("LG", "CP"), ("IP", "CP"), ("LG", "IP"), ("CP", "SH"))
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] / 3


def test_a_path_that_nothing_determines_is_called_not_printed() -> None:
    study = random_study(complete_model(4), seed=1)
    assert "not printed" in texts(figure_of(study))


def test_a_study_without_a_model_has_no_diagram() -> None:
    study = read_study("bantaeng")
    absent = path_figure(study, provenance(study), language="id")
    assert isinstance(absent, Absent)
    assert absent.language == "id"
    assert absent.reason.en == "This study prints no path model."


def test_alt_text_tells_every_path() -> None:
    alt = diagram(read_study("kkp")).alt
    assert "LG → SH −0.047 (negative)" in alt.en
    assert "CP → SH [0.630; 0.641] (implied)" in alt.en
    assert "CP → SH [0,630; 0,641]" in alt.id


class Disguised:
    """A catalogue in which every sentence is translated: its Latin letters become Cyrillic ones, its blanks stay."""

    def get(self, sentence: str, _fallback: str) -> str:
        parts = re.split(r"(\{\w+\})", sentence)
        return "".join(
            part if part.startswith("{") else re.sub("[a-zA-Z]", self.disguise, part) for part in parts
        )

    @staticmethod
    def disguise(letter: re.Match[str]) -> str:
        return chr(0x430 + ord(letter[0].lower()) - ord("a"))


@pytest.fixture
def disguised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)


@pytest.mark.usefixtures("disguised")
@pytest.mark.parametrize("study", [read_study("kkp"), random_study(complete_model(4), seed=1)])
def test_no_word_is_left_untranslated(study: Study) -> None:
    exhibit = diagram(study)
    names = [study.label.id, *(f"{each.label.id} {each.short}" for each in study.rules.perspectives)]
    said = " ".join((*texts(figure_of(study, "id")), exhibit.caption.id, exhibit.alt.id))
    assert set(re.findall("[A-Za-z]+", said)) - set(re.findall("[A-Za-z]+", " ".join(names))) == set()


# ---- where it stands -------------------------------------------------------------------------------------------------


def overlap(one: Any, other: Any, slack: float = 1.0) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    return across > slack and min(one.y1, other.y1) - max(one.y0, other.y0) > slack


def inside(one: Any, other: Any) -> bool:
    return bool(one.x0 >= other.x0 and one.x1 <= other.x1 and one.y0 >= other.y0 and one.y1 <= other.y1)


def measured(figure: Figure) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    """Draw the figure and return the boxes of its texts and of its nodes, in pixels."""
    figure.set_dpi(200)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    shown = [artist for artist in figure.findobj(Text) if isinstance(artist, Text) and artist.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown if text.get_text().strip()]
    patches = {str(patch.get_gid()): patch for patch in figure.axes[0].patches if patch.get_gid()}
    return boxes, {
        name.removeprefix("node-"): patch.get_window_extent(renderer) for name, patch in patches.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_texts_and_nodes_keep_clear_of_each_other(study: Study, language: Language) -> None:
    figure = figure_of(study, language)
    boxes, nodes = measured(figure)
    assert study.model is not None
    assert set(nodes) == set(study.model.variables)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    assert [(one, other) for (one, a), (other, b) in combinations(nodes.items(), 2) if overlap(a, b)] == []
    for text, box in boxes:
        touched = [name for name, node in nodes.items() if overlap(box, node)]
        assert not touched or (len(touched) == 1 and inside(box, nodes[touched[0]])), (text, touched)
    width, height = figure.get_size_inches() * figure.dpi
    assert [
        text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ] == []


@pytest.mark.parametrize("study", STUDIES)
def test_no_arrow_runs_through_a_node(study: Study) -> None:
    figure = figure_of(study)
    _, nodes = measured(figure)
    for line in arrows(figure):
        points = figure.axes[0].transData.transform(line.get_xydata())
        assert not [name for name, node in nodes.items() for x, y in points if node.contains(x, y)]


@pytest.mark.parametrize("model", [model for model in MODELS if model is not None])
def test_effects_stand_above_their_causes(model: PathModel) -> None:
    layout = lay_out(model, (34, 12), dict.fromkeys(model.edges, (12.0, 4.0)), 180)
    assert all(layout.nodes[end].y > layout.nodes[start].y for start, end in model.edges)
    assert [(arrow.start, arrow.end) for arrow in layout.arrows] == list(model.edges)


def test_labels_stand_on_or_beside_their_own_arrow() -> None:
    model = complete_model(6)
    layout = lay_out(model, (34, 12), dict.fromkeys(model.edges, (16.0, 7.0)), 180)
    for arrow in layout.arrows:
        nearest = min(max(abs(x - arrow.label.x) - 8, abs(y - arrow.label.y) - 3.5) for x, y in arrow.points)
        assert nearest < 2.5


def test_a_line_through_a_box_is_noticed() -> None:
    box = Box(10, 10, 6, 4)
    assert runs_through(((0, 0), (20, 20)), box, 0)
    assert runs_through(((10, 0), (10, 20)), box, 0)
    assert not runs_through(((0, 13), (20, 13)), box, 0.5)
    assert runs_through(((0, 13), (20, 13)), box, 1.5)
    assert not runs_through(((0, 0), (4, 4)), box, 0)


def test_the_figure_is_as_wide_as_a_double_column() -> None:
    assert figure_of(read_study("kkp")).get_size_inches()[0] * 25.4 == pytest.approx(DOUBLE)


def test_a_rerun_gives_the_same_files(tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        export(diagram(read_study("kkp")), "paths", to=tmp_path / run, language="id")
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"paths.pdf", "paths.svg", "paths.png", "paths.json"}
    assert runs[0] == runs[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_statement_stands_on_the_figure(language: Language) -> None:
    exhibit = diagram(read_study("kkp"))
    said = exhibit.provenance.statement.say(language)
    assert any(said in text for text in texts(figure_of(read_study("kkp"), language)))
