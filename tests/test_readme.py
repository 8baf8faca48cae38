"""The README tells the truth: its picture, its Python, and the numbers in its text come out of the program."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

import bsc_analysis as bsc

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_picture_is_the_programs(tmp_path: Path) -> None:
    study = bsc.read_study("bantaeng")
    assert study.observations is not None
    figure = bsc.scorecard_figure(
        bsc.score(study.observations, study.rules), study, bsc.provenance(study), language="en"
    )
    bsc.export(figure, "scorecard", to=tmp_path, formats=("png",))
    shown, made = imread(ROOT / "docs" / "images" / "scorecard.png"), imread(tmp_path / "scorecard.png")
    assert np.array_equal(shown, made), (
        "make it again: copy results/bantaeng/exhibits/scorecard.png to docs/images"
    )


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) == 3
    exec("\n".join(blocks), {})
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "figure-1.json",
        "figure-1.pdf",
        "figure-1.png",
    ]


def test_the_numbers_of_the_readme_come_out_of_the_program() -> None:
    study = bsc.read_study("bantaeng")
    said = bsc.score_statement(study).label.en
    for number in ("2.163", "3.12", "2.1625", "2.775", "2.8833"):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", README), number
        assert f"{number} (" in said, number
