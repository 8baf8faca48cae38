"""Configuration at the door: a TOML text becomes a validated document, or a report of every fault in it.

Each fault names the file and the path of the key inside it. Decimals are read exactly.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from bsc_analysis.errors import BscError, Fault, fault
from bsc_analysis.language.words import Label, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

_REFUSED = "refused"

_PLAIN = {
    "decimal_type": "{where}: {path}: got {got}, which is not a number",
    "decimal_parsing": "{where}: {path}: got {got}, which is not a number",
    "int_parsing": "{where}: {path}: got {got}, which is not a whole number",
    "int_type": "{where}: {path}: got {got}, which is not a whole number",
    "string_type": "{where}: {path}: got {got}, which is not a text",
    "string_too_short": "{where}: {path}: the text is empty",
    "model_type": "{where}: {path}: got {got}, which is not a table",
}


class Document(BaseModel):
    """Base of every document read from TOML: immutable, and unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, str_min_length=1)


class Names(Document):
    """A label in both languages, as written in a document."""

    id: str
    en: str

    @property
    def label(self) -> Label:
        """The label these names make."""
        return Label(id=self.id, en=self.en)


D = TypeVar("D", bound=Document)


def read_document(text: str, kind: type[D], where: str, error: type[BscError]) -> D:
    """Read a TOML text as a document of the kind asked for.

    Parameters
    ----------
    text
        The TOML source.
    kind
        The document class it must satisfy.
    where
        The file name that faults will give.
    error
        The error to raise, with one fault per thing that is wrong.
    """
    return check_content(read_content(text, where, error), kind, where, error)


def read_content(text: str, where: str, error: type[BscError]) -> dict[str, Any]:
    """Read a TOML text as plain tables, decimals exactly, before it is known which kind of document it is."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as broken:
        raise error(fault("{where}: not valid TOML: {got}", where=where, got=broken)) from None


def check_content(
    content: Mapping[str, Any],
    kind: type[D],
    where: str,
    error: type[BscError],
    *,
    context: Mapping[str, object] | None = None,
) -> D:
    """Hold plain tables to a kind of document, and raise one fault per thing that is wrong.

    ``context`` is what the validators of the document are to know beside the value they check; one that refuses a value
    raises :func:`refusal`.
    """
    try:
        return kind.model_validate(content, context=None if context is None else dict(context))
    except ValidationError as invalid:
        raise error(*(_fault(detail, kind, where) for detail in invalid.errors())) from None


def refusal(what: Fault) -> PydanticCustomError:
    """Return the error by which a validator of a document refuses a value, in words of its own."""
    return PydanticCustomError(_REFUSED, "refused", {"what": what})


def _fault(detail: ErrorDetails, kind: type[Document], where: str) -> Fault:
    path = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(detail, kind, where, path)
    if detail["type"] == "missing":
        return fault("{where}: {path}: this key is required and missing", where=where, path=path)
    if detail["type"] == _REFUSED:
        return fault("{where}: {path}: {what}", where=where, path=path, what=detail["ctx"]["what"])
    got = _shown(detail["input"])
    if detail["type"] in _PLAIN:
        return fault(_PLAIN[detail["type"]], where=where, path=path, got=got)
    expected = str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ") or detail["msg"]
    return fault(
        "{where}: {path}: got {got}, allowed: {allowed}", where=where, path=path, got=got, allowed=expected
    )


def _unknown_key(detail: ErrorDetails, kind: type[Document], where: str, path: str) -> Fault:
    key = str(detail["loc"][-1])
    beside = _keys_beside(kind, detail["loc"][:-1])
    guess = nearest(key, beside)
    if guess:
        return fault(
            "{where}: unknown key '{path}', did you mean '{guess}'?", where=where, path=path, guess=guess
        )
    return fault("{where}: unknown key '{path}'", where=where, path=path)


def _keys_beside(kind: type[Document], path: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are allowed where an unknown one was found, by walking the document class."""
    current: Any = kind
    for step in path:
        if isinstance(current, type) and issubclass(current, Document) and step in current.model_fields:
            current = current.model_fields[str(step)].annotation
        arguments = [
            inner for inner in _nested(current) if isinstance(inner, type) and issubclass(inner, Document)
        ]
        current = arguments[0] if arguments else current
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, Document) else []


def _nested(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", ())
    return [annotation] if not inner else [found for each in inner for found in _nested(each)]


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
