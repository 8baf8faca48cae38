"""Lags judged: whether a path works a year later as well, how much of it does, and whether that is worth attention."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from bsc_analysis.paths.effectlist import EffectName
from bsc_analysis.paths.effects import Effects, check_level
from bsc_analysis.paths.multiplicity import holm
from bsc_analysis.paths.panel import LAG
from bsc_analysis.paths.smalleffects import SESOI, judge_effects
from bsc_analysis.paths.standardised import edge_coefficients

if TYPE_CHECKING:
    from bsc_analysis.paths.panel import Panel
    from bsc_analysis.paths.panelmodel import LaggedPath, PanelFit
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.smalleffects import Verdict

LagVerdict = Literal["found", "opposed", "not found"]
Answer = Literal["supported", "contradicted", "undecided"]
Interval = tuple[float, float]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Timed:
    """A path at one time: within the year, or from the year before.

    Attributes
    ----------
    b, se, p
        Coefficient in the units of the data, its standard error, and two-sided p-value.
    beta, lower, upper
        Standardised, with its interval.
    verdict
        ``relevant``, ``negligible`` or ``inconclusive`` against the smallest effect of interest.
    """

    b: float
    se: float
    p: float
    beta: float
    lower: float
    upper: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class LagJudgement:
    """One path within the year and a year later.

    Attributes
    ----------
    start, end
        The variables.
    same, later
        The path within the year and from the year before, given each other and the end's own past.
    p_holm
        The p-value of the later one, adjusted by Holm's method for all paths of the model.
    verdict
        ``not found`` when it is not below 1 - level; ``opposed`` when it is, but the later path takes back what the year
        itself gives (both differ from 0, with opposite signs), which is what lasting differences between units leave where
        nothing takes a year; ``found`` otherwise.
    share, share_interval
        Which share of the path comes a year later, later / (same + later) by b, with its delta-method interval; None where
        the two have opposite signs or neither interval leaves out 0, since then there is nothing to share.
    """

    start: str
    end: str
    same: Timed
    later: Timed
    p_holm: float
    verdict: LagVerdict
    share: float | None
    share_interval: Interval | None


@dataclass(frozen=True, slots=True, eq=False)
class LagFindings:
    """What a panel says of every path a year later.

    Attributes
    ----------
    paths
        One judgement for each path of the model.
    persistence
        For each outcome, its own path from the year before.
    fit, panel
        The fit that they rest on, and the pairs of years behind it.
    sesoi, level, inner_level
        The smallest standardised effect of interest; the level of intervals that decide ``relevant``, and of those that
        decide ``negligible``.
    """

    paths: tuple[LagJudgement, ...]
    persistence: tuple[tuple[str, Timed], ...]
    fit: PathFit
    panel: Panel
    sesoi: float
    level: float
    inner_level: float

    @property
    def found(self) -> tuple[LagJudgement, ...]:
        """The paths with a later effect that is not negligible."""
        return tuple(
            each for each in self.paths if each.verdict == "found" and each.later.verdict != "negligible"
        )

    @property
    def answer(self) -> Answer:
        """Whether effects take time.

        ``supported`` when a later effect was found that is not negligible, ``contradicted`` when every later effect is
        negligible, and ``undecided`` otherwise: what was not found may still be there.
        """
        if self.found:
            return "supported"
        negligible = all(each.later.verdict == "negligible" for each in self.paths)
        return "contradicted" if negligible else "undecided"


def judge_lags(panel_fit: PanelFit, *, sesoi: float = SESOI, level: float = 0.95) -> LagFindings:
    """Judge for every path of a panel model whether, and how much, it works a year later.

    With x the start and y the end of a path, y_t = persistence y_(t-1) + b x_t + later b x_(t-1) + the other terms. A later
    effect is *found* when its p-value, adjusted by Holm's method over the m later effects of the model, is below
    1 - level: without any lag that happens in 1 - level of all studies at most. Whether one that was found is worth
    attention, or one that was not found is small, is said against the smallest effect of interest as
    :func:`~bsc_analysis.paths.smalleffects.judge_effects` does it. Intervals are normal and not adjusted.

    Where units differ lastingly for reasons outside the model, y_t - b x_t persists and not y_t, so that without any lag
    later b tends to -persistence x b. Such an *opposed* coefficient is told apart and is no later effect.

    Parameters
    ----------
    panel_fit
        What :func:`~bsc_analysis.paths.panelmodel.fit_panel` returned.
    sesoi
        The smallest standardised effect of interest. The default is ours; a study should state its own.
    level
        The level of intervals.

    Raises
    ------
    UseError
        When the yardstick is not above 0, or the level is no share above one half.

    >>> import pandas as pd
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.panel import read_panel
    >>> from bsc_analysis.paths.panelmodel import fit_panel
    >>> rng = np.random.default_rng(1)
    >>> LG = rng.normal(size=(3, 300))
    >>> IP = 0.3 * LG + rng.normal(size=(3, 300))
    >>> IP[1:] += 0.6 * LG[:-1]
    >>> unit, year = np.tile(np.arange(300), 3), np.repeat([2015, 2016, 2017], 300)
    >>> frame = pd.DataFrame({"unit": unit, "year": year, "LG": LG.ravel(), "IP": IP.ravel()})
    >>> panel = read_panel(frame, ["LG", "IP"], unit="unit", year="year")
    >>> found = judge_lags(fit_panel(path_model("IP ~ LG"), panel))
    >>> found.answer, found.paths[0].later.verdict, round(found.paths[0].share, 1)
    ('supported', 'relevant', 0.7)
    """
    check_level(level)
    fit, lagged = panel_fit.fit, panel_fit.paths
    outcomes = tuple(dict.fromkeys(path.end for path in lagged))
    same, later, own = (
        [(path.start, path.end) for path in lagged],
        [(path.start + LAG, path.end) for path in lagged],
        [(outcome + LAG, outcome) for outcome in outcomes],
    )
    timed, inner_level = _judge(fit, [*same, *later, *own], sesoi, level)
    adjusted = holm(np.array([path.lag_p for path in lagged])).tolist()
    m = len(lagged)
    paths = tuple(
        _judged(path, now, after, p_holm, fit, level)
        for path, now, after, p_holm in zip(lagged, timed[:m], timed[m : 2 * m], adjusted, strict=True)
    )
    persistence = tuple(zip(outcomes, timed[2 * m :], strict=True))
    return LagFindings(paths, persistence, fit, panel_fit.panel, sesoi, level, inner_level)


def _judge(
    fit: PathFit, edges: list[tuple[str, str]], sesoi: float, level: float
) -> tuple[list[Timed], float]:
    """Return each coefficient with its verdict, and the level of the intervals that decide ``negligible``."""
    at = [fit.model.edges.index(edge) for edge in edges]
    b, se, p = fit.b[at], fit.se[at], fit.p[at]
    beta, beta_se = fit.beta[at], fit.beta_se[at]
    reach = float(ndtri((1 + level) / 2))
    names = tuple(EffectName("direct", start, end) for start, end in edges)
    effects = Effects(
        names, b, se, b - reach * se, b + reach * se, beta, beta_se, beta - reach * beta_se, beta + reach * beta_se,
        "delta", level,
    )  # fmt: skip
    judged = judge_effects(effects, sesoi=sesoi)
    figures = zip(judged, b.tolist(), se.tolist(), p.tolist(), strict=True)
    timed = [
        Timed(value, error, its_p, each.estimate, each.lower, each.upper, each.verdict)
        for each, value, error, its_p in figures
    ]
    return timed, judged[0].inner_level


def _judged(
    path: LaggedPath, same: Timed, later: Timed, p_holm: float, fit: PathFit, level: float
) -> LagJudgement:
    verdict: LagVerdict = "not found" if not p_holm < 1 - level else "found"
    if verdict == "found" and same.b * later.b < 0 and _differs(same, level):
        verdict = "opposed"
    share, interval = _share(path, same, later, fit, level)
    return LagJudgement(path.start, path.end, same, later, p_holm, verdict, share, interval)


def _share(
    path: LaggedPath, same: Timed, later: Timed, fit: PathFit, level: float
) -> tuple[float | None, Interval | None]:
    """Return the share that comes a year later with its interval, where there is something to share."""
    if same.b * later.b < 0 or not (_differs(same, level) or _differs(later, level)):
        return None, None
    now, before = (fit.model.edges.index((start, path.end)) for start in (path.start, path.start + LAG))

    def share(theta: Array) -> Array:
        b = edge_coefficients(fit.of, fit.model, theta)
        return np.asarray([b[before] / (b[now] + b[before])])

    value = float(share(fit.theta)[0])
    reach = float(ndtri((1 + level) / 2) * fit.se_of(share)[0])
    return value, (value - reach, value + reach)


def _differs(timed: Timed, level: float) -> bool:
    """Whether a coefficient differs from 0; one that is fixed does so when it is not 0."""
    return timed.p < 1 - level if not math.isnan(timed.p) else timed.b != 0
