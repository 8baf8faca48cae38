"""A rule that a document states itself, as a rule set: formulas, cap, and bands that are proven to cover their range."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, PrintedError, RuleSetError, fault
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.bands import Band, Bands, Interval, prove_cover, read_interval
from bsc_analysis.scorecards.rules import RuleSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.auditdocument import StatedBand, StatedRule
    from bsc_analysis.evidence.printing import Marks

NO_BANDS = "{where}: rule.bands.achievement: a scale of bands needs bands with a value each"


def stated_rules(stated: StatedRule, marks: Marks, where: str) -> RuleSet:
    """Return the rule set that a document states.

    Raises
    ------
    PrintedError
        With every band that cannot be read, overlaps another or leaves a gap, and a scale of bands without values.
    """
    faults: list[Fault] = []
    levels = stated.bands
    achievement, perspective, organisation = (
        _bands(bands, marks, f"{where}: rule.bands.{level}", faults)
        for level, bands in (
            ("achievement", levels.achievement),
            ("perspective", levels.perspective),
            ("organisation", levels.organisation),
        )
    )
    valued = all(band.value is not None for band in levels.achievement)
    if stated.scale == "bands" and not (levels.achievement and valued):
        faults.append(fault(NO_BANDS, where=where))
    if faults:
        raise PrintedError(*faults)
    return RuleSet(
        id="rule",
        version="1",
        mark="printed",
        label=Label("rule", "rule"),
        citation="",
        place=where,
        perspectives=(),
        scale=stated.scale,
        missing=stated.missing,
        minimize=stated.minimize,
        stabilize=stated.stabilize,
        cap=_number(stated.cap, marks),
        floor=_number(stated.floor, marks),
        achievement_bands=achievement,
        perspective_bands=perspective,
        organisation_bands=organisation,
    )


def _bands(stated: Sequence[StatedBand], marks: Marks, where: str, faults: list[Fault]) -> Bands | None:
    if not stated:
        return None
    try:
        read = [_band(each, marks) for each in stated]
    except RuleSetError as unreadable:
        faults.extend(unreadable.located(where).faults)
        return None
    ordered = sorted(read, key=lambda band: band.range.order)
    first, last = ordered[0].range, ordered[-1].range
    domain = Interval(first.lower, last.upper, first.lower_closed, last.upper_closed)
    bands = Bands(domain, tuple(ordered))
    faults.extend(prove_cover(bands, where))
    return bands


def _band(stated: StatedBand, marks: Marks) -> Band:
    value = _number(stated.value, marks)
    label = Label(stated.name, stated.name)
    return Band(
        stated.name, Fraction(0) if value is None else value, read_interval(stated.range), label, stated.range
    )


def _number(text: str | None, marks: Marks) -> Fraction | None:
    number = None if text is None else marks.read(text)
    return None if number is None else number.value
