"""Grids: a cell is found again by the words that say where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from bsc_analysis.scorecards.intake.grid import (
    CellError,
    Grid,
    Uncalculated,
    column_letters,
    too_many_cells,
)

ROWS = (("unit", "actual"), ("BPBD", 84))


def test_a_cell_of_a_workbook_is_named_by_sheet_letter_and_number() -> None:
    place = Grid("IKU.xlsx", "Data", ROWS).place(6, 3, "actual")
    assert str(place) == "IKU.xlsx, sheet 'Data', cell D7"
    assert dict(place.fields) == {
        "file": "IKU.xlsx",
        "sheet": "Data",
        "cell": "D7",
        "row": "7",
        "column": "actual",
    }


def test_a_cell_of_a_text_is_named_by_line_and_column() -> None:
    place = Grid("indicators.csv", "", ROWS).place(10, 1, "actual")
    assert str(place) == "indicators.csv, row 11, column 'actual'"
    assert dict(place.fields)["column"] == "actual"


def test_rows_are_counted_from_the_first_or_listed() -> None:
    assert Grid("a.sav", "", ROWS, numbered_from=0).number(1) == 1
    assert Grid("a.csv", "", ROWS, lines=(2, 7)).number(1) == 7
    assert "row 7," in str(Grid("a.csv", "", ROWS, lines=(2, 7)).place(1, 0, "unit"))


def test_the_title_of_a_grid_is_its_file_and_its_sheet() -> None:
    assert str(Grid("a.csv", "", ROWS).title) == "a.csv"
    assert str(Grid("a.xlsx", "Data", ROWS).title) == "a.xlsx, sheet 'Data'"
    assert str(too_many_cells(Grid("a.csv", "", ROWS).title)).startswith("a.csv: more than 5,000,000 cells")


def test_a_formula_and_an_error_are_shown_as_the_reader_of_the_file_sees_them() -> None:
    assert (str(Uncalculated("=A1/B1")), str(CellError("#DIV/0!"))) == ("=A1/B1", "#DIV/0!")


@given(st.integers(0, 16_383))
def test_columns_have_the_letters_that_another_program_gives_them(column: int) -> None:
    assert column_letters(column) == get_column_letter(column + 1)


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_the_edges_of_the_alphabet_are_right(column: int, letters: str) -> None:
    assert column_letters(column) == letters
