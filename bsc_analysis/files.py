"""Files that studies rest on: the data folder of the package, rule sets by name or path, and texts with their hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.errors import StudyError, UseError, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.variants import take_variant, vary

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import MissingPolicy, RuleSet

VARIANT_MARK = ":"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that something was read from, by its path inside the data folder and its hash."""

    path: str
    sha256: str


def data_folder() -> Path:
    """Return the folder with the rule sets and studies that come with the package."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "data"


def list_rules() -> tuple[str, ...]:
    """Return the names of the rule sets that come with the package."""
    return tuple(sorted(path.stem for path in data_folder().glob("rules/*.toml")))


def read_rules(name: str, *, missing: MissingPolicy | None = None, beside: Path | None = None) -> RuleSet:
    """Read a rule set by its name, or from the path of a TOML file.

    Parameters
    ----------
    name
        A rule set that comes with the package, or the path of a TOML file; ``NAME:VARIANT`` takes one of its variants.
    missing
        Another missing policy than the rule set's own.
    beside
        A folder in which a path may also lie.

    Raises
    ------
    UseError
        When there is no such rule set or variant; the nearest name is offered.
    RuleSetError
        When the file is not a valid rule set.

    >>> read_rules("kkp").perspective("stakeholder").weight
    Fraction(1, 4)
    >>> read_rules("bantaeng:lower_better_ratio").minimize
    'target / actual'
    """
    path, variant = find_rules(name, beside=beside)
    rules = parse_rules(*read_text(path))
    taken = take_variant(rules, variant) if variant else rules
    return taken if missing is None else vary(taken, missing=missing)


def find_rules(name: str, *, beside: Path | None = None) -> tuple[Path, str]:
    """Return the file of a rule set and the variant its name asks for, or an empty string.

    Raises
    ------
    UseError
        When there is no such file; the nearest name is offered.
    """
    for stem, variant in ((name, ""), _split(name)):
        candidates = [data_folder() / "rules" / f"{stem}.toml"]
        candidates += [Path(stem)] if beside is None else [beside / stem, Path(stem)]
        for path in candidates:
            if path.is_file():
                return path, variant
    known = list_rules()
    if guess := nearest(_split(name)[0], known):
        raise UseError(
            fault("rule set {got} does not exist, did you mean {guess}?", got=repr(name), guess=repr(guess))
        )
    raise UseError(
        fault("rule set {got} does not exist, allowed: {allowed}", got=repr(name), allowed=", ".join(known))
    )


def read_text(path: Path) -> tuple[str, str]:
    """Return a file's text and the name that reports give it.

    Raises
    ------
    StudyError
        When the file is missing or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8"), path.name
    except UnicodeDecodeError as broken:
        raise StudyError(fault("{where}: not UTF-8 text ({got})", where=path.name, got=broken)) from None
    except FileNotFoundError:
        raise StudyError(fault("{where}: the file is missing", where=path.name)) from None


def identify(path: Path) -> Source:
    """Return a file's name and hash, for whoever must prove what was read."""
    name = path.relative_to(data_folder()).as_posix() if path.is_relative_to(data_folder()) else path.name
    return Source(name, hashlib.sha256(path.read_bytes()).hexdigest())


def _split(name: str) -> tuple[str, str]:
    stem, mark, variant = name.rpartition(VARIANT_MARK)
    return (stem, variant) if mark else (name, "")
