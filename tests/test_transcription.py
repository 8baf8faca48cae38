"""The transcribed tables, proofread by machine as far as can be done without the sources: hashes, counts, agreement."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from bsc_analysis.evidence.printed import Printed
from bsc_analysis.evidence.transcription import PrintedDocument, read_source
from bsc_analysis.files import data_folder
from bsc_analysis.language.numbers import read_number
from bsc_analysis.studies import list_studies, read_study

STUDIES = data_folder() / "studies"
# A made study prints nothing.
PRINTING = [name for name in list_studies() if (STUDIES / name / "printed").is_dir()]
MARKS = {"bantaeng": re.compile(r"-|\d+([.,]\d+)?( %)?"), "kkp": re.compile(r"-?\d+([.]\d+)?%?")}


def source_of(study: str) -> PrintedDocument:
    return read_source(
        (STUDIES / study / "printed" / "source.toml").read_text(encoding="utf-8"), "source.toml"
    )


TABLES = [(study, table.file) for study in PRINTING for table in source_of(study).tables]


@pytest.mark.parametrize(("study", "file"), TABLES)
def test_a_table_is_the_one_that_was_proofread(study: str, file: str) -> None:
    (table,) = (each for each in source_of(study).tables if each.file == file)
    assert hashlib.sha256((STUDIES / study / "printed" / file).read_bytes()).hexdigest() == table.sha256


@pytest.mark.parametrize("study", PRINTING)
def test_every_file_beside_a_source_is_declared_in_it(study: str) -> None:
    beside = {path.name for path in (STUDIES / study / "printed").iterdir()} - {"source.toml"}
    assert beside == {table.file for table in source_of(study).tables}


@pytest.mark.parametrize(("study", "file"), TABLES)
def test_every_row_has_as_many_cells_as_the_header(study: str, file: str) -> None:
    text = (STUDIES / study / "printed" / file).read_text(encoding="utf-8")
    assert len({len(row) for row in csv.reader(io.StringIO(text))}) == 1
    assert text.endswith("\n")


@pytest.mark.parametrize("study", PRINTING)
def test_every_figure_looks_like_one_of_its_source(study: str) -> None:
    figures = read_study(study).printed.figures
    assert [figure.text for figure in figures if not MARKS[study].fullmatch(figure.text)] == []


@pytest.mark.parametrize(
    ("study", "counts"),
    [
        (
            "bantaeng",
            {"table3": 26, "table4": 36, "table6": 60, "table7": 65, "last_table": 101, "abstract": 6, "results": 2,
             "discussion": 12, "conclusion": 1},
        ),
        ("kkp", {"abstract": 21, "abstract_end": 3}),
    ],
)  # fmt: skip
def test_the_number_of_figures_per_place(study: str, counts: dict[str, int]) -> None:
    assert Counter(figure.place for figure in read_study(study).printed.figures) == counts


@pytest.mark.parametrize("study", PRINTING)
def test_every_declared_place_has_a_figure(study: str) -> None:
    printed = read_study(study).printed
    assert {figure.place for figure in printed.figures} == set(printed.places)


@pytest.mark.parametrize("study", PRINTING)
def test_every_figure_is_of_a_perspective_and_an_indicator_the_rule_set_knows(study: str) -> None:
    read = read_study(study)
    perspectives = {"", *(each.id for each in read.rules.perspectives)}
    indicators = {(each.perspective, each.id) for each in read.rules.indicators}
    keys = [figure.key for figure in read.printed.figures]
    assert [key for key in keys if key.perspective not in perspectives] == []
    assert [key for key in keys if key.indicator and (key.perspective, key.indicator) not in indicators] == []


def test_every_effect_is_between_variables_of_the_model() -> None:
    kkp = read_study("kkp")
    assert kkp.model is not None
    ends = {end for figure in kkp.printed.figures for end in (figure.key.start, figure.key.end)} - {""}
    assert ends == set(kkp.model.variables)


@pytest.mark.parametrize("study", PRINTING)
def test_no_figure_is_transcribed_twice_in_one_place(study: str) -> None:
    counts = Counter((figure.place, figure.key) for figure in read_study(study).printed.figures)
    assert [at for at, count in counts.items() if count > 1] == []


# ---- the Bantaeng tables against each other --------------------------------------------------------------------------


def figures_at(place: str, quantity: str) -> dict[tuple[str, int | None], Printed]:
    return {
        (figure.key.indicator, figure.key.year): figure
        for figure in read_study("bantaeng").printed.figures
        if (figure.place, figure.key.quantity) == (place, quantity)
    }


def observed(quantity: str) -> dict[tuple[str, int | None], Fraction | None]:
    """Read the indicators' file without the package's frames."""
    with Path(STUDIES / "bantaeng" / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    numbers = [read_number(row[quantity]) for row in rows]
    return {
        (row["indicator"], int(row["year"])): None if number is None else number.value
        for row, number in zip(rows, numbers, strict=True)
    }


@pytest.mark.parametrize(
    ("place", "quantity", "count"),
    [
        ("table3", "target", 18),
        ("table4", "target", 9),
        ("table4", "actual", 9),
        ("last_table", "target", 18),
        ("last_table", "actual", 18),
    ],
)
def test_the_indicators_are_those_of_the_printed_tables(place: str, quantity: str, count: int) -> None:
    data = observed(quantity)
    printed = {at: figure.value for at, figure in figures_at(place, quantity).items() if at in data}
    assert len(printed) == count
    assert printed == {at: data[at] for at in printed}


def test_the_last_table_repeats_table_4_text_for_text() -> None:
    for_2016 = [
        (quantity, at, figure.text)
        for quantity in ("actual", "target", "achievement", "value")
        for at, figure in figures_at("table4", quantity).items()
    ]
    assert len(for_2016) == 36
    assert [each for each in for_2016 if figures_at("last_table", each[0])[each[1]].text != each[2]] == []


@pytest.mark.parametrize(("place", "year"), [("table6", 2016), ("table7", 2017)])
def test_the_contributions_of_the_last_table_are_those_of_the_score_tables(place: str, year: int) -> None:
    """The customer row of 2016 is the one exception: the last table prints a dash where Table 6 prints 1."""
    here, last = figures_at(place, "contribution"), figures_at("last_table", "contribution")
    differing = [at[0] for at, figure in here.items() if at in last and figure.value != last[at].value]
    assert differing == (["satisfaction"] if year == 2016 else [])


def test_running_text_repeats_only_figures_that_a_table_prints() -> None:
    printed = read_study("bantaeng").printed
    tables = {(figure.key, figure.value) for figure in printed.figures if figure.place not in printed.prose}
    prose = [figure for figure in printed.figures if figure.place in printed.prose]
    assert len(prose) == 21
    assert [figure for figure in prose if (figure.key, figure.value) not in tables] == []


def test_the_last_sentence_of_the_kkp_abstract_repeats_the_scores_given_before() -> None:
    figures = read_study("kkp").printed.figures
    before = {figure.key: figure.text for figure in figures if figure.place == "abstract"}
    end = {figure.key: figure.text for figure in figures if figure.place == "abstract_end"}
    assert end == {key: before[key] for key in end}
