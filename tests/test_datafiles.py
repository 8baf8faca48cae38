"""Data files: SPSS and Parquet become grids of plain cells, or are refused before they fill the memory."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake import datafiles, datareader
from bsc_analysis.scorecards.intake.containers import open_grids
from bsc_analysis.scorecards.intake.grid import Grid

if TYPE_CHECKING:
    from pathlib import Path


def parquet(table: pa.Table, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return sink.getvalue().to_pybytes()


def grid_of(content: bytes, where: str = "iku.parquet") -> Grid:
    (grid,) = open_grids(content, where).grids
    return grid


def faults_of(content: bytes, where: str = "iku.parquet") -> list[str]:
    with pytest.raises(DataError) as caught:
        open_grids(content, where)
    return [str(each) for each in caught.value.faults]


def test_every_plain_column_of_parquet_gives_plain_cells() -> None:
    table = pa.table(
        {
            "unit": ["BPBD", ""],
            "year": pa.array([2017, None], pa.int16()),
            "target": [0.5, float("nan")],
            "weight": [Decimal("0.35"), None],
            "exact": [True, None],
            "day": [dt.date(2017, 3, 31), None],
            "time": pa.array([dt.datetime(2017, 3, 31, 1), None], pa.timestamp("ns")),
            "kind": pa.array(["a", None]).dictionary_encode(),
            "none": pa.nulls(2),
        }
    )
    grid = grid_of(parquet(table))
    assert grid.rows == (
        tuple(table.column_names),
        ("BPBD", 2017, 0.5, 0.35, True, dt.date(2017, 3, 31), dt.datetime(2017, 3, 31, 1), "a", None),
        (None,) * 9,
    )
    assert type(grid.rows[1][6]) is dt.datetime


def test_the_first_row_of_data_is_row_one() -> None:
    grid = grid_of(parquet(pa.table({"unit": ["BPBD"]})))
    assert str(grid.place(1, 0, "unit")) == "iku.parquet, row 1, column 'unit'"


def test_columns_that_are_no_cells_are_all_named() -> None:
    table = pa.table({"a": [[1]], "b": [1], "c": [{"x": 1}], "d": [b"x"]})
    assert faults_of(parquet(table)) == [
        "iku.parquet: column 'a' holds list<element: int64> in each row, allowed: numbers, texts and dates",
        "iku.parquet: column 'c' holds struct<x: int64> in each row, allowed: numbers, texts and dates",
        "iku.parquet: column 'd' holds binary in each row, allowed: numbers, texts and dates",
    ]


def test_more_cells_than_are_read_are_refused_by_the_summary_alone() -> None:
    """Five million and one equal cells pack to a few kilobytes."""
    content = parquet(pa.table({"a": pa.repeat(pa.scalar(1, pa.int8()), 5_000_001)}))
    assert len(content) < 50_000
    assert faults_of(content) == ["iku.parquet: more than 5,000,000 cells, which is more than is read"]


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datafiles, "MAX_BYTES", 2**20)
    content = parquet(pa.table({"a": ["x" * 2**21]}), compression="zstd")
    assert len(content) < 10_000
    assert faults_of(content) == ["iku.parquet: would unpack to 2 MiB, at most 1 MiB are read"]


def test_one_long_text_in_every_row_is_held_once() -> None:
    column = [grid_row[0] for grid_row in grid_of(parquet(pa.table({"a": ["x" * 10_000] * 1000}))).rows[1:]]
    assert len(column) == 1000
    assert len({id(cell) for cell in column}) == 1


def test_a_table_without_columns_is_empty_and_a_cut_one_is_damaged() -> None:
    assert faults_of(parquet(pa.table({}))) == ["iku.parquet: the file is empty"]
    whole = parquet(pa.table({"a": [1]}))
    assert faults_of(whole[:-8])[0].startswith("iku.parquet: the file is cut short or damaged: ")


PARQUET = parquet(pa.table({"unit": ["BPBD", "Dinas"], "target": [1.5, 2.5]}))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(PARQUET) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_parquet_is_read_or_refused_by_name(changes: list[tuple[int, int]]) -> None:
    content = bytearray(PARQUET)
    for at, byte in changes:
        content[at] = byte
    try:
        said = [str(grid.title) for grid in open_grids(bytes(content), "iku.parquet").grids]
    except DataError as refused:
        said = [str(each) for each in refused.faults]
    assert said
    assert all(each.startswith("iku.parquet") for each in said)


@pytest.fixture(scope="module")
def sav(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return _sav(tmp_path_factory.mktemp("spss") / "iku.sav")


def _sav(path: Path, *, packed: bool = False) -> bytes:
    frame = pd.DataFrame(
        {
            "unit": ["BPBD", ""],
            "tier": [1.0, 9.0],
            "actual": [84.5, 99.0],
            "target": [100.0, float("nan")],
            "day": pd.to_datetime(["2017-03-31", "2017-06-30"]),
        }
    )
    pyreadstat.write_sav(
        frame,
        str(path),
        compress=packed,
        column_labels={"actual": "Realisasi", "unit": "unit"},
        variable_value_labels={"tier": {1: "Eselon I"}},
        missing_ranges={"actual": [99]},
    )
    return path.read_bytes()


def test_spss_gives_labels_of_values_and_none_where_the_file_says_missing(sav: bytes) -> None:
    """The file declares 99 as missing in 'actual'; only the value 1 of 'tier' has a label."""
    opened = open_grids(sav, "iku.sav")
    assert opened.grids[0].rows == (
        ("unit", "tier", "actual", "target", "day"),
        ("BPBD", "Eselon I", 84.5, 100.0, dt.datetime(2017, 3, 31)),
        (None, 9.0, None, None, dt.datetime(2017, 6, 30)),
    )
    assert str(opened.grids[0].place(1, 2, "actual")) == "iku.sav, row 1, column 'actual'"
    assert [str(each) for each in opened.notes] == [
        "iku.sav: columns are known by the names of variables, not by their labels: actual (Realisasi)"
    ]


def test_packed_spss_is_read_like_the_other(tmp_path: Path, sav: bytes) -> None:
    packed = _sav(tmp_path / "iku.zsav", packed=True)
    assert packed.startswith(b"$FL3")
    assert grid_of(packed, "iku.zsav").rows == grid_of(sav, "iku.zsav").rows


def test_spss_cut_short_is_damaged(sav: bytes) -> None:
    assert faults_of(sav[:300], "iku.sav")[0].startswith("iku.sav: the file is cut short or damaged: ")


def test_a_reading_program_that_dies_does_not_end_this_one(
    sav: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both libraries end their process on some damaged bytes; which ones changes with their versions."""
    (tmp_path / "dying_reader.py").write_text("import os\nos.abort()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(datafiles, "READER", "dying_reader")
    assert faults_of(sav, "iku.sav") == [
        "iku.sav: the file is cut short or damaged: the program that reads such files failed on it"
    ]


def test_a_reading_program_that_never_comes_back_is_given_up(
    sav: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datafiles, "SECONDS", 0.001)
    assert faults_of(sav, "iku.sav") == [
        "iku.sav: the file is cut short or damaged: the program that reads such files failed on it"
    ]


@pytest.mark.parametrize("bound", [("MAX_CELLS", 9), ("MAX_BYTES", 71)])
def test_more_of_spss_than_is_read_is_refused(
    sav: bytes, bound: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows of five variables make ten cells, and two rows of at least 36 bytes make 72."""
    monkeypatch.setattr(datafiles, *bound)
    assert faults_of(sav, "iku.sav") == ["iku.sav: more than 5,000,000 cells, which is more than is read"]


class _Stream:
    def __init__(self, content: bytes = b"") -> None:
        self.buffer = io.BytesIO(content)


def test_the_reading_program_answers_in_one_document(sav: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run here as a function, since a program of its own shows no coverage."""
    cases = (
        (sav, 10, "columns"),
        (sav, 9, "large"),
        (b"$FL2", 10, "error"),
        (PARQUET, 4, "columns"),
        (PARQUET, 3, "large"),
        (parquet(pa.table({"a": [[1]], "b": [Decimal("0.1")]})), 4, "unfit"),
        (parquet(pa.table({"a": ["x" * 20_000]})), 4, "unpacked"),
        (
            parquet(pa.table({"a": [Decimal("0.35"), None], "b": pa.array([0, 1], pa.timestamp("s"))})),
            4,
            "columns",
        ),
    )
    for content, cells, key in cases:
        answer = _Stream()
        monkeypatch.setattr("sys.stdin", _Stream(content))
        monkeypatch.setattr("sys.stdout", answer)
        assert datareader.main(cells=cells, size=10_000) == 0
        assert list(json.loads(answer.buffer.getvalue())) == [key]
