"""The cross-lagged model: whether a perspective moves another within the year or a year later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import ModelError, fault
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.panel import LAG

if TYPE_CHECKING:
    from bsc_analysis.paths.inference import StandardErrors
    from bsc_analysis.paths.panel import Panel
    from bsc_analysis.paths.pathfit import Incomplete, PathFit
    from bsc_analysis.paths.pathmodel import Edge, PathModel

Array = NDArray[Any]

TAKEN = "{got} is a variable of the model and what the year before of {name} would be called: give it another name"
MODEL = (
    "a panel model is made from a model without latent variables, residual covariances and equal coefficients"
)


@dataclass(frozen=True, slots=True)
class LaggedPath:
    """One path of the model within a year, and the same path from the year before.

    Attributes
    ----------
    start, end
        The variables.
    b, se, p, beta
        Within the year: coefficient, standard error, p-value, and standardised.
    lag_b, lag_se, lag_p, lag_beta
        From the start a year before, given the end a year before.
    """

    start: str
    end: str
    b: float
    se: float
    p: float
    beta: float
    lag_b: float
    lag_se: float
    lag_p: float
    lag_beta: float


@dataclass(frozen=True, slots=True, eq=False)
class PanelFit:
    """A fitted panel model: each path within and across years, and how outcomes persist.

    Attributes
    ----------
    fit
        The fit of the panel model.
    paths
        The paths of the model it was made from.
    persistence
        For each outcome, the coefficient and standard error of its own value a year before, (q, 2).
    panel
        The pairs it was fitted to.
    """

    fit: PathFit
    paths: tuple[LaggedPath, ...]
    persistence: Array
    panel: Panel


def panel_model(model: PathModel) -> PathModel:
    """Return the cross-lagged model: beside each path the same path from the year before, and each outcome's own past.

    ``IP ~ LG`` becomes ``IP ~ IP_lag + LG + LG_lag``. The year before is given, and so are the exogenous variables: how
    they come about is not part of the model. Fixed and named coefficients stay those of the same year.

    Parameters
    ----------
    model
        A model without latent variables, residual covariances and equal coefficients.

    Raises
    ------
    ModelError
        When the model is not such, or one of its variables is called as another would be a year before.

    >>> from bsc_analysis.paths.model import path_model
    >>> panel_model(path_model("IP ~ LG")).edges
    (('IP_lag', 'IP'), ('LG', 'IP'), ('LG_lag', 'IP'))
    """
    if not model.simple:
        raise ModelError(fault(MODEL))
    faults = [
        fault(TAKEN, got=repr(name + LAG), name=repr(name))
        for name in model.variables
        if name + LAG in model.variables
    ]
    if faults:
        raise ModelError(*faults)
    lines = [_equation(model, outcome) for outcome in model.endogenous]
    lines += [f"{each.name} := {each.text}" for each in model.definitions]
    return path_model("\n".join(lines))


def fit_panel(
    model: PathModel, panel: Panel, *, se: StandardErrors = "cluster", missing: Incomplete = "listwise"
) -> PanelFit:
    """Fit the cross-lagged model, and say of each path what holds within the year and what comes a year later.

    A unit with three years gives two pairs, which are not independent: standard errors are by unit unless asked otherwise.

    Parameters
    ----------
    model
        The model of one year, such as ``IP ~ LG``.
    panel
        What :func:`read_panel` returned.
    se, missing
        As :func:`fit_path`.

    Raises
    ------
    ModelError, DataError, UseError
        As :func:`panel_model` and :func:`fit_path`.

    >>> import pandas as pd
    >>> from bsc_analysis.paths.panel import read_panel
    >>> rng = np.random.default_rng(1)
    >>> LG = rng.normal(size=(3, 200))
    >>> IP = 0.2 * LG + rng.normal(size=(3, 200))
    >>> IP[1:] += 0.4 * LG[:-1]
    >>> unit, year = np.tile(np.arange(200), 3), np.repeat([2015, 2016, 2017], 200)
    >>> frame = pd.DataFrame({"unit": unit, "year": year, "LG": LG.ravel(), "IP": IP.ravel()})
    >>> model = path_model("IP ~ LG")
    >>> path = fit_panel(model, read_panel(frame, model.observed, unit="unit", year="year")).paths[0]
    >>> bool(abs(path.b - 0.2) < 3 * path.se), bool(abs(path.lag_b - 0.4) < 3 * path.lag_se)
    (True, True)
    """
    of = panel_model(model)
    fit = fit_path(of, panel.rows.select(of.observed), se=se, missing=missing)
    at = {edge: place for place, edge in enumerate(of.edges)}
    own = [at[outcome + LAG, outcome] for outcome in model.endogenous]
    figures = np.column_stack([fit.b, fit.se, fit.p, fit.beta])
    paths = tuple(_path(figures, at, edge) for edge in model.edges)
    return PanelFit(fit, paths, figures[own, :2], panel)


def _equation(model: PathModel, outcome: str) -> str:
    terms = [_quoted(outcome + LAG)]
    for start in model.predictors(outcome):
        terms += [_term(model, (start, outcome)), _quoted(start + LAG)]
    return f"{_quoted(outcome)} ~ {' + '.join(terms)}"


def _term(model: PathModel, edge: Edge) -> str:
    value, label = model.fixed_value(edge), model.label_of(edge)
    before = repr(value) if value is not None else label
    return _quoted(edge[0]) if before is None else f"{before}*{_quoted(edge[0])}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _path(figures: Array, at: dict[Edge, int], edge: Edge) -> LaggedPath:
    start, end = edge
    same, lagged = figures[at[edge]].tolist(), figures[at[start + LAG, end]].tolist()
    return LaggedPath(start, end, *same, *lagged)
