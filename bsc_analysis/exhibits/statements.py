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
from bsc_analysis.exhibits.scorelines import say_policy
from bsc_analysis.exhibits.unitmoves import move_units
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import LANGUAGES, Label, Language, say
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.exhibits.unitmoves import Moves
    from bsc_analysis.scorecards.rules import MissingPolicy
    from bsc_analysis.studies import Study

FLIPS = "The direction of the change flips with the treatment of what is missing: whether performance rose is a choice of rule."
HOLDS = "The direction of the change does not depend on the treatment of what is missing."
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
    """Say the totals of this run, and whether the direction of the change hangs on the missing policy.

    Of several units, the median of their scores and how many of them rise and fall.
    """
    observations = study.observations
    if observations is None:
        return Statement(
            Label(*(say("This study has no public indicator records to score.", each) for each in LANGUAGES))
        )
    if len(observations["unit"].unique()) > 1:
        return _of_units(study, observations)
    return _of_one(study, observations)


def audit_statement(findings: tuple[Finding, ...], study: Study) -> Statement:
    """Say how many printed figures follow, and what those that contradict and those that are implied come to."""
    return Statement(Label(*(_say_audit(findings, study, each) for each in LANGUAGES)))


def _of_one(study: Study, observations: pd.DataFrame) -> Statement:
    run = _outcome(study, observations, study.rules.missing)
    outcomes = {policy: _outcome(study, observations, policy) for policy in POLICIES}
    printed = printed_outcome(study.printed, study.rules, study.negligible)
    return Statement(Label(*(_say_scores(run, outcomes, printed, study, each) for each in LANGUAGES)))


def _outcome(study: Study, observations: pd.DataFrame, policy: MissingPolicy) -> Outcome:
    """Score under a policy; years without a score fall away."""
    reading = Reading(policy, Label(policy, policy), vary(study.rules, missing=policy))
    outcome = score_readings(observations, [reading], study.negligible)[0]
    scores = tuple((year, value) for year, value in outcome.scores if value == value)  # nan is not itself
    change = scores[-1][1] - scores[0][1] if scores else 0.0
    return Outcome(reading, scores, study.negligible.direction(change, study.rules.scale))


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
        sentences.append(_say_outcome(policy, outcome, language))
    if len(run.scores) > 1:
        directions = {outcome.direction for outcome in outcomes.values()}
        sentences.append(say(FLIPS if len(directions) > 1 else HOLDS, language))
    this = "This run, missing = {policy}: {totals}."
    own = say_policy(study.rules.missing, language)
    sentences.append(say(this, language, policy=own, totals=_words(run, language)["totals"]))
    return " ".join(sentences)


def _say_outcome(policy: MissingPolicy, outcome: Outcome, language: Language) -> str:
    """Say the totals under a policy; the direction only where there are years to compare."""
    words = _words(outcome, language)
    spoken = say_policy(policy, language)
    if len(outcome.scores) > 1:
        sentence = "Recomputed with missing = {policy}: {totals} ({direction})."
        return say(sentence, language, policy=spoken, **words)
    return say(
        "Recomputed with missing = {policy}: {totals}.", language, policy=spoken, totals=words["totals"]
    )


def _of_units(study: Study, observations: pd.DataFrame) -> Statement:
    moves = {}
    for policy in (*POLICIES, study.rules.missing):
        organisations = score(observations, vary(study.rules, missing=policy)).organisations
        moves[policy] = move_units(organisations, study.negligible, study.rules.scale)
    return Statement(Label(*(_say_moves(moves, study, each) for each in LANGUAGES)))


def _say_moves(moves: dict[MissingPolicy, Moves], study: Study, language: Language) -> str:
    own = moves[study.rules.missing]
    medians = " → ".join(
        f"{format_number(median, 2, language)} ({year}, n = {count})"
        for year, count, median in own.years
        if count
    )
    this = "This run, missing = {policy}: median score of the units {medians}."
    said = [say(this, language, policy=say_policy(study.rules.missing, language), medians=medians)]
    if own.directions:
        sentence = "From {first} to {last}, {rise} units rise, {fall} fall and {same} show no change."
        first, last = own.years[0][0], own.years[-1][0]
        said.append(
            say(sentence, language, first=first, last=last, rise=own.rise, fall=own.fall, same=own.same)
        )
        zero, renormalised = (dict(moves[policy].directions) for policy in POLICIES)
        shared = [unit for unit in zero if unit in renormalised]
        flipped = sum(zero[unit] != renormalised[unit] for unit in shared)
        hangs = "For {count} of {units} units the direction hangs on whether what is missing counts as zero or is left out."
        said.append(say(hangs, language, count=flipped, units=len(shared)))
    return " ".join(said)


def _words(outcome: Outcome, language: Language) -> dict[str, str]:
    totals = " → ".join(f"{show_number(_exact(value), language)} ({year})" for year, value in outcome.scores)
    return {"totals": totals or say("no score", language), "direction": say(outcome.direction, language)}


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
