"""What can go wrong, by name.

A :class:`Fault` is one thing that is wrong, as a sentence with named blanks, so that it can be said
in any language of :mod:`bsc_analysis.language.words`. An error carries every fault that was found, not the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: an English sentence with named blanks, and what fills them.

    The sentence is the key of its translation. A field is never translated, unless it is itself a fault: words inside
    a sentence that a language puts otherwise.
    """

    sentence: str
    fields: tuple[tuple[str, str | Fault], ...] = ()

    def __str__(self) -> str:
        return self.sentence.format(**dict(self.fields))


def fault(sentence: str, /, **fields: object) -> Fault:
    """Build a fault from its sentence and the values of its blanks.

    >>> str(fault("{where}: unknown key {got}", where="rules.toml", got="'wieght'"))
    "rules.toml: unknown key 'wieght'"
    """
    plain = {name: value if isinstance(value, Fault) else str(value) for name, value in fields.items()}
    return Fault(sentence, tuple(plain.items()))


class BscError(Exception):
    """Base of every error this package raises on purpose; the exit code is that of the command line."""

    exit_code = 1

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.faults)

    def located(self, where: str) -> Self:
        """Return the same error with every sentence preceded by the file it is about."""
        faults = (fault("{file}: {what}", file=where, what=each) for each in self.faults)
        return type(self)(*faults)


class RuleSetError(BscError):
    """A rule set that cannot be applied: unknown keys, weights that do not sum to one, bands that overlap."""


class DataError(BscError):
    """Observations that cannot be read or cannot be scored under the rule set."""


class StudyError(BscError):
    """A study folder that is incomplete or contradicts itself."""


class PrintedError(BscError):
    """A transcription of printed figures that cannot be read."""


class ModelError(BscError):
    """A path model that cannot be read or has no solution."""


class UseError(BscError):
    """Wrong use: a study or a parameter that does not exist, or a value that is not allowed."""

    exit_code = 2


class RunError(BscError):
    """A notebook that did not come to its end."""

    exit_code = 3
