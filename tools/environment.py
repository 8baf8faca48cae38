"""Write environment.yml from pyproject.toml, or say where the two differ.

Dependencies are declared once, in ``pyproject.toml``; the conda file is a translation of that declaration. What conda-forge
does not carry stands under ``pip:``, followed by the checkout itself.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parent.parent
ONLY_FROM_PIP = frozenset({"semopy"})
CONDA_NAMES: dict[
    str, str
] = {}  # a name that differs on conda-forge: {"name on PyPI": "name on conda-forge"}
HEADER = "# Made from pyproject.toml by `python tools/environment.py`; change that file, not this one."


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` print every difference and return 1."""
    parser = argparse.ArgumentParser(description="Keep environment.yml in step with pyproject.toml.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    if parser.parse_args(arguments).check:
        found = faults(ROOT)
        print("\n".join(found) or "environment.yml mirrors pyproject.toml")
        return int(bool(found))
    (ROOT / "environment.yml").write_text(render(_project(ROOT)), encoding="utf-8")
    print("environment.yml written")
    return 0


def faults(root: Path) -> list[str]:
    """Return one sentence for each way in which environment.yml departs from pyproject.toml."""
    path = root / "environment.yml"
    if not path.is_file():
        return ["environment.yml: missing; write it with python tools/environment.py"]
    text = path.read_text(encoding="utf-8")
    return _differences(text, render(_project(root))) + _unreadable(conda_dependencies(text))


def render(project: dict[str, object]) -> str:
    """Return the text of environment.yml for the ``[project]`` table of a pyproject.toml."""
    requirements = [Requirement(str(line)) for line in _listed(project, "dependencies")]
    conda = [r for r in requirements if r.name not in ONLY_FROM_PIP]
    pip = [r for r in requirements if r.name in ONLY_FROM_PIP]
    lines = [
        HEADER,
        f"name: {project['name']}",
        "channels:",
        "  - conda-forge",
        "  - nodefaults",
        "dependencies:",
    ]
    lines += [f"  - python {project['requires-python']}", "  - pip"]
    lines += [f"  - {CONDA_NAMES.get(r.name, r.name)} {_bounds(r)}".rstrip() for r in conda]
    lines += ["  - pip:", *(f"      - {r.name}{_bounds(r)}" for r in pip), "      - -e ."]
    return "\n".join(lines) + "\n"


def conda_dependencies(text: str) -> list[str]:
    """Return the entries of ``dependencies:`` that conda itself resolves."""
    _, _, listed = text.partition("\ndependencies:\n")
    entries = [line.removeprefix("  - ") for line in listed.splitlines() if line.startswith("  - ")]
    return [entry for entry in entries if entry != "pip:"]


def _differences(found: str, expected: str) -> list[str]:
    """Name each line that stands in one text and not, at that place, in the other."""
    changes = list(difflib.ndiff(found.splitlines(), expected.splitlines()))
    surplus = [
        f"environment.yml: '{c[2:].strip()}' does not follow from pyproject.toml"
        for c in changes
        if c[0] == "-"
    ]
    lacking = [f"environment.yml: '{c[2:].strip()}' is missing or elsewhere" for c in changes if c[0] == "+"]
    return surplus + lacking


def _unreadable(entries: list[str]) -> list[str]:
    """Name each conda entry that the strict grammar of conda's own solver refuses."""
    refused = []
    for entry in entries:
        try:
            MatchSpec(entry, strict=True)
        except Exception as error:  # the parser's errors share no public base class
            refused.append(f"environment.yml: '{entry}' is not a conda match specification: {error}")
    return refused


def _project(root: Path) -> dict[str, object]:
    """Return the ``[project]`` table."""
    table: dict[str, object] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def _listed(project: dict[str, object], key: str) -> list[object]:
    """Return a list of the table, or refuse what is not one."""
    value = project.get(key, [])
    if not isinstance(value, list):
        raise TypeError(f"pyproject.toml: project.{key} is {value!r}, expected a list")
    return value


def _bounds(requirement: Requirement) -> str:
    """Return the version bounds, lower before upper, as both pip and conda read them."""
    return ",".join(sorted((str(part) for part in requirement.specifier), reverse=True))


if __name__ == "__main__":
    sys.exit(main())
