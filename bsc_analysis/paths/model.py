"""Path models stated as text: one regression per line, parsed to a frozen, acyclic model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from bsc_analysis.errors import Fault, ModelError, fault
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_MOST_LISTED = 5

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathModel:
    """A recursive path model.

    Attributes
    ----------
    variables
        Every variable, causes before effects.
    edges
        Each direct path as (from, to), in the order of the equations.
    """

    variables: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def endogenous(self) -> tuple[str, ...]:
        """The variables that some equation explains, causes before effects."""
        explained = {end for _, end in self.edges}
        return tuple(name for name in self.variables if name in explained)

    @property
    def exogenous(self) -> tuple[str, ...]:
        """The variables that no equation explains."""
        return tuple(name for name in self.variables if name not in self.endogenous)

    def predictors(self, outcome: str) -> tuple[str, ...]:
        """Return the predictors of one outcome in the order they were written."""
        return tuple(start for start, end in self.edges if end == outcome)

    def directed_paths(self, start: str, end: str) -> tuple[Path, ...]:
        """Return every directed path between two variables, shortest first.

        >>> path_model("IP ~ LG; CP ~ LG + IP").directed_paths("LG", "CP")
        (('LG', 'CP'), ('LG', 'IP', 'CP'))
        """
        paths = nx.all_simple_paths(_graph(self.edges, self.variables), start, end)
        return tuple(sorted(map(tuple, paths), key=lambda path: (len(path), path)))

    def indirect_paths(self, start: str, end: str) -> tuple[Path, ...]:
        """Return the directed paths that pass through at least one other variable."""
        return tuple(path for path in self.directed_paths(start, end) if len(path) > 2)


def path_model(text: str) -> PathModel:
    r"""Read a path model from regressions such as ``CP ~ LG + IP``, one per line or separated by ``;``.

    Raises
    ------
    ModelError
        Naming each line that is not a regression, each duplicate, and any cycle.

    >>> path_model("IP ~ LG  # learning drives process\nCP ~ LG + IP").exogenous
    ('LG',)
    """
    lines = [line.split("#", 1)[0].strip() for part in text.splitlines() for line in part.split(";")]
    equations = [_equation(line) for line in lines if line]
    faults = [equation for equation in equations if isinstance(equation, Fault)]
    stated = [equation for equation in equations if not isinstance(equation, Fault)]
    edges = [(start, outcome) for outcome, predictors in stated for start in predictors]
    faults += _edge_faults(edges)
    if not edges and not faults:
        faults.append(fault("the path model has no equation, expected at least one such as 'CP ~ LG'"))
    if faults:
        raise ModelError(*faults)
    graph = _graph(edges, [])
    return PathModel(
        tuple(nx.lexicographical_topological_sort(graph, key=_first_mention(edges))), tuple(edges)
    )


def variable(model: PathModel, name: str) -> str:
    """Return the name if the model has it, and refuse it with the nearest name otherwise."""
    if name in model.variables:
        return name
    guess = nearest(name, model.variables) or ", ".join(model.variables)
    raise ModelError(
        fault("the path model has no variable {got}, did you mean {guess}?", got=repr(name), guess=guess)
    )


def _equation(line: str) -> tuple[str, list[str]] | Fault:
    outcome, tilde, right = (part.strip() for part in line.partition("~"))
    predictors = [term.strip() for term in right.split("+")]
    if tilde and all(_NAME.fullmatch(name) for name in (outcome, *predictors)):
        return outcome, predictors
    return fault("{got} is not a regression such as 'CP ~ LG + IP'", got=repr(line))


def _edge_faults(edges: list[tuple[str, str]]) -> list[Fault]:
    twice = [edge for edge in dict.fromkeys(edges) if edges.count(edge) > 1]
    faults = [
        fault("the path {start} -> {end} is stated twice", start=start, end=end) for start, end in twice
    ]
    cycles = sorted(nx.simple_cycles(_graph(edges, [])), key=len)[:_MOST_LISTED]
    sentence = "the paths run in a circle: {circle}; a recursive model has none"
    return faults + [fault(sentence, circle=" -> ".join([*cycle, cycle[0]])) for cycle in cycles]


def _graph(
    edges: list[tuple[str, str]] | tuple[tuple[str, str], ...], nodes: list[str] | tuple[str, ...]
) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    return graph


def _first_mention(edges: list[tuple[str, str]]) -> Callable[[str], int]:
    return list(dict.fromkeys(name for edge in edges for name in edge)).index
