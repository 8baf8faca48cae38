"""bsc_analysis: rerun balanced-scorecard studies, and see which printed figures follow.

The front door::

    import bsc_analysis as bsc
    study = bsc.read_study("bantaeng")
    scores = bsc.score(study.observations, study.rules)
    findings = bsc.audit(study.printed, study.rules)

Names are loaded when they are first used, so importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bsc_analysis.datafiles import read_data as read_data
    from bsc_analysis.errors import BscError as BscError
    from bsc_analysis.evidence.accountability import grade_years as grade_years
    from bsc_analysis.evidence.association import cramers_v as cramers_v
    from bsc_analysis.evidence.association import cross_table as cross_table
    from bsc_analysis.evidence.audit import audit as audit
    from bsc_analysis.evidence.change import against_standard as against_standard
    from bsc_analysis.evidence.change import paired_change as paired_change
    from bsc_analysis.evidence.change import unpaired_change as unpaired_change
    from bsc_analysis.evidence.constantpanel import compare_panels as compare_panels
    from bsc_analysis.evidence.constantpanel import constant_panel as constant_panel
    from bsc_analysis.evidence.development import describe_development as describe_development
    from bsc_analysis.evidence.implied import implied_paths as implied_paths
    from bsc_analysis.evidence.implied import implied_scores as implied_scores
    from bsc_analysis.evidence.interrupted import interrupted_series as interrupted_series
    from bsc_analysis.evidence.interventions import cross_interventions as cross_interventions
    from bsc_analysis.evidence.mending import mend as mend
    from bsc_analysis.evidence.readings import score_readings as score_readings
    from bsc_analysis.evidence.rulecomparison import compare_rules as compare_rules
    from bsc_analysis.evidence.trends import fit_trends as fit_trends
    from bsc_analysis.exhibits.accountabilityfigure import accountability_figure as accountability_figure
    from bsc_analysis.exhibits.accountabilitystatement import sakip_statement as sakip_statement
    from bsc_analysis.exhibits.calibrationtable import calibration_table as calibration_table
    from bsc_analysis.exhibits.cascadetables import change_table as change_table
    from bsc_analysis.exhibits.cascadetables import drill_down_table as drill_down_table
    from bsc_analysis.exhibits.cascadetables import level_table as level_table
    from bsc_analysis.exhibits.cascadetables import rollup_table as rollup_table
    from bsc_analysis.exhibits.changetests import before_after_table as before_after_table
    from bsc_analysis.exhibits.changetests import standard_table as standard_table
    from bsc_analysis.exhibits.charts import achievement_figure as achievement_figure
    from bsc_analysis.exhibits.charts import scorecard_figure as scorecard_figure
    from bsc_analysis.exhibits.developmentfigure import development_figure as development_figure
    from bsc_analysis.exhibits.developmenttables import band_share_table as band_share_table
    from bsc_analysis.exhibits.developmenttables import constant_panel_table as constant_panel_table
    from bsc_analysis.exhibits.developmenttables import development_table as development_table
    from bsc_analysis.exhibits.diagnostictables import diagnostics_table as diagnostics_table
    from bsc_analysis.exhibits.diagnostictables import few_clusters_table as few_clusters_table
    from bsc_analysis.exhibits.diagnostictables import influence_table as influence_table
    from bsc_analysis.exhibits.diagrams import path_figure as path_figure
    from bsc_analysis.exhibits.distributionfigure import distribution_figure as distribution_figure
    from bsc_analysis.exhibits.distributiontables import limit_table as limit_table
    from bsc_analysis.exhibits.distributiontables import missing_table as missing_table
    from bsc_analysis.exhibits.estimatedpaths import estimated_path_figure as estimated_path_figure
    from bsc_analysis.exhibits.evidencetables import finding_table as finding_table
    from bsc_analysis.exhibits.evidencetables import implied_table as implied_table
    from bsc_analysis.exhibits.evidencetables import mending_table as mending_table
    from bsc_analysis.exhibits.evidencetables import verdict_table as verdict_table
    from bsc_analysis.exhibits.exhibit import printed_provenance as printed_provenance
    from bsc_analysis.exhibits.exhibit import provenance as provenance
    from bsc_analysis.exhibits.export import export as export
    from bsc_analysis.exhibits.forest import effects_figure as effects_figure
    from bsc_analysis.exhibits.groupfigure import group_figure as group_figure
    from bsc_analysis.exhibits.grouptables import group_table as group_table
    from bsc_analysis.exhibits.grouptables import group_test_table as group_test_table
    from bsc_analysis.exhibits.hintstable import hints_table as hints_table
    from bsc_analysis.exhibits.interruptedtable import interrupted_table as interrupted_table
    from bsc_analysis.exhibits.interventiontable import intervention_table as intervention_table
    from bsc_analysis.exhibits.lagfigure import lag_figure as lag_figure
    from bsc_analysis.exhibits.lagstatement import lag_statement as lag_statement
    from bsc_analysis.exhibits.lagtable import lag_table as lag_table
    from bsc_analysis.exhibits.leaguetable import league_figure as league_figure
    from bsc_analysis.exhibits.leaguetable import league_table as league_table
    from bsc_analysis.exhibits.missingtable import missing_policies_table as missing_policies_table
    from bsc_analysis.exhibits.mosaicfigure import intervention_figure as intervention_figure
    from bsc_analysis.exhibits.pathstatement import path_statement as path_statement
    from bsc_analysis.exhibits.pathtables import effects_table as effects_table
    from bsc_analysis.exhibits.pathtables import equations_table as equations_table
    from bsc_analysis.exhibits.pathtables import fit_table as fit_table
    from bsc_analysis.exhibits.reproduction import reproduction_figure as reproduction_figure
    from bsc_analysis.exhibits.sensitivityfigure import sensitivity_figure as sensitivity_figure
    from bsc_analysis.exhibits.smalltables import small_effects_table as small_effects_table
    from bsc_analysis.exhibits.stagefigure import stage_figure as stage_figure
    from bsc_analysis.exhibits.stagetable import stage_table as stage_table
    from bsc_analysis.exhibits.statements import audit_statement as audit_statement
    from bsc_analysis.exhibits.statements import score_statement as score_statement
    from bsc_analysis.exhibits.tables import coverage_table as coverage_table
    from bsc_analysis.exhibits.tables import indicator_table as indicator_table
    from bsc_analysis.exhibits.tables import readings_table as readings_table
    from bsc_analysis.exhibits.tables import score_table as score_table
    from bsc_analysis.exhibits.trendtable import trend_table as trend_table
    from bsc_analysis.exhibits.trendtable import variance_table as variance_table
    from bsc_analysis.exhibits.waterfall import change_figure as change_figure
    from bsc_analysis.exhibits.yearly import yearly_figure as yearly_figure
    from bsc_analysis.files import list_rules as list_rules
    from bsc_analysis.files import read_rules as read_rules
    from bsc_analysis.language.words import Language as Language
    from bsc_analysis.pathdata import find_lags as find_lags
    from bsc_analysis.pathdata import path_panel as path_panel
    from bsc_analysis.pathdata import path_rows as path_rows
    from bsc_analysis.pathdata import path_table as path_table
    from bsc_analysis.paths.analysis import Resampling as Resampling
    from bsc_analysis.paths.analysis import analyse_paths as analyse_paths
    from bsc_analysis.paths.clustering import design_effect as design_effect
    from bsc_analysis.paths.clustering import intraclass as intraclass
    from bsc_analysis.paths.confounding import adjust as adjust
    from bsc_analysis.paths.confounding import bound_strength as bound_strength
    from bsc_analysis.paths.confounding import partial_r2 as partial_r2
    from bsc_analysis.paths.confounding import robustness_value as robustness_value
    from bsc_analysis.paths.crosscheck import cross_check as cross_check
    from bsc_analysis.paths.diagnostics import diagnose as diagnose
    from bsc_analysis.paths.effectlist import list_effects as list_effects
    from bsc_analysis.paths.effects import decompose as decompose
    from bsc_analysis.paths.effects import share_mediated as share_mediated
    from bsc_analysis.paths.estimation import fit_path as fit_path
    from bsc_analysis.paths.fewclusters import permutation_test as permutation_test
    from bsc_analysis.paths.fewclusters import wild_cluster_test as wild_cluster_test
    from bsc_analysis.paths.fitmeasures import fit_measures as fit_measures
    from bsc_analysis.paths.groupbootstrap import bootstrap_groups as bootstrap_groups
    from bsc_analysis.paths.groupestimation import fit_groups as fit_groups
    from bsc_analysis.paths.groups import compare_groups as compare_groups
    from bsc_analysis.paths.inference import StandardErrors as StandardErrors
    from bsc_analysis.paths.influence import influence as influence
    from bsc_analysis.paths.intervals import Interval as Interval
    from bsc_analysis.paths.lagverdicts import judge_lags as judge_lags
    from bsc_analysis.paths.model import path_model as path_model
    from bsc_analysis.paths.modification import modification_hints as modification_hints
    from bsc_analysis.paths.moments import Moments as Moments
    from bsc_analysis.paths.moments import moments_of as moments_of
    from bsc_analysis.paths.panel import read_panel as read_panel
    from bsc_analysis.paths.panelmodel import fit_panel as fit_panel
    from bsc_analysis.paths.panelmodel import panel_model as panel_model
    from bsc_analysis.paths.pathfit import Incomplete as Incomplete
    from bsc_analysis.paths.pathrobustness import benchmarks as benchmarks
    from bsc_analysis.paths.pathrobustness import robustness as robustness
    from bsc_analysis.paths.power import n_for_effect as n_for_effect
    from bsc_analysis.paths.power import power_of_effects as power_of_effects
    from bsc_analysis.paths.reduction import read_moments as read_moments
    from bsc_analysis.paths.resampling import bootstrap as bootstrap
    from bsc_analysis.paths.rhocurve import rho_curves as rho_curves
    from bsc_analysis.paths.rows import read_rows as read_rows
    from bsc_analysis.paths.smalleffects import judge_effects as judge_effects
    from bsc_analysis.paths.smalleffects import minimum_detectable as minimum_detectable
    from bsc_analysis.paths.smalleffects import n_for_power as n_for_power
    from bsc_analysis.paths.smalleffects import refuse_elaborate as refuse_elaborate
    from bsc_analysis.paths.tracing import explained_variance as explained_variance
    from bsc_analysis.paths.tracing import trace_effects as trace_effects
    from bsc_analysis.runs.labels import check_labels as check_labels
    from bsc_analysis.scorecards.cascade import read_tree as read_tree
    from bsc_analysis.scorecards.cascade import roll_up as roll_up
    from bsc_analysis.scorecards.cascade import score_levels as score_levels
    from bsc_analysis.scorecards.change import explain_change as explain_change
    from bsc_analysis.scorecards.contributions import contributions as contributions
    from bsc_analysis.scorecards.contributions import drill_down as drill_down
    from bsc_analysis.scorecards.distribution import distribute as distribute
    from bsc_analysis.scorecards.distribution import find_lacks as find_lacks
    from bsc_analysis.scorecards.doorway import admit as admit
    from bsc_analysis.scorecards.league import read_leagues as read_leagues
    from bsc_analysis.scorecards.proofs import prove as prove
    from bsc_analysis.scorecards.rules import MissingChoice as MissingChoice
    from bsc_analysis.scorecards.scoring import score as score
    from bsc_analysis.scorecards.scoring import spread as spread
    from bsc_analysis.scorecards.unitchange import change_of as change_of
    from bsc_analysis.scorecards.unitchange import last_change as last_change
    from bsc_analysis.scorecards.variants import take_variant as take_variant
    from bsc_analysis.scorecards.variants import vary as vary
    from bsc_analysis.studies import list_studies as list_studies
    from bsc_analysis.studies import read_study as read_study
    from bsc_analysis.twin import write_twin as write_twin
    from bsc_analysis.twins.calibrationcheck import check_calibration as check_calibration
    from bsc_analysis.twins.making import make_twin as make_twin
    from bsc_analysis.twins.plan import vary_twin as vary_twin

_ROOMS = {
    "datafiles": ("read_data",),
    "errors": ("BscError",),
    "evidence.accountability": ("grade_years",),
    "evidence.association": ("cramers_v", "cross_table"),
    "evidence.audit": ("audit",),
    "evidence.change": ("against_standard", "paired_change", "unpaired_change"),
    "evidence.constantpanel": ("compare_panels", "constant_panel"),
    "evidence.development": ("describe_development",),
    "evidence.implied": ("implied_paths", "implied_scores"),
    "evidence.interrupted": ("interrupted_series",),
    "evidence.interventions": ("cross_interventions",),
    "evidence.mending": ("mend",),
    "evidence.readings": ("score_readings",),
    "evidence.rulecomparison": ("compare_rules",),
    "evidence.trends": ("fit_trends",),
    "exhibits.accountabilityfigure": ("accountability_figure",),
    "exhibits.accountabilitystatement": ("sakip_statement",),
    "exhibits.calibrationtable": ("calibration_table",),
    "exhibits.cascadetables": ("change_table", "drill_down_table", "level_table", "rollup_table"),
    "exhibits.changetests": ("before_after_table", "standard_table"),
    "exhibits.charts": ("achievement_figure", "scorecard_figure"),
    "exhibits.developmentfigure": ("development_figure",),
    "exhibits.developmenttables": ("constant_panel_table", "band_share_table", "development_table"),
    "exhibits.diagnostictables": ("diagnostics_table", "few_clusters_table", "influence_table"),
    "exhibits.diagrams": ("path_figure",),
    "exhibits.distributionfigure": ("distribution_figure",),
    "exhibits.distributiontables": ("limit_table", "missing_table"),
    "exhibits.estimatedpaths": ("estimated_path_figure",),
    "exhibits.evidencetables": ("finding_table", "implied_table", "mending_table", "verdict_table"),
    "exhibits.exhibit": ("printed_provenance", "provenance"),
    "exhibits.export": ("export",),
    "exhibits.forest": ("effects_figure",),
    "exhibits.groupfigure": ("group_figure",),
    "exhibits.grouptables": ("group_table", "group_test_table"),
    "exhibits.hintstable": ("hints_table",),
    "exhibits.interruptedtable": ("interrupted_table",),
    "exhibits.interventiontable": ("intervention_table",),
    "exhibits.lagfigure": ("lag_figure",),
    "exhibits.lagstatement": ("lag_statement",),
    "exhibits.lagtable": ("lag_table",),
    "exhibits.leaguetable": ("league_figure", "league_table"),
    "exhibits.missingtable": ("missing_policies_table",),
    "exhibits.mosaicfigure": ("intervention_figure",),
    "exhibits.pathstatement": ("path_statement",),
    "exhibits.pathtables": ("effects_table", "equations_table", "fit_table"),
    "exhibits.reproduction": ("reproduction_figure",),
    "exhibits.sensitivityfigure": ("sensitivity_figure",),
    "exhibits.smalltables": ("small_effects_table",),
    "exhibits.stagefigure": ("stage_figure",),
    "exhibits.stagetable": ("stage_table",),
    "exhibits.statements": ("audit_statement", "score_statement"),
    "exhibits.tables": ("coverage_table", "indicator_table", "readings_table", "score_table"),
    "exhibits.trendtable": ("trend_table", "variance_table"),
    "exhibits.waterfall": ("change_figure",),
    "exhibits.yearly": ("yearly_figure",),
    "files": ("list_rules", "read_rules"),
    "language.words": ("Language",),
    "pathdata": ("find_lags", "path_panel", "path_rows", "path_table"),
    "paths.analysis": ("Resampling", "analyse_paths"),
    "paths.clustering": ("design_effect", "intraclass"),
    "paths.confounding": ("adjust", "bound_strength", "partial_r2", "robustness_value"),
    "paths.crosscheck": ("cross_check",),
    "paths.diagnostics": ("diagnose",),
    "paths.effectlist": ("list_effects",),
    "paths.effects": ("decompose", "share_mediated"),
    "paths.estimation": ("fit_path",),
    "paths.fewclusters": ("permutation_test", "wild_cluster_test"),
    "paths.fitmeasures": ("fit_measures",),
    "paths.groupbootstrap": ("bootstrap_groups",),
    "paths.groupestimation": ("fit_groups",),
    "paths.groups": ("compare_groups",),
    "paths.inference": ("StandardErrors",),
    "paths.influence": ("influence",),
    "paths.intervals": ("Interval",),
    "paths.lagverdicts": ("judge_lags",),
    "paths.model": ("path_model",),
    "paths.modification": ("modification_hints",),
    "paths.moments": ("Moments", "moments_of"),
    "paths.panel": ("read_panel",),
    "paths.panelmodel": ("fit_panel", "panel_model"),
    "paths.pathfit": ("Incomplete",),
    "paths.pathrobustness": ("benchmarks", "robustness"),
    "paths.power": ("n_for_effect", "power_of_effects"),
    "paths.reduction": ("read_moments",),
    "paths.resampling": ("bootstrap",),
    "paths.rhocurve": ("rho_curves",),
    "paths.rows": ("read_rows",),
    "paths.smalleffects": ("judge_effects", "minimum_detectable", "n_for_power", "refuse_elaborate"),
    "paths.tracing": ("explained_variance", "trace_effects"),
    "runs.labels": ("check_labels",),
    "scorecards.cascade": ("read_tree", "roll_up", "score_levels"),
    "scorecards.change": ("explain_change",),
    "scorecards.contributions": ("contributions", "drill_down"),
    "scorecards.distribution": ("distribute", "find_lacks"),
    "scorecards.doorway": ("admit",),
    "scorecards.league": ("read_leagues",),
    "scorecards.proofs": ("prove",),
    "scorecards.rules": ("MissingChoice",),
    "scorecards.scoring": ("score", "spread"),
    "scorecards.unitchange": ("change_of", "last_change"),
    "scorecards.variants": ("take_variant", "vary"),
    "studies": ("list_studies", "read_study"),
    "twin": ("write_twin",),
    "twins.calibrationcheck": ("check_calibration",),
    "twins.making": ("make_twin",),
    "twins.plan": ("vary_twin",),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}

__version__ = "0.1.0"
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
