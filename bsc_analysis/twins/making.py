"""Making a twin: a plan becomes a table of indicator records, or as many numbered ministries as are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bsc_analysis.twins.calibration import calibrate
from bsc_analysis.twins.records import draw_records, make_records
from bsc_analysis.twins.skeleton import lay_out
from bsc_analysis.twins.table import tabulate
from bsc_analysis.twins.unitscores import draw_deviations, place_scores

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.twins.plan import TwinPlan


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A made table.

    Attributes
    ----------
    plan
        What it was made from.
    observations
        One row per indicator, unit and year; every row says that it is synthetic.
    n_moved
        How many scores of units lay outside what their records allow and were moved there.
    rounds
        How many rounds the calibration took; 0 where paths are met in the mean of many twins only.
    """

    plan: TwinPlan
    observations: pd.DataFrame = field(repr=False)
    n_moved: int
    rounds: int


def make_twin(plan: TwinPlan) -> Twin:
    """Make the twin of a plan; the same plan makes the same twin.

    Raises
    ------
    StudyError
        When the paths cannot be met in this sample, because of too much noise, for one.

    >>> from bsc_analysis.studies import read_study
    >>> twin = make_twin(read_study("kkp").twin)
    >>> twin.observations.groupby("year").size().tolist()
    [1122, 11653, 13050]
    """
    skeleton = lay_out(plan)
    draws, deviations = draw_records(plan, skeleton), draw_deviations(plan, skeleton.units)
    if plan.calibration == "sample":
        calibrated = calibrate(plan, skeleton, draws, deviations)
        records, rounds = calibrated.records, calibrated.rounds
    else:
        records, rounds = (
            make_records(plan, skeleton, draws, place_scores(plan, skeleton.units, deviations)),
            0,
        )
    return Twin(plan, tabulate(plan, records.actuals), records.n_moved, rounds)


def make_copy(plan: TwinPlan, copy: int) -> pd.DataFrame:
    """Make the records of one more ministry of the same plan, whose units have its number before their names.

    Copies have the units, indicators, weights and targets of the twin and achievements of their own. Their paths are met
    in the mean of many, whatever the plan's calibration: so each can be made without the others.

    Parameters
    ----------
    plan
        The plan.
    copy
        The number of the ministry, 0 or above; the same number gives the same records.

    >>> from bsc_analysis.studies import read_study
    >>> make_copy(read_study("kkp").twin, 7)["unit"][0]
    'M0007/Kementerian'
    """
    skeleton = lay_out(plan)
    scores = place_scores(plan, skeleton.units, draw_deviations(plan, skeleton.units, copy))
    records = make_records(plan, skeleton, draw_records(plan, skeleton, copy), scores)
    return tabulate(plan, records.actuals, prefix=f"M{copy:04d}/")
