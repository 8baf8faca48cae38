"""The rows of a study: its own, its twin's, or those of a file given in their place; and what the rows are called."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from bsc_analysis.errors import DataError, StudyError, UseError
from bsc_analysis.exhibits.exhibit import printed_provenance, provenance
from bsc_analysis.files import data_folder, read_rules
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.studies import read_study
from bsc_analysis.studydata import status_of
from tests.realcase import write_real


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Write a hand-made file of 40 rows."""
    return write_real(tmp_path / "iku.csv")


def test_a_file_given_takes_the_place_of_the_twin_and_is_real_data(real: Path) -> None:
    study = read_study("kkp", data=str(real))
    assert (study.data_status, study.twin, study.given) == ("real", None, "iku.csv")
    assert study.observations is not None
    assert len(study.observations) == 40


def test_the_scores_of_a_file_given_are_its_own(real: Path) -> None:
    """The centre, 2016: .30 x 96 + .30 x 90 + .15 x 102 + .25 x 84 = 92.1."""
    study = read_study("kkp", data=str(real))
    nko = score(study.observations, study.rules).organisations.set_index(["unit", "year"])["score"]
    assert nko["Pusat", 2016] == pytest.approx(92.1)


def test_nothing_made_stays_beside_a_file_given(real: Path) -> None:
    assert read_study("kkp").accountability is not None
    assert read_study("kkp", data=str(real)).accountability is None


def test_exhibits_of_a_file_given_name_it_and_not_the_abstract(real: Path) -> None:
    study = read_study("kkp", data=str(real))
    assert provenance(study).citation == "iku.csv"
    assert provenance(study).statement.en == "Real data"
    assert "Universitas Indonesia" in printed_provenance(study).citation
    assert printed_provenance(study).data_status == "printed"


def test_the_file_given_is_among_the_sources_with_its_hash(real: Path) -> None:
    paths = {each.path for each in read_study("kkp", data=str(real)).sources}
    assert "iku.csv" in paths
    assert not any("twin" in each for each in paths)


def test_the_twin_is_among_the_sources_of_what_was_made_from_it() -> None:
    paths = {each.path for each in read_study("kkp").sources}
    assert {
        "studies/kkp/twin.toml",
        "studies/kkp/stages.csv",
        "interventions.toml",
        "rules/sakip.toml",
    } <= paths


def test_a_twin_given_as_a_file_is_still_synthetic(tmp_path: Path) -> None:
    made = read_study("kkp").observations
    assert made is not None
    path = tmp_path / "looks-real.csv"
    made.head(200).to_csv(path, index=False)
    assert read_study("kkp", data=str(path)).data_status == "synthetic"


@pytest.mark.parametrize("marks", [["synthetic twin"], [None, "synthetic twin"]])
def test_one_made_row_makes_the_table_synthetic(marks: list[str | None]) -> None:
    assert status_of(pd.DataFrame({"data_status": marks}), "real") == "synthetic"


def test_rows_that_say_nothing_are_what_is_stated_of_them() -> None:
    assert status_of(pd.DataFrame({"data_status": [None, "real"]}), "transcribed") == "transcribed"
    assert status_of(pd.DataFrame({"actual": [1.0]}), "transcribed") == "transcribed"


def test_years_are_chosen_among_those_of_the_file_given(real: Path) -> None:
    study = read_study("kkp", data=str(real), years=[2016])
    assert study.observations is not None
    assert study.observations["year"].unique().tolist() == [2016]


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(UseError, match=r"nothing.csv: there is no such file"):
        read_study("kkp", data=str(tmp_path / "nothing.csv"))


def test_every_fault_of_a_file_given_comes_with_its_place(real: Path) -> None:
    text = real.read_text(encoding="utf-8").replace(",96,%", ",9O6,%", 1).replace(",84,%", ",8.4.1,%", 1)
    real.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_study("kkp", data=str(real))
    told = " ".join(map(str, caught.value.faults))
    assert "9O6" in told
    assert "8.4.1" in told
    assert "iku.csv" in told


def test_a_table_of_scores_is_replaced_by_a_table_of_scores(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "unit,directorate,year,LG,IP,CP,SH\nA,D1,2016,90,91,92,93\nB,D2,2016,80,81,82,83\n", encoding="utf-8"
    )
    study = read_study("simulated", data=str(path))
    assert (study.data_status, study.given) == ("real", "mine.csv")
    assert study.scores is not None
    assert study.scores["SH"].tolist() == [93, 83]


def test_a_twin_is_made_under_the_studys_own_rules_whatever_it_is_scored_by() -> None:
    own, other = read_study("kkp"), read_study("kkp", rules="kkp-npss-2016")
    assert own.observations is not None
    assert other.observations is not None
    pd.testing.assert_frame_equal(own.observations, other.observations)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('twin = "twin.toml"', 'twin = "none.toml"', "none.toml: the file is missing"),
        ('stages = "stages.csv"', 'stages = "none.csv"', "none.csv: the file is missing"),
        ('intervention = "kemensos"', 'intervention = "kemenso"', "allowed: kemensos, zastrow"),
    ],
)
def test_what_a_study_names_must_be_there(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(data_folder() / "studies" / "kkp", folder)
    document = folder / "study.toml"
    text = document.read_text(encoding="utf-8")
    assert old in text
    document.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match=told):
        read_study(str(folder))


def test_evaluations_of_a_study_come_from_its_file_where_it_names_one(tmp_path: Path) -> None:
    """The components of the rule set, all at full marks in the one year."""
    folder = tmp_path / "mine"
    shutil.copytree(data_folder() / "studies" / "kkp", folder)
    rules = read_rules("sakip")
    lines = [
        f"Pusat,2014,{each.perspective},{each.id},10,10" for each in rules.indicators if not each.part_of
    ]
    (folder / "sakip.csv").write_text(
        "\n".join(["unit,year,perspective,indicator,target,actual", *lines]) + "\n", encoding="utf-8"
    )
    document = folder / "study.toml"
    document.write_text(
        document.read_text(encoding="utf-8").replace(
            'rules = "sakip"', 'rules = "sakip"\nobservations = "sakip.csv"'
        ),
        encoding="utf-8",
    )
    accountability = read_study(str(folder)).accountability
    assert accountability is not None
    assert (accountability.data_status, accountability.introduced) == ("real", 2013)
    assert len(accountability.observations) == len(lines)
