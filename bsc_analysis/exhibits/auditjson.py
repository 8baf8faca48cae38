"""The audit of a document as JSON: every figure with its verdict, sum and repairs, numbers in full precision.

The schema stands in ``docs/schemas/audit.schema.json``.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from bsc_analysis.evidence.audit import describe_repair
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.exhibits.auditwords import (
    figure_words,
    key_words,
    quantity_word,
    subject_words,
    worst_first,
)
from bsc_analysis.language.words import say, say_fault
from bsc_analysis.scorecards.bands import INFINITY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from bsc_analysis.evidence.audit import Finding, Repair
    from bsc_analysis.evidence.auditcase import AuditCase, Recovered
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.bands import Interval

Record = dict[str, Any]
CODES = {
    Verdict.CONTRADICTS: "contradicts",
    Verdict.TRUNCATED: "truncated",
    Verdict.FOLLOWS: "follows",
    Verdict.UNCHECKABLE: "unchecked",
}


def audit_json(
    case: AuditCase, findings: Sequence[Finding], recovered: Sequence[Recovered], language: Language = "en"
) -> str:
    """Return an audit as JSON, worst figures first; words are in the language, codes are not.

    >>> from bsc_analysis.auditfiles import read_case
    >>> from bsc_analysis.evidence.auditcase import audit_case, recover
    >>> case = read_case("kkp")
    >>> content = json.loads(audit_json(case, audit_case(case), recover(case)))
    >>> content["counts"]["contradicts"], content["findings"][0]["printed"]
    (1, '0.038')
    """
    counts = Counter(CODES[finding.verdict] for finding in findings)
    content: Record = {
        "kind": case.kind,
        "title": case.title.say(language),
        "source": case.printed.citation,
        "counts": {code: counts[code] for code in CODES.values()},
        "findings": [_finding(each, case, language) for each in worst_first(findings)],
        "recovered": [_recovered(each, case, language) for each in recovered],
        "notes": [say_fault(note, language) for note in case.notes],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def _finding(finding: Finding, case: AuditCase, language: Language) -> Record:
    figure = finding.printed
    return {
        "figure": figure_words(figure, case, language),
        "quantity": figure.key.quantity,
        "kind": quantity_word(figure.key, language),
        "subject": subject_words(figure.key, case.names, language),
        "year": figure.key.year,
        "place": case.printed.places[figure.place].say(language),
        "printed": figure.text,
        "printed_range": _range(figure.rounded),
        "verdict": CODES[finding.verdict],
        "said": say(str(finding.verdict), language),
        "under": list(finding.under),
        "recomputed": _range(finding.recomputed),
        "sum": finding.sum.say(language),
        "own": finding.own,
        "causes": [figure_words(each, case, language) for each in finding.causes if each != figure],
        "repairs": [_repair(each, case, language) for each in finding.repairs],
        "missing": [key_words(each, case, language) for each in finding.missing],
        "repeats": None if finding.repeats is None else figure_words(finding.repeats, case, language),
    }


def _repair(repair: Repair, case: AuditCase, language: Language) -> Record:
    return {
        "figure": figure_words(repair.figure, case, language),
        "printed": repair.figure.text,
        "range": _range(repair.range),
        "said": describe_repair(repair).say(language),
    }


def _recovered(each: Recovered, case: AuditCase, language: Language) -> Record:
    return {
        "figure": key_words(each.key, case, language),
        "range": _range(each.range),
        "by": [figure_words(figure, case, language) for figure in each.by],
    }


def _range(interval: Interval | None) -> Record | None:
    """Return both ends of a range, null where it has none: open to that side, or no range at all."""
    if interval is None or interval.empty:
        return None
    return {"lower": _number(interval.lower), "upper": _number(interval.upper)}


def _number(value: Fraction) -> float | None:
    return None if abs(value) >= INFINITY else float(value)
