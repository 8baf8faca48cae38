"""SPSS and Parquet files become a grid whose first row holds the names of the columns.

They are read by a program of its own, which may fail without taking this one with it. Cells of SPSS hold the labels
of values where there are some; missing values, also those that the file declares, are None.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from importlib.util import find_spec
from typing import Any

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake.archives import damaged
from bsc_analysis.scorecards.intake.grid import MAX_CELLS, Grid, Opened, too_many_cells

READER = "bsc_analysis.scorecards.intake.datareader"
SECONDS = 60  # the largest number of cells takes about ten
MAX_BYTES = 256 * 2**20  # unpacked; the largest number of cells, as figures, takes a sixth of it


def open_data_file(content: bytes, where: str) -> Opened:
    """Open an SPSS file (.sav, .zsav) or a Parquet file.

    Parameters
    ----------
    content
        The file.
    where
        Its name, for reports.

    Raises
    ------
    DataError
        When the file is damaged or larger than is read, or with every column that is no column of plain cells.

    >>> import pandas as pd
    >>> content = pd.DataFrame({"unit": ["BPBD"], "target": [119.0]}).to_parquet()
    >>> open_data_file(content, "iku.parquet").grids[0].rows
    (('unit', 'target'), ('BPBD', 119.0))
    """
    document = _read(content, where)
    faults = _faults(document, where)
    if faults:
        raise DataError(*faults)
    columns = document["columns"]
    names = tuple(str(column["name"]) for column in columns)
    if not names:
        raise DataError(fault("{where}: the file is empty", where=where))
    rows = zip(*map(_cells, columns), strict=True)
    return Opened((Grid(where, "", (names, *rows), numbered_from=0),), _labels(columns, where))


def _read(content: bytes, where: str) -> dict[str, Any]:
    reader = find_spec(READER)
    command = [
        sys.executable,
        "-P",
        "-X",
        "utf8",
        str(reader and reader.origin),
        str(MAX_CELLS),
        str(MAX_BYTES),
    ]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
        document: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        sentence = "{where}: the file is cut short or damaged: the program that reads such files failed on it"
        raise DataError(fault(sentence, where=where)) from None
    return document


def _faults(document: dict[str, Any], where: str) -> list[Fault]:
    if "error" in document:
        return [damaged(where, ValueError(document["error"]))]
    if "large" in document:
        return [too_many_cells(fault("{file}", file=where))]
    if "unpacked" in document:
        sentence = "{where}: would unpack to {got} MiB, at most {allowed} MiB are read"
        got = f"{document['unpacked'] / 2**20:.0f}"
        return [fault(sentence, where=where, got=got, allowed=MAX_BYTES // 2**20)]
    sentence = "{where}: column '{name}' holds {got} in each row, allowed: numbers, texts and dates"
    return [fault(sentence, where=where, name=name, got=kind) for name, kind in document.get("unfit", ())]


def _cells(column: dict[str, Any]) -> list[object]:
    if "texts" in column:
        texts = [_cell(text) for text in column["texts"]]
        return [None if place is None else texts[place] for place in column["values"]]
    return [_cell(value) for value in column["values"]]


def _cell(value: object) -> object:
    if isinstance(value, dict):
        text = str(value["date"])
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return value


def _labels(columns: list[dict[str, Any]], where: str) -> tuple[Fault, ...]:
    """Say the labels of variables, since the names that are looked for may stand there."""
    labelled = [
        f"{each['name']} ({each['label']})" for each in columns if each["label"] not in ("", each["name"])
    ]
    if not labelled:
        return ()
    sentence = "{file}: columns are known by the names of variables, not by their labels: {names}"
    return (fault(sentence, file=where, names=", ".join(labelled)),)
