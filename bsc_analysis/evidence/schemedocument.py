"""Schemes of social intervention as written in TOML: which parts of society each puts at which level, proven at the door."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import Fault, StudyError, fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LevelName = Literal["micro", "mezzo", "macro"]
SchemeMark = Literal["public", "unofficial"]
LEVELS: tuple[LevelName, ...] = ("micro", "mezzo", "macro")


class LevelDocument(Document):
    """One level as written: the parts of society it covers, and where that is from."""

    covers: Annotated[list[str], Field(min_length=1)]
    source: str


class LevelsDocument(Document):
    """The three levels as written."""

    micro: LevelDocument
    mezzo: LevelDocument
    macro: LevelDocument


class SchemeDocument(Document):
    """A scheme as written."""

    id: str
    name: Names
    mark: SchemeMark
    source: str
    levels: LevelsDocument

    def at(self, name: LevelName) -> LevelDocument:
        """Return the level of this name."""
        levels = self.levels
        return {"micro": levels.micro, "mezzo": levels.mezzo, "macro": levels.macro}[name]

    @property
    def places(self) -> list[tuple[str, LevelName]]:
        """Each part of society with the level that covers it, in the order written."""
        return [(part, name) for name in LEVELS for part in self.at(name).covers]


class RemarkDocument(Document):
    """What a study prints about levels of intervention, as written."""

    study: str
    text: Names
    source: str


class SchemesDocument(Document):
    """Every scheme, the parts of society they speak of, and remarks of studies."""

    parts: Annotated[dict[str, Names], Field(min_length=1)]
    schemes: Annotated[tuple[SchemeDocument, ...], Field(min_length=1)]
    remarks: tuple[RemarkDocument, ...] = ()


def read_scheme_document(text: str, where: str) -> SchemesDocument:
    """Read schemes in which every part of society stands at exactly one level.

    Parameters
    ----------
    text
        The TOML source.
    where
        The file name that faults will give.

    Raises
    ------
    StudyError
        With everything that is wrong: an id used twice, a part of society that is not declared, or one that a scheme
        puts at no level or at several.

    >>> from bsc_analysis.files import data_folder, read_text
    >>> document = read_scheme_document(*read_text(data_folder() / "interventions.toml"))
    >>> [dict(scheme.places)["organisation"] for scheme in document.schemes]
    ['mezzo', 'macro']
    """
    document = read_document(text, SchemesDocument, where, StudyError)
    faults = [*_repeated(document, where)]
    for scheme in document.schemes:
        faults += _misplaced(scheme, document.parts, where)
    if faults:
        raise StudyError(*faults)
    return document


def _repeated(document: SchemesDocument, where: str) -> Iterator[Fault]:
    for name, count in Counter(each.id for each in document.schemes).items():
        if count > 1:
            yield fault("{where}: schemes: the id {got} is used {count} times",
                        where=where, got=repr(name), count=count)  # fmt: skip


def _misplaced(scheme: SchemeDocument, parts: Iterable[str], where: str) -> Iterator[Fault]:
    counted = Counter(part for part, _ in scheme.places)
    about = {"where": where, "scheme": repr(scheme.id)}
    for part, count in counted.items():
        if part not in parts:
            yield fault("{where}: scheme {scheme}: got {got}, allowed: {allowed}",
                        **about, got=repr(part), allowed=", ".join(parts))  # fmt: skip
        elif count > 1:
            yield fault("{where}: scheme {scheme}: {part} stands at {count} levels, expected one",
                        **about, part=repr(part), count=count)  # fmt: skip
    for part in parts:
        if part not in counted:
            yield fault("{where}: scheme {scheme}: {part} stands at no level", **about, part=repr(part))
