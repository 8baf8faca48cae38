"""The figure of unmeasured confounders: what each direct and indirect effect would be if residuals were correlated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bsc_analysis.errors import UseError
from bsc_analysis.exhibits.effectlines import write_effect, write_yardstick
from bsc_analysis.exhibits.effectwords import name_effect
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_notes, say_sample
from bsc_analysis.exhibits.rhopanels import RHO_SHOWN, Panel, Panels, draw_panels
from bsc_analysis.language.words import Language, say
from bsc_analysis.paths.pathrobustness import robustness
from bsc_analysis.paths.rhocurve import rho_curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.pathrobustness import Robustness
    from bsc_analysis.paths.rhocurve import RhoCurves
    from bsc_analysis.studies import Study

MOST_PANELS = 12  # on one page
STEPS = 190  # of a curve
REACH = 1.3  # how far the scale goes beyond the largest effect
SESOI_ROOM = 1.5  # the scale shows at least so many times the smallest effect of interest
DECIMALS = 2


def sensitivity_figure(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Draw each direct and each specific indirect effect as the residuals of two of its variables are assumed to correlate.

    Of the pairs of variables that could have an unmeasured common cause, each panel shows the one with the smallest
    correlation that makes the effect 0. Where there are more effects than fit on a page, the smallest are left out and
    counted. Absent for a model with latent variables, residual covariances, fixed or equal coefficients.
    """
    fit = analysis.fit
    lower, upper = RHO_SHOWN
    try:
        curves = rho_curves(fit, rho=[lower + (upper - lower) * step / STEPS for step in range(STEPS + 1)])
        values = robustness(fit)
    except UseError as error:
        faults = error.faults
        return Absent(in_both(lambda each: say_notes(faults, each)), language)

    def make(spoken: Language) -> Figure:
        return draw_panels(_panels(analysis, curves, values, study, provenance, spoken), spoken)

    return Exhibit(
        "figure",
        make,
        in_both(lambda each: _caption(analysis, study, each)),
        in_both(lambda each: _alt(fit, curves, values, study, each)),
        provenance,
        language,
    )


def _panels(
    analysis: PathAnalysis,
    curves: RhoCurves,
    values: Robustness,
    study: Study,
    origin: Provenance,
    language: Language,
) -> Panels:
    every = [_panel(name, analysis.fit, curves, values, language) for name in values.names]
    kept = sorted(range(len(every)), key=lambda at: -abs(every[at].estimate))[:MOST_PANELS]
    shown = tuple(every[at] for at in sorted(kept, key=lambda at: (not every[at].direct, at)))
    largest = max(SESOI_ROOM * analysis.sesoi, *(REACH * abs(panel.estimate) for panel in shown))
    return Panels(
        study.label.say(language),
        shown,
        largest,
        analysis.sesoi,
        (*_notes(analysis, len(every) - len(shown), language), f"{origin.statement.say(language)}."),
    )


def _panel(
    name: EffectName, fit: PathFit, curves: RhoCurves, values: Robustness, language: Language
) -> Panel:
    at = curves.names.index(name)
    pair = curves.weakest[at]
    place = curves.pairs.index(pair or (name.path[-2], name.end))
    scale = _scale(name, fit)
    curve = tuple(scale * value for value in curves.b[place, at].tolist())
    return Panel(
        name_effect(name, language),
        "\n".join(_say_weakness(name, curves, values, language)),
        tuple(curves.rho.tolist()),
        curve,
        curve[STEPS // 2],
        _zero(curves, at),
        name.kind == "direct",
    )


def _scale(name: EffectName, fit: PathFit) -> float:
    """Return what standardises an effect: the implied standard deviation of its start over that of its end."""
    variances = dict(zip(fit.of.observed, fit.implied_covariance.diagonal().tolist(), strict=True))
    return math.sqrt(variances[name.start] / variances[name.end])


def _zero(curves: RhoCurves, at: int) -> float | None:
    zero = float(curves.nearest_zero[at])
    return zero if math.isfinite(zero) else None


def _say_weakness(
    name: EffectName, curves: RhoCurves, values: Robustness, language: Language
) -> tuple[str, str]:
    """Say at which correlation of which residuals an effect is 0, and its robustness value."""
    at = curves.names.index(name)
    zero, pair = _zero(curves, at), curves.weakest[at]
    found = (
        say("never 0", language)
        if zero is None or pair is None
        else say(
            "0 at ρ = {rho} ({first}, {second})",
            language,
            rho=write_effect(zero, DECIMALS, language),
            first=pair[0],
            second=pair[1],
        )
    )
    value = float(values.effect_rv[values.names.index(name)])
    return found, say("robustness value {value}", language, value=write_effect(value, DECIMALS, language))


def _notes(analysis: PathAnalysis, left_out: int, language: Language) -> tuple[str, ...]:
    more = "{count} more effects, the smallest, are in the table of small effects."
    counted = (say(more, language, count=left_out),) if left_out else ()
    return (_say_legend(analysis, language), *counted, say_sample(analysis.fit, language))


def _say_legend(analysis: PathAnalysis, language: Language) -> str:
    return say(
        "Solid: direct effect; dashed: indirect effect; filled circle: as estimated; hollow diamond: where the effect is 0; "
        "shaded: within the smallest effect of interest, {sesoi} (SESOI), which the author states.",
        language,
        sesoi=write_yardstick(analysis.sesoi, language),
    )


def _caption(analysis: PathAnalysis, study: Study, language: Language) -> str:
    head = say(
        "Sensitivity of the effects in the path model of {study} to an unmeasured common cause: each standardised effect, "
        "refitted with the residuals of two variables correlated by ρ. The two, in brackets, are those whose correlation "
        "need be smallest to make the effect 0.",
        language,
        study=study.label.say(language),
    )
    robust = say(
        "A robustness value of 0.10 says that a confounder which explains 10 % of what is left of cause and outcome explains "
        "the effect away and a weaker one does not; that of an indirect effect is the one of its weakest path.",
        language,
    )
    return join(head, _say_legend(analysis, language), robust, say_sample(analysis.fit, language))


def _alt(fit: PathFit, curves: RhoCurves, values: Robustness, study: Study, language: Language) -> str:
    """Tell for every effect its size, where it is 0, and its robustness value."""
    opening = say(
        "Curves of {count} effects of {study} against the correlation of residuals.",
        language,
        count=len(values.names),
        study=study.label.say(language),
    )
    told = []
    for name in values.names:
        panel = _panel(name, fit, curves, values, language)
        size = write_effect(panel.estimate, DECIMALS, language)
        told.append(f"{panel.title} {size}: {panel.words.replace(chr(10), ', ')}")
    return f"{opening} {'; '.join(told)}."
