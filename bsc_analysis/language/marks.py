"""Which mark separates decimals in a column of printed figures: decided by the column's own evidence, or not at all.

"1.122" alone is one thousand one hundred and twenty-two, or a little over one. Beside "73,5" it is the first, beside "0.35"
the second, since one writer prints a column in one way. Where no cell settles it, the cells are listed with both readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.numbers import show_cell
from bsc_analysis.language.quantities import Mark, Quantity, Readings, is_absent, read_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

AMBIGUOUS = (
    "{place}: got {got}, which is {comma} if the decimal mark is ',' and {point} if it is '.'; nothing in the column "
    "decides, declare the decimal mark"
)
BACKWARD = "{place}: got {got}, allowed: a range whose lower end stands first"
OTHER_MARK = "{place}: got {got}, allowed: a number with the decimal mark '{mark}'"
DECIDED = (
    "{place}: the decimal mark is '{mark}', as {witness} shows; cells read by it: {count}, such as {got}"
)
MIXED = "{place}: decimal marks are mixed; each cell is read by its own mark"

_MARKS: tuple[Mark, Mark] = (",", ".")
# Figures without a suffix, read here and not by read_cell because a column may hold a hundred thousand of them; a test
# holds the two to each other. Which group matched says what the mark can be, see _Cells.
_PLAIN = re.compile(
    r" {0,8}-?(?:"
    r"(?P<open_point>[1-9][0-9]{0,2}\.[0-9]{3})|(?P<open_comma>[1-9][0-9]{0,2},[0-9]{3})"
    r"|(?P<point>[0-9]{1,30}\.[0-9]{1,30}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,9}\.[0-9]{1,30}"
    r"|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,9})"
    r"|(?P<comma>[0-9]{1,30},[0-9]{1,30}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,9},[0-9]{1,30}"
    r"|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,9})"
    r"|[0-9]{1,30}) {0,8}"
)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A cell that says one thing if a comma, and another if a point separates decimals."""

    position: int
    text: str
    comma: Quantity
    point: Quantity


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """A column of printed figures as read, one entry per cell; positions count from 0.

    ``lower`` and ``upper`` hold the floats nearest to the exact figures: None where there is no figure, and in ``upper``
    where the figure is no range. :meth:`quantity` gives the exact one. ``mark`` is the decimal mark that was declared or
    decided; it is empty where no cell needs one, and where marks are ``mixed``.
    ``unread`` are no numbers, ``foreign`` are none under the declared mark, ``backward`` are ranges whose ends stand in
    the wrong order, ``ambiguous`` are read in two ways. ``witness`` is the first cell that settles the mark and
    ``hanging`` are the cells whose figure would be another under the other mark.
    """

    mark: Literal["", ",", "."]
    mixed: bool
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    units: tuple[str, ...]
    scales: tuple[str, ...]
    unread: tuple[int, ...]
    foreign: tuple[int, ...]
    backward: tuple[int, ...]
    ambiguous: tuple[Ambiguous, ...]
    hanging: tuple[int, ...]
    witness: int | None
    texts: tuple[str, ...] = field(repr=False)

    def quantity(self, position: int) -> Quantity | None:
        """Return the exact figure of one cell, or None where there is none."""
        if self.lower[position] is None:
            return None
        readings = read_cell(self.texts[position])
        return _chosen(readings, self.mark) if readings else None

    @property
    def values(self) -> tuple[Quantity | None, ...]:
        """The exact figure of every cell."""
        return tuple(self.quantity(position) for position in range(len(self.texts)))


def read_column(texts: Sequence[str], *, decimal: Literal["", ".", ","] = "") -> ColumnReading:
    """Read a column of cells as printed, by the decimal mark that its cells prove.

    The mark is the one under which every cell can be read. If both are possible and some figure depends on it, these
    figures are ambiguous. If neither is, the column mixes marks: cells with one possible reading are read, the others
    are ambiguous. Cells that hold no number at all prove nothing.

    Parameters
    ----------
    texts
        The cells.
    decimal
        The declared mark, which settles everything; empty where the cells have to prove it.

    >>> read_column(["1.122", "73,5 %", "-"]).lower, read_column(["1.122", "0.35"]).lower
    ((1122.0, 73.5, None), (1.122, 0.35))
    >>> [(cell.position, float(cell.comma.lower), float(cell.point.lower)) for cell in read_column(["1.122", "5"]).ambiguous]
    [(0, 1122.0, 1.122)]
    >>> read_column(["1.122", "5"], decimal=".").values[0].lower
    Fraction(561, 500)
    """
    cells = _look(texts)
    possible = _possible(cells)
    mark = decimal or (possible[0] if len(possible) == 1 else "")
    exact = {text: chosen for text, readings in cells.printed.items() if (chosen := _chosen(readings, mark))}
    backward = [text for text, chosen in exact.items() if chosen.is_backward]
    kept = {text: chosen for text, chosen in exact.items() if not chosen.is_backward}
    lower = _plain_values(cells, mark) | {text: float(chosen.lower) for text, chosen in kept.items()}
    upper = {text: float(chosen.upper) for text, chosen in kept.items() if chosen.upper is not None}
    either = _depending(cells)
    return ColumnReading(
        mark=mark,
        mixed=not decimal and not possible,
        lower=tuple(map(lower.get, texts)),
        upper=tuple(map(upper.get, texts)),
        units=tuple(_labels({text: chosen.unit for text, chosen in kept.items()}, texts)),
        scales=tuple(_labels({text: chosen.scale for text, chosen in kept.items()}, texts)),
        unread=_places(texts, cells.unread),
        foreign=_places(texts, _foreign(cells, mark)) if mark else (),
        backward=_places(texts, backward),
        ambiguous=() if mark else tuple(_ambiguous(texts, either)),
        hanging=_places(texts, either) if mark else (),
        witness=_witness(texts, cells, mark) if mark and not decimal else None,
        texts=tuple(texts),
    )


def column_faults(reading: ColumnReading, place: Callable[[int], Fault]) -> list[Fault]:
    """Return a fault for each cell that is ambiguous, backward or printed with the other mark than declared.

    Cells without a number (``reading.unread``) are left to the caller, who knows whether words are allowed.

    >>> from bsc_analysis.errors import fault
    >>> [str(each) for each in column_faults(read_column(["80-70"]), lambda at: fault("cell {at}", at=at))]
    ["cell 0: got '80-70', allowed: a range whose lower end stands first"]
    """
    texts, mark = reading.texts, reading.mark
    faults = [
        (each.position, fault(AMBIGUOUS, place=place(each.position), got=show_cell(each.text),
                              comma=each.comma.write(","), point=each.point.write(".")))
        for each in reading.ambiguous
    ]  # fmt: skip
    faults += [(at, fault(BACKWARD, place=place(at), got=show_cell(texts[at]))) for at in reading.backward]
    faults += [
        (at, fault(OTHER_MARK, place=place(at), got=show_cell(texts[at]), mark=mark))
        for at in reading.foreign
    ]
    return [each for _, each in sorted(faults, key=lambda placed: placed[0])]


def column_note(reading: ColumnReading, place: Fault | str) -> Fault | None:
    """Return what the evidence decided where figures hang on it, worth telling whoever reads the report.

    >>> str(column_note(read_column(["1.122", "73,5"]), "IKU.csv, column 'target'"))
    "IKU.csv, column 'target': the decimal mark is ',', as '73,5' shows; cells read by it: 1, such as '1.122'"
    """
    if reading.mixed:
        return fault(MIXED, place=place)
    if reading.witness is None or not reading.hanging:
        return None
    witness, first = (show_cell(reading.texts[at]) for at in (reading.witness, reading.hanging[0]))
    return fault(
        DECIDED, place=place, mark=reading.mark, witness=witness, count=len(reading.hanging), got=first
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The distinct texts of a column by what their marks can be.

    Plain figures have no suffix: ``whole`` ones no mark, ``point`` and ``comma`` can be printed only by who separates
    decimals so, ``open_point`` and ``open_comma`` have one mark before three digits, which may separate either.
    ``printed`` are all other numbers.
    """

    whole: list[str]
    open_point: list[str]
    open_comma: list[str]
    point: list[str]
    comma: list[str]
    printed: dict[str, Readings]
    unread: list[str]


def _look(texts: Iterable[str]) -> _Cells:
    kinds: dict[str | None, list[str]] = {kind: [] for kind in (None, *_PLAIN.groupindex)}
    others: list[str] = []
    for text in dict.fromkeys(texts):
        match = _PLAIN.fullmatch(text)
        (kinds[match.lastgroup] if match else others).append(text)
    printed = {text: readings for text in others if (readings := read_cell(text))}
    unread = [text for text in others if text not in printed and not is_absent(text)]
    return _Cells(
        whole=kinds[None],
        open_point=kinds["open_point"],
        open_comma=kinds["open_comma"],
        point=kinds["point"],
        comma=kinds["comma"],
        printed=printed,
        unread=unread,
    )


def _possible(cells: _Cells) -> list[Mark]:
    """Return the marks under which every number of the column can be read."""
    return [mark for mark in _MARKS if not _foreign(cells, mark)]


def _foreign(cells: _Cells, mark: str) -> list[str]:
    """Return the numbers that nobody prints so who separates decimals with this mark."""
    plain = cells.point if mark == "," else cells.comma
    return plain + [
        text for text, each in cells.printed.items() if (each.comma if mark == "," else each.point) is None
    ]


def _depending(cells: _Cells) -> list[str]:
    """Return the numbers that both writers print, and mean differently."""
    doubtful = [text for text, each in cells.printed.items() if each.certain is None]
    return cells.open_point + cells.open_comma + doubtful


def _chosen(readings: Readings, mark: Literal["", ",", "."]) -> Quantity | None:
    return readings.under(mark) if mark else readings.certain


def _plain_values(cells: _Cells, mark: str) -> dict[str, float]:
    """Return the floats of plain figures; an empty mark leaves out those that depend on it."""
    either = cells.open_point + cells.open_comma
    pointed = cells.whole + (cells.point if mark != "," else []) + (either if mark == "." else [])
    commaed = (cells.comma if mark != "." else []) + (either if mark == "," else [])
    values = {text: float(text.replace(",", "")) for text in pointed}
    values.update((text, float(text.replace(".", "").replace(",", "."))) for text in commaed)
    return values


def _labels(labels: dict[str, str], texts: Sequence[str]) -> Iterable[str]:
    return [labels.get(text, "") for text in texts] if labels else ("",) * len(texts)


def _places(texts: Sequence[str], wanted: Collection[str]) -> tuple[int, ...]:
    if not wanted:
        return ()
    known = set(wanted)
    return tuple(position for position, text in enumerate(texts) if text in known)


def _ambiguous(texts: Sequence[str], either: Collection[str]) -> Iterable[Ambiguous]:
    known = {text: read_cell(text) for text in either}
    for position in _places(texts, either):
        text = texts[position]
        readings = known[text]
        if readings and readings.comma and readings.point:
            yield Ambiguous(position, text, readings.comma, readings.point)


def _witness(texts: Sequence[str], cells: _Cells, mark: str) -> int | None:
    proving = _places(texts, _foreign(cells, "." if mark == "," else ","))
    return proving[0] if proving else None
