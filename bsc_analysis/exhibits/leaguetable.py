"""The league of units: a table of every year's, and a figure of the last, each with how uncertain scores and ranks are."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.cards import write_column
from bsc_analysis.exhibits.cascadewords import say_level
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.scorelines import (
    PERCENT_DECIMALS,
    band_word,
    band_zones,
    say_unit,
    score_scale,
    write_number,
)
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.exhibits.style import UNBANDED, mark_band
from bsc_analysis.exhibits.tablerows import build_table
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say
from bsc_analysis.scorecards.league import read_leagues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.style import Mark
    from bsc_analysis.scorecards.league import League, Standing
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

MOST_UNITS, MOST_LONG_UNITS = 30, 20  # on one page: with names of one line, and of two
NAME_LINE, NAME_LENGTH = 26, 50  # characters
Rows = list[tuple["League", "Standing"]]


def league_table(
    scores: Scores, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate the units of every year by score, with standard error, 95 % interval and the ranks each could have.

    How uncertain a score is follows :mod:`bsc_analysis.scorecards.league`. Absent where no two units can be compared.
    """
    leagues = read_leagues(scores)
    if not leagues:
        return _absent(scores, language)

    def make(spoken: Language) -> Table:
        rows = [(league, each) for league in reversed(leagues) for each in league.standings]
        decimals = {"score": 2, "standard error": 2, "95 % from": 2, "95 % to": 2, "weight with data (%)": 0}
        return build_table(_columns(rows, study.rules, spoken), decimals, spoken)

    caption = Label(*(_table_caption(study, each) for each in LANGUAGES))
    first = leagues[-1].standings[0]
    alt = both(
        "League table of {units} units in {count} leagues; first in {year}: {unit} with {score}",
        units=max(len(league.standings) for league in leagues),
        count=len(leagues),
        year=leagues[-1].year,
        unit=first.unit,
        score=f"{first.score:.2f}",
    )
    return Exhibit("table", make, caption, alt, provenance, language)


def league_figure(
    scores: Scores, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Draw the league of the last year: each unit's score over the bands, with its 95 % interval and possible ranks.

    Of several levels, the one with the most units is drawn; of more units than fit on a page, the highest and the lowest.
    Absent where no two units can be compared.
    """
    leagues = read_leagues(scores)
    if not leagues:
        return _absent(scores, language)
    last = max(leagues, key=lambda each: (each.year, len(each.standings)))

    def make(spoken: Language) -> Figure:
        return draw_strips(_chart(last, study, provenance, spoken))

    caption = Label(*(_figure_caption(last, study, each) for each in LANGUAGES))
    alt = Label(*(_tell(last, study.rules, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _absent(scores: Scores, language: Language) -> Absent:
    if len(scores.organisations["unit"].unique()) == 1:
        return Absent(both("This study has one unit; a league compares several."), language)
    return Absent(
        both("No two units of one level have a score in the same year, so there is no league."), language
    )


def _columns(rows: Rows, rules: RuleSet, language: Language) -> dict[str, Any]:
    levelled = any(league.level is not None for league, _ in rows)
    spans = [each.interval or (None, None) for _, each in rows]
    ranks = [league.ranks(each) for league, each in rows]
    return {
        "year": [league.year for league, _ in rows],
        **({"level": [say_level(league.level, language) for league, _ in rows]} if levelled else {}),
        "rank": [each.rank for _, each in rows],
        "unit": [each.unit for _, each in rows],
        "score": [each.score for _, each in rows],
        "band": [band_word(rules.organisation_bands, each.band, language) for _, each in rows],
        "standard error": [each.se for _, each in rows],
        "95 % from": [lower for lower, _ in spans],
        "95 % to": [upper for _, upper in spans],
        "best possible rank": [best for best, _ in ranks],
        "worst possible rank": [worst for _, worst in ranks],
        "surely above": [each.above for _, each in rows],
        "surely below": [each.below for _, each in rows],
        "indicators with data": [each.indicators for _, each in rows],
        "weight with data (%)": [100 * each.weight_present for _, each in rows],
    }


def _chart(league: League, study: Study, origin: Provenance, language: Language) -> StripChart:
    rules = study.rules
    parts = _drawn(league)
    drawn = [each for part in parts for each in part]
    texts = _write(league, drawn, language)
    zones = band_zones(rules.organisation_bands, language)
    titles = _titles(league, parts, language)
    blocks = tuple(
        Block(title, tuple(_strip(each, texts[each.unit], rules, language) for each in part), zones,
              named=part is parts[0], ruled=part is not parts[0])
        for title, part in zip(titles, parts, strict=True)
    )  # fmt: skip
    seen = [each.score for each in drawn] + [end for each in drawn for end in each.interval or ()]
    banded = rules.organisation_bands is not None
    headers = [say("score", language), say("95 % interval", language), say("possible ranks", language)]
    headers += [say("indicators", language), *([say("band", language)] if banded else [])]
    return StripChart(
        title=_title(league, study, language),
        blocks=blocks,
        scale=score_scale(rules, seen, language),
        columns=tuple(headers),
        notes=_notes(league, len(drawn), origin, language),
    )


def _drawn(league: League) -> list[Sequence[Standing]]:
    """Return all units, or of more than fit on a page the highest and the lowest."""
    units = league.standings
    long = any(len(each.unit) > NAME_LINE for each in units)
    most = MOST_LONG_UNITS if long else MOST_UNITS
    return [units] if len(units) <= most else [units[: most // 2], units[-(most // 2) :]]


def _titles(league: League, parts: list[Sequence[Standing]], language: Language) -> list[str]:
    if len(parts) == 1:
        return [""]
    count, of = len(parts[0]), len(league.standings)
    return [
        say("The {count} highest of {of} units", language, count=count, of=of),
        say("The {count} lowest of {of} units", language, count=count, of=of),
    ]


def _title(league: League, study: Study, language: Language) -> str:
    level = "" if league.level is None else say_level(league.level, language)
    parts = (study.label.say(language), str(league.year), level)
    return ", ".join(part for part in parts if part)


def _write(league: League, drawn: list[Standing], language: Language) -> dict[str, tuple[str, ...]]:
    """Write every drawn unit's score, interval, ranks and count, decimal marks below each other."""
    scored = write_column([each.score for each in drawn], PERCENT_DECIMALS, language)
    return {
        each.unit: (
            score,
            _span(each, language),
            "–".join(map(str, league.ranks(each))),
            str(each.indicators),
        )
        for each, score in zip(drawn, scored, strict=True)
    }


def _span(standing: Standing, language: Language) -> str:
    if standing.interval is None:
        return "–"
    return "–".join(write_number(end, 1, language).replace("-", "−") for end in standing.interval)


def _strip(standing: Standing, texts: tuple[str, ...], rules: RuleSet, language: Language) -> Strip:
    mark: Mark = mark_band(rules.organisation_bands, standing.band) if standing.band else UNBANDED
    score, *others = texts
    cells = [Cell(score, strong=True), *(Cell(text) for text in others)]
    if rules.organisation_bands is not None:
        cells.append(Cell(band_word(rules.organisation_bands, standing.band, language), mark))
    line = Line(str(standing.rank), (Dot(standing.score, mark, standing.interval),), tuple(cells))
    return Strip(shorten(standing.unit, NAME_LENGTH, placeholder=" …"), (line,))


def _notes(league: League, drawn: int, origin: Provenance, language: Language) -> tuple[str, ...]:
    left_out = len(league.standings) - drawn
    sentence = "{shown} of {of} units are drawn; the {count} between them are in the table."
    rest = (
        (say(sentence, language, shown=drawn, of=len(league.standings), count=left_out),) if left_out else ()
    )
    return (_say_uncertain(language), *rest, f"{origin.statement.say(language)}.")


def _say_uncertain(language: Language) -> str:
    return say(
        "The 95 % interval says how far a score could differ had other indicators of the same kind been chosen; it is not "
        "the sampling error of a survey.",
        language,
    )


def _say_ranks(language: Language) -> str:
    return say(
        "A unit could have any rank between the units that are surely above it and those surely below it (Holm, 5 %).",
        language,
    )


def _table_caption(study: Study, language: Language) -> str:
    head = say("Units of {study} by year and score.", language, study=study.label.say(language))
    return " ".join((head, say_unit(study.rules, language), _say_uncertain(language), _say_ranks(language)))


def _figure_caption(league: League, study: Study, language: Language) -> str:
    head = say("Units of {study} in {year} by score; the number before a mark is the rank.", language,
               study=study.label.say(language), year=league.year)  # fmt: skip
    bars = say("Bars: 95 % intervals.", language)
    legend = (
        ()
        if study.rules.organisation_bands is None
        else (
            say(
                "Colour, shape and word of a mark give the band of the score; the shaded zones show where the bands lie.",
                language,
            ),
        )
    )
    return " ".join(
        (head, say_unit(study.rules, language), bars, _say_uncertain(language), _say_ranks(language), *legend)
    )


def _tell(league: League, rules: RuleSet, language: Language) -> str:
    """Tell how many units could be first, and every drawn unit's score and ranks."""
    first = sum(league.ranks(each)[0] == 1 for each in league.standings)
    told = [
        say("Scores of {of} units in {year}; {count} of them could rank first.", language,
            of=len(league.standings), year=league.year, count=first)
    ]  # fmt: skip
    for each in (unit for part in _drawn(league) for unit in part):
        best, worst = league.ranks(each)
        score = write_number(each.score, PERCENT_DECIMALS, language)
        sentence = "{unit}: {score} ({band}), interval {span}, rank {best} to {worst}."
        band = band_word(rules.organisation_bands, each.band, language)
        told.append(say(sentence, language, unit=each.unit, score=score, band=band, span=_span(each, language),
                        best=best, worst=worst))  # fmt: skip
    return " ".join(told)
