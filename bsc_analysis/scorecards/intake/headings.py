"""What the heading of one column says: which canonical column it is, of which year and period, in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bsc_analysis.scorecards.intake.vocabulary import WHOLE_YEAR, Vocabulary
from bsc_analysis.scorecards.observations import FIGURES

if TYPE_CHECKING:
    from collections.abc import Sequence

_BRACKETED = re.compile(r"(?P<outside>[^()\[\]]+)[(\[](?P<inside>[^()\[\]]+)[)\]]\s*")
_LONGEST = 120  # characters: what is longer is a narrative and no heading
_COLUMN_NUMBER = re.compile(
    r"[(\[]?-?(\d{1,2})[)\]]?(?:\s*=.*)?"
)  # "(6)", "(6)=(5)/(4)"; a spreadsheet reads -6
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says about its column.

    Parameters
    ----------
    text
        The heading as written, its parts from top to bottom.
    role
        The canonical column, or empty.
    unused
        Whether the heading is recognised and its column not used.
    period, year
        Of what the column holds, where the heading says it; ``whole_year`` is a period too.
    unit
        The unit in brackets.
    column
        The position in the grid.
    """

    text: str
    role: str = ""
    unused: bool = False
    period: str = ""
    year: int | None = None
    unit: str = ""
    column: int = -1

    @property
    def is_known(self) -> bool:
        """Whether the vocabulary has all of the heading."""
        return bool(self.role or self.unused or self.is_time)

    @property
    def is_time(self) -> bool:
        """Whether the heading names a year or a period, but not what the column holds."""
        return not self.role and not self.unused and bool(self.period or self.year)


def read_heading(parts: Sequence[str], vocabulary: Vocabulary, *, column: int = -1) -> Heading:
    """Read the parts of one heading, from top to bottom; a lower part says more exactly what an upper one says.

    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> heading = read_heading(["Realisasi (%)", "TW II 2017"], packaged_vocabulary())
    >>> heading.role, heading.period, heading.year, heading.unit
    ('actual', 'Q2', 2017, '%')
    """
    text = " ".join(parts)
    if len(text) > _LONGEST:
        return Heading(text[: _LONGEST - 1] + "…", column=column)
    total = Heading(text, column=column)
    for position, part in enumerate(parts):
        found = _read(part, vocabulary)
        if found is None and position:
            found = _read(f"{parts[position - 1]} {part}", vocabulary)
        total = _specified(total, found)
    return _consistent(total)


def guess_heading(text: str, vocabulary: Vocabulary) -> str:
    """Return the heading that an unknown one nearly is, with its period or year, or an empty string.

    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> [guess_heading(text, packaged_vocabulary()) for text in ("Bobott", "Realisassi TW II", "Sampul")]
    ['Bobot', 'Realisasi TW II', '']
    """
    if guess := vocabulary.near(text, "columns", "period"):
        return guess
    words = text.split()
    for cut in range(1, len(words)):
        name, time = " ".join(words[:cut]), " ".join(words[cut:])
        names = name if vocabulary.meaning("columns", name) else vocabulary.near(name, "columns")
        times = time if _is_time(time, vocabulary) else vocabulary.near(time, "period")
        if names and times:
            return f"{names} {times}"
    return ""


def _is_time(text: str, vocabulary: Vocabulary) -> bool:
    return bool(vocabulary.meaning("period", text) or _YEAR.fullmatch(text))


def years_in(text: str) -> tuple[int, ...]:
    """Return the years that stand in a text.

    >>> years_in("Laporan Kinerja 2016-2017, Nomor 12345")
    (2016, 2017)
    """
    return tuple(int(year) for year in _YEAR.findall(text))


def numbers_columns(texts: Sequence[str]) -> bool:
    """Return whether a row below a header only numbers the columns.

    >>> numbers_columns(["(1)", "", "(2)", "(3) = (2)/(1)"]), numbers_columns(["1", "Ekonomis", "84"])
    (True, False)
    """
    written = [text for text in texts if text]
    matches = [_COLUMN_NUMBER.fullmatch(text) for text in written]
    numbers = [int(match[1]) for match in matches if match]
    return len(numbers) == len(written) > 2 and numbers == sorted(set(numbers)) and numbers[0] <= 2


def _specified(upper: Heading, lower: Heading | None) -> Heading:
    if lower is None:
        return Heading(upper.text, column=upper.column)
    named = (lower.role or lower.unused) and not (upper.role and lower.role in ("year", "period"))
    return replace(
        upper,
        role=lower.role if named else upper.role,
        unused=lower.unused if named else upper.unused,
        period=lower.period or upper.period,
        year=lower.year or upper.year,
        unit=lower.unit or upper.unit,
    )


def _consistent(heading: Heading) -> Heading:
    """Only figures differ by year and period; a column headed by a year or a period does not hold years or periods."""
    if (heading.role == "year" and heading.year) or (heading.role == "period" and heading.period):
        return replace(heading, role="")
    if heading.role and heading.role not in FIGURES:
        return replace(heading, period="", year=None, unit="")
    return heading


def _read(text: str, vocabulary: Vocabulary) -> Heading | None:
    for read in (_bracketed, _word, _dated, _timed):
        if found := read(text, vocabulary):
            return found
    return None


def _word(text: str, vocabulary: Vocabulary) -> Heading | None:
    if role := vocabulary.meaning("columns", text):
        return Heading(text, role=role)
    if vocabulary.meaning("unused", text) or text.strip() == "%":
        return Heading(text, unused=True)
    if period := vocabulary.meaning("period", text):
        return Heading(text, period=period)
    return None


def _bracketed(text: str, vocabulary: Vocabulary) -> Heading | None:
    """Read "Target (kali)", "Realisasi (TW I)", "Sasaran Strategis (SS)"."""
    match = _BRACKETED.fullmatch(text)
    outside = _read(match["outside"], vocabulary) if match else None
    if match is None or outside is None:
        return None
    inside = _word(match["inside"], vocabulary) or _dated(match["inside"], vocabulary)
    if inside is None or inside.unused:
        return replace(outside, unit=match["inside"].strip())
    return replace(outside, period=inside.period or outside.period, year=inside.year or outside.year)


def _dated(text: str, vocabulary: Vocabulary) -> Heading | None:
    """Read "2017", "Tahun 2017", "Target 2017", "Realisasi TW I 2017"."""
    years = years_in(text)
    if len(years) != 1:
        return None
    rest = " ".join(_YEAR.sub(" ", text).split())
    if not rest or vocabulary.meaning("columns", rest) == "year":
        return Heading(text, year=years[0])
    undated = _read(rest, vocabulary)
    if undated is None:
        words = rest.split()
        undated = _read(" ".join(words[:-1]), vocabulary) if _is_year_word(words[-1], vocabulary) else None
    return replace(undated, year=years[0]) if undated else None


def _is_year_word(word: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.meaning("columns", word) == "year"


def _timed(text: str, vocabulary: Vocabulary) -> Heading | None:
    """Read "Realisasi TW I" and "TW I Realisasi"."""
    words = text.split()
    for cut in range(1, len(words)):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        for name, time in ((left, right), (right, left)):
            period = vocabulary.meaning("period", time)
            found = _word(name, vocabulary) if period else None
            if found and (found.role or found.unused):
                return replace(found, period=period)
    return None


def period_of(heading: Heading) -> str:
    """Return the period that the cells of a column belong to; empty is the year as a whole.

    >>> period_of(Heading("Target Tahunan", role="target", period="whole_year"))
    ''
    """
    return "" if heading.period == WHOLE_YEAR else heading.period
