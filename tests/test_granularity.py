"""Whole answers: what n people can give, against every sample that there is."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

import pytest

from bsc_analysis.evidence.expressions import Leaf
from bsc_analysis.evidence.granularity import OnGrid, Spread, tells_nothing
from bsc_analysis.evidence.printed import Key, print_intervals
from bsc_analysis.scorecards.bands import Interval

X = Leaf(Key("n"))


def point(value: int | str | Fraction) -> Interval:
    return Interval(Fraction(value), Fraction(value))


def grid(text: str, step: Fraction = Fraction(1)) -> OnGrid:
    decimals = len(text.partition(".")[2])
    return OnGrid((X,), *print_intervals(Fraction(text), decimals), step)


@pytest.mark.parametrize("n", [3, 7, 11])
def test_exactly_the_means_that_some_sample_has_are_possible(n: int) -> None:
    """Answers from 1 to 5: every mean of one decimal is tried against the totals n to 5 n."""
    totals = [Fraction(total, n) for total in range(6 * n)]
    for tenths in range(10, 51):
        test = grid(f"{tenths / 10:.1f}")
        found = test.range([point(n)])
        assert found is not None
        rounded, cut = print_intervals(Fraction(tenths, 10), 1)
        possible = [each for each in totals if each in rounded or each in cut]
        assert found.meet(rounded.join(cut)).empty == (not possible)
        if possible:
            assert (found.lower, found.upper) == (min(possible), max(possible))


def test_a_rounded_count_of_people_is_tried_with_every_whole_number() -> None:
    """3.45 of 19 is impossible, of 20 it is 69/20."""
    assert grid("3.45").range([Interval(Fraction(19), Fraction(20))]) == point(Fraction(69, 20))
    assert grid("3.45").range([Interval(Fraction(1, 4), Fraction(1, 2))]) is None


def test_a_contradiction_may_have_been_meant_as_either_neighbour() -> None:
    assert grid("3.35").misprinted([point(21)]) == Interval(Fraction(70, 21), Fraction(71, 21))


def test_a_dense_grid_tells_nothing() -> None:
    assert tells_nothing(Fraction(1), Fraction(250), Fraction(1, 100))
    assert not tells_nothing(Fraction(1), Fraction(250), Fraction(1, 1000))


@pytest.mark.parametrize(("n", "highest"), [(2, 5), (3, 4), (5, 5)])
def test_the_spread_of_every_sample_lies_in_the_range_and_the_ends_are_reached(n: int, highest: int) -> None:
    """Every sample of n answers from 1 up; the least spread over n is the lower end wherever the mean allows it exactly."""
    by_mean: dict[Fraction, list[Fraction]] = {}
    for sample in combinations_with_replacement(range(1, highest + 1), n):
        mean = Fraction(sum(sample), n)
        by_mean.setdefault(mean, []).append(sum((each - mean) ** 2 for each in sample) / n)
    for mean, variances in by_mean.items():
        found = Spread((X, X, X, X), Fraction(1)).range([point(mean), point(n), point(1), point(highest)])
        assert found is not None
        for variance in variances:
            assert found.lower**2 <= variance
            assert variance * n / (n - 1) <= found.upper**2
        slack = Fraction(1, 10**12)
        assert min(variances) <= (found.lower + slack) ** 2


@pytest.mark.parametrize(
    ("lower", "upper", "least"), [("3.1", "3.4", "0.3"), ("3.6", "3.9", "0.3"), ("3.9", "4.1", "0")]
)
def test_the_least_spread_of_a_rounded_mean_is_that_of_its_end_nearest_a_whole_answer(
    lower: str, upper: str, least: str
) -> None:
    """At 3.1 it is sqrt(.1 x .9) = .3, at 3.4 sqrt(.4 x .6) = .49; a mean that may be 4 need not spread at all."""
    mean = Interval(Fraction(lower), Fraction(upper))
    found = Spread((X, X, X, X), Fraction(1)).range([mean, point(10), point(1), point(5)])
    assert found is not None
    assert found.lower == Fraction(least)


def test_a_mean_outside_the_scale_and_a_single_answer_have_no_spread() -> None:
    spread = Spread((X, X, X, X), Fraction(1))
    assert spread.range([point(6), point(9), point(1), point(5)]) is None
    assert spread.range([point(3), point(1), point(1), point(5)]) is None
