"""Calibration of a twin in its own sample: scores are coloured until the records give the paths that were asked for.

What the records say differs a little from the scores they were made of: figures are rounded, scores that no records can
have are moved, noise and gaps are added. So the correlations are aimed at by as much beside the target as they came out
beside it, until every standardised path is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import StudyError, fault
from bsc_analysis.twins.records import make_records
from bsc_analysis.twins.truth import correlations, least_eigenvalue, standardised_paths, within_covariance
from bsc_analysis.twins.unitscores import centre_by_year, place_scores

if TYPE_CHECKING:
    from bsc_analysis.twins.plan import TwinPlan
    from bsc_analysis.twins.records import RecordDraws, Records
    from bsc_analysis.twins.skeleton import Skeleton
    from bsc_analysis.twins.unittree import Units

Array = NDArray[Any]

NOT_MET = (
    "the twin cannot be calibrated: after {rounds} rounds the path {path} is {got}, asked for is {asked}; lower noise, the "
    "share of missing figures or the tails, or take calibration 'population'"
)
TOO_STRONG = (
    "the twin cannot be calibrated: to show the paths asked for through this noise, scores would need correlations that "
    "cannot hold together; lower noise or the share of missing figures, or take calibration 'population'"
)
# Paths are printed with three decimals; less than half of their last digit is called met.
CLOSE = 2e-4
MOST_ROUNDS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Records that give the paths asked for, and after how many rounds."""

    records: Records
    rounds: int


def calibrate(plan: TwinPlan, skeleton: Skeleton, draws: RecordDraws, deviations: Array) -> Calibrated:
    """Colour deviations, by one linear map, until the paths over the unit-years are met through the records.

    Raises
    ------
    StudyError
        When they cannot be.

    >>> from bsc_analysis.twins.records import draw_records
    >>> from bsc_analysis.twins.skeleton import lay_out
    >>> from bsc_analysis.twins.unitscores import draw_deviations
    >>> from bsc_analysis.studies import read_study
    >>> plan = read_study("kkp").twin
    >>> skeleton = lay_out(plan)
    >>> met = calibrate(plan, skeleton, draw_records(plan, skeleton), draw_deviations(plan, skeleton.units))
    >>> standardised_paths(np.cov(met.records.scores.T)).round(3)[-1]  # CP -> SH
    np.float64(0.634)
    """
    units, asked = skeleton.units, np.array([value for _, value in plan.paths])
    centred = centre_by_year(units, deviations)
    aim = sigma = np.asarray(plan.sigma)
    for rounds in range(1, MOST_ROUNDS + 1):
        coloured = _colour(plan, units, centred, aim)
        records = make_records(plan, skeleton, draws, place_scores(plan, units, coloured))
        shown = correlations(np.cov(records.scores[~np.isnan(records.scores).any(axis=1)].T))
        found = standardised_paths(shown)
        if np.abs(found - asked).max() < CLOSE:
            return Calibrated(records, rounds)
        aim = aim + sigma - shown
    worst = int(np.abs(found - asked).argmax())
    path = " -> ".join(plan.paths[worst][0])
    raise StudyError(
        fault(NOT_MET, rounds=MOST_ROUNDS, path=path, got=f"{found[worst]:.4f}", asked=f"{asked[worst]:.4f}")
    )


def _colour(plan: TwinPlan, units: Units, centred: Array, aim: Array) -> Array:
    """Map deviations linearly so that scores have exactly these correlations over all unit-years."""
    wanted = within_covariance(plan, np.outer(plan.sd, plan.sd) * aim)
    if not least_eigenvalue(wanted) > 0:
        raise StudyError(fault(TOO_STRONG))
    ordinary = centred[~units.top]
    had = np.linalg.cholesky(ordinary.T @ ordinary / len(ordinary))
    return np.asarray(centred @ np.linalg.solve(had.T, np.linalg.cholesky(wanted).T))
