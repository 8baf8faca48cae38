"""What evaluations of accountability come to: against the highest total, between the periods, and as interrupted series.

Years of one unit are not independent of each other, so that over several years every unit counts once, with its mean. The
organisation as a whole is no case among its units and is compared by itself, year by year.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import DataError, Fault
from bsc_analysis.evidence.accountability import grade_years, highest_total, whole_unit
from bsc_analysis.evidence.change import against_standard, paired_change, unpaired_change
from bsc_analysis.evidence.interrupted import interrupted_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bsc_analysis.evidence.accountability import Accountability, GradeYear
    from bsc_analysis.evidence.change import Comparison
    from bsc_analysis.evidence.changeinputs import Choices
    from bsc_analysis.evidence.interrupted import InterruptedSeries
    from bsc_analysis.language.words import Label

Scope = Literal["year", "units", "component", "whole"]

MARGIN = 5.0
"""Half the width of a grade, in points of a total of 100. It is ours; a study should state its own."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison and what it is of.

    ``scope`` says whose values: those of all units in one ``year``, the units' means over years, those of a ``component`` in
    percent of its maximum, or the years of the ``whole``.
    """

    scope: Scope
    result: Comparison
    year: int | None = None
    component: Label | None = None


@dataclass(frozen=True, slots=True)
class Interruptions:
    """The interrupted series of the units and of the whole, None where there is none; ``faults`` say why."""

    units: InterruptedSeries | None
    whole: InterruptedSeries | None
    faults: tuple[Fault, ...]


def against_maximum(accountability: Accountability, choices: Choices) -> tuple[Compared, ...]:
    """Compare totals with the highest there is: the units by year and over all years, their components, and the whole.

    Raises
    ------
    DataError
        When the evaluations cannot be scored.
    UseError
        When the rule set has no highest total, or a choice is not allowed.
    """
    most = highest_total(accountability.rules)
    cases, whole = _split(accountability)

    def compare(values: list[float]) -> Comparison:
        return against_standard(values, most, **asdict(choices))

    found = [
        Compared("year", compare(values), year)
        for year in sorted({each.year for each in cases})
        if (values := [each.total for each in cases if each.year == year and each.total is not None])
    ]
    if means := _means(cases, _total):
        found.append(Compared("units", compare(list(means.values()))))
    for at, label in _component_labels(cases):
        if parts := _means(cases, _component(at)):
            found.append(Compared("component", compare(list(parts.values())), component=label))
    if years := [each.total for each in whole if each.total is not None]:
        found.append(Compared("whole", compare(years)))
    return tuple(found)


def between_periods(accountability: Accountability, choices: Choices) -> tuple[Compared, ...]:
    """Compare the years before with those from the introduction on: units paired, the whole's years unpaired.

    A unit that has no years on one side is left out; without any there is no comparison.

    Raises
    ------
    DataError
        When the evaluations cannot be scored.
    UseError
        When a choice is not allowed.
    """
    introduced = accountability.introduced
    cases, whole = _split(accountability)

    def compare(read: Callable[[GradeYear], float | None]) -> Comparison | None:
        before, after = (_means(side, read) for side in _sides(cases, introduced))
        both = sorted(set(before) & set(after))
        if not both:
            return None
        return paired_change(
            [before[unit] for unit in both], [after[unit] for unit in both], **asdict(choices)
        )

    found = [Compared("units", result) for result in [compare(_total)] if result is not None]
    found += [
        Compared("component", result, component=label)
        for at, label in _component_labels(cases)
        if (result := compare(_component(at))) is not None
    ]
    before, after = (
        [each.total for each in side if each.total is not None] for side in _sides(whole, introduced)
    )
    if before and after:
        found.append(Compared("whole", unpaired_change(before, after, **asdict(choices))))
    return tuple(found)


def interruptions(accountability: Accountability, *, level: float = 0.95) -> Interruptions:
    """Fit the totals of the units, and those of the whole, as series that the introduction interrupts.

    Raises
    ------
    DataError
        When the evaluations cannot be scored.
    UseError
        When the level is not allowed.
    """
    faults: list[Fault] = []

    def fit(rows: Iterable[GradeYear]) -> InterruptedSeries | None:
        known = [(each.year, each.total, each.unit) for each in rows if each.total is not None]
        if not known:
            return None
        years, totals, units = zip(*known, strict=True)
        try:
            return interrupted_series(years, totals, accountability.introduced, unit=units, level=level)
        except DataError as refused:
            faults.extend(each for each in refused.faults if each not in faults)
            return None

    cases, whole = _split(accountability)
    return Interruptions(fit(cases), fit(whole), tuple(faults))


def _split(accountability: Accountability) -> tuple[tuple[GradeYear, ...], tuple[GradeYear, ...]]:
    """Return the evaluations of the units that are cases, and those of the whole."""
    top, graded = whole_unit(accountability), grade_years(accountability)
    return (
        tuple(each for each in graded if each.unit != top),
        tuple(each for each in graded if each.unit == top),
    )


def _sides(
    rows: tuple[GradeYear, ...], introduced: int
) -> tuple[tuple[GradeYear, ...], tuple[GradeYear, ...]]:
    return (
        tuple(each for each in rows if each.year < introduced),
        tuple(each for each in rows if each.year >= introduced),
    )


def _means(rows: Iterable[GradeYear], read: Callable[[GradeYear], float | None]) -> dict[str, float]:
    """Return each unit's mean over its years."""
    own: dict[str, list[float]] = {}
    for each in rows:
        if (value := read(each)) is not None:
            own.setdefault(each.unit, []).append(value)
    return {unit: fmean(values) for unit, values in own.items()}


def _total(row: GradeYear) -> float | None:
    return row.total


def _component(at: int) -> Callable[[GradeYear], float | None]:
    return lambda row: row.components[at].percent


def _component_labels(rows: tuple[GradeYear, ...]) -> list[tuple[int, Label]]:
    return [(at, each.label) for at, each in enumerate(rows[0].components)] if rows else []
