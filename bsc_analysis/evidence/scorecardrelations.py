"""What the figures of any printed scorecard depend on: from target and actual to the organisation's score and its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.evidence import ruleexpressions
from bsc_analysis.evidence.auditdocument import IndicatorRow, PerspectiveRow, TotalRow
from bsc_analysis.evidence.expressions import Constant, Leaf, Mean, Node, Product, Sum, WeightedMean
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.relations import Relations
from bsc_analysis.evidence.ruleexpressions import BandName
from bsc_analysis.evidence.scorecardfigures import bands_of
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.rules import Indicator

if TYPE_CHECKING:
    from bsc_analysis.evidence.printed import Printed
    from bsc_analysis.evidence.scorecardfigures import Named
    from bsc_analysis.scorecards.rules import RuleSet

ONE = Constant(Fraction(1))
MINUS = Constant(Fraction(-1))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rows of one year with what is printed of them."""

    rows: Sequence[Named]
    printed: Mapping[Key, Printed]
    constants: Mapping[Key, Fraction]

    def indicators(self, perspective: str | None = None) -> list[Named]:
        return [
            row
            for row in self.rows
            if isinstance(row.row, IndicatorRow) and perspective in (None, row.perspective)
        ]

    def knows(self, key: Key) -> bool:
        return key in self.printed or key in self.constants

    def share(self, key: Key) -> Fraction:
        """Return a weight as printed, for what counts when others are absent."""
        figure = self.printed.get(key)
        known = self.constants.get(key) if figure is None else figure.value
        return Fraction(1) if known is None else known


def relate_scorecard(
    rows: Sequence[Named], figures: Sequence[Printed], rules: RuleSet, *, weights: str | None = None
) -> Relations:
    """State what every figure of a printed scorecard depends on.

    Parameters
    ----------
    rows
        The rows with the names of the rule set.
    figures
        What is printed in them.
    rules
        The rule set whose formulas, cap and bands apply; its weights count where none are printed.
    weights
        Within what the indicators' weights must sum to one: ``perspective``, ``scorecard``, or None where it is not said.
    """
    printed = {figure.key: figure for figure in figures}
    derived: dict[Key, Node] = {}
    checks: dict[tuple[str, Key], Node] = {}
    constants = _constants(rows, rules)
    for year in dict.fromkeys(row.year for row in rows):
        sheet = _Sheet([row for row in rows if row.year == year], printed, constants)
        derived |= _of_year(sheet, rules, year)
        checks |= _weight_checks(sheet, weights)
    return Relations(derived, constants, wholes={}, checks=checks, unprinted={}, cut_inputs=True)


def _constants(rows: Sequence[Named], rules: RuleSet) -> dict[Key, Fraction]:
    """Return the weights that the rule set gives, for every year."""
    constants: dict[Key, Fraction] = {}
    known = {each.id: each for each in rules.indicators}
    for year in dict.fromkeys(row.year for row in rows):
        constants |= {
            Key("perspective_weight", each.id, year=year): each.weight for each in rules.perspectives
        }
        constants |= {
            row.key("weight"): known[row.indicator].weight for row in rows if row.indicator in known
        }
    return constants


def _of_year(sheet: _Sheet, rules: RuleSet, year: int | None) -> dict[Key, Node]:
    derived: dict[Key, Node] = {}
    for row in sheet.indicators():
        derived |= _indicator(row, sheet, rules)
    own = [row.perspective for row in sheet.rows if isinstance(row.row, PerspectiveRow)]
    perspectives = dict.fromkeys([*(each.id for each in rules.perspectives), *own])
    for perspective in perspectives:
        derived |= _perspective(perspective, sheet, year)
    if any(isinstance(row.row, TotalRow) for row in sheet.rows):
        derived[Key("organisation_score", year=year)] = _total(list(perspectives), sheet, year)
    return derived | _bands(sheet, rules)


def _indicator(row: Named, sheet: _Sheet, rules: RuleSet) -> dict[Key, Node]:
    """Return one indicator's chain, from achievement to contribution."""
    achievement, value = Leaf(row.key("achievement")), Leaf(row.key("value"))
    indicator = _as_indicator(row, rules)
    edges = [Leaf(row.key(each)) for each in ("target", "target_upper")]
    edges = edges if edges[1].key in sheet.printed else edges[:1]
    reached = _reached(row, edges, indicator, sheet, rules)
    derived: dict[Key, Node] = {} if reached is None else {achievement.key: reached}
    scored = _scored(row, achievement, indicator, sheet, rules)
    product = Leaf(row.key("product"))
    outer = Leaf(Key("perspective_weight", row.perspective, year=row.year))
    return derived | {
        value.key: scored,
        product.key: Product((Leaf(row.key("weight")), value)),
        row.key("contribution"): Product((outer, product)),
    }


def _reached(
    row: Named, edges: list[Leaf], indicator: Indicator, sheet: _Sheet, rules: RuleSet
) -> Node | None:
    """Return an achievement, or None where a target of exactly zero makes it no ratio and the rule set gives none."""
    target, actual = (sheet.printed.get(row.key(each)) for each in ("target", "actual"))
    if target is None or not target.rounded.lower == target.rounded.upper == 0 or len(edges) > 1:
        return ruleexpressions.achievement(Leaf(row.key("actual")), edges, indicator.polarity, rules)
    if rules.zero_target is None or actual is None or actual.value is None:
        return None
    sign = actual.value * {"maximize": 1, "minimize": -1, "stabilize": 0}[indicator.polarity]
    met = sign >= 0 if indicator.polarity != "stabilize" else actual.value == 0
    return Constant(rules.zero_target.met if met else rules.zero_target.missed)


def _as_indicator(row: Named, rules: RuleSet) -> Indicator:
    """Return the indicator that a row is about; its own polarity comes before the rule set's."""
    said = row.row.polarity if isinstance(row.row, IndicatorRow) else None
    known = next((each for each in rules.indicators if each.id == row.indicator), None)
    polarity = said or (known.polarity if known else "maximize")
    label = Label(row.indicator, row.indicator)
    return Indicator(row.indicator, row.perspective, Fraction(1), polarity, label)


def _scored(row: Named, achievement: Leaf, indicator: Indicator, sheet: _Sheet, rules: RuleSet) -> Node:
    """Return an indicator's score; a target that is the highest value possible may have a score of its own once met."""
    highest = rules.at_possible_maximum
    maximum = row.row.possible_maximum if isinstance(row.row, IndicatorRow) else None
    target, actual = (sheet.printed.get(row.key(each)) for each in ("target", "actual"))
    met = target and actual and None not in (target.value, actual.value) and actual.value >= target.value  # type: ignore[operator]
    if highest is not None and maximum is not None and met and target and target.text == maximum:
        return Constant(highest)
    return ruleexpressions.score(achievement, indicator, rules)


def _perspective(perspective: str, sheet: _Sheet, year: int | None) -> dict[Key, Node]:
    """Return a perspective's score, the weighted mean of its indicators, and its contribution to the whole."""
    score, outer = (
        Leaf(Key(each, perspective, year=year)) for each in ("perspective_score", "perspective_weight")
    )
    rows = sheet.indicators(perspective)
    contributions = [row.key("contribution") for row in rows]
    parts = [row.key("product") for row in rows]
    added: Node = Product((outer, score))
    if rows and all(sheet.knows(key) for key in contributions):
        added = _added(contributions, rows, sheet)
    elif rows and not sheet.knows(outer.key):
        added = _added(parts, rows, sheet)
    return {
        score.key: _mean_of(rows, sheet)
        if rows
        else Mean((Leaf(Key("indicator_values", perspective, year=year)),)),
        Key("perspective_contribution", perspective, year=year): added,
    }


def _added(keys: Sequence[Key], rows: Sequence[Named], sheet: _Sheet) -> Node:
    shares = tuple(sheet.share(row.key("weight")) for row in rows)
    return Sum(tuple(map(Leaf, keys)), shares)


def _mean_of(rows: Sequence[Named], sheet: _Sheet) -> Node:
    """Return the mean of indicators' scores: weighted where weights are known, else plain."""
    values = tuple(Leaf(row.key("value")) for row in rows)
    weights = [row.key("weight") for row in rows]
    if any(map(sheet.knows, weights)):
        return WeightedMean(values, tuple(map(Leaf, weights)))
    return Mean(values)


def _total(perspectives: list[str], sheet: _Sheet, year: int | None) -> Node:
    """Return the organisation's score from its perspectives, or from all indicators where perspectives have no weight."""
    weights, scores, contributions = (
        [Key(each, perspective, year=year) for perspective in perspectives]
        for each in ("perspective_weight", "perspective_score", "perspective_contribution")
    )
    if any(key in sheet.printed for key in contributions):
        return Sum(tuple(map(Leaf, contributions)), tuple(map(sheet.share, weights)))
    if any(map(sheet.knows, weights)):
        return WeightedMean(tuple(map(Leaf, scores)), tuple(map(Leaf, weights)))
    rows = sheet.indicators()
    return _mean_of(rows, sheet) if rows else Mean((Leaf(Key("indicator_values", year=year)),))


def _bands(sheet: _Sheet, rules: RuleSet) -> dict[Key, Node]:
    named: dict[Key, Node] = {}
    for row in sheet.rows:
        bands = bands_of(row, rules)
        level = (
            "achievement"
            if row.indicator
            else "perspective_score"
            if row.perspective
            else "organisation_score"
        )
        if bands is not None and row.row.band is not None:
            named[row.key("band")] = BandName((Leaf(row.key(level)),), bands)
    return named


def _weight_checks(sheet: _Sheet, weights: str | None) -> dict[tuple[str, Key], Node]:
    """Check that weights of perspectives beside a total sum to one, and those of indicators within what the document says."""
    rows = sheet.rows
    groups: list[list[Named]] = []
    if any(isinstance(row.row, TotalRow) for row in rows):
        groups.append([row for row in rows if isinstance(row.row, PerspectiveRow)])
    if weights == "scorecard":
        groups.append(sheet.indicators())
    if weights == "perspective":
        groups += [
            sheet.indicators(each) for each in dict.fromkeys(r.perspective for r in sheet.indicators())
        ]
    checks: dict[tuple[str, Key], Node] = {}
    for group in groups:
        keys = [row.key("weight" if row.indicator else "perspective_weight") for row in group]
        if len(keys) > 1 and all(key in sheet.printed for key in keys):
            checks |= {(sheet.printed[key].place, key): _rest(key, keys) for key in keys}
    return checks


def _rest(key: Key, keys: Sequence[Key]) -> Node:
    return Sum((ONE, *(Product((MINUS, Leaf(other))) for other in keys if other != key)))
