"""A column proves its decimal mark, or its doubtful cells are listed with both readings: nothing is guessed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.marks import ColumnReading, column_faults, column_note, read_column
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.quantities import Mark, read_cell
from bsc_analysis.language.words import LANGUAGES, Language

TEN_MEGABYTES = 10_000_000
BOTH: tuple[Mark, Mark] = (",", ".")
MARKS: dict[Language, tuple[str, str]] = {"id": (",", "."), "en": (".", ",")}


def place(position: int) -> Fault:
    return fault("row {row}", row=position)


def doubts(reading: ColumnReading) -> list[tuple[int, Fraction, Fraction]]:
    return [(each.position, each.comma.lower, each.point.lower) for each in reading.ambiguous]


@pytest.mark.parametrize(
    ("texts", "mark", "lower"),
    [
        (["1.122", "73,5 %"], ",", (1122.0, 73.5)),
        (["1.122", "61.4 %"], ".", (1.122, 61.4)),
        (["2.163", "3,12"], ",", (2163.0, 3.12)),
        (["2.163", "0.35"], ".", (2.163, 0.35)),
        (["1.122", "1.500.000"], ",", (1122.0, 1500000.0)),
        (["1,122", "1,500,000"], ".", (1122.0, 1500000.0)),
        (["1.500bh", "0,175"], ",", (1500.0, 0.175)),
        (["1.122", "1.234,5"], ",", (1122.0, 1234.5)),
        (["1,122", "1234,567"], ",", (1.122, 1234.567)),
        (["1.122", "Rp 5.000,-"], ",", (1122.0, 5000.0)),
        (["1.122", "5-7,5"], ",", (1122.0, 5.0)),
        (["60 kali", "2 hari", "-", "1 500"], "", (60.0, 2.0, None, 1500.0)),
        (["WTP", "1.1.1.1", "- narasi", "5"], "", (None, None, None, 5.0)),
        (["-1.122", " 0,5 "], ",", (-1122.0, 0.5)),
        ([], "", ()),
    ],
)  # fmt: skip
def test_one_certain_cell_decides_the_mark_of_the_whole_column(
    texts: list[str], mark: str, lower: tuple[float | None, ...]
) -> None:
    reading = read_column(texts)
    assert (reading.mark, reading.lower, reading.ambiguous, reading.mixed) == (mark, lower, (), False)


def test_where_no_cell_decides_the_doubtful_ones_are_listed_with_both_readings() -> None:
    reading = read_column(["1.122", "5", "1.500bh", "11.653", "1.122"])
    assert doubts(reading) == [
        (0, Fraction(1122), Fraction("1.122")),
        (2, Fraction(1500), Fraction("1.5")),
        (3, Fraction(11653), Fraction("11.653")),
        (4, Fraction(1122), Fraction("1.122")),
    ]
    assert reading.lower == (None, 5.0, None, None, None)
    assert (reading.mark, reading.mixed, reading.hanging) == ("", False, ())


def test_two_marks_that_may_both_group_or_both_separate_prove_nothing() -> None:
    assert doubts(read_column(["1,122", "2.163"])) == [
        (0, Fraction("1.122"), Fraction(1122)),
        (1, Fraction(2163), Fraction("2.163")),
    ]


def test_a_column_of_mixed_marks_is_read_where_each_cell_is_certain_on_its_own() -> None:
    reading = read_column(["0,175", "0.35", "73,5 %", "1,234.5", "7"])
    assert reading.lower == (0.175, 0.35, 73.5, 1234.5, 7.0)
    assert (reading.mark, reading.mixed, reading.ambiguous) == ("", True, ())


def test_in_a_column_of_mixed_marks_a_doubtful_cell_stays_in_doubt() -> None:
    reading = read_column(["0,175", "0.35", "1.122"])
    assert reading.mixed
    assert doubts(reading) == [(2, Fraction(1122), Fraction("1.122"))]


def test_a_declared_mark_settles_everything_and_what_it_cannot_print_is_foreign() -> None:
    texts = ["1.122", "0.35", "61.4 %", "1,5", "1.234,5", "WTP"]
    reading = read_column(texts, decimal=",")
    assert reading.lower == (1122.0, None, None, 1.5, 1234.5, None)
    assert (reading.mark, reading.mixed, reading.foreign, reading.unread) == (",", False, (1, 2), (5,))
    assert (reading.ambiguous, reading.hanging, reading.witness) == ((), (0,), None)
    assert read_column(texts, decimal=".").foreign == (3, 4)


def test_a_column_that_needs_no_mark_keeps_to_the_declared_one() -> None:
    assert read_column(["1.122", "5"], decimal=".").lower == (1.122, 5.0)
    assert read_column(["1.122", "5"], decimal=",").lower == (1122.0, 5.0)


def test_cells_as_they_are_met_in_the_field() -> None:
    """Under a declared comma: what only a point can print is foreign, codes, narratives and grades are unread."""
    met = {
        "73,5 %": 73.5, "0,175": 0.175, "2.163": 2163.0, "3,12": 3.12, "-": None, "1.122": 1122.0, "60 kali": 60.0,
        "1.500bh": 1500.0, "2 hari": 2.0, "70-80": 70.0, "61.4 %": None, "0.35": None, "1.1.1.1": None,
        "- narasi": None, "WTP": None,
    }  # fmt: skip
    reading = read_column(list(met), decimal=",")
    assert reading.lower == tuple(met.values())
    assert [reading.texts[at] for at in reading.foreign] == ["61.4 %", "0.35"]
    assert [reading.texts[at] for at in reading.unread] == ["1.1.1.1", "- narasi", "WTP"]


def test_the_same_cells_without_a_declared_mark_are_mixed_and_only_two_of_them_doubtful() -> None:
    reading = read_column(
        ["73,5 %", "61.4 %", "0,175", "0.35", "2.163", "3,12", "-", "1.122", "60 kali", "70-80"]
    )
    assert reading.mixed
    assert reading.lower == (73.5, 61.4, 0.175, 0.35, None, 3.12, None, None, 60.0, 70.0)
    assert [each.text for each in reading.ambiguous] == ["2.163", "1.122"]


def test_codes_and_narratives_are_unread_and_prove_nothing() -> None:
    reading = read_column(["1.1.1.1", "1.122", "- naik 3,5 persen", "WTP", "n/a"])
    assert reading.unread == (0, 2, 3)
    assert doubts(reading) == [(1, Fraction(1122), Fraction("1.122"))]


def test_ranges_units_and_multipliers_come_with_the_column() -> None:
    reading = read_column(["70-80", "85,69 %", "Rp 2 juta", "-", "5"])
    assert reading.lower == (70.0, 85.69, 2_000_000.0, None, 5.0)
    assert reading.upper == (80.0, None, None, None, None)
    assert reading.units == ("", "%", "Rp", "", "")
    assert reading.scales == ("", "", "juta", "", "")


def test_a_range_in_the_wrong_order_has_no_figure() -> None:
    reading = read_column(["80-70", "5 hari"])
    assert (reading.backward, reading.lower, reading.upper) == ((0,), (None, 5.0), (None, None))
    assert reading.values[0] is None
    assert reading.units == ("", "hari")


def test_a_cell_whose_two_readings_are_both_backward_is_first_of_all_ambiguous() -> None:
    reading = read_column(["1.500-1.200"])
    assert len(reading.ambiguous) == 1
    assert reading.backward == ()


def test_the_cell_that_proves_and_the_cells_that_hang_on_it_are_named() -> None:
    reading = read_column(["5", "1.122", "73,5", "0,1", "2.000 kali"])
    assert (reading.witness, reading.hanging) == (2, (1, 4))
    assert str(column_note(reading, "IKU.csv, column 'target'")) == (
        "IKU.csv, column 'target': the decimal mark is ',', as '73,5' shows; cells read by it: 2, such as '1.122'"
    )


@pytest.mark.parametrize(
    ("texts", "note"),
    [
        (["73,5", "5"], None),
        (["5", "-"], None),
        (["1.122"], None),
        (["0,5", "0.5"], "here: decimal marks are mixed; each cell is read by its own mark"),
    ],
)
def test_only_a_decision_that_figures_hang_on_is_worth_a_note(texts: list[str], note: str | None) -> None:
    said = column_note(read_column(texts), "here")
    assert (None if said is None else str(said)) == note


def test_a_declared_mark_needs_no_note() -> None:
    assert column_note(read_column(["1.122", "0,5"], decimal=","), "here") is None


def test_each_doubtful_cell_is_a_fault_with_both_readings() -> None:
    doubt = (
        "row {row}: got {got}, which is {comma} if the decimal mark is ',' and {point} if it is '.'; "
        "nothing in the column decides, declare the decimal mark"
    )
    assert [str(each) for each in column_faults(read_column(["2.163", "80-70", "1.122 juta"]), place)] == [
        doubt.format(row=0, got="'2.163'", comma="2163", point="2.163"),
        "row 1: got '80-70', allowed: a range whose lower end stands first",
        doubt.format(row=2, got="'1.122 juta'", comma="1122000000", point="1122000"),
    ]


def test_a_cell_with_the_other_mark_than_declared_is_a_fault() -> None:
    assert [str(each) for each in column_faults(read_column(["0.35", "0,5"], decimal=","), place)] == [
        "row 0: got '0.35', allowed: a number with the decimal mark ','"
    ]


def test_a_text_of_ten_megabytes_is_unread_and_shown_shortened() -> None:
    fillers = ("9", "1.", "1 ", "a", " ", "1,111.")
    reading = read_column([filler * (TEN_MEGABYTES // len(filler)) + "x" for filler in fillers])
    assert reading.unread == tuple(range(len(fillers)))


# What our own writers print, and an independent account of what a cell can mean: a value is a reading of a text exactly
# when a writer of that convention, with or without groups, prints the value so.

SUFFIXES = {"": 1, " ": 1, "%": 1, " %": 1, " kali": 1, "bh": 1, " juta ton": 10**6, " ribu": 10**3}
ABSENT = ("", "-", "–", "n/a")


def write(value: Fraction, decimals: int, language: Language, *, grouped: bool) -> str:
    text = format_number(value, decimals, language)
    return text if grouped else text.replace(MARKS[language][1], "")


def meaning(text: str, language: Language) -> Fraction | None:
    decimal, group = MARKS[language]
    plain = text.replace(group, "")
    if plain.count(decimal) > 1:
        return None
    value, decimals = Fraction(plain.replace(decimal, ".")), len(plain.partition(decimal)[2])
    printed = {write(value, decimals, language, grouped=grouped) for grouped in (True, False)}
    return value if text in printed else None


@st.composite
def cells(draw: st.DrawFn, language: Language) -> tuple[str, str, Fraction] | None:
    """Return digits, suffix and value of a printed cell, or None for one without a figure."""
    if draw(st.integers(0, 5)) == 0:
        return None
    decimals = draw(st.sampled_from([0, 0, 0, 1, 2, 3, 3, 3, 4]))
    value = Fraction(draw(st.integers(-(10**7), 10**7)), 10**decimals)
    digits = write(value, decimals, language, grouped=draw(st.booleans()))
    suffix = draw(st.sampled_from(sorted(SUFFIXES)))
    return digits, suffix, value * SUFFIXES[suffix]


@st.composite
def columns(draw: st.DrawFn) -> list[tuple[str, str, Fraction] | None]:
    return draw(st.lists(cells(draw(st.sampled_from(LANGUAGES))), max_size=8))


def texts_of(column: list[tuple[str, str, Fraction] | None]) -> list[str]:
    return [cell[0] + cell[1] if cell else ABSENT[at % len(ABSENT)] for at, cell in enumerate(column)]


@given(columns())
def test_a_printed_column_is_read_back_exactly_or_its_ambiguity_is_really_one(
    column: list[tuple[str, str, Fraction] | None],
) -> None:
    reading = read_column(texts_of(column))
    both = {
        at: (meaning(cell[0], "id"), meaning(cell[0], "en"), SUFFIXES[cell[1]])
        for at, cell in enumerate(column)
        if cell
    }
    undecided = all(comma is not None and point is not None for comma, point, _ in both.values())
    doubtful = [
        (at, comma * factor, point * factor)
        for at, (comma, point, factor) in both.items()
        if undecided and comma is not None and point is not None and comma != point
    ]
    assert doubts(reading) == doubtful
    assert reading.unread == reading.foreign == reading.backward == ()
    listed = {at for at, _, _ in doubtful}
    for at, (cell, value) in enumerate(zip(column, reading.values, strict=True)):
        expected = None if cell is None or at in listed else cell[2]
        assert (value.lower if value else None) == expected


@given(columns(), st.sampled_from(LANGUAGES))
def test_under_the_writers_own_mark_declared_every_cell_is_read_back_exactly(
    column: list[tuple[str, str, Fraction] | None], language: Language
) -> None:
    own = [
        (text, cell[2])
        for text, cell in zip(texts_of(column), column, strict=True)
        if cell and meaning(cell[0], language) == cell[2] / SUFFIXES[cell[1]]
    ]
    reading = read_column([text for text, _ in own], decimal="," if language == "id" else ".")
    assert [value.lower for value in reading.values if value] == [value for _, value in own]


@given(st.lists(cells("id") | cells("en"), max_size=6))
def test_of_mixed_marks_nothing_is_read_wrongly(column: list[tuple[str, str, Fraction] | None]) -> None:
    reading = read_column([*texts_of(column), "0,175", "0.35"])
    assert reading.mixed
    assert reading.lower[-2:] == (0.175, 0.35)
    listed = {each.position: (each.comma.lower, each.point.lower) for each in reading.ambiguous}
    for at, cell in enumerate(column):
        value = reading.quantity(at)
        possible = listed.get(at, (value.lower if value else None,))
        assert (cell[2] if cell else None) in possible


@given(columns(), st.sampled_from(["", ",", "."]))
def test_the_float_of_a_cell_is_the_one_nearest_to_its_exact_figure(
    column: list[tuple[str, str, Fraction] | None], decimal: str
) -> None:
    reading = read_column(texts_of(column), decimal=decimal)  # type: ignore[arg-type]
    exact = [None if value is None else float(value.lower) for value in reading.values]
    assert list(reading.lower) == exact


def agrees_with_the_thorough_way(text: str) -> None:
    thorough = read_cell(text)
    for decimal in BOTH:
        quick = read_column([text], decimal=decimal)
        expected = thorough.under(decimal) if thorough else None
        assert quick.lower == (None if expected is None else float(expected.lower),)
        assert quick.unread == (() if thorough else (0,))
        assert quick.foreign == ((0,) if thorough and expected is None else ())


@pytest.mark.parametrize(
    "text",
    ["5", "007", "1.122", "1,122", "0.175", "0,175", "1234.567", "0123,456", "1.500.000", "1,500,000", "1.234,5", "1,234.5",
     "0.175,5", "0,175.5", "0.175.000", "0,175,000", "1234.567,8", "1234,567.8", "1.1.1.1", "1,1,1,1", "1.500.00", "1,500,00",
     "1.234.5", "1,234,5", "12.34,5", "12,34.5", "1.234.567,8", "1,234,567.8", ".5", "5.", "9" * 31, "1.000.000.000.000"],
)  # fmt: skip
def test_the_quick_way_and_the_thorough_way_read_every_pattern_of_marks_alike(text: str) -> None:
    agrees_with_the_thorough_way(text)


@given(
    digits=st.text(alphabet="0123456789.,", min_size=1, max_size=14),
    space=st.sampled_from(["", " "]),
    sign=st.sampled_from(["", "-", "+"]),
)
def test_the_quick_way_and_the_thorough_way_read_any_marks_alike(digits: str, space: str, sign: str) -> None:
    agrees_with_the_thorough_way(space + sign + digits)
