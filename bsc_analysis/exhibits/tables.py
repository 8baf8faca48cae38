"""Tables of observations and scores: what went in, what came out, and what moved under other readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.evidence.readings import printed_outcome, score_readings
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.language.words import Label, Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.readings import Outcome
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study


def indicator_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate every indicator by year: target, actual, achievement, score and band.

    Units: target and actual in the indicator's own unit, achievement in percent of the target.
    """

    def make(spoken: Language) -> Table:
        rows = _in_rule_order(scores.indicators, study)
        columns = {
            "perspective": [study.rules.perspective(each).label.say(spoken) for each in rows["perspective"]],
            "indicator": [_indicator_name(each, study, spoken) for each in rows["indicator"]],
            "year": rows["year"].tolist(),
            "target": rows["target"],
            "actual": rows["actual"],
            "achievement (%)": rows["achievement"],
            "score": rows["score"],
            "band": _band_words(rows["band"], study.rules.achievement_bands, spoken),
        }
        return _table(columns, {"target": 1, "actual": 1, "achievement (%)": 2, "score": 2}, spoken)

    missing = int(scores.indicators["score"].isna().sum())
    caption = both("Indicators of {study}: target, actual, achievement in percent of the target, score and band",
                   study=study.id)  # fmt: skip
    alt = both("Table of {count} indicator records, {missing} of them without data", count=len(scores.indicators),
               missing=missing)  # fmt: skip
    return Exhibit("table", make, _named(caption, study), alt, provenance, language)


def coverage_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate how much of each perspective rests on data, by year."""

    def make(spoken: Language) -> Table:
        rows = _in_rule_order(scores.perspectives, study)
        columns = {
            "perspective": [study.rules.perspective(each).label.say(spoken) for each in rows["perspective"]],
            "year": rows["year"].tolist(),
            "indicators": rows["n_indicators"],
            "with data": rows["n_present"],
            "weight with data (%)": rows["weight_present"] * 100,
        }
        return _table(columns, {"weight with data (%)": 0}, spoken)

    caption = both(
        "Coverage of {study}: indicators and share of the weight that rest on data", study=study.id
    )
    empty = int((scores.perspectives["n_present"] == 0).sum())
    alt = both(
        "Table of coverage by perspective and year; {count} perspectives have no data in a year", count=empty
    )
    return Exhibit("table", make, _named(caption, study), alt, provenance, language)


def score_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate perspective and organisation scores by year, with weight, contribution, band and coverage."""

    def make(spoken: Language) -> Table:
        rows = _in_rule_order(scores.perspectives, study)
        weights = [float(study.rules.perspective(each).weight) for each in rows["perspective"]]
        totals = scores.organisations.sort_values(["unit", "year"])
        perspectives = [study.rules.perspective(each).label.say(spoken) for each in rows["perspective"]]
        bands = _band_words(rows["band"], study.rules.perspective_bands, spoken)
        total_bands = _band_words(totals["band"], study.rules.organisation_bands, spoken)
        columns = {
            "perspective": [*perspectives, *[say("organisation", spoken)] * len(totals)],
            "year": [*rows["year"], *totals["year"]],
            "weight": [*weights, *[1.0] * len(totals)],
            "score": [*rows["score"], *totals["score"]],
            "band": [*bands, *total_bands],
            "weight with data (%)": [*(rows["weight_present"] * 100), *(totals["weight_present"] * 100)],
        }
        return _table(columns, {"weight": 2, "score": 4, "weight with data (%)": 0}, spoken)

    caption = both("Scores of {study} by perspective and year; missing policy: {policy}", study=study.id,
                   policy=study.rules.missing)  # fmt: skip
    totals = ", ".join(f"{year} {value:.4f}" for year, value in _totals(scores))
    alt = both("Table of perspective scores; organisation totals: {totals}", totals=totals)
    return Exhibit("table", make, _named(caption, study), alt, provenance, language)


def readings_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate the organisation's score under every declared reading of the rule, with the direction of the change."""
    if study.observations is None or not study.readings:
        return Absent(both("This study declares no readings to compare"), language)
    outcomes = score_readings(study.observations, study.readings, study.negligible)
    printed = printed_outcome(study.printed, study.rules, study.negligible)
    rows = [*([printed] if printed else []), *outcomes]

    def make(spoken: Language) -> Table:
        years = [str(year) for year, _ in rows[0].scores]
        columns: dict[str, Any] = {"reading of the rule": [_name_reading(each, spoken) for each in rows]}
        columns |= {year: [dict(each.scores)[int(year)] for each in rows] for year in years}
        columns["change"] = [each.change for each in rows]
        columns["direction"] = [say(each.direction, spoken) for each in rows]
        return _table(columns, dict.fromkeys(years, 4) | {"change": 4}, spoken)

    caption = both(
        "{study}: the same data under {count} readings of the rule", study=study.id, count=len(outcomes)
    )
    counts = {way: sum(each.direction == way for each in outcomes) for way in ("rise", "fall", "no change")}
    alt = both("Table of readings: {rise} show a rise, {fall} a fall and {same} no change", rise=counts["rise"],
               fall=counts["fall"], same=counts["no change"])  # fmt: skip
    return Exhibit("table", make, _named(caption, study), alt, provenance, language)


def _name_reading(outcome: Outcome, language: Language) -> str:
    return say("as printed", language) if outcome.reading is None else outcome.reading.label.say(language)


def _indicator_name(indicator: str, study: Study, language: Language) -> str:
    name = study.rules.name(indicator)
    return indicator if name is None else name.say(language)


def _table(columns: dict[str, Any], decimals: dict[str, int], language: Language) -> Table:
    """Build a table whose headers are said in the language; years stay as they are."""
    said = {name: name if name.isdigit() else say(name, language) for name in columns}
    plain = {
        said[name]: values.tolist() if isinstance(values, pd.Series) else values
        for name, values in columns.items()
    }
    return Table(pd.DataFrame(plain), {said[name]: places for name, places in decimals.items()})


def _in_rule_order(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Sort by the rule set's order of perspectives and indicators, then by year."""
    perspectives = {each.id: position for position, each in enumerate(study.rules.perspectives)}
    indicators = {each.id: position for position, each in enumerate(study.rules.indicators)}
    keyed = rows.assign(_perspective=rows["perspective"].map(perspectives))
    by = ["unit", "_perspective", "year"]
    if "indicator" in rows:
        keyed["_indicator"] = rows["indicator"].map(indicators) if indicators else rows["indicator"]
        by = ["unit", "_perspective", "_indicator", "year"]
    return keyed.sort_values(by).drop(columns=[name for name in by if name.startswith("_")])


def _band_words(ids: pd.Series[str], bands: Bands | None, language: Language) -> list[str]:
    nothing = say("no data", language) if bands is not None else "-"
    return [
        nothing if bands is None or pd.isna(each) else bands.named(each).label.say(language) for each in ids
    ]


def _totals(scores: Scores) -> list[tuple[int, float]]:
    rows = scores.organisations.sort_values(["unit", "year"])
    return list(zip(rows["year"].tolist(), rows["score"].tolist(), strict=True))


def _named(caption: Label, study: Study) -> Label:
    """Put the study's name in each language where the caption has its id."""
    return Label(
        id=caption.id.replace(study.id, study.label.id, 1), en=caption.en.replace(study.id, study.label.en, 1)
    )
