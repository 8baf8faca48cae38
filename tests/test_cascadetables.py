"""Tables of the cascade: right numbers, right words in both languages, and a sentence where there is nothing to show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from bsc_analysis.exhibits.cascadetables import change_table, drill_down_table, level_table, rollup_table
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.runs.notebooks import notebook_folder
from bsc_analysis.scorecards.cascade import UnitTree, read_tree
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.scorecards.unitchange import change_of, explain_change, last_change
from bsc_analysis.studies import read_study
from tests.cascades import ministry

KKP, BANTAENG = read_study("kkp"), read_study("bantaeng", missing="renormalise")
RECORD, BANTAENG_RECORD = provenance(KKP), provenance(BANTAENG)
AGENCY = "BPBD Bantaeng"


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score(ministry(), KKP.rules)


@pytest.fixture(scope="module")
def tree() -> UnitTree:
    return read_tree(ministry())


def agency() -> Scores:
    return score(BANTAENG.observations, BANTAENG.rules)


def frame_of(exhibit: Exhibit | Absent, language: Language = "en") -> pd.DataFrame:
    assert isinstance(exhibit, Exhibit)
    made = exhibit.make(language)
    assert isinstance(made, Table)
    assert set(made.decimals) <= set(made.frame.columns)
    return made.frame


def test_levels_stand_in_their_order_with_mean_spread_and_bands(scores: Scores, tree: UnitTree) -> None:
    """Echelon II in 2017: 82, 114 and 59 of four units (worked in tests/test_cascade.py)."""
    frame = frame_of(level_table(scores, tree, KKP, RECORD, language="en"))
    assert list(zip(frame["level"], frame["year"], strict=True)) == [
        ("Minister", 2016), ("Minister", 2017), ("Echelon I", 2016), ("Echelon I", 2017), ("Echelon II", 2016),
        ("Echelon II", 2017),
    ]  # fmt: skip
    last = frame.iloc[-1]
    assert last[["units", "with a score", "mean", "lowest", "highest"]].tolist() == pytest.approx(
        [4, 3, 85, 59, 114]
    )
    assert last["Green (%)"] == pytest.approx(100 / 3)


def test_levels_are_said_in_indonesian(scores: Scores, tree: UnitTree) -> None:
    frame = frame_of(level_table(scores, tree, KKP, RECORD, language="id"), "id")
    assert frame["tingkat"].tolist()[:3] == ["Menteri", "Menteri", "Eselon I"]


def test_a_level_with_a_word_of_its_own_keeps_it_and_a_unit_without_one_comes_last() -> None:
    rows = ministry().replace({"level": {"echelon_1": "bureau", "echelon_2": None, "minister": "board"}})
    frame = frame_of(level_table(score(rows, KKP.rules), read_tree(rows), KKP, RECORD, language="en"))
    assert list(dict.fromkeys(frame["level"])) == ["board", "bureau", "no level"]


def test_a_level_without_a_single_score_says_so() -> None:
    rows = ministry()
    rows.loc[rows["level"] == "echelon_2", "actual"] = None
    exhibit = level_table(score(rows, KKP.rules), read_tree(rows), KKP, RECORD, language="en")
    last = frame_of(exhibit).iloc[-1]
    assert last[["units", "with a score"]].tolist() == [4, 0]
    assert last[["mean", "Green (%)"]].isna().all()
    assert isinstance(exhibit, Exhibit)
    assert "Echelon II 2017: mean no data of 0 units" in exhibit.alt.en


def test_parents_stand_above_those_below_them_with_the_difference(scores: Scores, tree: UnitTree) -> None:
    """2017: M 94 against 91, A 90 against 98, B 92 against 59; stakeholder of A 96 against 104."""
    frame = frame_of(rollup_table(scores, tree, KKP, RECORD, language="en"))
    last = frame[frame["year"] == 2017]
    assert last["unit"].tolist() == ["M", "A", "B"]
    assert last["difference"].tolist() == pytest.approx([3, -8, 33])
    assert last["with a score"].tolist() == [2, 2, 1]
    assert last["difference, SH"].tolist()[1] == pytest.approx(-8)
    assert last["difference, LG"].isna().all()


def test_a_table_without_a_cascade_says_so() -> None:
    scores, tree = agency(), read_tree(BANTAENG.observations)
    levels = level_table(scores, tree, BANTAENG, BANTAENG_RECORD, language="en")
    rolled = rollup_table(scores, tree, BANTAENG, BANTAENG_RECORD, language="id")
    assert isinstance(levels, Absent)
    assert "name no levels" in levels.reason.en
    assert isinstance(rolled, Absent)
    assert rolled.reason.id != rolled.reason.en


def test_the_drill_down_goes_from_the_organisation_to_its_indicators() -> None:
    """2017: 2.775 = .6625 + .75 + .875 + .4875; economy .25 x .35 x 1 = .0875."""
    frame = frame_of(drill_down_table(agency(), BANTAENG, BANTAENG_RECORD, unit=AGENCY, language="en"))
    assert frame.loc[0, ["level", "name", "weight in the total (%)"]].tolist() == [
        "organisation",
        AGENCY,
        100.0,
    ]
    parts = frame[frame["level"] == "perspective"]
    assert parts["contribution"].tolist() == pytest.approx([0.6625, 0.75, 0.875, 0.4875])
    economy = frame[frame["name"] == "Economy ratio"].iloc[0]
    assert economy[["score", "weight in the total (%)", "contribution"]].tolist() == pytest.approx(
        [1, 8.75, 0.0875]
    )


def test_another_year_may_be_taken_apart() -> None:
    frame = frame_of(
        drill_down_table(agency(), BANTAENG, BANTAENG_RECORD, unit=AGENCY, language="en", year=2016)
    )
    survey = frame[frame["name"] == "Public satisfaction"].iloc[0]
    assert pd.isna(survey["score"])
    assert survey[["weight in the total (%)", "contribution"]].tolist() == [0, 0]


def test_the_change_table_sums_down_and_across() -> None:
    change = last_change(agency(), AGENCY)
    frame = frame_of(change_table(change, BANTAENG, BANTAENG_RECORD, language="en"))
    effects = ["achievement", "weight", "coverage", "interaction"]
    assert (frame[effects].sum(axis=1) - frame["change"]).abs().max() < 1e-9
    names = [each.label.en for each in BANTAENG.rules.perspectives]
    parts = frame[frame["name"].isin(names)]
    assert parts["name"].tolist() == names
    assert parts[effects].sum().tolist() == pytest.approx(frame.loc[0, effects].tolist())
    assert frame.loc[0, ["score 2016", "score 2017"]].tolist() == pytest.approx([2.8833333333, 2.775])
    innovation = frame[frame["name"] == "Innovation ratio"].iloc[0]
    assert innovation["change"] == 0.0, "a zero is a zero, not 3e-17"


def test_a_change_that_cannot_be_explained_is_absent_with_its_reason(scores: Scores) -> None:
    """A has 2017 only, B2 has no score at all, and nothing is left of one year."""
    explained = explain_change(scores, 2016, 2017)
    reasons = []
    for change in (None, change_of(explained, "A"), change_of(explained, "B2")):
        absent = change_table(change, KKP, RECORD, language="en")
        assert isinstance(absent, Absent)
        reasons.append(absent.reason.en)
    assert reasons == [
        "There is only one year, so there is no change to explain",
        "A has no score in 2016, so there is no change to explain",
        "B2 has a score in neither 2016 nor 2017, so there is no change to explain",
    ]


def test_captions_and_alt_texts_follow_the_numbers(scores: Scores, tree: UnitTree) -> None:
    made = [
        level_table(scores, tree, KKP, RECORD, language="en"),
        rollup_table(scores, tree, KKP, RECORD, language="en"),
        drill_down_table(scores, KKP, RECORD, unit="M", language="en"),
        change_table(last_change(scores, "B"), KKP, RECORD, language="en"),
    ]
    told = [each.alt.en for each in made if isinstance(each, Exhibit)]
    assert "Echelon II 2017: mean 85 of 3 units" in told[0]
    assert "the widest difference is B 2017: own score 92, children 59" in told[1]
    assert told[2] == "Table of contributions to the score of M in 2017, 94: Customer 31.5, Stakeholder 62.5"
    assert told[3].startswith(
        "B: 80 in 2016, 92 in 2017. Of that: achievement +12, weight 0, coverage 0, interaction 0."
    )
    for exhibit in made:
        assert isinstance(exhibit, Exhibit)
        assert exhibit.caption.en != exhibit.caption.id
        assert exhibit.alt.en != exhibit.alt.id
        assert "{" not in exhibit.caption.en + exhibit.alt.en + exhibit.caption.id + exhibit.alt.id


def test_a_parent_that_cannot_be_compared_is_said_to_be_so() -> None:
    """M has no score, so there is no difference to tell."""
    rows = ministry()
    rows = rows[rows["year"] == 2017]
    rows.loc[rows["unit"].isin(["M", "A", "B"]), "actual"] = None
    exhibit = rollup_table(score(rows, KKP.rules), read_tree(rows), KKP, RECORD, language="en")
    assert isinstance(exhibit, Exhibit)
    assert exhibit.alt.en == "Table of 3 parents and years; none can be compared with its children"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_show_themselves_in_a_notebook(language: Language, scores: Scores, tree: UnitTree) -> None:
    exhibit = level_table(scores, tree, KKP, RECORD, language=language)
    assert ("Echelon II" if language == "en" else "Eselon II") in exhibit._repr_html_()


# ---- the notebook ----------------------------------------------------------------------------------------------------

STUDY = """
id = "ministry"
rules = "kkp"
observations = "rows.csv"
notebooks = ["03_cascade"]
data_status = "synthetic"
[name]
id = "Kementerian contoh"
en = "A made-up ministry"
"""


@pytest.mark.parametrize(
    ("unit", "written"),
    [("", {"levels", "roll-up", "drill-down", "waterfall", "change"}), ("A", {"levels", "roll-up", "drill-down"})],
)  # fmt: skip
def test_the_notebook_runs_for_a_ministry_of_three_levels(
    unit: str, written: set[str], tmp_path: Path
) -> None:
    """The whole of it for the ministry itself; for A, which has one year only, the change is absent."""
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    ministry().to_csv(tmp_path / "rows.csv", index=False)
    notebook = nbformat.read(notebook_folder() / "03_cascade.ipynb", as_version=4)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
        if "parameters" in cell.metadata.get("tags", []):
            names |= {"study": str(tmp_path), "unit": unit, "out": str(tmp_path / "out")}
    sidecars = {path.stem: json.loads(path.read_text("utf-8")) for path in (tmp_path / "out").glob("*.json")}
    assert set(sidecars) == written
    assert {record["parameters"]["unit"] for record in sidecars.values()} == {unit}
