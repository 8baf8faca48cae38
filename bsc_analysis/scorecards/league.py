"""The league of units in a year, with how much a unit's score would differ had other indicators been chosen.

A unit is measured by a few indicators of the many that might have been chosen for it. They are taken as a sample: within
a perspective p, the n_p scores s_i are independent draws around the perspective's own level with a variance of its own.
With v_i the weight with which indicator i enters the organisation's score (its share, :mod:`.contributions`):

- s_p^2 = sum (s_i - mean of s_i)^2 / (n_p - 1), the sample variance within the perspective;
- se^2 = sum over p of s_p^2 x A_p, with A_p = sum of v_i^2 in p;
- where the perspective has one indicator, or all of its indicators have one score, it tells nothing of its spread, and
  s_0^2 stands for s_p^2: the variance pooled over all perspectives of all units of the league, with f_0 = sum (n_p - 1);
- degrees of freedom, after Welch and Satterthwaite: f = se^4 / (sum of (s_p^2 A_p)^2 / (n_p - 1) + (s_0^2 A_0)^2 / f_0);
- the 95 % interval is score -+ t_f se. The normal quantile would be too short: units have a handful of indicators.

With equal weights, A_p s_p^2 is W_p^2 x sum (w_i / W)^2 (s_i - NKP_p)^2 x n_p / (n_p - 1). With unequal ones that sum comes
out too small, since the heaviest indicator draws the mean to itself: for weights .9 and .1 it has 8 % of the variance.

This is no sampling error of a survey, and it says nothing about errors in targets and actuals. Under the missing policy
``zero``, what is missing is a fixed 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from bsc_analysis.scorecards.contributions import contributions
from bsc_analysis.scorecards.distribution import widest_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
NO_SPREAD = 1e-12  # a sum of squares below this is float noise
TIED = 9  # decimals to which two scores are the same
UNIT_YEAR = ["unit", "year"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit's place in a league.

    ``rank`` counts from the highest score; equal scores share the better rank. ``se``, ``df`` and ``interval`` are None
    where the league has no spread to judge by. ``above`` and ``below`` count the units that are surely above and surely
    below this one.
    """

    unit: str
    rank: int
    score: float
    band: str | None
    indicators: int
    weight_present: float
    se: float | None
    df: float | None
    interval: tuple[float, float] | None
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class League:
    """The units of one year, and of one level where the observations have levels, the highest score first."""

    year: int
    level: str | None
    standings: tuple[Standing, ...]

    def ranks(self, standing: Standing) -> tuple[int, int]:
        """Return the best and the worst rank that a unit of this league could have."""
        return standing.above + 1, len(self.standings) - standing.below


def read_leagues(scores: Scores) -> tuple[League, ...]:
    """Rank the units of every year, those of one level among themselves; a unit alone in its league is left out.

    The range of ranks: a unit is compared with every other one by t = (S_u - S_v) / sqrt(se_u^2 + se_v^2), with degrees of
    freedom after Welch and Satterthwaite, and Holm's procedure keeps at 5 % the risk that any of its comparisons is called
    sure by accident. The unit then ranks between 1 + (surely above) and n - (surely below) with 95 % confidence. The
    indicators of two units are taken as independent.

    Parameters
    ----------
    scores
        Scores of a pandas frame.

    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": ["A", "A", "B", "B"], "year": 2017, "perspective": "stakeholder",
    ...                      "indicator": ["catch", "salt"] * 2, "target": 50.0, "actual": [45.0, 46.0, 47.0, 48.0]})
    >>> (league,) = read_leagues(score(rows, read_rules("kkp")))
    >>> [(each.unit, each.rank, each.score, each.se, league.ranks(each)) for each in league.standings]
    [('B', 1, 95.0, 1.0, (1, 2)), ('A', 2, 91.0, 1.0, (1, 2))]
    """
    organisations = scores.organisations.dropna(subset=["score"])
    placed = organisations.merge(_levels(scores.indicators), on=UNIT_YEAR, how="left")
    spreads = _spreads(contributions(scores))
    grouped = placed.groupby(["year", "level"], dropna=False, sort=True)
    return tuple(
        _league(int(year), level if isinstance(level, str) else None, rows, spreads, scores.rules)
        for (year, level), rows in grouped
        if len(rows) > 1
    )


def _levels(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the level of each unit and year; a unit without one has None."""
    if "level" not in indicators:
        return indicators[UNIT_YEAR].drop_duplicates().assign(level=None)
    named = indicators.assign(level=indicators["level"].replace("", None))
    return named.groupby(UNIT_YEAR)["level"].first().reset_index()


def _spreads(shared: pd.DataFrame) -> pd.DataFrame:
    """Return n_p, the sum of squares within, and A_p for each unit, year and perspective."""
    counted = shared[shared["score"].notna() & (shared["share"] > 0)].astype(
        {"score": "float64", "share": "float64"}
    )
    squared = counted.assign(_share=counted["share"] ** 2)
    grouped = squared.groupby([*UNIT_YEAR, "perspective"])
    spreads = grouped.agg(n=("score", "size"), variance=("score", "var"), a=("_share", "sum")).reset_index()
    squares = (spreads["variance"] * (spreads["n"] - 1)).fillna(0.0)
    return spreads.assign(squares=squares.where(squares > NO_SPREAD, 0.0))


def _league(
    year: int, level: str | None, rows: pd.DataFrame, spreads: pd.DataFrame, rules: RuleSet
) -> League:
    own = spreads[(spreads["year"] == year) & spreads["unit"].isin(rows["unit"])]
    errors = _errors(own).reindex(rows["unit"])
    ordered = rows.assign(variance=errors["variance"].to_numpy(), df=errors["df"].to_numpy())
    ordered = ordered.sort_values(["score", "unit"], ascending=[False, True])
    scored = ordered["score"].to_numpy(dtype=np.float64)
    variance, df = ordered["variance"].to_numpy(), ordered["df"].to_numpy()
    above, below = compare_units(scored, variance, df)
    ranks = ordered["score"].round(TIED).rank(method="min", ascending=False).astype(int)
    standings = [
        Standing(
            str(row.unit), rank, float(row.score), row.band if isinstance(row.band, str) else None,
            int(row.n_present), float(row.weight_present), *_interval(row, rules), int(up), int(down),
        )
        for row, rank, up, down in zip(_rows(ordered), ranks, above, below, strict=True)
    ]  # fmt: skip
    return League(year, level, tuple(standings))


def _rows(frame: pd.DataFrame) -> Any:
    return frame.itertuples()


def _errors(spreads: pd.DataFrame) -> pd.DataFrame:
    """Return se^2 and its degrees of freedom by unit, nan where nothing in the league shows a spread."""
    freedom = (spreads["n"] - 1).where(spreads["squares"] > 0, 0)
    pool = int((spreads["n"] - 1).sum())
    pooled = float(spreads["squares"].sum()) / pool if pool and spreads["squares"].sum() > 0 else np.nan
    telling = freedom > 0
    term = (spreads["variance"] * spreads["a"]).where(telling, 0.0)
    parts = pd.DataFrame(
        {
            "unit": spreads["unit"],
            "term": term,
            "part": (term**2 / freedom).where(telling, 0.0),
            "silent": spreads["a"].where(~telling, 0.0),
        }
    )
    sums = parts.groupby("unit").sum()
    silent = (sums["silent"] * pooled).where(sums["silent"] > 0, 0.0)
    variance = sums["term"] + silent
    return pd.DataFrame({"variance": variance, "df": variance**2 / (sums["part"] + silent**2 / max(pool, 1))})


def _interval(row: Any, rules: RuleSet) -> tuple[float | None, float | None, tuple[float, float] | None]:
    """Return standard error, degrees of freedom and interval; no score lies beyond what the rule set can give."""
    if not row.variance > 0:
        return None, None, None
    se = float(np.sqrt(row.variance))
    reach = float(stdtrit(row.df, (1 + CONFIDENCE) / 2)) * se
    limits = widest_limits(rules)
    lower, upper = row.score - reach, row.score + reach
    if limits.lowest is not None:
        lower = max(lower, min(limits.lowest, 0.0 if rules.missing == "zero" else limits.lowest))
    if limits.highest is not None:
        upper = min(upper, limits.highest)
    return se, float(row.df), (float(lower), float(upper))


def compare_units(scores: Floats, variances: Floats, df: Floats) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Count for each unit those that are surely above and surely below it.

    Parameters
    ----------
    scores, variances, df
        The scores, their squared standard errors (nan where unknown) and degrees of freedom, each of shape (n,).

    >>> above, below = compare_units(np.array([100.0, 90.0, 89.0]), np.array([1.0, 1.0, 1.0]), np.array([50.0, 50.0, 50.0]))
    >>> above.tolist(), below.tolist()
    ([0, 1, 1], [2, 0, 0])
    """
    known = variances > 0
    above = np.zeros(len(scores), dtype=np.int_)
    below = np.zeros(len(scores), dtype=np.int_)
    for unit in np.flatnonzero(known):
        others = np.flatnonzero(known & (np.arange(len(scores)) != unit))
        gaps = scores[others] - scores[unit]
        joint = variances[others] + variances[unit]
        freedom = joint**2 / (variances[others] ** 2 / df[others] + variances[unit] ** 2 / df[unit])
        sure = _hold(2 * stdtr(freedom, -np.abs(gaps) / np.sqrt(joint)))
        above[unit], below[unit] = int((sure & (gaps > 0)).sum()), int((sure & (gaps < 0)).sum())
    return above, below


def _hold(p: Floats) -> NDArray[np.bool_]:
    """Say which comparisons are sure by Holm's procedure: from the smallest p on, until one is above its bound."""
    order = np.argsort(p, kind="stable")
    passed = p[order] <= (1 - CONFIDENCE) / (len(p) - np.arange(len(p)))
    sure = np.zeros(len(p), dtype=np.bool_)
    sure[order[: int(np.argmin(np.append(passed, False)))]] = True
    return sure
