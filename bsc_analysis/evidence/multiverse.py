"""A multiverse: the same study under every declared combination of choices, and which conclusions survive them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bsc_analysis.evidence.conclusions import EffectConclusion, Refusal, ScoreConclusion
from bsc_analysis.evidence.drivers import Drivers, explain_answers
from bsc_analysis.evidence.scoresensitivity import BandFirmness
from bsc_analysis.evidence.weightsimplex import WeightRegions
from bsc_analysis.language.words import Label

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.evidence.multiversegrid import Grid
    from bsc_analysis.scorecards.rules import Scale

Kind = Literal["direction", "band", "sign", "verdict"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of choices and what it concludes.

    Attributes
    ----------
    options
        The ids of its options, in the order of the choices.
    score
        How the organisation's score moved, why there is none, or None for a study without indicators.
    effects
        What each effect is, or why there are none; empty without a path model.
    """

    options: tuple[str, ...]
    score: ScoreConclusion | Refusal | None
    effects: tuple[EffectConclusion, ...] | Refusal = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why something could not be concluded, each reason once."""
        refused = [part.faults for part in (self.score, self.effects) if isinstance(part, Refusal)]
        return tuple(dict.fromkeys(each for faults in refused for each in faults))

    def effect(self, name: str) -> EffectConclusion | None:
        """Return an effect by its name, or None where the cell has none."""
        if isinstance(self.effects, Refusal):
            return None
        return next((each for each in self.effects if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Multiverse:
    """All cells of a grid, and how firm the study's own reading is.

    Attributes
    ----------
    study, unit
        The study, and the unit whose score conclusions are about; empty for the mean of all.
    grid, cells
        The choices, and what each combination of them concludes.
    printed
        The organisation's scores as the study prints them: beside the cells, not one of them.
    regions
        Where in the simplex of weights the score moves otherwise, under the study's own rule set; None where it has no two
        years.
    firmness
        For each year, and under the same rule set, the smallest changes of actuals that change the organisation's band.
    bands
        The ids of the organisation's bands with their names.
    """

    study: str
    unit: str
    grid: Grid
    cells: tuple[Cell, ...]
    printed: ScoreConclusion | None = None
    regions: WeightRegions | None = None
    firmness: tuple[BandFirmness, ...] = ()
    bands: tuple[tuple[str, Label], ...] = ()

    @property
    def reference(self) -> Cell | None:
        """The cell of the study's own reading, or None where it is left out."""
        return self.find(self.grid.reference)

    def find(self, options: tuple[str, ...]) -> Cell | None:
        """Return the cell with these options, or None where it is left out."""
        return next((each for each in self.cells if each.options == options), None)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that every cell gives an answer to.

    ``direction``: which way the score moved; ``band``: which band it reached in a ``year``, to which rule sets without bands
    give no answer; ``sign`` and ``verdict`` of the ``effect`` named.
    """

    kind: Kind
    effect: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One cell on a specification curve: its place among the cells, its number with its interval, and its answer.

    ``value`` is the change in percent of the first score, the score of the year, or the standardised effect; ``scale`` is
    that of the score, None for effects.
    """

    place: int
    value: float
    lower: float | None
    upper: float | None
    answer: str
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, how many cells give it, and their share of those that give any."""

    answer: str
    cells: int
    share: float


@dataclass(frozen=True, slots=True)
class Survival:
    """How a conclusion fares: its answers, most frequent first, the study's own, and what drives the difference.

    ``silent`` counts the cells that give no answer; ``drivers`` is None where all give the same.
    """

    question: Question
    answers: tuple[Answer, ...]
    silent: int
    reference: str | None
    drivers: Drivers | None

    @property
    def held(self) -> float | None:
        """The share of the cells that agree with the study's own reading, None where that gives no answer."""
        return next((each.share for each in self.answers if each.answer == self.reference), None)


def list_questions(multiverse: Multiverse) -> tuple[Question, ...]:
    """Return every question that some cell answers: direction, bands by year, then signs and verdicts of effects."""
    scores = [each.score for each in multiverse.cells if isinstance(each.score, ScoreConclusion)]
    years = sorted({year.year for each in scores for year in each.years if year.band is not None})
    asked = [Question("direction")] if any(each.direction for each in scores) else []
    asked += [Question("band", year=year) for year in years]
    asked += [Question(kind, effect=name) for name in _distinct(multiverse) for kind in ("sign", "verdict")]
    return tuple(asked)


def answer_question(cell: Cell, question: Question) -> str | None:
    """Return a cell's answer to a question, or None where it gives none.

    >>> effect = EffectConclusion("LG -> IP", 0.329, 0.25, 0.41, "relevant")
    >>> answer_question(Cell(("a",), None, (effect,)), Question("verdict", effect="LG -> IP"))
    'relevant'
    """
    if question.effect:
        effect = cell.effect(question.effect)
        return None if effect is None else effect.sign if question.kind == "sign" else effect.verdict
    if not isinstance(cell.score, ScoreConclusion):
        return None
    if question.year is None:
        return cell.score.direction
    scored = cell.score.of_year(question.year)
    return None if scored is None else scored.band


def specification_curve(multiverse: Multiverse, question: Question) -> tuple[CurvePoint, ...]:
    """Return the cells that answer a question with the numbers behind their answers, in ascending order."""
    points = [
        point
        for place, cell in enumerate(multiverse.cells)
        if (point := _point(place, cell, question)) is not None
    ]
    return tuple(sorted(points, key=lambda each: (each.value, each.place)))


def survey(multiverse: Multiverse) -> tuple[Survival, ...]:
    """Return how every conclusion fares over the multiverse."""
    return tuple(_survive(multiverse, question) for question in list_questions(multiverse))


def _distinct(multiverse: Multiverse) -> list[str]:
    """Return the effects in their order, without those that say the same as an earlier one in every cell.

    A total that has no indirect part is the direct effect, and an indirect one along a single path is that path's.
    """
    said: dict[str, list[tuple[object, ...]]] = {}
    for place, cell in enumerate(multiverse.cells):
        for each in () if isinstance(cell.effects, Refusal) else cell.effects:
            what = (place, each.estimate, each.lower, each.upper, each.verdict)
            said.setdefault(each.name, []).append(what)
    first: dict[tuple[object, ...], str] = {}
    for name, conclusions in said.items():
        first.setdefault(tuple(conclusions), name)
    return list(first.values())


def _survive(multiverse: Multiverse, question: Question) -> Survival:
    answered = [
        (cell.options, answer)
        for cell in multiverse.cells
        if (answer := answer_question(cell, question)) is not None
    ]
    counts = Counter(answer for _, answer in answered)
    ordered = sorted(counts, key=lambda answer: (-counts[answer], answer))
    reference = multiverse.reference
    return Survival(
        question,
        tuple(Answer(answer, counts[answer], counts[answer] / len(answered)) for answer in ordered),
        len(multiverse.cells) - len(answered),
        None if reference is None else answer_question(reference, question),
        explain_answers(
            [each.id for each in multiverse.grid.choices],
            [options for options, _ in answered],
            [answer for _, answer in answered],
        ),
    )


def _point(place: int, cell: Cell, question: Question) -> CurvePoint | None:
    answer = answer_question(cell, question)
    if answer is None:
        return None
    if question.effect:
        effect = cell.effect(question.effect)
        assert effect is not None  # noqa: S101 - an effect gave the answer
        return CurvePoint(place, effect.estimate, effect.lower, effect.upper, answer, None)
    assert isinstance(cell.score, ScoreConclusion)  # noqa: S101 - a score gave the answer
    if question.year is None:
        value = cell.score.relative_change
    else:
        scored = cell.score.of_year(question.year)
        value = None if scored is None else scored.score
    return None if value is None else CurvePoint(place, value, None, None, answer, cell.score.scale)
