"""The stored results of another program, read so that a test can ask for them by name.

``read_result("a_over_ml").se("IP", "~", "LG")`` is the standard error that lavaan gave that path; ``tests/oracles/README.md``
says what each name stands for, which conventions hold and how the results are made again.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent / "oracles"

# The first word of a result's name, and the data set that it stands for.
DATA = {
    "a": "a_units900",
    "abad": "a_badscale",
    "b": "b_panel2700",
    "c": "c_units26000",
    "d": "d_mar8",
    "d2": "d2_mar8_all",
    "e": "e_heavytail900",
}
_NOT_FITS = {
    "a_full_boot",
    "a_full_boot_randx",
    "a_full_lavEffects",
    "b_full_clusterboot",
    "tests_lrt_wald_score",
}

# How closely two right programs agree, relative to the figure (absolutely where it is 0). Each is what remains when the same
# quantity is computed twice with different algebra; a wrong convention is wrong by 1e-4 or more at these sample sizes.
ESTIMATES = 1e-9  # closed form against the end of an optimiser that was restarted from its own end
EXPECTED_SE = 1e-10  # expected information and the delta method: no derivatives of data are taken
ROBUST_SE = (
    1e-8  # a Hessian or scores taken at estimates that differ in their tenth digit; clusters and FIML too
)
STANDARDISED_SE = 5e-7  # lavaan takes the derivative of the standardised solution by finite differences
FIT = 1e-9  # likelihoods and chi-squares, and what is computed from them
RMSEA_INTERVAL = 2e-5  # lavaan's root finder for noncentrality stops there
BOOT_DRAWS = 5e-6  # lavaan's optimiser stops loosely in each of its thousand refits
BOOT_INTERVALS = 1e-5  # quantiles of such draws


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter or defined effect: raw, and with every variable standardised; NaN where lavaan gives none."""

    est: float
    se: float
    z: float
    pvalue: float
    lower: float
    upper: float
    std: float
    std_se: float


@dataclass(frozen=True, slots=True)
class Result:
    """One fit. Rows are found by lhs, op and rhs or by label; ``group`` counts from 1 and is None in fits of one group."""

    name: str
    content: dict[str, Any]

    def row(self, lhs: str, op: str, rhs: str, *, group: int | None = None) -> Row:
        """Return everything said about one parameter."""
        return self._only(lhs=lhs, op=op, rhs=rhs, **({} if group is None else {"group": group}))

    def label(self, label: str) -> Row:
        """Return everything said about a parameter or defined effect; of a label shared by groups, as the first has it."""
        return self._only(label=label)

    def estimate(self, lhs: str, op: str, rhs: str, *, group: int | None = None) -> float:
        """Return an estimate; op is ``~``, ``~~``, ``~1`` (with rhs "") or ``:=``."""
        return self.row(lhs, op, rhs, group=group).est

    def se(self, lhs: str, op: str, rhs: str, *, group: int | None = None) -> float:
        """Return the standard error of an estimate."""
        return self.row(lhs, op, rhs, group=group).se

    def std(self, lhs: str, op: str, rhs: str, *, group: int | None = None) -> float:
        """Return an estimate with every variable standardised (lavaan's ``std.all``)."""
        return self.row(lhs, op, rhs, group=group).std

    def std_se(self, lhs: str, op: str, rhs: str, *, group: int | None = None) -> float:
        """Return the standard error of a standardised estimate."""
        return self.row(lhs, op, rhs, group=group).std_se

    @property
    def labels(self) -> list[str]:
        """The labels of defined effects, in the order of the model."""
        return [each["label"] for each in self.content["pe"] if each["op"] == ":="]

    @property
    def fit(self) -> dict[str, float]:
        """Fit measures by lavaan's names (``chisq``, ``cfi``, ``rmsea.ci.lower``, ...); NaN where not applicable."""
        return {measure: _number(value) for measure, value in self.content["fit"].items()}

    @property
    def r2(self) -> dict[str, float]:
        """Explained variance by outcome; by ``year.outcome`` in fits of several groups."""
        return {outcome: _number(value) for outcome, value in self.content["r2"].items()}

    @property
    def n_obs(self) -> int:
        """Rows used, over all groups."""
        return int(np.sum(self.content["nobs"]))

    @property
    def vcov(self) -> pd.DataFrame:
        """Covariance matrix of the free parameters, named by their labels (``IP~~IP`` and ``IP~1`` where they have none)."""
        names = self.content["vcov_names"]
        return pd.DataFrame(self.content["vcov"], index=names, columns=names, dtype=float)

    def implied_covariance(self, *, group: int = 1) -> pd.DataFrame:
        """Return the covariance matrix that the model implies, divisor n."""
        return self._covariance("implied", group)

    def sample_covariance(self, *, group: int = 1) -> pd.DataFrame:
        """Return the covariance matrix of the data, divisor n (n - 1 in Wishart fits)."""
        return self._covariance("sampstat", group)

    def implied_mean(self, *, group: int = 1) -> pd.Series[float]:
        """Return the means that the model implies; fits without a mean structure have none and raise KeyError."""
        return pd.Series(self._moments("implied", group)["mean"], index=self.content["ov"], dtype=float)

    def _covariance(self, kind: str, group: int) -> pd.DataFrame:
        names = self.content["ov"]
        return pd.DataFrame(self._moments(kind, group)["cov"], index=names, columns=names, dtype=float)

    def _moments(self, kind: str, group: int) -> dict[str, Any]:
        stored = self.content[kind]
        found: dict[str, Any] = list(stored.values() if isinstance(stored, dict) else stored)[group - 1]
        return found

    def _only(self, **wanted: str | int) -> Row:
        """Return the one row that has these values, or the first of a label that groups share."""
        found = [place for place, each in enumerate(self.content["pe"]) if _matches(each, wanted)]
        if not found or (len(found) > 1 and "label" not in wanted):
            raise KeyError(f"{self.name} has {len(found)} rows for {wanted}")
        return _row(self.content["pe"][found[0]], self.content["std"][found[0]])


@cache
def read_data(name: str) -> pd.DataFrame:
    """Read a data set by its name (``a_units900``) or by the word that results begin with (``a``); do not write into it."""
    return pd.read_csv(FOLDER / "data" / f"{DATA.get(name, name)}.csv")


@cache
def read_result(name: str) -> Result:
    """Read the result of one fit by its name, for example ``a_full_ml``."""
    return Result(name, json.loads(_lavaan(f"{name}.json").read_text(encoding="utf-8")))


def all_results(pattern: str = "*") -> list[str]:
    """Return the names of the stored fits that match a pattern such as ``*_over_ml``, in alphabetical order."""
    fits = {path.stem for path in (FOLDER / "lavaan").glob("?*_*.json")} - _NOT_FITS
    return sorted(name for name in fits if fnmatchcase(name, pattern))


@cache
def read_intervals(name: str, kind: str) -> dict[str, Row]:
    """Read bootstrap intervals by label, and by ``lhs~~rhs`` or ``lhs~1`` where a parameter has no label.

    ``name`` is ``a_full_boot``, ``a_full_boot_randx`` (kinds norm, basic, perc, bca.simple, bca) or ``b_full_clusterboot``
    (perc). With ``std_`` before the kind, ``est`` and the interval are those of the standardised solution.
    """
    rows = json.loads(_lavaan(f"{name}.json").read_text(encoding="utf-8"))[kind]
    return {each.get("label") or f"{each['lhs']}{each['op']}{each['rhs']}": _row(each, {}) for each in rows}


@cache
def read_tests() -> dict[str, Any]:
    """Read likelihood-ratio, Wald and score tests and modification indices, as they were stored."""
    content: dict[str, Any] = json.loads(_lavaan("tests_lrt_wald_score.json").read_text(encoding="utf-8"))
    return content


@cache
def read_draws(name: str) -> pd.DataFrame:
    """Read bootstrap replicates, one row each: ``a_full_boot_coef``, ``..._randx``, ``b_full_clusterboot_coef`` and so on."""
    return pd.read_csv(_lavaan(f"{name}.csv"))


@cache
def read_indices(name: str) -> np.ndarray:
    """Read what each replicate drew, counted from 0: ``a_boot``, ``b_clusterboot`` (clusters) or ``d_fimlboot``.

    Shape (replicates, draws), as the file name says.
    """
    (path,) = (FOLDER / "lavaan").glob(f"{name}_idx_*_int16le.bin")
    shape = tuple(int(part) for part in path.name.split("_idx_")[1].split("_")[0].split("x"))
    return np.fromfile(path, dtype="<i2").astype(np.intp).reshape(shape)


def _lavaan(file: str) -> Path:
    return FOLDER / "lavaan" / file


def _matches(row: dict[str, Any], wanted: dict[str, str | int]) -> bool:
    return all((row.get(key) or "") == value for key, value in wanted.items())


def _row(raw: dict[str, Any], std: dict[str, Any]) -> Row:
    keys = ("se", "z", "pvalue", "ci.lower", "ci.upper")
    se, z, pvalue, lower, upper = (_number(raw.get(key)) for key in keys)
    est = _number(raw.get("est", raw.get("est.std")))
    return Row(est, se, z, pvalue, lower, upper, _number(std.get("est.std")), _number(std.get("se")))


def _number(value: object) -> float:
    """Read a number as stored: null, and R's words for it, are NaN and infinities."""
    if isinstance(value, str):
        return {"Inf": math.inf, "-Inf": -math.inf}.get(value, math.nan)
    return math.nan if value is None else float(value)  # type: ignore[arg-type]
