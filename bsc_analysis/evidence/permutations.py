"""Permutation tests of means: signs flipped or labels exchanged, all of them where they are few, else a seeded draw.

The p-value of B drawn permutations is (1 + b) / (1 + B), where b of them are at least as extreme as the data (Phipson and
Smyth 2010): it is never 0 and never too small. Of all permutations it is their share. Statistics lie between 0 and 1,
and one that falls short of the data's by rounding alone ties with it and counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

Array = NDArray[Any]

N_PERM = 9_999
TIE = 1e-12  # of statistics between 0 and 1: far above rounding, far below what tells permutations apart
MOST_CELLS = 1_000_000  # values held at once


@dataclass(frozen=True, slots=True)
class Permutation:
    """A permutation p-value, from how many permutations it comes, and whether these are all there are."""

    p: float
    n_perm: int
    exact: bool


def flip_signs(differences: ArrayLike, *, n_perm: int = N_PERM, seed: int) -> Permutation:
    """Test whether differences (n,) are centred at 0: each is as likely to have the other sign.

    The statistic is |sum d| / sum |d|, which orders permutations as |t| does. All 2^n are taken where there are at
    most ``n_perm``.

    Parameters
    ----------
    differences
        Paired differences, or values minus a standard.
    n_perm
        How many permutations to draw where there are more.
    seed
        Of the draw.

    >>> flip_signs([1, 2, 3, 4], seed=1)  # of 16, the data and their mirror image: 2 / 16
    Permutation(p=0.125, n_perm=16, exact=True)
    """
    values = np.asarray(differences, float)
    values = values / (np.abs(values).max() or 1.0)
    whole = float(np.abs(values).sum())

    def centred(flipped: Array, axis: int) -> Array:
        share: Array = np.abs(flipped.sum(axis=axis)) / (whole or 1.0)
        return share

    exact = len(values) <= math.log2(n_perm)
    return _test((values,), centred, "samples", n_perm, seed, exact=exact)


def swap_labels(first: ArrayLike, second: ArrayLike, *, n_perm: int = N_PERM, seed: int) -> Permutation:
    """Test whether two samples (n,) and (m,) differ in their mean: every value is as likely to be in the other one.

    The statistic is |D| / sqrt(D^2 + s1^2/n + s2^2/m) with D the difference of means, which orders permutations as Welch's |t|
    does: unlike the plain difference it is asymptotically valid where the samples spread differently (Janssen 1997).

    Parameters
    ----------
    first, second
        The samples, at least two values each.
    n_perm
        How many permutations to draw where there are more.
    seed
        Of the draw.

    >>> swap_labels([1, 2, 3], [4, 5, 6], seed=1)  # of 20, the data and their exchange: 2 / 20
    Permutation(p=0.1, n_perm=20, exact=True)
    """
    one, other = np.asarray(first, float), np.asarray(second, float)
    exact = math.comb(len(one) + len(other), len(one)) <= n_perm
    return _test(_on_one_scale(one, other), _welch_share, "independent", n_perm, seed, exact=exact)


def _on_one_scale(one: Array, other: Array) -> tuple[Array, Array]:
    """Move and shrink both samples alike; neither changes the statistic, and sums then round alike."""
    both = np.concatenate([one, other])
    scale = np.ptp(both) or 1.0
    return (one - both.min()) / scale, (other - both.min()) / scale


def _welch_share(one: Array, other: Array, axis: int) -> Array:
    difference = np.abs(one.mean(axis=axis) - other.mean(axis=axis))
    spread = one.var(axis=axis, ddof=1) / one.shape[axis] + other.var(axis=axis, ddof=1) / other.shape[axis]
    whole = np.asarray(np.sqrt(difference**2 + spread))
    share: Array = np.divide(difference, whole, out=np.zeros_like(whole), where=whole > 0)
    return share


def _test(
    data: tuple[Array, ...],
    statistic: Callable[..., Array],
    kind: str,
    n_perm: int,
    seed: int,
    *,
    exact: bool,
) -> Permutation:
    from scipy.stats import permutation_test

    found = permutation_test(
        data,
        statistic,
        permutation_type=kind,
        vectorized=True,
        n_resamples=n_perm,
        batch=max(1, MOST_CELLS // sum(map(len, data))),
        alternative="greater",
        rng=np.random.default_rng(np.random.SeedSequence(seed)),
    )
    drawn = np.asarray(found.null_distribution)
    extreme, n_drawn = int((drawn >= float(found.statistic) - TIE).sum()), len(drawn)
    return Permutation(extreme / n_drawn if exact else (1 + extreme) / (1 + n_drawn), n_drawn, exact)
