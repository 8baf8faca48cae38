"""How printed figures, places and verdicts are called in tables and figures, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.evidence.printed import Key, Printed
    from bsc_analysis.language.words import Language
    from bsc_analysis.studies import Study

QUANTITY_WORDS = {
    "target": "target",
    "actual": "actual",
    "achievement": "achievement (%)",
    "value": "band value N",
    "weight": "weight",
    "perspective_weight": "perspective weight",
    "product": "weight × N",
    "contribution": "score",
    "perspective_contribution": "perspective total",
    "organisation_score": "organisation total",
    "perspective_score": "perspective score (NKP)",
    "mean_achievement": "mean achievement (%)",
    "indicator_count": "number of indicators",
    "direct_effect": "direct effect",
    "indirect_effect": "indirect effect",
}


def name_quantity(key: Key, language: Language) -> str:
    """Say what kind of figure it is."""
    return say(QUANTITY_WORDS[key.quantity], language)


def name_subject(key: Key, study: Study, language: Language) -> str:
    """Say what the figure is a figure of: an indicator, a perspective, a path, or the organisation."""
    if key.start:
        return f"{key.start} → {key.end}"
    subject = key.indicator or key.perspective
    name = study.rules.name(subject)
    return say("organisation", language) if not subject else subject if name is None else name.say(language)


def name_figure(figure: Printed, study: Study, language: Language) -> str:
    """Say a figure in full: quantity, subject, year and place."""
    year = f" {figure.key.year}" if figure.key.year else ""
    place = study.printed.places[figure.place].say(language)
    return (
        f"{name_subject(figure.key, study, language)}, {name_quantity(figure.key, language)}{year} ({place})"
    )


def name_verdict(finding: Finding, language: Language) -> str:
    """Say the verdict, with the missing policy it holds under where another would give another one."""
    verdict = say(str(finding.verdict), language)
    if not finding.under:
        return verdict
    policies = ", ".join(f"{say('missing', language)} = {say(policy, language)}" for policy in finding.under)
    return f"{verdict} ({say('under', language)} {policies})"
