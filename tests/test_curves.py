"""Statistics over intervals: known tails, formulas by hand, and ranges that are never narrower than the truth."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bsc_analysis.evidence.curves import Cfi, ChiSquareP, Rmsea, TwoSidedP, root_above, root_below
from bsc_analysis.evidence.expressions import Leaf
from bsc_analysis.evidence.printed import Key
from bsc_analysis.scorecards.bands import Interval

TABLE = 5e-5  # tables of tails print four decimals
X = Leaf(Key("t"))


def point(value: float | str) -> Interval:
    return Interval(Fraction(str(value)), Fraction(str(value)))


def between(lower: float | str, upper: float | str) -> Interval:
    return Interval(Fraction(str(lower)), Fraction(str(upper)))


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return float(interval.lower), float(interval.upper)


def test_the_tails_are_those_of_printed_tables() -> None:
    """z = 1.96 has p .0500, t = 2.228 with 10 degrees of freedom .0500, chi-square 3.841 with one .0500, 5.991 with two .0500."""
    assert ends(TwoSidedP((X,)).range([point(1.96)])) == pytest.approx((0.05, 0.05), abs=TABLE)
    assert ends(TwoSidedP((X, X)).range([point(2.228), point(10)]))[1] == pytest.approx(0.05, abs=TABLE)
    assert ends(ChiSquareP((X, X)).range([point(3.841), point(1)])) == pytest.approx((0.05, 0.05), abs=TABLE)
    assert ends(ChiSquareP((X, X)).range([point(5.991), point(2)])) == pytest.approx((0.05, 0.05), abs=TABLE)


@given(
    t=st.floats(-9, 9),
    width=st.floats(0, 1),
    inside=st.floats(0, 1),
    df=st.integers(1, 500),
    more=st.integers(0, 500),
)
def test_every_t_within_its_rounding_has_its_p_in_the_range(
    t: float, width: float, inside: float, df: int, more: int
) -> None:
    lower, upper = Fraction(t), Fraction(t) + Fraction(width)
    at = float(lower + Fraction(inside) * (upper - lower))
    found = ends(TwoSidedP((X, X)).range([Interval(lower, upper), point(df)]))
    for p in (2 * stats.norm.sf(abs(at)), 2 * stats.t.sf(abs(at), df + more)):
        assert found[0] <= p <= found[1]


@given(
    chi2=st.floats(0, 80),
    width=st.floats(0, 1),
    inside=st.floats(0, 1),
    df=st.integers(1, 60),
    n=st.integers(5, 3000),
)
def test_every_chi_square_within_its_rounding_has_its_p_and_rmsea_in_the_range(
    chi2: float, width: float, inside: float, df: int, n: int
) -> None:
    interval = Interval(Fraction(chi2), Fraction(chi2) + Fraction(width))
    at = chi2 + inside * width
    at = min(max(at, float(interval.lower)), float(interval.upper))
    p = ends(ChiSquareP((X, X)).range([interval, point(df)]))
    assert p[0] <= stats.chi2.sf(at, df) <= p[1]
    rmsea = Rmsea((X, X, X)).range([interval, point(df), point(n)])
    assert rmsea is not None
    for m in (n, n - 1):
        square = max(Fraction(at) - df, Fraction(0)) / (df * m)
        assert rmsea.lower**2 <= square <= rmsea.upper**2


def test_fit_measures_by_hand() -> None:
    """chi2 85, df 24, n 145: RMSEA sqrt(61 / (24 x 144)) = .13285, over n .13240; CFI against 918 with 36: 1 - 61/882 = .9308."""
    assert ends(Rmsea((X, X, X)).range([point(85), point(24), point(145)])) == pytest.approx(
        (sqrt(61 / (24 * 145)), sqrt(61 / (24 * 144))), abs=1e-12
    )
    cfi = Cfi((X, X, X, X)).range([point(85), point(24), point(918), point(36)])
    assert cfi == Interval(1 - Fraction(61, 882), 1 - Fraction(61, 882))


def test_what_has_no_misfit_has_no_rmsea_and_a_cfi_of_one() -> None:
    assert ends(Rmsea((X, X, X)).range([point(3), point(5), point(100)])) == (0, 0)
    assert ends(Rmsea((X, X, X)).range([point(0), point(0), point(100)])) == (0, 0)
    assert ends(Cfi((X, X, X, X)).range([point(3), point(5), point(90), point(10)])) == (1, 1)
    assert ChiSquareP((X, X)).range([point(0), point(0)]) is None


@pytest.mark.parametrize(
    ("curve", "others", "target"),
    [
        (TwoSidedP((X, X)), [point(40)], between(0.012, 0.013)),
        (TwoSidedP((X,)), [], between(0.012, 0.013)),
        (ChiSquareP((X, X)), [point(3)], between(0.04, 0.05)),
        (Rmsea((X, X, X)), [point(3), point(200)], between(0.04, 0.05)),
    ],
    ids=["t", "z", "chi-square", "rmsea"],
)
def test_the_statistics_that_give_a_printed_result_are_all_found(
    curve: TwoSidedP | ChiSquareP | Rmsea, others: list[Interval], target: Interval
) -> None:
    found = curve.undo(0, target, others)
    assert found is not None
    again = curve.range([found, *others])
    assert again is not None
    assert again.lower <= target.lower
    assert target.upper <= again.upper
    beyond = Interval(found.upper + 1, found.upper + 2)
    outside = curve.range([beyond, *others])
    assert outside is not None
    assert outside.meet(target).empty


@given(value=st.fractions(0, 10**6))
def test_roots_enclose_the_root(value: Fraction) -> None:
    assert root_below(value) ** 2 <= value <= root_above(value) ** 2
    assert root_above(value) - root_below(value) <= Fraction(1, 10**14)
