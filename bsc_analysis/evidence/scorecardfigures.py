"""A printed scorecard's rows as printed figures, their names matched with those of its rule set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, PrintedError, fault
from bsc_analysis.evidence.auditdocument import IndicatorRow, PerspectiveRow, TotalRow
from bsc_analysis.evidence.printed import Key, Printed
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from bsc_analysis.evidence.auditcase import Located
    from bsc_analysis.evidence.auditdocument import ScorecardDocument
    from bsc_analysis.evidence.printing import Printing
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet

NOT_KNOWN = "{where}: {path}: the rule set {rules} has no {got}, did you mean {guess}?"
NO_BANDS = "{where}: {path}: the rule names no bands here, so that {got} means nothing; state the bands or leave the word out"
NO_BAND = "{where}: {path}: got {got}, allowed: {allowed}"
# What a document calls a figure that the relations call otherwise.
CALLED = {"score": "product", "perspective_value": "perspective_score", "total": "organisation_score"}
_INDICATOR = ("actual", "achievement", "value", "weight", "score", "contribution")
_PERSPECTIVE = {
    "weight": "perspective_weight",
    "value": "perspective_score",
    "contribution": "perspective_contribution",
}

Row = IndicatorRow | PerspectiveRow | TotalRow


@dataclass(frozen=True, slots=True)
class Named:
    """A row whose names are those of the rule set, with its place in the document."""

    path: str
    row: Row
    perspective: str
    indicator: str
    year: int | None

    def key(self, quantity: str) -> Key:
        """Return the key of a figure of this row."""
        return Key(quantity, self.perspective, self.indicator, self.year)


def name_rows(document: ScorecardDocument, rules: RuleSet, where: str) -> tuple[Named, ...]:
    """Return every row by the ids of the rule set.

    Raises
    ------
    PrintedError
        Naming each indicator or perspective that a rule set with a closed list does not have.
    """
    faults: list[Fault] = []
    perspectives = {each.id: (each.label, each.short) for each in rules.perspectives}
    indicators = {each.id: (each.label, "") for each in rules.indicators}
    named = []
    for at, row in enumerate(document.indicator):
        path = f"indicator.{at}"
        perspective = _match(row.perspective, perspectives, rules, f"{path}.perspective", where, faults)
        indicator = _match(row.name, indicators, rules, f"{path}.name", where, faults)
        named.append(Named(path, row, perspective, indicator, row.year or document.year))
    for at, each in enumerate(document.perspective):
        path = f"perspective.{at}"
        perspective = _match(each.name, perspectives, rules, f"{path}.name", where, faults)
        named.append(Named(path, each, perspective, "", each.year or document.year))
    totals = enumerate(document.total)
    named += [Named(f"total.{at}", each, "", "", each.year or document.year) for at, each in totals]
    if faults:
        raise PrintedError(*faults)
    return tuple(named)


def scorecard_figures(
    document: ScorecardDocument, rows: Sequence[Named], rules: RuleSet, where: str
) -> list[Located]:
    """Return every figure of a scorecard with the path of its key.

    Raises
    ------
    PrintedError
        Naming each printed band that is none of the rule's.
    """
    exact = frozenset(CALLED.get(each, each) for each in document.exact)
    exact |= {"target_upper"} if "target" in exact else set()
    zeros = {CALLED.get(name, name): count for name, count in document.trailing_zeros_dropped.items()}
    printing = replace(document.printing, exact=exact, zeros=zeros)
    faults: list[Fault] = []
    located = [each for row in rows for each in _numbers(row, printing, _percent_columns(document))]
    located += [
        (f"{row.path}.band", figure)
        for row in rows
        if row.row.band is not None and (figure := _band(row, rules, where, faults)) is not None
    ]
    if faults:
        raise PrintedError(*faults)
    return located


def bands_of(row: Named, rules: RuleSet) -> Bands | None:
    """Return the bands of a row's level."""
    if isinstance(row.row, IndicatorRow):
        return rules.bands(row.indicator)
    return rules.perspective_bands if isinstance(row.row, PerspectiveRow) else rules.organisation_bands


def _match(
    name: str,
    known: dict[str, tuple[Label, str]],
    rules: RuleSet,
    path: str,
    where: str,
    faults: list[Fault],
) -> str:
    """Return the id that a name stands for; a rule set that lists nothing takes every name."""
    if not known or not name or name in known:
        return name
    wanted = name.casefold()
    for key, (label, short) in known.items():
        if wanted in (key.casefold(), label.id.casefold(), label.en.casefold(), short.casefold()):
            return key
    guess = nearest(name, known) or ", ".join(known)
    faults.append(fault(NOT_KNOWN, where=where, path=path, rules=repr(rules.id), got=repr(name), guess=guess))
    return name


def _numbers(named: Named, printing: Printing, percent: set[str]) -> Iterator[Located]:
    row = named.row
    if isinstance(row, TotalRow):
        columns = {"value": "organisation_score"}
    elif isinstance(row, PerspectiveRow):
        columns = _PERSPECTIVE
    else:
        columns = {name: CALLED.get(name, name) for name in _INDICATOR}
        yield from _targets(named, row, printing)
    for column, quantity in columns.items():
        text = getattr(row, column)
        if text is not None:
            share = quantity in ("weight", "perspective_weight") and ("%" in text or quantity in percent)
            figure = printing.figure(named.key(quantity), row.place, column, text, percent=share)
            yield f"{named.path}.{column}", figure


def _targets(named: Named, row: IndicatorRow, printing: Printing) -> Iterator[Located]:
    """Yield the target, or both edges of a target range, each printed as the range."""
    if row.target is None:
        return
    ends = printing.marks.read_range(row.target)
    for quantity, end in zip(("target", "target_upper"), ends, strict=False):
        figure = printing.figure(named.key(quantity), row.place, "target", end)
        yield f"{named.path}.target", replace(figure, text=row.target)


def _percent_columns(document: ScorecardDocument) -> set[str]:
    """Return which weights are percentages though no sign says so: a share is never above one."""
    columns = {
        "weight": [row.weight for row in document.indicator],
        "perspective_weight": [row.weight for row in document.perspective],
    }
    read = document.printing.marks.read
    return {
        quantity
        for quantity, texts in columns.items()
        if any(number.value > 1 for text in texts if text and "%" not in text and (number := read(text)))
    }


def _band(named: Named, rules: RuleSet, where: str, faults: list[Fault]) -> Printed | None:
    """Return a printed band as its rank, or report a word that names none."""
    bands, word, path = bands_of(named, rules), named.row.band or "", f"{named.path}.band"
    if bands is None:
        faults.append(fault(NO_BANDS, where=where, path=path, got=repr(word)))
        return None
    wanted = word.strip().casefold()
    for rank, band in enumerate(bands.bands):
        if wanted in (band.id.casefold(), band.label.id.casefold(), band.label.en.casefold()):
            at = Interval(Fraction(rank), Fraction(rank))
            return Printed(named.key("band"), named.row.place, "band", word, Fraction(rank), at, at, 0)
    allowed = ", ".join(band.label.id for band in bands.bands)
    faults.append(fault(NO_BAND, where=where, path=path, got=repr(word), allowed=allowed))
    return None
