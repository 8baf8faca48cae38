"""Correlations within their rounding: impossible ones are proven so, and none that data have is called impossible."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.evidence.definiteness import Completes, impossible_part, proven_impossible
from bsc_analysis.scorecards.bands import Interval

FOUND = 2e-6  # a shown range is widened by a millionth to both sides
NAMES = ("a", "b", "c", "d", "e", "f")


def near(r: float | str, decimals: int = 2) -> Interval:
    value = Fraction(str(r))
    return Interval(value - Fraction(5, 10 ** (decimals + 1)), value + Fraction(5, 10 ** (decimals + 1)))


def box(**entries: str) -> dict[tuple[str, str], Interval]:
    return {(pair[0], pair[1]): near(text) for pair, text in entries.items()}


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), k=st.integers(3, 6), n=st.integers(2, 8), decimals=st.integers(1, 3))
def test_correlations_of_data_are_never_called_impossible(seed: int, k: int, n: int, decimals: int) -> None:
    """With fewer rows than variables the matrix has eigenvalues of zero: the edge of what is possible."""
    r = np.corrcoef(np.random.default_rng(seed).normal(size=(n + 1, k)), rowvar=False)
    names = NAMES[:k]
    printed = {
        (names[i], names[j]): near(f"{r[i, j]:.{decimals}f}", decimals) for i, j in combinations(range(k), 2)
    }
    assert impossible_part(names, printed) == ()


@pytest.mark.parametrize(("r", "impossible"), [("-.50", True), (".59", True), (".60", False), (".62", False)])
def test_two_strong_correlations_bound_the_third(r: str, impossible: bool) -> None:
    """With .895 twice the third is at least 2 x .895 squared less 1, .60205: .59 is at most .595, and .60 may be .605."""
    assert proven_impossible("abc", box(ab=".90", ac=".90", bc=r)) is impossible


def test_the_smallest_impossible_set_is_found() -> None:
    entries = box(ab=".10", ac=".10", ad=".10", bc=".90", bd=".90", cd="-.20")
    assert impossible_part("abcd", entries) == ("b", "c", "d")


def test_an_impossible_matrix_all_of_whose_parts_are_possible_is_found_whole() -> None:
    """Four variables that all correlate -.40 sum to a variance of 4 - 12 x .4 < 0; of three, 3 - 6 x .4 = .6 is fine."""
    entries = {pair: near("-.40") for pair in combinations("abcd", 2)}
    assert impossible_part("abcd", entries) == ("a", "b", "c", "d")
    assert impossible_part("abc", entries) == ()


def test_no_correlation_exceeds_one() -> None:
    assert impossible_part("ab", {("a", "b"): near("1.20")}) == ("a", "b")


def test_a_correlation_that_completes_a_matrix_lies_within_the_known_bounds() -> None:
    """r13 r23 -+ sqrt((1 - r13^2)(1 - r23^2)) with .5 and .6: .3 -+ .6928."""
    sharp = [Interval(Fraction("0.5"), Fraction("0.5")), Interval(Fraction("0.6"), Fraction("0.6"))]
    found = Completes((), ("a", "b", "c"), ("a", "b")).range(sharp)
    assert found is not None
    half = sqrt(0.75 * 0.64)
    assert (float(found.lower), float(found.upper)) == pytest.approx((0.3 - half, 0.3 + half), abs=FOUND)


def test_others_that_are_impossible_alone_leave_no_range() -> None:
    wrong = [near("1.00"), near("1.00"), near("1.00"), near("-1.00"), near("1.00")]
    assert Completes((), ("a", "b", "c", "d"), ("a", "b")).range(wrong) is None
