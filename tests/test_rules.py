"""Rule sets: read from TOML, proven at the door, varied on purpose."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from bsc_analysis.errors import RuleSetError
from bsc_analysis.files import read_rules
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.variants import vary

GOOD = """
id = "demo"
version = "1"
mark = "unofficial"

[name]
id = "Contoh"
en = "Demo"

[source]
citation = "nobody"
place = "nowhere"

[score]
scale = "bands"

[missing]
policy = "zero"
source = "ours"

[perspectives.first]
weight = 0.4
short = "A"
name = { id = "Pertama", en = "First" }

[perspectives.second]
weight = 0.6
short = "B"
name = { id = "Kedua", en = "Second" }

[indicators.one]
perspective = "first"
weight = 1
name = { id = "Satu", en = "One" }

[indicators.two]
perspective = "second"
weight = 0.35
name = { id = "Dua", en = "Two" }

[indicators.three]
perspective = "second"
weight = 0.65
name = { id = "Tiga", en = "Three" }

[bands.achievement]
domain = "[0, inf)"
source = "ours"
band = [
  { id = "high", value = 2, range = "[100, inf)", printed = "from 100", name = { id = "Tinggi", en = "High" } },
  { id = "low", value = 1, range = "[0, 100)", printed = "under 100", name = { id = "Rendah", en = "Low" } },
]
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(RuleSetError) as caught:
        parse_rules(text, "demo.toml")
    return [str(each) for each in caught.value.faults]


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def demo() -> RuleSet:
    return parse_rules(GOOD, "demo.toml")


@pytest.fixture(scope="module")
def bantaeng() -> RuleSet:
    return read_rules("bantaeng")


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_weights_are_read_as_exact_fractions(demo: RuleSet) -> None:
    assert [each.weight for each in demo.perspectives] == [Fraction(2, 5), Fraction(3, 5)]
    assert [each.weight for each in demo.indicators] == [Fraction(1), Fraction(7, 20), Fraction(13, 20)]


def test_what_is_not_written_has_its_plain_meaning(demo: RuleSet) -> None:
    assert (demo.cap, demo.minimize, demo.perspective_from) == (None, None, "indicators")
    assert (demo.perspective_bands, demo.organisation_bands) == (None, None)
    assert {each.polarity for each in demo.indicators} == {"maximize"}


def test_a_rule_set_says_who_it_is_and_where_it_is_written(demo: RuleSet) -> None:
    assert (demo.id, demo.version, demo.mark) == ("demo", "1", "unofficial")
    assert (demo.citation, demo.place, demo.label) == ("nobody", "nowhere", Label("Contoh", "Demo"))


def test_bands_are_put_in_ascending_order(demo: RuleSet) -> None:
    assert demo.achievement_bands is not None
    assert [each.id for each in demo.achievement_bands.bands] == ["low", "high"]


def test_a_rule_set_cannot_be_changed(demo: RuleSet) -> None:
    with pytest.raises(FrozenInstanceError):
        demo.cap = Fraction(120)  # type: ignore[misc]


def test_perspectives_and_indicators_are_found_by_id(bantaeng: RuleSet) -> None:
    assert bantaeng.perspective("customer").label.en == "Customer"
    assert bantaeng.indicator("competence").weight == Fraction(35, 100)


def test_headlines_leave_out_the_parts_and_parts_name_their_headline(bantaeng: RuleSet) -> None:
    assert [each.id for each in bantaeng.headlines("customer")] == ["satisfaction"]
    parts = [each.id for each in bantaeng.parts("satisfaction")]
    assert parts == ["tangibles", "reliability", "responsiveness", "assurance", "empathy"]
    assert bantaeng.parts("economy") == ()


# ---- the two rule sets that come with the package -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("perspective", "weights"),
    [
        ("financial", ["0.35", "0.35", "0.3"]),
        ("customer", ["1"]),
        ("internal_process", ["0.5", "0.5"]),
        ("learning_growth", ["0.35", "0.35", "0.3"]),
    ],
)
def test_the_bantaeng_weights_are_those_of_the_paper(
    perspective: str, weights: list[str], bantaeng: RuleSet
) -> None:
    assert bantaeng.perspective(perspective).weight == Fraction(1, 4)
    assert [each.weight for each in bantaeng.headlines(perspective)] == [Fraction(text) for text in weights]


def test_the_bantaeng_bands_are_those_of_table_2_with_the_two_gaps_declared(bantaeng: RuleSet) -> None:
    bands = bantaeng.achievement_bands
    assert bands is not None
    assert [(int(each.value), str(each.range)) for each in bands.bands] == [
        (1, "[0, 80)"),
        (2, "[80, 90]"),
        (3, "[91, 110]"),
        (4, "[111, 130]"),
        (5, "(130, inf)"),
    ]
    assert [(str(gap.range), gap.reads_as) for gap in bands.gaps] == [
        ("(90, 91)", "minimum"),
        ("(110, 111)", "nearly"),
    ]
    assert all(gap.source for gap in bands.gaps)


def test_the_kkp_weights_cap_and_bands_are_those_of_the_abstract() -> None:
    kkp = read_rules("kkp")
    assert {each.short: each.weight for each in kkp.perspectives} == {
        "LG": Fraction(30, 100),
        "IP": Fraction(30, 100),
        "CP": Fraction(15, 100),
        "SH": Fraction(25, 100),
    }
    assert kkp.cap == 120
    assert kkp.organisation_bands is not None
    assert kkp.perspective_bands is not None
    assert [(each.id, str(each.range)) for each in kkp.organisation_bands.bands] == [
        ("red", "[0, 80)"),
        ("yellow", "[80, 100)"),
        ("green", "[100, 120]"),
    ]
    assert [(each.id, str(each.range)) for each in kkp.perspective_bands.bands] == [
        ("red", "[0, 75)"),
        ("yellow", "[75, 90)"),
        ("green", "[90, 120]"),
    ]


# ---- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            [("weight = 0.4", "wieght = 0.4")],
            [
                "demo.toml: perspectives.first.weight: this key is required and missing",
                "demo.toml: unknown key 'perspectives.first.wieght', did you mean 'weight'?",
            ],
        ),
        (
            [("weight = 0.4", "weight = 0.35")],
            ["demo.toml: weights of the perspectives sum to 0.95, expected exactly 1"],
        ),
        (
            [("weight = 0.65", "weight = 0.6")],
            ["demo.toml: weights of the indicators of perspective 'second' sum to 0.95, expected exactly 1"],
        ),
        (
            [("weight = 0.4", "weight = 1.4")],
            [
                "demo.toml: perspectives.first.weight: got 1.4, allowed: Input should be less than or equal to 1"
            ],
        ),
        (
            [('range = "[0, 100)"', 'range = "[0, 101)"')],
            ["demo.toml: bands.achievement: the bands [0, 101) and [100, inf) overlap"],
        ),
        (
            [('range = "[0, 100)"', 'range = "[0, 99]"')],
            ["demo.toml: bands.achievement: the bands leave (99, 100) open; declare how the gap is read"],
        ),
        (
            [('range = "[0, 100)"', 'range = "0-100"')],
            ["demo.toml: bands.achievement: '0-100' is not an interval such as '[80, 100)'"],
        ),
        (
            [('policy = "zero"', 'policy = "ignore"')],
            [
                "demo.toml: missing.policy: got 'ignore', allowed: 'zero', 'renormalise', 'carry_last', 'refuse'"
            ],
        ),
        (
            [("[indicators.one]\n", '[indicators.one]\npolarity = "minimize"\n')],
            [
                "demo.toml: indicators.one.polarity is 'minimize', but score.minimize gives no formula for it",
            ],
        ),
        (
            [("[indicators.one]\n", '[indicators.one]\npart_of = "none"\n')],
            [
                "demo.toml: weights of the indicators of perspective 'first' sum to 0, expected exactly 1",
                "demo.toml: indicators.one.part_of: 'none' is not a headline indicator of the same perspective",
            ],
        ),
        (
            [('perspective = "first"', 'perspective = "frist"')],
            [
                "demo.toml: weights of the indicators of perspective 'first' sum to 0, expected exactly 1",
                "demo.toml: indicators.one.perspective: got 'frist', allowed: first, second",
            ],
        ),
        (
            [("[bands.achievement]", "[bands.perspective]")],
            ["demo.toml: score.scale is 'bands', but there are no bands.achievement to take values from"],
        ),
    ],
)
def test_each_fault_of_a_rule_set_is_one_sentence_with_file_and_key(
    changes: list[tuple[str, str]], sentences: list[str]
) -> None:
    assert sorted(faults_of(changed(*changes))) == sorted(sentences)


def test_all_faults_of_a_rule_set_come_at_once() -> None:
    text = changed(("weight = 0.4", "weight = 0.35"), ("weight = 0.65", "weight = 0.6"),
                   ("[bands.achievement]", "[bands.organisation]"))  # fmt: skip
    assert faults_of(text) == [
        "demo.toml: weights of the perspectives sum to 0.95, expected exactly 1",
        "demo.toml: weights of the indicators of perspective 'second' sum to 0.95, expected exactly 1",
        "demo.toml: score.scale is 'bands', but there are no bands.achievement to take values from",
    ]


def test_faults_of_bands_and_weights_come_together_too() -> None:
    text = changed(("weight = 0.4", "weight = 0.35"), ('range = "[0, 100)"', 'range = "[0, 99]"'))
    assert sorted(faults_of(text)) == [
        "demo.toml: bands.achievement: the bands leave (99, 100) open; declare how the gap is read",
        "demo.toml: weights of the perspectives sum to 0.95, expected exactly 1",
    ]


def test_a_sum_that_is_a_hair_off_one_is_not_reported_as_one() -> None:
    text = changed(("weight = 0.4", "weight = 0.4000001"))
    (sentence,) = faults_of(text)
    assert re.search(r"sum to 1\.0000001, expected exactly 1$", sentence)


def test_two_bands_with_one_id_are_refused() -> None:
    assert len(faults_of(changed(('id = "high"', 'id = "low"')))) == 1


def test_parts_must_sum_to_one_under_their_headline() -> None:
    text = changed(
        ("weight = 0.35", "weight = 1"), ("[indicators.three]\n", '[indicators.three]\npart_of = "two"\n')
    )
    assert faults_of(text) == [
        "demo.toml: weights of the parts of indicator 'two' sum to 0.65, expected exactly 1"
    ]


# ---- variants --------------------------------------------------------------------------------------------------------


def test_a_variant_without_changes_is_the_rule_set(bantaeng: RuleSet) -> None:
    assert vary(bantaeng) == bantaeng


def test_a_variant_changes_what_is_named_and_nothing_else(bantaeng: RuleSet) -> None:
    varied = vary(bantaeng, missing="refuse")
    assert varied.missing == "refuse"
    assert vary(varied, missing="zero") == bantaeng


def test_perspectives_left_out_give_their_weight_to_the_others_in_proportion() -> None:
    varied = vary(read_rules("kkp"), leave_out=["stakeholder"])
    assert [each.weight for each in varied.perspectives] == [Fraction(2, 5), Fraction(2, 5), Fraction(1, 5)]


def test_indicators_of_a_perspective_left_out_go_with_it(bantaeng: RuleSet) -> None:
    varied = vary(bantaeng, leave_out=["customer"])
    assert {each.perspective for each in varied.indicators} == {
        "financial",
        "internal_process",
        "learning_growth",
    }


def test_polarity_is_turned_only_where_it_is_named(bantaeng: RuleSet) -> None:
    varied = vary(bantaeng, minimize="target / actual", polarity={"economy": "minimize"})
    assert [each.id for each in varied.indicators if each.polarity == "minimize"] == ["economy"]


def test_a_percent_variant_of_a_band_rule_set_drops_bands_that_no_longer_apply(bantaeng: RuleSet) -> None:
    varied = vary(bantaeng, scale="percent", cap=Fraction(120))
    assert (varied.scale, varied.cap) == ("percent", 120)
    assert (varied.perspective_bands, varied.organisation_bands) == (None, None)


def test_a_percent_variant_of_a_percent_rule_set_keeps_its_bands() -> None:
    kkp = read_rules("kkp")
    assert vary(kkp, scale="percent").organisation_bands == kkp.organisation_bands


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"leave_out": ["custmer"]}, ["bantaeng: there is no perspective 'custmer'"]),
        ({"polarity": {"econ": "minimize"}}, ["bantaeng: there is no indicator 'econ'"]),
        (
            {"polarity": {"economy": "minimize"}},
            [
                "bantaeng: indicators.economy.polarity is 'minimize', but score.minimize gives no formula for it"
            ],
        ),
    ],
)
def test_a_variant_that_is_no_rule_set_is_refused(
    changes: dict[str, object], sentences: list[str], bantaeng: RuleSet
) -> None:
    with pytest.raises(RuleSetError) as caught:
        vary(bantaeng, **changes)  # type: ignore[arg-type]
    assert [str(each) for each in caught.value.faults] == sentences


def test_a_variant_on_bands_needs_bands() -> None:
    with pytest.raises(RuleSetError) as caught:
        vary(read_rules("kkp"), scale="bands")
    assert str(caught.value) == (
        "kkp: score.scale is 'bands', but there are no bands.achievement to take values from"
    )


def test_all_unknown_names_of_a_variant_come_at_once(bantaeng: RuleSet) -> None:
    with pytest.raises(RuleSetError) as caught:
        vary(bantaeng, leave_out=["x"], polarity={"y": "minimize"})
    assert sorted(str(each) for each in caught.value.faults) == [
        "bantaeng: there is no indicator 'y'",
        "bantaeng: there is no perspective 'x'",
    ]


def test_leaving_out_every_perspective_is_refused() -> None:
    with pytest.raises(RuleSetError) as caught:
        vary(read_rules("kkp"), leave_out=["learning_growth", "internal_process", "customer", "stakeholder"])
    assert str(caught.value) == "kkp: weights of the perspectives sum to 0, expected exactly 1"
