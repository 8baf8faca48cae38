"""The headline of lags: whether outcomes need a long time, what was found, and from how many pairs of years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault
from bsc_analysis.exhibits.effectlines import write_effect, write_yardstick
from bsc_analysis.exhibits.lagwords import name_path, say_alpha, say_pairs
from bsc_analysis.exhibits.pathstatement import MADE
from bsc_analysis.exhibits.statements import Statement
from bsc_analysis.language.words import LANGUAGES, Label, Language, label_fault, say

if TYPE_CHECKING:
    from bsc_analysis.paths.lagverdicts import LagFindings, LagJudgement
    from bsc_analysis.studies import Study

COUNTED = (
    "{study}: paths with an effect a year later (p adjusted by Holm's method below {alpha}, not negligible): {found} of {count}, "
    "from {pairs}."
)
FOUND = "Found: {paths}."
OPPOSED = (
    "{paths}: the later coefficient opposes that of the year itself, as lasting differences between units make it where "
    "nothing takes a year; it is not counted as a later effect."
)
SUPPORTED = "That outcomes need a long time is supported, as far as one year goes."
CONTRADICTED = "That outcomes need a long time is not supported: every later effect is shown to be smaller than {sesoi} (SESOI)."
UNDECIDED = (
    "Whether outcomes need a long time stays open: later effects that may reach {sesoi} (SESOI): {open} of {count}; "
    "opposed: {opposed}."
)
ONE_YEAR = "What takes more than one year cannot be seen here."
DECIMALS = 3


def lag_statement(found: LagFindings | Fault, study: Study) -> Statement:
    """Say whether outcomes need a long time: what was found a year later, and from how many pairs of years."""
    if isinstance(found, Fault):
        return Statement(label_fault(found))
    return Statement(Label(*(_say(found, study, each) for each in LANGUAGES)))


def _say(found: LagFindings, study: Study, language: Language) -> str:
    sentences = [
        say(
            COUNTED,
            language,
            study=study.label.say(language),
            count=len(found.paths),
            found=len(found.found),
            alpha=say_alpha(found, language),
            pairs=say_pairs(found, language),
        )
    ]
    if found.found:
        sentences.append(
            say(FOUND, language, paths="; ".join(_say_path(each, language) for each in found.found))
        )
    opposed = [name_path(each) for each in found.paths if each.verdict == "opposed"]
    if opposed:
        sentences.append(say(OPPOSED, language, paths=", ".join(opposed)))
    sentences += [_say_answer(found, language), say(ONE_YEAR, language)]
    if study.data_status == "synthetic":
        sentences.append(say(MADE, language))
    return " ".join(sentences)


def _say_path(judged: LagJudgement, language: Language) -> str:
    beta, lower, upper = (
        write_effect(each, DECIMALS, language)
        for each in (judged.later.beta, judged.later.lower, judged.later.upper)
    )
    return say(
        "{path} {beta} ({lower} to {upper})",
        language,
        path=name_path(judged),
        beta=beta,
        lower=lower,
        upper=upper,
    )


def _say_answer(found: LagFindings, language: Language) -> str:
    if found.answer == "supported":
        return say(SUPPORTED, language)
    sesoi = write_yardstick(found.sesoi, language)
    if found.answer == "contradicted":
        return say(CONTRADICTED, language, sesoi=sesoi)
    opposed = sum(each.verdict == "opposed" for each in found.paths)
    smaller = sum(each.verdict != "opposed" and each.later.verdict == "negligible" for each in found.paths)
    count = len(found.paths)
    return say(UNDECIDED, language, count=count, open=count - opposed - smaller, sesoi=sesoi, opposed=opposed)
