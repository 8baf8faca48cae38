"""Where a path diagram's nodes, arrows and labels go: causes below, effects above, nothing on top of anything else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING

import networkx as nx

from bsc_analysis.exhibits.geometry import (
    Box,
    Point,
    bowed,
    cross,
    length_of,
    point_along,
    runs_through,
    straight,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bsc_analysis.paths.model import PathModel

Edge = tuple[str, str]

ROW_GAP = 16.0  # mm, from the top of one row of nodes to the bottom of the next, before it is widened
WIDER, MOST_WIDENINGS = 1.3, 5
SLOTS = 9  # places across the page
CLEARANCE = 1.6  # mm, between a node and an arrow that passes it
NODE_GAP = 8.0  # mm, between nodes of one row
LABEL_GAP = 0.7  # mm, around a label
BENDS = (0.0, 0.12, -0.12, 0.25, -0.25, 0.4, -0.4)  # how far an arrow may bow, as a share of its length
# Where on an arrow its label may stand, as shares of its length, best first.
ALONG = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.16, 0.84)
MOST_HIDDEN = 0.4  # of an arrow, by its own label
NARROW = 14.0  # degrees, below which two arrows at one node look like one
THROUGH, CROSSING, SHARP, OFF_CENTRE = 1000.0, 8.0, 12.0, 0.02
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Arrow:
    """A drawn path: the points of its curve from border to border, and its label's box."""

    start: str
    end: str
    points: tuple[Point, ...]
    label: Box


@dataclass(frozen=True, slots=True)
class Layout:
    """Nodes and arrows on a sheet of this size, in mm."""

    nodes: Mapping[str, Box]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


def lay_out(
    model: PathModel, node: tuple[float, float], labels: Mapping[Edge, tuple[float, float]], width: float
) -> Layout:
    """Lay out a path model, causes at the bottom.

    Parameters
    ----------
    model
        The model; each variable stands in the row of its longest chain of causes.
    node
        Width and height of a node in mm.
    labels
        Width and height of every path's label in mm.
    width
        Width of the sheet in mm.

    Nodes take places across the page such that few arrows cross and none runs through a node; an arrow that cannot
    run straight bows. Rows move apart until every label has a place of its own.
    """
    rows = [
        sorted(row, key=model.variables.index) for row in nx.topological_generations(nx.DiGraph(model.edges))
    ]
    for widening in range(MOST_WIDENINGS):
        nodes = _place_nodes(rows, model.edges, node, ROW_GAP * WIDER**widening, width)
        layout, clean = _place_labels(nodes, _bend_all(nodes, model.edges), labels, width)
        if clean:
            break
    return layout


def _place_nodes(
    rows: list[list[str]], edges: Sequence[Edge], node: tuple[float, float], gap: float, width: float
) -> dict[str, Box]:
    """Move one row of nodes at a time to its best places, until none wants to move; the best of several starts."""
    reach = (width - node[0]) / 2
    height = {name: node[1] / 2 + level * (node[1] + gap) for level, row in enumerate(rows) for name in row}

    def boxes(places: Mapping[str, float]) -> dict[str, Box]:
        return {name: Box(width / 2 + places[name] * reach, height[name], *node) for name in places}

    def cost(places: Mapping[str, float]) -> float:
        return _cost(boxes(places), edges, node[0] + NODE_GAP, width / 2)

    starts = [_start(rows, swing) for swing in (0.0, 0.5, -0.5, 1.0)]
    return boxes(min((_settle(start, cost) for start in starts), key=cost))


def _start(rows: list[list[str]], swing: float) -> dict[str, float]:
    """Spread each row around the middle, every other row to the other side."""
    places = {}
    for level, row in enumerate(rows):
        side = 0.0 if level in (0, len(rows) - 1) else swing * (1 if level % 2 else -1)
        for rank, name in enumerate(row):
            spread = (rank - (len(row) - 1) / 2) * (2 / max(len(row) - 1, 1))
            places[name] = max(-1.0, min(1.0, spread + (side if len(row) == 1 else 0.0)))
    return places


def _settle(places: dict[str, float], cost: Callable[[Mapping[str, float]], float]) -> dict[str, float]:
    slots = [2 * slot / (SLOTS - 1) - 1 for slot in range(SLOTS)]
    for _ in range(ROUNDS):
        before = dict(places)
        for name in places:
            tried = [places, *({**places, name: slot} for slot in slots)]
            places = min(tried, key=cost)
        if places == before:
            break
    return places


def _cost(nodes: Mapping[str, Box], edges: Sequence[Edge], apart: float, middle: float) -> float:
    """Weigh a placement of nodes with straight arrows: what runs through a node, crosses, or is hard to tell apart."""
    total = OFF_CENTRE * sum(abs(box.x - middle) for box in nodes.values())
    for one, other in combinations(nodes.values(), 2):
        total += THROUGH * (one.y == other.y and abs(one.x - other.x) < apart)
    lines = {edge: straight(nodes[edge[0]], nodes[edge[1]]) for edge in edges}
    for edge, line in lines.items():
        total += THROUGH * sum(
            runs_through(line, box, CLEARANCE) for name, box in nodes.items() if name not in edge
        )
    for first, second in combinations(edges, 2):
        if set(first) & set(second):
            total += SHARP * (_angle(first, second, nodes) < NARROW)
        else:
            total += CROSSING * cross(lines[first], lines[second])
    return total


def _angle(one: Edge, other: Edge, nodes: Mapping[str, Box]) -> float:
    """Return the angle between two arrows that share a node; arrows in line with each other are far apart."""
    (shared,) = set(one) & set(other) if len(set(one) & set(other)) == 1 else (one[0],)
    ways = [nodes[end if start == shared else start] for start, end in (one, other)]
    turns = [degrees(atan2(way.y - nodes[shared].y, way.x - nodes[shared].x)) for way in ways]
    difference = abs(turns[0] - turns[1]) % 360
    return min(difference, 360 - difference)


def _bend_all(nodes: Mapping[str, Box], edges: Sequence[Edge]) -> dict[Edge, tuple[Point, ...]]:
    """Give each arrow the least bow with which it runs through no node."""
    curves = {}
    for start, end in edges:
        others = [box for name, box in nodes.items() if name not in (start, end)]
        tried = [bowed(nodes[start], nodes[end], bend) for bend in BENDS]
        curves[start, end] = min(tried, key=lambda curve: sum(_within(curve, box) for box in others))
    return curves


def _within(curve: tuple[Point, ...], box: Box) -> int:
    """Count the points of a curve that come closer to a box than the clearance."""
    return sum(box.holds(point, CLEARANCE) for point in curve)


def _place_labels(
    nodes: Mapping[str, Box],
    curves: Mapping[Edge, tuple[Point, ...]],
    sizes: Mapping[Edge, tuple[float, float]],
    width: float,
) -> tuple[Layout, bool]:
    """Put every label on its own arrow, shortest arrow first, and say whether all found a free place."""
    placed: dict[Edge, Box] = {}
    clean = True
    for edge in sorted(curves, key=lambda edge: length_of(curves[edge])):
        tried = _spots(curves[edge], sizes[edge])
        free = [box for box in tried if not _blocked(box, nodes, placed, width)]
        clean = clean and bool(free)
        others = [point for other, curve in curves.items() if other != edge for point in curve]
        placed[edge] = min(
            free or tried, key=lambda box: any(box.holds(point, LABEL_GAP) for point in others)
        )
    arrows = tuple(Arrow(*edge, curve, placed[edge]) for edge, curve in curves.items())
    height = max(box.y + box.height / 2 for box in nodes.values())
    through = any(_within(c, box) for e, c in curves.items() for name, box in nodes.items() if name not in e)
    return Layout(nodes, arrows, width, height), clean and not through


def _spots(points: tuple[Point, ...], size: tuple[float, float]) -> list[Box]:
    """List where an arrow's label may stand, best first: on the arrow, or beside one that it would hide."""
    x, y = (points[-1][axis] - points[0][axis] for axis in (0, 1))
    length = hypot(x, y) or 1.0
    x, y = abs(x) / length, abs(y) / length
    hidden = min(size[0] / x if x else length, size[1] / y if y else length)
    off = (y * size[0] + x * size[1]) / 2 + LABEL_GAP
    turn = 1 if (points[-1][0] - points[0][0]) * (points[-1][1] - points[0][1]) >= 0 else -1
    on = [Box(*point_along(points, share), *size) for share in ALONG]
    beside = [
        Box(box.x + side * off * y, box.y - side * turn * off * x, *size)
        for box in on
        for side in (turn, -turn)
    ]
    return [*beside, *on] if hidden > MOST_HIDDEN * length else [*on, *beside]


def _blocked(box: Box, nodes: Mapping[str, Box], placed: Mapping[Edge, Box], width: float) -> bool:
    outside = box.x - box.width / 2 < 0 or box.x + box.width / 2 > width
    taken = (*nodes.values(), *placed.values())
    return outside or any(box.overlaps(other, LABEL_GAP) for other in taken)
