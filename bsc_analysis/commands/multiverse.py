"""``bsc multiverse``: a study under every declared combination of choices, and which conclusions survive."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.commands.options import add_command
from bsc_analysis.commands.output import print_notes
from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language

EXAMPLES = """examples:
  bsc multiverse bantaeng
  bsc multiverse kkp --jobs 4 --language id
  bsc multiverse kkp -p data=iku-2015-2017.xlsx --out results-real --json

The choices stand in the study's multiverse.toml, each option with its reason and source. What is finished is kept in a
folder 'cache' below --out: a run that was ended goes on where it stood, and one on which nothing has changed is read from there.
"""
WRITTEN = "multiverse written to {where}"
UNKNOWN = "unknown parameter '{name}', allowed: data"


def add_parser(commands: Commands) -> None:
    """Add ``bsc multiverse`` to the commands of ``bsc``."""
    parser = add_command(
        commands,
        "multiverse",
        summary="rerun a study under every declared choice and see which conclusions survive",
        examples=EXAMPLES,
    )
    parser.add_argument("study", metavar="STUDY", help="a study's name, or the path of a study folder")
    parser.add_argument(
        "--out", type=Path, default=Path("results"), metavar="DIR", help="where to write (default: results)"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes compute (default: one per processor)",
    )
    parser.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="data=FILE takes a file in the place of the study's own rows",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, numbers in full precision")


def run(options: argparse.Namespace, language: Language) -> int:
    """Run a multiverse, write its files and print which conclusions survive.

    Raises
    ------
    BscError
        When the study, its choices or its data are faulty.
    """
    data = _data(options.parameter)
    from bsc_analysis.commands.multiversetext import multiverse_text
    from bsc_analysis.runs.multiverse import run_multiverse

    with _progress() as progress:
        made = run_multiverse(options.study, out=options.out, data=data, jobs=options.jobs, progress=progress)
    print_notes([fault(WRITTEN, where=made.files[0].parent)], language)
    if options.json:
        print(made.files[0].read_text(encoding="utf-8"), end="")
    else:
        print(multiverse_text(made.multiverse, made.survey, language))
    return 0


def _data(assignments: list[str]) -> str:
    """Return the file that the parameters name, or nothing."""
    split = [text.partition("=") for text in assignments]
    faults = [
        fault("{got} is not of the form NAME=VALUE", got=repr(name + mark + value))
        for name, mark, value in split
        if not (name and mark)
    ]
    faults += [fault(UNKNOWN, name=name) for name, mark, _ in split if name and mark and name != "data"]
    if faults:
        raise UseError(*faults)
    return next((value for _, _, value in reversed(split)), "")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], object] | None]:
    """Show on a terminal how many tasks are done, and when all will be."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(leave=False, file=sys.stderr, unit="task") as bar:

        def report(done: int, total: int) -> None:
            if bar.total is None:  # what an earlier run has done says nothing about how long the rest takes
                bar.initial = bar.n = done
                bar.total = total
            bar.update(done - bar.n)
            bar.refresh()

        yield report
