"""How strongly two ways of sorting the same things go together: cross table, chi-square test, Cramer's V with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from bsc_analysis.errors import Fault, UseError, fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Array = NDArray[Any]

SEED = 20151122
SMALL_EXPECTED = 5.0  # below this the chi-square distribution is a poor guide to p (Cochran)
N_DRAWS = 9_999
NOTHING = "nothing is counted, so there is no association to measure"
ONE_CATEGORY = "only one row or column has counts, so there is no association to measure"


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Counts of things sorted twice: ``counts`` is (rows, columns)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Array

    @property
    def total(self) -> int:
        """How many things were counted."""
        return int(self.counts.sum())

    def column(self, name: str) -> tuple[int, ...]:
        """Return the counts of one column, a figure for each row."""
        return tuple(self.counts[:, self.columns.index(name)].tolist())

    def only(self, columns: Sequence[str]) -> CrossTable:
        """Return the table of these columns alone."""
        places = [self.columns.index(name) for name in columns]
        return CrossTable(self.rows, tuple(columns), self.counts[:, places])


@dataclass(frozen=True, slots=True)
class Association:
    """Cramer's V of a cross table, and how sure it is.

    ``v`` is that of the counts, ``corrected`` the one without the upward bias of small tables (Bergsma 2013); ``lower`` and
    ``upper`` enclose the V of the population. ``p`` is from the chi-square distribution, or where an expected count is
    small from ``n_draws`` random tables with the same margins. ``empty`` names rows and columns without counts, which
    were left out. Where nothing can be measured, figures are nan and ``reason`` says why.
    """

    v: float
    corrected: float
    lower: float
    upper: float
    level: float
    chi2: float
    df: int
    p: float
    n: int
    least_expected: float
    n_draws: int
    empty: tuple[str, ...]
    reason: Fault | None = None


def cross_table(
    rows: Iterable[str],
    columns: Iterable[str],
    *,
    row_names: Sequence[str] = (),
    column_names: Sequence[str] = (),
) -> CrossTable:
    """Count how often each pair of categories occurs.

    Parameters
    ----------
    rows, columns
        For each thing its two categories.
    row_names, column_names
        The categories in their order, those without counts among them; by default the ones that occur, in the order of
        their first occurrence.

    Raises
    ------
    UseError
        When one has more entries than the other, or an entry is not among the names.

    >>> cross_table(["IP", "IP", "CP"], ["micro", "macro", "micro"]).counts.tolist()
    [[1, 1], [1, 0]]
    """
    first, second = list(rows), list(columns)
    if len(first) != len(second):
        raise UseError(
            fault("a cross table needs two categories for each thing: got {rows} and {columns}",
                  rows=len(first), columns=len(second))
        )  # fmt: skip
    along = tuple(row_names or dict.fromkeys(first))
    across = tuple(column_names or dict.fromkeys(second))
    counts = np.zeros((len(along), len(across)), dtype=np.int64)
    np.add.at(counts, (_places(first, along), _places(second, across)), 1)
    return CrossTable(along, across, counts)


def cramers_v(
    table: CrossTable, *, level: float = 0.95, seed: int = SEED, n_draws: int = N_DRAWS
) -> Association:
    """Measure the association of a cross table of independent things.

    With n things in r rows and c columns and k = min(r, c) - 1, V = sqrt(chi2 / (n k)): 0 for no association, 1 where each
    row tells the column. The interval holds every noncentrality of chi-square under which chi2 is not extreme (Smithson
    2003), turned into the V of a population, sqrt(noncentrality / (n k)). It reaches 0 where p is above half of what the
    level leaves, at 95 % above 0.025: chi-square tests one side, an interval has two.

    Parameters
    ----------
    table
        Counts of things that do not depend on each other; empty rows and columns are left out and named.
    level
        Of the interval, between 0 and 1.
    seed, n_draws
        Of the random tables with the same margins that give p where an expected count is below five.

    Raises
    ------
    UseError
        When the level is not between 0 and 1, or counts are negative.

    >>> counts = np.array([[10, 20], [30, 40]])  # chi2 = 100 (10 x 40 - 20 x 30)^2 / (30 x 70 x 40 x 60) = 0.7937
    >>> found = cramers_v(CrossTable(("a", "b"), ("c", "d"), counts))
    >>> round(found.v, 4), round(found.chi2, 4), found.df, found.lower
    (0.0891, 0.7937, 1, 0.0)
    """
    _check(table, level)
    counts, empty = _without_empty(table)
    if min(counts.shape) < 2:
        return _unmeasured(counts, empty, level)
    tested = stats.chi2_contingency(counts, correction=False)
    n, scale = int(counts.sum()), min(counts.shape) - 1
    chi2, df = float(tested.statistic), int(tested.dof)
    lower, upper = (
        min(1.0, sqrt(each / (n * scale))) for each in noncentrality_interval(chi2, df, level=level)
    )
    least = float(tested.expected_freq.min())
    drawn = n_draws if least < SMALL_EXPECTED else 0
    return Association(
        v=float(stats.contingency.association(counts, method="cramer")),
        corrected=_corrected(chi2, n, counts.shape),
        lower=lower,
        upper=upper,
        level=level,
        chi2=chi2,
        df=df,
        p=_drawn_p(counts, drawn, seed) if drawn else float(tested.pvalue),
        n=n,
        least_expected=least,
        n_draws=drawn,
        empty=empty,
    )


def noncentrality_interval(chi2: float, df: int, *, level: float) -> tuple[float, float]:
    """Return the noncentralities under which a value of chi-square is not extreme, 0 where there are none.

    The lower one puts the value at the upper end of its distribution, the upper one at the lower end.

    >>> lower, upper = noncentrality_interval(20.0, 6, level=0.95)
    >>> [round(float(stats.ncx2.cdf(20.0, 6, each)), 3) for each in (lower, upper)]
    [0.975, 0.025]
    """
    tail = (1 - level) / 2
    return _noncentrality(chi2, df, 1 - tail), _noncentrality(chi2, df, tail)


def _places(entries: list[str], names: tuple[str, ...]) -> list[int]:
    place = {name: at for at, name in enumerate(names)}
    unknown = [each for each in dict.fromkeys(entries) if each not in place]
    if unknown:
        raise UseError(
            *(fault("got {got}, which is not among the categories, allowed: {allowed}",
                    got=repr(each), allowed=", ".join(names)) for each in unknown)
        )  # fmt: skip
    return [place[each] for each in entries]


def _check(table: CrossTable, level: float) -> None:
    faults = []
    if not 0 < level < 1:
        faults.append(fault("the level {got} is not between 0 and 1", got=level))
    if (table.counts < 0).any():
        faults.append(fault("a cross table has counts below 0"))
    if faults:
        raise UseError(*faults)


def _without_empty(table: CrossTable) -> tuple[Array, tuple[str, ...]]:
    """Return the counts without empty rows and columns, and the names of those."""
    along = np.asarray(table.counts.sum(axis=1) > 0)
    across = np.asarray(table.counts.sum(axis=0) > 0)
    empty = [name for name, kept in zip(table.rows, along.tolist(), strict=True) if not kept]
    empty += [name for name, kept in zip(table.columns, across.tolist(), strict=True) if not kept]
    return table.counts[along][:, across], tuple(empty)


def _unmeasured(counts: Array, empty: tuple[str, ...], level: float) -> Association:
    nan = float("nan")
    reason = fault(ONE_CATEGORY) if counts.size else fault(NOTHING)
    return Association(nan, nan, nan, nan, level, nan, 0, nan, int(counts.sum()), nan, 0, empty, reason)


def _corrected(chi2: float, n: int, shape: tuple[int, ...]) -> float:
    """Take the expectation of independent counts off chi2 / n, and off the numbers of rows and columns."""
    if n < 2:
        return float("nan")
    rows, columns = shape
    phi2 = max(0.0, chi2 / n - (rows - 1) * (columns - 1) / (n - 1))
    least = min(each - (each - 1) ** 2 / (n - 1) for each in (rows, columns)) - 1
    return min(1.0, sqrt(phi2 / least)) if least > 0 else float("nan")


def _drawn_p(counts: Array, n_draws: int, seed: int) -> float:
    """Return the share of random tables with the same margins whose chi-square is as large, this one counted among them."""
    draws = stats.MonteCarloMethod(n_resamples=n_draws, rng=np.random.default_rng(seed))
    return float(stats.chi2_contingency(counts, correction=False, method=draws).pvalue)


def _noncentrality(chi2: float, df: int, share: float) -> float:
    """Return the noncentrality under which this share of the distribution lies below the value, or 0 where none does."""

    def excess(noncentrality: float) -> float:
        return float(stats.ncx2.cdf(chi2, df, noncentrality)) - share

    if float(stats.chi2.cdf(chi2, df)) <= share:
        return 0.0
    high = chi2 + 1.0
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high))
