"""Parameters of notebooks: read from each notebook's own ``parameters`` cell, checked before anything runs.

A parameter is an annotated assignment, ``language: Language = "en"  # what it means``. The annotation gives the type,
and a ``Literal``, named by the package or written out, gives the choices; values given as text are converted to it, never evaluated.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, get_args

from bsc_analysis.errors import Fault, UseError, fault
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Scalar = str | int | float | bool
Value = Scalar | list[Scalar]

SET_BY_THE_RUNNER = {"study": fault("name the study after 'bsc run'"), "out": fault("use --out")}
PACKAGE = __name__.partition(".")[0]
_WORDS_OF_TRUTH = {"true": True, "false": False}
_SCALARS = ("str", "int", "float", "bool")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook: its type, whether it is a list, its choices and its default."""

    name: str
    type: str
    many: bool
    choices: tuple[str, ...]
    default: Value

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        if self.choices:
            return ", ".join(repr(choice) for choice in self.choices)
        return f"{self.type}, {self.type}, ..." if self.many else self.type


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read the parameters a notebook declares in its cell tagged ``parameters``.

    Raises
    ------
    UseError
        When the notebook has no such cell, or a line of it is not an annotated assignment.
    """
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    sources = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    if len(sources) != 1:
        raise UseError(
            fault(
                "{where}: expected one cell tagged 'parameters', got {got}",
                where=notebook.name,
                got=len(sources),
            )
        )
    body = ast.parse(sources[0]).body
    lines = [line for line in body if not isinstance(line, ast.ImportFrom)]
    names = _imported_choices([line for line in body if isinstance(line, ast.ImportFrom)])
    declared = [_declaration(line, names) for line in lines]
    sentence = "{where}: line {line} of the parameters cell is not an annotated assignment of a plain value"
    faults = [
        fault(sentence, where=notebook.name, line=line.lineno)
        for line, parameter in zip(lines, declared, strict=True)
        if parameter is None
    ]
    if faults:
        raise UseError(*faults)
    return {parameter.name: parameter for parameter in declared if parameter is not None}


def check_parameters(given: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, Value]:
    """Convert what was given to the declared types.

    Parameters
    ----------
    given
        Names and texts as typed on the command line.
    declared
        Every parameter some notebook of the run declares.

    Raises
    ------
    UseError
        With every unknown name, every name the runner sets itself, and every text that is not of the type.
    """
    faults: list[Fault] = []
    values: dict[str, Value] = {}
    for name, text in given.items():
        checked = _check(name, text, declared)
        if isinstance(checked, Fault):
            faults.append(checked)
        else:
            values[name] = checked
    if faults:
        raise UseError(*faults)
    return values


def _check(name: str, text: str, declared: Mapping[str, Parameter]) -> Value | Fault:
    if name in SET_BY_THE_RUNNER:
        return fault(
            "parameter '{name}' is set by the run itself: {how}", name=name, how=SET_BY_THE_RUNNER[name]
        )
    if name not in declared:
        known = [each for each in declared if each not in SET_BY_THE_RUNNER]
        guess = nearest(name, known)
        if guess:
            return fault("unknown parameter '{name}', did you mean '{guess}'?", name=name, guess=guess)
        return fault("unknown parameter '{name}', allowed: {allowed}", name=name, allowed=", ".join(known))
    parameter = declared[name]
    try:
        return _convert(text, parameter)
    except ValueError:
        sentence = "parameter '{name}': got {got}, allowed: {allowed}"
        return fault(sentence, name=name, got=repr(text), allowed=parameter.allowed)


def _convert(text: str, parameter: Parameter) -> Value:
    if parameter.choices and text not in parameter.choices:
        raise ValueError(text)
    if parameter.many:
        return [_scalar(part.strip(), parameter.type) for part in text.split(",") if part.strip()]
    return _scalar(text, parameter.type)


def _scalar(text: str, kind: str) -> Scalar:
    if kind == "bool":
        if text.lower() not in _WORDS_OF_TRUTH:
            raise ValueError(text)
        return _WORDS_OF_TRUTH[text.lower()]
    if kind == "int":
        return int(text)
    return float(text) if kind == "float" else text


def _imported_choices(imports: list[ast.ImportFrom]) -> dict[str, tuple[str, ...]]:
    """Return the choices of the types a cell imports from this package, by the name it gives them."""
    return {
        alias.asname or alias.name: get_args(getattr(import_module(line.module), alias.name))
        for line in imports
        if line.module is not None and line.module.partition(".")[0] == PACKAGE
        for alias in line.names
    }


def _declaration(line: ast.stmt, names: Mapping[str, tuple[str, ...]]) -> Parameter | None:
    if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None):
        return None
    kind, many, choices = _annotation(line.annotation, names)
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        return None
    return Parameter(line.target.id, kind, many, choices, default) if kind in _SCALARS else None


def _annotation(
    annotation: ast.expr, names: Mapping[str, tuple[str, ...]]
) -> tuple[str, bool, tuple[str, ...]]:
    """Return the type named, whether it is a list of it, and its choices if it has some."""
    if isinstance(annotation, ast.Name) and annotation.id in names:
        return "str", False, names[annotation.id]
    if isinstance(annotation, ast.Name):
        return annotation.id, False, ()
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        if annotation.value.id == "list" and isinstance(annotation.slice, ast.Name):
            return annotation.slice.id, True, ()
        if annotation.value.id == "Literal":
            choices = ast.literal_eval(annotation.slice)
            return "str", False, choices if isinstance(choices, tuple) else (choices,)
    return "", False, ()
