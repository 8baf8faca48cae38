"""Whether a twin can be made from a plan: every reason why not, with its path in the plan."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from bsc_analysis.errors import Fault, fault
from bsc_analysis.twins.feasibility import find_infeasible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.twins.plan import TwinPlan

RANGE = "{place}: got {got}, allowed: {allowed}"
SHARES = "records.shares: they sum to {got}, expected 1"
NO_GAPS = "year: got {got}, expected years that follow each other"
ONE_TOP = "{path}.units.{level}: got {got}, expected 1"
FEW_UNITS = (
    "{path}.units: {got} units are too few to have the covariances of the truth, at least {least} are needed"
)
SHRINKS = (
    "{path}.units.{level}: {got} units are fewer than the {before} of the year before; once there, units stay"
)
NO_PARENT = "{path}.units.{level}: {got} units have no unit of the level above, {above}"
TOO_FEW = "{path}.indicators: {got} are too few for {units} units, at least {least} are needed: one for each perspective"
SUM_TOLERANCE = 1e-9


def check_plan(plan: TwinPlan) -> list[Fault]:
    """Return every reason why no twin can be made from a plan; whether it is feasible is asked of one that makes sense.

    >>> from dataclasses import replace
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> [str(each) for each in check_plan(replace(plan, options=replace(plan.options, missing=1.0)))]
    ['options.missing: got 1, allowed: 0 up to, but without, 1']
    """
    return [*_options(plan), *_numbers(plan), *_years(plan), *_units(plan)] or find_infeasible(plan)


def _options(plan: TwinPlan) -> Iterator[Fault]:
    options = plan.options
    share = fault("0 up to, but without, 1")
    yield from _unless(plan.seed >= 0, "seed", plan.seed, fault("0 or above"))
    yield from _unless(0 <= options.missing < 1, "options.missing", options.missing, share)
    yield from _unless(0 <= options.noise < plan.cap, "options.noise", options.noise,
                       fault("0 up to, but without, {cap}", cap=f"{plan.cap:g}"))  # fmt: skip
    normal = options.tails == 0 or 2 < options.tails < math.inf
    yield from _unless(normal, "options.tails", options.tails, fault("0 for normal, or above 2"))
    yield from _unless(0 <= options.icc < 1, "options.icc", options.icc, share)
    yield from _unless(0 <= options.persistence < 1, "options.persistence", options.persistence, share)
    for edge, value in options.lag:
        inside = abs(value) < 1
        yield from _unless(inside, f"options.lag.{' -> '.join(edge)}", value, fault("above -1 and below 1"))


def _numbers(plan: TwinPlan) -> Iterator[Fault]:
    style, share, above = plan.style, fault("0 up to, but without, 1"), fault("above 0")
    yield from _unless(0 < style.spread < math.inf, "records.spread", style.spread, above)
    yield from _unless(0 <= style.held < 1, "records.held", style.held, share)
    yield from _unless(0 <= style.growth < 1, "records.growth", style.growth, share)
    for name, sd, part in zip(plan.shorts, plan.sd, plan.shares, strict=True):
        yield from _unless(0 < sd < math.inf, f"truth.sd.{name}", sd, above)
        yield from _unless(0 < part < 1, f"records.shares.{name}", part, fault("above 0 and below 1"))
    if not abs(sum(plan.shares) - 1) <= SUM_TOLERANCE:
        yield fault(SHARES, got=f"{sum(plan.shares):g}")
    k = len(plan.perspectives)
    for at, level in enumerate(plan.levels):
        enough = k < level.indicators < math.inf
        yield from _unless(
            enough, f"level.{at}.indicators", level.indicators, fault("above {least}", least=k)
        )


def _unless(right: bool, path: str, got: float, allowed: Fault) -> Iterator[Fault]:  # noqa: FBT001
    if not right:
        yield fault(RANGE, place=path, got=f"{got:g}", allowed=allowed)


def _years(plan: TwinPlan) -> Iterator[Fault]:
    years = [each.year for each in plan.years]
    if any(after != before + 1 for before, after in pairwise(years)):
        yield fault(NO_GAPS, got=", ".join(map(str, years)))
    k = len(plan.perspectives)
    for at, year in enumerate(plan.years):
        least = k * sum(year.units)
        if year.indicators < least:
            yield fault(TOO_FEW, path=f"year.{at}", got=year.indicators, units=sum(year.units), least=least)
        # With as few ordinary units as perspectives their covariance has no inverse.
        if sum(year.units) < k + 2:
            yield fault(FEW_UNITS, path=f"year.{at}", got=sum(year.units), least=k + 2)


def _units(plan: TwinPlan) -> Iterator[Fault]:
    """Find levels that cannot be a tree which only grows."""
    names = [each.id for each in plan.levels]
    for at, year in enumerate(plan.years):
        path = f"year.{at}"
        if year.units[0] != 1:
            yield fault(ONE_TOP, path=path, level=names[0], got=year.units[0])
        for (above, over), (name, here) in pairwise(zip(names, year.units, strict=True)):
            if here and not over:
                yield fault(NO_PARENT, path=path, level=name, got=here, above=above)
        before = plan.years[at - 1].units if at else (0,) * len(names)
        for name, was, here in zip(names, before, year.units, strict=True):
            if here < was:
                yield fault(SHRINKS, path=path, level=name, got=here, before=was)
