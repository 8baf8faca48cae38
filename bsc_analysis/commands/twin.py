"""``bsc twin``: the synthetic twin of a study as a file, in its own size or in any other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from bsc_analysis.commands.options import add_command
from bsc_analysis.errors import UseError, fault
from bsc_analysis.language.words import say
from bsc_analysis.twins.plan import Calibration

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language
    from bsc_analysis.twins.plan import TwinPlan

EXAMPLES = """examples:
  bsc twin kkp --out twin.xlsx
  bsc twin kkp --out twin.csv --seed 7 --missing 0.05 --lag "CP -> SH=0.3"
  bsc twin kkp --out twin-large --rows 10000000

--out writes by the end of the file's name: .csv, .xlsx or .parquet; a name without an ending becomes a folder of Parquet
files. Without --rows it is the twin of the study, in its size. With --rows it is one ministry after another, whose paths
are met in the mean of many. Every row says "synthetic twin" in the column data_status.
"""
OPTIONS = ("missing", "noise", "tails", "icc", "persistence")
NO_TWIN = "study {study} has no twin: its study.toml names none"
NOT_A_LAG = "--lag: {got} is not of the form 'CP -> SH=0.3'"
NOT_TOGETHER = (
    "--rows makes ministries whose paths are met in the mean of many; --calibration {got} does not go with it"
)
WRITTEN = "synthetic twin written to {where}: {count} rows, seed {seed}"


def add_parser(commands: Commands) -> None:
    """Add ``bsc twin`` to the commands of ``bsc``."""
    parser = add_command(commands, "twin", summary="write the synthetic twin of a study", examples=EXAMPLES)
    parser.add_argument("study", metavar="STUDY", help="a study's name, or the path of a study folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file or folder to write")
    parser.add_argument("--rows", type=int, metavar="N", help="how many rows (default: as the study)")
    parser.add_argument("--seed", type=int, metavar="S", help="another seed than the study's")
    helps = {
        "missing": ("X", "share of actuals left out"),
        "noise": ("X", "standard deviation of measurement error, in points of achievement"),
        "tails": ("DF", "degrees of freedom of the disturbances; 0 is normal"),
        "icc": ("X", "share of variance common to a cluster of units"),
        "persistence": ("X", "coefficient of a unit's own year before"),
    }
    for name in OPTIONS:
        metavar, told = helps[name]
        parser.add_argument(f"--{name}", type=float, metavar=metavar, help=told)
    parser.add_argument(
        "--lag",
        action="append",
        metavar="PATH=X",
        help="an effect of the year before, such as 'CP -> SH=0.3'; repeat it for several",
    )
    parser.add_argument(
        "--calibration",
        choices=get_args(Calibration),
        help="meet the paths in this sample, or in the mean of many",
    )


def run(options: argparse.Namespace, language: Language) -> int:
    """Write the twin, and say how large it is.

    Raises
    ------
    BscError
        When there is no such study, it has no twin, none can be made as asked, or the file cannot be written.
    """
    from bsc_analysis.twin import write_twin

    plan = _plan(options)
    with _progress(options.rows) as bar:
        count = write_twin(plan, options.out, rows=options.rows, report=bar.update)
    print(say(WRITTEN, language, where=options.out, count=count, seed=plan.seed))
    return 0


def _plan(options: argparse.Namespace) -> TwinPlan:
    from bsc_analysis.studies import read_study
    from bsc_analysis.twins.plan import vary_twin

    lag = _read_lag(options.lag)
    if options.rows is not None and options.calibration == "sample":
        raise UseError(fault(NOT_TOGETHER, got=options.calibration))
    plan = read_study(options.study).twin
    if plan is None:
        raise UseError(fault(NO_TWIN, study=options.study))
    chosen: dict[str, Any] = {name: getattr(options, name) for name in OPTIONS}
    return vary_twin(plan, seed=options.seed, calibration=options.calibration, lag=lag, **chosen)


def _read_lag(given: Sequence[str] | None) -> dict[str, float] | None:
    """Read paths with their coefficients; all that are none are named at once."""
    if given is None:
        return None
    found = {text: _read_coefficient(text) for text in given}
    faults = [fault(NOT_A_LAG, got=repr(text)) for text, each in found.items() if each is None]
    if faults:
        raise UseError(*faults)
    return dict(each for each in found.values() if each is not None)


def _read_coefficient(text: str) -> tuple[str, float] | None:
    path, mark, number = text.rpartition("=")
    try:
        return (path.strip(), float(number)) if path.strip() and mark else None
    except ValueError:
        return None


def _progress(rows: int | None) -> Any:
    """Return a bar for large sizes, shown only where somebody looks on."""
    from tqdm import tqdm

    hidden = rows is None or not sys.stderr.isatty()
    return tqdm(total=rows, unit=" rows", unit_scale=True, file=sys.stderr, leave=False, disable=hidden)
