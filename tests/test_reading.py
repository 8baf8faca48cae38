"""Whole files: bytes in, observations and notes out, or one report of every fault."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import DataError
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.intake.reading import Intake, read_table
from bsc_analysis.scorecards.intake.vocabulary import read_vocabulary
from bsc_analysis.scorecards.rules import RuleSet, WordScale

DATA = Path(__file__).parent.parent / "data"
HEADER = "unit,year,perspective,indicator,target,actual"
ROW = "BPBD,2017,financial,economy,119,84"
LOCAL = ("Unit", "Tahun", "Perspektif", "IKU", "Target", "Realisasi")
BANTAENG = """
2016 financial economy 102 98 % 2
2016 financial efficiency 86 99 % 3
2016 financial effectiveness 98 98 % 4
2016 customer satisfaction - - scale_1-5 5
2016 internal_process innovation 73.5 70.6 % 6
2016 internal_process compliance 83.3 79.2 % 7
2016 learning_growth competence 33.3 25 % 8
2016 learning_growth facilities 92 97 % 9
2016 learning_growth productivity 97 97 % 10
2017 financial economy 119 84 % 11
2017 financial efficiency 64 80 % 12
2017 financial effectiveness 84 84 % 13
2017 customer satisfaction 4 4 scale_1-5 14
2017 internal_process innovation 61.4 71.9 % 15
2017 internal_process compliance 87.5 95.7 % 16
2017 learning_growth competence 36.4 32 % 17
2017 learning_growth facilities 167 86 % 18
2017 learning_growth productivity 93 93 % 19
"""


def read(*lines: str, decimal: Literal["", ".", ","] = "", rules: RuleSet | None = None) -> Intake:
    return read_table("\n".join(lines).encode(), "data.csv", decimal=decimal, rules=rules)


def faults(*lines: str, decimal: Literal["", ".", ","] = "", rules: RuleSet | None = None) -> list[str]:
    with pytest.raises(DataError) as caught:
        read(*lines, decimal=decimal, rules=rules)
    return [str(each) for each in caught.value.faults]


def workbook(**sheets: list[tuple[object, ...]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# ---- clean files -----------------------------------------------------------------------------------------------------


def test_the_transcribed_study_is_read_as_it_always_was() -> None:
    """The expectation is the table above: every figure as transcribed, "-" as null, rows by the lines of the file."""
    records = [line.split() for line in BANTAENG.strip().splitlines()]
    expected = pd.DataFrame(
        [
            (
                "BPBD Bantaeng",
                int(year),
                perspective,
                indicator,
                target,
                actual,
                unit.replace("_", " "),
                int(row),
            )
            for year, perspective, indicator, target, actual, unit, row in records
        ],
        columns=["unit", "year", "perspective", "indicator", "target", "actual", "unit_of_measure", "row"],
    ).replace({"target": {"-": None}, "actual": {"-": None}})
    texts = ("unit", "perspective", "indicator", "unit_of_measure")
    expected = expected.astype(dict.fromkeys(texts, "str") | {"target": "Float64", "actual": "Float64"})
    content = (DATA / "studies/bantaeng/indicators.csv").read_bytes()
    pd.testing.assert_frame_equal(read_table(content, "indicators.csv").observations, expected)


def test_types_are_those_of_the_contract() -> None:
    rows = read(HEADER + ",parent,weight", ROW + ",,-").observations
    assert rows.dtypes.astype(str).to_dict() == {
        "unit": "str", "year": "int64", "perspective": "str", "indicator": "str", "target": "Float64",
        "actual": "Float64", "parent": "str", "weight": "Float64", "row": "int64",
    }  # fmt: skip
    assert rows[["parent", "weight"]].isna().to_numpy().all()


def test_an_indonesian_workbook_and_its_canonical_text_file_are_the_same() -> None:
    book = workbook(Data=[LOCAL, ("BPBD", 2017, "Keuangan", "economy", 119, 84)])
    pd.testing.assert_frame_equal(read_table(book, "iku.xlsx").observations, read(HEADER, ROW).observations)


def test_a_semicolon_file_with_decimal_commas_is_read_by_its_evidence() -> None:
    found = read(
        "Unit;Tahun;Perspektif;IKU;Target;Realisasi",
        "BPBD;2017;Keuangan;Ekonomis;1.122;73,5 %",
        "BPBD;2017;Keuangan;Efisien;0,5;-",
    )
    assert found.observations["target"].tolist() == [1122.0, 0.5]
    assert any("the decimal mark is ','" in str(note) for note in found.notes)


def test_a_cell_with_line_breaks_does_not_move_the_rows_below_it() -> None:
    assert faults(HEADER, 'BPBD,2017,financial,"a', 'b",119,84', "BPBD,2O16,financial,c,1,2") == [
        "data.csv, row 4, column 'year': got '2O16', allowed: a year such as 2017"
    ]


# ---- workbooks as they are -------------------------------------------------------------------------------------------


def test_a_printed_scorecard_with_titles_merged_headers_and_quarters() -> None:
    """Two indicators under one merged perspective, two quarters: four rows; unit and year stand in the titles."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows: list[tuple[object, ...]] = [
        ("LAPORAN KINERJA TAHUN 2017",),
        ("Unit Kerja", ":", "BPBD"),
        ("No", "Perspektif", "IKU", "Bobot (%)", "Polarisasi", "Target", None, "Realisasi", None),
        (None, None, None, None, None, "TW I", "TW II", "TW I", "TW II"),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"),
        (1, "Learning & Growth", "Kompetensi", 60, "Maximize", 33.3, 36.4, 25, 32),
        (2, None, "Sarana", 40, "Maximize", 92, 95, 0.97, 0.86),
        ("Jumlah", None, None, 100),
    ]
    for row in rows:
        sheet.append(row)
    for merged in ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:G3", "H3:I3", "B6:B7"):
        sheet.merge_cells(merged)
    for cell in ("H7", "I7"):
        sheet[cell].number_format = "0%"
    found = read_table(saved(book), "iku.xlsx").observations
    assert found["period"].tolist() == ["Q1", "Q2", "Q1", "Q2"]
    assert set(found["perspective"]) == {"learning_growth"}
    assert found["actual"].tolist() == [25.0, 32.0, 97.0, 86.0]
    assert found["unit_of_measure"].tolist()[2:] == ["%", "%"]
    assert found["weight"].tolist() == [60.0, 60.0, 40.0, 40.0]
    assert found[["unit", "year", "polarity"]].drop_duplicates().to_numpy().tolist() == [
        ["BPBD", 2017, "maximize"]
    ]
    assert found["row"].tolist() == [6, 6, 7, 7]


def test_all_sheets_with_a_header_are_read_and_the_others_named() -> None:
    book = workbook(
        Petunjuk=[("Isi lembar berikut",)],
        TW1=[LOCAL, ("BPBD", 2016, "Keuangan", "Ekonomis", 102, 98)],
        TW2=[(*LOCAL, "Bobot"), ("BPBD", 2017, "Keuangan", "Ekonomis", "70-80", 84, 0.3)],
    )
    found = read_table(book, "iku.xlsx")
    assert found.observations["sheet"].tolist() == ["TW1", "TW2"]
    assert found.observations["row"].tolist() == [2, 2]
    assert found.observations["target_upper"].fillna(-1).tolist() == [-1.0, 80.0]
    assert found.observations["weight"].fillna(-1).tolist() == [-1.0, 0.3]
    sentences = [str(note) for note in found.notes]
    assert "iku.xlsx, sheet 'Petunjuk': no header was found, the sheet is not read" in sentences
    assert "iku.xlsx: sheets that were read: TW1, TW2" in sentences


def test_a_key_that_stands_on_two_sheets_is_refused_at_the_second() -> None:
    rows: list[tuple[object, ...]] = [LOCAL, ("BPBD", 2017, "Keuangan", "Ekonomis", 119, 84)]
    with pytest.raises(DataError) as caught:
        read_table(workbook(A=rows, B=rows), "iku.xlsx")
    assert str(caught.value) == (
        "iku.xlsx, sheet 'B', row 2: BPBD, 2017, financial, Ekonomis stands in an earlier row already"
    )


def test_faults_of_all_sheets_are_reported_together() -> None:
    book = workbook(
        A=[LOCAL, ("BPBD", "2O16", "Keuangan", "Ekonomis", 119, dt.date(2017, 1, 1))],
        B=[LOCAL[:5], ("BPBD", 2017, "Keuangan", "Ekonomis", 119)],
    )
    with pytest.raises(DataError) as caught:
        read_table(book, "iku.xlsx")
    assert sorted(str(each).split(":")[0] for each in caught.value.faults) == [
        "iku.xlsx, sheet 'A', cell B2", "iku.xlsx, sheet 'A', cell F2", "iku.xlsx, sheet 'B'"
    ]  # fmt: skip


def test_a_file_without_any_header_says_what_was_looked_for() -> None:
    assert faults("a,b", "1,2") == [
        (
            "data.csv: no header was found; looked for columns such as unit, year, perspective, indicator, target, actual, "
            "or what they are called in the vocabulary"
        )
    ]


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [(), (",,,,,",)])
def test_a_header_and_no_rows(rows: tuple[str, ...]) -> None:
    assert faults(HEADER, *rows) == ["data.csv: the file has a header and no rows"]


def test_repeated_keys() -> None:
    assert faults(HEADER, ROW, "BPBD,2016,financial,economy,1,2", ROW) == [
        "data.csv, row 4: BPBD, 2017, financial, economy stands in an earlier row already"
    ]


def test_a_percentage_beside_a_fraction_in_weights() -> None:
    found = read(HEADER + ",weight", ROW + ",30%", 'BPBD,2017,financial,efficiency,1,2,"0,3"')
    assert found.observations["weight"].tolist() == [0.3, 0.3]
    assert faults(HEADER + ",weight", ROW + ",30%", "BPBD,2017,financial,efficiency,1,2,30") == [
        (
            "data.csv, row 3, column 'weight': got '30' beside weights with a percent sign; it may be a percentage or a weight "
            "as it is, write the sign"
        )
    ]


def test_negative_weights_are_refused_and_negative_figures_are_figures() -> None:
    assert faults(HEADER + ",weight", ROW + ",-1") == [
        "data.csv, row 2, column 'weight': got '-1', allowed: a weight above 0"
    ]
    assert read(HEADER, "BPBD,2017,financial,growth,2,-5").observations["actual"].tolist() == [-5.0]


def test_infinite_figures() -> None:
    assert faults(HEADER, "BPBD,2017,financial,economy,inf,-Infinity") == [
        "data.csv, row 2, column 'target': got 'inf', allowed: a number, or '-' where there is none",
        "data.csv, row 2, column 'actual': got '-Infinity', allowed: a number, or '-' where there is none",
    ]


def test_a_year_with_a_letter() -> None:
    assert faults(HEADER, "BPBD,2O16,financial,economy,1,2") == [
        "data.csv, row 2, column 'year': got '2O16', allowed: a year such as 2017"
    ]


def test_names_that_look_like_formulas_are_kept_as_texts() -> None:
    found = read(HEADER, '"=HYPERLINK(""x"")",2017,financial,@SUM(A1),119,84').observations
    assert found[["unit", "indicator"]].iloc[0].tolist() == ['=HYPERLINK("x")', "@SUM(A1)"]


def test_ranges_stand_in_targets_only() -> None:
    rows = read(HEADER, "BPBD,2017,financial,economy,70-80,85.69", "BPBD,2017,financial,b,90,9").observations
    assert rows.columns.tolist()[4:7] == ["target", "target_upper", "actual"]
    assert rows[["target", "target_upper"]].fillna(-1).to_numpy().tolist() == [[70.0, 80.0], [90.0, -1.0]]
    assert faults(HEADER, "BPBD,2017,financial,economy,70,80-90") == [
        "data.csv, row 2, column 'actual': got '80-90', allowed: one number, not a range"
    ]


def test_a_range_beside_an_upper_end_of_its_own() -> None:
    assert faults(HEADER + ",target_upper", "BPBD,2017,financial,economy,70-80,85,90") == [
        "data.csv, row 2, column 'target_upper': got '90' beside a range in the target, allowed: one of the two"
    ]


def test_an_upper_end_below_its_target() -> None:
    assert faults(HEADER + ",target_upper", "BPBD,2017,financial,economy,70,85,60") == [
        "data.csv, row 2, column 'target_upper': got 60.0, allowed: at least the target, 70.0"
    ]


def test_an_ambiguous_figure_stops_and_a_declared_mark_decides() -> None:
    row = "BPBD,2017,financial,economy,1.122,84"
    assert faults(HEADER, row) == [
        (
            "data.csv, row 2, column 'target': got '1.122', which is 1122 if the decimal mark is ',' and 1.122 if it is '.'; "
            "nothing in the column decides, declare the decimal mark"
        )
    ]
    assert read(HEADER, row, decimal=".").observations["target"].tolist() == [1.122]


def test_mixed_marks_are_read_cell_by_cell_with_a_note_and_what_is_ambiguous_stops() -> None:
    lines = (HEADER, 'BPBD,2017,financial,a,"73,5",1', "BPBD,2017,financial,b,61.4,2")
    found = read(*lines)
    assert found.observations["target"].tolist() == [73.5, 61.4]
    assert any("decimal marks are mixed" in str(note) for note in found.notes)
    assert len(faults(*lines, "BPBD,2017,financial,c,1.122,3")) == 1


def test_every_fault_of_a_file_is_reported_at_once() -> None:
    found = faults(
        HEADER, ",17,financial,economy,x y z 1,84", "BPBD,2017,,b,1,2", "BPBD,2017,financial,c,5-6-7,8-9"
    )
    assert [sentence.split(":")[0] for sentence in found] == [
        "data.csv, row 2, column 'unit'",
        "data.csv, row 2, column 'year'",
        "data.csv, row 3, column 'perspective'",
        "data.csv, row 2, column 'target'",
        "data.csv, row 4, column 'target'",
        "data.csv, row 4, column 'actual'",
    ]


# ---- rules and vocabulary --------------------------------------------------------------------------------------------


def test_perspectives_and_indicators_are_those_of_the_rule_set() -> None:
    found = read(HEADER, "BPBD,2017,FIN,Rasio ekonomis,119,84", rules=read_rules("bantaeng")).observations
    assert found[["perspective", "indicator"]].iloc[0].tolist() == ["financial", "economy"]
    assert faults(HEADER, "BPBD,2017,Keuangan,x,119,84", rules=read_rules("kkp"))[0].startswith(
        "data.csv, row 2, column 'perspective': got 'Keuangan'"
    )


def test_words_of_the_rule_sets_scales_are_values() -> None:
    scale = WordScale("opinion", Label("Opini", "Opinion"), (("WTP", Fraction(4)), ("WDP", Fraction(3))))
    rules = replace(read_rules("kkp"), scales=(scale,))
    rows = read(HEADER, "BPBD,2017,stakeholder,opinion,WTP,wdp", rules=rules).observations
    assert rows[["target", "actual"]].iloc[0].tolist() == [4.0, 3.0]
    assert faults(HEADER, "BPBD,2017,stakeholder,opinion,WTP,WTQ", rules=rules) == [
        "data.csv, row 2, column 'actual': got 'WTQ', allowed: a number, '-' where there is none, or one of WTP, WDP"
    ]


def test_a_users_vocabulary_names_columns_otherwise() -> None:
    own = read_vocabulary('columns.actual = ["Hasil Akhir"]', "own.toml")
    content = f"{HEADER.replace('actual', 'Hasil Akhir')}\n{ROW}".encode()
    assert read_table(content, "data.csv", synonyms=own).observations["actual"].tolist() == [84.0]


@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 4)), min_size=1, max_size=8))
def test_plain_figures_of_one_writer_come_back_or_are_truly_ambiguous(
    cells: list[tuple[int, int]],
) -> None:
    """A writer with decimal points prints figures without groups: what comes back is what was printed, or nothing."""
    printed = [f"{value / 10**decimals:.{decimals}f}" for value, decimals in cells]
    lines = [f"BPBD,2017,financial,i{at},{text},1" for at, text in enumerate(printed)]
    try:
        found, stopped = read(HEADER, *lines).observations["target"].tolist(), ()
    except DataError as ambiguous:
        found, stopped = [], ambiguous.faults
    assert all("nothing in the column decides" in str(each) for each in stopped)
    assert not stopped or not any("." in text and len(text.partition(".")[2]) != 3 for text in printed)
    assert stopped or found == [float(text) for text in printed]
