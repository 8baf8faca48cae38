"""What a path model of a study is fitted to: scores with the lineage of each unit, and pairs of years around each year's mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.files import read_rules
from bsc_analysis.pathdata import path_panel, path_rows, path_table
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.panelmodel import fit_panel
from bsc_analysis.studies import read_study
from tests.cascades import ministry

EXACT = 1e-12  # sums of the same numbers in another order


def cascade() -> pd.DataFrame:
    """The lineage of the small ministry in 2017: M over A and B, A over A1 and A2, B over B1 and B2."""
    study = replace(read_study("bantaeng"), observations=ministry(), rules=read_rules("kkp"))
    table: pd.DataFrame = path_table(study)
    return table[table["year"] == 2017].set_index("unit")


def test_every_unit_names_its_level_and_its_ancestor_on_each_level() -> None:
    lineage = cascade()[["level", "minister", "echelon_1", "echelon_2"]]
    assert lineage.loc["A1"].tolist() == ["echelon_2", "M", "A", "A1"]
    assert lineage.loc["B"].tolist() == ["echelon_1", "M", "B", "B"]


def test_a_unit_above_a_level_is_its_own_there_so_that_it_falls_in_no_one_elses_cluster() -> None:
    assert cascade().loc["M", ["echelon_1", "echelon_2"]].tolist() == ["M", "M"]


def test_a_unit_that_moved_is_where_it_stood_in_each_year() -> None:
    """A1 stood below B in 2016 and stands below A in 2017."""
    study = replace(read_study("bantaeng"), observations=ministry(), rules=read_rules("kkp"))
    table = path_table(study)
    moved = table[table["unit"] == "A1"].set_index("year")["echelon_1"]
    assert (moved[2016], moved[2017]) == ("B", "A")


def test_without_levels_the_table_has_scores_only() -> None:
    study = replace(
        read_study("bantaeng"), observations=ministry().drop(columns="level"), rules=read_rules("kkp")
    )
    assert list(path_table(study).columns) == ["unit", "year", "LG", "IP", "CP", "SH"]


def test_units_that_are_no_tree_stop_by_name() -> None:
    rows = ministry()
    rows.loc[rows["unit"] == "A2", "parent"] = "Z"
    study = replace(read_study("bantaeng"), observations=rows, rules=read_rules("kkp"))
    with pytest.raises(DataError, match="A2, 2017: its parent 'Z' is no unit of the table"):
        path_table(study)


def test_a_study_without_rows_has_nothing_to_fit() -> None:
    with pytest.raises(UseError, match="has neither scores nor indicators"):
        path_table(replace(read_study("bantaeng"), observations=None))


def test_clusters_and_groups_may_be_columns_of_the_lineage() -> None:
    study = replace(read_study("bantaeng"), observations=ministry(), rules=read_rules("kkp"))
    rows = path_rows(study, path_model("SH ~ CP"), cluster="echelon_1", group="level")
    assert rows.cluster is not None
    assert rows.group is not None
    assert set(rows.group.labels) <= {"minister", "echelon_1", "echelon_2"}


def test_what_moves_all_units_at_once_is_no_path_to_the_next_year() -> None:
    """A jump common to all units in 2017 leaves every coefficient of the panel as it was."""
    study = read_study("simulated")
    model = path_model("IP ~ LG")
    assert study.scores is not None
    jumped = study.scores.assign(
        **{name: study.scores[name] + 9 * (study.scores["year"] == 2017) for name in ("LG", "IP")}
    )
    plain, moved = (
        fit_panel(model, path_panel(replace(study, scores=each), model)).fit.b
        for each in (study.scores, jumped)
    )
    np.testing.assert_allclose(moved, plain, atol=1e3 * EXACT)


def test_values_of_the_panel_are_deviations_from_the_mean_of_their_year() -> None:
    study = read_study("simulated")
    model = path_model("IP ~ LG")
    panel = path_panel(study, model)
    assert study.scores is not None
    assert panel.rows.names == ("LG", "IP", "LG_lag", "IP_lag")
    of = study.scores[study.scores["unit"] == "U001"].set_index("year")["LG"]
    means = study.scores.groupby("year")["LG"].mean()
    first = panel.rows.values[0]
    assert first[0] == pytest.approx(of[2016] - means[2016], abs=1e3 * EXACT)
    assert first[2] == pytest.approx(of[2015] - means[2015], abs=1e3 * EXACT)
