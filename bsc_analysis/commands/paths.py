"""``bsc paths``: a table or a printed matrix and a model become every effect with its interval."""

from __future__ import annotations

import math
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.commands.options import DECIMAL_MARKS, add_command
from bsc_analysis.commands.output import print_notes
from bsc_analysis.errors import DataError, UseError, fault

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.errors import Fault
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.analysis import PathAnalysis, Resampling
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows

EXAMPLES = """examples:
  bsc paths scores.xlsx --model "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"
  bsc paths scores.csv --model kkp.model --cluster unit --boot 10000 --seed 1
  bsc paths scores.csv --model "CP ~ IP" --cluster unit --group year --json
  bsc paths correlations.csv --n 900 --model "IP ~ LG; CP ~ IP" --language id
  bsc paths scores.csv --model "CP ~ LG + IP; IP ~ LG" --contrast "LG -> CP" "LG -> IP -> CP"

FILE has one row per unit (and year); columns that the model does not name are ignored. It may also be a matrix of
correlations, or of covariances with divisor n - 1, whose first column names the rows as the header names the columns;
one triangle is enough, and --n says how many observations it comes from.

Intervals have level 95 %: by the delta method, or by bootstrap with --boot. A verdict says whether a standardised effect
is relevant, negligible or undecided beside the smallest effect of interest (--sesoi).

Where a row of the table says "synthetic twin" in a column data_status, so does what is printed.
"""
STANDARD_ERRORS = ("ml", "robust", "cluster", "hc0", "hc1", "hc2", "hc3", "cr2")
MISSING = ("listwise", "fiml")
INTERVALS = ("percentile", "basic", "bc", "bca")
SESOI = 0.10
PATIENCE = 2.0  # seconds before a bar shows how far the replicates are

ONLY_BOOT = "{option} belongs to a bootstrap: say with --boot how many replicates to draw"
ONLY_ROWS = (
    "{option} needs the rows of a table, and --n says that the file is a matrix: leave out one of the two"
)
MATRIX_WITHOUT_N = "{where}: this is a matrix, whose rows and columns have the same names: say with --n how many observations it comes from"
BAD_SEED = "the seed is {got}, allowed: a whole number from 0"
NO_MODEL = "the model {got} is neither a file nor equations such as 'IP ~ LG'"


@dataclass(frozen=True, slots=True)
class _Table:
    """What stood in the file, how it was read, and whether it says that its data are made."""

    data: Rows | Moments
    notes: tuple[Fault, ...]
    made: bool = False


def add_parser(commands: Commands) -> None:
    """Add ``bsc paths`` to the commands of ``bsc``."""
    parser = add_command(
        commands, "paths", summary="estimate every effect of a path model", examples=EXAMPLES
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a workbook, CSV, SPSS or Parquet file")
    parser.add_argument("--model", required=True, metavar="TEXT|FILE", help="equations such as 'IP ~ LG'")
    _add_data(parser)
    _add_estimation(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, numbers in full precision")


def run(options: argparse.Namespace, language: Language) -> int:
    """Read the file, analyse the model and print what it says.

    Raises
    ------
    BscError
        When options contradict each other, the file or the model cannot be read, or the data cannot carry the model.
    """
    if faults := _contradictions(options):
        raise UseError(*faults)
    from bsc_analysis.paths.model import path_model

    model = path_model(_model_text(options.model))
    table = _read(options, model)
    analysis = _analyse(options, model, table.data)
    print_notes(table.notes, language)
    print(_said(analysis, options, language, made=table.made))
    return 0


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cluster", metavar="COLUMN", help="rows with the same value depend on each other")
    parser.add_argument("--group", metavar="COLUMN", help="compare the model between years or levels")
    parser.add_argument("--stratum", metavar="COLUMN", help="draw replicates within each value")
    parser.add_argument(
        "--n", type=int, metavar="N", help="the file is a matrix that comes from N observations"
    )
    parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet of the workbook to read")
    parser.add_argument(
        "--decimal",
        choices=DECIMAL_MARKS,
        default="",
        help="the decimal mark of numbers written as text, where the file alone does not tell",
    )


def _add_estimation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--missing",
        choices=MISSING,
        default="listwise",
        help="leave incomplete rows out, or use every value (default: listwise)",
    )
    parser.add_argument(
        "--se", choices=STANDARD_ERRORS, help="standard errors (default: ml, with --cluster cluster)"
    )
    parser.add_argument("--boot", type=int, metavar="N", help="intervals from N bootstrap replicates")
    parser.add_argument("--interval", choices=INTERVALS, help="the kind of bootstrap interval")
    parser.add_argument("--seed", type=int, metavar="S", help="the seed of the bootstrap")
    parser.add_argument(
        "--sesoi",
        type=float,
        default=SESOI,
        metavar="X",
        help=f"the smallest standardised effect of interest (default: {SESOI})",
    )
    parser.add_argument(
        "--contrast",
        nargs=2,
        action="append",
        default=[],
        metavar=("A", "B"),
        help="the difference of two effects, such as 'LG -> IP -> SH' and 'total LG -> CP'; repeat it for several",
    )


def _contradictions(options: argparse.Namespace) -> list[Fault]:
    """Return what options cannot be together, before anything is read."""
    boot = [("--interval", options.interval), ("--seed", options.seed), ("--stratum", options.stratum)]
    faults = [
        fault(ONLY_BOOT, option=name) for name, given in boot if given is not None and options.boot is None
    ]
    rows = {
        "--cluster": options.cluster,
        "--group": options.group,
        "--stratum": options.stratum,
        "--boot": options.boot,
        "--missing fiml": options.missing == "fiml" or None,
        f"--se {options.se}": options.se not in (None, "ml") or None,
    }
    if options.n is not None:
        faults += [fault(ONLY_ROWS, option=name) for name, given in rows.items() if given is not None]
    return faults + _impossible_numbers(options)


def _impossible_numbers(options: argparse.Namespace) -> list[Fault]:
    """Return numbers that no analysis could use; the sentences are those of whoever would refuse them later."""
    faults = []
    if options.boot is not None and options.boot < 1:
        from bsc_analysis.paths.bootstrapchecks import ENOUGH_REPLICATES, REPLICATES

        faults.append(fault(REPLICATES, got=options.boot, enough=ENOUGH_REPLICATES))
    if options.n is not None and options.n < 2:
        from bsc_analysis.paths.moments import BAD_N

        faults.append(fault(BAD_N, got=options.n))
    if options.seed is not None and options.seed < 0:
        faults.append(fault(BAD_SEED, got=options.seed))
    if not (math.isfinite(options.sesoi) and options.sesoi > 0):
        from bsc_analysis.paths.smalleffects import BAD_SESOI

        faults.append(fault(BAD_SESOI, got=options.sesoi))
    return faults


def _model_text(given: str) -> str:
    """Return the model itself, or the content of the file that it names."""
    from bsc_analysis.files import read_text

    try:
        if Path(given).is_file():
            return read_text(Path(given))[0]
    except OSError:  # a name too long for a file is a long model
        return given
    if "~" not in given:
        raise UseError(fault(NO_MODEL, got=repr(given)))
    return given


def _analyse(options: argparse.Namespace, model: PathModel, data: Rows | Moments) -> PathAnalysis:
    from bsc_analysis.paths.analysis import analyse_paths

    with _progress(options.boot) as progress:
        return analyse_paths(
            model,
            data,
            se=options.se or ("cluster" if options.cluster else "ml"),
            missing=options.missing,
            resampling=_resampling(options),
            sesoi=options.sesoi,
            contrasts=[(first, second) for first, second in options.contrast],
            progress=progress,
        )


def _read(options: argparse.Namespace, model: PathModel) -> _Table:
    from bsc_analysis.matrixfiles import is_matrix, read_matrix
    from bsc_analysis.paths.rows import read_rows
    from bsc_analysis.studydata import status_of
    from bsc_analysis.tablefiles import open_table, read_columns

    opened = open_table(options.file, sheet=options.sheet)
    if options.n is not None:
        return _Table(*read_matrix(opened, model.observed, options.n, decimal=options.decimal))
    if is_matrix(opened):
        raise UseError(fault(MATRIX_WITHOUT_N, where=options.file.name))
    keys = {"cluster": options.cluster, "group": options.group, "stratum": options.stratum}
    named = [name for name in keys.values() if name]
    read = read_columns(opened, model.observed, named, decimal=options.decimal)
    try:
        rows = read_rows(read.frame, model.observed, **keys)
    except DataError as refused:
        raise refused.located(options.file.name) from None
    return _Table(rows, read.notes, made=status_of(read.frame, "real") == "synthetic")


def _resampling(options: argparse.Namespace) -> Resampling | None:
    from bsc_analysis.paths.analysis import SEED, Resampling

    if options.boot is None:
        return None
    seed = SEED if options.seed is None else options.seed
    return Resampling(options.boot, seed, options.interval, workers=os.cpu_count() or 1)


@contextmanager
def _progress(total: int | None) -> Iterator[Callable[[int], object] | None]:
    """Show on a terminal how many replicates are done, if that takes longer than :data:`PATIENCE`."""
    if total is None or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=total, delay=PATIENCE, leave=False, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.n)


def _said(analysis: PathAnalysis, options: argparse.Namespace, language: Language, *, made: bool) -> str:
    if options.json:
        from bsc_analysis.exhibits.pathjson import path_json

        return path_json(analysis, language, made=made)
    from bsc_analysis.commands.pathtext import path_text

    return path_text(analysis, language, made=made)
