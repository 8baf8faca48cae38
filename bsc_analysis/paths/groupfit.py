"""A path model fitted in several groups: estimates of every group with their joint covariances, and nothing of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.paths.likelihood import jacobian
from bsc_analysis.paths.standardised import edge_coefficients, standardised_coefficients

if TYPE_CHECKING:
    from collections.abc import Callable

    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.groupcurvature import Curvature, GroupErrors
    from bsc_analysis.paths.groupequations import Equal
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class GroupFit:
    """A path model fitted in G groups; no data inside.

    Attributes
    ----------
    model, of
        The model, and its structure with the p free parameters of one group.
    column, groups
        What groups are called, and the G groups.
    equal
        What is held equal between them.
    theta
        (G, p) estimates in the order of ``of.parameters``.
    intercepts
        (G, q) intercepts in the order of ``model.endogenous``.
    vcov
        (G (p + q), G (p + q)) their covariance matrix: of each group theta, then its intercepts. Blocks between groups
        are not 0 where something is equal or clusters recur.
    n_obs
        (G,) rows used.
    dropped, n_clusters
        Rows left out, and clusters over all groups (0 unless standard errors use them).
    se_kind
        How standard errors were made.
    logl, logl_saturated
        Log-likelihoods given the exogenous variables: of the model, and of unrestricted moments in each group.
    curvature
        The likelihood about the estimates, for tests; its intercepts are those about the mean over all rows.
    notes
        What a reader must know, as sentences.
    """

    model: PathModel
    of: Structure
    column: str
    groups: tuple[str, ...]
    equal: Equal
    theta: Array
    intercepts: Array
    vcov: Array
    n_obs: NDArray[np.intp]
    dropped: int
    n_clusters: int
    se_kind: GroupErrors
    logl: float
    logl_saturated: float
    curvature: Curvature
    notes: tuple[Fault, ...]

    @property
    def b(self) -> Array:
        """Coefficients of each group in the order of ``model.edges``, (G, E)."""
        return np.stack([edge_coefficients(self.of, self.model, each) for each in self.theta])

    @property
    def se(self) -> Array:
        """Their standard errors, (G, E); 0 for a coefficient that is fixed."""
        return self._errors(lambda theta: edge_coefficients(self.of, self.model, theta))

    @property
    def beta(self) -> Array:
        """Coefficients standardised by the implied standard deviations of each group, (G, E)."""
        return np.stack([standardised_coefficients(self.of, self.model, each) for each in self.theta])

    @property
    def beta_se(self) -> Array:
        """Their standard errors by the delta method, exogenous variables taken as random, (G, E)."""
        return self._errors(lambda theta: standardised_coefficients(self.of, self.model, theta))

    @property
    def residual_variances(self) -> Array:
        """Residual variances in the order of ``model.endogenous``, (G, q)."""
        at = [index for index, each in enumerate(self.of.parameters) if each.kind == "residual_variance"]
        return self.theta[:, at]

    @property
    def npar(self) -> int:
        """The free parameters of all groups; the moments of exogenous variables are given and do not count."""
        return int(self.curvature.free.shape[1]) - len(self.groups) * self._exogenous_moments

    @property
    def df(self) -> int:
        """Degrees of freedom: means and covariances of all groups less free parameters."""
        k, q = len(self.of.observed), len(self.model.endogenous)
        return len(self.groups) * (k * (k + 1) // 2 - self._exogenous_moments + q) - self.npar

    @property
    def chisq(self) -> float:
        """Twice the log-likelihood that the model gives away against unrestricted moments; 0 if nothing is restricted."""
        return 2 * (self.logl_saturated - self.logl) if self.df else 0.0

    @property
    def p(self) -> float:
        """The probability of a larger chi-square if the model is right; NaN without degrees of freedom."""
        return float(stats.chi2.sf(self.chisq, self.df)) if self.df else float("nan")

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 npar - 2 logl."""
        return 2 * self.npar - 2 * self.logl

    @property
    def bic(self) -> float:
        """Schwarz's criterion, npar log(n) - 2 logl, with the rows of all groups."""
        return float(self.npar * np.log(self.n_obs.sum()) - 2 * self.logl)

    def covariances_of(self, function: Callable[[Array], Array]) -> Array:
        """Return the delta-method covariances (G, m, G, m) of a function (m,) of each group's theta, complex also."""
        p = self.theta.shape[1]
        slopes = np.stack([jacobian(function, each) for each in self.theta])
        size = len(self.vcov) // len(self.groups)
        vcov = self.vcov.reshape(len(self.groups), size, len(self.groups), size)[:, :p, :, :p]
        return np.asarray(np.einsum("gmp,gphq,hnq->gmhn", slopes, vcov, slopes, optimize=True))

    def _errors(self, function: Callable[[Array], Array]) -> Array:
        variance = np.einsum("gmgm->gm", self.covariances_of(function))
        return np.asarray(np.sqrt(np.maximum(variance, 0)))

    @property
    def _exogenous_moments(self) -> int:
        x = len(self.model.exogenous)
        return x * (x + 1) // 2
