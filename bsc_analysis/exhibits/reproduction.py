"""The figure of the reproduction: what is printed against what it is recomputed to, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.sums import show_range
from bsc_analysis.exhibits.describe import name_quantity, name_subject, name_verdict
from bsc_analysis.exhibits.exhibit import Exhibit, Provenance
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Scale, Strip, StripChart
from bsc_analysis.exhibits.style import PRINTED, RECOMPUTED, VERDICT_MARKS
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import LANGUAGES, Label, Language, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from matplotlib.figure import Figure

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.evidence.printed import Key
    from bsc_analysis.studies import Study

SHOWN = frozenset({
    "contribution", "perspective_contribution", "organisation_score", "value", "achievement", "target", "indirect_effect",
})  # fmt: skip
ALWAYS = frozenset({"organisation_score", "indirect_effect"})  # the conclusions; shown even when they follow
MOST_ROWS = 24
WIDEST = (0.0, 300.0)  # percent of the printed figure; a mark beyond stands at the edge and points onwards


@dataclass(frozen=True, slots=True)
class _Row:
    """A printed figure, every place that prints it so, and how far off it is, relative to the printed figure."""

    finding: Finding
    places: tuple[str, ...]
    off: float


def reproduction_figure(
    findings: tuple[Finding, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Draw printed figures against what they are recomputed to, the largest relative difference first.

    Drawn from the audit's findings: every figure that contradicts or follows only if truncated, and the totals and
    indirect effects whatever their verdict; repeats in running text are left out, and a figure printed alike in
    several tables is one row. Everything is in percent of the printed figure, so that scores and percents share one
    scale. Figures with nothing to recompute them from come last and say so.
    """
    rows = _rows(findings)

    def make(spoken: Language) -> Figure:
        return draw_strips(_chart(rows, study, provenance, spoken))

    caption = Label(*(_caption(study, each) for each in LANGUAGES))
    alt = Label(*(_alt(rows, study, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _rows(findings: tuple[Finding, ...]) -> tuple[_Row, ...]:
    wrong = (Verdict.CONTRADICTS, Verdict.TRUNCATED)
    shown = [
        each
        for each in findings
        if each.repeats is None
        and each.printed.key.quantity in SHOWN
        and (each.verdict in wrong or each.printed.key.quantity in ALWAYS)
        and (each.verdict in wrong or each.recomputed is not None)
    ]
    alike = sorted(shown, key=_alike)
    rows = [_merge(list(same)) for _, same in groupby(alike, key=_alike)]
    return tuple(sorted(rows, key=lambda row: (row.off == inf, -row.off, shown.index(row.finding))))


def _alike(finding: Finding) -> tuple[str, str, str]:
    return repr(finding.printed.key), str(finding.printed.value), str(finding.verdict)


def _merge(same: list[Finding]) -> _Row:
    return _Row(same[0], tuple(dict.fromkeys(each.printed.place for each in same)), _off(same[0]))


def _off(finding: Finding) -> float:
    """Return the distance from the printed figure to the nearest recomputed one, as a share of the printed figure."""
    value, recomputed = finding.printed.value, finding.recomputed
    if not value or recomputed is None:
        return inf
    nearest = min(max(value, recomputed.lower), recomputed.upper)
    return float(abs(nearest - value) / abs(value))


def _chart(rows: tuple[_Row, ...], study: Study, origin: Provenance, language: Language) -> StripChart:
    shown = _page(rows)
    strips = tuple(_strip(row, study, language) for row in shown)
    return StripChart(
        title=study.label.say(language),
        blocks=(Block("", strips, named=False),),
        scale=_scale([dot for strip in strips for line in strip.lines for dot in line.dots], language),
        columns=(say("printed", language), say("recomputed", language), say("verdict", language)),
        notes=(*_notes(rows, shown, study, language), f"{origin.statement.say(language)}."),
        label_width=20.0,
        cell_width=26.0,
    )


def _notes(
    rows: tuple[_Row, ...], shown: tuple[_Row, ...], study: Study, language: Language
) -> Iterator[str]:
    yield say(
        "Circle: printed, with its rounding interval; diamond: recomputed, with its interval.", language
    )
    if any(row.finding.printed.key.start for row in shown):
        yield (
            "; ".join(f"{each.short}: {each.label.say(language)}" for each in study.rules.perspectives) + "."
        )
    if len(rows) > len(shown):
        yield say(
            "The {shown} largest differences are drawn; {count} more figures are in the table of findings.",
            language,
            shown=len(shown),
            count=len(rows) - len(shown),
        )


def _page(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    """Keep as many rows as a page holds; the totals and indirect effects are always among them."""
    kept = [row for row in rows if row.finding.printed.key.quantity in ALWAYS][:MOST_ROWS]
    kept += [row for row in rows if row not in kept][: MOST_ROWS - len(kept)]
    return tuple(row for row in rows if row in kept)


def _strip(row: _Row, study: Study, language: Language) -> Strip:
    finding, key = row.finding, row.finding.printed.key
    names = (study.printed.places[place].say(language) for place in row.places)
    places = "; ".join(name.replace(" ", "\N{NO-BREAK SPACE}") for name in names)
    absent = say("no data", language)
    recomputed = finding.recomputed
    again = absent if recomputed is None else show_range(recomputed, _decimals(finding), language)
    cells = (
        Cell(finding.printed.text, strong=True),
        Cell(again, quiet=recomputed is None),
        Cell(name_verdict(finding, language), VERDICT_MARKS[finding.verdict]),
    )
    label = f"{key.year}, {places}" if key.year else places
    line = Line(label, _dots(finding), cells, absent if recomputed is None else "")
    return Strip(_name(key, study, language), (line,))


def _name(key: Key, study: Study, language: Language) -> str:
    quantity = name_quantity(key, language)
    if not (key.start or key.indicator or key.perspective):
        return quantity[:1].upper() + quantity[1:]
    return f"{name_subject(key, study, language)}, {quantity}"


def _decimals(finding: Finding) -> int:
    """Show what is recomputed to two digits more than is printed, and to no more than it has."""
    most = finding.printed.decimals + 2
    ends = () if finding.recomputed is None else (finding.recomputed.lower, finding.recomputed.upper)
    return next(
        (places for places in range(most) if all((end * 10**places).denominator == 1 for end in ends)), most
    )


def _dots(finding: Finding) -> tuple[Dot, ...]:
    printed, recomputed = finding.printed, finding.recomputed
    if not printed.value:
        return ()

    def percent(end: Fraction) -> float:
        return float(100 * end / (printed.value or 1))

    edges = sorted((percent(printed.rounded.lower), percent(printed.rounded.upper)))
    rounding = (edges[0], edges[1])
    dots = [Dot(100.0, PRINTED, rounding)]
    if recomputed is not None:
        ends = (percent(recomputed.lower), percent(recomputed.upper))
        dots.insert(0, Dot(sum(ends) / 2, RECOMPUTED, (min(ends), max(ends))))
    return tuple(dots)


def _scale(dots: list[Dot], language: Language) -> Scale:
    ends = [end for dot in dots for end in (dot.at, *(dot.bar or ()))] or [100.0]
    step = next((step for step in (2, 5, 10, 20, 50) if max(ends) - min(ends) < 8 * step), 100)
    lower = max(step * floor(min(ends) / step - 0.3), WIDEST[0])
    upper = min(step * ceil(max(ends) / step + 0.3), WIDEST[1])
    ticks = tuple(
        (float(at), format_number(at, 0, language)) for at in range(int(lower), int(upper) + 1, step)
    )
    return Scale(lower, upper, ticks, say("% of the printed figure (line: as printed)", language), (100.0,))


def _caption(study: Study, language: Language) -> str:
    return say(
        "Printed figures of {study} against what they are recomputed to from the figures they depend on, in percent of "
        "the printed figure, largest difference first. A bar shows the numbers that print so, or the interval that "
        "follows from rounding. Colour, shape and word of the last column give the verdict; \"no data\" stands where "
        "there is nothing to compute a printed figure from.",
        language,
        study=study.label.say(language),
    )  # fmt: skip


def _alt(rows: tuple[_Row, ...], study: Study, language: Language) -> str:
    """Tell every row drawn in words: what it is, what is printed, what is recomputed, and the verdict."""
    told = [say("{count} printed figures against their recomputation.", language, count=len(_page(rows)))]
    for row in _page(rows):
        strip = _strip(row, study, language)
        printed, again, verdict = (cell.text for cell in strip.lines[0].cells)
        told.append(
            say(
                "{figure}: printed {printed}, recomputed {again}, {verdict}.",
                language,
                figure=strip.name,
                printed=printed,
                again=again,
                verdict=verdict,
            )
        )
    return " ".join(told)
