"""Intake: a file becomes observations, or a report of every fault in it with file, row and column."""

from __future__ import annotations

import pandas as pd
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake.reading import DecimalMark, read_table

HEADER = "unit,year,perspective,indicator,target,actual"
ROW = "BPBD,2017,financial,economy,119,84"


def read_observations(text: str, where: str, *, decimal: DecimalMark = ".") -> pd.DataFrame:
    return read_table(text.encode(), where, decimal=decimal).observations


def read(*rows: str, header: str = HEADER, decimal: DecimalMark = ".") -> pd.DataFrame:
    return read_observations("\n".join([header, *rows]), "data.csv", decimal=decimal)


def faults_of(text: str, decimal: DecimalMark = ".") -> list[str]:
    with pytest.raises(DataError) as caught:
        read_observations(text, "data.csv", decimal=decimal)
    return [str(each) for each in caught.value.faults]


def test_the_required_columns_are_enough() -> None:
    rows = read(ROW)
    assert rows.iloc[0].to_dict() == {
        "unit": "BPBD",
        "year": 2017,
        "perspective": "financial",
        "indicator": "economy",
        "target": 119.0,
        "actual": 84.0,
        "row": 2,
    }


def test_figures_are_float64_years_are_whole_and_the_row_is_the_line_of_the_file() -> None:
    rows = read(ROW, "BPBD,2016,financial,economy,102,98")
    assert rows.dtypes[["target", "actual", "year", "row"]].astype(str).tolist() == [
        "Float64",
        "Float64",
        "int64",
        "int64",
    ]
    assert rows["row"].tolist() == [2, 3]


@pytest.mark.parametrize("mark", ["", "-", "–", " - "])
def test_a_mark_for_no_figure_is_null(mark: str) -> None:
    rows = read(f"BPBD,2016,customer,satisfaction,{mark},{mark}")
    assert rows[["target", "actual"]].isna().to_numpy().all()


def test_optional_columns_are_kept_and_an_empty_cell_of_theirs_is_null() -> None:
    rows = read(
        ROW + ",Bantaeng,,0.35,minimize",
        "BPBD,2016,financial,economy,102,98,,first half,-,",
        header=HEADER + ",parent,period,weight,polarity",
    )
    assert rows["parent"].isna().tolist() == [False, True]
    assert rows["period"].isna().tolist() == [True, False]
    assert rows["weight"].isna().tolist() == [False, True]
    assert rows["polarity"].isna().tolist() == [False, True]


def test_the_decimal_mark_is_the_one_that_was_declared() -> None:
    assert read('BPBD,2016,internal,innovation,"73,5 %","70,6"', decimal=",")["target"].tolist() == [73.5]


def test_spaces_around_cells_and_names_and_a_byte_order_mark_do_not_matter() -> None:
    rows = read_observations(
        "\ufeff" + HEADER.replace(",", " , ") + "\n BPBD , 2017 ,f, e , 1 , 2 \n\n,,,,,\n", "d"
    )
    assert rows[["unit", "perspective", "indicator"]].iloc[0].tolist() == ["BPBD", "f", "e"]
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["data.csv: the file is empty"]),
        (HEADER, ["data.csv: the file has a header and no rows"]),
        (HEADER + "\n,,,,,\n", ["data.csv: the file has a header and no rows"]),
        (
            HEADER + "\nBPBD,2017,financial,economy,119\n" + ROW + ",7",
            ["data.csv, row 2: 5 cells, expected 6", "data.csv, row 3: 7 cells, expected 6"],
        ),
        (
            HEADER + "\n\n" + ROW,
            ["data.csv, row 2: 0 cells, expected 6"],
        ),
        (
            "unit,year,perspektive,indicator,target,target,zzz\nA,2017,f,e,1,2,3",
            [
                "data.csv: column 'perspective' is missing",
                "data.csv: column 'actual' is missing",
                "data.csv: column 'target' stands twice",
                "data.csv: unknown column 'perspektive', did you mean 'perspective'?",
            ],
        ),
        (
            HEADER + "\n,17,financial,economy,11x9,\"8,4\"\nBPBD,2017,,economy,1,2",
            [
                "data.csv, row 2, column 'unit': the cell is empty",
                "data.csv, row 2, column 'year': got '17', allowed: a year such as 2017",
                "data.csv, row 3, column 'perspective': the cell is empty",
                "data.csv, row 2, column 'target': got '11x9', allowed: a number, or '-' where there is none",
                "data.csv, row 2, column 'actual': got '8,4', allowed: a number with the decimal mark '.'",
            ],
        ),
        (
            HEADER + "\n" + "\n".join([ROW, "BPBD,2016,financial,economy,102,98", ROW, ROW]),
            [
                "data.csv, row 4: BPBD, 2017, financial, economy stands in an earlier row already",
                "data.csv, row 5: BPBD, 2017, financial, economy stands in an earlier row already",
            ],
        ),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_named_at_once(text: str, sentences: list[str]) -> None:
    assert faults_of(text) == sentences


@pytest.mark.parametrize("year", ["1899", "2201", "2017.0", "twenty", "20 17"])
def test_what_is_no_year_is_refused(year: str) -> None:
    assert faults_of(f"{HEADER}\nA,{year},f,e,1,2") == [
        f"data.csv, row 2, column 'year': got {year!r}, allowed: a year such as 2017"
    ]


def test_periods_of_one_year_are_different_rows() -> None:
    rows = read(ROW + ",first", ROW + ",second", header=HEADER + ",period")
    assert rows["period"].tolist() == ["first", "second"]


def test_a_duplicate_names_its_period_too() -> None:
    text = f"{HEADER},period\n{ROW},first\n{ROW},first"
    assert faults_of(text) == [
        "data.csv, row 3: BPBD, 2017, first, financial, economy stands in an earlier row already"
    ]
