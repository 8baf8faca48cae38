"""Studies: a folder with ``study.toml`` becomes data, rule set, path model and printed figures, with their hashes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from bsc_analysis.datafiles import read_data
from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import BscError, Fault, PrintedError, StudyError, UseError, fault
from bsc_analysis.evidence.printed import NOTHING_PRINTED, PrintedFigures
from bsc_analysis.evidence.readings import Negligible, Reading
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import Source, data_folder, find_rules, identify, read_rules, read_text
from bsc_analysis.language.words import nearest
from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.scorecards.rules import MissingChoice, RuleSet
from bsc_analysis.scorecards.variants import take_variant
from bsc_analysis.tablefiles import open_table, read_columns

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.language.words import Label

KEYS = ("unit", "year")

DataStatus = Literal["transcribed", "printed", "real", "synthetic"]


@dataclass(frozen=True, slots=True)
class Study:
    """Everything one study consists of.

    ``observations`` is None where the records are not public; ``model`` is None where no path model is printed.
    ``scores`` has one row per unit and year and a column per variable of the model, where a study brings them instead of
    indicators; rows of one ``cluster`` depend on each other, those of one ``group`` are compared with another's.
    """

    id: str
    label: Label
    data_status: DataStatus
    rules: RuleSet
    printed: PrintedFigures
    observations: pd.DataFrame | None
    scores: pd.DataFrame | None
    model: PathModel | None
    cluster: str
    group: str
    readings: tuple[Reading, ...]
    negligible: Negligible
    notebooks: tuple[str, ...]
    sources: tuple[Source, ...] = field(repr=False)


class DirectionDocument(Document):
    """The changes called no change, as written."""

    bands: Annotated[float, Field(ge=0)] = 0.005
    percent: Annotated[float, Field(ge=0)] = 0.5
    reason: str = "Half a unit of the last digit usually printed"


class StudyDocument(Document):
    """A study as written in ``study.toml``."""

    id: str
    name: Names
    rules: str
    printed: str | None = None
    data_status: Literal["transcribed", "printed", "real", "synthetic"]
    notebooks: Annotated[list[str], Field(min_length=1)]
    observations: str | None = None
    sheets: tuple[str, ...] = ()
    decimal: Literal["", ".", ","] = ""
    synonyms: str | None = None
    scores: str | None = None
    model: str | None = None
    cluster: str = ""
    group: str = ""
    direction: DirectionDocument = DirectionDocument()
    readings: tuple[str, ...] = ()


def list_studies() -> tuple[str, ...]:
    """Return the names of the studies that come with the package."""
    return tuple(sorted(path.parent.name for path in data_folder().glob("studies/*/study.toml")))


def read_study(
    name: str,
    *,
    years: tuple[int, ...] | list[int] = (),
    rules: str = "",
    missing: MissingChoice = "",
) -> Study:
    """Read a study by its name, or from the path of its folder.

    Parameters
    ----------
    name
        A study that comes with the package, or the path of a study folder.
    years
        The years to keep; none named means all.
    rules
        Another rule set than the study's own, by name or path; the study's readings belong to its own and fall away.
    missing
        Another missing policy than the rule set's own.

    Raises
    ------
    UseError
        When there is no such study, or none of its data are of the years asked for.
    BscError
        When one of its files is faulty; every fault of that file is named.

    >>> read_study("bantaeng").rules.id
    'bantaeng'
    """
    folder = _study_folder(name)
    text, where = read_text(folder / "study.toml")
    document = read_document(text, StudyDocument, where, StudyError)
    rule_set = read_rules(rules or document.rules, missing=missing or None, beside=folder)
    printed, printed_files = _read_printed(None if document.printed is None else folder / document.printed)
    observations, data_files = _read_observations(document, folder, rule_set)
    rule_file, _ = find_rules(rules or document.rules, beside=folder)
    model = None if document.model is None else path_model(document.model)
    scores, score_files = _read_scores(document, folder, model)
    files = [folder / "study.toml", rule_file, *printed_files, *data_files, *score_files]
    study = Study(
        id=document.id,
        label=document.name.label,
        data_status=document.data_status,
        rules=rule_set,
        printed=printed,
        observations=observations,
        scores=scores,
        model=model,
        cluster=document.cluster,
        group=document.group,
        readings=() if rules else _readings(document.readings, rule_set),
        negligible=Negligible(
            document.direction.bands, document.direction.percent, document.direction.reason
        ),
        notebooks=tuple(document.notebooks),
        sources=tuple(map(identify, files)),
    )
    return _of_years(study, tuple(years))


def _study_folder(name: str) -> Path:
    for folder in (data_folder() / "studies" / name, Path(name)):
        if (folder / "study.toml").is_file():
            return folder
    known = list_studies()
    if guess := nearest(name, known):
        raise UseError(
            fault("study {got} does not exist, did you mean {guess}?", got=repr(name), guess=repr(guess))
        )
    raise UseError(
        fault("study {got} does not exist, allowed: {allowed}", got=repr(name), allowed=", ".join(known))
    )


def _read_observations(
    document: StudyDocument, folder: Path, rules: RuleSet
) -> tuple[pd.DataFrame | None, list[Path]]:
    """Return a study's observations and the files they come from; a file that is not there is the study's fault."""
    if document.observations is None:
        return None, []
    data = folder / document.observations
    words = [] if document.synonyms is None else [folder / document.synonyms]
    _require([data, *words])
    intake = read_data(
        data, rules, sheets=document.sheets, decimal=document.decimal, synonyms=str(words[0]) if words else ""
    )
    return intake.observations, [data, *words]


def _read_scores(
    document: StudyDocument, folder: Path, model: PathModel | None
) -> tuple[pd.DataFrame | None, list[Path]]:
    """Return a study's table of scores and the file it comes from."""
    if document.scores is None:
        return None, []
    if model is None:
        raise StudyError(
            fault("study.toml: scores need a model that says which of their columns are variables")
        )
    path = folder / document.scores
    _require([path])
    opened = open_table(path)
    keys = [name for name in (*KEYS, document.cluster, document.group) if name]
    frame = read_columns(opened, model.observed, list(dict.fromkeys(keys)), decimal=document.decimal).frame
    return frame.assign(year=_whole_years(frame["year"], path.name)), [path]


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


def _require(files: list[Path]) -> None:
    missing = [fault("{where}: the file is missing", where=path.name) for path in files if not path.exists()]
    if missing:
        raise StudyError(*missing)


def _read_printed(path: Path | None) -> tuple[PrintedFigures, list[Path]]:
    if path is None:
        return NOTHING_PRINTED, []
    source = read_source(*read_text(path))
    files = [path.parent / table.file for table in source.tables]
    texts = {file.name: read_text(file)[0] for file in files}
    faults = [
        fault("{where}: the file is not the one that was proofread: sha256 is {got}, source.toml says {allowed}",
              where=table.file, got=identify(file).sha256, allowed=table.sha256)
        for table, file in zip(source.tables, files, strict=True)
        if identify(file).sha256 != table.sha256
    ]  # fmt: skip
    if faults:
        raise PrintedError(*faults)
    return read_figures(source, texts), [path, *files]


def _readings(names: tuple[str, ...], rules: RuleSet) -> tuple[Reading, ...]:
    """Return the variants of the rule set that a study compares; all unknown names come at once."""
    readings: list[Reading] = []
    faults: list[Fault] = []
    for name in names:
        try:
            varied = take_variant(rules, name)
        except BscError as invalid:
            faults += invalid.located("study.toml: readings").faults
        else:
            readings.append(Reading(name, varied.label, varied))
    if faults:
        raise StudyError(*faults)
    return tuple(readings)


def _of_years(study: Study, years: tuple[int, ...]) -> Study:
    known = _years(study)
    unknown = [year for year in years if year not in known]
    if unknown:
        allowed = ", ".join(map(str, known))
        raise UseError(
            *(fault("study {study} has no year {got}, allowed: {allowed}", study=study.id, got=year, allowed=allowed)
              for year in unknown)
        )  # fmt: skip
    observations, scores = (_rows_of(rows, years) for rows in (study.observations, study.scores))
    return replace(study, observations=observations, scores=scores, printed=study.printed.of_years(years))


def _rows_of(rows: pd.DataFrame | None, years: tuple[int, ...]) -> pd.DataFrame | None:
    return rows if rows is None or not years else rows[rows["year"].isin(years)].reset_index(drop=True)


def _years(study: Study) -> list[int]:
    printed = {figure.key.year for figure in study.printed.figures if figure.key.year is not None}
    tables = [rows for rows in (study.observations, study.scores) if rows is not None]
    return sorted(printed.union(*(rows["year"].tolist() for rows in tables)))
