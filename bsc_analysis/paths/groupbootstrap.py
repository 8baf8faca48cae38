"""Bootstrap of differences between groups: units are drawn once for all years in which they were measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.paths.bootstrapchecks import check_bootstrap, replicate_notes
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.groupdata import split_groups
from bsc_analysis.paths.groupdifferences import Contrasts, GroupDifferences, list_pairs, name_pairs
from bsc_analysis.paths.intervals import interval_ends
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.multiplicity import holm_of_effects
from bsc_analysis.paths.replicates import statistic_of
from bsc_analysis.paths.resampledmoments import from_clusters, leave_one_out, resample_with
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.paths.weights import count_blocks

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.effectlist import EffectList
    from bsc_analysis.paths.groupdata import Grouped
    from bsc_analysis.paths.intervals import Interval
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.replicates import Statistic
    from bsc_analysis.paths.resampledmoments import Sampled

Array = NDArray[Any]

# So many counts are made at once: 2 MB.
COUNTS = 2**18


def bootstrap_groups(
    model: PathModel,
    rows: Rows,
    *,
    n_boot: int = 10_000,
    interval: Interval = "percentile",
    level: float = 0.95,
    seed: int = 20151122,
    progress: Callable[[int], Any] | None = None,
) -> GroupDifferences:
    """Bootstrap the difference of every effect between every two groups, raw and standardised, from the same draws.

    Clusters are drawn whole, and where the same are found in several groups each draw counts in all of them: that two
    years resemble each other because they are the same units is kept. Rows without clusters, and clusters of which none
    recurs, are drawn within their groups. A p-value is twice the smaller share of replicates on one side of 0.

    Parameters
    ----------
    model
        A model without latent variables, residual covariances and equal coefficients.
    rows
        With their group, and their cluster where rows depend on each other or units recur.
    n_boot, seed
        How many replicates, and the seed of their streams.
    interval, level
        ``percentile``, ``basic``, ``bc``, ``bca`` (by exact jackknife of units) or ``normal``, and the level.
    progress
        Called with the number of replicates that are done, now and then.

    Raises
    ------
    UseError, DataError
        As :func:`fit_groups`, for options that are not allowed, and when too many replicates give no number.

    >>> from bsc_analysis.paths.model import path_model
    >>> rng = np.random.default_rng(1)
    >>> LG = rng.normal(size=400)
    >>> values = np.column_stack([LG, np.repeat([0.2, 0.8], 200) * LG + rng.normal(size=400)])
    >>> unit = Codes("unit", np.tile(np.arange(200), 2), tuple(map(str, range(200))))
    >>> year = Codes("year", np.repeat([0, 1], 200), ("2016", "2017"))
    >>> rows = Rows(("LG", "IP"), values, cluster=unit, group=year)
    >>> change = bootstrap_groups(path_model("IP ~ LG"), rows, n_boot=2000)
    >>> bool(0 < change.raw.lower[0, 0] < 0.6 < change.raw.upper[0, 0])
    True
    """
    check_bootstrap(n_boot, interval, level)
    data = split_groups(model, rows)
    effects = list_effects(model)
    sample = _sample(model, effects, data)
    draws = sample.draw(n_boot, seed, progress)
    n_failed = int(np.isnan(draws).any(axis=(0, 1)).sum())
    notes = replicate_notes(n_failed, n_boot)
    figures, more = _figures(sample, draws, interval, level)
    m = len(effects)
    raw, standardised = (_contrasts(effects, figures, half) for half in (slice(None, m), slice(m, None)))
    return GroupDifferences(
        effects.names, data.column, data.labels, name_pairs(data.labels), raw, standardised, interval, level, n_boot,
        n_failed, (*notes, *more),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """What is drawn: units with what they add to each of the G groups, their strata (U,), and the 2 m statistics."""

    groups: tuple[Sampled, ...]
    strata: NDArray[np.intp] | None
    statistic: Statistic

    def of_counts(self, counts: Array) -> Array:
        """Return the statistics (G, 2 m, R) of counts (R, U), which are the same in every group."""
        return np.stack([resample_with(each, counts, self.statistic).values for each in self.groups])

    def draw(self, n_boot: int, seed: int, progress: Callable[[int], Any] | None) -> Array:
        """Return the statistics (G, 2 m, R) of replicates."""
        units = len(self.groups[0])
        at_once = max(1, min(n_boot, COUNTS // units))
        parts: list[Array] = []
        done = 0
        for counts in count_blocks(units, range(n_boot), seed, at_once=at_once, strata=self.strata):
            parts.append(self.of_counts(counts))
            done += len(counts)
            if progress is not None:
                progress(done)
        return np.concatenate(parts, axis=2)

    def left_out(self) -> Array:
        """Return the statistics (G, 2 m, U) without each unit."""
        return np.stack([leave_one_out(each, self.statistic) for each in self.groups])


def _sample(model: PathModel, effects: EffectList, data: Grouped) -> _Sample:
    codes = _unit_codes(data)
    units = 1 + max(int(code.max()) for code in codes)
    pooled = np.cov(np.concatenate(data.away).T, bias=True)
    return _Sample(
        tuple(_added(away, code, units) for away, code in zip(data.away, codes, strict=True)),
        None if data.cluster and data.recurring else _strata(codes, units),
        statistic_of(model, effects, pooled, int(data.n.sum())),
    )


def _unit_codes(data: Grouped) -> tuple[NDArray[np.intp], ...]:
    """Return the unit of each row, numbered over all groups: its cluster, or the row itself."""
    if data.cluster:
        return data.cluster
    ends = np.cumsum(data.n)
    return tuple(np.arange(end - size, end) for end, size in zip(ends, data.n, strict=True))


def _added(away: Array, code: NDArray[np.intp], units: int) -> Sampled:
    """Return what every unit adds to one group: nothing where it was not measured."""
    there, own = np.unique(code, return_inverse=True)
    names = ("",) * away.shape[1]
    part = moments_of(Rows(names, away, cluster=Codes("", own, ("",) * len(there))), by="cluster")
    n, mean = np.zeros(units), np.zeros((units, len(names)))
    products = np.zeros((units, len(names), len(names)))
    n[there], mean[there], products[there] = part.n, part.mean, part.products
    return from_clusters(n, mean, products)


def _strata(codes: tuple[NDArray[np.intp], ...], units: int) -> NDArray[np.intp]:
    """Return the group of each unit, (U,), where each belongs to one."""
    strata = np.empty(units, np.intp)
    for group, code in enumerate(codes):
        strata[code] = group
    return strata


def _figures(
    sample: _Sample, draws: Array, interval: Interval, level: float
) -> tuple[tuple[Array, ...], tuple[Fault, ...]]:
    """Return estimates and errors of groups (G, 2 m), then differences, errors, ends and p-values (D, 2 m), and notes."""
    first, second = list_pairs(len(sample.groups))
    estimates = sample.of_counts(np.ones((1, len(sample.groups[0]))))[:, :, 0]
    value, change = estimates[second] - estimates[first], draws[second] - draws[first]
    jackknife = None
    if interval == "bca":
        left_out = sample.left_out()
        jackknife = _flat(left_out[second] - left_out[first])
    lower, upper, notes = interval_ends(
        _flat(change), value.ravel(), jackknife, method=interval, level=level, strata=sample.strata
    )
    se = np.nanstd(change, axis=2)
    ends = (value, se, lower.reshape(value.shape), upper.reshape(value.shape))
    return (estimates, np.nanstd(draws, axis=2), *ends, np.where(se > 0, _p(change), np.nan)), notes


def _p(change: Array) -> Array:
    """Return twice the smaller share of replicates (D, 2 m, R) on one side of 0, the estimate counted as one of them."""
    known = (~np.isnan(change)).sum(axis=2)
    smaller = np.minimum((change <= 0).sum(axis=2), (change >= 0).sum(axis=2))
    return np.asarray(np.minimum(1, 2 * (smaller + 1) / (known + 1)))


def _flat(values: Array) -> Array:
    return values.reshape(-1, values.shape[2])


def _contrasts(effects: EffectList, figures: tuple[Array, ...], half: slice) -> Contrasts:
    """Return what is raw, or what is standardised."""
    *parts, p = (each[:, half] for each in figures)
    group, group_se, difference, se, lower, upper = parts
    return Contrasts(group, group_se, difference, se, lower, upper, p, holm_of_effects(effects, p))
