"""Effects with intervals: what a fitted path model says of every direct, indirect and total effect, raw and standardised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from bsc_analysis.errors import UseError, fault
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.likelihood import jacobian
from bsc_analysis.paths.standardised import edge_coefficients, standardised_coefficients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.effectlist import EffectList, EffectName
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.pathmodel import PathModel

Analytic = Literal["delta", "monte_carlo"]
Method = Literal["delta", "monte_carlo", "percentile", "basic", "bc", "bca", "normal"]
Array = NDArray[Any]

UNKNOWN = "interval {got} is unknown, allowed: {allowed}"
LEVEL = "the level {got} is no share, allowed: above 0 and below 1"
OPPOSITE = (
    "direct and indirect effect of {start} on {end} have opposite signs: a share of the total that is mediated has no "
    "meaning (inconsistent mediation)"
)
NO_MEDIATION = "no path leads from {start} to {end} through another variable"


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Every effect of a path model with its interval; each array is (m,) in the order of ``names``.

    Attributes
    ----------
    names
        The m effects; contrasts and the model's definitions come last.
    b, se, lower, upper
        In the units of the data: estimate, standard error, and the ends of the interval.
    beta, beta_se, beta_lower, beta_upper
        Standardised by the implied standard deviations; the exogenous variables count as random.
    method, level
        How the interval was made, and its level.
    n_boot, n_failed
        Replicates asked for, and those that gave no number and were left out; 0 for the delta method.
    notes
        What a reader must know, as sentences.
    """

    names: tuple[EffectName, ...]
    b: Array
    se: Array
    lower: Array
    upper: Array
    beta: Array
    beta_se: Array
    beta_lower: Array
    beta_upper: Array
    method: Method
    level: float
    n_boot: int = 0
    n_failed: int = 0
    notes: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def differs(self) -> Array:
        """Whether the interval of each effect leaves out 0, (m,)."""
        return np.asarray((self.lower > 0) | (self.upper < 0))


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a total effect that is mediated, indirect / total, with its delta-method interval.

    ``warning`` says why it has no meaning where direct and indirect effect have opposite signs.
    """

    value: float
    se: float
    lower: float
    upper: float
    warning: Fault | None = None


def effect_list(model: PathModel, contrasts: Sequence[tuple[str, str]] = ()) -> EffectList:
    """Return a model's effects with the contrasts asked for, each as the names of two effects."""
    effects = list_effects(model)
    for first, second in contrasts:
        effects = effects.contrast(first, second)
    return effects


def decompose(
    fit: PathFit,
    *,
    interval: Analytic = "monte_carlo",
    level: float = 0.95,
    contrasts: Sequence[tuple[str, str]] = (),
    n_draws: int = 20_000,
    seed: int = 20151122,
) -> Effects:
    """Decompose a fit into effects: the product of coefficients along each path, their sums, and the total.

    Standard errors are by the delta method. Intervals are ``delta`` (normal, symmetric) or ``monte_carlo``: quantiles
    of the effects of coefficients drawn from their joint normal distribution (MacKinnon, Lockwood and Williams 2004),
    which is skewed as a product is. A direct effect is normal itself, so that its ends are exact in both.

    Parameters
    ----------
    fit
        What :func:`fit_path` returned.
    interval, level
        How intervals are made, and their level.
    contrasts
        Pairs of effects whose difference is wanted, such as ``("LG -> IP -> SH", "total LG -> CP")``.
    n_draws, seed
        For ``monte_carlo``.

    Raises
    ------
    UseError
        When an interval or an effect is unknown.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.5, 0.2], [0.5, 1, 0.4], [0.2, 0.4, 1]]
    >>> moments = Moments.from_correlations(["LG", "IP", "CP"], r, 100)
    >>> effects = decompose(fit_path(path_model("IP ~ LG; CP ~ LG + IP"), moments))
    >>> at = [str(name) for name in effects.names].index("LG -> IP -> CP")
    >>> float(effects.b[at].round(4)), float(effects.se[at].round(4))
    (0.2, 0.0632)
    """
    check_level(level)
    if interval not in get_args(Analytic):
        raise UseError(fault(UNKNOWN, got=repr(interval), allowed=", ".join(get_args(Analytic))))
    effects = effect_list(fit.model, contrasts)
    raw, standardised = _functions(fit, effects)
    found = []
    for function in (raw, standardised):
        value, se = np.asarray(function(fit.theta)), fit.se_of(function)
        found.append((value, se))
    (b, se), (beta, beta_se) = found
    if interval == "delta":
        ends = [_normal(value, error, level) for value, error in found]
    else:
        ends = _simulated(
            fit, effects, [_normal(value, error, level) for value, error in found], level, n_draws, seed
        )
    (lower, upper), (beta_lower, beta_upper) = ends
    drawn = n_draws if interval == "monte_carlo" else 0
    return Effects(
        effects.names, b, se, lower, upper, beta, beta_se, beta_lower, beta_upper, interval, level, drawn, 0, fit.notes
    )  # fmt: skip


def share_mediated(fit: PathFit, start: str, end: str, *, level: float = 0.95) -> Share:
    """Return the share of a total effect that is mediated, indirect / total.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    >>> moments = Moments.from_correlations(["LG", "IP", "CP"], r, 100)
    >>> round(share_mediated(fit_path(path_model("IP ~ LG; CP ~ LG + IP"), moments), "LG", "CP").value, 4)
    0.5556
    """
    check_level(level)
    effects = list_effects(fit.model)
    if not fit.model.indirect_paths(start, end):
        raise UseError(fault(NO_MEDIATION, start=start, end=end))
    indirect = effects.find(f"indirect {start} -> {end}")
    total = effects.find(f"total {start} -> {end}")

    def share(theta: Array) -> Array:
        values = effects.values(edge_coefficients(fit.of, fit.model, theta))
        return np.asarray([values[indirect] / values[total]])

    value, se = share(fit.theta), fit.se_of(share)
    lower, upper = _normal(value, se, level)
    values = effects.values(fit.b)
    opposite = values[indirect] * (values[total] - values[indirect]) < 0
    warning = fault(OPPOSITE, start=start, end=end) if opposite else None
    return Share(float(value[0]), float(se[0]), float(lower[0]), float(upper[0]), warning)


def check_level(level: float) -> None:
    """Refuse a level that is no share."""
    if not 0 < level < 1:
        raise UseError(fault(LEVEL, got=level))


def _functions(fit: PathFit, effects: EffectList) -> tuple[Any, Any]:
    return (
        lambda theta: effects.values(edge_coefficients(fit.of, fit.model, theta)),
        lambda theta: effects.values(standardised_coefficients(fit.of, fit.model, theta)),
    )


def _normal(value: Array, se: Array, level: float) -> tuple[Array, Array]:
    reach = ndtri((1 + level) / 2) * se
    return value - reach, value + reach


def _simulated(
    fit: PathFit,
    effects: EffectList,
    normal: list[tuple[Array, Array]],
    level: float,
    n_draws: int,
    seed: int,
) -> list[tuple[Array, Array]]:
    """Draw coefficients, raw and standardised, from their joint normal distribution, and take quantiles of effects."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    tails = [(1 - level) / 2, (1 + level) / 2]
    ends = []
    single = list(effects.single)
    for function, exact in zip((edge_coefficients, standardised_coefficients), normal, strict=True):
        centre = np.asarray(function(fit.of, fit.model, fit.theta))
        slopes = jacobian(lambda theta, each=function: each(fit.of, fit.model, theta), fit.theta)
        values, vectors = np.linalg.eigh(slopes @ fit.vcov @ slopes.T)
        root = vectors * np.sqrt(np.maximum(values, 0))
        draws = centre[:, None] + root @ rng.standard_normal((len(centre), n_draws))
        lower, upper = np.quantile(effects.values(draws), tails, axis=1)
        lower[single], upper[single] = (each[single] for each in exact)
        ends.append((lower, upper))
    return ends
