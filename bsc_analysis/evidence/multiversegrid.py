"""The grid of a multiverse: declared choices with their defensible options, and every combination that makes sense."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault
from bsc_analysis.evidence.settings import Setting, merge_settings
from bsc_analysis.language.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bsc_analysis.language.words import Label

MOST_CELLS = 20_000
TWICE = "{path}: the id {got} stands {count} times"
DECIDED_TWICE = "choice: {one} and {other} both decide {what}, and a cell can take it from one of them only"
SAME_OPTION = "{path}: {one} and {other} decide the same"
UNKNOWN_CHOICE = "{path}: there is no choice {got}, allowed: {allowed}"
LIKELY_CHOICE = "{path}: there is no choice {got}, did you mean {guess}?"
UNKNOWN_OPTION = "{path}: the choice {choice} has no option {got}, allowed: {allowed}"
ONE_CHOICE = "{path}: it names {count} choice, and a combination takes at least two; leave the option out of the choice"
IDLE = "{path}: it leaves out nothing that is not left out already"
TOO_MANY = "choice: the choices make {count} combinations, allowed: at most {most}"
NO_CELL = "exclude: every combination is left out"


@dataclass(frozen=True, slots=True)
class Option:
    """One defensible way to decide: what it is called, why it is defensible, who says so, and what it decides."""

    id: str
    label: Label
    reason: Label
    source: str
    setting: Setting


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to decide; the first option is the study's own reading."""

    id: str
    label: Label
    options: tuple[Option, ...]

    def option(self, option_id: str) -> Option:
        """Return the option with this id."""
        return next(each for each in self.options if each.id == option_id)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Combinations that make no sense, and why: those with one of the options named in each of the choices named."""

    when: tuple[tuple[str, tuple[str, ...]], ...]
    reason: Label

    def leaves_out(self, options: dict[str, str]) -> bool:
        """Whether a combination, given as choice to option, is left out."""
        return all(options[choice] in named for choice, named in self.when)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One combination: its options in the order of the choices, and all that they decide."""

    options: tuple[str, ...]
    setting: Setting


@dataclass(frozen=True, slots=True)
class Grid:
    """Declared choices and what is left out of their product; ``sesoi`` is the smallest effect of interest."""

    choices: tuple[Choice, ...]
    exclusions: tuple[Exclusion, ...] = ()
    sesoi: float = 0.10

    @property
    def n_combinations(self) -> int:
        """How many combinations there are before any is left out."""
        return prod(len(each.options) for each in self.choices)

    @property
    def reference(self) -> tuple[str, ...]:
        """The study's own reading: the first option of every choice."""
        return tuple(each.options[0].id for each in self.choices)


def list_cells(grid: Grid) -> tuple[GridCell, ...]:
    """Return every combination of options that is not left out, the last choice turning fastest.

    >>> from bsc_analysis.language.words import Label
    >>> def choice(name, *options):
    ...     label = Label(name, name)
    ...     return Choice(name, label, tuple(Option(each, label, label, "ours", Setting()) for each in options))
    >>> grid = Grid((choice("cap", "120", "none"), choice("missing", "zero", "renormalise")),
    ...             (Exclusion((("cap", ("none",)), ("missing", ("zero",))), Label("-", "-")),))
    >>> [each.options for each in list_cells(grid)]
    [('120', 'zero'), ('120', 'renormalise'), ('none', 'renormalise')]
    """
    ids = [each.id for each in grid.choices]
    cells = []
    for options in product(*(each.options for each in grid.choices)):
        names = tuple(each.id for each in options)
        together = dict(zip(ids, names, strict=True))
        if not any(each.leaves_out(together) for each in grid.exclusions):
            cells.append(GridCell(names, merge_settings(each.setting for each in options)))
    return tuple(cells)


def prove_grid(grid: Grid) -> list[Fault]:
    """Return everything that keeps a grid from being one, with the path of each.

    Ids stand once; no two choices decide the same thing, and no two options of a choice decide alike; what is left out
    exists, is a combination, and is not left out already; and something is left.
    """
    faults = [*_repeated(grid), *_decided_twice(grid), *_same_options(grid), *_unknown(grid)]
    if not faults and grid.n_combinations > MOST_CELLS:
        faults.append(fault(TOO_MANY, count=grid.n_combinations, most=MOST_CELLS))
    return faults or [*_idle(grid)]


def _repeated(grid: Grid) -> Iterator[Fault]:
    named = [("choice", [each.id for each in grid.choices])]
    named += [(f"choice.{at}.option", [o.id for o in each.options]) for at, each in enumerate(grid.choices)]
    for path, ids in named:
        for got, count in Counter(ids).items():
            if count > 1:
                yield fault(TWICE, path=path, got=repr(got), count=count)


def _decided_twice(grid: Grid) -> Iterator[Fault]:
    decider: dict[str, str] = {}
    for each in grid.choices:
        for what in sorted({name for option in each.options for name in option.setting.decided}):
            if what in decider:
                yield fault(DECIDED_TWICE, one=repr(decider[what]), other=repr(each.id), what=repr(what))
            decider.setdefault(what, each.id)


def _same_options(grid: Grid) -> Iterator[Fault]:
    for at, each in enumerate(grid.choices):
        known: dict[Setting, str] = {}
        for option in each.options:
            if option.setting in known:
                one = repr(known[option.setting])
                yield fault(SAME_OPTION, path=f"choice.{at}", one=one, other=repr(option.id))
            known.setdefault(option.setting, option.id)


def _unknown(grid: Grid) -> Iterator[Fault]:
    choices = {each.id: each for each in grid.choices}
    for at, exclusion in enumerate(grid.exclusions):
        path = f"exclude.{at}.when"
        if len(exclusion.when) < 2:
            yield fault(ONE_CHOICE, path=path, count=len(exclusion.when))
        for name, options in exclusion.when:
            if name not in choices:
                yield _no_choice(path, name, list(choices))
                continue
            own = [each.id for each in choices[name].options]
            for got in options:
                if got not in own:
                    yield fault(
                        UNKNOWN_OPTION, path=path, choice=repr(name), got=repr(got), allowed=", ".join(own)
                    )


def _no_choice(path: str, got: str, known: Sequence[str]) -> Fault:
    if guess := nearest(got, known):
        return fault(LIKELY_CHOICE, path=path, got=repr(got), guess=repr(guess))
    return fault(UNKNOWN_CHOICE, path=path, got=repr(got), allowed=", ".join(known))


def _idle(grid: Grid) -> Iterator[Fault]:
    """Find exclusions that leave out nothing that those before them have not, and grids without a cell."""
    ids = [each.id for each in grid.choices]
    left = [
        dict(zip(ids, names, strict=True))
        for names in product(*([o.id for o in c.options] for c in grid.choices))
    ]
    for at, exclusion in enumerate(grid.exclusions):
        kept = [each for each in left if not exclusion.leaves_out(each)]
        if len(kept) == len(left):
            yield fault(IDLE, path=f"exclude.{at}")
        left = kept
    if not left:
        yield fault(NO_CELL)
