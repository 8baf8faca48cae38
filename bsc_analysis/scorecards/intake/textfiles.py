"""Delimited text of any encoding and delimiter becomes a grid.

Rows are numbered as an editor numbers lines: a record has the number of the line on which it begins, also where a
cell above it holds line breaks. An empty cell is None.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import NoReturn

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.decoding import decode_text
from bsc_analysis.scorecards.intake.delimiters import Delimiter, find_delimiter, show_delimiter
from bsc_analysis.scorecards.intake.grid import MAX_CELLS, Grid, Opened, too_many_cells


@dataclass(frozen=True, slots=True)
class _Records:
    """Records of cells as written, and the line on which each begins."""

    cells: list[list[str]]
    lines: list[int]


def open_text(content: bytes, where: str) -> Opened:
    r"""Open a text file as one grid.

    Parameters
    ----------
    content
        The file.
    where
        Its name, for reports.

    Raises
    ------
    DataError
        When encoding or delimiter cannot be established, or with every record of another length than the header's.

    >>> open_text(b"unit;target\nBPBD;73,5\n", "iku.csv").grids[0].rows
    (('unit', 'target'), ('BPBD', '73,5'))
    """
    decoded = decode_text(content, where)
    if not decoded.text.strip():
        raise DataError(fault("{where}: the file is empty", where=where))
    delimiter = find_delimiter(decoded.text, where)
    records = _trimmed(_records(decoded.text, delimiter, where))
    grid = _grid(records, where)
    return Opened((grid,), (*decoded.notes, *_delimiter_note(delimiter, where)))


def _delimiter_note(delimiter: Delimiter, where: str) -> tuple[Fault, ...]:
    if delimiter.character == ",":
        return ()
    shown = show_delimiter(delimiter.character)
    return (fault("{file}: cells are separated by {delimiter}", file=where, delimiter=shown),)


def _records(text: str, delimiter: Delimiter, where: str) -> _Records:
    if text.count(delimiter.character) > MAX_CELLS:
        raise DataError(too_many_cells(fault("{file}", file=where)))
    before = 1 if delimiter.skip else 0
    reader = csv.reader(
        io.StringIO(text[delimiter.skip :], newline=""), delimiter=delimiter.character, strict=True
    )
    cells: list[list[str]] = []
    ends = [before]
    try:
        for record in reader:
            cells.append(record)
            ends.append(before + reader.line_num)
    except csv.Error as broken:
        _refuse_record(str(broken), ends[-1] + 1, where)
    return _Records(cells, [end + 1 for end in ends[:-1]])


def _refuse_record(message: str, row: int, where: str) -> NoReturn:
    if "limit" in message:
        sentence = (
            "{where}, row {row}: a cell of more than {allowed} characters; is a quotation mark not closed?"
        )
        raise DataError(fault(sentence, where=where, row=row, allowed=f"{csv.field_size_limit():,}"))
    if "unexpected end" in message:
        sentence = "{where}, row {row}: a quotation mark is opened and never closed"
        raise DataError(fault(sentence, where=where, row=row))
    sentence = "{where}, row {row}: text stands beside a cell's quotation marks"
    raise DataError(fault(sentence, where=where, row=row))


def _trimmed(records: _Records) -> _Records:
    """Drop the empty rows at the end, which spreadsheet programs write as mere delimiters."""
    last = len(records.cells)
    while last and not any(cell.strip() for cell in records.cells[last - 1]):
        last -= 1
    return _Records(records.cells[:last], records.lines[:last])


def _grid(records: _Records, where: str) -> Grid:
    first = next((at for at, record in enumerate(records.cells) if len(record) > 1), 0)
    width = max(len(record) for record in records.cells[first : first + 1]) if records.cells else 0
    if faults := _length_faults(records, first, width, where):
        raise DataError(*faults)
    blank = (None,) * (width - 1)
    above = [(record[0] or None if record else None, *blank) for record in records.cells[:first]]
    table = [tuple([cell or None for cell in record]) for record in records.cells[first:]]
    counted = records.lines == list(range(records.lines[0], records.lines[0] + len(records.lines)))
    lines = () if counted else tuple(records.lines)
    return Grid(where, "", (*above, *table), numbered_from=records.lines[0], lines=lines)


def _length_faults(records: _Records, first: int, width: int, where: str) -> list[Fault]:
    """Judge the records from the header on; titles of one cell above it cannot shift a column."""
    below = {len(record) for record in records.cells[first + 1 :]}
    if len(below) == 1 and width not in below and len(records.cells) > first + 2:
        sentence = "{where}, row {row}: {got} cells, but every row below has {allowed}"
        return [fault(sentence, where=where, row=records.lines[first], got=width, allowed=below.pop())]
    sentence = "{where}, row {row}: {got} cells, expected {allowed}"
    return [
        fault(sentence, where=where, row=line, got=len(record), allowed=width)
        for record, line in zip(records.cells[first:], records.lines[first:], strict=True)
        if len(record) != width
    ]
