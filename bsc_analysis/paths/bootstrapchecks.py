"""What may be asked of a bootstrap, and what is said of replicates that gave no number."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bsc_analysis.errors import DataError, UseError, fault
from bsc_analysis.paths.effects import check_level
from bsc_analysis.paths.intervals import Interval

if TYPE_CHECKING:
    from bsc_analysis.errors import Fault

REPLICATES = (
    "{got} replicates cannot be drawn, expected a whole number above 0, for intervals at least {enough}"
)
ENOUGH_REPLICATES = 1000
FEW_REPLICATES = (
    "{got} replicates are few: the ends of an interval rest on a handful of them, {enough} or more are usual"
)
UNKNOWN = "interval {got} is unknown, allowed: {allowed}"
FAILED = "{count} of {total} replicates gave no number (no variation or perfect collinearity by chance) and were left out"
MOST_FAILED = 0.1
TOO_MANY_FAILED = (
    "{count} of {total} replicates gave no number: the data are too few or too collinear for a bootstrap"
)


def check_bootstrap(n_boot: int, interval: Interval, level: float) -> None:
    """Refuse a number of replicates, an interval or a level that is not allowed.

    Raises
    ------
    UseError
        Saying what is allowed.

    >>> from bsc_analysis.errors import UseError
    >>> try:
    ...     check_bootstrap(-5, "bca", 0.95)
    ... except UseError as error:
    ...     print(error)
    -5 replicates cannot be drawn, expected a whole number above 0, for intervals at least 1000
    """
    if not n_boot >= 1 or n_boot != int(n_boot):
        raise UseError(fault(REPLICATES, got=n_boot, enough=ENOUGH_REPLICATES))
    if interval not in get_args(Interval):
        raise UseError(fault(UNKNOWN, got=repr(interval), allowed=", ".join(get_args(Interval))))
    check_level(level)


def replicate_notes(n_failed: int, n_boot: int) -> tuple[Fault, ...]:
    """Return what a reader must know of the replicates: that they are few, and how many gave no number.

    Raises
    ------
    DataError
        When more than a tenth gave no number: what is left is no fair picture.

    >>> [str(note) for note in replicate_notes(0, 100)]
    ['100 replicates are few: the ends of an interval rest on a handful of them, 1000 or more are usual']
    """
    if n_failed > MOST_FAILED * n_boot:
        raise DataError(fault(TOO_MANY_FAILED, count=n_failed, total=n_boot))
    few = (fault(FEW_REPLICATES, got=n_boot, enough=ENOUGH_REPLICATES),) if n_boot < ENOUGH_REPLICATES else ()
    failed = (fault(FAILED, count=n_failed, total=n_boot),) if n_failed else ()
    return (*few, *failed)
