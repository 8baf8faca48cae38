"""Periods to years: quarters, semesters or months of one indicator become its year, as the rule set says.

- ``sum``: the sum of what is known, of actuals and of targets.
- ``average``: the mean of what is known.
- ``last``: what the last period says that says anything.

Periods sort by their names (``Q1`` to ``Q4``, ``S1`` and ``S2``, ``M01`` to ``M12``), which is their order in the year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from bsc_analysis.scorecards.expressions import Frame, by_key, join, with_objective
from bsc_analysis.scorecards.observations import COLUMNS

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet

YEARLY_KEY = ("unit", "year", "perspective", "objective", "indicator")
CONSOLIDATED = ("target", "target_upper", "actual")
STEADY = ("weight", "polarity")  # what may not change from period to period


def may_consolidate(names: list[str], rules: RuleSet) -> bool:
    """Whether a table with these columns has periods, and someone says how they become a year."""
    said = rules.consolidate is not None or "consolidation" in names
    return "period" in names and (said or any(each.consolidate for each in rules.indicators))


def way_of(names: list[str], rules: RuleSet) -> nw.Expr:
    """Return how each row's indicator is consolidated: as its row says, else the rule set; null where nobody says."""
    own = {each.id: each.consolidate for each in rules.indicators if each.consolidate}
    said = [nw.col("consolidation")] if "consolidation" in names else []
    said += [by_key("indicator", own)] if own else []
    said += [nw.lit(rules.consolidate)] if rules.consolidate else []
    return nw.coalesce(*said)


def consolidate(frame: Frame, rules: RuleSet) -> Frame:
    """Return one row per unit, year and indicator; a table without periods comes back as it is.

    ``n_periods`` and ``n_periods_present`` say how many periods the year rests on. What must not change from period to
    period keeps its least value as ``_least_NAME`` beside it, so that a change can be refused.
    """
    names = frame.collect_schema().names()
    if not may_consolidate(names, rules):
        return frame
    figures = [name for name in CONSOLIDATED if name in names]
    dated = _date(with_objective(frame), figures, way_of(names, rules))
    summed = dated.group_by(*YEARLY_KEY).agg(*_sums(figures), *_descriptions(names))
    chosen = summed.with_columns(**{name: _choose(name) for name in figures})
    return chosen.drop(
        *(f"_{kind}_{name}" for name in figures for kind in ("sum", "mean", "last", "known")), "_way"
    )


def _date(frame: Frame, figures: list[str], way: nw.Expr) -> Frame:
    """Mark, for each figure, the row of the last period in which it is known."""
    periodic = frame.with_columns(period=nw.coalesce(nw.col("period"), nw.lit("")), _way=way)
    known = {f"_when_{name}": nw.when(~nw.col(name).is_null()).then(nw.col("period")) for name in figures}
    lasts = (
        periodic.select(*YEARLY_KEY, **known)
        .group_by(*YEARLY_KEY)
        .agg(*(nw.col(f"_when_{name}").max() for name in figures))
    )
    joined = join(periodic, lasts, YEARLY_KEY, "left")
    latest = {
        f"_last_{name}": nw.when(nw.col("period") == nw.col(f"_when_{name}")).then(nw.col(name))
        for name in figures
    }
    return joined.with_columns(**latest)


def _sums(figures: list[str]) -> list[nw.Expr]:
    counts = [nw.len().alias("n_periods"), nw.col("actual").count().alias("n_periods_present")]
    return counts + [
        expression
        for name in figures
        for expression in (
            nw.col(name).sum().alias(f"_sum_{name}"),
            nw.col(name).mean().alias(f"_mean_{name}"),
            nw.col(f"_last_{name}").max(),
            nw.col(name).count().alias(f"_known_{name}"),
        )
    ]


def _descriptions(names: list[str]) -> list[nw.Expr]:
    """Carry over what describes the indicator; the row kept for reports is the first one."""
    outside = {*YEARLY_KEY, *CONSOLIDATED, "period"}
    described = [column.name for column in COLUMNS if column.name in names and column.name not in outside]
    return [
        nw.col("_way").max(),
        *(nw.col(name).max() for name in described),
        *(nw.col(name).min().alias(f"_least_{name}") for name in STEADY if name in names),
        *([nw.col("row").min()] if "row" in names else []),
    ]


def _choose(name: str) -> nw.Expr:
    way, known = nw.col("_way"), nw.col(f"_known_{name}") > 0
    return (
        nw.when((way == "sum") & known)
        .then(nw.col(f"_sum_{name}"))
        .otherwise(
            nw.when(way == "average")
            .then(nw.col(f"_mean_{name}"))
            .otherwise(nw.when(way == "last").then(nw.col(f"_last_{name}")))
        )
    )
