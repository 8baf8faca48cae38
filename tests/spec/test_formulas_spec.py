"""How an achievement comes about and becomes a score, by small tables: each example is worked by hand in its first lines.

Read a row as (indicator, polarity, target, upper end of the target, actual). The office has one perspective, so a table's
scores are its indicators' scores.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import RuleSet, ZeroTarget
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary
from tests.engines import Engine

# Ratios and their weighted sums are doubles: they differ from the decimal result by some units in the 16th digit.
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
minimize = "2 - actual / target"
stabilize = "both sides"
SCORE
[missing]
policy = "renormalise"
source = "an example"
[perspectives.work]
weight = 1
short = "W"
name = { id = "Kerja", en = "Work" }
"""


def office(score_keys: str = "", more: str = "") -> RuleSet:
    return parse_rules(OFFICE.replace("SCORE", score_keys) + more, "office.toml")


def table(*rows: tuple[str, str, float, float | None, float | None], **shared: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["indicator", "polarity", "target", "target_upper", "actual"])
    figures = {name: frame[name].astype(float) for name in ("target", "target_upper", "actual")}
    return frame.assign(unit="Office", year=2017, perspective="work", **figures, **shared)


def achieved(engine: Engine, rows: pd.DataFrame, rules: RuleSet) -> dict[str, tuple[Any, Any]]:
    indicators = engine.run(rows, rules).indicators
    return {
        row["indicator"]: tuple(
            None if pd.isna(row[name]) else row[name] for name in ("achievement", "score")
        )
        for row in indicators.to_dict("records")
    }


def test_each_row_takes_the_formula_of_its_polarity(engine: Engine) -> None:
    """More of 100: 210 is 210 %. Less: (2 - 210/100) = -10 %. Kept on 100: (2 - 210/100) = -10 %, and 80 is 80 %."""
    rows = table(
        ("catch", "maximize", 100, None, 210),
        ("waste", "minimize", 100, None, 210),
        ("stock", "stabilize", 100, None, 210),
        ("fleet", "stabilize", 100, None, 80),
        ("level", "stabilize", 100, None, 100),
        ("none", "minimize", 100, None, None),
    )
    got = {name: achievement for name, (achievement, _) in achieved(engine, rows, office()).items()}
    assert got["none"] is None
    assert {name: round(value, 9) for name, value in got.items() if name != "none"} == {
        "catch": 210, "waste": -10, "stock": -10, "fleet": 80, "level": 100,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "below", "above", "over"),
    [
        pytest.param(
            "nearest edge", 90, 107.1125, 115.1625, id="63/70 = 90; 85.69/80 = 107.1125; 92.13/80 = 115.1625"
        ),
        pytest.param(
            "both sides",
            90,
            92.8875,
            84.8375,
            id="63/70 = 90; 2 - 85.69/80 = 92.8875; 2 - 92.13/80 = 84.8375",
        ),
    ],
)
def test_a_range_is_met_inside_and_measured_from_an_edge_outside(
    formula: str, below: float, above: float, over: float, engine: Engine
) -> None:
    """The target is 70 to 80; 70, 75 and 80 are 100 %, whatever the polarity column says of a range."""
    rules = vary(office(), stabilize=formula)  # type: ignore[arg-type]
    rows = table(
        ("low", "maximize", 70, 80, 63), ("high", "stabilize", 70, 80, 85.69), ("over", "maximize", 70, 80, 92.13),
        ("lower end", "stabilize", 70, 80, 70), ("inside", "stabilize", 70, 80, 75),
        ("upper end", "stabilize", 70, 80, 80), ("none", "stabilize", 70, 80, None),
    )  # fmt: skip
    got = {name: achievement for name, (achievement, _) in achieved(engine, rows, rules).items()}
    assert [got[name] for name in ("low", "high", "over")] == pytest.approx(
        [below, above, over], abs=LAST_BITS
    )
    assert [got[name] for name in ("lower end", "inside", "upper end")] == [100, 100, 100]
    assert got["none"] is None


def test_floor_and_cap_bound_the_score_and_not_the_achievement(engine: Engine) -> None:
    """-10 % counts as 0 and 210 % as 120; 95 % stays."""
    rows = table(
        ("a", "minimize", 100, None, 210), ("b", "maximize", 100, None, 210), ("c", "maximize", 100, None, 95)
    )
    got = achieved(engine, rows, office("cap = 120\nfloor = 0"))
    assert {name: round(value, 9) for name, (_, value) in got.items()} == {"a": 0, "b": 120, "c": 95}
    assert round(got["a"][0], 9) == -10


ZERO = {"zero_target": ZeroTarget(met=Fraction(100), missed=Fraction(0))}


def test_a_zero_target_means_what_the_rule_set_says(engine: Engine) -> None:
    """No accidents were wanted: none is met (100), two are not (0). A target of 0 to be exceeded or kept likewise."""
    rows = table(
        ("none", "minimize", 0, None, 0), ("two", "minimize", 0, None, 2),
        ("more", "maximize", 0, None, 3), ("kept", "stabilize", 0, None, 0), ("left", "stabilize", 0, None, 1),
        ("usual", "minimize", 50, None, 40), ("unknown", "minimize", 0, None, None),
    )  # fmt: skip
    got = {name: score for name, (score, _) in achieved(engine, rows, vary(office(), **ZERO)).items()}  # type: ignore[arg-type]
    assert got == {
        "none": 100,
        "two": 0,
        "more": 100,
        "kept": 100,
        "left": 0,
        "usual": pytest.approx(120),
        "unknown": None,
    }


def test_a_zero_actual_means_what_the_rule_set_says(engine: Engine) -> None:
    """Under target / actual, 0 has no ratio; here it counts as 200. 100 / 50 = 200 %, 100 / 125 = 80 %."""
    rules = vary(office(), minimize="target / actual", zero_actual=Fraction(200))
    rows = table(
        ("a", "minimize", 100, None, 0), ("b", "minimize", 100, None, 50), ("c", "minimize", 100, None, 125)
    )
    assert {name: value for name, (value, _) in achieved(engine, rows, rules).items()} == {
        "a": 200,
        "b": 200,
        "c": 80,
    }


CONVERSION = """
[[score.conversion]]
domain = "(-inf, inf)"
piece = [
  { range = "(-inf, 60)", at = [0, 60], to = [0, 50], source = "an example" },
  { range = "[60, 100]", at = [60, 100], to = [50, 110], source = "an example" },
  { range = "(100, inf)", at = [100, 100], to = [120, 120], source = "an example" },
]
"""


@pytest.mark.parametrize(
    ("actual", "expected"),
    [(0, 0), (30, 25), (59.99, 49.9916666667), (60, 50), (80, 80), (100, 110), (100.01, 120), (300, 120)],
)
def test_a_conversion_goes_straight_between_its_points(
    actual: float, expected: float, engine: Engine
) -> None:
    """Up to 60: 5/6 of the achievement. From 60 to 100: 50 + 1.5 x (c - 60). Above 100: 120."""
    rules = parse_rules(
        OFFICE.replace("SCORE", "").replace("[missing]", CONVERSION + "[missing]"), "office.toml"
    )
    got = achieved(engine, table(("a", "maximize", 100, None, actual)), rules)["a"]
    assert got[1] == pytest.approx(expected, abs=1e-6)
    assert got[0] == pytest.approx(actual, abs=LAST_BITS)


def test_a_conversion_may_hold_for_one_polarity_only(engine: Engine) -> None:
    """Kept on 100: an achievement c counts as 1.2 c, so that exactly on target is 120. The others count as they are."""
    only_kept = CONVERSION.split("piece = [")[0].replace("domain", 'polarity = "stabilize"\ndomain') + (
        'piece = [ { range = "(-inf, inf)", at = [0, 100], to = [0, 120], source = "an example" } ]\n'
    )
    rules = parse_rules(
        OFFICE.replace("SCORE", "").replace("[missing]", only_kept + "[missing]"), "office.toml"
    )
    rows = table(
        ("kept", "stabilize", 100, None, 100), ("near", "stabilize", 100, None, 90), ("more", "maximize", 100, None, 90)
    )  # fmt: skip
    got = {name: score for name, (_, score) in achieved(engine, rows, rules).items()}
    assert got == {"kept": pytest.approx(120), "near": pytest.approx(108), "more": pytest.approx(90)}


def test_the_highest_value_possible_when_met_has_a_score_of_its_own(engine: Engine) -> None:
    """A target of 100 of at most 100 that is met counts 120; 99 of it counts 99; 100 of a target with no maximum 100."""
    rows = table(
        ("full", "maximize", 100, None, 100),
        ("short", "maximize", 100, None, 99),
        ("open", "maximize", 100, None, 100),
    )
    rows["possible_maximum"] = [100.0, 100.0, float("nan")]
    got = achieved(engine, rows, office("at_possible_maximum = 120"))
    assert {name: round(value, 9) for name, (_, value) in got.items()} == {
        "full": 120,
        "short": 99,
        "open": 100,
    }


FACTORS = """
[[factors]]
column = "validity"
values = { exact = 0.5, proxy = 0.3, activity = 0.2 }
source = "an example"
[[factors]]
column = "control"
values = { low = 0.5, moderate = 0.3, high = 0.2 }
source = "an example"
"""


def test_weights_come_from_the_words_of_two_columns(engine: Engine) -> None:
    """.5 x .5 = .25 and .2 x .5 = .1: (.25 x 100 + .1 x 65) / .35 = 90."""
    rows = table(("a", "maximize", 100, None, 100), ("b", "maximize", 100, None, 65))
    rows = rows.assign(validity=["exact", "activity"], control=["low", "low"])
    (total,) = engine.run(rows, office(more=FACTORS)).organisations["score"]
    assert total == pytest.approx(90, abs=LAST_BITS)


def test_a_word_that_gives_no_weight_is_refused() -> None:
    """Every row whose word is not one of the rule set's is named; so is a column that is missing."""
    rows = table(("a", "maximize", 100, None, 100)).assign(validity="exactly", control="low")
    with pytest.raises(DataError) as caught:
        score(rows, office(more=FACTORS))
    assert str(caught.value) == (
        "Office, 2017: the validity 'exactly' of 'a' gives no weight, allowed: exact, proxy, activity"
    )
    with pytest.raises(DataError) as caught:
        score(rows.drop(columns=["control"]), office(more=FACTORS))
    assert str(caught.value) == "the observations have no column 'control'"


OWN_BANDS = """
[indicators.economy]
perspective = "work"
weight = 0.5
polarity = "minimize"
name = { id = "Ekonomi", en = "Economy" }
[indicators.effect]
perspective = "work"
weight = 0.5
name = { id = "Efek", en = "Effect" }
[indicator_bands.economy]
domain = "[0, inf)"
source = "an example"
band = [
  { id = "thrifty", value = 5, range = "[0, 90)", printed = "under 90", name = { id = "Hemat", en = "Thrifty" } },
  { id = "costly", value = 1, range = "[90, inf)", printed = "from 90", name = { id = "Boros", en = "Costly" } },
]
[bands.achievement]
domain = "[0, inf)"
source = "an example"
band = [
  { id = "weak", value = 1, range = "[0, 100)", printed = "under 100", name = { id = "Lemah", en = "Weak" } },
  { id = "strong", value = 4, range = "[100, inf)", printed = "from 100", name = { id = "Kuat", en = "Strong" } },
]
"""


def test_an_indicator_may_have_bands_of_its_own(engine: Engine) -> None:
    """Spent 65 of 100: the ratio itself, 65, is thrifty (5). Reached 110 of 100: strong (4). Together 4.5."""
    rules = parse_rules(
        OFFICE.replace("SCORE", "")
        .replace('"percent"', '"bands"')
        .replace('"2 - actual / target"', '"actual / target"')
        + OWN_BANDS,
        "office.toml",
    )
    rows = table(("economy", "minimize", 100, None, 65), ("effect", "maximize", 100, None, 110))
    scores = engine.run(rows, rules)
    assert dict(zip(scores.indicators["indicator"], scores.indicators["band"], strict=True)) == {
        "economy": "thrifty", "effect": "strong",
    }  # fmt: skip
    assert scores.organisations["score"].tolist() == [4.5]


# ---- what is refused, once for all engines: the door is the same ----------------------------------------------------


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            ("a", "maximize", -5.0, None, 1),
            "the target of 'a' is negative (-5), and a ratio to it turns better into worse",
        ),
        (("a", "maximize", 0.0, 5.0, -1), "the target of 'a' is 0, and a ratio to it has no value"),
        (
            ("a", "minimize", 70.0, 80.0, 75),
            "'a' is lower-is-better and has a range for a target; keep one or the other",
        ),
        (("a", "stabilize", 80.0, 70.0, 75), "the range of 'a' ends below its beginning"),
        (("a", "maximize", float("inf"), None, 75), "the target of 'a' is infinite"),
        (("a", "maximize", 70.0, None, float("-inf")), "the actual of 'a' is infinite"),
        ((None, "maximize", 70.0, None, 70), "the indicator is missing"),
    ],
)
def test_what_has_no_achievement_is_refused_by_name(
    row: tuple[Any, ...], sentence: str, engine: Engine
) -> None:
    """One row each; a range from 0 is no fault while the actual is not below it."""
    with pytest.raises(DataError) as caught:
        engine.run(table(row), office())
    assert [str(each) for each in caught.value.faults] == [f"Office, 2017: {sentence}"]


def test_a_range_from_zero_is_scored(engine: Engine) -> None:
    """0 to 5 and an actual of 3: inside, 100 %; an actual of 10: 2 - 10/5 = 0 %."""
    rows = table(("in", "stabilize", 0, 5, 3), ("out", "stabilize", 0, 5, 10))
    assert {name: value for name, (value, _) in achieved(engine, rows, office()).items()} == {
        "in": 100,
        "out": 0,
    }
