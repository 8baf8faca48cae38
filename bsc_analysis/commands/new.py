"""``bsc new``: a file of observations and a rule set become a study folder that ``bsc run`` runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.commands.options import add_command, add_reading, add_rules
from bsc_analysis.commands.output import print_notes
from bsc_analysis.language.words import Label, say

if TYPE_CHECKING:
    import argparse

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language

EXAMPLES = """examples:
  bsc new dinas-2025 --from iku-2025.xlsx --rules kkp
  bsc new dinas-2025 --from iku-2025.xlsx --rules my-rules.toml --out studies --title-id "Dinas Perikanan, 2025"

The folder is made when the data are fit to be scored, and then: bsc run dinas-2025
"""
MADE = "study written to {folder}; run it with: {command}"


def add_parser(commands: Commands) -> None:
    """Add ``bsc new`` to the commands of ``bsc``."""
    parser = add_command(
        commands, "new", summary="make a study folder from a file and a rule set", examples=EXAMPLES
    )
    parser.add_argument("name", metavar="NAME", help="what the study and its folder are called")
    parser.add_argument(
        "--from",
        dest="file",
        type=Path,
        required=True,
        metavar="FILE",
        help="a workbook, CSV, SPSS or Parquet file",
    )
    add_rules(parser)
    parser.add_argument(
        "--title-id", default="", metavar="TEXT", help="its title in Indonesian (default: NAME)"
    )
    parser.add_argument("--title-en", default="", metavar="TEXT", help="its title in English (default: NAME)")
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="the folder to make it in (default: this one)"
    )
    add_reading(parser)


def run(options: argparse.Namespace, language: Language) -> int:
    """Make the study folder, and say how to run it.

    Raises
    ------
    BscError
        When the name, the rule set or the data will not do; nothing is written then.
    """
    from bsc_analysis.runs.scaffold import DataFile, make_study

    data = DataFile(options.file, tuple(options.sheet), options.decimal, options.synonyms)
    title = Label(
        id=options.title_id or options.title_en or options.name,
        en=options.title_en or options.title_id or options.name,
    )
    made = make_study(options.name, data, options.rules, title=title, out=options.out)
    print_notes(made.notes, language)
    print(say(MADE, language, folder=made.folder, command=f"bsc run {made.folder}"))
    return 0
