"""The units of a twin: their names, who stands below whom, and in which years they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Every unit, from the ministry downwards and in order of appearance within a level.

    Attributes
    ----------
    names
        Generic names: no real agency.
    parent
        The place of the unit above, (n,); -1 for the ministry.
    level, first
        The place of its level and of its first year, (n,); it stays from then on.
    cluster
        Which units move together: those of the cluster's level with all below them, any above alone, (n,).
    row_unit, row_year
        The place of the unit and of the year of each unit-year, by year and then by unit, (N,).
    """

    names: tuple[str, ...]
    parent: Array
    level: Array
    first: Array
    cluster: Array
    row_unit: Array
    row_year: Array

    @property
    def top(self) -> Array:
        """Which unit-years are the ministry's own, (N,)."""
        return np.asarray(self.row_unit == 0)


def lay_out_units(plan: TwinPlan) -> Units:
    """Return the units of a plan: each level's are dealt out to the units above in turn.

    >>> from bsc_analysis.studies import read_study
    >>> units = lay_out_units(read_study("kkp").twin)
    >>> len(units.names), units.names[0], units.names[1], units.names[10], units.names[-1]
    (1064, 'Kementerian', 'Eselon I 1', 'Eselon II 1.1', 'Eselon IV 5.2.6.1')
    """
    counts = np.array([each.units for each in plan.years])
    level = np.repeat(np.arange(counts.shape[1]), counts[-1])
    within = np.concatenate([np.arange(number) for number in counts[-1]])
    first = np.array([int((counts[:, at] <= number).sum()) for at, number in zip(level, within, strict=True)])
    parent = _parents(counts, level, within, first)
    rows = [np.flatnonzero(first <= year) for year in range(len(counts))]
    return Units(
        names=_names(plan, level, parent),
        parent=parent,
        level=level,
        first=first,
        cluster=_clusters(plan, level, parent),
        row_unit=np.concatenate(rows),
        row_year=np.repeat(np.arange(len(counts)), [len(each) for each in rows]),
    )


def _parents(counts: Array, level: Array, within: Array, first: Array) -> Array:
    """Deal units out to those above that are there in their first year."""
    begin = np.cumsum(counts[-1]) - counts[-1]
    above = np.maximum(level - 1, 0)
    dealt = begin[above] + within % counts[first, above]
    return np.where(level == 0, -1, dealt)


def _clusters(plan: TwinPlan, level: Array, parent: Array) -> Array:
    """Return the number of each unit's cluster, from 0: a unit below the cluster's level has that of its parent."""
    at = [each.id for each in plan.levels].index(plan.cluster)
    head = np.arange(len(level))
    for depth in range(at + 1, len(plan.levels)):
        here = level == depth
        head[here] = head[parent[here]]
    return np.asarray(np.unique(head, return_inverse=True)[1])


def _names(plan: TwinPlan, level: Array, parent: Array) -> tuple[str, ...]:
    """Return names that number each unit within its parent, with as many digits as its level needs, so that names sort."""
    number = np.zeros(len(level), np.int64)
    for above in np.unique(parent[1:]):
        below = parent == above
        number[below] = np.arange(1, below.sum() + 1)
    digits = [len(str(number[level == at].max(initial=1))) for at in range(len(plan.levels))]
    paths = [""] * len(level)
    names = [plan.levels[0].name]
    for unit in range(1, len(level)):
        above, own = paths[parent[unit]], f"{number[unit]:0{digits[level[unit]]}d}"
        paths[unit] = f"{above}.{own}" if above else own
        names.append(f"{plan.levels[level[unit]].name} {paths[unit]}")
    return tuple(names)
