"""The front door: its names, and that opening it is quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

import bsc_analysis

NAMES = [
    "BscError", "Language", "MissingChoice", "achievement_figure", "admit", "audit", "audit_statement",
    "change_figure", "change_of", "change_table", "compare_rules", "contributions", "coverage_table",
    "decompose", "distribute", "distribution_figure", "drill_down", "drill_down_table", "explain_change",
    "explained_variance", "export", "find_lacks", "finding_table", "implied_paths", "implied_scores",
    "implied_table", "indicator_table", "last_change", "league_figure", "league_table", "level_table",
    "limit_table", "list_rules", "list_studies", "mend", "mending_table", "missing_table", "n_for_power",
    "path_figure", "path_model", "prove", "provenance", "read_data", "read_leagues", "read_rules",
    "read_study", "read_tree", "readings_table", "reproduction_figure", "roll_up", "rollup_table",
    "score", "score_levels", "score_readings", "score_statement", "score_table", "scorecard_figure",
    "spread", "take_variant", "vary", "verdict_table", "yearly_figure",
]  # fmt: skip


def test_the_public_names_are_these() -> None:
    assert bsc_analysis.__all__ == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("Language", "MissingChoice")])
def test_each_name_leads_to_something_documented(name: str) -> None:
    assert getattr(bsc_analysis, name).__doc__
    assert name in dir(bsc_analysis)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'bsc_analysis' has no attribute 'scor'"):
        _ = bsc_analysis.scor


def test_opening_the_door_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'matplotlib', 'narwhals', 'papermill', 'scipy', 'pydantic'}"
    program = f"import sys, bsc_analysis; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
