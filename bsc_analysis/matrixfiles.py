"""Printed matrices on disk: correlations or covariances of named variables, as a square table with row names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.rows import refuse_absent
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank
from bsc_analysis.scorecards.intake.figures import read_figures
from bsc_analysis.scorecards.intake.naming import WordValues
from bsc_analysis.tablefiles import located, raw_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.scorecards.intake.figures import Figures
    from bsc_analysis.scorecards.intake.grid import Grid, Opened
    from bsc_analysis.scorecards.intake.reading import DecimalMark

NO_MATRIX = (
    "{where}: this is no square matrix (columns {columns}; rows {rows}), and the number of observations belongs to one; "
    "name each row by the variable, in the first column, or leave the number out"
)
HOLE = "{where}: the matrix has no number for {row}, {column}, in neither half"
CORRELATIONS = "{where}: read as a matrix of correlations, since its diagonal is 1; b and beta are the same"
COVARIANCES = "{where}: read as a matrix of covariances with divisor n - 1, since its diagonal is not 1"
MOST_LISTED = 6
UNIT = 1e-9  # computed correlations of a variable with itself differ from 1 by rounding noise only


def is_matrix(opened: Opened) -> bool:
    r"""Return whether a file is a matrix: its rows and its columns have the same names.

    >>> from bsc_analysis.scorecards.intake.containers import open_grids
    >>> is_matrix(open_grids(b",LG,IP\nLG,1,\nIP,0.3,1\n", "r.csv")), is_matrix(open_grids(b"LG,IP\n1,2\n", "a.csv"))
    (True, False)
    """
    return any(_square(grid) for grid in opened.grids)


def read_matrix(
    opened: Opened, names: Sequence[str], n_obs: int, *, decimal: DecimalMark = ""
) -> tuple[Moments, tuple[Fault, ...]]:
    r"""Read a matrix of correlations, or of covariances with divisor n - 1, as moments, with notes.

    One triangle is enough: what is empty is taken from the other half. Of the variables only those named are read.

    Parameters
    ----------
    opened
        What :func:`~bsc_analysis.tablefiles.open_table` returned.
    names
        The variables that are needed.
    n_obs
        The number of observations that the matrix comes from.
    decimal
        The decimal mark of printed numbers, declared; empty where the matrix has to prove its own.

    Raises
    ------
    DataError
        When the file is no square matrix, lacks a variable or an entry, or cannot come from data; each by name.

    >>> from bsc_analysis.scorecards.intake.containers import open_grids
    >>> opened = open_grids(b",LG,IP,CP\nLG,1,,\nIP,.329,1,\nCP,.046,.123,1\n", "r.csv")
    >>> moments, notes = read_matrix(opened, ["LG", "CP"], 100)
    >>> float(moments.covariance[0, 1]), moments.n_obs
    (0.046, 100)
    """
    grid = next((each for each in opened.grids if _square(each)), None)
    if grid is None:
        raise DataError(_no_matrix(opened.grids[0]))
    header = _header(grid)
    columns = _named(grid.rows[header], header=True)
    rows = {cell_text(grid.rows[at][0]): at for at in _body(grid)}
    with located(grid):
        refuse_absent(tuple(columns), names)
    raw = raw_column(grid, [rows[name] for name in names], {name: columns[name] for name in names})
    figures = read_figures(raw, WordValues(), decimal=decimal)
    if figures.faults:
        raise DataError(*figures.faults)
    entries = _whole(figures, names, grid)
    with located(grid):
        moments, sentence = _moments(names, entries, n_obs)
    return moments, (*opened.notes, *figures.notes, fault(sentence, where=grid.title))


def _moments(names: Sequence[str], entries: list[list[float]], n_obs: int) -> tuple[Moments, str]:
    if all(abs(row[at] - 1) <= UNIT for at, row in enumerate(entries)):
        return Moments.from_correlations(names, entries, n_obs), CORRELATIONS
    return Moments.from_covariances(names, entries, n_obs), COVARIANCES


def _header(grid: Grid) -> int:
    """Return the first row that has more than one cell; titles have one."""
    return next((at for at in range(len(grid.rows)) if len(_named(grid.rows[at])) > 1), 0)


def _body(grid: Grid) -> list[int]:
    header = _header(grid)
    return [at for at in range(header + 1, len(grid.rows)) if not all(map(is_blank, grid.rows[at]))]


def _named(cells: Sequence[object], *, header: bool = False) -> dict[str, int]:
    """Return the position of each name in a row; of a header, the cell above the names of rows is none of them."""
    return {
        cell_text(cell): at
        for at, cell in enumerate(cells)
        if not is_blank(cell) and not (header and at == 0)
    }


def _square(grid: Grid) -> bool:
    columns = list(_named(grid.rows[_header(grid)], header=True))
    rows = [cell_text(grid.rows[at][0]) for at in _body(grid)]
    return len(rows) > 1 and len(rows) == len(columns) and set(rows) == set(columns)


def _no_matrix(grid: Grid) -> Fault:
    columns = list(_named(grid.rows[_header(grid)]))
    rows = [cell_text(grid.rows[at][0]) for at in _body(grid)]
    return fault(NO_MATRIX, where=grid.title, columns=_listed(columns), rows=_listed(rows))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_LISTED]) + (", …" if len(names) > MOST_LISTED else "")


def _whole(figures: Figures, names: Sequence[str], grid: Grid) -> list[list[float]]:
    """Return both halves of the matrix; an entry that one half lacks is taken from the other."""
    k, values = len(names), figures.lower.tolist()
    half = [values[at * k : (at + 1) * k] for at in range(k)]
    entries = [[half[i][j] if half[i][j] == half[i][j] else half[j][i] for j in range(k)] for i in range(k)]
    holes = [(i, j) for i in range(k) for j in range(i + 1) if entries[i][j] != entries[i][j]]
    if holes:
        raise DataError(*(fault(HOLE, where=grid.title, row=names[i], column=names[j]) for i, j in holes))
    return entries
