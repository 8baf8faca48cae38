"""Columns of years and periods become rows, and each cell keeps its place."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake.bodies import read_body
from bsc_analysis.scorecards.intake.grid import Grid
from bsc_analysis.scorecards.intake.headers import find_table
from bsc_analysis.scorecards.intake.periods import RawColumn, Unfolded, unfold
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary

WORDS = packaged_vocabulary()
KEYS = ("Unit", "Tahun", "Perspektif", "IKU")
ROW = ("BPBD", 2017, "Keuangan", "Ekonomis")
UNDATED = ("Unit", "Perspektif", "IKU")
UNDATED_ROW = ("BPBD", "Keuangan", "Ekonomis")


def unfolded(*rows: tuple[object, ...], sheet: str = "Data") -> Unfolded:
    table = find_table(Grid("IKU.xlsx", sheet, rows), WORDS)
    assert table is not None
    return unfold(table, read_body(table, WORDS))


def cells(*rows: tuple[object, ...]) -> dict[str, list[object]]:
    return {each.name: list(each.cells) for each in unfolded(*rows).columns}


def column(name: str, *rows: tuple[object, ...], sheet: str = "Data") -> RawColumn:
    return next(each for each in unfolded(*rows, sheet=sheet).columns if each.name == name)


def faults(*rows: tuple[object, ...]) -> list[str]:
    with pytest.raises(DataError) as caught:
        unfolded(*rows)
    return [str(each).removeprefix("IKU.xlsx, sheet 'Data': ") for each in caught.value.faults]


def test_a_table_of_one_year_and_no_periods_stays_as_it_is() -> None:
    found = cells((*KEYS, "Target", "Realisasi"), (*ROW, 119, 84), (*ROW[:3], "Efisien", 64, 80))
    assert found["target"] == [119, 64]
    assert "period" not in found


def test_quarters_side_by_side_become_rows_in_the_order_of_the_year() -> None:
    """Two records of two quarters are four rows, and the rows of a record stand together."""
    found = cells(
        (*KEYS, "Realisasi TW II", "Realisasi TW I", "Target TW I", "Target TW II"),
        (*ROW, 44, 40, 50, 51),
        (*ROW[:3], "Efisien", 4, 3, 5, 6),
    )
    assert found["period"] == ["Q1", "Q2", "Q1", "Q2"]
    assert found["actual"] == [40, 44, 3, 4]
    assert found["target"] == [50, 51, 5, 6]
    assert found["indicator"] == ["Ekonomis", "Ekonomis", "Efisien", "Efisien"]


def test_a_target_for_the_year_stands_in_the_last_period_only() -> None:
    """Summed over the periods it is 119 again, and as the last value known too."""
    rows = ((*KEYS, "Target", "Realisasi TW I", "Realisasi TW II"), (*ROW, 119, 40, 44))
    assert cells(*rows)["target"] == [None, 119]
    assert [str(note).removeprefix("IKU.xlsx, sheet 'Data': ") for note in unfolded(*rows).notes] == [
        "each row of the file becomes one row for each of Q1, Q2",
        "column 'Target' is for the whole year; its figures stand in the row of the last period",
    ]


def test_a_weight_holds_for_every_period() -> None:
    found = cells((*KEYS, "Bobot", "Target", "Realisasi S1", "Realisasi S2"), (*ROW, 0.3, 119, 40, 44))
    assert found["weight"] == [0.3, 0.3]
    assert found["period"] == ["S1", "S2"]


def test_years_in_headings_become_the_column_of_years() -> None:
    found = cells(
        (*UNDATED, "Target 2016", "Realisasi 2016", "Target 2017", "Realisasi 2017"),
        (*UNDATED_ROW, 1, 2, 3, 4),
    )
    assert found["year"] == [2016, 2017]
    assert (found["target"], found["actual"]) == ([1, 3], [2, 4])


def test_one_year_in_a_heading_holds_for_all_columns() -> None:
    found = cells((*UNDATED, "Target 2017", "Realisasi"), (*UNDATED_ROW, 1, 2))
    assert (found["year"], found["target"], found["actual"]) == ([2017], [1], [2])


def test_years_and_quarters_together_keep_each_yearly_target_in_its_own_year() -> None:
    found = cells(
        (
            *UNDATED,
            "Target 2016",
            "Realisasi TW I 2016",
            "Realisasi TW II 2016",
            "Target 2017",
            "Realisasi TW I 2017",
        ),
        (*UNDATED_ROW, 10, 1, 2, 20, 3),
    )
    assert list(zip(found["year"], found["period"], found["target"], found["actual"], strict=True)) == [
        (2016, "Q1", None, 1), (2016, "Q2", 10, 2), (2017, "Q1", 20, 3)
    ]  # fmt: skip


def test_a_column_of_periods_is_a_column_like_any_other() -> None:
    found = cells((*KEYS, "Triwulan", "Target", "Realisasi"), (*ROW, "TW I", 1, 2))
    assert found["period"] == ["TW I"]


def test_months_and_a_whole_year_in_words() -> None:
    found = cells((*KEYS, "Target Tahunan", "Realisasi Januari", "Realisasi Februari"), (*ROW, 9, 1, 2))
    assert (found["period"], found["target"]) == (["M01", "M02"], [None, 9])


def test_each_cell_keeps_its_place_in_a_workbook_and_in_a_text_file() -> None:
    rows = (
        (*KEYS, "Target", "Realisasi TW I", "Realisasi TW II"),
        (*ROW, 119, 40, 44),
        (*ROW[:3], "Efisien", 1, 2, 3),
    )
    assert [str(column("actual", *rows).place(at)) for at in (1, 2)] == [
        "IKU.xlsx, sheet 'Data', cell G2",
        "IKU.xlsx, sheet 'Data', cell F3",
    ]
    assert str(column("actual", *rows, sheet="").place(3)) == "IKU.xlsx, row 3, column 'Realisasi TW II'"


@pytest.mark.parametrize(
    ("header", "row", "sentences"),
    [
        (
            (*KEYS, "Target", "Target TW I", "Realisasi TW I"),
            (*ROW, 1, 2, 3),
            ["'Target' is for the whole year, beside 'Target TW I' for a part of it; keep one"],
        ),
        (
            (*KEYS, "Target", "Realisasi TW I", "Realisasi Semester I"),
            (*ROW, 1, 2, 3),
            ["periods of different lengths stand side by side: Q1, S1; keep those of one length"],
        ),
        (
            (*KEYS, "Periode", "Target 2017", "Realisasi TW I"),
            (*ROW, "TW I", 2, 3),
            [
                "'Tahun' stands in a column of its own and in the heading 'Target 2017'; keep one",
                "'Periode' stands in a column of its own and in the heading 'Realisasi TW I'; keep one",
            ],
        ),
        (
            (*UNDATED, "Target 2016", "Target 2017", "Realisasi"),
            (*UNDATED_ROW, 1, 2, 3),
            ["column 'Realisasi' names no year, and others name several"],
        ),
    ],
)
def test_headings_that_contradict_each_other_are_refused(
    header: tuple[object, ...], row: tuple[object, ...], sentences: list[str]
) -> None:
    assert faults(header, row) == sentences
