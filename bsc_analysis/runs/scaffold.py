"""A new study: a file of observations and a rule set become a study folder, checked before anything is written."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.datafiles import read_data
from bsc_analysis.errors import BscError, UseError, fault
from bsc_analysis.files import VARIANT_MARK, data_folder, find_rules, read_rules
from bsc_analysis.runs.notebooks import notebook_folder
from bsc_analysis.scorecards.cascade import read_tree
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.studies import list_studies, read_study

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.errors import Fault
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.intake.reading import DecimalMark
    from bsc_analysis.scorecards.rules import RuleSet

CASCADE = "03_cascade"
# Those that need nothing but observations and a rule set.
NOTEBOOKS = ("01_indicators", "02_scores", CASCADE, "05_years")
SYNONYMS = "synonyms.toml"
UNSAFE_NAME = (
    "{got} is not a safe name for a folder, allowed: letters, digits, - and _, at most {most} of them"
)
TAKEN_NAME = "{got} is the name of a study that comes with the package; choose another"
EXISTS = "{where}: this folder exists already; name another study or another folder to make it in"
UNSAFE_TITLE = "the title {got} has characters that cannot be shown"
UNWRITABLE = "{where}: the folder cannot be written: {got}"
LONGEST_NAME = 64
_SAFE_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}")


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of observations, and how it is to be read; see :func:`bsc_analysis.datafiles.read_data`."""

    path: Path
    sheets: tuple[str, ...] = ()
    decimal: DecimalMark = ""
    synonyms: Path | None = None


@dataclass(frozen=True, slots=True)
class NewStudy:
    """A study folder that was made, and what intake noted about its data."""

    folder: Path
    notes: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    name: str
    data: DataFile
    rules: str
    title: Label
    notebooks: tuple[str, ...]


def make_study(name: str, data: DataFile, rules: str, *, title: Label, out: Path) -> NewStudy:
    """Make a study folder that can be run.

    The data file is copied as it is. A rule set that was named by its path is copied too, so that the folder is whole.

    Parameters
    ----------
    name
        What the study and its folder are called: letters, digits, ``-`` and ``_``.
    data
        The observations.
    rules
        The rule set, by name or path, with a variant where one is meant.
    title
        The study's title in both languages.
    out
        The folder in which the study's folder is made; it is made if it is missing.

    Raises
    ------
    UseError
        When the name is not safe or taken, or the folder exists or cannot be written.
    BscError
        When the rule set or the data will not do. Nothing is written in any of these cases.
    """
    folder = out / name
    _check_names(name, title, folder)
    rule_set = read_rules(rules)
    intake = read_data(
        data.path, rule_set, sheets=data.sheets, decimal=data.decimal, synonyms=str(data.synonyms or "")
    )
    chosen = tuple(each for each in NOTEBOOKS if (notebook_folder() / f"{each}.ipynb").is_file())
    _check_data(intake.observations, rule_set, data.path.name, chosen)
    try:
        _make(folder, _Plan(name, data, rules, title, chosen))
    except OSError as broken:
        raise UseError(fault(UNWRITABLE, where=folder, got=broken.strerror)) from None
    return NewStudy(folder, intake.notes)


def _check_names(name: str, title: Label, folder: Path) -> None:
    faults = []
    if not _SAFE_NAME.fullmatch(name):
        faults.append(fault(UNSAFE_NAME, got=repr(name), most=LONGEST_NAME))
    elif name in list_studies():
        faults.append(fault(TAKEN_NAME, got=repr(name)))
    elif folder.exists() or folder.is_symlink():
        faults.append(fault(EXISTS, where=folder))
    faults += [fault(UNSAFE_TITLE, got=repr(text)) for text in (title.id, title.en) if not text.isprintable()]
    if faults:
        raise UseError(*faults)


def _check_data(observations: pd.DataFrame, rules: RuleSet, where: str, notebooks: tuple[str, ...]) -> None:
    """Refuse what would stop one of the notebooks: rows that cannot be scored, and units that are no tree."""
    try:
        score(observations, rules)
        if CASCADE in notebooks:
            read_tree(observations)
    except BscError as refused:
        raise refused.located(where) from None


def _make(folder: Path, plan: _Plan) -> None:
    """Write the folder beside its place, read it as a study, and let it appear."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{plan.name}-"))
    try:
        shutil.copyfile(plan.data.path, scratch / plan.data.path.name)
        if plan.data.synonyms is not None:
            shutil.copyfile(plan.data.synonyms, scratch / SYNONYMS)
        kept = _keep_rules(plan, scratch)
        (scratch / "study.toml").write_text(_document(plan, kept), encoding="utf-8")
        read_study(str(scratch))
        scratch.chmod(0o755)
        os.rename(scratch, folder)  # noqa: PTH104 - atomic within one file system
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _keep_rules(plan: _Plan, scratch: Path) -> str:
    """Return how the study names its rule set; one that does not come with the package is copied into the folder."""
    path, variant = find_rules(plan.rules)
    if path.is_relative_to(data_folder()):
        return plan.rules
    copy = f"{plan.name}-rules.toml"
    shutil.copyfile(path, scratch / copy)
    return copy + (VARIANT_MARK + variant if variant else "")


def _document(plan: _Plan, rules: str) -> str:
    data = plan.data
    keys: dict[str, str | list[str]] = {
        "id": plan.name,
        "rules": rules,
        "observations": data.path.name,
        "notebooks": list(plan.notebooks),
        "data_status": "real",
    }
    keys |= {"sheets": list(data.sheets)} if data.sheets else {}
    keys |= {"decimal": data.decimal} if data.decimal else {}
    keys |= {"synonyms": SYNONYMS} if data.synonyms is not None else {}
    lines = [f"{key} = {_written(value)}" for key, value in keys.items()]
    return "\n".join(
        [*lines, "", "[name]", f"id = {_written(plan.title.id)}", f"en = {_written(plan.title.en)}", ""]
    )


def _written(value: str | list[str]) -> str:
    """Write a text or a list of texts as TOML, which writes printable ones as JSON does."""
    return json.dumps(value, ensure_ascii=False)
