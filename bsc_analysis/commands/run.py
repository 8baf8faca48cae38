"""``bsc run``: the notebooks of studies, into one folder per study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.commands.options import add_command
from bsc_analysis.errors import UseError, fault
from bsc_analysis.language.words import LANGUAGES, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language
    from bsc_analysis.runs.notebooks import Run

EXAMPLES = """examples:
  bsc run bantaeng kkp
  bsc run bantaeng -p missing=renormalise --language id --out results-renormalised
  bsc run studies/dinas-2025

--language is the language of messages and of exhibits; -p language=id says the latter by itself.
"""


def add_parser(commands: Commands) -> None:
    """Add ``bsc run`` to the commands of ``bsc``."""
    parser = add_command(
        commands, "run", summary="run a study's notebooks and write its exhibits", examples=EXAMPLES
    )
    parser.add_argument(
        "studies", nargs="+", metavar="STUDY", help="a study's name, or the path of a study folder"
    )
    parser.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter of the notebooks: years, rules, missing, language, seed",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("results"), metavar="DIR", help="where to write (default: results)"
    )


def run(options: argparse.Namespace, language: Language) -> int:
    """Run the notebooks of studies, and say what they left.

    Raises
    ------
    BscError
        When a study, a parameter or a study's data are not fit to run, or a notebook fails.
    """
    given = _given(options.parameter)
    if options.language and "language" not in given:
        given["language"] = options.language
    from bsc_analysis.runs.notebooks import describe_step, run_studies

    runs = run_studies(
        options.studies,
        out=options.out,
        given=given,
        report=lambda step: print(describe_step(step, language), flush=True),
    )
    for each in runs:
        _report(each, language)
    return 0


def language_of(assignments: Sequence[str]) -> Language | None:
    """Return the language that the parameters of the notebooks name, before they are checked.

    >>> language_of(["missing=zero", "language=id"])
    'id'
    """
    chosen = [text.partition("=")[2] for text in assignments if text.partition("=")[0].strip() == "language"]
    return next((language for language in LANGUAGES if language in chosen), None)


def _report(run: Run, language: Language) -> None:
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
