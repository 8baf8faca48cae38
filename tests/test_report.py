"""Reports: the same faults as sentences, as CSV and as JSON, in both languages."""

from __future__ import annotations

import csv
import io
import json

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.grid import Grid
from bsc_analysis.scorecards.intake.report import report_csv, report_json, report_lines, report_records

PLACE = Grid("IKU.xlsx", "Data", ()).place(6, 3, "Realisasi")
CELL = fault(
    "{place}: got {got}, allowed: {allowed}", place=PLACE, got="'x'", allowed=fault("a finite number")
)
WHOLE = fault("{where}: the file is empty", where="iku.csv")


def test_lines_are_sentences_in_the_language_asked_for() -> None:
    assert report_lines(DataError(WHOLE, CELL), "en") == [
        "iku.csv: the file is empty",
        "IKU.xlsx, sheet 'Data', cell D7: got 'x', allowed: a finite number",
    ]
    assert report_lines([WHOLE], "id") == ["iku.csv: berkasnya kosong"]


def test_a_record_gives_file_sheet_cell_row_and_column() -> None:
    record = report_records([CELL], "en")[0]
    assert (record.file, record.sheet, record.cell, record.row, record.column) == (
        "IKU.xlsx",
        "Data",
        "D7",
        7,
        "Realisasi",
    )
    assert (record.got, record.allowed) == ("'x'", "a finite number")


def test_a_cell_of_a_text_file_has_a_row_and_a_column() -> None:
    place = Grid("iku.csv", "", ()).place(10, 5, "actual")
    record = report_records([fault("{place}: got {got}, allowed: a number", place=place, got="'x'")], "en")[0]
    assert (record.file, record.sheet, record.cell, record.row, record.column) == (
        "iku.csv",
        "",
        "",
        11,
        "actual",
    )
    assert record.allowed == "a number"


def test_a_fault_of_a_sheet_has_no_row() -> None:
    where = Grid("IKU.xlsx", "Data", ()).title
    record = report_records([fault("{where}: column '{name}' is missing", where=where, name="unit")], "en")[0]
    assert (record.file, record.sheet, record.row, record.got) == ("IKU.xlsx", "Data", None, "")


def test_json_is_a_list_of_records() -> None:
    found = json.loads(report_json(DataError(CELL, WHOLE), "en"))
    assert found[0] == {
        "file": "IKU.xlsx", "sheet": "Data", "cell": "D7", "row": 7, "column": "Realisasi", "got": "'x'",
        "allowed": "a finite number", "message": "IKU.xlsx, sheet 'Data', cell D7: got 'x', allowed: a finite number",
    }  # fmt: skip
    assert found[1]["row"] is None


def test_csv_has_one_line_for_each_fault_below_its_header() -> None:
    rows = list(csv.DictReader(io.StringIO(report_csv([CELL, WHOLE], "en"))))
    assert [row["cell"] for row in rows] == ["D7", ""]
    assert [row["row"] for row in rows] == ["7", ""]


def test_csv_never_holds_what_a_spreadsheet_would_take_for_a_formula() -> None:
    place = Grid("=cmd.csv", "", ()).place(1, 0, "@unit")
    formula = fault("{place}: got {got}, allowed: a number", place=place, got="+1")
    row = next(csv.DictReader(io.StringIO(report_csv([formula], "en"))))
    assert (row["file"], row["column"], row["got"]) == ("'=cmd.csv", "'@unit", "'+1")


def test_no_faults_are_an_empty_report() -> None:
    nothing: list[Fault] = []
    assert report_lines(nothing, "id") == []
    assert json.loads(report_json(nothing, "id")) == []
    assert report_csv(nothing, "id") == "file,sheet,cell,row,column,got,allowed,message\n"
