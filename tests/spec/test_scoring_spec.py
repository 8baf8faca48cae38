"""How a scorecard is scored, by small tables: rows in, numbers out. Each example is worked by hand in its first lines.

Read a row as (perspective, indicator, target, actual). The agency has two perspectives of equal weight, ``money``
(two indicators, .6 and .4) and ``people`` (one indicator).
"""

from __future__ import annotations

import random
from fractions import Fraction

import pandas as pd
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.variants import vary
from tests.engines import Engine, Scored

# Scores are sums of a few products of doubles: they differ from the decimal result by some units in the 16th digit.
LAST_BITS = 1e-9

Row = tuple[str, str, float | None, float | None]

AGENCY = """
id = "agency"
version = "1"
mark = "unofficial"
[name]
id = "Badan"
en = "Agency"
[source]
citation = "an example"
place = "here"
[score]
scale = "percent"
cap = 120
[missing]
policy = "zero"
source = "an example"
[perspectives.money]
weight = 0.5
short = "M"
name = { id = "Uang", en = "Money" }
[perspectives.people]
weight = 0.5
short = "P"
name = { id = "Orang", en = "People" }
[indicators.spending]
perspective = "money"
weight = 0.6
name = { id = "Belanja", en = "Spending" }
[indicators.income]
perspective = "money"
weight = 0.4
name = { id = "Pendapatan", en = "Income" }
[indicators.training]
perspective = "people"
weight = 1
name = { id = "Pelatihan", en = "Training" }
[indicators.courses]
perspective = "people"
weight = 0.5
part_of = "training"
name = { id = "Kursus", en = "Courses" }
[indicators.exams]
perspective = "people"
weight = 0.5
part_of = "training"
name = { id = "Ujian", en = "Exams" }
"""


@pytest.fixture(scope="module")
def agency() -> RuleSet:
    return parse_rules(AGENCY, "agency.toml")


@pytest.fixture(scope="module")
def bantaeng() -> RuleSet:
    return read_rules("bantaeng")


def table(*rows: Row) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["perspective", "indicator", "target", "actual"])
    return frame.assign(
        unit="Agency", year=2017, target=frame["target"].astype(float), actual=frame["actual"].astype(float)
    )


def total(scores: Scored) -> float:
    (row,) = scores.organisations.to_dict("records")
    return float(row["score"])


def of_perspective(scores: Scored, perspective: str) -> dict[str, object]:
    (row,) = scores.perspectives[scores.perspectives["perspective"] == perspective].to_dict("records")
    return dict(row)


def of_indicator(scores: Scored, indicator: str) -> dict[str, object]:
    (row,) = scores.indicators[scores.indicators["indicator"] == indicator].to_dict("records")
    return dict(row)


COMPLETE: tuple[Row, ...] = (
    ("money", "spending", 100, 90),
    ("money", "income", 200, 220),
    ("people", "training", 50, 40),
)


def test_a_complete_scorecard_is_a_mean_of_means(agency: RuleSet, engine: Engine) -> None:
    """90/100 = 90 %, 220/200 = 110 %, 40/50 = 80 %.

    money = .6 x 90 + .4 x 110 = 98; people = 80; the agency = .5 x 98 + .5 x 80 = 89.
    """
    scores = engine.run(table(*COMPLETE), agency)
    assert of_indicator(scores, "income")["achievement"] == pytest.approx(110, abs=LAST_BITS)
    assert of_perspective(scores, "money")["score"] == pytest.approx(98, abs=LAST_BITS)
    assert of_perspective(scores, "people")["score"] == pytest.approx(80, abs=LAST_BITS)
    assert total(scores) == pytest.approx(89, abs=LAST_BITS)


# ---- what a missing figure counts as ---------------------------------------------------------------------------------

ONE_MISSING: tuple[Row, ...] = (
    ("money", "spending", 100, 90),
    ("money", "income", 200, None),
    ("people", "training", 50, 40),
)
PERSPECTIVE_MISSING: tuple[Row, ...] = (
    ("money", "spending", 100, 90),
    ("money", "income", 200, 220),
    ("people", "training", None, None),
)


@pytest.mark.parametrize(
    ("rows", "policy", "money", "people", "agency_score"),
    [
        pytest.param(
            ONE_MISSING, "zero", 54, 80, 67, id="zero: money .6 x 90 + .4 x 0 = 54; .5 x 54 + .5 x 80 = 67"
        ),
        pytest.param(
            ONE_MISSING, "renormalise", 90, 80, 85, id="renormalise: money .6 x 90 / .6 = 90; agency 85"
        ),
        pytest.param(PERSPECTIVE_MISSING, "zero", 98, 0, 49, id="zero: .5 x 98 + .5 x 0 = 49"),
        pytest.param(PERSPECTIVE_MISSING, "renormalise", 98, None, 98, id="renormalise: .5 x 98 / .5 = 98"),
    ],
)
def test_a_missing_figure_counts_as_the_policy_says(
    rows: tuple[Row, ...],
    policy: str,
    money: float,
    people: float | None,
    agency_score: float,
    agency: RuleSet,
    engine: Engine,
) -> None:
    """Income is missing (or training is): it counts 0, or its weight goes to what is there."""
    scores = engine.run(table(*rows), vary(agency, missing=policy))  # type: ignore[arg-type]
    assert of_perspective(scores, "money")["score"] == pytest.approx(money, abs=LAST_BITS)
    got = of_perspective(scores, "people")["score"]
    assert pd.isna(got) if people is None else got == pytest.approx(people, abs=LAST_BITS)
    assert total(scores) == pytest.approx(agency_score, abs=LAST_BITS)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        pytest.param(
            ONE_MISSING,
            "Agency, 2017: only 80 % of the weight rests on data, and the missing policy is 'refuse'",
            id="income is .4 x .5 = 20 % of the weight",
        ),
        pytest.param(
            PERSPECTIVE_MISSING,
            "Agency, 2017: only 50 % of the weight rests on data, and the missing policy is 'refuse'",
            id="people is 50 % of the weight",
        ),
    ],
)
def test_under_refuse_a_gap_in_the_data_is_refused(
    rows: tuple[Row, ...], sentence: str, agency: RuleSet, engine: Engine
) -> None:
    """Nothing is scored where a figure is missing; the sentence says how much of the weight rests on data."""
    with pytest.raises(DataError) as caught:
        engine.run(table(*rows), vary(agency, missing="refuse"))
    assert str(caught.value) == sentence


def test_under_refuse_complete_data_are_scored(agency: RuleSet, engine: Engine) -> None:
    """As the first example: 89."""
    assert total(engine.run(table(*COMPLETE), vary(agency, missing="refuse"))) == pytest.approx(
        89, abs=LAST_BITS
    )


def test_an_indicator_that_is_not_listed_at_all_is_missing_too(agency: RuleSet, engine: Engine) -> None:
    """Without the row of income: money = .6 x 90 + 0 = 54, as if its actual were empty."""
    scores = engine.run(table(COMPLETE[0], COMPLETE[2]), agency)
    assert of_perspective(scores, "money")["score"] == pytest.approx(54, abs=LAST_BITS)
    assert total(scores) == pytest.approx(67, abs=LAST_BITS)


def test_not_a_number_is_missing_and_never_the_cap(agency: RuleSet, engine: Engine) -> None:
    """NaN compares as greater than the cap in some engines; here it is nothing: people = 0 under zero, not 120."""
    rows = table(COMPLETE[0], COMPLETE[1], ("people", "training", 50, float("nan")))
    scores = engine.run(rows.astype({"actual": "float64"}), agency)
    assert pd.isna(of_indicator(scores, "training")["score"])
    assert of_perspective(scores, "people")["score"] == 0
    assert total(scores) == pytest.approx(49, abs=LAST_BITS)


def test_the_share_of_the_weight_that_rests_on_data_is_told(agency: RuleSet, engine: Engine) -> None:
    """Income (.4 of money) is missing: money rests on .6 of its weight, the agency on .5 x .6 + .5 = .8."""
    scores = engine.run(table(*ONE_MISSING), agency)
    assert of_perspective(scores, "money")["weight_present"] == pytest.approx(0.6, abs=LAST_BITS)
    assert of_perspective(scores, "money")["n_present"] == 1
    (organisation,) = scores.organisations.to_dict("records")
    assert organisation["weight_present"] == pytest.approx(0.8, abs=LAST_BITS)
    assert (organisation["n_indicators"], organisation["n_present"]) == (3, 2)


# ---- cap and polarity ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("actual", "expected"), [(59, 118), (60, 120), (61, 120), (500, 120)])
def test_what_goes_beyond_the_cap_counts_as_the_cap(
    actual: float, expected: float, agency: RuleSet, engine: Engine
) -> None:
    """The target is 50 and the cap 120 %, so everything from an actual of 60 on counts 120."""
    scores = engine.run(table(("people", "training", 50, actual)), vary(agency, missing="renormalise"))
    assert total(scores) == pytest.approx(expected, abs=LAST_BITS)


def test_the_achievement_is_shown_before_the_cap(agency: RuleSet, engine: Engine) -> None:
    """500 / 50 = 1,000 %, which counts as 120."""
    row = of_indicator(engine.run(table(("people", "training", 50, 500)), agency), "training")
    assert (row["achievement"], row["score"]) == (1000, 120)


@pytest.mark.parametrize(
    ("formula", "actual", "expected"),
    [
        pytest.param("target / actual", 80, 125, id="100 / 80 = 125 %"),
        pytest.param("target / actual", 125, 80, id="100 / 125 = 80 %"),
        pytest.param("2 - actual / target", 80, 120, id="(2 - 80/100) x 100 = 120 %"),
        pytest.param("2 - actual / target", 125, 75, id="(2 - 125/100) x 100 = 75 %"),
        pytest.param("2 - actual / target", 210, -10, id="(2 - 210/100) x 100 = -10 %"),
        pytest.param("target / actual", 100, 100, id="on target is 100 % by either formula"),
        pytest.param("2 - actual / target", 100, 100, id="on target is 100 % by either formula, again"),
    ],
)
def test_lower_is_better_is_turned_round_by_the_formula_of_the_rule(
    formula: str, actual: float, expected: float, agency: RuleSet, engine: Engine
) -> None:
    """Spending of 80 under a budget of 100 is good, 125 is bad; the two formulas differ on how good and how bad."""
    turned = vary(agency, minimize=formula, polarity={"spending": "minimize"})  # type: ignore[arg-type]
    row = of_indicator(engine.run(table(("money", "spending", 100, actual)), turned), "spending")
    assert row["achievement"] == pytest.approx(expected, abs=LAST_BITS)


def test_turning_one_indicator_leaves_the_others_as_they_are(agency: RuleSet, engine: Engine) -> None:
    """Spending turned: 100/90 = 111.11 %; income stays 110 %."""
    turned = vary(agency, minimize="target / actual", polarity={"spending": "minimize"})
    scores = engine.run(table(*COMPLETE), turned)
    assert of_indicator(scores, "spending")["achievement"] == pytest.approx(1000 / 9, abs=LAST_BITS)
    assert of_indicator(scores, "income")["achievement"] == pytest.approx(110, abs=LAST_BITS)


# ---- bands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "value", "band"),
    [
        (0, 1, "far_below"),
        (79.9, 1, "far_below"),
        (80, 2, "minimum"),
        (90, 2, "minimum"),
        (90.5, 2, "minimum"),
        (90.99, 2, "minimum"),
        (91, 3, "nearly"),
        (110, 3, "nearly"),
        (110.5, 3, "nearly"),
        (110.99, 3, "nearly"),
        (111, 4, "above"),
        (130, 4, "above"),
        (130.1, 5, "far_above"),
        (1000, 5, "far_above"),
    ],
)
def test_an_achievement_takes_the_value_of_its_band(
    actual: float, value: float, band: str, bantaeng: RuleSet, engine: Engine
) -> None:
    """Target 100, so the actual is the achievement. Table 2: < 80 is 1, 80-90 is 2, 91-110 is 3, 111-130 is 4, > 130 is 5.

    The paper leaves 90-91 and 110-111 open; declared here: a band is reached at its printed lower edge, so 90.5 reads as 2.
    """
    row = of_indicator(
        engine.run(table(("internal_process", "innovation", 100, actual)), bantaeng), "innovation"
    )
    assert (row["score"], row["band"]) == (value, band)


def test_a_missing_figure_is_in_no_band(bantaeng: RuleSet, engine: Engine) -> None:
    """No actual, no achievement, no band; the perspective counts 0 under zero and is in no band either."""
    scores = engine.run(table(("customer", "satisfaction", None, None)), bantaeng)
    row = of_indicator(scores, "satisfaction")
    assert [pd.isna(row[name]) for name in ("achievement", "score", "band")] == [True, True, True]
    assert of_perspective(scores, "customer")["score"] == 0
    assert pd.isna(of_perspective(scores, "customer")["band"])


def kkp_table(weights: list[float], achievement: float) -> pd.DataFrame:
    rows = [
        {"perspective": perspective, "indicator": f"{perspective}{number}", "weight": weight}
        for perspective in ("learning_growth", "internal_process", "customer", "stakeholder")
        for number, weight in enumerate(weights)
    ]
    return pd.DataFrame(rows).assign(unit="KKP", year=2015, target=100.0, actual=achievement)


UNEVEN_WEIGHTS = [
    [0.1] * 10,
    [1 / 3, 1 / 3, 1 / 3],
    [0.7, 0.1, 0.1, 0.1],
    [0.15, 0.35, 0.3, 0.2],
    [1e-3, 0.1, 7.7, 123.456],
    [random.Random(11).uniform(0.01, 1) for _ in range(97)],
]


@pytest.mark.parametrize("weights", UNEVEN_WEIGHTS, ids=len)
@pytest.mark.parametrize(
    ("achievement", "organisation", "perspective"),
    [(100, "green", "green"), (80, "yellow", "yellow"), (90, "yellow", "green"), (75, "red", "yellow"),
     (99.9999, "yellow", "green"), (79.9999, "red", "yellow"), (89.9999, "yellow", "yellow")],
)  # fmt: skip
def test_when_every_indicator_is_on_an_edge_so_are_all_scores_whatever_the_weights(
    achievement: float, organisation: str, perspective: str, weights: list[float], engine: Engine
) -> None:
    """All indicators at exactly 100: every perspective and the ministry are at 100, which is green (100 <= X <= 120).

    The computer's sum of the weighted hundreds may end at 99.99999999999999; that is still 100, while 99.9999 is not.
    """
    scores = engine.run(kkp_table(weights, achievement), read_rules("kkp"))
    assert set(scores.perspectives["band"]) == {perspective}
    assert scores.organisations["band"].tolist() == [organisation]


# ---- what cannot be scored -------------------------------------------------------------------------------------------


def refused(rows: pd.DataFrame, rules: RuleSet, engine: Engine) -> list[str]:
    with pytest.raises(DataError) as caught:
        engine.run(rows, rules)
    return [str(each) for each in caught.value.faults]


def test_a_zero_target_is_refused_with_its_row(agency: RuleSet, engine: Engine) -> None:
    """A ratio to nothing is no number, and never the cap."""
    rows = table(COMPLETE[0], COMPLETE[1], ("people", "training", 0, 40)).assign(row=[2, 3, 4])
    assert refused(rows, agency, engine) == [
        "row 4 (Agency, 2017): the target of 'training' is 0, and a ratio to it has no value"
    ]


def test_a_zero_target_without_an_actual_is_only_missing(agency: RuleSet, engine: Engine) -> None:
    """Nothing was measured, so nothing is divided: people counts as missing."""
    scores = engine.run(table(COMPLETE[0], COMPLETE[1], ("people", "training", 0, None)), agency)
    assert total(scores) == pytest.approx(49, abs=LAST_BITS)


def test_a_headline_beside_its_own_parts_is_refused(agency: RuleSet, engine: Engine) -> None:
    """Training is the mean of courses and exams: either the one or the two, or people would weigh double."""
    rows = table(("people", "training", 50, 40), ("people", "courses", 10, 8), ("people", "exams", 10, 8))
    assert refused(rows, agency, engine) == [
        "Agency, 2017: 'courses' is a part of 'training', and both are listed; keep one or the other",
        "Agency, 2017: 'exams' is a part of 'training', and both are listed; keep one or the other",
    ]


def test_the_parts_alone_stand_for_their_headline(agency: RuleSet, engine: Engine) -> None:
    """Courses 8/10 = 80 %, exams 10/10 = 100 %: people = .5 x 80 + .5 x 100 = 90."""
    rows = table(("people", "courses", 10, 8), ("people", "exams", 10, 10))
    assert of_perspective(engine.run(rows, agency), "people")["score"] == pytest.approx(90, abs=LAST_BITS)


def test_an_indicator_the_rule_does_not_know_is_refused(agency: RuleSet, engine: Engine) -> None:
    """A misspelt name would else drop out in silence."""
    assert refused(table(("money", "spendng", 100, 90)), agency, engine) == [
        "Agency, 2017: the rule set does not know the indicator 'spendng'"
    ]


def test_an_indicator_under_another_perspective_than_its_own_is_refused(
    agency: RuleSet, engine: Engine
) -> None:
    """Income belongs to money; listed under people it would count there with money's weight."""
    (sentence,) = refused(table(("people", "income", 200, 220)), agency, engine)
    assert "'income'" in sentence
    assert "'people'" in sentence


def test_the_same_indicator_twice_is_refused(agency: RuleSet, engine: Engine) -> None:
    """Two rows of one indicator in one year would weigh double."""
    (sentence,) = refused(table(*COMPLETE, COMPLETE[2]), agency, engine)
    assert "'training'" in sentence


def test_two_periods_of_one_year_never_count_an_indicator_twice(agency: RuleSet, engine: Engine) -> None:
    """How periods become a year (sum, mean, last) is not part of this rule set, so two of them cannot be scored."""
    rows = pd.concat(
        [table(*COMPLETE).assign(period="first half"), table(*COMPLETE).assign(period="second half")]
    )
    assert refused(rows, agency, engine) != []


# ---- order -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_does_not_matter(seed: int, bantaeng: RuleSet, engine: Engine) -> None:
    """The same rows shuffled give the same scores, to the last digits a sum can differ in."""
    rows = table(
        ("financial", "economy", 102, 98), ("financial", "efficiency", 86, 99), ("financial", "effectiveness", 98, 98),
        ("internal_process", "innovation", 73.5, 70.6), ("internal_process", "compliance", 83.3, 79.2),
        ("learning_growth", "competence", 33.3, 25), ("learning_growth", "facilities", 92, 97),
        ("learning_growth", "productivity", 97, 97), ("customer", "satisfaction", None, None),
    )  # fmt: skip
    straight, shuffled = (
        engine.run(rows, bantaeng),
        engine.run(rows.sample(frac=1, random_state=seed), bantaeng),
    )
    for level, keys in (
        ("indicators", ["indicator"]),
        ("perspectives", ["perspective"]),
        ("organisations", ["year"]),
    ):
        one, other = (
            getattr(each, level).sort_values(keys).reset_index(drop=True) for each in (straight, shuffled)
        )
        pd.testing.assert_frame_equal(one, other, rtol=0, atol=LAST_BITS)
    assert total(straight) == pytest.approx(float(Fraction("2.1625")), abs=LAST_BITS)
