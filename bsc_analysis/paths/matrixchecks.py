"""Printed matrices, checked: whether correlations or covariances as typed could come from any data."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bsc_analysis.errors import DataError, Fault, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

SHAPE = "the matrix is {rows} by {columns}, expected {k} by {k} for {names}"
NOT_SYMMETRIC = "the matrix is not symmetric: {row}, {column} is {got} and {column}, {row} is {other}"
NOT_NUMBER = "the matrix has no number at {row}, {column}: got {got}"
DIAGONAL = "the correlation of {row} with itself is {got}, expected 1"
TOO_LARGE = "the correlation of {row} and {column} is {got}, allowed: between -1 and 1"
NOT_DEFINITE = "the matrix cannot come from data (it is not positive definite): {name} is not explained consistently by {others}"
BAD_SD = "the standard deviation of {name} is {got}, expected a number above 0"
COUNT_OF_SD = "{got} standard deviations are given, expected {k} for {names}"
BAD_VARIANCE = "the variance of {name} is {got}, expected a number above 0"

# Two halves of a printed matrix are typed alike; computed ones differ by rounding noise only.
SYMMETRY = 1e-9
# A share of a variable's own variance that is left after the variables before it: below, it is a combination of them.
SINGULAR = 1e-12


def check_correlations(
    names: Sequence[str], r: ArrayLike, sd: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Return a correlation matrix as floats, (k, k), or refuse it.

    Raises
    ------
    DataError
        Naming each entry that is no correlation, each standard deviation that is none, and the variable that makes the
        matrix impossible.
    """
    matrix, faults = _matrix(names, r)
    _refuse(faults or [*_correlation_faults(names, matrix), *_sd_faults(names, sd)])
    _refuse(_definite_faults(names, matrix))
    return matrix


def check_covariances(names: Sequence[str], covariance: ArrayLike) -> NDArray[np.float64]:
    """Return a covariance matrix as floats, (k, k), or refuse it as :func:`check_correlations` does."""
    matrix, faults = _matrix(names, covariance)
    _refuse(faults or _variance_faults(names, matrix))
    _refuse(_definite_faults(names, matrix))
    return matrix


def dependencies(names: Sequence[str], r: NDArray[np.float64]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the first variable whose correlations leave it no variance of its own, and those that explain it."""
    for at in range(1, len(names)):
        earlier = r[:at, :at]
        left = r[at, at] - r[at, :at] @ np.linalg.solve(earlier, r[:at, at])
        if not left > SINGULAR:
            weights = np.abs(np.linalg.solve(earlier, r[:at, at]))
            return [(names[at], tuple(names[i] for i in range(at) if weights[i] > SYMMETRY))]
    return []


def _matrix(names: Sequence[str], entries: ArrayLike) -> tuple[NDArray[np.float64], list[Fault]]:
    matrix, k = np.asarray(entries, float), len(names)
    if matrix.shape != (k, k):
        rows, columns = (*matrix.shape, 0, 0)[:2]
        return matrix, [fault(SHAPE, rows=rows, columns=columns, k=k, names=", ".join(names))]
    faults = [
        fault(NOT_NUMBER, row=names[i], column=names[j], got=matrix[i, j])
        for i, j in np.argwhere(~np.isfinite(matrix))
    ]
    if faults:
        return matrix, faults
    uneven = np.triu(np.abs(matrix - matrix.T)) > SYMMETRY * np.abs(matrix).max(initial=0)
    return matrix, [
        fault(
            NOT_SYMMETRIC,
            row=names[i],
            column=names[j],
            got=f"{matrix[i, j]:.6g}",
            other=f"{matrix[j, i]:.6g}",
        )
        for i, j in np.argwhere(uneven)
    ]


def _correlation_faults(names: Sequence[str], r: NDArray[np.float64]) -> list[Fault]:
    faults = [
        fault(DIAGONAL, row=name, got=f"{each:.6g}")
        for name, each in zip(names, np.diag(r), strict=True)
        if abs(each - 1) > SYMMETRY
    ]
    return faults + [
        fault(TOO_LARGE, row=names[i], column=names[j], got=f"{r[i, j]:.6g}")
        for i, j in combinations(range(len(names)), 2)
        if abs(r[i, j]) > 1
    ]


def _variance_faults(names: Sequence[str], matrix: NDArray[np.float64]) -> list[Fault]:
    return [
        fault(BAD_VARIANCE, name=name, got=f"{each:.6g}")
        for name, each in zip(names, np.diag(matrix), strict=True)
        if not each > 0
    ]


def _sd_faults(names: Sequence[str], sd: ArrayLike | None) -> list[Fault]:
    if sd is None:
        return []
    given = np.ravel(np.asarray(sd, float))
    if len(given) != len(names):
        return [fault(COUNT_OF_SD, got=len(given), k=len(names), names=", ".join(names))]
    return [
        fault(BAD_SD, name=name, got=each)
        for name, each in zip(names, given, strict=True)
        if not (each > 0 and np.isfinite(each))
    ]


def _definite_faults(names: Sequence[str], matrix: NDArray[np.float64]) -> list[Fault]:
    spread = np.sqrt(np.diag(matrix))
    return [
        fault(NOT_DEFINITE, name=name, others=", ".join(others))
        for name, others in dependencies(names, matrix / np.outer(spread, spread))
    ]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DataError(*faults)
