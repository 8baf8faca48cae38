"""Documents for the audit, read: the kind is told, the marks of the numbers are known, and every fault comes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.documents import check_content
from bsc_analysis.errors import Fault, PrintedError, fault
from bsc_analysis.evidence.auditdocument import (
    AuditDocument,
    DescriptivesDocument,
    PathsDocument,
    ScorecardDocument,
)
from bsc_analysis.evidence.printing import Marks
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_KIND = "{where}: kind: got {got}, allowed: {allowed}"
NO_QUANTITY = "got {got}, allowed: {allowed}"

KINDS: Mapping[str, type[AuditDocument]] = {
    "scorecard": ScorecardDocument,
    "paths": PathsDocument,
    "descriptives": DescriptivesDocument,
}
# The arrays that a CSV file or a workbook may stand for; correlations are a matrix whose first column names the rows.
TABLES: Mapping[str, tuple[str, ...]] = {
    "scorecard": ("indicator", "perspective", "total"),
    "paths": ("path", "effect", "correlations"),
    "descriptives": ("mean", "percentage"),
}
QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "scorecard": (
        "target", "actual", "achievement", "value", "weight", "score", "contribution", "perspective_weight",
        "perspective_value", "perspective_contribution", "total",
    ),
    "paths": (
        "beta", "b", "se", "t", "p", "effect", "correlation", "r2", "n", "chi2", "df", "chi2_df", "cfi", "rmsea",
        "baseline_chi2", "baseline_df",
    ),
    "descriptives": ("n", "mean", "sd", "minimum", "maximum", "count", "percent"),
}  # fmt: skip


def kind_of(content: Mapping[str, Any], where: str) -> str:
    """Return which kind of document it is, or refuse it."""
    kind = content.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return kind
    raise PrintedError(fault(NO_KIND, where=where, got=repr(kind), allowed=", ".join(KINDS)))


def read_audit_document(content: Mapping[str, Any], where: str) -> AuditDocument:
    """Hold plain tables to the kind of document that they say they are.

    Raises
    ------
    PrintedError
        With every fault: unknown keys, numbers that cannot be read or could be read in two ways, unknown quantities.

    >>> document = read_audit_document({"kind": "descriptives", "title": "Survei", "mean": [
    ...     {"variable": "Kepuasan", "n": "20", "mean": "3.46"}]}, "survei.toml")
    >>> document.printing.marks.read("3.46").decimals
    2
    """
    kind = kind_of(content, where)
    named = _named_quantities(content)
    faults = [each for path, name in named for each in _unknown(kind, path, name, where)]
    decimal, thousands = (
        each if isinstance(each, str) else "" for each in (content.get("decimal"), content.get("thousands"))
    )
    marks = Marks(decimal if decimal in (".", ",", ",.") else "", thousands)
    try:
        document = check_content(content, KINDS[kind], where, PrintedError, context={"marks": marks})
    except PrintedError as invalid:
        raise PrintedError(*invalid.faults, *faults) from None
    if faults:
        raise PrintedError(*faults)
    return document


def _named_quantities(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    exact, zeros = content.get("exact"), content.get("trailing_zeros_dropped")
    named = [(f"exact.{at}", each) for at, each in enumerate(exact if isinstance(exact, list) else [])]
    named += [(f"trailing_zeros_dropped.{each}", each) for each in (zeros if isinstance(zeros, dict) else {})]
    return [(path, name) for path, name in named if isinstance(name, str)]


def _unknown(kind: str, path: str, name: str, where: str) -> list[Fault]:
    if name in QUANTITIES[kind]:
        return []
    guess = nearest(name, QUANTITIES[kind]) or ", ".join(QUANTITIES[kind])
    what = fault(NO_QUANTITY, got=repr(name), allowed=guess)
    return [fault("{where}: {path}: {what}", where=where, path=path, what=what)]
