"""Words: labels in both languages, sentences that fall back to English, and the nearest name."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import DataError, fault
from bsc_analysis.language.words import (
    LANGUAGES,
    Label,
    Language,
    both,
    nearest,
    say,
    say_error,
    say_fault,
)

UNTRANSLATED = "no catalogue has this sentence about {thing}"


def test_there_are_two_languages_and_indonesian_comes_first() -> None:
    assert LANGUAGES == ("id", "en")


@pytest.mark.parametrize(("language", "word"), [("id", "Keuangan"), ("en", "Financial")])
def test_a_label_is_said_in_the_language_asked_for(language: Language, word: str) -> None:
    assert Label(id="Keuangan", en="Financial").say(language) == word


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_without_translation_is_said_in_english(language: Language) -> None:
    assert say(UNTRANSLATED, language, thing="bands") == "no catalogue has this sentence about bands"


def test_both_fills_the_same_fields_in_both_languages() -> None:
    assert both(UNTRANSLATED, thing=3) == Label(
        id="no catalogue has this sentence about 3", en="no catalogue has this sentence about 3"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_said_with_all_of_its_faults_one_line_each(language: Language) -> None:
    error = DataError(fault(UNTRANSLATED, thing="a"), fault(UNTRANSLATED, thing="b"))
    assert say_error(error, language).splitlines() == [
        "no catalogue has this sentence about a",
        "no catalogue has this sentence about b",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_a_located_fault_stays_in_front(language: Language) -> None:
    located = DataError(fault(UNTRANSLATED, thing="a")).located("data.csv").faults[0]
    assert say_fault(located, language) == "data.csv: no catalogue has this sentence about a"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_got_is_never_read_as_a_blank(language: Language) -> None:
    assert say_fault(fault("got {got}", got="{where}"), language) == "got {where}"


@pytest.mark.parametrize(
    ("got", "allowed", "expected"),
    [
        ("mising", ["missing", "years"], "missing"),
        ("bantang", ["bantaeng", "kkp"], "bantaeng"),
        ("zzzz", ["missing", "years"], ""),
        ("missing", [], ""),
    ],
)
def test_the_nearest_name_is_offered_only_when_there_is_one(
    got: str, allowed: list[str], expected: str
) -> None:
    assert nearest(got, allowed) == expected


def test_the_allowed_names_may_be_any_iterable() -> None:
    assert nearest("yers", (name for name in ("missing", "years"))) == "years"
