"""Counting a twin's indicators: how many each unit has in each perspective and year, exact in total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.splitting import apportion
from bsc_analysis.twins.streams import open_stream

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan
    from bsc_analysis.twins.unittree import Units

Array = NDArray[Any]

# How far a unit's number of indicators in a perspective strays from what its level has in the mean: ours.
STRAY = 0.75


def count_indicators(plan: TwinPlan, units: Units) -> Array:
    """Return the number of indicators of each unit-year and perspective, at least 1, (N, k).

    A unit has about as many in every year, and all of a year together are exactly as many as the plan says.

    >>> from bsc_analysis.studies import read_study
    >>> from bsc_analysis.twins.unittree import lay_out_units
    >>> plan = read_study("kkp").twin
    >>> units = lay_out_units(plan)
    >>> counts = count_indicators(plan, units)
    >>> np.bincount(units.row_year, counts.sum(axis=1)).astype(int).tolist(), int(counts.min())
    ([1122, 11653, 13050], 1)
    """
    k = len(plan.perspectives)
    wanted = np.array([each.indicators for each in plan.levels])[units.level] - k
    stray = open_stream(plan.seed, "counts").uniform(1 - STRAY, 1 + STRAY, (len(units.names), k))
    beyond_one = (wanted[:, None] * np.asarray(plan.shares) * stray)[units.row_unit]
    total = [each.indicators - k * sum(each.units) for each in plan.years]
    more = apportion(total, beyond_one.ravel(), np.repeat(units.row_year, k))
    return np.asarray(1 + more.reshape(-1, k))
