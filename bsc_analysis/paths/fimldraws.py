"""Incomplete rows resampled: the model fitted to many replicates at once, or without every row or cluster in turn.

What comes back are covariance matrices (k, k, R), those that complete rows are expected to have under each replicate's fit.
Estimates from them as if they were the covariances of complete rows are the replicate's estimates by full information
maximum likelihood: this is where steps of expectation and maximisation stand still. So whatever is computed from resampled
covariances serves incomplete rows as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import ModelError
from bsc_analysis.paths import closedform
from bsc_analysis.paths.em import expected_moments
from bsc_analysis.paths.fiml import fit_patterns
from bsc_analysis.paths.fimlsteps import equation_steps, structure_steps, walk
from bsc_analysis.paths.patternnewton import climb
from bsc_analysis.paths.patterns import patterns_of
from bsc_analysis.paths.structure import implied, structure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.paths.fimlsteps import Steps
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.patternnewton import Peak
    from bsc_analysis.paths.patterns import By, Patterns, Sums
    from bsc_analysis.paths.rows import Rows
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

# Replicates are done so many at a time that one array has about so many numbers (1 MB) and stays in the second cache.
NUMBERS_AT_ONCE = 2**17


@dataclass(frozen=True, slots=True, eq=False)
class IncompleteSample:
    """Incomplete rows ready to be resampled.

    Attributes
    ----------
    of
        The model's structure.
    patterns
        The rows by pattern of missing values and unit of sampling.
    peak
        The fit to all rows.
    steps
        How replicates move from there.
    """

    of: Structure
    patterns: Patterns
    peak: Peak
    steps: Steps

    def __len__(self) -> int:
        return self.patterns.n_units


def incomplete_sample(model: PathModel, rows: Rows, *, by: By = "row") -> IncompleteSample:
    """Fit a model to all rows and prepare it for refits.

    Parameters
    ----------
    model
        A model of any kind; one whose equations are least squares is refitted about ten times as fast.
    rows
        Columns in the order of ``model.observed``; missing is NaN.
    by
        What is drawn or left out as a whole: the row, or its cluster.

    Raises
    ------
    DataError, ModelError
        As :func:`fit_fiml`.
    """
    of, patterns = structure(model), patterns_of(rows, by=by)
    peak = fit_patterns(model, of, patterns).peak
    steps: Steps = (
        equation_steps(closedform.plan(model), of, patterns, peak)
        if model.simple
        else structure_steps(of, patterns, peak)
    )
    return IncompleteSample(of, patterns, peak, steps)


def resampled_covariances(sample: IncompleteSample, counts: Array) -> Array:
    """Return the expected covariances of replicates, (k, k, R); NaN for one without a maximum.

    Parameters
    ----------
    sample
        What :func:`incomplete_sample` returned.
    counts
        (R, G) how often each replicate holds each unit.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Rows
    >>> rows = Rows(("LG", "IP"), np.array([[1.0, 1.0], [2.0, 4.0], [3.0, 4.0], [4.0, np.nan], [5.0, 9.0]]))
    >>> sample = incomplete_sample(path_model("IP ~ LG"), rows)
    >>> S = resampled_covariances(sample, np.array([[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]]))
    >>> (S[0, 1] / S[0, 0]).round(6).tolist(), S[0, 0].round(6).tolist()
    ([1.5, 1.5], [1.25, 0.666667])
    """
    weighed = (sample.patterns.weigh(counts[part]) for part in _parts(sample, len(counts)))
    return np.concatenate([_settle(sample, sums) for sums in weighed], axis=2)


def left_out_covariances(sample: IncompleteSample) -> Array:
    """Return the expected covariances without each unit in turn, (k, k, G): the jackknife, exact.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Rows
    >>> rows = Rows(("LG", "IP"), np.array([[1.0, 1.0], [2.0, 4.0], [3.0, 4.0], [4.0, np.nan], [5.0, 9.0]]))
    >>> S = left_out_covariances(incomplete_sample(path_model("IP ~ LG"), rows))
    >>> (S[0, 1] / S[0, 0]).round(6).tolist()
    [1.785714, 2.0, 1.923077, 1.885714, 1.5]
    """
    units = np.arange(len(sample))
    rest = (sample.patterns.without(units[part]) for part in _parts(sample, len(sample)))
    return np.concatenate([_settle(sample, sums) for sums in rest], axis=2)


def _parts(sample: IncompleteSample, replicates: int) -> Iterator[slice]:
    k, n_patterns = sample.patterns.seen.shape
    size = max(NUMBERS_AT_ONCE // (k * k * n_patterns), 1)
    return (slice(start, start + size) for start in range(0, replicates, size))


def _settle(sample: IncompleteSample, sums: Sums) -> Array:
    """Return the expected covariances: by steps in common, and by a climb of its own where these cannot be trusted."""
    with np.errstate(all="ignore"):
        points = walk(sample.steps, sums)
        mean, sigma = sample.steps.moments(points)
        _, covariance = expected_moments(sample.patterns.seen, sums, mean, sigma)
        doubtful = ~_positive_definite(covariance) | _lost_pairs(sample.patterns, sums)
        for at in np.flatnonzero(doubtful):
            covariance[..., at] = _alone(sample, sums.take(np.array([at])))
    return covariance


def _alone(sample: IncompleteSample, sums: Sums) -> Array:
    """Return the expected covariance (k, k) of one replicate; NaN if it has no maximum or does not determine it."""
    seen, peak = sample.patterns.seen, sample.peak
    try:
        found = climb(sample.of, seen, sums, peak.theta, peak.mean)
    except (ModelError, np.linalg.LinAlgError):
        return np.full((len(seen), len(seen)), np.nan)
    if not found.identified:
        return np.full((len(seen), len(seen)), np.nan)
    sigma = implied(sample.of, found.theta)[..., None]
    return expected_moments(seen, sums, found.mean[:, None], sigma)[1][..., 0]


def _lost_pairs(patterns: Patterns, sums: Sums) -> Array:
    """Say of each replicate whether two variables are never known together in it, though they are in the data, (R,)."""
    pairs = (patterns.seen[:, None] & patterns.seen[None, :]).reshape(-1, patterns.seen.shape[1])
    known = pairs @ patterns.total().n > 0
    return np.asarray((known & ~(pairs @ sums.n > 0)).any(axis=0))


def _positive_definite(matrices: Array) -> Array:
    """Say of each matrix (k, k, R) whether all pivots of its elimination are positive, (R,)."""
    work = matrices.copy()
    good = np.ones(matrices.shape[2], dtype=bool)
    for at in range(len(work)):
        good &= work[at, at] > 0
        factor = work[at + 1 :, at] / work[at, at]
        work[at + 1 :, at + 1 :] -= factor[:, None] * work[at, at + 1 :]
    return good
