"""Twins as files: a plan is read from its TOML file, and what it makes is written whole or not at all.

Every file says what it is, in every row and, where its format has any, in its metadata.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import Fault, UseError, fault
from bsc_analysis.files import read_text
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd
    import pyarrow as pa

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.twins.plan import TwinPlan

FORMATS = (".csv", ".xlsx", ".parquet")
FOLDER = ""  # a name without an ending is a folder of Parquet files
MOST_ROWS = 100_000_000
MOST_ROWS_OF_A_SHEET = 1_048_575  # below its header
COPIES_AT_ONCE = 20  # half a million rows: enough for a row group, and all that is ever in memory
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # one fixed date keeps reruns byte-identical

UNKNOWN_FORMAT = (
    "{where}: the name ends in {got}, allowed: {allowed}, or no ending for a folder of Parquet files"
)
UNKNOWN_SIZE = "{where}: got {got} rows, allowed: 1 to {allowed}"
NO_FOLDER = "{where}: there is no folder {got} to write into"
NOT_A_FILE = "{where}: this is a folder or a device, and cannot be written as a file"
EXISTS = "{where}: this folder exists already; name another one"
UNWRITABLE = "{where}: the file cannot be written: {got}"


def read_twin(path: Path, rules: RuleSet) -> TwinPlan:
    """Read the plan of a twin from its TOML file.

    Parameters
    ----------
    path
        The file.
    rules
        The rule set that its records will be scored by: perspectives, weights and cap are taken from it.

    Raises
    ------
    StudyError
        When the file is missing or faulty, or no twin can be made from what it says; every reason is named.

    >>> from bsc_analysis.files import data_folder, read_rules
    >>> plan = read_twin(data_folder() / "studies" / "kkp" / "twin.toml", read_rules("kkp"))
    >>> [year.indicators for year in plan.years]
    [1122, 11653, 13050]
    """
    from bsc_analysis.twins.document import read_plan

    text, where = read_text(path)
    return read_plan(text, where, rules)


def write_twin(
    plan: TwinPlan,
    path: Path,
    *,
    rows: int | None = None,
    report: Callable[[int], None] | None = None,
) -> int:
    """Write the twin of a plan, or as many rows of further ministries as are asked for; return how many were written.

    Parameters
    ----------
    plan
        What to make.
    path
        Where to: a ``.csv``, ``.xlsx`` or ``.parquet`` file, which may exist already, or a new folder of Parquet files.
    rows
        How many rows; None for the twin of the study itself. They come from one ministry after another, each made on its
        own, so memory does not grow with them; of the last one, as many rows as are wanted.
    report
        Told how many rows were made, each time that some were.

    Raises
    ------
    UseError
        When the file cannot be written, or not in this size.
    StudyError
        When the paths of the plan cannot be met in one sample.

    >>> from tempfile import TemporaryDirectory
    >>> from bsc_analysis.studies import read_study
    >>> with TemporaryDirectory() as folder:
    ...     write_twin(read_study("kkp").twin, Path(folder) / "twin.parquet", rows=30_000)
    30000
    """
    if faults := [*_target_faults(path), *_size_faults(path, rows)]:
        raise UseError(*faults)
    frames = _own(plan) if rows is None else _copies(plan, rows)
    count = plan.n_indicators if rows is None else rows
    target = path.resolve()
    try:
        with TemporaryDirectory(dir=target.parent, prefix=f".{target.name[:40]}-") as scratch:
            made = Path(scratch) / target.name
            _WRITERS[path.suffix.lower()](made, _told(frames, report), plan)
            os.replace(made, target)  # noqa: PTH105 - atomic within one file system
    except OSError as broken:
        raise UseError(fault(UNWRITABLE, where=path, got=broken.strerror or broken)) from None
    return count


def identify_plan(plan: TwinPlan) -> str:
    """Return the hash of everything a twin is made from; plans that make the same rows have the same one.

    >>> from bsc_analysis.studies import read_study
    >>> from bsc_analysis.twins.plan import vary_twin
    >>> plan = read_study("kkp").twin
    >>> identify_plan(plan) == identify_plan(vary_twin(plan, seed=7))
    False
    """
    text = json.dumps(asdict(plan), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _target_faults(path: Path) -> list[Fault]:
    ending, folder = path.suffix.lower(), path.resolve().parent
    if ending not in _WRITERS:
        return [fault(UNKNOWN_FORMAT, where=path, got=repr(path.suffix), allowed=", ".join(FORMATS))]
    if not folder.is_dir():
        return [fault(NO_FOLDER, where=path, got=repr(str(folder)))]
    if ending == FOLDER:
        return [fault(EXISTS, where=path)] if path.exists() else []
    return [fault(NOT_A_FILE, where=path)] if path.exists() and not path.is_file() else []


def _size_faults(path: Path, rows: int | None) -> list[Fault]:
    most = MOST_ROWS_OF_A_SHEET if path.suffix.lower() == ".xlsx" else MOST_ROWS
    if rows is None or 1 <= rows <= most:
        return []
    return [fault(UNKNOWN_SIZE, where=path, got=rows, allowed=most)]


def _own(plan: TwinPlan) -> Iterator[pd.DataFrame]:
    from bsc_analysis.twins.making import make_twin

    yield make_twin(plan).observations


def _copies(plan: TwinPlan, rows: int) -> Iterator[pd.DataFrame]:
    """Make one ministry after another until there are enough rows."""
    from bsc_analysis.twins.making import make_copy

    each = plan.n_indicators
    for copy in range(-(-rows // each)):
        yield make_copy(plan, copy).head(rows - copy * each)


def _told(frames: Iterable[pd.DataFrame], report: Callable[[int], None] | None) -> Iterator[pd.DataFrame]:
    for frame in frames:
        yield frame
        if report is not None:
            report(len(frame))


def _tables(frames: Iterable[pd.DataFrame], plan: TwinPlan) -> Iterator[pa.Table]:
    """Return rows as tables of one schema, which says what they are."""
    import pyarrow as pa

    said = {"data_status": SYNTHETIC, "seed": str(plan.seed), "plan": identify_plan(plan)}
    schema = None
    for frame in frames:
        table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(said)
        schema = table.schema
        yield table


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put the tables of several ministries together."""
    import pyarrow as pa

    rest = iter(tables)
    while group := list(islice(rest, COPIES_AT_ONCE)):
        yield pa.concat_tables(group)


def _write_csv(path: Path, frames: Iterable[pd.DataFrame], plan: TwinPlan) -> None:
    from pyarrow import csv

    tables = _tables(frames, plan)
    first = next(tables)
    with csv.CSVWriter(path, first.schema, write_options=csv.WriteOptions(quoting_style="needed")) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _write_parquet(path: Path, frames: Iterable[pd.DataFrame], plan: TwinPlan) -> None:
    import pyarrow.parquet as pq

    groups = _groups(_tables(frames, plan))
    first = next(groups)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for group in groups:
            writer.write_table(group)


def _write_folder(path: Path, frames: Iterable[pd.DataFrame], plan: TwinPlan) -> None:
    import pyarrow.parquet as pq

    path.mkdir()
    for number, group in enumerate(_groups(_tables(frames, plan))):
        pq.write_table(group, path / f"part-{number:05d}.parquet", compression="zstd")


def _write_xlsx(path: Path, frames: Iterable[pd.DataFrame], plan: TwinPlan) -> None:
    """Write a workbook whose sheet, pages and properties say what it is; texts never become formulas."""
    import pandas as pd

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        book: Any = writer.book
        made = f"seed {plan.seed}, plan {identify_plan(plan)}"
        said = {"title": SYNTHETIC, "subject": SYNTHETIC, "keywords": SYNTHETIC, "comments": made}
        book.set_properties({"created": EPOCH, **said})
        rows = pd.concat(list(frames), ignore_index=True)
        rows.to_excel(writer, sheet_name=SYNTHETIC, index=False, freeze_panes=(1, 0))
        sheet: Any = writer.sheets[SYNTHETIC]
        sheet.set_header(f"&C{SYNTHETIC}")


_WRITERS: dict[str, Callable[[Path, Iterable[pd.DataFrame], TwinPlan], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    FOLDER: _write_folder,
}
