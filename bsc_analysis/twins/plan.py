"""The plan of a twin: how many units and indicators, the truth of the paths, what is calibrated, and the options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from bsc_analysis.errors import Fault, UseError, fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bsc_analysis.scorecards.rules import Polarity

SYNTHETIC = "synthetic twin"
ARROW = " -> "
NO_EDGE = "{path}: got {got}, expected two different perspectives of {allowed}, the earlier one first, as in 'CP -> SH'"

Calibration = Literal["sample", "population"]
Edge = tuple[str, str]
Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class TwinLevel:
    """A level of the ministry: what its units are called, and the mean number of their indicators."""

    id: str
    name: str
    indicators: float


@dataclass(frozen=True, slots=True)
class TwinYear:
    """One year: exact counts, and the scores around which it is made.

    ``units`` follow the levels; the ``means`` of ordinary units and the ministry's own scores (NKP) follow the
    perspectives. ``given`` names those of the ministry's scores that are stated, from which ``nko`` gives the others.
    """

    year: int
    indicators: int
    units: tuple[int, ...]
    means: tuple[float, ...]
    nko: float
    ministry: tuple[float, ...]
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """An indicator that units may have: its words, and how its target and actual come about.

    ``target`` is the range that targets are drawn from; a ``stabilize`` indicator is to be kept between its target and
    ``1 + width`` times that. ``intervention`` is empty where no level of intervention is named.
    """

    perspective: str
    objective: str
    name: str
    unit_of_measure: str
    target: tuple[float, float]
    decimals: int
    polarity: Polarity
    width: float
    intervention: str


@dataclass(frozen=True, slots=True)
class RecordStyle:
    """How records spread around their unit's score.

    ``spread`` is the standard deviation of achievements within a unit's perspective, in points; ``held`` the share done
    exactly as planned; ``growth`` how much harder targets become each year.
    """

    spread: float
    held: float
    growth: float


@dataclass(frozen=True, slots=True)
class TwinOptions:
    """What is added to, or built into, a twin.

    ``missing`` is the share of actuals left out, ``noise`` the standard deviation of measurement error in points of
    achievement, ``tails`` the degrees of freedom of the disturbances (0 is normal), ``icc`` the share of variance common to
    a cluster, ``persistence`` the coefficient of a unit's own past. ``lag`` are coefficients of the year before, on scores
    standardised within years.
    """

    missing: float = 0.0
    noise: float = 0.0
    tails: float = 0.0
    icc: float = 0.0
    persistence: float = 0.0
    lag: tuple[tuple[Edge, float], ...] = ()


@dataclass(frozen=True, slots=True)
class TwinPlan:
    """Everything a twin is made from; it can be trusted once it is read or varied.

    Attributes
    ----------
    seed
        Every number of the twin comes from it.
    calibration
        ``sample``: the paths are met in this twin, through its records. ``population``: they are met in the mean of many.
    levels, cluster
        Levels from the ministry downwards; ``cluster`` is the one whose units, with all below them, have the
        intraclass correlation of the options.
    years
        In order, without gaps.
    perspectives, shorts, weights, cap
        Of the rule set, in its order, which is that of the paths.
    sd
        Standard deviation of each perspective over all unit-years.
    sigma
        Correlations over all unit-years.
    paths
        The standardised coefficients that ``sigma`` stands for, each perspective on all before it.
    shares
        How a unit's indicators divide over the perspectives.
    """

    seed: int
    calibration: Calibration
    levels: tuple[TwinLevel, ...]
    cluster: str
    years: tuple[TwinYear, ...]
    perspectives: tuple[str, ...]
    shorts: tuple[str, ...]
    weights: tuple[float, ...]
    cap: float
    sd: tuple[float, ...]
    sigma: Matrix
    paths: tuple[tuple[Edge, float], ...]
    shares: tuple[float, ...]
    style: RecordStyle
    options: TwinOptions
    catalogue: tuple[Template, ...]

    @property
    def n_indicators(self) -> int:
        """The number of indicator records, all years together."""
        return sum(each.indicators for each in self.years)

    @property
    def n_unit_years(self) -> int:
        """The number of units, each counted in every year it has."""
        return sum(sum(each.units) for each in self.years)


def vary_twin(
    plan: TwinPlan,
    *,
    seed: int | None = None,
    calibration: Calibration | None = None,
    missing: float | None = None,
    noise: float | None = None,
    tails: float | None = None,
    icc: float | None = None,
    persistence: float | None = None,
    lag: Mapping[str, float] | None = None,
) -> TwinPlan:
    """Return a plan with another seed, another calibration or other options; what is not named stays.

    Parameters
    ----------
    plan
        The plan to vary.
    seed, calibration
        As in :class:`TwinPlan`.
    missing, noise, tails, icc, persistence
        As in :class:`TwinOptions`.
    lag
        Coefficients of the year before by path, such as ``{"CP -> SH": 0.3}``; an empty one takes all away.

    Raises
    ------
    UseError
        When no twin can be made from the plan; every reason is named.

    >>> from bsc_analysis.studies import read_study
    >>> vary_twin(read_study("kkp").twin, missing=0.05, lag={"CP -> SH": 0.3}).options.lag
    ((('CP', 'SH'), 0.3),)
    """
    from bsc_analysis.twins.plancheck import check_plan

    chosen = {"missing": missing, "noise": noise, "tails": tails, "icc": icc, "persistence": persistence}
    named: dict[str, Any] = {name: float(each) for name, each in chosen.items() if each is not None}
    faults: list[Fault] = []
    if lag is not None:
        named["lag"] = read_edges(lag, plan.shorts, "options.lag", faults)
    varied = replace(
        plan,
        seed=plan.seed if seed is None else seed,
        calibration=calibration or plan.calibration,
        options=replace(plan.options, **named),
    )
    faults += check_plan(varied)
    if faults:
        raise UseError(*faults)
    return varied


def read_edges(
    given: Mapping[str, float], shorts: tuple[str, ...], path: str, faults: list[Fault]
) -> tuple[tuple[Edge, float], ...]:
    """Read coefficients by path, such as ``CP -> SH``, in the order of the perspectives; what is no path is a fault.

    >>> read_edges({"CP->SH": 0.3}, ("LG", "CP", "SH"), "lag", [])
    ((('CP', 'SH'), 0.3),)
    """
    found: dict[Edge, float] = {}
    for text, value in given.items():
        start, _, end = (part.strip() for part in text.partition(ARROW.strip()))
        if start in shorts and end in shorts and shorts.index(start) < shorts.index(end):
            found[start, end] = float(value)
        else:
            faults.append(fault(NO_EDGE, path=path, got=repr(text), allowed=", ".join(shorts)))
    return tuple((edge, found[edge]) for edge in list_edges(shorts) if edge in found)


def list_edges(shorts: tuple[str, ...]) -> tuple[Edge, ...]:
    """Return every path from an earlier to a later perspective, by the perspective it ends in.

    >>> list_edges(("LG", "IP", "CP"))
    (('LG', 'IP'), ('LG', 'CP'), ('IP', 'CP'))
    """
    return tuple((start, end) for at, end in enumerate(shorts) for start in shorts[:at])
