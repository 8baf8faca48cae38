"""Why an organisation's score changed between two years: achievement, weight, coverage and interaction, exactly.

The change is taken in three steps, as price indices do with goods that come and go:

1. year 0 as it was, S0 = sum(w0 s0), is scored again on the indicators that both years have: L0 = sum(v0 s0);
2. the same indicators a year later: L1 = sum(v1 s1), like for like;
3. year 1 as it was: S1 = sum(w1 s1).

Here s is an indicator's score; w is its share in the organisation's score as it was; v is its share when only those
indicators are scored that have a score in both years, under the same rule set and missing policy. v is 0 for all others.
Then, for each indicator,

- achievement = v0 (s1 - s0): its score changed, shares held;
- weight = (v1 - v0) s0: its share changed for another reason than who else was measured, scores held;
- interaction = (v1 - v0) (s1 - s0): both at once;
- coverage = (w1 s1 - v1 s1) - (w0 s0 - v0 s0): it came (w1 s1), or went (-w0 s0), or made room for those that did.

They sum to w1 s1 - w0 s0 for each indicator, and so to S1 - S0 over all of them. Had v been left out, renormalising would
book the room that a newcomer takes from all others as a change of their weights, and the newcomer's whole contribution as
coverage: two large numbers of opposite sign that no one decided on. Summed over a unit, coverage is what those that came
and went did to the score, (L0 - S0) + (S1 - L1); of a single indicator that stayed it is only the room it made.

Least shares of weight do not apply to the like-for-like scores: what a perspective loses or gains by being withheld is
coverage. Under ``zero`` an indicator that is listed in both years keeps its weight in both, and comes when it has a score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw

from bsc_analysis.errors import UseError, fault
from bsc_analysis.scorecards.contributions import contributions
from bsc_analysis.scorecards.expressions import Frame, join
from bsc_analysis.scorecards.scoring import Scores

EFFECTS = ("achievement", "weight", "coverage", "interaction")
BOTH, CAME, WENT, NEITHER = "both", "came", "went", "neither"
NO_FIRST = "no score in the first year"
NO_LAST = "no score in the last year"
NO_YEAR = "no score in either year"
SAME_YEAR = "a change needs two years, got {year} twice"
SAME_INDICATOR = ("unit", "perspective", "indicator")
ENDS = ("score_from", "score_to")
LIKE = ("like_from", "like_to")


@dataclass(frozen=True)
class ScoreChange:
    """The change of every unit's score between two years, as frames of the engine that came in; rows have no order.

    All have ``achievement``, ``weight``, ``coverage``, ``interaction`` and their sum ``change``.

    Attributes
    ----------
    organisations
        One row per unit, with ``score_from`` and ``score_to``, the like-for-like scores ``like_from`` and ``like_to``, and
        ``reason``: why there is no change to explain (then all of it is null), or null.
    perspectives
        One row per unit and perspective: the sums over its indicators, with its own ``score_from`` and ``score_to``.
    indicators
        One row per unit, perspective and indicator, with its ``objective``, ``presence`` (``both``, ``came``, ``went`` or
        ``neither`` has a score), ``score_from``, ``score_to`` and the ``reason`` of its unit.
    """

    year_from: int
    year_to: int
    organisations: Any
    perspectives: Any
    indicators: Any


def explain_change(scores: Scores, year_from: int, year_to: int) -> ScoreChange:
    """Explain the change of every organisation score between two years; nothing is fetched from the engine.

    The formulas are those of :mod:`bsc_analysis.scorecards.change`. A unit that has a score in one of the years only is
    kept, with the reason.

    Raises
    ------
    UseError
        When the two years are the same.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": "A", "year": [2016, 2017, 2017], "perspective": ["stakeholder", "stakeholder", "customer"],
    ...                      "indicator": ["catch", "catch", "service"], "target": 50.0, "actual": [40.0, 45.0, 50.0]})
    >>> explained = explain_change(score(rows, read_rules("kkp")), 2016, 2017)
    >>> explained.organisations[["score_from", "score_to", "achievement", "weight", "coverage"]].round(6).values.tolist()
    [[80.0, 93.75, 10.0, 0.0, 3.75]]
    """
    if year_from == year_to:
        raise UseError(fault(SAME_YEAR, year=year_from))
    years = (year_from, year_to)
    organisations = _ends(scores, years)
    indicators = _split(_side_by_side(scores, years), organisations)
    keys = ("unit", "perspective")
    perspectives = join(_sum(indicators, keys), _ends_of(scores.perspectives, keys, years), keys, "left")
    units = join(organisations, _sum(indicators, ("unit",), LIKE), ("unit",), "left")
    kept = (*SAME_INDICATOR, "objective", "presence", *ENDS, *EFFECTS, "change", "reason")
    return ScoreChange(
        year_from,
        year_to,
        nw.to_native(_clear(units, (*EFFECTS, *LIKE, "change")).drop("_explained")),
        nw.to_native(_clear(perspectives, (*EFFECTS, "change")).drop("_explained")),
        nw.to_native(_clear(indicators, (*EFFECTS, "change")).select(*kept)),
    )


def _ends(scores: Scores, years: tuple[int, int]) -> Frame:
    """Return every unit's score in both years, and why its change cannot be explained where it cannot."""
    wide = _ends_of(scores.organisations, ("unit",), years)
    no_first, no_last = (nw.col(name).is_null() for name in ENDS)
    late = nw.when(no_last).then(nw.lit(NO_LAST)).otherwise(nw.lit(None, dtype=nw.String))
    early = nw.when(no_last).then(nw.lit(NO_YEAR)).otherwise(nw.lit(NO_FIRST))
    reason = nw.when(no_first).then(early).otherwise(late)
    return wide.with_columns(reason=reason, _explained=~no_first & ~no_last)


def _ends_of(level: Any, keys: tuple[str, ...], years: tuple[int, int]) -> Frame:
    """Return the scores of a level in both years, side by side."""
    ends = {
        name: nw.when(nw.col("year") == year).then(nw.col("score"))
        for name, year in zip(ENDS, years, strict=True)
    }
    frame: Frame = nw.from_native(level)
    return frame.select(*keys, **ends).group_by(*keys).agg(nw.col(*ENDS).max())


def _side_by_side(scores: Scores, years: tuple[int, int]) -> Frame:
    """Set both years of each indicator side by side, as they were and like for like."""
    rules = replace(scores.rules, least_weight=(Fraction(0), Fraction(0)))
    held = _widen(Scores(rules, _in_both(scores.judged, years)), years)
    shares = held.select(*SAME_INDICATOR, _held0=nw.col("_share0"), _held1=nw.col("_share1"))
    return join(_widen(scores, years), shares, SAME_INDICATOR, "left")


def _in_both(judged: Frame, years: tuple[int, int]) -> Frame:
    """Keep the indicators that have rows in both years, and their scores where both have one."""
    two = judged.filter(nw.col("year").is_in(years))
    ones = {
        "_rows": nw.lit(1),
        "_scores": nw.when(~nw.col("score").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)),
    }
    counted = two.select(*SAME_INDICATOR, **ones).group_by(*SAME_INDICATOR)
    marked = join(two, counted.agg(nw.col("_rows", "_scores").sum()), SAME_INDICATOR, "left")
    listed = marked.filter(nw.col("_rows") == len(years))
    score = nw.when(nw.col("_scores") == len(years)).then(nw.col("score"))
    return listed.with_columns(score=score).drop("_rows", "_scores")


def _widen(scores: Scores, years: tuple[int, int]) -> Frame:
    """Turn the contributions of two years into one row per indicator, its figures numbered by year."""
    rows: Frame = nw.from_native(contributions(scores)).filter(nw.col("year").is_in(years))
    numbered = {
        f"_{name}{number}": nw.when(nw.col("year") == year).then(nw.col(name))
        for number, year in enumerate(years)
        for name in ("objective", "score", "share", "contribution")
    }
    projected = rows.select(*SAME_INDICATOR, **numbered)
    return projected.group_by(*SAME_INDICATOR).agg(*(nw.col(name).max() for name in numbered))


def _split(wide: Frame, organisations: Frame) -> Frame:
    """Split each indicator's change by the formulas above."""
    first, last = nw.col("_score0"), nw.col("_score1")
    both = ~first.is_null() & ~last.is_null()
    held = [nw.when(both).then(_or_0(share)).otherwise(nw.lit(0.0)) for share in ("_held0", "_held1")]
    filled = wide.with_columns(
        objective=nw.coalesce(nw.col("_objective1"), nw.col("_objective0")),
        presence=_presence(first, last),
        score_from=first,
        score_to=last,
        _held0=held[0],
        _held1=held[1],
        **{name: _or_0(name) for name in ("_score0", "_score1", "_contribution0", "_contribution1")},
    )
    v0, v1 = nw.col("_held0"), nw.col("_held1")
    split = filled.with_columns(
        achievement=v0 * (last - first),
        weight=(v1 - v0) * first,
        coverage=(nw.col("_contribution1") - v1 * last) - (nw.col("_contribution0") - v0 * first),
        interaction=(v1 - v0) * (last - first),
        change=nw.col("_contribution1") - nw.col("_contribution0"),
        like_from=v0 * first,
        like_to=v1 * last,
    )
    return join(split, organisations.select("unit", "reason", "_explained"), ("unit",), "left")


def _presence(first: nw.Expr, last: nw.Expr) -> nw.Expr:
    one = nw.when(~first.is_null()).then(nw.lit(WENT)).otherwise(nw.lit(NEITHER))
    other = nw.when(~first.is_null()).then(nw.lit(BOTH)).otherwise(nw.lit(CAME))
    return nw.when(~last.is_null()).then(other).otherwise(one)


def _sum(indicators: Frame, keys: tuple[str, ...], more: tuple[str, ...] = ()) -> Frame:
    names = (*EFFECTS, "change", *more)
    marks = () if keys == ("unit",) else ("_explained",)
    return indicators.select(*keys, *marks, *names).group_by(*keys, *marks).agg(nw.col(*names).sum())


def _clear(frame: Frame, names: tuple[str, ...]) -> Frame:
    """Blank the figures of units whose change cannot be explained."""
    return frame.with_columns(**{name: nw.when(nw.col("_explained")).then(nw.col(name)) for name in names})


def _or_0(name: str) -> nw.Expr:
    return nw.coalesce(nw.col(name), nw.lit(0.0))
