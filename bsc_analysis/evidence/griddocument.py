"""A grid as written: the keys of ``multiverse.toml`` and their types."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import StudyError, fault
from bsc_analysis.evidence.multiversegrid import Choice, Exclusion, Grid, Option, prove_grid
from bsc_analysis.evidence.settings import Coverage, Estimator, IntervalMethod, Route, Setting
from bsc_analysis.scorecards.ruledocument import Weight
from bsc_analysis.scorecards.rules import (
    Changes,
    Consolidation,
    MinimizeFormula,
    MissingPolicy,
    Polarity,
    Scale,
    StabilizeFormula,
)


class OptionDocument(Document):
    """One option as written: who says that it is defensible, and what it decides."""

    id: str
    name: Names
    reason: Names
    source: str
    rules: str | None = None
    missing: MissingPolicy | None = None
    minimize: MinimizeFormula | None = None
    stabilize: StabilizeFormula | None = None
    polarity: dict[str, Polarity] = Field(default_factory=dict)
    scale: Scale | None = None
    cap: Annotated[Decimal, Field(gt=0)] | Literal["none"] | None = None
    floor: Decimal | Literal["none"] | None = None
    leave_out: tuple[str, ...] = ()
    weights: dict[str, Weight] = Field(default_factory=dict)
    consolidate: Consolidation | None = None
    coverage: Coverage | None = None
    years: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()
    estimator: Estimator | None = None
    interval: IntervalMethod | None = None
    cluster: str | None = None


class ChoiceDocument(Document):
    """One choice as written."""

    id: str
    name: Names
    option: Annotated[list[OptionDocument], Field(min_length=2)]


class ExclusionDocument(Document):
    """Combinations that make no sense, as written: options by choice."""

    when: dict[str, str | list[str]]
    reason: Names


class GridDocument(Document):
    """A whole grid as written."""

    sesoi: Annotated[Decimal, Field(gt=0)] = Decimal("0.10")
    choice: Annotated[list[ChoiceDocument], Field(min_length=1)]
    exclude: tuple[ExclusionDocument, ...] = ()


def read_grid(text: str, where: str) -> Grid:
    """Read a grid from TOML.

    Parameters
    ----------
    text
        The TOML source.
    where
        The file name that faults will give.

    Raises
    ------
    StudyError
        With every fault and its path: unknown keys, ids that stand twice, two choices that decide the same thing,
        combinations that are left out and do not exist.

    >>> grid = read_grid('''
    ... [[choice]]
    ... id = "missing"
    ... name = { id = "Data hilang", en = "Missing data" }
    ... [[choice.option]]
    ... id = "zero"
    ... name = { id = "Nol", en = "Zero" }
    ... reason = { id = "Seperti dicetak", en = "As printed" }
    ... source = "Table 6"
    ... missing = "zero"
    ... [[choice.option]]
    ... id = "renormalise"
    ... name = { id = "Dinormalkan ulang", en = "Renormalised" }
    ... reason = { id = "Hanya yang diukur", en = "Only what is measured" }
    ... source = "ours"
    ... missing = "renormalise"
    ... ''', "multiverse.toml")
    >>> grid.n_combinations, grid.reference
    (2, ('zero',))
    """
    document = read_document(text, GridDocument, where, StudyError)
    grid = Grid(
        choices=tuple(map(_choice, document.choice)),
        exclusions=tuple(map(_exclusion, document.exclude)),
        sesoi=float(document.sesoi),
    )
    if faults := prove_grid(grid):
        raise StudyError(*(fault("{file}: {what}", file=where, what=each) for each in faults))
    return grid


def _choice(document: ChoiceDocument) -> Choice:
    return Choice(document.id, document.name.label, tuple(map(_option, document.option)))


def _option(document: OptionDocument) -> Option:
    return Option(
        document.id, document.name.label, document.reason.label, document.source, _setting(document)
    )


def _setting(document: OptionDocument) -> Setting:
    changes = Changes(
        missing=document.missing,
        minimize=document.minimize,
        stabilize=document.stabilize,
        polarity=tuple(document.polarity.items()),
        scale=document.scale,
        cap=_limit(document.cap),
        floor=_limit(document.floor),
        leave_out=document.leave_out,
    )
    return Setting(
        rules=document.rules,
        changes=changes,
        weights=tuple(document.weights.items()),
        consolidate=document.consolidate,
        coverage=document.coverage,
        years=document.years,
        route=Route(document.levels, document.estimator, document.interval, document.cluster),
    )


def _limit(value: Decimal | Literal["none"] | None) -> Fraction | Literal["none"] | None:
    return Fraction(value) if isinstance(value, Decimal) else value


def _exclusion(document: ExclusionDocument) -> Exclusion:
    when = tuple(
        (choice, (named,) if isinstance(named, str) else tuple(named))
        for choice, named in document.when.items()
    )
    return Exclusion(when, document.reason.label)
