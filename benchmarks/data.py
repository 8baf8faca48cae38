"""Observations to measure on: the same rows for the same number, written as Parquet a chunk at a time.

Unless asked otherwise a unit has about 167 indicators in a year, so that 10 million rows are 20,000 units in three
years. Rows have no order: every unit is met again and again through the whole file. One actual in twenty is
missing; one unit and year in fifty has no actual in a whole perspective, and one in five thousand none at all, so that
weights are renormalised at both levels and empty scores occur.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 20151122
YEARS = (2015, 2016, 2017)
ROWS_PER_UNIT = 500  # in three years, so about 167 indicators a year
OBJECTIVES = 12
PERSPECTIVES = ("learning_growth", "internal_process", "customer", "stakeholder")
MISSING = 0.05  # share of actuals
CHUNK = 350_000  # rows written, and shuffled, at a time, about

Whole = np.ndarray[tuple[int], np.dtype[np.int64]]


def observations_file(folder: Path, rows: int, *, rows_per_unit: int = ROWS_PER_UNIT) -> Path:
    """Return the Parquet file of this many rows, written if it is not there yet."""
    path = folder / f"observations-{rows}-{rows_per_unit}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    chunks = observation_chunks(rows, rows_per_unit)
    first = next(chunks)
    with pq.ParquetWriter(unfinished, first.schema) as writer:
        writer.write_table(first)
        for chunk in chunks:
            writer.write_table(chunk)
    unfinished.rename(path)
    return path


def observation_chunks(rows: int, rows_per_unit: int) -> Iterator[pa.Table]:
    """Yield the observations in tables of a bounded size, rows in a random order and every unit in every table."""
    cards = max(1, round(rows / rows_per_unit)) * len(YEARS)
    lengths = np.full(cards, rows // cards) + (np.arange(cards) < rows % cards)
    number = max(1, rows // CHUNK)
    for first, stream in enumerate(np.random.SeedSequence(SEED).spawn(number)):
        card, indicator = _dealt(lengths, first, number)
        yield _table(card, indicator, np.random.default_rng(stream))


def _dealt(lengths: Whole, first: int, number: int) -> tuple[Whole, Whole]:
    """Deal every scorecard's indicators to the chunks in turn; return the scorecard and indicator of this one's rows."""
    starts = (first + np.arange(lengths.size)) % number
    counts = np.maximum(0, -(-(lengths - starts) // number))
    card = np.repeat(np.arange(lengths.size), counts)
    turn = np.arange(card.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return card, starts[card] + number * turn


def _table(card: Whole, indicator: Whole, random: np.random.Generator) -> pa.Table:
    order = random.permutation(card.size)
    card, indicator = card[order], indicator[order]
    target = np.round(random.lognormal(4.0, 0.5, card.size), 2) + 1.0
    actual = np.round(target * np.clip(random.normal(0.98, 0.2, card.size), 0.0, None), 2)
    return pa.table(
        {
            "unit": _named("U{:06d}", card // len(YEARS)),
            "year": np.asarray(YEARS)[card % len(YEARS)],
            "perspective": _taken(PERSPECTIVES, indicator % len(PERSPECTIVES)),
            "objective": _named("SS{:02d}", indicator % OBJECTIVES),
            "indicator": _named("IKU {:04d}", indicator),
            "weight": random.integers(1, 36, card.size) / 100.0,
            "target": target,
            "actual": pa.array(actual, mask=_is_missing(card, indicator, random)),
        }
    )


def _is_missing(
    card: Whole, indicator: Whole, random: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    lacks_one = (card % 50 == 7) & (indicator % len(PERSPECTIVES) == card // 50 % len(PERSPECTIVES))
    return (random.random(card.size) < MISSING) | lacks_one | (card % 5_000 == 11)


def _named(form: str, numbers: Whole) -> pa.Array:
    distinct, codes = np.unique(numbers, return_inverse=True)
    return _taken([form.format(number) for number in distinct], codes)


def _taken(names: list[str] | tuple[str, ...], codes: Whole) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(codes))
