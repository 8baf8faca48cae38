"""The units of a twin, how many indicators each has, and what they weigh: exact totals, a tree that only grows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.twins.counting import count_indicators
from bsc_analysis.twins.plan import vary_twin
from bsc_analysis.twins.skeleton import lay_out
from bsc_analysis.twins.splitting import apportion, first_of, number_within
from bsc_analysis.twins.unittree import lay_out_units
from bsc_analysis.twins.weighing import weigh
from tests.twincases import SEEDS, kkp_plan, small_plan

# ---- splitting whole numbers -----------------------------------------------------------------------------------------


def test_largest_remainders_by_hand() -> None:
    """7 by 5 : 3 : 2 are 3.5, 2.1 and 1.4: 3, 2, 1, and the one that is left goes to the largest remainder."""
    assert apportion([7], [5.0, 3.0, 2.0], [0, 0, 0]).tolist() == [4, 2, 1]


@given(
    groups=st.lists(
        st.tuples(st.integers(0, 1000), st.lists(st.floats(0.01, 100), min_size=1, max_size=12)),
        min_size=1,
        max_size=6,
    )
)
def test_every_total_is_met_within_one_of_each_share(groups: list[tuple[int, list[float]]]) -> None:
    totals = np.array([total for total, _ in groups])
    sizes = [len(shares) for _, shares in groups]
    shares = np.concatenate([each for _, each in groups])
    of = np.repeat(np.arange(len(groups)), sizes)
    split = apportion(totals, shares, of)
    assert np.bincount(of, split, len(groups)).tolist() == totals.tolist()
    quota = shares * (totals / np.bincount(of, shares))[of]
    # A quota may be beside its whole number by the last bits.
    assert (np.abs(split - quota) < 1 + 1e-9).all()


def test_rows_are_numbered_within_their_groups() -> None:
    assert first_of([2, 3, 1]).tolist() == [0, 2, 5]
    assert number_within([2, 3, 1]).tolist() == [0, 1, 0, 1, 2, 0]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=9), st.integers(0, 2**32))
def test_weights_are_multiples_of_five_that_make_a_hundred(sizes: list[int], seed: int) -> None:
    shares = np.random.default_rng(seed).gamma(1.0, size=sum(sizes)) + 1e-6
    weights = weigh(np.array(sizes), shares)
    assert np.add.reduceat(weights, first_of(sizes)).tolist() == [100.0] * len(sizes)
    assert (weights % 5 == 0).all()
    assert weights.min() >= 5


# ---- the tree --------------------------------------------------------------------------------------------------------


def test_the_study_has_its_units_in_each_year() -> None:
    units = lay_out_units(kkp_plan())
    assert np.bincount(units.row_year).tolist() == [62, 947, 1064]
    assert np.bincount(units.level).tolist() == [1, 9, 55, 255, 744]


@pytest.mark.parametrize("plan", [kkp_plan(), small_plan()], ids=["kkp", "small"])
def test_every_unit_stands_one_level_below_its_parent_and_comes_no_earlier(plan) -> None:  # type: ignore[no-untyped-def]
    units = lay_out_units(plan)
    parent = units.parent[1:]
    assert units.parent[0] == -1
    assert (units.level[1:] == units.level[parent] + 1).all()
    assert (units.first[1:] >= units.first[parent]).all()


def test_names_are_unique_and_sort_within_their_level() -> None:
    units = lay_out_units(kkp_plan())
    assert len(set(units.names)) == len(units.names)
    below = [name for name, parent in zip(units.names, units.parent, strict=True) if parent == 10]
    assert below == sorted(below)
    assert all(name.startswith("Eselon III 1.1.") for name in below)


def test_a_cluster_is_a_unit_of_its_level_with_all_below_it() -> None:
    """Of the 1,064 units one is the ministry and nine are echelon I, each alone; the 55 of echelon II head the others."""
    units = lay_out_units(kkp_plan())
    assert units.cluster.max() + 1 == 65
    assert len(set(units.cluster[:65])) == 65
    below = units.level > 2
    assert (units.cluster[below] == units.cluster[units.parent[below]]).all()


# ---- indicators ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_numbers_of_indicators_are_exact(seed: int) -> None:
    plan = vary_twin(kkp_plan(), seed=seed)
    units = lay_out_units(plan)
    counts = count_indicators(plan, units)
    assert np.bincount(units.row_year, counts.sum(axis=1)).tolist() == [1122, 11653, 13050]
    assert counts.min() >= 1


def test_units_of_a_level_have_as_many_indicators_as_it_says() -> None:
    """The standard error of a level's mean is that of 744 units which stray evenly by three quarters: about .15."""
    plan = kkp_plan()
    units = lay_out_units(plan)
    sizes = pd.Series(count_indicators(plan, units).sum(axis=1)).groupby(units.level[units.row_unit]).mean()
    wanted = [each.indicators for each in plan.levels]
    assert sizes.iloc[2:].tolist() == pytest.approx(wanted[2:], abs=0.5)
    assert sizes.iloc[:2].tolist() == pytest.approx(wanted[:2], abs=3)


def test_a_unit_keeps_its_indicators() -> None:
    """From year to year a group gains or loses its last indicators only: the shorter list begins the longer one."""
    skeleton = lay_out(kkp_plan())
    units, k = skeleton.units, 4
    begin = first_of(skeleton.sizes).reshape(-1, k)
    sizes = skeleton.sizes.reshape(-1, k)
    (in_2015,) = np.flatnonzero((units.row_unit == 30) & (units.row_year == 0))
    (in_2017,) = np.flatnonzero((units.row_unit == 30) & (units.row_year == 2))
    for perspective in range(k):
        one, other = begin[in_2015, perspective], begin[in_2017, perspective]
        shared = min(sizes[in_2015, perspective], sizes[in_2017, perspective])
        assert (
            skeleton.template[one : one + shared].tolist()
            == skeleton.template[other : other + shared].tolist()
        )


def test_no_unit_has_an_indicator_twice() -> None:
    skeleton = lay_out(kkp_plan())
    pairs = pd.DataFrame({"group": skeleton.group, "template": skeleton.template})
    assert not pairs.duplicated().any()


def test_what_is_kept_in_a_range_is_not_the_ministrys_and_never_among_the_first_two() -> None:
    skeleton = lay_out(kkp_plan())
    place = number_within(skeleton.sizes)
    assert skeleton.targets.kept.sum() > 100
    assert place[skeleton.targets.kept].min() == 2
    assert not (skeleton.targets.kept & skeleton.top).any()


def test_targets_grow_harder_and_stay_in_their_range() -> None:
    plan, skeleton = kkp_plan(), lay_out(kkp_plan())
    low, high = np.array([each.target for each in plan.catalogue])[skeleton.template].T
    lower = skeleton.targets.lower
    # Rounded to three digits and to fives of the last decimal, a target may end a little beside its range.
    assert (lower > low * 0.98).all()
    assert (lower < high * 1.02).all()
    rows = pd.DataFrame({
        "unit": skeleton.units.row_unit[skeleton.unit_year],
        "template": skeleton.template,
        "polarity": np.array([each.polarity for each in plan.catalogue])[skeleton.template],
        "target": lower,
    })  # fmt: skip
    by_year = rows.groupby(["polarity", "unit", "template"])["target"]
    change = np.sign(by_year.last() - by_year.first())[by_year.size() == 3]
    assert change["maximize"].min() >= 0
    assert change["maximize"].mean() > 0.8
    assert change["minimize"].max() <= 0
    assert not change["stabilize"].any()
