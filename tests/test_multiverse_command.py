"""``bsc multiverse``: what it prints in both languages, what it writes, and what it refuses."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from bsc_analysis.commands import multiverse
from bsc_analysis.commands.multiversetext import multiverse_text, say_question
from bsc_analysis.errors import UseError, fault
from bsc_analysis.evidence.conclusions import EffectConclusion, Refusal
from bsc_analysis.evidence.multiverse import Cell, Multiverse, Question, survey
from bsc_analysis.evidence.multiversegrid import Choice, Grid, Option
from bsc_analysis.evidence.settings import Setting
from bsc_analysis.evidence.weightsimplex import weight_regions
from bsc_analysis.language.words import LANGUAGES, Label, Language


def bsc(*arguments: str) -> int:
    """Run ``bsc multiverse`` as the command line does."""
    parser = argparse.ArgumentParser(prog="bsc")
    multiverse.add_parser(parser.add_subparsers(dest="command"))
    options = parser.parse_args(["multiverse", *arguments])
    return multiverse.run(options, options.language or "en")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the multiverse of the Bantaeng study has been computed."""
    folder = tmp_path_factory.mktemp("multiverse")
    assert bsc("bantaeng", "--out", str(folder), "--jobs", "1") == 0
    return folder


def test_each_conclusion_stands_with_its_share_and_its_driver(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bsc("bantaeng", "--out", str(out)) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0] == "bantaeng: 54 combinations of 5 choices (18 left out of the full product)"
    direction = next(line for line in lines if line.startswith("direction of the score"))
    assert "rise 70.4 %, fall 20.4 %, no change 9.3 %" in direction
    assert direction.endswith("Polarity of economy and efficiency (29.4 %)")
    assert "As printed: 2016 2.163; 2017 3.120, rise." in lines
    assert any("rise 81.9 %, no change 0.6 %, fall 17.5 % of all weights" in line for line in lines)
    assert any(line.split() == ["satisfaction", "4", "4.44", "Nearly", "on", "target"] for line in lines)
    assert "multiverse written to" in printed.err


def test_indonesian_is_indonesian(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("bantaeng", "--out", str(out), "--language", "id") == 0
    shown = capsys.readouterr().out
    assert "naik 70,4 %, turun 20,4 %, tidak berubah 9,3 %" in shown
    assert "Arah ekonomis dan efisiensi (29,4 %)" in shown
    assert "Hampir sesuai" in shown
    assert " of " not in shown


def test_json_is_what_was_written(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("bantaeng", "--out", str(out), "--json") == 0
    printed = capsys.readouterr().out
    assert printed == (out / "multiverse" / "bantaeng" / "multiverse.json").read_text(encoding="utf-8")
    assert json.loads(printed)["reference"] == ["bands", "zero", "all", "higher", "printed"]


def test_every_unknown_parameter_is_refused_at_once() -> None:
    with pytest.raises(UseError) as refused:
        bsc("bantaeng", "-p", "years=2016", "-p", "data")
    assert [str(each) for each in refused.value.faults] == [
        "'data' is not of the form NAME=VALUE",
        "unknown parameter 'years', allowed: data",
    ]


def test_a_data_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UseError):
        bsc("bantaeng", "-p", "data=nowhere.csv", "--out", str(tmp_path))


LABEL = Label("nama", "name")
OPTIONS = tuple(Option(name, LABEL, LABEL, "ours", Setting()) for name in ("a", "b"))
REFUSED = Refusal((fault("study {got} does not exist, allowed: {allowed}", got="'x'", allowed="y"),))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_refused_is_counted_with_its_first_reason(language: Language) -> None:
    effects = (EffectConclusion("LG -> IP", 0.3, 0.2, 0.4, "relevant"),)
    cells = (Cell(("a",), None, effects), Cell(("b",), None, REFUSED))
    made = Multiverse("case", "", Grid((Choice("c", LABEL, OPTIONS),)), cells)
    text = multiverse_text(made, survey(made), language)
    assert ("study 'x' does not exist" if language == "en" else "studi 'x' tidak ada") in text
    assert ("relevant 100.0 %" if language == "en" else "100,0 %") in text


def test_where_no_weights_turn_the_direction_that_is_said() -> None:
    made = Multiverse("case", "A", Grid((Choice("c", LABEL, OPTIONS),)), ())
    firm = weight_regions(["LG", "SH"], [0.5, 0.5], [80, 80], [90, 95], least=0.5)
    text = multiverse_text(Multiverse("case", "A", made.grid, (), regions=firm), (), "en")
    assert text.endswith("No weights give another direction.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_said(language: Language) -> None:
    questions = [
        Question("direction"),
        Question("band", year=2017),
        Question("sign", effect="a -> b"),
        Question("verdict", effect="a -> b"),
    ]
    said = [say_question(each, language) for each in questions]
    assert len(set(said)) == 4
    assert "2017" in said[1]


class Terminal(io.StringIO):
    """A stream that says that someone is watching."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_the_tasks_are(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Terminal()
    monkeypatch.setattr("sys.stderr", seen)
    with multiverse._progress() as report:
        assert report is not None
        report(3, 10)
        report(4, 10)
    assert "3/10" in seen.getvalue()
    assert "4/10" in seen.getvalue()


def test_nothing_is_shown_where_no_one_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    with multiverse._progress() as report:
        assert report is None
