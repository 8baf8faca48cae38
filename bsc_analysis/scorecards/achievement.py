"""One row's numbers: from target and actual to achievement, and from achievement to score, as engine expressions.

With target T (a range from T to U where there is an upper one) and actual A, the achievement in percent is

- maximize: 100 A / T;
- minimize, as the rule set says: 100 T / A, or 100 (2 - A / T), or 100 A / T where its bands turn round, or
  ``both sides``: 100 (1 - |A - T| / T), which calls less than the target a miss too;
- stabilize, ``nearest edge``: 100 A / T below the range, 100 A / U above it, 100 within;
- stabilize, ``both sides``: 100 A / T below the range, 100 (2 - A / U) above it, 100 within.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from bsc_analysis.scorecards.expressions import Frame, pick_band, reaches

if TYPE_CHECKING:
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import Conversion, RuleSet, ZeroTarget

ACTUAL, TARGET, UPPER, POLARITY = (
    nw.col("actual"),
    nw.col("target"),
    nw.col("target_upper"),
    nw.col("polarity"),
)
ACHIEVEMENT = nw.col("achievement")


def achieve(frame: Frame, rules: RuleSet) -> Frame:
    """Add ``achievement``, in percent of the target and before any cap; null where a figure is missing."""
    names = frame.collect_schema().names()
    achieved = _ratio(names, rules)
    if rules.zero_target is not None:
        judged = _judge_zero(names, rules.zero_target)
        achieved = nw.when(_zero(names)).then(judged).otherwise(achieved)
    return frame.with_columns(achievement=achieved)


def judge(achieved: Frame, rules: RuleSet) -> Frame:
    """Add ``score``: the achievement converted, between floor and cap, or the value of its band."""
    names = achieved.collect_schema().names()
    score = _limit(_convert(names, rules), rules)
    if rules.at_possible_maximum is not None and "possible_maximum" in names:
        reached = (nw.col("possible_maximum") == TARGET) & (ACTUAL >= TARGET)
        score = nw.when(reached).then(nw.lit(float(rules.at_possible_maximum))).otherwise(score)
    judged = achieved.with_columns(score=score)
    return judged if rules.scale == "percent" else judged.with_columns(score=_value(rules))


def name_band(judged: Frame, rules: RuleSet) -> Frame:
    """Add ``band``: the id of the band that each achievement lies in, before any cap."""
    return judged.with_columns(band=_band(rules))


def _ratio(names: list[str], rules: RuleSet) -> nw.Expr:
    """Return the achievement by polarity; where no column says one, every indicator is higher-is-better."""
    ratio = ACTUAL / TARGET * 100.0
    if "polarity" in names and rules.minimize is not None:
        ratio = nw.when(POLARITY == "minimize").then(_falling(rules)).otherwise(ratio)
    if rules.stabilize is not None and (kept := _kept(names)) is not None:
        ratio = nw.when(kept).then(_keeping(names, rules)).otherwise(ratio)
    return ratio


def _falling(rules: RuleSet) -> nw.Expr:
    if rules.minimize == "target / actual":
        turned = TARGET / ACTUAL * 100.0
        if rules.zero_actual is None:
            return turned
        return nw.when(ACTUAL == 0).then(nw.lit(float(rules.zero_actual))).otherwise(turned)
    rising = ACTUAL / TARGET * 100.0
    if rules.minimize == "both sides":
        return nw.when(ACTUAL < TARGET).then(rising).otherwise(200.0 - rising)
    return rising if rules.minimize == "actual / target" else 200.0 - rising


def _kept(names: list[str]) -> nw.Expr | None:
    """Return which rows are to be kept on a value or in a range, or None where no column can say so."""
    said = [POLARITY == "stabilize"] if "polarity" in names else []
    said += [~UPPER.is_null()] if "target_upper" in names else []
    return nw.any_horizontal(*said, ignore_nulls=True) if said else None


def _keeping(names: list[str], rules: RuleSet) -> nw.Expr:
    upper = nw.coalesce(UPPER, TARGET) if "target_upper" in names else TARGET
    below, above = ACTUAL / TARGET * 100.0, ACTUAL / upper * 100.0
    beyond = above if rules.stabilize == "nearest edge" else 200.0 - above
    kept = (
        nw.when(ACTUAL < TARGET)
        .then(below)
        .otherwise(nw.when(upper < ACTUAL).then(beyond).otherwise(nw.lit(100.0)))
    )
    return nw.when(~ACTUAL.is_null() & ~TARGET.is_null()).then(kept)


def _zero(names: list[str]) -> nw.Expr:
    """Return which rows have a target of zero where a ratio to it is asked for."""
    zero = (TARGET == 0) & ~ACTUAL.is_null()
    return zero & UPPER.is_null() if "target_upper" in names else zero


def _judge_zero(names: list[str], zero: ZeroTarget) -> nw.Expr:
    met, missed = nw.lit(float(zero.met)), nw.lit(float(zero.missed))
    judged = nw.when(ACTUAL >= 0).then(met).otherwise(missed)
    if "polarity" not in names:
        return judged
    fallen = nw.when(ACTUAL <= 0).then(met).otherwise(missed)
    kept = nw.when(ACTUAL == 0).then(met).otherwise(missed)
    turned = nw.when(POLARITY == "minimize").then(fallen).otherwise(judged)
    return nw.when(POLARITY == "stabilize").then(kept).otherwise(turned)


def _convert(names: list[str], rules: RuleSet) -> nw.Expr:
    score = ACHIEVEMENT
    for conversion in rules.conversions:
        if conversion.polarity is None or ("polarity" not in names and conversion.polarity == "maximize"):
            score = _piecewise(conversion)
        elif "polarity" in names:
            own = POLARITY.is_in([conversion.polarity])
            score = nw.when(own).then(_piecewise(conversion)).otherwise(score)
    return score


def _piecewise(conversion: Conversion) -> nw.Expr:
    """Choose by piece, lowest piece first, as bands are chosen."""
    lines = [
        (ACHIEVEMENT - float(piece.at[0])) * float(piece.slope) + float(piece.to[0])
        for piece in conversion.pieces
    ]
    chosen = lines[0]
    for piece, line in zip(conversion.pieces[1:], lines[1:], strict=True):
        begun = reaches(ACHIEVEMENT, float(piece.range.lower), piece.range.lower_closed)
        chosen = nw.when(begun).then(line).otherwise(chosen)
    return chosen


def _limit(score: nw.Expr, rules: RuleSet) -> nw.Expr:
    if rules.cap is None and rules.floor is None:
        return score
    return score.clip(
        lower_bound=None if rules.floor is None else float(rules.floor),
        upper_bound=None if rules.cap is None else float(rules.cap),
    )


def _band(rules: RuleSet) -> nw.Expr:
    band = nw.lit(None, dtype=nw.String)
    if rules.achievement_bands is not None:
        ids = [each.id for each in rules.achievement_bands.bands]
        band = pick_band(rules.achievement_bands, ACHIEVEMENT, ids)
    for indicator, bands in rules.indicator_bands:
        own = pick_band(bands, ACHIEVEMENT, [each.id for each in bands.bands])
        band = nw.when(nw.col("indicator") == indicator).then(own).otherwise(band)
    return band


def _value(rules: RuleSet) -> nw.Expr:
    """Return the value of the band that each score, still a percentage, lies in."""
    value = nw.lit(None, dtype=nw.Float64)
    if rules.achievement_bands is not None:
        value = _values(rules.achievement_bands)
    for indicator, bands in rules.indicator_bands:
        value = nw.when(nw.col("indicator") == indicator).then(_values(bands)).otherwise(value)
    return value


def _values(bands: Bands) -> nw.Expr:
    return pick_band(bands, nw.col("score"), [float(each.value) for each in bands.bands])
