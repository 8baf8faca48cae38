"""Configuration at the door: every fault of a TOML text is named with its file and the path of its key."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import BscError, RuleSetError, StudyError
from bsc_analysis.language.words import Label


class Leg(Document):
    length: Annotated[Decimal, Field(gt=0)]
    wood: Literal["oak", "teak"] = "oak"
    name: Names | None = None


class Table(Document):
    id: str
    top: Leg
    legs: tuple[Leg, ...] = ()
    spare: dict[str, Leg] = Field(default_factory=dict)


GOOD = """
id = "t"
[top]
length = 0.1
name = { id = "Papan", en = "Board" }
"""


def faults_of(text: str, error: type[BscError] = RuleSetError) -> list[str]:
    with pytest.raises(error) as caught:
        read_document(text, Table, "table.toml", error)
    return [str(each) for each in caught.value.faults]


def test_a_good_document_is_read_with_exact_decimals() -> None:
    table = read_document(GOOD, Table, "table.toml", RuleSetError)
    assert (table.id, table.top.length, table.top.wood) == ("t", Decimal("0.1"), "oak")
    assert table.top.name is not None
    assert table.top.name.label == Label(id="Papan", en="Board")


def test_a_document_cannot_be_changed() -> None:
    table = read_document(GOOD, Table, "table.toml", RuleSetError)
    with pytest.raises(ValidationError, match="frozen"):
        table.id = "other"


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    (sentence,) = faults_of('id = "t"\nlegs == 3')
    assert sentence.startswith("table.toml: not valid TOML: ")
    assert "line 2" in sentence


@pytest.mark.parametrize("error", [RuleSetError, StudyError])
def test_the_error_is_of_the_kind_asked_for(error: type[BscError]) -> None:
    assert faults_of('id = "t"', error) == ["table.toml: top: this key is required and missing"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("colour = 1", "table.toml: unknown key 'top.colour'"),
        ("lenght = 1", "table.toml: unknown key 'top.lenght', did you mean 'length'?"),
        ("wood = 'pine'", "table.toml: top.wood: got 'pine', allowed: 'oak', 'teak'"),
        (
            "[[legs]]\nlength = 1\nwoood = 'oak'",
            "table.toml: unknown key 'legs.0.woood', did you mean 'wood'?",
        ),
        (
            "[spare.one]\nlength = 1\nwod = 'oak'",
            "table.toml: unknown key 'spare.one.wod', did you mean 'wood'?",
        ),
        ("[[legs]]\nwood = 'oak'", "table.toml: legs.0.length: this key is required and missing"),
        (
            "[[legs]]\nlength = -1",
            "table.toml: legs.0.length: got -1, allowed: Input should be greater than 0",
        ),
        (
            "[[legs]]\nlength = 1\nname = { id = 'Kaki', en = 'Leg', fr = 'Pied' }",
            "table.toml: unknown key 'legs.0.name.fr'",
        ),
    ],
)
def test_each_fault_names_the_file_the_key_what_was_got_and_what_is_allowed(
    change: str, sentence: str
) -> None:
    assert faults_of(GOOD + change) == [sentence]


def test_all_faults_of_a_document_come_at_once() -> None:
    text = "[top]\nlenght = 0.1\nwood = 'pine'\n[[legs]]\nlength = 0"
    assert sorted(faults_of(text)) == [
        "table.toml: id: this key is required and missing",
        "table.toml: legs.0.length: got 0, allowed: Input should be greater than 0",
        "table.toml: top.length: this key is required and missing",
        "table.toml: top.wood: got 'pine', allowed: 'oak', 'teak'",
        "table.toml: unknown key 'top.lenght', did you mean 'length'?",
    ]


def test_an_empty_text_is_no_value() -> None:
    (sentence,) = faults_of(GOOD.replace('id = "t"', 'id = ""'))
    assert sentence == "table.toml: id: the text is empty"


def test_a_long_value_is_shown_short() -> None:
    long = "x" * 200
    (sentence,) = faults_of(GOOD + f"wood = '{long}'")
    assert long not in sentence
    assert sentence == f"table.toml: top.wood: got '{'x' * 56}..., allowed: 'oak', 'teak'"
