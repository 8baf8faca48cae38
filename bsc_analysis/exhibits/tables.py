"""Tables of observations and scores: what went in, what came out, and what moved under other readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.evidence.readings import printed_outcome, score_readings
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.scorelines import say_policy
from bsc_analysis.exhibits.tablerows import (
    band_words,
    build_table,
    decimals_of,
    in_rule_order,
    name_indicators,
    name_perspectives,
    unit_column,
)
from bsc_analysis.exhibits.unitmoves import move_units
from bsc_analysis.language.words import Label, Language, both, say
from bsc_analysis.scorecards.scoring import score

if TYPE_CHECKING:
    from bsc_analysis.evidence.readings import Outcome
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

FEW_TOTALS = 6  # totals that an alt text still lists one by one


def indicator_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate every indicator by year: target, actual, achievement, score and band.

    Units: target and actual in the indicator's own unit of measure, achievement in percent of the target.
    """

    def make(spoken: Language) -> Table:
        rows = in_rule_order(scores.indicators, study.rules)
        bands = (
            [study.rules.bands(each) for each in rows["indicator"]] if study.rules.indicator_bands else None
        )
        columns = {
            **unit_column(rows),
            "perspective": name_perspectives(rows["perspective"], study.rules, spoken),
            "indicator": name_indicators(rows["indicator"], study.rules, spoken),
            "year": rows["year"].tolist(),
            **_measure(rows),
            "target": rows["target"],
            **_upper_target(rows),
            "actual": rows["actual"],
            "achievement (%)": rows["achievement"],
            "score": rows["score"],
            "band": band_words(rows["band"], bands or [study.rules.achievement_bands] * len(rows), spoken),
        }
        figures = {
            name: decimals_of(columns[name])
            for name in ("target", "upper target", "actual")
            if name in columns
        }
        return build_table(columns, figures | {"achievement (%)": 2, "score": 2}, spoken)

    missing = int(scores.indicators["score"].isna().sum())
    caption = both(
        "Indicators of {study}: target, actual, achievement in percent of the target, score and band",
        study=study.label,
    )
    alt = both("Table of {count} indicator records, {missing} of them without data", count=len(scores.indicators),
               missing=missing)  # fmt: skip
    return Exhibit("table", make, caption, alt, provenance, language)


def coverage_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate how much of each perspective rests on data, by unit and year."""

    def make(spoken: Language) -> Table:
        rows = in_rule_order(scores.perspectives, study.rules)
        columns = {
            **unit_column(rows),
            "perspective": name_perspectives(rows["perspective"], study.rules, spoken),
            "year": rows["year"].tolist(),
            "indicators": rows["n_indicators"],
            "with data": rows["n_present"],
            "weight with data (%)": rows["weight_present"] * 100,
        }
        return build_table(columns, {"weight with data (%)": 0}, spoken)

    caption = both(
        "Coverage of {study}: indicators and share of the weight that rest on data", study=study.label
    )
    empty = int((scores.perspectives["n_present"] == 0).sum())
    alt = both(
        "Table of coverage by perspective and year; {count} perspectives have no data in a year", count=empty
    )
    return Exhibit("table", make, caption, alt, provenance, language)


def score_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate perspective and organisation scores by unit and year, with weight, band and coverage."""
    rules = study.rules

    def make(spoken: Language) -> Table:
        rows = _with_totals(scores, rules)
        whole = rows["perspective"].eq("")
        weights = {each.id: float(each.weight) for each in rules.perspectives} | {"": 1.0}
        names = name_perspectives(rows["perspective"], rules, spoken)
        bands = [rules.organisation_bands if total else rules.perspective_bands for total in whole]
        columns = {
            **unit_column(rows),
            "perspective": [
                say("organisation", spoken) if total else name
                for total, name in zip(whole, names, strict=True)
            ],
            "year": rows["year"].tolist(),
            "weight": [weights[each] for each in rows["perspective"]],
            "score": rows["score"],
            "band": band_words(rows["band"], bands, spoken),
            "weight with data (%)": rows["weight_present"] * 100,
        }
        return build_table(columns, {"weight": 2, "score": 4, "weight with data (%)": 0}, spoken)

    policy = Label(id=say_policy(rules.missing, "id"), en=say_policy(rules.missing, "en"))
    caption = both("Scores of {study} by perspective and year; missing policy: {policy}", study=study.label,
                   policy=policy)  # fmt: skip
    return Exhibit("table", make, caption, _tell_totals(scores), provenance, language)


def readings_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate the organisation's score under every declared reading of the rule, with the direction of the change.

    Of several units, the median score and how many units rise and fall.
    """
    if study.observations is None or not study.readings:
        return Absent(both("This study declares no readings to compare"), language)
    if len(study.observations["unit"].unique()) > 1:
        return _readings_of_units(study, study.observations, provenance, language)
    return _readings_of_one(study, study.observations, provenance, language)


def _readings_of_one(
    study: Study, observations: pd.DataFrame, provenance: Provenance, language: Language
) -> Exhibit:
    outcomes = score_readings(observations, study.readings, study.negligible)
    printed = printed_outcome(study.printed, study.rules, study.negligible)
    rows = [*([printed] if printed else []), *outcomes]

    def make(spoken: Language) -> Table:
        years = [str(year) for year, _ in rows[0].scores]
        columns: dict[str, Any] = {"reading of the rule": [_name_reading(each, spoken) for each in rows]}
        columns |= {year: [dict(each.scores)[int(year)] for each in rows] for year in years}
        columns["change"] = [each.change for each in rows]
        columns["direction"] = [say(each.direction, spoken) for each in rows]
        return build_table(columns, dict.fromkeys(years, 4) | {"change": 4}, spoken)

    caption = both(
        "{study}: the same data under {count} readings of the rule", study=study.label, count=len(outcomes)
    )
    counts = {way: sum(each.direction == way for each in outcomes) for way in ("rise", "fall", "no change")}
    alt = both("Table of readings: {rise} show a rise, {fall} a fall and {same} no change", rise=counts["rise"],
               fall=counts["fall"], same=counts["no change"])  # fmt: skip
    return Exhibit("table", make, caption, alt, provenance, language)


def _readings_of_units(
    study: Study, observations: pd.DataFrame, provenance: Provenance, language: Language
) -> Exhibit:
    moves = [
        move_units(score(observations, each.rules).organisations, study.negligible, each.rules.scale)
        for each in study.readings
    ]

    def make(spoken: Language) -> Table:
        columns: dict[str, Any] = {"reading of the rule": [each.label.say(spoken) for each in study.readings]}
        for place, (year, _, _) in enumerate(moves[0].years):
            columns[str(year)] = [each.years[place][2] for each in moves]
        decimals = dict.fromkeys(list(columns)[1:], 4)
        columns |= {
            "units that rise": [each.rise for each in moves],
            "units that fall": [each.fall for each in moves],
            "units without a change": [each.same for each in moves],
        }
        return build_table(columns, decimals, spoken)

    units = len(observations["unit"].unique())
    caption = both(
        "{study}: the same data under {count} readings of the rule; median score of {units} units by year, "
        "and how many rise and fall from the first year to the last",
        study=study.label,
        count=len(moves),
        units=units,
    )
    alt = both(
        "Table of {count} readings: median score by year, and how many units rise and fall", count=len(moves)
    )
    return Exhibit("table", make, caption, alt, provenance, language)


def _name_reading(outcome: Outcome, language: Language) -> str:
    return say("as printed", language) if outcome.reading is None else outcome.reading.label.say(language)


def _measure(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the column of units of measure, where the observations say them."""
    if "unit_of_measure" not in rows or rows["unit_of_measure"].isna().all():
        return {}
    return {"unit of measure": rows["unit_of_measure"].fillna("").astype(str)}


def _upper_target(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the upper ends of targets that are ranges, where there are any."""
    if "target_upper" not in rows or rows["target_upper"].isna().all():
        return {}
    return {"upper target": rows["target_upper"].astype("float64")}


def _with_totals(scores: Scores, rules: RuleSet) -> pd.DataFrame:
    """Put each unit's organisation scores below its perspectives; their perspective is empty."""
    columns = ["unit", "perspective", "year", "score", "band", "weight_present"]
    parts = in_rule_order(scores.perspectives, rules)[columns]
    totals = scores.organisations.assign(perspective="").sort_values(["unit", "year"])[columns]
    stacked: pd.DataFrame = pd.concat([parts, totals], ignore_index=True)
    stacked["_total"] = [False] * len(parts) + [True] * len(totals)
    return stacked.sort_values(["unit", "_total"], kind="stable").drop(columns="_total")


def _tell_totals(scores: Scores) -> Label:
    """Tell the organisation totals, or of many their span."""
    totals = scores.organisations.dropna(subset=["score"]).sort_values(["unit", "year"])
    if len(totals) > FEW_TOTALS:
        return both("Table of perspective scores of {units} units; organisation totals from {least} to {most}",
                    units=totals["unit"].nunique(), least=f"{totals['score'].min():.4f}",
                    most=f"{totals['score'].max():.4f}")  # fmt: skip
    several = len(totals["unit"].unique()) > 1
    told = ", ".join(
        f"{f'{unit} ' if several else ''}{year} {value:.4f}"
        for unit, year, value in totals[["unit", "year", "score"]].itertuples(index=False)
    )
    return both("Table of perspective scores; organisation totals: {totals}", totals=told)
