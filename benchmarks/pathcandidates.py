"""What is timed of path models: our bootstrap with all effects, raw and standardised, the peers, and merely drawing counts.

A stage is named by its number of draws. Peers run in a process of their own, in R or in another Python, and report what
their draws took: neither their start nor their reading of the file counts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.measure import Stage
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.resampling import bootstrap
from bsc_analysis.paths.rows import Rows, read_rows

if TYPE_CHECKING:
    from benchmarks.measure import Watch

MODEL = path_model("IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP")
FOLDER = Path(__file__).parent
OTHER_PYTHON = "BSC_PEERS_PYTHON"  # the Python that has pingouin and PyProcessMacro
FEW, MANY = 500, 5_000  # rows below which a file only warms up, and above which peers make fewer draws
DRAWS = {
    "lavaan": (100, 20),
    "lmfit": (1_000, 100),
    "semopy": (100, 50),
    "statsmodels": (200, 100),
    "lstsq": (1_000, 100),
    "pingouin": (1_000, 100),
    "processmacro": (1_000, 1_000),
    "fiml": (20, 5),
    "single": (20, 20),
}
HAS_LAVAAN = "quit(status = !nzchar(system.file(package = 'lavaan')))"
HAS_MODULE = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
TIMES, TIMES_SINGLE = 5, 200
GROWING = (1_000, 3_000, 10_000, 30_000)


def rows(path: Path, watch: Watch) -> None:
    """Bootstrap rows, and draw the same counts by NumPy, in turn; the first stage is the process before anything is done."""
    with watch.stage("imports"):
        pass
    data = _read(path)
    for draws, times in ((10_000, 1), (1_000, TIMES)):
        for _ in range(times):
            for interval in ("bca", "percentile"):
                with watch.stage(f"{interval} {draws}"):
                    bootstrap(MODEL, data, n_boot=draws, interval=interval)
            with watch.stage(f"counts {draws}"):
                _counts(data.n_obs, draws)
    with watch.stage("two workers 10000"):
        bootstrap(MODEL, data, n_boot=10_000, interval="bca", workers=2)
    with watch.stage("multinomial 1000"):
        np.random.default_rng(1).multinomial(data.n_obs, np.full(data.n_obs, 1 / data.n_obs), 1_000)


def growing(path: Path, watch: Watch) -> None:
    """Bootstrap with more and more draws."""
    data = _read(path)
    for draws in GROWING:
        with watch.stage(str(draws)):
            bootstrap(MODEL, data, n_boot=draws, interval="bca")


def thousand(path: Path, watch: Watch) -> None:
    """Bootstrap a thousand draws, a few times."""
    data = _read(path)
    for _ in range(TIMES):
        with watch.stage("1000"):
            bootstrap(MODEL, data, n_boot=1_000, interval="bca")


def clusters(path: Path, watch: Watch) -> None:
    """Bootstrap whole clusters, from the rows and from moments that exist, of these rows and of a hundred times as many."""
    data = read_rows(pd.read_csv(path), MODEL.observed, cluster="cluster")
    few = moments_of(data)
    many = Moments(few.names, few.n * 100, few.mean, few.products * 100, "cluster", few.labels)
    for _ in range(TIMES):
        for name, source in (("rows", data), ("moments", few), ("moments of 100 x", many)):
            with watch.stage(f"{name} 10000"):
                bootstrap(MODEL, source, n_boot=10_000, interval="bca")


def fiml_ours(path: Path, watch: Watch) -> None:
    """Bootstrap incomplete rows, each draw fitted by full information maximum likelihood."""
    data = _read(path)
    for _ in range(TIMES):
        with watch.stage("1000"):
            bootstrap(MODEL, data, n_boot=1_000, interval="bca", missing="fiml")


def single_ours(path: Path, watch: Watch) -> None:
    """Fit once with standard errors, and once more with every effect and its interval by the delta method."""
    data = _read(path)
    for _ in range(TIMES_SINGLE):
        with watch.stage("fit"):
            fit = fit_path(MODEL, data)
            _ = fit.se
        with watch.stage("fit and effects"):
            decompose(fit_path(MODEL, data), interval="delta")


def single_semopy(path: Path, watch: Watch) -> None:
    """Fit once by semopy, with standard errors."""
    from semopy import Model

    from benchmarks.pathpeers import NAMES, TEXT

    table = pd.read_csv(path)[list(NAMES)]
    for _ in range(DRAWS["single"][0]):
        with watch.stage("fit"):
            model = Model(TEXT)
            model.fit(table)
            model.inspect()


def single_statsmodels(path: Path, watch: Watch) -> None:
    """Fit the three equations once by statsmodels, with standard errors."""
    from statsmodels.api import OLS

    from benchmarks.pathpeers import EQUATIONS, NAMES

    values = pd.read_csv(path)[list(NAMES)].to_numpy(float)
    design = np.column_stack([np.ones(len(values)), values])
    for _ in range(TIMES_SINGLE):
        with watch.stage("fit"):
            for outcome, predictors in EQUATIONS:
                _ = OLS(values[:, outcome], design[:, [0, *(at + 1 for at in predictors)]]).fit().bse


def single_lavaan(path: Path, watch: Watch) -> None:
    """Fit by lavaan, with standard errors."""
    _outside("single", path, watch)


def fiml_lavaan(path: Path, watch: Watch) -> None:
    """Bootstrap incomplete rows by lavaan."""
    _outside("fiml", path, watch)


def lavaan(path: Path, watch: Watch) -> None:
    """Bootstrap by lavaan."""
    _outside("lavaan", path, watch)


def lmfit(path: Path, watch: Watch) -> None:
    """Bootstrap by a loop of ``.lm.fit``."""
    _outside("lmfit", path, watch)


def lstsq(path: Path, watch: Watch) -> None:
    """Bootstrap by a loop of ``numpy.linalg.lstsq``."""
    _outside("lstsq", path, watch)


def statsmodels(path: Path, watch: Watch) -> None:
    """Bootstrap by a loop of ``statsmodels.OLS``."""
    _outside("statsmodels", path, watch)


def semopy(path: Path, watch: Watch) -> None:
    """Bootstrap by refits of semopy."""
    _outside("semopy", path, watch)


def pingouin(path: Path, watch: Watch) -> None:
    """Bootstrap by pingouin."""
    _outside("pingouin", path, watch)


def processmacro(path: Path, watch: Watch) -> None:
    """Bootstrap by PyProcessMacro."""
    _outside("processmacro", path, watch)


def command_of(name: str) -> list[str] | None:
    """Return what starts a peer, or None where it is not there."""
    if name in ("lavaan", "lmfit", "fiml", "single"):
        script = shutil.which("Rscript")
        known = script and (name == "lmfit" or _succeeds([script, "-e", HAS_LAVAAN]))
        return [script, str(FOLDER / "pathpeers.R"), name] if script and known else None
    python = sys.executable
    if name in ("pingouin", "processmacro"):
        module = {"processmacro": "pyprocessmacro"}.get(name, name)
        python = os.environ.get(OTHER_PYTHON, "")
        if not python or not _succeeds([python, "-c", HAS_MODULE, module]):
            return None
    return [python, str(FOLDER / "pathpeers.py"), name]


def ask(name: str, path: Path, draws: int) -> dict[str, Any]:
    """Return what a peer reports: draws, seconds, processor seconds, and the effects in the data."""
    command = command_of(name)
    if command is None:
        raise RuntimeError(f"{name} is not installed")
    done = subprocess.run([*command, str(path), str(draws)], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _outside(name: str, path: Path, watch: Watch) -> None:
    watch.stages.append(_asked(name, path))


@cache
def _asked(name: str, path: Path) -> Stage:
    """Ask a peer once, however often our process measures it: it warms up by itself, and its memory is not claimed."""
    with path.open(encoding="utf-8") as lines:
        n = sum(1 for _ in lines) - 1
    few, many = DRAWS[name]
    said = ask(name, path, 2 if n < FEW else many if n > MANY else few)
    return Stage(str(said["draws"]), said["seconds"], said["cpu_seconds"], 0)


def _read(path: Path) -> Rows:
    return read_rows(pd.read_csv(path), MODEL.observed)


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def _counts(n: int, draws: int) -> None:
    """Draw how often each row is drawn, as plainly as NumPy can."""
    rng = np.random.default_rng(1)
    for _ in range(draws):
        np.bincount(rng.integers(0, n, n), minlength=n)
