"""Path models: text in lavaan's syntax becomes an acyclic model with all that the text states, and nothing else."""

from __future__ import annotations

import pytest

from bsc_analysis.errors import ModelError
from bsc_analysis.paths.model import Factor, path_model, variable

CHAIN = "IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP"


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


@pytest.mark.parametrize(
    "text",
    [
        "CP ~ LG +\n IP",
        "CP ~ LG\n  + IP",
        "CP ~\nLG + IP",
        "CP ~ LG + # learning\n\n# and process\n IP",
        "CP~LG\r\n+IP",
    ],
)
def test_a_sum_goes_on_in_the_next_line(text: str) -> None:
    assert path_model(text) == path_model("CP ~ LG + IP")


def test_several_outcomes_of_one_line_have_the_same_predictors() -> None:
    assert path_model("IP + CP ~ LG + 0.5*X") == path_model("IP ~ LG + 0.5*X; CP ~ LG + 0.5*X")


@pytest.mark.parametrize(
    ("number", "value"),
    [("0.5", 0.5), ("-2", -2.0), ("+.25", 0.25), ("3.", 3.0), ("1e-3", 0.001), ("2E+1", 20.0), ("0", 0.0)],
)
def test_a_number_fixes_a_coefficient_and_leaves_its_path(number: str, value: float) -> None:
    model = path_model(f"IP ~ {number} * LG + X")
    assert model.edges == (("LG", "IP"), ("X", "IP"))
    assert model.fixed == ((("LG", "IP"), value),)
    assert (model.fixed_value(("LG", "IP")), model.fixed_value(("X", "IP"))) == (value, None)
    assert model.simple


def test_a_sign_of_its_own_parts_no_terms() -> None:
    assert path_model("IP ~ +2*LG + +.5*X +3*Z") == path_model("IP ~ 2*LG + 0.5*X + 3*Z")


def test_a_name_is_kept_and_the_same_name_makes_coefficients_equal() -> None:
    model = path_model("IP ~ a*LG + X; CP ~ a*LG + b.2*IP")
    assert model.labels == ((("LG", "IP"), "a"), (("LG", "CP"), "a"), (("IP", "CP"), "b.2"))
    assert (model.label_of(("IP", "CP")), model.label_of(("X", "IP"))) == ("b.2", None)
    assert not model.simple
    assert path_model("IP ~ a*LG; CP ~ b*LG").simple


def test_definitions_keep_their_order_and_text() -> None:
    model = path_model("IP ~ a*LG; CP ~ b*IP\nind := a*b; twice := 2 * ind")
    assert [(each.name, each.text, each.names) for each in model.definitions] == [
        ("ind", "a*b", ("a", "b")),
        ("twice", "2 * ind", ("ind",)),
    ]
    assert model.simple


def test_residual_covariances_stand_in_the_order_of_the_variables() -> None:
    model = path_model("SH ~ LG; CP ~ LG; IP ~ LG; CP ~~ SH; IP ~~ SH + CP")
    assert model.variables == ("LG", "SH", "CP", "IP")
    assert model.covariances == (("SH", "CP"), ("SH", "IP"), ("CP", "IP"))
    assert not model.simple


@pytest.mark.parametrize(
    "line", ["IP ~ 1", "LG ~ 1", "IP + LG ~ 1 ", "IP ~~ IP", "LG ~~ X", "X ~~ X", "IP ~~ 0*CP"]
)
def test_what_is_so_anyway_changes_nothing(line: str) -> None:
    assert path_model(f"IP ~ LG + X; CP ~ IP; {line}") == path_model("IP ~ LG + X; CP ~ IP")


def test_an_intercept_may_stand_among_predictors() -> None:
    assert path_model("IP ~ 1 + LG") == path_model("IP ~ LG")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"Learning & Growth"', "Learning & Growth"),
        ("`nilai-kinerja (%)`", "nilai-kinerja (%)"),
        ('"a ~ b; c # d"', "a ~ b; c # d"),
        ('"1"', "1"),
        ("Pembelajaran", "Pembelajaran"),
        ("\u5b66\u7fd2.\u00e91_", "\u5b66\u7fd2.\u00e91_"),
    ],
)
def test_names_are_words_of_any_script_or_stand_in_quotes(written: str, name: str) -> None:
    model = path_model(f"IP ~ b2*{written} + X; CP ~ {written}")
    assert model.edges == ((name, "IP"), ("X", "IP"), (name, "CP"))
    assert model.label_of((name, "IP")) == "b2"


def test_a_name_is_the_same_with_and_without_quotes() -> None:
    assert path_model('"IP" ~ `LG`') == path_model("IP ~ LG")


def test_a_factor_is_measured_by_its_indicators_the_first_by_one() -> None:
    model = path_model("F =~ x1 + l2*x2 + 0.7*x3; SH ~ F + LG")
    assert model.factors == (Factor("F", ("x1", "x2", "x3"), (("x1", 1.0), ("x3", 0.7)), (("x2", "l2"),)),)
    assert model.loadings == (("F", "x1"), ("F", "x2"), ("F", "x3"))
    assert (model.fixed_value(("F", "x1")), model.fixed_value(("F", "x2"))) == (1.0, None)
    assert model.label_of(("F", "x2")) == "l2"
    assert model.edges == (("F", "SH"), ("LG", "SH"))
    assert not model.simple


def test_the_first_loading_may_be_fixed_otherwise() -> None:
    (factor,) = path_model("F =~ 2*x1 + x2 + x3").factors
    assert factor.fixed == (("x1", 2.0),)


def test_a_model_with_factors_knows_what_is_observed_latent_and_explained() -> None:
    model = path_model("F =~ x1 + x2 + x3; G =~ y1 + y2 + y3; G ~ F + LG; SH ~ G; x1 ~~ x2")
    assert model.variables == ("F", "LG", "G", "SH")
    assert (model.latent, model.exogenous, model.endogenous) == (("F", "G"), ("F", "LG"), ("G", "SH"))
    assert model.observed == ("LG", "SH", "x1", "x2", "x3", "y1", "y2", "y3")
    assert model.explained == ("G", "SH", "x1", "x2", "x3", "y1", "y2", "y3")
    assert model.covariances == (("x1", "x2"),)


def test_a_factor_may_be_measured_by_factors() -> None:
    text = "; ".join(f"{f} =~ " + " + ".join(f"{f}{at}" for at in (1, 2, 3)) for f in "ABC")
    model = path_model(f"{text}; H =~ A + B + C")
    assert set(model.latent) == {"A", "B", "C", "H"}
    assert model.exogenous == ("H",)
    assert len(model.observed) == 9


def test_models_are_equal_and_hashable_by_what_they_state() -> None:
    texts = ["IP ~ a*LG; k := a*2", "IP ~ a*LG # so\nk := a * 2", "IP ~ a*LG; k := a*3"]
    first, same, other = (path_model(text) for text in texts)
    assert first == same
    assert hash(first) == hash(same)
    assert first != other
    assert path_model("IP ~ 0.5*LG") != path_model("IP ~ LG")
