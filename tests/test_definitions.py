"""Definitions: arithmetic as it is written, on arrays and complex steps; whatever is not arithmetic is refused, never executed."""

from __future__ import annotations

import math
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import ModelError
from bsc_analysis.paths.definitions import Definition, evaluate, evaluate_all, read_definition

# One operation differs from another order of it in the last bits.
LAST_BITS = 1e-14
STEP = 1e-100
VALUES = {"a": 0.5, "b": -3.0, "c": 4.0, "b.1": 2.0, "if": 7.0, "é": 10.0}


def value(text: str, **more: complex) -> complex:
    return complex(evaluate(read_definition("k", text), {**VALUES, **more}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", 2),
        ("a", 0.5),
        ("a*b", -1.5),
        ("a + b*c", -11.5),
        ("(a + b)*c", -10),
        ("c - b - a", 6.5),
        ("c/a/2", 4),
        ("-a^2", -0.25),
        ("(-a)^2", 0.25),
        ("c^-a", 0.5),
        ("2^3^2", 512),
        ("2**3", 8),
        ("b^2", 9),
        ("b^3", -27),
        ("+a - -a", 1),
        ("abs(b) + abs(a)", 3.5),
        ("sqrt(c)", 2),
        ("exp(log(c))", 4),
        ("log(exp(a) * exp(b))", -2.5),
        ("1e-3*c + .5 + 2.", 2.504),
        ("2E+1*a", 10),
        ("b.1 * if + é", 24),
        ("  a\t*  b ", -1.5),
    ],
)
def test_arithmetic_binds_as_in_mathematics(text: str, expected: float) -> None:
    assert value(text).real == pytest.approx(expected, rel=LAST_BITS)


@pytest.mark.parametrize("text", ["1/(a - 0.5)", "log(b)", "sqrt(b)", "b^a", "log(0*a)", "0*a/0"])
def test_what_has_no_value_is_infinite_or_no_number_without_a_warning(text: str) -> None:
    assert not np.isfinite(value(text))


@pytest.mark.parametrize("text", ["log(b)", "sqrt(b)", "b^a"])
def test_a_complex_step_does_not_open_a_branch_that_the_real_function_has_not(text: str) -> None:
    assert np.isnan(evaluate(read_definition("k", text), {"a": 0.5 + STEP * 1j, "b": -3 + STEP * 1j}))


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("a*b", -3),
        ("abs(b)*a", 3),
        ("abs(-a)", 1),
        ("a^2", 1),
        ("sqrt(a)", 0.5 / math.sqrt(0.5)),
        ("exp(a)", math.exp(0.5)),
        ("log(a)", 2),
        ("1/a", -4),
        ("c^a", 2 * math.log(4)),
        ("a - a", 0),
        ("c", 0),
    ],
)
def test_a_complex_step_gives_the_derivative(text: str, slope: float) -> None:
    assert value(text, a=0.5 + STEP * 1j).imag / STEP == pytest.approx(slope, rel=LAST_BITS)


def test_the_modulus_keeps_the_sign_of_a_step_below_zero() -> None:
    assert value("abs(b)", b=-3 + STEP * 1j).imag / STEP == -1


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_arrays_of_any_shape_are_evaluated_at_once(shape: tuple[int, ...]) -> None:
    values = {name: np.full(shape, each) for name, each in VALUES.items()}
    got = evaluate(read_definition("k", "a*b + sqrt(c)"), values)
    assert got.shape == shape
    np.testing.assert_allclose(got, 0.5, rtol=LAST_BITS)


def test_values_of_an_array_are_judged_one_by_one() -> None:
    got = evaluate(read_definition("k", "log(x)"), {"x": np.array([1.0, -1.0, math.e])})
    np.testing.assert_allclose(got, [0, np.nan, 1], rtol=LAST_BITS)


def test_later_definitions_know_the_earlier_ones() -> None:
    three = [
        read_definition(*each) for each in (("ind", "a*b"), ("total", "ind + c"), ("share", "ind/total"))
    ]
    got = evaluate_all(tuple(three), {"a": 0.5, "b": 0.5, "c": np.array([0.25, 0.75])})
    np.testing.assert_allclose(got[0], 0.25)
    np.testing.assert_allclose(got[1], [0.5, 1])
    np.testing.assert_allclose(got[2], [0.5, 0.25])
    assert evaluate_all((), {}) == ()


def test_a_definition_changes_nothing_of_what_it_was_given() -> None:
    values = {"a": np.array([1.0, 2.0])}
    evaluate_all((read_definition("a2", "-a"),), values)
    assert list(values) == ["a"]
    assert values["a"].tolist() == [1, 2]


def test_names_are_listed_once_in_the_order_in_which_they_stand() -> None:
    assert read_definition("k", "b*a + exp(c)*b - 2e3").names == ("b", "a", "c")
    assert read_definition("k", "3 + exp(1)").names == ()


def test_functions_are_names_only_where_they_are_not_called() -> None:
    assert read_definition("k", "exp * exp(exp)").names == ("exp",)
    assert value("log + 1", log=2.0) == 3


def test_definitions_are_equal_when_they_compute_the_same_from_the_same() -> None:
    first, spaced, other = (read_definition("k", text) for text in ("a*b^2", " a * b**2", "a*b^3"))
    assert first == spaced
    assert hash(first) == hash(spaced)
    assert first != other
    assert first != read_definition("m", "a*b^2")
    assert first.text == "a*b^2"


@pytest.mark.parametrize(
    "text",
    [
        "", "a +", "a b", "(a", "a)", "a = b", "a == b", "a < b", "a, b", "[a]", "{a}", "a[0]", "a if b else c", "not a",
        "a and b", "a or b", "~a", "a % b", "a // b", "a @ b", "a & b", "lambda: a", "'a'", '"a"', "f'{a}'", "a.b()", "f(a)",
        "exp()", "exp(a, b)", "exp(x=a)", "exp(*a)", "(a)(b)", "__import__('os')", "open(a)", "1j", "2a", "a;b",
        "a\nb", "...", "a := b", "\x00", "await a", "yield a", "*a", "(" * 500 + "a",
    ],
)  # fmt: skip
def test_whatever_is_not_arithmetic_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        read_definition("k", text)
    assert str(caught.value) == (
        f"{f'k := {text}'!r} is not a definition such as 'ind := a*b': allowed are names, numbers, + - * / ^, "
        "parentheses, abs, exp, log and sqrt"
    )


@pytest.mark.parametrize("name", ["True", "None", "lambda", "if", "_0_", "_1_"])
def test_words_that_mean_something_to_python_are_names(name: str) -> None:
    assert read_definition("k", f"a + {name}").names == ("a", name)
    assert value(f"a + {name}", **{name: 2.0}) == 2.5


@pytest.mark.parametrize("name", ["", "2k", "k l", "k-l", "k*2", "_k!"])
def test_a_definition_needs_a_name(name: str) -> None:
    with pytest.raises(ModelError, match="is not a definition such as"):
        read_definition(name, "a")


def test_more_operations_than_anybody_writes_are_refused() -> None:
    assert value("+".join(["a"] * 201)).real == pytest.approx(100.5, rel=1e-12)
    with pytest.raises(ModelError) as caught:
        read_definition("k", "+".join(["a"] * 202))
    assert str(caught.value) == "the definition of k has 201 operations, at most 200 are read"


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Draw arithmetic that Python reads as well, powers of positive numbers only."""
    leaf = st.sampled_from(["a", "b", "c", "2", "0.25"])
    return draw(
        st.recursive(
            leaf,
            lambda inner: st.one_of(
                st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
                    lambda each: f"({' '.join(each)})"
                ),
                inner.map(lambda each: f"-{each}"),
                inner.map(lambda each: f"abs({each})"),
                inner.map(lambda each: f"({each})**2"),
            ),
            max_leaves=12,
        )
    )


@given(text=expressions())
def test_values_are_those_of_python(text: str) -> None:
    expected = eval(text, {"abs": abs}, VALUES)
    assert value(text).real == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(text=st.text(string.printable + "é^", max_size=12))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    try:
        found = read_definition("k", text)
    except ModelError:
        return
    assert isinstance(found, Definition)
    evaluate(found, dict.fromkeys(found.names, 1.0))
