"""The benchmarks measure what they say: peers and ours give the same scores, and the results have their promised form.

Nothing here is timed: a busy machine must not fail a test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parent.parent
ROWS = 2_000
SAME = 1e-9  # sums in another order differ in the last bits of numbers up to 120
OURS = ("ours_duckdb", "ours_duckdb_covered", "ours_pandas", "ours_polars", "ours_polars_covered")
PEERS = ("peer_duckdb", "peer_duckdb_covered", "peer_pandas", "peer_pandas_covered", "peer_polars")
READERS = ("read_arrow", "read_arrow_encoded", "read_duckdb", "read_polars")
COVERED = ["unit", "year", "n_indicators", "n_present", "weight_present"]

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Import one of the benchmarks, which are scripts beside the package."""
    monkeypatch.syspath_prepend(ROOT)
    return lambda name: import_module(f"benchmarks.{name}")


@pytest.fixture
def observations(load: Load, tmp_path: Path) -> Path:
    path: Path = load("data").observations_file(tmp_path, ROWS)
    return path


@pytest.fixture
def edges(observations: Path) -> Path:
    """The same rows, but one unit and year without any actual, one without stakeholder, and one exactly at 100."""
    rows = pd.read_parquet(observations)
    cards = rows.groupby(["unit", "year"]).ngroup()
    rows.loc[(cards == 0) | ((cards == 1) & (rows["perspective"] == "stakeholder")), "actual"] = None
    rows.loc[cards == 2, "actual"] = rows.loc[cards == 2, "target"]
    path = observations.with_name("edges.parquet")
    rows.to_parquet(path)
    return path


def _scored(load: Load, name: str, path: Path) -> pd.DataFrame:
    result = getattr(load("candidates"), name)(path, load("measure").Watch())
    frame = result if isinstance(result, pd.DataFrame) else pl.DataFrame(result).to_pandas()
    return frame.sort_values(["unit", "year"], ignore_index=True)


def _values(column: pd.Series[Any]) -> list[Any]:
    return column.astype("object").where(column.notna(), None).tolist()


@pytest.mark.parametrize("name", [*OURS, *PEERS])
def test_a_candidate_scores_by_the_rule(name: str, load: Load, tmp_path: Path) -> None:
    """Stakeholder: 90 with weight .1 and 150, capped at 120, with .3: (9 + 36) / .4 = 112.5. Learning: 60. Customer: nothing.

    Organisation: (.25 x 112.5 + .30 x 60) / (.25 + .30) = 46.125 / .55 = 83.8636, which is yellow.
    """
    path = tmp_path / "hand.parquet"
    perspective = ["stakeholder", "stakeholder", "learning_growth", "customer"]
    card = {
        "unit": "A",
        "year": 2017,
        "perspective": perspective,
        "indicator": ["a", "b", "c", "d"],
        "target": 100.0,
    }
    pd.DataFrame({**card, "weight": [0.1, 0.3, 0.2, 0.5], "actual": [90, 150, 60, None]}).to_parquet(path)
    scored = _scored(load, name, path)
    assert scored["score"].tolist() == pytest.approx([46.125 / 0.55], abs=SAME)
    assert scored["band"].tolist() == ["yellow"]


@pytest.mark.parametrize("name", [*OURS, *PEERS])
def test_a_candidate_gives_each_unit_the_score_of_the_slow_version(
    name: str, load: Load, edges: Path
) -> None:
    expected = load("peers").pandas_apply(pd.read_parquet(edges))
    scored = _scored(load, name, edges)
    assert scored[["unit", "year"]].to_numpy().tolist() == expected[["unit", "year"]].to_numpy().tolist()
    assert scored["score"].astype("float64").tolist() == pytest.approx(
        expected["score"].tolist(), abs=SAME, nan_ok=True
    )
    assert _values(scored["band"]) == _values(expected["band"])


def test_the_rows_compared_include_an_empty_scorecard_and_one_exactly_at_an_edge(
    load: Load, edges: Path
) -> None:
    expected = load("peers").pandas_apply(pd.read_parquet(edges))
    assert expected["score"].isna().tolist()[:3] == [True, False, False]
    assert expected["score"][2] == pytest.approx(100.0, abs=SAME)
    assert _values(expected["band"])[:3:2] == [None, "green"]


def test_the_sql_that_makes_every_column_makes_ours(load: Load, edges: Path) -> None:
    ours, theirs = (
        _scored(load, name, edges)[COVERED] for name in ("ours_duckdb_covered", "peer_duckdb_covered")
    )
    assert ours[COVERED[:4]].to_numpy().tolist() == theirs[COVERED[:4]].to_numpy().tolist()
    assert ours["weight_present"].tolist() == pytest.approx(theirs["weight_present"].tolist(), abs=SAME)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_looks_at_the_columns_that_scoring_needs(name: str, load: Load, observations: Path) -> None:
    read = getattr(load("candidates"), name)(observations, load("measure").Watch())
    assert read.shape[1] == len(load("peers").COLUMNS)


def test_the_same_number_of_rows_is_the_same_file(load: Load, tmp_path: Path) -> None:
    one, other = (load("data").observations_file(tmp_path / name, ROWS) for name in ("one", "other"))
    assert pq.read_table(one).equals(pq.read_table(other))


@pytest.mark.parametrize(("rows", "rows_per_unit"), [(ROWS, 500), (1_001, 75), (750_001, 500)])
def test_made_rows_are_as_many_as_asked_for_and_stand_once(rows: int, rows_per_unit: int, load: Load) -> None:
    made = pd.concat(chunk.to_pandas() for chunk in load("data").observation_chunks(rows, rows_per_unit))
    assert len(made) == rows
    assert not made.duplicated(["unit", "year", "perspective", "indicator"]).any()
    assert made["unit"].nunique() == round(rows / rows_per_unit)
    assert 0.03 < made["actual"].isna().mean() < 0.2


def test_a_run_in_a_process_of_its_own_reports_time_and_memory_of_its_stages(
    load: Load, observations: Path
) -> None:
    measure = load("measure")
    taken = measure.alternate("benchmarks.candidates", ("peer_pandas",), observations, observations, rounds=1)
    (stages,) = taken["peer_pandas"].runs
    assert [stage.name for stage in stages] == ["read", "score"]
    assert all(stage.seconds > 0 and stage.peak_bytes > 1_000_000 for stage in stages)


def test_a_candidate_that_fails_is_reported_with_its_own_words(load: Load, tmp_path: Path) -> None:
    missing = tmp_path / "missing.parquet"
    with pytest.raises(RuntimeError, match=r"(?s)peer_pandas failed.*missing\.parquet"):
        load("measure").alternate("benchmarks.candidates", ("peer_pandas",), missing, missing, rounds=1)


def test_a_ratio_is_the_median_of_runs_that_stood_side_by_side(load: Load) -> None:
    """Ratios 2, 3 and 10: the median is 3, although the medians of the runs are 6 and 2."""
    assert load("measure").ratio([4.0, 6.0, 10.0], [2.0, 2.0, 1.0]) == 3.0


def test_stages_left_out_count_neither_in_time_nor_in_memory(load: Load) -> None:
    measure = load("measure")
    run = (measure.Stage("door", 5.0, 9.0, 300), measure.Stage("score", 2.0, 3.0, 100))
    runs = measure.Runs("ours", (run,))
    assert (runs.seconds(without=("door",)), runs.cpu_seconds(without=("door",))) == ([2.0], [3.0])
    assert (runs.peak_bytes(without=("door",)), runs.peak_bytes(), runs.stage_seconds("door")) == (
        100,
        300,
        5.0,
    )


def test_a_claim_is_met_up_to_its_bound(load: Load) -> None:
    claim = load("scoring").Claim
    assert [claim("", value, "x", at_most=1.1).met for value in (1.1, 1.11)] == [True, False]
    assert [claim("", value, "x", at_least=100.0).met for value in (100.0, 99.9)] == [True, False]
    assert claim("", 7.0, "x").met


def test_cost_that_grows_with_the_square_has_exponent_two(load: Load) -> None:
    assert load("scoring")._exponent({10: 1.0, 100: 100.0, 1000: 10_000.0}) == pytest.approx(2.0)


def test_the_results_have_the_promised_form(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scoring, measure, small = load("scoring"), load("measure"), load("small")
    _in_this_process(measure, monkeypatch)
    for times in ("TIMES", "TIMES_READ", "TIMES_APPLIED"):
        monkeypatch.setattr(small, times, 1)
    for rows in ("MINISTRY_ROWS", "APPLIED_ROWS"):
        monkeypatch.setattr(scoring, rows, ROWS)
    out = tmp_path / "results" / "scoring.json"
    assert scoring.main(["--rows", str(ROWS), "--quick", "--data", str(tmp_path), "--out", str(out)]) == 0
    results = json.loads(out.read_text())
    assert set(results) == {
        "command", "machine", "rows", "rounds", "claims", "candidates", "sizes", "small"
    }  # fmt: skip
    assert {"processor", "cores", "memory_bytes", "system", "python", "packages"} < set(results["machine"])
    assert set(results["candidates"]) == {*OURS, *PEERS, *READERS}
    assert set(results["sizes"]) == {"20", "200", "2000"}
    assert set(results["small"]) == {"organisations", "scored", "validated", "from_csv", "apply", "ours"}
    assert all(set(claim) == CLAIM for claim in results["claims"])
    assert len(capsys.readouterr().out.splitlines()) == len(results["claims"])


CLAIM = {"what", "value", "unit", "at_most", "at_least", "cpu_value", "met"}


def _in_this_process(measure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(module: str, name: str, path: Path, warm: Path) -> tuple[Any, ...]:
        stages = json.loads(measure._measure_one(module, name, str(path), str(warm)))
        return tuple(measure.Stage(**stage) for stage in stages)

    monkeypatch.setattr(measure, "_run", run)
