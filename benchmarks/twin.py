"""The claim: twins of any size are written in bounded memory, at a rate that random columns alone hardly surpass.

``python -m benchmarks.twin`` writes ten million and a million rows and keeps ``benchmarks/results/twin.json``; ``--quick`` runs
each candidate once instead of three times, and ``--rows`` takes another largest size. The peer draws uniform numbers by NumPy,
takes texts from lists as long as ours, and writes them with the same writer in chunks of the same size: no calibration,
no unit tree, no weights that sum to 100, no bounds. Each run is a process of its own; see ``measure.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from benchmarks.measure import alternate, machine, ratio
from benchmarks.scoring import Claim
from bsc_analysis.files import data_folder, read_rules
from bsc_analysis.twin import COPIES_AT_ONCE, read_twin, write_twin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measure import Runs, Watch

FOLDER = Path(__file__).parent
ROWS, WARM_ROWS = 10_000_000, 30_000
CANDIDATES = ("ours_parquet", "peer_parquet", "ours_csv", "peer_csv")
GROWING = ("ours_parquet", "peer_parquet")
CHUNK = 25_825  # records of one ministry
SEED = 20151122
# As many different words as a ministry has, of about the same length, column by column.
WORDS = {
    "unit": (1_064, 20), "parent": (320, 16), "level": (5, 10), "perspective": (4, 16), "objective": (16, 40),
    "indicator": (56, 50), "polarity": (3, 9), "unit_of_measure": (20, 8), "intervention": (3, 5), "data_status": (1, 14),
}  # fmt: skip
NUMBERS = ("weight", "target", "target_upper", "actual")


def ours_parquet(path: Path, watch: Watch) -> None:
    """Write the twin as a folder of Parquet files; the name of the path is the number of rows."""
    _ours(path, watch, "twin")


def ours_csv(path: Path, watch: Watch) -> None:
    """Write the twin as one CSV file."""
    _ours(path, watch, "twin.csv")


def peer_parquet(path: Path, watch: Watch) -> None:
    """Write random columns as a folder of Parquet files."""
    with watch.stage("write"), TemporaryDirectory(dir=path.parent) as folder:
        chunks = _random_chunks(int(path.name))
        part = 0
        while group := [chunk for _, chunk in zip(range(COPIES_AT_ONCE), chunks, strict=False)]:
            pq.write_table(pa.concat_tables(group), Path(folder) / f"{part}.parquet", compression="zstd")
            part += 1


def peer_csv(path: Path, watch: Watch) -> None:
    """Write random columns as one CSV file."""
    with watch.stage("write"), TemporaryDirectory(dir=path.parent) as folder:
        chunks = _random_chunks(int(path.name))
        first = next(chunks)
        with pyarrow.csv.CSVWriter(Path(folder) / "random.csv", first.schema) as writer:
            writer.write_table(first)
            for chunk in chunks:
                writer.write_table(chunk)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the results and show them; a claim that is not met is a finding, not a failure."""
    options = _options(arguments)
    results = measure(options.data, options.rows, rounds=1 if options.quick else 3)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.writelines(
        f"{each['what']}: {each['value']:.3g} {each['unit']}{'' if each['met'] else ' (not met)'}\n"
        for each in results["claims"]
    )
    return 0


def measure(folder: Path, rows: int, *, rounds: int) -> dict[str, Any]:
    """Measure everything the claim rests on, and return it in the form of the results file."""
    described = machine()
    folder.mkdir(parents=True, exist_ok=True)
    warm, few, many = (folder / str(size) for size in (WARM_ROWS, rows // 10, rows))
    small = alternate("benchmarks.twin", CANDIDATES, few, warm, rounds=rounds)
    large = alternate("benchmarks.twin", GROWING, many, warm, rounds=rounds)
    claims = [*_claims(small, rows // 10), *_growth(small, large, rows)]
    return {
        "command": f"python -m benchmarks.twin --rows {rows}" + (" --quick" if rounds == 1 else ""),
        "machine": described,
        "rows": rows,
        "rounds": rounds,
        "claims": [asdict(claim) | {"met": claim.met} for claim in claims],
        "sizes": {
            str(size): {name: _figures(each, size) for name, each in runs.items()}
            for size, runs in ((rows // 10, small), (rows, large))
        },
    }


def _ours(path: Path, watch: Watch, name: str) -> None:
    plan = read_twin(data_folder() / "studies" / "kkp" / "twin.toml", read_rules("kkp"))
    with watch.stage("write"), TemporaryDirectory(dir=path.parent) as folder:
        write_twin(plan, Path(folder) / name, rows=int(path.name))


def _random_chunks(rows: int) -> Iterator[pa.Table]:
    """Yield random columns, a ministry's number of rows at a time."""
    words = {name: _random_words(*size) for name, size in WORDS.items()}
    for number, start in enumerate(range(0, rows, CHUNK)):
        random = np.random.default_rng([SEED, number])
        size = min(CHUNK, rows - start)
        columns: dict[str, Any] = {
            name: each.take(pa.array(random.integers(0, len(each), size))) for name, each in words.items()
        }
        columns["year"] = random.integers(2015, 2018, size)
        columns |= {name: np.round(random.uniform(0, 120, size), 2) for name in NUMBERS}
        yield pa.table(columns)


def _random_words(count: int, length: int) -> pa.Array:
    random = np.random.default_rng([SEED, count, length])
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz "))
    return pa.array(["".join(random.choice(letters, length)) for _ in range(count)], pa.large_string())


def _claims(runs: dict[str, Runs], rows: int) -> Iterator[Claim]:
    for name in ("parquet", "csv"):
        ours, peer = runs[f"ours_{name}"], runs[f"peer_{name}"]
        processor = ratio(ours.cpu_seconds(), peer.cpu_seconds())
        what = f"{rows} rows as {name}: ours / random columns written the same way"
        yield Claim(what, ratio(ours.seconds(), peer.seconds()), "x", at_most=2.0, cpu_value=processor)


def _growth(small: dict[str, Runs], large: dict[str, Runs], rows: int) -> Iterator[Claim]:
    few, many = small["ours_parquet"], large["ours_parquet"]
    yield Claim(
        f"peak memory of {rows} rows / of {rows // 10}",
        many.peak_bytes() / few.peak_bytes(),
        "x",
        at_most=1.25,
    )
    yield Claim(
        f"seconds of {rows} rows / of {rows // 10}", median(many.seconds()) / median(few.seconds()), "x",
        at_most=11.0, cpu_value=median(many.cpu_seconds()) / median(few.cpu_seconds()),
    )  # fmt: skip
    yield Claim(f"ours, {rows} rows as parquet", rows / median(many.seconds()), "rows/s")
    yield Claim(f"peak memory of {rows} rows", many.peak_bytes() / 1e6, "MB", at_most=1_000.0)


def _figures(runs: Runs, rows: int) -> dict[str, float]:
    seconds = median(runs.seconds())
    return {
        "seconds": seconds,
        "cpu_seconds": median(runs.cpu_seconds()),
        "rows_per_second": rows / seconds,
        "peak_bytes": runs.peak_bytes(),
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.twin", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the largest size, at least 1000")
    parser.add_argument("--quick", action="store_true", help="run each candidate once")
    parser.add_argument(
        "--data", type=Path, default=FOLDER / ".data", help="folder to write in; nothing stays there"
    )
    parser.add_argument("--out", type=Path, default=FOLDER / "results" / "twin.json", help="where results go")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
