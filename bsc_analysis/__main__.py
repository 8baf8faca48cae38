"""The ``bsc`` command.

Exit codes: 0 fine, 1 the data have faults, 2 wrong use, 3 a run failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis import __version__
from bsc_analysis.errors import BscError, UseError, fault
from bsc_analysis.language.words import LANGUAGES, Language, say, say_error

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = """examples:
  bsc run bantaeng kkp
  bsc run bantaeng -p missing=renormalise -p language=id --out results-renormalised
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(arguments)
    language = _language(options.parameter)
    try:
        _run(options, language)
    except BscError as error:
        print(say_error(error, language), file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bsc",
        description="Rerun balanced-scorecard studies, and see which printed figures follow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"bsc {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="run a study's notebooks and write its exhibits",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument(
        "studies", nargs="+", metavar="STUDY", help="a study's name, or the path of a study folder"
    )
    run.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter of the notebooks: years, rules, missing, language, seed",
    )
    run.add_argument(
        "--out", type=Path, default=Path("results"), metavar="DIR", help="where to write (default: results)"
    )
    return parser


def _run(options: argparse.Namespace, language: Language) -> None:
    given = _given(options.parameter)
    from bsc_analysis.runs.notebooks import describe_step, run_studies

    runs = run_studies(
        options.studies,
        out=options.out,
        given=given,
        report=lambda step: print(describe_step(step, language), flush=True),
    )
    for run in runs:
        print()
        for headline in run.headlines:
            print(headline)
        print(say("{study}: {count} exhibits in {folder}", language, study=run.study, count=len(run.exhibits),
                  folder=run.folder / "exhibits"))  # fmt: skip
        for name in run.exhibits:
            files = sorted(path.suffix[1:] for path in (run.folder / "exhibits").glob(f"{name}.*"))
            print(f"  {name}: {', '.join(files)}")


def _given(assignments: Sequence[str]) -> dict[str, str]:
    split = [text.partition("=") for text in assignments]
    faults = [
        fault("{got} is not of the form NAME=VALUE", got=repr(name + mark + value))
        for name, mark, value in split
        if not (name and mark)
    ]
    if faults:
        raise UseError(*faults)
    return {name.strip(): value for name, _, value in split}


def _language(assignments: Sequence[str]) -> Language:
    """Take the language of messages from the parameter of the notebooks, before it is checked."""
    chosen = [text.partition("=")[2] for text in assignments if text.partition("=")[0].strip() == "language"]
    return next((language for language in LANGUAGES if language in chosen), "en")


if __name__ == "__main__":
    sys.exit(main())
