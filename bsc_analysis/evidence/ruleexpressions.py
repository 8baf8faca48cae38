"""A rule set's formulas as expressions over printed figures: achievement from target and actual, score from achievement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Literal

from bsc_analysis.evidence.expressions import (
    BandValue,
    Capped,
    Constant,
    Floored,
    Leaf,
    Node,
    Product,
    Quotient,
    Special,
    Sum,
)
from bsc_analysis.language.words import Label, Language, say
from bsc_analysis.scorecards.bands import INFINITY, Bands, Interval

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import Conversion, Indicator, Piece, Polarity, RuleSet

HUNDRED = Constant(Fraction(100))
TWO = Constant(Fraction(2))
MINUS = Constant(Fraction(-1))
ONE = Fraction(1)
UNBOUNDED = Interval(-INFINITY, INFINITY)


def achievement(actual: Leaf, edges: Sequence[Leaf], polarity: Polarity, rules: RuleSet) -> Node | None:
    """Return an achievement in percent, or None where the rule set gives no formula for the polarity.

    Parameters
    ----------
    actual
        What was reached.
    edges
        The target, or both edges of a target range.
    polarity
        Whether more is better, less is, or the target itself; a range is always to be kept.
    rules
        The rule set whose formulas apply.
    """
    ratio = _ratio(actual, edges, polarity, rules)
    return None if ratio is None else Product((HUNDRED, ratio))


def score(achieved: Leaf, indicator: Indicator, rules: RuleSet) -> Node:
    """Return the score of an achievement: converted, between floor and cap, or the value of its band."""
    node: Node = achieved
    for conversion in rules.conversions:
        if conversion.polarity in (None, indicator.polarity):
            node = Converted((achieved,), conversion)
    if rules.floor is not None:
        node = Floored(node, rules.floor)
    if rules.cap is not None:
        node = Capped(node, rules.cap)
    bands = rules.bands(indicator.id)
    return node if rules.scale == "percent" or bands is None else BandValue(node, bands)


def _ratio(actual: Leaf, edges: Sequence[Leaf], polarity: Polarity, rules: RuleSet) -> Node | None:
    target = edges[0]
    if len(edges) > 1 or polarity == "stabilize":
        return None if rules.stabilize is None else Kept((actual, *edges), rules.stabilize)
    if polarity == "maximize" or rules.minimize == "actual / target":
        return Quotient(actual, target)
    if rules.minimize == "target / actual":
        return Quotient(target, actual)
    if rules.minimize == "both sides":
        return Kept((actual, target), rules.minimize)
    if rules.minimize is None:
        return None
    return Sum((TWO, Product((MINUS, Quotient(actual, target)))))


@dataclass(frozen=True, slots=True)
class Kept(Special):
    """An actual against the range it is to be kept in, as a share: ``of`` is the actual, the lower and the upper edge.

    Below the range A / L, within it 1, above it A / U ("nearest edge") or 2 - A / U ("both sides"). One edge is both.
    """

    formula: Literal["nearest edge", "both sides"]

    def range(self, known: Sequence[Interval]) -> Interval:
        """Return the exact range; a target that may be zero leaves it open."""
        actual, lower, upper = known[0], known[1], known[-1]
        if lower.lower <= 0 or upper.lower <= 0:
            return UNBOUNDED
        if self.formula == "nearest edge":
            least = self._share(actual.lower, lower.upper, upper.upper)
            return Interval(least, self._share(actual.upper, lower.lower, upper.lower))
        ends = [self._share(each, lower.upper, upper.lower) for each in (actual.lower, actual.upper)]
        best = [self._share(each, lower.lower, upper.upper) for each in (actual.lower, actual.upper)]
        touches = actual.upper >= lower.lower and actual.lower <= upper.upper
        return Interval(min(ends), ONE if touches else max(best))

    def _share(self, actual: Fraction, lower: Fraction, upper: Fraction) -> Fraction:
        if actual < lower:
            return actual / lower
        if actual <= upper:
            return ONE
        return actual / upper if self.formula == "nearest edge" else 2 - actual / upper

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:
        """Return the actual, or the edge that is missed, that gives the target share."""
        if self.formula == "both sides":
            return None
        if index == 0:
            return _missed(target, known[0], known[-1])
        actual, beyond = known[0], index == len(known)
        if (beyond and target.lower > 1) or (not beyond and 0 < target.upper < 1 and target.lower > 0):
            return Interval(actual.lower / target.upper, actual.upper / target.lower)
        return None

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:
        """Write the share with the edge that counts."""
        actual, lower, upper = known[0], known[1], known[-1]
        if actual is None or lower is None or upper is None:
            return f"{parts[0]} / [{'; '.join(dict.fromkeys(parts[1:]))}]"
        if actual.lower > upper.upper:
            edge = say("upper edge", language) if len(parts) > 2 else ""
            ratio = f"{parts[0]} / {parts[-1]}" + (f" ({edge})" if edge else "")
            return ratio if self.formula == "nearest edge" else f"(2 − {ratio})"
        if actual.upper < lower.lower:
            edge = f" ({say('lower edge', language)})" if len(parts) > 2 else ""
            return f"{parts[0]} / {parts[1]}{edge}"
        return say("{actual} within {target}", language, actual=parts[0], target="–".join(parts[1:]))


def _missed(target: Interval, lower: Interval, upper: Interval) -> Interval:
    """Return the actuals that give a share by the nearest edge."""
    least = target.lower * (lower.lower if target.lower <= 1 else upper.lower)
    most = target.upper * (lower.upper if target.upper < 1 else upper.upper)
    return Interval(least, most)


@dataclass(frozen=True, slots=True)
class Converted(Special):
    """An achievement converted to a score piece by piece."""

    conversion: Conversion

    def range(self, known: Sequence[Interval]) -> Interval:
        """Return the range over every piece that the achievement may lie in; beyond all of them the nearest counts."""
        pieces = [(piece, known[0].meet(piece.range)) for piece in self.conversion.pieces]
        lines = [_line(piece, part) for piece, part in pieces if not part.empty]
        first, last = self.conversion.pieces[0], self.conversion.pieces[-1]
        if known[0].lower < first.range.lower:
            lines.append(_line(first, Interval(known[0].lower, min(known[0].upper, first.range.lower))))
        if known[0].upper > last.range.upper:
            lines.append(_line(last, Interval(max(known[0].lower, last.range.upper), known[0].upper)))
        return reduce(Interval.join, lines)

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:  # noqa: ARG002
        """Return the achievements whose score is in the target."""
        parts = [part for piece in self.conversion.pieces if not (part := _back(piece, target)).empty]
        return reduce(Interval.join, parts) if parts else None

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write the conversion as a function."""
        return f"{say('score', language)}({parts[0]})"


def _line(piece: Piece, at: Interval) -> Interval:
    ends = [piece.to[0] + piece.slope * (end - piece.at[0]) for end in (at.lower, at.upper)]
    return Interval(min(ends), max(ends))


def _back(piece: Piece, target: Interval) -> Interval:
    if piece.slope == 0:
        return piece.range if piece.to[0] in target else Interval(Fraction(1), Fraction(0))
    ends = [piece.at[0] + (end - piece.to[0]) / piece.slope for end in (target.lower, target.upper)]
    return piece.range.meet(Interval(min(ends), max(ends)))


@dataclass(frozen=True, slots=True)
class BandName(Special):
    """The band a figure lies in, as its rank from the lowest, 0."""

    bands: Bands

    def range(self, known: Sequence[Interval]) -> Interval:
        """Return the ranks of every band that the figure reaches."""
        first, last = (
            self.bands.bands.index(self.bands.find(end)) for end in (known[0].lower, known[0].upper)
        )
        return Interval(Fraction(first), Fraction(last))

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:  # noqa: ARG002
        """Return the figures whose band is in the target."""
        named = [
            self.bands.extent(band) for at, band in enumerate(self.bands.bands) if Fraction(at) in target
        ]
        return reduce(Interval.join, named) if named else None

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write the figure whose band is asked for."""
        return say("band of {figure}", language, figure=parts[0])

    def names(self, result: Interval) -> tuple[Label, ...]:
        """Return the names of the bands of these ranks."""
        return tuple(band.label for at, band in enumerate(self.bands.bands) if Fraction(at) in result)
