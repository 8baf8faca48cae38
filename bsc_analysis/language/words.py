"""The catalogue: every sentence shown to people, in English and Indonesian.

English sentences stand in the code and are the keys; Indonesian ones stand in the gettext file
``catalogue/id.po``. Labels that belong to a study or a rule set are data and come as :class:`Label`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_analysis.errors import BscError, Fault

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages; a symbol or an abbreviation is the same in both."""

    id: str
    en: str

    def say(self, language: Language) -> str:
        """Return the name in the language asked for.

        >>> Label(id="Keuangan", en="Financial").say("id")
        'Keuangan'
        """
        return self.id if language == "id" else self.en


def say(sentence: str, language: Language, /, **fields: object) -> str:
    """Say a catalogue sentence in the language asked for and fill its blanks.

    A sentence without a translation is said in English; a test keeps the catalogue complete.

    >>> say("follows", "id")
    'sesuai'
    >>> say("Path diagram of {study}.", "en", study="KKP")
    'Path diagram of KKP.'
    """
    chosen = sentence if language == "en" else _indonesian().get(sentence, sentence)
    return chosen.format(**fields)


def both(sentence: str, /, **fields: object) -> Label:
    """Say a catalogue sentence in both languages; a field that is a label is said in each.

    >>> both("follows").id
    'sesuai'
    >>> both("Path diagram of {study}.", study=Label(id="KKP (kementerian)", en="KKP (ministry)")).en
    'Path diagram of KKP (ministry).'
    """
    said = {
        language: {
            name: each.say(language) if isinstance(each, Label) else each for name, each in fields.items()
        }
        for language in LANGUAGES
    }
    return Label(id=say(sentence, "id", **said["id"]), en=say(sentence, "en", **said["en"]))


def say_fault(fault: Fault, language: Language) -> str:
    """Say a fault, and the faults inside it, in the language asked for.

    >>> from bsc_analysis.errors import fault
    >>> say_fault(fault("study {got} does not exist, did you mean {guess}?", got="'kk'", guess="'kkp'"), "id")
    "studi 'kk' tidak ada, maksud Anda 'kkp'?"
    """
    sentence = fault.sentence if language == "en" else _indonesian().get(fault.sentence, fault.sentence)
    fields = {
        name: value if isinstance(value, str) else say_fault(value, language) for name, value in fault.fields
    }
    return sentence.format(**fields)


def label_fault(fault: Fault) -> Label:
    """Say a fault in both languages.

    >>> from bsc_analysis.errors import fault
    >>> label_fault(fault("follows")).id
    'sesuai'
    """
    return Label(id=say_fault(fault, "id"), en=say_fault(fault, "en"))


def say_error(error: BscError, language: Language) -> str:
    """Say every fault of an error, one line each."""
    return "\n".join(say_fault(each, language) for each in error.faults)


def nearest(got: str, allowed: Iterable[str]) -> str:
    """Return the allowed name nearest to the one that was got, or an empty string.

    >>> nearest("mising", ["missing", "years"])
    'missing'
    """
    matches = get_close_matches(got, list(allowed), n=1, cutoff=0.5)
    return matches[0] if matches else ""


@cache
def _indonesian() -> dict[str, str]:
    from babel.messages.pofile import read_po

    with files("bsc_analysis.language").joinpath("catalogue/id.po").open("rb") as stream:
        catalogue = read_po(stream, locale="id")
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
