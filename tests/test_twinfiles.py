"""Twins as files: every format gives the same observations back, in any size, whole or not at all, and says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import bsc_analysis.twin as files_of_twins
import bsc_analysis.twins.making as making
from bsc_analysis.datafiles import read_data
from bsc_analysis.errors import StudyError, UseError
from bsc_analysis.files import data_folder, read_rules
from bsc_analysis.scorecards.cascade import read_tree
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.twin import identify_plan, read_twin, write_twin
from bsc_analysis.twins.making import make_copy, make_twin
from bsc_analysis.twins.plan import SYNTHETIC, TwinPlan, vary_twin

RULES = read_rules("kkp")
TOML = data_folder() / "studies" / "kkp" / "twin.toml"
ONE = 25_825  # 1,122 + 11,653 + 13,050 records of one ministry


@pytest.fixture(scope="module")
def plan() -> TwinPlan:
    return read_twin(TOML, RULES)


def read_folder(folder: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in sorted(folder.iterdir())], ignore_index=True)


def small(rows: int) -> Iterator[pd.DataFrame]:
    yield pd.DataFrame({"unit": ["=1+1"] * rows, "data_status": [SYNTHETIC] * rows})


# ---- the study's own size ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["twin.csv", "twin.parquet", "twin.xlsx", "TWIN.CSV"])
def test_a_twin_read_back_from_its_file_is_the_twin(name: str, plan: TwinPlan, tmp_path: Path) -> None:
    path = tmp_path / name
    assert write_twin(plan, path) == ONE
    read, made = read_data(path, RULES).observations, make_twin(plan).observations
    pd.testing.assert_frame_equal(read[made.columns.tolist()], made)
    assert read["data_status"].eq(SYNTHETIC).all()


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_the_same_plan_writes_the_same_bytes(ending: str, plan: TwinPlan, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}{ending}" for name in ("one", "two")]
    for path in paths:
        write_twin(plan, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_same_plan_writes_the_same_workbook(
    plan: TwinPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_of_twins, "_own", lambda _: small(3))
    paths = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for path in paths:
        write_twin(plan, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_metadata_of_a_parquet_file_say_what_it_is_and_what_it_was_made_from(
    plan: TwinPlan, tmp_path: Path
) -> None:
    write_twin(plan, tmp_path / "twin.parquet")
    assert pq.read_schema(tmp_path / "twin.parquet").metadata == {
        b"data_status": b"synthetic twin",
        b"seed": str(plan.seed).encode(),
        b"plan": identify_plan(plan).encode(),
    }


def test_a_workbook_says_what_it_is_on_its_sheet_its_pages_and_in_its_properties(
    plan: TwinPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_of_twins, "_own", lambda _: small(2))
    write_twin(plan, tmp_path / "twin.xlsx")
    book = openpyxl.load_workbook(tmp_path / "twin.xlsx")
    said = book.properties
    assert (book.sheetnames, said.title, said.subject, said.keywords) == ([SYNTHETIC], *[SYNTHETIC] * 3)
    assert identify_plan(plan) in said.description
    assert book[SYNTHETIC].oddHeader.center.text == SYNTHETIC
    assert book[SYNTHETIC]["A2"].data_type == "s"  # a text that begins with '=' is no formula


def test_plans_that_differ_in_anything_have_another_hash(plan: TwinPlan) -> None:
    varied = [plan, vary_twin(plan, seed=7), vary_twin(plan, missing=0.1), vary_twin(plan, icc=0.11)]
    assert len({identify_plan(each) for each in varied}) == len(varied)
    assert identify_plan(replace(plan)) == identify_plan(plan)


# ---- other sizes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 1_500, ONE, ONE + 1])
@pytest.mark.parametrize("name", ["twin.csv", "twin.parquet"])
def test_there_are_exactly_as_many_rows_as_asked_for(
    name: str, rows: int, plan: TwinPlan, tmp_path: Path
) -> None:
    path = tmp_path / name
    assert write_twin(plan, path, rows=rows) == rows
    read = pd.read_csv(path) if name.endswith("csv") else pd.read_parquet(path)
    assert len(read) == rows
    assert read["data_status"].eq(SYNTHETIC).all()


def test_further_ministries_stand_one_after_another_in_parts_of_a_bounded_size(
    plan: TwinPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ministries in each part; of the third ministry, which is alone in the second part, the first 100 records."""
    monkeypatch.setattr(files_of_twins, "COPIES_AT_ONCE", 2)
    write_twin(plan, tmp_path / "large", rows=2 * ONE + 100)
    parts = sorted((tmp_path / "large").iterdir())
    assert [path.name for path in parts] == ["part-00000.parquet", "part-00001.parquet"]
    assert [pq.read_metadata(path).num_rows for path in parts] == [2 * ONE, 100]
    made = pd.concat([make_copy(plan, copy) for copy in range(3)], ignore_index=True).head(2 * ONE + 100)
    read = read_folder(tmp_path / "large")
    pd.testing.assert_frame_equal(read, made.astype(read.dtypes.to_dict()))
    assert all(pq.read_schema(path).metadata[b"data_status"] == b"synthetic twin" for path in parts)


def test_a_single_file_holds_the_same_rows_as_the_parts(plan: TwinPlan, tmp_path: Path) -> None:
    for name in ("large", "large.parquet"):
        write_twin(plan, tmp_path / name, rows=ONE + 100)
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "large.parquet"), read_folder(tmp_path / "large")
    )


def test_a_ministry_that_was_cut_short_is_still_a_tree_that_can_be_scored(
    plan: TwinPlan, tmp_path: Path
) -> None:
    """Its last scorecard is cut within a perspective: the weights that are there are made to sum to one."""
    write_twin(plan, tmp_path / "twin.csv", rows=5_003)
    observations = read_data(tmp_path / "twin.csv", RULES).observations
    read_tree(observations)
    assert score(observations, RULES).organisations["score"].between(0, RULES.cap).all()


def test_no_more_than_one_ministry_is_made_before_the_last_one_is_handed_on(
    plan: TwinPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CSV file takes each ministry before the next is made, so memory does not grow with the rows."""
    order: list[object] = []
    made = make_copy

    def tell(plan: TwinPlan, copy: int) -> pd.DataFrame:
        order.append(f"made {copy}")
        return made(plan, copy)

    monkeypatch.setattr(making, "make_copy", tell)
    write_twin(plan, tmp_path / "twin.csv", rows=2 * ONE + 5, report=order.append)
    assert order == ["made 0", ONE, "made 1", ONE, "made 2", 5]


# ---- what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("twin.docx", None, "the name ends in '.docx', allowed: .csv, .xlsx, .parquet, or no ending for a folder"),
        ("twin.csv", 0, "got 0 rows, allowed: 1 to 100000000"),
        ("twin.csv", 100_000_001, "got 100000001 rows, allowed: 1 to 100000000"),
        ("twin.xlsx", 1_048_576, "got 1048576 rows, allowed: 1 to 1048575"),
        ("none/twin.csv", None, "there is no folder"),
        ("folder", 10, "this folder exists already; name another one"),
        ("folder.csv", None, "this is a folder or a device, and cannot be written as a file"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_before_anything_is_made(
    name: str, rows: int | None, expected: str, plan: TwinPlan, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for each in ("make_copy", "make_twin"):
        monkeypatch.setattr(making, each, lambda *_: pytest.fail("something was made"))
    for folder in ("folder", "folder.csv"):
        (tmp_path / folder).mkdir()
    with pytest.raises(UseError) as caught:
        write_twin(plan, tmp_path / name, rows=rows)
    assert str(caught.value).startswith(f"{tmp_path / name}: {expected}")


def test_a_name_and_a_size_that_will_not_do_come_at_once(plan: TwinPlan, tmp_path: Path) -> None:
    with pytest.raises(UseError) as caught:
        write_twin(plan, tmp_path / "twin.txt", rows=-1)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("name", ["twin.csv", "twin.parquet", "large"])
def test_a_twin_that_breaks_half_way_leaves_what_was_there(
    name: str, plan: TwinPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two ministries cannot be made."""
    made = make_copy

    def fail(plan: TwinPlan, copy: int) -> pd.DataFrame:
        if copy:
            raise OSError(28, "No space left on device")
        return made(plan, copy)

    monkeypatch.setattr(making, "make_copy", fail)
    (tmp_path / "twin.csv").write_text("before", encoding="utf-8")
    with pytest.raises(UseError, match="the file cannot be written: No space left on device"):
        write_twin(plan, tmp_path / name, rows=ONE + 1)
    assert [path.name for path in tmp_path.iterdir()] == ["twin.csv"]
    assert (tmp_path / "twin.csv").read_text(encoding="utf-8") == "before"


def test_a_file_that_is_there_is_replaced_and_a_link_stays_a_link(plan: TwinPlan, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("before", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.txt")
    write_twin(plan, tmp_path / "link.csv", rows=3)
    assert (tmp_path / "link.csv").is_symlink()
    assert len(pd.read_csv(tmp_path / "real.txt")) == 3


# ---- the plan -----------------------------------------------------------------------------------------------------------


def test_a_plan_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"twin.toml: the file is missing"):
        read_twin(tmp_path / "twin.toml", RULES)


def test_faults_of_a_plan_name_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML.read_text(encoding="utf-8").replace("seed =", "sead ="), encoding="utf-8")
    with pytest.raises(StudyError, match=r"mine.toml: unknown key 'sead', did you mean 'seed'"):
        read_twin(path, RULES)
