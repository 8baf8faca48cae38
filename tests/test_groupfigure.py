"""The figure of groups: coefficients on one scale, differences that survive Holm's adjustment marked, and a page's limits."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.figure import Figure

from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.groupcoefficients import ALPHA, most_different, read_paths
from bsc_analysis.exhibits.groupfigure import ALIKE, DIFFERS, MOST_LINES, group_figure
from bsc_analysis.paths.analysis import PathAnalysis, Resampling, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import Codes, Rows
from tests.pathcases import by_year, origin, printed, study
from tests.test_charts import marks, texts, whole_text
from tests.test_pathfigures import complete

SIX = 1e-6


def exhibit_of(analysis: PathAnalysis) -> Exhibit:
    exhibit = group_figure(analysis, study(), origin(), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


def drawn(analysis: PathAnalysis) -> Figure:
    figure = exhibit_of(analysis).make("en")
    assert isinstance(figure, Figure)
    return figure


def in_order(figure: Figure) -> list[tuple[float, str]]:
    """Return each mark's place on the scale and its shape, from top to bottom."""
    downwards = sorted(marks(figure), key=lambda line: float(line.get_ydata()[0]))
    return [(float(line.get_xdata()[0]), str(line.get_marker())) for line in downwards]


@cache
def turned(n_groups: int = 2, **more: object) -> PathAnalysis:
    """Return an analysis in which IP rises by LG in the first group, falls by it in the second, and so on in turns."""
    LG = np.tile([-1.0, 0.0, 1.0, 0.0], 10)
    noise = np.tile([0.1, -0.1, 0.1, -0.1, -0.1, 0.1, -0.1, 0.1], 5)
    parts = [np.column_stack([LG, (-1) ** group * LG + noise]) for group in range(n_groups)]
    labels = tuple(f"Y{group}" for group in range(n_groups))
    codes = Codes("year", np.repeat(np.arange(n_groups), len(LG)), labels)
    return analyse_paths(
        path_model("IP ~ LG"), Rows(("LG", "IP"), np.concatenate(parts), group=codes), **more
    )  # type: ignore[arg-type]


def test_coefficients_worked_by_hand_stand_on_the_scale_of_all_groups_together() -> None:
    """LG has variance 1/2. In each group IP = -+ LG + noise of variance .01, the noise unrelated to LG, so b = 1 and -1.

    Together IP has variance 1/2 + .01, so that b is multiplied by sqrt(.5 / .51) = .990148.
    """
    figure = drawn(turned())
    assert [at for at, _ in in_order(figure)] == pytest.approx([0.990148, -0.990148], abs=SIX)
    (path,) = read_paths(turned(), turned().groups)  # type: ignore[arg-type]
    assert [each.b for each in path.members] == pytest.approx([1.0, -1.0], abs=SIX)


def test_an_interval_is_1_96_standard_errors_each_way() -> None:
    """se of b = sqrt(.01 / (40 x .5)) = .022361; on the scale .990148 x 1.959964 x .022361 = .043395."""
    (path,) = read_paths(turned(), turned().groups)  # type: ignore[arg-type]
    value, lower, upper = path.members[0].beta
    assert (value - lower, upper - value) == pytest.approx((0.043395, 0.043395), abs=SIX)


def test_coefficients_that_differ_are_marked_and_name_each_other() -> None:
    figure = drawn(turned())
    assert {shape for _, shape in in_order(figure)} == {DIFFERS.marker}
    assert {"Y1 (p < 0.001)", "Y0 (p < 0.001)"} <= set(texts(figure))
    assert "1 of 1 paths differ between groups" in exhibit_of(turned()).alt.en


def test_only_what_survives_the_adjustment_is_marked() -> None:
    """What is marked is read back from the adjusted p of the differences of b."""
    analysis = by_year()
    assert analysis.groups is not None
    found = analysis.groups.differences
    expected = []
    for at, name in enumerate(found.names):
        if name.kind == "direct":
            wrong = {
                group
                for pair, p in zip(found.pairs, found.raw.p_holm[:, at], strict=True)
                if p < ALPHA
                for group in pair
            }
            expected += [DIFFERS.marker if group in wrong else ALIKE.marker for group in found.groups]
    assert [shape for _, shape in in_order(drawn(analysis))] == expected
    direct = [name.kind == "direct" for name in found.names]
    before, after = ((p[:, direct] < ALPHA).sum() for p in (found.raw.p, found.raw.p_holm))
    assert before > after > 0, "some differences are significant only before the adjustment"


def test_every_group_has_a_line_and_its_rows_are_counted() -> None:
    figure = drawn(by_year())
    shown = texts(figure)
    assert all(shown.count(year) == 6 for year in ("2015", "2016", "2017"))
    assert "2015: n = 900, 2016: n = 900, 2017: n = 900." in shown[-1] or "2015: n = 900" in whole_text(
        figure
    )


def test_the_caption_says_how_intervals_and_p_were_made() -> None:
    caption = exhibit_of(by_year()).caption.en
    assert "1.96 standard errors" in caption
    assert "robust to clusters" in caption
    assert "45 differences of 15 effects" in caption
    assert "±0.10 (SESOI), which the author states" in caption
    drawn_anew = exhibit_of(turned(resampling=Resampling(200, seed=5))).caption.en
    assert "bootstrap, 200 replicates, seed 5" in drawn_anew
    assert "robust" not in drawn_anew


def test_of_many_coefficients_those_that_differ_least_are_left_out_and_counted() -> None:
    """15 coefficients in 8 groups are 120 lines; a page holds 4 of them, 32 lines."""
    analysis = complete(6, 8)
    figure = drawn(analysis)
    assert len(marks(figure)) == 4 * 8 <= MOST_LINES
    assert "11 more paths, which differ least between groups" in whole_text(figure)
    assert "of 15 paths" in exhibit_of(analysis).alt.en


def test_paths_that_differ_come_before_those_that_merely_spread() -> None:
    (path,) = read_paths(turned(), turned().groups)  # type: ignore[arg-type]
    wide = replace(
        path,
        name=replace(path.name, end="CP"),
        members=tuple(replace(each, beta=(5 * each.beta[0], 0.0, 0.0), others=()) for each in path.members),
    )
    assert most_different((wide, path), 1) == (path,)
    assert most_different((wide, path), 2) == (wide, path)


def test_more_groups_than_a_page_holds_have_no_figure() -> None:
    absent = group_figure(turned(MOST_LINES + 1), study(), origin(), language="en")
    assert isinstance(absent, Absent)
    assert absent.reason.en.startswith(f"{MOST_LINES + 1} groups are more than a page can show")


def test_a_model_that_was_not_compared_has_no_figure() -> None:
    absent = group_figure(printed(), study(), origin(), language="id")
    assert isinstance(absent, Absent)
    assert absent.reason.en == "This path model was not compared between groups."


def test_marks_of_what_differs_and_what_does_not_differ_in_shape_fill_and_colour() -> None:
    assert ALIKE.marker != DIFFERS.marker
    assert ALIKE.filled != DIFFERS.filled
    assert ALIKE.colour != DIFFERS.colour
