"""``bsc check``: fit or not, and if not, every fault with its place, for people, programs and spreadsheets."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bsc_analysis.__main__ import main
from bsc_analysis.files import data_folder

BANTAENG = data_folder() / "studies" / "bantaeng" / "indicators.csv"
HEADER = ["Unit", "Tahun", "Perspektif", "IKU", "Target", "Realisasi"]
RECORD_KEYS = ["file", "sheet", "cell", "row", "column", "got", "allowed", "message"]


def check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run ``bsc check`` and return its exit code and what it printed."""
    code = main(["check", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code, out, err = check(capsys, *arguments, "--json")
    assert err == ""
    return code, json.loads(out)


def write(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Return a workbook with three faults that intake finds."""
    return write(
        tmp_path / "iku.xlsx",
        HEADER,
        ["Dinas A", "2O24", "Stakeholder", "tangkapan", 50, 45],
        ["Dinas A", 2024, "Keuangann", "tangkapan", 50, 45],
        ["Dinas A", 2025, "Stakeholder", "tangkapan", "lima puluh", 45],
    )


@pytest.fixture
def unscorable(tmp_path: Path) -> Path:
    """Return a workbook that can be read, with two rows that the rule set of KKP cannot score."""
    return write(
        tmp_path / "iku.xlsx",
        HEADER,
        ["Dinas A", 2024, "Stakeholder", "tangkapan", 0, 45],
        ["Dinas A", 2024, "Customer", "kepuasan", -80, 84],
        ["Dinas A", 2024, "Customer", "keluhan", 80, 84],
    )


def test_a_file_that_is_fit_says_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = check(capsys, BANTAENG, "--rules", "bantaeng")
    assert (code, err) == (0, "")
    assert out == "indicators.csv: fit to be scored: 9 indicators, 1 units, years 2016, 2017\n"
    code, content = report(capsys, BANTAENG, "--rules", "bantaeng")
    assert (code, content) == (
        0,
        {
            "fit": True,
            "faults": [],
            "notes": [],
            "counts": {"rows": 18, "indicators": 9, "units": 1, "years": [2016, 2017]},
        },
    )


def test_all_faults_of_intake_come_at_once_with_their_cells(
    capsys: pytest.CaptureFixture[str], faulty: Path
) -> None:
    code, content = report(capsys, faulty, "--rules", "kkp")
    assert (code, content["fit"]) == (1, False)
    assert [list(each) for each in content["faults"]] == [RECORD_KEYS] * 3
    places = {(each["file"], each["sheet"], each["cell"], each["row"]) for each in content["faults"]}
    assert places == {
        ("iku.xlsx", "Data", "B2", 2), ("iku.xlsx", "Data", "C3", 3), ("iku.xlsx", "Data", "E4", 4),
    }  # fmt: skip
    by_cell = {each["cell"]: each for each in content["faults"]}
    assert (by_cell["B2"]["got"], by_cell["B2"]["allowed"]) == ("'2O24'", "a year such as 2017")
    assert content["counts"] == {"rows": 0, "indicators": 0, "units": 0, "years": []}


def test_all_faults_of_the_door_come_at_once_with_their_rows(
    capsys: pytest.CaptureFixture[str], unscorable: Path
) -> None:
    """Row 2 has a target of zero, row 3 a negative one; row 4 is fine."""
    code, content = report(capsys, unscorable, "--rules", "kkp")
    assert (code, content["fit"]) == (1, False)
    assert [(each["file"], each["row"], each["got"]) for each in content["faults"]] == [
        ("iku.xlsx", 3, "-80"), ("iku.xlsx", 2, ""),
    ]  # fmt: skip
    assert content["faults"][1]["message"] == (
        "iku.xlsx: row 2 (Dinas A, 2024): the target of 'tangkapan' is 0, and a ratio to it has no value"
    )
    assert content["counts"] == {"rows": 3, "indicators": 3, "units": 1, "years": [2024]}


def test_the_text_ends_with_the_verdict_and_the_number_of_faults(
    capsys: pytest.CaptureFixture[str], unscorable: Path
) -> None:
    code, out, err = check(capsys, unscorable, "--rules", "kkp")
    assert (code, err) == (1, "")
    *faults, verdict = out.splitlines()
    assert len(faults) == 2
    assert verdict == "iku.xlsx: not fit to be scored, faults: 2"


def test_notes_are_part_of_the_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write(
        tmp_path / "iku.xlsx",
        ["Laporan Kinerja"],
        HEADER,
        ["Dinas A", 2024, "Stakeholder", "tangkapan", 50, 45],
    )
    code, content = report(capsys, path, "--rules", "kkp")
    assert (code, content["fit"]) == (0, True)
    assert [each["message"] for each in content["notes"]] == [
        "iku.xlsx, sheet 'Data': the header was found in row 2"
    ]


def test_what_the_missing_policy_refuses_is_not_fit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Only the stakeholder's quarter of the weight has data, and this copy of the rule set refuses that."""
    text = (data_folder() / "rules" / "kkp.toml").read_text(encoding="utf-8")
    (tmp_path / "strict.toml").write_text(
        text.replace('policy = "renormalise"', 'policy = "refuse"'), encoding="utf-8"
    )
    path = write(tmp_path / "iku.xlsx", HEADER, ["Dinas A", 2024, "Stakeholder", "tangkapan", 50, 45])
    code, content = report(capsys, path, "--rules", tmp_path / "strict.toml")
    assert (code, content["fit"]) == (1, False)
    assert "only 25 % of the weight rests on data" in content["faults"][0]["message"]


def test_the_faults_go_into_a_csv_file_that_holds_no_formulas(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path / "iku.xlsx", HEADER, ["Dinas A", 2024, "=1+1 perspektif", "tangkapan", 50, 45])
    assert check(capsys, path, "--rules", "kkp", "--csv", tmp_path / "faults.csv")[0] == 1
    with (tmp_path / "faults.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [list(row) for row in rows] == [RECORD_KEYS]
    assert (rows[0]["cell"], rows[0]["row"]) == ("C2", "2")
    assert not [value for value in rows[0].values() if value.startswith(("=", "+", "-", "@"))]


def test_the_csv_file_never_takes_the_place_of_the_data(
    capsys: pytest.CaptureFixture[str], faulty: Path
) -> None:
    before = faulty.read_bytes()
    code, _, err = check(capsys, faulty, "--rules", "kkp", "--csv", faulty)
    assert code == 2
    assert "this is the file that is read" in err
    assert faulty.read_bytes() == before


def test_the_report_speaks_the_language(capsys: pytest.CaptureFixture[str], faulty: Path) -> None:
    code, out, _ = check(capsys, faulty, "--rules", "kkp", "--language", "id")
    assert code == 1
    assert out.splitlines()[-1] == "iku.xlsx: belum layak dinilai, jumlah kesalahan: 3"
    assert "iku.xlsx, lembar 'Data', sel B2: tertulis '2O24'" in out


def test_a_rule_set_or_file_that_is_not_there_is_wrong_use(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert check(capsys, BANTAENG, "--rules", "kpk")[0] == 2
    code, out, err = check(capsys, tmp_path / "none.csv", "--rules", "kkp", "--json")
    assert (code, out) == (2, "")
    assert "none.csv: there is no such file" in err
