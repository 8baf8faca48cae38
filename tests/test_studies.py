"""Studies: a folder becomes data, rules, model and printed figures, or a report of what is wrong with it."""

from __future__ import annotations

import hashlib
import shutil
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from bsc_analysis.errors import (
    BscError,
    DataError,
    ModelError,
    PrintedError,
    StudyError,
    UseError,
)
from bsc_analysis.files import data_folder, list_rules, read_rules
from bsc_analysis.language.words import Label
from bsc_analysis.studies import list_studies, read_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the Bantaeng study to where it may be spoilt."""
    target = tmp_path / "mine"
    shutil.copytree(data_folder() / "studies" / "bantaeng", target)
    return target


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults_of(folder: Path, error: type[BscError]) -> list[str]:
    with pytest.raises(error) as caught:
        read_study(str(folder))
    assert type(caught.value) is error
    return [str(each) for each in caught.value.faults]


# ---- what a study is -------------------------------------------------------------------------------------------------


def test_the_studies_that_come_with_the_package() -> None:
    assert list_studies() == ("bantaeng", "kkp", "simulated")


def test_a_study_with_records() -> None:
    study = read_study("bantaeng")
    assert (study.id, study.data_status, study.rules.id, study.model) == (
        "bantaeng",
        "transcribed",
        "bantaeng",
        None,
    )
    assert study.label == Label(
        "BPBD Kabupaten Bantaeng, 2016-2017",
        "Bantaeng Regency Disaster Management Agency (BPBD), 2016-2017",
    )
    assert study.observations is not None
    assert study.observations.shape[0] == 18
    assert study.notebooks == ("01_indicators", "02_scores", "03_cascade", "05_years", "06_reproduction")


def test_a_study_whose_records_are_not_public_has_a_twin_in_their_place() -> None:
    study = read_study("kkp")
    assert (study.data_status, study.printed_status, study.readings) == ("synthetic", "printed", ())
    assert study.observations is not None
    assert study.observations.groupby("year").size().to_dict() == {2015: 1122, 2016: 11653, 2017: 13050}
    assert study.twin is not None
    assert study.model is not None
    assert study.model.variables == ("LG", "IP", "CP", "SH")


def test_every_file_a_study_was_read_from_is_named_with_its_hash() -> None:
    sources = {each.path: each.sha256 for each in read_study("bantaeng").sources}
    assert set(sources) == {
        "rules/bantaeng.toml",
        "studies/bantaeng/study.toml",
        "studies/bantaeng/indicators.csv",
        *(
            f"studies/bantaeng/printed/{name}"
            for name in (
                "source.toml", "table3.csv", "table4.csv", "table6.csv", "table7.csv", "last_table.csv", "prose.csv",
            )
        ),
    }  # fmt: skip
    assert sources == {
        name: hashlib.sha256((data_folder() / name).read_bytes()).hexdigest() for name in sources
    }


def test_readings_are_rule_sets_with_some_choices_made_otherwise() -> None:
    readings = {each.id: each.rules for each in read_study("bantaeng").readings}
    assert readings["bands_zero"].missing == "zero"
    assert readings["attainment_capped"].cap == Fraction(120)
    assert readings["attainment"].scale == "percent"
    assert [each.id for each in readings["bands_common"].perspectives] == [
        "financial",
        "internal_process",
        "learning_growth",
    ]
    turned = readings["lower_better_ratio"]
    assert [each.id for each in turned.indicators if each.polarity == "minimize"] == ["economy", "efficiency"]


def test_only_some_years_can_be_read() -> None:
    study = read_study("bantaeng", years=(2017,))
    assert study.observations is not None
    assert set(study.observations["year"]) == {2017}
    assert {figure.key.year for figure in study.printed.figures} == {2017, None}


def test_another_missing_policy_can_be_named() -> None:
    assert read_study("bantaeng", missing="renormalise").rules.missing == "renormalise"
    assert read_rules("kkp", missing="zero").missing == "zero"


def test_another_rule_set_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "second.toml"
    shutil.copy(data_folder() / "rules" / "bantaeng.toml", path)
    edit(path, 'version = "1"', 'version = "2"')
    assert read_study("bantaeng", rules=str(path)).rules.version == "2"


def test_a_study_is_read_from_the_path_of_its_folder(folder: Path) -> None:
    mine, shipped = read_study(str(folder)), read_study("bantaeng")
    assert mine.printed == shipped.printed
    assert "study.toml" in {each.path for each in mine.sources}


def test_a_rule_set_is_read_from_the_path_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    shutil.copy(data_folder() / "rules" / "kkp.toml", path)
    assert read_rules(str(path)) == read_rules("kkp")


def test_a_study_may_bring_its_rule_set_along(folder: Path) -> None:
    shutil.copy(data_folder() / "rules" / "bantaeng.toml", folder / "own.toml")
    edit(folder / "study.toml", 'rules = "bantaeng"', 'rules = "own.toml"')
    assert read_study(str(folder)).rules == read_rules("bantaeng")


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bantang", "study 'bantang' does not exist, did you mean 'bantaeng'?"),
        ("zzz", "study 'zzz' does not exist, allowed: bantaeng, kkp, simulated"),
        ("", "study '' does not exist, allowed: bantaeng, kkp, simulated"),
    ],
)
def test_a_study_that_does_not_exist_is_refused_with_the_nearest_name(name: str, sentence: str) -> None:
    with pytest.raises(UseError) as caught:
        read_study(name)
    assert str(caught.value) == sentence
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("kpk", "rule set 'kpk' does not exist, did you mean 'kkp'?"),
        ("zzz", f"rule set 'zzz' does not exist, allowed: {', '.join(list_rules())}"),
    ],
)
def test_a_rule_set_that_does_not_exist_is_refused_with_the_nearest_name(name: str, sentence: str) -> None:
    with pytest.raises(UseError) as caught:
        read_rules(name)
    assert str(caught.value) == sentence


def test_every_year_a_study_does_not_have_is_named() -> None:
    with pytest.raises(UseError) as caught:
        read_study("kkp", years=[2014, 2015, 2018])
    assert [str(each) for each in caught.value.faults] == [
        "study kkp has no year 2014, allowed: 2015, 2016, 2017",
        "study kkp has no year 2018, allowed: 2015, 2016, 2017",
    ]


def test_faults_of_the_study_file_name_file_and_key(folder: Path) -> None:
    edit(folder / "study.toml", "data_status", "data_statu")
    edit(folder / "study.toml", "[direction]\nbands = 0.005", "[direction]\nbands = -1")
    assert sorted(faults_of(folder, StudyError)) == [
        "study.toml: data_status: this key is required and missing",
        "study.toml: direction.bands: got -1, allowed: Input should be greater than or equal to 0",
        "study.toml: unknown key 'data_statu', did you mean 'data_status'?",
    ]


@pytest.mark.parametrize("name", ["printed/source.toml", "printed/table4.csv", "indicators.csv"])
def test_a_file_that_is_missing_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()
    assert faults_of(folder, StudyError) == [f"{Path(name).name}: the file is missing"]


def test_a_file_that_is_no_utf_8_text_is_named(folder: Path) -> None:
    (folder / "printed" / "table4.csv").write_bytes(b"unit,year\n\xff\xfe")
    (sentence,) = faults_of(folder, StudyError)
    assert sentence.startswith("table4.csv: not UTF-8 text (")


def test_every_table_that_was_changed_after_proofreading_is_refused(folder: Path) -> None:
    edit(folder / "printed" / "table4.csv", "98,102,96,3", "98,102,97,3")
    edit(folder / "printed" / "table7.csv", "0.795", "0.796")
    old = {name: hashlib.sha256((data_folder() / "studies/bantaeng/printed" / name).read_bytes()).hexdigest()
           for name in ("table4.csv", "table7.csv")}  # fmt: skip
    new = {name: hashlib.sha256((folder / "printed" / name).read_bytes()).hexdigest() for name in old}
    assert faults_of(folder, PrintedError) == [
        f"{name}: the file is not the one that was proofread: sha256 is {new[name]}, source.toml says {old[name]}"
        for name in old
    ]


def test_faults_of_the_observations_come_through(folder: Path) -> None:
    edit(
        folder / "indicators.csv",
        "BPBD Bantaeng,2016,financial,economy,102,98",
        "BPBD Bantaeng,2016,financial,economy,102x4,98",
    )
    assert faults_of(folder, DataError) == [
        "indicators.csv, row 2, column 'target': got '102x4', allowed: a number, or '-' where there is none"
    ]


def test_observations_may_be_a_workbook_whose_reading_is_declared(folder: Path) -> None:
    """1.250 under the comma is a thousand two hundred and fifty, and 'Ukuran' is a word that only this study knows."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Isi")
    sheet.append(["Unit", "Tahun", "Perspektif", "Ukuran Dinas", "Target", "Realisasi"])
    sheet.append(["BPBD Bantaeng", 2016, "Keuangan", "economy", "1.250", "1.125"])
    book.save(folder / "iku.xlsx")
    (folder / "kata.toml").write_text('columns.indicator = ["Ukuran Dinas"]', encoding="utf-8")
    declared = 'observations = "iku.xlsx"\nsheets = ["Isi"]\ndecimal = ","\nsynonyms = "kata.toml"'
    edit(folder / "study.toml", 'observations = "indicators.csv"', declared)
    study = read_study(str(folder))
    assert study.observations is not None
    assert study.observations[["indicator", "target"]].to_numpy().tolist() == [["economy", 1250.0]]
    assert {"iku.xlsx", "kata.toml"} <= {each.path for each in study.sources}
    (folder / "kata.toml").unlink()
    assert faults_of(folder, StudyError) == ["kata.toml: the file is missing"]


def test_faults_of_a_reading_name_the_reading(folder: Path) -> None:
    edit(folder / "study.toml", '"bands_common",', '"bands_comon",')
    assert faults_of(folder, StudyError) == [
        "study.toml: readings: rule set bantaeng has no variant 'bands_comon', did you mean 'bands_common'?"
    ]


def test_faults_of_the_model_come_through(folder: Path) -> None:
    edit(
        folder / "study.toml", 'data_status = "transcribed"', 'data_status = "transcribed"\nmodel = "IP = LG"'
    )
    assert faults_of(folder, ModelError) == ["'IP = LG' is not a regression such as 'CP ~ LG + IP'"]
