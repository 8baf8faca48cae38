"""Groups in tables: each difference is the second less the first, in the right row, and Holm's family is the one shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bsc_analysis.exhibits.exhibit import Absent
from bsc_analysis.exhibits.grouptables import group_table, group_test_table
from bsc_analysis.paths.analysis import PathAnalysis, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.multiplicity import holm
from bsc_analysis.paths.rows import Codes, Rows
from tests.pathcases import by_year, origin, printed, study, table_of

EXACT = 1e-9


def two_years() -> PathAnalysis:
    """Return IP on LG in two years of four rows.

    Each year has sum of squares of LG about its mean 5. Products with IP: 2016 -1.5 x -1.5 - .5 x -.5 + .5 x 1.5 + 1.5 x .5 = 4,
    2017 -1.5 x -2 + 0 + 0 + 1.5 x 2 = 6; b = .8 and 1.2.
    """
    values = np.array([[1.0, 1], [2, 2], [3, 4], [4, 3], [1, 1], [2, 3], [3, 3], [4, 5]])
    year = Codes("year", np.repeat([0, 1], 4), ("2016", "2017"))
    return analyse_paths(path_model("IP ~ LG"), Rows(("LG", "IP"), values, group=year))


def test_a_difference_is_the_second_group_less_the_first() -> None:
    """.8 and 1.2; residual variances (5 - 3.2) / 4 = .45 and (8 - 7.2) / 4 = .2, se = sqrt(.45 / 5 + .2 / 5) = .360555."""
    frame = table_of(group_table(two_years(), study(), origin(), language="en")).frame
    assert len(frame) == 1
    row = frame.iloc[0]
    assert (row["effect"], row["first"], row["second"]) == ("LG → IP", "2016", "2017")
    assert (row["b in the first"], row["b in the second"]) == pytest.approx((0.8, 1.2))
    assert row["difference of b"] == pytest.approx(0.4)
    assert row["standard error"] == pytest.approx(0.360555, abs=1e-6)
    assert row["p (Holm)"] == row["p"]


def test_every_pair_of_groups_has_its_own_numbers_in_its_own_row() -> None:
    analysis = by_year()
    compared = analysis.groups
    assert compared is not None
    frame = table_of(group_table(analysis, study(), origin(), language="en")).frame
    found = compared.differences
    places = {(str(name)): at for at, name in enumerate(found.names)}
    for row in frame.itertuples(index=False):
        at = places[row.effect.replace("→", "->")]
        pair = found.pairs.index((row.first, row.second))
        assert row[5] == found.raw.difference[pair, at]
        assert row[4] - row[3] == pytest.approx(row[5], abs=EXACT)
        assert row[3] == found.raw.group[found.groups.index(row.first), at]
        assert row[-1] == found.standardised.difference[pair, at]
    assert frame.groupby("effect").size().eq(3).all()


def test_holm_is_adjusted_for_exactly_the_rows_shown() -> None:
    table = group_table(by_year(), study(), origin(), language="en")
    frame = table_of(table).frame
    assert frame["p (Holm)"].tolist() == pytest.approx(holm(frame["p"].to_numpy()).tolist(), abs=EXACT)
    assert f"adjusted for {len(frame)} differences of {len(frame) // 3} effects" in table.caption.en  # type: ignore[union-attr]
    survive = (frame["p (Holm)"] < 0.05).sum()
    assert table.alt.en.endswith(f"{survive} differ at 5 % after Holm's adjustment")  # type: ignore[union-attr]


def test_the_tests_are_those_of_the_comparison_with_wald_below_likelihood_ratios() -> None:
    analysis = two_years()
    assert analysis.groups is not None
    frame = table_of(group_test_table(analysis, study(), origin(), language="en")).frame
    assert frame["test"].tolist() == ["likelihood ratio"] * 3 + ["Wald"] * 2
    assert frame["held equal"].tolist() == [
        "coefficients",
        "coefficients + intercepts",
        "coefficients + intercepts + residual variances",
        "all coefficients together",
        "LG → IP",
    ]
    assert frame["chi-square"].iloc[0] == analysis.groups.nested[0].statistic
    assert frame["chi-square"].iloc[3] == pytest.approx((0.4 / 0.360555) ** 2, abs=1e-5)
    assert frame["AIC"].isna().tolist() == [False] * 3 + [True] * 2


def test_cluster_errors_scale_the_likelihood_ratio_and_the_caption_counts_groups_and_clusters() -> None:
    exhibit = group_test_table(by_year(), study(), origin(), language="en")
    assert table_of(exhibit).frame["test"].iloc[0] == "scaled likelihood ratio"
    caption = exhibit.caption.en  # type: ignore[union-attr]
    assert "2015: n = 900, 2016: n = 900, 2017: n = 900." in caption
    assert "60 clusters over all groups." in caption


def test_a_test_that_does_not_exist_is_a_dash_and_not_a_number() -> None:
    from dataclasses import replace

    analysis = two_years()
    assert analysis.groups is not None
    nan = float("nan")
    first = replace(analysis.groups.nested[0], statistic=nan, p=nan)
    broken = replace(analysis, groups=replace(analysis.groups, nested=(first, *analysis.groups.nested[1:])))
    exhibit = group_test_table(broken, study(), origin(), language="en")
    assert math.isnan(table_of(exhibit).frame["p"].iloc[0])
    assert "likelihood ratio p –" in exhibit.alt.en  # type: ignore[union-attr]


@pytest.mark.parametrize("make", [group_table, group_test_table])
def test_a_model_that_was_not_compared_has_no_table_of_groups(make: object) -> None:
    found = make(printed(), study(), origin(), language="en")  # type: ignore[operator]
    assert isinstance(found, Absent)
    assert found.reason.en == "This path model was not compared between groups."
