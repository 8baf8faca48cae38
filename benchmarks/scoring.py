"""The claim: scoring costs about what hand-written scoring costs, on every engine, and little more than reading.

``python -m benchmarks.scoring`` measures it and writes ``benchmarks/results/scoring.json``; ``--quick`` runs each candidate
once instead of five times, and ``--rows`` takes a smaller file. Figures are wall seconds; every ratio is one of runs that
stood side by side, and stands beside the same ratio of processor seconds, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import TYPE_CHECKING, Any

from benchmarks.data import observations_file
from benchmarks.measure import Runs, alternate, machine, ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CANDIDATES, SMALL = "benchmarks.candidates", "benchmarks.small"
FOLDER = Path(__file__).parent
ROWS, MINISTRY_ROWS, APPLIED_ROWS, WARM_ROWS = 10_000_000, 26_000, 100_000, 2_000
APPLIED_PER_UNIT = 75  # at most 25 indicators a year, as public rules have it for one owner
READERS = ("read_arrow", "read_arrow_encoded", "read_duckdb", "read_polars")
ENGINES = {"DuckDB": "ours_duckdb", "pandas": "ours_pandas", "Polars": "ours_polars"}
PAIRS = (
    ("ours on DuckDB / hand-written DuckDB SQL", "ours_duckdb", "peer_duckdb", 1.1),
    ("the same, every column of ours made by both", "ours_duckdb_covered", "peer_duckdb_covered", 1.1),
    (
        "ours on pandas, every column / hand-written vectorised pandas, score and band",
        "ours_pandas",
        "peer_pandas",
        1.1,
    ),
    ("the same, every column of ours made by both", "ours_pandas", "peer_pandas_covered", 1.1),
    ("ours on Polars / hand-written Polars streaming", "ours_polars", "peer_polars", 1.0),
    ("the same, but every column of ours", "ours_polars_covered", "peer_polars", 1.0),
)
OWN_READER = {"DuckDB": "read_duckdb", "pandas": "read_arrow", "Polars": "read_polars"}
MOST_MEMORY = {"DuckDB": 1.0e9, "pandas": 2.2e9}
DOOR = ("door",)


@dataclass(frozen=True, slots=True)
class Claim:
    """A measured value and what is required of it; ``cpu_value`` is the same from processor seconds."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    cpu_value: float | None = None

    @property
    def met(self) -> bool:
        """Whether the value keeps what is required, where something is."""
        too_much = self.at_most is not None and self.value > self.at_most
        return not too_much and not (self.at_least is not None and self.value < self.at_least)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the results and show them; a claim that is not met is a finding, not a failure."""
    options = _options(arguments)
    results = measure(options.data, options.rows, rounds=1 if options.quick else 5)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.writelines(_line(claim) for claim in results["claims"])
    return 0


def measure(folder: Path, rows: int, *, rounds: int) -> dict[str, Any]:
    """Measure everything the claim rests on, and return it in the form of the results file."""
    described = machine()
    warm = observations_file(folder, WARM_ROWS)
    whole = observations_file(folder, rows)
    scored = _scored(whole, warm, rounds)
    read = alternate(CANDIDATES, READERS, whole, warm, rounds=rounds)
    sizes = {size: _ours(observations_file(folder, size), warm, rounds) for size in (rows // 100, rows // 10)}
    sizes[rows] = {name: scored[name] for name in ENGINES.values()}
    small = _small(folder, warm)
    claims = [
        *_ratios(scored), *_over_reading(scored, read), *_small_claims(small), *_linearity(sizes), *_memory(scored)
    ]  # fmt: skip
    return {
        "command": f"python -m benchmarks.scoring --rows {rows}" + (" --quick" if rounds == 1 else ""),
        "machine": described,
        "rows": rows,
        "rounds": rounds,
        "claims": [asdict(claim) | {"met": claim.met} for claim in claims],
        "candidates": {name: _figures(runs) for name, runs in {**scored, **read}.items()},
        "sizes": {str(size): {n: _middle(r) for n, r in runs.items()} for size, runs in sizes.items()},
        "small": small,
    }


def _scored(whole: Path, warm: Path, rounds: int) -> dict[str, Runs]:
    """Let every candidate take its turn beside the peer of its engine."""
    names = dict.fromkeys(name for _, ours, peer, _ in PAIRS for name in (peer, ours))
    return alternate(CANDIDATES, tuple(names), whole, warm, rounds=rounds)


def _ours(path: Path, warm: Path, rounds: int) -> dict[str, Runs]:
    return alternate(CANDIDATES, tuple(ENGINES.values()), path, warm, rounds=rounds)


def _small(folder: Path, warm: Path) -> dict[str, float]:
    """Return the median seconds of each stage that is repeated in one process."""
    ministry = alternate(SMALL, ("ministry",), observations_file(folder, MINISTRY_ROWS), warm, rounds=1)
    many = observations_file(folder, APPLIED_ROWS, rows_per_unit=APPLIED_PER_UNIT)
    applied = alternate(SMALL, ("applied",), many, warm, rounds=1)
    stages = [stage for runs in (ministry["ministry"], applied["applied"]) for stage in runs.runs[0]]
    names = dict.fromkeys(stage.name for stage in stages)
    return {name: median(each.seconds for each in stages if each.name == name) for name in names}


def _ratios(scored: Mapping[str, Runs]) -> Iterable[Claim]:
    for what, ours, peer, most in PAIRS:
        mine, theirs = scored[ours], scored[peer]
        processor = ratio(mine.cpu_seconds(without=DOOR), theirs.cpu_seconds())
        yield Claim(
            what, ratio(mine.seconds(without=DOOR), theirs.seconds()), "x", at_most=most, cpu_value=processor
        )


def _over_reading(scored: Mapping[str, Runs], read: Mapping[str, Runs]) -> Iterable[Claim]:
    """Hold the best engine against mere reading: by its own reader, and by the fastest reader there is."""
    engine = min(ENGINES, key=lambda name: _middle(scored[ENGINES[name]]))
    ours = scored[ENGINES[engine]]
    readers = {
        "its own reader": OWN_READER[engine],
        "the fastest reader": min(read, key=lambda name: _middle(read[name])),
    }
    for which, reader in readers.items():
        reading = read[reader]
        processor = median(ours.cpu_seconds(without=DOOR)) / median(reading.cpu_seconds())
        what = f"ours on {engine}, the best engine / merely reading the columns by {which} ({reader})"
        yield Claim(what, _middle(ours) / _middle(reading), "x", at_most=5.0, cpu_value=processor)


def _small_claims(small: Mapping[str, float]) -> Iterable[Claim]:
    rows = f"{MINISTRY_ROWS} rows on pandas"
    yield Claim(
        f"{rows}, organisation scores, validation excluded", 1e3 * small["organisations"], "ms", at_most=50.0
    )
    yield Claim(f"{rows}, all four levels, validation excluded", 1e3 * small["scored"], "ms", at_most=50.0)
    yield Claim(f"{rows}, all four levels, with validation", 1e3 * small["validated"], "ms")
    yield Claim(
        f"{rows}, with validation and numbers read from CSV", 1e3 * small["from_csv"], "ms", at_most=500.0
    )
    what = f"groupby.apply / ours on pandas, {APPLIED_ROWS} rows"
    yield Claim(what, small["apply"] / small["ours"], "x", at_least=100.0)


def _linearity(sizes: Mapping[int, Mapping[str, Runs]]) -> Iterable[Claim]:
    """Fit cost = a x rows ^ exponent, over all sizes and over the last tenfold step, where fixed costs hide nothing."""
    for engine, name in ENGINES.items():
        costs = {size: _middle(runs[name]) for size, runs in sizes.items()}
        yield Claim(f"exponent of cost against rows, {engine}", _exponent(costs), "", at_most=1.05)
        last = dict(sorted(costs.items())[-2:])
        yield Claim(f"the same, last tenfold step, {engine}", _exponent(last), "")


def _exponent(costs: Mapping[int, float]) -> float:
    return linear_regression(
        [math.log(size) for size in costs], [math.log(cost) for cost in costs.values()]
    ).slope


def _memory(scored: Mapping[str, Runs]) -> Iterable[Claim]:
    for engine, name in ENGINES.items():
        most = MOST_MEMORY.get(engine)
        after = scored[name].peak_bytes(without=DOOR)
        yield Claim(f"peak memory, {engine}, door excluded", after / 1e9, "GB", at_most=most and most / 1e9)
        whole = scored[name].peak_bytes()
        yield Claim(f"peak memory, {engine}, door included", whole / 1e9, "GB", at_most=most and most / 1e9)


def _middle(runs: Runs) -> float:
    return median(runs.seconds(without=DOOR))


def _figures(runs: Runs) -> dict[str, Any]:
    return {
        "seconds": _middle(runs),
        "all_seconds": runs.seconds(without=DOOR),
        "cpu_seconds": median(runs.cpu_seconds(without=DOOR)),
        "door_seconds": runs.stage_seconds("door"),
        "peak_bytes": runs.peak_bytes(without=DOOR),
        "peak_bytes_with_door": runs.peak_bytes(),
    }


def _line(claim: Mapping[str, Any]) -> str:
    bounds = [
        f"{sign} {claim[key]:g}"
        for sign, key in (("<=", "at_most"), (">=", "at_least"))
        if claim[key] is not None
    ]
    verdict = f"required {bounds[0]}: {'met' if claim['met'] else 'NOT met'}" if bounds else ""
    processor = "" if claim["cpu_value"] is None else f"(processor {claim['cpu_value']:.2f})"
    return f"{claim['value']:9.3g} {claim['unit']:2} {processor:17} {claim['what']}; {verdict}\n"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the largest file, at least 1000")
    parser.add_argument("--quick", action="store_true", help="run each candidate once")
    parser.add_argument("--data", type=Path, default=FOLDER / ".data", help="folder of the Parquet files")
    parser.add_argument(
        "--out", type=Path, default=FOLDER / "results" / "scoring.json", help="where results go"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
