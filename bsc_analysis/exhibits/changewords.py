"""What exhibits of accountability say of their comparisons: whose values, how tests were made, and what they cannot show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bsc_analysis.evidence.accountability import whole_unit
from bsc_analysis.exhibits.exhibit import Provenance
from bsc_analysis.exhibits.pathcaptions import say_level
from bsc_analysis.exhibits.scorelines import write_number
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, say, say_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.accountability import Accountability
    from bsc_analysis.evidence.accountabilitytests import Compared
    from bsc_analysis.evidence.changeinputs import Choices

NO_ACCOUNTABILITY = "This study has no evaluations of accountability (SAKIP)."
INTERVALS_AND_P = (
    "Intervals: {level} %. g: Hedges' g, its interval from the noncentral t distribution. p (permutation): all permutations "
    "where there are at most {n_perm}, else {n_perm} drawn (seed {seed}). p values are not adjusted for their number."
)
VERDICTS = (
    "Verdicts hold the difference against a margin of {margin} points, which the author states. Relevant: the {level} % "
    "interval lies wholly beyond it; negligible (equivalent): the {inner} % interval lies wholly within it, which is the two "
    "one-sided tests (TOST); inconclusive otherwise."
)
ONCE = "Over several years every unit counts once, with its mean, since its years depend on each other."
SERIAL = "The years of {unit} by itself follow each other; its p holds only as far as they are independent."
UNTESTED = "Dashes: {reasons}."
MADE_SERIES = "The evaluations are made up and, unlike the scores of a twin, calibrated to no published figure: none of this is a finding."
POINTS_DECIMALS = 2


def origin_of(accountability: Accountability, provenance: Provenance) -> Provenance:
    """Return the provenance with what the evaluations are and by which rule set they were graded."""
    rules = accountability.rules
    graded = (("id", rules.id), ("version", rules.version), ("mark", rules.mark), ("missing", rules.missing))
    return replace(provenance, data_status=accountability.data_status, rules=graded)


def name_values(compared: Compared, accountability: Accountability, language: Language) -> str:
    """Say whose values were compared."""
    if compared.scope == "year":
        return str(compared.year)
    if compared.scope == "whole":
        return say("{unit}, its years", language, unit=whole_unit(accountability))
    if compared.component is not None:
        return say("{component}, % of its maximum", language, component=compared.component.say(language))
    return say("units, total", language)


def say_tests(choices: Choices, language: Language) -> str:
    """Say how intervals, p and verdicts were made."""
    level = say_level(choices.level, language)
    made = say(
        INTERVALS_AND_P,
        language,
        level=level,
        n_perm=format_number(choices.n_perm, 0, language),
        seed=choices.seed,
    )
    judged = say(
        VERDICTS,
        language,
        margin=write_number(choices.margin, POINTS_DECIMALS, language),
        level=level,
        inner=say_level(2 * choices.level - 1, language),
    )
    return f"{made} {judged}"


def say_cases(found: Sequence[Compared], accountability: Accountability, language: Language) -> str:
    """Say what counts as one case, and that the years of the whole depend on each other."""
    said = [say(ONCE, language)] if any(each.scope == "units" for each in found) else []
    if any(each.scope == "whole" for each in found):
        said.append(say(SERIAL, language, unit=whole_unit(accountability)))
    return " ".join(said)


def say_lacks(found: Sequence[Compared], language: Language) -> str:
    """Say why some values could not be tested, or nothing."""
    reasons = dict.fromkeys(fault for each in found for fault in each.result.lacks)
    if not reasons:
        return ""
    return say(UNTESTED, language, reasons="; ".join(say_fault(each, language) for each in reasons))


def say_made(accountability: Accountability, language: Language) -> str:
    """Say that a made series is made, or nothing."""
    return say(MADE_SERIES, language) if accountability.data_status == "synthetic" else ""
