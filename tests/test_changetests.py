"""Tables and statement of accountability: hand-worked rows, what captions say, and what a study without evaluations gets."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.errors import UseError
from bsc_analysis.evidence.accountability import Accountability
from bsc_analysis.exhibits.accountabilitystatement import sakip_statement
from bsc_analysis.exhibits.changetests import before_after_table, standard_table
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table
from bsc_analysis.exhibits.interruptedtable import interrupted_table
from bsc_analysis.language.words import LANGUAGES
from bsc_analysis.studies import Study
from tests.accountabilitycases import TOTALS, evaluated, origin, plain, rows

FOUR_DECIMALS = 5e-5
MAKERS = (standard_table, before_after_table, interrupted_table)


@cache
def study(accountability: Accountability | None = None) -> Study:
    return replace(plain(), accountability=accountability or evaluated())


def exhibit(make: Any, accountability: Accountability | None = None, **choices: Any) -> Exhibit:
    found = make(study(accountability), origin(), language="en", **choices)
    assert isinstance(found, Exhibit)
    return found


def frame(made: Exhibit) -> pd.DataFrame:
    table = made.make("en")
    assert isinstance(table, Table)
    return table.frame.set_index(table.frame.columns[0])


def test_the_standard_table_by_hand() -> None:
    """2010: 60, 65, 70 against 100: -35, t = -12.1244, p = .0067; three negative differences are 2 of 8 flips."""
    found = frame(exhibit(standard_table))
    row = found.loc["2010"]
    numbers = row[["n", "mean", "sd", "standard", "difference", "t", "df", "p"]].tolist()
    assert numbers == pytest.approx([3, 65, 5, 100, -35, -12.1244, 2, 0.0067], abs=FOUR_DECIMALS)
    assert (row["p (permutation)"], row["verdict"]) == (0.25, "relevant")
    assert found.index.tolist()[6:] == [
        "units, total",
        "Performance planning, % of its maximum",
        "Performance measurement, % of its maximum",
        "Performance reporting, % of its maximum",
        "Internal evaluation of accountability, % of its maximum",
        "Ministry, its years",
    ]


def test_the_change_table_by_hand() -> None:
    """Units 66 to 74.3333, rises 6, 8, 11; the ministry's years 65 to 73, three and three, Welch's df 2.4390."""
    found = frame(exhibit(before_after_table))
    units, whole = found.loc["units, total"], found.loc["Ministry, its years"]
    assert units[
        ["n before", "n after", "mean before", "mean after", "sd", "difference"]
    ].tolist() == pytest.approx([3, 3, 66, 74.3333, 2.5166, 8.3333], abs=FOUR_DECIMALS)
    assert whole[["n before", "n after", "difference", "t", "df"]].tolist() == pytest.approx(
        [3, 3, 8, 4.3818, 2.4390], abs=FOUR_DECIMALS
    )
    assert pd.isna(whole["sd"])


def test_the_verdict_follows_the_margin() -> None:
    """The units' change of 8.3333 has the 95 % interval 2.08 to 14.58 and the 90 % one 4.09 to 12.58."""
    verdicts = [
        frame(exhibit(before_after_table, margin=margin)).loc["units, total", "verdict"]
        for margin in (2.0, 5.0, 13.0)
    ]
    assert verdicts == ["relevant", "inconclusive", "negligible"]
    assert "against a margin of 13 points" in exhibit(before_after_table, margin=13.0).caption.en


def test_the_interrupted_table_by_hand() -> None:
    """The mean unit: 68 by the trend before, step 4, slopes 1 and 2.3333; that a level is not 0 is not tested."""
    found = frame(exhibit(interrupted_table)).loc["units"].set_index("quantity")
    assert found["estimate"].tolist() == pytest.approx(
        [68, 1, 4, 4 / 3, 7 / 3, 4 + 2 * 4 / 3], abs=FOUR_DECIMALS
    )
    assert found.index[0] == "level in 2013 by the trend before"
    assert found["p"].isna().tolist() == [True] + [False] * 5
    caption = exhibit(interrupted_table).caption.en
    assert "3 units, 3 years before and 3 from then on" in caption
    assert "Ministry: 6 years, ordinary standard errors with 2 degrees of freedom" in caption


def test_captions_say_what_the_tests_cannot_show() -> None:
    standard, change, series = (exhibit(make).caption.en for make in MAKERS)
    assert "No total can pass the maximum" in standard
    assert "There is no comparison group" in change
    assert "There is no comparison group" in series
    for caption in (standard, change):
        assert "The years of Ministry by itself follow each other" in caption
        assert "against a margin of 5 points, which the author states" in caption
    assert "else 9,999 drawn (seed 3)" in exhibit(standard_table, seed=3).caption.en


def test_alt_texts_tell_the_span() -> None:
    """Against 100: from 2010's -35 to 2015's -23.3333; the changes run from the ministry's 8 to the units' 8.3333."""
    assert (
        "12 comparisons of accountability with the maximum of 100: mean differences from −35.00 to −23.33"
        in exhibit(standard_table).alt.en
    )
    assert (
        "6 changes of accountability from before 2013 to after: mean differences from 8.00 to 8.33"
        in exhibit(before_after_table).alt.en
    )
    assert (
        "units: step 4.00 points, change of the slope 1.33 points a year" in exhibit(interrupted_table).alt.en
    )


def test_made_evaluations_say_so_and_real_ones_do_not() -> None:
    made = evaluated(status="synthetic")
    for make in MAKERS:
        assert "made up" in exhibit(make, made).caption.en
        assert exhibit(make, made).provenance.data_status == "synthetic"
        assert "made up" not in exhibit(make).caption.en
        assert exhibit(make).provenance.data_status == "real"
        assert dict(exhibit(make).provenance.rules)["id"] == "sakip"
    assert "made up" in sakip_statement(study(made)).label.en
    assert "made up" not in sakip_statement(study()).label.en


def test_a_value_that_cannot_be_tested_has_dashes_and_a_reason() -> None:
    pair = evaluated(rows({unit: TOTALS[unit] for unit in ("Ministry", "A")}))
    found = exhibit(standard_table, pair)
    row = frame(found).loc["2010"]
    assert (row["difference"], row["verdict"]) == (pytest.approx(-40), "–")
    assert row[["t", "p", "g", "lower"]].isna().all()
    assert (
        "Dashes: one value has no spread, so that nothing can be tested; needed: at least 2."
        in found.caption.en
    )
    assert "Dashes" not in exhibit(standard_table).caption.en


@pytest.mark.parametrize("make", MAKERS)
def test_a_study_without_evaluations_has_no_table(make: Any) -> None:
    found = make(plain(), origin(), language="en")
    assert isinstance(found, Absent)
    assert found.reason.en == "This study has no evaluations of accountability (SAKIP)."


def test_one_side_only_leaves_no_change_and_too_few_years_no_series() -> None:
    late = before_after_table(study(evaluated(introduced=2009)), origin(), language="en")
    assert isinstance(late, Absent)
    assert "both before 2009 and from then on" in late.reason.en
    short = interrupted_table(study(evaluated(introduced=2012)), origin(), language="en")
    assert isinstance(short, Absent)
    assert "needs at least 3 years before 2012" in short.reason.en


def test_choices_that_are_not_allowed_are_refused() -> None:
    with pytest.raises(UseError, match="a margin of 0 is no yardstick"):
        exhibit(standard_table, margin=0)
    with pytest.raises(UseError, match="intervals of level 1"):
        exhibit(interrupted_table, level=1)


# ---- the statement ---------------------------------------------------------------------------------------------------


def test_the_statement_says_what_is_printed_only_of_the_study_that_printed_it() -> None:
    own = sakip_statement(replace(study(), id="kkp")).label
    assert '"above 0.5 (95%)"' in own.en
    assert '"rata-rata di atas 0,5 (95%)"' in own.id
    assert "95 % goes with a level of significance of 0.05, not 0.5" in own.en
    assert "0.5 (95%)" not in sakip_statement(study()).label.en


def test_the_statement_is_filled_with_the_studys_own_figures() -> None:
    """Unit means 65, 70, 75.5: mean 70.1667, sd 5.2520; t = -29.8333 / 3.0322 = -9.8387; J(2) = .5642, d = -5.6804."""
    said = sakip_statement(study()).label.en
    assert (
        "one-sample t-test of the units' means: n = 3, mean 70.17, standard deviation 5.25, maximum 100"
        in said
    )
    assert "difference −29.83 [−42.88; −16.79] (95 % interval), t(2) = −9.84, p = 0.010, g = −3.20" in said
    assert (
        "From before 2013 to after (paired t-test of the units): difference 8.33 [2.08; 14.58], t(2) = 5.74"
        in said
    )
    assert "does not say that the balanced scorecard brought it about" in said


def test_of_one_organisation_the_statement_uses_its_years_and_says_what_that_assumes() -> None:
    """Six years: mean 69, sd 4.8166, t = -31 / 1.9664 = -15.76 with 5 df; Welch's df of the change are 2.4."""
    said = sakip_statement(study(evaluated(rows({"Ministry": TOTALS["Ministry"]})))).label.en
    assert "organisation's years, as if they were independent: n = 6, mean 69.00" in said
    assert "t(5) = −15.76, p <0.001" in said
    assert "t(2.4) = 4.38" in said


def test_without_figures_the_statement_still_says_what_one_needs() -> None:
    needed = "A correct statement gives the test, n, mean"
    without = sakip_statement(plain()).label.en
    assert without.startswith(needed)
    assert "no evaluations of accountability" in without
    single = sakip_statement(study(evaluated(rows({"Ministry": (70,)})))).label.en
    assert "too few or too alike to be tested" in single
    assert "From before" not in single


def test_numbers_are_written_in_the_readers_language() -> None:
    said = sakip_statement(study()).label
    assert "−29,83 [−42,88; −16,79]" in said.id
    for language in LANGUAGES:
        assert "nan" not in said.say(language)
