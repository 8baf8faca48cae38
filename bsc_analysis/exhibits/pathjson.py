"""The analysis of a path model as JSON: numbers in full precision, null for what is missing or does not apply.

The schema stands in ``docs/schemas/paths.schema.json``.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.language.words import say, say_fault

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.fitmeasures import FitMeasures
    from bsc_analysis.paths.groupdifferences import Contrasts, GroupDifferences
    from bsc_analysis.paths.groups import GroupComparison
    from bsc_analysis.paths.grouptests import NestedTest

Record = dict[str, Any]
FIT = (
    "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea_lower", "rmsea_upper", "srmr", "aic", "bic", "logl",
)  # fmt: skip
EQUATION = ("b", "se", "z", "p", "beta", "beta_se")
EFFECT = ("b", "se", "lower", "upper", "beta", "beta_se", "beta_lower", "beta_upper")


def path_json(analysis: PathAnalysis, language: Language = "en", *, made: bool = False) -> str:
    """Return an analysis as JSON; only the notes and the statement are in the language.

    The keys are ``n_obs``, ``df``, ``equations``, ``effects``, ``fit``, ``r2`` and ``notes``, then how intervals were
    made, ``groups`` where groups were compared, and ``data_status`` and ``statement`` where the data are made.

    >>> from bsc_analysis.paths.analysis import analyse_paths
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> moments = Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 71)
    >>> content = json.loads(path_json(analyse_paths(path_model("IP ~ LG"), moments)))
    >>> content["n_obs"], round(content["equations"][0]["b"], 3), content["fit"]["chisq"]
    (71, 0.329, None)
    """
    fit, effects = analysis.fit, analysis.effects
    content: Record = {
        "n_obs": fit.n_obs,
        "df": fit.df,
        "equations": _equations(analysis),
        "effects": _effects(analysis),
        "fit": _fit(analysis.measures),
        "r2": dict(zip(fit.model.endogenous, _plain(fit.r2), strict=True)),
        "notes": [say_fault(note, language) for note in analysis.notes],
        "se_kind": fit.se_kind,
        "missing": fit.missing,
        "dropped": fit.dropped,
        "n_clusters": fit.n_clusters,
        "method": effects.method,
        "level": effects.level,
        "n_boot": effects.n_boot,
        "n_failed": effects.n_failed,
        "seed": analysis.seed,
        "sesoi": analysis.sesoi,
    }
    if analysis.groups is not None:
        content["groups"] = _groups(analysis.groups)
    if made:
        content |= {"data_status": "synthetic", "statement": say(STATUS_SENTENCES["synthetic"], language)}
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def _equations(analysis: PathAnalysis) -> list[Record]:
    fit = analysis.fit
    columns = [_plain(getattr(fit, name)) for name in EQUATION]
    return [
        {"outcome": outcome, "predictor": predictor, **dict(zip(EQUATION, row, strict=True))}
        for (predictor, outcome), *row in zip(fit.model.edges, *columns, strict=True)
    ]


def _effects(analysis: PathAnalysis) -> list[Record]:
    effects = analysis.effects
    columns = [_plain(getattr(effects, name)) for name in EFFECT]
    return [
        {**_name(name), **dict(zip(EFFECT, row, strict=True)), "verdict": judgement.verdict}
        for name, judgement, *row in zip(effects.names, analysis.judgements, *columns, strict=True)
    ]


def _name(name: EffectName) -> Record:
    """Return between which variables an effect is; a contrast or a definition has a label instead."""
    if name.label:
        return {"from": None, "to": None, "kind": name.kind, "via": [], "label": name.label}
    return {"from": name.start, "to": name.end, "kind": name.kind, "via": list(name.via)}


def _fit(measures: FitMeasures) -> Record:
    return {name: _number(getattr(measures, name)) for name in FIT}


def _groups(compared: GroupComparison) -> Record:
    differences = compared.differences
    return {
        "column": differences.column,
        "each": [_group(compared, at) for at in range(len(differences.groups))],
        "tests": [_test(test) for test in compared.nested],
        "differences": _differences(differences),
        "method": differences.method,
        "level": differences.level,
    }


def _group(compared: GroupComparison, at: int) -> Record:
    """Return one group's own coefficients and effects."""
    fit, differences = compared.fits[0], compared.differences
    columns = [_plain(each[at]) for each in (fit.b, fit.se, fit.beta, fit.beta_se)]
    equations = [
        {"outcome": outcome, "predictor": predictor, "b": b, "se": se, "beta": beta, "beta_se": beta_se}
        for (predictor, outcome), b, se, beta, beta_se in zip(fit.model.edges, *columns, strict=True)
    ]
    raw, standardised = differences.raw, differences.standardised
    own = [_plain(each[at]) for each in (raw.group, raw.group_se, standardised.group, standardised.group_se)]
    effects = [
        {**_name(name), "b": b, "se": se, "beta": beta, "beta_se": beta_se}
        for name, b, se, beta, beta_se in zip(differences.names, *own, strict=True)
    ]
    return {
        "label": fit.groups[at],
        "n_obs": int(fit.n_obs[at]),
        "equations": equations,
        "effects": effects,
    }


def _test(test: NestedTest) -> Record:
    figures = ("statistic", "p", "logl", "aic", "bic")
    return {
        "equal": list(test.equal),
        "df": test.df,
        **{name: _number(getattr(test, name)) for name in figures},
    }


def _differences(differences: GroupDifferences) -> list[Record]:
    """Return the difference of every effect for every pair, the second group less the first."""
    return [
        {
            "first": first,
            "second": second,
            **_name(name),
            **_difference(differences.raw, pair, at, ""),
            **_difference(differences.standardised, pair, at, "beta_"),
        }
        for pair, (first, second) in enumerate(differences.pairs)
        for at, name in enumerate(differences.names)
    ]


def _difference(of: Contrasts, pair: int, at: int, before: str) -> Record:
    named = {
        before.rstrip("_") or "b": of.difference,
        f"{before}se": of.se,
        f"{before}lower": of.lower,
        f"{before}upper": of.upper,
        f"{before}p": of.p,
        f"{before}p_holm": of.p_holm,
    }
    return {name: _number(values[pair, at]) for name, values in named.items()}


def _plain(values: Any) -> list[float | None]:
    return [_number(each) for each in values.tolist()]


def _number(value: float | None) -> float | None:
    """Return a number that JSON has: neither NaN nor infinity."""
    if isinstance(value, int):
        return value
    return None if value is None or not math.isfinite(value) else float(value)
