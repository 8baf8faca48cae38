"""Resampled moments: sums over units agree with the rows themselves, with lavaan's replicates, and with refits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bsc_analysis.paths import resampledmoments
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.resampledmoments import (
    Draws,
    from_clusters,
    from_rows,
    leave_one_out,
    resample,
    resample_with,
    sampled_from,
)
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.paths.weights import counts_of, draw_counts
from tests.oracle import BOOT_DRAWS, read_data, read_draws, read_indices

NAMES = ["LG", "IP", "CP", "SH"]
# Sums of up to 26,000 products in another order, divided by n: relative to variances near 1.
ANOTHER_ORDER = 1e-11
# The same sums in blocks of another size: a few units in the last place.
LAST_BITS = 1e-13


def covariances(covariance: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return every covariance and the rows, (k k + 1, R)."""
    return np.vstack([covariance.reshape(-1, covariance.shape[2]), n])


def three_equations(covariance: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return the coefficients a, b1, b2, c1, c2, c3 of the saturated model by a batched solve."""
    S = np.moveaxis(covariance, 2, 0)
    solved = [np.linalg.solve(S[:, :q, :q], S[:, :q, q : q + 1])[:, :, 0] for q in (1, 2, 3)]
    return np.concatenate(solved, axis=1).T


def values(name: str) -> np.ndarray:
    return read_data(name)[NAMES].to_numpy(float)


def by_hand(rows: np.ndarray) -> np.ndarray:
    return np.append(np.cov(rows.T, bias=True).ravel(), len(rows))


def test_replicates_of_three_rows_are_those_worked_by_hand() -> None:
    """Of 1, 3, 8 the draw (1, 1, 3) has mean 5/3 and variance (1 + 1 + 9)/3 - 25/9 = 8/9; (8, 8, 3): 137/3 - 361/9 = 50/9."""
    sampled = from_rows(np.array([[1.0], [3.0], [8.0]]))
    draws = resample_with(sampled, np.array([[2.0, 1, 0], [0, 1, 2]]), lambda covariance, n: covariance[0])
    np.testing.assert_allclose(draws.values, [[8 / 9, 50 / 9]], rtol=LAST_BITS)


def test_without_a_unit_is_worked_by_hand() -> None:
    """Without 1: 3, 8 have variance 6.25; without 3: 1, 8 12.25; without 8: 1, 3 have 1."""
    left_out = leave_one_out(
        from_rows(np.array([[1.0], [3.0], [8.0]])), lambda covariance, n: np.vstack([covariance[0], n])
    )
    np.testing.assert_allclose(left_out, [[6.25, 12.25, 1], [2, 2, 2]], rtol=LAST_BITS)


def test_covariances_are_those_of_the_drawn_rows() -> None:
    rows = values("a") + 1000  # far from zero, where careless sums of squares lose their digits
    counts = draw_counts(900, range(5), 3)
    expected = [by_hand(np.repeat(rows, count.astype(int), axis=0)) for count in counts]
    got = resample_with(from_rows(rows), counts, covariances).values
    np.testing.assert_allclose(got.T, expected, rtol=1e-10, atol=ANOTHER_ORDER)


def test_replicates_are_those_of_lavaan() -> None:
    counts = counts_of(read_indices("a_boot"), 900)
    draws = resample_with(from_rows(values("a")), counts, three_equations)
    expected = read_draws("a_full_boot_coef")[["a", "b1", "b2", "c1", "c2", "c3"]]
    np.testing.assert_allclose(draws.values.T, expected, rtol=0, atol=BOOT_DRAWS)
    assert draws.n_failed == 0


def clusters() -> tuple[Moments, list[np.ndarray]]:
    """Return moments per cluster of the panel in order of first appearance, and the clusters' rows."""
    data = read_data("b")
    labels = list(dict.fromkeys(data["cluster"]))
    code = data["cluster"].map({label: at for at, label in enumerate(labels)}).to_numpy()
    rows = values("b")
    moments = moments_of(Rows(tuple(NAMES), rows, Codes("cluster", code, tuple(map(str, labels)))))
    return moments, [rows[code == at] for at in range(len(labels))]


def test_cluster_replicates_are_those_of_lavaan() -> None:
    moments, _ = clusters()
    counts = counts_of(read_indices("b_clusterboot"), 60)
    draws = resample_with(sampled_from(moments), counts, three_equations)
    expected = read_draws("b_full_clusterboot_coef")
    columns = ["a", "b1", "b2", "c1", "c2", "c3"]
    np.testing.assert_allclose(draws.values.T, expected[columns], rtol=0, atol=BOOT_DRAWS)


def test_clusters_are_drawn_whole() -> None:
    moments, rows = clusters()
    counts = draw_counts(60, range(3), 1)
    drawn = [np.vstack([rows[at] for at in np.repeat(np.arange(60), each.astype(int))]) for each in counts]
    sampled = from_clusters(moments.n, moments.mean, moments.products)
    got = resample_with(sampled, counts, covariances).values.T
    np.testing.assert_allclose(got, [by_hand(each) for each in drawn], rtol=0, atol=ANOTHER_ORDER)


def test_clusters_of_one_row_are_rows() -> None:
    rows = values("a")[:50]
    one_each = from_clusters(np.ones(50), rows, np.zeros((50, 4, 4)))
    np.testing.assert_allclose(one_each.sums, from_rows(rows).sums, rtol=0, atol=LAST_BITS)
    np.testing.assert_array_equal(
        sampled_from(moments_of(Rows(tuple(NAMES), rows), by="row")).sums, from_rows(rows).sums
    )


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_resampling_equals_its_counts_replayed(workers: int) -> None:
    sampled = from_rows(values("a"))
    draws = resample(sampled, 1200, 5, three_equations, workers=workers)
    replayed = resample_with(sampled, draw_counts(900, range(1200), 5), three_equations)
    np.testing.assert_allclose(draws.values, replayed.values, rtol=0, atol=LAST_BITS)


def test_workers_do_not_change_a_single_bit() -> None:
    sampled = from_rows(values("a"))
    one, three = (resample(sampled, 1300, 5, three_equations, workers=each).values for each in (1, 3))
    np.testing.assert_array_equal(one, three)


def test_little_memory_gives_the_same_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    sampled = from_rows(values("a"))
    expected = resample(sampled, 40, 5, three_equations).values
    little = resample(sampled, 40, 5, three_equations, memory=1).values
    monkeypatch.setattr(resampledmoments, "UNITS", 7)
    narrow = resample(sampled, 40, 5, three_equations, memory=100_000).values
    np.testing.assert_allclose(little, expected, rtol=0, atol=LAST_BITS)
    np.testing.assert_allclose(narrow, expected, rtol=0, atol=LAST_BITS)


def test_memory_bounds_how_many_replicates_are_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def count_blocks(n_units: int, *rest: Any, at_once: int, **options: Any) -> Any:
        asked.append(at_once)
        return original(n_units, *rest, at_once=at_once, **options)

    original = resampledmoments.count_blocks
    monkeypatch.setattr(resampledmoments, "count_blocks", count_blocks)
    sampled = from_rows(values("a"))
    resample(sampled, 5, 5, three_equations, memory=10 * 900 * 24)
    resample(sampled, 5, 5, three_equations, memory=1)
    assert asked == [10, 1]


def test_strata_keep_their_sizes() -> None:
    """Rows of two strata far apart: within them the mean of the stratum's mark never changes, so its variance does not."""
    strata = np.repeat([0, 1], [300, 600])
    rows = np.column_stack([strata.astype(float), values("a")[:, 0]])
    draws = resample(from_rows(rows), 200, 1, lambda covariance, n: covariance[0, :1], strata=strata)
    np.testing.assert_allclose(draws.values, 2 / 9, rtol=LAST_BITS)
    assert np.ptp(resample(from_rows(rows), 200, 1, lambda covariance, n: covariance[0, :1]).values) > 0.01


def test_progress_is_told_after_each_block_and_at_the_end() -> None:
    told: list[int] = []
    resample(from_rows(values("a")[:30]), 1100, 1, three_equations, progress=told.append)
    assert told == [512, 1024, 1100]


def test_leaving_out_rows_is_refitting_without_them() -> None:
    rows = values("e")
    left_out = leave_one_out(from_rows(rows), three_equations)
    assert left_out.shape == (6, 900)
    for at in (0, 450, 511, 512, 899):
        S = np.cov(np.delete(rows, at, axis=0).T, bias=True)[:, :, None]
        np.testing.assert_allclose(
            left_out[:, at], three_equations(S, None)[:, 0], rtol=0, atol=ANOTHER_ORDER
        )


def test_leaving_out_clusters_is_refitting_without_them() -> None:
    moments, rows = clusters()
    left_out = leave_one_out(sampled_from(moments), covariances)
    for at in (0, 31, 59):
        expected = by_hand(np.vstack(rows[:at] + rows[at + 1 :]))
        np.testing.assert_allclose(left_out[:, at], expected, rtol=0, atol=ANOTHER_ORDER)


def test_replicates_that_collapse_are_counted_not_used() -> None:
    """Of rows 1, 2, 4 the draws (1, 1, 1) have no variance, and (1, 2, 2) make any two variables one line."""
    sampled = from_rows(np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 4.0]]))
    counts = np.array([[3.0, 0, 0], [1, 2, 0], [1, 1, 1]])
    draws = resample_with(
        sampled,
        counts,
        lambda covariance, n: np.stack([covariance[0, 1] / covariance[0, 0], covariance[1, 1]]),
    )
    np.testing.assert_array_equal(draws.failed, [True, True, False])
    np.testing.assert_array_equal(np.isnan(draws.values), [[True, True, False]] * 2)
    assert draws.n_failed == 2


def test_a_statistic_that_is_not_finite_fails_alone() -> None:
    sampled = from_rows(values("a")[:20])

    def statistic(covariance: np.ndarray, n: np.ndarray) -> np.ndarray:
        some = np.where(np.arange(len(n)) % 4 == 0, np.inf, 1.0)
        return np.stack([covariance[0, 0], some])

    draws = resample(sampled, 8, 1, statistic)
    np.testing.assert_array_equal(draws.n_failed_each, [0, 2])
    assert draws.n_failed == 2
    assert np.isfinite(draws.values[0]).all()


def test_scale_does_not_make_a_replicate_collapse() -> None:
    rows = values("a") * [1e8, 1e-8, 1, 1e4]
    assert resample(from_rows(rows), 100, 1, three_equations).n_failed == 0


def test_one_unit_leaves_nothing_behind() -> None:
    assert np.isnan(
        leave_one_out(from_rows(np.array([[1.0, 2.0]])), lambda covariance, n: covariance[0])
    ).all()


def test_bootstrap_errors_are_those_of_theory() -> None:
    """The variance of a mean-free normal variable of n = 2000 has standard error sqrt(2/n) = .0316; of 4000 draws +- 5 %."""
    rows = np.random.default_rng(1).normal(size=(2000, 1))
    draws = resample(from_rows(rows), 4000, 2, lambda covariance, n: covariance[0])
    assert abs(draws.values.std() / (np.var(rows) * np.sqrt(2 / 2000)) - 1) < 0.07


def test_draws_know_what_failed() -> None:
    draws = Draws(np.array([[1.0, np.nan, 3.0], [1.0, np.nan, np.nan]]))
    assert draws.n_failed == 2
    np.testing.assert_array_equal(draws.n_failed_each, [1, 2])
