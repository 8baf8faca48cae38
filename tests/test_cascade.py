"""The cascade: which tree is one, the scores of each level, and parents against their children."""

from __future__ import annotations

from math import sqrt

import pandas as pd
import pytest

from bsc_analysis.errors import DataError, UseError
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.cascade import read_tree, roll_up, score_levels
from bsc_analysis.scorecards.scoring import score
from tests.cascades import LAST_BITS, ministry
from tests.engines import NAMES, find_engine


def units(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "parent", "level"]).assign(year=2017)


def refused(rows: pd.DataFrame) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_tree(rows)
    return [str(each) for each in caught.value.faults]


# ---- the tree --------------------------------------------------------------------------------------------------------


def test_a_tree_is_read_from_its_roots_downwards() -> None:
    """M over A and B; A over A1 and A2, B over B1 and B2."""
    tree = read_tree(ministry())
    told = [(each.unit, each.parent, each.depth) for each in tree.places if each.year == 2017]
    assert told == [
        ("M", None, 0), ("A", "M", 1), ("A1", "A", 2), ("A2", "A", 2), ("B", "M", 1), ("B1", "B", 2), ("B2", "B", 2),
    ]  # fmt: skip
    assert tree.roots(2017) == ("M",)
    assert tree.years == (2016, 2017)
    assert tree.levels == ("minister", "echelon_1", "echelon_2")
    assert not tree.is_flat


def test_a_unit_may_move_to_another_parent_from_one_year_to_the_next() -> None:
    """A1 stood below B in 2016 and stands below A in 2017."""
    places = {(each.unit, each.year): each.parent for each in read_tree(ministry()).places}
    assert (places["A1", 2016], places["A1", 2017]) == ("B", "A")


def test_without_a_parent_column_every_unit_is_a_root() -> None:
    tree = read_tree(ministry().drop(columns=["parent", "level"]))
    assert set(tree.roots(2017)) == {"M", "A", "B", "A1", "A2", "B1", "B2"}
    assert tree.is_flat
    assert tree.levels == ()


def test_a_parent_column_without_a_single_parent_is_no_cascade() -> None:
    """An empty column of a spreadsheet comes as numbers that are all missing."""
    assert read_tree(units(("A", None, None), ("B", None, None)).astype({"parent": "float64"})).is_flat


def test_a_parent_without_rows_in_a_year_leaves_its_children_at_the_top_of_that_year() -> None:
    rows = pd.concat([units(("M", None, None), ("A", "M", None)), units(("A", "M", None)).assign(year=2016)])
    tree = read_tree(rows)
    assert [(each.unit, each.parent, each.depth) for each in tree.places if each.year == 2016] == [
        ("A", "M", 0)
    ]


def test_a_unit_with_two_parents_is_refused() -> None:
    rows = units(("M", None, None), ("N", None, None), ("A", "M", None), ("A", "N", None))
    assert refused(rows) == ["A, 2017: the unit has two parents, 'M' and 'N'"]


def test_a_cell_left_blank_does_not_contradict_the_parent_of_the_other_rows() -> None:
    tree = read_tree(units(("M", None, None), ("A", "M", None), ("A", None, None)))
    assert [(each.unit, each.depth) for each in tree.places] == [("M", 0), ("A", 1)]


def test_an_orphan_is_refused() -> None:
    assert refused(units(("A", "M", None))) == ["A, 2017: its parent 'M' is no unit of the table"]


def test_a_circle_is_named_in_its_order() -> None:
    """A stands above B, B above C and C above A."""
    rows = units(("B", "A", None), ("C", "B", None), ("A", "C", None))
    assert refused(rows) == ["2017: units stand in a circle, each above the next: A -> B -> C -> A"]


def test_a_unit_that_is_its_own_parent_is_the_smallest_circle() -> None:
    assert refused(units(("A", "A", None))) == ["2017: units stand in a circle, each above the next: A -> A"]


def test_a_unit_with_two_levels_is_refused() -> None:
    assert refused(units(("A", None, "minister"), ("A", None, "echelon_1"))) == [
        "A, 2017: the unit has two levels, 'echelon_1' and 'minister'"
    ]


@pytest.mark.parametrize("level", ["minister", "echelon_1", "echelon_2"])
def test_a_known_level_must_be_below_the_parents(level: str) -> None:
    assert refused(units(("M", None, "echelon_2"), ("A", "M", level))) == [
        f"A, 2017: its level '{level}' is not below 'echelon_2', the level of its parent 'M'"
    ]


def test_a_level_may_be_left_out_on_the_way_down() -> None:
    tree = read_tree(units(("M", None, "minister"), ("A", "M", "echelon_3")))
    assert tree.levels == ("minister", "echelon_3")


def test_other_words_for_levels_need_only_one_order() -> None:
    """Offices stand below bureaus at one place, and bureaus below offices at another."""
    straight = [("M", None, "bureau"), ("A", "M", "office")]
    assert read_tree(units(*straight)).levels == ("bureau", "office")
    turned = units(*straight, ("N", None, "office"), ("B", "N", "bureau"))
    assert refused(turned) == ["levels stand in a circle, each above the next: bureau -> office -> bureau"]


def test_known_and_other_words_keep_one_order_together() -> None:
    """Echelon IV above a post, and that post above an echelon I."""
    rows = units(("M", None, "echelon_4"), ("A", "M", "post"), ("B", "A", "echelon_1"))
    (sentence,) = refused(rows)
    assert sentence.startswith("levels stand in a circle")
    assert "post -> echelon_1" in sentence


def test_all_faults_come_at_once() -> None:
    rows = units(
        ("A", "B", None), ("B", "A", None), ("C", "nobody", None), ("D", "A", None), ("D", "B", None),
        ("E", None, "echelon_1"), ("F", "E", "echelon_1"),
    )  # fmt: skip
    assert len(refused(rows)) == 4


def test_of_many_faults_of_one_kind_twenty_are_named_and_the_rest_counted() -> None:
    sentences = refused(units(*((f"U{number:02}", "nobody", None) for number in range(25))))
    assert len(sentences) == 21
    assert sentences[-1].startswith("and 5 more units: U00")


def test_a_tree_of_thousands_of_units_is_walked_without_recursion() -> None:
    """A chain of 3,000 units, each below the one before it."""
    chain = [("U0", None, None), *((f"U{n}", f"U{n - 1}", None) for n in range(1, 3000))]
    assert max(each.depth for each in read_tree(units(*chain)).places) == 2999


def test_the_unit_to_look_into_is_the_first_root_unless_one_is_named() -> None:
    tree = read_tree(ministry())
    assert (tree.choose(""), tree.choose("B1")) == ("M", "B1")
    with pytest.raises(UseError, match="unit 'b1' does not exist, did you mean 'B1'"):
        tree.choose("b1")
    with pytest.raises(UseError, match=r"unit 'Directorate' does not exist$"):
        tree.choose("Directorate")


# ---- levels and roll-up, on every engine -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_levels_and_roll_up_are_the_same_on_every_engine(name: str) -> None:
    """2017 by level. Minister: 94 alone. Echelon I: 90 and 92, mean 91, sd = sqrt(((-1)^2 + 1^2) / 1) = sqrt(2).
    Echelon II: 82, 114, 59 of four units, mean 85, sd = sqrt(((-3)^2 + 29^2 + (-26)^2) / 2) = sqrt(763).

    2017 rolled up. M: own 94, children (90 + 92) / 2 = 91, difference 3. A: own 90, children (82 + 114) / 2 = 98,
    difference -8. B: own 92, one child of two has a score, 59, difference 33.
    """
    engine = find_engine(name)
    observations = engine.make(ministry())
    scores, tree = score(observations, read_rules("kkp")), read_tree(observations)

    native = score_levels(scores, tree)
    assert isinstance(native, engine.kind)
    levels = engine.read(native).set_index(["level", "year"]).sort_index()
    top, middle, low = (levels.loc[(level, 2017)] for level in ("minister", "echelon_1", "echelon_2"))
    assert (top["n_units"], top["mean"]) == (1, pytest.approx(94, abs=LAST_BITS))
    assert pd.isna(top["sd"])
    assert middle[["mean", "least", "most", "sd"]].tolist() == pytest.approx(
        [91, 90, 92, sqrt(2)], abs=LAST_BITS
    )
    assert (low["n_units"], low["n_scored"]) == (4, 3)
    assert low[["mean", "least", "most", "sd"]].tolist() == pytest.approx(
        [85, 59, 114, sqrt(763)], abs=LAST_BITS
    )
    assert low[["share_red", "share_yellow", "share_green"]].tolist() == pytest.approx(
        [1 / 3] * 3, abs=LAST_BITS
    )

    rolled = roll_up(scores, tree)
    assert isinstance(rolled.organisations, engine.kind)
    own = engine.read(rolled.organisations).set_index(["unit", "year"])
    figures = ["own", "children_mean", "difference", "n_children", "n_scored"]
    assert own.loc[("M", 2017), figures].tolist() == pytest.approx([94, 91, 3, 2, 2], abs=LAST_BITS)
    assert own.loc[("A", 2017), figures].tolist() == pytest.approx([90, 98, -8, 2, 2], abs=LAST_BITS)
    assert own.loc[("B", 2017), figures].tolist() == pytest.approx([92, 59, 33, 2, 1], abs=LAST_BITS)
    assert own.loc[("B", 2016), figures].tolist() == pytest.approx([80, 82, -2, 1, 1], abs=LAST_BITS)
    assert len(own) == 5


def test_perspectives_are_rolled_up_too() -> None:
    """A, stakeholder: own 96, children (88 + 120) / 2 = 104. M, customer 2016: none of its own, B has 80."""
    rolled = roll_up(score(ministry(), read_rules("kkp")), read_tree(ministry())).perspectives
    rows = rolled.set_index(["unit", "year", "perspective"])
    a = rows.loc[("A", 2017, "stakeholder")]
    assert a[["own", "children_mean", "difference"]].tolist() == pytest.approx([96, 104, -8], abs=LAST_BITS)
    m = rows.loc[("M", 2016, "customer")]
    assert pd.isna(m["own"])
    assert pd.isna(m["difference"])
    assert m["children_mean"] == pytest.approx(80, abs=LAST_BITS)


def test_a_parent_without_rows_of_its_own_still_shows_its_children() -> None:
    """M has rows in 2017 only; A, below it, has 90 in 2016."""
    rows = ministry()
    early = rows[(rows["unit"] == "A")].assign(year=2016)
    both = pd.concat([rows[rows["year"] == 2017], early])
    rolled = roll_up(score(both, read_rules("kkp")), read_tree(both)).organisations.set_index(
        ["unit", "year"]
    )
    assert pd.isna(rolled.loc[("M", 2016), "own"])
    assert rolled.loc[("M", 2016), "children_mean"] == pytest.approx(90, abs=LAST_BITS)


def test_a_flat_table_rolls_up_to_nothing_and_has_one_level_without_a_name() -> None:
    flat = ministry().drop(columns=["parent", "level"])
    scores, tree = score(flat, read_rules("kkp")), read_tree(flat)
    assert roll_up(scores, tree).organisations.empty
    levels = score_levels(scores, tree)
    assert levels["level"].isna().all()
    assert dict(zip(levels["year"], levels["n_units"], strict=True)) == {2016: 3, 2017: 7}


def test_a_rule_set_without_bands_has_no_shares_of_bands() -> None:
    levels = score_levels(score(ministry(), read_rules("lkj-attainment")), read_tree(ministry()))
    assert [name for name in levels.columns if name.startswith("share_")] == []
