"""The mixed model of scores by year: years and levels as fixed effects, units nested in branches as random ones.

    score = year + level + branch + unit + rest

A *branch* is a unit directly below the top with all that stands below it, an echelon I unit of a ministry. The random parts
are independent and normal with variances of their own; their shares of the sum are intraclass correlations: two units of one
branch correlate by the branch's share, two years of one unit by branch and unit together. Fitted by restricted maximum
likelihood with statsmodels' MixedLM: branches are its groups, units a variance component inside them. The branch stands
outside because likelihoods multiply over groups: with 2,100 unit-years in 9 branches the largest matrix has a few hundred
rows, and a fit takes less than a second on one core. The other way round, with units as groups, a branch could only be a
fixed effect and would have no share.

The slope per year is a least-squares line through the adjusted yearly means, whatever their course: sum of c_t x year_t with
c_t = (t - mean t) / sum (t - mean t)^2 over the years. Its interval takes t with n_obs - n_units - (years - 1) degrees of
freedom, those within units; on balanced data this is the exact interval of the analysis of variance. Scores pile up at the
cap and are not normal; the slope and its error need that less than the variances do. A variance share from few branches is
rough, and no interval is given for it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from bsc_analysis.errors import Fault, fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NOT_REPEATED = "too few units have scores in several years to tell what stays with a unit from what does not"
CONFOUNDED = "years and levels cannot be told apart: some levels have scores in some years only"
NO_SPREAD = "scores of one unit do not differ but by year, so there is no rest to judge by"
NO_SOLUTION = "the mixed model has no solution for these scores"
CONFIDENCE = 0.95
NOTHING = 1e-9  # of the standard deviation of all scores: float noise
BOUNDARY = 1e-6  # a variance share below this is an estimate of 0
METHODS = ("bfgs", "lbfgs", "powell")  # the first that converges


@dataclass(frozen=True, slots=True)
class Slope:
    """A change per year in units of the scores, with its standard error, degrees of freedom and 95 % interval.

    The last three are None where one unit or two scores leave nothing to judge by.
    """

    estimate: float
    se: float | None
    df: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class NestedFit:
    """A fitted mixed model.

    ``var_branch`` is None where there are fewer than two branches, or none of them has two units; the other parts are ``var_unit`` and ``var_rest``.
    ``converged`` says whether the optimiser ended at a maximum; ``at_boundary``, whether a variance is estimated as 0.
    """

    n_obs: int
    n_units: int
    n_branches: int
    slope: Slope
    var_branch: float | None
    var_unit: float
    var_rest: float
    converged: bool

    @property
    def shares(self) -> tuple[float | None, float, float]:
        """The shares of branch, unit and rest in the variance that years and levels leave."""
        total = (self.var_branch or 0.0) + self.var_unit + self.var_rest
        branch = None if self.var_branch is None else self.var_branch / total
        return branch, self.var_unit / total, self.var_rest / total

    @property
    def at_boundary(self) -> bool:
        """Whether a variance lies at its lowest possible value, 0."""
        return any(share is not None and share < BOUNDARY for share in self.shares)


def fit_nested(rows: pd.DataFrame) -> NestedFit | Fault:
    """Fit the mixed model to scores, or say why it cannot be fitted.

    Parameters
    ----------
    rows
        One row per unit and year with columns ``score``, ``unit``, ``year``, ``level`` (None where none is named) and
        ``branch`` (None at the top, whose rows are left out). A unit that changes its branch counts as another unit there.

    >>> rows = pd.DataFrame({"unit": list("AABBCC"), "year": [2016, 2017] * 3, "level": None, "branch": None,
    ...                      "score": [90.0, 91.0, 95.0, 97.0, 99.0, 102.0]})
    >>> fit = fit_nested(rows)
    >>> round(fit.slope.estimate, 6), fit.slope.df, round(fit.var_rest, 3)
    (2.0, 2.0, 0.5)
    """
    placed = _place(rows)
    reason = _unfit(placed)
    if reason is not None:
        return reason
    centre, scale = float(placed["score"].mean()), float(placed["score"].std())
    scaled = placed.assign(score=(placed["score"] - centre) / scale)
    fitted = _maximise(scaled)
    if fitted is None or not np.isfinite(fitted.scale):
        return fault(NO_SOLUTION)
    return _read(fitted, placed, scale)


def _place(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what stands in a branch, where branches can be told from units; a unit's name is then that inside its branch."""
    scored = rows[rows["score"].notna()].astype({"score": "float64"})
    levelled = scored.assign(level=scored["level"].fillna(""))
    inside = levelled[levelled["branch"].notna()]
    pairs = inside[["branch", "unit"]].drop_duplicates()
    if not 1 < len(set(inside["branch"])) < len(pairs):
        return levelled.assign(branch="")
    return inside.assign(unit=inside["branch"].astype(str) + "\n" + inside["unit"].astype(str))


def _freedom(placed: pd.DataFrame) -> int:
    return len(placed) - placed["unit"].nunique() - (placed["year"].nunique() - 1)


def _unfit(placed: pd.DataFrame) -> Fault | None:
    """Say what the scores are too few or too much alike for."""
    if _freedom(placed) < 1 or placed["year"].nunique() < 2:
        return fault(NOT_REPEATED)
    fixed = _dummies(placed, ["year", "level"]).assign(constant=1.0)
    if np.linalg.matrix_rank(fixed.to_numpy()) < fixed.shape[1]:
        return fault(CONFOUNDED)
    away = _within(placed)
    return fault(NO_SPREAD) if np.abs(away).max() <= NOTHING * max(1.0, placed["score"].std()) else None


def _dummies(placed: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return pd.get_dummies(placed[columns].astype(str), drop_first=True, dtype="float64")


def _within(placed: pd.DataFrame) -> Floats:
    """Return what units and years leave of the scores, shape (n_obs,)."""
    both = _dummies(placed, ["year"]).assign(score=placed["score"])
    away = (both - both.groupby(placed["unit"]).transform("mean")).to_numpy()
    years, score = away[:, :-1], away[:, -1]
    return np.asarray(score - years @ np.linalg.lstsq(years, score)[0], dtype=np.float64)


def _maximise(scaled: pd.DataFrame) -> Any:
    """Return statsmodels' fit, or None where its equations have no solution; what it would warn of is in the result."""
    from statsmodels.regression.mixed_linear_model import MixedLM
    from threadpoolctl import threadpool_limits

    fixed = "score ~ C(year)" + (" + C(level)" if len(set(scaled["level"])) > 1 else "")
    in_branches = len(set(scaled["branch"])) > 1
    parts = {"vc_formula": {"unit": "0 + C(unit)"}, "re_formula": "1"} if in_branches else {}
    # Matrices are too small for several threads, which cost more than they bring and change the last digits.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        try:
            model = MixedLM.from_formula(fixed, scaled, groups="branch" if in_branches else "unit", **parts)
            return model.fit(reml=True, method=list(METHODS))
        except np.linalg.LinAlgError:
            return None


def _read(fitted: Any, placed: pd.DataFrame, scale: float) -> NestedFit:
    """Turn a fit of scaled scores into variances and a slope in units of the scores."""
    outer, inner = float(fitted.cov_re.iloc[0, 0]), [float(each) for each in fitted.vcomp]
    return NestedFit(
        n_obs=len(placed),
        n_units=placed["unit"].nunique(),
        n_branches=placed["branch"].nunique() if inner else 0,
        slope=_slope(fitted, placed, scale),
        var_branch=outer * scale**2 if inner else None,
        var_unit=(inner[0] if inner else outer) * scale**2,
        var_rest=float(fitted.scale) * scale**2,
        converged=bool(fitted.converged),
    )


def _slope(fitted: Any, placed: pd.DataFrame, scale: float) -> Slope:
    """Lay the line through the adjusted yearly means; the first year's is the constant."""
    years = np.array(sorted(placed["year"].unique()), dtype=np.float64)
    away = years - years.mean()
    line = (away / (away @ away))[1:]
    names = [name for name in fitted.fe_params.index if name.startswith("C(year)")]
    effects = fitted.fe_params[names].to_numpy()
    covariance = fitted.cov_params().loc[names, names].to_numpy()
    estimate = scale * float(line @ effects)
    se = scale * float(np.sqrt(line @ covariance @ line))
    return make_slope(estimate, se, _freedom(placed))


def make_slope(estimate: float, se: float, df: float) -> Slope:
    """Put a 95 % interval by t around an estimate.

    >>> [round(end, 4) for end in make_slope(2.0, 0.5, 2).interval]
    [-0.1513, 4.1513]
    """
    reach = float(stdtrit(df, (1 + CONFIDENCE) / 2)) * se
    return Slope(estimate, se, float(df), (estimate - reach, estimate + reach))
