"""Achievements of a twin's records: spread around, and with a weighted mean of exactly, their unit's score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.splitting import first_of

Array = NDArray[Any]

# What is done exactly as planned.
AS_PLANNED = 100.0
# Each halving of the interval adds a binary digit: 34 take some 300 points to less than a ten-millionth of one.
HALVINGS = 34


def meet_scores(scores: Array, wished: Array, weight: Array, most: Array, sizes: Array, held: Array) -> Array:
    """Return achievements between 0 and the most there can be, whose weighted mean is their group's score.

    Wished achievements are shifted by one number per group and cut off at both ends, which makes a mass at the cap. Held
    ones are 100, except in groups whose score could then not be met.

    Parameters
    ----------
    scores
        Of each group, (G,), within what its records allow.
    wished
        Achievements before the shift, (n,), group by group.
    weight, most
        Each record's weight, and its highest achievement, (n,).
    sizes
        The number of records of each group, (G,).
    held
        Which records are to be held at 100, (n,).

    >>> def meet(score, held):
    ...     met = meet_scores(np.array([score]), np.array([100.0, 130.0]), np.array([50.0, 50.0]), np.full(2, 120.0),
    ...                       np.array([2]), np.array([held, False]))
    ...     return met.round(6).tolist()
    >>> meet(110.0, False), meet(110.0, True), meet(115.0, True)
    ([100.0, 120.0], [100.0, 120.0], [110.0, 120.0])
    """
    begin, group = first_of(sizes), np.repeat(np.arange(len(sizes)), sizes)
    wanted = scores * np.add.reduceat(weight, begin)
    kept = held & _leaves_room(wanted, weight, most, begin, held)[group]
    free = np.where(kept, 0.0, weight)
    rest = wanted - np.add.reduceat((weight - free) * AS_PLANNED, begin)
    # A group of the lowest wishes is at its most under the highest shift, one of the highest at 0 under the lowest.
    low = np.full(len(scores), -wished.max())
    high = np.full(len(scores), most.max() - wished.min())
    for _ in range(HALVINGS):
        shift = (low + high) / 2
        reached = np.add.reduceat(free * np.clip(wished + shift[group], 0.0, most), begin)
        below = reached < rest
        low, high = np.where(below, shift, low), np.where(below, high, shift)
    return np.where(kept, AS_PLANNED, np.clip(wished + high[group], 0.0, most))


def highest_scores(weight: Array, most: Array, sizes: Array) -> Array:
    """Return the highest score of each group: the weighted mean of what its records allow, (G,).

    >>> highest_scores(np.array([75.0, 25.0]), np.array([120.0, 100.0]), np.array([2])).tolist()
    [115.0]
    """
    begin = first_of(sizes)
    return np.asarray(np.add.reduceat(weight * most, begin) / np.add.reduceat(weight, begin))


def _leaves_room(wanted: Array, weight: Array, most: Array, begin: Array, held: Array) -> Array:
    """Return in which groups the records that are not held can still meet the score, (G,)."""
    planned = np.add.reduceat(np.where(held, weight * AS_PLANNED, 0.0), begin)
    beyond = np.add.reduceat(np.where(held, 0.0, weight * most), begin)
    return np.asarray((planned < wanted) & (wanted < planned + beyond))
