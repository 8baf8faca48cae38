"""The claim: a 95 % interval holds the true effect in 95 of 100 samples; which interval does, for which effect, with how many rows.

``python -m benchmarks.coverage`` simulates the samples, writes ``benchmarks/results/coverage.json`` and renews the tables of
``docs/coverage.md``; ``--tables`` renews the tables alone. The figures do not depend on the machine.

The rule by which defaults are chosen was written before the first figure was seen. It looks at raw effects in cells that
are not degenerate, separately for the bootstrap (percentile, bc, bca) and for intervals without one (delta, monte_carlo),
and for rows and clusters: among the methods without any cell below 92.5 %, the one whose coverage is nearest to 95 % on
average (mean absolute distance). Rows decide. Where no method passes, there is none to recommend, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.samples import CELLS, MODEL, Design, Setting, draw_sample
from bsc_analysis.paths.effectlist import EffectList, list_effects
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.intervals import interval_ends
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.replicates import statistic_of
from bsc_analysis.paths.resampledmoments import leave_one_out, resample, sampled_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bsc_analysis.paths.effects import Analytic
    from bsc_analysis.paths.intervals import Interval
    from bsc_analysis.paths.rows import Rows

FOLDER = Path(__file__).parent
SEED, SAMPLES, DRAWS, LEVEL = 20151122, 4_000, 1_000, 0.95
# Simulated coefficients for Monte Carlo intervals: enough that their number adds nothing visible to the error of a cell.
COEFFICIENTS = 5_000
BLOCK = 100  # samples that one task does
LEAST = 0.925
RESAMPLED: tuple[Interval, ...] = ("percentile", "bc", "bca")
ANALYTIC: tuple[Analytic, ...] = ("delta", "monte_carlo")
METHODS = (*RESAMPLED, *ANALYTIC)
SCALES = ("raw", "standardised")
PATHS = {
    "direct": ("IP", "CP"),
    "specific": ("LG", "IP", "CP"),
    "serial": ("LG", "IP", "CP", "SH"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one interval did in all samples of one design and setting, as shares; ``truth`` is what it should hold.

    ``below`` and ``above`` say where the truth lay when the interval missed it; ``mc_error`` is the standard error of
    ``coverage`` that the number of samples leaves; ``width`` is a mean; ``differs`` says how often 0 was left out.
    """

    design: str
    setting: str
    clustered: bool
    effect: str
    scale: str
    method: str
    truth: float
    degenerate: bool
    coverage: float
    mc_error: float
    below: float
    above: float
    width: float
    differs: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one method fares under the rule: worst and mean over its cells, and whether it passes."""

    units: str
    method: str
    cells: int
    distance: float
    lowest: float
    highest: float
    passes: bool
    chosen: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, write the results and the tables."""
    options = _options(arguments)
    if not options.tables:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(_as_json(simulate(options.samples, options.workers)), encoding="utf-8")
    results = json.loads(options.out.read_text(encoding="utf-8"))
    if options.docs.exists():
        text = options.docs.read_text(encoding="utf-8")
        options.docs.write_text(with_tables(text, results), encoding="utf-8")
    sys.stdout.write("\n".join(_verdict_table(results["verdicts"])) + "\n")
    return 0


def simulate(samples: int, workers: int) -> dict[str, Any]:
    """Return what every interval did in every cell."""
    tasks = [
        (at, start, min(start + BLOCK, samples))
        for at in range(len(CELLS))
        for start in range(0, samples, BLOCK)
    ]
    # Large samples first, so that no long task is left for the end.
    tasks.sort(key=lambda task: -CELLS[task[0]][0].n)
    with ProcessPoolExecutor(workers, initializer=partial(threadpool_limits, 1)) as pool:
        done = list(pool.map(_block, tasks))
    cells: list[Cell] = []
    for at, (design, setting) in enumerate(CELLS):
        parts = [ends for (which, *_), ends in zip(tasks, done, strict=True) if which == at]
        cells += summarise(design, setting, np.concatenate(parts))
    return {
        "command": f"python -m benchmarks.coverage --samples {samples}",
        "samples": samples,
        "draws": DRAWS,
        "level": LEVEL,
        "seed": SEED,
        "verdicts": [asdict(each) for each in judge(cells)],
        "cells": [asdict(each) for each in cells],
    }


def intervals_of(rows: Rows, seed: int, *, draws: int = DRAWS) -> NDArray[np.float64]:
    """Return the ends of every interval for one sample, (5 methods, 2 scales, 3 effects, 2 ends), as the package makes them.

    The three bootstrap intervals come from the same draws, which is what ``bootstrap`` would do for each.
    """
    effects = _wanted()
    moments = moments_of(rows)
    sampled = sampled_from(moments)
    statistic = statistic_of(MODEL, effects, moments.covariance, moments.n_obs)
    estimates = statistic(moments.covariance[..., None], moments.n[:1])[:, 0]
    drawn = resample(sampled, draws, seed, statistic).values
    left_out = leave_one_out(sampled, statistic)
    ends = [interval_ends(drawn, estimates, left_out, method=each, level=LEVEL)[:2] for each in RESAMPLED]
    found = [np.array(each).reshape(2, len(SCALES), len(effects)) for each in ends]
    fit = fit_path(MODEL, rows, se="ml" if rows.cluster is None else "cluster")
    places = [list_effects(MODEL).names.index(name) for name in effects.names]
    for method in ANALYTIC:
        made = decompose(fit, interval=method, level=LEVEL, n_draws=COEFFICIENTS, seed=seed)
        raw, standardised = (made.lower, made.upper), (made.beta_lower, made.beta_upper)
        found.append(np.array([raw, standardised])[:, :, places].swapaxes(0, 1))
    return np.moveaxis(np.array(found), 1, -1)


def summarise(design: Design, setting: Setting, ends: NDArray[np.float64]) -> list[Cell]:
    """Return what each interval did, from ends (samples, methods, scales, effects, 2)."""
    lower, upper = ends[..., 0], ends[..., 1]
    truths = np.array([setting.effect(path) for path in PATHS.values()])
    below, above = (truths < lower).mean(axis=0), (truths > upper).mean(axis=0)
    width = (upper - lower).mean(axis=0)
    differs = ((lower > 0) | (upper < 0)).mean(axis=0)
    cells = []
    for m, s, e in np.ndindex(below.shape):
        kind, path = list(PATHS.items())[e]
        at = (m, s, e)
        coverage = 1 - below[at] - above[at]
        error = float(np.sqrt(coverage * (1 - coverage) / len(ends)))
        shares = (coverage, error, below[at], above[at], width[at], differs[at])
        cells.append(
            Cell(
                str(design), setting.name, bool(design.clusters), kind, SCALES[s], METHODS[m],
                round(float(truths[e]), 6), setting.degenerate(path), *(round(float(each), 6) for each in shares),
            )
        )  # fmt: skip
    return cells


def judge(cells: Sequence[Cell]) -> list[Verdict]:
    """Apply the rule to rows and to clusters."""
    verdicts = []
    for units, clustered in (("rows", False), ("clusters", True)):
        for family in (RESAMPLED, ANALYTIC):
            found = [_fared(units, method, _ruling(cells, method, clustered=clustered)) for method in family]
            passing = [each for each in found if each.passes]
            best = min(passing, key=lambda each: each.distance, default=None)
            verdicts += [replace(each, chosen=each is best) for each in found]
    return verdicts


def with_tables(text: str, results: dict[str, Any]) -> str:
    """Return a document with its tables renewed: each stands between ``<!-- NAME -->`` and ``<!-- end -->``."""
    tables = {"verdicts": _verdict_table(results["verdicts"])}
    cells = [Cell(**each) for each in results["cells"]]
    for kind in PATHS:
        tables[kind] = _table(cells, kind, "raw", _shares)
        tables[f"{kind} standardised"] = _table(cells, kind, "standardised", _shares)
    tables["width"] = _table(cells, "serial", "raw", lambda cell: f"{cell.width:.3f}")
    tables["power"] = _table(cells, "serial", "raw", lambda cell: f"{100 * cell.differs:.1f}")
    for name, lines in tables.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        text = between.sub("\\g<1>" + "\n".join(lines) + "\n\\g<2>", text)
    return text


def _block(task: tuple[int, int, int]) -> NDArray[np.float64]:
    at, start, stop = task
    streams = (np.random.SeedSequence(SEED, spawn_key=(at, number)) for number in range(start, stop))
    numbers = (np.random.default_rng(stream) for stream in streams)
    return np.array([intervals_of(draw_sample(*CELLS[at], rng), int(rng.integers(2**32))) for rng in numbers])


def _wanted() -> EffectList:
    every = list_effects(MODEL)
    at = [every.find(" -> ".join(path)) for path in PATHS.values()]
    return replace(every, names=tuple(every.names[i] for i in at), sums=tuple(every.sums[i] for i in at))


def _ruling(cells: Iterable[Cell], method: str, *, clustered: bool) -> list[float]:
    return [
        each.coverage
        for each in cells
        if each.method == method
        and each.clustered == clustered
        and each.scale == "raw"
        and not each.degenerate
    ]


def _fared(units: str, method: str, coverages: Sequence[float]) -> Verdict:
    distance = round(float(np.mean(np.abs(np.array(coverages) - LEVEL))), 6)
    ends = min(coverages), max(coverages)
    return Verdict(units, method, len(coverages), distance, *ends, passes=ends[0] >= LEAST, chosen=False)


def _shares(cell: Cell) -> str:
    return f"{100 * cell.coverage:.1f} ({100 * cell.below:.1f}, {100 * cell.above:.1f})"


def _table(cells: Sequence[Cell], kind: str, scale: str, shown: Any) -> list[str]:
    chosen = [each for each in cells if each.effect == kind and each.scale == scale]
    lines = [f"| sample | paths | truth | {' | '.join(METHODS)} |", "|---|---|---|" + "---|" * len(METHODS)]
    rows = dict.fromkeys((each.design, each.setting) for each in chosen)
    for row in rows:
        own = {each.method: each for each in chosen if (each.design, each.setting) == row}
        first = own[METHODS[0]]
        mark = "*" if first.degenerate else ""
        values = " | ".join(shown(own[method]) for method in METHODS)
        lines.append(f"| {row[0]} | {row[1]}{mark} | {first.truth:.4f} | {values} |")
    return lines


def _verdict_table(verdicts: Iterable[dict[str, Any]]) -> list[str]:
    lines = [
        "| units | interval | cells | mean distance from 95 | lowest | highest | passes | chosen |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in verdicts:
        numbers = " | ".join(f"{100 * each[key]:.2f}" for key in ("distance", "lowest", "highest"))
        says = " | ".join("yes" if each[key] else "no" for key in ("passes", "chosen"))
        lines.append(f"| {each['units']} | {each['method']} | {each['cells']} | {numbers} | {says} |")
    return lines


def _as_json(results: dict[str, Any]) -> str:
    """Return results as JSON, each cell on a line of its own."""
    cells = ",\n".join(f"    {json.dumps(each)}" for each in results["cells"])
    head = json.dumps({key: value for key, value in results.items() if key != "cells"}, indent=2)
    return head.removesuffix("\n}") + f',\n  "cells": [\n{cells}\n  ]\n}}\n'


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.coverage", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--samples", type=int, default=SAMPLES, help="simulated samples in each cell")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--tables", action="store_true", help="renew the tables from results that exist")
    parser.add_argument(
        "--out", type=Path, default=FOLDER / "results" / "coverage.json", help="where results go"
    )
    parser.add_argument(
        "--docs",
        type=Path,
        default=FOLDER.parent / "docs" / "coverage.md",
        help="the document with the tables",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
