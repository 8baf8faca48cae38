"""What exhibits say of social intervention: what was counted, what the levels cover, and how strong the association is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bsc_analysis.evidence.interventions import cross_interventions
from bsc_analysis.evidence.schemedocument import LEVELS
from bsc_analysis.exhibits.effectlines import write_effect, write_interval
from bsc_analysis.exhibits.exhibit import Absent
from bsc_analysis.exhibits.pathcaptions import say_level
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import both, say, say_fault

if TYPE_CHECKING:
    from bsc_analysis.evidence.association import Association
    from bsc_analysis.evidence.interventions import Interventions
    from bsc_analysis.language.words import Language
    from bsc_analysis.studies import Study

DECIMALS = 3
NAMED = 5  # indicators tagged at several levels that are named
COUNTED = (
    "Counted are distinct indicators: a name in a perspective counts once, in however many units and years it stands. "
    "{untagged} of {indicators} have no tag."
)
RECORDS = "The indicators stand in {records} records, {untagged} of which have no tag."
TORN = "{count} indicators are tagged at several levels and count once at each: {names}."
SCHEME = "Levels follow the {scheme}: {levels}."
OURS_TOO = "Public sources were seen for organisations only; what else the levels cover is ours."
UNSTATED = "The study does not say under which scheme its indicators were tagged, and schemes differ."
ELSEWHERE = "Under the {scheme}, indicators at {part} level would be {there} instead of {here}."
WHY_DISTINCT = (
    "Records of one indicator are copies of each other and would make any association look certain."
)
STRENGTH = (
    "Cramér's V of perspective and level = {v}, {level} % interval {interval}, {corrected} corrected for the bias of small "
    "tables; chi-square({df}) = {chi2}, {p}, n = {n}."
)
DRAWN = "{p} from {draws} random tables with the same margins, since an expected count is {least}"
MODELLED = "{p} from the chi-square distribution"


def read_interventions(study: Study, language: Language) -> Interventions | Absent:
    """Cross a study's indicators, or say why there is nothing to cross."""
    if study.observations is None:
        return Absent(both("This study has no indicator records to sort by level of intervention."), language)
    found = cross_interventions(study.observations, study.rules, study.intervention)
    if not found.tagged:
        reason = "None of the {count} distinct indicators says at which level it intervenes."
        return Absent(both(reason, count=found.indicators.total), language)
    return found


def say_tag(level: str, language: Language) -> str:
    """Say the name of a level; an empty one is no tag.

    >>> say_tag("mezzo", "en"), say_tag("", "en")
    ('mezzo', 'untagged')
    """
    words = {
        "micro": say("micro", language),
        "mezzo": say("mezzo", language),
        "macro": say("macro", language),
        "": say("untagged", language),
    }
    return words[level]


def say_counted(found: Interventions, language: Language) -> tuple[str, ...]:
    """Say what counts as one, how many have no tag, and which are tagged at several levels."""
    untagged = found.indicators.total - found.tagged
    said = [
        say(COUNTED, language, untagged=format_number(untagged, 0, language),
            indicators=format_number(found.indicators.total, 0, language)),
        say(RECORDS, language, records=format_number(found.records.total, 0, language),
            untagged=format_number(sum(found.records.column("")), 0, language)),
    ]  # fmt: skip
    if found.torn:
        names = ", ".join(found.torn[:NAMED]) + (", …" if len(found.torn) > NAMED else "")
        said.append(say(TORN, language, count=len(found.torn), names=names))
    return tuple(said)


def say_scheme(found: Interventions, language: Language) -> tuple[str, ...]:
    """Say what the levels cover under the scheme, and what would change place under the others."""
    scheme = found.scheme
    if scheme is None:
        return (say(UNSTATED, language),)
    covers = ", ".join(
        f"{say_tag(name, language)} ({', '.join(each.say(language) for each in scheme.level(name).covers)})"
        for name in LEVELS
    )
    moved = (
        say(ELSEWHERE, language, scheme=each.scheme.say(language), part=each.part.say(language),
            there=say_tag(each.there, language), here=say_tag(each.here, language))
        for each in scheme.elsewhere
    )  # fmt: skip
    ours = (say(OURS_TOO, language),) if any("ours:" in scheme.level(name).source for name in LEVELS) else ()
    return (say(SCHEME, language, scheme=scheme.label.say(language), levels=covers), *ours, *moved)


def say_strength(found: Interventions, language: Language) -> str:
    """Say Cramer's V with its interval and p, or why there is none."""
    strength = found.association
    if strength.reason is not None:
        reason = say_fault(strength.reason, language)
        return say("No association of perspective and level: {reason}.", language, reason=reason)
    return say(
        STRENGTH,
        language,
        v=write_effect(strength.v, DECIMALS, language),
        level=say_level(strength.level, language),
        interval=write_interval(strength.lower, strength.upper, DECIMALS, language),
        corrected=write_effect(strength.corrected, DECIMALS, language),
        df=strength.df,
        chi2=write_effect(strength.chi2, 2, language),
        p=_say_p(strength, language),
        n=format_number(strength.n, 0, language),
    )


def say_remarks(study: Study, language: Language) -> str:
    """Say what the study prints about levels of intervention."""
    remarks = () if study.intervention is None else study.intervention.remarks
    return " ".join(each.text.say(language) for each in remarks if each.study == study.id)


def _say_p(strength: Association, language: Language) -> str:
    """Say p and what it is from."""
    least = 10.0**-DECIMALS
    sign = "<" if strength.p < least else "="
    p = "\N{NO-BREAK SPACE}".join(
        (say("p", language), sign, format_number(max(strength.p, least), DECIMALS, language))
    )
    if not strength.n_draws:
        return say(MODELLED, language, p=p)
    expected = format_number(math.floor(10 * strength.least_expected) / 10, 1, language)
    return say(DRAWN, language, p=p, draws=format_number(strength.n_draws, 0, language), least=expected)
