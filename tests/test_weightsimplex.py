"""Weights as a simplex: shares by geometry and by drawing, nearest flips by hand, by search and by another optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from bsc_analysis.errors import UseError
from bsc_analysis.evidence.weightsimplex import WeightRegions, share_below, weight_regions

# Sums of products of doubles.
LAST_BITS = 1e-9
N_DRAWS = 200_000
# Five standard errors of a share from that many draws.
DRAWN = 5 * 0.5 / N_DRAWS**0.5
# What a general optimiser ends within.
SEARCHED = 1e-4

differences = st.lists(st.integers(-20, 20), min_size=2, max_size=5)


@pytest.mark.parametrize(
    ("slopes", "threshold", "share"),
    [
        ([1, 0], 0.3, 0.3),  # w1 <= .3 on a segment
        ([1, 0, 0], 0.3, 1 - 0.7**2),  # a triangle less the small one at the first corner
        ([1, 1, 0], 0.5, 0.25),  # the small triangle at the third corner, w3 >= .5
        ([1, 0, 0, 0], 0.5, 1 - 0.5**3),
        ([3, 3, 3], 2.9, 0.0),
        ([3, 3, 3], 3.0, 1.0),
        ([-1, -1], 0.0, 1.0),
    ],
)
def test_the_share_below_a_plane_is_that_of_geometry(
    slopes: list[float], threshold: float, share: float
) -> None:
    assert share_below(slopes, threshold) == pytest.approx(share, abs=LAST_BITS)


@given(differences, st.integers(-20, 20))
def test_the_share_is_that_of_weights_drawn_evenly(slopes: list[int], threshold: int) -> None:
    drawn = np.random.default_rng(20151122).dirichlet(np.ones(len(slopes)), 20_000) @ np.array(slopes)
    far = 5 * 0.5 / 20_000**0.5
    exact = share_below([float(each) for each in slopes], threshold + 0.5)
    assert exact == pytest.approx(float((drawn <= threshold + 0.5).mean()), abs=far)


def test_two_perspectives_by_hand() -> None:
    """Changes 4 and -2: 4 w - 2 (1 - w) = 0 at w = 1/3, from .5 a step of 1/6 in both weights."""
    found = weight_regions(["LG", "SH"], [0.5, 0.5], [80, 90], [84, 88])
    assert (found.direction, found.change) == ("rise", 1.0)
    assert [each.direction for each in found.regions] == ["rise", "fall"]
    assert [each.share for each in found.regions] == pytest.approx([2 / 3, 1 / 3], abs=LAST_BITS)
    flip = found.nearest_flip
    assert flip is not None
    assert flip.straight is not None
    assert flip.evenly is not None
    assert flip.straight.weights == pytest.approx((1 / 3, 2 / 3), abs=LAST_BITS)
    assert flip.straight.distance == pytest.approx(2**0.5 / 6, abs=LAST_BITS)
    assert flip.evenly.distance == pytest.approx(1 / 6, abs=LAST_BITS)


def test_a_change_below_the_least_is_a_region_of_its_own() -> None:
    """6 w - 2 lies within +-.5 for w from 1/4 to 5/12: a share of 1/6 between rise 7/12 and fall 1/4."""
    found = weight_regions(["LG", "SH"], [0.3, 0.7], [80, 90], [84, 88], least=0.5)
    assert found.direction == "no change"
    assert [each.share for each in found.regions] == pytest.approx([7 / 12, 1 / 6, 1 / 4], abs=LAST_BITS)
    straight = found.regions[1].straight
    assert straight is not None
    assert straight.distance == 0
    nearest = found.nearest_flip
    assert nearest is not None
    assert nearest.direction == "fall"  # at .25, a step of .05; rise begins at 5/12, a step of .117


def test_the_nearest_flip_may_lie_on_the_edge_of_the_simplex() -> None:
    """Only the first perspective falls (-1, +1, +5): from (.1, .8, .1) the plane is met with the third weight at 0.

    Without the edge the projection would take the third weight below 0. With it -w + (1 - w) = 0 gives (.5, .5, 0).
    """
    found = weight_regions(["a", "b", "c"], [0.1, 0.8, 0.1], [0, 0, 0], [-1, 1, 5])
    flip = found.regions[-1].straight
    assert flip is not None
    assert flip.weights == pytest.approx((0.5, 0.5, 0.0), abs=LAST_BITS)


def test_where_every_perspective_rises_no_weights_turn_it() -> None:
    found = weight_regions(["a", "b"], [0.5, 0.5], [1, 1], [2, 3])
    assert found.regions[-1].share == 0
    assert (found.regions[-1].straight, found.regions[-1].evenly, found.nearest_flip) == (None, None, None)


def test_where_nothing_moves_there_is_no_change_under_any_weights() -> None:
    found = weight_regions(["a", "b"], [0.5, 0.5], [1, 2], [1, 2])
    assert {each.direction: each.share for each in found.regions} == {"rise": 0, "no change": 1, "fall": 0}
    assert found.direction == "no change"


def test_a_change_of_exactly_the_least_is_a_rise() -> None:
    found = weight_regions(["a", "b"], [0.5, 0.5], [1, 2], [1.5, 2.5], least=0.5)
    assert (found.direction, found.regions[0].share) == ("rise", 1.0)


def test_perspectives_without_a_score_on_one_side_are_left_out() -> None:
    """Weights .25 and .25 of the two that are left count as .5 and .5."""
    missing = float("nan")
    found = weight_regions(["a", "b", "c"], [0.25, 0.5, 0.25], [1, missing, 3], [2, 5, 1], least=0.1)
    assert (found.names, found.weights, found.left_out) == (("a", "c"), (0.5, 0.5), ("b",))
    assert (found.change, found.direction) == (-0.5, "fall")
    with pytest.raises(UseError, match="no two perspectives"):
        weight_regions(["a", "b"], [0.5, 0.5], [1, missing], [2, 3])


def case(data: st.DataObject) -> WeightRegions:
    k = data.draw(st.integers(2, 5))
    ends = st.lists(st.integers(0, 120), min_size=k, max_size=k)
    raw = np.array(data.draw(st.lists(st.integers(1, 9), min_size=k, max_size=k)), dtype=float)
    weights = (raw / raw.sum()).tolist()
    least = data.draw(st.sampled_from([0.0, 0.5]))
    return weight_regions(list("abcde")[:k], weights, data.draw(ends), data.draw(ends), least=least)


@given(st.data())
def test_shares_sum_to_one_and_the_own_region_is_at_distance_0(data: st.DataObject) -> None:
    found = case(data)
    assert sum(each.share for each in found.regions) == pytest.approx(1, abs=1e-6)
    own = [each for each in found.regions if each.direction == found.direction]
    for each in own:
        assert each.straight is not None
        assert each.straight.distance == pytest.approx(0, abs=1e-9)


@given(st.data())
def test_a_nearest_flip_is_in_its_region_and_no_drawn_weights_are_nearer(data: st.DataObject) -> None:
    found = case(data)
    slopes = np.array(found.last) - np.array(found.first)
    drawn = np.random.default_rng(20151122).dirichlet(np.ones(len(slopes)), 4_000)
    moved = drawn @ slopes
    for each in found.regions:
        inside = {
            "rise": moved >= found.least,
            "fall": moved <= -found.least,
            "no change": abs(moved) <= found.least,
        }[each.direction]
        if each.straight is None or each.evenly is None:
            assert not inside.any()
            continue
        for nearest in (each.straight, each.evenly):
            at = np.array(nearest.weights)
            assert at.min() >= -LAST_BITS
            assert at.sum() == pytest.approx(1, abs=LAST_BITS)
            change = float(slopes @ at)
            tolerance = 1e-6
            assert {
                "rise": change >= found.least - tolerance,
                "fall": change <= -found.least + tolerance,
                "no change": abs(change) <= found.least + tolerance,
            }[each.direction]
        gaps = drawn[inside] - np.array(found.weights)
        if len(gaps):
            assert each.straight.distance <= float(np.linalg.norm(gaps, axis=1).min()) + 1e-9
            assert each.evenly.distance <= float(np.abs(gaps).max(axis=1).min()) + 1e-9


def test_the_nearest_flip_is_that_of_a_general_optimiser() -> None:
    first, last, own = [3.35, 0.0, 3.0, 2.3], [2.65, 3.0, 3.5, 1.95], np.full(4, 0.25)
    found = weight_regions(list("abcd"), own.tolist(), first, last)
    slopes = np.array(last) - np.array(first)
    searched = minimize(
        lambda w: ((w - own) ** 2).sum(),
        own,
        bounds=[(0, 1)] * 4,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            {"type": "ineq", "fun": lambda w: -slopes @ w},
        ],
        method="SLSQP",
    )
    flip = found.regions[-1].straight
    assert flip is not None
    assert flip.weights == pytest.approx(tuple(searched.x), abs=SEARCHED)
