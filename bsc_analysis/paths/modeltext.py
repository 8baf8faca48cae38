"""The text of a path model, read line by line: what each line relates, and which lines cannot be read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, cast

from bsc_analysis.errors import Fault, ModelError, fault
from bsc_analysis.paths.definitions import Definition, read_definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.paths.pathmodel import Edge

Operator = Literal["~", "~~", "=~"]

_QUOTED = r'"[^"\n]+"|`[^`\n]+`'
_WORD = r"[^\W\d][\w.]*"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"

_PIECE = re.compile(rf'{_QUOTED}|(?P<comment>#[^\n]*)|(?P<end>[;\n])|[^;\n#"`]+|["`]')
_CONTINUED = re.compile(r"(?<=[+*~=])\n|\n(?=\+)")
_OPERATOR = re.compile(rf"{_QUOTED}|(?P<operator>~\*~|:=|=~|~~|==|<~|[~=<>|])")
# The plus of 1e+5 or of +0.5*LG does not part two terms.
_TERM_PIECE = re.compile(
    rf"{_QUOTED}|(?<![\w.])\d[\d.]*[eE]\+\d+|(?:^|(?<=\+))\s*\+(?=[\d.])|(?P<plus>\+)|.", re.DOTALL
)
_NAME = re.compile(rf"(?P<quoted>{_QUOTED})|{_WORD}")
_MODIFIER = re.compile(rf"(?:(?P<value>{_NUMBER})|(?P<label>{_WORD}))\s*\*\s*")
# What a name may look like before its writer learns that it wants quotes.
_UNQUOTED_NAME = re.compile(r"[^*():^/|,\"`]*[^\W\d_][^*():^/|,\"`]*")
_INTERCEPT = "1"


@dataclass(frozen=True, slots=True)
class Relation:
    """One variable related to another by one line.

    Attributes
    ----------
    operator
        ``~`` (left is explained by right), ``=~`` (left is measured by right) or ``~~`` (left covaries with right).
    left, right
        The two variables; an intercept has no right one.
    value
        The number that the term is multiplied by, or None.
    label
        The name that the term is multiplied by, or None.
    line
        The line as it was written.
    """

    operator: Operator
    left: str
    right: str | None
    value: float | None
    label: str | None
    line: str


@dataclass(frozen=True, slots=True)
class ModelText:
    """What the lines of a path model say, in their order, and the faults of the lines that cannot be read."""

    relations: tuple[Relation, ...]
    definitions: tuple[Definition, ...]
    faults: tuple[Fault, ...]

    def related_by(self, operator: Operator) -> tuple[tuple[Relation, str, str], ...]:
        """Return each relation by one operator with its left and its right variable; intercepts are left out."""
        return tuple(
            (each, each.left, each.right)
            for each in self.relations
            if each.operator == operator and each.right is not None
        )

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Each direct path as (from, to)."""
        return tuple((start, end) for _, end, start in self.related_by("~"))

    @property
    def loadings(self) -> tuple[Edge, ...]:
        """Each loading as (factor, indicator)."""
        return tuple((factor, indicator) for _, factor, indicator in self.related_by("=~"))


def read_model_text(text: str) -> ModelText:
    r"""Read the lines of a path model; what they say together is not judged here.

    Statements end with their line or with ``;``. A line that ends with ``+``, ``~``, ``*`` or ``=``, and one before
    a line that begins with ``+``, goes on in the next. ``#`` begins a comment.

    >>> [(each.left, each.right, each.label) for each in read_model_text("IP ~ a*LG +\n X").relations]
    [('IP', 'LG', 'a'), ('IP', 'X', None)]
    """
    relations: list[Relation] = []
    definitions: list[Definition] = []
    faults: list[Fault] = []
    for line in _lines(text):
        try:
            match _read(line):
                case Definition() as definition:
                    definitions.append(definition)
                case stated:
                    relations += stated
        except ModelError as error:
            faults += error.faults
    return ModelText(tuple(relations), tuple(definitions), tuple(faults))


def _lines(text: str) -> list[str]:
    pieces = _PIECE.finditer("\n".join(text.splitlines()))
    plain = "".join("" if piece["comment"] else piece[0] for piece in pieces)
    joined = _CONTINUED.sub(" ", "\n".join(line.strip() for line in plain.splitlines() if line.strip()))
    lines = [""]
    for piece in _PIECE.finditer(joined):
        if piece["end"]:
            lines.append("")
        else:
            lines[-1] += piece[0]
    return [line.strip() for line in lines if line.strip()]


def _read(line: str) -> Definition | list[Relation]:
    """Read one line.

    Raises
    ------
    ModelError
        If it cannot be read.
    """
    found = next((match for match in _OPERATOR.finditer(line) if match["operator"]), None)
    if found is None:
        raise ModelError(_not_a_regression(line))
    operator, left, right = found["operator"], line[: found.start()].strip(), line[found.end() :].strip()
    if operator == ":=":
        return read_definition(left, right)
    if operator in ("~", "~~", "=~"):
        return _relations(cast("Operator", operator), left, right, line)
    raise ModelError(_unsupported_operator(operator, line))


def _relations(operator: Operator, left: str, right: str, line: str) -> list[Relation]:
    if any(match["operator"] for match in _OPERATOR.finditer(right)):
        raise ModelError(_not_a_regression(line))
    outcomes = [_name(text, text, line) for text in _terms(left)]
    terms = [_term(text, operator, line) for text in _terms(right)]
    faults = [each for each in [*outcomes, *terms] if isinstance(each, Fault)]
    if faults:
        raise ModelError(*dict.fromkeys(faults))
    names = [each for each in outcomes if isinstance(each, str)]
    read = [each for each in terms if not isinstance(each, Fault)]
    return [Relation(operator, name, *term, line) for name, term in product(names, read)]


def _terms(side: str) -> Iterator[str]:
    term = ""
    for piece in _TERM_PIECE.finditer(side):
        if piece["plus"]:
            yield term.strip()
            term = ""
        else:
            term += piece[0]
    yield term.strip()


def _term(text: str, operator: str, line: str) -> tuple[str | None, float | None, str | None] | Fault:
    """Read one term: its variable (None for an intercept), the number and the name it is multiplied by."""
    if text == _INTERCEPT and operator == "~":
        return None, None, None
    modifier = _MODIFIER.match(text)
    name = _name(text[modifier.end() :] if modifier else text, text, line)
    if isinstance(name, Fault) or modifier is None:
        return name if isinstance(name, Fault) else (name, None, None)
    value = None if modifier["value"] is None else float(modifier["value"])
    # In lavaan NA frees a parameter; as a name it would set all that bear it equal.
    if modifier["label"] == "NA" or (value is not None and not math.isfinite(value)):
        return _unsupported_term(text, line)
    return name, value, modifier["label"]


def _name(name: str, term: str, line: str) -> str | Fault:
    match = _NAME.fullmatch(name)
    if match:
        return name[1:-1] if match["quoted"] else name
    if not term:
        return _not_a_regression(line)
    if _UNQUOTED_NAME.fullmatch(name):
        sentence = (
            "{got} in {line} is not a name; names with other signs than letters, digits, _ and . "
            "stand in quotes: {quoted}"
        )
        return fault(sentence, got=repr(name), line=repr(line), quoted=f'"{name}"')
    return _unsupported_term(term, line)


def _not_a_regression(line: str) -> Fault:
    return fault("{got} is not a regression such as 'CP ~ LG + IP'", got=repr(line))


def _unsupported_term(term: str, line: str) -> Fault:
    return fault(
        "{got} in {line} is not supported; a term is a variable, or a number or a name times a variable, "
        "as in '0.5*LG' or 'b2*LG'",
        got=repr(term),
        line=repr(line),
    )


def _unsupported_operator(operator: str, line: str) -> Fault:
    if operator == "=":
        return _not_a_regression(line)
    if operator == "==":
        return fault(
            "{got} sets coefficients equal; give them the same name instead, as in 'IP ~ a*LG; CP ~ a*LG'",
            got=repr(line),
        )
    sentence = "{got} uses {operator}, which is not supported; allowed are ~, ~~, =~ and :="
    return fault(sentence, got=repr(line), operator=operator)
