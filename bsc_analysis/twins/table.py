"""The table of a twin: its skeleton and its actuals as observations, each row of which says that it is synthetic."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_analysis.twins.plan import SYNTHETIC
from bsc_analysis.twins.skeleton import lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.twins.plan import TwinPlan

Array = NDArray[Any]


def tabulate(plan: TwinPlan, actuals: Array, prefix: str = "") -> pd.DataFrame:
    """Return observations with the columns of :mod:`bsc_analysis.scorecards.observations`, one row per record.

    Parameters
    ----------
    plan
        The plan whose skeleton the records have.
    actuals
        Their actuals, (n,), NaN where missing.
    prefix
        What stands before the name of every unit.

    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> tabulate(plan, np.full(plan.n_indicators, 1.0))["data_status"].unique().tolist()
    ['synthetic twin']
    """
    units = lay_out(plan).units
    unit = units.row_unit[lay_out(plan).unit_year]
    names = _texts([prefix + name for name in units.names])
    parents = names.take(units.parent[unit], allow_fill=True)
    # Copies of one ministry differ in these three columns alone.
    return _common(plan).assign(unit=names.take(unit), parent=parents, actual=_figures(actuals))


@lru_cache(maxsize=4)
def _common(plan: TwinPlan) -> pd.DataFrame:
    """Return the columns in their order, of which unit, parent and actual are still empty."""
    skeleton, of = lay_out(plan), plan.catalogue
    units, targets, template = skeleton.units, skeleton.targets, skeleton.template
    row, nothing = skeleton.unit_year, np.zeros(len(template), np.int64)
    columns = {
        "unit": _pick([None], nothing),
        "parent": _pick([None], nothing),
        "level": _pick([each.id for each in plan.levels], units.level[units.row_unit[row]]),
        "year": np.array([each.year for each in plan.years])[units.row_year[row]],
        "perspective": _pick([each.perspective for each in of], template),
        "objective": _pick([each.objective for each in of], template),
        "indicator": _pick([each.name for each in of], template),
        "weight": _figures(skeleton.weight),
        "polarity": _pick([each.polarity for each in of], template),
        "target": _figures(targets.lower),
        "target_upper": _figures(targets.upper),
        "actual": _figures(np.full(len(template), np.nan)),
        "unit_of_measure": _pick([each.unit_of_measure for each in of], template),
        "intervention": _pick([each.intervention or None for each in of], template),
        "data_status": _pick([SYNTHETIC], nothing),
    }
    return pd.DataFrame(columns)


def _pick(words: Sequence[str | None], places: Array) -> Any:
    return _texts(words).take(places)


def _texts(words: Sequence[str | None]) -> Any:
    return pd.array(list(words), dtype="str")


def _figures(values: Array) -> Any:
    return pd.arrays.FloatingArray(values, np.isnan(values))
