"""Tests of effects in many simulated samples at once: every path's coefficients, the delta method, Monte Carlo intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from bsc_analysis.paths import closedform
from bsc_analysis.paths.likelihood import STEP

if TYPE_CHECKING:
    from bsc_analysis.paths.effectlist import EffectList, EffectName
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.simulatedmoments import Design

Test = Literal["joint", "delta", "monte_carlo"]
Array = NDArray[Any]

# Draws in each sample for the Monte Carlo interval, and how many samples are worked on at once (some 30 MB).
N_DRAWS = 1000
CHUNK = 100


@dataclass(frozen=True, slots=True, eq=False)
class SampleEstimates:
    """Coefficients of S samples: ``b`` (E, S), ``vcov`` (E, E, S), which is 0 between equations, and ``df`` (E,)."""

    b: Array
    vcov: Array
    df: Array


def estimate_samples(model: PathModel, covariance: Array, design: Design) -> SampleEstimates:
    """Return least-squares estimates of many samples, with errors s2 Sxx^-1 / (n - p - 1) inflated for clusters.

    Parameters
    ----------
    model
        A model whose equations can be estimated one by one.
    covariance
        (k, k, S) covariance matrices with divisor n.
    design
        How the samples were drawn.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.simulatedmoments import Design
    >>> S = np.array([[4.0, 2.0], [2.0, 3.0]])[..., None]
    >>> found = estimate_samples(path_model("IP ~ LG"), S, Design(52))
    >>> found.b.tolist(), found.vcov.tolist(), found.df.tolist()
    ([[0.5]], [[[0.01]]], [50.0])
    """
    equations = closedform.plan(model)
    b = closedform.coefficients(equations, covariance)
    psi = closedform.residual_variances(equations, covariance, b)
    vcov, df = np.zeros((len(b), *b.shape)), np.empty(len(b))
    for residual, each in zip(psi, equations.equations, strict=True):
        x, places = list(each.predictors), list(each.places)
        free = design.n - len(x) - 1
        inverse = np.moveaxis(np.linalg.inv(np.moveaxis(covariance[np.ix_(x, x)], -1, 0)), 0, -1)
        vcov[np.ix_(places, places)] = inverse * residual / free * design.inflation
        df[places] = free if design.cluster_size == 1 else design.clusters - 1
    return SampleEstimates(b, vcov, df)


def find_effects(
    effects: EffectList, estimates: SampleEstimates, *, test: Test, alpha: float, seed: int
) -> Array:
    """Return whether each effect was found in each sample, (m, S), by the test that :func:`applied_test` names."""
    tests = [applied_test(name, test) for name in effects.names]
    found = np.zeros((len(effects), estimates.b.shape[1]), bool)
    if "joint" in tests:
        at = [place for place, each in enumerate(tests) if each == "joint"]
        found[at] = _joint([effects.products[effects.sums[each][0]] for each in at], estimates, alpha)
    if "delta" in tests:
        at = [place for place, each in enumerate(tests) if each == "delta"]
        found[at] = _delta(effects, estimates, alpha)[at]
    if "monte_carlo" in tests:
        found = _monte_carlo(effects, estimates, alpha, seed)
    return found


def applied_test(name: EffectName, test: Test) -> Test:
    """Return the test that an effect gets: sums of paths have no joint test and get the delta method."""
    is_one_path = name.kind in ("direct", "specific")
    return "delta" if test == "joint" and not is_one_path else test


def _joint(paths: list[tuple[int, ...]], estimates: SampleEstimates, alpha: float) -> Array:
    se = np.sqrt(np.einsum("ees->es", estimates.vcov))
    differs = np.abs(estimates.b) > stdtrit(estimates.df, 1 - alpha / 2)[:, None] * se
    return np.stack([differs[list(places)].all(axis=0) for places in paths])


def _delta(effects: EffectList, estimates: SampleEstimates, alpha: float) -> Array:
    b = estimates.b
    slopes = np.stack([effects.values(b + 1j * STEP * unit[:, None]).imag / STEP for unit in np.eye(len(b))])
    se = np.sqrt(np.einsum("ems,efs,fms->ms", slopes, estimates.vcov, slopes, optimize=True))
    return np.asarray(np.abs(effects.values(b)) > ndtri(1 - alpha / 2) * se)


def _monte_carlo(effects: EffectList, estimates: SampleEstimates, alpha: float, seed: int) -> Array:
    b = estimates.b
    # The samples themselves come from the first two children of this seed.
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    root = np.moveaxis(np.linalg.cholesky(np.moveaxis(estimates.vcov, -1, 0)), 0, -1)
    found = np.empty((len(effects), b.shape[1]), bool)
    for first in range(0, b.shape[1], CHUNK):
        chunk = slice(first, first + CHUNK)
        drawn = rng.standard_normal((b[:, chunk].shape[1], len(b), N_DRAWS))
        draws = b[:, chunk, None] + np.einsum("efs,sfd->esd", root[..., chunk], drawn)
        lower, upper = np.quantile(effects.values(draws), [alpha / 2, 1 - alpha / 2], axis=-1)
        found[:, chunk] = (lower > 0) | (upper < 0)
    return found
