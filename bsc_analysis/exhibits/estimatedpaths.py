"""The path diagram of a fitted model, laid out as a strategy map: every coefficient with its interval, and what is explained."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.effectlines import write_effect, write_interval
from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS
from bsc_analysis.exhibits.exhibit import Exhibit, Provenance
from bsc_analysis.exhibits.pathcaptions import (
    in_both,
    join,
    say_intervals,
    say_level,
    say_sample,
    say_standardised,
)
from bsc_analysis.exhibits.pathdrawing import DASHED, SOLID, Diagram, DrawnPath, draw_diagram, name_nodes
from bsc_analysis.exhibits.style import NEGATIVE, POSITIVE
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.layout import Edge
    from bsc_analysis.exhibits.pathdrawing import Node
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.studies import Study

EXPLAINED = "R²"


@dataclass(frozen=True, slots=True)
class _Coefficient:
    """A direct path's standardised coefficient with the ends of its interval, and whether the model fixes its b."""

    edge: Edge
    beta: float
    lower: float
    upper: float
    fixed: bool

    @property
    def decided(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.lower > 0 or self.upper < 0


def estimated_path_figure(
    analysis: PathAnalysis, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Draw a fitted path model: causes at the bottom, effects above, every path with its standardised coefficient.

    A path whose interval holds 0 is dashed; the width of an arrow is the size of its coefficient; each explained variable
    says which share of its variance is.
    """
    coefficients = _read(analysis)

    def make(spoken: Language) -> Figure:
        return draw_diagram(_diagram(analysis, coefficients, study, provenance, spoken))

    return Exhibit(
        "figure",
        make,
        in_both(lambda each: _caption(analysis, study, each)),
        in_both(lambda each: _alt(analysis, coefficients, study, each)),
        provenance,
        language,
    )


def _read(analysis: PathAnalysis) -> tuple[_Coefficient, ...]:
    """Read each path of the model from the direct effects."""
    effects, model = analysis.effects, analysis.fit.model
    columns = (effects.beta.tolist(), effects.beta_lower.tolist(), effects.beta_upper.tolist())
    direct = {
        (name.start, name.end): values
        for name, *values in zip(effects.names, *columns, strict=True)
        if name.kind == "direct"
    }
    return tuple(
        _Coefficient(edge, beta, lower, upper, model.fixed_value(edge) is not None)
        for edge, (beta, lower, upper) in ((edge, direct[edge]) for edge in model.edges)
    )


def _diagram(
    analysis: PathAnalysis,
    coefficients: tuple[_Coefficient, ...],
    study: Study,
    origin: Provenance,
    language: Language,
) -> Diagram:
    model = analysis.fit.model
    return Diagram(
        model,
        study.label.say(language),
        _nodes(analysis, study, language),
        tuple(_drawn(each, language) for each in coefficients),
        (
            *_legend(analysis, coefficients, language),
            *_not_drawn(model, language),
            say_sample(analysis.fit, language),
            f"{origin.statement.say(language)}.",
        ),
    )


def _nodes(analysis: PathAnalysis, study: Study, language: Language) -> tuple[Node, ...]:
    fit = analysis.fit
    r2 = dict(zip(fit.model.endogenous, fit.r2.tolist(), strict=True))
    return tuple(
        replace(node, number=_say_explained(r2[node.name], language)) if node.name in r2 else node
        for node in name_nodes(fit.model, study, language)
    )


def _say_explained(share: float, language: Language) -> str:
    return f"{EXPLAINED} = {write_effect(share, STANDARDISED_DECIMALS, language)}"


def _drawn(each: _Coefficient, language: Language) -> DrawnPath:
    colour = NEGATIVE if each.beta < 0 else POSITIVE
    size = min(abs(each.beta), 1.0) if math.isfinite(each.beta) else 0.0
    dashes = SOLID if each.decided else DASHED
    return DrawnPath(each.edge, "\n".join(_say_lines(each, language)), colour, colour, dashes, size)


def _say_lines(each: _Coefficient, language: Language) -> tuple[str, str]:
    """Write a coefficient with what is special about it, and its interval."""
    words = [write_effect(each.beta, STANDARDISED_DECIMALS, language)]
    words += [say("negative", language)] if each.beta < 0 else []
    words += [say("fixed", language)] if each.fixed else []
    return " ".join(words), write_interval(each.lower, each.upper, STANDARDISED_DECIMALS, language)


def _legend(
    analysis: PathAnalysis, coefficients: tuple[_Coefficient, ...], language: Language
) -> tuple[str, ...]:
    """Say what the kinds of line that are there mean."""
    level = say_level(analysis.effects.level, language)
    decided = {each.decided for each in coefficients}
    meanings = [say("solid: the {level} % interval leaves out 0", language, level=level)] * (True in decided)
    meanings += [say("dashed: the {level} % interval holds 0", language, level=level)] * (False in decided)
    meanings.append(say("width: size of the standardised coefficient", language))
    return (say("Arrows: {meanings}.", language, meanings="; ".join(meanings)),)


def _not_drawn(model: PathModel, language: Language) -> tuple[str, ...]:
    """Name the parts of a model that the diagram leaves out."""
    hidden = [f"{one} ~~ {other}" for one, other in model.covariances]
    hidden += [f"{factor.name} =~ {' + '.join(factor.indicators)}" for factor in model.factors]
    if not hidden:
        return ()
    return (say("Part of the model but not drawn: {hidden}.", language, hidden="; ".join(hidden)),)


def _caption(analysis: PathAnalysis, study: Study, language: Language) -> str:
    head = say(
        "Path model of {study} as estimated, causes below and effects above: standardised coefficients with their intervals, "
        "and the explained share of variance (R²). Dashed arrows have an interval that holds 0; the width of an arrow is the "
        "size of its coefficient, and negative ones are marked by colour and word.",
        language,
        study=study.label.say(language),
    )
    made = say_intervals(analysis.effects, analysis.fit, analysis.seed, language)
    return join(head, say_sample(analysis.fit, language), made, say_standardised(language))


def _alt(
    analysis: PathAnalysis, coefficients: tuple[_Coefficient, ...], study: Study, language: Language
) -> str:
    """Tell every coefficient and every explained share in words."""
    opening = say("Path diagram of {study}.", language, study=study.label.say(language))
    told = [
        f"{each.edge[0]} → {each.edge[1]} {' '.join(_say_lines(each, language))}" for each in coefficients
    ]
    shares = [f"{node.name} {node.number}" for node in _nodes(analysis, study, language) if node.number]
    return f"{opening} {', '.join(told)}. {', '.join(shares)}."
