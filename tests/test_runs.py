"""Runs: whole or not at all, replaced when finished, explained when broken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from bsc_analysis.errors import RunError, StudyError
from bsc_analysis.runs import notebooks as runner
from bsc_analysis.runs.notebooks import Step, describe_step, read_headlines, run_studies
from bsc_analysis.runs.pages import write_page

PARAMETERS = 'study: str = "bantaeng"\nyears: list[int] = []\nlanguage: str = "en"\nout: str = "x"'
EXPORT = """import bsc_analysis as bsc
case = bsc.read_study(study, years=years)
table = bsc.readings_table(case, bsc.provenance(case), language=language)
bsc.export(table, "readings", to=out)"""


def _book(folder: Path, name: str, *sources: str, headline: str = "") -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# A short book"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(source) for source in sources),
    ]
    if headline:
        cells.append(nbformat.v4.new_code_cell(headline, metadata={"tags": ["headline"]}))
    metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / f"{name}.ipynb")


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put short notebooks in the place of the real ones."""
    folder = tmp_path / "books"
    folder.mkdir()
    monkeypatch.setattr(runner, "notebook_folder", lambda: folder)
    _book(folder, "01_indicators", "print(years)")
    _book(folder, "02_scores", EXPORT, headline='"the headline"')
    _book(folder, "03_cascade", "print(study)")
    _book(folder, "05_years", "print(study)")
    _book(folder, "06_reproduction", "print(study)")
    return folder


def test_a_run_leaves_notebooks_pages_exhibits_and_a_record(books: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    (run,) = run_studies(["bantaeng"], out=tmp_path / "out", given={"years": "2017"}, report=steps.append)
    assert [step.notebook for step in steps] == [
        "01_indicators",
        "02_scores",
        "03_cascade",
        "05_years",
        "06_reproduction",
    ]
    assert run.exhibits == ("readings",)
    assert run.headlines == ("'the headline'",)
    left = sorted(path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file())
    assert left == [
        "01_indicators.html", "02_scores.html", "03_cascade.html", "05_years.html", "06_reproduction.html",
        "exhibits/readings.csv", "exhibits/readings.json", "exhibits/readings.xlsx",
        "notebooks/01_indicators.ipynb", "notebooks/02_scores.ipynb", "notebooks/03_cascade.ipynb",
        "notebooks/05_years.ipynb", "notebooks/06_reproduction.ipynb", "run.json",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["bantaeng"], (
        "nothing but the finished folder is left"
    )
    record = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    assert record["exhibits"] == {"readings": ["readings.csv", "readings.xlsx"]}
    executed = (run.folder / "notebooks" / "01_indicators.ipynb").read_text(encoding="utf-8")
    assert "[2017]" in executed, "the parameter reached the notebook with its type"


def test_a_finished_run_replaces_the_earlier_one_and_a_broken_one_does_not(
    books: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (first,) = run_studies(["bantaeng"], out=out, given={})
    (first.folder / "mark").touch()
    _book(books, "02_scores", 'raise ValueError("the\\nroof fell in")')
    with pytest.raises(RunError) as broken:
        run_studies(["bantaeng"], out=out, given={})
    assert (first.folder / "mark").exists(), "the earlier run stays until a new one is whole"
    kept = out / "failed" / "bantaeng" / "02_scores.ipynb"
    assert kept.is_file()
    card = (
        f"study bantaeng, notebook 02_scores, cell 3: ValueError: the roof fell in (partial notebook: {kept})"
    )
    assert (str(broken.value), broken.value.exit_code) == (card, 3)
    assert sorted(path.name for path in out.iterdir()) == ["bantaeng", "failed"], "no scratch folder is left"
    _book(books, "02_scores", "print()")
    run_studies(["bantaeng"], out=out, given={})
    assert not (first.folder / "mark").exists()


def test_a_killed_kernel_is_a_failure(books: Path, tmp_path: Path) -> None:
    _book(books, "01_indicators", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(RunError, match=r"study bantaeng, notebook 01_indicators, cell .*DeadKernelError"):
        run_studies(["bantaeng"], out=tmp_path / "out", given={})
    assert not (tmp_path / "out" / "bantaeng").exists()


def test_only_notebooks_of_the_package_are_executed(books: Path, tmp_path: Path) -> None:
    (books / "06_reproduction.ipynb").unlink()
    with pytest.raises(StudyError) as refused:
        run_studies(["bantaeng"], out=tmp_path / "out", given={})
    sentence = (
        "study bantaeng names the notebook '06_reproduction', allowed: 01_indicators, 02_scores, "
        "03_cascade, 05_years"
    )
    assert str(refused.value) == sentence
    assert not (tmp_path / "out").exists()


def test_a_page_loads_nothing_from_anywhere(tmp_path: Path) -> None:
    _book(tmp_path, "book", "1 + 1")
    write_page(tmp_path / "book.ipynb", tmp_path / "book.html", language="id")
    page = (tmp_path / "book.html").read_text(encoding="utf-8")
    assert "<title>A short book</title>" in page
    assert '<html lang="id">' in page
    assert not re.findall(r"<script[^>]*\bsrc=|<link[^>]*\bhref=|\burl\(\s*['\"]?https?:|@import", page)


def test_a_page_shows_the_parameters_of_the_run_and_no_other_code(tmp_path: Path) -> None:
    _book(tmp_path, "book", "hidden = 1 + 1\nhidden")
    book = nbformat.read(tmp_path / "book.ipynb", as_version=4)
    book.cells.insert(
        2,
        nbformat.v4.new_code_cell(
            'missing = "zero"\nout = "scratch"', metadata={"tags": ["injected-parameters"]}
        ),
    )
    nbformat.write(book, tmp_path / "book.ipynb")
    write_page(tmp_path / "book.ipynb", tmp_path / "book.html", language="en")
    text = re.sub(r"<[^>]+>", "", (tmp_path / "book.html").read_text(encoding="utf-8").partition("<main>")[2])
    assert "missing" in text
    assert "zero" in text
    assert "hidden" not in text
    assert "scratch" not in text
    assert "A short book" in text, "the narrative stays"
    assert "bantaeng" not in text, "the defaults are not what the run was given"


def test_headlines_are_the_outputs_of_tagged_cells_only(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("x", metadata={"tags": ["headline"]})
    cell.outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "yes"}),
        nbformat.v4.new_output("stream", text="no"),
    ]
    other = nbformat.v4.new_code_cell("y")
    other.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "no"})]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell, other]), tmp_path / "b.ipynb")
    assert read_headlines(tmp_path / "b.ipynb") == ("yes",)


def test_a_step_is_said_in_both_languages() -> None:
    step = Step("kkp", "06_reproduction", 3.21)
    assert describe_step(step, "en") == "kkp: 06_reproduction done in 3.2 s"
    assert describe_step(step, "id") == "kkp: 06_reproduction selesai dalam 3.2 s"
