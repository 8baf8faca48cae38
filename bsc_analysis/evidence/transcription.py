"""Transcribed tables: what a document prints, read from CSV files exactly as printed, every fault reported at once."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bsc_analysis.documents import Document, Names, read_document
from bsc_analysis.errors import BscError, DataError, Fault, PrintedError, fault
from bsc_analysis.evidence.printed import Key, Printed, PrintedFigures, print_intervals
from bsc_analysis.language.numbers import read_number
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARES = ("weight", "perspective_weight")  # printed as 0.25 or as 25 %
YEARLESS = (
    *SHARES,
    "mean_achievement",
)  # figures of the rule or over all years, whatever table they stand in
QUANTITIES = (
    "target", "actual", "achievement", "value", "weight", "perspective_weight", "product", "contribution",
    "mean_achievement", "perspective_score", "organisation_score", "indicator_count", "direct_effect",
    "indirect_effect",
)  # fmt: skip
NOT_A_YEAR = "{where}, row {row}, column '{name}': got {got}, allowed: a year such as 2017"
UNKNOWN_QUANTITY = "unknown quantity {got}, allowed: {allowed}"
_KEY_COLUMNS = ("perspective", "indicator", "year", "start", "end")
_COLUMN = re.compile(r"(?P<quantity>[a-z_]+?)(?:_(?P<year>\d{4}))?")


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
    faults = [
        fault(UNKNOWN_QUANTITY, got=repr(each), allowed=", ".join(QUANTITIES)) for each in _unknown(source)
    ]
    figures: list[Printed] = []
    for table in source.tables:
        header, rows = _rows(texts[table.file], table, faults)
        for row, cells in rows:
            record = dict(zip(header, cells, strict=True))
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


def _unknown(source: PrintedDocument) -> list[str]:
    """Return the quantities a description names that do not exist."""
    zeros = source.trailing_zeros_dropped
    named = [*source.exact.quantities, *(zeros.decimals if zeros else ())]
    return [each for each in named if each not in (*QUANTITIES, "perspective_contribution")]


def _rows(
    text: str, table: TableDocument, faults: list[Fault]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the numbered rows of a table that can be read; report the others."""
    lines = list(csv.reader(io.StringIO(text)))
    header, rows = (lines[0], list(enumerate(lines[1:], start=2))) if lines else ([], [])
    found = _header_faults(header, table)
    years = header.index("year") if "year" in header else None
    wrong = "{where}, row {row}: {got} cells, expected {allowed}"
    found += [
        fault(wrong, where=table.file, row=row, got=len(cells), allowed=len(header))
        for row, cells in rows
        if len(cells) != len(header)
    ]
    found += [
        fault(NOT_A_YEAR, where=table.file, row=row, name="year", got=repr(cells[years]))
        for row, cells in rows
        if years is not None and len(cells) == len(header) and not re.fullmatch(r"(\d{4})?", cells[years])
    ]
    faults += found
    return header, [] if found else rows


def _header_faults(header: list[str], table: TableDocument) -> list[Fault]:
    required = ("label", "printed") if "quantity" in header else ("label",)
    plain = ("label", "place", "quantity", "printed", *_KEY_COLUMNS)
    missing = [name for name in required if name not in header]
    unknown = [name for name in header if name not in plain and _quantity(name) is None]
    return [fault("{where}: column '{name}' is missing", where=table.file, name=name) for name in missing] + [
        fault("{where}: unknown column '{name}'", where=table.file, name=name) for name in unknown
    ]


def _quantity(column: str) -> tuple[str, str | None] | None:
    """Return the quantity and the year that a wide table's column stands for."""
    shape = _COLUMN.fullmatch(column)
    return (shape["quantity"], shape["year"]) if shape and shape["quantity"] in QUANTITIES else None


def _cells(record: Mapping[str, str], table: TableDocument) -> list[tuple[Key, str]]:
    if "quantity" in record:
        return [(_key(record, record["quantity"], record.get("year", "") or table.year), record["printed"])]
    cells = []
    for column, text in record.items():
        named = _quantity(column)
        if named is not None and text:
            year = None if named[0] in YEARLESS else named[1] or table.year
            cells.append((_key(record, named[0], year), text))
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
        raise DataError(fault(UNKNOWN_QUANTITY, got=repr(key.quantity), allowed=allowed))
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
    rounded, truncated = print_intervals(value, decimals, exact=exact)
    return Printed(key, place, label, text, value, rounded, truncated, decimals)
