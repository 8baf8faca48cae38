"""What a path model of a study is fitted to: its own table of scores, or the scores of its indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.paths.estimation import TOO_FEW
from bsc_analysis.paths.lagverdicts import judge_lags
from bsc_analysis.paths.panel import NO_PAIR, Panel, read_panel
from bsc_analysis.paths.panelmodel import fit_panel
from bsc_analysis.paths.rows import Rows, read_rows
from bsc_analysis.scorecards.cascade import read_tree
from bsc_analysis.scorecards.scoring import score, spread

if TYPE_CHECKING:
    from bsc_analysis.paths.lagverdicts import LagFindings
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.studies import Study

NONE = "-"
NO_LAGS = "This study cannot tell what takes a year: that needs a path model and scores of the same units in two consecutive years."
NO_TABLE = (
    "study {study} has neither scores nor indicators to fit a path model to: give a table of your own with bsc paths, or "
    "put its file into study.toml as 'scores'"
)


def path_table(study: Study) -> Any:
    """Return one row per unit and year with a column per perspective, from a study's scores or else from its indicators.

    Where units have levels, the table says the level of each, and in a column named by each level which unit of that level
    it stands below or is; one above all of that level is its own. These columns can be clusters and groups.

    Raises
    ------
    UseError
        When the study has neither.
    DataError
        When its units are no tree.
    """
    if study.scores is not None:
        return study.scores
    if study.observations is None:
        raise UseError(fault(NO_TABLE, study=study.id))
    table = spread(score(study.observations, study.rules).perspectives, study.rules)
    return _with_lineage(table, study.observations)


def path_rows(study: Study, model: PathModel, *, cluster: str = "", group: str = "") -> Rows:
    """Return the rows that a path model of a study is fitted to.

    An empty name takes the study's own column, ``-`` none.

    >>> from bsc_analysis.studies import read_study
    >>> case = read_study("simulated")
    >>> path_rows(case, case.model).n_obs
    2700
    """
    return read_rows(
        path_table(study),
        model.observed,
        cluster=_column(cluster, study.cluster),
        group=_column(group, study.group),
    )


def path_panel(study: Study, model: PathModel) -> Panel:
    """Return the pairs of consecutive years of a study's units, for paths that lead from one year to the next.

    The mean of each year is taken out first: what moves all units at once is no path between perspectives.

    Raises
    ------
    DataError
        When no unit has two consecutive years.

    >>> from bsc_analysis.studies import read_study
    >>> case = read_study("simulated")
    >>> path_panel(case, case.model).n_pairs
    1800
    """
    table = path_table(study)
    names = list(model.observed)
    within = table[names] - table.groupby("year")[names].transform("mean")
    return read_panel(
        table.assign(**within), model.observed, unit="unit", year="year", cluster=study.cluster or None
    )


def find_lags(study: Study, *, sesoi: float, level: float = 0.95) -> LagFindings | Fault:
    """Judge for every path of a study's model whether it works a year later, or say why the study cannot tell.

    It cannot without a model, without rows, without a unit in two consecutive years, or with too few that are.

    >>> from bsc_analysis.studies import read_study
    >>> str(find_lags(read_study("bantaeng"), sesoi=0.1))[:48]
    'This study cannot tell what takes a year: that n'
    """
    if study.model is None or (study.scores is None and study.observations is None):
        return fault(NO_LAGS)
    try:
        fit = fit_panel(study.model, path_panel(study, study.model))
    except DataError as refused:
        if all(each.sentence == NO_PAIR for each in refused.faults):
            return fault(NO_LAGS)
        if all(each.sentence == TOO_FEW for each in refused.faults):
            return refused.faults[0]
        raise
    return judge_lags(fit, sesoi=sesoi, level=level)


def _with_lineage(table: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Add the level of each unit and its ancestor on every level."""
    if "level" not in observations:
        return table
    tree = read_tree(observations)
    levels = tree.levels
    rows = []
    above: dict[tuple[int, str], dict[str, str]] = {}
    for place in tree.places:
        known = above.get((place.year, place.parent or ""), {})
        here = known | ({place.level: place.unit} if place.level else {})
        above[place.year, place.unit] = here
        rows.append({"unit": place.unit, "year": place.year, "level": place.level,
                     **{level: here.get(level, place.unit) for level in levels}})  # fmt: skip
    return table.merge(pd.DataFrame(rows), on=["unit", "year"], how="left")


def _column(named: str, own: str) -> str | None:
    return None if named == NONE else named or own or None
