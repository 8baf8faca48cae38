"""The notebooks as committed: what they export is what the README promises, and one run of each ends well."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from bsc_analysis.__main__ import main
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.exhibits.export import FORMATS
from bsc_analysis.language.words import both
from bsc_analysis.runs.labels import check_labels
from bsc_analysis.runs.notebooks import notebook_folder
from bsc_analysis.runs.parameters import read_parameters
from bsc_analysis.studies import list_studies, read_study
from tests.realcase import write_real

README = Path(__file__).parent.parent / "README.md"
NOTEBOOKS = sorted(notebook_folder().glob("*.ipynb"))
PARAMETERS = ["study", "years", "rules", "missing", "language", "seed", "out", "data"]
OWN_PARAMETERS = {
    "03_cascade": ["unit"],
    "04_paths": ["model", "cluster", "group", "se", "incomplete", "n_boot", "interval", "sesoi"],
    "05_years": ["sesoi", "margin"],
}
# What the studies have nothing for: a table of scores with gaps. tests/test_missingtable.py has one.
NOTHING_TO_SHOW = {"gaps"}
PROMISED = re.compile(
    r"^\| [^|]+ \| `(?P<notebook>\w+)` \| `(?P<id>[\w-]+)\.(?P<first>\w+)`(?P<more>[^|]*)\|$", re.M
)


def _exported(notebook: Path) -> list[str]:
    code = "".join(
        cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"
    )
    return re.findall(r'"([a-z-]+)",\s*to=out', code)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_takes_the_same_parameters(notebook: Path) -> None:
    assert list(read_parameters(notebook)) == PARAMETERS + OWN_PARAMETERS.get(notebook.stem, [])


def test_the_readme_lists_every_exhibit_with_its_notebook_and_files() -> None:
    promised = [(row["notebook"], row["id"]) for row in PROMISED.finditer(README.read_text(encoding="utf-8"))]
    assert promised == [(path.stem, each) for path in NOTEBOOKS for each in _exported(path)]
    for row in PROMISED.finditer(README.read_text(encoding="utf-8")):
        formats = (row["first"], *re.findall(r"`\.(\w+)`", row["more"]))
        assert formats in FORMATS.values(), row["id"]


def test_every_study_names_notebooks_that_exist() -> None:
    known = {path.stem for path in NOTEBOOKS}
    assert {each for name in list_studies() for each in read_study(name).notebooks} <= known


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every study for real, in Indonesian, with the missing perspective renormalised."""
    out = tmp_path_factory.mktemp("results") / "out"
    assert (
        main(
            [
                "run",
                "bantaeng",
                "kkp",
                "simulated",
                "-p",
                "missing=renormalise",
                "-p",
                "language=id",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    return out


def test_a_run_writes_every_promised_exhibit_with_its_sidecar(results: Path) -> None:
    wanted = {each for path in NOTEBOOKS for each in _exported(path)}
    written = {path.stem for path in results.rglob("exhibits/*.json")}
    assert written == wanted - NOTHING_TO_SHOW
    for sidecar in results.rglob("exhibits/*.json"):
        record = json.loads(sidecar.read_text(encoding="utf-8"))
        assert record["language"] == "id"
        # Accountability is scored under its own rule set, whatever the study's missing policy is.
        assert record["rules"]["missing"] == ("refuse" if record["rules"]["id"] == "sakip" else "renormalise")
        assert record["seed"] == 20151122
        assert record["sources"]
        assert record["alt"]["id"]
        assert record["alt"]["en"]
        assert record["caption"]["id"]
        assert record["caption"]["en"]
        for name in record["files"]:
            assert (sidecar.parent / name).stat().st_size > 0


def test_pages_of_a_run_are_self_contained_and_every_image_has_alt_text(results: Path) -> None:
    pages = sorted(results.rglob("*.html"))
    assert len(pages) == 5 + 6 + 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(
            r"<script[^>]*\bsrc=|<link[^>]*\bhref=|\burl\(\s*['\"]?https?:|@import", text
        ), page.name
        images = re.findall(r"<img\b[^>]*>", text)
        assert all(re.search(r'alt="[^"]{40,}"', image) and "data:image/png" in image for image in images), (
            page.name
        )


def test_the_run_says_its_totals(results: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    del results
    main(["run", "bantaeng", "-p", "years=2017", "--out", str(tmp_path / "out")])
    printed = capsys.readouterr().out
    assert "This run, missing = zero: 2.775 (2017)." in printed
    assert "bantaeng: 02_scores done in" in printed
    assert "scorecard: json, pdf, png, svg" in printed


def test_two_runs_give_the_same_bytes(results: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert main(["run", "kkp", "-p", "missing=renormalise", "-p", "language=id", "--out", str(again)]) == 0
    first = {path.name: path.read_bytes() for path in (results / "kkp" / "exhibits").iterdir()}
    assert {path.name: path.read_bytes() for path in (again / "kkp" / "exhibits").iterdir()} == first


def test_a_file_of_real_records_takes_the_place_of_the_twin_and_nothing_says_synthetic(
    tmp_path: Path,
) -> None:
    given = write_real(tmp_path / "iku.csv")
    assert main(["run", "kkp", "-p", f"data={given}", "--out", str(tmp_path / "out")]) == 0
    run = tmp_path / "out" / "kkp"
    statuses = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["data_status"]
        for path in run.glob("exhibits/*.json")
    }
    assert statuses["scorecard"] == statuses["effects"] == statuses["years"] == "real"
    assert set(statuses.values()) == {"real", "printed"}
    made = re.compile(rb"synthetic|sintetis", re.I)
    assert not [path.name for path in run.rglob("*") if path.is_file() and made.search(path.read_bytes())]
    assert check_labels(run) == ()


def test_a_label_removed_by_hand_from_an_exhibit_of_the_twin_is_found(results: Path, tmp_path: Path) -> None:
    run = tmp_path / "kkp"
    shutil.copytree(results / "kkp", run)
    assert check_labels(run) == ()
    figure = run / "exhibits" / "scorecard.svg"
    text = figure.read_text(encoding="utf-8")
    said = STATUS_SENTENCES["synthetic"]
    assert both(said).id in text
    figure.write_text(text.replace(both(said).id, "Data"), encoding="utf-8")
    assert any("scorecard.svg" in str(each) for each in check_labels(run))


def test_a_data_file_belongs_to_one_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = write_real(tmp_path / "iku.csv")
    assert main(["run", "bantaeng", "kkp", "-p", f"data={given}", "--out", str(tmp_path / "out")]) == 2
    assert "a data file takes the place of one study's rows, got 2 studies" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
