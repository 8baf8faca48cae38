"""Scores of a twin's units: draws of the process, in clusters, around the means of the years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.twins.process import Process, build_process, run_process
from bsc_analysis.twins.streams import open_stream
from bsc_analysis.twins.truth import lag_matrix, pooled_covariance, within_covariance

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan
    from bsc_analysis.twins.streams import Part
    from bsc_analysis.twins.unittree import Units

Array = NDArray[Any]


def draw_deviations(plan: TwinPlan, units: Units, copy: int | None = None) -> Array:
    """Draw each unit-year's deviations from the means of its year, (N, k); the ministry's are 0.

    A share of the variance, the intraclass correlation, is that of a process common to the unit's cluster.

    >>> from bsc_analysis.twins.unittree import lay_out_units
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> draw_deviations(plan, lay_out_units(plan)).shape
    (2073, 4)
    """
    within = within_covariance(plan, pooled_covariance(plan))
    process = build_process(plan.shorts, within, plan.options.persistence, lag_matrix(plan, within))
    own = _run(plan, process, "units", len(units.names), copy)
    common = _run(plan, process, "clusters", int(units.cluster.max()) + 1, copy)
    icc = plan.options.icc
    moved = np.sqrt(icc) * common[:, units.cluster] + np.sqrt(1 - icc) * own
    return np.where(units.top[:, None], 0.0, moved[units.row_year, units.row_unit])


def place_scores(plan: TwinPlan, units: Units, deviations: Array) -> Array:
    """Return the scores of deviations, (N, k): around the means of the years, and the ministry's own as they are stated.

    >>> from bsc_analysis.twins.unittree import lay_out_units
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> place_scores(plan, lay_out_units(plan), np.zeros((2073, 4)))[:2].round(2).tolist()
    [[117.93, 117.43, 115.93, 96.0], [104.0, 103.5, 102.5, 98.0]]
    """
    means = np.array([each.means for each in plan.years])
    ministry = np.array([each.ministry for each in plan.years])
    fixed = np.where(units.top[:, None], ministry[units.row_year], means[units.row_year])
    return np.asarray(fixed + deviations)


def centre_by_year(units: Units, deviations: Array) -> Array:
    """Take from the ordinary units' deviations their mean in each year, (N, k).

    >>> from bsc_analysis.twins.unittree import lay_out_units
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> centre_by_year(lay_out_units(plan), np.ones((2073, 4))).any()
    np.False_
    """
    ordinary = (~units.top).astype(float)
    count = np.bincount(units.row_year, ordinary)
    sums = np.array([np.bincount(units.row_year, each) for each in (deviations * ordinary[:, None]).T])
    return np.where(units.top[:, None], 0.0, deviations - (sums / count).T[units.row_year])


def _run(plan: TwinPlan, process: Process, part: Part, n: int, copy: int | None) -> Array:
    """Run the process for n units or clusters; disturbances have variance 1 whatever their tails."""
    stream, shape = open_stream(plan.seed, part, copy), (len(plan.years), n, len(plan.shorts))
    tails = plan.options.tails
    if tails == 0:
        return run_process(process, stream.standard_normal(shape))
    return run_process(process, stream.standard_t(tails, shape) * np.sqrt((tails - 2) / tails))
