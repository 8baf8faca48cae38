"""The documents that ``bsc audit`` reads: what a paper prints of a scorecard, a path model or descriptive statistics.

Numbers are texts, exactly as printed. Every fault is named with the path of its key.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from bsc_analysis.documents import Document, refusal
from bsc_analysis.errors import BscError, fault
from bsc_analysis.evidence.printing import Marks, Printing
from bsc_analysis.scorecards.rules import (
    MinimizeFormula,
    MissingPolicy,
    Polarity,
    Scale,
    StabilizeFormula,
)

QUOTES = "got {got}, which is a number: write it in quotes, exactly as it is printed"
NOT_TEXT = "got {got}, which is not a text"


def _read(value: object, info: ValidationInfo, how: Literal["read", "read_range", "read_bounded"]) -> str:
    """Refuse what is no number as printed under the document's marks."""
    if not isinstance(value, str):
        number = not isinstance(value, bool | list | dict)
        raise refusal(fault(QUOTES if number else NOT_TEXT, got=value))
    marks = (info.context or {}).get("marks", Marks())
    try:
        getattr(marks, how)(value)
    except BscError as wrong:
        raise refusal(wrong.faults[0]) from None
    return value


def _read_number(value: object, info: ValidationInfo) -> str:
    return _read(value, info, "read")


def _read_range(value: object, info: ValidationInfo) -> str:
    return _read(value, info, "read_range")


def _read_bounded(value: object, info: ValidationInfo) -> str:
    return _read(value, info, "read_bounded")


PrintedNumber = Annotated[str, BeforeValidator(_read_number)]
PrintedRange = Annotated[str, BeforeValidator(_read_range)]
PrintedBound = Annotated[str, BeforeValidator(_read_bounded)]
Year = Annotated[int, Field(ge=1000, le=9999)]


class IndicatorRow(Document):
    """One indicator of one year, as printed."""

    name: str
    perspective: str = ""
    year: Year | None = None
    polarity: Polarity | None = None
    target: PrintedRange | None = None
    actual: PrintedNumber | None = None
    achievement: PrintedNumber | None = None
    value: PrintedNumber | None = None
    weight: PrintedNumber | None = None
    score: PrintedNumber | None = None
    contribution: PrintedNumber | None = None
    band: str | None = None
    possible_maximum: PrintedNumber | None = None
    place: str = "document"


class PerspectiveRow(Document):
    """One perspective of one year, as printed."""

    name: str
    year: Year | None = None
    weight: PrintedNumber | None = None
    value: PrintedNumber | None = None
    contribution: PrintedNumber | None = None
    band: str | None = None
    place: str = "document"


class TotalRow(Document):
    """The organisation's score of one year, as printed."""

    year: Year | None = None
    value: PrintedNumber | None = None
    band: str | None = None
    place: str = "document"


class StatedBand(Document):
    """A band as a document states it: its name, its range in interval notation, and its value on a scale of bands."""

    name: str
    range: str
    value: PrintedNumber | None = None


class StatedBands(Document):
    """The bands of each level, where the document states them."""

    achievement: tuple[StatedBand, ...] = ()
    perspective: tuple[StatedBand, ...] = ()
    organisation: tuple[StatedBand, ...] = ()


class StatedRule(Document):
    """A rule written in the document itself, instead of the name of a rule set."""

    scale: Scale = "percent"
    minimize: MinimizeFormula = "2 - actual / target"
    stabilize: StabilizeFormula = "nearest edge"
    cap: PrintedNumber | None = None
    floor: PrintedNumber | None = None
    missing: MissingPolicy = "renormalise"
    bands: StatedBands = StatedBands()


class AuditDocument(Document):
    """What documents of every kind say: where the figures come from and how their numbers are written."""

    kind: str
    title: str
    source: str = ""
    decimal: Literal[".", ",", ",."] | None = None
    thousands: Annotated[Literal["", ".", ",", " "], Field(min_length=0)] = ""
    exact: tuple[str, ...] = ()
    trailing_zeros_dropped: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    year: Year | None = None

    @property
    def printing(self) -> Printing:
        """How the document prints its numbers."""
        return Printing(
            Marks(self.decimal or "", self.thousands), frozenset(self.exact), self.trailing_zeros_dropped
        )


class ScorecardDocument(AuditDocument):
    """A printed scorecard; ``rules`` names a rule set, ``rule`` states one."""

    kind: Literal["scorecard"]
    rules: str | None = None
    rule: StatedRule | None = None
    weights_sum_to_one: Literal["perspective", "scorecard"] | None = None
    indicator: tuple[IndicatorRow, ...] = ()
    perspective: tuple[PerspectiveRow, ...] = ()
    total: tuple[TotalRow, ...] = ()


class PathRow(Document):
    """One direct path with what is printed of its estimate."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    beta: PrintedNumber | None = None
    b: PrintedNumber | None = None
    se: PrintedNumber | None = None
    t: PrintedNumber | None = None
    p: PrintedBound | None = None
    place: str = "document"


class EffectRow(Document):
    """One printed effect; ``via`` names the variables between, for an effect along one path."""

    kind: Literal["direct", "indirect", "total"]
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    via: tuple[str, ...] = ()
    printed: PrintedNumber
    scale: Literal["beta", "b"] = "beta"
    place: str = "document"


class FitRow(Document):
    """How well a model fits, as printed; ``baseline`` is the model without any path."""

    chi2: PrintedNumber | None = None
    df: PrintedNumber | None = None
    chi2_df: PrintedNumber | None = None
    p: PrintedBound | None = None
    cfi: PrintedNumber | None = None
    rmsea: PrintedNumber | None = None
    baseline_chi2: PrintedNumber | None = None
    baseline_df: PrintedNumber | None = None


class PathsDocument(AuditDocument):
    """A printed path model; without ``model`` the printed paths are the model."""

    kind: Literal["paths"]
    model: str | None = None
    variables: tuple[str, ...] = ()
    n: PrintedNumber | None = None
    path: tuple[PathRow, ...] = ()
    effect: tuple[EffectRow, ...] = ()
    correlations: dict[str, dict[str, PrintedNumber]] = Field(default_factory=dict)
    correlations_are: Literal["observed", "implied"] = "observed"
    se_of: Literal["b", "beta"] = "b"
    r2: dict[str, PrintedNumber] = Field(default_factory=dict)
    fit: FitRow = FitRow()


class MeanRow(Document):
    """The mean and standard deviation of one variable in one group; ``of`` names the groups that an overall mean joins."""

    variable: str
    group: str = ""
    year: Year | None = None
    n: PrintedNumber | None = None
    mean: PrintedNumber | None = None
    sd: PrintedNumber | None = None
    minimum: PrintedNumber | None = None
    maximum: PrintedNumber | None = None
    items: Annotated[int, Field(ge=1)] | None = None
    granularity: PrintedNumber | None = None
    of: tuple[str, ...] = ()
    place: str = "document"


class PercentageRow(Document):
    """One category of a variable in one group, counted."""

    variable: str
    category: str
    group: str = ""
    year: Year | None = None
    n: PrintedNumber | None = None
    count: PrintedNumber | None = None
    percent: PrintedNumber | None = None
    place: str = "document"


class DescriptivesDocument(AuditDocument):
    """Printed descriptive statistics; ``incomplete`` names variables whose categories are not a whole."""

    kind: Literal["descriptives"]
    mean: tuple[MeanRow, ...] = ()
    percentage: tuple[PercentageRow, ...] = ()
    incomplete: tuple[str, ...] = ()
