"""What a contradictory total would be if only one of its causes were mended, and if all were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import ABSENT, Value, evaluate
from bsc_analysis.evidence.ledger import Ledger, Verdict
from bsc_analysis.evidence.relations import relate
from bsc_analysis.scorecards.bands import Interval

if TYPE_CHECKING:
    from fractions import Fraction

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.evidence.printed import Key, Printed, PrintedFigures
    from bsc_analysis.scorecards.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Mend:
    """A total with some of its causes mended and everything else as printed."""

    total: Printed
    mended: tuple[Printed, ...]
    value: Fraction


def mend(findings: tuple[Finding, ...], printed: PrintedFigures, rules: RuleSet) -> tuple[Mend, ...]:
    """Mend the causes of each contradictory total one at a time, then all together.

    Only totals of tables are mended; running text repeats them.

    >>> from bsc_analysis.evidence.audit import audit
    >>> from bsc_analysis.studies import read_study
    >>> study = read_study("bantaeng")
    >>> mends = mend(audit(study.printed, study.rules), study.printed, study.rules)
    >>> [float(each.value) for each in mends if [cause.text for cause in each.mended] == ["0,27"]][0]
    3.075
    """
    ledger = Ledger(printed.figures, relate(printed.figures, rules), rules.missing)
    totals = [
        finding
        for finding in findings
        if finding.verdict is Verdict.CONTRADICTS
        and finding.printed.key.quantity == "organisation_score"
        and finding.repeats is None
    ]
    return tuple(
        Mend(total.printed, mended, value)
        for total in totals
        for mended in (*((cause,) for cause in total.causes), total.causes)
        if (value := _midpoint(_value_if(total.printed, frozenset(mended), ledger))) is not None
    )


def _value_if(figure: Printed, mended: frozenset[Printed], ledger: Ledger) -> Value:
    """Return a figure as printed, recomputed only as far as it rests on what is mended."""
    if figure in mended:
        return ledger.settle(figure).recomputed
    expression = ledger.expression(figure)
    if expression is None or not _rests_on(figure, mended, ledger):
        return _as_printed(figure)

    def look(key: Key) -> Value:
        parent = ledger.printed(key, figure.place)
        return ledger.state(key, figure.place) if parent is None else _value_if(parent, mended, ledger)

    return evaluate(expression, look, ledger.policy)


def _rests_on(figure: Printed, mended: frozenset[Printed], ledger: Ledger) -> bool:
    derived = [parent for parent in ledger.parents(figure) if ledger.derives(parent.key)]
    return any(parent in mended or _rests_on(parent, mended, ledger) for parent in derived)


def _as_printed(figure: Printed) -> Value:
    return ABSENT if figure.value is None else Value(Interval(figure.value, figure.value))


def _midpoint(value: Value) -> Fraction | None:
    return None if value.interval is None else (value.interval.lower + value.interval.upper) / 2
