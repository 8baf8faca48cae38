"""Templates: a workbook that intake knows as empty, takes when it is filled in, and that never scores its own examples."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from bsc_analysis.__main__ import main
from bsc_analysis.errors import DataError
from bsc_analysis.exhibits.template import make_template
from bsc_analysis.exhibits.templatetext import HEADERS, POLARITY_WORDS, advice, template_columns
from bsc_analysis.files import list_rules, read_rules
from bsc_analysis.language.words import LANGUAGES, Language, say
from bsc_analysis.scorecards.intake.reading import read_table
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
from bsc_analysis.scorecards.scoring import score

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet

EVERY = pytest.mark.parametrize("name", list_rules())
BOTH = pytest.mark.parametrize("language", LANGUAGES)
LONGEST_MESSAGE = 255  # characters that a spreadsheet shows when it refuses a cell
VISIBLE = "visible"
FIGURES = {"weight": 1, "target": 80, "actual": 60, "possible_maximum": 100}


def fill(content: bytes, rules: RuleSet, language: Language) -> bytes:
    """Fill in a row for each indicator that is listed, or one per perspective, choosing from lists where there are some."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    columns = template_columns(rules, language)
    plain = {"unit": "Dinas A", "year": 2024, "unit_of_measure": "%", "objective": "SS", **FIGURES}
    for row, (perspective, indicator) in enumerate(_expected(rules), 2):
        named = {
            "perspective": rules.perspective(perspective).label.say(language),
            "indicator": rules.indicator(indicator).label.say(language) if rules.indicators else indicator,
        }
        for at, column in enumerate(columns, 1):
            value = named.get(column.name, plain.get(column.name, next(iter(column.allowed), None)))
            if column.name not in ("parent", "level", "period"):
                sheet.cell(row, at, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _expected(rules: RuleSet) -> list[tuple[str, str]]:
    if not rules.indicators:
        return [(each.id, f"IKU {each.id}") for each in rules.perspectives]
    return [(each.perspective, each.id) for each in rules.indicators if each.part_of is None]


@BOTH
@EVERY
def test_an_empty_template_is_known_as_empty(name: str, language: Language) -> None:
    rules = read_rules(name)
    with pytest.raises(DataError) as empty:
        read_table(make_template(rules, language), "iku.xlsx", rules=rules)
    sheet = say("Data", language)
    assert str(empty.value) == f"iku.xlsx, sheet '{sheet}': the file has a header and no rows"


@BOTH
@EVERY
def test_a_filled_template_is_read_and_scored(name: str, language: Language) -> None:
    """Labels become ids again, and neither guide nor lists are taken for data."""
    rules = read_rules(name)
    intake = read_table(fill(make_template(rules, language), rules, language), "iku.xlsx", rules=rules)
    read = intake.observations[["perspective", "indicator"]].itertuples(index=False, name=None)
    assert list(read) == _expected(rules)
    (total,) = score(intake.observations, rules).organisations["score"]
    assert total > 0
    unread = [str(note) for note in intake.notes if "no header was found" in str(note)]
    assert [text.partition("sheet ")[2].split("'")[1] for text in unread] == [
        say("Guide", language), say("Lists", language),
    ]  # fmt: skip


@BOTH
def test_headers_and_directions_are_words_of_the_vocabulary(language: Language) -> None:
    vocabulary = packaged_vocabulary()
    assert {name: vocabulary.meaning("columns", say(word, language)) for name, word in HEADERS.items()} == {
        name: name for name in HEADERS
    }
    known = {
        name: vocabulary.meaning("polarity", say(word, language)) for name, word in POLARITY_WORDS.items()
    }
    assert known == {name: name for name in POLARITY_WORDS}


@BOTH
@EVERY
def test_the_workbook_is_ready_to_be_filled_in(name: str, language: Language) -> None:
    """Every header explains itself, lists stand behind the cells that have one, and nothing is hidden."""
    rules = read_rules(name)
    book = openpyxl.load_workbook(io.BytesIO(make_template(rules, language)))
    assert [sheet.sheet_state for sheet in book] == [VISIBLE] * 3
    data, _, lists = book.worksheets
    assert book.active == data
    assert (data.max_row, data.freeze_panes) == (1, "A2")
    columns = template_columns(rules, language)
    assert [cell.comment.text for cell in data[1]] == [each.explanation for each in columns]
    checks = {str(each.sqref).split(":")[0]: each for each in data.data_validations.dataValidation}
    for at, column in enumerate(columns, 1):
        if column.allowed:
            check = checks[f"{openpyxl.utils.get_column_letter(at)}2"]
            reference = check.formula1.split("!")[1].replace("$", "")
            assert [row[0].value for row in lists[reference]] == list(column.allowed)
    assert max(len(check.error) for check in checks.values()) <= LONGEST_MESSAGE
    assert "year" in {column.name for column in columns}


def test_examples_stand_in_the_guide_only() -> None:
    book = openpyxl.load_workbook(io.BytesIO(make_template(read_rules("kkp"), "en")))
    guide = [row for row in book["Guide"].iter_rows(values_only=True) if row[0]]
    assert ("Target", "100", "80") in guide
    assert book["Data"].max_row == 1


def test_a_rule_set_gets_the_columns_that_it_uses() -> None:
    """KKP weighs rows and has both directions; KMK 467 weighs by two columns of words; Bantaeng lists its indicators."""
    columns = {
        name: [each.name for each in template_columns(read_rules(name), "en")] for name in list_rules()
    }
    assert "weight" in columns["kkp"]
    assert "polarity" in columns["kkp"]
    assert {"validity", "control", "polarity"} <= set(columns["kmk-467"])
    assert "weight" not in columns["kmk-467"]
    assert not {"weight", "polarity", "objective"} & set(columns["bantaeng"])
    assert "possible_maximum" in columns["panrb-skp"]


def test_the_same_template_has_the_same_bytes() -> None:
    rules = read_rules("panrb-skp")
    content = make_template(rules, "id")
    assert content == make_template(rules, "id")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b">2000-01-01T00:00:00Z<" in book.read("docProps/core.xml"), "no clock is looked at"


@EVERY
def test_everything_that_is_explained_is_said_in_the_language(name: str) -> None:
    """Names of rule sets and units of measure may be the same in both languages; sentences are not."""
    rules = read_rules(name)
    said = {
        language: [
            *(each.explanation for each in template_columns(rules, language)),
            *advice(rules, language),
        ]
        for language in LANGUAGES
    }
    assert not set(said["id"]) & set(said["en"])
    sheets = [
        {cell for row in book["Data"].iter_rows(values_only=True) for cell in row}
        for book in (openpyxl.load_workbook(io.BytesIO(make_template(rules, each))) for each in LANGUAGES)
    ]
    assert sheets[0] & sheets[1] <= {"Target"}


# ---- the command --------------------------------------------------------------------------------------------------------


def test_from_template_to_scores_on_the_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Actual 60 of target 80 is 75 % in every perspective."""
    path = tmp_path / "iku.xlsx"
    assert main(["template", str(path), "--rules", "kkp", "--language", "id"]) == 0
    assert f"bsc check {path} --rules kkp" in capsys.readouterr().err
    assert main(["check", str(path), "--rules", "kkp"]) == 1
    assert "the file has a header and no rows" in capsys.readouterr().out
    path.write_bytes(fill(path.read_bytes(), read_rules("kkp"), "id"))
    assert main(["check", str(path), "--rules", "kkp"]) == 0
    assert "fit to be scored: 4 indicators, 1 units, years 2024" in capsys.readouterr().out
    assert main(["score", str(path), "--rules", "kkp", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["organisations"]
    assert (row["score"], row["weight_present"]) == (75.0, 1.0)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "filled.xlsx",
            "filled.xlsx: this file exists already, and may have been filled in; name another one",
        ),
        ("iku.csv", "iku.csv: the name of the workbook must end in .xlsx"),
        ("nowhere/iku.xlsx", "there is no folder"),
    ],
)
def test_a_template_never_takes_the_place_of_anything(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "filled.xlsx").write_bytes(b"a year of work")
    assert main(["template", str(tmp_path / name), "--rules", "kkp"]) == 2
    assert sentence in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["filled.xlsx"]
    assert (tmp_path / "filled.xlsx").read_bytes() == b"a year of work"
