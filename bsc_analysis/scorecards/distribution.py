"""How achievements spread by year and perspective: where they lie before the cap, and how many end at the cap or the floor.

The cap and the floor of an indicator are the highest and the lowest score that a rule set can give it: the limits of a
percentage, the ends of a conversion, or the values of the highest and the lowest band.

What cannot be counted is listed beside it: the indicators that lack a target, an actual or the whole record in a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bsc_analysis.scorecards.doorway import admit

if TYPE_CHECKING:
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import Conversion, RuleSet
    from bsc_analysis.scorecards.scoring import Scores

TOLERANCE = 1e-9  # a score that ends in other bits is at its limit all the same
SHOWN = (-20, 260)  # percent; what lies beyond is counted in the outermost bins
WIDE, NARROW = 10, 5  # percent, of a bin
NAMED = ("perspective", "indicator")
MANY = 200  # achievements from which bins can be narrow


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and the highest score, each None where there is none.

    ``reached`` is the achievement, in percent, from which on the highest score is given, or None where no single
    achievement says so.
    """

    lowest: float | None
    highest: float | None
    reached: float | None


@dataclass(frozen=True, slots=True)
class Heap:
    """The achievements of one year, of one perspective or, where that is empty, of all.

    ``measured`` of the ``records`` have an achievement. Of these ``at_cap`` have the highest score, ``beyond`` have an
    achievement beyond the one that reaches it, and ``at_floor`` have the lowest score; each is None where the rule set
    has no such limit. ``quartiles`` are of the achievements before the cap, in percent, or None where there are none.
    ``counts`` has one number for each bin of the distribution.
    """

    year: int
    perspective: str
    records: int
    measured: int
    at_cap: int | None
    beyond: int | None
    at_floor: int | None
    quartiles: tuple[float, float, float] | None
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """Heaps in the order of years, and within a year of the rule set's perspectives, that of all of them last.

    ``edges`` are the ends of the bins, in percent; bin k reaches from edge k up to but not including edge k + 1, and
    the one that ends at the cap includes it: what just reaches the cap is not beyond it. ``reached`` is where the cap
    stands on the scale of achievements, or None where it has no one place there.
    """

    edges: tuple[float, ...]
    reached: float | None
    heaps: tuple[Heap, ...]

    def heap(self, year: int, perspective: str) -> Heap | None:
        """Return one heap, or None where that year has no record of the perspective."""
        found = (each for each in self.heaps if (each.year, each.perspective) == (year, perspective))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Lack:
    """What one indicator lacks in one year.

    ``units`` are those with records in that year that have the indicator in that year or in another. Of these
    ``no_target`` and ``no_actual`` have a record without the figure (one record may count in both), and ``no_record``
    have the indicator in other years only. ``whole`` lack nothing.
    """

    year: int
    perspective: str
    indicator: str
    units: int
    no_target: int
    no_actual: int
    no_record: int
    whole: int


def distribute(scores: Scores) -> Distribution:
    """Count achievements by year and perspective.

    Parameters
    ----------
    scores
        Scores of a pandas frame.

    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": "stakeholder", "indicator": ["catch", "salt", "fish"],
    ...                      "target": [50.0, 50.0, None], "actual": [45.0, 75.0, 8.0]})
    >>> heap = distribute(score(rows, read_rules("kkp"))).heap(2017, "stakeholder")
    >>> heap.records, heap.measured, heap.at_cap, heap.beyond, heap.quartiles
    (3, 2, 1, 1, (105.0, 120.0, 135.0))
    """
    rules = scores.rules
    rows = _limited(scores.indicators, rules)
    measured = rows["achievement"].dropna()
    reached = _one(rows["_reached"])
    edges = _edges(measured, reached)
    order = [each.id for each in rules.perspectives]
    heaps = []
    for year, of_year in rows.groupby("year", sort=True):
        parts = [(name, of_year[of_year["perspective"] == name]) for name in order]
        heaps += [
            _heap(int(str(year)), name, part, edges, reached)
            for name, part in [*parts, ("", of_year)]
            if len(part)
        ]
    return Distribution(edges, reached, tuple(heaps))


def find_lacks(observations: pd.DataFrame, rules: RuleSet) -> tuple[Lack, ...]:
    """List the indicators that lack something in a year, by year, perspective and name.

    Parameters
    ----------
    observations
        A pandas frame of observations; figures that a missing policy would carry forward count as missing here.
    rules
        The rule set, which consolidates periods and may have targets of its own.

    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": "A", "year": [2016, 2016, 2017], "perspective": "stakeholder",
    ...                      "indicator": ["catch", "salt", "catch"], "target": [50.0, None, 50.0],
    ...                      "actual": [45.0, 8.0, 46.0]})
    >>> [(each.year, each.indicator, each.no_target, each.no_record) for each in find_lacks(rows, read_rules("kkp"))]
    [(2016, 'salt', 1, 0), (2017, 'salt', 0, 1)]
    """
    rows = admit(observations, rules).frame.to_native()
    figures = rows[["unit", "year", *NAMED]].assign(
        recorded=True, no_target=rows["target"].isna(), no_actual=rows["actual"].isna()
    )
    expected = figures[["unit", *NAMED]].drop_duplicates().merge(figures[["unit", "year"]].drop_duplicates())
    held = expected.merge(figures, how="left", on=["unit", "year", *NAMED])
    absent = held["recorded"].isna()
    no_target, no_actual = (held[name].eq(other=True) for name in ("no_target", "no_actual"))
    counted = held[["year", *NAMED]].assign(
        units=1,
        no_target=no_target,
        no_actual=no_actual,
        no_record=absent,
        lacking=no_target | no_actual | absent,
    )
    sums = counted.groupby(["year", *NAMED], as_index=False).sum()
    return tuple(
        Lack(int(row.year), row.perspective, row.indicator, int(row.units), int(row.no_target), int(row.no_actual),
             int(row.no_record), int(row.units - row.lacking))
        for row in _rows(sums[sums["lacking"] > 0])
    )  # fmt: skip


def score_limits(rules: RuleSet, indicator: str = "") -> Limits:
    """Return the lowest and the highest score an indicator can have, and the achievement that reaches the highest.

    >>> from bsc_analysis.files import read_rules
    >>> score_limits(read_rules("kkp"))
    Limits(lowest=None, highest=120.0, reached=120.0)
    >>> score_limits(read_rules("bantaeng"))
    Limits(lowest=1.0, highest=5.0, reached=130.0)
    """
    if rules.scale == "bands":
        return _of_bands(dict(rules.indicator_bands).get(indicator, rules.achievement_bands))
    own = _of_conversions(rules.conversions)
    lowest = _outer(max, own.lowest, rules.floor)
    highest = _outer(min, own.highest, rules.cap)
    if not rules.conversions:
        return Limits(lowest, highest, highest)
    return Limits(lowest, highest, own.reached if highest == own.highest else None)


def widest_limits(rules: RuleSet) -> Limits:
    """Return the lowest and the highest score that any indicator can have, and so a mean of them.

    >>> from bsc_analysis.files import read_rules
    >>> widest_limits(read_rules("value-for-money")).highest
    5.0
    """
    every = [score_limits(rules, name) for name in ("", *dict(rules.indicator_bands))]
    lowest = [each.lowest for each in every if each.lowest is not None]
    highest = [each.highest for each in every if each.highest is not None]
    return Limits(min(lowest, default=None), max(highest, default=None), None)


def _of_bands(bands: Bands | None) -> Limits:
    if bands is None:
        return Limits(None, None, None)
    values = [float(band.value) for band in bands.bands]
    rising = values[-1] == max(values)
    return Limits(min(values), max(values), float(bands.extent(bands.bands[-1]).lower) if rising else None)


def _of_conversions(conversions: tuple[Conversion, ...]) -> Limits:
    """Return the limits of conversions; one that holds for some polarities only leaves the others without."""
    if not conversions or any(each.polarity is not None for each in conversions):
        return Limits(None, None, None)
    pieces = conversions[-1].pieces
    ends = [float(end) for piece in pieces for end in piece.to]
    first, last = pieces[0].slope, pieces[-1].slope
    flat = last == 0 and float(pieces[-1].to[1]) == max(ends)
    return Limits(
        lowest=min(ends) if first <= 0 <= last else None,
        highest=max(ends) if last <= 0 <= first else None,
        reached=float(pieces[-1].range.lower) if flat else None,
    )


def _outer(pick: Any, own: float | None, limit: Any) -> float | None:
    known = [float(each) for each in (own, limit) if each is not None]
    return float(pick(known)) if known else None


def _limited(indicators: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Put the limits of its indicator beside each record, nan where there is none."""
    names = dict.fromkeys(indicators["indicator"])
    own = dict(rules.indicator_bands)
    general = score_limits(rules)
    limits = {name: score_limits(rules, name) if name in own else general for name in names}
    columns: dict[str, Any] = {
        f"_{what}": indicators["indicator"].map({name: getattr(each, what) for name, each in limits.items()})
        for what in ("lowest", "highest", "reached")
    }
    rows = indicators[["year", "perspective", "achievement", "score"]].assign(**columns)
    return rows.astype(dict.fromkeys(("achievement", "score", *columns), "float64"))


def _one(limits: pd.Series[float]) -> float | None:
    """Return the limit that all records share."""
    shared = limits.unique()
    return float(shared[0]) if len(shared) == 1 and not np.isnan(shared[0]) else None


def _edges(achievements: pd.Series[float], reached: float | None) -> tuple[float, ...]:
    """Return the ends of bins that have 100 and the cap among them."""
    shown = [*achievements.clip(*SHOWN).agg(["min", "max"]).dropna(), 100.0, *([reached] if reached else [])]
    step = NARROW if len(achievements) >= MANY else WIDE
    lower, upper = step * floor(min(shown) / step), step * (floor(max(shown) / step) + 1)
    ends = {float(end) for end in range(int(lower), ceil(upper) + step, step)}
    return tuple(sorted(ends | ({reached} if reached is not None else set())))


def _heap(
    year: int, perspective: str, rows: pd.DataFrame, edges: tuple[float, ...], reached: float | None
) -> Heap:
    measured = rows[rows["achievement"].notna()]
    achievements = measured["achievement"].to_numpy()
    # A tolerance down: what reaches an edge but for its last bits lies above it, as in the bands.
    places = np.searchsorted(np.asarray(edges) - TOLERANCE, achievements, side="right") - 1
    if reached is not None:
        places -= np.abs(achievements - reached) <= TOLERANCE
    inside = np.clip(places, 0, len(edges) - 2)
    quartiles = np.quantile(achievements, (0.25, 0.5, 0.75)) if len(achievements) else None
    return Heap(
        year,
        perspective,
        records=len(rows),
        measured=len(measured),
        at_cap=_count(measured["score"] >= measured["_highest"] - TOLERANCE, measured["_highest"]),
        beyond=_count(measured["achievement"] > measured["_reached"] + TOLERANCE, measured["_reached"]),
        at_floor=_count(measured["score"] <= measured["_lowest"] + TOLERANCE, measured["_lowest"]),
        quartiles=None
        if quartiles is None
        else (float(quartiles[0]), float(quartiles[1]), float(quartiles[2])),
        counts=tuple(int(count) for count in np.bincount(inside, minlength=len(edges) - 1)),
    )


def _count(reached: pd.Series[bool], limits: pd.Series[float]) -> int | None:
    """Count the records at a limit, where every one of them has it."""
    return None if limits.isna().any() else int(reached.sum())


def _rows(frame: pd.DataFrame) -> Any:
    return frame.itertuples()
