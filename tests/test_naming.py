"""Names of perspectives, indicators and other values: as the rule set knows them, or as everybody calls them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bsc_analysis.errors import fault
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.intake.naming import WordValues, names_of, word_values
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
from bsc_analysis.scorecards.rules import RuleSet

WORDS = packaged_vocabulary()
KKP, BANTAENG = read_rules("kkp"), read_rules("bantaeng")


def named(column: str, text: str, rules: RuleSet | None = None) -> str:
    """Return the id of a text, the text itself where it is kept, or the sentence that refuses it."""
    names = names_of(column, rules, WORDS)
    assert names is not None
    found = names.translate([text])
    refused = names.refuse([] if text in found else [text])
    return str(refused[text](fault("here"))) if text in refused else found.get(text, text)


@pytest.mark.parametrize(
    "text",
    [
        "learning_growth",
        "LG",
        "Learning & Growth",
        "Pembelajaran dan pertumbuhan",
        "Pertumbuhan & Pembelajaran",
    ],
)
def test_a_perspective_is_known_by_id_label_short_name_and_common_words(text: str) -> None:
    assert named("perspective", text, KKP) == "learning_growth"


def test_a_short_name_belongs_to_its_rule_set() -> None:
    assert named("perspective", "SH", KKP) == "stakeholder"
    assert named("perspective", "FIN", BANTAENG) == "financial"


def test_a_perspective_that_the_rule_set_does_not_have_is_refused_by_name() -> None:
    assert named("perspective", "Mandat", KKP).startswith("here: got 'Mandat', allowed: ")
    assert named("perspective", "Pelangan", KKP).startswith(
        "here: got 'Pelangan', did you mean 'customer'? Allowed: "
    )


def test_a_common_word_for_a_perspective_of_other_rule_sets_is_not_taken() -> None:
    assert "got 'Keuangan'" in named("perspective", "Keuangan", KKP)


def test_without_rules_common_words_are_ids_and_other_texts_stay() -> None:
    assert named("perspective", "Proses Bisnis Internal") == "internal_process"
    assert named("perspective", "Mandat") == "Mandat"


def test_without_rules_a_near_miss_is_refused_all_the_same() -> None:
    assert "did you mean 'financial'?" in named("perspective", "Keuangann")


def test_indicators_of_a_closed_list_are_known_by_label_and_others_are_left_to_the_door_of_scoring() -> None:
    assert named("indicator", "RASIO  EKONOMIS", BANTAENG) == "economy"
    assert named("indicator", "Economy ratio", BANTAENG) == "economy"
    assert named("indicator", "Rasio ekonomi", BANTAENG) == "Rasio ekonomi"


def test_indicators_without_a_closed_list_are_kept_as_written() -> None:
    assert names_of("indicator", KKP, WORDS) is None
    assert names_of("indicator", None, WORDS) is None
    assert names_of("unit", BANTAENG, WORDS) is None


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("polarity", "Max", "maximize"),
        ("polarity", "Semakin kecil semakin baik", "minimize"),
        ("period", "Triwulan II", "Q2"),
        ("period", "Setahun", ""),
        ("period", "first half-year", "first half-year"),
        ("validity", "Proksi", "proxy"),
        ("control", "HIGH", "high"),
        ("kind", "Outcome", "lag_outcome"),
        ("consolidation", "Take Last Known", "last"),
        ("consolidation", "Rata-rata", "average"),
    ],
)
def test_other_values_are_known_in_both_languages(column: str, text: str, value: str) -> None:
    assert named(column, text) == value


def test_a_closed_column_refuses_other_values_with_the_nearest() -> None:
    assert named("polarity", "Maximixe") == (
        "here: got 'Maximixe', did you mean 'maximize'? Allowed: maximize, minimize, stabilize"
    )
    assert named("validity", "zzz") == "here: got 'zzz', allowed: exact, proxy, activity"


def test_a_period_that_does_not_exist_is_not_taken_for_its_neighbour() -> None:
    assert named("period", "TW V").startswith("here: got 'TW V', did you mean 'Q")


def test_words_of_scales_have_values_whatever_their_case_and_spaces() -> None:
    words = WordValues((("WTP", Fraction(4)), ("4 of 5", Fraction(4)), ("4 dari 5", Fraction(4))))
    assert [words.value(text) for text in ("wtp", "4  dari 5", "WTQ", "")] == [4, 4, None, None]


def test_a_word_of_two_scales_with_different_values_has_none() -> None:
    words = WordValues((("A", Fraction(4)), ("A", Fraction(80)), ("B", Fraction(3)), ("B", Fraction(3))))
    assert [words.value(text) for text in ("A", "B")] == [None, 3]
    assert words.words == ("A", "B")


def test_without_scales_no_word_has_a_value() -> None:
    assert word_values(None) == word_values(KKP) == WordValues()


def test_levels_take_their_known_words_and_others_stay() -> None:
    names = names_of("level", None, packaged_vocabulary())
    assert names is not None
    assert names.translate(["Eselon II", "ECHELON 4", "Menteri", "Seksi"]) == {
        "Eselon II": "echelon_2", "ECHELON 4": "echelon_4", "Menteri": "minister",
    }  # fmt: skip
    assert names.refuse(["Seksi", "Eselon V"]) == {}
