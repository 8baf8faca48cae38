"""The path diagram of a study, laid out as a strategy map: printed paths, implied ones, and the indirect effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.evidence.audit import audit
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.pathdrawing import (
    DASHED,
    DOTTED,
    SOLID,
    Dashes,
    Diagram,
    DrawnPath,
    Item,
    draw_diagram,
    name_nodes,
)
from bsc_analysis.exhibits.pathvalues import (
    Origin,
    PathValue,
    read_paths,
    say_indirect,
    say_path,
    say_path_flat,
)
from bsc_analysis.exhibits.style import INK, NEGATIVE, POSITIVE, RULE, VERDICT_MARKS
from bsc_analysis.language.words import LANGUAGES, Label, Language, both, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.paths.model import PathModel
    from bsc_analysis.studies import Study

DASHES: dict[Origin, Dashes] = {Origin.PRINTED: SOLID, Origin.IMPLIED: DASHED, Origin.UNKNOWN: DOTTED}


def path_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw a study's path model: causes at the bottom, effects above, every path with its coefficient.

    Drawn from the printed direct effects, from the paths that printed indirect effects imply, and from the audit of
    the indirect effects, which are listed below. Absent where the study has no path model.
    """
    if study.model is None:
        return Absent(both("This study prints no path model."), language)
    model, paths = study.model, read_paths(study, study.model)
    indirect = tuple(
        finding
        for finding in audit(study.printed, study.rules, model)
        if finding.printed.key.quantity == "indirect_effect" and finding.repeats is None
    )

    def make(spoken: Language) -> Figure:
        return draw_diagram(_diagram(study, model, paths, indirect, provenance, spoken))

    caption = Label(*(_caption(study, paths, each) for each in LANGUAGES))
    alt = Label(*(_alt(study, paths, indirect, each) for each in LANGUAGES))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _diagram(
    study: Study,
    model: PathModel,
    paths: tuple[PathValue, ...],
    indirect: tuple[Finding, ...],
    origin: Provenance,
    language: Language,
) -> Diagram:
    return Diagram(
        model,
        study.label.say(language),
        name_nodes(model, study, language),
        tuple(_drawn(path, language) for path in paths),
        _notes(paths, origin, language),
        say("Printed indirect effects", language),
        tuple(Item(VERDICT_MARKS[finding.verdict], say_indirect(finding, language)) for finding in indirect),
    )


def _drawn(path: PathValue, language: Language) -> DrawnPath:
    words, dashes = say_path(path, language), DASHES[path.origin]
    if path.value is None:
        return DrawnPath(path.edge, words, RULE, INK, dashes, 0.0)
    colour = NEGATIVE if path.negative else POSITIVE
    return DrawnPath(path.edge, words, colour, colour, dashes, min(abs(float(path.value)), 1.0))


def _notes(paths: tuple[PathValue, ...], origin: Provenance, language: Language) -> tuple[str, ...]:
    """Say what the lines that are there mean, and what the data are."""
    kinds = {
        Origin.PRINTED: say("solid: printed", language),
        Origin.IMPLIED: say("dashed: implied by the printed indirect effects", language),
        Origin.UNKNOWN: say("dotted: not printed", language),
    }
    there = {path.origin for path in paths}
    meanings = [word for kind, word in kinds.items() if kind in there]
    meanings.append(say("width: size of the coefficient", language))
    legend = say("Arrows: {meanings}.", language, meanings="; ".join(meanings))
    return legend, f"{origin.statement.say(language)}."


def _caption(study: Study, paths: tuple[PathValue, ...], language: Language) -> str:
    head = say(
        "Path model of {study}, causes below and effects above. Coefficients are in the unit of the source; the width of "
        "an arrow is the size of its coefficient, and negative ones are marked by colour and word.",
        language,
        study=study.label.say(language),
    )
    if not any(path.origin is Origin.IMPLIED for path in paths):
        return head
    tail = say(
        "Dashed arrows are not printed: the printed indirect effects imply them, within the interval shown.",
        language,
    )
    return f"{head} {tail}"


def _alt(
    study: Study, paths: tuple[PathValue, ...], indirect: tuple[Finding, ...], language: Language
) -> str:
    """Tell every path and every indirect effect in words."""
    opening = say("Path diagram of {study}.", language, study=study.label.say(language))
    told = ", ".join(f"{path.edge[0]} → {path.edge[1]} {say_path_flat(path, language)}" for path in paths)
    effects = (f"{say_indirect(finding, language)}." for finding in indirect)
    return " ".join((opening, f"{told}.", *effects))
