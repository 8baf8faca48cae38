"""Tables that stand for a document's arrays: cells exactly as printed, from CSV files and workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bsc_analysis.auditfiles import read_case
from bsc_analysis.audittables import add_tables
from bsc_analysis.errors import PrintedError
from bsc_analysis.evidence.auditcase import audit_case

SCORECARD = 'kind = "scorecard"\ntitle = "t"\ndecimal = ","\nexact = ["target", "actual"]\n[tables]\nindicator = "{file}"\n'
HEAD = ["name", "year", "target", "actual", "achievement"]
ROWS = [["jaringan", "2015", "101", "107", "104,95"], ["nilai", "2015", "70-80", "85,69", "107,11"]]


def workbook(path: Path, rows: list[list[Any]], *, sheets: int = 1) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEAD, *rows]:
        sheet.append(row)
    for _ in range(sheets - 1):
        book.create_sheet().append(HEAD)
    book.save(path)


def test_a_csv_file_and_a_workbook_stand_for_the_same_rows(tmp_path: Path) -> None:
    lines = [";".join(row) for row in [HEAD, *ROWS]]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    workbook(tmp_path / "a.xlsx", ROWS)
    found = []
    for file in ("a.csv", "a.xlsx"):
        (tmp_path / "t.toml").write_text(SCORECARD.format(file=file), encoding="utf-8")
        found.append(audit_case(read_case(str(tmp_path / "t.toml"))))
    assert found[0] == found[1]
    assert [each.printed.text for each in found[0] if each.verdict == "contradicts"] == ["104,95"]


def add(tmp_path: Path, **content: Any) -> dict[str, Any]:
    return add_tables({"kind": "paths"} | content, tmp_path, "t.toml")


def test_blank_cells_are_left_out_and_lists_are_split(tmp_path: Path) -> None:
    text = "kind,from,to,via,printed\nindirect,A,C,B,.10\ntotal,A,C,,.30\nindirect,A,D,B; C,.01\n"
    (tmp_path / "e.csv").write_text(text, encoding="utf-8")
    rows = add(tmp_path, tables={"effect": "e.csv"})["effect"]
    assert [row.get("via") for row in rows] == [["B"], None, ["B", "C"]]
    assert rows[0]["printed"] == ".10"


def test_a_matrix_is_read_by_rows_without_its_diagonal(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(",A,B,C\nA,1,,\nB,.40,1,\nC,.32,.44,1\n", encoding="utf-8")
    content = add(tmp_path, tables={"correlations": "r.csv"})
    assert content["correlations"] == {"B": {"A": ".40"}, "C": {"A": ".32", "B": ".44"}}


@pytest.mark.parametrize(
    ("tables", "part"),
    [
        ({"effects": "e.csv"}, "allowed: path, effect, correlations"),
        ({"effect": 3}, "not the name of a file"),
        ({"effect": "none.csv"}, "none.csv"),
        ("e.csv", "table of file names"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path: Path, tables: Any, part: str) -> None:
    with pytest.raises(PrintedError) as caught:
        add(tmp_path, tables=tables)
    assert part in str(caught.value)


def test_rows_in_the_document_and_in_a_table_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(PrintedError, match="keep one of the two"):
        add(tmp_path, tables={"effect": "e.csv"}, effect=[])


@pytest.mark.parametrize(("cell", "refused"), [(104.95, True), (104, False), ("104,95", False)])
def test_a_fraction_in_a_workbook_is_not_what_is_printed(tmp_path: Path, cell: object, refused: bool) -> None:
    workbook(tmp_path / "a.xlsx", [["jaringan", 2015, 101, 107, cell]])
    content = {"kind": "scorecard", "tables": {"indicator": "a.xlsx"}}
    if refused:
        with pytest.raises(PrintedError, match="cell E2"):
            add_tables(content, tmp_path, "t.toml")
    else:
        (row,) = add_tables(content, tmp_path, "t.toml")["indicator"]
        assert (row["year"], row["target"], row["achievement"]) == (2015, "101", str(cell))


def test_a_workbook_of_several_sheets_needs_the_name_of_one(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", ROWS, sheets=2)
    content: dict[str, Any] = {"kind": "scorecard", "tables": {"indicator": "a.xlsx"}}
    with pytest.raises(PrintedError, match="#Sheet"):
        add_tables(content, tmp_path, "t.toml")
    content["tables"]["indicator"] = "a.xlsx#Sheet"
    assert len(add_tables(content, tmp_path, "t.toml")["indicator"]) == 2
