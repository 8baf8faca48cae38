"""Contributions: what each indicator brings to its organisation's score, so that the parts sum to the whole exactly.

With w an indicator's weight in its group, W a group's weight in the group above, and V the weight all of them come to:

- share = (w / V of its objective or perspective) x (W / V of the perspective, where it is made of objectives) x
  (W / V of the organisation); contribution = share x score;
- under ``zero`` the weights V are all there are: those of the rule set where it lists them, else those of the rows. A
  missing indicator keeps its share and contributes 0;
- under the other policies V is the weight of what has a score. A missing indicator has no share;
- whatever belongs to a perspective that is withheld because too little of it rests on data has no share under any policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from bsc_analysis.errors import UseError, fault
from bsc_analysis.scorecards.expressions import Frame, by_key, fetch, join, with_objective

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.scoring import Scores

UNIT_YEAR = ("unit", "year")
PERSPECTIVE = (*UNIT_YEAR, "perspective")
OBJECTIVE = (*PERSPECTIVE, "objective")
INDICATOR = (*OBJECTIVE, "indicator")
SCORED = ~nw.col("score").is_null()
UNSCORED = "{unit} has no scores in {year}"

Level = Literal["organisation", "perspective", "objective", "indicator"]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a drill-down.

    ``name`` is the id of what the row is about, and ``path`` the ids from the perspective down to it. ``score`` is None
    where there is none; ``share`` is the weight with which the score enters the organisation's, and ``contribution`` is
    what it brings there. Both are None where the organisation itself has no score.
    """

    level: Level
    path: tuple[str, ...]
    score: float | None
    share: float | None
    contribution: float | None

    @property
    def name(self) -> str:
        """The last id of the path; empty for the organisation."""
        return self.path[-1] if self.path else ""


def contributions(scores: Scores) -> Any:
    """Split every organisation score into the contributions of its indicators, on any engine.

    Returns a frame of the engine with one row per unit, year, perspective, objective and indicator: ``score``,
    ``share`` and ``contribution``. The contributions of a unit and year sum to its organisation score. Where the
    organisation has no score, both are null.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> from bsc_analysis.scorecards.scoring import score
    >>> rows = pd.DataFrame({"unit": "A", "year": 2017, "perspective": ["stakeholder", "customer"],
    ...                      "indicator": ["catch", "service"], "target": [50.0, 50.0], "actual": [45.0, 50.0]})
    >>> contributions(score(rows, read_rules("kkp")))[["share", "contribution"]].round(4).values.tolist()
    [[0.625, 56.25], [0.375, 37.5]]
    """
    return nw.to_native(_contributed(scores).select(*INDICATOR, "score", "share", "contribution"))


def drill_down(scores: Scores, unit: str, year: int) -> tuple[Part, ...]:
    """Take one organisation score apart: organisation, perspectives, objectives and indicators, from the top down.

    The contributions of the rows right below a row sum to its own. Objectives are left out where none is named. Under
    ``zero`` with a closed list of indicators, the shares below a row may come to less than its own: the rest of the
    weight belongs to indicators that are not in the data.

    Raises
    ------
    UseError
        When the unit has no scores in that year.
    """
    here = (nw.col("unit") == unit) & (nw.col("year") == year)
    organisation = fetch(nw.from_native(scores.organisations).filter(here))
    if not organisation:
        raise UseError(fault(UNSCORED, unit=repr(unit), year=year))
    rows = fetch(_contributed(scores).filter(here))
    perspectives = fetch(nw.from_native(scores.perspectives).filter(here))
    objectives = fetch(nw.from_native(scores.objectives).filter(here))
    total = _number(organisation[0]["score"])
    whole = None if total is None else 1.0
    return (
        Part("organisation", (), total, whole, total),
        *_perspective_parts(rows, perspectives, objectives, scores.rules),
    )


def _contributed(scores: Scores) -> Frame:
    """Return every indicator with its share, and with the shares of the objective and the perspective it belongs to."""
    from_objectives = scores.rules.perspective_from == "objectives"
    perspectives = _perspective_shares(scores)
    groups = _objective_shares(scores, perspectives) if from_objectives else perspectives
    group, above = (OBJECTIVE, "_objective") if from_objectives else (PERSPECTIVE, "_perspective")
    parts = _indicator_shares(scores, group)
    joined = join(parts, groups, group, "left")
    return _multiply(joined.with_columns(share=nw.col("_part") * nw.col(above)), scores)


def _perspective_shares(scores: Scores) -> Frame:
    """Return the share of each perspective in the organisation, as ``_perspective``."""
    weight = by_key("perspective", {each.id: float(each.weight) for each in scores.rules.perspectives})
    whole = nw.lit(1.0) if scores.rules.missing == "zero" else nw.col("_scored")
    parts = _parts(nw.from_native(scores.perspectives), PERSPECTIVE, UNIT_YEAR, weight, whole)
    return parts.select(*PERSPECTIVE, _perspective=nw.col("_part"))


def _objective_shares(scores: Scores, perspectives: Frame) -> Frame:
    """Return the shares of objectives in the organisation, as ``_objective``, beside those of their perspectives."""
    weights = {each.id: float(each.weight) for each in scores.rules.objectives}
    weight = nw.coalesce(by_key("objective", weights), nw.lit(0.0)) if weights else nw.lit(1.0)
    listed = nw.lit(1.0) if weights else nw.col("_all")
    whole = listed if scores.rules.missing == "zero" else nw.col("_scored")
    parts = _parts(nw.from_native(scores.objectives), OBJECTIVE, PERSPECTIVE, weight, whole)
    joined = join(parts, perspectives, PERSPECTIVE, "left")
    return joined.select(*OBJECTIVE, "_perspective", _objective=nw.col("_part") * nw.col("_perspective"))


def _indicator_shares(scores: Scores, group: tuple[str, ...]) -> Frame:
    """Return the share of each indicator in its group, as ``_part``; under ``zero``, of missing ones too."""
    rules = scores.rules
    if rules.perspective_from == "objectives":
        listed = any(each.objective for each in rules.indicators)
    else:
        listed = bool(rules.indicators)
    weight = nw.col("weight")
    if rules.missing != "zero":
        return _parts(with_objective(scores.judged), INDICATOR, group, weight, nw.col("_scored"))
    whole = nw.lit(1.0) if listed else nw.col("_all")
    return _parts(with_objective(scores.judged), INDICATOR, group, weight, whole, counts=nw.lit(value=True))


def _parts(
    level: Frame,
    keys: tuple[str, ...],
    group: tuple[str, ...],
    weight: nw.Expr,
    whole: nw.Expr,
    *,
    counts: nw.Expr = SCORED,
) -> Frame:
    """Return what part of the score of its group each row of a level makes up, as ``_part``.

    ``whole`` is what all weights of the group come to, from ``_all`` (of all its rows) or ``_scored`` (of those with a
    score). Rows that do not count make up no part.
    """
    weighed = level.select(*keys, "score", _weight=weight, _scored=nw.when(SCORED).then(weight))
    summed = weighed.with_columns(
        _all=nw.col("_weight").sum().over(*group), _scored=nw.col("_scored").sum().over(*group)
    )
    part = nw.when(counts & (whole > 0)).then(nw.col("_weight") / whole).otherwise(nw.lit(0.0))
    return summed.select(*keys, "score", _part=part)


def _multiply(shared: Frame, scores: Scores) -> Frame:
    """Add contributions; an organisation without a score has neither shares nor contributions."""
    organisations = nw.from_native(scores.organisations).select(*UNIT_YEAR, _total=nw.col("score"))
    placed = join(shared, organisations, UNIT_YEAR, "left")
    known = ~nw.col("_total").is_null()
    return placed.with_columns(share=nw.when(known).then(nw.col("share"))).with_columns(
        contribution=nw.when(known & ~nw.col("score").is_null())
        .then(nw.col("share") * nw.col("score"))
        .otherwise(nw.when(known).then(nw.lit(0.0)))
    )


def _perspective_parts(
    rows: list[dict[str, Any]],
    perspectives: list[dict[str, Any]],
    objectives: list[dict[str, Any]],
    rules: RuleSet,
) -> list[Part]:
    scored = {row["perspective"]: row for row in perspectives}
    parts = []
    for each in rules.perspectives:
        if each.id in scored:
            mine = [row for row in rows if row["perspective"] == each.id]
            score, share = _number(scored[each.id]["score"]), _known(mine, mine[0]["_perspective"])
            parts.append(Part("perspective", (each.id,), score, share, _sum(mine, "contribution")))
            ours = [row for row in objectives if row["perspective"] == each.id]
            parts += _objective_parts(mine, ours, rules)
    return parts


def _objective_parts(
    rows: list[dict[str, Any]], objectives: list[dict[str, Any]], rules: RuleSet
) -> list[Part]:
    if all(row["objective"] == "" for row in rows):
        return _indicator_parts(rows, rules)
    order = {each.id: place for place, each in enumerate(rules.objectives)}
    parts = []
    for objective in sorted(
        objectives, key=lambda row: (order.get(row["objective"], len(order)), row["objective"])
    ):
        mine = [row for row in rows if row["objective"] == objective["objective"]]
        share = _known(mine, mine[0]["_objective"]) if "_objective" in mine[0] else _sum(mine, "share")
        path = (objective["perspective"], objective["objective"])
        parts.append(Part("objective", path, _number(objective["score"]), share, _sum(mine, "contribution")))
        parts += _indicator_parts(mine, rules)
    return parts


def _indicator_parts(rows: list[dict[str, Any]], rules: RuleSet) -> list[Part]:
    order = {each.id: place for place, each in enumerate(rules.indicators)}
    return [
        Part(
            "indicator",
            tuple(row[name] for name in ("perspective", "objective", "indicator") if row[name] != ""),
            _number(row["score"]),
            _number(row["share"]),
            _number(row["contribution"]),
        )
        for row in sorted(rows, key=lambda row: (order.get(row["indicator"], len(order)), row["indicator"]))
    ]


def _known(rows: list[dict[str, Any]], share: Any) -> float | None:
    """Return the share of a group, or None where its organisation has no score."""
    return None if _number(rows[0]["share"]) is None else _number(share)


def _sum(rows: list[dict[str, Any]], name: str) -> float | None:
    values = [value for row in rows if (value := _number(row[name])) is not None]
    return sum(values) if values else None


def _number(value: Any) -> float | None:
    """Return a figure, or None for what is missing in any engine's way."""
    return None if value is None or value != value else float(value)
