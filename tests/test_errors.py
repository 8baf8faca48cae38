"""Errors: each fault is one sentence with what, where, got and allowed, and an error carries all of them."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import (
    BscError,
    DataError,
    Fault,
    ModelError,
    PrintedError,
    RuleSetError,
    RunError,
    StudyError,
    UseError,
    fault,
)

UNKNOWN_KEY = "{where}: unknown key {got}"


def test_a_fault_reads_as_its_sentence_with_the_blanks_filled() -> None:
    assert str(fault(UNKNOWN_KEY, where="rules.toml", got="'wieght'")) == "rules.toml: unknown key 'wieght'"


def test_a_fault_keeps_its_sentence_apart_from_what_fills_it() -> None:
    assert fault("row {row}: {got}", row=7, got=0.5) == Fault(
        "row {row}: {got}", (("row", "7"), ("got", "0.5"))
    )


def test_braces_in_what_was_got_are_shown_as_they_are() -> None:
    assert str(fault("{where}: got {got}", where="a.toml", got="{x}")) == "a.toml: got {x}"


def test_faults_with_the_same_content_are_the_same_fault() -> None:
    assert {fault(UNKNOWN_KEY, where="a", got="b"), fault(UNKNOWN_KEY, where="a", got="b")} == {
        fault(UNKNOWN_KEY, where="a", got="b")
    }


def test_an_error_says_all_of_its_faults_one_line_each() -> None:
    error = DataError(fault("first {n}", n=1), fault("second {n}", n=2), fault("third"))
    assert str(error) == "first 1\nsecond 2\nthird"
    assert [str(each) for each in error.faults] == ["first 1", "second 2", "third"]


@pytest.mark.parametrize(
    ("kind", "exit_code"),
    [
        (BscError, 1),
        (RuleSetError, 1),
        (DataError, 1),
        (StudyError, 1),
        (PrintedError, 1),
        (ModelError, 1),
        (UseError, 2),
        (RunError, 3),
    ],
)
def test_every_error_has_the_exit_code_of_the_command_line(kind: type[BscError], exit_code: int) -> None:
    assert kind(fault("x")).exit_code == exit_code
    assert issubclass(kind, BscError)


def test_a_located_error_puts_the_file_before_every_sentence() -> None:
    error = RuleSetError(fault("weights of {what} sum to {got}", what="all", got="0.95"), fault("no bands"))
    located = error.located("rules.toml")
    assert str(located) == "rules.toml: weights of all sum to 0.95\nrules.toml: no bands"


def test_a_located_error_is_of_the_same_kind_and_leaves_the_first_one_alone() -> None:
    error = RuleSetError(fault("no bands"))
    assert type(error.located("rules.toml")) is RuleSetError
    assert str(error) == "no bands"


def test_an_error_located_twice_names_both_places_outermost_first() -> None:
    error = DataError(fault("got {got}", got="x")).located("row 3").located("table.csv")
    assert str(error) == "table.csv: row 3: got x"
