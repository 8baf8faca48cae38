"""Columns of figures: numbers as a spreadsheet stores them, and numbers as people print them, read by column.

Typed numbers stay as they are; one that is shown as a percentage becomes the number that is shown. Texts are read by the
decimal mark that the column proves. What is neither is looked up among the words of a scale, and refused otherwise.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.marks import column_faults, column_note, read_column
from bsc_analysis.scorecards.intake.cells import is_blank, shown
from bsc_analysis.scorecards.intake.grid import CellError, Uncalculated

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from bsc_analysis.language.marks import ColumnReading
    from bsc_analysis.scorecards.intake.naming import WordValues
    from bsc_analysis.scorecards.intake.periods import RawColumn

REFUSED = "{place}: got {got}, allowed: {allowed}"
A_NUMBER = "a number, or '-' where there is none"
A_NUMBER_OR_WORD = "a number, '-' where there is none, or one of {words}"
NOT_A_DATE = "a number, not a date"
NOT_A_TRUTH = "a number, not a truth value"
NOT_AN_ERROR = "a number, not the error of a formula"
FINITE = "a finite number"
NO_RANGE = "one number, not a range"
UNCALCULATED = (
    "{place}: the formula {got} was never calculated; open the file in a spreadsheet program, and save it"
)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A cell that is printed with a multiplier: its position, the multiplier's word and what it multiplies by."""

    position: int
    word: str
    factor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A column of figures as read, one entry per cell.

    Parameters
    ----------
    column
        The cells it was read from.
    lower, upper
        The figures, and the upper ends of ranges; nan where there is none.
    units
        What was printed beside the figures, or shown with them: "%", "kali"; empty as a whole where no cell has any.
    scaled
        The cells that were printed with a multiplier; the figures contain it.
    faults, notes
        What could not be read, and what the evidence decided.
    """

    column: RawColumn
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    units: tuple[str, ...]
    scaled: tuple[Scaled, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]

    def unit(self, position: int) -> str:
        """Return the unit of one cell: its own, or that of its heading where the cell has a figure."""
        own = self.units[position] if self.units else ""
        heading = self.column.heading(position)
        if own or heading is None or math.isnan(self.lower[position]):
            return own
        return heading.unit

    def seen(self, position: int) -> str:
        """Return one cell as the reader of the file sees it: 0.9 that is shown as a percentage is 90%."""
        cell = self.column.cells[position]
        if isinstance(cell, str) or not self.units or not self.units[position]:
            return shown(cell)
        return f"{self.lower[position]:.15g}{self.units[position]}"


def read_figures(
    column: RawColumn, words: WordValues, *, decimal: Literal["", ".", ","] = "", ranges: bool = False
) -> Figures:
    """Read a column of figures.

    Parameters
    ----------
    column
        The cells.
    words
        The words that stand for a value, such as the grades of an audit.
    decimal
        The declared decimal mark; empty where the column has to prove it.
    ranges
        Whether "70-80" is allowed.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headings import Heading
    >>> from bsc_analysis.scorecards.intake.naming import WordValues
    >>> from bsc_analysis.scorecards.intake.periods import RawColumn
    >>> column = RawColumn("target", ("1.122", "73,5 %", 84), Grid("iku.csv", "", ()), (1, 2, 3), (Heading("Target", column=0),))
    >>> read_figures(column, WordValues()).lower.tolist()
    [1122.0, 73.5, 84.0]
    """
    texts, typed = _sorted_out(column)
    reading = read_column(texts, decimal=decimal)
    lower = np.array(reading.lower, dtype=np.float64)
    upper = (
        np.array(reading.upper, dtype=np.float64)
        if reading.upper.count(None) < len(lower)
        else np.full(len(lower), np.nan)
    )
    units = list(reading.units) if any(reading.units) else []
    faults = _unread(column, reading, words, lower) + column_faults(reading, column.place)
    if not ranges:
        faults += [
            fault(REFUSED, place=column.place(at), got=shown(texts[at]), allowed=fault(NO_RANGE))
            for at in np.flatnonzero(~np.isnan(upper)).tolist()
        ]
    faults += _typed(column, typed, lower)
    if shares := _percentages(column, typed):
        units = units or [""] * len(texts)
        for at in shares:
            units[at] = "%"
            lower[at] = float(Decimal(str(lower[at])) * 100)
    scaled = _scaled(reading) if any(reading.scales) else ()
    note = column_note(
        reading, fault("{where}, column '{name}'", where=column.grid.title, name=_names(column))
    )
    return Figures(
        column, lower, upper, tuple(units), scaled, tuple(sorted(faults, key=_row)), (note,) if note else ()
    )


def _scaled(reading: ColumnReading) -> tuple[Scaled, ...]:
    figures = ((at, word, reading.quantity(at)) for at, word in enumerate(reading.scales) if word)
    return tuple(Scaled(at, word, figure.factor) for at, word, figure in figures if figure)


def _row(found: Fault) -> int:
    """Return the row of the file that a fault about a cell is about."""
    place = dict(found.fields)["place"]
    return int(str(dict(place.fields)["row"])) if isinstance(place, Fault) else 0


def _sorted_out(column: RawColumn) -> tuple[tuple[str, ...], Mapping[int, object]]:
    """Return the cells as texts, and those that are none by their position."""
    if set(map(type, column.cells)) == {str}:
        return tuple(column.cells), {}  # type: ignore[arg-type]
    typed = {
        at: cell for at, cell in enumerate(column.cells) if not isinstance(cell, str) and not is_blank(cell)
    }
    return tuple(cell if isinstance(cell, str) else "" for cell in column.cells), typed


def _names(column: RawColumn) -> str:
    return ", ".join(dict.fromkeys(each.text for each in column.headings if each))


def _unread(
    column: RawColumn, reading: ColumnReading, words: WordValues, lower: npt.NDArray[np.float64]
) -> list[Fault]:
    """Give words of a scale their values; refuse all other texts."""
    allowed = fault(A_NUMBER_OR_WORD, words=", ".join(words.words)) if words.words else fault(A_NUMBER)
    faults = []
    for at in reading.unread:
        value = words.value(reading.texts[at])
        if value is None:
            got = shown(reading.texts[at])
            faults.append(fault(REFUSED, place=column.place(at), got=got, allowed=allowed))
        else:
            lower[at] = float(value)
    return faults


def _typed(column: RawColumn, typed: Mapping[int, object], lower: npt.NDArray[np.float64]) -> list[Fault]:
    """Put typed numbers in their places; refuse what a spreadsheet can hold instead of one."""
    plain = [at for at, cell in typed.items() if type(cell) in (int, float)]
    lower[plain] = np.array([typed[at] for at in plain], dtype=np.float64)
    infinite = np.flatnonzero(np.isinf(lower)).tolist()
    others = [at for at, cell in typed.items() if type(cell) not in (int, float)]
    faults = []
    for at in infinite + others:
        cell = typed[at]
        if isinstance(cell, Uncalculated):
            faults.append(fault(UNCALCULATED, place=column.place(at), got=shown(cell)))
        elif reason := _reason(cell):
            faults.append(fault(REFUSED, place=column.place(at), got=shown(cell), allowed=fault(reason)))
        else:
            lower[at] = float(cell)  # type: ignore[arg-type]
    return faults


def _reason(cell: object) -> str:
    """Return why a cell that is not a text is no figure, or an empty string."""
    kinds: tuple[tuple[tuple[type, ...], str], ...] = (
        ((bool,), NOT_A_TRUTH),
        ((dt.date, dt.time, dt.timedelta), NOT_A_DATE),
        ((CellError,), NOT_AN_ERROR),
    )
    for types, reason in kinds:
        if isinstance(cell, types):
            return reason
    if not isinstance(cell, Real | Decimal):
        return A_NUMBER
    return "" if math.isfinite(cell) else FINITE


def _percentages(column: RawColumn, typed: Mapping[int, object]) -> list[int]:
    if not column.grid.percent:
        return []
    shown_so = column.grid.percent
    return [
        at for at in typed if (heading := column.heading(at)) and (column.row(at), heading.column) in shown_so
    ]
