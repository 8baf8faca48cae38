"""Resampled moments: covariance matrices of bootstrap replicates and of all units but one, as sums over units.

What a unit (a row, or a whole cluster) adds to the moments is known before anything is drawn. A replicate is then a weighted
sum of units, many replicates are one matrix product, and their statistics are computed side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from bsc_analysis.paths.weights import count_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bsc_analysis.paths.moments import Moments

Array = NDArray[np.float64]
Statistic = Callable[[Array, Array], Array]

# Statistics are computed for so many replicates at once: their arrays then stay in the fastest caches.
TOGETHER = 512
# So many counts are made at once (1 MB), which stay in the second cache between being drawn and being multiplied.
COUNTS = 2**17
# So many units are multiplied at once, so that what they add to the moments is read from the second cache too.
UNITS = 2048
# What one count needs while it is made: its random number, its index, a one and itself.
BYTES_PER_COUNT = 24
MEMORY = 64 * 2**20
# A pivot below this share of its variance is what rounding leaves of 0: the replicate's variables depend on each other.
SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What is resampled: what each of g units adds to the moments of k variables.

    Attributes
    ----------
    k
        The number of variables.
    sums
        (g, w): rows, sums about the grand mean (k), and sums of products about it (k (k + 1) / 2, upper half by rows); then
        zeros up to a multiple of 8.
    total
        (w,) the sums over all units.
    """

    k: int
    sums: Array
    total: Array

    def __len__(self) -> int:
        return len(self.sums)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Bootstrap replicates of m statistics.

    Attributes
    ----------
    values
        (m, R); NaN where a replicate gives no finite number.
    """

    values: Array

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Which replicates gave no number for some statistic, (R,)."""
        return np.asarray(np.isnan(self.values).any(axis=0))

    @property
    def n_failed(self) -> int:
        """How many replicates gave no number for some statistic."""
        return int(self.failed.sum())

    @property
    def n_failed_each(self) -> NDArray[np.intp]:
        """How many replicates gave no number, for each statistic, (m,)."""
        return np.asarray(np.isnan(self.values).sum(axis=1))


def sampled_from(moments: Moments) -> Sampled:
    """Return what is resampled when the units are those of ``moments``: rows or clusters.

    >>> from bsc_analysis.paths.moments import Moments
    >>> two = Moments(("LG",), np.array([1.0, 3.0]), np.array([[1.0], [5.0]]), np.array([[[0.0]], [[2.0]]]))
    >>> sampled_from(two).total[:3].tolist()
    [4.0, 0.0, 14.0]
    """
    if moments.unit == "row":
        return from_rows(moments.mean)
    return from_clusters(moments.n, moments.mean, moments.products)


def from_rows(values: Array) -> Sampled:
    """Return what is resampled when every row is a unit; ``values`` is (n, k) without missing values.

    >>> from_rows(np.array([[1.0], [3.0]])).sums[:, :3].tolist()
    [[1.0, -1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    away = values - values.mean(axis=0)
    return _sampled(np.ones(len(values)), away, (away[:, i] * away[:, j] for i, j in _pairs(values.shape[1])))


def from_clusters(n: Array, mean: Array, products: Array) -> Sampled:
    """Return what is resampled when whole clusters are units.

    Parameters
    ----------
    n, mean, products
        (g,) rows, (g, k) means, and (g, k, k) cross-products about the cluster's own mean.

    >>> from_clusters(np.array([2.0, 2.0]), np.array([[1.0], [3.0]]), np.array([[[2.0]], [[0.0]]])).sums[:, :3].tolist()
    [[2.0, -2.0, 4.0], [2.0, 2.0, 2.0]]
    """
    away = (
        mean - (n[:, None] * mean).sum(axis=0) / n.sum()
    )  # a dot product's last bit depends on where arrays lie
    pairs = _pairs(mean.shape[1])
    return _sampled(n, away, (products[:, i, j] + n * away[:, i] * away[:, j] for i, j in pairs))


def resample(
    sampled: Sampled,
    n_boot: int,
    seed: int | Sequence[int],
    statistic: Statistic,
    *,
    strata: NDArray[np.intp] | None = None,
    workers: int = 1,
    memory: int = MEMORY,
    progress: Callable[[int], Any] | None = None,
) -> Draws:
    """Draw units with replacement, ``n_boot`` times, and return the statistics of each replicate.

    Parameters
    ----------
    sampled
        What is resampled.
    n_boot, seed
        How many replicates, and what their random numbers start from.
    statistic
        A function of (k, k, R) covariance matrices (divisor n) and (R,) rows of R replicates that returns (m, R).
    strata
        (g,) codes from 0 of what units are drawn within.
    workers
        How many threads share the work; the replicates do not depend on it.
    memory
        Bytes that the counts of one thread may take; one replicate at a time needs about 24 for each unit.
    progress
        Called with the number of replicates that are done, about every 512.

    >>> sampled = from_rows(np.random.default_rng(1).normal(size=(200, 1)))
    >>> draws = resample(sampled, 1000, 7, lambda S, n: S[0])
    >>> draws.values.shape, draws.n_failed
    ((1, 1000), 0)
    """
    at_once = max(1, min(COUNTS, memory // BYTES_PER_COUNT) // len(sampled))

    def evaluated(replicates: range) -> Array:
        counts = count_blocks(len(sampled), replicates, seed, at_once=at_once, strata=strata)
        sums = [_weighted(block, sampled.sums) for block in counts]
        return _evaluate(sampled.k, np.concatenate(sums).T, statistic)

    blocks = list(_split(range(n_boot), TOGETHER))
    return Draws(_gather(_mapped(evaluated, blocks, workers), progress))


def resample_with(sampled: Sampled, counts: Array, statistic: Statistic) -> Draws:
    """Return the statistics of replicates whose counts (R, g) are given, such as those of another program.

    >>> sampled = from_rows(np.array([[1.0], [3.0], [8.0]]))
    >>> resample_with(sampled, np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 0.0]]), lambda S, n: S[0]).values.round(4)
    array([[8.6667, 0.8889]])
    """

    def evaluated(replicates: range) -> Array:
        drawn = counts[replicates.start : replicates.stop]
        return _evaluate(sampled.k, _weighted(drawn, sampled.sums).T, statistic)

    blocks = list(_split(range(len(counts)), TOGETHER))
    return Draws(_gather(_mapped(evaluated, blocks, workers=1), None))


def leave_one_out(sampled: Sampled, statistic: Statistic) -> Array:
    """Return the statistics of all units but one, for each unit, (m, g): the exact jackknife.

    >>> sampled = from_rows(np.array([[1.0], [3.0], [8.0]]))
    >>> leave_one_out(sampled, lambda S, n: S[0])
    array([[ 6.25, 12.25,  1.  ]])
    """
    blocks = _split(range(len(sampled)), TOGETHER)
    rest = (sampled.total[:, None] - sampled.sums[block.start : block.stop].T for block in blocks)
    return _gather((_evaluate(sampled.k, each, statistic) for each in rest), None)


def _pairs(k: int) -> list[tuple[int, int]]:
    return list(combinations_with_replacement(range(k), 2))


def _sampled(n: Array, away: Array, products: Iterable[Array]) -> Sampled:
    g, k = away.shape
    used = 1 + k + len(_pairs(k))
    sums = np.zeros((g, -(-used // 8) * 8))
    sums[:, 0] = n
    sums[:, 1 : k + 1] = away * n[:, None]
    for at, each in enumerate(products, k + 1):
        sums[:, at] = each
    return Sampled(k, sums, sums.sum(axis=0))


def _split(numbers: range, size: int) -> Iterator[range]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _weighted(counts: Array, sums: Array) -> Array:
    """Return counts @ sums, (R, w)."""
    product = counts[:, :UNITS] @ sums[:UNITS]
    for start in range(UNITS, len(sums), UNITS):
        product += counts[:, start : start + UNITS] @ sums[start : start + UNITS]
    return product


def _mapped(function: Callable[[range], Array], blocks: list[range], workers: int) -> Iterator[Array]:
    """Apply a function to blocks, in their order.

    A matrix product that starts threads of its own sums in another order, and hinders other threads: it is held to one.
    """
    with _thread_control().limit(limits=1, user_api="blas"):
        if workers <= 1 or len(blocks) == 1:
            yield from map(function, blocks)
            return
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(function, blocks)


@cache
def _thread_control() -> ThreadpoolController:
    """Find the libraries whose threads are held, once: looking takes longer than a thousand replicates of clusters."""
    return ThreadpoolController()


def _gather(parts: Iterable[Array], progress: Callable[[int], Any] | None) -> Array:
    gathered: list[Array] = []
    done = 0
    for each in parts:
        gathered.append(each)
        done += each.shape[1]
        if progress is not None:
            progress(done)
    return np.concatenate(gathered, axis=1)


def _evaluate(k: int, sums: Array, statistic: Statistic) -> Array:
    """Return the statistics of replicates from their sums (w, R); NaN where there is no finite number."""
    sums = np.ascontiguousarray(sums)
    with np.errstate(all="ignore"):
        S = _covariances(k, sums)
        values = np.asarray(statistic(S, sums[0]))
        values[:, _singular(S)] = np.nan
        values[~np.isfinite(values)] = np.nan
    return values


def _covariances(k: int, sums: Array) -> Array:
    n, mean = sums[0], sums[1 : k + 1] / sums[0]
    S = np.empty((k, k, sums.shape[1]))
    for at, (i, j) in enumerate(_pairs(k), k + 1):
        S[i, j] = S[j, i] = sums[at] / n - mean[i] * mean[j]
    return S


def _singular(S: Array) -> NDArray[np.bool_]:
    """Return which matrices have no variation left in some variable once those before it are held fixed, (R,)."""
    left = S.copy()
    singular = np.zeros(S.shape[2], bool)
    for pivot in range(len(S)):
        singular |= ~(left[pivot, pivot] > SINGULAR * S[pivot, pivot])
        row = left[pivot, pivot + 1 :]
        left[pivot + 1 :, pivot + 1 :] -= (row / left[pivot, pivot])[:, None] * row
    return singular
