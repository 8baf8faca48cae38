"""Fit of a path model when the data are not normal or rows depend on each other: the chi-square scaled to its true mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.fitmeasures import CLOSE, baseline_degrees, comparative, rmsea_interval, tucker_lewis
from bsc_analysis.paths.likelihood import invert, observed_information, scores

if TYPE_CHECKING:
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.pathfit import PathFit

Array = NDArray[Any]

POOLED = "a scaled chi-square needs moments per row or per cluster, not pooled ones"
INCOMPLETE = "a scaled chi-square is not available with fiml: use listwise, or read the chi-square unscaled"


@dataclass(frozen=True, slots=True)
class ScaledFit:
    """Fit measures that hold without normality, and with clusters.

    Attributes
    ----------
    scaling, baseline_scaling
        What the chi-square of the model and of its baseline are divided by; 1 under normality and independence.
    chisq, df, pvalue
        The scaled chi-square (Yuan and Bentler 2000), its degrees of freedom and p-value.
    cfi, tli, rmsea, rmsea_lower, rmsea_upper, rmsea_close
        Robust versions (Brosseau-Liard and Savalei 2014), which estimate what their normal namesakes would be in the
        population; the interval has the level of :data:`bsc_analysis.paths.fitmeasures.LEVEL`.
    """

    scaling: float
    baseline_scaling: float
    chisq: float
    df: int
    pvalue: float
    cfi: float
    tli: float | None
    rmsea: float
    rmsea_lower: float
    rmsea_upper: float
    rmsea_close: float


def scaled_fit(fit: PathFit, moments: Moments) -> ScaledFit | None:
    """Return the scaled fit of an over-identified model, or None if the model is saturated.

    With A the information per row and B the mean outer product of scores, of the model (0) and of unrestricted moments (1),
    the scaling is c = (tr A1^-1 B1 - tr A0^-1 B0) / df. The outer products of G clusters have the factor G / (G - 1).

    Parameters
    ----------
    fit
        A fit of complete rows.
    moments
        Of the same data, per row, or per cluster where rows of a cluster depend on each other.

    Raises
    ------
    UseError
        When the moments are pooled, or the fit used ``fiml``.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import moments_of
    >>> from bsc_analysis.paths.rows import Rows
    >>> values = np.random.default_rng(1).standard_normal((20_000, 3))
    >>> moments = moments_of(Rows(("LG", "IP", "CP"), values))
    >>> round(scaled_fit(fit_path(path_model("IP ~ LG; CP ~ IP"), moments), moments).scaling, 1)
    1.0
    """
    _check(fit, moments)
    if fit.df == 0:
        return None
    units = moments.select(fit.of.observed)
    saturated = _normal_trace(fit.covariance, units)
    few = len(units.n) / (len(units.n) - 1) if units.unit == "cluster" else 1.0
    scaling = few * (saturated - _model_trace(fit, units)) / fit.df
    baseline_df = baseline_degrees(fit)
    baseline_scaling = few * (saturated - _baseline_trace(fit, units)) / baseline_df
    chisq = max(2 * (fit.logl_saturated - fit.logl), 0.0)
    baseline = 2 * (fit.logl_saturated - fit.logl_baseline)
    excess, baseline_excess = chisq - scaling * fit.df, baseline - baseline_scaling * baseline_df
    lower, upper = rmsea_interval(chisq / scaling, fit.df, fit.n_obs)
    spread = fit.n_obs * fit.df
    return ScaledFit(
        scaling=scaling,
        baseline_scaling=baseline_scaling,
        chisq=chisq / scaling,
        df=fit.df,
        pvalue=float(stats.chi2.sf(chisq / scaling, fit.df)),
        cfi=comparative(excess, baseline_excess),
        tli=tucker_lewis(excess / fit.df, baseline_excess / baseline_df),
        rmsea=float(np.sqrt(max(excess, 0.0) / spread)),
        rmsea_lower=lower * float(np.sqrt(scaling)),
        rmsea_upper=upper * float(np.sqrt(scaling)),
        rmsea_close=float(stats.ncx2.sf(chisq / scaling, fit.df, spread * CLOSE**2 / scaling)),
    )


def _check(fit: PathFit, moments: Moments) -> None:
    if fit.missing == "fiml":
        raise UseError(fault(INCOMPLETE))
    if moments.unit == "pool":
        raise UseError(fault(POOLED))


def _model_trace(fit: PathFit, units: Moments) -> float:
    """Return tr A0^-1 B0 of the model, intercepts included."""
    each = scores(fit.of, fit.theta, units)
    bread = invert(observed_information(fit.of, fit.theta, fit.covariance))
    return float(np.sum((each @ bread) * each) / units.n_obs) + _mean_trace(fit.implied_covariance, units)


def _normal_trace(covariance: Array, units: Moments) -> float:
    """Return tr A1^-1 B1 of unrestricted moments: the mean of tr (W E W E) / 2 for E = M - n S and W = S^-1."""
    away = units.about_grand_mean - units.n[:, None, None] * covariance
    whitened = np.linalg.solve(covariance, away)
    return float(0.5 * np.einsum("gij,gji->", whitened, whitened) / units.n_obs) + _mean_trace(
        covariance, units
    )


def _baseline_trace(fit: PathFit, units: Moments) -> float:
    """Return the same of the baseline: exogenous variables unrestricted, each other variable by itself."""
    exogenous = [name for name in units.names if name in fit.model.exogenous]
    blocks = [exogenous] if exogenous else []
    blocks += [[name] for name in units.names if name not in exogenous]
    parts = (units.select(block) for block in blocks)
    return sum(_normal_trace(part.covariance, part) for part in parts)


def _mean_trace(sigma: Array, units: Moments) -> float:
    """Return tr A^-1 B of the means, whose scores are Sigma^-1 times the sum of a unit's deviations."""
    sums = (units.mean - units.grand_mean) * units.n[:, None]
    return float(np.sum(sums @ np.linalg.inv(sigma) * sums) / units.n_obs)
