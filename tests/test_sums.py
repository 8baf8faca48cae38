"""Sums written out: the numbers of an expression with its operators, in the marks of the language."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from bsc_analysis.evidence.expressions import (
    ABSENT,
    BandValue,
    Capped,
    Constant,
    Derived,
    Leaf,
    Mean,
    Node,
    Product,
    Quotient,
    Sum,
    Value,
    evaluate,
)
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.sums import show_number, show_range, write_sum
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Language
from bsc_analysis.scorecards.bands import Interval, read_interval
from bsc_analysis.scorecards.rules import MissingPolicy

TABLE_2 = read_rules("bantaeng").achievement_bands
assert TABLE_2 is not None
MINUS = Constant(Fraction(-1))


def leaf(name: str) -> Leaf:
    return Leaf(Key("achievement", indicator=name))


A, B, C = map(leaf, "abc")


def look(**values: str | Value) -> Callable[[Key], Value]:
    known = {
        leaf(name).key: value
        if isinstance(value, Value)
        else Value(read_interval(value if "," in value else f"[{value}, {value}]"))
        for name, value in values.items()
    }
    return lambda key: known.get(key, Value(None, frozenset({key})))


def written(
    node: Node, policy: MissingPolicy = "zero", language: Language = "en", **values: str | Value
) -> str:
    seen = look(**values)
    return write_sum(node, seen, policy, evaluate(node, seen, policy), language)


@pytest.mark.parametrize(
    ("node", "values", "text"),
    [
        (Product((A, B)), {"a": "0.25", "b": "0.9"}, "0.25 × 0.9 = 0.225"),
        (Product((Constant(Fraction(100)), Quotient(A, B))), {"a": "84", "b": "119"}, "100 × 84 / 119 = 70.5882"),
        (BandValue(A, TABLE_2), {"a": "70.5"}, "N(70.5) = 1"),
        (BandValue(Quotient(A, B), TABLE_2), {"a": "9000", "b": "70"}, "N(128.5714) = 4"),
        (Sum((A, B, C)), {"a": "0.8", "b": "0.8", "c": "0.8"}, "0.8 + 0.8 + 0.8 = 2.4"),
        (Sum((A, Product((MINUS, B)))), {"a": "1", "b": "0.3"}, "1 − 0.3 = 0.7"),
        (Sum((A, Sum((B, C)))), {"a": "1", "b": "2", "c": "3"}, "1 + (2 + 3) = 6"),
        (Sum((A, Sum((B,)))), {"a": "1", "b": "2"}, "1 + 2 = 3"),
        (Mean((A, B)), {"a": "96", "b": "70.58"}, "mean(96; 70.58) = 83.29"),
        (Product((A, B)), {"a": "[0.3285, 0.3295]", "b": "[0.1225, 0.1235]"},
         "[0.3285; 0.3295] × [0.1225; 0.1235] = [0.0402; 0.0407]"),
        (Product((A, B)), {"a": "2"}, "2 × ? = ?"),
        (Product((A, B)), {"a": "2", "b": ABSENT}, "2 × no data = no data"),
        (A, {"a": "7"}, "7 = 7"),
        (Capped(A, Fraction(120)), {"a": "150"}, "min(150; 120) = 120"),
        (Product((B, Derived(C.key, A))), {"a": "7", "b": "2"}, "2 × 7 = 14"),
    ],
)  # fmt: skip
def test_an_expression_is_written_with_its_numbers(
    node: Node, values: dict[str, str | Value], text: str
) -> None:
    assert written(node, **values) == text


@pytest.mark.parametrize(
    ("node", "values", "text"),
    [
        (Product((A, Sum((B, C)))), {"a": "2", "b": "3", "c": "4"}, "2 × (3 + 4) = 14"),
        (Quotient(A, Product((B, C))), {"a": "60", "b": "3", "c": "4"}, "60 / (3 × 4) = 5"),
        (Quotient(A, Quotient(B, C)), {"a": "60", "b": "3", "c": "4"}, "60 / (3 / 4) = 80"),
        (Sum((A, Product((MINUS, Sum((B, C)))))), {"a": "9", "b": "3", "c": "4"}, "9 − (3 + 4) = 2"),
    ],
)
def test_a_sum_reads_as_the_arithmetic_it_stands_for(node: Node, values: dict[str, str], text: str) -> None:
    assert written(node, **values) == text


SHARED = Sum((A, B), (Fraction(3, 4), Fraction(1, 4)))


@pytest.mark.parametrize(
    ("policy", "values", "text"),
    [
        ("zero", {"a": "2", "b": ABSENT}, "2 + no data = 2"),
        ("renormalise", {"a": "2", "b": ABSENT}, "(2 + no data) / 0.75 = 2.6667"),
        ("renormalise", {"a": "2", "b": "1"}, "2 + 1 = 3"),
        ("renormalise", {"a": ABSENT, "b": ABSENT}, "no data + no data = no data"),
    ],
)
def test_what_is_missing_is_written_as_the_policy_counts_it(
    policy: MissingPolicy, values: dict[str, str | Value], text: str
) -> None:
    assert written(SHARED, policy, **values) == text


def test_marks_follow_the_language() -> None:
    assert written(Product((A, B)), language="id", a="0.25", b="1234.5") == "0,25 × 1.234,5 = 308,625"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(9, 40), "0.225"),
        (Fraction(173, 60), "2.8833"),
        (Fraction(3), "3"),
        (Fraction(0), "0"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 10**5), "0.0000"),
        (Fraction(12345), "12,345"),
    ],
)
def test_a_number_has_up_to_four_decimals_and_no_trailing_zeros_where_it_is_exact(
    value: Fraction, text: str
) -> None:
    assert show_number(value, "en") == text


@pytest.mark.parametrize(
    ("interval", "decimals", "text"),
    [
        ("[0.0402, 0.0407]", 4, "[0.0402; 0.0407]"),
        ("[0.0402, 0.0407]", 2, "0.04"),
        ("[3, 3]", 1, "3.0"),
    ],
)
def test_a_range_is_one_number_where_both_ends_print_the_same(
    interval: str, decimals: int, text: str
) -> None:
    assert show_range(read_interval(interval), decimals, "en") == text


def test_a_range_keeps_the_marks_of_the_language() -> None:
    assert show_range(Interval(Fraction(1, 2), Fraction(3, 2)), 1, "id") == "[0,5; 1,5]"
