"""The ledger of a document: every printed figure settled against the figures it depends on, under one missing policy.

A figure is computed from the nearest printed figures, first those of its own place. A parent that follows counts with
its printed and with its unrounded value, since authors compute with either; a parent that contradicts counts with
what it should be.
"""

from __future__ import annotations

from functools import cached_property, reduce
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import (
    ABSENT,
    Derived,
    Every,
    Leaf,
    Node,
    Special,
    Value,
    evaluate,
    leaves,
)
from bsc_analysis.evidence.nodes import rebuilt
from bsc_analysis.evidence.settling import (
    Settled,
    Verdict,
    either,
    joined,
    judge,
    rounded,
    stated_values,
    usable_values,
)
from bsc_analysis.evidence.solving import solve
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bsc_analysis.evidence.printed import Key, Printed
    from bsc_analysis.evidence.relations import Relations
    from bsc_analysis.scorecards.rules import MissingPolicy


__all__ = ["Ledger", "Settled", "Verdict"]


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
        node = self._relation(figure)
        return None if node is None else self._expand(node, figure.place)

    def _relation(self, figure: Printed) -> Node | None:
        check = self._relations.checks.get((figure.place, figure.key))
        return self._relations.derived.get(figure.key, check)

    def _input(self, figure: Printed) -> Interval:
        """Return the numbers that an input may have been printed from."""
        return either(figure) if self._relations.cut_inputs else figure.rounded

    def look(self, key: Key, place: str) -> Value:
        """Return every value a figure may have been taken as, seen from a place."""
        return self._look(key, place, lambda settled: settled.usable, self._input)

    def look_rounded(self, key: Key, place: str) -> Value:
        """Return every value a figure may have been taken as, if no input was cut off."""
        return self._look(key, place, lambda settled: settled.usable, rounded)

    def state(self, key: Key, place: str) -> Value:
        """Return the narrowest range a figure surely has, seen from a place; what is computed is not taken elsewhere."""
        if key in self._relations.derived and self.printed(key, place) is None:
            return Value(None, frozenset({key}))
        return self._look(key, place, lambda settled: settled.stated, rounded)

    def _look(
        self,
        key: Key,
        place: str,
        part: Callable[[Settled], Value],
        reading: Callable[[Printed], Interval],
    ) -> Value:
        printed = self.printed(key, place)
        if key in self._relations.derived:
            figures = self._elsewhere(key) if printed is None else [printed]
            return joined([ABSENT if figure.absent else part(self.settle(figure)) for figure in figures], key)
        if printed is not None:
            return ABSENT if printed.absent else Value(reading(printed))
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
            node = self._relation(figure)
            if figure == without or node is None or figure.absent or not self._over_inputs(node, key):
                continue
            look = self._looker(figure.place, reading)
            if {leaf for leaf in leaves(node) if look(leaf).interval is None} == {key}:
                solution = solve(node, key, (reading or rounded)(figure), look, self.policy)
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
        possible = self._recompute(expression, figure, self.look, either)
        stated = self._recompute(expression, figure, self.state, rounded)
        verdict = self._judge(figure, expression, possible)
        recomputed = stated if judge(figure, stated) is verdict else possible
        meant = self._meant(expression, figure) if verdict is Verdict.CONTRADICTS else None
        usable = usable_values(figure, verdict, possible if meant is None else meant)
        return Settled(verdict, recomputed, usable, stated_values(figure, verdict, recomputed), expression)

    def _meant(self, expression: Node, figure: Printed) -> Value | None:
        """Return what a contradictory figure may have been meant as, where its relation says more than its range."""
        for node in expression.parts if isinstance(expression, Every) else (expression,):
            if isinstance(node, Special):
                values = [evaluate(each, self._looker(figure.place, either), self.policy) for each in node.of]
                known = [each.interval for each in values if each.interval is not None]
                return Value(node.misprinted(known)) if len(known) == len(values) else None
        return None

    def _judge(self, figure: Printed, expression: Node, possible: Value) -> Verdict:
        """Judge a figure; one that follows from inputs only if these were cut off follows only if truncated."""
        verdict = judge(figure, possible)
        if verdict is not Verdict.FOLLOWS or not self._relations.cut_inputs:
            return verdict
        plain = self._recompute(expression, figure, self.look_rounded, rounded)
        return verdict if judge(figure, plain) is verdict else Verdict.TRUNCATED

    def _repeat(self, figure: Printed) -> Verdict:
        """Judge an input: it follows from nothing, but printed differently elsewhere, one of the two cannot stand."""
        others = [
            other for other in self._by_key[figure.key] if other.place != figure.place and not other.absent
        ]
        agree = all(not self._input(figure).meet(self._input(other)).empty for other in others)
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

    def _looker(self, place: str, reading: Callable[[Printed], Interval] | None) -> Callable[[Key], Value]:
        look = self.look if reading is either else self.look_rounded
        return lambda key: look(key, place)

    def _expand(self, node: Node, place: str) -> Node:
        """Replace figures not printed in this place by what they are computed from."""
        if isinstance(node, Leaf):
            known = self.printed(node.key, place) is not None or node.key not in self._relations.derived
            return (
                node if known else Derived(node.key, self._expand(self._relations.derived[node.key], place))
            )
        return rebuilt(node, lambda child: self._expand(child, place))
