"""A panel: the same units in consecutive years, so that a path may lead from one year to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.paths.rows import Codes, Rows, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[Any]

LAG = "_lag"
SUFFIX = "{got} ends in {suffix}, which is what the value of the year before is called: give it another name"
NO_YEAR = "{column} {got} is no year: expected a whole number"
TWICE = "{unit} {label} has {count} rows in {year} {got}: one row for each unit and year is expected"
NO_PAIR = "no {unit} has two consecutive years; the values of {year} are {years}"
MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Transition:
    """How many units were measured in a year and in the year before."""

    before: int
    after: int
    n_pairs: int


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Pairs of consecutive years of the same unit.

    Attributes
    ----------
    rows
        One row for each pair: the variables of the later year, then those of the year before with ``_lag`` behind their
        names; the unit, or what was named, is the cluster and the later year the group.
    transitions
        Each pair of years with its number of units.
    n_units, n_single
        Units that have a pair, and units left out because they have none.
    """

    rows: Rows
    transitions: tuple[Transition, ...]
    n_units: int
    n_single: int

    @property
    def n_pairs(self) -> int:
        """The number of pairs."""
        return self.rows.n_obs


def read_panel(
    data: Any, variables: Sequence[str], *, unit: str, year: str, cluster: str | None = None
) -> Panel:
    """Read the pairs of consecutive years from a frame with one row for each unit and year.

    A gap is no step: a unit that has 2015 and 2017 only gives no pair. Missing values stay missing.

    Parameters
    ----------
    data
        A frame of any engine.
    variables
        The columns, such as ``model.observed``.
    unit, year
        The columns that say whose row it is, and of which year.
    cluster
        The column that says which rows depend on each other, where that is more than the unit.

    Raises
    ------
    UseError
        When a variable's name ends in ``_lag``.
    DataError
        As :func:`read_rows`; naming each year that is no whole number and each unit that has a year twice; when no unit
        has two consecutive years.

    >>> import pandas as pd
    >>> frame = pd.DataFrame(
    ...     {"unit": ["a", "a", "a", "b", "b"], "year": [2015, 2016, 2017, 2015, 2017], "LG": [1.0, 2, 4, 3, 5]}
    ... )
    >>> panel = read_panel(frame, ["LG"], unit="unit", year="year")
    >>> panel.rows.names, panel.rows.values.tolist(), panel.n_single
    (('LG', 'LG_lag'), [[2.0, 1.0], [4.0, 2.0]], 1)
    """
    faults = [fault(SUFFIX, got=repr(name), suffix=LAG) for name in variables if name.endswith(LAG)]
    if faults:
        raise UseError(*faults)
    rows = read_rows(data, variables, cluster=unit, group=year)
    units, years = cast("Codes", rows.cluster), cast("Codes", rows.group)
    when = _whole_years(years)[years.code]
    order = np.lexsort((when, units.code))
    _refuse_twice(units, years, when, order)
    before, after = _pairs(units, when, order)
    if not len(after):
        listed = ", ".join(map(str, np.unique(when)[:MOST_LISTED]))
        raise DataError(fault(NO_PAIR, unit=unit, year=year, years=listed))
    counted = Counter(when[after].tolist())
    later = rows.take(after)
    names = (*rows.names, *(name + LAG for name in rows.names))
    values = np.column_stack([later.values, rows.values[before]])
    together = later if cluster is None else read_rows(data, variables, cluster=cluster).take(after)
    paired = Rows(names, values, together.cluster, later.group, dropped=rows.dropped)
    n_units = len(later.cluster or ())
    transitions = tuple(Transition(each - 1, each, counted[each]) for each in sorted(counted))
    return Panel(paired, transitions, n_units, len(units) - n_units)


def _whole_years(years: Codes) -> NDArray[np.intp]:
    """Return each label as a whole number, (labels,); files hold years as 2015, "2015" and 2015.0."""
    whole: list[int] = []
    faults: list[Fault] = []
    for label in years.labels:
        try:
            number = float(label)
            if not number.is_integer():
                raise ValueError  # noqa: TRY301
            whole.append(int(number))
        except (OverflowError, ValueError):
            faults.append(fault(NO_YEAR, column=repr(years.name), got=repr(label)))
    if faults:
        raise DataError(*faults)
    return np.array(whole)


def _refuse_twice(units: Codes, years: Codes, when: Array, order: Array) -> None:
    seen = Counter(zip(units.code[order].tolist(), when[order].tolist(), strict=True))
    faults = [
        fault(TWICE, unit=units.name, label=units.labels[code], count=count, year=years.name, got=number)
        for (code, number), count in seen.items()
        if count > 1
    ]
    if faults:
        raise DataError(*faults)


def _pairs(units: Codes, when: Array, order: Array) -> tuple[Array, Array]:
    """Return the rows of the earlier and of the later year of every pair, by unit and then by year."""
    early, late = order[:-1], order[1:]
    same = (units.code[early] == units.code[late]) & (when[late] - when[early] == 1)
    return early[same], late[same]
