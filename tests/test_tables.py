"""Tables of scores: right numbers, right words in both languages, nothing missing shown as a number of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bsc_analysis.evidence.audit import Finding, audit
from bsc_analysis.evidence.readings import Reading
from bsc_analysis.exhibits.evidencetables import finding_table, implied_table, mending_table, verdict_table
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.statements import audit_statement, score_statement
from bsc_analysis.exhibits.tablerows import ROWS_ON_PAGE
from bsc_analysis.exhibits.tables import coverage_table, indicator_table, readings_table, score_table
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Language
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import Study, read_study

BANTAENG, KKP = read_study("bantaeng"), read_study("kkp")
FINDINGS = audit(BANTAENG.printed, BANTAENG.rules)
KKP_FINDINGS = audit(KKP.printed, KKP.rules, KKP.model)


def _scores(study: Study) -> Scores:
    assert study.observations is not None
    return score(study.observations, study.rules)


def _frame(exhibit: Exhibit | Absent, language: Language = "en") -> pd.DataFrame:
    assert isinstance(exhibit, Exhibit)
    table = exhibit.make(language)
    assert isinstance(table, Table)
    return table.frame


def test_the_score_table_ends_in_the_totals_and_says_what_rests_on_no_data() -> None:
    frame = _frame(score_table(_scores(BANTAENG), BANTAENG, provenance(BANTAENG), language="en"))
    totals = frame[frame["perspective"] == "organisation"]
    assert totals["score"].round(4).tolist() == [2.1625, 2.775]
    assert totals["weight with data (%)"].tolist() == [75.0, 100.0]
    customer = frame[(frame["perspective"] == "Customer") & (frame["year"] == 2016)]
    assert customer["band"].tolist() == ["no data"]


def test_the_indicator_table_keeps_a_record_without_figures_as_one() -> None:
    frame = _frame(indicator_table(_scores(BANTAENG), BANTAENG, provenance(BANTAENG), language="en"))
    assert len(frame) == 18
    empty = frame[(frame["indicator"] == "Public satisfaction") & (frame["year"] == 2016)].iloc[0]
    assert pd.isna(empty["target"])
    assert pd.isna(empty["score"])
    assert empty["band"] == "no data"
    assert frame["indicator"].tolist()[:4] == ["Economy ratio"] * 2 + ["Efficiency ratio"] * 2, (
        "order of the rule set"
    )


def test_coverage_counts_indicators_with_data() -> None:
    frame = _frame(coverage_table(_scores(BANTAENG), BANTAENG, provenance(BANTAENG), language="en"))
    row = frame[(frame["perspective"] == "Customer") & (frame["year"] == 2016)].iloc[0]
    assert row[["indicators", "with data", "weight with data (%)"]].tolist() == [1, 0, 0.0]


def test_readings_stand_beside_the_printed_totals_with_their_direction() -> None:
    frame = _frame(readings_table(BANTAENG, provenance(BANTAENG), language="en"))
    assert frame["reading of the rule"].iloc[0] == "as printed"
    assert frame["direction"].tolist() == [
        "rise", "rise", "fall", "fall", "rise", "rise", "no change", "no change", "fall",
    ]  # fmt: skip
    assert frame.columns.tolist() == ["reading of the rule", "2016", "2017", "change", "direction"]


def test_findings_put_contradictions_first_and_show_the_sum() -> None:
    frame = _frame(finding_table(FINDINGS, BANTAENG, provenance(BANTAENG), language="en"))
    verdicts = frame["verdict"].str.startswith("contradicts").tolist()
    assert verdicts == sorted(verdicts, reverse=True)
    assert len(frame) == len(FINDINGS) == 295
    row = frame[(frame["place"] == "Table 7") & (frame["as printed"] == "0,27")].iloc[0]
    assert row["sum"] == "0.25 × 0.9 = 0.225"
    assert row["smallest repair"].startswith("0,27 → 0.225 or ")
    assert row["because of"] == "its own arithmetic"
    total = frame[(frame["place"] == "Table 6") & (frame["as printed"] == "2.163")].iloc[0]
    assert total["verdict"] == "follows (under missing = zero)"


def test_counts_by_place_add_up() -> None:
    frame = _frame(verdict_table(FINDINGS, BANTAENG, provenance(BANTAENG), language="en"))
    assert frame.iloc[-1].tolist() == ["all", 160, 3, 52, 80, 295]
    assert frame.iloc[:-1, 1:].sum().tolist() == frame.iloc[-1, 1:].tolist()


def test_mending_shows_what_one_cause_is_worth() -> None:
    frame = _frame(mending_table(FINDINGS, BANTAENG, provenance(BANTAENG), language="en"))
    assert frame["total then"].round(4).tolist()[:6] == [3.0325, 3.075, 2.87, 3.245, 3.0325, 2.775]


def test_implied_figures_of_the_kkp_abstract() -> None:
    frame = _frame(implied_table(KKP, provenance(KKP), language="id"), "id").set_axis(
        ["what", "of", "value", "within"], axis=1
    )
    rows: list[tuple[str, ...]] = [
        tuple(row) for row in frame[["of", "value", "within"]].itertuples(index=False)
    ]
    assert ("CP → SH", "0,634", "[0,630; 0,641]") in rows
    assert ("LG, IP, CP 2015", "117,3", "[116,5; 118,2]") in rows
    assert ("2015-2016", "× 10,4", "") in rows


@pytest.mark.parametrize(
    "absent",
    [
        mending_table(KKP_FINDINGS, KKP, provenance(KKP), language="en"),
        readings_table(KKP, provenance(KKP), language="id"),
        finding_table((), KKP, provenance(KKP), language="en"),
        verdict_table((), KKP, provenance(KKP), language="en"),
    ],
)
def test_a_study_without_the_matter_says_so(absent: Exhibit | Absent) -> None:
    assert isinstance(absent, Absent)
    assert absent.reason.say(absent.language) in absent._repr_html_()


# ---- studies of many units -------------------------------------------------------------------------------------------


def _agencies(units: int = 30) -> Study:
    """Return units that rise by two points from 2016 to 2017, but for the last one, which misses half its weight in 2017."""
    rows = [
        (f"U{unit:02}", year, each.id, "Pieces", 7.25, 7.25 * (80 + unit + 2 * (year - 2016)) / 100)
        for unit in range(units)
        for year in (2016, 2017)
        for each in KKP.rules.perspectives
    ]
    columns = ["unit", "year", "perspective", "indicator", "target", "actual"]
    observed = pd.DataFrame(rows, columns=columns).assign(unit_of_measure="%", target_upper=float("nan"))
    last = observed["unit"].eq(f"U{units - 1:02}") & observed["year"].eq(2017)
    missing = last & observed["perspective"].isin(["learning_growth", "internal_process"])
    return replace(KKP, observations=observed.assign(actual=observed["actual"].where(~missing)))


def test_tables_of_many_units_have_a_column_for_the_unit_and_totals_below_each() -> None:
    study = _agencies()
    scores, record = _scores(study), provenance(study)
    frame = _frame(score_table(scores, study, record, language="en"))
    assert len(frame) == 30 * 2 * 5
    own = frame[frame["unit"] == "U07"]
    assert own["perspective"].tolist()[-2:] == ["organisation"] * 2
    assert own["score"].tolist()[-2:] == pytest.approx([87.0, 89.0])
    for make in (indicator_table, coverage_table):
        assert _frame(make(scores, study, record, language="en"))["unit"].nunique() == 30
    assert "unit" not in _frame(score_table(_scores(BANTAENG), BANTAENG, record, language="en"))


def test_the_page_shows_the_first_rows_and_says_how_many_there_are() -> None:
    study = _agencies()
    exhibit = indicator_table(_scores(study), study, provenance(study), language="en")
    html = exhibit._repr_html_()
    assert html.count("Pieces") == ROWS_ON_PAGE
    assert f"Shown: the first {ROWS_ON_PAGE} of 240 rows; the exported files have all of them." in html
    short = indicator_table(_scores(BANTAENG), BANTAENG, provenance(BANTAENG), language="en")
    assert "rows; the exported" not in short._repr_html_()


def test_exported_files_have_every_row(tmp_path: Path) -> None:
    study = _agencies()
    export(
        indicator_table(_scores(study), study, provenance(study), language="en"), "indicators", to=tmp_path
    )
    assert len(pd.read_csv(tmp_path / "indicators.csv")) == 240


def test_targets_keep_their_digits_their_unit_of_measure_and_their_upper_end() -> None:
    study = _agencies()
    table = indicator_table(_scores(study), study, provenance(study), language="en").make("en")
    assert isinstance(table, Table)
    assert table.decimals["target"] == 2
    assert set(table.frame["unit of measure"]) == {"%"}
    assert "upper target" not in table.frame
    lkj = read_rules("lkj-attainment")
    assert study.observations is not None
    ranged = study.observations.assign(
        polarity="stabilize", target_upper=80.5, perspective=lkj.perspectives[0].id
    ).head(1)
    other = replace(study, rules=lkj, observations=ranged)
    frame = _frame(indicator_table(_scores(other), other, provenance(other), language="en"))
    assert frame["upper target"].tolist() == [80.5]


def test_an_indicator_with_bands_of_its_own_is_called_by_them() -> None:
    rules = read_rules("value-for-money")
    rows = [("U", 2017, each.perspective, each.id, 100.0, 111.0) for each in rules.indicators]
    columns = ["unit", "year", "perspective", "indicator", "target", "actual"]
    study = replace(KKP, rules=rules, observations=pd.DataFrame(rows, columns=columns))
    frame = _frame(indicator_table(_scores(study), study, provenance(study), language="en"))
    economy = dict(rules.indicator_bands)["economy"]
    assert frame["band"].iloc[0] == economy.bands[-1].label.en


def test_the_missing_policy_is_named_in_words() -> None:
    study = replace(BANTAENG, rules=vary(BANTAENG.rules, missing="carry_last"))
    exhibit = score_table(_scores(study), study, provenance(study), language="en")
    assert exhibit.caption.en.endswith("missing policy: carry last")


def test_readings_of_many_units_count_who_rises_and_falls() -> None:
    """Under zero the last unit falls: half its weight, 60 %, is gone; renormalised it rises as all others do."""
    study = _agencies()
    variants = [vary(study.rules, missing=policy) for policy in ("renormalise", "zero")]
    readings = tuple(Reading(each.missing, each.label, each) for each in variants)
    frame = _frame(readings_table(replace(study, readings=readings), provenance(study), language="en"))
    assert frame["2016"].tolist() == pytest.approx([94.5, 94.5])
    assert frame["units that rise"].tolist() == [30, 29]
    assert frame["units that fall"].tolist() == [0, 1]


def test_the_statement_on_many_units_says_the_median_and_for_how_many_the_policy_decides() -> None:
    said = score_statement(_agencies()).label.en
    assert said == (
        "This run, missing = renormalise: median score of the units 94.50 (2016, n = 30) → 96.50 (2017, n = 30). "
        "From 2016 to 2017, 30 units rise, 0 fall and 0 show no change. "
        "For 1 of 30 units the direction hangs on whether what is missing counts as zero or is left out."
    )


def test_a_year_without_a_score_is_left_out_of_the_statement() -> None:
    """The only perspective of 2016 is withheld, so that one year has a total and nothing rises or falls."""
    rows = [("U", year, "customer", "a", 100.0, actual) for year, actual in ((2016, None), (2017, 90.0))]
    columns = ["unit", "year", "perspective", "indicator", "target", "actual"]
    study = replace(KKP, observations=pd.DataFrame(rows, columns=columns))
    said = score_statement(study).label.en
    assert "Recomputed with missing = renormalise: 90 (2017)." in said
    assert "The direction of the change" not in said


def _tables(study: Study, findings: tuple[Finding, ...]) -> list[Exhibit]:
    record: Any = provenance(study)
    scores = _scores(study)
    made = [
        make(scores, study, record, language="id") for make in (indicator_table, coverage_table, score_table)
    ]
    made += [
        make(findings, study, record, language="id") for make in (finding_table, verdict_table, mending_table)
    ]
    made += [make(study, record, language="id") for make in (readings_table, implied_table)]
    return [each for each in made if isinstance(each, Exhibit)]


def test_both_languages_hold_the_same_numbers_under_different_words() -> None:
    for exhibit in _tables(BANTAENG, FINDINGS):
        ours, theirs = _frame(exhibit, "id"), _frame(exhibit, "en")
        assert ours.shape == theirs.shape
        assert ours.columns.tolist() != theirs.columns.tolist(), exhibit.caption.en
        pd.testing.assert_frame_equal(
            ours.select_dtypes("number").set_axis(range(len(ours.select_dtypes("number").columns)), axis=1),
            theirs.select_dtypes("number").set_axis(
                range(len(theirs.select_dtypes("number").columns)), axis=1
            ),
        )
        assert exhibit.caption.id != exhibit.caption.en


def test_a_table_shows_itself_with_caption_source_and_decimal_comma() -> None:
    html = score_table(_scores(BANTAENG), BANTAENG, provenance(BANTAENG), language="id")._repr_html_()
    assert "2,7750" in html
    assert "2.7750" not in html
    assert "BPBD Kabupaten Bantaeng" in html
    assert "transkripsi" in html


def test_the_score_statement_says_in_both_languages_that_the_direction_flips() -> None:
    label = score_statement(BANTAENG).label
    assert "2.1625 (2016) → 2.775 (2017) (rise)" in label.en
    assert "2.8833 (2016) → 2.775 (2017) (fall)" in label.en
    assert "The direction of the change flips" in label.en
    assert "2,8833 (2016) → 2,775 (2017) (turun)" in label.id
    assert "Arah perubahan berbalik" in label.id


def test_one_year_has_no_direction() -> None:
    label = score_statement(read_study("bantaeng", years=[2017])).label
    assert "This run, missing = zero: 2.775 (2017)." in label.en
    assert "direction" not in label.en


def test_a_study_without_records_says_so() -> None:
    assert (
        score_statement(replace(KKP, observations=None)).label.en
        == "This study has no public indicator records to score."
    )


def test_the_audit_statement_counts_and_names_what_cannot_follow() -> None:
    assert "Of 295 printed figures 160 follow, 3 follow only if truncated, 52 contradict" in str(
        audit_statement(FINDINGS, BANTAENG)
    )
    kkp = audit_statement(KKP_FINDINGS, KKP)
    assert (
        "The printed indirect effect LG → CP of 0.038 cannot follow: the printed paths give [0.0402; 0.0407]."
        in kkp.label.en
    )
    assert "put it in [0.630; 0.641]" in kkp.label.en
    assert (
        "117,3 [116,5; 118,2] (2015), 108,7 [107,8; 109,5] (2016), 99,0 [98,2; 99,8] (2017)" in kkp.label.id
    )
    assert kkp._repr_markdown_().startswith("- **Indonesia.** Dari 24 angka")
