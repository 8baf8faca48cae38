"""The figure of accountability: each unit's total by year, over the grades, with the year of the introduction marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.evidence.accountability import grade_years, whole_unit
from bsc_analysis.exhibits.accountabilitydrawing import Series, SeriesChart, draw_series
from bsc_analysis.exhibits.changewords import NO_ACCOUNTABILITY, origin_of, say_made
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.exhibits.scorelines import band_zones
from bsc_analysis.exhibits.style import UNBANDED, mark_band
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.accountability import Accountability, GradeYear
    from bsc_analysis.studies import Study

MOST_NAMED = 20  # units with a name of their own beside the figure
DECIMALS = 1
LEGEND = (
    "Totals of accountability (SAKIP) of {study} by year, {first}–{last}, in points of at most {maximum}. Shaded zones are the "
    "grades; the dashed line marks the introduction of the balanced scorecard in {introduced}."
)
EMPHASISED = "The firm line with marks is {unit}, the thin ones its {count} units; the marks give the grade by colour and shape."
ALIKE = "Each line is one of {count} units; the marks give the grade by colour and shape."
NAMES = "At the right: name, last total and its grade. The scale does not begin at zero."
UNNAMED = "{count} thin lines are units without a name here; the scored files have them."
NO_TOTALS = "No evaluation of this study has a total."


def accountability_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw the totals of all units by year over the grades; the organisation as a whole is drawn firm.

    Units: points of the total. Absent where the study has no evaluations of accountability, or none with a total.
    """
    accountability = study.accountability
    if accountability is None:
        return Absent(both(NO_ACCOUNTABILITY), language)
    rows = tuple(each for each in grade_years(accountability) if each.total is not None)
    if not rows:
        return Absent(both(NO_TOTALS), language)
    origin = origin_of(accountability, provenance)

    def make(spoken: Language) -> Figure:
        return draw_series(_chart(rows, accountability, study, origin, spoken))

    return Exhibit(
        "figure",
        make,
        in_both(lambda each: _caption(rows, accountability, study, each)),
        in_both(lambda each: _alt(rows, accountability, study, each)),
        origin,
        language,
    )


def _by_unit(rows: tuple[GradeYear, ...]) -> dict[str, list[GradeYear]]:
    units: dict[str, list[GradeYear]] = {}
    for each in rows:
        units.setdefault(each.unit, []).append(each)
    return units


def _chart(
    rows: tuple[GradeYear, ...],
    accountability: Accountability,
    study: Study,
    origin: Provenance,
    language: Language,
) -> SeriesChart:
    units, whole = _by_unit(rows), whole_unit(accountability)
    named = len(units) <= MOST_NAMED
    series = tuple(
        _series(unit, own, accountability, language, firm=unit == whole, named=named or unit == whole)
        for unit, own in units.items()
    )
    unnamed = sum(not each.name for each in series)
    notes = [say(UNNAMED, language, count=unnamed)] if unnamed else []
    return SeriesChart(
        title=study.label.say(language),
        series=series,
        zones=band_zones(accountability.rules.organisation_bands, language),
        marked=accountability.introduced,
        marked_word=say("balanced scorecard from {year} on", language, year=accountability.introduced),
        label=say("total (points)", language),
        language=language,
        notes=(*notes, f"{origin.statement.say(language)}."),
    )


def _series(
    unit: str,
    rows: list[GradeYear],
    accountability: Accountability,
    language: Language,
    *,
    firm: bool,
    named: bool,
) -> Series:
    bands = accountability.rules.organisation_bands
    last = rows[-1]
    return Series(
        name=unit if named else "",
        years=tuple(each.year for each in rows),
        totals=tuple(each.total or 0.0 for each in rows),
        marks=tuple(mark_band(bands, each.grade.id) if each.grade else UNBANDED for each in rows),
        number=_write(last.total, language),
        word="" if last.grade is None else last.grade.label.say(language),
        firm=firm,
    )


def _write(total: float | None, language: Language) -> str:
    return format_number(total or 0.0, DECIMALS, language)


def _caption(
    rows: tuple[GradeYear, ...], accountability: Accountability, study: Study, language: Language
) -> str:
    years = sorted({each.year for each in rows})
    bands, whole = accountability.rules.organisation_bands, whole_unit(accountability)
    maximum = 100 if bands is None else bands.domain.upper
    n_units = len(_by_unit(rows))
    head = say(
        LEGEND,
        language,
        study=study.label.say(language),
        first=years[0],
        last=years[-1],
        maximum=format_number(maximum, 0, language),
        introduced=accountability.introduced,
    )
    emphasised = say(EMPHASISED, language, unit=whole, count=n_units - 1)
    lines = emphasised if whole and n_units > 1 else say(ALIKE, language, count=n_units)
    return join(head, lines, say(NAMES, language), say_made(accountability, language))


def _alt(
    rows: tuple[GradeYear, ...], accountability: Accountability, study: Study, language: Language
) -> str:
    """Tell every total of the whole with its grade, and of the other units the span in each year."""
    whole, told = whole_unit(accountability), []
    if own := [each for each in rows if each.unit == whole]:
        told.append(f"{whole}: {', '.join(_tell(each, language) for each in own)}.")
    spans = []
    for year in sorted({each.year for each in rows}):
        totals = [each.total or 0.0 for each in rows if each.year == year and each.unit != whole]
        if totals:
            spans.append(f"{year} {_write(min(totals), language)}–{_write(max(totals), language)}")
    if spans:
        told.append(say("Units from lowest to highest: {spans}.", language, spans=", ".join(spans)))
    opening = say("Accountability (SAKIP) of {study} by year.", language, study=study.label.say(language))
    return join(opening, *told)


def _tell(row: GradeYear, language: Language) -> str:
    grade = "" if row.grade is None else f" ({row.grade.label.say(language)})"
    return f"{row.year} {_write(row.total, language)}{grade}"
