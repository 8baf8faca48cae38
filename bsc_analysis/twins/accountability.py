"""A made series of accountability evaluations (SAKIP): totals that grow, and rise a little with an introduction.

No such series of the ministry was found, so that nothing here is calibrated to a published figure: level, trend and step are
ours, chosen so that grades run from B to A. Every row says that it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.scorecards.rules import RuleSet

Array = NDArray[Any]

NOTHING_TO_MAKE = "a made series of accountability needs {what}, got none"
DECIMALS = 2  # of points, as evaluations print them


@dataclass(frozen=True, slots=True)
class AccountabilityTruth:
    """The truth of a made series, in points of a total of 100.

    Attributes
    ----------
    level
        Where the trend before leads to in the year of introduction.
    slope, level_change, slope_change
        Points per year before; the step in the year of introduction; and the points per year that come to the slope.
    unit_sd, step_sd, component_sd, noise_sd
        How far lasting levels of units, their steps, lasting profiles of components (percent), and single years lie apart.
    """

    level: float = 69.0
    slope: float = 1.0
    level_change: float = 3.0
    slope_change: float = 0.5
    unit_sd: float = 3.5
    step_sd: float = 2.0
    component_sd: float = 4.0
    noise_sd: float = 1.5


def make_accountability(
    *,
    units: Sequence[str],
    years: Sequence[int],
    introduced: int,
    seed: int,
    rules: RuleSet,
    whole: str = "",
    truth: AccountabilityTruth | None = None,
) -> pd.DataFrame:
    """Make the evaluations of an organisation and its units, one row per unit, year and component.

    total = level + slope x + after (level_change + step + slope_change x) + unit + noise, with x = year - introduced, after =
    [year >= introduced], and unit and step those of each unit. The organisation as a whole has the mean of its units and a noise of its own. Components deviate
    from the total by a profile that their weights average to 0.

    Parameters
    ----------
    units, years
        What to make; the first unit is the whole where none is named.
    introduced
        The first year with scorecards.
    seed
        One number, from which every value follows.
    rules
        The rule set whose components are made.
    whole
        The unit that the others are part of.
    truth
        The truth that the series is made from.

    Raises
    ------
    UseError
        When there are no units, years or components.

    >>> from bsc_analysis.files import read_rules
    >>> made = make_accountability(units=["KKP", "A"], years=[2012, 2013], introduced=2013, seed=7, rules=read_rules("sakip"))
    >>> len(made), made["data_status"].unique().tolist(), made["parent"].iloc[-1]
    (16, ['synthetic twin'], 'KKP')
    """
    _check(units, years, rules)
    truth = truth or AccountabilityTruth()
    top = whole or units[0]
    ordered = [top, *(each for each in units if each != top)]
    weights = np.array([float(rules.weight(each)) for each in rules.indicators])
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    totals = _totals(truth, np.asarray(years) - introduced, len(ordered) - 1, rng)
    percents = _percents(totals, weights / weights.sum(), truth, rng)
    return _rows(ordered, years, percents, rules)


def _check(units: Sequence[str], years: Sequence[int], rules: RuleSet) -> None:
    lacking = [
        name
        for name, given in (("units", units), ("years", years), ("components", rules.indicators))
        if not given
    ]
    if lacking:
        raise UseError(*(fault(NOTHING_TO_MAKE, what=fault(each)) for each in lacking))


def _totals(truth: AccountabilityTruth, x: Array, n_units: int, rng: np.random.Generator) -> Array:
    """Return totals (1 + units, years), the whole first."""
    after = x >= 0
    trend = truth.level + truth.slope * x + after * (truth.level_change + truth.slope_change * x)
    own = truth.unit_sd * rng.standard_normal((n_units, 1)) + after * truth.step_sd * rng.standard_normal(
        (n_units, 1)
    )
    noise = truth.noise_sd * rng.standard_normal((n_units + 1, len(x)))
    common = own.mean(axis=0) if n_units else np.zeros(len(x))
    totals: Array = trend + np.vstack([common, own]) + noise
    return totals


def _percents(totals: Array, shares: Array, truth: AccountabilityTruth, rng: np.random.Generator) -> Array:
    """Return percents of components (units, years, components) whose weighted mean is the total, within 0 and 100."""
    profile = truth.component_sd * rng.standard_normal((len(totals), 1, len(shares)))
    single = truth.noise_sd * rng.standard_normal((*totals.shape, len(shares)))
    deviation = profile + single
    centred = deviation - (deviation @ shares)[..., None]
    bounded: Array = np.clip(totals[..., None] + centred, 0.0, 100.0)
    return bounded


def _rows(units: Sequence[str], years: Sequence[int], percents: Array, rules: RuleSet) -> pd.DataFrame:
    index = pd.MultiIndex.from_product(
        [units, years, [each.id for each in rules.indicators]], names=["unit", "year", "indicator"]
    )
    rows = index.to_frame(index=False)
    own = {each.id: each for each in rules.indicators}
    most = rows["indicator"].map({name: 100 * float(rules.weight(each)) for name, each in own.items()})
    return pd.DataFrame(
        {
            "unit": rows["unit"],
            "parent": rows["unit"].map(lambda each: None if each == units[0] else units[0]).astype(object),
            "year": rows["year"].astype("int64"),
            "perspective": rows["indicator"].map({name: each.perspective for name, each in own.items()}),
            "indicator": rows["indicator"],
            "target": most.astype("Float64"),
            "actual": (percents.reshape(-1) / 100 * most).round(DECIMALS).astype("Float64"),
            "data_status": SYNTHETIC,
        }
    )
