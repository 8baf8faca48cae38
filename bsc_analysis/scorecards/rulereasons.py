"""Who says what: the source of each choice in a rule set's file, by the key it stands at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.documents import Document
from bsc_analysis.errors import Fault, fault
from bsc_analysis.scorecards.rules import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.scorecards.ruledocument import RuleDocument

NO_KEY = "{where}: choice.{number}.key: this file says nothing at {got}"
_APART = frozenset(
    {"choice", "source", "variants"}
)  # said elsewhere: by name, by citation, by their own source


def find_reasons(document: RuleDocument) -> tuple[Reason, ...]:
    """Return every source that a rule set's file gives, in the order of the file.

    A ``source`` beside a choice gives the choice's key; ``[[choice]]`` names the key it is about.
    """
    chosen = [Reason(each.key, each.source) for each in document.choice]
    fields = [name for name in type(document).model_fields if name not in _APART]
    return (*(found for name in fields for found in _sources(getattr(document, name), name)), *chosen)


def prove_choices(document: RuleDocument, where: str) -> list[Fault]:
    """Return a fault for each ``[[choice]]`` about a key the file does not have."""
    return [
        fault(NO_KEY, where=where, number=number, got=repr(each.key))
        for number, each in enumerate(document.choice)
        if not _stands(document, each.key)
    ]


def _sources(value: object, key: str) -> Iterator[Reason]:
    if isinstance(value, Document):
        source = getattr(value, "source", None)
        if isinstance(source, str):
            yield Reason(key, source)
        for name in type(value).model_fields:
            yield from _sources(getattr(value, name), f"{key}.{name}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _sources(inner, f"{key}.{name}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _sources(inner, f"{key}.{number}")


def _stands(document: RuleDocument, key: str) -> bool:
    """Whether the file says something at a key such as ``score.minimize`` or ``perspectives``."""
    found: object = document
    for step in key.split("."):
        if isinstance(found, dict):
            found = found.get(step)
        else:
            found = getattr(found, step, None) if isinstance(found, Document) else None
    return found not in (None, (), {})
