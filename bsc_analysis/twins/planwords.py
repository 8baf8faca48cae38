"""The words of a twin's plan against those of its rule set: perspectives, levels, polarities and the catalogue."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.cascade import KNOWN_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.twins.plankeys import TemplateDocument, TwinDocument

UNKNOWN = "{place}: got {got}, allowed: {allowed}"
NEARLY = "{place}: got {got}, did you mean {guess}? Allowed: {allowed}"
ABSENT = "{path}: nothing is said of {names}"
NO_CAP = "the rule set {rules} has no cap: a twin is made of achievements between 0 and a cap"
NO_PERCENT = "the rule set {rules} scores by bands, objectives or conversions: a twin needs scores that are achievements"
LEVEL_ORDER = "level: got {got}, expected the order {allowed}"
NOT_A_RANGE = "{path}.target: got {low} to {high}, expected the lower one first"
COARSE = (
    "{path}.decimals: one step of {name} is {share} % of its least target, at most {most} % can be steered"
)
TWICE = "{path}.name: {name} stands twice in {perspective}"
WIDTH = "{path}.width: what is kept in a range needs one, and nothing else may have one ({polarity})"
FORMULA = "{path}.polarity: {polarity} needs the formula '{needed}', and the rule set {rules} has {got}"
# What the twin's actuals are the inverse of.
FORMULAS = {"minimize": "2 - actual / target", "stabilize": "both sides"}
# Coarser steps would blur the scores: half a step is what an achievement can be off.
COARSEST = 0.5


def check_words(document: TwinDocument, rules: RuleSet) -> list[Fault]:
    """Return every word of a plan that means nothing, and every template that cannot be made under the rule set; none in a good plan."""
    return [*_rules(rules), *_perspectives(document, rules), *_levels(document), *_templates(document, rules)]


def _rules(rules: RuleSet) -> Iterator[Fault]:
    if rules.cap is None:
        yield fault(NO_CAP, rules=rules.id)
    by_others = (
        rules.conversions or rules.factors or rules.indicators or rules.perspective_from == "objectives"
    )
    if rules.scale != "percent" or by_others:
        yield fault(NO_PERCENT, rules=rules.id)


def _perspectives(document: TwinDocument, rules: RuleSet) -> Iterator[Fault]:
    shorts = [each.short for each in rules.perspectives]
    whole: dict[str, Iterable[str]] = {
        "truth.sd": document.truth.sd,
        "records.shares": document.records.shares,
    }
    part: dict[str, Iterable[str]] = {}
    for at, year in enumerate(document.year):
        whole[f"year.{at}.means"] = year.means
        part[f"year.{at}.ministry.given"] = year.ministry.given
        part[f"year.{at}.ministry.offsets"] = year.ministry.offsets
    for path, names in (whole | part).items():
        yield from _strangers(path, names, shorts)
    for path, names in whole.items():
        if absent := [name for name in shorts if name not in names]:
            yield fault(ABSENT, path=path, names=", ".join(absent))


def _levels(document: TwinDocument) -> Iterator[Fault]:
    ids = [each.id for each in document.level]
    strangers = list(_strangers("level", ids, KNOWN_LEVELS))
    yield from strangers
    if not strangers and any(KNOWN_LEVELS.index(a) >= KNOWN_LEVELS.index(b) for a, b in pairwise(ids)):
        yield fault(LEVEL_ORDER, got=", ".join(ids), allowed=", ".join(KNOWN_LEVELS))
    yield from _strangers("cluster", [document.cluster], ids)
    for at, year in enumerate(document.year):
        yield from _strangers(f"year.{at}.units", year.units, ids)


def _templates(document: TwinDocument, rules: RuleSet) -> Iterator[Fault]:
    shorts = [each.short for each in rules.perspectives]
    seen: set[tuple[str, str]] = set()
    for at, each in enumerate(document.indicator):
        path = f"indicator.{at}"
        yield from _strangers(f"{path}.perspective", [each.perspective], shorts)
        yield from _template(path, each)
        needed = FORMULAS.get(each.polarity)
        got = rules.minimize if each.polarity == "minimize" else rules.stabilize
        if needed not in (None, got):
            yield fault(
                FORMULA, path=path, polarity=each.polarity, needed=needed, rules=rules.id, got=got or "-"
            )
        if (each.perspective, each.name) in seen:
            yield fault(TWICE, path=path, name=repr(each.name), perspective=each.perspective)
        seen.add((each.perspective, each.name))


def _template(path: str, each: TemplateDocument) -> Iterator[Fault]:
    low, high = each.target
    if low > high:
        yield fault(NOT_A_RANGE, path=path, low=f"{low:g}", high=f"{high:g}")
    share = 100 * 10.0**-each.decimals / low
    if share > COARSEST:
        yield fault(COARSE, path=path, name=repr(each.name), share=f"{share:.3g}", most=COARSEST)
    if (each.width is not None) != (each.polarity == "stabilize"):
        yield fault(WIDTH, path=path, polarity=each.polarity)


def _strangers(path: str, names: Iterable[str], allowed: Iterable[str]) -> Iterator[Fault]:
    """Find names that are not among the allowed, each with the one it may have been meant for."""
    known = list(allowed)
    for name in names:
        if name in known:
            continue
        if guess := nearest(name, known):
            yield fault(NEARLY, place=path, got=repr(name), guess=repr(guess), allowed=", ".join(known))
        else:
            yield fault(UNKNOWN, place=path, got=repr(name), allowed=", ".join(known))
