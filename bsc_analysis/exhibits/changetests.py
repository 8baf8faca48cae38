"""Tables of accountability: totals against the highest there is, and before and after the introduction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.evidence.accountability import highest_total, whole_unit
from bsc_analysis.evidence.accountabilitytests import MARGIN, against_maximum, between_periods
from bsc_analysis.evidence.changeinputs import Choices
from bsc_analysis.exhibits.changewords import (
    NO_ACCOUNTABILITY,
    name_values,
    origin_of,
    say_cases,
    say_lacks,
    say_made,
    say_tests,
)
from bsc_analysis.exhibits.effectlines import write_effect
from bsc_analysis.exhibits.estimatetables import NOTHING, build_estimates
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.evidence.accountability import Accountability
    from bsc_analysis.evidence.accountabilitytests import Compared
    from bsc_analysis.evidence.change import Comparison
    from bsc_analysis.studies import Study

P, PERMUTED, TOST = "p", "p (permutation)", "p of equivalence (TOST)"
POINTS = (
    "mean",
    "mean before",
    "mean after",
    "sd",
    "standard",
    "difference",
    "lower",
    "upper",
    "t",
    "g",
    "lower g",
    "upper g",
)
DECIMALS = dict.fromkeys(POINTS, 2) | {"df": 1} | dict.fromkeys(("n", "n before", "n after"), 0)
STANDARD_HEAD = (
    "Accountability (SAKIP) of {study} against the highest total, {maximum}: mean minus maximum, one-sample t-tests. Years: "
    "totals of all units."
)
NO_NEWS = (
    "No total can pass the maximum, so that any mean below it differs from it: how far is what counts, not p."
)
CHANGE_HEAD = (
    "Accountability (SAKIP) of {study} before {introduced}, when the balanced scorecard was introduced, and from then on: mean "
    "after minus mean before."
)
PAIRED = "Units: paired t-tests of each unit's own means; sd is that of their differences."
UNPAIRED = "{unit} by itself: Welch's test of its years."
NO_CONTROL = (
    "There is no comparison group: trends and whatever else began in these years are part of the change."
)
STANDARD_ALT = "Table of {count} comparisons of accountability with the maximum of {maximum}: mean differences from {least} to {most}"
CHANGE_ALT = "Table of {count} changes of accountability from before {introduced} to after: mean differences from {least} to {most}"
ONE_SIDE = "No unit of this study has evaluations both before {introduced} and from then on."


def standard_table(
    study: Study,
    provenance: Provenance,
    *,
    language: Language,
    margin: float = MARGIN,
    level: float = 0.95,
    seed: int = 0,
) -> Exhibit | Absent:
    """Tabulate totals of accountability against the highest total: by year, over all years, and by component.

    Units: points of the total, percent of their maximum for components.

    Parameters
    ----------
    study, provenance, language
        As for every table; absent where the study has no evaluations of accountability.
    margin
        The largest difference that counts as equivalent, in points. The default is ours; a study should state its own.
    level, seed
        Of intervals, and of permutations where they are drawn.

    Raises
    ------
    UseError
        When margin or level is not allowed, or the rule set has no highest total.
    """
    accountability = study.accountability
    if accountability is None:
        return Absent(both(NO_ACCOUNTABILITY), language)
    choices = Choices(margin, level, seed=seed)
    found = against_maximum(accountability, choices)
    maximum = highest_total(accountability.rules)

    def make(spoken: Language) -> Table:
        results = [each.result for each in found]
        samples: dict[str, Any] = {
            "n": [each.after.n for each in results],
            "mean": [each.after.mean for each in results],
            "sd": [each.after.sd for each in results],
            "standard": [each.reference for each in results],
        }
        return _table(found, samples, accountability, spoken)

    def caption(spoken: Language) -> str:
        head = say(
            STANDARD_HEAD,
            spoken,
            study=study.label.say(spoken),
            maximum=format_number(maximum, 0, spoken),
        )
        return join(head, say(NO_NEWS, spoken), _say_rest(found, accountability, choices, spoken))

    def alt(spoken: Language) -> str:
        most = format_number(maximum, 0, spoken)
        return say(STANDARD_ALT, spoken, maximum=most, **_span(found, spoken))

    return Exhibit(
        "table", make, in_both(caption), in_both(alt), origin_of(accountability, provenance), language
    )


def before_after_table(
    study: Study,
    provenance: Provenance,
    *,
    language: Language,
    margin: float = MARGIN,
    level: float = 0.95,
    seed: int = 0,
) -> Exhibit | Absent:
    """Tabulate the change of accountability between the years before the introduction and those from it on.

    Units paired, in total and by component; the organisation as a whole by its years. Units of measure, parameters and errors
    as for :func:`standard_table`.
    """
    accountability = study.accountability
    if accountability is None:
        return Absent(both(NO_ACCOUNTABILITY), language)
    choices = Choices(margin, level, seed=seed)
    found = between_periods(accountability, choices)
    if not found:
        return Absent(both(ONE_SIDE, introduced=accountability.introduced), language)

    def make(spoken: Language) -> Table:
        results = [each.result for each in found]
        samples: dict[str, Any] = {
            "n before": [each.before.n if each.before else None for each in results],
            "n after": [each.after.n for each in results],
            "mean before": [each.reference for each in results],
            "mean after": [each.after.mean for each in results],
            "sd": [each.sd_difference for each in results],
        }
        return _table(found, samples, accountability, spoken)

    def caption(spoken: Language) -> str:
        whole = next((each for each in found if each.scope == "whole"), None)
        head = say(CHANGE_HEAD, spoken, study=study.label.say(spoken), introduced=accountability.introduced)
        return join(
            head,
            say(PAIRED, spoken) if any(each.scope == "units" for each in found) else "",
            _say_unpaired(whole, accountability, spoken),
            _say_rest(found, accountability, choices, spoken),
            say(NO_CONTROL, spoken),
        )

    def alt(spoken: Language) -> str:
        return say(CHANGE_ALT, spoken, introduced=accountability.introduced, **_span(found, spoken))

    return Exhibit(
        "table", make, in_both(caption), in_both(alt), origin_of(accountability, provenance), language
    )


def _table(
    found: tuple[Compared, ...], samples: dict[str, Any], accountability: Accountability, language: Language
) -> Table:
    """Put the values compared and their samples before what the tests say."""
    names = {"values": [name_values(each, accountability, language) for each in found]}
    columns = names | samples | _test_columns([each.result for each in found], language)
    decimals = {name: places for name, places in DECIMALS.items() if name in columns}
    return build_estimates(columns, decimals, language, p_values=(P, PERMUTED, TOST))


def _test_columns(results: list[Comparison], language: Language) -> dict[str, Any]:
    tests = [each.test for each in results]
    effects = [each.effect for each in results]
    judged = [each.equivalence for each in results]
    return {
        "difference": [each.difference for each in results],
        "lower": [each and each.lower for each in tests],
        "upper": [each and each.upper for each in tests],
        "t": [each and each.t for each in tests],
        "df": [each and each.df for each in tests],
        P: [each and each.p for each in tests],
        PERMUTED: [each.permutation and each.permutation.p for each in results],
        "g": [each and each.g for each in effects],
        "lower g": [each and each.lower for each in effects],
        "upper g": [each and each.upper for each in effects],
        TOST: [each and each.p for each in judged],
        "verdict": [say(each.verdict, language) if each else NOTHING for each in judged],
    }


def _say_unpaired(whole: Compared | None, accountability: Accountability, language: Language) -> str:
    return "" if whole is None else say(UNPAIRED, language, unit=whole_unit(accountability))


def _say_rest(
    found: tuple[Compared, ...], accountability: Accountability, choices: Choices, language: Language
) -> str:
    return join(
        say_cases(found, accountability, language),
        say_tests(choices, language),
        say_lacks(found, language),
        say_made(accountability, language),
    )


def _span(found: tuple[Compared, ...], language: Language) -> dict[str, object]:
    differences = [each.result.difference for each in found]
    least, most = (
        write_effect(end, DECIMALS["difference"], language) for end in (min(differences), max(differences))
    )
    return {"count": len(found), "least": least, "most": most}
