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
    from bsc_analysis.errors import BscError as BscError
    from bsc_analysis.evidence.audit import audit as audit
    from bsc_analysis.evidence.implied import implied_paths as implied_paths
    from bsc_analysis.evidence.implied import implied_scores as implied_scores
    from bsc_analysis.evidence.mending import mend as mend
    from bsc_analysis.evidence.readings import score_readings as score_readings
    from bsc_analysis.exhibits.charts import achievement_figure as achievement_figure
    from bsc_analysis.exhibits.charts import scorecard_figure as scorecard_figure
    from bsc_analysis.exhibits.diagrams import path_figure as path_figure
    from bsc_analysis.exhibits.evidencetables import finding_table as finding_table
    from bsc_analysis.exhibits.evidencetables import implied_table as implied_table
    from bsc_analysis.exhibits.evidencetables import mending_table as mending_table
    from bsc_analysis.exhibits.evidencetables import verdict_table as verdict_table
    from bsc_analysis.exhibits.exhibit import provenance as provenance
    from bsc_analysis.exhibits.export import export as export
    from bsc_analysis.exhibits.reproduction import reproduction_figure as reproduction_figure
    from bsc_analysis.exhibits.statements import audit_statement as audit_statement
    from bsc_analysis.exhibits.statements import score_statement as score_statement
    from bsc_analysis.exhibits.tables import coverage_table as coverage_table
    from bsc_analysis.exhibits.tables import indicator_table as indicator_table
    from bsc_analysis.exhibits.tables import readings_table as readings_table
    from bsc_analysis.exhibits.tables import score_table as score_table
    from bsc_analysis.exhibits.yearly import yearly_figure as yearly_figure
    from bsc_analysis.files import list_rules as list_rules
    from bsc_analysis.files import read_rules as read_rules
    from bsc_analysis.language.words import Language as Language
    from bsc_analysis.paths.effects import decompose as decompose
    from bsc_analysis.paths.effects import explained_variance as explained_variance
    from bsc_analysis.paths.model import path_model as path_model
    from bsc_analysis.paths.smalleffects import n_for_power as n_for_power
    from bsc_analysis.scorecards.rules import MissingChoice as MissingChoice
    from bsc_analysis.scorecards.scoring import score as score
    from bsc_analysis.scorecards.scoring import spread as spread
    from bsc_analysis.scorecards.variants import vary as vary
    from bsc_analysis.studies import list_studies as list_studies
    from bsc_analysis.studies import read_study as read_study

_ROOMS = {
    "errors": ("BscError",),
    "evidence.audit": ("audit",),
    "evidence.implied": ("implied_paths", "implied_scores"),
    "evidence.mending": ("mend",),
    "evidence.readings": ("score_readings",),
    "exhibits.charts": ("achievement_figure", "scorecard_figure"),
    "exhibits.diagrams": ("path_figure",),
    "exhibits.evidencetables": ("finding_table", "implied_table", "mending_table", "verdict_table"),
    "exhibits.exhibit": ("provenance",),
    "exhibits.export": ("export",),
    "exhibits.reproduction": ("reproduction_figure",),
    "exhibits.statements": ("audit_statement", "score_statement"),
    "exhibits.tables": ("coverage_table", "indicator_table", "readings_table", "score_table"),
    "exhibits.yearly": ("yearly_figure",),
    "files": ("list_rules", "read_rules"),
    "language.words": ("Language",),
    "paths.effects": ("decompose", "explained_variance"),
    "paths.model": ("path_model",),
    "paths.smalleffects": ("n_for_power",),
    "scorecards.rules": ("MissingChoice",),
    "scorecards.scoring": ("score", "spread"),
    "scorecards.variants": ("vary",),
    "studies": ("list_studies", "read_study"),
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
