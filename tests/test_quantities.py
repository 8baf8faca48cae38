"""One cell as people print it: what it says under each decimal mark, and what is no number at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.language.numbers import ABSENT_MARKS, LONGEST_NUMBER, LONGEST_SHOWN, show_cell
from bsc_analysis.language.quantities import Mark, Quantity, Readings, is_absent, read_cell

BOTH: tuple[Mark, Mark] = (",", ".")
TEN_MEGABYTES = 10_000_000


def figure(value: str, upper: str = "", **labels: str | int) -> Quantity:
    decimals = len(value.partition(".")[2])
    return Quantity(Fraction(value), Fraction(upper) if upper else None, **{"decimals": decimals, **labels})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [
        ("73,5 %", figure("73.5", unit="%"), None),
        ("61.4 %", None, figure("61.4", unit="%")),
        ("0,175", figure("0.175"), None),
        ("0.35", None, figure("0.35")),
        ("2.163", figure("2163"), figure("2.163")),
        ("3,12", figure("3.12"), None),
        ("1.122", figure("1122"), figure("1.122")),
        ("1,122", figure("1.122"), figure("1122")),
        ("1.500bh", figure("1500", unit="bh"), figure("1.500", unit="bh")),
        ("1234,567", figure("1234.567"), None),
        ("0.175", None, figure("0.175")),
        ("01.234", None, figure("01.234")),
        (".5", None, figure(".5")),
        ("1.500.000", figure("1500000"), None),
        ("1,500,000", None, figure("1500000")),
        ("1.234,5", figure("1234.5"), None),
        ("1,234.5", None, figure("1234.5")),
        ("1 500,250", figure("1500.250"), None),
        ("1'500.250", None, figure("1500.250")),
        ("−5,2", figure("-5.2"), None),
    ],
)  # fmt: skip
def test_a_mark_says_one_thing_to_each_convention(
    text: str, comma: Quantity | None, point: Quantity | None
) -> None:
    assert read_cell(text) == Readings(comma, point)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 kali", figure("60", unit="kali")),
        ("2 hari", figure("2", unit="hari")),
        ("007", figure("7")),
        ("+4", figure("4")),
        (" 5 ", figure("5")),
        ("1 500 000", figure("1500000")),
        ("1\N{NO-BREAK SPACE}500", figure("1500")),
        ("1’500", figure("1500")),
        ("50 persen", figure("50", unit="%")),
        ("5 per cent", figure("5", unit="%")),
        ("100 m2", figure("100", unit="m2")),
        ("5 km²", figure("5", unit="km²")),
        ("30 °C", figure("30", unit="°C")),
        ("5 orang-hari", figure("5", unit="orang-hari")),
        ("3 laporan hasil pengawasan", figure("3", unit="laporan hasil pengawasan")),
        ("Rp 500/kg", figure("500", unit="Rp/kg")),
        ("Rp. 5", figure("5", unit="Rp")),
        ("-Rp5", figure("-5", unit="Rp")),
        ("Rp -5", figure("-5", unit="Rp")),
        ("IDR 5", figure("5", unit="IDR")),
        ("usd 5", figure("5", unit="USD")),
        ("5 US$", figure("5", unit="US$")),
        ("3 ribu", figure("3000", scale="ribu", factor=10**3)),
        ("3rb", figure("3000", scale="rb", factor=10**3)),
        ("2 Juta ton", figure("2000000", unit="ton", scale="Juta", factor=10**6)),
        ("2 jt. orang", figure("2000000", unit="orang", scale="jt", factor=10**6)),
        ("Rp2 milyar", figure("2000000000", unit="Rp", scale="milyar", factor=10**9)),
        ("2 mlr", figure("2000000000", scale="mlr", factor=10**9)),
        ("2 trilyun", figure("2000000000000", scale="trilyun", factor=10**12)),
        ("USD 2 billion", figure("2000000000", unit="USD", scale="billion", factor=10**9)),
        ("2 M", figure("2", unit="M")),
    ],
)  # fmt: skip
def test_what_needs_no_mark_is_certain_with_its_unit_and_multiplier(text: str, expected: Quantity) -> None:
    readings = read_cell(text)
    assert readings is not None
    assert readings.comma == readings.point == readings.certain == expected


def test_a_multiplier_is_exact_and_the_decimals_are_those_that_were_printed() -> None:
    """29,46 juta ton: 29.46 x 1,000,000 = 29,460,000 tonnes, two decimals printed."""
    readings = read_cell("29,46 juta ton")
    assert readings == Readings(Quantity(Fraction(29_460_000), None, "ton", "juta", 10**6, 2), None)


def test_money_without_cents_proves_its_decimal_mark() -> None:
    assert read_cell("Rp 1.500.000,-") == Readings(figure("1500000", unit="Rp"), None)
    assert read_cell("Rp 500.000,-") == Readings(figure("500000", unit="Rp"), None)
    assert read_cell("Rp 500,-") == Readings(figure("500", unit="Rp"), None)
    assert read_cell("12,-") is None
    assert read_cell("Rp 5,50,-") is None


@pytest.mark.parametrize(
    "text",
    ["70-80", "70 - 80", "70–80", "70 — 80", "70 s.d. 80", "70 s.d 80", "70 s/d 80", "70s/d80", "70 sd 80", "70 to 80",
     "70 sampai dengan 80", "70 hingga 80"],
)  # fmt: skip
def test_a_range_has_two_ends(text: str) -> None:
    readings = read_cell(text)
    assert readings is not None
    assert readings.certain == figure("70", "80")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("70-80%", figure("70", "80", unit="%")),
        ("70% - 80%", figure("70", "80", unit="%")),
        ("5 hari s.d. 7 hari", figure("5", "7", unit="hari")),
        ("1–2 juta ton", figure("1000000", "2000000", unit="ton", scale="juta", factor=10**6)),
        ("Rp 5 - 6", figure("5", "6", unit="Rp")),
        ("Rp 5 - Rp 6", figure("5", "6", unit="Rp")),
        ("-5-10", figure("-5", "10")),
        ("-5 - -3", figure("-5", "-3")),
    ],
)
def test_a_unit_and_a_multiplier_hold_for_both_ends_of_a_range(text: str, expected: Quantity) -> None:
    readings = read_cell(text)
    assert readings is not None
    assert readings.certain == expected


def test_the_ends_of_a_range_prove_each_other() -> None:
    assert read_cell("1.200-1.500,5") == Readings(
        Quantity(Fraction(1200), Fraction(3001, 2), decimals=1), None
    )
    assert read_cell("Rp 500.000,- s.d. Rp 600.000,-") == Readings(
        figure("500000", "600000", unit="Rp"), None
    )


def test_a_range_in_the_wrong_order_says_so() -> None:
    readings = [read_cell(text) for text in ("80-70", "5--3", "70-80", "70-70", "70")]
    certain = [each.certain for each in readings if each]
    assert [each.is_backward for each in certain if each] == [True, True, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1", "1.500.00", "0.175.000", "1.234,567,8", "5.", "12 34.", "1,23.4", "1 50", "1  500", "1 500.000'000",
        "- narasi kegiatan", "- 5 kegiatan terlaksana", "- 5", "5 -", "WTP", "BB", "A", "nan", "NaN", "inf", "infinity",
        "1e5", "1E5", "0x1F", "1_000", "２３", "٣", "5½", "5²", "2O16", "201O", "1OO", "4 of 5", "4 dari 5", "4 dari lima",
        "80 atau lebih", "80 ke atas", "31 Desember", "5 May", "3rd", "≥ 80", "> 80", "<5", "(5)", "±5", "12-05-2016",
        "12/05/2016", "4/5", "10:30", "70\n800", "73,5\nkali", "5 %%", "%", "70% - 80", "5 ribu - 6 juta", "5 hari - 6 kali",
        "Rp 5 - USD 6", "5 ribu juta", "5 juta %", "Rp 5 %", "-Rp-5", "--5", "+-5", "70-", "-70-", "70--", "foto 5", "5 foto 6",
        "=1+1", "1+1", "5 satu dua tiga empat lima", "#N/A", "", " ", "-",
    ],
)  # fmt: skip
def test_what_is_no_number_for_certain_is_no_number(text: str) -> None:
    assert read_cell(text) is None


@pytest.mark.parametrize("text", [*ABSENT_MARKS, " - ", "\N{NO-BREAK SPACE}", "−", "n/a", "N/A", "NA"])
def test_a_mark_for_no_figure_is_absent(text: str) -> None:
    assert is_absent(text)


@pytest.mark.parametrize("text", ["- narasi", "--", "0", "nan", "#N/A", "tidak ada", "belum", "?", "."])
def test_what_may_mean_something_is_not_absent(text: str) -> None:
    assert not is_absent(text)


@pytest.mark.parametrize("filler", ["9", "1.", "1 ", "a", " ", "1-", "5 kali ", "Rp"])
def test_a_text_of_ten_megabytes_is_no_number(filler: str) -> None:
    assert read_cell(filler * (TEN_MEGABYTES // len(filler)) + "x") is None


def test_a_number_may_be_as_long_as_the_bound_and_no_longer() -> None:
    readings = read_cell("9" * LONGEST_NUMBER)
    assert readings is not None
    assert readings.certain == Quantity(Fraction(10**LONGEST_NUMBER - 1))
    assert read_cell("9" * (LONGEST_NUMBER + 1)) is None


@given(st.text(max_size=2 * LONGEST_NUMBER))
def test_any_text_is_read_or_refused_and_shown_within_the_bound(text: str) -> None:
    readings = read_cell(text)
    assert readings is None or readings.comma or readings.point
    assert len(show_cell(text)) <= LONGEST_SHOWN


@given(st.text(alphabet="0123456789.,- %'Rps/dtokali", max_size=30))
def test_a_reading_says_the_digits_that_stand_in_the_cell(text: str) -> None:
    """Whatever the marks mean, they move no digit: without marks and zeros in front, text and reading agree."""
    readings = read_cell(text)
    for mark in BOTH:
        reading = readings.under(mark) if readings else None
        if reading is not None and reading.upper is None and reading.factor == 1:
            said = "".join(filter(str.isdigit, reading.write(mark)))
            assert said.lstrip("0") == "".join(filter(str.isdigit, text)).lstrip("0")


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [
        ("2.163", "2163", "2.163"),
        ("1.122 juta", "1122000000", "1122000"),
        ("1.122-1.500", "1122–1500", "1.122–1.500"),
        ("-1,122", "-1,122", "-1122"),
    ],
)
def test_a_reading_is_written_so_that_it_cannot_be_read_otherwise(text: str, comma: str, point: str) -> None:
    readings = read_cell(text)
    assert readings is not None
    assert readings.comma is not None
    assert readings.point is not None
    assert (readings.comma.write(","), readings.point.write(".")) == (comma, point)
    assert readings.certain is None


def test_decimals_beyond_the_multiplier_stay_when_it_is_written() -> None:
    """1,1234567 juta = 1,123,456.7: seven decimals printed, six of them taken up by the multiplier."""
    readings = read_cell("1,1234567 juta")
    assert readings is not None
    assert readings.comma is not None
    assert readings.comma.write(",") == "1123456,7"
