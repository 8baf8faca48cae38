"""The engines that frames may come from, for tests that hold on every one of them.

An :class:`Engine` turns a pandas frame into a frame of its own kind and reads one back. ``run`` scores on it, and says what
a level came to as pandas.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import Scores, score

NAMES = ("pandas", "polars", "polars-lazy", "duckdb", "pyspark")


@dataclass(frozen=True)
class Scored:
    """The scores of every level, brought back to pandas when asked for."""

    engine: Engine
    scores: Scores

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators, as pandas."""
        return self._read(self.scores.indicators)

    @cached_property
    def objectives(self) -> pd.DataFrame:
        """The objectives, as pandas."""
        return self._read(self.scores.objectives)

    @cached_property
    def perspectives(self) -> pd.DataFrame:
        """The perspectives, as pandas."""
        return self._read(self.scores.perspectives)

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """The organisations, as pandas."""
        return self._read(self.scores.organisations)

    def _read(self, native: Any) -> pd.DataFrame:
        assert isinstance(native, self.engine.kind), f"{self.engine.name} came back as {type(native)}"
        return self.engine.read(native)


@dataclass(frozen=True)
class Engine:
    """One engine: its name, the type of its frames, and how pandas frames come and go."""

    name: str
    kind: type[Any]
    make: Callable[[pd.DataFrame], Any]
    read: Callable[[Any], pd.DataFrame]

    def run(self, rows: pd.DataFrame, rules: RuleSet) -> Scored:
        """Score on this engine."""
        return Scored(self, score(self.make(rows), rules))


def find_engine(name: str) -> Engine:
    """Return an engine by name, or skip the test where the machine lacks what the engine runs on."""
    if name == "pandas":
        return Engine(name, pd.DataFrame, lambda rows: rows.copy(), lambda frame: frame)
    if name == "polars":
        return Engine(name, pl.DataFrame, _to_polars, lambda frame: frame.to_pandas())
    if name == "polars-lazy":
        return Engine(
            name,
            pl.LazyFrame,
            lambda rows: _to_polars(rows).lazy(),
            lambda frame: frame.collect().to_pandas(),
        )
    if name == "duckdb":
        return Engine(name, duckdb.DuckDBPyRelation, _to_duckdb, lambda frame: frame.df())
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java runtime, which Spark needs")
    return _spark()


def _plain(rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns as lists, None for what is missing, numbers as doubles but for whole columns of integers."""
    return {
        name: [None if pd.isna(value) else value for value in column.astype(object)]
        for name, column in rows.items()
    }


def _to_polars(rows: pd.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        {name: pl.Series(values, dtype=_polars_type(rows[name])) for name, values in _plain(rows).items()}
    )


def _polars_type(column: pd.Series[Any]) -> Any:
    if pd.api.types.is_float_dtype(column.dtype):
        return pl.Float64
    return pl.Int64 if pd.api.types.is_integer_dtype(column.dtype) else pl.String


def _to_duckdb(rows: pd.DataFrame) -> duckdb.DuckDBPyRelation:
    return duckdb.from_arrow(_to_polars(rows).to_arrow())


@cache
def _spark() -> Engine:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

    # Warnings of Spark's own: of the host's name, and of a pandas that it is not yet released for.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.sql.codegen.wholeStage", "false")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")

    def make(rows: pd.DataFrame) -> Any:
        types = {"f": DoubleType(), "i": LongType()}
        fields = [
            StructField(name, types.get(_letter(column), StringType())) for name, column in rows.items()
        ]
        plain = _plain(rows)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return session.createDataFrame(list(zip(*plain.values(), strict=True)), StructType(fields))

    def read(frame: Any) -> pd.DataFrame:
        names = frame.columns
        return pd.DataFrame([tuple(row) for row in frame.collect()], columns=names)

    return Engine("pyspark", DataFrame, make, read)


def _letter(column: pd.Series[Any]) -> str:
    if pd.api.types.is_float_dtype(column.dtype):
        return "f"
    return "i" if pd.api.types.is_integer_dtype(column.dtype) else "s"
