"""Years to compare: three of a panel whose units recur, as lavaan has them and as they are, and two that can be worked by hand."""

from __future__ import annotations

from functools import cache

import numpy as np

from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows, read_rows
from tests.oracle import read_data

FULL = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
OVER = path_model("IP ~ LG; CP ~ IP; SH ~ IP + CP")
YEARS = ("2021", "2022", "2023")


@cache
def panel(*, apart: bool = False) -> Rows:
    """Return three years of 900 units in 60 clusters; ``apart`` gives each year clusters of its own, as lavaan has them."""
    frame = read_data("b")
    frame = frame.assign(place=frame["cluster"].astype(str) + (frame["year"].astype(str) if apart else ""))
    return read_rows(frame, FULL.observed, cluster="place", group="year")


def two_years(shift: float = 0.0, unit: float = 1.0) -> Rows:
    """Return x = 1, 2, 3, 4 twice: y = 1, 2, 4, 3, and the same with .4 x added; x may be on another scale."""
    x = np.array([1.0, 2, 3, 4])
    y = np.array([1.0, 2, 4, 3])
    values = np.column_stack([np.tile(x, 2) * unit + shift, np.concatenate([y, y + 0.4 * x])])
    return Rows(("LG", "IP"), values, group=Codes("year", np.repeat([0, 1], 4), ("2016", "2017")))
