"""The schema of the observations table, and the rows that do not keep to it.

pandera checks whole columns; each of its failure cases becomes a fault that says where in the file it stands.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.intake.columns import YEARS
from bsc_analysis.scorecards.observations import COLUMNS, KEY
from bsc_analysis.scorecards.rules import Polarity

if TYPE_CHECKING:
    from collections.abc import Callable

    from bsc_analysis.scorecards.observations import Kind

    Place = Callable[[int, str], Fault]  # given a row counted from zero, and a canonical column

REPEATED = "{where}, row {row}: {key} stands in an earlier row already"
REFUSED = "{place}: got {got}, allowed: {allowed}"
AT_LEAST = "at least the target, {target}"
FINITE = "a finite number"
A_YEAR = "a year such as 2017"
ONE_OF = "one of {words}"
_MOST_SHOWN = 60  # characters of each part of a key that a report repeats
_DTYPES: dict[Kind, str] = {"text": "str", "year": "int64", "figure": "Float64"}


def broken_rules(
    observations: pd.DataFrame, place: Place, title: Callable[[int], tuple[Fault, int]]
) -> list[Fault]:
    """Return a fault for each row that breaks a rule of the observations table.

    Parameters
    ----------
    observations
        The table: typed columns with canonical names, indexed from zero.
    place
        Where a cell stands in the file.
    title
        What the sheet of a row is called, and which number the row has there.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"unit": ["A", "A"], "year": [2017, 2017], "perspective": ["f", "f"], "indicator": ["e", "e"]})
    >>> rows = rows.astype({"unit": "str", "perspective": "str", "indicator": "str"})
    >>> title = lambda row: (fault("{file}", file="iku.csv"), row + 2)
    >>> [str(each) for each in broken_rules(rows, lambda row, name: fault(name), title)]
    ['iku.csv, row 3: A, 2017, f, e stands in an earlier row already']
    """
    pandera = _pandera()
    names = tuple(observations.columns)
    try:
        _schema(names).validate(observations, lazy=True)
    except pandera.errors.SchemaErrors as broken:
        cases = broken.failure_cases
    else:
        return []
    found: dict[tuple[int, str], Fault] = {}
    for case in cases.to_dict("records"):
        row, column, check = int(case["index"]), str(case["column"]), str(case["check"])
        if check == "multiple_fields_uniqueness":
            found[row, "key"] = _repeated(observations, row, *title(row))
        else:
            column = "target_upper" if check == AT_LEAST else column
            found[row, column] = _refused(observations, row, column, check, place)
    return list(found.values())


@cache
def _schema(names: tuple[str, ...]) -> Any:
    pandera = _pandera()
    checks: dict[str, list[Any]] = {
        column.name: [pandera.Check(_is_finite, name=FINITE)] for column in COLUMNS if column.kind == "figure"
    }
    checks["year"] = [pandera.Check(_is_year, name=A_YEAR)]
    checks["polarity"] = [pandera.Check(_is_polarity, name=ONE_OF)]
    between = pandera.Check(_is_ascending, name=AT_LEAST)
    return pandera.DataFrameSchema(
        {
            column.name: pandera.Column(
                _DTYPES[column.kind], checks.get(column.name), nullable=column.kind != "year"
            )
            for column in COLUMNS
            if column.name in names
        },
        checks=[between] if {"target", "target_upper"} <= set(names) else [],
        unique=[name for name in KEY if name in names],
        report_duplicates="exclude_first",
    )


@cache
def _pandera() -> Any:
    """Import pandera when it is first needed: that takes a second, and warns about engines that are not used here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        import pandera.pandas

        pandera.pandas.DataFrameSchema({}).validate(pd.DataFrame())  # only then are all of its parts imported
    return pandera.pandas


def _is_year(years: pd.Series[int]) -> pd.Series[bool]:
    return years.between(YEARS.start, YEARS.stop - 1)


def _is_polarity(words: pd.Series[str]) -> pd.Series[bool]:
    return words.isin(get_args(Polarity))


def _is_finite(figures: pd.Series[float]) -> pd.Series[bool]:
    return figures.abs() < float("inf")


def _is_ascending(observations: pd.DataFrame) -> pd.Series[bool]:
    return (observations["target_upper"] >= observations["target"]).fillna(value=True)


def _repeated(observations: pd.DataFrame, row: int, where: Fault, number: int) -> Fault:
    names = [name for name in KEY if name in observations]
    values = [observations[name].iloc[row] for name in names]
    key = ", ".join(str(value)[:_MOST_SHOWN] for value in values if value == value)
    return fault(REPEATED, where=where, row=number, key=key)


def _refused(observations: pd.DataFrame, row: int, column: str, check: str, place: Place) -> Fault:
    target = observations["target"].iloc[row] if check == AT_LEAST else ""
    allowed = (
        fault(check, target=target)
        if check == AT_LEAST
        else fault(check, words=", ".join(get_args(Polarity)))
    )
    got = observations[column].iloc[row]
    return fault(REFUSED, place=place(row, column), got=got, allowed=allowed)
