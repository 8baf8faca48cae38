"""A multiverse as lines of text: each conclusion with the share of the cells in which it holds, and what drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.commands.output import align
from bsc_analysis.evidence.conclusions import Refusal
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import say, say_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.multiverse import Multiverse, Question, Survival
    from bsc_analysis.evidence.scoresensitivity import BandChange, BandFirmness
    from bsc_analysis.evidence.weightsimplex import WeightRegions
    from bsc_analysis.language.words import Language

NOTHING = "–"
MOST_SHOWN = 3
"""Indicators listed for each year, those nearest to another band first."""

CELLS = "{study}: {cells} combinations of {choices} choices ({left_out} left out of the full product)"
REFUSED = (
    "{count} combinations give no score or no effects, for one of {reasons} reasons; the first: {reason}"
)
DRIVEN = "{choice} ({share} %)"
DIRECTION = "direction of the score, first year to last"
BAND = "band of the organisation in {year}"
SIGN = "sign of {effect}"
VERDICT = "verdict on {effect}"
PRINTED = "As printed: {scores}, {direction}."
WEIGHTS = "Weights of perspectives: under the study's own rule set {shares} of all weights."
FLIP = "The nearest weights with another direction ({direction}): {weights}; distance {distance}."
NO_FLIP = "No weights give another direction."
FIRM = "{year}, band {band} at {score}: smallest change of one actual that alone changes the band:"
NO_CHANGE = "no change of one actual does"


def multiverse_text(multiverse: Multiverse, surveyed: Sequence[Survival], language: Language) -> str:
    """Return a multiverse as text: its size, every conclusion, the simplex of weights and how firm the bands are."""
    grid = multiverse.grid
    size = say(
        CELLS,
        language,
        study=multiverse.study,
        cells=len(multiverse.cells),
        choices=len(grid.choices),
        left_out=grid.n_combinations - len(multiverse.cells),
    )
    lines = [size, *_refused(multiverse, language), "", *_conclusions(multiverse, surveyed, language)]
    lines += _printed(multiverse, language)
    lines += [] if multiverse.regions is None else ["", *_weights(multiverse.regions, language)]
    lines += [line for each in multiverse.firmness for line in ["", *_firm(multiverse, each, language)]]
    return "\n".join(lines)


def say_question(question: Question, language: Language) -> str:
    """Say what a question is about.

    >>> from bsc_analysis.evidence.multiverse import Question
    >>> say_question(Question("sign", effect="LG -> IP"), "en")
    'sign of LG -> IP'
    """
    if question.kind == "direction":
        return say(DIRECTION, language)
    if question.kind == "band":
        return say(BAND, language, year=question.year)
    return say(SIGN if question.kind == "sign" else VERDICT, language, effect=question.effect)


def say_answer(multiverse: Multiverse, answer: str, language: Language) -> str:
    """Say an answer: the name of a band, or one of the words for directions, signs and verdicts."""
    named = dict(multiverse.bands)
    return named[answer].say(language) if answer in named else say(answer, language)


def _refused(multiverse: Multiverse, language: Language) -> list[str]:
    faulty = [
        each
        for each in multiverse.cells
        if isinstance(each.score, Refusal) or isinstance(each.effects, Refusal)
    ]
    if not faulty:
        return []
    reasons = list(dict.fromkeys(fault for each in faulty for fault in each.faults))
    first = say_fault(reasons[0], language)
    return [say(REFUSED, language, count=len(faulty), reasons=len(reasons), reason=first)]


def _conclusions(multiverse: Multiverse, surveyed: Sequence[Survival], language: Language) -> list[str]:
    words = ("conclusion", "answers", "the study's own", "driven most by")
    header = [say(word, language) for word in words]
    return align([header, *(_row(multiverse, each, language) for each in surveyed)])


def _row(multiverse: Multiverse, survival: Survival, language: Language) -> list[str]:
    answers = ", ".join(
        f"{say_answer(multiverse, each.answer, language)} {_percent(each.share, language)} %"
        for each in survival.answers
    )
    own = NOTHING if survival.reference is None else say_answer(multiverse, survival.reference, language)
    return [say_question(survival.question, language), answers, own, _driver(multiverse, survival, language)]


def _driver(multiverse: Multiverse, survival: Survival, language: Language) -> str:
    if survival.drivers is None:
        return NOTHING
    strongest = survival.drivers.strongest
    label = next(each.label for each in multiverse.grid.choices if each.id == strongest.choice)
    return say(DRIVEN, language, choice=label.say(language), share=_percent(strongest.alone, language))


def _printed(multiverse: Multiverse, language: Language) -> list[str]:
    printed = multiverse.printed
    if printed is None or printed.direction is None:
        return []
    scores = "; ".join(
        f"{each.year} {format_number(each.score, 3, language)}"
        for each in printed.years
        if each.score is not None
    )
    return ["", say(PRINTED, language, scores=scores, direction=say(printed.direction, language))]


def _weights(regions: WeightRegions, language: Language) -> list[str]:
    shares = ", ".join(
        f"{say(each.direction, language)} {_percent(each.share, language)} %" for each in regions.regions
    )
    lines = [say(WEIGHTS, language, shares=shares)]
    flip = regions.nearest_flip
    if flip is None or flip.straight is None:
        return [*lines, say(NO_FLIP, language)]
    weights = ", ".join(
        f"{name} {_percent(weight, language)} %"
        for name, weight in zip(regions.names, flip.straight.weights, strict=True)
    )
    distance = format_number(flip.straight.distance, 3, language)
    direction = say(flip.direction, language)
    return [*lines, say(FLIP, language, direction=direction, weights=weights, distance=distance)]


def _firm(multiverse: Multiverse, firmness: BandFirmness, language: Language) -> list[str]:
    score = format_number(firmness.score, 2, language)
    band = say_answer(multiverse, firmness.band, language)
    head = say(FIRM, language, year=firmness.year, band=band, score=score)
    rows = [
        [
            each.indicator,
            _number(each.actual, language),
            _bound(each) + _number(each.reached, language),
            say_answer(multiverse, each.band, language),
        ]
        for each in firmness.changes
        if each.reached is not None and each.band is not None
    ]
    if not rows:
        return [head, say(NO_CHANGE, language)]
    header = [say(word, language) for word in ("indicator", "actual", "would have to be", "band then")]
    return [head, *align([header, *rows[:MOST_SHOWN]], right=(1, 2), indent=2)]


def _bound(change: BandChange) -> str:
    """Return the mark of an actual that has to be gone beyond."""
    if not change.beyond or change.change is None:
        return ""
    return "> " if change.change > 0 else "< "


def _number(value: float, language: Language) -> str:
    return format_number(value, min(6, len(f"{value:.6f}".rstrip("0").partition(".")[2])), language)


def _percent(share: float, language: Language) -> str:
    return format_number(100 * share, 1, language)
