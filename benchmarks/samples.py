"""Simulated samples whose effects are known: which populations, how many rows, in clusters or not, normal or heavy-tailed.

Every variable has variance 1 in the population, so that a coefficient is its own standardised value. Each sample has its own
stream of random numbers, keyed by its design, its paths and its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from bsc_analysis.paths import closedform
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.paths.simulatedmoments import population

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODEL = path_model("IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP")
ICC = 0.15
TAIL = 5  # degrees of freedom of heavy-tailed disturbances


@dataclass(frozen=True, slots=True)
class Setting:
    """True paths: along the chain LG -> IP -> CP -> SH, and around it (LG -> CP, LG -> SH, IP -> SH)."""

    name: str
    along: tuple[float, float, float]
    around: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def betas(self) -> dict[tuple[str, str], float]:
        """The true coefficient of each edge."""
        chain = zip(pairwise(MODEL.observed), self.along, strict=True)
        return dict(chain) | dict(zip((("LG", "CP"), ("LG", "SH"), ("IP", "SH")), self.around, strict=True))

    def effect(self, path: Sequence[str]) -> float:
        """Return the true effect along a path."""
        return prod(self.betas[edge] for edge in pairwise(path))

    def degenerate(self, path: Sequence[str]) -> bool:
        """Say whether the effect's first derivatives are all 0: two of its factors are, and no normal theory holds."""
        return sum(self.betas[edge] == 0 for edge in pairwise(path)) > 1


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample is drawn: rows, in clusters of equal size where ``clusters`` is not 0, and their disturbances."""

    n: int
    clusters: int = 0
    heavy: bool = False

    def __str__(self) -> str:
        if self.clusters:
            return f"{self.clusters} clusters x {self.n // self.clusters}"
        return f"n = {self.n}" + (f", t({TAIL})" if self.heavy else "")


SETTINGS = (
    Setting("all 0", (0.0, 0.0, 0.0)),
    Setting(".39, 0, .39", (0.39, 0.0, 0.39)),
    Setting("all .14", (0.14, 0.14, 0.14)),
    Setting("all .39", (0.39, 0.39, 0.39)),
    Setting("KKP", (0.329, 0.123, 0.634), (0.006, -0.047, 0.108)),
)
DESIGNS = (*map(Design, (100, 300, 900)), Design(300, clusters=30), Design(900, clusters=60))
HEAVY = tuple(Design(n, heavy=True) for n in (100, 300, 900))
CELLS = (
    *((design, setting) for design in DESIGNS for setting in SETTINGS),
    *((design, SETTINGS[-1]) for design in HEAVY),
)


def draw_sample(design: Design, setting: Setting, rng: np.random.Generator) -> Rows:
    """Return one sample.

    Parameters
    ----------
    design, setting
        How it is drawn, and from which population.
    rng
        Where its randomness comes from.

    >>> sample = draw_sample(Design(300, clusters=30), SETTINGS[0], np.random.default_rng(1))
    >>> sample.values.shape, len(sample.cluster)
    ((300, 4), 30)
    """
    values = _disturbances(design, rng)
    whole = population(MODEL, setting.betas)
    of = closedform.plan(MODEL)
    psi = closedform.residual_variances(of, whole.sigma, whole.betas)
    for equation, variance in zip(of.equations, psi, strict=True):
        b = whole.betas[list(equation.places)]
        values[:, equation.outcome] *= np.sqrt(variance)
        values[:, equation.outcome] += values[:, list(equation.predictors)] @ b
    return Rows(MODEL.observed, values, _codes(design))


def _disturbances(design: Design, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return what each variable has of its own, (n, 4), variance 1; LG is normal, and clusters share a part of variance ICC."""
    k = len(MODEL.observed)
    values = rng.standard_normal((design.n, k))
    if design.heavy:
        values[:, 1:] = rng.standard_t(TAIL, (design.n, k - 1)) * np.sqrt((TAIL - 2) / TAIL)
    codes = _codes(design)
    if codes is not None:
        shared = rng.standard_normal((design.clusters, k))
        values = np.sqrt(ICC) * shared[codes.code] + np.sqrt(1 - ICC) * values
    return values


def _codes(design: Design) -> Codes | None:
    if not design.clusters:
        return None
    code = np.repeat(np.arange(design.clusters), design.n // design.clusters)
    return Codes("cluster", code, tuple(map(str, range(design.clusters))))
