"""Labels that cannot be lost: whatever is taken off a file of made data by hand is found, and said by name."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from defusedxml.ElementTree import fromstring
from matplotlib.figure import Figure

from bsc_analysis.exhibits import labels
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES, Exhibit, Provenance, Table
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.labels import label_faults, page_faults, read_labels
from bsc_analysis.files import Source
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say_fault
from bsc_analysis.runs.labels import check_labels

MADE = Provenance(
    study="demo",
    study_label=Label("Contoh", "Demo"),
    citation="nobody",
    data_status="synthetic",
    sources=(Source("twin.toml", "00ff"),),
    rules=(("id", "demo"),),
)
REAL = replace(MADE, data_status="real")
STATEMENT = STATUS_SENTENCES["synthetic"]
SENTENCE = f"expected {STATEMENT!r}"
WORD = "expected 'synthetic twin'"


def draw(statement: Label, language: Language) -> Figure:
    figure = Figure(figsize=(6, 3))
    figure.text(0.01, 0.05, f"{statement.say(language)}.", fontsize=7)
    return figure


def tabulate(language: Language) -> Table:
    return Table(pd.DataFrame({"year": [2015, 2016], "score": [112.0, 104.0]}), {"score": 1})


FIGURE = Exhibit(
    "figure",
    partial(draw, MADE.statement),
    Label("Skor (peta)", "Scores (drawn)"),
    Label("Peta", "Map"),
    MADE,
)
TABLE = Exhibit("table", tabulate, Label("Skor", "Scores & bands"), Label("Tabel", "Table"), MADE)


def make_run(folder: Path, *, origin: Provenance = MADE, language: Language = "en") -> Path:
    """Write the folder of a run: two exhibits, the page that shows them, and the notebook the page was made of."""
    (folder / "notebooks").mkdir(parents=True)
    shown = []
    for name, exhibit in (("drawn", FIGURE), ("table", TABLE)):
        make = partial(draw, origin.statement) if exhibit is FIGURE else exhibit.make
        whole = replace(exhibit, make=make, provenance=origin, language=language)
        export(whole, name, to=folder / "exhibits")
        shown.append(whole._repr_html_())
    (folder / "01.html").write_text(f"<html><h1>Scores</h1>{''.join(shown)}</html>", encoding="utf-8")
    outputs = [{"data": {"text/html": [each]}} for each in shown]
    notebook = {"cells": [{"cell_type": "code", "outputs": outputs}, {"cell_type": "markdown"}]}
    (folder / "notebooks" / "01.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "run.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run")


def check(run: Path) -> list[str]:
    return [str(each) for each in check_labels(run)]


# ---- whole folders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("origin", [MADE, REAL], ids=["made", "real"])
def test_a_run_as_it_was_written_has_no_faults(
    origin: Provenance, language: Language, tmp_path: Path
) -> None:
    assert check(make_run(tmp_path / "run", origin=origin, language=language)) == []


def test_a_folder_of_exhibits_that_is_no_run_is_checked_too(run: Path) -> None:
    (run / "exhibits" / "table.csv").write_text("year,score\n2015,112\n", encoding="utf-8")
    assert len(check(run / "exhibits")) == 1


def test_an_empty_table_of_made_data_has_its_label_in_the_header(tmp_path: Path) -> None:
    empty = replace(TABLE, make=lambda _: Table(pd.DataFrame({"year": [], "score": []})))
    export(empty, "empty", to=tmp_path)
    assert check(tmp_path) == []


# ---- what is taken off by hand -----------------------------------------------------------------------------------------


def _bytes(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new)

    return edit


def _unlabel_book(content: bytes, *, line: bool) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    if line:
        book["table"]["A5"] = None
    else:
        book.properties.subject = "Scores of 2017"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _unword_book(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.properties.keywords = None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _drop_chunk(content: bytes, key: bytes) -> bytes:
    """Take one text chunk out of a picture, from its length to its checksum."""
    start = content.index(b"tEXt" + key) - 4
    return content[:start] + content[start + 12 + int.from_bytes(content[start : start + 4]) :]


TAKEN_OFF = [
    ("drawn.pdf", _bytes(b"/Subject (Synthetic twin", b"/Subject (Scores"), "the metadata", SENTENCE),
    ("drawn.pdf", _bytes(b"/Keywords (synthetic twin)", b""), "the keywords", WORD),
    ("drawn.svg", _bytes(b"<dc:description>Synthetic", b"<dc:description>"), "the metadata", SENTENCE),
    ("drawn.svg", _bytes(b"<rdf:li>synthetic twin<", b"<rdf:li><"), "the keywords", WORD),
    ("drawn.svg", _bytes(b">Synthetic twin: made data", b">Data"), "the drawn words", SENTENCE),
    ("drawn.png", lambda content: _drop_chunk(content, b"Description"), "the metadata", SENTENCE),
    ("drawn.png", lambda content: _drop_chunk(content, b"Keywords"), "the keywords", WORD),
    ("table.xlsx", lambda content: _unlabel_book(content, line=False), "the metadata", SENTENCE),
    ("table.xlsx", _unword_book, "the keywords", WORD),
    ("table.xlsx", lambda content: _unlabel_book(content, line=True), "the line below the table", SENTENCE),
    ("table.csv", _bytes(b",data status", b",status"), "the column of every row", WORD),
    ("table.csv", _bytes(b"2016,104.0,synthetic twin", b"2016,104.0,"), "the column of every row", WORD),
    ("table.csv", _bytes(b"2016,104.0,synthetic twin", b"2016,104.0"), "the column of every row", WORD),
]


@pytest.mark.parametrize(("name", "edit", "place", "expected"), TAKEN_OFF)
def test_a_label_taken_off_a_file_is_caught_by_name(
    name: str, edit: Callable[[bytes], bytes], place: str, expected: str, run: Path
) -> None:
    path = run / "exhibits" / name
    path.write_bytes(edit(path.read_bytes()))
    assert f"{name}: made data without their label in {place}, {expected}" in check(run)


@pytest.mark.parametrize("name", ["drawn.pdf", "drawn.svg", "drawn.png", "table.xlsx", "table.csv"])
def test_a_label_is_missed_even_when_the_sidecar_is_made_to_agree(name: str, run: Path) -> None:
    """The file is replaced by the same exhibit of real data, and its hash in the sidecar by that one's."""
    other = make_run(run.parent / "other", origin=REAL)
    for each in (name, f"{name[:5]}.json"):
        (run / "exhibits" / each).write_bytes((other / "exhibits" / each).read_bytes())
    sidecar = run / "exhibits" / f"{name[:5]}.json"
    record = json.loads(sidecar.read_text(encoding="utf-8"))
    made = {"data_status": "synthetic", "statement": {"id": both(STATEMENT).id, "en": STATEMENT}}
    sidecar.write_text(json.dumps(record | made), encoding="utf-8")
    assert any(each.startswith(f"{name}: made data without their label in") for each in check(run))


def test_a_picture_whose_foot_was_cut_off_is_not_the_one_that_was_written(run: Path) -> None:
    """The words of a picture cannot be read, but its hash shows that it was changed; here one pixel's byte."""
    path = run / "exhibits" / "drawn.png"
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 40] ^= 1
    path.write_bytes(bytes(content))
    assert check(run) == ["drawn.png: the file is not the one that was written: drawn.json has another hash"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("table.xlsx", b"PK", "the label cannot be read, the file is damaged"),
        ("drawn.svg", b"<svg", "the label cannot be read, the file is damaged"),
        ("drawn.svg", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "the label cannot be read"),
        ("drawn.png", b"\x89PNG", "made data without their label in the metadata"),
        ("drawn.pdf", b"", "made data without their label in the metadata"),
        ("table.csv", b"\xff\xfe", "the label cannot be read, the file is damaged"),
        ("table.csv", b"", "made data without their label in the column of every row"),
    ],
)
def test_a_damaged_file_is_a_fault_and_no_crash(name: str, content: bytes, expected: str, run: Path) -> None:
    (run / "exhibits" / name).write_bytes(content)
    assert any(each.startswith(f"{name}: {expected}") for each in check(run))


def test_a_workbook_without_its_sheet_is_a_fault_and_no_crash(run: Path) -> None:
    path = run / "exhibits" / "table.xlsx"
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(stream, "w") as cut:
        for entry in whole.namelist():
            if not entry.startswith("xl/worksheets/"):
                cut.writestr(entry, whole.read(entry))
    path.write_bytes(stream.getvalue())
    assert any(each.startswith("table.xlsx: ") for each in check(run))


@pytest.mark.parametrize("offset", [8, 10])
def test_a_workbook_that_cannot_be_unpacked_is_a_fault_and_no_crash(offset: int, run: Path) -> None:
    """In the archive's list of entries, byte 8 is set where one is locked, and byte 10 says how it was packed."""
    path = run / "exhibits" / "table.xlsx"
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + offset] = 0x63
    path.write_bytes(bytes(content))
    assert [each.partition(", the file is damaged")[0] for each in check(run)] == [
        "table.xlsx: the label cannot be read"
    ]


def test_a_file_that_is_gone_and_one_that_nobody_lists_are_named(run: Path) -> None:
    (run / "exhibits" / "table.csv").rename(run / "exhibits" / "scores.csv")
    assert check(run) == [
        "table.csv: the file is missing, table.json lists it",
        "scores.csv: no sidecar lists this file",
    ]


# ---- sidecars -----------------------------------------------------------------------------------------------------------


def _edit_sidecar(run: Path, **changes: object) -> None:
    path = run / "exhibits" / "table.json"
    record = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(
        json.dumps({key: value for key, value in record.items() if value is not None}), encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"statement": {"id": "Data riil", "en": "Real data"}}, "table.json: the statement of what the data are"),
        ({"statement": {"en": STATEMENT}}, "table.json: the statement of what the data are"),
        ({"statement": None}, "table.json: this is not the sidecar of an exhibit: 'statement'"),
        ({"data_status": None}, "table.json: this is not the sidecar of an exhibit: 'data_status'"),
        ({"data_status": "official"}, "table.json: data_status: got 'official', allowed: transcribed, printed"),
        ({"files": 3}, "table.json: this is not the sidecar of an exhibit"),
    ],
)  # fmt: skip
def test_a_statement_taken_off_a_sidecar_is_caught(
    changes: dict[str, object], expected: str, run: Path
) -> None:
    _edit_sidecar(run, **changes)
    assert any(each.startswith(expected) for each in check(run))


def test_a_sidecar_that_calls_made_data_real_is_contradicted_by_its_files_and_pages(run: Path) -> None:
    _edit_sidecar(run, data_status="real", statement={"id": both("Real data").id, "en": "Real data"})
    assert check(run) == [
        "table.csv: the column of every row says 'synthetic twin', but the data are not made",
        "table.xlsx: the metadata says 'synthetic twin', but the data are not made",
        "table.xlsx: the keywords says 'synthetic twin', but the data are not made",
        "table.xlsx: the line below the table says 'synthetic twin', but the data are not made",
        "01.html: 'Scores & bands' says 'synthetic twin', but the data are not made",
        "01.ipynb: 'Scores & bands' says 'synthetic twin', but the data are not made",
    ]


def test_a_sidecar_that_is_no_json_is_a_fault_and_no_crash(run: Path) -> None:
    (run / "exhibits" / "table.json").write_text("{", encoding="utf-8")
    faults = check(run)
    assert faults[0].startswith("table.json: this is not the sidecar of an exhibit")
    assert "table.csv: no sidecar lists this file" in faults


# ---- pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["01.html", "notebooks/01.ipynb"])
@pytest.mark.parametrize("words", ["", "Real data"])
def test_a_label_taken_off_one_exhibit_of_a_page_is_caught(page: str, words: str, run: Path) -> None:
    path = run / page
    whole = path.read_text(encoding="utf-8")
    at = whole.rindex(STATEMENT)
    path.write_text(whole[:at] + words + whole[at + len(STATEMENT) :], encoding="utf-8")
    assert check(run) == [f"{path.name}: the exhibit 'Scores & bands' does not say that its data are made"]


def test_an_exhibit_that_no_sidecar_knows_must_say_what_its_data_are() -> None:
    shown = '<figure class="bsc-exhibit"><figcaption>Bands<br>{}</figcaption></figure>'
    assert page_faults("p.html", shown.format("Real data"), made=["Scores"]) == ()
    assert [str(each) for each in page_faults("p.html", shown.format("nobody"), made=["Scores"])] == [
        "p.html: the exhibit 'Bands' does not say what its data are"
    ]


def test_words_about_the_twin_do_not_stand_for_the_statement() -> None:
    """A caption may speak of the synthetic twin; what its data are is said by the whole statement alone."""
    caption = "Calibration of the synthetic twin"
    shown = f'<figure class="bsc-exhibit"><figcaption>{caption}<br>Real data</figcaption></figure>'
    assert [str(each) for each in page_faults("p.html", shown, made=[caption])] == [
        f"p.html: the exhibit {caption!r} does not say that its data are made"
    ]


# ---- the line below a table -------------------------------------------------------------------------------------------


def _book(rows: int = 3, *, below: int = 0, inline: bool = False) -> bytes:
    """Write numbers, the statement two rows further down, and below it rows with something in their second column."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": inline}) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_number(row, 0, row)
        sheet.write_string(rows + 1, 0, STATEMENT)
        for row in range(below):
            sheet.write_number(rows + 2 + row, 1, row)
    return stream.getvalue()


def _resheeted(content: bytes, *edits: Callable[[bytes], bytes]) -> bytes:
    """Write the sheet as another program might, or as someone who edits it by hand."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(stream, "w") as edited:
        for entry in whole.namelist():
            part = whole.read(entry)
            for edit in edits if entry == "xl/worksheets/sheet1.xml" else ():
                part = edit(part)
            edited.writestr(entry, part)
    return stream.getvalue()


def _prefix(part: bytes) -> bytes:
    """Give every element of the sheet a prefix, as some programs do."""
    prefixed = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part)
    return prefixed.replace(b"xmlns=", b"xmlns:x=", 1)


def line_below(content: bytes) -> str:
    (line,) = [each.text for each in read_labels(content, "xlsx") if each.place.sentence == labels.LINE_BELOW]
    return line


@pytest.mark.parametrize(
    "content",
    [
        _book(),
        _book(inline=True),
        _book(below=40),
        _resheeted(_book(), _prefix),
        _resheeted(_book(), _bytes(b'<c r="A5"', b"<c")),
        _resheeted(_book(), _bytes(b"<sheetData>", b"<!-- <row> --><sheetData>")),
    ],
    ids=["as exported", "texts in cells", "rows without a first cell", "prefixes", "no places", "a comment"],
)
def test_the_line_below_a_table_is_read_however_the_sheet_was_written(content: bytes) -> None:
    assert line_below(content) == STATEMENT


def test_of_a_long_table_only_the_end_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet of 20,000 rows has more than 600,000 characters; eight rows and what stands around them a few hundred."""
    parsed = []

    def read(part: bytes) -> object:
        parsed.append(len(part))
        return fromstring(part)

    content = _book(20_000)
    monkeypatch.setattr(labels, "fromstring", read)
    assert line_below(content) == STATEMENT
    assert max(parsed) < 2_000


def test_a_line_that_only_a_comment_of_the_sheet_has_is_none() -> None:
    """Rows 11 to 42 are put between the signs of a comment: no program shows them, and the last number shown is 9."""
    comment = (
        _bytes(b'<row r="11"', b'<!--<row r="11"'),
        _bytes(b"</sheetData>", b"--></sheetData>"),
    )
    assert line_below(_resheeted(_book(40), *comment)) == "9"


def test_a_cell_of_another_column_is_no_line_below() -> None:
    assert line_below(_resheeted(_book(), _bytes(b'<c r="A5"', b'<c r="AA5"'))) == "2"


# ---- reading and saying ------------------------------------------------------------------------------------------------


def test_a_text_of_a_pdf_with_brackets_and_letters_beyond_latin_is_read_whole() -> None:
    """Matplotlib writes brackets and backslashes with a backslash, and other letters than Latin as UTF-16."""
    for title in (r"a (b) \ c", "Skor → é"):
        stream = io.BytesIO()
        Figure().savefig(stream, format="pdf", metadata={"Subject": title, "CreationDate": None})
        assert read_labels(stream.getvalue(), "pdf")[0].text == title


def test_a_text_of_a_picture_beyond_latin_is_read_whole() -> None:
    stream = io.BytesIO()
    Figure().savefig(stream, format="png", metadata={"Description": "Skor → é"})
    assert read_labels(stream.getvalue(), "png")[0].text == "Skor → é"


def test_faults_are_said_in_the_language_asked_for() -> None:
    told = label_faults("x.pdf", b"", made=True)[0]
    assert say_fault(told, "en") == str(told)
    assert "{" not in say_fault(told, "id")
