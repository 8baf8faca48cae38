"""The figure of lags: every path within the year and a year later, with intervals, beside the smallest effect of interest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault
from bsc_analysis.exhibits.effectlines import (
    align_estimates,
    effect_scale,
    sesoi_zone,
    write_estimate,
    write_yardstick,
)
from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS, write_p
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.lagwords import (
    SAME_YEAR,
    YEAR_LATER,
    name_path,
    say_how,
    say_pairs,
    say_panel,
    say_used,
)
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_level
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.exhibits.style import Mark
from bsc_analysis.language.words import Language, label_fault, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.effectlines import Estimate
    from bsc_analysis.paths.lagverdicts import LagFindings, LagJudgement, LagVerdict, Timed
    from bsc_analysis.studies import Study

MOST_PATHS = 18  # on one page
SAME_MARK = Mark("#0072b2", "o")
LATER_MARKS: dict[LagVerdict, Mark] = {
    "found": Mark("#d55e00", "D"),
    "opposed": Mark("#cc79a7", "v", filled=False),
    "not found": Mark("#4d4d4d", "s", filled=False),
}


def lag_figure(
    found: LagFindings | Fault, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Draw every path within the year and, below it, a year later, and mark where a later effect was found.

    Where there are more paths than fit on a page, those least likely to have a later effect are left out and counted.
    Absent where the study cannot tell.
    """
    if isinstance(found, Fault):
        return Absent(label_fault(found), language)
    drawn = _fitting(found.paths)

    def make(spoken: Language) -> Figure:
        return draw_strips(_chart(drawn, found, study, provenance, spoken))

    return Exhibit(
        "figure",
        make,
        in_both(lambda each: _caption(found, study, each)),
        in_both(lambda each: _alt(found, study, each)),
        provenance,
        language,
    )


def _fitting(paths: tuple[LagJudgement, ...]) -> tuple[LagJudgement, ...]:
    kept = {id(each) for each in sorted(paths, key=lambda path: path.later.p)[:MOST_PATHS]}
    return tuple(each for each in paths if id(each) in kept)


def _chart(
    paths: tuple[LagJudgement, ...],
    found: LagFindings,
    study: Study,
    origin: Provenance,
    language: Language,
) -> StripChart:
    ends = [end for path in paths for timed in (path.same, path.later) for end in _estimate(timed)]
    scale = effect_scale(ends, found.sesoi, say("standardised effect (beta)", language), language)
    beyond = any(
        not scale.lower <= timed.beta <= scale.upper for path in paths for timed in (path.same, path.later)
    )
    return StripChart(
        title=study.label.say(language),
        blocks=(Block("", _strips(paths, language), (sesoi_zone(found.sesoi, language),)),),
        scale=scale,
        columns=(
            say("beta [{level} %]", language, level=say_level(found.level, language)),
            say("later effect", language),
            say("p (Holm)", language),
        ),
        notes=(
            f"{say_pairs(found, language)}.",
            say_used(found, language),
            *_notes(len(found.paths) - len(paths), beyond=beyond, language=language),
            f"{origin.statement.say(language)}.",
        ),
    )


def _strips(paths: tuple[LagJudgement, ...], language: Language) -> tuple[Strip, ...]:
    estimates = [_estimate(timed) for path in paths for timed in (path.same, path.later)]
    texts = align_estimates(estimates, STANDARDISED_DECIMALS, language)
    return tuple(
        Strip(name_path(path), (_same_line(path, same, language), _later_line(path, later, language)))
        for path, same, later in zip(paths, texts[::2], texts[1::2], strict=True)
    )


def _same_line(path: LagJudgement, text: str, language: Language) -> Line:
    cells = (Cell(text, strong=True), Cell(), Cell())
    return Line(say(SAME_YEAR, language), (_dot(path.same, SAME_MARK),), cells)


def _later_line(path: LagJudgement, text: str, language: Language) -> Line:
    mark = LATER_MARKS[path.verdict]
    cells = (
        Cell(text, strong=True),
        Cell(say(path.verdict, language), mark),
        Cell(write_p(path.p_holm, language)),
    )
    return Line(say(YEAR_LATER, language), (_dot(path.later, mark),), cells)


def _dot(timed: Timed, mark: Mark) -> Dot:
    return Dot(timed.beta, mark, (timed.lower, timed.upper))


def _estimate(timed: Timed) -> Estimate:
    return timed.beta, timed.lower, timed.upper


def _notes(left_out: int, *, beyond: bool, language: Language) -> tuple[str, ...]:
    notes = []
    if left_out:
        sentence = "{count} more paths, least likely to have a later effect, are in the table of lags."
        notes.append(say(sentence, language, count=left_out))
    if beyond:
        notes.append(say("A mark beyond the scale stands at its edge and points onwards.", language))
    return tuple(notes)


def _caption(found: LagFindings, study: Study, language: Language) -> str:
    head = say(
        "Paths of {study} within the year (filled circle) and a year later (filled diamond: a later effect was found; hollow "
        "triangle: opposed; hollow square: not found), standardised, with {level} % intervals. The shaded zone is the smallest "
        "effect of interest, {sesoi} (SESOI), which the author states.",
        language,
        study=study.label.say(language),
        level=say_level(found.level, language),
        sesoi=write_yardstick(found.sesoi, language),
    )
    return join(head, say_panel(found, language), say_how(found, language))


def _alt(found: LagFindings, study: Study, language: Language) -> str:
    """Tell how many paths have a later effect, then every path."""
    opening = say(
        "Paths of {study} within the year and a year later: {found} of {count} have a later effect.",
        language,
        study=study.label.say(language),
        found=sum(each.verdict == "found" for each in found.paths),
        count=len(found.paths),
    )
    return f"{opening} {'; '.join(_tell(path, language) for path in found.paths)}."


def _tell(path: LagJudgement, language: Language) -> str:
    same, later = (
        write_estimate(_estimate(timed), STANDARDISED_DECIMALS, language) for timed in (path.same, path.later)
    )
    when = f"{say(SAME_YEAR, language)} {same}, {say(YEAR_LATER, language)} {later}"
    return f"{name_path(path)}: {when} ({say(path.verdict, language)})"
