"""Steps from the fit to all rows to those of many replicates at once, lengthened by what is known at the fit to all rows.

A replicate differs little from the data it is drawn from, so that derivatives taken once serve all: each step leaves about a
tenth of the way. Two kinds of steps lead to the same place, fast ones of expectation and maximisation for models whose
equations are least squares, and Newton's for any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths import closedform
from bsc_analysis.paths.em import expected_moments, implied_covariances
from bsc_analysis.paths.likelihood import invert
from bsc_analysis.paths.patternnewton import gradients
from bsc_analysis.paths.structure import implied

if TYPE_CHECKING:
    from bsc_analysis.paths.closedform import Plan
    from bsc_analysis.paths.patternnewton import Peak
    from bsc_analysis.paths.patterns import Patterns, Sums
    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

# A replicate has arrived when no coordinate moves by this share of its unit.
CONVERGED = 1e-9
MOST_STEPS = 40
# Length of the steps for derivatives, in standard deviations: central differences and rounding then err by about 1e-10.
DIFFERENCE = 1e-5


class Steps(Protocol):
    """How replicates move: from where, in which units (d,), and how far at points (d, R) with given sums."""

    @property
    def start(self) -> Array:
        """The fit to all rows, (d,)."""

    @property
    def unit(self) -> Array:
        """The spread that each coordinate is measured in, (d,)."""

    def move(self, sums: Sums, points: Array) -> Array:
        """Return the step to take, (d, R)."""

    def moments(self, points: Array) -> tuple[Array, Array]:
        """Return the mean (k, R) and covariance (k, k, R) that points stand for."""


@dataclass(frozen=True, slots=True, eq=False)
class EquationSteps:
    """Steps of expectation and maximisation in the mean and Sigma, d = k + k^2, times ``stride`` (d, d).

    With J the derivative of such a step F at the fit to all rows, the way left is about (I - J)^-1 (F(x) - x).
    """

    plan: Plan
    seen: Array
    start: Array
    unit: Array
    stride: Array

    def move(self, sums: Sums, points: Array) -> Array:
        """Return (I - J)^-1 (F(x) - x)."""
        return np.asarray(self.stride @ (_advance(self.plan, self.seen, sums, points) - points))

    def moments(self, points: Array) -> tuple[Array, Array]:
        """Return the mean and Sigma, which are the coordinates themselves."""
        return _split(self.plan.k, points)


@dataclass(frozen=True, slots=True, eq=False)
class StructureSteps:
    """Newton steps in theta and the mean, d = p + k, with the information of all rows, whose inverse per row is ``stride``."""

    of: Structure
    seen: Array
    start: Array
    unit: Array
    stride: Array

    def move(self, sums: Sums, points: Array) -> Array:
        """Return H^-1 g / n."""
        return np.asarray(self.stride @ gradients(self.of, self.seen, sums, points) / sums.n.sum(axis=0))

    def moments(self, points: Array) -> tuple[Array, Array]:
        """Return the mean and the Sigma that theta implies."""
        p = len(self.of.parameters)
        return points[p:], np.stack([implied(self.of, theta) for theta in points[:p].T], axis=-1)


def equation_steps(plan: Plan, of: Structure, patterns: Patterns, peak: Peak) -> EquationSteps:
    """Prepare steps for a model whose equations are least squares; J by central differences."""
    sigma = implied(of, peak.theta)
    deviation = np.sqrt(np.diag(sigma))
    unit = np.concatenate([deviation, np.outer(deviation, deviation).ravel()])
    start = np.concatenate([peak.mean, sigma.ravel()])
    change = DIFFERENCE * _symmetric(len(deviation), np.diag(unit))
    ahead, behind = (
        _advance(plan, patterns.seen, patterns.total(), start[:, None] + sign * change) for sign in (1, -1)
    )
    slopes = (ahead - behind) / (2 * DIFFERENCE * unit)
    stride = np.linalg.inv(np.eye(len(unit)) - slopes)
    return EquationSteps(plan, patterns.seen, start, unit, stride)


def structure_steps(of: Structure, patterns: Patterns, peak: Peak) -> StructureSteps:
    """Prepare steps for any identified model."""
    stride = invert(peak.information) * patterns.total().n.sum()
    start = np.concatenate([peak.theta, peak.mean])
    return StructureSteps(of, patterns.seen, start, np.sqrt(np.diag(stride)), stride)


def walk(steps: Steps, sums: Sums) -> Array:
    """Return where each replicate arrives, (d, R); NaN for one that does not."""
    replicates = sums.n.shape[-1]
    arrived = np.full((len(steps.start), replicates), np.nan)
    under_way = np.arange(replicates)
    points = np.repeat(steps.start[:, None], replicates, axis=1)
    for _ in range(MOST_STEPS):
        move = steps.move(sums, points)
        points = points + move
        there = (np.abs(move) / steps.unit[:, None]).max(axis=0) < CONVERGED
        arrived[:, under_way[there]] = points[:, there]
        if there.all():
            break
        if there.any():
            sums, points, under_way = sums.take(~there), points[:, ~there], under_way[~there]
    return arrived


def _advance(plan: Plan, seen: Array, sums: Sums, points: Array) -> Array:
    """Expect the moments of complete rows and fit the model to them: the mean and covariance that it then implies."""
    mean, covariance = expected_moments(seen, sums, *_split(plan.k, points))
    b = closedform.coefficients(plan, covariance)
    psi = closedform.residual_variances(plan, covariance, b)
    sigma = implied_covariances(plan, covariance, b, psi)
    return np.concatenate([mean, sigma.reshape(plan.k**2, -1)])


def _split(k: int, points: Array) -> tuple[Array, Array]:
    return points[:k], points[k:].reshape(k, k, -1)


def _symmetric(k: int, change: Array) -> Array:
    """Return changes (d, d) in which a covariance, which stands in two places, moves in both by half."""
    sigma = change[k:].reshape(k, k, -1)
    return np.concatenate([change[:k], ((sigma + sigma.swapaxes(0, 1)) / 2).reshape(k * k, -1)])
