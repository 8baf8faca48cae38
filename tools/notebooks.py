"""Keep the committed notebooks clean: they call the package and explain, and carry no results.

``--check`` prints every fault, one line each; ``--fix`` first repairs what a program can repair (outputs, execution counts,
the traces of a papermill run, missing cell ids) and then prints what is left for a person.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
from nbstripout import strip_output  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES_IN_A_CELL = 8
FEWER_LINES_IN_ALL_THAN = 40
STRIPPED_KEYS = ["metadata.papermill", "cell.metadata.papermill", "cell.metadata.execution"]
STATEMENTS = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "async def",
    ast.ClassDef: "class",
    ast.For: "for",
    ast.AsyncFor: "async for",
    ast.While: "while",
}

Cell = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Check or repair notebooks/*.ipynb; return 1 while a fault remains."""
    parser = argparse.ArgumentParser(description="Keep the committed notebooks clean.")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true", help="print every fault, change nothing")
    choice.add_argument("--fix", action="store_true", help="repair what can be repaired, print the rest")
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    if parser.parse_args(arguments).fix:
        repaired = [path.name for path in notebooks if fix(path)]
        print("\n".join(f"{name}: repaired" for name in repaired) or "nothing to repair")
    found = [fault for path in notebooks for fault in faults(path)]
    print("\n".join(found) or f"notebooks: {len(notebooks)} clean")
    return int(bool(found))


def faults(path: Path) -> list[str]:
    """Return every fault of one notebook as ``notebook:cell n: sentence``."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return [f"{path.name}: is not JSON: {error}"]
    cells: list[Cell] = notebook.get("cells", [])
    found = [
        *_of_metadata(notebook),
        *_of_order(cells),
        *_of_parameters(cells),
        *_of_length(cells),
        *_of_ids(notebook, cells),
        *(fault for number, cell in enumerate(cells, start=1) for fault in _of_cell(number, cell)),
    ]
    return [f"{path.name}:{fault}" for fault in found or _of_schema(notebook)]


def fix(path: Path) -> bool:
    """Strip one notebook and give it the cell ids it lacks; return whether anything changed."""
    before = path.read_text(encoding="utf-8")
    raw = json.loads(before)
    for number, cell in enumerate(raw.get("cells", []), start=1):
        cell.setdefault("id", f"cell-{number}")
    notebook = nbformat.from_dict(raw)
    stripped = strip_output(
        notebook, keep_output=False, keep_count=False, keep_id=True, extra_keys=STRIPPED_KEYS
    )
    after: str = nbformat.writes(stripped) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def code_lines(source: str) -> int:
    """Return how many lines say something to Python: neither blank nor comment."""
    return sum(1 for line in source.splitlines() if line.strip() and not line.strip().startswith("#"))


def _of_metadata(notebook: dict[str, Any]) -> list[str]:
    """Find what papermill left behind and what it needs to start a kernel."""
    metadata = notebook.get("metadata", {})
    kernel = metadata.get("kernelspec", {})
    found = [f" metadata.kernelspec has no {key}" for key in ("name", "language") if not kernel.get(key)]
    if "papermill" in metadata:
        found.append(" metadata.papermill is the trace of a run; strip it")
    return found


def _of_order(cells: list[Cell]) -> list[str]:
    """Ask for a title at the top."""
    titled = bool(cells) and cells[0]["cell_type"] == "markdown" and _source(cells[0]).startswith("# ")
    return [] if titled else ["cell 1: is not a markdown cell that starts with a title ('# ...')"]


def _of_parameters(cells: list[Cell]) -> list[str]:
    """Ask for exactly one code cell tagged ``parameters``."""
    tagged = [number for number, cell in enumerate(cells, start=1) if _is_parameters(cell)]
    if len(tagged) != 1:
        where = f"cells {', '.join(map(str, tagged))}" if tagged else "no cell"
        return [f" {where} tagged 'parameters', expected exactly one"]
    kind = cells[tagged[0] - 1]["cell_type"]
    return [] if kind == "code" else [f"cell {tagged[0]}: tagged 'parameters' but is a {kind} cell"]


def _of_length(cells: list[Cell]) -> list[str]:
    """Hold the whole notebook against its limit."""
    total = sum(code_lines(_source(cell)) for cell in cells if cell["cell_type"] == "code")
    if total < FEWER_LINES_IN_ALL_THAN:
        return []
    return [f" {total} code lines, fewer than {FEWER_LINES_IN_ALL_THAN} allowed; move work into the package"]


def _of_ids(notebook: dict[str, Any], cells: list[Cell]) -> list[str]:
    """Ask for a cell id that stays the same from save to save."""
    if (notebook.get("nbformat", 0), notebook.get("nbformat_minor", 0)) < (4, 5):
        return [" is older than notebook format 4.5, which has no cell ids"]
    ids = [cell.get("id") for cell in cells]
    times = Counter(ids)
    found = []
    for number, name in enumerate(ids, start=1):
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            found.append(f"cell {number}: has no usable id: {name!r}")
        elif times[name] > 1:
            found.append(f"cell {number}: shares its id '{name}' with another cell")
    return found


def _of_schema(notebook: dict[str, Any]) -> list[str]:
    """Hold an otherwise faultless notebook against the published format."""
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [f" is not a valid notebook: {str(error).splitlines()[0]}"]
    return []


def _of_cell(number: int, cell: Cell) -> list[str]:
    """Find what one cell should not carry or contain."""
    found = ["has papermill metadata"] if "papermill" in cell.get("metadata", {}) else []
    if cell["cell_type"] == "code":
        source = _source(cell)
        found += ["has outputs"] if cell.get("outputs") else []
        found += ["has an execution count"] if cell.get("execution_count") is not None else []
        if not _is_parameters(cell) and code_lines(source) > MOST_LINES_IN_A_CELL:
            found.append(f"{code_lines(source)} code lines, at most {MOST_LINES_IN_A_CELL} allowed")
        found += _statements(source)
    return [f"cell {number}: {fault}" for fault in found]


def _statements(source: str) -> list[str]:
    """Name each statement that belongs into the package, where it has a test."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"line {error.lineno} is not plain Python: {error.msg}"]
    return [
        f"line {node.lineno} has a '{STATEMENTS[type(node)]}' statement; a cell only calls the package"
        for node in ast.walk(tree)
        if type(node) in STATEMENTS and isinstance(node, ast.stmt)
    ]


def _is_parameters(cell: Cell) -> bool:
    return "parameters" in cell.get("metadata", {}).get("tags", [])


def _source(cell: Cell) -> str:
    """Return the text of a cell, which the format stores as one string or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


if __name__ == "__main__":
    sys.exit(main())
