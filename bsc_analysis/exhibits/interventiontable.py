"""The table of social intervention: perspectives by levels, as counts and shares of indicators and of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.evidence.interventions import UNTAGGED
from bsc_analysis.evidence.schemedocument import LEVELS
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.interventionwords import (
    WHY_DISTINCT,
    read_interventions,
    say_counted,
    say_remarks,
    say_scheme,
    say_strength,
)
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.exhibits.tablerows import build_table, name_perspectives
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.association import CrossTable
    from bsc_analysis.evidence.interventions import Interventions
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studies import Study

SHARES = {
    "micro": "micro (%)",
    "mezzo": "mezzo (%)",
    "macro": "macro (%)",
    UNTAGGED: "untagged (%)",
}


def intervention_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate perspectives by levels of social intervention, with what has no tag.

    The first rows count distinct indicators, the others their records; shares are in percent of a row. Absent where
    there are no records or nothing is tagged.

    Raises
    ------
    DataError
        When a tag is no level.
    """
    found = read_interventions(study, language)
    if isinstance(found, Absent):
        return found

    def make(spoken: Language) -> Table:
        columns = _columns(found, study.rules, spoken)
        return build_table(columns, dict.fromkeys(SHARES.values(), 1), spoken)

    alt = both(
        "Table of {indicators} distinct indicators by perspective and level of intervention: {micro} micro, {mezzo} mezzo, "
        "{macro} macro, {untagged} untagged",
        indicators=found.indicators.total,
        untagged=sum(found.indicators.column(UNTAGGED)),
        **{name: sum(found.indicators.column(name)) for name in LEVELS},
    )
    caption = in_both(lambda each: _caption(found, study, each))
    return Exhibit("table", make, caption, alt, provenance, language)


def _columns(found: Interventions, rules: RuleSet, language: Language) -> dict[str, Any]:
    blocks = {
        say("indicators, distinct", language): found.indicators,
        say("records", language): found.records,
    }
    rows = [row for table in blocks.values() for row in _rows(table)]
    names = name_perspectives([*found.indicators.rows, ""], rules, language)
    shares = {
        header: [100 * row[place] / sum(row) for row in rows] for place, header in enumerate(SHARES.values())
    }
    return {
        "counted": [word for word, table in blocks.items() for _ in _rows(table)],
        "perspective": names * len(blocks),
        **{name or "untagged": [row[place] for row in rows] for place, name in enumerate(SHARES)},
        "total": [sum(row) for row in rows],
        **shares,
    }


def _rows(table: CrossTable) -> list[list[int]]:
    """Return the counts of every perspective, and of all of them at the end."""
    counts: list[list[int]] = table.counts.tolist()
    return [*counts, [sum(column) for column in zip(*counts, strict=True)]]


def _caption(found: Interventions, study: Study, language: Language) -> str:
    head = say(
        "Perspectives of {study} by level of social intervention.", language, study=study.label.say(language)
    )
    return join(
        head,
        *say_scheme(found, language),
        *say_counted(found, language),
        say_strength(found, language),
        say(WHY_DISTINCT, language),
        say_remarks(study, language),
    )
