"""Tables of a path model: its equations, every effect with interval and verdict, and how well it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.effectwords import distinct_effects, name_effects, name_kinds
from bsc_analysis.exhibits.estimatetables import (
    STANDARDISED_DECIMALS,
    build_estimates,
    decimals_beside,
    pick,
)
from bsc_analysis.exhibits.exhibit import Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import (
    in_both,
    join,
    say_errors,
    say_intervals,
    say_level,
    say_notes,
    say_sample,
    say_standardised,
    say_yardstick,
)
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.fitmeasures import FitMeasures
    from bsc_analysis.studies import Study

SATURATED, RESTRICTED = "saturated: not applicable", "over-identified"


def equations_table(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Tabulate the coefficients of every equation: b and beta with standard errors, z, p, and R2 of the outcome.

    A coefficient that the model fixes has no error and no test.
    """

    def make(spoken: Language) -> Table:
        raw, three = decimals_beside(analysis.fit.se.tolist()), STANDARDISED_DECIMALS
        decimals = {"b": raw, "standard error of b": raw, "z": 2, "beta": three}
        decimals |= {"standard error of beta": three, "R² of the outcome": three}
        return build_estimates(_equation_columns(analysis), decimals, spoken, p_values=("p",))

    def caption(spoken: Language) -> str:
        head = say(
            "Equations of the path model of {study}: coefficients with standard errors, two-sided tests of 0, and the "
            "explained share of each outcome.",
            spoken,
            study=study.label.say(spoken),
        )
        return join(
            head,
            say_sample(analysis.fit, spoken),
            say_errors(analysis.fit.se_kind, spoken),
            say_standardised(spoken),
            say_notes(analysis.fit.notes, spoken),
        )

    alt = in_both(lambda spoken: _tell_equations(analysis, spoken))
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def effects_table(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Tabulate every direct, indirect and total effect, raw and standardised, with interval and verdict.

    A sum of paths that equals an effect already listed is left out.
    """
    kept = distinct_effects(analysis.effects.names)

    def make(spoken: Language) -> Table:
        raw = decimals_beside(pick(analysis.effects.se, kept))
        decimals = dict.fromkeys(("b", "standard error of b", "lower b", "upper b"), raw)
        decimals |= dict.fromkeys(("beta", "lower beta", "upper beta"), STANDARDISED_DECIMALS)
        return build_estimates(_effect_columns(analysis, kept, spoken), decimals, spoken)

    def caption(spoken: Language) -> str:
        head = say(
            "Effects in the path model of {study}: direct, along each indirect path, and in total. A sum that repeats an "
            "effect already listed is left out.",
            spoken,
            study=study.label.say(spoken),
        )
        return join(
            head,
            say_sample(analysis.fit, spoken),
            say_intervals(analysis.effects, analysis.fit, analysis.seed, spoken),
            say_standardised(spoken),
            say_yardstick(analysis.sesoi, spoken),
            say_notes(analysis.effects.notes, spoken),
        )

    verdicts = [analysis.judgements[at].verdict for at in kept]
    alt = both(
        "Table of {count} effects: {relevant} relevant, {negligible} negligible, {inconclusive} inconclusive",
        count=len(kept),
        relevant=verdicts.count("relevant"),
        negligible=verdicts.count("negligible"),
        inconclusive=verdicts.count("inconclusive"),
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def fit_table(analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language) -> Exhibit:
    """Tabulate how well the model fits; a saturated one says that measures of fit do not apply."""
    measures = analysis.measures

    def make(spoken: Language) -> Table:
        columns, decimals = _fit_columns(measures, spoken)
        tested = () if measures.saturated else ("p", "p of close fit")
        return build_estimates(columns, decimals, spoken, p_values=tested)

    def caption(spoken: Language) -> str:
        head = say("Fit of the path model of {study}.", spoken, study=study.label.say(spoken))
        return join(head, say_sample(analysis.fit, spoken), _explain_fit(measures, spoken))

    alt = in_both(lambda spoken: _tell_fit(measures, spoken))
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def _equation_columns(analysis: PathAnalysis) -> dict[str, Any]:
    fit = analysis.fit
    r2 = dict(zip(fit.model.endogenous, fit.r2.tolist(), strict=True))
    return {
        "outcome": [outcome for _, outcome in fit.model.edges],
        "predictor": [predictor for predictor, _ in fit.model.edges],
        "b": fit.b.tolist(),
        "standard error of b": [se or None for se in fit.se.tolist()],
        "z": fit.z.tolist(),
        "p": fit.p.tolist(),
        "beta": fit.beta.tolist(),
        "standard error of beta": fit.beta_se.tolist(),
        "R² of the outcome": [r2[outcome] for _, outcome in fit.model.edges],
    }


def _tell_equations(analysis: PathAnalysis, language: Language) -> str:
    edges, betas = analysis.fit.model.edges, analysis.fit.beta.tolist()
    largest = max(range(len(betas)), key=lambda at: abs(betas[at]))
    return say(
        "Table of {count} coefficients in {equations} equations; the largest beta is {beta}, of {start} on {end}",
        language,
        count=len(edges),
        equations=len(analysis.fit.model.endogenous),
        beta=format_number(betas[largest], STANDARDISED_DECIMALS, language),
        start=edges[largest][0],
        end=edges[largest][1],
    )


def _effect_columns(analysis: PathAnalysis, kept: tuple[int, ...], language: Language) -> dict[str, Any]:
    effects = analysis.effects
    names = [effects.names[at] for at in kept]
    labelled = any(name.label for name in names)
    return {
        **({"effect": name_effects(names, language)} if labelled else {}),
        "from": [name.start for name in names],
        "to": [name.end for name in names],
        "kind": name_kinds(names, language),
        "via": [", ".join(name.via) for name in names],
        "b": pick(effects.b, kept),
        "standard error of b": pick(effects.se, kept),
        "lower b": pick(effects.lower, kept),
        "upper b": pick(effects.upper, kept),
        "beta": pick(effects.beta, kept),
        "lower beta": pick(effects.beta_lower, kept),
        "upper beta": pick(effects.beta_upper, kept),
        "verdict": [say(analysis.judgements[at].verdict, language) for at in kept],
    }


def _fit_columns(measures: FitMeasures, language: Language) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the columns of one row and their decimals; a saturated model has none that compare it with the data."""
    numbers: dict[str, tuple[float | None, int]] = {
        "rows": (measures.n_obs, 0),
        "parameters": (measures.npar, 0),
        "df": (measures.df, 0),
    }
    if not measures.saturated:
        numbers |= {
            "chi-square": (measures.chisq, 3),
            "p": (measures.pvalue, 3),
            "CFI": (measures.cfi, 3),
            "TLI": (measures.tli, 3),
            "RMSEA": (measures.rmsea, 3),
            "lower RMSEA": (measures.rmsea_lower, 3),
            "upper RMSEA": (measures.rmsea_upper, 3),
            "p of close fit": (measures.rmsea_close, 3),
            "SRMR": (measures.srmr, 3),
        }
    numbers |= {"log-likelihood": (measures.logl, 1), "AIC": (measures.aic, 1), "BIC": (measures.bic, 1)}
    words = say(SATURATED if measures.saturated else RESTRICTED, language)
    columns: dict[str, Any] = {"measures of fit": [words]}
    columns |= {name: [value] for name, (value, _) in numbers.items()}
    return columns, {name: places for name, (_, places) in numbers.items()}


def _explain_fit(measures: FitMeasures, language: Language) -> str:
    if measures.saturated:
        return say(
            "The model is saturated: it restricts nothing and fits any data perfectly, so that measures of fit would say "
            "nothing.",
            language,
        )
    return say(
        "Chi-square against unrestricted moments; CFI and TLI against outcomes unrelated to everything; RMSEA with its "
        "{level} % interval; close fit means an RMSEA of at most {close}.",
        language,
        level=say_level(measures.rmsea_level or 0.9, language),
        close=format_number(0.05, 2, language),
    )


def _tell_fit(measures: FitMeasures, language: Language) -> str:
    if measures.saturated:
        return say("Table of fit: the model is saturated, measures of fit do not apply", language)
    shown = {
        name: "–" if value is None else format_number(value, STANDARDISED_DECIMALS, language)
        for name, value in (
            ("chisq", measures.chisq),
            ("cfi", measures.cfi),
            ("rmsea", measures.rmsea),
            ("srmr", measures.srmr),
        )
    }
    return say(
        "Table of fit: chi-square {chisq} with {df} degrees of freedom, CFI {cfi}, RMSEA {rmsea}, SRMR {srmr}",
        language,
        df=measures.df,
        **shown,
    )
