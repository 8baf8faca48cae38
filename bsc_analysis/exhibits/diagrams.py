"""The path diagram of a study, laid out as a strategy map: printed paths, implied ones, and the indirect effects."""

from __future__ import annotations

from math import atan2, cos, dist, sin
from typing import TYPE_CHECKING, Any

from matplotlib.patches import FancyBboxPatch, Polygon

from bsc_analysis.evidence.audit import audit
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.layout import Arrow, lay_out
from bsc_analysis.exhibits.lettering import LINE_SPACING, height_of, width_of, wrap
from bsc_analysis.exhibits.pathvalues import (
    Origin,
    PathValue,
    read_paths,
    say_indirect,
    say_path,
    say_path_flat,
)
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    FIRM,
    INK,
    MARGIN,
    MUTED,
    NAME,
    NEGATIVE,
    PAPER,
    POSITIVE,
    RULE,
    SMALL,
    THIN,
    TITLE,
    VERDICT_MARKS,
    drawing,
    new_figure,
    settle,
    tint,
)
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.exhibits.geometry import Box
    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.studies import Study

NODE_WIDTH, NODE_HEIGHT = 34.0, 12.0  # mm
ROW = 4.4  # mm, of the list of indirect effects
THINNEST, THICKEST = 0.7, 4.2  # points, of an arrow of size 0 and of size 1
HEAD = 2.4  # mm
LABEL_PAD = 0.8  # mm


def path_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw a study's path model: causes at the bottom, effects above, every path with its coefficient.

    Drawn from the printed direct effects, from the paths that printed indirect effects imply, and from the audit of
    the indirect effects, which are listed below. Absent where the study has no path model.
    """
    if study.model is None:
        return Absent(both("This study prints no path model."), language)
    model, paths = study.model, read_paths(study, study.model)
    indirect = tuple(
        finding
        for finding in audit(study.printed, study.rules, model)
        if finding.printed.key.quantity == "indirect_effect" and finding.repeats is None
    )

    def make(spoken: Language) -> Figure:
        return _draw(study, model, paths, indirect, provenance, spoken)

    caption = Label(*(_caption(study, paths, each) for each in LANGUAGES))
    alt = Label(*(_alt(study, paths, indirect, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _draw(
    study: Study,
    model: PathModel,
    paths: tuple[PathValue, ...],
    indirect: tuple[Finding, ...],
    origin: Provenance,
    language: Language,
) -> Figure:
    words = {path.edge: say_path(path, language) for path in paths}
    sizes = {
        edge: (width_of(word, SMALL) + 2 * LABEL_PAD, height_of(word, SMALL) + LABEL_PAD)
        for edge, word in words.items()
    }
    layout = lay_out(model, (NODE_WIDTH, NODE_HEIGHT), sizes, DOUBLE - 2 * MARGIN)
    title = wrap(study.label.say(language), DOUBLE - 2 * MARGIN, TITLE, "bold")
    notes = _notes(paths, origin, language)
    below = ROW * (len(indirect) + 1.8) if indirect else 0.0
    with drawing():
        around = height_of(title, TITLE) + height_of(notes, SMALL) + 6 * MARGIN
        figure = new_figure(DOUBLE, layout.height + below + around)
        add_words(figure, title, notes)
        axes = figure.subplots()
        axes.set_xlim(0, layout.width)
        axes.set_ylim(-below - 0.5, layout.height + 0.5)
        axes.axis("off")
        for path, arrow in zip(paths, layout.arrows, strict=True):
            _draw_arrow(axes, path, arrow, words[path.edge])
        for name, box in layout.nodes.items():
            _draw_node(axes, name, box, study, language)
        _list_indirect(axes, indirect, language)
        return settle(figure)


def _notes(paths: tuple[PathValue, ...], origin: Provenance, language: Language) -> str:
    """Say what the lines that are there mean, and what the data are."""
    kinds = {
        Origin.PRINTED: say("solid: printed", language),
        Origin.IMPLIED: say("dashed: implied by the printed indirect effects", language),
        Origin.UNKNOWN: say("dotted: not printed", language),
    }
    there = {path.origin for path in paths}
    meanings = [word for kind, word in kinds.items() if kind in there]
    meanings.append(say("width: size of the coefficient", language))
    legend = say("Arrows: {meanings}.", language, meanings="; ".join(meanings))
    statement = f"{origin.statement.say(language)}."
    return "\n".join(wrap(each, DOUBLE - 2 * MARGIN, SMALL) for each in (legend, statement))


def _draw_arrow(axes: Axes, path: PathValue, arrow: Arrow, word: str) -> None:
    colour = RULE if path.value is None else NEGATIVE if path.negative else POSITIVE
    size = 0.0 if path.value is None else min(abs(float(path.value)), 1.0)
    dashes = {Origin.PRINTED: "-", Origin.IMPLIED: (0, (2.2, 1.2)), Origin.UNKNOWN: (0, (1, 2))}
    width = THINNEST + (THICKEST - THINNEST) * size
    head = _head(arrow, HEAD + 0.3 * width)
    neck = (head[1][0] + head[2][0]) / 2, (head[1][1] + head[2][1]) / 2
    line = [*(point for point in arrow.points if _behind(point, neck, head[0])), neck]
    axes.plot(
        *zip(*line, strict=True),
        color=colour,
        lw=width,
        ls=dashes[path.origin],
        solid_capstyle="butt",
        zorder=1,
    )
    axes.add_patch(Polygon(head, closed=True, fc=colour, ec=colour, lw=THIN, joinstyle="miter", zorder=1.5))
    box = arrow.label
    corner = box.x - box.width / 2, box.y - box.height / 2
    axes.add_patch(
        FancyBboxPatch(corner, box.width, box.height, boxstyle="square,pad=0", fc=PAPER, ec="none", zorder=2)
    )
    axes.text(box.x, box.y, word, size=SMALL, color=INK if path.value is None else colour, ha="center", va="center",
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


def _draw_node(axes: Axes, name: str, box: Box, study: Study, language: Language) -> None:
    """Draw a node: its short name, and below it the perspective's full name where it is one."""
    corner = box.x - box.width / 2 + 1, box.y - box.height / 2 + 1
    shape = FancyBboxPatch(corner, box.width - 2, box.height - 2, boxstyle="round,pad=1,rounding_size=1.6",
                           fc=tint(INK, 0.06), ec=MUTED, lw=THIN, zorder=4)  # fmt: skip
    shape.set_gid(f"node-{name}")
    axes.add_patch(shape)
    labels = {each.short: each.label for each in study.rules.perspectives}
    long = wrap(labels[name].say(language), box.width - 2, SMALL) if name in labels else ""
    lines: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "linespacing": LINE_SPACING,
        "in_layout": False,
        "zorder": 5,
    }
    lift = height_of(long, SMALL) / 2 if long else 0.0
    axes.text(box.x, box.y + lift, name, size=NAME, weight="bold", **lines)
    if long:
        axes.text(box.x, box.y - height_of("", NAME) / 2, long, size=SMALL, color=MUTED, **lines)


def _list_indirect(axes: Axes, indirect: tuple[Finding, ...], language: Language) -> None:
    """List the printed indirect effects below the diagram, each with its verdict."""
    if not indirect:
        return
    top = -1.2 * ROW
    axes.text(
        0,
        top,
        say("Printed indirect effects", language),
        size=NAME,
        weight="bold",
        va="center",
        in_layout=False,
    )
    for place, finding in enumerate(indirect, start=1):
        mark = VERDICT_MARKS[finding.verdict]
        height = top - place * ROW
        axes.plot(
            [1.2],
            [height],
            ls="none",
            marker=mark.marker,
            ms=mark.size,
            mfc=mark.face,
            mec=mark.colour,
            mew=FIRM / 2,
        )
        axes.text(3.8, height, say_indirect(finding, language), size=SMALL, va="center", in_layout=False)


def _caption(study: Study, paths: tuple[PathValue, ...], language: Language) -> str:
    head = say(
        "Path model of {study}, causes below and effects above. Coefficients are in the unit of the source; the width of "
        "an arrow is the size of its coefficient, and negative ones are marked by colour and word.",
        language,
        study=study.label.say(language),
    )
    if not any(path.origin is Origin.IMPLIED for path in paths):
        return head
    tail = say(
        "Dashed arrows are not printed: the printed indirect effects imply them, within the interval shown.",
        language,
    )
    return f"{head} {tail}"


def _alt(
    study: Study, paths: tuple[PathValue, ...], indirect: tuple[Finding, ...], language: Language
) -> str:
    """Tell every path and every indirect effect in words."""
    opening = say("Path diagram of {study}.", language, study=study.label.say(language))
    told = ", ".join(f"{path.edge[0]} → {path.edge[1]} {say_path_flat(path, language)}" for path in paths)
    effects = (f"{say_indirect(finding, language)}." for finding in indirect)
    return " ".join((opening, f"{told}.", *effects))
