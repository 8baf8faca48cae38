"""Small effects: verdicts agree with the tests they stand for; numbers of units with published tables and exact power."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths.effectlist import EffectName
from bsc_analysis.paths.effects import Effects, Method
from bsc_analysis.paths.smalleffects import judge_effects, minimum_detectable, n_for_power

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


# Intervals and p-values are the same sum in another order, so that they disagree only where it is a tie.
TIE = 1e-9


def effects_of(
    estimate: list[float], se: list[float], *, method: Method = "delta", level: float = 0.95
) -> Effects:
    """Build effects with symmetric intervals; in the units of the data everything is ten times as large."""
    beta, beta_se = np.array(estimate, float), np.array(se, float)
    reach = stats.norm.ppf((1 + level) / 2) * beta_se
    names = tuple(EffectName("direct", "LG", f"V{at}") for at in range(len(estimate)))
    raw = (10 * beta, 10 * beta_se, 10 * (beta - reach), 10 * (beta + reach))
    return Effects(names, *raw, beta, beta_se, beta - reach, beta + reach, method, level)


@pytest.mark.parametrize(
    ("estimate", "se", "verdict", "differs"),
    [
        (0.329, 0.05, "relevant", True),
        (-0.329, 0.05, "relevant", True),
        (0.038, 0.02, "negligible", False),
        (0.038, 0.01, "negligible", True),
        (0.123, 0.03, "inconclusive", True),
        (0.05, 0.10, "inconclusive", False),
        (0.0, 0.001, "negligible", False),
    ],
)
def test_an_effect_is_judged_by_where_its_intervals_lie(
    estimate: float, se: float, verdict: str, differs: bool
) -> None:
    """For .329 and .05 the 95 % interval is [.231, .427]; for .038 and .02 the 90 % one is [.005, .071], the 95 % one
    [-.001, .077]; for .123 and .03 they are [.074, .172] and [.064, .182]."""
    (judgement,) = judge_effects(effects_of([estimate], [se]), sesoi=0.1)
    assert (judgement.verdict, judgement.differs_from_zero) == (verdict, differs)


@given(
    estimate=st.floats(-0.5, 0.5), se=st.floats(0.001, 0.3), sesoi=st.floats(0.01, 0.3),
    level=st.sampled_from([0.9, 0.95, 0.99]),
)  # fmt: skip
def test_inclusion_of_intervals_and_the_tests_agree(
    estimate: float, se: float, sesoi: float, level: float
) -> None:
    """The tests are computed here from their definition: the larger of two one-sided p-values, and twice the smaller."""
    (judgement,) = judge_effects(effects_of([estimate], [se], level=level), sesoi=sesoi)
    alpha = 1 - level
    above, below = stats.norm.sf((estimate + sesoi) / se), stats.norm.cdf((estimate - sesoi) / se)
    tost = max(above, below)
    beyond = min(
        1.0, 2 * min(stats.norm.sf((estimate - sesoi) / se), stats.norm.cdf((estimate + sesoi) / se))
    )
    assert judgement.p_negligible == pytest.approx(tost, abs=TIE)
    assert judgement.p_relevant == pytest.approx(beyond, abs=TIE)
    assume(abs(tost - alpha) > TIE)
    assume(abs(beyond - alpha) > TIE)
    assert (judgement.verdict == "negligible") == (tost < alpha)
    assert (judgement.verdict == "relevant") == (beyond < alpha)


@given(estimate=st.floats(-0.5, 0.5), se=st.floats(0.001, 0.3), sesoi=st.floats(0.01, 0.3))
def test_a_relevant_effect_always_differs_from_zero(estimate: float, se: float, sesoi: float) -> None:
    (judgement,) = judge_effects(effects_of([estimate], [se]), sesoi=sesoi)
    assert judgement.differs_from_zero or judgement.verdict != "relevant"


@pytest.mark.parametrize("truth", [0.1, -0.1])
def test_at_the_yardstick_itself_either_claim_errs_no_more_often_than_alpha(truth: float) -> None:
    """For 20,000 estimates about the yardstick: negligible has its 5 %, relevant the 2.5 % of its side."""
    drawn = np.random.default_rng(np.random.SeedSequence(1)).normal(truth, 0.02, 20_000)
    verdicts = [each.verdict for each in judge_effects(effects_of(list(drawn), [0.02] * 20_000), sesoi=0.1)]
    # Three binomial standard errors of 20,000 draws.
    assert verdicts.count("negligible") / 20_000 == pytest.approx(0.05, abs=0.005)
    assert verdicts.count("relevant") / 20_000 == pytest.approx(0.025, abs=0.004)


def test_resampled_effects_are_judged_by_the_intervals_given() -> None:
    """.06 with standard error .023: the 90 % interval ends at .0978, inside .1; the 95 % one at .1051, outside."""
    wide = effects_of([0.06], [0.023], method="bca")
    narrow = effects_of([0.06], [0.023], method="bca", level=0.90)
    (alone,), (both,) = judge_effects(wide), judge_effects(wide, narrower=narrow)
    assert (alone.verdict, alone.inner_level, alone.p_negligible) == ("inconclusive", 0.95, None)
    assert (both.verdict, both.inner_level, both.inner_upper) == ("negligible", 0.90, narrow.beta_upper[0])


def test_effects_in_the_units_of_the_data_are_judged_in_these_units() -> None:
    """.6 with standard error .23: the 90 % interval [.222, .978] lies within 1, the 95 % one [.149, 1.051] beyond .1."""
    effects = effects_of([0.06], [0.023])
    assert judge_effects(effects, standardised=False, sesoi=1.0)[0].verdict == "negligible"
    assert judge_effects(effects, standardised=False, sesoi=0.1)[0].verdict == "relevant"


def test_an_effect_without_numbers_is_inconclusive() -> None:
    (judgement,) = judge_effects(effects_of([math.nan], [math.nan]))
    assert (judgement.verdict, judgement.differs_from_zero) == ("inconclusive", False)
    assert judgement.p_negligible is None


def test_a_yardstick_that_is_none_and_a_low_level_are_refused_together() -> None:
    with pytest.raises(UseError) as caught:
        judge_effects(effects_of([0.1], [0.1], level=0.5), sesoi=0)
    assert str(caught.value).splitlines() == [
        "a smallest effect of interest of 0 is no yardstick, allowed: a number above 0",
        "intervals of level 0.5 judge nothing, allowed: above 0.5",
    ]


def test_narrower_intervals_of_other_effects_and_levels_are_refused_together() -> None:
    with pytest.raises(UseError) as caught:
        judge_effects(effects_of([0.1], [0.1]), narrower=effects_of([0.1, 0.2], [0.1, 0.1]))
    assert str(caught.value).splitlines() == [
        "the narrower intervals are of other effects: give the same model and the same contrasts",
        "the narrower intervals have level 0.95, expected 0.9 beside intervals of level 0.95",
    ]


def test_the_smallest_detectable_effect_is_found_with_the_power_asked_for() -> None:
    """An effect of (1.959964 + 0.841621) x .05 = .140079, tested by z, is found with a power of 80 %."""
    least = minimum_detectable([0.05, 0.1])
    np.testing.assert_allclose(least, [0.140079, 0.280159], rtol=0, atol=1e-6)
    assert stats.norm.sf(1.959964 - least[0] / 0.05) == pytest.approx(0.8, abs=1e-6)


def test_clusters_multiply_the_number_of_units() -> None:
    """(2.801585 / atanh(.329))^2 + 3 = 70.25 independent units, times 1.9: 133.5."""
    assert n_for_power(0.329, design_effect=1.9) == 134


@pytest.mark.parametrize("effect", [0, -1, math.inf, math.nan])
def test_an_impossible_design_effect_is_refused(effect: float) -> None:
    with pytest.raises(UseError, match="is impossible, allowed: a number above 0"):
        n_for_power(0.3, design_effect=effect)


def test_power_and_alpha_must_be_shares() -> None:
    with pytest.raises(UseError) as caught:
        n_for_power(0.3, power=1, alpha=0)
    assert str(caught.value).splitlines() == [
        "power is 1, allowed: above 0 and below 1",
        "alpha is 0, allowed: above 0 and below 1",
    ]
