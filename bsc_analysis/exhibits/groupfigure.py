"""The figure of groups compared: every coefficient in every year or level, and which differ from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.exhibits.effectlines import (
    align_effects,
    align_estimates,
    effect_scale,
    sesoi_zone,
    write_effect,
    write_estimate,
    write_yardstick,
)
from bsc_analysis.exhibits.effectwords import distinct_effects, name_effect
from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS, decimals_beside
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.groupcoefficients import ALPHA, errors_each_way, most_different, read_paths
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_errors, say_level, say_notes
from bsc_analysis.exhibits.stripdrawing import draw_strips
from bsc_analysis.exhibits.strips import Block, Cell, Dot, Line, Strip, StripChart
from bsc_analysis.exhibits.style import Mark
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.groupcoefficients import ComparedPath, GroupCoefficient
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.groups import GroupComparison
    from bsc_analysis.studies import Study

NO_GROUPS = "This path model was not compared between groups."
TOO_MANY_GROUPS = (
    "{count} groups are more than a page can show, which is {most}; the table of groups has them all."
)
MOST_LINES = 36  # on one page
ALIKE, DIFFERS = Mark("#0072b2", "o", filled=False), Mark("#d55e00", "D")


def group_figure(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Draw every direct effect in every group with its interval, and mark the differences that survive Holm's adjustment.

    The scale is that of b over the standard deviations of all groups together: it makes paths comparable, and groups differ
    on it exactly as their b do. Where there are more lines than fit on a page, the paths that differ least are left out and
    counted. Absent where no groups were compared, or more than a page can show.
    """
    compared = analysis.groups
    if compared is None:
        return Absent(both(NO_GROUPS), language)
    n_groups = len(compared.differences.groups)
    if n_groups > MOST_LINES:
        return Absent(both(TOO_MANY_GROUPS, count=n_groups, most=MOST_LINES), language)
    every = read_paths(analysis, compared)
    drawn = most_different(every, MOST_LINES // n_groups)

    def make(spoken: Language) -> Figure:
        return draw_strips(
            _chart(drawn, len(every) - len(drawn), analysis, compared, study, provenance, spoken)
        )

    return Exhibit(
        "figure",
        make,
        in_both(lambda each: _caption(analysis, compared, study, each)),
        in_both(lambda each: _alt(every, compared, study, each)),
        provenance,
        language,
    )


def _chart(
    rows: tuple[ComparedPath, ...],
    left_out: int,
    analysis: PathAnalysis,
    compared: GroupComparison,
    study: Study,
    origin: Provenance,
    language: Language,
) -> StripChart:
    members = [member for row in rows for member in row.members]
    ends = [end for member in members for end in member.beta]
    label = say("coefficient (standardised by all groups together)", language)
    scale = effect_scale(ends, analysis.sesoi, label, language)
    level = say_level(compared.differences.level, language)
    return StripChart(
        title=study.label.say(language),
        blocks=(Block("", _strips(rows, language), (sesoi_zone(analysis.sesoi, language),)),),
        scale=scale,
        columns=(
            say("standardised [{level} %]", language, level=level),
            say("b", language),
            say("differs from", language),
        ),
        notes=(
            _say_groups(compared, language),
            *_notes(left_out, beyond=any(not scale.lower <= each.beta[0] <= scale.upper for each in members),
                    language=language),
            f"{origin.statement.say(language)}.",
        ),
    )  # fmt: skip


def _strips(rows: tuple[ComparedPath, ...], language: Language) -> tuple[Strip, ...]:
    members = [member for row in rows for member in row.members]
    raw = [decimals_beside([each.se for each in row.members]) for row in rows for _ in row.members]
    beta = align_estimates([member.beta for member in members], STANDARDISED_DECIMALS, language)
    b = align_effects([member.b for member in members], raw, language)
    texts = dict(zip(map(id, members), zip(beta, b, strict=True), strict=True))
    return tuple(
        Strip(
            name_effect(row.name, language),
            tuple(_line(member, texts[id(member)], language) for member in row.members),
        )
        for row in rows
    )


def _line(member: GroupCoefficient, texts: tuple[str, str], language: Language) -> Line:
    mark = DIFFERS if member.others else ALIKE
    beta, b = texts
    word = Cell(_say_others(member, language), mark) if member.others else Cell(say("none", language), mark)
    return Line(
        member.group, (Dot(member.beta[0], mark, member.beta[1:]),), (Cell(beta, strong=True), Cell(b), word)
    )


def _say_others(member: GroupCoefficient, language: Language) -> str:
    """Name the groups a coefficient differs from, each with its adjusted p."""
    return ", ".join(
        say("{group} (p {p})", language, group=group, p=_write_p(p, language)) for group, p in member.others
    )


def _write_p(p: float, language: Language) -> str:
    least = 10**-STANDARDISED_DECIMALS
    shown = write_effect(max(p, least), STANDARDISED_DECIMALS, language)
    return f"< {shown}" if p < least else f"= {shown}"


def _notes(left_out: int, *, beyond: bool, language: Language) -> tuple[str, ...]:
    notes = []
    if left_out:
        sentence = "{count} more paths, which differ least between groups, are in the table of groups."
        notes.append(say(sentence, language, count=left_out))
    if beyond:
        notes.append(say("A mark beyond the scale stands at its edge and points onwards.", language))
    return tuple(notes)


def _say_groups(compared: GroupComparison, language: Language) -> str:
    """Say how many rows each group has."""
    fit = compared.fits[0]
    counts = (
        say("{group}: n = {n}", language, group=group, n=format_number(int(n), 0, language))
        for group, n in zip(fit.groups, fit.n_obs.tolist(), strict=True)
    )
    return f"{', '.join(counts)}."


def _caption(analysis: PathAnalysis, compared: GroupComparison, study: Study, language: Language) -> str:
    found = compared.differences
    head = say(
        "Coefficients of the path model of {study} by {column}, with {level} % intervals. To have one scale, b is standardised "
        "by the standard deviations of all groups together, so that groups differ as their b do; the shaded zone is the "
        "smallest effect of interest, {sesoi} (SESOI), which the author states.",
        language,
        study=study.label.say(language),
        column=found.column,
        level=say_level(found.level, language),
        sesoi=write_yardstick(analysis.sesoi, language),
    )
    legend = say(
        "Filled diamonds differ from the group named at the right: p below {alpha}, adjusted by Holm's method for {count} "
        "differences of {effects} effects, indirect ones among them; hollow circles differ from none. Thin lines join the "
        "groups in their order.",
        language,
        alpha=write_effect(ALPHA, 2, language),
        count=len(distinct_effects(found.names)) * len(found.pairs),
        effects=len(distinct_effects(found.names)),
    )
    made = _say_made(analysis, compared, language)
    return join(head, legend, _say_groups(compared, language), made, say_notes(compared.notes, language))


def _say_made(analysis: PathAnalysis, compared: GroupComparison, language: Language) -> str:
    """Say how the intervals, their standard errors, and p were made."""
    found = compared.differences
    normal = say(
        "Intervals: the coefficient plus and minus {reach} standard errors.",
        language,
        reach=write_effect(errors_each_way(found.level), 2, language),
    )
    if not found.n_boot:
        return f"{normal} {say_errors(compared.fits[0].se_kind, language)}"
    drawn = say(
        "Standard errors and p: bootstrap, {n_boot} replicates, seed {seed}.",
        language,
        n_boot=format_number(found.n_boot, 0, language),
        seed=analysis.seed,
    )
    return f"{normal} {drawn}"


def _alt(rows: tuple[ComparedPath, ...], compared: GroupComparison, study: Study, language: Language) -> str:
    """Tell how many coefficients differ, then every one in every group."""
    opening = say(
        "Coefficients of {study} by {column}: {count} of {paths} paths differ between groups.",
        language,
        study=study.label.say(language),
        column=compared.differences.column,
        count=sum(any(member.others for member in row.members) for row in rows),
        paths=len(rows),
    )
    told = [f"{name_effect(row.name, language)}: {_tell(row, language)}" for row in rows]
    return f"{opening} {'; '.join(told)}."


def _tell(row: ComparedPath, language: Language) -> str:
    parts = []
    for member in row.members:
        told = f"{member.group} {write_estimate(member.beta, STANDARDISED_DECIMALS, language)}"
        if member.others:
            told += f" ({say('differs from', language)} {_say_others(member, language)})"
        parts.append(told)
    return ", ".join(parts)
