"""How periods become years, and what stands in for a year without data, by small tables worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary
from tests.engines import Engine

# Sums and ratios of doubles: they differ from the decimal result by some units in the 16th digit.
LAST_BITS = 1e-9

OFFICE = """
id = "office"
version = "1"
mark = "unofficial"
[name]
id = "Kantor"
en = "Office"
[source]
citation = "an example"
place = "here"
[score]
scale = "percent"
[missing]
policy = "renormalise"
source = "an example"
least_weight = { perspective = 0.5, organisation = 0.6 }
[periods]
consolidate = "WAY"
source = "an example"
[perspectives.work]
weight = 0.6
short = "W"
name = { id = "Kerja", en = "Work" }
[perspectives.people]
weight = 0.4
short = "P"
name = { id = "Orang", en = "People" }
"""


def office(way: str = "last") -> RuleSet:
    return parse_rules(OFFICE.replace("WAY", way), "office.toml")


def quarters(
    *actuals: float | None, target: tuple[float | None, ...] = (25, 25, 25, 25), **shared: Any
) -> pd.DataFrame:
    rows = [
        {"period": f"Q{number}", "target": goal, "actual": actual}
        for number, (goal, actual) in enumerate(zip(target, actuals, strict=True), 1)
    ]
    plain: dict[str, Any] = {"unit": "Office", "year": 2017, "perspective": "work", "indicator": "catch"}
    return pd.DataFrame(rows).astype({"target": float, "actual": float}).assign(**plain | shared)


@pytest.mark.parametrize(
    ("way", "target", "actual", "achievement"),
    [
        pytest.param("sum", 100, 90, 90, id="20 + 30 + 40 = 90 of 4 x 25 = 100"),
        pytest.param("average", 25, 30, 120, id="(20 + 30 + 40) / 3 = 30 of 25"),
        pytest.param("last", 25, 40, 160, id="the third quarter's 40 of the fourth's 25"),
    ],
)
def test_quarters_become_a_year_as_the_rule_set_says(
    way: str, target: float, actual: float, achievement: float, engine: Engine
) -> None:
    """20, 30, 40 and nothing yet in the fourth quarter, each against 25; three of four periods are known."""
    (row,) = engine.run(quarters(20, 30, 40, None), office(way)).indicators.to_dict("records")
    assert (row["target"], row["actual"]) == (pytest.approx(target), pytest.approx(actual))
    assert row["achievement"] == pytest.approx(achievement, abs=LAST_BITS)
    assert (row["n_periods"], row["n_periods_present"]) == (4, 3)


def test_the_data_may_say_how_each_indicator_is_consolidated(engine: Engine) -> None:
    """The catch sums to 100 of 100; the price is averaged to 25 of 25; the stock's last is 40 of 25 (160 %)."""
    rows = pd.concat([
        quarters(20, 30, 40, 10).assign(consolidation="sum"),
        quarters(20, 30, 40, 10, indicator="price").assign(consolidation="average"),
        quarters(20, 30, 40, None, indicator="stock").assign(consolidation=None),
    ])  # fmt: skip
    indicators = engine.run(rows, office("last")).indicators
    got = dict(zip(indicators["indicator"], indicators["achievement"], strict=True))
    assert got == {"catch": pytest.approx(100), "price": pytest.approx(100), "stock": pytest.approx(160)}


def test_a_year_without_any_actual_stays_missing(engine: Engine) -> None:
    """A sum of nothing is not zero."""
    (row,) = engine.run(quarters(None, None, None, None), office("sum")).indicators.to_dict("records")
    assert pd.isna(row["actual"])
    assert pd.isna(row["score"])
    assert row["target"] == pytest.approx(100)


def test_a_yearly_target_beside_quarterly_actuals_is_taken_once(engine: Engine) -> None:
    """20 + 30 + 40 + 10 = 100 of 80, which stands with the last quarter: 125 %."""
    rows = quarters(20, 30, 40, 10, target=(None, None, None, 80))
    (row,) = engine.run(rows, office("sum")).indicators.to_dict("records")
    assert row["achievement"] == pytest.approx(125, abs=LAST_BITS)


def refused(rows: pd.DataFrame, rules: RuleSet) -> list[str]:
    with pytest.raises(DataError) as caught:
        score(rows, rules)
    return [str(each) for each in caught.value.faults]


def test_a_period_twice_is_refused() -> None:
    """Two rows of the first quarter would count double."""
    rows = quarters(20, 30, 40, 10).assign(period=["Q1", "Q1", "Q3", "Q4"])
    assert refused(rows, office("sum")) == ["Office, 2017, Q1: 'catch' stands 2 times"]


def test_a_weight_that_changes_from_quarter_to_quarter_is_refused() -> None:
    """The year has one weight; which of two it should be is not for the program to choose."""
    rows = quarters(20, 30, 40, 10).assign(weight=[0.5, 0.5, 0.5, 0.4])
    assert refused(rows, office("sum")) == [
        "Office, 2017: the weight of 'catch' changes between the periods of the year"
    ]


def test_a_way_to_consolidate_that_is_not_known_is_refused() -> None:
    """The word "mean" is not one of the three."""
    rows = quarters(20, 30, 40, 10).assign(consolidation="mean")
    assert refused(rows, office("sum")) == [
        "Office, 2017: the consolidation 'mean' of 'catch' is not known, allowed: sum, average, last"
    ]


def years(*actuals: float | None, target: float | None = 100, **shared: Any) -> pd.DataFrame:
    plain: dict[str, Any] = {"unit": "Office", "perspective": "work", "indicator": "catch"} | shared
    rows = [
        {"year": 2015 + number, "target": target, "actual": actual} for number, actual in enumerate(actuals)
    ]
    return pd.DataFrame(rows).astype({"target": float, "actual": float}).assign(**plain)


def test_what_was_last_measured_stands_in_under_carry_last(engine: Engine) -> None:
    """Work: 80, then nothing for two years: 80 again, and again. People: 90, 95, 100. The total is .6 W + .4 P.

    2015: 48 + 36 = 84, all on data. 2016: 48 + 38 = 86 and 2017: 48 + 40 = 88, of which only people's .4 rests on data.
    """
    rows = pd.concat([years(80, None, None), years(90, 95, 100, perspective="people", indicator="staff")])
    rules = vary(parse_rules(OFFICE.replace("WAY", "last").replace("0.6 }", "0.1 }").replace("0.5,", "0,"), "o.toml"),
                 missing="carry_last")  # fmt: skip
    organisations = engine.run(rows, rules).organisations.sort_values("year")
    assert organisations["score"].tolist() == pytest.approx([84, 86, 88], abs=LAST_BITS)
    assert organisations["weight_present"].tolist() == pytest.approx([1, 0.4, 0.4], abs=LAST_BITS)
    assert organisations["n_present"].tolist() == [2, 1, 1]


def test_nothing_is_carried_back_or_to_another_indicator(engine: Engine) -> None:
    """The first year has no earlier one: it stays missing, and another indicator's 95 does not stand in for it."""
    rows = pd.concat([years(None, 80), years(95, 95, indicator="fleet")])
    indicators = engine.run(rows, vary(office(), missing="carry_last")).indicators
    got = {(row["indicator"], row["year"]): row["score"] for row in indicators.to_dict("records")}
    assert pd.isna(got["catch", 2015])
    assert got["catch", 2016] == pytest.approx(80)


def test_a_score_is_given_only_where_enough_of_the_weight_rests_on_data(engine: Engine) -> None:
    """Work has .3 of its weight on data, less than the half asked for: no score. People alone are .4 of the whole, less
    than .6: the organisation has no score either, and both say how much there was.
    """
    rows = pd.concat([
        years(80, weight=0.3), years(None, weight=0.7, indicator="fleet"),
        years(90, perspective="people", indicator="staff", weight=1.0),
    ])  # fmt: skip
    scores = engine.run(rows, office())
    perspectives = scores.perspectives.set_index("perspective")
    assert pd.isna(perspectives.loc["work", "score"])
    assert perspectives.loc["work", "weight_present"] == pytest.approx(0.3)
    assert perspectives.loc["people", "score"] == pytest.approx(90)
    (organisation,) = scores.organisations.to_dict("records")
    assert pd.isna(organisation["score"])
    assert pd.isna(organisation["band"])
    assert organisation["weight_present"] == pytest.approx(0.6 * 0.3 + 0.4)
