"""Files of observations on disk: read whole and within a bound, refused in a sentence where that cannot be."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from bsc_analysis import datafiles
from bsc_analysis.datafiles import read_bytes, read_data
from bsc_analysis.errors import DataError, StudyError, UseError
from bsc_analysis.files import data_folder, read_rules

ROWS = pd.DataFrame(
    {"unit": ["Dinas A"], "year": [2024], "perspective": ["customer"], "indicator": ["antrean"], "target": [50.0], "actual": [45.0]}
)  # fmt: skip
MUCH_LESS = 1 << 20  # bytes: a sentence and its trace need a hundredth of it


def sentence(path: Path, **options: int) -> str:
    with pytest.raises(UseError) as refused:
        read_bytes(path, **options)
    return str(refused.value)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_every_kind_of_file_gives_the_same_observations(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"iku.{suffix}"
    writers = {"csv": ROWS.to_csv, "xlsx": ROWS.to_excel, "parquet": ROWS.to_parquet}
    writers[suffix](path, index=False)
    read = read_data(path, read_rules("kkp")).observations
    assert read[list(ROWS.columns)].astype(ROWS.dtypes).equals(ROWS)


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"content")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert read_bytes(tmp_path / "link.csv") == b"content"


def test_a_file_that_is_not_there_or_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "loose").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert sentence(tmp_path / "nowhere") == f"{tmp_path}/nowhere: there is no such file"
    assert sentence(tmp_path / "loose") == f"{tmp_path}/loose: there is no such file"
    for name in ("folder", "pipe"):
        assert sentence(tmp_path / name) == f"{tmp_path}/{name}: this is a folder or a device and not a file"


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is made by hand: whoever may read everything would not meet it."""
    path = tmp_path / "iku.csv"
    path.touch()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert sentence(path) == f"{path}: this file may not be read by you"


def test_a_file_that_breaks_while_it_is_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "iku.csv"
    path.touch()

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)
    assert sentence(path) == f"{path}: the file cannot be read: Input/output error"


def test_a_file_above_the_bound_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "iku.csv"
    path.write_bytes(b"12345")
    assert read_bytes(path, most=5) == b"12345"
    assert sentence(path, most=4) == f"{path}: the file has 5 bytes, allowed: at most 4"


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    """A file with a hole has its size without its bytes: reading a terabyte would not come to an end."""
    path = tmp_path / "huge.csv"
    path.touch()
    os.truncate(path, 1 << 40)
    tracemalloc.start()
    refused = sentence(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused == f"{path}: the file has {1 << 40} bytes, allowed: at most {datafiles.MOST_BYTES}"
    assert peak < MUCH_LESS


def test_words_of_ones_own_are_read_from_a_file(tmp_path: Path) -> None:
    path, words = tmp_path / "iku.csv", tmp_path / "kata.toml"
    ROWS.rename(columns={"indicator": "Ukuran Dinas"}).to_csv(path, index=False)
    words.write_text('columns.indicator = ["Ukuran Dinas"]', encoding="utf-8")
    with pytest.raises(DataError):
        read_data(path, read_rules("kkp"))
    read = read_data(path, read_rules("kkp"), synonyms=str(words)).observations
    assert read["indicator"].tolist() == ["antrean"]
    with pytest.raises(StudyError, match=r"none\.toml: the file is missing"):
        read_data(path, synonyms=str(tmp_path / "none.toml"))


def test_a_packaged_study_needs_no_declaration(tmp_path: Path) -> None:
    folder = data_folder() / "studies" / "bantaeng"
    intake = read_data(folder / "indicators.csv", read_rules("bantaeng"))
    assert (len(intake.observations), intake.notes) == (18, ())
