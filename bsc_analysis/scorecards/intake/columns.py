"""Columns of texts and years: spaces folded, names made ids, and what a cell must not hold refused with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank, shown
from bsc_analysis.scorecards.intake.figures import UNCALCULATED
from bsc_analysis.scorecards.intake.grid import CellError, Uncalculated
from bsc_analysis.scorecards.observations import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bsc_analysis.scorecards.intake.bodies import Cells
    from bsc_analysis.scorecards.intake.naming import Names
    from bsc_analysis.scorecards.intake.periods import RawColumn

    Refusal = Callable[[Fault], Fault]

REFUSED = "{place}: got {got}, allowed: {allowed}"
NOT_A_YEAR = "{place}: got {got}, allowed: a year such as 2017"
NOT_AN_ERROR = "a text, not the error of a formula"
SHORTER = "{place}: the text has {got} characters, allowed: at most {allowed}"
EMPTY = "{place}: the cell is empty"
YEARS = range(1900, 2201)
_DASHES = ("-", "–", "—")  # alone in a cell that may be empty they say that it is
LONGEST_TEXT = 32_767  # characters: what a cell of a spreadsheet can hold


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts as read, None where there is none, with what could not be read."""

    entries: list[str | None]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Years:
    """A column of years as read, 0 where the cell is refused, with what could not be read."""

    entries: list[int]
    faults: tuple[Fault, ...]


def read_texts(column: RawColumn, names: Names | None = None) -> Texts:
    """Read a column of texts; a text that begins like a formula is a text like any other.

    Parameters
    ----------
    column
        The cells.
    names
        What the values are called; None for a column whose texts are kept as they are.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headings import Heading
    >>> from bsc_analysis.scorecards.intake.periods import RawColumn
    >>> column = RawColumn("unit", (" BPBD  Bantaeng", "=1+1"), Grid("iku.csv", "", ()), (1, 2), (Heading("Unit", column=0),))
    >>> read_texts(column).entries
    ['BPBD Bantaeng', '=1+1']
    """
    texts = _folded(column.cells)
    distinct = dict.fromkeys(texts)
    ids = names.translate(distinct) if names else {}
    refused = _too_long(distinct) | (
        names.refuse(each for each in distinct if each not in ids) if names else {}
    )
    if column.name in REQUIRED:
        refused[""] = _empty
    else:
        refused = {text: refusal for text, refusal in refused.items() if text not in _DASHES}
        ids |= dict.fromkeys(_DASHES, "")
    changed = {text: ids.get(text) or None for text in distinct if not text or text in ids}
    entries: list[str | None] = [changed.get(text, text) for text in texts] if changed else [*texts]
    broken = _broken(column)
    if not broken and refused.keys().isdisjoint(distinct):
        return Texts(entries, ())
    faults = [
        broken.get(at) or refused[text](column.place(at))
        for at, text in enumerate(texts)
        if text in refused or at in broken
    ]
    return Texts(entries, tuple(faults))


def read_years(column: RawColumn) -> Years:
    """Read a column of years: whole numbers, or texts of four digits.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headings import Heading
    >>> from bsc_analysis.scorecards.intake.periods import RawColumn
    >>> column = RawColumn("year", ("2016", 2017.0, "2O16"), Grid("iku.csv", "", ()), (1, 2, 3), (Heading("Tahun", column=0),))
    >>> years = read_years(column)
    >>> years.entries, str(years.faults[0])
    ([2016, 2017, 0], "iku.csv, row 4, column 'Tahun': got '2O16', allowed: a year such as 2017")
    """
    if set(map(type, column.cells)) == {str}:
        known = {cell: _year(cell) for cell in set(column.cells)}
        values = list(map(known.__getitem__, column.cells))
    else:
        values = [_year(cell) for cell in column.cells]
    wrong = [at for at, year in enumerate(values) if not year] if 0 in values else []
    return Years(values, tuple(_no_year(column, at) for at in wrong))


def _folded(cells: Cells) -> list[str]:
    if set(map(type, cells)) == {str}:
        distinct = {cell: " ".join(str(cell).split()) for cell in set(cells)}
        changed = any(cell != text for cell, text in distinct.items())
        return list(map(distinct.__getitem__, cells)) if changed else list(map(str, cells))
    return [cell_text(cell) for cell in cells]


def _too_long(texts: Iterable[str]) -> dict[str, Refusal]:
    return {text: _shorter(len(text)) for text in texts if len(text) > LONGEST_TEXT}


def _shorter(length: int) -> Refusal:
    return lambda place: fault(SHORTER, place=place, got=length, allowed=LONGEST_TEXT)


def _empty(place: Fault) -> Fault:
    return fault(EMPTY, place=place)


def _broken(column: RawColumn) -> dict[int, Fault]:
    """Return a fault for each cell that holds a formula's failure instead of a value."""
    if not {Uncalculated, CellError} & set(map(type, column.cells)):
        return {}
    found: dict[int, Fault] = {}
    for at, cell in enumerate(column.cells):
        if isinstance(cell, Uncalculated):
            found[at] = fault(UNCALCULATED, place=column.place(at), got=shown(cell))
        if isinstance(cell, CellError):
            allowed = fault(NOT_AN_ERROR)
            found[at] = fault(REFUSED, place=column.place(at), got=shown(cell), allowed=allowed)
    return found


def _year(cell: object) -> int:
    """Return the year a cell holds, or 0 where it holds none."""
    if isinstance(cell, str):
        text = cell.strip()
        year = int(text) if len(text) == 4 and text.isdecimal() else 0
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1:
        year = int(cell)
    else:
        year = 0
    return year if year in YEARS else 0


def _no_year(column: RawColumn, at: int) -> Fault:
    cell = column.cells[at]
    if is_blank(cell):
        return fault(EMPTY, place=column.place(at))
    if isinstance(cell, Uncalculated):
        return fault(UNCALCULATED, place=column.place(at), got=shown(cell))
    return fault(NOT_A_YEAR, place=column.place(at), got=shown(cell))
