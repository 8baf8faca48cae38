"""The table of an interrupted series: level and slope of accountability before and after the introduction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.evidence.accountability import whole_unit
from bsc_analysis.evidence.accountabilitytests import interruptions
from bsc_analysis.exhibits.changewords import NO_ACCOUNTABILITY, origin_of, say_made
from bsc_analysis.exhibits.effectlines import write_effect
from bsc_analysis.exhibits.estimatetables import NOTHING, build_estimates
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_level, say_notes
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.accountability import Accountability
    from bsc_analysis.evidence.accountabilitytests import Interruptions
    from bsc_analysis.evidence.interrupted import Coefficient, InterruptedSeries
    from bsc_analysis.studies import Study

QUANTITIES = {
    "level_before": "level in {introduced} by the trend before",
    "slope_before": "slope before, a year",
    "level_change": "step in {introduced}",
    "slope_change": "change of the slope, a year",
    "slope_after": "slope after, a year",
    "gap": "gap to the trend before, in {last}",
}
DECIMALS = dict.fromkeys(("estimate", "se", "lower", "upper", "t"), 2)
HEAD = (
    "Totals of accountability (SAKIP) of {study} as a series that the introduction in {introduced} interrupts: segmented "
    "regression, in points; {level} % intervals."
)
OF_UNITS = (
    "Units: {count} units, {before} years before and {after} from then on, a constant for each unit, standard errors robust to "
    "clusters with {df} degrees of freedom."
)
OF_WHOLE = (
    "{unit}: {count} years, ordinary standard errors with {df} degrees of freedom, which hold as far as years are independent "
    "(autocorrelation of the residuals: {serial})."
)
NO_CONTROL = "There is no comparison group: whatever else began in that year is part of the step."
ALT = "Table of an interrupted series of accountability: {told}"
TOLD = "{series}: step {step} points, change of the slope {bend} points a year"


def interrupted_table(
    study: Study, provenance: Provenance, *, language: Language, level: float = 0.95
) -> Exhibit | Absent:
    """Tabulate level, slope, step and change of the slope, for the units together and for the organisation as a whole.

    Absent where the study has no evaluations of accountability, or too few years on either side. Units: points, and points a
    year.

    Raises
    ------
    UseError
        When the level is not allowed.
    """
    accountability = study.accountability
    if accountability is None:
        return Absent(both(NO_ACCOUNTABILITY), language)
    found = interruptions(accountability, level=level)
    if found.units is None and found.whole is None:
        return Absent(
            in_both(lambda each: say_notes(found.faults, each) or say(NO_ACCOUNTABILITY, each)), language
        )

    def make(spoken: Language) -> Table:
        series = _series(found, accountability, spoken)
        rows = [
            (
                name,
                _name_quantity(quantity, each, spoken),
                getattr(each, quantity),
                quantity != "level_before",
            )
            for name, each in series
            for quantity in QUANTITIES
        ]
        return build_estimates(_columns(rows), DECIMALS, spoken, p_values=("p",))

    def caption(spoken: Language) -> str:
        head = say(
            HEAD,
            spoken,
            study=study.label.say(spoken),
            introduced=accountability.introduced,
            level=say_level(level, spoken),
        )
        return join(
            head,
            _say_units(found.units, spoken),
            _say_whole(found.whole, accountability, spoken),
            say_notes(found.faults, spoken),
            say(NO_CONTROL, spoken),
            say_made(accountability, spoken),
        )

    def alt(spoken: Language) -> str:
        told = (_tell(name, each, spoken) for name, each in _series(found, accountability, spoken))
        return say(ALT, spoken, told="; ".join(told))

    return Exhibit(
        "table", make, in_both(caption), in_both(alt), origin_of(accountability, provenance), language
    )


def _series(
    found: Interruptions, accountability: Accountability, language: Language
) -> list[tuple[str, InterruptedSeries]]:
    named = ((say("units", language), found.units), (whole_unit(accountability) or "", found.whole))
    return [(name, each) for name, each in named if each is not None]


def _name_quantity(quantity: str, series: InterruptedSeries, language: Language) -> str:
    return say(QUANTITIES[quantity], language, introduced=series.introduced, last=series.years_after[-1])


def _columns(rows: list[tuple[str, str, Coefficient, bool]]) -> dict[str, Any]:
    """Return the columns; that a level differs from 0 is no question, so that it has neither t nor p."""
    tests = [each.test for _, _, each, _ in rows]
    against_0 = [test if asked else None for test, (*_, asked) in zip(tests, rows, strict=True)]
    return {
        "series": [name for name, *_ in rows],
        "quantity": [quantity for _, quantity, *_ in rows],
        "estimate": [each.estimate for _, _, each, _ in rows],
        "se": [each and each.se for each in tests],
        "lower": [each and each.lower for each in tests],
        "upper": [each and each.upper for each in tests],
        "t": [each and each.t for each in against_0],
        "p": [each and each.p for each in against_0],
    }


def _say_units(units: InterruptedSeries | None, language: Language) -> str:
    if units is None:
        return ""
    return say(
        OF_UNITS,
        language,
        count=units.n_units,
        before=len(units.years_before),
        after=len(units.years_after),
        df=units.df,
    )


def _say_whole(whole: InterruptedSeries | None, accountability: Accountability, language: Language) -> str:
    if whole is None:
        return ""
    serial = NOTHING if whole.autocorrelation is None else write_effect(whole.autocorrelation, 2, language)
    unit = whole_unit(accountability)
    return say(OF_WHOLE, language, unit=unit, count=whole.n_obs, df=whole.df, serial=serial)


def _tell(name: str, series: InterruptedSeries, language: Language) -> str:
    step, bend = (
        write_effect(each.estimate, DECIMALS["estimate"], language)
        for each in (series.level_change, series.slope_change)
    )
    return say(TOLD, language, series=name, step=step, bend=bend)
