"""Modification hints in a table: numbers worked by hand, and the warning that belongs to them."""

from __future__ import annotations

import pytest

from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.hintstable import hints_table
from bsc_analysis.paths.modification import modification_hints
from tests.pathcases import CHAIN, origin, printed, study, table_of


def test_hints_are_those_worked_by_hand_with_their_warning() -> None:
    """LG -> CP is absent: s = (.3 - .4 x .5) / .84 = .119048 and v = .75 / .84 = .892857 per row.

    Index 100 x .119048^2 / .892857 = 1.587302, change .119048 / .892857 = .133333.
    """
    exhibit = hints_table(modification_hints(printed(CHAIN).fit), study(), origin(), language="en")
    assert isinstance(exhibit, Exhibit)
    frame = table_of(exhibit).frame
    assert frame["what would be added"].tolist() == ["CP ~ LG", "IP ~~ CP"]
    assert frame["kind"].tolist() == ["path", "residual covariance"]
    assert frame["modification index"].iloc[0] == pytest.approx(1.587302, abs=1e-6)
    assert frame["expected change"].iloc[0] == pytest.approx(0.133333, abs=1e-6)
    assert "needs a reason from theory" in exhibit.caption.en
    assert exhibit.alt.en == "Table of 2 modification hints; the largest index is 1.59, of CP ~ LG"


def test_a_saturated_model_has_no_hints() -> None:
    assert isinstance(
        hints_table(modification_hints(printed().fit), study(), origin(), language="en"), Absent
    )
