"""Drawing path diagrams: nodes as a strategy map, an arrow with its words for each path, and a list below."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, dist, sin
from typing import TYPE_CHECKING, Any

from matplotlib.patches import FancyBboxPatch, Polygon

from bsc_analysis.exhibits.layout import Arrow, Edge, lay_out
from bsc_analysis.exhibits.lettering import LINE_SPACING, height_of, width_of, wrap
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    FIRM,
    INK,
    MARGIN,
    MUTED,
    NAME,
    PAPER,
    SMALL,
    THIN,
    TITLE,
    drawing,
    new_figure,
    settle,
    tint,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.geometry import Box
    from bsc_analysis.exhibits.style import Mark
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.studies import Study

NODE_WIDTH, NODE_HEIGHT = 34.0, 12.0  # mm, of a node with a name of one line and a long name
NODE_PAD = 5.0  # mm, around a short name that is wider than that
ROW = 4.4  # mm, of the list below
THINNEST, THICKEST = 0.7, 4.2  # points, of an arrow of size 0 and of size 1
HEAD = 2.4  # mm
LABEL_PAD = 0.8  # mm

Dashes = str | tuple[int, tuple[float, ...]]
SOLID: Dashes = "-"
DASHED: Dashes = (0, (2.2, 1.2))
DOTTED: Dashes = (0, (1, 2))


@dataclass(frozen=True, slots=True)
class Node:
    """A variable: its short name, the long name below it, and a number below that; either may be empty."""

    name: str
    long: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """A direct path: its words, its colours, how its line is broken, and its size from 0 to 1, which is its width."""

    edge: Edge
    words: str
    colour: str
    ink: str
    dashes: Dashes
    size: float


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence of the list below the diagram, with the mark before it."""

    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything a path diagram shows.

    ``nodes`` are all variables of the model and ``paths`` all its edges, in their order; ``notes`` stand below, and above
    them the list of ``items`` under its ``heading``.
    """

    model: PathModel
    title: str
    nodes: tuple[Node, ...]
    paths: tuple[DrawnPath, ...]
    notes: tuple[str, ...]
    heading: str = ""
    items: tuple[Item, ...] = ()


def draw_diagram(diagram: Diagram) -> Figure:
    """Draw a path diagram: causes at the bottom, effects above, nothing on top of anything else."""
    sizes = {
        path.edge: (width_of(path.words, SMALL) + 2 * LABEL_PAD, height_of(path.words, SMALL) + LABEL_PAD)
        for path in diagram.paths
    }
    layout = lay_out(diagram.model, _node_size(diagram.nodes), sizes, DOUBLE - 2 * MARGIN)
    title = wrap(diagram.title, DOUBLE - 2 * MARGIN, TITLE, "bold")
    notes = "\n".join(wrap(each, DOUBLE - 2 * MARGIN, SMALL) for each in diagram.notes)
    below = ROW * (len(diagram.items) + 1.8) if diagram.items else 0.0
    with drawing():
        around = height_of(title, TITLE) + height_of(notes, SMALL) + 6 * MARGIN
        figure = new_figure(DOUBLE, layout.height + below + around)
        add_words(figure, title, notes)
        axes = figure.subplots()
        axes.set_xlim(0, layout.width)
        axes.set_ylim(-below - 0.5, layout.height + 0.5)
        axes.axis("off")
        for path, arrow in zip(diagram.paths, layout.arrows, strict=True):
            _draw_arrow(axes, path, arrow)
        nodes = {node.name: node for node in diagram.nodes}
        for name, box in layout.nodes.items():
            _draw_node(axes, nodes[name], box)
        _list_items(axes, diagram)
        return settle(figure)


def name_nodes(model: PathModel, study: Study, language: Language) -> tuple[Node, ...]:
    """Return every variable of a model, with the full name of those that are perspectives of the study."""
    labels = {each.short: each.label for each in study.rules.perspectives}
    return tuple(Node(name, labels[name].say(language) if name in labels else "") for name in model.variables)


def _node_size(nodes: tuple[Node, ...]) -> tuple[float, float]:
    """Return the size of every node: wide enough for all short names, higher where there are numbers."""
    names = max(width_of(node.name, NAME, "bold") for node in nodes) + NODE_PAD
    numbers = max(height_of(node.number, SMALL) if node.number else 0.0 for node in nodes)
    return max(NODE_WIDTH, names), NODE_HEIGHT + numbers


def _draw_arrow(axes: Axes, path: DrawnPath, arrow: Arrow) -> None:
    width = THINNEST + (THICKEST - THINNEST) * path.size
    head = _head(arrow, HEAD + 0.3 * width)
    neck = (head[1][0] + head[2][0]) / 2, (head[1][1] + head[2][1]) / 2
    line = [*(point for point in arrow.points if _behind(point, neck, head[0])), neck]
    axes.plot(
        *zip(*line, strict=True), color=path.colour, lw=width, ls=path.dashes, solid_capstyle="butt", zorder=1
    )
    axes.add_patch(
        Polygon(head, closed=True, fc=path.colour, ec=path.colour, lw=THIN, joinstyle="miter", zorder=1.5)
    )
    box = arrow.label
    corner = box.x - box.width / 2, box.y - box.height / 2
    axes.add_patch(
        FancyBboxPatch(corner, box.width, box.height, boxstyle="square,pad=0", fc=PAPER, ec="none", zorder=2)
    )
    axes.text(box.x, box.y, path.words, size=SMALL, color=path.ink, ha="center", va="center",
              linespacing=LINE_SPACING, in_layout=False, zorder=3)  # fmt: skip


def _head(arrow: Arrow, length: float) -> list[tuple[float, float]]:
    """Return the corners of an arrow's head, its tip first."""
    x, y = arrow.points[-1]
    behind = next(
        (point for point in reversed(arrow.points) if dist(point, (x, y)) >= length), arrow.points[0]
    )
    turn = atan2(y - behind[1], x - behind[0])
    base = x - length * cos(turn), y - length * sin(turn)
    half = 0.42 * length
    return [
        (x, y),
        (base[0] - half * sin(turn), base[1] + half * cos(turn)),
        (base[0] + half * sin(turn), base[1] - half * cos(turn)),
    ]


def _behind(point: tuple[float, float], neck: tuple[float, float], tip: tuple[float, float]) -> bool:
    """Whether a point of the line lies behind the head, so that a thick line does not show beside its tip."""
    return (tip[0] - neck[0]) * (point[0] - neck[0]) + (tip[1] - neck[1]) * (point[1] - neck[1]) <= 0


def _draw_node(axes: Axes, node: Node, box: Box) -> None:
    """Draw a node: its short name, and below it its long name and its number, centred together."""
    corner = box.x - box.width / 2 + 1, box.y - box.height / 2 + 1
    shape = FancyBboxPatch(corner, box.width - 2, box.height - 2, boxstyle="round,pad=1,rounding_size=1.6",
                           fc=tint(INK, 0.06), ec=MUTED, lw=THIN, zorder=4)  # fmt: skip
    shape.set_gid(f"node-{node.name}")
    axes.add_patch(shape)
    long = wrap(node.long, box.width - 2, SMALL) if node.long else ""
    texts: list[tuple[str, float, dict[str, Any]]] = [(node.name, NAME, {"weight": "bold"})]
    texts += [(long, SMALL, {"color": MUTED})] if long else []
    texts += [(node.number, SMALL, {})] if node.number else []
    top = box.y + sum(height_of(text, size) for text, size, _ in texts) / 2
    for text, size, look in texts:
        axes.text(box.x, top - height_of(text, size) / 2, text, size=size, ha="center", va="center",
                  linespacing=LINE_SPACING, in_layout=False, zorder=5, **look)  # fmt: skip
        top -= height_of(text, size)


def _list_items(axes: Axes, diagram: Diagram) -> None:
    """List the items below the diagram, each behind its mark."""
    if not diagram.items:
        return
    top = -1.2 * ROW
    axes.text(0, top, diagram.heading, size=NAME, weight="bold", va="center", in_layout=False)
    for place, item in enumerate(diagram.items, start=1):
        mark, height = item.mark, top - place * ROW
        axes.plot([1.2], [height], ls="none", marker=mark.marker, ms=mark.size, mfc=mark.face, mec=mark.colour,
                  mew=FIRM / 2)  # fmt: skip
        axes.text(3.8, height, item.words, size=SMALL, va="center", in_layout=False)
