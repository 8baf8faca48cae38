"""What is missing, in sentences for the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bsc_analysis.errors import fault

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.rows import Rows

INCOMPLETE = "{rows} of {total} rows lack a value, {values} values in all; their known values are used (fiml, missing at random)"
LACKING = "{count} rows lack {names}"
OTHERS = "{count} rows lack other combinations of variables ({patterns} patterns)"
NEVER_TOGETHER = "{first} and {second} are never known in the same row: their covariance follows from the others, and the model is not tested by it"
MOST_LISTED = 8


def missing_notes(rows: Rows) -> tuple[Fault, ...]:
    """Return how many rows and values are missing, how many rows each pattern has, and which pairs are never known at once.

    >>> from bsc_analysis.paths.rows import Rows
    >>> nan = float("nan")
    >>> rows = Rows(("LG", "IP"), np.array([[1.0, 2.0], [2.0, nan], [3.0, nan], [nan, 1.0]]))
    >>> for note in missing_notes(rows):
    ...     print(note)
    3 of 4 rows lack a value, 3 values in all; their known values are used (fiml, missing at random)
    2 rows lack IP
    1 rows lack LG
    """
    absent = np.isnan(rows.values)
    lacking = absent.any(axis=1)
    if not lacking.any():
        return ()
    counted = fault(INCOMPLETE, rows=int(lacking.sum()), total=rows.n_obs, values=rows.n_missing)
    return counted, *_by_pattern(rows.names, absent[lacking]), *_never_together(rows)


def _by_pattern(names: tuple[str, ...], absent: np.ndarray) -> list[Fault]:
    patterns, counts = np.unique(absent, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    listed = [
        fault(LACKING, count=counts[at], names=", ".join(np.array(names)[patterns[at]]))
        for at in order[:MOST_LISTED]
    ]
    rest = order[MOST_LISTED:]
    return listed + ([fault(OTHERS, count=counts[rest].sum(), patterns=len(rest))] if len(rest) else [])


def _never_together(rows: Rows) -> list[Fault]:
    known = (~np.isnan(rows.values)).astype(float)
    first, second = np.nonzero(np.triu(known.T @ known == 0))
    return [
        fault(NEVER_TOGETHER, first=rows.names[i], second=rows.names[j])
        for i, j in zip(first, second, strict=True)
    ]
