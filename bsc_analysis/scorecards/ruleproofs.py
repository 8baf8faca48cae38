"""What must be true of a rule set before anything is scored by it: weights that sum to exactly one, names that exist."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet

PERSPECTIVE_WEIGHTS = "{where}: weights of the perspectives sum to {got}, expected exactly 1"
OBJECTIVE_WEIGHTS = (
    "{where}: weights of the objectives of perspective '{name}' sum to {got}, expected exactly 1"
)
INDICATOR_WEIGHTS = (
    "{where}: weights of the indicators of perspective '{name}' sum to {got}, expected exactly 1"
)
OWN_WEIGHTS = "{where}: weights of the indicators of objective '{name}' sum to {got}, expected exactly 1"
PART_WEIGHTS = "{where}: weights of the parts of indicator '{name}' sum to {got}, expected exactly 1"
NOT_ALLOWED = "{where}: {key}: got {got}, allowed: {allowed}"
NO_HEADLINE = "{where}: {key}.part_of: {got} is not a headline indicator of the same perspective"
NO_MINIMIZE = "{where}: {key}.polarity is 'minimize', but score.minimize gives no formula for it"
NO_STABILIZE = "{where}: {key}.polarity is 'stabilize', but score.stabilize gives no formula for it"
NO_BANDS = "{where}: score.scale is 'bands', but there are no bands.achievement to take values from"
FLOOR_OVER_CAP = "{where}: score.floor {floor} lies above score.cap {cap}"
TWO_VALUES = "{where}: scales: the text {got} has two values"


@dataclass(frozen=True, slots=True)
class WeightGroup:
    """Weights that make up one score: ``name`` is whose score, ``unequal`` the sentence where they do not sum to one."""

    unequal: str
    name: str
    weights: tuple[Fraction, ...]

    @property
    def sum(self) -> Fraction:
        """Their exact sum."""
        return sum(self.weights, Fraction(0))


def prove_rules(rules: RuleSet, where: str, *, banded: bool = True) -> list[Fault]:
    """Return every fault of a rule set; with ``banded`` false its bands are known to be faulty and are not asked for."""
    return [
        *_weights(rules, where),
        *_homes(rules, where),
        *_polarities(rules, where),
        *_limits(rules, where),
        *_words(rules, where),
        *(_scale(rules, where) if banded else []),
    ]


def weight_groups(rules: RuleSet) -> tuple[WeightGroup, ...]:
    """Return every group of weights that make up one score and must sum to one."""
    perspectives = WeightGroup(PERSPECTIVE_WEIGHTS, "", tuple(each.weight for each in rules.perspectives))
    return (perspectives, *_objective_groups(rules), *_indicator_groups(rules))


def _weights(rules: RuleSet, where: str) -> list[Fault]:
    return [
        fault(group.unequal, where=where, name=group.name, got=f"{float(group.sum):.15g}")
        for group in weight_groups(rules)
        if group.sum != 1
    ]


def _objective_groups(rules: RuleSet) -> list[WeightGroup]:
    homes = dict.fromkeys(each.perspective for each in rules.objectives)
    return [
        WeightGroup(
            OBJECTIVE_WEIGHTS,
            home,
            tuple(each.weight for each in rules.objectives if each.perspective == home),
        )
        for home in homes
    ]


def _indicator_groups(rules: RuleSet) -> list[WeightGroup]:
    """Group indicators by what they make up: a perspective, or an objective where perspectives come from objectives."""
    if not rules.indicators:
        return []
    headlines = [each for each in rules.indicators if not each.part_of]
    if rules.perspective_from == "objectives" and any(each.objective for each in headlines):
        sentence, homes = OWN_WEIGHTS, [each.objective or "" for each in headlines]
        names = list(dict.fromkeys(homes))
    else:
        sentence, homes = INDICATOR_WEIGHTS, [each.perspective for each in headlines]
        names = [each.id for each in rules.perspectives]
    groups = [
        (sentence, name, [i for i, home in zip(headlines, homes, strict=True) if home == name])
        for name in names
    ]
    split = dict.fromkeys(each.part_of for each in rules.indicators if each.part_of)
    groups += [(PART_WEIGHTS, headline, list(rules.parts(headline))) for headline in split]
    return [WeightGroup(kind, name, tuple(each.weight for each in members)) for kind, name, members in groups]


def _homes(rules: RuleSet, where: str) -> list[Fault]:
    """Objectives and indicators must belong to what exists."""
    perspectives = [each.id for each in rules.perspectives]
    objectives = [each.id for each in rules.objectives]
    names = [
        (f"objectives.{each.id}.perspective", each.perspective, perspectives) for each in rules.objectives
    ]
    names += [
        (f"indicators.{each.id}.perspective", each.perspective, perspectives) for each in rules.indicators
    ]
    names += [
        (f"indicators.{each.id}.objective", each.objective, objectives)
        for each in rules.indicators
        if each.objective is not None and objectives
    ]
    names += [
        (f"indicator_bands.{key}", key, [each.id for each in rules.indicators])
        for key, _ in rules.indicator_bands
    ]
    strays = [
        fault(NOT_ALLOWED, where=where, key=key, got=repr(got), allowed=", ".join(allowed))
        for key, got, allowed in names
        if got not in allowed
    ]
    return strays + [
        fault(NO_HEADLINE, where=where, key=f"indicators.{each.id}", got=repr(each.part_of))
        for each in rules.indicators
        if each.part_of is not None and not _is_headline(each.part_of, each.perspective, rules)
    ]


def _is_headline(name: str, perspective: str, rules: RuleSet) -> bool:
    return any(each.id == name for each in rules.headlines(perspective))


def _polarities(rules: RuleSet, where: str) -> list[Fault]:
    """Each polarity that an indicator has must have a formula."""
    lacking = {
        "minimize": NO_MINIMIZE if rules.minimize is None else "",
        "stabilize": NO_STABILIZE if rules.stabilize is None else "",
    }
    return [
        fault(sentence, where=where, key=f"indicators.{each.id}")
        for each in rules.indicators
        if (sentence := lacking.get(each.polarity, ""))
    ]


def _limits(rules: RuleSet, where: str) -> list[Fault]:
    if rules.cap is None or rules.floor is None or rules.floor <= rules.cap:
        return []
    return [fault(FLOOR_OVER_CAP, where=where, floor=f"{float(rules.floor):g}", cap=f"{float(rules.cap):g}")]


def _words(rules: RuleSet, where: str) -> list[Fault]:
    """Refuse a text that means two values, in whatever letters it is written."""
    values: dict[str, set[Fraction]] = {}
    for scale in rules.scales:
        for text, value in scale.steps:
            values.setdefault(text.casefold(), set()).add(value)
    return [
        fault(TWO_VALUES, where=where, got=repr(text)) for text, several in values.items() if len(several) > 1
    ]


def _scale(rules: RuleSet, where: str) -> list[Fault]:
    """Band values must come from somewhere: bands for all, or bands of its own for every indicator listed."""
    own = {key for key, _ in rules.indicator_bands}
    covered = rules.achievement_bands is not None or (
        bool(rules.indicators) and {each.id for each in rules.indicators} <= own
    )
    return [] if rules.scale == "percent" or covered else [fault(NO_BANDS, where=where)]
