"""The audit of a document as lines of text: contradictions first, each with its sum and its repair, then what is open."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from bsc_analysis.commands.output import align
from bsc_analysis.evidence.audit import describe_repair
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.sums import show_range
from bsc_analysis.exhibits.auditwords import figure_words, key_words, summary_sentence, worst_first
from bsc_analysis.language.words import say, say_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.evidence.auditcase import AuditCase, Recovered
    from bsc_analysis.language.words import Language

WIDTH = 118
INDENT = "  "
MOST_REPAIRS = 3  # of each contradiction: the figure itself, and the smallest changes of others
RECOVERED_DECIMALS = 3
CAUSED = "follows from {causes}, which does not follow itself"
UNDER = "under: missing = {policies}"
AGAIN = "the same as in {place}"


def audit_text(
    case: AuditCase, findings: Sequence[Finding], recovered: Sequence[Recovered], language: Language
) -> str:
    r"""Return what an audit found, worst first.

    >>> from bsc_analysis.auditfiles import read_case
    >>> from bsc_analysis.evidence.auditcase import audit_case, recover
    >>> case = read_case("kkp")
    >>> print(audit_text(case, audit_case(case), recover(case), "en").split("\n\n")[2])
    Does not follow
      LG → CP: indirect effect: 0.038 (Abstract)
        [0.3285; 0.3295] × [0.1225; 0.1235] = [0.0402; 0.0407]
        would follow with [0.0402; 0.0407] here
        would follow with [0.3036; 0.3143] instead of 0.329: LG → IP: direct effect (Abstract)
        would follow with [0.1138; 0.1172] instead of 0.123: IP → CP: direct effect (Abstract)
    """
    ordered = worst_first(findings)
    wrong, cut, unknown, right = (
        [each for each in ordered if each.verdict is verdict]
        for verdict in (Verdict.CONTRADICTS, Verdict.TRUNCATED, Verdict.UNCHECKABLE, Verdict.FOLLOWS)
    )
    parts = [
        [case.title.say(language)],
        [summary_sentence(findings, language)],
        _part(
            "Does not follow", [line for each in wrong for line in _explained(each, case, language)], language
        ),
        _part(
            "Follows only if truncated",
            [line for each in cut for line in _shown(each, case, language)],
            language,
        ),
        _part("Follows", _followed(right, case, language), language),
        _part("Cannot be checked", _open(unknown, case, language), language),
        _part("Not printed, but determined by what is", _determined(recovered, case, language), language),
        _part(
            "Notes",
            [line for note in case.notes for line in wrap(say_fault(note, language), WIDTH - len(INDENT))],
            language,
        ),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _part(heading: str, lines: Sequence[str], language: Language) -> list[str]:
    return [say(heading, language), *(INDENT + line for line in lines)] if lines else []


def _explained(finding: Finding, case: AuditCase, language: Language) -> Iterator[str]:
    yield from _shown(finding, case, language)
    if finding.causes and not finding.own:
        causes = ", ".join(figure_words(each, case, language) for each in finding.causes)
        yield from _indented(say(CAUSED, language, causes=causes))
    for line in _repairs(finding, case, language):
        yield INDENT + line


def _repairs(finding: Finding, case: AuditCase, language: Language) -> Iterator[str]:
    own = [each for each in finding.repairs if each.figure == finding.printed]
    others = [each for each in finding.repairs if each.figure != finding.printed]
    for repair in (own + others)[:MOST_REPAIRS]:
        said = describe_repair(repair).say(language)
        if repair.figure == finding.printed:
            yield say("would follow with {range} here", language, range=said)
        else:
            name = figure_words(repair.figure, case, language)
            sentence = "would follow with {range} instead of {text}: {figure}"
            yield say(sentence, language, range=said, text=repair.figure.text, figure=name)
    if not finding.repairs:
        yield say("no figure would follow: there are no data, or the figures contradict each other", language)


def _shown(finding: Finding, case: AuditCase, language: Language) -> Iterator[str]:
    figure = finding.printed
    yield f"{key_words(figure.key, case, language)}: {figure.text} ({case.printed.places[figure.place].say(language)})"
    if finding.sum.say(language):
        yield from _indented(finding.sum.say(language))
    if finding.under:
        policies = ", ".join(say(policy, language) for policy in finding.under)
        yield INDENT + say(UNDER, language, policies=policies)
    if finding.repeats is not None:
        yield INDENT + say(AGAIN, language, place=case.printed.places[finding.repeats.place].say(language))


def _followed(findings: Sequence[Finding], case: AuditCase, language: Language) -> list[str]:
    rows = [
        [figure_words(each.printed, case, language), each.printed.text, each.sum.say(language)]
        for each in findings
    ]
    return align(rows, right=[1]) if rows else []


def _open(findings: Sequence[Finding], case: AuditCase, language: Language) -> list[str]:
    """Say what is open: first figures that would follow from others not printed, then inputs, which follow from none."""
    lines = []
    for each in findings:
        if each.missing:
            missing = ", ".join(key_words(key, case, language) for key in each.missing)
            said = say("not printed: {missing}", language, missing=missing)
            lines.append(f"{figure_words(each.printed, case, language)}: {each.printed.text} ({said})")
    inputs = sum(not each.missing for each in findings)
    if inputs:
        lines.append(say("{count} figures that follow from no others", language, count=inputs))
    return lines


def _determined(recovered: Sequence[Recovered], case: AuditCase, language: Language) -> list[str]:
    return (
        align(
            [
                [key_words(each.key, case, language), show_range(each.range, RECOVERED_DECIMALS, language)]
                for each in recovered
            ]
        )
        if recovered
        else []
    )


def _indented(text: str) -> list[str]:
    return [INDENT + line for line in wrap(text, WIDTH - 2 * len(INDENT))]
