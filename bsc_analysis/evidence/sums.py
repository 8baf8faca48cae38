"""Sums written out for people: the numbers of an expression, its operators, and what it comes to."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.evidence.expressions import (
    BandValue,
    Capped,
    Constant,
    Derived,
    Every,
    Floored,
    Leaf,
    Mean,
    Node,
    Product,
    Quotient,
    Special,
    Sum,
    Value,
    WeightedMean,
    children,
    evaluate,
)
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import say
from bsc_analysis.scorecards.bands import INFINITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from bsc_analysis.evidence.printed import Key
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.bands import Interval
    from bsc_analysis.scorecards.rules import MissingPolicy

SHOWN_DECIMALS = (
    4  # enough to tell 0.0402 from 0.0407 and 2.8833 from 2.8834; exact values drop trailing zeros
)


def write_sum(
    node: Node, look: Callable[[Key], Value], policy: MissingPolicy, result: Value, language: Language
) -> str:
    """Write an expression with its numbers, for example ``0.25 × 0.9 = 0.225``.

    ``N(x)`` is the band value of x. A figure that the sources say does not exist is written "no data", one that is
    not printed "?".
    """
    if isinstance(node, Every):
        parts = (write_sum(part, look, policy, evaluate(part, look, policy), language) for part in node.parts)
        return "; ".join(parts)
    return f"{_write(node, look, policy, language)} = {_show_result(node, result, language)}"


def _show_result(node: Node, result: Value, language: Language) -> str:
    """Write what an expression comes to: its name where results have names."""
    names = node.names(result.interval) if isinstance(node, Special) and result.interval else ()
    return "/".join(name.say(language) for name in names) or _show(result, language)


def show_number(value: Fraction, language: Language) -> str:
    """Write a number with up to four decimals, without trailing zeros.

    >>> show_number(Fraction(9, 40), "en"), show_number(Fraction(173, 60), "id")
    ('0.225', '2,8833')
    """
    if abs(value) >= INFINITY:
        return "∞" if value > 0 else "−∞"
    scaled = value * 10**SHOWN_DECIMALS
    if scaled.denominator != 1:
        return format_number(value, SHOWN_DECIMALS, language)
    decimals = next(places for places in range(SHOWN_DECIMALS + 1) if (value * 10**places).denominator == 1)
    return format_number(value, decimals, language)


def show_range(interval: Interval, decimals: int, language: Language) -> str:
    """Write an interval with fixed decimals, or one number where both ends print the same."""
    lower, upper = (
        show_number(end, language) if abs(end) >= INFINITY else format_number(end, decimals, language)
        for end in (interval.lower, interval.upper)
    )
    return lower if lower == upper else f"[{lower}; {upper}]"


def _write(node: Node, look: Callable[[Key], Value], policy: MissingPolicy, language: Language) -> str:
    def inner(child: Node) -> str:
        text = _write(child, look, policy, language)
        return f"({text})" if isinstance(child, Sum) and len(child.terms) > 1 else text

    match node:
        case Leaf() | Constant():
            return _show(evaluate(node, look, policy), language)
        case Sum(terms=terms, shares=shares):
            return _write_sum(terms, shares, inner, look, policy, language)
        case Mean(terms=terms):
            return say("mean", language) + "(" + "; ".join(map(inner, terms)) + ")"
        case Derived(by=by):
            return inner(by)
        case Every(parts=parts):
            return "; ".join(map(inner, parts))
        case Product() | Quotient() | WeightedMean():
            return _write_factors(node, inner)
        case _:
            known = [evaluate(each, look, policy) for each in children(node)]
            return _write_function(node, inner, known, language)


def _write_function(node: Node, inner: Callable[[Node], str], known: list[Value], language: Language) -> str:
    match node:
        case BandValue():
            return f"N({_show(known[0], language)})"
        case Capped(of=of, cap=cap):
            return f"min({inner(of)}; {show_number(cap, language)})"
        case Floored(of=of, floor=floor):
            return f"max({inner(of)}; {show_number(floor, language)})"
        case Special(of=below):
            return node.write([inner(each) for each in below], [each.interval for each in known], language)
        case _:
            raise TypeError(node)


def _write_factors(node: Product | Quotient | WeightedMean, inner: Callable[[Node], str]) -> str:
    match node:
        case Product(factors=(Constant(value=value), only)) if value == -1:
            return f"−{inner(only)}"
        case Product(factors=factors):
            return " × ".join(map(inner, factors))
        case Quotient(top=top, bottom=bottom):
            below = f"({inner(bottom)})" if isinstance(bottom, Product | Quotient) else inner(bottom)
            return f"{inner(top)} / {below}"
        case WeightedMean(terms=terms, weights=weights):
            weighed = (
                f"{inner(weight)} × {inner(term)}" for term, weight in zip(terms, weights, strict=True)
            )
            return f"({' + '.join(weighed)}) / ({' + '.join(map(inner, weights))})"


def _write_sum(
    terms: tuple[Node, ...],
    shares: tuple[Fraction, ...],
    inner: Callable[[Node], str],
    look: Callable[[Key], Value],
    policy: MissingPolicy,
    language: Language,
) -> str:
    total = " + ".join(map(inner, terms)).replace("+ −", "− ")
    present = [not evaluate(term, look, policy).absent for term in terms]
    if policy == "zero" or all(present) or not shares:
        return total
    part = sum((share for share, keep in zip(shares, present, strict=True) if keep), Fraction(0))
    return f"({total}) / {show_number(part / sum(shares, Fraction(0)), language)}" if part else total


def _show(value: Value, language: Language) -> str:
    if value.interval is None:
        return "?" if value.unknown else say("no data", language)
    if value.interval.lower == value.interval.upper:
        return show_number(value.interval.lower, language)
    return show_range(value.interval, SHOWN_DECIMALS, language)
