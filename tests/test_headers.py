"""Finding a table: its header, what each column holds, and which rows below it are records."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake.bodies import Body, read_body
from bsc_analysis.scorecards.intake.grid import Grid
from bsc_analysis.scorecards.intake.headers import Table, find_table
from bsc_analysis.scorecards.intake.headings import read_heading
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary

WORDS = packaged_vocabulary()
PLAIN = ("unit", "year", "perspective", "indicator", "target", "actual")
LOCAL = ("Unit", "Tahun", "Perspektif", "IKU", "Target", "Realisasi")
ROW = ("BPBD", 2017, "Keuangan", "Ekonomis", 119, 84)
Merged = tuple[tuple[int, int, int, int], ...]


def grid(*rows: tuple[object, ...], merged: Merged = ()) -> Grid:
    width = max(map(len, rows))
    return Grid("IKU.xlsx", "Data", tuple(row + (None,) * (width - len(row)) for row in rows), merged=merged)


def table(*rows: tuple[object, ...], merged: Merged = ()) -> Table:
    found = find_table(grid(*rows, merged=merged), WORDS)
    assert found is not None
    return found


def body(*rows: tuple[object, ...], merged: Merged = ()) -> Body:
    return read_body(table(*rows, merged=merged), WORDS)


def columns(*rows: tuple[object, ...], merged: Merged = ()) -> list[tuple[str, str, int | None]]:
    return [(each.role, each.period, each.year) for each in table(*rows, merged=merged).headings]


def faults(*rows: tuple[object, ...]) -> list[str]:
    with pytest.raises(DataError) as caught:
        find_table(grid(*rows), WORDS)
    return [str(each).removeprefix("IKU.xlsx, sheet 'Data': ") for each in caught.value.faults]


def notes(found: Table | Body) -> list[str]:
    return [str(each).removeprefix("IKU.xlsx, sheet 'Data': ") for each in found.notes]


# ---- one heading -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "role", "period", "year", "unit"),
    [
        (["Target"], "target", "", None, ""),
        (["Bobot (%)"], "weight", "", None, "%"),
        (["Target (Rp juta)"], "target", "", None, "Rp juta"),
        (["Target 2017"], "target", "", 2017, ""),
        (["Realisasi Tahun 2017"], "actual", "", 2017, ""),
        (["Realisasi (2017)"], "actual", "", 2017, ""),
        (["Realisasi TW I 2017"], "actual", "Q1", 2017, ""),
        (["TW II Realisasi"], "actual", "Q2", None, ""),
        (["Target", "Triwulan", "III"], "target", "Q3", None, ""),
        (["Tahun 2017", "Target", "Semester 1"], "target", "S1", 2017, ""),
        (["Realisasi", "(%)"], "actual", "", None, "%"),
        (["Target", "Atas"], "target_upper", "", None, ""),
        (["Capaian Kinerja", "Realisasi"], "actual", "", None, ""),
        (["Indikator Kinerja Utama (IKU)"], "indicator", "", None, ""),
        (["Sasaran Strategis (SS)"], "objective", "", None, ""),
        (["IKU 2017"], "indicator", "", None, ""),
        (["Target Tahunan"], "target", "whole_year", None, ""),
    ],
)
def test_a_heading_says_what_its_column_holds(
    parts: list[str], role: str, period: str, year: int | None, unit: str
) -> None:
    found = read_heading(parts, WORDS)
    assert (found.role, found.period, found.year, found.unit) == (role, period, year, unit)


@pytest.mark.parametrize(
    "parts", [["Capaian (%)"], ["Realisasi", "Capaian"], ["Capaian", "%"], ["Keterangan"]]
)
def test_a_printed_achievement_is_recognised_and_not_used(parts: list[str]) -> None:
    found = read_heading(parts, WORDS)
    assert found.is_known
    assert found.unused
    assert found.role == ""


@pytest.mark.parametrize(
    "parts", [["Target", "Awal"], ["Realisasi s.d. TW II"], ["Anggaran"], ["Target 2016-2017"]]
)
def test_a_heading_with_more_than_known_words_is_unknown(parts: list[str]) -> None:
    assert not read_heading(parts, WORDS).is_known


@pytest.mark.parametrize("parts", [["TW I"], ["2017"], ["Tahun 2017"], ["Triwulan", "I"]])
def test_a_period_or_a_year_alone_says_nothing_about_what_the_column_holds(parts: list[str]) -> None:
    assert read_heading(parts, WORDS).is_time


def test_a_narrative_is_no_heading_however_it_begins() -> None:
    found = read_heading(["Target " + "kata " * 25_000], WORDS)
    assert not found.is_known
    assert len(found.text) == 120


# ---- the header ------------------------------------------------------------------------------------------------------


def test_canonical_and_indonesian_headers_are_the_same() -> None:
    assert [each.role for each in table(PLAIN, ROW).headings] == list(PLAIN)
    assert [each.role for each in table(LOCAL, ROW).headings] == list(PLAIN)


def test_a_header_below_titles_is_found_and_its_row_is_said() -> None:
    found = table(("LAPORAN KINERJA",), (), LOCAL, ROW)
    assert found.header == range(2, 3)
    assert notes(found) == ["the header was found in row 3"]


def test_a_grid_without_a_header_has_no_table() -> None:
    assert find_table(grid(("Unit", "BPBD"), ("Tahun", 2017)), WORDS) is None


def test_a_merged_target_above_quarters_is_the_target_of_each() -> None:
    found = columns(
        ("Unit", "Tahun", "Perspektif", "IKU", "Target", None, "Realisasi", None),
        (None, None, None, None, "TW I", "TW II", "TW I", "TW II"),
        ("BPBD", 2017, "Keuangan", "Ekonomis", 1, 2, 3, 4),
        merged=((0, 4, 0, 5), (0, 6, 0, 7), (0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 1, 3)),
    )
    assert found[4:] == [
        ("target", "Q1", None),
        ("target", "Q2", None),
        ("actual", "Q1", None),
        ("actual", "Q2", None),
    ]


def test_a_text_file_leaves_the_rest_of_a_merged_label_empty() -> None:
    found = columns(
        ("Unit", "Tahun", "Perspektif", "IKU", "Target", "", "Realisasi", "", "Satuan"),
        ("", "", "", "", "TW I", "TW II", "TW I", "TW II", ""),
        ("BPBD", "2017", "Keuangan", "Ekonomis", "1", "2", "3", "4", "%"),
    )
    assert found[4:] == [
        ("target", "Q1", None), ("target", "Q2", None), ("actual", "Q1", None), ("actual", "Q2", None),
        ("unit_of_measure", "", None),
    ]  # fmt: skip


def test_three_header_rows_give_year_figure_and_period() -> None:
    found = columns(
        ("Unit", "Perspektif", "IKU", 2016, None, 2017, None),
        (None, None, None, "Target", "Realisasi", "Target", "Realisasi"),
        (None, None, None, "Semester I", "Semester I", "Semester I", "Semester I"),
        ("BPBD", "Keuangan", "Ekonomis", 1, 2, 3, 4),
        merged=((0, 3, 0, 4), (0, 5, 0, 6)),
    )
    assert found[3:] == [
        ("target", "S1", 2016),
        ("actual", "S1", 2016),
        ("target", "S1", 2017),
        ("actual", "S1", 2017),
    ]


def test_labels_of_groups_above_the_row_that_names_the_columns_belong_to_the_header() -> None:
    found = columns(
        (None, None, None, None, "Target", None, "Realisasi", None),
        ("Unit", "Tahun", "Perspektif", "IKU", "TW I", "TW II", "TW I", "TW II"),
        ("BPBD", 2017, "Keuangan", "Ekonomis", 1, 2, 3, 4),
        merged=((0, 4, 0, 5), (0, 6, 0, 7)),
    )
    assert found[4:6] == [("target", "Q1", None), ("target", "Q2", None)]


def test_missing_columns_are_all_named() -> None:
    assert faults(("Perspektif", "IKU", "Target"), ("a", "b", 1)) == [
        "column 'unit' is missing",
        "column 'year' is missing",
        "column 'actual' is missing",
    ]


def test_columns_that_hold_the_same_are_refused() -> None:
    assert faults((*LOCAL, "Target", "Indikator"), (*ROW, 1, "x")) == [
        "column 'Target' stands twice",
        "columns 'IKU' and 'Indikator' are both 'indicator'; keep one",
    ]


def test_a_near_miss_is_offered_and_not_taken() -> None:
    assert faults((*LOCAL, "Bobott", "Realisassi TW II"), (*ROW, 1, 2)) == [
        "unknown column 'Bobott', did you mean 'Bobot'?",
        "unknown column 'Realisassi TW II', did you mean 'Realisasi TW II'?",
    ]


def test_a_column_of_a_period_that_does_not_say_what_it_holds_is_refused() -> None:
    assert faults((*LOCAL, "TW I"), (*ROW, 1)) == [
        "column 'TW I' names a period or a year, but not what it holds, such as 'Target TW I'"
    ]


def test_unused_unknown_and_nameless_columns_are_noted() -> None:
    found = table((*LOCAL, "Capaian (%)", "Anggaran", None), (*ROW, 70.6, 5, "x"))
    assert notes(found) == [
        "columns that are not used: 'Capaian (%)', 'Anggaran'",
        "columns without a heading, which are not used: I",
    ]


@pytest.mark.parametrize(
    "title",
    [("Unit Kerja: BPBD Bantaeng",), ("Unit Kerja", ":", "BPBD Bantaeng"), ("Instansi", ": BPBD Bantaeng")],
)
def test_unit_and_year_are_taken_from_titles_where_no_column_has_them(title: tuple[str, ...]) -> None:
    found = table(("Capaian IKU Tahun Anggaran 2017",), title, LOCAL[2:], ROW[2:])
    assert (found.titles.unit, found.titles.year) == ("BPBD Bantaeng", 2017)
    assert notes(found)[1:] == [
        "'unit' is taken from the title above the table: BPBD Bantaeng",
        "'year' is taken from the title above the table: 2017",
    ]


def test_two_years_in_titles_decide_nothing() -> None:
    assert faults(("Renstra 2015-2019, Laporan 2017",), ("Unit: BPBD",), LOCAL[2:], ROW[2:]) == [
        "column 'year' is missing"
    ]


def test_a_column_goes_before_a_title() -> None:
    found = table(("Unit: Pusat, Tahun 2019",), LOCAL, ROW)
    assert (found.titles.unit, found.titles.year) == ("", None)


# ---- the rows below --------------------------------------------------------------------------------------------------


def test_empty_rows_are_no_records() -> None:
    assert list(body(LOCAL, ROW, (), ROW, ("  ",)).rows) == [1, 3]


def test_labels_merged_down_hold_for_each_row() -> None:
    found = body(
        LOCAL, ROW, (None, None, None, "Efisien", 1, 2), merged=((1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2))
    )
    assert [list(column) for column in found.columns[:4]] == [
        ["BPBD", "BPBD"], [2017, 2017], ["Keuangan", "Keuangan"], ["Ekonomis", "Efisien"]
    ]  # fmt: skip


def test_what_is_empty_and_not_merged_stays_empty() -> None:
    assert list(body(LOCAL, ROW, ("BPBD", 2017, None, "Efisien", 1, 2)).columns[2]) == ["Keuangan", None]


def test_a_row_merged_as_a_whole_over_two_lines_is_one_record() -> None:
    merged = tuple((1, column, 2, column) for column in range(6))
    assert list(body(LOCAL, ROW, (), ROW, merged=merged).rows) == [1, 3]


def test_a_figure_merged_over_several_rows_is_refused() -> None:
    found = body(LOCAL, ROW, ("BPBD", 2017, "Keuangan", "Efisien", None, 2), merged=((1, 4, 2, 4),))
    assert [str(each) for each in found.faults] == [
        "IKU.xlsx, sheet 'Data', cell E2: got 119 in a cell merged over several rows, allowed: a figure in each row"
    ]


@pytest.mark.parametrize(
    "numbers",
    [("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), (1, 2, 3, 4, 5, 6), (-1, -2, -3, -4, -5, "(6)=(5)/(4)")],
)
def test_a_row_that_numbers_the_columns_is_skipped_with_a_note(numbers: tuple[object, ...]) -> None:
    found = body(LOCAL, numbers, ROW)
    assert list(found.rows) == [2]
    assert notes(found) == ["rows that number the columns are not read: 2"]


def test_headers_repeated_on_later_pages_are_dropped_with_a_note() -> None:
    found = body(LOCAL, ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), ROW, LOCAL, ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), ROW)  # fmt: skip
    assert list(found.rows) == [2, 5]
    assert notes(found) == [
        "rows that number the columns are not read: 2",
        "rows that repeat the header are not read: 4-5",
    ]


def test_a_header_of_two_rows_repeated_is_dropped_as_a_whole() -> None:
    head = ("Unit", "Tahun", "Perspektif", "IKU", "Target", "", "Realisasi", "")
    sub = ("", "", "", "", "TW I", "TW II", "TW I", "TW II")
    row = ("BPBD", "2017", "Keuangan", "Ekonomis", "1", "2", "3", "4")
    assert list(body(head, sub, row, head, sub, row).rows) == [2, 5]


@pytest.mark.parametrize(
    "total", [("Jumlah", None, None, None, None, None), (None, None, None, "NKP", "-", None), ("A", 2017, "B", "Rata-rata", None, None)]
)  # fmt: skip
def test_a_total_without_target_and_actual_is_left_out_with_a_note(total: tuple[object, ...]) -> None:
    found = body(LOCAL, ROW, total)
    assert list(found.rows) == [1]
    assert notes(found) == ["rows of totals are not read: 3"]
    assert found.faults == ()


def test_a_total_with_figures_is_refused() -> None:
    found = body(LOCAL, ROW, ("Total", None, None, None, 119, 84))
    assert [str(each) for each in found.faults] == [
        "IKU.xlsx, sheet 'Data', row 3: got 'Total', which is a total and no indicator; take out the row or name it otherwise"
    ]


@pytest.mark.parametrize("name", ["Jumlah pengunjung", "Total produksi ikan", "Rata-rata waktu layanan"])
def test_an_indicator_that_begins_like_a_total_is_one(name: str) -> None:
    found = body(LOCAL, (*ROW[:3], name, 1, 2))
    assert list(found.rows) == [1]
    assert found.notes == ()


def test_signatures_below_the_table_are_left_out_with_a_note() -> None:
    found = body(LOCAL, ROW, (), ("Bantaeng, 12 Januari 2018",), ("Kepala Badan",))
    assert list(found.rows) == [1]
    assert notes(found) == ["rows below the table are not read: 4-5"]


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(DataError, match=r"IKU\.xlsx, sheet 'Data': the file has a header and no rows"):
        body(LOCAL, (None,) * 6)
