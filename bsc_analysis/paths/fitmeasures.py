"""Fit measures: how far the covariances that an over-identified model implies are from those of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtr, chdtrc, chndtr

from bsc_analysis.errors import fault

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.pathfit import PathFit

Array = NDArray[Any]

SATURATED = "saturated: fits perfectly by construction; fit measures do not apply"
LEVEL = 0.90
CLOSE = 0.05

# Ends of the interval are roots in the noncentrality, found to this relative step: far below any printed digit.
_ROOT = 1e-12


@dataclass(frozen=True, slots=True)
class FitMeasures:
    """Fit of a path model, given its exogenous variables.

    A saturated model (``df`` 0) restricts nothing: whatever compares it with the data is None and a note says so.

    Attributes
    ----------
    n_obs, npar, df
        Rows, free parameters (intercepts among them where the data have means, moments of exogenous variables not), and
        degrees of freedom.
    logl, aic, bic
        Log-likelihood given the exogenous variables, -2 logl + 2 npar, and -2 logl + log(n) npar.
    chisq, pvalue
        Likelihood ratio against unrestricted moments, and the probability of as much or more if the model is true.
    cfi, tli
        Comparative fit index and Tucker-Lewis index, against outcomes unrelated to each other and to every predictor.
    rmsea, rmsea_lower, rmsea_upper, rmsea_level
        Root mean square error of approximation, its interval and the level of that interval.
    rmsea_close
        The probability of as large an RMSEA or larger if it is .05 in truth (close fit).
    srmr
        Standardised root mean square residual, Bentler's.
    notes
        What a reader must know, as sentences.
    """

    n_obs: int
    npar: int
    df: int
    logl: float
    aic: float
    bic: float
    chisq: float | None = None
    pvalue: float | None = None
    cfi: float | None = None
    tli: float | None = None
    rmsea: float | None = None
    rmsea_lower: float | None = None
    rmsea_upper: float | None = None
    rmsea_level: float | None = None
    rmsea_close: float | None = None
    srmr: float | None = None
    notes: tuple[Fault, ...] = ()

    @property
    def saturated(self) -> bool:
        """Whether the model restricts nothing, so that it has no fit to measure."""
        return self.df == 0


def fit_measures(fit: PathFit) -> FitMeasures:
    """Return the fit measures of a fitted path model.

    With N rows, T = 2 (logl of unrestricted moments - logl of the model), and T0, df0 likewise for the baseline:

    - CFI = 1 - max(T - df, 0) / max(T0 - df0, T - df, 0)
    - TLI = 1 - (T - df) df0 / ((T0 - df0) df)
    - RMSEA = sqrt(max(T - df, 0) / (N df)); its interval has the noncentralities at which T is the 95th and the 5th
      percentile in place of T - df
    - SRMR = root of the mean of ((S - Sigma) / sqrt(Sii Sjj))^2 over the lower triangle with its diagonal, to which the
      means add their k residuals (m - mu) / sqrt(Sii) where the data have them: 0, but with ``fiml`` and a restricted model

    Parameters
    ----------
    fit
        What :func:`fit_path` returned.

    Examples
    --------
    Without the path LG -> CP the model says that their partial correlation given IP is 0. Here it is
    (.3 - .5 x .4) / sqrt(.75 x .84) = .126, and T = -100 log(1 - .126^2) = 1.6.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    >>> moments = Moments.from_correlations(["LG", "IP", "CP"], r, 100)
    >>> found = fit_measures(fit_path(path_model("IP ~ LG; CP ~ IP"), moments))
    >>> found.df, round(found.chisq, 4), round(found.pvalue, 4)
    (1, 1.6, 0.2059)
    """
    npar = _count_free(fit)
    aic, bic = -2 * fit.logl + 2 * npar, -2 * fit.logl + np.log(fit.n_obs) * npar
    if fit.df == 0:
        return FitMeasures(fit.n_obs, npar, 0, fit.logl, aic, float(bic), notes=(fault(SATURATED),))
    # Rounding can leave a perfect fit a hair below 0.
    chisq = max(2 * (fit.logl_saturated - fit.logl), 0.0)
    baseline = max(2 * (fit.logl_saturated - fit.logl_baseline), 0.0)
    baseline_df = baseline_degrees(fit)
    lower, upper = rmsea_interval(chisq, fit.df, fit.n_obs)
    return FitMeasures(
        n_obs=fit.n_obs,
        npar=npar,
        df=fit.df,
        logl=fit.logl,
        aic=aic,
        bic=float(bic),
        chisq=chisq,
        pvalue=float(chdtrc(fit.df, chisq)),
        cfi=comparative(chisq - fit.df, baseline - baseline_df),
        tli=tucker_lewis((chisq - fit.df) / fit.df, (baseline - baseline_df) / baseline_df),
        rmsea=float(np.sqrt(max(chisq - fit.df, 0) / (fit.n_obs * fit.df))),
        rmsea_lower=lower,
        rmsea_upper=upper,
        rmsea_level=LEVEL,
        rmsea_close=float(1 - chndtr(chisq, fit.df, fit.n_obs * fit.df * CLOSE**2)),
        srmr=_srmr(fit),
    )


def rmsea_interval(chisq: float, df: int, n_obs: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the ends of the RMSEA's interval, sqrt(noncentrality / (n_obs df)).

    The lower end has the noncentrality of which ``chisq`` is the (1 + level) / 2 quantile, the upper end that of which it
    is the (1 - level) / 2 quantile; an end is 0 where no noncentrality makes ``chisq`` that quantile.

    >>> [round(end, 6) for end in rmsea_interval(13.2972137152, 2, 900)]
    [0.042569, 0.121995]
    """
    ends = (_noncentrality(chisq, df, share) for share in ((1 + level) / 2, (1 - level) / 2))
    lower, upper = (float(np.sqrt(each / (n_obs * df))) for each in ends)
    return lower, upper


def comparative(excess: float, baseline_excess: float) -> float:
    """Return the CFI from chi-square less degrees of freedom, of the model and of its baseline.

    >>> comparative(10.0, 100.0)
    0.9
    """
    worst = max(baseline_excess, excess, 0.0)
    return 1.0 if worst == 0 else 1 - max(excess, 0.0) / worst


def tucker_lewis(excess: float, baseline_excess: float) -> float | None:
    """Return the TLI from (chi-square - df) / df, of the model and of its baseline; None if the baseline fits exactly.

    >>> tucker_lewis(1.0, 20.0)
    0.95
    """
    return None if baseline_excess == 0 else 1 - excess / baseline_excess


def baseline_degrees(fit: PathFit) -> int:
    """Return the degrees of freedom of the baseline: every covariance but those among exogenous variables is 0."""
    k, exogenous = len(fit.of.observed), len(_given(fit))
    return (k * (k - 1) - exogenous * (exogenous - 1)) // 2


def _given(fit: PathFit) -> set[str]:
    """Return the observed exogenous variables, whose moments the model takes as given."""
    return set(fit.of.observed) & set(fit.model.exogenous)


def _count_free(fit: PathFit) -> int:
    given = _given(fit)
    moments_of_given = sum(
        each.kind in ("variance", "covariance") and {each.a, each.b} <= given for each in fit.of.parameters
    )
    intercepts = len(fit.of.observed) - len(given) if fit.has_means else 0
    return len(fit.of.parameters) - moments_of_given + intercepts


def _noncentrality(chisq: float, df: int, share: float) -> float:
    """Return the noncentrality at which ``chisq`` is the quantile of ``share``, 0 if there is none."""
    from scipy.optimize import brentq  # slow to import, and a saturated model needs it not

    if chdtr(df, chisq) <= share:
        return 0.0
    beyond = chisq + 1.0
    while chndtr(chisq, df, beyond) > share:
        beyond *= 2
    return float(brentq(lambda each: chndtr(chisq, df, each) - share, 0.0, beyond, xtol=_ROOT, rtol=_ROOT))


def _srmr(fit: PathFit) -> float:
    spread = np.sqrt(np.diag(fit.covariance))
    away = (fit.covariance - fit.implied_covariance) / np.outer(spread, spread)
    squares = away[np.tril_indices(len(away))] ** 2
    of_means = ((fit.mean - fit.implied_mean) / spread) ** 2 if fit.has_means else np.empty(0)
    return float(np.sqrt((squares.sum() + of_means.sum()) / (len(squares) + len(of_means))))
