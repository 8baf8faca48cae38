"""Bootstrap intervals: those of R's package boot and of lavaan from the same replicates, hand examples, and edges."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from bsc_analysis.paths.intervals import Interval, acceleration, interval_ends, quantiles
from bsc_analysis.paths.resampledmoments import from_rows, leave_one_out, resample_with
from bsc_analysis.paths.weights import counts_of
from tests.oracle import BOOT_INTERVALS, FOLDER, read_data, read_draws, read_indices, read_intervals

NAMES = ["LG", "IP", "CP", "SH"]
# The same formulas from the same rows in another program, with digits to 1e-15: what solving in another order leaves.
SAME = 1e-10
# Third powers of differences of nearly equal numbers cancel more.
CUBES = 1e-8
LAST_BITS = 1e-12


@cache
def boot() -> dict[str, Any]:
    """Read what make_boot.R stored."""
    content: dict[str, Any] = json.loads((FOLDER / "boot" / "a_full.json").read_text(encoding="utf-8"))
    return content


def effects(covariance: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return what make_boot.R calls effects, (7, R)."""
    matrices = np.moveaxis(covariance, 2, 0)
    a, b, c = (np.linalg.solve(matrices[:, :q, :q], matrices[:, :q, q : q + 1])[:, :, 0].T for q in (1, 2, 3))
    total = c[0] + a[0] * c[1] + b[0] * c[2] + a[0] * b[1] * c[2]
    beta = a[0] * np.sqrt(covariance[0, 0] / covariance[1, 1])
    return np.stack([a[0], b[1], c[2], a[0] * b[1], a[0] * b[1] * c[2], total, beta])


@cache
def replicates() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the draws (7, 1000), estimates (7,) and jackknife (7, 900) of the effects."""
    sampled = from_rows(read_data("a")[NAMES].to_numpy(float))
    draws = resample_with(sampled, counts_of(read_indices("a_boot"), 900), effects).values
    return (
        draws,
        resample_with(sampled, np.ones((1, 900)), effects).values[:, 0],
        leave_one_out(sampled, effects),
    )


@pytest.mark.parametrize("method", ["percentile", "basic", "bca", "normal"])
@pytest.mark.parametrize(("used", "level"), [(1000, 0.95), (1000, 0.9), (199, 0.95), (30, 0.95)])
def test_intervals_are_those_of_the_package_boot(method: Interval, used: int, level: float) -> None:
    draws, estimate, jackknife = replicates()
    ends = interval_ends(draws[:, :used], estimate, jackknife, method=method, level=level)
    theirs = boot()[f"intervals_{used}_{level}"][method]
    lower, upper = np.array(theirs["lower"]), np.array(theirs["upper"])
    if method == "normal":
        # Theirs has the variance with divisor R - 1; ours, like lavaan's, R.
        middle, half = (lower + upper) / 2, (upper - lower) / 2 * np.sqrt(1 - 1 / used)
        lower, upper = middle - half, middle + half
    np.testing.assert_allclose(ends.lower, lower, rtol=SAME)
    np.testing.assert_allclose(ends.upper, upper, rtol=SAME)


def test_accelerations_are_those_of_the_package_boot() -> None:
    _, estimate, jackknife = replicates()
    np.testing.assert_allclose(acceleration(jackknife, estimate), boot()["acceleration"], rtol=CUBES)


def test_accelerations_weigh_units_by_the_size_of_their_stratum() -> None:
    _, estimate, jackknife = replicates()
    strata = np.searchsorted(boot()["stratum_ends"], np.arange(900), side="right")
    found = acceleration(jackknife, estimate, strata=strata)
    np.testing.assert_allclose(found, boot()["acceleration_stratified"], rtol=CUBES)
    draws, *_ = replicates()
    with_strata = interval_ends(draws, estimate, jackknife, method="bca", strata=strata)
    assert (with_strata.lower != interval_ends(draws, estimate, jackknife, method="bca").lower).all()


def lavaan_draws() -> dict[str, np.ndarray]:
    """Return lavaan's replicates by label, and two effects that are made of them."""
    draws = {name: column.to_numpy() for name, column in read_draws("a_full_boot_coef").items()}
    draws["ind_LG_IP_CP_SH"] = draws["a"] * draws["b2"] * draws["c3"]
    draws["tot_LG_CP"] = draws["b1"] + draws["a"] * draws["b2"]
    return draws


@pytest.mark.parametrize(
    ("method", "kind"), [("percentile", "perc"), ("basic", "basic"), ("bc", "bca.simple")]
)
def test_intervals_are_those_of_lavaan(method: Interval, kind: str) -> None:
    expected, draws = read_intervals("a_full_boot", kind), lavaan_draws()
    estimate = np.array([expected[name].est for name in draws])
    ends = interval_ends(np.array(list(draws.values())), estimate, method=method)
    np.testing.assert_allclose(ends.lower, [expected[name].lower for name in draws], rtol=BOOT_INTERVALS)
    np.testing.assert_allclose(ends.upper, [expected[name].upper for name in draws], rtol=BOOT_INTERVALS)


def test_normal_intervals_are_those_of_lavaan_save_the_centre_of_defined_effects() -> None:
    """lavaan takes the bias of a defined effect from the means of its coefficients, which no other program does."""
    expected, draws = read_intervals("a_full_boot", "norm"), lavaan_draws()
    estimate = np.array([expected[name].est for name in draws])
    ends = interval_ends(np.array(list(draws.values())), estimate, method="normal")
    lower, upper = (np.array([getattr(expected[name], end) for name in draws]) for end in ("lower", "upper"))
    np.testing.assert_allclose(ends.upper - ends.lower, upper - lower, rtol=BOOT_INTERVALS)
    np.testing.assert_allclose(ends.lower[:9], lower[:9], rtol=BOOT_INTERVALS)


def test_percentiles_of_nineteen_draws_are_the_first_and_the_last() -> None:
    """Ranks (19 + 1) x .05 = 1 and 20 x .95 = 19; at level .8 ranks 2 and 18; the order of draws does not matter."""
    draws = np.random.default_rng(1).permutation(np.arange(1.0, 20.0))[None]
    wide = interval_ends(draws, np.array([10.0]), method="percentile", level=0.9)
    narrow = interval_ends(draws, np.array([10.0]), method="percentile", level=0.8)
    np.testing.assert_allclose([wide.lower[0], wide.upper[0]], [1, 19], rtol=LAST_BITS)
    np.testing.assert_allclose([narrow.lower[0], narrow.upper[0]], [2, 18], rtol=LAST_BITS)
    assert [str(note).split(":")[0] for note in wide.notes] == [
        "1 of 1 intervals end at the smallest or largest replicate"
    ]
    assert narrow.notes == ()


def test_between_ranks_normal_quantiles_are_interpolated() -> None:
    """Of 1, 2, 4 the share .3 has rank 1.2: 1 + (z(.3) - z(.25)) / (z(.5) - z(.25)) = 1 + (-.5244 + .6745)/.6745 = 1.2225."""
    found = quantiles(np.array([[1.0, 2.0, 4.0]]), np.array([3]), np.array([[0.3]]))
    np.testing.assert_allclose(found, [[1.2225]], atol=5e-5)


def test_basic_mirrors_percentile_at_the_estimate() -> None:
    """Draws 1..19, level .8, estimate 8: 2 x 8 - 18 = -2 and 2 x 8 - 2 = 14."""
    ends = interval_ends(np.arange(1.0, 20.0)[None], np.array([8.0]), method="basic", level=0.8)
    np.testing.assert_allclose([ends.lower[0], ends.upper[0]], [-2, 14], rtol=LAST_BITS)


def test_normal_corrects_the_mean_and_spreads_by_the_divisor_of_all_draws() -> None:
    """Draws 0, 4: mean 2, sd 2; estimate 3: 2 x 3 - 2 = 4, and 4 -+ 1.959964 x 2."""
    ends = interval_ends(np.array([[0.0, 4.0]]), np.array([3.0]), method="normal")
    np.testing.assert_allclose([ends.lower[0], ends.upper[0]], [0.080072, 7.919928], atol=1e-6)


def test_bias_correction_moves_both_shares() -> None:
    """Of 1..99, 39 lie below 40: w = z(39/99) = -.2691, and Phi(2 w -+ 1.2816) are .0344 and .7712: ranks 3.44 and 77.1."""
    ends = interval_ends(np.arange(1.0, 100.0)[None], np.array([40.0]), method="bc", level=0.8)
    shares = special.ndtr(2 * special.ndtri(39 / 99) + special.ndtri([0.1, 0.9]))
    np.testing.assert_allclose(100 * shares, [3.44, 77.12], atol=0.02)
    np.testing.assert_allclose([ends.lower[0], ends.upper[0]], [3.44, 77.12], atol=0.1)


def test_draws_that_tie_with_the_estimate_are_not_below_it() -> None:
    """Of 1, 2, 2, 2, 3 one of five lies below 2: the correction is that of z(.2), as with draws 1, 2.1, 2.1, 2.1, 3."""
    tied = interval_ends(np.array([[1.0, 2, 2, 2, 3]]), np.array([2.0]), method="bc", level=0.5)
    apart = interval_ends(np.array([[1.0, 2.1, 2.1, 2.1, 3]]), np.array([2.0]), method="bc", level=0.5)
    shares = special.ndtr(2 * special.ndtri(0.2) + special.ndtri([0.25, 0.75]))
    expected = quantiles(np.array([[1.0, 2.1, 2.1, 2.1, 3]]), np.array([5]), shares[None])
    np.testing.assert_allclose([apart.lower[0], apart.upper[0]], expected[0], rtol=LAST_BITS)
    assert tied.lower[0] == 1
    assert tied.upper[0] < 2


def test_acceleration_is_worked_by_hand() -> None:
    """Left out values 1, 2, 6 about 3: L = 2, 1, -3; sum L^3 = -18, sum L^2 = 14; -18 / (6 x 14^1.5) = -.05727."""
    np.testing.assert_allclose(acceleration(np.array([[1.0, 2, 6]]), np.array([3.0])), [-0.05727], atol=5e-6)


def test_no_jackknife_means_no_acceleration() -> None:
    draws, estimate, _ = replicates()
    plain = interval_ends(draws, estimate, method="bca")
    corrected = interval_ends(draws, estimate, method="bc")
    np.testing.assert_array_equal(plain.lower, corrected.lower)
    np.testing.assert_array_equal(plain.upper, corrected.upper)


@pytest.mark.parametrize("method", ["percentile", "basic", "bc", "bca", "normal"])
def test_failed_draws_are_left_out(method: Interval) -> None:
    draws, estimate, jackknife = replicates()
    holes = np.insert(draws, [0, 40, 999], [[np.nan], [np.inf], [-np.inf]][0], axis=1)
    holes[:, [0, 41, 1001]] = [np.nan, np.inf, -np.inf]
    got = interval_ends(holes, estimate, jackknife, method=method)
    expected = interval_ends(draws, estimate, jackknife, method=method)
    np.testing.assert_allclose(got.lower, expected.lower, rtol=LAST_BITS)
    np.testing.assert_allclose(got.upper, expected.upper, rtol=LAST_BITS)


@pytest.mark.parametrize("method", ["percentile", "basic", "bc", "bca", "normal"])
def test_a_statistic_that_never_varies_is_its_own_interval(method: Interval) -> None:
    ends = interval_ends(np.full((1, 50), 0.4), np.array([0.4]), np.full((1, 9), 0.4), method=method)
    np.testing.assert_allclose([ends.lower[0], ends.upper[0]], [0.4, 0.4], rtol=LAST_BITS)
    assert ends.notes == ()


@pytest.mark.parametrize("estimate", [0.5, 60.0])
@pytest.mark.parametrize("method", ["bc", "bca"])
def test_an_estimate_beyond_all_its_draws_has_no_corrected_interval(
    method: Interval, estimate: float
) -> None:
    ends = interval_ends(np.arange(1.0, 51.0)[None], np.array([estimate]), method=method)
    assert np.isnan([ends.lower[0], ends.upper[0]]).all()
    assert str(ends.notes[0]).startswith("1 of 1 estimates lie beyond all their replicates")


def test_a_unit_that_cannot_be_left_out_leaves_the_bias_correction() -> None:
    draws, estimate, jackknife = replicates()
    broken = jackknife.copy()
    broken[2, 5] = np.nan
    ends = interval_ends(draws, estimate, broken, method="bca")
    expected = interval_ends(draws, estimate, jackknife, method="bca")
    assert ends.lower[2] == interval_ends(draws, estimate, method="bc").lower[2]
    np.testing.assert_array_equal(np.delete(ends.lower, 2), np.delete(expected.lower, 2))
    assert [str(note).split(":")[0] for note in ends.notes] == ["1 of 7 intervals are bias-corrected only"]


@pytest.mark.parametrize("method", ["percentile", "basic", "bc", "bca"])
def test_a_statistic_without_any_draw_has_no_interval(method: Interval) -> None:
    ends = interval_ends(np.full((1, 5), np.nan), np.array([1.0]), method=method)
    assert np.isnan([ends.lower[0], ends.upper[0]]).all()


@given(
    draws=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    level=st.sampled_from([0.5, 0.9, 0.95, 0.999]),
)
def test_percentile_ends_are_ordered_and_within_the_draws(draws: list[float], level: float) -> None:
    ends = interval_ends(np.array([draws]), np.array([draws[0]]), method="percentile", level=level)
    # Interpolation between equal numbers may round in the last place.
    slack = 1e-9
    assert min(draws) - slack <= ends.lower[0] <= ends.upper[0] + slack <= max(draws) + 2 * slack


@given(draws=st.lists(st.integers(-50, 50), min_size=5, max_size=40), shift=st.integers(-100, 100))
def test_intervals_move_with_the_data(draws: list[int], shift: int) -> None:
    own, moved = np.array([draws], float), np.array([draws], float) + shift
    for method in ("percentile", "basic", "bc", "normal"):
        here = interval_ends(own, own[:, 0], method=method)
        there = interval_ends(moved, moved[:, 0], method=method)
        np.testing.assert_allclose(there.lower - shift, here.lower, atol=1e-9)
        np.testing.assert_allclose(there.upper - shift, here.upper, atol=1e-9)
