"""The facts of every rule set that comes with the package, each against a number worked by hand or printed in a source."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.errors import DataError, RuleSetError
from bsc_analysis.files import data_folder, list_rules, read_rules
from bsc_analysis.scorecards.piecewise import score_line, value_at
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import Scores, score

# Scores are float64 sums of a few products near 100: the last bits differ, a millionth never does.
CLOSE = 1e-9
MARKS = {
    "bantaeng": "printed",
    "kkp": "printed",
    "panrb-skp": "public",
    "kmk-467": "unofficial",
    "kkp-npss-2016": "public",
    "value-for-money": "public",
    "ikm-2017": "public",
    "sakip": "public",
    "sakip-2015": "unofficial",
    "e-sakip": "public",
    "lkj-attainment": "unofficial",
}


def table(perspective: str, *rows: dict[str, Any], **shared: Any) -> pd.DataFrame:
    """Build observations of one unit and year; indicators are named i1, i2 ... where a row does not say."""
    base = {"unit": "A", "year": 2017, "perspective": perspective, **shared}
    return pd.DataFrame([{**base, "indicator": f"i{n}", **row} for n, row in enumerate(rows, 1)])


def scored(rules: str | RuleSet, perspective: str, *rows: dict[str, Any], **shared: Any) -> Scores:
    rule_set = read_rules(rules) if isinstance(rules, str) else rules
    return score(table(perspective, *rows, **shared), rule_set)


def one(rules: str, perspective: str = "performance", **row: Any) -> tuple[float, float]:
    """Return the achievement and the score of a single row."""
    line = scored(rules, perspective, row).indicators.iloc[0]
    return line["achievement"], line["score"]


def organisation(scores: Scores) -> tuple[float, str]:
    line = scores.organisations.iloc[0]
    return line["score"], line["band"]


# ---- all of them -----------------------------------------------------------------------------------------------------


def test_the_rule_sets_that_come_with_the_package_and_their_marks() -> None:
    assert {name: read_rules(name).mark for name in list_rules()} == MARKS


@pytest.mark.parametrize("name", sorted(MARKS))
def test_a_rule_set_is_called_by_the_name_of_its_file(name: str) -> None:
    assert read_rules(name).id == name


@pytest.mark.parametrize("name", [name for name, mark in MARKS.items() if mark == "unofficial"])
def test_what_is_unofficial_says_so_or_is_our_own(name: str) -> None:
    rules = read_rules(name)
    assert "unofficial" in rules.label.en or rules.citation.startswith("ours")


@pytest.mark.parametrize("name", sorted(MARKS))
def test_formulas_and_caps_beyond_the_printed_rules_say_who_says_so(name: str) -> None:
    rules = read_rules(name)
    keys = {each.key for each in rules.reasons}
    said = {"score.minimize": rules.minimize, "score.stabilize": rules.stabilize, "score.cap": rules.cap}
    lacking = {key for key, value in said.items() if value is not None} - keys
    assert lacking == (
        {"score.cap"} if name == "kkp" else set()
    )  # the abstract prints it: the file's own source
    assert "missing" in keys


def test_reasons_tell_what_is_ours() -> None:
    ours = [each.key for each in read_rules("panrb-skp").reasons if each.ours]
    assert "score.conversion.0.piece.9" in ours
    assert "score.conversion.0.piece.3" not in ours


def test_a_reason_for_a_key_the_file_does_not_have_is_refused() -> None:
    text = (data_folder() / "rules/kkp.toml").read_text(encoding="utf-8")
    text += '\n[[choice]]\nkey = "score.floor"\nsource = "ours"\n'
    with pytest.raises(RuleSetError) as caught:
        parse_rules(text, "kkp.toml")
    assert str(caught.value) == "kkp.toml: choice.2.key: this file says nothing at 'score.floor'"


# ---- words with values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kmk-467", "kkp-npss-2016", "e-sakip", "lkj-attainment"])
def test_opinions_grades_and_levels_are_ranked(name: str) -> None:
    values = {text: value for scale in read_rules(name).scales for text, value in scale.steps}
    assert [values[text] for text in ("TMP", "TW", "WDP", "WTP")] == [1, 2, 3, 4]
    assert values["Wajar Tanpa Pengecualian"] == values["WTP"]
    assert [values[text] for text in ("D", "C", "CC", "B", "BB", "A", "AA")] == [1, 2, 3, 4, 5, 6, 7]
    assert values["4 dari 5"] == values["4 of 5"] == 4


def test_a_text_with_two_values_is_refused() -> None:
    text = (data_folder() / "rules/e-sakip.toml").read_text(encoding="utf-8")
    doubled = text.replace('text = ["AA"]', 'text = ["AA", "wtp"]')
    with pytest.raises(RuleSetError) as caught:
        parse_rules(doubled, "e-sakip.toml")
    assert str(caught.value) == "e-sakip.toml: scales: the text 'wtp' has two values"


# ---- panrb-skp ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("achievement", "value"),
    [
        (-59, -49),  # ours: the formula carried on
        (0, 0),
        (59, 49),
        (60, 50),
        (79, 69),
        (80, 70),
        (98, 88),  # printed: 93 of 95 is 98 %, value 88
        (99, 89),
        (100, 109),  # printed: 85 of 85 is 100 %, value 109
        (101, 110),
        (Fraction("105.5"), 115),  # 110 + 10 x 4.5 / 9
        (110, 120),
        (Fraction("110.01"), 120),
        (250, 120),
        (Fraction("59.5"), Fraction("49.5")),  # ours: halfway between 49 and 50
        (Fraction("99.5"), 99),  # ours: halfway between 89 and 109
    ],
)
def test_skp_achievements_are_converted_piece_by_piece(achievement: Fraction, value: Fraction) -> None:
    line = score_line(read_rules("panrb-skp"), "maximize", None)
    assert value_at(line, Fraction(achievement)) == value
    assert one("panrb-skp", target=100.0, actual=float(achievement))[1] == pytest.approx(
        float(value), abs=CLOSE
    )


@pytest.mark.parametrize(
    ("target", "upper", "actual", "achievement"),
    [
        (80.0, 90.0, 70.0, 87.5),  # printed: 70 / 80
        (80.0, 90.0, 92.0, 920 / 9),  # 92 / 90 is 102.2; the source prints 113
        (80.0, 90.0, 85.0, 100.0),
    ],
)
def test_skp_ranges_are_judged_by_the_nearest_edge(
    target: float, upper: float, actual: float, achievement: float
) -> None:
    row = {"target": target, "target_upper": upper, "actual": actual, "polarity": "stabilize"}
    assert one("panrb-skp", **row)[0] == pytest.approx(achievement, abs=CLOSE)


@pytest.mark.parametrize(("target", "actual", "achievement"), [(7.0, 6.5, 750 / 7), (8.0, 9.0, 87.5)])
def test_skp_lower_is_better_is_two_minus_the_ratio(target: float, actual: float, achievement: float) -> None:
    """The source's examples: 6.5 months of 7 is 1 + (1 - 6.5/7) = 107.14 %, 9 months of 8 is 87.5 %."""
    got, _ = one("panrb-skp", target=target, actual=actual, polarity="minimize")
    assert got == pytest.approx(achievement, abs=CLOSE)


def test_skp_meeting_the_highest_possible_target_counts_120() -> None:
    assert one("panrb-skp", target=100.0, actual=100.0, possible_maximum=100.0)[1] == 120
    assert one("panrb-skp", target=100.0, actual=99.0, possible_maximum=100.0)[1] == pytest.approx(
        89, abs=CLOSE
    )
    assert one("panrb-skp", target=100.0, actual=100.0, possible_maximum=200.0)[1] == pytest.approx(
        109, abs=CLOSE
    )


def test_skp_values_carry_the_categories() -> None:
    bands = read_rules("panrb-skp").organisation_bands
    assert bands is not None
    values = (49, 50, 69, 70, 89, 109, 110, 120)
    assert [bands.find(Fraction(value)).label.en for value in values] == [
        "Very poor", "Poor", "Poor", "Fair", "Fair", "Good", "Very good", "Very good",
    ]  # fmt: skip


def test_skp_without_negative_values_stops_at_zero() -> None:
    row = {"target": 10.0, "actual": 30.0, "polarity": "minimize"}
    assert one("panrb-skp", **row)[1] == pytest.approx(-100 * 49 / 59, abs=CLOSE)
    assert one("panrb-skp:no_negative", **row)[1] == 0


# ---- kmk-467 --------------------------------------------------------------------------------------------------------


def test_kmk_weights_of_the_perspectives() -> None:
    weights = {each.short: each.weight for each in read_rules("kmk-467").perspectives}
    assert weights == {
        "SH": Fraction(25, 100), "CP": Fraction(15, 100), "IP": Fraction(30, 100), "LG": Fraction(30, 100),
    }  # fmt: skip


def test_kmk_indicators_weigh_by_validity_times_control_within_their_objective() -> None:
    """Objective 1: exact x low = .25 at 100 %, proxy x moderate = .09 at 50 %: (25 + 4.5) / .34 = 86.7647.

    Objective 2: activity x high = .04 alone, at 80 %. The perspective is the mean of both objectives: 83.3824.
    """
    scores = scored(
        "kmk-467",
        "customer",
        {"objective": "o1", "validity": "exact", "control": "low", "target": 10.0, "actual": 10.0},
        {"objective": "o1", "validity": "proxy", "control": "moderate", "target": 10.0, "actual": 5.0},
        {"objective": "o2", "validity": "activity", "control": "high", "target": 10.0, "actual": 8.0},
    )
    objectives = scores.objectives.set_index("objective")["score"]
    assert objectives["o1"] == pytest.approx(29.5 / 0.34, abs=CLOSE)
    assert objectives["o2"] == pytest.approx(80, abs=CLOSE)
    assert organisation(scores) == (pytest.approx((29.5 / 0.34 + 80) / 2, abs=CLOSE), "yellow")


@pytest.mark.parametrize(
    ("polarity", "actual", "value"),
    [
        ("maximize", 130.0, 120.0),
        ("minimize", 130.0, 70.0),
        ("minimize", 60.0, 120.0),
        ("stabilize", 130.0, 70.0),
    ],
)
def test_kmk_formulas_and_cap(polarity: str, actual: float, value: float) -> None:
    row = {"target": 100.0, "actual": actual, "polarity": polarity, "objective": "o", "validity": "exact",
           "control": "low"}  # fmt: skip
    assert one("kmk-467", "customer", **row)[1] == pytest.approx(value, abs=CLOSE)


def test_kmk_bands_at_80_100_120() -> None:
    bands = read_rules("kmk-467").organisation_bands
    assert bands is not None
    got = [bands.find(Fraction(text)).id for text in ("79.99", "80", "99.99", "100", "120")]
    assert got == ["red", "yellow", "yellow", "green", "green"]


# ---- kkp-npss-2016 --------------------------------------------------------------------------------------------------


def test_npss_indicators_weigh_by_their_kind() -> None:
    """Weights .1, .2, .3, .4 over 100, 90, 80, 70 %: (10 + 18 + 24 + 28) / 1 = 80, which is yellow."""
    kinds = ("lead_input", "lead_process", "lag_output", "lag_outcome")
    rows = [
        {"kind": kind, "target": 100.0, "actual": actual}
        for kind, actual in zip(kinds, (100.0, 90.0, 80.0, 70.0), strict=True)
    ]
    scores = scored("kkp-npss-2016", "customer", *rows)
    assert organisation(scores) == (pytest.approx(80, abs=CLOSE), "yellow")


def test_npss_yellow_is_exactly_80() -> None:
    bands = read_rules("kkp-npss-2016").achievement_bands
    assert bands is not None
    assert [bands.find(Fraction(text)).id for text in ("79.99", "80", "80.01")] == ["red", "yellow", "green"]


def test_npss_sign_flips_and_ranges_are_bad_on_both_sides() -> None:
    row = {"kind": "lag_output", "target": 100.0}
    for actual in (75.0, 125.0):
        assert one("kkp-npss-2016", "customer", actual=actual, polarity="stabilize", **row)[0] == 75
    assert one("kkp-npss-2016", "customer", actual=125.0, polarity="minimize", **row)[0] == 75
    assert one("kkp-npss-2016", "customer", actual=130.0, polarity="maximize", **row)[1] == 120
    assert one("kkp-npss-2016:no_cap", "customer", actual=130.0, polarity="maximize", **row)[1] == 130


# ---- value-for-money ------------------------------------------------------------------------------------------------

WORKED = (
    ("economy", 2911077000.0, 1905543706.0, 65.46, "economical"),
    ("efficiency", 38801775710.0, 34444925704.0, 88.77, "fairly_efficient"),
    ("effectiveness", 35000000000.0, 38801775710.0, 110.86, "very_effective"),
)


def test_the_worked_ratios_of_value_for_money_come_out() -> None:
    """Economical 3, fairly efficient 3, very effective 5: the mean is 11/3."""
    rows = [{"indicator": name, "target": target, "actual": actual} for name, target, actual, _, _ in WORKED]
    scores = scored("value-for-money", "financial", *rows)
    lines = scores.indicators.set_index("indicator")
    for name, _, _, ratio, band in WORKED:
        assert round(lines.loc[name, "achievement"], 2) == ratio
        assert lines.loc[name, "band"] == band
    assert scores.organisations["score"].iloc[0] == pytest.approx(11 / 3, abs=CLOSE)


@pytest.mark.parametrize(
    ("indicator", "ratios", "values"),
    [
        ("economy", ["99.99", "100", "100.01"], [3, 2, 1]),
        ("efficiency", ["59.99", "60", "79.99", "80", "90", "99.99", "100"], [5, 4, 4, 3, 2, 2, 1]),
        ("effectiveness", ["59.99", "60", "80", "90", "100", "100.01"], [1, 2, 3, 4, 4, 5]),
    ],
)
def test_the_criteria_of_value_for_money(indicator: str, ratios: list[str], values: list[int]) -> None:
    bands = read_rules("value-for-money").bands(indicator)
    assert bands is not None
    assert [bands.find(Fraction(each)).value for each in ratios] == values


# ---- ikm-2017 -------------------------------------------------------------------------------------------------------

MEANS = (3.66, 3.66, 3.66, 3.66, 3.66, 3.66, 3.66, 3.66, 3.652)


def survey(means: tuple[float, ...] = MEANS) -> list[dict[str, Any]]:
    return [{"indicator": f"u{n}", "target": None, "actual": mean} for n, mean in enumerate(means, 1)]


def test_the_index_is_25_times_the_mean_of_the_elements() -> None:
    """The element means sum to 32.932: 25 x 32.932 / 9 = 91.4778. With weights of .11 it would be 90.563."""
    rows = pd.DataFrame(table("customer", *survey())).astype({"target": "Float64"})
    scores = score(rows, read_rules("ikm-2017"))
    value, band = organisation(scores)
    assert round(value, 2) == 91.48
    assert value == pytest.approx(25 * sum(MEANS) / 9, abs=CLOSE)
    assert band == "a"
    assert round(sum(0.11 * 25 * mean for mean in MEANS), 2) == 90.56


def test_rounded_weights_of_the_index_are_refused() -> None:
    text = (data_folder() / "rules/ikm-2017.toml").read_text(encoding="utf-8").replace('"1/9"', "0.11")
    with pytest.raises(RuleSetError) as caught:
        parse_rules(text, "ikm-2017.toml")
    assert str(caught.value) == (
        "ikm-2017.toml: weights of the indicators of perspective 'customer' sum to 0.99, expected exactly 1"
    )


def test_the_letters_of_the_index_and_how_their_gaps_are_read() -> None:
    bands = read_rules("ikm-2017").organisation_bands
    assert bands is not None
    texts = ("25", "64.99", "64.995", "65", "76.60", "76.605", "76.61", "88.30", "88.305", "88.31", "100")
    assert "".join(bands.find(Fraction(text)).id for text in texts) == "dddcccbbbaa"


def test_an_index_of_eight_elements_is_refused_unless_asked_for() -> None:
    rows = pd.DataFrame(table("customer", *survey(MEANS[:8]))).astype({"target": "Float64"})
    with pytest.raises(DataError):
        score(rows, read_rules("ikm-2017"))
    value, _ = organisation(score(rows, read_rules("ikm-2017:renormalised")))
    assert value == pytest.approx(91.5, abs=CLOSE)


# ---- sakip ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "weights"),
    [("sakip", [30, 30, 15, 25]), ("sakip-2015", [30, 25, 15, 10, 20])],
)
def test_sakip_components_have_their_maximum_as_target_and_weight(name: str, weights: list[int]) -> None:
    indicators = read_rules(name).indicators
    assert [each.target for each in indicators] == weights
    assert [each.weight for each in indicators] == [Fraction(weight, 100) for weight in weights]


def test_a_sakip_score_is_the_sum_of_its_components() -> None:
    """24.5 + 21 + 11.25 + 18.75 = 75.5, a BB."""
    parts = {"planning": 24.5, "measurement": 21.0, "reporting": 11.25, "internal_evaluation": 18.75}
    rows = [{"indicator": name, "target": None, "actual": value} for name, value in parts.items()]
    frame = table("accountability", *rows).astype({"target": "Float64"})
    assert organisation(score(frame, read_rules("sakip"))) == (pytest.approx(75.5, abs=CLOSE), "bb")


def test_sakip_grades_begin_above_their_edges() -> None:
    bands = read_rules("sakip").organisation_bands
    assert bands is not None
    edges = ("30", "30.01", "50", "50.01", "60", "60.01", "70", "70.01", "80", "80.01", "90", "90.01", "100")
    got = [bands.find(Fraction(edge)).label.en for edge in edges]
    assert got == ["D", "C", "C", "CC", "CC", "B", "B", "BB", "BB", "A", "A", "AA", "AA"]


# ---- e-sakip --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "achievement", "value"),
    [
        ("ratio", 100 / 2.1, 100 / 2.1),
        ("difference", -10.0, -10.0),
        ("difference_floor", -10.0, 0.0),
        ("unturned", 210.0, 210.0),
        ("distance", -10.0, -10.0),
    ],
)
def test_five_readings_of_a_target_of_100_and_an_actual_of_210(
    variant: str, achievement: float, value: float
) -> None:
    got = one(f"e-sakip:{variant}", target=100.0, actual=210.0, polarity="minimize")
    assert got == (pytest.approx(achievement, abs=CLOSE), pytest.approx(value, abs=CLOSE))


def test_the_distance_is_bad_below_the_target_too() -> None:
    """100 - |40 - 100| / 100 x 100 = 40, where 2 - R/T gives 160."""
    row = {"target": 100.0, "actual": 40.0, "polarity": "minimize"}
    assert one("e-sakip:distance", **row)[0] == pytest.approx(40, abs=CLOSE)
    assert one("e-sakip:difference", **row)[0] == pytest.approx(160, abs=CLOSE)


@pytest.mark.parametrize(("variant", "value"), [("cap_100", 100.0), ("cap_200", 200.0), ("ratio", 250.0)])
def test_programs_cap_at_100_at_200_or_not(variant: str, value: float) -> None:
    assert one(f"e-sakip:{variant}", target=40.0, actual=100.0)[1] == pytest.approx(value, abs=CLOSE)


@pytest.mark.parametrize(
    ("variant", "actual", "value"),
    [
        ("zero_as_0", 0.0, 0.0),
        ("zero_as_100", 3.0, 100.0),
        ("zero_judged", 0.0, 100.0),
        ("zero_judged", 3.0, 0.0),
    ],
)
def test_a_zero_target_is_0_or_100_or_judged(variant: str, actual: float, value: float) -> None:
    assert one(f"e-sakip:{variant}", target=0.0, actual=actual, polarity="minimize")[1] == value


def test_a_zero_target_is_refused_where_no_variant_says_what_it_means() -> None:
    with pytest.raises(DataError, match="the target of 'i1' is 0"):
        one("e-sakip", target=0.0, actual=3.0)


# ---- lkj-attainment -------------------------------------------------------------------------------------------------

BALITBANG = (  # Balitbang KP 2015: perspective, target, upper end, actual, actual / target in percent
    ("internal_process", 55, None, 53.42, 97.13),
    ("internal_process", 39, None, 39, 100),
    ("internal_process", 101, None, 107, 105.94),
    ("internal_process", 89, None, 89, 100),
    ("learning_growth", 65, None, 63.26, 97.32),
    ("learning_growth", 40, None, 100, 250),
    ("learning_growth", 70, 80, 85.69, 107.11),
    ("learning_growth", 80, 90, 92.13, 102.37),
    ("learning_growth", 100, None, 99.61, 99.61),
)


def test_all_nine_rows_of_the_balitbang_table_follow_from_target_and_actual() -> None:
    rows = pd.DataFrame(
        [
            {"unit": "Balitbang KP", "year": 2015, "perspective": perspective, "indicator": f"IKU {n}",
             "target": target, "target_upper": upper, "actual": actual,
             "polarity": "maximize" if upper is None else "stabilize"}
            for n, (perspective, target, upper, actual, _) in enumerate(BALITBANG, 13)
        ]
    ).astype({"target": "Float64", "target_upper": "Float64", "actual": "Float64"})  # fmt: skip
    lines = score(rows, read_rules("lkj-attainment")).indicators.set_index("indicator")
    for n, (*_, printed) in enumerate(BALITBANG, 13):
        assert round(lines.loc[f"IKU {n}", "score"], 2) == printed
