"""The front door: its names, and that opening it is quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

import bsc_analysis

NAMES = [
    "BscError", "Incomplete", "Interval", "Language", "MissingChoice", "Moments", "Resampling",
    "StandardErrors", "achievement_figure", "adjust", "admit", "analyse_paths", "audit",
    "audit_statement", "benchmarks", "bootstrap", "bootstrap_groups", "bound_strength", "change_figure",
    "change_of", "change_table", "compare_groups", "compare_rules", "contributions", "coverage_table",
    "cross_check", "decompose", "design_effect", "diagnose", "diagnostics_table", "distribute",
    "distribution_figure", "draw_effects", "drill_down", "drill_down_table", "effects_figure",
    "effects_table", "equations_table", "estimated_path_figure", "explain_change", "explained_variance",
    "export", "few_clusters_table", "find_lacks", "finding_table", "fit_groups", "fit_measures",
    "fit_panel", "fit_path", "fit_table", "group_figure", "group_table", "group_test_table",
    "hints_table", "implied_paths", "implied_scores", "implied_table", "indicator_table", "influence",
    "influence_table", "intraclass", "judge_effects", "last_change", "league_figure", "league_table",
    "level_table", "limit_table", "list_effects", "list_rules", "list_studies", "mend", "mending_table",
    "minimum_detectable", "missing_policies_table", "missing_table", "modification_hints", "moments_of",
    "n_for_effect", "n_for_power", "panel_model", "partial_r2", "path_figure", "path_model",
    "path_rows", "path_statement", "path_table", "permutation_test", "power_of_effects", "prove",
    "provenance", "read_data", "read_leagues", "read_moments", "read_panel", "read_rows", "read_rules",
    "read_study", "read_tree", "readings_table", "reproduction_figure", "rho_curves", "robustness",
    "robustness_value", "roll_up", "rollup_table", "score", "score_levels", "score_readings",
    "score_statement", "score_table", "scorecard_figure", "sensitivity_figure", "share_mediated",
    "small_effects_table", "spread", "take_variant", "trace_effects", "vary", "verdict_table",
    "wild_cluster_test", "yearly_figure",
]  # fmt: skip


def test_the_public_names_are_these() -> None:
    assert bsc_analysis.__all__ == NAMES


TYPES = (
    "Incomplete",
    "Interval",
    "Language",
    "MissingChoice",
    "StandardErrors",
)  # of parameters: a type has no docstring


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TYPES])
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
