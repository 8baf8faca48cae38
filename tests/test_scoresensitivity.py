"""How firm bands are: smallest changes by hand, and every one tried on the scoring itself, on both sides of it."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.errors import UseError
from bsc_analysis.evidence.scoresensitivity import BandChange, BandFirmness, band_firmness
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import read_study

KKP = vary(read_rules("kkp"), minimize="2 - actual / target", stabilize="both sides")
# Exact fractions come back as doubles.
LAST_BITS = 1e-9
# Scoring counts a billionth beside an edge as on it: what is tried must go farther, in points of the whole score.
BESIDE = 1e-6


def scored(*rows: tuple[object, ...], rules: RuleSet = KKP) -> Scores:
    columns = ["perspective", "indicator", "weight", "polarity", "target", "target_upper", "actual"]
    frame = pd.DataFrame(list(rows), columns=columns)
    figures = {name: frame[name].astype("Float64") for name in ("weight", "target", "target_upper", "actual")}
    return score(frame.assign(unit="A", year=2017, **figures), rules)


def only(firmness: BandFirmness, indicator: str = "a") -> BandChange:
    return next(each for each in firmness.changes if each.indicator == indicator)


def one(
    polarity: str, target: float, actual: float, *, upper: float | None = None, rules: RuleSet = KKP
) -> BandChange:
    """Return the change of a single indicator that is the whole organisation."""
    return only(
        band_firmness(
            scored(("stakeholder", "a", 1.0, polarity, target, upper, actual), rules=rules), "A", 2017
        )
    )


# ---- by hand ---------------------------------------------------------------------------------------------------------


def test_two_indicators_by_hand() -> None:
    """98 and 101 %, half each: 99.5 is yellow. Green at 100 takes .5 of 50 (49 to 49.5) or .1 of 10 (10.1 to 10.2)."""
    rows = [
        ("stakeholder", "a", 0.5, "maximize", 50, None, 49),
        ("stakeholder", "b", 0.5, "maximize", 10, None, 10.1),
    ]
    found = band_firmness(scored(*rows), "A", 2017)
    assert (found.band, found.score) == ("yellow", pytest.approx(99.5))
    a, b = only(found, "a"), only(found, "b")
    assert (a.change, a.reached, a.band, a.beyond) == (0.5, 49.5, "green", False)
    assert (b.change, b.reached, b.band) == (pytest.approx(0.1), 10.2, "green")
    assert (a.digit, b.digit, a.share) == (1.0, 0.1, 0.5)
    assert [each.indicator for each in found.changes] == ["a", "b"]  # half a digit against a whole one


def test_an_error_of_one_digit_and_one_of_one_unit_are_not_the_same() -> None:
    """99.95 % of 100 lies .05 below green: one digit is .01, one unit 1."""
    change = one("maximize", 100, 99.95)
    assert (change.digit, change.by_digit, change.by_unit) == (0.01, False, True)
    assert one("maximize", 100, 99.99).by_digit


def test_a_band_that_begins_beyond_an_edge_has_to_be_gone_beyond() -> None:
    """100 % is green to its edge: any actual below 100 is yellow, 100 itself is not."""
    change = one("maximize", 100, 100)
    assert (change.change, change.reached, change.beyond, change.band) == (0.0, 100.0, True, "yellow")
    assert change.by_digit


@pytest.mark.parametrize(
    ("polarity", "target", "upper", "actual", "reached"),
    [
        ("maximize", 50, None, 46, 50),  # 92 % to 100 %
        ("minimize", 50, None, 54, 50),  # 2 - 54/50 = 92 % to 2 - 50/50; red begins beyond 60
        ("stabilize", 50, None, 46, 50),  # below the target A / T
        ("stabilize", 50, None, 54, 50),  # above it 2 - A / T
        ("stabilize", 40, 50, 54, 50),  # beyond a range, to its upper end
        ("stabilize", 40, 50, 37, 40),  # below it, to its lower end
    ],
)
def test_every_formula_is_turned_round(
    polarity: str, target: float, upper: float | None, actual: float, reached: float
) -> None:
    change = one(polarity, target, actual, upper=upper)
    assert (change.reached, change.band) == (pytest.approx(reached, abs=LAST_BITS), "green")


def test_target_over_actual_is_turned_round() -> None:
    """100 x 50 / A: 50/54 = 92.6 % is yellow, green from A = 50 downwards, red beyond 62.5."""
    change = one("minimize", 50, 54, rules=vary(KKP, minimize="target / actual"))
    assert (change.reached, change.change) == (50.0, -4.0)


def part(weight: float, actual: float, rest: float) -> BandChange:
    """Return the change of an indicator with a target of 100 beside another that has the rest of the weight."""
    rows = [
        ("stakeholder", "a", weight, "maximize", 100, None, actual),
        ("stakeholder", "b", 1 - weight, "maximize", 1000, None, 10 * rest),
    ]
    return only(band_firmness(scored(*rows), "A", 2017))


def test_what_one_indicator_can_do_ends_with_its_weight_and_the_cap() -> None:
    """A tenth of the weight at 80 %: the whole moves down by 8 at most, and up to the cap of 120 by 4."""
    change = part(0.1, 80, 85)  # 84.5, red below 80: 4.5 less of the whole, 45 less of the indicator
    assert (change.band, change.beyond, change.reached) == ("red", True, pytest.approx(35))
    change = part(0.1, 80, 890 / 9)  # 97, green from 100: 3 more, 30 more of the indicator
    assert (change.band, change.beyond, change.reached) == ("green", False, pytest.approx(110))
    change = part(0.1, 80, 89)  # 88.1: between 80.1 and 92.1 whatever it does
    assert (change.change, change.reached, change.band, change.by_unit) == (None, None, None, False)


def test_an_actual_is_not_changed_to_less_than_nothing() -> None:
    """80 % of half the weight, the rest 85: 82.5. Down, red needs 2.5 less of the whole: 5 of the indicator."""
    assert part(0.5, 80, 85).reached == pytest.approx(75)
    change = part(0.1, 80, 88.8)  # 87.92: even an actual of 0 leaves 79.92, just red, from 0.8 downwards
    assert change.reached == pytest.approx(0.8)


def test_band_values_are_steps() -> None:
    """Bantaeng 2017: 2.775, nearly on target from 3. Satisfaction weighs .25: one band more (111 % of 4) makes 3.025."""
    study = read_study("bantaeng")
    assert study.observations is not None
    found = band_firmness(score(study.observations, study.rules), "BPBD Bantaeng", 2017)
    first = found.changes[0]
    assert (first.indicator, first.reached, first.band) == ("satisfaction", 4.44, "nearly")
    # Its share is .0875: three bands more, .2625, are needed, beyond 130 % of 36.4.
    competence = only(found, "competence")
    assert (competence.reached, competence.beyond) == (pytest.approx(47.32), True)
    assert only(found, "productivity").change is None  # .075 x 2 bands = .15 only


def test_a_perspective_is_a_whole_of_its_own() -> None:
    """NKP green from 90: 89 % of the customer perspective, whatever the others do."""
    rows = [
        ("stakeholder", "a", 1.0, "maximize", 100, None, 50),
        ("customer", "b", 1.0, "maximize", 100, None, 89),
    ]
    found = band_firmness(scored(*rows), "A", 2017, perspective="customer")
    assert [each.indicator for each in found.changes] == ["b"]
    assert (found.band, only(found, "b").change, only(found, "b").share) == ("yellow", 1.0, 1.0)


def test_what_has_no_score_is_passed_over() -> None:
    rows = [
        ("stakeholder", "a", 0.5, "maximize", 100, None, None),
        ("stakeholder", "b", 0.5, "maximize", 100, None, 99),
    ]
    assert [each.indicator for each in band_firmness(scored(*rows), "A", 2017).changes] == ["b"]


def test_decimals_may_be_stated() -> None:
    scores = scored(("stakeholder", "a", 1.0, "maximize", 100, None, 99.5))
    assert only(band_firmness(scores, "A", 2017)).digit == 0.1
    assert only(band_firmness(scores, "A", 2017, decimals={"a": 2})).digit == 0.01


@pytest.mark.parametrize(
    ("unit", "year", "perspective", "rules", "sentence"),
    [
        ("B", 2017, "", KKP, "'B' has no scores in 2017"),
        ("A", 2016, "", KKP, "'A' has no scores in 2016"),
        ("A", 2017, "customer", KKP, "there is no perspective 'customer', allowed: stakeholder"),
        ("A", 2017, "", vary(read_rules("bantaeng"), scale="percent"), "has no bands of the organisation"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    unit: str, year: int, perspective: str, rules: RuleSet, sentence: str
) -> None:
    if rules.id == "bantaeng":
        study = read_study("bantaeng")
        scores = score(study.observations, rules)
    else:
        scores = scored(("stakeholder", "a", 1.0, "maximize", 100, None, 50), rules=rules)
    with pytest.raises(UseError, match=sentence):
        band_firmness(scores, unit, year, perspective=perspective)


# ---- tried on the scoring itself -------------------------------------------------------------------------------------

RULES = (
    KKP,
    vary(KKP, minimize="target / actual", stabilize="nearest edge"),
    vary(KKP, minimize="both sides"),
)
indicators = st.tuples(
    st.sampled_from(["learning_growth", "internal_process", "customer", "stakeholder"]),
    st.integers(1, 5),
    st.sampled_from(["maximize", "minimize", "stabilize"]),
    st.integers(1, 60),
    st.integers(1, 90),
)


@settings(max_examples=60)
@given(st.lists(indicators, min_size=1, max_size=4), st.sampled_from(RULES))
def test_the_band_changes_there_and_nowhere_nearer(
    drawn: list[tuple[str, int, str, int, int]], rules: RuleSet
) -> None:
    """Rescored with the actual moved: another band at the change or just beyond it, the old one just before and across."""
    rows = [
        (perspective, f"i{at}", float(weight), polarity, float(target), None, float(actual))
        for at, (perspective, weight, polarity, target, actual) in enumerate(drawn)
    ]
    found = band_firmness(scored(*rows, rules=rules), "A", 2017)
    trials = [trial for change in found.changes for trial in tried(change, found.band)]
    bands = bands_with(rows, [(indicator, actual) for indicator, actual, _ in trials], rules)
    for (indicator, actual, expected), band in zip(trials, bands, strict=True):
        assert band == expected, (indicator, actual)


def tried(change: BandChange, own: str) -> list[tuple[str, float, str]]:
    """Return actuals of an indicator with the band that each should give."""
    name = change.indicator
    if change.change is None or change.reached is None or change.band is None:
        return [(name, actual, own) for actual in (0.001, 1.0, 20.0, 55.0, 1e4)]
    step = max(abs(change.reached), 1.0) * BESIDE
    if abs(change.change) <= 2 * step:  # on an edge already
        return []
    way = math.copysign(step, change.change)
    other = change.actual - 0.999 * change.change
    trials = [
        (name, change.reached + way, change.band),
        (name, change.reached - way, own),
        (name, other, own),
    ]
    return [trial for trial in trials if trial[1] > 0]


def bands_with(rows: list[tuple[object, ...]], moves: list[tuple[str, float]], rules: RuleSet) -> list[str]:
    """Score every move as a unit of its own, all at once."""
    if not moves:
        return []
    columns = ["perspective", "indicator", "weight", "polarity", "target", "target_upper", "actual"]
    frames = [
        pd.DataFrame(rows, columns=columns)
        .assign(unit=f"{at:04d}")
        .replace({"target_upper": {None: math.nan}})
        for at in range(len(moves))
    ]
    for frame, (indicator, actual) in zip(frames, moves, strict=True):
        frame.loc[frame["indicator"] == indicator, "actual"] = actual
    table = pd.concat(frames, ignore_index=True).assign(year=2017)
    table["target_upper"] = table["target_upper"].astype("Float64")
    return list(score(table, rules).organisations.sort_values("unit")["band"])
