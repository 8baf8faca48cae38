"""What is wrong with a path model whose lines can be read: circles, repetitions, names that clash or are unknown."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import networkx as nx

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bsc_analysis.paths.modeltext import ModelText, Relation
    from bsc_analysis.paths.pathmodel import Edge

_MOST_LISTED = 5
_Item = TypeVar("_Item")


def model_faults(text: ModelText) -> tuple[Fault, ...]:
    """Return every fault of a model as a whole.

    Where lines could not be read, names are not judged: the missing ones may stand in those lines.

    >>> from bsc_analysis.paths.modeltext import read_model_text
    >>> [str(each) for each in model_faults(read_model_text("IP ~ LG; IP ~ LG"))]
    ['the path LG -> IP is stated twice']
    """
    faults = _path_faults(text.edges + text.loadings)
    if text.faults:
        return tuple(faults)
    if not text.edges and not text.loadings:
        return (fault("the path model has no equation, expected at least one such as 'CP ~ LG'"),)
    faults += _factor_faults(text) + _unknown_variables(text) + _covariance_faults(text)
    return tuple(faults + _clashes(text) + _definition_faults(text))


def _path_faults(edges: Sequence[Edge]) -> list[Fault]:
    faults = [
        fault("the path {start} -> {end} is stated twice", start=start, end=end)
        for start, end in _repeated(edges)
    ]
    sentence = "the paths run in a circle: {circle}; a recursive model has none"
    return faults + [fault(sentence, circle=" -> ".join([*each, each[0]])) for each in _circles(edges)]


def _circles(edges: Sequence[Edge]) -> list[list[str]]:
    """Return a few circles, short ones first, each from its first variable on.

    A large model may have more than can be listed, so that they are looked for up to a length and a number.
    """
    graph = nx.DiGraph(edges)
    found: list[list[str]] = []
    for length in range(1, len(graph) + 1):
        found = list(islice(nx.simple_cycles(graph, length_bound=length), _MOST_LISTED))
        if len(found) == _MOST_LISTED:
            break
    mention = list(graph).index
    return sorted((_turned(circle, min(circle, key=mention)) for circle in found), key=len)


def _turned(circle: list[str], first: str) -> list[str]:
    place = circle.index(first)
    return circle[place:] + circle[:place]


def _factor_faults(text: ModelText) -> list[Fault]:
    factors = [factor for factor, _ in text.loadings]
    first = dict(reversed(text.loadings))
    alone = [name for name in dict.fromkeys(factors) if factors.count(name) == 1]
    sentence = "factor {factor} has only the indicator {indicator}, expected two or more"
    named = "{label}*{indicator}: the first loading of factor {factor} is 1 and takes no name"
    return [fault(sentence, factor=name, indicator=first[name]) for name in alone] + [
        fault(named, label=each.label, indicator=indicator, factor=factor)
        for each, factor, indicator in text.related_by("=~")
        if each.label is not None and first[factor] == indicator
    ]


def _unknown_variables(text: ModelText) -> list[Fault]:
    known = _variables(text)
    sentence = "{line} is about {got}, which stands in no equation; did you mean {guess}?"
    return [
        fault(sentence, line=repr(each.line), got=repr(name), guess=_guess(name, known))
        for each in text.relations
        for name in dict.fromkeys((each.left, each.right))
        if name is not None and name not in known
    ]


def _covariance_faults(text: ModelText) -> list[Fault]:
    stated = text.related_by("~~")
    pairs = [tuple(sorted((left, right))) for _, left, right in stated]
    faults = [
        fault("the covariance {a} ~~ {b} is stated twice", a=pair[0], b=pair[1]) for pair in _repeated(pairs)
    ]
    explained = {end for _, end in text.edges + text.loadings}
    known = _variables(text)
    found = [
        _covariance_fault(each, left, right, explained)
        for each, left, right in stated
        if {left, right} <= set(known)
    ]
    return faults + [each for each in found if each is not None]


def _covariance_fault(relation: Relation, left: str, right: str, explained: set[str]) -> Fault | None:
    modified = relation.value is not None or relation.label is not None
    got = repr(relation.line)
    if left == right:
        return (
            fault("{got}: variances are always free and take no number or name", got=got)
            if modified
            else None
        )
    if left not in explained and right not in explained:
        sentence = (
            "{got}: {a} and {b} are exogenous, their covariance is always free and takes no number or name"
        )
        return fault(sentence, got=got, a=left, b=right) if modified else None
    if left in explained and right in explained:
        sentence = "{got}: a residual covariance is free or 0, and takes no other number and no name"
        return fault(sentence, got=got) if modified and relation.value != 0 else None
    outside = right if left in explained else left
    sentence = "{got}: {name} is exogenous and has no residual that could covary with another"
    return fault(sentence, got=got, name=outside)


def _clashes(text: ModelText) -> list[Fault]:
    variables = set(_variables(text))
    coefficients = dict.fromkeys([*_labels(text), *(each.name for each in text.definitions)])
    sentence = "{name} is the name of a variable and of a coefficient; rename one of them"
    return [fault(sentence, name=name) for name in coefficients if name in variables]


def _definition_faults(text: ModelText) -> list[Fault]:
    names = [each.name for each in text.definitions]
    labels = _labels(text)
    faults = [fault("{name} is defined twice", name=name) for name in _repeated(names)]
    sentence = "{name} is defined although a coefficient has that name; rename one of them"
    faults += [fault(sentence, name=name) for name in dict.fromkeys(names) if name in labels]
    for place, each in enumerate(text.definitions):
        known = [*labels, *names[:place]]
        faults += [
            _unknown_coefficient(each.name, name, known, names[place:])
            for name in each.names
            if name not in known
        ]
    return faults


def _unknown_coefficient(definition: str, name: str, known: list[str], later: list[str]) -> Fault:
    if name in later:
        return fault("{definition} uses {got} before it is defined", definition=definition, got=name)
    if not known:
        sentence = "{definition} uses {got}, but no coefficient has a name; give one as in 'IP ~ a*LG'"
        return fault(sentence, definition=definition, got=repr(name))
    sentence = "{definition} uses {got}, which names no coefficient; did you mean {guess}?"
    return fault(sentence, definition=definition, got=repr(name), guess=_guess(name, known))


def _variables(text: ModelText) -> list[str]:
    return list(dict.fromkeys(name for edge in text.edges + text.loadings for name in edge))


def _labels(text: ModelText) -> list[str]:
    return list(dict.fromkeys(each.label for each in text.relations if each.label is not None))


def _guess(name: str, known: Sequence[str]) -> str:
    return nearest(name, known) or ", ".join(dict.fromkeys(known))


def _repeated(items: Iterable[_Item]) -> list[_Item]:
    listed = list(items)
    return [each for each in dict.fromkeys(listed) if listed.count(each) > 1]
