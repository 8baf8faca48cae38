"""Relations: what each printed figure depends on, under a scorecard's rule and a path model."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from bsc_analysis.evidence.expressions import BandValue, Constant, Leaf, Mean, Node, Product, Quotient, Sum
from bsc_analysis.evidence.printed import Key, PrintedFigures
from bsc_analysis.evidence.relations import Relations, relate
from bsc_analysis.evidence.transcription import read_figures, read_source
from bsc_analysis.files import read_rules
from bsc_analysis.paths.model import path_model
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.variants import vary

SOURCE = """
[document]
citation = "a test"
rights = "none"
transcription = "none"
[exact]
quantities = ["weight", "perspective_weight"]
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
HUNDRED = Constant(Fraction(100))
MINUS = Constant(Fraction(-1))


def printed(*rows: str) -> PrintedFigures:
    """Read rows of place, quantity, perspective, indicator, year, start, end and text."""
    header = "place,quantity,perspective,indicator,year,start,end,printed,label"
    return read_figures(
        read_source(SOURCE, "s"), {"a.csv": "\n".join([header, *(row + ",x" for row in rows)])}
    )


@pytest.fixture(scope="module")
def bantaeng() -> RuleSet:
    return read_rules("bantaeng")


@pytest.fixture(scope="module")
def relations(bantaeng: RuleSet) -> Relations:
    return relate(printed("here,achievement,financial,economy,2017,,,71").figures, bantaeng)


def economy(quantity: str, year: int | None = 2017) -> Key:
    return Key(quantity, "financial", "economy", year)


# ---- a scorecard with a closed list of indicators -------------------------------------------------------------------


def test_the_chain_of_an_indicator_runs_from_its_target_to_its_contribution(
    relations: Relations, bantaeng: RuleSet
) -> None:
    assert bantaeng.achievement_bands is not None
    chain = {
        name: relations.derived[economy(name)] for name in ("achievement", "value", "product", "contribution")
    }
    assert chain == {
        "achievement": Product((HUNDRED, Quotient(Leaf(economy("actual")), Leaf(economy("target"))))),
        "value": BandValue(Leaf(economy("achievement")), bantaeng.achievement_bands),
        "product": Product((Leaf(economy("weight", None)), Leaf(economy("value")))),
        "contribution": Product((Leaf(Key("perspective_weight", "financial")), Leaf(economy("product")))),
    }


@pytest.mark.parametrize(
    ("formula", "ratio"),
    [
        ("target / actual", Quotient(Leaf(economy("target")), Leaf(economy("actual")))),
        (
            "2 - actual / target",
            Sum((
                Constant(Fraction(2)),
                Product((MINUS, Quotient(Leaf(economy("actual")), Leaf(economy("target"))))),
            )),
        ),
    ],
)  # fmt: skip
def test_lower_is_better_turns_the_ratio_round(formula: str, ratio: Node, bantaeng: RuleSet) -> None:
    turned = vary(bantaeng, minimize=formula, polarity={"economy": "minimize"})  # type: ignore[arg-type]
    derived = relate(printed("here,achievement,financial,economy,2017,,,71").figures, turned).derived
    assert derived[economy("achievement")] == Product((HUNDRED, ratio))


def test_a_perspective_is_the_sum_of_its_headlines_and_never_of_their_parts(relations: Relations) -> None:
    assert relations.derived[Key("perspective_contribution", "customer", year=2017)] == Sum(
        (Leaf(Key("contribution", "customer", "satisfaction", 2017)),), (Fraction(1),)
    )


def test_the_organisation_is_the_sum_of_its_perspectives(relations: Relations, bantaeng: RuleSet) -> None:
    assert relations.derived[Key("organisation_score", year=2017)] == Sum(
        tuple(Leaf(Key("perspective_contribution", each.id, year=2017)) for each in bantaeng.perspectives),
        (Fraction(1, 4),) * 4,
    )


def test_every_year_that_is_printed_has_its_own_chain_and_no_other(bantaeng: RuleSet) -> None:
    figures = printed(
        "here,target,financial,economy,2016,,,1", "here,target,financial,economy,2017,,,1"
    ).figures
    assert {key.year for key in relate(figures, bantaeng).derived} == {2016, 2017}


def test_a_mean_achievement_is_over_all_years_that_are_printed(bantaeng: RuleSet) -> None:
    figures = printed(
        "here,target,financial,economy,2016,,,1", "here,target,financial,economy,2017,,,1",
        "here,mean_achievement,financial,economy,,,,83.3",
    ).figures  # fmt: skip
    assert relate(figures, bantaeng).derived[economy("mean_achievement", None)] == Mean(
        (Leaf(economy("achievement", 2016)), Leaf(economy("achievement", 2017)))
    )


def test_weights_of_the_rule_set_stand_in_where_none_are_printed(relations: Relations) -> None:
    assert relations.constants[economy("weight", None)] == Fraction(35, 100)
    assert relations.constants[Key("perspective_weight", "customer")] == Fraction(1, 4)


def test_a_part_has_no_data_where_its_headline_has_none(relations: Relations) -> None:
    assert relations.wholes[Key("actual", "customer", "empathy", 2017)] == Key(
        "actual", "customer", "satisfaction", 2017
    )
    assert economy("actual") not in relations.wholes


@pytest.mark.parametrize("cap", [None, Fraction(120)])
def test_on_the_percent_scale_a_value_is_the_achievement_up_to_the_cap(
    cap: Fraction | None, bantaeng: RuleSet
) -> None:
    """The band an achievement lies in is no value where scores are percentages."""
    rules = vary(bantaeng, scale="percent", cap=cap)
    node = relate(printed("here,value,financial,economy,2017,,,71").figures, rules).derived[economy("value")]
    assert not isinstance(node, BandValue)
    assert (node == Leaf(economy("achievement"))) == (cap is None)


# ---- a scorecard whose indicators are not listed ---------------------------------------------------------------------


def test_without_indicators_the_organisation_is_the_weighted_mean_of_perspective_scores() -> None:
    kkp = read_rules("kkp")
    derived = relate(printed("here,organisation_score,,,2015,,,112%").figures, kkp).derived
    (node,) = derived.values()
    assert node == Sum(
        tuple(
            Product(
                (Leaf(Key("perspective_weight", each.id)), Leaf(Key("perspective_score", each.id, year=2015)))
            )
            for each in kkp.perspectives
        ),
        tuple(each.weight for each in kkp.perspectives),
    )


# ---- paths -----------------------------------------------------------------------------------------------------------


def direct(start: str, end: str) -> Leaf:
    return Leaf(Key("direct_effect", start=start, end=end))


def test_an_indirect_effect_is_the_sum_over_paths_of_products_of_coefficients() -> None:
    model = path_model("IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP")
    derived = relate(printed("here,indirect_effect,,,,LG,SH,0.066").figures, read_rules("kkp"), model).derived
    assert derived == {
        Key("indirect_effect", start="LG", end="SH"): Sum((
            Product((direct("LG", "CP"), direct("CP", "SH"))),
            Product((direct("LG", "IP"), direct("IP", "SH"))),
            Product((direct("LG", "IP"), direct("IP", "CP"), direct("CP", "SH"))),
        ))
    }  # fmt: skip


def test_without_a_model_an_indirect_effect_has_no_relation() -> None:
    assert relate(printed("here,indirect_effect,,,,LG,SH,0.066").figures, read_rules("kkp")).derived == {}


# ---- checks on inputs ------------------------------------------------------------------------------------------------


def test_weights_printed_together_must_be_the_rest_to_one(bantaeng: RuleSet) -> None:
    figures = printed(
        "here,weight,internal_process,innovation,,,,0.5", "here,weight,internal_process,compliance,,,,0.5"
    ).figures
    innovation, compliance = (
        Key("weight", "internal_process", name) for name in ("innovation", "compliance")
    )
    assert relate(figures, bantaeng).checks == {
        ("here", innovation): Sum((Constant(Fraction(1)), Product((MINUS, Leaf(compliance))))),
        ("here", compliance): Sum((Constant(Fraction(1)), Product((MINUS, Leaf(innovation))))),
    }


@pytest.mark.parametrize(
    "rows",
    [
        ["here,weight,internal_process,innovation,,,,0.5"],
        ["here,weight,internal_process,innovation,,,,0.5", "there,weight,internal_process,compliance,,,,0.5"],
        ["here,weight,internal_process,innovation,,,,0.5", "here,weight,internal_process,compliance,,,,-"],
    ],
    ids=["one alone", "in two places", "one absent"],
)
def test_weights_that_are_not_all_printed_in_one_place_are_not_summed(
    rows: list[str], bantaeng: RuleSet
) -> None:
    assert relate(printed(*rows).figures, bantaeng).checks == {}


def test_a_headline_target_printed_with_its_parts_must_be_their_sum_and_the_lacking_parts_are_named(
    bantaeng: RuleSet,
) -> None:
    names = ["satisfaction", "tangibles", "reliability", "responsiveness", "assurance"]
    figures = printed(*(f"here,target,customer,{name},2017,,,1" for name in names)).figures
    found = relate(figures, bantaeng)
    headline = ("here", Key("target", "customer", "satisfaction", 2017))
    parts = [replace(headline[1], indicator=name) for name in names[1:]]
    assert found.checks == {headline: Sum(tuple(Leaf(part) for part in parts))}
    assert found.unprinted == {headline: (Key("target", "customer", "empathy", 2017),)}


def test_a_headline_with_all_of_its_parts_lacks_none(bantaeng: RuleSet) -> None:
    names = ["satisfaction", *(each.id for each in bantaeng.parts("satisfaction"))]
    found = relate(printed(*(f"here,target,customer,{name},2017,,,1" for name in names)).figures, bantaeng)
    assert (len(found.checks), found.unprinted) == (1, {})
