"""One indicator's score as an exact function of its actual, and the actuals at which it turns, jumps or passes a score."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.scorecards.bands import INFINITY
from bsc_analysis.scorecards.piecewise import Line, score_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bsc_analysis.scorecards.rules import Polarity, RuleSet

HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of an indicator beside its actual: targets, polarity, and the highest value that can be reached."""

    indicator: str
    target: Fraction
    upper: Fraction | None = None
    polarity: Polarity = "maximize"
    possible_maximum: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Actuals from ``lower`` to ``upper`` whose achievement is ``level + slope x actual``, or ``turned / actual``."""

    lower: Fraction
    upper: Fraction
    level: Fraction = Fraction(0)
    slope: Fraction = Fraction(0)
    turned: Fraction | None = None

    def covers(self, actual: Fraction) -> bool:
        """Whether an actual lies on it and has an achievement."""
        return self.lower <= actual <= self.upper and (self.turned is None or actual > 0)

    def achieve(self, actual: Fraction) -> Fraction:
        """Return the achievement of an actual."""
        return self.level + self.slope * actual if self.turned is None else self.turned / actual

    def invert(self, achievement: Fraction) -> Fraction | None:
        """Return the actual that has an achievement, or None where the stretch has none or only such."""
        if self.turned is not None:
            actual = self.turned / achievement if achievement else None
        else:
            actual = (achievement - self.level) / self.slope if self.slope else None
        return actual if actual is not None and self.covers(actual) else None


@dataclass(frozen=True, slots=True)
class ActualCurve:
    """The score of one indicator over its actual: ``stretches`` lead to achievements, ``line`` from there to scores.

    At one of the ``points`` the achievement is what is given there; from ``full`` on the score is the number beside it.
    """

    stretches: tuple[Stretch, ...]
    line: Line
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    full: tuple[Fraction, Fraction] | None = None

    def covers(self, actual: Fraction) -> bool:
        """Whether an actual has a score: target / actual has none from 0 downwards."""
        return actual in dict(self.points) or any(each.covers(actual) for each in self.stretches)

    def score(self, actual: Fraction) -> Fraction:
        """Return the score of an actual that is covered."""
        if self.full is not None and actual >= self.full[0]:
            return self.full[1]
        at_point = dict(self.points)
        if actual in at_point:
            return _on_line(self.line, at_point[actual])
        stretch = next(each for each in self.stretches if each.covers(actual))
        return _on_line(self.line, stretch.achieve(actual))

    def turns(self, scores: Iterable[Fraction] = ()) -> tuple[Fraction, ...]:
        """Return every actual where the score turns, jumps or passes one of the scores named, in ascending order."""
        achievements = set(_achievements(self.line, tuple(scores)))
        found = {at for at, _ in self.points} | ({self.full[0]} if self.full else set())
        for each in self.stretches:
            found |= {end for end in (each.lower, each.upper) if abs(end) < INFINITY}
            found |= {actual for achieved in achievements if (actual := each.invert(achieved)) is not None}
        return tuple(sorted(found))


def actual_curve(measured: Measured, rules: RuleSet) -> ActualCurve | None:
    """Return an indicator's score as a function of its actual, or None where the rule set gives no such function.

    >>> from bsc_analysis.files import read_rules
    >>> curve = actual_curve(Measured("facilities", Fraction(167)), read_rules("bantaeng"))
    >>> curve.score(Fraction(86)), curve.score(Fraction("133.6"))
    (Fraction(1, 1), Fraction(2, 1))
    >>> [float(each) for each in curve.turns()][:3]
    [133.6, 151.97, 185.37]
    """
    bands = rules.bands(measured.indicator)
    if rules.scale == "bands" and bands is None:
        return None
    line = score_line(rules, measured.polarity, bands)
    full = None
    if rules.at_possible_maximum is not None and measured.possible_maximum == measured.target:
        full = (measured.target, rules.at_possible_maximum)
    if measured.target == 0 and measured.upper is None:
        return _over_zero(measured, rules, line)
    stretches = tuple(_stretches(measured, rules))
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    if rules.zero_actual is not None and any(each.turned is not None for each in stretches):
        points = ((Fraction(0), rules.zero_actual),)
    return ActualCurve(stretches, line, points, full) if stretches else None


def _stretches(measured: Measured, rules: RuleSet) -> Iterator[Stretch]:
    target, polarity = measured.target, measured.polarity
    if rules.stabilize is not None and (polarity == "stabilize" or measured.upper is not None):
        yield from _kept(target, measured.upper or target, nearest=rules.stabilize == "nearest edge")
    elif polarity == "minimize":
        yield from _falling(target, rules)
    elif polarity == "maximize":
        yield _rising(target, -INFINITY, INFINITY)


def _falling(target: Fraction, rules: RuleSet) -> Iterator[Stretch]:
    if rules.minimize == "target / actual":
        yield Stretch(Fraction(0), INFINITY, turned=HUNDRED * target)
    elif rules.minimize == "2 - actual / target":
        yield _beyond(target, -INFINITY)
    elif rules.minimize == "actual / target":
        yield _rising(target, -INFINITY, INFINITY)
    elif rules.minimize == "both sides":
        yield _rising(target, -INFINITY, target)
        yield _beyond(target, target)


def _kept(target: Fraction, upper: Fraction, *, nearest: bool) -> Iterator[Stretch]:
    """Yield the range first, so that both of its ends belong to it."""
    yield Stretch(target, upper, level=HUNDRED)
    if target:
        yield _rising(target, -INFINITY, target)
    if upper:
        yield _rising(upper, upper, INFINITY) if nearest else _beyond(upper, upper)


def _rising(target: Fraction, lower: Fraction, upper: Fraction) -> Stretch:
    return Stretch(lower, upper, slope=HUNDRED / target)


def _beyond(target: Fraction, lower: Fraction) -> Stretch:
    return Stretch(lower, INFINITY, level=2 * HUNDRED, slope=-HUNDRED / target)


def _over_zero(measured: Measured, rules: RuleSet, line: Line) -> ActualCurve | None:
    """Return the curve over a target of zero, which is met or missed."""
    zero, nil = rules.zero_target, Fraction(0)
    if zero is None:
        return None
    low, high = {
        "maximize": (zero.missed, zero.met),
        "minimize": (zero.met, zero.missed),
        "stabilize": (zero.missed, zero.missed),
    }[measured.polarity]
    stretches = (Stretch(-INFINITY, nil, level=low), Stretch(nil, INFINITY, level=high))
    return ActualCurve(stretches, line, ((nil, zero.met),))


def _achievements(line: Line, scores: Sequence[Fraction]) -> Iterator[Fraction]:
    """Yield every achievement where a line of segments turns, jumps or passes a score."""
    for segment in line:
        yield from (end for end in (segment.range.lower, segment.range.upper) if abs(end) < INFINITY)
        if segment.slope:
            crossed = ((score - segment.level) / segment.slope for score in scores)
            yield from (each for each in crossed if each in segment.range)


def _on_line(line: Line, achievement: Fraction) -> Fraction:
    """Return the score of an achievement; beyond what the line covers its nearest segment goes on."""
    covering = (each for each in line if achievement in each.range)
    nearest = line[0] if achievement <= line[0].range.lower else line[-1]
    return next(covering, nearest).at(achievement)
