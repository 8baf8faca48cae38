"""Lags judged: figures worked by hand, Holm's adjustment, what opposes the year itself, verdicts, and lags recovered."""

from __future__ import annotations

import math

import pytest

from bsc_analysis.errors import UseError
from bsc_analysis.paths.lagverdicts import judge_lags
from bsc_analysis.paths.panel import read_panel
from bsc_analysis.paths.panelmodel import fit_panel
from tests.lagcases import NOISE, OWN, judged, simulated
from tests.test_panel import CHAIN
from tests.test_panel import simulated as four_years

SIX = 1e-6  # numbers worked by hand are written with six decimals
EXACT = 1e-9
LASTING = 0.4  # how much of a disturbance is there a year later in the simulated study


def test_a_path_worked_by_hand_has_its_figures_at_both_times() -> None:
    """80 pairs: b .3 within the year, .2 a year later, own past .4, noise .5.

    Variance of IP: .09 + .04 + .16 + .25 = .54, so that beta is .2 / sqrt(.54) = .272166. Every squared residual is .25, so
    that the standard error by clusters of one is sqrt(.25 / 79) = .056254, z = 3.555261, p = .000378. One path: Holm changes
    nothing.
    """
    (path,) = judged(0.3, 0.2).paths
    assert (path.same.b, path.later.b) == pytest.approx((0.3, 0.2), abs=EXACT)
    assert path.later.se == pytest.approx(0.056254, abs=SIX)
    assert path.later.p == path.p_holm == pytest.approx(0.000378, abs=SIX)
    assert path.later.beta == pytest.approx(0.272166, abs=SIX)
    assert path.later.lower < path.later.beta < path.later.upper
    assert path.verdict == "found"


def test_the_share_that_comes_a_year_later_is_worked_by_hand() -> None:
    """.2 / (.3 + .2) = .4. Slopes: .3 / .25 = 1.2 by the later path, -.2 / .25 = -.8 by the other; the two are unrelated, so
    that its error is .056254 x sqrt(1.44 + .64) = .081131 and its interval .4 -+ 1.959964 x .081131.
    """
    (path,) = judged(0.3, 0.2).paths
    assert path.share == pytest.approx(0.4, abs=EXACT)
    assert path.share_interval == pytest.approx((0.240987, 0.559013), abs=2 * SIX)


@pytest.mark.parametrize(("same", "later"), [(0.3, -0.2), (-0.3, 0.2), (0.05, 0.05)])
def test_there_is_no_share_of_opposite_signs_or_of_nothing(same: float, later: float) -> None:
    """.05 / .056 is below 1.96: neither of the last two differs from 0."""
    (path,) = judged(same, later).paths
    assert (path.share, path.share_interval) == (None, None)


def test_what_lasts_of_an_outcome_is_told_for_each_outcome() -> None:
    found = judged(0.3, 0.2, text="IP ~ LG; CP ~ IP")
    (ip, own), (cp, none) = found.persistence
    assert (ip, cp) == ("IP", "CP")
    assert own.b == pytest.approx(OWN, abs=EXACT)
    assert none.b == pytest.approx(0.0, abs=EXACT)


def test_a_later_effect_must_survive_the_adjustment_for_all_paths() -> None:
    """2.17 standard errors of .056254 have p = .030: enough for one path, but with two Holm makes it .060."""
    later = 2.17 * NOISE / math.sqrt(79)
    (alone,) = judged(0.3, later).paths
    first, second = judged(0.3, later, text="IP ~ LG; CP ~ IP").paths
    assert (alone.p_holm, first.p_holm) == pytest.approx((0.030007, 0.060014), abs=SIX)
    assert second.p_holm == pytest.approx(1.0)
    assert (alone.verdict, first.verdict, second.verdict) == ("found", "not found", "not found")


def test_what_takes_back_the_year_itself_is_opposed_and_no_later_effect() -> None:
    opposed = judged(0.3, -0.3)
    assert opposed.paths[0].verdict == "opposed"
    assert opposed.paths[0].later.verdict == "relevant"
    assert (opposed.found, opposed.answer) == ((), "undecided")
    assert judged(-0.3, 0.3).paths[0].verdict == "opposed"
    assert judged(-0.3, -0.3).paths[0].verdict == "found"


def test_a_negative_later_effect_without_one_in_the_year_itself_is_found() -> None:
    """.02 is a third of its standard error."""
    assert judged(0.02, -0.3).paths[0].verdict == "found"


def test_a_later_effect_worth_attention_supports_that_effects_take_time() -> None:
    found = judged(0.3, 0.3)
    assert (found.answer, found.paths[0].later.verdict) == ("supported", "relevant")
    assert found.found == found.paths


def test_a_later_effect_can_be_found_and_negligible_and_then_contradicts() -> None:
    """8,000 pairs: .03 is 5.4 standard errors of .0056, and beta .03 / sqrt(.5009) = .042 far below .10."""
    found = judged(0.3, 0.03, copies=1000)
    assert (found.paths[0].verdict, found.paths[0].later.verdict) == ("found", "negligible")
    assert (found.found, found.answer) == ((), "contradicted")


def test_few_pairs_without_a_later_effect_leave_the_question_open() -> None:
    found = judged(0.3, 0.0)
    assert (found.paths[0].verdict, found.paths[0].later.verdict) == ("not found", "inconclusive")
    assert found.answer == "undecided"
    assert judged(0.3, 0.0, copies=1000).answer == "contradicted"


def test_level_and_yardstick_decide_verdicts() -> None:
    later = 2.17 * NOISE / math.sqrt(79)
    strict = judged(0.3, later, level=0.99)
    assert (strict.paths[0].verdict, strict.level, strict.inner_level) == (
        "not found",
        0.99,
        pytest.approx(0.98),
    )
    assert judged(0.3, 0.2, sesoi=0.5).paths[0].later.verdict == "negligible"
    usual = judged(0.3, later)
    widths = [each.paths[0].later.upper - each.paths[0].later.lower for each in (strict, usual)]
    assert widths[0] / widths[1] == pytest.approx(2.575829 / 1.959964, abs=SIX)


@pytest.mark.parametrize("more", [{"level": 0.5}, {"level": 1.0}, {"sesoi": 0.0}])
def test_levels_and_yardsticks_that_judge_nothing_are_refused(more: dict[str, float]) -> None:
    with pytest.raises(UseError):
        judged(0.3, 0.2, **more)


def test_a_fixed_path_has_a_later_one_that_is_judged() -> None:
    """IP = .3 LG is fixed: it has no error, the later coefficient is estimated."""
    (path,) = judged(0.3, 0.2, text="IP ~ 0.3*LG").paths
    assert (path.same.b, path.same.se) == (0.3, 0.0)
    assert math.isnan(path.same.p)
    assert path.later.b == pytest.approx(0.2, abs=EXACT)
    assert path.share == pytest.approx(0.4, abs=EXACT)
    assert judged(0.3, -0.3, text="IP ~ 0.3*LG").paths[0].verdict == "opposed"


@pytest.mark.parametrize("seed", range(5))
def test_a_lag_is_found_where_it_was_built_in_and_only_there(seed: int) -> None:
    for lagged, verdict in ((0.25, "found"), (0.0, "not found")):
        panel = read_panel(four_years(seed, lagged), CHAIN.observed, unit="unit", year="year")
        found = judge_lags(fit_panel(CHAIN, panel))
        assert [path.verdict for path in found.paths] == [verdict] * 2
        assert (found.answer == "supported") is (lagged > 0)


def test_lasting_differences_between_units_are_not_taken_for_a_lag() -> None:
    """In the simulated study disturbances last: y = b x + u, u = .4 u before + new, so y = .4 y before + b x - .4 b x before + new:
    a later coefficient of -.4 b although nothing takes a year.
    """
    found = simulated()
    assert found.found == ()
    verdicts = {(path.start, path.end): path.verdict for path in found.paths}
    assert {edge for edge, verdict in verdicts.items() if verdict == "opposed"} == {
        ("LG", "IP"), ("IP", "SH"), ("CP", "SH"),
    }  # fmt: skip
    assert "found" not in verdicts.values()
    for path in found.paths:
        assert abs(path.later.b + LASTING * path.same.b) < 4 * path.later.se
