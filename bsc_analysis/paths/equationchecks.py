"""Checks of one equation: whether residuals are normal and evenly spread, predictors apart, and lines straight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bsc_analysis.errors import fault
from bsc_analysis.paths.rows import NOISE
from bsc_analysis.paths.verdicts import (
    ALPHA,
    LEAST_SHARE,
    STRICT,
    Diagnostic,
    by_size,
    by_test,
    not_computed,
    written,
)

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows

Array = NDArray[Any]

SKEWNESS, KURTOSIS, JARQUE_BERA = "skewness of residuals", "kurtosis of residuals", "Jarque-Bera"
BREUSCH_PAGAN, WHITE = "Breusch-Pagan", "White"
VIF, CONDITION, RESET = "variance inflation", "condition number", "RESET"

SKEWED = (
    "{of}: the residuals have skewness {value}; below {fine} in size is fine, from {serious} it is serious"
)
TAILED = "{of}: the residuals have excess kurtosis {value}; below {fine} in size is fine, from {serious} it is serious"
NOT_NORMAL = (
    "{of}: normal residuals would be as skewed and tailed as these with probability {p}; from {alpha} is fine"
)
SPREAD = (
    "{of}: the predictors explain {share} of the squared residuals (p = {p}); fine from p = {alpha}, serious below {strict} "
    "if the share is {least} or more"
)
INFLATED = (
    "{of}: the other predictors inflate the variance of the coefficient of {predictor} {value} times; below {fine} is fine, "
    "from {serious} it is serious"
)
CONDITIONED = (
    "{of}: the condition number of the standardised predictors is {value}; below {fine} is fine, from {serious} it is "
    "serious"
)
BENT = (
    "{of}: powers of the fitted values explain {share} of what the predictors leave (p = {p}); fine from p = {alpha}, "
    "serious below {strict} if the share is {least} or more"
)
TOO_FEW = "{n} complete rows, at least {needed} are needed"
EXACT = "the predictors explain the outcome exactly"
NO_PREDICTORS = "no coefficient of the equation is free"
HIDDEN = "the equation has a latent variable"
SAME_SIZE = "all residuals have the same size"
FEW_VALUES = "the fitted values take too few different values"

# Curran, West and Finch (1996): from 2 and 7 on, normal theory chi-squares and errors go wrong.
SKEWNESS_LIMITS, KURTOSIS_LIMITS = (1.0, 2.0), (2.0, 7.0)
# Usual since Marquardt (1970), and Belsley, Kuh and Welsch (1980).
VIF_LIMITS, CONDITION_LIMITS = (5.0, 10.0), (15.0, 30.0)

# Approximations to the distribution of skewness and kurtosis hold from here (D'Agostino 1970, Anscombe and Glynn 1983).
_SKEWNESS_ROWS, _KURTOSIS_ROWS = 8, 20
# Below this share of the outcome's variation, residuals are rounding noise; below this share of a column's length,
# what its predecessors leave of it is.
_NOISE, _RANK = 1e-20, 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """One equation fitted by least squares to standardised columns.

    Attributes
    ----------
    outcome, predictors
        Names; predictors whose coefficient is fixed are not among them.
    X
        (n, p) predictors.
    y, e
        (n,) outcome less what is fixed, and its residuals, which are in standard deviations of it.

    X and y have mean 0 and standard deviation 1, but a constant column is 0.
    """

    outcome: str
    predictors: tuple[str, ...]
    X: Array
    y: Array
    e: Array

    @property
    def n_obs(self) -> int:
        """The number of rows."""
        return len(self.y)

    @property
    def exact(self) -> bool:
        """Whether nothing but rounding noise is left of the outcome."""
        return bool(self.e @ self.e <= _NOISE * (self.y @ self.y))


def residuals_of(model: PathModel, rows: Rows, outcome: str) -> Residuals | None:
    """Return the least squares residuals of one equation, or None if it has a latent variable.

    Parameters
    ----------
    model, rows
        A path model and complete rows.
    outcome
        Which equation.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Rows
    >>> rows = Rows(("LG", "IP"), np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 6.0]]))
    >>> residuals_of(path_model("IP ~ LG"), rows, "IP").e.round(4).tolist()
    [0.2315, -0.4629, 0.2315]
    """
    predictors = model.predictors(outcome)
    if set(model.latent) & {outcome, *predictors}:
        return None
    column = dict(zip(rows.names, rows.values.T, strict=True))
    fixed = {name: model.fixed_value((name, outcome)) for name in predictors}
    free = tuple(name for name in predictors if fixed[name] is None)
    taken = [value * column[name] for name, value in fixed.items() if value is not None]
    y = _standardise(column[outcome] - np.sum(taken, axis=0) if taken else column[outcome])
    X = np.column_stack([_standardise(column[name]) for name in free]) if free else np.empty((len(y), 0))
    e = y - X @ np.linalg.lstsq(X, y, rcond=None)[0] if free else y
    return Residuals(outcome, free, X, y, e)


def check_equation(found: Residuals) -> tuple[Diagnostic, ...]:
    """Return every check of one equation.

    Normality by skewness, excess kurtosis and Jarque-Bera; even spread by Breusch-Pagan in Koenker's form (n R2 of e^2 on
    the predictors) and White (and their squares and products); collinearity by the largest variance inflation factor
    1 / (1 - R2) and the condition number of the predictors' correlations' root; straight lines by RESET (Ramsey 1969: F
    of the squared and cubed fitted values).

    >>> rng = np.random.default_rng(1)
    >>> x = rng.standard_normal((200, 1))
    >>> e = rng.standard_normal(200) * np.exp(x[:, 0])
    >>> checks = check_equation(Residuals("IP", ("LG",), x, x[:, 0] + e, e - x[:, 0] * (x[:, 0] @ e) / (x[:, 0] @ x[:, 0])))
    >>> [check.verdict for check in checks if check.name == "Breusch-Pagan"]
    ['serious']
    """
    return (*_normality(found), *_even_spread(found), *_collinearity(found), _straightness(found))


def _standardise(column: Array) -> Array:
    largest = np.abs(column).max()
    # Divided first, so that squares of very large numbers stay finite.
    away = column / (largest or 1.0)
    away = away - away.mean()
    sd = away.std()
    return np.asarray(away / sd if sd > NOISE else np.zeros_like(away))


def _normality(found: Residuals) -> tuple[Diagnostic, ...]:
    from statsmodels.stats.stattools import jarque_bera

    of = found.outcome
    needed = {SKEWNESS: _SKEWNESS_ROWS, KURTOSIS: _KURTOSIS_ROWS, JARQUE_BERA: _SKEWNESS_ROWS}
    why = {name: _why(found, rows) for name, rows in needed.items()}
    refused = tuple(not_computed(name, of, each) for name, each in why.items() if each)
    if why[SKEWNESS]:
        return refused
    statistic, p, skewness, kurtosis = (float(each) for each in jarque_bera(found.e))
    made = [
        _sized(SKEWNESS, SKEWED, of, skewness, SKEWNESS_LIMITS, p=float(stats.skewtest(found.e).pvalue)),
    ]
    if not why[KURTOSIS]:
        p_kurtosis = float(stats.kurtosistest(found.e).pvalue)
        made.append(_sized(KURTOSIS, TAILED, of, kurtosis - 3, KURTOSIS_LIMITS, p=p_kurtosis))
    sentence = fault(NOT_NORMAL, of=of, p=written(p), alpha=ALPHA)
    made.append(Diagnostic(JARQUE_BERA, of, statistic, (2.0,), p, "fine" if p >= ALPHA else "look", sentence))
    return (*made, *refused)


def _even_spread(found: Residuals) -> tuple[Diagnostic, ...]:
    # White's test is Koenker's with squares and products among the predictors.
    constant = np.column_stack([np.ones(found.n_obs), found.X])
    rows, columns = np.triu_indices(constant.shape[1])
    products = constant[:, rows] * constant[:, columns]
    return _spread_by(BREUSCH_PAGAN, found, found.X), _spread_by(WHITE, found, products[:, 1:])


def _spread_by(name: str, found: Residuals, terms: Array) -> Diagnostic:
    from statsmodels.stats.diagnostic import het_breuschpagan

    design = _independent(terms)
    df = design.shape[1] - 1
    # As many rows as dimensions hide how many terms there are.
    most = df if df < found.n_obs - 1 else terms.shape[1]
    why = _why(found, most + 3, predictors=True)
    if why is None and np.ptp(found.e**2) <= _RANK * np.max(found.e**2):
        why = fault(SAME_SIZE)
    if why is None and df == 0:
        why = fault(FEW_VALUES)
    if why:
        return not_computed(name, found.outcome, why)
    statistic, p = (float(each) for each in het_breuschpagan(found.e, design)[:2])
    return _tested(name, SPREAD, found.outcome, statistic, (df,), p, statistic / found.n_obs)


def _collinearity(found: Residuals) -> tuple[Diagnostic, ...]:
    if len(found.predictors) < 2:
        return ()
    of = found.outcome
    if why := _few(found, len(found.predictors) + 2):
        return not_computed(VIF, of, why), not_computed(CONDITION, of, why)
    r = found.X.T @ found.X / found.n_obs
    values = np.linalg.eigvalsh(r)
    dependent = values[0] <= _RANK * values[-1]
    inflation = np.full(len(r), np.inf) if dependent else np.diag(np.linalg.inv(r))
    condition = np.inf if dependent else np.sqrt(values[-1] / values[0])
    most = int(np.argmax(inflation))
    return (
        _sized(VIF, INFLATED, of, float(inflation[most]), VIF_LIMITS, predictor=found.predictors[most]),
        _sized(CONDITION, CONDITIONED, of, float(condition), CONDITION_LIMITS),
    )


def _straightness(found: Residuals) -> Diagnostic:
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.diagnostic import linear_reset

    of, needed = found.outcome, found.X.shape[1] + 4
    if why := _why(found, needed, predictors=True):
        return not_computed(RESET, of, why)
    # RESET does not change with the mean or the unit of the outcome; powers of centred values are apart.
    fitted = found.y - found.e
    design = _independent(found.X)
    if _independent(np.column_stack([found.X, fitted**2, fitted**3])).shape[1] < design.shape[1] + 2:
        return not_computed(RESET, of, fault(FEW_VALUES))
    test = linear_reset(OLS(found.y, design).fit(), power=3, use_f=True)
    statistic, left = float(test.statistic), float(test.df_denom)
    return _tested(
        RESET, BENT, of, statistic, (2.0, left), float(test.pvalue), 2 * statistic / (2 * statistic + left)
    )


def _why(found: Residuals, needed: int, *, predictors: bool = False) -> Fault | None:
    """Return why residuals cannot be judged, if they cannot."""
    if predictors and not found.predictors:
        return fault(NO_PREDICTORS)
    if why := _few(found, needed):
        return why
    return fault(EXACT) if found.exact else None


def _few(found: Residuals, needed: int) -> Fault | None:
    return fault(TOO_FEW, n=found.n_obs, needed=needed) if found.n_obs < needed else None


def _independent(columns: Array) -> Array:
    """Return a constant and orthogonal columns that span, with it, what the given ones do, (n, 1 + rank)."""
    away = columns - columns.mean(axis=0)
    length = np.linalg.norm(away, axis=0)
    # A constant column is rounding noise once centred.
    varies = length > _RANK * np.linalg.norm(columns, axis=0)
    basis, size, _ = np.linalg.svd(away[:, varies] / length[varies], full_matrices=False)
    return np.column_stack([np.ones(len(columns)), basis[:, size > _RANK]])


def _sized(
    name: str,
    sentence: str,
    of: str,
    value: float,
    limits: tuple[float, float],
    *,
    p: float | None = None,
    predictor: str = "",
) -> Diagnostic:
    said = fault(
        sentence, of=of, value=written(value), fine=limits[0], serious=limits[1], predictor=predictor
    )
    return Diagnostic(name, of, value, (), p, by_size(value, limits), said)


def _tested(
    name: str, sentence: str, of: str, statistic: float, df: tuple[float, ...], p: float, share: float
) -> Diagnostic:
    said = fault(
        sentence, of=of, share=written(share), p=written(p), alpha=ALPHA, strict=STRICT, least=LEAST_SHARE
    )
    return Diagnostic(name, of, statistic, tuple(map(float, df)), float(p), by_test(p, share), said)
