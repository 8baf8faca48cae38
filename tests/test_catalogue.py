"""The catalogue is complete: every sentence shown to people has an Indonesian form with the same blanks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import bsc_analysis
from bsc_analysis.evidence.audit import audit
from bsc_analysis.exhibits import charts, diagrams, evidencetables, reproduction, statements, tables, yearly
from bsc_analysis.exhibits.exhibit import Exhibit, provenance
from bsc_analysis.language import words
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.studies import Study, read_study

SPEAKING = {"say", "both", "fault"}
PACKAGE = Path(bsc_analysis.__file__).parent


def _catalogue() -> dict[str, str]:
    with files("bsc_analysis.language").joinpath("catalogue/id.po").open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id}


CATALOGUE = _catalogue()


def _constants(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """Return what a module assigns to each name."""
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                assigned.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                assigned.setdefault(name, []).append(value)
    return assigned


def _spoken(tree: ast.Module) -> Iterator[str]:
    """Yield the sentences a module says: given in the call, or through a name that the module assigns."""
    assigned = _assigned(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name), *_]) if function in SPEAKING:
                yield from (text for value in assigned.get(name, []) for text in _sentences(value))
            case ast.Call(func=ast.Name(id=function), args=[first, *_]) if function in SPEAKING:
                yield from _sentences(first)


def _sentences(value: ast.expr) -> Iterator[str]:
    """Yield the texts of a constant, of both sides of a choice, or of a table's values."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_sentences(body), *_sentences(orelse))
        case ast.Dict(values=values):
            yield from (text for each in values for text in _sentences(each))
        case _:
            return


MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_says_is_in_the_catalogue(module: str) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    missing = sorted({sentence for sentence in _spoken(tree) if sentence not in CATALOGUE})
    assert missing == []


@pytest.mark.parametrize("module", MODULES)
def test_a_sentence_kept_under_a_name_is_in_the_catalogue(module: str) -> None:
    """Sentences that reach `fault` by way of another object: texts with named blanks that a module assigns to a name."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    kept = {
        text
        for values in _assigned(ast.Module(tree.body, [])).values()
        for value in values
        for text in _constants(value)
        if _is_sentence(text)
    }
    assert sorted(kept - set(CATALOGUE)) == []


@pytest.mark.parametrize("sentence", sorted(CATALOGUE))
def test_a_translation_has_the_same_blanks(sentence: str) -> None:
    translation = CATALOGUE[sentence]
    assert translation
    assert _blanks(translation) == _blanks(sentence)


def test_the_catalogue_holds_no_sentence_that_nobody_says() -> None:
    said = {
        text
        for path in PACKAGE.rglob("*.py")
        for text in _constants(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert sorted(set(CATALOGUE) - said) == []


class _Recorder(dict[str, str]):
    """A catalogue that remembers what was asked for and not found."""

    def __init__(self) -> None:
        super().__init__(CATALOGUE)
        self.missing: set[str] = set()

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        if key not in self:
            self.missing.add(key)
        return super().get(key, str(default))


@pytest.mark.parametrize("name", ["bantaeng", "kkp"])
def test_no_exhibit_falls_back_to_english(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = _Recorder()
    monkeypatch.setattr(words, "_indonesian", lambda: recorder)
    study = read_study(name)
    for exhibit in _exhibits(study):
        exhibit.make("id")
        exhibit.alt.say("id")
    assert sorted(recorder.missing) == []


def _exhibits(study: Study) -> Iterator[Exhibit]:
    record, findings = provenance(study), audit(study.printed, study.rules, study.model)
    made: list[object] = [
        tables.readings_table(study, record, language="id"),
        evidencetables.finding_table(findings, study, record, language="id"),
        evidencetables.verdict_table(findings, study, record, language="id"),
        evidencetables.mending_table(findings, study, record, language="id"),
        evidencetables.implied_table(study, record, language="id"),
        reproduction.reproduction_figure(findings, study, record, language="id"),
        yearly.yearly_figure(study, record, language="id"),
        diagrams.path_figure(study, record, language="id"),
        statements.audit_statement(findings, study),
        statements.score_statement(study),
    ]
    if study.observations is not None:
        scores = score(study.observations, study.rules)
        made += [
            make(scores, study, record, language="id")
            for make in (
                tables.indicator_table, tables.coverage_table, tables.score_table, charts.scorecard_figure,
                charts.achievement_figure,
            )
        ]  # fmt: skip
    yield from (each for each in made if isinstance(each, Exhibit))


def _is_sentence(text: str) -> bool:
    """Whether a text has blanks, all of them named, and words between them."""
    try:
        names = _blanks(text)
    except ValueError:
        return False
    return bool(names) and " " in text and all(name.isidentifier() for name in names)


def _blanks(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
