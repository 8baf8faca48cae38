"""Studies: a folder with ``study.toml`` becomes data, rule set, path model and printed figures, with their hashes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.documents import read_document
from bsc_analysis.errors import BscError, Fault, PrintedError, StudyError, UseError, fault
from bsc_analysis.evidence.interventions import Scheme, read_schemes
from bsc_analysis.evidence.printed import NOTHING_PRINTED, PrintedFigures
from bsc_analysis.evidence.readings import Negligible, Reading
from bsc_analysis.evidence.stages import Stage, read_stages
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import Source, data_folder, find_rules, identify, read_rules, read_text
from bsc_analysis.language.words import nearest
from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.scorecards.rules import MissingChoice, RuleSet
from bsc_analysis.scorecards.variants import take_variant
from bsc_analysis.studyaccounts import read_accountability
from bsc_analysis.studydata import read_study_rows, require
from bsc_analysis.studydocument import DataStatus, StudyDocument

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.evidence.accountability import Accountability
    from bsc_analysis.language.words import Label
    from bsc_analysis.twins.plan import TwinPlan

SCHEMES = "interventions.toml"


@dataclass(frozen=True, slots=True)
class Study:
    """Everything one study consists of.

    ``observations`` is None where the records are not public; ``model`` is None where no path model is printed.
    ``scores`` has one row per unit and year and a column per variable of the model, where a study brings them instead of
    indicators; rows of one ``cluster`` depend on each other, those of one ``group`` are compared with another's.
    ``data_status`` is what the rows are, ``printed_status`` what exhibits of the printed figures alone rest on; ``twin`` is
    the plan that the observations were made by, and ``given`` the name of a file that took the place of the study's own.
    """

    id: str
    label: Label
    data_status: DataStatus
    printed_status: DataStatus
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
    twin: TwinPlan | None = None
    given: str = ""
    stages: tuple[Stage, ...] = ()
    intervention: Scheme | None = None
    accountability: Accountability | None = None


def list_studies() -> tuple[str, ...]:
    """Return the names of the studies that come with the package."""
    return tuple(sorted(path.parent.name for path in data_folder().glob("studies/*/study.toml")))


def read_study(
    name: str,
    *,
    years: tuple[int, ...] | list[int] = (),
    rules: str = "",
    missing: MissingChoice = "",
    data: str = "",
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
    data
        The path of a file that takes the place of the study's own rows; nothing that was made for the study stays beside it.

    Raises
    ------
    UseError
        When there is no such study or file, or none of its data are of the years asked for.
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
    model = None if document.model is None else path_model(document.model)
    rows = read_study_rows(document, folder, rule_set, model, data=data)
    rule_file, _ = find_rules(rules or document.rules, beside=folder)
    accountability, account_files = read_accountability(document.accountability, folder, rows)
    beside = [folder / document.stages] if document.stages else []
    beside += [data_folder() / SCHEMES] if document.intervention else []
    require(beside)
    files = [folder / "study.toml", rule_file, *printed_files, *rows.files, *beside, *account_files]
    study = Study(
        id=document.id,
        label=document.name.label,
        data_status=rows.status,
        printed_status=document.data_status,
        rules=rule_set,
        printed=printed,
        observations=rows.observations,
        scores=rows.scores,
        model=model,
        cluster=document.cluster,
        group=document.group,
        readings=() if rules else _readings(document.readings, rule_set),
        negligible=Negligible(
            document.direction.bands, document.direction.percent, document.direction.reason
        ),
        notebooks=tuple(document.notebooks),
        sources=tuple(map(identify, files)),
        twin=rows.twin,
        given=rows.given,
        stages=() if document.stages is None else read_stages(*read_text(folder / document.stages)),
        intervention=_scheme(document.intervention),
        accountability=accountability,
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


def _scheme(name: str | None) -> Scheme | None:
    """Return the scheme that says what micro, mezzo and macro are."""
    if name is None:
        return None
    schemes = {each.id: each for each in read_schemes(*read_text(data_folder() / SCHEMES))}
    if name not in schemes:
        sentence = "study.toml: intervention: got {got}, allowed: {allowed}"
        raise StudyError(fault(sentence, got=repr(name), allowed=", ".join(schemes)))
    return schemes[name]


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
