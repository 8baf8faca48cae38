"""Small effects: whether one is worth attention, negligible or undecided, and how many units it takes to see one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.clustering import check_design_effect

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.effects import Effects, Method
    from bsc_analysis.paths.pathmodel import PathModel

Verdict = Literal["relevant", "negligible", "inconclusive"]
Array = NDArray[Any]

SESOI = 0.10
"""The smallest standardised effect of interest unless another is stated. It is ours, by convention a small correlation."""

BAD_SESOI = "a smallest effect of interest of {got} is no yardstick, allowed: a number above 0"
OTHER_EFFECTS = "the narrower intervals are of other effects: give the same model and the same contrasts"
OTHER_LEVEL = "the narrower intervals have level {got}, expected {expected} beside intervals of level {level}"
LOW_LEVEL = "intervals of level {got} judge nothing, allowed: above 0.5"
NO_SIZE = "a correlation of {got} has no sample size, allowed: between -1 and 1, not 0"
BAD_SHARE = "{name} is {got}, allowed: above 0 and below 1"
NOT_PLAIN = (
    "power and sensitivity are computed for models without latent variables, residual covariances, fixed and equal "
    "coefficients"
)
# Levels are typed in as decimals: 1 - 2 x .05 differs from .9 in the last bit.
SAME_LEVEL = 1e-9


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an effect's intervals say against a smallest effect size of interest.

    Attributes
    ----------
    name
        The effect.
    estimate, sesoi
        The effect and the yardstick, on the same scale.
    lower, upper, level
        The interval whose place decides ``relevant`` and ``differs_from_zero``, and its level 1 - alpha.
    inner_lower, inner_upper, inner_level
        The interval whose place decides ``negligible``.
    verdict
        ``relevant``, ``negligible`` or ``inconclusive``.
    differs_from_zero
        Whether the interval leaves out 0; an effect can do so and be negligible.
    p_relevant, p_negligible
        p-values of the two verdicts' tests for the delta method, else None: against the hypothesis that the effect is
        at most, and at least, as large as the yardstick.
    """

    name: EffectName
    estimate: float
    sesoi: float
    lower: float
    upper: float
    level: float
    inner_lower: float
    inner_upper: float
    inner_level: float
    verdict: Verdict
    differs_from_zero: bool
    p_relevant: float | None
    p_negligible: float | None


def judge_effects(
    effects: Effects, *, sesoi: float = SESOI, standardised: bool = True, narrower: Effects | None = None
) -> tuple[Judgement, ...]:
    """Judge every effect against a smallest effect size of interest; each verdict errs with probability alpha at most.

    With alpha = 1 - ``effects.level``: an effect is *relevant* when its interval of level 1 - alpha lies wholly beyond
    +sesoi or wholly beyond -sesoi (a minimum-effect test of |effect| <= sesoi), *negligible* when its interval of
    level 1 - 2 alpha lies wholly between -sesoi and +sesoi (two one-sided tests, TOST, of |effect| >= sesoi), and
    *inconclusive* otherwise. The usual 95 % interval thus goes with a 90 % one.

    The narrower interval follows from the wider where it is symmetric by construction (``delta``, ``normal``). For other
    methods give the same effects with intervals of that level; without them the wider interval decides, which claims
    ``negligible`` at alpha / 2.

    Parameters
    ----------
    effects
        What :func:`decompose` or :func:`bootstrap` returned.
    sesoi
        The smallest effect size of interest. The default is ours and standardised; a study should state its own.
    standardised
        False judges effects in the units of the data, and then ``sesoi`` is in these units as well.
    narrower
        The same effects with intervals of level 1 - 2 alpha.

    Raises
    ------
    UseError
        When the yardstick is not above 0, the level not above one half, or the narrower intervals do not fit.

    >>> from bsc_analysis.paths.effects import decompose
    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> moments = Moments.from_correlations(["LG", "IP"], [[1, 0.038], [0.038, 1]], 5434)
    >>> judgement = judge_effects(decompose(fit_path(path_model("IP ~ LG"), moments)))[0]
    >>> judgement.verdict, judgement.differs_from_zero
    ('negligible', True)
    """
    _check_yardstick(sesoi, effects.level)
    own = _on_scale(effects, standardised=standardised)
    inner = _inner(effects, own, narrower, standardised=standardised)
    relevant = (own.lower > sesoi) | (own.upper < -sesoi)
    negligible = (inner.lower > -sesoi) & (inner.upper < sesoi)
    verdicts: list[Verdict] = [
        "relevant" if yes else "negligible" if no else "inconclusive"
        for yes, no in zip(relevant, negligible, strict=True)
    ]
    return tuple(
        Judgement(
            name,
            float(own.estimate[at]),
            sesoi,
            *own.interval(at),
            own.level,
            *inner.interval(at),
            inner.level,
            verdicts[at],
            bool(own.lower[at] > 0 or own.upper[at] < 0),
            *_p_values(own, at, sesoi, effects.method),
        )
        for at, name in enumerate(effects.names)
    )


def minimum_detectable(se: ArrayLike, *, power: float = 0.80, alpha: float = 0.05) -> Array:
    """Return the smallest effect that a two-sided test finds with the power asked for: (z(1 - alpha/2) + z(power)) se.

    The far tail is left out, which matters for powers near alpha only.

    Parameters
    ----------
    se
        Standard errors of any shape, such as ``effects.beta_se``; they hold what clustering there is.

    >>> float(minimum_detectable(0.05).round(4))
    0.1401
    """
    return np.asarray(_quantiles(power, alpha) * np.asarray(se, float))


def n_for_power(r: float, *, power: float = 0.80, alpha: float = 0.05, design_effect: float = 1.0) -> int:
    """Return the number of units at which a two-sided test of a correlation r has the power asked for.

    Fisher's approximation: n = ((z(1 - alpha/2) + z(power)) / atanh(r))^2 + 3, times the design effect, rounded up
    (Cohen 1988, section 3.4, gives the same to a unit or two). For a standardised path it is exact only with one
    predictor.

    Parameters
    ----------
    r
        The correlation.
    power, alpha
        What is asked of the test.
    design_effect
        How many clustered units are worth one independent unit, see :func:`bsc_analysis.paths.clustering.design_effect`.

    Raises
    ------
    UseError
        When r is 0 or no correlation, or another number is out of range.

    >>> n_for_power(0.329), n_for_power(0.006), n_for_power(0.329, design_effect=1.9)
    (71, 218023, 134)
    """
    if not 0 < abs(r) < 1:
        raise UseError(fault(NO_SIZE, got=r))
    check_design_effect(design_effect)
    independent = (_quantiles(power, alpha) / math.atanh(abs(r))) ** 2 + 3
    return math.ceil(independent * design_effect)


def refuse_elaborate(model: PathModel) -> None:
    """Refuse a model for which power and sensitivity have no closed form."""
    if not model.simple or model.fixed:
        raise UseError(fault(NOT_PLAIN))


def _check_yardstick(sesoi: float, level: float) -> None:
    faults = [] if sesoi > 0 and math.isfinite(sesoi) else [fault(BAD_SESOI, got=sesoi)]
    if not level > 0.5:
        faults.append(fault(LOW_LEVEL, got=level))
    if faults:
        raise UseError(*faults)


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    """Effects on one of their two scales, each array (m,), with intervals of one level."""

    estimate: Array
    se: Array
    lower: Array
    upper: Array
    level: float

    def interval(self, at: int) -> tuple[float, float]:
        return float(self.lower[at]), float(self.upper[at])


def _on_scale(effects: Effects, *, standardised: bool) -> _Scale:
    if standardised:
        return _Scale(effects.beta, effects.beta_se, effects.beta_lower, effects.beta_upper, effects.level)
    return _Scale(effects.b, effects.se, effects.lower, effects.upper, effects.level)


def _inner(effects: Effects, own: _Scale, narrower: Effects | None, *, standardised: bool) -> _Scale:
    wanted = 2 * own.level - 1
    if narrower is not None:
        _check_narrower(effects, narrower, wanted)
        return _on_scale(narrower, standardised=standardised)
    if effects.method not in ("delta", "normal"):
        return own
    middle, half = (own.lower + own.upper) / 2, (own.upper - own.lower) / 2
    half = half * ndtri(own.level) / ndtri((1 + own.level) / 2)
    return _Scale(own.estimate, own.se, middle - half, middle + half, wanted)


def _check_narrower(effects: Effects, narrower: Effects, wanted: float) -> None:
    faults = []
    if narrower.names != effects.names:
        faults.append(fault(OTHER_EFFECTS))
    if abs(narrower.level - wanted) > SAME_LEVEL:
        faults.append(fault(OTHER_LEVEL, got=narrower.level, expected=f"{wanted:.6g}", level=effects.level))
    if faults:
        raise UseError(*faults)


def _p_values(own: _Scale, at: int, sesoi: float, method: Method) -> tuple[float | None, float | None]:
    if method != "delta" or not own.se[at] > 0:
        return None, None
    beyond = (abs(float(own.estimate[at])) - sesoi) / float(own.se[at])
    return min(1.0, 2 * float(ndtr(-beyond))), float(ndtr(beyond))


def _quantiles(power: float, alpha: float) -> float:
    faults = [
        fault(BAD_SHARE, name=name, got=value)
        for name, value in (("power", power), ("alpha", alpha))
        if not 0 < value < 1
    ]
    if faults:
        raise UseError(*faults)
    return float(ndtri(1 - alpha / 2) + ndtri(power))
