"""Resampling counts: every replicate depends on the seed and its number alone, and every unit is as likely as any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths import weights
from bsc_analysis.paths.weights import count_blocks, counts_of, draw_counts
from tests.oracle import read_indices

# A right generator is suspected once in ten thousand seeds, and the seeds here are fixed.
SUSPECT = 1e-4


@given(
    n_units=st.integers(1, 40),
    start=st.integers(0, 1000),
    count=st.integers(1, 20),
    at_once=st.integers(1, 25),
    seed=st.integers(0, 2**63),
)
def test_a_replicate_is_the_same_in_any_company(
    n_units: int, start: int, count: int, at_once: int, seed: int
) -> None:
    together = draw_counts(n_units, range(start, start + count), seed)
    alone = [draw_counts(n_units, range(at, at + 1), seed)[0] for at in range(start, start + count)]
    blocks = count_blocks(n_units, range(start, start + count), seed, at_once=at_once)
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(together, np.vstack([block.copy() for block in blocks]))


@pytest.mark.parametrize("n_units", [1, 2, 3, 7, 64])
def test_every_replicate_draws_as_many_units_as_there_are(n_units: int) -> None:
    counts = draw_counts(n_units, range(50), 1)
    assert counts.shape == (50, n_units)
    np.testing.assert_array_equal(counts.sum(axis=1), n_units)


def test_seeds_and_replicates_differ() -> None:
    one, other = draw_counts(30, range(100), 1), draw_counts(30, range(100), 2)
    assert len(np.unique(np.vstack([one, other]), axis=0)) == 200


@pytest.mark.parametrize("n_units", [3, 10, 256])
def test_units_are_equally_likely(n_units: int) -> None:
    totals = draw_counts(n_units, range(200_000 // n_units), 20151122).sum(axis=0)
    assert stats.chisquare(totals).pvalue > SUSPECT


def test_counts_of_one_replicate_have_the_moments_of_a_multinomial() -> None:
    """Of 5 draws from 5 units, a count has variance 5 x .2 x .8 = .8 and two counts covariance -5 x .2 x .2 = -.2.

    Over 100,000 replicates the standard error of a variance is about .004, of a covariance .003: five of them are allowed.
    """
    covariance = np.cov(draw_counts(5, range(100_000), 3).T)
    np.testing.assert_allclose(np.diag(covariance), 0.8, atol=0.02)
    np.testing.assert_allclose(covariance[np.triu_indices(5, 1)], -0.2, atol=0.015)


def test_neighbouring_replicates_are_unrelated() -> None:
    """The correlation of a unit's counts in replicates r and r + 1, over 100,000 pairs, has standard error .003."""
    first = draw_counts(4, range(100_001), 4)[:, 0]
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.015


def test_halves_of_words_are_unrelated() -> None:
    """Draws 1 and 2 share a word. Of two units, both draws agree in half of all replicates: 50,000 +- 5 x 158."""
    agree = (draw_counts(2, range(100_000), 5).max(axis=1) == 2).sum()
    assert abs(agree - 50_000) < 790


def test_many_units_take_a_whole_word_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "HALF_WORDS", 4)
    counts = draw_counts(10, range(20_000), 6)
    np.testing.assert_array_equal(counts.sum(axis=1), 10)
    assert stats.chisquare(counts.sum(axis=0)).pvalue > SUSPECT
    np.testing.assert_array_equal(counts[7:9], draw_counts(10, range(7, 9), 6))


def test_more_units_than_half_words_can_tell_apart_are_drawn_as_likely() -> None:
    n_units = weights.HALF_WORDS + 1
    counts = draw_counts(n_units, range(1), 8)
    assert counts.sum() == n_units
    # A share of 1/e is not drawn, +- five standard errors sqrt((1/e - 2/e^2) / n).
    undrawn = (counts == 0).mean()
    assert abs(undrawn - np.exp(-1)) < 5 * np.sqrt((np.exp(-1) - 2 * np.exp(-2)) / n_units)


@given(codes=st.lists(st.integers(0, 4), min_size=1, max_size=40), seed=st.integers(0, 1000))
def test_each_stratum_keeps_its_size(codes: list[int], seed: int) -> None:
    strata = np.array(codes)
    counts = draw_counts(len(codes), range(5), seed, strata=strata)
    for code in set(codes):
        np.testing.assert_array_equal(counts[:, strata == code].sum(axis=1), codes.count(code))


def test_units_of_a_stratum_are_equally_likely() -> None:
    strata = np.array([2, 0, 2, 1, 0, 2, 2, 0, 1])
    totals = draw_counts(9, range(20_000), 9, strata=strata).sum(axis=0)
    assert stats.chisquare(totals).pvalue > SUSPECT
    np.testing.assert_array_equal(totals, draw_counts(9, range(20_000), 9, strata=strata).sum(axis=0))


def test_stored_draws_are_counted() -> None:
    indices = read_indices("a_boot")
    counts = counts_of(indices, 900)
    np.testing.assert_array_equal(counts[17], np.bincount(indices[17], minlength=900))
    np.testing.assert_array_equal(counts.sum(axis=1), 900)


def test_stored_draws_may_be_fewer_than_units() -> None:
    np.testing.assert_array_equal(counts_of(np.array([[4], [0]]), 5), [[0, 0, 0, 0, 1], [1, 0, 0, 0, 0]])


@pytest.mark.parametrize("outside", [-1, 3])
def test_draws_of_units_that_do_not_exist_are_refused(outside: int) -> None:
    with pytest.raises(UseError, match=f"name unit {outside}, but there are 3 units"):
        counts_of(np.array([[0, outside, 2]]), 3)
