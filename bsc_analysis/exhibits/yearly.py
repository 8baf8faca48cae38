"""The figure of printed yearly scores: the organisation's, the printed perspectives', and what the others must average."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from bsc_analysis.evidence.implied import implied_scores
from bsc_analysis.evidence.sums import show_number, show_range
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.lettering import height_of, wrap
from bsc_analysis.exhibits.scorelines import band_word, band_zones, write_number
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    IMPLIED,
    INK,
    MARGIN,
    MARKER,
    MUTED,
    NAME,
    PAPER,
    RULE,
    SMALL,
    THIN,
    TITLE,
    UNBANDED,
    Mark,
    drawing,
    mark_band,
    new_figure,
    quiet_axis,
    tint,
)
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say

if TYPE_CHECKING:
    from fractions import Fraction

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.implied import ImpliedScores
    from bsc_analysis.evidence.printed import Printed, PrintedFigures
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.studies import Study

PANEL_HEIGHT = 62.0  # mm
STEP = 10  # percent
MARKS = ("o", "^", "v", "P", "*")  # of printed perspectives, where bands do not give the shape


@dataclass(frozen=True, slots=True)
class _Series:
    """One printed score by year."""

    label: Label
    figures: tuple[Printed, ...]


@dataclass(frozen=True, slots=True)
class _Years:
    """What is printed and implied by year."""

    organisation: _Series
    perspectives: tuple[_Series, ...]
    implied: tuple[ImpliedScores, ...]

    @property
    def unprinted(self) -> str:
        """The short names of the perspectives that are not printed."""
        return ", ".join(each.short for each in self.implied[0].unprinted) if self.implied else ""


def yearly_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw the printed scores of the organisation and its perspectives by year, over their bands.

    Drawn from printed figures; beside them the weighted mean of the perspectives that are not printed, as implied by
    the printed ones, with its interval. Absent where organisation and perspective scores are not printed by year.
    """
    years = _read(study)
    if years is None:
        reason = both("This study does not print organisation and perspective scores on one scale by year.")
        return Absent(reason, language)

    def make(spoken: Language) -> Figure:
        return _draw(years, study, provenance, spoken)

    caption = Label(*(_caption(years, study, each) for each in LANGUAGES))
    alt = Label(*(_alt(years, study, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _read(study: Study) -> _Years | None:
    organisation = _series(both("Organisation (NKO)"), "organisation_score", "", study.printed)
    parts = [
        _series(Label(*(f"{each.label.say(spoken)} ({each.short})" for spoken in LANGUAGES)), "perspective_score", each.id, study.printed)
        for each in study.rules.perspectives
    ]
    perspectives = tuple(each for each in parts if each.figures)
    if not organisation.figures or not perspectives:
        return None
    return _Years(organisation, perspectives, implied_scores(study.printed, study.rules))


def _series(label: Label, quantity: str, perspective: str, printed: PrintedFigures) -> _Series:
    first: dict[int, Printed] = {}
    for figure in printed.figures:
        key = figure.key
        if (key.quantity, key.perspective) == (quantity, perspective) and key.year is not None and not figure.absent:
            first.setdefault(key.year, figure)
    return _Series(label, tuple(first[year] for year in sorted(first)))


def _draw(years: _Years, study: Study, origin: Provenance, language: Language) -> Figure:
    rules = study.rules
    title = wrap(study.label.say(language), DOUBLE - 2 * MARGIN, TITLE, "bold")
    notes = wrap(f"{origin.statement.say(language)}.", DOUBLE - 2 * MARGIN, SMALL)
    with drawing():
        height = PANEL_HEIGHT + height_of(title, TITLE) + height_of(notes, SMALL) + 8 * MARGIN
        figure = new_figure(DOUBLE, height)
        add_words(figure, title, notes)
        whole, parts = figure.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": [1, 1.35]})
        _draw_panel(whole, years.organisation.label.say(language), rules.organisation_bands, years, study, language)
        _draw_panel(parts, say("Perspectives (NKP)", language), rules.perspective_bands, years, study, language)
        whole.set_ylabel(say("score (%)", language), fontsize=SMALL)
        _draw_series(whole, years.organisation, rules.organisation_bands, language, named=False)
        for series in years.perspectives:
            _draw_series(parts, series, rules.perspective_bands, language, named=True)
        _draw_implied(parts, years, language)
    return figure
