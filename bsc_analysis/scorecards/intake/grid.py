"""One sheet of raw cells, each with the place where the reader of the file finds it.

Every container (workbook, delimited text, data file) is opened as grids, so that what follows knows neither
formats nor encodings: it asks a grid for a cell, and for the words that say where the cell stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from bsc_analysis.errors import Fault, fault

# Fifteen times the largest case foreseen, 26,000 rows of 13 columns; as Python objects about half a gigabyte.
MAX_CELLS = 5_000_000


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula cell that no spreadsheet program ever calculated, so that the file holds no value for it."""

    formula: str

    def __str__(self) -> str:
        return self.formula


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose formula failed, with the code that the spreadsheet program shows: '#DIV/0!', '#N/A'."""

    code: str

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: rows of raw cells of one length, counted from zero, and what the file says about them.

    Parameters
    ----------
    file
        The name that reports give.
    sheet
        The sheet's name; empty where the container has no sheets.
    rows
        Raw cells: text, whole or floating number, truth value, date, None, :class:`Uncalculated` or
        :class:`CellError`. Rectangular. In a data file the first row holds the names of the columns.
    percent
        Cells whose number is shown as a percentage: 0.735 that the reader of the file sees as 73.5 %.
    merged
        Merged ranges as (top, left, bottom, right), inclusive; only the top left cell of each has a value.
    numbered_from
        The number of the first row as the reader of the file counts.
    lines
        The number of each row where they cannot be counted from the first, because cells hold line breaks.

    >>> grid = Grid("IKU.xlsx", "Data", (("Target", "Realisasi"), (100, "84 kali")))
    >>> str(grid.place(1, 1, "actual"))
    "IKU.xlsx, sheet 'Data', cell B2"
    """

    file: str
    sheet: str
    rows: tuple[tuple[object, ...], ...]
    percent: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    numbered_from: int = 1
    lines: tuple[int, ...] = ()

    def number(self, row: int) -> int:
        """Return the number that the reader of the file gives to a row counted from zero.

        >>> Grid("iku.csv", "", (("a",), ("b",)), lines=(1, 4)).number(1)
        4
        """
        return self.lines[row] if self.lines else self.numbered_from + row

    def place(self, row: int, column: int, name: str) -> Fault:
        """Return the words that say where a cell stands; fields `row`, `column` and `cell` serve lists of faults.

        Parameters
        ----------
        row, column
            Counted from zero, as in `rows`.
        name
            What the column is called; a workbook's cells are named by letter and number instead.

        >>> grid = Grid("indicators.csv", "", (("actual",),) * 11)
        >>> str(grid.place(10, 0, "actual"))
        "indicators.csv, row 11, column 'actual'"
        """
        line = self.number(row)
        if not self.sheet:
            return fault(
                "{file}, row {row}, column '{name}'", file=self.file, row=line, name=name, column=name
            )
        return fault(
            "{file}, sheet '{sheet}', cell {cell}",
            file=self.file,
            sheet=self.sheet,
            cell=f"{column_letters(column)}{line}",
            row=line,
            column=name,
        )

    @property
    def title(self) -> Fault:
        """What the grid as a whole is called in reports: the file, with its sheet where it has one.

        >>> str(Grid("IKU.xlsx", "Data", ()).title)
        "IKU.xlsx, sheet 'Data'"
        """
        if not self.sheet:
            return fault("{file}", file=self.file)
        return fault("{file}, sheet '{sheet}'", file=self.file, sheet=self.sheet)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds: its grids, and notes on what was established about it by evidence."""

    grids: tuple[Grid, ...]
    notes: tuple[Fault, ...] = ()


def too_many_cells(where: Fault) -> Fault:
    """Say that a grid is larger than what is read into memory as single cells.

    >>> str(too_many_cells(Grid("iku.csv", "", ()).title))
    'iku.csv: more than 5,000,000 cells, which is more than is read'
    """
    sentence = "{where}: more than {allowed} cells, which is more than is read"
    return fault(sentence, where=where, allowed=f"{MAX_CELLS:,}")


def column_letters(column: int) -> str:
    """Return the letters that a spreadsheet gives to a column counted from zero.

    Base 26 without a zero: A is 1, Z is 26, AA is 27.

    >>> [column_letters(column) for column in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
