"""The figure of unmeasured confounders: curves through the estimates, where they reach 0, and what no page can hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.rhopanels import COLUMNS, DIRECT, INDIRECT
from bsc_analysis.exhibits.sensitivityfigure import MOST_PANELS, sensitivity_figure
from bsc_analysis.paths.analysis import PathAnalysis, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.pathrobustness import robustness
from bsc_analysis.paths.rhocurve import rho_curves
from bsc_analysis.paths.rows import Rows
from tests.pathcases import by_year, origin, printed, study
from tests.test_charts import texts, whole_text
from tests.test_pathfigures import complete

SIX = 1e-6
DRAWN_TO = 0.02  # a curve of straight pieces between correlations .01 apart


def exhibit_of(analysis: PathAnalysis) -> Exhibit:
    exhibit = sensitivity_figure(analysis, study(), origin(), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


def drawn(analysis: PathAnalysis) -> Figure:
    figure = exhibit_of(analysis).make("en")
    assert isinstance(figure, Figure)
    return figure


def panels(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.axison]


def curve(axes: Axes) -> Line2D:
    return max(axes.lines, key=lambda line: len(line.get_xdata()))


def mark(axes: Axes, shape: str) -> list[tuple[float, float]]:
    found = [line for line in axes.lines if line.get_marker() == shape]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in found]


def test_one_coefficient_is_0_where_the_confounder_explains_the_whole_correlation() -> None:
    """With one predictor, a residual correlation of r explains a correlation of r: .5 vanishes at rho = .5."""
    analysis = printed("IP ~ LG")
    (axes,) = panels(drawn(analysis))
    assert mark(axes, "o") == [pytest.approx((0.0, 0.5), abs=SIX)]
    assert mark(axes, "D") == [pytest.approx((0.5, 0.0), abs=SIX)]
    assert "0 at ρ = 0.50 (LG, IP)" in whole_text(drawn(analysis))


def test_every_direct_and_specific_effect_has_a_panel_through_its_estimate() -> None:
    """Estimates worked by hand: direct .5, .1333, .3333, then through IP .5 x .3333 = .1667."""
    figure = drawn(printed())
    heights = [mark(axes, "o")[0][1] for axes in panels(figure)]
    assert heights == pytest.approx([0.5, 2 / 15, 1 / 3, 1 / 6], abs=SIX)
    assert [curve(axes).get_color() for axes in panels(figure)] == [DIRECT] * 3 + [INDIRECT]
    assert [curve(axes).is_dashed() for axes in panels(figure)] == [False] * 3 + [True]
    assert {"LG → IP", "LG → CP", "IP → CP", "LG → IP → CP"} <= set(texts(figure))


@pytest.mark.parametrize("analysis", [printed, by_year])
def test_every_curve_passes_through_its_estimate_and_its_zero(analysis: object) -> None:
    for axes in panels(drawn(analysis())):  # type: ignore[operator]
        x, y = np.asarray(curve(axes).get_xdata(), float), np.asarray(curve(axes).get_ydata(), float)
        for at, height in (*mark(axes, "o"), *mark(axes, "D")):
            assert float(np.interp(at, x, y)) == pytest.approx(height, abs=DRAWN_TO)


def test_marks_and_words_are_those_of_the_pair_that_needs_the_smallest_correlation() -> None:
    analysis = by_year()
    curves, values = rho_curves(analysis.fit), robustness(analysis.fit)
    shown = whole_text(drawn(analysis))
    for name in values.names:
        at = curves.names.index(name)
        pair = curves.weakest[at]
        assert pair is not None
        rho = f"{curves.nearest_zero[at]:.2f}".replace("-", "−")
        assert f"0 at ρ = {rho} ({', '.join(pair)})" in shown
    smallest = min(values.effect_rv)
    assert f"robustness value {smallest:.2f}" in shown


def test_effects_are_standardised_whatever_the_units() -> None:
    """The same data with IP in thousandths: every panel is the same, since a standardised effect has no unit."""
    rng = np.random.default_rng(2)
    LG, noise = rng.standard_normal((2, 100))
    values = np.column_stack([LG, 0.4 * LG + noise, LG - noise + rng.standard_normal(100)])
    model = path_model("IP ~ LG; CP ~ LG + IP")
    found = []
    for unit in (1.0, 1000.0):
        rows = Rows(("LG", "IP", "CP"), values * [1.0, unit, 1.0])
        found.append([mark(axes, "o")[0][1] for axes in panels(drawn(analyse_paths(model, rows)))])
    assert found[0] == pytest.approx(found[1], abs=SIX)


def test_of_many_effects_the_smallest_are_left_out_and_counted() -> None:
    """Six variables have 15 direct effects and 42 along several arrows: 57."""
    analysis = complete(6)
    figure = drawn(analysis)
    assert len(panels(figure)) == MOST_PANELS
    assert f"{57 - MOST_PANELS} more effects, the smallest" in whole_text(figure)
    single = [name.kind in ("direct", "specific") for name in analysis.effects.names]
    largest = sorted(np.abs(analysis.effects.beta[single]), reverse=True)[:MOST_PANELS]
    heights = sorted((abs(mark(axes, "o")[0][1]) for axes in panels(figure)), reverse=True)
    assert heights == pytest.approx(largest, abs=SIX)
    assert "Curves of 57 effects" in exhibit_of(analysis).alt.en


def test_all_panels_share_their_scales_and_the_zone() -> None:
    figure = drawn(printed(sesoi=0.2))
    assert len({axes.get_ylim() for axes in panels(figure)}) == 1
    for axes in panels(figure):
        (zone,) = axes.patches
        assert (zone.get_y(), zone.get_y() + zone.get_height()) == pytest.approx((-0.2, 0.2))  # type: ignore[attr-defined]


def test_a_row_that_is_not_full_leaves_no_panel_without_numbers() -> None:
    figure = drawn(by_year())
    assert len(panels(figure)) == 11
    assert len(figure.axes) % COLUMNS == 0
    assert [text for text in texts(figure) if text == "correlation of residuals (ρ)"] == [
        "correlation of residuals (ρ)"
    ] * COLUMNS


def test_the_alt_text_tells_every_effect() -> None:
    alt = exhibit_of(printed()).alt
    assert "Curves of 4 effects" in alt.en
    assert "LG → IP 0.50: 0 at ρ = 0.50 (LG, IP), robustness value 0.43" in alt.en
    assert "LG → IP 0,50: 0 pada" in alt.id


def test_the_caption_says_what_a_robustness_value_is_and_who_states_the_yardstick() -> None:
    caption = exhibit_of(by_year()).caption.en
    assert "A robustness value of 0.10 says" in caption
    assert "±0.10 (SESOI), which the author states" in caption
    assert "n = 2,700 rows in 60 clusters" in caption


@pytest.mark.parametrize("text", ["IP ~ LG; CP ~ LG; IP ~~ CP", "IP ~ 0.5*LG", "IP ~ a*LG; CP ~ a*LG"])
def test_a_model_without_closed_form_has_no_figure_and_says_why(text: str) -> None:
    values = np.random.default_rng(4).standard_normal((60, 3))
    analysis = analyse_paths(path_model(text), Rows(("LG", "IP", "CP"), values))
    absent = sensitivity_figure(analysis, study(), origin(), language="id")
    assert isinstance(absent, Absent)
    assert absent.language == "id"
    assert absent.reason.en.startswith("Power and sensitivity are computed for models without")
