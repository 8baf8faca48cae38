"""Drawing series of totals by year: zones, thin lines and a firm one, and a name for each line at its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from bsc_analysis.exhibits.lettering import LINE_SPACING, first_baseline, height_of, width_of, wrap
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    FIRM,
    HAIR,
    INK,
    MARGIN,
    MARKER,
    MUTED,
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
from bsc_analysis.language.numbers import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.strips import Zone
    from bsc_analysis.exhibits.style import Mark
    from bsc_analysis.language.words import Language

LOWEST, ROW_GAP, HEADER, AXIS = 82.0, 1.0, 6.0, 8.0  # mm
SCALE = 8.5  # mm, what the vertical scale and its name take
LEAD, NAME_WIDTH, WORD_GAP, MARK_WIDTH = 7.0, 44.0, 2.0, 3.2  # mm
GUTTER, AFTER = 0.9, 0.15  # years, left for the words of zones and after the last year
ROOM, LEAST_ROOM = 2.5, 0.8  # points above and below
SMALLER = 3.5  # points, marks of thin lines


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name (empty where it has none here), totals by year with their marks, and its last total in words."""

    name: str
    years: tuple[int, ...]
    totals: tuple[float, ...]
    marks: tuple[Mark, ...]
    number: str
    word: str
    firm: bool

    @property
    def runs(self) -> tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]:
        """Consecutive years with their totals; a line does not cross years that are not there."""
        starts = [at for at, year in enumerate(self.years) if not at or year != self.years[at - 1] + 1]
        ends = [*starts[1:], len(self.years)]
        return tuple(
            (self.years[start:end], self.totals[start:end]) for start, end in zip(starts, ends, strict=True)
        )


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Everything a chart of series shows; ``marked`` is the first year of what ``marked_word`` says."""

    title: str
    series: tuple[Series, ...]
    zones: tuple[Zone, ...]
    marked: int
    marked_word: str
    label: str
    language: Language
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    """A name beside the end of a line: its lines, where they are centred, and where the line ends, in mm from the top."""

    series: Series
    text: str
    middle: float
    end: float


def draw_series(chart: SeriesChart) -> Figure:
    """Draw totals by year over zones, and name every line at its end; names that would touch are moved apart."""
    named = [each for each in chart.series if each.name]
    texts = [_wrapped(each) for each in named]
    height = max(LOWEST, sum(_room(text) for text in texts))
    inner = DOUBLE - 2 * MARGIN
    title = wrap(chart.title, inner, TITLE, "bold")
    foot = "\n".join(wrap(note, inner, SMALL) for note in chart.notes)
    right = LEAD + _label_width(named, texts)
    with drawing():
        around = HEADER + AXIS + height_of(foot, SMALL) + height_of(title, TITLE) + 4 * MARGIN
        figure = new_figure(DOUBLE, height + around)
        add_words(figure, title, foot)
        plot, side = figure.subplots(1, 2, gridspec_kw={"width_ratios": [inner - SCALE - right, right]})
        lower, upper = _scale(plot, chart)
        _draw_ground(plot, chart, lower, upper)
        for each in sorted(chart.series, key=lambda own: own.firm):
            _draw_line(plot, each)
        side.set_xlim(0, right)
        side.set_ylim(height, 0)
        side.axis("off")
        ends = [(upper - each.totals[-1]) / (upper - lower) * height for each in named]
        _draw_labels(side, _place(named, texts, ends, height), _label_width(named, texts))
        return settle(figure)


def _wrapped(series: Series) -> str:
    return wrap(series.name, NAME_WIDTH, SMALL, "bold" if series.firm else "normal")


def _room(text: str) -> float:
    return height_of(text, SMALL) + ROW_GAP


def _label_width(named: list[Series], texts: list[str]) -> float:
    """Return how wide names, numbers, marks and words beside the lines are, in mm."""
    names = max((width_of(text, SMALL, "bold") for text in texts), default=0.0)
    numbers = max((width_of(each.number, SMALL, "bold") for each in named), default=0.0)
    words = max((width_of(each.word, SMALL, "bold") for each in named), default=0.0)
    return names + numbers + words + MARK_WIDTH + 2 * WORD_GAP


def _scale(plot: Axes, chart: SeriesChart) -> tuple[float, float]:
    """Show all years and the totals there are, with a gutter at the left for the words of zones."""
    years = [year for each in chart.series for year in each.years]
    totals = [total for each in chart.series for total in each.totals]
    edges = [edge for zone in chart.zones for edge in (zone.lower, zone.upper)]
    # No sliver of a zone: the scale ends at an edge that lies in the room beyond the totals.
    lower = max(min(totals) - ROOM, *(each for each in edges if each <= min(totals) - LEAST_ROOM))
    upper = min(max(totals) + ROOM, *(each for each in edges if each >= max(totals) + LEAST_ROOM))
    plot.set_ylim(lower, upper)
    plot.set_xlim(min(years) - GUTTER, max(years) + AFTER)
    shown = range(min(years), max(years) + 1)
    plot.set_xticks(list(shown), [str(year) for year in shown])
    ticks = [
        float(at) for at in MaxNLocator(6, integer=True).tick_values(lower, upper) if lower <= at <= upper
    ]
    plot.set_yticks(ticks, [format_number(at, 0, chart.language) for at in ticks])
    plot.set_ylabel(chart.label, fontsize=SMALL)
    plot.spines["left"].set_visible(False)
    for axis in ("x", "y"):
        quiet_axis(plot, axis)
    return lower, upper


def _draw_ground(plot: Axes, chart: SeriesChart, lower: float, upper: float) -> None:
    """Shade the zones, write their words at the left, and mark the year in which something began."""
    left, _ = plot.get_xlim()
    for zone in chart.zones:
        ends = max(zone.lower, lower), min(zone.upper, upper)
        if ends[0] >= ends[1]:
            continue
        plot.axhspan(*ends, fc=tint(zone.mark.colour), ec=PAPER, lw=THIN, zorder=0.5)
        if (ends[1] - ends[0]) / (upper - lower) * LOWEST > height_of("", SMALL) + ROW_GAP:
            middle = sum(ends) / 2
            plot.plot([left + GUTTER * 0.15], [middle], ls="none", marker=zone.mark.marker, ms=MARKER - 1,
                      mfc=zone.mark.face, mec=zone.mark.colour, mew=THIN, zorder=1)  # fmt: skip
            plot.text(left + GUTTER * 0.3, middle, zone.word, size=SMALL, va="center", in_layout=False)
    at = chart.marked - 0.5
    if plot.get_xlim()[0] < at < plot.get_xlim()[1]:
        plot.axvline(at, color=MUTED, lw=THIN, ls=(0, (4, 2)), zorder=1.5)
        plot.annotate(chart.marked_word, (at, 1), (0, 3), xycoords=plot.get_xaxis_transform(), size=SMALL, color=MUTED,
                      textcoords="offset points", ha="center", annotation_clip=False)  # fmt: skip


def _draw_line(plot: Axes, series: Series) -> None:
    colour, width, order = (INK, 2 * FIRM, 3.0) if series.firm else (MUTED, HAIR, 2.0)
    for years, totals in series.runs:
        plot.plot(years, totals, color=colour, lw=width, zorder=order)
    size = MARKER + 1 if series.firm else SMALLER
    for year, total, mark in zip(series.years, series.totals, series.marks, strict=True):
        edge = PAPER if series.firm else mark.colour
        plot.plot([year], [total], ls="none", marker=mark.marker, ms=size, mfc=mark.face, mec=edge, mew=HAIR,
                  zorder=order + 0.5)  # fmt: skip


def _place(named: list[Series], texts: list[str], ends: list[float], height: float) -> list[_Label]:
    """Put each name level with the end of its line; one that would touch the name above it moves down, at the foot up."""
    order = sorted(range(len(named)), key=lambda at: ends[at])
    rooms = [_room(texts[at]) for at in order]
    tops: list[float] = []
    free = 0.0
    for at, room in zip(order, rooms, strict=True):
        tops.append(max(free, ends[at] - room / 2))
        free = tops[-1] + room
    floor = height
    for rank in reversed(range(len(order))):
        tops[rank] = min(tops[rank], floor - rooms[rank])
        floor = tops[rank]
    return [
        _Label(named[at], texts[at], top + room / 2, ends[at])
        for at, top, room in zip(order, tops, rooms, strict=True)
    ]


def _draw_labels(side: Axes, labels: list[_Label], width: float) -> None:
    """Write name, number, mark and word of each line, and lead to them from where the line ends."""
    words = max((width_of(each.series.word, SMALL, "bold") for each in labels), default=0.0)
    word_at = LEAD + width - words
    number_end = word_at - MARK_WIDTH - WORD_GAP
    for each in labels:
        own = each.series
        weight = "bold" if own.firm else "normal"
        side.plot(
            [0.5, LEAD - 2, LEAD - 0.7],
            [each.end, each.middle, each.middle],
            color=RULE,
            lw=HAIR,
            clip_on=False,
        )
        first = first_baseline(each.middle, each.text, SMALL)
        last = first + height_of(each.text, SMALL) - height_of("", SMALL)
        side.text(LEAD, last, each.text, size=SMALL, weight=weight, va="baseline", linespacing=LINE_SPACING,
                  in_layout=False)  # fmt: skip
        level = first_baseline(each.middle, "", SMALL)
        look: dict[str, Any] = {"size": SMALL, "weight": weight, "va": "baseline", "in_layout": False}
        side.text(number_end, level, own.number, ha="right", **look)
        mark = replace(own.marks[-1], size=MARKER - 1)
        side.plot([word_at - MARK_WIDTH / 2 - 0.4], [each.middle], ls="none", marker=mark.marker, ms=mark.size,
                  mfc=mark.face, mec=mark.colour, mew=THIN, clip_on=False)  # fmt: skip
        side.text(word_at, level, own.word, **look)
