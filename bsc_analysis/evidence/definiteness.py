"""Printed correlations as intervals: whether any matrix within their rounding could come from data.

A correlation matrix of data has no negative eigenvalue. Whether some matrix within the intervals has none is settled by
cutting planes: for a vector v the matrix needs v'Rv >= 0, which is linear in its entries. The best entries under the
vectors found so far give the next vector, until the matrix found has no negative eigenvalue or the vectors leave none. That
none is left is proven in exact arithmetic: with weights w of the linear programme's dual, the largest value of
sum(w v'Rv) over all entries within their intervals is negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from bsc_analysis.evidence.expressions import Special
from bsc_analysis.language.words import say
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bsc_analysis.language.words import Language

Pair = tuple[str, str]
Box = Mapping[Pair, Interval]

MOST_CUTS = 200  # of vectors; a handful settles printed matrices
SETTLED = 1e-10  # an eigenvalue above minus this cannot be told from zero, and counts as possible
SLACK = Fraction(1, 10**6)  # added to both ends of a range that is shown; it decides no verdict
MOST_SEARCHED = 8  # variables of a matrix whose impossible parts are looked for from the smallest up


def impossible_part(names: Sequence[str], box: Box) -> tuple[str, ...]:
    """Return the smallest set of variables whose correlations cannot come from data, or an empty one.

    Parameters
    ----------
    names
        The variables.
    box
        The interval of every correlation, by pairs in the order of the names.

    >>> near = lambda r: Interval(Fraction(r) - Fraction("0.005"), Fraction(r) + Fraction("0.005"))
    >>> box = {("a", "b"): near("0.9"), ("a", "c"): near("0.9"), ("b", "c"): near("-0.9")}
    >>> impossible_part(["a", "b", "c"], box), impossible_part(["a", "b"], box)
    (('a', 'b', 'c'), ())
    """
    if not proven_impossible(names, box):
        return ()
    if len(names) <= MOST_SEARCHED:
        parts = (part for size in range(3, len(names) + 1) for part in combinations(names, size))
        return next((part for part in parts if proven_impossible(part, box)), tuple(names))
    kept = list(names)
    for name in names:
        rest = [each for each in kept if each != name]
        kept = rest if proven_impossible(rest, box) else kept
    return tuple(kept)


def proven_impossible(names: Sequence[str], box: Box) -> bool:
    """Return whether it is proven that no correlations within the intervals come from data."""
    pairs = list(combinations(names, 2))
    if any(box[pair].lower > 1 or box[pair].upper < -1 for pair in pairs):
        return True
    bounds = [(float(box[pair].lower), float(box[pair].upper)) for pair in pairs]
    search = _Cuts(len(names))
    for _ in range(MOST_CUTS):
        entries, weights, best = search.best(bounds)
        if best >= 0:
            value, vector = _lowest(search.matrix(entries))
            if value >= -SETTLED:
                return False
            search.add(vector)
            continue
        return _certify(names, box, search.vectors, weights)
    return False


@dataclass(frozen=True, slots=True)
class _Cuts:
    """The vectors found so far; entries of a matrix are kept as one row, pair by pair."""

    size: int
    vectors: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, vector: NDArray[np.float64]) -> None:
        self.vectors.append(vector)

    def matrix(self, entries: NDArray[np.float64]) -> NDArray[np.float64]:
        matrix = np.eye(self.size)
        rows, columns = np.triu_indices(self.size, 1)
        matrix[rows, columns] = matrix[columns, rows] = entries
        return matrix

    def rows(self) -> NDArray[np.float64]:
        """Return what each entry adds to v'Rv, one row per vector."""
        first, second = np.triu_indices(self.size, 1)
        return np.array([2 * v[first] * v[second] for v in self.vectors]).reshape(len(self.vectors), -1)

    def best(
        self, bounds: Sequence[tuple[float, float]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Return the entries whose least v'Rv is largest, the dual weights of the vectors, and that least value."""
        if not self.vectors:
            middle = np.array([(lower + upper) / 2 for lower, upper in bounds])
            return middle, np.zeros(0), 0.0
        rows = self.rows()
        lifted = np.column_stack([-rows, np.ones(len(rows))])
        squares = [float(v @ v) for v in self.vectors]
        aim = np.append(np.zeros(len(bounds)), -1.0)
        solved = linprog(aim, A_ub=lifted, b_ub=squares, bounds=[*bounds, (None, 1.0)])
        return solved.x[:-1], -solved.ineqlin.marginals, float(-solved.fun)


def _lowest(matrix: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    values, vectors = np.linalg.eigh(matrix)
    return float(values[0]), vectors[:, 0]


def _certify(
    names: Sequence[str],
    box: Box,
    vectors: Sequence[NDArray[np.float64]],
    weights: NDArray[np.float64],
) -> bool:
    """Prove exactly that the weighted sum of all v'Rv is negative for every matrix within the intervals."""
    total = Fraction(0)
    pulls = dict.fromkeys(combinations(range(len(names)), 2), Fraction(0))
    for vector, weight in zip(vectors, weights.tolist(), strict=True):
        exact = [Fraction(each) for each in vector.tolist()]
        share = Fraction(max(weight, 0.0))
        total += share * sum(each * each for each in exact)
        for i, j in pulls:
            pulls[i, j] += 2 * share * exact[i] * exact[j]
    for (i, j), pull in pulls.items():
        interval = box[names[i], names[j]]
        total += max(pull * interval.lower, pull * interval.upper)
    return total < 0


@dataclass(frozen=True, slots=True)
class Completes(Special):
    """A correlation that must complete a matrix: ``of`` holds the other correlations, in the order of the pairs.

    ``at`` is the correlation itself. Where the others alone are impossible there is no range.
    """

    variables: tuple[str, ...]
    at: Pair

    def range(self, known: Sequence[Interval]) -> Interval | None:
        """Return the values that complete the others to a possible matrix, widened by :data:`SLACK`."""
        pairs = list(combinations(self.variables, 2))
        others = iter(known)
        bounds = [(-1.0, 1.0) if pair == self.at else _ends(next(others)) for pair in pairs]
        ends = [_extreme(len(self.variables), bounds, pairs.index(self.at), sign) for sign in (1, -1)]
        if None in ends:
            return None
        lower, upper = (Fraction(end or 0.0) for end in ends)
        return Interval(lower - SLACK, upper + SLACK)

    def write(self, parts: Sequence[str], known: Sequence[Interval | None], language: Language) -> str:  # noqa: ARG002
        """Write what the correlation must agree with."""
        return say("possible beside {others}", language, others="; ".join(parts))


def _ends(interval: Interval) -> tuple[float, float]:
    return max(float(interval.lower), -1.0), min(float(interval.upper), 1.0)


def _extreme(size: int, bounds: Sequence[tuple[float, float]], at: int, sign: int) -> float | None:
    """Return the least (sign 1) or largest (-1) value of one entry among possible matrices, or None where none is."""
    aim = np.zeros(len(bounds))
    aim[at] = sign
    search = _Cuts(size)
    for _ in range(MOST_CUTS):
        squares = [float(v @ v) for v in search.vectors]
        solved = linprog(aim, A_ub=-search.rows() if squares else None, b_ub=squares or None, bounds=bounds)
        if solved.status:
            return None
        value, vector = _lowest(search.matrix(solved.x))
        if value >= -SETTLED:
            break
        search.add(vector)
    return float(solved.x[at])
