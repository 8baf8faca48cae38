"""Tables of what scores rest on: shares at the cap and the floor, and what is missing, the worst first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.exhibits.distributiontables import limit_table, missing_table
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Language
from tests.test_distributionfigure import agencies, bantaeng


def frame_of(exhibit: Any, language: Language = "en") -> pd.DataFrame:
    assert isinstance(exhibit, Exhibit)
    table = exhibit.make(language)
    assert isinstance(table, Table)
    return table.frame


def test_the_table_of_limits_counts_what_is_at_the_cap() -> None:
    scores, study = agencies()
    frame = frame_of(limit_table(scores, study, provenance(study), language="en"))
    whole = frame[frame["perspective"] == "all"]
    assert whole["year"].tolist() == [2015, 2016]
    assert whole["indicators"].tolist() == [48, 48]
    assert whole["at the cap (%)"].tolist() == pytest.approx([100 / 3] * 2)
    assert "at the floor (%)" not in frame.columns, "the rule set has no floor"


def test_under_bands_cap_and_floor_are_the_outermost_bands() -> None:
    scores, study = bantaeng()
    exhibit = limit_table(scores, study, provenance(study), language="en")
    frame = frame_of(exhibit)
    assert frame[frame["perspective"] == "all"]["at the floor (%)"].tolist() == pytest.approx([12.5, 200 / 9])
    assert "Cap and floor are the values of the highest and of the lowest band." in exhibit.caption.en


def test_the_table_of_what_is_missing_puts_the_least_complete_first() -> None:
    _, study = bantaeng()
    frame = frame_of(missing_table(study, provenance(study), language="en"))
    assert frame.iloc[0].tolist() == ["Customer", "Public satisfaction", 2016, 1, 1, 1, 0, 0.0]
    observed = agencies()[1].observations
    assert observed is not None
    holes = observed.drop(index=0).assign(
        actual=observed["actual"].where(observed["indicator"] != "customer-0")
    )
    frame = frame_of(
        missing_table(
            replace(study, rules=read_rules("kkp"), observations=holes), provenance(study), language="en"
        )
    )
    assert frame["complete (%)"].tolist() == sorted(frame["complete (%)"])
    assert frame["without actual"].tolist() == [6, 6, 0]
    assert frame["without record"].tolist() == [0, 0, 1]


def test_a_complete_study_has_no_table_of_what_is_missing() -> None:
    _, study = agencies()
    absent = missing_table(study, provenance(study), language="id")
    assert isinstance(absent, Absent)
    assert absent.reason.en == "Every indicator has a record with its target and actual in every year."
