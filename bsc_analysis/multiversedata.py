"""From a study and its ``multiverse.toml`` to the work behind its multiverse, and from the results to the cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bsc_analysis.errors import BscError, Fault, StudyError, UseError, fault
from bsc_analysis.evidence.conclusions import ScoreConclusion, YearScore, keep_digits
from bsc_analysis.evidence.multiverse import Cell, Multiverse
from bsc_analysis.evidence.multiversegrid import GridCell, list_cells
from bsc_analysis.evidence.multiversetasks import Material, Task
from bsc_analysis.evidence.readings import printed_outcome
from bsc_analysis.evidence.scoresensitivity import BandFirmness, band_firmness
from bsc_analysis.evidence.settings import NO_CLUSTER, Route, Setting, apply_setting
from bsc_analysis.evidence.weightsimplex import WeightRegions, weight_regions
from bsc_analysis.files import read_rules
from bsc_analysis.pathdata import path_table
from bsc_analysis.scorecards.cascade import read_tree
from bsc_analysis.scorecards.scoring import score, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from bsc_analysis.evidence.multiversegrid import Grid
    from bsc_analysis.evidence.multiversetasks import TaskResult
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

KEYS = ("unit", "year")
NO_INDICATORS = "choice {choice}: it decides {what}, and study {study} has no indicators to score"
NO_MODEL = "choice {choice}: it decides {what}, and study {study} has no path model"
NO_COLUMN = "choice {choice}: the units of study {study} have no column {got}, allowed: {allowed}"
NO_LEVEL = "choice {choice}: study {study} has no level {got}, allowed: {allowed}"
NO_YEAR = "choice {choice}: study {study} has no year {got}, allowed: {allowed}"
NOTHING = "study {study} has neither indicators nor a table of scores, so that there is nothing to compute"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the conclusions of one cell stand: in which task, and which of its weightings and routes."""

    task: int
    weighting: int
    route: int


@dataclass(frozen=True, slots=True, eq=False)
class MultiversePlan:
    """The work behind a multiverse: each task once, and for each cell the place of its conclusions."""

    study: Study
    grid: Grid
    material: Material
    tasks: tuple[Task, ...]
    cells: tuple[GridCell, ...]
    places: tuple[Place, ...]


def plan_multiverse(study: Study, grid: Grid, *, beside: Path | None = None) -> MultiversePlan:
    """Plan the computation of every cell of a grid.

    Cells that make the same perspective scores share one task.

    Parameters
    ----------
    study, grid
        The study, and the choices declared for it.
    beside
        The folder in which rule sets named by path may also lie.

    Raises
    ------
    StudyError
        With everything that the grid asks of the study and cannot have: a rule set or perspective, indicators, a path
        model, a level, a year.

    >>> from bsc_analysis.files import data_folder, read_text
    >>> from bsc_analysis.evidence.griddocument import read_grid
    >>> from bsc_analysis.studies import read_study
    >>> grid = read_grid(*read_text(data_folder() / "studies" / "bantaeng" / "multiverse.toml"))
    >>> plan = plan_multiverse(read_study("bantaeng"), grid)
    >>> len(plan.cells) == len(plan.places) > len(plan.tasks)
    True
    """
    table = _table(study)
    if faults := list(_refused(study, grid, table)):
        raise StudyError(*faults)
    cells = list_cells(grid)
    rules = _rule_sets(study, cells, beside)
    tasks, places = _share(cells, rules, with_paths=study.model is not None)
    material = Material(study.observations, table, study.model, top_unit(study), study.negligible, grid.sesoi)
    return MultiversePlan(study, grid, material, tasks, cells, places)


def assemble(plan: MultiversePlan, results: Sequence[TaskResult]) -> Multiverse:
    """Put the results of all tasks, in their order, together as a multiverse."""
    cells = tuple(
        _cell(cell, place, results[place.task]) for cell, place in zip(plan.cells, plan.places, strict=True)
    )
    study, unit = plan.study, plan.material.unit
    own = None if study.observations is None else score(study.observations, study.rules)
    return Multiverse(
        study.id,
        unit,
        plan.grid,
        cells,
        _printed(study, unit),
        None if own is None or not unit else _regions(study, own, unit),
        () if own is None or not unit else tuple(_firmness(own, unit)),
        _bands(plan.tasks),
    )


def top_unit(study: Study) -> str:
    """Return the unit that stands alone at the top in the last year, or an empty name where none does.

    >>> from bsc_analysis.studies import read_study
    >>> top_unit(read_study("bantaeng"))
    'BPBD Bantaeng'
    """
    if study.observations is None:
        return ""
    tree = read_tree(study.observations)
    roots = tree.roots(tree.years[-1])
    return roots[0] if len(roots) == 1 else ""


def _table(study: Study) -> pd.DataFrame | None:
    """Return a study's own table of scores, or what is known of its units beside their scores."""
    if study.scores is not None:
        return study.scores
    if study.observations is None:
        raise StudyError(fault(NOTHING, study=study.id))
    if study.model is None:
        return None
    table: pd.DataFrame = path_table(study)
    return table.drop(columns=[each.short for each in study.rules.perspectives])


def _refused(study: Study, grid: Grid, table: pd.DataFrame | None) -> Iterator[Fault]:
    """Find what a grid asks of a study that does not have it."""
    for choice in grid.choices:
        settings = [option.setting for option in choice.options]
        about_scores = dict.fromkeys(name for each in settings for name in each.about_scores)
        about_paths = dict.fromkeys(name for each in settings for name in each.about_paths)
        named = {"choice": repr(choice.id), "study": study.id}
        if about_scores and study.observations is None:
            yield fault(NO_INDICATORS, what=", ".join(about_scores), **named)
        if about_paths and study.model is None:
            yield fault(NO_MODEL, what=", ".join(about_paths), **named)
        elif table is not None:
            yield from _absent(settings, table, named)
        yield from _no_year(settings, _years(study), named)


def _absent(settings: Iterable[Setting], table: pd.DataFrame, named: dict[str, str]) -> Iterator[Fault]:
    columns = sorted(str(name) for name in table.columns if name != "year")
    levels = sorted(table["level"].dropna().unique()) if "level" in table else []
    for each in settings:
        cluster = each.route.cluster
        if cluster not in (None, NO_CLUSTER, *columns):
            yield fault(NO_COLUMN, got=repr(cluster), allowed=", ".join([NO_CLUSTER, *columns]), **named)
        for level in each.route.levels:
            if level not in levels:
                yield fault(NO_LEVEL, got=repr(level), allowed=", ".join(levels) or "-", **named)


def _no_year(settings: Iterable[Setting], known: Sequence[int], named: dict[str, str]) -> Iterator[Fault]:
    for year in sorted({year for each in settings for year in each.years} - set(known)):
        yield fault(NO_YEAR, got=year, allowed=", ".join(map(str, known)), **named)


def _years(study: Study) -> list[int]:
    rows = study.scores if study.observations is None else study.observations
    return [] if rows is None else sorted(int(year) for year in rows["year"].unique())


def _rule_sets(study: Study, cells: Sequence[GridCell], beside: Path | None) -> list[RuleSet]:
    """Return the rule set of every cell; what several cells cannot have is said once."""
    known: dict[Setting, RuleSet] = {}
    named: dict[str | None, RuleSet] = {None: study.rules}
    faults: dict[Fault, None] = {}
    found = []
    for cell in cells:
        own = replace(cell.setting, route=Route(), coverage=None, years=())
        try:
            if own.rules not in named:
                named[own.rules] = read_rules(str(own.rules), beside=beside)
            if own not in known:
                known[own] = apply_setting(named[own.rules], own)
        except BscError as refused:
            faults |= dict.fromkeys(refused.faults)
        else:
            found.append(known[own])
    if faults:
        raise StudyError(*faults)
    return found


def _share(
    cells: Sequence[GridCell], rules: Sequence[RuleSet], *, with_paths: bool
) -> tuple[tuple[Task, ...], tuple[Place, ...]]:
    """Group cells by how perspectives are scored; within a group each weighting and each route stands once."""
    groups: dict[Setting, tuple[dict[RuleSet, int], dict[Route, int]]] = {}
    at: dict[Setting, int] = {}
    places = []
    for cell, own in zip(cells, rules, strict=True):
        key = cell.setting.scoring
        task = at.setdefault(key, len(at))
        weightings, routes = groups.setdefault(key, ({}, {}))
        weighting = weightings.setdefault(own, len(weightings))
        route = routes.setdefault(cell.setting.route, len(routes)) if with_paths else 0
        places.append(Place(task, weighting, route))
    tasks = tuple(
        Task(tuple(weightings), key.coverage or "all", key.years, tuple(routes))
        for key, (weightings, routes) in groups.items()
    )
    return tasks, tuple(places)


def _cell(cell: GridCell, place: Place, result: TaskResult) -> Cell:
    return Cell(
        cell.options,
        result.scores[place.weighting] if result.scores else None,
        result.effects[place.route] if result.effects else (),
    )


def _bands(tasks: Iterable[Task]) -> tuple[tuple[str, Label], ...]:
    """Return the bands of organisations under all rule sets; of one id that has two names, the first."""
    labels: dict[str, Label] = {}
    for bands in (each.weightings[0].organisation_bands for each in tasks):
        for band in bands.bands if bands else ():
            labels.setdefault(band.id, band.label)
    return tuple(labels.items())


def _printed(study: Study, unit: str) -> ScoreConclusion | None:
    outcome = printed_outcome(study.printed, study.rules, study.negligible)
    if outcome is None:
        return None
    years = tuple(YearScore(year, value, None) for year, value in outcome.scores)
    return ScoreConclusion(unit, study.rules.scale, years, outcome.direction)


def _regions(study: Study, scores: Scores, unit: str) -> WeightRegions | None:
    """Compare the perspectives of the first and the last year; under ``zero`` one without a score counts as 0."""
    wide: pd.DataFrame = spread(scores.perspectives, study.rules)
    own = wide[wide["unit"] == unit].sort_values("year")
    if len(own) < 2:
        return None
    perspectives = study.rules.perspectives
    names = [each.short for each in perspectives]
    filled = own[names].astype(float)
    filled = filled.fillna(0.0) if study.rules.missing == "zero" else filled
    least = study.negligible.bands if study.rules.scale == "bands" else study.negligible.percent
    try:
        return weight_regions(
            names,
            [float(each.weight) for each in perspectives],
            [keep_digits(each) for each in filled.iloc[0]],
            [keep_digits(each) for each in filled.iloc[-1]],
            least=least,
        )
    except UseError:  # fewer than two perspectives in common
        return None


def _firmness(scores: Scores, unit: str) -> Iterator[BandFirmness]:
    organisations = scores.organisations
    if scores.rules.organisation_bands is None:
        return
    own = organisations[(organisations["unit"] == unit) & organisations["score"].notna()]
    for year in sorted(own["year"].tolist()):
        yield band_firmness(scores, unit, int(year))
