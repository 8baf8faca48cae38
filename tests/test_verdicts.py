"""Verdicts: what a number or a test means in one word, exactly at the thresholds."""

from __future__ import annotations

import math

import pytest

from bsc_analysis.errors import fault
from bsc_analysis.paths.equationchecks import EXACT
from bsc_analysis.paths.verdicts import by_size, by_test, not_computed, written


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0, "fine"), (0.99, "fine"), (1.0, "look"), (-1.99, "look"), (-2.0, "serious"), (math.inf, "serious")],
)
def test_a_size_is_fine_below_the_first_threshold_and_serious_from_the_second(
    value: float, verdict: str
) -> None:
    assert by_size(value, (1.0, 2.0)) == verdict


@pytest.mark.parametrize(
    ("p", "share", "verdict"),
    [
        (0.05, 1, "fine"),
        (0.049, 1, "look"),
        (0.001, 1, "look"),
        (0.0009, 0.05, "serious"),
        (1e-9, 0.049, "look"),
    ],
)
def test_a_test_is_serious_only_if_what_it_found_is_large_too(p: float, share: float, verdict: str) -> None:
    assert by_test(p, share) == verdict


def test_the_size_from_which_a_test_is_serious_can_be_another() -> None:
    assert by_test(1e-9, 0.9, 1.0) == "look"
    assert by_test(1e-9, 1.0, 1.0) == "serious"


@pytest.mark.parametrize(("of", "where"), [("IP", "IP"), ("", "the model")])
def test_what_cannot_be_computed_says_where_what_and_why(of: str, where: str) -> None:
    found = not_computed("RESET", of, fault(EXACT))
    assert (
        str(found.sentence)
        == f"{where}: RESET cannot be computed: the predictors explain the outcome exactly"
    )
    assert (found.name, found.of, found.df, found.p, found.verdict) == ("RESET", of, (), None, "not computed")
    assert math.isnan(found.statistic)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123456, "0.0123"), (0, "0"), (7.743e-06, "7.74e-06"), (math.inf, "inf")]
)
def test_sentences_show_three_digits(value: float, text: str) -> None:
    assert written(value) == text
