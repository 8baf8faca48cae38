"""The effects a path model has: every direct, specific indirect, total indirect and total effect, by name and in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import ModelError, UseError, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.paths.definitions import evaluate_all

if TYPE_CHECKING:
    from bsc_analysis.paths.definitions import Definition
    from bsc_analysis.paths.pathmodel import Path, PathModel

Kind = Literal["direct", "specific", "total_indirect", "total", "contrast", "defined"]
Array = NDArray[Any]

ARROW = "->"
NO_EFFECT = "the model has no effect {got}, did you mean {guess}?"
OF_LOADING = (
    "the definition of {name} uses {got}, which names a loading; only coefficients of equations have effects"
)
WORDS: dict[Kind, str] = {"direct": "", "specific": "", "total_indirect": "indirect ", "total": "total "}


@dataclass(frozen=True, slots=True)
class EffectName:
    """One effect: between which variables, of which kind, and through which.

    ``via`` holds the variables between, for a specific effect; ``label`` is what a contrast or a definition is called,
    which has neither start nor end.
    """

    kind: Kind
    start: str = ""
    end: str = ""
    via: tuple[str, ...] = ()
    label: str = ""

    def __str__(self) -> str:
        if self.label:
            return self.label
        return WORDS[self.kind] + f" {ARROW} ".join((self.start, *self.via, self.end))

    @property
    def path(self) -> Path:
        """The variables along it."""
        return (self.start, *self.via, self.end)


@dataclass(frozen=True, slots=True)
class EffectList:
    """Every effect of a model, and how each comes from the coefficients.

    Attributes
    ----------
    names
        The m effects: for each pair of variables that a path joins, its direct effect, each specific indirect one, their
        sum, and the total; then contrasts and the model's own definitions.
    products
        Per path, the places of the coefficients that are multiplied along it.
    sums
        Per effect of a pair, which products it is the sum of.
    contrasts
        Per contrast, the places of the two effects whose difference it is.
    definitions
        The model's definitions.
    labels
        Named coefficients and their places.
    """

    names: tuple[EffectName, ...]
    products: tuple[tuple[int, ...], ...]
    sums: tuple[tuple[int, ...], ...]
    contrasts: tuple[tuple[int, int], ...] = ()
    definitions: tuple[Definition, ...] = ()
    labels: tuple[tuple[str, int], ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def values(self, coefficients: Array) -> Array:
        """Return the effects, (m, ...), of coefficients (E, ...), real or complex.

        >>> from bsc_analysis.paths.model import path_model
        >>> effects = list_effects(path_model("IP ~ LG; CP ~ LG + IP"))
        >>> dict(zip(map(str, effects.names), effects.values(np.array([0.5, -0.1, 0.4])).round(3).tolist()))[
        ...     "total LG -> CP"
        ... ]
        0.1
        """
        along = [_product([coefficients[at] for at in places]) for places in self.products]
        done: dict[tuple[int, ...], Array] = {}
        for parts in self.sums:
            if parts not in done:
                done[parts] = sum((along[at] for at in parts[1:]), along[parts[0]])
        pairs = [done[parts] for parts in self.sums]
        differences = [pairs[first] - pairs[second] for first, second in self.contrasts]
        found = [*pairs, *differences, *self._defined(coefficients)]
        # A model that only measures has no effects.
        return np.stack(found) if found else np.empty((0, *np.shape(coefficients)[1:]))

    def _defined(self, coefficients: Array) -> list[Array]:
        known: dict[str, Any] = {name: coefficients[at] for name, at in self.labels}
        return list(evaluate_all(self.definitions, known))

    def find(self, text: str) -> int:
        """Return the place of the effect that a text such as ``total LG -> SH`` or ``LG -> IP -> SH`` names.

        Raises
        ------
        UseError
            Naming the nearest effect.
        """
        spoken = [str(name) for name in self.names]
        wanted = f" {ARROW} ".join(" ".join(part.split()) for part in text.replace("→", ARROW).split(ARROW))
        wanted = wanted.removeprefix("direct ")
        if wanted in spoken:
            return spoken.index(wanted)
        guess = nearest(wanted, spoken) or spoken[0]
        raise UseError(fault(NO_EFFECT, got=repr(text), guess=repr(guess)))

    @property
    def single(self) -> tuple[int, ...]:
        """The places of effects that are one coefficient: direct ones, and totals without any indirect path."""
        return tuple(
            at for at, parts in enumerate(self.sums) if [len(self.products[each]) for each in parts] == [1]
        )

    def contrast(self, first: str, second: str) -> EffectList:
        """Return the list with the difference of two effects added, the first minus the second.

        >>> from bsc_analysis.paths.model import path_model
        >>> effects = list_effects(path_model("IP ~ LG; CP ~ LG + IP")).contrast("LG -> CP", "LG -> IP -> CP")
        >>> float(effects.values(np.array([0.5, -0.1, 0.4]))[-1].round(3))
        -0.3
        """
        places = self.find(first), self.find(second)
        label = " - ".join(f"({self.names[at]})" for at in places)
        own, rest = (
            self.names[: len(self.sums) + len(self.contrasts)],
            self.names[len(self.sums) + len(self.contrasts) :],
        )
        names = (*own, EffectName("contrast", label=label), *rest)
        return replace(self, names=names, contrasts=(*self.contrasts, places))


@cache
def list_effects(model: PathModel) -> EffectList:
    """List every effect of a model.

    >>> from bsc_analysis.paths.model import path_model
    >>> [str(name) for name in list_effects(path_model("IP ~ LG; CP ~ LG + IP")).names][2:6]
    ['LG -> CP', 'LG -> IP -> CP', 'indirect LG -> CP', 'total LG -> CP']
    """
    place = {edge: at for at, edge in enumerate(model.edges)}
    names: list[EffectName] = []
    products: list[tuple[int, ...]] = []
    sums: list[tuple[int, ...]] = []
    for start in model.variables:
        for end in model.variables:
            if start == end or not (paths := model.directed_paths(start, end)):
                continue
            first = len(products)
            products += [tuple(place[edge] for edge in pairwise(path)) for path in paths]
            for name, parts in _of_pair(paths, first):
                names.append(name)
                sums.append(parts)
    labels = tuple((name, place[edge]) for edge, name in model.labels)
    _refuse_loadings(model)
    names += [EffectName("defined", label=each.name) for each in model.definitions]
    return EffectList(tuple(names), tuple(products), tuple(sums), (), model.definitions, labels)


def _refuse_loadings(model: PathModel) -> None:
    loadings = {name for factor in model.factors for _, name in factor.labels} - {
        name for _, name in model.labels
    }
    faults = [
        fault(OF_LOADING, name=each.name, got=name)
        for each in model.definitions
        for name in each.names
        if name in loadings
    ]
    if faults:
        raise ModelError(*faults)


def _of_pair(paths: tuple[Path, ...], first: int) -> list[tuple[EffectName, tuple[int, ...]]]:
    start, end = paths[0][0], paths[0][-1]
    found: list[tuple[EffectName, tuple[int, ...]]] = []
    indirect = []
    for at, path in enumerate(paths, first):
        kind: Kind = "direct" if len(path) == 2 else "specific"
        found.append((EffectName(kind, start, end, path[1:-1]), (at,)))
        if kind == "specific":
            indirect.append(at)
    if indirect:
        found.append((EffectName("total_indirect", start, end), tuple(indirect)))
    found.append((EffectName("total", start, end), tuple(range(first, first + len(paths)))))
    return found


def _product(factors: list[Array]) -> Array:
    product = factors[0]
    for each in factors[1:]:
        product = product * each
    return product
