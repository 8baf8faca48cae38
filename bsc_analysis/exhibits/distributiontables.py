"""Tables of what scores rest on: how many indicators end at the cap or the floor, and what is missing in which year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.scorelines import PERCENT_DECIMALS, write_number
from bsc_analysis.exhibits.tablerows import build_table, name_indicators, name_perspectives
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say
from bsc_analysis.scorecards.distribution import distribute, find_lacks, score_limits

if TYPE_CHECKING:
    from bsc_analysis.scorecards.distribution import Lack
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study


def limit_table(scores: Scores, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate by year and perspective how achievements spread, and which share of the indicators is at the cap or floor.

    Quartiles are of achievements before the cap, in percent of the target; shares are of the indicators with data.
    """
    rules = study.rules
    heaps = distribute(scores).heaps

    def make(spoken: Language) -> Table:
        columns: dict[str, list[Any]] = {
            "year": [each.year for each in heaps],
            "perspective": name_perspectives([each.perspective for each in heaps], rules, spoken),
            "indicators": [each.records for each in heaps],
            "with data": [each.measured for each in heaps],
            "lower quartile (%)": [_quartile(each.quartiles, 0) for each in heaps],
            "median (%)": [_quartile(each.quartiles, 1) for each in heaps],
            "upper quartile (%)": [_quartile(each.quartiles, 2) for each in heaps],
            "beyond the cap before it (%)": [_share(each.beyond, each.measured) for each in heaps],
            "at the cap (%)": [_share(each.at_cap, each.measured) for each in heaps],
            "at the floor (%)": [_share(each.at_floor, each.measured) for each in heaps],
        }
        told = {name: each for name, each in columns.items() if any(value is not None for value in each)}
        return build_table(told, {name: 1 for name in told if name.endswith("(%)")}, spoken)

    caption = Label(*(_limit_caption(study, each) for each in LANGUAGES))
    whole = [each for each in heaps if not each.perspective]
    told = ", ".join(f"{each.year} {each.at_cap or 0}/{each.measured}" for each in whole)
    alt = both("Table of achievements by year and perspective; indicators at the cap: {counts}", counts=told)
    return Exhibit("table", make, caption, alt, provenance, language)


def missing_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate the indicators that lack a target, an actual or the whole record in a year, the worst first."""
    lacks = () if study.observations is None else find_lacks(study.observations, study.rules)
    if not lacks:
        return Absent(
            both("Every indicator has a record with its target and actual in every year."), language
        )
    rows = sorted(
        lacks, key=lambda each: (each.whole / each.units, each.year, each.perspective, each.indicator)
    )

    def make(spoken: Language) -> Table:
        return build_table(_missing_columns(rows, study.rules, spoken), {"complete (%)": 0}, spoken)

    caption = Label(
        *(
            say("What is missing in {study}: indicators that lack a target, an actual or the whole record in a year, "
                "counted in units; the least complete first", each, study=study.label.say(each))
            for each in LANGUAGES
        )
    )  # fmt: skip
    alt = both(
        "Table of {count} indicators in a year that are not complete: {target} targets, {actual} actuals and {record} "
        "records are missing",
        count=len(lacks),
        target=sum(each.no_target for each in lacks),
        actual=sum(each.no_actual for each in lacks),
        record=sum(each.no_record for each in lacks),
    )
    return Exhibit("table", make, caption, alt, provenance, language)


def _missing_columns(rows: list[Lack], rules: RuleSet, language: Language) -> dict[str, list[object]]:
    return {
        "perspective": [*name_perspectives([each.perspective for each in rows], rules, language)],
        "indicator": [*name_indicators([each.indicator for each in rows], rules, language)],
        "year": [each.year for each in rows],
        "units": [each.units for each in rows],
        "without target": [each.no_target for each in rows],
        "without actual": [each.no_actual for each in rows],
        "without record": [each.no_record for each in rows],
        "complete (%)": [100 * each.whole / each.units for each in rows],
    }


def _limit_caption(study: Study, language: Language) -> str:
    head = say(
        "Achievements of {study} by year and perspective: quartiles in percent of the target before any cap, and the share "
        "of the indicators with data whose score is at the cap and at the floor.",
        language,
        study=study.label.say(language),
    )
    return f"{head} {_say_limits(study.rules, language)}"


def _say_limits(rules: RuleSet, language: Language) -> str:
    if rules.scale == "bands":
        return say("Cap and floor are the values of the highest and of the lowest band.", language)
    limits = score_limits(rules)
    none = say("none", language)
    cap, floor = (
        none if each is None else write_number(each, PERCENT_DECIMALS, language)
        for each in (limits.highest, limits.lowest)
    )
    return say("Cap: {cap}; floor: {floor}.", language, cap=cap, floor=floor)


def _quartile(quartiles: tuple[float, float, float] | None, place: int) -> float | None:
    return None if quartiles is None else quartiles[place]


def _share(count: int | None, whole: int) -> float | None:
    """Return a share in percent, or None where there is no limit or nothing to share."""
    return None if count is None or not whole else 100 * count / whole
