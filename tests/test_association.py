"""Cramer's V: values and intervals by hand, exact p of a tiny table, coverage from known truth, and tables with nothing in them."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import contingency

from bsc_analysis.errors import UseError
from bsc_analysis.evidence.association import N_DRAWS, CrossTable, cramers_v, cross_table

LAST_BITS = 1e-12
# The interval's ends are found by root search, to scipy's default of about 1e-12 on a noncentrality of tens.
SEARCHED = 1e-6
# Worked figures are written with five decimals.
FIVE_DECIMALS = 5e-6
# Four standard errors of a share of 0.1 among 9,999 random tables.
DRAWN = 4 * sqrt(0.1 * 0.9 / N_DRAWS)
# Of 1,000 intervals at 95 %, the share that covers lies here unless the method is off by a percent or more.
COVERED = (0.925, 0.975)


def table(*rows: tuple[int, ...]) -> CrossTable:
    counts = np.array(rows)
    return CrossTable(tuple("abcdef"[: counts.shape[0]]), tuple("uvwxyz"[: counts.shape[1]]), counts)


def test_v_and_its_correction_are_those_worked_by_hand() -> None:
    """n = 80, chi2 = 80 (30 x 30 - 10 x 10)^2 / 40^4 = 20, V = sqrt(20 / 80) = 0.5.

    Corrected: phi2 = 0.25 - 1/79 = 0.237342, rows and columns 2 - 1/79 = 1.987342, sqrt(0.237342 / 0.987342) = 0.490291.
    """
    found = cramers_v(table((30, 10), (10, 30)))
    assert found.chi2 == pytest.approx(20, abs=LAST_BITS)
    assert found.v == pytest.approx(0.5, abs=LAST_BITS)
    assert found.corrected == pytest.approx(0.490291, abs=FIVE_DECIMALS)
    assert (found.n, found.df, found.n_draws) == (80, 1, 0)
    assert found.least_expected == 20


def test_with_one_degree_of_freedom_the_interval_is_that_of_a_shifted_normal() -> None:
    """chi2 = 20 is the square of 4.47214, so the root of the noncentrality runs from 4.47214 - 1.95996 to 4.47214 + 1.95996.

    Over sqrt(80) = 8.94427 that is 0.28087 to 0.71913.
    """
    found = cramers_v(table((30, 10), (10, 30)))
    assert found.lower == pytest.approx(0.28087, abs=FIVE_DECIMALS)
    assert found.upper == pytest.approx(0.71913, abs=FIVE_DECIMALS)


def test_a_larger_table_agrees_with_scipy_and_a_sum_by_hand() -> None:
    """Rows of 30, columns 30, 40, 20: expected 10, 13.33, 6.67 in each row.

    chi2 = (10^2 + 0 + 10^2) / 10 + (3.33^2 + 6.67^2 + 3.33^2) / 13.33 + (6.67^2 + 6.67^2 + 13.33^2) / 6.67
    = 20 + 5 + 40 = 65, V = sqrt(65 / (90 x 2)).
    """
    counts = table((20, 10, 0), (10, 20, 0), (0, 10, 20))
    found = cramers_v(counts)
    assert found.chi2 == pytest.approx(65, abs=1e-9)
    assert found.v == pytest.approx(sqrt(65 / 180), abs=LAST_BITS)
    assert found.v == pytest.approx(float(contingency.association(counts.counts)), abs=LAST_BITS)
    assert found.lower < found.v < found.upper


def test_p_of_a_tiny_table_is_the_share_of_tables_with_the_same_margins() -> None:
    """All twos of threes: 1, 9, 9 and 1 of 20 ways; the two outermost tables are as extreme as this one, 2 of 20."""
    found = cramers_v(table((3, 0), (0, 3)), seed=1)
    assert found.n_draws == N_DRAWS
    assert found.p == pytest.approx(0.1, abs=DRAWN)
    assert found.p == cramers_v(table((3, 0), (0, 3)), seed=1).p
    assert found.p != cramers_v(table((3, 0), (0, 3)), seed=2).p


def test_independent_counts_have_no_association_and_an_interval_from_nought() -> None:
    found = cramers_v(table((10, 20), (20, 40)))
    assert (found.v, found.corrected, found.lower) == (0, 0, 0)
    assert found.p == pytest.approx(1)


def test_a_table_in_which_each_row_tells_the_column_has_a_v_of_one() -> None:
    found = cramers_v(table((20, 0, 0), (0, 20, 0), (0, 0, 20)))
    assert found.v == pytest.approx(1, abs=LAST_BITS)
    assert found.corrected == pytest.approx(1, abs=LAST_BITS)
    assert found.upper == 1


def test_the_interval_reaches_nought_where_p_is_above_half_of_what_the_level_leaves() -> None:
    """One degree of freedom: 97.5 % of chi-square lie below 2.24140^2 = 5.0239; 4.86 lies below it, 5.80 above."""
    below, above = cramers_v(table((29, 21), (18, 32))), cramers_v(table((29, 21), (17, 33)))
    assert below.chi2 < 5.0239 < above.chi2
    assert below.p > 0.025 > above.p
    assert below.lower == 0 < above.lower


@pytest.mark.parametrize("n", [80, 300])
def test_intervals_cover_the_v_of_the_population(n: int) -> None:
    """Four rows by three columns, drawn from known shares; the population's V follows from these by its formula."""
    shares = np.array([[0.10, 0.08, 0.07], [0.14, 0.06, 0.05], [0.05, 0.12, 0.08], [0.05, 0.08, 0.12]])
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    truth = sqrt(float(((shares - expected) ** 2 / expected).sum()) / 2)
    rng = np.random.default_rng(20151122)
    samples = rng.multinomial(n, shares.ravel(), size=1000).reshape(-1, 4, 3)
    found = [cramers_v(table(*counts), n_draws=1) for counts in samples]
    share = np.mean([each.lower <= truth <= each.upper for each in found])
    assert COVERED[0] <= share <= COVERED[1]
    # The correction takes off most of what small tables add.
    plain, corrected = (np.mean([getattr(each, name) for each in found]) for name in ("v", "corrected"))
    assert abs(corrected - truth) < abs(plain - truth) / 2


def test_empty_rows_and_columns_are_left_out_and_named() -> None:
    found = cramers_v(table((30, 0, 10), (0, 0, 0), (10, 0, 30)))
    assert found.empty == ("b", "v")
    assert found.v == pytest.approx(0.5, abs=LAST_BITS)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (((3, 4, 5),), "only one row or column has counts"),
        (((3, 0), (4, 0)), "only one row or column has counts"),
        (((0, 0), (0, 0)), "nothing is counted"),
    ],
)
def test_where_there_is_nothing_to_associate_the_reason_is_given(
    rows: tuple[tuple[int, ...], ...], reason: str
) -> None:
    found = cramers_v(table(*rows))
    assert np.isnan([found.v, found.corrected, found.lower, found.upper, found.chi2, found.p]).all()
    assert reason in str(found.reason)
    assert found.n == sum(map(sum, rows))


def test_two_things_are_measured_without_a_correction_beyond_its_reach() -> None:
    """n = 2: rows and columns become 2 - 1/1 = 1, and nothing is left to divide by."""
    found = cramers_v(table((1, 0), (0, 1)))
    assert found.v == pytest.approx(1)
    assert np.isnan(found.corrected)


@given(arrays(np.int64, (3, 4), elements=st.integers(0, 30)))
def test_neither_order_nor_direction_matters_and_v_lies_between_nought_and_one(counts: np.ndarray) -> None:
    found = cramers_v(table(*counts), n_draws=1)
    turned = cramers_v(table(*counts[::-1].T), n_draws=1)
    if found.reason is not None:
        assert turned.reason == found.reason
        return
    assert turned.v == pytest.approx(found.v, abs=SEARCHED)
    assert turned.upper == pytest.approx(found.upper, abs=SEARCHED)
    assert -LAST_BITS <= found.v <= 1 + LAST_BITS
    assert 0 <= found.lower <= found.upper <= 1


def test_categories_keep_their_order_and_those_without_counts_stay() -> None:
    counted = cross_table(
        ["x", "y", "x"], ["v", "v", "u"], row_names=("z", "y", "x"), column_names=("u", "v")
    )
    assert counted.rows == ("z", "y", "x")
    assert counted.counts.tolist() == [[0, 0], [0, 1], [1, 1]]
    assert counted.column("v") == (0, 1, 1)
    assert counted.only(["v"]).counts.tolist() == [[0], [1], [1]]
    assert counted.total == 3


def test_what_cannot_be_counted_is_refused_all_at_once() -> None:
    with pytest.raises(UseError, match="got 2 and 1"):
        cross_table(["a", "b"], ["c"])
    with pytest.raises(UseError) as refused:
        cross_table(["a", "b", "c"], ["u", "u", "u"], row_names=("a",))
    assert [str(each) for each in refused.value.faults] == [
        "got 'b', which is not among the categories, allowed: a",
        "got 'c', which is not among the categories, allowed: a",
    ]
    with pytest.raises(UseError) as wrong:
        cramers_v(table((-1, 2), (3, 4)), level=95)
    assert len(wrong.value.faults) == 2
