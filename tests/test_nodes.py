"""What expressions are made of: how they depend on a leaf, and that ranges are never too narrow because of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.evidence.expressions import ABSENT, Value, evaluate, weighted_mean
from bsc_analysis.evidence.nodes import (
    Capped,
    Constant,
    Course,
    Every,
    Floored,
    Leaf,
    Node,
    Product,
    Quotient,
    Sum,
    WeightedMean,
    children,
    course,
    leaves,
    rebuilt,
)
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.solving import solve
from bsc_analysis.scorecards.bands import INFINITY, Interval

A, B, C = (Leaf(Key("actual", indicator=name)) for name in "abc")
TWO = Constant(Fraction(2))


def between(lower: float | str, upper: float | str) -> Value:
    return Value(Interval(Fraction(lower), Fraction(upper)))


def known(**values: Value):  # type: ignore[no-untyped-def]
    return lambda key: values.get(key.indicator, Value(None, frozenset({key})))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (B, Course.NONE),
        (Sum((A, B, A)), Course.LINE),
        (Product((TWO, A)), Course.LINE),
        (Product((A, A)), Course.ANY),
        (Quotient(B, A), Course.MONOTONE),
        (Quotient(A, Sum((A, B))), Course.MONOTONE),
        (Sum((Quotient(B, A), A)), Course.ANY),
        (Capped(A, Fraction(1)), Course.MONOTONE),
        (WeightedMean((A, B), (C, TWO)), Course.LINE),
        (WeightedMean((B, C), (A, TWO)), Course.MONOTONE),
        (WeightedMean((A, B), (A, TWO)), Course.MONOTONE),
        (WeightedMean((A, A), (A, TWO)), Course.ANY),
    ],
)
def test_the_course_of_an_expression_is_told_from_its_form(node: Node, expected: Course) -> None:
    assert course(node, A.key) is expected


def test_a_figure_times_itself_keeps_its_turning_point() -> None:
    """x (x - 2) over [0, 2] is least at 1, where it is -1; its corners are both 0."""
    node = Product((A, Sum((A, Constant(Fraction(-2))))))
    found = evaluate(node, known(a=between(0, 2)), "zero").interval
    assert found is not None
    assert found.lower <= -1
    assert solve(node, A.key, Interval(Fraction(0), Fraction(0)), known(a=between(0, 2)), "zero") is None


def test_every_relation_must_hold_and_one_that_cannot_be_computed_is_left_out() -> None:
    node = Every((A, B))
    assert evaluate(node, known(a=between(1, 3), b=between(2, 4)), "zero") == between(2, 3)
    assert evaluate(node, known(a=between(1, 3)), "zero") == between(1, 3)
    assert evaluate(node, known(), "zero").unknown == {A.key, B.key}
    assert solve(node, A.key, Interval(Fraction(5), Fraction(6)), known(), "zero") == Interval(
        Fraction(5), Fraction(6)
    )


def test_a_floored_figure_stops_at_the_floor() -> None:
    node = Floored(A, Fraction(0))
    assert evaluate(node, known(a=between(-5, 2)), "zero") == between(0, 2)
    assert solve(node, A.key, Interval(Fraction(0), Fraction(1)), known(), "zero") == Interval(
        -INFINITY, Fraction(1)
    )


small = st.integers(0, 6)
ranges = st.tuples(small, small).map(lambda ends: Interval(Fraction(min(ends)), Fraction(max(ends))))


@given(values=st.lists(ranges, min_size=1, max_size=3), data=st.data())
def test_a_weighted_mean_has_the_range_of_all_its_corners(
    values: list[Interval], data: st.DataObject
) -> None:
    """Values and weights are tried at both ends each: a linear fraction is extreme there."""
    weights = [
        Interval(each.lower + 1, each.upper + 1)
        for each in data.draw(st.lists(ranges, min_size=len(values), max_size=len(values)))
    ]
    means = [
        sum(v * w for v, w in zip(vs, ws, strict=True)) / sum(ws)
        for vs in product(*((each.lower, each.upper) for each in values))
        for ws in product(*((each.lower, each.upper) for each in weights))
    ]
    found = weighted_mean(list(map(Value, values)), list(map(Value, weights)), "zero")
    assert found == Value(Interval(min(means), max(means)))


def test_an_absent_value_counts_as_zero_or_its_weight_with_it_as_absent() -> None:
    values, weights = [between(80, 80), ABSENT], [between(1, 1), between(3, 3)]
    assert weighted_mean(values, weights, "zero") == between(20, 20)
    assert weighted_mean(values, weights, "renormalise") == between(80, 80)
    assert weighted_mean([ABSENT], weights[:1], "zero") == ABSENT


@pytest.mark.parametrize(
    ("key", "target", "expected"),
    [(A, (30, 30), (60, 60)), (B, (30, 30), (15, 15)), (C, (30, 30), (Fraction(2), Fraction(2)))],
)
def test_a_weighted_mean_is_solved_for_a_value_and_for_a_weight(
    key: Leaf, target: tuple[int, int], expected: tuple[Fraction, Fraction]
) -> None:
    """(1 x a + c x b) / (1 + c): with b = 15 and c = 2 the mean is 30 for a = 60; with a = 60 and b = 15 for c = 2."""
    node = WeightedMean((A, B), (Constant(Fraction(1)), C))
    look = known(a=between(60, 60), b=between(15, 15), c=between(2, 2))
    assert solve(node, key.key, Interval(*map(Fraction, target)), look, "zero") == Interval(
        *map(Fraction, expected)
    )


def test_a_node_is_rebuilt_with_every_child_changed() -> None:
    node = Sum(
        (Every((A, Floored(A, Fraction(0)))), WeightedMean((A,), (A,)), Quotient(A, Product((A, TWO))))
    )

    def swap(each: Node) -> Node:
        return B if each == A else rebuilt(each, swap)

    assert set(leaves(rebuilt(node, swap))) == {B.key}
    assert len(children(node)) == 3
