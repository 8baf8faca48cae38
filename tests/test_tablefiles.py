"""Plain tables and printed matrices on disk: read as they are, by their own evidence, or refused by name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.matrixfiles import is_matrix, read_matrix
from bsc_analysis.tablefiles import MOST_FAULTS, open_table, read_columns

if TYPE_CHECKING:
    from pathlib import Path

    from bsc_analysis.scorecards.intake.grid import Opened

ROUNDING = 1e-15  # one product of two numbers near 1


def table(folder: Path, text: str, name: str = "nilai.csv") -> Opened:
    (folder / name).write_text(text, encoding="utf-8")
    return open_table(folder / name)


def faults_of(opened: Opened, *names: str, keys: tuple[str, ...] = (), decimal: str = "") -> list[str]:
    with pytest.raises(DataError) as caught:
        read_columns(opened, names, keys, decimal=decimal)  # type: ignore[arg-type]
    return [str(each) for each in caught.value.faults]


# ---- tables -------------------------------------------------------------------------------------------------------------


def test_only_the_named_columns_are_read_and_keys_stay_text(tmp_path: Path) -> None:
    opened = table(tmp_path, "unit,tahun,LG,IP,catatan\nBPBD,2016,0.5,1,baik\nDinas,2017,-0.25,2,- kurang\n")
    read = read_columns(opened, ["IP", "LG"], ["tahun"])
    assert read.frame.to_dict("list") == {"IP": [1.0, 2.0], "LG": [0.5, -0.25], "tahun": ["2016", "2017"]}
    assert read.notes == ()


def test_each_column_proves_its_own_decimal_mark(tmp_path: Path) -> None:
    """ "73,5 %" proves the comma for its column, "0.35" the point for another; "1.122" follows its neighbours."""
    opened = table(tmp_path, "A;B;C\n73,5 %;0.35;1.122\n61 %;1.122;0,175\n")
    read = read_columns(opened, ["A", "B", "C"])
    assert read.frame.to_dict("list") == {"A": [73.5, 61.0], "B": [0.35, 1.122], "C": [1122.0, 0.175]}
    assert any("'1.122'" in str(note) for note in read.notes), "what hangs on the evidence is said"


def test_an_ambiguous_column_stops_with_its_cells_until_the_mark_is_declared(tmp_path: Path) -> None:
    opened = table(tmp_path, "LG;IP\n1.122;5\n2.500;6\n")
    faults = faults_of(opened, "LG", "IP")
    assert [each.partition(":")[0] for each in faults] == [
        "nilai.csv, row 2, column 'LG'",
        "nilai.csv, row 3, column 'LG'",
    ]
    assert read_columns(opened, ["LG"], decimal=",").frame["LG"].tolist() == [1122.0, 2500.0]
    assert read_columns(opened, ["LG"], decimal=".").frame["LG"].tolist() == [1.122, 2.5]


@pytest.mark.parametrize("missing", ["", "-", "NA", "nan", "NaN", "n/a"])
def test_what_says_that_there_is_no_figure_is_missing(tmp_path: Path, missing: str) -> None:
    read = read_columns(table(tmp_path, f"LG,IP\n0.5,1\n{missing},2\n"), ["LG", "IP"])
    assert math.isnan(read.frame["LG"][1])
    assert read.frame["IP"].tolist() == [1.0, 2.0]


def test_powers_of_ten_as_programs_write_them_are_numbers(tmp_path: Path) -> None:
    read = read_columns(table(tmp_path, "LG,u\n5.3e-05,a\n-1E+3,b\n0.5,c\n"), ["LG"])
    assert read.frame["LG"].tolist() == [5.3e-05, -1000.0, 0.5]


def test_rows_without_any_cell_are_no_rows(tmp_path: Path) -> None:
    read = read_columns(table(tmp_path, "unit,LG\na,1\n,\nb,2\n,\n"), ["LG"], ["unit"])
    assert read.frame["unit"].tolist() == ["a", "b"]


def test_a_missing_column_is_offered_the_nearest_name(tmp_path: Path) -> None:
    opened = table(tmp_path, "unit,Proses Bisnis,CP\na,1,2\n")
    assert faults_of(opened, "Proses Bisni", "CP") == [
        "nilai.csv: the data have no column 'Proses Bisni', did you mean 'Proses Bisnis'?"
    ]


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    opened = table(tmp_path, "LG,IP,LG\n1,2,3\n")
    assert faults_of(opened, "LG", "IP") == ["nilai.csv: column 'LG' stands twice"]


def test_a_column_of_text_is_one_fault_and_a_few_texts_are_named_each(tmp_path: Path) -> None:
    words = "".join(f"baik {at}x,{at}\n" for at in range(MOST_FAULTS + 1))
    assert faults_of(table(tmp_path, "LG,IP\n" + words), "LG", "IP") == [
        "nilai.csv, column 'LG': 13 cells hold text, such as 'baik 0x'; the model needs numbers in this column"
    ]
    faults = faults_of(table(tmp_path, "LG,IP\n0.5,1\nbaik,2\n"), "LG", "IP")
    assert faults == [
        "nilai.csv, row 3, column 'LG': got 'baik', allowed: a number, or '-' where there is none"
    ]


def test_of_many_faults_in_a_column_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    words = "".join(f"buruk,{at}\n" for at in range(MOST_FAULTS + 3))
    faults = faults_of(table(tmp_path, "LG,IP\n0.5,1\n" + words), "LG")
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1] == "nilai.csv, column 'LG': 3 more cells that cannot be read"


@pytest.mark.parametrize("infinite", ["inf", "-Infinity"])
def test_an_infinite_value_is_named_by_its_cell(tmp_path: Path, infinite: str) -> None:
    (found,) = faults_of(table(tmp_path, f"LG,IP\n1,2\n{infinite},3\n"), "LG")
    assert found.startswith("nilai.csv, row 3, column 'LG': got ")
    assert found.endswith("allowed: a finite number")


def test_a_plain_share_beside_percentages_is_refused(tmp_path: Path) -> None:
    """0,9 beside "85 %" may be 0.9 % or 90 %; 85 without a sign cannot be a share and is let through."""
    (found,) = faults_of(table(tmp_path, "LG;IP\n85 %;1\n0,9;2\n85;3\n"), "LG")
    assert found.startswith("nilai.csv, row 3, column 'LG': got '0,9' beside '85 %'")


def test_two_units_in_one_column_are_refused(tmp_path: Path) -> None:
    assert faults_of(table(tmp_path, "LG,IP\n60 kali,1\n2 hari,2\n"), "LG") == [
        "nilai.csv, row 3, column 'LG': got the unit 'hari', allowed: 'kali', as elsewhere in the column"
    ]


def test_a_workbook_has_its_titles_its_sheets_and_its_percentages(tmp_path: Path) -> None:
    """A cell that holds 0.735 and shows 73.5 % is 73.5, as its reader sees it."""
    book = openpyxl.Workbook()
    book.active.append(["catatan"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Nilai")
    for row in (["NILAI PERSPEKTIF"], ["unit", "LG", "IP"], ["a", 0.735, 1], ["b", 0.61, None]):
        sheet.append(row)
    for cell in ("B3", "B4"):
        sheet[cell].number_format = "0.0%"
    book.save(tmp_path / "nilai.xlsx")
    read = read_columns(open_table(tmp_path / "nilai.xlsx"), ["LG", "IP"], ["unit"])
    assert read.frame["LG"].tolist() == [73.5, 61.0]
    assert math.isnan(read.frame["IP"][1])
    sheet.title = "Dua"
    book.copy_worksheet(sheet)
    book.save(tmp_path / "nilai.xlsx")
    (found,) = faults_of(open_table(tmp_path / "nilai.xlsx"), "LG")
    assert found.endswith(
        "these sheets have the columns that are needed: 'Dua', 'Dua Copy'; name the one to read"
    )
    assert len(read_columns(open_table(tmp_path / "nilai.xlsx", sheet="Dua"), ["LG"]).frame) == 2


def test_parquet_is_read_like_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"unit": ["a", "b"], "LG": [0.1, None], "IP": [1, 2]})
    frame.to_parquet(tmp_path / "nilai.parquet")
    read = read_columns(open_table(tmp_path / "nilai.parquet"), ["LG", "IP"], ["unit"]).frame
    assert read["LG"][0] == 0.1
    assert math.isnan(read["LG"][1])
    assert read["IP"].tolist() == [1.0, 2.0]


def test_a_file_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UseError, match="there is no such file"):
        open_table(tmp_path / "nowhere.csv")


# ---- matrices -----------------------------------------------------------------------------------------------------------

LOWER = ",LG,IP,CP\nLG,1,,\nIP,.329,1,\nCP,.046,.123,1.000\n"


def matrix_faults(opened: Opened, *names: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_matrix(opened, names or ("LG", "IP", "CP"), 100)
    return [str(each) for each in caught.value.faults]


def test_one_triangle_is_mirrored_and_a_part_is_taken_in_the_models_order(tmp_path: Path) -> None:
    """The sample's covariance of divisor n is the correlation itself where no standard deviations are known."""
    opened = table(tmp_path, LOWER)
    moments, notes = read_matrix(opened, ["CP", "LG", "IP"], 100)
    assert moments.names == ("CP", "LG", "IP")
    expected = [1, 0.046, 0.123, 0.046, 1, 0.329, 0.123, 0.329, 1]
    assert moments.covariance.ravel().tolist() == pytest.approx(expected, abs=ROUNDING)
    assert not moments.has_means
    assert "correlations" in str(notes[-1])
    assert read_matrix(opened, ["CP", "LG"], 100)[0].covariance.shape == (2, 2)


def test_both_triangles_and_rows_in_another_order_are_the_same_matrix(tmp_path: Path) -> None:
    opened = table(tmp_path, "r;LG;IP\nIP;0,329;1\nLG;1;0,329\n")
    assert read_matrix(opened, ["LG", "IP"], 71)[0].covariance[0, 1] == 0.329


def test_a_matrix_without_ones_holds_covariances_of_divisor_n_less_one(tmp_path: Path) -> None:
    """With n = 10 the variance 4 of divisor 9 is 4 x 9 / 10 = 3.6 of divisor 10."""
    moments, notes = read_matrix(table(tmp_path, ",LG,IP\nLG,4,1\nIP,1,9\n"), ["LG", "IP"], 10)
    assert moments.covariance[0, 0] == pytest.approx(3.6, abs=ROUNDING)
    assert "covariances" in str(notes[-1])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (",LG,IP,CP\nLG,1,,\nIP,.3,1,\nCP,,.1,1\n", "the matrix has no number for CP, LG, in neither half"),
        (",LG,IP,CP\nLG,1,,\nIP,1.3,1,\nCP,.1,.1,1\n", "the correlation of LG and IP is 1.3"),
        (",LG,IP,CP\nLG,1,.2,\nIP,.3,1,\nCP,.1,.1,1\n", "LG, IP is 0.2 and IP, LG is 0.3"),
        (",LG,IP,CP\nLG,1,,\nIP,x1y,1,\nCP,.1,.1,1\n", "row 3, column 'LG': got 'x1y'"),
        (",LG,IP,CP\nLG,1,,\nIP,.9,1,\nCP,.9,-.9,1\n", "it is not positive definite"),
        (
            "unit,LG,IP,CP\na,1,2,3\nb,1,2,4\n",
            "this is no square matrix (columns unit, LG, IP, CP; rows a, b)",
        ),
        (",LG,IP,SH\nLG,1,,\nIP,.3,1,\nSH,.1,.1,1\n", "the data have no column 'CP'"),
    ],
)
def test_what_is_wrong_with_a_matrix_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    (found,) = matrix_faults(table(tmp_path, text, "r.csv"))
    assert found.startswith("r.csv")
    assert sentence in found


def test_a_matrix_is_told_from_a_table(tmp_path: Path) -> None:
    assert is_matrix(table(tmp_path, LOWER))
    assert is_matrix(table(tmp_path, "Tabel 4\n" + LOWER))
    assert not is_matrix(table(tmp_path, "unit,LG,IP\na,1,2\nb,3,4\n"))
    assert not is_matrix(table(tmp_path, "LG,IP\n1,2\n3,4\n"))
