"""The process of unit scores from year to year: what is stationary in it is chosen, its own past and lags are added.

Deviations from the year's mean, y_1 ... y_k in the order of the perspectives, follow

    y_j,t = P y_j,t-1 + A_j x_t + L_j x_t-1 + e_j,t        with x the variables before y_j,

where persistence P and lags L are given and the same-year coefficients A_j are found such that the covariance of a year
is exactly the one asked for. With W that covariance, and the reduced form x_t = F x_t-1 + ... of the variables before,
Cov(x_t, x_t-1) = F W_xx and Cov(x_t, y_t-1) = F W_xy, so that

    A_j W_xx = W_yx - P (F W_xy)' - L_j (F W_xx)'.

Whatever persistence and lag, one year alone shows the same correlations, and so the same paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

Array = NDArray[Any]

NOTHING_LEFT = (
    "options: persistence and lag leave {name} no variance of its own ({share} of it): lower one of them"
)
NO_MEMORY = "options.persistence: got {got}, allowed: above -1 and below 1"


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """A stationary process z_t = ``phi`` z_t-1 + ``step`` u_t, with u of covariance 1.

    ``same_year`` (k, k) are the coefficients A, ``covariance`` (k, k) that of any year, ``start`` its lower root.
    """

    phi: Array
    same_year: Array
    covariance: Array
    start: Array
    step: Array


def build_process(names: Sequence[str], covariance: ArrayLike, persistence: float, lag: ArrayLike) -> Process:
    """Return the process that has this covariance in every year.

    Parameters
    ----------
    names
        The k variables, for faults.
    covariance
        Positive definite, (k, k).
    persistence
        P, the coefficient of a variable's own past.
    lag
        L, (k, k): row j has the coefficients of the year before in the equation of j, below the diagonal.

    Raises
    ------
    UseError
        Naming each variable that would have no variance of its own.

    >>> made = build_process(("IP", "CP"), [[1.0, 0.5], [0.5, 1.0]], 0.4, np.zeros((2, 2)))
    >>> made.same_year.round(4).tolist()  # .5 - .4 x (.4 x .5)
    [[0.0, 0.0], [0.42, 0.0]]
    """
    if not abs(persistence) < 1:
        raise UseError(fault(NO_MEMORY, got=f"{persistence:g}"))
    w, late = np.asarray(covariance, float), np.asarray(lag, float)
    k = len(w)
    phi, same, faults = np.zeros((k, k)), np.zeros((k, k)), []
    for j in range(k):
        same[j, :j], left = _equation(w[: j + 1, : j + 1], phi[:j, :j], persistence, late[j, :j])
        phi[j, :j], phi[j, j] = same[j, :j] @ phi[:j, :j] + late[j, :j], persistence
        if not left > 0:
            faults.append(fault(NOTHING_LEFT, name=names[j], share=f"{left / w[j, j]:.3g}"))
    if faults:
        raise UseError(*faults)
    return Process(phi, same, w, np.linalg.cholesky(w), np.linalg.cholesky(w - phi @ w @ phi.T))


def run_process(process: Process, disturbances: Array) -> Array:
    """Return the process from a stationary beginning, (T, n, k), out of standard disturbances of that shape.

    >>> made = build_process(("IP",), [[4.0]], 0.6, [[0.0]])
    >>> run_process(made, np.array([[[1.0]], [[1.0]]])).ravel().round(4).tolist()  # 2, then .6 x 2 + sqrt(4 - 1.44)
    [2.0, 2.8]
    """
    path = np.empty_like(disturbances)
    path[0] = disturbances[0] @ process.start.T
    for t in range(1, len(path)):
        path[t] = path[t - 1] @ process.phi.T + disturbances[t] @ process.step.T
    return path


def _equation(w: Array, before: Array, persistence: float, late: Array) -> tuple[Array, float]:
    """Return the same-year coefficients of the last variable of w, and what they leave of its variance."""
    wxx, wxy, wyy = w[:-1, :-1], w[:-1, -1], w[-1, -1]
    xy, xx = before @ wxy, before @ wxx
    same = np.linalg.solve(wxx, wxy - persistence * xy - xx @ late)
    b = np.concatenate([[persistence], same, late])
    explained = np.block([
        [np.array([[wyy]]), xy[None, :], wxy[None, :]],
        [xy[:, None], wxx, xx],
        [wxy[:, None], xx.T, wxx],
    ])  # fmt: skip
    return same, float(wyy - b @ explained @ b)
