"""Defined quantities such as ``ind := a*b2``: arithmetic on named coefficients, read once and evaluated on arrays."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bsc_analysis.errors import Fault, ModelError, fault

Array = NDArray[Any]

_WORD = re.compile(r"(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d][\w.]*)")
_NAME = re.compile(r"[^\W\d][\w.]*")
_PLACEHOLDER = "_{number}_"
# More than anybody writes by hand, and far below the depth at which Python gives up.
_MOST_OPERATIONS = 200

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^", ast.USub: "-", ast.UAdd: "+",
}  # fmt: skip
_FUNCTIONS = ("abs", "exp", "log", "sqrt")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in an expression."""

    value: float


@dataclass(frozen=True, slots=True)
class Named:
    """A named coefficient, or an earlier definition, in an expression."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function (``+ - * / ^ abs exp log sqrt``) with its one or two operands."""

    operator: str
    operands: tuple[Expression, ...]


Expression = Number | Named | Operation


@dataclass(frozen=True, slots=True)
class Definition:
    """A quantity defined from named coefficients; two are equal when they compute the same from the same names.

    Attributes
    ----------
    name
        What the quantity is called; later definitions may use it.
    text
        The right side as it was written.
    expression
        The right side as it is computed.
    """

    name: str
    text: str = field(compare=False)
    expression: Expression

    @property
    def names(self) -> tuple[str, ...]:
        """The names the right side uses, each once, in the order in which they stand."""
        return tuple(dict.fromkeys(_names(self.expression)))


def read_definition(name: str, text: str) -> Definition:
    """Read one definition; the right side is parsed, never executed.

    Allowed are numbers, names, ``+ - * /``, powers as ``^`` or ``**``, parentheses, and abs, exp, log and sqrt.
    As in R, a power binds before a minus: ``-a^2`` is ``-(a^2)``.

    Raises
    ------
    ModelError
        Naming what is not arithmetic.

    >>> read_definition("ind", "a * b2").names
    ('a', 'b2')
    """
    words: dict[str, str] = {}
    tree = _tree(_hide_names(text, words))
    operations = sum(isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call) for node in ast.walk(tree))
    if operations > _MOST_OPERATIONS:
        sentence = "the definition of {name} has {got} operations, at most {most} are read"
        raise ModelError(fault(sentence, name=name, got=operations, most=_MOST_OPERATIONS))
    expression = _expression(tree, words)
    if expression is None or not _NAME.fullmatch(name):
        raise ModelError(_not_arithmetic(f"{name} := {text}"))
    return Definition(name, text, expression)


def evaluate(definition: Definition, values: Mapping[str, Array | float | complex]) -> Array:
    """Evaluate a definition on the values of its names: arrays of any one shape, real or complex.

    Complex values carry derivatives: with ``a + 1e-200j`` the imaginary part over 1e-200 is the derivative to ``a``.
    What has no value, such as a division by zero, becomes infinite or not a number.

    Parameters
    ----------
    definition
        What to evaluate.
    values
        A value or an array (shape ``s``) for each name, earlier definitions included.

    Returns
    -------
    Array
        Shape ``s``; ``()`` if the definition uses no name.

    >>> float(evaluate(read_definition("ind", "a * b2"), {"a": 0.5, "b2": 0.4}))
    0.2
    """
    with np.errstate(all="ignore"):
        return _value(definition.expression, values)


def evaluate_all(
    definitions: tuple[Definition, ...], values: Mapping[str, Array | float | complex]
) -> tuple[Array, ...]:
    """Evaluate definitions in their order, each knowing the earlier ones.

    >>> both = read_definition("ind", "a * b"), read_definition("total", "ind + c")
    >>> [float(value) for value in evaluate_all(both, {"a": 0.5, "b": 0.5, "c": 0.25})]
    [0.25, 0.5]
    """
    known = dict(values)
    for each in definitions:
        known[each.name] = evaluate(each, known)
    return tuple(np.asarray(known[each.name]) for each in definitions)


def _hide_names(text: str, words: dict[str, str]) -> str:
    """Replace each name by a word that Python can parse: names may be ``if``, hold points or any letters."""

    def hidden(match: re.Match[str]) -> str:
        if match["number"]:
            return match["number"]
        placeholder = _PLACEHOLDER.format(number=len(words))
        words[placeholder] = match["name"]
        return placeholder

    return _WORD.sub(hidden, text).replace("^", "**").strip()


def _tree(text: str) -> ast.AST:
    """Parse an expression; what Python cannot parse comes back as a statement that is no arithmetic."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Pass()


def _expression(node: ast.AST, words: Mapping[str, str]) -> Expression | None:
    """Return the expression of an allowed node; None for every other."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(float(value))
        case ast.Name(id=placeholder) if placeholder in words:
            return Named(words[placeholder])
        case ast.UnaryOp(op=operator, operand=operand):
            return _operation(_OPERATORS.get(type(operator)), (operand,), words)
        case ast.BinOp(left=left, op=operator, right=right):
            return _operation(_OPERATORS.get(type(operator)), (left, right), words)
        case ast.Call(func=ast.Name(id=placeholder), args=[argument], keywords=[]):
            function = words.get(placeholder)
            return _operation(function if function in _FUNCTIONS else None, (argument,), words)
    return None


def _operation(
    operator: str | None, operands: tuple[ast.AST, ...], words: Mapping[str, str]
) -> Operation | None:
    read = [_expression(each, words) for each in operands]
    known = tuple(each for each in read if each is not None)
    return Operation(operator, known) if operator and len(known) == len(read) else None


def _not_arithmetic(got: str) -> Fault:
    return fault(
        "{got} is not a definition such as 'ind := a*b': allowed are names, numbers, + - * / ^, parentheses, "
        "abs, exp, log and sqrt",
        got=repr(got),
    )


def _names(expression: Expression) -> tuple[str, ...]:
    match expression:
        case Named(name):
            return (name,)
        case Operation(_, operands):
            return tuple(name for each in operands for name in _names(each))
    return ()


def _value(expression: Expression, values: Mapping[str, Array | float | complex]) -> Array:
    match expression:
        case Number(value):
            return np.asarray(value)
        case Named(name):
            return np.asarray(values[name])
    first, *second = [_value(each, values) for each in expression.operands]
    return _combine(expression.operator, first, *second) if second else _apply(expression.operator, first)


def _apply(operator: str, value: Array) -> Array:
    match operator:
        case "-":
            return -value
        case "abs":
            # Not the modulus: a complex step must pass through with the sign of the real part.
            return np.where(np.real(value) < 0, -value, value)
        case "exp":
            return np.asarray(np.exp(value))
        case "log":
            return _defined(np.real(value) >= 0, np.log(value))
        case "sqrt":
            return _defined(np.real(value) >= 0, np.sqrt(value))
    return value


def _combine(operator: str, left: Array, right: Array) -> Array:
    match operator:
        case "+":
            return np.add(left, right)
        case "-":
            return np.subtract(left, right)
        case "*":
            return np.multiply(left, right)
        case "/":
            return np.divide(left, right)
    whole = np.real(right) == np.round(np.real(right))
    return _defined(whole | (np.real(left) >= 0), np.power(left, right))


def _defined(where: Array, value: Array) -> Array:
    """Return the value where it is a real function's; complex branches would pass for results elsewhere."""
    return np.where(where, value, np.nan)
