"""Moments: the same from rows, from clusters and pooled, exact far from zero; printed matrices are judged by entry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bsc_analysis.errors import DataError
from bsc_analysis.paths.moments import Moments, Unit, check_variation, moments_of
from bsc_analysis.paths.rows import Codes, Rows, read_rows
from tests.oracle import read_data, read_result

NAMES = ("LG", "IP", "CP", "SH")
# Sums of up to 2,700 products in another order.
ANOTHER_ORDER = 1e-12
# A mean a hundred million times the spread leaves half of a double's sixteen digits to the deviations.
HALF_THE_DIGITS = 1e-7
IMPOSSIBLE = "the matrix cannot come from data (it is not positive definite)"
UNITS: tuple[Unit, ...] = ("pool", "cluster", "row")

SMALL = Rows(
    ("LG", "IP"),
    np.array([[1.0, 2.0], [3.0, 6.0], [8.0, 1.0], [4.0, 3.0]]),
    Codes("unit", np.array([0, 0, 1, 0]), ("a", "b")),
)


def panel() -> Rows:
    return read_rows(read_data("b"), NAMES, cluster="cluster")


def sentences(names: list[str], matrix: object, sd: list[float] | None = None) -> list[str]:
    with pytest.raises(DataError) as caught:
        Moments.from_correlations(names, matrix, 100, sd=sd)  # type: ignore[arg-type]
    return [str(each) for each in caught.value.faults]


def test_moments_of_four_rows_by_hand() -> None:
    """LG 1, 3, 8, 4 has mean 4 and deviations -3, -1, 4, 0; IP 2, 6, 1, 3 mean 3 and -1, 3, -2, 0.

    Products 26, 3 - 3 - 8 = -8, and 14, over 4 rows.
    """
    moments = moments_of(SMALL, by="pool")
    assert (moments.unit, moments.n.tolist(), moments.n_obs) == ("pool", [4], 4)
    assert moments.grand_mean.tolist() == [4, 3]
    assert moments.covariance.tolist() == [[6.5, -2], [-2, 3.5]]


def test_moments_per_cluster_by_hand() -> None:
    """Cluster a has LG 1, 3, 4 (mean 8/3, squares 26 - 64/3 = 14/3) and IP 2, 6, 3 (11/3, 49 - 121/3 = 26/3), product 32 - 88/3."""
    moments = moments_of(SMALL)
    assert (moments.unit, moments.labels, moments.n.tolist()) == ("cluster", ("a", "b"), [3, 1])
    np.testing.assert_allclose(moments.mean, [[8 / 3, 11 / 3], [8, 1]], rtol=ANOTHER_ORDER)
    expected = [[[14 / 3, 8 / 3], [8 / 3, 26 / 3]], [[0, 0], [0, 0]]]
    np.testing.assert_allclose(moments.products, expected, atol=ANOTHER_ORDER)


def test_cross_products_about_the_grand_mean_by_hand() -> None:
    """About (4, 3) cluster b, one row (8, 1), has 16, -8, 4; cluster a the rest of 26, -8, 14."""
    expected = [[[10, 0], [0, 10]], [[16, -8], [-8, 4]]]
    np.testing.assert_allclose(moments_of(SMALL).about_grand_mean, expected, atol=ANOTHER_ORDER)


@pytest.mark.parametrize("by", UNITS)
def test_covariance_is_the_same_in_every_unit_and_that_of_numpy(by: Unit) -> None:
    rows = panel()
    moments = moments_of(rows, by=by)
    assert (moments.unit, moments.n_obs, len(moments.labels)) == (by, 2700, 60 if by == "cluster" else 0)
    np.testing.assert_allclose(
        moments.covariance, np.cov(rows.values.T, bias=True), rtol=0, atol=ANOTHER_ORDER
    )
    np.testing.assert_allclose(moments.grand_mean, rows.values.mean(axis=0), rtol=ANOTHER_ORDER)
    np.testing.assert_allclose(moments.about_grand_mean.sum(axis=0) / 2700, moments.covariance, rtol=1e-11)


def test_covariance_is_that_of_lavaan() -> None:
    rows = read_rows(read_data("a"), NAMES)
    stored = read_result("a_full_ml").sample_covariance().loc[list(NAMES), list(NAMES)]
    np.testing.assert_allclose(moments_of(rows).covariance, stored, rtol=1e-12)


def test_rows_without_clusters_are_units_themselves() -> None:
    moments = moments_of(Rows(SMALL.names, SMALL.values))
    assert (moments.unit, moments.n.tolist(), moments.labels) == ("row", [1, 1, 1, 1], ())
    assert not moments.products.any()


def test_clusters_asked_for_where_there_are_none_are_one_pool() -> None:
    assert moments_of(Rows(SMALL.names, SMALL.values), by="cluster").unit == "pool"


def test_pooled_moments_keep_everything_but_the_units() -> None:
    moments = moments_of(panel())
    pooled = moments.pooled()
    assert (pooled.unit, pooled.labels, pooled.n.tolist()) == ("pool", (), [2700])
    np.testing.assert_allclose(pooled.covariance, moments.covariance, rtol=ANOTHER_ORDER)
    np.testing.assert_array_equal(pooled.grand_mean, moments.grand_mean)
    printed = Moments.from_correlations(["LG", "IP"], [[1, 0.5], [0.5, 1]], 20).pooled()
    assert not printed.has_means


def test_some_variables_are_selected_in_the_order_named() -> None:
    chosen = moments_of(SMALL).select(["IP", "LG"])
    assert chosen.names == ("IP", "LG")
    np.testing.assert_allclose(chosen.covariance, [[3.5, -2], [-2, 6.5]], rtol=ANOTHER_ORDER)
    assert chosen.mean[1].tolist() == [1, 8]
    with pytest.raises(DataError, match="no column 'CP'"):
        moments_of(SMALL).select(["CP"])


@pytest.mark.parametrize("by", UNITS)
def test_incomplete_rows_are_left_out_and_counted(by: Unit) -> None:
    values = np.vstack([SMALL.values, [[np.nan, 100.0], [50.0, np.nan]]])
    cluster = Codes("unit", np.array([0, 0, 1, 0, 2, 1]), ("a", "b", "c"))
    moments = moments_of(Rows(SMALL.names, values, cluster), by=by)
    assert (moments.n_obs, moments.dropped) == (4, 2)
    np.testing.assert_allclose(moments.covariance, [[6.5, -2], [-2, 3.5]], rtol=ANOTHER_ORDER)
    assert moments.labels == (("a", "b") if by == "cluster" else ())


def test_no_complete_row_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        moments_of(Rows(("LG", "IP"), np.array([[1.0, np.nan], [np.nan, 2.0]])))
    assert str(caught.value) == (
        "no row has a value in every one of LG, IP: use fiml, or leave out a variable"
    )


@pytest.mark.parametrize("by", UNITS)
def test_far_from_zero_no_digit_is_lost(by: Unit) -> None:
    """Deviations in steps of a quarter are exact beside a hundred million, so that the moments must be too."""
    steps = np.round(panel().values * 4) / 4
    cluster = panel().cluster
    near, far = (moments_of(Rows(NAMES, steps + shift, cluster), by=by) for shift in (0.0, 1e8))
    np.testing.assert_allclose(far.covariance, near.covariance, rtol=HALF_THE_DIGITS)


@given(values=arrays(float, (7, 2), elements=st.integers(-1000, 1000)), data=st.data())
def test_clusters_of_any_cut_pool_to_the_same_covariance(values: np.ndarray, data: st.DataObject) -> None:
    code = np.unique(data.draw(st.lists(st.integers(0, 6), min_size=7, max_size=7)), return_inverse=True)[1]
    labels = tuple(map(str, range(code.max() + 1)))
    moments = moments_of(Rows(("LG", "IP"), values, Codes("unit", code, labels)))
    # Up to a thousand, squared, in the last bits.
    np.testing.assert_allclose(moments.covariance, np.cov(values.T, bias=True), rtol=1e-12, atol=1e-8)


def test_a_combination_of_several_variables_names_those_it_is_made_of() -> None:
    values = np.random.default_rng(1).normal(size=(50, 4))
    values[:, 3] = values[:, 0] - 2 * values[:, 2]
    with pytest.raises(DataError) as caught:
        check_variation(moments_of(Rows(NAMES, values)))
    assert str(caught.value).startswith("SH is an exact combination of LG, CP (perfect")
    values[:, 3] += 1e-4 * values[:, 1] ** 2
    check_variation(moments_of(Rows(NAMES, values)))


def test_scale_makes_no_variable_constant_or_combined() -> None:
    check_variation(moments_of(Rows(NAMES, panel().values * [1e9, 1e-9, 1, 1e5])))


def test_printed_correlations_are_variances_of_one() -> None:
    moments = Moments.from_correlations(["LG", "IP"], [[1, 0.329], [0.329, 1]], 71)
    assert moments.covariance.tolist() == [[1, 0.329], [0.329, 1]]
    assert (moments.n_obs, moments.has_means, moments.unit) == (71, False, "pool")


def test_printed_standard_deviations_have_divisor_n_less_one() -> None:
    """sd 2 and 3 at n = 10: 4 x .9 = 3.6, .5 x 6 x .9 = 2.7, 9 x .9 = 8.1; as a covariance matrix the same."""
    of_r = Moments.from_correlations(["LG", "IP"], [[1, 0.5], [0.5, 1]], 10, sd=[2, 3])
    of_s = Moments.from_covariances(["LG", "IP"], [[4, 3], [3, 9]], 10)
    for moments in (of_r, of_s):
        np.testing.assert_allclose(moments.covariance, [[3.6, 2.7], [2.7, 8.1]], rtol=ANOTHER_ORDER)


def test_data_printed_to_all_digits_come_back() -> None:
    values = read_data("a")[list(NAMES)]
    printed = Moments.from_correlations(NAMES, values.corr(), 900, sd=values.std())
    expected = moments_of(read_rows(values, NAMES)).covariance
    np.testing.assert_allclose(printed.covariance, expected, rtol=ANOTHER_ORDER)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[1, 0.5, 0.2], [0.5, 1, 0.3]], ["the matrix is 2 by 3, expected 3 by 3 for LG, IP, CP"]),
        ([1, 0.5, 0.2], ["the matrix is 3 by 0, expected 3 by 3 for LG, IP, CP"]),
        (
            [[1, 0.5, math.nan], [0.5, 1, 0.3], [0.2, 0.3, math.inf]],
            ["the matrix has no number at LG, CP: got nan", "the matrix has no number at CP, CP: got inf"],
        ),
        (
            [[1, 0.5, 0.2], [0.4, 1, 0.3], [0.21, 0.3, 1]],
            [
                "the matrix is not symmetric: LG, IP is 0.5 and IP, LG is 0.4",
                "the matrix is not symmetric: LG, CP is 0.2 and CP, LG is 0.21",
            ],
        ),
        (
            [[1, 1.5, 0.2], [1.5, 0.9, -1.01], [0.2, -1.01, 1]],
            [
                "the correlation of IP with itself is 0.9, expected 1",
                "the correlation of LG and IP is 1.5, allowed: between -1 and 1",
                "the correlation of IP and CP is -1.01, allowed: between -1 and 1",
            ],
        ),
        (
            [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
            [
                f"{IMPOSSIBLE}: CP is not explained consistently by LG, IP",
            ],
        ),
        (
            [[1, 0.2, 1], [0.2, 1, 0.2], [1, 0.2, 1]],
            [
                f"{IMPOSSIBLE}: CP is not explained consistently by LG",
            ],
        ),
    ],
)
def test_a_printed_matrix_is_refused_by_its_entries(matrix: object, expected: list[str]) -> None:
    assert sentences(["LG", "IP", "CP"], matrix) == expected


def test_standard_deviations_are_refused_beside_the_correlations() -> None:
    assert sentences(["LG", "IP"], [[1, 2], [2, 1]], [0, math.nan]) == [
        "the correlation of LG and IP is 2, allowed: between -1 and 1",
        "the standard deviation of LG is 0.0, expected a number above 0",
        "the standard deviation of IP is nan, expected a number above 0",
    ]
    assert sentences(["LG", "IP"], [[1, 0.5], [0.5, 1]], [1, 2, 3]) == [
        "3 standard deviations are given, expected 2 for LG, IP"
    ]


def test_covariances_are_refused_alike() -> None:
    with pytest.raises(DataError) as caught:
        Moments.from_covariances(["LG", "IP"], [[-4, 1], [1, 0]], 10)
    assert [str(each) for each in caught.value.faults] == [
        "the variance of LG is -4, expected a number above 0",
        "the variance of IP is 0, expected a number above 0",
    ]
    with pytest.raises(DataError, match=r"not positive definite\): IP"):
        Moments.from_covariances(["LG", "IP"], [[4, 7], [7, 9]], 10)


@pytest.mark.parametrize("n_obs", [1, 0, -5, 70.5, math.nan, math.inf])
def test_a_number_of_observations_that_none_could_be_is_refused(n_obs: float) -> None:
    for make in (Moments.from_correlations, Moments.from_covariances):
        with pytest.raises(DataError, match=f"the number of observations is {n_obs}, expected a whole"):
            make(["LG", "IP"], [[1, 0.5], [0.5, 1]], n_obs)  # type: ignore[arg-type]
