"""The forest plot of a path model: every effect with its interval, beside the smallest effect of interest."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.effectlines import (
    VERDICT_MARKS,
    Estimate,
    align_effects,
    align_estimates,
    effect_scale,
    sesoi_zone,
    write_estimate,
)
from bsc_analysis.exhibits.effectwords import distinct_effects, name_effect
from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS, decimals_beside
from bsc_analysis.exhibits.exhibit import Exhibit, Provenance
from bsc_analysis.exhibits.pathcaptions import (
    in_both,
    say_intervals,
    say_level,
    say_sample,
    say_standardised,
    say_yardstick,
)
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.smalleffects import Verdict
    from bsc_analysis.studies import Study

MOST_EFFECTS = 30  # on one page
GROUPS = (
    ("Direct effects", ("direct",)),
    ("Indirect effects", ("specific", "total_indirect")),
    ("Total effects", ("total",)),
    ("Contrasts and definitions", ("contrast", "defined")),
)
YARDSTICK = "SESOI: smallest effect of interest, stated by the author."
VERDICTS: tuple[Verdict, ...] = ("relevant", "negligible", "inconclusive")


@dataclass(frozen=True, slots=True)
class _Row:
    """One effect, standardised with its interval and in the units of the data with its error, and its verdict."""

    name: EffectName
    beta: Estimate
    b: float
    se: float
    verdict: Verdict


def effects_figure(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Draw every distinct effect, standardised, with its interval and verdict: direct, indirect, and total.

    A sum of paths that repeats an effect is left out. Where there are more effects than fit on a page, the smallest of the
    indirect ones are left out and counted.
    """
    every = _rows(analysis)
    drawn = _fitting(every)

    def make(spoken: Language) -> Figure:
        return draw_strips(_chart(drawn, len(every) - len(drawn), analysis, study, provenance, spoken))

    return Exhibit(
        "figure",
        make,
        in_both(lambda each: _caption(analysis, study, each)),
        in_both(lambda each: _alt(every, study, each)),
        provenance,
        language,
    )


def _rows(analysis: PathAnalysis) -> tuple[_Row, ...]:
    effects = analysis.effects
    names = ("beta", "beta_lower", "beta_upper", "b", "se")
    columns = [getattr(effects, name).tolist() for name in names]
    rows = [
        _Row(name, (beta, lower, upper), b, se, judgement.verdict)
        for name, judgement, beta, lower, upper, b, se in zip(
            effects.names, analysis.judgements, *columns, strict=True
        )
    ]
    return tuple(rows[at] for at in distinct_effects(effects.names))


def _fitting(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    """Leave out the smallest specific effects, then the smallest of all, until a page holds the rest."""
    by_worth = sorted(rows, key=lambda row: (row.name.kind == "specific", -abs(row.beta[0])))
    kept = {id(row) for row in by_worth[:MOST_EFFECTS]}
    return tuple(row for row in rows if id(row) in kept)


def _chart(
    rows: tuple[_Row, ...],
    left_out: int,
    analysis: PathAnalysis,
    study: Study,
    origin: Provenance,
    language: Language,
) -> StripChart:
    level = say_level(analysis.effects.level, language)
    return StripChart(
        title=study.label.say(language),
        blocks=_blocks(rows, analysis, language),
        scale=effect_scale(
            [end for row in rows for end in row.beta],
            analysis.sesoi,
            say("standardised effect (beta)", language),
            language,
        ),
        columns=(
            say("beta [{level} %]", language, level=level),
            say("b", language),
            say("verdict", language),
        ),
        notes=(*_notes(rows, left_out, analysis, language), f"{origin.statement.say(language)}."),
    )


def _blocks(rows: tuple[_Row, ...], analysis: PathAnalysis, language: Language) -> tuple[Block, ...]:
    """Return one block for each kind of effect that there is; the zone's word stands above the first."""
    beta = align_estimates([row.beta for row in rows], STANDARDISED_DECIMALS, language)
    b = align_effects([row.b for row in rows], [decimals_beside([row.se]) for row in rows], language)
    strips = [_strip(row, texts, language) for row, *texts in zip(rows, beta, b, strict=True)]
    zones = (sesoi_zone(analysis.sesoi, language),)
    blocks: list[Block] = []
    for title, kinds in GROUPS:
        own = tuple(strip for strip, row in zip(strips, rows, strict=True) if row.name.kind in kinds)
        if own:
            blocks.append(Block(say(title, language), own, zones, named=not blocks))
    return tuple(blocks)


def _strip(row: _Row, texts: list[str], language: Language) -> Strip:
    mark = VERDICT_MARKS[row.verdict]
    known = all(math.isfinite(end) for end in row.beta)
    dots = (Dot(row.beta[0], mark, row.beta[1:]),) if known else ()
    beta, b = texts
    cells = (Cell(beta, strong=True), Cell(b), Cell(say(row.verdict, language), mark))
    line = Line("", dots, cells, "" if known else say("not computed", language))
    return Strip(name_effect(row.name, language), (line,))


def _notes(
    rows: tuple[_Row, ...], left_out: int, analysis: PathAnalysis, language: Language
) -> tuple[str, ...]:
    notes = [say_sample(analysis.fit, language), _say_verdicts(analysis, language), say(YARDSTICK, language)]
    if left_out:
        sentence = "{count} more effects, the smallest indirect ones, are in the table of effects."
        notes.append(say(sentence, language, count=left_out))
    scale = effect_scale([end for row in rows for end in row.beta], analysis.sesoi, "", language)
    if any(not scale.lower <= row.beta[0] <= scale.upper for row in rows if math.isfinite(row.beta[0])):
        notes.append(say("A mark beyond the scale stands at its edge and points onwards.", language))
    return tuple(notes)


def _say_verdicts(analysis: PathAnalysis, language: Language) -> str:
    """Say which interval decides which verdict."""
    first = analysis.judgements[0]
    return say(
        "Relevant: the {level} % interval lies wholly beyond the zone; negligible: the {inner} % interval lies wholly in it.",
        language,
        level=say_level(first.level, language),
        inner=say_level(first.inner_level, language),
    )


def _caption(analysis: PathAnalysis, study: Study, language: Language) -> str:
    head = say(
        "Direct, indirect and total effects in the path model of {study}, standardised, with their intervals. A sum of paths "
        "that repeats an effect is left out.",
        language,
        study=study.label.say(language),
    )
    legend = say("Colour, shape and word of a mark give the verdict.", language)
    made = say_intervals(analysis.effects, analysis.fit, analysis.seed, language)
    return " ".join(
        (
            head,
            legend,
            _say_verdicts(analysis, language),
            say_yardstick(analysis.sesoi, language),
            say_standardised(language),
            say_sample(analysis.fit, language),
            made,
        )
    )


def _alt(rows: tuple[_Row, ...], study: Study, language: Language) -> str:
    """Tell how many effects have which verdict, then every effect."""
    counts = Counter(row.verdict for row in rows)
    opening = say(
        "Forest plot of {count} effects of {study}: {relevant} relevant, {negligible} negligible, {inconclusive} inconclusive.",
        language,
        count=len(rows),
        study=study.label.say(language),
        **{verdict: counts[verdict] for verdict in VERDICTS},
    )
    return f"{opening} {'; '.join(_tell(row, language) for row in rows)}."


def _tell(row: _Row, language: Language) -> str:
    estimate = write_estimate(row.beta, STANDARDISED_DECIMALS, language)
    return f"{name_effect(row.name, language)} {estimate} ({say(row.verdict, language)})"
