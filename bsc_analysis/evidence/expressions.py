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
class Capped:
    """A figure, or the cap where it is above the cap."""

    of: Node
    cap: Fraction


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure not printed here, by what it is computed from; printed elsewhere, it may have been taken from there."""

    key: Key
    by: Node


@dataclass(frozen=True, slots=True)
class BandValue:
    """The value of the band a figure lies in."""

    of: Node
    bands: Bands


Node = Leaf | Constant | Sum | Mean | Product | Quotient | Capped | Derived | BandValue


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below."""
    match node:
        case Sum(terms=below) | Mean(terms=below) | Product(factors=below):
            return below
        case Quotient(top=top, bottom=bottom):
            return (top, bottom)
        case BandValue(of=only) | Capped(of=only) | Derived(by=only):
            return (only,)
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
    repeated = [key for key, count in counts.items() if count > 1 and is_wide(look(key))]
    if not repeated:
        return bare_range(node, look, policy)
    ranges = [bare_range(node, corner, policy) for corner in corners(repeated, look)]
    return reduce(_join, ranges)


def bare_range(node: Node, look: Callable[[Key], Value], policy: MissingPolicy) -> Value:
    """Return the range of an expression, each occurrence of a leaf free by itself."""
    if isinstance(node, Leaf):
        return look(node.key)
    if isinstance(node, Constant):
        return Value(Interval(node.value, node.value))
    below = [bare_range(child, look, policy) for child in children(node)]
    if isinstance(node, Derived):
        return _or_taken(below[0], look(node.key))
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


def tolerates_absence(node: Node) -> bool:
    """Return whether an expression still has a value when a term is absent."""
    return isinstance(node, Mean) or (isinstance(node, Sum) and bool(node.shares))


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
        case Product():
            return Value(reduce(multiply, present))
        case Quotient():
            return divide(*present)
        case Capped(cap=cap):
            return Value(Interval(min(present[0].lower, cap), min(present[0].upper, cap)))
        case BandValue(bands=bands):
            return Value(_reached(bands, present[0]))
        case _:
            raise TypeError(node)


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
