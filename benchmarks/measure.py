"""Time and peak memory, every run in a fresh process, candidates in turn (A B A B), so that a busy minute hurts all alike.

A candidate is a function ``(path, watch)`` that wraps what counts in ``with watch.stage("name")``. The process runs it three
times: on a small file, so that no import is on anybody's bill; on the file itself for its memory; and again for its time.
So all are timed with the caches of their engine and the memory of their process equally warm; else the door, which ours
passes first, would warm them for ours alone.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent
PACKAGES = ("duckdb", "narwhals", "numpy", "pandas", "polars", "pyarrow")
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a run: wall seconds, processor seconds of all threads, and the process's highest memory meanwhile."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one candidate, each a tuple of its stages."""

    name: str
    runs: tuple[tuple[Stage, ...], ...]

    def seconds(self, *, without: Sequence[str] = ()) -> list[float]:
        """Return the wall seconds of each run, some stages left out."""
        return [sum(each.seconds for each in run if each.name not in without) for run in self.runs]

    def cpu_seconds(self, *, without: Sequence[str] = ()) -> list[float]:
        """Return the processor seconds of each run, some stages left out."""
        return [sum(each.cpu_seconds for each in run if each.name not in without) for run in self.runs]

    def peak_bytes(self, *, without: Sequence[str] = ()) -> int:
        """Return the median over the runs of the highest memory in any stage, some left out."""
        return round(median(max(s.peak_bytes for s in run if s.name not in without) for run in self.runs))

    def stage_seconds(self, name: str) -> float:
        """Return the median wall seconds of one stage."""
        return median(sum(each.seconds for each in run if each.name == name) for run in self.runs)


class Watch:
    """Times the stages of one run."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        _forget_peak()
        wall, processor = time.perf_counter(), time.process_time()
        yield
        spent = time.perf_counter() - wall, time.process_time() - processor
        self.stages.append(Stage(name, *spent, _peak_bytes()))


def alternate(module: str, names: Sequence[str], path: Path, warm: Path, *, rounds: int) -> dict[str, Runs]:
    """Run the candidates in turn, ``rounds`` times, and return what each took."""
    taken: dict[str, list[tuple[Stage, ...]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            taken[name].append(_run(module, name, path, warm))
    return {name: Runs(name, tuple(runs)) for name, runs in taken.items()}


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """Return the median of the ratios of runs that stood side by side."""
    return median(ours / theirs for ours, theirs in zip(of, to, strict=True))


def machine() -> dict[str, Any]:
    """Describe the machine and the software, as far as figures depend on them."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _run(module: str, name: str, path: Path, warm: Path) -> tuple[Stage, ...]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.measure",
        module,
        name,
        str(path.resolve()),
        str(warm.resolve()),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    return tuple(Stage(**each) for each in json.loads(done.stdout.splitlines()[-1]))


def _forget_peak() -> None:
    """Let the highest memory count from now on, where the system can."""
    if RESET.exists():
        RESET.write_text("5")


def _peak_bytes() -> int:
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return platform.processor()
    lines = information.read_text().splitlines()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def _measure_one(module: str, name: str, path: str, warm: str) -> str:
    candidate = getattr(import_module(module), name)
    candidate(Path(warm), Watch())
    memory, clock = Watch(), Watch()
    for watch in (memory, clock):
        candidate(Path(path), watch)
    stages = zip(memory.stages, clock.stages, strict=True)
    return json.dumps([asdict(replace(timed, peak_bytes=first.peak_bytes)) for first, timed in stages])


if __name__ == "__main__":
    sys.stdout.write(_measure_one(*sys.argv[1:]) + "\n")
