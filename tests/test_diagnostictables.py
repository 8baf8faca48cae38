"""Whether a model can be trusted, in tables: every diagnostic, the units that decide, and p-values for few clusters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bsc_analysis.exhibits.diagnostictables import (
    MOST_UNITS,
    diagnostics_table,
    few_clusters_table,
    influence_table,
)
from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.paths.analysis import PathAnalysis, analyse_paths
from bsc_analysis.paths.diagnostics import diagnose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.fewclusters import NullTest, permutation_test, wild_cluster_test
from bsc_analysis.paths.influence import Influence, influence
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.rows import Rows
from tests.pathcases import FULL, drawn, origin, study, table_of


def influence_of(rows: Rows, text: str = FULL) -> Influence:
    moments = moments_of(rows)
    return influence(fit_path(path_model(text), moments), moments)


def influential(found: Influence) -> Exhibit:
    exhibit = influence_table(found, study(), origin(), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


# ---- diagnostics -----------------------------------------------------------------------------------------------------


def test_every_diagnostic_has_a_row_with_its_verdict_and_its_thresholds() -> None:
    checks = diagnose(path_model(FULL), drawn(clusters=12))
    exhibit = diagnostics_table(checks, study(), origin(), language="en")
    frame = table_of(exhibit).frame
    assert frame["check"].tolist() == [check.name for check in checks]
    assert frame["verdict"].tolist() == [check.verdict for check in checks]
    assert frame["what it says"].tolist() == [str(check.sentence) for check in checks]
    assert frame["outcome"].iloc[-1] == "whole model"
    counted = sum(check.verdict == "fine" for check in checks)
    assert exhibit.alt.en.startswith(f"Table of {len(checks)} diagnostics: {counted} fine")


def test_what_was_not_computed_has_no_number_but_says_why() -> None:
    checks = diagnose(path_model("IP ~ LG"), drawn(5))
    row = next(each for each in checks if each.verdict == "not computed")
    frame = table_of(diagnostics_table(checks, study(), origin(), language="en")).frame
    shown = frame[frame["check"] == row.name].iloc[0]
    assert math.isnan(shown["statistic"])
    assert "at least" in shown["what it says"]


def test_two_degrees_of_freedom_stand_together() -> None:
    checks = diagnose(path_model("IP ~ LG"), drawn(60))
    frame = table_of(diagnostics_table(checks, study(), origin(), language="en")).frame
    assert frame.loc[frame["check"] == "RESET", "degrees of freedom"].tolist() == ["2; 56"]


# ---- influence -------------------------------------------------------------------------------------------------------


def test_the_unit_that_moves_most_comes_first_with_the_effect_it_moves() -> None:
    """Rows (0, .1), (1, .9), (2, 2.1), (3, 5): slope 7.95 / 5 = 1.59; without the fourth 2 / 2 = 1."""
    rows = Rows(("LG", "IP"), np.array([[0.0, 0.1], [1.0, 0.9], [2.0, 2.1], [3.0, 5.0]]))
    exhibit = influential(influence_of(rows, "IP ~ LG"))
    first = table_of(exhibit).frame.iloc[0]
    assert (first["unit"], first["effect moved most"]) == ("4", "LG → IP")
    assert (first["b"], first["b without the unit"]) == pytest.approx((1.59, 1.0))
    assert "first: 4, which moves LG → IP by" in exhibit.alt.en


def test_ten_units_are_shown_and_every_one_that_decides_a_verdict() -> None:
    found = influence_of(drawn(200, seed=47))
    frame = table_of(influential(found)).frame
    assert len(found.deciding) > MOST_UNITS  # so that the table must be longer than ten rows
    assert set(found.deciding) <= set(frame["unit"])
    assert set(frame.loc[frame["verdict changes of"] != "", "unit"]) == set(found.deciding)
    others = set(frame["unit"]) - set(found.deciding)
    sizes = frame["moved by (standard errors)"].abs()
    assert len(others) <= MOST_UNITS
    assert sizes.is_monotonic_decreasing
    assert f"{len(found.deciding)} of which decide a verdict" in influential(found).alt.en


def test_an_effect_that_repeats_another_is_not_named_twice() -> None:
    frame = table_of(influential(influence_of(drawn(40, seed=2), "IP ~ LG"))).frame
    assert set(frame["effect moved most"]) == {"LG → IP"}
    assert set(frame["verdict changes of"]) <= {"", "LG → IP"}


def test_units_are_clusters_where_rows_have_them() -> None:
    frame = table_of(influential(influence_of(drawn(clusters=12)))).frame
    assert frame["unit"].str.startswith("C").all()


def test_nothing_is_influential_where_nothing_can_be_computed() -> None:
    rows = Rows(("LG", "IP"), np.array([[0.0, 0.1], [1.0, 0.9], [2.0, 2.2]]))
    found = influence_of(rows, "IP ~ LG")
    assert np.isnan(found.b_without).all()
    absent = influence_table(found, study(), origin(), language="en")
    assert isinstance(absent, Absent)


# ---- few clusters ----------------------------------------------------------------------------------------------------


def few(clusters: int = 6) -> tuple[PathAnalysis, NullTest]:
    rows = drawn(clusters=clusters)
    model = path_model(FULL)
    return analyse_paths(model, rows, se="cluster"), wild_cluster_test(model, moments_of(rows))


def test_resampled_p_values_stand_beside_analytic_ones_of_the_same_path() -> None:
    analysis, test = few()
    frame = table_of(few_clusters_table(analysis, test, study(), origin(), language="en")).frame.set_index(
        "effect"
    )
    for at, (start, end) in enumerate(test.edges):
        row = frame.loc[f"{start} → {end}"]
        assert (row["p, analytic"], row["p, resampled"]) == (analysis.fit.p[at], test.p[at])
        assert row["t"] == test.t[at]


def test_an_indirect_effect_has_the_largest_p_along_its_path_in_both_columns() -> None:
    analysis, test = few()
    frame = table_of(few_clusters_table(analysis, test, study(), origin(), language="en")).frame.set_index(
        "effect"
    )
    along = frame.loc[["LG → IP", "IP → CP"]]
    for column in ("p, analytic", "p, resampled"):
        assert frame.loc["LG → IP → CP", column] == along[column].max()
    assert frame.loc["LG → IP → CP", "p, resampled"] == test.p_along(("LG", "IP", "CP"))
    assert math.isnan(frame.loc["LG → IP → CP", "t"])


def test_a_fixed_coefficient_leaves_its_path_without_p() -> None:
    rows = drawn(clusters=6)
    model = path_model("IP ~ LG; CP ~ LG + IP")
    fixed = analyse_paths(path_model("IP ~ 0.5*LG; CP ~ LG + IP"), rows, se="cluster")
    test = wild_cluster_test(model, moments_of(rows))
    frame = table_of(few_clusters_table(fixed, test, study(), origin(), language="en")).frame.set_index(
        "effect"
    )
    assert math.isnan(frame.loc["LG → IP → CP", "p, analytic"])


def test_the_caption_says_draws_clusters_and_how_coarse_the_test_is() -> None:
    analysis, test = few()
    caption = few_clusters_table(analysis, test, study(), origin(), language="en").caption.en
    assert "in the 64 draws" in caption  # 2^6 patterns of signs
    assert "The draws are all that exist." in caption
    assert "n = 60 rows in 6 clusters." in caption
    assert "no p-value can be below 0.0312" in caption


def test_a_permutation_test_has_the_same_table() -> None:
    rows, model = drawn(), path_model(FULL)
    analysis, test = analyse_paths(model, rows), permutation_test(model, rows, n_draws=199)
    exhibit = few_clusters_table(analysis, test, study(), origin(), language="en")
    assert len(table_of(exhibit).frame) == 4
    assert "all that exist" not in exhibit.caption.en
