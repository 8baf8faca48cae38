"""Options that several commands share, so that they are called and explained alike everywhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.language.words import LANGUAGES

if TYPE_CHECKING:
    from bsc_analysis.scorecards.intake.reading import DecimalMark, Intake
    from bsc_analysis.scorecards.rules import RuleSet

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

DECIMAL_MARKS: tuple[DecimalMark, ...] = (".", ",")


def add_command(commands: Commands, name: str, *, summary: str, examples: str) -> argparse.ArgumentParser:
    """Add a command whose help shows examples, and the option for the language of its messages."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--language", choices=LANGUAGES, help="the language of messages (default: en)")
    return parser


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the option for the rule set."""
    parser.add_argument(
        "--rules",
        required=True,
        metavar="ID",
        help="a rule set: NAME, NAME:VARIANT, or the path of a TOML file",
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add a file of observations, and the options that say how it is to be read; see :func:`read_file`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a workbook, CSV, SPSS or Parquet file")
    add_reading(parser)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a file of observations is to be read."""
    parser.add_argument(
        "--sheet",
        action="append",
        default=[],
        metavar="NAME",
        help="a sheet of the workbook to read; repeat it for several (default: all)",
    )
    parser.add_argument(
        "--decimal",
        choices=DECIMAL_MARKS,
        default="",
        help="the decimal mark of numbers written as text, where the file alone does not tell",
    )
    parser.add_argument(
        "--synonyms",
        type=Path,
        metavar="FILE.toml",
        help="words of your own for columns and values, added to those that are known",
    )


def read_file(options: argparse.Namespace, rules: RuleSet) -> Intake:
    """Read the file that a command was given, as its options say."""
    from bsc_analysis.datafiles import read_data

    return read_data(
        options.file,
        rules,
        sheets=options.sheet,
        decimal=options.decimal,
        synonyms=str(options.synonyms or ""),
    )
