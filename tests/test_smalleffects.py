"""Small effects: the number of units that shows one, against published tables and an exact calculation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths.smalleffects import n_for_power

# Fisher's z is a normal approximation: at the n it gives, the power by its own formula differs from the one asked for by
# less than what one unit more or less changes; the smallest n here (6) changes it by 6 points.
ONE_UNIT = 1


@pytest.mark.parametrize(
    ("r", "n"),
    [(0.1, 783), (0.2, 194), (0.3, 85), (0.5, 30), (0.7, 14)],
)
def test_the_sample_sizes_are_those_of_the_textbook_formula(r: float, n: int) -> None:
    """Hulley et al., Designing Clinical Research, table 6C (two-sided .05, power .80)."""
    assert abs(n_for_power(r) - n) <= ONE_UNIT


def test_a_negative_correlation_needs_as_many_as_a_positive_one() -> None:
    assert n_for_power(-0.047) == n_for_power(0.047)


def power_at(n: int, r: float, alpha: float) -> float:
    """Return the power of the Fisher test, the far tail left out as the formula does."""
    return float(stats.norm.cdf(math.atanh(r) * math.sqrt(n - 3) - stats.norm.ppf(1 - alpha / 2)))


@given(
    r=st.integers(5, 900).map(lambda thousandth: thousandth / 1000),
    power=st.sampled_from([0.7, 0.8, 0.9, 0.95]),
    alpha=st.sampled_from([0.01, 0.05, 0.1]),
)
def test_the_number_is_the_least_that_reaches_the_power(r: float, power: float, alpha: float) -> None:
    n = n_for_power(r, power=power, alpha=alpha)
    assert power_at(n, r, alpha) >= power
    assert n == 4 or power_at(n - 1, r, alpha) < power


@pytest.mark.parametrize("r", [0, 1, -1, 1.5, float("nan")])
def test_a_correlation_that_has_no_sample_size_is_refused(r: float) -> None:
    with pytest.raises(UseError) as caught:
        n_for_power(r)
    assert str(caught.value) == f"a correlation of {r} has no sample size, allowed: between -1 and 1, not 0"
