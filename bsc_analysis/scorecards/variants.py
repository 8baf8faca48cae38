"""Rule sets with some choices made otherwise: the variants their files name, and those made on purpose in code."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from bsc_analysis.errors import RuleSetError, UseError, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.ruleproofs import prove_rules
from bsc_analysis.scorecards.rules import Changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bsc_analysis.scorecards.rules import (
        MinimizeFormula,
        MissingPolicy,
        Polarity,
        RuleSet,
        Scale,
        StabilizeFormula,
        Variant,
        ZeroTarget,
    )

Limit = Fraction | Literal["none"]
V = TypeVar("V")


def vary(
    rules: RuleSet,
    *,
    missing: MissingPolicy | None = None,
    minimize: MinimizeFormula | None = None,
    stabilize: StabilizeFormula | None = None,
    zero_target: ZeroTarget | None = None,
    zero_actual: Fraction | None = None,
    polarity: Mapping[str, Polarity] | None = None,
    scale: Scale | None = None,
    cap: Limit | None = None,
    floor: Limit | None = None,
    leave_out: Iterable[str] = (),
) -> RuleSet:
    """Return the rule set with some of its choices made otherwise; what is not named stays as it is.

    Perspectives that are left out give their weight to the others in proportion. Under ``scale="percent"`` the
    perspective and organisation bands of a band-value rule set no longer apply and are dropped.

    Raises
    ------
    RuleSetError
        When the variant is not a valid rule set, or names what the rule set does not have.
    """
    changes = Changes(
        missing=missing,
        minimize=minimize,
        stabilize=stabilize,
        zero_target=zero_target,
        zero_actual=zero_actual,
        polarity=tuple((polarity or {}).items()),
        scale=scale,
        cap=cap,
        floor=floor,
        leave_out=tuple(leave_out),
    )
    return change(rules, changes)


def take_variant(rules: RuleSet, variant_id: str) -> RuleSet:
    """Return a rule set under one of the variants its file names; its id then says so.

    Raises
    ------
    UseError
        When the rule set has no such variant; the nearest name is offered.
    """
    variant = _named(rules, variant_id)
    return replace(change(rules, variant.changes), id=f"{rules.id}:{variant.id}", label=variant.label)


def change(rules: RuleSet, changes: Changes) -> RuleSet:
    """Return the rule set with the changes made, proven; see :func:`vary`."""
    out, turned = frozenset(changes.leave_out), dict(changes.polarity)
    _refuse_unknown(out, turned, rules)
    kept = [each for each in rules.perspectives if each.id not in out]
    whole = sum((each.weight for each in kept), Fraction(0))
    unbanded = changes.scale == "percent" and rules.scale == "bands"
    varied = replace(
        rules,
        missing=changes.missing or rules.missing,
        minimize=changes.minimize or rules.minimize,
        stabilize=changes.stabilize or rules.stabilize,
        zero_target=_chosen(changes.zero_target, rules.zero_target),
        zero_actual=_chosen(changes.zero_actual, rules.zero_actual),
        scale=changes.scale or rules.scale,
        cap=_limit(changes.cap, rules.cap),
        floor=_limit(changes.floor, rules.floor),
        perspectives=tuple(replace(each, weight=each.weight / whole) for each in kept),
        objectives=tuple(each for each in rules.objectives if each.perspective not in out),
        indicators=tuple(
            replace(each, polarity=turned.get(each.id, each.polarity))
            for each in rules.indicators
            if each.perspective not in out
        ),
        indicator_bands=tuple(
            (key, bands)
            for key, bands in rules.indicator_bands
            if rules.indicator(key).perspective not in out
        ),
        left_out=(*rules.left_out, *sorted(out)),
        perspective_bands=None if unbanded else rules.perspective_bands,
        organisation_bands=None if unbanded else rules.organisation_bands,
    )
    if faults := prove_rules(varied, rules.id):
        raise RuleSetError(*faults)
    return varied


def _named(rules: RuleSet, variant_id: str) -> Variant:
    known = {each.id: each for each in rules.variants}
    if variant_id in known:
        return known[variant_id]
    if guess := nearest(variant_id, known):
        sentence = "rule set {rules} has no variant {got}, did you mean {guess}?"
        raise UseError(fault(sentence, rules=rules.id, got=repr(variant_id), guess=repr(guess)))
    sentence = "rule set {rules} has no variant {got}, allowed: {allowed}"
    raise UseError(fault(sentence, rules=rules.id, got=repr(variant_id), allowed=", ".join(known) or "-"))


def _chosen(changed: V | None, own: V | None) -> V | None:
    return own if changed is None else changed


def _limit(changed: Limit | None, own: Fraction | None) -> Fraction | None:
    return None if changed == "none" else _chosen(changed, own)


def _refuse_unknown(perspectives: Iterable[str], indicators: Mapping[str, Any], rules: RuleSet) -> None:
    """Refuse, all at once, what a variant names and the rule set does not have."""
    no_perspective, no_indicator = (
        "{where}: there is no perspective {got}",
        "{where}: there is no indicator {got}",
    )
    known = {each.id for each in rules.perspectives}, {each.id for each in rules.indicators}
    faults = [
        fault(no_perspective, where=rules.id, got=repr(name)) for name in perspectives if name not in known[0]
    ]
    faults += [
        fault(no_indicator, where=rules.id, got=repr(name)) for name in indicators if name not in known[1]
    ]
    if faults:
        raise RuleSetError(*faults)
