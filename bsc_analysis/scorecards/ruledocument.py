"""A rule set as written: the keys of its TOML file, their types, and the bands they declare."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from bsc_analysis.documents import Document, Names
from bsc_analysis.errors import Fault, RuleSetError, fault
from bsc_analysis.scorecards.bands import Band, Bands, Gap, prove_cover, read_interval

Weight = Annotated[Decimal, Field(gt=0, le=1)]


class SourceDocument(Document):
    """Where the rule is written."""

    citation: str
    place: str


class PerspectiveDocument(Document):
    """A perspective as written."""

    weight: Weight
    short: str
    name: Names


class IndicatorDocument(Document):
    """An indicator as written."""

    perspective: str
    weight: Weight
    polarity: Literal["maximize", "minimize"] = "maximize"
    part_of: str | None = None
    name: Names


class ScoreDocument(Document):
    """How an achievement becomes a score, as written."""

    scale: Literal["bands", "percent"]
    minimize: Literal["target / actual", "2 - actual / target"] | None = None
    cap: Annotated[Decimal, Field(gt=0)] | None = None
    perspective_from: Literal["indicators", "objectives"] = "indicators"


class MissingDocument(Document):
    """What a missing figure counts as, and who says so."""

    policy: Literal["zero", "renormalise", "refuse"]
    source: str


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


class RuleDocument(Document):
    """A whole rule set as written."""

    id: str
    version: str
    mark: Literal["printed", "public", "unofficial"]
    name: Names
    source: SourceDocument
    perspectives: Annotated[dict[str, PerspectiveDocument], Field(min_length=1)]
    indicators: dict[str, IndicatorDocument] = Field(default_factory=dict)
    score: ScoreDocument
    missing: MissingDocument
    bands: dict[Literal["achievement", "perspective", "organisation"], BandsDocument] = Field(
        default_factory=dict
    )


def read_bands(document: BandsDocument | None, where: str) -> tuple[Bands | None, list[Fault]]:
    """Build the bands of one level in ascending order, and say what keeps them from covering their domain once."""
    if document is None:
        return None, []
    ids = [band.id for band in document.band]
    sentence = "{where}: two bands have the id {got}"
    faults = [
        fault(sentence, where=where, got=repr(each)) for each in dict.fromkeys(ids) if ids.count(each) > 1
    ]
    try:
        bands = Bands(
            domain=read_interval(document.domain),
            bands=tuple(sorted(map(_band, document.band), key=lambda band: band.range.lower)),
            gaps=tuple(Gap(read_interval(gap.range), gap.reads_as, gap.source) for gap in document.gap),
        )
    except RuleSetError as unreadable:
        return None, [*faults, *unreadable.located(where).faults]
    return bands, faults or prove_cover(bands, where)


def _band(document: BandDocument) -> Band:
    return Band(
        id=document.id,
        value=Fraction(document.value),
        range=read_interval(document.range),
        label=document.name.label,
        printed=document.printed,
    )
