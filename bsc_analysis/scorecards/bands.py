"""Intervals with open or closed ends, and bands that are proven to cover their range once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, RuleSetError, fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_analysis.language.words import Label

INFINITY = Fraction(10**30)
LONGEST_DECIMAL = (
    25  # digits of numerator and denominator; below the precision that decimals are divided with
)
_END = r"-?\d+(?:\.\d+)?"
_NOTATION = re.compile(rf"([\[(])\s*({_END}|-inf)\s*,\s*({_END}|inf)\s*([\])])")


@dataclass(frozen=True, slots=True)
class Interval:
    """A set of numbers between two exact ends, each open or closed."""

    lower: Fraction
    upper: Fraction
    lower_closed: bool = True
    upper_closed: bool = True

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return self.lower > self.upper or (
            self.lower == self.upper and not (self.lower_closed and self.upper_closed)
        )

    @property
    def order(self) -> tuple[Fraction, bool, Fraction, bool]:
        """What intervals are sorted by: where they begin, then where they end."""
        return (self.lower, not self.lower_closed, self.upper, self.upper_closed)

    def meet(self, other: Interval) -> Interval:
        """Return the numbers that lie in both.

        >>> read_interval("[0, 2)").meet(read_interval("[1, 3]")) == read_interval("[1, 2)")
        True
        """
        lower, lower_open = max((self.lower, not self.lower_closed), (other.lower, not other.lower_closed))
        upper, upper_closed = min((self.upper, self.upper_closed), (other.upper, other.upper_closed))
        return Interval(lower, upper, not lower_open, upper_closed)

    def join(self, other: Interval) -> Interval:
        """Return the smallest interval that holds both."""
        lower, lower_open = min((self.lower, not self.lower_closed), (other.lower, not other.lower_closed))
        upper, upper_closed = max((self.upper, self.upper_closed), (other.upper, other.upper_closed))
        return Interval(lower, upper, not lower_open, upper_closed)

    def __contains__(self, value: Fraction) -> bool:
        above = value > self.lower or (value == self.lower and self.lower_closed)
        return above and (value < self.upper or (value == self.upper and self.upper_closed))

    def __str__(self) -> str:
        ends = ("[" if self.lower_closed else "(", "]" if self.upper_closed else ")")
        return f"{ends[0]}{_plain(self.lower)}, {_plain(self.upper)}{ends[1]}"


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its id, its value on the rule set's scale, its range as declared, and its name."""

    id: str
    value: Fraction
    range: Interval
    label: Label
    printed: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A range the source leaves open, how it is read here, and why."""

    range: Interval
    reads_as: str
    source: str


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands in ascending order that cover ``domain`` exactly once, declared gaps included."""

    domain: Interval
    bands: tuple[Band, ...]
    gaps: tuple[Gap, ...] = ()

    def find(self, value: Fraction) -> Band:
        """Return the band that a value lies in; values beyond the domain take the nearest band.

        >>> from bsc_analysis.language.words import Label
        >>> low = Band("low", Fraction(1), read_interval("[0, 80)"), Label("rendah", "low"), "< 80")
        >>> high = Band("high", Fraction(2), read_interval("[80, 120]"), Label("tinggi", "high"), "80-120")
        >>> Bands(read_interval("[0, 120]"), (low, high)).find(Fraction(80)).id
        'high'
        """
        for band in self.bands:
            if value in self.extent(band):
                return band
        return self.bands[0] if value <= self.domain.lower else self.bands[-1]

    def extent(self, band: Band) -> Interval:
        """Return the range of a band together with the gaps that are read as it."""
        whole = band.range
        for gap in self.gaps:
            if gap.reads_as == band.id:
                whole = whole.join(gap.range)
        return whole

    def named(self, band_id: str) -> Band:
        """Return the band with this id."""
        return next(band for band in self.bands if band.id == band_id)


def read_interval(text: str) -> Interval:
    """Read interval notation: square brackets close an end, round ones leave it open.

    >>> str(read_interval("[80, 100)"))
    '[80, 100)'
    """
    shape = _NOTATION.fullmatch(text.strip())
    if shape is None:
        raise RuleSetError(fault("{got} is not an interval such as '[80, 100)'", got=repr(text)))
    left, lower, upper, right = shape.groups()
    interval = Interval(_number(lower), _number(upper), left == "[", right == "]")
    if interval.empty:
        raise RuleSetError(fault("the interval {got} is empty", got=repr(text)))
    return interval


def prove_cover(bands: Bands, where: str) -> list[Fault]:
    """Prove that bands and declared gaps cover the domain exactly once; return what stands in the way."""
    pieces = [band.range for band in bands.bands] + [gap.range for gap in bands.gaps]
    return [*prove_pieces(pieces, bands.domain, where), *_readings(bands, where)]


def prove_pieces(pieces: Iterable[Interval], domain: Interval, where: str) -> list[Fault]:
    """Prove that intervals cover a domain exactly once; return what stands in the way."""
    ordered = sorted(pieces, key=lambda piece: piece.order)
    return [*_ends(ordered, domain, where), *_seams(ordered, where)]


def _ends(pieces: list[Interval], domain: Interval, where: str) -> list[Fault]:
    first, last = pieces[0], pieces[-1]
    starts = (first.lower, first.lower_closed) == (domain.lower, domain.lower_closed)
    stops = (last.upper, last.upper_closed) == (domain.upper, domain.upper_closed)
    if starts and stops:
        return []
    sentence = "{where}: the bands reach from {lower} to {upper}, expected exactly {domain}"
    return [fault(sentence, where=where, lower=first, upper=last, domain=domain)]


def _seams(pieces: list[Interval], where: str) -> list[Fault]:
    faults = []
    for left, right in pairwise(pieces):
        if not left.meet(right).empty:
            sentence = "{where}: the bands {left} and {right} overlap"
            faults.append(fault(sentence, where=where, left=left, right=right))
        elif left.upper < right.lower or not (left.upper_closed or right.lower_closed):
            gap = Interval(left.upper, right.lower, not left.upper_closed, not right.lower_closed)
            sentence = "{where}: the bands leave {gap} open; declare how the gap is read"
            faults.append(fault(sentence, where=where, gap=gap))
    return faults


def _readings(bands: Bands, where: str) -> list[Fault]:
    ids = [band.id for band in bands.bands]
    sentence = "{where}: the gap {gap} is read as {got}, which is not a band beside it"
    return [
        fault(sentence, where=where, gap=gap.range, got=repr(gap.reads_as))
        for gap in bands.gaps
        if gap.reads_as not in ids or not _touch(bands.named(gap.reads_as).range, gap.range)
    ]


def _touch(one: Interval, other: Interval) -> bool:
    return one.upper == other.lower or other.upper == one.lower


def _number(text: str) -> Fraction:
    return {"inf": INFINITY, "-inf": -INFINITY}.get(text) or Fraction(text)


def _plain(value: Fraction) -> str:
    if abs(value) == INFINITY:
        return "inf" if value > 0 else "-inf"
    if not _finite(value):
        return f"{float(value):.12g}"
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _finite(value: Fraction) -> bool:
    """Whether a fraction has a finite decimal form, of a length that is worth writing out."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and len(str(value.numerator)) + len(str(value.denominator)) < LONGEST_DECIMAL
