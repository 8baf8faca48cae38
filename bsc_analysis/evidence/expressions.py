"""Sums that tie printed figures together, evaluated and solved exactly over intervals.

A leaf is a figure; its value is an interval, absent (the source says there is none) or unknown (not printed). An
expression that is monotone in each leaf taken alone has its exact range at the ends of the intervals; where it is not, or
where leaves are many, the range returned is wider than the exact one and never narrower.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product as combinations
from typing import TYPE_CHECKING

from bsc_analysis.evidence.nodes import (
    BandValue,
    Capped,
    Constant,
    Course,
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
    WeightedMean,
    children,
    course,
    leaves,
)
from bsc_analysis.scorecards.bands import INFINITY, Bands, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bsc_analysis.evidence.printed import Key
    from bsc_analysis.scorecards.rules import MissingPolicy

__all__ = [
    "ABSENT",
    "BandValue",
    "Capped",
    "Constant",
    "Derived",
    "Every",
    "Floored",
    "Leaf",
    "Mean",
    "Node",
    "Product",
    "Quotient",
    "Special",
    "Sum",
    "Value",
    "WeightedMean",
    "children",
    "evaluate",
    "leaves",
]
MOST_CORNERS = 12  # 2**12 exact evaluations take about a second; more repeated leaves are taken as free


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


def evaluate(node: Node, look: Callable[[Key], Value], policy: MissingPolicy) -> Value:
    """Return the range of an expression; leaves that occur more than once are kept equal to themselves."""
    repeated = repeated_leaves(node, look)
    if not repeated:
        return bare_range(node, look, policy)
    ranges = [bare_range(node, corner, policy) for corner in corners(repeated, look)]
    return reduce(_join, ranges)


def repeated_leaves(node: Node, look: Callable[[Key], Value], *, without: Key | None = None) -> list[Key]:
    """Return the leaves whose every occurrence must be set alike; those that cannot be are left free."""
    counts = Counter(leaves(node))
    repeated = [
        key
        for key, count in counts.items()
        if count > 1 and key != without and is_wide(look(key)) and course(node, key) <= Course.MONOTONE
    ]
    return repeated[:MOST_CORNERS]


def bare_range(node: Node, look: Callable[[Key], Value], policy: MissingPolicy) -> Value:
    """Return the range of an expression, each occurrence of a leaf free by itself."""
    if isinstance(node, Leaf):
        return look(node.key)
    if isinstance(node, Constant):
        return Value(Interval(node.value, node.value))
    below = [bare_range(child, look, policy) for child in children(node)]
    if isinstance(node, Derived):
        return _or_taken(below[0], look(node.key))
    if isinstance(node, Every):
        return _met(below)
    unknown: frozenset[Key] = frozenset().union(*(value.unknown for value in below))
    if any(value.absent for value in below) and not tolerates_absence(node):
        return ABSENT
    if unknown:
        return Value(None, unknown)
    return _combine(node, below, policy)


def _or_taken(computed: Value, elsewhere: Value) -> Value:
    """Join what a figure is computed to with what is printed elsewhere; what is absent stays absent."""
    if computed.absent or elsewhere.interval is None:
        return computed
    return elsewhere if computed.interval is None else Value(computed.interval.join(elsewhere.interval))


def _met(parts: list[Value]) -> Value:
    """Return where the ranges of all relations meet that can be computed."""
    intervals = [part.interval for part in parts if part.interval is not None]
    if intervals:
        return Value(reduce(Interval.meet, intervals))
    return Value(None, frozenset().union(*(part.unknown for part in parts)))


def tolerates_absence(node: Node) -> bool:
    """Return whether an expression still has a value when a term is absent."""
    return isinstance(node, Mean | WeightedMean) or (isinstance(node, Sum) and bool(node.shares))


def _combine(node: Node, below: list[Value], policy: MissingPolicy) -> Value:
    present = [value.interval for value in below if value.interval is not None]
    match node:
        case Sum(shares=shares) if len(present) < len(below):
            return _short_sum(present, shares, [value.interval is not None for value in below], policy)
        case Sum():
            return Value(reduce(_add, present, point(Fraction(0))))
        case Mean():
            return (
                Value(multiply(reduce(_add, present), point(Fraction(1, len(present)))))
                if present
                else ABSENT
            )
        case WeightedMean(terms=terms):
            return weighted_mean(below[: len(terms)], below[len(terms) :], policy)
        case Product():
            return Value(reduce(multiply, present))
        case Quotient():
            return divide(*present)
        case Special():
            return Value(node.range(present))
        case _:
            return _stepped(node, present[0])


def _stepped(node: Node, of: Interval) -> Value:
    match node:
        case Capped(cap=cap):
            return Value(Interval(min(of.lower, cap), min(of.upper, cap)))
        case Floored(floor=floor):
            return Value(Interval(max(of.lower, floor), max(of.upper, floor)))
        case BandValue(bands=bands):
            return Value(_reached(bands, of))
        case _:
            raise TypeError(node)


def weighted_mean(values: list[Value], weights: list[Value], policy: MissingPolicy) -> Value:
    """Return the exact range of a weighted mean over intervals of values and of weights, none of them negative.

    The mean is largest where the largest values have their largest weights and the others their smallest: one of the
    places to draw that line among the values in their order gives the extreme.

    >>> between = lambda lower, upper: Value(Interval(Fraction(lower), Fraction(upper)))
    >>> weighted_mean([between(1, 1), between(4, 4)], [between(1, 2), between(1, 1)], "zero").interval
    Interval(lower=Fraction(2, 1), upper=Fraction(5, 2), lower_closed=True, upper_closed=True)
    """
    pairs = [
        (Interval(Fraction(0), Fraction(0)) if value.interval is None else value.interval, weight.interval)
        for value, weight in zip(values, weights, strict=True)
        if weight.interval is not None and (value.interval is not None or policy == "zero")
    ]
    known = [(value, weight) for value, weight in pairs if weight is not None]
    if not known or all(value.absent for value in values):
        return ABSENT
    if sum(weight.lower for _, weight in known) <= 0:
        return Value(Interval(-INFINITY, INFINITY))
    highest = _extreme([(value.upper, weight) for value, weight in known])
    lowest = -_extreme([(-value.lower, weight) for value, weight in known])
    return Value(Interval(lowest, highest))


def _extreme(pairs: list[tuple[Fraction, Interval]]) -> Fraction:
    ordered = sorted(pairs, key=lambda pair: pair[0])
    means = []
    for cut in range(len(ordered)):
        weighed = [
            (value, weight.lower if at < cut else weight.upper) for at, (value, weight) in enumerate(ordered)
        ]
        whole = sum((weight for _, weight in weighed), Fraction(0))
        means.append(sum((value * weight for value, weight in weighed), Fraction(0)) / whole)
    return max(means)


def _reached(bands: Bands, interval: Interval) -> Interval:
    """Return the range of the values of every band the interval reaches."""
    first, last = (bands.bands.index(bands.find(end)) for end in (interval.lower, interval.upper))
    values = [band.value for band in bands.bands[first : last + 1]]
    return Interval(min(values), max(values))


def _short_sum(
    present: list[Interval], shares: tuple[Fraction, ...], kept: list[bool], policy: MissingPolicy
) -> Value:
    """Sum what is present: absent terms count as 0, or their share goes to the others."""
    if policy == "zero":
        return Value(reduce(_add, present, point(Fraction(0))))
    if not present:
        return ABSENT
    part = sum((share for share, keep in zip(shares, kept, strict=True) if keep), Fraction(0))
    return Value(multiply(reduce(_add, present), point(sum(shares, Fraction(0)) / part)))


def corners(keys: list[Key], look: Callable[[Key], Value]) -> Iterator[Callable[[Key], Value]]:
    """Yield the look-up with the keys fixed at every combination of their interval ends."""
    intervals = [look(key).interval for key in keys]
    ends = [(interval.lower, interval.upper) for interval in intervals if interval is not None]
    for corner in combinations(*ends):
        fixed = dict(zip(keys, corner, strict=True))
        yield lambda key, fixed=fixed: Value(point(fixed[key])) if key in fixed else look(key)  # type: ignore[misc]


def is_wide(value: Value) -> bool:
    """Return whether a value is an interval of more than one number."""
    return value.interval is not None and value.interval.lower != value.interval.upper


def _join(one: Value, other: Value) -> Value:
    if one.interval is None or other.interval is None:
        return one if one.interval is None else other
    return Value(one.interval.join(other.interval))


def point(value: Fraction) -> Interval:
    """Return the interval that holds one number."""
    return Interval(value, value)


def _add(one: Interval, other: Interval) -> Interval:
    return Interval(one.lower + other.lower, one.upper + other.upper)


def multiply(one: Interval, other: Interval) -> Interval:
    """Multiply two intervals."""
    ends = [a * b for a in (one.lower, one.upper) for b in (other.lower, other.upper)]
    return Interval(max(min(ends), -INFINITY), min(max(ends), INFINITY))


def divide(top: Interval, bottom: Interval) -> Value:
    """Divide; a bottom of exactly zero gives no figure, one that may be as small as zero gives an unbounded range."""
    if bottom.lower == bottom.upper == 0:
        return ABSENT
    if bottom.lower < 0 < bottom.upper:
        return Value(Interval(-INFINITY, INFINITY))
    largest = 1 / bottom.lower if bottom.lower else INFINITY
    smallest = 1 / bottom.upper if bottom.upper else -INFINITY
    return Value(multiply(top, Interval(smallest, largest)))
