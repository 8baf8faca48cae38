"""``bsc check``: whether a file is fit to be scored under a rule set, and if not, every reason with its place."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bsc_analysis.commands.options import add_command, add_data, add_rules, read_file
from bsc_analysis.commands.output import check_target, write_whole
from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.language.words import say

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.rules import RuleSet

EXAMPLES = """examples:
  bsc check iku-2025.xlsx --rules kkp
  bsc check iku-2025.xlsx --rules kkp --sheet Data --csv faults.csv
  bsc check iku-2025.csv --rules panrb-skp --decimal , --json

The exit code is 0 for a file that is fit to be scored, and 1 for one that is not.
"""
FIT = "{where}: fit to be scored: {indicators} indicators, {units} units, years {years}"
LOCATED = "{file}: {what}"
UNFIT = "{where}: not fit to be scored, faults: {count}"

_BLANKS = {"row": "row", "column": "name", "got": "got", "allowed": "allowed"}  # of the door's sentences


@dataclass(frozen=True, slots=True)
class Counts:
    """What a file that could be read holds; without years where it could not."""

    rows: int = 0
    indicators: int = 0
    units: int = 0
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found out about a file: it is fit when it has no faults."""

    where: str
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    counts: Counts

    @property
    def fit(self) -> bool:
        """Whether the file can be scored."""
        return not self.faults


def add_parser(commands: Commands) -> None:
    """Add ``bsc check`` to the commands of ``bsc``."""
    parser = add_command(
        commands,
        "check",
        summary="say whether a file is fit to be scored, and every fault if not",
        examples=EXAMPLES,
    )
    add_data(parser)
    add_rules(parser)
    parser.add_argument("--json", action="store_true", help="print JSON: fit, faults, notes, counts")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the faults to a CSV file")


def run(options: argparse.Namespace, language: Language) -> int:
    """Check a file and print the report; the exit code is 1 when the file is not fit.

    Raises
    ------
    BscError
        When the rule set or the file cannot be opened at all.
    """
    from bsc_analysis.files import read_rules
    from bsc_analysis.scorecards.intake.report import report_csv

    if options.csv is not None:
        check_target(options.csv, source=options.file)
    found = _examine(options, read_rules(options.rules))
    if options.csv is not None:
        write_whole(options.csv, report_csv(found.faults, language).encode("utf-8"))
    print(_json(found, language) if options.json else _text(found, language))
    return 0 if found.fit else 1


def _examine(options: argparse.Namespace, rules: RuleSet) -> Examination:
    where = options.file.name
    try:
        intake = read_file(options, rules)
    except DataError as unreadable:
        return Examination(where, unreadable.faults, (), Counts())
    return Examination(
        where, _refused(intake.observations, rules, where), intake.notes, _count(intake.observations)
    )


def _refused(observations: pd.DataFrame, rules: RuleSet, where: str) -> tuple[Fault, ...]:
    """Return what keeps observations from being scored, with the name of their file."""
    from bsc_analysis.scorecards.scoring import score

    try:
        score(observations, rules)
    except DataError as refused:
        return tuple(_placed(each, where) for each in refused.faults)
    return ()


def _placed(found: Fault, where: str) -> Fault:
    """Return a fault of the door with the name of its file, and with the fields by which reports give it a place."""
    fields = dict(found.fields)
    row = fields.get("row")
    known = {
        "row": dict(row.fields).get("row") if isinstance(row, Fault) else row,
        "column": fields.get("name"),
        "got": fields.get("got"),
        "allowed": fields.get("allowed"),
    }
    named = {
        name: value for name, value in known.items() if value and f"{{{_BLANKS[name]}}}" in found.sentence
    }
    return fault(LOCATED, file=where, what=found, **named)


def _count(observations: pd.DataFrame) -> Counts:
    return Counts(
        rows=len(observations),
        indicators=len(observations[["perspective", "indicator"]].drop_duplicates()),
        units=observations["unit"].nunique(),
        years=tuple(sorted({int(year) for year in observations["year"]})),
    )


def _text(found: Examination, language: Language) -> str:
    from bsc_analysis.scorecards.intake.report import report_lines

    counts = found.counts
    verdict = (
        say(FIT, language, where=found.where, indicators=counts.indicators, units=counts.units,
            years=", ".join(map(str, counts.years)))
        if found.fit
        else say(UNFIT, language, where=found.where, count=len(found.faults))
    )  # fmt: skip
    return "\n".join([*report_lines(found.notes, language), *report_lines(found.faults, language), verdict])


def _json(found: Examination, language: Language) -> str:
    from bsc_analysis.scorecards.intake.report import report_records

    content: dict[str, Any] = {
        "fit": found.fit,
        "faults": [asdict(each) for each in report_records(found.faults, language)],
        "notes": [asdict(each) for each in report_records(found.notes, language)],
        "counts": asdict(found.counts),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
