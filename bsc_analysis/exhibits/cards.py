"""One unit's scores over the years, read from scored frames: what the score figures draw and tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.exhibits.lettering import align_decimals
from bsc_analysis.exhibits.scorelines import ACHIEVEMENT_SHOWN, band_word, write_number
from bsc_analysis.language.words import Label, Language, both, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

MOST_INDICATORS, MOST_LINES = 30, 40  # on one page
MOST_YEARS = 8  # of a card; of more, the last ones are drawn
NAME_LENGTH, NAME_LINE = 78, 26  # characters, of a name that is drawn and of one of its lines


@dataclass(frozen=True, slots=True)
class Measured:
    """One year's number, None where there is none; its band, and the score or weight beside it.

    ``withheld`` says that too little was measured for a score, rather than nothing at all.
    """

    year: int
    number: float | None
    band: str | None = None
    score: float | None = None
    weight: float = 0.0
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A perspective, the organisation or an indicator over the years; ``group`` is its perspective."""

    label: Label
    group: str
    bands: Bands | None
    years: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What one unit's figure shows, of how many units, and how many of its rows and years are left out."""

    unit: str
    units: int
    rows: tuple[Row, ...]
    left_out: int = 0
    years_left_out: int = 0

    @property
    def cells(self) -> tuple[tuple[Row, Measured], ...]:
        """Every row's every year, in the order they are drawn."""
        return tuple((row, each) for row in self.rows for each in row.years)

    @property
    def numbers(self) -> list[float]:
        """Every number that was measured."""
        return [each.number for _, each in self.cells if each.number is not None]

    @property
    def span(self) -> str:
        """The first and the last year."""
        years = sorted({each.year for _, each in self.cells})
        return "–".join(str(year) for year in dict.fromkeys((years[0], years[-1])))


def score_card(scores: Scores, rules: RuleSet, unit: str | None) -> Card:
    """Read a unit's perspective scores in the rule set's order, and the organisation's below them."""
    chosen, units = _choose(scores, unit)
    totals = scores.organisations[scores.organisations["unit"] == chosen]
    parts = scores.perspectives[scores.perspectives["unit"] == chosen]
    years = sorted(int(year) for year in totals["year"].unique())
    shown = years[-MOST_YEARS:]
    rows = [
        Row(
            each.label,
            each.id,
            rules.perspective_bands,
            _scored(parts[parts["perspective"] == each.id], shown, rules),
        )
        for each in rules.perspectives
        if each.id not in rules.left_out
    ]
    whole = Row(both("Organisation (NKO)"), "", rules.organisation_bands, _scored(totals, shown, rules))
    return Card(chosen, units, (*rows, whole), years_left_out=len(years) - len(shown))


def achievement_card(scores: Scores, rules: RuleSet, unit: str | None) -> Card:
    """Read a unit's achievements in the rule set's order; of more than fit on a page, the lowest."""
    chosen, units = _choose(scores, unit)
    frame = scores.indicators[scores.indicators["unit"] == chosen]
    years = sorted(int(year) for year in frame["year"].unique())
    shown = years[-MOST_YEARS:]
    recent = frame[frame["year"].isin(shown)]
    labels = {each.id: each.label for each in rules.indicators}
    order = {name: place for place, name in enumerate(labels or dict.fromkeys(recent["indicator"]))}
    found = {
        (str(perspective), str(name)): rows
        for (perspective, name), rows in recent.groupby(["perspective", "indicator"])
    }
    rows = [
        Row(_shorten(labels.get(name, Label(name, name))), each.id, rules.bands(name) if labels else rules.achievement_bands,
            _achieved(found[each.id, name], shown))
        for each in rules.perspectives
        for name in order
        if (each.id, name) in found
    ]  # fmt: skip
    lowest = _fit(sorted(rows, key=_lowest))
    return Card(
        chosen,
        units,
        tuple(row for row in rows if row in lowest),
        len(rows) - len(lowest),
        len(years) - len(shown),
    )


def tell_card(card: Card, opening: str, decimals: int, language: Language, *, mark: str = "") -> str:
    """Tell a card's content in words, after an opening: every row, every year, its number and its band."""
    told = [opening]
    for row in card.rows:
        years = ", ".join(_tell_year(row, each, decimals, mark, language) for each in row.years)
        told.append(f"{row.label.say(language)}: {years}.")
    return " ".join(told)


def write_column(values: list[float | None], decimals: int, language: Language) -> tuple[str, ...]:
    """Write numbers to stand below each other, their decimal marks aligned; one that is missing is a dash."""
    written = ["–" if value is None else write_number(value, decimals, language) for value in values]
    return align_decimals(written, language)


def note_limits(card: Card, language: Language) -> Iterator[str]:
    """Say what a figure of achievements does not show."""
    least, most = ACHIEVEMENT_SHOWN
    if card.left_out:
        yield say(
            "The {shown} lowest indicators are drawn; {count} more are in the table.",
            language,
            shown=len(card.rows),
            count=card.left_out,
        )
    if any(not least <= number <= most for number in card.numbers):
        yield say("A mark beyond the scale stands at its edge and points onwards.", language)


def note_units(card: Card, language: Language) -> Iterator[str]:
    """Say that there are more years than those drawn, and more units than the one drawn."""
    if card.years_left_out:
        yield say("{count} earlier years are in the table.", language, count=card.years_left_out)
    if card.units > 1:
        yield say("{unit} is one of {count} units.", language, unit=card.unit, count=card.units)


def _choose(scores: Scores, unit: str | None) -> tuple[str, int]:
    """Return the unit to draw and how many there are: the one asked for, else the top of the tree, else the first."""
    units = sorted(scores.organisations["unit"].unique())
    if unit is not None:
        return unit, len(units)
    frame = scores.indicators
    if "parent" in frame:
        parents = frame["parent"].fillna("").astype(str)
        tops = sorted(set(units) - set(frame["unit"][parents != ""]))
        return str((tops or units)[0]), len(units)
    return str(units[0]), len(units)


def _shorten(label: Label) -> Label:
    return Label(*(shorten(name, NAME_LENGTH, placeholder=" …") for name in (label.id, label.en)))


def _fit(rows: list[Row]) -> list[Row]:
    """Return the first rows that fit on a page together, by the lines of their years or of their names."""
    kept: list[Row] = []
    lines = 0
    for row in rows[:MOST_INDICATORS]:
        longest = max(len(row.label.id), len(row.label.en))
        lines += max(len(row.years), ceil(longest / NAME_LINE))
        if kept and lines > MOST_LINES:
            break
        kept.append(row)
    return kept


def _scored(frame: Any, years: list[int], rules: RuleSet) -> tuple[Measured, ...]:
    """Read scores by year; what rests on no data has none, unless it was carried over from an earlier year."""
    found = {int(row.year): row for row in frame.itertuples()}
    carried = rules.missing == "carry_last"
    return tuple(
        Measured(year, float(row.score), _text(row.band), weight=float(row.weight_present))
        if (row := found.get(year)) is not None and pd.notna(row.score) and (row.n_present > 0 or carried)
        else Measured(year, None, withheld=row is not None and row.n_present > 0)
        for year in years
    )


def _achieved(frame: Any, years: list[int]) -> tuple[Measured, ...]:
    present = [
        Measured(int(row.year), float(row.achievement), _text(row.band), float(row.score))
        for row in frame.dropna(subset=["achievement"]).itertuples()
    ]
    absent = [Measured(year, None) for year in years if all(each.year != year for each in present)]
    return tuple(sorted([*present, *absent], key=lambda each: each.year))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _lowest(row: Row) -> float:
    return min((each.number for each in row.years if each.number is not None), default=float("-inf"))


def _tell_year(row: Row, each: Measured, decimals: int, mark: str, language: Language) -> str:
    if each.number is None:
        return f"{each.year} {say('too little data' if each.withheld else 'no data', language)}"
    band = f" ({band_word(row.bands, each.band, language)})" if row.bands else ""
    return f"{each.year} {write_number(each.number, decimals, language)}{mark}{band}"
