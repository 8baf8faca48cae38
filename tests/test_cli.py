"""The command line as a user meets it: what it refuses, in which words, with which exit code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bsc_analysis.__main__ import COMMANDS, main
from bsc_analysis.files import data_folder


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return a copy of the Bantaeng study that a test may spoil."""
    shutil.copytree(data_folder() / "studies" / "bantaeng", tmp_path / "study")
    shutil.copy(data_folder() / "rules" / "bantaeng.toml", tmp_path / "study" / "mine.toml")
    text = (tmp_path / "study" / "study.toml").read_text(encoding="utf-8")
    (tmp_path / "study" / "study.toml").write_text(
        text.replace('rules = "bantaeng"', 'rules = "mine.toml"'), "utf-8"
    )
    return tmp_path / "study"


def _spoil(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def _refused(capsys: pytest.CaptureFixture[str], out: Path, *arguments: str) -> tuple[int, str]:
    code = main(["run", *arguments, "--out", str(out)])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert not out.exists(), "a refused run writes nothing"
    return code, captured.err.strip()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("bantang",), 2, "study 'bantang' does not exist, did you mean 'bantaeng'?"),
        (("xyz",), 2, "study 'xyz' does not exist, allowed: bantaeng, kkp, simulated"),
        (("bantaeng", "-p", "mising=zero"), 2, "unknown parameter 'mising', did you mean 'missing'?"),
        (("bantaeng", "-p", "missing"), 2, "'missing' is not of the form NAME=VALUE"),
        (("bantaeng", "-p", "rules=bantan"), 2, "rule set 'bantan' does not exist, did you mean 'bantaeng'?"),
        (("bantaeng", "-p", "years=2015"), 2, "study bantaeng has no year 2015, allowed: 2016, 2017"),
        (
            ("bantaeng", "-p", "missing=refuse"),
            1,
            "bantaeng: BPBD Bantaeng, 2016: only 75 % of the weight rests on data, and the missing policy is 'refuse'",
        ),
    ],
)
def test_wrong_use_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    assert _refused(capsys, tmp_path / "out", *arguments) == (code, sentence)


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        ("mine.toml", 'short = "CP"', 'shrt = "CP"', "mine.toml: unknown key 'perspectives.customer.shrt', did you mean 'short'?"),
        ("mine.toml", 'weight = 0.25\nshort = "CP"', 'weight = 0.20\nshort = "CP"',
         "mine.toml: weights of the perspectives sum to 0.95, expected exactly 1"),
        ("mine.toml", 'range = "[80, 90]"', 'range = "[75, 90]"',
         "mine.toml: bands.achievement: the bands [0, 80) and [75, 90] overlap"),
        ("indicators.csv", "economy,119,84", "economy,0,84",
         "bantaeng: row 11 (BPBD Bantaeng, 2017): the target of 'economy' is 0, and a ratio to it has no value"),
        ("indicators.csv", "economy,119,84", "ekonomi,119,84",
         "bantaeng: row 11 (BPBD Bantaeng, 2017): the rule set does not know the indicator 'ekonomi'"),
        ("indicators.csv", "economy,119,84", "economy,119,84x4",
         "indicators.csv, row 11, column 'actual': got '84x4', allowed: a number, or '-' where there is none"),
        ("indicators.csv", "economy,119,84", "economy,119,84 kali",
         "indicators.csv, row 11, column 'actual': got the unit 'kali', allowed: '%', as elsewhere in the row"),
        ("study.toml", 'data_status = "transcribed"', 'data_status = "made up"',
         "study.toml: data_status: got 'made up', allowed: 'transcribed', 'printed', 'real', 'synthetic'"),
        ("printed/table7.csv", '"0,27"', '"0,225"', "table7.csv: the file is not the one that was proofread"),
    ],
)  # fmt: skip
def test_faulty_files_are_refused_by_file_and_key_or_row(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    study: Path,
    file: str,
    before: str,
    after: str,
    sentence: str,
) -> None:
    _spoil(study / file, before, after)
    code, message = _refused(capsys, tmp_path / "out", str(study))
    assert code == 1
    assert sentence in message


def test_messages_come_in_the_language_of_the_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, message = _refused(capsys, tmp_path / "out", "bantaeng", "-p", "mising=zero", "-p", "language=id")
    assert (code, message) == (2, "parameter 'mising' tidak dikenal, maksud Anda 'missing'?")


def test_the_option_for_the_language_says_it_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, message = _refused(capsys, tmp_path / "out", "bantaeng", "-p", "mising=zero", "--language", "id")
    assert (code, message) == (2, "parameter 'mising' tidak dikenal, maksud Anda 'missing'?")


def test_the_language_of_the_command_is_that_of_the_exhibits_unless_they_have_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    monkeypatch.setattr(
        "bsc_analysis.runs.notebooks.run_studies", lambda *_, **options: given.append(options["given"]) or ()
    )
    assert main(["run", "kkp", "--language", "id"]) == 0
    assert main(["run", "kkp", "--language", "id", "-p", "language=en"]) == 0
    assert main(["run", "kkp"]) == 0
    assert given == [{"language": "id"}, {"language": "en"}, {}]


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_shows_an_example(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0
    assert "bsc run bantaeng" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_shows_examples_that_are_right_use(
    capsys: pytest.CaptureFixture[str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example line is read by the parser itself; what would be done is not done."""
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert "--language" in shown
    examples = re.findall(rf"^  (bsc {command} .+)$", shown, re.MULTILINE)
    assert examples
    monkeypatch.setattr(COMMANDS[command], "run", lambda *_: 0)
    assert [main(shlex.split(example)[1:]) for example in examples] == [0] * len(examples)


def test_help_comes_without_the_libraries_that_commands_need() -> None:
    """Importing them takes seconds; whoever asks for help or mistypes should not wait."""
    heavy = {"pandas", "narwhals", "matplotlib", "papermill", "openpyxl"}
    code = (
        "import sys; from bsc_analysis.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    )
    code += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert heavy & set(done.stderr.split()) == set()


def test_a_reader_who_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    """The pipe is closed before anything is written to it, as by `bsc rules list | head -0`."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "bsc_analysis", "rules", "list"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2
    assert "COMMAND" in capsys.readouterr().err
