"""Drivers: eta squared by hand, the loss without a choice, combinations, and statsmodels as the other program."""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.evidence.drivers import Driver, explain_answers, explain_numbers

# Shares are rounded to twelve digits.
LAST_DIGITS = 1e-11
FULL = tuple(product(("a", "b"), ("x", "y")))


def test_in_a_full_product_what_a_choice_explains_alone_is_what_is_lost_without_it() -> None:
    """0, 1, 3, 4: mean 2, total 4 + 1 + 1 + 4 = 10; first choice 4 x 1.5^2 = 9, second 4 x .5^2 = 1."""
    found = explain_numbers(("first", "second"), FULL, [0, 1, 3, 4])
    assert found is not None
    assert found.each == (Driver("first", 0.9, 0.9), Driver("second", 0.1, 0.1))
    assert (found.main, found.rest, found.n_cells) == (1.0, 0.0, 4)


def test_what_only_combinations_explain_is_the_rest() -> None:
    """Rise exactly where one of two switches is on: neither alone says anything."""
    found = explain_answers(("first", "second"), FULL, ["fall", "rise", "rise", "fall"])
    assert found is not None
    assert [each.alone for each in found.each] == [0.0, 0.0]
    assert found.rest == 1.0


def test_left_out_combinations_separate_alone_from_lost() -> None:
    """Without (b, y): numbers 0, 1, 3, total 42/9; first: means .5 and 3, lost is the rest of what second leaves.

    Sums of squares: first 2 (.5 - 4/3)^2 + (3 - 4/3)^2 = 25/6, share 25/28. Second: means 1.5 and 1, 2/36 + 1/9 = 1/6, share
    1/28. Both together fit three points exactly, so first loses 27/28 and second 3/28.
    """
    found = explain_numbers(("first", "second"), FULL[:3], [0, 1, 3])
    assert found is not None
    first, second = found.each
    assert (first.alone, second.alone) == pytest.approx((25 / 28, 1 / 28), abs=LAST_DIGITS)
    assert (first.lost, second.lost) == pytest.approx((27 / 28, 3 / 28), abs=LAST_DIGITS)


def test_of_choices_that_go_together_neither_is_lost() -> None:
    found = explain_numbers(("first", "second"), [("a", "x"), ("b", "y")], [0, 1])
    assert found is not None
    assert found.each == (Driver("first", 1.0, 0.0), Driver("second", 1.0, 0.0))
    assert found.strongest.choice == "first"


@pytest.mark.parametrize("answers", [["rise"] * 4, []])
def test_where_all_answer_alike_there_is_nothing_to_explain(answers: list[str]) -> None:
    assert explain_answers(("first", "second"), FULL[: len(answers)], answers) is None
    assert explain_numbers(("first", "second"), FULL[: len(answers)], [0.1 + 0.2] * len(answers)) is None


@given(st.data())
def test_shares_are_those_of_least_squares(data: st.DataObject) -> None:
    """R squared of dummies by statsmodels, over any choice of cells, rank-deficient ones too."""
    every = tuple(product("ab", "xyz", "pq"))
    cells = data.draw(st.lists(st.sampled_from(every), min_size=3, max_size=12, unique=True))
    numbers = data.draw(st.lists(st.integers(-9, 9), min_size=len(cells), max_size=len(cells)))
    found = explain_numbers(("one", "two", "three"), cells, [float(each) for each in numbers])
    if found is None:
        assert len(set(numbers)) == 1
        return
    assert found.main == pytest.approx(r_squared(cells, numbers, (0, 1, 2)), abs=1e-9)
    for at, each in enumerate(found.each):
        others = tuple(place for place in range(3) if place != at)
        assert each.alone == pytest.approx(r_squared(cells, numbers, (at,)), abs=1e-9)
        assert each.lost == pytest.approx(found.main - r_squared(cells, numbers, others), abs=1e-9)


def r_squared(cells: list[tuple[str, ...]], numbers: list[int], places: tuple[int, ...]) -> float:
    columns = [
        [float(cell[at] == label) for cell in cells]
        for at in places
        for label in sorted({cell[at] for cell in cells})
    ]
    design = sm.add_constant(np.array(columns).T, has_constant="add")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dummies beside a constant are singular, and meant to be
        residuals = sm.OLS(np.array(numbers, dtype=float), design).fit().resid
    total = ((np.array(numbers) - np.mean(numbers)) ** 2).sum()
    return float(1 - (residuals**2).sum() / total)


def test_the_order_of_choices_plays_no_part() -> None:
    cells = [("a", "x"), ("a", "y"), ("b", "x")]
    turned = [(second, first) for first, second in cells]
    one = explain_answers(("first", "second"), cells, ["rise", "fall", "fall"])
    other = explain_answers(("second", "first"), turned, ["rise", "fall", "fall"])
    assert one is not None
    assert other is not None
    assert one.each == other.each[::-1]
