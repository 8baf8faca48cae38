"""Recovery: what is built into a twin comes out of the pipeline, its paths and its lag; and the document says what was found.

Five seeds are made here; the fifty of the benchmark are held to their claims as they are stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bsc_analysis.studies import Study, read_study
from tests.twincases import kkp_plan

ROOT = Path(__file__).parent.parent
SEEDS = range(1, 6)
LAG = 0.3
TRUTH = np.array([value for _, value in kkp_plan().paths])
EDGES = [edge for edge, _ in kkp_plan().paths]
BUILT = EDGES.index(("CP", "SH"))
# Any of 30 estimates lies beyond 4 standard errors in one of 500 runs.
FAR = 4.0
# Of 30 intervals that hold the truth in 94 of 100 cases, fewer than 24 do so in one of 2,000 runs.
LEAST_HELD = 24
# With any false lag in 8 of 100 twins, three or more of five have one in one of 200 runs.
MOST_FALSE = 2
ROUNDED = 1e-6  # figures are stored to 6 digits

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Import one of the benchmarks, which are scripts beside the package."""
    monkeypatch.syspath_prepend(ROOT)
    return lambda name: import_module(f"benchmarks.{name}")


@cache
def _study() -> Study:
    return read_study("kkp")


@pytest.fixture
def drawn(load: Load) -> Callable[[float], Any]:
    return lambda lag: _drawn(load("recovery"), lag)


@cache
def _drawn(recovery: ModuleType, lag: float) -> Any:
    return np.array([recovery.estimates_of(_study(), seed, lag) for seed in SEEDS])


def _results() -> dict[str, Any]:
    path = ROOT / "benchmarks" / "results" / "recovery.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


# ---- five seeds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lag", [0.0, LAG])
def test_paths_are_recovered_from_the_records_whether_there_is_a_lag_or_not(lag: float, drawn) -> None:
    same = drawn(lag)[:, 0]
    estimate, lower, upper, error = (same[..., at] for at in (0, 1, 2, 4))
    assert (np.abs(estimate - TRUTH) < FAR * error).all()
    assert (np.abs(estimate.mean(axis=0) - TRUTH) < FAR * error.mean(axis=0) / np.sqrt(len(SEEDS))).all()
    assert ((lower <= TRUTH) & (upper >= TRUTH)).sum() >= LEAST_HELD
    assert (error < 0.05).all()


def test_a_lag_is_found_where_it_was_built_in(drawn) -> None:
    later = drawn(LAG)[:, 1]
    assert later[:, BUILT, 3].all()
    assert (np.abs(later[:, BUILT, 0] - LAG) < FAR * later[:, BUILT, 4]).all()
    assert (later[:, BUILT, 1] > 0.1).all(), "the whole interval lies beyond the smallest effect of interest"


@pytest.mark.parametrize("lag", [0.0, LAG])
def test_a_lag_is_not_found_where_there_is_none(lag: float, drawn) -> None:
    later = drawn(lag)[:, 1]
    none = np.arange(len(EDGES)) != (BUILT if lag else -1)
    assert later[:, none, 3].any(axis=1).sum() <= MOST_FALSE
    assert (np.abs(later[:, none, 0]) < FAR * later[:, none, 4]).all()


def test_seeds_make_other_twins_and_the_same_seed_the_same(load: Load, drawn) -> None:
    same = drawn(0.0)[:, 0, :, 0]
    assert len(np.unique(same[:, 0])) == len(SEEDS)
    again = load("recovery").estimates_of(_study(), 2, 0.0)
    np.testing.assert_array_equal(again, drawn(0.0)[1])


# ---- how figures are made of them ------------------------------------------------------------------------------------


def test_bias_error_and_coverage_are_worked_by_hand(load: Load) -> None:
    """Estimates .3 and .5 of a truth of .329: mean .4, bias .071, spread .141421, error of the mean .1; [.2, .4] holds the
    truth and [.4, .6] does not: coverage .5, its error sqrt(.25 / 2) = .353553."""
    one = np.tile([[0.3, 0.2, 0.4, 1.0, 0.05], [0.5, 0.4, 0.6, 0.0, 0.07]], (6, 1, 1)).swapaxes(0, 1)
    first = load("recovery").summarise("by hand", kkp_plan(), TRUTH, one)[0]
    assert (first.setting, first.path, first.truth) == ("by hand", "LG -> IP", 0.329)
    figures = (first.mean, first.bias, first.spread, first.mc_error, first.error)
    assert figures == pytest.approx((0.4, 0.071, 0.141421, 0.1, 0.06), abs=ROUNDED)
    assert (first.coverage, first.coverage_error, first.found) == pytest.approx(
        (0.5, 0.353553, 0.5), abs=ROUNDED
    )


def test_claims_fail_by_bias_by_coverage_and_by_lags(load: Load) -> None:
    """A bias of 3 Monte Carlo errors exceeds 2.64; five paths at .95 and one at .74 have .915 together."""
    recovery = load("recovery")
    good = recovery.Recovered("", "LG -> IP", 0.3, 0.3, 0.0, 0.01, 0.1, 0.1, 0.95, 0.03, 0.0)

    def judged(
        *, bias: float = 0.0, coverage: float = 0.95, found: float = 1.0, false: float = 0.04
    ) -> list[bool]:
        same = [replace(good, setting=each) for each in recovery.SETTINGS for _ in range(5)]
        same += [replace(good, setting=each, bias=bias, coverage=coverage) for each in recovery.SETTINGS]
        later = [replace(good, setting=each, path="CP -> SH", found=found) for each in recovery.SETTINGS]
        return [each.met for each in recovery.judge(same, later, dict.fromkeys(recovery.SETTINGS, false))]

    assert judged() == [True] * 11
    assert judged(bias=-0.03) == [False, True, True, True] * 2 + [True] * 3
    assert judged(bias=0.026) == [True] * 11
    assert judged(coverage=0.74) == [True, False, False, True] * 2 + [True] * 3
    assert judged(found=0.9) == [True] * 8 + [False, True, True]
    assert judged(false=0.12) == [True] * 9 + [False, False]


# ---- what is stored and written --------------------------------------------------------------------------------------


def test_every_claim_of_the_stored_recovery_is_met(load: Load) -> None:
    recovery, results = load("recovery"), _results()
    assert results["seeds"] >= 50
    same, later = (
        [recovery.Recovered(**each) for each in results[key]] for key in ("same_year", "year_later")
    )
    judged = [
        asdict(each) | {"met": each.met} for each in recovery.judge(same, later, results["any_false_lag"])
    ]
    assert judged == results["claims"]
    assert all(each["met"] for each in judged)


def test_the_stored_figures_add_up(load: Load) -> None:
    results = _results()
    for each in (*results["same_year"], *results["year_later"]):
        n = results["seeds"]
        assert each["bias"] == pytest.approx(each["mean"] - each["truth"], abs=2 * ROUNDED)
        assert each["mc_error"] == pytest.approx(each["spread"] / np.sqrt(n), abs=2 * ROUNDED)
        held = each["coverage"] * n
        assert held == pytest.approx(round(held), abs=n * ROUNDED)
    truths = {(each["setting"], each["path"]): each["truth"] for each in results["year_later"]}
    assert {key for key, truth in truths.items() if truth} == {("with a lag", "CP -> SH")}
    assert [each["truth"] for each in results["same_year"]] == [*TRUTH, *TRUTH]


def test_the_document_shows_the_stored_recovery(load: Load) -> None:
    text = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
    assert load("recovery").with_tables(text, _results()) == text
    assert text.count("| without a lag |") == text.count("| with a lag |") == 2 * len(EDGES)


def test_a_run_writes_results_and_tables(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recovery = load("recovery")
    out, docs = tmp_path / "results" / "recovery.json", tmp_path / "recovery.md"
    docs.write_text(
        "<!-- made -->\n<!-- end -->\nbefore\n<!-- claims -->\nold\n<!-- end -->\nafter\n", encoding="utf-8"
    )
    assert recovery.main(["--seeds", "2", "--workers", "1", "--out", str(out), "--docs", str(docs)]) == 0
    results = json.loads(out.read_text(encoding="utf-8"))
    assert results["command"].endswith("--seeds 2")
    assert len(results["same_year"]) == len(results["year_later"]) == 2 * len(EDGES)
    lines = docs.read_text(encoding="utf-8").splitlines()
    assert lines[1] == "`python -m benchmarks.recovery --seeds 2`"
    assert ("before" in lines, lines[-1], "old" in lines) == (True, "after", False)
    assert sum(line.startswith("|") for line in lines) == 2 + len(results["claims"])
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(results["claims"])
