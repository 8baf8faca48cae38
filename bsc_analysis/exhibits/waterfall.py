"""The figure of a change: from one year's score to another's, step by step, each step a bar from where the last one ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from bsc_analysis.exhibits.cascadewords import say_unexplained, tell_change
from bsc_analysis.exhibits.changesteps import FALL, NOTHING_MOVED, WHOLE, Step, steps
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.lettering import (
    FIGURE_SPACE,
    LINE_SPACING,
    PUNCTUATION_SPACE,
    align_decimals,
    first_baseline,
    height_of,
    width_of,
    wrap,
)
from bsc_analysis.exhibits.scorelines import score_decimals, write_change, write_number
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    FIRM,
    GRID,
    HAIR,
    INK,
    MARGIN,
    MUTED,
    NAME,
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
from bsc_analysis.language.words import LANGUAGES, Label, Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.unitchange import UnitChange
    from bsc_analysis.studies import Study

NAME_WIDTH, NUMBERS_GAP, MARK_GAP, OVERHANG = 62.0, 4.0, 3.6, 5.0  # mm
ROW, BAR, HEADER, AXIS = 5.2, 3.0, 5.0, 10.5  # mm
ROOM = 0.08  # of the range, on both sides of the bars
NO_RANGE = 1.0  # units of the score, shown where nothing moves
HATCH = "/////"


@dataclass(frozen=True, slots=True)
class _Layout:
    """What stands where, in mm: the names broken into lines, the height of each row, and the numbers to the right."""

    names: tuple[str, ...]
    heights: tuple[float, ...]
    left: float
    numbers: tuple[tuple[str, ...], ...]
    starts: tuple[float, ...]
    right: float

    @property
    def height(self) -> float:
        return HEADER + sum(self.heights)

    @property
    def middles(self) -> tuple[float, ...]:
        return tuple(
            HEADER + sum(self.heights[:place]) + height / 2 for place, height in enumerate(self.heights)
        )


def change_figure(
    change: UnitChange | None, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Draw how a unit's score went from one year to the other: achievement by perspective, weight, interaction, coverage.

    Drawn from the explained change of :mod:`bsc_analysis.scorecards.change`. Units: those of the rule set's scores.
    """
    if change is None or change.split is None:
        return Absent(say_unexplained(change), language)
    split = change.split

    def make(spoken: Language) -> Figure:
        notes = (_say_like_for_like(change, study.rules, spoken), f"{provenance.statement.say(spoken)}.")
        return _draw(steps(change, split, study.rules, spoken), change.unit, notes, study.rules, spoken)

    caption = Label(*(_say_caption(change, study, each) for each in LANGUAGES))
    alt = Label(*(tell_change(change, split, study.rules, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _draw(
    rows: tuple[Step, ...], title: str, notes: tuple[str, ...], rules: RuleSet, language: Language
) -> Figure:
    layout = _lay_out(rows, rules, language)
    inner = DOUBLE - 2 * MARGIN
    title = wrap(title, inner, TITLE, "bold")
    foot = "\n".join(wrap(note, inner, SMALL) for note in notes)
    with drawing():
        figure = new_figure(
            DOUBLE, layout.height + AXIS + height_of(foot, SMALL) + height_of(title, TITLE) + 6 * MARGIN
        )
        add_words(figure, title, foot)
        plot_width = inner - layout.left - layout.right
        left, plot, right = figure.subplots(
            1, 3, sharey=True, gridspec_kw={"width_ratios": [layout.left, plot_width, layout.right]}
        )
        for axes, width in ((left, layout.left), (right, layout.right)):
            axes.set_xlim(0, width)
            axes.axis("off")
        plot.set_ylim(layout.height, 0)
        _scale(plot, rows, rules, language)
        _draw_names(left, rows, layout)
        _draw_bars(plot, rows, layout)
        _draw_numbers(right, rows, layout, language)
        return settle(figure)


def _lay_out(rows: tuple[Step, ...], rules: RuleSet, language: Language) -> _Layout:
    names = tuple(wrap(each.name, NAME_WIDTH, NAME) for each in rows)
    decimals = score_decimals(rules)
    changes = ["" if each.start is None else write_change(each.change, decimals, language) for each in rows]
    ends = [write_number(each.end, decimals, language) for each in rows]
    numbers = tuple(align_decimals(column, language) for column in (changes, ends))
    headers = (say("change", language), say("score", language))
    widths = [
        max(width_of(header, SMALL), MARK_GAP + max(width_of(text, SMALL, "bold") for text in column))
        for header, column in zip(headers, numbers, strict=True)
    ]
    starts = (NUMBERS_GAP, 2 * NUMBERS_GAP + widths[0])
    return _Layout(
        names,
        tuple(max(ROW, height_of(name, NAME) + 1.4) for name in names),
        max(width_of(name, NAME) for name in names) + NUMBERS_GAP,
        numbers,
        starts,
        starts[1] + widths[1],
    )


def _scale(plot: Axes, rows: tuple[Step, ...], rules: RuleSet, language: Language) -> None:
    """Show the scores between which the steps go, and no more: bars start where the last one ended, not at zero."""
    ends = [end for each in rows for end in (each.start, each.end) if end is not None]
    lower, upper = min(ends), max(ends)
    room = (upper - lower) * ROOM if upper - lower > NOTHING_MOVED else NO_RANGE / 2
    plot.set_xlim(lower - room, upper + room)
    ticks, numbers = _ticks(lower - room, upper + room, rules, language)
    plot.set_xticks(ticks, numbers)
    label = (
        say("score (band value)", language)
        if rules.scale == "bands"
        else say("score (% of target)", language)
    )
    plot.set_xlabel(label, fontsize=SMALL)
    plot.spines["left"].set_visible(False)
    plot.tick_params(axis="y", length=0, labelleft=False)
    quiet_axis(plot, "x")
    plot.vlines(ticks, HEADER, plot.get_ylim()[0], color=GRID, lw=THIN, zorder=0.5)


def _ticks(lower: float, upper: float, rules: RuleSet, language: Language) -> tuple[list[float], list[str]]:
    """Choose round numbers on the scale, all with as many decimals as the one that has the most."""
    ticks = [float(at) for at in MaxNLocator(5).tick_values(lower, upper) if lower <= at <= upper]
    mark = "," if language == "id" else "."
    trimmed = [write_number(at, score_decimals(rules), language) for at in ticks]
    decimals = max((len(number.partition(mark)[2]) for number in trimmed), default=0)
    return ticks, [format_number(at, decimals, language) for at in ticks]


def _draw_names(axes: Axes, rows: tuple[Step, ...], layout: _Layout) -> None:
    for each, name, middle in zip(rows, layout.names, layout.middles, strict=True):
        weight = "bold" if each.start is None else "normal"
        _write(axes, 0, middle, name, size=NAME, weight=weight)


def _draw_bars(plot: Axes, rows: tuple[Step, ...], layout: _Layout) -> None:
    """Draw each step from where the last one ended; thin lines lead from one row to the next."""
    for place, (each, middle) in enumerate(zip(rows, layout.middles, strict=True)):
        if each.start is not None:
            _draw_bar(plot, each, middle)
        else:
            plot.plot(
                [each.end], [middle], ls="none", marker=WHOLE.marker, ms=WHOLE.size + 1, color=INK, zorder=3
            )
        if place + 1 < len(rows):
            plot.plot([each.end] * 2, [middle, layout.middles[place + 1]], color=RULE, lw=HAIR, zorder=1)


def _draw_bar(plot: Axes, step: Step, middle: float) -> None:
    """Draw a rise solid and a fall hatched; a step too short for its bar to be seen still has its line."""
    start, top = step.start or 0.0, middle - BAR / 2
    mark = step.mark
    colour = MUTED if mark is None else mark.colour
    plot.plot([step.end] * 2, [top, top + BAR], color=colour, lw=FIRM, solid_capstyle="butt", zorder=2.5)
    if mark is None:
        return
    bar = Rectangle((start, top), step.change, BAR, fc=colour, ec=colour, lw=THIN, zorder=2)
    if mark is FALL:
        bar.set(facecolor=tint(colour, 0.15), hatch=HATCH)
        bar.set_hatch_linewidth(FIRM)
    plot.add_patch(bar)


def _draw_numbers(axes: Axes, rows: tuple[Step, ...], layout: _Layout, language: Language) -> None:
    """Write each step's change and where it leads; a change that is written as 0 points neither up nor down."""
    for start, header in zip(layout.starts, (say("change", language), say("score", language)), strict=True):
        _write(axes, start, HEADER / 2, header, color=MUTED)
    (change_at, score_at), (changes, ends) = layout.starts, layout.numbers
    for each, change, end, middle in zip(rows, changes, ends, layout.middles, strict=True):
        whole = each.start is None
        if each.mark is not None and change.strip(FIGURE_SPACE + PUNCTUATION_SPACE) != "0":
            at = (score_at if whole else change_at) + 1.2
            axes.plot([at], [middle], ls="none", marker=each.mark.marker, ms=each.mark.size, mfc=each.mark.face,
                      mec=each.mark.colour, mew=THIN, clip_on=False)  # fmt: skip
        _write(axes, change_at + MARK_GAP, middle, change, weight="bold")
        _write(
            axes,
            score_at + MARK_GAP,
            middle,
            end,
            weight="bold" if whole else "normal",
            color=INK if whole else MUTED,
        )


def _write(axes: Axes, at: float, middle: float, text: str, *, size: float = SMALL, weight: str = "normal",
           color: str = INK) -> None:  # fmt: skip
    """Write a text centred on a row; room for it has been left already."""
    if text.strip():
        last = first_baseline(middle, text, size) + height_of(text, size) - height_of("", size)
        axes.text(at, last, text, size=size, weight=weight, color=color, va="baseline", linespacing=LINE_SPACING,
                  in_layout=False)  # fmt: skip


def _say_caption(change: UnitChange, study: Study, language: Language) -> str:
    head = say(
        "How the organisation's score of {unit} went from {first} to {last} ({study}).",
        language,
        unit=change.unit,
        first=change.year_from,
        last=change.year_to,
        study=study.label.say(language),
    )
    legend = say(
        "Diamonds are the two scores. Each bar starts where the one above it ended: solid with a triangle pointing up, it "
        "raises the score; hatched with a triangle pointing down, it lowers it. The scale does not begin at zero.",
        language,
    )
    parts = say(
        "Achievement and weight are counted on the indicators that have a score in both years; coverage is what those that "
        "came or went did to the score.",
        language,
    )
    return f"{head} {legend} {parts}"


def _say_like_for_like(change: UnitChange, rules: RuleSet, language: Language) -> str:
    decimals = score_decimals(rules)
    return say(
        "On the indicators that have a score in both years: {before} in {first}, {after} in {last}.",
        language,
        before=write_number(change.like_from or 0.0, decimals, language),
        first=change.year_from,
        after=write_number(change.like_to or 0.0, decimals, language),
        last=change.year_to,
    )
