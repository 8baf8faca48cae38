"""Running a multiverse: the same bytes with any number of processes, from a cold start, after a kill, and from what is kept."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from bsc_analysis.errors import StudyError, UseError
from bsc_analysis.evidence.conclusions import YearScore
from bsc_analysis.evidence.griddocument import read_grid
from bsc_analysis.evidence.multiversetasks import TaskResult
from bsc_analysis.files import data_folder, read_text
from bsc_analysis.multiversedata import plan_multiverse
from bsc_analysis.runs import multiverse
from bsc_analysis.runs.multiverse import MultiverseRun, find_study, run_multiverse
from bsc_analysis.runs.multiversecache import Cache, material_key, study_key, task_key, write_atomically
from bsc_analysis.studies import read_study

ROWS = """unit,year,perspective,indicator,weight,target,actual
A,2016,stakeholder,catch,1,100,90
A,2017,stakeholder,catch,1,100,96
A,2017,customer,service,1,100,70
"""
STUDY = """
id = "made"
rules = "kkp"
observations = "rows.csv"
notebooks = ["02_scores"]
data_status = "synthetic"
name = { id = "Buatan", en = "Made" }
"""


def option(name: str, decides: str) -> str:
    words = "{ id = 'kata', en = 'word' }"
    return f"[[choice.option]]\nid = '{name}'\nname = {words}\nreason = {words}\nsource = 'ours'\n{decides}\n"


def choice(name: str, *options: str) -> str:
    return f"[[choice]]\nid = '{name}'\nname = {{ id = 'kata', en = 'word' }}\n" + "".join(options)


GRID = choice(
    "missing", option("renormalise", "missing = 'renormalise'"), option("zero", "missing = 'zero'")
) + choice("cap", *(option(str(cap), f"cap = {cap}") for cap in (120, 95, 90)))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "multiverse.toml").write_text(GRID, encoding="utf-8")
    return folder


def contents(made: MultiverseRun) -> list[bytes]:
    return [path.read_bytes() for path in made.files]


def kept(out: Path) -> list[Path]:
    return sorted((out / "multiverse" / "made" / "cache").glob("*.json"))


# ---- what a run leaves -----------------------------------------------------------------------------------------------


def test_a_run_leaves_every_cell_as_json_and_as_a_row(study: Path, tmp_path: Path) -> None:
    """Renormalised and capped at 120: 90, then (.25 x 96 + .15 x 70) / .4 = 86.25; as zero 22.5, then 34.5."""
    made = run_multiverse(str(study), out=tmp_path)
    assert (made.n_tasks, made.n_computed) == (6, 6)
    assert [path.relative_to(tmp_path).as_posix() for path in made.files] == [
        "multiverse/made/multiverse.json",
        "multiverse/made/cells.csv",
    ]
    content = json.loads(made.files[0].read_text(encoding="utf-8"))
    assert [cell["options"] for cell in content["cells"]][:2] == [
        ["renormalise", "120"],
        ["renormalise", "95"],
    ]
    scores = [[year["score"] for year in cell["score"]["years"]] for cell in content["cells"]]
    assert scores[0] == [90.0, 86.25]
    assert scores[3] == [22.5, 34.5]
    (direction,) = (each for each in content["conclusions"] if each["question"]["kind"] == "direction")
    assert direction["answers"] == [
        {"answer": "fall", "cells": 3, "share": 0.5},
        {"answer": "rise", "cells": 3, "share": 0.5},
    ]
    assert direction["drivers"]["strongest"] == "missing"
    assert direction["held"] == 0.5
    rows = list(csv.DictReader(made.files[1].read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 6
    assert (rows[0]["missing"], rows[0]["cap"], rows[0]["direction"], rows[0]["change"]) == (
        "renormalise",
        "120",
        "fall",
        "-3.75",
    )
    assert (rows[0]["score_2017"], rows[0]["band_2017"], rows[0]["faults"]) == ("86.25", "yellow", "")


def test_processes_and_interruptions_do_not_show_in_the_files(study: Path, tmp_path: Path) -> None:
    alone = run_multiverse(str(study), out=tmp_path / "alone")
    many = run_multiverse(str(study), out=tmp_path / "many", jobs=2)
    assert contents(alone) == contents(many)
    again = run_multiverse(str(study), out=tmp_path / "alone")
    assert again.n_computed == 0
    assert contents(again) == contents(alone)
    for path in kept(tmp_path / "alone")[:3]:
        path.unlink()
    mended = run_multiverse(str(study), out=tmp_path / "alone")
    assert contents(mended) == contents(many)


def test_what_is_cut_short_is_computed_again(study: Path, tmp_path: Path) -> None:
    first = run_multiverse(str(study), out=tmp_path)
    before = contents(first)
    for path in kept(tmp_path):
        path.write_bytes(path.read_bytes()[:20])
    second = run_multiverse(str(study), out=tmp_path)
    assert second.n_computed == 6
    assert contents(second) == before


def test_progress_begins_with_what_an_earlier_run_has_done(study: Path, tmp_path: Path) -> None:
    run_multiverse(str(study), out=tmp_path)
    (study / "multiverse.toml").write_text(GRID.replace("cap = 90", "cap = 80"), encoding="utf-8")
    seen: list[tuple[int, int]] = []
    made = run_multiverse(str(study), out=tmp_path, progress=lambda *each: seen.append(each))
    assert seen == [(4, 6), (5, 6), (6, 6)]
    assert made.n_computed == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "computed"),
    [
        ("rows.csv", "100,90", "100,91", 6),
        ("multiverse.toml", "'ours'", "'a decree'", 0),
        ("study.toml", 'id = "made"', 'id = "other"', 0),
    ],
)
def test_only_what_a_result_rests_on_makes_it_new(
    study: Path, tmp_path: Path, file: str, old: str, new: str, computed: int
) -> None:
    run_multiverse(str(study), out=tmp_path)
    text = (study / file).read_text(encoding="utf-8")
    assert old in text
    (study / file).write_text(text.replace(old, new), encoding="utf-8")
    assert run_multiverse(str(study), out=tmp_path).n_computed == computed


def test_a_study_is_not_read_where_nothing_has_changed(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_multiverse(str(study), out=tmp_path)

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(multiverse, "_compute", refuse)
    again = run_multiverse(str(study), out=tmp_path)
    assert (again.multiverse, again.survey) == (first.multiverse, first.survey)


def test_a_given_file_takes_the_place_of_the_rows(study: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(ROWS.replace("100,90", "100,50"), encoding="utf-8")
    made = run_multiverse(str(study), out=tmp_path, data=str(other))
    score = made.multiverse.cells[0].score
    assert score is not None
    assert score.years[0] == YearScore(2016, 50.0, "red")  # type: ignore[union-attr]


# ---- a kill ----------------------------------------------------------------------------------------------------------

SLOWLY = """
import sys, time
from pathlib import Path
from bsc_analysis.runs import multiverse

one = multiverse.store_task

def store_slowly(*given):
    key = one(*given)
    time.sleep(0.5)
    return key

multiverse.store_task = store_slowly
multiverse.run_multiverse(sys.argv[1], out=Path(sys.argv[2]))
"""
PATIENCE = 120.0


def test_a_run_that_is_killed_goes_on_where_it_stood_and_ends_in_the_same_bytes(
    study: Path, tmp_path: Path
) -> None:
    whole = run_multiverse(str(study), out=tmp_path / "whole")
    out = tmp_path / "killed"
    environment = os.environ | {"PYTHONPATH": str(data_folder().parent)}
    process = subprocess.Popen([sys.executable, "-c", SLOWLY, str(study), str(out)], env=environment)
    deadline = time.monotonic() + PATIENCE
    while len(kept(out)) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(kept(out))
    assert 2 <= done < 6
    assert not (out / "multiverse" / "made" / "multiverse.json").exists()
    made = run_multiverse(str(study), out=out)
    assert made.n_computed == 6 - done
    assert contents(made) == contents(whole)


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "a.json"
    write_atomically(path, b"one")
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert path.stat().st_mode == plain.stat().st_mode

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("bsc_analysis.runs.multiversecache.os.replace", fail)
    with pytest.raises(OSError):  # noqa: PT011 - raised bare above
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(path.parent.iterdir()) == [path]


def test_results_come_back_as_they_were_stored(tmp_path: Path) -> None:
    study = read_study("bantaeng")
    plan = plan_multiverse(study, read_grid(*read_text(data_folder() / "studies/bantaeng/multiverse.toml")))
    from bsc_analysis.evidence.multiversetasks import run_task

    result = run_task(plan.tasks[0], plan.material)
    cache = Cache(tmp_path, TaskResult)
    assert cache.load("key") is None
    cache.store("key", result)
    assert cache.load("key") == result


def test_a_task_has_a_key_of_its_own_and_new_data_another() -> None:
    plan = plan_multiverse(
        read_study("bantaeng"), read_grid(*read_text(data_folder() / "studies/bantaeng/multiverse.toml"))
    )
    material = material_key(plan.material)
    keys = [task_key(task, material) for task in plan.tasks]
    assert len(set(keys)) == len(plan.tasks)
    observations = plan.material.observations
    assert isinstance(observations, pd.DataFrame)
    from dataclasses import replace

    moved = observations.assign(actual=observations["actual"] + 1)
    assert material_key(replace(plan.material, observations=moved)) != material
    assert material_key(plan.material) == material


def test_a_file_that_a_study_names_elsewhere_belongs_to_its_key(study: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "far.toml"
    elsewhere.write_text("a", encoding="utf-8")
    (study / "study.toml").write_text(STUDY.replace('"kkp"', '"../far.toml:variant"'), encoding="utf-8")
    before = study_key(study, "")
    elsewhere.write_text("b", encoding="utf-8")
    assert study_key(study, "") != before


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_what_cannot_be_run_is_refused_before_anything_is_written(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(UseError, match="did you mean 'bantaeng'"):
        run_multiverse("bantaeg", out=out)
    with pytest.raises(UseError, match="the number of processes is 0"):
        run_multiverse(str(study), out=out, jobs=0)
    (study / "multiverse.toml").write_text(GRID + GRID, encoding="utf-8")
    with pytest.raises(StudyError, match="the id 'missing' stands 2 times"):
        run_multiverse(str(study), out=out)
    (study / "multiverse.toml").unlink()
    with pytest.raises(UseError, match="declares no choices"):
        run_multiverse(str(study), out=out)
    assert not out.exists()
    assert find_study(str(study)) == study.resolve()
