"""Expressions over intervals: what they come to is never too narrow, and solving finds the true figure again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

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
    children,
    evaluate,
    leaves,
)
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.solving import solve
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.bands import INFINITY, Band, Bands, Interval, read_interval
from bsc_analysis.scorecards.rules import MissingPolicy

Look = Callable[[Key], Value]


def key(name: str) -> Key:
    return Key("achievement", indicator=name)


A, B, C, D = (Leaf(key(name)) for name in "abcd")
HALF = Fraction(1, 2)


def point(number: int | str | Fraction) -> Value:
    return Value(Interval(Fraction(number), Fraction(number)))


def between(lower: int | str, upper: int | str) -> Value:
    return Value(Interval(Fraction(lower), Fraction(upper)))


def look(**values: Value) -> Look:
    known = {key(name): value for name, value in values.items()}
    return lambda wanted: known.get(wanted, Value(None, frozenset({wanted})))


def bands(*values: int) -> Bands:
    """Return bands of ten points each with these values, the first from 0 on."""
    ends = [*range(0, 10 * len(values), 10)]
    named = tuple(
        Band(f"b{n}", Fraction(value), read_interval(f"[{end}, {'inf' if end == ends[-1] else end + 10})"),
             Label("b", "b"), "")
        for n, (end, value) in enumerate(zip(ends, values, strict=True))
    )  # fmt: skip
    return Bands(read_interval("[0, inf)"), named)


# ---- single operations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (A, between(1, 2)),
        (Constant(Fraction(7)), point(7)),
        (Sum((A, B)), between(4, 6)),
        (Product((A, B)), between(3, 8)),
        (Product((Constant(Fraction(-1)), A)), between(-2, -1)),
        (Quotient(A, B), between("1/4", "2/3")),
        (Mean((A, B)), between(2, 3)),
        (Sum((A, Product((Constant(Fraction(-1)), A)))), point(0)),
        (Quotient(A, Sum((A, B))), between("1/5", "2/5")),
        (BandValue(Product((Constant(Fraction(10)), A)), bands(1, 2, 3)), between(2, 3)),
    ],
    ids=[
        "leaf",
        "constant",
        "sum",
        "product",
        "negative",
        "quotient",
        "mean",
        "a - a",
        "a / (a + b)",
        "band",
    ],
)
def test_an_expression_comes_to_its_exact_range(node: Node, expected: Value) -> None:
    assert evaluate(node, look(a=between(1, 2), b=between(3, 4)), "zero") == expected


def test_a_product_over_intervals_with_both_signs_takes_the_extreme_corners() -> None:
    assert evaluate(Product((A, B)), look(a=between(-2, 3), b=between(-5, 4)), "zero") == between(-15, 12)


@pytest.mark.parametrize(
    ("at", "expected"), [((80, 100), (80, 100)), ((100, 150), (100, 120)), ((130, 150), (120, 120))]
)
def test_a_capped_figure_stops_at_the_cap(at: tuple[int, int], expected: tuple[int, int]) -> None:
    assert evaluate(Capped(A, Fraction(120)), look(a=between(*at)), "zero") == between(*expected)


@pytest.mark.parametrize(
    ("computed", "elsewhere", "expected"),
    [
        (between(1, 2), Value(None, frozenset({key("b")})), between(1, 2)),
        (between(1, 2), between(4, 5), between(1, 5)),
        (Value(None, frozenset({key("a")})), between(4, 5), between(4, 5)),
        (ABSENT, between(4, 5), ABSENT),
    ],
    ids=["nowhere else", "elsewhere too", "only elsewhere", "absent"],
)
def test_a_figure_computed_here_may_have_been_taken_from_elsewhere(
    computed: Value, elsewhere: Value, expected: Value
) -> None:
    assert evaluate(Derived(B.key, A), look(a=computed, b=elsewhere), "zero") == expected


@pytest.mark.parametrize(
    ("values", "at", "expected"),
    [((3, 2, 1), ("5", "25"), (1, 3)), ((1, 3, 2), ("5", "25"), (1, 3)), ((3, 1, 2), ("5", "25"), (1, 3))],
)
def test_band_values_need_not_rise_with_the_bands(
    values: tuple[int, ...], at: tuple[str, str], expected: tuple[int, int]
) -> None:
    got = evaluate(BandValue(A, bands(*values)), look(a=between(*at)), "zero")
    assert got == between(*expected)


def test_every_leaf_is_yielded_as_often_as_it_occurs() -> None:
    node = Sum((A, Product((A, Quotient(B, C))), BandValue(Mean((D,)), bands(1))))
    assert list(leaves(node)) == [each.key for each in (A, A, B, C, D)]
    assert children(A) == ()


# ---- what is not there -----------------------------------------------------------------------------------------------


def test_an_unknown_leaf_makes_the_result_wait_for_it_by_name() -> None:
    value = evaluate(Sum((A, Product((B, C)))), look(a=point(1)), "zero")
    assert value == Value(None, frozenset({B.key, C.key}))
    assert not value.absent


@pytest.mark.parametrize(
    "node", [Sum((A, B)), Product((A, B)), Quotient(A, B), Quotient(B, A), BandValue(B, bands(1))]
)
def test_an_absent_leaf_makes_the_result_absent(node: Node) -> None:
    assert evaluate(node, look(a=point(1), b=ABSENT), "zero") == ABSENT


def test_a_mean_is_over_what_is_present() -> None:
    assert evaluate(Mean((A, B, C)), look(a=point(1), b=ABSENT, c=point(3)), "zero") == point(2)
    assert evaluate(Mean((A, B)), look(a=ABSENT, b=ABSENT), "zero") == ABSENT


@pytest.mark.parametrize(
    ("policy", "absent", "expected"),
    [
        ("zero", "b", point(1)),
        ("zero", "ab", point(0)),
        ("renormalise", "b", point(4)),
        ("renormalise", "ab", ABSENT),
    ],
)
def test_a_weighted_sum_treats_absent_terms_as_the_policy_says(
    policy: MissingPolicy, absent: str, expected: Value
) -> None:
    """A term of 1 with a share of 1/4: alone it counts 1, or 4 when it stands for the whole."""
    values = {"a": point(1), "b": point(9)} | dict.fromkeys(absent, ABSENT)
    node = Sum((A, B), (Fraction(1, 4), Fraction(3, 4)))
    assert evaluate(node, look(**values), policy) == expected


def test_a_figure_over_an_interval_that_holds_zero_is_open_and_not_said_to_be_absent() -> None:
    """1 over something between -1 and 1 may be anything at all; only 1 over exactly 0 does not exist."""
    value = evaluate(Quotient(A, B), look(a=point(1), b=between(-1, 1)), "zero")
    assert not value.absent
    assert evaluate(Quotient(A, B), look(a=point(1), b=point(0)), "zero").absent


# ---- any expression --------------------------------------------------------------------------------------------------

NAMES = "abcdefghij"
LINEAR = ("sum", "mean", "product", "shares")  # linear in each leaf, so a leaf may occur once more outside
ANY = (*LINEAR, "quotient", "band")


@st.composite
def nodes(draw: st.DrawFn, names: list[str], compound: tuple[str, ...], depth: int = 3) -> Node:
    """Draw an expression in which every leaf has its own name; names are taken from the list."""
    kinds = ("leaf", "constant", *compound) if depth else ("leaf", "constant")
    kind = draw(st.sampled_from(kinds)) if names else "constant"
    if kind == "leaf":
        return Leaf(key(names.pop()))
    if kind == "constant":
        return Constant(Fraction(draw(st.integers(1, 50)), draw(st.integers(1, 20))))
    below = tuple(
        draw(nodes(names, compound, depth - 1))
        for _ in range(1 if kind == "band" else draw(st.integers(2, 3)))
    )
    match kind:
        case "sum":
            return Sum(below)
        case "mean":
            return Mean(below)
        case "product":
            return Product(below)
        case "quotient":
            return Quotient(below[0], below[1])
        case "shares":
            return Sum(below, tuple(Fraction(draw(st.integers(1, 9)), 10) for _ in below))
        case _:
            values = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(sorted))
            return BandValue(below[0], bands(*values))


@st.composite
def boxes(draw: st.DrawFn, node: Node) -> tuple[dict[Key, Value], dict[Key, Fraction | None]]:
    """Draw an interval of positive numbers for every leaf and a point inside it; a leaf may be absent."""
    box: dict[Key, Value] = {}
    inside: dict[Key, Fraction | None] = {}
    for leaf in dict.fromkeys(leaves(node)):
        lower = Fraction(draw(st.integers(1, 400)), 10)
        width = Fraction(draw(st.integers(0, 40)), 10)
        absent = draw(st.integers(0, 5)) == 0
        box[leaf] = ABSENT if absent else Value(Interval(lower, lower + width))
        inside[leaf] = None if absent else lower + width * Fraction(draw(st.integers(0, 8)), 8)
    return box, inside


def at_point(inside: Mapping[Key, Fraction | None]) -> Look:
    def look_up(wanted: Key) -> Value:
        number = inside[wanted]
        return ABSENT if number is None else point(number)

    return look_up


def plain(node: Node, inside: Mapping[Key, Fraction | None], policy: MissingPolicy) -> Fraction | None:
    """Compute an expression at one point with plain fractions; None is no figure."""
    if isinstance(node, Leaf):
        return inside[node.key]
    if isinstance(node, Constant):
        return node.value
    below = [plain(child, inside, policy) for child in children(node)]
    present = [value for value in below if value is not None]
    if isinstance(node, Mean):
        return sum(present, Fraction(0)) / len(present) if present else None
    if isinstance(node, Sum) and node.shares:
        return weighted(below, node.shares, policy)
    return operate(node, present) if len(present) == len(below) else None


def weighted(
    below: list[Fraction | None], shares: tuple[Fraction, ...], policy: MissingPolicy
) -> Fraction | None:
    present = [(value, share) for value, share in zip(below, shares, strict=True) if value is not None]
    total = sum((value for value, _ in present), Fraction(0))
    if policy == "zero":
        return total
    return total * sum(shares) / sum(share for _, share in present) if present else None


def operate(node: Node, present: list[Fraction]) -> Fraction | None:
    if isinstance(node, Sum):
        return sum(present, Fraction(0))
    if isinstance(node, Quotient):
        return present[0] / present[1] if present[1] else None
    if isinstance(node, BandValue):
        return node.bands.find(present[0]).value
    return prod(present, start=Fraction(1))


@st.composite
def cases(
    draw: st.DrawFn, *, repeats: bool = False
) -> tuple[Node, dict[Key, Value], dict[Key, Fraction | None]]:
    """Draw an expression, its box and a point in it; with repeats, one leaf is subtracted once more."""
    node = draw(nodes(list(NAMES), LINEAR if repeats else ANY))
    assume(any(True for _ in leaves(node)))
    if repeats:
        again = draw(st.sampled_from([Leaf(each) for each in leaves(node)]))
        node = Sum((node, Product((Constant(Fraction(-1)), again))))
    box, inside = draw(boxes(node))
    return node, box, inside


@given(case=cases(), policy=st.sampled_from(["zero", "renormalise"]))
def test_evaluating_at_a_point_is_plain_arithmetic(
    case: tuple[Node, dict[Key, Value], dict[Key, Fraction | None]], policy: MissingPolicy
) -> None:
    node, _, inside = case
    expected = plain(node, inside, policy)
    assert evaluate(node, at_point(inside), policy) == (ABSENT if expected is None else point(expected))


@given(case=cases() | cases(repeats=True), policy=st.sampled_from(["zero", "renormalise"]))
def test_the_range_holds_the_value_at_every_point_inside_the_box(
    case: tuple[Node, dict[Key, Value], dict[Key, Fraction | None]], policy: MissingPolicy
) -> None:
    node, box, inside = case
    expected = plain(node, inside, policy)
    got = evaluate(node, box.__getitem__, policy)
    assert got.absent if expected is None else got.interval is not None and expected in got.interval


SHARED = Sum((A, B, C), (Fraction(1, 4), Fraction(1, 4), HALF))


@given(case=cases(), policy=st.sampled_from(["zero", "renormalise"]), data=st.data())
def test_solving_gives_an_interval_that_holds_the_true_figure(
    case: tuple[Node, dict[Key, Value], dict[Key, Fraction | None]],
    policy: MissingPolicy,
    data: st.DataObject,
) -> None:
    node, box, inside = case
    wanted = data.draw(st.sampled_from(list(leaves(node))))
    reached = plain(node, inside, policy)
    true = inside[wanted]
    assume(reached is not None and true is not None)
    assert reached is not None
    assert true is not None
    target = Interval(reached - data.draw(st.sampled_from([Fraction(0), Fraction(1, 100)])), reached)
    solution = solve(node, wanted, target, box.__getitem__, policy)
    assert solution is None or true in solution


@given(
    policy=st.sampled_from(["zero", "renormalise"]),
    a=st.integers(1, 50).map(Fraction),
    b=st.integers(1, 50).map(Fraction),
)
@example(policy="renormalise", a=Fraction(1), b=Fraction(2))
def test_solving_a_weighted_sum_with_an_absent_term_undoes_its_renormalisation(
    policy: MissingPolicy, a: Fraction, b: Fraction
) -> None:
    known = look(b=point(b), c=ABSENT)
    inside = {A.key: a, B.key: b, C.key: None}
    reached = plain(SHARED, inside, policy)
    assert reached is not None
    assert solve(SHARED, A.key, Interval(reached, reached), known, policy) == Interval(a, a)


@pytest.mark.parametrize(
    ("node", "target", "expected"),
    [
        (A, "[3, 4]", "[3, 4]"),
        (Sum((A, B)), "[10, 11]", "[7, 9]"),
        (Product((A, B)), "[6, 8]", "[2, 4]"),
        (Product((A,)), "[6, 8]", "[6, 8]"),
        (Quotient(A, B), "[2, 3]", "[4, 9]"),
        (Quotient(B, A), "[0.5, 1]", "[2, 6]"),
        (Mean((A, B)), "[5, 6]", "[7, 10]"),
        (BandValue(A, bands(1, 2, 3)), "[2, 2]", "[10, 20)"),
        (BandValue(A, bands(1, 2, 3)), "[2, 3]", "[10, inf)"),
        (Capped(A, Fraction(120)), "[100, 110]", "[100, 110]"),
        (Capped(A, Fraction(120)), "[110, 120]", "[110, inf]"),
        (Derived(C.key, Product((A, B))), "[6, 8]", "[2, 4]"),
    ],
)
def test_each_operation_is_undone_with_the_others_free_in_their_intervals(
    node: Node, target: str, expected: str
) -> None:
    assert solve(node, A.key, read_interval(target), look(b=between(2, 3)), "zero") == read_interval(expected)


def test_no_band_with_the_value_asked_for_means_no_solution() -> None:
    assert solve(BandValue(A, bands(1, 3)), A.key, read_interval("[2, 2]"), look(), "zero") is None


def test_a_factor_that_may_be_zero_leaves_the_other_open() -> None:
    assert solve(Product((A, B)), A.key, read_interval("[1, 2]"), look(b=between(-1, 1)), "zero") is None


def test_a_leaf_that_is_multiplied_by_another_unknown_is_not_solved() -> None:
    assert solve(Product((A, B)), A.key, read_interval("[1, 2]"), look(), "zero") is None


def test_a_leaf_that_is_added_to_another_unknown_is_not_solved() -> None:
    assert solve(Sum((A, B)), A.key, read_interval("[1, 2]"), look(), "zero") is None


# ---- leaves that occur more than once --------------------------------------------------------------------------------

intervals = st.tuples(st.integers(1, 300), st.integers(0, 30)).map(lambda ends: (ends[0], ends[0] + ends[1]))


@given(
    b=intervals, c=intervals, d=intervals, a=st.integers(1, 90), steps=st.tuples(*(st.integers(0, 4),) * 3)
)
def test_a_leaf_that_occurs_twice_is_solved_as_path_tracing_does(
    b: tuple[int, int], c: tuple[int, int], d: tuple[int, int], a: int, steps: tuple[int, int, int]
) -> None:
    """The sum b x a + c x d x a is linear in a: the true a, reached inside the box, must lie in the answer."""
    node = Sum((Product((B, A)), Product((C, D, A))))
    scale = [Fraction(100)] * 3
    ranges = [
        Interval(Fraction(low) / s, Fraction(high) / s)
        for (low, high), s in zip((b, c, d), scale, strict=True)
    ]
    at = [
        each.lower + (each.upper - each.lower) * Fraction(step, 4)
        for each, step in zip(ranges, steps, strict=True)
    ]
    true = Fraction(a, 100)
    reached = at[0] * true + at[1] * at[2] * true
    known = dict(zip((B.key, C.key, D.key), map(Value, ranges), strict=True))
    solution = solve(node, A.key, Interval(reached, reached), known.__getitem__, "zero")
    assert solution is not None
    assert true in solution


def test_a_leaf_whose_slope_may_vanish_is_not_solved() -> None:
    node = Sum((Product((A, B)), Product((A, C))))
    assert (
        solve(node, A.key, read_interval("[1, 2]"), look(b=between(-1, 1), c=between(-1, 1)), "zero") is None
    )


def test_a_leaf_twice_beside_an_unknown_is_not_solved() -> None:
    node = Sum((Product((A, B)), Product((A, C))))
    assert solve(node, A.key, read_interval("[1, 2]"), look(b=point(1)), "zero") is None


def test_with_too_many_wide_leaves_a_repeated_leaf_is_not_solved() -> None:
    others = [Leaf(key(f"x{number}")) for number in range(15)]
    node = Sum(tuple(Product((A, other)) for other in others))
    assert solve(node, A.key, read_interval("[1, 2]"), lambda _: between(1, 2), "zero") is None


def test_what_grows_beyond_all_numbers_stays_within_the_ends_of_the_line() -> None:
    value = evaluate(Product((A, B)), look(a=Value(Interval(Fraction(1), INFINITY)), b=between(2, 3)), "zero")
    assert value.interval is not None
    assert value.interval.upper == INFINITY
