"""The path model itself: variables, coefficients and what is known of them before any data are seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from bsc_analysis.paths.definitions import Definition

Edge = tuple[str, str]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A latent variable and the variables that show it.

    Attributes
    ----------
    name
        What the latent variable is called.
    indicators
        What it is measured by, in the order of the text.
    fixed
        Loadings fixed by a number, as (indicator, value); the first loading is always among them, as 1 unless
        the text fixes it otherwise.
    labels
        Names of free loadings, as (indicator, name).
    """

    name: str
    indicators: tuple[str, ...]
    fixed: tuple[tuple[str, float], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def loadings(self) -> tuple[Edge, ...]:
        """Each loading as (factor, indicator)."""
        return tuple((self.name, indicator) for indicator in self.indicators)


@dataclass(frozen=True, slots=True)
class PathModel:
    """A recursive path model.

    Variances, intercepts, and covariances among exogenous variables are always free and stand in no field. A residual
    covariance is free only where it is stated.

    Attributes
    ----------
    variables
        Every variable of the equations and every factor, causes before effects; indicators that stand in no equation
        are not among them.
    edges
        Each direct path as (from, to), in the order of the equations.
    fixed
        Coefficients fixed by a number, as (edge, value).
    labels
        Named coefficients, as (edge, name); coefficients of the same name are equal.
    covariances
        Free residual covariances, as pairs in the order of variables and indicators.
    factors
        Latent variables, in the order of the text.
    definitions
        Quantities defined from named coefficients, each after those that it uses.
    """

    variables: tuple[str, ...]
    edges: tuple[Edge, ...]
    fixed: tuple[tuple[Edge, float], ...] = ()
    labels: tuple[tuple[Edge, str], ...] = ()
    covariances: tuple[Edge, ...] = ()
    factors: tuple[Factor, ...] = ()
    definitions: tuple[Definition, ...] = ()

    @property
    def loadings(self) -> tuple[Edge, ...]:
        """Every loading as (factor, indicator)."""
        return tuple(chain.from_iterable(factor.loadings for factor in self.factors))

    @property
    def latent(self) -> tuple[str, ...]:
        """The factors, causes before effects."""
        factors = {factor.name for factor in self.factors}
        return tuple(name for name in self.variables if name in factors)

    @property
    def observed(self) -> tuple[str, ...]:
        """The columns of data that the model needs: variables that are no factor, then the other indicators.

        >>> from bsc_analysis.paths.model import path_model
        >>> path_model("F =~ x1 + x2 + x3; SH ~ F").observed
        ('SH', 'x1', 'x2', 'x3')
        """
        latent = self.latent
        names = dict.fromkeys([*self.variables, *(indicator for _, indicator in self.loadings)])
        return tuple(name for name in names if name not in latent)

    @property
    def explained(self) -> tuple[str, ...]:
        """Whatever has a residual: endogenous variables, then the other indicators."""
        indicators = (indicator for _, indicator in self.loadings)
        return tuple(dict.fromkeys([*self.endogenous, *indicators]))

    @property
    def endogenous(self) -> tuple[str, ...]:
        """The variables that some equation or factor explains, causes before effects."""
        explained = {end for _, end in self.edges + self.loadings}
        return tuple(name for name in self.variables if name in explained)

    @property
    def exogenous(self) -> tuple[str, ...]:
        """The variables that nothing explains."""
        explained = self.endogenous
        return tuple(name for name in self.variables if name not in explained)

    @property
    def simple(self) -> bool:
        """Whether each equation can be estimated by itself: no factors, no residual covariances, no equal coefficients."""
        names = [name for _, name in self.labels]
        return not self.factors and not self.covariances and len(set(names)) == len(names)

    def label_of(self, edge: Edge) -> str | None:
        """Return the name of a coefficient or loading, or None if the text names it not."""
        loadings = (((each.name, to), name) for each in self.factors for to, name in each.labels)
        return dict(chain(self.labels, loadings)).get(edge)

    def fixed_value(self, edge: Edge) -> float | None:
        """Return the number that fixes a coefficient or loading, or None if it is free.

        >>> from bsc_analysis.paths.model import path_model
        >>> model = path_model("IP ~ 0.5*LG + X")
        >>> model.fixed_value(("LG", "IP")), model.fixed_value(("X", "IP"))
        (0.5, None)
        """
        loadings = (((each.name, to), value) for each in self.factors for to, value in each.fixed)
        return dict(chain(self.fixed, loadings)).get(edge)

    def predictors(self, outcome: str) -> tuple[str, ...]:
        """Return the predictors of one outcome in the order they were written."""
        return tuple(start for start, end in self.edges if end == outcome)

    def directed_paths(self, start: str, end: str) -> tuple[Path, ...]:
        """Return every directed path between two variables, shortest first.

        >>> from bsc_analysis.paths.model import path_model
        >>> path_model("IP ~ LG; CP ~ LG + IP").directed_paths("LG", "CP")
        (('LG', 'CP'), ('LG', 'IP', 'CP'))
        """
        graph = nx.DiGraph(self.edges)
        graph.add_nodes_from(self.variables)
        paths = nx.all_simple_paths(graph, start, end)
        return tuple(sorted(map(tuple, paths), key=lambda path: (len(path), path)))

    def indirect_paths(self, start: str, end: str) -> tuple[Path, ...]:
        """Return the directed paths that pass through at least one other variable."""
        return tuple(path for path in self.directed_paths(start, end) if len(path) > 2)
