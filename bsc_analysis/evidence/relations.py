"""What each printed figure depends on: a scorecard's chain from target to total, a path model's indirect effects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from bsc_analysis.evidence import ruleexpressions
from bsc_analysis.evidence.expressions import Constant, Leaf, Mean, Node, Product, Sum
from bsc_analysis.evidence.printed import Key, Printed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.scorecards.rules import Indicator, RuleSet

ONE = Constant(Fraction(1))


@dataclass(frozen=True, slots=True)
class Relations:
    """The expression of each derived figure, what stands in for figures not printed, and checks on inputs.

    Attributes
    ----------
    derived
        Figure to the expression that gives it.
    constants
        What the rule set gives where nothing is printed.
    wholes
        Part of a headline to the headline: where the headline has no data, its parts have none.
    checks
        A place and an input figure printed there, to an expression over figures of the same place that it must equal.
    unprinted
        A checked headline to those of its parts that its place does not print.
    cut_inputs
        Whether inputs, too, may have been cut off after their last digit; else they count as rounded.
    """

    derived: Mapping[Key, Node]
    constants: Mapping[Key, Fraction]
    wholes: Mapping[Key, Key]
    checks: Mapping[tuple[str, Key], Node]
    unprinted: Mapping[tuple[str, Key], tuple[Key, ...]]
    cut_inputs: bool = False


def relate(figures: Sequence[Printed], rules: RuleSet, model: PathModel | None = None) -> Relations:
    """State what every printed figure depends on, under a rule set and, where there is one, a path model."""
    keys = list(dict.fromkeys(figure.key for figure in figures))
    years = sorted({key.year for key in keys if key.year is not None})
    derived: dict[Key, Node] = {}
    for year in years:
        derived |= _chain(rules, year)
    derived |= {key: _mean(key, years) for key in keys if key.quantity == "mean_achievement"}
    if model is not None:
        known = [key for key in keys if {key.start, key.end} <= set(model.variables)]
        derived |= {key: _indirect(key, model) for key in known if key.quantity == "indirect_effect"}
    checks = _checks(figures, rules)
    return Relations(
        derived=derived,
        constants=_constants(rules),
        wholes={
            Key("actual", each.perspective, each.id, year): Key(
                "actual", each.perspective, each.part_of, year
            )
            for each in rules.indicators
            if each.part_of
            for year in years
        },
        checks={at: node for at, (node, _) in checks.items()},
        unprinted={at: missing for at, (_, missing) in checks.items() if missing},
    )


def _chain(rules: RuleSet, year: int) -> dict[Key, Node]:
    """Return the scorecard's chain of one year, from achievements to the organisation's score."""
    if not rules.indicators:
        return _open_chain(rules, year)
    chain: dict[Key, Node] = {}
    for each in rules.indicators:
        chain |= _indicator_chain(each, rules, year)
    for perspective in rules.perspectives:
        chain[Key("perspective_contribution", perspective.id, year=year)] = Sum(
            tuple(Leaf(_key("contribution", each, year)) for each in rules.headlines(perspective.id)),
            tuple(each.weight for each in rules.headlines(perspective.id)),
        )
    chain[Key("organisation_score", year=year)] = Sum(
        tuple(Leaf(Key("perspective_contribution", each.id, year=year)) for each in rules.perspectives),
        tuple(each.weight for each in rules.perspectives),
    )
    return chain


def _indicator_chain(each: Indicator, rules: RuleSet, year: int) -> dict[Key, Node]:
    """Return one indicator's chain."""
    actual, target = Leaf(_key("actual", each, year)), Leaf(_key("target", each, year))
    achievement = Leaf(_key("achievement", each, year))
    weight, outer = (
        Leaf(Key("weight", each.perspective, each.id)),
        Leaf(Key("perspective_weight", each.perspective)),
    )
    reached = ruleexpressions.achievement(actual, [target], each.polarity, rules)
    achieved: dict[Key, Node] = {} if reached is None else {achievement.key: reached}
    achieved[_key("value", each, year)] = ruleexpressions.score(achievement, each, rules)
    return achieved | {
        _key("product", each, year): Product((weight, Leaf(_key("value", each, year)))),
        _key("contribution", each, year): Product((outer, Leaf(_key("product", each, year)))),
    }


def _open_chain(rules: RuleSet, year: int) -> dict[Key, Node]:
    """Where the rule set lists no indicators, only the organisation's score has a relation: the weighted mean."""
    terms = tuple(
        Product(
            (Leaf(Key("perspective_weight", each.id)), Leaf(Key("perspective_score", each.id, year=year)))
        )
        for each in rules.perspectives
    )
    return {
        Key("organisation_score", year=year): Sum(terms, tuple(each.weight for each in rules.perspectives))
    }


def _mean(key: Key, years: Sequence[int]) -> Node:
    return Mean(tuple(Leaf(replace(key, quantity="achievement", year=year)) for year in years))


def _indirect(key: Key, model: PathModel) -> Node:
    """Wright's rule: the sum over indirect paths of the product of the coefficients along each."""
    return Sum(
        tuple(
            Product(tuple(Leaf(Key("direct_effect", start=a, end=b)) for a, b in pairwise(path)))
            for path in model.indirect_paths(key.start, key.end)
        )
    )


def _constants(rules: RuleSet) -> dict[Key, Fraction]:
    weights = {Key("weight", each.perspective, each.id): each.weight for each in rules.indicators}
    return weights | {Key("perspective_weight", each.id): each.weight for each in rules.perspectives}


def _checks(
    figures: Sequence[Printed], rules: RuleSet
) -> dict[tuple[str, Key], tuple[Node, tuple[Key, ...]]]:
    """Weights printed together must sum to one; a headline's target printed with its parts must be their sum."""
    checks: dict[tuple[str, Key], tuple[Node, tuple[Key, ...]]] = {}
    for place in dict.fromkeys(figure.place for figure in figures):
        here = [figure.key for figure in figures if figure.place == place and not figure.absent]
        for group in _weight_groups(rules):
            if set(group) <= set(here):
                checks |= {(place, key): (_rest(key, group), ()) for key in group}
        for key in here:
            parts = [replace(key, indicator=part.id) for part in rules.parts(key.indicator)]
            printed = [part for part in parts if part in here]
            if key.quantity == "target" and printed:
                rest = tuple(part for part in parts if part not in here)
                checks[place, key] = (Sum(tuple(Leaf(part) for part in printed)), rest)
    return checks


def _weight_groups(rules: RuleSet) -> list[list[Key]]:
    headlines = dict.fromkeys(each.part_of for each in rules.indicators if each.part_of)
    weighed = [
        *(rules.headlines(each.id) for each in rules.perspectives),
        *(rules.parts(each) for each in headlines),
    ]
    groups = [[Key("weight", each.perspective, each.id) for each in group] for group in weighed]
    return [
        group
        for group in ([Key("perspective_weight", each.id) for each in rules.perspectives], *groups)
        if group
    ]


def _rest(key: Key, group: list[Key]) -> Node:
    others = tuple(Product((Constant(Fraction(-1)), Leaf(other))) for other in group if other != key)
    return Sum((ONE, *others))


def _key(quantity: str, indicator: Indicator, year: int) -> Key:
    return Key(quantity, indicator.perspective, indicator.id, year)
