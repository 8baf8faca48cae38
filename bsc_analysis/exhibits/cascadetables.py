"""Tables of the cascade: scores by level, parents against their children, a score taken apart, and its change explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.exhibits.cascadewords import name_part, say_level, say_unexplained, tell_change, write_score
from bsc_analysis.exhibits.changesteps import NOTHING_MOVED
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.scorelines import score_decimals
from bsc_analysis.exhibits.tablerows import fold_table
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say
from bsc_analysis.scorecards.cascade import roll_up, score_levels
from bsc_analysis.scorecards.change import EFFECTS
from bsc_analysis.scorecards.contributions import drill_down
from bsc_analysis.scorecards.unitchange import PartChange

if TYPE_CHECKING:
    from bsc_analysis.scorecards.cascade import UnitTree
    from bsc_analysis.scorecards.contributions import Part
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.scorecards.unitchange import Split, UnitChange
    from bsc_analysis.studies import Study


def level_table(
    scores: Scores, tree: UnitTree, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate the organisation scores of each level by year: how many, mean, spread, and the share in each band.

    Units: scores in units of the rule set, shares in percent of the units that have a score.
    """
    if not tree.levels:
        return Absent(both("The units name no levels, so there are no scores by level"), language)
    rows = score_levels(scores, tree)
    order = {level: place for place, level in enumerate(tree.levels)}
    rows = rows.assign(_order=rows["level"].map(order)).sort_values(["_order", "year"], na_position="last")
    bands = study.rules.organisation_bands

    def make(spoken: Language) -> Table:
        columns: dict[str, Any] = {
            say("level", spoken): [say_level(each, spoken) for each in rows["level"]],
            say("year", spoken): rows["year"],
            say("units", spoken): rows["n_units"],
            say("with a score", spoken): rows["n_scored"],
        }
        figures: dict[str, Any] = {
            say("mean", spoken): rows["mean"],
            say("lowest", spoken): rows["least"],
            say("highest", spoken): rows["most"],
            say("standard deviation", spoken): rows["sd"],
        }
        shares = (
            {f"{band.label.say(spoken)} (%)": rows[f"share_{band.id}"] * 100 for band in bands.bands}
            if bands
            else {}
        )
        return fold_table(
            columns | figures | shares, {**dict.fromkeys(figures, 2), **dict.fromkeys(shares, 0)}
        )

    caption = both(
        "Organisation scores (NKO) of {study} by level and year; every unit counts alike", study=study.label
    )
    alt = Label(*(_tell_levels(rows, study.rules, each) for each in LANGUAGES))
    return Exhibit("table", make, caption, alt, provenance, language)


def rollup_table(
    scores: Scores, tree: UnitTree, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate every parent's own score against the plain mean of its children's, by year.

    The last columns give the same difference (own minus children) for each perspective. Units: those of the rule set.
    """
    if tree.is_flat:
        return Absent(both("No unit stands above another, so there is nothing to roll up"), language)
    rolled = roll_up(scores, tree)
    order = {(each.unit, each.year): place for place, each in enumerate(tree.places)}
    rows = rolled.organisations
    places = [order.get(key, len(order)) for key in zip(rows["unit"], rows["year"], strict=True)]
    rows = rows.assign(_order=places).sort_values(["_order", "year", "unit"])
    by_perspective = rolled.perspectives.set_index(["unit", "year", "perspective"])["difference"]

    def make(spoken: Language) -> Table:
        figures = {
            say("own score", spoken): rows["own"],
            say("mean of the children", spoken): rows["children_mean"],
            say("difference", spoken): rows["difference"],
        }
        counts = {
            say("children", spoken): rows["n_children"],
            say("with a score", spoken): rows["n_scored"],
        }
        keys = list(zip(rows["unit"], rows["year"], strict=True))
        parts = {
            f"{say('difference', spoken)}, {each.short}": [
                by_perspective.get((*key, each.id)) for key in keys
            ]
            for each in study.rules.perspectives
        }
        columns = {say("unit", spoken): rows["unit"], say("year", spoken): rows["year"]}
        return fold_table(columns | figures | counts | parts, dict.fromkeys([*figures, *parts], 2))

    caption = both(
        "Roll-up of {study}: each unit's own score (NKO) and the plain mean of its children's",
        study=study.label,
    )
    alt = Label(*(_tell_rollup(rows, study.rules, each) for each in LANGUAGES))
    return Exhibit("table", make, caption, alt, provenance, language)


def drill_down_table(
    scores: Scores,
    study: Study,
    provenance: Provenance,
    *,
    unit: str,
    language: Language,
    year: int | None = None,
) -> Exhibit:
    """Tabulate what a unit's score is made of, from the organisation down to its indicators; the parts sum exactly.

    Without a year named, the unit's last one is taken. Units: score and contribution in units of the rule set, weight in
    percent of the organisation's score.
    """
    years = scores.organisations.loc[scores.organisations["unit"] == unit, "year"]
    chosen = int(years.max()) if year is None else year
    parts = drill_down(scores, unit, chosen)
    decimals = score_decimals(study.rules)

    def make(spoken: Language) -> Table:
        columns = {
            say("level", spoken): [say(each.level, spoken) for each in parts],
            say("name", spoken): [name_part(each.path, unit, study.rules, spoken) for each in parts],
            say("score", spoken): [each.score for each in parts],
            say("weight in the total (%)", spoken): [
                None if each.share is None else 100 * each.share for each in parts
            ],
            say("contribution", spoken): [each.contribution for each in parts],
        }
        _, _, scored, weighed, contributed = columns
        return fold_table(columns, {scored: decimals, weighed: 2, contributed: decimals})

    caption = both("{unit}, {year}: what each perspective and indicator contributes to the organisation's score",
                   unit=unit, year=chosen)  # fmt: skip
    alt = Label(*(_tell_parts(parts, unit, chosen, study.rules, each) for each in LANGUAGES))
    return Exhibit("table", make, caption, alt, provenance, language)


def change_table(
    change: UnitChange | None, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate the change of a unit's score between two years by indicator: achievement, weight, coverage, interaction.

    Units: those of the rule set's scores. Every row sums to its change, and every column to the organisation's row.
    """
    if change is None or change.split is None:
        return Absent(say_unexplained(change), language)
    decimals = score_decimals(study.rules)
    split = change.split
    rows = _change_rows(change, split, study.rules)

    def make(spoken: Language) -> Table:
        first, last = (say("score {year}", spoken, year=year) for year in (change.year_from, change.year_to))
        columns: dict[str, Any] = {
            say("name", spoken): [name_part(each.path, change.unit, study.rules, spoken) for each in rows],
            first: [each.score_from for each in rows],
            last: [each.score_to for each in rows],
        }
        effects = {
            say(name, spoken): [_settle(getattr(each.split, name)) for each in rows]
            for name in (*EFFECTS, "change")
        }
        return fold_table(columns | effects, dict.fromkeys([first, last, *effects], decimals))

    caption = Label(*(_change_caption(change, each) for each in LANGUAGES))
    alt = Label(*(tell_change(change, split, study.rules, each) for each in LANGUAGES))
    return Exhibit("table", make, caption, alt, provenance, language)


def _change_rows(change: UnitChange, total: Split, rules: RuleSet) -> list[PartChange]:
    """List the organisation, then each perspective in the rule set's order with its indicators below it."""
    rows = [PartChange((), change.score_from, change.score_to, total)]
    order = {each.id: place for place, each in enumerate(rules.indicators)}
    for each in rules.perspectives:
        rows += [one for one in change.perspectives if one.path[0] == each.id]
        mine = [one for one in change.indicators if one.path[0] == each.id]
        rows += sorted(mine, key=lambda one: (order.get(one.path[-1], len(order)), one.path))
    return rows


def _settle(change: float) -> float:
    """Make nothing of what the last bits of sums leave of a zero."""
    return 0.0 if abs(change) <= NOTHING_MOVED else change


def _change_caption(change: UnitChange, language: Language) -> str:
    return say(
        "{unit}: change of the organisation's score from {first} to {last}, by indicator. Achievement: scores changed; "
        "weight: weights changed; coverage: indicators came or went, and others made room; interaction: scores and "
        "weights changed together",
        language,
        unit=change.unit,
        first=change.year_from,
        last=change.year_to,
    )


def _tell_levels(rows: pd.DataFrame, rules: RuleSet, language: Language) -> str:
    told = [
        say(
            "{level} {year}: mean {mean} of {count} units",
            language,
            level=say_level(row["level"], language),
            year=row["year"],
            mean=write_score(row["mean"], rules, language),
            count=row["n_scored"],
        )
        for row in rows.to_dict("records")
    ]
    return say("Table of scores by level. {rows}.", language, rows="; ".join(told))


def _tell_rollup(rows: pd.DataFrame, rules: RuleSet, language: Language) -> str:
    compared = rows.dropna(subset=["difference"]).to_dict("records")
    if not compared:
        return say("Table of {count} parents and years; none can be compared with its children", language,
                   count=len(rows))  # fmt: skip
    widest = max(compared, key=lambda row: abs(row["difference"]))
    return say(
        "Table of {count} parents and years; the widest difference is {unit} {year}: own score {own}, children {mean}",
        language,
        count=len(rows),
        unit=widest["unit"],
        year=widest["year"],
        own=write_score(widest["own"], rules, language),
        mean=write_score(widest["children_mean"], rules, language),
    )


def _tell_parts(parts: tuple[Part, ...], unit: str, year: int, rules: RuleSet, language: Language) -> str:
    told = ", ".join(
        f"{name_part(each.path, unit, rules, language)} {write_score(each.contribution, rules, language)}"
        for each in parts
        if each.level == "perspective"
    )
    return say("Table of contributions to the score of {unit} in {year}, {score}: {parts}", language, unit=unit,
               year=year, score=write_score(parts[0].score, rules, language), parts=told)  # fmt: skip
