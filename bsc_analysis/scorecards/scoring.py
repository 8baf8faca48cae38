"""Scoring: observations to indicator, objective, perspective (NKP) and organisation (NKO) scores, on any engine.

The formulas, with weights w and policy as the rule set says:

- achievement = 100 x actual / target, or the form its polarity has (:mod:`bsc_analysis.scorecards.achievement`);
- score = the achievement, converted where the rule set converts, between floor and cap; or the value of its band;
- perspective (NKP) = sum(w x score) / sum(w); organisation (NKO) = sum(W x NKP) / sum(W). The sums below the line run
  over all weights under ``zero`` and over those that have a score otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from bsc_analysis.errors import DataError, fault
from bsc_analysis.scorecards.achievement import achieve, judge, name_band
from bsc_analysis.scorecards.carrying import carry_last
from bsc_analysis.scorecards.doorway import Admitted, admit
from bsc_analysis.scorecards.expressions import (
    EDGE_TOLERANCE,
    Frame,
    by_key,
    fetch,
    pick_band,
    reaches,
    with_objective,
)

if TYPE_CHECKING:
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet

UNIT_YEAR = ("unit", "year")
SUMS = ("_scored", "_present", "_weighted")
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Scores:
    """Scores of every level, as frames of the engine that came in; rows have no order.

    A level is computed when it is first asked for. ``indicators`` keeps the observation columns and adds
    ``achievement`` (percent), ``score`` and ``band``. ``objectives``, ``perspectives`` (NKP) and ``organisations`` (NKO)
    have ``score``, ``band``, ``n_indicators``, ``n_present`` and ``weight_present``, the share of the weight that rests
    on data of its own.
    """

    rules: RuleSet
    judged: Frame = field(repr=False)

    @cached_property
    def indicators(self) -> Any:
        """One row per unit, year and indicator."""
        return _native(name_band(with_objective(self.judged), self.rules))

    @cached_property
    def objectives(self) -> Any:
        """One row per unit, year, perspective and strategic objective."""
        return _native(_name_band(self._objectives, self.rules.perspective_bands))

    @cached_property
    def perspectives(self) -> Any:
        """One row per unit, year and perspective: NKP."""
        return _native(_name_band(self._perspectives, self.rules.perspective_bands))

    @cached_property
    def organisations(self) -> Any:
        """One row per unit and year: NKO."""
        organisations = _organisations(self._perspectives, self.rules)
        return _native(_name_band(organisations, self.rules.organisation_bands))

    @cached_property
    def _objectives(self) -> Frame:
        return _objectives(with_objective(self.judged), self.rules)

    @cached_property
    def _perspectives(self) -> Frame:
        if self.rules.perspective_from == "objectives":
            return _from_objectives(self._objectives, self.rules)
        return _from_indicators(self.judged, self.rules)


def score(observations: Any, rules: RuleSet) -> Scores:
    """Score observations under a rule set.

    Parameters
    ----------
    observations
        A frame with the canonical columns of :mod:`bsc_analysis.scorecards.observations`, of any engine narwhals knows;
        or what :func:`bsc_analysis.scorecards.doorway.admit` returned, which is not checked again.
    rules
        The rule set, its missing policy included.

    Raises
    ------
    DataError
        With every row that cannot be scored: a zero target, an indicator the rule set does not know.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": ["stakeholder"], "indicator": ["catch"],
    ...                      "weight": [1.0], "target": [50.0], "actual": [45.0]})
    >>> score(rows, read_rules("kkp")).organisations[["score", "band", "weight_present"]].values.tolist()
    [[90.0, 'yellow', 0.25]]
    """
    admitted = _admitted(observations, rules)
    complete = carry_last(admitted.frame) if rules.missing == "carry_last" else admitted.frame
    scores = Scores(rules, judge(achieve(complete, rules), rules))
    _refuse_missing(scores)
    return scores


def spread(perspectives: Any, rules: RuleSet) -> Any:
    """Spread perspective scores to one row per unit and year, one column per perspective (its short name).

    The form a path model is fitted from. A perspective without a score is null.
    """
    frame = nw.from_native(perspectives)
    columns = [
        nw.when(nw.col("perspective") == each.id).then(nw.col("score")).alias(each.short)
        for each in rules.perspectives
    ]
    shorts = [each.short for each in rules.perspectives]
    wide = (
        frame.select(*UNIT_YEAR, *columns)
        .group_by(*UNIT_YEAR)
        .agg(*(nw.col(short).max() for short in shorts))
    )
    return nw.to_native(wide)


def _admitted(observations: Any, rules: RuleSet) -> Admitted:
    if not isinstance(observations, Admitted):
        return admit(observations, rules)
    return observations if observations.rules == rules else admit(observations.native, rules)


def _objectives(judged: Frame, rules: RuleSet) -> Frame:
    """Score objectives; where the rule set lists all of an objective's indicators, their weights sum to one."""
    listed = rules.perspective_from == "objectives" and any(each.objective for each in rules.indicators)
    summed = _sum_indicators(judged, (*UNIT_YEAR, "perspective", "objective"), rules)
    return _score_sums(summed, rules, nw.lit(1.0) if listed else nw.col("_weight"))


def _from_indicators(judged: Frame, rules: RuleSet) -> Frame:
    whole = nw.lit(1.0) if rules.indicators else nw.col("_weight")
    summed = _sum_indicators(judged, (*UNIT_YEAR, "perspective"), rules)
    return _score_sums(summed, rules, whole, rules.least_weight[0])


def _from_objectives(objectives: Frame, rules: RuleSet) -> Frame:
    """Score perspectives from objectives, which count alike unless the rule set weighs them."""
    weights = {each.id: float(each.weight) for each in rules.objectives}
    weight = nw.coalesce(by_key("objective", weights), nw.lit(0.0)) if weights else nw.lit(1.0)
    summed = _sum_scores(objectives, (*UNIT_YEAR, "perspective"), weight)
    whole = nw.lit(1.0) if weights else nw.col("_weight")
    return _score_sums(summed, rules, whole, rules.least_weight[0])


def _organisations(perspectives: Frame, rules: RuleSet) -> Frame:
    weight = by_key("perspective", {each.id: float(each.weight) for each in rules.perspectives})
    summed = _sum_scores(perspectives, UNIT_YEAR, weight)
    return _score_sums(summed, rules, nw.lit(1.0), rules.least_weight[1])


def _sum_indicators(judged: Frame, keys: tuple[str, ...], rules: RuleSet) -> Frame:
    """Sum weights and weighted scores: only elementary sums may follow a group-by on some engines, so project first.

    ``_weight`` is all the weight, ``_scored`` what has a score, ``_present`` what has data of its own.
    """
    weight, scored = nw.col("weight"), ~nw.col("score").is_null()
    columns = {"_scored": nw.when(scored).then(weight), "_weighted": weight * nw.col("score")}
    own = "_scored"
    if rules.missing == "carry_last":
        columns["_own"] = nw.when(scored & nw.col("_measured")).then(weight)
        own = "_own"
    projected = judged.select(*keys, "weight", **columns)
    # Polars takes twice the time to group by a third column of text; of numbered perspectives it does not.
    numbered = projected.implementation.is_polars()
    ids = nw.Enum([each.id for each in rules.perspectives])
    grouped = projected.with_columns(nw.col("perspective").cast(ids)) if numbered else projected
    summed = grouped.group_by(*keys).agg(
        nw.len().alias("n_indicators"),
        nw.col(own).count().alias("n_present"),
        nw.col("weight").sum().alias("_weight"),
        *(nw.col(name).sum() for name in columns),
    )
    named = summed.with_columns(nw.col("perspective").cast(nw.String)) if numbered else summed
    return named.with_columns(_present=nw.col(own))


def _sum_scores(scored: Frame, keys: tuple[str, ...], weight: nw.Expr) -> Frame:
    """Sum scores of one level into the next; what rests on data is counted through all levels."""
    weighed = scored.select(*keys, "n_indicators", "n_present", "score", "weight_present", _weight=weight)
    own = nw.col("_weight")
    projected = weighed.with_columns(
        _present=own * nw.col("weight_present"),
        _scored=nw.when(~nw.col("score").is_null()).then(own),
        _weighted=own * nw.col("score"),
    )
    summed = projected.group_by(*keys).agg(nw.col("n_indicators", "n_present", "_weight", *SUMS).sum())
    return summed.with_columns(nw.col("n_indicators", "n_present").cast(nw.Int64))


def _score_sums(summed: Frame, rules: RuleSet, whole: nw.Expr, least: Fraction = NOTHING) -> Frame:
    """Turn sums into ``score`` and ``weight_present``; ``whole`` is what all weights come to."""
    share = nw.when(nw.col("_scored") > 0).then(nw.col("_weighted") / nw.col("_scored"))
    scored = summed.with_columns(
        score=nw.col("_weighted") / whole if rules.missing == "zero" else share,
        weight_present=nw.col("_present") / whole,
    )
    if least <= 0:
        return scored
    enough = reaches(nw.col("weight_present"), float(least), closed=True)
    return scored.with_columns(score=nw.when(enough).then(nw.col("score")))


def _name_band(scored: Frame, bands: Bands | None) -> Frame:
    """Add ``band``: that of the score, where anything stands behind it."""
    if bands is None:
        return scored.with_columns(band=nw.lit(None, dtype=nw.String))
    picked = pick_band(bands, nw.col("score"), [band.id for band in bands.bands])
    return scored.with_columns(band=nw.when(nw.col("_scored") > 0).then(picked))


def _refuse_missing(scores: Scores) -> None:
    """Under the policy ``refuse``, every unit and year must rest on the whole weight."""
    if scores.rules.missing != "refuse":
        return
    organisations = nw.from_native(scores.organisations)
    short = organisations.filter(nw.col("weight_present") < 1.0 - EDGE_TOLERANCE)
    rows = fetch(short.select(*UNIT_YEAR, "weight_present").sort(*UNIT_YEAR))
    sentence = (
        "{unit}, {year}: only {share} % of the weight rests on data, and the missing policy is 'refuse'"
    )
    if rows:
        raise DataError(
            *(
                fault(sentence, unit=r["unit"], year=r["year"], share=f"{100 * r['weight_present']:.4g}")
                for r in rows
            )
        )


def _native(frame: Frame) -> Any:
    """Return a frame of the engine that came in, without the columns that only sums need."""
    inner = [name for name in frame.collect_schema().names() if name.startswith("_")]
    return nw.to_native(frame.drop(*inner))
