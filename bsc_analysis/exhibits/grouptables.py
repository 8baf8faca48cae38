"""Tables of a path model compared between years or levels: effects by group with differences, and tests of equality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.effectwords import distinct_effects, name_effect, name_effects
from bsc_analysis.exhibits.estimatetables import (
    STANDARDISED_DECIMALS,
    build_estimates,
    decimals_beside,
    pick,
    write_p,
)
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import METHODS, in_both, join, say_errors, say_level, say_notes
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.groups import GroupComparison
    from bsc_analysis.paths.grouptests import NestedTest, WaldTest
    from bsc_analysis.studies import Study

NO_GROUPS = "This path model was not compared between groups."
ALPHA = 0.05
HELD = {"coefficients": "coefficients", "intercepts": "intercepts", "residuals": "residual variances"}
EVERY_COEFFICIENT = "all coefficients together"
LIKELIHOOD_RATIO, SCALED, WALD = "likelihood ratio", "scaled likelihood ratio", "Wald"
DIFFERENCES = (
    "b in the first",
    "b in the second",
    "difference of b",
    "standard error",
    "lower end",
    "upper end",
)
OF_BETA = ("beta in the first", "beta in the second", "difference of beta")
UNIT_SCALE = (
    "Tests are of b, in the units of the data; beta is standardised within each group, so that differences of beta also "
    "hold differences of spread."
)


def group_table(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate every effect in every two groups with its difference, interval, p and p adjusted by Holm's method.

    A sum of paths that repeats an effect is left out. Absent where no groups were compared.
    """
    compared = analysis.groups
    if compared is None:
        return Absent(both(NO_GROUPS), language)
    kept = distinct_effects(compared.differences.names)

    def make(spoken: Language) -> Table:
        columns = _difference_columns(compared, kept, spoken)
        raw = decimals_beside(columns["standard error"])
        decimals = dict.fromkeys(DIFFERENCES, raw) | dict.fromkeys(OF_BETA, STANDARDISED_DECIMALS)
        return build_estimates(columns, decimals, spoken, p_values=("p", "p (Holm)"))

    def caption(spoken: Language) -> str:
        found = compared.differences
        head = say(
            "Effects in the path model of {study} by {column}, and how much they differ: the second group less the first.",
            spoken,
            study=study.label.say(spoken),
            column=found.column,
        )
        adjusted = say(
            "Intervals: {level} %, {method}, not adjusted; p (Holm) is adjusted for {count} differences of {effects} effects.",
            spoken,
            level=say_level(found.level, spoken),
            method=say(METHODS[found.method], spoken),
            count=len(kept) * len(found.pairs),
            effects=len(kept),
        )
        return join(head, _say_groups(compared, spoken), adjusted, say(UNIT_SCALE, spoken))

    survive = sum(p < ALPHA for pair in _picked(compared.differences.raw.p_holm, kept) for p in pair)
    alt = both(
        "Table of {count} differences of effects between groups; {survive} differ at {alpha} % after Holm's adjustment",
        count=len(kept) * len(compared.differences.pairs),
        survive=survive,
        alpha=round(100 * ALPHA),
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def group_test_table(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate tests that groups are alike: likelihood ratios of a ladder of equalities, and Wald tests of every effect.

    Absent where no groups were compared.
    """
    compared = analysis.groups
    if compared is None:
        return Absent(both(NO_GROUPS), language)

    def make(spoken: Language) -> Table:
        decimals = {"chi-square": 3, "df": 0, "AIC": 1, "BIC": 1}
        return build_estimates(_test_columns(compared, spoken), decimals, spoken, p_values=("p", "p (Holm)"))

    def caption(spoken: Language) -> str:
        head = say(
            "Is the path model of {study} the same in every {column}? Each likelihood ratio compares with the row before it, "
            "the first with separate models; each Wald test is from separate models.",
            spoken,
            study=study.label.say(spoken),
            column=compared.differences.column,
        )
        holm = say("p (Holm) is adjusted for the Wald tests of all effects.", spoken)
        return join(head, _say_groups(compared, spoken), holm)

    return Exhibit(
        "table",
        make,
        in_both(caption),
        in_both(lambda each: _tell_tests(compared, each)),
        provenance,
        language,
    )


def _picked(values: Any, kept: tuple[int, ...]) -> list[list[float]]:
    """Return for each group or pair the values of some effects."""
    return [pick(row, kept) for row in values]


def _difference_columns(
    compared: GroupComparison, kept: tuple[int, ...], language: Language
) -> dict[str, Any]:
    """Return one row for each effect and pair of groups, the pairs of an effect below each other."""
    found = compared.differences
    pairs = range(len(found.pairs))
    place = {group: at for at, group in enumerate(found.groups)}

    def in_turn(rows: list[list[float]]) -> list[float]:
        return [rows[pair][at] for at in range(len(kept)) for pair in pairs]

    def of_group(values: Any, which: int) -> list[float]:
        own = _picked(values, kept)
        return in_turn([own[place[pair[which]]] for pair in found.pairs])

    raw, beta = found.raw, found.standardised
    per_pair = (raw.difference, raw.se, raw.lower, raw.upper)
    return {
        "effect": [name_effect(found.names[at], language) for at in kept for _ in pairs],
        "first": [first for _ in kept for first, _ in found.pairs],
        "second": [second for _ in kept for _, second in found.pairs],
        "b in the first": of_group(raw.group, 0),
        "b in the second": of_group(raw.group, 1),
        **{
            name: in_turn(_picked(values, kept))
            for name, values in zip(DIFFERENCES[2:], per_pair, strict=True)
        },
        "p": in_turn(_picked(raw.p, kept)),
        "p (Holm)": in_turn(_picked(raw.p_holm, kept)),
        "beta in the first": of_group(beta.group, 0),
        "beta in the second": of_group(beta.group, 1),
        "difference of beta": in_turn(_picked(beta.difference, kept)),
    }


def _test_columns(compared: GroupComparison, language: Language) -> dict[str, Any]:
    nested, each = compared.nested, [compared.each_equal[at] for at in _tested(compared)]
    plain = compared.fits[0].se_kind == "ml"
    ratio = say(LIKELIHOOD_RATIO if plain else SCALED, language)
    held = [" + ".join(say(HELD[part], language) for part in test.equal) for test in nested]
    effects = name_effects([test.effect for test in each if test.effect is not None], language)
    tests: list[NestedTest | WaldTest] = [*nested, compared.all_equal, *each]
    return {
        "test": [ratio] * len(nested) + [say(WALD, language)] * (1 + len(each)),
        "held equal": [*held, say(EVERY_COEFFICIENT, language), *effects],
        "chi-square": [test.statistic for test in tests],
        "df": [test.df for test in tests],
        "p": [test.p for test in tests],
        "p (Holm)": [None] * (len(nested) + 1) + [test.p_holm for test in each],
        "AIC": [test.aic for test in nested] + [None] * (1 + len(each)),
        "BIC": [test.bic for test in nested] + [None] * (1 + len(each)),
    }


def _tested(compared: GroupComparison) -> tuple[int, ...]:
    return distinct_effects([test.effect for test in compared.each_equal if test.effect is not None])


def _say_groups(compared: GroupComparison, language: Language) -> str:
    """Say the groups with their rows, the clusters, how errors were made, and the notes."""
    fit = compared.fits[0]
    counts = ", ".join(
        say("{group}: n = {n}", language, group=group, n=format_number(int(n), 0, language))
        for group, n in zip(fit.groups, fit.n_obs.tolist(), strict=True)
    )
    clusters = (
        say("{count} clusters over all groups.", language, count=format_number(fit.n_clusters, 0, language))
        if fit.n_clusters
        else ""
    )
    return join(
        f"{counts}.", clusters, say_errors(fit.se_kind, language), say_notes(compared.notes, language)
    )


def _tell_tests(compared: GroupComparison, language: Language) -> str:
    first, together = compared.nested[0], compared.all_equal
    return say(
        "Table of {count} tests that groups are alike; equal coefficients: likelihood ratio p {ratio}, Wald p {wald}",
        language,
        count=len(compared.nested) + 1 + len(_tested(compared)),
        ratio=write_p(first.p, language),
        wald=write_p(together.p, language),
    )
