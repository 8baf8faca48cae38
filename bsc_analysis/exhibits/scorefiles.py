"""Scores as the bytes of a file: a workbook for people, JSON, CSV and Parquet for programs.

CSV and Parquet hold one table, in which ``score_of`` says what a row scores: ``organisation``, ``perspective`` or
``indicator``. The same scores always give the same bytes. Scores that rest on made data say so in every one of these.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from bsc_analysis.errors import UseError, fault
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.language.words import say
from bsc_analysis.scorecards.piecewise import write_exact
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.listing import ScoreList
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.summaries import Group, Summary

FORMATS = (".xlsx", ".csv", ".parquet")
LONG_COLUMNS = (
    "score_of", "unit", "year", "perspective", "indicator", "achievement", "score", "band", "n_present", "weight_present",
)  # fmt: skip
STATUS_COLUMN = "data_status"  # the last of a table whose scores rest on made data
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # one fixed date keeps reruns byte-identical
MOST_ROWS = 1_048_576  # of a sheet, its header included
LINES_BELOW = 2  # of a sheet of made data: an empty one, and what the data are
TOO_LONG = "a workbook holds at most {allowed} rows in a sheet, and there are {got}; write csv or parquet"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# A second lock: cells are written by kind, so that no text is looked at for what it might be.
_LITERAL = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_DECIMALS = {"percent": "0.00", "bands": "0.0000"}
_WIDEST = 60

Cell = str | int | float | None


def score_file(
    scores: ScoreList, summary: Summary | None, file_format: str, *, language: Language, made: bool = False
) -> bytes:
    """Return scores as the content of a file in one of :data:`FORMATS`; only a workbook has the summary and the language.

    ``made`` says here and below that the scores rest on made data.
    """
    if file_format == ".xlsx":
        return score_xlsx(scores, summary, language=language, made=made)
    return score_csv(scores, made=made) if file_format == ".csv" else score_parquet(scores, made=made)


def score_json(
    scores: ScoreList, summary: Summary | None = None, *, language: Language = "en", made: bool = False
) -> str:
    """Return scores as JSON: numbers in full precision, null for what is missing.

    The keys are ``organisations``, ``perspectives``, ``indicators`` and ``rules``, ``by`` where there is a summary, and of
    made data ``data_status`` and, in the language, ``statement``.
    """
    rules = scores.rules
    content: dict[str, Any] = {
        "organisations": _records(scores.organisations),
        "perspectives": _records(scores.perspectives),
        "indicators": _records(scores.indicators),
        "rules": {"id": rules.id, "version": rules.version, "mark": rules.mark, "missing": rules.missing},
    }
    if summary is not None:
        content["by"] = [_plain_group(each, summary.by) for each in summary.groups]
    if made:
        content |= {"data_status": "synthetic", "statement": say(STATUS_SENTENCES["synthetic"], language)}
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def score_csv(scores: ScoreList, *, made: bool = False) -> bytes:
    """Return scores as one table in CSV, UTF-8; a text that a spreadsheet would take for a formula gets an apostrophe."""
    table = _long(scores, made=made)
    texts = ("unit", "perspective", "indicator", "band")
    inert = table.assign(**{name: table[name].map(_inert, na_action="ignore") for name in texts})
    return inert.to_csv(index=False, lineterminator="\n").encode("utf-8")


def score_parquet(scores: ScoreList, *, made: bool = False) -> bytes:
    """Return scores as one table in Parquet; its metadata name the rule set and its version, and say of made data so."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(_long(scores, made=made), preserve_index=False)
    said = {"rules": scores.rules.id, "version": scores.rules.version, "missing": scores.rules.missing}
    if made:
        said |= {STATUS_COLUMN: SYNTHETIC}
    stream = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(said), stream)
    return stream.getvalue()


def score_xlsx(
    scores: ScoreList, summary: Summary | None = None, *, language: Language, made: bool = False
) -> bytes:
    """Return scores as a workbook with a sheet per level and one for the rule set, words in the language.

    Numbers are numbers in full precision, and no text is ever a formula. Of made data the workbook's properties say so, and
    so does every sheet with scores, below its table and at the head of each printed page.

    Raises
    ------
    UseError
        When there are more rows than a sheet can hold.
    """
    longest = max(len(scores.organisations), len(scores.perspectives), len(scores.indicators)) + 1
    longest += LINES_BELOW if made else 0
    if longest > MOST_ROWS:
        raise UseError(fault(TOO_LONG, allowed=MOST_ROWS, got=longest))
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **_LITERAL}) as book:
        statement = say(STATUS_SENTENCES["synthetic"], language)
        said = {"subject": statement, "keywords": SYNTHETIC, "comments": statement} if made else {}
        book.set_properties({"created": EPOCH, **said})
        for title, rows in _sheets(scores, summary, language):
            sheet = _write_sheet(book, title, rows, scores.rules)
            if made:
                _mark_sheet(sheet, len(rows), statement)
        _write_sheet(book, say("Rule set", language), _rule_rows(scores.rules, language), scores.rules)
    return stream.getvalue()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype("object").where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _plain_group(group: Group, by: str) -> dict[str, Any]:
    record = asdict(group)
    named = {"least": "min", "greatest": "max"}
    figures = {
        named.get(name, name): value for name, value in record.items() if name not in ("key", "shares")
    }
    return {by: group.key, **figures, "bands": dict(group.shares)}


def _long(scores: ScoreList, *, made: bool) -> pd.DataFrame:
    levels = {
        "organisation": scores.organisations,
        "perspective": scores.perspectives,
        "indicator": scores.indicators,
    }
    whole = pd.concat([frame.assign(score_of=name) for name, frame in levels.items()], ignore_index=True)
    texts = dict.fromkeys(("score_of", "unit", "perspective", "indicator", "band"), "str")
    types = {"achievement": "float64", "n_present": "Int64", "weight_present": "float64"}
    table = whole[list(LONG_COLUMNS)].astype({**texts, **types})
    return table.assign(**{STATUS_COLUMN: SYNTHETIC}) if made else table


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _sheets(
    scores: ScoreList, summary: Summary | None, language: Language
) -> Iterator[tuple[str, list[list[Cell]]]]:
    """Return the title and the rows of each sheet with scores."""
    for title, frame, bands in _levels(scores):
        yield say(title, language), _worded(frame, bands, scores.rules, language)
    if summary is not None:
        yield say("Summary", language), _summary_rows(summary, scores.rules, language)


def _levels(scores: ScoreList) -> Sequence[tuple[str, pd.DataFrame, Callable[[str], Bands | None]]]:
    rules = scores.rules
    return (
        ("Organisations", scores.organisations, lambda _: rules.organisation_bands),
        ("Perspectives", scores.perspectives, lambda _: rules.perspective_bands),
        ("Indicators", scores.indicators, rules.bands),
    )


def _worded(
    frame: pd.DataFrame, bands: Callable[[str], Bands | None], rules: RuleSet, language: Language
) -> list[list[Cell]]:
    """Return header and rows with names and bands in the language."""
    names = {"n_present": "with data", "weight_present": "weight with data", "achievement": "achievement (%)"}
    header: list[Cell] = [say(names.get(name, name), language) for name in frame.columns]
    return [header, *(_row(record, bands, rules, language) for record in _records(frame))]


def _row(
    record: dict[str, Any], bands: Callable[[str], Bands | None], rules: RuleSet, language: Language
) -> list[Cell]:
    judged = bands(record.get("indicator", "")) if record["band"] is not None else None
    words: dict[str, Cell] = {
        name: _name(rules, record[name], language) for name in ("perspective", "indicator") if name in record
    }
    words |= {"band": judged.named(record["band"]).label.say(language)} if judged else {}
    return [words.get(name, value) for name, value in record.items()]


def _name(rules: RuleSet, id_: str, language: Language) -> str:
    label = rules.name(id_)
    return id_ if label is None else label.say(language)


def _summary_rows(summary: Summary, rules: RuleSet, language: Language) -> list[list[Cell]]:
    bands = rules.organisation_bands.bands if rules.organisation_bands else ()
    words = (summary.by, "number of units", "number of scores", "mean", "median", "lowest", "highest")
    header: list[Cell] = [
        *(say(word, language) for word in words),
        *(band.label.say(language) for band in bands),
    ]
    rows: list[list[Cell]] = [
        [each.key, each.n_units, each.n_scores, each.mean, each.median, each.least, each.greatest,
         *(dict(each.shares).get(band.id) for band in bands)]
        for each in summary.groups
    ]  # fmt: skip
    return [header, *rows]


def _rule_rows(rules: RuleSet, language: Language) -> list[list[Cell]]:
    facts: dict[str, Cell] = {
        "rule set": rules.id,
        "version": rules.version,
        "mark": say(rules.mark, language),
        "name of the rule set": rules.label.say(language),
        "source": rules.citation,
        "place": rules.place,
        "missing": rules.missing,
        "lower-is-better": rules.minimize,
        "range target": rules.stabilize,
        "highest score": None if rules.cap is None else write_exact(rules.cap),
        "lowest score": None if rules.floor is None else write_exact(rules.floor),
    }
    header: list[Cell] = [say("what", language), say("value", language)]
    said: list[list[Cell]] = [
        [say(name, language), value] for name, value in facts.items() if value is not None
    ]
    weights: list[list[Cell]] = [
        [f"{say('weight', language)}: {each.label.say(language)}", float(each.weight)]
        for each in rules.perspectives
    ]
    return [header, *said, *weights]


def _write_sheet(book: Workbook, title: str, rows: list[list[Cell]], rules: RuleSet) -> Worksheet:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    shown = book.add_format({"num_format": _DECIMALS[rules.scale]})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, float):
                sheet.write_number(number, column, cell, shown)
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell is not None:
                sheet.write_string(number, column, cell, None if number else bold)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column in range(len(rows[0])):
        sheet.set_column(column, column, min(_WIDEST, 2 + max(len(str(row[column])) for row in rows)))
    return sheet


def _mark_sheet(sheet: Worksheet, count: int, statement: str) -> None:
    """Say below the rows of a sheet, and on every page that is printed of it, that its data are made."""
    sheet.write_string(count - 1 + LINES_BELOW, 0, statement)
    sheet.set_header(f"&C{SYNTHETIC}")
