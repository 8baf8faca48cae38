"""Weights as fractions where some are printed as percentages, and as they are where none is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bsc_analysis.errors import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from bsc_analysis.scorecards.intake.figures import Figures

REFUSED = "{place}: got {got}, allowed: {allowed}"
ABOVE_ZERO = "a weight above 0"
NUMBER_OR_PERCENTAGE = "a number or a percentage"
MIXED = "{place}: got {got} beside weights with a percent sign; it may be a percentage or a weight as it is, write the sign"


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of each column in turn, nan where there is none, with what could not be taken."""

    entries: tuple[npt.NDArray[np.float64], ...]
    faults: tuple[Fault, ...]


def read_weights(columns: Sequence[Figures]) -> Weights:
    """Make the weights of all sheets of a file comparable.

    If any weight has a percent sign, "30%" becomes 0.3, a plain weight up to 1 is a fraction already, and a plain weight
    above 1 may be either. Without a percent sign weights stay as they are: only their proportions count.

    >>> from bsc_analysis.scorecards.intake.figures import read_figures
    >>> from bsc_analysis.scorecards.intake.grid import Grid
    >>> from bsc_analysis.scorecards.intake.headings import Heading
    >>> from bsc_analysis.scorecards.intake.naming import WordValues
    >>> from bsc_analysis.scorecards.intake.periods import RawColumn
    >>> column = RawColumn("weight", ("30%", "0,3"), Grid("iku.csv", "", ()), (1, 2), (Heading("Bobot", column=0),))
    >>> read_weights([read_figures(column, WordValues())]).entries[0].tolist()
    [0.3, 0.3]
    """
    signed = [np.array([unit == "%" for unit in each.units], dtype=bool) for each in columns]
    signed = [
        found if len(found) else np.zeros(len(each.lower), dtype=bool)
        for found, each in zip(signed, columns, strict=True)
    ]
    any_signed = any(found.any() for found in signed)
    values, faults = [], []
    for each, found in zip(columns, signed, strict=True):
        faults += _not_above_zero(each) + _other_units(each)
        percent = found | (_headed(each) & (each.lower > 1)) if any_signed else found
        values.append(np.where(percent, each.lower / 100, each.lower))
        if any_signed:
            faults += _refused(MIXED, each, np.flatnonzero(~percent & (each.lower > 1)))
    return Weights(tuple(values), tuple(faults))


def _headed(figures: Figures) -> npt.NDArray[np.bool_]:
    """Return which cells stand under a heading with a percent sign: "Bobot (%)"."""
    headings = figures.column.headings
    under = np.array([each is not None and each.unit == "%" for each in headings], dtype=bool)
    return np.resize(under, len(figures.lower))


def _not_above_zero(figures: Figures) -> list[Fault]:
    return _refused(REFUSED, figures, np.flatnonzero(figures.lower <= 0), allowed=fault(ABOVE_ZERO))


def _other_units(figures: Figures) -> list[Fault]:
    strange = [at for at, unit in enumerate(figures.units) if unit not in ("", "%")]
    return _refused(REFUSED, figures, strange, allowed=fault(NUMBER_OR_PERCENTAGE))


def _refused(
    sentence: str, figures: Figures, positions: Sequence[int] | npt.NDArray[np.intp], **fields: Fault
) -> list[Fault]:
    column = figures.column
    return [
        fault(sentence, place=column.place(int(at)), got=figures.seen(int(at)), **fields) for at in positions
    ]
