"""The skeleton of a twin: which indicators each unit has in each year, with weights and targets, before any achievement.

A unit keeps its indicators over the years: of its own order of a perspective's catalogue it has the first few.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.counting import count_indicators
from bsc_analysis.twins.splitting import number_within
from bsc_analysis.twins.streams import open_stream
from bsc_analysis.twins.targets import Targets, set_targets
from bsc_analysis.twins.unittree import Units, lay_out_units
from bsc_analysis.twins.weighing import weigh

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan

Array = NDArray[Any]

# What is kept in a range scores 100 at most. So as not to bound its unit's score it weighs little and is never among the
# first two of a perspective, and the ministry, whose scores are near the cap, has none.
FREE_FIRST = 2
LIGHT = 0.3
# How alike the weights of one group are: the shape of a gamma distribution.
EVENNESS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Everything of a twin but what was achieved.

    A group is a unit-year's indicators of one perspective; groups stand by unit-year and then by perspective.

    Attributes
    ----------
    units
        The units and unit-years.
    sizes
        The number of indicators of each group, (G,).
    group
        Each record's group, (n,).
    template
        Each record's place in the catalogue, (n,).
    weight
        In percent, (n,).
    targets
        Each record's target, with what it says about the actual.
    most
        The highest achievement of each record, (n,): the cap, or 100 for what is kept in a range.
    top
        Which records are the ministry's own, (n,).
    """

    units: Units
    sizes: Array
    group: Array
    template: Array
    weight: Array
    targets: Targets
    most: Array
    top: Array

    @property
    def unit_year(self) -> Array:
        """Each record's unit-year, (n,)."""
        return np.asarray(self.group // (len(self.sizes) // len(self.units.row_unit)))


@lru_cache(maxsize=4)
def lay_out(plan: TwinPlan) -> Skeleton:
    """Return the skeleton of a plan; numbered copies of one ministry share it.

    >>> from bsc_analysis.studies import read_study
    >>> made = lay_out(read_study("kkp").twin)
    >>> len(made.weight), np.unique(np.bincount(made.group, made.weight)).tolist()
    (25825, [100.0])
    """
    units = lay_out_units(plan)
    counts = count_indicators(plan, units)
    sizes, k = counts.ravel(), counts.shape[1]
    group = np.repeat(np.arange(len(sizes)), sizes)
    unit, perspective = units.row_unit[group // k], group % k
    template = _order(plan, len(units.names))[unit, perspective, number_within(sizes)]
    kept = np.array([each.polarity == "stabilize" for each in plan.catalogue])
    return Skeleton(
        units=units,
        sizes=sizes,
        group=group,
        template=template,
        weight=weigh(sizes, _shares(plan, kept, len(units.names))[unit, template]),
        targets=set_targets(plan, units, unit, units.row_year[group // k], template),
        most=np.where(kept[template], 100.0, plan.cap),
        top=unit == 0,
    )


def _order(plan: TwinPlan, n_units: int) -> Array:
    """Return each unit's own order of each perspective's catalogue, (units, k, places)."""
    places = [
        [at for at, each in enumerate(plan.catalogue) if each.perspective == name]
        for name in plan.perspectives
    ]
    order = np.zeros((n_units, len(places), max(map(len, places))), np.int64)
    stream = open_stream(plan.seed, "templates")
    for perspective, own in enumerate(places):
        kept = np.array([plan.catalogue[at].polarity == "stabilize" for at in own])
        chance = stream.random((n_units, len(own)))
        free = np.sort(np.where(kept, np.inf, chance), axis=1)
        first = ~kept & (chance <= free[:, [min(FREE_FIRST, len(own)) - 1]])
        # The ministry (row 0) has what is kept in a range behind all others.
        last = kept & (np.arange(n_units) == 0)[:, None]
        order[:, perspective, : len(own)] = np.array(own)[np.argsort(chance - first + last, axis=1)]
    return order


def _shares(plan: TwinPlan, kept: Array, n_units: int) -> Array:
    """Return how much each unit would have each indicator weigh, the same in all years, (units, catalogue)."""
    drawn = open_stream(plan.seed, "weights").gamma(EVENNESS, size=(n_units, len(kept)))
    return np.asarray(drawn * np.where(kept, LIGHT, 1.0))
