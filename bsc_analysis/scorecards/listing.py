"""Scores in a stable order: the same rows in the same sequence, however the data were sorted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

COUNTED = ("n_present", "weight_present")
ORGANISATION_COLUMNS = ("unit", "year", "score", "band", *COUNTED)
PERSPECTIVE_COLUMNS = ("unit", "year", "perspective", "score", "band", *COUNTED)
INDICATOR_COLUMNS = ("unit", "year", "perspective", "indicator", "achievement", "score", "band")


@dataclass(frozen=True, slots=True)
class ScoreList:
    """Scores of three levels in order, missing figures as nan.

    Rows follow unit, year, the rule set's order of perspectives, and its order of indicators; indicators that it does not
    list follow by name. ``score`` is in the rule set's own scale, ``achievement`` in percent.
    """

    rules: RuleSet
    organisations: pd.DataFrame = field(repr=False)
    perspectives: pd.DataFrame = field(repr=False)
    indicators: pd.DataFrame = field(repr=False)


def list_scores(scores: Scores) -> ScoreList:
    """Put scores of a pandas frame in order.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": ["B", "A"], "year": 2017, "perspective": "stakeholder", "indicator": "catch",
    ...                      "target": [50.0, 50.0], "actual": [45.0, 60.0]})
    >>> list_scores(score(rows, read_rules("kkp"))).organisations[["unit", "score"]].values.tolist()
    [['A', 120.0], ['B', 90.0]]
    """
    rules = scores.rules
    return ScoreList(
        rules,
        _ordered(scores.organisations, ORGANISATION_COLUMNS, rules),
        _ordered(scores.perspectives, PERSPECTIVE_COLUMNS, rules),
        _ordered(scores.indicators, INDICATOR_COLUMNS, rules),
    )


def _ordered(rows: pd.DataFrame, columns: tuple[str, ...], rules: RuleSet) -> pd.DataFrame:
    ranks = {
        "perspective": _ranks(each.id for each in rules.perspectives),
        "indicator": _ranks(each.id for each in rules.indicators),
    }
    keys = [name for name in ("unit", "year", "perspective", "indicator") if name in columns]
    ranked = {
        f"_{name}": rows[name].map(ranks[name]).fillna(len(ranks[name])) for name in keys if name in ranks
    }
    by = [each for name in keys for each in ([f"_{name}", name] if name in ranks else [name])]
    listed = rows.assign(**ranked).sort_values(by, kind="stable")[list(columns)].reset_index(drop=True)
    figures = [name for name in ("achievement", "score", "weight_present") if name in columns]
    return listed.astype(dict.fromkeys(figures, "float64"))


def _ranks(ids: Iterable[str]) -> dict[str, int]:
    return {id_: rank for rank, id_ in enumerate(ids)}
