"""What a path model of a study is fitted to: its own table of scores, or the scores of its indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.rows import Rows, read_rows
from bsc_analysis.scorecards.scoring import score, spread

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.studies import Study

NONE = "-"
NO_TABLE = (
    "study {study} has neither scores nor indicators to fit a path model to: give a table of your own with bsc paths, or "
    "put its file into study.toml as 'scores'"
)


def path_table(study: Study) -> Any:
    """Return one row per unit and year with a column per perspective, from a study's scores or else from its indicators.

    Raises
    ------
    UseError
        When the study has neither.
    """
    if study.scores is not None:
        return study.scores
    if study.observations is None:
        raise UseError(fault(NO_TABLE, study=study.id))
    return spread(score(study.observations, study.rules).perspectives, study.rules)


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


def _column(named: str, own: str) -> str | None:
    return None if named == NONE else named or own or None
