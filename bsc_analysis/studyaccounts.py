"""Evaluations of accountability (SAKIP) of a study: from its file, or made where the study's rows are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.datafiles import read_data
from bsc_analysis.evidence.accountability import Accountability
from bsc_analysis.files import find_rules, read_rules
from bsc_analysis.studydata import require, status_of
from bsc_analysis.twins.accountability import make_accountability

if TYPE_CHECKING:
    from pathlib import Path

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studydata import StudyRows
    from bsc_analysis.studydocument import AccountabilityDocument
    from bsc_analysis.twins.plan import TwinPlan

YEARS_BEFORE = 3  # a made series begins so many years before the introduction


def read_accountability(
    document: AccountabilityDocument | None, folder: Path, rows: StudyRows
) -> tuple[Accountability | None, list[Path]]:
    """Return a study's evaluations and the files they come from.

    Where the study names no file they are made beside a twin; beside real rows there are none.

    Raises
    ------
    StudyError, DataError
        When the file is missing or faulty.
    """
    if document is None:
        return None, []
    rules = read_rules(document.rules, beside=folder)
    rule_file, _ = find_rules(document.rules, beside=folder)
    if document.observations is not None:
        path = folder / document.observations
        require([path])
        observations = read_data(path, rules).observations
        status = status_of(observations, "real")
        return Accountability(observations, rules, document.introduced, status), [rule_file, path]
    if rows.twin is None:
        return None, []
    return _make(rows.twin, rows, rules, document.introduced), [rule_file]


def _make(plan: TwinPlan, rows: StudyRows, rules: RuleSet, introduced: int) -> Accountability:
    """Make a series for the two highest levels of the twin."""
    observations = rows.observations
    assert observations is not None  # noqa: S101 - a twin has observations
    highest = observations.loc[observations["level"].isin(["minister", "echelon_1"]), "unit"]
    whole = observations.loc[observations["level"] == "minister", "unit"].iloc[0]
    years = range(introduced - YEARS_BEFORE, int(observations["year"].max()) + 1)
    made = make_accountability(
        units=tuple(sorted(highest.unique())),
        years=tuple(years),
        introduced=introduced,
        seed=plan.seed,
        rules=rules,
        whole=whole,
    )
    return Accountability(made, rules, introduced, "synthetic")
