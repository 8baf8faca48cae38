"""Reduction: a frame of any engine becomes moments where it lies, so that rows are never fetched."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.paths.moments import NO_ROWS, Moments, check_variation
from bsc_analysis.paths.rows import INFINITE_HERE, TEXT, refuse_absent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bsc_analysis.paths.moments import Unit


def read_moments(data: Any, variables: Sequence[str], *, cluster: str | None = None) -> Moments:
    """Reduce a frame of any engine to moments, without fetching its rows: one pass for the means, one for the rest.

    Rows with a missing value are left out and counted (see ``read_rows`` and ``fiml`` for keeping them). Two passes,
    because sums of squares about zero lose digits where a mean is large beside the spread.

    Parameters
    ----------
    data
        A frame with one row per unit (and year), of any engine narwhals knows.
    variables
        The columns, such as ``model.observed``.
    cluster
        A column whose rows depend on each other; without one, all rows are one pool, from which neither robust errors
        nor a bootstrap can be had.

    Raises
    ------
    DataError
        Naming each column that is absent, not numeric, or has no complete row or no variation.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["a", "a", "b"], "LG": [1.0, 2.0, 6.0], "IP": [2.0, 2.0, 5.0]})
    >>> read_moments(frame, ["LG", "IP"], cluster="unit").n
    array([2., 1.])
    """
    names = tuple(variables)
    frame = nw.from_native(data).lazy()
    refuse_absent(frame.collect_schema().names(), [*names, *([cluster] if cluster else [])])
    known, total = _known(frame, names, cluster)
    centre = _centre(known, names)
    sums = _sums(known, names, centre, cluster)
    return _from_sums(names, centre, sums, cluster, total)


def _known(
    frame: nw.LazyFrame[Any], names: tuple[str, ...], cluster: str | None
) -> tuple[nw.LazyFrame[Any], int]:
    """Return the complete rows as floats, NaN being missing, and how many rows there were in all."""
    schema = frame.collect_schema()
    texts = [name for name in names if not (schema[name].is_numeric() or schema[name] == nw.Boolean)]
    _refuse([fault(TEXT, got=repr(name), kind=schema[name]) for name in texts])
    floats = frame.select(
        *(nw.col(name).cast(nw.Float64) for name in names), *([nw.col(cluster)] if cluster else [])
    )
    total = int(floats.select(nw.len().alias("rows")).collect()["rows"][0])
    kept = [~nw.col(name).is_null() & ~nw.col(name).is_nan() for name in names]
    if cluster:
        kept.append(~nw.col(cluster).is_null())
    return floats.filter(*kept), total


def _centre(known: nw.LazyFrame[Any], names: tuple[str, ...]) -> NDArray[np.float64]:
    means = known.select(*(nw.col(name).mean() for name in names)).collect()
    centre = np.array([np.nan if means[name][0] is None else float(means[name][0]) for name in names])
    if np.isnan(centre).all():
        raise DataError(fault(NO_ROWS, names=", ".join(names)))
    _refuse(
        [
            fault(INFINITE_HERE, got=repr(name))
            for name, each in zip(names, centre, strict=True)
            if not np.isfinite(each)
        ]
    )
    return centre


def _sums(
    known: nw.LazyFrame[Any], names: tuple[str, ...], centre: NDArray[np.float64], cluster: str | None
) -> nw.DataFrame[Any]:
    """Sum the deviations from the centre and their products, per cluster."""
    away = [
        (nw.col(name) - float(each)).alias(f"d{at}")
        for at, (name, each) in enumerate(zip(names, centre, strict=True))
    ]
    pairs = list(combinations_with_replacement(range(len(names)), 2))
    key = [nw.col(cluster).alias("key")] if cluster else [nw.lit(0).alias("key")]
    products = [(nw.col(f"d{i}") * nw.col(f"d{j}")).alias(f"p{i}_{j}") for i, j in pairs]
    wanted = [*(f"d{at}" for at in range(len(names))), *(f"p{i}_{j}" for i, j in pairs)]
    table = known.select(*away, *key).with_columns(*products)
    return table.group_by("key").agg(nw.len().alias("n"), *(nw.col(name).sum() for name in wanted)).collect()


def _from_sums(
    names: tuple[str, ...],
    centre: NDArray[np.float64],
    sums: nw.DataFrame[Any],
    cluster: str | None,
    total: int,
) -> Moments:
    k = len(names)
    labels = [str(each) for each in sums["key"].to_list()]
    # Engines return clusters in any order; ours is by name.
    order = np.array(sorted(range(len(labels)), key=lambda at: (len(labels[at]), labels[at])))
    n = np.asarray(sums["n"].to_numpy(), float)[order]
    away = (
        np.column_stack([np.asarray(sums[f"d{at}"].to_numpy(), float) for at in range(k)])[order] / n[:, None]
    )
    products = np.empty((len(n), k, k))
    for i, j in combinations_with_replacement(range(k), 2):
        raw = np.asarray(sums[f"p{i}_{j}"].to_numpy(), float)[order]
        products[:, i, j] = products[:, j, i] = raw - n * away[:, i] * away[:, j]
    unit: Unit = "cluster" if cluster else "pool"
    named = tuple(labels[at] for at in order) if cluster else ()
    moments = Moments(names, n, centre + away, products, unit, named, total - int(n.sum()))
    check_variation(moments)
    return moments


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DataError(*faults)
