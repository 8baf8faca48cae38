"""The same data under several defensible readings of the rule, and which way the organisation moved under each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bsc_analysis.scorecards.scoring import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bsc_analysis.evidence.printed import PrintedFigures
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.rules import RuleSet

Direction = Literal["rise", "fall", "no change"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One defensible way to score a study: its name and the rule set it means."""

    id: str
    label: Label
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Negligible:
    """The changes called no change, on the band-value scale and in percent, and why."""

    bands: float
    percent: float
    reason: str

    def direction(self, change: float, scale: Literal["bands", "percent"]) -> Direction:
        """Return which way a change goes.

        >>> Negligible(bands=0.005, percent=0.5, reason="printed digits").direction(-0.1083, "bands")
        'fall'
        """
        least = self.bands if scale == "bands" else self.percent
        if abs(change) < least:
            return "no change"
        return "rise" if change > 0 else "fall"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The organisation's score by year under one reading, and the direction from the first year to the last.

    Years without a score are not among them. ``reading`` is None for the scores as printed.
    """

    reading: Reading | None
    scores: tuple[tuple[int, float], ...]
    direction: Direction

    @property
    def change(self) -> float:
        """The last year's score minus the first year's; 0 where no year has a score."""
        return self.scores[-1][1] - self.scores[0][1] if self.scores else 0.0


def score_readings(
    observations: pd.DataFrame, readings: Sequence[Reading], negligible: Negligible
) -> tuple[Outcome, ...]:
    """Score one organisation under every reading."""
    return tuple(_outcome(observations, reading, negligible) for reading in readings)


def printed_outcome(printed: PrintedFigures, rules: RuleSet, negligible: Negligible) -> Outcome | None:
    """Return the organisation's scores as printed, or None where fewer than two years are printed."""
    totals = {
        f.key.year: f.value for f in reversed(printed.figures) if f.key.quantity == "organisation_score"
    }
    scores = tuple(
        (year, float(value)) for year, value in sorted(totals.items(), key=str) if year and value is not None
    )
    if len(scores) < 2:
        return None
    return Outcome(None, scores, negligible.direction(scores[-1][1] - scores[0][1], rules.scale))


def _outcome(observations: pd.DataFrame, reading: Reading, negligible: Negligible) -> Outcome:
    organisations = (
        score(observations, reading.rules).organisations.dropna(subset="score").sort_values("year")
    )
    scores = tuple(zip(organisations["year"].tolist(), organisations["score"].tolist(), strict=True))
    change = scores[-1][1] - scores[0][1] if scores else 0.0
    return Outcome(reading, scores, negligible.direction(change, reading.rules.scale))
