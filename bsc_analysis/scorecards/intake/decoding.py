"""The letters of a text file: which encoding its bytes are in, by evidence.

A byte order mark decides; else bytes that are UTF-8 are UTF-8, for other encodings almost never look like it. A file
in which some lines are UTF-8 beyond ASCII and others are no UTF-8 is mixed, and refused with the lines. What is left
is weighed between the encodings that spreadsheet programs have used for Indonesian and English.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from bsc_analysis.errors import DataError, Fault, fault

# UTF-32 first: the mark of UTF-16 is the beginning of its own.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PLAUSIBLE = ["cp1252", "mac_roman"]
SHOWN = 16  # letters on each side of the first one beyond ASCII, enough to recognise a word


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and a note where its encoding was not the usual one."""

    text: str
    notes: tuple[Fault, ...] = ()


def decode_text(content: bytes, where: str) -> Decoded:
    r"""Decode a text file.

    Parameters
    ----------
    content
        The file.
    where
        Its name, for reports.

    Raises
    ------
    DataError
        When the bytes are of no one encoding, or are no text.

    >>> decode_text("unit;Café".encode("cp1252"), "iku.csv").text
    'unit;Café'
    """
    decoded = _decoded(content, where)
    if "\0" in decoded.text:
        row = _row(decoded.text, decoded.text.index("\0"))
        raise DataError(
            fault("{where}, row {row}: a zero byte, so this is not a text file", where=where, row=row)
        )
    return decoded


def _decoded(content: bytes, where: str) -> Decoded:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _declared(content, encoding, where)
    try:
        return Decoded(content.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse_mixed(content, where)
        return _weighed(content, where)


def _declared(content: bytes, encoding: str, where: str) -> Decoded:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as broken:
        if encoding == "utf-8-sig":
            raise DataError(*_not_utf8(content, where)) from None
        sentence = "{where}: the file says that it is {encoding}, and its byte {got} is not"
        raise DataError(
            fault(sentence, where=where, encoding=encoding.upper(), got=broken.start + 1)
        ) from None
    if encoding == "utf-8-sig":
        return Decoded(text)
    return Decoded(
        text,
        (fault("{file}: read as {encoding}, as its first bytes say", file=where, encoding=encoding.upper()),),
    )


def _refuse_mixed(content: bytes, where: str) -> None:
    if any(not line.isascii() and _is_utf8(line) for line in content.split(b"\n")):
        raise DataError(*_not_utf8(content, where))


def _not_utf8(content: bytes, where: str) -> list[Fault]:
    sentence = "{where}, row {row}: bytes {got} are not UTF-8, as the rest of the file is; save it as UTF-8"
    faults = []
    for row, line in enumerate(content.split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as broken:
            got = line[broken.start : broken.end].hex(" ")
            faults.append(fault(sentence, where=where, row=row, got=got))
    return faults


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _weighed(content: bytes, where: str) -> Decoded:
    best = None if b"\0" in content else from_bytes(content, cp_isolation=PLAUSIBLE).best()
    if best is None or best.encoding not in PLAUSIBLE:
        sentence = "{where}: the bytes are of no encoding that can be established; save the file as UTF-8"
        raise DataError(fault(sentence, where=where))
    text = content.decode(best.encoding)
    first = next(at for at, letter in enumerate(text) if not letter.isascii())
    note = fault(
        "{file}: read as {encoding}, because it is not UTF-8; row {row} then says {example}",
        file=where,
        encoding=best.encoding,
        row=_row(text, first),
        example=repr(text[max(0, first - SHOWN) : first + SHOWN]),
    )
    return Decoded(text, (note,))


def _row(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
