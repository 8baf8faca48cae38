"""Effect sizes: published values, hand-worked factors, and intervals against the noncentral t distribution by quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import chi, nct, norm
from scipy.stats import t as student

from bsc_analysis.evidence.effectsizes import (
    effect_of_one,
    effect_of_two,
    noncentrality_interval,
    share_below,
    small_sample_factor,
)

TWO_DECIMALS = 5e-3  # published effect sizes are printed with two
QUADRATURE = 1e-7  # what the integral below is good for, and far below what is printed
LAST_BITS = 1e-12


def quadrature(t: float, df: int, noncentrality: float) -> float:
    """P(T <= t) of T = (Z + noncentrality) / S with S = chi(df) / sqrt(df), as an integral over S."""
    spread = chi(df)

    def at(u: float) -> float:
        return float(ndtr(t * u / math.sqrt(df) - noncentrality) * spread.pdf(u))

    middle = math.sqrt(df)
    within = max(0.0, middle - 10), middle + 10
    turning = [noncentrality * middle / t] if t else []
    points = [each for each in turning if within[0] < each < within[1]]
    return float(quad(at, *within, points=points or None, epsabs=1e-12, limit=500)[0])


def test_the_effect_of_students_sleep_data_is_the_published_one() -> None:
    """The R package effectsize prints d = 1.28 [0.41, 2.12] for the ten paired differences, t = 4.0621."""
    found = effect_of_one(4.062128, 10)
    assert found is not None
    assert (found.d, found.lower, found.upper) == pytest.approx((1.28, 0.41, 2.12), abs=TWO_DECIMALS)


@pytest.mark.parametrize(
    ("df", "factor"),
    [
        (2, 1 / math.sqrt(math.pi)),
        (3, math.sqrt(math.pi) / 2 / math.sqrt(1.5)),
        (4, 1 / math.sqrt(2) / (math.sqrt(math.pi) / 2)),
    ],
)
def test_the_factor_of_small_samples_by_hand(df: int, factor: float) -> None:
    """Gamma(1) = 1, Gamma(1/2) = sqrt(pi), Gamma(3/2) = sqrt(pi) / 2, Gamma(2) = 1.

    J(2) = 1 / (1 x sqrt(pi)); J(3) = (sqrt(pi) / 2) / (sqrt(1.5) x 1); J(4) = 1 / (sqrt(2) x sqrt(pi) / 2).
    """
    assert small_sample_factor(df) == pytest.approx(factor, rel=LAST_BITS)


def test_the_factor_nears_its_approximation() -> None:
    for df in (10, 30, 100, 5000):
        assert small_sample_factor(df) == pytest.approx(1 - 3 / (4 * df - 1), abs=0.005 / df)


@pytest.mark.parametrize(
    ("t", "df"),
    [(2.0, 9), (0.0, 5), (-15.8, 8), (4.0621, 9), (-45.0, 79), (8.3, 1), (-54.6, 8), (300.0, 2000)],
)
@pytest.mark.parametrize("level", [0.90, 0.95, 0.99])
def test_the_ends_leave_out_the_right_share_of_t(t: float, df: int, level: float) -> None:
    lower, upper = noncentrality_interval(t, df, level=level)
    tail = (1 - level) / 2
    assert 1 - quadrature(t, df, lower) == pytest.approx(tail, abs=QUADRATURE)
    assert quadrature(t, df, upper) == pytest.approx(tail, abs=QUADRATURE)


@pytest.mark.parametrize("df", [1, 2, 8, 38, 400])
@pytest.mark.parametrize("t", [-6.0, -1.0, 0.0, 0.3, 2.5, 12.0])
def test_the_noncentral_distribution_is_that_of_scipy_where_it_has_one(t: float, df: int) -> None:
    for off in (-1.5, 0.0, 1.5):
        assert share_below(t, df, t + off) == pytest.approx(nct.cdf(t, df, t + off), abs=1e-8)
    assert share_below(t, df, 0.0) == pytest.approx(student.cdf(t, df), abs=1e-10)


def test_far_tails_have_a_value() -> None:
    """At t = -12.12 with 2 degrees of freedom the search passes noncentralities at which other programs fail."""
    assert share_below(-12.12, 2, 11.2) == pytest.approx(0.0, abs=1e-12)
    lower, upper = noncentrality_interval(-1e6, 2)
    assert lower < -1e6 < upper < 0
    assert noncentrality_interval(0.0, 5) == pytest.approx(norm.interval(0.95), abs=1e-9)


def test_two_samples_are_a_t_test_with_a_pooled_spread() -> None:
    """d = .5 with 20 and 20: t = .5 / sqrt(1/20 + 1/20) = 1.5811 with 38 degrees of freedom, J = 1 - 3 / 151 = .9801."""
    found = effect_of_two(0.5, 20, 20)
    assert found is not None
    ends = [end * math.sqrt(0.1) for end in noncentrality_interval(0.5 / math.sqrt(0.1), 38)]
    assert [found.lower, found.upper] == pytest.approx(ends, rel=LAST_BITS)
    assert found.g == pytest.approx(0.5 * 0.9801, abs=5e-5)


def test_turning_the_sign_mirrors_everything() -> None:
    up, down = effect_of_one(3.0, 8), effect_of_one(-3.0, 8)
    assert up is not None
    assert down is not None
    assert (up.d, up.g) == (-down.d, -down.g)
    assert (up.lower, up.upper) == pytest.approx((-down.upper, -down.lower), abs=1e-8)


def test_one_degree_of_freedom_has_no_effect_size() -> None:
    assert effect_of_one(3.0, 2) is None
    assert effect_of_two(1.0, 1, 2) is None


def test_the_interval_covers_and_g_is_unbiased() -> None:
    """Simulated from a known effect of .8, ten values each: 95 % of 1,000 intervals hold it, within 3 Monte Carlo errors."""
    rng = np.random.default_rng(20151122)
    values = rng.normal(0.8, 1.0, (1000, 10))
    t = values.mean(axis=1) / (values.std(axis=1, ddof=1) / math.sqrt(10))
    found = [effect_of_one(float(each), 10) for each in t]
    held = np.mean([each.lower <= 0.8 <= each.upper for each in found if each is not None])
    g = np.array([each.g for each in found if each is not None])
    assert held == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 1000))
    assert g.mean() == pytest.approx(0.8, abs=3 * g.std() / math.sqrt(1000))
