"""A printed path model's figures: coefficients, effects, correlations, explained shares and fit, by their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, PrintedError, fault
from bsc_analysis.evidence.printed import Key
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from bsc_analysis.evidence.auditcase import Located
    from bsc_analysis.evidence.auditdocument import EffectRow, PathsDocument
    from bsc_analysis.evidence.printing import Printing
    from bsc_analysis.paths.pathmodel import PathModel

NO_VARIABLE = "{where}: {path}: the path model has no variable {got}, did you mean {guess}?"
NO_PATH = "{where}: {path}: the path model has no path {got}"
SAME = "{where}: {path}: a correlation of {got} with itself is not printed as a figure"
DIRECT = {"beta": "direct_effect", "b": "raw_direct_effect"}
PLACE = "document"
EFFECTS = "effects"
STEP = " → "
# What a document calls its quantities, and the quantities of keys that it means by them.
CALLED = {
    "beta": ("direct_effect",),
    "b": ("raw_direct_effect",),
    "effect": tuple(
        f"{raw}{kind}_effect" for raw in ("", "raw_") for kind in ("indirect", "total", "specific")
    ),
}


def path_figures(document: PathsDocument, model: PathModel, where: str) -> list[Located]:
    """Return every figure of a printed path model with the path of its key.

    Raises
    ------
    PrintedError
        Naming each variable and each path that the model does not have.
    """
    faults = [*_name_faults(document, model, where)]
    if faults:
        raise PrintedError(*faults)
    exact = frozenset(each for name in document.exact for each in CALLED.get(name, (name,)))
    zeros = {
        each: count
        for name, count in document.trailing_zeros_dropped.items()
        for each in CALLED.get(name, (name,))
    }
    printing = replace(document.printing, exact=exact, zeros=zeros)
    return [
        *_coefficients(document, printing),
        *_effects(document, printing),
        *_correlations(document, model, printing),
        *_model_figures(document, printing),
    ]


def correlation_key(first: str, second: str, model: PathModel) -> Key:
    """Return the key of a correlation, whichever variable is named first."""
    start, end = sorted((first, second), key=model.variables.index)
    return Key("correlation", start=start, end=end)


def effect_key(row: EffectRow) -> Key:
    """Return the key of a printed effect; one along a single path is named by what lies between."""
    if row.kind == "direct":
        return Key(DIRECT[row.scale], start=row.start, end=row.end)
    kind = "specific" if row.via else row.kind
    raw = "raw_" if row.scale == "b" else ""
    return Key(f"{raw}{kind}_effect", indicator=STEP.join(row.via), start=row.start, end=row.end)


def _name_faults(document: PathsDocument, model: PathModel, where: str) -> Iterator[Fault]:
    known = set(model.variables)
    for path, name in _named(document):
        if name not in known:
            guess = nearest(name, model.variables) or ", ".join(model.variables)
            yield fault(NO_VARIABLE, where=where, path=path, got=repr(name), guess=guess)
    for at, row in enumerate(document.path):
        if {row.start, row.end} <= known and (row.start, row.end) not in model.edges:
            yield fault(NO_PATH, where=where, path=f"path.{at}", got=f"{row.start}{STEP}{row.end}")
    for at, each in enumerate(document.effect):
        steps = (each.start, *each.via, each.end)
        if set(steps) <= known and not _has_path(each, model):
            yield fault(NO_PATH, where=where, path=f"effect.{at}", got=STEP.join(steps))
    for name in (row for row, columns in document.correlations.items() if row in columns):
        yield fault(SAME, where=where, path=f"correlations.{name}", got=repr(name))


def _named(document: PathsDocument) -> Iterator[tuple[str, str]]:
    """Yield every variable that a document names, with the path of its key."""
    yield from ((f"variables.{at}", each) for at, each in enumerate(document.variables))
    for at, row in enumerate(document.path):
        yield from ((f"path.{at}.from", row.start), (f"path.{at}.to", row.end))
    for at, each in enumerate(document.effect):
        yield from ((f"effect.{at}", name) for name in (each.start, *each.via, each.end))
    for name, columns in document.correlations.items():
        yield from ((f"correlations.{name}", each) for each in (name, *columns))
    yield from ((f"r2.{each}", each) for each in document.r2)


def _has_path(row: EffectRow, model: PathModel) -> bool:
    steps = (row.start, *row.via, row.end)
    if row.kind == "direct" or row.via:
        return set(pairwise(steps)) <= set(model.edges)
    if row.kind == "indirect":
        return bool(model.indirect_paths(row.start, row.end))
    return bool(model.directed_paths(row.start, row.end))


def _coefficients(document: PathsDocument, printing: Printing) -> Iterator[Located]:
    columns = {"beta": "direct_effect", "b": "raw_direct_effect", "se": "se", "t": "t", "p": "p"}
    for at, row in enumerate(document.path):
        for column, quantity in columns.items():
            text = getattr(row, column)
            if text is not None:
                key = Key(quantity, start=row.start, end=row.end)
                yield f"path.{at}.{column}", printing.figure(key, row.place, column, text)


def _effects(document: PathsDocument, printing: Printing) -> Iterator[Located]:
    """Yield printed effects; a direct one repeats a coefficient, so that it stands in a place of its own."""
    repeated = {
        (DIRECT[scale], row.start, row.end)
        for row in document.path
        for scale in DIRECT
        if getattr(row, scale)
    }
    for at, row in enumerate(document.effect):
        key = effect_key(row)
        again = (key.quantity, key.start, key.end) in repeated and row.place == PLACE
        place = EFFECTS if again else row.place
        yield f"effect.{at}.printed", printing.figure(key, place, row.kind, row.printed)


def _correlations(document: PathsDocument, model: PathModel, printing: Printing) -> Iterator[Located]:
    """Yield each correlation once, though both halves of the matrix may be printed alike."""
    seen: dict[Key, str] = {}
    for row, columns in document.correlations.items():
        for column, text in columns.items():
            key = correlation_key(row, column, model)
            if seen.get(key) != text:
                yield f"correlations.{row}.{column}", printing.figure(key, PLACE, "r", text)
            seen.setdefault(key, text)


def _model_figures(document: PathsDocument, printing: Printing) -> Iterator[Located]:
    if document.n is not None:
        yield "n", printing.figure(Key("n"), PLACE, "n", document.n)
    for outcome, text in document.r2.items():
        yield f"r2.{outcome}", printing.figure(Key("r2", end=outcome), PLACE, "R2", text)
    for column, text in document.fit:
        if text is not None:
            quantity = "fit_p" if column == "p" else column
            yield f"fit.{column}", printing.figure(Key(quantity), PLACE, column, text)
