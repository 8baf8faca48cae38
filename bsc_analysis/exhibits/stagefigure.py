"""The timeline of implementation stages: when the evidence first shows each, and how far it came."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, without_rows
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.exhibits.stagetable import (
    EARLIEST,
    NO_STAGES,
    STATUS,
    count_statuses,
    say_ours,
    say_status,
)
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Scale, Strip, StripChart
from bsc_analysis.exhibits.style import RULE, Mark
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.stages import Stage, StageStatus, When
    from bsc_analysis.studies import Study

MARKS: dict[StageStatus, Mark] = {
    "done": Mark("#009e73", "o"),
    "partly": Mark("#e69f00", "D"),
    "not done": Mark("#d55e00", "X"),
    "unknown": Mark(RULE, "s", filled=False),
}
NO_DATE = "–"
MOST_STAGES = 24  # on one page


def stage_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw the stages of implementation along time; one without a date says so in its place on the line.

    A mark stands in the middle of the time that its date can mean, and a bar covers that time. Absent where no stage has a
    date, since a timeline would then show nothing, or where there are more stages than fit on a page.
    """
    stages = study.stages
    if not stages:
        return Absent(both(NO_STAGES), language)
    if not any(each.date for each in stages):
        reason = "None of the {count} stages has a date, so there is no timeline; the checklist lists them."
        return Absent(both(reason, count=len(stages)), language)
    if len(stages) > MOST_STAGES:
        reason = "{count} stages are more than a page can show, which is {most}; the checklist lists them."
        return Absent(both(reason, count=len(stages), most=MOST_STAGES), language)

    origin = without_rows(provenance, study)

    def make(spoken: Language) -> Figure:
        return draw_strips(_chart(study, origin, spoken))

    caption = in_both(lambda each: _caption(study, each))
    alt = in_both(lambda each: _alt(stages, each))
    return Exhibit("figure", make, caption, alt, origin, language)


def _chart(study: Study, origin: Provenance, language: Language) -> StripChart:
    strips = tuple(_strip(each, language) for each in study.stages)
    notes = (say_ours(study.stages, language), say(EARLIEST, language), f"{origin.statement.say(language)}.")
    return StripChart(
        title=study.label.say(language),
        blocks=(Block("", strips),),
        scale=_scale(study.stages, language),
        columns=(say("shown since", language), say("status", language)),
        notes=tuple(note for note in notes if note),
    )


def _strip(stage: Stage, language: Language) -> Strip:
    mark, when = MARKS[stage.status], stage.date
    dots = () if when is None else (_dot(when, mark),)
    cells = (Cell(NO_DATE if when is None else when.text), Cell(say_status(stage.status, language), mark))
    words = "" if when else say("no date known", language)
    return Strip(f"{stage.number}. {stage.name.say(language)}", (Line("", dots, cells, words),))


def _dot(when: When, mark: Mark) -> Dot:
    first, last = when.first.toordinal(), when.last.toordinal() + 1
    return Dot((first + last) / 2, mark, (first, last) if when.first < when.last else None)


def _scale(stages: tuple[Stage, ...], language: Language) -> Scale:
    """Choose the scale of years: from the year before the first date to the end of the year after the last."""
    dated = [each.date for each in stages if each.date is not None]
    first = max(min(each.first.year for each in dated) - 1, date.min.year)
    last = min(max(each.last.year for each in dated) + 2, date.max.year)
    ticks = tuple((float(date(year, 1, 1).toordinal()), str(year)) for year in range(first, last + 1))
    label = say("year (number: 1 January; bar: the time that a date can mean)", language)
    return Scale(ticks[0][0], ticks[-1][0], ticks, label)


def _caption(study: Study, language: Language) -> str:
    head = say("When the evidence first shows each stage in which the balanced scorecard of {study} was implemented.",
               language, study=study.label.say(language))  # fmt: skip
    marks = say("Colour, shape and word of a mark give the status.", language)
    return join(head, say_ours(study.stages, language), marks, say(STATUS, language), say(EARLIEST, language))


def _alt(stages: tuple[Stage, ...], language: Language) -> str:
    opening = say("Timeline of {count} stages of implementation: {statuses}.", language, count=len(stages),
                  statuses=count_statuses(stages, language))  # fmt: skip
    told = [
        f"{each.number}. {each.name.say(language)}: "
        f"{say('no date known', language) if each.date is None else each.date.text}"
        for each in stages
    ]
    return f"{opening} {'; '.join(told)}."
