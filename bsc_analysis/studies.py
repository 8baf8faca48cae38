"""Studies: a folder with ``study.toml`` becomes data, rule set, path model and printed figures, with their hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import BscError, PrintedError, StudyError, UseError, fault
from bsc_analysis.evidence.printed import NOTHING_PRINTED, PrintedFigures
from bsc_analysis.evidence.readings import Negligible, Reading
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.language.words import nearest
from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.scorecards.intake import read_observations
from bsc_analysis.scorecards.rules import MissingChoice, MissingPolicy, RuleSet, parse_rules, vary

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.language.words import Label

DataStatus = Literal["transcribed", "printed", "real", "synthetic"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a study was read from, by its path inside the data folder and its hash."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Study:
    """Everything one study consists of.

    ``observations`` is None where the records are not public; ``model`` is None where no path model is printed.
    """

    id: str
    label: Label
    data_status: DataStatus
    rules: RuleSet
    printed: PrintedFigures
    observations: pd.DataFrame | None
    model: PathModel | None
    readings: tuple[Reading, ...]
    negligible: Negligible
    notebooks: tuple[str, ...]
    sources: tuple[Source, ...] = field(repr=False)


class ReadingDocument(Document):
    """A reading as written in ``study.toml``."""

    id: str
    name: Names
    missing: Literal["zero", "renormalise", "refuse"] | None = None
    minimize: Literal["target / actual", "2 - actual / target"] | None = None
    polarity: dict[str, Literal["maximize", "minimize"]] = Field(default_factory=dict)
    scale: Literal["bands", "percent"] | None = None
    cap: Decimal | None = None
    leave_out: tuple[str, ...] = ()


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
    model: str | None = None
    direction: DirectionDocument = DirectionDocument()
    readings: tuple[ReadingDocument, ...] = ()


def data_folder() -> Path:
    """Return the folder with the rule sets and studies that come with the package."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "data"


def list_studies() -> tuple[str, ...]:
    """Return the names of the studies that come with the package."""
    return tuple(sorted(path.parent.name for path in data_folder().glob("studies/*/study.toml")))


def read_rules(name: str, *, missing: MissingPolicy | None = None) -> RuleSet:
    """Read a rule set by its name, or from the path of a TOML file, with another missing policy if one is named.

    Raises
    ------
    UseError
        When there is no such rule set; the nearest name is offered.
    RuleSetError
        When the file is not a valid rule set.

    >>> read_rules("kkp").perspective("stakeholder").weight
    Fraction(1, 4)
    """
    rules = parse_rules(*_read(_rule_file(name)))
    return rules if missing is None else vary(rules, missing=missing)


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
    text, where = _read(folder / "study.toml")
    document = read_document(text, StudyDocument, where, StudyError)
    rule_file = _rule_file(rules or document.rules, beside=folder)
    rule_set = vary(parse_rules(*_read(rule_file)), missing=missing or None)
    printed, printed_files = _read_printed(None if document.printed is None else folder / document.printed)
    observations = (
        None if document.observations is None else read_observations(*_read(folder / document.observations))
    )
    files = [folder / "study.toml", rule_file, *printed_files]
    files += [] if document.observations is None else [folder / document.observations]
    study = Study(
        id=document.id,
        label=document.name.label,
        data_status=document.data_status,
        rules=rule_set,
        printed=printed,
        observations=observations,
        model=None if document.model is None else path_model(document.model),
        readings=() if rules else tuple(_reading(each, rule_set) for each in document.readings),
        negligible=Negligible(
            document.direction.bands, document.direction.percent, document.direction.reason
        ),
        notebooks=tuple(document.notebooks),
        sources=tuple(map(_source, files)),
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


def _rule_file(name: str, *, beside: Path | None = None) -> Path:
    candidates = [data_folder() / "rules" / f"{name}.toml", Path(name)]
    candidates += [] if beside is None else [beside / name]
    for path in candidates:
        if path.is_file():
            return path
    known = sorted(path.stem for path in data_folder().glob("rules/*.toml"))
    if guess := nearest(name, known):
        raise UseError(
            fault("rule set {got} does not exist, did you mean {guess}?", got=repr(name), guess=repr(guess))
        )
    raise UseError(
        fault("rule set {got} does not exist, allowed: {allowed}", got=repr(name), allowed=", ".join(known))
    )


def _read(path: Path) -> tuple[str, str]:
    """Return a file's text and the name that reports give it."""
    try:
        return path.read_text(encoding="utf-8"), path.name
    except UnicodeDecodeError as broken:
        raise StudyError(fault("{where}: not UTF-8 text ({got})", where=path.name, got=broken)) from None
    except FileNotFoundError:
        raise StudyError(fault("{where}: the file is missing", where=path.name)) from None


def _read_printed(path: Path | None) -> tuple[PrintedFigures, list[Path]]:
    if path is None:
        return NOTHING_PRINTED, []
    source = read_source(*_read(path))
    files = [path.parent / table.file for table in source.tables]
    texts = {file.name: _read(file)[0] for file in files}
    faults = [
        fault("{where}: the file is not the one that was proofread: sha256 is {got}, source.toml says {allowed}",
              where=table.file, got=_source(file).sha256, allowed=table.sha256)
        for table, file in zip(source.tables, files, strict=True)
        if _source(file).sha256 != table.sha256
    ]  # fmt: skip
    if faults:
        raise PrintedError(*faults)
    return read_figures(source, texts), [path, *files]


def _source(path: Path) -> Source:
    name = path.relative_to(data_folder()).as_posix() if path.is_relative_to(data_folder()) else path.name
    return Source(name, hashlib.sha256(path.read_bytes()).hexdigest())


def _reading(document: ReadingDocument, rules: RuleSet) -> Reading:
    try:
        varied = vary(
            rules,
            missing=document.missing,
            minimize=document.minimize,
            polarity=document.polarity,
            scale=document.scale,
            cap=None if document.cap is None else Fraction(document.cap),
            leave_out=document.leave_out,
        )
    except BscError as invalid:
        raise invalid.located(f"study.toml: readings.{document.id}") from None
    return Reading(document.id, document.name.label, varied)


def _of_years(study: Study, years: tuple[int, ...]) -> Study:
    known = _years(study)
    unknown = [year for year in years if year not in known]
    if unknown:
        allowed = ", ".join(map(str, known))
        raise UseError(
            *(fault("study {study} has no year {got}, allowed: {allowed}", study=study.id, got=year, allowed=allowed)
              for year in unknown)
        )  # fmt: skip
    rows = study.observations
    kept = rows if rows is None or not years else rows[rows["year"].isin(years)].reset_index(drop=True)
    return replace(study, observations=kept, printed=study.printed.of_years(years))


def _years(study: Study) -> list[int]:
    printed = {figure.key.year for figure in study.printed.figures if figure.key.year is not None}
    observed = set() if study.observations is None else set(study.observations["year"].tolist())
    return sorted(printed | observed)
