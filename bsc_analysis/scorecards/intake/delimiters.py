"""What separates the cells of a text file: the character under which the records have one length.

Each candidate reads the first records with their quotation marks; the one under which strictly most of them are as
long as the header wins. Where two fit equally well, nothing is guessed: the file must say it, by a first line such
as ``sep=;``, which spreadsheet programs write and honour.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, Fault, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

CANDIDATES = (",", ";", "\t", "|")
SAMPLE = 200  # records: more evidence than a reader would ask for, and less than a hundredth of a second
SAID = re.compile(r'"?sep=([^\w"\r\n])"?(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delimiter:
    """The character that separates cells, and how many first characters of the text only declare it."""

    character: str
    skip: int = 0


def find_delimiter(text: str, where: str) -> Delimiter:
    r"""Find what separates the cells of a text.

    Parameters
    ----------
    text
        The file's text.
    where
        Its name, for reports.

    Raises
    ------
    DataError
        When no candidate gives two cells in a record, or when several fit equally well.

    >>> find_delimiter("unit;target\nBPBD;73,5\n", "iku.csv").character
    ';'
    """
    if said := SAID.match(text):
        return Delimiter(said[1], said.end())
    for sample in (SAMPLE, None):
        best = _best(text, sample)
        if len(best) == 1:
            return Delimiter(best[0])
    raise DataError(_undecided(best, where))


def show_delimiter(character: str) -> Fault:
    r"""Return the words for a delimiter.

    >>> str(show_delimiter("\t")), str(show_delimiter(";"))
    ('tab', "';'")
    """
    return fault("tab") if character == "\t" else fault("{got}", got=f"'{character}'")


def _best(text: str, sample: int | None) -> list[str]:
    shares = {each: _consistency(text, each, sample) for each in CANDIDATES}
    most = max(shares.values())
    return [each for each, share in shares.items() if most and share == most]


def _consistency(text: str, delimiter: str, sample: int | None) -> float:
    """Return the share of records as long as the first one of several cells; a broken record ends the reading."""
    lengths: list[int] = []
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lengths.extend(len(record) for record in islice(records, sample) if record)
    except csv.Error:
        lengths.append(0)
    width = next((length for length in lengths if length > 1), 0)
    return lengths.count(width) / len(lengths) if width else 0.0


def _undecided(best: Sequence[str], where: str) -> Fault:
    if not best:
        sentence = "{where}: none of comma, semicolon, tab and '|' separates the text into columns"
        return fault(sentence, where=where)
    sentence = "{where}: {got} separate the cells equally well; put sep=; (or what it is) into a line before the first"
    return fault(
        sentence, where=where, got=", ".join("TAB" if each == "\t" else f"'{each}'" for each in best)
    )
