"""The stages in which a scorecard was implemented: what each is, what shows it, since when, and how far it came."""

from __future__ import annotations

import csv
import io
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, get_args

from bsc_analysis.errors import Fault, StudyError, fault
from bsc_analysis.language.words import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

StageStatus = Literal["done", "partly", "not done", "unknown"]
STATUSES: tuple[StageStatus, ...] = get_args(StageStatus)
COLUMNS = ("number", "name_id", "name_en", "evidence_id", "evidence_en", "date", "status", "source")
OURS = "ours:"  # how the source of what nobody printed begins
CELL = "{where}, row {row}, column '{column}': got {got}, allowed: {allowed}"
A_DATE = "a date such as 2015-03-31, 2015-03 or 2015"
A_NUMBER = "a whole number from 1"
A_TEXT = "a text"
IN_BOTH = "a text in both languages, or none"
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class When:
    """A date as far as it is known: the text as written, and the first and the last day it can mean."""

    text: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its number and name, what shows it, the earliest date that shows it, how far it came, and the source.

    ``date`` is None where none is known; evidence is empty text where there is none.
    """

    number: int
    name: Label
    evidence: Label
    date: When | None
    status: StageStatus
    source: str

    @property
    def ours(self) -> bool:
        """Whether the source says that the stage is from us, not from a document."""
        return self.source.startswith(OURS)


def read_stages(text: str, where: str) -> tuple[Stage, ...]:
    r"""Read a list of stages and put it in order.

    Parameters
    ----------
    text
        CSV with the columns of :data:`COLUMNS`; a date is ISO 8601, as exact as it is known, or empty.
    where
        The file name that faults will give.

    Raises
    ------
    StudyError
        With every cell that is not allowed, by row and column, every number used twice, and every column too many or
        too few.

    >>> header = "number,name_id,name_en,evidence_id,evidence_en,date,status,source"
    >>> (stage,) = read_stages(f"{header}\n1,Bobot,Weights,,,2015-02,done,ours: an example", "stages.csv")
    >>> stage.name.en, stage.date.last.isoformat(), stage.ours
    ('Weights', '2015-02-28', True)
    """
    header, rows = _open(text, where)
    faults = [*_wrong_columns(header, where)]
    if not faults:
        faults += [each for row in rows for each in _wrong_cells(row, where)]
        faults += _repeated_numbers(rows, where)
    if not rows:
        faults.append(fault("{where}: no stage is listed", where=where))
    if faults:
        raise StudyError(*faults)
    return tuple(sorted((_stage(row.cells) for row in rows), key=lambda stage: stage.number))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is not blank: its line in the file, its texts as they stand, and its cells by column."""

    line: int
    texts: tuple[str, ...]
    cells: Mapping[str, str]


def _open(text: str, where: str) -> tuple[list[str], list[_Row]]:
    """Return the columns and the rows; cells that a row lacks at its end are empty."""
    plain = text.removeprefix("\ufeff")
    first = plain.partition("\n")[0]
    mark = (
        ";" if first.count(";") > first.count(",") else ","
    )  # as spreadsheets write where the comma is decimal
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=mark, strict=True)
    try:
        listed = [(reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader]
    except csv.Error as broken:
        line = reader.line_num
        raise StudyError(
            fault("{where}, row {row}: not valid CSV: {got}", where=where, row=line, got=broken)
        ) from None
    header = [*listed[0][1]] if listed else []
    rows = [
        _Row(line, texts, dict(zip_longest(header, texts[: len(header)], fillvalue="")))
        for line, texts in listed[1:]
        if any(texts)
    ]
    return header, rows


def _wrong_columns(header: list[str], where: str) -> Iterator[Fault]:
    allowed = ", ".join(COLUMNS)
    for name in COLUMNS:
        if header.count(name) != 1:
            yield fault("{where}: column '{column}' stands {count} times, expected once",
                        where=where, column=name, count=header.count(name))  # fmt: skip
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            yield fault("{where}: unknown column '{column}', allowed: {allowed}",
                        where=where, column=name, allowed=allowed)  # fmt: skip


def _wrong_cells(row: _Row, where: str) -> Iterator[Fault]:
    cells, line = row.cells, row.line
    if len(row.texts) > len(COLUMNS):
        yield fault("{where}, row {row}: {got} cells, expected {count}; a text with a comma stands in quotes",
                    where=where, row=line, got=len(row.texts), count=len(COLUMNS))  # fmt: skip
        return
    checks = (
        ("number", bool(re.fullmatch("[1-9][0-9]*", cells["number"])), A_NUMBER),
        ("name_id", bool(cells["name_id"]), A_TEXT),
        ("name_en", bool(cells["name_en"]), A_TEXT),
        ("evidence_id", bool(cells["evidence_id"]) or not cells["evidence_en"], IN_BOTH),
        ("evidence_en", bool(cells["evidence_en"]) or not cells["evidence_id"], IN_BOTH),
        ("date", not cells["date"] or _when(cells["date"]) is not None, A_DATE),
        ("source", bool(cells["source"]), A_TEXT),
    )
    for column, right, allowed in checks:
        if not right:
            got = repr(cells[column])
            yield fault(CELL, where=where, row=line, column=column, got=got, allowed=fault(allowed))
    if cells["status"] not in STATUSES:
        got, allowed = repr(cells["status"]), ", ".join(STATUSES)
        yield fault(CELL, where=where, row=line, column="status", got=got, allowed=allowed)


def _repeated_numbers(rows: Iterable[_Row], where: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row in rows:
        number = row.cells["number"]
        if number and number in first:
            yield fault("{where}, row {row}: the number {number} is that of row {first}, too",
                        where=where, row=row.line, number=number, first=first[number])  # fmt: skip
        first.setdefault(number, row.line)


def _stage(cells: Mapping[str, str]) -> Stage:
    return Stage(
        number=int(cells["number"]),
        name=Label(id=cells["name_id"], en=cells["name_en"]),
        evidence=Label(id=cells["evidence_id"], en=cells["evidence_en"]),
        date=_when(cells["date"]),
        status=next(each for each in STATUSES if each == cells["status"]),
        source=cells["source"],
    )


def _when(text: str) -> When | None:
    """Read a day, a month or a year; None for what is none of them."""
    parts = _DATE.fullmatch(text)
    if parts is None:
        return None
    year, month, day = (int(part) if part else 0 for part in parts.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    return When(text, first, date(year, last_month, day or monthrange(year, last_month)[1]))
