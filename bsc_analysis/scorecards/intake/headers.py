"""Where the table of a grid is: its header rows, and what each column of it holds.

A header may stand below titles, have up to three rows, and be merged; it is found by its words, never by its position.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank
from bsc_analysis.scorecards.intake.grid import Grid, column_letters
from bsc_analysis.scorecards.intake.headings import Heading, guess_heading, numbers_columns, read_heading
from bsc_analysis.scorecards.intake.titles import Titles, read_titles
from bsc_analysis.scorecards.observations import REQUIRED

if TYPE_CHECKING:
    from bsc_analysis.scorecards.intake.vocabulary import Vocabulary

MOST_HEADER_ROWS = 3
_ROWS_LOOKED_AT = 60  # a header further down than this is not looked for
_ENOUGH_ROLES = (
    3  # so many canonical columns side by side are a header even where none is called an indicator
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table within a grid.

    Parameters
    ----------
    grid
        The sheet it stands on.
    header
        The positions of its header rows.
    headings
        Its columns that are used, in the order of the file.
    titles
        The unit and the year that titles above the table name, where no column does.
    notes
        What was decided about the header and is worth saying.
    """

    grid: Grid
    header: range
    headings: tuple[Heading, ...]
    titles: Titles
    notes: tuple[Fault, ...] = ()


def find_table(grid: Grid, vocabulary: Vocabulary) -> Table | None:
    """Find the table of a grid, or return None where no row looks like a header.

    Raises
    ------
    DataError
        Naming every column that is missing, stands twice, is nearly known, or names a period and nothing else.

    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> rows = (("LAPORAN KINERJA TAHUN 2017", None, None, None), ("Unit: BPBD", None, None, None),
    ...         ("Perspektif", "IKU", "Target", "Realisasi"), ("Keuangan", "Ekonomis", 119, 84))
    >>> table = find_table(Grid("iku.xlsx", "Data", rows), packaged_vocabulary())
    >>> [heading.role for heading in table.headings], table.titles.unit, table.titles.year
    (['perspective', 'indicator', 'target', 'actual'], 'BPBD', 2017)
    """
    start = _start(grid, vocabulary)
    if start is None:
        return None
    header = _extent(grid, start, vocabulary)
    headings = _headings(grid, header, vocabulary)
    used = tuple(each for each in headings if each.role)
    titles = read_titles(grid, header.start, vocabulary).without({each.role for each in used})
    faults = [*_missing(grid, used, titles), *_twice(grid, used), *_unknown(grid, headings, vocabulary)]
    if faults:
        raise DataError(*faults)
    notes = [*_header_note(grid, header), *titles.notes(grid), *_unused_notes(grid, header, headings)]
    return Table(grid, header, used, titles, tuple(notes))


def _row_headings(grid: Grid, row: int, vocabulary: Vocabulary) -> list[Heading]:
    return [read_heading([cell_text(cell)], vocabulary) for cell in grid.rows[row] if not is_blank(cell)]


def _start(grid: Grid, vocabulary: Vocabulary) -> int | None:
    for row in range(min(len(grid.rows), _ROWS_LOOKED_AT)):
        known = [each for each in _row_headings(grid, row, vocabulary) if each.is_known]
        roles = {each.role for each in known if each.role}
        if len(roles) >= _ENOUGH_ROLES or ("indicator" in roles and len(known) > 1):
            return row
    return None


def _extent(grid: Grid, start: int, vocabulary: Vocabulary) -> range:
    """Return the header rows around the first row that was recognised as one."""
    first, last = start, start
    while first > 0 and last - first + 1 < MOST_HEADER_ROWS and _groups(grid, first - 1, vocabulary):
        first -= 1
    while last + 1 < len(grid.rows) and last - first + 1 < MOST_HEADER_ROWS:
        if not (_reaches(grid, first, last) or _continues(grid, last + 1, start, vocabulary)):
            break
        last += 1
    return range(first, last + 1)


def _groups(grid: Grid, row: int, vocabulary: Vocabulary) -> bool:
    """Return whether a row holds nothing but labels of groups of columns: "Target", "Realisasi", years."""
    headings = _row_headings(grid, row, vocabulary)
    years = {each.year for each in headings if each.year}
    grouping = any(each.role or each.period for each in headings) or len(years) > 1
    return bool(headings) and grouping and all(each.is_known for each in headings)


def _reaches(grid: Grid, first: int, last: int) -> bool:
    """Return whether a merged cell of the header reaches below its last row."""
    return any(first <= top <= last < bottom for top, _, bottom, _ in grid.merged)


def _continues(grid: Grid, row: int, start: int, vocabulary: Vocabulary) -> bool:
    """Return whether a row below the header holds nothing but words of headings, and is not the header again."""
    above = dict(_labels(grid, range(start, row), start))
    parts = [
        ([above.get(column, ""), cell_text(cell)] if column in above else [cell_text(cell)])
        for column, cell in enumerate(grid.rows[row])
        if not is_blank(cell)
    ]
    texts = [cell_text(cell) for cell in grid.rows[row]]
    if not parts or numbers_columns(texts) or texts == [cell_text(cell) for cell in grid.rows[start]]:
        return False
    return all(read_heading(each, vocabulary).is_known for each in parts)


def _headings(grid: Grid, header: range, vocabulary: Vocabulary) -> list[Heading]:
    columns = range(len(grid.rows[header.start]))
    labels = [dict(_labels(grid, header, row)) for row in header]
    return [
        read_heading(_parts([row.get(column, "") for row in labels]), vocabulary, column=column)
        for column in columns
    ]


def _parts(labels: list[str]) -> list[str]:
    """Return the labels above a column from top to bottom, without those that only repeat the one above."""
    present = [label for label in labels if label]
    return [label for position, label in enumerate(present) if present[position - 1 : position] != [label]]


def _labels(grid: Grid, header: range, row: int) -> list[tuple[int, str]]:
    """Return the label of each column in one header row; a label over a group of columns is that of each."""
    own = {c: cell_text(cell) for c, cell in enumerate(grid.rows[row]) if not is_blank(cell)}
    merged = [each for each in grid.merged if each[0] in header]
    if merged:
        spread = {
            column: own[left]
            for top, left, _, right in merged
            if top == row and left in own
            for column in range(left, right + 1)
        }
        return list((own | spread).items())
    return list(_spread(grid, header, row, own).items())


def _spread(grid: Grid, header: range, row: int, own: dict[int, str]) -> dict[int, str]:
    """Spread labels to the right over columns that have a label below: merged cells, as a text file writes them."""
    below = range(row + 1, header.stop)
    spread: dict[int, str] = {}
    current = ""
    for column in range(len(grid.rows[row])):
        if all(is_blank(grid.rows[lower][column]) for lower in below):
            current = ""
        current = own.get(column, current)
        if column in own or (current and below):
            spread[column] = current
    return {column: label for column, label in spread.items() if label}


def _missing(grid: Grid, used: tuple[Heading, ...], titles: Titles) -> list[Fault]:
    present = {each.role for each in used} | ({"unit"} if titles.unit else set())
    if titles.year or any(each.year for each in used):
        present.add("year")
    sentence = "{where}: column '{name}' is missing"
    return [fault(sentence, where=grid.title, name=name) for name in REQUIRED if name not in present]


def _twice(grid: Grid, used: tuple[Heading, ...]) -> list[Fault]:
    first: dict[tuple[str, str, int | None], Heading] = {}
    faults: dict[str, Fault] = {}
    for each in used:
        other = first.setdefault((each.role, each.period, each.year), each)
        if other is each:
            continue
        if other.text == each.text:
            sentence = "{where}: column '{name}' stands twice"
        else:
            sentence = "{where}: columns '{other}' and '{name}' are both '{role}'; keep one"
        faults[each.text] = fault(
            sentence, where=grid.title, name=each.text, other=other.text, role=each.role
        )
    return list(faults.values())


def _unknown(grid: Grid, headings: list[Heading], vocabulary: Vocabulary) -> list[Fault]:
    """Refuse headings that are nearly known, and periods and years that do not say what they are of."""
    faults = []
    for each in headings:
        guess = "" if each.is_known else guess_heading(each.text, vocabulary)
        if guess:
            sentence = "{where}: unknown column '{name}', did you mean '{guess}'?"
            faults.append(fault(sentence, where=grid.title, name=each.text, guess=guess))
        if each.is_time:
            sentence = (
                "{where}: column '{name}' names a period or a year, but not what it holds, such as '{guess}'"
            )
            faults.append(fault(sentence, where=grid.title, name=each.text, guess=f"Target {each.text}"))
    return faults


def _header_note(grid: Grid, header: range) -> list[Fault]:
    if header.start == 0:
        return []
    sentence = "{where}: the header was found in row {row}"
    return [fault(sentence, where=grid.title, row=grid.number(header.start))]


def _unused_notes(grid: Grid, header: range, headings: list[Heading]) -> list[Fault]:
    names = [each.text for each in headings if each.text and not each.role]
    nameless = [
        column_letters(each.column)
        for each in headings
        if not each.text and any(not is_blank(row[each.column]) for row in grid.rows[header.stop :])
    ]
    sentence = "{where}: columns that are not used: {names}"
    notes = [fault(sentence, where=grid.title, names=", ".join(map(repr, names)))] if names else []
    sentence = "{where}: columns without a heading, which are not used: {names}"
    return notes + ([fault(sentence, where=grid.title, names=", ".join(nameless))] if nameless else [])
