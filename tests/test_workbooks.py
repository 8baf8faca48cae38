"""Workbooks: values with their places, and everything that would vanish in silence said by name."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.worksheet.datavalidation import DataValidation

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake import sheetscan
from bsc_analysis.scorecards.intake.containers import open_grids
from bsc_analysis.scorecards.intake.grid import CellError, Grid, Opened, Uncalculated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(fill: Callable[[Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    fill(sheet)
    return saved(book)


def table(sheet: Worksheet) -> None:
    sheet.append(["unit", "target"])
    sheet.append(["BPBD", 119])


def with_parts(content: bytes, **parts: str) -> bytes:
    """Return the workbook with entries replaced; a name is written with __ for / and _ for the dot."""
    replaced = {name.replace("__", "/").replace("_", "."): text for name, text in parts.items()}
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, replaced.get(name, old.read(name)))
    return stream.getvalue()


def with_sheet(rows: str, before: str = "", after: str = "") -> bytes:
    """Return a workbook whose only sheet is written by hand."""
    xml = f"<worksheet {NAMESPACE}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return with_parts(book_of(table), xl__worksheets__sheet1_xml=xml)


def opened(content: bytes, sheets: Sequence[str] = ()) -> Opened:
    return open_grids(content, "IKU.xlsx", sheets=sheets)


def grid_of(content: bytes) -> Grid:
    (grid,) = opened(content).grids
    return grid


def faults_of(content: bytes, sheets: Sequence[str] = ()) -> list[str]:
    with pytest.raises(DataError) as caught:
        opened(content, sheets)
    return [str(each) for each in caught.value.faults]


def test_cells_come_as_they_are_stored_and_dates_as_dates() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["a", 1, 0.5, True, datetime(2017, 3, 31), None, "2.163"])

    assert grid_of(book_of(fill)).rows == (("a", 1, 0.5, True, datetime(2017, 3, 31), None, "2.163"),)


def test_a_cell_is_found_again_by_its_name() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["D7"] = "84 kali"
        sheet["A1"] = "Realisasi"

    grid = grid_of(book_of(fill))
    assert grid.rows[6][3] == "84 kali"
    assert str(grid.place(6, 3, "actual")) == "IKU.xlsx, sheet 'Data', cell D7"


def test_a_number_shown_as_a_percentage_is_known_and_a_quoted_sign_is_none() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append([0.735, 0.5, 73.5, 0.25, "70%"])
        for cell, shown in zip("ABCDE", ["0%", "0.00%;[Red]-0.00%", '0.0" %"', "0.0\\%", "0%"], strict=True):
            sheet[f"{cell}1"].number_format = shown

    assert grid_of(book_of(fill)).percent == {(0, 0), (0, 1)}


def test_empty_rows_and_columns_at_the_edges_are_cut_and_inner_ones_stay() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B2"], sheet["D4"], sheet["G9"] = "unit", 1, ""
        sheet["H12"].number_format = "0%"

    assert grid_of(book_of(fill)).rows == (
        (None, None, None, None),
        (None, "unit", None, None),
        (None, None, None, None),
        (None, None, None, 1),
    )


def test_a_formula_that_was_never_calculated_is_kept_as_a_formula() -> None:
    """openpyxl writes formulas without values."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["actual", 2, "=B1*2"])

    assert grid_of(book_of(fill)).rows == (("actual", 2, Uncalculated("=B1*2")),)


def test_the_zero_of_a_program_that_does_not_calculate_is_no_value_and_a_given_result_is() -> None:
    """XlsxWriter writes 0 in place of every result that it is not told, and asks for calculation on opening."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_formula(0, 0, "=1+1")
        sheet.write_formula(0, 1, "=1+1", None, 2)
        sheet.write_number(0, 2, 0)
    assert grid_of(stream.getvalue()).rows == ((Uncalculated("=1+1"), 2, 0),)


def test_calculated_formulas_give_their_values_and_an_empty_text_is_a_value() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1" t="str"><f>"x"</f><v>x</v></c><c r="D1"><f>0</f><v>0</v></c></row>'
    )
    content = with_parts(
        with_sheet(rows),
        xl__workbook_xml=zipfile.ZipFile(io.BytesIO(book_of(table)))
        .read("xl/workbook.xml")
        .decode()
        .replace('fullCalcOnLoad="1"', ""),
    )
    assert grid_of(content).rows == ((2, None, "x", 0),)


def test_a_formula_shared_between_cells_is_shown_as_each_cell_has_it() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="shared" si="0"/></c></row>'
    )
    assert [row[1] for row in grid_of(with_sheet(rows)).rows] == [
        Uncalculated("=A1*2"),
        Uncalculated("=A2*2"),
    ]


def test_a_formula_that_failed_is_its_error() -> None:
    rows = '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><v>1</v></c></row>'
    assert grid_of(with_sheet(rows)).rows == ((CellError("#DIV/0!"), 1),)


def test_a_date_outside_the_calendar_is_an_error_and_no_warning_escapes() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append([99_999_999])
        sheet["A1"].number_format = "dd/mm/yyyy"

    assert grid_of(book_of(fill)).rows == ((CellError("#VALUE!"),),)


def test_merged_ranges_are_given_within_the_cells_that_hold_something() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"], sheet["B2"], sheet["C3"] = "Laporan", "TW I", 1
        for merged in ("A1:F1", "B2:C2", "J20:K21", "C3:C9"):
            sheet.merge_cells(merged)

    assert sorted(grid_of(book_of(fill)).merged) == [(0, 0, 0, 2), (1, 1, 1, 2)]


def test_hidden_rows_and_columns_are_read_and_named() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in range(1, 7):
            sheet.append([row, row, row, row])
        for row in (2, 3, 5, 40):
            sheet.row_dimensions[row].hidden = True
        for column in ("B", "C", "Z"):
            sheet.column_dimensions[column].hidden = True

    result = opened(book_of(fill))
    assert len(result.grids[0].rows) == 6
    assert [str(each) for each in result.notes] == [
        "IKU.xlsx, sheet 'Data': hidden rows 2-3, 5 are read like the others",
        "IKU.xlsx, sheet 'Data': hidden columns B-C are read like the others",
    ]


def several() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Data"
    table(book.active)
    for name, state in (("Lama", "hidden"), ("Rahasia", "veryHidden"), ("Data 2", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        table(sheet)
    return saved(book)


def test_hidden_sheets_are_asked_about() -> None:
    assert faults_of(several()) == [
        "IKU.xlsx: hidden sheets 'Lama', 'Rahasia' beside 'Data', 'Data 2'; say which to read with --sheet"
    ]


def test_named_sheets_are_read_once_and_in_the_order_asked_also_hidden_ones() -> None:
    grids = opened(several(), ["Rahasia", "Data", "Rahasia"]).grids
    assert [grid.sheet for grid in grids] == ["Rahasia", "Data"]


def test_every_unknown_sheet_is_named_with_the_nearest() -> None:
    assert faults_of(several(), ["Date", "Data", "xyz"]) == [
        "IKU.xlsx: there is no sheet 'Date', did you mean 'Data'?",
        "IKU.xlsx: there is no sheet 'xyz' with cells, only 'Data', 'Lama', 'Rahasia', 'Data 2'",
    ]


def test_empty_sheets_and_charts_are_skipped_with_a_note() -> None:
    book = openpyxl.Workbook()
    table(book.active)
    book.create_sheet("Sheet2")
    book.create_chartsheet("Grafik").add_chart(BarChart())
    result = opened(saved(book))
    assert [grid.sheet for grid in result.grids] == ["Sheet"]
    assert [str(each) for each in result.notes] == [
        "IKU.xlsx, sheet 'Grafik': a chart without cells, not read",
        "IKU.xlsx, sheet 'Sheet2': no cells",
    ]


def test_a_workbook_without_any_cell_is_a_fault() -> None:
    assert faults_of(book_of(lambda _: None)) == ["IKU.xlsx: nothing stands in 'Data'"]


def test_a_workbook_of_charts_alone_is_a_fault() -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.create_chartsheet("Grafik").add_chart(BarChart())
    assert faults_of(saved(book)) == ["IKU.xlsx: the workbook has no sheet with cells"]
    assert faults_of(saved(book), ["Grafik"]) == ["IKU.xlsx: the workbook has no sheet with cells"]


def test_more_cells_than_are_read_are_refused_while_they_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheetscan, "MAX_CELLS", 3)
    assert faults_of(book_of(table))[0].startswith("IKU.xlsx, sheet 'Data': more than ")


def test_drop_downs_and_page_headers_are_left_out_without_a_warning() -> None:
    def fill(sheet: Worksheet) -> None:
        table(sheet)
        sheet.add_data_validation(DataValidation(type="list", formula1='"maximize,minimize"'))
        sheet.oddHeader.center.text = "Laporan"

    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst>'
    assert grid_of(book_of(fill)).rows[1] == ("BPBD", 119)
    assert grid_of(with_sheet('<row r="1"><c r="A1"><v>1</v></c></row>', after=extension)).rows == ((1,),)


def test_a_text_longer_than_a_cell_can_hold_is_named_by_its_cell() -> None:
    """Ten million letters, of which a cell can hold 32,767."""
    text = "".join(f"{n:07d}" for n in range(1_428_572))[:10_000_000]
    rows = f'<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    assert faults_of(with_sheet(rows)) == [
        "IKU.xlsx, sheet 'Data', cell B1: a text of 10,000,000 letters, allowed: 32,767"
    ]
    longest = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text[:32_767]}</t></is></c></row>'
    assert len(str(grid_of(with_sheet(longest)).rows[0][0])) == 32_767


def test_one_stray_cell_does_not_become_a_billion_cells() -> None:
    def fill(sheet: Worksheet) -> None:
        table(sheet)
        sheet["XFD1048576"] = "x"

    (sentence,) = faults_of(book_of(fill))
    assert sentence.startswith(
        "IKU.xlsx, sheet 'Data': cells reach to XFD1048576, which makes more than 5,000,000;"
    )


def test_a_stray_format_far_from_the_table_holds_nothing_and_is_cut() -> None:
    def fill(sheet: Worksheet) -> None:
        table(sheet)
        sheet["XFD1048576"].number_format = "0%"

    assert grid_of(book_of(fill)).rows == (("unit", "target"), ("BPBD", 119))


def test_rows_of_formats_that_reach_to_the_last_column_are_bounded_while_they_are_read() -> None:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}" s="0"/></row>' for n in range(1, 1001))
    assert faults_of(with_sheet(rows))[0].startswith("IKU.xlsx, sheet 'Data': more than 5,000,000 cells")


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row>',
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="5"><c r="B5"><v>2</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="99999999999"><c><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="?"><v>1</v></c></row>',
    ],
)
def test_cells_out_of_order_which_the_reader_would_drop_are_damage(rows: str) -> None:
    """Without the scan the second cell of the first three sheets is not read, and the fifth never ends."""
    (sentence,) = faults_of(with_sheet(rows))
    assert sentence.startswith("IKU.xlsx: the file is cut short or damaged: ")


def test_cells_and_rows_without_names_are_counted_on() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><f>A1</f></c></row>"
    assert grid_of(with_sheet(rows)).rows == ((1, 2), (3, Uncalculated("=A1")))


def test_a_sheet_that_is_listed_and_missing_is_damage() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book_of(table))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
    assert faults_of(stream.getvalue())[0].startswith("IKU.xlsx: the file is cut short or damaged: ")


WHOLE = book_of(table)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_bytes_are_read_or_refused_by_name(changes: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for at, byte in changes:
        content[at] = byte
    try:
        result = opened(bytes(content))
    except DataError as refused:
        said = [str(each) for each in refused.faults]
    else:
        said = [str(grid.title) for grid in result.grids]
    assert said
    assert all(each.startswith("IKU.xlsx") for each in said)


XML = zipfile.ZipFile(io.BytesIO(WHOLE)).read(SHEET).decode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(XML)), st.integers(0, 30), st.text('<>/"= rcvftABC019', max_size=8))
def test_a_damaged_sheet_is_read_or_refused_by_name(at: int, length: int, text: str) -> None:
    """The archive is whole, so that the damage is met by the reader of the sheet."""
    content = with_parts(WHOLE, xl__worksheets__sheet1_xml=XML[:at] + text + XML[at + length :])
    try:
        result = opened(content)
    except DataError as refused:
        said = [str(each) for each in refused.faults]
    else:
        said = [str(grid.title) for grid in result.grids]
    assert said
    assert all(each.startswith("IKU.xlsx") for each in said)
