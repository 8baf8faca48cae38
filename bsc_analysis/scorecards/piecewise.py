"""A score as an exact function of the achievement: straight segments, one after the other.

Conversion, floor and cap, or bands, make such a function of every rule set. On it, what sampling could only suggest can be
proven: a function of straight segments rises or falls throughout exactly when each segment and each seam does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from bsc_analysis.scorecards.bands import INFINITY, Interval

if TYPE_CHECKING:
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import Polarity, RuleSet

Direction = Literal[1, -1]
EVERYWHERE = Interval(-INFINITY, INFINITY, lower_closed=False, upper_closed=False)
_DECIMALS = 12
_STEP = Fraction(10)  # percentage points between the achievements of an example, where there is room


@dataclass(frozen=True, slots=True)
class Segment:
    """Over the achievements in ``range`` the score is ``level + slope x achievement``."""

    range: Interval
    slope: Fraction
    level: Fraction

    def at(self, achievement: Fraction) -> Fraction:
        """Return the score, or its limit at an open end."""
        return self.level + self.slope * achievement

    def within(self, interval: Interval) -> Segment:
        """Return the part of the segment that lies in an interval; its range may be empty."""
        return Segment(self.range.meet(interval), self.slope, self.level)

    def __str__(self) -> str:
        ends = [write_exact(self._end(self.range.lower)), write_exact(self._end(self.range.upper))]
        return f"{self.range}: {' … '.join(dict.fromkeys(ends))}"

    def _end(self, achievement: Fraction) -> Fraction:
        if abs(achievement) < INFINITY or not self.slope:
            return self.at(achievement)
        return INFINITY if (achievement > 0) == (self.slope > 0) else -INFINITY


@dataclass(frozen=True, slots=True)
class Jump:
    """An achievement where the score leaps: the scores just before and from there on, or up to there and just after."""

    at: Fraction
    before: Fraction
    after: Fraction


Line = tuple[Segment, ...]


def score_line(rules: RuleSet, polarity: Polarity, bands: Bands | None) -> Line:
    """Return the score over the achievement for indicators of one polarity that are judged by these bands.

    >>> from bsc_analysis.files import read_rules
    >>> [str(each) for each in score_line(read_rules("kkp"), "maximize", None)]
    ['(-inf, 120]: -inf … 120', '(120, inf): 120']
    """
    if rules.scale == "bands" and bands is not None:
        return _band_line(bands)
    chosen = [each for each in rules.conversions if each.polarity == polarity]
    chosen += [each for each in rules.conversions if each.polarity is None]
    if not chosen:
        return _limit((Segment(EVERYWHERE, Fraction(1), Fraction(0)),), rules)
    pieces = chosen[0].pieces
    return _limit(
        tuple(Segment(each.range, each.slope, each.to[0] - each.slope * each.at[0]) for each in pieces), rules
    )


def find_jumps(line: Line) -> tuple[Jump, ...]:
    """Return every achievement where the score leaps."""
    seams = ((left.range.upper, left, right) for left, right in pairwise(line))
    return tuple(Jump(x, left.at(x), right.at(x)) for x, left, right in seams if left.at(x) != right.at(x))


def find_contrary(line: Line, interval: Interval, direction: Direction) -> tuple[Fraction, Fraction] | None:
    """Return two achievements, in ascending order, between which the score goes against a direction, or None.

    None is a proof: within the interval no score goes against the direction (1 rising, -1 falling).
    """
    parts = [part for each in line if not (part := each.within(interval)).range.empty]
    for part in parts:
        if part.slope * direction < 0 and part.range.lower < part.range.upper:
            return _two_within(part.range)
    for left, right in pairwise(parts):
        seam = left.range.upper
        if (right.at(seam) - left.at(seam)) * direction < 0:
            return _two_across(left, right, direction)
    return None


def value_at(line: Line, achievement: Fraction) -> Fraction:
    """Return the score of an achievement that the line covers."""
    return next(each.at(achievement) for each in line if achievement in each.range)


def write_exact(value: Fraction) -> str:
    """Write a number exactly: as a decimal where it has one of readable length, else as a ratio.

    >>> write_exact(Fraction(9, 80)), write_exact(Fraction(1, 9)), write_exact(-INFINITY)
    ('0.1125', '1/9', '-inf')
    """
    if abs(value) >= INFINITY:
        return "inf" if value > 0 else "-inf"
    decimals = next((n for n in range(_DECIMALS + 1) if (value * 10**n).denominator == 1), None)
    if decimals is None:
        return f"{value.numerator}/{value.denominator}"
    return format(Decimal((value * 10**decimals).numerator).scaleb(-decimals), "f")


def _band_line(bands: Bands) -> Line:
    """Turn bands into steps; beyond their domain the nearest band holds."""
    steps = [Segment(bands.extent(band), Fraction(0), band.value) for band in bands.bands]
    first = steps[0].range
    below = Interval(-INFINITY, first.upper, lower_closed=False, upper_closed=first.upper_closed)
    steps[0] = replace(steps[0], range=below)
    last = steps[-1].range
    above = Interval(last.lower, INFINITY, lower_closed=last.lower_closed, upper_closed=False)
    steps[-1] = replace(steps[-1], range=above)
    return tuple(steps)


def _limit(line: Line, rules: RuleSet) -> Line:
    """Keep scores between floor and cap, exactly: a segment is cut where it crosses one of them."""
    limits = [limit for limit in (rules.floor, rules.cap) if limit is not None]
    parts = [part for segment in line for part in _cut(segment, limits)]
    return tuple(_held(part, rules.floor, rules.cap) for part in parts)


def _cut(segment: Segment, limits: list[Fraction]) -> list[Segment]:
    if not segment.slope:
        return [segment]
    crossings = sorted((limit - segment.level) / segment.slope for limit in limits)
    ends = [x for x in crossings if segment.range.lower < x < segment.range.upper]
    lowers = [(segment.range.lower, segment.range.lower_closed), *((x, False) for x in ends)]
    uppers = [*((x, True) for x in ends), (segment.range.upper, segment.range.upper_closed)]
    return [
        Segment(Interval(lower, upper, starts, stops), segment.slope, segment.level)
        for (lower, starts), (upper, stops) in zip(lowers, uppers, strict=True)
    ]


def _held(part: Segment, floor: Fraction | None, cap: Fraction | None) -> Segment:
    middle = part.at((part.range.lower + part.range.upper) / 2)
    if floor is not None and middle < floor:
        return Segment(part.range, Fraction(0), floor)
    if cap is not None and middle > cap:
        return Segment(part.range, Fraction(0), cap)
    return part


def _two_within(interval: Interval) -> tuple[Fraction, Fraction]:
    step = min(_STEP, (interval.upper - interval.lower) / 4)
    if interval.lower > -INFINITY:
        return interval.lower + step, interval.lower + 2 * step
    if interval.upper < INFINITY:
        return interval.upper - 2 * step, interval.upper - step
    return Fraction(100), 100 + step


def _two_across(left: Segment, right: Segment, direction: Direction) -> tuple[Fraction, Fraction]:
    """Return an achievement on each side of a seam, as far apart as still shows the leap."""
    step = _STEP
    while True:
        low = _near(left.range, left.range.upper, -step)
        high = _near(right.range, right.range.lower, step)
        if (right.at(high) - left.at(low)) * direction < 0:
            return low, high
        step /= 10


def _near(interval: Interval, edge: Fraction, step: Fraction) -> Fraction:
    """Return the edge where it belongs to the interval, else a number inside, at most a step away from it."""
    if edge in interval:
        return edge
    inside = edge + step
    return inside if inside in interval else (interval.lower + interval.upper) / 2
