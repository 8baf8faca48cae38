"""Figures of scores: the yearly scorecard, and every indicator's achievement, over the bands they fall into."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.cards import (
    Card,
    Measured,
    Row,
    achievement_card,
    note_limits,
    note_units,
    score_card,
    tell_card,
    write_column,
)
from bsc_analysis.exhibits.exhibit import Exhibit, Provenance
from bsc_analysis.exhibits.lettering import align_decimals
from bsc_analysis.exhibits.scorelines import (
    PERCENT_DECIMALS,
    achievement_scale,
    band_word,
    band_zones,
    say_absent,
    say_missing,
    say_unit,
    score_decimals,
    score_scale,
    write_change,
    write_number,
    write_percent,
)
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.exhibits.style import NO_DATA, mark_band
from bsc_analysis.language.words import LANGUAGES, Label, Language, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

_Texts = dict[tuple[Row, Measured], tuple[str, str]]


def scorecard_figure(
    scores: Scores, study: Study, provenance: Provenance, *, language: Language, unit: str | None = None
) -> Exhibit:
    """Draw a unit's scorecard: each perspective's and the organisation's score by year, over their bands.

    Drawn from the perspective and organisation scores and the study's rule set that made them. A perspective that has
    no data is said to have none, whatever the missing policy counts it as. Without a unit named, the
    top of the unit tree is drawn, or the first unit.
    """
    card = score_card(scores, study.rules, unit)

    def make(spoken: Language) -> Figure:
        return draw_strips(_scorecard(card, study.rules, provenance, spoken))

    caption = Label(*(_scorecard_caption(card, study, each) for each in LANGUAGES))
    alt = Label(*(_scorecard_alt(card, study.rules, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def achievement_figure(
    scores: Scores, study: Study, provenance: Provenance, *, language: Language, unit: str | None = None
) -> Exhibit:
    """Draw every indicator's achievement in percent of its target by year, grouped by perspective, over the bands.

    Drawn from the indicator scores. Where a unit has more indicators than fit on a page, the lowest are drawn and a
    note says how many are not. Without a unit named, the top of the unit tree is drawn, or the first unit.
    """
    card = achievement_card(scores, study.rules, unit)

    def make(spoken: Language) -> Figure:
        return draw_strips(_achievements(card, study.rules, provenance, spoken))

    caption = Label(*(_achievement_caption(card, study, each) for each in LANGUAGES))
    alt = Label(*(_achievement_alt(card, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _scorecard(card: Card, rules: RuleSet, origin: Provenance, language: Language) -> StripChart:
    texts = _write_scores(card, rules, language)
    *parts, whole = (_score_strip(row, texts, rules, language) for row in card.rows)
    zones, total_zones = (
        band_zones(each, language) for each in (rules.perspective_bands, rules.organisation_bands)
    )
    total = Block("", (whole,), total_zones, named=zones != total_zones, ruled=True)
    band = (say("band", language),) if _banded(rules) else ()
    return StripChart(
        title=card.unit,
        blocks=(Block("", tuple(parts), zones), total),
        scale=score_scale(rules, card.numbers, language),
        columns=(say("score", language), say("change", language), *band, say("weight with data", language)),
        notes=_scorecard_notes(card, rules, origin, language),
    )


def _write_scores(card: Card, rules: RuleSet, language: Language) -> _Texts:
    """Write every score and its change from the year before, so that the decimal marks of each column align."""
    decimals = score_decimals(rules)
    changes = []
    for row in card.rows:
        for before, now in pairwise([None, *(each.number for each in row.years)]):
            changes.append(
                "" if before is None or now is None else write_change(now - before, decimals, language)
            )
    columns = (
        write_column([each.number for _, each in card.cells], decimals, language),
        align_decimals(changes, language),
    )
    return dict(zip(card.cells, zip(*columns, strict=True), strict=True))


def _score_strip(row: Row, texts: _Texts, rules: RuleSet, language: Language) -> Strip:
    name = row.label.say(language)
    if row.group:
        name += f" ({write_percent(float(rules.perspective(row.group).weight), language)})"
    lines = []
    for each in row.years:
        number, change = texts[row, each]
        band = (_band_cell(row, each, language),) if _banded(rules) else ()
        weight = Cell(write_percent(each.weight, language))
        lines.append(
            _line(
                row,
                each,
                (Cell(number, strong=True), Cell(change), *band, weight),
                say("too little data", language) if each.withheld else say_absent(rules, language),
            )
        )
    return Strip(name, tuple(lines))


def _banded(rules: RuleSet) -> bool:
    return rules.perspective_bands is not None or rules.organisation_bands is not None


def _band_cell(row: Row, each: Measured, language: Language) -> Cell:
    if each.number is None:
        return Cell(say("too little data" if each.withheld else "no data", language), NO_DATA, quiet=True)
    return Cell(band_word(row.bands, each.band, language), mark_band(row.bands, each.band))


def _line(row: Row, each: Measured, cells: tuple[Cell, ...], absent: str) -> Line:
    if each.number is None:
        return Line(str(each.year), (), cells, absent)
    return Line(str(each.year), (Dot(each.number, mark_band(row.bands, each.band)),), cells)


def _scorecard_notes(card: Card, rules: RuleSet, origin: Provenance, language: Language) -> tuple[str, ...]:
    weights = ", ".join(f"{each.year} {write_percent(each.weight, language)}" for each in card.rows[-1].years)
    rests = say("Weight that rests on data: {weights}.", language, weights=weights)
    statement = f"{origin.statement.say(language)}."
    return (f"{say_missing(rules, language)} {rests}", *note_units(card, language), statement)


def _scorecard_caption(card: Card, study: Study, language: Language) -> str:
    head = say(
        "Scorecard of {study}: score of every perspective, with its weight in brackets, and of the organisation, {years}.",
        language,
        study=study.label.say(language),
        years=card.span,
    )
    legend = (
        say(
            "Colour, shape and word of a mark give the band of the score; the shaded zones show where the bands lie.",
            language,
        )
        if _banded(study.rules)
        else say("The rule set has no bands for scores.", language)
    )
    return " ".join((head, say_unit(study.rules, language), legend, _say_joined(language)))


def _scorecard_alt(card: Card, rules: RuleSet, language: Language) -> str:
    opening = f"{say('Scores of {unit} by year.', language, unit=card.unit)} {say_missing(rules, language)}"
    return tell_card(card, opening, score_decimals(rules), language)


def _achievements(card: Card, rules: RuleSet, origin: Provenance, language: Language) -> StripChart:
    numbers = write_column([each.number for _, each in card.cells], PERCENT_DECIMALS, language)
    scored = write_column([each.score for _, each in card.cells], PERCENT_DECIMALS, language)
    texts = dict(zip(card.cells, zip(numbers, scored, strict=True), strict=True))
    zones = () if rules.indicator_bands else band_zones(rules.achievement_bands, language)
    blocks: list[Block] = []
    for each in rules.perspectives:
        strips = tuple(
            _achievement_strip(row, texts, rules, language) for row in card.rows if row.group == each.id
        )
        if strips:
            blocks.append(Block(each.label.say(language), strips, zones, named=not blocks))
    band = (say("band", language),) if _has_bands(rules) else ()
    return StripChart(
        title=card.unit,
        blocks=tuple(blocks),
        scale=achievement_scale(rules, card.numbers, language),
        columns=(say("achievement (%)", language), *band, say("score", language)),
        notes=(
            *note_limits(card, language),
            *note_units(card, language),
            f"{origin.statement.say(language)}.",
        ),
    )


def _achievement_strip(row: Row, texts: _Texts, rules: RuleSet, language: Language) -> Strip:
    banded = _has_bands(rules)
    lines = []
    for each in row.years:
        achieved, scored = texts[row, each]
        band = (_band_cell(row, each, language),) if banded else ()
        cells = (Cell(achieved, strong=True), *band, Cell(scored))
        lines.append(_line(row, each, cells, say("no data", language)))
    return Strip(row.label.say(language), tuple(lines))


def _achievement_caption(card: Card, study: Study, language: Language) -> str:
    rules, name = study.rules, study.label.say(language)
    head = say(
        "Achievement of every indicator of {study} in percent of its target, by perspective, {years}.",
        language,
        study=name,
        years=card.span,
    )
    return " ".join((head, _say_legend(rules, language), *_say_cap(rules, language), _say_joined(language)))


def _has_bands(rules: RuleSet) -> bool:
    return rules.achievement_bands is not None or bool(rules.indicator_bands)


def _say_legend(rules: RuleSet, language: Language) -> str:
    if rules.indicator_bands:
        return say(
            "Colour, shape and word of a mark give the band of the achievement; some indicators have bands of their own.",
            language,
        )
    if rules.achievement_bands is None:
        return say("The rule set has no bands for achievements.", language)
    return say(
        "Colour, shape and word of a mark give the band of the achievement; the shaded zones show where the bands lie.",
        language,
    )


def _say_cap(rules: RuleSet, language: Language) -> Iterator[str]:
    if rules.conversions:
        yield say("The rule set converts achievements into scores.", language)
    elif rules.cap is not None:
        cap = write_number(float(rules.cap), PERCENT_DECIMALS, language)
        yield say("Achievements above {cap} % count as {cap} %.", language, cap=cap)


def _say_joined(language: Language) -> str:
    return say('Thin lines join consecutive years; "no data" stands where nothing was measured.', language)


def _achievement_alt(card: Card, language: Language) -> str:
    opening = say(
        "Achievement of the indicators of {unit} by year, in percent of target.", language, unit=card.unit
    )
    return tell_card(card, opening, PERCENT_DECIMALS, language, mark=" %")
