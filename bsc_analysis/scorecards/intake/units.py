"""Units of measure: what is printed beside figures joins the column of units, and contradictions stop."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.numbers import show_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.scorecards.intake.figures import Figures
    from bsc_analysis.scorecards.intake.vocabulary import Vocabulary

UNLIKE = "{place}: got the unit {got}, allowed: {allowed}, as elsewhere in the row"
SIGN_MISSING = "{place}: got {got} beside {other}, which has a percent sign; it may be {percent} % or a share of it, write the sign"
SCALE_MISSING = "{place}: got {got} beside {other}; write '{scale}' with both, or both numbers in full"
_LARGEST_SHARE = 1.5  # a plain figure up to this may be a share of one, 0.85 for 85 %


@dataclass(frozen=True, slots=True)
class Units:
    """The unit of each row, None where none is known, with the contradictions."""

    entries: list[str | None]
    faults: tuple[Fault, ...]


def join_units(
    target: Figures, actual: Figures, column: Sequence[str | None], vocabulary: Vocabulary
) -> Units:
    """Join the units that targets and actuals are printed with and those of the column of units, row by row.

    Parameters
    ----------
    target, actual
        The figures.
    column
        The texts of the column of units, one per row.
    vocabulary
        For units that are the same however they are written: "%" and "persen".

    >>> from bsc_analysis.scorecards.intake.figures import read_figures
    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headings import Heading
    >>> from bsc_analysis.scorecards.intake.naming import WordValues
    >>> from bsc_analysis.scorecards.intake.periods import RawColumn
    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> target, actual = (
    ...     read_figures(RawColumn(name, (text,), Grid("iku.csv", "", ()), (1,), (Heading(name, column=0),)), WordValues())
    ...     for name, text in (("target", "60 kali"), ("actual", "55"))
    ... )
    >>> join_units(target, actual, [None], packaged_vocabulary()).entries
    ['kali']
    """
    values = list(column)
    faults: list[Fault] = []
    for row in _concerned(target, actual):
        printed = [(figures, figures.unit(row)) for figures in (target, actual)]
        first = values[row] or next((unit for _, unit in printed if unit), None)
        values[row] = first
        faults += [
            fault(UNLIKE, place=figures.column.place(row), got=show_cell(unit), allowed=show_cell(first))
            for figures, unit in printed
            if unit and first and _same(unit, vocabulary) != _same(first, vocabulary)
        ]
        faults += _unsigned(target, actual, row) + _unsigned(actual, target, row)
    faults += [*_unscaled(target, actual), *_unscaled(actual, target)]
    return Units(values, tuple(faults))


def _concerned(target: Figures, actual: Figures) -> list[int]:
    """Return the rows in which a unit is printed with a figure."""
    everywhere = any(each and each.unit for figures in (target, actual) for each in figures.column.headings)
    if everywhere:
        return list(range(len(target.lower)))
    units = [figures.units or ("",) * len(figures.lower) for figures in (target, actual)]
    return [row for row, pair in enumerate(zip(*units, strict=True)) if any(pair)]


def _unsigned(plain: Figures, signed: Figures, row: int) -> list[Fault]:
    """Refuse a plain figure that may be a share, beside one with a percent sign."""
    value = float(plain.lower[row])
    if plain.unit(row) or signed.unit(row) != "%" or math.isnan(value) or not 0 < value <= _LARGEST_SHARE:
        return []
    got, other = plain.seen(row), signed.seen(row)
    place = plain.column.place(row)
    return [fault(SIGN_MISSING, place=place, got=got, other=other, percent=f"{value:.15g}")]


def _unscaled(plain: Figures, scaled: Figures) -> list[Fault]:
    """Refuse a figure without a multiplier that is nearer to one beside it if the multiplier is meant with it too.

    x is nearer to y multiplied by f than to y, by ratio, if x / y is above the square root of f.
    """
    own = {each.position for each in plain.scaled}
    faults = []
    for each in scaled.scaled:
        ratio = abs(scaled.lower[each.position] / (plain.lower[each.position] or math.inf))
        if each.position not in own and ratio > math.sqrt(each.factor):
            place, got = plain.column.place(each.position), plain.seen(each.position)
            other = scaled.seen(each.position)
            faults.append(fault(SCALE_MISSING, place=place, got=got, other=other, scale=each.word))
    return faults


def _same(unit: str, vocabulary: Vocabulary) -> str:
    return vocabulary.meaning("units", unit) or " ".join(unit.casefold().split())
