"""The vocabulary: words of files in two languages, and those a user adds."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary, plain, read_vocabulary
from bsc_analysis.scorecards.observations import COLUMNS

WORDS = packaged_vocabulary()


@pytest.mark.parametrize(
    ("word", "column"),
    [
        ("Sasaran Strategis", "objective"),
        ("SS", "objective"),
        ("IKU", "indicator"),
        ("IKU/IKI", "indicator"),
        ("Realisasi", "actual"),
        ("Bobot", "weight"),
        ("Polarisasi", "polarity"),
        ("Tahun", "year"),
        ("TA", "year"),
        ("Satuan", "unit_of_measure"),
        ("Satuan Kerja", "unit"),
        ("UNIT  KERJA", "unit"),
        ("Unit of Measure", "unit_of_measure"),
        ("Triwulan", "period"),
        ("Nilai Maksimum", "possible_maximum"),
    ],
)
def test_words_of_headers_mean_canonical_columns(word: str, column: str) -> None:
    assert WORDS.meaning("columns", word) == column


def test_every_canonical_name_means_itself() -> None:
    assert [WORDS.meaning("columns", each.name) for each in COLUMNS] == [each.name for each in COLUMNS]


@pytest.mark.parametrize(
    ("section", "word", "meaning"),
    [
        ("perspective", "Pemangku Kepentingan", "stakeholder"),
        ("perspective", "Internal Business Process", "internal_process"),
        ("perspective", "Pembelajaran dan Pertumbuhan", "learning_growth"),
        ("perspective", "learning&growth", "learning_growth"),
        ("perspective", "Keuangan", "financial"),
        ("polarity", "Semakin besar semakin baik", "maximize"),
        ("polarity", "Lower is better", "minimize"),
        ("period", "TW IV", "Q4"),
        ("period", "triwulan 1", "Q1"),
        ("period", "Smt 2", "S2"),
        ("period", "Agustus", "M08"),
        ("unused", "% Capaian", "achievement"),
        ("unused", "No.", "number"),
        ("not_rows", "RATA - RATA", "total"),
        ("control", "Sedang", "moderate"),
        ("units", "Persen", "%"),
    ],
)  # fmt: skip
def test_words_of_cells_mean_values(section: str, word: str, meaning: str) -> None:
    assert WORDS.meaning(section, word) == meaning  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["Realisas", "IKUU", "Capaian", "", "%", "-"])
def test_what_is_nearly_a_word_or_another_word_means_nothing(word: str) -> None:
    assert WORDS.meaning("columns", word) == ""


def test_no_word_of_a_section_means_two_things() -> None:
    meanings: dict[tuple[str, str], set[str]] = {}
    for term in WORDS.terms:
        meanings.setdefault((term.section, plain(term.word) or term.word), set()).add(term.meaning)
    assert {key for key, found in meanings.items() if len(found) > 1} == set()


def test_no_word_is_both_a_column_and_an_unused_one() -> None:
    columns, unused = (
        {plain(term.word) for term in WORDS.terms if term.section == section}
        for section in ("columns", "unused")
    )
    assert columns & unused == set()


def test_a_users_words_are_added_and_move_words_of_the_package() -> None:
    own = read_vocabulary('columns.actual = ["Capaian Akhir"]\ncolumns.objective = ["IKU"]', "own.toml")
    assert own.meaning("columns", "capaian akhir") == "actual"
    assert own.meaning("columns", "IKU") == "objective"
    assert own.meaning("columns", "Realisasi") == "actual"
    assert packaged_vocabulary().meaning("columns", "capaian akhir") == ""


def test_a_users_perspective_of_another_name_is_a_new_value() -> None:
    own = read_vocabulary('perspective.mandate = ["Mandat"]', "own.toml")
    assert own.meaning("perspective", "MANDAT") == "mandate"


def test_every_fault_of_a_users_file_is_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        read_vocabulary(
            'columns.actuall = ["x"]\ncolumns.target = "x"\ncolums.unit = ["x"]\nkind = 3', "own.toml"
        )
    assert [str(each) for each in caught.value.faults] == [
        "own.toml: unknown key 'columns.actuall', did you mean 'columns.actual'?",
        "own.toml: columns.target: got 'x', allowed: a list of words",
        "own.toml: unknown key 'colums', did you mean 'columns'?",
        "own.toml: kind: got 3, which is not a table",
    ]


def test_a_file_that_is_not_toml_is_refused() -> None:
    with pytest.raises(DataError, match=r"own\.toml: not valid TOML"):
        read_vocabulary("columns = [", "own.toml")
