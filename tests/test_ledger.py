"""The ledger: each figure is settled against the figures it depends on, nearest first, under one policy."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bsc_analysis.evidence.expressions import ABSENT, Value
from bsc_analysis.evidence.ledger import Ledger, Verdict
from bsc_analysis.evidence.printed import Key, Printed, PrintedFigures
from bsc_analysis.evidence.relations import relate
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import read_rules
from bsc_analysis.paths.model import PathModel, path_model
from bsc_analysis.scorecards.bands import Interval, read_interval
from bsc_analysis.scorecards.rules import MissingPolicy

SOURCE = """
[document]
citation = "a test"
rights = "none"
transcription = "none"
[exact]
quantities = ["weight", "perspective_weight", "value", "target"]
reason = "by nature"
[places.here]
name = { id = "Sini", en = "Here" }
[places.there]
name = { id = "Sana", en = "There" }
[[tables]]
file = "a.csv"
sha256 = "0"
decimal = "."
"""


def printed(*rows: str) -> PrintedFigures:
    """Read rows of place, quantity, perspective, indicator, year, start, end and text."""
    header = "place,quantity,perspective,indicator,year,start,end,printed,label"
    return read_figures(
        read_source(SOURCE, "s"), {"a.csv": "\n".join([header, *(row + ",x" for row in rows)])}
    )


def economy(place: str, quantity: str, text: str) -> str:
    year = "" if quantity == "weight" else "2017"
    return f"{place},{quantity},financial,economy,{year},,,{text}"


def ledger(
    *rows: str, rules: str = "bantaeng", model: PathModel | None = None, policy: MissingPolicy = "zero"
) -> tuple[Ledger, tuple[Printed, ...]]:
    figures = printed(*rows).figures
    return Ledger(figures, relate(figures, read_rules(rules), model), policy), figures


def key(quantity: str) -> Key:
    return Key(quantity, "financial", "economy", None if quantity == "weight" else 2017)


INPUTS = (economy("here", "target", "119"), economy("here", "actual", "84"))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("71", Verdict.FOLLOWS),
        ("70.6", Verdict.FOLLOWS),
        ("70.58", Verdict.TRUNCATED),
        ("70", Verdict.FOLLOWS),
        ("70.57", Verdict.CONTRADICTS),
        ("75", Verdict.CONTRADICTS),
    ],
)
def test_a_figure_is_held_against_what_its_inputs_come_to(text: str, verdict: Verdict) -> None:
    """84 is printed whole, so it is 83.5 to 84.5, and 84 / 119 is 70.17 to 71.01 %; with 84.00 it is 70.58 to 70.59 %."""
    exact_actual = economy("here", "actual", "84.0000") if text.startswith("70.5") else INPUTS[1]
    book, figures = ledger(INPUTS[0], exact_actual, economy("here", "achievement", text))
    assert book.settle(figures[2]).verdict is verdict


def test_an_input_follows_from_nothing() -> None:
    book, figures = ledger(*INPUTS)
    settled = book.settle(figures[0])
    assert (settled.verdict, settled.expression) == (Verdict.UNCHECKABLE, None)
    assert settled.usable == Value(figures[0].rounded)


def test_a_figure_whose_inputs_are_not_printed_waits_for_them_by_name() -> None:
    book, figures = ledger(economy("here", "achievement", "71"), INPUTS[0])
    settled = book.settle(figures[0])
    assert settled.verdict is Verdict.UNCHECKABLE
    assert settled.recomputed.unknown == {key("actual")}
    assert settled.usable == Value(figures[0].rounded)


def test_a_figure_where_the_source_says_there_is_no_data_contradicts() -> None:
    book, figures = ledger(INPUTS[0], economy("here", "actual", "-"), economy("here", "achievement", "71"))
    settled = book.settle(figures[2])
    assert (settled.verdict, settled.recomputed) == (Verdict.CONTRADICTS, ABSENT)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ("84.4", Verdict.UNCHECKABLE),
        ("84.5", Verdict.UNCHECKABLE),
        ("85", Verdict.UNCHECKABLE),
        ("86", Verdict.CONTRADICTS),
    ],
)
def test_an_input_printed_twice_must_be_one_number(other: str, verdict: Verdict) -> None:
    book, figures = ledger(economy("here", "actual", "84"), economy("there", "actual", other))
    assert [book.settle(each).verdict for each in figures] == [verdict, verdict]


def test_an_input_is_taken_from_its_own_place_before_any_other() -> None:
    book, figures = ledger(
        economy("there", "actual", "50"), economy("here", "actual", "84"), INPUTS[0],
        economy("here", "achievement", "71"), economy("there", "achievement", "42"),
    )  # fmt: skip
    assert book.printed(key("actual"), "here") is figures[1]
    assert book.printed(key("actual"), "elsewhere") is figures[0]
    assert [book.settle(each).verdict for each in figures[3:]] == [Verdict.FOLLOWS, Verdict.FOLLOWS]


def test_a_derived_figure_is_never_taken_from_another_place() -> None:
    """The band value stands alone in its place, so it is recomputed from the data and not from the other table."""
    book, figures = ledger(*INPUTS, economy("here", "achievement", "96"), economy("there", "value", "1"))
    assert book.printed(key("achievement"), "there") is None
    assert book.settle(figures[3]).verdict is Verdict.FOLLOWS
    assert set(book.parents(figures[3])) == set(figures[:2])


def test_a_parent_that_follows_counts_with_its_printed_and_its_unrounded_value() -> None:
    """84.00 / 119 is 70.588; printed as 71 it may be used as either, and both are in the lowest band."""
    book, figures = ledger(
        INPUTS[0], economy("here", "actual", "84.00000"), economy("here", "achievement", "71")
    )
    usable = book.settle(figures[2]).usable.interval
    assert usable is not None
    assert usable.upper == 71
    assert Fraction(8400, 119) in usable
    assert usable.lower > 70


def test_a_parent_that_follows_only_if_truncated_counts_with_its_printed_and_its_unrounded_value() -> None:
    book, figures = ledger(
        INPUTS[0], economy("here", "actual", "84.00000"), economy("here", "achievement", "70.58")
    )
    usable = book.settle(figures[2]).usable.interval
    assert usable is not None
    assert usable.lower == Fraction("70.58")
    assert Fraction(8400, 119) in usable
    assert usable.upper < Fraction("70.59")


def test_a_parent_that_may_be_rounded_or_truncated_counts_with_both_readings() -> None:
    """The actual is 83.5 to 84.5, so 70 % may be a rounded 70.2 or a truncated 71.0: neither may be excluded later."""
    book, figures = ledger(*INPUTS, economy("here", "achievement", "70"))
    usable = book.settle(figures[2]).usable.interval
    assert usable is not None
    assert Fraction("70.9") in usable
    assert Fraction(70) in usable


def test_a_parent_that_contradicts_counts_with_what_it_should_be() -> None:
    book, figures = ledger(*INPUTS, economy("here", "achievement", "96"), economy("here", "value", "3"))
    assert book.state(key("achievement"), "here") == book.settle(figures[2]).recomputed
    assert book.settle(figures[3]).verdict is Verdict.CONTRADICTS
    assert book.settle(figures[3]).recomputed == Value(Interval(Fraction(1), Fraction(1)))


def test_a_weight_that_is_not_printed_is_the_rule_sets() -> None:
    book, _ = ledger(*INPUTS)
    assert book.look(key("weight"), "here") == Value(Interval(Fraction(35, 100), Fraction(35, 100)))


def test_a_part_of_a_headline_without_data_has_none_either() -> None:
    book, _ = ledger("here,actual,customer,satisfaction,2016,,,-")
    assert book.look(Key("actual", "customer", "empathy", 2016), "here").absent
    assert not book.look(Key("actual", "customer", "empathy", 2017), "here").absent


def test_from_data_never_passes_through_a_printed_figure_in_between() -> None:
    book, _ = ledger(*INPUTS, economy("here", "achievement", "96"), economy("here", "value", "3"))
    assert book.from_data(key("value")) == Value(Interval(Fraction(1), Fraction(1)))
    assert book.derives(key("value"))
    assert not book.derives(key("actual"))


@pytest.mark.parametrize(
    ("policy", "verdict"), [("zero", Verdict.FOLLOWS), ("renormalise", Verdict.CONTRADICTS)]
)
def test_a_total_is_settled_under_the_policy_of_the_ledger(policy: MissingPolicy, verdict: Verdict) -> None:
    """Only the stakeholder perspective has a score, 96: with the others as zero the total is .25 x 96 = 24, else 96."""
    rows = ["here,perspective_score,stakeholder,,2015,,,96%", "here,organisation_score,,,2015,,,24%"]
    absent = [
        f"here,perspective_score,{name},,2015,,,-"
        for name in ("learning_growth", "internal_process", "customer")
    ]
    book, figures = ledger(*rows, *absent, rules="kkp", policy=policy)
    assert book.settle(figures[1]).verdict is verdict


def test_a_figure_that_is_not_printed_is_recovered_from_each_that_needs_it() -> None:
    """0.2 = 0.5 x b gives b = .39 to .41 or so; 0.1 = 0.25 x b gives the same within its own rounding."""
    model = path_model("B ~ A\nC ~ B\nB ~ Z")
    rows = [
        "here,direct_effect,,,,A,B,0.50", "here,direct_effect,,,,Z,B,0.25",
        "here,indirect_effect,,,,A,C,0.200", "here,indirect_effect,,,,Z,C,0.100",
    ]  # fmt: skip
    book, figures = ledger(*rows, rules="kkp", model=model)
    wanted = Key("direct_effect", start="B", end="C")
    assert book.recovered(wanted) == [
        (
            figures[2],
            Interval(Fraction("0.1995") / Fraction("0.505"), Fraction("0.2005") / Fraction("0.495")),
        ),
        (
            figures[3],
            Interval(Fraction("0.0995") / Fraction("0.255"), Fraction("0.1005") / Fraction("0.245")),
        ),
    ]
    assert [each for each, _ in book.recovered(wanted, without=figures[2])] == [figures[3]]
    assert [book.settle(each).verdict for each in figures[2:]] == [Verdict.FOLLOWS, Verdict.FOLLOWS]


def test_two_figures_that_need_different_unprinted_ones_contradict() -> None:
    model = path_model("B ~ A + Z\nC ~ B")
    rows = [
        "here,direct_effect,,,,A,B,0.50", "here,direct_effect,,,,Z,B,0.25",
        "here,indirect_effect,,,,A,C,0.200", "here,indirect_effect,,,,Z,C,0.300",
    ]  # fmt: skip
    book, figures = ledger(*rows, rules="kkp", model=model)
    assert [book.settle(each).verdict for each in figures[2:]] == [Verdict.CONTRADICTS, Verdict.CONTRADICTS]


def test_a_headline_short_of_a_part_says_which() -> None:
    names = ["satisfaction", "tangibles", "reliability", "responsiveness", "assurance"]
    rows = [f"here,target,customer,{name},2017,,,{4 if name == 'satisfaction' else 0.8}" for name in names]
    book, figures = ledger(*rows)
    assert book.settle(figures[0]).verdict is Verdict.CONTRADICTS
    assert book.settle(figures[0]).recomputed.interval == read_interval("[3.2, 3.2]")
    assert book.short_of(figures[0]) == (Key("target", "customer", "empathy", 2017),)
    assert book.short_of(figures[1]) == ()


def test_an_answer_once_given_stays() -> None:
    book, figures = ledger(*INPUTS, economy("here", "achievement", "71"))
    assert book.settle(figures[2]) is book.settle(figures[2])
