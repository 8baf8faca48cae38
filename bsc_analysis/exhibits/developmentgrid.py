"""What the figure of yearly development shows: series of means by level, the constant panel, coverage, and how they are told."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.cascadewords import say_level
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_notes
from bsc_analysis.exhibits.scorelines import band_zones, score_decimals, score_scale, write_number
from bsc_analysis.exhibits.strips import Scale
from bsc_analysis.exhibits.style import INK, Mark
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Label, Language, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.constantpanel import PanelComparison, YearCoverage
    from bsc_analysis.evidence.development import Description
    from bsc_analysis.exhibits.exhibit import Provenance
    from bsc_analysis.exhibits.strips import Zone
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studies import Study

MOST_YEARS = 4  # side by side; of more, the last ones
# Told apart by shape in grey; of more levels than there are shapes only all units together are drawn.
LEVEL_MARKS = (
    Mark("#0072b2", "s"),
    Mark("#d55e00", "^"),
    Mark("#009e73", "D"),
    Mark("#cc79a7", "v"),
    Mark("#56b4e9", "P"),
    Mark("#e69f00", "X"),
)
WHOLE, PANEL = Mark(INK, "o"), Mark(INK, "o", filled=False)
END, ROOM, MOST_TICKS = 5, 2.0, 8  # percent: what the scale's ends are multiples of, and room beyond; numbers
STEPS = (5, 10, 20, 50, 100, 200, 500, 1000, 100_000)  # percent, between numbers
NO_ONE = ""  # the level of all units together, and the unit of their mean


@dataclass(frozen=True, slots=True)
class Point:
    """A mean in one year, its interval where there are several units, and how many units it is of."""

    year: int
    at: float
    interval: tuple[float, float] | None
    units: int


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one level, of all units, or of the constant panel, with their word and mark."""

    word: Label
    mark: Mark
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One perspective, or the organisation where it is empty: its levels and all units, and the constant panel if any."""

    perspective: str
    series: tuple[Series, ...]
    whole: Series
    constant: Series | None

    @property
    def drawn(self) -> tuple[Series, ...]:
        """Everything that is drawn, in order."""
        return self.series if self.constant is None else (*self.series, self.constant)

    def count(self, year: int) -> tuple[int, int | None]:
        """Return how many units have a score in a year, and how many in the constant panel, None where there is none."""
        found = [
            next((each.units for each in series.points if each.year == year), 0)
            for series in (self.whole, self.constant)
            if series is not None
        ]
        return found[0], found[1] if len(found) > 1 else None


@dataclass(frozen=True, slots=True)
class Development:
    """Everything that is drawn; ``left_out`` counts earlier years and ``lacks`` says what stands in the way of a panel."""

    rules: RuleSet
    years: tuple[int, ...]
    panels: tuple[Panel, ...]
    coverage: tuple[YearCoverage, ...]
    left_out: int
    comparison: PanelComparison

    @property
    def points(self) -> tuple[Point, ...]:
        """All points that are drawn."""
        return tuple(point for panel in self.panels for series in panel.drawn for point in series.points)


def read_development(
    descriptions: tuple[Description, ...], comparison: PanelComparison, rules: RuleSet
) -> Development:
    """Choose what is drawn of descriptions by year and level, and of the constant panel."""
    every = sorted({each.year for each in descriptions if each.mean is not None})
    years = every[-MOST_YEARS:]
    drawn = [each for each in descriptions if each.year in years]
    names = list(dict.fromkeys(each.perspective for each in drawn))
    panels = tuple(
        _panel(name, [each for each in drawn if each.perspective == name], comparison) for name in names
    )
    coverage = tuple(each for each in comparison.panel.coverage if each.year in years)
    return Development(rules, tuple(years), panels, coverage, len(every) - len(years), comparison)


def name_score(perspective: str, rules: RuleSet, language: Language) -> str:
    """Name the organisation's score or a perspective's, as the yearly figures do.

    >>> from bsc_analysis.files import read_rules
    >>> name_score("customer", read_rules("kkp"), "en")
    'Customer (CP)'
    """
    if not perspective:
        return say("Organisation (NKO)", language)
    known = rules.perspective(perspective)
    return f"{known.label.say(language)} ({known.short})"


def scale_of(development: Development, language: Language) -> Scale:
    """Choose the scale that all panels share; it holds every mean, and intervals as far again as half the means' spread."""
    means = [each.at for each in development.points]
    least, most = min(means), max(means)
    room = (most - least) / 2
    ends = [end for each in development.points for end in each.interval or ()]
    within = [min(max(end, least - room), most + room) for end in ends]
    shown = [*means, *within]
    wide = score_scale(development.rules, shown, language)
    return (
        wide
        if development.rules.scale == "bands"
        else _narrow(wide, min(shown), max(shown), development.rules, language)
    )


def zones_of(panel: Panel, rules: RuleSet, language: Language) -> tuple[Zone, ...]:
    """Return the bands that scores of this panel are judged by, as zones."""
    return band_zones(rules.perspective_bands if panel.perspective else rules.organisation_bands, language)


def note_development(development: Development, origin: Provenance, language: Language) -> list[str]:
    """Say what bars, counts and hollow marks are, what is left out, and what the data are."""
    scale = scale_of(development, language)
    notes = [say("Scale: {scale}.", language, scale=scale.label)]
    if any(each.interval for each in development.points):
        notes.append(
            say("Bars: 95 % interval of the mean over units; units on their own have none.", language)
        )
    if any(
        not scale.lower <= end <= scale.upper for each in development.points for end in each.interval or ()
    ):
        notes.append(say("Bars that reach beyond the scale end at its edge.", language))
    reason = development.comparison.panel.reason
    if reason is None:
        notes.append(
            say("n: units with a score; in brackets and hollow: those and the mean of the constant panel, the indicators "
                "with data in every year.", language)
        )  # fmt: skip
    else:
        notes.append(join(say("n: units with a score.", language), say_notes([reason], language)))
    if development.left_out:
        notes.append(say("{count} earlier years are in the table.", language, count=development.left_out))
    return [*notes, f"{origin.statement.say(language)}."]


def caption_development(study: Study) -> Label:
    """Say what is drawn."""
    sentence = (
        "Mean scores of the units of {study} by year and level: the organisation's (NKO) and each perspective's (NKP). Colour, "
        "shape and word of a mark give the level; black marks are of all units, hollow ones of the constant panel, the "
        "indicators with data in every year, under the same rules. Shaded zones are the bands. The last panel counts the "
        "indicators with data, and how many of them have data in every year."
    )
    return in_both(lambda each: say(sentence, each, study=study.label.say(each)))


def tell_development(development: Development, study: Study) -> Label:
    """Tell the means of all units, of the constant panel, and the levels of the organisation's score."""
    return in_both(lambda each: _tell(development, study, each))


def _narrow(wide: Scale, least: float, most: float, rules: RuleSet, language: Language) -> Scale:
    """Cut a scale of percents down to what is shown, with round numbers; its label names the cap where that is in sight."""
    lower, upper = END * floor((least - ROOM) / END), END * ceil((most + ROOM) / END)
    step = next(each for each in STEPS if (upper - lower) / each <= MOST_TICKS)
    ticks = tuple(
        (float(at), write_number(at, 0, language)) for at in range(step * ceil(lower / step), upper + 1, step)
    )
    seen = all(line <= upper for line in wide.dashed)
    label = wide.label if seen or rules.conversions else say("score (% of target)", language)
    return Scale(lower, upper, ticks, label, (), wide.dashed if seen else ())


def _panel(name: str, drawn: list[Description], comparison: PanelComparison) -> Panel:
    whole = [each for each in drawn if each.level == NO_ONE]
    levels = list(dict.fromkeys(each.level for each in drawn if each.level != NO_ONE))
    shown = levels if len(levels) <= len(LEVEL_MARKS) else []
    series = [
        _series(Label(say_level(level, "id"), say_level(level, "en")), mark, [one for one in drawn if one.level == level])
        for level, mark in zip(shown, LEVEL_MARKS, strict=False)
    ]  # fmt: skip
    alone = all(each.n_units == 1 for each in whole)
    of_all = _series(in_both(lambda each: say("score" if alone else "all units", each)), WHOLE, whole)
    years = {each.year for each in whole}
    kept = [each for each in comparison.scores if (each.unit, each.perspective) == (NO_ONE, name)]
    points = tuple(
        Point(each.year, each.constant.score, None, each.constant.units)
        for each in kept
        if each.constant.score is not None and each.year in years
    )
    constant = Series(in_both(lambda each: say("constant panel", each)), PANEL, points) if points else None
    return Panel(name, (*series, of_all), of_all, constant)


def _series(word: Label, mark: Mark, described: list[Description]) -> Series:
    points = (
        Point(each.year, each.mean, each.interval, each.n_scored)
        for each in described
        if each.mean is not None
    )
    return Series(word, mark, tuple(points))


def _tell(development: Development, study: Study, language: Language) -> str:
    told = [say("Mean scores of {study} by year.", language, study=study.label.say(language))]
    for panel in development.panels:
        lines = [
            each for each in panel.drawn if not panel.perspective or each in (panel.whole, panel.constant)
        ]
        parts = "; ".join(_tell_series(each, development.rules, language) for each in lines if each.points)
        name = name_score(panel.perspective, development.rules, language)
        told.append(f"{name}: {parts or say('no data', language)}.")
    counts = ", ".join(
        say("{year} {count} indicators with data, {kept} of them in every year", language, year=each.year,
            count=format_number(each.indicators, 0, language), kept=format_number(each.kept, 0, language))
        for each in development.coverage
    )  # fmt: skip
    return join(*told, f"{counts}.")


def _tell_series(series: Series, rules: RuleSet, language: Language) -> str:
    decimals = min(score_decimals(rules), 2)
    points = ", ".join(
        say("{year} {mean} (n = {count})", language, year=each.year, mean=write_number(each.at, decimals, language),
            count=each.units)
        for each in series.points
    )  # fmt: skip
    return f"{series.word.say(language)} {points}"
