"""The claim: a bootstrap of all effects costs about what drawing costs, a thousandth of lavaan's, and its memory is bounded.

``python -m benchmarks.paths`` measures it and writes ``benchmarks/results/paths.json``; ``--quick`` lets each candidate run
once instead of five times. ``--peers PYTHON`` names a Python that has pingouin and PyProcessMacro; lavaan needs Rscript. A
peer that is not there is named as absent. Every ratio is one of runs that stood side by side, beside it that of
processor seconds, which other work on the machine disturbs less; peers that make fewer draws are scaled by the draw.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import linear_regression, median
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from benchmarks.measure import Runs, alternate, machine, ratio
from benchmarks.pathcandidates import OTHER_PYTHON, ask, command_of
from benchmarks.samples import SETTINGS, Design, draw_sample
from benchmarks.scoring import Claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Times = Callable[..., list[float]]

Clock = Literal["seconds", "cpu_seconds"]

CANDIDATES = "benchmarks.pathcandidates"
FOLDER = Path(__file__).parent
DATA = FOLDER.parent / "tests" / "oracles" / "data"
WARM_ROWS = 300
PEERS = ("lavaan", "lmfit", "lstsq", "pingouin", "processmacro", "semopy", "statsmodels")
SIZES = (900, 2_700, 9_000, 27_000, 90_000)
PACKAGES = ("numpy", "pandas", "scipy", "semopy", "statsmodels", "threadpoolctl")
# Required of rows: the file, how many times as fast as lavaan, and what would be more than anyone expects.
ROWS = {900: ("a_units900.csv", 1_000.0, 4_000.0), 26_000: ("c_units26000.csv", 70.0, 200.0)}
LAVAAN_CLUSTERS = 41.0  # seconds that lavaan 0.7-2 took for 1,000 draws of clusters on a machine of this kind
MEGABYTE = 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the results and show them; a claim that is not met is a finding, not a failure."""
    options = _options(arguments)
    if options.peers:
        os.environ[OTHER_PYTHON] = str(options.peers)
    results = measure(options.data, rounds=1 if options.quick else 5)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.writelines(_line(claim) for claim in results["claims"])
    return 0


def measure(folder: Path, *, rounds: int) -> dict[str, Any]:
    """Measure everything the claim rests on, and return it in the form of the results file."""
    described = machine() | {"packages": {name: version(name) for name in PACKAGES}, "programs": programs()}
    present = tuple(name for name in PEERS if command_of(name))
    run = partial(_alternated, folder=folder, rounds=rounds)
    rows = {n: run(DATA / name, ("rows", *present)) for n, (name, _, _) in ROWS.items()}
    of_r = ("lavaan",) if "lavaan" in present else ()
    fiml = run(DATA / "d_mar8.csv", ("fiml_ours", *(f"fiml_{name}" for name in of_r)))
    singles = run(DATA / "a_units900.csv", _singles(of_r))
    grown = run(DATA / "a_units900.csv", ("growing",))["growing"]
    clusters = run(DATA / "b_panel2700.csv", ("clusters",))["clusters"]
    sizes = {n: run(_simulated(folder, n), ("thousand",))["thousand"] for n in SIZES}
    claims = [
        *(claim for n in ROWS for claim in _against_peers(n, rows[n])),
        *(claim for n in ROWS for claim in _against_drawing(n, rows[n]["rows"])),
        *_of_clusters(clusters), *_of_fiml(fiml), *_of_memory(rows[26_000]["rows"]), *_of_growth(grown, sizes),
        *_of_singles(singles),
    ]  # fmt: skip
    return {
        "command": "python -m benchmarks.paths" + (" --quick" if rounds == 1 else ""),
        "machine": described | {"load_after": round(os.getloadavg()[0], 2)},
        "rounds": rounds,
        "absent": [name for name in PEERS if name not in present],
        "claims": [asdict(claim) | {"met": claim.met} for claim in claims],
        "rows": {str(n): _table(runs) for n, runs in rows.items()},
        "others": _table(fiml | singles | {"growing": grown, "clusters": clusters}),
        "sizes": {str(n): _seconds(runs, "1000") for n, runs in sizes.items()},
        "effects": {name: ask(name, DATA / "a_units900.csv", 2)["effects"] for name in present},
    }


def programs() -> dict[str, str]:
    """Return the versions of peers outside this Python, those that are there."""
    found = {}
    if command := command_of("lavaan"):
        asked = (
            "cat(paste(R.version$major, R.version$minor, sep = '.'), as.character(packageVersion('lavaan')))"
        )
        found["R"], found["lavaan"] = _output([command[0], "-e", asked]).split()
    for name, package in (("pingouin", "pingouin"), ("processmacro", "PyProcessMacro")):
        if command := command_of(name):
            asked = f"from importlib.metadata import version; print(version('{package}'))"
            found[name] = _output([command[0], "-c", asked])
    return found


def per_thousand(runs: Runs, clock: Clock = "seconds") -> list[float]:
    """Return what 1,000 draws took in each run of a peer, scaled from the draws it made."""
    return [1_000 * getattr(run[0], clock) / int(run[0].name) for run in runs.runs]


def exponent(costs: Mapping[int, float]) -> float:
    """Return e of cost = a x size ^ e, fitted on logarithms."""
    return linear_regression(
        [math.log(size) for size in costs], [math.log(each) for each in costs.values()]
    ).slope


def of_stage(runs: Runs, name: str, clock: Clock = "seconds") -> list[float]:
    """Return the median seconds of one stage in each run, on the wall or of the processor."""
    return [median(getattr(each, clock) for each in run if each.name == name) for run in runs.runs]


def _alternated(path: Path, names: Sequence[str], *, folder: Path, rounds: int) -> dict[str, Runs]:
    warm = folder / f"warm-{path.name}"
    if not warm.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pd.read_csv(path).head(WARM_ROWS).to_csv(warm, index=False)
    return alternate(CANDIDATES, names, path, warm, rounds=rounds)


def _simulated(folder: Path, n: int) -> Path:
    path = folder / f"rows-{n}.csv"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        rows = draw_sample(Design(n), SETTINGS[-1], np.random.default_rng(n))
        pd.DataFrame(rows.values, columns=list(rows.names)).to_csv(path, index=False)
    return path


def _singles(of_r: Sequence[str]) -> tuple[str, ...]:
    return ("single_ours", *(f"single_{name}" for name in (*of_r, "semopy", "statsmodels")))


def _against_peers(n: int, runs: Mapping[str, Runs]) -> Iterable[Claim]:
    """Hold 1,000 and 10,000 draws of ours, BCa, against lavaan and against the fastest other peer."""
    others = {name: each for name, each in runs.items() if name not in ("rows", "lavaan")}
    fastest = min(others, key=lambda name: median(per_thousand(others[name])))
    _, required, moonshot = ROWS[n]
    for draws in (1_000, 10_000):
        ours = partial(_scaled, runs["rows"], draws)
        what = f"ours, rows, n = {n}, {draws} draws"
        if "lavaan" in runs:
            lavaan = partial(per_thousand, runs["lavaan"])
            yield _times(f"lavaan / {what}", lavaan, ours, at_least=required)
            yield _times("the same, the moonshot", lavaan, ours, at_least=moonshot)
        peer = partial(per_thousand, others[fastest])
        yield _times(f"the fastest other peer ({fastest}) / {what}", peer, ours, at_least=5.0)


def _against_drawing(n: int, runs: Runs) -> Iterable[Claim]:
    stage = partial(partial, of_stage, runs)
    for draws in (1_000, 10_000):
        counts, percentile, bca = (stage(f"{each} {draws}") for each in ("counts", "percentile", "bca"))
        what = f"n = {n}, {draws} draws"
        yield _times(f"percentile / drawing counts, {what}", percentile, counts, at_most=2.0)
        yield _times(f"BCa / drawing counts, {what}", bca, counts, at_most=2.0)
        yield _times(f"BCa / percentile, {what}", bca, percentile, at_most=1.2)
    what = f"BCa / drawing counts by multinomial, n = {n}, 1000 draws"
    yield _times(what, stage("bca 1000"), stage("multinomial 1000"), at_most=2.0)
    what = f"BCa by two threads / by one, n = {n}, 10000 draws"
    yield _times(what, stage("two workers 10000"), stage("bca 10000"))


def _of_clusters(runs: Runs) -> Iterable[Claim]:
    for source in ("rows", "moments"):
        ours = of_stage(runs, f"{source} 10000")
        what = f"lavaan 0.7-2 (stored) / ours from {source}, clusters, n = 2700, per draw"
        yield Claim(what, median(LAVAAN_CLUSTERS / (each / 10) for each in ours), "x", at_least=2_000.0)
    many, few = (partial(of_stage, runs, f"{name} 10000") for name in ("moments of 100 x", "moments"))
    yield _times("clusters from moments, n = 270000 / n = 2700", many, few, at_most=1.1)


def _of_fiml(runs: Mapping[str, Runs]) -> Iterable[Claim]:
    ours = partial(of_stage, runs["fiml_ours"], "1000")
    if "fiml_lavaan" in runs:
        theirs = partial(per_thousand, runs["fiml_lavaan"])
        yield _times("lavaan / ours, FIML, n = 900, 1000 draws", theirs, ours, at_least=100.0)
    yield Claim("ours, FIML, n = 900, 1000 draws", median(ours()), "s")


def _of_memory(runs: Runs) -> Iterable[Claim]:
    above = [
        next(each.peak_bytes for each in run if each.name == "bca 10000") - run[0].peak_bytes
        for run in runs.runs
    ]
    what = "peak memory above the interpreter with imports, n = 26000, 10000 draws"
    yield Claim(what, median(above) / MEGABYTE, "MB", at_most=300.0)


def _of_growth(grown: Runs, sizes: Mapping[int, Runs]) -> Iterable[Claim]:
    draws = {int(each.name): median(of_stage(grown, each.name)) for each in grown.runs[0]}
    yield Claim("exponent of cost against draws, n = 900", exponent(draws), "", at_most=1.05)
    rows = {n: _seconds(runs, "1000") for n, runs in sizes.items()}
    yield Claim("exponent of cost against rows, 1000 draws", exponent(rows), "", at_most=1.05)
    last = dict(sorted(rows.items())[-2:])
    yield Claim("the same, last step alone", exponent(last), "")


def _of_singles(runs: Mapping[str, Runs]) -> Iterable[Claim]:
    ours = partial(of_stage, runs["single_ours"], "fit")
    yield Claim("ours, one fit with standard errors, n = 900", 1e3 * median(ours()), "ms")
    for name, each in runs.items():
        if name != "single_ours":
            what = f"{name.removeprefix('single_')} / ours, one fit with standard errors, n = 900"
            yield _times(what, partial(_one_fit, each), ours)


def _one_fit(runs: Runs, clock: Clock = "seconds") -> list[float]:
    if runs.runs[0][0].name == "fit":
        return of_stage(runs, "fit", clock)
    return [each / 1_000 for each in per_thousand(runs, clock)]


def _scaled(runs: Runs, draws: int, clock: Clock = "seconds") -> list[float]:
    return [1_000 * each / draws for each in of_stage(runs, f"bca {draws}", clock)]


def _times(what: str, of: Times, to: Times, **bounds: float) -> Claim:
    """Return a claim on the ratio of runs that stood side by side, on the wall and of the processor."""
    wall, processor = (ratio(of(clock=clock), to(clock=clock)) for clock in ("seconds", "cpu_seconds"))
    return Claim(what, wall, "x", cpu_value=processor, **bounds)


def _seconds(runs: Runs, stage: str) -> float:
    return median(of_stage(runs, stage))


def _table(runs: Mapping[str, Runs]) -> dict[str, dict[str, list[float]]]:
    """Return each candidate's stages, and the seconds they took in each run."""
    return {
        name: {stage: of_stage(each, stage) for stage in dict.fromkeys(s.name for s in each.runs[0])}
        for name, each in runs.items()
    }


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def _line(claim: Mapping[str, Any]) -> str:
    bounds = [
        f"{sign} {claim[key]:g}"
        for sign, key in (("<=", "at_most"), (">=", "at_least"))
        if claim[key] is not None
    ]
    processor = "" if claim["cpu_value"] is None else f"(processor {claim['cpu_value']:.4g})"
    verdict = f"required {bounds[0]}: {'met' if claim['met'] else 'NOT met'}" if bounds else ""
    return f"{claim['value']:9.4g} {claim['unit']:2} {processor:18} {claim['what']}; {verdict}\n"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paths", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="run each candidate once")
    parser.add_argument("--peers", type=Path, help="a Python that has pingouin and PyProcessMacro")
    parser.add_argument("--data", type=Path, default=FOLDER / ".data", help="folder of the files it makes")
    parser.add_argument(
        "--out", type=Path, default=FOLDER / "results" / "paths.json", help="where results go"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
