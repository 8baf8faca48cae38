"""The columns of one sheet as read: texts, years and figures in canonical columns, with all faults and notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import pandas as pd

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.intake.cells import shown
from bsc_analysis.scorecards.intake.columns import read_texts, read_years
from bsc_analysis.scorecards.intake.figures import Figures, read_figures
from bsc_analysis.scorecards.intake.naming import names_of, word_values
from bsc_analysis.scorecards.intake.units import join_units
from bsc_analysis.scorecards.observations import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from bsc_analysis.scorecards.intake.grid import Grid
    from bsc_analysis.scorecards.intake.periods import RawColumn
    from bsc_analysis.scorecards.intake.vocabulary import Vocabulary
    from bsc_analysis.scorecards.rules import RuleSet

    Values = Sequence[str | None] | Sequence[int] | npt.NDArray[np.float64]

TWO_UPPER_ENDS = "{place}: got {got} beside a range in the target, allowed: one of the two"
_KINDS = {column.name: column.kind for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Part:
    """The observations of one sheet.

    Parameters
    ----------
    grid
        The sheet.
    raw
        The columns they were read from, which know the places of cells.
    columns, values
        The canonical columns in the order of the file, and their values; figures are nan where there is none.
    weights
        The column of weights before those of all sheets are compared, or None.
    faults, notes
        What could not be read, and what is worth saying.
    """

    grid: Grid
    raw: tuple[RawColumn, ...]
    columns: tuple[str, ...]
    values: tuple[Values, ...]
    weights: Figures | None
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]

    def __len__(self) -> int:
        return len(self.raw[0].cells)

    def weighed(self, weights: npt.NDArray[np.float64]) -> Part:
        """Return the part with its final weights."""
        values = tuple(
            weights if name == "weight" else each
            for name, each in zip(self.columns, self.values, strict=True)
        )
        return replace(self, values=values)

    def numbers(self) -> npt.NDArray[np.int64]:
        """Return the number that the reader of the file gives to the row of each observation."""
        raw = self.raw[0]
        rows = np.asarray(raw.rows, dtype=np.int64)
        numbers = (
            np.asarray(self.grid.lines, dtype=np.int64)[rows]
            if self.grid.lines
            else rows + self.grid.numbered_from
        )
        return np.repeat(numbers, len(raw.headings))

    def frame(self, names: Sequence[str]) -> pd.DataFrame:
        """Return the observations with these columns; those that the sheet does not have are null."""
        known = dict(zip(self.columns, self.values, strict=True))
        empty = [None] * len(self)
        return pd.DataFrame({name: _series(name, known.get(name, empty)) for name in names})

    def place(self, row: int, name: str) -> Fault:
        """Return the words that say where a cell stands; a value that stands elsewhere is placed by its row."""
        named = {each.name: each for each in self.raw}
        return named.get(name, named.get("target", self.raw[0])).place(row)


def read_part(
    raw: tuple[RawColumn, ...],
    grid: Grid,
    vocabulary: Vocabulary,
    rules: RuleSet | None,
    *,
    decimal: Literal["", ".", ","],
) -> Part:
    """Read the columns of one sheet; each is read whole, and nothing is refused yet."""
    words = word_values(rules)
    texts = {
        each.name: read_texts(each, names_of(each.name, rules, vocabulary))
        for each in raw
        if _KINDS[each.name] == "text"
    }
    years = {each.name: read_years(each) for each in raw if _KINDS[each.name] == "year"}
    figures = {
        each.name: read_figures(each, words, decimal=decimal, ranges=each.name == "target")
        for each in raw
        if _KINDS[each.name] == "figure"
    }
    upper = _upper_ends(figures["target"], figures.get("target_upper"))
    measured = texts["unit_of_measure"].entries if "unit_of_measure" in texts else [None] * len(raw[0].cells)
    units = join_units(figures["target"], figures["actual"], measured, vocabulary)
    known: dict[str, Values] = {name: each.entries for name, each in texts.items()}
    known |= {name: each.entries for name, each in years.items()}
    known |= {name: each.lower for name, each in figures.items()}
    known |= {"target_upper": upper.entries} if upper.entries is not None else {}
    known |= {"unit_of_measure": units.entries} if any(units.entries) or "unit_of_measure" in texts else {}
    columns = _ordered([each.name for each in raw], known)
    return Part(
        grid=grid,
        raw=raw,
        columns=columns,
        values=tuple(known[name] for name in columns),
        weights=figures.get("weight"),
        faults=(*_in_order(raw, texts, years, figures), *upper.faults, *units.faults),
        notes=tuple(note for each in figures.values() for note in each.notes),
    )


class _Faulty(Protocol):
    """A column as read, of whatever kind."""

    @property
    def faults(self) -> tuple[Fault, ...]: ...


@dataclass(frozen=True, slots=True)
class _UpperEnds:
    """The upper ends of targets, None where no target has one."""

    entries: npt.NDArray[np.float64] | None
    faults: tuple[Fault, ...] = ()


def _in_order(raw: tuple[RawColumn, ...], *groups: Mapping[str, _Faulty]) -> list[Fault]:
    """Return the faults of all columns in the order of the file."""
    return [
        found for each in raw for group in groups if each.name in group for found in group[each.name].faults
    ]


def _upper_ends(target: Figures, given: Figures | None) -> _UpperEnds:
    """Join the upper ends of ranges with a column of them; a row has its upper end from one of the two."""
    ranges = ~np.isnan(target.upper)
    if given is None:
        return _UpperEnds(target.upper if ranges.any() else None)
    both = np.flatnonzero(ranges & ~np.isnan(given.lower)).tolist()
    column = given.column
    return _UpperEnds(
        np.where(ranges, target.upper, given.lower),
        tuple(fault(TWO_UPPER_ENDS, place=column.place(at), got=shown(column.cells[at])) for at in both),
    )


def _ordered(names: list[str], known: Mapping[str, Values]) -> tuple[str, ...]:
    """Return the columns in the order of the file; what no column of its own held stands behind what it belongs to."""
    ordered = list(names)
    if "target_upper" in known and "target_upper" not in ordered:
        ordered.insert(ordered.index("target") + 1, "target_upper")
    if "unit_of_measure" in known and "unit_of_measure" not in ordered:
        ordered.append("unit_of_measure")
    return tuple(ordered)


def _series(name: str, values: Values | list[None]) -> Any:
    """Return a column in its type: Float64 with null for nan, int64 for years, str with null for None."""
    if _KINDS[name] == "figure":
        array = np.asarray(values, dtype=np.float64)
        missing = np.isnan(array)
        return pd.arrays.FloatingArray(np.where(missing, 1.0, array), missing)
    return pd.Series(values, dtype="int64" if _KINDS[name] == "year" else "str")
