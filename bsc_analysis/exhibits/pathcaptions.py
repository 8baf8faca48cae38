"""What a caption says of a path model: the rows, how errors and intervals were made, the scale, and the yardstick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import LANGUAGES, Label, say, say_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bsc_analysis.errors import Fault
    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.effects import Effects
    from bsc_analysis.paths.pathfit import PathFit

ROWS = "n = {n} rows"
ROWS_IN_CLUSTERS = "n = {n} rows in {clusters} clusters"
LEFT_OUT = "{count} incomplete rows left out (listwise)"
EVERY_VALUE = "every known value of incomplete rows used (fiml)"
ERRORS = {
    "ml": "maximum likelihood, expected information; rows taken as independent",
    "robust": "robust (sandwich); rows taken as independent",
    "cluster": "robust to clusters (sandwich, G / (G − 1))",
    "hc0": "robust to unequal variances (HC0); rows taken as independent",
    "hc1": "robust to unequal variances (HC1); rows taken as independent",
    "hc2": "robust to unequal variances (HC2); rows taken as independent",
    "hc3": "robust to unequal variances (HC3); rows taken as independent",
    "cr2": "robust to clusters (CR2, bias-reduced)",
}
METHODS = {
    "delta": "delta method",
    "monte_carlo": "Monte Carlo of the coefficients",
    "percentile": "percentile bootstrap",
    "basic": "basic bootstrap",
    "bc": "bias-corrected bootstrap",
    "bca": "bias-corrected and accelerated bootstrap (BCa)",
    "normal": "normal bootstrap",
}
ANALYTIC = ("delta", "monte_carlo")
STANDARD_ERRORS = "Standard errors: {errors}."
ERRORS_OF_REPLICATES = "Standard errors of effects: standard deviations of the replicates."
INTERVALS = "Intervals: {level} %, {method}."
DRAWS = "Intervals: {level} %, {method}, {n_boot} draws."
REPLICATES = "Intervals: {level} %, {method}, {n_boot} replicates."
REPLICATES_SEEDED = "Intervals: {level} %, {method}, {n_boot} replicates, seed {seed}."
STANDARDISED = (
    "b is in the units of the data; beta is standardised by the standard deviations that the model implies, exogenous "
    "variables taken as random."
)
YARDSTICK = (
    "Verdicts compare beta with a smallest effect of interest of {sesoi} (SESOI), which the author states and the data do "
    "not give."
)


def in_both(make: Callable[[Language], str]) -> Label:
    """Return a text in both languages from what makes it in one.

    >>> in_both(lambda language: language).en
    'en'
    """
    return Label(**{language: make(language) for language in LANGUAGES})


def say_rows(n_obs: int, n_clusters: int, language: Language) -> str:
    """Say how many rows, and clusters where there are some.

    >>> say_rows(2700, 60, "en")
    'n = 2,700 rows in 60 clusters'
    """
    n = format_number(n_obs, 0, language)
    if not n_clusters:
        return say(ROWS, language, n=n)
    return say(ROWS_IN_CLUSTERS, language, n=n, clusters=format_number(n_clusters, 0, language))


def say_sample(fit: PathFit, language: Language) -> str:
    """Say what a fit rests on: rows, clusters, and what was done with missing values."""
    parts = [say_rows(fit.n_obs, fit.n_clusters, language)]
    if fit.missing == "fiml":
        parts.append(say(EVERY_VALUE, language))
    elif fit.dropped:
        parts.append(say(LEFT_OUT, language, count=format_number(fit.dropped, 0, language)))
    return f"{'; '.join(parts)}."


def say_errors(kind: str, language: Language) -> str:
    """Say how standard errors were made.

    >>> say_errors("cr2", "en")
    'Standard errors: robust to clusters (CR2, bias-reduced).'
    """
    return say(STANDARD_ERRORS, language, errors=say(ERRORS[kind], language))


def say_intervals(effects: Effects, fit: PathFit, seed: int | None, language: Language) -> str:
    """Say how the intervals of effects and their standard errors were made."""
    level, method = say_level(effects.level, language), say(METHODS[effects.method], language)
    n_boot = format_number(effects.n_boot, 0, language)
    if effects.method == "delta":
        made = say(INTERVALS, language, level=level, method=method)
    elif effects.method == "monte_carlo":
        made = say(DRAWS, language, level=level, method=method, n_boot=n_boot)
    elif seed is None:
        made = say(REPLICATES, language, level=level, method=method, n_boot=n_boot)
    else:
        made = say(REPLICATES_SEEDED, language, level=level, method=method, n_boot=n_boot, seed=seed)
    if effects.method in ANALYTIC:
        return f"{say_errors(fit.se_kind, language)} {made}"
    return f"{made} {say(ERRORS_OF_REPLICATES, language)}"


def say_level(level: float, language: Language) -> str:
    """Say a level in percent, with the decimals it needs.

    >>> say_level(0.95, "en"), say_level(0.995, "id")
    ('95', '99,5')
    """
    percent = round(100 * level, 6)
    return format_number(percent, 0 if percent.is_integer() else 1, language)


def say_standardised(language: Language) -> str:
    """Say on which scales b and beta are."""
    return say(STANDARDISED, language)


def say_yardstick(sesoi: float, language: Language) -> str:
    """Say what verdicts compare with, and that it is stated, not found.

    >>> say_yardstick(0.1, "en")[:68]
    'Verdicts compare beta with a smallest effect of interest of 0.10 (SE'
    """
    return say(
        YARDSTICK, language, sesoi=format_number(sesoi, 2 if round(sesoi, 2) == sesoi else 3, language)
    )


def say_notes(notes: Iterable[Fault], language: Language) -> str:
    """Say notes as sentences that follow each other, each once.

    >>> from bsc_analysis.errors import fault
    >>> say_notes([fault("follows"), fault("follows")], "en")
    'Follows.'
    """
    return " ".join(_sentence(say_fault(note, language)) for note in dict.fromkeys(notes))


def join(*sentences: str) -> str:
    """Join the sentences that are not empty.

    >>> join("One.", "", "Two.")
    'One. Two.'
    """
    return " ".join(each for each in sentences if each)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
