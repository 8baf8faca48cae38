"""Before and after: hand-worked numbers, published tests, scipy and statsmodels, and what cannot be tested."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW, ttost_paired

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.evidence.change import Comparison, against_standard, paired_change, unpaired_change

LAST_BITS = 1e-10
FOUR_DECIMALS = 5e-5
PUBLISHED = 5e-5  # t and p are printed with four or more decimals
# Student's sleep data: extra hours of ten patients with two drugs.
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def drawn(n: int, mean: float, sd: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, sd, n)


def sentences(error: DataError | UseError) -> list[str]:
    return [str(each) for each in error.faults]


def figures_of(found: Comparison) -> tuple[float, ...]:
    assert found.test is not None
    return found.test.t, found.test.df, found.test.p, found.test.lower, found.test.upper


# ---- against a standard ----------------------------------------------------------------------------------------------


def test_three_totals_against_100_by_hand() -> None:
    """60, 70, 80: mean 70, sd 10, se 5.7735; t = -30 / 5.7735 = -5.1962 with 2 df; t(.975) = 4.3027, so that the interval is
    -30 -+ 24.8414; p = .0351. All differences are negative: 2 of 8 flips.
    """
    found = against_standard([60, 70, 80], 100, margin=5)
    assert (found.after.n, found.after.mean, found.after.sd, found.reference) == (3, 70.0, 10.0, 100)
    assert figures_of(found) == pytest.approx((-5.1962, 2, 0.0351, -54.8414, -5.1586), abs=FOUR_DECIMALS)
    assert found.permutation is not None
    assert (found.permutation.p, found.permutation.n_perm) == (2 / 8, 8)
    assert found.effect is not None
    assert found.effect.d == pytest.approx(-3.0, abs=LAST_BITS)
    assert found.effect.g == pytest.approx(-3.0 / math.sqrt(math.pi), abs=LAST_BITS)  # J(2) = 1 / sqrt(pi)


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_against_a_standard_is_scipys_test(level: float) -> None:
    values = drawn(14, 75, 6, seed=1)
    other = stats.ttest_1samp(values, 72)
    interval = other.confidence_interval(level)
    expected = other.statistic, other.df, other.pvalue, interval.low - 72, interval.high - 72
    assert figures_of(against_standard(values, 72, margin=1, level=level)) == pytest.approx(
        expected, abs=LAST_BITS
    )


# ---- paired ----------------------------------------------------------------------------------------------------------


def test_students_sleep_data_paired() -> None:
    """R prints t = 4.0621, df = 9, p = .002833 and the interval .7001142 to 2.4598858."""
    found = paired_change(FIRST, SECOND, margin=0.5)
    assert figures_of(found) == pytest.approx((4.0621, 9, 0.002833, 0.7001142, 2.4598858), abs=PUBLISHED)
    assert found.difference == pytest.approx(1.58, abs=LAST_BITS)
    assert found.permutation is not None
    assert found.permutation.p == 4 / 1024


def test_paired_is_the_test_of_the_differences() -> None:
    before, after = drawn(11, 66, 4, seed=2), drawn(11, 71, 5, seed=3)
    paired, single = paired_change(before, after, margin=1), against_standard(after - before, 0, margin=1)
    assert figures_of(paired) == pytest.approx(figures_of(single), abs=LAST_BITS)
    assert paired.before is not None
    assert (paired.before.mean, paired.after.mean) == pytest.approx((before.mean(), after.mean()))
    other = stats.ttest_rel(after, before)
    assert figures_of(paired)[:3] == pytest.approx((other.statistic, other.df, other.pvalue), abs=LAST_BITS)


# ---- unpaired --------------------------------------------------------------------------------------------------------


def test_students_sleep_data_unpaired() -> None:
    """R prints Welch's t = 1.8608, df = 17.776, p = .07939 and the interval -.2054832 to 3.3654832."""
    found = unpaired_change(FIRST, SECOND, margin=0.5)
    t, df, p, lower, upper = figures_of(found)
    assert (t, p, lower, upper) == pytest.approx((1.8608, 0.07939, -0.2054832, 3.3654832), abs=PUBLISHED)
    assert df == pytest.approx(17.776, abs=5e-4)


def test_unpaired_is_scipys_test_of_welch() -> None:
    before, after = drawn(5, 66, 2, seed=4), drawn(9, 70, 7, seed=5)
    other = stats.ttest_ind(after, before, equal_var=False)
    interval = other.confidence_interval(0.95)
    expected = other.statistic, other.df, other.pvalue, interval.low, interval.high
    assert figures_of(unpaired_change(before, after, margin=1)) == pytest.approx(expected, abs=LAST_BITS)


def test_the_unpaired_effect_size_by_hand() -> None:
    """1, 2, 3 and 4, 6, 8: pooled variance (2 x 1 + 2 x 4) / 4 = 2.5, d = 4 / sqrt(2.5) = 2.5298; J(4) = .7979."""
    found = unpaired_change([1, 2, 3], [4, 6, 8], margin=1)
    assert found.effect is not None
    assert (found.effect.d, found.effect.g) == pytest.approx((2.5298, 2.5298 * 0.797885), abs=FOUR_DECIMALS)


# ---- equivalence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("margin", [0.2, 1.0, 3.0])
def test_equivalence_is_that_of_statsmodels(margin: float) -> None:
    before, after = drawn(8, 70, 2, seed=6), drawn(8, 70.5, 3, seed=7)
    paired = paired_change(before, after, margin=margin).equivalence
    welch = unpaired_change(before, after, margin=margin).equivalence
    assert paired is not None
    assert welch is not None
    assert paired.p == pytest.approx(ttost_paired(after, before, -margin, margin)[0], abs=LAST_BITS)
    other = CompareMeans(DescrStatsW(after), DescrStatsW(before)).ttost_ind(-margin, margin, usevar="unequal")
    assert welch.p == pytest.approx(other[0], abs=LAST_BITS)


def test_the_verdicts_by_hand() -> None:
    """Differences 1, 2, 1, 2: mean 1.5, se .2887, t(.975; 3) = 3.1824, t(.95; 3) = 2.3534: intervals .5813 to 2.4187 and
    .8206 to 2.1794. Beyond .5 the change is relevant, within 2.2 negligible, against 1 neither.
    """
    verdicts = {}
    for margin in (0.5, 1.0, 2.2):
        judged = paired_change([0, 0, 0, 0], [1, 2, 1, 2], margin=margin).equivalence
        assert judged is not None
        assert (judged.lower, judged.upper) == pytest.approx((0.8206, 2.1794), abs=FOUR_DECIMALS)
        assert (judged.verdict == "negligible") == (judged.p < 0.05)
        verdicts[margin] = judged.verdict
    assert verdicts == {0.5: "relevant", 1.0: "inconclusive", 2.2: "negligible"}


# ---- what cannot be tested -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (lambda: against_standard([70], 100, margin=5), "one value has no spread"),
        (lambda: paired_change([70], [72], margin=5), "one value has no spread"),
        (lambda: unpaired_change([70], [72, 74], margin=5), "one value has no spread"),
        (lambda: against_standard([70.1] * 4, 100, margin=5), "all values are the same"),
        (lambda: paired_change([70.1, 60.3, 50.7], [70.2, 60.4, 50.8], margin=5), "all values are the same"),
        (lambda: unpaired_change([70, 70], [72, 72], margin=5), "all values are the same"),
    ],
)
def test_values_without_spread_have_a_difference_and_say_why_there_is_no_test(
    found: Any, reason: str
) -> None:
    result = found()
    assert math.isfinite(result.difference)
    assert (result.test, result.effect, result.equivalence) == (None, None, None)
    assert [str(each)[: len(reason)] for each in result.lacks] == [reason]


def test_without_spread_permutations_still_count() -> None:
    """Three equal rises: the data and their mirror image of 8 flips. One value has nothing to flip that would count."""
    found = paired_change([70, 60, 50], [71, 61, 51], margin=5)
    assert found.permutation is not None
    assert found.permutation.p == 2 / 8
    assert against_standard([70], 100, margin=5).permutation is None


def test_one_sample_without_spread_is_enough_for_welch() -> None:
    """4, 4 against 6, 8: se^2 = 0 + 2 / 2 = 1, t = 3, and the df are those of the sample that has spread: 1."""
    found = unpaired_change([4, 4], [6, 8], margin=1)
    assert figures_of(found)[:2] == pytest.approx((3.0, 1.0), abs=LAST_BITS)


def test_two_values_have_a_test_and_no_effect_size() -> None:
    found = against_standard([60, 70], 100, margin=5)
    assert found.test is not None
    assert found.effect is None
    assert [str(each) for each in found.lacks] == [
        "an effect size needs at least 2 degrees of freedom, here is 1"
    ]


def test_missing_and_infinite_values_are_refused_by_name() -> None:
    with pytest.raises(DataError) as refused:
        paired_change([1, math.nan, 3], [math.inf, 2, math.nan], margin=1)
    assert sentences(refused.value) == [
        "values before: 1 are missing or infinite; leave them out or fill them in",
        "values after: 2 are missing or infinite; leave them out or fill them in",
    ]


def test_what_is_no_sample_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="the values: there are none"):
        against_standard([], 100, margin=1)
    with pytest.raises(DataError, match="the values: an array of 2 dimensions"):
        against_standard([[1, 2], [3, 4]], 100, margin=1)
    with pytest.raises(DataError, match="2 values before and 3 after are no pairs"):
        paired_change([1, 2], [1, 2, 3], margin=1)


def test_all_bad_choices_come_at_once() -> None:
    with pytest.raises(UseError) as refused:
        against_standard([1, 2], math.nan, margin=0, level=0.4, n_perm=0)
    assert [each.split(" ")[-1] for each in sentences(refused.value)] == ["0", "1", "1", "number"]
    assert len(sentences(refused.value)) == 4


def test_the_interval_of_a_change_covers_the_truth() -> None:
    """1,000 simulated changes of 3 with unequal spreads: Welch's 95 % intervals hold it, within 3 Monte Carlo errors."""
    rng = np.random.default_rng(11)
    held = []
    for _ in range(1000):
        found = unpaired_change(rng.normal(70, 2, 6), rng.normal(73, 5, 9), margin=1, n_perm=1)
        assert found.test is not None
        held.append(found.test.lower <= 3 <= found.test.upper)
    assert np.mean(held) == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 1000))
