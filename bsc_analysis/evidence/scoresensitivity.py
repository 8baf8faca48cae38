"""How firm a band is: for each indicator, the smallest change of its actual that alone would put the whole in another band.

With S the score of the organisation (or of a perspective) and v the share with which an indicator's score s enters it,
another actual gives S + v (s' - s). The score over the actual is made of straight and curved stretches with known ends, so
that the nearest actual with another band is found exactly, not by trying. Targets and weights stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.errors import UseError, fault
from bsc_analysis.evidence.actualcurve import ActualCurve, Measured, actual_curve
from bsc_analysis.evidence.conclusions import keep_digits
from bsc_analysis.scorecards.bands import INFINITY
from bsc_analysis.scorecards.contributions import drill_down
from bsc_analysis.scorecards.expressions import EDGE_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bsc_analysis.scorecards.bands import Band, Bands
    from bsc_analysis.scorecards.contributions import Part
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

NO_BANDS = "rule set {rules} has no bands of the {level}, so that no change can lead to another"
NO_SCORE = "{unit}, {year}: there is no score whose band could change"
NO_PERSPECTIVE = "{unit}, {year}: there is no perspective {got}, allowed: {allowed}"
EDGE = Fraction(EDGE_TOLERANCE)


@dataclass(frozen=True, slots=True)
class BandChange:
    """What it takes of one indicator to put the whole in another band.

    Attributes
    ----------
    perspective, indicator
        Which indicator.
    actual, share
        Its actual, and the share of its score in that of the whole.
    digit
        One unit of the last digit of its actual.
    change, reached
        The smallest change of its actual that leads to another band, and the actual then; None where none does.
    beyond
        Whether the actual must go beyond ``reached``, however little; else reaching it is enough.
    band
        The id of the other band.
    by_digit, by_unit
        Whether an error of one unit of the last digit, and of one in the unit of its measure, either way, changes the band.
    """

    perspective: str
    indicator: str
    actual: float
    share: float
    digit: float
    change: float | None
    reached: float | None
    beyond: bool
    band: str | None
    by_digit: bool
    by_unit: bool


@dataclass(frozen=True, slots=True)
class BandFirmness:
    """How firm one band is: ``changes`` has the indicators with the smallest change first, in digits of their actuals.

    ``perspective`` is empty for the organisation; ``unjudged`` are indicators that the rule set judges by no formula.
    """

    unit: str
    year: int
    perspective: str
    score: float
    band: str
    changes: tuple[BandChange, ...]
    unjudged: tuple[str, ...] = ()


def band_firmness(
    scores: Scores, unit: str, year: int, *, perspective: str = "", decimals: Mapping[str, int] | None = None
) -> BandFirmness:
    """Find for every indicator the smallest change of its actual that changes the band of the whole.

    Indicators without a score are passed over: no error of theirs is a change of a figure. An actual that is not negative
    is never changed to a negative one.

    Parameters
    ----------
    scores
        Scores on pandas.
    unit, year
        Whose band.
    perspective
        The perspective (NKP); none named means the organisation (NKO).
    decimals
        With how many decimals actuals are printed, by indicator; else as many as the number has.

    Raises
    ------
    UseError
        When there is no such unit, year or perspective, no score, or no band for it.

    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": "stakeholder", "indicator": ["catch", "salt"],
    ...                      "weight": [0.5, 0.5], "target": [50.0, 10.0], "actual": [49.0, 10.1]})
    >>> firm = band_firmness(score(rows, read_rules("kkp")), "A", 2017)
    >>> firm.band, [(each.indicator, each.change, each.by_digit, each.by_unit) for each in firm.changes]
    ('yellow', [('catch', 0.5, True, True), ('salt', 0.1, True, True)])
    """
    bands = scores.rules.perspective_bands if perspective else scores.rules.organisation_bands
    if bands is None:
        level = fault("perspective") if perspective else fault("organisation")
        raise UseError(fault(NO_BANDS, rules=scores.rules.id, level=level))
    whole, parts = _parts(scores, unit, year, perspective)
    rows = scores.indicators
    here = rows[(rows["unit"] == unit) & (rows["year"] == year)]
    own = [_own(part, share, here, scores.rules) for part, share in parts]
    # Summed from exact scores: the whole as scoring gives it is off in its last digits.
    total = sum((each.share * each.score for each in own), Fraction(0))
    changes = [
        _change(
            _Search(each.curve, each.actual, total, each.share, bands), each, (decimals or {}).get(each.name)
        )
        for each in own
        if each.curve is not None
    ]
    return BandFirmness(
        unit,
        year,
        perspective,
        whole,
        _find(bands, total).id,
        tuple(sorted(changes, key=lambda each: (_digits(each), each.perspective, each.indicator))),
        tuple(each.name for each in own if each.curve is None),
    )


@dataclass(frozen=True, slots=True)
class _Own:
    """One indicator: its actual, its exact score and share, and its score over the actual where the rule set has that."""

    perspective: str
    name: str
    actual: Fraction
    score: Fraction
    share: Fraction
    curve: ActualCurve | None


def _own(part: Part, share: float, rows: pd.DataFrame, rules: RuleSet) -> _Own:
    row = rows[(rows["perspective"] == part.path[0]) & (rows["indicator"] == part.name)].iloc[0]
    curve, actual = actual_curve(_measured(row), rules), _exact(row["actual"])
    score = _exact(row["score"]) if curve is None else curve.score(actual)
    return _Own(part.path[0], part.name, actual, score, _exact(share), curve)


def _parts(scores: Scores, unit: str, year: int, perspective: str) -> tuple[float, list[tuple[Part, float]]]:
    """Return the score of the whole, and each scored indicator with its share in it."""
    parts = drill_down(scores, unit, year)
    heads = {part.name: part for part in parts if part.level == "perspective"}
    if perspective and perspective not in heads:
        allowed = ", ".join(heads)
        raise UseError(fault(NO_PERSPECTIVE, unit=unit, year=year, got=repr(perspective), allowed=allowed))
    head = heads[perspective] if perspective else parts[0]
    if head.score is None or not head.share:
        raise UseError(fault(NO_SCORE, unit=unit, year=year))
    return head.score, [
        (part, part.share / head.share)
        for part in parts
        if part.level == "indicator" and part.path[0] in (perspective, *([] if perspective else heads))
        if part.score is not None and part.share
    ]


def _measured(row: pd.Series[Any]) -> Measured:
    polarity = row.get("polarity")
    return Measured(
        row["indicator"],
        _exact(row["target"]),
        _known(row.get("target_upper")),
        polarity if polarity in ("minimize", "stabilize") else "maximize",
        _known(row.get("possible_maximum")),
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """The whole as a function of one indicator's actual."""

    curve: ActualCurve
    actual: Fraction
    total: Fraction
    share: Fraction
    bands: Bands

    def band(self, actual: Fraction) -> Band:
        own = self.curve.score(self.actual)
        return _find(self.bands, self.total + self.share * (self.curve.score(actual) - own))

    def differs(self, actual: Fraction) -> bool:
        return self.allows(actual) and self.band(actual) != self.band(self.actual)

    def allows(self, actual: Fraction) -> bool:
        return self.curve.covers(actual) and (actual >= 0 or self.actual < 0)

    def turns(self) -> tuple[Fraction, ...]:
        """Return the actual and every other between which the band stays the same."""
        own = self.curve.score(self.actual)
        wanted = [own + (edge - self.total) / self.share for edge in _edges(self.bands)]
        return tuple(sorted({*self.curve.turns(wanted), self.actual, Fraction(0)}))


def _change(search: _Search, own: _Own, decimals: int | None) -> BandChange:
    nearest = min(_candidates(search), key=lambda each: (abs(each[0] - search.actual), each[1]), default=None)
    digit = Fraction(1, 10 ** (_decimals(search.actual) if decimals is None else decimals))
    reached, beyond, band = (None, False, None) if nearest is None else nearest
    return BandChange(
        own.perspective,
        own.name,
        float(search.actual),
        float(search.share),
        float(digit),
        None if reached is None else keep_digits(float(reached - search.actual)),
        None if reached is None else keep_digits(float(reached)),
        beyond,
        band,
        *(
            any(search.differs(search.actual + way * step) for way in (-1, 1))
            for step in (digit, Fraction(1))
        ),
    )


def _candidates(search: _Search) -> Iterator[tuple[Fraction, bool, str]]:
    """Yield, downwards and upwards, the first actual with another band; True where only what lies beyond it has one."""
    turns = search.turns()
    at = turns.index(search.actual)
    yield from _first(search, [*turns[at::-1], turns[0] - 1])
    yield from _first(search, [*turns[at:], turns[-1] + 1])


def _first(search: _Search, ordered: Sequence[Fraction]) -> Iterator[tuple[Fraction, bool, str]]:
    for here, beyond in pairwise(ordered):
        for actual, past in ((here, False), ((here + beyond) / 2, True)):
            if search.differs(actual):
                yield here, past, search.band(actual).id
                return


def _find(bands: Bands, total: Fraction) -> Band:
    """Return the band of a total as scoring does: within the tolerance of an edge it lies on the edge."""
    edges = (edge for edge in _edges(bands) if abs(total - edge) <= EDGE)
    return bands.find(next(edges, total))


def _edges(bands: Bands) -> tuple[Fraction, ...]:
    ends = {end for band in bands.bands for end in (bands.extent(band).lower, bands.extent(band).upper)}
    return tuple(sorted(end for end in ends if abs(end) < INFINITY))


def _digits(change: BandChange) -> float:
    return float("inf") if change.change is None else abs(change.change) / change.digit


def _exact(value: Any) -> Fraction:
    """Return a figure as its digits say it."""
    return Fraction(repr(float(value)))


def _known(value: Any) -> Fraction | None:
    return None if value is None or pd.isna(value) else _exact(value)


def _decimals(value: Fraction) -> int:
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -int(exponent))
