"""Reduction: every engine sums its rows to the moments that the rows themselves have, and refuses what cannot be reduced."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.reduction import read_moments
from bsc_analysis.paths.rows import read_rows
from tests.engines import NAMES as ENGINES
from tests.engines import find_engine
from tests.oracle import read_data

NAMES = ("LG", "IP", "CP", "SH")
# Sums of few products in another order.
ANOTHER_ORDER = 1e-12
# A mean a hundred million times the spread leaves half of a double's sixteen digits to the deviations.
HALF_THE_DIGITS = 1e-7


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_reduces_to_the_moments_of_its_rows(engine: str) -> None:
    """Clusters come in the order of their names, short ones first; the two incomplete rows and the one without unit go."""
    frame = pd.DataFrame(
        {
            "unit": ["b", "a10", "b", "a10", "c", None, "c"],
            "IP": [2.0, 1.5, None, 6.5, 3.0, 1.0, 9.0],
            "LG": [1.0, 3.0, 2.0, 5.0, float("nan"), 4.0, 7.0],
            "SH": [1, 2, 3, 4, 5, 6, 8],
        }
    )
    reduced = read_moments(find_engine(engine).make(frame), ["LG", "IP", "SH"], cluster="unit")
    kept = frame.dropna().sort_values("unit", key=lambda names: names.map(lambda name: (len(name), name)))
    expected = moments_of(read_rows(kept, ["LG", "IP", "SH"], cluster="unit"))
    assert (reduced.unit, reduced.labels, reduced.dropped) == ("cluster", ("b", "c", "a10"), 3)
    assert (expected.labels, reduced.n.tolist()) == (reduced.labels, [1, 1, 2])
    np.testing.assert_allclose(reduced.mean, expected.mean, rtol=ANOTHER_ORDER)
    np.testing.assert_allclose(reduced.products, expected.products, atol=1e-11)


@pytest.mark.parametrize("engine", ENGINES[:-1])
def test_every_engine_keeps_its_digits_far_from_zero(engine: str) -> None:
    data = read_data("b")[list(NAMES)].head(400)
    far = (data * 4).round() / 4 + 1e8
    reduced = read_moments(find_engine(engine).make(far), NAMES)
    assert (reduced.unit, reduced.labels, reduced.n.tolist()) == ("pool", (), [400])
    expected = np.cov((far - 1e8).to_numpy().T, bias=True)
    np.testing.assert_allclose(reduced.covariance, expected, rtol=HALF_THE_DIGITS)


@pytest.mark.parametrize("engine", ENGINES[:-1])
def test_every_engine_refuses_what_cannot_be_reduced(engine: str) -> None:
    make = find_engine(engine).make
    frame = pd.DataFrame(
        {"LG": [1.0, 2.0, 4.0], "IP": [3.0, 3.0, 3.0], "CP": [2.0, math.inf, 1.0], "note": ["x", "y", "z"]}
    )
    frame["SH"] = 2 * frame["LG"] + 1
    frame["EP"] = [None, None, None]
    frame = frame.astype({"EP": float})

    def sentence(*names: str) -> str:
        with pytest.raises(DataError) as caught:
            read_moments(make(frame), names)
        return str(caught.value)

    assert sentence("LG", "Ip") == "the data have no column 'Ip', did you mean 'IP'?"
    assert sentence("LG", "note").startswith("column 'note' holds text (String)")
    assert sentence("LG", "IP") == "'IP' does not vary: leave the variable out of the model"
    assert sentence("LG", "CP") == "column 'CP' has infinite values: correct them or leave them empty"
    assert sentence("LG", "EP").startswith("no row has a value in every one of LG, EP")
    assert sentence("LG", "SH") == (
        "SH is an exact combination of LG (perfect collinearity): leave one of them out of the model"
    )


def test_what_is_no_number_is_missing_where_an_engine_tells_it_from_null() -> None:
    frame = pl.DataFrame(
        {"LG": [1.0, math.nan, 4.0, None, 7.0, 10.0], "IP": [2.0, 9.0, 3.0, 1.0, math.nan, 7.0]}
    )
    for each in (frame, frame.lazy()):
        reduced = read_moments(each, ["LG", "IP"])
        assert (reduced.n.tolist(), reduced.dropped, reduced.mean.tolist()) == ([3], 3, [[5, 4]])
