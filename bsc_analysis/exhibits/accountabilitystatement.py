"""The statement on the significance of accountability: what the abstract prints, why it says no result, what one needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.evidence.accountability import highest_total
from bsc_analysis.evidence.accountabilitytests import MARGIN, against_maximum, between_periods
from bsc_analysis.evidence.changeinputs import Choices
from bsc_analysis.exhibits.changewords import NO_ACCOUNTABILITY, say_made
from bsc_analysis.exhibits.effectlines import write_effect
from bsc_analysis.exhibits.estimatetables import write_p
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_level
from bsc_analysis.exhibits.statements import Statement
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.accountability import Accountability
    from bsc_analysis.evidence.accountabilitytests import Compared
    from bsc_analysis.evidence.change import Comparison
    from bsc_analysis.studies import Study

PRINTED_BY = "kkp"  # the study whose abstract prints the sentence
PRINTED = (
    'Of its test of accountability (SAKIP) against the maximum the abstract prints "above 0.5 (95%)", in Indonesian "rata-rata di '
    'atas 0,5 (95%)", an average above 0.5.'
)
NO_RESULT = (
    "That is no result: 95 % goes with a level of significance of 0.05, not 0.5; a p above 0.05, let alone above 0.5, would mean "
    "that no difference from the maximum was shown; and neither n nor a statistic nor the direction is printed."
)
NEEDED = "A correct statement gives the test, n, mean, standard deviation, the standard, the difference with its interval, and p."
FOUND = (
    "From this study's evaluations, {test}: n = {n}, mean {mean}, standard deviation {sd}, maximum {maximum}, difference "
    "{difference} [{lower}; {upper}] ({level} % interval), t({df}) = {t}, {p}, g = {g}."
)
CHANGED = (
    "From before {introduced} to after ({test}): difference {difference} [{lower}; {upper}], t({df}) = {t}, {p}; without a "
    "comparison group this does not say that the balanced scorecard brought it about."
)
TESTS = {
    "units": "one-sample t-test of the units' means",
    "whole": "one-sample t-test of the organisation's years, as if they were independent",
}
CHANGE_TESTS = {
    "units": "paired t-test of the units",
    "whole": "Welch's test of the organisation's years, as if they were independent",
}
NO_NEWS = "No total can pass the maximum: the size of the gap is what counts, not that p is small."
UNTESTED = "The evaluations of this study are too few or too alike to be tested."
DECIMALS = 2


def sakip_statement(study: Study, *, level: float = 0.95, seed: int = 0) -> Statement:
    """Say what the abstract prints of its significance test, why it is no result, and what a correct statement says.

    What is printed is said of the study that printed it; the correct statement is filled with the study's own evaluations,
    where it has any.

    Raises
    ------
    UseError
        When the level is not allowed, or the rule set has no highest total.
    """
    accountability = study.accountability
    choices = Choices(MARGIN, level, seed=seed)
    standard = () if accountability is None else against_maximum(accountability, choices)
    change = () if accountability is None else between_periods(accountability, choices)

    def told(language: Language) -> str:
        printed = (PRINTED, NO_RESULT) if study.id == PRINTED_BY else ()
        opening = (*(say(each, language) for each in printed), say(NEEDED, language))
        if accountability is None:
            return join(*opening, say(NO_ACCOUNTABILITY, language))
        return join(
            *opening,
            _say_standard(standard, accountability, language),
            _say_change(change, accountability, language),
            say_made(accountability, language),
        )

    return Statement(in_both(told))


def _tested(found: Sequence[Compared]) -> Compared | None:
    """Return the comparison of the units over all years, else that of the whole; None where neither was tested."""
    tested = {each.scope: each for each in found if each.result.test is not None}
    return tested.get("units") or tested.get("whole")


def _say_standard(found: Sequence[Compared], accountability: Accountability, language: Language) -> str:
    own = _tested(found)
    if own is None:
        return say(UNTESTED, language)
    result = own.result
    sentence = say(
        FOUND,
        language,
        test=say(TESTS[own.scope], language),
        n=result.after.n,
        mean=write_effect(result.after.mean, DECIMALS, language),
        sd=write_effect(result.after.sd or 0.0, DECIMALS, language),
        maximum=format_number(highest_total(accountability.rules), 0, language),
        level=say_level(result.level, language),
        g="–" if result.effect is None else write_effect(result.effect.g, DECIMALS, language),
        **_say_test(result, language),
    )
    return f"{sentence} {say(NO_NEWS, language)}"


def _say_change(found: Sequence[Compared], accountability: Accountability, language: Language) -> str:
    own = _tested(found)
    if own is None:
        return ""
    return say(
        CHANGED,
        language,
        introduced=accountability.introduced,
        test=say(CHANGE_TESTS[own.scope], language),
        **_say_test(own.result, language),
    )


def _say_test(result: Comparison, language: Language) -> dict[str, str]:
    test = result.test
    if test is None:
        return {}
    numbers = {"difference": result.difference, "lower": test.lower, "upper": test.upper, "t": test.t}
    p = write_p(test.p, language)
    return {name: write_effect(value, DECIMALS, language) for name, value in numbers.items()} | {
        "df": format_number(test.df, 0 if test.df.is_integer() else 1, language),
        "p": f"p {p}" if p.startswith("<") else f"p = {p}",
    }
