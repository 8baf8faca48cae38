"""The checklist of implementation stages: how far each came, since when that is shown, and by what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, without_rows
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.exhibits.tablerows import build_table
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.stages import Stage, StageStatus
    from bsc_analysis.exhibits.exhibit import Table
    from bsc_analysis.studies import Study

NOTHING = "-"
BOXES: dict[StageStatus, str] = {"done": "[x]", "partly": "[/]", "not done": "[ ]", "unknown": "[?]"}
NO_STAGES = "This study lists no stages of implementation."
ALL_OURS = "The list of stages is ours, as no published one was found; another stages.csv takes its place."
SOME_OURS = "{count} of {stages} stages are ours and in no source."
STATUS = "The status says what the evidence shows; more may have been done."
EARLIEST = "The date is the earliest one that the evidence shows, which need not be the beginning."


def stage_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate the stages in which a study's scorecard was implemented, as a checklist.

    Absent where the study lists no stages.
    """
    stages = study.stages
    if not stages:
        return Absent(both(NO_STAGES), language)

    origin = without_rows(provenance, study)

    def make(spoken: Language) -> Table:
        return build_table(_columns(stages, spoken), {}, spoken)

    caption = in_both(lambda each: _caption(study, each))
    alt = in_both(lambda each: _alt(stages, each))
    return Exhibit("table", make, caption, alt, origin, language)


def say_status(status: StageStatus, language: Language) -> str:
    """Say how far a stage came.

    >>> say_status("not done", "en")
    'not done'
    """
    words = {
        "done": say("done", language),
        "partly": say("partly", language),
        "not done": say("not done", language),
        "unknown": say("unknown", language),
    }
    return words[status]


def say_ours(stages: tuple[Stage, ...], language: Language) -> str:
    """Say that the list, or how much of it, is ours; nothing where all of it has a source."""
    count = sum(each.ours for each in stages)
    if count == len(stages):
        return say(ALL_OURS, language)
    return say(SOME_OURS, language, count=count, stages=len(stages)) if count else ""


def count_statuses(stages: tuple[Stage, ...], language: Language) -> str:
    """Say how many stages came how far, the statuses that occur.

    >>> from bsc_analysis.evidence.stages import Stage
    >>> from bsc_analysis.language.words import Label
    >>> count_statuses((Stage(1, Label("Bobot", "Weights"), Label("", ""), None, "done", "x"),), "en")
    'done 1'
    """
    counted = Counter(each.status for each in stages)
    return ", ".join(f"{say_status(each, language)} {counted[each]}" for each in BOXES if counted[each])


def _columns(stages: tuple[Stage, ...], language: Language) -> dict[str, Any]:
    return {
        "number": [each.number for each in stages],
        "stage": [each.name.say(language) for each in stages],
        "status": [f"{BOXES[each.status]} {say_status(each.status, language)}" for each in stages],
        "shown since": [NOTHING if each.date is None else each.date.text for each in stages],
        "evidence": [each.evidence.say(language) or NOTHING for each in stages],
        "source": [say("ours", language) if each.ours else each.source for each in stages],
    }


def _caption(study: Study, language: Language) -> str:
    head = say("Stages in which the balanced scorecard of {study} was implemented.", language,
               study=study.label.say(language))  # fmt: skip
    boxes = ", ".join(f"{box} {say_status(each, language)}" for each, box in BOXES.items())
    return join(
        head, say_ours(study.stages, language), f"{boxes}.", say(STATUS, language), say(EARLIEST, language)
    )


def _alt(stages: tuple[Stage, ...], language: Language) -> str:
    return say("Checklist of {count} stages of implementation: {statuses}", language, count=len(stages),
               statuses=count_statuses(stages, language))  # fmt: skip
