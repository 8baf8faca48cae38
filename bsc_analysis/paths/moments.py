"""Moments: all that a path model needs of its data, per row, per cluster or pooled, also from a printed matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Literal

import numpy as np

from bsc_analysis.errors import DataError, fault
from bsc_analysis.paths.matrixchecks import check_correlations, check_covariances, dependencies
from bsc_analysis.paths.rows import NOISE, Rows, refuse_absent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

Unit = Literal["pool", "cluster", "row"]

BAD_N = "the number of observations is {got}, expected a whole number above 1"
NO_ROWS = "no row has a value in every one of {names}: use fiml, or leave out a variable"
FLAT = "{got} does not vary: leave the variable out of the model"
COLLINEAR = (
    "{name} is an exact combination of {others} (perfect collinearity): leave one of them out of the model"
)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Counts, means and cross-products of k variables in g units of sampling.

    Attributes
    ----------
    names
        The k variables.
    n
        (g,) rows in each unit.
    mean
        (g, k) means.
    products
        (g, k, k) cross-products about the unit's own mean.
    unit
        What the g units are: all rows in one (``pool``), clusters, or single rows.
    labels
        The clusters' names, empty otherwise.
    dropped
        Rows left out because a value is missing.
    has_means
        False for a printed matrix, which says nothing of means.
    """

    names: tuple[str, ...]
    n: NDArray[np.float64]
    mean: NDArray[np.float64]
    products: NDArray[np.float64]
    unit: Unit = "pool"
    labels: tuple[str, ...] = ()
    dropped: int = 0
    has_means: bool = True

    @property
    def n_obs(self) -> int:
        """The number of rows in all."""
        return int(self.n.sum())

    @property
    def grand_mean(self) -> NDArray[np.float64]:
        """The means over all rows, (k,)."""
        # Not a dot product, whose last bit depends on where arrays lie in memory.
        return np.asarray((self.n[:, None] * self.mean).sum(axis=0) / self.n.sum())

    @property
    def about_grand_mean(self) -> NDArray[np.float64]:
        """The cross-products of each unit about the grand mean, (g, k, k)."""
        away = self.mean - self.grand_mean
        return np.asarray(self.products + self.n[:, None, None] * away[:, :, None] * away[:, None, :])

    @property
    def covariance(self) -> NDArray[np.float64]:
        """The covariance matrix with divisor n, (k, k)."""
        away = self.mean - self.grand_mean
        between = (away * self.n[:, None]).T @ away
        return np.asarray((self.products.sum(axis=0) + between) / self.n.sum())

    def pooled(self) -> Moments:
        """Return the same data as one unit."""
        total = self.covariance[None] * self.n.sum()
        return Moments(
            self.names,
            self.n.sum()[None],
            self.grand_mean[None],
            total,
            "pool",
            (),
            self.dropped,
            self.has_means,
        )

    def select(self, names: Sequence[str]) -> Moments:
        """Return the moments of some variables, in the order named."""
        if tuple(names) == self.names:
            return self
        refuse_absent(self.names, names)
        at = [self.names.index(name) for name in names]
        return replace(
            self, names=tuple(names), mean=self.mean[:, at], products=self.products[:, at][:, :, at]
        )

    @staticmethod
    def from_correlations(
        names: Sequence[str],
        r: ArrayLike,
        n_obs: int,
        *,
        sd: ArrayLike | None = None,
    ) -> Moments:
        """Return moments from a printed correlation matrix, so that a paper can be refitted.

        Parameters
        ----------
        names
            The k variables in the order of the matrix.
        r
            (k, k) correlations, both halves and the ones.
        n_obs
            The number of observations they come from.
        sd
            Standard deviations (divisor n - 1), (k,); without them every variable is standardised, and b equals beta.

        Raises
        ------
        DataError
            Naming each entry that is no correlation, and the variable that makes the matrix impossible.

        >>> moments = Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 71)
        >>> float(moments.covariance[0, 1].round(6))
        0.329
        """
        _check_count(n_obs)
        _check_n(n_obs)
        matrix = check_correlations(names, r, sd)
        # Printed standard deviations have divisor n - 1; without them the variance of divisor n is 1.
        scale = np.ones(len(names)) if sd is None else np.asarray(sd, float) * np.sqrt(1 - 1 / n_obs)
        return _single(names, matrix * np.outer(scale, scale), n_obs)

    @staticmethod
    def from_covariances(names: Sequence[str], covariance: ArrayLike, n_obs: int) -> Moments:
        """Return moments from a printed covariance matrix with divisor n - 1; refused as in ``from_correlations``.

        >>> moments = Moments.from_covariances(["LG", "IP"], [[4, 1], [1, 9]], 10)
        >>> float(moments.covariance[0, 0])
        3.6
        """
        _check_count(n_obs)
        _check_n(n_obs)
        matrix = check_covariances(names, covariance)
        return _single(names, matrix * (1 - 1 / n_obs), n_obs)


def moments_of(rows: Rows, *, by: Unit | None = None) -> Moments:
    """Return the moments of complete rows, per cluster where they have one, else per row; ``by`` asks for another unit.

    >>> rows = Rows(("LG", "IP"), np.array([[1.0, 2.0], [3.0, 5.0]]))
    >>> moments_of(rows).covariance
    array([[1.  , 1.5 ],
           [1.5 , 2.25]])
    """
    kept = rows.complete()
    if not kept.n_obs:
        raise DataError(fault(NO_ROWS, names=", ".join(rows.names)))
    by = by or ("row" if kept.cluster is None else "cluster")
    k = len(kept.names)
    if by == "row":
        nothing = np.broadcast_to(0.0, (kept.n_obs, k, k))
        return Moments(kept.names, np.ones(kept.n_obs), kept.values, nothing, "row", dropped=kept.dropped)
    if by == "pool" or kept.cluster is None:
        centre = kept.values.mean(axis=0)
        away = kept.values - centre
        return Moments(
            kept.names,
            np.array([float(kept.n_obs)]),
            centre[None],
            (away.T @ away)[None],
            dropped=kept.dropped,
        )
    return _by_cluster(kept, kept.cluster.code, kept.cluster.labels)


def check_variation(moments: Moments) -> None:
    """Refuse moments in which a variable is constant or a combination of those before it, by name."""
    spread = np.sqrt(np.diag(moments.covariance))
    flat = [
        fault(FLAT, got=repr(name))
        for name, each, size in zip(moments.names, spread, np.abs(moments.grand_mean), strict=True)
        if not each > NOISE * size
    ]
    dependent = [] if flat else dependencies(moments.names, moments.covariance / np.outer(spread, spread))
    faults = flat + [fault(COLLINEAR, name=name, others=", ".join(others)) for name, others in dependent]
    if faults:
        raise DataError(*faults)


def _by_cluster(rows: Rows, code: NDArray[np.intp], labels: tuple[str, ...]) -> Moments:
    g, k = len(labels), len(rows.names)
    n = np.bincount(code, minlength=g).astype(float)
    mean = np.column_stack([np.bincount(code, column, g) for column in rows.values.T]) / n[:, None]
    away = rows.values - mean[code]
    products = np.empty((g, k, k))
    for i, j in combinations_with_replacement(range(k), 2):
        products[:, i, j] = products[:, j, i] = np.bincount(code, away[:, i] * away[:, j], g)
    return Moments(rows.names, n, mean, products, "cluster", labels, rows.dropped)


def _check_count(n_obs: int) -> None:
    if not 2 <= n_obs < np.inf or n_obs != int(n_obs):
        raise DataError(fault(BAD_N, got=n_obs))


def _check_n(n_obs: int) -> None:
    if not n_obs >= 2 or n_obs != int(n_obs):
        raise DataError(fault(BAD_N, got=n_obs))


def _single(names: Sequence[str], covariance: NDArray[np.float64], n_obs: int) -> Moments:
    k = len(names)
    return Moments(
        tuple(names), np.array([float(n_obs)]), np.zeros((1, k)), covariance[None] * n_obs, has_means=False
    )
