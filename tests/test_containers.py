"""Containers: what a file is, by its content, and archives that are refused before they are unpacked."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake import archives
from bsc_analysis.scorecards.intake.containers import open_grids

if TYPE_CHECKING:
    from collections.abc import Sequence

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
SHEET = "xl/worksheets/sheet1.xml"
# What may be held while a bomb is refused: the file, one piece in two copies, and what the interpreter itself takes.
BOUND = 4 * 2**20


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["unit", "target"])
    book.active.append(["BPBD", 119])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive_of(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def with_entry(content: bytes, name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, data)
    return stream.getvalue()


def zeros(mebibytes: int) -> bytes:
    return b" " * (mebibytes * 2**20)


def faults_of(content: bytes, where: str, sheets: Sequence[str] = ()) -> list[str]:
    with pytest.raises(DataError) as caught:
        open_grids(content, where, sheets=sheets)
    return [str(each) for each in caught.value.faults]


@pytest.mark.parametrize("where", ["IKU.xlsx", "IKU.csv", "IKU"])
def test_a_workbook_is_one_whatever_its_name(where: str) -> None:
    assert open_grids(workbook(), where).grids[0].rows == (("unit", "target"), ("BPBD", 119))


@pytest.mark.parametrize("where", ["IKU.csv", "IKU.txt", "IKU"])
def test_a_text_is_one_unless_its_name_says_otherwise(where: str) -> None:
    assert open_grids(b"unit,target\nBPBD,119\n", where).grids[0].rows[1] == ("BPBD", "119")


@pytest.mark.parametrize("suffix", ["xlsx", "XLS", "sav", "parquet"])
def test_a_text_under_the_name_of_another_format_is_not_guessed_at(suffix: str) -> None:
    assert faults_of(b"unit,target\nBPBD,119\n", f"IKU.{suffix}") == [
        f"IKU.{suffix}: named .{suffix.lower()} but is text; rename it to .csv"
    ]


def test_bytes_under_the_name_of_a_format_that_they_are_not_in_are_not_taken_for_text() -> None:
    assert faults_of(b"\x00\x01\x02\xff" * 9, "IKU.xlsx") == [
        "IKU.xlsx: named .xlsx, but the content is not of that format; the file may be damaged"
    ]


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("where", ["IKU.xlsx", "IKU.csv"])
def test_a_file_of_nothing_is_empty(content: bytes, where: str) -> None:
    assert faults_of(content, where) == [f"{where}: the file is empty"]


HTML = "this is an HTML page; open it in a spreadsheet program and save it as .xlsx"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><table><tr><td>unit</td></tr></table></html>", HTML),
        (b"\xef\xbb\xbf\r\n<TABLE border=1>", HTML),
        (b"<!DOCTYPE html>\n<html>", HTML),
        ("<html>".encode("utf-16"), HTML),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", HTML),
        (b"<?xml version='1.0'?><Workbook>", "this is an XML document; save it as .xlsx or .csv"),
        (OLE, "this is a workbook in the format before 2007, or another old document; save it as .xlsx"),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "this is a workbook protected by a password; save it without one",
        ),
        (b"%PDF-1.7\n", "this is a PDF document; copy its table into a workbook"),
        (b"\x89PNG\r\n\x1a\n", "this is a picture; copy its table into a workbook"),
        (b"\x1f\x8b\x08\x00", "this is a packed file; unpack it first"),
        (b"ARROW1\x00\x00", "this is an Arrow file; save it as .parquet"),
        (archive_of("xl/workbook.xml", "xl/vbaProject.bin"), "this is a workbook with macros; save it as .xlsx"),
        (archive_of("xl/workbook.bin"), "this is a binary workbook; save it as .xlsx"),
        (archive_of("word/document.xml"), "this is a text document; copy its table into a workbook"),
        (archive_of("ppt/presentation.xml"), "this is a presentation; copy its table into a workbook"),
        (
            archive_of("content.xml", "META-INF/manifest.xml"),
            "this is a document of LibreOffice or OpenOffice; save it as .xlsx",
        ),
        (archive_of("iku.csv"), "this is a packed file; unpack it first"),
        (archive_of(), "this is a packed file; unpack it first"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["IKU.xlsx", "IKU.csv"])
def test_what_is_no_table_is_refused_by_what_it_is(content: bytes, said: str, where: str) -> None:
    assert faults_of(content, where) == [f"{where}: {said}"]


def test_sheets_can_be_chosen_only_where_there_are_some() -> None:
    assert faults_of(b"unit,target\nBPBD,1\n", "IKU.csv", ["Data"]) == [
        "IKU.csv: this file has no sheets to choose from"
    ]


def test_a_workbook_cut_short_anywhere_is_damaged() -> None:
    whole = workbook()
    for end in (4, 100, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        (sentence,) = faults_of(whole[:end], "IKU.xlsx")
        assert sentence.startswith("IKU.xlsx: the file is cut short or damaged: "), end


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """About 100 KB that unpack to 100 MB: packing spaces gives the format's limit, about 1,030 to 1."""
    bomb = with_entry(workbook(), SHEET, zeros(100))
    assert len(bomb) < 120_000
    tracemalloc.start()
    said = faults_of(bomb, "IKU.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said[0] == "IKU.xlsx: would unpack to 100 MiB, at most 64 MiB are read"
    assert said[1].startswith(f"IKU.xlsx: entry '{SHEET}' would unpack to 1,0")
    assert peak < BOUND


def test_a_bomb_below_the_total_is_known_by_its_ratio() -> None:
    (sentence,) = faults_of(with_entry(workbook(), SHEET, zeros(20)), "IKU.xlsx")
    assert "times its size, at most 100 times are read" in sentence


def test_a_genuine_sheet_of_twenty_megabytes_passes() -> None:
    """Equal rows, the most repetitive a real sheet can be: their own numbers keep the ratio below fifty."""
    cells = "".join(f'<c r="{letter}%d" s="1"><v>100</v></c>' for letter in "ABCDEFGHIJKLMN")
    rows = "".join(f'<row r="{n}">{cells.replace("%d", str(n))}</row>' for n in range(1, 44_000))
    sheet = f'<worksheet xmlns="http://x"><sheetData>{rows}</sheetData></worksheet>'.encode()
    content = with_entry(workbook(), SHEET, sheet)
    archive = archives.open_archive(content, "IKU.xlsx")
    archives.check_archive(archive, "IKU.xlsx")
    entry = archive.getinfo(SHEET)
    assert entry.file_size > 20e6
    assert entry.file_size / entry.compress_size < archives.MAX_RATIO / 2


def lying(declared: int, data: bytes) -> bytes:
    """Return a workbook whose sheet declares another size than it unpacks to, in both of its headers."""
    content = bytearray(with_entry(workbook(), SHEET, data))
    real = struct.pack("<L", len(data))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(SHEET.encode())
        while at >= 0:
            start = content.rfind(signature, 0, at)
            if start >= 0 and content[start + offset : start + offset + 4] == real:
                content[start + offset : start + offset + 4] = struct.pack("<L", declared)
            at = content.find(SHEET.encode(), at + 1)
    return bytes(content)


def test_an_entry_that_lies_about_its_size_is_never_unpacked_beyond_what_it_says() -> None:
    """One thousand bytes are declared and 200 MiB would come; the checksum of the first thousand does not fit."""
    bomb = lying(1000, zeros(200))
    assert zipfile.ZipFile(io.BytesIO(bomb)).getinfo(SHEET).file_size == 1000
    tracemalloc.start()
    said = faults_of(bomb, "IKU.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said == [f"IKU.xlsx: the file is cut short or damaged: Bad CRC-32 for file '{SHEET}'"]
    assert peak < BOUND


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + ']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&lol9;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "entry", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
)
def test_a_document_that_declares_entities_is_refused_by_name(entry: str, encoding: str) -> None:
    content = with_entry(workbook(), entry, LAUGHS.encode(encoding))
    assert faults_of(content, "IKU.xlsx") == [
        f"IKU.xlsx: entry '{entry}' declares its own entities, which workbooks never do"
    ]


def test_a_declaration_between_two_pieces_is_seen() -> None:
    content = with_entry(workbook(), SHEET, b" " * (archives.PIECE - 4) + LAUGHS[21:].encode())
    assert "declares its own entities" in faults_of(content, "IKU.xlsx")[0]


def test_every_fault_of_the_directory_is_named_at_once() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = archive_of("xl/workbook.xml", "xl/a.xml", "xl/a.xml", "/etc/x", "xl/../../x", "xl\\y")
    assert faults_of(content, "IKU.xlsx") == [
        "IKU.xlsx: entry 'xl/a.xml' stands twice in the archive",
        "IKU.xlsx: entry '/etc/x' points outside the archive",
        "IKU.xlsx: entry 'xl/../../x' points outside the archive",
        "IKU.xlsx: entry 'xl\\y' points outside the archive",
    ]


def test_an_entry_with_a_password_or_an_unusual_method_is_refused() -> None:
    plain = bytearray(archive_of("xl/workbook.xml"))
    central = plain.index(b"PK\x01\x02")
    plain[central + 8] |= 1
    assert faults_of(bytes(plain), "IKU.xlsx") == [
        "IKU.xlsx: entry 'xl/workbook.xml' is protected by a password"
    ]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "x")
    assert faults_of(stream.getvalue(), "IKU.xlsx") == [
        "IKU.xlsx: entry 'xl/workbook.xml' is packed by a method that workbooks do not use"
    ]


def test_an_archive_of_too_many_entries_is_refused() -> None:
    names = ["xl/workbook.xml", *(f"xl/{n}" for n in range(archives.MAX_ENTRIES))]
    assert faults_of(archive_of(*names), "IKU.xlsx") == [
        "IKU.xlsx: 10,001 entries in the archive, at most 10,000 are read"
    ]


def test_damage_in_the_middle_of_an_entry_is_named() -> None:
    content = bytearray(workbook())
    entry = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET)
    content[entry.header_offset + 30 + len(SHEET) + 20] ^= 0xFF
    assert "cut short or damaged" in faults_of(bytes(content), "IKU.xlsx")[0]


def test_the_checksum_that_catches_a_lie_is_that_of_the_whole() -> None:
    """The bound on memory rests on this: the first thousand spaces have another checksum than 200 MiB of them."""
    assert zlib.crc32(b" " * 1000) != zlib.crc32(zeros(1))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"<", b"sep=", OLE[:8]]), st.binary(max_size=80))
def test_any_bytes_are_opened_or_refused_by_name(start: bytes, rest: bytes) -> None:
    try:
        said = [str(grid.title) for grid in open_grids(start + rest, "IKU.dat").grids]
    except DataError as refused:
        said = [str(each) for each in refused.faults]
    assert said
    assert all(each.startswith("IKU.dat") for each in said)
