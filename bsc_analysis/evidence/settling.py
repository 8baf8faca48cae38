"""Settling one printed figure: the verdict, and which values later figures may have taken it as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import Node, Value
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from bsc_analysis.evidence.printed import Key, Printed


class Verdict(StrEnum):
    """What can be said of a printed figure."""

    FOLLOWS = "follows"
    TRUNCATED = "follows only if truncated"
    CONTRADICTS = "contradicts"
    UNCHECKABLE = "cannot be checked"


@dataclass(frozen=True, slots=True)
class Settled:
    """A figure's verdict and how it came about.

    ``recomputed`` is what the figure should be; ``usable`` is every value that later figures may have taken it as,
    rounded or not; ``stated`` is the narrowest range that is sure, for sums written out.
    """

    verdict: Verdict
    recomputed: Value
    usable: Value
    stated: Value
    expression: Node | None


def judge(figure: Printed, recomputed: Value) -> Verdict:
    """Judge a figure by the range it was recomputed to."""
    if recomputed.unknown:
        return Verdict.UNCHECKABLE
    if recomputed.interval is None:
        return Verdict.CONTRADICTS
    if not recomputed.interval.meet(figure.rounded).empty:
        return Verdict.FOLLOWS
    if not recomputed.interval.meet(figure.truncated).empty:
        return Verdict.TRUNCATED
    return Verdict.CONTRADICTS


def rounded(figure: Printed) -> Interval:
    """Return the numbers that print as the figure when rounded."""
    return figure.rounded


def either(figure: Printed) -> Interval:
    """Return the numbers that print as the figure when rounded or when cut off."""
    return figure.rounded.join(figure.truncated)


def usable_values(figure: Printed, verdict: Verdict, recomputed: Value) -> Value:
    """Return what later figures may take a figure as: its printed value, its unrounded one, or the right one rounded."""
    if verdict is Verdict.UNCHECKABLE:
        return Value(figure.rounded)
    if recomputed.interval is None or figure.value is None:
        return recomputed
    if verdict is Verdict.CONTRADICTS:
        digit = (
            Fraction(0) if figure.rounded.lower == figure.rounded.upper else Fraction(1, 10**figure.decimals)
        )
        return Value(Interval(recomputed.interval.lower - digit, recomputed.interval.upper + digit))
    unrounded = recomputed.interval.meet(figure.rounded.join(figure.truncated))
    return Value(unrounded.join(Interval(figure.value, figure.value)))


def stated_values(figure: Printed, verdict: Verdict, recomputed: Value) -> Value:
    """Return the narrowest range a figure surely has: between its printed and its unrounded value, or as it should be."""
    if verdict is Verdict.UNCHECKABLE:
        return Value(figure.rounded)
    if verdict is Verdict.CONTRADICTS or recomputed.interval is None or figure.value is None:
        return recomputed
    reading = figure.rounded if verdict is Verdict.FOLLOWS else figure.truncated
    return Value(recomputed.interval.meet(reading).join(Interval(figure.value, figure.value)))


def joined(values: list[Value], key: Key) -> Value:
    """Join what several tables print; nothing printed leaves the figure unknown."""
    intervals = [value.interval for value in values if value.interval is not None]
    if intervals:
        return Value(reduce(Interval.join, intervals))
    return values[0] if values else Value(None, frozenset({key}))
