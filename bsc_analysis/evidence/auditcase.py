"""A document ready for the audit: its figures, what they depend on, what was assumed, and how its subjects are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import Fault, PrintedError, fault
from bsc_analysis.evidence.audit import Finding, audit_relations
from bsc_analysis.evidence.expressions import leaves
from bsc_analysis.evidence.ledger import Ledger
from bsc_analysis.evidence.printed import Key, Printed, PrintedFigures
from bsc_analysis.language.words import Label, both
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from bsc_analysis.evidence.auditdocument import AuditDocument
    from bsc_analysis.evidence.relations import Relations
    from bsc_analysis.scorecards.rules import MissingPolicy

TWICE = "{where}: {path}: this figure stands twice in {place}"
TYPED = "typed in for this audit"

Kind = Literal["scorecard", "paths", "descriptives", "study"]
Located = tuple[str, Printed]  # a figure with the path of its key


@dataclass(frozen=True, slots=True)
class AuditCase:
    """What an audit needs of a document.

    Attributes
    ----------
    kind, title
        What kind of document it is, and what it is called.
    printed
        Every figure, with its places.
    relations
        What each figure depends on.
    policies
        The ways in which missing figures may have been counted.
    notes
        What had to be assumed, and what cannot be tested.
    names
        The names of perspectives and indicators that a rule set knows, by their ids.
    """

    kind: Kind
    title: Label
    printed: PrintedFigures
    relations: Relations
    policies: tuple[MissingPolicy, ...] = ("zero",)
    notes: tuple[Fault, ...] = ()
    names: Mapping[str, Label] = field(default_factory=dict)


def audit_case(case: AuditCase) -> tuple[Finding, ...]:
    """Audit every printed figure of a document; see :func:`bsc_analysis.evidence.audit.audit_relations`."""
    return audit_relations(case.printed, case.relations, case.policies)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A figure that is not printed, though printed ones determine it: its range, and who says so."""

    key: Key
    range: Interval
    by: tuple[Printed, ...]


def recover(case: AuditCase) -> tuple[Recovered, ...]:
    """Return every figure that is not printed and that printed ones determine, all roundings allowed for.

    Only figures that nothing else gives are recovered, and only where the ranges that printed figures leave them meet.
    """
    ledger = Ledger(case.printed.figures, case.relations, case.policies[0])
    relations = (*case.relations.derived.values(), *case.relations.checks.values())
    below = dict.fromkeys(key for node in relations for key in leaves(node))
    given = {figure.key for figure in case.printed.figures} | {
        *case.relations.constants,
        *case.relations.derived,
    }
    found = []
    for key in below:
        by = [] if key in given else ledger.recovered(key)
        if by:
            meeting = reduce(Interval.meet, (interval for _, interval in by))
            found += [] if meeting.empty else [Recovered(key, meeting, tuple(figure for figure, _ in by))]
    return tuple(found)


def gather(document: AuditDocument, located: Sequence[Located], where: str) -> PrintedFigures:
    """Return the figures of a document with its places and source.

    Raises
    ------
    PrintedError
        Naming each figure that stands twice in one place.
    """
    first: dict[tuple[str, object], str] = {}
    faults = []
    for path, figure in located:
        if (figure.place, figure.key) in first:
            faults.append(fault(TWICE, where=where, path=path, place=repr(figure.place)))
        first.setdefault((figure.place, figure.key), path)
    if faults:
        raise PrintedError(*faults)
    places = dict.fromkeys(figure.place for _, figure in located)
    return PrintedFigures(
        figures=tuple(figure for _, figure in located),
        places={each: both("document") if each == "document" else Label(each, each) for each in places},
        prose=frozenset(),
        citation=document.source,
        rights="",
        transcription=TYPED,
    )
