"""Targets of a twin's indicators: roundish numbers that grow a little harder each year, and the grid of the actuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.streams import open_stream

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan
    from bsc_analysis.twins.unittree import Units

Array = NDArray[Any]

# Targets are multiples of five steps of their last decimal: then 120 % of one is on the grid of the actuals, and so is 80 %.
FIVE = 5
# The ministry's actuals have more decimals, so that its printed scores are met closely.
TOP_DECIMALS = 3
LAST_BITS = 1e-9
# Of a hundred targets two or three are such; their neighbours are no more often so.
MOST_RAISES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Targets by record, all (n,).

    ``lower`` is the target and ``upper`` the end of its range, where it has one (NaN else); ``step`` is one unit of the
    actual's last decimal as a divisor: actuals are whole numbers over it. ``falls`` and ``kept`` say which are
    lower-is-better and which are kept in a range.
    """

    lower: Array
    upper: Array
    step: Array
    falls: Array
    kept: Array


def set_targets(plan: TwinPlan, units: Units, unit: Array, year: Array, template: Array) -> Targets:
    """Set the targets of records, each by its unit, year and template."""
    of = plan.catalogue
    low, high = np.array([each.target for each in of]).T
    scale = 10.0 ** np.array([each.decimals for each in of])
    kept = np.array([each.polarity == "stabilize" for each in of])
    falls = np.array([each.polarity == "minimize" for each in of])
    width = np.array([each.width for each in of])
    drawn = low * (high / low) ** open_stream(plan.seed, "targets").random((len(units.names), len(of)))
    harder = 1 + plan.style.growth * np.where(kept, 0, np.where(falls, -1, 1))[template]
    planned = drawn[unit, template] * harder ** (year - units.first[unit])
    grid = scale[template]
    rounded = round_to(np.clip(planned, low[template], high[template]), grid)
    lower = _reach(rounded, plan.cap, falls[template], grid)
    return Targets(
        lower=lower,
        upper=np.where(kept[template], round_to(lower * (1 + width[template]), grid), np.nan),
        step=grid * np.where(unit == 0, 10.0**TOP_DECIMALS, 1.0),
        falls=falls[template],
        kept=kept[template],
    )


def _reach(targets: Array, cap: float, falls: Array, grid: Array) -> Array:
    """Raise by five steps the targets at whose best actual the achievement, as computed, is a last bit above the cap."""
    reached = targets
    for _ in range(MOST_RAISES):
        best = np.round(reached * grid * np.where(falls, 2 - cap / 100, cap / 100)) / grid
        rising = best / reached * 100.0
        beyond = np.where(falls, 200.0 - rising, rising)
        reached = np.where(
            (cap < beyond) & (beyond < cap + LAST_BITS), np.round(reached * grid + FIVE) / grid, reached
        )
    return reached


def round_to(figures: Array, grid: Array) -> Array:
    """Round figures to three digits and to multiples of five steps of the grid, and to one such multiple at least.

    >>> round_to(np.array([61_234.0, 63.237, 0.004]), np.array([1.0, 100.0, 100.0])).tolist()
    [61200.0, 63.2, 0.05]
    """
    digits = 10.0 ** (np.floor(np.log10(figures)) - 2)
    rounded = np.round(figures / digits) * digits
    fives = np.round(rounded * grid / FIVE)
    return np.asarray(np.maximum(fives, 1) * FIVE / grid)
