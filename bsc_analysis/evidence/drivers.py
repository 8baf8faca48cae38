"""Which choice drives a conclusion: how much of its variation over the cells of a multiverse each choice explains.

With the outcomes of n cells as columns Y (one 0-1 column for each answer that was given, or one column of numbers) and a
choice's options as dummies:

- *alone* is eta squared, the sum of squares between the options of one choice over the total sum of squares;
- *lost* is how much of R squared goes when that choice's dummies leave the regression on the dummies of all choices;
- *rest* is 1 - R squared of all of them: what only combinations of choices explain.

For a yes-or-no answer the 0-1 columns give what the one indicator gives. In a full product of choices alone equals lost; where
combinations are left out, the order of the choices plays no part in either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[Any]

# Shares of sums of squares beneath this are rounding.
NOISE = 1e-12
# Sums of products are whole numbers up to the number of cells; what is so much smaller than the largest is no dimension.
RANK = 1e-10


@dataclass(frozen=True, slots=True)
class Driver:
    """How much one choice explains: alone, and beyond all other choices."""

    choice: str
    alone: float
    lost: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """How much each choice explains, in the order of the choices; ``main`` is what they explain without combinations."""

    each: tuple[Driver, ...]
    main: float
    n_cells: int

    @property
    def rest(self) -> float:
        """What only combinations of choices explain."""
        return 1 - self.main

    @property
    def strongest(self) -> Driver:
        """The choice that explains most: beyond all others, then alone."""
        return max(self.each, key=lambda each: (round(each.lost, 9), each.alone))


def explain_answers(
    choices: Sequence[str], cells: Sequence[Sequence[str]], answers: Sequence[str]
) -> Drivers | None:
    """Explain answers by choices; None where every cell gives the same answer, so that there is nothing to explain.

    Parameters
    ----------
    choices
        The ids of the choices.
    cells
        For each cell its options, in the order of the choices.
    answers
        For each cell its answer.

    >>> cells = [("zero", "120"), ("zero", "none"), ("renormalise", "120"), ("renormalise", "none")]
    >>> found = explain_answers(["missing", "cap"], cells, ["rise", "rise", "fall", "fall"])
    >>> found.strongest, found.rest
    (Driver(choice='missing', alone=1.0, lost=1.0), 0.0)
    """
    return _explain(choices, cells, _dummies(answers)) if answers else None


def explain_numbers(
    choices: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[float]
) -> Drivers | None:
    """Explain numbers by choices; None where all are the same.

    >>> cells = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    >>> found = explain_numbers(["first", "second"], cells, [0.0, 1.0, 3.0, 4.0])
    >>> [(each.choice, each.alone) for each in found.each]
    [('first', 0.9), ('second', 0.1)]
    """
    return _explain(choices, cells, np.asarray(numbers, dtype=float)[:, None]) if len(numbers) else None


def _explain(choices: Sequence[str], cells: Sequence[Sequence[str]], outcome: Array) -> Drivers | None:
    centred = outcome - outcome.mean(axis=0)
    total = float((centred**2).sum())
    if total <= NOISE * float((outcome**2).sum()):
        return None
    coded = [_dummies([cell[at] for cell in cells]) for at in range(len(choices))]
    design = np.hstack(coded)
    owner = np.repeat(np.arange(len(choices)), [each.shape[1] for each in coded])
    sums = _Sums(design.T @ design, design.T @ centred, total)
    main = sums.explained(owner >= 0)
    each = tuple(
        Driver(choice, _clean(sums.explained(owner == at)), _clean(main - sums.explained(owner != at)))
        for at, choice in enumerate(choices)
    )
    return Drivers(each, _clean(main), len(cells))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums of products of dummies with each other, (d, d), and with the centred outcome, (d, m)."""

    inner: Array
    outer: Array
    total: float

    def explained(self, chosen: Array) -> float:
        """Return the share of the sum of squares that some of the dummies explain; those of any one choice sum to 1."""
        if not chosen.any():
            return 0.0
        outer = self.outer[chosen]
        solved = np.linalg.pinv(self.inner[np.ix_(chosen, chosen)], rcond=RANK, hermitian=True) @ outer
        return float((outer * solved).sum()) / self.total


def _dummies(labels: Sequence[str]) -> Array:
    """Return one column for each label, 1 where it stands."""
    _, code = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    return np.eye(int(code.max()) + 1)[code]


def _clean(share: float) -> float:
    """Return a share between 0 and 1 without the digits that are rounding."""
    return min(1.0, max(0.0, round(share, 12)))
