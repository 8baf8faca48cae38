"""Bootstrap: every effect of a path model, raw and standardised, from the same resampled moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, UseError, fault
from bsc_analysis.paths.bootstrapchecks import check_bootstrap, replicate_notes
from bsc_analysis.paths.effects import Effects, effect_list
from bsc_analysis.paths.estimation import ROWS_FOR_FIML, check_size, cluster_notes, dropped_notes
from bsc_analysis.paths.fimldraws import incomplete_sample, left_out_covariances, resampled_covariances
from bsc_analysis.paths.intervals import interval_ends
from bsc_analysis.paths.missingnotes import missing_notes
from bsc_analysis.paths.moments import Moments, check_variation, moments_of
from bsc_analysis.paths.replicates import statistic_of, unit_strata
from bsc_analysis.paths.resampledmoments import COUNTS, TOGETHER, Draws, leave_one_out, resample, sampled_from
from bsc_analysis.paths.rows import Rows, read_rows
from bsc_analysis.paths.weights import count_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.effectlist import EffectList, EffectName
    from bsc_analysis.paths.intervals import Interval
    from bsc_analysis.paths.pathfit import Incomplete
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.replicates import Statistic

Array = NDArray[Any]

ONE_CLUSTER = (
    "all rows belong to one cluster ({label}); a bootstrap of clusters needs at least two, better thirty"
)
POOLED = (
    "a bootstrap needs rows or clusters, and these moments are one pool: name a cluster, or give the table"
)


def bootstrap(
    model: PathModel,
    data: Any,
    *,
    n_boot: int = 10_000,
    interval: Interval = "percentile",
    level: float = 0.95,
    cluster: str | None = None,
    stratum: str | None = None,
    missing: Incomplete = "listwise",
    contrasts: Sequence[tuple[str, str]] = (),
    seed: int = 20151122,
    workers: int = 1,
    progress: Callable[[int], Any] | None = None,
) -> Effects:
    """Bootstrap every effect of a path model, raw and standardised, from the same draws.

    Rows, or whole clusters where rows have one, are drawn with replacement; the model is fitted to each replicate's
    moments. Every replicate has its own stream of random numbers, so that the result depends on the seed alone.

    Parameters
    ----------
    model
        What :func:`path_model` returned.
    data
        A frame, :class:`Rows`, or :class:`Moments` per cluster or row.
    n_boot
        How many replicates.
    interval, level
        ``percentile``, ``basic``, ``bc`` (bias-corrected), ``bca`` (accelerated, by exact jackknife) or ``normal``.
    cluster, stratum
        Columns of a frame: what is drawn whole, and what is drawn within.
    missing
        ``listwise``, or ``fiml`` in every replicate.
    contrasts
        Pairs of effects whose difference is wanted.
    seed, workers
        The seed of all streams, and how many threads draw.
    progress
        Called with the number of replicates that are done, now and then.

    Raises
    ------
    UseError
        When the number of replicates, the interval or the level is not allowed, or the data are one pool.
    DataError
        When the data cannot carry the model, or too many replicates give no number.

    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> LG = rng.normal(size=200)
    >>> frame = pd.DataFrame({"LG": LG, "IP": 0.5 * LG + rng.normal(size=200)})
    >>> from bsc_analysis.paths.model import path_model
    >>> effects = bootstrap(path_model("IP ~ LG"), frame, n_boot=2000, seed=1)
    >>> bool(effects.lower[0] < 0.5 < effects.upper[0])
    True
    """
    check_bootstrap(n_boot, interval, level)
    if not isinstance(data, Rows | Moments):
        data = read_rows(data, model.observed, cluster=cluster, stratum=stratum)
    drawn = draw_effects(
        model,
        data,
        n_boot=n_boot,
        missing=missing,
        contrasts=contrasts,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    return drawn.effects(interval, level)


def draw_effects(
    model: PathModel,
    data: Rows | Moments,
    *,
    n_boot: int = 10_000,
    missing: Incomplete = "listwise",
    contrasts: Sequence[tuple[str, str]] = (),
    seed: int = 20151122,
    workers: int = 1,
    progress: Callable[[int], Any] | None = None,
) -> EffectDraws:
    """Draw replicates of every effect, of which intervals of any kind and level can be taken; see :func:`bootstrap`."""
    check_bootstrap(n_boot, "bca", 0.5)
    effects = effect_list(model, contrasts)
    source = _incomplete(model, data, effects) if missing == "fiml" else _complete(model, data, effects)
    draws = source.draw(n_boot, seed, workers, progress)
    notes = (*source.notes, *replicate_notes(draws.n_failed, n_boot))
    return EffectDraws(effects.names, source.estimates, draws, source.leave_one_out, source.strata, notes)


@dataclass(frozen=True, slots=True, eq=False)
class EffectDraws:
    """Replicates of the m effects of a model, raw first, then standardised.

    Attributes
    ----------
    names
        The m effects.
    estimates, draws
        (2m,) from all rows, and (2m, R) from the replicates.
    leave_one_out
        Gives the same without each unit, (2m, g), for ``bca``.
    strata
        (g,) what units were drawn within, or None.
    notes
        What a reader must know, as sentences.
    """

    names: tuple[EffectName, ...]
    estimates: Array
    draws: Draws
    leave_one_out: Callable[[], Array]
    strata: NDArray[np.intp] | None
    notes: tuple[Fault, ...]

    def effects(self, interval: Interval = "percentile", level: float = 0.95) -> Effects:
        """Return every effect with its interval."""
        values, m = self.draws.values, len(self.names)
        left_out = self.leave_one_out() if interval == "bca" else None
        lower, upper, of_ends = interval_ends(
            values, self.estimates, left_out, method=interval, level=level, strata=self.strata
        )
        se = np.nanstd(values, axis=1)
        return Effects(
            self.names,
            *(self.estimates[:m], se[:m], lower[:m], upper[:m]),
            *(self.estimates[m:], se[m:], lower[m:], upper[m:]),
            interval,
            level,
            values.shape[1],
            self.draws.n_failed,
            (*self.notes, *of_ends),
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """What is resampled, seen through three questions: the estimates, replicates of them, and all units but one."""

    estimates: Array
    draw: Callable[..., Draws]
    leave_one_out: Callable[[], Array]
    strata: NDArray[np.intp] | None
    notes: tuple[Fault, ...]


def _complete(model: PathModel, data: Rows | Moments, effects: EffectList) -> _Source:
    """Complete rows, or clusters of them: replicates are weighted sums of moments."""
    strata = None
    if isinstance(data, Rows):
        rows = data.select(model.observed).complete()
        moments, strata = moments_of(rows), unit_strata(rows)
    else:
        moments = data.select(model.observed)
    if moments.unit == "pool":
        raise UseError(fault(POOLED))
    if len(moments.labels) == 1:
        raise DataError(fault(ONE_CLUSTER, label=moments.labels[0]))
    check_size(model, moments.n_obs)
    check_variation(moments)
    statistic = statistic_of(model, effects, moments.covariance, moments.n_obs)
    sampled = sampled_from(moments)
    return _Source(
        statistic(moments.covariance[..., None], moments.n[:1])[:, 0],
        lambda n_boot, seed, workers, progress: resample(
            sampled, n_boot, seed, statistic, strata=strata, workers=workers, progress=progress
        ),
        lambda: leave_one_out(sampled, statistic),
        strata,
        (*dropped_notes(moments), *cluster_notes(len(moments.labels))),
    )


def _incomplete(model: PathModel, data: Rows | Moments, effects: EffectList) -> _Source:
    """Incomplete rows: each replicate is fitted by full information maximum likelihood."""
    if not isinstance(data, Rows):
        raise UseError(fault(ROWS_FOR_FIML))
    rows = data.select(model.observed)
    if rows.cluster is not None and len(rows.cluster) == 1:
        raise DataError(fault(ONE_CLUSTER, label=rows.cluster.labels[0]))
    check_size(model, rows.n_obs)
    sample = incomplete_sample(model, rows, by="row" if rows.cluster is None else "cluster")
    whole = resampled_covariances(sample, np.ones((1, len(sample))))
    statistic = statistic_of(model, effects, whole[..., 0], rows.n_obs)
    strata = unit_strata(rows)

    def draw(n_boot: int, seed: int, _: int, progress: Callable[[int], Any] | None) -> Draws:
        at_once = max(1, min(TOGETHER, COUNTS // len(sample)))
        parts = []
        for counts in count_blocks(len(sample), range(n_boot), seed, at_once=at_once, strata=strata):
            parts.append(_quietly(statistic, resampled_covariances(sample, counts)))
            if progress is not None:
                progress(sum(each.shape[1] for each in parts))
        return Draws(np.concatenate(parts, axis=1))

    notes = (*missing_notes(rows), *cluster_notes(len(rows.cluster or ())))
    return _Source(
        _quietly(statistic, whole)[:, 0],
        draw,
        lambda: _quietly(statistic, left_out_covariances(sample)),
        strata,
        notes,
    )


def _quietly(statistic: Statistic, S: Array) -> Array:
    """Return statistics, NaN where there is no finite number."""
    with np.errstate(all="ignore"):
        values = np.asarray(statistic(S, np.ones(S.shape[2])))
    return np.where(np.isfinite(values), values, np.nan)
