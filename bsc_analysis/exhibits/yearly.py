"""The figure of printed yearly scores: the organisation's, the printed perspectives', and what the others must average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.evidence.implied import band_readings, implied_scores
from bsc_analysis.evidence.sums import show_number, show_range
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.scorelines import band_zones, score_scale
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.exhibits.style import IMPLIED, UNBANDED, mark_band
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from bsc_analysis.evidence.implied import BandReading, ImpliedScores
    from bsc_analysis.evidence.printed import Printed
    from bsc_analysis.studies import Study

IMPLIED_DECIMALS = 1  # as one more than whole percents carry


@dataclass(frozen=True, slots=True)
class _Series:
    """One printed score by year; ``perspective`` is empty for the organisation."""

    perspective: str
    figures: tuple[Printed, ...]


@dataclass(frozen=True, slots=True)
class _Years:
    """What is printed and implied by year."""

    organisation: _Series
    perspectives: tuple[_Series, ...]
    implied: tuple[ImpliedScores, ...]
    readings: tuple[BandReading, ...]


def yearly_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw the printed scores of the organisation and its perspectives by year, over their bands.

    Drawn from printed figures; below them the weighted mean of the perspectives that are not printed, as implied by
    the printed ones, with its interval. Absent where organisation and perspective scores are not printed by year.
    """
    years = _read(study)
    if years is None:
        reason = both("This study does not print organisation and perspective scores on one scale by year.")
        return Absent(reason, language)

    def make(spoken: Language) -> Figure:
        return draw_strips(_chart(years, study, provenance, spoken))

    caption = Label(*(_caption(years, study, each) for each in LANGUAGES))
    alt = Label(*(_alt(years, study, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _read(study: Study) -> _Years | None:
    organisation = _series("organisation_score", "", study)
    parts = (_series("perspective_score", each.id, study) for each in study.rules.perspectives)
    perspectives = tuple(each for each in parts if each.figures)
    if not organisation.figures or not perspectives:
        return None
    implied = implied_scores(study.printed, study.rules)
    return _Years(organisation, perspectives, implied, band_readings(study.printed, study.rules))


def _series(quantity: str, perspective: str, study: Study) -> _Series:
    first: dict[int, Printed] = {}
    for figure in study.printed.figures:
        key = figure.key
        if (key.quantity, key.perspective) == (quantity, perspective) and key.year and not figure.absent:
            first.setdefault(key.year, figure)
    return _Series(perspective, tuple(first[year] for year in sorted(first)))


def _chart(years: _Years, study: Study, origin: Provenance, language: Language) -> StripChart:
    rules = study.rules
    whole = _printed_strip(years.organisation, years, study, language)
    parts = [_printed_strip(each, years, study, language) for each in years.perspectives]
    parts += [_implied_strip(years.implied, language)] if years.implied else []
    blocks = (
        Block("", (whole,), band_zones(rules.organisation_bands, language)),
        Block("", tuple(parts), band_zones(rules.perspective_bands, language), ruled=True),
    )
    shown = [
        dot.at for block in blocks for strip in block.strips for line in strip.lines for dot in line.dots
    ]
    return StripChart(
        title=study.label.say(language),
        blocks=blocks,
        scale=score_scale(rules, shown, language),
        columns=(say("score (%)", language), say("interval", language), say("band", language)),
        notes=(*_notes(years, language), f"{origin.statement.say(language)}."),
        cell_width=27.0,
    )


def _printed_strip(series: _Series, years: _Years, study: Study, language: Language) -> Strip:
    bands = study.rules.perspective_bands if series.perspective else study.rules.organisation_bands
    lines = []
    for figure in series.figures:
        value, rounded = float(figure.value or 0), figure.rounded
        reading = next((each for each in years.readings if each.printed.key == figure.key), None)
        mark = UNBANDED if reading is None else mark_band(bands, reading.band.id)
        dot = Dot(value, mark, (float(rounded.lower), float(rounded.upper)))
        cells = (
            Cell(figure.text, strong=True),
            Cell(show_range(rounded, figure.decimals + 1, language)),
            Cell(_say_band(reading, language), mark),
        )
        lines.append(Line(str(figure.key.year), (dot,), cells))
    return Strip(_name(series, study, language), tuple(lines))


def _name(series: _Series, study: Study, language: Language) -> str:
    if not series.perspective:
        return say("Organisation (NKO)", language)
    perspective = study.rules.perspective(series.perspective)
    return f"{perspective.label.say(language)} ({perspective.short})"


def _say_band(reading: BandReading | None, language: Language) -> str:
    """Say the band, and those that rounding alone could have moved the score out of."""
    if reading is None:
        return say("no band", language)
    band = reading.band.label.say(language)
    others = ", ".join(each.label.say(language) for each in reading.possible if each.id != reading.band.id)
    return say("{band}, or {others} by rounding", language, band=band, others=others) if others else band


def _implied_strip(implied: tuple[ImpliedScores, ...], language: Language) -> Strip:
    lines = []
    for each in implied:
        dot = Dot(float(each.mean), IMPLIED, (float(each.mean_range.lower), float(each.mean_range.upper)))
        cells = (
            Cell(format_number(each.mean, IMPLIED_DECIMALS, language)),
            Cell(show_range(each.mean_range, IMPLIED_DECIMALS, language)),
            Cell(say("implied", language), IMPLIED, quiet=True),
        )
        lines.append(Line(str(each.year), (dot,), cells))
    return Strip(
        say("Weighted mean of {perspectives}", language, perspectives=_unprinted(implied)), tuple(lines)
    )


def _unprinted(implied: tuple[ImpliedScores, ...]) -> str:
    return ", ".join(each.short for each in implied[0].unprinted)


def _notes(years: _Years, language: Language) -> Iterator[str]:
    """Say what the cap leaves possible beside the printed perspectives."""
    ceilings = [(each.year, each.ceiling) for each in years.implied if each.ceiling is not None]
    if ceilings:
        listed = ", ".join(f"{year} {show_number(ceiling, language)} %" for year, ceiling in ceilings)
        yield say(
            "Highest organisation score that the cap allows beside the printed perspectives: {ceilings}.",
            language,
            ceilings=listed,
        )


def _caption(years: _Years, study: Study, language: Language) -> str:
    head = say(
        "Printed scores of {study} by year, in percent of target: the organisation and the perspectives that are printed. "
        "Bars show the numbers that print so; colour, shape and word of a mark give the band, and the shaded zones show "
        "where the bands lie.",
        language,
        study=study.label.say(language),
    )
    if not years.implied:
        return head
    tail = say(
        "Hollow squares: the weighted mean that {perspectives}, which are not printed, must have for the printed scores "
        "to hold, with the interval that follows from rounding.",
        language,
        perspectives=_unprinted(years.implied),
    )
    return f"{head} {tail}"


def _alt(years: _Years, study: Study, language: Language) -> str:
    """Tell every printed score with its band, and every implied mean with its interval."""
    told = [say("Printed scores of {study} by year.", language, study=study.label.say(language))]
    strips = [
        _printed_strip(each, years, study, language) for each in (years.organisation, *years.perspectives)
    ]
    strips += [_implied_strip(years.implied, language)] if years.implied else []
    for strip in strips:
        rows = (
            f"{line.label} {line.cells[0].text} {line.cells[1].text} ({line.cells[2].text})"
            for line in strip.lines
        )
        told.append(f"{strip.name}: {', '.join(rows)}.")
    return " ".join(told)
