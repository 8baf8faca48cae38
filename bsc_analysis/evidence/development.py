"""How scores develop: the organisation's (NKO) and each perspective's (NKP) described by year and level of the units.

Of the scores x_1 ... x_n that the units of one level have in one year:

- mean = sum x / n, in which every unit counts alike;
- weighted mean = sum m x / sum m, where m is the number of the unit's indicators that have data behind the score: a unit
  with twenty indicators counts twenty times as much as one with a single indicator. Nothing in a scorecard says how much
  one unit weighs against another; where both means agree, the choice does not matter;
- sd with n - 1; quartiles interpolate linearly;
- the 95 % interval of the mean is mean -+ t(n - 1) sd / sqrt(n). It takes the units for a sample of such units; where all
  units of a ministry are there, it says how much a mean of so many units moves by the accidents of single units.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.special import stdtrit

from bsc_analysis.scorecards.distribution import TOLERANCE, widest_limits
from bsc_analysis.scorecards.listing import list_scores

if TYPE_CHECKING:
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.cascade import UnitTree
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

ALL = ""  # as a level: units of every level; as a perspective: the organisation
CONFIDENCE = 0.95
KEY = ["perspective", "level", "year"]


@dataclass(frozen=True, slots=True)
class Description:
    """The scores of one year, of the units of one level, for the organisation or one perspective.

    ``level`` is empty for the units of all levels together, and None for units that name none while others do;
    ``perspective`` is empty for the organisation (NKO). Of ``n_units`` units ``n_scored`` have a score, and
    ``n_indicators`` indicators with data stand behind these. Figures are in the rule set's own scale and None where there
    are too few scores. ``shares`` has the id of each band with its share of the scores; ``at_cap`` is the share of scores
    that are the highest the rule set can give, or None where it has no highest.
    """

    year: int
    level: str | None
    perspective: str
    n_units: int
    n_scored: int
    n_indicators: int
    mean: float | None
    weighted_mean: float | None
    sd: float | None
    interval: tuple[float, float] | None
    quartiles: tuple[float, float, float] | None
    shares: tuple[tuple[str, float], ...]
    at_cap: float | None


def describe_development(scores: Scores, tree: UnitTree) -> tuple[Description, ...]:
    """Describe scores by year, level and perspective: the organisation first, the highest level first, all levels last.

    Where units name at most one level, there are only the descriptions of all units.

    Parameters
    ----------
    scores
        Scores of a pandas frame.
    tree
        The tree of the same observations, which says the level of each unit and year.

    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.cascade import read_tree
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": ["A", "B", "B"], "year": 2017, "perspective": "stakeholder",
    ...                      "indicator": ["catch", "catch", "salt"], "target": 50.0, "actual": [60.0, 46.0, 44.0]})
    >>> found = describe_development(score(rows, read_rules("kkp")), read_tree(rows))
    >>> [(each.perspective, each.mean, each.weighted_mean, each.at_cap) for each in found]
    [('', 105.0, 100.0, 0.5), ('stakeholder', 105.0, 100.0, 0.5)]
    """
    rules = scores.rules
    rows = _by_level(_all_scores(scores), tree)
    described = [
        _describe(key, each, rules)
        for key, each in rows.groupby(KEY, dropna=False, sort=False, observed=True)
    ]
    return tuple(sorted(described, key=lambda each: _place(each, tree, rules)))


def _all_scores(scores: Scores) -> pd.DataFrame:
    """Put the scores of organisations and of perspectives below each other; those of organisations name none."""
    listed = list_scores(scores)
    stacked: pd.DataFrame = pd.concat(
        [listed.organisations.assign(perspective=ALL), listed.perspectives], ignore_index=True
    )
    return stacked


def _by_level(rows: pd.DataFrame, tree: UnitTree) -> pd.DataFrame:
    """Give each score its unit's level, and repeat it among those of all levels."""
    whole = rows.assign(level=ALL)
    levels = {(each.unit, each.year): each.level for each in tree.places}
    if len(set(levels.values())) < 2:
        return whole
    named = pd.Series(
        [levels[key] for key in zip(rows["unit"], rows["year"], strict=True)],
        index=rows.index,
        dtype="object",
    )
    stacked: pd.DataFrame = pd.concat([rows.assign(level=named), whole], ignore_index=True)
    return stacked


def _describe(key: Any, rows: pd.DataFrame, rules: RuleSet) -> Description:
    perspective, level, year = key
    scored = rows[rows["score"].notna()]
    figures, weights = scored["score"], scored["n_present"].astype("float64")
    count, weight = len(scored), float(weights.sum())
    quartiles = figures.quantile([0.25, 0.5, 0.75]).tolist()
    return Description(
        year=int(year),
        level=level if isinstance(level, str) else None,
        perspective=perspective,
        n_units=len(rows),
        n_scored=count,
        n_indicators=int(weight),
        mean=float(figures.mean()) if count else None,
        weighted_mean=float((figures * weights).sum()) / weight if weight else None,
        sd=float(figures.std()) if count > 1 else None,
        interval=_interval(figures),
        quartiles=(quartiles[0], quartiles[1], quartiles[2]) if count else None,
        shares=_shares(scored, rules.perspective_bands if perspective else rules.organisation_bands),
        at_cap=_at_cap(figures, widest_limits(rules).highest),
    )


def _interval(figures: pd.Series[float]) -> tuple[float, float] | None:
    count = len(figures)
    if count < 2:
        return None
    mean = float(figures.mean())
    reach = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * float(figures.std()) / sqrt(count)
    return mean - reach, mean + reach


def _shares(scored: pd.DataFrame, bands: Bands | None) -> tuple[tuple[str, float], ...]:
    if bands is None or not len(scored):
        return ()
    return tuple((band.id, float(scored["band"].eq(band.id).mean())) for band in bands.bands)


def _at_cap(figures: pd.Series[float], highest: float | None) -> float | None:
    if highest is None or not len(figures):
        return None
    return float(figures.ge(highest - TOLERANCE).mean())


def _place(described: Description, tree: UnitTree, rules: RuleSet) -> tuple[int, int, int]:
    """Return what descriptions are ordered by: perspective, level, year."""
    perspectives = [ALL, *(each.id for each in rules.perspectives)]
    levels = [*tree.levels, None, ALL]
    return perspectives.index(described.perspective), levels.index(described.level), described.year
