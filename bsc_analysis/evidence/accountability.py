"""Accountability (SAKIP): evaluations of units by year as totals, grades and components, and who stands for the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from bsc_analysis.errors import UseError, fault
from bsc_analysis.scorecards.scoring import score

if TYPE_CHECKING:
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.bands import Band
    from bsc_analysis.scorecards.rules import RuleSet

NO_MAXIMUM = "rule set {rules} has no highest total, since it has no cap"


@dataclass(frozen=True, slots=True, eq=False)
class Accountability:
    """Evaluations of accountability: observations of components, their rule set, and when scorecards were introduced.

    ``observations`` have one row per unit, year and component; where a column ``parent`` names the unit that others are part
    of, that unit is the organisation as a whole and no case among the others.
    """

    observations: pd.DataFrame = field(repr=False)
    rules: RuleSet
    introduced: int
    data_status: Literal["transcribed", "printed", "real", "synthetic"]


@dataclass(frozen=True, slots=True)
class Component:
    """What a component got: its points of how many there are, and these in percent; None where it has no data."""

    id: str
    label: Label
    points: float | None
    most: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class GradeYear:
    """The evaluation of one unit in one year; ``total`` and ``grade`` are None where too much is missing."""

    unit: str
    year: int
    total: float | None
    grade: Band | None
    components: tuple[Component, ...]


def grade_years(accountability: Accountability) -> tuple[GradeYear, ...]:
    """Grade every unit in every year, in the order of units and years.

    total = sum of weight x percent of the component's maximum, which is the sum of its points.

    Raises
    ------
    DataError
        With every row that cannot be scored under the rule set.

    >>> from bsc_analysis.files import read_rules
    >>> got = {"planning": 24.0, "measurement": 21.0, "reporting": 12.0, "internal_evaluation": 15.0}
    >>> rows = pd.DataFrame({"unit": "Ministry", "year": 2017, "perspective": "accountability", "indicator": got.keys(),
    ...                      "target": None, "actual": got.values()})
    >>> (found,) = grade_years(Accountability(rows, read_rules("sakip"), 2013, "real"))
    >>> found.total, found.grade.id, found.components[1].percent
    (72.0, 'bb', 70.0)
    """
    rules = accountability.rules
    scores = score(accountability.observations, rules)
    parts = dict(list(scores.indicators.groupby(["unit", "year"])))
    totals = scores.organisations.sort_values(["unit", "year"])[["unit", "year", "score", "band"]]
    return tuple(
        GradeYear(unit, int(year), _known(total), _grade(band, rules), _components(parts[unit, year], rules))
        for unit, year, total, band in totals.itertuples(index=False)
    )


def highest_total(rules: RuleSet) -> float:
    """Return the highest total that a rule set allows.

    Raises
    ------
    UseError
        When there is none.

    >>> from bsc_analysis.files import read_rules
    >>> highest_total(read_rules("sakip"))
    100.0
    """
    if rules.cap is None:
        raise UseError(fault(NO_MAXIMUM, rules=repr(rules.id)))
    return float(rules.cap)


def whole_unit(accountability: Accountability) -> str | None:
    """Return the unit that the others are part of, or the only one there is; None where no unit stands for the whole.

    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"unit": ["Ministry", "Office"], "parent": [None, "Ministry"]})
    >>> whole_unit(Accountability(rows, read_rules("sakip"), 2013, "real"))
    'Ministry'
    """
    rows = accountability.observations
    units = set(rows["unit"])
    if len(units) == 1:
        return str(next(iter(units)))
    below = rows.dropna(subset=["parent"]) if "parent" in rows else rows.head(0)
    tops = units & set(below["parent"] if "parent" in rows else ()) - set(below["unit"])
    return str(next(iter(tops))) if len(tops) == 1 else None


def _components(rows: pd.DataFrame, rules: RuleSet) -> tuple[Component, ...]:
    """Return the components that the rule set lists; one without a row has no points."""
    percents = dict(zip(rows["indicator"], rows["score"], strict=True))
    return tuple(
        _component(each.label, each.id, float(rules.weight(each)), _known(percents.get(each.id)), rules)
        for each in rules.headlines(rules.perspectives[0].id)
    )


def _component(label: Label, name: str, weight: float, percent: float | None, rules: RuleSet) -> Component:
    points = None if percent is None else weight * percent
    return Component(name, label, points, weight * highest_total(rules), percent)


def _grade(band: Any, rules: RuleSet) -> Band | None:
    return (
        rules.organisation_bands.named(band) if rules.organisation_bands and isinstance(band, str) else None
    )


def _known(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
