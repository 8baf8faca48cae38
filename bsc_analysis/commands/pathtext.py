"""The analysis of a path model as lines of text that people can read in a terminal: aligned, numbers by locale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bsc_analysis.commands.figuretext import decimals_for, figure, share_text
from bsc_analysis.commands.grouptext import group_lines
from bsc_analysis.commands.output import align
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.language.words import say, say_fault

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.analysis import PathAnalysis

ABOUT = "{n_obs} rows; standard errors: {se}; missing values: {missing}; intervals of {level} %: {method}"
REPLICATES = "{n_boot} replicates, seed {seed}"
VERDICTS = "verdicts beside a standardised effect of {sesoi}"
STANDARDISED_DECIMALS = 3
MEASURES = {
    "chisq": "chi-square",
    "df": "degrees of freedom",
    "pvalue": "p",
    "cfi": "CFI",
    "tli": "TLI",
    "rmsea": "RMSEA",
    "rmsea_lower": "RMSEA, lower end (90 %)",
    "rmsea_upper": "RMSEA, upper end (90 %)",
    "rmsea_close": "RMSEA, p of close fit",
    "srmr": "SRMR",
    "aic": "AIC",
    "bic": "BIC",
    "logl": "log-likelihood",
}
KINDS = {
    "direct": "direct",
    "specific": "specific indirect",
    "total_indirect": "total indirect",
    "total": "total",
    "contrast": "contrast",
    "defined": "defined",
}


def path_text(analysis: PathAnalysis, language: Language, *, made: bool = False) -> str:
    r"""Return equations, explained shares, effects, fit, groups and notes as tables.

    ``made`` says that the data are made; the last line says so too.

    >>> from bsc_analysis.paths.analysis import analyse_paths
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> moments = Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 71)
    >>> print(path_text(analyse_paths(path_model("IP ~ LG"), moments), "en").split("\n\n")[1])
    Equations
    outcome  predictor      b     se      z      p   beta  se of beta
    IP       LG         0.329  0.112  2.936  0.003  0.329       0.106
    """
    parts = [
        _about(analysis, language),
        [say("Equations", language), *_equation_lines(analysis, language)],
        [say("Explained share of variance (R²)", language), *_explained_lines(analysis, language)],
        [say("Effects", language), *_effect_lines(analysis, language)],
        [say("Fit", language), *_fit_lines(analysis, language)],
    ]
    if analysis.groups is not None:
        parts += group_lines(analysis.groups, language)
    if analysis.notes:
        parts.append([say("Notes", language), *(say_fault(note, language) for note in analysis.notes)])
    if made:
        parts.append([say(STATUS_SENTENCES["synthetic"], language)])
    return "\n\n".join("\n".join(lines) for lines in parts)


def _about(analysis: PathAnalysis, language: Language) -> list[str]:
    fit, effects = analysis.fit, analysis.effects
    facts = say(
        ABOUT,
        language,
        n_obs=figure(fit.n_obs, 0, language),
        se=fit.se_kind,
        missing=fit.missing,
        level=figure(100 * effects.level, 0, language),
        method=effects.method,
    )
    drawn = say(REPLICATES, language, n_boot=figure(effects.n_boot, 0, language), seed=analysis.seed)
    verdicts = say(VERDICTS, language, sesoi=figure(analysis.sesoi, 2, language))
    return [facts, *([drawn] if analysis.seed is not None else []), verdicts]


def _equation_lines(analysis: PathAnalysis, language: Language) -> list[str]:
    fit = analysis.fit
    words = ("outcome", "predictor", "b", "se", "z", "p", "beta", "se of beta")
    raw, three = decimals_for(fit.se.tolist()), STANDARDISED_DECIMALS
    columns = (fit.b, fit.se, fit.z, fit.p, fit.beta, fit.beta_se)
    rows = [
        [
            outcome, predictor, figure(b, raw, language), figure(se, raw, language), figure(z, three, language),
            share_text(p, language), figure(beta, three, language), figure(beta_se, three, language),
        ]
        for (predictor, outcome), b, se, z, p, beta, beta_se in zip(
            fit.model.edges, *(each.tolist() for each in columns), strict=True
        )
    ]  # fmt: skip
    return align([[say(word, language) for word in words], *rows], right=range(2, len(words)))


def _explained_lines(analysis: PathAnalysis, language: Language) -> list[str]:
    fit = analysis.fit
    rows = [
        [name, figure(value, STANDARDISED_DECIMALS, language)]
        for name, value in zip(fit.model.endogenous, fit.r2.tolist(), strict=True)
    ]
    return align(rows, right=[1])


def _effect_lines(analysis: PathAnalysis, language: Language) -> list[str]:
    effects = analysis.effects
    words = ("effect", "kind", "b", "se", "lower", "upper", "beta", "lower", "upper", "verdict")
    raw = decimals_for(effects.se.tolist())
    columns = (
        effects.b, effects.se, effects.lower, effects.upper,
        effects.beta, effects.beta_lower, effects.beta_upper,
    )  # fmt: skip
    decimals = (raw, raw, raw, raw, *(STANDARDISED_DECIMALS,) * 3)
    rows = []
    for name, judgement, *values in zip(
        effects.names, analysis.judgements, *(each.tolist() for each in columns), strict=True
    ):
        shown = [figure(value, each, language) for value, each in zip(values, decimals, strict=True)]
        spoken = name.label or " -> ".join(name.path)
        rows.append([spoken, say(KINDS[name.kind], language), *shown, say(judgement.verdict, language)])
    return align([[say(word, language) for word in words], *rows], right=range(2, 9))


def _fit_lines(analysis: PathAnalysis, language: Language) -> list[str]:
    """Return the measures that apply; of a saturated model only what compares it with others."""
    measures = analysis.measures
    known = [(name, getattr(measures, name)) for name in MEASURES]
    rows = [
        [say(MEASURES[name], language), _measure(name, value, language)]
        for name, value in known
        if value is not None and math.isfinite(value)
    ]
    saturated = [say("saturated: not applicable", language)] if measures.saturated else []
    return [*saturated, *align(rows, right=[1])]


def _measure(name: str, value: float, language: Language) -> str:
    if name in ("pvalue", "rmsea_close"):
        return share_text(value, language)
    return figure(value, 0 if name == "df" else STANDARDISED_DECIMALS, language)
