"""Drawing rho curves: one small panel for each effect, all on the same scales, with words above each."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.effectlines import round_numbers, write_tick
from bsc_analysis.exhibits.lettering import LINE_SPACING, POINTS_PER_INCH, height_of, wrap
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    FIRM,
    HAIR,
    INK,
    MARGIN,
    MM_PER_INCH,
    MUTED,
    NAME,
    PAPER,
    POSITIVE,
    RULE,
    SMALL,
    THIN,
    TITLE,
    drawing,
    new_figure,
    quiet_axis,
    settle,
    tint,
)
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 4
PANEL_HEIGHT = 27.0  # mm, of the plot itself
AXIS_WIDTH, AXIS_HEIGHT = 11.0, 9.5  # mm, for the numbers and words beside and below a plot
BETWEEN = 3.0  # mm, around panels
ON_SCREEN = 0.94  # of the width, for notes: on a screen small letters are that much wider than on paper
RHO_SHOWN = (-0.95, 0.95)
RHO_TICKS = (-0.5, 0.0, 0.5)
MOST_TICKS = 5
DIRECT, INDIRECT = POSITIVE, "#009e73"
TICK_DOWN, LABEL_DOWN = 4.0, 14.0  # points, from a plot down to its numbers and to its words
LIFT = 3.5  # points, from a plot up to the words above it
DASHES = (0, (3.5, 1.5))


@dataclass(frozen=True, slots=True)
class Panel:
    """One effect under correlated residuals.

    Attributes
    ----------
    title, words
        What stands above: the effect, and what follows from its curve.
    rho, curve
        The correlations, and the effect at each.
    estimate, zero
        The effect without a correlation, and the correlation at which it is 0, None where there is none.
    direct
        Whether the effect is direct; an indirect one has a dashed line.
    """

    title: str
    words: str
    rho: tuple[float, ...]
    curve: tuple[float, ...]
    estimate: float
    zero: float | None
    direct: bool


@dataclass(frozen=True, slots=True)
class Panels:
    """All panels of a figure, the effects they show from ``-reach`` to ``reach``, and the zone of what is too small."""

    title: str
    panels: tuple[Panel, ...]
    reach: float
    sesoi: float
    notes: tuple[str, ...]


def draw_panels(chart: Panels, language: Language) -> Figure:
    """Draw the panels in rows, with numbers at the outer ones only."""
    columns = min(COLUMNS, len(chart.panels))
    rows = ceil(len(chart.panels) / columns)
    inner = (DOUBLE - 2 * MARGIN - AXIS_WIDTH) / columns - BETWEEN
    heads = [_wrap_head(panel, inner) for panel in chart.panels]
    head = max(height_of(title, NAME) + height_of(words, SMALL) for title, words in heads)
    title = wrap(chart.title, DOUBLE - 2 * MARGIN, TITLE, "bold")
    notes = "\n".join(wrap(each, ON_SCREEN * (DOUBLE - 2 * MARGIN), SMALL) for each in chart.notes)
    around = height_of(title, TITLE) + height_of(notes, SMALL) + AXIS_HEIGHT + 6 * MARGIN
    with drawing():
        figure = new_figure(DOUBLE, rows * (PANEL_HEIGHT + head + 2 * BETWEEN) + around)
        add_words(figure, title, notes)
        figure.get_layout_engine().set(w_pad=BETWEEN / 2 / MM_PER_INCH)  # type: ignore[union-attr, call-arg]
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(chart.panels):
                axes.axis("off")
                continue
            _draw_panel(axes, chart.panels[place], chart, language)
            _write_head(axes, heads[place], head)
            last = place >= (rows - 1) * columns
            bottom = place + columns >= len(chart.panels)
            _number(axes, bottom=bottom, last=last, left=place % columns == 0, language=language)
        return settle(figure)


def _wrap_head(panel: Panel, width: float) -> tuple[str, str]:
    words = "\n".join(wrap(line, width, SMALL) for line in panel.words.split("\n"))
    return wrap(panel.title, width, NAME, "bold"), words


def _draw_panel(axes: Axes, panel: Panel, chart: Panels, language: Language) -> None:
    """Draw the zone, the curve, and the marks where nothing is correlated and where the effect is 0."""
    axes.axhspan(-chart.sesoi, chart.sesoi, fc=tint(INK, 0.09), ec="none", zorder=0.5)
    axes.axhline(0, color=RULE, lw=THIN, zorder=1)
    axes.axvline(0, color=RULE, lw=HAIR, zorder=1)
    colour = DIRECT if panel.direct else INDIRECT
    axes.plot(panel.rho, panel.curve, color=colour, lw=FIRM, ls="-" if panel.direct else DASHES, zorder=2)
    _mark(axes, 0.0, panel.estimate, "o", colour)
    if panel.zero is not None:
        _mark(axes, panel.zero, 0.0, "D", PAPER)
    axes.set_xlim(*RHO_SHOWN)
    axes.set_ylim(-chart.reach, chart.reach)
    axes.set_xticks(RHO_TICKS, [write_tick(at, language) for at in RHO_TICKS])
    ticks = round_numbers(-chart.reach, chart.reach, MOST_TICKS)
    axes.set_yticks(ticks, [write_tick(at, language) for at in ticks])
    for axis in ("x", "y"):
        quiet_axis(axes, axis)


def _mark(axes: Axes, at: float, height: float, marker: str, face: str) -> None:
    axes.plot([at], [height], ls="none", marker=marker, ms=4.5, mfc=face, mec=INK, mew=THIN, zorder=3)


def _write_head(axes: Axes, head: tuple[str, str], height: float) -> None:
    """Write the effect and what follows from its curve above a panel; the words of all panels end level."""
    title, words = head
    above = height / MM_PER_INCH * POINTS_PER_INCH
    line = height_of(words, SMALL) / MM_PER_INCH * POINTS_PER_INCH
    look: dict[str, Any] = {
        "linespacing": LINE_SPACING,
        "ha": "left",
        "va": "bottom",
        "annotation_clip": False,
    }
    axes.set_title(" ", size=1, pad=above + LIFT)
    for text, up, size, colour, weight in (
        (words, LIFT, SMALL, MUTED, "normal"),
        (title, LIFT + line, NAME, INK, "bold"),
    ):
        axes.annotate(text, (0, 1), (0, up), xycoords="axes fraction", textcoords="offset points", size=size,
                      color=colour, weight=weight, in_layout=False, **look)  # fmt: skip


def _number(axes: Axes, *, bottom: bool, last: bool, left: bool, language: Language) -> None:
    """Write numbers and words beside the outer panels; below one that has a free place under it they take no room."""
    axes.tick_params(labelbottom=last, labelleft=left)
    if left:
        axes.set_ylabel(say("standardised effect", language), fontsize=SMALL)
    words = say("correlation of residuals (ρ)", language)
    if last:
        axes.set_xlabel(words, fontsize=SMALL)
    elif bottom:
        below = [(at, write_tick(at, language), TICK_DOWN) for at in RHO_TICKS]
        for at, text, down in (*below, (0.0, words, LABEL_DOWN)):
            axes.annotate(text, (at, 0), (0, -down), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                          size=SMALL, ha="center", va="top", annotation_clip=False, in_layout=False)  # fmt: skip
