"""The bootstrap of effects: lavaan's replicates and intervals, seeds, clusters, strata, incomplete rows and other models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.intervals import interval_ends
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.reduction import read_moments
from bsc_analysis.paths.replicates import statistic_of
from bsc_analysis.paths.resampledmoments import resample_with, sampled_from
from bsc_analysis.paths.resampling import bootstrap
from bsc_analysis.paths.rows import read_rows
from bsc_analysis.paths.weights import counts_of
from tests.oracle import BOOT_DRAWS, BOOT_INTERVALS, read_data, read_draws, read_indices, read_intervals

FULL = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
LABELS = {
    "a": ("LG", "IP"),
    "b1": ("LG", "CP"),
    "b2": ("IP", "CP"),
    "c1": ("LG", "SH"),
    "c2": ("IP", "SH"),
    "c3": ("CP", "SH"),
}
NAMED = {
    "ind_LG_IP_CP": "LG -> IP -> CP",
    "tot_LG_SH": "total LG -> SH",
    "ind_LG_IP_CP_SH": "LG -> IP -> CP -> SH",
    "tot_IP_SH": "total IP -> SH",
}
SPOKEN = [str(name) for name in list_effects(FULL).names]
LAST_BITS = 1e-12  # the same sums in other blocks
SPREAD = 0.06  # a standard error from 2,000 replicates has one of 1.6 % of itself; four of them
PATTERN = {"kinds": {"perc": "percentile", "basic": "basic", "bca.simple": "bc"}}


def _replayed(data: str, indices: str, cluster: str | None = None) -> np.ndarray:
    """Return every effect of the replicates that lavaan drew, (2m, R)."""
    moments = moments_of(read_rows(read_data(data), FULL.observed, cluster=cluster))
    statistic = statistic_of(FULL, list_effects(FULL), moments.covariance, moments.n_obs)
    drawn = read_indices(indices)
    draws = resample_with(sampled_from(moments), counts_of(drawn, len(moments.n)), statistic)
    return np.asarray(draws.values)


@pytest.mark.parametrize(
    ("data", "indices", "stored", "cluster"),
    [("a", "a_boot", "a_full_boot_coef", None), ("b", "b_clusterboot", "b_full_clusterboot_coef", "cluster")],
)
def test_replicates_of_rows_and_clusters_are_lavaans(
    data: str, indices: str, stored: str, cluster: str | None
) -> None:
    ours, theirs = _replayed(data, indices, cluster), read_draws(stored)
    for label, (start, end) in LABELS.items():
        at = SPOKEN.index(f"{start} -> {end}")
        np.testing.assert_allclose(ours[at], theirs[label], rtol=0, atol=BOOT_DRAWS)


@pytest.mark.parametrize(("kind", "method"), PATTERN["kinds"].items())
def test_intervals_of_raw_and_standardised_effects_are_lavaans(kind: str, method) -> None:
    draws = _replayed("a", "a_boot")
    effects = decompose(fit_path(FULL, read_rows(read_data("a"), FULL.observed)))
    estimates = np.concatenate([effects.b, effects.beta])
    ends = interval_ends(draws, estimates, method=method)
    for offset, prefix, name in ((0, "", "a_full_boot"), (len(SPOKEN), "std_", "a_full_boot_randx")):
        stored = read_intervals(name, prefix + kind)
        for label, effect in NAMED.items():
            at = offset + SPOKEN.index(effect)
            assert ends.lower[at] == pytest.approx(
                stored[label].lower, rel=BOOT_INTERVALS, abs=BOOT_INTERVALS
            )
            assert ends.upper[at] == pytest.approx(
                stored[label].upper, rel=BOOT_INTERVALS, abs=BOOT_INTERVALS
            )


def test_the_result_depends_on_the_seed_and_not_on_workers() -> None:
    frame = read_data("a")
    first, threaded = (bootstrap(FULL, frame, n_boot=2000, seed=3, workers=workers) for workers in (1, 2))
    other = bootstrap(FULL, frame, n_boot=2000, seed=4)
    np.testing.assert_array_equal(first.lower, threaded.lower)
    np.testing.assert_array_equal(first.beta_se, threaded.beta_se)
    assert not np.array_equal(first.lower, other.lower)


def test_more_replicates_begin_with_the_same_ones() -> None:
    frame = read_data("a")
    few, more = (bootstrap(FULL, frame, n_boot=count, interval="normal", seed=3) for count in (1000, 1001))
    assert few.se == pytest.approx(more.se, rel=0.01)


def test_standard_errors_are_those_of_the_sandwich() -> None:
    rows = read_rows(read_data("e"), FULL.observed)
    drawn, computed = bootstrap(FULL, rows, n_boot=2000), decompose(fit_path(FULL, rows, se="robust"))
    np.testing.assert_allclose(drawn.se, computed.se, rtol=SPREAD)
    np.testing.assert_allclose(drawn.beta_se, computed.beta_se, rtol=SPREAD)
    np.testing.assert_allclose(drawn.b, computed.b, rtol=LAST_BITS)


def test_whole_clusters_are_drawn_from_a_frame_or_from_its_moments() -> None:
    frame = read_data("b")
    rows = bootstrap(FULL, frame, n_boot=2000, cluster="cluster", interval="percentile")
    moments = read_moments(frame, FULL.observed, cluster="cluster")
    first_seen = [str(each) for each in pd.unique(frame["cluster"])]
    same = bootstrap(
        FULL,
        moments_of(read_rows(frame, FULL.observed, cluster="cluster")),
        n_boot=2000,
        interval="percentile",
    )
    np.testing.assert_array_equal(rows.lower, same.lower)
    reduced = bootstrap(FULL, moments, n_boot=2000, interval="percentile")
    assert sorted(moments.labels) == sorted(first_seen)
    np.testing.assert_allclose(reduced.se, rows.se, rtol=2 * SPREAD)
    alone = bootstrap(FULL, frame, n_boot=2000, interval="percentile")
    assert (rows.se / alone.se).max() > 1.5


def test_units_in_several_years_are_not_independent() -> None:
    """Each unit stands three times: drawn whole, the intervals are wider than when its years are taken for three units."""
    frame = read_data("b")
    whole, torn = (bootstrap(FULL, frame, n_boot=2000, cluster=cluster) for cluster in ("unit", None))
    at = SPOKEN.index("CP -> SH")
    assert whole.se[at] != pytest.approx(torn.se[at], rel=SPREAD / 2)
    expected = decompose(fit_path(FULL, read_rows(frame, FULL.observed, cluster="unit"), se="cluster"))
    np.testing.assert_allclose(whole.se, expected.se, rtol=SPREAD)


def test_strata_keep_their_size() -> None:
    """With every row its own stratum, each replicate is the data."""
    frame = read_data("a").head(50).assign(own=range(50))
    effects = bootstrap(FULL, frame, n_boot=1000, stratum="own", interval="percentile")
    np.testing.assert_allclose(effects.se, 0, atol=LAST_BITS)


def test_a_cluster_in_two_strata_is_refused() -> None:
    with pytest.raises(UseError, match="cluster '1' lies in several strata of 'year'"):
        bootstrap(FULL, read_data("b"), n_boot=1000, cluster="cluster", stratum="year")


def test_incomplete_rows_give_the_intervals_of_complete_ones_where_nothing_is_missing() -> None:
    frame = read_data("a")
    for interval in ("percentile", "bca"):
        listwise, fiml = (
            bootstrap(FULL, frame, n_boot=1000, missing=missing, interval=interval)
            for missing in ("listwise", "fiml")
        )
        np.testing.assert_allclose(fiml.lower, listwise.lower, rtol=1e-7, atol=1e-9)


def test_what_is_missing_is_said() -> None:
    effects = bootstrap(FULL, read_data("d"), n_boot=1000, missing="fiml", interval="percentile")
    assert any("288 values in all" in str(note) for note in effects.notes)
    dropped = bootstrap(FULL, read_data("d"), n_boot=1000, interval="percentile")
    assert any("left out because a value is missing (listwise)" in str(note) for note in dropped.notes)
    assert dropped.se[0] > effects.se[0]


def test_a_model_with_a_residual_covariance_is_refitted_one_by_one() -> None:
    model = path_model("IP ~ LG; CP ~ LG; SH ~ LG + IP + CP; IP ~~ CP")
    rows = read_rows(read_data("a"), model.observed)
    seen: list[int] = []
    drawn = bootstrap(model, rows, n_boot=200, interval="normal", progress=seen.append)
    computed = decompose(fit_path(model, rows, se="robust"))
    np.testing.assert_allclose(
        drawn.se, computed.se, rtol=0.25
    )  # four standard errors of one from 200 replicates
    assert seen[-1] == 200
    assert any("200 replicates are few" in str(note) for note in drawn.notes)


def test_replicates_without_variation_are_counted_and_too_many_refused() -> None:
    """Of 12 rows one has IP = 1: about a third of the replicates miss it, and IP does not vary in them."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"LG": rng.normal(size=12), "IP": [1.0] + [0.0] * 11})
    with pytest.raises(DataError, match="of 1000 replicates gave no number: the data are too few"):
        bootstrap(path_model("IP ~ LG"), frame, n_boot=1000)
    frame = pd.DataFrame({"LG": rng.normal(size=12), "IP": [1.0] * 4 + [0.0] * 8})
    effects = bootstrap(path_model("IP ~ LG"), frame, n_boot=1000)
    assert 0 < effects.n_failed < 30
    assert any("gave no number" in str(note) for note in effects.notes)


@pytest.mark.parametrize("n_boot", [0, -5, 2.5])
def test_replicates_must_be_a_whole_number_above_zero(n_boot) -> None:
    with pytest.raises(UseError, match="expected a whole number above 0"):
        bootstrap(FULL, read_data("a"), n_boot=n_boot)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = read_data("a")
    with pytest.raises(UseError, match="these moments are one pool"):
        bootstrap(FULL, read_moments(frame, FULL.observed), n_boot=1000)
    with pytest.raises(UseError, match="interval 'exact' is unknown"):
        bootstrap(FULL, frame, interval="exact")
    with pytest.raises(UseError, match="fiml needs the rows themselves"):
        bootstrap(FULL, moments_of(read_rows(frame, FULL.observed)), missing="fiml")


@pytest.mark.parametrize("seed", range(5))
def test_intervals_recover_the_truth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    LG = rng.normal(size=400)
    IP = 0.5 * LG + rng.normal(size=400)
    frame = pd.DataFrame({"LG": LG, "IP": IP, "CP": 0.4 * IP + rng.normal(size=400)})
    model = path_model("IP ~ LG; CP ~ LG + IP")
    effects = bootstrap(model, frame, n_boot=2000, level=0.999)
    at = [str(name) for name in effects.names].index("LG -> IP -> CP")
    assert effects.lower[at] < 0.2 < effects.upper[at]
