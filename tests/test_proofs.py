"""What is proven of rule sets: weights, bands, and that the score follows the actual, with counterexamples that are true."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.files import list_rules, read_rules
from bsc_analysis.scorecards.bands import INFINITY, Interval, read_interval
from bsc_analysis.scorecards.piecewise import (
    EVERYWHERE,
    Line,
    Segment,
    find_contrary,
    find_jumps,
    score_line,
    value_at,
    write_exact,
)
from bsc_analysis.scorecards.proofs import FOLLOWS, NO_JUMPS, Proof, prove
from bsc_analysis.scorecards.rules import Conversion, Piece, RuleSet


def proofs_of(name: str) -> list[Proof]:
    """Return the proofs of one rule set or variant, without those of its other variants."""
    rules = read_rules(name)
    return [each for each in prove(rules) if each.rules == rules.id]


def named(name: str, sentence: str) -> Proof:
    found = [each for each in proofs_of(name) if str(each.name).startswith(sentence)]
    assert len(found) == 1
    return found[0]


def straight(*points: tuple[int, int]) -> Conversion:
    """Build a conversion of straight lines between points, each piece closed at its lower end."""
    pieces = [
        Piece(Interval(Fraction(a), Fraction(b), upper_closed=False), (Fraction(a), Fraction(b)), (Fraction(x), Fraction(y)))
        for (a, x), (b, y) in pairwise(points)
    ]  # fmt: skip
    return Conversion(tuple(pieces))


# ---- every rule set ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_rules())
def test_weights_and_bands_of_every_rule_set_and_variant_are_proven(name: str) -> None:
    rules = read_rules(name)
    proofs = prove(rules)
    assert {each.rules for each in proofs} == {
        rules.id,
        *(f"{rules.id}:{each.id}" for each in rules.variants),
    }
    assert [each for each in proofs if each.required and each.verdict != "holds"] == []


def test_the_rules_under_which_the_score_does_not_follow_the_actual() -> None:
    """Exceeding a range pays under the nearest edge; dividing without turning rewards lower-is-better rows for missing."""
    found = {
        (proof.rules, polarity)
        for name in list_rules()
        for proof in prove(read_rules(name))
        for polarity, sentence in FOLLOWS.items()
        if proof.verdict == "fails" and str(proof.name).startswith(sentence)
    }
    assert found == {
        ("panrb-skp", "stabilize"),
        ("panrb-skp:no_negative", "stabilize"),
        ("lkj-attainment", "stabilize"),
        ("lkj-attainment:capped", "stabilize"),
        ("kmk-467:nearest_edge", "stabilize"),
        ("e-sakip:unturned", "minimize"),
        ("e-sakip:distance", "minimize"),
    }


# ---- weights and bands ------------------------------------------------------------------------------------------------


def test_a_sum_of_weights_is_shown_exactly() -> None:
    shown = {str(each.name): str(each.shown) for each in proofs_of("bantaeng")}
    assert shown["weights that make up 'financial' sum to one"] == "0.35 + 0.35 + 0.3 = 1"
    assert shown["weights that make up the organisation sum to one"] == "0.25 + 0.25 + 0.25 + 0.25 = 1"


def test_weights_without_a_decimal_form_are_shown_as_ratios() -> None:
    proof = named("value-for-money", "weights that make up 'financial'")
    assert str(proof.shown) == "1/3 + 1/3 + 1/3 = 1"


def test_weights_that_do_not_sum_to_one_fail_by_the_exact_sum() -> None:
    rules = read_rules("kkp")
    light = replace(rules.perspectives[0], weight=Fraction("0.2999999"))
    (proof, *_) = prove(replace(rules, perspectives=(light, *rules.perspectives[1:])))
    assert (proof.verdict, proof.required) == ("fails", True)
    assert str(proof.shown) == "0.2999999 + 0.3 + 0.15 + 0.25 = 0.9999999"


def test_bands_are_shown_edge_by_edge_with_the_gaps_they_read() -> None:
    assert str(named("bantaeng", "bands.achievement").shown) == (
        "[0, inf) = [0, 80) [80, 90] (90, 91)→minimum [91, 110] (110, 111)→nearly [111, 130] (130, inf)"
    )


def test_bands_that_overlap_fail_and_say_where() -> None:
    rules = read_rules("kkp")
    bands = rules.organisation_bands
    assert bands is not None
    low = replace(bands.bands[0], range=read_interval("[0, 85)"))
    faulty = replace(rules, organisation_bands=replace(bands, bands=(low, *bands.bands[1:])))
    (proof,) = [each for each in prove(faulty) if each.name == named("kkp", "bands.organisation").name]
    assert proof.verdict == "fails"
    assert str(proof.counterexample) == "bands.organisation: the bands [0, 85) and [80, 100) overlap"


# ---- the score follows the actual -------------------------------------------------------------------------------------


def test_a_polarity_without_a_formula_is_not_applicable() -> None:
    silent = prove(replace(read_rules("kkp"), minimize=None, stabilize=None))
    verdicts = [
        each.verdict
        for each in silent
        for polarity in ("minimize", "stabilize")
        if str(each.name).startswith(FOLLOWS[polarity])
    ]
    assert verdicts == ["not applicable"] * 2


def test_the_formulas_of_kkp_that_are_ours_follow_the_actual() -> None:
    assert named("kkp", FOLLOWS["minimize"]).verdict == "holds"
    assert named("kkp", FOLLOWS["stabilize"]).verdict == "holds"


def test_exceeding_a_range_pays_under_the_nearest_edge() -> None:
    """With the range from 100 to 100, 110 is 110/100 and 120 is 120/100: the score rises where it should not."""
    proof = named("lkj-attainment", FOLLOWS["stabilize"])
    assert (proof.verdict, proof.required) == ("fails", False)
    assert str(proof.counterexample) == (
        "with a target of 100, an actual of 110 scores 110 and one of 120 scores 120"
    )


def test_both_sides_falls_on_both_sides() -> None:
    assert named("panrb-skp:range_both_sides", FOLLOWS["stabilize"]).verdict == "holds"


def test_bands_can_turn_a_ratio_that_was_not_turned() -> None:
    assert named("value-for-money", f"{FOLLOWS['minimize']} (economy)").verdict == "holds"
    assert named("e-sakip:unturned", FOLLOWS["minimize"]).verdict == "fails"


def test_a_cap_hides_nothing_from_the_proof() -> None:
    """Above 120 the capped score stands still, so only a pair below it contradicts."""
    proof = named("lkj-attainment:capped", FOLLOWS["stabilize"])
    assert str(proof.counterexample) == (
        "with a target of 100, an actual of 105 scores 105 and one of 110 scores 110"
    )


def test_a_falling_piece_of_a_conversion_is_found() -> None:
    """Between 80 and 100 the score falls from 90 to 70."""
    rules = replace(
        read_rules("lkj-attainment"), conversions=(straight((0, 0), (80, 90), (100, 70), (200, 170)),)
    )
    proof = next(each for each in prove(rules) if str(each.name) == FOLLOWS["maximize"])
    assert proof.verdict == "fails"
    assert (
        str(proof.counterexample) == "with a target of 100, an actual of 85 scores 85 and one of 90 scores 80"
    )


def test_a_jump_down_between_rising_pieces_is_found() -> None:
    """Up to 80 the score is the achievement; from 80 on it begins at 50: 70 against 80 shows it."""
    low = Piece(read_interval("[0, 80)"), (Fraction(0), Fraction(80)), (Fraction(0), Fraction(80)))
    high = Piece(read_interval("[80, 200]"), (Fraction(80), Fraction(200)), (Fraction(50), Fraction(170)))
    rules = replace(read_rules("lkj-attainment"), conversions=(Conversion((low, high)),))
    proofs = {str(each.name): each for each in prove(rules) if each.rules == rules.id}
    assert str(proofs[FOLLOWS["maximize"]].counterexample) == (
        "with a target of 100, an actual of 70 scores 70 and one of 80 scores 50"
    )
    assert str(proofs[NO_JUMPS].counterexample) == "at 80: 80 → 50"


def test_an_actual_of_zero_must_be_the_best_of_a_ratio_turned_round() -> None:
    """T/A grows beyond every bound as A nears 0; with a cap of 200, 200 for A = 0 is as good as any, and 100 is not."""
    capped = read_rules("e-sakip:cap_200")
    verdicts = {}
    for zero in (100, 200):
        rules = replace(capped, zero_actual=Fraction(zero), variants=())
        verdicts[zero] = next(p for p in prove(rules) if str(p.name) == FOLLOWS["minimize"])
    assert verdicts[200].verdict == "holds"
    assert str(verdicts[100].counterexample) == (
        "with a target of 100, an actual of 0 scores 100 and one of 10 scores 200"
    )


def test_the_skp_conversion_has_no_jumps_as_its_gaps_are_read() -> None:
    assert named("panrb-skp", NO_JUMPS).verdict == "holds"


def test_without_the_declared_gaps_the_skp_conversion_would_leap_at_60_and_at_100() -> None:
    """Holding each formula up to the next printed percent: 49.83 to 50 at 60, 70 to 70 at 80, 90 to 109 at 100."""
    (conversion,) = read_rules("panrb-skp").conversions
    printed = [p for p in conversion.pieces if p.range.lower_closed and p.range.lower < 100]
    upper = [Fraction(60), Fraction(80), Fraction(100)]
    held = [
        replace(p, range=Interval(p.range.lower, end, upper_closed=False))
        for p, end in zip(printed, upper, strict=True)
    ]
    rest = replace(conversion.pieces[7], range=read_interval("[100, 101)"))
    rules = replace(read_rules("panrb-skp"), conversions=(Conversion((*held, rest)),))
    jumps = find_jumps(score_line(rules, "maximize", None))
    assert [(each.at, each.before, each.after) for each in jumps] == [
        (60, Fraction(60 * 49, 59), 50),
        (100, 90, 109),
    ]


# ---- lines ------------------------------------------------------------------------------------------------------------


def test_a_line_is_cut_where_it_meets_floor_and_cap() -> None:
    rules = replace(read_rules("kkp"), floor=Fraction(0))
    assert [str(each) for each in score_line(rules, "maximize", None)] == [
        "(-inf, 0]: 0",
        "(0, 120]: 0 … 120",
        "(120, inf): 120",
    ]


def test_a_conversion_for_one_polarity_leaves_the_others() -> None:
    turned = replace(straight((0, 100), (100, 0)), polarity="minimize")
    rules = replace(read_rules("lkj-attainment"), conversions=(turned,))
    assert value_at(score_line(rules, "minimize", None), Fraction(30)) == 70
    assert score_line(rules, "maximize", None) == (Segment(EVERYWHERE, Fraction(1), Fraction(0)),)


def test_beyond_the_domain_of_bands_the_nearest_band_holds() -> None:
    rules: RuleSet = read_rules("bantaeng")
    line = score_line(rules, "maximize", rules.achievement_bands)
    assert [value_at(line, Fraction(x)) for x in (-5, 0, 1000)] == [1, 1, 5]


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(0), "0"), (Fraction(-1, 8), "-0.125"), (Fraction(120), "120"), (Fraction(2, 3), "2/3"), (INFINITY, "inf")],
)  # fmt: skip
def test_numbers_are_written_exactly(value: Fraction, text: str) -> None:
    assert write_exact(value) == text


def lines() -> st.SearchStrategy[Line]:
    """Draw lines of two to five segments with whole-numbered ends, slopes and levels, every seam closed on one side."""
    widths = st.lists(st.integers(1, 9), min_size=2, max_size=5)
    shape = st.tuples(st.integers(-2, 2), st.integers(-30, 30), st.booleans())

    def build(drawn: tuple[list[int], list[tuple[int, int, bool]]]) -> Line:
        ends = list(accumulate(drawn[0], initial=0))
        shapes = drawn[1][: len(ends) - 1]
        closed = [True, *(closes for _, _, closes in shapes[1:]), False]
        return tuple(
            Segment(
                Interval(Fraction(a), Fraction(b), closed[n], not closed[n + 1]),
                Fraction(slope),
                Fraction(level),
            )
            for n, ((a, b), (slope, level, _)) in enumerate(zip(pairwise(ends), shapes, strict=True))
        )

    return st.tuples(widths, st.lists(shape, min_size=5, max_size=5)).map(build)


@given(line=lines(), direction=st.sampled_from([1, -1]))
def test_a_contradiction_is_true_and_its_absence_is_borne_out_at_every_quarter(
    line: Line, direction: int
) -> None:
    whole = Interval(line[0].range.lower, line[-1].range.upper)
    found = find_contrary(line, whole, 1 if direction > 0 else -1)
    if found is not None:
        low, high = found
        assert low < high
        assert (value_at(line, high) - value_at(line, low)) * direction < 0
        return
    points = [Fraction(n, 4) for n in range(int(whole.lower) * 4, int(whole.upper) * 4 + 1)]
    values = [value_at(line, x) for x in points if any(x in each.range for each in line)]
    assert all((after - before) * direction >= 0 for before, after in pairwise(values))
