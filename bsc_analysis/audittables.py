"""Tables that stand for the arrays of a document to audit: CSV files and workbooks, cells exactly as printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import DataError, Fault, PrintedError, UseError, fault
from bsc_analysis.evidence.auditreading import TABLES, kind_of
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank
from bsc_analysis.tablefiles import open_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bsc_analysis.scorecards.intake.grid import Grid

SHEET_MARK = "#"
CORRELATIONS = "correlations"
WHOLE = ("year", "items")  # columns of whole numbers that are no printed figures
LISTS = ("via", "of")  # columns of several names
LIST_MARK = ";"
NO_TABLE = "{where}: tables: got {got}, allowed: {allowed}"
NOT_TABLES = "{where}: tables: got {got}, which is not a table of file names"
NOT_A_FILE = "{where}: tables.{name}: got {got}, which is not the name of a file"
TWO_ROWS = "{where}: tables.{name}: the document has rows of this kind already; keep one of the two"
SEVERAL = "{where}: tables.{name}: the workbook has several sheets; name one, as in {example}"
NUMBER = (
    "{place}: the workbook holds the number {got}, and not the text that is printed; format the cell as text"
)


def add_tables(content: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """Return a document's content with the rows of every table that it names under ``tables``.

    Parameters
    ----------
    content
        The document as plain tables.
    folder
        Where the tables lie.
    where
        The file name that faults will give.

    Raises
    ------
    PrintedError
        When a table stands for nothing, its file cannot be read, or one of its cells is not as printed.
    """
    named = content.get("tables", {})
    allowed = TABLES[kind_of(content, where)]
    if not isinstance(named, dict):
        raise PrintedError(fault(NOT_TABLES, where=where, got=repr(named)))
    faults: list[Fault] = []
    whole = {key: value for key, value in content.items() if key != "tables"}
    for name, file in named.items():
        faults += (wrong := _name_faults(name, file, allowed, content, where))
        if not wrong:
            try:
                whole[name] = _read(name, str(file), folder, where)
            except (DataError, UseError, PrintedError) as invalid:
                faults += invalid.faults
    if faults:
        raise PrintedError(*faults)
    return whole


def _name_faults(
    name: str, file: object, allowed: Sequence[str], content: Mapping[str, Any], where: str
) -> list[Fault]:
    if name not in allowed:
        return [fault(NO_TABLE, where=where, got=repr(name), allowed=", ".join(allowed))]
    if not isinstance(file, str):
        return [fault(NOT_A_FILE, where=where, name=name, got=file)]
    return [fault(TWO_ROWS, where=where, name=name)] if name in content else []


def _read(name: str, file: str, folder: Path, where: str) -> list[dict[str, Any]] | dict[str, dict[str, str]]:
    path, _, sheet = file.partition(SHEET_MARK)
    grids = open_table(folder / path, sheet=sheet).grids
    if len(grids) > 1:
        example = f"{path}{SHEET_MARK}{grids[0].sheet}"
        raise PrintedError(fault(SEVERAL, where=where, name=name, example=example))
    records = _records(grids[0])
    return _matrix(records) if name == CORRELATIONS else [_row(record) for record in records]


def _records(grid: Grid) -> list[dict[str, str]]:
    """Return the rows below the first row with more than one cell, by its headings; blank cells are left out."""
    filled = [at for at, row in enumerate(grid.rows) if not all(map(is_blank, row))]
    header = next((at for at in filled if sum(not is_blank(cell) for cell in grid.rows[at]) > 1), None)
    if header is None:
        return []
    names = [cell_text(cell) for cell in grid.rows[header]]
    faults = [
        fault(NUMBER, place=grid.place(at, column, names[column]), got=cell_text(grid.rows[at][column]))
        for at in filled
        for column in range(len(names))
        if at > header and _unlike_print(grid, at, column)
    ]
    if faults:
        raise PrintedError(*faults)
    return [
        {name: cell_text(cell) for name, cell in zip(names, grid.rows[at], strict=True) if not is_blank(cell)}
        for at in filled
        if at > header
    ]


def _unlike_print(grid: Grid, row: int, column: int) -> bool:
    """Return whether a cell shows other digits than it holds, or may: a fraction, or a percentage."""
    cell = grid.rows[row][column]
    fraction = isinstance(cell, float) and not is_blank(cell) and not cell.is_integer()
    return fraction or ((row, column) in grid.percent and not isinstance(cell, str))


def _row(record: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = dict(record)
    for name in WHOLE:
        if row.get(name, "").isdigit():
            row[name] = int(row[name])
    for name in LISTS:
        if name in row:
            row[name] = [part.strip() for part in row[name].split(LIST_MARK) if part.strip()]
    return row


def _matrix(records: Sequence[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return a matrix by rows; what stands on its diagonal is no figure."""
    rows: dict[str, dict[str, str]] = {}
    for record in records:
        (_, name), *cells = record.items()
        entries = {column: text for column, text in cells if column != name}
        if entries:
            rows[name] = entries
    return rows
