"""Full information maximum likelihood: a path model fitted to incomplete rows, every known value used."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, ModelError, fault
from bsc_analysis.paths import closedform
from bsc_analysis.paths.em import MOST_STEPS, saturated
from bsc_analysis.paths.inference import sandwich
from bsc_analysis.paths.latent import NEGATIVE, solve_structure
from bsc_analysis.paths.likelihood import invert
from bsc_analysis.paths.missingnotes import missing_notes
from bsc_analysis.paths.moments import Moments, check_variation
from bsc_analysis.paths.patternlikelihood import log_likelihood
from bsc_analysis.paths.patternnewton import Peak, climb, unit_scores
from bsc_analysis.paths.patterns import patterns_of
from bsc_analysis.paths.rows import Rows
from bsc_analysis.paths.structure import implied

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.inference import StandardErrors
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.patterns import Patterns
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

NEVER_TOGETHER = "{first} and {second} are never known in the same row, and the model has no other way to relate them: supply such rows, or leave one of them out"
NOT_IDENTIFIED = "the known values do not determine all {count} parameters: simplify the model, or supply more complete rows"
NO_MOMENTS = "the likelihood of the means and covariances of the incomplete rows has no maximum within {steps} steps: too few rows are complete enough, leave out the variable that is missing most"


@dataclass(frozen=True, slots=True, eq=False)
class FimlEstimate:
    """A path model fitted to incomplete rows.

    Attributes
    ----------
    theta, vcov
        (p,) estimates in the order of ``Structure.parameters`` and (p, p) their covariance matrix.
    implied_mean
        (k,) means under the path model; they differ from those of the saturated model where the path model is restricted.
    mean, covariance
        (k,) and (k, k) of the saturated model: what is most likely of the variables without any path model.
    logl, logl_saturated, logl_baseline
        Log-likelihoods given the exogenous variables: of the model, of the saturated model, and of outcomes that are
        unrelated to everything.
    em_steps, newton_steps
        How many steps the saturated model and the path model took.
    notes
        What is missing, as sentences.
    """

    theta: Array
    vcov: Array
    implied_mean: Array
    mean: Array
    covariance: Array
    logl: float
    logl_saturated: float
    logl_baseline: float
    em_steps: int
    newton_steps: int
    notes: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PatternFit:
    """The path model and the saturated one, fitted to rows that are sorted by pattern.

    Attributes
    ----------
    peak
        The path model's maximum.
    mean, covariance
        (k,), from the centre of the patterns, and (k, k) of the saturated model.
    em_steps
        How many steps the saturated model took.
    """

    peak: Peak
    mean: Array
    covariance: Array
    em_steps: int


def fit_fiml(model: PathModel, of: Structure, rows: Rows, *, se: StandardErrors = "ml") -> FimlEstimate:
    """Fit a path model to incomplete rows by full information maximum likelihood.

    Missing values are taken to be missing at random: which are missing may depend on known values, not on themselves.
    Every variable is random, so that rows without an exogenous variable stay in; where the exogenous variables are
    complete, the estimates and errors of everything else are the same as with them fixed. The log-likelihoods are less
    that of the exogenous variables alone, so that they compare with those of complete rows.

    Parameters
    ----------
    model, of
        A model and its structure.
    rows
        Columns in the order of ``of.observed``; missing is NaN.
    se
        ``ml`` inverts the observed information, means included; ``robust`` is the sandwich of it and each row's scores;
        ``cluster`` sums the scores of a cluster first and multiplies by G / (G - 1).

    Raises
    ------
    DataError
        When a variable is a combination of others, or two that the model relates are never known together.
    ModelError
        When the known values do not determine the parameters, no maximum is found, or a variance is not positive there.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> model = path_model("IP ~ LG")
    >>> rows = Rows(("LG", "IP"), np.array([[1.0, 1.0], [2.0, 4.0], [3.0, 4.0], [4.0, np.nan]]))
    >>> found = fit_fiml(model, structure(model), rows)
    >>> found.theta.round(6).tolist()
    [1.5, 0.5, 1.25]
    """
    patterns = patterns_of(rows, by="cluster" if se == "cluster" else "row")
    fit = fit_patterns(model, of, patterns)
    vcov = _covariance_of_estimates(of, patterns, fit.peak, se)
    logl = _log_likelihoods(model, of, rows, patterns, fit)
    means = patterns.centre + fit.peak.mean, patterns.centre + fit.mean
    steps = fit.em_steps, fit.peak.steps
    return FimlEstimate(fit.peak.theta, vcov, *means, fit.covariance, *logl, *steps, missing_notes(rows))


def fit_patterns(model: PathModel, of: Structure, patterns: Patterns) -> PatternFit:
    """Fit a path model, and the saturated one, to rows that are sorted by pattern; raises as :func:`fit_fiml`."""
    mean, covariance, em_steps = _saturated(patterns)
    start = _start(model, of, covariance, int(patterns.total().n.sum()))
    peak = climb(of, patterns.seen, patterns.total(), start, mean)
    if not peak.identified:
        raise _not_identified(patterns, len(start))
    _refuse_negative(of, peak.theta)
    return PatternFit(peak, mean, covariance, em_steps)


def _saturated(patterns: Patterns) -> tuple[Array, Array, int]:
    with np.errstate(all="ignore"):
        mean, covariance, steps = saturated(patterns)
    if not np.isfinite(covariance).all() or steps == MOST_STEPS:
        _refuse_dependence(patterns)
        raise ModelError(fault(NO_MOMENTS, steps=steps))
    n = patterns.total().n.sum()
    check_variation(
        Moments(patterns.names, np.array([n]), (patterns.centre + mean)[None], covariance[None] * n)
    )
    return mean, covariance, steps


def _refuse_dependence(patterns: Patterns) -> None:
    """Name the variables that are combinations of others in the complete rows, if there are enough of these to tell."""
    complete = patterns.seen.all(axis=0)
    sums = patterns.total()
    n = float(sums.n[complete].sum())
    if n < len(patterns.names) + 2:
        return
    mean = sums.first[:, complete].sum(axis=(1, 2)) / n
    products = sums.second[:, :, complete].sum(axis=(2, 3)) - n * np.outer(mean, mean)
    check_variation(Moments(patterns.names, np.array([n]), (patterns.centre + mean)[None], products[None]))


def _start(model: PathModel, of: Structure, covariance: Array, n: int) -> Array:
    """Return the estimates (p,) were the saturated moments those of complete rows."""
    if not model.simple:
        return np.asarray(solve_structure(model, of, covariance, n))
    equations = closedform.plan(model)
    b = closedform.coefficients(equations, covariance)
    psi = closedform.residual_variances(equations, covariance, b)
    own = ((name, name) for name in model.endogenous)
    known = dict(zip((*model.edges, *own), (*b, *psi), strict=True))
    place = {name: at for at, name in enumerate(of.observed)}
    return np.array(
        [
            known[each.a, each.b] if (each.a, each.b) in known else covariance[place[each.a], place[each.b]]
            for each in of.parameters
        ]
    )


def _not_identified(patterns: Patterns, count: int) -> DataError | ModelError:
    together = patterns.together
    apart = [
        fault(NEVER_TOGETHER, first=patterns.names[i], second=patterns.names[j])
        for i, j in combinations(range(len(together)), 2)
        if not together[i, j]
    ]
    return DataError(*apart) if apart else ModelError(fault(NOT_IDENTIFIED, count=count))


def _refuse_negative(of: Structure, theta: Array) -> None:
    """Refuse variances that are not positive, which models with residual covariances or factors can come to."""
    faults = [
        fault(NEGATIVE, parameter=each, value=f"{value:.4g}")
        for each, value in zip(of.parameters, theta, strict=True)
        if each.kind in ("variance", "residual_variance") and value <= 0
    ]
    if faults:
        raise ModelError(*faults)


def _covariance_of_estimates(of: Structure, patterns: Patterns, peak: Peak, se: StandardErrors) -> Array:
    """Return the block of theta of the covariance matrix of theta and the means."""
    p = len(peak.theta)
    bread = invert(peak.information)
    if se == "ml":
        return bread[:p, :p]
    scores = unit_scores(of, patterns, peak.theta, peak.mean)
    return sandwich(bread, scores, clustered=se == "cluster")[:p, :p]


def _log_likelihoods(
    model: PathModel, of: Structure, rows: Rows, patterns: Patterns, fit: PatternFit
) -> tuple[float, float, float]:
    """Return the log-likelihoods of model, saturated model and baseline, each less that of the exogenous variables."""
    exogenous = [name in model.exogenous for name in of.observed]
    own = _log_likelihood_alone(rows, exogenous)
    known = patterns.seen, patterns.total()
    logl = log_likelihood(*known, fit.peak.mean, implied(of, fit.peak.theta))
    # Both are maxima, found to the rounding of a sum over all rows: the larger model cannot be the less likely one.
    best = max(logl, log_likelihood(*known, fit.mean, fit.covariance))
    baseline = sum(_log_likelihood_single(column) for column in rows.values[:, np.logical_not(exogenous)].T)
    return logl - own, best - own, float(baseline)


def _log_likelihood_alone(rows: Rows, chosen: list[bool]) -> float:
    if not any(chosen):
        return 0.0
    names = tuple(name for name, take in zip(rows.names, chosen, strict=True) if take)
    patterns = patterns_of(Rows(names, rows.values[:, chosen]))
    mean, covariance, _ = saturated(patterns)
    return log_likelihood(patterns.seen, patterns.total(), mean, covariance)


def _log_likelihood_single(column: Array) -> float:
    known = column[~np.isnan(column)]
    return float(-len(known) / 2 * (np.log(2 * np.pi * known.var()) + 1))
