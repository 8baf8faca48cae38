"""Records of a twin: what each of its indicators achieved, and the scores that this comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.achievements import highest_scores, meet_scores
from bsc_analysis.twins.actuals import read_achievements, set_actuals
from bsc_analysis.twins.splitting import first_of
from bsc_analysis.twins.streams import open_stream

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan
    from bsc_analysis.twins.skeleton import Skeleton

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class RecordDraws:
    """The randomness of records, all (n,): the same for every set of scores.

    ``spread`` are deviations from the unit's score in points, ``held`` says what is done as planned, ``side`` is where in
    or beside its range an actual is, ``noise`` the measurement error in points, and ``missing`` says what is left out.
    """

    spread: Array
    held: Array
    side: Array
    noise: Array
    missing: Array


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """What records say: ``actuals`` (n,), NaN where missing, and the ``scores`` they give each unit-year, (N, k).

    ``n_moved`` scores were outside what their records allow, and were moved to the nearest end.
    """

    actuals: Array
    scores: Array
    n_moved: int


def draw_records(plan: TwinPlan, skeleton: Skeleton, copy: int | None = None) -> RecordDraws:
    """Draw the randomness of records; the ministry's own have neither noise nor gaps, so that its scores stand.

    >>> from bsc_analysis.twins.skeleton import lay_out
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> draw_records(plan, lay_out(plan)).spread.shape
    (25825,)
    """
    n, below, options = len(skeleton.group), ~skeleton.top, plan.options
    return RecordDraws(
        spread=plan.style.spread * open_stream(plan.seed, "records", copy).standard_normal(n),
        held=open_stream(plan.seed, "held", copy).random(n) < plan.style.held,
        side=open_stream(plan.seed, "sides", copy).random(n),
        noise=below * options.noise * open_stream(plan.seed, "noise", copy).standard_normal(n),
        missing=below & (open_stream(plan.seed, "missing", copy).random(n) < options.missing),
    )


def make_records(plan: TwinPlan, skeleton: Skeleton, draws: RecordDraws, scores: Array) -> Records:
    """Return the records of units with these scores, (N, k), and the scores that the records come to.

    >>> from bsc_analysis.twins.skeleton import lay_out
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> skeleton = lay_out(plan)
    >>> made = make_records(plan, skeleton, draw_records(plan, skeleton), np.full((2073, 4), 97.0))
    >>> made.scores.mean().round(2), made.n_moved
    (np.float64(97.0), 0)
    """
    asked = scores.ravel()
    possible = np.clip(asked, 0.0, highest_scores(skeleton.weight, skeleton.most, skeleton.sizes))
    wished = possible[skeleton.group] + draws.spread
    achieved = meet_scores(possible, wished, skeleton.weight, skeleton.most, skeleton.sizes, draws.held)
    measured = np.clip(achieved + draws.noise, 0.0, skeleton.most) if plan.options.noise else achieved
    actuals = set_actuals(measured, skeleton.most, skeleton.targets, draws.side)
    actuals[draws.missing] = np.nan
    return Records(actuals, _score(skeleton, actuals).reshape(scores.shape), int((possible != asked).sum()))


def _score(skeleton: Skeleton, actuals: Array) -> Array:
    """Return the weighted mean of each group's achievements, NaN of a group without any, (G,)."""
    achieved, begin = read_achievements(actuals, skeleton.targets), first_of(skeleton.sizes)
    present = np.where(np.isnan(actuals), 0.0, skeleton.weight)
    weight = np.add.reduceat(present, begin)
    total = np.add.reduceat(present * np.nan_to_num(achieved), begin)
    return np.asarray(np.divide(total, weight, out=np.full(len(begin), np.nan), where=weight > 0))
