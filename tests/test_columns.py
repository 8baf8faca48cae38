"""Columns by kind: texts, years, figures, and the units and weights that hang together across columns."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.scorecards.intake.columns import LONGEST_TEXT, read_texts, read_years
from bsc_analysis.scorecards.intake.figures import Figures, read_figures
from bsc_analysis.scorecards.intake.grid import CellError, Grid, Uncalculated
from bsc_analysis.scorecards.intake.headings import Heading
from bsc_analysis.scorecards.intake.naming import WordValues
from bsc_analysis.scorecards.intake.periods import RawColumn
from bsc_analysis.scorecards.intake.units import join_units
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
from bsc_analysis.scorecards.intake.weights import read_weights

NO_WORDS = WordValues()
OPINIONS = WordValues((("WTP", Fraction(4)), ("WDP", Fraction(3)), ("4 dari 5", Fraction(4))))


def raw(name: str, *cells: object, unit: str = "", percent: tuple[int, ...] = ()) -> RawColumn:
    """Return a column of one file, its cells in rows 2 and below; ``percent`` are cells shown as percentages."""
    grid = Grid("iku.csv", "", (), percent=frozenset((row + 1, 0) for row in percent))
    heading = Heading(name, role=name, unit=unit, column=0)
    return RawColumn(name, cells, grid, range(1, len(cells) + 1), (heading,))


def figures(
    *cells: object,
    name: str = "target",
    unit: str = "",
    percent: tuple[int, ...] = (),
    words: WordValues = NO_WORDS,
    decimal: Literal["", ".", ","] = "",
    ranges: bool = False,
) -> Figures:
    column = raw(name, *cells, unit=unit, percent=percent)
    return read_figures(column, words, decimal=decimal, ranges=ranges)


def numbers(found: Figures) -> list[float | None]:
    return [None if math.isnan(value) else value for value in found.lower.tolist()]


def sentences(found: Figures) -> list[str]:
    return [str(each) for each in found.faults]


# ---- texts and years -------------------------------------------------------------------------------------------------


def test_texts_are_stripped_and_folded_and_an_empty_one_is_null() -> None:
    assert read_texts(raw("objective", "  Proses \n bisnis ", "", None, " ")).entries == [
        "Proses bisnis",
        None,
        None,
        None,
    ]


def test_a_dash_alone_is_no_text_where_a_cell_may_be_empty() -> None:
    assert read_texts(raw("parent", "-", "–", "- narasi")).entries == [None, None, "- narasi"]


def test_an_empty_cell_of_a_required_column_is_refused() -> None:
    found = read_texts(raw("unit", "A", " ", None))
    assert [str(each) for each in found.faults] == [
        "iku.csv, row 3, column 'unit': the cell is empty",
        "iku.csv, row 4, column 'unit': the cell is empty",
    ]


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+62 411", "-SUM(A1)", "@cmd"])
def test_a_name_that_begins_like_a_formula_is_kept_as_a_text(name: str) -> None:
    assert read_texts(raw("unit", name)).entries == [name]


def test_typed_cells_of_names_are_texts() -> None:
    found = read_texts(raw("indicator", 1.1, 7, 2017.0, dt.date(2017, 1, 2), True))
    assert found.entries == ["1.1", "7", "2017", "2017-01-02", "True"]


def test_failed_and_uncalculated_formulas_are_no_names() -> None:
    found = read_texts(raw("unit", "A", CellError("#REF!"), Uncalculated("=A1")))
    assert [str(each) for each in found.faults] == [
        "iku.csv, row 3, column 'unit': got #REF!, allowed: a text, not the error of a formula",
        (
            "iku.csv, row 4, column 'unit': the formula =A1 was never calculated; open the file in a spreadsheet program, "
            "and save it"
        ),
    ]


def test_a_text_of_ten_megabytes_is_refused_and_not_repeated() -> None:
    found = read_texts(raw("indicator", "x" * 10_000_000, "y" * LONGEST_TEXT))
    assert [str(each) for each in found.faults] == [
        "iku.csv, row 2, column 'indicator': the text has 10000000 characters, allowed: at most 32767"
    ]


def test_years_are_whole_numbers_typed_or_written() -> None:
    found = read_years(raw("year", "2016", " 2017 ", 2018, 2019.0))
    assert (found.entries, found.faults) == ([2016, 2017, 2018, 2019], ())


@pytest.mark.parametrize(
    ("cell", "got"),
    [
        ("2O16", "'2O16'"), ("1899", "'1899'"), ("2201", "'2201'"), ("2017.0", "'2017.0'"), ("twenty", "'twenty'"),
        ("20 17", "'20 17'"), (2017.5, "2017.5"), (True, "True"), (dt.date(2017, 1, 1), "2017-01-01"),
        (math.inf, "inf"), (CellError("#N/A"), "#N/A"),
    ],
)  # fmt: skip
def test_what_is_no_year_is_refused(cell: object, got: str) -> None:
    found = read_years(raw("year", "2016", cell))
    assert [str(each) for each in found.faults] == [
        f"iku.csv, row 3, column 'year': got {got}, allowed: a year such as 2017"
    ]


def test_an_empty_year_and_an_uncalculated_one_are_said_as_such() -> None:
    found = read_years(raw("year", 2016, None, " ", Uncalculated("=A1")))
    assert [str(each).partition("column 'year': ")[2] for each in found.faults] == [
        "the cell is empty",
        "the cell is empty",
        "the formula =A1 was never calculated; open the file in a spreadsheet program, and save it",
    ]


# ---- figures ---------------------------------------------------------------------------------------------------------


def test_typed_numbers_stay_and_printed_ones_are_read_by_the_mark_of_the_column() -> None:
    """ "73,5 %" shows that the comma separates decimals, so "1.122" is one thousand one hundred and twenty-two."""
    found = figures("1.122", "73,5 %", 84, 0.5, None, "-", math.nan)
    assert numbers(found) == [1122.0, 73.5, 84.0, 0.5, None, None, None]
    assert found.units[1] == "%"
    assert [str(note)[:75] for note in found.notes] == [
        "iku.csv, column 'target': the decimal mark is ',', as '73,5 %' shows; cells"
    ]


def test_exact_decimals_of_data_files_are_figures() -> None:
    assert numbers(figures(Decimal("73.5"), Decimal("0.1"))) == [73.5, 0.1]


def test_a_number_shown_as_a_percentage_is_the_number_that_is_shown() -> None:
    found = figures(0.735, 0.07, 84, percent=(0, 1))
    assert numbers(found) == [73.5, 7.0, 84.0]
    assert found.units == ("%", "%", "")


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (
            "84 kali lipat dari target",
            "got '84 kali lipat dari target', allowed: a number, or '-' where there is none",
        ),
        ("inf", "got 'inf', allowed: a number, or '-' where there is none"),
        (dt.datetime(2017, 3, 1), "got 2017-03-01T00:00:00, allowed: a number, not a date"),
        (True, "got True, allowed: a number, not a truth value"),
        (math.inf, "got inf, allowed: a finite number"),
        (-math.inf, "got -inf, allowed: a finite number"),
        (CellError("#DIV/0!"), "got #DIV/0!, allowed: a number, not the error of a formula"),
        ("70-80", "got '70-80', allowed: one number, not a range"),
        (
            Uncalculated("=B2/C2"),
            "the formula =B2/C2 was never calculated; open the file in a spreadsheet program, and save it",
        ),
    ],
)
def test_what_is_no_figure_is_refused_with_its_reason(cell: object, sentence: str) -> None:
    assert sentences(figures(1, cell, name="actual")) == [f"iku.csv, row 3, column 'actual': {sentence}"]


def test_faults_of_a_column_stand_in_the_order_of_the_file() -> None:
    found = figures("5-6", "x", dt.date(2017, 1, 1), "7-8", name="actual")
    assert [sentence[:14] for sentence in sentences(found)] == [f"iku.csv, row {row}" for row in (2, 3, 4, 5)]


def test_a_range_has_two_ends_where_ranges_are_allowed() -> None:
    found = figures("70-80", "-5 - 0", "84", ranges=True)
    assert numbers(found) == [70.0, -5.0, 84.0]
    assert found.upper[:2].tolist() == [80.0, 0.0]
    assert math.isnan(found.upper[2])


def test_an_ambiguous_figure_is_refused_with_both_readings() -> None:
    assert sentences(figures("1.122", "5")) == [
        (
            "iku.csv, row 2, column 'target': got '1.122', which is 1122 if the decimal mark is ',' and 1.122 if it is '.'; "
            "nothing in the column decides, declare the decimal mark"
        )
    ]


def test_a_declared_mark_decides() -> None:
    assert numbers(figures("1.122", decimal=",")) == [1122.0]
    assert numbers(figures("1.122", decimal=".")) == [1.122]


def test_words_of_a_scale_are_read_as_their_values() -> None:
    assert numbers(figures("WTP", "wdp", "4 dari 5", "5", words=OPINIONS)) == [4.0, 3.0, 4.0, 5.0]


def test_a_word_of_no_scale_is_refused_with_the_words_that_are_allowed() -> None:
    assert sentences(figures("WTQ", words=OPINIONS)) == [
        (
            "iku.csv, row 2, column 'target': got 'WTQ', allowed: a number, '-' where there is none, or one of "
            "WTP, WDP, 4 dari 5"
        )
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9), min_size=1))
def test_typed_figures_are_never_changed(cells: list[float]) -> None:
    assert figures(*cells).lower.tolist() == [float(cell) for cell in cells]


# ---- units -----------------------------------------------------------------------------------------------------------


def units(target: Figures, actual: Figures, *column: str | None) -> tuple[list[str | None], list[str]]:
    found = join_units(target, actual, column or [None] * len(target.lower), packaged_vocabulary())
    return found.entries, [str(each) for each in found.faults]


def test_units_of_figures_fill_the_column_of_units_where_it_is_empty() -> None:
    found = units(figures("60 kali", "5", "7"), figures("55", "4 hari", "8", name="actual"), None, None, "kg")
    assert found == (["kali", "hari", "kg"], [])


def test_the_unit_of_a_heading_is_that_of_its_figures() -> None:
    assert units(figures("60", "-", unit="%"), figures("55", "-", name="actual")) == (["%", None], [])


def test_units_that_are_the_same_in_other_letters_or_words_agree() -> None:
    found = units(figures("60 Kali", "5%"), figures("55 kali", "4", name="actual"), "KALI", "Persen")
    assert found == (["KALI", "Persen"], [])


def test_units_that_contradict_each_other_are_refused() -> None:
    _entries, faults = units(figures("60 kali"), figures("55 hari", name="actual"))
    assert faults == [
        "iku.csv, row 2, column 'actual': got the unit 'hari', allowed: 'kali', as elsewhere in the row"
    ]
    assert units(figures("60 kali"), figures("55", name="actual"), "orang")[1] == [
        "iku.csv, row 2, column 'target': got the unit 'kali', allowed: 'orang', as elsewhere in the row"
    ]


def test_a_plain_share_beside_a_percentage_is_ambiguous() -> None:
    assert units(figures("90%"), figures(0.85, name="actual"))[1] == [
        (
            "iku.csv, row 2, column 'actual': got 0.85 beside '90%', which has a percent sign; it may be 0.85 % or a share "
            "of it, write the sign"
        )
    ]
    assert units(figures("1,2"), figures(0.85, name="actual", percent=(0,)))[1] == [
        (
            "iku.csv, row 2, column 'target': got '1,2' beside 85%, which has a percent sign; it may be 1.2 % or a share "
            "of it, write the sign"
        )
    ]


@pytest.mark.parametrize("plain", [1.51, 85, 0, -0.5, None])
def test_a_plain_figure_that_cannot_be_a_share_has_the_same_unit(plain: float | None) -> None:
    assert units(figures("90%"), figures(plain, name="actual")) == (["%"], [])


def test_a_plain_figure_beside_one_in_millions_is_refused_where_millions_may_be_meant() -> None:
    """5,000,000 / 4 is above the root of a million, so 4 million are nearer; 900,000 are nearer as they stand."""
    assert units(figures("5 juta"), figures("4", name="actual"))[1] == [
        "iku.csv, row 2, column 'actual': got '4' beside '5 juta'; write 'juta' with both, or both numbers in full"
    ]
    assert units(figures("1,5 juta"), figures("900000", name="actual"))[1] == []
    assert units(figures("5 juta"), figures("4 juta", name="actual"))[1] == []
    assert units(figures("5 juta", "5 juta"), figures("0", "-", name="actual"))[1] == []


# ---- weights ---------------------------------------------------------------------------------------------------------


def weights(*columns: Figures) -> tuple[list[list[float]], list[str]]:
    found = read_weights(columns)
    return [values.tolist() for values in found.entries], [str(each) for each in found.faults]


def weight(*cells: object, unit: str = "", percent: tuple[int, ...] = ()) -> Figures:
    return figures(*cells, name="weight", unit=unit, percent=percent)


def test_weights_without_a_percent_sign_stay_as_they_are() -> None:
    assert weights(weight("30", "70")) == ([[30.0, 70.0]], [])
    assert weights(weight("0,3", "0,7")) == ([[0.3, 0.7]], [])
    assert weights(weight(30, 70, unit="%")) == ([[30.0, 70.0]], [])


def test_a_percentage_beside_a_fraction_is_a_fraction_too() -> None:
    assert weights(weight("30%", "0,3", "1", 0.4, percent=(3,))) == ([[0.3, 0.3, 1.0, 0.4]], [])


def test_a_plain_weight_above_one_beside_percentages_is_ambiguous() -> None:
    assert weights(weight("30%", "30"))[1] == [
        (
            "iku.csv, row 3, column 'weight': got '30' beside weights with a percent sign; it may be a percentage or a weight "
            "as it is, write the sign"
        )
    ]


def test_under_a_heading_with_a_percent_sign_it_is_a_percentage() -> None:
    assert weights(weight("30%", "30", "0,4", unit="%")) == ([[0.3, 0.3, 0.4]], [])


def test_weights_of_all_sheets_are_compared_with_each_other() -> None:
    assert weights(weight("30%"), weight("0,3")) == ([[0.3], [0.3]], [])
    assert len(weights(weight("30%"), weight("30"))[1]) == 1


@pytest.mark.parametrize(("cell", "got"), [("-1", "'-1'"), ("0", "'0'"), (-0.5, "-0.5"), ("0%", "'0%'")])
def test_a_weight_that_is_not_above_zero_is_refused(cell: object, got: str) -> None:
    assert weights(weight(cell))[1] == [
        f"iku.csv, row 2, column 'weight': got {got}, allowed: a weight above 0"
    ]


def test_a_weight_with_another_unit_is_refused() -> None:
    assert weights(weight("3 kali"))[1] == [
        "iku.csv, row 2, column 'weight': got '3 kali', allowed: a number or a percentage"
    ]
