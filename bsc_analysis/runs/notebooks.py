"""Running a study: its notebooks through papermill from one warm process, into one folder, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import BscError, RunError, StudyError, UseError, fault
from bsc_analysis.language.words import LANGUAGES, Language, say
from bsc_analysis.runs.labels import check_labels
from bsc_analysis.runs.pages import write_page
from bsc_analysis.runs.parameters import Parameter, Value, check_parameters, read_parameters
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.studies import Study, read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ONE_STUDY = "a data file takes the place of one study's rows, got {count} studies: name one"
CELL_TIMEOUT_SECONDS = 600
QUIET_KERNEL = "--IPKernelApp.log_level=50"  # what a cell raises comes through the protocol, not through the kernel's log


@dataclass(frozen=True, slots=True)
class Step:
    """One notebook of one study, done."""

    study: str
    notebook: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of one study left: its folder, the exhibits in it, and the headline sentences."""

    study: str
    folder: Path
    exhibits: tuple[str, ...]
    headlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    study: str
    id: str
    notebooks: tuple[Path, ...]
    declared: tuple[frozenset[str], ...]
    values: dict[str, Value]


def run_studies(
    names: Sequence[str],
    *,
    out: Path,
    given: Mapping[str, str],
    report: Callable[[Step], None] | None = None,
) -> tuple[Run, ...]:
    """Run the notebooks of one or more studies.

    Everything that can be refused is refused before the first notebook starts. Each study's folder appears when all
    its notebooks have come to their end; one from an earlier run is replaced then.

    Parameters
    ----------
    names
        Studies by name or folder.
    out
        The folder that receives one folder per study.
    given
        Parameters for the notebooks, as text.
    report
        Called after each notebook.

    Raises
    ------
    UseError, BscError
        When a study, a parameter or a study's data are not fit to run; nothing is written.
    RunError
        When a notebook fails; the partial notebook is kept in ``out/failed/STUDY``.
    """
    if given.get("data") and len(names) > 1:
        raise UseError(fault(ONE_STUDY, count=len(names)))
    plans = [_plan(name, given) for name in names]
    return tuple(_run(plan, out, report or _say_nothing) for plan in plans)


def _say_nothing(_: Step) -> None:
    """Report nowhere."""


def notebook_folder() -> Path:
    """Return the folder with the notebooks that come with the package."""
    packaged = Path(__file__).parent.parent / "_notebooks"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent.parent / "notebooks"


def _plan(name: str, given: Mapping[str, str]) -> _Plan:
    study = read_study(name)
    notebooks = _notebooks(study)
    declared = [read_parameters(path) for path in notebooks]
    everything: dict[str, Parameter] = {
        key: parameter for each in declared for key, parameter in each.items()
    }
    values = check_parameters(given, everything)
    _rehearse(name, values)
    return _Plan(name, study.id, notebooks, tuple(frozenset(each) for each in declared), values)


def _notebooks(study: Study) -> tuple[Path, ...]:
    """Return the notebooks a study names; only those that come with the package are ever executed."""
    known = {path.stem: path for path in sorted(notebook_folder().glob("*.ipynb"))}
    sentence = "study {study} names the notebook {got}, allowed: {allowed}"
    faults = [
        fault(sentence, study=study.id, got=repr(each), allowed=", ".join(known))
        for each in study.notebooks
        if each not in known
    ]
    if faults:
        raise StudyError(*faults)
    return tuple(known[each] for each in study.notebooks)


def _rehearse(name: str, values: Mapping[str, Any]) -> Study:
    """Read and score the study as the notebooks will, so that faulty data stop the run before it starts."""
    choices = {key: values[key] for key in ("years", "rules", "missing", "data") if key in values}
    study = read_study(name, **choices)
    if study.observations is not None:
        try:
            score(study.observations, study.rules)
        except BscError as faulty:
            raise faulty.located(study.id) from None
    return study


def _run(plan: _Plan, out: Path, report: Callable[[Step], None]) -> Run:
    study = plan.id
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=out, prefix=f".{study}-"))
    try:
        headlines = [line for each in _execute(plan, study, scratch, out, report) for line in each]
        folder = _put_in_place(scratch, out / study)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    exhibits = tuple(sorted(path.stem for path in (folder / "exhibits").glob("*.json")))
    return Run(study, folder, exhibits, tuple(headlines))


def _execute(
    plan: _Plan, study: str, scratch: Path, out: Path, report: Callable[[Step], None]
) -> list[tuple[str, ...]]:
    for part in ("notebooks", "exhibits"):
        (scratch / part).mkdir()
    headlines = []
    for source, declared in zip(plan.notebooks, plan.declared, strict=True):
        started = time.perf_counter()
        executed = scratch / "notebooks" / source.name
        parameters = plan.values | {"study": plan.study, "out": str((scratch / "exhibits").resolve())}
        own = {name: value for name, value in parameters.items() if name in declared}
        try:
            _papermill(source, executed, own)
        except Exception as broken:
            raise _failure(study, source.stem, executed, out, broken) from broken
        write_page(executed, scratch / f"{source.stem}.html", language=_language(plan.values))
        headlines.append(read_headlines(executed))
        report(Step(study, source.stem, time.perf_counter() - started))
    return headlines


def _papermill(source: Path, executed: Path, parameters: dict[str, Value]) -> None:
    import papermill

    papermill.execute_notebook(
        source,
        executed,
        parameters=parameters,
        kernel_name="python3",
        progress_bar=False,
        execution_timeout=CELL_TIMEOUT_SECONDS,
        extra_arguments=[QUIET_KERNEL],
        cwd=str(Path.cwd()),
    )


def _failure(study: str, notebook: str, executed: Path, out: Path, broken: Exception) -> RunError:
    """Keep the partial notebook and say where it broke."""
    kept = out / "failed" / study / f"{notebook}.ipynb"
    if executed.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.replace(executed, kept)  # noqa: PTH105 - atomic within one file system
    reason = getattr(broken, "ename", type(broken).__name__)
    message = " ".join(str(getattr(broken, "evalue", broken)).split())
    sentence = (
        "study {study}, notebook {notebook}, cell {cell}: {reason}: {message} (partial notebook: {kept})"
    )
    cell = getattr(broken, "exec_count", None) or "?"
    return RunError(
        fault(sentence, study=study, notebook=notebook, cell=cell, reason=reason, message=message, kept=kept)
    )


def _put_in_place(scratch: Path, folder: Path) -> Path:
    """Let the finished folder appear at once, in the place of an earlier one; one that hides what its data are does not."""
    if unlabelled := check_labels(scratch):
        raise RunError(*unlabelled)
    (scratch / "run.json").write_text(_record(scratch), encoding="utf-8")
    scratch.chmod(0o755)
    if folder.exists():
        retired = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-old-"))
        os.replace(folder, retired / folder.name)  # noqa: PTH105
        os.replace(scratch, folder)  # noqa: PTH105
        shutil.rmtree(retired)
    else:
        os.replace(scratch, folder)  # noqa: PTH105
    return folder


def _record(scratch: Path) -> str:
    """List which notebook wrote which exhibit files."""
    sidecars = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((scratch / "exhibits").glob("*.json"))
    ]
    exhibits = {each["id"]: sorted(each["files"]) for each in sidecars}
    notebooks = sorted(path.name for path in (scratch / "notebooks").glob("*.ipynb"))
    return json.dumps({"exhibits": exhibits, "notebooks": notebooks}, indent=2, sort_keys=True) + "\n"


def read_headlines(executed: Path) -> tuple[str, ...]:
    """Return what the cells tagged ``headline`` of an executed notebook say."""
    import nbformat

    cells = nbformat.read(executed, as_version=4).cells
    outputs = [
        output for cell in cells if "headline" in cell.metadata.get("tags", []) for output in cell.outputs
    ]
    return tuple(
        str(output["data"]["text/plain"]) for output in outputs if "text/plain" in output.get("data", {})
    )


def _language(values: Mapping[str, Value]) -> Language:
    chosen = values.get("language", "en")
    return next((language for language in LANGUAGES if language == chosen), "en")


def describe_step(step: Step, language: Language) -> str:
    """Say that a notebook is done."""
    return say("{study}: {notebook} done in {seconds} s", language, study=step.study, notebook=step.notebook,
               seconds=f"{step.seconds:.1f}")  # fmt: skip
