"""The explained change of one unit, fetched from the engine for a table or a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from bsc_analysis.errors import UseError, fault
from bsc_analysis.scorecards.change import EFFECTS, SAME_INDICATOR, explain_change
from bsc_analysis.scorecards.expressions import Frame, fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bsc_analysis.scorecards.change import ScoreChange
    from bsc_analysis.scorecards.scoring import Scores

UNKNOWN_UNIT = "unit {got} does not exist"


@dataclass(frozen=True, slots=True)
class Split:
    """A change in its four parts, in units of the score."""

    achievement: float
    weight: float
    coverage: float
    interaction: float

    @property
    def change(self) -> float:
        """All four together."""
        return self.achievement + self.weight + self.coverage + self.interaction


@dataclass(frozen=True, slots=True)
class PartChange:
    """What a perspective or an indicator did to its unit's change; ``path`` leads from the perspective down to it.

    The scores are its own, in both years; None where there is none.
    """

    path: tuple[str, ...]
    score_from: float | None
    score_to: float | None
    split: Split


@dataclass(frozen=True, slots=True)
class UnitChange:
    """The change of one unit's score; where ``reason`` says why there is none to explain, ``split`` is None."""

    unit: str
    year_from: int
    year_to: int
    score_from: float | None
    score_to: float | None
    like_from: float | None
    like_to: float | None
    reason: str | None
    split: Split | None
    perspectives: tuple[PartChange, ...] = ()
    indicators: tuple[PartChange, ...] = ()


def change_of(explained: ScoreChange, unit: str) -> UnitChange:
    """Fetch the explained change of one unit, of its perspectives and of its indicators.

    Raises
    ------
    UseError
        When there is no such unit.
    """
    mine = nw.col("unit") == unit
    rows = fetch(nw.from_native(explained.organisations).filter(mine))
    if not rows:
        raise UseError(fault(UNKNOWN_UNIT, got=repr(unit)))
    (row,) = rows
    reason = row["reason"] if isinstance(row["reason"], str) else None
    perspectives = fetch(nw.from_native(explained.perspectives).filter(mine).sort("perspective"))
    indicators = fetch(nw.from_native(explained.indicators).filter(mine).sort(*SAME_INDICATOR))
    return UnitChange(
        unit,
        explained.year_from,
        explained.year_to,
        _number(row["score_from"]),
        _number(row["score_to"]),
        _number(row["like_from"]),
        _number(row["like_to"]),
        reason,
        None if reason else _read_split(row),
        () if reason else tuple(map(_read_part, perspectives)),
        () if reason else tuple(map(_read_part, indicators)),
    )


def last_change(scores: Scores, unit: str) -> UnitChange | None:
    """Explain the change between the last two years a unit has rows in, or return None where it has only one.

    Raises
    ------
    UseError
        When there is no such unit.
    """
    organisations: Frame = nw.from_native(scores.organisations)
    years = sorted(
        int(row["year"]) for row in fetch(organisations.filter(nw.col("unit") == unit).select("year"))
    )
    if not years:
        raise UseError(fault(UNKNOWN_UNIT, got=repr(unit)))
    return change_of(explain_change(scores, *years[-2:]), unit) if len(years) > 1 else None


def _read_split(row: Mapping[str, Any]) -> Split:
    return Split(*(float(row[name]) for name in EFFECTS))


def _read_part(row: Mapping[str, Any]) -> PartChange:
    return PartChange(
        tuple(row[name] for name in ("perspective", "objective", "indicator") if row.get(name)),
        _number(row["score_from"]),
        _number(row["score_to"]),
        _read_split(row),
    )


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
