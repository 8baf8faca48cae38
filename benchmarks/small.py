"""What is timed many times in one warm process: a file of a ministry's size, and the version with ``groupby.apply``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.candidates import RULES
from benchmarks.peers import pandas_apply
from bsc_analysis.scorecards.doorway import admit
from bsc_analysis.scorecards.intake.reading import read_table
from bsc_analysis.scorecards.scoring import Scores, score

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Watch

TIMES, TIMES_READ, TIMES_APPLIED = 41, 9, 3


def ministry(path: Path, watch: Watch) -> None:
    """Score one pandas frame again and again: validated before, validated each time, and read from CSV each time."""
    rows = pd.read_parquet(path)
    content = rows.to_csv(index=False).encode()
    admitted = admit(rows, RULES)
    for _ in range(TIMES):
        with watch.stage("organisations"):
            _ = score(admitted, RULES).organisations
        with watch.stage("scored"):
            _all_levels(score(admitted, RULES))
        with watch.stage("validated"):
            _all_levels(score(rows, RULES))
    for _ in range(TIMES_READ):
        with watch.stage("from_csv"):
            read = read_table(content, "observations.csv", rules=RULES)
            _all_levels(score(read.observations, RULES))


def applied(path: Path, watch: Watch) -> None:
    """Score one pandas frame by a function applied to each group, and by ours, validated before."""
    rows = pd.read_parquet(path)
    admitted = admit(rows, RULES)
    for _ in range(TIMES_APPLIED):
        with watch.stage("apply"):
            pandas_apply(rows)
        with watch.stage("ours"):
            _ = score(admitted, RULES).organisations


def _all_levels(scores: Scores) -> None:
    """Ask for every level: each is computed when it is asked for."""
    _ = scores.indicators, scores.objectives, scores.perspectives, scores.organisations
