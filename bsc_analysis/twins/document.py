"""Reading a twin's plan: the text of ``twin.toml`` under a rule set becomes a plan, or a report of every fault in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bsc_analysis.documents import read_document
from bsc_analysis.errors import DataError, Fault, StudyError, UseError, fault
from bsc_analysis.paths.matrixchecks import check_correlations
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.simulatedmoments import population
from bsc_analysis.twins.plan import (
    Matrix,
    RecordStyle,
    Template,
    TwinLevel,
    TwinOptions,
    TwinPlan,
    TwinYear,
    list_edges,
    read_edges,
)
from bsc_analysis.twins.plancheck import check_plan
from bsc_analysis.twins.plankeys import TwinDocument
from bsc_analysis.twins.planwords import check_words
from bsc_analysis.twins.truth import least_eigenvalue, standardised_paths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.twins.plan import Edge
    from bsc_analysis.twins.plankeys import MinistryDocument, TemplateDocument, TruthDocument, YearDocument

IN_TRUTH = "truth: {what}"
ONE_TRUTH = "truth: got {got}, expected paths or correlations"
NOT_ZERO = "{path}.ministry.offsets: weighted they sum to {got}, expected 0 so that the NKO is met"
NOT_FREE = "{path}.ministry.offsets.{name}: its score is given, an offset has no meaning"
LEAST = "truth.correlations: the least eigenvalue is {value}; bring the correlations nearer to 0"
# Offsets are written with a few decimals.
SUM_TOLERANCE = 1e-9


def read_plan(text: str, where: str, rules: RuleSet) -> TwinPlan:
    """Read the plan of a twin.

    Parameters
    ----------
    text
        The TOML source.
    where
        The file name that faults will give.
    rules
        The rule set whose perspectives, weights and cap the twin has.

    Raises
    ------
    StudyError
        With every fault: keys and types first, then names, then every target that cannot be met.

    >>> from bsc_analysis.files import read_rules
    >>> read_plan("seed = ", "twin.toml", read_rules("kkp"))
    Traceback (most recent call last):
    ...
    bsc_analysis.errors.StudyError: twin.toml: not valid TOML: Invalid value (at end of document)
    """
    document = read_document(text, TwinDocument, where, StudyError)
    faults = [*check_words(document, rules)]
    _refuse(where, faults)
    shorts = tuple(each.short for each in rules.perspectives)
    faults += [
        found for at, each in enumerate(document.year) for found in _offsets(each, f"year.{at}", rules)
    ]
    sigma = _sigma(document.truth, shorts, faults)
    lag = read_edges(document.options.lag, shorts, "options.lag", faults)
    _refuse(where, faults)
    plan = _plan(document, rules, sigma, TwinOptions(**{**dict(document.options), "lag": lag}))
    _refuse(where, check_plan(plan))
    return plan


def _refuse(where: str, faults: list[Fault]) -> None:
    if faults:
        raise StudyError(*faults).located(where)


def _plan(document: TwinDocument, rules: RuleSet, sigma: Matrix, options: TwinOptions) -> TwinPlan:
    shorts = tuple(each.short for each in rules.perspectives)
    betas = standardised_paths(sigma).round(12).tolist()
    ids = {each.short: each.id for each in rules.perspectives}
    records = document.records
    return TwinPlan(
        seed=document.seed,
        calibration=document.calibration,
        levels=tuple(TwinLevel(each.id, each.name, each.indicators) for each in document.level),
        cluster=document.cluster,
        years=tuple(_year(document, each, rules) for each in document.year),
        perspectives=tuple(ids.values()),
        shorts=shorts,
        weights=tuple(float(each.weight) for each in rules.perspectives),
        cap=float(rules.cap or 0),
        sd=tuple(document.truth.sd[name] for name in shorts),
        sigma=sigma,
        paths=tuple(zip(list_edges(shorts), betas, strict=True)),
        shares=tuple(records.shares[name] for name in shorts),
        style=RecordStyle(records.spread, records.held, records.growth),
        options=options,
        catalogue=tuple(_template(each, ids) for each in document.indicator),
    )


def _year(document: TwinDocument, year: YearDocument, rules: RuleSet) -> TwinYear:
    return TwinYear(
        year=year.year,
        indicators=year.indicators,
        units=tuple(year.units.get(each.id, 0) for each in document.level),
        means=tuple(year.means[each.short] for each in rules.perspectives),
        nko=year.ministry.nko,
        ministry=_ministry(year.ministry, rules),
        given=tuple(each.short for each in rules.perspectives if each.short in year.ministry.given),
    )


def _ministry(ministry: MinistryDocument, rules: RuleSet) -> tuple[float, ...]:
    """Return the ministry's scores: those not given share a level, such that the NKO is met, plus their offsets."""
    weights = {each.short: float(each.weight) for each in rules.perspectives}
    fixed = sum(weights[name] * score for name, score in ministry.given.items())
    free = sum(weight for name, weight in weights.items() if name not in ministry.given)
    level = (ministry.nko - fixed) / free if free else 0.0
    return tuple(ministry.given.get(name, level + ministry.offsets.get(name, 0.0)) for name in weights)


def _offsets(year: YearDocument, path: str, rules: RuleSet) -> list[Fault]:
    ministry = year.ministry
    faults = [fault(NOT_FREE, path=path, name=name) for name in ministry.offsets if name in ministry.given]
    total = sum(float(each.weight) * ministry.offsets.get(each.short, 0.0) for each in rules.perspectives)
    if abs(total) > SUM_TOLERANCE:
        faults.append(fault(NOT_ZERO, path=path, got=f"{total:.4g}"))
    return faults


def _sigma(truth: TruthDocument, shorts: tuple[str, ...], faults: list[Fault]) -> Matrix:
    """Return the correlations that are asked for, outright or by paths; paths that are not named are 0."""
    if (truth.paths is None) == (truth.correlations is None):
        got = fault("neither") if truth.paths is None else fault("both")
        faults.append(fault(ONE_TRUTH, got=got))
        return ()
    try:
        if truth.correlations is not None:
            return _matrix(check_correlations(shorts, truth.correlations))
        return _matrix(_implied(dict(read_edges(truth.paths or {}, shorts, "truth.paths", faults)), shorts))
    except (DataError, UseError) as impossible:
        faults += [fault(IN_TRUTH, what=each) for each in impossible.faults]
        faults += _least(truth, len(shorts))
        return ()


def _implied(paths: dict[Edge, float], shorts: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the correlations that standardised paths imply, in the order of the perspectives."""
    quoted = [f'"{name}"' for name in shorts]
    lines = [f"{end} ~ {' + '.join(quoted[:at])}" for at, end in enumerate(quoted) if at]
    model = path_model("\n".join(lines))
    at = [model.observed.index(name) for name in shorts]
    sigma = population(model, {edge: paths.get(edge, 0.0) for edge in model.edges}).sigma
    return np.asarray(sigma[np.ix_(at, at)])


def _least(truth: TruthDocument, k: int) -> list[Fault]:
    """Say by how much correlations are impossible, where they are a matrix at all."""
    rows = truth.correlations or []
    if len(rows) != k or any(len(row) != k for row in rows):
        return []
    least = least_eigenvalue(rows)
    return [] if least > 0 else [fault(LEAST, value=f"{least:.3g}")]


def _matrix(sigma: NDArray[np.float64]) -> Matrix:
    return tuple(tuple(map(float, row)) for row in sigma)


def _template(each: TemplateDocument, ids: dict[str, str]) -> Template:
    return Template(
        perspective=ids[each.perspective],
        objective=each.objective,
        name=each.name,
        unit_of_measure=each.unit_of_measure,
        target=each.target,
        decimals=each.decimals,
        polarity=each.polarity,
        width=each.width or 0.0,
        intervention=each.intervention or "",
    )
