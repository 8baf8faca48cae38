"""``bsc twin``: which twin it writes, what it says, and what it refuses with which exit code."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bsc_analysis.__main__ import main
from bsc_analysis.studies import read_study
from bsc_analysis.twins.making import make_twin
from bsc_analysis.twins.plan import SYNTHETIC, TwinPlan, vary_twin

ONE = 25_825  # records of the study's own twin


@pytest.fixture(scope="module")
def plan() -> TwinPlan:
    plan = read_study("kkp").twin
    assert plan is not None
    return plan


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run ``bsc twin`` and return its exit code and what it printed."""
    code = main(["twin", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_twin_of_a_study_is_written_in_its_own_size(
    plan: TwinPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "twin.csv"
    assert run(capsys, "kkp", "--out", path) == (
        0,
        f"synthetic twin written to {path}: {ONE} rows, seed {plan.seed}\n",
        "",
    )
    written = pd.read_csv(path)
    assert written["actual"].tolist() == make_twin(plan).observations["actual"].tolist()
    assert set(written["data_status"]) == {SYNTHETIC}


def test_every_option_reaches_the_plan(
    plan: TwinPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "twin.parquet"
    options = (
        "--seed 7 --missing 0.05 --noise 1 --tails 8 --icc 0.2 --persistence 0.3 --calibration population"
    )
    code, _, _ = run(
        capsys, "kkp", "--out", path, *options.split(), "--lag", "CP -> SH=0.2", "--lag", "LG->IP=0.1"
    )
    expected = vary_twin(
        plan, seed=7, missing=0.05, noise=1, tails=8, icc=0.2, persistence=0.3, calibration="population",
        lag={"CP -> SH": 0.2, "LG -> IP": 0.1},
    )  # fmt: skip
    assert code == 0
    read, made = pd.read_parquet(path), make_twin(expected).observations
    pd.testing.assert_frame_equal(read, made.astype(read.dtypes.to_dict()))


def test_other_sizes_become_a_folder_of_parquet_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "kkp", "--out", tmp_path / "large", "--rows", ONE + 2)
    assert (code, err) == (0, "")
    assert f"large: {ONE + 2} rows" in out
    assert len(pd.read_parquet(tmp_path / "large" / "part-00000.parquet")) == ONE + 2


def test_whoever_looks_on_sees_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal only, and never for the study's own size, which takes a second."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    _, _, silent = run(capsys, "kkp", "--out", tmp_path / "own.csv")
    _, out, shown = run(capsys, "kkp", "--out", tmp_path / "large.csv", "--rows", ONE + 2)
    assert silent == ""
    assert "rows" in shown
    assert out.count("\n") == 1


def test_words_are_in_the_language_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "twin.csv"
    _, out, _ = run(capsys, "kkp", "--out", path, "--rows", 3, "--language", "id")
    assert out.startswith(f"kembaran sintetis ditulis ke {path}: 3 baris")


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["kk"], 2, "study 'kk' does not exist, did you mean 'kkp'?"),
        (["bantaeng"], 2, "study bantaeng has no twin: its study.toml names none"),
        (["kkp", "--lag", "CP -> SH"], 2, "--lag: 'CP -> SH' is not of the form 'CP -> SH=0.3'"),
        (["kkp", "--lag", "=0.3"], 2, "--lag: '=0.3' is not of the form"),
        (["kkp", "--lag", "CP -> SH=much"], 2, "--lag: 'CP -> SH=much' is not of the form"),
        (["kkp", "--lag", "SH -> CP=0.3"], 2, "options.lag: got 'SH -> CP', expected two different perspectives"),
        (["kkp", "--missing", "1.5"], 2, "missing"),
        (["kkp", "--icc", "nan"], 2, "icc"),
        (["kkp", "--rows", "0"], 2, "got 0 rows, allowed: 1 to 100000000"),
        (["kkp", "--rows", "9", "--calibration", "sample"], 2, "--calibration sample does not go with it"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_and_writes_nothing(
    arguments: list[str], code: int, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got, out, err = run(capsys, *arguments, "--out", tmp_path / "twin.csv")
    assert (got, out) == (code, "")
    assert expected in err
    assert list(tmp_path.iterdir()) == []


def test_all_lags_that_are_none_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = run(capsys, "kkp", "--lag", "a", "--lag", "b=c", "--out", tmp_path / "twin.csv")
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize(
    "wrong", [["--out", "x.csv", "--rows", "many"], [], ["--out", "x.csv", "--calibration", "x"]]
)
def test_wrong_use_is_explained_by_the_parser(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["twin", "kkp", *wrong])
    assert stopped.value.code == 2
    assert "usage: bsc twin" in capsys.readouterr().err


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["twin", "--help"])
    assert "bsc twin kkp --out twin.xlsx" in capsys.readouterr().out
