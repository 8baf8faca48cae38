"""The constant panel: the indicators that are measured in every year, scored beside the full set.

A scorecard that grows tenfold is not the same scorecard: its score can change because the same things were done better or
worse, or because other things are counted. An indicator of a unit is *measured* in a year when it has a target and an actual
there (its periods consolidated, and under the rule set's own targets where it has some); the constant panel keeps those that
are measured in all years. Both sets are scored under the same rule set. What a unit or a perspective has left in the panel
may be a small and unrepresentative part of it: the counts stand beside every score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.doorway import admit
from bsc_analysis.scorecards.listing import list_scores
from bsc_analysis.scorecards.scoring import score

if TYPE_CHECKING:
    from bsc_analysis.evidence.readings import Direction, Negligible
    from bsc_analysis.scorecards.cascade import UnitTree
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

ONE_YEAR = "there is only one year, so nothing can be present in all years and absent in some"
NOTHING_COMMON = "no indicator of any unit has a target and an actual in every year from {first} to {last}"
INDICATOR = ["unit", "perspective", "indicator"]
ALL = ""  # as a unit: the mean of all units; as a perspective: the organisation


@dataclass(frozen=True, slots=True)
class YearCoverage:
    """What is measured in one year, and how much of it is measured in all years and so kept."""

    year: int
    units: int
    indicators: int
    units_kept: int
    kept: int

    @property
    def left_out(self) -> int:
        """The indicators of this year that lack another year."""
        return self.indicators - self.kept


@dataclass(frozen=True, slots=True)
class ConstantPanel:
    """The rows of the indicators that are measured in every year, and each year's counts.

    ``reason`` says why there is no panel, and is None where there is one; ``observations`` then has its rows.
    """

    coverage: tuple[YearCoverage, ...]
    observations: pd.DataFrame = field(repr=False)
    reason: Fault | None = None


@dataclass(frozen=True, slots=True)
class SetScore:
    """A score under one set of indicators: of how many units it is the mean, and how many indicators have data behind it."""

    score: float | None
    units: int
    indicators: int


@dataclass(frozen=True, slots=True)
class PanelScore:
    """One score in one year under the full set and the constant panel.

    ``unit`` is empty for the plain mean of all units that have a score; ``perspective`` is empty for the organisation.
    """

    unit: str
    perspective: str
    year: int
    full: SetScore
    constant: SetScore


@dataclass(frozen=True, slots=True)
class Turn:
    """Which way one score goes from one year to the next under either set; None where a year has no score."""

    unit: str
    perspective: str
    year_from: int
    year_to: int
    full: Direction | None
    constant: Direction | None

    @property
    def differs(self) -> bool:
        """Whether both sets have a direction and not the same."""
        return self.full is not None and self.constant is not None and self.full != self.constant


@dataclass(frozen=True, slots=True)
class PanelComparison:
    """Scores and directions under both sets, the mean of all units first and then the unit at the top, where there is one.

    Without a constant panel, ``scores`` and ``turns`` are empty and ``panel.reason`` says why.
    """

    panel: ConstantPanel
    scores: tuple[PanelScore, ...]
    turns: tuple[Turn, ...]


def constant_panel(observations: pd.DataFrame, rules: RuleSet) -> ConstantPanel:
    """Keep the indicators that are measured in every year of the observations.

    Parameters
    ----------
    observations
        A pandas frame of observations.
    rules
        The rule set, which consolidates periods, leaves out perspectives and may have targets of its own.

    Raises
    ------
    DataError
        When the rule set cannot score the observations.

    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": "A", "year": [2016, 2017, 2017], "perspective": "stakeholder",
    ...                      "indicator": ["catch", "catch", "salt"], "target": 50.0, "actual": [45.0, 46.0, 60.0]})
    >>> panel = constant_panel(rows, read_rules("kkp"))
    >>> [(each.year, each.indicators, each.kept, each.left_out) for each in panel.coverage]
    [(2016, 1, 1, 0), (2017, 2, 1, 1)]
    """
    yearly = admit(observations, rules).frame.to_native()
    years = sorted(yearly["year"].unique().tolist())
    measured = yearly.loc[yearly["target"].notna() & yearly["actual"].notna(), [*INDICATOR, "year"]]
    spans = measured.groupby(INDICATOR)["year"].nunique()
    kept = spans[spans == len(years)].reset_index()[INDICATOR]
    in_panel = measured.merge(kept, on=INDICATOR)
    coverage = tuple(_cover(year, measured, in_panel) for year in years)
    return ConstantPanel(coverage, observations.merge(kept, on=INDICATOR), _lacking(years, len(kept)))


def compare_panels(
    observations: pd.DataFrame, scores: Scores, tree: UnitTree, negligible: Negligible
) -> PanelComparison:
    """Score the constant panel and set it beside the full set, year by year.

    Parameters
    ----------
    observations
        A pandas frame of observations.
    scores
        The scores of all of them; the panel is scored under the same rule set.
    tree
        Their tree of units; where one unit stands at the top of it in every year, its own scores are compared, too.
    negligible
        The changes that are called no change.

    >>> from bsc_analysis.evidence.readings import Negligible
    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.cascade import read_tree
    >>> rows = pd.DataFrame({"unit": "A", "year": [2016, 2017, 2017], "perspective": "stakeholder",
    ...                      "indicator": ["catch", "catch", "salt"], "target": 50.0, "actual": [45.0, 44.0, 60.0]})
    >>> found = compare_panels(rows, score(rows, read_rules("kkp")), read_tree(rows), Negligible(0.005, 0.5, "digits"))
    >>> [(each.full, each.constant, each.differs) for each in found.turns if each.unit and not each.perspective]
    [('rise', 'fall', True)]
    """
    panel = constant_panel(observations, scores.rules)
    if panel.reason is not None:
        return PanelComparison(panel, (), ())
    full, constant = scores, score(panel.observations, scores.rules)
    years = [each.year for each in panel.coverage]
    units = [ALL, *_top(tree)]
    names = [ALL, *(each.id for each in scores.rules.perspectives if each.id not in scores.rules.left_out)]
    sets = [_tabulate(full), _tabulate(constant)]
    found = [
        PanelScore(unit, name, year, *(_set_score(rows, unit, name, year) for rows in sets))
        for unit in units for name in names for year in years
    ]  # fmt: skip
    turns = tuple(_turn(*pair, negligible, scores.rules) for pair in pairwise(found) if _same(*pair))
    return PanelComparison(panel, tuple(found), turns)


def _cover(year: int, measured: pd.DataFrame, in_panel: pd.DataFrame) -> YearCoverage:
    here, kept = (rows[rows["year"] == year] for rows in (measured, in_panel))
    return YearCoverage(int(year), here["unit"].nunique(), len(here), kept["unit"].nunique(), len(kept))


def _lacking(years: list[int], kept: int) -> Fault | None:
    if len(years) == 1:
        return fault(ONE_YEAR)
    return None if kept else fault(NOTHING_COMMON, first=years[0], last=years[-1])


def _top(tree: UnitTree) -> list[str]:
    """Return the unit that stands alone at the top: the one root of the last year, where there is one."""
    roots = tree.roots(tree.years[-1])
    return list(roots) if len(roots) == 1 else []


def _tabulate(scores: Scores) -> pd.DataFrame:
    """Put the scores of organisations, whose perspective is empty, above those of perspectives, by unit and year."""
    listed = list_scores(scores)
    stacked: pd.DataFrame = pd.concat(
        [listed.organisations.assign(perspective=ALL), listed.perspectives], ignore_index=True
    )
    return stacked


def _set_score(rows: pd.DataFrame, unit: str, perspective: str, year: int) -> SetScore:
    here = rows[(rows["perspective"] == perspective) & (rows["year"] == year) & rows["score"].notna()]
    mine = here[here["unit"] == unit] if unit else here
    mean = float(mine["score"].mean()) if len(mine) else None
    return SetScore(mean, len(mine), int(mine["n_present"].sum()))


def _same(one: PanelScore, other: PanelScore) -> bool:
    return (one.unit, one.perspective) == (other.unit, other.perspective)


def _turn(one: PanelScore, other: PanelScore, negligible: Negligible, rules: RuleSet) -> Turn:
    def direct(before: SetScore, after: SetScore) -> Direction | None:
        if before.score is None or after.score is None:
            return None
        return negligible.direction(after.score - before.score, rules.scale)

    full, constant = direct(one.full, other.full), direct(one.constant, other.constant)
    return Turn(one.unit, one.perspective, one.year, other.year, full, constant)
