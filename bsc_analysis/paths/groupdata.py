"""Groups of rows: years or levels whose path coefficients are compared, each checked by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import DataError, Fault, UseError, fault
from bsc_analysis.paths.estimation import check_size
from bsc_analysis.paths.moments import check_variation, moments_of

if TYPE_CHECKING:
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Codes, Rows

Array = NDArray[Any]

NO_GROUP = "groups are compared: name the column that says which group each row belongs to"
ONE_GROUP = "all rows belong to one {column} ({label}): a comparison needs at least two"
NONE_COMPLETE = (
    "{column} {label} has no row with a value in every one of {names}: leave it out, or a variable"
)
IN_GROUP = "{column} {label}: {what}"
NOT_SIMPLE = (
    "groups are compared for models without latent variables, residual covariances and equal coefficients"
)


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Complete rows of a path model in G groups.

    Attributes
    ----------
    column, labels
        What groups are called, and the G groups: by number where all are numbers, else as they first appear.
    centre
        (k,) means over all rows, which are taken off the values so that large means cost no digits.
    away
        Per group, (n_g, k) values less the centre.
    cluster
        Per group, (n_g,) the cluster of each row, numbered over all groups, so that one which recurs keeps its number;
        empty without clusters.
    clusters
        The clusters' labels and their column, or None.
    dropped
        Rows left out because a value is missing.
    """

    column: str
    labels: tuple[str, ...]
    centre: Array
    away: tuple[Array, ...]
    cluster: tuple[NDArray[np.intp], ...]
    clusters: Codes | None
    dropped: int

    @property
    def n(self) -> Array:
        """The rows of each group, (G,)."""
        return np.array([len(each) for each in self.away])

    @property
    def moments(self) -> Array:
        """The mean of [1, v][1, v]' in each group, (G, 1 + k, 1 + k), where v are values less the centre."""
        return np.stack([(one := with_constant(each)).T @ one / len(each) for each in self.away])

    @property
    def recurring(self) -> bool:
        """Whether some cluster has rows in more than one group, as a unit that is measured in several years."""
        return sum(len(np.unique(each)) for each in self.cluster) > len(self.clusters or ())


def with_constant(values: Array) -> Array:
    """Return values (n, k) with a column of ones before them.

    >>> with_constant(np.array([[2.0], [3.0]])).tolist()
    [[1.0, 2.0], [1.0, 3.0]]
    """
    return np.column_stack([np.ones(len(values)), values])


def split_groups(model: PathModel, rows: Rows) -> Grouped:
    """Split rows into their groups and check that each can carry the model.

    Parameters
    ----------
    model
        A model that is estimated equation by equation.
    rows
        With the group of each row, and its cluster where rows depend on each other or units recur.

    Raises
    ------
    UseError
        When the model is not simple or no column of groups was named.
    DataError
        When there is one group only, or naming each group that has too few rows or in which a variable is constant or a
        combination of others.

    >>> from bsc_analysis.paths.model import path_model
    >>> from bsc_analysis.paths.rows import Codes, Rows
    >>> values = np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 5.0], [1.0, 1.0], [2.0, 4.0], [5.0, 5.0]])
    >>> year = Codes("year", np.array([0, 0, 0, 1, 1, 1]), ("2017", "2016"))
    >>> grouped = split_groups(path_model("IP ~ LG"), Rows(("LG", "IP"), values, group=year))
    >>> grouped.labels, grouped.n.tolist()
    (('2016', '2017'), [3, 3])
    """
    if not model.simple:
        raise UseError(fault(NOT_SIMPLE))
    if rows.group is None:
        raise UseError(fault(NO_GROUP))
    column, wanted = rows.group.name, _ordered(rows.group.labels)
    kept = rows.select(model.observed).complete()
    _refuse_unfit(model, kept, column, wanted)
    centre, code = kept.values.mean(axis=0), cast("Codes", kept.group).code
    found = [np.flatnonzero(code == place) for place in _places(kept, wanted)]
    away = tuple(kept.values[at] - centre for at in found)
    cluster = () if kept.cluster is None else tuple(kept.cluster.code[at] for at in found)
    return Grouped(column, wanted, centre, away, cluster, kept.cluster, kept.dropped)


def _places(kept: Rows, wanted: tuple[str, ...]) -> list[int]:
    labels = cast("Codes", kept.group).labels
    return [labels.index(label) for label in wanted]


def _ordered(labels: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(sorted(labels, key=float))
    except ValueError:
        return labels


def _refuse_unfit(model: PathModel, kept: Rows, column: str, wanted: tuple[str, ...]) -> None:
    if len(wanted) < 2:
        raise DataError(fault(ONE_GROUP, column=column, label=wanted[0]))
    parts = dict(kept.by_group())
    names = ", ".join(kept.names)
    faults: list[Fault] = []
    for label in wanted:
        if label not in parts:
            faults.append(fault(NONE_COMPLETE, column=column, label=label, names=names))
            continue
        try:
            check_size(model, parts[label].n_obs)
            check_variation(moments_of(parts[label], by="pool"))
        except DataError as error:
            faults += [fault(IN_GROUP, column=column, label=label, what=each) for each in error.faults]
    if faults:
        raise DataError(*faults)
