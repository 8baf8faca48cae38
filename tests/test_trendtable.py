"""Tables of trends and of variance shares: each estimate in its row, notes in the caption, reasons where nothing can be fitted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.evidence.nestedmodel import NestedFit
from bsc_analysis.evidence.trends import Trend, fit_trends
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.exhibits.trendtable import trend_table, variance_table
from bsc_analysis.language import words
from bsc_analysis.studies import Study
from tests.cascades import LAST_BITS, table
from tests.test_charts import Disguised
from tests.yearcases import bantaeng, growing, tie


@cache
def grown() -> tuple[tuple[Trend, ...], Study]:
    _, scores, tree, study = growing()
    return fit_trends(scores, tree), study


@cache
def single() -> tuple[tuple[Trend, ...], Study]:
    _, scores, tree, study = bantaeng()
    return fit_trends(scores, tree), study


def exhibit_of(make: Any, fitted: tuple[tuple[Trend, ...], Study]) -> Any:
    trends, study = fitted
    return make(trends, study, provenance(study), language="en")


def frame_of(exhibit: Any, language: Any = "en") -> pd.DataFrame:
    assert isinstance(exhibit, Exhibit)
    made = exhibit.make(language)
    assert isinstance(made, Table)
    return made.frame


def test_every_score_has_both_slopes_and_the_differences_of_the_same_units() -> None:
    frame = frame_of(exhibit_of(trend_table, grown()))
    assert len(frame) == 5 * 5
    assert frame["change"].tolist()[:5] == [
        "per year, all unit-years",
        "per year, mixed model",
        "2015 to 2016, the same units",
        "2016 to 2017, the same units",
        "2015 to 2017, the same units",
    ]
    trends, _ = grown()
    slope, nested, differences = trends[0].slope, trends[0].nested, trends[0].differences
    assert slope is not None
    assert isinstance(nested, NestedFit)
    expected = [slope.estimate, nested.slope.estimate, *(each.change.estimate for each in differences)]
    assert frame["estimate"].tolist()[:5] == pytest.approx(expected, abs=LAST_BITS)
    assert frame["units"].tolist()[:5] == [37, 36, 5, 37, 5]
    assert frame["unit-years"].tolist()[:5] == [79, 76, 10, 74, 10]
    assert (frame["lower"] < frame["estimate"]).all()
    assert (frame["estimate"] < frame["upper"]).all()


def test_one_unit_has_estimates_without_intervals_and_the_caption_says_why() -> None:
    exhibit = exhibit_of(trend_table, single())
    frame = frame_of(exhibit)
    assert frame["estimate"].tolist()[0] == pytest.approx(0.6125, abs=LAST_BITS)
    assert frame[["standard error", "lower", "upper", "df"]].isna().all(axis=None)
    assert "With one unit there is nothing to judge a slope" in exhibit.caption.en
    assert "Two years make a difference, not a course" in exhibit.caption.en
    assert exhibit.caption.en.count("Too few units have scores in several years") == 1


def test_the_alt_text_tells_the_organisations_trends_with_intervals() -> None:
    assert (
        "organisation: per year, all unit-years +0.613; 2016 to 2017"
        in exhibit_of(trend_table, single()).alt.en
    )
    told = exhibit_of(trend_table, grown()).alt.en
    assert "Table of trends of 5 scores" in told
    assert "per year, mixed model −" in told
    assert "; " in told.partition("[")[2].partition("]")[0]


def test_one_year_has_no_table_of_trends() -> None:
    observed = table(("A", 90.0), ("B", 80.0), columns="unit actual").assign(
        perspective="stakeholder", indicator="catch"
    )
    _, scores, tree, study = tie(observed)
    absent = exhibit_of(trend_table, (fit_trends(scores, tree), study))
    assert isinstance(absent, Absent)
    assert absent.reason.en == "The scores are of fewer than two years, so there is no trend"


def test_shares_of_the_variance_sum_to_the_whole() -> None:
    frame = frame_of(exhibit_of(variance_table, grown()))
    shares = frame[["branches (%)", "units (%)", "within units (%)"]]
    assert shares.sum(axis=1).tolist() == pytest.approx([100] * 5, abs=LAST_BITS)
    squares = frame[["sd, branches", "sd, units", "sd, within units"]].to_numpy() ** 2
    assert (100 * squares[:, 0] / squares.sum(axis=1)).tolist() == pytest.approx(
        frame["branches (%)"].tolist()
    )
    assert frame["number of branches"].tolist() == [4] * 5
    assert set(frame["fit"]) == {"converged"}


def test_how_the_fit_ended_is_told() -> None:
    trends, study = grown()
    nested = trends[0].nested
    assert isinstance(nested, NestedFit)
    others = (
        replace(nested, converged=False),
        replace(nested, var_unit=0.0),
        replace(nested, var_branch=None),
    )
    told = tuple(replace(trends[0], nested=each) for each in others)
    frame = frame_of(exhibit_of(variance_table, (told, study)))
    assert frame["fit"].tolist() == ["not converged", "converged, a variance is 0", "converged"]
    assert frame["branches (%)"].isna().tolist() == [False, False, True]


def test_where_no_model_can_be_fitted_the_reason_is_shown() -> None:
    absent = exhibit_of(variance_table, single())
    assert isinstance(absent, Absent)
    assert absent.reason.en == (
        "No mixed model can be fitted to these scores. Too few units have scores in several years to tell what stays with "
        "a unit from what does not."
    )


@pytest.mark.parametrize("make", [trend_table, variance_table])
def test_every_header_and_word_is_translated(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    frame = frame_of(exhibit_of(make, grown()), "id")
    texts = [*frame.columns, *(each for name in ("change", "fit") for each in frame.get(name, ()))]
    assert not [text for text in texts if any("a" <= letter <= "z" for letter in text)]
