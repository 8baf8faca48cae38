"""The headline of a path model: how many effects are relevant, negligible or undecided, and which is the largest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.effectwords import distinct_effects
from bsc_analysis.exhibits.statements import Statement
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import LANGUAGES, Label, Language, say

if TYPE_CHECKING:
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.studies import Study

COUNTED = (
    "{study}: of {count} effects {relevant} are relevant, {negligible} negligible and {open} inconclusive against a smallest "
    "effect of interest of {sesoi} (standardised, stated by the author)."
)
LARGEST = "Largest: {effect} with {beta} ({lower} to {upper})."
MADE = "The data are made: none of this is a finding."
DECIMALS = 3


def path_statement(analysis: PathAnalysis, study: Study) -> Statement:
    """Say how the effects of a path model are judged, and which is the largest."""
    return Statement(Label(*(_say(analysis, study, each) for each in LANGUAGES)))


def _say(analysis: PathAnalysis, study: Study, language: Language) -> str:
    effects = analysis.effects
    kept = distinct_effects(effects.names)
    verdicts = Counter(analysis.judgements[at].verdict for at in kept)
    largest = max(kept, key=lambda at: abs(effects.beta[at]))
    betas = (effects.beta[largest], effects.beta_lower[largest], effects.beta_upper[largest])
    beta, lower, upper = (format_number(float(each), DECIMALS, language) for each in betas)
    sentences = [
        say(
            COUNTED,
            language,
            study=study.label.say(language),
            count=len(kept),
            relevant=verdicts["relevant"],
            negligible=verdicts["negligible"],
            open=verdicts["inconclusive"],
            sesoi=format_number(analysis.sesoi, 2, language),
        ),
        say(LARGEST, language, effect=str(effects.names[largest]), beta=beta, lower=lower, upper=upper),
    ]
    if study.data_status == "synthetic":
        sentences.append(say(MADE, language))
    return " ".join(sentences)
