"""What the figure of achievements shows, of which years and perspectives, and how it is told in words."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.scorelines import PERCENT_DECIMALS, band_zones, write_number, write_percent
from bsc_analysis.exhibits.tablerows import name_perspectives
from bsc_analysis.language.words import Language, say
from bsc_analysis.scorecards.distribution import SHOWN, distribute

if TYPE_CHECKING:
    from bsc_analysis.exhibits.exhibit import Provenance
    from bsc_analysis.exhibits.strips import Zone
    from bsc_analysis.scorecards.distribution import Distribution, Heap
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.studies import Study

MOST_YEARS = 4  # side by side; of more, the last ones
ENOUGH = 5  # achievements of a perspective and year, typically, for a histogram of its own


@dataclass(frozen=True, slots=True)
class Grid:
    """What is drawn: columns of years and rows of perspectives, the empty one for all."""

    spread: Distribution
    rules: RuleSet
    years: tuple[int, ...]
    rows: tuple[str, ...]
    left_out: int

    @property
    def capped(self) -> float | None:
        """Where the cap stands, where the rule set has one that cuts achievements off."""
        return self.spread.reached if self.rules.scale == "percent" else None

    @property
    def span(self) -> tuple[float, float]:
        """What the scale shows."""
        return self.spread.edges[0], self.spread.edges[-1]

    @property
    def heaps(self) -> tuple[Heap, ...]:
        """The heaps that are drawn and have something to draw."""
        found = (self.spread.heap(year, row) for row in self.rows for year in self.years)
        return tuple(each for each in found if each is not None and each.measured)


def read_grid(scores: Scores, rules: RuleSet) -> Grid:
    """Choose what fits on a page: the last years, and perspectives where they have achievements enough."""
    spread = distribute(scores)
    years = sorted({each.year for each in spread.heaps if each.measured})
    shown = years[-MOST_YEARS:]
    heaps = [each for each in spread.heaps if each.year in shown and each.perspective]
    parts = [each.id for each in rules.perspectives if any(heap.perspective == each.id for heap in heaps)]
    typical = median(each.measured for each in heaps) if heaps else 0
    own = parts if typical >= ENOUGH and len(parts) > 1 else []
    return Grid(spread, rules, tuple(shown), (*own, ""), len(years) - len(shown))


def zones_of(grid: Grid, language: Language) -> tuple[Zone, ...]:
    """Return the bands of achievements as zones; none where some indicator has bands of its own."""
    return () if grid.rules.indicator_bands else band_zones(grid.rules.achievement_bands, language)


def note_grid(grid: Grid, origin: Provenance, language: Language) -> list[str]:
    """Say what heights are, what is left out, and what the data are."""
    height = "Height: share of the indicators with data (n) in percent; line: target reached."
    notes = [say(height, language)]
    if grid.left_out:
        notes.append(say("{count} earlier years are in the table.", language, count=grid.left_out))
    if grid.span[0] <= SHOWN[0] or grid.span[1] >= SHOWN[1]:
        notes.append(say("What lies beyond the scale is counted in its outermost bars.", language))
    return [*notes, f"{origin.statement.say(language)}."]


def caption_grid(grid: Grid, study: Study, language: Language) -> str:
    """Say what is drawn, and what shades and shapes mean."""
    said = [
        say("Achievements of the indicators of {study} in percent of their targets, by year and perspective.", language,
            study=study.label.say(language))
    ]  # fmt: skip
    if grid.capped is not None:
        cap = write_number(grid.capped, PERCENT_DECIMALS, language)
        said.append(
            say("Achievements over {cap} % are hatched where they lie before the cap; the firm stem is the share of "
                "indicators that have the highest score, as it is given from there on.", language, cap=cap)
        )  # fmt: skip
    zones = zones_of(grid, language)
    if zones:
        words = ", ".join(zone.word for zone in zones)
        said.append(say("Shaded from left to right, each with its shape: {bands}.", language, bands=words))
    else:
        said.append(say("The rule set has no one set of bands for achievements.", language))
    return " ".join(said)


def tell_grid(grid: Grid, study: Study, language: Language) -> str:
    """Tell every histogram by its quartiles and what is at the cap."""
    told = [say("Distribution of achievements of {study}.", language, study=study.label.say(language))]
    for row, name in zip(grid.rows, name_perspectives(grid.rows, grid.rules, language), strict=True):
        heaps = [grid.spread.heap(year, row) for year in grid.years]
        years = ", ".join(_tell_heap(heap, grid, language) for heap in heaps if heap is not None)
        told.append(f"{name}: {years}.")
    return " ".join(told)


def _tell_heap(heap: Heap, grid: Grid, language: Language) -> str:
    if heap.quartiles is None:
        return f"{heap.year} {say('no data', language)}"
    lower, middle, upper = (write_number(each, 1, language) for each in heap.quartiles)
    said = say("{year} median {median} % (quartiles {lower} and {upper} %, n = {count})", language, year=heap.year,
               median=middle, lower=lower, upper=upper, count=heap.measured)  # fmt: skip
    if grid.capped is None or heap.at_cap is None:
        return said
    share = write_percent(heap.at_cap / heap.measured, language)
    return f"{said}, {say('{share} at the cap', language, share=share)}"
