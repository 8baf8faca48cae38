"""Whether the coefficients of a path model are equal in all groups: likelihood-ratio, Wald and score tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.groupdifferences import effect_covariances, group_effects
from bsc_analysis.paths.likelihood import invert
from bsc_analysis.paths.multiplicity import holm, holm_of_effects
from bsc_analysis.paths.standardised import edge_coefficients

if TYPE_CHECKING:
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.groupequations import Equal
    from bsc_analysis.paths.groupfit import GroupFit
    from bsc_analysis.paths.pathmodel import Edge

Array = NDArray[Any]

# A direction whose share of the variance is below this is rounding noise: there is no independent information in it.
SINGULAR = 1e-10


@dataclass(frozen=True, slots=True)
class NestedTest:
    """A step of equality against the one before it.

    Attributes
    ----------
    equal
        What is held equal here.
    logl, npar, aic, bic
        Of the fit with that held equal.
    df
        How many parameters fewer it has.
    difference
        Twice the difference of log-likelihoods.
    scaling
        What the difference is divided by: 1 for ``ml``, else by Satorra and Bentler (2001); where it is not positive, or
        0 but for rounding, the test does not exist, and statistic and p are NaN.
    statistic, p
        The chi-square and its p-value.
    """

    equal: Equal
    logl: float
    npar: int
    aic: float
    bic: float
    df: int
    difference: float
    scaling: float
    statistic: float
    p: float


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A test that an effect, or every coefficient (``effect`` is None), is the same in all groups.

    Statistic and p are NaN where there are fewer clusters than differences, or nothing that could differ; ``p_holm`` is
    adjusted for all effects.
    """

    effect: EffectName | None
    statistic: float
    df: int
    p: float
    p_holm: float = float("nan")


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """A test, seen from equal coefficients, whether one group's coefficient should be its own.

    Statistic and p are NaN where units that are the same in all groups leave nothing that could differ; ``p_holm`` is
    adjusted for all edges and groups.
    """

    edge: Edge
    group: str
    statistic: float
    p: float
    p_holm: float


def nested_tests(fits: tuple[GroupFit, ...]) -> tuple[NestedTest, ...]:
    """Test each fit against the one before it, which holds less equal.

    With robust or cluster standard errors the difference is divided by c = (t0 - t1) / df, where t is the trace of the
    information's inverse times the scores' cross-products.
    """
    return tuple(_nested(free, held) for free, held in pairwise(fits))


def wald_tests(fit: GroupFit) -> tuple[WaldTest, tuple[WaldTest, ...]]:
    """Test that all coefficients are the same in all groups, and that each effect is, from separate coefficients.

    With D theta the differences from the first group: (D theta)' (D V D')^-1 (D theta).
    """
    edges = fit.covariances_of(lambda theta: edge_coefficients(fit.of, fit.model, theta))
    free = [at for at, edge in enumerate(fit.model.edges) if fit.model.fixed_value(edge) is None]
    joint = _wald(fit.b[:, free], edges[:, free][:, :, :, free], None)
    effects = list_effects(fit.model)
    value = group_effects(fit, effects, edge_coefficients)
    covariance = effect_covariances(fit, effects, edge_coefficients)
    each = [
        _wald(value[:, [at]], covariance[:, [at]][:, :, :, [at]], name)
        for at, name in enumerate(effects.names)
    ]
    adjusted = holm_of_effects(effects, np.array([[test.p for test in each]]))[0]
    return joint, tuple(replace(test, p_holm=float(p)) for test, p in zip(each, adjusted, strict=True))


def score_tests(fit: GroupFit) -> tuple[ScoreTest, ...]:
    """Test each free coefficient of each group, from a fit in which coefficients are equal.

    The score along the coefficient, cleared of the free parameters, is squared and divided by its variance, which uses
    the same information and scores as the fit's standard errors.
    """
    number = {(each.a, each.b): at for at, each in enumerate(fit.of.parameters) if each.kind == "coefficient"}
    size = len(fit.curvature.gradient) // len(fit.groups)
    found = [
        (edge, label, _score(fit, group * size + number[edge]))
        for edge in fit.model.edges
        if edge in number
        for group, label in enumerate(fit.groups)
    ]
    p = stats.chi2.sf([statistic for _, _, statistic in found], 1)
    return tuple(
        ScoreTest(edge, label, statistic, float(own), float(adjusted))
        for (edge, label, statistic), own, adjusted in zip(found, p, holm(p), strict=True)
    )


def _nested(free: GroupFit, held: GroupFit) -> NestedTest:
    df = free.npar - held.npar
    difference = 2 * (free.logl - held.logl)
    scaling = 1.0 if held.se_kind == "ml" else (free.curvature.trace - held.curvature.trace) / df
    statistic = difference / scaling if scaling > SINGULAR else float("nan")
    p = float(stats.chi2.sf(statistic, df))
    return NestedTest(
        held.equal, held.logl, held.npar, held.aic, held.bic, df, difference, scaling, statistic, p
    )


def _wald(value: Array, covariance: Array, effect: EffectName | None) -> WaldTest:
    """Return the test of value (G, m) with covariance (G, m, G, m)."""
    difference = (value[1:] - value[0]).ravel()
    first = covariance[1:, :, :1] - covariance[:1, :, :1]
    second = covariance[1:, :, 1:] - covariance[:1, :, 1:]
    size = len(difference)
    variance = (second - first).reshape(size, size)
    if not _regular(variance, np.einsum("gmgm->gm", covariance)[1:].ravel()):
        return WaldTest(effect, float("nan"), size, float("nan"))
    statistic = float(difference @ invert(variance) @ difference)
    return WaldTest(effect, statistic, size, float(stats.chi2.sf(statistic, size)))


def _regular(variance: Array, own: Array) -> bool:
    """Whether a covariance matrix of differences has full rank, seen on the scale of what was subtracted."""
    if not (own > 0).all():
        return False
    scale = np.sqrt(own)
    return bool(np.linalg.eigvalsh(variance / np.outer(scale, scale))[0] > SINGULAR)


def _score(fit: GroupFit, at: int) -> float:
    bent = fit.curvature
    crossed = bent.free.T @ bent.information[:, at]
    clear = -bent.free @ (invert(bent.free.T @ bent.information @ bent.free) @ crossed)
    clear[at] += 1
    variance = clear @ bent.meat @ clear
    # Where units are the same in all groups nothing may be left of it but rounding noise.
    if variance <= SINGULAR * (clear**2 @ np.diag(bent.meat)):
        return float("nan")
    return float(bent.gradient[at] ** 2 / variance)
