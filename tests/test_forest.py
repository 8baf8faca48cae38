"""The forest plot: every distinct effect of a model worked by hand, on its scale, with its verdict, and what a page leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from bsc_analysis.exhibits.effectlines import VERDICT_MARKS, effect_scale, round_numbers, write_effect
from bsc_analysis.exhibits.exhibit import Exhibit
from bsc_analysis.exhibits.forest import MOST_EFFECTS, effects_figure
from bsc_analysis.paths.analysis import PathAnalysis
from bsc_analysis.paths.effectlist import EffectName
from tests.pathcases import by_year, origin, printed, resampled, study
from tests.test_charts import luminance, marks, texts, whole_text
from tests.test_pathfigures import complete

FOUR = 1e-4  # numbers worked by hand are written with four decimals


def exhibit_of(analysis: PathAnalysis) -> Exhibit:
    return effects_figure(analysis, study(), origin(), language="en")


def drawn(analysis: PathAnalysis) -> Figure:
    figure = exhibit_of(analysis).make("en")
    assert isinstance(figure, Figure)
    return figure


def in_order(figure: Figure) -> list[tuple[float, str]]:
    """Return each mark's place on the scale and its shape, from top to bottom."""
    downwards = sorted(marks(figure), key=lambda line: float(line.get_ydata()[0]))
    return [(float(line.get_xdata()[0]), str(line.get_marker())) for line in downwards]


def test_effects_worked_by_hand_stand_in_their_groups() -> None:
    """Correlations LG-IP .5, LG-CP .3, IP-CP .4, n = 100: direct .5, (.3 - .2) / .75 = .1333, (.4 - .15) / .75 = .3333;
    indirect .5 x .3333 = .1667; total .1333 + .1667 = .3. The sums that repeat one path are left out.
    """
    figure = drawn(printed())
    assert [at for at, _ in in_order(figure)] == pytest.approx([0.5, 0.1333, 0.3333, 0.1667, 0.3], abs=FOUR)
    names = ["LG → IP", "LG → CP", "IP → CP", "LG → IP → CP", "total LG → CP"]
    shown = texts(figure)
    assert [text for text in shown if "→" in text] == names
    titles = ["Direct effects", "Indirect effects", "Total effects"]
    assert [text for text in shown if text in titles] == titles
    assert "Contrasts and definitions" not in shown


def test_an_interval_is_drawn_from_its_lower_to_its_upper_end() -> None:
    """Standardised LG → IP is .5 with se (1 - .25) / 10 = .075, so that the interval is .5 -+ 1.96 x .075 = .3530 to .6470."""
    figure = drawn(printed())
    top = min(float(mark.get_ydata()[0]) for mark in marks(figure))
    (bar,) = (
        line
        for line in figure.axes[1].lines
        if line.get_marker() == "None" and list(line.get_ydata()) == [top, top]
    )
    assert list(bar.get_xdata()) == pytest.approx([0.3530, 0.6470], abs=FOUR)
    assert "0.500 [0.353; 0.647]" in texts(figure)


def test_each_effect_has_the_mark_and_the_word_of_its_verdict() -> None:
    """Against .10: .5 [.353; .647] is relevant, .1333 [-.07; .34] inconclusive; .3 [.121; .479] is relevant."""
    analysis = printed()
    shapes = dict(in_order(drawn(analysis)))
    for judgement in analysis.judgements:
        assert shapes[judgement.estimate] == VERDICT_MARKS[judgement.verdict].marker
    verdicts = [text for text in texts(drawn(analysis)) if text in VERDICT_MARKS]
    assert verdicts == ["relevant", "inconclusive", "relevant", "inconclusive", "relevant"]


def test_the_zone_reaches_as_far_as_the_stated_smallest_effect_of_interest() -> None:
    for sesoi in (0.1, 0.25):
        figure = drawn(printed(sesoi=sesoi))
        zones = {(patch.get_x(), patch.get_x() + patch.get_width()) for patch in figure.axes[1].patches}  # type: ignore[attr-defined]
        assert zones == {(-sesoi, sesoi)}
        assert f"SESOI ±{sesoi:.2f}" in texts(figure)


def test_the_caption_says_what_the_figure_rests_on() -> None:
    caption = exhibit_of(by_year()).caption.en
    assert "n = 2,700 rows in 60 clusters" in caption
    assert "robust to clusters" in caption
    assert "95 %" in caption
    assert "negligible: the 90 % interval" in caption
    assert "0.10 (SESOI), which the author states" in caption
    assert "1,000 replicates, seed 7" in exhibit_of(resampled()).caption.en


def test_the_alt_text_counts_verdicts_and_tells_every_effect() -> None:
    alt = exhibit_of(printed()).alt.en
    assert "Forest plot of 5 effects" in alt
    assert "3 relevant, 0 negligible, 2 inconclusive" in alt
    assert "LG → IP 0.500 [0.353; 0.647] (relevant)" in alt


def test_of_many_effects_the_smallest_indirect_ones_are_left_out_and_counted() -> None:
    """Six variables have 15 direct effects, 42 along several arrows, 6 sums of several indirect ones and 10 totals: 73."""
    figure = drawn(complete(6))
    assert len(marks(figure)) == MOST_EFFECTS
    assert f"{73 - MOST_EFFECTS} more effects, the smallest indirect ones" in whole_text(figure)
    names = [str(name) for name in complete(6).effects.names if name.kind == "direct"]
    assert {name.replace("->", "→") for name in names} <= {" ".join(text.split()) for text in texts(figure)}
    assert "73 effects" in exhibit_of(complete(6)).alt.en


def changed(analysis: PathAnalysis, at: int, value: float) -> PathAnalysis:
    """Return the analysis with another standardised effect and interval in one place."""
    arrays = {}
    for name in ("beta", "beta_lower", "beta_upper"):
        arrays[name] = getattr(analysis.effects, name).copy()
        arrays[name][at] = value
    return replace(analysis, effects=replace(analysis.effects, **arrays))


def test_an_effect_beyond_the_scale_stands_at_its_edge_and_points_onwards() -> None:
    figure = drawn(changed(printed(), 0, 7.0))
    at, shape = in_order(figure)[0]
    assert shape == ">"
    assert at == figure.axes[1].get_xlim()[1]
    assert "points onwards" in whole_text(figure)
    assert "points onwards" not in whole_text(drawn(printed()))


def test_an_effect_that_has_no_number_has_words_and_no_mark() -> None:
    figure = drawn(changed(printed(), 0, float("nan")))
    assert len(marks(figure)) == 4
    assert "not computed" in texts(figure)
    assert "– [–; –]" in texts(figure)


def test_contrasts_stand_in_a_group_of_their_own() -> None:
    analysis = printed(contrasts=(("LG -> CP", "LG -> IP -> CP"),))
    assert analysis.effects.names[-1] == EffectName("contrast", label="(LG -> CP) - (LG -> IP -> CP)")
    shown = texts(drawn(analysis))
    assert "Contrasts and definitions" in shown
    assert "(LG → CP) − (LG → IP → CP)" in shown


@pytest.mark.parametrize("ends", [(0.01, 0.02), (-0.9, 0.9), (float("nan"),), (-40.0, 40.0)])
def test_a_scale_always_holds_0_and_the_zone_and_has_few_numbers(ends: tuple[float, ...]) -> None:
    scale = effect_scale(ends, 0.1, "beta", "en")
    assert scale.lower < -0.1 < 0.1 < scale.upper
    assert (0.0, "0") in scale.ticks
    assert (scale.lines, scale.dashed) == ((0.0,), (-0.1, 0.1))
    assert 2 <= len(scale.ticks) <= 7
    assert scale.upper <= 1.5


def test_round_numbers_stand_a_round_step_apart() -> None:
    assert round_numbers(-0.12, 0.13) == (-0.1, -0.05, 0.0, 0.05, 0.1)
    assert round_numbers(-1.3, 1.3) == (-1.0, -0.5, 0.0, 0.5, 1.0)


def test_what_rounds_to_nought_has_no_sign() -> None:
    assert write_effect(-0.0001, 3, "en") == "0.000"


def test_verdicts_differ_in_shape_colour_and_grey() -> None:
    found = list(VERDICT_MARKS.values())
    assert len({mark.marker for mark in found}) == len({mark.colour for mark in found}) == len(found)
    greys = sorted(luminance(mark) for mark in found if mark.filled)
    assert greys[1] - greys[0] > 0.15
