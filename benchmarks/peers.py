"""What a competent person writes by hand for the KKP rule: achievement capped at 120, weighted means of what was measured.

Each gives one row per unit and year with its score and band. A missing actual takes its weight out of its perspective, a
perspective without any takes its own out of the organisation, and a unit without data has neither score nor band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

CAP = 120.0
WEIGHTS = {"learning_growth": 0.30, "internal_process": 0.30, "customer": 0.15, "stakeholder": 0.25}
YELLOW, GREEN = 80.0 - 1e-9, 100.0 - 1e-9  # sums in another order differ in the last bits: an edge must not
KEYS = ["unit", "year", "perspective"]
COLUMNS = [*KEYS, "weight", "target", "actual"]

WEIGHT = (
    "CASE perspective "
    + " ".join(f"WHEN '{name}' THEN {weight}" for name, weight in WEIGHTS.items())
    + " END"
)
BAND = f"CASE WHEN score >= {GREEN} THEN 'green' WHEN score >= {YELLOW} THEN 'yellow' WHEN score IS NOT NULL THEN 'red' END"
CAPPED = f"sum(weight * least(100 * actual / target, {CAP})) FILTER (actual IS NOT NULL)"
SCORED = f"""
WITH perspectives AS (
    SELECT unit, year, perspective, {CAPPED} / sum(weight) FILTER (actual IS NOT NULL) AS nkp
    FROM read_parquet(?) GROUP BY unit, year, perspective
), organisations AS (
    SELECT unit, year, sum({WEIGHT} * nkp) / sum({WEIGHT}) FILTER (nkp IS NOT NULL) AS score
    FROM perspectives GROUP BY unit, year
)
SELECT unit, year, score, {BAND} AS band FROM organisations
"""  # noqa: S608 - constants of this module
COVERED = f"""
WITH perspectives AS (
    SELECT unit, year, perspective, count(*) AS n_indicators, count(actual) AS n_present, sum(weight) AS whole,
        sum(weight) FILTER (actual IS NOT NULL) AS present, {CAPPED} AS weighted
    FROM read_parquet(?) GROUP BY unit, year, perspective
), organisations AS (
    SELECT unit, year, sum({WEIGHT} * weighted / present) / sum({WEIGHT}) FILTER (present > 0) AS score,
        sum(n_indicators) AS n_indicators, sum(n_present) AS n_present,
        sum({WEIGHT} * coalesce(present, 0) / whole) AS weight_present
    FROM perspectives GROUP BY unit, year
)
SELECT unit, year, score, {BAND} AS band, n_indicators, n_present, weight_present FROM organisations
"""  # noqa: S608


def duckdb_sql(path: Path, *, query: str = SCORED) -> duckdb.DuckDBPyRelation:
    """Score in SQL: ``SCORED`` gives score and band, ``COVERED`` also the counts and the weight present."""
    return duckdb.sql(query, params=[str(path)])


def polars_lazy(path: Path) -> pl.LazyFrame:
    """Score lazily in Polars: project, then sum, which its streaming engine likes best of the plain ways."""
    achievement = pl.col("actual") / pl.col("target") * 100.0
    rows = pl.scan_parquet(path).select(*KEYS, "weight", score=achievement.clip(upper_bound=CAP))
    present = pl.col("score").is_not_null()
    weighed = rows.select(
        *KEYS, weight=pl.when(present).then("weight"), weighted=pl.col("weight") * pl.col("score")
    )
    summed = weighed.group_by(KEYS).agg(pl.col("weight", "weighted").sum())
    own = pl.when(pl.col("weight") > 0).then(
        pl.col("perspective").replace_strict(WEIGHTS, return_dtype=pl.Float64)
    )
    counted = summed.select("unit", "year", own=own, counted=own * pl.col("weighted") / pl.col("weight"))
    whole = counted.group_by("unit", "year").agg(pl.col("own", "counted").sum())
    score = pl.when(pl.col("own") > 0).then(pl.col("counted") / pl.col("own"))
    return whole.select("unit", "year", score=score).with_columns(band=_polars_band())


def pandas_vectorised(rows: pd.DataFrame) -> pd.DataFrame:
    """Score in pandas with two group-bys of plain sums."""
    score = (rows["actual"] / rows["target"] * 100.0).clip(upper=CAP)
    weight = rows["weight"].where(score.notna())
    weighed = rows[KEYS].assign(weight=weight, weighted=weight * score)
    summed = weighed.groupby(KEYS, sort=False, observed=True)[["weight", "weighted"]].sum().reset_index()
    summed["own"] = summed["perspective"].map(WEIGHTS).astype("float64").where(summed["weight"] > 0)
    summed["counted"] = summed["own"] * summed["weighted"] / summed["weight"]
    whole = (
        summed.groupby(["unit", "year"], sort=False, observed=True)[["own", "counted"]].sum().reset_index()
    )
    whole["score"] = whole["counted"] / whole["own"]
    return whole[["unit", "year", "score"]].assign(band=_pandas_band(whole["score"]))


def pandas_covered(rows: pd.DataFrame) -> pd.DataFrame:
    """Score in pandas as :func:`pandas_vectorised` does, with the counts and the weight present that ours gives too."""
    score = (rows["actual"] / rows["target"] * 100.0).clip(upper=CAP)
    weight = rows["weight"].where(score.notna())
    weighed = rows[[*KEYS, "weight"]].assign(present=weight, weighted=weight * score)
    grouped = weighed.groupby(KEYS, sort=False, observed=True)
    summed = grouped[["weight", "present", "weighted"]].sum()
    summed["n_indicators"], summed["n_present"] = grouped.size(), grouped["present"].count()
    summed = summed.reset_index()
    every = summed["perspective"].map(WEIGHTS).astype("float64")
    summed["own"] = every.where(summed["present"] > 0)
    summed["counted"] = summed["own"] * summed["weighted"] / summed["present"]
    summed["weight_present"] = every * summed["present"] / summed["weight"]
    sums = ["own", "counted", "weight_present", "n_indicators", "n_present"]
    whole = summed.groupby(["unit", "year"], sort=False, observed=True)[sums].sum().reset_index()
    whole["score"] = whole["counted"] / whole["own"]
    covered = whole[["unit", "year", "score", "n_indicators", "n_present", "weight_present"]]
    return covered.assign(band=_pandas_band(whole["score"]))


def pandas_apply(rows: pd.DataFrame) -> pd.DataFrame:
    """Score as first drafts often do: a function applied to each group."""
    perspectives = rows.groupby(KEYS).apply(_perspective).rename("nkp").reset_index()
    organisations = perspectives.groupby(["unit", "year"]).apply(_organisation).rename("score").reset_index()
    return organisations.assign(band=_pandas_band(organisations["score"]))


def _perspective(rows: pd.DataFrame) -> float:
    measured = rows[rows["actual"].notna()]
    score = (measured["actual"] / measured["target"] * 100.0).clip(upper=CAP)
    whole = measured["weight"].sum()
    return (score * measured["weight"]).sum() / whole if whole > 0 else np.nan


def _organisation(rows: pd.DataFrame) -> float:
    measured = rows[rows["nkp"].notna()]
    weight = measured["perspective"].map(WEIGHTS).astype("float64")
    whole = weight.sum()
    return (measured["nkp"] * weight).sum() / whole if whole > 0 else np.nan


def _pandas_band(score: pd.Series) -> pd.Series:
    return pd.cut(score, [-np.inf, YELLOW, GREEN, np.inf], right=False, labels=["red", "yellow", "green"])


def _polars_band() -> pl.Expr:
    score = pl.col("score")
    return (
        pl.when(score >= GREEN)
        .then(pl.lit("green"))
        .when(score >= YELLOW)
        .then(pl.lit("yellow"))
        .when(score.is_not_null())
        .then(pl.lit("red"))
    )
