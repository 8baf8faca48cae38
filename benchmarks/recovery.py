"""The claim: what is built into a twin comes out of the pipeline: its paths without bias, and a lag where there is one, nowhere else.

``python -m benchmarks.recovery`` makes twins of the ministry's size with 300 seeds, without calibration to the sample, once
without and once with a lag; scores each from its indicator records, fits the path model and the panel model as the study
does, writes ``benchmarks/results/recovery.json`` and renews the tables of ``docs/recovery.md``; ``--tables`` renews the
tables alone. The figures do not depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from bsc_analysis.errors import Fault
from bsc_analysis.pathdata import find_lags, path_rows
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.smalleffects import SESOI
from bsc_analysis.studies import read_study
from bsc_analysis.twins.making import make_twin
from bsc_analysis.twins.plan import vary_twin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bsc_analysis.studies import Study
    from bsc_analysis.twins.plan import Edge, TwinPlan

FOLDER = Path(__file__).parent
STUDY, SEEDS, LEVEL = "kkp", 300, 0.95
BUILT_IN: Edge = ("CP", "SH")
SIZE = 0.3  # of the lag that is built in, standardised
SETTINGS = {"without a lag": 0.0, "with a lag": SIZE}
LEAST, MOST = 0.92, 0.98
ESTIMATE, LOWER, UPPER, FOUND = range(4)


@dataclass(frozen=True, slots=True)
class Recovered:
    """One coefficient over all seeds of a setting.

    ``mc_error`` is the standard error that the number of seeds leaves of the mean, ``coverage_error`` that of the coverage;
    ``spread`` is the standard deviation of the estimates and ``error`` the mean of their standard errors; ``found`` is the
    share of seeds in which a later effect differs from 0, and 0 for paths of the year itself.
    """

    setting: str
    path: str
    truth: float
    mean: float
    bias: float
    mc_error: float
    spread: float
    error: float
    coverage: float
    coverage_error: float
    found: float


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that must hold: its value, and what is required of it."""

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the value is within its bounds."""
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the twins, write the results and the tables."""
    options = _options(arguments)
    if not options.tables:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        results = recover(options.seeds, options.workers)
        options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    results = json.loads(options.out.read_text(encoding="utf-8"))
    if options.docs.exists():
        text = options.docs.read_text(encoding="utf-8")
        options.docs.write_text(with_tables(text, results), encoding="utf-8")
    sys.stdout.write("\n".join(_claim_table(results["claims"])) + "\n")
    return 0


def recover(seeds: int, workers: int) -> dict[str, Any]:
    """Return what became of every coefficient over the seeds 1 to ``seeds``, with and without a lag."""
    tasks = [(seed, lag) for lag in SETTINGS.values() for seed in range(1, seeds + 1)]
    with ProcessPoolExecutor(workers, initializer=partial(threadpool_limits, 1)) as pool:
        done = list(pool.map(_of_seed, tasks, chunksize=5))
    plan = _twin_of(_study())
    same: list[Recovered] = []
    later: list[Recovered] = []
    chance = {}
    for at, (setting, lag) in enumerate(SETTINGS.items()):
        drawn = np.array(done[at * seeds : (at + 1) * seeds])
        truths = np.array([lag * (edge == BUILT_IN) for edge, _ in plan.paths])
        same += summarise(setting, plan, np.array([value for _, value in plan.paths]), drawn[:, 0])
        later += summarise(setting, plan, truths, drawn[:, 1])
        chance[setting] = round(float(drawn[:, 1, truths == 0, FOUND].any(axis=1).mean()), 6)
    return {
        "command": f"python -m benchmarks.recovery --seeds {seeds}",
        "seeds": seeds,
        "level": LEVEL,
        "claims": [asdict(each) | {"met": each.met} for each in judge(same, later, chance)],
        "any_false_lag": chance,
        "same_year": [asdict(each) for each in same],
        "year_later": [asdict(each) for each in later],
    }


def estimates_of(study: Study, seed: int, lag: float) -> NDArray[np.float64]:
    """Return the estimates of one twin, (2, 6 paths, 5): the paths over unit-years, and those of the year before.

    The last axis has the standardised coefficient, the ends of its interval, whether its later effect differs from 0 after
    Holm's adjustment (opposed ones count), and its standard error.
    """
    lags = {" -> ".join(BUILT_IN): lag} if lag else {}
    plan = vary_twin(_twin_of(study), seed=seed, calibration="population", lag=lags)
    case = replace(study, observations=make_twin(plan).observations, twin=plan)
    return np.array([_paths_of(case, plan), _lags_of(case, plan)])


def summarise(
    setting: str, plan: TwinPlan, truths: NDArray[np.float64], drawn: NDArray[np.float64]
) -> list[Recovered]:
    """Return what became of each path, from estimates (seeds, paths, 5)."""
    n = len(drawn)
    found = []
    for at, (edge, _) in enumerate(plan.paths):
        own, truth = drawn[:, at], float(truths[at])
        mean, spread = float(own[:, ESTIMATE].mean()), float(own[:, ESTIMATE].std(ddof=1))
        coverage = float(((own[:, LOWER] <= truth) & (truth <= own[:, UPPER])).mean())
        figures = (
            truth, mean, mean - truth, spread / np.sqrt(n), spread, float(own[:, -1].mean()), coverage,
            np.sqrt(coverage * (1 - coverage) / n),
        )  # fmt: skip
        rounded = (round(float(each), 6) for each in figures)
        found.append(Recovered(setting, " -> ".join(edge), *rounded, round(float(own[:, FOUND].mean()), 6)))
    return found


def judge(same: Sequence[Recovered], later: Sequence[Recovered], chance: dict[str, float]) -> list[Claim]:
    """Hold the figures against what is required of them.

    A bias lies within Monte Carlo error when it is not larger than so many of them as the largest of six unbiased means
    exceeds in 5 of 100 repetitions of everything: 2.64 by Bonferroni.
    """
    none, lagged = SETTINGS
    claims = []
    for setting in SETTINGS:
        own = [each for each in same if each.setting == setting]
        bound = round(float(ndtri(1 - (1 - LEVEL) / 2 / len(own))), 2)
        largest = max(abs(each.bias) / each.mc_error for each in own)
        pooled = float(np.mean([each.coverage for each in own]))
        claims += [
            Claim(
                f"largest bias of a path, in Monte Carlo errors, {setting}", round(largest, 3), at_most=bound
            ),
            Claim(f"coverage of all paths, {setting}", round(pooled, 6), LEAST, MOST),
            Claim(f"lowest coverage of a path, {setting}", min(each.coverage for each in own), LEAST, MOST),
            Claim(f"highest coverage of a path, {setting}", max(each.coverage for each in own), LEAST, MOST),
        ]
    (built,) = (each for each in later if each.setting == lagged and each.path == " -> ".join(BUILT_IN))
    return [
        *claims,
        Claim(f"lag found where it was built in ({built.path})", built.found, at_least=0.95),
        *(
            Claim(f"any lag found where there is none, {each}", chance[each], at_most=0.10)
            for each in (none, lagged)
        ),
    ]


def with_tables(text: str, results: dict[str, Any]) -> str:
    """Return a document with its tables renewed: each stands between ``<!-- NAME -->`` and ``<!-- end -->``."""
    same, later = ([Recovered(**each) for each in results[key]] for key in ("same_year", "year_later"))
    tables = {
        "made": [f"`{results['command']}`"],
        "claims": _claim_table(results["claims"]),
        "paths": _table(same),
        "lags": _table(later, found=True),
    }
    for name, lines in tables.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        text = between.sub("\\g<1>" + "\n".join(lines) + "\n\\g<2>", text)
    return text


def _paths_of(case: Study, plan: TwinPlan) -> NDArray[np.float64]:
    """Return the paths over all unit-years with errors by the study's cluster, (paths, 5)."""
    model = case.model
    assert model is not None  # noqa: S101
    effects = decompose(fit_path(model, path_rows(case, model), se="cluster"), interval="delta", level=LEVEL)
    names = [str(name) for name in effects.names]
    at = [names.index(" -> ".join(edge)) for edge, _ in plan.paths]
    columns = [effects.beta, effects.beta_lower, effects.beta_upper, np.zeros(len(names)), effects.beta_se]
    return np.column_stack(columns)[at]


def _lags_of(case: Study, plan: TwinPlan) -> NDArray[np.float64]:
    """Return the paths from the year before as the study judges them, (paths, 5)."""
    found = find_lags(case, sesoi=SESOI, level=LEVEL)
    assert not isinstance(found, Fault)  # noqa: S101
    later = {(each.start, each.end): (each.later, each.verdict) for each in found.paths}
    reach = 2 * float(ndtri((1 + LEVEL) / 2))
    rows = [
        (timed.beta, timed.lower, timed.upper, verdict != "not found", (timed.upper - timed.lower) / reach)
        for timed, verdict in (later[edge] for edge, _ in plan.paths)
    ]
    return np.array(rows, float)


@cache
def _study() -> Study:
    return read_study(STUDY)


def _twin_of(study: Study) -> TwinPlan:
    assert study.twin is not None  # noqa: S101
    return study.twin


def _of_seed(task: tuple[int, float]) -> NDArray[np.float64]:
    return estimates_of(_study(), *task)


def _table(rows: Sequence[Recovered], *, found: bool = False) -> list[str]:
    heads = ["twin", "path", "truth", "mean", "bias", "MC error", "sd", "mean se", "coverage %"]
    heads += ["found %"] if found else []
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for each in rows:
        figures = (each.truth, each.mean, each.bias, each.mc_error, each.spread, each.error)
        cells = [each.setting, each.path, *map(_written, figures)]
        cells.append(f"{100 * each.coverage:.1f} ({100 * each.coverage_error:.1f})")
        cells += [f"{100 * each.found:.1f}"] if found else []
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _written(figure: float) -> str:
    """Write a figure with four decimals; what rounds to nought has no sign."""
    return f"{round(figure, 4) + 0.0:.4f}"


def _claim_table(claims: Sequence[dict[str, Any]]) -> list[str]:
    lines = ["| what | value | required | met |", "|---|---|---|---|"]
    for each in claims:
        bounds = [f"at least {each['at_least']:g}"] if each["at_least"] is not None else []
        bounds += [f"at most {each['at_most']:g}"] if each["at_most"] is not None else []
        lines.append(
            f"| {each['what']} | {each['value']:.3f} | {', '.join(bounds)} | {'yes' if each['met'] else 'no'} |"
        )
    return lines


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recovery", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="twins with each setting")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--tables", action="store_true", help="renew the tables from results that exist")
    parser.add_argument(
        "--out", type=Path, default=FOLDER / "results" / "recovery.json", help="where results go"
    )
    parser.add_argument(
        "--docs",
        type=Path,
        default=FOLDER.parent / "docs" / "recovery.md",
        help="the document with the tables",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
