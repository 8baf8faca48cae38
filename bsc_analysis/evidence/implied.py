"""What printed figures imply about figures that are not printed: a path, the mean of perspectives, a ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import Constant, Leaf, Product, Sum, Value, evaluate
from bsc_analysis.evidence.ledger import Ledger
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.relations import relate
from bsc_analysis.evidence.solving import solve
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bsc_analysis.evidence.printed import Printed, PrintedFigures
    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.scorecards.bands import Band, Bands
    from bsc_analysis.scorecards.rules import Perspective, RuleSet


@dataclass(frozen=True, slots=True)
class ImpliedPath:
    """A path coefficient that is not printed, recovered from printed indirect effects.

    ``by`` gives what each printed effect says alone, ``joint`` what holds for all of them, and ``point`` the value
    that the effect with the narrowest range gives at its printed digits.
    """

    start: str
    end: str
    by: tuple[tuple[Printed, Interval], ...]
    joint: Interval
    point: Fraction


@dataclass(frozen=True, slots=True)
class ImpliedScores:
    """What a printed organisation score of one year implies about the perspectives that are not printed.

    ``mean`` and ``mean_range`` are their weighted mean at the printed digits and within rounding; ``ceiling`` is the
    highest organisation score the cap allows beside the printed perspectives; ``floors`` is the least each unprinted
    perspective can have scored, all others at the cap.
    """

    year: int
    printed: Printed
    unprinted: tuple[Perspective, ...]
    mean: Fraction
    mean_range: Interval
    ceiling: Fraction | None
    floors: tuple[tuple[Perspective, Fraction], ...]


@dataclass(frozen=True, slots=True)
class BandReading:
    """The band of a printed score, and whether rounding alone could have moved it there."""

    printed: Printed
    band: Band
    possible: tuple[Band, ...]

    @property
    def certain(self) -> bool:
        """Whether every number that prints so lies in the same band."""
        return len(self.possible) == 1


def implied_paths(printed: PrintedFigures, rules: RuleSet, model: PathModel) -> tuple[ImpliedPath, ...]:
    """Recover each path of the model that is not printed, where the printed indirect effects determine it.

    >>> from bsc_analysis.studies import read_study
    >>> kkp = read_study("kkp")
    >>> path = implied_paths(kkp.printed, kkp.rules, kkp.model)[0]
    >>> path.start, path.end, [round(float(end), 3) for end in (path.joint.lower, path.joint.upper)]
    ('CP', 'SH', [0.63, 0.641])
    """
    ledger = Ledger(printed.figures, relate(printed.figures, rules, model), rules.missing)
    known = {figure.key for figure in printed.figures}
    wanted = [
        key for start, end in model.edges if (key := Key("direct_effect", start=start, end=end)) not in known
    ]
    return tuple(path for key in wanted if (path := _recover(key, ledger)) is not None)


def coefficients(
    printed: PrintedFigures, implied: tuple[ImpliedPath, ...]
) -> Mapping[tuple[str, str], float]:
    """Return every path coefficient: as printed, or the implied point where none is printed."""
    direct = [
        figure
        for figure in printed.figures
        if figure.key.quantity == "direct_effect" and figure.value is not None
    ]
    known = {(figure.key.start, figure.key.end): float(figure.value or 0) for figure in direct}
    return known | {(path.start, path.end): float(path.point) for path in implied}


def implied_scores(printed: PrintedFigures, rules: RuleSet) -> tuple[ImpliedScores, ...]:
    """Work out, for every printed organisation score, what the perspectives that are not printed must average.

    mean = (score - sum(W x printed perspective)) / sum(W of the unprinted), in intervals.
    """
    totals = {
        figure.key.year: figure
        for figure in reversed(printed.figures)
        if figure.key.quantity == "organisation_score"
    }
    implied = (
        _implied_year(total, printed, rules)
        for _, total in sorted(totals.items(), key=lambda item: item[0] or 0)
    )
    return tuple(each for each in implied if each is not None)


def band_readings(printed: PrintedFigures, rules: RuleSet) -> tuple[BandReading, ...]:
    """Place every printed perspective and organisation score in its band, allowing for its rounding."""
    levels: dict[str, Bands | None] = {
        "perspective_score": rules.perspective_bands,
        "organisation_score": rules.organisation_bands,
    }
    first: dict[Key, Printed] = {}
    for figure in printed.figures:
        first.setdefault(figure.key, figure)
    return tuple(
        BandReading(figure, bands.find(figure.value), _possible(bands, figure.rounded))
        for figure in first.values()
        if figure.value is not None and (bands := levels.get(figure.key.quantity)) is not None
    )


def _possible(bands: Bands, rounded: Interval) -> tuple[Band, ...]:
    reached = [band for band in bands.bands if not bands.extent(band).meet(rounded).empty]
    return tuple(reached) or (bands.find(rounded.lower),)


def _recover(key: Key, ledger: Ledger) -> ImpliedPath | None:
    by = ledger.recovered(key)
    if not by:
        return None
    narrowest = min(by, key=lambda each: each[1].upper - each[1].lower)[0]
    joint = reduce(Interval.meet, (interval for _, interval in by))
    return ImpliedPath(key.start, key.end, tuple(by), joint, _at_printed_digits(key, narrowest, ledger))


def _at_printed_digits(key: Key, figure: Printed, ledger: Ledger) -> Fraction:
    """Solve one printed effect for the path with every figure at exactly its printed digits."""
    expression = ledger.expression(figure)
    if expression is None or figure.value is None:
        raise ValueError(figure)

    def look(other: Key) -> Value:
        known = ledger.printed(other, figure.place)
        return ledger.look(other, "") if known is None or known.value is None else Value(_point(known.value))

    solution = solve(expression, key, _point(figure.value), look, ledger.policy)
    if solution is None:
        raise ValueError(figure)
    return solution.lower


def _implied_year(total: Printed, printed: PrintedFigures, rules: RuleSet) -> ImpliedScores | None:
    year = total.key.year
    scores = {
        f.key.perspective: f
        for f in printed.figures
        if f.key.quantity == "perspective_score" and f.key.year == year and not f.absent
    }
    unprinted = tuple(each for each in rules.perspectives if each.id not in scores)
    if year is None or total.value is None or not unprinted or not scores:
        return None
    weight = sum((each.weight for each in unprinted), Fraction(0))
    rest = Key("perspective_score", "unprinted", year=year)
    node = Sum(
        (
            *(
                Product((Constant(each.weight), Leaf(scores[each.id].key)))
                for each in rules.perspectives
                if each.id in scores
            ),
            Product((Constant(weight), Leaf(rest))),
        )
    )
    by_key = {figure.key: figure for figure in scores.values()}
    within = solve(node, rest, total.rounded, _rounded(by_key), rules.missing)
    at = solve(node, rest, _point(total.value), _exact(by_key), rules.missing)
    if within is None or at is None:
        return None
    return ImpliedScores(
        year=year,
        printed=total,
        unprinted=unprinted,
        mean=at.lower,
        mean_range=within,
        ceiling=_ceiling(node, rest, by_key, rules),
        floors=_floors(at.lower * weight, unprinted, rules),
    )


def _ceiling(node: Sum, rest: Key, by_key: Mapping[Key, Printed], rules: RuleSet) -> Fraction | None:
    if rules.cap is None:
        return None
    cap = rules.cap
    capped = evaluate(
        node, lambda key: Value(_point(cap)) if key == rest else _exact(by_key)(key), rules.missing
    )
    return None if capped.interval is None else capped.interval.lower


def _floors(
    weighted: Fraction, unprinted: tuple[Perspective, ...], rules: RuleSet
) -> tuple[tuple[Perspective, Fraction], ...]:
    if rules.cap is None:
        return ()
    whole = sum((each.weight for each in unprinted), Fraction(0))
    return tuple((each, (weighted - (whole - each.weight) * rules.cap) / each.weight) for each in unprinted)


def _rounded(by_key: Mapping[Key, Printed]) -> Callable[[Key], Value]:
    return lambda key: Value(by_key[key].rounded) if key in by_key else Value(None, frozenset({key}))


def _exact(by_key: Mapping[Key, Printed]) -> Callable[[Key], Value]:
    return lambda key: (
        Value(_point(by_key[key].value or Fraction(0))) if key in by_key else Value(None, frozenset({key}))
    )


def _point(value: Fraction) -> Interval:
    return Interval(value, value)
