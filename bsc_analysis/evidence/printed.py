"""Figures as printed: a string, its place, and the interval of numbers that would be printed so."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import BscError, DataError, Fault, PrintedError, fault
from bsc_analysis.language.numbers import read_number
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bsc_analysis.language.words import Label

SHARES = ("weight", "perspective_weight")  # printed as 0.25 or as 25 %
QUANTITIES = (
    "target", "actual", "achievement", "value", "weight", "perspective_weight", "product", "contribution",
    "mean_achievement", "perspective_score", "organisation_score", "indicator_count", "direct_effect",
    "indirect_effect",
)  # fmt: skip
_KEY_COLUMNS = ("perspective", "indicator", "year", "start", "end")
_COLUMN = re.compile(r"(?P<quantity>[a-z_]+?)(?:_(?P<year>\d{4}))?")


@dataclass(frozen=True, slots=True)
class Key:
    """What a figure is a figure of, wherever it is printed; parts that do not apply are empty."""

    quantity: str
    perspective: str = ""
    indicator: str = ""
    year: int | None = None
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed figure.

    Attributes
    ----------
    key, place, label, text
        What it is, where it stands, how the source calls it, and the figure exactly as printed.
    value
        The number the text reads as; None when a mark such as "-" says there is none.
    rounded, truncated
        The numbers that print so when rounded (half a unit of the last digit to both sides) or cut off.
        Both are the value itself where the figure is exact.
    decimals
        How many decimals are printed (of the share, for weights printed in percent).
    """

    key: Key
    place: str
    label: str
    text: str
    value: Fraction | None
    rounded: Interval
    truncated: Interval
    decimals: int

    @property
    def absent(self) -> bool:
        """Whether the source prints a mark for "no figure" here."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class PrintedFigures:
    """Every figure of a document that was transcribed, with its places and its source.

    ``prose`` names the places in running text, which repeat figures of the tables.
    """

    figures: tuple[Printed, ...]
    places: Mapping[str, Label]
    prose: frozenset[str]
    citation: str
    rights: str
    transcription: str

    def of_years(self, years: tuple[int, ...]) -> PrintedFigures:
        """Keep the figures of these years and those that belong to no year; no years means all."""
        kept = tuple(f for f in self.figures if not years or f.key.year is None or f.key.year in years)
        return replace(self, figures=kept)


NOTHING_PRINTED = PrintedFigures((), {}, frozenset(), citation="", rights="", transcription="")


class TableDocument(Document):
    """One transcribed table: its file, hash, marks, and the place and year its rows share."""

    file: str
    sha256: str
    decimal: str
    thousands: Annotated[str, Field(min_length=0)] = ""
    place: str | None = None
    year: int | None = None


class CitationDocument(Document):
    """What was transcribed, by which rights, and how."""

    citation: str
    rights: str
    transcription: str


class ExactDocument(Document):
    """The quantities whose printed figures are taken as exact, and why."""

    quantities: list[str]
    reason: str


class TrailingZerosDocument(Document):
    """The decimals of columns that drop trailing zeros, so that "1" stands for 1.000, and how one can tell."""

    decimals: dict[str, Annotated[int, Field(ge=0)]]
    reason: str


class PlaceDocument(Document):
    """A place in the document; running text repeats figures of the tables."""

    name: Names
    prose: bool = False


class PrintedDocument(Document):
    """The description of a set of transcribed tables (``source.toml``)."""

    document: CitationDocument
    exact: ExactDocument
    trailing_zeros_dropped: TrailingZerosDocument | None = None
    places: dict[str, PlaceDocument]
    tables: list[TableDocument]


def read_source(text: str, where: str) -> PrintedDocument:
    """Read the description of transcribed tables."""
    return read_document(text, PrintedDocument, where, PrintedError)


def read_figures(source: PrintedDocument, texts: Mapping[str, str]) -> PrintedFigures:
    """Read every transcribed table.

    Parameters
    ----------
    source
        The description of the tables.
    texts
        The content of each table's CSV file, by file name. A wide table has one column per quantity (and year, as in
        ``target_2016``); a long one has the columns ``quantity`` and ``printed``.

    Raises
    ------
    PrintedError
        With every cell that is not a number and every column or place that is not declared.
    """
    faults: list[Fault] = []
    figures: list[Printed] = []
    for table in source.tables:
        for row, record in enumerate(csv.DictReader(io.StringIO(texts[table.file])), start=2):
            for key, text in _cells(record, table):
                try:
                    figures.append(_figure(key, text, record, table, source))
                except BscError as bad:
                    faults += bad.located(f"{table.file}, row {row}").faults
    if faults:
        raise PrintedError(*faults)
    return PrintedFigures(
        figures=tuple(figures),
        places={name: place.name.label for name, place in source.places.items()},
        prose=frozenset(name for name, place in source.places.items() if place.prose),
        citation=source.document.citation,
        rights=source.document.rights,
        transcription=source.document.transcription,
    )


def _cells(record: Mapping[str, str], table: TableDocument) -> list[tuple[Key, str]]:
    if "quantity" in record:
        return [(_key(record, record["quantity"], record.get("year", "") or table.year), record["printed"])]
    cells = []
    for column, text in record.items():
        shape = _COLUMN.fullmatch(column)
        if shape is None or column in ("label", "place", *_KEY_COLUMNS) or text == "":
            continue
        year = None if shape["quantity"] in ("weight", "perspective_weight") else shape["year"] or table.year
        cells.append((_key(record, shape["quantity"], year), text))
    return cells


def _key(record: Mapping[str, str], quantity: str, year: str | int | None) -> Key:
    perspective, indicator = record.get("perspective", ""), record.get("indicator", "")
    if quantity == "contribution" and not indicator:
        quantity = "perspective_contribution" if perspective else "organisation_score"
    return Key(
        quantity=quantity,
        perspective=perspective,
        indicator="" if quantity == "perspective_weight" else indicator,
        year=int(year) if year else None,
        start=record.get("start", ""),
        end=record.get("end", ""),
    )


def _figure(
    key: Key, text: str, record: Mapping[str, str], table: TableDocument, source: PrintedDocument
) -> Printed:
    place = record.get("place") or table.place or ""
    if place not in source.places:
        raise DataError(fault("the place {got} is not declared, allowed: {allowed}", got=repr(place),
                              allowed=", ".join(source.places)))  # fmt: skip
    if key.quantity not in (*QUANTITIES, "perspective_contribution"):
        allowed = ", ".join(QUANTITIES)
        raise DataError(
            fault("unknown quantity {got}, allowed: {allowed}", got=repr(key.quantity), allowed=allowed)
        )
    number = read_number(text, decimal=table.decimal, thousands=table.thousands)
    label = record["label"]
    if number is None:
        nothing = Interval(Fraction(1), Fraction(0))
        return Printed(key, place, label, text, None, nothing, nothing, 0)
    percent = number.unit == "%" and key.quantity in SHARES
    value, decimals = (
        (number.value / 100, number.decimals + 2) if percent else (number.value, number.decimals)
    )
    zeros = source.trailing_zeros_dropped
    decimals = max(decimals, zeros.decimals.get(key.quantity, 0) if zeros else 0)
    exact = key.quantity in source.exact.quantities
    rounded, truncated = _readings(value, decimals, exact=exact)
    return Printed(key, place, label, text, value, rounded, truncated, decimals)


def _readings(value: Fraction, decimals: int, *, exact: bool) -> tuple[Interval, Interval]:
    """Return the numbers that print as the value when rounded, and when cut off after the last digit."""
    if exact:
        return Interval(value, value), Interval(value, value)
    unit = Fraction(1, 10**decimals)
    rounded = Interval(value - unit / 2, value + unit / 2)
    if value == 0:
        return rounded, Interval(-unit, unit, lower_closed=False, upper_closed=False)
    if value < 0:
        return rounded, Interval(value - unit, value, lower_closed=False)
    return rounded, Interval(value, value + unit, upper_closed=False)
