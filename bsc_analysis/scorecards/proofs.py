"""What can be proven of a rule set before any data are scored by it, each proof with the sentence that shows it.

Weights and bands must be right, or nothing can be scored. That the score follows the actual (rises with it, falls with it,
peaks in the range) is a property of the rule: where it does not hold, that is a finding about the rule, with two actuals
that show it. Everything is exact; nothing is sampled. A target of 100 stands for every positive target, because only the
ratio to it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.bands import INFINITY, Interval, prove_cover
from bsc_analysis.scorecards.piecewise import (
    EVERYWHERE,
    find_contrary,
    find_jumps,
    score_line,
    value_at,
    write_exact,
)
from bsc_analysis.scorecards.ruleproofs import weight_groups
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.variants import take_variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.piecewise import Direction, Line
    from bsc_analysis.scorecards.rules import MinimizeFormula, Polarity, StabilizeFormula

Verdict = Literal["holds", "fails", "not applicable"]

WEIGHTS = "weights that make up {whole} sum to one"
BANDS = "{key} covers its range once"
FOLLOWS: dict[Polarity, str] = {
    "maximize": "higher-is-better: the score never falls when the actual rises",
    "minimize": "lower-is-better: the score never rises when the actual rises",
    "stabilize": "range target: the score never falls up to the range and never rises beyond it",
}
OF_INDICATORS = "{property} ({indicators})"
NO_JUMPS = "the conversion has no jumps"
SUM = "{sum} = {got}"
COVER = "{domain} = {pieces}"
LINE = "score over achievement: {pieces}"
NO_FORMULA = "the rule set gives no formula for it"
NO_CONVERSION = "the rule set converts no achievements"
JUMPS = "at {places}"
COUNTEREXAMPLE = (
    "with a target of 100, an actual of {low} scores {low_score} and one of {high} scores {high_score}"
)
_TARGET = Fraction(100)
_ABOVE_ZERO = Interval(Fraction(0), INFINITY, lower_closed=False, upper_closed=False)
_TO_FULL = Interval(-INFINITY, _TARGET, lower_closed=False)
_FROM_FULL = Interval(_TARGET, INFINITY, upper_closed=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof: whose it is, what it is about, whether it holds, the sentence that shows it, and what contradicts it.

    ``required`` tells what must hold for anything to be scored from a finding about the rule.
    """

    rules: str
    name: Fault
    verdict: Verdict
    shown: Fault
    required: bool
    counterexample: Fault | None = None


def prove(rules: RuleSet) -> tuple[Proof, ...]:
    """Prove what can be proven of a rule set and of each of its variants.

    >>> from bsc_analysis.files import read_rules
    >>> for each in prove(read_rules("kkp"))[:2]:
    ...     print(each.verdict, "|", each.name, "|", each.shown)
    holds | weights that make up the organisation sum to one | 0.3 + 0.3 + 0.15 + 0.25 = 1
    holds | bands.perspective covers its range once | [0, 120] = [0, 75) [75, 90) [90, 120]
    """
    varied = (take_variant(rules, each.id) for each in rules.variants)
    return tuple(proof for each in (rules, *varied) for proof in _prove_one(each))


def _prove_one(rules: RuleSet) -> Iterator[Proof]:
    yield from _weights(rules)
    yield from _bands(rules)
    yield from _directions(rules)
    yield _jumps(rules)


def _weights(rules: RuleSet) -> Iterator[Proof]:
    for group in weight_groups(rules):
        whole = repr(group.name) if group.name else fault("the organisation")
        summed = " + ".join(map(write_exact, group.weights))
        shown = fault(SUM, sum=summed, got=write_exact(group.sum))
        verdict: Verdict = "holds" if group.sum == 1 else "fails"
        yield Proof(rules.id, fault(WEIGHTS, whole=whole), verdict, shown, required=True)


def _bands(rules: RuleSet) -> Iterator[Proof]:
    named = [
        ("bands.achievement", rules.achievement_bands),
        ("bands.perspective", rules.perspective_bands),
        ("bands.organisation", rules.organisation_bands),
        *((f"indicator_bands.{key}", bands) for key, bands in rules.indicator_bands),
    ]
    for key, bands in named:
        if bands is None:
            continue
        faults = prove_cover(bands, key)
        pieces = [(band.range.order, str(band.range)) for band in bands.bands]
        pieces += [(gap.range.order, f"{gap.range}→{gap.reads_as}") for gap in bands.gaps]
        shown = fault(COVER, domain=bands.domain, pieces=" ".join(text for _, text in sorted(pieces)))
        yield Proof(
            rules.id,
            fault(BANDS, key=key),
            "fails" if faults else "holds",
            shown,
            required=True,
            counterexample=faults[0] if faults else None,
        )


def _directions(rules: RuleSet) -> Iterator[Proof]:
    """Prove, for each polarity, or for the indicators that share one and their bands, that the score follows the actual."""
    if not rules.indicators:
        yield from (_direction(rules, each, rules.achievement_bands, "") for each in FOLLOWS)
        return
    groups: dict[tuple[Polarity, Bands | None], list[str]] = {}
    for each in rules.indicators:
        groups.setdefault((each.polarity, rules.bands(each.id)), []).append(each.id)
    for (polarity, bands), ids in groups.items():
        yield _direction(rules, polarity, bands, ", ".join(ids))


def _direction(rules: RuleSet, polarity: Polarity, bands: Bands | None, ids: str) -> Proof:
    property_ = fault(FOLLOWS[polarity])
    name = fault(OF_INDICATORS, property=property_, indicators=ids) if ids else property_
    branches = _branches(polarity, rules)
    if not branches:
        return Proof(rules.id, name, "not applicable", fault(NO_FORMULA), required=False)
    line = score_line(rules, polarity, bands)
    shown = fault(LINE, pieces="; ".join(map(str, line)))
    contrary = next((found for each in branches if (found := _contradict(line, each))), None)
    if contrary is None and rules.zero_actual is not None and rules.minimize == "target / actual":
        contrary = _contradict_zero(line, rules.zero_actual) if polarity == "minimize" else None
    return Proof(
        rules.id, name, "fails" if contrary else "holds", shown, required=False, counterexample=contrary
    )


@dataclass(frozen=True, slots=True)
class _Branch:
    """A stretch of actuals: which way the score must go as the achievement rises, over which achievements, by which actuals."""

    direction: Direction
    achievements: Interval
    actual: Callable[[Fraction], Fraction]


def _same(achievement: Fraction) -> Fraction:
    return achievement


def _turned(achievement: Fraction) -> Fraction:
    return 2 * _TARGET - achievement


def _inverted(achievement: Fraction) -> Fraction:
    return _TARGET * _TARGET / achievement


_MINIMIZE: dict[MinimizeFormula, tuple[_Branch, ...]] = {
    "target / actual": (_Branch(1, _ABOVE_ZERO, _inverted),),
    "2 - actual / target": (_Branch(1, EVERYWHERE, _turned),),
    "actual / target": (_Branch(-1, EVERYWHERE, _same),),
    "both sides": (_Branch(-1, _TO_FULL, _same), _Branch(1, _TO_FULL, _turned)),
}
_STABILIZE: dict[StabilizeFormula, tuple[_Branch, ...]] = {
    "nearest edge": (_Branch(1, _TO_FULL, _same), _Branch(-1, _FROM_FULL, _same)),
    "both sides": (_Branch(1, _TO_FULL, _same), _Branch(1, _TO_FULL, _turned)),
}


def _branches(polarity: Polarity, rules: RuleSet) -> tuple[_Branch, ...]:
    if polarity == "maximize":
        return (_Branch(1, EVERYWHERE, _same),)
    if polarity == "minimize":
        return () if rules.minimize is None else _MINIMIZE[rules.minimize]
    return () if rules.stabilize is None else _STABILIZE[rules.stabilize]


def _contradict(line: Line, branch: _Branch) -> Fault | None:
    found = find_contrary(line, branch.achievements, branch.direction)
    if found is None:
        return None
    scored = sorted((branch.actual(achievement), value_at(line, achievement)) for achievement in found)
    return _example(*scored)


def _contradict_zero(line: Line, zero: Fraction) -> Fault | None:
    """Say if what stands for an actual of zero, the best of a lower-is-better indicator, scores less than another."""
    best = line[-1]
    near = max(best.range.lower + 1, Fraction(1000))
    if value_at(line, zero) >= best.at(near) and not best.slope > 0:
        return None
    return _example((Fraction(0), value_at(line, zero)), (_inverted(near), best.at(near)))


def _example(low: tuple[Fraction, Fraction], high: tuple[Fraction, Fraction]) -> Fault:
    texts = [write_exact(each) for pair in (low, high) for each in pair]
    return fault(COUNTEREXAMPLE, low=texts[0], low_score=texts[1], high=texts[2], high_score=texts[3])


def _jumps(rules: RuleSet) -> Proof:
    name = fault(NO_JUMPS)
    if not rules.conversions:
        return Proof(rules.id, name, "not applicable", fault(NO_CONVERSION), required=False)
    lines = [score_line(rules, each.polarity or "maximize", None) for each in rules.conversions]
    found = [jump for line in lines for jump in find_jumps(line)]
    shown = fault(LINE, pieces="; ".join(str(each) for line in lines for each in line))
    places = "; ".join(
        f"{write_exact(each.at)}: {write_exact(each.before)} → {write_exact(each.after)}" for each in found
    )
    counterexample = fault(JUMPS, places=places) if found else None
    return Proof(
        rules.id, name, "fails" if found else "holds", shown, required=False, counterexample=counterexample
    )
