"""The figure of yearly development: the organisation and each perspective in a panel of its own, by year and level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matplotlib.patheffects import withStroke

from bsc_analysis.exhibits.developmentgrid import (
    caption_development,
    name_score,
    note_development,
    read_development,
    scale_of,
    tell_development,
    zones_of,
)
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.lettering import height_of, width_of, wrap
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    GRID,
    HAIR,
    INK,
    MARGIN,
    MARKER,
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
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.constantpanel import PanelComparison, YearCoverage
    from bsc_analysis.evidence.development import Description
    from bsc_analysis.exhibits.developmentgrid import Development, Panel, Series
    from bsc_analysis.exhibits.strips import Scale, Zone
    from bsc_analysis.studies import Study

ONE_YEAR = "There is only one year, so there is no development to draw."
COLUMNS = 2
ACROSS, DOWN, AROUND = 74.0, 42.0, 12.0  # mm, of a panel's scale, and around all of them
HEAD = 18.0  # mm, above and below a panel's scale
GAP = 2.0  # mm, between words and what they belong to
LINE = 3.1  # mm, from one word to the next
SPREAD = 0.62  # of the way from year to year, that the marks of one year take
HALO = 1.6  # points of paper around a word that stands on a zone
TALLEST = 0.62  # of the panel of counts, by its highest bar


def development_figure(
    descriptions: tuple[Description, ...],
    comparison: PanelComparison,
    study: Study,
    provenance: Provenance,
    *,
    language: Language,
) -> Exhibit | Absent:
    """Draw the mean scores of each level by year with their intervals, over the bands, and the constant panel beside them.

    Units: those of the rule set's scores, on one scale for all panels; the last panel counts indicators. Absent where there
    are not two years with scores.
    """
    development = read_development(descriptions, comparison, study.rules)
    if len(development.years) < 2:
        return Absent(both(ONE_YEAR), language)

    def make(spoken: Language) -> Figure:
        return _draw(development, study, provenance, spoken)

    caption, alt = caption_development(study), tell_development(development, study)
    return Exhibit("figure", make, caption, alt, provenance, language)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What all panels share: the scale of scores, and across, in mm, where years lie and where words of series begin."""

    scale: Scale
    middles: dict[int, float]
    step: float
    words: float
    language: Language

    @property
    def per_mm(self) -> float:
        """How much of the scale of scores one mm is."""
        return (self.scale.upper - self.scale.lower) / DOWN

    def shown(self, zones: Iterable[Zone]) -> list[tuple[Zone, str]]:
        """Return the zones that the scale shows, each with its word where it is high enough for it."""
        within = [shown for each in zones if (shown := each.within(self.scale))]
        words = [wrap(each.word, ACROSS / 4, SMALL) for each in within]
        return [
            (each, word if (each.upper - each.lower) / self.per_mm >= height_of(word, SMALL) else "")
            for each, word in zip(within, words, strict=True)
        ]


def _draw(development: Development, study: Study, origin: Provenance, language: Language) -> Figure:
    paper = DOUBLE - 2 * MARGIN
    notes = "\n".join(wrap(each, paper, SMALL) for each in note_development(development, origin, language))
    title = wrap(study.label.say(language), paper, TITLE, "bold")
    rows = -(-(len(development.panels) + 1) // COLUMNS)
    height = rows * (DOWN + HEAD) + AROUND + height_of(notes, SMALL) + height_of(title, TITLE)
    sheet = _sheet(development, language)
    with drawing():
        figure = new_figure(DOUBLE, height)
        add_words(figure, title, notes)
        places = figure.add_gridspec(rows, COLUMNS, wspace=0.04, hspace=0.05)
        drawn = [figure.add_subplot(places[at // COLUMNS, at % COLUMNS]) for at in range(rows * COLUMNS)]
        for axes, panel in zip(drawn, development.panels, strict=False):
            _draw_panel(axes, panel, development, sheet)
        _draw_coverage(drawn[len(development.panels)], development, language)
        for axes in drawn[len(development.panels) + 1 :]:
            axes.axis("off")
        return settle(figure)


def _sheet(development: Development, language: Language) -> _Sheet:
    """Give years the room that words of zones at the left and of series at the right leave."""
    bare = _Sheet(scale_of(development, language), {}, 0.0, 0.0, language)
    zones = [zones_of(panel, development.rules, language) for panel in development.panels]
    left = max(width_of(word, SMALL) for each in zones for _, word in [*bare.shown(each), (None, "")])
    every = [each.word.say(language) for panel in development.panels for each in panel.drawn]
    right = max(width_of(word, SMALL) for word in every)
    step = (ACROSS - left - right - 4 * GAP) / len(development.years)
    middles = {year: left + GAP + step * (at + 0.5) for at, year in enumerate(development.years)}
    return replace(bare, middles=middles, step=step, words=ACROSS - right - 3 * GAP)


def _draw_panel(axes: Axes, panel: Panel, development: Development, sheet: _Sheet) -> None:
    """Draw one panel on a horizontal scale in mm: words of zones at the left, years, words of series at the right."""
    scale, language = sheet.scale, sheet.language
    axes.set_xlim(0, ACROSS)
    axes.set_ylim(scale.lower, scale.upper)
    _draw_zones(axes, sheet.shown(zones_of(panel, development.rules, language)))
    for line in scale.dashed:
        axes.axhline(line, color=MUTED, lw=THIN, ls=(0, (4, 2)), zorder=1)
    for at, series in enumerate(panel.drawn):
        away = sheet.step * SPREAD * ((at + 0.5) / len(panel.drawn) - 0.5)
        _draw_series(axes, series, {year: middle + away for year, middle in sheet.middles.items()}, scale)
    _name_series(axes, panel.drawn, sheet)
    axes.set_yticks([at for at, _ in scale.ticks], [word for _, word in scale.ticks])
    axes.set_xticks([*sheet.middles.values()], _say_counts(panel, sheet))
    _finish(axes, name_score(panel.perspective, development.rules, language))


def _draw_zones(axes: Axes, shown: list[tuple[Zone, str]]) -> None:
    for zone, word in shown:
        axes.axhspan(zone.lower, zone.upper, fc=tint(zone.mark.colour), ec=PAPER, lw=THIN, zorder=0.5)
        axes.text(GAP / 2, (zone.lower + zone.upper) / 2, word, size=SMALL, color=INK, style="italic", va="center",
                  in_layout=False)  # fmt: skip


def _draw_series(axes: Axes, series: Series, places: dict[int, float], scale: Scale) -> None:
    """Draw the marks of a series with their bars, joined by a thin line; a bar is cut off where the scale ends."""
    mark = series.mark
    across = [places[each.year] for each in series.points]
    means = [each.at for each in series.points]
    dashes = "-" if mark.filled else (0, (2, 2))
    axes.plot(across, means, color=mark.colour, lw=HAIR, ls=dashes, zorder=2)
    for at, each in zip(across, series.points, strict=True):
        if each.interval is not None:
            lower, upper = max(each.interval[0], scale.lower), min(each.interval[1], scale.upper)
            axes.plot([at, at], [lower, upper], color=mark.colour, lw=THIN, zorder=2.5)
    axes.plot(
        across,
        means,
        ls="none",
        marker=mark.marker,
        ms=MARKER,
        mfc=mark.face,
        mec=mark.colour,
        mew=THIN,
        zorder=3,
    )


def _name_series(axes: Axes, every: Sequence[Series], sheet: _Sheet) -> None:
    """Write the word of each series at the right, at the height of its last mark or as near as words have room."""
    ending = sorted((each for each in every if each.points), key=lambda each: each.points[-1].at)
    heights = _apart([each.points[-1].at for each in ending], LINE * sheet.per_mm, sheet.scale)
    for series, height in zip(ending, heights, strict=True):
        mark = series.mark
        axes.plot([sheet.words + GAP / 2], [height], ls="none", marker=mark.marker, ms=MARKER - 1.5, mfc=mark.face,
                  mec=mark.colour, mew=THIN, zorder=3)  # fmt: skip
        axes.text(sheet.words + 1.5 * GAP, height, series.word.say(sheet.language), size=SMALL, color=INK, va="center",
                  zorder=4, in_layout=False, path_effects=[withStroke(linewidth=HALO, foreground=PAPER)])  # fmt: skip


def _apart(heights: list[float], gap: float, scale: Scale) -> list[float]:
    """Move ascending heights apart by at least a gap, and keep them on the scale."""
    placed: list[float] = []
    for height in heights:
        lowest = placed[-1] + gap if placed else scale.lower + gap / 2
        placed.append(max(height, lowest))
    highest = scale.upper - gap / 2
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], highest)
        highest = placed[at] - gap
    return placed


def _say_counts(panel: Panel, sheet: _Sheet) -> list[str]:
    """Say years, how many units have a score in each, and in brackets how many of them in the constant panel."""
    numbers = [
        [None if each is None else format_number(each, 0, sheet.language) for each in panel.count(year)]
        for year in sheet.middles
    ]
    counts = [say("n = {count}", sheet.language, count=whole) for whole, _ in numbers]
    if max(width_of(each, SMALL) for each in counts) + GAP / 2 > sheet.step:
        counts = [str(whole) for whole, _ in numbers]
    kept = ["" if constant is None else f"\n({constant})" for _, constant in numbers]
    return [f"{year}\n{count}{of}" for year, count, of in zip(sheet.middles, counts, kept, strict=True)]


def _draw_coverage(axes: Axes, development: Development, language: Language) -> None:
    """Draw how many indicators have data in each year, and how many of these in every year."""
    step = ACROSS / len(development.years)
    highest = max(each.indicators for each in development.coverage) or 1
    axes.set_xlim(0, ACROSS)
    axes.set_ylim(0, highest / TALLEST)
    for each in development.coverage:
        middle = step * (development.years.index(each.year) + 0.5)
        axes.bar(middle, each.indicators, step / 3, fc=GRID, ec=MUTED, lw=HAIR, zorder=2)
        axes.bar(middle, each.kept, step / 3, fc=INK, ec=INK, lw=HAIR, zorder=3)
        axes.annotate(_say_coverage(each, step, language), (middle, each.indicators), (0, 2), textcoords="offset points",
                      size=SMALL, ha="center", va="bottom", in_layout=False)  # fmt: skip
    middles = [step * (at + 0.5) for at in range(len(development.years))]
    axes.set_xticks(middles, [str(year) for year in development.years])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _finish(axes, say("Indicators with data", language))


def _say_coverage(coverage: YearCoverage, step: float, language: Language) -> str:
    count, kept = (format_number(each, 0, language) for each in (coverage.indicators, coverage.kept))
    return f"{count}\n{wrap(say('{count} in every year', language, count=kept), step - GAP / 2, SMALL)}"


def _finish(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=NAME, fontweight="bold", loc="left", pad=4)
    axes.spines["bottom"].set_color(RULE)
    quiet_axis(axes, "x")
    quiet_axis(axes, "y")
    axes.tick_params(axis="x", length=0)
