"""Schemes as written: every part of society at exactly one level, and all that is wrong at once."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import StudyError
from bsc_analysis.evidence.schemedocument import LEVELS, read_scheme_document
from bsc_analysis.files import data_folder, read_text


def written(*schemes: tuple[str, list[str], list[str], list[str]]) -> str:
    """Return a document with the parts person, group and people, and schemes of (id, micro, mezzo, macro)."""
    lines = [
        "[parts]",
        *(f'{part} = {{ id = "{part}", en = "{part}" }}' for part in ("person", "group", "people")),
    ]
    for name, *levels in schemes:
        lines += [
            "[[schemes]]",
            f'id = "{name}"',
            'mark = "public"',
            'source = "somewhere"',
            'name = { id = "a", en = "b" }',
        ]
        for level, covers in zip(LEVELS, levels, strict=True):
            lines += [f"[schemes.levels.{level}]", f"covers = {covers}", 'source = "ours: an example"']
    return "\n".join(lines)


def test_the_schemes_that_come_along_differ_in_the_organisation_only() -> None:
    document = read_scheme_document(*read_text(data_folder() / "interventions.toml"))
    ministry, textbook = (dict(scheme.places) for scheme in document.schemes)
    assert {part for part in ministry if ministry[part] != textbook[part]} == {"organisation"}
    assert (ministry["organisation"], textbook["organisation"]) == ("mezzo", "macro")


def test_what_no_source_was_seen_for_says_that_it_is_ours() -> None:
    document = read_scheme_document(*read_text(data_folder() / "interventions.toml"))
    for scheme in document.schemes:
        for level in LEVELS:
            covered = set(scheme.at(level).covers)
            assert "ours:" in scheme.at(level).source or covered == {"organisation"}


def test_every_misplaced_part_is_named_at_once() -> None:
    text = written(
        ("a", ["person", "group"], ["group"], ["people"]),
        ("a", ["person"], ["group"], ["crowd"]),
    )
    with pytest.raises(StudyError) as refused:
        read_scheme_document(text, "interventions.toml")
    assert [str(each) for each in refused.value.faults] == [
        "interventions.toml: schemes: the id 'a' is used 2 times",
        "interventions.toml: scheme 'a': 'group' stands at 2 levels, expected one",
        "interventions.toml: scheme 'a': got 'crowd', allowed: person, group, people",
        "interventions.toml: scheme 'a': 'people' stands at no level",
    ]


def test_keys_are_checked_with_their_path() -> None:
    text = written(("a", ["person"], ["group"], ["people"])).replace('mark = "public"', 'mark = "official"')
    with pytest.raises(
        StudyError, match=r"schemes\.0\.mark: got 'official', allowed: 'public', 'unofficial'"
    ):
        read_scheme_document(text, "interventions.toml")
