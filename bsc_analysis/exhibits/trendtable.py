"""Tables of trends: the change per year told in three ways with intervals, and what variance lies between branches and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault
from bsc_analysis.exhibits.developmentgrid import name_score
from bsc_analysis.exhibits.estimatetables import build_estimates, decimals_beside
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_notes
from bsc_analysis.exhibits.scorelines import write_change, write_percent
from bsc_analysis.language.words import Label, Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.nestedmodel import NestedFit, Slope
    from bsc_analysis.evidence.trends import Trend
    from bsc_analysis.exhibits.exhibit import Table
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studies import Study

NO_TREND = "The scores are of fewer than two years, so there is no trend"
NO_MIXED = "No mixed model can be fitted to these scores"
MOST_SHOWN = 3  # decimals of an estimate in a sentence


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the table of trends."""

    perspective: str
    name: Label
    units: int
    n_obs: int
    slope: Slope


def trend_table(
    trends: tuple[Trend, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate the change per year over all unit-years and by the mixed model, and the differences of the same units.

    Units: those of the rule set's scores, per year; differences between two years as they are. Absent where no score is of
    two years.
    """
    lines = [line for trend in trends for line in _lines(trend)]
    if not lines:
        return Absent(both(NO_TREND), language)

    def make(spoken: Language) -> Table:
        errors = [each.slope.se for each in lines if each.slope.se is not None]
        figures = dict.fromkeys(("estimate", "standard error", "lower", "upper"), decimals_beside(errors))
        columns = {
            "score of": [name_score(each.perspective, study.rules, spoken) for each in lines],
            "change": [each.name.say(spoken) for each in lines],
            "units": [each.units for each in lines],
            "unit-years": [each.n_obs for each in lines],
            "estimate": [each.slope.estimate for each in lines],
            "standard error": [each.slope.se for each in lines],
            "lower": [each.slope.interval and each.slope.interval[0] for each in lines],
            "upper": [each.slope.interval and each.slope.interval[1] for each in lines],
            "df": [each.slope.df for each in lines],
        }
        return build_estimates(columns, figures | {"df": 0}, spoken)

    caption = in_both(lambda each: _caption(trends, study, each))
    alt = in_both(lambda each: _tell(lines, each))
    return Exhibit("table", make, caption, alt, provenance, language)


def variance_table(
    trends: tuple[Trend, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate which shares of the variance of scores lie between branches, between their units, and within units.

    Units: standard deviations in units of the rule set's scores, shares in percent. Absent, with the reasons, where no mixed
    model can be fitted.
    """
    fits = [(each.perspective, each.nested) for each in trends if not isinstance(each.nested, Fault)]
    if not fits:
        reasons = [each.nested for each in trends if isinstance(each.nested, Fault)]
        return Absent(
            in_both(lambda each: f"{say(NO_MIXED, each)}. {say_notes(reasons, each)}".strip()), language
        )

    def make(spoken: Language) -> Table:
        parts = ("branches", "units", "within units")
        deviations = {
            f"{say('sd', spoken)}, {say(part, spoken)}": [_deviations(fit)[at] for _, fit in fits]
            for at, part in enumerate(parts)
        }
        shares = {
            f"{say(part, spoken)} (%)": [_percents(fit)[at] for _, fit in fits]
            for at, part in enumerate(parts)
        }
        columns = {
            "score of": [name_score(perspective, study.rules, spoken) for perspective, _ in fits],
            "number of branches": [fit.n_branches for _, fit in fits],
            "number of units": [fit.n_units for _, fit in fits],
            "unit-years": [fit.n_obs for _, fit in fits],
            **deviations,
            **shares,
            "fit": [_say_fit(fit, spoken) for _, fit in fits],
        }
        return build_estimates(columns, dict.fromkeys(deviations, 3) | dict.fromkeys(shares, 1), spoken)

    caption = both(
        "Variance of the scores of {study} that years and levels leave, by mixed models fitted by restricted maximum "
        "likelihood: between branches (a branch is a unit directly below the top with all units below it), between the units "
        "of a branch, and within units from year to year. Two units of one branch correlate by the share of branches, two "
        "years of a unit by that of branches and units together. Shares from few branches are rough",
        study=study.label,
    )
    alt = in_both(lambda each: _tell_shares(fits, study.rules, each))
    return Exhibit("table", make, caption, alt, provenance, language)


def _lines(trend: Trend) -> list[_Line]:
    """List what is known of a trend: both slopes, then the differences of the same units."""
    lines = []
    if trend.slope is not None:
        name = both("per year, all unit-years")
        lines.append(_Line(trend.perspective, name, trend.n_units, trend.n_obs, trend.slope))
    if not isinstance(trend.nested, Fault):
        fit = trend.nested
        name = both("per year, mixed model")
        lines.append(_Line(trend.perspective, name, fit.n_units, fit.n_obs, fit.slope))
    for each in trend.differences:
        name = both("{first} to {last}, the same units", first=each.year_from, last=each.year_to)
        lines.append(_Line(trend.perspective, name, each.n_units, 2 * each.n_units, each.change))
    return lines


def _caption(trends: tuple[Trend, ...], study: Study, language: Language) -> str:
    head = say(
        "Trends of the scores of {study} with 95 % intervals. All unit-years: least squares of scores on years, units as "
        "clusters; it holds what units that came or went differ by. Mixed model: the line through yearly means adjusted for "
        "levels, branches and units; each year counts alike. The same units: mean difference of those that have a score in "
        "both years, by paired t. Intervals are about units: three years cannot show that a trend goes on.",
        language,
        study=study.label.say(language),
    )
    notes = [note for each in trends for note in each.notes]
    notes += [each.nested for each in trends if isinstance(each.nested, Fault) and len(each.years) > 1]
    return join(head, say_notes(notes, language))


def _tell(lines: list[_Line], language: Language) -> str:
    told = "; ".join(
        f"{each.name.say(language)} {_write(each.slope, language)}" for each in lines if not each.perspective
    )
    sentence = "Table of trends of {count} scores; organisation: {rows}."
    return say(
        sentence,
        language,
        count=len({each.perspective for each in lines}),
        rows=told or say("no data", language),
    )


def _write(slope: Slope, language: Language) -> str:
    estimate = write_change(slope.estimate, MOST_SHOWN, language)
    if slope.interval is None:
        return estimate
    lower, upper = (write_change(end, MOST_SHOWN, language) for end in slope.interval)
    return f"{estimate} [{lower}; {upper}]"


def _deviations(fit: NestedFit) -> tuple[float | None, float, float]:
    branch = None if fit.var_branch is None else fit.var_branch**0.5
    return branch, fit.var_unit**0.5, fit.var_rest**0.5


def _percents(fit: NestedFit) -> tuple[float | None, float, float]:
    branch, unit, rest = fit.shares
    return None if branch is None else 100 * branch, 100 * unit, 100 * rest


def _say_fit(fit: NestedFit, language: Language) -> str:
    """Say whether the optimiser came to an end, and whether a variance is 0."""
    if not fit.converged:
        return say("not converged", language)
    return say("converged, a variance is 0" if fit.at_boundary else "converged", language)


def _tell_shares(fits: list[tuple[str, NestedFit]], rules: RuleSet, language: Language) -> str:
    told = "; ".join(
        say("{name} {branch} between branches, {unit} between units, {rest} within units", language,
            name=name_score(perspective, rules, language), branch=shares[0], unit=shares[1], rest=shares[2])
        for perspective, fit in fits
        for shares in [[_write_share(each, language) for each in _percents(fit)]]
    )  # fmt: skip
    return say("Table of variance shares. {rows}.", language, rows=told)


def _write_share(percent: float | None, language: Language) -> str:
    return "–" if percent is None else write_percent(percent / 100, language)
