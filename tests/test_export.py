"""Export: files for a paper and a sidecar that proves where they came from, or nothing at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bsc_analysis.errors import UseError
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES, Absent, Exhibit, Provenance, Table, provenance
from bsc_analysis.exhibits.export import PACKAGES, export
from bsc_analysis.exhibits.exportmarks import LabelError
from bsc_analysis.exhibits.labels import label_faults, read_labels
from bsc_analysis.files import Source
from bsc_analysis.language.words import Label, Language, both
from bsc_analysis.studies import read_study

ORIGIN = Provenance(
    study="demo",
    study_label=Label("Contoh", "Demo"),
    citation="nobody",
    data_status="synthetic",
    sources=(Source("a.csv", "00ff"),),
    rules=(("id", "demo"), ("missing", "zero")),
    parameters=(("years", "(2017,)"),),
)
REAL = replace(ORIGIN, data_status="real")


def make_table(language: Language) -> Table:
    header = "Nama" if language == "id" else "Name"
    frame = pd.DataFrame({header: ["=1+1", "http://a.b", "007"], "score": [1.25, 2.5, 3.0]})
    return Table(frame, {"score": 2})


def make_figure(language: Language) -> Figure:
    figure = Figure(figsize=(6, 3))
    figure.subplots().set_title("Judul" if language == "id" else "Title")
    figure.text(0.01, 0.02, f"{ORIGIN.statement.say(language)}.", fontsize=7)
    return figure


TABLE = Exhibit("table", make_table, Label("Tabel", "Table"), Label("Tabel satu", "Table one"), ORIGIN)
FIGURE = Exhibit(
    "figure", make_figure, Label("Gambar", "Figure"), Label("Gambar <satu>", "Figure <one>"), ORIGIN
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("exhibit", "expected"),
    [(TABLE, ["x.csv", "x.json", "x.xlsx"]), (FIGURE, ["x.json", "x.pdf", "x.png", "x.svg"])],
    ids=["table", "figure"],
)
def test_every_format_and_the_sidecar_are_written_and_nothing_is_left_behind(
    exhibit: Exhibit, expected: list[str], tmp_path: Path
) -> None:
    assert export(exhibit, "x", to=tmp_path / "new" / "folder") is exhibit
    assert names(tmp_path / "new" / "folder") == expected


def test_only_the_formats_asked_for_are_written(tmp_path: Path) -> None:
    export(TABLE, "x", to=str(tmp_path), formats=["csv"])
    assert names(tmp_path) == ["x.csv", "x.json"]


def test_the_sidecar_says_where_the_exhibit_came_from_and_holds_the_hash_of_every_file(
    tmp_path: Path,
) -> None:
    export(TABLE, "x", to=tmp_path, language="id", seed=20151122)
    record = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    packages = record.pop("packages")
    files = record.pop("files")
    assert record == {
        "id": "x",
        "kind": "table",
        "language": "id",
        "caption": {"id": "Tabel", "en": "Table"},
        "alt": {"id": "Tabel satu", "en": "Table one"},
        "data_status": "synthetic",
        "statement": {"id": ORIGIN.statement.id, "en": STATUS_SENTENCES["synthetic"]},
        "study": "demo",
        "citation": "nobody",
        "sources": {"a.csv": "00ff"},
        "rules": {"id": "demo", "missing": "zero"},
        "parameters": {"years": "(2017,)"},
        "seed": 20151122,
    }
    assert set(packages) == set(PACKAGES)
    assert packages["pandas"] == pd.__version__
    assert files == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("x.csv", "x.xlsx")
    }


@pytest.mark.parametrize("exhibit", [TABLE, FIGURE], ids=["table", "figure"])
def test_the_same_exhibit_exported_again_is_the_same_to_the_byte(exhibit: Exhibit, tmp_path: Path) -> None:
    for run in ("one", "two"):
        export(exhibit, "x", to=tmp_path / run)
    contents = [
        {path.name: path.read_bytes() for path in (tmp_path / run).iterdir()} for run in ("one", "two")
    ]
    assert contents[0] == contents[1]


def test_files_that_are_there_already_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")
    export(TABLE, "x", to=tmp_path)
    assert "old" not in (tmp_path / "x.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "header"), [("id", "Nama"), ("en", "Name"), (None, "Name")])
def test_words_are_in_the_language_asked_for_or_the_exhibits_own(
    language: Language | None, header: str, tmp_path: Path
) -> None:
    export(TABLE, "x", to=tmp_path, language=language)
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").split(",")[:2] == [header, "score"]


def test_numbers_are_numbers_and_text_is_text_in_a_workbook(tmp_path: Path) -> None:
    export(TABLE, "x", to=tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["table"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "score"],
        ["=1+1", 1.25],
        ["http://a.b", 2.5],
        ["007", 3],
        [None, None],
        [STATUS_SENTENCES["synthetic"], None],
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["A3"].hyperlink is None
    assert sheet.column_dimensions["B"].width > 0
    assert sheet.freeze_panes == "A2"


def test_numbers_are_shown_with_their_decimals_and_kept_in_full(tmp_path: Path) -> None:
    whole = replace(TABLE, make=lambda _: Table(pd.DataFrame({"n": [1.23456], "k": [2.0]}), {"n": 2, "k": 0}))
    export(whole, "x", to=tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["table"]
    assert sheet["A2"].value == 1.23456
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()[1].startswith("1.23456,2.0,")


def test_a_picture_has_the_resolution_of_print(tmp_path: Path) -> None:
    export(FIGURE, "x", to=tmp_path, formats=["png"])
    header = (tmp_path / "x.png").read_bytes()[16:24]
    assert (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")) == (1800, 900)


def test_an_exhibit_that_is_absent_writes_nothing(tmp_path: Path) -> None:
    absent = Absent(Label("tidak ada", "there is none"))
    assert export(absent, "x", to=tmp_path / "none") is absent
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("exhibit_id", ["", "Table 1", "../x", "x.csv", "tabel_4", "-x", "x" * 65])
def test_an_id_that_is_no_safe_file_name_is_refused_and_nothing_is_written(
    exhibit_id: str, tmp_path: Path
) -> None:
    with pytest.raises(UseError) as caught:
        export(TABLE, exhibit_id, to=tmp_path / "out")
    assert str(caught.value) == (
        f"the exhibit id {exhibit_id!r} is not a safe file name, allowed: lower-case letters, digits and hyphens"
    )
    assert not (tmp_path / "out").exists()


def test_all_faults_of_a_call_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(UseError) as caught:
        export(FIGURE, "Bad", to=tmp_path / "out", formats=["docx", "png", "csv"])
    assert [str(each) for each in caught.value.faults] == [
        "the exhibit id 'Bad' is not a safe file name, allowed: lower-case letters, digits and hyphens",
        "format 'docx' is not known for a figure, allowed: pdf, svg, png",
        "format 'csv' is not known for a figure, allowed: pdf, svg, png",
    ]
    assert not (tmp_path / "out").exists()


def test_an_exhibit_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(language: Language) -> Table:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        export(replace(TABLE, make=fail), "x", to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_exhibit_that_cannot_be_written_to_its_end_leaves_no_half_of_it(tmp_path: Path) -> None:
    """Two rows of headers go into a CSV file but, without an index, into no workbook, which is written second."""
    two_headers = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]))
    with pytest.raises(NotImplementedError):
        export(replace(TABLE, make=lambda _: Table(two_headers), provenance=REAL), "x", to=tmp_path)
    assert names(tmp_path) == []


# ---- what every file says of itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize("exhibit", [TABLE, FIGURE], ids=["table", "figure"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("origin", "word"), [(ORIGIN, "synthetic twin"), (REAL, "real")])
def test_every_file_carries_the_statement_and_the_status_of_its_data(
    exhibit: Exhibit, language: Language, origin: Provenance, word: str, tmp_path: Path
) -> None:
    export(replace(exhibit, provenance=origin), "x", to=tmp_path, language=language)
    for path in tmp_path.iterdir():
        if path.suffix not in (".json", ".csv"):
            said = read_labels(path.read_bytes(), path.suffix[1:])
            assert origin.statement.say(language) in said[0].text
            assert said[1].text == word


def test_rows_of_made_data_say_so_and_other_tables_stay_as_they_are(tmp_path: Path) -> None:
    for name, origin in (("made", ORIGIN), ("real", REAL)):
        export(replace(TABLE, provenance=origin), name, to=tmp_path, formats=["csv"])
    rows = pd.read_csv(tmp_path / "made.csv")
    assert rows.columns.tolist() == ["Name", "score", "data status"]
    assert rows["data status"].tolist() == ["synthetic twin"] * 3
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == make_table("en").frame.to_csv(
        index=False, lineterminator="\n"
    )


def test_numbers_of_a_workbook_stay_numbers_above_the_line_that_says_what_they_are(tmp_path: Path) -> None:
    export(replace(TABLE, provenance=REAL), "x", to=tmp_path, language="id")
    rows = pd.read_excel(tmp_path / "x.xlsx", engine="openpyxl")
    assert rows["score"].head(3).tolist() == [1.25, 2.5, 3.0]
    assert rows["Nama"].tolist()[-1] == both(STATUS_SENTENCES["real"]).id


def _draw(words: str, x: float = 0.01, *, visible: bool = True) -> Figure:
    figure = Figure(figsize=(6, 3))
    figure.text(x, 0.1, words, fontsize=7, visible=visible)
    return figure


STATEMENT = STATUS_SENTENCES["synthetic"]


@pytest.mark.parametrize(
    "figure",
    [
        _draw("Synthetic twin"),
        _draw(STATEMENT, visible=False),
        _draw(STATEMENT, 0.9),
        _draw(both(STATEMENT).id),
    ],
    ids=["cut", "invisible", "outside", "in the other language"],
)
def test_a_figure_of_made_data_that_does_not_show_the_statement_is_refused_and_nothing_is_written(
    figure: Figure, tmp_path: Path
) -> None:
    with pytest.raises(LabelError) as caught:
        export(replace(FIGURE, make=lambda _: figure), "x", to=tmp_path / "out")
    assert str(caught.value) == (
        f"exhibit x: the figure does not show what its data are, expected on its face: {STATEMENT!r}"
    )
    assert not (tmp_path / "out").exists()


def test_a_statement_broken_into_lines_among_other_words_is_shown(tmp_path: Path) -> None:
    figure = _draw(f"n = 3.\n{STATEMENT.replace(': ', ':' + chr(10))}.")
    export(replace(FIGURE, make=lambda _: figure), "x", to=tmp_path, formats=["svg"])
    assert label_faults("x.svg", (tmp_path / "x.svg").read_bytes(), made=True) == ()


def test_a_figure_of_other_data_needs_no_statement_on_its_face(tmp_path: Path) -> None:
    bare = replace(FIGURE, make=lambda _: _draw("Scores"), provenance=REAL)
    assert export(bare, "x", to=tmp_path, formats=["png"]) is bare


# ---- what an exhibit shows of itself ---------------------------------------------------------------------------------


def test_a_figure_shows_itself_with_alt_text_caption_and_what_its_data_are() -> None:
    shown = FIGURE._repr_html_()
    assert 'alt="Figure &lt;one&gt;"' in shown
    assert "data:image/png;base64," in shown
    assert STATUS_SENTENCES["synthetic"] in shown
    assert "nobody" in shown


def test_what_is_absent_says_why_in_its_language() -> None:
    assert "tidak &amp; ada" in Absent(Label("tidak & ada", "none"), "id")._repr_html_()


def test_provenance_collects_what_an_exhibit_of_a_study_rests_on() -> None:
    study = read_study("bantaeng", missing="renormalise")
    origin = provenance(study, years=(2017,), language="id")
    assert (origin.study, origin.data_status, origin.sources) == ("bantaeng", "transcribed", study.sources)
    assert dict(origin.rules) == {
        "id": "bantaeng",
        "version": "1",
        "mark": "printed",
        "missing": "renormalise",
    }
    assert origin.parameters == (("language", "id"), ("years", "(2017,)"))
