"""Rows: the table of perspectives as an array, checked once, with the clusters and groups its rows belong to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ABSENT = "the data have no column {got}, did you mean {guess}?"
ABSENT_LISTED = "the data have no column {got}; they have: {allowed}"
TEXT = (
    "column {got} holds text ({kind}), a path model needs numbers: read the file with its number format first"
)
INFINITE = "column {got} has {count} infinite values: correct them or leave them empty"
INFINITE_HERE = "column {got} has infinite values: correct them or leave them empty"
EMPTY = "column {got} has no value at all: leave the variable out of the model, or supply its data"
CONSTANT = "column {got} is the same in every row ({value}): a path needs variation, leave the variable out of the model"
NO_CLUSTER = "column {got} is empty in {count} rows: every row needs its {role}"
MOST_LISTED = 12

# Spread below this share of a column's size is rounding noise, not variation: about 450 units in the last place.
NOISE = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """What each row belongs to: ``code`` (n,) counts from 0 in order of first appearance in ``labels``."""

    name: str
    code: NDArray[np.intp]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, kept: NDArray[Any]) -> Codes:
        """Return the codes of some rows, numbered anew."""
        used, code = np.unique(self.code[kept], return_inverse=True)
        return Codes(self.name, code, tuple(self.labels[each] for each in used))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Observations of a path model.

    Attributes
    ----------
    names
        The k variables.
    values
        (n, k) float64; missing is NaN, infinite does not occur.
    cluster, group, stratum
        What rows belong to, each (n,) or None: rows of a cluster depend on each other, groups are compared, strata are
        resampled within.
    dropped
        Rows that were left out on the way here because values are missing.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    cluster: Codes | None = None
    group: Codes | None = None
    stratum: Codes | None = None
    dropped: int = 0

    @property
    def n_obs(self) -> int:
        """The number of rows."""
        return len(self.values)

    @property
    def n_missing(self) -> int:
        """The number of missing values."""
        return int(np.isnan(self.values).sum())

    def complete(self) -> Rows:
        """Return the rows without missing values; ``dropped`` counts the others."""
        kept = np.asarray(~np.isnan(self.values).any(axis=1))
        return self if kept.all() else self.take(kept, dropped=self.dropped + int((~kept).sum()))

    def take(self, kept: NDArray[Any], *, dropped: int | None = None) -> Rows:
        """Return some rows, chosen by a mask or by indices."""
        cluster, group, stratum = (
            None if codes is None else codes.take(kept) for codes in (self.cluster, self.group, self.stratum)
        )
        count = self.dropped if dropped is None else dropped
        return Rows(self.names, self.values[kept], cluster, group, stratum, count)

    def select(self, names: Sequence[str]) -> Rows:
        """Return some variables, in the order named."""
        refuse_absent(self.names, names)
        at = [self.names.index(name) for name in names]
        return replace(self, names=tuple(names), values=self.values[:, at])

    def by_group(self) -> tuple[tuple[str, Rows], ...]:
        """Return the rows of each group with its label, in order of first appearance."""
        if self.group is None:
            return (("", self),)
        return tuple(
            (label, self.take(self.group.code == code)) for code, label in enumerate(self.group.labels)
        )


def read_rows(
    data: Any,
    variables: Sequence[str],
    *,
    cluster: str | None = None,
    group: str | None = None,
    stratum: str | None = None,
) -> Rows:
    """Read the columns that a path model needs from a frame of any engine, and check them once.

    Rows in which every variable is missing say nothing and are left out, counted in ``dropped``. Columns that are not
    named are ignored.

    Parameters
    ----------
    data
        A frame with one row per unit (and year).
    variables
        The columns of the model, such as ``model.observed``.
    cluster, group, stratum
        Columns that say what a row belongs to.

    Raises
    ------
    DataError
        Naming each column that is absent, holds text, is empty, constant or infinite, and each key that is missing.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["a", "b", "c"], "LG": [1.0, 2.0, None], "IP": [2.0, 2.5, None]})
    >>> rows = read_rows(frame, ["LG", "IP"])
    >>> rows.n_obs, rows.dropped
    (2, 1)
    """
    frame = nw.from_native(data).lazy()
    keys = {"cluster": cluster, "group": group, "stratum": stratum}
    wanted = list(dict.fromkeys([*variables, *(name for name in keys.values() if name)]))
    refuse_absent(frame.collect_schema().names(), wanted)
    table = frame.select(*wanted).collect()
    _raise(_text_faults(table, variables))
    values = np.column_stack([_floats(table[name]) for name in variables])
    codes = {role: _codes(table[name], role) for role, name in keys.items() if name}
    _raise([*_value_faults(variables, values), *(each for each in codes.values() if isinstance(each, Fault))])
    known = {role: each for role, each in codes.items() if isinstance(each, Codes)}
    rows = Rows(tuple(variables), values, known.get("cluster"), known.get("group"), known.get("stratum"))
    spoken = np.asarray(~np.isnan(values).all(axis=1))
    return rows if spoken.all() else rows.take(spoken, dropped=int((~spoken).sum()))


def refuse_absent(present: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse columns that a frame does not have, each with the nearest name."""
    _raise([_absent(name, present) for name in wanted if name not in present])


def _absent(name: str, present: Sequence[str]) -> Fault:
    folded = {each.casefold(): each for each in present}
    if guess := folded.get(name.casefold()) or nearest(name, present):
        return fault(ABSENT, got=repr(name), guess=repr(guess))
    return fault(ABSENT_LISTED, got=repr(name), allowed=", ".join(present[:MOST_LISTED]))


def _text_faults(table: nw.DataFrame[Any], variables: Sequence[str]) -> list[Fault]:
    kinds = {name: table[name].dtype for name in variables}
    return [
        fault(TEXT, got=repr(name), kind=kind)
        for name, kind in kinds.items()
        if not (kind.is_numeric() or kind == nw.Boolean)
    ]


def _floats(column: nw.Series[Any]) -> NDArray[np.float64]:
    numbers = column.cast(nw.Float64)
    return np.asarray(numbers.fill_null(float("nan")).to_numpy(), dtype=float)


def _codes(column: nw.Series[Any], role: str) -> Codes | Fault:
    missing = int(column.is_null().sum())
    if missing:
        return fault(NO_CLUSTER, got=repr(column.name), count=missing, role=fault(role))
    labels, first, code = np.unique(column.to_numpy().astype(str), return_index=True, return_inverse=True)
    order = np.argsort(first)
    return Codes(column.name, np.argsort(order)[code], tuple(map(str, labels[order])))


def _value_faults(variables: Sequence[str], values: NDArray[np.float64]) -> list[Fault]:
    faults = []
    for name, column in zip(variables, values.T, strict=True):
        known = column[~np.isnan(column)]
        if infinite := int(np.isinf(known).sum()):
            faults.append(fault(INFINITE, got=repr(name), count=infinite))
        elif not known.size:
            faults.append(fault(EMPTY, got=repr(name)))
        elif np.ptp(known) <= NOISE * np.abs(known).max():
            faults.append(fault(CONSTANT, got=repr(name), value=f"{known[0]:.6g}"))
    return faults


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise DataError(*faults)
