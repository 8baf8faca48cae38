"""A file becomes observations and notes, or one report of every fault in it.

The way of a file: opened as grids, the table of each grid found, its rows sifted, its periods unfolded, its columns read,
the tables of all sheets joined, and the whole held to the schema.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.bodies import read_body
from bsc_analysis.scorecards.intake.containers import open_grids
from bsc_analysis.scorecards.intake.headers import find_table
from bsc_analysis.scorecards.intake.parts import Part, read_part
from bsc_analysis.scorecards.intake.periods import unfold
from bsc_analysis.scorecards.intake.schema import broken_rules
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
from bsc_analysis.scorecards.intake.weights import read_weights
from bsc_analysis.scorecards.observations import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.scorecards.intake.grid import Grid, Opened
    from bsc_analysis.scorecards.intake.vocabulary import Vocabulary
    from bsc_analysis.scorecards.rules import RuleSet

DecimalMark = Literal["", ".", ","]
NO_TABLE = "{where}: no header was found; looked for columns such as {names}, or what they are called in the vocabulary"
NO_HEADER = "{where}: no header was found, the sheet is not read"
SHEETS = "{where}: sheets that were read: {names}"


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file holds.

    Parameters
    ----------
    observations
        Canonical columns as far as the file has them, figures as Float64; ``row`` is the number of the row in the file,
        and ``sheet`` its sheet where several were read.
    notes
        What was decided by evidence and is worth saying.
    """

    observations: pd.DataFrame
    notes: tuple[Fault, ...]


def read_table(
    content: bytes,
    where: str,
    *,
    rules: RuleSet | None = None,
    sheets: Sequence[str] = (),
    decimal: DecimalMark = "",
    synonyms: Vocabulary | None = None,
) -> Intake:
    r"""Read a file as it is: a workbook, a text with delimiters, SPSS or Parquet.

    Parameters
    ----------
    content
        The file's bytes.
    where
        The file's name, for reports.
    rules
        The rule set whose perspectives, indicators and scales of words the file may name.
    sheets
        The sheets to read; none named means all that are visible.
    decimal
        The decimal mark of printed numbers, declared; empty where each column has to prove its own.
    synonyms
        Another vocabulary than the package's own.

    Raises
    ------
    DataError
        With every fault of the file, each with its place, what was got and what is allowed.

    >>> content = b"Unit,Tahun,Perspektif,IKU,Target,Realisasi\nBPBD,2017,Keuangan,Ekonomis,\"119,5\",84"
    >>> read_table(content, "iku.csv").observations[["perspective", "target", "actual"]].to_dict("records")
    [{'perspective': 'financial', 'target': 119.5, 'actual': 84.0}]
    """
    opened = open_grids(content, where, sheets=sheets)
    return read_grids(opened, where, rules=rules, decimal=decimal, synonyms=synonyms)


def read_grids(
    opened: Opened,
    where: str,
    *,
    rules: RuleSet | None = None,
    decimal: DecimalMark = "",
    synonyms: Vocabulary | None = None,
) -> Intake:
    """Read the grids of an opened file; the parameters are those of :func:`read_table`.

    >>> from bsc_analysis.scorecards.intake.grid import Grid, Opened
    >>> rows = (("Unit", "Tahun", "Perspektif", "IKU", "Target", "Realisasi"), ("BPBD", 2017, "Keuangan", "Ekonomis", 119, 84))
    >>> read_grids(Opened((Grid("iku.xlsx", "Data", rows),)), "iku.xlsx").observations["actual"].tolist()
    [84.0]
    """
    vocabulary = synonyms or packaged_vocabulary()
    parts: list[Part] = []
    faults: list[Fault] = []
    notes = list(opened.notes)
    for grid in opened.grids:
        try:
            part = _part(grid, vocabulary, rules, decimal)
        except DataError as refused:
            faults += refused.faults
            continue
        if part is None:
            notes.append(fault(NO_HEADER, where=grid.title))
        else:
            parts.append(part)
            notes += part.notes
    if not parts and not faults:
        faults.append(fault(NO_TABLE, where=where, names=", ".join(REQUIRED)))
    weights = read_weights([part.weights for part in parts if part.weights])
    faults += [found for part in parts for found in part.faults] + list(weights.faults)
    _refuse(faults)
    joined = _Joined(tuple(_weighed(parts, weights.entries)))
    observations = joined.frame()
    _refuse(
        broken_rules(observations.drop(columns=["row", "sheet"], errors="ignore"), joined.place, joined.title)
    )
    if len(parts) > 1:
        notes.insert(
            len(opened.notes), fault(SHEETS, where=where, names=", ".join(part.grid.sheet for part in parts))
        )
    return Intake(observations, tuple(notes))


def _part(grid: Grid, vocabulary: Vocabulary, rules: RuleSet | None, decimal: DecimalMark) -> Part | None:
    table = find_table(grid, vocabulary)
    if table is None:
        return None
    body = read_body(table, vocabulary)
    unfolded = unfold(table, body)
    part = read_part(unfolded.columns, grid, vocabulary, rules, decimal=decimal)
    notes = (*table.notes, *body.notes, *unfolded.notes, *part.notes)
    return replace(part, faults=(*body.faults, *part.faults), notes=notes)


def _weighed(parts: list[Part], weights: Sequence[np.ndarray]) -> list[Part]:
    remaining = iter(weights)
    return [part.weighed(next(remaining)) if part.weights else part for part in parts]


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise DataError(*faults)


@dataclass(frozen=True, slots=True)
class _Joined:
    """The parts of a file one below the other."""

    parts: tuple[Part, ...]

    def frame(self) -> pd.DataFrame:
        names = dict.fromkeys(name for part in self.parts for name in part.columns)
        frames = [part.frame(tuple(names)) for part in self.parts]
        whole = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        whole["row"] = np.concatenate([part.numbers() for part in self.parts])
        if len(self.parts) > 1:
            sheets = [part.grid.sheet for part in self.parts for _ in range(len(part))]
            whole["sheet"] = pd.Series(sheets, dtype="str")
        return whole

    def place(self, row: int, name: str) -> Fault:
        part, at = self._part(row)
        return part.place(at, name)

    def title(self, row: int) -> tuple[Fault, int]:
        part, at = self._part(row)
        return part.grid.title, int(part.numbers()[at])

    def _part(self, row: int) -> tuple[Part, int]:
        starts = [0, *np.cumsum([len(part) for part in self.parts]).tolist()]
        number = bisect_right(starts, row) - 1
        return self.parts[number], row - starts[number]
