"""A twin's plan as written: the keys of ``twin.toml`` and their types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bsc_analysis.documents import Document
from bsc_analysis.scorecards.rules import Polarity
from bsc_analysis.twins.plan import Calibration

Finite = Annotated[float, Field(allow_inf_nan=False)]
Figures = dict[str, Finite]


class LevelDocument(Document):
    """A level: what its units are called, and how many indicators one has in the mean."""

    id: str
    name: str
    indicators: Finite


class MinistryDocument(Document):
    """The ministry's own scores of a year: its NKO, some given ones, and how the others lie around their level."""

    nko: Finite
    given: Figures = Field(default_factory=dict)
    offsets: Figures = Field(default_factory=dict)


class YearDocument(Document):
    """One year: counts, and the scores around which it is made."""

    year: int
    indicators: int
    units: dict[str, Annotated[int, Field(ge=0)]]
    means: Figures
    ministry: MinistryDocument


class TruthDocument(Document):
    """Standard deviations, and either standardised paths or correlations."""

    sd: Figures
    paths: Figures | None = None
    correlations: list[list[Finite]] | None = None


class RecordsDocument(Document):
    """How records divide over perspectives and spread around their unit's score."""

    shares: Figures
    spread: Finite
    held: Finite
    growth: Finite


class OptionsDocument(Document):
    """What is added to, or built into, a twin."""

    missing: Finite = 0.0
    noise: Finite = 0.0
    tails: Finite = 0.0
    icc: Finite = 0.0
    persistence: Finite = 0.0
    lag: Figures = Field(default_factory=dict)


class TemplateDocument(Document):
    """An indicator that units may have."""

    perspective: str
    objective: str
    name: str
    unit_of_measure: str
    target: tuple[Annotated[Finite, Field(gt=0)], Annotated[Finite, Field(gt=0)]]
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    polarity: Polarity = "maximize"
    width: Annotated[Finite, Field(gt=0)] | None = None
    intervention: Literal["micro", "mezzo", "macro"] | None = None


class TwinDocument(Document):
    """A whole plan as written."""

    seed: int
    calibration: Calibration
    cluster: str
    truth: TruthDocument
    records: RecordsDocument
    options: OptionsDocument = OptionsDocument()
    level: Annotated[list[LevelDocument], Field(min_length=2)]
    year: Annotated[list[YearDocument], Field(min_length=1)]
    indicator: Annotated[list[TemplateDocument], Field(min_length=1)]
