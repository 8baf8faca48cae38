"""Sums that tie printed figures together, evaluated and solved exactly over intervals.

A leaf is a figure; its value is an interval, absent (the source says there is none) or unknown (not printed). Every
expression here is monotone in each leaf taken alone, so its exact range is found at the ends of the intervals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product as combinations
from typing import TYPE_CHECKING

from bsc_analysis.scorecards.bands import INFINITY, Bands, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bsc_analysis.evidence.printed import Key
    from bsc_analysis.scorecards.rules import MissingPolicy

MOST_CORNERS = (
    14  # 2**14 exact evaluations take about a second; larger sets of repeated leaves are not solved
)


@dataclass(frozen=True, slots=True)
class Value:
    """An interval, or no figure: absent when ``unknown`` is empty, else waiting for the figures named."""

    interval: Interval | None
    unknown: frozenset[Key] = frozenset()

    @property
    def absent(self) -> bool:
        """Whether the sources say that there is no such figure."""
        return self.interval is None and not self.unknown


ABSENT = Value(None)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A figure, by its key."""

    key: Key


@dataclass(frozen=True, slots=True)
class Constant:
    """A number the rule set gives."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum; ``shares`` says how much each term weighs when absent ones are renormalised away.

    Without shares an absent term makes the whole sum absent.
    """

    terms: tuple[Node, ...]
    shares: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Mean:
    """The plain mean of the terms that are present."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product."""

    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """One figure over another."""

    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class BandValue:
    """The value of the band a figure lies in."""

    of: Node
    bands: Bands


Node = Leaf | Constant | Sum | Mean | Product | Quotient | BandValue


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below."""
    match node:
        case Sum(terms=below) | Mean(terms=below) | Product(factors=below):
            return below
        case Quotient(top=top, bottom=bottom):
            return (top, bottom)
        case BandValue(of=of):
            return (of,)
        case _:
            return ()


def leaves(node: Node) -> Iterator[Key]:
    """Yield the key of every leaf, as often as it occurs."""
    if isinstance(node, Leaf):
        yield node.key
    for child in children(node):
        yield from leaves(child)


def evaluate(node: Node, look: Callable[[Key], Value], policy: MissingPolicy) -> Value:
    """Return the exact range of an expression; leaves that occur more than once are kept equal to themselves."""
    counts = Counter(leaves(node))
    repeated = [key for key, count in counts.items() if count > 1 and _wide(look(key))]
    if not repeated:
        return _range(node, look, policy)
    ranges = [_range(node, corner, policy) for corner in _corners(repeated, look)]
    return reduce(_join, ranges)


def solve(
    node: Node, key: Key, target: Interval, look: Callable[[Key], Value], policy: MissingPolicy
) -> Interval | None:
    """Return what one leaf must be for the expression to reach the target, the other leaves free in their intervals.

    None when no value of the leaf does, or when any would.
    """
    counts = Counter(leaves(node))
    if counts[key] > 1:
        return _solve_linear(node, key, target, look, policy)
    repeated = [other for other, count in counts.items() if count > 1 and _wide(look(other))]
    solutions = [_descend(node, key, target, corner, policy) for corner in _corners(repeated, look)]
    found = [solution for solution in solutions if solution is not None]
    return reduce(Interval.join, found) if found else None


def _range(node: Node, look: Callable[[Key], Value], policy: MissingPolicy) -> Value:
    if isinstance(node, Leaf):
        return look(node.key)
    if isinstance(node, Constant):
        return Value(Interval(node.value, node.value))
    below = [_range(child, look, policy) for child in children(node)]
    unknown: frozenset[Key] = frozenset().union(*(value.unknown for value in below))
    if any(value.absent for value in below) and not _tolerates_absence(node):
        return ABSENT
    if unknown:
        return Value(None, unknown)
    return _combine(node, below, policy)


def _tolerates_absence(node: Node) -> bool:
    return isinstance(node, Mean) or (isinstance(node, Sum) and bool(node.shares))


def _combine(node: Node, below: list[Value], policy: MissingPolicy) -> Value:
    present = [value.interval for value in below if value.interval is not None]
    match node:
        case Sum(shares=shares) if len(present) < len(below):
            return _short_sum(present, shares, [value.interval is not None for value in below], policy)
        case Sum():
            return Value(reduce(_add, present))
        case Mean():
            return (
                Value(_times(reduce(_add, present), _point(Fraction(1, len(present))))) if present else ABSENT
            )
        case Product():
            return Value(reduce(_times, present))
        case Quotient():
            return _over(*present)
        case BandValue(bands=bands):
            low, high = bands.find(present[0].lower).value, bands.find(present[0].upper).value
            return Value(Interval(low, high))
        case _:
            raise TypeError(node)


def _short_sum(
    present: list[Interval], shares: tuple[Fraction, ...], kept: list[bool], policy: MissingPolicy
) -> Value:
    """Sum what is present: absent terms count as 0, or their share goes to the others."""
    if policy == "zero":
        return Value(reduce(_add, present, _point(Fraction(0))))
    if not present:
        return ABSENT
    part = sum((share for share, keep in zip(shares, kept, strict=True) if keep), Fraction(0))
    return Value(_times(reduce(_add, present), _point(sum(shares, Fraction(0)) / part)))


def _descend(
    node: Node, key: Key, target: Interval, look: Callable[[Key], Value], policy: MissingPolicy
) -> Interval | None:
    """Undo the expression from its target down to the one leaf."""
    if isinstance(node, Leaf):
        return target
    below = children(node)
    index = next(position for position, child in enumerate(below) if key in leaves(child))
    others = [
        _range(child, look, policy).interval for position, child in enumerate(below) if position != index
    ]
    known = [interval for interval in others if interval is not None]
    if len(known) < len(others) and not isinstance(node, Sum):
        return None
    inner = _undo(node, index, target, known)
    return None if inner is None else _descend(below[index], key, inner, look, policy)


def _undo(node: Node, index: int, target: Interval, known: list[Interval]) -> Interval | None:
    match node:
        case Sum():
            return reduce(_subtract, known, target)
        case Mean():
            return reduce(_subtract, known, _times(target, _point(Fraction(len(known) + 1))))
        case Product():
            return _over(target, reduce(_times, known)).interval
        case Quotient():
            return _times(target, known[0]) if index == 0 else _over(known[0], target).interval
        case BandValue(bands=bands):
            extents = [bands.extent(band) for band in bands.bands if band.value in target]
            return reduce(Interval.join, extents) if extents else None
        case _:
            return None


def _solve_linear(
    node: Node, key: Key, target: Interval, look: Callable[[Key], Value], policy: MissingPolicy
) -> Interval | None:
    """Solve for a leaf that occurs more than once: the expression is linear in it, so two evaluations give the line."""
    others = [other for other in dict.fromkeys(leaves(node)) if other != key and _wide(look(other))]
    if len(others) > MOST_CORNERS:
        return None
    solutions, slopes = [], []
    for corner in _corners(others, look):
        at = [_range(node, _fixed(corner, key, Fraction(x)), policy).interval for x in (0, 1)]
        if at[0] is None or at[1] is None:
            return None
        slope = at[1].lower - at[0].lower
        slopes.append(slope)
        solutions += [(end - at[0].lower) / slope for end in (target.lower, target.upper) if slope]
    if not solutions or min(slopes) <= 0 <= max(slopes):
        return None
    return Interval(min(solutions), max(solutions))


def _corners(keys: list[Key], look: Callable[[Key], Value]) -> Iterator[Callable[[Key], Value]]:
    """Yield the look-up with the keys fixed at every combination of their interval ends."""
    intervals = [look(key).interval for key in keys]
    ends = [(interval.lower, interval.upper) for interval in intervals if interval is not None]
    for corner in combinations(*ends):
        fixed = dict(zip(keys, corner, strict=True))
        yield lambda key, fixed=fixed: Value(_point(fixed[key])) if key in fixed else look(key)  # type: ignore[misc]


def _fixed(look: Callable[[Key], Value], key: Key, at: Fraction) -> Callable[[Key], Value]:
    return lambda other: Value(_point(at)) if other == key else look(other)


def _wide(value: Value) -> bool:
    return value.interval is not None and value.interval.lower != value.interval.upper


def _join(one: Value, other: Value) -> Value:
    if one.interval is None or other.interval is None:
        return one if one.interval is None else other
    return Value(one.interval.join(other.interval))


def _point(value: Fraction) -> Interval:
    return Interval(value, value)


def _add(one: Interval, other: Interval) -> Interval:
    return Interval(one.lower + other.lower, one.upper + other.upper)


def _subtract(one: Interval, other: Interval) -> Interval:
    return Interval(one.lower - other.upper, one.upper - other.lower)


def _times(one: Interval, other: Interval) -> Interval:
    ends = [a * b for a in (one.lower, one.upper) for b in (other.lower, other.upper)]
    return Interval(max(min(ends), -INFINITY), min(max(ends), INFINITY))


def _over(top: Interval, bottom: Interval) -> Value:
    if bottom.lower <= 0 <= bottom.upper:
        return ABSENT
    return Value(_times(top, Interval(1 / bottom.upper, 1 / bottom.lower)))
