"""Weights of perspectives as a simplex: where in it a score rises, stays or falls, and how near the next such region is.

With weights w that sum to one and d the change of each perspective's score, the change of the whole is d . w. It is linear in
w, so that the regions of *rise* (d . w >= least), *fall* (d . w <= -least) and *no change* are slices of the simplex between
parallel planes. Two units in one year are compared like two years of one unit.

The share of the simplex beneath a plane is exact (Varsi 1973): with x the differences d - t that are positive and y the
others, A[0] = 0, the other A[k] = 1, and A[k] = (x[h] A[k - 1] - y[k] A[k]) / (x[h] - y[k]) for every h in turn; the last
A[k] is the share in which d . w <= t. It is that of weights drawn evenly from all there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from bsc_analysis.errors import UseError, fault
from bsc_analysis.evidence.readings import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Array = NDArray[Any]

NO_PAIR = "no two perspectives have a score on both sides, so that no weights can be compared"
# Weights a little below 0, or a plane met a little beside, are rounding.
NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class NearestWeights:
    """The weights of a region that are nearest to the published ones, and how far away they are."""

    weights: tuple[float, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class Region:
    """The weights under which the whole goes one way.

    Attributes
    ----------
    direction
        ``rise``, ``no change`` or ``fall``.
    share
        Its share of all weights there are.
    straight
        Its weights nearest by straight distance, sqrt(sum of squares of the changes); None where it is empty.
    evenly
        Its weights nearest by the largest change of any one weight.
    """

    direction: Direction
    share: float
    straight: NearestWeights | None
    evenly: NearestWeights | None


@dataclass(frozen=True, slots=True)
class WeightRegions:
    """The simplex of weights, divided by which way the whole goes.

    Attributes
    ----------
    names, weights
        The perspectives that have a score on both sides, with their published weights, which sum to one.
    first, last
        Their scores on either side.
    least
        The smallest change that is not called no change.
    direction, change
        Which way the whole goes under the published weights, and how far.
    regions
        Rise, no change and fall; ``no change`` is none of them where ``least`` is 0 and some perspective moves.
    left_out
        Perspectives without a score on one side.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    first: tuple[float, ...]
    last: tuple[float, ...]
    least: float
    direction: Direction
    change: float
    regions: tuple[Region, ...]
    left_out: tuple[str, ...] = ()

    @property
    def nearest_flip(self) -> Region | None:
        """The region of another direction that is nearest by straight distance, or None where there is none."""
        others = [each for each in self.regions if each.direction != self.direction and each.straight]
        return min(others, key=lambda each: each.straight.distance if each.straight else 0, default=None)


def weight_regions(
    names: Sequence[str],
    weights: Sequence[float],
    first: Sequence[float],
    last: Sequence[float],
    *,
    least: float = 0.0,
) -> WeightRegions:
    """Divide the simplex of weights by which way the whole goes.

    Perspectives that have no score (NaN) on one side are left out, and the weights of the others count in proportion.

    Parameters
    ----------
    names, weights
        The k perspectives and their published weights.
    first, last
        Their scores (k,) in the first and the last year, or of one unit and another.
    least
        The smallest change that is not called no change.

    Raises
    ------
    UseError
        When fewer than two perspectives have a score on both sides.

    >>> found = weight_regions(["LG", "SH"], [0.5, 0.5], [80, 90], [84, 88])
    >>> found.direction, found.change, round(found.regions[0].share, 4)
    ('rise', 1.0, 0.6667)
    >>> [round(each, 4) for each in found.nearest_flip.straight.weights]
    [0.3333, 0.6667]
    """
    before, after = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    kept = ~(np.isnan(before) | np.isnan(after))
    if kept.sum() < 2:
        raise UseError(fault(NO_PAIR))
    own = np.asarray(weights, dtype=float)[kept]
    own = own / own.sum()
    differences = (after - before)[kept]
    change = float(differences @ own)
    return WeightRegions(
        tuple(name for name, has in zip(names, kept, strict=True) if has),
        tuple(own.tolist()),
        tuple(before[kept].tolist()),
        tuple(after[kept].tolist()),
        least,
        _direction(change, least),
        change,
        tuple(_regions(differences, own, least)),
        tuple(name for name, has in zip(names, kept, strict=True) if not has),
    )


def share_below(differences: Sequence[float], threshold: float) -> float:
    """Return the share of all weights under which the weighted sum of differences is at most a threshold.

    >>> round(share_below([1.0, 0.0], 0.3), 12), round(share_below([3.0, 3.0, 0.0], 1.5), 12)
    (0.3, 0.25)
    """
    beside = np.asarray(differences, dtype=float) - threshold
    above, below = beside[beside > 0], beside[beside <= 0]
    shares = np.append(0.0, np.ones(len(below)))
    for x in above:
        for k, y in enumerate(below, start=1):
            shares[k] = (x * shares[k - 1] - y * shares[k]) / (x - y)
    return float(shares[-1])


def _direction(change: float, least: float) -> Direction:
    if abs(change) < least or change == 0:
        return "no change"
    return "rise" if change > 0 else "fall"


def _regions(differences: Array, weights: Array, least: float) -> Iterator[Region]:
    moving = bool(differences.any())
    rising = share_below((-differences).tolist(), -least) if moving else 0.0
    falling = share_below(differences.tolist(), -least) if least else (1 - rising) * moving
    yield _region("rise", rising, [(-differences, -least)], weights)
    if least or not moving:
        slab = [(differences, least), (-differences, least)]
        yield _region("no change", max(0.0, 1 - rising - falling), slab, weights)
    yield _region("fall", falling, [(differences, -least)], weights)


def _region(direction: Direction, share: float, planes: list[tuple[Array, float]], weights: Array) -> Region:
    """Describe the weights w with slope . w <= bound for every plane."""
    return Region(direction, share, _straight(planes, weights), _evenly(planes, weights))


def _straight(planes: list[tuple[Array, float]], weights: Array) -> NearestWeights | None:
    """Project the published weights onto a slice of the simplex.

    The nearest point has some weights at 0 and lies on one plane or on none; each such face has one nearest point, and the
    nearest of those that are in the slice is the one.
    """
    found = [
        point
        for free in _faces(len(weights))
        for plane in [None, *planes]
        if (point := _on_face(weights, free, plane)) is not None and _inside(point, planes)
    ]
    if not found:
        return None
    nearest = min(found, key=lambda point: float(((point - weights) ** 2).sum()))
    return NearestWeights(tuple(nearest.tolist()), float(np.linalg.norm(nearest - weights)))


def _faces(k: int) -> Iterator[Array]:
    """Yield every choice of weights that are not 0."""
    for size in range(1, k + 1):
        for free in combinations(range(k), size):
            yield np.array(free)


def _on_face(weights: Array, free: Array, plane: tuple[Array, float] | None) -> Array | None:
    """Return the point nearest to some weights that sums to one, has only ``free`` weights, and lies on the plane."""
    rows = [np.ones(len(free))]
    wanted = [1.0]
    if plane is not None:
        rows.append(plane[0][free])
        wanted.append(plane[1])
    system = np.array(rows)
    own = weights[free]
    moved = own + np.linalg.lstsq(system, np.array(wanted) - system @ own, rcond=None)[0]
    if (moved < -NOISE).any():
        return None
    point = np.zeros(len(weights))
    point[free] = np.maximum(moved, 0)
    return point


def _inside(point: Array, planes: list[tuple[Array, float]]) -> bool:
    size = max(1.0, *(float(np.abs(slope).max()) for slope, _ in planes))
    met = all(float(slope @ point) <= bound + 1e3 * NOISE * size for slope, bound in planes)
    return met and abs(float(point.sum()) - 1) <= 1e3 * NOISE


def _evenly(planes: list[tuple[Array, float]], weights: Array) -> NearestWeights | None:
    """Find the weights of a slice whose largest change is least, by linear programming."""
    k = len(weights)
    identity, column = np.eye(k), np.ones((k, 1))
    upper = [np.hstack([identity, -column]), np.hstack([-identity, -column])]
    bounds = [weights, -weights]
    for slope, bound in planes:
        upper.append(np.append(slope, 0.0)[None, :])
        bounds.append(np.array([bound]))
    solved = linprog(
        np.append(np.zeros(k), 1.0),
        A_ub=np.vstack(upper),
        b_ub=np.concatenate(bounds),
        A_eq=np.append(np.ones(k), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * (k + 1),
    )
    if not solved.success:
        return None
    return NearestWeights(tuple(solved.x[:k].tolist()), float(max(solved.x[k], 0.0)))
