"""The whole analysis of one path model: estimates, every effect with its interval and verdict, fit, and groups compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bsc_analysis.errors import DataError, UseError, fault
from bsc_analysis.paths.bootstrapchecks import TOO_MANY_FAILED
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.fitmeasures import fit_measures
from bsc_analysis.paths.resampling import draw_effects
from bsc_analysis.paths.rows import Rows
from bsc_analysis.paths.smalleffects import SESOI, judge_effects

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.effects import Effects
    from bsc_analysis.paths.fitmeasures import FitMeasures
    from bsc_analysis.paths.groups import GroupComparison
    from bsc_analysis.paths.inference import StandardErrors
    from bsc_analysis.paths.intervals import Interval
    from bsc_analysis.paths.moments import Moments
    from bsc_analysis.paths.pathfit import Incomplete, PathFit
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.smalleffects import Judgement

SEED = 20151122
NARROWER = 0.90  # two one-sided tests at the level of a 95 % interval
GROUPS_LISTWISE = "groups are compared by complete rows: take listwise with groups, or fiml without them"
SINGLE = "{count} of {total} clusters have one row; each counts as a cluster of its own"
NO_BOOTSTRAP = "no bootstrap: {reason}; intervals rest on the estimates and their covariance"
ALL_SINGLE = (
    "every row is a cluster of its own ({total}), so that clusters change nothing but the factor G / (G - 1)"
)


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made by resampling.

    Attributes
    ----------
    n_boot, seed
        Replicates, and the seed of their random numbers.
    interval
        The kind of interval, None for the usual one.
    workers
        How many threads draw; the result does not depend on it.
    instead
        What to do where the data are too few for a bootstrap, since too many replicates give no number: refuse, or
        take intervals that rest on the estimates and their covariance, and say so.
    """

    n_boot: int
    seed: int = SEED
    interval: Interval | None = None
    workers: int = 1
    instead: Literal["refuse", "simulate"] = "refuse"


@dataclass(frozen=True, slots=True, eq=False)
class PathAnalysis:
    """What an analysis of one path model says.

    Attributes
    ----------
    fit
        The estimates of the equations.
    effects, judgements
        Every effect with its interval, and its verdict against the smallest effect of interest, in the same order.
    measures
        How well an over-identified model fits.
    sesoi
        The smallest standardised effect of interest.
    seed
        The seed of a bootstrap, None without one.
    groups
        The model compared between groups, None without groups.
    notes
        What a reader must know, each once.
    """

    fit: PathFit
    effects: Effects
    judgements: tuple[Judgement, ...]
    measures: FitMeasures
    sesoi: float
    seed: int | None = None
    groups: GroupComparison | None = None
    notes: tuple[Fault, ...] = ()


def analyse_paths(
    model: PathModel,
    data: Rows | Moments,
    *,
    se: StandardErrors = "ml",
    missing: Incomplete = "listwise",
    resampling: Resampling | None = None,
    sesoi: float = SESOI,
    contrasts: Sequence[tuple[str, str]] = (),
    progress: Callable[[int], Any] | None = None,
) -> PathAnalysis:
    """Fit a path model and report everything that is asked of one.

    Rows with groups are fitted together, and compared between the groups beside it.

    Parameters
    ----------
    model, data, se, missing
        As for :func:`~bsc_analysis.paths.estimation.fit_path`.
    resampling
        Intervals by bootstrap; without it they are by the delta method.
    sesoi
        The smallest standardised effect of interest.
    contrasts
        Pairs of effects whose difference is wanted.
    progress
        Called with the number of replicates that are done, now and then.

    Raises
    ------
    BscError
        When the data cannot carry the model, or do not allow what is asked for.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> moments = Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 500)
    >>> analysis = analyse_paths(path_model("IP ~ LG"), moments)
    >>> str(analysis.effects.names[0]), analysis.judgements[0].verdict, analysis.measures.saturated
    ('LG -> IP', 'relevant', True)
    """
    _refuse(data, missing=missing)
    fit = fit_path(model, data, se=se, missing=missing)
    compared = None
    if isinstance(data, Rows) and data.group is not None:
        compared = _compared(model, data, se=se, resampling=resampling, progress=progress)
    effects, narrower = _effects(fit, data, resampling, contrasts, progress)
    measures = fit_measures(fit)
    notes = (
        *fit.notes,
        *_single_clusters(data, se=se, resampling=resampling),
        *effects.notes,
        *measures.notes,
        *((*compared.notes, *compared.differences.notes) if compared else ()),
    )
    return PathAnalysis(
        fit, effects, judge_effects(effects, sesoi=sesoi, narrower=narrower), measures, sesoi,
        resampling.seed if resampling else None, compared, tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def _refuse(data: Rows | Moments, *, missing: Incomplete) -> None:
    if not isinstance(data, Rows):
        return
    if missing == "fiml" and data.group is not None:
        raise UseError(fault(GROUPS_LISTWISE))


def _compared(
    model: PathModel,
    rows: Rows,
    *,
    se: StandardErrors,
    resampling: Resampling | None,
    progress: Callable[[int], Any] | None,
) -> GroupComparison:
    """Compare groups; with a bootstrap, units that recur in several groups are drawn in all of them at once."""
    # Slow to import, and seldom needed.
    from bsc_analysis.paths.groupbootstrap import bootstrap_groups
    from bsc_analysis.paths.groups import compare_groups

    compared = compare_groups(model, rows, se=se)  # type: ignore[arg-type]  # other kinds are refused there
    if resampling is None:
        return compared
    try:
        differences = bootstrap_groups(
            model,
            rows,
            n_boot=resampling.n_boot,
            seed=resampling.seed,
            progress=progress,
            **_chosen(resampling),
        )
    except DataError as failed:
        own = compared.differences
        notes = (*own.notes, _no_bootstrap(failed, resampling))
        return replace(compared, differences=replace(own, notes=notes))
    return replace(compared, differences=differences)


def _effects(
    fit: PathFit,
    data: Rows | Moments,
    resampling: Resampling | None,
    contrasts: Sequence[tuple[str, str]],
    progress: Callable[[int], Any] | None,
) -> tuple[Effects, Effects | None]:
    """Return every effect, and from the same replicates the narrower intervals that say which are negligible."""
    if resampling is None:
        return decompose(fit, interval="delta", contrasts=contrasts), None
    try:
        drawn = draw_effects(
            fit.model,
            data,
            n_boot=resampling.n_boot,
            seed=resampling.seed,
            missing=fit.missing,
            contrasts=contrasts,
            workers=resampling.workers,
            progress=progress,
        )
        chosen = _chosen(resampling)
        return drawn.effects(**chosen), drawn.effects(**chosen, level=NARROWER)
    except DataError as failed:
        simulated = decompose(fit, interval="monte_carlo", seed=resampling.seed, contrasts=contrasts)
        return replace(simulated, notes=(*simulated.notes, _no_bootstrap(failed, resampling))), None


def _no_bootstrap(failed: DataError, resampling: Resampling) -> Fault:
    """Return the note that says why there is no bootstrap; any other fault, and every one that is to be refused, is raised."""
    if resampling.instead == "refuse" or any(each.sentence != TOO_MANY_FAILED for each in failed.faults):
        raise failed
    return fault(NO_BOOTSTRAP, reason=failed.faults[0])


def _chosen(resampling: Resampling) -> dict[str, Any]:
    return {} if resampling.interval is None else {"interval": resampling.interval}


def _single_clusters(
    data: Rows | Moments, *, se: StandardErrors, resampling: Resampling | None
) -> tuple[Fault, ...]:
    """Say how many clusters have one row, where clusters matter."""
    cluster = data.cluster if isinstance(data, Rows) else None
    if cluster is None or (se not in ("cluster", "cr2") and resampling is None):
        return ()
    single, total = int((np.bincount(cluster.code) == 1).sum()), len(cluster)
    if single == total:
        return (fault(ALL_SINGLE, total=total),)
    return (fault(SINGLE, count=single, total=total),) if single else ()
