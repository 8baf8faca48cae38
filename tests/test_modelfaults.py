"""Faults of path models: each is named with the text it is about, all at once, and with what to write instead."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bsc_analysis.errors import ModelError
from bsc_analysis.paths.model import path_model


def faults_of(text: str) -> list[str]:
    with pytest.raises(ModelError) as caught:
        path_model(text)
    return [str(each) for each in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["the path model has no equation, expected at least one such as 'CP ~ LG'"]),
        ("# nothing", ["the path model has no equation, expected at least one such as 'CP ~ LG'"]),
        ("IP = LG", ["'IP = LG' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ ", ["'IP ~' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ LG +", ["'IP ~ LG +' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ + LG", ["'IP ~ + LG' is not a regression such as 'CP ~ LG + IP'"]),
        ("~ LG", ["'~ LG' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ LG ~ CP", ["'IP ~ LG ~ CP' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ 1", ["the path model has no equation, expected at least one such as 'CP ~ LG'"]),
        ("IP ~~ LG", ["the path model has no equation, expected at least one such as 'CP ~ LG'"]),
        ("F =~ x1 + x1", ["the path F -> x1 is stated twice"]),
        ("F =~ F + x1", ["the paths run in a circle: F -> F; a recursive model has none"]),
        ("IP ~ LG + LG", ["the path LG -> IP is stated twice"]),
        ("IP ~ IP", ["the paths run in a circle: IP -> IP; a recursive model has none"]),
        (
            "IP ~ LG\nCP => LG\nIP ~ LG\nSH ~ SH",
            [
                "'CP => LG' is not a regression such as 'CP ~ LG + IP'",
                "the path LG -> IP is stated twice",
                "the paths run in a circle: SH -> SH; a recursive model has none",
            ],
        ),
    ],
)
def test_every_fault_of_a_model_is_named_at_once(text: str, sentences: list[str]) -> None:
    assert faults_of(text) == sentences


def test_a_circle_is_named_by_its_way_round() -> None:
    (sentence,) = faults_of("IP ~ LG\nCP ~ IP\nLG ~ CP")
    circle = sentence.removeprefix("the paths run in a circle: ").removesuffix("; a recursive model has none")
    steps = circle.split(" -> ")
    assert (steps[0], len(steps)) == (steps[-1], 4)
    assert set(pairwise(steps)) == {("LG", "IP"), ("IP", "CP"), ("CP", "LG")}


def test_of_very_many_circles_only_the_shortest_are_named() -> None:
    names = [f"V{number}" for number in range(6)]
    text = "\n".join(f"{name} ~ " + " + ".join(other for other in names if other != name) for name in names)
    sentences = faults_of(text)
    assert len(sentences) == 5
    assert all(sentence.count("->") == 2 for sentence in sentences)


@pytest.mark.parametrize(
    "term",
    [
        "c(a,b)*LG", "start(0.5)*LG", "equal(a)*LG", "LG:X", "LG^2", "I(LG)", "log(LG)", "a*b*LG", "0.5*", "1e999*LG",
        "NA*LG", "2", "0", '"LG', '""',
    ],
)  # fmt: skip
def test_terms_that_are_not_supported_are_named_with_their_line(term: str) -> None:
    assert faults_of(f"IP ~ X + {term}") == [
        (
            f"{term!r} in {f'IP ~ X + {term}'!r} is not supported; a term is a variable, or a number or a name times a "
            "variable, as in '0.5*LG' or 'b2*LG'"
        )
    ]


@pytest.mark.parametrize(
    ("line", "operator"), [("IP | t1", "|"), ("IP ~*~ IP", "~*~"), ("F <~ x1 + x2", "<~")]
)
def test_operators_that_are_not_supported_are_named(line: str, operator: str) -> None:
    assert faults_of(f"IP ~ LG; {line}") == [
        f"'{line}' uses {operator}, which is not supported; allowed are ~, ~~, =~ and :="
    ]


def test_equality_is_refused_with_what_to_write_instead() -> None:
    assert faults_of("IP ~ a*LG; CP ~ b*LG; a == b") == [
        "'a == b' sets coefficients equal; give them the same name instead, as in 'IP ~ a*LG; CP ~ a*LG'"
    ]


@pytest.mark.parametrize("name", ["learning-growth", "I P", "X%", "Learning & Growth", "2LG", "_x!"])
def test_names_with_other_signs_are_to_stand_in_quotes(name: str) -> None:
    for line in (f"{name} ~ LG", f"IP ~ LG + {name}"):
        assert faults_of(line) == [
            (
                f"'{name}' in '{line}' is not a name; names with other signs than letters, digits, _ and . "
                f'stand in quotes: "{name}"'
            )
        ]


def test_every_name_of_a_line_is_judged() -> None:
    assert len(faults_of("a-b ~ X% + c(1)*LG + X%")) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("F =~ x1; SH ~ F", "factor F has only the indicator x1, expected two or more"),
        ("F =~ a*x1 + x2 + x3", "a*x1: the first loading of factor F is 1 and takes no name"),
        ("IP ~ LG; IPP ~~ IP", "'IPP ~~ IP' is about 'IPP', which stands in no equation; did you mean IP?"),
        ("IP ~ LG; zz ~ 1", "'zz ~ 1' is about 'zz', which stands in no equation; did you mean LG, IP?"),
        ("IP ~ LG; CP ~ LG; IP ~~ CP; CP ~~ IP", "the covariance CP ~~ IP is stated twice"),
        ("IP ~ LG; IP ~~ 2*IP", "'IP ~~ 2*IP': variances are always free and take no number or name"),
        ("IP ~ LG; LG ~~ v*LG", "'LG ~~ v*LG': variances are always free and take no number or name"),
        (
            "IP ~ LG + X; LG ~~ 0*X",
            "'LG ~~ 0*X': LG and X are exogenous, their covariance is always free and takes no number or name",
        ),
        (
            "IP ~ LG; CP ~ LG; IP ~~ 0.5*CP",
            "'IP ~~ 0.5*CP': a residual covariance is free or 0, and takes no other number and no name",
        ),
        (
            "IP ~ LG; CP ~ LG; IP ~~ r*CP",
            "'IP ~~ r*CP': a residual covariance is free or 0, and takes no other number and no name",
        ),
        (
            "IP ~ LG; IP ~~ LG",
            "'IP ~~ LG': LG is exogenous and has no residual that could covary with another",
        ),
        (
            "IP ~ LG; LG ~~ IP",
            "'LG ~~ IP': LG is exogenous and has no residual that could covary with another",
        ),
        ("CP ~ LG; IP ~ LG*X", "LG is the name of a variable and of a coefficient; rename one of them"),
        ("IP ~ a*LG; IP := a", "IP is the name of a variable and of a coefficient; rename one of them"),
        ("IP ~ a*LG; k := a; k := 2*a", "k is defined twice"),
        ("IP ~ a*LG; a := 2", "a is defined although a coefficient has that name; rename one of them"),
        ("IP ~ a*LG; k := m; m := a", "k uses m before it is defined"),
        ("IP ~ a*LG; k := k + a", "k uses k before it is defined"),
        ("IP ~ LG; k := a", "k uses 'a', but no coefficient has a name; give one as in 'IP ~ a*LG'"),
        ("IP ~ alpha*LG; k := alpa", "k uses 'alpa', which names no coefficient; did you mean alpha?"),
        ("IP ~ a*LG + b*X; k := zz", "k uses 'zz', which names no coefficient; did you mean a, b?"),
    ],
)
def test_what_lines_say_together_is_judged(text: str, sentence: str) -> None:
    assert faults_of(text) == [sentence]


def test_faults_of_the_whole_are_reported_together() -> None:
    text = "IP ~ a*LG; CP ~ a*IP; IP ~~ CPP; IP ~~ LG; CP := zz; k := k"
    assert faults_of(text) == [
        "'IP ~~ CPP' is about 'CPP', which stands in no equation; did you mean CP?",
        "'IP ~~ LG': LG is exogenous and has no residual that could covary with another",
        "CP is the name of a variable and of a coefficient; rename one of them",
        "CP uses 'zz', which names no coefficient; did you mean a?",
        "k uses k before it is defined",
    ]


def test_names_are_not_judged_while_a_line_cannot_be_read() -> None:
    assert faults_of("IP = LG; CP ~ b*X; IP ~~ CP; k := a") == [
        "'IP = LG' is not a regression such as 'CP ~ LG + IP'"
    ]


def test_a_model_that_is_not_identified_is_refused() -> None:
    assert faults_of("IP ~ LG; CP ~ LG + IP; IP ~~ CP") == [
        (
            "the model is not identified: it has 7 free parameters, but its 3 observed variables have only 6 variances "
            "and covariances"
        )
    ]
