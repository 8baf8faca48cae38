"""The audit: a verdict on every printed figure, the sum that shows it, where it breaks, and the smallest repair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import Special, Value, evaluate, leaves
from bsc_analysis.evidence.ledger import Ledger, Settled, Verdict
from bsc_analysis.evidence.relations import relate
from bsc_analysis.evidence.solving import solve
from bsc_analysis.evidence.sums import show_number, show_range, write_sum
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.bands import INFINITY, Interval
from bsc_analysis.scorecards.rules import MissingPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bsc_analysis.evidence.expressions import Node
    from bsc_analysis.evidence.printed import Key, Printed, PrintedFigures
    from bsc_analysis.evidence.relations import Relations
    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.scorecards.rules import RuleSet

# The ways in which a printed total may have counted what is missing. What is carried over from an earlier year is printed as
# that year's figure, so that nothing is missing then.
WHOLE = ("value", "n", "df", "count", "baseline_df")  # figures that, printed without decimals, are whole
POLICIES: tuple[MissingPolicy, ...] = ("zero", "renormalise")


@dataclass(frozen=True, slots=True)
class Repair:
    """One figure that, changed alone into the range, would make the audited figure follow.

    ``names`` says the range in words where the figure is a word, such as the name of a band.
    """

    figure: Printed
    range: Interval
    names: tuple[Label, ...] = ()

    @property
    def size(self) -> float:
        """The smallest relative change that is needed."""
        value = self.figure.value or Fraction(0)
        nearest = min(max(value, self.range.lower), self.range.upper)
        return float(abs(nearest - value) / abs(value)) if value else float("inf")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the audit says of one printed figure.

    Attributes
    ----------
    printed
        The figure.
    verdict
        Follows, follows only if truncated, contradicts, or cannot be checked.
    under
        The missing policies under which the verdict holds, when another policy would give another one.
    recomputed
        The range the figure must lie in; None when there is nothing to compute it from.
    from_data
        The figure recomputed from inputs alone, where they are printed.
    sum
        The arithmetic, in both languages.
    causes
        The contradictory figures this one inherits its contradiction from; itself when its own arithmetic breaks.
    repairs
        Single changes that would mend it, smallest first.
    missing
        The figures that would have to be printed for it to be checked, or that its sum is short of.
    repeats
        The table's figure that running text repeats here; the finding is then that figure's.
    """

    printed: Printed
    verdict: Verdict
    under: tuple[MissingPolicy, ...]
    recomputed: Interval | None
    from_data: Interval | None
    sum: Label
    causes: tuple[Printed, ...]
    repairs: tuple[Repair, ...]
    missing: tuple[Key, ...]
    repeats: Printed | None = None

    @property
    def own(self) -> bool:
        """Whether the contradiction starts at this figure."""
        return self.causes == (self.printed,)


def audit(printed: PrintedFigures, rules: RuleSet, model: PathModel | None = None) -> tuple[Finding, ...]:
    """Audit every printed figure of a document.

    Each figure is an interval: the numbers that print so. It is recomputed by exact interval arithmetic from the
    figures it depends on, and follows when some number lies in both intervals.

    Parameters
    ----------
    printed
        The figures as printed.
    rules
        The rule set they are said to be made by. Missing perspectives are tried as zero and renormalised.
    model
        The path model of printed effects, where there is one.

    >>> from bsc_analysis.studies import read_study
    >>> kkp = read_study("kkp")
    >>> [finding.printed.text for finding in audit(kkp.printed, kkp.rules, kkp.model) if finding.verdict == "contradicts"]
    ['0.038']
    """
    relations = relate(printed.figures, rules, model)
    return audit_relations(printed, relations, try_policies(rules.missing))


def try_policies(first: MissingPolicy) -> tuple[MissingPolicy, ...]:
    """Return the ways in which what is missing may have been counted, the one that a rule set states first."""
    return (first, *(policy for policy in POLICIES if policy != first))


def audit_relations(
    printed: PrintedFigures, relations: Relations, policies: Sequence[MissingPolicy] = ("zero",)
) -> tuple[Finding, ...]:
    """Audit every printed figure of a document whose relations are known.

    Parameters
    ----------
    printed
        The figures as printed.
    relations
        What each of them depends on.
    policies
        The ways to count what is missing; the first that makes a figure follow gives its verdict.
    """
    ledgers: dict[MissingPolicy, Ledger] = {
        policy: Ledger(printed.figures, relations, policy) for policy in policies if policy != "refuse"
    }
    audited = (figure for figure in printed.figures if not figure.absent)
    return tuple(_find_in(figure, printed, ledgers) for figure in audited)


def _find_in(figure: Printed, printed: PrintedFigures, ledgers: dict[MissingPolicy, Ledger]) -> Finding:
    """Find for a table's figure, or for the table's figure that running text repeats."""
    same = (other for other in printed.figures if (other.key, other.value) == (figure.key, figure.value))
    home = next((other for other in same if other.place not in printed.prose), None)
    if figure.place not in printed.prose or home is None:
        return _find(figure, ledgers)
    return replace(_find(home, ledgers), printed=figure, repeats=home)


def _find(figure: Printed, ledgers: dict[MissingPolicy, Ledger]) -> Finding:
    settled = {policy: ledger.settle(figure) for policy, ledger in ledgers.items()}
    best = min(settled, key=lambda policy: list(Verdict).index(settled[policy].verdict))
    verdicts = {each.verdict for each in settled.values()}
    under = tuple(policy for policy, each in settled.items() if each.verdict is settled[best].verdict)
    ledger, chosen = ledgers[best], settled[best]
    derived = ledger.derives(figure.key)
    contradicts = chosen.verdict is Verdict.CONTRADICTS
    return Finding(
        printed=figure,
        verdict=chosen.verdict,
        under=under if len(verdicts) > 1 else (),
        recomputed=chosen.recomputed.interval if chosen.expression is not None else None,
        from_data=ledger.from_data(figure.key).interval if derived else None,
        sum=_sum(figure, chosen, ledger, best),
        causes=_causes(figure, ledger, best) if contradicts else (),
        repairs=_repairs(figure, chosen, ledger, best) if contradicts else (),
        missing=tuple(sorted({*chosen.recomputed.unknown, *ledger.short_of(figure)}, key=str)),
    )


def _sum(figure: Printed, settled: Settled, ledger: Ledger, policy: MissingPolicy) -> Label:
    if settled.expression is None:
        return Label("", "")
    look = _seen_from(figure, settled, ledger)
    unknown = {key for key in leaves(settled.expression) if look(key).unknown}
    recovered = {key: _recovered(key, figure, ledger) for key in unknown}

    def known(key: Key) -> Value:
        return recovered[key] if key in recovered and recovered[key].interval is not None else look(key)

    return Label(
        *(write_sum(settled.expression, known, policy, settled.recomputed, lang) for lang in ("id", "en"))
    )


def _recovered(key: Key, figure: Printed, ledger: Ledger) -> Value:
    intervals = [interval for _, interval in ledger.recovered(key, without=figure)]
    if not intervals:
        return Value(None, frozenset({key}))
    meeting = intervals[0]
    for interval in intervals[1:]:
        meeting = meeting.meet(interval)
    return Value(meeting)


def _causes(figure: Printed, ledger: Ledger, policy: MissingPolicy) -> tuple[Printed, ...]:
    """Return where a contradiction starts: here, or at the contradictory figures this one is computed from."""
    expression = ledger.expression(figure)
    if expression is None or _breaks_as_printed(figure, ledger, policy):
        return (figure,)
    wrong = [
        parent for parent in ledger.parents(figure) if ledger.settle(parent).verdict is Verdict.CONTRADICTS
    ]
    return tuple(dict.fromkeys(cause for parent in wrong for cause in _causes(parent, ledger, policy))) or (
        figure,
    )


def _breaks_as_printed(figure: Printed, ledger: Ledger, policy: MissingPolicy) -> bool:
    """Whether the figure disagrees with its printed parents taken as they are printed."""
    expression = ledger.expression(figure)
    if expression is None:
        return True

    def look(key: Key) -> Value:
        parent = ledger.printed(key, figure.place)
        return ledger.look(key, figure.place) if parent is None or parent.absent else Value(parent.rounded)

    value = evaluate(expression, look, policy).interval
    return value is None or value.meet(figure.rounded).empty


def _repairs(figure: Printed, settled: Settled, ledger: Ledger, policy: MissingPolicy) -> tuple[Repair, ...]:
    repairs = []
    own = settled.recomputed.interval
    if own is not None and not own.empty:
        repairs = [Repair(figure, own, _named(settled.expression, own))]
    if settled.expression is not None and _breaks_as_printed(figure, ledger, policy):
        look = _seen_from(figure, settled, ledger)
        for parent in ledger.parents(figure):
            if parent.absent or look(parent.key).interval is None:
                continue
            solution = solve(settled.expression, parent.key, figure.rounded, look, policy)
            if solution is not None and _possible(parent, solution):
                repairs.append(Repair(parent, solution))
    return tuple(sorted(repairs, key=lambda repair: repair.size))


def _named(expression: Node | None, interval: Interval) -> tuple[Label, ...]:
    return expression.names(interval) if isinstance(expression, Special) else ()


def _possible(figure: Printed, solution: Interval) -> bool:
    """Whether a figure of this kind can take a value in the range: exact whole figures only whole ones."""
    if solution.empty or max(abs(solution.lower), abs(solution.upper)) >= INFINITY:
        return False
    whole = figure.decimals == 0 and figure.key.quantity in WHOLE
    return not whole or floor(solution.upper) >= ceil(solution.lower)


def _seen_from(figure: Printed, settled: Settled, ledger: Ledger) -> Callable[[Key], Value]:
    """Return how a figure's sum is written: with what is sure, or where that is not known, with what is possible."""
    expression = settled.expression

    def stated(key: Key) -> Value:
        return ledger.state(key, figure.place)

    def possible(key: Key) -> Value:
        return ledger.look(key, figure.place)

    known = expression is not None and not evaluate(expression, stated, ledger.policy).unknown
    return stated if known else possible


def describe_repair(repair: Repair) -> Label:
    """Write a repair's range in both languages, to one digit more than the figure is printed with."""
    if repair.names:
        return Label(*("/".join(each.say(lang) for each in repair.names) for lang in ("id", "en")))
    if repair.range.lower == repair.range.upper:
        return Label(*(show_number(repair.range.lower, lang) for lang in ("id", "en")))
    return Label(*(show_range(repair.range, repair.figure.decimals + 1, lang) for lang in ("id", "en")))
