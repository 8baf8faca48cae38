"""Permutation tests: every permutation counted by hand and by enumeration, a published count, and honest draws."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from statistics import mean, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.evidence.permutations import N_PERM, flip_signs, swap_labels

Floats = tuple[float, ...]
LAST_BITS = 1e-12
SMALL = st.integers(-4, 4).map(float)
# Darwin's maize, cross- minus self-fertilised plants in eighths of an inch.
MAIZE = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)


def enumerated_flips(values: list[float]) -> float:
    sums = [
        abs(sum(s * v for s, v in zip(signs, values, strict=True)))
        for signs in product((1, -1), repeat=len(values))
    ]
    return float(np.mean([each >= abs(sum(values)) for each in sums]))


def welch(one: np.ndarray, other: np.ndarray) -> float:
    difference = abs(one.mean() - other.mean())
    spread = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return 0.0 if difference < LAST_BITS else np.inf if spread < LAST_BITS else float(difference / spread)


def enumerated_swaps(first: list[float], second: list[float]) -> float:
    every = np.array(first + second)
    found = []
    for chosen in combinations(range(len(every)), len(first)):
        mask = np.isin(np.arange(len(every)), chosen)
        found.append(welch(every[mask], every[~mask]))
    least = welch(np.array(first), np.array(second))
    return float(np.mean([each >= least * (1 - 1e-9) for each in found]))


def exact_swaps(first: list[int], second: list[int]) -> float:
    every = first + second
    shares = []
    for chosen in combinations(range(len(every)), len(first)):
        one = [Fraction(every[at]) for at in chosen]
        other = [Fraction(every[at]) for at in range(len(every)) if at not in chosen]
        squared = (mean(one) - mean(other)) ** 2
        whole = squared + variance(one) / len(one) + variance(other) / len(other)
        shares.append((squared / whole if whole else Fraction(0), set(chosen) == set(range(len(first)))))
    (least,) = (share for share, own in shares if own)
    return sum(share >= least for share, _ in shares) / len(shares)


def test_fishers_count_of_darwins_maize() -> None:
    """Fisher (1935) counts 863 of 32,768 arrangements at least as extreme one way, so that both ways they are 1,726."""
    found = flip_signs(MAIZE, n_perm=40_000, seed=1)
    assert found.exact
    assert found.n_perm == 32_768
    assert found.p == pytest.approx(1726 / 32_768, abs=LAST_BITS)


def test_a_difference_of_0_doubles_both_sides() -> None:
    """Nine positive differences and a 0: all positive or all negative, times both signs of the 0: 4 / 1024."""
    found = flip_signs([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4], seed=1)
    assert (found.p, found.exact) == (4 / 1024, True)


@settings(max_examples=60, deadline=None)
@given(st.lists(SMALL, min_size=2, max_size=7))
def test_all_flips_are_those_of_an_enumeration(values: list[float]) -> None:
    assert flip_signs(values, seed=1).p == pytest.approx(enumerated_flips(values), abs=LAST_BITS)


@settings(max_examples=60, deadline=None)
@given(st.lists(SMALL, min_size=2, max_size=4), st.lists(SMALL, min_size=2, max_size=4))
def test_all_exchanges_are_those_of_an_enumeration(first: list[float], second: list[float]) -> None:
    assert swap_labels(first, second, seed=1).p == pytest.approx(
        enumerated_swaps(first, second), abs=LAST_BITS
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((60.6, 61.3, 60.5), (60.5, 61.7, 61.2, 60.5)),
        ((61.5, 61.7, 60.3), (60.2, 60.8, 61.9, 61.7)),
        ((61.5, 60.2, 61.1), (61.8, 61.3, 61.6, 60.8)),
    ],
)
def test_ties_count_although_tenths_round_differently(first: Floats, second: Floats) -> None:
    """Tenths have no exact sum; the enumeration counts in whole tenths, where a tie is a tie."""
    tenths = [[round(10 * each) for each in sample] for sample in (first, second)]
    assert swap_labels(first, second, seed=1).p == pytest.approx(exact_swaps(*tenths), abs=LAST_BITS)


def test_a_small_difference_of_large_values_is_still_told_from_none() -> None:
    """100000.5 - 100000.6 + 100000.1 - 100000.2 = -.2; only flipping the last two, or the first two, comes to 0: 14 / 16."""
    assert flip_signs([100000.5, -100000.6, 100000.1, -100000.2], seed=1).p == 14 / 16


def test_drawn_permutations_count_the_data_as_one_of_them() -> None:
    """All 30 values are positive, so that no draw is likely to reach them: p = (1 + 0) / (1 + 999)."""
    found = flip_signs(np.arange(1.0, 31.0), n_perm=999, seed=7)
    assert not found.exact
    assert (found.p, found.n_perm) == (pytest.approx(0.001, abs=LAST_BITS), 999)


def test_a_draw_nears_the_exact_share_and_follows_from_its_seed() -> None:
    exact = flip_signs(MAIZE, n_perm=40_000, seed=1).p
    drawn = flip_signs(MAIZE, n_perm=N_PERM, seed=3)
    assert not drawn.exact
    assert drawn.p == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / N_PERM))
    assert drawn == flip_signs(MAIZE, n_perm=N_PERM, seed=3)
    assert drawn != flip_signs(MAIZE, n_perm=N_PERM, seed=4)


def test_samples_without_any_spread_do_not_differ_or_differ_most() -> None:
    assert swap_labels([5.0, 5.0], [5.0, 5.0], seed=1).p == 1.0
    assert swap_labels([5.0, 5.0, 5.0], [6.0, 6.0, 6.0], seed=1).p == 2 / 20


def test_neither_unit_nor_origin_changes_an_exchange() -> None:
    one, other = [61.3, 65.2, 70.1], [66.4, 72.8, 75.0, 71.1]
    moved = swap_labels([1e6 + 1000 * v for v in one], [1e6 + 1000 * v for v in other], seed=1)
    assert swap_labels(one, other, seed=1) == moved


def test_with_unequal_spreads_a_true_null_is_rejected_about_as_often_as_stated() -> None:
    """The smaller sample spreads three times as far: at 5 %, 400 exchanges reject no more often than 5 % and 3 Monte Carlo
    errors, .05 + 3 x .0109; the plain difference of means rejects the same samples more than twice as often as stated.
    """
    rng = np.random.default_rng(5)
    studentised, plain = [], []
    for at in range(400):
        one, other = rng.normal(0, 1, 40), rng.normal(0, 3, 20)
        studentised.append(swap_labels(one, other, n_perm=199, seed=at).p <= 0.05)
        every = rng.permuted(np.tile(np.concatenate([one, other]), (199, 1)), axis=1)
        drawn = np.abs(every[:, :40].mean(axis=1) - every[:, 40:].mean(axis=1))
        plain.append((1 + (drawn >= abs(one.mean() - other.mean())).sum()) / 200 <= 0.05)
    assert np.mean(studentised) < 0.0827
    assert np.mean(plain) > 0.10
