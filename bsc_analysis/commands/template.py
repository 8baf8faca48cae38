"""``bsc template``: an empty workbook that fits a rule set, to be filled in, checked and scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.commands.options import add_command, add_rules
from bsc_analysis.commands.output import check_target, print_notes, write_whole
from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    import argparse

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language

EXAMPLES = """examples:
  bsc template iku-2025.xlsx --rules kkp --language id
  bsc template kpi-2025.xlsx --rules my-rules.toml

--language is the language of the workbook and of messages. Fill the first sheet, then: bsc check FILE.xlsx --rules ID
"""
SUFFIX = ".xlsx"
NOT_A_WORKBOOK = "{where}: the name of the workbook must end in {allowed}"
EXISTS = "{where}: this file exists already, and may have been filled in; name another one"
WRITTEN = "workbook written to {where}; fill in its first sheet, then: {command}"


def add_parser(commands: Commands) -> None:
    """Add ``bsc template`` to the commands of ``bsc``."""
    parser = add_command(
        commands,
        "template",
        summary="write an empty workbook for a rule set, to be filled in",
        examples=EXAMPLES,
    )
    parser.add_argument("file", type=Path, metavar="FILE.xlsx", help="the workbook to write")
    add_rules(parser)


def run(options: argparse.Namespace, language: Language) -> int:
    """Write the workbook.

    Raises
    ------
    BscError
        When the rule set cannot be read, or the workbook exists or cannot be written.
    """
    from bsc_analysis.exhibits.template import make_template
    from bsc_analysis.files import read_rules

    _check(options.file)
    write_whole(options.file, make_template(read_rules(options.rules), language))
    command = f"bsc check {options.file} --rules {options.rules}"
    print_notes([fault(WRITTEN, where=options.file, command=command)], language)
    return 0


def _check(path: Path) -> None:
    if path.suffix.lower() != SUFFIX:
        raise UseError(fault(NOT_A_WORKBOOK, where=path, allowed=SUFFIX))
    if path.exists():
        raise UseError(fault(EXISTS, where=path))
    check_target(path)
