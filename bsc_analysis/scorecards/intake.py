"""The observations table: one row per unit, year and indicator, checked at the door.

Canonical columns are ``unit, parent, level, year, period, perspective, objective, indicator, weight, polarity,
target, actual, unit_of_measure``; only ``unit, year, perspective, indicator, target, actual`` are required.
Numbers are Float64, a missing figure is null, and ``row`` keeps the line of the file for later reports.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.language.numbers import read_number
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

REQUIRED = ("unit", "year", "perspective", "indicator", "target", "actual")
OPTIONAL = ("parent", "level", "period", "objective", "weight", "polarity", "unit_of_measure")
FIGURES = ("weight", "target", "actual")
KEY = ("unit", "year", "period", "indicator")
NOT_A_YEAR = "{where}, row {row}, column '{name}': got {got}, allowed: a year such as 2017"
NOT_A_FIGURE = "{where}, row {row}, column '{name}': got {got}, allowed: a number, or '-' where there is none"
FIRST_ROW = 2  # line 1 of a file is its header


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that could not be read, or its value."""

    value: object
    fault: Fault | None = None


def read_observations(text: str, where: str, *, decimal: str = ".") -> pd.DataFrame:
    r"""Read observations from the text of a CSV file with canonical column names.

    Parameters
    ----------
    text
        The file's content.
    where
        The file's name, for reports.
    decimal
        The decimal mark of the file's numbers, declared by whoever prepared it.

    Raises
    ------
    DataError
        With every fault of the file: columns, cells that are not numbers, duplicate keys.

    >>> rows = read_observations("unit,year,perspective,indicator,target,actual\nBPBD,2017,financial,economy,119,84", "x")
    >>> rows.loc[0, ["target", "actual"]].tolist()
    [119.0, 84.0]
    """
    header, records = _records(text, where)
    _refuse(_column_faults(header, where))
    raw = pd.DataFrame(records, columns=header, dtype="object")
    columns = {name: _read_column(raw[name], name, where, decimal) for name in header}
    _refuse([cell.fault for column in columns.values() for cell in column if cell.fault])
    observations = pd.DataFrame({name: _typed(name, column) for name, column in columns.items()})
    observations["row"] = range(FIRST_ROW, FIRST_ROW + len(observations))
    _refuse(_duplicates(observations, where))
    return observations


def _records(text: str, where: str) -> tuple[list[str], list[list[str]]]:
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not lines:
        raise DataError(fault("{where}: the file is empty", where=where))
    header = [name.strip() for name in lines[0]]
    records = lines[1:]
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    if not records:
        raise DataError(fault("{where}: the file has a header and no rows", where=where))
    sentence = "{where}, row {row}: {got} cells, expected {allowed}"
    _refuse(
        [
            fault(sentence, where=where, row=row, got=len(record), allowed=len(header))
            for row, record in enumerate(records, FIRST_ROW)
            if len(record) != len(header)
        ]
    )
    return header, records


def _column_faults(header: list[str], where: str) -> list[Fault]:
    allowed = (*REQUIRED, *OPTIONAL)
    missing = [
        fault("{where}: column '{name}' is missing", where=where, name=n) for n in REQUIRED if n not in header
    ]
    twice = [fault("{where}: column '{name}' stands twice", where=where, name=n) for n in dict.fromkeys(header)
             if header.count(n) > 1]  # fmt: skip
    unknown = [
        fault(
            "{where}: unknown column '{name}', did you mean '{guess}'?", where=where, name=name, guess=guess
        )
        if (guess := nearest(name, allowed))
        else fault("{where}: unknown column '{name}'", where=where, name=name)
        for name in header
        if name not in allowed
    ]
    return missing + twice + unknown


def _read_column(raw: pd.Series[str], name: str, where: str, decimal: str) -> list[_Cell]:
    reader: Callable[[str], object] = {"year": _year}.get(name, str.strip)
    if name in FIGURES:
        reader = _figure(decimal)
    return [_read_cell(text, name, row, where, reader) for row, text in enumerate(raw, FIRST_ROW)]


def _read_cell(text: str, name: str, row: int, where: str, reader: Callable[[str], object]) -> _Cell:
    try:
        value = reader(text)
    except (DataError, ValueError):
        sentence = NOT_A_YEAR if name == "year" else NOT_A_FIGURE
        return _Cell(None, fault(sentence, where=where, row=row, name=name, got=repr(text)))
    if value == "" and name in REQUIRED:
        sentence = "{where}, row {row}, column '{name}': the cell is empty"
        return _Cell(None, fault(sentence, where=where, row=row, name=name))
    return _Cell(value)


def _figure(decimal: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = read_number(text, decimal=decimal)
        return math.nan if number is None else float(number.value)

    return read


def _year(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(text)
    year = int(text)
    if not 1900 <= year <= 2200:
        raise ValueError(text)
    return year


def _typed(name: str, column: list[_Cell]) -> pd.Series[float] | pd.Series[str] | pd.Series[int]:
    values = [cell.value for cell in column]
    if name in FIGURES:
        return pd.Series(
            [None if value is None or math.isnan(float(str(value))) else value for value in values],
            dtype="Float64",
        )
    if name == "year":
        return pd.Series(values, dtype="int64")
    return pd.Series([value or None for value in values], dtype="str")


def _duplicates(observations: pd.DataFrame, where: str) -> list[Fault]:
    key = [name for name in KEY if name in observations]
    again = observations[observations.duplicated(key, keep="first")]
    sentence = "{where}, row {row}: {key} stands in an earlier row already"
    return [
        fault(sentence, where=where, row=row, key=", ".join(str(value) for value in values))
        for row, *values in again[["row", *key]].itertuples(index=False)
    ]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DataError(*faults)
