"""The benchmarks of path models measure what they say: peers find the same effects as ours, samples come from the population
they name, and tables say what the results say.

Nothing here is timed: a busy machine must not fail a test. A peer that is not on this machine is held to what it said when
the results were made.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.resampling import bootstrap
from bsc_analysis.paths.rows import Rows, read_rows

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "oracles" / "data"
RESULTS = ROOT / "benchmarks" / "results"
LOOPS = ("lstsq", "statsmodels", "semopy")
EXACT = 1e-9  # least squares by other decompositions
SEMOPY = 1e-3  # semopy stops that far from the maximum by its own default
ROUNDED = 1e-6  # shares are stored to 6 digits
MODEL = path_model("IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP")

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Import one of the benchmarks, which are scripts beside the package."""
    monkeypatch.syspath_prepend(ROOT)
    return lambda name: import_module(f"benchmarks.{name}")


@pytest.fixture(scope="module")
def rows() -> Rows:
    return read_rows(pd.read_csv(DATA / "a_units900.csv"), MODEL.observed)


@pytest.fixture(scope="module")
def effects(rows: Rows) -> dict[str, float]:
    found = decompose(fit_path(MODEL, rows))
    return dict(zip(map(str, found.names), found.b.tolist(), strict=True))


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _tolerance(name: str) -> float:
    return SEMOPY if name == "semopy" else EXACT


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_finds_every_effect_that_ours_finds(
    name: str, load: Load, rows: Rows, effects: dict[str, float]
) -> None:
    found = getattr(load("pathpeers"), name)(rows.values, np.arange(rows.n_obs)[None])
    assert {key: float(value[0]) for key, value in found.items()} == pytest.approx(
        effects, abs=_tolerance(name)
    )


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_refits_to_the_rows_that_were_drawn(name: str, load: Load, rows: Rows) -> None:
    """Two samples of rows, fitted by ours as tables of their own."""
    indices = np.random.default_rng(3).integers(0, rows.n_obs, (2, rows.n_obs))
    found = getattr(load("pathpeers"), name)(rows.values, indices)
    for at, drawn in enumerate(indices):
        ours = decompose(fit_path(MODEL, rows.take(drawn)))
        expected = dict(zip(map(str, ours.names), ours.b.tolist(), strict=True))
        assert {key: float(value[at]) for key, value in found.items()} == pytest.approx(
            expected, abs=_tolerance(name)
        )


def test_programs_outside_this_python_find_the_effects_of_ours(load: Load, effects: dict[str, float]) -> None:
    """Those on this machine are asked; of the others the results keep what they said."""
    candidates, stored = load("pathcandidates"), _results("paths")["effects"]
    assert {"lavaan", "lmfit", "pingouin", "processmacro"} <= set(stored)
    for name, said in stored.items():
        present = name not in LOOPS and candidates.command_of(name) is not None
        found = candidates.ask(name, DATA / "a_units900.csv", 2)["effects"] if present else said
        assert found == pytest.approx({key: effects[key] for key in found}, abs=_tolerance(name))
        assert len(found) == {"pingouin": 4, "processmacro": 4}.get(name, 20)


def test_a_peer_that_is_not_there_is_named(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    candidates = load("pathcandidates")
    monkeypatch.delenv(candidates.OTHER_PYTHON, raising=False)
    monkeypatch.setenv("PATH", "")
    assert [candidates.command_of(name) for name in ("pingouin", "lavaan", "lmfit")] == [None, None, None]
    with pytest.raises(RuntimeError, match="lavaan is not installed"):
        candidates.ask("lavaan", DATA / "a_units900.csv", 2)


def test_a_peer_that_fails_is_reported_with_its_own_words(load: Load, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)lstsq failed.*missing\.csv"):
        load("pathcandidates").ask("lstsq", tmp_path / "missing.csv", 2)


def test_few_draws_are_scaled_to_a_thousand(load: Load) -> None:
    """20 draws in .5 s are 25 s for 1,000."""
    measure, paths = load("measure"), load("paths")
    runs = measure.Runs("lavaan", ((measure.Stage("20", 0.5, 0.4, 0),),))
    assert paths.per_thousand(runs) == [25.0]


def test_a_stage_that_is_repeated_counts_by_its_median(load: Load) -> None:
    measure, paths = load("measure"), load("paths")
    run = tuple(measure.Stage("bca 1000", each, each, 0) for each in (1.0, 2.0, 9.0))
    assert paths.of_stage(measure.Runs("rows", (run,)), "bca 1000") == [2.0]


def test_cost_that_grows_with_the_square_root_has_exponent_one_half(load: Load) -> None:
    assert load("paths").exponent({1: 1.0, 4: 2.0, 16: 4.0}) == pytest.approx(0.5)


def test_clusters_of_a_hundred_times_as_many_rows_are_the_same_clusters(load: Load) -> None:
    """Their moments are multiplied, so that the fit and every replicate stay what they are."""
    moments, candidates = import_module("bsc_analysis.paths.moments"), load("pathcandidates")
    seen: list[Any] = []
    watch = load("measure").Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "bootstrap", lambda model, data, **_: seen.append(data))
        candidates.clusters(DATA / "b_panel2700.csv", watch)
    rows, few, many = seen[:3]
    assert (few.n_obs, many.n_obs, len(few.labels)) == (2_700, 270_000, 60)
    np.testing.assert_allclose(many.covariance, moments.moments_of(rows).covariance, rtol=EXACT)
    assert [stage.name for stage in watch.stages[:3]] == [
        "rows 10000", "moments 10000", "moments of 100 x 10000"
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(8))
def test_a_large_sample_has_the_correlations_of_its_population(at: int, load: Load) -> None:
    """With 200,000 rows a correlation has a standard error of at most .0023; clusters inflate it. Variances are 1."""
    samples = load("samples")
    designs = [(setting, samples.Design(200_000)) for setting in samples.SETTINGS]
    designs += [
        (samples.SETTINGS[-1], samples.Design(200_000, heavy=True)),
        (samples.SETTINGS[-1], samples.Design(200_000, clusters=40_000)),
        (samples.SETTINGS[0], samples.Design(200_000, clusters=40_000)),
    ]
    setting, design = designs[at]
    values = samples.draw_sample(design, setting, np.random.default_rng(at)).values
    whole = import_module("bsc_analysis.paths.simulatedmoments").population(MODEL, setting.betas)
    np.testing.assert_allclose(np.cov(values.T), whole.sigma, atol=0.03)
    fit = fit_path(MODEL, Rows(MODEL.observed, values))
    assert fit.b.tolist() == pytest.approx([setting.betas[edge] for edge in MODEL.edges], abs=0.015)


def test_clusters_share_the_variance_they_are_said_to_share(load: Load) -> None:
    """ICC by analysis of variance: (MSB - MSW) / (MSB + 4 MSW) with clusters of 5; LG has .15 in the population."""
    samples = load("samples")
    design = samples.Design(50_000, clusters=10_000)
    LG = samples.draw_sample(design, samples.SETTINGS[0], np.random.default_rng(1)).values[:, 0]
    table = LG.reshape(10_000, 5)
    between, within = 5 * table.mean(axis=1).var(ddof=1), table.var(axis=1, ddof=1).mean()
    assert (between - within) / (between + 4 * within) == pytest.approx(samples.ICC, abs=0.02)


def test_heavy_tails_have_the_kurtosis_of_their_distribution(load: Load) -> None:
    """t(5) has excess kurtosis 6, which samples of 200,000 show between 3 and 15; the normal LG has none."""
    samples = load("samples")
    values = samples.draw_sample(
        samples.Design(200_000, heavy=True), samples.SETTINGS[0], np.random.default_rng(2)
    ).values
    excess = [float((column**4).mean() / (column**2).mean() ** 2 - 3) for column in values.T]
    assert abs(excess[0]) < 0.1
    assert all(3 < each < 15 for each in excess[1:])


def test_an_effect_is_degenerate_when_two_of_its_paths_are_null(load: Load) -> None:
    null, one, *_ = load("samples").SETTINGS
    paths = load("coverage").PATHS
    assert [null.degenerate(paths[kind]) for kind in ("direct", "specific", "serial")] == [False, True, True]
    assert [one.degenerate(paths[kind]) for kind in ("direct", "specific", "serial")] == [False, False, False]


@pytest.mark.parametrize("clusters", [0, 30])
def test_the_study_judges_the_intervals_that_the_package_gives(clusters: int, load: Load) -> None:
    samples, coverage = load("samples"), load("coverage")
    design = samples.Design(300, clusters=clusters)
    sample = samples.draw_sample(design, samples.SETTINGS[-1], np.random.default_rng(4))
    ends = coverage.intervals_of(sample, 77, draws=1_000)
    fit = fit_path(MODEL, sample, se="cluster" if clusters else "ml")
    for at, method in enumerate(coverage.METHODS):
        made = (
            bootstrap(MODEL, sample, n_boot=1_000, interval=method, seed=77)
            if method in coverage.RESAMPLED
            else decompose(fit, interval=method, n_draws=coverage.COEFFICIENTS, seed=77)
        )
        names = [str(name) for name in made.names]
        places = [names.index(" -> ".join(path)) for path in coverage.PATHS.values()]
        raw = np.column_stack([made.lower, made.upper])[places]
        standardised = np.column_stack([made.beta_lower, made.beta_upper])[places]
        np.testing.assert_allclose(ends[at], [raw, standardised], rtol=EXACT)


def test_a_sample_depends_on_its_own_number_alone(load: Load) -> None:
    """So the figures do not depend on how many samples one process does."""
    block = load("coverage")._block
    together, apart = block((0, 0, 2)), [block((0, at, at + 1))[0] for at in range(2)]
    np.testing.assert_array_equal(together, apart)
    assert together.shape == (2, 5, 2, 3, 2)
    assert not np.array_equal(together[0], together[1])


def test_misses_are_counted_on_the_side_where_the_truth_lay(load: Load) -> None:
    """Four intervals for a truth of .39: [.4, .5] lies above it, [.1, .2] below, the others hold it: coverage .5, error .25."""
    samples, coverage = load("samples"), load("coverage")
    ends = np.array([[0.4, 0.5], [0.1, 0.2], [0.3, 0.5], [-0.1, 0.4]])
    full = np.broadcast_to(ends[:, None, None, None], (4, 5, 2, 3, 2))
    (cell, *_) = coverage.summarise(samples.Design(100), samples.SETTINGS[3], full)
    assert (cell.effect, cell.method, cell.truth) == ("direct", "percentile", 0.39)
    assert (cell.coverage, cell.below, cell.above, cell.differs) == (0.5, 0.25, 0.25, 0.75)
    assert (cell.mc_error, cell.width) == pytest.approx((0.25, 0.225))


def test_the_rule_passes_over_a_method_with_one_bad_cell_and_over_degenerate_cells(load: Load) -> None:
    """percentile: .95 and .92, out; bc: .94 and .94 (a degenerate 1.0 does not count), distance .01;
    bca: .93 and .925, which just passes but is further off. With clusters
    nobody passes."""
    coverage = load("coverage")

    def cell(method: str, share: float, *, degenerate: bool = False, clustered: bool = False) -> Any:
        where = ("", "", clustered, "direct", "raw", method, 0.1, degenerate)
        return coverage.Cell(*where, share, 0.0, 0.0, 0.0, 1.0, 1.0)

    rest = [cell(method, 0.9, clustered=True) for method in coverage.METHODS]
    cells = [
        cell("percentile", 0.95), cell("percentile", 0.92), cell("bc", 0.94), cell("bc", 0.94),
        cell("bc", 1.0, degenerate=True), cell("bca", 0.93), cell("bca", 0.925), cell("delta", 0.95),
        cell("monte_carlo", 0.96), *rest,
    ]  # fmt: skip
    verdicts = {(each.units, each.method): each for each in coverage.judge(cells)}
    assert [key for key, each in verdicts.items() if each.chosen] == [("rows", "bc"), ("rows", "delta")]
    assert [key[1] for key, each in verdicts.items() if each.passes] == ["bc", "bca", "delta", "monte_carlo"]
    assert verdicts["rows", "bc"].distance == pytest.approx(0.01)
    assert verdicts["rows", "bc"].cells == 2


def test_the_stored_coverage_has_every_cell_and_adds_up(load: Load) -> None:
    coverage, results = load("coverage"), _results("coverage")
    cells = [coverage.Cell(**each) for each in results["cells"]]
    per_cell = len(coverage.METHODS) * len(coverage.SCALES) * len(coverage.PATHS)
    assert len(cells) == len(load("samples").CELLS) * per_cell
    assert results["samples"] >= 1_000
    for each in cells:
        assert each.coverage + each.below + each.above == pytest.approx(1, abs=3 * ROUNDED)
        error = np.sqrt(each.coverage * (1 - each.coverage) / results["samples"])
        assert each.mc_error == pytest.approx(error, abs=2 * ROUNDED)
    assert [asdict(each) for each in coverage.judge(cells)] == results["verdicts"]


def test_the_document_shows_the_stored_coverage(load: Load) -> None:
    with_tables, results = load("coverage").with_tables, _results("coverage")
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert with_tables(text, results) == text
    assert text.count("| KKP |") >= 5 * len(load("samples").DESIGNS)


def test_renewing_tables_leaves_the_text_around_them(load: Load) -> None:
    text = "before\n<!-- verdicts -->\n<!-- end -->\nbetween\n<!-- width -->\nold\n<!-- end -->\nafter\n"
    renewed = load("coverage").with_tables(text, _results("coverage"))
    lines = [line for line in renewed.splitlines() if not line.startswith("|")]
    assert lines == [
        "before", "<!-- verdicts -->", "<!-- end -->", "between", "<!-- width -->", "<!-- end -->", "after"
    ]  # fmt: skip
    assert sum(line.startswith("|---|") for line in renewed.splitlines()) == 2


def test_every_claim_of_the_stored_benchmark_is_judged_by_its_bounds(load: Load) -> None:
    results, claim = _results("paths"), load("scoring").Claim
    assert {"machine", "absent", "claims", "rows", "sizes", "effects"} < set(results)
    assert {"load_before", "load_after", "programs", "packages"} < set(results["machine"])
    for each in results["claims"]:
        fields = {key: value for key, value in each.items() if key != "met"}
        assert claim(**fields).met == each["met"]
