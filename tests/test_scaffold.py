"""New studies: a folder that is whole and runs, or nothing at all."""

from __future__ import annotations

import tomllib
from pathlib import Path

import openpyxl
import pytest

from bsc_analysis.__main__ import main
from bsc_analysis.errors import BscError, DataError, RuleSetError, UseError
from bsc_analysis.files import data_folder
from bsc_analysis.language.words import Label
from bsc_analysis.runs import notebooks, scaffold
from bsc_analysis.runs.scaffold import DataFile, make_study
from bsc_analysis.studies import read_study

TITLE = Label(id="Tiga dinas", en="Three agencies")
PERSPECTIVES = ("Pemangku Kepentingan", "Pelanggan", "Proses Bisnis Internal", "Pertumbuhan dan Pembelajaran")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a workbook of three units, two of them under the first, two years and twelve indicators; a figure is missing."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    header = [
        "Unit Kerja",
        "Unit Atasan",
        "Eselon",
        "Tahun",
        "Perspektif",
        "IKU",
        "Bobot",
        "Target",
        "Realisasi",
    ]
    sheet.append(header)
    for unit in "ABC":
        for year in (2024, 2025):
            for number in range(12):
                actual = None if (unit, year, number) == ("B", 2024, 5) else 80 + number + (year - 2024)
                name = PERSPECTIVES[number % 4]
                above = (None, "Eselon I") if unit == "A" else ("Dinas A", "Eselon II")
                sheet.append([f"Dinas {unit}", *above, year, name, f"IKU {number + 1}", 1, 100, actual])
    path = tmp_path / "iku 2025.xlsx"
    book.save(path)
    return path


def test_a_new_study_is_read_as_one(tmp_path: Path, data: Path) -> None:
    made = make_study("dinas-2025", DataFile(data), "kkp", title=TITLE, out=tmp_path / "studies")
    assert made.folder == tmp_path / "studies" / "dinas-2025"
    assert (made.folder / data.name).read_bytes() == data.read_bytes()
    assert sorted(path.name for path in made.folder.iterdir()) == ["iku 2025.xlsx", "study.toml"]
    study = read_study(str(made.folder))
    assert (study.id, study.label, study.data_status, study.rules.id) == ("dinas-2025", TITLE, "real", "kkp")
    assert study.observations is not None
    assert len(study.observations) == 72
    assert study.notebooks[:2] == ("01_indicators", "02_scores")
    assert {each.path for each in study.sources} >= {"study.toml", "iku 2025.xlsx", "rules/kkp.toml"}


def test_only_notebooks_that_there_are_are_named(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = tmp_path / "books"
    books.mkdir()
    for name in ("01_indicators", "02_scores", "03_cascade", "06_reproduction"):
        (books / f"{name}.ipynb").touch()
    monkeypatch.setattr(scaffold, "notebook_folder", lambda: books)
    made = make_study("with", DataFile(data), "kkp", title=TITLE, out=tmp_path)
    assert read_study(str(made.folder)).notebooks == ("01_indicators", "02_scores", "03_cascade")
    (books / "03_cascade.ipynb").unlink()
    made = make_study("without", DataFile(data), "kkp", title=TITLE, out=tmp_path)
    assert read_study(str(made.folder)).notebooks == ("01_indicators", "02_scores")


def test_a_rule_set_named_by_its_path_comes_into_the_folder(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once made, the study needs nothing outside its folder: the originals are gone when it is read."""
    text = (data_folder() / "rules" / "e-sakip.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('id = "e-sakip"', 'id = "own"', 1), encoding="utf-8")
    made = make_study("dinas", DataFile(data), f"{own}:cap_100", title=TITLE, out=tmp_path)
    own.unlink()
    data.unlink()
    monkeypatch.chdir(tmp_path)
    study = read_study("dinas")
    assert study.rules.id == "own:cap_100"
    assert study.rules.cap == 100
    assert "dinas-rules.toml" in {each.path for each in study.sources}
    assert made.folder.is_dir()


def test_how_the_file_is_read_is_kept(tmp_path: Path) -> None:
    """1.125 of 1.250 under the comma, on the second sheet, with a word for indicators that only this file uses."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Isi")
    sheet.append(["Unit", "Tahun", "Perspektif", "Ukuran Dinas", "Target", "Realisasi"])
    sheet.append(["Dinas A", 2024, "Pelanggan", "antrean", "1.250", "1.125"])
    book.save(tmp_path / "iku.xlsx")
    words = tmp_path / "kata.toml"
    words.write_text('columns.indicator = ["Ukuran Dinas"]', encoding="utf-8")
    data = DataFile(tmp_path / "iku.xlsx", ("Isi",), ",", words)
    made = make_study("dinas", data, "kkp", title=TITLE, out=tmp_path)
    words.unlink()
    document = tomllib.loads((made.folder / "study.toml").read_text(encoding="utf-8"))
    assert {key: document[key] for key in ("sheets", "decimal", "synonyms")} == {
        "sheets": ["Isi"], "decimal": ",", "synonyms": "synonyms.toml",
    }  # fmt: skip
    observations = read_study(str(made.folder)).observations
    assert observations is not None
    assert observations["target"].tolist() == [1250.0]


def test_titles_may_hold_quotes_and_backslashes(tmp_path: Path, data: Path) -> None:
    title = Label(id='Dinas "Laut" \\ Ikan', en="Dinas é’")
    made = make_study("dinas", DataFile(data), "kkp", title=title, out=tmp_path)
    assert read_study(str(made.folder)).label == title


# ---- what is refused ----------------------------------------------------------------------------------------------------


def refused(error: type[BscError], tmp_path: Path, name: str, data: Path, rules: str = "kkp") -> str:
    """Return the sentence that a study is refused with; nothing was written."""
    out = tmp_path / "studies"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(error) as caught:
        make_study(name, DataFile(data), rules, title=TITLE, out=out)
    assert sorted(tmp_path.rglob("*")) == before, "a refused study writes nothing"
    return str(caught.value)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", "-x", "a b", "ä", "a" * 65, "a\n"])
def test_a_name_that_is_not_safe_is_refused(tmp_path: Path, data: Path, name: str) -> None:
    assert "is not a safe name for a folder" in refused(UseError, tmp_path, name, data)


def test_the_name_of_a_packaged_study_is_refused(tmp_path: Path, data: Path) -> None:
    """`bsc run bantaeng` would run the packaged one."""
    sentence = "'bantaeng' is the name of a study that comes with the package; choose another"
    assert refused(UseError, tmp_path, "bantaeng", data) == sentence


def test_an_existing_folder_is_left_alone(tmp_path: Path, data: Path) -> None:
    (tmp_path / "studies" / "dinas").mkdir(parents=True)
    assert "this folder exists already" in refused(UseError, tmp_path, "dinas", data)


def test_a_title_that_cannot_be_shown_is_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(UseError, match="characters that cannot be shown"):
        make_study("dinas", DataFile(data), "kkp", title=Label(id="a\x07", en="b"), out=tmp_path / "studies")
    assert not (tmp_path / "studies").exists()


def test_faulty_data_and_rule_sets_are_refused_before_anything_is_written(tmp_path: Path, data: Path) -> None:
    broken = tmp_path / "broken.csv"
    header = "unit,year,perspective,indicator,target,actual\n"
    broken.write_text(f"{header}A,2O24,customer,x,1,1\n", encoding="utf-8")
    assert "a year such as 2017" in refused(DataError, tmp_path, "dinas", broken)
    broken.write_text(f"{header}A,2024,customer,x,0,1\n", encoding="utf-8")
    assert refused(DataError, tmp_path, "dinas", broken).startswith("broken.csv: row 2 (A, 2024): the target")
    assert "there is no such file" in refused(UseError, tmp_path, "dinas", tmp_path / "none.csv")
    assert "did you mean 'kkp'?" in refused(UseError, tmp_path, "dinas", data, "kkpp")
    (tmp_path / "own.toml").write_text('id = "own"', encoding="utf-8")
    refused(RuleSetError, tmp_path, "dinas", data, str(tmp_path / "own.toml"))


def test_units_that_are_no_tree_are_refused_where_the_cascade_would_stop(tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    header = "unit,parent,year,perspective,indicator,target,actual\n"
    broken.write_text(f"{header}A,Kementerian,2024,customer,x,1,1\n", encoding="utf-8")
    sentence = refused(DataError, tmp_path, "dinas", broken)
    assert sentence.startswith("broken.csv: ")
    assert "Kementerian" in sentence


def test_a_folder_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "studies").mkdir()
    monkeypatch.setattr("os.rename", full)
    assert "the folder cannot be written: No space left on device" in refused(
        UseError, tmp_path, "dinas", data
    )


# ---- the command --------------------------------------------------------------------------------------------------------


def test_the_command_says_how_to_run_what_it_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "dinas", "--from", str(data), "--rules", "kkp", "--title-en", "Agencies"]) == 0
    assert capsys.readouterr().out == "study written to dinas; run it with: bsc run dinas\n"
    assert read_study("dinas").label == Label(id="Agencies", en="Agencies")
    assert main(["new", "dinas", "--from", str(data), "--rules", "kkp", "--language", "id"]) == 2
    assert "folder ini sudah ada" in capsys.readouterr().err


def test_a_new_study_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path) -> None:
    """Many units, an open list of indicators, nothing printed and no readings: every notebook comes to its end."""
    folder, out = tmp_path / "studies" / "dinas", tmp_path / "out"
    assert main(["new", "dinas", "--from", str(data), "--rules", "kkp", "--out", str(folder.parent)]) == 0
    assert main(["run", str(folder), "--out", str(out), "--language", "id"]) == 0
    left = {path.stem for path in (out / "dinas" / "notebooks").iterdir()}
    assert left == set(read_study(str(folder)).notebooks)
    exhibits = {path.stem for path in (out / "dinas" / "exhibits").iterdir()}
    assert {"indicators", "coverage", "scores", "league", "league-table", "levels", "roll-up"} <= exhibits
    assert set(notebooks.read_headlines(out / "dinas" / "notebooks" / "02_scores.ipynb"))
    capsys.readouterr()
