"""The contract of the observations table: its canonical columns, what each holds, and which must be there.

One row is one indicator of one unit in one period of one year. Figures are Float64 with null for what is missing; a text
that is missing is null. Intake makes such a table from a file, and scoring takes one from any engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "year", "figure"]


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column: its name, what its cells are, and whether every table must have it."""

    name: str
    kind: Kind
    required: bool = False


COLUMNS = (
    Column("unit", "text", required=True),
    Column("parent", "text"),
    Column("level", "text"),
    Column("year", "year", required=True),
    Column("period", "text"),
    Column("perspective", "text", required=True),
    Column("objective", "text"),
    Column("indicator", "text", required=True),
    Column("weight", "figure"),
    Column("polarity", "text"),
    Column("target", "figure", required=True),
    Column("target_upper", "figure"),
    Column("actual", "figure", required=True),
    Column("unit_of_measure", "text"),
    # What some rule sets weigh or judge by: how directly an indicator measures, how far its owner can move it, what it
    # measures (lead or lag), and the highest value that can be reached at all.
    Column("validity", "text"),
    Column("control", "text"),
    Column("kind", "text"),
    Column("possible_maximum", "figure"),
    # How the periods of this indicator become its year, where that differs from the rule set's own way.
    Column("consolidation", "text"),
    # At which level of society an indicator intervenes: micro, mezzo or macro, under a scheme that the study names.
    Column("intervention", "text"),
    # What made tables say of themselves in every row, so that no file of them can pass for real data.
    Column("data_status", "text"),
)
REQUIRED = tuple(column.name for column in COLUMNS if column.required)
FIGURES = tuple(column.name for column in COLUMNS if column.kind == "figure")
KEY = ("unit", "year", "period", "perspective", "indicator")
