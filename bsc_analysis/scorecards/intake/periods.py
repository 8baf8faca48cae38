"""Columns of several years and periods become rows: one row per indicator, year and period.

A target or an actual that is given once for a year, beside columns of single periods, stands in the row of the year's last
period only: consolidated by sum it is itself, and so it is as the last value known. An average leaves out what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.headings import Heading, period_of

if TYPE_CHECKING:
    from bsc_analysis.scorecards.intake.bodies import Body, Cells
    from bsc_analysis.scorecards.intake.grid import Grid
    from bsc_analysis.scorecards.intake.headers import Table

TIMED = (
    "target",
    "target_upper",
    "actual",
)  # what differs by year and period; a weight may, and else holds for all
UNFOLDED = "{where}: each row of the file becomes one row for each of {names}"
WHOLE_YEAR = "{where}: column '{name}' is for the whole year; its figures stand in the row of the last period"
Slot = tuple[int | None, str]  # a year and a period


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One canonical column before its cells are read, which knows where each cell stands in the file.

    Parameters
    ----------
    name
        The canonical name.
    cells
        As they came from the file.
    grid, rows
        The sheet, and the positions of the records in it. Each record has one cell per heading.
    headings
        The columns of the file that take turns; None where the value comes from a heading or a title.
    """

    name: str
    cells: Cells
    grid: Grid
    rows: Sequence[int]
    headings: tuple[Heading | None, ...]

    def heading(self, position: int) -> Heading | None:
        """Return the heading above a cell."""
        return self.headings[position % len(self.headings)]

    def row(self, position: int) -> int:
        """Return the position of a cell's row in the grid."""
        return self.rows[position // len(self.headings)]

    def place(self, position: int) -> Fault:
        """Return the words that say where a cell stands in the file."""
        heading = self.heading(position)
        if heading is None:
            return fault(
                "{where}, row {row}", where=self.grid.title, row=self.grid.number(self.row(position))
            )
        return self.grid.place(self.row(position), heading.column, heading.text)


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The canonical columns of a table, and notes on which years and periods became rows."""

    columns: tuple[RawColumn, ...]
    notes: tuple[Fault, ...] = ()


def unfold(table: Table, body: Body) -> Unfolded:
    """Return the canonical columns of a table, with one cell per record, year and period.

    Raises
    ------
    DataError
        When the headings do not say of which year or period a column is, or say it twice.

    >>> from bsc_analysis.scorecards.intake.bodies import read_body
    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headers import find_table
    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> rows = (("Unit", "Tahun", "Perspektif", "IKU", "Target", "Realisasi TW I", "Realisasi TW II"),
    ...         ("BPBD", 2017, "Keuangan", "Ekonomis", 119, 40, 44))
    >>> table = find_table(Grid("iku.xlsx", "Data", rows), packaged_vocabulary())
    >>> unfolded = unfold(table, read_body(table, packaged_vocabulary()))
    >>> columns = {each.name: each.cells for each in unfolded.columns}
    >>> columns["period"], columns["target"], columns["actual"]
    (['Q1', 'Q2'], [None, 119], [40, 44])
    """
    slots = _slots(table)
    faults = _faults(table, slots)
    if faults:
        raise DataError(*faults)
    roles = dict.fromkeys(each.role for each in table.headings)
    columns = [_column(role, table, body, slots) for role in roles]
    given: dict[str, Sequence[object]] = {
        "unit": [table.titles.unit or None],
        "year": [year or table.titles.year for year, _ in slots],
        "period": [period or None for _, period in slots],
    }
    columns += [
        _constant(name, values, table, body, len(slots))
        for name, values in given.items()
        if name not in roles and any(values)
    ]
    return Unfolded(tuple(columns), tuple(_notes(table, slots)))


def _notes(table: Table, slots: list[Slot]) -> list[Fault]:
    """Say which years and periods each row of the file became, and which figures are those of a whole year."""
    if len(slots) < 2:
        return []
    names = ", ".join(" ".join(str(part) for part in slot if part) for slot in slots)
    notes = [fault(UNFOLDED, where=table.grid.title, names=names)]
    if any(period for _, period in slots):
        whole = [each.text for each in table.headings if each.role in TIMED and not period_of(each)]
        notes += [fault(WHOLE_YEAR, where=table.grid.title, name=name) for name in whole]
    return notes


def _slots(table: Table) -> list[Slot]:
    """Return the years and periods that rows are made of, in order; without any, the one that is not named."""
    timed = [each for each in table.headings if each.role in TIMED]
    years: list[int | None] = [*sorted({each.year for each in timed if each.year})] or [None]
    found: list[Slot] = []
    for year in years:
        periods = {period_of(each) for each in timed if each.year in (year, None)} - {""}
        found += [(year, period) for period in sorted(periods) or [""]]
    return found


def _faults(table: Table, slots: list[Slot]) -> list[Fault]:
    return [
        *_two_sources(table),
        *_mixed_lengths(table, slots),
        *_whole_beside_parts(table),
        *_undated(table),
    ]


def _two_sources(table: Table) -> list[Fault]:
    """Refuse a column of years or periods beside headings that name them too."""
    sentence = "{where}: '{name}' stands in a column of its own and in the heading '{other}'; keep one"
    columns = {each.role: each.text for each in table.headings if each.role in ("year", "period")}
    dated = [each for each in table.headings if each.year]
    timed = [each for each in table.headings if period_of(each)]
    return [
        fault(sentence, where=table.grid.title, name=columns[role], other=others[0].text)
        for role, others in (("year", dated), ("period", timed))
        if role in columns and others
    ]


def _mixed_lengths(table: Table, slots: list[Slot]) -> list[Fault]:
    """Refuse quarters beside months or semesters: together they would count twice."""
    if len({period[0] for _, period in slots if period}) < 2:
        return []
    names = ", ".join(dict.fromkeys(period for _, period in slots if period))
    sentence = "{where}: periods of different lengths stand side by side: {names}; keep those of one length"
    return [fault(sentence, where=table.grid.title, names=names)]


def _whole_beside_parts(table: Table) -> list[Fault]:
    """Refuse a figure for the year beside figures of the same for its periods: which one counts is not ours to say."""
    sentence = "{where}: '{name}' is for the whole year, beside '{other}' for a part of it; keep one"
    faults = []
    for role in TIMED:
        of_role = [each for each in table.headings if each.role == role]
        parts = [each for each in of_role if period_of(each)]
        faults += [
            fault(sentence, where=table.grid.title, name=each.text, other=parts[0].text)
            for each in of_role
            if parts and not period_of(each)
        ]
    return faults


def _undated(table: Table) -> list[Fault]:
    """Refuse a target or an actual without a year beside others of several years."""
    timed = [each for each in table.headings if each.role in TIMED]
    if len({each.year for each in timed if each.year}) < 2:
        return []
    sentence = "{where}: column '{name}' names no year, and others name several"
    return [fault(sentence, where=table.grid.title, name=each.text) for each in timed if each.year is None]


def _column(role: str, table: Table, body: Body, slots: list[Slot]) -> RawColumn:
    own = [(at, each) for at, each in enumerate(table.headings) if each.role == role]
    chosen = [_holding(slot, own, slots, timed=role in TIMED) for slot in slots]
    empty: Cells = [None] * len(body.rows)
    cells = [empty if at is None else body.columns[at] for at in chosen]
    headings = tuple(None if at is None else table.headings[at] for at in chosen)
    return RawColumn(role, _interleaved(cells), table.grid, body.rows, headings)


def _holding(slot: Slot, own: list[tuple[int, Heading]], slots: list[Slot], *, timed: bool) -> int | None:
    """Return the position of the column that holds a role's cells of one year and period."""
    year, period = slot
    for at, each in own:
        if each.year not in (year, None):
            continue
        whole = not period_of(each)
        if period_of(each) == period or (whole and (not timed or slot == _last(year, slots))):
            return at
    return None


def _last(year: int | None, slots: list[Slot]) -> Slot:
    return [slot for slot in slots if slot[0] == year][-1]


def _constant(name: str, values: Sequence[object], table: Table, body: Body, count: int) -> RawColumn:
    turns = list(values) if len(values) == count else list(values) * count
    return RawColumn(name, turns * len(body.rows), table.grid, body.rows, (None,) * count)


def _interleaved(columns: list[Cells]) -> Cells:
    return columns[0] if len(columns) == 1 else list(chain.from_iterable(zip(*columns, strict=True)))
