"""What a cell decides: options taken together, and rule sets with the decisions made."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bsc_analysis.errors import RuleSetError
from bsc_analysis.evidence.settings import Route, Setting, apply_setting, merge_settings, reweigh
from bsc_analysis.files import read_rules
from bsc_analysis.scorecards.rules import Changes

KKP, BANTAENG = read_rules("kkp"), read_rules("bantaeng")
EQUAL = {each.id: Fraction(1, 4) for each in KKP.perspectives}


def test_options_are_taken_together_and_what_none_decides_stays_open() -> None:
    merged = merge_settings(
        [
            Setting(changes=Changes(cap=Fraction(100))),
            Setting(changes=Changes(missing="zero"), coverage="constant"),
            Setting(route=Route(cluster="unit")),
            Setting(rules="kkp", years=(2016,)),
            Setting(route=Route(estimator="fiml")),
        ]
    )
    assert merged == Setting(
        rules="kkp",
        changes=Changes(cap=Fraction(100), missing="zero"),
        coverage="constant",
        years=(2016,),
        route=Route(cluster="unit", estimator="fiml"),
    )
    assert merged.decided == ("rules", "coverage", "years", "missing", "cap", "estimator", "cluster")
    assert merged.about_paths == ("estimator", "cluster")
    assert merged.about_scores == ("rules", "coverage", "missing", "cap")


def test_scores_of_perspectives_do_not_hang_on_their_weights_or_on_the_route() -> None:
    one = Setting(weights=tuple(EQUAL.items()), route=Route(cluster="unit"), coverage="constant")
    assert one.scoring == Setting(coverage="constant")


def test_a_setting_changes_only_what_it_decides() -> None:
    changed = apply_setting(KKP, Setting(changes=Changes(cap=Fraction(100)), consolidate="sum"))
    assert (changed.cap, changed.consolidate, changed.missing) == (100, "sum", KKP.missing)
    assert apply_setting(KKP, Setting()) == KKP


def test_weights_come_before_perspectives_are_left_out() -> None:
    """3/9, 1/9, 2/9, 3/9 without the second: 3/8, 2/8, 3/8."""
    names = [each.id for each in BANTAENG.perspectives]
    weights = tuple(zip(names, (Fraction(n, 9) for n in (3, 1, 2, 3)), strict=True))
    left = apply_setting(BANTAENG, Setting(weights=weights, changes=Changes(leave_out=("customer",))))
    assert [each.weight for each in left.perspectives] == [Fraction(n, 8) for n in (3, 2, 3)]
    common = reweigh(read_rules("bantaeng:bands_common"), dict(weights))
    assert [each.weight for each in common.perspectives] == [Fraction(n, 8) for n in (3, 2, 3)]


def test_every_fault_of_weights_is_named() -> None:
    wrong = {"learning_growth": Fraction(1, 2), "internal_process": Fraction(1, 2), "clients": Fraction(1, 2)}
    with pytest.raises(RuleSetError) as refused:
        reweigh(KKP, wrong)
    assert [str(each) for each in refused.value.faults] == [
        "weights: there is no perspective 'clients', allowed: learning_growth, internal_process, customer, stakeholder",
        "weights: perspective 'customer' has no weight",
        "weights: perspective 'stakeholder' has no weight",
    ]
    with pytest.raises(RuleSetError, match=r"they sum to 1\.25, expected 1"):
        reweigh(KKP, EQUAL | {"customer": Fraction(1, 2)})
