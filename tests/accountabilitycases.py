"""Evaluations of accountability for tests: a ministry and three offices over six years, with totals that can be worked by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from bsc_analysis.evidence.accountability import Accountability
from bsc_analysis.exhibits.exhibit import Provenance, provenance
from bsc_analysis.files import read_rules
from bsc_analysis.studies import Study, read_study

INTRODUCED = 2013
YEARS = tuple(range(2010, 2016))
# Totals of 2010-2012 and of 2013-2015.
TOTALS = {
    "Ministry": (64, 66, 65, 70, 73, 76),
    "A": (60, 62, 64, 66, 68, 70),
    "B": (65, 66, 67, 72, 74, 76),
    "C": (70, 70, 70, 78, 81, 84),
}
SHARES = {"planning": 0.30, "measurement": 0.30, "reporting": 0.15, "internal_evaluation": 0.25}


def rows(totals: dict[str, tuple[float, ...]] | None = None, *, whole: str = "Ministry") -> pd.DataFrame:
    """Return observations in which every component got the same percent of its maximum: that of the total."""
    made = [
        (unit, None if unit == whole else whole, year, "accountability", name, 100 * share, share * total)
        for unit, own in (totals or TOTALS).items()
        for year, total in zip(YEARS, own, strict=False)
        for name, share in SHARES.items()
    ]
    columns = ["unit", "parent", "year", "perspective", "indicator", "target", "actual"]
    return pd.DataFrame(made, columns=columns)


def evaluated(
    observations: pd.DataFrame | None = None,
    *,
    status: Any = "real",
    introduced: int = INTRODUCED,
    rules: str = "sakip",
) -> Accountability:
    return Accountability(
        rows() if observations is None else observations, read_rules(rules), introduced, status
    )


@cache
def plain() -> Study:
    return read_study("bantaeng")


@cache
def origin() -> Provenance:
    return provenance(plain())
