"""Reports of faults and notes: lines for people, and records for programs, in the language asked for.

A record says file, sheet, cell, row and column, what was got, what is allowed, and the whole sentence.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, astuple, dataclass, fields
from typing import TYPE_CHECKING

from bsc_analysis.errors import BscError, Fault
from bsc_analysis.language.words import say, say_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bsc_analysis.language.words import Language

    Reported = BscError | Iterable[Fault]

ALLOWED = "allowed: "  # what stands behind it in a sentence is what is allowed
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Record:
    """One fault or note; what it does not say is empty, a row None."""

    file: str
    sheet: str
    cell: str
    row: int | None
    column: str
    got: str
    allowed: str
    message: str


def report_lines(reported: Reported, language: Language) -> list[str]:
    """Return one sentence per fault.

    >>> from bsc_analysis.errors import fault
    >>> report_lines([fault("{where}: the file is empty", where="iku.csv")], "id")
    ['iku.csv: berkasnya kosong']
    """
    return [say_fault(each, language) for each in _faults(reported)]


def report_records(reported: Reported, language: Language) -> list[Record]:
    """Return one record per fault.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.errors import fault
    >>> place = Grid("IKU.xlsx", "Data", ()).place(6, 3, "actual")
    >>> record = report_records([fault("{place}: got {got}, allowed: a number", place=place, got="'x'")], "en")[0]
    >>> record.cell, record.row, record.column, record.got, record.allowed
    ('D7', 7, 'actual', "'x'", 'a number')
    """
    return [_record(each, language) for each in _faults(reported)]


def report_csv(reported: Reported, language: Language) -> str:
    """Return the records as CSV; a text that a spreadsheet would take for a formula begins with an apostrophe.

    >>> from bsc_analysis.errors import fault
    >>> print(report_csv([fault("{where}: the file is empty", where="iku.csv")], "en"), end="")
    file,sheet,cell,row,column,got,allowed,message
    iku.csv,,,,,,,iku.csv: the file is empty
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([each.name for each in fields(Record)])
    for record in report_records(reported, language):
        writer.writerow([_inert(value) for value in astuple(record)])
    return text.getvalue()


def report_json(reported: Reported, language: Language) -> str:
    """Return the records as a JSON list.

    >>> from bsc_analysis.errors import fault
    >>> json.loads(report_json([fault("{where}: the file is empty", where="iku.csv")], "en"))[0]["file"]
    'iku.csv'
    """
    records = [asdict(record) for record in report_records(reported, language)]
    return json.dumps(records, ensure_ascii=False, indent=2)


def _faults(reported: Reported) -> Iterable[Fault]:
    return reported.faults if isinstance(reported, BscError) else reported


def _record(found: Fault, language: Language) -> Record:
    known = dict(_flat(found, language))
    message = say_fault(found, language)
    row = known.get("row", "")
    return Record(
        file=known.get("file", known.get("where", "")),
        sheet=known.get("sheet", ""),
        cell=known.get("cell", ""),
        row=int(row) if row.isdecimal() else None,
        column=known.get("column", ""),
        got=known.get("got", ""),
        allowed=known.get("allowed") or message.partition(say(ALLOWED, language))[2],
        message=message,
    )


def _flat(found: Fault, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the fields of a fault; those of the place within it as well, other words within it as they are said."""
    for name, value in found.fields:
        if isinstance(value, Fault) and name in ("place", "where"):
            yield from _flat(value, language)
        else:
            yield name, value if isinstance(value, str) else say_fault(value, language)


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value
