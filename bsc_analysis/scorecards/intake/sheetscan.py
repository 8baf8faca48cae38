"""What a sheet's own document says beyond the values of its cells.

The reader of workbooks gives values. Which formulas were never calculated, what is merged or hidden, and whether the
cells stand in the order that the reader relies on (it drops those that do not), is seen in one pass over the sheet's
XML before the values are read. Rows and columns are counted from zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.handler import ContentHandler

from defusedxml.sax import parseString
from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import range_boundaries

from bsc_analysis.scorecards.intake.grid import MAX_CELLS, column_letters

if TYPE_CHECKING:
    from collections.abc import Callable

Range = tuple[int, int, int, int]

ROWS, COLUMNS = 1_048_576, 16_384  # what a sheet of the format can hold
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
TRUE = ("1", "true")


class SheetOrderError(ValueError):
    """Cells or rows that do not stand in their order, or outside what a sheet can hold."""


class SheetSizeError(ValueError):
    """More cells than are read, empty ones included."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Facts of one sheet.

    Parameters
    ----------
    merged
        Ranges as (top, left, bottom, right), inclusive.
    hidden_rows, hidden_columns
        Hidden ranges as (first, last), inclusive.
    formulas
        Cells that hold a formula and no value, or the mere 0 of a program that does not calculate.
    """

    merged: tuple[Range, ...]
    hidden_rows: tuple[tuple[int, int], ...]
    hidden_columns: tuple[tuple[int, int], ...]
    formulas: dict[tuple[int, int], str]


def scan_sheet(xml: bytes, *, unreckoned: str = "") -> SheetFacts:
    """Scan a sheet's document.

    Parameters
    ----------
    xml
        The document.
    unreckoned
        A value that counts as none in formula cells, because the program that wrote the workbook puts it in place of
        a result and asks for calculation on opening; empty where there is none.

    Raises
    ------
    SheetOrderError
        When rows or cells are out of order.
    SheetSizeError
        When there are too many.

    >>> scan_sheet(b'<worksheet><row r="1"><c r="B1"><f>A1*2</f></c></row></worksheet>').formulas
    {(0, 1): '=A1*2'}
    """
    scanner = _Scanner(unreckoned)
    parseString(xml, scanner, forbid_dtd=True)
    return SheetFacts(
        tuple(scanner.merged), tuple(scanner.hidden_rows), tuple(scanner.hidden_columns), scanner.formulas
    )


class _Scanner(ContentHandler):
    """Follows the document element by element; rows and columns are counted from one, as it does."""

    def __init__(self, unreckoned: str) -> None:
        super().__init__()
        self.merged: list[Range] = []
        self.hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.formulas: dict[tuple[int, int], str] = {}
        self._absent = ("", unreckoned)
        self._row = self._column = self._cells = 0
        self._kind = ""
        self._formula: str | None = None
        self._value: str | None = None
        self._text: list[str] | None = None
        self._masters: dict[str, Translator] = {}
        self._shared = ""
        self._starts: dict[str, Callable[[Any], None]] = {
            "row": self._start_row,
            "c": self._start_cell,
            "f": self._start_formula,
            "v": self._start_value,
            "col": self._start_col,
            "mergeCell": self._start_merge,
        }
        self._ends: dict[str, Callable[[], None]] = {
            "c": self._end_cell,
            "f": self._end_formula,
            "v": self._end_value,
        }

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the name that the parser calls
        if start := self._starts.get(name[name.find(":") + 1 :]):
            start(attrs)

    def endElement(self, name: str) -> None:  # noqa: N802
        if end := self._ends.get(name[name.find(":") + 1 :]):
            end()

    def characters(self, content: str) -> None:
        if self._text is not None:
            self._text.append(content)

    def _start_row(self, attrs: Any) -> None:
        row = int(attrs.get("r", self._row + 1))
        if not self._row < row <= ROWS:
            raise SheetOrderError(f"row {row} after row {self._row}")
        self._row, self._column = row, 0
        if attrs.get("hidden") in TRUE:
            self.hidden_rows.append((row - 1, row - 1))

    def _start_cell(self, attrs: Any) -> None:
        reference = attrs.get("r")
        column = self._column + 1 if reference is None else self._column_of(reference)
        if not self._column < column <= COLUMNS:
            raise SheetOrderError(f"cell {reference} after column {self._column}")
        self._column = column
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise SheetSizeError
        self._kind = attrs.get("t", "n")
        self._formula = self._value = None

    def _column_of(self, reference: str) -> int:
        match = REFERENCE.fullmatch(reference)
        if match is None or int(match[2]) != self._row:
            raise SheetOrderError(f"cell {reference} in row {self._row}")
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return column

    def _start_formula(self, attrs: Any) -> None:
        self._text = []
        self._shared = attrs.get("si", "") if attrs.get("t") == "shared" else ""

    def _end_formula(self) -> None:
        self._formula = "=" + "".join(self._text or ())
        self._text = None
        if not self._shared:
            return
        here = f"{column_letters(self._column - 1)}{self._row}"
        if self._formula != "=":
            self._masters[self._shared] = Translator(self._formula, here)
        elif master := self._masters.get(self._shared):
            self._formula = str(master.translate_formula(here))

    def _start_value(self, _attrs: Any) -> None:
        if self._formula is not None:
            self._text = []

    def _end_value(self) -> None:
        if self._text is not None:
            self._value, self._text = "".join(self._text).strip(), None

    def _end_cell(self) -> None:
        if self._formula is None:
            return
        # An empty text is a result; a program that calculated it says so by the cell's type.
        if self._value is None or (self._kind != "str" and self._value in self._absent):
            self.formulas[self._row - 1, self._column - 1] = self._formula

    def _start_col(self, attrs: Any) -> None:
        if attrs.get("hidden") in TRUE:
            self.hidden_columns.append((int(attrs["min"]) - 1, int(attrs["max"]) - 1))

    def _start_merge(self, attrs: Any) -> None:
        left, top, right, bottom = (int(edge or 0) - 1 for edge in range_boundaries(attrs["ref"]))
        self.merged.append((top, left, bottom, right))
