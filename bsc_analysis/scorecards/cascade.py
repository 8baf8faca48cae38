"""The cascade: which unit stands below which, the scores of each level, and children's scores against their parent's own.

Units form a tree, one for each year: a unit may move to another parent from one year to the next. In a year in which a
parent has no rows of its own, its children stand at the top of that year's tree, and still name it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import networkx as nx

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.expressions import Frame, fetch, join
from bsc_analysis.scorecards.unscorable import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bsc_analysis.scorecards.scoring import Scores

KNOWN_LEVELS = ("minister", "echelon_1", "echelon_2", "echelon_3", "echelon_4")
TWO_PARENTS = "{unit}, {year}: the unit has two parents, {one} and {other}"
TWO_LEVELS = "{unit}, {year}: the unit has two levels, {one} and {other}"
ORPHAN = "{unit}, {year}: its parent {parent} is no unit of the table"
CIRCLE = "{year}: units stand in a circle, each above the next: {circle}"
NOT_BELOW = "{unit}, {year}: its level {level} is not below {above}, the level of its parent {parent}"
LEVEL_CIRCLE = "levels stand in a circle, each above the next: {circle}"
MORE_UNITS = "and {count} more units: {what}"
UNIT_YEAR = ("unit", "year")
STATED = ("parent", "level")
NOTHING = nw.lit(None, dtype=nw.String)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands in one year; ``depth`` counts the units above it, and ``parent`` is None at a root."""

    unit: str
    year: int
    parent: str | None
    level: str | None
    depth: int


@dataclass(frozen=True, slots=True)
class UnitTree:
    """Every unit's place in every year, by year and from the roots downwards, children in the order of their names.

    ``rows`` has the same units, years, parents and levels as a frame of the engine that the observations came in.
    """

    places: tuple[Place, ...]
    rows: Frame = field(repr=False, compare=False)

    @property
    def years(self) -> tuple[int, ...]:
        """The years, in order."""
        return tuple(sorted({each.year for each in self.places}))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that units name, highest first."""
        depths: dict[str, int] = {}
        for each in self.places:
            if each.level is not None:
                depths[each.level] = min(each.depth, depths.get(each.level, each.depth))
        known = {level: rank for rank, level in enumerate(KNOWN_LEVELS)}
        return tuple(
            sorted(depths, key=lambda level: (known.get(level, depths[level]), depths[level], level))
        )

    @property
    def is_flat(self) -> bool:
        """Whether no unit stands below another."""
        return all(each.parent is None for each in self.places)

    def roots(self, year: int) -> tuple[str, ...]:
        """Return the units at the top of a year's tree."""
        return tuple(each.unit for each in self.places if each.year == year and each.depth == 0)

    def choose(self, unit: str) -> str:
        """Return the unit of this name; of none, the first root of the last year.

        Raises
        ------
        UseError
            When there is no such unit.
        """
        if not unit:
            return self.roots(self.years[-1])[0]
        known = {each.unit for each in self.places}
        if unit in known:
            return unit
        if guess := nearest(unit, sorted(known)):
            raise UseError(
                fault("unit {got} does not exist, did you mean {guess}?", got=repr(unit), guess=repr(guess))
            )
        raise UseError(fault("unit {got} does not exist", got=repr(unit)))


@dataclass(frozen=True)
class RollUp:
    """Parents' own scores against the plain mean of their children's, as frames of the engine; rows have no order.

    ``organisations`` has one row per parent and year: ``own`` (its NKO), ``children_mean`` (of its children's NKO),
    ``difference`` (own minus mean), ``n_children`` and ``n_scored``, how many of them have a score. ``perspectives``
    has the same for each perspective (NKP). What cannot be said for want of a score is null.
    """

    organisations: Any
    perspectives: Any


def read_tree(observations: Any) -> UnitTree:
    """Read the tree of units from the columns ``unit``, ``parent``, ``level`` and ``year``.

    Only one row per unit and year is fetched from the engine. Without a parent every unit is a root.

    Parameters
    ----------
    observations
        A frame with the canonical columns of :mod:`bsc_analysis.scorecards.observations`, of any engine narwhals knows.

    Raises
    ------
    DataError
        With every unit that has two parents or two levels, whose parent is no unit, that stands in a circle, or whose
        level is not below its parent's. ``minister`` and ``echelon_1`` to ``echelon_4`` have their known order; other
        words need only be used in one.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"unit": ["KKP", "DJPT", "BBPI"], "parent": [None, "KKP", "DJPT"], "year": 2017})
    >>> [(each.unit, each.depth) for each in read_tree(rows).places]
    [('KKP', 0), ('DJPT', 1), ('BBPI', 2)]
    """
    rows = _rows(nw.from_native(observations))
    fetched = sorted(fetch(rows), key=lambda row: (row["year"], str(row["unit"])))
    faults = [*_ambiguous(fetched), *_orphans(fetched), *_circles(fetched), *_misplaced(fetched)]
    if faults:
        raise DataError(*faults)
    said = {name for name in STATED if any(_text(row[name]) is not None for row in fetched)}
    stated = {name: nw.col(name) if name in said else NOTHING for name in STATED}
    return UnitTree(tuple(_places(fetched)), rows.select(*UNIT_YEAR, **stated))


def score_levels(scores: Scores, tree: UnitTree) -> Any:
    """Summarise the organisation scores (NKO) of each level and year.

    Columns: ``level`` (null for units that name none), ``year``, ``n_units``, ``n_scored``, the plain ``mean``, ``least``,
    ``most`` and ``sd`` (with n - 1; null of one unit) of the scores there are, and for every band ``share_BAND``, its share
    of the units that have a score. Units count alike: nothing in a scorecard says how much one weighs against another.
    """
    bands = scores.rules.organisation_bands
    placed = join(nw.from_native(scores.organisations), tree.rows, UNIT_YEAR, "left")
    listed = bands.bands if bands else ()
    in_band = {f"share_{band.id}": _one_if(nw.col("band") == band.id) for band in listed}
    score, number = nw.col("score"), nw.col("n_scored")
    projected = placed.select("level", "year", "score", least=score, most=score, sd=score, **in_band)
    summed = projected.group_by("level", "year").agg(
        nw.len().alias("n_units"),
        score.count().alias("n_scored"),
        score.mean().alias("mean"),
        nw.col("least").min(),
        nw.col("most").max(),
        nw.col("sd").std(),
        *(nw.col(name).sum() for name in in_band),
    )
    return nw.to_native(
        summed.with_columns(**{name: nw.when(number > 0).then(nw.col(name) / number) for name in in_band})
    )


def roll_up(scores: Scores, tree: UnitTree) -> RollUp:
    """Compare every parent's own scores with the plain mean of its children's, in each year.

    A parent whose children do well while it does not, or the other way round, measures something else than they do.
    """
    below = tree.rows.filter(~nw.col("parent").is_null()).select(*UNIT_YEAR, "parent")
    counted = below.group_by("parent", "year").agg(nw.len().alias("n_children"))
    organisations = _compare(nw.from_native(scores.organisations), below, counted, ())
    perspectives = _compare(nw.from_native(scores.perspectives), below, counted, ("perspective",))
    return RollUp(nw.to_native(organisations), nw.to_native(perspectives))


def _rows(frame: Frame) -> Frame:
    """Reduce observations to one row per unit and year; where cells contradict, both ends of what they say are kept."""
    names = frame.collect_schema().names()
    stated = {name: nw.col(name) if name in names else NOTHING for name in STATED}
    least = {f"_least_{name}": expression for name, expression in stated.items()}
    projected = frame.select(*UNIT_YEAR, **stated, **least)
    return projected.group_by(*UNIT_YEAR).agg(
        *(nw.col(name).max() for name in stated), *(nw.col(name).min() for name in least)
    )


def _ambiguous(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    for name, sentence in (("parent", TWO_PARENTS), ("level", TWO_LEVELS)):
        yield from _first(
            fault(sentence, unit=row["unit"], year=row["year"], one=repr(one), other=repr(other))
            for row in rows
            if (one := _text(row[f"_least_{name}"])) != (other := _text(row[name]))
        )


def _orphans(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    units = {row["unit"] for row in rows}
    yield from _first(
        fault(ORPHAN, unit=row["unit"], year=row["year"], parent=repr(parent))
        for row in rows
        if (parent := _text(row["parent"])) is not None and parent not in units
    )


def _circles(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    edges = defaultdict(list)
    for row in rows:
        if (parent := _text(row["parent"])) is not None:
            edges[row["year"]].append((parent, row["unit"]))
    for year, pairs in edges.items():
        yield from _first(fault(CIRCLE, year=year, circle=circle) for circle in _name_circles(pairs))


def _name_circles(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Name every circle of a graph in its own order, beginning with its first name."""
    circles = []
    for found in nx.simple_cycles(nx.DiGraph(pairs)):
        start = found.index(min(found))
        circles.append(" -> ".join([*found[start:], *found[: start + 1]]))
    return sorted(circles)


def _misplaced(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    """Find levels that are not below the parent's: of two known ones by their order, of others by how all are used."""
    levels = {(row["unit"], row["year"]): _text(row["level"]) for row in rows}
    used: set[tuple[str, str]] = set(pairwise(KNOWN_LEVELS))
    wrong = []
    for row in rows:
        level, parent = _text(row["level"]), _text(row["parent"])
        above = None if parent is None else levels.get((parent, row["year"]))
        if level is None or above is None:
            continue
        if level not in KNOWN_LEVELS or above not in KNOWN_LEVELS:
            used.add((above, level))
        elif KNOWN_LEVELS.index(level) <= KNOWN_LEVELS.index(above):
            wrong.append(fault(NOT_BELOW, unit=row["unit"], year=row["year"], level=repr(level), above=repr(above),
                               parent=repr(parent)))  # fmt: skip
    yield from _first(wrong)
    yield from _first(fault(LEVEL_CIRCLE, circle=circle) for circle in _name_circles(used))


def _first(faults: Iterable[Fault]) -> list[Fault]:
    """Keep as many faults of one kind as people read, and say how many more there are."""
    found = list(faults)
    more = len(found) - MOST_ROWS
    return found[:MOST_ROWS] + ([fault(MORE_UNITS, count=more, what=found[0])] if more > 0 else [])


def _places(rows: list[dict[str, Any]]) -> Iterator[Place]:
    """Walk each year's tree from its roots downwards, children by name."""
    for year in sorted({row["year"] for row in rows}):
        here = {row["unit"]: row for row in rows if row["year"] == year}
        below = defaultdict(list)
        for name in sorted(here, reverse=True):
            parent = _text(here[name]["parent"])
            below[parent if parent in here else None].append(name)
        waiting = [(name, 0) for name in below[None]]
        while waiting:
            name, depth = waiting.pop()
            row = here[name]
            yield Place(name, int(year), _text(row["parent"]), _text(row["level"]), depth)
            waiting += [(child, depth + 1) for child in below[name]]


def _compare(scored: Frame, below: Frame, counted: Frame, keys: tuple[str, ...]) -> Frame:
    """Set the own score of each parent beside the mean of its children's."""
    own = scored.select(*UNIT_YEAR, *keys, own=nw.col("score"))
    of_children = join(scored.select(*UNIT_YEAR, *keys, "score"), below, UNIT_YEAR, "inner")
    means = of_children.group_by("parent", "year", *keys).agg(
        nw.col("score").mean().alias("children_mean"), nw.col("score").count().alias("n_scored")
    )
    known = join(means, counted, ("parent", "year"), "left").rename({"parent": "unit"})
    beside = join(known, own, (*UNIT_YEAR, *keys), "left")
    difference = nw.col("own") - nw.col("children_mean")
    return beside.select(
        *UNIT_YEAR, *keys, "own", "children_mean", "n_children", "n_scored", difference=difference
    )


def _one_if(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
