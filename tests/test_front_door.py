"""The front door: its names, and that opening it is quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

import bsc_analysis

NAMES = [
    "BscError", "Incomplete", "Interval", "Language", "MissingChoice", "Moments", "Resampling",
    "StandardErrors", "accountability_figure", "achievement_figure", "adjust", "admit",
    "against_standard", "analyse_paths", "audit", "audit_statement", "band_share_table",
    "before_after_table", "benchmarks", "bootstrap", "bootstrap_groups", "bound_strength",
    "calibration_table", "change_figure", "change_of", "change_table", "check_calibration",
    "check_labels", "compare_groups", "compare_panels", "compare_rules", "constant_panel",
    "constant_panel_table", "contributions", "coverage_table", "cramers_v", "cross_check",
    "cross_interventions", "cross_table", "decompose", "describe_development", "design_effect",
    "development_figure", "development_table", "diagnose", "diagnostics_table", "distribute",
    "distribution_figure", "drill_down", "drill_down_table", "effects_figure", "effects_table",
    "equations_table", "estimated_path_figure", "explain_change", "explained_variance", "export",
    "few_clusters_table", "find_lacks", "find_lags", "finding_table", "fit_groups", "fit_measures",
    "fit_panel", "fit_path", "fit_table", "fit_trends", "grade_years", "group_figure", "group_table",
    "group_test_table", "hints_table", "implied_paths", "implied_scores", "implied_table",
    "indicator_table", "influence", "influence_table", "interrupted_series", "interrupted_table",
    "intervention_figure", "intervention_table", "intraclass", "judge_effects", "judge_lags",
    "lag_figure", "lag_statement", "lag_table", "last_change", "league_figure", "league_table",
    "level_table", "limit_table", "list_effects", "list_rules", "list_studies", "make_twin", "mend",
    "mending_table", "minimum_detectable", "missing_policies_table", "missing_table",
    "modification_hints", "moments_of", "n_for_effect", "n_for_power", "paired_change", "panel_model",
    "partial_r2", "path_figure", "path_model", "path_panel", "path_rows", "path_statement",
    "path_table", "permutation_test", "power_of_effects", "printed_provenance", "prove", "provenance",
    "read_data", "read_leagues", "read_moments", "read_panel", "read_rows", "read_rules", "read_study",
    "read_tree", "readings_table", "refuse_elaborate", "reproduction_figure", "rho_curves",
    "robustness", "robustness_value", "roll_up", "rollup_table", "sakip_statement", "score",
    "score_levels", "score_readings", "score_statement", "score_table", "scorecard_figure",
    "sensitivity_figure", "share_mediated", "small_effects_table", "spread", "stage_figure",
    "stage_table", "standard_table", "take_variant", "trace_effects", "trend_table", "unpaired_change",
    "variance_table", "vary", "vary_twin", "verdict_table", "wild_cluster_test", "write_twin",
    "yearly_figure",
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
