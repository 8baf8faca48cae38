"""Pieces of engine expressions that the rooms of scoring share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bsc_analysis.scorecards.bands import Bands

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]

# Sums of weighted scores taken in another order differ in the last bits, so an exact 100 may come out a hair below its
# band; no printed rule has edges closer than a hundredth, so a billionth can never move a score across a real edge.
EDGE_TOLERANCE = 1e-9


def by_key(column: str, values: Mapping[str, Any]) -> nw.Expr:
    """Return the value that belongs to a row's key in ``column``; null where there is none."""
    return nw.coalesce(*(nw.when(nw.col(column) == key).then(nw.lit(value)) for key, value in values.items()))


def pick_band(bands: Bands, value: nw.Expr, results: list[Any]) -> nw.Expr:
    """Choose by band, lowest band first; an edge belongs to the side that is closed, within the tolerance.

    Parameters
    ----------
    bands
        The bands, in ascending order.
    value
        What lies in them.
    results
        What each band gives, in their order.
    """
    chosen = nw.lit(results[0])
    for band, result in zip(bands.bands[1:], results[1:], strict=True):
        extent = bands.extent(band)
        chosen = (
            nw.when(reaches(value, float(extent.lower), extent.lower_closed))
            .then(nw.lit(result))
            .otherwise(chosen)
        )
    return nw.when(~value.is_null()).then(chosen)


def reaches(value: nw.Expr, edge: float, closed: bool) -> nw.Expr:  # noqa: FBT001 - which side an edge belongs to is data
    """Whether a value has come to an edge, within the tolerance; a closed edge belongs to what begins there."""
    return value >= edge - EDGE_TOLERANCE if closed else value > edge + EDGE_TOLERANCE


def join(left: Frame, right: Frame, on: Sequence[str], how: Literal["inner", "left"]) -> Frame:
    """Join two frames of one engine."""
    return left.join(right, on=list(on), how=how)  # type: ignore[arg-type]  # both are eager or both are lazy


def with_objective(frame: Frame) -> Frame:
    """Return a frame with a column of objectives, empty where nobody named any.

    It is made where it is read, since ten million empty texts take memory that scoring organisations does not need.
    """
    named = "objective" in frame.collect_schema().names()
    return frame if named else frame.with_columns(objective=nw.lit(""))


def fetch(frame: Frame) -> list[dict[str, Any]]:
    """Return the few rows of a frame that people are to see."""
    return list((frame.collect() if isinstance(frame, nw.LazyFrame) else frame).rows(named=True))
