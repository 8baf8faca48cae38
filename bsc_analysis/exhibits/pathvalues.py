"""The coefficients of a study's path model, printed or implied, and the words a path diagram has for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bsc_analysis.evidence.implied import implied_paths
from bsc_analysis.evidence.sums import show_range
from bsc_analysis.exhibits.describe import name_verdict
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from fractions import Fraction

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.scorecards.bands import Interval
    from bsc_analysis.studies import Study

IMPLIED_DECIMALS = 3


class Origin(StrEnum):
    """Where a path's coefficient comes from."""

    PRINTED = "printed"
    IMPLIED = "implied"
    UNKNOWN = "not printed"


@dataclass(frozen=True, slots=True)
class PathValue:
    """One direct path: its coefficient, the interval of an implied one, and how many decimals are printed."""

    edge: tuple[str, str]
    origin: Origin
    value: Fraction | None
    interval: Interval | None = None
    decimals: int = IMPLIED_DECIMALS

    @property
    def negative(self) -> bool:
        """Whether the coefficient is below zero."""
        return self.value is not None and self.value < 0


def read_paths(study: Study, model: PathModel) -> tuple[PathValue, ...]:
    """Read each path's coefficient as printed, or as printed indirect effects imply it."""
    direct = {
        (figure.key.start, figure.key.end): figure
        for figure in reversed(study.printed.figures)
        if figure.key.quantity == "direct_effect" and not figure.absent
    }
    implied = {(each.start, each.end): each for each in implied_paths(study.printed, study.rules, model)}
    paths = []
    for edge in model.edges:
        if edge in direct:
            paths.append(PathValue(edge, Origin.PRINTED, direct[edge].value, decimals=direct[edge].decimals))
        elif edge in implied:
            paths.append(PathValue(edge, Origin.IMPLIED, implied[edge].point, implied[edge].joint))
        else:
            paths.append(PathValue(edge, Origin.UNKNOWN, None))
    return tuple(paths)


def say_path(path: PathValue, language: Language) -> str:
    """Write a coefficient: as printed with its sign, or as the interval that is implied."""
    if path.origin is Origin.UNKNOWN or path.value is None:
        return say("not printed", language)
    if path.interval is not None:
        return f"{show_range(path.interval, path.decimals, language)}\n{say('implied', language)}"
    number = format_number(path.value, path.decimals, language).replace("-", "−")
    return f"{number}\n{say('negative', language)}" if path.negative else number


def say_path_flat(path: PathValue, language: Language) -> str:
    """Write a coefficient in one line, its word in brackets."""
    number, _, word = say_path(path, language).partition("\n")
    return f"{number} ({word})" if word else number


def say_indirect(finding: Finding, language: Language) -> str:
    """Say a printed indirect effect, what it is recomputed to, and the verdict."""
    printed = finding.printed
    recomputed = finding.recomputed
    again = (
        say("no data", language)
        if recomputed is None
        else show_range(recomputed, printed.decimals + 1, language)
    )
    return say(
        "{start} → {end} indirect: printed {printed}, recomputed {again}, {verdict}",
        language,
        start=printed.key.start,
        end=printed.key.end,
        printed=format_number(printed.value or 0, printed.decimals, language),
        again=again,
        verdict=name_verdict(finding, language),
    )
