"""How much every effect of a path model differs between two years or levels, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.effects import check_level
from bsc_analysis.paths.multiplicity import holm_of_effects
from bsc_analysis.paths.standardised import edge_coefficients, standardised_coefficients

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.effectlist import EffectList, EffectName
    from bsc_analysis.paths.effects import Method
    from bsc_analysis.paths.groupfit import GroupFit

Array = NDArray[Any]
Pair = tuple[str, str]

# A standard error of a difference below this share of those of its parts comes from subtracting equal numbers.
ROUNDING = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """The effects of G groups and the differences of D pairs of groups, all raw or all standardised.

    Attributes
    ----------
    group, group_se
        (G, m) each effect in each group, and its standard error.
    difference
        (D, m) the effect in the second group less that in the first.
    se, lower, upper
        (D, m) of the difference.
    p, p_holm
        (D, m) two-sided p-values, and adjusted for all pairs and effects by Holm's method.
    """

    group: Array
    group_se: Array
    difference: Array
    se: Array
    lower: Array
    upper: Array
    p: Array
    p_holm: Array


@dataclass(frozen=True, slots=True, eq=False)
class GroupDifferences:
    """Differences of every effect between every two groups.

    Attributes
    ----------
    names
        The m effects.
    column, groups
        What groups are called, and the G groups.
    pairs
        The D pairs as (first, second); years come in their order, so that a difference is the change.
    raw, standardised
        In the units of the data, and by each group's own implied standard deviations.
    method, level
        How intervals were made, and their level.
    n_boot, n_failed
        Replicates asked for, and those that gave no number; 0 for the delta method.
    notes
        What a reader must know, as sentences.
    """

    names: tuple[EffectName, ...]
    column: str
    groups: tuple[str, ...]
    pairs: tuple[Pair, ...]
    raw: Contrasts
    standardised: Contrasts
    method: Method
    level: float
    n_boot: int = 0
    n_failed: int = 0
    notes: tuple[Fault, ...] = ()


def list_pairs(n_groups: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the second group of every pair, (D,) each.

    >>> [each.tolist() for each in list_pairs(3)]
    [[0, 0, 1], [1, 2, 2]]
    """
    first, second = np.array(list(combinations(range(n_groups), 2))).T
    return first, second


def name_pairs(groups: tuple[str, ...]) -> tuple[Pair, ...]:
    """Return every pair of groups by their labels, in the order of :func:`list_pairs`."""
    return tuple(combinations(groups, 2))


def subtract_groups(fit: GroupFit, *, level: float = 0.95) -> GroupDifferences:
    """Return the difference of every effect between every two groups, by the delta method.

    The variance of a difference is v11 + v22 - 2 v12; the covariance v12 is not 0 where the same units are measured in
    both groups, which cluster standard errors know of.

    Parameters
    ----------
    fit
        What :func:`fit_groups` returned.
    level
        The level of intervals.

    >>> from bsc_analysis.paths.groupestimation import fit_groups
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Codes, Rows
    >>> values = np.array([[1.0, 1], [2, 2], [3, 4], [4, 3], [1, 1], [2, 3], [3, 3], [4, 5]])
    >>> year = Codes("year", np.repeat([0, 1], 4), ("2016", "2017"))
    >>> change = subtract_groups(fit_groups(path_model("IP ~ LG"), Rows(("LG", "IP"), values, group=year)))
    >>> change.pairs, float(change.raw.difference[0, 0].round(3))
    ((('2016', '2017'),), 0.4)
    """
    check_level(level)
    effects = list_effects(fit.model)
    return GroupDifferences(
        effects.names, fit.column, fit.groups, name_pairs(fit.groups), _contrasts(fit, effects, level, edge_coefficients),
        _contrasts(fit, effects, level, standardised_coefficients), "delta", level, notes=fit.notes,
    )  # fmt: skip


def effect_covariances(fit: GroupFit, effects: EffectList, coefficients: Any) -> Array:
    """Return the covariances (G, m, G, m) of effects, raw or standardised by which coefficients are asked for."""
    return fit.covariances_of(lambda theta: effects.values(coefficients(fit.of, fit.model, theta)))


def group_effects(fit: GroupFit, effects: EffectList, coefficients: Any) -> Array:
    """Return the effects (G, m) of each group, raw or standardised by which coefficients are asked for."""
    return np.stack([effects.values(coefficients(fit.of, fit.model, theta)) for theta in fit.theta])


def _contrasts(fit: GroupFit, effects: EffectList, level: float, coefficients: Any) -> Contrasts:
    value, covariance = (
        group_effects(fit, effects, coefficients),
        effect_covariances(fit, effects, coefficients),
    )
    first, second = list_pairs(len(value))
    joint = np.einsum("gmhm->ghm", covariance)
    own = np.einsum("ggm->gm", joint)
    difference = value[second] - value[first]
    se = np.sqrt(np.maximum(own[first] + own[second] - joint[first, second] - joint[second, first], 0))
    # What rounding leaves of a difference between equal numbers is no difference.
    alike = se <= ROUNDING * np.sqrt(own[first] + own[second])
    z = np.divide(difference, se, out=np.full(se.shape, np.nan), where=~alike)
    p = 2 * stats.norm.sf(np.abs(z))
    reach = stats.norm.ppf((1 + level) / 2) * se
    return Contrasts(
        value, np.sqrt(np.maximum(own, 0)), difference, se, difference - reach, difference + reach, p,
        holm_of_effects(effects, p),
    )  # fmt: skip
