"""The rows of a study: from its own file, from its twin, or from a file given in their place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bsc_analysis.datafiles import read_data
from bsc_analysis.errors import StudyError, fault
from bsc_analysis.files import read_rules
from bsc_analysis.tablefiles import open_table, read_columns
from bsc_analysis.twin import read_twin
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studydocument import DataStatus, StudyDocument
    from bsc_analysis.twins.plan import TwinPlan

KEYS = ("unit", "year")


@dataclass(frozen=True, slots=True)
class StudyRows:
    """The rows of a study and what they are.

    ``observations`` or ``scores`` or neither; ``twin`` is the plan that the observations were made by; ``given`` says that
    they came from a file named by whoever runs the study, in the place of the study's own.
    """

    observations: pd.DataFrame | None
    scores: pd.DataFrame | None
    status: DataStatus
    files: tuple[Path, ...]
    twin: TwinPlan | None = None
    given: str = ""


def read_study_rows(
    document: StudyDocument, folder: Path, rules: RuleSet, model: PathModel | None, *, data: str = ""
) -> StudyRows:
    """Read the rows of a study.

    Parameters
    ----------
    document, folder
        The study and where it lies.
    rules
        The rule set whose names the file may use.
    model
        The path model, whose variables a table of scores must have.
    data
        The path of a file to be read in the place of the study's own rows; empty for these.

    Raises
    ------
    UseError
        When there is no such file.
    StudyError, DataError
        With every fault of the study's keys and of the file.
    """
    if document.scores is not None:
        return _read_scores(document, folder, model, data)
    if data:
        return _read_given(document, folder, rules, Path(data))
    if document.twin is not None:
        return _make_twin(document, folder)
    return _read_own(document, folder, rules)


def status_of(rows: pd.DataFrame, stated: DataStatus) -> DataStatus:
    """Return the status of rows: made ones say so themselves, whatever is stated of them.

    >>> import pandas as pd
    >>> status_of(pd.DataFrame({"actual": [1.0], "data_status": ["synthetic twin"]}), "real")
    'synthetic'
    """
    made = "data_status" in rows and rows["data_status"].eq(SYNTHETIC).any()
    return "synthetic" if made else stated


def require(files: list[Path]) -> None:
    """Refuse files of a study that are not there.

    Raises
    ------
    StudyError
        Naming each of them.
    """
    missing = [fault("{where}: the file is missing", where=path.name) for path in files if not path.exists()]
    if missing:
        raise StudyError(*missing)


def _read_own(document: StudyDocument, folder: Path, rules: RuleSet) -> StudyRows:
    if document.observations is None:
        return StudyRows(None, None, document.data_status, ())
    path, words = folder / document.observations, _synonyms(document, folder)
    require([path, *words])
    intake = read_data(
        path, rules, sheets=document.sheets, decimal=document.decimal, synonyms=str(words[0]) if words else ""
    )
    rows = intake.observations
    return StudyRows(rows, None, status_of(rows, document.data_status), (path, *words))


def _read_given(document: StudyDocument, folder: Path, rules: RuleSet, path: Path) -> StudyRows:
    words = _synonyms(document, folder)
    require(words)
    rows = read_data(path, rules, synonyms=str(words[0]) if words else "").observations
    return StudyRows(rows, None, status_of(rows, "real"), (path, *words), given=path.name)


def _make_twin(document: StudyDocument, folder: Path) -> StudyRows:
    """Make the twin under the study's own rule set: its rows do not change when they are scored under another."""
    from bsc_analysis.twins.making import make_twin

    path = folder / str(document.twin)
    require([path])
    plan = read_twin(path, read_rules(document.rules, beside=folder))
    return StudyRows(make_twin(plan).observations, None, "synthetic", (path,), twin=plan)


def _read_scores(document: StudyDocument, folder: Path, model: PathModel | None, data: str) -> StudyRows:
    """Read a table of scores, one row per unit and year."""
    if model is None:
        raise StudyError(
            fault("study.toml: scores need a model that says which of their columns are variables")
        )
    path = Path(data) if data else folder / str(document.scores)
    if not data:
        require([path])
    keys = [name for name in (*KEYS, document.cluster, document.group) if name]
    decimal = "" if data else document.decimal
    frame = read_columns(open_table(path), model.observed, list(dict.fromkeys(keys)), decimal=decimal).frame
    scores = frame.assign(year=_whole_years(frame["year"], path.name))
    status = status_of(scores, "real" if data else document.data_status)
    return StudyRows(None, scores, status, (path,), given=path.name if data else "")


def _whole_years(years: pd.Series[Any], where: str) -> pd.Series[int]:
    wrong = [each for each in years.unique() if not str(each).isdigit()]
    if wrong:
        raise StudyError(
            *(
                fault("{where}, column 'year': got {got}, expected a year", where=where, got=repr(each))
                for each in wrong
            )
        )
    return years.astype(int)


def _synonyms(document: StudyDocument, folder: Path) -> list[Path]:
    return [] if document.synonyms is None else [folder / document.synonyms]
