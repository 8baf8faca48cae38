"""Tracing: the effects and explained variances that follow from coefficients alone, such as printed ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bsc_analysis.paths.model import Path, PathModel


@dataclass(frozen=True, slots=True)
class Effect:
    """The effects of one variable on another.

    ``specific`` holds each indirect path with its product of coefficients; ``indirect`` is their sum and
    ``total`` adds ``direct``, which is 0 where the model has no such path.
    """

    start: str
    end: str
    direct: float
    specific: tuple[tuple[Path, float], ...]

    @property
    def indirect(self) -> float:
        """The total indirect effect: the sum over all indirect paths."""
        return sum(value for _, value in self.specific)

    @property
    def total(self) -> float:
        """The total effect: direct plus total indirect."""
        return self.direct + self.indirect

    @property
    def inconsistent(self) -> bool:
        """Whether direct and indirect effect have opposite signs (inconsistent mediation)."""
        return self.direct * self.indirect < 0


def trace_effects(model: PathModel, coefficients: Mapping[tuple[str, str], float]) -> tuple[Effect, ...]:
    """Trace the effects that coefficients give, for every pair of variables that some path joins.

    An indirect effect is the product of the coefficients along its path (Wright's tracing rule).

    >>> from bsc_analysis.paths.model import path_model
    >>> chain = path_model("IP ~ LG; CP ~ LG + IP")
    >>> effect = trace_effects(chain, {("LG", "IP"): 0.5, ("LG", "CP"): -0.1, ("IP", "CP"): 0.4})[1]
    >>> effect.end, round(effect.indirect, 3), round(effect.total, 3), effect.inconsistent
    ('CP', 0.2, 0.1, True)
    """
    pairs = [
        (start, end)
        for start in model.variables
        for end in model.variables
        if model.directed_paths(start, end)
    ]
    return tuple(
        Effect(
            start,
            end,
            direct=coefficients.get((start, end), 0.0),
            specific=tuple(
                (path, prod(coefficients[edge] for edge in pairwise(path)))
                for path in model.indirect_paths(start, end)
            ),
        )
        for start, end in pairs
        if start != end
    )


def explained_variance(model: PathModel, betas: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Return R-squared of each outcome, if the coefficients are standardised and the disturbances independent.

    Correlations among exogenous variables are taken as 0. With R the correlations implied so far,
    R2 = b' R b over an outcome's predictors.

    >>> from bsc_analysis.paths.model import path_model
    >>> round(explained_variance(path_model("IP ~ LG"), {("LG", "IP"): 0.329})["IP"], 3)
    0.108
    """
    position = {name: index for index, name in enumerate(model.variables)}
    correlations = np.eye(len(position))
    explained: dict[str, float] = {}
    for outcome in model.endogenous:
        predictors = [position[name] for name in model.predictors(outcome)]
        b = np.array([betas[name, outcome] for name in model.predictors(outcome)])
        earlier = [position[name] for name in model.variables[: position[outcome]]]
        row = correlations[np.ix_(earlier, predictors)] @ b
        correlations[earlier, position[outcome]] = correlations[position[outcome], earlier] = row
        explained[outcome] = float(b @ correlations[np.ix_(predictors, predictors)] @ b)
    return explained
