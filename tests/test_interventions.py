"""Perspectives by levels of intervention: what counts as one, what has no tag, and tags that are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.evidence.association import cramers_v
from bsc_analysis.evidence.interventions import Interventions, Scheme, cross_interventions, read_schemes
from bsc_analysis.files import data_folder, read_rules, read_text

KKP = read_rules("kkp")
Row = tuple[str, str, str | None]


def schemes() -> tuple[Scheme, ...]:
    return read_schemes(*read_text(data_folder() / "interventions.toml"))


def rows(*given: Row) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["perspective", "indicator", "intervention"])


def cross(observations: pd.DataFrame) -> Interventions:
    return cross_interventions(observations, KKP, None)


SMALL = rows(
    ("stakeholder", "a", "macro"),
    ("stakeholder", "a", "macro"),
    ("stakeholder", "b", "mezzo"),
    ("internal_process", "c", "micro"),
    ("internal_process", "c", None),
    ("internal_process", "a", "micro"),
    ("learning_growth", "d", None),
    ("learning_growth", "d", "  "),
)


def test_an_indicator_counts_once_in_its_perspective_and_records_count_each() -> None:
    """Indicator a stands in two perspectives and is one in each; c has its tag from one of its two records."""
    found = cross(SMALL)
    assert found.indicators.rows == ("learning_growth", "internal_process", "stakeholder")
    assert found.indicators.columns == ("micro", "mezzo", "macro", "")
    assert found.indicators.counts.tolist() == [[0, 0, 0, 1], [2, 0, 0, 0], [0, 1, 1, 0]]
    assert found.records.counts.tolist() == [[0, 0, 0, 2], [2, 0, 0, 1], [0, 1, 2, 0]]
    assert (found.indicators.total, found.tagged, found.records.total) == (5, 4, 8)


def test_association_is_that_of_tagged_distinct_indicators() -> None:
    """Internal process 2 micro, stakeholder one mezzo and one macro: V = 1, and learning and growth has no tag."""
    found = cross(SMALL).association
    assert found.v == pytest.approx(1)
    assert found.n == 4
    assert found.empty == ("learning_growth",)


def test_copies_of_records_change_no_figure_of_the_association() -> None:
    """Ten times the records make chi-square ten times as large; the distinct indicators are the same."""
    once, tenfold = cross(SMALL), cross(pd.concat([SMALL] * 10))
    assert tenfold.association == once.association
    of_records = [cramers_v(each.records.only(["micro", "mezzo", "macro"])) for each in (once, tenfold)]
    assert of_records[1].chi2 == pytest.approx(10 * of_records[0].chi2)


def test_an_indicator_tagged_at_several_levels_counts_once_at_each_and_is_named() -> None:
    found = cross(rows(("customer", "x", "mezzo"), ("customer", "x", "micro"), ("customer", "y", "mezzo")))
    assert found.torn == ("x",)
    assert found.indicators.counts.tolist() == [[1, 2, 0, 0]]
    assert "only one row or column" in str(found.association.reason)


@pytest.mark.parametrize(
    "observations",
    [
        rows(("customer", "x", None), ("stakeholder", "y", None)),
        rows(("customer", "x", None), ("stakeholder", "y", None)).drop(columns="intervention"),
        rows(("customer", "x", None), ("stakeholder", "y", None)).astype({"intervention": "string"}),
        rows(("customer", "x", None), ("stakeholder", "y", None)).assign(intervention=np.nan),
    ],
)
def test_a_table_without_tags_says_so(observations: pd.DataFrame) -> None:
    found = cross(observations)
    assert found.tagged == 0
    assert found.indicators.column("") == (1, 1)
    assert "nothing is counted" in str(found.association.reason)


def test_every_wrong_tag_and_perspective_is_refused_with_its_rows() -> None:
    wrong = rows(*[("customer", f"i{place}", "mikro") for place in range(12)], ("customer", "j", "messo"),
                 ("sales", "k", "micro"))  # fmt: skip
    with pytest.raises(DataError) as refused:
        cross(wrong)
    assert [str(each) for each in refused.value.faults] == [
        "column 'perspective', rows 14: got 'sales', allowed: learning_growth, internal_process, customer, stakeholder",
        "column 'intervention', rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (12): got 'mikro', allowed: micro, mezzo, macro",
        "column 'intervention', rows 13: got 'messo', allowed: micro, mezzo, macro",
    ]


def test_rows_are_numbered_as_they_stand_whatever_their_index() -> None:
    with pytest.raises(DataError, match="rows 2: got 'meta'"):
        cross(rows(("customer", "a", "micro"), ("customer", "b", "meta")).set_axis([70, 70]))


def test_a_scheme_names_what_its_levels_cover_and_what_lies_elsewhere_under_the_other() -> None:
    ministry, textbook = schemes()
    assert [each.en for each in ministry.level("mezzo").covers] == ["group", "organisation"]
    (moved,) = textbook.elsewhere
    assert (moved.part.id, moved.here, moved.scheme, moved.there) == (
        "organisasi",
        "macro",
        ministry.label,
        "mezzo",
    )
    assert {each.study for each in ministry.remarks} == {"kkp"}
