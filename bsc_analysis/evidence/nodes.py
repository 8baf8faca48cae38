"""What expressions over printed figures are made of, what stands below each part, and how a part depends on a leaf."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

from bsc_analysis.evidence.printed import Key
from bsc_analysis.language.words import Label, Language
from bsc_analysis.scorecards.bands import Bands, Interval


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
class WeightedMean:
    """The mean of the terms, weighted by figures that need not sum to one.

    An absent term counts as 0, or its weight counts with it as absent, as the missing policy says.
    """

    terms: tuple[Node, ...]
    weights: tuple[Node, ...]


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
class Floored:
    """A figure, or the floor where it is below the floor."""

    of: Node
    floor: Fraction


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


@dataclass(frozen=True, slots=True)
class Every:
    """A figure for which several relations must hold at once: it lies where all their ranges meet."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Special(ABC):
    """A relation of its own kind, which brings its range, its inverse and its notation.

    ``of`` holds what it is computed from, in the order in which the methods are given intervals.
    """

    of: tuple[Node, ...]

    @abstractmethod
    def range(self, known: Sequence[Interval]) -> Interval | None:
        """Return a range that surely holds every result, or None where there is none."""

    def undo(self, index: int, target: Interval, known: Sequence[Interval]) -> Interval | None:  # noqa: ARG002
        """Return what one argument must be for the target, the others being known; None where it cannot be said."""
        return None

    def misprinted(self, known: Sequence[Interval]) -> Interval | None:
        """Return what a figure that contradicts may have been meant as, for those that depend on it."""
        return self.range(known)

    @abstractmethod
    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:
        """Write the relation, its arguments being written already."""

    def names(self, result: Interval) -> tuple[Label, ...]:  # noqa: ARG002
        """Return the names of the results in a range, where results have names."""
        return ()


Node = (
    Leaf
    | Constant
    | Sum
    | Mean
    | WeightedMean
    | Product
    | Quotient
    | Capped
    | Floored
    | Derived
    | BandValue
    | Every
    | Special
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below."""
    match node:
        case Sum(terms=below) | Mean(terms=below) | Product(factors=below) | Every(parts=below):
            return below
        case Special(of=below):
            return below
        case WeightedMean(terms=terms, weights=weights):
            return (*terms, *weights)
        case Quotient(top=top, bottom=bottom):
            return (top, bottom)
        case BandValue(of=only) | Capped(of=only) | Floored(of=only) | Derived(by=only):
            return (only,)
        case _:
            return ()


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node with every node directly below it changed."""
    match node:
        case Sum(terms=below) | Mean(terms=below):
            return replace(node, terms=tuple(map(change, below)))
        case WeightedMean(terms=below, weights=weights):
            return WeightedMean(tuple(map(change, below)), tuple(map(change, weights)))
        case Product(factors=below):
            return Product(tuple(map(change, below)))
        case Every(parts=below):
            return Every(tuple(map(change, below)))
        case Quotient(top=top, bottom=bottom):
            return Quotient(change(top), change(bottom))
        case Special(of=below):
            return replace(node, of=tuple(map(change, below)))
        case BandValue(of=only) | Capped(of=only) | Floored(of=only):
            return replace(node, of=change(only))
        case _:
            return node


def leaves(node: Node) -> Iterator[Key]:
    """Yield the key of every leaf, as often as it occurs."""
    if isinstance(node, Leaf):
        yield node.key
    for child in children(node):
        yield from leaves(child)


class Course(IntEnum):
    """How an expression depends on one leaf, all others fixed."""

    NONE = 0
    LINE = 1
    MONOTONE = 2
    ANY = 3


def course(node: Node, key: Key) -> Course:
    """Return how an expression depends on one leaf, or :attr:`Course.ANY` where that cannot be told from its form.

    A quotient of two straight lines is monotone, a product of two is not: a figure times itself has a turning point.

    >>> a = Leaf(Key("actual"))
    >>> course(Quotient(a, Sum((a, Constant(Fraction(1))))), a.key).name, course(Product((a, a)), a.key).name
    ('MONOTONE', 'ANY')
    """
    if isinstance(node, Leaf):
        return Course.LINE if node.key == key else Course.NONE
    below = [course(child, key) for child in children(node)]
    involved = [each for each in below if each]
    if not involved:
        return Course.NONE
    if isinstance(node, Quotient | WeightedMean):
        above = 1 if isinstance(node, Quotient) else len(node.terms)
        return _of_ratio(below[:above], below[above:])
    if len(involved) > 1:
        return _together(involved) if isinstance(node, Sum | Mean) else Course.ANY
    return max(_own_course(node), involved[0])


def _own_course(node: Node) -> Course:
    if isinstance(node, Special):
        return Course.ANY
    stepped = isinstance(node, Capped | Floored | BandValue)
    return Course.MONOTONE if stepped else Course.LINE


def _together(involved: list[Course]) -> Course:
    return Course.LINE if set(involved) == {Course.LINE} else Course.ANY


def _of_ratio(above: list[Course], divisors: list[Course]) -> Course:
    """Return the course of a ratio, which divisors make curved; a leaf in both counts once in each."""
    top, bottom = ([each for each in part if each] for part in (above, divisors))
    if len(top) + len(bottom) == 1:
        return max(Course.MONOTONE, bottom[0]) if bottom else top[0]
    straight = len(top) == len(bottom) == 1 and {*top, *bottom} == {Course.LINE}
    return Course.MONOTONE if straight else Course.ANY
