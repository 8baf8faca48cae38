"""Drawing strip charts: names, marks on a common scale, zones with their words, and columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from matplotlib.patches import Rectangle

from bsc_analysis.exhibits.lettering import LINE_SPACING, first_baseline, height_of, width_of, wrap
from bsc_analysis.exhibits.strips import (
    BLOCK_GAP,
    GAP,
    HEADER_WIDTH,
    MARK_WIDTH,
    OVERHANG,
    WORDS_ROW,
    Widths,
    head_height,
    line_height,
    measure_columns,
    place_words,
    stack_blocks,
    strip_height,
    word_width,
    wrap_cell,
)
from bsc_analysis.exhibits.style import (
    FIRM,
    GRID,
    HAIR,
    MARGIN,
    MARKER,
    MM_PER_INCH,
    MUTED,
    NAME,
    PAPER,
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart, Word, Zone
    from bsc_analysis.exhibits.style import Mark

AXIS_HEIGHT = 10.5  # mm, the scale's numbers and its label
NUMBER_GAP = 0.4  # mm, between two numbers below the scale
LIFT = 1.4  # mm, from words down to the block they stand above


@dataclass(slots=True)
class _Sheet:
    """The three axes side by side, in mm from the top, and what is drawn on them."""

    left: Axes
    plot: Axes
    right: Axes
    chart: StripChart
    widths: Widths


def draw_strips(chart: StripChart) -> Figure:
    """Draw a strip chart: names, marks on a common scale, and columns of numbers, in rows of equal height."""
    widths = measure_columns(chart)
    tops, height = stack_blocks(chart, widths)
    title = wrap(chart.title, chart.width - 2 * MARGIN, TITLE, "bold")
    notes = "\n".join(wrap(note, chart.width - 2 * MARGIN, SMALL) for note in chart.notes)
    around = AXIS_HEIGHT + height_of(notes, SMALL) + height_of(title, TITLE) + 6 * MARGIN
    with drawing():
        figure = new_figure(chart.width, height + around)
        add_words(figure, title, notes)
        sheet = _sheet(figure, chart, widths, height)
        _draw_headers(sheet)
        for block, top in zip(chart.blocks, tops, strict=True):
            _draw_block(sheet, block, top)
        return settle(figure)


def add_words(figure: Figure, title: str, notes: str) -> None:
    """Put the title at the top left and small quiet lines at the bottom left; the layout leaves room for them."""
    left = {"x": MARGIN / MM_PER_INCH / figure.get_size_inches()[0], "ha": "left"}
    figure.supxlabel(notes, fontsize=SMALL, color=MUTED, linespacing=LINE_SPACING, **left)
    if title:
        figure.suptitle(title, fontsize=TITLE, fontweight="bold", linespacing=LINE_SPACING, **left)


def _sheet(figure: Figure, chart: StripChart, widths: Widths, height: float) -> _Sheet:
    ratios = [widths.left, widths.plot + OVERHANG, widths.right]
    left, plot, right = figure.subplots(1, 3, sharey=True, gridspec_kw={"width_ratios": ratios})
    for axes, width in ((left, widths.left), (right, widths.right)):
        axes.set_xlim(0, width)
        axes.axis("off")
    plot.set_xlim(chart.scale.lower, chart.scale.upper)
    plot.set_ylim(height, 0)
    plot.set_xticks([at for at, _ in chart.scale.ticks], _tick_labels(chart, widths))
    plot.set_xlabel(chart.scale.label, fontsize=SMALL)
    plot.spines["left"].set_visible(False)
    plot.tick_params(axis="y", length=0, labelleft=False)
    quiet_axis(plot, "x")
    return _Sheet(left, plot, right, chart, widths)


def _tick_labels(chart: StripChart, widths: Widths) -> list[str]:
    """Return the numbers below the scale; one that would touch the one before it is left out, its tick stays."""
    per_mm = (chart.scale.upper - chart.scale.lower) / widths.plot
    labels: list[str] = []
    taken = float("-inf")
    for at, label in chart.scale.ticks:
        half = width_of(label, SMALL) / 2 * per_mm
        free = at - half >= taken + NUMBER_GAP * per_mm
        labels.append(label if free else "")
        taken = at + half if free else taken
    return labels


def _draw_headers(sheet: _Sheet) -> None:
    """Write the columns' headers above the first block, their last lines level."""
    lowest = head_height(sheet.chart.blocks[0], sheet.chart, sheet.widths) - LIFT
    for start, header in zip(sheet.widths.starts, sheet.chart.columns, strict=True):
        text = wrap(header, HEADER_WIDTH, SMALL)
        _write(sheet.right, start, lowest - height_of(text, SMALL) + height_of("", SMALL), text, color=MUTED)


def _draw_block(sheet: _Sheet, block: Block, top: float) -> None:
    start = top + head_height(block, sheet.chart, sheet.widths)
    end = start + sum(strip_height(strip, sheet.widths) for strip in block.strips)
    if block.ruled:
        for axes in (sheet.left, sheet.plot, sheet.right):
            across = axes.get_yaxis_transform()
            axes.plot([0, 1], [top - BLOCK_GAP / 2] * 2, transform=across, color=RULE, lw=THIN)
    _write(sheet.left, 0, start - LIFT, block.title, size=NAME, weight="bold")
    _draw_ground(sheet, block, start, end)
    if block.named:
        words = place_words(block, sheet.chart.scale, sheet.widths)
        for zone, word in zip(block.seen(sheet.chart.scale), words, strict=True):
            _draw_word(sheet, zone, word, start)
    for strip in block.strips:
        _draw_strip(sheet, strip, start)
        start += strip_height(strip, sheet.widths)


def _draw_ground(sheet: _Sheet, block: Block, top: float, end: float) -> None:
    """Shade the zones, and draw the grid and the marked values over them."""
    scale = sheet.chart.scale
    seen = block.seen(scale)
    for zone in seen:
        size = zone.upper - zone.lower, end - top
        sheet.plot.add_patch(
            Rectangle((zone.lower, top), *size, fc=tint(zone.mark.colour), ec=PAPER, lw=THIN)
        )
    sheet.plot.vlines(
        [at for at, _ in scale.ticks], top, end, color=PAPER if seen else GRID, lw=THIN, zorder=1.2
    )
    sheet.plot.vlines(scale.lines, top, end, color=MUTED, lw=THIN, zorder=1.5)
    sheet.plot.vlines(scale.dashed, top, end, color=MUTED, lw=THIN, ls=(0, (4, 2)), zorder=1.5)


def _draw_word(sheet: _Sheet, zone: Zone, word: Word, top: float) -> None:
    """Write a zone's word above it, its mark before the word, and lead from the word to the zone."""
    per_mm = (word.end - word.start) / word_width(zone)
    baseline = top - LIFT - word.level * WORDS_ROW
    sheet.plot.plot([word.lead] * 2, [top, baseline + 0.5], color=RULE, lw=HAIR, clip_on=False)
    _draw_mark(sheet.plot, word.start + per_mm, baseline - 0.9, replace(zone.mark, size=MARKER - 1))
    _write(sheet.plot, word.start + MARK_WIDTH * per_mm, baseline, zone.word)


def _draw_strip(sheet: _Sheet, strip: Strip, top: float) -> None:
    """Draw a strip's lines; its name stands level with the first, or centred on the only one."""
    name = wrap(strip.name, sheet.widths.name, NAME)
    heights = [line_height(line, sheet.widths) for line in strip.lines]
    if len(heights) == 1:
        heights = [strip_height(strip, sheet.widths)]
    else:
        top += GAP / 4
    level = first_baseline(top + heights[0] / 2, name if len(heights) == 1 else "", SMALL)
    _write(sheet.left, 0, level, name, size=NAME)
    before: tuple[float, float] | None = None
    for line, height in zip(strip.lines, heights, strict=True):
        before = _draw_line(sheet, line, top + height / 2, before)
        top += height


def _draw_line(
    sheet: _Sheet, line: Line, middle: float, before: tuple[float, float] | None
) -> tuple[float, float] | None:
    """Draw one line and return where the next one's joint begins."""
    widths, scale = sheet.widths, sheet.chart.scale
    label = wrap(line.label, widths.label, SMALL)
    _write(sheet.left, widths.name + GAP, first_baseline(middle, label, SMALL), label, color=MUTED)
    for dot in line.dots:
        here = (min(max(dot.at, scale.lower), scale.upper), middle)
        if before is not None:
            sheet.plot.plot(*zip(before, here, strict=True), color=RULE, lw=THIN, zorder=2)
        _draw_dot(sheet, dot, here)
        before = here
    if line.words:
        _draw_instead(sheet, line, middle)
    for cell, start, width in zip(line.cells, widths.starts, widths.cells, strict=True):
        _draw_cell(sheet.right, cell, start, middle, width)
    return before if line.dots else None


def _draw_dot(sheet: _Sheet, dot: Dot, here: tuple[float, float]) -> None:
    """Draw a mark over its range; one beyond the scale stands at the edge and points onwards."""
    scale = sheet.chart.scale
    if dot.bar is not None:
        bar = [min(max(end, scale.lower), scale.upper) for end in dot.bar]
        sheet.plot.plot(
            bar, [here[1]] * 2, color=dot.mark.colour, lw=2 * FIRM, zorder=2.5, solid_capstyle="butt"
        )
    onwards = "<" if dot.at < scale.lower else ">" if dot.at > scale.upper else dot.mark.marker
    _draw_mark(sheet.plot, *here, replace(dot.mark, marker=onwards))


def _draw_instead(sheet: _Sheet, line: Line, middle: float) -> None:
    """Write the words that stand where a mark is missing, on the free side of the marks there are."""
    scale = sheet.chart.scale
    taken = [(dot.at - scale.lower) / (scale.upper - scale.lower) for dot in line.dots] or [0.0, 1.0]
    start, end = max(
        ((0.0, min(taken)), (min(taken), max(taken)), (max(taken), 1.0)), key=lambda gap: gap[1] - gap[0]
    )
    across = sheet.plot.get_yaxis_transform()
    sheet.plot.plot(
        [start, end], [middle] * 2, transform=across, color=RULE, lw=HAIR, ls=(0, (1, 3)), zorder=1.8
    )
    box = {"boxstyle": "square,pad=0.15", "fc": PAPER, "ec": "none"}
    baseline = first_baseline(middle, line.words, SMALL)
    _write(sheet.plot, (start + end) / 2, baseline, line.words, transform=across, color=MUTED, style="italic",
           ha="center", bbox=box, zorder=2.2)  # fmt: skip


def _draw_cell(axes: Axes, cell: Cell, start: float, middle: float, width: float) -> None:
    if cell.mark is not None:
        _draw_mark(axes, start + 1.2, middle, cell.mark)
        start += MARK_WIDTH
    text = wrap_cell(cell, width)
    look: dict[str, Any] = {"weight": "bold" if cell.strong else "normal"}
    if cell.quiet:
        look = {"color": MUTED, "style": "italic"}
    _write(axes, start, first_baseline(middle, text, SMALL), text, **look)


def _draw_mark(axes: Axes, at: float, middle: float, mark: Mark) -> None:
    axes.plot([at], [middle], ls="none", marker=mark.marker, ms=mark.size, mfc=mark.face, mec=mark.colour, mew=THIN,
              clip_on=False, zorder=3)  # fmt: skip


def _write(axes: Axes, at: float, baseline: float, text: str, *, size: float = SMALL, **look: Any) -> None:
    """Write a text whose first line stands on the baseline; room for it has been left already."""
    if text:
        last = baseline + height_of(text, size) - height_of("", size)
        axes.text(at, last, text, size=size, va="baseline", linespacing=LINE_SPACING, in_layout=False, **look)
