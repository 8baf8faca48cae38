"""Permutation: t against statsmodels, p against every order of the rows there is, and size under the null."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm

from bsc_analysis.paths.fewclusters import permutation_test
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from tests.oracle import read_data

# Least squares by different algebra.
SOLVED = 1e-9
# So many standard errors of a share of draws may come about: once in 16,000 tests.
FOUR_SE = 4.0

NAMES = ("LG", "IP", "CP")
MODEL = path_model("IP ~ LG; CP ~ LG + IP")


def plain_t(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return ordinary t of each predictor by textbook algebra."""
    x = np.column_stack([np.ones(len(y)), x])
    b = np.linalg.solve(x.T @ x, x.T @ y)
    variance = ((y - x @ b) ** 2).sum() / (len(y) - x.shape[1])
    return np.asarray(b / np.sqrt(variance * np.diag(np.linalg.inv(x.T @ x))))[1:]


def restricted(y: np.ndarray, x: np.ndarray, column: int) -> np.ndarray:
    """Return what the other predictors expect of the outcome."""
    others = np.column_stack([np.ones(len(y)), np.delete(x, column, axis=1)])
    return np.asarray(others @ np.linalg.lstsq(others, y, rcond=None)[0])


def six_rows() -> tuple[Rows, Rows]:
    """Return six rows, and the same with strata of three rows each that stand mixed."""
    values = np.array(
        [[1.0, 2.1, 0.3], [2.0, 1.9, 1.1], [3.5, 3.2, 0.2], [4.0, 2.8, 2.6], [5.2, 4.1, 1.7], [7.0, 3.0, 2.0]]
    )
    strata = Codes("echelon", np.array([0, 1, 1, 0, 1, 0]), ("2", "3"))
    return Rows(NAMES, values), Rows(NAMES, values, stratum=strata)


def brute_force(rows: Rows, outcome: int, predictors: list[int], column: int) -> tuple[float, int]:
    """Return the exact p of every order that keeps rows within their strata, and how many orders these are."""
    X, y = rows.values[:, predictors], rows.values[:, outcome]
    code = np.zeros(6, int) if rows.stratum is None else rows.stratum.code
    orders = [each for each in itertools.permutations(range(6)) if (code[list(each)] == code).all()]
    expected = restricted(y, X, column)
    drawn = [abs(plain_t(expected + (y - expected)[list(each)], X)[column]) for each in orders]
    observed = abs(plain_t(y, X)[column]) * (1 - SOLVED)
    return float(np.mean([each >= observed for each in drawn])), len(orders)


@pytest.mark.parametrize(("stratified", "count"), [(False, 720), (True, 36)])
def test_p_of_a_permutation_is_the_share_of_all_orders_of_six_rows(stratified: bool, count: int) -> None:
    rows = six_rows()[stratified]
    found = permutation_test(MODEL, rows, n_draws=20_000, seed=3)
    for edge, equation in enumerate([(1, [0], 0), (2, [0, 1], 0), (2, [0, 1], 1)]):
        p, orders = brute_force(rows, *equation)
        assert orders == count
        assert abs(found.p[edge] - p) < FOUR_SE * math.sqrt(p * (1 - p) / 20_000)
    assert (found.n_draws, found.exact, found.notes) == (20_000, False, ())


def test_t_of_a_permutation_test_is_that_of_least_squares() -> None:
    values = read_data("a")[list(NAMES)].to_numpy(float)[:100]
    LG, IP, CP = values.T
    found = permutation_test(MODEL, Rows(NAMES, values), n_draws=9)
    ols = [sm.OLS(IP, sm.add_constant(LG)), sm.OLS(CP, sm.add_constant(np.column_stack([LG, IP])))]
    np.testing.assert_allclose(found.t, [t for each in ols for t in each.fit().tvalues[1:]], rtol=SOLVED)


def test_a_difference_of_strata_alone_is_no_effect_within_them() -> None:
    """Two strata, both variables higher by 5 in the second, nothing within: only permuting across them finds an effect."""
    rng = np.random.default_rng(11)
    code = np.arange(60) % 2
    values = rng.standard_normal((60, 2)) + 5 * code[:, None]
    across = permutation_test(path_model("IP ~ LG"), Rows(("LG", "IP"), values), n_draws=999)
    within = permutation_test(
        path_model("IP ~ LG"), Rows(("LG", "IP"), values, stratum=Codes("e", code, ("2", "3"))), n_draws=999
    )
    assert across.p[0] == 1 / 1000
    assert within.p[0] > 0.05


def test_size_of_a_permutation_under_the_null_of_heavy_tails() -> None:
    """Eight rows with errors of two degrees of freedom: exact, so that of 600 tests at .05 30 reject, +- 4 x .0089."""
    model = path_model("IP ~ LG")
    rejected = 0
    for seed in range(600):
        rng = np.random.default_rng(np.random.SeedSequence([20151122, seed]))
        rows = Rows(("LG", "IP"), rng.standard_t(2, (8, 2)))
        rejected += permutation_test(model, rows, n_draws=199, seed=seed).p[0] <= 0.05
    assert abs(rejected / 600 - 0.05) < FOUR_SE * 0.0089


def test_incomplete_rows_are_left_out_of_a_permutation() -> None:
    rows = six_rows()[0]
    more = Rows(NAMES, np.vstack([rows.values, [[3.0, np.nan, 1.0]]]))
    np.testing.assert_array_equal(
        permutation_test(MODEL, more, n_draws=99).p, permutation_test(MODEL, rows, n_draws=99).p
    )
