"""A path model compared between years or levels, as lines of text: coefficients side by side, tests and differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.commands.figuretext import decimals_for, figure, share_text
from bsc_analysis.commands.output import align
from bsc_analysis.language.words import say
from bsc_analysis.paths.effectlist import list_effects

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.groups import GroupComparison

EACH = "Standardised effects in each {column}"
HELD = {"coefficients": "coefficients", "intercepts": "intercepts", "residuals": "residual variances"}
DECIMALS = 3


def group_lines(compared: GroupComparison, language: Language) -> list[list[str]]:
    """Return the sections of a comparison: effects in each group, tests of equality, and differences of effects."""
    column = compared.differences.column
    return [
        [say(EACH, language, column=column), *_side_by_side(compared, language)],
        [say("Equal in all groups?", language), *_test_lines(compared, language)],
        [
            say("Differences of effects, in the units of the data (second less first)", language),
            *_difference_lines(compared, language),
        ],
    ]


def _distinct(compared: GroupComparison) -> list[tuple[int, str]]:
    """Return the place and the name of each effect that is not another one by a second name, as a total without detours."""
    sums = list_effects(compared.fits[0].model).sums
    names = compared.differences.names
    return [(at, str(name)) for at, name in enumerate(names) if at >= len(sums) or sums.index(sums[at]) == at]


def _side_by_side(compared: GroupComparison, language: Language) -> list[str]:
    differences = compared.differences
    header = [say("effect", language), *differences.groups]
    counts = [say("rows", language), *(figure(int(n), 0, language) for n in compared.fits[0].n_obs)]
    values = differences.standardised.group
    rows = [
        [name, *(figure(value, DECIMALS, language) for value in values[:, at].tolist())]
        for at, name in _distinct(compared)
    ]
    return align([header, counts, *rows], right=range(1, len(header)))


def _test_lines(compared: GroupComparison, language: Language) -> list[str]:
    words = ("held equal", "chi-square", "df", "p")
    rows = [
        [
            " + ".join(say(HELD[each], language) for each in test.equal),
            figure(test.statistic, DECIMALS, language),
            figure(test.df, 0, language),
            share_text(test.p, language),
        ]
        for test in compared.nested
    ]
    return align([[say(word, language) for word in words], *rows], right=(1, 2, 3))


def _difference_lines(compared: GroupComparison, language: Language) -> list[str]:
    differences = compared.differences
    words = ("first", "second", "effect", "b", "lower", "upper", "p", "p (Holm)")
    raw = differences.raw
    decimals = decimals_for(raw.se.ravel().tolist())
    rows = [
        [
            first, second, name,
            *(figure(float(each[pair, at]), decimals, language) for each in (raw.difference, raw.lower, raw.upper)),
            *(share_text(float(each[pair, at]), language) for each in (raw.p, raw.p_holm)),
        ]
        for pair, (first, second) in enumerate(differences.pairs)
        for at, name in _distinct(compared)
    ]  # fmt: skip
    return align([[say(word, language) for word in words], *rows], right=range(3, len(words)))
