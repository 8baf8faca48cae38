"""The table of lags: every path within the year and a year later, whether a later effect was found, and how outcomes persist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import Fault
from bsc_analysis.exhibits.effectlines import write_yardstick
from bsc_analysis.exhibits.estimatetables import (
    NOTHING,
    STANDARDISED_DECIMALS,
    build_estimates,
    decimals_beside,
)
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.lagwords import SAME_YEAR, YEAR_LATER, name_path, say_how, say_panel
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_level, say_notes
from bsc_analysis.language.words import Language, both, label_fault, say

if TYPE_CHECKING:
    from bsc_analysis.paths.lagverdicts import LagFindings, LagJudgement, Timed
    from bsc_analysis.studies import Study

SHARES = ("share a year later", "lower share", "upper share")
BETAS = ("beta", "lower beta", "upper beta")
SHARE = (
    "Share a year later: a year later / (same year + a year later), by b, with its interval, where both have the same sign "
    "and one differs from 0. The last rows give how much of an outcome's own value is still there a year later."
)
VERDICTS = (
    "Relevant, negligible and inconclusive compare beta with a smallest effect of interest of {sesoi} (SESOI), which the "
    "author states: the {level} % interval lies wholly beyond it, the {inner} % interval lies wholly within it, or neither."
)
Row = tuple[str, str, "Timed", "LagJudgement | None"]


def lag_table(
    found: LagFindings | Fault, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate every path within the year and a year later, and what lasts of every outcome.

    Columns: b with standard error and p, p adjusted by Holm's method for all later paths and whether a later effect was
    found, beta with its interval and verdict against the smallest effect of interest, and the share that comes a year later.
    Absent where the study cannot tell.
    """
    if isinstance(found, Fault):
        return Absent(label_fault(found), language)
    rows = _rows(found)

    def make(spoken: Language) -> Table:
        raw = decimals_beside([timed.se for _, _, timed, _ in rows])
        decimals = dict.fromkeys(("b", "standard error"), raw)
        decimals |= dict.fromkeys((*BETAS, *SHARES), STANDARDISED_DECIMALS)
        return build_estimates(_columns(rows, spoken), decimals, spoken, p_values=("p", "p (Holm)"))

    def caption(spoken: Language) -> str:
        head = say(
            "Paths of {study} within the year and a year later.", spoken, study=study.label.say(spoken)
        )
        return join(
            head,
            say_panel(found, spoken),
            say_how(found, spoken),
            _say_verdicts(found, spoken),
            say(SHARE, spoken),
            say_notes(found.fit.notes, spoken),
        )

    alt = both(
        "Table of {count} paths within the year and a year later: {found} with a later effect, {opposed} opposed, {negligible} "
        "with a negligible later coefficient",
        count=len(found.paths),
        found=sum(each.verdict == "found" for each in found.paths),
        opposed=sum(each.verdict == "opposed" for each in found.paths),
        negligible=sum(each.later.verdict == "negligible" for each in found.paths),
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def _rows(found: LagFindings) -> list[Row]:
    """Return two rows for each path, then one for each outcome's own past."""
    rows: list[Row] = []
    for each in found.paths:
        rows.append((name_path(each), SAME_YEAR, each.same, None))
        rows.append((name_path(each), YEAR_LATER, each.later, each))
    rows += [(f"{name} → {name}", YEAR_LATER, timed, None) for name, timed in found.persistence]
    return rows


def _columns(rows: list[Row], language: Language) -> dict[str, Any]:
    timed = [each for _, _, each, _ in rows]
    judged = [each for *_, each in rows]
    shares = [
        (None, None, None)
        if each is None or each.share_interval is None
        else (each.share, *each.share_interval)
        for each in judged
    ]
    return {
        "path": [name for name, *_ in rows],
        "when": [say(when, language) for _, when, *_ in rows],
        "b": [each.b for each in timed],
        "standard error": [each.se for each in timed],
        "p": [each.p for each in timed],
        "p (Holm)": [None if each is None else each.p_holm for each in judged],
        "later effect": [NOTHING if each is None else say(each.verdict, language) for each in judged],
        "beta": [each.beta for each in timed],
        "lower beta": [each.lower for each in timed],
        "upper beta": [each.upper for each in timed],
        "verdict": [say(each.verdict, language) for each in timed],
        **dict(zip(SHARES, map(list, zip(*shares, strict=True)), strict=True)),
    }


def _say_verdicts(found: LagFindings, language: Language) -> str:
    return say(
        VERDICTS,
        language,
        sesoi=write_yardstick(found.sesoi, language),
        level=say_level(found.level, language),
        inner=say_level(found.inner_level, language),
    )
