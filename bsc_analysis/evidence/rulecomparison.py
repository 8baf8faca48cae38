"""The same data under several rule sets, side by side: each indicator's achievement and score, each organisation's score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bsc_analysis.errors import DataError, Fault
from bsc_analysis.scorecards.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

Key = tuple[str, ...]
_ORGANISATION = ("unit", "year")
_INDICATOR = ("unit", "year", "perspective", "indicator")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule set makes of one row; None where it gives nothing. Organisations have no achievement."""

    achievement: float | None
    score: float | None
    band: str | None


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator of one unit and year, with a judgement for each rule set compared; None where one refuses the data."""

    unit: str
    year: int
    perspective: str
    indicator: str
    judgements: tuple[Judgement | None, ...]


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One unit and year, with a judgement for each rule set compared; None where one refuses the data."""

    unit: str
    year: int
    judgements: tuple[Judgement | None, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule set that cannot score the data, its place among those compared, and every reason."""

    place: int
    rules: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same data under several rule sets.

    ``rules`` are the rule sets in the order of the judgements; ``refusals`` tells which of them refuse the data, and why.
    Lines are sorted by unit, year, perspective and indicator.
    """

    rules: tuple[RuleSet, ...]
    indicators: tuple[IndicatorLine, ...]
    organisations: tuple[OrganisationLine, ...]
    refusals: tuple[Refusal, ...]


def compare_rules(observations: pd.DataFrame, rule_sets: Sequence[RuleSet]) -> Comparison:
    """Score the same observations under every rule set.

    Parameters
    ----------
    observations
        A pandas frame with the canonical columns of observations.
    rule_sets
        The rule sets, variants included, in the order in which they are to stand.

    A rule set that refuses the data gives its refusal instead of numbers; the others still come.

    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": "stakeholder", "indicator": ["complaints"],
    ...                      "polarity": "minimize", "target": [100.0], "actual": [210.0]})
    >>> compared = compare_rules(rows, [read_rules("lkj-attainment"), read_rules("e-sakip:ratio")])
    >>> [round(each.achievement, 1) for each in compared.indicators[0].judgements]
    [-10.0, 47.6]
    """
    outcomes = [_try(observations, rules, place) for place, rules in enumerate(rule_sets)]
    scored = [outcome if not isinstance(outcome, Refusal) else None for outcome in outcomes]
    indicators = [None if each is None else _judge(each.indicators, _INDICATOR) for each in scored]
    organisations = [None if each is None else _judge(each.organisations, _ORGANISATION) for each in scored]
    return Comparison(
        rules=tuple(rule_sets),
        indicators=tuple(
            IndicatorLine(key[0], int(key[1]), key[2], key[3], judgements)
            for key, judgements in _side_by_side(indicators)
        ),
        organisations=tuple(
            OrganisationLine(key[0], int(key[1]), judgements)
            for key, judgements in _side_by_side(organisations)
        ),
        refusals=tuple(outcome for outcome in outcomes if isinstance(outcome, Refusal)),
    )


def _try(observations: pd.DataFrame, rules: RuleSet, place: int) -> Scores | Refusal:
    try:
        return score(observations, rules)
    except DataError as refused:
        return Refusal(place, rules.id, refused.faults)


def _judge(frame: pd.DataFrame, columns: tuple[str, ...]) -> dict[Key, Judgement]:
    achievements = frame["achievement"] if "achievement" in frame else pd.Series(None, index=frame.index)
    keys = zip(*(frame[name].astype(str) for name in columns), strict=True)
    values = zip(achievements, frame["score"], frame["band"], strict=True)
    return {
        key: Judgement(_number(achievement), _number(value), None if pd.isna(band) else str(band))
        for key, (achievement, value, band) in zip(keys, values, strict=True)
    }


def _side_by_side(
    judged: Iterable[Mapping[Key, Judgement] | None],
) -> list[tuple[Key, tuple[Judgement | None, ...]]]:
    columns = [each or {} for each in judged]
    keys = sorted({key for column in columns for key in column})
    return [(key, tuple(column.get(key) for column in columns)) for key in keys]


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
