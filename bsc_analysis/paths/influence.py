"""Influence: what every effect would be without each row or cluster, and which of them decide a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths import closedform
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.likelihood import STEP, invert, observed_information, scores
from bsc_analysis.paths.matrixchecks import SINGULAR
from bsc_analysis.paths.standardised import edge_coefficients

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.closedform import Plan
    from bsc_analysis.paths.effectlist import EffectList, EffectName
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.pathfit import PathFit

Array = NDArray[Any]

POOLED = "influence needs moments per row or per cluster, not pooled ones"
INCOMPLETE = "influence is not available with fiml: fit the complete rows (listwise) to obtain it"
ONE_STEP = "influence is approximated by one step from the estimates: this model has no closed form"

# Units at once: a few megabytes for a model of a dozen variables.
_CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Every effect with and without each unit.

    Attributes
    ----------
    names
        The m effects.
    labels
        The g units: clusters' names, or the numbers of rows counted from 1 among those used.
    b, se
        (m,) each effect and its standard error, from all units.
    b_without, se_without
        (m, g) the same without each unit; NaN where the others do not allow the model to be fitted.
    level
        Of the intervals that decide verdicts.
    notes
        What a reader must know, as sentences.
    """

    names: tuple[EffectName, ...]
    labels: tuple[str, ...]
    b: Array
    se: Array
    b_without: Array
    se_without: Array
    level: float
    notes: tuple[Fault, ...] = ()

    @property
    def change(self) -> Array:
        """By how many standard errors each unit moves each effect, (b - b without) / se, (m, g); NaN where se is 0."""
        moved = self.b[:, None] - self.b_without
        se = np.broadcast_to(self.se[:, None], moved.shape)
        return np.asarray(np.divide(moved, se, out=np.full(moved.shape, np.nan), where=se > 0))

    @property
    def sign_changes(self) -> Array:
        """Whether an effect has the other sign without a unit, (m, g)."""
        return np.asarray(self.b[:, None] * self.b_without < 0)

    @property
    def verdict_changes(self) -> Array:
        """Whether the interval of an effect holds 0 with a unit and not without it, or the reverse, (m, g)."""
        reach = stats.norm.ppf((1 + self.level) / 2)
        holds = np.abs(self.b) <= reach * self.se
        holds_without = np.abs(self.b_without) <= reach * self.se_without
        return np.asarray((holds[:, None] != holds_without) & np.isfinite(self.b_without))

    @property
    def deciding(self) -> tuple[str, ...]:
        """The labels of the units without any one of which some interval's verdict would be another."""
        return tuple(self.labels[at] for at in np.flatnonzero(self.verdict_changes.any(axis=0)))

    def strongest(self, effect: int, count: int = 5) -> tuple[str, ...]:
        """Return the labels of the units that move one effect most, strongest first."""
        size = np.nan_to_num(np.abs(self.change[effect]))
        return tuple(self.labels[at] for at in np.argsort(-size, kind="stable")[:count])


def influence(fit: PathFit, moments: Moments, *, level: float = 0.95) -> Influence:
    """Return every effect without each row or cluster, in closed form: nothing is fitted again.

    A unit's cross-products are taken from the total, S_(c) = (n S - M_c) / (n - n_c) - d d' with d the mean of the others,
    and the equations are solved for all units at once. Standard errors without a unit are those of maximum likelihood; for
    a fit with other standard errors they are enlarged by the ratio of the two in the whole data. A model that is not
    simple moves by one step: theta_(c) = theta - A^-1 s_c / n for its scores s_c and information A.

    Parameters
    ----------
    fit
        A fit of complete rows.
    moments
        Of the same data, per row or per cluster.
    level
        Of the intervals that decide verdicts.

    Raises
    ------
    UseError
        When the moments are pooled, or the fit used ``fiml``.

    Examples
    --------
    Without the fourth row the slope is 2 / 2 = 1 instead of 7.95 / 5 = 1.59.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import moments_of
    >>> from bsc_analysis.paths.rows import Rows
    >>> rows = Rows(("LG", "IP"), np.array([[0.0, 0.1], [1.0, 0.9], [2.0, 2.1], [3.0, 5.0]]))
    >>> moments = moments_of(rows)
    >>> found = influence(fit_path(path_model("IP ~ LG"), moments), moments)
    >>> float(found.b[0].round(2)), float(found.b_without[0, 3].round(2)), found.strongest(0, 1)
    (1.59, 1.0, ('4',))
    """
    _check(fit, moments)
    units = moments.select(fit.of.observed)
    effects = list_effects(fit.model)
    b = np.asarray(effects.values(fit.b))
    se = fit.se_of(lambda theta: effects.values(edge_coefficients(fit.of, fit.model, theta)))
    labels = units.labels or tuple(str(number + 1) for number in range(len(units.n)))
    if fit.model.simple:
        without, se_without = _exact(fit, units, effects, se)
        notes: tuple[Fault, ...] = ()
    else:
        without, notes = _one_step(fit, units, effects), (fault(ONE_STEP),)
        se_without = np.broadcast_to(se[:, None], without.shape)
    return Influence(effects.names, labels, b, se, without, se_without, level, notes)


def _check(fit: PathFit, moments: Moments) -> None:
    if fit.missing == "fiml":
        raise UseError(fault(INCOMPLETE))
    if moments.unit == "pool":
        raise UseError(fault(POOLED))


def _one_step(fit: PathFit, units: Moments, effects: EffectList) -> Array:
    inverse = invert(observed_information(fit.of, fit.theta, fit.covariance))
    theta = fit.theta - scores(fit.of, fit.theta, units) @ inverse / fit.n_obs
    coefficients = [edge_coefficients(fit.of, fit.model, each) for each in theta]
    return np.asarray(effects.values(np.stack(coefficients, axis=-1)))


def _exact(fit: PathFit, units: Moments, effects: EffectList, se: Array) -> tuple[Array, Array]:
    equations = closedform.plan(fit.model)
    _, whole = _solve(equations, effects, fit.covariance[..., None], np.array([float(fit.n_obs)]))
    ratio = np.divide(se[:, None], whole, out=np.ones_like(whole), where=whole > 0)
    away = units.mean - units.grand_mean
    parts = []
    for start in range(0, len(units.n), _CHUNK):
        chosen = slice(start, start + _CHUNK)
        S, n = _covariance_without(fit, units.n[chosen], away[chosen], units.products[chosen])
        parts.append(_solve_possible(equations, effects, S, n, np.diag(fit.covariance)))
    b, se_without = (np.concatenate(each, axis=1) for each in zip(*parts, strict=True))
    return b, se_without * ratio


def _covariance_without(fit: PathFit, n: Array, away: Array, products: Array) -> tuple[Array, Array]:
    """Return the covariance matrices without each unit, (k, k, c), and the rows that are left, (c,).

    ``away`` (c, k) are the units' means about the grand mean, ``products`` (c, k, k) their own cross-products.
    """
    left = fit.n_obs - n
    share = np.divide(n, left, out=np.zeros_like(left), where=left > 0)
    own = np.divide(1, left, out=np.zeros_like(left), where=left > 0)
    # The unit's share about the grand mean, and what the grand mean moves by: n d d' + n^2 d d' / (n_obs - n).
    between = np.einsum("c,ci,cj->ijc", share * (1 + share), away, away)
    rest = fit.covariance[..., None] * (1 + share)
    return np.asarray(rest - np.moveaxis(products, 0, -1) * own - between), left


def _solve_possible(
    equations: Plan, effects: EffectList, S: Array, n: Array, whole: Array
) -> tuple[Array, Array]:
    """Return effects and standard errors, NaN where what is left has no covariance matrix of full rank.

    ``whole`` (k,) are the variances of all units: what is left of them can be rounding noise.
    """
    variance = np.einsum("iic->ic", S)
    most = max((len(each.predictors) for each in equations.equations), default=0)
    possible = (variance > SINGULAR * whole[:, None]).all(axis=0) & (n >= most + 2)
    safe = np.where(possible, S, np.eye(len(S))[..., None])
    spread = np.sqrt(np.einsum("iic->ic", safe))
    r = safe / (spread[:, None] * spread[None])
    possible &= np.linalg.eigvalsh(np.moveaxis(r, -1, 0))[:, 0] > SINGULAR
    safe = np.where(possible, S, np.eye(len(S))[..., None])
    b, se = _solve(equations, effects, safe, np.where(possible, n, 1.0))
    return np.where(possible, b, np.nan), np.where(possible, se, np.nan)


def _solve(equations: Plan, effects: EffectList, S: Array, n: Array) -> tuple[Array, Array]:
    """Return the effects (m, c) and their standard errors by expected information and the delta method, (m, c)."""
    b = closedform.coefficients(equations, S)
    psi = closedform.residual_variances(equations, S, b)
    sigma = _implied(equations, S, b, psi)
    # Derivatives of the effects to each coefficient, (E, m, c).
    steps = STEP * 1j * np.eye(equations.n_edges)
    slopes = np.array([np.asarray(effects.values(b + step[:, None])).imag / STEP for step in steps])
    variance = np.zeros((len(effects), S.shape[-1]))
    for at, each in enumerate(equations.equations):
        if each.predictors:
            rows = list(each.predictors)
            inverse = np.linalg.inv(sigma[:, rows][:, :, rows])
            own = slopes[list(each.places)]
            variance += psi[at] / n * np.einsum("imc,cij,jmc->mc", own, inverse, own)
    return np.asarray(effects.values(b)), np.asarray(np.sqrt(np.maximum(variance, 0)))


def _implied(equations: Plan, S: Array, b: Array, psi: Array) -> Array:
    """Return the covariance matrices that the model implies, (c, k, k)."""
    k, count = equations.k, S.shape[-1]
    B, Psi = np.zeros((2, count, k, k))
    for i in equations.exogenous:
        for j in equations.exogenous:
            Psi[:, i, j] = S[i, j]
    for at, each in enumerate(equations.equations):
        Psi[:, each.outcome, each.outcome] = psi[at]
        for start, place in zip(each.predictors, each.places, strict=True):
            B[:, each.outcome, start] = b[place]
        for start, place, _ in each.fixed:
            B[:, each.outcome, start] = b[place]
    reach = np.linalg.inv(np.eye(k) - B)
    return np.asarray(reach @ Psi @ np.swapaxes(reach, 1, 2))
