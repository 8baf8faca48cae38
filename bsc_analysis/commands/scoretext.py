"""Scores as lines of text that people can read in a terminal: aligned, numbers by locale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bsc_analysis.commands.output import align
from bsc_analysis.exhibits.cascadewords import say_level
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.listing import ScoreList
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.summaries import Group, Summary

DECIMALS = {"percent": 2, "bands": 4}  # band values are weighted means of whole numbers
NOTHING = "–"


def score_text(scores: ScoreList, summary: Summary | None, language: Language, *, made: bool = False) -> str:
    """Return the scores of perspectives and organisations as a table, and the summary as another.

    ``made`` says that the scores rest on made data; the last line says so too.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.listing import list_scores
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": ["stakeholder"], "indicator": "catch",
    ...                      "target": [50.0], "actual": [45.0]})
    >>> print(score_text(list_scores(score(rows, read_rules("kkp"))), None, "en"))
    unit  year  perspective   score  band    weight with data (%)
    A     2017  Stakeholder   90.00  Green                    100
    A     2017  organisation  90.00  Yellow                    25
    """
    words = ("unit", "year", "perspective", "score", "band", "weight with data (%)")
    header = [say(word, language) for word in words]
    lines = align([header, *_rows(scores, language)], right=(1, 3, 5))
    if summary is not None:
        lines += ["", *_summary_lines(summary, scores.rules, language)]
    if made:
        lines += ["", say(STATUS_SENTENCES["synthetic"], language)]
    return "\n".join(lines)


def _rows(scores: ScoreList, language: Language) -> list[list[str]]:
    """Return each organisation's perspectives, and the organisation below them."""
    rules, total = scores.rules, say("organisation", language)
    by_key: dict[tuple[object, object], list[list[str]]] = {}
    for row in scores.perspectives.itertuples(index=False):
        name = rules.perspective(str(row.perspective)).label.say(language)
        line = _row(row, name, rules.perspective_bands, rules, language)
        by_key.setdefault((row.unit, row.year), []).append(line)
    for row in scores.organisations.itertuples(index=False):
        line = _row(row, total, rules.organisation_bands, rules, language)
        by_key.setdefault((row.unit, row.year), []).append(line)
    return [line for lines in by_key.values() for line in lines]


def _row(row: Any, name: str, bands: Bands | None, rules: RuleSet, language: Language) -> list[str]:
    band = bands.named(row.band).label.say(language) if bands and isinstance(row.band, str) else NOTHING
    score = _figure(row.score, DECIMALS[rules.scale], language)
    return [row.unit, str(row.year), name, score, band, _figure(100 * row.weight_present, 0, language)]


def _summary_lines(summary: Summary, rules: RuleSet, language: Language) -> list[str]:
    bands = rules.organisation_bands.bands if rules.organisation_bands else ()
    words = (summary.by, "number of units", "number of scores", "mean", "median", "lowest", "highest")
    header = [
        *(say(word, language) for word in words),
        *(f"{each.label.say(language)} (%)" for each in bands),
    ]
    ids = [each.id for each in bands]
    rows = [
        [_key(each, summary, language), *_group(each, ids, DECIMALS[rules.scale], language)]
        for each in summary.groups
    ]
    return align([header, *rows], right=range(1, len(header)))


def _key(group: Group, summary: Summary, language: Language) -> str:
    return say_level(group.key, language) if summary.by == "level" else str(group.key)


def _group(group: Group, bands: Sequence[str], decimals: int, language: Language) -> list[str]:
    shares = dict(group.shares)
    figures = (group.mean, group.median, group.least, group.greatest)
    return [
        str(group.n_units),
        str(group.n_scores),
        *(_figure(each, decimals, language) for each in figures),
        *(_figure(100 * shares[id_] if id_ in shares else None, 0, language) for id_ in bands),
    ]


def _figure(value: float | None, decimals: int, language: Language) -> str:
    return NOTHING if value is None or math.isnan(value) else format_number(value, decimals, language)
