"""A made ministry whose coverage grows, for the tests of yearly development, the constant panel and trends.

One unit stands at the top (M), branches below it (M.1, M.2 ...), and two more levels below these. In the first year only the
two upper levels measure anything; the others come in with the second. Every unit has the same number of indicators in each
perspective with a target of 100, so that a score is the actual.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.cascade import UnitTree, read_tree
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.studies import Study, read_study

KKP = read_rules("kkp")
LEVELS = ("minister", "echelon_1", "echelon_2", "echelon_3", "echelon_4")
# Standard deviations of the random parts and the change per year, in points of the score.
BRANCH, UNIT, REST, SLOPE = 2.0, 3.0, 4.0, -2.0


def units_of(*widths: int) -> pd.DataFrame:
    """Return units, parents and levels of a tree in which every unit of level k has ``widths[k]`` units below it."""
    rows: list[tuple[str, str | None, str]] = [("M", None, LEVELS[0])]
    above = ["M"]
    for level, width in zip(LEVELS[1:], widths, strict=False):
        here = [(f"{parent}.{number}", parent) for parent in above for number in range(1, width + 1)]
        rows += [(unit, parent, level) for unit, parent in here]
        above = [unit for unit, _ in here]
    return pd.DataFrame(rows, columns=["unit", "parent", "level"])


def simulate(
    seed: int, *widths: int, years: tuple[int, ...] = (2015, 2016, 2017), indicators: int = 2
) -> pd.DataFrame:
    """Return observations with branches, units, a slope per year and a rest, the same for every perspective's mean."""
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    units = units_of(*widths)
    branch = units["unit"].str.split(".").str[:2].str.join(".")
    shift = branch.map({name: generator.normal(0, BRANCH) for name in sorted(set(branch))})
    units = units.assign(shift=shift + generator.normal(0, UNIT, len(units)))
    early = units["level"].isin(LEVELS[:2])
    frames = [units[early if year == years[0] else slice(None)].assign(year=year) for year in years]
    yearly = pd.concat(frames, ignore_index=True)
    perspectives = [each.id for each in KKP.perspectives]
    cells = pd.MultiIndex.from_product(
        [perspectives, range(1, indicators + 1)], names=["perspective", "number"]
    )
    rows = yearly.merge(cells.to_frame(index=False), how="cross")
    centre = 85 + SLOPE * (rows["year"] - years[0]) + rows["shift"]
    # One rest per unit and year, shared by its indicators, and a little of each indicator's own.
    rest = pd.Series(generator.normal(0, REST, len(yearly)), index=yearly.set_index(["unit", "year"]).index)
    own = generator.normal(0, 0.5, len(rows))
    at = pd.MultiIndex.from_frame(rows[["unit", "year"]])
    actual = centre.to_numpy() + rest.reindex(at).to_numpy() + own
    named = rows["perspective"] + "-" + rows["number"].astype(str)
    return rows.assign(indicator=named, target=100.0, actual=actual).drop(columns=["shift", "number"])


@cache
def growing() -> tuple[pd.DataFrame, Scores, UnitTree, Study]:
    """Return the observations, scores, tree and study of a small ministry: 1, 4, 8 and 24 units, the last two from 2016 on."""
    observed = simulate(5, 4, 2, 3)
    return tie(observed)


def tie(observed: pd.DataFrame, rules: str = "kkp") -> tuple[pd.DataFrame, Scores, UnitTree, Study]:
    """Return observations with their scores, tree and a study that holds them."""
    rule_set = read_rules(rules)
    study = replace(read_study("kkp"), rules=rule_set, observations=observed)
    return observed, score(observed, rule_set), read_tree(observed), study


def bantaeng() -> tuple[pd.DataFrame, Scores, UnitTree, Study]:
    """Return the study of one unit, under bands, with a perspective that has no data in its first year."""
    study = read_study("bantaeng")
    assert study.observations is not None
    return study.observations, score(study.observations, study.rules), read_tree(study.observations), study
