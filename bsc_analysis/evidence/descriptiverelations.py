"""Printed descriptive statistics: means of whole answers, the spread they leave possible, counts and percentages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, PrintedError, fault
from bsc_analysis.evidence.expressions import (
    Constant,
    Every,
    Leaf,
    Node,
    Product,
    Quotient,
    Sum,
    WeightedMean,
)
from bsc_analysis.evidence.granularity import OnGrid, Spread, tells_nothing
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.relations import Relations

if TYPE_CHECKING:
    from bsc_analysis.evidence.auditcase import Located
    from bsc_analysis.evidence.auditdocument import DescriptivesDocument, MeanRow, PercentageRow
    from bsc_analysis.evidence.printed import Printed
    from bsc_analysis.evidence.printing import Printing

NO_GROUP = "{where}: {path}: got {got}, which is no group of {variable}, allowed: {allowed}"
NOT_POSITIVE = "{where}: {path}: got {got}, allowed: a number above 0"
TOO_DENSE = "{subject}: n = {n} is so large that every mean printed with {decimals} decimals is possible; the mean itself is not tested"
HUNDRED = Constant(Fraction(100))
MINUS = Constant(Fraction(-1))
WHOLE = Fraction(1)

Figures = Mapping[Key, "Printed"]


@dataclass(frozen=True, slots=True)
class _Mean:
    """One row of means with the key that its figures share."""

    row: MeanRow
    path: str
    year: int | None
    step: Fraction | None

    def key(self, quantity: str, group: str | None = None) -> Key:
        group = self.row.group if group is None else group
        return Key(quantity, self.row.variable, group, self.year)


def descriptive_figures(document: DescriptivesDocument, where: str) -> list[Located]:
    """Return every printed descriptive statistic with the path of its key.

    Raises
    ------
    PrintedError
        Naming each group that an overall mean is said to join and that is not printed.
    """
    faults = [*_group_faults(document, where)]
    if faults:
        raise PrintedError(*faults)
    printing = document.printing
    return [*_mean_figures(document, printing), *_percentage_figures(document, printing)]


def relate_descriptives(document: DescriptivesDocument, figures: Sequence[Printed]) -> Relations:
    """State what every printed descriptive statistic depends on."""
    printed = {figure.key: figure for figure in figures}
    derived: dict[Key, Node] = {}
    for mean in _means(document):
        derived |= _mean_relations(mean, printed)
    checks: dict[tuple[str, Key], Node] = {}
    for rows in _sets(document).values():
        whole = rows[0].variable not in document.incomplete
        derived |= _from_counts(rows, document, printed)
        checks |= _percent_checks(rows, document, printed, whole=whole)
        checks |= _total_check(rows, document, printed) if whole else {}
    return Relations(derived, constants={}, wholes={}, checks=checks, unprinted={}, cut_inputs=True)


def untested(document: DescriptivesDocument, figures: Sequence[Printed]) -> tuple[Fault, ...]:
    """Say of which means of whole answers the count of people is too large to tell anything."""
    printed = {figure.key: figure for figure in figures}
    notes = []
    for mean in _means(document):
        figure, n = printed.get(mean.key("mean")), printed.get(mean.key("n"))
        if figure and n and mean.step and not _grid(mean, printed):
            subject = " ".join(part for part in (mean.row.variable, mean.row.group) if part)
            notes.append(fault(TOO_DENSE, subject=subject, n=n.text, decimals=figure.decimals))
    return tuple(notes)


def _means(document: DescriptivesDocument) -> list[_Mean]:
    marks = document.printing.marks
    means = []
    for at, row in enumerate(document.mean):
        answer = marks.read(row.granularity) if row.granularity else None
        whole = WHOLE if row.items or answer else None
        step = answer.value if answer else whole
        means.append(
            _Mean(
                row,
                f"mean.{at}",
                row.year or document.year,
                None if step is None else step / (row.items or 1),
            )
        )
    return means


def _group_faults(document: DescriptivesDocument, where: str) -> Iterator[Fault]:
    for mean in _means(document):
        if mean.step is not None and mean.step <= 0:
            path, got = f"{mean.path}.granularity", repr(mean.row.granularity)
            yield fault(NOT_POSITIVE, where=where, path=path, got=got)
        groups = [
            other.group
            for other in document.mean
            if other.variable == mean.row.variable and other is not mean.row and other.year == mean.row.year
        ]
        for group in mean.row.of:
            if group not in groups:
                yield fault(NO_GROUP, where=where, path=f"{mean.path}.of", got=repr(group),
                            variable=repr(mean.row.variable), allowed=", ".join(map(repr, groups)))  # fmt: skip


def _mean_figures(document: DescriptivesDocument, printing: Printing) -> Iterator[Located]:
    for mean in _means(document):
        ends = frozenset({"minimum", "maximum"}) if mean.step else frozenset()
        printing = replace(printing, exact=printing.exact | ends)
        for column in ("n", "mean", "sd", "minimum", "maximum"):
            text = getattr(mean.row, column)
            if text is not None:
                figure = printing.figure(mean.key(column), mean.row.place, column, text)
                yield f"{mean.path}.{column}", figure


def _mean_relations(mean: _Mean, printed: Figures) -> dict[Key, Node]:
    """Give a mean on the grid of whole answers and as the mean of its groups, its spread, and its count of people."""
    derived: dict[Key, Node] = {}
    parts: list[Node] = [*_grid(mean, printed)]
    if mean.row.of:
        means = tuple(Leaf(mean.key("mean", group)) for group in mean.row.of)
        counts = tuple(Leaf(mean.key("n", group)) for group in mean.row.of)
        parts.append(WeightedMean(means, counts))
        derived[mean.key("n")] = Sum(counts)
    if parts:
        derived[mean.key("mean")] = parts[0] if len(parts) == 1 else Every(tuple(parts))
    given = tuple(Leaf(mean.key(each)) for each in ("mean", "n", "minimum", "maximum"))
    derived[mean.key("sd")] = Spread(given, mean.step or Fraction(0))
    return derived


def _grid(mean: _Mean, printed: Figures) -> list[Node]:
    """Return the test of whole answers, where the count of people leaves it any power."""
    figure, n = printed.get(mean.key("mean")), printed.get(mean.key("n"))
    if figure is None or figure.absent or mean.step is None:
        return []
    if n is not None and n.value is not None and tells_nothing(mean.step, n.value, _unit(figure)):
        return []
    return [OnGrid((Leaf(mean.key("n")),), figure.rounded, figure.truncated, mean.step)]


def _unit(figure: Printed) -> Fraction:
    return Fraction(1, 10**figure.decimals)


def _sets(document: DescriptivesDocument) -> dict[tuple[str, str, int | None], list[PercentageRow]]:
    """Return the rows of each variable and group: the categories of one question."""
    sets: dict[tuple[str, str, int | None], list[PercentageRow]] = {}
    for row in document.percentage:
        sets.setdefault((row.variable, row.group, row.year or document.year), []).append(row)
    return sets


def _percentage_figures(document: DescriptivesDocument, printing: Printing) -> Iterator[Located]:
    """Yield counts and percentages, and n once for each set whose rows print the same."""
    places = {id(row): f"percentage.{at}" for at, row in enumerate(document.percentage)}
    for rows in _sets(document).values():
        seen: set[Key] = set()
        for row in rows:
            for column in ("n", "count", "percent"):
                text, key = getattr(row, column), _key(column, row, rows, document)
                if text is not None and key not in seen:
                    yield f"{places[id(row)]}.{column}", printing.figure(key, row.place, column, text)
                if column == "n" and text is not None:
                    seen.add(key)


def _key(
    quantity: str, row: PercentageRow, rows: Iterable[PercentageRow], document: DescriptivesDocument
) -> Key:
    """Return the key of a figure of one category; a count of people that all rows share belongs to none of them."""
    shared = quantity == "n" and len({each.n for each in rows if each.n is not None}) == 1
    year = row.year or document.year
    return Key(quantity, row.variable, row.group, year, start="" if shared else row.category)


def _from_counts(
    rows: Sequence[PercentageRow], document: DescriptivesDocument, printed: Figures
) -> dict[Key, Node]:
    """Give each percentage that is printed with its count as that count over n."""
    derived: dict[Key, Node] = {}
    for row in rows:
        percent, count, n = (_key(each, row, rows, document) for each in ("percent", "count", "n"))
        if count in printed:
            derived[percent] = Product((HUNDRED, Quotient(Leaf(count), Leaf(n))))
    return derived


def _percent_checks(
    rows: Sequence[PercentageRow], document: DescriptivesDocument, printed: Figures, *, whole: bool
) -> dict[tuple[str, Key], Node]:
    """Give a percentage without a count as one of whole people, and as what the others leave of a whole."""
    checks: dict[tuple[str, Key], Node] = {}
    percents = [_key("percent", row, rows, document) for row in rows]
    closed = whole and len(rows) > 1 and all(key in printed for key in percents)
    for row, key in zip(rows, percents, strict=True):
        figure, n = printed.get(key), _key("n", row, rows, document)
        if figure is None or figure.absent or _key("count", row, rows, document) in printed:
            continue
        parts: list[Node] = []
        if n in printed and not _dense(printed[n], figure):
            parts.append(OnGrid((Leaf(n),), figure.rounded, figure.truncated, Fraction(100)))
        if closed:
            others = tuple(Product((MINUS, Leaf(other))) for other in percents if other != key)
            parts.append(Sum((HUNDRED, *others)))
        if parts:
            checks[figure.place, key] = parts[0] if len(parts) == 1 else Every(tuple(parts))
    return checks


def _dense(n: Printed, figure: Printed) -> bool:
    return n.value is None or tells_nothing(Fraction(100), n.value, _unit(figure))


def _total_check(
    rows: Sequence[PercentageRow], document: DescriptivesDocument, printed: Figures
) -> dict[tuple[str, Key], Node]:
    """Give n as the sum of all counts, where all are printed."""
    counts = [_key("count", row, rows, document) for row in rows]
    n = _key("n", rows[0], rows, document)
    if len(rows) < 2 or n.start or n not in printed or not all(key in printed for key in counts):
        return {}
    return {(printed[n].place, n): Sum(tuple(map(Leaf, counts)))}
