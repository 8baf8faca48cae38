"""The keys of ``study.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bsc_analysis.documents import Document, Names

DataStatus = Literal["transcribed", "printed", "real", "synthetic"]


class DirectionDocument(Document):
    """The changes called no change, as written."""

    bands: Annotated[float, Field(ge=0)] = 0.005
    percent: Annotated[float, Field(ge=0)] = 0.5
    reason: str = "Half a unit of the last digit usually printed"


class AccountabilityDocument(Document):
    """Evaluations of accountability (SAKIP), and the year in which scorecards were introduced, as written."""

    rules: str = "sakip"
    introduced: int
    observations: str | None = None


class StudyDocument(Document):
    """A study as written in ``study.toml``."""

    id: str
    name: Names
    rules: str
    printed: str | None = None
    data_status: DataStatus
    notebooks: Annotated[list[str], Field(min_length=1)]
    observations: str | None = None
    twin: str | None = None
    sheets: tuple[str, ...] = ()
    decimal: Literal["", ".", ","] = ""
    synonyms: str | None = None
    scores: str | None = None
    model: str | None = None
    cluster: str = ""
    group: str = ""
    direction: DirectionDocument = DirectionDocument()
    readings: tuple[str, ...] = ()
    stages: str | None = None
    intervention: str | None = None
    accountability: AccountabilityDocument | None = None
