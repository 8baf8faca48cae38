"""Rows sorted by which of their values are missing: the sums that a likelihood of incomplete rows needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.paths.rows import Rows

Array = NDArray[Any]
By = Literal["row", "cluster"]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums per pattern, of the data or of R replicates; what a pattern does not see counts as 0.

    Attributes
    ----------
    n
        (P, R) rows.
    first
        (k, P, R) sums of values less the centre.
    second
        (k, k, P, R) sums of their products.
    """

    n: Array
    first: Array
    second: Array

    def take(self, kept: Array) -> Sums:
        """Return some replicates, chosen by a mask or by indices."""
        return Sums(self.n[..., kept], self.first[..., kept], self.second[..., kept])


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Sums of incomplete rows per pattern of missing values and unit of sampling.

    Attributes
    ----------
    names
        The k variables.
    seen
        (k, P) whether a pattern has the variable.
    centre
        (k,) means of the known values, taken off before products are made so that these stay exact.
    n_units
        G: rows, or clusters.
    unit
        (C,) the unit of each cell; a cell holds the rows of one unit with one pattern. Cells are in the order of patterns.
    bounds
        (P + 1,) where the cells of each pattern begin and end.
    packed
        (C, 1 + k + k (k + 1) / 2) of each cell: rows, sums, and products row by row of the lower triangle.
    """

    names: tuple[str, ...]
    seen: Array
    centre: Array
    n_units: int
    unit: Array
    bounds: Array
    packed: Array

    @property
    def pattern(self) -> Array:
        """The pattern of each cell, (C,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    @property
    def together(self) -> Array:
        """In how many rows each pair of variables is known at once, (k, k)."""
        n = self.total().n[:, 0]
        return np.asarray((self.seen * n) @ self.seen.T)

    def total(self) -> Sums:
        """Return the sums of the data themselves, R = 1."""
        return self._unpack(np.add.reduceat(self.packed, self.bounds[:-1]).T[:, :, None])

    def cells(self) -> Sums:
        """Return the sums of each cell, with cells where a replicate would be and no patterns apart: (1, C) and so on."""
        return self._unpack(self.packed.T[:, None, :])

    def weigh(self, counts: Array) -> Sums:
        """Return the sums of replicates that hold each unit so many times as ``counts`` (R, G) says.

        >>> from bsc_analysis.paths.rows import Rows
        >>> patterns = patterns_of(Rows(("LG",), np.array([[1.0], [2.0], [6.0]])))
        >>> patterns.weigh(np.array([[2, 0, 1], [1, 1, 1]])).first.tolist()
        [[[-1.0, 0.0]]]
        """
        packed = np.empty((self.packed.shape[1], len(self.seen.T), len(counts)))
        for at, (start, end) in enumerate(zip(self.bounds[:-1], self.bounds[1:], strict=True)):
            drawn = counts[:, self.unit[start:end]].astype(float)
            packed[:, at] = self.packed[start:end].T @ drawn.T
        return self._unpack(packed)

    def without(self, units: Array) -> Sums:
        """Return the sums of the data without one unit, for each of ``units`` (R,)."""
        whole = np.add.reduceat(self.packed, self.bounds[:-1])
        packed = np.repeat(whole.T[:, :, None], len(units), axis=2)
        place = np.full(self.n_units, -1)
        place[units] = np.arange(len(units))
        gone = place[self.unit] >= 0
        packed[:, self.pattern[gone], place[self.unit[gone]]] -= self.packed[gone].T
        return self._unpack(packed)

    def _unpack(self, packed: Array) -> Sums:
        k = len(self.names)
        low = np.zeros((k, k), dtype=int)
        low[np.tril_indices(k)] = np.arange(k * (k + 1) // 2)
        low = np.maximum(low, low.T)
        return Sums(packed[0], packed[1 : k + 1], packed[k + 1 :][low])


def patterns_of(rows: Rows, *, by: By = "row") -> Patterns:
    """Sort rows by pattern and sum them per unit of sampling.

    Parameters
    ----------
    rows
        Values may be NaN.
    by
        What is resampled or left out as a whole: the row, or its cluster.

    >>> from bsc_analysis.paths.rows import Rows
    >>> patterns = patterns_of(Rows(("LG", "IP"), np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]])))
    >>> patterns.seen.tolist(), patterns.total().n.tolist(), patterns.centre.tolist()
    ([[True, True], [False, True]], [[1.0], [2.0]], [3.0, 4.0])
    """
    known = ~np.isnan(rows.values)
    centre = np.nanmean(rows.values, axis=0)
    away = np.where(known, rows.values - centre, 0.0)
    seen, pattern = np.unique(known, axis=0, return_inverse=True)
    clusters = rows.cluster if by == "cluster" else None
    code, n_units = (
        (np.arange(rows.n_obs), rows.n_obs) if clusters is None else (clusters.code, len(clusters))
    )
    cell, at = np.unique(pattern.ravel() * n_units + code, return_inverse=True)
    order = np.argsort(at, kind="stable")
    starts = np.searchsorted(at[order], np.arange(len(cell)))
    packed = np.add.reduceat(_pack(away)[order], starts)
    bounds = np.searchsorted(cell // n_units, np.arange(len(seen) + 1))
    return Patterns(rows.names, seen.T, centre, n_units, cell % n_units, bounds, packed)


def _pack(away: Array) -> Array:
    lower = np.tril_indices(away.shape[1])
    return np.column_stack([np.ones(len(away)), away, away[:, lower[0]] * away[:, lower[1]]])
