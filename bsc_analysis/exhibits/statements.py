"""Headline sentences: what a study's exhibits come to, in one sentence each, in Indonesian and English."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.evidence.implied import implied_paths, implied_scores
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.readings import Outcome, Reading, printed_outcome, score_readings
from bsc_analysis.evidence.sums import show_number, show_range
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import LANGUAGES, Label, Language, say
from bsc_analysis.scorecards.variants import vary

if TYPE_CHECKING:
    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.scorecards.rules import MissingPolicy
    from bsc_analysis.studies import Study

POLICIES: tuple[MissingPolicy, ...] = ("zero", "renormalise")


@dataclass(frozen=True, slots=True)
class Statement:
    """Sentences about a study, in both languages."""

    label: Label

    def __str__(self) -> str:
        return f"[id] {self.label.id}\n[en] {self.label.en}"

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return f"- **Indonesia.** {self.label.id}\n- **English.** {self.label.en}"


def score_statement(study: Study) -> Statement:
    """Say the totals of this run, and whether the direction of the change hangs on the missing policy."""
    if study.observations is None:
        return Statement(
            Label(*(say("This study has no public indicator records to score.", each) for each in LANGUAGES))
        )
    run = _outcome(study, study.rules.missing)
    outcomes = {policy: _outcome(study, policy) for policy in POLICIES}
    printed = printed_outcome(study.printed, study.rules, study.negligible)
    return Statement(Label(*(_say_scores(run, outcomes, printed, study, each) for each in LANGUAGES)))


def audit_statement(findings: tuple[Finding, ...], study: Study) -> Statement:
    """Say how many printed figures follow, and what those that contradict and those that are implied come to."""
    return Statement(Label(*(_say_audit(findings, study, each) for each in LANGUAGES)))


def _outcome(study: Study, policy: MissingPolicy) -> Outcome:
    reading = Reading(policy, Label(policy, policy), vary(study.rules, missing=policy))
    if study.observations is None:
        raise ValueError(study.id)
    return score_readings(study.observations, [reading], study.negligible)[0]


def _say_scores(
    run: Outcome,
    outcomes: dict[MissingPolicy, Outcome],
    printed: Outcome | None,
    study: Study,
    language: Language,
) -> str:
    sentences = []
    if printed is not None:
        sentences.append(say("As printed: {totals} ({direction}).", language, **_words(printed, language)))
    for policy, outcome in outcomes.items():
        sentence = "Recomputed with missing = {policy}: {totals} ({direction})."
        sentences.append(say(sentence, language, policy=say(policy, language), **_words(outcome, language)))
    directions = {outcome.direction for outcome in outcomes.values()}
    flips = "The direction of the change flips with the treatment of what is missing: whether performance rose is a choice of rule."
    holds = "The direction of the change does not depend on the treatment of what is missing."
    if len(run.scores) > 1:
        sentences.append(say(flips if len(directions) > 1 else holds, language))
    this = "This run, missing = {policy}: {totals}."
    own = say(study.rules.missing, language)
    sentences.append(say(this, language, policy=own, totals=_words(run, language)["totals"]))
    return " ".join(sentences)


def _words(outcome: Outcome, language: Language) -> dict[str, str]:
    totals = " → ".join(f"{show_number(_exact(value), language)} ({year})" for year, value in outcome.scores)
    return {"totals": totals, "direction": say(outcome.direction, language)}


def _exact(value: float) -> Fraction:
    """Take a computed score at ten decimals: float noise beyond that is not a digit anyone printed."""
    return Fraction(str(round(value, 10)))


def _say_audit(findings: tuple[Finding, ...], study: Study, language: Language) -> str:
    counts = Counter(finding.verdict for finding in findings)
    own = sum(finding.own for finding in findings if finding.verdict is Verdict.CONTRADICTS)
    sentence = (
        "Of {count} printed figures {right} follow, {cut} follow only if truncated, {wrong} contradict "
        "({own} of them by their own arithmetic) and {open} cannot be checked."
    )
    said = [
        say(sentence, language, count=len(findings), right=counts[Verdict.FOLLOWS], cut=counts[Verdict.TRUNCATED],
            wrong=counts[Verdict.CONTRADICTS], own=own, open=counts[Verdict.UNCHECKABLE])
    ]  # fmt: skip
    said += [_say_path(finding, language) for finding in findings if _is_broken_path(finding)]
    if study.model is not None:
        for path in implied_paths(study.printed, study.rules, study.model):
            sentence = (
                "The path {start} → {end} is not printed; the printed indirect effects put it in {range}."
            )
            within = show_range(path.joint, 3, language)
            said.append(say(sentence, language, start=path.start, end=path.end, range=within))
    implied = implied_scores(study.printed, study.rules)
    if implied:
        means = ", ".join(
            f"{format_number(each.mean, 1, language)} {show_range(each.mean_range, 1, language)} ({each.year})"
            for each in implied
        )
        said.append(
            say("The unprinted perspectives must average, in percent, {means}.", language, means=means)
        )
    return " ".join(said)


def _is_broken_path(finding: Finding) -> bool:
    return finding.verdict is Verdict.CONTRADICTS and finding.printed.key.quantity == "indirect_effect"


def _say_path(finding: Finding, language: Language) -> str:
    key, recomputed = finding.printed.key, finding.recomputed
    sentence = "The printed indirect effect {start} → {end} of {printed} cannot follow: the printed paths give {range}."
    within = "?" if recomputed is None else show_range(recomputed, 4, language)
    return say(sentence, language, start=key.start, end=key.end, printed=finding.printed.text, range=within)
