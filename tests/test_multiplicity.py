"""Holm's method: by hand, as statsmodels has it, and with effects that have two names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.multiplicity import holm, holm_of_effects

LAST_BITS = 1e-14

probabilities = st.floats(0, 1)


def test_four_tests_by_hand() -> None:
    """.01 x 4 = .04; .02 x 3 = .06; .03 x 2 = .06; .9 x 1 = .9, and in another order the same."""
    assert holm(np.array([0.9, 0.01, 0.03, 0.02])) == pytest.approx([0.9, 0.04, 0.06, 0.06])


def test_no_adjusted_probability_is_above_one_or_below_a_smaller_one() -> None:
    """.4 x 3 = 1.2, hence 1 for it and for what follows."""
    assert holm(np.array([0.5, 0.4, 0.6])).tolist() == [1, 1, 1]
    assert holm(np.array([0.01, 0.011])) == pytest.approx([0.02, 0.02])


@settings(max_examples=20)  # statsmodels takes a tenth of a second and more for each
@given(st.lists(probabilities, min_size=1, max_size=40))
def test_it_is_statsmodels(p: list[float]) -> None:
    expected = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(holm(np.array(p)), expected, rtol=LAST_BITS)


@given(st.lists(st.one_of(probabilities, st.just(float("nan"))), min_size=1, max_size=20))
def test_tests_that_do_not_exist_do_not_count(p: list[float]) -> None:
    values = np.array(p)
    known = ~np.isnan(values)
    adjusted = holm(values)
    np.testing.assert_array_equal(np.isnan(adjusted), ~known)
    np.testing.assert_array_equal(adjusted[known], holm(values[known]))


def test_no_test_at_all() -> None:
    assert holm(np.array([])).tolist() == []


def test_an_effect_with_two_names_counts_once() -> None:
    """IP ~ LG; CP ~ IP has three effects under seven names: LG -> IP and its total, LG -> IP -> CP, which is the indirect
    and the total effect too, and IP -> CP and its total. In two sets they are six tests, the smallest times 6."""
    effects = list_effects(path_model("IP ~ LG; CP ~ IP"))
    assert [str(name) for name in effects.names] == [
        "LG -> IP", "total LG -> IP", "LG -> IP -> CP", "indirect LG -> CP", "total LG -> CP", "IP -> CP", "total IP -> CP",
    ]  # fmt: skip
    p = np.array([[0.01] * 2 + [0.2] * 3 + [0.5] * 2, [0.02] * 2 + [0.03] * 3 + [0.9] * 2])
    adjusted = holm_of_effects(effects, p)
    expected = multipletests([0.01, 0.2, 0.5, 0.02, 0.03, 0.9], method="holm")[1].reshape(2, 3)
    np.testing.assert_allclose(adjusted, np.repeat(expected, [2, 3, 2], axis=1), rtol=LAST_BITS)
    assert adjusted[0, 0] == pytest.approx(0.06)


def test_a_defined_effect_is_a_test_of_its_own() -> None:
    effects = list_effects(path_model("IP ~ a*LG; CP ~ b*IP; twice := 2*a*b; half := a*b/2"))
    p = np.array([[0.01] * 2 + [0.02] * 3 + [0.03] * 2 + [0.001, 0.5]])
    adjusted = holm_of_effects(effects, p)[0]
    assert adjusted[[7, 0, 2, 5, 8]] == pytest.approx([0.005, 0.04, 0.06, 0.06, 0.5])
