"""The door of scoring: complete the columns, consolidate periods, and refuse by name what cannot be scored.

Below this door nothing is checked again. All faults of the frame are reported together. The frame itself stays in its
engine: only counts and the rows that are refused are fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.scorecards.consolidation import consolidate, may_consolidate, way_of
from bsc_analysis.scorecards.expressions import Frame, by_key, fetch
from bsc_analysis.scorecards.observations import FIGURES, KEY, REQUIRED
from bsc_analysis.scorecards.unscorable import MOST_ROWS, Kind, kinds, name_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.scorecards.rules import RuleSet

REPEATED = "{unit}, {year}: {indicator} stands {count} times; the rule set does not say how to consolidate it"
UNSAID = (
    "{unit}, {year}: {indicator} has {count} periods, and neither the rule set nor a column 'consolidation' (sum, average "
    "or last) says how they become a year"
)
TWICE = "{unit}, {year}, {period}: {indicator} stands {count} times"
MORE = "and {count} more rows: {what}"
INDICATOR_KEY = ("unit", "year", "perspective", "indicator")


@dataclass(frozen=True, slots=True)
class Admitted:
    """Observations that a rule set can score: every column its formulas use is there, figures are Float64, missing is null.

    ``frame`` has one row per unit, year and indicator and stays in the engine that ``native`` came in.
    """

    rules: RuleSet
    native: Any = field(repr=False)
    frame: Frame = field(repr=False)


def admit(observations: Any, rules: RuleSet) -> Admitted:
    """Check observations once, so that they can be scored under a rule set without being checked again.

    Parameters
    ----------
    observations
        A frame with the canonical columns of :mod:`bsc_analysis.scorecards.observations`, of any engine narwhals knows.
    rules
        The rule set they are to be scored under.

    Raises
    ------
    DataError
        Naming every column that is missing and every row that cannot be scored, of each kind the first twenty.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": ["A"], "year": 2017, "perspective": "stakeholder", "indicator": "catch",
    ...                      "target": 0.0, "actual": 45.0})
    >>> admit(rows, read_rules("kkp"))
    Traceback (most recent call last):
    ...
    bsc_analysis.errors.DataError: A, 2017: the target of 'catch' is 0, and a ratio to it has no value
    """
    frame = nw.from_native(observations)
    _require_columns(frame, rules)
    complete = _complete(_without(frame, rules), rules)
    yearly = consolidate(complete, rules)
    faults = [found for kind in _found(yearly, kinds(yearly, rules)) for found in _named(yearly, kind, rules)]
    faults += _repeated(complete, rules)
    faults += _doubled(yearly, rules) if rules.indicators else []
    if faults:
        raise DataError(*faults)
    return Admitted(rules, observations, yearly)


def _require_columns(frame: Frame, rules: RuleSet) -> None:
    names = frame.collect_schema().names()
    weighing = [] if rules.indicators else [factor.column for factor in rules.factors]
    missing = [
        fault("the observations have no column '{name}'", name=name)
        for name in (*REQUIRED, *weighing)
        if name not in names
    ]
    if missing:
        raise DataError(*missing)


def _without(frame: Frame, rules: RuleSet) -> Frame:
    """Leave out the rows of perspectives that a variant of the rule set leaves out."""
    return frame.filter(~nw.col("perspective").is_in(rules.left_out)) if rules.left_out else frame


def _complete(frame: Frame, rules: RuleSet) -> Frame:
    """Return figures as Float64 with null for what is missing, and every column that the rule set's formulas use."""
    names = frame.collect_schema().names()
    figures = [name for name in FIGURES if name in names]
    cast = frame.with_columns(*(nw.col(name).cast(nw.Float64) for name in figures))
    cleaned = [nw.col(name).fill_nan(None) for name in _with_nan(cast, figures)]
    clean = cast.with_columns(*cleaned) if cleaned else cast
    return clean.with_columns(**_filled(names, rules))


def _with_nan(frame: Frame, figures: list[str]) -> list[str]:
    """Return the columns in which some value is not a number and not missing either; most tables have none."""
    strange = {name: nw.col(name).is_nan() & ~nw.col(name).is_null() for name in figures}
    counts = {name: nw.when(bad).then(nw.lit(1)).otherwise(nw.lit(0)) for name, bad in strange.items()}
    (row,) = fetch(frame.select(**{name: count.sum() for name, count in counts.items()}))
    return [name for name in figures if row[name]]


def _filled(names: list[str], rules: RuleSet) -> dict[str, nw.Expr]:
    """Return the columns that the rule set fills in, wholly or where the data say nothing."""
    filled = {"weight": _weight(names, rules)}
    if (objective := _objective(names, rules)) is not None:
        filled["objective"] = objective
    if (polarity := _polarity(names, rules)) is not None:
        filled["polarity"] = polarity
    targets = {each.id: float(each.target) for each in rules.indicators if each.target is not None}
    if targets:
        filled["target"] = nw.coalesce(nw.col("target"), by_key("indicator", targets))
    return filled


def _weight(names: list[str], rules: RuleSet) -> nw.Expr:
    if rules.indicators:
        return by_key("indicator", {each.id: float(rules.weight(each)) for each in rules.indicators})
    if rules.factors:
        product = nw.lit(1.0)
        for factor in rules.factors:
            product = product * by_key(factor.column, {word: float(by) for word, by in factor.values})
        return product
    return nw.col("weight") if "weight" in names else nw.lit(1.0)


def _objective(names: list[str], rules: RuleSet) -> nw.Expr | None:
    """Return the column of objectives, or None where nobody names one; see :func:`with_objective`."""
    homes = {each.id: each.objective for each in rules.indicators if each.objective}
    if homes:
        return nw.coalesce(by_key("indicator", homes), nw.lit(""))
    return nw.coalesce(nw.col("objective"), nw.lit("")) if "objective" in names else None


def _polarity(names: list[str], rules: RuleSet) -> nw.Expr | None:
    """Return the column of polarities, or None where every indicator is higher-is-better and no column is needed."""
    if rules.indicators:
        own = {each.id: each.polarity for each in rules.indicators}
        return by_key("indicator", own) if set(own.values()) != {"maximize"} else None
    if "polarity" not in names:
        return None
    return nw.coalesce(nw.col("polarity"), nw.lit("maximize"))


def _found(frame: Frame, possible: list[Kind]) -> list[tuple[Kind, int]]:
    """Return the kinds of fault that some row has, with their counts, from one look at the frame."""
    ones = [nw.when(kind.bad).then(nw.lit(1)).otherwise(nw.lit(0)) for kind in possible]
    looked = frame.select(*(one.sum().alias(f"kind{number}") for number, one in enumerate(ones)))
    (row,) = fetch(looked)
    counts = [row[f"kind{number}"] or 0 for number in range(len(possible))]
    return [(kind, count) for kind, count in zip(possible, counts, strict=True) if count]


def _named(frame: Frame, found: tuple[Kind, int], rules: RuleSet) -> list[Fault]:
    kind, count = found
    names = frame.collect_schema().names()
    columns = [
        name for name in ("row", "unit", "year", "perspective", "indicator", *kind.shown) if name in names
    ]
    rows = fetch(frame.filter(kind.bad).select(*dict.fromkeys(columns)).head(MOST_ROWS))
    faults = [name_row(kind, row, rules) for row in rows]
    return faults + ([fault(MORE, count=count - MOST_ROWS, what=faults[0])] if count > MOST_ROWS else [])


def _repeated(frame: Frame, rules: RuleSet) -> list[Fault]:
    """Refuse an indicator that a unit has more than once in a year, or in a period where periods are consolidated."""
    names = frame.collect_schema().names()
    if not may_consolidate(names, rules):
        return _more_than_once(frame, INDICATOR_KEY, UNSAID if "period" in names else REPEATED, rules)
    twice = _more_than_once(frame, tuple(name for name in KEY if name in names), TWICE, rules)
    if rules.consolidate is not None:
        return twice
    unsaid = frame.filter(way_of(names, rules).is_null())
    return twice + _more_than_once(unsaid, INDICATOR_KEY, UNSAID, rules)


def _more_than_once(frame: Frame, key: tuple[str, ...], sentence: str, rules: RuleSet) -> list[Fault]:
    rows = [row for part, own in _parts(frame, key, rules) for row in _repeats(part, own)]
    ordered = sorted(rows, key=lambda row: tuple(str(row.get(name)) for name in key))
    return [_repeat(sentence, row) for row in ordered[:MOST_ROWS]]


def _parts(frame: Frame, key: tuple[str, ...], rules: RuleSet) -> Iterator[tuple[Frame, list[str]]]:
    """Yield the frame perspective by perspective, which takes a quarter of the memory; Spark divides its own work."""
    if frame.implementation.is_pyspark():
        yield frame.select(*key), list(key)
        return
    own = [name for name in key if name != "perspective"]
    for each in rules.perspectives:
        yield frame.filter(nw.col("perspective") == each.id).select(*own), own


def _repeats(part: Frame, key: list[str]) -> list[dict[str, Any]]:
    again = part.filter(part.is_duplicated()) if isinstance(part, nw.DataFrame) else part
    counted = again.group_by(*key).agg(nw.len().alias("count"))
    return fetch(counted.filter(nw.col("count") > 1).head(MOST_ROWS))


def _repeat(sentence: str, row: dict[str, Any]) -> Fault:
    return fault(
        sentence,
        unit=row["unit"],
        year=row["year"],
        period=row.get("period") or "-",
        indicator=repr(row["indicator"]),
        count=row["count"],
    )


def _doubled(frame: Frame, rules: RuleSet) -> list[Fault]:
    """Refuse a headline beside its own parts: its weight would count twice."""
    headlines = {each.id: each.part_of for each in rules.indicators if each.part_of}
    if not headlines:
        return []
    listed = frame.filter(nw.col("indicator").is_in([*headlines, *headlines.values()]))
    present = {
        (row["unit"], row["year"], row["indicator"])
        for row in fetch(listed.select("unit", "year", "indicator"))
    }
    sentence = "{unit}, {year}: {part} is a part of {headline}, and both are listed; keep one or the other"
    return [
        fault(sentence, unit=unit, year=year, part=repr(name), headline=repr(headlines[name]))
        for unit, year, name in sorted(present, key=str)
        if name in headlines and (unit, year, headlines[name]) in present
    ]
