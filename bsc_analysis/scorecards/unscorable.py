"""What cannot be scored: each kind of row, by the condition that finds it and the sentence that names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import narwhals.stable.v2 as nw

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.consolidation import STEADY
from bsc_analysis.scorecards.expressions import Frame, by_key
from bsc_analysis.scorecards.observations import FIGURES
from bsc_analysis.scorecards.rules import Consolidation, Polarity

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet

NO_NAME = "{row}: the {name} is missing"
NOT_A_PERSPECTIVE = "{row}: perspective {perspective} is not in the rule set, allowed: {allowed}"
UNKNOWN_INDICATOR = "{row}: the rule set does not know the indicator {indicator}"
OTHER_PERSPECTIVE = (
    "{row}: the rule set has the indicator {indicator} under another perspective than {perspective}"
)
INFINITE = "{row}: the {name} of {indicator} is infinite"
ZERO_TARGET = "{row}: the target of {indicator} is 0, and a ratio to it has no value"
NEGATIVE_TARGET = (
    "{row}: the target of {indicator} is negative ({got}), and a ratio to it turns better into worse"
)
ZERO_ACTUAL = "{row}: the actual of {indicator} is not above 0 ({got}), and target / actual has no value"
NO_WEIGHT = "{row}: the weight of {indicator} is missing or not positive"
NO_FACTOR = "{row}: the {name} {got} of {indicator} gives no weight, allowed: {allowed}"
UNKNOWN_POLARITY = "{row}: the polarity {got} of {indicator} is not known, allowed: {allowed}"
NO_MINIMIZE = "{row}: {indicator} is lower-is-better, and the rule set gives no formula for that"
NO_STABILIZE = "{row}: {indicator} is to be kept in a range, and the rule set gives no formula for that"
MINIMIZED_RANGE = "{row}: {indicator} is lower-is-better and has a range for a target; keep one or the other"
EMPTY_RANGE = "{row}: the range of {indicator} ends below its beginning"
UNKNOWN_WAY = "{row}: the consolidation {got} of {indicator} is not known, allowed: {allowed}"
CHANGING = "{row}: the {name} of {indicator} changes between the periods of the year"
MOST_ROWS = 20  # rows named per kind of fault: enough to mend by, short enough to read


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row that cannot be scored.

    ``bad`` finds it, ``sentence`` names it, ``shown`` are the columns whose values the sentence gives, ``name`` is what
    they are called, and ``allowed`` says what would do.
    """

    sentence: str
    bad: nw.Expr
    shown: tuple[str, ...] = ()
    name: str = ""
    allowed: str = ""


def kinds(frame: Frame, rules: RuleSet) -> list[Kind]:
    """Return each kind of row that cannot be scored under a rule set."""
    names = frame.collect_schema().names()
    return [
        *_nameless(),
        *_homeless(rules),
        *_infinite(names),
        *_weightless(names, rules),
        *_unformulated(names, rules),
        *_unratioed(names, rules),
        *_unsteady(names),
    ]


def name_row(kind: Kind, row: dict[str, Any], rules: RuleSet) -> Fault:
    """Name a row that is of a kind that cannot be scored."""
    got = row[kind.shown[0]] if kind.shown and kind.shown[0] in row else None
    return fault(
        kind.sentence,
        row=_place(row),
        indicator=repr(row["indicator"]),
        perspective=repr(row["perspective"]),
        got=f"{got:g}" if isinstance(got, float) else repr(got),
        name=kind.name,
        allowed=kind.allowed or ", ".join(each.id for each in rules.perspectives),
    )


def _nameless() -> list[Kind]:
    return [Kind(NO_NAME, nw.col(name).is_null(), name=name) for name in ("unit", "year", "indicator")]


def _homeless(rules: RuleSet) -> list[Kind]:
    perspectives = [each.id for each in rules.perspectives]
    at_home = nw.col("perspective").is_in(perspectives)
    found = [Kind(NOT_A_PERSPECTIVE, nw.col("perspective").is_null() | ~at_home)]
    if rules.indicators:
        known = nw.col("indicator").is_in([each.id for each in rules.indicators])
        homes = by_key("indicator", {each.id: each.perspective for each in rules.indicators})
        found.append(Kind(UNKNOWN_INDICATOR, ~known))
        found.append(Kind(OTHER_PERSPECTIVE, known & at_home & (nw.col("perspective") != homes)))
    return found


def _infinite(names: list[str]) -> list[Kind]:
    return [
        Kind(INFINITE, nw.col(name).abs() == float("inf"), name=name) for name in FIGURES if name in names
    ]


def _weightless(names: list[str], rules: RuleSet) -> list[Kind]:
    if rules.indicators:
        return []
    if rules.factors:
        return [_wordless(factor.column, [word for word, _ in factor.values]) for factor in rules.factors]
    weight = nw.col("weight")
    return [Kind(NO_WEIGHT, weight.is_null() | ~(weight > 0))] if "weight" in names else []


def _wordless(column: str, words: list[str]) -> Kind:
    return Kind(NO_FACTOR, _stranger(column, words), (column,), name=column, allowed=", ".join(words))


def _unformulated(names: list[str], rules: RuleSet) -> list[Kind]:
    """Find polarities that are not known or have no formula, and ranges that contradict them."""
    found = []
    if "polarity" in names:
        polarity = nw.col("polarity")
        allowed = get_args(Polarity)
        found.append(
            Kind(
                UNKNOWN_POLARITY, _stranger("polarity", list(allowed)), ("polarity",), "", ", ".join(allowed)
            )
        )
        found += [Kind(NO_MINIMIZE, polarity == "minimize")] if rules.minimize is None else []
        found += [Kind(NO_STABILIZE, polarity == "stabilize")] if rules.stabilize is None else []
    if "target_upper" in names:
        ranged = ~nw.col("target_upper").is_null()
        found.append(Kind(EMPTY_RANGE, nw.col("target_upper") < nw.col("target")))
        found += [Kind(NO_STABILIZE, ranged)] if rules.stabilize is None else []
        found += (
            [Kind(MINIMIZED_RANGE, ranged & (nw.col("polarity") == "minimize"))]
            if "polarity" in names
            else []
        )
    return found


def _unratioed(names: list[str], rules: RuleSet) -> list[Kind]:
    """Find ratios to zero that the rule set does not give a meaning to, and ratios that turn round."""
    measured = ~nw.col("actual").is_null()
    found = [Kind(NEGATIVE_TARGET, (nw.col("target") < 0) & measured, ("target",))]
    zero = (nw.col("target") == 0) & measured
    if "target_upper" in names:
        ranged = ~nw.col("target_upper").is_null()
        found.append(Kind(ZERO_TARGET, zero & ranged & (nw.col("actual") < 0)))
        zero = zero & ~ranged
    if rules.zero_target is None:
        found.append(Kind(ZERO_TARGET, zero))
    if "polarity" in names and rules.minimize == "target / actual":
        below = nw.col("actual") < 0 if rules.zero_actual is not None else nw.col("actual") <= 0
        inverted = (nw.col("polarity") == "minimize") & below
        meant = rules.zero_target is not None
        found.append(Kind(ZERO_ACTUAL, inverted & ~zero if meant else inverted, ("actual",)))
    return found


def _unsteady(names: list[str]) -> list[Kind]:
    """Find what was consolidated by no known way, or from periods that do not describe one indicator."""
    changing = [
        Kind(CHANGING, nw.col(name) != nw.col(f"_least_{name}"), name=name)
        for name in STEADY
        if f"_least_{name}" in names
    ]
    if "consolidation" not in names:
        return changing
    ways = get_args(Consolidation)
    strange = ~nw.col("consolidation").is_null() & ~nw.col("consolidation").is_in(ways)
    return [Kind(UNKNOWN_WAY, strange, ("consolidation",), "", ", ".join(ways)), *changing]


def _stranger(column: str, allowed: list[str]) -> nw.Expr:
    return nw.col(column).is_null() | ~nw.col(column).is_in(allowed)


def _place(row: dict[str, Any]) -> Fault:
    if row.get("row") is not None:
        return fault("row {row} ({unit}, {year})", row=row["row"], unit=row["unit"], year=row["year"])
    return fault("{unit}, {year}", unit=row["unit"], year=row["year"])
