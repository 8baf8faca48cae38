"""Running a multiverse: in several processes, resumed where an earlier run ended, and the same bytes however it went."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from bsc_analysis.errors import UseError, fault
from bsc_analysis.evidence.conclusions import ScoreConclusion
from bsc_analysis.evidence.griddocument import read_grid
from bsc_analysis.evidence.multiverse import Cell, Multiverse, Survival, survey
from bsc_analysis.evidence.scoresensitivity import BandFirmness
from bsc_analysis.evidence.weightsimplex import WeightRegions
from bsc_analysis.files import data_folder, read_text
from bsc_analysis.language.words import Label
from bsc_analysis.runs.multiversecache import Cache, material_key, study_key, task_key, write_atomically
from bsc_analysis.runs.multiversefiles import cells_csv, multiverse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bsc_analysis.evidence.multiversegrid import Grid
    from bsc_analysis.evidence.multiversetasks import Material, Task

GRID_FILE = "multiverse.toml"
NO_GRID = "study {study} declares no choices: put them into {where}"
BAD_JOBS = "the number of processes is {got}, allowed: a whole number from 1"


@dataclass(frozen=True, slots=True)
class MultiverseRun:
    """A multiverse that was run: what it says, the files it left, and how many of its tasks were computed just now."""

    multiverse: Multiverse
    survey: tuple[Survival, ...]
    files: tuple[Path, ...]
    n_tasks: int
    n_computed: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A multiverse without its grid, as it is kept for a run on which nothing has changed."""

    study: str
    unit: str
    cells: tuple[Cell, ...]
    printed: ScoreConclusion | None
    regions: WeightRegions | None
    firmness: tuple[BandFirmness, ...]
    bands: tuple[tuple[str, Label], ...]
    n_tasks: int


def run_multiverse(
    name: str,
    *,
    out: Path,
    data: str = "",
    jobs: int = 1,
    progress: Callable[[int, int], object] | None = None,
) -> MultiverseRun:
    """Compute every cell of a study's multiverse and write ``multiverse.json`` and ``cells.csv``.

    What is finished is kept at once in a folder ``cache`` beside them, so that a run that was ended in whatever way goes on
    where it stood. Files do not depend on the number of processes, nor on how often a run was interrupted.

    Parameters
    ----------
    name
        A study by name or folder; its folder has a ``multiverse.toml``.
    out
        The folder that receives ``multiverse/STUDY``.
    data
        The path of a file that takes the place of the study's own rows.
    jobs
        The number of processes.
    progress
        Called with the number of tasks that are done and the number of all, at the beginning and after each.

    Raises
    ------
    UseError
        When there is no such study or file, or it declares no choices.
    BscError
        When the study, its data or its grid are faulty; every fault is named.
    """
    if jobs < 1:
        raise UseError(fault(BAD_JOBS, got=jobs))
    folder = find_study(name)
    grid = _read_grid(folder)
    place = out / "multiverse" / folder.name
    wholes = Cache(place / "cache", Whole)
    key = study_key(folder, data)
    whole, computed = wholes.load(key), 0
    if whole is None:
        whole, computed = _compute(name, data, grid, folder, place, jobs, progress)
        wholes.store(key, whole)
    multiverse = _with_grid(whole, grid)
    surveyed = survey(multiverse)
    files = (place / "multiverse.json", place / "cells.csv")
    for path, text in zip(files, (multiverse_json(multiverse, surveyed), cells_csv(multiverse)), strict=True):
        write_atomically(path, text.encode())
    return MultiverseRun(multiverse, surveyed, files, whole.n_tasks, computed)


def find_study(name: str) -> Path:
    """Return the folder of a study.

    Raises
    ------
    UseError
        When there is none of this name; the nearest name is offered.
    """
    for folder in (data_folder() / "studies" / name, Path(name)):
        if (folder / "study.toml").is_file():
            return folder.resolve()
    from bsc_analysis.studies import list_studies, read_study

    read_study(name)  # offers the nearest name
    raise UseError(
        fault(
            "study {got} does not exist, allowed: {allowed}",
            got=repr(name),
            allowed=", ".join(list_studies()),
        )
    )


def compute_tasks(
    tasks: Iterable[tuple[str, Task]], material: Material, folder: Path, *, jobs: int = 1
) -> Iterable[str]:
    """Compute tasks, store the result of each under its key, and yield the key when it is stored.

    With several processes the order is that in which they finish; results are the same.
    """
    if jobs == 1:
        for key, task in tasks:
            yield store_task(key, task, material, folder)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        running = [pool.submit(store_task, key, task, material, folder) for key, task in tasks]
        try:
            for each in as_completed(running):
                yield each.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def store_task(key: str, task: Task, material: Material, folder: Path) -> str:
    """Compute one task with one thread, so that sums have one order, and store its result under its key."""
    from bsc_analysis.evidence.multiversetasks import TaskResult, run_task

    with threadpool_limits(1):
        result = run_task(task, material)
    Cache(folder, TaskResult).store(key, result)
    return key


def _read_grid(folder: Path) -> Grid:
    path = folder / GRID_FILE
    if not path.is_file():
        raise UseError(fault(NO_GRID, study=repr(folder.name), where=path))
    return read_grid(*read_text(path))


def _compute(
    name: str,
    data: str,
    grid: Grid,
    folder: Path,
    place: Path,
    jobs: int,
    progress: Callable[[int, int], object] | None,
) -> tuple[Whole, int]:
    # Slow to import, and not needed where nothing has changed.
    from bsc_analysis.evidence.multiversetasks import TaskResult
    from bsc_analysis.multiversedata import assemble, plan_multiverse
    from bsc_analysis.studies import read_study

    plan = plan_multiverse(read_study(name, data=data), grid, beside=folder)
    material = material_key(plan.material)
    keys = [task_key(task, material) for task in plan.tasks]
    cache = Cache(place / "cache", TaskResult)
    todo = [(key, task) for key, task in zip(keys, plan.tasks, strict=True) if cache.load(key) is None]
    report = progress or _say_nothing
    done = len(keys) - len(todo)
    report(done, len(keys))
    for _ in compute_tasks(todo, plan.material, cache.folder, jobs=min(jobs, max(1, len(todo)))):
        done += 1
        report(done, len(keys))
    results = [found for key in keys if (found := cache.load(key)) is not None]
    made = assemble(plan, results)
    return _without_grid(made, len(plan.tasks)), len(todo)


def _without_grid(made: Multiverse, n_tasks: int) -> Whole:
    return Whole(
        made.study, made.unit, made.cells, made.printed, made.regions, made.firmness, made.bands, n_tasks
    )


def _with_grid(whole: Whole, grid: Grid) -> Multiverse:
    return Multiverse(
        whole.study, whole.unit, grid, whole.cells, whole.printed, whole.regions, whole.firmness, whole.bands
    )


def _say_nothing(done: int, total: int) -> None:
    """Report nowhere."""


def _end_with_parent() -> None:
    """Let a process end when the one that started it does, even where that was killed."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_await_end, args=(parent.sentinel,), daemon=True).start()


def _await_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
