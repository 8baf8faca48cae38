"""The figure of achievements: a histogram for each year and perspective, over the bands, with what the cap piles up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from bsc_analysis.exhibits.distributiongrid import caption_grid, note_grid, read_grid, tell_grid, zones_of
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.lettering import height_of, width_of, wrap
from bsc_analysis.exhibits.scorelines import PERCENT_DECIMALS, write_number, write_percent
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    FIRM,
    HAIR,
    INK,
    MARGIN,
    MARKER,
    MUTED,
    NAME,
    PAPER,
    SMALL,
    THIN,
    TITLE,
    drawing,
    new_figure,
    quiet_axis,
    settle,
    tint,
)
from bsc_analysis.exhibits.tablerows import name_perspectives
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.distributiongrid import Grid
    from bsc_analysis.exhibits.strips import Zone
    from bsc_analysis.scorecards.distribution import Heap
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

NAMES, ROW, AROUND, KEY_ROW = 30.0, 20.0, 26.0, 5.0  # mm
CLOSEST = 7.0  # mm, between two numbers below a scale
ROOM = 1.45  # how much higher than its highest bar a row is, for the words above
BETWEEN = 0.06  # of a panel's width, from panel to panel
HALO = 2  # points of paper around a number that stands on bars
ROUND = (50, 20, 10, 5, 2, 1, 0.1, 0)  # percent, of which the largest that is drawn numbers the heights
HATCH = "/////"


def distribution_figure(
    scores: Scores, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Draw how achievements spread by year and perspective, before and at the cap, over the bands of achievements.

    Heights are shares of the indicators with data, in percent. Perspectives have rows of their own where they typically
    have five achievements a year or more. Absent where nothing has an achievement.
    """
    grid = read_grid(scores, study.rules)
    if not grid.years:
        return Absent(both("No indicator of this study has an achievement."), language)

    def make(spoken: Language) -> Figure:
        return _draw(grid, study, provenance, spoken)

    caption = Label(*(caption_grid(grid, study, each) for each in LANGUAGES))
    alt = Label(*(tell_grid(grid, study, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _draw(grid: Grid, study: Study, origin: Provenance, language: Language) -> Figure:
    notes = "\n".join(wrap(each, DOUBLE - 2 * MARGIN, SMALL) for each in note_grid(grid, origin, language))
    title = study.label.say(language)
    zones = zones_of(grid, language)
    key = _key(grid, zones, language)
    height = ROW * len(grid.rows) + AROUND + height_of(notes, SMALL) + height_of(title, TITLE) + KEY_ROW
    with drawing():
        figure = new_figure(DOUBLE, height)
        add_words(figure, title, notes)
        key_axes, axes = _panels(figure, grid)
        key_axes.legend(handles=key, loc="upper left", ncols=len(key), frameon=False, fontsize=SMALL, handlelength=1.6,
                        columnspacing=1.4, borderpad=0, borderaxespad=0).set_in_layout(False)  # fmt: skip
        names = name_perspectives(grid.rows, grid.rules, language)
        for row, perspective, name in zip(axes, grid.rows, names, strict=True):
            _draw_name(row[0], name)
            for panel, year in zip(row[1:], grid.years, strict=True):
                _draw_panel(panel, grid, grid.spread.heap(year, perspective), zones, language)
        _label(axes, grid, language)
        return settle(figure)


def _panels(figure: Figure, grid: Grid) -> tuple[Axes, list[list[Axes]]]:
    """Return the axes of the key, and for each row those of its name and of its years."""
    widths = [NAMES, *[(DOUBLE - NAMES) / len(grid.years)] * len(grid.years)]
    places = figure.add_gridspec(
        len(grid.rows) + 1, len(widths), width_ratios=widths, height_ratios=[KEY_ROW, *[ROW] * len(grid.rows)],
        wspace=BETWEEN,
    )  # fmt: skip
    key_axes = figure.add_subplot(places[0, :])
    key_axes.axis("off")
    rows = [
        [figure.add_subplot(places[row, column]) for column in range(len(widths))]
        for row in range(1, len(grid.rows) + 1)
    ]
    return key_axes, rows


def _draw_name(axes: Axes, name: str) -> None:
    axes.axis("off")
    axes.text(
        0, 0.5, wrap(name, NAMES - 4, NAME), size=NAME, va="center", transform=axes.transAxes, in_layout=False
    )


def _draw_panel(
    axes: Axes, grid: Grid, heap: Heap | None, zones: tuple[Zone, ...], language: Language
) -> None:
    lower, upper = grid.span
    axes.set_xlim(lower, upper)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(0, ROOM * _highest(grid))
    axes.set_yticks([])
    for zone in zones:
        ends = max(zone.lower, lower), min(zone.upper, upper)
        if ends[0] < ends[1]:
            axes.axvspan(*ends, fc=tint(zone.mark.colour), ec=PAPER, lw=THIN, zorder=0.5)
            axes.plot([sum(ends) / 2], [0.94], ls="none", marker=zone.mark.marker, ms=MARKER - 2, mfc=zone.mark.face,
                      mec=zone.mark.colour, mew=HAIR, transform=axes.get_xaxis_transform())  # fmt: skip
    axes.axvline(100, color=MUTED, lw=THIN, zorder=1)
    if heap is None or not heap.measured:
        axes.text(0.5, 0.4, say("no data", language), size=SMALL, color=MUTED, style="italic", ha="center",
                  transform=axes.transAxes, in_layout=False)  # fmt: skip
        return
    _draw_bars(axes, grid, heap)
    counted = say("n = {count}", language, count=heap.measured)
    axes.text(0.02, 0.74, counted, size=SMALL, color=MUTED, transform=axes.transAxes, in_layout=False)
    if grid.capped is not None and heap.at_cap is not None:
        _draw_cap(axes, grid.capped, heap, language)


def _highest(grid: Grid) -> float:
    """Return the height of the highest bar or stem, in percent."""
    capped = grid.capped is not None
    heights = [max(*each.counts, each.at_cap or 0 if capped else 0) / each.measured for each in grid.heaps]
    return 100 * max(heights)


def _draw_bars(axes: Axes, grid: Grid, heap: Heap) -> None:
    """Draw solid bars below the cap and hatched ones beyond it."""
    edges = grid.spread.edges
    for lower, upper, count in zip(edges, edges[1:], heap.counts, strict=False):
        over = grid.capped is not None and lower >= grid.capped
        look = (
            {"fc": PAPER, "ec": MUTED, "hatch": HATCH, "hatch_linewidth": HAIR}
            if over
            else {"fc": MUTED, "ec": PAPER}
        )
        if count:
            axes.bar(
                lower, 100 * count / heap.measured, upper - lower, align="edge", lw=HAIR, zorder=2, **look
            )


def _draw_cap(axes: Axes, cap: float, heap: Heap, language: Language) -> None:
    """Draw what counts at the cap as one firm stem with a head and its share."""
    share = (heap.at_cap or 0) / heap.measured
    axes.plot([cap, cap], [0, 100 * share], color=INK, lw=2 * FIRM, solid_capstyle="butt", zorder=3)
    axes.plot([cap], [100 * share], ls="none", marker="_", ms=2 * MARKER, mec=INK, mew=2 * FIRM, zorder=3)
    axes.annotate(write_percent(round(share, 2), language), (cap, 100 * share), (0, 3), textcoords="offset points",
                  ha="center", size=SMALL, zorder=4, in_layout=False,
                  path_effects=[withStroke(linewidth=HALO, foreground=PAPER)])  # fmt: skip


def _label(axes: list[list[Axes]], grid: Grid, language: Language) -> None:
    """Write years above the columns, and numbers and the scale's name below them."""
    width = (DOUBLE - NAMES) / len(grid.years) - 4
    ticks = _ticks(grid, width)
    for row in axes:
        for panel in row[1:]:
            panel.set_xticks(ticks, [write_number(at, PERCENT_DECIMALS, language) for at in ticks])
            quiet_axis(panel, "x")
            panel.tick_params(axis="x", labelbottom=row is axes[-1])
    for panel, year in zip(axes[0][1:], grid.years, strict=True):
        panel.set_title(str(year), fontsize=NAME, loc="left", pad=3)
    high = next(step for step in ROUND if step <= _highest(grid))
    for row in axes:
        row[1].set_yticks([0, high], ["0", write_percent(high / 100, language)])
        quiet_axis(row[1], "y")
    name = wrap(say("achievement (% of target)", language), width, SMALL)
    for panel in axes[-1][1:]:
        panel.set_xlabel(name, fontsize=SMALL)


def _ticks(grid: Grid, width: float) -> list[float]:
    lower, upper = grid.span
    gap = CLOSEST * (upper - lower) / width
    kept: list[float] = []
    for at in (100.0 if grid.capped is None else grid.capped, 100.0, lower, upper):
        if all(abs(at - other) >= gap for other in kept):
            kept.append(at)
    return sorted(kept)


def _key(grid: Grid, zones: tuple[Zone, ...], language: Language) -> list[Any]:
    """Return what the legend explains: bars, the stem at the cap, and the bands."""
    handles: list[Any] = [Patch(fc=MUTED, ec=PAPER, lw=HAIR, label=say("achievement", language))]
    if grid.capped is not None:
        handles[0].set_label(say("up to the cap", language))
        over, at = say("over the cap, before capping", language), say("share at the cap", language)
        handles.append(Patch(fc=PAPER, ec=MUTED, lw=HAIR, hatch=HATCH, hatch_linewidth=HAIR, label=over))
        handles.append(Line2D([], [], color=INK, lw=2 * FIRM, marker="|", ms=MARKER, mew=2 * FIRM, label=at))
    handles += [
        Line2D([], [], ls="none", marker=zone.mark.marker, mfc=zone.mark.face, mec=zone.mark.colour, ms=MARKER - 1,
               mew=HAIR, label=zone.word)
        for zone in zones
    ]  # fmt: skip
    return _as_wide_as(handles)


def _as_wide_as(handles: list[Any]) -> list[Any]:
    """Keep what fits on one line; the words of bands stand in the caption, too."""
    taken, kept = 0.0, []
    for each in handles:
        taken += width_of(each.get_label(), SMALL) + 10.0
        if taken <= DOUBLE - 2 * MARGIN:
            kept.append(each)
    return kept
