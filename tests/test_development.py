"""Scores described by year and level: the ministry of seven units by hand, studies without levels, bands, caps, and weights."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.evidence.development import ALL, Description, describe_development
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.cascade import read_tree, score_levels
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary
from tests.cascades import LAST_BITS, ministry, table
from tests.yearcases import KKP, bantaeng, growing

# The quantile of t with one degree of freedom is printed with this many digits in tables.
T_ONE, PRINTED = 12.7062, 1e-4


def described(observed: pd.DataFrame, rules: RuleSet = KKP) -> tuple[Description, ...]:
    return describe_development(score(observed, rules), read_tree(observed))


def find(
    found: tuple[Description, ...], year: int, level: str | None = ALL, perspective: str = ""
) -> Description:
    (one,) = (
        each for each in found if (each.year, each.level, each.perspective) == (year, level, perspective)
    )
    return one


def test_a_level_is_described_by_hand() -> None:
    """Echelon I in 2017: A 90 and B 92. Mean 91, sd sqrt(2 x 1) = 1.4142, standard error 1, interval 91 -+ 12.7062."""
    one = find(described(ministry()), 2017, "echelon_1")
    assert (one.n_units, one.n_scored, one.n_indicators) == (2, 2, 4)
    assert one.mean == pytest.approx(91, abs=LAST_BITS)
    assert one.sd == pytest.approx(2**0.5, abs=LAST_BITS)
    assert one.interval == pytest.approx((91 - T_ONE, 91 + T_ONE), abs=PRINTED)


def test_units_without_a_score_are_counted_and_left_out() -> None:
    """Echelon II in 2017: 82, 114, 59 and none. Mean 85; quartiles lie halfway between neighbours: 70.5, 82, 98."""
    one = find(described(ministry()), 2017, "echelon_2")
    assert (one.n_units, one.n_scored) == (4, 3)
    assert one.mean == pytest.approx(85, abs=LAST_BITS)
    assert one.quartiles == pytest.approx((70.5, 82, 98), abs=LAST_BITS)
    assert dict(one.shares) == pytest.approx(dict.fromkeys(("red", "yellow", "green"), 1 / 3), abs=LAST_BITS)


def test_all_levels_together_and_every_perspective_are_described_too() -> None:
    """NKO of 2017: (94 + 90 + 92 + 82 + 114 + 59) / 6 = 88.5. Stakeholder: 540 / 6 = 90, one of six at the cap of 120.

    Customer 2016: B 80 and A1 72, while M has no figure.
    """
    found = described(ministry())
    assert find(found, 2017).mean == pytest.approx(88.5, abs=LAST_BITS)
    stakeholder = find(found, 2017, perspective="stakeholder")
    assert (stakeholder.mean, stakeholder.at_cap) == pytest.approx((90, 1 / 6), abs=LAST_BITS)
    customer = find(found, 2016, perspective="customer")
    assert (customer.n_units, customer.n_scored, customer.mean) == (3, 2, pytest.approx(76, abs=LAST_BITS))


def test_one_score_has_no_spread() -> None:
    one = find(described(ministry()), 2017, "minister")
    assert (one.sd, one.interval) == (None, None)
    assert one.quartiles == pytest.approx((94, 94, 94), abs=LAST_BITS)


def test_no_score_has_no_figures() -> None:
    found = described(table(("a", "stakeholder", None), columns="indicator perspective actual"))
    one = find(found, 2017)
    assert (one.n_units, one.n_scored, one.mean, one.weighted_mean) == (1, 0, None, None)
    assert (one.quartiles, one.shares, one.at_cap) == (None, (), None)


def test_descriptions_follow_perspectives_levels_and_years() -> None:
    found = described(ministry())
    keys = [(each.perspective, each.level, each.year) for each in found]
    levels = [("minister", 2016), ("minister", 2017), ("echelon_1", 2016), ("echelon_1", 2017), ("echelon_2", 2016),
              ("echelon_2", 2017), (ALL, 2016), (ALL, 2017)]  # fmt: skip
    assert keys == [(name, level, year) for name in ("", "customer", "stakeholder") for level, year in levels]


def test_the_weighted_mean_counts_indicators_that_have_data() -> None:
    """A has 80 from three indicators, and a fourth without data; B has 100 from one: (3 x 80 + 1 x 100) / 4 = 85, not 90."""
    rows = [("A", name, 80.0) for name in "abc"] + [("A", "d", None), ("B", "a", 100.0)]
    observed = table(*rows, columns="unit indicator actual").assign(perspective="stakeholder")
    one = find(described(observed), 2017)
    assert (one.mean, one.weighted_mean) == pytest.approx((90, 85), abs=LAST_BITS)


def test_a_score_that_no_data_stand_behind_weighs_nothing() -> None:
    """Bantaeng counts the missing customer perspective of 2016 as zero: it has a score, and nothing to weigh it by."""
    _, scores, tree, _ = bantaeng()
    one = find(describe_development(scores, tree), 2016, perspective="customer")
    assert (one.mean, one.weighted_mean, one.n_indicators) == (0.0, None, 0)


def test_a_study_of_one_unit_and_no_level_has_descriptions_of_all_units_only() -> None:
    """Totals as published for the study's own bands: 2.1625 and, recomputed, 2.775."""
    _, scores, tree, _ = bantaeng()
    found = describe_development(scores, tree)
    assert {each.level for each in found} == {ALL}
    assert [find(found, year).mean for year in (2016, 2017)] == pytest.approx([2.1625, 2.775], abs=LAST_BITS)


def test_the_highest_band_is_the_cap_of_a_rule_set_of_bands_and_without_a_cap_there_is_none() -> None:
    observed = table(("a", 140.0), columns="indicator actual").assign(
        perspective="stakeholder", indicator="catch"
    )
    assert find(described(observed), 2017).at_cap == 1.0
    assert find(described(observed, vary(KKP, cap="none")), 2017).at_cap is None
    _, scores, tree, _ = bantaeng()
    assert find(describe_development(scores, tree), 2017).at_cap == 0.0


def test_a_rule_set_without_bands_of_scores_has_no_shares() -> None:
    rules = read_rules("value-for-money")
    assert rules.organisation_bands is None
    names = ("economy", "efficiency", "effectiveness")
    observed = table(*((name, 90.0) for name in names), columns="indicator actual").assign(
        perspective="financial"
    )
    assert find(described(observed, rules), 2017).shares == ()


def test_organisation_and_perspectives_are_judged_by_bands_of_their_own() -> None:
    found = described(ministry(), replace(KKP, organisation_bands=None))
    assert find(found, 2017).shares == ()
    assert dict(find(found, 2017, perspective="stakeholder").shares)["green"] == pytest.approx(
        1 / 2, abs=LAST_BITS
    )


def test_one_level_is_all_levels_and_a_missing_level_is_one_of_its_own() -> None:
    observed = ministry()
    same = observed.assign(level="unit", parent=None)
    assert {each.level for each in described(same)} == {ALL}
    some = observed.assign(level=observed["level"].where(observed["unit"] != "B2"))
    found = described(some)
    assert find(found, 2017, None).n_units == 1
    levels = list(dict.fromkeys(each.level for each in found))
    assert levels == ["minister", "echelon_1", "echelon_2", None, ALL]


def test_means_and_shares_are_those_of_the_table_of_levels() -> None:
    _, scores, tree, _ = growing()
    rows = score_levels(scores, tree)
    found = describe_development(scores, tree)
    for row in rows.to_dict("records"):
        one = find(found, row["year"], row["level"])
        assert (one.mean, one.n_units) == (pytest.approx(row["mean"], abs=LAST_BITS), row["n_units"])
        assert dict(one.shares)["red"] == pytest.approx(row["share_red"], abs=LAST_BITS)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), st.floats(0, 200)), min_size=1, max_size=12))
def test_levels_add_up_to_all_units_and_means_lie_between_the_extremes(rows: list[tuple[str, float]]) -> None:
    frame = [(f"U{number}", level, value) for number, (level, value) in enumerate(rows)]
    observed = table(*frame, columns="unit level actual").assign(perspective="stakeholder", indicator="a")
    found = [each for each in described(observed) if not each.perspective]
    whole = find(tuple(found), 2017)
    parts = [each for each in found if each.level != ALL] or [whole]
    assert sum(each.n_scored for each in parts) == whole.n_scored == len(rows)
    capped = [min(value, 120.0) for _, value in rows]
    for mean in (whole.mean, whole.weighted_mean):
        assert mean is not None
        assert min(capped) - LAST_BITS <= mean <= max(capped) + LAST_BITS
    assert sum(share for _, share in whole.shares) == pytest.approx(1, abs=LAST_BITS)
