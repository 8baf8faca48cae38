"""Parameters are read from the notebooks' own cells and refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from bsc_analysis.errors import UseError
from bsc_analysis.runs.parameters import check_parameters, read_parameters

CELL = """from typing import Literal

study: str = "bantaeng"
years: list[int] = []
missing: Literal["", "zero", "renormalise"] = ""
share: float = 0.5
loud: bool = False
seed: int = 1
out: str = "x"
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return _notebook(tmp_path, CELL)


def _notebook(folder: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in sources]
    path = folder / "book.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_types_choices_and_defaults_come_from_the_cell(notebook: Path) -> None:
    declared = read_parameters(notebook)
    assert list(declared) == ["study", "years", "missing", "share", "loud", "seed", "out"]
    assert (declared["years"].type, declared["years"].many, declared["years"].default) == ("int", True, [])
    assert declared["missing"].choices == ("", "zero", "renormalise")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("years", "2016,2017", [2016, 2017]),
        ("years", "", []),
        ("missing", "zero", "zero"),
        ("share", "0.25", 0.25),
        ("loud", "true", True),
        ("loud", "False", False),
        ("seed", "007", 7),
    ],
)
def test_texts_become_values_of_the_declared_type(
    notebook: Path, name: str, text: str, value: object
) -> None:
    assert check_parameters({name: text}, read_parameters(notebook)) == {name: value}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("mising", "zero", "unknown parameter 'mising', did you mean 'missing'?"),
        ("zzzzzzz", "1", "unknown parameter 'zzzzzzz', allowed: years, missing, share, loud, seed"),
        ("missing", "nul", "parameter 'missing': got 'nul', allowed: '', 'zero', 'renormalise'"),
        ("years", "2016,last", "parameter 'years': got '2016,last', allowed: int, int, ..."),
        ("loud", "1", "parameter 'loud': got '1', allowed: bool"),
        ("seed", "1.5", "parameter 'seed': got '1.5', allowed: int"),
        ("share", "__import__('os')", "parameter 'share': got \"__import__('os')\", allowed: float"),
        ("study", "kkp", "parameter 'study' is set by the run itself: name the study after 'bsc run'"),
        ("out", "/tmp", "parameter 'out' is set by the run itself: use --out"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(notebook: Path, name: str, text: str, sentence: str) -> None:
    with pytest.raises(UseError) as refused:
        check_parameters({name: text}, read_parameters(notebook))
    assert str(refused.value) == sentence
    assert refused.value.exit_code == 2


def test_all_faults_come_at_once(notebook: Path) -> None:
    with pytest.raises(UseError) as refused:
        check_parameters({"mising": "zero", "seed": "x"}, read_parameters(notebook))
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ((), "book.ipynb: expected one cell tagged 'parameters', got 0"),
        (("a: int = 1", "b: int = 2"), "book.ipynb: expected one cell tagged 'parameters', got 2"),
        (
            ("a = 1",),
            "book.ipynb: line 1 of the parameters cell is not an annotated assignment of a plain value",
        ),
        (
            ("a: int = print()",),
            "book.ipynb: line 1 of the parameters cell is not an annotated assignment of a plain value",
        ),
        (
            ("a: dict = {}",),
            "book.ipynb: line 1 of the parameters cell is not an annotated assignment of a plain value",
        ),
    ],
)
def test_a_notebook_without_plain_parameters_is_refused(
    tmp_path: Path, sources: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(UseError) as refused:
        read_parameters(_notebook(tmp_path, *sources))
    assert str(refused.value) == sentence
