"""Achievements and actuals of a twin's records: exact means under the cap, and figures that give them back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.twins.achievements import highest_scores, meet_scores
from bsc_analysis.twins.actuals import read_achievements, set_actuals
from bsc_analysis.twins.splitting import first_of
from bsc_analysis.twins.targets import Targets

# 34 halvings of some 300 points.
HALVED = 1e-7
LAST_BITS = 1e-9


def meet(score: float, wished: list[float], weight: list[float], held: list[bool]) -> list[float]:
    met = meet_scores(
        np.array([score]), np.array(wished), np.array(weight), np.full(len(wished), 120.0), np.array([len(wished)]),
        np.array(held),
    )  # fmt: skip
    return met.tolist()


def targets(lower: float, upper: float = np.nan, step: float = 100.0, falls: bool = False) -> Targets:
    one = np.array([lower])
    return Targets(one, np.array([upper]), np.array([step]), np.array([falls]), ~np.isnan([upper]))


# ---- achievements ----------------------------------------------------------------------------------------------------


def test_without_a_cap_in_the_way_all_wishes_shift_alike() -> None:
    """The weighted mean of 90 and 100 with 25 and 75 is 97.5; for 95 both shift by -2.5."""
    assert meet(95, [90, 100], [25, 75], [False, False]) == pytest.approx([87.5, 97.5], abs=HALVED)


def test_what_the_cap_cuts_off_the_others_make_up_for() -> None:
    """For 112 of 100 and 130 with equal weights: the second is at 120, so the first is at 104."""
    assert meet(112, [100, 130], [50, 50], [False, False]) == pytest.approx([104, 120], abs=HALVED)


def test_a_held_record_is_a_hundred_where_the_others_can_meet_the_score() -> None:
    """.5 x 100 + .5 x a = 105 leaves 110; for 111 it would be 122, so the first is let go."""
    assert meet(105, [80, 90], [50, 50], [True, False]) == pytest.approx([100, 110], abs=HALVED)
    assert meet(111, [80, 90], [50, 50], [True, False]) == pytest.approx([106, 116], abs=HALVED)


def test_a_held_record_alone_is_let_go() -> None:
    assert meet(104, [90], [100], [True]) == pytest.approx([104], abs=HALVED)


@pytest.mark.parametrize("score", [0.0, 120.0])
def test_the_ends_can_be_met(score: float) -> None:
    assert meet(score, [90, 130], [50, 50], [False, False]) == pytest.approx([score, score], abs=HALVED)


@given(
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=6),
    level=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)
def test_every_score_within_what_is_possible_is_met(sizes: list[int], level: float, seed: int) -> None:
    draws = np.random.default_rng(seed)
    n, size = sum(sizes), np.array(sizes)
    weight, most = draws.uniform(5, 50, n), draws.choice([100.0, 120.0], n)
    score = level * highest_scores(weight, most, size)
    met = meet_scores(score, draws.normal(100, 30, n), weight, most, size, draws.random(n) < 0.3)
    begin = first_of(size)
    assert np.add.reduceat(met * weight, begin) / np.add.reduceat(weight, begin) == pytest.approx(
        score, abs=HALVED
    )
    assert met.min() >= 0
    assert (met <= most).all()


# ---- actuals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "achieved", "most", "side", "actual"),
    [
        (targets(80.0), 95.0, 120.0, 0.1, 76.0),  # 80 x .95
        (targets(80.0), 120.0, 120.0, 0.1, 96.0),
        (targets(80.0, falls=True), 95.0, 120.0, 0.1, 84.0),  # 80 x 1.05
        (targets(80.0, falls=True), 120.0, 120.0, 0.1, 64.0),
        (targets(80.0, falls=True), 0.0, 120.0, 0.1, 160.0),
        (targets(50.0, 60.0), 90.0, 100.0, 0.1, 45.0),  # below: 50 x .9
        (targets(50.0, 60.0), 90.0, 100.0, 0.9, 66.0),  # above: 60 x 1.1
        (targets(50.0, 60.0), 100.0, 100.0, 0.25, 52.5),  # a quarter into the range
        (targets(80.0), 0.0, 120.0, 0.1, 0.0),
        (targets(70.0), 95.0071, 120.0, 0.1, 66.5),  # 66.50497 to two decimals
    ],
)
def test_actuals_by_hand(target: Targets, achieved: float, most: float, side: float, actual: float) -> None:
    found = set_actuals(np.array([achieved]), np.array([most]), target, np.array([side]))
    assert found.tolist() == pytest.approx([actual], abs=LAST_BITS)


@pytest.mark.parametrize(
    ("target", "actual", "achieved"),
    [
        (targets(80.0), 76.0, 95.0),
        (targets(80.0, falls=True), 84.0, 95.0),
        (targets(50.0, 60.0), 45.0, 90.0),
        (targets(50.0, 60.0), 66.0, 90.0),
        (targets(50.0, 60.0), 55.0, 100.0),
        (targets(50.0), float("nan"), float("nan")),
    ],
)
def test_achievements_by_hand(target: Targets, actual: float, achieved: float) -> None:
    found = read_achievements(np.array([actual]), target).tolist()
    assert found == pytest.approx([achieved], abs=LAST_BITS, nan_ok=True)


@given(
    fives=st.integers(100, 200_000),
    achieved=st.floats(0, 120),
    falls=st.booleans(),
    cap=st.sampled_from([110.0, 120.0, 133.0]),
)
def test_a_rounded_actual_is_within_half_a_step_and_never_above_the_cap(
    fives: int, achieved: float, falls: bool, cap: float
) -> None:
    lower = 5 * fives / 100
    target = targets(lower, falls=falls)
    asked = min(achieved, cap)
    found = set_actuals(np.array([asked]), np.array([cap]), target, np.array([0.0]))
    got = float(read_achievements(found, target)[0])
    one_step = 100 * 0.01 / lower
    assert got <= cap + LAST_BITS
    assert abs(got - asked) <= (0.5 if asked < cap - one_step else 1) * one_step + LAST_BITS
