"""Whether the targets of a sensible plan can be met at all: its scores under the cap, its covariances, its catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, UseError, fault
from bsc_analysis.twins.counting import count_indicators
from bsc_analysis.twins.process import build_process
from bsc_analysis.twins.truth import lag_matrix, least_eigenvalue, pooled_covariance, within_covariance
from bsc_analysis.twins.unittree import lay_out_units
from bsc_analysis.twins.weighing import MOST_IN_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.twins.plan import Template, TwinPlan, TwinYear

TOO_HIGH = "{path}: an NKO of {got} cannot be met: with {given}, the weights and the cap of {cap} allow at most {most}"
TOO_LOW = "{path}: an NKO of {got} cannot be met: with {given}, the weights allow no less than {least}"
OTHER_NKO = "{path}: an NKO of {got} cannot be met: the perspectives' scores are all given, and come to {sum}"
OUTSIDE = "{path}: the ministry's {name} would be {got}, allowed: 0 to {cap}; change the NKO, what is given or the offsets"
MEAN = "{path}.means.{name}: got {got}, allowed: above 0 and below the cap of {cap}"
WITHIN = (
    "truth.sd: without the means of the years and the ministry's own scores, what is left is no covariance matrix (least "
    "eigenvalue {value}); raise the standard deviations, or bring the means nearer to each other"
)
CATALOGUE = "indicator: a unit has {needed} indicators of {name}, and the catalogue has {got}"
IN_GROUP = "year: a unit has {needed} indicators of {name}; weights in steps of five percent allow {most}"
AT_TOP = "indicator: the ministry has {needed} indicators of {name}, and the catalogue has {got} that are not kept in a range"
# Scores that are computed from each other agree to the last bits only.
SUM_TOLERANCE = 1e-9


def find_infeasible(plan: TwinPlan) -> list[Fault]:
    """Return every target of a plan that cannot be met, with the reason.

    >>> from dataclasses import replace
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> first = replace(plan.years[0], nko=115.0)
    >>> [str(each)[:54] for each in find_infeasible(replace(plan, years=(first, *plan.years[1:])))]
    ['year.0.ministry.nko: an NKO of 115 cannot be met: with']
    """
    found = [each for at, year in enumerate(plan.years) for each in _scores(plan, year, f"year.{at}")]
    # Scores that cannot be met would make the covariances impossible too.
    return [*found, *_catalogue(plan), *([] if found else _covariances(plan))]


def _scores(plan: TwinPlan, year: TwinYear, path: str) -> Iterator[Fault]:
    """Find scores outside 0 to the cap, first an NKO that no scores can meet."""
    for name, mean in zip(plan.shorts, year.means, strict=True):
        if not 0 < mean < plan.cap:
            yield fault(MEAN, path=path, name=name, got=f"{mean:g}", cap=f"{plan.cap:g}")
    outside = [
        fault(OUTSIDE, path=f"{path}.ministry", name=name, got=f"{score:.6g}", cap=f"{plan.cap:g}")
        for name, score in zip(plan.shorts, year.ministry, strict=True)
        if not 0 <= score <= plan.cap
    ]
    unmet = list(_nko(plan, year, f"{path}.ministry.nko"))
    yield from unmet or outside


def _nko(plan: TwinPlan, year: TwinYear, path: str) -> Iterator[Fault]:
    named = list(zip(plan.shorts, plan.weights, year.ministry, strict=True))
    fixed = sum(weight * score for name, weight, score in named if name in year.given)
    free = sum(weight for name, weight, _ in named if name not in year.given)
    given = ", ".join(f"{name} = {score:g}" for name, _, score in named if name in year.given) or "-"
    most = fixed + free * plan.cap
    if year.nko > most + SUM_TOLERANCE:
        sentence = TOO_HIGH if free else OTHER_NKO
        yield fault(sentence, path=path, got=f"{year.nko:g}", given=given, cap=f"{plan.cap:g}", most=f"{most:g}",
                    sum=f"{fixed:g}")  # fmt: skip
    elif year.nko < fixed - SUM_TOLERANCE:
        sentence = TOO_LOW if free else OTHER_NKO
        yield fault(
            sentence, path=path, got=f"{year.nko:g}", given=given, least=f"{fixed:g}", sum=f"{fixed:g}"
        )


def _catalogue(plan: TwinPlan) -> Iterator[Fault]:
    """Find groups of indicators that need more than there are."""
    units = lay_out_units(plan)
    counts = count_indicators(plan, units)
    for at, name in enumerate(plan.shorts):
        every, free = (
            _of(plan, plan.perspectives[at], kept=True),
            _of(plan, plan.perspectives[at], kept=False),
        )
        needed, at_top = int(counts[:, at].max()), int(counts[units.top, at].max())
        if needed > len(every):
            yield fault(CATALOGUE, needed=needed, name=name, got=len(every))
        if needed > MOST_IN_GROUP:
            yield fault(IN_GROUP, needed=needed, name=name, most=MOST_IN_GROUP)
        if at_top > len(free):
            yield fault(AT_TOP, needed=at_top, name=name, got=len(free))


def _of(plan: TwinPlan, perspective: str, *, kept: bool) -> list[Template]:
    """Return the templates of a perspective, with or without those that are kept in a range."""
    return [
        each
        for each in plan.catalogue
        if each.perspective == perspective and (kept or each.polarity != "stabilize")
    ]


def _covariances(plan: TwinPlan) -> Iterator[Fault]:
    """Find what leaves no covariance within the years, and a process that cannot move so."""
    within = within_covariance(plan, pooled_covariance(plan))
    least = least_eigenvalue(within)
    if not least > 0:
        yield fault(WITHIN, value=f"{least:.3g}")
        return
    try:
        build_process(plan.shorts, within, plan.options.persistence, lag_matrix(plan, within))
    except UseError as immovable:
        yield from immovable.faults
