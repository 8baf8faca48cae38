"""The ``bsc`` command: it reads arguments, finds the language, and hands over to one of the commands.

Exit codes: 0 fine, 1 the data have faults, 2 wrong use, 3 a run failed.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from bsc_analysis import __version__
from bsc_analysis.commands import (
    audit,
    check,
    multiverse,
    new,
    paths,
    rules,
    run,
    score,
    template,
    twin,
)
from bsc_analysis.errors import BscError
from bsc_analysis.language.words import say_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.language.words import Language

EXAMPLES = """examples:
  bsc template iku-2025.xlsx --rules kkp --language id
  bsc check iku-2025.xlsx --rules kkp
  bsc score iku-2025.xlsx --rules kkp --out scores.xlsx
  bsc new dinas-2025 --from iku-2025.xlsx --rules kkp
  bsc run bantaeng kkp
  bsc rules list
  bsc paths scores.csv --model "IP ~ LG; CP ~ LG + IP" --cluster unit
  bsc twin kkp --out twin.xlsx
  bsc audit paper.toml
  bsc multiverse bantaeng
"""
COMMANDS = {
    "run": run,
    "score": score,
    "check": check,
    "template": template,
    "new": new,
    "rules": rules,
    "paths": paths,
    "twin": twin,
    "audit": audit,
    "multiverse": multiverse,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(arguments)
    language = _language(options)
    try:
        code: int = COMMANDS[options.command].run(options, language)
        sys.stdout.flush()
    except BscError as error:
        print(say_error(error, language), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bsc",
        description="Score organisations, rerun balanced-scorecard studies, and see which printed figures follow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"bsc {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add_parser(commands)
    return parser


def _language(options: argparse.Namespace) -> Language:
    """Return the language of messages: the option, else the parameter of the notebooks, else English."""
    given: Language | None = options.language or run.language_of(getattr(options, "parameter", ()))
    return given or "en"


if __name__ == "__main__":
    sys.exit(main())
