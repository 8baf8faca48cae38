"""Many tests at once: p-values adjusted so that one false alarm among them stays as rare as the level says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bsc_analysis.paths.effectlist import EffectList

Array = NDArray[Any]


def holm(p: Array) -> Array:
    """Return p-values adjusted by Holm's step-down method, in the same order; NaN stays and does not count.

    The smallest of m is multiplied by m, the next by m - 1, and so on, and none may be below the one before it. (Written
    here since statsmodels, which has it too and is what tests compare with, takes longer to import than any model here
    to fit.)

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1)
    return adjusted


def holm_of_effects(effects: EffectList, p: Array) -> Array:
    """Return the adjusted p-values (r, m) of r sets of a model's m effects, taken as one family.

    Where two names stand for one effect, as a total does that is direct only, it counts once.
    """
    first: dict[object, int] = {}
    keys: list[object] = [*effects.sums, *range(len(effects) - len(effects.sums))]
    same = [first.setdefault(key, at) for at, key in enumerate(keys)]
    once = sorted(first.values())
    adjusted = np.full(p.shape, np.nan)
    adjusted[:, once] = holm(p[:, once].ravel()).reshape(len(p), -1)
    return np.asarray(adjusted[:, same])
