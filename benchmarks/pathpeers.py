"""What others compute: the raw effects of the three-equation model in bootstrap samples, by programs that are not ours.

The module imports nothing of ours, so that a Python with other packages can run it by itself:
``PYTHON benchmarks/pathpeers.py pingouin FILE 100`` prints how long 100 draws took, and the effects in the data as JSON.
Hand-written loops refit the equations to every sample and form all 20 effects; pingouin and PyProcessMacro give those they
know: pingouin has no serial mediator, PyProcessMacro only effects on the last outcome.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NAMES = ("LG", "IP", "CP", "SH")
TEXT = "IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP"
EQUATIONS = ((1, (0,)), (2, (0, 1)), (3, (0, 1, 2)))  # outcome and predictors, by their place in NAMES
SEED, WARM = 20151122, 3


def every_effect(b: Array) -> dict[str, Any]:
    """Return all 20 raw effects of coefficients (6, ...): LG -> IP; LG, IP -> CP; LG, IP, CP -> SH."""
    a, d, c, e, f, g = b
    return {
        "LG -> IP": a,
        "total LG -> IP": a,
        "LG -> CP": d,
        "LG -> IP -> CP": a * c,
        "indirect LG -> CP": a * c,
        "total LG -> CP": d + a * c,
        "LG -> SH": e,
        "LG -> CP -> SH": d * g,
        "LG -> IP -> SH": a * f,
        "LG -> IP -> CP -> SH": a * c * g,
        "indirect LG -> SH": d * g + a * f + a * c * g,
        "total LG -> SH": e + d * g + a * f + a * c * g,
        "IP -> CP": c,
        "total IP -> CP": c,
        "IP -> SH": f,
        "IP -> CP -> SH": c * g,
        "indirect IP -> SH": c * g,
        "total IP -> SH": f + c * g,
        "CP -> SH": g,
        "total CP -> SH": g,
    }


def lstsq(values: Array, indices: NDArray[np.intp]) -> dict[str, Any]:
    """Refit by ``numpy.linalg.lstsq`` to each sample of rows (R, n); return effects, each (R,)."""
    return _refitted(values, indices, lambda x, y: np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], float))


def statsmodels(values: Array, indices: NDArray[np.intp]) -> dict[str, Any]:
    """Refit by ``statsmodels.OLS`` to each sample of rows (R, n); return effects, each (R,)."""
    from statsmodels.api import OLS

    return _refitted(values, indices, lambda x, y: OLS(y, x).fit().params)


def semopy(values: Array, indices: NDArray[np.intp]) -> dict[str, Any]:
    """Refit one semopy model, parsed once and with its own defaults, to each sample of rows; return effects, each (R,)."""
    from semopy import Model

    logging.getLogger().addHandler(logging.NullHandler())  # else semopy installs one that speaks
    model = Model(TEXT)

    def fit(rows: NDArray[np.intp]) -> Array:
        model.fit(pd.DataFrame(values[rows], columns=NAMES))
        return np.array(model.param_vals[:6])

    return every_effect(np.array([fit(rows) for rows in indices]).T)


LOOPS: dict[str, Callable[[Array, NDArray[np.intp]], dict[str, Any]]] = {
    "lstsq": lstsq,
    "statsmodels": statsmodels,
    "semopy": semopy,
}


def pingouin(table: pd.DataFrame, draws: int) -> dict[str, float]:
    """Bootstrap by ``pingouin.mediation_analysis``, the two mediators side by side."""
    from pingouin import mediation_analysis

    found = mediation_analysis(table, x="LG", m=["IP", "CP"], y="SH", n_boot=draws, seed=SEED)
    coefficients = dict(zip(found["path"], found["coef"], strict=True))
    return {"LG -> IP": coefficients["IP ~ X"], "total LG -> CP": coefficients["CP ~ X"],
            "LG -> SH": coefficients["Direct"], "total LG -> SH": coefficients["Total"]}  # fmt: skip


def processmacro(table: pd.DataFrame, draws: int) -> dict[str, float]:
    """Bootstrap by PyProcessMacro's model 6, two mediators in series."""
    from pyprocessmacro import Process

    made = Process(
        data=table, model=6, x="LG", y="SH", m=["IP", "CP"], boot=draws, seed=SEED, suppr_init=True
    )
    indirect = made.indirect_model
    found = dict(zip(indirect.path_labels, map(float, indirect.estimation_results["effect"]), strict=True))
    return {"LG -> SH": float(made.direct_model.coeff_summary()["Effect"].iloc[0]), **found}


PACKAGED: dict[str, Callable[[pd.DataFrame, int], dict[str, float]]] = {
    "pingouin": pingouin,
    "processmacro": processmacro,
}


def timed(name: str, path: str, draws: int) -> dict[str, Any]:
    """Return what one peer took for its draws, and the effects it finds in the data themselves."""
    table = pd.read_csv(path)[list(NAMES)]
    values, n = table.to_numpy(float), len(table)
    rng = np.random.default_rng(SEED)
    if name in LOOPS:
        loop = LOOPS[name]

        def run(count: int) -> Any:
            return loop(values, rng.integers(0, n, (count, n)))

        effects = {key: float(value[0]) for key, value in loop(values, np.arange(n)[None]).items()}
    else:

        def run(count: int) -> Any:
            return PACKAGED[name](table, count)

        effects = run(WARM)
    run(WARM)
    wall, processor = time.perf_counter(), time.process_time()
    run(draws)
    spent = time.perf_counter() - wall, time.process_time() - processor
    return {"draws": draws, "seconds": spent[0], "cpu_seconds": spent[1], "effects": effects}


def _refitted(
    values: Array, indices: NDArray[np.intp], solve: Callable[[Array, Array], Array]
) -> dict[str, Any]:
    design = np.column_stack([np.ones(len(values)), values])

    def fit(rows: NDArray[np.intp]) -> list[float]:
        sample = design[rows]
        found = []
        for outcome, predictors in EQUATIONS:
            columns = [0, *(at + 1 for at in predictors)]
            found += solve(sample[:, columns], sample[:, outcome + 1])[1:].tolist()
        return found

    return every_effect(np.array([fit(rows) for rows in indices]).T)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.stdout.write(json.dumps(timed(sys.argv[1], sys.argv[2], int(sys.argv[3]))) + "\n")
