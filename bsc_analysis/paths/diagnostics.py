"""Diagnostics of a path model: what its data say about whether the estimates and errors can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.errors import BscError, fault
from bsc_analysis.paths.equationchecks import (
    EXACT,
    HIDDEN,
    TOO_FEW,
    check_equation,
    residuals_of,
)
from bsc_analysis.paths.estimation import ENOUGH_CLUSTERS, fit_path
from bsc_analysis.paths.influence import influence
from bsc_analysis.paths.moments import moments_of
from bsc_analysis.paths.verdicts import (
    ALPHA,
    STRICT,
    Diagnostic,
    Verdict,
    by_size,
    by_test,
    not_computed,
    written,
)

if TYPE_CHECKING:
    from bsc_analysis.paths.equationchecks import Residuals
    from bsc_analysis.paths.influence import Influence
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows

Array = NDArray[Any]

EQUATION = "checks of the equation"
MARDIA_SKEWNESS, MARDIA_KURTOSIS = "Mardia skewness", "Mardia kurtosis"
INFLUENCE, DECIDING, CLUSTERS = "most influential unit", "deciding units", "number of clusters"

TOGETHER_SKEWED = (
    "the residuals together have skewness {value}, normal ones 0 (p = {p}); fine from p = {alpha}, serious below {strict} if "
    "it is {limit} or more"
)
TOGETHER_TAILED = (
    "the residuals together have kurtosis {value}, normal ones {expected} (p = {p}); fine from p = {alpha}, serious below "
    "{strict} if it is off by {limit} of that or more"
)
MOVES = (
    "{unit} moves the effect {effect} by {value} standard errors, more than any other does; below {fine} is fine, from "
    "{serious} it is serious"
)
NONE_DECIDES = "no single unit decides whether the interval of an effect holds 0"
DECIDE = "{count} units decide, each by itself, whether the interval of an effect holds 0: {labels}"
COUNTED = "the rows belong to {count} clusters; from {enough} is fine, below {few} it is serious"
ROW, CLUSTER = "row {label}", "cluster {label}"
ONE_EQUATION = "fewer than two equations have residuals"
DEPENDENT = "the residuals of one equation are a combination of those of others"
OUT_OF_RANGE = "numbers of this size, or of sizes so different, cannot be computed with: choose other units"
NOTHING_MOVED = "no effect could be computed without a unit"

# A unit that moves an effect by half of its standard error is worth a look, one that moves it by a whole one decides.
INFLUENCE_LIMITS = (0.5, 1.0)
FEW_CLUSTERS = 10
# Mardia's skewness is the square of the usual one (of 1), and his kurtosis is judged relative to that of normal residuals.
MARDIA_SKEWNESS_LIMIT, MARDIA_KURTOSIS_LIMIT = 1.0, 0.5
MOST_LABELS = 10
_SINGULAR = 1e-10


def diagnose(model: PathModel, rows: Rows, *, level: float = 0.95) -> tuple[Diagnostic, ...]:
    """Return what the data say about each equation and about the model; nothing is raised, whatever the data are.

    Each equation: normality, even spread, collinearity and straight lines (see :func:`check_equation`). The model: Mardia's
    skewness and kurtosis of all residuals together, the unit that moves an effect most, units that decide a verdict by
    themselves, and whether there are enough clusters. Rows with a missing value are left out.

    Parameters
    ----------
    model
        A path model; equations with latent variables are named as not computed.
    rows
        What :func:`read_rows` returned; units are its clusters where it has them, else rows.
    level
        Of the intervals whose verdict a unit may decide.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Rows
    >>> values = np.random.default_rng(5).standard_normal((200, 2))
    >>> values[0] = 8.0, -9.0
    >>> found = diagnose(path_model("IP ~ LG"), Rows(("LG", "IP"), values))
    >>> [(each.name, each.verdict) for each in found if each.verdict != "fine"][-2:]
    [('most influential unit', 'serious'), ('deciding units', 'look')]
    """
    complete = rows.complete()
    chosen = complete.select(model.observed)
    equations = (
        {outcome: residuals_of(model, chosen, outcome) for outcome in model.endogenous}
        if chosen.n_obs
        else {}
    )
    known = [each for each in equations.values() if each is not None]
    checks = [check for each in known for check in check_equation(each)]
    return (
        *checks,
        *_without_residuals(model, equations, chosen.n_obs),
        *_together(known),
        *_influential(model, chosen, level),
        *_clusters(chosen),
    )


def _without_residuals(
    model: PathModel, equations: dict[str, Residuals | None], n_obs: int
) -> tuple[Diagnostic, ...]:
    if not n_obs:
        why = fault(TOO_FEW, n=0, needed=1)
        return tuple(not_computed(EQUATION, outcome, why) for outcome in model.endogenous)
    hidden = (outcome for outcome, each in equations.items() if each is None)
    return tuple(not_computed(EQUATION, outcome, fault(HIDDEN)) for outcome in hidden)


def _together(equations: list[Residuals]) -> tuple[Diagnostic, ...]:
    """Return Mardia's tests: skewness from third moments of whitened residuals, kurtosis from their distances."""
    names = MARDIA_SKEWNESS, MARDIA_KURTOSIS
    if len(equations) < 2:
        return tuple(not_computed(name, "", fault(ONE_EQUATION)) for name in names)
    e = np.column_stack([each.e for each in equations])
    n, q = e.shape
    if any(each.exact for each in equations):
        return tuple(not_computed(name, "", fault(EXACT)) for name in names)
    if n < (needed := q + 2):
        return tuple(not_computed(name, "", fault(TOO_FEW, n=n, needed=needed)) for name in names)
    r = np.corrcoef(e, rowvar=False)
    if np.linalg.eigvalsh(r)[0] <= _SINGULAR:
        return tuple(not_computed(name, "", fault(DEPENDENT)) for name in names)
    white = np.linalg.solve(np.linalg.cholesky(r), (e / e.std(axis=0)).T).T
    third = np.einsum("na,nb,nc->abc", white, white, white, optimize=True) / n
    distance = np.einsum("na,na->n", white, white)
    return _mardia_skewness(float(np.sum(third**2)), n, q), _mardia_kurtosis(
        float(np.mean(distance**2)), n, q
    )


def _mardia_skewness(value: float, n: int, q: int) -> Diagnostic:
    df = q * (q + 1) * (q + 2) / 6
    statistic = n * value / 6
    p = float(stats.chi2.sf(statistic, df))
    sentence = fault(
        TOGETHER_SKEWED,
        value=written(value),
        p=written(p),
        alpha=ALPHA,
        strict=STRICT,
        limit=MARDIA_SKEWNESS_LIMIT,
    )
    return Diagnostic(
        MARDIA_SKEWNESS, "", statistic, (df,), p, by_test(p, value, MARDIA_SKEWNESS_LIMIT), sentence
    )


def _mardia_kurtosis(value: float, n: int, q: int) -> Diagnostic:
    expected = q * (q + 2)
    statistic = (value - expected) / float(np.sqrt(8 * expected / n))
    p = float(2 * stats.norm.sf(abs(statistic)))
    sentence = fault(
        TOGETHER_TAILED,
        value=written(value),
        expected=expected,
        p=written(p),
        alpha=ALPHA,
        strict=STRICT,
        limit=MARDIA_KURTOSIS_LIMIT,
    )
    off = abs(value / expected - 1)
    return Diagnostic(MARDIA_KURTOSIS, "", statistic, (), p, by_test(p, off, MARDIA_KURTOSIS_LIMIT), sentence)


def _influential(model: PathModel, rows: Rows, level: float) -> tuple[Diagnostic, ...]:
    if not rows.n_obs:
        return tuple(not_computed(name, "", fault(TOO_FEW, n=0, needed=1)) for name in (INFLUENCE, DECIDING))
    try:
        with np.errstate(all="ignore"):
            moments = moments_of(rows)
            found = influence(fit_path(model, moments), moments, level=level)
    except BscError as error:
        return tuple(not_computed(name, "", error.faults[0]) for name in (INFLUENCE, DECIDING))
    except np.linalg.LinAlgError:
        return tuple(not_computed(name, "", fault(OUT_OF_RANGE)) for name in (INFLUENCE, DECIDING))
    if not np.isfinite(found.change).any():
        known = np.isfinite(found.b).all() and np.isfinite(found.se).all()
        why = fault(NOTHING_MOVED if known else OUT_OF_RANGE)
        return tuple(not_computed(name, "", why) for name in (INFLUENCE, DECIDING))
    unit = ROW if rows.cluster is None else CLUSTER
    return _strongest(found, unit), _deciding(found)


def _strongest(found: Influence, unit: str) -> Diagnostic:
    size = np.nan_to_num(np.abs(found.change))
    effect, at = np.unravel_index(np.argmax(size), size.shape)
    value = float(size[effect, at])
    fine, serious = INFLUENCE_LIMITS
    sentence = fault(
        MOVES,
        unit=fault(unit, label=found.labels[at]),
        effect=found.names[effect],
        value=written(value),
        fine=fine,
        serious=serious,
    )
    return Diagnostic(INFLUENCE, "", value, (), None, by_size(value, INFLUENCE_LIMITS), sentence)


def _deciding(found: Influence) -> Diagnostic:
    labels = found.deciding
    if not labels:
        return Diagnostic(DECIDING, "", 0.0, (), None, "fine", fault(NONE_DECIDES))
    listed = ", ".join(labels[:MOST_LABELS]) + (", ..." if len(labels) > MOST_LABELS else "")
    sentence = fault(DECIDE, count=len(labels), labels=listed)
    return Diagnostic(DECIDING, "", float(len(labels)), (), None, "look", sentence)


def _clusters(rows: Rows) -> tuple[Diagnostic, ...]:
    if rows.cluster is None:
        return ()
    count = len(rows.cluster)
    verdict: Verdict = "fine" if count >= ENOUGH_CLUSTERS else "look" if count >= FEW_CLUSTERS else "serious"
    sentence = fault(COUNTED, count=count, enough=ENOUGH_CLUSTERS, few=FEW_CLUSTERS)
    return (Diagnostic(CLUSTERS, "", float(count), (), None, verdict, sentence),)
