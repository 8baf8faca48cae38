"""semopy as a second pair of hands: a structure written in its syntax, estimated by it, and read back."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.paths.structure import Structure

Array = NDArray[Any]

# With its own tolerance semopy stops up to 1e-3 away from the maximum.
TOLERANCE = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class SemopyFit:
    """What semopy found: estimates (p,) and standard errors (p,) by the expected information, NaN where it has none."""

    theta: Array
    se: Array


def fit_by_semopy(of: Structure, covariance: Array, n_obs: int) -> SemopyFit | None:
    """Return maximum likelihood estimates by semopy, or None when it fails.

    Parameters
    ----------
    of
        A structure whose variables have about unit variance: semopy's start and tolerance are made for that.
    covariance
        (k, k) covariance matrix, divisor n.
    n_obs
        Rows, for the standard errors.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> fit = fit_by_semopy(structure(path_model("IP ~ LG")), np.array([[1.0, 0.4], [0.4, 1.0]]), 100)
    >>> fit.theta.round(4), fit.se.round(4)
    (array([0.4 , 0.84, 1.  ]), array([0.0917, 0.1188, 0.1414]))
    """
    try:
        with _quiet():
            return _fitted(of, covariance, n_obs)
    except (np.linalg.LinAlgError, ValueError, ArithmeticError):
        return None


def semopy_text(of: Structure) -> str:
    """Return a structure in semopy's syntax: variables x1, x2, ..., factors f1, ..., and parameters p0, p1, ...

    Names of our own, since semopy reads only letters, digits, ``_`` and ``.``; everything is stated, nothing left to
    its defaults.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.structure import structure
    >>> print(semopy_text(structure(path_model("IP ~ LG"))))
    x2 ~ p0*x1
    x1 ~~ p2*x1
    x2 ~~ p1*x2
    """
    names = _names(of)
    free = [(row, column, f"p{index}") for row, column, index in of.paths]
    known = [(row, column, np.format_float_positional(value)) for row, column, value in of.fixed]
    spreads = sorted(f"{names[column]} ~~ p{index}*{names[row]}" for row, column, index in of.spreads)
    return "\n".join([*(_arrow(names, *each) for each in sorted(known + free)), *spreads])


def _arrow(names: list[str], row: int, column: int, multiplier: str) -> str:
    """Return one path; whatever leaves a factor is written as a loading, for this is how semopy knows factors."""
    if names[column].startswith("f"):
        return f"{names[column]} =~ {multiplier}*{names[row]}"
    return f"{names[row]} ~ {multiplier}*{names[column]}"


def _names(of: Structure) -> list[str]:
    k, m = len(of.observed), len(of.variables)
    return [f"x{at + 1}" for at in range(k)] + [f"f{at + 1}" for at in range(m - k)]


def _fitted(of: Structure, covariance: Array, n_obs: int) -> SemopyFit | None:
    # Imported here: it takes more than a second, and few models need it.
    from semopy.stats import calc_se

    k = len(of.observed)
    names = _names(of)[:k]
    fitted = _semopy_model(semopy_text(of))
    table = pd.DataFrame(covariance, index=names, columns=names)
    result = fitted.fit(cov=table, n_samples=n_obs, options={"ftol": TOLERANCE})
    active = [int(name[1:]) for name, each in fitted.parameters.items() if each.active]
    theta, se = np.full((2, len(of.parameters)), np.nan)
    theta[active], se[active] = result.x, calc_se(fitted)
    # Not result.success: it is often False at the very top, where likelihoods cannot be told apart.
    return SemopyFit(theta, se) if np.isfinite([result.fun, *theta]).all() else None


def _semopy_model(text: str) -> Any:
    import semopy

    class Inner(semopy.Model):  # type: ignore[misc]
        """A model whose outcomes may all have correlated residuals; by itself semopy sets final outcomes apart."""

        def finalize_variable_classification(self, effects: Any) -> None:
            self.vars["output"] = set()
            super().finalize_variable_classification(effects)

    return Inner(text, cov_diag=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep semopy from warning of what is judged here, and from installing a handler of its own on the root logger."""
    silence = logging.NullHandler()
    logging.getLogger().addHandler(silence)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.getLogger().removeHandler(silence)
