"""The diagram of an estimated model: every coefficient with its interval, its width, its dashes, and what is explained."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bsc_analysis.exhibits.estimatedpaths import estimated_path_figure
from bsc_analysis.exhibits.exhibit import Exhibit
from bsc_analysis.exhibits.pathdrawing import THICKEST, THINNEST, Node, name_nodes
from bsc_analysis.exhibits.style import NEGATIVE, POSITIVE
from bsc_analysis.language.words import LANGUAGES, Language
from bsc_analysis.paths.analysis import PathAnalysis, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.rows import Rows
from tests.pathcases import R, by_year, origin, printed, resampled, study
from tests.test_charts import text_boxes, whole_text
from tests.test_diagrams import arrows, inside, measured, overlap, random_model, texts
from tests.test_pathfigures import complete

SIX = 1e-6


def exhibit_of(analysis: PathAnalysis) -> Exhibit:
    return estimated_path_figure(analysis, study(), origin(), language="en")


def drawn(analysis: PathAnalysis, language: Language = "en") -> Figure:
    figure = exhibit_of(analysis).make(language)
    assert isinstance(figure, Figure)
    return figure


def by_edge(analysis: PathAnalysis) -> dict[tuple[str, str], Line2D]:
    return dict(zip(analysis.fit.model.edges, arrows(drawn(analysis)), strict=True))


def test_coefficients_worked_by_hand_stand_beside_their_arrows() -> None:
    """LG-IP .5, LG-CP .3, IP-CP .4: coefficients .5, .133, .333; R2 = .25 and .133 x .3 + .333 x .4 = .173."""
    shown = texts(drawn(printed()))
    assert {"0.500 [0.353; 0.647]", "R² = 0.250", "R² = 0.173"} <= set(shown)
    assert [text.split()[0] for text in shown if text.endswith("]")] == ["0.500", "0.133", "0.333"]


def test_a_path_whose_interval_holds_0_is_dashed() -> None:
    """LG → CP is .133 with a standard error of about .10; the other two are more than three of theirs from 0."""
    lines = by_edge(printed())
    assert [edge for edge, line in lines.items() if line.is_dashed()] == [("LG", "CP")]
    legend = whole_text(drawn(printed()))
    assert "solid: the 95 % interval leaves out 0" in legend
    assert "dashed: the 95 % interval holds 0" in legend
    assert "dashed" not in whole_text(drawn(printed(n=100_000)))


def test_the_width_of_an_arrow_is_the_size_of_its_coefficient() -> None:
    """An arrow of size 0 is .7 points wide and one of size 1 4.2 points, so that one of .5 is 2.45 points wide."""
    lines = by_edge(printed())
    assert lines["LG", "IP"].get_linewidth() == pytest.approx(2.45, abs=SIX)
    assert lines["LG", "CP"].get_linewidth() == pytest.approx(
        THINNEST + (THICKEST - THINNEST) * 2 / 15, abs=SIX
    )


def test_a_negative_coefficient_has_another_colour_and_says_so() -> None:
    """LG-IP .5, LG-CP -.3, IP-CP .4: LG on CP is (-.3 - .5 x .4) / .75 = -.667, IP on CP (.4 + .5 x .3) / .75 = .733."""
    r = [[1, 0.5, -0.3], [0.5, 1, 0.4], [-0.3, 0.4, 1]]
    analysis = analyse_paths(path_model("CP ~ LG + IP"), Moments.from_correlations(["LG", "IP", "CP"], r, 90))
    assert [line.get_color() for line in by_edge(analysis).values()] == [NEGATIVE, POSITIVE]
    assert not any(line.is_dashed() for line in by_edge(analysis).values())
    labels = [text.partition(" [")[0] for text in texts(drawn(analysis)) if text.endswith("]")]
    assert labels == ["−0.667 negative", "0.733"]


def test_only_explained_variables_have_an_explained_share() -> None:
    boxes, nodes = measured(drawn(printed()))
    holding = {
        name
        for text, box in boxes
        for name, node in nodes.items()
        if text.startswith("R²") and inside(box, node)
    }
    assert holding == {"IP", "CP"}


def test_a_coefficient_that_the_model_fixes_is_called_fixed() -> None:
    moments = Moments.from_correlations(["LG", "IP", "CP"], R, 100)
    analysis = analyse_paths(path_model("IP ~ 0.5*LG; CP ~ LG + IP"), moments)
    assert next(text.split()[1] for text in texts(drawn(analysis)) if text.endswith("]")) == "fixed"


def test_what_is_not_drawn_is_named() -> None:
    values = np.random.default_rng(1).standard_normal((80, 3))
    rows = Rows(("LG", "IP", "CP"), values)
    analysis = analyse_paths(path_model("IP ~ LG; CP ~ LG; IP ~~ CP"), rows)
    assert "Part of the model but not drawn: IP ~~ CP." in whole_text(drawn(analysis))
    assert "not drawn" not in whole_text(drawn(printed()))


def test_the_interval_is_the_one_of_the_effects_and_the_caption_says_how_it_was_made() -> None:
    analysis = resampled()
    at = [str(name) for name in analysis.effects.names].index("LG -> IP")
    ends = f"[{analysis.effects.beta_lower[at]:.3f}; {analysis.effects.beta_upper[at]:.3f}]"
    assert any(text.endswith(ends) for text in texts(drawn(analysis)))
    caption = exhibit_of(analysis).caption.en
    assert "percentile bootstrap, 1,000 replicates, seed 7" in caption
    assert "n = 60 rows" in caption


def test_an_interval_that_has_no_numbers_decides_nothing() -> None:
    analysis = printed()
    nothing = np.full(len(analysis.effects), np.nan)
    blank = replace(
        analysis, effects=replace(analysis.effects, beta=nothing, beta_lower=nothing, beta_upper=nothing)
    )
    lines = by_edge(blank)
    assert all(line.is_dashed() and line.get_linewidth() == THINNEST for line in lines.values())
    assert texts(drawn(blank)).count("– [–; –]") == len(lines)


def test_the_alt_text_tells_every_path_and_share() -> None:
    alt = exhibit_of(printed()).alt
    assert "LG → IP 0.500 [0.353; 0.647]" in alt.en
    assert alt.en.endswith("IP R² = 0.250, CP R² = 0.173.")
    assert "LG → IP 0,500 [0,353; 0,647]" in alt.id


def test_perspectives_have_their_full_names_and_other_variables_only_their_own() -> None:
    model = path_model("IP ~ LG; Trust ~ IP")
    assert name_nodes(model, study(), "en") == (
        Node("LG", "Learning and growth"),
        Node("IP", "Internal process"),
        Node("Trust"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [5, 6])
def test_texts_and_nodes_keep_clear_of_each_other(size: int, language: Language) -> None:
    boxes, nodes = measured(drawn(complete(size), language))
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    assert [(one, other) for (one, a), (other, b) in combinations(nodes.items(), 2) if overlap(a, b)] == []
    for text, box in boxes:
        touched = [name for name, node in nodes.items() if overlap(box, node)]
        assert not touched or (len(touched) == 1 and inside(box, nodes[touched[0]])), (text, touched)


@pytest.mark.parametrize("seed", range(8))
def test_models_of_any_shape_are_drawn_without_overlaps(seed: int) -> None:
    model = random_model(seed)
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((120, len(model.variables))).cumsum(axis=1)
    figure = drawn(analyse_paths(model, Rows(model.variables, values)))
    boxes = text_boxes(figure)
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []
    assert len(arrows(figure)) == len(model.edges)


def test_the_study_is_drawn_with_its_own_numbers() -> None:
    analysis = by_year()
    numbers = {f"{beta:.3f}".replace("-", "−") for beta in analysis.fit.beta}
    assert numbers == {text.split()[0] for text in texts(drawn(analysis)) if text.endswith("]")}
