"""Actuals of a twin's records: the figures that have the achievements asked for, to their last decimal.

With target T, range T to U and achievement a in percent, the actual is a T / 100; lower-is-better T (2 - a / 100); kept
in a range a T / 100 below it or U (2 - a / 100) above it, and within it where a is 100.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.twins.targets import Targets

Array = NDArray[Any]

# Of a product of a few factors.
LAST_BITS = 4


def set_actuals(achievements: Array, most: Array, targets: Targets, side: Array) -> Array:
    """Return actuals on their grid whose achievements are as asked and never above the most there can be, (n,).

    Parameters
    ----------
    achievements, most
        In percent, (n,).
    targets
        The targets, (n,).
    side
        Uniform numbers, (n,): on which side of its range an actual is, and where within it.

    >>> from bsc_analysis.twins.targets import Targets
    >>> one = np.ones(2)
    >>> targets = Targets(80 * one, np.nan * one, 100 * one, np.array([False, True]), np.array([False, False]))
    >>> set_actuals(95 * one, 120 * one, targets, one).tolist()
    [76.0, 84.0]
    """
    above = targets.falls | (targets.kept & (side > 0.5) & (achievements < most))
    edge = np.where(targets.kept & above, targets.upper, targets.lower)
    ratio = achievements / 100
    exact = edge * np.where(above, 2 - ratio, ratio)
    inside = targets.kept & (achievements >= most)
    width = np.where(inside, targets.upper - targets.lower, 0.0)
    steps = np.round((exact + side * width) * targets.step)
    limit = edge * np.where(above, 2 - most / 100, most / 100) * targets.step
    # A limit that is a whole number of steps may come out just beside it.
    slack = LAST_BITS * np.spacing(limit)
    bounded = np.where(
        above, np.maximum(steps, np.ceil(limit - slack)), np.minimum(steps, np.floor(limit + slack))
    )
    return np.asarray(np.where(inside, steps, bounded) / targets.step)


def read_achievements(actuals: Array, targets: Targets) -> Array:
    """Return what actuals achieve of their targets, in percent, (n,); NaN where there is none.

    >>> from bsc_analysis.twins.targets import Targets
    >>> one = np.ones(1)
    >>> targets = Targets(50 * one, 60 * one, 100 * one, np.array([False]), np.array([True]))
    >>> read_achievements(66 * one, targets).tolist()  # above the range: 2 - 66 / 60
    [90.0]
    """
    rising = 100 * actuals / targets.lower
    over = 200 - 100 * actuals / np.where(targets.kept, targets.upper, targets.lower)
    kept = np.minimum(np.minimum(rising, over), 100.0)
    return np.asarray(np.where(targets.kept, kept, np.where(targets.falls, over, rising)))
