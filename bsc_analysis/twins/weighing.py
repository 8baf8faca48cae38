"""Weights of a twin's indicators: multiples of five percent that make exactly a hundred in each unit and perspective."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.splitting import apportion

Array = NDArray[Any]

STEP = 5
MOST_IN_GROUP = 100 // STEP


def weigh(sizes: Array, shares: Array) -> Array:
    """Return weights in percent, one step at least.

    Parameters
    ----------
    sizes
        The number of indicators of each group, at most 20, (G,).
    shares
        How much each indicator weighs against the others of its group, (n,), group by group.

    >>> weigh(np.array([3, 1]), np.array([2.0, 1.0, 1.0, 7.0])).tolist()
    [50.0, 25.0, 25.0, 100.0]
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(STEP * (1.0 + apportion(MOST_IN_GROUP - sizes, shares, group)))
