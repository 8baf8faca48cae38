"""The door of scoring: complete the columns, cast, and refuse by name what cannot be scored.

Below this door nothing is checked again. All faults of the frame are reported together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import narwhals.stable.v2 as nw

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.intake import FIGURES, REQUIRED
from bsc_analysis.scorecards.rules import Polarity

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]
NOT_A_PERSPECTIVE = "{row}: perspective {perspective} is not in the rule set, allowed: {allowed}"
UNKNOWN_INDICATOR = "{row}: the rule set does not know the indicator {indicator}"
OTHER_PERSPECTIVE = (
    "{row}: the rule set has the indicator {indicator} under another perspective than {perspective}"
)
REPEATED = "{unit}, {year}: {indicator} stands {count} times; the rule set does not say how to consolidate it"
ZERO_TARGET = "{row}: the target of {indicator} is 0, and a ratio to it has no value"
ZERO_ACTUAL = "{row}: the actual of {indicator} is 0, and target / actual has no value"
NO_WEIGHT = "{row}: the weight of {indicator} is missing or not positive"
UNKNOWN_POLARITY = "{row}: the polarity {polarity} of {indicator} is not known, allowed: maximize, minimize"
NO_FORMULA = "{row}: {indicator} is lower-is-better, and the rule set gives no formula for that"
MOST_ROWS = 20  # rows named per kind of fault: enough to mend by, short enough to read


def admit(frame: Frame, rules: RuleSet) -> Frame:
    """Return the frame ready to be scored: every column present, figures as Float64, NaN as null.

    Raises
    ------
    DataError
        Naming every column that is missing and every row that cannot be scored.
    """
    _require_columns(frame)
    complete = _complete(frame, rules)
    faults = [
        found for sentence, bad in _unscorable(rules) for found in _named(complete, sentence, bad, rules)
    ]
    faults += _repeated(complete)
    if rules.indicators:
        faults += _doubled(complete, rules)
    if faults:
        raise DataError(*faults)
    return complete


def _require_columns(frame: Frame) -> None:
    names = frame.collect_schema().names()
    missing = [fault("the observations have no column '{name}'", name=n) for n in REQUIRED if n not in names]
    if missing:
        raise DataError(*missing)


def _complete(frame: Frame, rules: RuleSet) -> Frame:
    names = frame.collect_schema().names()
    figures = [nw.col(name).cast(nw.Float64).alias(name) for name in FIGURES if name in names]
    numbered = frame.with_columns(*figures, _one=nw.lit(1))
    clean = numbered.with_columns(
        *(nw.when(~nw.col(n).is_nan()).then(nw.col(n)).alias(n) for n in FIGURES if n in names)
    )
    return clean.with_columns(
        weight=_weight(names, rules),
        polarity=_polarity(names, rules),
        objective=nw.col("objective") if "objective" in names else nw.lit(""),
    )


def _weight(names: list[str], rules: RuleSet) -> nw.Expr:
    if rules.indicators:
        return _by_indicator({each.id: float(each.weight) for each in rules.indicators})
    return nw.col("weight") if "weight" in names else nw.lit(1.0)


def _polarity(names: list[str], rules: RuleSet) -> nw.Expr:
    if rules.indicators:
        return _by_indicator({each.id: each.polarity for each in rules.indicators})
    return nw.coalesce(nw.col("polarity"), nw.lit("maximize")) if "polarity" in names else nw.lit("maximize")


def _by_indicator(values: dict[str, Any]) -> nw.Expr:
    return nw.coalesce(
        *(nw.when(nw.col("indicator") == key).then(nw.lit(value)) for key, value in values.items())
    )


def _unscorable(rules: RuleSet) -> list[tuple[str, nw.Expr]]:
    """Return each kind of row that cannot be scored: its sentence, and the condition that finds it."""
    perspectives = [each.id for each in rules.perspectives]
    kinds = [
        (NOT_A_PERSPECTIVE, ~nw.col("perspective").is_in(perspectives)),
        (ZERO_TARGET, (nw.col("target") == 0) & ~nw.col("actual").is_null()),
    ]
    if rules.indicators:
        known = nw.col("indicator").is_in([each.id for each in rules.indicators])
        homes = _by_indicator({each.id: each.perspective for each in rules.indicators})
        elsewhere = known & nw.col("perspective").is_in(perspectives) & (nw.col("perspective") != homes)
        kinds += [(UNKNOWN_INDICATOR, ~known), (OTHER_PERSPECTIVE, elsewhere)]
    else:
        kinds.append((NO_WEIGHT, nw.col("weight").is_null() | ~(nw.col("weight") > 0)))
        kinds.append((UNKNOWN_POLARITY, ~nw.col("polarity").is_in(get_args(Polarity))))
    minimized = nw.col("polarity") == "minimize"
    if rules.minimize is None:
        kinds.append((NO_FORMULA, minimized))
    if rules.minimize == "target / actual":
        kinds.append((ZERO_ACTUAL, minimized & (nw.col("actual") == 0)))
    return kinds


def _named(frame: Frame, sentence: str, bad: nw.Expr, rules: RuleSet) -> list[Fault]:
    columns = [
        name
        for name in ("row", "unit", "year", "perspective", "indicator", "polarity")
        if name in _names(frame)
    ]
    found = frame.filter(bad).select(*columns).head(MOST_ROWS)
    rows = (found.collect() if isinstance(found, nw.LazyFrame) else found).rows(named=True)
    return [_fault(sentence, row, rules) for row in rows]


def _fault(sentence: str, row: dict[str, Any], rules: RuleSet) -> Fault:
    named = {name: repr(row[name]) for name in ("indicator", "perspective", "polarity")}
    return fault(
        sentence, row=_place(row), allowed=", ".join(each.id for each in rules.perspectives), **named
    )


def _repeated(frame: Frame) -> list[Fault]:
    """Refuse an indicator that a unit has more than once in a year, in several periods or by mistake."""
    counted = frame.group_by("unit", "year", "perspective", "indicator").agg(
        nw.col("_one").sum().alias("count")
    )
    again = counted.filter(nw.col("count") > 1).head(MOST_ROWS)
    rows = (again.collect() if isinstance(again, nw.LazyFrame) else again).rows(named=True)
    return [
        fault(REPEATED, unit=r["unit"], year=r["year"], indicator=repr(r["indicator"]), count=r["count"])
        for r in sorted(rows, key=lambda row: (str(row["unit"]), row["year"], str(row["indicator"])))
    ]


def _doubled(frame: Frame, rules: RuleSet) -> list[Fault]:
    """Refuse a headline beside its own parts: its weight would count twice."""
    headlines = {each.id: each.part_of for each in rules.indicators if each.part_of}
    listed = frame.filter(nw.col("indicator").is_in([*headlines, *headlines.values()]))
    narrow = listed.select("unit", "year", "indicator")
    rows = (narrow.collect() if isinstance(narrow, nw.LazyFrame) else narrow).rows(named=True)
    present = {(row["unit"], row["year"], row["indicator"]) for row in rows}
    sentence = "{unit}, {year}: {part} is a part of {headline}, and both are listed; keep one or the other"
    return [
        fault(sentence, unit=unit, year=year, part=repr(name), headline=repr(headlines[name]))
        for unit, year, name in sorted(present, key=str)
        if name in headlines and (unit, year, headlines[name]) in present
    ]


def _place(row: dict[str, Any]) -> Fault:
    if "row" in row:
        return fault("row {row} ({unit}, {year})", row=row["row"], unit=row["unit"], year=row["year"])
    return fault("{unit}, {year}", unit=row["unit"], year=row["year"])


def _names(frame: Frame) -> list[str]:
    return list(frame.collect_schema().names())
