"""The work behind a multiverse: each way to score is scored once, and shared by all cells that differ beyond that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from bsc_analysis.errors import BscError, DataError
from bsc_analysis.evidence.conclusions import (
    EffectConclusion,
    Refusal,
    ScoreConclusion,
    conclude_effects,
    conclude_scores,
)
from bsc_analysis.evidence.constantpanel import constant_panel
from bsc_analysis.evidence.settings import NO_CLUSTER, Route
from bsc_analysis.paths.rows import read_rows
from bsc_analysis.scorecards.scoring import Scores, score, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.readings import Negligible
    from bsc_analysis.evidence.settings import Coverage
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.scorecards.rules import RuleSet

Effects = tuple[EffectConclusion, ...]
KEYS = ["unit", "year"]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What all cells of a multiverse are computed from.

    Attributes
    ----------
    observations
        Indicators, or None for a study that brings a table of scores instead.
    table
        One row per unit and year: that table of scores, or what is known of units beside their scores, such as the level
        and what they stand below.
    model
        The path model, or None.
    unit
        The unit whose score conclusions are about; empty for the mean of all.
    negligible, sesoi
        The changes called no change, and the smallest effect of interest.
    """

    observations: pd.DataFrame | None = field(repr=False)
    table: pd.DataFrame | None = field(repr=False)
    model: PathModel | None
    unit: str
    negligible: Negligible
    sesoi: float


@dataclass(frozen=True, slots=True)
class Task:
    """One way to make the scores of perspectives, and all that is concluded from them.

    Attributes
    ----------
    weightings
        Rule sets that differ in the weights of perspectives only.
    coverage, years
        The indicators and the years that are kept; empty years for all.
    routes
        The ways to estimate paths between the perspectives; empty without a path model.
    """

    weightings: tuple[RuleSet, ...]
    coverage: Coverage
    years: tuple[int, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a task found, in the order of its weightings and of its routes.

    ``scores`` is empty for a study without indicators.
    """

    scores: tuple[ScoreConclusion | Refusal, ...]
    effects: tuple[Effects | Refusal, ...]


def run_task(task: Task, material: Material) -> TaskResult:
    """Score once, and draw every conclusion that a task asks for.

    A rule set that refuses the data, and a model that the rows cannot carry, are results: the reasons stand in the place of
    the conclusions.

    >>> from bsc_analysis.evidence.readings import Negligible
    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": "A", "year": [2016, 2017], "perspective": "stakeholder", "indicator": "catch",
    ...                      "target": 50.0, "actual": [45.0, 46.0]})
    >>> material = Material(rows, None, None, "A", Negligible(0.005, 0.5, "digits"), 0.1)
    >>> found = run_task(Task((read_rules("kkp"),), "all", (), ()), material)
    >>> found.scores[0].direction
    'rise'
    """
    if material.observations is None:
        return TaskResult((), _all_effects(task, material, material.table))
    try:
        scores = _score(task, material.observations)
    except BscError as refused:
        refusal = Refusal(refused.faults)
        return TaskResult((refusal,) * len(task.weightings), (refusal,) * len(task.routes))
    concluded = tuple(_conclude(scores, rules, material) for rules in task.weightings)
    table = _perspective_table(scores, material) if task.routes else None
    return TaskResult(concluded, _all_effects(task, material, table))


def _score(task: Task, observations: pd.DataFrame) -> Scores:
    rules = task.weightings[0]
    rows = _of_years(observations, task.years)
    if task.coverage == "constant":
        panel = constant_panel(rows, rules)
        if panel.reason is not None:
            raise DataError(panel.reason)
        rows = panel.observations
    return score(rows, rules)


def _conclude(scores: Scores, rules: RuleSet, material: Material) -> ScoreConclusion | Refusal:
    """Conclude under other weights of perspectives: what stands below perspectives does not know them."""
    try:
        organisations = Scores(rules, scores.judged).organisations
    except BscError as refused:
        return Refusal(refused.faults)
    return conclude_scores(organisations, rules, material.negligible, unit=material.unit)


def _perspective_table(scores: Scores, material: Material) -> pd.DataFrame:
    wide: pd.DataFrame = spread(scores.perspectives, scores.rules)
    ordered = wide.sort_values(KEYS, ignore_index=True)  # sums in another order differ in the last bits
    return ordered if material.table is None else ordered.merge(material.table, on=KEYS, how="left")


def _all_effects(task: Task, material: Material, table: pd.DataFrame | None) -> tuple[Effects | Refusal, ...]:
    if material.model is None or table is None:
        return ()
    known: dict[Route, Effects | Refusal] = {}
    for route in task.routes:
        known[route] = _effects(_of_years(table, task.years), route, material.model, material.sesoi)
    return tuple(known[route] for route in task.routes)


def _effects(table: pd.DataFrame, route: Route, model: PathModel, sesoi: float) -> Effects | Refusal:
    cluster = None if route.cluster in (None, NO_CLUSTER) else route.cluster
    kept = table[table["level"].isin(route.levels)] if route.levels else table
    try:
        rows = read_rows(kept, model.observed, cluster=cluster)
        return conclude_effects(model, rows, route, sesoi=sesoi)
    except BscError as refused:
        return Refusal(refused.faults)


def _of_years(rows: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    return rows[rows["year"].isin(years)].reset_index(drop=True) if years else rows
