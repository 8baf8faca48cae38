"""Where many units stand by year, and how many of them rose and fell from the first year to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bsc_analysis.evidence.readings import Direction, Negligible
    from bsc_analysis.scorecards.rules import Scale


@dataclass(frozen=True, slots=True)
class Moves:
    """Units by year and their directions.

    ``years`` has each year, the number of units that have a score in it, and their median score, nan where none has.
    ``directions`` has each unit that has a score in the first year and in the last, with the direction of its change.
    """

    years: tuple[tuple[int, int, float], ...]
    directions: tuple[tuple[str, Direction], ...]

    @property
    def rise(self) -> int:
        """How many units rise."""
        return self._count("rise")

    @property
    def fall(self) -> int:
        """How many units fall."""
        return self._count("fall")

    @property
    def same(self) -> int:
        """How many units show no change."""
        return self._count("no change")

    def _count(self, direction: Direction) -> int:
        return sum(each == direction for _, each in self.directions)


def move_units(organisations: Any, negligible: Negligible, scale: Scale) -> Moves:
    """Read from organisation scores, a pandas frame, how its units moved.

    >>> import pandas as pd
    >>> from bsc_analysis.evidence.readings import Negligible
    >>> frame = pd.DataFrame({"unit": ["A", "A", "B", "B"], "year": [2016, 2017] * 2, "score": [90.0, 95.0, 80.0, 79.0]})
    >>> moves = move_units(frame, Negligible(0.005, 0.5, "half a unit"), "percent")
    >>> moves.years, moves.rise, moves.fall
    (((2016, 2, 85.0), (2017, 2, 87.0)), 1, 1)
    """
    wide = organisations.pivot_table(index="unit", columns="year", values="score", dropna=False).sort_index(
        axis=1
    )
    if wide.empty:
        return Moves((), ())
    first, last = wide[wide.columns[0]], wide[wide.columns[-1]]
    changes = (last - first).dropna() if len(wide.columns) > 1 else (last - first).iloc[:0]
    return Moves(
        tuple((int(year), int(wide[year].count()), float(wide[year].median())) for year in wide.columns),
        tuple((str(unit), negligible.direction(float(change), scale)) for unit, change in changes.items()),
    )
