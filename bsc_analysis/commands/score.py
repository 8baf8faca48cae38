"""``bsc score``: a file and a rule set become scores, for people and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from bsc_analysis.commands.options import add_command, add_data, add_rules, read_file
from bsc_analysis.commands.output import check_target, print_notes, write_whole
from bsc_analysis.errors import UseError, fault
from bsc_analysis.scorecards.rules import MissingPolicy

if TYPE_CHECKING:
    import argparse

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.listing import ScoreList
    from bsc_analysis.scorecards.summaries import Summary

EXAMPLES = """examples:
  bsc score iku-2017.xlsx --rules kkp
  bsc score iku-2017.xlsx --rules kkp --missing zero --by level --json
  bsc score iku-2017.xlsx --rules kkp --out scores.xlsx --language id

--out writes by the end of the file's name: .xlsx has a sheet per level and one for the rule set, .csv and .parquet have
one table, whose column score_of says whether a row scores an organisation, a perspective or an indicator. In .csv a text
that a spreadsheet would take for a formula begins with an apostrophe.

Scores of a synthetic twin say so wherever they stand: in the text and in the JSON, below the tables of a workbook, and in
.csv and .parquet in the column data_status of every row.
"""
GROUPINGS = ("year", "unit", "level")
UNKNOWN_FORMAT = "{where}: the name ends in {got}, allowed: {allowed}"
WRITTEN = "scores written to {where}"


def add_parser(commands: Commands) -> None:
    """Add ``bsc score`` to the commands of ``bsc``."""
    parser = add_command(commands, "score", summary="score a file under a rule set", examples=EXAMPLES)
    add_data(parser)
    add_rules(parser)
    parser.add_argument(
        "--missing",
        choices=get_args(MissingPolicy),
        help="what missing figures count as (default: as the rule set says)",
    )
    parser.add_argument("--by", choices=GROUPINGS, help="summarise organisations by year, unit or level")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write .xlsx, .csv or .parquet")
    parser.add_argument("--json", action="store_true", help="print JSON, numbers in full precision")


def run(options: argparse.Namespace, language: Language) -> int:
    """Score a file, write what was asked for and print the rest.

    Raises
    ------
    BscError
        When the rule set or the data cannot be read, or the data cannot be scored.
    """
    from bsc_analysis.commands.scoretext import score_text
    from bsc_analysis.exhibits.scorefiles import score_file, score_json

    if options.out is not None:
        _check_out(options.out, options.file)
    scores, summary, made = _score(options, language)
    if options.out is not None:
        suffix = options.out.suffix.lower()
        write_whole(options.out, score_file(scores, summary, suffix, language=language, made=made))
        print_notes([fault(WRITTEN, where=options.out)], language)
    said = score_json if options.json else score_text
    print(said(scores, summary, language=language, made=made))
    return 0


def _check_out(out: Path, source: Path) -> None:
    from bsc_analysis.exhibits.scorefiles import FORMATS

    if out.suffix.lower() not in FORMATS:
        raise UseError(fault(UNKNOWN_FORMAT, where=out, got=repr(out.suffix), allowed=", ".join(FORMATS)))
    check_target(out, source=source)


def _score(options: argparse.Namespace, language: Language) -> tuple[ScoreList, Summary | None, bool]:
    """Return the scores, their summary if one was asked for, and whether they rest on made data."""
    from bsc_analysis.files import read_rules
    from bsc_analysis.scorecards.listing import list_scores
    from bsc_analysis.scorecards.scoring import score
    from bsc_analysis.scorecards.summaries import summarise
    from bsc_analysis.studydata import status_of

    rules = read_rules(options.rules, missing=options.missing)
    intake = read_file(options, rules)
    print_notes(intake.notes, language)
    rows = intake.observations
    scores = list_scores(score(rows, rules))
    summary = summarise(scores, rows, options.by) if options.by else None
    return scores, summary, status_of(rows, "real") == "synthetic"
