"""What exhibits of lags say alike: the pairs of years behind them, how later effects were judged, and what they cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.exhibits.pathcaptions import EVERY_VALUE, join, say_errors, say_level, say_rows
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.lagverdicts import LagFindings, LagJudgement

SAME_YEAR, YEAR_LATER = "same year", "a year later"
PAIRS = "{pairs} pairs of consecutive years of {units} units ({each})"
INCOMPLETE = "{count} incomplete pairs left out (listwise)"
SINGLE = "{count} units without two consecutive years left out"
MODEL = (
    "Each outcome is explained by its causes in the same year, by the same causes a year before, and by its own value a year "
    "before."
)
JUDGED = (
    "A later effect is found when p, adjusted by Holm's method for {count} later paths, is below {alpha}. It is opposed when "
    "it takes back what the year itself gives, which is what lasting differences between units leave where nothing takes a "
    "year."
)
ALL_NORMAL = "Intervals: {level} %, normal, not adjusted."


def name_path(judged: LagJudgement) -> str:
    """Name a path by its ends.

    >>> from types import SimpleNamespace
    >>> name_path(SimpleNamespace(start="CP", end="SH"))
    'CP → SH'
    """
    return f"{judged.start} → {judged.end}"


def say_pairs(found: LagFindings, language: Language) -> str:
    """Say how many pairs of years there are, of how many units, and which."""
    panel = found.panel
    each = ", ".join(
        f"{step.before}–{step.after}: {format_number(step.n_pairs, 0, language)}"
        for step in panel.transitions
    )
    return say(
        PAIRS,
        language,
        pairs=format_number(panel.n_pairs, 0, language),
        units=format_number(panel.n_units, 0, language),
        each=each,
    )


def say_panel(found: LagFindings, language: Language) -> str:
    """Say what the fit rests on: pairs of years, rows and clusters, and what was left out."""
    return f"{say_pairs(found, language)}. {say_used(found, language)}"


def say_used(found: LagFindings, language: Language) -> str:
    """Say how many rows and clusters were used, and what was left out."""
    fit, panel = found.fit, found.panel
    parts = [say_rows(fit.n_obs, fit.n_clusters, language)]
    if fit.missing == "fiml":
        parts.append(say(EVERY_VALUE, language))
    elif panel.n_pairs > fit.n_obs:
        parts.append(say(INCOMPLETE, language, count=format_number(panel.n_pairs - fit.n_obs, 0, language)))
    if panel.n_single:
        parts.append(say(SINGLE, language, count=format_number(panel.n_single, 0, language)))
    return f"{'; '.join(parts)}."


def say_how(found: LagFindings, language: Language) -> str:
    """Say what the model is, how later effects were judged, and how errors and intervals were made."""
    return join(
        say(MODEL, language),
        say(JUDGED, language, count=len(found.paths), alpha=say_alpha(found, language)),
        say_errors(found.fit.se_kind, language),
        say(ALL_NORMAL, language, level=say_level(found.level, language)),
    )


def say_alpha(found: LagFindings, language: Language) -> str:
    """Say below which adjusted p a later effect is found."""
    alpha = round(1 - found.level, 6)
    return format_number(alpha, 2 if round(alpha, 2) == alpha else 3, language)
