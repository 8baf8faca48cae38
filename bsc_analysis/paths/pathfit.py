"""A fitted path model: its estimates with standard errors, raw and standardised, and nothing of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from bsc_analysis.paths.likelihood import jacobian
from bsc_analysis.paths.standardised import edge_coefficients, standardised_coefficients, variances
from bsc_analysis.paths.structure import implied

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.inference import StandardErrors
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Incomplete = Literal["listwise", "fiml"]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class PathFit:
    """A fitted path model; no data inside.

    Attributes
    ----------
    model, of
        The model, and its structure with the p free parameters.
    theta, vcov
        (p,) estimates and (p, p) their covariance matrix.
    covariance, mean
        (k, k) covariance (divisor n) and (k,) means of the data; with ``fiml`` those of the saturated model.
    implied_mean
        (k,) means of the model: those of the data, but with ``fiml`` those of its own fit.
    n_obs, dropped, n_clusters
        Rows used, rows left out, and clusters (0 without).
    se_kind, missing
        How standard errors were made, and what was done with missing values.
    logl, logl_saturated, logl_baseline
        Log-likelihoods given the exogenous variables: of the model, of unrestricted moments, and of outcomes that are
        unrelated to everything.
    has_means
        Whether the data have means, so that intercepts count as parameters.
    notes
        What a reader must know, as sentences.
    """

    model: PathModel
    of: Structure
    theta: Array
    vcov: Array
    covariance: Array
    mean: Array
    implied_mean: Array
    n_obs: int
    dropped: int
    n_clusters: int
    se_kind: StandardErrors
    missing: Incomplete
    logl: float
    logl_saturated: float
    logl_baseline: float
    has_means: bool
    notes: tuple[Fault, ...]

    @property
    def b(self) -> Array:
        """Coefficients in the order of ``model.edges``, (E,)."""
        return np.asarray(edge_coefficients(self.of, self.model, self.theta))

    @property
    def se(self) -> Array:
        """Their standard errors, (E,); 0 for a coefficient that is fixed."""
        return self.se_of(lambda theta: edge_coefficients(self.of, self.model, theta))

    @property
    def z(self) -> Array:
        """Coefficients over their standard errors, (E,); NaN for one that is fixed."""
        return np.asarray(np.divide(self.b, self.se, out=np.full(len(self.b), np.nan), where=self.se > 0))

    @property
    def p(self) -> Array:
        """Two-sided p-values of z by the normal distribution, (E,)."""
        return np.asarray(2 * ndtr(-np.abs(self.z)))

    @property
    def beta(self) -> Array:
        """Standardised coefficients b sd(x) / sd(y), by the implied standard deviations, (E,)."""
        return standardised_coefficients(self.of, self.model, self.theta)

    @property
    def beta_se(self) -> Array:
        """Their standard errors by the delta method, exogenous variables taken as random, (E,)."""
        return self.se_of(lambda theta: standardised_coefficients(self.of, self.model, theta))

    @property
    def residual_variances(self) -> Array:
        """Residual variances in the order of ``model.endogenous``, (q,)."""
        at = {
            each.a: index for index, each in enumerate(self.of.parameters) if each.kind == "residual_variance"
        }
        return np.asarray(self.theta[[at[name] for name in self.model.endogenous]])

    @property
    def r2(self) -> Array:
        """Explained share of each endogenous variable's implied variance, (q,)."""
        implied_variance = dict(zip(self.of.variables, variances(self.of, self.theta), strict=True))
        total = np.array([implied_variance[name] for name in self.model.endogenous])
        return np.asarray(1 - self.residual_variances / total)

    @property
    def df(self) -> int:
        """Degrees of freedom: distinct covariances less free parameters."""
        k = len(self.of.observed)
        return k * (k + 1) // 2 - len(self.of.parameters)

    @property
    def implied_covariance(self) -> Array:
        """The covariance matrix that the model implies, (k, k)."""
        return np.asarray(implied(self.of, self.theta))

    def se_of(self, function: Any) -> Array:
        """Return delta-method standard errors (m,) of a function of theta that also takes complex numbers."""
        slopes = jacobian(function, self.theta)
        variance = np.einsum("mp,pq,mq->m", slopes, self.vcov, slopes)
        return np.asarray(np.sqrt(np.maximum(variance, 0)))
