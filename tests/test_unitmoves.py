"""How many units rose and fell: only those with a score in the first year and in the last have a direction."""

from __future__ import annotations

import pandas as pd

from bsc_analysis.evidence.readings import Negligible
from bsc_analysis.exhibits.unitmoves import Moves, move_units

HALF_A_UNIT = Negligible(bands=0.005, percent=0.5, reason="printed digits")


def moves(*rows: tuple[str, int, float]) -> Moves:
    return move_units(pd.DataFrame(rows, columns=["unit", "year", "score"]), HALF_A_UNIT, "percent")


def test_a_change_below_the_negligible_one_is_none() -> None:
    found = moves(
        ("A", 2016, 90.0),
        ("A", 2017, 90.4),
        ("B", 2016, 90.0),
        ("B", 2017, 90.6),
        ("C", 2016, 90.0),
        ("C", 2017, 80.0),
    )
    assert (found.rise, found.fall, found.same) == (1, 1, 1)


def test_a_unit_that_lacks_the_first_or_the_last_year_has_no_direction_but_counts_in_its_year() -> None:
    found = moves(
        ("A", 2016, 90.0), ("A", 2018, 95.0), ("B", 2017, 70.0), ("C", 2018, 99.0), ("D", 2016, float("nan"))
    )
    assert found.directions == (("A", "rise"),)
    assert [(year, count) for year, count, _ in found.years] == [(2016, 1), (2017, 1), (2018, 2)]


def test_one_year_has_no_directions() -> None:
    assert moves(("A", 2016, 90.0), ("B", 2016, 80.0)) == Moves(((2016, 2, 85.0),), ())
