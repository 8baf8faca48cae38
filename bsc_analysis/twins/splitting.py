"""Splitting whole numbers: totals divided over the members of groups, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


def apportion(totals: ArrayLike, shares: ArrayLike, group: ArrayLike) -> Array:
    """Divide each group's total over its members as near to their shares as whole numbers can, by largest remainders.

    Parameters
    ----------
    totals
        What each group divides, whole numbers (G,).
    shares
        Each member's share, above 0, in any unit (n,).
    group
        Each member's group, (n,), in ascending order.

    Returns
    -------
    numpy.ndarray
        Whole numbers (n,), which sum to the totals.

    >>> apportion([10, 3], [3.0, 3.0, 3.0, 1.0, 1.0], [0, 0, 0, 1, 1]).tolist()
    [4, 3, 3, 2, 1]
    """
    total, share, of = np.asarray(totals), np.asarray(shares, float), np.asarray(group)
    quota = share * (total / np.bincount(of, share, len(total)))[of]
    # An exact quota may come out just below its whole number.
    whole = np.floor(quota + 1e-9).astype(np.int64)
    left = total - np.bincount(of, whole, len(total)).astype(np.int64)
    return np.asarray(whole + (_rank(whole - quota, of) < left[of]))


def first_of(sizes: ArrayLike) -> Array:
    """Return where each group begins in rows that stand group by group.

    >>> first_of([2, 3, 1]).tolist()
    [0, 2, 5]
    """
    size = np.asarray(sizes)
    return np.asarray(np.cumsum(size) - size)


def number_within(sizes: ArrayLike) -> Array:
    """Return the place of each row in its group, from 0, in rows that stand group by group.

    >>> number_within([2, 3]).tolist()
    [0, 1, 0, 1, 2]
    """
    size = np.asarray(sizes)
    return np.asarray(np.arange(size.sum()) - np.repeat(first_of(size), size))


def _rank(keys: Array, of: Array) -> Array:
    """Return each member's place in its group by ascending key, the first of equals first."""
    order = np.lexsort((keys, of))
    rank = np.empty(len(of), np.int64)
    rank[order] = number_within(np.bincount(of, minlength=int(of[-1]) + 1))
    return rank
