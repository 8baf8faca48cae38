"""The house keeps itself in order: each tool refuses what it is there to refuse, and passes what is right."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def load(name: str) -> ModuleType:
    """Import one of the tools, which are scripts and belong to no package."""
    specification = importlib.util.spec_from_file_location(f"house_{name}", ROOT / "tools" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


docs, environment, locks, notebooks = map(load, ("docs", "environment", "locks", "notebooks"))


# ---- notebooks -------------------------------------------------------------------------------------------------------


def code(name: str, source: str, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    } | more


def good_notebook() -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A title"},
            code(
                "parameters", "\n".join(f"p{n} = {n}" for n in range(10)), metadata={"tags": ["parameters"]}
            ),
            code("call", "# a comment\n\n" + "\n".join(f"print(p{n})" for n in range(8))),
        ],
    }


def faults_of(notebook: dict[str, Any], folder: Path) -> list[str]:
    path = folder / "a.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    found: list[str] = notebooks.faults(path)
    return found


def test_a_clean_notebook_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(good_notebook(), tmp_path) == []


def the_call(**change: Any) -> Callable[[dict[str, Any]], object]:
    """Return what spoils the last cell of a notebook by overwriting some of its keys."""
    return lambda notebook: notebook["cells"][2].update(change)


ONE_OUTPUT = {"output_type": "stream", "name": "stdout", "text": "1"}
NO_STATEMENT = "statement; a cell only calls the package"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (the_call(outputs=[ONE_OUTPUT]), ":cell 3: has outputs"),
        (the_call(execution_count=3), ":cell 3: has an execution count"),
        (the_call(metadata={"papermill": {}}), ":cell 3: has papermill metadata"),
        (
            the_call(metadata={"tags": ["parameters"]}),
            ": cells 2, 3 tagged 'parameters', expected exactly one",
        ),
        (the_call(id=None), ":cell 3: has no usable id: None"),
        (the_call(source="print(1)\n" * 9), ":cell 3: 9 code lines, at most 8 allowed"),
        (the_call(source="%pip install x"), ":cell 3: line 1 is not plain Python: invalid syntax"),
        (the_call(source="def f():\n    pass"), f":cell 3: line 1 has a 'def' {NO_STATEMENT}"),
        (the_call(source="class C:\n    pass"), f":cell 3: line 1 has a 'class' {NO_STATEMENT}"),
        (the_call(source="if 1:\n    for x in y: z"), f":cell 3: line 2 has a 'for' {NO_STATEMENT}"),
        (the_call(source="while x: y"), f":cell 3: line 1 has a 'while' {NO_STATEMENT}"),
        (
            lambda n: n["metadata"].update(papermill={}),
            ": metadata.papermill is the trace of a run; strip it",
        ),
        (lambda n: n["metadata"]["kernelspec"].pop("language"), ": metadata.kernelspec has no language"),
        (lambda n: n["metadata"]["kernelspec"].pop("name"), ": metadata.kernelspec has no name"),
        (lambda n: n.update(nbformat_minor=4), ": is older than notebook format 4.5, which has no cell ids"),
        (lambda n: n["cells"].pop(1), ": no cell tagged 'parameters', expected exactly one"),
        (
            lambda n: n["cells"][1].update(cell_type="markdown"),
            ":cell 2: tagged 'parameters' but is a markdown cell",
        ),
        (lambda n: n["cells"].pop(0), ":cell 1: is not a markdown cell that starts with a title ('# ...')"),
        (
            lambda n: n["cells"].extend(code(f"more-{i}", "print(1)\n" * 8) for i in range(3)),
            ": 42 code lines, fewer than 40 allowed; move work into the package",
        ),
    ],
)
def test_each_fault_of_a_notebook_is_named_and_nothing_else(
    spoil: Callable[[dict[str, Any]], object], sentence: str, tmp_path: Path
) -> None:
    notebook = good_notebook()
    spoil(notebook)
    assert faults_of(notebook, tmp_path) == [f"a.ipynb{sentence}"]


def test_a_shared_cell_id_is_named_at_both_cells(tmp_path: Path) -> None:
    notebook = good_notebook()
    notebook["cells"][2]["id"] = "title"
    assert [fault[:15] for fault in faults_of(notebook, tmp_path)] == ["a.ipynb:cell 1:", "a.ipynb:cell 3:"]


def test_what_the_format_does_not_know_is_refused(tmp_path: Path) -> None:
    notebook = good_notebook()
    notebook["cells"][2]["surprise"] = True
    (fault,) = faults_of(notebook, tmp_path)
    assert fault.startswith("a.ipynb: is not a valid notebook: ")


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    notebook = good_notebook()
    notebook["metadata"] = {"papermill": {}}
    notebook["cells"][2] |= {"execution_count": 1, "outputs": [ONE_OUTPUT], "source": "while x: y"}
    assert len(faults_of(notebook, tmp_path)) == 6


def test_a_file_that_is_no_notebook_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("{", encoding="utf-8")
    (fault,) = notebooks.faults(path)
    assert fault.startswith("a.ipynb: is not JSON: ")


def test_fix_removes_the_traces_of_a_run_and_then_leaves_the_file_alone(tmp_path: Path) -> None:
    path, notebook = tmp_path / "a.ipynb", good_notebook()
    notebook["metadata"]["papermill"] = {"duration": 1}
    notebook["cells"][2] |= {"execution_count": 1, "metadata": {"papermill": {"duration": 1}}}
    notebook["cells"][2]["outputs"] = [ONE_OUTPUT]
    del notebook["cells"][2]["id"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert notebooks.fix(path)
    assert notebooks.faults(path) == []
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][2]["id"] == "cell-3"
    assert not notebooks.fix(path)


def test_no_notebooks_at_all_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    assert notebooks.main(["--check"]) == 0
    assert notebooks.main(["--fix"]) == 0


# ---- environment -----------------------------------------------------------------------------------------------------


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """Make a folder with a small pyproject.toml and the environment.yml that follows from it."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nrequires-python = ">=3.11,<3.14"\ndependencies = ["pandas>=3.0,<4", "semopy>=2.3"]\n'
        '[dependency-groups]\nbuild = ["hatchling>=1"]\ndev = ["ruff>=0.13"]\n',
        encoding="utf-8",
    )
    project = environment._project(tmp_path)
    (tmp_path / "environment.yml").write_text(environment.render(project), encoding="utf-8")
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_environment_splits_what_conda_and_what_pip_installs(declared: Path) -> None:
    text = (declared / "environment.yml").read_text(encoding="utf-8")
    assert environment.conda_dependencies(text) == ["python >=3.11,<3.14", "pip", "pandas >=3.0,<4"]
    assert text.endswith("  - pip:\n      - semopy>=2.3\n      - -e .\n")
    assert environment.faults(declared) == []


def test_a_removed_line_of_the_environment_is_named(declared: Path) -> None:
    edit(declared / "environment.yml", "  - pandas >=3.0,<4\n", "")
    assert environment.faults(declared) == ["environment.yml: '- pandas >=3.0,<4' is missing or elsewhere"]


def test_an_altered_line_of_the_environment_is_named_both_ways(declared: Path) -> None:
    edit(declared / "environment.yml", "pandas >=3.0,<4", "pandas >=2.0")
    assert environment.faults(declared) == [
        "environment.yml: '- pandas >=2.0' does not follow from pyproject.toml",
        "environment.yml: '- pandas >=3.0,<4' is missing or elsewhere",
    ]


def test_what_conda_cannot_parse_is_refused(declared: Path) -> None:
    edit(declared / "environment.yml", "pandas >=3.0,<4", "pandas >=3.0,,<4 ==")
    assert any("is not a conda match specification" in fault for fault in environment.faults(declared))


def test_a_missing_environment_is_a_fault_and_no_crash(declared: Path) -> None:
    (declared / "environment.yml").unlink()
    assert len(environment.faults(declared)) == 1


def test_the_committed_environment_has_what_its_readers_look_for() -> None:
    assert environment.faults(ROOT) == []
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    names = {entry.split()[0] for entry in environment.conda_dependencies(text)}
    assert {"python", "jupyterlab", "pandas", "statsmodels", "matplotlib", "papermill"} <= names
    assert "semopy" not in names
    assert re.search(r"(?m)^ {6}- semopy", text)


# ---- locks -----------------------------------------------------------------------------------------------------------

HASH = "--hash=sha256:" + "0" * 64


def lock_text(*pins: str) -> str:
    return "# remade by make lock\n" + "".join(f"{pin} \\\n    {HASH}\n    # via x\n" for pin in pins)


@pytest.fixture
def locked(declared: Path) -> Path:
    """Add two faultless locks to the small declaration."""
    runtime = ["hatchling==1.2", "pandas==3.1.1", "semopy==2.3.11"]
    (declared / "requirements.lock").write_text(lock_text(*runtime), encoding="utf-8")
    (declared / "requirements-dev.lock").write_text(lock_text(*runtime, "ruff==0.13.1"), encoding="utf-8")
    return declared


def test_faultless_locks_pass(locked: Path) -> None:
    assert locks.faults(locked) == []
    assert locks.faults(ROOT) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            "requirements.lock",
            f"semopy==2.3.11 \\\n    {HASH}\n",
            "",
            "requirements.lock: 'semopy>=2.3' is declared in pyproject.toml and not pinned; run make lock",
        ),
        (
            "requirements-dev.lock",
            "ruff==0.13.1",
            "ruff==0.12.0",
            "requirements-dev.lock: ruff==0.12.0 does not satisfy 'ruff>=0.13'; run make lock",
        ),
        (
            "requirements-dev.lock",
            "pandas==3.1.1",
            "pandas==3.1.2",
            "requirements-dev.lock: pandas==3.1.1 of requirements.lock is missing or different",
        ),
        (
            "requirements.lock",
            f"pandas==3.1.1 \\\n    {HASH}",
            "pandas==3.1.1",
            "requirements.lock: pandas==3.1.1 has no hash",
        ),
        (
            "requirements.lock",
            "hatchling==",
            "--extra-option https://example.org\nhatchling==",
            "requirements.lock: line 2 names a place to fetch from: '--extra-option https://example.org'",
        ),
        (
            "requirements.lock",
            "remade by make lock",
            "",
            "requirements.lock: the header does not say that `make lock` remakes it",
        ),
    ],
)
def test_each_fault_of_a_lock_is_named(name: str, old: str, new: str, sentence: str, locked: Path) -> None:
    edit(locked / name, old, new)
    assert locks.faults(locked) == [sentence]


def test_a_missing_lock_is_a_fault_and_no_crash(locked: Path) -> None:
    (locked / "requirements-dev.lock").unlink()
    assert locks.faults(locked) == ["requirements-dev.lock: missing; remake it with make lock"]


# ---- documents -------------------------------------------------------------------------------------------------------


@pytest.fixture
def documented(tmp_path: Path) -> Path:
    """Make a small checkout whose documents are in step."""
    texts = {
        "pyproject.toml": '[project]\nversion = "1.2.0"\n',
        "CITATION.cff": 'version: 1.2.0\ndate-released: "2026-01-02"\n',
        "CHANGELOG.md": "## [Unreleased]\n\n## [1.2.0] - 2026-01-02\n\n## [1.1.0] - 2025-01-02\n",
        "Makefile": "study:\n\ttrue\n",
        "CONTRIBUTING.md": "# Two words\n\n## Two words\n\n[twice](#two-words-1)\n",
        "README.md": "[a](docs/architecture.md#the-rooms) ![p](docs/p.svg 'T') `make study`\n\n```sh\nmake study\n[x](y)\n```\n",
        "docs/architecture.md": "## The *rooms*\n\n| `scorecards/rules.py` | x |\n| `__init__.py` | y |\n",
        "docs/p.svg": "<svg/>",
        "bsc_analysis/__init__.py": "",
        "bsc_analysis/scorecards/__init__.py": "",
        "bsc_analysis/scorecards/rules.py": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_documents_in_step_have_no_fault(documented: Path) -> None:
    assert docs.faults(documented) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("README.md", "p.svg", "q.svg", "README.md: link 'docs/q.svg' leads to no committed file"),
        ("README.md", "docs/p.svg", "../p.svg", "README.md: link '../p.svg' leads to no committed file"),
        (
            "README.md",
            "#the-rooms",
            "#the-floors",
            "README.md: link 'docs/architecture.md#the-floors' names no heading of docs/architecture.md",
        ),
        (
            "CONTRIBUTING.md",
            "-1)",
            "-2)",
            "CONTRIBUTING.md: link '#two-words-2' names no heading of CONTRIBUTING.md",
        ),
        ("CITATION.cff", "1.2.0", "1.1.0", "CITATION.cff: version 1.1.0, pyproject.toml has 1.2.0"),
        ("CITATION.cff", "2026", "2025", "CITATION.cff: released 2025-01-02, CHANGELOG.md says 2026-01-02"),
        (
            "CHANGELOG.md",
            "[1.2.0]",
            "[1.3.0]",
            "CHANGELOG.md: newest section is 1.3.0, pyproject.toml has 1.2.0",
        ),
        (
            "docs/architecture.md",
            "| `scorecards/rules.py` | x |\n",
            "",
            "docs/architecture.md: no table names `scorecards/rules.py`",
        ),
        (
            "docs/architecture.md",
            "| y |",
            "| `paths/gone.py` |",
            "docs/architecture.md: `paths/gone.py` does not exist",
        ),
        ("README.md", "`make study`", "`make stduy`", "README.md: `make stduy` is no target of the Makefile"),
        (
            "Makefile",
            "true",
            "ls /ho" + "me/someone",
            "Makefile: line 2 names a machine path or a package index: /ho" + "me/someone",
        ),
        (
            "README.md",
            "[a]",
            "from py" + "pi.org [a]",
            "README.md: line 1 names a machine path or a package index: py" + "pi.org",
        ),
    ],
)
def test_each_fault_of_the_documents_is_named(
    name: str, old: str, new: str, sentence: str, documented: Path
) -> None:
    edit(documented / name, old, new)
    assert docs.faults(documented) == [sentence]


def test_missing_documents_are_faults_and_no_crash(documented: Path) -> None:
    (documented / "README.md").unlink()
    (documented / "docs" / "architecture.md").unlink()
    found = docs.faults(documented)
    assert found[:2] == ["README.md: missing", "docs/architecture.md: missing"]


def test_only_what_git_would_commit_counts(documented: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    subprocess.run([git, "init", "-q", str(documented)], check=True)
    (documented / ".gitignore").write_text("p.svg\n", encoding="utf-8")
    assert docs.faults(documented) == ["README.md: link 'docs/p.svg' leads to no committed file"]


def test_documents_and_code_of_this_checkout_are_in_step() -> None:
    assert docs.faults(ROOT) == []


# ---- the habits themselves -------------------------------------------------------------------------------------------


def test_pre_commit_runs_the_steps_of_make_check() -> None:
    recipe = re.search(r"(?m)^check:.*?\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert recipe is not None
    steps = re.findall(r"(?m)^\t@\$\(BIN\)/(.+)$", recipe[1])
    hooks = re.findall(
        r"(?m)^ +entry: \.venv/bin/(.+)$", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    )
    assert steps == hooks
    assert len(steps) == 9


def run_skipping_tests(folder: Path, ci: str) -> str:
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "conftest.py")
    (folder / "test_one.py").write_text(
        "import pytest\n\ndef test_skipped():\n    pytest.skip('no browser')\n\n"
        "@pytest.mark.xfail\ndef test_expected():\n    assert False\n",
        encoding="utf-8",
    )
    (folder / "test_whole.py").write_text(
        "import pytest\npytest.importorskip('no_such_module')\n", encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-ra",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
        ".",
    ]
    surroundings = os.environ | {"CI": ci, "PY_COLORS": "0"}
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    ).stdout


def test_a_skip_fails_where_nothing_may_be_left_out(tmp_path: Path) -> None:
    output = run_skipping_tests(tmp_path, "true")
    assert "nothing may be left out when CI=true: Skipped: no browser" in output
    assert "nothing may be left out when CI=true: Skipped: could not import 'no_such_module'" in output
    assert re.search(r"1 failed, 1 xfailed, 1 error\b", output)


def test_a_skip_is_listed_with_its_reason_elsewhere(tmp_path: Path) -> None:
    output = run_skipping_tests(tmp_path, "")
    assert "no browser" in output
    assert re.search(r"2 skipped, 1 xfailed\b", output)
