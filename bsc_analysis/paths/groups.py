"""Years and levels compared: whether relations between perspectives are the same, and by how much their effects differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.paths.groupdifferences import GroupDifferences, subtract_groups
from bsc_analysis.paths.groupequations import LADDER
from bsc_analysis.paths.groupestimation import fit_groups
from bsc_analysis.paths.groupfit import GroupFit
from bsc_analysis.paths.grouptests import (
    NestedTest,
    ScoreTest,
    WaldTest,
    nested_tests,
    score_tests,
    wald_tests,
)

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault
    from bsc_analysis.paths.groupcurvature import GroupErrors
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class GroupComparison:
    """A path model compared between groups.

    Attributes
    ----------
    fits
        With nothing held equal, equal coefficients, equal intercepts too, and equal residual variances too.
    nested
        Each of the latter three tested against the fit before it.
    all_equal
        The Wald test that every coefficient is the same in all groups.
    each_equal
        A Wald test for every effect, from separate coefficients.
    own
        Score tests, from equal coefficients, of every coefficient in every group.
    differences
        Of every effect between every two groups, from separate coefficients.
    """

    fits: tuple[GroupFit, GroupFit, GroupFit, GroupFit]
    nested: tuple[NestedTest, ...]
    all_equal: WaldTest
    each_equal: tuple[WaldTest, ...]
    own: tuple[ScoreTest, ...]
    differences: GroupDifferences

    @property
    def notes(self) -> tuple[Fault, ...]:
        """What a reader must know, as sentences."""
        return self.fits[0].notes


def compare_groups(
    model: PathModel, rows: Rows, *, se: GroupErrors = "ml", level: float = 0.95
) -> GroupComparison:
    """Compare a path model between years or levels.

    Parameters
    ----------
    model
        A model without latent variables, residual covariances and equal coefficients.
    rows
        With their group, and with their cluster where rows depend on each other or the same units recur in several
        groups, such as ``read_rows(..., group="year", cluster="unit")``.
    se
        ``ml``, ``robust``, or ``cluster``; the latter is right where units recur.
    level
        The level of intervals.

    Raises
    ------
    UseError, DataError
        As :func:`fit_groups`.

    >>> import numpy as np
    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Codes, Rows
    >>> values = np.array([[1.0, 1], [2, 2], [3, 4], [4, 3], [1, 1], [2, 3], [3, 3], [4, 5]])
    >>> year = Codes("year", np.repeat([0, 1], 4), ("2016", "2017"))
    >>> compared = compare_groups(path_model("IP ~ LG"), Rows(("LG", "IP"), values, group=year))
    >>> [(test.df, round(test.p, 2)) for test in compared.nested]
    [(1, 0.29), (1, 0.28), (1, 0.4)]
    """
    apart, slopes, origins, spreads = (fit_groups(model, rows, equal=step, se=se) for step in LADDER)
    all_equal, each_equal = wald_tests(apart)
    return GroupComparison(
        (apart, slopes, origins, spreads), nested_tests((apart, slopes, origins, spreads)), all_equal, each_equal,
        score_tests(slopes), subtract_groups(apart, level=level),
    )  # fmt: skip
