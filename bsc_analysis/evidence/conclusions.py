"""What one analysis concludes: how an organisation's score moved and which bands it reached, and what each effect is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from bsc_analysis.errors import Fault
from bsc_analysis.evidence.readings import Direction
from bsc_analysis.evidence.settings import NO_CLUSTER
from bsc_analysis.paths.analysis import NARROWER, SEED
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.smalleffects import Verdict, judge_effects
from bsc_analysis.scorecards.rules import Scale

if TYPE_CHECKING:
    from bsc_analysis.evidence.readings import Negligible
    from bsc_analysis.evidence.settings import Route
    from bsc_analysis.paths.pathfit import Incomplete
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows
    from bsc_analysis.scorecards.rules import RuleSet

Sign = Literal["positive", "negative", "zero"]

N_DRAWS = 2_000
"""Draws behind a Monte Carlo interval: its ends are uncertain by about .05 standard errors, a verdict rarely hangs on that."""
DIGITS = 12
"""Significant digits that are kept: beyond them, processors and libraries differ."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An analysis that a rule set or a model refuses, and why."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class YearScore:
    """The organisation's score in one year and the id of its band; None where there is none."""

    year: int
    score: float | None
    band: str | None


@dataclass(frozen=True, slots=True)
class ScoreConclusion:
    """How one organisation's score moved from the first year that has one to the last.

    ``unit`` is empty for the plain mean of all units, which has no band; ``direction`` is None where fewer than two years
    have a score.
    """

    unit: str
    scale: Scale
    years: tuple[YearScore, ...]
    direction: Direction | None

    @property
    def change(self) -> float | None:
        """The last score less the first, on the scale of the rule set."""
        ends = self._ends
        return None if ends is None else ends[1] - ends[0]

    @property
    def relative_change(self) -> float | None:
        """The change in percent of the first score, which compares scales; None where that is 0."""
        ends = self._ends
        return None if ends is None or ends[0] == 0 else 100 * (ends[1] - ends[0]) / abs(ends[0])

    def of_year(self, year: int) -> YearScore | None:
        """Return the score of a year, or None where the year is not among those kept."""
        return next((each for each in self.years if each.year == year), None)

    @property
    def _ends(self) -> tuple[float, float] | None:
        scored = [each.score for each in self.years if each.score is not None]
        return (scored[0], scored[-1]) if len(scored) > 1 else None


@dataclass(frozen=True, slots=True)
class EffectConclusion:
    """One standardised effect with its interval of level 95 %, and its verdict beside the smallest effect of interest."""

    name: str
    estimate: float
    lower: float
    upper: float
    verdict: Verdict

    @property
    def sign(self) -> Sign:
        """The sign of the estimate."""
        return "positive" if self.estimate > 0 else "negative" if self.estimate < 0 else "zero"

    @property
    def differs_from_zero(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.lower > 0 or self.upper < 0


def conclude_scores(
    organisations: pd.DataFrame, rules: RuleSet, negligible: Negligible, *, unit: str = ""
) -> ScoreConclusion:
    """Conclude from organisation scores how a unit moved.

    Parameters
    ----------
    organisations
        The organisation scores of every unit and year, on pandas.
    rules
        The rule set they were made under.
    negligible
        The changes that are called no change.
    unit
        The unit; none named means the plain mean of all units that have a score.

    >>> from bsc_analysis.evidence.readings import Negligible
    >>> from bsc_analysis.files import read_rules
    >>> scores = pd.DataFrame({"unit": "A", "year": [2016, 2017], "score": [104.0, 98.0], "band": ["green", "yellow"]})
    >>> concluded = conclude_scores(scores, read_rules("kkp"), Negligible(0.005, 0.5, "digits"), unit="A")
    >>> concluded.direction, concluded.change, concluded.of_year(2017).band
    ('fall', -6.0, 'yellow')
    """
    years = tuple(
        _year_score(int(year), organisations[organisations["year"] == year], unit)
        for year in sorted(organisations["year"].unique())
    )
    found = ScoreConclusion(unit, rules.scale, years, None)
    if found.change is None:
        return found
    return ScoreConclusion(unit, rules.scale, years, negligible.direction(found.change, rules.scale))


def conclude_effects(
    model: PathModel, rows: Rows, route: Route, *, sesoi: float
) -> tuple[EffectConclusion, ...]:
    """Estimate a path model and conclude what each of its effects is.

    Standard errors are by maximum likelihood, those of ordinary least squares times sqrt(df / n), or by clusters where the
    route names some. Verdicts are those of :func:`~bsc_analysis.paths.smalleffects.judge_effects`; Monte Carlo intervals
    rest on :data:`N_DRAWS` draws with one seed.

    Raises
    ------
    BscError
        When the rows cannot carry the model.

    >>> import numpy as np
    >>> from bsc_analysis.evidence.settings import Route
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Rows
    >>> x = np.linspace(-1, 1, 100)
    >>> rows = Rows(("LG", "IP"), np.column_stack([x, 0.5 * x + np.cos(20 * x)]))
    >>> [(each.name, each.sign, each.verdict) for each in conclude_effects(path_model("IP ~ LG"), rows, Route(), sesoi=0.1)
    ...  if each.name == "LG -> IP"]
    [('LG -> IP', 'positive', 'relevant')]
    """
    clustered = route.cluster not in (None, NO_CLUSTER)
    missing: Incomplete = "fiml" if route.estimator == "fiml" else "listwise"
    fit = fit_path(model, rows, se="cluster" if clustered else "ml", missing=missing)
    if route.interval == "monte_carlo":
        effects, narrower = (
            decompose(fit, interval="monte_carlo", level=level, n_draws=N_DRAWS, seed=SEED)
            for level in (0.95, NARROWER)
        )
        judged = judge_effects(effects, sesoi=sesoi, narrower=narrower)
    else:
        judged = judge_effects(decompose(fit, interval="delta"), sesoi=sesoi)
    return tuple(
        EffectConclusion(
            str(each.name),
            keep_digits(each.estimate),
            keep_digits(each.lower),
            keep_digits(each.upper),
            each.verdict,
        )
        for each in judged
    )


def keep_digits(value: float) -> float:
    """Return a number without the digits in which two computers may differ.

    >>> keep_digits(0.1 + 0.2)
    0.3
    """
    return float(f"{value:.{DIGITS}g}")


def _year_score(year: int, rows: pd.DataFrame, unit: str) -> YearScore:
    if not unit:
        mean = rows["score"].mean()
        return YearScore(year, _kept(mean), None)
    own = rows[rows["unit"] == unit]
    if own.empty:
        return YearScore(year, None, None)
    band = own["band"].iloc[0]
    return YearScore(year, _kept(own["score"].iloc[0]), band if isinstance(band, str) else None)


def _kept(value: Any) -> float | None:
    return None if pd.isna(value) else keep_digits(float(value))
