"""How documents print numbers: marks declared or refused, ranges, bounds, exact figures and dropped zeros."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.printing import Marks, Printing
from bsc_analysis.scorecards.bands import read_interval


@pytest.mark.parametrize("text", ["1.122", "1,122", "-12.500", "999.000 %"])
def test_a_number_that_may_be_two_is_refused_without_a_declared_mark(text: str) -> None:
    with pytest.raises(DataError, match="decimal"):
        Marks().read(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.838", "0.838"), ("0,175", "0.175"), ("73,5 %", "73.5"), ("2.16", "2.16"), ("1.1223", "1.1223")],
)
def test_a_number_that_can_only_be_one_is_read_without_a_declared_mark(text: str, value: str) -> None:
    number = Marks().read(text)
    assert number is not None
    assert number.value == Fraction(value)


def test_declared_marks_decide() -> None:
    assert Marks(".").read("1.122").value == Fraction("1.122")  # type: ignore[union-attr]
    assert Marks(",", ".").read("1.122").value == 1122  # type: ignore[union-attr]
    assert Marks(",.").read("2,163").value == Fraction("2.163")  # type: ignore[union-attr]
    with pytest.raises(DataError):
        Marks(",").read("1.122")


@pytest.mark.parametrize(
    ("text", "ends"),
    [("70-80", ("70", "80")), ("70 – 80", ("70", "80")), ("70 s/d 80", ("70", "80")), ("-5", ("-5",)), ("-5--2", ("-5", "-2")), ("70", ("70",))],
)  # fmt: skip
def test_a_range_is_two_numbers(text: str, ends: tuple[str, ...]) -> None:
    assert Marks(".").read_range(text) == ends


def test_a_range_that_runs_backwards_is_none() -> None:
    with pytest.raises(DataError, match="80-70"):
        Marks(".").read_range("80-70")


def figure(
    text: str, quantity: str = "achievement", printing: Printing | None = None, *, percent: bool = False
):  # type: ignore[no-untyped-def]
    return (printing or Printing(Marks("."))).figure(Key(quantity), "document", "x", text, percent=percent)


def test_a_figure_is_every_number_that_prints_so() -> None:
    read = figure("104.95")
    assert read.rounded == read_interval("[104.945, 104.955]")
    assert read.truncated == read_interval("[104.95, 104.96)")


def test_what_is_exact_is_the_number_itself() -> None:
    read = figure("101", "target", Printing(Marks("."), frozenset({"target"})))
    assert read.rounded == read.truncated == read_interval("[101, 101]")
    assert figure("900", "n").rounded == read_interval("[900, 900]")
    assert figure("900.5", "n").rounded != read_interval("[900.5, 900.5]")


def test_a_percentage_that_is_a_share_keeps_its_digits() -> None:
    read = figure("33.3 %", "weight", percent=True)
    assert (read.value, read.decimals) == (Fraction(333, 1000), 3)
    assert read.rounded == read_interval("[0.3325, 0.3335]")


def test_dropped_zeros_are_digits() -> None:
    read = figure("1", "product", Printing(Marks("."), zeros={"product": 3}))
    assert read.rounded == read_interval("[0.9995, 1.0005]")


def test_a_bound_is_every_number_below_it() -> None:
    assert figure("< .001", "p").rounded == read_interval("[0, 0.001]")


def test_a_mark_for_no_figure_is_absent() -> None:
    assert figure("-").absent
