"""A rule set as written: the keys of its TOML file and their types."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError, PydanticKnownError

from bsc_analysis.documents import Document, Names
from bsc_analysis.scorecards.rules import (
    Consolidation,
    Mark,
    MinimizeFormula,
    MissingPolicy,
    Polarity,
    Scale,
    StabilizeFormula,
)

_RATIO = re.compile(r"\d+/[1-9]\d*")


def _weight(value: Any) -> Fraction:
    """Read a weight exactly: a decimal, or a ratio such as "1/9" that no decimal can say."""
    if (isinstance(value, str) and _RATIO.fullmatch(value)) or (
        isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    ):
        weight = Fraction(value)
    else:
        raise PydanticCustomError("decimal_type", "not a number")
    if weight <= 0:
        raise PydanticKnownError("greater_than", {"gt": 0})
    if weight > 1:
        raise PydanticKnownError("less_than_equal", {"le": 1})
    return weight


Weight = Annotated[Fraction, PlainValidator(_weight)]
Share = Annotated[Decimal, Field(ge=0, le=1)]


class SourceDocument(Document):
    """Where the rule is written."""

    citation: str
    place: str


class PerspectiveDocument(Document):
    """A perspective as written."""

    weight: Weight
    short: str
    name: Names


class ObjectiveDocument(Document):
    """A strategic objective as written."""

    perspective: str
    weight: Weight
    name: Names


class IndicatorDocument(Document):
    """An indicator as written."""

    perspective: str
    objective: str | None = None
    weight: Weight
    polarity: Polarity = "maximize"
    part_of: str | None = None
    target: Decimal | None = None
    consolidate: Consolidation | None = None
    name: Names


class PieceDocument(Document):
    """One stretch of a conversion: achievements between the two of ``at`` go straight to scores between those of ``to``."""

    range: str
    at: tuple[Decimal, Decimal]
    to: tuple[Decimal, Decimal]
    source: str


class ConversionDocument(Document):
    """How achievements are converted to scores, for one polarity or for all."""

    domain: str
    polarity: Polarity | None = None
    piece: Annotated[list[PieceDocument], Field(min_length=1)]


class ZeroDocument(Document):
    """What a target of zero means: the achievement where it is met, and where it is missed."""

    met: Decimal
    missed: Decimal
    source: str


class ScoreDocument(Document):
    """How an achievement becomes a score, as written."""

    scale: Scale
    minimize: MinimizeFormula | None = None
    stabilize: StabilizeFormula | None = None
    zero_target: ZeroDocument | None = None
    zero_actual: Decimal | None = None
    at_possible_maximum: Decimal | None = None
    cap: Annotated[Decimal, Field(gt=0)] | None = None
    floor: Decimal | None = None
    conversion: tuple[ConversionDocument, ...] = ()
    perspective_from: Literal["indicators", "objectives"] = "indicators"


class LeastWeightDocument(Document):
    """The least share of the weight that must rest on data for a score to be given."""

    perspective: Share = Decimal(0)
    organisation: Share = Decimal(0)


class MissingDocument(Document):
    """What a missing figure counts as, and who says so."""

    policy: MissingPolicy
    source: str
    least_weight: LeastWeightDocument = LeastWeightDocument()


class PeriodsDocument(Document):
    """How the periods of a year become the year."""

    consolidate: Consolidation
    source: str


class FactorDocument(Document):
    """The factor that each word in one column gives to an indicator's weight."""

    column: Literal["validity", "control", "kind"]
    values: Annotated[dict[str, Annotated[Decimal, Field(gt=0)]], Field(min_length=1)]
    source: str


class StepDocument(Document):
    """One step of a scale of words: its value and every way of writing it."""

    value: Decimal
    text: Annotated[list[str], Field(min_length=1)]


class ScaleDocument(Document):
    """A scale of words in ascending order."""

    name: Names
    source: str
    step: Annotated[list[StepDocument], Field(min_length=1)]


class BandDocument(Document):
    """One band as written; ``printed`` is its range as the source prints it."""

    id: str
    value: Decimal
    range: str
    printed: str
    name: Names


class GapDocument(Document):
    """A range the source leaves open, and how it is read."""

    range: str
    reads_as: str
    source: str


class BandsDocument(Document):
    """The bands of one level as written."""

    domain: str
    source: str
    band: Annotated[list[BandDocument], Field(min_length=1)]
    gap: tuple[GapDocument, ...] = ()


class ChoiceDocument(Document):
    """Who says what a key says that has no ``source`` beside it."""

    key: str
    source: str


class VariantDocument(Document):
    """A rule set with some choices made otherwise; what is not named stays as it is."""

    name: Names
    source: str = "ours"
    missing: MissingPolicy | None = None
    minimize: MinimizeFormula | None = None
    stabilize: StabilizeFormula | None = None
    zero_target: ZeroDocument | None = None
    zero_actual: Decimal | None = None
    polarity: dict[str, Polarity] = Field(default_factory=dict)
    scale: Scale | None = None
    cap: Annotated[Decimal, Field(gt=0)] | Literal["none"] | None = None
    floor: Decimal | Literal["none"] | None = None
    leave_out: tuple[str, ...] = ()


class RuleDocument(Document):
    """A whole rule set as written."""

    id: str
    version: str
    mark: Mark
    name: Names
    source: SourceDocument
    perspectives: Annotated[dict[str, PerspectiveDocument], Field(min_length=1)]
    objectives: dict[str, ObjectiveDocument] = Field(default_factory=dict)
    indicators: dict[str, IndicatorDocument] = Field(default_factory=dict)
    score: ScoreDocument
    missing: MissingDocument
    periods: PeriodsDocument | None = None
    factors: tuple[FactorDocument, ...] = ()
    scales: dict[str, ScaleDocument] = Field(default_factory=dict)
    bands: dict[Literal["achievement", "perspective", "organisation"], BandsDocument] = Field(
        default_factory=dict
    )
    indicator_bands: dict[str, BandsDocument] = Field(default_factory=dict)
    choice: tuple[ChoiceDocument, ...] = ()
    variants: dict[str, VariantDocument] = Field(default_factory=dict)
