"""The vocabulary: what columns and values of scorecards are called in files, in Indonesian and English.

Words are compared without regard to case, spaces and punctuation, and must otherwise be the same. The word that a file
nearly wrote is offered in a fault; it is never taken for it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.observations import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Section = Literal[
    "columns",
    "unused",
    "not_rows",
    "perspective",
    "polarity",
    "period",
    "level",
    "validity",
    "control",
    "kind",
    "consolidation",
    "intervention",
    "units",
]
SECTIONS: tuple[Section, ...] = get_args(Section)
WHOLE_YEAR = "whole_year"  # what words for the year as a whole mean in the section of periods
_NEAR = 0.84  # how alike two words must be for one to be offered as a slip of the other
_AND = ("&", "dan", "and")
_WORD = re.compile(r"&|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word as the vocabulary writes it, and what it means within its section."""

    section: str
    meaning: str
    word: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words with their meanings; of two terms of a section whose words are plainly the same the later one holds."""

    terms: tuple[Term, ...]
    _known: Mapping[tuple[str, str], Term] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", {(each.section, _key(each.word)): each for each in self.terms})

    def meaning(self, section: Section, text: str) -> str:
        """Return what a text means within a section, or an empty string for a text the section does not have.

        >>> packaged_vocabulary().meaning("perspective", "LEARNING AND  GROWTH")
        'learning_growth'
        >>> packaged_vocabulary().meaning("columns", "Realisasi")
        'actual'
        """
        found = self._known.get((section, _key(text)))
        return found.meaning if found else ""

    def near(self, text: str, *sections: Section) -> str:
        """Return the word of the sections that a text is nearly, or an empty string.

        >>> packaged_vocabulary().near("Perspektiv", "columns")
        'Perspektif'
        """
        words = {key: term.word for (section, key), term in self._known.items() if section in sections}
        return words.get(slip_of(text, words), "")

    def meanings(self, section: Section) -> tuple[str, ...]:
        """Return everything that words of a section can mean.

        >>> packaged_vocabulary().meanings("polarity")
        ('maximize', 'minimize', 'stabilize')
        """
        return tuple(dict.fromkeys(each.meaning for each in self.terms if each.section == section))


def plain(text: str) -> str:
    """Return a text without what does not matter in comparing: case, spaces, punctuation, the word for "and".

    >>> plain("Learning & Growth"), plain("learning_growth"), plain(" TW-I ")
    ('learninggrowth', 'learninggrowth', 'twi')
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return "".join(word for word in words if word not in _AND)


def slip_of(text: str, words: Iterable[str]) -> str:
    """Return the plain word that a text is nearly, or an empty string.

    >>> slip_of("Keuangann", ["keuangan", "pelanggan"]), slip_of("Uang", ["keuangan"])
    ('keuangan', '')
    """
    matches = get_close_matches(plain(text), list(words), n=1, cutoff=_NEAR)
    return matches[0] if matches else ""


@cache
def packaged_vocabulary() -> Vocabulary:
    """Return the vocabulary that comes with the package."""
    resource = files("bsc_analysis.scorecards.intake").joinpath("synonyms.toml")
    return Vocabulary(_terms(resource.read_text(encoding="utf-8"), "synonyms.toml"))


def read_vocabulary(text: str, where: str) -> Vocabulary:
    """Read a user's words, in the form of ``synonyms.toml``, and merge them over those of the package.

    A word that the package has too means from then on what the user's file says.

    Raises
    ------
    DataError
        Naming every section and every column that does not exist, and every value that is not a list of words.

    >>> own = read_vocabulary('columns.indicator = ["Ukuran Keberhasilan"]', "own.toml")
    >>> own.meaning("columns", "ukuran keberhasilan"), own.meaning("columns", "IKU")
    ('indicator', 'indicator')
    """
    return Vocabulary(packaged_vocabulary().terms + _terms(text, where))


def _key(text: str) -> str:
    return plain(text) or text.strip()


def _terms(text: str, where: str) -> tuple[Term, ...]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise DataError(fault("{where}: not valid TOML: {got}", where=where, got=broken)) from None
    faults = [found for section, entries in document.items() for found in _faults(section, entries, where)]
    if faults:
        raise DataError(*faults)
    return tuple(
        Term(section, meaning, word)
        for section, entries in document.items()
        for meaning, words in entries.items()
        for word in words
    )


def _faults(section: str, entries: object, where: str) -> list[Fault]:
    if section not in SECTIONS:
        return [_unknown(section, SECTIONS, where)]
    if not isinstance(entries, dict):
        sentence = "{where}: {path}: got {got}, which is not a table"
        return [fault(sentence, where=where, path=section, got=repr(entries))]
    known = tuple(f"columns.{column.name}" for column in COLUMNS)
    names = [f"columns.{name}" for name in entries if section == "columns"]
    sentence = "{where}: {path}: got {got}, allowed: a list of words"
    return [_unknown(name, known, where) for name in names if name not in known] + [
        fault(sentence, where=where, path=f"{section}.{name}", got=repr(words))
        for name, words in entries.items()
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words)
    ]


def _unknown(path: str, allowed: tuple[str, ...], where: str) -> Fault:
    if guess := nearest(path, allowed):
        sentence = "{where}: unknown key '{path}', did you mean '{guess}'?"
        return fault(sentence, where=where, path=path, guess=guess)
    return fault("{where}: unknown key '{path}'", where=where, path=path)
