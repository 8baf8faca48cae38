"""Scores of many organisations in brief: mean, median, extremes and the share in each band, by year, unit or level.

Every organisation counts alike, whatever its size. What has no score is counted, and left out of the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import DataError, fault

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.scorecards.listing import ScoreList

By = Literal["year", "unit", "level"]
NO_LEVEL = "the observations have no column '{name}', and scores are to be summarised by it"
TWO_LEVELS = "{unit}, {year}: the level is {got}, allowed: one level in a year"


@dataclass(frozen=True, slots=True)
class Group:
    """The scores of one year, unit or level.

    ``key`` is None for organisations whose level is not given. ``n_units`` counts organisations, ``n_scores`` their scores
    (one for each year that has one); the figures are None where there is none. ``shares`` has the id of each band of the
    rule set, in its order, with the share of the scores that lie in it.
    """

    key: str | int | None
    n_units: int
    n_scores: int
    mean: float | None
    median: float | None
    least: float | None
    greatest: float | None
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Groups in the order of their keys; the one without a key comes last."""

    by: By
    groups: tuple[Group, ...]


def summarise(scores: ScoreList, observations: pd.DataFrame, by: By) -> Summary:
    """Summarise the scores of organisations.

    Parameters
    ----------
    scores
        The scores.
    observations
        What was scored; it says the level of each unit.
    by
        What organisations are put together by.

    Raises
    ------
    DataError
        When the level is asked for and the observations do not have it, or have two of it for one unit in a year.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.listing import list_scores
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": ["A", "B"], "year": 2017, "perspective": "stakeholder", "indicator": "catch",
    ...                      "target": [50.0, 50.0], "actual": [45.0, 60.0]})
    >>> (group,) = summarise(list_scores(score(rows, read_rules("kkp"))), rows, "year").groups
    >>> group.key, group.n_units, group.mean, dict(group.shares)
    (2017, 2, 105.0, {'red': 0.0, 'yellow': 0.5, 'green': 0.5})
    """
    rows = _with_level(scores.organisations, observations) if by == "level" else scores.organisations
    bands = scores.rules.organisation_bands
    ids = tuple(band.id for band in bands.bands) if bands else ()
    grouped = rows.groupby(by, dropna=False, sort=True)
    return Summary(by, tuple(_group(key, each, ids) for key, each in grouped))


def _group(key: object, rows: pd.DataFrame, ids: tuple[str, ...]) -> Group:
    scored = rows[rows["score"].notna()]
    figures, count = scored["score"], len(scored)
    return Group(
        key=int(key) if isinstance(key, Integral) else key if isinstance(key, str) else None,
        n_units=rows["unit"].nunique(),
        n_scores=count,
        mean=float(figures.mean()) if count else None,
        median=float(figures.median()) if count else None,
        least=float(figures.min()) if count else None,
        greatest=float(figures.max()) if count else None,
        shares=tuple((id_, float((scored["band"] == id_).sum()) / count) for id_ in ids) if count else (),
    )


def _with_level(organisations: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    if "level" not in observations:
        raise DataError(fault(NO_LEVEL, name="level"))
    levels = observations[["unit", "year", "level"]].dropna().drop_duplicates()
    doubled = levels[levels.duplicated(["unit", "year"], keep=False)].sort_values(["unit", "year", "level"])
    if len(doubled):
        raise DataError(
            *(fault(TWO_LEVELS, unit=unit, year=year, got=", ".join(map(repr, each["level"])))
              for (unit, year), each in doubled.groupby(["unit", "year"]))
        )  # fmt: skip
    return organisations.merge(levels, on=["unit", "year"], how="left")
