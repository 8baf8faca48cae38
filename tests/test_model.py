"""Path models: regressions as text become an acyclic model, or a report of every line that is wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bsc_analysis.errors import ModelError
from bsc_analysis.paths.model import path_model, variable

CHAIN = "IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP"


def faults_of(text: str) -> list[str]:
    with pytest.raises(ModelError) as caught:
        path_model(text)
    return [str(each) for each in caught.value.faults]


def test_variables_stand_causes_before_effects_whatever_the_order_of_the_lines() -> None:
    assert path_model("SH ~ CP\nCP ~ IP\nIP ~ LG").variables == ("LG", "IP", "CP", "SH")


def test_variables_that_are_free_to_stand_anywhere_keep_the_order_they_were_written_in() -> None:
    assert path_model("Y ~ B + A").variables == ("B", "A", "Y")


def test_edges_keep_the_order_of_the_equations() -> None:
    assert path_model(CHAIN).edges == (
        ("LG", "IP"), ("LG", "CP"), ("IP", "CP"), ("LG", "SH"), ("IP", "SH"), ("CP", "SH"),
    )  # fmt: skip


def test_what_no_equation_explains_is_exogenous() -> None:
    model = path_model("IP ~ LG + X\nCP ~ IP")
    assert (model.exogenous, model.endogenous) == (("LG", "X"), ("IP", "CP"))
    assert model.predictors("IP") == ("LG", "X")
    assert model.predictors("LG") == ()


@pytest.mark.parametrize(
    "text", ["IP ~ LG; CP ~ LG + IP", "# a note\nIP~LG # why\n\nCP ~ LG+IP;", " IP ~LG\n;CP ~ LG + IP"]
)
def test_lines_and_semicolons_comments_and_spaces_read_the_same(text: str) -> None:
    assert path_model(text) == path_model("IP ~ LG\nCP ~ LG + IP")


def test_paths_are_listed_shortest_first() -> None:
    assert path_model(CHAIN).directed_paths("LG", "SH") == (
        ("LG", "SH"),
        ("LG", "CP", "SH"),
        ("LG", "IP", "SH"),
        ("LG", "IP", "CP", "SH"),
    )


def test_indirect_paths_leave_out_the_direct_one() -> None:
    model = path_model(CHAIN)
    assert model.indirect_paths("LG", "CP") == (("LG", "IP", "CP"),)
    assert model.indirect_paths("CP", "SH") == ()


def test_no_path_runs_against_the_arrows() -> None:
    assert path_model(CHAIN).directed_paths("SH", "LG") == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["the path model has no equation, expected at least one such as 'CP ~ LG'"]),
        ("# nothing", ["the path model has no equation, expected at least one such as 'CP ~ LG'"]),
        ("IP = LG", ["'IP = LG' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ ", ["'IP ~' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ LG +", ["'IP ~ LG +' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~~ LG", ["'IP ~~ LG' is not a regression such as 'CP ~ LG + IP'"]),
        ("IP ~ 0.5*LG", ["'IP ~ 0.5*LG' is not a regression such as 'CP ~ LG + IP'"]),
        ("I P ~ LG", ["'I P ~ LG' is not a regression such as 'CP ~ LG + IP'"]),
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


def test_a_variable_the_model_has_is_given_back() -> None:
    assert variable(path_model(CHAIN), "IP") == "IP"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("IPP", "the path model has no variable 'IPP', did you mean IP?"),
        ("zz", "the path model has no variable 'zz', did you mean LG, IP, CP, SH?"),
    ],
)
def test_a_variable_the_model_has_not_is_refused_with_the_nearest(name: str, sentence: str) -> None:
    with pytest.raises(ModelError) as caught:
        variable(path_model(CHAIN), name)
    assert str(caught.value) == sentence
