"""The league of units: standard errors and ranks by hand, and simulated units whose truth the intervals cover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.league import League, Standing, compare_units, read_leagues
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary

KKP = read_rules("kkp")
# Sums of a few products of doubles.
LAST_BITS = 1e-9
# Hand-worked figures are written with four decimals.
FOUR_DECIMALS = 5e-5
SEEDS = (20151122, 20160101, 20170202, 20180303, 20190404)

Row = tuple[str, str, float, float | None]


def rows(unit: str, *given: Row, year: int = 2017, level: str | None = None) -> pd.DataFrame:
    """Return a unit's indicators from (perspective, indicator, weight, score); the target is 100."""
    frame = pd.DataFrame(given, columns=["perspective", "indicator", "weight", "actual"])
    made = frame.assign(unit=unit, year=year, target=100.0, actual=frame["actual"].astype("Float64"))
    return made if level is None else made.assign(level=level)


def one_league(*units: pd.DataFrame, rules: RuleSet = KKP) -> League:
    (league,) = read_leagues(score(pd.concat(units, ignore_index=True), rules))
    return league


def standing(league: League, unit: str) -> Standing:
    return next(each for each in league.standings if each.unit == unit)


OTHER = rows("other", ("stakeholder", "a", 0.5, 80.0), ("stakeholder", "b", 0.5, 84.0))


# ---- standard errors by hand -----------------------------------------------------------------------------------------


def test_two_indicators_of_equal_weight() -> None:
    """Scores 90 and 92: s^2 = 2, A = 2 x .5^2 = .5, so se = 1 with 1 degree of freedom; t = 12.7062, the cap is 120."""
    league = one_league(rows("A", ("stakeholder", "a", 0.5, 90.0), ("stakeholder", "b", 0.5, 92.0)), OTHER)
    own = standing(league, "A")
    assert (own.score, own.se, own.df) == pytest.approx((91.0, 1.0, 1.0), abs=LAST_BITS)
    assert own.interval == pytest.approx((78.2938, 103.7062), abs=FOUR_DECIMALS)


TWO_PERSPECTIVES = rows(
    "A",
    ("stakeholder", "a", 0.5, 90.0),
    ("stakeholder", "b", 0.5, 92.0),
    ("customer", "c", 0.5, 100.0),
    ("customer", "d", 0.25, 106.0),
    ("customer", "e", 0.25, 112.0),
)


def test_two_perspectives_with_unequal_weights() -> None:
    """Stakeholder has .25 and customer .15 of the weight: .625 and .375 of what there is.

    Stakeholder: s^2 = 2, A = 2 x .3125^2 = .1953125, together .390625 with 1 degree of freedom.
    Customer: s^2 = 36, A = .375^2 x (.25 + .0625 + .0625) = .052734375, together 1.8984375 with 2 degrees.
    se^2 = 2.2890625, se = 1.5130; df = 2.2890625^2 / (.390625^2 + 1.8984375^2 / 2) = 5.239807 / 1.954620 = 2.6807.
    """
    own = standing(one_league(TWO_PERSPECTIVES, OTHER), "A")
    assert own.se == pytest.approx(1.5130, abs=FOUR_DECIMALS)
    assert own.df == pytest.approx(2.6807, abs=FOUR_DECIMALS)
    assert own.score == pytest.approx(0.625 * 91 + 0.375 * 104.5, abs=LAST_BITS)


def test_with_equal_weights_the_deviations_from_the_nkp_say_the_same() -> None:
    """sum W_p^2 x sum (w_i / W)^2 (s_i - NKP)^2 x n / (n - 1), for one perspective of four: W = 1, w / W = .25."""
    scores = (88.0, 95.0, 101.0, 104.0)
    given = [("stakeholder", name, 0.25, value) for name, value in zip("abcd", scores, strict=True)]
    own = standing(one_league(rows("A", *given), OTHER), "A")
    nkp = sum(scores) / 4
    expected = sum((0.25 * (value - nkp)) ** 2 for value in scores) * 4 / 3
    assert own.se is not None
    assert own.se**2 == pytest.approx(expected, abs=LAST_BITS)


def test_a_perspective_of_one_indicator_takes_the_pooled_variance() -> None:
    """A has 90 and 92 in stakeholder (squares 2) and one indicator in customer; the other unit has 80 and 84 (squares 8).

    Pooled: (2 + 8) / (1 + 1) = 5 with 2 degrees. se^2 = .390625 + 5 x .375^2 = 1.09375, and
    df = 1.09375^2 / (.390625^2 / 1 + .703125^2 / 2) = 1.196289 / .399780 = 2.9924.
    """
    single = rows(
        "A", ("stakeholder", "a", 0.5, 90.0), ("stakeholder", "b", 0.5, 92.0), ("customer", "c", 1.0, 99.0)
    )
    own = standing(one_league(single, OTHER), "A")
    assert own.se == pytest.approx(1.09375**0.5, abs=LAST_BITS)
    assert own.df == pytest.approx(2.9924, abs=FOUR_DECIMALS)


def test_indicators_that_all_have_one_score_are_no_proof_of_certainty() -> None:
    """Both of A's indicators are at the cap; the pooled variance is (0 + 8) / 2 = 4, so se^2 = 4 x .5 = 2."""
    capped = rows("A", ("stakeholder", "a", 0.5, 130.0), ("stakeholder", "b", 0.5, 150.0))
    own = standing(one_league(capped, OTHER), "A")
    assert (own.score, own.se) == pytest.approx((120.0, 2**0.5), abs=LAST_BITS)
    assert own.interval is not None
    assert own.interval[1] == 120.0


def test_where_nothing_shows_a_spread_there_is_no_interval() -> None:
    league = one_league(
        rows("A", ("stakeholder", "a", 1.0, 90.0)), rows("B", ("stakeholder", "a", 1.0, 70.0))
    )
    assert [(each.se, each.df, each.interval) for each in league.standings] == [(None, None, None)] * 2
    assert [league.ranks(each) for each in league.standings] == [(1, 2), (1, 2)]


def test_what_is_missing_has_no_part_in_the_spread_under_either_policy() -> None:
    """Under zero, A's indicators 90 and 92 keep a quarter of the weight each: A = 2 x .25^2 x .25^2, s^2 = 2."""
    given: tuple[Row, ...] = (
        ("stakeholder", "a", 0.25, 90.0), ("stakeholder", "b", 0.25, 92.0), ("stakeholder", "c", 0.5, None),
    )  # fmt: skip
    renormalised = standing(one_league(rows("A", *given), OTHER), "A")
    assert (renormalised.score, renormalised.se) == pytest.approx((91.0, 1.0), abs=LAST_BITS)
    zero = standing(one_league(rows("A", *given), OTHER, rules=vary(KKP, missing="zero")), "A")
    assert zero.score == pytest.approx(0.25 * 45.5, abs=LAST_BITS)
    assert zero.se == pytest.approx((2 * 2 * (0.25 * 0.25) ** 2) ** 0.5, abs=LAST_BITS)
    assert zero.indicators == 2


def test_an_interval_stays_within_the_values_of_the_bands() -> None:
    rules = read_rules("value-for-money")
    observed = pd.DataFrame(
        [(unit, 2017, "financial", name, 100.0, value) for unit in "AB" for name, value in
         (("economy", 95.0), ("efficiency", 61.0), ("effectiveness", 70.0))],
        columns=["unit", "year", "perspective", "indicator", "target", "actual"],
    )  # fmt: skip
    (league,) = read_leagues(score(observed, rules))
    assert all(each.interval and 1 <= each.interval[0] < each.interval[1] <= 5 for each in league.standings)


# ---- leagues and ranks -----------------------------------------------------------------------------------------------


def test_equal_scores_share_the_better_rank() -> None:
    league = one_league(*(rows(unit, ("stakeholder", "a", 1.0, value)) for unit, value in
                          (("A", 90.0), ("B", 95.0), ("C", 95.0), ("D", 80.0))))  # fmt: skip
    assert [(each.unit, each.rank) for each in league.standings] == [("B", 1), ("C", 1), ("A", 3), ("D", 4)]


def test_units_are_ranked_among_those_of_their_level_and_year() -> None:
    given = ("stakeholder", "a", 1.0, 90.0)
    frames = [rows("minister", given, level="I")]
    frames += [rows(unit, given, year=year, level="II") for unit in "AB" for year in (2016, 2017)]
    leagues = read_leagues(score(pd.concat(frames, ignore_index=True), KKP))
    assert [(each.year, each.level, len(each.standings)) for each in leagues] == [
        (2016, "II", 2),
        (2017, "II", 2),
    ]


def test_one_unit_makes_no_league() -> None:
    assert read_leagues(score(OTHER, KKP)) == ()


def test_a_unit_without_a_score_is_in_no_league() -> None:
    empty = rows("B", ("stakeholder", "a", 1.0, None))
    assert read_leagues(score(pd.concat([OTHER, empty], ignore_index=True), KKP)) == ()


def test_holm_stops_at_the_first_comparison_that_fails() -> None:
    """Three units with se 1 and many degrees of freedom, differences in units of sqrt(2).

    For the first, z = 3 / 1.4142 = 2.12 (p = .034) and z = 3.2 / 1.4142 = 2.26 (p = .024): the smaller p must come below
    .05 / 2 = .025, which it does, and the other below .05, which it does. With 3.1 instead of 3.2, p = .028 fails, and then
    .034 is not looked at any more.
    """
    many = np.full(3, 1e6)
    both, _ = compare_units(np.array([0.0, 3.0, 3.2]), np.ones(3), many)
    neither, _ = compare_units(np.array([0.0, 3.0, 3.1]), np.ones(3), many)
    assert (both[0], neither[0]) == (2, 0)


def test_a_unit_that_is_surely_first_has_one_rank() -> None:
    given = [
        ("stakeholder", name, 0.25, value)
        for name, value in zip("abcd", (99.0, 100.0, 100.0, 101.0), strict=True)
    ]
    low = [(perspective, name, weight, (value or 0) - 30) for perspective, name, weight, value in given]
    league = one_league(rows("A", *given), rows("B", *low), rows("C", *low))
    assert [league.ranks(each) for each in league.standings] == [(1, 1), (2, 3), (2, 3)]


def test_a_unit_whose_uncertainty_is_unknown_is_compared_with_none() -> None:
    above, below = compare_units(np.array([100.0, 0.0]), np.array([1.0, np.nan]), np.array([5.0, np.nan]))
    assert (above.tolist(), below.tolist()) == ([0, 0], [0, 0])


# ---- recovery --------------------------------------------------------------------------------------------------------

PERSPECTIVES = [each.id for each in KKP.perspectives]
WEIGHTS = (0.35, 0.25, 0.2, 0.1, 0.1)
SPREADS = (3.0, 5.0, 6.0, 4.0)  # per perspective; means of 80 keep six of them away from the cap


def simulate(seed: int, levels: Sequence[float]) -> tuple[League, dict[str, float]]:
    """Return the league of units with five indicators in each perspective, and each unit's true score."""
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    shifts = np.asarray(levels)[:, None] + generator.normal(0, 2, (len(levels), 4))
    scores = shifts[:, :, None] + generator.normal(size=(len(levels), 4, 5)) * np.array(SPREADS)[:, None]
    names = pd.MultiIndex.from_product(
        [[f"U{number:04}" for number in range(len(levels))], PERSPECTIVES, list("abcde")],
        names=["unit", "perspective", "indicator"],
    )
    frame = pd.DataFrame({"actual": scores.ravel()}, index=names).reset_index()
    frame["weight"] = np.tile(WEIGHTS, len(levels) * 4)
    (league,) = read_leagues(score(frame.assign(year=2017, target=100.0), KKP))
    truth = shifts @ np.array([float(each.weight) for each in KKP.perspectives])
    return league, {f"U{number:04}": float(value) for number, value in enumerate(truth)}


# 1,500 intervals: three binomial standard errors of sqrt(.95 x .05 / 1500) = .0056, and .005 for what Welch and
# Satterthwaite's degrees of freedom leave out.
COVERAGE_TOLERANCE = 0.022


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    covered = []
    for seed in SEEDS:
        league, truth = simulate(seed, [80.0] * 300)
        covered += [
            each.interval is not None and each.interval[0] <= truth[each.unit] <= each.interval[1]
            for each in league.standings
        ]
    assert len(covered) == 1500
    assert np.mean(covered) == pytest.approx(0.95, abs=COVERAGE_TOLERANCE)


def test_the_range_of_ranks_holds_the_true_rank_and_is_no_empty_promise() -> None:
    """Holm's procedure may be cautious, so coverage has only a lower bound: .95 less three errors of 250 units, .041."""
    held, narrow = [], 0
    for seed in SEEDS:
        league, truth = simulate(seed, np.linspace(60.0, 90.0, 50))
        ordered = sorted(truth, key=lambda unit: -truth[unit])
        for each in league.standings:
            best, worst = league.ranks(each)
            held.append(best <= ordered.index(each.unit) + 1 <= worst)
            narrow += worst - best < 49
    assert np.mean(held) >= 0.95 - 0.041
    assert narrow == len(held)
