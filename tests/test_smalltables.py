"""Small effects in a table: the verdict, what these data could have found, and what each effect would need."""

from __future__ import annotations

import math

import pytest

from bsc_analysis.errors import UseError
from bsc_analysis.exhibits.smalltables import TOST, small_effects_table
from bsc_analysis.paths.analysis import PathAnalysis, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from tests.pathcases import R, by_year, origin, printed, resampled, study, table_of

FEW = 200  # simulated samples: enough for tests that do not read the number of rows closely
THREE = 5e-4


def table(analysis: PathAnalysis) -> object:
    return small_effects_table(analysis, study(), origin(), language="en", n_sim=FEW)


def test_detectable_effects_and_robustness_are_those_worked_by_hand() -> None:
    """LG -> IP: beta .5 with se (1 - .25) / sqrt(100) = .075, so that 2.8016 x .075 = .210 is found with 80 % power.

    f = t / sqrt(df) = .5 / sqrt(.75) = .577350; RV = (sqrt(f^4 + 4 f^2) - f^2) / 2 = (sqrt(.111111 + 1.333333) - .333333) / 2
    = .434.
    """
    frame = table_of(table(printed())).frame.set_index("effect")
    assert frame.loc["LG → IP", "smallest detectable beta"] == pytest.approx(0.210, abs=THREE)
    assert frame.loc["LG → IP", "robustness value"] == pytest.approx(0.434, abs=THREE)
    assert frame["design effect"].tolist() == pytest.approx([1] * len(frame))


def test_a_sum_of_paths_has_no_robustness_value_and_a_path_that_of_its_weakest_link() -> None:
    frame = table_of(table(printed())).frame.set_index("effect")
    assert math.isnan(frame.loc["total LG → CP", "robustness value"])
    links = frame.loc[["LG → IP", "IP → CP"], "robustness value"]
    assert frame.loc["LG → IP → CP", "robustness value"] == links.min()


def test_clusters_enlarge_the_design_effect_and_the_rows_needed() -> None:
    exhibit = table(by_year())
    frame = table_of(exhibit).frame
    assert (frame["design effect"] > 1).all()
    assert "count rows, not clusters" in exhibit.caption.en  # type: ignore[attr-defined]


def test_the_p_of_negligible_stands_only_where_the_delta_method_gives_one() -> None:
    assert TOST in table_of(table(printed())).frame
    assert TOST not in table_of(table(resampled())).frame


def test_a_negligible_effect_has_a_small_p_of_negligible() -> None:
    frame = table_of(table(by_year())).frame
    assert (frame.loc[frame["verdict"] == "negligible", TOST] < 0.05).all()
    assert (frame.loc[frame["verdict"] != "negligible", TOST] >= 0.05).all()
    differ = ((frame["verdict"] == "negligible") & (frame["interval without 0"] == "yes")).sum()
    assert differ > 0
    assert f"({differ} of which differ from 0)" in table(by_year()).alt.en  # type: ignore[attr-defined]


def test_a_model_with_a_fixed_coefficient_has_neither_rows_needed_nor_robustness() -> None:
    moments = Moments.from_correlations(["LG", "IP", "CP"], R, 100)
    analysis = analyse_paths(path_model("IP ~ 0.5*LG; CP ~ IP"), moments)
    exhibit = table(analysis)
    frame = table_of(exhibit).frame
    assert "robustness value" not in frame
    assert frame["rows needed"].isna().all()
    assert "Robustness value" not in exhibit.caption.en  # type: ignore[attr-defined]


def test_the_caption_says_power_level_and_which_interval_decides() -> None:
    caption = small_effects_table(
        printed(), study(), origin(), language="en", power=0.9, n_sim=FEW
    ).caption.en
    assert "for 90 % power at two-sided 0.05" in caption
    assert "negligible: the 90 % interval lies wholly within it" in caption
    assert "which the author states and the data do not give" in caption


def test_a_power_that_is_no_share_is_refused() -> None:
    with pytest.raises(UseError, match=r"power is 1\.2"):
        small_effects_table(printed(), study(), origin(), language="en", power=1.2)
