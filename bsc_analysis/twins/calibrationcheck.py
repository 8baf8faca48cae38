"""The calibration of a twin, looked at from outside: each target beside what the ordinary pipeline makes of the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bsc_analysis.language.numbers import round_half_up
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import read_rows
from bsc_analysis.scorecards.scoring import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from bsc_analysis.scorecards.scoring import Scores
    from bsc_analysis.twins.plan import Edge, TwinPlan, TwinYear

Quantity = Literal["indicators", "organisation", "perspective", "path"]

# As printed: counts and scores as whole numbers unless their target says otherwise, paths with three decimals.
PATH_DECIMALS, MOST_DECIMALS = 3, 6


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """One target of the calibration and what became of it.

    Attributes
    ----------
    quantity
        ``indicators``: their number in a year; ``organisation``: the ministry's NKO; ``perspective``: its NKP; ``path``:
        a standardised path over all unit-years.
    subject
        The id of the perspective, the path as in ``CP -> SH``, else empty.
    year
        None for paths.
    target, decimals
        The target, and with how many decimals it is printed.
    result
        What the pipeline gives; NaN where it gives nothing.
    """

    quantity: Quantity
    subject: str
    year: int | None
    target: float
    decimals: int
    result: float

    @property
    def difference(self) -> float:
        """Result less target."""
        return self.result - self.target

    @property
    def met(self) -> bool:
        """Whether the result, rounded as the target is, is the target."""
        if self.result != self.result:  # nan is not itself
            return False
        return round_half_up(self.result, self.decimals) == round_half_up(self.target, self.decimals)


def check_calibration(plan: TwinPlan, scores: Scores) -> tuple[CalibrationLine, ...]:
    """Compare every target of a twin's calibration with the scores of its records, and the paths over its unit-years.

    Scores, their spreading, and the fit are those that any study passes through; nothing is taken from the twin but its
    targets. Years that the scores do not have are left out, and then the paths, which are calibrated over all years, as well.

    Parameters
    ----------
    plan
        What the twin was made from.
    scores
        The scores of its records, on pandas.

    >>> from bsc_analysis.scorecards.scoring import score
    >>> from bsc_analysis.studies import read_study
    >>> study = read_study("kkp")
    >>> lines = check_calibration(study.twin, score(study.observations, study.rules))
    >>> len(lines), all(line.met for line in lines), lines[0].result
    (15, True, 1122.0)
    """
    counted = scores.indicators.groupby("year").size()
    there = [year for year in plan.years if year.year in counted.index]
    lines = [line for year in there for line in _of_year(plan, year, int(counted[year.year]), scores)]
    if len(there) == len(plan.years):
        lines += _of_paths(plan, scores)
    return tuple(lines)


def _of_year(plan: TwinPlan, year: TwinYear, counted: int, scores: Scores) -> Iterator[CalibrationLine]:
    """Compare the number of indicators, the ministry's NKO, and those of its NKP that are stated."""
    top = plan.levels[0].name
    yield CalibrationLine("indicators", "", year.year, float(year.indicators), 0, float(counted))
    organisations, perspectives = (
        _own(rows, top, year) for rows in (scores.organisations, scores.perspectives)
    )
    nko = _only(organisations["score"])
    yield CalibrationLine("organisation", "", year.year, year.nko, _decimals(year.nko), nko)
    for name, short, target in zip(plan.perspectives, plan.shorts, year.ministry, strict=True):
        if short in year.given:
            nkp = _only(perspectives.loc[perspectives["perspective"] == name, "score"])
            yield CalibrationLine("perspective", name, year.year, target, _decimals(target), nkp)


def _of_paths(plan: TwinPlan, scores: Scores) -> list[CalibrationLine]:
    """Compare the standardised paths over all unit-years."""
    wide = spread(scores.perspectives, scores.rules)
    fit = fit_path(path_model(_equations(edge for edge, _ in plan.paths)), read_rows(wide, plan.shorts))
    beta = dict(zip(fit.model.edges, fit.beta.tolist(), strict=True))
    return [
        CalibrationLine("path", " -> ".join(edge), None, target, PATH_DECIMALS, beta[edge])
        for edge, target in plan.paths
    ]


def _equations(edges: Iterable[Edge]) -> str:
    """Write one equation for each variable that a path leads to."""
    causes: dict[str, list[str]] = {}
    for start, end in edges:
        causes.setdefault(end, []).append(start)
    return "\n".join(f"{end} ~ {' + '.join(starts)}" for end, starts in causes.items())


def _own(rows: pd.DataFrame, unit: str, year: TwinYear) -> pd.DataFrame:
    return rows[(rows["unit"] == unit) & (rows["year"] == year.year)]


def _only(values: pd.Series[float]) -> float:
    """Return the one value, NaN where there is none."""
    return float(values.iloc[0]) if len(values) else float("nan")


def _decimals(target: float) -> int:
    """Return the fewest decimals that show a target as it is."""
    digits = round_half_up(target, MOST_DECIMALS).normalize().as_tuple().exponent
    return max(0, -int(digits))
