"""The audit: no false alarm on any consistent scorecard, every planted error found, each finding with sum and repair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.evidence.audit import Finding, Repair, audit, describe_repair
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.printed import Key, PrintedFigures
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Label
from bsc_analysis.paths.model import path_model
from bsc_analysis.scorecards.bands import Band, Bands, Interval, prove_cover, read_interval
from bsc_analysis.scorecards.rules import Indicator, MissingPolicy, Perspective, RuleSet
from bsc_analysis.scorecards.variants import vary

EXAMPLES = 300  # in every profile: that nothing consistent is accused is the promise the program is built on

SOURCE = """
[document]
citation = "a test"
rights = "none"
transcription = "none"
[exact]
quantities = ["target", "actual", "weight", "perspective_weight", "value"]
reason = "as drawn"
[places.here]
name = { id = "Sini", en = "Here" }
[places.there]
name = { id = "Sana", en = "There" }
[places.text]
prose = true
name = { id = "Teks", en = "Text" }
[[tables]]
file = "a.csv"
sha256 = "0"
decimal = "."
"""
INEXACT_INPUTS = SOURCE.replace('"target", "actual", ', "")
HEADER = "place,quantity,perspective,indicator,year,start,end,printed,label"


def printed(*rows: str, source: str = SOURCE) -> PrintedFigures:
    """Read rows of place, quantity, perspective, indicator, year, start, end and text."""
    text = "\n".join([HEADER, *(row + ",x" for row in rows)])
    return read_figures(read_source(source, "s"), {"a.csv": text})


def contradicted(findings: tuple[Finding, ...]) -> list[tuple[str, Key, str]]:
    return [
        (f.printed.place, f.printed.key, f.printed.text) for f in findings if f.verdict is Verdict.CONTRADICTS
    ]


# ---- ways of printing ------------------------------------------------------------------------------------------------


def half_up(scaled: Fraction) -> int:
    return (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)


def half_even(scaled: Fraction) -> int:
    return round(scaled)


def cut_off(scaled: Fraction) -> int:
    return scaled.numerator // scaled.denominator


Rounding = Callable[[Fraction], int]
ROUNDINGS: dict[str, tuple[Rounding, ...]] = {
    "half up": (half_up,),
    "half even": (half_even,),
    "truncated": (cut_off,),
    "each figure its own way": (half_up, half_even, cut_off),
}


def print_number(value: Fraction, decimals: int, rounding: Rounding) -> str:
    """Print a fraction; negative numbers by their magnitude, as people do."""
    digits = str(rounding(abs(value) * 10**decimals)).rjust(decimals + 1, "0")
    text = digits[: len(digits) - decimals] + ("." + digits[len(digits) - decimals :] if decimals else "")
    return ("-" if value < 0 else "") + text


def exactly(value: Fraction) -> str:
    """Print a number of at most four decimals as it is."""
    return print_number(value, 4, cut_off)


# ---- an author with a random scorecard -------------------------------------------------------------------------------


@st.composite
def parts_of_one(draw: st.DrawFn, count: int) -> list[Fraction]:
    """Draw positive weights of two decimals that sum to one."""
    cuts = draw(st.lists(st.integers(1, 19), min_size=count - 1, max_size=count - 1, unique=True).map(sorted))
    ends = [0, *cuts, 20]
    return [Fraction(high - low, 20) for low, high in pairwise(ends)]


@st.composite
def some_bands(draw: st.DrawFn) -> Bands:
    """Draw bands that cover [0, inf) with rising values; each edge belongs to either side."""
    cuts = draw(st.lists(st.integers(10, 150), min_size=1, max_size=4, unique=True).map(sorted))
    ends = [Fraction(0), *map(Fraction, cuts), read_interval("[0, inf)").upper]
    left = [draw(st.booleans()) for _ in cuts]
    ranges = [
        Interval(low, high, first, last)
        for low, high, first, last in zip(
            ends[:-1], ends[1:], [True, *(not each for each in left)], [*left, False], strict=True
        )
    ]
    values = draw(
        st.lists(st.integers(1, 9), min_size=len(ranges), max_size=len(ranges), unique=True).map(sorted)
    )
    bands = tuple(
        Band(f"b{n}", Fraction(value), each, Label("b", "b"), "")
        for n, (value, each) in enumerate(zip(values, ranges, strict=True))
    )
    return Bands(read_interval("[0, inf)"), bands)


@st.composite
def some_rules(draw: st.DrawFn) -> RuleSet:
    """Draw a rule set with one or two perspectives of one or two indicators."""
    formula = draw(st.sampled_from([None, "target / actual", "2 - actual / target"]))
    perspectives, indicators = [], []
    for number, weight in enumerate(draw(parts_of_one(draw(st.integers(1, 2))))):
        perspectives.append(Perspective(f"p{number}", weight, Label("p", "p"), f"P{number}"))
        for place, share in enumerate(draw(parts_of_one(draw(st.integers(1, 2))))):
            polarity = draw(st.sampled_from(["maximize", "minimize"])) if formula else "maximize"
            indicators.append(
                Indicator(f"i{number}{place}", f"p{number}", share, polarity, Label("i", "i"))  # type: ignore[arg-type]
            )
    bands = draw(some_bands())
    assert prove_cover(bands, "drawn") == []
    return RuleSet(
        id="drawn", version="1", mark="unofficial", label=Label("d", "d"), citation="", place="",
        perspectives=tuple(perspectives), indicators=tuple(indicators), minimize=formula, cap=None,  # type: ignore[arg-type]
        scale="bands", perspective_from="indicators", missing=draw(st.sampled_from(["zero", "renormalise"])),
        achievement_bands=bands, perspective_bands=None, organisation_bands=None,
    )  # fmt: skip


@dataclass
class Author:
    """Computes a scorecard exactly and prints it; each later figure uses the printed or the unrounded earlier one."""

    draw: st.DrawFn
    rules: RuleSet
    roundings: tuple[Rounding, ...]
    policy: MissingPolicy
    decimals: tuple[int, int]
    complete: bool
    places: tuple[str, ...]

    def __post_init__(self) -> None:
        self.rows: list[str] = []
        self.used: dict[Key, tuple[Fraction, ...] | None] = {}

    def put(self, key: Key, value: Fraction | None, *, exact: bool = False) -> None:
        """Print a figure, or leave it out; later figures may be computed from the value or from what was printed."""
        rounding = self.draw(st.sampled_from(self.roundings))
        decimals = self.draw(st.integers(*self.decimals))
        text = "-" if value is None else exactly(value) if exact else print_number(value, decimals, rounding)
        shown = self.complete or exact or self.draw(st.integers(0, 3)) > 0
        self.used[key] = None if value is None else (value, Fraction(text)) if shown else (value,)
        if shown:
            year = "" if key.year is None else key.year
            place = self.draw(st.sampled_from(self.places))
            self.rows.append(f"{place},{key.quantity},{key.perspective},{key.indicator},{year},,,{text}")

    def use(self, key: Key) -> Fraction | None:
        """Take an earlier figure as it was printed or as it was before."""
        used = self.used[key]
        return None if used is None else self.draw(st.sampled_from(used))

    def scale(self, key: Key, factor: Fraction) -> Fraction | None:
        value = self.use(key)
        return None if value is None else factor * value

    def weighted(self, parts: list[tuple[Key, Fraction]]) -> Fraction | None:
        """Add up contributions under the missing policy."""
        values = [(self.use(key), weight) for key, weight in parts]
        present = [(value, weight) for value, weight in values if value is not None]
        total = sum((value for value, _ in present), Fraction(0))
        if self.policy == "zero":
            return total
        share = sum((weight for _, weight in present), Fraction(0))
        return total / share * sum(weight for _, weight in values) if present else None


def achievement_of(actual: Fraction, target: Fraction, each: Indicator, rules: RuleSet) -> Fraction:
    if each.polarity == "maximize":
        return 100 * actual / target
    return 100 * target / actual if rules.minimize == "target / actual" else 100 * (2 - actual / target)


def print_indicator(author: Author, each: Indicator, year: int) -> None:
    """Print one indicator's row of one year, from its target to its contribution."""
    rules, figure = author.rules, st.integers(1, 3000).map(lambda tenths: Fraction(tenths, 10))
    keys = {
        name: Key(name, each.perspective, each.id, year)
        for name in ("target", "actual", "achievement", "value", "product", "contribution")
    }
    target = author.draw(figure)
    actual = None if not author.complete and author.draw(st.integers(0, 4)) == 0 else author.draw(figure)
    author.put(keys["target"], target, exact=True)
    author.put(keys["actual"], actual, exact=True)
    author.put(keys["achievement"], None if actual is None else achievement_of(actual, target, each, rules))
    reached = author.use(keys["achievement"])
    assert rules.achievement_bands is not None
    author.put(
        keys["value"], None if reached is None else rules.achievement_bands.find(reached).value, exact=True
    )
    author.put(keys["product"], author.scale(keys["value"], each.weight))
    outer = rules.perspective(each.perspective).weight
    author.put(keys["contribution"], author.scale(keys["product"], outer))


def print_year(author: Author, year: int) -> None:
    """Print one year's scorecard."""
    rules = author.rules
    for each in rules.indicators:
        print_indicator(author, each, year)
    for perspective in rules.perspectives:
        parts = [
            (Key("contribution", perspective.id, each.id, year), each.weight)
            for each in rules.headlines(perspective.id)
        ]
        author.put(Key("perspective_contribution", perspective.id, year=year), author.weighted(parts))
    parts = [
        (Key("perspective_contribution", each.id, year=year), each.weight) for each in rules.perspectives
    ]
    author.put(Key("organisation_score", year=year), author.weighted(parts))


def print_means(author: Author, years: list[int]) -> None:
    """Print the mean achievement of each indicator over the years that have one."""
    for each in author.rules.indicators:
        keys = [Key("achievement", each.perspective, each.id, year) for year in years]
        present = [value for key in keys if (value := author.use(key)) is not None]
        mean = sum(present, Fraction(0)) / len(present) if present else None
        author.put(Key("mean_achievement", each.perspective, each.id), mean)


def print_weights(author: Author) -> None:
    for perspective in author.rules.perspectives:
        author.put(Key("perspective_weight", perspective.id), perspective.weight, exact=True)
    for each in author.rules.indicators:
        author.put(Key("weight", each.perspective, each.id), each.weight, exact=True)


def drawn_sheet(
    data: st.DataObject,
    roundings: tuple[Rounding, ...],
    *,
    complete: bool = False,
    decimals: tuple[int, int] = (0, 4),
    places: tuple[str, ...] = ("here",),
) -> tuple[PrintedFigures, RuleSet]:
    """Draw a rule set and a consistent scorecard printed under it."""
    rules = data.draw(some_rules())
    author = Author(data.draw, rules, roundings, rules.missing, decimals, complete, places)
    years = data.draw(st.sampled_from([[2017], [2017], [2016, 2017]]))
    print_weights(author)
    for year in years:
        print_year(author, year)
    print_means(author, years)
    return printed(*author.rows), rules


# ---- no false alarm --------------------------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES)
@given(
    way=st.sampled_from(list(ROUNDINGS)),
    places=st.sampled_from([("here",), ("here", "there")]),
    data=st.data(),
)
def test_a_consistent_scorecard_never_contradicts_itself(
    way: str, places: tuple[str, ...], data: st.DataObject
) -> None:
    figures, rules = drawn_sheet(data, ROUNDINGS[way], places=places)
    assert contradicted(audit(figures, rules)) == []


def test_a_figure_that_may_be_rounded_or_truncated_excludes_neither_for_later_sums() -> None:
    """150 of 100 is N 5; .35 x 5 = 1.75 is cut to 1, .25 x 1.75 = .4375 to .43, and the perspective is .4375.

    From the printed 1 alone the contribution may be anything from .25 to .4375, of which .43 is a rounded value too;
    that reading must not shut out the .4375 it was cut from.
    """
    rows = [
        "here,target,financial,economy,2017,,,100",
        "here,actual,financial,economy,2017,,,150",
        "here,value,financial,economy,2017,,,5",
        "here,product,financial,economy,2017,,,1",
        "here,contribution,financial,economy,2017,,,0.43",
        "here,actual,financial,efficiency,2017,,,-",
        "here,actual,financial,effectiveness,2017,,,-",
        "here,perspective_contribution,financial,,2017,,,0.4375",
    ]
    assert contradicted(audit(printed(*rows), read_rules("bantaeng"))) == []


def test_a_total_computed_from_the_rounded_right_figure_does_not_inherit_a_misprint() -> None:
    """36/100 is 36 %, 12.7/201.7 is 6.2965 %, which is 6.30; 8.30 is a misprint, but the mean 21.150 is that of 36 and 6.30."""
    rows = [
        "here,target,financial,economy,2016,,,100", "here,actual,financial,economy,2016,,,36",
        "here,achievement,financial,economy,2016,,,36.00",
        "here,target,financial,economy,2017,,,201.7", "here,actual,financial,economy,2017,,,12.7",
        "here,achievement,financial,economy,2017,,,8.30",
        "here,mean_achievement,financial,economy,,,,21.1500",
    ]  # fmt: skip
    assert [text for _, _, text in contradicted(audit(printed(*rows), read_rules("bantaeng")))] == ["8.30"]


CHAIN = path_model("B ~ A\nC ~ A + B\nD ~ A + B + C")


@settings(max_examples=EXAMPLES)
@given(way=st.sampled_from(list(ROUNDINGS)), data=st.data())
def test_consistent_path_effects_never_contradict_each_other(way: str, data: st.DataObject) -> None:
    """Direct effects of five decimals, rounded to two to four; indirect ones from either, printed in any way.

    Where a direct effect is withheld, it is recovered from rounded indirect effects.
    """
    effects = st.integers(-90000, 90000).map(lambda number: Fraction(number, 10**5))
    true = {edge: data.draw(effects) for edge in CHAIN.edges}
    decimals = data.draw(st.integers(2, 4))
    shown = {
        edge: print_number(value, decimals, data.draw(st.sampled_from((half_up, half_even))))
        for edge, value in true.items()
    }
    from_printed = data.draw(st.booleans())
    withheld = data.draw(st.none() if from_printed else st.none() | st.sampled_from(CHAIN.edges))
    used = {edge: Fraction(shown[edge]) for edge in true} if from_printed else true
    rounding = data.draw(st.sampled_from(ROUNDINGS[way if withheld is None else "half up"]))
    rows = [f"here,direct_effect,,,,{a},{b},{shown[a, b]}" for a, b in CHAIN.edges if (a, b) != withheld]
    for start, end in (("A", "C"), ("A", "D"), ("B", "D")):
        indirect = Fraction(0)
        for path in CHAIN.indirect_paths(start, end):
            product = Fraction(1)
            for edge in pairwise(path):
                product *= used[edge]
            indirect += product
        rows.append(f"here,indirect_effect,,,,{start},{end},{print_number(indirect, decimals, rounding)}")
    assert contradicted(audit(printed(*rows), read_rules("kkp"), CHAIN)) == []


def test_a_figure_computed_from_the_printed_figure_of_another_table_is_no_contradiction() -> None:
    """One table prints 906/1000 as 91 %, the other the band value 3 of 91: authors compute with what they printed."""
    rows = [
        "here,target,financial,economy,2017,,,1000", "here,actual,financial,economy,2017,,,906",
        "here,achievement,financial,economy,2017,,,91", "there,value,financial,economy,2017,,,3",
    ]  # fmt: skip
    assert contradicted(audit(printed(*rows), read_rules("bantaeng"))) == []


def test_a_target_that_rounds_to_zero_is_no_contradiction() -> None:
    """A target of .4, printed without decimals as 0, and an actual of 1: 250 % follows from .4, which prints as 0."""
    rows = [
        "here,target,financial,economy,2017,,,0", "here,actual,financial,economy,2017,,,1",
        "here,achievement,financial,economy,2017,,,250",
    ]  # fmt: skip
    assert contradicted(audit(printed(*rows, source=INEXACT_INPUTS), read_rules("bantaeng"))) == []


@pytest.mark.parametrize(("actual", "score"), [("150", "120"), ("110", "110")])
def test_a_score_at_the_cap_of_a_percent_rule_is_no_contradiction(actual: str, score: str) -> None:
    """150 of 100 is 150 %, which counts as 120 under a cap of 120; .25 x .35 x 120 = 10.5."""
    rules = vary(read_rules("bantaeng"), scale="percent", cap=Fraction(120))
    rows = [
        "here,target,financial,economy,2017,,,100", f"here,actual,financial,economy,2017,,,{actual}",
        f"here,achievement,financial,economy,2017,,,{actual}", f"here,value,financial,economy,2017,,,{score}",
    ]  # fmt: skip
    assert contradicted(audit(printed(*rows), rules)) == []


def test_an_achievement_above_the_cap_is_found_to_contradict_as_a_score() -> None:
    rules = vary(read_rules("bantaeng"), scale="percent", cap=Fraction(120))
    rows = [
        "here,target,financial,economy,2017,,,100", "here,actual,financial,economy,2017,,,150",
        "here,value,financial,economy,2017,,,150",
    ]  # fmt: skip
    assert [text for _, _, text in contradicted(audit(printed(*rows), rules))] == ["150"]


@pytest.mark.parametrize(
    ("start", "end"),
    [("C", "D"), ("D", "A"), ("A", "E")],
    ids=["no indirect path", "against the arrows", "not in the model"],
)
def test_an_indirect_effect_the_model_has_no_path_for_ends_in_a_finding_and_no_crash(
    start: str, end: str
) -> None:
    findings = audit(printed(f"here,indirect_effect,,,,{start},{end},0.066"), read_rules("kkp"), CHAIN)
    assert len(findings) == 1
    assert findings[0].verdict in (Verdict.CONTRADICTS, Verdict.UNCHECKABLE)


# ---- planted errors --------------------------------------------------------------------------------------------------

# Figures are printed with two decimals at least and at most nine are added, so rounding can move a sum by less than .09
# (a renormalised one by the same); a figure that is off by two can only be wrong.
OFF = 2
PLANTED_DECIMALS = (2, 4)
PLANTED_EXAMPLES = 150
DERIVED = (
    "achievement",
    "value",
    "product",
    "contribution",
    "perspective_contribution",
    "organisation_score",
    "mean_achievement",
)


@settings(max_examples=PLANTED_EXAMPLES)
@given(data=st.data())
def test_one_planted_error_is_found_and_nothing_else(data: st.DataObject) -> None:
    figures, rules = drawn_sheet(data, (half_up, half_even), complete=True, decimals=PLANTED_DECIMALS)
    derived = [index for index, figure in enumerate(figures.figures) if figure.key.quantity in DERIVED]
    chosen = data.draw(st.sampled_from(derived))
    wrong = shifted(figures, chosen)
    planted = wrong.figures[chosen]
    findings = audit(wrong, rules)
    assert contradicted(findings) == [(planted.place, planted.key, planted.text)]
    (finding,) = (each for each in findings if each.verdict is Verdict.CONTRADICTS)
    assert finding.own
    right = figures.figures[chosen]
    (itself,) = (each for each in finding.repairs if each.figure == planted)
    assert not itself.range.meet(right.rounded).empty


def shifted(figures: PrintedFigures, index: int) -> PrintedFigures:
    """Return the figures with one of them printed too large."""
    right = figures.figures[index]
    assert right.value is not None
    value = right.value + OFF
    text = print_number(value, right.decimals, cut_off)
    wrong = replace(
        right,
        text=text,
        value=value,
        rounded=replace(right.rounded, lower=right.rounded.lower + OFF, upper=right.rounded.upper + OFF),
        truncated=replace(
            right.truncated, lower=right.truncated.lower + OFF, upper=right.truncated.upper + OFF
        ),
    )
    return replace(figures, figures=(*figures.figures[:index], wrong, *figures.figures[index + 1 :]))


# ---- what a finding says ---------------------------------------------------------------------------------------------

TABLE = (
    "here,target,financial,economy,2017,,,119",
    "here,actual,financial,economy,2017,,,84",
    "here,value,financial,economy,2017,,,2",
    "here,contribution,financial,economy,2017,,,0.175",
)


def find(*rows: str, rules: str = "bantaeng") -> dict[str, Finding]:
    return {each.printed.key.quantity: each for each in audit(printed(*rows), read_rules(rules))}


def test_a_contradiction_comes_with_the_sum_that_shows_it() -> None:
    finding = find(*TABLE)["value"]
    assert finding.sum.en == "N(70.5882) = 1"
    assert finding.sum.id == "N(70,5882) = 1"
    assert finding.recomputed == finding.from_data == Interval(Fraction(1), Fraction(1))


def test_a_contradiction_is_traced_to_where_it_starts() -> None:
    findings = find(*TABLE)
    assert findings["value"].own
    assert not findings["contribution"].own
    assert [cause.key.quantity for cause in findings["contribution"].causes] == ["value"]


def test_repairs_come_smallest_first_and_each_alone_would_mend_the_figure() -> None:
    """N is 1, or 84/119 would have to lie in 80 to 91: a target of 92.3 to 105, or an actual of 95.2 to 108.3."""
    repairs = find(*TABLE)["value"].repairs
    assert [each.size for each in repairs] == sorted(each.size for each in repairs)
    assert {each.figure.key.quantity: (each.range.lower, each.range.upper) for each in repairs} == {
        "value": (1, 1),
        "target": (Fraction(8400, 91), 105),
        "actual": (Fraction("95.2"), Fraction("108.29")),
    }


def test_a_figure_that_inherits_its_contradiction_is_mended_by_its_own_value_only() -> None:
    assert [each.figure.key.quantity for each in find(*TABLE)["contribution"].repairs] == ["contribution"]


def test_what_follows_needs_no_cause_and_no_repair() -> None:
    finding = find(*TABLE[:2], "here,value,financial,economy,2017,,,1")["value"]
    assert (finding.verdict, finding.causes, finding.repairs) == (Verdict.FOLLOWS, (), ())


def test_an_input_is_listed_as_not_checkable_without_a_sum() -> None:
    finding = find(*TABLE)["target"]
    assert (finding.verdict, finding.sum, finding.recomputed, finding.from_data) == (
        Verdict.UNCHECKABLE,
        Label("", ""),
        None,
        None,
    )


def test_what_would_have_to_be_printed_is_named() -> None:
    finding = find("here,achievement,financial,economy,2017,,,71", TABLE[0])["achievement"]
    assert finding.verdict is Verdict.UNCHECKABLE
    assert finding.missing == (Key("actual", "financial", "economy", 2017),)
    assert finding.sum.en == "100 × ? / 119 = ?"


def test_a_mark_for_no_figure_is_no_finding() -> None:
    assert find("here,achievement,financial,economy,2017,,,-") == {}


@pytest.mark.parametrize(
    ("score", "under", "verdict"),
    [
        ("24", ("zero",), Verdict.FOLLOWS),
        ("96", ("renormalise",), Verdict.FOLLOWS),
        ("50", (), Verdict.CONTRADICTS),
    ],
)
def test_a_verdict_that_hangs_on_the_missing_policy_says_under_which_it_holds(
    score: str, under: tuple[str, ...], verdict: Verdict
) -> None:
    """Only one perspective of weight .25 has a score, 96: the total is 24 with the others as 0, 96 without them."""
    rows = [
        f"here,perspective_score,{name},,2015,,,-"
        for name in ("learning_growth", "internal_process", "customer")
    ]
    rows += ["here,perspective_score,stakeholder,,2015,,,96", f"here,organisation_score,,,2015,,,{score}"]
    finding = find(*rows, rules="kkp")["organisation_score"]
    assert (finding.verdict, finding.under) == (verdict, under)


def test_running_text_repeats_the_finding_of_the_table() -> None:
    rows = (*TABLE, "text,value,financial,economy,2017,,,2")
    in_table, in_text = (
        each for each in audit(printed(*rows), read_rules("bantaeng")) if each.printed.key.quantity == "value"
    )
    assert in_text.printed.place == "text"
    assert in_text.repeats == in_table.printed
    assert replace(in_text, printed=in_table.printed, repeats=None) == in_table


def test_running_text_that_says_something_else_than_the_table_is_judged_by_itself() -> None:
    rows = (*TABLE[:2], "here,value,financial,economy,2017,,,1", "text,value,financial,economy,2017,,,2")
    findings = audit(printed(*rows), read_rules("bantaeng"))
    assert contradicted(findings) == [("text", Key("value", "financial", "economy", 2017), "2")]
    assert findings[-1].repeats is None


def test_a_band_value_is_only_repaired_by_a_whole_number() -> None:
    """A contribution of .2 would need a band value of 2.28 to 2.29, which no band has."""
    rows = (
        *TABLE[:2],
        "here,value,financial,economy,2017,,,1",
        "here,contribution,financial,economy,2017,,,0.200",
    )
    repairs = find(*rows)["contribution"].repairs
    assert [each.figure.key.quantity for each in repairs] == ["contribution"]


def test_the_size_of_a_repair_is_the_least_relative_change() -> None:
    (figure,) = printed("here,achievement,financial,economy,2017,,,80").figures
    assert Repair(figure, read_interval("[100, 120]")).size == 0.25
    assert Repair(figure, read_interval("[60, 72]")).size == 0.1
    assert Repair(figure, read_interval("[60, 100]")).size == 0


def test_a_repair_of_zero_has_no_relative_size() -> None:
    (figure,) = printed("here,achievement,financial,economy,2017,,,0").figures
    assert Repair(figure, read_interval("[1, 2]")).size == float("inf")


@pytest.mark.parametrize(
    ("interval", "english", "indonesian"),
    [
        ("[1, 1]", "1", "1"),
        ("[0.303, 0.3144]", "[0.303; 0.314]", "[0,303; 0,314]"),
        ("[0.3031, 0.3032]", "0.303", "0,303"),
    ],
)
def test_a_repair_is_described_to_one_digit_more_than_the_figure_has(
    interval: str, english: str, indonesian: str
) -> None:
    (figure,) = printed("here,achievement,financial,economy,2017,,,0.33").figures
    said = describe_repair(Repair(figure, read_interval(interval)))
    assert (said.en, said.id) == (english, indonesian)


def test_under_refuse_both_other_policies_are_tried() -> None:
    rules = vary(read_rules("kkp"), missing="refuse")
    rows = [
        f"here,perspective_score,{name},,2015,,,-"
        for name in ("learning_growth", "internal_process", "customer")
    ]
    rows += ["here,perspective_score,stakeholder,,2015,,,96", "here,organisation_score,,,2015,,,96"]
    (finding,) = (
        each for each in audit(printed(*rows), rules) if each.printed.key.quantity == "organisation_score"
    )
    assert (finding.verdict, finding.under) == (Verdict.FOLLOWS, ("renormalise",))
