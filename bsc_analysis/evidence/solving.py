"""Expressions solved for one figure: what it must be for a sum to come out as printed, all else within its interval."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import (
    BandValue,
    Capped,
    Derived,
    Every,
    Floored,
    Leaf,
    Mean,
    Node,
    Product,
    Quotient,
    Special,
    Sum,
    Value,
    WeightedMean,
    bare_range,
    children,
    corners,
    divide,
    is_wide,
    leaves,
    multiply,
    point,
    repeated_leaves,
    tolerates_absence,
)
from bsc_analysis.evidence.nodes import Course, course
from bsc_analysis.scorecards.bands import INFINITY, Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from bsc_analysis.evidence.printed import Key
    from bsc_analysis.scorecards.rules import MissingPolicy

MOST_CORNERS = 14  # 2**14 exact evaluations take about a second; larger sets of leaves are not solved


def solve(
    node: Node, key: Key, target: Interval, look: Callable[[Key], Value], policy: MissingPolicy
) -> Interval | None:
    """Return what one leaf must be for the expression to reach the target, the other leaves free in their intervals.

    None when no value of the leaf does, or when any would.
    """
    counts = Counter(leaves(node))
    if counts[key] > 1:
        return _solve_linear(node, key, target, look, policy)
    repeated = repeated_leaves(node, look, without=key)
    solutions = [_descend(node, key, target, corner, policy) for corner in corners(repeated, look)]
    found = [solution for solution in solutions if solution is not None]
    return reduce(Interval.join, found) if found else None


def _descend(
    node: Node, key: Key, target: Interval, look: Callable[[Key], Value], policy: MissingPolicy
) -> Interval | None:
    """Undo the expression from its target down to the one leaf."""
    if isinstance(node, Leaf):
        return target
    below = children(node)
    index = next(position for position, child in enumerate(below) if key in leaves(child))
    others = [bare_range(child, look, policy) for position, child in enumerate(below) if position != index]
    if not isinstance(node, Every) and (
        any(value.unknown for value in others)
        or (any(value.absent for value in others) and not tolerates_absence(node))
    ):
        return None
    if isinstance(node, Every):
        return _descend(below[index], key, target, look, policy)
    if isinstance(node, WeightedMean):
        inner = _undo_weighted(node, index, target, others, policy)
        return None if inner is None else _descend(below[index], key, inner, look, policy)
    known = [value.interval for value in others if value.interval is not None]
    whole = _unshared(node, index, [value.absent for value in others], target, policy)
    inner = _undo(node, index, whole, known)
    return None if inner is None else _descend(below[index], key, inner, look, policy)


def _unshared(
    node: Node, index: int, absent: list[bool], target: Interval, policy: MissingPolicy
) -> Interval:
    """Undo the renormalisation of a sum some of whose other terms are absent."""
    if not (isinstance(node, Sum) and any(absent)) or policy == "zero":
        return target
    others = [share for position, share in enumerate(node.shares) if position != index]
    gone = sum((share for share, missing in zip(others, absent, strict=True) if missing), Fraction(0))
    whole = sum(node.shares, Fraction(0))
    return multiply(target, point((whole - gone) / whole))


def _undo(node: Node, index: int, target: Interval, known: list[Interval]) -> Interval | None:
    """Return what one child must be for the node to reach its target, the other children being known."""
    match node:
        case Sum():
            return reduce(subtract, known, target)
        case Mean():
            return reduce(subtract, known, multiply(target, point(Fraction(len(known) + 1))))
        case Product():
            return _undo_product(target, reduce(multiply, known, point(Fraction(1))))
        case Quotient() if index == 0:
            return multiply(target, known[0])
        case Quotient():
            return _undo_product(known[0], target)
        case Derived():
            return target
        case Special():
            return node.undo(index, target, known)
        case _:
            return _undo_step(node, target)


def _undo_weighted(
    node: WeightedMean, index: int, target: Interval, others: list[Value], policy: MissingPolicy
) -> Interval | None:
    """Solve target = sum(w v) / sum(w) for one value or weight: w (v - target) is minus that of all others."""
    count = len(node.terms)
    value_at, weight_at = index % count, index % count + count
    alone = weight_at - 1 if index == value_at else value_at
    gaps = point(Fraction(0))
    for place in range(count):
        if place == value_at:
            continue
        value, weight = (others[each - (each > index)] for each in (place, place + count))
        if (value.absent and policy != "zero") or weight.interval is None:
            continue
        gap = subtract(point(Fraction(0)) if value.interval is None else value.interval, target)
        product = multiply(weight.interval, gap)
        gaps = Interval(gaps.lower + product.lower, gaps.upper + product.upper)
    partner = others[alone].interval
    if partner is None:
        return None
    rest = subtract(point(Fraction(0)), gaps)
    if index >= count:
        return _undo_product(rest, subtract(partner, target))
    quotient = _undo_product(rest, partner)
    return (
        None if quotient is None else Interval(target.lower + quotient.lower, target.upper + quotient.upper)
    )


def _undo_step(node: Node, target: Interval) -> Interval | None:
    match node:
        case Capped(cap=cap):
            return Interval(target.lower, INFINITY) if cap in target else target
        case Floored(floor=floor):
            return Interval(-INFINITY, target.upper) if floor in target else target
        case BandValue(bands=bands):
            extents = [bands.extent(band) for band in bands.bands if band.value in target]
            return reduce(Interval.join, extents) if extents else None
        case _:
            return None


def _undo_product(target: Interval, factor: Interval) -> Interval | None:
    """Divide; a factor that may be zero leaves the other open."""
    return None if factor.lower <= 0 <= factor.upper else divide(target, factor).interval


def _solve_linear(
    node: Node, key: Key, target: Interval, look: Callable[[Key], Value], policy: MissingPolicy
) -> Interval | None:
    """Solve for a leaf that occurs more than once: the expression is linear in it, so two evaluations give the line."""
    others = [other for other in dict.fromkeys(leaves(node)) if other != key and is_wide(look(other))]
    if len(others) > MOST_CORNERS or course(node, key) is not Course.LINE:
        return None
    solutions, slopes = [], []
    for corner in corners(others, look):
        at = [bare_range(node, _fixed(corner, key, Fraction(x)), policy).interval for x in (0, 1)]
        if at[0] is None or at[1] is None:
            return None
        slope = at[1].lower - at[0].lower
        slopes.append(slope)
        solutions += [(end - at[0].lower) / slope for end in (target.lower, target.upper) if slope]
    if not solutions or min(slopes) <= 0 <= max(slopes):
        return None
    return Interval(min(solutions), max(solutions))


def _fixed(look: Callable[[Key], Value], key: Key, at: Fraction) -> Callable[[Key], Value]:
    return lambda other: Value(point(at)) if other == key else look(other)


def subtract(one: Interval, other: Interval) -> Interval:
    """Subtract one interval from another, each free by itself."""
    return Interval(one.lower - other.upper, one.upper - other.lower)
