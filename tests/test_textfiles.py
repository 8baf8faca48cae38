"""Text files: encoding and delimiter are established by evidence, and nothing is guessed."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bsc_analysis.errors import DataError, Fault
from bsc_analysis.scorecards.intake.grid import Grid
from bsc_analysis.scorecards.intake.textfiles import open_text

TABLE = "unit;target;actual\nBPBD;73,5;84\nDinas;1,5;2,5\n"
ROWS = (("unit", "target", "actual"), ("BPBD", "73,5", "84"), ("Dinas", "1,5", "2,5"))


def grid_of(content: str | bytes) -> Grid:
    data = content if isinstance(content, bytes) else content.encode()
    (grid,) = open_text(data, "iku.csv").grids
    return grid


def notes_of(content: bytes) -> list[str]:
    return [str(each) for each in open_text(content, "iku.csv").notes]


def faults_of(content: str | bytes) -> list[str]:
    with pytest.raises(DataError) as caught:
        grid_of(content)
    return [str(each) for each in caught.value.faults]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(delimiter: str) -> None:
    assert grid_of(TABLE.replace(",", ".").replace(";", delimiter)).rows[1] == ("BPBD", "73.5", "84")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_end_of_line_is_read(end: str) -> None:
    assert grid_of(TABLE.replace("\n", end)).rows == ROWS


def test_decimal_commas_in_every_row_do_not_make_the_comma_a_delimiter() -> None:
    """Under ';' all three records have 3 cells; under ',' the header has 1 cell and the others 2 and 3."""
    assert grid_of(TABLE).rows == ROWS
    assert notes_of(TABLE.encode()) == ["iku.csv: cells are separated by ';'"]


def test_a_comma_is_the_usual_delimiter_and_not_worth_a_note() -> None:
    assert notes_of(b"unit,actual\nBPBD,84") == []


def test_a_tab_is_named_in_words() -> None:
    assert notes_of(b"unit\tactual\nBPBD\t84") == ["iku.csv: cells are separated by tab"]


def test_two_delimiters_that_fit_equally_well_stop_the_reading() -> None:
    """Both ',' and ';' give two cells in every record: 'Target, % ; A' may be split either way."""
    assert faults_of("Target, %;unit\n1,5;A\n2,5;B\n") == [
        "iku.csv: ',', ';' separate the cells equally well; put sep=; (or what it is) into a line before the first"
    ]


def test_the_first_line_of_a_spreadsheet_program_decides_and_is_a_line_of_the_file() -> None:
    grid = grid_of("sep=;\nTarget, %;unit\n1,5;A\n")
    assert grid.rows == (("Target, %", "unit"), ("1,5", "A"))
    assert str(grid.place(1, 1, "unit")) == "iku.csv, row 3, column 'unit'"


def test_a_tie_among_the_first_records_is_decided_by_the_later_ones() -> None:
    text = "a,b;c\n" + "1,5;x\n" * 300 + "1;x\n"
    assert grid_of(text).rows[-1] == ("1", "x")


@pytest.mark.parametrize("text", ["unit\nBPBD\nDinas\n", "just words"])
def test_a_text_without_columns_is_refused(text: str) -> None:
    assert faults_of(text) == [
        "iku.csv: none of comma, semicolon, tab and '|' separates the text into columns"
    ]


@pytest.mark.parametrize("text", ["", " \n\t \n", "\ufeff", "\ufeff \n"])
def test_a_file_of_nothing_but_blanks_is_empty(text: str) -> None:
    assert faults_of(text) == ["iku.csv: the file is empty"]


def test_every_record_of_another_length_than_the_header_is_named() -> None:
    assert faults_of("a,b,c\n1,2\n1,2,3\n1,2,3,4\n") == [
        "iku.csv, row 2: 2 cells, expected 3",
        "iku.csv, row 4: 4 cells, expected 3",
    ]


def test_a_header_that_differs_from_every_row_is_one_fault_and_not_thousands() -> None:
    assert faults_of("a,b\n" + "1,2,3\n" * 500) == ["iku.csv, row 1: 2 cells, but every row below has 3"]


def test_a_title_above_the_header_stays_and_cannot_shift_a_column() -> None:
    grid = grid_of("Laporan kinerja\n\nunit,actual\nBPBD,84\n")
    assert grid.rows == (("Laporan kinerja", None), (None, None), ("unit", "actual"), ("BPBD", "84"))
    assert grid.number(3) == 4


def test_empty_rows_at_the_end_are_dropped_and_one_in_the_middle_is_a_fault() -> None:
    assert grid_of("a,b\n1,2\n,\n , \n\n").rows == (("a", "b"), ("1", "2"))
    assert faults_of("a,b\n\n1,2\n") == ["iku.csv, row 2: 0 cells, expected 2"]


def test_a_row_is_numbered_by_the_line_on_which_it_begins() -> None:
    grid = grid_of('a,b\n1,"two\nlines"\n3,4\n')
    assert grid.rows[1] == ("1", "two\nlines")
    assert [grid.number(row) for row in range(3)] == [1, 2, 4]


def test_an_empty_cell_is_none_and_blanks_are_kept() -> None:
    assert grid_of('a,b,c\n,"", \nx,y,z').rows[1] == (None, None, " ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('a,b\n1,"2\n3,4\n', "iku.csv, row 2: a quotation mark is opened and never closed"),
        ('a,b\n1,2\n"3"x,4\n', "iku.csv, row 3: text stands beside a cell's quotation marks"),
        (
            "a,b\n1,2\n3," + "x" * 10_000_000,
            "iku.csv, row 3: a cell of more than 131,072 characters; is a quotation mark not closed?",
        ),
    ],
)
def test_what_quotation_marks_break_is_named_by_its_line(text: str, sentence: str) -> None:
    assert faults_of(text) == [sentence]


def test_more_delimiters_than_cells_are_read_is_refused() -> None:
    assert faults_of("a,b\n" + "," * 5_000_001)[0].startswith("iku.csv: more than 5,000,000 cells")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_with_or_without_its_mark_needs_no_note(encoding: str) -> None:
    content = "unit,actual\nKoordinasi “antar” unit,84\n".encode(encoding)
    assert grid_of(content).rows[1][0] == "Koordinasi “antar” unit"
    assert notes_of(content) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(encoding: str) -> None:
    content = "unit,actual\nKafé,84\n".encode(encoding)
    assert grid_of(content).rows[1] == ("Kafé", "84")
    assert notes_of(content) == [f"iku.csv: read as {encoding.upper()}, as its first bytes say"]


def test_an_old_encoding_is_established_and_shown_by_an_example() -> None:
    text = "unit,name\n" + "BPBD,Indeks “kualitas” – kinerja\n" * 20
    content = text.encode("cp1252")
    assert grid_of(content).rows[1][1] == "Indeks “kualitas” – kinerja"
    (note,) = notes_of(content)
    assert note.startswith("iku.csv: read as cp1252, because it is not UTF-8; row 2 then says")
    assert "“kualitas”" in note


def test_a_file_of_two_encodings_is_refused_with_its_lines_and_bytes() -> None:
    content = "unit,name\nA,Kafé\n".encode() + "B,Kafé\nC,x\nD,‘y’\n".encode("cp1252")
    assert faults_of(content) == [
        "iku.csv, row 3: bytes e9 are not UTF-8, as the rest of the file is; save it as UTF-8",
        "iku.csv, row 5: bytes 91 are not UTF-8, as the rest of the file is; save it as UTF-8",
    ]


def test_a_mark_that_the_bytes_belie_is_a_fault() -> None:
    assert faults_of(b"\xef\xbb\xbfa,b\n\xe9,1\n") == [
        "iku.csv, row 2: bytes e9 are not UTF-8, as the rest of the file is; save it as UTF-8"
    ]
    assert faults_of(b"\xff\xfea\x00b") == ["iku.csv: the file says that it is UTF-16, and its byte 5 is not"]


def test_zero_bytes_are_no_text() -> None:
    assert faults_of(b"a,b\n1,\x002\n") == ["iku.csv, row 2: a zero byte, so this is not a text file"]
    assert faults_of(b"a,\xe9\n1,\x002\n") == [
        "iku.csv: the bytes are of no encoding that can be established; save the file as UTF-8"
    ]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(TABLES, st.sampled_from(",;\t|"))
def test_a_table_written_with_its_delimiter_declared_is_read_back_or_was_empty(
    table: list[list[str]], delimiter: str
) -> None:
    """Every cell is quoted, as spreadsheet programs may do; rows of blanks at the end are not part of a table."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    while table and not any(cell.strip() for cell in table[-1]):
        table = table[:-1]
    assume(table)
    declared = f"sep={delimiter}\n{stream.getvalue()}"
    assert grid_of(declared).rows == tuple(tuple(cell or None for cell in row) for row in table)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    faults: tuple[Fault, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    try:
        rows = grid_of(content).rows
    except DataError as refused:
        faults = refused.faults
    assert all(str(each).startswith("iku.csv") for each in faults)
    assert bool(faults) != bool(rows)
    assert len({len(row) for row in rows}) <= 1
