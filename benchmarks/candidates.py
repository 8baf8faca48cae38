"""What is timed: our package, its peers and mere reading, from the Parquet file to one scored row per unit and year.

Results are fetched: as an Arrow table from DuckDB, as a frame from the others. The stage ``door`` is the checking of rows
that peers do not have; it is reported on its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

from benchmarks import peers
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.doorway import admit
from bsc_analysis.scorecards.scoring import Scores, score

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Watch

RULES = read_rules("kkp")
SCORED = ("unit", "year", "score", "band")
NAMED = "indicator"  # what only the door asks for: a row must say which indicator it is


def peer_duckdb(path: Path, watch: Watch) -> Any:
    """Hand-written SQL."""
    with watch.stage("score"):
        return peers.duckdb_sql(path).to_arrow_table()


def peer_duckdb_covered(path: Path, watch: Watch) -> Any:
    """Hand-written SQL that also gives the counts and the weight present, as ours does."""
    with watch.stage("score"):
        return peers.duckdb_sql(path, query=peers.COVERED).to_arrow_table()


def peer_pandas(path: Path, watch: Watch) -> Any:
    """Hand-written vectorised pandas."""
    with watch.stage("read"):
        rows = pd.read_parquet(path, columns=peers.COLUMNS)
    with watch.stage("score"):
        return peers.pandas_vectorised(rows)


def peer_pandas_covered(path: Path, watch: Watch) -> Any:
    """Hand-written vectorised pandas that also gives the counts and the weight present, as ours does."""
    with watch.stage("read"):
        rows = pd.read_parquet(path, columns=peers.COLUMNS)
    with watch.stage("score"):
        return peers.pandas_covered(rows)


def peer_polars(path: Path, watch: Watch) -> Any:
    """Hand-written Polars on its streaming engine."""
    with watch.stage("score"):
        return peers.polars_lazy(path).collect(engine="streaming")


def ours_duckdb(path: Path, watch: Watch) -> Any:
    """Our scores on a DuckDB relation; as from the peer, score and band are fetched."""
    scores = _on_duckdb(path, watch)
    with watch.stage("score"):
        return scores.organisations.select(*SCORED).to_arrow_table()


def ours_duckdb_covered(path: Path, watch: Watch) -> Any:
    """Our scores on a DuckDB relation, every column fetched."""
    scores = _on_duckdb(path, watch)
    with watch.stage("score"):
        return scores.organisations.to_arrow_table()


def ours_pandas(path: Path, watch: Watch) -> Any:
    """Our scores on a pandas frame, every column made."""
    with watch.stage("read"):
        rows = pd.read_parquet(path, columns=peers.COLUMNS)
    with watch.stage("door"):
        rows["indicator"] = pd.read_parquet(path, columns=[NAMED])[NAMED]
        admitted = admit(rows, RULES)
    with watch.stage("score"):
        return score(admitted, RULES).organisations


def ours_polars(path: Path, watch: Watch) -> Any:
    """Our scores on a lazy Polars frame; as from the peer, score and band are fetched."""
    scores = _on_polars(path, watch)
    with watch.stage("score"):
        return scores.organisations.select(SCORED).collect(engine="streaming")


def ours_polars_covered(path: Path, watch: Watch) -> Any:
    """Our scores on a lazy Polars frame, every column fetched."""
    scores = _on_polars(path, watch)
    with watch.stage("score"):
        return scores.organisations.collect(engine="streaming")


def read_arrow(path: Path, watch: Watch) -> Any:
    """Read the columns into an Arrow table."""
    with watch.stage("read"):
        return pq.read_table(path, columns=peers.COLUMNS)


def read_arrow_encoded(path: Path, watch: Watch) -> Any:
    """Read the columns into an Arrow table, texts left in the dictionary encoding of the file."""
    with watch.stage("read"):
        return pq.read_table(path, columns=peers.COLUMNS, read_dictionary=["unit", "perspective"])


def read_duckdb(path: Path, watch: Watch) -> Any:
    """Let DuckDB look at each value of the columns once."""
    looked = "max(unit), sum(year), max(perspective), sum(weight), sum(target), sum(actual)"  # no statistic has sums
    with watch.stage("read"):
        return duckdb.sql(f"SELECT {looked} FROM read_parquet(?)", params=[str(path)]).to_arrow_table()  # noqa: S608


def read_polars(path: Path, watch: Watch) -> Any:
    """Read the columns into a Polars frame."""
    with watch.stage("read"):
        return pl.read_parquet(path, columns=peers.COLUMNS)


def _on_duckdb(path: Path, watch: Watch) -> Scores:
    with watch.stage("read"):
        rows = duckdb.read_parquet(str(path))
    with watch.stage("door"):
        admitted = admit(rows, RULES)
    with watch.stage("score"):
        return score(admitted, RULES)


def _on_polars(path: Path, watch: Watch) -> Scores:
    with watch.stage("read"):
        rows = pl.scan_parquet(path)
    with watch.stage("door"):
        admitted = admit(rows, RULES)
    with watch.stage("score"):
        return score(admitted, RULES)
