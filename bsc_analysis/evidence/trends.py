"""Trends: how fast scores change per year, told in three ways, because units come and go.

- *All unit-years*: least squares of the score on the year, over whatever was scored. Its 95 % interval allows for the
  dependence of a unit's years on each other (units are clusters; factor G / (G - 1) x (n - 1) / (n - 2), t with G - 1
  degrees of freedom). When new units come in, it holds their difference from the others as well as any change.
- *Mixed model* (:mod:`.nestedmodel`): units compared with themselves as far as they were there before, at their level and
  inside their branch, and with their branch otherwise.
- *The same units*: the mean difference between two years of the units that have a score in both, with the paired t interval
  of n - 1 degrees of freedom. It says nothing of the units that came or went.

Where the three agree, coverage does not explain the trend. Each is a result of its own; what cannot be fitted is told. With
three years no trend can be told from three accidents of three years: intervals are about units, not about years.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bsc_analysis.errors import Fault, fault
from bsc_analysis.evidence.nestedmodel import NestedFit, Slope, fit_nested, make_slope
from bsc_analysis.scorecards.listing import list_scores

if TYPE_CHECKING:
    from bsc_analysis.scorecards.cascade import UnitTree
    from bsc_analysis.scorecards.scoring import Scores

ONE_YEAR = "the scores are of one year, so there is no trend"
NO_SCORES = "there are no scores"
ONE_UNIT = "with one unit there is nothing to judge a slope or a difference by, and no interval is given"
FEW_UNITS = "{count} units are few: intervals that allow for the dependence within units tend to be too short"
TWO_YEARS = "two years make a difference, not a course: whether it goes on, bends or turns cannot be fitted"
FEW = 20  # units; with fewer clusters, the interval of the first kind covers noticeably less than 95 %
ENOUGH = 3  # unit-years; a line goes through two of them, and leaves nothing
UNIT_YEAR = ["unit", "year"]


@dataclass(frozen=True, slots=True)
class YearDifference:
    """The mean difference between two years of the units that have a score in both.

    ``change`` has its estimate, and its error where there are two units or more.
    """

    year_from: int
    year_to: int
    n_units: int
    mean_from: float
    mean_to: float
    change: Slope


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of the organisation's score (``perspective`` is empty) or of one perspective's.

    ``slope`` is None where there is only one year; ``nested`` is the mixed model or says why there is none. ``differences``
    has each year against the year before, and of more than two years the last against the first. ``notes`` says what
    cannot be known from so few years or units.
    """

    perspective: str
    years: tuple[int, ...]
    n_obs: int
    n_units: int
    slope: Slope | None
    nested: NestedFit | Fault
    differences: tuple[YearDifference, ...]
    notes: tuple[Fault, ...]


def fit_trends(scores: Scores, tree: UnitTree) -> tuple[Trend, ...]:
    """Fit the trends of the organisation's score and of every perspective's, in the rule set's order.

    Parameters
    ----------
    scores
        Scores of a pandas frame.
    tree
        The tree of the same observations, which says level and branch of each unit.

    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.cascade import read_tree
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": list("AABBCC"), "year": [2016, 2017] * 3, "perspective": "stakeholder",
    ...                      "indicator": "catch", "target": 100.0, "actual": [90.0, 91.0, 95.0, 97.0, 99.0, 102.0]})
    >>> trend, _ = fit_trends(score(rows, read_rules("kkp")), read_tree(rows))
    >>> round(trend.slope.estimate, 6), trend.differences[0].change.estimate, round(trend.nested.slope.estimate, 6)
    (2.0, 2.0, 2.0)
    """
    listed = list_scores(scores)
    places = _places(tree)
    whole = _fit("", listed.organisations, places)
    return whole, *(
        _fit(each.id, rows, places)
        for each in scores.rules.perspectives
        if len(rows := listed.perspectives[listed.perspectives["perspective"] == each.id])
    )


def find_branches(tree: UnitTree) -> dict[tuple[str, int], str | None]:
    """Return the branch of each unit and year: the unit directly below the top that it stands under, or is.

    Units are followed upwards through the parents that they name; a parent without rows in that year is followed through
    those of its nearest other year. The top itself has none. Where several units stand at the top, each is a branch.

    >>> from bsc_analysis.scorecards.cascade import read_tree
    >>> rows = pd.DataFrame({"unit": ["KKP", "DJPT", "BBPI"], "parent": [None, "KKP", "DJPT"], "year": 2017})
    >>> find_branches(read_tree(rows))
    {('KKP', 2017): None, ('DJPT', 2017): 'DJPT', ('BBPI', 2017): 'DJPT'}
    """
    parents = {(each.unit, each.year): each.parent for each in tree.places}
    years: dict[str, list[int]] = {}
    for unit, year in parents:
        years.setdefault(unit, []).append(year)
    lines = {key: _line(*key, parents, years) for key in parents}
    below = 1 if len({line[0] for line in lines.values()}) == 1 else 0
    return {key: line[below] if len(line) > below else None for key, line in lines.items()}


def _line(
    unit: str, year: int, parents: dict[tuple[str, int], str | None], years: dict[str, list[int]]
) -> list[str]:
    """List the units above one, from the top down to itself; a circle that only several years make ends where it closes."""
    line: list[str] = []
    above: str | None = unit
    while above is not None and above not in line:
        line.insert(0, above)
        here = above
        known = min(years[here], key=lambda other: (abs(other - year), other))
        above = parents[here, known]
    return line


def _places(tree: UnitTree) -> pd.DataFrame:
    branches = find_branches(tree)
    rows = [(each.unit, each.year, each.level, branches[each.unit, each.year]) for each in tree.places]
    return pd.DataFrame(rows, columns=[*UNIT_YEAR, "level", "branch"], dtype="object").astype(
        {"year": "int64"}
    )


def _fit(perspective: str, listed: pd.DataFrame, places: pd.DataFrame) -> Trend:
    rows = listed.loc[listed["score"].notna(), [*UNIT_YEAR, "score"]].merge(places, on=UNIT_YEAR, how="left")
    years = tuple(sorted(int(year) for year in rows["year"].unique()))
    n_units = rows["unit"].nunique()
    return Trend(
        perspective,
        years,
        n_obs=len(rows),
        n_units=n_units,
        slope=_slope(rows) if len(years) > 1 else None,
        nested=fit_nested(rows),
        differences=_differences(rows, years),
        notes=tuple(_notes(len(years), n_units)),
    )


def _notes(n_years: int, n_units: int) -> list[Fault]:
    notes = []
    if n_years < 2:
        return [fault(ONE_YEAR if n_years else NO_SCORES)]
    if n_units == 1:
        notes.append(fault(ONE_UNIT))
    elif n_units < FEW:
        notes.append(fault(FEW_UNITS, count=n_units))
    if n_years == 2:
        notes.append(fault(TWO_YEARS))
    return notes


def _slope(rows: pd.DataFrame) -> Slope:
    """Fit scores on years with units as clusters; of one unit, or of two unit-years, there is the slope alone."""
    from statsmodels.regression.linear_model import OLS

    away = rows["year"].to_numpy(dtype=np.float64) - rows["year"].mean()
    model = OLS(rows["score"].to_numpy(dtype=np.float64), np.column_stack([np.ones(len(rows)), away]))
    clusters, units = pd.factorize(rows["unit"])
    if len(units) == 1 or len(rows) < ENOUGH:
        return Slope(float(model.fit().params[1]), None, None, None)
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    return make_slope(float(fitted.params[1]), float(fitted.bse[1]), len(units) - 1)


def _differences(rows: pd.DataFrame, years: tuple[int, ...]) -> tuple[YearDifference, ...]:
    wide = rows.pivot_table(index="unit", columns="year", values="score")
    pairs = [*pairwise(years), *([(years[0], years[-1])] if len(years) > 2 else [])]
    shared = [(first, last, wide[[first, last]].dropna()) for first, last in pairs]
    return tuple(_difference(first, last, both) for first, last, both in shared if len(both))


def _difference(first: int, last: int, both: pd.DataFrame) -> YearDifference:
    change = both[last] - both[first]
    count, mean = len(change), float(change.mean())
    told = (
        Slope(mean, None, None, None)
        if count == 1
        else make_slope(mean, float(change.std()) / sqrt(count), count - 1)
    )
    return YearDifference(first, last, count, float(both[first].mean()), float(both[last].mean()), told)
