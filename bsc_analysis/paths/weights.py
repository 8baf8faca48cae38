"""Resampling counts: how often each replicate of a bootstrap draws each unit.

All replicates share one stream of random numbers (PCG64DXSM, started by a ``SeedSequence``), of which each owns a stretch of
the same length: replicate r starts r stretches in, where the generator jumps to at once. A replicate therefore depends on the
seed and on its own number alone, not on how many are drawn together nor by whom, and no number is used twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Codes = NDArray[np.intp]
Counts = NDArray[np.float64]

# Up to here a draw takes half of a 64-bit word: u n / 2^32 is then exact in a double, and no unit is likelier than another
# by more than one part in 2^32 / n, far below what any number of replicates can show. Above, a draw takes a whole word.
HALF_WORDS = 2**20

OUTSIDE = "stored draws name unit {got}, but there are {n_units} units, counted from 0"


def draw_counts(
    n_units: int, replicates: range, seed: int | Sequence[int], *, strata: Codes | None = None
) -> Counts:
    """Draw n_units units with replacement in each replicate, and return how often each was drawn, (R, n_units).

    Parameters
    ----------
    n_units
        How many units there are.
    replicates
        Consecutive numbers of the R replicates.
    seed
        What the one stream starts from.
    strata
        (n_units,) codes from 0; each stratum then keeps its size in every replicate.

    >>> draw_counts(4, range(2), 7)
    array([[2., 0., 1., 1.],
           [3., 0., 0., 1.]])
    >>> draw_counts(4, range(1, 2), 7)
    array([[3., 0., 0., 1.]])
    """
    return next(count_blocks(n_units, replicates, seed, at_once=len(replicates), strata=strata))


def count_blocks(
    n_units: int,
    replicates: range,
    seed: int | Sequence[int],
    *,
    at_once: int,
    strata: Codes | None = None,
) -> Iterator[Counts]:
    """Draw as :func:`draw_counts` does, ``at_once`` replicates at a time; each block is written over the one before.

    >>> [float(block.sum()) for block in count_blocks(4, range(5), 7, at_once=2)]
    [8.0, 8.0, 4.0]
    """
    halves = n_units <= HALF_WORDS
    words = (n_units + 1) // 2 if halves else n_units
    stream = np.random.Generator(
        np.random.PCG64DXSM(np.random.SeedSequence(seed)).advance(replicates.start * words)
    )
    draw = _whole_numbers(n_units, strata)
    room = _Room(min(at_once, len(replicates)), n_units, n_units)
    for start in range(0, len(replicates), at_once):
        count = min(at_once, len(replicates) - start)
        # Every bit of every word: so one number takes one word, and, unlike random_raw, other threads run meanwhile.
        raw = stream.integers(0, 2**64 - 1, count * words, np.uint64, endpoint=True)
        yield room.count(draw(_uniform(raw, halves).reshape(count, -1)[:, :n_units], 32 if halves else 53))


def counts_of(indices: NDArray[np.integer[Any]], n_units: int) -> Counts:
    """Return how often each unit occurs in stored draws (R, draws), which may come from another program, (R, n_units).

    Raises
    ------
    UseError
        When a draw names no unit.

    >>> counts_of(np.array([[0, 2, 2], [1, 1, 0]]), 3)
    array([[1., 0., 2.],
           [1., 2., 0.]])
    """
    outside = indices[(indices < 0) | (indices >= n_units)]
    if outside.size:
        raise UseError(fault(OUTSIDE, got=int(outside[0]), n_units=n_units))
    replicates, draws = indices.shape
    return _Room(replicates, draws, n_units).count(indices.astype(np.int32))


def _uniform(raw: NDArray[np.uint64], halves: bool) -> NDArray[np.unsignedinteger[Any]]:  # noqa: FBT001
    """Return numbers of 32 or 53 random bits; the byte order is fixed, so that halves come in the same order anywhere."""
    return raw.astype("<u8", copy=False).view("<u4") if halves else raw >> np.uint64(11)


def _whole_numbers(n_units: int, strata: Codes | None) -> Callable[[NDArray[Any], int], NDArray[np.int32]]:
    """Return what turns numbers of so many random bits, (R, n_units), into units."""
    if strata is None:
        return lambda uniform, bits: _below(uniform, n_units * 2.0**-bits)
    order = np.argsort(strata, kind="stable").astype(np.int32)
    sizes = np.bincount(strata)
    # Each draw belongs to a stratum: as many draws as the stratum has units.
    size, first = np.repeat(sizes, sizes), np.repeat(np.cumsum(sizes) - sizes, sizes)
    return lambda uniform, bits: order[_below(uniform, size * 2.0**-bits) + first]


def _below(uniform: NDArray[Any], scale: Any) -> NDArray[np.int32]:
    drawn = np.empty(uniform.shape, np.int32)
    np.multiply(uniform, scale, out=drawn, casting="unsafe")
    return drawn


class _Room:
    """Room for the counts of some replicates, used again and again: fresh memory costs more than the counting."""

    def __init__(self, replicates: int, draws: int, n_units: int) -> None:
        self._ones = np.ones(replicates * draws)
        self._counts = np.empty((replicates, n_units))

    def count(self, indices: NDArray[np.int32]) -> Counts:
        """Count by filling a sparse matrix with ones: what falls on the same place is added in one pass, without casts."""
        replicates, draws = indices.shape
        ends = np.arange(0, indices.size + 1, draws)
        ones, counts = self._ones[: indices.size], self._counts[:replicates]
        matrix = sparse.csr_array((ones, indices.reshape(-1), ends), shape=counts.shape)
        return np.asarray(matrix.toarray(out=counts))
