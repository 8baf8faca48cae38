"""Simulated samples of a path model's population, as covariance matrices: normal rows, alone or in clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from bsc_analysis.errors import Fault, UseError, fault
from bsc_analysis.paths.matrixchecks import check_correlations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from bsc_analysis.paths.pathmodel import Edge, PathModel

Array = NDArray[Any]

NO_BETA = "{edge} has no standardised coefficient"
NO_EDGE = "{edge} is no path of the model"
IMPOSSIBLE = "the coefficients explain {share} of the variance of {outcome}, allowed: below 1"
BAD_CLUSTER_SIZE = "the cluster size is {got}, expected a whole number above 0"
PARTS = "{n} rows are no whole number of clusters of {size}"
FEW_UNITS = "{n} rows are too few to simulate {k} variables, at least {needed} are needed"
BAD_ICC = "an intraclass correlation of {got} cannot be simulated, allowed: 0 up to, but without, 1"
# A uniform number of 1 would be an infinite normal one.
BELOW_ONE = 1 - 2.0**-53


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """A population in which every variable has variance 1.

    ``betas`` (E,) are the coefficients in the order of ``model.edges``, ``sigma`` (k, k) the correlations they imply, in
    the order of ``model.observed``.
    """

    betas: Array
    sigma: Array


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample is drawn: n rows in clusters of equal size, alike by the same intraclass correlation everywhere."""

    n: int
    icc: float = 0.0
    cluster_size: int = 1

    @property
    def clusters(self) -> int:
        """The number of clusters, or of rows where each is its own."""
        return self.n // self.cluster_size

    @property
    def inflation(self) -> float:
        """How much clusters inflate the variance of a coefficient: predictor and residual share the correlation."""
        return 1 + (self.cluster_size - 1) * self.icc**2


@dataclass(frozen=True, slots=True, eq=False)
class RandomNumbers:
    """The randomness of a simulation, one row for each sample: the same for every n, and for more samples.

    ``between`` and ``within`` are uniform numbers above 0, (n_sim, k (k + 1) / 2); ``seed`` is what they come from.
    """

    between: Array
    within: Array
    seed: int


def population(
    model: PathModel, betas: Mapping[Edge, float], exogenous: ArrayLike | None = None
) -> Population:
    """Return the population that standardised coefficients imply; residuals are independent.

    Parameters
    ----------
    model
        A model of observed variables without residual covariances.
    betas
        The standardised coefficient of each edge.
    exogenous
        Correlations of the exogenous variables in the order of ``model.exogenous``; without them there are none.

    Raises
    ------
    UseError
        When a coefficient is missing, belongs to no edge, or explains more variance than there is.

    >>> from bsc_analysis.paths.model import path_model
    >>> population(path_model("IP ~ LG; CP ~ IP"), {("LG", "IP"): 0.5, ("IP", "CP"): 0.4}).sigma.round(2).tolist()
    [[1.0, 0.5, 0.2], [0.5, 1.0, 0.4], [0.2, 0.4, 1.0]]
    """
    _check_edges(model, betas)
    place = {name: at for at, name in enumerate(model.observed)}
    sigma = np.eye(len(place))
    if exogenous is not None:
        x = [place[name] for name in model.exogenous]
        sigma[np.ix_(x, x)] = check_correlations(model.exogenous, exogenous)
    faults: list[Fault] = []
    known = [place[name] for name in model.exogenous]
    for outcome in model.endogenous:
        start = [place[name] for name in model.predictors(outcome)]
        b = np.array([betas[name, outcome] for name in model.predictors(outcome)], float)
        explained = float(b @ sigma[np.ix_(start, start)] @ b)
        if not explained < 1:
            faults.append(fault(IMPOSSIBLE, share=f"{explained:.3g}", outcome=outcome))
        sigma[place[outcome], known] = sigma[known, place[outcome]] = b @ sigma[np.ix_(start, known)]
        known.append(place[outcome])
    if faults:
        raise UseError(*faults)
    return Population(np.array([betas[edge] for edge in model.edges], float), sigma)


def random_numbers(k: int, n_sim: int, seed: int) -> RandomNumbers:
    """Return the random numbers of ``n_sim`` samples of k variables."""
    streams = np.random.SeedSequence(seed).spawn(2)
    size = (n_sim, k * (k + 1) // 2)
    between, within = (1 - np.random.default_rng(stream).random(size) for stream in streams)
    return RandomNumbers(np.minimum(between, BELOW_ONE), np.minimum(within, BELOW_ONE), seed)


def simulate(whole: Population, design: Design, numbers: RandomNumbers) -> Array:
    """Return the covariance matrices (divisor n) of simulated samples, (k, k, n_sim).

    With G clusters of m rows, cross-products are those of cluster means, m W(G - 1, Sigma (icc + (1 - icc) / m)), and those
    within, W(G (m - 1), Sigma (1 - icc)).

    Raises
    ------
    UseError
        When the design is impossible.

    >>> from bsc_analysis.paths.model import path_model
    >>> whole = population(path_model("IP ~ LG"), {("LG", "IP"): 0.5})
    >>> S = simulate(whole, Design(1000), random_numbers(2, 500, 1))
    >>> S.shape, float(S[0, 1].mean().round(2))
    ((2, 2, 500), 0.5)
    """
    check_design(design, len(whole.sigma))
    root = np.linalg.cholesky(whole.sigma)
    m, icc = design.cluster_size, design.icc
    total = _wishart(root, design.clusters - 1, numbers.between) * (1 + (m - 1) * icc)
    if m > 1:
        total += _wishart(root, design.clusters * (m - 1), numbers.within) * (1 - icc)
    return np.asarray(total / design.n)


def fewest_clusters(k: int) -> int:
    """Return the smallest number of clusters, or of single rows, with which k variables can be simulated and fitted."""
    return k + 2


def check_design(design: Design, k: int) -> None:
    """Refuse a design that cannot be simulated for k variables."""
    n, size = design.n, design.cluster_size
    faults = []
    if size != int(size) or size < 1:
        raise UseError(fault(BAD_CLUSTER_SIZE, got=size))
    if n % size:
        faults.append(fault(PARTS, n=n, size=size))
    elif design.clusters < fewest_clusters(k):
        faults.append(fault(FEW_UNITS, n=n, k=k, needed=fewest_clusters(k) * size))
    if not 0 <= design.icc < 1:
        faults.append(fault(BAD_ICC, got=design.icc))
    if faults:
        raise UseError(*faults)


def _wishart(root: Array, df: int, uniform: Array) -> Array:
    """Return Wishart matrices (k, k, n_sim) by Bartlett: L A A' L', A lower triangular, chi on its diagonal."""
    k = len(root)
    triangle = np.zeros((len(uniform), k, k))
    rows, columns = np.tril_indices(k, -1)
    diagonal = np.arange(k)
    triangle[:, diagonal, diagonal] = np.sqrt(2 * gammaincinv((df - diagonal) / 2, uniform[:, :k]))
    triangle[:, rows, columns] = ndtri(uniform[:, k:])
    turned = root @ triangle
    return np.asarray(np.moveaxis(turned @ turned.swapaxes(1, 2), 0, -1))


def _check_edges(model: PathModel, betas: Mapping[Edge, float]) -> None:
    missing = [fault(NO_BETA, edge=" -> ".join(edge)) for edge in model.edges if edge not in betas]
    others = [fault(NO_EDGE, edge=" -> ".join(edge)) for edge in betas if edge not in model.edges]
    if missing or others:
        raise UseError(*missing, *others)
