"""Coefficients of a path model in every year or level on one scale, and which of them differ from each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bsc_analysis.exhibits.effectlines import Estimate
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.groups import GroupComparison

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class GroupCoefficient:
    """One coefficient in one group with its standard error, and the groups it differs from, each with its adjusted p.

    ``beta`` is standardised by the standard deviations of all groups together, so that it differs as b does.
    """

    group: str
    beta: Estimate
    b: float
    se: float
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ComparedPath:
    """A coefficient in every group."""

    name: EffectName
    members: tuple[GroupCoefficient, ...]

    @property
    def surprise(self) -> float:
        """The smallest adjusted p of its differences that survive, 1 where none does."""
        return min((p for member in self.members for _, p in member.others), default=1.0)

    @property
    def spread(self) -> float:
        """How far the coefficient goes from group to group."""
        values = [member.beta[0] for member in self.members]
        return max(values) - min(values)


def read_paths(analysis: PathAnalysis, compared: GroupComparison) -> tuple[ComparedPath, ...]:
    """Read every direct effect in every group, its interval being b plus and minus so many standard errors.

    >>> import numpy as np
    >>> from bsc_analysis.paths.analysis import analyse_paths
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Codes, Rows
    >>> values = np.array([[1.0, 1], [2, 2], [3, 4], [4, 3], [1, 1], [2, 3], [3, 3], [4, 5]])
    >>> rows = Rows(("LG", "IP"), values, group=Codes("year", np.repeat([0, 1], 4), ("2016", "2017")))
    >>> analysis = analyse_paths(path_model("IP ~ LG"), rows)
    >>> [(each.group, round(each.b, 2), each.others) for each in read_paths(analysis, analysis.groups)[0].members]
    [('2016', 0.8, ()), ('2017', 1.2, ())]
    """
    found, fit = compared.differences, analysis.fit
    variances = dict(zip(fit.of.observed, fit.implied_covariance.diagonal().tolist(), strict=True))
    return tuple(
        ComparedPath(name, _members(compared, at, math.sqrt(variances[name.start] / variances[name.end])))
        for at, name in enumerate(found.names)
        if name.kind == "direct"
    )


def most_different(paths: tuple[ComparedPath, ...], most: int) -> tuple[ComparedPath, ...]:
    """Keep so many paths, those that differ most between groups, in their order."""
    kept = {path.name for path in sorted(paths, key=lambda path: (path.surprise, -path.spread))[:most]}
    return tuple(path for path in paths if path.name in kept)


def errors_each_way(level: float) -> float:
    """Return how many standard errors an interval of a level reaches either way.

    >>> round(errors_each_way(0.95), 2)
    1.96
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def _members(compared: GroupComparison, at: int, scale: float) -> tuple[GroupCoefficient, ...]:
    """Return one effect in every group; ``scale`` standardises it."""
    found = compared.differences
    b, se = found.raw.group[:, at].tolist(), found.raw.group_se[:, at].tolist()
    reach = errors_each_way(found.level)
    return tuple(
        GroupCoefficient(
            group,
            (scale * value, scale * (value - reach * error), scale * (value + reach * error)),
            value,
            error,
            _differing(compared, group, at),
        )
        for group, value, error in zip(found.groups, b, se, strict=True)
    )


def _differing(compared: GroupComparison, group: str, at: int) -> tuple[tuple[str, float], ...]:
    """Return the groups whose effect differs from that of a group, each with its adjusted p."""
    found = compared.differences
    pairs = zip(found.pairs, found.raw.p_holm[:, at].tolist(), strict=True)
    return tuple(
        (second if group == first else first, p)
        for (first, second), p in pairs
        if group in (first, second) and p < ALPHA
    )
