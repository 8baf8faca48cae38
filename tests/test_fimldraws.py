"""Incomplete rows resampled: lavaan's replicates, and every replicate and every row left out against fitting it anew."""

from __future__ import annotations

import numpy as np
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.paths import closedform, fimldraws
from bsc_analysis.paths.estimation import estimate
from bsc_analysis.paths.fiml import fit_fiml
from bsc_analysis.paths.fimldraws import incomplete_sample, left_out_covariances, resampled_covariances
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.paths.structure import structure
from bsc_analysis.paths.weights import counts_of, draw_counts
from tests.oracle import BOOT_DRAWS, read_data, read_draws, read_indices

NAMES = ("LG", "IP", "CP", "SH")
FULL = "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"
CHAIN = "IP ~ LG; CP ~ IP; SH ~ CP"
EQUAL = "IP ~ a*LG; CP ~ a*IP; SH ~ CP"
# Both are ends of iterations: steps in common stop below 1e-8 of a standard deviation or error.
BOTH_ENDS = 1e-6
# The same sums in parts of another size.
LAST_BITS = 1e-12


def rows_of(data: str, n: int = 900, clusters: int = 0) -> Rows:
    values = read_data(data)[list(NAMES)].to_numpy(float)[:n]
    codes = Codes("unit", np.arange(n) % clusters, tuple(map(str, range(clusters)))) if clusters else None
    return Rows(NAMES, values, codes)


def estimates(text: str, covariances: np.ndarray) -> np.ndarray:
    """Return the estimates (R, p) from expected covariances."""
    model = path_model(text)
    of = structure(model)
    return np.array([estimate(model, of, S, 900) for S in np.moveaxis(covariances, 2, 0)])


def anew(text: str, rows: Rows) -> np.ndarray:
    model = path_model(text)
    return fit_fiml(model, structure(model), rows).theta


def test_replicates_are_those_of_lavaan() -> None:
    sample = incomplete_sample(path_model(FULL), rows_of("d"))
    S = resampled_covariances(sample, counts_of(read_indices("d_fimlboot"), 900))
    plan = closedform.plan(path_model(FULL))
    b = closedform.coefficients(plan, S)
    psi = closedform.residual_variances(plan, S, b)
    stored = read_draws("d_full_fimlboot_coef")
    assert len(stored) == 60
    np.testing.assert_allclose(b.T, stored[["a", "b1", "b2", "c1", "c2", "c3"]], rtol=0, atol=BOOT_DRAWS)
    np.testing.assert_allclose(psi.T, stored[["IP~~IP", "CP~~CP", "SH~~SH"]], rtol=0, atol=BOOT_DRAWS)


@pytest.mark.parametrize("text", [FULL, CHAIN, EQUAL])
@pytest.mark.parametrize("data", ["d", "d2"])
def test_a_replicate_is_the_fit_to_the_rows_it_drew(text: str, data: str) -> None:
    rows = rows_of(data, 300)
    counts = draw_counts(300, range(4), 5)
    got = estimates(text, resampled_covariances(incomplete_sample(path_model(text), rows), counts))
    expected = [anew(text, rows.take(np.repeat(np.arange(300), each.astype(int)))) for each in counts]
    np.testing.assert_allclose(got, expected, rtol=BOTH_ENDS, atol=BOTH_ENDS)


def test_clusters_are_drawn_whole() -> None:
    rows = rows_of("d2", 300, clusters=25)
    assert rows.cluster is not None
    counts = draw_counts(25, range(3), 1)
    sample = incomplete_sample(path_model(CHAIN), rows, by="cluster")
    assert len(sample) == 25
    got = estimates(CHAIN, resampled_covariances(sample, counts))
    for each, count in zip(got, counts, strict=True):
        drawn = np.concatenate(
            [np.flatnonzero(rows.cluster.code == at) for at in np.repeat(np.arange(25), count.astype(int))]
        )
        np.testing.assert_allclose(each, anew(CHAIN, rows.take(drawn)), rtol=BOTH_ENDS, atol=BOTH_ENDS)


@pytest.mark.parametrize("text", [FULL, CHAIN, EQUAL])
def test_leaving_out_a_row_is_fitting_anew_without_it(text: str) -> None:
    rows = rows_of("d2", 120)
    S = left_out_covariances(incomplete_sample(path_model(text), rows))
    assert S.shape == (4, 4, 120)
    chosen = [0, 1, 7, 60, 119]
    got = estimates(text, S[:, :, chosen])
    expected = [anew(text, rows.take(np.delete(np.arange(120), at))) for at in chosen]
    np.testing.assert_allclose(got, expected, rtol=BOTH_ENDS, atol=BOTH_ENDS)


def test_leaving_out_a_cluster_is_fitting_anew_without_it() -> None:
    rows = rows_of("d2", 300, clusters=12)
    assert rows.cluster is not None
    S = left_out_covariances(incomplete_sample(path_model(FULL), rows, by="cluster"))
    expected = [anew(FULL, rows.take(rows.cluster.code != at)) for at in range(12)]
    np.testing.assert_allclose(estimates(FULL, S), expected, rtol=BOTH_ENDS, atol=BOTH_ENDS)


def test_every_unit_drawn_once_is_the_fit_to_all_rows() -> None:
    rows = rows_of("d2")
    S = resampled_covariances(incomplete_sample(path_model(CHAIN), rows), np.ones((2, 900)))
    expected = anew(CHAIN, rows)
    np.testing.assert_allclose(estimates(CHAIN, S), [expected, expected], rtol=1e-8)


def test_complete_rows_give_the_covariances_of_the_drawn_rows() -> None:
    """A saturated model expects of complete rows what they are."""
    rows = rows_of("a", 200)
    counts = draw_counts(200, range(3), 2)
    S = resampled_covariances(incomplete_sample(path_model(FULL), rows), counts)
    for at, each in enumerate(counts):
        drawn = np.repeat(rows.values, each.astype(int), axis=0)
        np.testing.assert_allclose(S[:, :, at], np.cov(drawn.T, bias=True), rtol=0, atol=1e-10)


def test_parts_of_any_size_give_the_same_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = incomplete_sample(path_model(CHAIN), rows_of("d2", 150))
    counts = draw_counts(150, range(20), 3)
    whole = resampled_covariances(sample, counts), left_out_covariances(sample)
    monkeypatch.setattr(fimldraws, "NUMBERS_AT_ONCE", 600)
    np.testing.assert_allclose(resampled_covariances(sample, counts), whole[0], rtol=0, atol=LAST_BITS)
    np.testing.assert_allclose(left_out_covariances(sample), whole[1], rtol=0, atol=LAST_BITS)


def test_replicates_without_a_maximum_are_not_numbers_and_spoil_no_other() -> None:
    """One row drawn thirty times has no variance; two rows lie on a line; the replicate of all rows is as always."""
    sample = incomplete_sample(path_model("IP ~ LG"), rows_of("d2", 30).select(["LG", "IP"]))
    counts = np.zeros((3, 30))
    counts[0, 0], counts[1, :2], counts[2] = 30, 15, 1
    S = resampled_covariances(sample, counts)
    assert np.isnan(S[:, :, :2]).all()
    np.testing.assert_allclose(S[:, :, 2:], resampled_covariances(sample, counts[2:]), rtol=1e-9)


def test_a_replicate_in_which_two_variables_never_meet_is_not_a_number() -> None:
    """IP and CP are known together in the last two rows only: without them nothing says how they go together."""
    values = np.random.default_rng(4).normal(size=(40, 3))
    values[:19, 1] = np.nan
    values[19:38, 2] = np.nan
    values = np.vstack([values, np.random.default_rng(5).normal(size=(6, 3))])
    sample = incomplete_sample(path_model("IP ~ LG; CP ~ LG + IP"), Rows(("LG", "IP", "CP"), values))
    counts = np.ones((2, 46))
    counts[0, 38:] = 0
    S = resampled_covariances(sample, counts)
    assert np.isnan(S[:, :, 0]).all()
    assert np.isfinite(S[:, :, 1]).all()


def test_what_cannot_be_fitted_cannot_be_resampled() -> None:
    values = np.random.default_rng(3).normal(size=(40, 3))
    values[:20, 1] = np.nan
    values[20:, 2] = np.nan
    with pytest.raises(DataError, match="IP and CP are never known in the same row"):
        incomplete_sample(path_model("IP ~ LG; CP ~ LG + IP"), Rows(("LG", "IP", "CP"), values))
