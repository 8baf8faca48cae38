"""The score of one indicator over its actual: the formulas by hand, and every actual as scoring itself judges it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.evidence.actualcurve import Measured, actual_curve
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.rules import Polarity, RuleSet, ZeroTarget
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary

KKP = replace(read_rules("kkp"), minimize="2 - actual / target", stabilize="both sides")
RULES = (
    KKP,
    vary(KKP, minimize="target / actual", stabilize="nearest edge", cap="none"),
    replace(vary(KKP, minimize="target / actual"), zero_actual=Fraction(120)),
    vary(KKP, minimize="both sides", floor=Fraction(0)),
    vary(KKP, minimize="actual / target"),
    replace(KKP, at_possible_maximum=Fraction(120)),
)
# Scoring computes in doubles.
LAST_BITS = 1e-9


def curve_score(measured: Measured, actual: float, rules: RuleSet = KKP) -> float:
    curve = actual_curve(measured, rules)
    assert curve is not None
    return float(curve.score(Fraction(str(actual))))


@pytest.mark.parametrize(
    ("polarity", "upper", "actual", "expected"),
    [
        ("maximize", None, 45, 90),
        ("maximize", None, 90, 120),  # 180 %, capped
        ("minimize", None, 45, 110),  # 2 - .9
        ("minimize", None, 60, 80),
        ("stabilize", None, 45, 90),
        ("stabilize", None, 55, 90),
        ("stabilize", 60, 55, 100),  # within 50 to 60
        ("stabilize", 60, 66, 90),  # 2 - 66/60
    ],
)
def test_scores_by_hand(polarity: Polarity, upper: int | None, actual: int, expected: float) -> None:
    measured = Measured("i", Fraction(50), None if upper is None else Fraction(upper), polarity)
    assert curve_score(measured, actual) == expected


def test_a_target_of_zero_is_met_or_missed() -> None:
    rules = replace(KKP, zero_target=ZeroTarget(Fraction(100), Fraction(0)))
    zero = Measured("i", Fraction(0), polarity="minimize")
    assert [curve_score(zero, actual, rules) for actual in (-1, 0, 1)] == [100, 100, 0]
    kept = replace(zero, polarity="stabilize")
    assert [curve_score(kept, actual, rules) for actual in (-1, 0, 1)] == [0, 100, 0]
    assert [curve_score(replace(zero, polarity="maximize"), actual, rules) for actual in (-1, 0, 1)] == [
        0,
        100,
        100,
    ]
    assert actual_curve(zero, KKP) is None


def test_what_the_rule_set_has_no_formula_for_has_no_curve() -> None:
    plain = replace(KKP, minimize=None, stabilize=None)
    assert actual_curve(Measured("i", Fraction(5), polarity="minimize"), plain) is None
    assert actual_curve(Measured("i", Fraction(5), polarity="stabilize"), plain) is None
    unbanded = replace(read_rules("bantaeng"), achievement_bands=None)
    assert actual_curve(Measured("i", Fraction(5)), unbanded) is None


def test_target_over_actual_covers_nothing_from_zero_downwards() -> None:
    curve = actual_curve(Measured("i", Fraction(5), polarity="minimize"), RULES[1])
    assert curve is not None
    assert [curve.covers(Fraction(each)) for each in (-1, 0, 1)] == [False, False, True]
    stated = actual_curve(Measured("i", Fraction(5), polarity="minimize"), RULES[2])
    assert stated is not None
    assert stated.covers(Fraction(0))
    assert stated.score(Fraction(0)) == 120


def test_turns_are_where_the_score_turns_jumps_or_passes_what_is_named() -> None:
    """Capped at 120 the line of a target of 50 turns at 60; it passes 90 at 45."""
    curve = actual_curve(Measured("i", Fraction(50)), KKP)
    assert curve is not None
    assert curve.turns([Fraction(90)]) == (45, 60)
    full = actual_curve(Measured("i", Fraction(50), possible_maximum=Fraction(50)), RULES[5])
    assert full is not None
    assert full.turns() == (50, 60)
    assert [full.score(Fraction(each)) for each in (49, 50)] == [98, 120]


@given(
    st.sampled_from(RULES),
    st.sampled_from(["maximize", "minimize", "stabilize"]),
    st.integers(1, 50),
    st.one_of(st.none(), st.integers(50, 60)),
    st.lists(st.integers(1, 1500), min_size=1, max_size=8, unique=True),
)
def test_every_actual_scores_as_scoring_does(
    rules: RuleSet, polarity: Polarity, target: int, upper: int | None, tenths: list[int]
) -> None:
    if polarity == "minimize":
        upper = None
    maximum = float(target) if rules.at_possible_maximum is not None else None
    frame = pd.DataFrame({"actual": [each / 10 for each in tenths]}).assign(
        unit=[f"u{at}" for at in range(len(tenths))], year=2017, perspective="stakeholder", indicator="i",
        polarity=polarity, target=float(target),
        target_upper=pd.array([upper] * len(tenths), dtype="Float64"),
        possible_maximum=pd.array([maximum] * len(tenths), dtype="Float64"),
    )  # fmt: skip
    scored = score(frame, rules).indicators.set_index("unit")["score"]
    measured = Measured(
        "i", Fraction(target), None if upper is None else Fraction(upper), polarity,
        None if maximum is None else Fraction(target),
    )  # fmt: skip
    for at, each in enumerate(tenths):
        assert curve_score(measured, each / 10, rules) == pytest.approx(scored[f"u{at}"], abs=LAST_BITS)
