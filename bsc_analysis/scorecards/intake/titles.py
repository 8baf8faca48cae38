"""What the titles above a table say about all of it: the unit and the year, where no column holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.intake.cells import cell_text, is_blank
from bsc_analysis.scorecards.intake.headings import years_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bsc_analysis.scorecards.intake.grid import Grid
    from bsc_analysis.scorecards.intake.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Titles:
    """The unit and the year that titles name; empty and None where they name none, or more than one."""

    unit: str = ""
    year: int | None = None

    def without(self, roles: Collection[str]) -> Titles:
        """Return what is left when the table has columns of its own for some of it.

        >>> Titles("BPBD", 2017).without({"unit", "target"})
        Titles(unit='', year=2017)
        """
        return replace(
            self, unit="" if "unit" in roles else self.unit, year=None if "year" in roles else self.year
        )

    def notes(self, grid: Grid) -> list[Fault]:
        """Say what was taken from the titles."""
        sentence = "{where}: '{name}' is taken from the title above the table: {got}"
        taken = (("unit", self.unit), ("year", self.year))
        return [fault(sentence, where=grid.title, name=name, got=got) for name, got in taken if got]


def read_titles(grid: Grid, stop: int, vocabulary: Vocabulary) -> Titles:
    """Read the rows above a table.

    Parameters
    ----------
    grid
        The sheet.
    stop
        The position of the table's first header row.
    vocabulary
        For the words that introduce a unit: "Unit Kerja: BPBD".

    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> rows = (("Realisasi IKU Tahun 2017", None, None), ("Unit Kerja", ":", "BPBD Bantaeng"))
    >>> read_titles(Grid("iku.xlsx", "Data", rows), 2, packaged_vocabulary())
    Titles(unit='BPBD Bantaeng', year=2017)
    """
    texts = [[cell_text(cell) for cell in row if not is_blank(cell)] for row in grid.rows[:stop]]
    years = {year for row in texts for text in row for year in years_in(text)}
    units = {name for row in texts for name in _units(row, vocabulary)}
    return Titles(unit=units.pop() if len(units) == 1 else "", year=years.pop() if len(years) == 1 else None)


def _units(texts: list[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the names of units in one row: "Unit: BPBD" in one cell, or in two or three."""
    if not texts:
        return
    label, colon, name = texts[0].partition(":")
    if vocabulary.meaning("columns", label) != "unit":
        return
    following = " ".join(part for part in (name.strip(), *texts[1:]) if part)
    rest = following.removeprefix(":").strip()
    if rest and (colon or following.startswith(":") or len(texts) == 2):
        yield rest
