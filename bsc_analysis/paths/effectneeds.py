"""What it takes to see each effect of a fitted model: the smallest that is found, and the rows that would show its own size."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.likelihood import expected_information, invert
from bsc_analysis.paths.power import NULL, OUT_OF_REACH, n_for_effect
from bsc_analysis.paths.smalleffects import minimum_detectable

if TYPE_CHECKING:
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.effects import Effects
    from bsc_analysis.paths.pathfit import PathFit

Array = NDArray[Any]

# What a ratio of equal variances differs from 1 by must not cost a row.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class EffectNeeds:
    """What each effect needs, each array (m,) in the order of ``names``.

    Attributes
    ----------
    names
        The m effects.
    detectable
        The smallest standardised effect that the data at hand find with the power asked for.
    design_effect
        The squared standard error over that of independent, normal, complete rows; NaN where the latter is 0, and for
        contrasts and definitions.
    n
        Rows that show an effect of the estimated size with that power, from a population with the estimated
        coefficients; NaN where the effect is 0, needs more than ten million rows, or belongs to a model or a kind of
        effect that is not simulated.
    power, alpha
        The power, and the level of the two-sided tests.
    n_sim
        Simulated samples behind each ``n``.
    """

    names: tuple[EffectName, ...]
    detectable: Array
    design_effect: Array
    n: Array
    power: float
    alpha: float
    n_sim: int


def effect_needs(
    fit: PathFit,
    effects: Effects,
    *,
    power: float = 0.80,
    alpha: float = 0.05,
    n_sim: int = 2000,
    seed: int = 20151122,
) -> EffectNeeds:
    """Return what it takes to see each effect of a fitted model.

    The smallest detectable effect is (z(1 - alpha/2) + z(power)) se, with the standard errors of ``effects``, which hold
    what clustering there is. The design effect is se^2 over the square of the error by expected information. The number
    of rows is simulated with independent normal rows (:func:`~bsc_analysis.paths.power.n_for_effect`), then multiplied by
    the design effect: clusters stay as large, and rows as alike, as they are.

    Parameters
    ----------
    fit, effects
        A fit, and its effects with their standard errors, by the delta method or by bootstrap.
    power, alpha
        What is asked of the two-sided tests.
    n_sim, seed
        Simulated samples for each effect, and their seed.

    Raises
    ------
    UseError
        When a number is out of range.

    Examples
    --------
    The standard error of beta is (1 - .329^2) / sqrt(71) = .1058, times 1.9600 + .8416 it is .2965.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> fit = fit_path(path_model("IP ~ LG"), Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 71))
    >>> needs = effect_needs(fit, decompose(fit))
    >>> float(needs.detectable[0].round(4)), float(needs.design_effect[0]), bool(abs(needs.n[0] - 71) < 4)
    (0.2965, 1.0, True)
    """
    detectable = minimum_detectable(effects.beta_se, power=power, alpha=alpha)
    inflation = _design_effect(fit, effects)
    n = np.full(len(effects), np.nan)
    if fit.model.simple and not fit.model.fixed:
        independent = _independent_rows(fit, power=power, alpha=alpha, n_sim=n_sim, seed=seed)
        n[: len(independent)] = [
            _whole(rows * each) for rows, each in zip(independent, inflation[: len(independent)], strict=True)
        ]
    return EffectNeeds(effects.names, detectable, inflation, n, power, alpha, n_sim)


def _whole(rows: float) -> float:
    return math.ceil(rows - _ROUNDING) if math.isfinite(rows) else math.nan


def _design_effect(fit: PathFit, effects: Effects) -> Array:
    """Return the ratios of variances for the effects of pairs, which come first, and NaN for those with a label."""
    vcov = invert(expected_information(fit.of, fit.theta)) / fit.n_obs
    plain = decompose(replace(fit, vcov=vcov))
    count = len(list_effects(fit.model).sums)
    own, independent = effects.beta_se[:count], plain.beta_se[:count]
    found = np.full(len(effects), np.nan)
    found[:count] = np.divide(own, independent, out=np.full(count, np.nan), where=independent > 0) ** 2
    return found


def _independent_rows(fit: PathFit, **asked: Any) -> list[float]:
    """Return for each effect of a pair how many independent rows show it; what two names share is simulated once."""
    effects = list_effects(fit.model)
    done: dict[tuple[int, ...], float] = {}
    for at, parts in enumerate(effects.sums):
        if parts not in done:
            done[parts] = _rows_for(fit, str(effects.names[at]), **asked)
    return [done[parts] for parts in effects.sums]


def _rows_for(fit: PathFit, effect: str, **asked: Any) -> float:
    betas = dict(zip(fit.model.edges, fit.beta.tolist(), strict=True))
    try:
        return float(n_for_effect(fit.model, betas, effect, exogenous=_exogenous(fit), **asked).n)
    except UseError as error:
        if any(each.sentence not in (NULL, OUT_OF_REACH) for each in error.faults):
            raise
        return math.nan


def _exogenous(fit: PathFit) -> Array:
    """Return the correlations of the exogenous variables in the order of the model."""
    at = [fit.of.observed.index(name) for name in fit.model.exogenous]
    sd = np.sqrt(np.diag(fit.covariance))[at]
    return np.asarray(fit.covariance[np.ix_(at, at)] / np.outer(sd, sd))
