"""The missing policy ``carry_last``: what was last measured stands in for what was not."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from bsc_analysis.scorecards.expressions import Frame, join

SAME_INDICATOR = ("unit", "perspective", "indicator")
MEASURED = ("target", "target_upper", "actual")


def carry_last(frame: Frame) -> Frame:
    """Fill a missing actual with that of the latest earlier year in which the unit measured the indicator.

    The target stays that of the year itself; where the year has none, the earlier year's stands in too. ``_measured``
    says which rows rest on their own data; what no earlier year has stays missing.
    """
    figures = [name for name in MEASURED if name in frame.collect_schema().names()]
    measured = ~nw.col("actual").is_null() & ~nw.col("target").is_null()
    marked = frame.with_columns(_measured=measured)
    known = frame.filter(measured).select(
        *SAME_INDICATOR,
        nw.col("year").alias("_from"),
        *(nw.col(name).alias(f"_carried_{name}") for name in figures),
    )
    lacking = frame.filter(~measured).select(*SAME_INDICATOR, "year")
    earlier = join(lacking, known.select(*SAME_INDICATOR, "_from"), SAME_INDICATOR, "inner")
    latest = (
        earlier.filter(nw.col("_from") < nw.col("year"))
        .group_by(*SAME_INDICATOR, "year")
        .agg(nw.col("_from").max())
    )
    carried = join(latest, known, (*SAME_INDICATOR, "_from"), "inner").drop("_from")
    filled = join(marked, carried, (*SAME_INDICATOR, "year"), "left")
    own_target = ~nw.col("target").is_null()
    columns = {"actual": nw.coalesce(nw.col("actual"), nw.col("_carried_actual"))}
    for name in figures:
        if name != "actual":
            columns[name] = nw.when(own_target).then(nw.col(name)).otherwise(nw.col(f"_carried_{name}"))
    return filled.with_columns(**columns).drop(*(f"_carried_{name}" for name in figures))
