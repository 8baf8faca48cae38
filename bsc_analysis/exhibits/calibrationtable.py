"""The table of a twin's calibration: each target, what the ordinary pipeline makes of the records, the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.effectlines import write_effect
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.exhibits.tablerows import build_table, name_perspectives
from bsc_analysis.language.words import Language, both, say
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.twins.calibrationcheck import check_calibration

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studies import Study
    from bsc_analysis.twins.calibrationcheck import CalibrationLine
    from bsc_analysis.twins.plan import Calibration

NOT_MADE = "The data of this study were not made: nothing was calibrated."
HEAD = (
    "Calibration of the synthetic twin of {study}: each target with its decimals, the result of the ordinary pipeline (score the "
    "indicator records, spread the scores to one row per unit and year, fit the path model), and the difference."
)
OWN: dict[Calibration, str] = {
    "sample": "The paths are met in this twin.",
    "population": "The paths are met in the mean of many twins, and in this one up to chance.",
}
SOME_YEARS = "The paths are calibrated over all years, of which these are some: they are left out."
WHAT = {
    "indicators": "number of indicators",
    "organisation": "NKO of the ministry",
    "path": "standardised path",
}
DECIMALS = 5  # two more than the paths are printed with


def calibration_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate the targets of a twin's calibration beside what its records give, and whether each rounds to its target.

    Absent where the study's data are no twin.
    """
    plan = study.twin
    if plan is None:
        return Absent(both(NOT_MADE), language)
    lines = check_calibration(plan, score(study.observations, study.rules))

    def make(spoken: Language) -> Table:
        columns = _columns(lines, study.rules, spoken)
        return build_table(columns, dict.fromkeys(("result", "difference"), DECIMALS), spoken)

    def caption(spoken: Language) -> str:
        pathless = not any(line.quantity == "path" for line in lines)
        return join(
            say(HEAD, spoken, study=study.label.say(spoken)),
            say(SOME_YEARS if pathless else OWN[plan.calibration], spoken),
        )

    alt = both(
        "Table of {count} targets of the calibration: met to the last decimal: {met}, missed: {missed}",
        count=len(lines),
        met=sum(line.met for line in lines),
        missed=sum(not line.met for line in lines),
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def _columns(lines: tuple[CalibrationLine, ...], rules: RuleSet, language: Language) -> dict[str, Any]:
    return {
        "quantity": [_name(line, rules, language) for line in lines],
        "year": [str(line.year or "–") for line in lines],
        "target": [write_effect(line.target, line.decimals, language) for line in lines],
        "result": [line.result for line in lines],
        "difference": [line.difference for line in lines],
        "rounds to target": [say("yes" if line.met else "no", language) for line in lines],
    }


def _name(line: CalibrationLine, rules: RuleSet, language: Language) -> str:
    if line.quantity == "perspective":
        (name,) = name_perspectives([line.subject], rules, language)
        return say("NKP of the ministry, {perspective}", language, perspective=name)
    what = say(WHAT[line.quantity], language)
    return f"{what} {line.subject.replace('->', '→')}".strip()
