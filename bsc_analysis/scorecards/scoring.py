"""Scoring: observations to indicator, objective, perspective (NKP) and organisation (NKO) scores, on any engine.

The formulas, with weights w and policy as the rule set says:

- achievement = 100 x actual / target, or its lower-is-better form;
- score = min(achievement, cap), or the value of the band the achievement lies in;
- perspective (NKP) = sum(w x score) / sum(w); organisation (NKO) = sum(W x NKP) / sum(W). The sums below the line run
  over all weights under ``zero`` and over the present ones under ``renormalise``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from bsc_analysis.errors import DataError, fault
from bsc_analysis.scorecards.doorway import admit

if TYPE_CHECKING:
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]

# Sums of weighted scores taken in another order differ in the last bits, so an exact 100 may come out a hair below its
# band; no printed rule has edges closer than a hundredth, so a billionth can never move a score across a real edge.
EDGE_TOLERANCE = 1e-9

UNIT_YEAR = ("unit", "year")


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of every level, as frames of the engine that came in; rows have no order.

    ``indicators`` keeps the observation columns and adds ``achievement`` (percent), ``score`` and ``band``.
    ``objectives``, ``perspectives`` (NKP) and ``organisations`` (NKO) have ``score``, ``band``, ``n_indicators``,
    ``n_present`` and ``weight_present``, the share of the weight that rests on data.
    """

    indicators: Any
    objectives: Any
    perspectives: Any
    organisations: Any


def score(observations: Any, rules: RuleSet) -> Scores:
    """Score observations under a rule set.

    Parameters
    ----------
    observations
        A frame with the canonical columns of :mod:`bsc_analysis.scorecards.intake`, of any engine narwhals knows.
    rules
        The rule set, its missing policy included.

    Raises
    ------
    DataError
        With every row that cannot be scored: a zero target, an indicator the rule set does not know.

    >>> import pandas as pd
    >>> from bsc_analysis.studies import read_rules
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": ["stakeholder"], "indicator": ["catch"],
    ...                      "weight": [1.0], "target": [50.0], "actual": [45.0]})
    >>> score(rows, read_rules("kkp")).organisations[["score", "band", "weight_present"]].values.tolist()
    [[90.0, 'yellow', 0.25]]
    """
    admitted = admit(nw.from_native(observations), rules)
    indicators = _value(_achieve(admitted, rules), rules)
    weighted = _weigh(indicators)
    objectives = _objectives(weighted, rules)
    perspectives = _perspectives(weighted, objectives, rules)
    organisations = _organisations(perspectives, rules)
    _refuse_missing(organisations, rules)
    levels = (indicators, objectives, perspectives, organisations)
    return Scores(*(nw.to_native(frame.drop(*_inner(frame))) for frame in levels))


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


def _achieve(admitted: Frame, rules: RuleSet) -> Frame:
    actual, target, polarity = nw.col("actual"), nw.col("target"), nw.col("polarity")
    rising = actual / target * 100.0
    if rules.minimize is None:
        return admitted.with_columns(achievement=rising)
    falling = target / actual * 100.0 if rules.minimize == "target / actual" else 200.0 - rising
    return admitted.with_columns(achievement=nw.when(polarity == "minimize").then(falling).otherwise(rising))


def _value(achieved: Frame, rules: RuleSet) -> Frame:
    achievement = nw.col("achievement")
    capped = achievement if rules.cap is None else achievement.clip(upper_bound=float(rules.cap))
    banded = achieved.with_columns(score=capped, **_band_column(rules.achievement_bands, "achievement"))
    if rules.scale == "percent" or rules.achievement_bands is None:
        return banded
    return banded.with_columns(
        score=_pick(rules.achievement_bands, capped, [b.value for b in rules.achievement_bands.bands])
    )


def _weigh(indicators: Frame) -> Frame:
    """Project what the sums need: nothing but elementary sums may follow a group-by on some engines."""
    present = ~nw.col("score").is_null()
    weight = nw.col("weight")
    return indicators.with_columns(
        _present=nw.when(present).then(nw.lit(1)).otherwise(nw.lit(0)),
        _weight_present=nw.when(present).then(weight).otherwise(nw.lit(0.0)),
        _weighted=nw.when(present).then(weight * nw.col("score")).otherwise(nw.lit(0.0)),
    )


def _objectives(weighted: Frame, rules: RuleSet) -> Frame:
    summed = weighted.group_by(*UNIT_YEAR, "perspective", "objective").agg(*_sums())
    return _scored(summed, rules, nw.col("_weight"), rules.perspective_bands)


def _perspectives(weighted: Frame, objectives: Frame, rules: RuleSet) -> Frame:
    keys = (*UNIT_YEAR, "perspective")
    if rules.perspective_from == "objectives":
        summed = _equally(objectives).group_by(*keys).agg(*_sums())
        return _scored(summed, rules, nw.col("_weight"), rules.perspective_bands)
    whole = nw.lit(1.0) if rules.indicators else nw.col("_weight")
    return _scored(weighted.group_by(*keys).agg(*_sums()), rules, whole, rules.perspective_bands)


def _equally(objectives: Frame) -> Frame:
    present = ~nw.col("score").is_null()
    return objectives.with_columns(
        weight=nw.lit(1.0),
        _present=nw.col("n_present"),
        _one=nw.col("n_indicators"),
        _weight_present=nw.when(present).then(nw.lit(1.0)).otherwise(nw.lit(0.0)),
        _weighted=nw.when(present).then(nw.col("score")).otherwise(nw.lit(0.0)),
    )


def _organisations(perspectives: Frame, rules: RuleSet) -> Frame:
    weight = _by_key("perspective", {each.id: float(each.weight) for each in rules.perspectives})
    present = nw.col("n_present") > 0
    projected = perspectives.with_columns(
        weight=weight,
        _one=nw.col("n_indicators"),
        _present=nw.col("n_present"),
        _weight_present=nw.when(present).then(weight).otherwise(nw.lit(0.0)),
        _covered=weight * nw.col("weight_present"),
        _weighted=nw.when(present).then(weight * nw.col("score")).otherwise(nw.lit(0.0)),
    )
    summed = projected.group_by(*UNIT_YEAR).agg(*_sums(), nw.col("_covered").sum())
    scored = _scored(summed, rules, nw.lit(1.0), rules.organisation_bands)
    return scored.with_columns(weight_present=nw.col("_covered"))


def _sums() -> list[nw.Expr]:
    counted = [nw.col("_one").sum().alias("n_indicators"), nw.col("_present").sum().alias("n_present")]
    return [
        *counted,
        nw.col("weight").sum().alias("_weight"),
        nw.col("_weight_present").sum(),
        nw.col("_weighted").sum(),
    ]


def _scored(summed: Frame, rules: RuleSet, whole: nw.Expr, bands: Bands | None) -> Frame:
    some = nw.col("n_present") > 0
    share = nw.when(some).then(nw.col("_weighted") / nw.col("_weight_present"))
    counted = nw.col("_weighted") / whole if rules.missing == "zero" else share
    scored = summed.with_columns(score=counted, weight_present=nw.col("_weight_present") / whole)
    return scored.with_columns(**_band_column(bands, "score", only_where=some))


def _band_column(
    bands: Bands | None, column: str, *, only_where: nw.Expr | None = None
) -> dict[str, nw.Expr]:
    if bands is None:
        return {"band": nw.lit(None, dtype=nw.String)}
    picked = _pick(bands, nw.col(column), [band.id for band in bands.bands])
    return {"band": picked if only_where is None else nw.when(only_where).then(picked)}


def _pick(bands: Bands, value: nw.Expr, results: list[Any]) -> nw.Expr:
    """Choose by band, lowest band first; an edge belongs to the side that is closed, within the tolerance."""
    plain = [float(result) if not isinstance(result, str) else result for result in results]
    chosen = nw.lit(plain[0])
    for band, result in zip(bands.bands[1:], plain[1:], strict=True):
        extent = bands.extent(band)
        edge = float(extent.lower)
        reached = value >= edge - EDGE_TOLERANCE if extent.lower_closed else value > edge + EDGE_TOLERANCE
        chosen = nw.when(reached).then(nw.lit(result)).otherwise(chosen)
    return nw.when(~value.is_null()).then(chosen)


def _by_key(column: str, values: dict[str, float]) -> nw.Expr:
    return nw.coalesce(*(nw.when(nw.col(column) == key).then(nw.lit(value)) for key, value in values.items()))


def _refuse_missing(organisations: Frame, rules: RuleSet) -> None:
    """Under the policy ``refuse``, every unit and year must rest on the whole weight."""
    if rules.missing != "refuse":
        return
    short = organisations.filter(nw.col("weight_present") < 1.0 - EDGE_TOLERANCE).select(
        *UNIT_YEAR, "weight_present"
    )
    rows = (short.collect() if isinstance(short, nw.LazyFrame) else short).sort(*UNIT_YEAR).rows(named=True)
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


def _inner(frame: Frame) -> list[str]:
    names = frame.collect_schema().names()
    return [name for name in names if name.startswith("_")]
