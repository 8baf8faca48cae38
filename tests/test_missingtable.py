"""Two policies for missing values side by side, and the hints of a restricted model: numbers by hand, and when there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.missingtable import missing_policies_table
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Rows
from tests.pathcases import FULL, drawn, origin, study, table_of

ITERATED = 1e-7  # fiml is solved by iteration


def table(rows: Rows, text: str = FULL, **more: object) -> Exhibit | Absent:
    return missing_policies_table(path_model(text), rows, study(), origin(), language="en", **more)  # type: ignore[arg-type]


def test_an_equation_that_lacks_nothing_uses_all_its_rows_only_under_fiml() -> None:
    """CP is missing in 20 of 60 rows: fiml gives IP on LG from all 60, listwise from 40; CP has 40 rows either way."""
    rows = drawn(missing=20)
    frame = table_of(table(rows)).frame.set_index(["outcome", "predictor"])
    complete = Rows(("LG", "IP"), rows.values[:, :2])
    of_all = fit_path(path_model("IP ~ LG"), complete)
    of_forty = fit_path(path_model("IP ~ LG"), complete.take(np.arange(40)))
    row = frame.loc[("IP", "LG")]
    assert row["b (fiml)"] == pytest.approx(of_all.b[0], abs=ITERATED)
    assert row["b (listwise)"] == pytest.approx(of_forty.b[0], abs=1e-12)
    assert row["standard error (fiml)"] < row["standard error (listwise)"]
    apart = (row["b (fiml)"] - row["b (listwise)"]) / row["standard error (fiml)"]
    assert row["apart (standard errors)"] == pytest.approx(apart)
    same = frame.loc[("CP", "IP")]
    assert same["b (fiml)"] == pytest.approx(same["b (listwise)"], abs=ITERATED)
    assert same["apart (standard errors)"] == 0


def test_the_caption_counts_the_rows_of_each_policy_and_what_is_missing() -> None:
    exhibit = table(drawn(missing=20))
    assert isinstance(exhibit, Exhibit)
    assert "listwise uses the 40 complete rows, fiml every known value of 60 rows" in exhibit.caption.en
    assert "20 rows lack CP." in exhibit.caption.en
    assert "standard errors apart" in exhibit.alt.en


def test_standard_errors_are_those_asked_for() -> None:
    rows = drawn(clusters=12, missing=20)
    exhibit = table(rows, se="cluster")
    assert isinstance(exhibit, Exhibit)
    fit = fit_path(path_model(FULL), rows, se="cluster", missing="fiml")
    assert table_of(exhibit).frame["standard error (fiml)"].tolist() == pytest.approx(fit.se.tolist())
    assert "robust to clusters" in exhibit.caption.en


def test_nothing_is_compared_where_no_value_of_the_model_is_missing() -> None:
    assert isinstance(table(drawn()), Absent)
    assert isinstance(table(drawn(missing=20), "IP ~ LG"), Absent)


def test_a_policy_that_cannot_be_used_says_why() -> None:
    rows = drawn(20)
    values = rows.values.copy()
    values[:10, 0], values[10:, 2] = np.nan, np.nan
    absent = table(Rows(rows.names, values))
    assert isinstance(absent, Absent)
    assert absent.reason.en.startswith("The two policies for missing values cannot be compared: ")
    assert "no row has a value in every one of" in absent.reason.en
