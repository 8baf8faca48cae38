"""Rho curves: every effect of a path model as the residuals of two variables are assumed to be correlated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths import closedform
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.smalleffects import refuse_elaborate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bsc_analysis.paths.effectlist import EffectList, EffectName
    from bsc_analysis.paths.pathfit import PathFit

Array = NDArray[Any]

BAD_RHO = "a correlation of residuals of {got} is impossible, allowed: between -1 and 1, without these"
# Whether two values of an effect differ, relative to their size: sums of a few products leave about 1e-16.
SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class RhoCurves:
    """Effects under correlated residuals, for each pair of variables.

    Attributes
    ----------
    names
        The m effects.
    pairs
        The P pairs, the cause first: each variable with each that stands later in causal order and has an equation.
    rho
        (R,) the correlations assumed.
    b
        (P, m, R) the effects in the units of the data; at rho = 0 as estimated.
    zero
        (P, m) the correlation at which an effect is 0; NaN where none makes it so, and for the model's own definitions.
    """

    names: tuple[EffectName, ...]
    pairs: tuple[tuple[str, str], ...]
    rho: Array
    b: Array
    zero: Array

    @property
    def nearest_zero(self) -> Array:
        """The correlation nearest to 0, over all pairs, that makes each effect 0, (m,); NaN where none does."""
        size = np.where(np.isnan(self.zero), np.inf, np.abs(self.zero))
        return np.asarray(self.zero[size.argmin(axis=0), np.arange(len(self.names))])

    @property
    def weakest(self) -> tuple[tuple[str, str] | None, ...]:
        """The pair that has it, for each effect, (m,); None where none does."""
        size = np.where(np.isnan(self.zero), np.inf, np.abs(self.zero))
        return tuple(
            self.pairs[at] if np.isfinite(best) else None
            for at, best in zip(size.argmin(axis=0), size.min(axis=0), strict=True)
        )


def rho_curves(fit: PathFit, *, rho: ArrayLike | None = None) -> RhoCurves:
    """Return every effect of a model refitted with the residuals of two variables correlated by rho.

    An unmeasured cause of two variables makes their residuals correlate. With r and s the residuals of cause and outcome
    given the outcome's predictors, sigma the cause's residual standard deviation and g the coefficients of its residual on
    these predictors, the outcome's coefficients become b - d g with d = rho sigma_y / sigma, where the outcome's own
    residual standard deviation solves sigma_y^2 (1 - rho^2) + d cov(r, s) = var(s). All other coefficients stay. This is
    maximum likelihood where the outcome's predictors include the cause and all its predictors; otherwise the cause's
    equation keeps its estimates (two steps). With one mediator it is the curve of Imai, Keele and Yamamoto (2010, theorem
    4). An exogenous variable counts with its residual given the other exogenous ones.

    Parameters
    ----------
    fit
        A fit without latent variables, residual covariances, fixed and equal coefficients.
    rho
        Correlations, (R,); by default from -.95 to .95 by .05.

    Raises
    ------
    UseError
        When the model is not such, or a correlation is not between -1 and 1.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    >>> fit = fit_path(path_model("IP ~ LG; CP ~ LG + IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 103))
    >>> curves = rho_curves(fit)
    >>> at = [str(name) for name in curves.names].index("LG -> IP -> CP")
    >>> curves.weakest[at], float(curves.nearest_zero[at].round(3))
    (('IP', 'CP'), 0.303)
    """
    refuse_elaborate(fit.model)
    grid = np.arange(-19, 20) / 20 if rho is None else np.asarray(rho, float).ravel()
    _check_rho(grid)
    effects = list_effects(fit.model)
    b = closedform.coefficients(closedform.plan(fit.model), fit.covariance)
    links = _links(fit, b)
    curves = np.stack([effects.values(link.coefficients(b, link.shift(grid))) for link in links])
    zeros = np.stack([_zeros(effects, b, link) for link in links])
    return RhoCurves(effects.names, tuple(link.pair for link in links), grid, curves, zeros)


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    """A pair of variables whose residuals may correlate: what their correlation does to the outcome's coefficients.

    ``slopes`` (E,) are the coefficients of the cause's residual on the outcome's predictors, 0 elsewhere; ``sigma2``,
    ``own`` and ``shared`` are the variance of the cause's residual, of the outcome's given its predictors, and the
    latter's covariance with what these predictors leave of the cause's residual.
    """

    pair: tuple[str, str]
    slopes: Array
    sigma2: float
    own: float
    shared: float

    def shift(self, rho: Array) -> Array:
        """Return d = rho sigma_y / sigma for each correlation."""
        ratio = rho / self.sigma2**0.5
        free = 1 - rho**2
        linear = ratio * self.shared
        return np.asarray(ratio * (np.sqrt(linear**2 + 4 * free * self.own) - linear) / (2 * free))

    def coefficients(self, b: Array, shift: Array) -> Array:
        """Return all coefficients (E, R) for shifts (R,)."""
        return np.asarray(b[:, None] - self.slopes[:, None] * shift)

    def correlation(self, shift: Array) -> Array:
        """Return the correlation that shifts by d, NaN where none does: the inverse of ``shift``."""
        left = self.own - shift * self.shared
        size = shift**2 * self.sigma2
        square = np.divide(size, size + left, out=np.full(len(shift), np.nan), where=left > 0)
        return np.asarray(np.sign(shift) * np.sqrt(square))


def _links(fit: PathFit, b: Array) -> list[_Link]:
    """Return every pair, in causal order of the cause and then of the outcome."""
    model = fit.model
    residuals = _residuals(fit, b)
    order = {name: at for at, name in enumerate(model.variables)}
    return [
        _link(fit, (cause, outcome), residuals)
        for cause in model.variables
        for outcome in model.endogenous
        if order[cause] < order[outcome]
    ]


def _link(fit: PathFit, pair: tuple[str, str], residuals: dict[str, Array]) -> _Link:
    cause, outcome = pair
    S, model = fit.covariance, fit.model
    place = {name: at for at, name in enumerate(fit.of.observed)}
    x = [place[name] for name in model.predictors(outcome)]
    e, s = residuals[cause], residuals[outcome]
    g = np.linalg.solve(S[np.ix_(x, x)], S[x] @ e)
    slopes = np.zeros(len(model.edges))
    slopes[[model.edges.index((name, outcome)) for name in model.predictors(outcome)]] = g
    left = e.copy()
    left[x] -= g
    return _Link(pair, slopes, float(e @ S @ e), float(s @ S @ s), float(left @ S @ s))


def _residuals(fit: PathFit, b: Array) -> dict[str, Array]:
    """Return each variable's residual as weights of the observed variables, (k,)."""
    place = {name: at for at, name in enumerate(fit.of.observed)}
    weights = {name: np.zeros(len(place)) for name in fit.model.variables}
    for name, each in weights.items():
        each[place[name]] = 1
    for (start, end), value in zip(fit.model.edges, b, strict=True):
        weights[end][place[start]] -= value
    x = [place[name] for name in fit.model.exogenous]
    precision = np.linalg.inv(fit.covariance[np.ix_(x, x)])
    for row, name in zip(precision, fit.model.exogenous, strict=True):
        weights[name][x] = row / row[x.index(place[name])]
    return weights


def _zeros(effects: EffectList, b: Array, link: _Link) -> Array:
    """Return the correlation at which each effect is 0, (m,).

    An effect is a straight line in d, since a path meets the outcome once at most; only definitions need not be.
    """
    at_0, at_1 = effects.values(link.coefficients(b, np.array([0.0, 1.0]))).T
    fall = at_0 - at_1
    moves = np.abs(fall) > SAME * np.maximum(np.abs(at_0), np.abs(at_1))
    moves &= [name.kind != "defined" for name in effects.names]
    shift = np.divide(at_0, fall, out=np.full(len(fall), np.nan), where=moves)
    return np.where(np.isnan(shift), np.nan, link.correlation(np.nan_to_num(shift)))


def _check_rho(grid: Array) -> None:
    faults = [fault(BAD_RHO, got=each) for each in grid if not -1 < each < 1]
    if faults:
        raise UseError(*faults)
