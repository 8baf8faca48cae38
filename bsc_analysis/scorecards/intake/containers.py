"""Which kind of file this is, by its content: the name is only held against it.

A spreadsheet, a text with delimiters, an SPSS file or a Parquet file is opened as grids. Everything else is refused
by what it is, with what to do about it.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, NoReturn

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.archives import check_archive, open_archive
from bsc_analysis.scorecards.intake.datafiles import open_data_file
from bsc_analysis.scorecards.intake.decoding import decode_text
from bsc_analysis.scorecards.intake.textfiles import open_text
from bsc_analysis.scorecards.intake.workbooks import open_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.scorecards.intake.grid import Opened

DATA = (b"$FL2", b"$FL3", b"PAR1")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE)
NOT_TEXT_NAMES = ("xlsx", "xls", "xlsm", "xlsb", "ods", "sav", "zsav", "parquet")
SNIFFED = 4096

EXPORT = fault("save it as .xlsx or .csv")
TRANSCRIBE = fault("copy its table into a workbook")
FOREIGN: tuple[tuple[bytes, Fault, Fault], ...] = (
    (b"%PDF", fault("a PDF document"), TRANSCRIBE),
    (b"\x89PNG", fault("a picture"), TRANSCRIBE),
    (b"\xff\xd8\xff", fault("a picture"), TRANSCRIBE),
    (b"GIF8", fault("a picture"), TRANSCRIBE),
    (b"{\\rtf", fault("a text document"), TRANSCRIBE),
    (b"\x1f\x8b", fault("a packed file"), fault("unpack it first")),
    (b"7z\xbc\xaf", fault("a packed file"), fault("unpack it first")),
    (b"Rar!", fault("a packed file"), fault("unpack it first")),
    (b"ARROW1", fault("an Arrow file"), fault("save it as .parquet")),
    (b"SQLite format 3", fault("a database"), EXPORT),
    (b"<stata_dta>", fault("a Stata file"), EXPORT),
    (b"<?xml", fault("an XML document"), EXPORT),
)
# What an archive is, by an entry that only such archives have; the first that fits counts.
ARCHIVES: tuple[tuple[str, Fault, Fault], ...] = (
    ("vbaproject.bin", fault("a workbook with macros"), fault("save it as .xlsx")),
    ("xl/workbook.bin", fault("a binary workbook"), fault("save it as .xlsx")),
    ("word/document.xml", fault("a text document"), TRANSCRIBE),
    ("ppt/presentation.xml", fault("a presentation"), TRANSCRIBE),
    ("meta-inf/manifest.xml", fault("a document of LibreOffice or OpenOffice"), fault("save it as .xlsx")),
)


def open_grids(content: bytes, where: str, *, sheets: Sequence[str] = ()) -> Opened:
    r"""Open a file, whatever its name says it is.

    Parameters
    ----------
    content
        The file.
    where
        Its name, for reports.
    sheets
        The sheets of a workbook to read; by default every one, provided that none is hidden.

    Raises
    ------
    DataError
        When the file is none of these, is damaged, or is more than is read.

    >>> open_grids(b"unit,target\nBPBD,119\n", "iku.csv").grids[0].rows[1]
    ('BPBD', '119')
    """
    if not content.removeprefix(BOM_UTF8).strip():
        raise DataError(fault("{where}: the file is empty", where=where))
    if content.startswith(ZIP):
        return _open_archive(content, where, sheets)
    if sheets:
        raise DataError(fault("{where}: this file has no sheets to choose from", where=where))
    _refuse_foreign(content, where)
    if content.startswith(DATA):
        return open_data_file(content, where)
    return _open_text(content, where)


def _open_archive(content: bytes, where: str, sheets: Sequence[str]) -> Opened:
    archive = open_archive(content, where)
    names = [name.lower() for name in archive.namelist()]
    for entry, what, remedy in ARCHIVES:
        if any(name.endswith(entry) for name in names):
            _refuse(where, what, remedy)
    if not any(name.startswith("xl/") for name in names):
        _refuse(where, fault("a packed file"), fault("unpack it first"))
    check_archive(archive, where)
    return open_workbook(content, where, sheets=sheets)


def _refuse_foreign(content: bytes, where: str) -> None:
    if content.startswith(OLE):
        if ENCRYPTED in content:
            _refuse(where, fault("a workbook protected by a password"), fault("save it without one"))
        _refuse(
            where,
            fault("a workbook in the format before 2007, or another old document"),
            fault("save it as .xlsx"),
        )
    start = content[:SNIFFED].removeprefix(BOM_UTF8).lstrip()
    if WEB_PAGE.search(start.replace(b"\0", b"")) and start[:1] in b"<\xff\xfe":
        _refuse(where, fault("an HTML page"), fault("open it in a spreadsheet program and save it as .xlsx"))
    for signature, what, remedy in FOREIGN:
        if start.startswith(signature):
            _refuse(where, what, remedy)


def _open_text(content: bytes, where: str) -> Opened:
    suffix = where.rpartition(".")[2].lower()
    if suffix in NOT_TEXT_NAMES:
        raise DataError(_misnamed(content, where, suffix))
    return open_text(content, where)


def _misnamed(content: bytes, where: str, suffix: str) -> Fault:
    try:
        decode_text(content, where)
    except DataError:
        sentence = "{where}: named .{suffix}, but the content is not of that format; the file may be damaged"
        return fault(sentence, where=where, suffix=suffix)
    return fault("{where}: named .{suffix} but is text; rename it to .csv", where=where, suffix=suffix)


def _refuse(where: str, what: Fault, remedy: Fault) -> NoReturn:
    raise DataError(fault("{where}: this is {what}; {remedy}", where=where, what=what, remedy=remedy))
