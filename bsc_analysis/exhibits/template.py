"""An empty workbook for a rule set: a sheet to fill in, a guide, and the lists that cells are chosen from.

Intake reads the first sheet only: the others have no header that it would take for one.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from bsc_analysis.exhibits.templatetext import TemplateColumn, advice, template_columns
from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.rules import RuleSet

EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # one fixed date keeps reruns byte-identical
LAST_ROW = 1_048_575
YEARS = (1900, 2200)
LARGEST = 1e15  # any figure that is meant as one is smaller
WIDTHS = {"unit": 28, "parent": 28, "perspective": 30, "objective": 40, "indicator": 48, "polarity": 26}
USUAL_WIDTH, GUIDE_WIDTHS = 15, (30, 70, 48)
LINE_HEIGHT = 15  # points
DARK, PALE, INK = "#1F4E79", "#D9E2EC", "#1B1B1B"
# A second lock: cells are written by kind, so that no text is looked at for what it might be.
_LITERAL = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def make_template(rules: RuleSet, language: Language) -> bytes:
    """Return the workbook: the same rule set and language always give the same bytes.

    The sheet to fill in has a header and nothing else; drop-downs and checks of numbers stand ready in its cells.

    >>> from bsc_analysis.files import read_rules
    >>> make_template(read_rules("kkp"), "id")[:2]
    b'PK'
    """
    columns = template_columns(rules, language)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **_LITERAL}) as book:
        book.set_properties({"title": rules.label.say(language), "created": EPOCH})
        data, guide, lists = (book.add_worksheet(say(name, language)) for name in ("Data", "Guide", "Lists"))
        sources = _write_lists(lists, columns, book, language)
        _write_data(data, columns, book)
        _set_checks(data, columns, sources, language, words=bool(rules.scales))
        _write_guide(guide, columns, rules, book, language)
        data.activate()
    return stream.getvalue()


def _write_lists(
    sheet: Worksheet, columns: Sequence[TemplateColumn], book: Workbook, language: Language
) -> dict[str, str]:
    """Write each list of allowed values into a column, and return where each stands."""
    title = _bold(book)
    listed = [each for each in columns if each.allowed]
    for at, column in enumerate(listed):
        sheet.write_string(0, at, say("Allowed: {name}", language, name=column.header), title)
        for row, value in enumerate(column.allowed, 1):
            sheet.write_string(row, at, value)
        sheet.set_column(at, at, max(USUAL_WIDTH, 2 + max(map(len, column.allowed))))
    sheet.freeze_panes(1, 0)
    return {
        column.name: f"='{sheet.name}'!${xl_col_to_name(at)}$2:${xl_col_to_name(at)}${1 + len(column.allowed)}"
        for at, column in enumerate(listed)
    }


def _write_data(sheet: Worksheet, columns: Sequence[TemplateColumn], book: Workbook) -> None:
    needed = _header(book, DARK, "#FFFFFF")
    optional = _header(book, PALE, INK)
    text = book.add_format({"num_format": "@"})
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.header, needed if column.required else optional)
        sheet.write_comment(0, at, column.explanation, {"x_scale": 2, "y_scale": 1.2, "author": "bsc"})
        plain = column.name in ("unit", "parent", "indicator", "objective")
        sheet.set_column(at, at, WIDTHS.get(column.name, USUAL_WIDTH), text if plain else None)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _set_checks(
    sheet: Worksheet,
    columns: Sequence[TemplateColumn],
    sources: dict[str, str],
    language: Language,
    *,
    words: bool,
) -> None:
    """Let cells be chosen from lists, and check numbers; what may also be a word or a range is only asked about."""
    checks: dict[str, dict[str, Any]] = {
        name: {
            "validate": "list",
            "source": source,
            "error_message": say("Choose a value from the list.", language),
        }
        for name, source in sources.items()
    }
    checks["year"] = {
        "validate": "integer", "criteria": "between", "minimum": YEARS[0], "maximum": YEARS[1],
        "error_message": say("Write the year in four digits.", language),
    }  # fmt: skip
    checks["weight"] = {
        "validate": "decimal", "criteria": ">", "value": 0,
        "error_message": say("Write a number above 0.", language),
    }  # fmt: skip
    number = {
        "validate": "decimal", "criteria": "between", "minimum": -LARGEST, "maximum": LARGEST, "error_type": "warning",
        "error_message": say("This is not a number. Keep it only if it is a range, such as 70-80.", language),
    }  # fmt: skip
    checks |= {} if words else {"target": number, "actual": number}
    for at, column in enumerate(columns):
        if column.name in checks:
            sheet.data_validation(1, at, LAST_ROW, at, checks[column.name])


def _write_guide(
    sheet: Worksheet, columns: Sequence[TemplateColumn], rules: RuleSet, book: Workbook, language: Language
) -> None:
    """Write the guide; its examples stand sideways, so that they cannot be taken for data."""
    title, wrapped = _bold(book), book.add_format({"text_wrap": True, "valign": "top"})
    heading = book.add_format({"bold": True, "font_size": 14})
    named = say("{name} ({id}, version {version})", language, name=rules.label.say(language), id=rules.id,
                version=rules.version)  # fmt: skip
    rows: list[tuple[tuple[str, ...], Format]] = [
        ((say("How to fill in the sheet {sheet}", language, sheet=repr(say("Data", language))),), heading),
        ((named,), wrapped),
        ((), wrapped),
        ((say("What goes into each column", language),), title),
        *(((column.header, column.explanation), wrapped) for column in columns),
        ((), wrapped),
        ((say("Figures and periods", language),), title),
        *((("", sentence), wrapped) for sentence in advice(rules, language)),
        ((), wrapped),
        ((say("Two rows as an example; they are not data", language),), title),
        *(((column.header, *column.examples), wrapped) for column in columns),
    ]
    for number, (cells, style) in enumerate(rows):
        for at, cell in enumerate(cells):
            sheet.write_string(number, at, cell, style)
        if style is wrapped:  # not every program makes room for wrapped text by itself
            lines = [-(-len(cell) // width) for cell, width in zip(cells, GUIDE_WIDTHS, strict=False)]
            sheet.set_row(number, LINE_HEIGHT * max(1, *lines, 1))
    for at, width in enumerate(GUIDE_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _bold(book: Workbook) -> Format:
    return book.add_format({"bold": True})


def _header(book: Workbook, fill: str, ink: str) -> Format:
    return book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": fill, "font_color": ink}
    )
