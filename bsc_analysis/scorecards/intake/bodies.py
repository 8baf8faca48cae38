"""Which rows below a header are records: merged labels filled down, totals and repeated headers told apart from data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank, shown
from bsc_analysis.scorecards.intake.headings import numbers_columns
from bsc_analysis.scorecards.intake.vocabulary import plain
from bsc_analysis.scorecards.observations import FIGURES

if TYPE_CHECKING:
    from bsc_analysis.scorecards.intake.headers import Table
    from bsc_analysis.scorecards.intake.vocabulary import Vocabulary

Cells = Sequence[object]
NUMBERING = "{where}: rows that number the columns are not read: {rows}"
AGAIN = "{where}: rows that repeat the header are not read: {rows}"
TOTALS = "{where}: rows of totals are not read: {rows}"
BELOW = "{where}: rows below the table are not read: {rows}"
_NO_FIGURE = ("-", "–", "—")


@dataclass(frozen=True, slots=True)
class Body:
    """The records of a table.

    Parameters
    ----------
    rows
        Their positions in the grid.
    columns
        The cells of each heading of the table, in its order.
    faults
        Totals that stand among the indicators with figures of their own, and figures in cells merged over several rows.
    notes
        Which rows were left out, and why.
    """

    rows: Sequence[int]
    columns: tuple[Cells, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


def read_body(table: Table, vocabulary: Vocabulary) -> Body:
    """Read the rows below a table's header.

    Raises
    ------
    DataError
        When there are none.

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headers import find_table
    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> rows = (("Unit", "Tahun", "Perspektif", "IKU", "Target", "Realisasi"), ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
    ...         ("BPBD", 2017, "Keuangan", "Ekonomis", 119, 84), ("Jumlah", None, None, None, None, None))
    >>> table = find_table(Grid("iku.xlsx", "Data", rows), packaged_vocabulary())
    >>> body = read_body(table, packaged_vocabulary())
    >>> list(body.rows), [str(note) for note in body.notes][1]
    ([2], "iku.xlsx, sheet 'Data': rows of totals are not read: 4")
    """
    first = table.header.stop
    below = table.grid.rows[first:]
    raw = [list(map(itemgetter(each.column), below)) for each in table.headings]
    labels = raw[_position(table, "indicator")]
    blank = {at for at in _blanks(labels) if all(is_blank(column[at]) for column in raw)}
    columns, faults = _filled_down(table, raw, blank)
    left_out = {
        NUMBERING: _numbering(below),
        AGAIN: _repeated_headers(table, below, labels),
        TOTALS: _totals(table, columns, blank, vocabulary),
    }
    dropped = blank.union(*left_out.values())
    left_out[BELOW] = _trailing(table, columns, dropped)
    dropped |= left_out[BELOW]
    faults += _refused_totals(table, columns, left_out[TOTALS])
    if len(dropped) == len(below):
        raise DataError(fault("{where}: the file has a header and no rows", where=table.grid.title))
    kept = [at for at in range(len(below)) if at not in dropped]
    rows: Sequence[int] = range(first, first + len(below))
    if dropped:
        rows = [first + at for at in kept]
        columns = [[column[at] for at in kept] for column in columns]
    return Body(rows, tuple(columns), tuple(faults), tuple(_notes(table, left_out)))


def _position(table: Table, role: str) -> int:
    return next(at for at, each in enumerate(table.headings) if each.role == role)


def _blanks(cells: Cells) -> list[int]:
    if not any(is_blank(cell) for cell in set(cells)):
        return []
    return [at for at, cell in enumerate(cells) if is_blank(cell)]


def _filled_down(table: Table, raw: list[list[object]], blank: set[int]) -> tuple[list[Cells], list[Fault]]:
    """Give each row of a merged label the label; a merged figure is refused, since no row of it is its own."""
    at_column = {each.column: at for at, each in enumerate(table.headings)}
    first = table.header.stop
    filled: dict[int, list[object]] = {}
    faults: list[Fault] = []
    for top, left, bottom, _ in table.grid.merged:
        if top < first or bottom == top or left not in at_column:
            continue
        at = at_column[left]
        value, rows = table.grid.rows[top][left], [row - first for row in range(top + 1, bottom + 1)]
        others = [row for row in rows if row not in blank]
        if table.headings[at].role in FIGURES and others and not is_blank(value):
            sentence = "{place}: got {got} in a cell merged over several rows, allowed: a figure in each row"
            place = table.grid.place(top, left, table.headings[at].text)
            faults.append(fault(sentence, place=place, got=shown(value)))
        elif table.headings[at].role not in FIGURES:
            column = filled.setdefault(at, list(raw[at]))
            for row in others:
                column[row] = value
    return [filled.get(at, column) for at, column in enumerate(raw)], faults


def _numbering(below: Sequence[Cells]) -> set[int]:
    return {0} if below and numbers_columns([cell_text(cell) for cell in below[0]]) else set()


def _repeated_headers(table: Table, below: Sequence[Cells], labels: Cells) -> set[int]:
    headers = [_texts(table.grid.rows[row]) for row in table.header]
    indicator = table.headings[_position(table, "indicator")].column
    starts = {header[indicator] for header in headers if header[indicator]}
    found: set[int] = set()
    for at, label in enumerate([] if starts.isdisjoint(labels) else labels):
        if isinstance(label, str) and label in starts and _texts(below[at]) in headers:
            found.add(at)
            found |= {near for near in (at - 2, at - 1, at + 1, at + 2)
                      if 0 <= near < len(below) and _texts(below[near]) in headers}  # fmt: skip
            following = max(found) + 1
            if following < len(below) and _numbering(below[following:]):
                found.add(following)
    return found


def _texts(row: Cells) -> list[str]:
    return [cell_text(cell) for cell in row]


def _totals(table: Table, columns: list[Cells], blank: set[int], vocabulary: Vocabulary) -> set[int]:
    labels = columns[_position(table, "indicator")]
    starts = tuple({plain(each.word)[:3] for each in vocabulary.terms if each.section == "not_rows"})
    first_letters = {start[0] for start in starts} | {start[0].upper() for start in starts}
    likely = [
        at
        for at, label in enumerate(labels)
        if isinstance(label, str)
        and (label[:1] in first_letters or not label[:1].isalnum())
        and label.lstrip().casefold().startswith(starts)
    ]
    found = {at for at in likely if vocabulary.meaning("not_rows", str(labels[at]))}
    for at in _blanks(labels):
        texts = [] if at in blank else _texts(table.grid.rows[table.header.stop + at])
        first = next((text for text in texts if text), "")
        if first and vocabulary.meaning("not_rows", first):
            found.add(at)
    return found


def _refused_totals(table: Table, columns: list[Cells], totals: set[int]) -> list[Fault]:
    sentence = "{where}, row {row}: got {got}, which is a total and no indicator; take out the row or name it otherwise"
    figures = [columns[at] for at, each in enumerate(table.headings) if each.role in ("target", "actual")]
    faults = []
    for at in sorted(totals):
        if any(_is_figure(column[at]) for column in figures):
            row = table.header.stop + at
            label = next(text for text in _texts(table.grid.rows[row]) if text)
            faults.append(
                fault(sentence, where=table.grid.title, row=table.grid.number(row), got=shown(label))
            )
    return faults


def _is_figure(cell: object) -> bool:
    return not is_blank(cell) and cell_text(cell) not in _NO_FIGURE


def _trailing(table: Table, columns: list[Cells], dropped: set[int]) -> set[int]:
    """Return the rows after the last indicator that hold neither a target nor an actual: remarks and signatures."""
    labels = columns[_position(table, "indicator")]
    figures = [columns[at] for at, each in enumerate(table.headings) if each.role in ("target", "actual")]
    found: set[int] = set()
    for at in range(len(labels) - 1, -1, -1):
        if at in dropped:
            continue
        if not is_blank(labels[at]) or any(_is_figure(column[at]) for column in figures):
            break
        found.add(at)
    return found


def _notes(table: Table, left_out: dict[str, set[int]]) -> list[Fault]:
    numbers = {
        sentence: [table.grid.number(table.header.stop + at) for at in sorted(rows)]
        for sentence, rows in left_out.items()
    }
    return [
        fault(sentence, where=table.grid.title, rows=_listed(rows))
        for sentence, rows in numbers.items()
        if rows
    ]


def _listed(rows: list[int]) -> str:
    """Write row numbers briefly: "12-15, 20"."""
    starts = [row for row in rows if row - 1 not in rows]
    ends = [row for row in rows if row + 1 not in rows]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))
