"""Numbers as printed: read exactly, marks declared and never guessed, written back by locale."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import DataError
from bsc_analysis.language.numbers import (
    LONGEST_SHOWN,
    ReadNumber,
    format_number,
    read_number,
    round_half_up,
    show_cell,
)
from bsc_analysis.language.words import LANGUAGES, Language

MARKS: dict[Language, tuple[str, str]] = {"id": (",", "."), "en": (".", ",")}


@pytest.mark.parametrize("text", ["", "-", " - ", "–", "—", "\N{NO-BREAK SPACE}"])
def test_a_mark_for_no_figure_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "expected"),
    [
        ("0.329", ".", "", ReadNumber(Fraction(329, 1000), 3, "")),
        ("-0.047", ".", "", ReadNumber(Fraction(-47, 1000), 3, "")),
        ("−0.047", ".", "", ReadNumber(Fraction(-47, 1000), 3, "")),
        ("+4", ".", "", ReadNumber(Fraction(4), 0, "")),
        (".038", ".", "", ReadNumber(Fraction(38, 1000), 3, "")),
        (",038", ",", "", ReadNumber(Fraction(38, 1000), 3, "")),
        ("0.430", ".", "", ReadNumber(Fraction(43, 100), 3, "")),
        ("73,5 %", ",.", "", ReadNumber(Fraction(147, 2), 1, "%")),
        ("61.4 %", ",.", "", ReadNumber(Fraction(307, 5), 1, "%")),
        ("73,5\N{NO-BREAK SPACE}%", ",", "", ReadNumber(Fraction(147, 2), 1, "%")),
        ("96%", ".", "", ReadNumber(Fraction(96), 0, "%")),
        ("2.163", ",.", "", ReadNumber(Fraction(2163, 1000), 3, "")),
        ("1.122", ",", ".", ReadNumber(Fraction(1122), 0, "")),
        ("13.050", ",", ".", ReadNumber(Fraction(13050), 0, "")),
        ("1.234.567,89", ",", ".", ReadNumber(Fraction(123456789, 100), 2, "")),
        ("1,234,567.89", ".", ",", ReadNumber(Fraction(123456789, 100), 2, "")),
        ("112", ",", ".", ReadNumber(Fraction(112), 0, "")),
    ],
)
def test_a_printed_number_is_read_exactly(
    text: str, decimal: str, thousands: str, expected: ReadNumber
) -> None:
    assert read_number(text, decimal=decimal, thousands=thousands) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("0,329", ".", ""),
        ("0.329", ",", ""),
        ("1.234,5", ",.", ""),
        ("1.2.3", ".", ""),
        ("60 kali", ".", ""),
        ("1.500bh", ",", "."),
        ("WTP", ".", ""),
        ("70-80", ".", ""),
        ("1e3", ".", ""),
        ("nan", ".", ""),
        ("inf", ".", ""),
        ("--5", ".", ""),
        ("5 %%", ".", ""),
        ("%", ".", ""),
        ("12.34", ",", "."),
        ("1.2345", ",", "."),
        ("1,234.5", ",", "."),
    ],
)
def test_what_does_not_fit_the_declared_marks_is_refused_and_never_guessed(
    text: str, decimal: str, thousands: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_number(text, decimal=decimal, thousands=thousands)
    assert str(caught.value) == f"{text!r} is not a number (decimal mark {decimal})"


@pytest.mark.parametrize("text", ["0.838", ".329", "1234.567", "0123.456", "-0.047"])
def test_a_dot_that_cannot_group_thousands_is_not_read_as_if_it_did(text: str) -> None:
    with pytest.raises(DataError):
        read_number(text, decimal=",", thousands=".")


@given(
    value=st.integers(-(10**15), 10**15),
    decimals=st.integers(0, 6),
    language=st.sampled_from(LANGUAGES),
)
def test_a_number_that_is_written_is_read_back_exactly(value: int, decimals: int, language: Language) -> None:
    exact = Fraction(value, 10**decimals)
    decimal, thousands = MARKS[language]
    read = read_number(format_number(exact, decimals, language), decimal=decimal, thousands=thousands)
    assert read == ReadNumber(exact, decimals, "")


@given(numerator=st.integers(-(10**9), 10**9), denominator=st.integers(1, 10**6), decimals=st.integers(0, 8))
def test_rounding_moves_a_number_by_at_most_half_a_unit(
    numerator: int, denominator: int, decimals: int
) -> None:
    exact = Fraction(numerator, denominator)
    rounded = round_half_up(exact, decimals)
    assert abs(Fraction(rounded) - exact) <= Fraction(1, 2 * 10**decimals)
    assert -rounded.as_tuple().exponent == decimals


@given(whole=st.integers(-(10**6), 10**6), decimals=st.integers(0, 5))
def test_a_half_is_rounded_away_from_zero(whole: int, decimals: int) -> None:
    half = Fraction(2 * abs(whole) + 1, 2 * 10**decimals)
    assert Fraction(round_half_up(half, decimals)) == Fraction(abs(whole) + 1, 10**decimals)
    assert Fraction(round_half_up(-half, decimals)) == -Fraction(abs(whole) + 1, 10**decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (2.675, 2, Decimal("2.68")),
        (1.005, 2, Decimal("1.01")),
        (Decimal("0.125"), 2, Decimal("0.13")),
        (1e-07, 2, Decimal("0.00")),
        (-0.0004, 3, Decimal("0.000")),
        (Fraction(10**30), 4, Decimal(10**30)),
        (Fraction(-(10**30)), 2, Decimal(-(10**30))),
        (Fraction(10**29 + 1, 3), 1, Decimal("33333333333333333333333333333.7")),
    ],
)
def test_rounding_is_exact_whatever_the_size_and_a_float_counts_as_it_is_written(
    value: Fraction | Decimal | float, decimals: int, expected: Decimal
) -> None:
    assert round_half_up(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "language", "text"),
    [
        (Fraction(173, 60), 4, "id", "2,8833"),
        (Fraction(173, 60), 4, "en", "2.8833"),
        (13050, 0, "id", "13.050"),
        (13050, 0, "en", "13,050"),
        (Fraction(5, 2), 0, "en", "3"),
        (-0.047, 3, "id", "-0,047"),
        (-0.0004, 3, "en", "0.000"),
        (Fraction(1), 3, "en", "1.000"),
    ],
)
def test_a_number_is_written_with_the_marks_of_the_language(
    value: Fraction | float, decimals: int, language: Language, text: str
) -> None:
    assert format_number(value, decimals, language) == text


@pytest.mark.parametrize("text", ["２３", "٣", "9" * 101, "1." * 5_000_000])
def test_other_digits_and_texts_beyond_the_bound_are_refused(text: str) -> None:
    with pytest.raises(DataError) as caught:
        read_number(text)
    assert len(str(caught.value)) <= LONGEST_SHOWN + len(" is not a number (decimal mark .)")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("84 kali", "'84 kali'"),
        ("a\nb", r"'a\nb'"),
        ("x" * 58, "'" + "x" * 58 + "'"),
        ("x" * 59, "'" + "x" * 57 + "…'"),
        ("x" * 10_000_000, "'" + "x" * 57 + "…'"),
        ("\n" * 40, "'" + r"\n" * 28 + "\\…'"),
    ],
)
def test_a_cell_is_shown_in_quotes_and_never_beyond_the_bound(text: str, shown: str) -> None:
    assert show_cell(text) == shown
    assert len(shown) <= LONGEST_SHOWN
