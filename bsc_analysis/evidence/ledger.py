"""The ledger of a document: every printed figure settled against the figures it depends on, under one missing policy.

A figure is computed from the nearest printed figures, first those of its own place. A parent that follows counts with
its printed and with its unrounded value, since authors compute with either; a parent that contradicts counts with
what it should be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import (
    ABSENT,
    BandValue,
    Capped,
    Derived,
    Leaf,
    Mean,
    Node,
    Product,
    Quotient,
    Sum,
    Value,
    evaluate,
    leaves,
)
from bsc_analysis.evidence.solving import solve
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bsc_analysis.evidence.printed import Key, Printed
    from bsc_analysis.evidence.relations import Relations
    from bsc_analysis.scorecards.rules import MissingPolicy


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


class Ledger:
    """Settles figures on demand and remembers them; nothing in it changes an answer once given."""

    def __init__(self, figures: tuple[Printed, ...], relations: Relations, policy: MissingPolicy) -> None:
        self._figures = figures
        self._relations = relations
        self.policy = policy
        self._settled: dict[Printed, Settled] = {}

    def settle(self, figure: Printed) -> Settled:
        """Return the verdict on one figure, with the expression and the values that gave it."""
        if figure not in self._settled:
            self._settled[figure] = self._decide(figure)
        return self._settled[figure]

    def expression(self, figure: Printed) -> Node | None:
        """Return the expression over printed figures and inputs that gives this figure, or None for an input."""
        check = self._relations.checks.get((figure.place, figure.key))
        node = self._relations.derived.get(figure.key, check)
        return None if node is None else self._expand(node, figure.place)

    def look(self, key: Key, place: str) -> Value:
        """Return every value a figure may have been taken as, seen from a place."""
        return self._look(key, place, lambda settled: settled.usable)

    def state(self, key: Key, place: str) -> Value:
        """Return the narrowest range a figure surely has, seen from a place; what is computed is not taken elsewhere."""
        if key in self._relations.derived and self.printed(key, place) is None:
            return Value(None, frozenset({key}))
        return self._look(key, place, lambda settled: settled.stated)

    def _look(self, key: Key, place: str, part: Callable[[Settled], Value]) -> Value:
        printed = self.printed(key, place)
        if key in self._relations.derived:
            figures = self._elsewhere(key) if printed is None else [printed]
            return _joined(
                [ABSENT if figure.absent else part(self.settle(figure)) for figure in figures], key
            )
        if printed is not None:
            return ABSENT if printed.absent else Value(printed.rounded)
        if key in self._relations.wholes and self.look(self._relations.wholes[key], place).absent:
            return ABSENT
        if key in self._relations.constants:
            return Value(Interval(self._relations.constants[key], self._relations.constants[key]))
        return Value(None, frozenset({key}))

    def _elsewhere(self, key: Key) -> list[Printed]:
        """Return a derived figure as other places print it; a figure never depends on its own kind, so this ends."""
        return [figure for figure in self._by_key.get(key, []) if not figure.absent]

    def printed(self, key: Key, place: str) -> Printed | None:
        """Return the figure as printed in this place, or for an input as printed first anywhere."""
        candidates = self._by_key.get(key, [])
        here = [figure for figure in candidates if figure.place == place]
        if here or key in self._relations.derived:
            return here[0] if here else None
        return candidates[0] if candidates else None

    def from_data(self, key: Key) -> Value:
        """Recompute a figure from inputs alone, never from a rounded printed figure in between."""
        if key in self._relations.derived:
            return evaluate(self._relations.derived[key], self.from_data, self.policy)
        candidates = self._by_key.get(key, [])
        if candidates:
            return ABSENT if candidates[0].absent else Value(candidates[0].rounded)
        return self.look(key, "")

    def parents(self, figure: Printed) -> Iterator[Printed]:
        """Yield the printed figures this one is computed from, nearest first."""
        expression = self.expression(figure)
        for key in dict.fromkeys(leaves(expression)) if expression else ():
            parent = self.printed(key, figure.place)
            if parent is not None:
                yield parent

    def derives(self, key: Key) -> bool:
        """Whether a figure is derived from others, not an input."""
        return key in self._relations.derived

    def short_of(self, figure: Printed) -> tuple[Key, ...]:
        """Return the parts that a headline's check would need and its place does not print."""
        return self._relations.unprinted.get((figure.place, figure.key), ())

    def recovered(
        self,
        key: Key,
        *,
        without: Printed | None = None,
        reading: Callable[[Printed], Interval] | None = None,
    ) -> list[tuple[Printed, Interval]]:
        """Return what each printed figure says about one that is not printed, all else known.

        ``reading`` gives the numbers that a figure may have been printed from; rounded ones unless said otherwise.
        """
        found = []
        for figure in self._figures:
            node = self._relations.derived.get(figure.key)
            if figure == without or node is None or figure.absent or not self._over_inputs(node, key):
                continue
            look = self._looker(figure.place)
            if {leaf for leaf in leaves(node) if look(leaf).interval is None} == {key}:
                solution = solve(node, key, (reading or _rounded)(figure), look, self.policy)
                found += [] if solution is None else [(figure, solution)]
        return found

    def _over_inputs(self, node: Node, key: Key) -> bool:
        """Whether an expression is one over inputs alone that holds the figure to be recovered."""
        below = set(leaves(node))
        return key in below and below.isdisjoint(self._relations.derived)

    @cached_property
    def _by_key(self) -> dict[Key, list[Printed]]:
        grouped: dict[Key, list[Printed]] = {}
        for figure in self._figures:
            grouped.setdefault(figure.key, []).append(figure)
        return grouped

    def _decide(self, figure: Printed) -> Settled:
        expression = self.expression(figure)
        as_printed = Value(figure.rounded)
        if expression is None:
            return Settled(self._repeat(figure), as_printed, as_printed, as_printed, None)
        possible = self._recompute(expression, figure, self.look, _either)
        stated = self._recompute(expression, figure, self.state, _rounded)
        verdict = _verdict(figure, possible)
        recomputed = stated if _verdict(figure, stated) is verdict else possible
        usable = _usable(figure, verdict, possible)
        return Settled(verdict, recomputed, usable, _stated(figure, verdict, recomputed), expression)

    def _repeat(self, figure: Printed) -> Verdict:
        """Judge an input: it follows from nothing, but printed differently elsewhere, one of the two cannot stand."""
        others = [
            other for other in self._by_key[figure.key] if other.place != figure.place and not other.absent
        ]
        agree = all(not figure.rounded.meet(other.rounded).empty for other in others)
        return Verdict.UNCHECKABLE if agree else Verdict.CONTRADICTS

    def _recompute(
        self,
        expression: Node,
        figure: Printed,
        look: Callable[[Key, str], Value],
        reading: Callable[[Printed], Interval],
    ) -> Value:
        """Evaluate a figure's expression; one figure in it that is not printed is recovered from other printed ones."""
        value = evaluate(expression, lambda key: look(key, figure.place), self.policy)
        if len(value.unknown) != 1:
            return value
        (unknown,) = value.unknown
        others = [interval for _, interval in self.recovered(unknown, without=figure, reading=reading)]
        if not others:
            return value
        known = Value(reduce(Interval.meet, others))
        return evaluate(
            expression, lambda key: known if key == unknown else look(key, figure.place), self.policy
        )

    def _looker(self, place: str) -> Callable[[Key], Value]:
        return lambda key: self.look(key, place)

    def _expand(self, node: Node, place: str) -> Node:
        """Replace figures not printed in this place by what they are computed from."""
        match node:
            case Leaf(key=key):
                known = self.printed(key, place) is not None or key not in self._relations.derived
                return node if known else Derived(key, self._expand(self._relations.derived[key], place))
            case Sum(terms=terms, shares=shares):
                return Sum(tuple(self._expand(term, place) for term in terms), shares)
            case Mean(terms=terms):
                return Mean(tuple(self._expand(term, place) for term in terms))
            case Product(factors=factors):
                return Product(tuple(self._expand(factor, place) for factor in factors))
            case Quotient(top=top, bottom=bottom):
                return Quotient(self._expand(top, place), self._expand(bottom, place))
            case BandValue(of=of, bands=bands):
                return BandValue(self._expand(of, place), bands)
            case Capped(of=of, cap=cap):
                return Capped(self._expand(of, place), cap)
            case _:
                return node


def _verdict(figure: Printed, recomputed: Value) -> Verdict:
    if recomputed.unknown:
        return Verdict.UNCHECKABLE
    if recomputed.interval is None:
        return Verdict.CONTRADICTS
    if not recomputed.interval.meet(figure.rounded).empty:
        return Verdict.FOLLOWS
    if not recomputed.interval.meet(figure.truncated).empty:
        return Verdict.TRUNCATED
    return Verdict.CONTRADICTS


def _rounded(figure: Printed) -> Interval:
    """Return the numbers that print as the figure when rounded."""
    return figure.rounded


def _either(figure: Printed) -> Interval:
    """Return the numbers that print as the figure when rounded or when cut off."""
    return figure.rounded.join(figure.truncated)


def _usable(figure: Printed, verdict: Verdict, recomputed: Value) -> Value:
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


def _stated(figure: Printed, verdict: Verdict, recomputed: Value) -> Value:
    """Return the narrowest range a figure surely has: between its printed and its unrounded value, or as it should be."""
    if verdict is Verdict.UNCHECKABLE:
        return Value(figure.rounded)
    if verdict is Verdict.CONTRADICTS or recomputed.interval is None or figure.value is None:
        return recomputed
    reading = figure.rounded if verdict is Verdict.FOLLOWS else figure.truncated
    return Value(recomputed.interval.meet(reading).join(Interval(figure.value, figure.value)))


def _joined(values: list[Value], key: Key) -> Value:
    """Join what several tables print; nothing printed leaves the figure unknown."""
    intervals = [value.interval for value in values if value.interval is not None]
    if intervals:
        return Value(reduce(Interval.join, intervals))
    return values[0] if values else Value(None, frozenset({key}))
