"""Small effects: how many independent units it takes to see one."""

from __future__ import annotations

import math

from scipy import stats

from bsc_analysis.errors import UseError, fault


def n_for_power(r: float, *, power: float = 0.80, alpha: float = 0.05) -> int:
    """Return the number of independent units at which a two-sided test of a correlation r has the power asked for.

    Fisher's approximation: n = ((z(1 - alpha/2) + z(power)) / atanh(r))^2 + 3, rounded up (Cohen 1988, section 3.4,
    gives the same to a unit or two). For a standardised path it is exact only with one predictor.

    >>> n_for_power(0.329), n_for_power(0.006)
    (71, 218023)
    """
    if not 0 < abs(r) < 1:
        raise UseError(
            fault("a correlation of {got} has no sample size, allowed: between -1 and 1, not 0", got=r)
        )
    quantiles = float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))
    return math.ceil((quantiles / math.atanh(abs(r))) ** 2 + 3)
