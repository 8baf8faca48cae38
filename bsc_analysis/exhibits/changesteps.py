"""The steps of a change, from one year's score to another's: what the waterfall draws, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.cascadewords import name_part
from bsc_analysis.exhibits.style import INK, NEGATIVE, POSITIVE, Mark
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.unitchange import Split, UnitChange

RISE, FALL = Mark(POSITIVE, "^"), Mark(NEGATIVE, "v")
WHOLE = Mark(INK, "D", size=4.5)
NOTHING_MOVED = 1e-9  # what the last bits of sums leave of a step of zero


@dataclass(frozen=True, slots=True)
class Step:
    """One row: a whole score where ``start`` is None, else a change from ``start`` to ``end``."""

    name: str
    end: float
    start: float | None = None
    group: str = ""

    @property
    def change(self) -> float:
        """How far the step goes."""
        return 0.0 if self.start is None else self.end - self.start

    @property
    def mark(self) -> Mark | None:
        """The mark of a whole, a rise or a fall; none for a step that goes nowhere."""
        if self.start is None:
            return WHOLE
        if abs(self.change) <= NOTHING_MOVED:
            return None
        return RISE if self.change > 0 else FALL


def steps(change: UnitChange, split: Split, rules: RuleSet, language: Language) -> tuple[Step, ...]:
    """List the steps from the first year's score to the last one's; achievement is one step for each perspective."""
    splits = {each.path[0]: each.split for each in change.perspectives}
    moves = [
        (
            say("Achievement: {name}", language, name=name_part((each.id,), "", rules, language)),
            splits[each.id].achievement,
        )
        for each in rules.perspectives
        if each.id in splits
    ]
    moves += [
        (say("Weight: weights changed", language), split.weight),
        (say("Interaction: scores and weights together", language), split.interaction),
        (say("Coverage: indicators that came or went", language), split.coverage),
    ]
    at = change.score_from or 0.0
    listed = [Step(say("Score {year}", language, year=change.year_from), at)]
    for name, move in moves:
        listed.append(Step(name, at + move, at))
        at += move
    return (*listed, Step(say("Score {year}", language, year=change.year_to), change.score_to or 0.0))
