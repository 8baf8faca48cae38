"""Figures of scores: the yearly scorecard, and every indicator's achievement, over the bands they fall into."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.exhibit import Exhibit, Provenance
from bsc_analysis.exhibits.lettering import align_decimals
from bsc_analysis.exhibits.scorelines import (
    ACHIEVEMENT_SHOWN,
    achievement_scale,
    band_word,
    band_zones,
    say_missing,
    score_scale,
    write_change,
    write_number,
    write_numbers,
    write_percent,
)
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.exhibits.style import NO_DATA, mark_band
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

MOST_INDICATORS = 30  # on one page


@dataclass(frozen=True, slots=True)
class _Value:
    """One year's number, None where nothing was measured, its band, and what stands beside it."""

    year: int
    number: float | None
    band: str | None
    score: float | None = None
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    """A perspective, the organisation or an indicator over the years."""

    label: Label
    group: str
    bands: Bands | None
    values: tuple[_Value, ...]


@dataclass(frozen=True, slots=True)
class _Card:
    """What one unit's figure shows, and how many units and rows there were to show."""

    unit: str
    units: int
    years: tuple[int, ...]
    rows: tuple[_Row, ...]
    left_out: int = 0


_Written = dict[tuple[_Row, _Value], tuple[str, str]]


def scorecard_figure(
    scores: Scores,
    study: Study,
    rules: RuleSet,
    provenance: Provenance,
    *,
    language: Language,
    unit: str | None = None,
) -> Exhibit:
    """Draw a unit's scorecard: each perspective's and the organisation's score by year, over their bands.

    Drawn from the perspective and organisation scores and the rule set that made them. A perspective that has no data
    is said to have none, whatever the missing policy counts it as. Without a unit named, the first is drawn.
    """
    card = _score_card(scores, rules, unit)

    def make(spoken: Language) -> Figure:
        return draw_strips(_score_chart(card, rules, provenance, spoken))

    caption = Label(*(_score_caption(card, study, rules, each) for each in LANGUAGES))
    alt = Label(
        *(_tell(card, rules, say("Scores of {unit}.", each, unit=card.unit), each) for each in LANGUAGES)
    )
    return Exhibit("figure", make, caption, alt, provenance, language)


def achievement_figure(
    scores: Scores,
    study: Study,
    rules: RuleSet,
    provenance: Provenance,
    *,
    language: Language,
    unit: str | None = None,
) -> Exhibit:
    """Draw every indicator's achievement in percent of its target by year, grouped by perspective, over the bands.

    Drawn from the indicator scores. Where a unit has more indicators than fit on a page, the lowest are drawn and a
    note says how many are not. Without a unit named, the first is drawn.
    """
    card = _achievement_card(scores, rules, unit)

    def make(spoken: Language) -> Figure:
        return draw_strips(_achievement_chart(card, rules, provenance, spoken))

    caption = Label(*(_achievement_caption(card, study, rules, each) for each in LANGUAGES))
    opening = "Achievement of the indicators of {unit} in percent of their targets."
    alt = Label(
        *(_tell(card, rules, say(opening, each, unit=card.unit), each, unit_mark=" %") for each in LANGUAGES)
    )
    return Exhibit("figure", make, caption, alt, provenance, language)


def _score_card(scores: Scores, rules: RuleSet, unit: str | None) -> _Card:
    units = sorted(scores.organisations["unit"].unique())
    chosen = units[0] if unit is None else unit
    totals = scores.organisations[scores.organisations["unit"] == chosen]
    parts = scores.perspectives[scores.perspectives["unit"] == chosen]
    years = tuple(sorted(int(year) for year in totals["year"].unique()))
    rows = [
        _Row(
            each.label,
            each.id,
            rules.perspective_bands,
            _by_year(parts[parts["perspective"] == each.id], years),
        )
        for each in rules.perspectives
    ]
    whole = _Row(both("Organisation (NKO)"), "", rules.organisation_bands, _by_year(totals, years))
    return _Card(chosen, len(units), years, (*rows, whole))


def _by_year(frame: Any, years: tuple[int, ...]) -> tuple[_Value, ...]:
    found = {int(row.year): row for row in frame.itertuples() if row.n_present > 0}
    return tuple(
        _Value(year, float(row.score), _text(row.band), weight=float(row.weight_present))
        if (row := found.get(year)) is not None
        else _Value(year, None, None)
        for year in years
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _score_chart(card: _Card, rules: RuleSet, origin: Provenance, language: Language) -> StripChart:
    *parts, whole = card.rows
    zones = [band_zones(bands, language) for bands in (rules.perspective_bands, rules.organisation_bands)]
    written = _write_card(card, rules, language)
    blocks = (
        Block("", tuple(_score_strip(row, written, rules, language) for row in parts), zones[0]),
        Block(
            "",
            (_score_strip(whole, written, rules, language),),
            zones[1],
            named=zones[0] != zones[1],
            ruled=True,
        ),
    )
    present = [value.number for row in card.rows for value in row.values if value.number is not None]
    columns = (
        say("score", language),
        say("change", language),
        say("band", language),
        say("weight with data", language),
    )
    weights = ", ".join(f"{value.year} {write_percent(value.weight, language)}" for value in whole.values)
    notes = (
        f"{say_missing(rules, language)} {say('Weight that rests on data: {weights}.', language, weights=weights)}",
        *_units_note(card, language),
        f"{origin.statement.say(language)}.",
    )
    return StripChart(card.unit, blocks, score_scale(rules, present, language), columns, notes)


def _write_card(card: _Card, rules: RuleSet, language: Language) -> _Written:
    """Write every score and its change from the year before, so that the decimal marks of each column align."""
    keyed = [(row, value) for row in card.rows for value in row.values]
    scores = write_numbers([value.number for _, value in keyed], rules, language)
    changes = []
    for row in card.rows:
        numbers = [None, *(value.number for value in row.values)]
        for before, now in pairwise(numbers):
            changes.append("" if before is None or now is None else write_change(now - before, rules, language))
    texts = zip(scores, align_decimals(changes, language), strict=True)
    return dict(zip(keyed, texts, strict=True))


def _score_strip(row: _Row, written: _Written, rules: RuleSet, language: Language) -> Strip:
    name = row.label.say(language)
    if row.group:
        name += f" ({write_percent(float(rules.perspective(row.group).weight), language)})"
    lines = []
    for value in row.values:
        number, change = written[row, value]
        cells = (
            Cell(number, strong=True),
            Cell(change),
            _band_cell(row, value, rules, language),
            Cell(write_percent(value.weight, language)),
        )
        lines.append(_line(row, value, cells, language))
    return Strip(name, tuple(lines))


def _line(row: _Row, value: _Value, cells: tuple[Cell, ...], language: Language) -> Line:
    if value.number is None:
        return Line(str(value.year), (), cells, say("no data", language))
    return Line(str(value.year), (Dot(value.number, mark_band(row.bands, value.band)),), cells)


def _band_cell(row: _Row, value: _Value, rules: RuleSet, language: Language) -> Cell:
    if value.number is not None:
        return Cell(band_word(row.bands, value.band, language), mark_band(row.bands, value.band))
    counted = {
        "zero": say("no data, counted as 0", language),
        "renormalise": say("no data, left out", language),
        "refuse": say("no data", language),
    }
    return Cell(counted[rules.missing], NO_DATA, quiet=True)


def _units_note(card: _Card, language: Language) -> Iterator[str]:
    if card.units > 1:
        yield say("{unit} is one of {count} units.", language, unit=card.unit, count=card.units)


def _achievement_card(scores: Scores, rules: RuleSet, unit: str | None) -> _Card:
    units = sorted(scores.indicators["unit"].unique())
    chosen = units[0] if unit is None else unit
    frame = scores.indicators[scores.indicators["unit"] == chosen]
    years = tuple(sorted(int(year) for year in frame["year"].unique()))
    labels = {each.id: each.label for each in rules.indicators}
    order = list(labels) or list(dict.fromkeys(frame["indicator"]))
    rows = [
        _Row(labels.get(name, Label(name, name)), each.id, rules.achievement_bands, values)
        for each in rules.perspectives
        for name in order
        if (
            values := _achieved(
                frame[(frame["perspective"] == each.id) & (frame["indicator"] == name)], years
            )
        )
    ]
    lowest = sorted(rows, key=_lowest)[:MOST_INDICATORS]
    return _Card(
        chosen,
        len(units),
        years,
        tuple(row for row in rows if row in lowest),
        max(len(rows) - len(lowest), 0),
    )


def _achieved(frame: Any, years: tuple[int, ...]) -> tuple[_Value, ...]:
    if frame.empty:
        return ()
    rows = frame.dropna(subset=["achievement"])
    measured = [
        _Value(int(r.year), float(r.achievement), _text(r.band), float(r.score)) for r in rows.itertuples()
    ]
    absent = [_Value(year, None, None) for year in years if all(value.year != year for value in measured)]
    return tuple(sorted([*measured, *absent], key=lambda value: value.year))


def _lowest(row: _Row) -> float:
    return min((value.number for value in row.values if value.number is not None), default=float("-inf"))


def _achievement_chart(card: _Card, rules: RuleSet, origin: Provenance, language: Language) -> StripChart:
    zones = band_zones(rules.achievement_bands, language)
    written = _write_achievements(card, language)
    blocks: list[Block] = []
    for each in rules.perspectives:
        strips = tuple(_achievement_strip(row, written, language) for row in card.rows if row.group == each.id)
        if strips:
            blocks.append(Block(each.label.say(language), strips, zones, named=not blocks))
    present = [value.number for row in card.rows for value in row.values if value.number is not None]
    band = (say("band", language),) if rules.achievement_bands else ()
    columns = (say("achievement (%)", language), *band, say("score", language))
    notes = (*_left_out(card, present, language), *_units_note(card, language), f"{origin.statement.say(language)}.")
    return StripChart(card.unit, tuple(blocks), achievement_scale(rules, present, language), columns, notes)


def _write_achievements(card: _Card, language: Language) -> _Written:
    keyed = [(row, value) for row in card.rows for value in row.values]
    columns = [
        align_decimals(["–" if number is None else write_number(number, 2, language) for number in column], language)
        for column in ([value.number for _, value in keyed], [value.score for _, value in keyed])
    ]
    return dict(zip(keyed, zip(*columns, strict=True), strict=True))


def _achievement_strip(row: _Row, written: _Written, language: Language) -> Strip:
    lines = []
    for value in row.values:
        achieved, scored = written[row, value]
        band = () if row.bands is None else (_achieved_band(row, value, language),)
        lines.append(_line(row, value, (Cell(achieved, strong=True), *band, Cell(scored)), language))
    return Strip(row.label.say(language), tuple(lines))


def _achieved_band(row: _Row, value: _Value, language: Language) -> Cell:
    if value.number is None:
        return Cell(say("no data", language), NO_DATA, quiet=True)
    return Cell(band_word(row.bands, value.band, language), mark_band(row.bands, value.band))


def _left_out(card: _Card, present: list[float], language: Language) -> Iterator[str]:
    least, most = ACHIEVEMENT_SHOWN
    if card.left_out:
        sentence = "The {shown} lowest indicators are drawn; {count} more are in the table."
        yield say(sentence, language, shown=len(card.rows), count=card.left_out)
    if any(not least <= number <= most for number in present):
        yield say("A mark beyond the scale stands at its edge and points onwards.", language)


def _score_caption(card: _Card, study: Study, rules: RuleSet, language: Language) -> str:
    span = _span(card)
    head = say("Scorecard of {study}, {years}: score of every perspective, with its weight in brackets, and of the "
               "organisation.", language, study=study.label.say(language), years=span)  # fmt: skip
    unit = (say("Scores are band values.", language) if rules.scale == "bands"
            else say("Scores are in percent of the target, after the cap.", language))  # fmt: skip
    legend = say("Colour, shape and word of a mark give the band of the score; thin lines join consecutive years; "
                 "\"no data\" stands where nothing was measured, whatever it is counted as.", language)  # fmt: skip
    return f"{head} {unit} {legend}"


def _achievement_caption(card: _Card, study: Study, rules: RuleSet, language: Language) -> str:
    head = say("Achievement of every indicator of {study}, {years}, in percent of its target, by perspective.", language,
               study=study.label.say(language), years=_span(card))  # fmt: skip
    legend = (say("Colour, shape and word of a mark give the band of the achievement, and the shaded zones show where "
                  "the bands lie.", language) if rules.achievement_bands
              else say("The rule set has no bands for achievements.", language))  # fmt: skip
    cap = () if rules.cap is None else (
        say("Achievements above {cap} % count as {cap} %.", language, cap=write_number(float(rules.cap), 2, language)),)  # fmt: skip
    joined = say("Thin lines join consecutive years; \"no data\" stands where nothing was measured.", language)  # fmt: skip
    return " ".join((head, legend, *cap, joined))


def _span(card: _Card) -> str:
    first, last = card.years[0], card.years[-1]
    return str(first) if first == last else f"{first}–{last}"


def _tell(card: _Card, rules: RuleSet, opening: str, language: Language, *, unit_mark: str = "") -> str:
    """Tell a card's content in words: every row, every year, its number and its band."""
    most = 4 if rules.scale == "bands" and not unit_mark else 2
    told = []
    for row in card.rows:
        years = []
        for value in row.values:
            if value.number is None:
                years.append(f"{value.year} {say('no data', language)}")
                continue
            band = f" ({band_word(row.bands, value.band, language)})" if row.bands else ""
            years.append(f"{value.year} {write_number(value.number, most, language)}{unit_mark}{band}")
        told.append(f"{row.label.say(language)}: {', '.join(years)}.")
    return " ".join((opening, *told))
