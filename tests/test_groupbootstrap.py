"""Changes between years, bootstrapped: every replicate by least squares, errors by the sandwich, BCa by SciPy, truth recovered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from threadpoolctl import threadpool_limits

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.groupbootstrap import bootstrap_groups
from bsc_analysis.paths.groupdifferences import subtract_groups
from bsc_analysis.paths.groupestimation import fit_groups
from bsc_analysis.paths.intervals import interval_ends
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows, read_rows
from bsc_analysis.paths.weights import draw_counts
from tests.groupcases import FULL, panel
from tests.oracle import read_data

IP = path_model("IP ~ LG")
SEED = 7
EXACT = 1e-10  # moments of replicates against least squares on their rows
SPREAD = 0.06  # a standard error from 2,000 replicates has one of 1.6 % of itself; four of them
QUANTILE = 0.12  # the ends of two intervals from 5,000 replicates each, in standard errors of the estimate


def units_twice(seed: int = 1, n: int = 60, *, cluster: str = "recurring") -> Rows:
    """Return n units in two years that resemble each other, slopes .2 and .8.

    Units recur in both years, or the later half of them in the second (``some``), or are others, or unknown.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    lasting, shared = rng.normal(size=(2, n))
    LG = np.concatenate([lasting, lasting]) + 0.5 * rng.normal(size=2 * n)
    noise = np.concatenate([shared, shared]) + 0.5 * rng.normal(size=2 * n)
    values = np.column_stack([LG, np.repeat([0.2, 0.8], n) * LG + noise])
    code = np.tile(np.arange(n), 2) if cluster in ("recurring", "some") else np.repeat(np.arange(n), 2)
    unit = Codes("unit", code, tuple(map(str, range(n))))
    year = Codes("year", np.repeat([0, 1], n), ("2016", "2017"))
    rows = Rows(("LG", "IP"), values, None if cluster == "none" else unit, year)
    return (
        rows if cluster == "recurring" else rows.take(np.delete(np.arange(2 * n), np.arange(n, n + n // 2)))
    )


def slopes(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return slope and correlation of weighted rows, one after the other."""
    x, y = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    sxx, sxy, syy = ((weight * each).sum() for each in (x * x, x * y, y * y))
    return np.array([sxy / sxx, sxy / np.sqrt(sxx * syy)])


def brute_force(rows: Rows, counts: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Return the change of slope and correlation, (2, R), in replicates whose units count so often (R, units)."""
    x, y = rows.values.T
    first = rows.group.code == 0
    return np.array(
        [
            slopes(x[~first], y[~first], weight[~first]) - slopes(x[first], y[first], weight[first])
            for weight in counts[:, code]
        ]
    ).T


@pytest.mark.parametrize("cluster", ["recurring", "some", "apart", "none"])
def test_every_replicate_is_least_squares_on_the_rows_that_were_drawn(cluster: str) -> None:
    """A unit that recurs counts equally often in both years; other clusters, and rows, are drawn within their year, which
    keeps its size: 60 and 30 rows, or half as many pairs of them. Then BCa from these replicates, and from leaving out."""
    rows = units_twice(cluster=cluster)
    found = bootstrap_groups(IP, rows, n_boot=1000, interval="bca", seed=SEED)
    code = np.arange(90) if cluster == "none" else rows.cluster.code
    strata = {"apart": np.repeat([0, 1], [30, 15]), "none": np.repeat([0, 1], [60, 30])}.get(cluster)
    units = 1 + int(code.max())
    drawn = brute_force(rows, draw_counts(units, range(1000), SEED, strata=strata), code)
    value = brute_force(rows, np.ones((1, units)), code)[:, 0]
    left_out = brute_force(rows, 1 - np.eye(units), code)
    lower, upper, _ = interval_ends(drawn, value, left_out, method="bca", strata=strata)
    smaller = np.minimum((drawn <= 0).sum(axis=1), (drawn >= 0).sum(axis=1))
    for at, each in enumerate((found.raw, found.standardised)):
        assert each.difference[0, 0] == pytest.approx(value[at], rel=EXACT)
        assert each.se[0, 0] == pytest.approx(drawn[at].std(), rel=EXACT)
        assert (each.lower[0, 0], each.upper[0, 0]) == pytest.approx((lower[at], upper[at]), rel=EXACT)
        assert each.p[0, 0] == pytest.approx(2 * (smaller[at] + 1) / 1001)


def test_rows_of_a_year_may_stand_in_any_order() -> None:
    rows = units_twice()
    order = np.random.default_rng(3).permutation(120)
    mixed = replace(
        rows,
        values=rows.values[order],
        cluster=replace(rows.cluster, code=rows.cluster.code[order]),
        group=replace(rows.group, code=rows.group.code[order]),
    )
    first, second = (
        bootstrap_groups(IP, each, n_boot=1000, interval="bca", seed=SEED) for each in (rows, mixed)
    )
    np.testing.assert_allclose(first.raw.lower, second.raw.lower, rtol=EXACT)


@pytest.mark.parametrize("cluster", ["cluster", "unit", None])
def test_standard_errors_are_those_of_the_sandwich(cluster: str | None) -> None:
    rows = read_rows(read_data("b"), FULL.observed, cluster=cluster, group="year")
    drawn = bootstrap_groups(FULL, rows, n_boot=2000, interval="normal")
    computed = subtract_groups(fit_groups(FULL, rows, se="cluster" if cluster else "robust"))
    for ours, expected in ((drawn.raw, computed.raw), (drawn.standardised, computed.standardised)):
        np.testing.assert_allclose(ours.difference, expected.difference, rtol=1e-7)
        np.testing.assert_allclose(ours.group, expected.group, rtol=1e-9)
        # 60 clusters leave a few per cent between a sandwich and a bootstrap.
        np.testing.assert_allclose(ours.se, expected.se, rtol=SPREAD + (0.04 if cluster == "cluster" else 0))
        np.testing.assert_allclose(
            ours.group_se, expected.group_se, rtol=SPREAD + (0.04 if cluster == "cluster" else 0)
        )


def test_units_that_recur_make_a_change_more_certain_than_other_units() -> None:
    """Predictor and residual correlate by 1 / 1.25 = .8 between the years, their products by .64: the variance of a change
    is 1 - .64 of what it is between different units, its standard error .6 (within .1 for 1,000 units)."""
    rows = units_twice(n=1000)
    joined, torn = (
        bootstrap_groups(IP, each, n_boot=1000, interval="normal").raw.se[0, 0]
        for each in (rows, replace(rows, cluster=None))
    )
    assert joined / torn == pytest.approx(0.6, abs=0.1)


def test_accelerated_intervals_are_scipys_for_units_that_recur() -> None:
    """SciPy draws the columns of a wide table together, which is what drawing units for both years is."""
    rows = units_twice(n=40)
    x, y = rows.values.T
    wide = (x[:40], y[:40], x[40:], y[40:])

    def change(x0, y0, x1, y1, axis):
        def slope(x, y):
            x = x - x.mean(axis=axis, keepdims=True)
            return (x * y).sum(axis=axis) / (x * x).sum(axis=axis)

        return slope(x1, y1) - slope(x0, y0)

    theirs = stats.bootstrap(
        wide,
        change,
        paired=True,
        vectorized=True,
        n_resamples=5000,
        method="BCa",
        rng=np.random.default_rng(2),
    )
    ours = bootstrap_groups(IP, rows, n_boot=5000, interval="bca", seed=SEED).raw
    apart = np.array([ours.lower[0, 0], ours.upper[0, 0]]) - [*theirs.confidence_interval]
    assert np.abs(apart).max() < QUANTILE * theirs.standard_error
    assert ours.se[0, 0] == pytest.approx(theirs.standard_error, rel=SPREAD)


def test_raw_and_standardised_changes_come_with_their_names_and_pairs() -> None:
    changes = bootstrap_groups(FULL, panel(), n_boot=1000, interval="percentile")
    assert changes.pairs == (("2021", "2022"), ("2021", "2023"), ("2022", "2023"))
    assert changes.names == list_effects(FULL).names
    assert (changes.column, changes.groups) == ("year", ("2021", "2022", "2023"))
    assert (changes.method, changes.level, changes.n_boot, changes.n_failed) == ("percentile", 0.95, 1000, 0)
    for each in (changes.raw, changes.standardised):
        assert each.difference.shape == each.p_holm.shape == (3, len(changes.names))
        np.testing.assert_allclose(each.difference[2], each.group[2] - each.group[1], rtol=EXACT, atol=EXACT)
        assert (each.p_holm >= each.p).all()


def test_the_result_depends_on_the_seed_alone_and_progress_is_told() -> None:
    rows, seen = units_twice(), []
    first, again, other = (
        bootstrap_groups(IP, rows, n_boot=5000, seed=seed, progress=seen.append if seed == 4 else None)
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.raw.lower, again.raw.lower)
    assert first.raw.lower[0, 0] != other.raw.lower[0, 0]
    assert seen[-1] == 5000
    assert seen == sorted(set(seen))


def test_the_last_digit_does_not_depend_on_the_threads_of_the_matrix_product() -> None:
    rows = read_rows(read_data("b"), FULL.observed, cluster="unit", group="year")
    found = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            found.append(bootstrap_groups(FULL, rows, n_boot=1000, interval="percentile").raw)
    np.testing.assert_array_equal(found[0].lower, found[1].lower)
    np.testing.assert_array_equal(found[0].se, found[1].se)


def test_a_fixed_coefficient_has_no_p_value() -> None:
    changes = bootstrap_groups(path_model("IP ~ 0.5*LG"), units_twice(), n_boot=1000, interval="normal").raw
    assert changes.se[0, 0] == 0
    assert np.isnan(changes.p[0, 0])
    assert np.isnan(changes.p_holm[0, 0])


def test_replicates_without_variation_are_counted_and_too_many_refused() -> None:
    """IP is 1 in few of 12 rows of the second year: some replicates miss all of them, so that IP does not vary there."""
    rng = np.random.default_rng(1)

    def rows(ones: int) -> Rows:
        values = np.column_stack(
            [rng.normal(size=24), np.concatenate([rng.normal(size=12), np.arange(12) < ones])]
        )
        return Rows(("LG", "IP"), values, group=Codes("year", np.repeat([0, 1], 12), ("2016", "2017")))

    with pytest.raises(DataError, match="of 1000 replicates gave no number: the data are too few"):
        bootstrap_groups(IP, rows(1), n_boot=1000)
    changes = bootstrap_groups(IP, rows(4), n_boot=1000)
    assert 0 < changes.n_failed < 30  # (8/12)^12 = .8 %
    assert any("gave no number" in str(note) for note in changes.notes)
    assert np.isfinite([changes.raw.lower[0, 0], changes.raw.upper[0, 0], changes.raw.p[0, 0]]).all()


def test_what_cannot_be_drawn_is_refused() -> None:
    rows = units_twice()
    with pytest.raises(UseError, match="expected a whole number above 0"):
        bootstrap_groups(IP, rows, n_boot=0)
    with pytest.raises(UseError, match="interval 'exact' is unknown"):
        bootstrap_groups(IP, rows, interval="exact")
    with pytest.raises(UseError, match="level"):
        bootstrap_groups(IP, rows, level=95)
    with pytest.raises(UseError, match="name the column that says which group"):
        bootstrap_groups(IP, replace(rows, group=None))


@pytest.mark.parametrize("interval", ["percentile", "basic", "bc", "bca", "normal"])
def test_every_interval_holds_the_known_change(interval) -> None:
    for seed in range(5):
        changes = bootstrap_groups(
            IP, units_twice(seed, 200), n_boot=2000, interval=interval, level=0.999
        ).raw
        assert 0 < changes.lower[0, 0] < 0.6 < changes.upper[0, 0]
        assert changes.p[0, 0] < 0.01
