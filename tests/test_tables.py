"""Tables of scores: right numbers, right words in both languages, nothing missing shown as a number of its own."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from bsc_analysis.evidence.audit import Finding, audit
from bsc_analysis.exhibits.evidencetables import finding_table, implied_table, mending_table, verdict_table
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.exhibits.statements import audit_statement, score_statement
from bsc_analysis.exhibits.tables import coverage_table, indicator_table, readings_table, score_table
from bsc_analysis.language.words import Language
from bsc_analysis.scorecards.scoring import Scores, score
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
    assert score_statement(KKP).label.en == "This study has no public indicator records to score."


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
