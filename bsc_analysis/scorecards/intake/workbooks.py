"""Workbooks in the format of Excel since 2007 become grids, one for each sheet that is read.

Values are those that a spreadsheet program calculated last; a formula that none ever calculated is kept as
:class:`Uncalculated`, for in the file it has no value. Hidden rows and columns are read like the others and named;
hidden sheets are read only when asked for.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import fromstring
from openpyxl.reader.excel import ExcelReader

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.intake.archives import damaged
from bsc_analysis.scorecards.intake.grid import (
    MAX_CELLS,
    CellError,
    Grid,
    Opened,
    Uncalculated,
    column_letters,
    too_many_cells,
)
from bsc_analysis.scorecards.intake.sheetscan import TRUE, Range, SheetFacts, SheetSizeError, scan_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_TEXT = 32_767  # letters that a cell can hold; the program itself writes no more
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # quoted letters, escaped letters, colours and conditions


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as the workbook lists it, and the entry of the archive that holds it."""

    name: str
    hidden: bool
    chart: bool
    entry: str


def open_workbook(content: bytes, where: str, *, sheets: Sequence[str] = ()) -> Opened:
    """Open a workbook whose archive has been checked.

    Parameters
    ----------
    content
        The file.
    where
        Its name, for reports.
    sheets
        The sheets to read; by default every visible one, and none when there are hidden ones.

    Raises
    ------
    DataError
        When sheets must be named, a named one does not exist, the workbook is damaged, or cells are too many or too
        long.
    """
    with warnings.catch_warnings():
        # What the reader leaves out (drop-downs, colours by condition, page headers) holds no data.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        try:
            return _opened(content, where, sheets)
        except DataError:
            raise
        except Exception as broken:
            # The reader lets errors of every kind through when a part is damaged.
            raise DataError(damaged(where, broken)) from None


def _opened(content: bytes, where: str, sheets: Sequence[str]) -> Opened:
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()
    listed = [
        _Sheet(sheet.name, sheet.state != "visible", "chartsheet" in link.Type, link.target)
        for sheet, link in reader.parser.find_sheets()
    ]
    chosen = _chosen(listed, sheets, where)
    unreckoned = "0" if _asks_for_calculation(reader) else ""
    read = [_grid(reader, sheet, where, unreckoned) for sheet in chosen]
    grids = tuple(opened.grids[0] for opened in read if opened.grids[0].rows)
    if not grids:
        names = _named(sheet.name for sheet in chosen)
        raise DataError(fault("{where}: nothing stands in {names}", where=where, names=names))
    skipped = () if sheets else tuple(_skipped(listed, where))
    return Opened(grids, (*skipped, *chain.from_iterable(opened.notes for opened in read)))


def _chosen(listed: list[_Sheet], sheets: Sequence[str], where: str) -> list[_Sheet]:
    tables = {sheet.name: sheet for sheet in listed if not sheet.chart}
    if not tables:
        raise DataError(fault("{where}: the workbook has no sheet with cells", where=where))
    if sheets:
        _refuse([_unknown(name, list(tables), where) for name in sheets if name not in tables])
        return [tables[name] for name in dict.fromkeys(sheets)]
    visible = [sheet for sheet in tables.values() if not sheet.hidden]
    hidden = [sheet for sheet in tables.values() if sheet.hidden]
    if hidden:
        sentence = "{file}: hidden sheets {hidden} beside {visible}; say which to read with --sheet"
        names = {
            "hidden": _named(each.name for each in hidden),
            "visible": _named(each.name for each in visible),
        }
        raise DataError(fault(sentence, file=where, **names))
    return visible


def _unknown(name: str, names: list[str], where: str) -> Fault:
    if guess := nearest(name, names):
        sentence = "{where}: there is no sheet '{name}', did you mean '{guess}'?"
        return fault(sentence, where=where, name=name, guess=guess)
    sentence = "{where}: there is no sheet '{name}' with cells, only {names}"
    return fault(sentence, where=where, name=name, names=_named(names))


def _skipped(listed: list[_Sheet], where: str) -> Iterator[Fault]:
    for sheet in listed:
        if sheet.chart:
            sentence = "{file}, sheet '{sheet}': a chart without cells, not read"
            yield fault(sentence, file=where, sheet=sheet.name)


def _asks_for_calculation(reader: Any) -> bool:
    """Tell whether the program that wrote the workbook left the formulas to whoever opens it."""
    workbook = fromstring(reader.archive.read(reader.parser.workbook_part_name))
    return any(each.get("fullCalcOnLoad") in TRUE for each in workbook.iter() if each.tag.endswith("}calcPr"))


def _grid(reader: Any, sheet: _Sheet, where: str, unreckoned: str) -> Opened:
    empty = Grid(where, sheet.name, ())
    try:
        facts = scan_sheet(reader.archive.read(sheet.entry), unreckoned=unreckoned)
    except SheetSizeError:
        raise DataError(too_many_cells(empty.title)) from None
    rows, percent = _cells(reader.wb[sheet.name], facts, empty)
    if not rows:
        return Opened((empty,), (fault("{file}, sheet '{sheet}': no cells", file=where, sheet=sheet.name),))
    extent = (len(rows) - 1, len(rows[0]) - 1)
    grid = Grid(where, sheet.name, rows, percent, tuple(_within(facts.merged, extent)))
    return Opened((grid,), tuple(_hidden(facts, grid)))


def _cells(
    sheet: Any, facts: SheetFacts, empty: Grid
) -> tuple[tuple[tuple[object, ...], ...], frozenset[tuple[int, int]]]:
    sheet.reset_dimensions()  # the size that a sheet declares is often wrong
    laid = 0
    rows: list[list[object]] = []
    percent: set[tuple[int, int]] = set()
    too_long: list[Fault] = []
    for at, cells in enumerate(sheet.rows):
        laid += len(cells)
        if laid > MAX_CELLS:
            raise DataError(too_many_cells(empty.title))
        row = [_value(cell) for cell in cells]
        too_long += [
            _too_long(empty, at, column, value) for column, value in enumerate(row) if _is_too_long(value)
        ]
        percent.update((at, column) for column, cell in enumerate(cells) if _shows_percent(cell))
        rows.append(_without_tail(row))
    _refuse(too_long)
    _place_formulas(rows, facts)
    while rows and not rows[-1]:
        rows.pop()
    return _rectangular(rows, empty), frozenset(percent)


def _value(cell: Any) -> object:
    value: object = cell.value
    if value == "":
        return None
    return CellError(str(value)) if cell.data_type == "e" and value is not None else value


def _without_tail(row: list[object]) -> list[object]:
    while row and row[-1] is None:
        row.pop()
    return row


def _is_too_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > LONGEST_TEXT


def _too_long(empty: Grid, row: int, column: int, value: object) -> Fault:
    sentence = "{place}: a text of {got} letters, allowed: {allowed}"
    place = empty.place(row, column, column_letters(column))
    return fault(sentence, place=place, got=f"{len(str(value)):,}", allowed=f"{LONGEST_TEXT:,}")


def _shows_percent(cell: Any) -> bool:
    number = cell.data_type == "n" and isinstance(cell.value, int | float)
    return number and cell.has_style and _is_percent(cell.number_format)


@cache
def _is_percent(number_format: str) -> bool:
    return "%" in NOT_SHOWN.sub("", number_format)


def _place_formulas(rows: list[list[object]], facts: SheetFacts) -> None:
    for (row, column), formula in facts.formulas.items():
        cells = rows[row]
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = Uncalculated(formula)


def _rectangular(rows: list[list[object]], empty: Grid) -> tuple[tuple[object, ...], ...]:
    width = max(map(len, rows), default=0)
    if width * len(rows) > MAX_CELLS:
        last = f"{column_letters(width - 1)}{len(rows)}"
        sentence = "{where}: cells reach to {cell}, which makes more than {allowed}; delete what stands far from the table"
        raise DataError(fault(sentence, where=empty.title, cell=last, allowed=f"{MAX_CELLS:,}"))
    return tuple((*row, *[None] * (width - len(row))) for row in rows)


def _within(merged: Iterable[Range], extent: tuple[int, int]) -> Iterator[Range]:
    """Yield merged ranges cut to the cells that hold something."""
    for top, left, bottom, right in merged:
        cut = (top, left, min(bottom, extent[0]), min(right, extent[1]))
        if cut[2] >= top and cut[3] >= left and (cut[2] > top or cut[3] > left):
            yield cut


def _hidden(facts: SheetFacts, grid: Grid) -> Iterator[Fault]:
    rows = [
        (first + 1, min(last + 1, len(grid.rows)))
        for first, last in facts.hidden_rows
        if first < len(grid.rows)
    ]
    if rows:
        shown = ", ".join(_span(str(first), str(last)) for first, last in _joined(rows))
        sentence = "{file}, sheet '{sheet}': hidden rows {rows} are read like the others"
        yield fault(sentence, file=grid.file, sheet=grid.sheet, rows=shown)
    width = len(grid.rows[0])
    columns = [(first, min(last, width - 1)) for first, last in facts.hidden_columns if first < width]
    if columns:
        shown = ", ".join(
            _span(column_letters(first), column_letters(last)) for first, last in _joined(columns)
        )
        sentence = "{file}, sheet '{sheet}': hidden columns {columns} are read like the others"
        yield fault(sentence, file=grid.file, sheet=grid.sheet, columns=shown)


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DataError(*faults)
