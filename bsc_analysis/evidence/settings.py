"""What one cell of a multiverse decides: how scores are made, which rows are kept, and how paths are estimated."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from bsc_analysis.errors import RuleSetError, fault
from bsc_analysis.scorecards.rules import Changes
from bsc_analysis.scorecards.variants import change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_analysis.scorecards.rules import Consolidation, RuleSet

Coverage = Literal["all", "constant"]
Estimator = Literal["ols", "fiml"]
IntervalMethod = Literal["delta", "monte_carlo"]
NO_CLUSTER = "none"
NO_PERSPECTIVE = "weights: there is no perspective {got}, allowed: {allowed}"
NO_WEIGHT = "weights: perspective {name} has no weight"
SUM = "weights: they sum to {got}, expected 1"


@dataclass(frozen=True, slots=True)
class Route:
    """How a path model is estimated.

    Attributes
    ----------
    levels
        The levels whose units are kept; empty for all.
    estimator
        ``ols`` on complete rows, or ``fiml`` on all.
    interval
        ``delta``, or ``monte_carlo`` by draws from the joint normal distribution of the coefficients.
    cluster
        The column whose rows depend on each other, or ``none``.
    """

    levels: tuple[str, ...] = ()
    estimator: Estimator | None = None
    interval: IntervalMethod | None = None
    cluster: str | None = None


UNCHANGED, USUAL = Changes(), Route()


@dataclass(frozen=True, slots=True)
class Setting:
    """Decisions of one option, or of one cell, which takes those of all its options; None and empty decide nothing.

    Attributes
    ----------
    rules
        A rule set by its name, ``NAME:VARIANT`` too, in place of the study's own.
    changes
        What is decided otherwise than the rule set does.
    weights
        A weight for each perspective.
    consolidate
        How the periods of a year become the year.
    coverage
        ``constant`` keeps the indicators that are measured in every year.
    years
        The years to keep.
    route
        How paths are estimated.
    """

    rules: str | None = None
    changes: Changes = UNCHANGED
    weights: tuple[tuple[str, Fraction], ...] = ()
    consolidate: Consolidation | None = None
    coverage: Coverage | None = None
    years: tuple[int, ...] = ()
    route: Route = USUAL

    @property
    def decided(self) -> tuple[str, ...]:
        """The names of what is decided, as a grid writes them."""
        return (*_said(self), *_said(self.changes), *_said(self.route))

    @property
    def about_scores(self) -> tuple[str, ...]:
        """The names of those decisions that only indicators can feel."""
        return tuple(name for name in self.decided if name not in (*_names(self.route), "years"))

    @property
    def about_paths(self) -> tuple[str, ...]:
        """The names of those decisions that only a path model can feel."""
        return _said(self.route)

    @property
    def scoring(self) -> Setting:
        """What decides the score of every perspective: all but the weights of perspectives and the route."""
        return replace(self, weights=(), route=Route())


def merge_settings(settings: Iterable[Setting]) -> Setting:
    """Take the decisions of several options together; no two of them decide the same.

    >>> merged = merge_settings([Setting(years=(2016, 2017)), Setting(changes=Changes(missing="zero"))])
    >>> merged.decided
    ('years', 'missing')
    """
    merged = Setting()
    for each in settings:
        merged = replace(
            merged,
            **{name: getattr(each, name) for name in _said(each)},
            changes=replace(
                merged.changes, **{name: getattr(each.changes, name) for name in _said(each.changes)}
            ),
            route=replace(merged.route, **{name: getattr(each.route, name) for name in _said(each.route)}),
        )
    return merged


def apply_setting(rules: RuleSet, setting: Setting) -> RuleSet:
    """Return a rule set with a setting's decisions about scores made; which rule set that is, is decided before.

    Raises
    ------
    RuleSetError
        When the setting names what the rule set does not have, or makes no valid rule set of it.

    >>> from bsc_analysis.files import read_rules
    >>> quarter = Fraction(1, 4)
    >>> names = ("learning_growth", "internal_process", "customer", "stakeholder")
    >>> equal = Setting(weights=tuple((name, quarter) for name in names))
    >>> apply_setting(read_rules("kkp"), equal).perspective("customer").weight
    Fraction(1, 4)
    """
    weighed = reweigh(rules, dict(setting.weights)) if setting.weights else rules
    changed = change(weighed, setting.changes)
    return changed if setting.consolidate is None else replace(changed, consolidate=setting.consolidate)


def reweigh(rules: RuleSet, weights: dict[str, Fraction]) -> RuleSet:
    """Return a rule set with other weights of its perspectives.

    Weights may also be given for perspectives that a variant has left out; the others then take them in proportion.

    Raises
    ------
    RuleSetError
        When a perspective has no weight, one is unknown, or the weights do not sum to one.
    """
    own = [each.id for each in rules.perspectives]
    known = [*own, *rules.left_out]
    faults = [
        fault(NO_PERSPECTIVE, got=repr(name), allowed=", ".join(own)) for name in weights if name not in known
    ]
    faults += [fault(NO_WEIGHT, name=repr(name)) for name in own if name not in weights]
    if not faults and sum(weights.values()) != 1:
        faults.append(fault(SUM, got=f"{float(sum(weights.values())):.6g}"))
    if faults:
        raise RuleSetError(*faults)
    whole = sum((weights[name] for name in own), Fraction(0))
    return replace(
        rules,
        perspectives=tuple(replace(each, weight=weights[each.id] / whole) for each in rules.perspectives),
    )


def _names(part: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(part) if each.name not in ("changes", "route"))


def _said(part: Any) -> tuple[str, ...]:
    return tuple(name for name in _names(part) if getattr(part, name) not in (None, ()))
