"""Packed files, bounded before anything is unpacked.

A workbook is a ZIP archive. What its directory declares is judged first; then every entry is unpacked in small
pieces and thrown away, so that an entry that lies about its size, is damaged or declares entities is known before a
reader of workbooks holds any of it. `zipfile` never unpacks more of an entry than was declared: a lie ends in a
checksum that does not fit.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, Fault, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

# 13,050 rows of 14 columns, the largest published scorecard, unpack to 8.7 MB; seven times that is still read.
MAX_UNPACKED = 64 * 2**20
# Cells carry their own coordinates, so that even a sheet of equal rows packs to no less than one fiftieth.
MAX_RATIO = 100
RATIO_FROM = 2**20
MAX_ENTRIES = 10_000
PIECE = 2**18
ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DECLARATIONS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
OVERLAP = max(map(len, DECLARATIONS)) - 1


def open_archive(content: bytes, where: str) -> zipfile.ZipFile:
    """Open an archive's directory; nothing is unpacked.

    Parameters
    ----------
    content
        The file.
    where
        Its name, for reports.

    Raises
    ------
    DataError
        When the directory, which stands at the end of the file, is missing or damaged.

    >>> open_archive(b"PK", "IKU.xlsx")
    Traceback (most recent call last):
    bsc_analysis.errors.DataError: IKU.xlsx: the file is cut short or damaged: File is not a zip file
    """
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except Exception as broken:
        raise DataError(damaged(where, broken)) from None


def check_archive(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse an archive that would unpack to too much, that is damaged, or whose documents declare entities.

    Raises
    ------
    DataError
        With every fault of the directory, or else with every fault of the entries.
    """
    entries = archive.infolist()
    _refuse(list(_declared(entries, where)))
    _refuse([found for entry in entries if (found := _unpacked(archive, entry, where))])


def damaged(where: str, error: Exception) -> Fault:
    r"""Say that a file cannot be read because of an error of the program that reads such files.

    >>> str(damaged("IKU.xlsx", ValueError("line 1\nline 2")))
    'IKU.xlsx: the file is cut short or damaged: line 1'
    """
    said = str(error).strip().splitlines()
    got = said[0][:200] if said else type(error).__name__
    return fault("{where}: the file is cut short or damaged: {got}", where=where, got=got)


def _declared(entries: list[zipfile.ZipInfo], where: str) -> Iterator[Fault]:
    yield from _too_much(entries, where)
    names: set[str] = set()
    for entry in entries:
        name = entry.filename
        if name in names:
            yield fault("{where}: entry '{name}' stands twice in the archive", where=where, name=name)
        names.add(name)
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            yield fault("{where}: entry '{name}' points outside the archive", where=where, name=name)
        if entry.flag_bits & ENCRYPTED:
            yield fault("{where}: entry '{name}' is protected by a password", where=where, name=name)
        elif entry.compress_type not in METHODS:
            yield fault(
                "{where}: entry '{name}' is packed by a method that workbooks do not use",
                where=where,
                name=name,
            )


def _too_much(entries: list[zipfile.ZipInfo], where: str) -> Iterator[Fault]:
    if len(entries) > MAX_ENTRIES:
        sentence = "{where}: {got} entries in the archive, at most {allowed} are read"
        yield fault(sentence, where=where, got=f"{len(entries):,}", allowed=f"{MAX_ENTRIES:,}")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED:
        sentence = "{where}: would unpack to {got} MiB, at most {allowed} MiB are read"
        yield fault(sentence, where=where, got=f"{total / 2**20:.0f}", allowed=MAX_UNPACKED // 2**20)
    sentence = (
        "{where}: entry '{name}' would unpack to {got} times its size, at most {allowed} times are read"
    )
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            ratio = entry.file_size // max(entry.compress_size, 1)
            yield fault(sentence, where=where, name=entry.filename, got=f"{ratio:,}", allowed=MAX_RATIO)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> Fault | None:
    document = entry.filename.lower().endswith((".xml", ".rels"))
    try:
        declares = any(document and _declares(piece) for piece in _pieces(archive, entry))
    except Exception as broken:
        return damaged(where, broken)
    if declares:
        sentence = "{where}: entry '{name}' declares its own entities, which workbooks never do"
        return fault(sentence, where=where, name=entry.filename)
    return None


def _declares(piece: bytes) -> bool:
    return any(declaration in piece for declaration in DECLARATIONS)


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield an entry in pieces, each with the end of the one before, so that no word is cut in two."""
    tail = b""
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            yield tail + piece
            tail = piece[-OVERLAP:]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DataError(*faults)
