"""Rule sets: everything that turns targets and actuals into scores, as versioned data with a source and a mark.

A :class:`RuleSet` is read from TOML (:mod:`bsc_analysis.scorecards.rulereading`), proven at the door and immutable
afterwards. Weights, bands and factors are exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.bands import Bands, Interval

Polarity = Literal["maximize", "minimize", "stabilize"]
MinimizeFormula = Literal["target / actual", "2 - actual / target", "actual / target", "both sides"]
StabilizeFormula = Literal["nearest edge", "both sides"]
MissingPolicy = Literal["zero", "renormalise", "carry_last", "refuse"]
# As a parameter of a notebook; empty means as the rule set says.
MissingChoice = Literal["", "zero", "renormalise", "carry_last", "refuse"]
Consolidation = Literal["sum", "average", "last"]
Scale = Literal["bands", "percent"]
Mark = Literal["printed", "public", "unofficial"]


@dataclass(frozen=True, slots=True)
class Perspective:
    """A perspective and its exact weight in the organisation's score."""

    id: str
    weight: Fraction
    label: Label
    short: str


@dataclass(frozen=True, slots=True)
class Objective:
    """A strategic objective and its exact weight in its perspective's score."""

    id: str
    perspective: str
    weight: Fraction
    label: Label


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator the rule set knows.

    ``part_of`` is the headline it is a part of; ``target`` stands where the data have none; ``consolidate`` says how its
    periods become a year, where that differs from the rule set's own way.
    """

    id: str
    perspective: str
    weight: Fraction
    polarity: Polarity
    label: Label
    part_of: str | None = None
    objective: str | None = None
    target: Fraction | None = None
    consolidate: Consolidation | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a conversion: achievements in ``range`` go straight from ``at`` to ``to``."""

    range: Interval
    at: tuple[Fraction, Fraction]
    to: tuple[Fraction, Fraction]

    @property
    def slope(self) -> Fraction:
        """Score per percentage point of achievement."""
        run = self.at[1] - self.at[0]
        return (self.to[1] - self.to[0]) / run if run else Fraction(0)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A score as a function of the achievement, piece by piece in ascending order; ``polarity`` None is for all."""

    pieces: tuple[Piece, ...]
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True)
class ZeroTarget:
    """The achievement, in percent, where a target of zero is met and where it is missed."""

    met: Fraction
    missed: Fraction


@dataclass(frozen=True, slots=True)
class Factor:
    """What the words of one column multiply an indicator's weight by."""

    column: Literal["validity", "control", "kind"]
    values: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class WordScale:
    """A scale of words: each way of writing a step, with the step's value."""

    id: str
    label: Label
    steps: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Choices made otherwise than a rule set makes them; None and empty leave its own.

    ``cap`` and ``floor`` of ``"none"`` take away what the rule set has.
    """

    missing: MissingPolicy | None = None
    minimize: MinimizeFormula | None = None
    stabilize: StabilizeFormula | None = None
    zero_target: ZeroTarget | None = None
    zero_actual: Fraction | None = None
    polarity: tuple[tuple[str, Polarity], ...] = ()
    scale: Scale | None = None
    cap: Fraction | Literal["none"] | None = None
    floor: Fraction | Literal["none"] | None = None
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Who says what one key of a rule set's file says; where no source does, the text begins with "ours"."""

    key: str
    source: str

    @property
    def ours(self) -> bool:
        """Whether the choice is this package's own."""
        return self.source.startswith("ours")


@dataclass(frozen=True, slots=True)
class Variant:
    """A named way to read the same rule otherwise, kept in the rule set's own file."""

    id: str
    label: Label
    source: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class RuleSet:
    """How one organisation scores.

    Attributes
    ----------
    id, version, mark, label, citation, place
        What the rule set is called, and where it is written. ``mark`` is ``printed`` (in the study itself),
        ``public`` (in another public source) or ``unofficial``.
    perspectives
        With weights that sum to exactly one.
    indicators
        The closed list of indicators with their weights, or empty: then any indicator is scored with the
        weight its row carries.
    objectives
        Strategic objectives with their weights in the perspective, or empty: then objectives count alike.
    minimize, stabilize
        The formulas for lower-is-better indicators and for those to be kept on a value or in a range, or None where
        the source gives none.
    zero_target, zero_actual
        The achievement that stands for a ratio to zero, or None where such a ratio is refused.
    conversions
        Scores as functions of the achievement, or empty: then a score is the achievement itself.
    at_possible_maximum
        The score of an indicator whose target is the highest value possible and is met, or None.
    cap, floor
        The highest and the lowest score that counts under ``scale="percent"``, or None.
    scale
        ``percent``: an indicator's score is its converted achievement between floor and cap. ``bands``: it is the value
        of the band the achievement lies in.
    perspective_from
        ``indicators``: a perspective is the weighted mean of its indicators. ``objectives``: that of its objectives.
    missing
        What a missing indicator or perspective counts as.
    least_weight
        The least share of the weight that must rest on data for a perspective and for the organisation to get a score.
    consolidate
        How the periods of a year become the year, or None where the source does not say.
    factors
        Columns whose words give the weights of indicators, as a product; empty where weights are numbers.
    scales
        Scales of words, such as audit opinions, with their values.
    achievement_bands, perspective_bands, organisation_bands
        Bands per level, or None where the source has none.
    indicator_bands
        Bands that one indicator has for itself.
    left_out
        Perspectives that a variant leaves out: rows of theirs are not scored.
    reasons
        Who says what: the source of each choice, by its key in the file.
    variants
        Named readings of the same rule.
    """

    id: str
    version: str
    mark: Mark
    label: Label
    citation: str
    place: str
    perspectives: tuple[Perspective, ...]
    scale: Scale
    missing: MissingPolicy
    indicators: tuple[Indicator, ...] = ()
    objectives: tuple[Objective, ...] = ()
    minimize: MinimizeFormula | None = None
    stabilize: StabilizeFormula | None = None
    zero_target: ZeroTarget | None = None
    zero_actual: Fraction | None = None
    conversions: tuple[Conversion, ...] = ()
    at_possible_maximum: Fraction | None = None
    cap: Fraction | None = None
    floor: Fraction | None = None
    perspective_from: Literal["indicators", "objectives"] = "indicators"
    least_weight: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    consolidate: Consolidation | None = None
    factors: tuple[Factor, ...] = ()
    scales: tuple[WordScale, ...] = ()
    achievement_bands: Bands | None = None
    perspective_bands: Bands | None = None
    organisation_bands: Bands | None = None
    indicator_bands: tuple[tuple[str, Bands], ...] = ()
    left_out: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = field(default=(), repr=False)
    variants: tuple[Variant, ...] = field(default=(), repr=False)

    def perspective(self, perspective_id: str) -> Perspective:
        """Return the perspective with this id."""
        return next(each for each in self.perspectives if each.id == perspective_id)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator with this id."""
        return next(each for each in self.indicators if each.id == indicator_id)

    def name(self, key: str) -> Label | None:
        """Return the name of a perspective, objective or indicator, or None for one the rule set does not list."""
        groups = (self.perspectives, self.objectives, self.indicators)
        return {each.id: each.label for group in groups for each in group}.get(key)

    def headlines(self, perspective_id: str) -> tuple[Indicator, ...]:
        """Return the indicators that make up a perspective, without the parts of a headline."""
        return tuple(i for i in self.indicators if i.perspective == perspective_id and i.part_of is None)

    def parts(self, indicator_id: str) -> tuple[Indicator, ...]:
        """Return the parts a headline indicator can be replaced by."""
        return tuple(i for i in self.indicators if i.part_of == indicator_id)

    def weight(self, indicator: Indicator) -> Fraction:
        """Return an indicator's weight in its perspective; a part has its share of its headline's."""
        return indicator.weight * (self.indicator(indicator.part_of).weight if indicator.part_of else 1)

    def bands(self, indicator_id: str) -> Bands | None:
        """Return the bands an indicator's achievement is judged by: its own, or those of all."""
        return dict(self.indicator_bands).get(indicator_id, self.achievement_bands)
