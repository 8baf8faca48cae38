"""Cross-check: the same model estimated by another program from the same covariances; disagreement is an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import Fault, ModelError, UseError, fault
from bsc_analysis.paths.likelihood import expected_information, invert
from bsc_analysis.paths.scaling import scale
from bsc_analysis.paths.semopyfit import fit_by_semopy

if TYPE_CHECKING:
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.scaling import Scaled

Array = NDArray[Any]

ONLY_COMPLETE = "the cross-check needs complete rows: fit with missing='listwise' to compare"
FAILED = "the cross-check failed: semopy finds no solution for this model"
ESTIMATE_DIFFERS = (
    "the cross-check failed: {parameter} is estimated at {ours}, by semopy at {theirs}; they may differ by {allowed} of "
    "the figure"
)
SE_DIFFERS = (
    "the cross-check failed: the ml standard error of {parameter} is {ours}, by semopy {theirs}; they may differ by "
    "{allowed} of the figure"
)

# semopy's optimiser takes differences of likelihoods for zero at about 1e-14, which leaves seven digits of an estimate (at
# most 1e-7 was seen); a wrong convention, such as n - 1 for n, differs by more than 1e-5 up to 50,000 rows.
AGREEMENT = 1e-5
# A standardised coefficient below this counts as this: what the optimiser leaves does not shrink with the coefficient.
SMALL = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class CrossCheck:
    """Two programs on the same covariances.

    Attributes
    ----------
    parameters
        The p free parameters by name.
    estimates, semopy_estimates
        (p,) ours and semopy's.
    se, semopy_se
        (p,) standard errors by the expected information, whatever kind the fit reports.
    largest_estimate, largest_se
        The largest relative disagreement of estimates (relative to the estimate, one below ``SMALL`` in standardised units
        counting as that) and of standard errors.
    """

    parameters: tuple[str, ...]
    estimates: Array
    semopy_estimates: Array
    se: Array
    semopy_se: Array
    largest_estimate: float
    largest_se: float


def cross_check(fit: PathFit) -> CrossCheck:
    """Estimate the model of a fit once more by semopy, and compare every estimate and its standard error.

    Raises
    ------
    ModelError
        Naming each parameter on which the two programs differ by more than ``AGREEMENT``, or when semopy fails.
    UseError
        When the fit used incomplete rows, which have no one covariance matrix.

    >>> from bsc_analysis.paths.estimation import fit_path
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.moments import Moments
    >>> r = [[1, 0.3, 0.1], [0.3, 1, 0.4], [0.1, 0.4, 1]]
    >>> fit = fit_path(path_model("IP ~ LG; CP ~ IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 120))
    >>> check = cross_check(fit)
    >>> check.parameters[:2], bool(check.largest_estimate < AGREEMENT)
    (('IP ~ LG', 'CP ~ IP'), True)
    """
    if fit.missing == "fiml":
        raise UseError(fault(ONLY_COMPLETE))
    ours = np.sqrt(np.diag(invert(expected_information(fit.of, fit.theta))) / fit.n_obs)
    scaled = scale(fit.model, fit.of, fit.covariance)
    theirs, their_se = _by_semopy(scaled, fit.n_obs)
    away = np.abs(theirs - fit.theta) / np.maximum(np.abs(fit.theta), SMALL * scaled.unit)
    se_away = np.abs(their_se - ours) / ours
    faults = [
        *_differing(fit, ESTIMATE_DIFFERS, fit.theta, theirs, away),
        *_differing(fit, SE_DIFFERS, ours, their_se, se_away),
    ]
    if faults:
        raise ModelError(*faults)
    names = tuple(map(str, fit.of.parameters))
    return CrossCheck(names, fit.theta, theirs, ours, their_se, float(away.max()), float(se_away.max()))


def _by_semopy(scaled: Scaled, n_obs: int) -> tuple[Array, Array]:
    """Return semopy's estimates and standard errors, in the units of the data."""
    found = fit_by_semopy(scaled.of, scaled.covariance, n_obs)
    if found is None:
        raise ModelError(fault(FAILED))
    return found.theta * scaled.unit, found.se * scaled.unit


def _differing(fit: PathFit, sentence: str, ours: Array, theirs: Array, away: Array) -> list[Fault]:
    # Not "away > AGREEMENT", which would let NaN pass.
    return [
        fault(sentence, parameter=name, ours=f"{a:.8g}", theirs=f"{b:.8g}", allowed=f"{AGREEMENT:g}")
        for name, a, b, distance in zip(fit.of.parameters, ours, theirs, away, strict=True)
        if not distance <= AGREEMENT
    ]
