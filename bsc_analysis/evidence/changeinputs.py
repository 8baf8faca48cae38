"""What comparisons of means are given: the choices that the author states, and samples of plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.evidence.permutations import N_PERM

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Array = NDArray[Any]

BAD_MARGIN = "a margin of {got} is no yardstick of equivalence, allowed: a number above 0"
BAD_LEVEL = "intervals of level {got} judge nothing, allowed: above 0.5 and below 1"
BAD_DRAWS = "{got} permutations are no test, allowed: at least 1"
NO_STANDARD = "a standard of {got} is nothing to compare with, expected a number"
NO_VALUES = "{sample}: there are none, expected at least one"
NOT_NUMBERS = "{sample}: {count} are missing or infinite; leave them out or fill them in"
NOT_FLAT = "{sample}: an array of {count} dimensions, expected a plain list of numbers"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the author states: margin of equivalence, level of intervals, and how permutations are drawn."""

    margin: float
    level: float = 0.95
    n_perm: int = N_PERM
    seed: int = 0


def check_choices(choices: Choices, standard: float = 0.0) -> None:
    """Refuse choices that no test can be made with, all at once.

    >>> check_choices(Choices(margin=0))
    Traceback (most recent call last):
    ...
    bsc_analysis.errors.UseError: a margin of 0 is no yardstick of equivalence, allowed: a number above 0
    """
    faults = []
    if not 0 < choices.margin < math.inf:
        faults.append(fault(BAD_MARGIN, got=choices.margin))
    if not 0.5 < choices.level < 1:
        faults.append(fault(BAD_LEVEL, got=choices.level))
    if choices.n_perm < 1:
        faults.append(fault(BAD_DRAWS, got=choices.n_perm))
    if not math.isfinite(standard):
        faults.append(fault(NO_STANDARD, got=standard))
    if faults:
        raise UseError(*faults)


def read_samples(*samples: tuple[str, ArrayLike]) -> tuple[Array, ...]:
    """Return named samples as floats (n,); every one that cannot be used is named.

    >>> read_samples(("the values", [60, None, 80]))
    Traceback (most recent call last):
    ...
    bsc_analysis.errors.DataError: the values: 1 are missing or infinite; leave them out or fill them in
    """
    read = tuple((name, np.asarray(given, float)) for name, given in samples)
    faults = [each for name, own in read for each in _faults(fault(name), own)]
    if faults:
        raise DataError(*faults)
    return tuple(own for _, own in read)


def _faults(sample: Fault, own: Array) -> list[Fault]:
    if own.ndim != 1:
        return [fault(NOT_FLAT, sample=sample, count=own.ndim)]
    if not own.size:
        return [fault(NO_VALUES, sample=sample)]
    strange = int((~np.isfinite(own)).sum())
    return [fault(NOT_NUMBERS, sample=sample, count=strange)] if strange else []
