"""Rule sets: how achievements become scores, as versioned data with a source and a mark.

A :class:`RuleSet` is read from TOML, validated at the door and immutable afterwards. Weights are exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from bsc_analysis.documents import read_document
from bsc_analysis.errors import Fault, RuleSetError, fault
from bsc_analysis.scorecards.ruledocument import RuleDocument, read_bands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.bands import Bands

Polarity = Literal["maximize", "minimize"]
MinimizeFormula = Literal["target / actual", "2 - actual / target"]
MissingPolicy = Literal["zero", "renormalise", "refuse"]
MissingChoice = Literal[
    "", "zero", "renormalise", "refuse"
]  # as a parameter; empty means as the rule set says
Scale = Literal["bands", "percent"]
Mark = Literal["printed", "public", "unofficial"]

LEVELS: tuple[Literal["achievement", "perspective", "organisation"], ...] = (
    "achievement",
    "perspective",
    "organisation",
)
INDICATOR_WEIGHTS = (
    "{where}: weights of the indicators of perspective '{name}' sum to {got}, expected exactly 1"
)
PART_WEIGHTS = "{where}: weights of the parts of indicator '{name}' sum to {got}, expected exactly 1"


@dataclass(frozen=True, slots=True)
class Perspective:
    """A perspective and its exact weight in the organisation's score."""

    id: str
    weight: Fraction
    label: Label
    short: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator the rule set knows: its perspective, weight, polarity, and the headline it is a part of."""

    id: str
    perspective: str
    weight: Fraction
    polarity: Polarity
    label: Label
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """How one organisation scores.

    Attributes
    ----------
    id, version, mark, label, citation, place
        What the rule set is called, and where it is written. ``mark`` is ``printed`` (in the study itself),
        ``public`` (in another public source) or ``unofficial``.
    perspectives
        With weights that sum to exactly one.
    indicators
        The closed list of indicators with their weights, or empty: then any indicator is scored with the
        weight its row carries.
    minimize
        The formula for lower-is-better indicators, or None where the source gives none.
    cap
        The highest achievement that counts, in percent, or None.
    scale
        ``percent``: an indicator's score is its capped achievement. ``bands``: it is the value of its band.
    perspective_from
        ``indicators``: a perspective is the weighted mean of its indicators. ``objectives``: the plain mean of
        its objectives.
    missing
        What a missing indicator or perspective counts as.
    achievement_bands, perspective_bands, organisation_bands
        Bands per level, or None where the source has none.
    """

    id: str
    version: str
    mark: Mark
    label: Label
    citation: str
    place: str
    perspectives: tuple[Perspective, ...]
    indicators: tuple[Indicator, ...]
    minimize: MinimizeFormula | None
    cap: Fraction | None
    scale: Scale
    perspective_from: Literal["indicators", "objectives"]
    missing: MissingPolicy
    achievement_bands: Bands | None
    perspective_bands: Bands | None
    organisation_bands: Bands | None

    def perspective(self, perspective_id: str) -> Perspective:
        """Return the perspective with this id."""
        return next(each for each in self.perspectives if each.id == perspective_id)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator with this id."""
        return next(each for each in self.indicators if each.id == indicator_id)

    def name(self, key: str) -> Label | None:
        """Return the name of a perspective or an indicator, or None for an indicator the rule set does not list."""
        named = {each.id: each.label for each in self.perspectives} | {
            each.id: each.label for each in self.indicators
        }
        return named.get(key)

    def headlines(self, perspective_id: str) -> tuple[Indicator, ...]:
        """Return the indicators that make up a perspective, without the parts of a headline."""
        return tuple(i for i in self.indicators if i.perspective == perspective_id and i.part_of is None)

    def parts(self, indicator_id: str) -> tuple[Indicator, ...]:
        """Return the parts a headline indicator can be replaced by."""
        return tuple(i for i in self.indicators if i.part_of == indicator_id)


def parse_rules(text: str, where: str) -> RuleSet:
    """Read a rule set from TOML.

    Raises
    ------
    RuleSetError
        With every fault: unknown keys, weights that do not sum to one, bands with gaps or overlaps.
    """
    document = read_document(text, RuleDocument, where, RuleSetError)
    levels = {level: read_bands(document.bands.get(level), f"{where}: bands.{level}") for level in LEVELS}
    rules = RuleSet(
        id=document.id,
        version=document.version,
        mark=document.mark,
        label=document.name.label,
        citation=document.source.citation,
        place=document.source.place,
        perspectives=tuple(
            Perspective(key, Fraction(each.weight), each.name.label, each.short)
            for key, each in document.perspectives.items()
        ),
        indicators=tuple(
            Indicator(
                key, each.perspective, Fraction(each.weight), each.polarity, each.name.label, each.part_of
            )
            for key, each in document.indicators.items()
        ),
        minimize=document.score.minimize,
        cap=None if document.score.cap is None else Fraction(document.score.cap),
        scale=document.score.scale,
        perspective_from=document.score.perspective_from,
        missing=document.missing.policy,
        achievement_bands=levels["achievement"][0],
        perspective_bands=levels["perspective"][0],
        organisation_bands=levels["organisation"][0],
    )
    return _proven(rules, where, [found for _, faults in levels.values() for found in faults])


def vary(
    rules: RuleSet,
    *,
    missing: MissingPolicy | None = None,
    minimize: MinimizeFormula | None = None,
    polarity: Mapping[str, Polarity] | None = None,
    scale: Scale | None = None,
    cap: Fraction | None = None,
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
    out, turned = frozenset(leave_out), dict(polarity or {})
    where = rules.id
    _refuse_unknown(out, turned, rules)
    kept = [each for each in rules.perspectives if each.id not in out]
    whole = sum((each.weight for each in kept), Fraction(0))
    unbanded = scale == "percent" and rules.scale == "bands"
    varied = replace(
        rules,
        missing=missing or rules.missing,
        minimize=minimize or rules.minimize,
        scale=scale or rules.scale,
        cap=rules.cap if cap is None else cap,
        perspectives=tuple(replace(each, weight=each.weight / whole) for each in kept),
        indicators=tuple(
            replace(each, polarity=turned.get(each.id, each.polarity))
            for each in rules.indicators
            if each.perspective not in out
        ),
        perspective_bands=None if unbanded else rules.perspective_bands,
        organisation_bands=None if unbanded else rules.organisation_bands,
    )
    return _proven(varied, where)


def _proven(rules: RuleSet, where: str, found: Sequence[Fault] = ()) -> RuleSet:
    """Return the rule set if nothing stands against it, what was found in its bands included."""
    unbanded = [] if found else _scale(rules, where)
    faults = [*found, *_weights(rules, where), *_indicators(rules, where), *unbanded]
    if faults:
        raise RuleSetError(*faults)
    return rules


def _weights(rules: RuleSet, where: str) -> list[Fault]:
    headlines = dict.fromkeys(each.part_of for each in rules.indicators if each.part_of)
    perspectives = rules.perspectives if rules.indicators else ()
    groups: list[tuple[str, str, Iterable[Perspective | Indicator]]] = [
        ("{where}: weights of the perspectives sum to {got}, expected exactly 1", "", rules.perspectives),
        *((INDICATOR_WEIGHTS, each.id, rules.headlines(each.id)) for each in perspectives),
        *((PART_WEIGHTS, headline, rules.parts(headline)) for headline in headlines),
    ]
    summed = [
        (sentence, name, sum((each.weight for each in members), Fraction(0)))
        for sentence, name, members in groups
    ]
    return [
        fault(sentence, where=where, name=name, got=f"{float(whole):.15g}")
        for sentence, name, whole in summed
        if whole != 1
    ]


def _indicators(rules: RuleSet, where: str) -> list[Fault]:
    perspectives = [each.id for each in rules.perspectives]
    faults = []
    for each in rules.indicators:
        key = f"indicators.{each.id}"
        if each.perspective not in perspectives:
            sentence = "{where}: {key}.perspective: got {got}, allowed: {allowed}"
            allowed = ", ".join(perspectives)
            faults.append(fault(sentence, where=where, key=key, got=repr(each.perspective), allowed=allowed))
        if each.part_of is not None and not _is_headline(each.part_of, each.perspective, rules):
            sentence = "{where}: {key}.part_of: {got} is not a headline indicator of the same perspective"
            faults.append(fault(sentence, where=where, key=key, got=repr(each.part_of)))
        if each.polarity == "minimize" and rules.minimize is None:
            sentence = "{where}: {key}.polarity is 'minimize', but score.minimize gives no formula for it"
            faults.append(fault(sentence, where=where, key=key))
    return faults


def _is_headline(name: str, perspective: str, rules: RuleSet) -> bool:
    return any(each.id == name for each in rules.headlines(perspective))


def _scale(rules: RuleSet, where: str) -> list[Fault]:
    if rules.scale == "bands" and rules.achievement_bands is None:
        sentence = "{where}: score.scale is 'bands', but there are no bands.achievement to take values from"
        return [fault(sentence, where=where)]
    return []


def _refuse_unknown(perspectives: Iterable[str], indicators: Iterable[str], rules: RuleSet) -> None:
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
