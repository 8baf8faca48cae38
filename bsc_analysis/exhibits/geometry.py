"""Rectangles, lines and curves on a sheet, in mm from its lower left corner."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]

BEFORE, AFTER = 0.3, 0.6  # mm, left free where an arrow leaves a box and where it arrives
SAMPLES = 192  # points of a curve, from centre to centre


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its centre and size, in mm from the lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two rectangles come closer than the gap."""
        apart_x = abs(self.x - other.x) - (self.width + other.width) / 2
        apart_y = abs(self.y - other.y) - (self.height + other.height) / 2
        return apart_x < gap and apart_y < gap

    def holds(self, point: Point, gap: float = 0.0) -> bool:
        """Whether a point lies in the rectangle, or closer to it than the gap."""
        return (
            abs(point[0] - self.x) < self.width / 2 + gap and abs(point[1] - self.y) < self.height / 2 + gap
        )


def straight(start: Box, end: Box) -> tuple[Point, Point]:
    """Return the line from centre to centre."""
    return (start.x, start.y), (end.x, end.y)


def bowed(start: Box, end: Box, bow: float) -> tuple[Point, ...]:
    """Return a quadratic curve from centre to centre that bows by this share of its length, without what boxes hide."""
    control = (
        (start.x + end.x) / 2 - 2 * bow * (end.y - start.y),
        (start.y + end.y) / 2 + 2 * bow * (end.x - start.x),
    )
    points = [
        ((1 - t) ** 2 * start.x + 2 * t * (1 - t) * control[0] + t**2 * end.x,
         (1 - t) ** 2 * start.y + 2 * t * (1 - t) * control[1] + t**2 * end.y)
        for t in (step / SAMPLES for step in range(SAMPLES + 1))
    ]  # fmt: skip
    return tuple(point for point in points if not start.holds(point, BEFORE) and not end.holds(point, AFTER))


def runs_through(line: tuple[Point, Point], box: Box, gap: float) -> bool:
    """Whether a straight line comes closer to a box than the gap (Liang and Barsky's clipping)."""
    (x, y), (to_x, to_y) = line
    enter, leave = 0.0, 1.0
    half = box.width / 2 + gap, box.height / 2 + gap
    for start, step, centre, reach in ((x, to_x - x, box.x, half[0]), (y, to_y - y, box.y, half[1])):
        if step == 0:
            if abs(start - centre) >= reach:
                return False
            continue
        near, far = sorted(((centre - reach - start) / step, (centre + reach - start) / step))
        enter, leave = max(enter, near), min(leave, far)
    return enter < leave


def cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two straight lines cross.

    >>> cross(((0, 0), (2, 2)), ((0, 2), (2, 0))), cross(((0, 0), (2, 0)), ((0, 1), (2, 1)))
    (True, False)
    """
    return _left_of(*one, other[0]) != _left_of(*one, other[1]) and _left_of(*other, one[0]) != _left_of(
        *other, one[1]
    )


def length_of(points: Sequence[Point]) -> float:
    """Return the length of a curve."""
    return sum(dist(one, other) for one, other in pairwise(points))


def point_along(points: Sequence[Point], share: float) -> Point:
    """Return the point at this share of a curve's length.

    >>> point_along([(0, 0), (2, 0), (2, 2)], 0.75)
    (2.0, 1.0)
    """
    left = share * length_of(points)
    for one, other in pairwise(points):
        step = dist(one, other)
        if step and left <= step:
            part = left / step
            return one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])
        left -= step
    return points[-1]


def _left_of(start: Point, end: Point, point: Point) -> bool:
    return (end[0] - start[0]) * (point[1] - start[1]) > (end[1] - start[1]) * (point[0] - start[0])
