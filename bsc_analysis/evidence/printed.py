"""Figures as printed: a string, its place, and the interval of numbers that would be printed so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bsc_analysis.language.words import Label


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
        """Keep the figures of these years; no years means all.

        Figures of no year stay, but for means over years: over some of them they would be other means.
        """
        if not years or set(years) >= {figure.key.year for figure in self.figures} - {None}:
            return self
        kept = tuple(
            f for f in self.figures if f.key.year in years or (f.key.year is None and not _is_mean(f))
        )
        return replace(self, figures=kept)


NOTHING_PRINTED = PrintedFigures((), {}, frozenset(), citation="", rights="", transcription="")


def print_intervals(value: Fraction, decimals: int, *, exact: bool = False) -> tuple[Interval, Interval]:
    """Return the numbers that print as a value when rounded, and when cut off after the last digit.

    >>> rounded, cut = print_intervals(Fraction("2.5"), 1)
    >>> str(rounded), str(cut)
    ('[2.45, 2.55]', '[2.5, 2.6)')
    """
    if exact:
        return Interval(value, value), Interval(value, value)
    unit = Fraction(1, 10**decimals)
    rounded = Interval(value - unit / 2, value + unit / 2)
    if value == 0:
        return rounded, Interval(-unit, unit, lower_closed=False, upper_closed=False)
    if value < 0:
        return rounded, Interval(value - unit, value, lower_closed=False)
    return rounded, Interval(value, value + unit, upper_closed=False)


def _is_mean(figure: Printed) -> bool:
    return figure.key.quantity == "mean_achievement"
