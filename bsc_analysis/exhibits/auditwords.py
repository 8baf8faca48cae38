"""How the figures of any audited document are called, and what its findings come to, in both languages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.exhibits.describe import QUANTITY_WORDS
from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.evidence.auditcase import AuditCase
    from bsc_analysis.evidence.printed import Key, Printed
    from bsc_analysis.language.words import Label, Language

FIGURE_WORDS = {
    "target_upper": "upper edge of the target",
    "band": "band",
    "indicator_values": "scores of its indicators",
    "raw_direct_effect": "unstandardised direct effect",
    "raw_indirect_effect": "unstandardised indirect effect",
    "raw_total_effect": "unstandardised total effect",
    "raw_specific_effect": "unstandardised indirect effect along one path",
    "total_effect": "total effect",
    "specific_effect": "indirect effect along one path",
    "se": "standard error",
    "t": "test statistic t",
    "p": "p",
    "correlation": "correlation",
    "r2": "explained share R²",
    "n": "count of people n",
    "chi2": "chi-square",
    "df": "degrees of freedom",
    "chi2_df": "chi-square over degrees of freedom",
    "fit_p": "p of chi-square",
    "cfi": "CFI",
    "rmsea": "RMSEA",
    "baseline_chi2": "chi-square of the baseline model",
    "baseline_df": "degrees of freedom of the baseline model",
    "mean": "mean value",
    "sd": "standard deviation",
    "minimum": "lowest answer",
    "maximum": "highest answer",
    "count": "count",
    "percent": "percentage",
}
SUMMARY = "{count} printed figures: {wrong} contradict, {cut} follow only if truncated, {right} follow, {open} cannot be checked."
STEP = " → "
JOINT = " ↔ "


def quantity_word(key: Key, language: Language) -> str:
    """Say what kind of figure it is.

    >>> from bsc_analysis.evidence.printed import Key
    >>> quantity_word(Key("rmsea"), "id")
    'RMSEA'
    """
    words = QUANTITY_WORDS | FIGURE_WORDS
    return say(words[key.quantity], language)


def subject_words(key: Key, names: Mapping[str, Label], language: Language) -> str:
    """Say what a figure is a figure of: an indicator, a path, a group, a category; nothing for the whole.

    >>> from bsc_analysis.evidence.printed import Key
    >>> subject_words(Key("specific_effect", indicator="IP", start="LG", end="CP"), {}, "en")
    'LG → IP → CP'
    """
    if key.quantity in ("count", "percent", "mean", "sd", "n", "minimum", "maximum"):
        return ", ".join(part for part in (key.perspective, key.indicator, key.start) if part)
    if key.quantity == "correlation":
        return f"{key.start}{JOINT}{key.end}"
    if key.end:
        return STEP.join(part for part in (key.start, key.indicator, key.end) if part)
    subject = key.indicator or key.perspective
    return names[subject].say(language) if subject in names else subject


def key_words(key: Key, case: AuditCase, language: Language) -> str:
    """Say a figure in full: whose it is, of which kind, of which year."""
    subject = subject_words(key, case.names, language)
    said = quantity_word(key, language) + (f" {key.year}" if key.year else "")
    return f"{subject}: {said}" if subject else said


def figure_words(figure: Printed, case: AuditCase, language: Language) -> str:
    """Say a printed figure in full, with its place where the document has several."""
    said = key_words(figure.key, case, language)
    if len(case.printed.places) < 2:
        return said
    return f"{said} ({case.printed.places[figure.place].say(language)})"


def summary_sentence(findings: Sequence[Finding], language: Language) -> str:
    """Say in one sentence how many figures have which verdict."""
    counts = Counter(finding.verdict for finding in findings)
    return say(
        SUMMARY,
        language,
        count=len(findings),
        wrong=counts[Verdict.CONTRADICTS],
        cut=counts[Verdict.TRUNCATED],
        right=counts[Verdict.FOLLOWS],
        open=counts[Verdict.UNCHECKABLE],
    )


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings by verdict, contradictions by their own arithmetic first and the farthest from what follows."""
    order = [Verdict.CONTRADICTS, Verdict.TRUNCATED, Verdict.UNCHECKABLE, Verdict.FOLLOWS]
    return sorted(findings, key=lambda each: (order.index(each.verdict), not each.own, -distance(each)))


def distance(finding: Finding) -> float:
    """Return how far a printed figure lies from what follows, relative to itself; infinite where nothing follows.

    A figure within the range that follows has no distance.
    """
    value, range_ = finding.printed.value, finding.recomputed
    if finding.verdict is not Verdict.CONTRADICTS or value is None:
        return 0.0
    if range_ is None or range_.empty:
        return float("inf")
    nearest = min(max(value, range_.lower), range_.upper)
    return float(abs(nearest - value) / (abs(value) or 1))
