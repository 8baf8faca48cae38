"""Plain tables on disk: one header row, one row per unit (and year), of which only the columns that are named are read.

Numbers are read as intake reads them: each column proves its decimal mark, and whatever is ambiguous stops with its cell.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bsc_analysis.datafiles import read_bytes
from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.paths.rows import refuse_absent
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank, shown
from bsc_analysis.scorecards.intake.columns import read_texts
from bsc_analysis.scorecards.intake.containers import open_grids
from bsc_analysis.scorecards.intake.figures import read_figures
from bsc_analysis.scorecards.intake.headings import Heading
from bsc_analysis.scorecards.intake.naming import WordValues
from bsc_analysis.scorecards.intake.periods import RawColumn
from bsc_analysis.scorecards.intake.units import SIGN_MISSING
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bsc_analysis.scorecards.intake.figures import Figures
    from bsc_analysis.scorecards.intake.grid import Grid, Opened
    from bsc_analysis.scorecards.intake.reading import DecimalMark

LOCATED = "{file}: {what}"
TWICE = "{where}: column '{name}' stands twice"
SEVERAL = "{where}: these sheets have the columns that are needed: {names}; name the one to read"
TEXT = (
    "{where}, column '{name}': {count} cells hold text, such as {got}; the model needs numbers in this column"
)
UNLIKE = "{place}: got the unit {got}, allowed: {allowed}, as elsewhere in the column"
MORE = "{where}, column '{name}': {count} more cells that cannot be read"

MOST_FAULTS = 12  # of one column; what is wrong with more cells is wrong with the column
STATUS = "data_status"  # the column in which rows say of themselves that they are made
LARGEST_SHARE = 1.5  # a plain figure up to this may be a share of one, 0.85 for 85 %
_ROWS_LOOKED_AT = 60  # a header further down than this is not looked for
# What programs write and people do not: powers of ten, infinity, and no number.
_BY_PROGRAM = re.compile(
    r"\s*(?:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)e[-+]?[0-9]+|[-+]?inf(?:inity)?|nan)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table as read: figures as float64 with NaN for what is missing, keys as text, and notes.

    What rows say of themselves, such as that they are a synthetic twin, stands in a column ``data_status`` of text; a table
    that has no such column, under any of its headings, has none here.
    """

    frame: pd.DataFrame
    notes: tuple[Fault, ...] = ()


def open_table(path: Path | str, *, sheet: str = "") -> Opened:
    """Open a file of any kind that intake knows: a workbook, a text with delimiters, SPSS or Parquet.

    Parameters
    ----------
    path
        The file.
    sheet
        The sheet of a workbook to read; empty for the one that has the columns.

    Raises
    ------
    UseError
        When there is no such file, or it may not be read.
    DataError
        When it is damaged or none of these kinds.
    """
    file = Path(path)
    return open_grids(read_bytes(file), file.name, sheets=[sheet] if sheet else [])


def read_columns(
    opened: Opened, names: Sequence[str], keys: Sequence[str] = (), *, decimal: DecimalMark = ""
) -> Columns:
    r"""Read the named columns of a table, and what its rows say that they are; what other columns hold does not matter.

    An empty cell, ``-``, ``NA`` and ``NaN`` are missing; rows without any cell are left out. A figure with a percent
    sign, or shown as a percentage, is the number that is seen: 73.5 for ``73,5 %``.

    Parameters
    ----------
    opened
        What :func:`open_table` returned.
    names
        Columns of figures, by their headings.
    keys
        Columns whose texts say what a row belongs to.
    decimal
        The decimal mark of printed numbers, declared; empty where each column has to prove its own.

    Raises
    ------
    DataError
        Naming each column that is absent (with the nearest), stands twice or holds text, and each cell that cannot be
        read or could be read in two ways.

    >>> from bsc_analysis.scorecards.intake.containers import open_grids
    >>> opened = open_grids(b"unit;LG;IP;catatan\nBPBD;73,5 %;1.122;baik\nDinas;61,4 %;0,175;-", "nilai.csv")
    >>> read_columns(opened, ["LG", "IP"], ["unit"]).frame.to_dict("records")
    [{'LG': 73.5, 'IP': 1122.0, 'unit': 'BPBD'}, {'LG': 61.4, 'IP': 0.175, 'unit': 'Dinas'}]
    >>> made = open_grids(b"LG,IP,Status Data\n73.5,80,synthetic twin\n", "nilai.csv")
    >>> read_columns(made, ["LG"]).frame.to_dict("records")
    [{'LG': 73.5, 'data_status': 'synthetic twin'}]
    """
    wanted = tuple(dict.fromkeys([*names, *keys]))
    grid, header = _find(opened.grids, wanted)
    places = _places(grid, header, wanted)
    rows = [at for at in range(header + 1, len(grid.rows)) if not all(map(is_blank, grid.rows[at]))]
    raw = {name: raw_column(grid, rows, {name: at}) for name, at in places.items()}
    figures = {name: read_figures(raw[name], WordValues(), decimal=decimal) for name in names}
    texts = {name: read_texts(raw[name]) for name in keys if name not in figures}
    faults = [each for name in figures for each in _figure_faults(figures[name])]
    faults += [each for name in texts for each in _first(texts[name].faults, raw[name])]
    if faults:
        raise DataError(*faults)
    columns = {name: pd.Series(each.lower, dtype="float64") for name, each in figures.items()}
    columns |= {name: pd.Series(each.entries, dtype="str") for name, each in texts.items()}
    if STATUS not in columns and (said := _status(grid, header, rows)):
        columns[STATUS] = pd.Series(said, dtype="str")
    notes = (note for each in figures.values() for note in each.notes)
    return Columns(pd.DataFrame(columns), (*opened.notes, *notes))


def raw_column(grid: Grid, rows: Sequence[int], places: Mapping[str, int]) -> RawColumn:
    """Return some columns of a grid, by their names, as cells that take turns; what programs write is a number already.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> raw_column(Grid("a.csv", "", (("LG", "IP"), ("0.5", "1e-3"))), [1], {"LG": 0, "IP": 1}).cells
    ['0.5', 0.001]
    """
    cells = [grid.rows[row][at] for row in rows for at in places.values()]
    written = {each for each in cells if isinstance(each, str) and _BY_PROGRAM.fullmatch(each)}
    if written:
        cells = [float(str(each)) if each in written else each for each in cells]
    headings = tuple(Heading(name, column=at) for name, at in places.items())
    return RawColumn(", ".join(places), cells, grid, rows, headings)


@contextmanager
def located(grid: Grid) -> Iterator[None]:
    """Say of every fault in the data that is found inside from which sheet they came.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> with located(Grid("a.xlsx", "Data", ())):
    ...     raise DataError(fault("the data have no column {got}", got="'LG'"))
    Traceback (most recent call last):
    bsc_analysis.errors.DataError: a.xlsx, sheet 'Data': the data have no column 'LG'
    """
    try:
        yield
    except DataError as error:
        raise DataError(*(fault(LOCATED, file=grid.title, what=each) for each in error.faults)) from None


def _find(grids: Sequence[Grid], wanted: Sequence[str]) -> tuple[Grid, int]:
    """Return the grid and the row whose headings have the columns, or refuse the columns that the best row lacks."""
    headers = [(grid, _header(grid, wanted)) for grid in grids]
    whole = [(grid, at) for grid, at in headers if set(wanted) <= set(_headings(grid, at))]
    if len(whole) > 1:
        names = ", ".join(repr(grid.sheet) for grid, _ in whole)
        raise DataError(fault(SEVERAL, where=grids[0].file, names=names))
    grid, header = max(whole or headers, key=lambda each: _count_known(each[0], each[1], wanted))
    with located(grid):
        refuse_absent([each for each in _headings(grid, header) if each], wanted)
    return grid, header


def _header(grid: Grid, wanted: Sequence[str]) -> int:
    """Return the row that has most of the names; without any of them, the first that has more than one cell."""
    rows = range(min(len(grid.rows), _ROWS_LOOKED_AT))
    best = max(rows, key=lambda at: _count_known(grid, at, wanted))
    if _count_known(grid, best, wanted):
        return best
    return next((at for at in rows if sum(map(bool, _headings(grid, at))) > 1), best)


def _headings(grid: Grid, row: int) -> list[str]:
    return [cell_text(cell) for cell in grid.rows[row]]


def _count_known(grid: Grid, row: int, wanted: Sequence[str]) -> int:
    return len(set(_headings(grid, row)).intersection(wanted))


def _places(grid: Grid, header: int, wanted: Sequence[str]) -> dict[str, int]:
    headings = _headings(grid, header)
    twice = [name for name in wanted if headings.count(name) > 1]
    if twice:
        raise DataError(*(fault(TWICE, where=grid.title, name=name) for name in twice))
    return {name: headings.index(name) for name in wanted}


def _status(grid: Grid, header: int, rows: Sequence[int]) -> list[str | None]:
    """Return what each row says that it is; of several such columns the one that says of a row that it is made."""
    vocabulary = packaged_vocabulary()
    places = [
        at
        for at, heading in enumerate(_headings(grid, header))
        if vocabulary.meaning("columns", heading) == STATUS
    ]
    said = [read_texts(raw_column(grid, rows, {STATUS: at})).entries for at in places]
    return next((each for each in said if SYNTHETIC in each), said[0] if said else [])


def _figure_faults(figures: Figures) -> list[Fault]:
    """Return what is wrong with a column: one sentence where it holds text, else the first cells that cannot be read."""
    faults, known = figures.faults, any(value == value for value in figures.lower.tolist())
    column = figures.column
    if len(faults) > MOST_FAULTS and not known:
        first = next(cell for cell in column.cells if not is_blank(cell))
        return [fault(TEXT, where=column.grid.title, name=column.name, count=len(faults), got=shown(first))]
    return _first(faults, column) if faults else _first(_unit_faults(figures), column)


def _first(faults: Sequence[Fault], column: RawColumn) -> list[Fault]:
    more = len(faults) - MOST_FAULTS
    rest = [fault(MORE, where=column.grid.title, name=column.name, count=more)] if more > 0 else []
    return [*faults[:MOST_FAULTS], *rest]


def _unit_faults(figures: Figures) -> list[Fault]:
    """Refuse units that differ within a column, and plain figures that may be shares beside ones with a percent sign."""
    units = [figures.unit(at) for at in range(len(figures.lower))] if figures.units else []
    first = next((at for at, unit in enumerate(units) if unit), None)
    if first is None:
        return []
    place = figures.column.place
    unlike = [
        fault(UNLIKE, place=place(at), got=repr(unit), allowed=repr(units[first]))
        for at, unit in enumerate(units)
        if unit and unit.casefold() != units[first].casefold()
    ]
    values = figures.lower.tolist()
    unsigned = [
        fault(SIGN_MISSING, place=place(at), got=figures.seen(at), other=figures.seen(first), percent=f"{values[at]:.15g}")
        for at, unit in enumerate(units)
        if units[first] == "%" and not unit and 0 < abs(values[at]) <= LARGEST_SHARE
    ]  # fmt: skip
    return unlike + unsigned
