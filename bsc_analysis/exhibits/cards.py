"""One unit's scores over the years, read from scored frames: what the score figures draw and tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.lettering import align_decimals
from bsc_analysis.exhibits.scorelines import ACHIEVEMENT_SHOWN, band_word, write_number
from bsc_analysis.language.words import Label, Language, both, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

MOST_INDICATORS = 30  # on one page


@dataclass(frozen=True, slots=True)
class Measured:
    """One year's number, None where nothing was measured; its band, and the score or weight beside it."""

    year: int
    number: float | None
    band: str | None = None
    score: float | None = None
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """A perspective, the organisation or an indicator over the years; ``group`` is its perspective."""

    label: Label
    group: str
    bands: Bands | None
    years: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What one unit's figure shows, of how many units, and how many of its rows are left out."""

    unit: str
    units: int
    rows: tuple[Row, ...]
    left_out: int = 0

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
    units = sorted(scores.organisations["unit"].unique())
    chosen = units[0] if unit is None else unit
    totals = scores.organisations[scores.organisations["unit"] == chosen]
    parts = scores.perspectives[scores.perspectives["unit"] == chosen]
    years = sorted(int(year) for year in totals["year"].unique())
    rows = [
        Row(
            each.label,
            each.id,
            rules.perspective_bands,
            _scored(parts[parts["perspective"] == each.id], years),
        )
        for each in rules.perspectives
    ]
    whole = Row(both("Organisation (NKO)"), "", rules.organisation_bands, _scored(totals, years))
    return Card(chosen, len(units), (*rows, whole))


def achievement_card(scores: Scores, rules: RuleSet, unit: str | None) -> Card:
    """Read a unit's achievements in the rule set's order; of more than fit on a page, the lowest."""
    units = sorted(scores.indicators["unit"].unique())
    chosen = units[0] if unit is None else unit
    frame = scores.indicators[scores.indicators["unit"] == chosen]
    years = sorted(int(year) for year in frame["year"].unique())
    labels = {each.id: each.label for each in rules.indicators}
    rows = [
        Row(labels.get(name, Label(name, name)), each.id, rules.achievement_bands, values)
        for each in rules.perspectives
        for name in labels or dict.fromkeys(frame["indicator"])
        if (
            values := _achieved(
                frame[(frame["perspective"] == each.id) & (frame["indicator"] == name)], years
            )
        )
    ]
    lowest = sorted(rows, key=_lowest)[:MOST_INDICATORS]
    return Card(chosen, len(units), tuple(row for row in rows if row in lowest), len(rows) - len(lowest))


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
    """Say that there are more units than the one drawn."""
    if card.units > 1:
        yield say("{unit} is one of {count} units.", language, unit=card.unit, count=card.units)


def _scored(frame: Any, years: list[int]) -> tuple[Measured, ...]:
    present = {int(row.year): row for row in frame.itertuples() if row.n_present > 0}
    return tuple(
        Measured(year, float(row.score), _text(row.band), weight=float(row.weight_present))
        if (row := present.get(year)) is not None
        else Measured(year, None)
        for year in years
    )


def _achieved(frame: Any, years: list[int]) -> tuple[Measured, ...]:
    if frame.empty:
        return ()
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
        return f"{each.year} {say('no data', language)}"
    band = f" ({band_word(row.bands, each.band, language)})" if row.bands else ""
    return f"{each.year} {write_number(each.number, decimals, language)}{mark}{band}"
