"""Bootstrap intervals: percentile, basic, bias-corrected, accelerated (BCa) and normal, of many statistics at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bsc_analysis.errors import fault

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault

Interval = Literal["percentile", "basic", "bc", "bca", "normal"]
Array = NDArray[np.float64]

EXTREME = "{count} of {total} intervals end at the smallest or largest replicate: more replicates are needed"
BEYOND = "{count} of {total} estimates lie beyond all their replicates: their bias cannot be corrected, and they have no interval"
UNACCELERATED = (
    "{count} of {total} intervals are bias-corrected only: without some unit the effect cannot be computed, so that there is "
    "no acceleration"
)


class Ends(NamedTuple):
    """Lower and upper ends of m intervals, each (m,), and what a reader must know of them."""

    lower: Array
    upper: Array
    notes: tuple[Fault, ...]


def interval_ends(
    draws: Array,
    estimate: Array,
    jackknife: Array | None = None,
    *,
    method: Interval,
    level: float = 0.95,
    strata: NDArray[np.intp] | None = None,
) -> Ends:
    """Return the ends of bootstrap intervals.

    With z the normal quantile of alpha = (1 -+ level) / 2, t the estimate and q(alpha) the quantile of its replicates:

    - percentile: q(alpha); basic: 2 t - q(1 - alpha);
    - bc: q(Phi(2 w + z)), where w is the normal quantile of the share of replicates below t;
    - bca: q(Phi(w + (w + z) / (1 - a (w + z)))), a the acceleration;
    - normal: 2 t - mean + z sd, with divisor R.

    q(alpha) is the order statistic of rank (R + 1) alpha; between two of them it is interpolated linearly in the normal
    quantiles of their ranks (Davison and Hinkley 1997, equation 5.8).

    Parameters
    ----------
    draws
        (m, R) replicates; those that are not finite are left out of their statistic.
    estimate
        (m,) what the replicates are replicates of.
    jackknife
        (m, g) the statistics without each unit; wanted by ``bca`` only, which is ``bc`` without it.
    method, level
        How the intervals are made, and their level.
    strata
        (g,) codes from 0 of what units were drawn within.

    >>> draws = np.arange(1.0, 20.0)[None]
    >>> lower, upper, notes = interval_ends(draws, np.array([10.0]), method="percentile", level=0.9)
    >>> lower.tolist(), upper.tolist(), [str(note) for note in notes]
    ([1.0], [19.0], ['1 of 1 intervals end at the smallest or largest replicate: more replicates are needed'])
    """
    known = np.where(np.isfinite(draws), draws, np.nan)
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if method == "normal":
        return Ends(*_normal(known, estimate, tails), ())
    ordered = np.sort(known, axis=1)
    count = np.isfinite(known).sum(axis=1)
    shares = np.broadcast_to(tails, (len(estimate), 2))
    notes: tuple[Fault, ...] = ()
    if method in ("bc", "bca"):
        shares, notes = _corrected(
            known, count, estimate, tails, jackknife if method == "bca" else None, strata
        )
    ends = quantiles(ordered, count, shares)
    if method == "basic":
        ends = 2 * estimate[:, None] - ends[:, ::-1]
    return Ends(ends[:, 0], ends[:, 1], (*notes, *_extreme(count, shares, ordered)))


def acceleration(jackknife: Array, estimate: Array, *, strata: NDArray[np.intp] | None = None) -> Array:
    """Return the acceleration of each statistic, (m,): a = sum L^3 / (6 (sum L^2)^1.5), L = (n - 1) (t - t without the unit).

    n is the size of the unit's stratum. NaN where t cannot be computed without some unit; 0 where no unit matters.

    >>> acceleration(np.array([[1.0, 2.0, 6.0]]), np.array([3.0])).round(4)
    array([-0.0573])
    """
    weight = 1.0 if strata is None else np.bincount(strata)[strata] - 1.0
    found = np.empty(len(estimate))
    for at, (left_out, own) in enumerate(zip(jackknife, estimate, strict=True)):
        L = weight * (own - left_out)
        square = L * L
        spread = square.sum()
        found[at] = 0.0 if spread == 0 else (square * L).sum() / (6 * spread * np.sqrt(spread))
    return found


def quantiles(ordered: Array, count: NDArray[np.intp], shares: Array) -> Array:
    """Return quantiles (m, q) of rows in ascending order, of which the first ``count`` (m,) count; NaN for a NaN share.

    Parameters
    ----------
    ordered, count
        (m, R) values, and how many of each row are numbers.
    shares
        (m, q) the share of replicates below each quantile.

    >>> quantiles(np.array([[1.0, 2.0, 4.0]]), np.array([3]), np.array([[0.5, 0.75, 0.99]]))
    array([[2., 4., 4.]])
    """
    known = np.isfinite(shares) & (count[:, None] > 0)
    last = np.maximum(count, 1)[:, None]
    rank = np.where(known, (last + 1) * shares, 1.0)
    below = np.clip(np.floor(rank), 1, last).astype(np.intp)
    above = np.minimum(below + 1, last)
    inside = (rank > 1) & (rank < last)
    z, z_below, z_above = (special.ndtri(each / (last + 1)) for each in (rank, below, below + 1))
    part = np.where(inside, z - z_below, 0.0) / np.where(inside, z_above - z_below, 1.0)
    low, high = (np.take_along_axis(ordered, each - 1, axis=1) for each in (below, above))
    return np.where(known, low + part * (high - low), np.nan)


def _normal(known: Array, estimate: Array, tails: Array) -> tuple[Array, Array]:
    count = np.maximum(np.isfinite(known).sum(axis=1), 1)
    mean = np.nansum(known, axis=1) / count
    away = known - mean[:, None]
    sd = np.sqrt(np.nansum(away * away, axis=1) / count)
    lower, upper = (2 * estimate - mean + special.ndtri(tail) * sd for tail in tails)
    return lower, upper


def _corrected(
    known: Array,
    count: NDArray[np.intp],
    estimate: Array,
    tails: Array,
    jackknife: Array | None,
    strata: NDArray[np.intp] | None,
) -> tuple[Array, tuple[Fault, ...]]:
    """Return the shares (m, 2) whose quantiles are bias-corrected ends; NaN where no replicate lies below, or every one."""
    share = (known < estimate[:, None]).sum(axis=1) / np.maximum(count, 1)
    # A statistic that is the same in every replicate has no bias, and any of its quantiles is its interval.
    share = np.where((known == estimate[:, None]).sum(axis=1) == count, 0.5, share)
    beyond = (share == 0) | (share == 1)
    a = np.zeros(len(estimate)) if jackknife is None else acceleration(jackknife, estimate, strata=strata)
    unknown = ~np.isfinite(a)
    w = special.ndtri(np.where(beyond, np.nan, share))[:, None]
    moved = w + special.ndtri(tails)
    shares = special.ndtr(w + moved / (1 - np.where(unknown, 0.0, a)[:, None] * moved))
    return shares, (*_note(BEYOND, beyond), *_note(UNACCELERATED, unknown))


def _extreme(count: NDArray[np.intp], shares: Array, ordered: Array) -> tuple[Fault, ...]:
    """Return the note on intervals whose ends are the outermost replicates, unless these are all the same."""
    rank = (count[:, None] + 1) * shares
    varies = ordered[:, 0] < ordered[np.arange(len(count)), np.maximum(count, 1) - 1]
    return _note(EXTREME, ((rank <= 1) | (rank >= count[:, None])).any(axis=1) & varies)


def _note(sentence: str, which: NDArray[Any]) -> tuple[Fault, ...]:
    return (fault(sentence, count=int(which.sum()), total=len(which)),) if which.any() else ()
