"""Power of every effect of a path model, indirect ones among them, by simulating moments; and the n that reaches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.effectlist import EffectList, list_effects
from bsc_analysis.paths.simulatedmoments import Design, fewest_clusters, population, random_numbers, simulate
from bsc_analysis.paths.simulatedtests import Test, applied_test, estimate_samples, find_effects
from bsc_analysis.paths.smalleffects import refuse_elaborate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.pathmodel import Edge, PathModel
    from bsc_analysis.paths.simulatedmoments import Population, RandomNumbers

Array = NDArray[Any]

UNKNOWN = "test {got} is unknown, allowed: {allowed}"
BAD_COUNT = "{name} is {got}, expected a whole number above 0"
BAD_SHARE = "{name} is {got}, allowed: above 0 and below 1"
NULL = "{effect} is 0 in this population: no number of units shows it"
OUT_OF_REACH = "{effect} of {size} needs more than {most} units for a power of {power}"
MOST = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class EffectPower:
    """The power of a test of each effect, each array (m,) in the order of ``names``.

    Attributes
    ----------
    names
        The m effects.
    value
        The standardised effects of the population.
    power, mc_se
        The share of simulated samples in which the effect was found, and the Monte Carlo error of that share.
    tests
        The test that was applied to each.
    n, n_sim
        Rows in a sample, and samples.
    alpha, icc, cluster_size
        As they were asked for.
    """

    names: tuple[EffectName, ...]
    value: Array
    power: Array
    mc_se: Array
    tests: tuple[Test, ...]
    n: int
    n_sim: int
    alpha: float
    icc: float
    cluster_size: int


@dataclass(frozen=True, slots=True)
class EffectSample:
    """The smallest sample that shows an effect with the power asked for.

    ``lower`` and ``upper`` are the samples at which the simulated power passes the power asked for less and plus 1.96
    Monte Carlo errors: the number is known no better than that.
    """

    effect: str
    value: float
    n: int
    lower: int
    upper: int
    power: float
    n_sim: int


def power_of_effects(
    model: PathModel,
    betas: Mapping[Edge, float],
    n: int,
    *,
    test: Test = "joint",
    n_sim: int = 2000,
    seed: int = 20151122,
    alpha: float = 0.05,
    icc: float = 0.0,
    cluster_size: int = 1,
    exogenous: ArrayLike | None = None,
) -> EffectPower:
    """Simulate the power with which each effect of a path model is found in a sample.

    Samples are simulated as moments, not as rows: cross-products of normal variables are Wishart (Bartlett's
    decomposition). In clusters, every variable has the same intraclass correlation and both levels have the same paths,
    so that cross-products within and between clusters are two Wishart matrices; the variance of a coefficient is then
    inflated by 1 + (m - 1) icc^2, which is used as known.

    Tests, two-sided: ``joint`` calls a path found when each coefficient along it differs from 0 (t-tests; n - p - 1
    degrees of freedom, or clusters less one), ``delta`` when effect / se exceeds the normal quantile, ``monte_carlo``
    when the interval of effects of drawn coefficients leaves out 0. Sums of paths have no joint test: they get ``delta``.

    Parameters
    ----------
    model
        A model of observed variables without residual covariances, fixed and equal coefficients.
    betas
        The standardised coefficient of each edge.
    n
        Rows in a sample; whole clusters.
    test, alpha
        The test and its level.
    n_sim, seed
        How many samples are simulated, from one seed; the first samples stay the same when there are more.
    icc, cluster_size
        Intraclass correlation and rows per cluster.
    exogenous
        Correlations of the exogenous variables in the order of ``model.exogenous``; none by default.

    Raises
    ------
    UseError
        When coefficients are missing or impossible, or a number is out of range.

    >>> from bsc_analysis.paths.model import path_model
    >>> found = power_of_effects(path_model("IP ~ LG; CP ~ IP"), {("LG", "IP"): 0.3, ("IP", "CP"): 0.2}, 200)
    >>> dict(zip(map(str, found.names), found.power.round(1).tolist()))["LG -> IP -> CP"]
    0.8
    """
    _check_numbers(test, alpha, n_sim=n_sim)
    refuse_elaborate(model)
    whole = population(model, betas, exogenous)
    effects = list_effects(model)
    numbers = random_numbers(len(whole.sigma), n_sim, seed)
    found = _found(model, effects, whole, Design(n, icc, cluster_size), test, alpha, numbers)
    power = found.mean(axis=1)
    return EffectPower(
        effects.names, effects.values(whole.betas), power, np.sqrt(power * (1 - power) / n_sim),
        tuple(applied_test(name, test) for name in effects.names), n, n_sim, alpha, icc, cluster_size,
    )  # fmt: skip


def n_for_effect(
    model: PathModel,
    betas: Mapping[Edge, float],
    effect: str,
    *,
    power: float = 0.80,
    test: Test = "joint",
    n_sim: int = 4000,
    seed: int = 20151122,
    alpha: float = 0.05,
    icc: float = 0.0,
    cluster_size: int = 1,
    exogenous: ArrayLike | None = None,
) -> EffectSample:
    """Return the smallest number of units that shows an effect with the power asked for.

    Doubling, then bisection, on the simulated power of :func:`power_of_effects`. Every n uses the same random numbers, so
    that the power grows with n but for single samples, and the answer depends on the seed alone.

    Parameters
    ----------
    model, betas, test, alpha, n_sim, seed, icc, cluster_size, exogenous
        As in :func:`power_of_effects`.
    effect
        Its name, such as ``LG -> IP -> SH``.
    power
        The power asked for.

    Raises
    ------
    UseError
        When there is no such effect, it is 0, or it needs more than ten million units.

    >>> from bsc_analysis.paths.model import path_model
    >>> sample = n_for_effect(path_model("IP ~ LG"), {("LG", "IP"): 0.329}, "LG -> IP", n_sim=2000)
    >>> sample.lower <= 71 <= sample.upper
    True
    """
    _check_numbers(test, alpha, power=power, n_sim=n_sim)
    refuse_elaborate(model)
    whole = population(model, betas, exogenous)
    effects = list_effects(model)
    at = effects.find(effect)
    value = float(effects.values(whole.betas)[at])
    if value == 0:
        raise UseError(fault(NULL, effect=effects.names[at]))

    one = _only(effects, at)
    numbers = random_numbers(len(whole.sigma), n_sim, seed)

    def power_at(clusters: int) -> float:
        design = Design(clusters * cluster_size, icc, cluster_size)
        found = _found(model, one, whole, design, test, alpha, numbers)
        return float(found[one.names.index(effects.names[at])].mean())

    error = 1.96 * np.sqrt(power * (1 - power) / n_sim)
    search = _Search(power_at, fewest_clusters(len(model.observed)), MOST // cluster_size)
    sizes = [search.smallest(wanted) for wanted in (power, power - error, min(power + error, 1 - 1 / n_sim))]
    if None in sizes:
        raise UseError(
            fault(OUT_OF_REACH, effect=effects.names[at], size=f"{value:.3g}", most=MOST, power=power)
        )
    n, lower, upper = (int(size or 0) * cluster_size for size in sizes)
    return EffectSample(str(effects.names[at]), value, n, lower, upper, power_at(n // cluster_size), n_sim)


@dataclass(frozen=True, slots=True)
class _Search:
    """Bisection for the number of clusters, or units, at which a growing power passes a value."""

    power_at: Callable[[int], float]
    least: int
    most: int

    def smallest(self, wanted: float) -> int | None:
        low, high = self.least - 1, self.least
        while self.power_at(high) < wanted:
            low, high = high, 2 * high
            if high > self.most:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.power_at(middle) >= wanted else (middle, high)
        return high


def _found(
    model: PathModel,
    effects: EffectList,
    whole: Population,
    design: Design,
    test: Test,
    alpha: float,
    numbers: RandomNumbers,
) -> Array:
    """Return whether each effect was found in each sample, (m, n_sim)."""
    estimates = estimate_samples(model, simulate(whole, design, numbers), design)
    return find_effects(effects, estimates, test=test, alpha=alpha, seed=numbers.seed)


def _only(effects: EffectList, at: int) -> EffectList:
    """Return the list of one effect, so that a search computes no other."""
    if at >= len(effects.sums):
        return effects
    products = tuple(effects.products[each] for each in effects.sums[at])
    return EffectList((effects.names[at],), products, (tuple(range(len(products))),))


def _check_numbers(test: Test, alpha: float, *, n_sim: int, power: float = 0.5) -> None:
    faults = [
        fault(BAD_SHARE, name=name, got=value)
        for name, value in (("power", power), ("alpha", alpha))
        if not 0 < value < 1
    ]
    if n_sim != int(n_sim) or n_sim < 1:
        faults.append(fault(BAD_COUNT, name="n_sim", got=n_sim))
    if test not in get_args(Test):
        faults.append(fault(UNKNOWN, got=repr(test), allowed=", ".join(get_args(Test))))
    if faults:
        raise UseError(*faults)
