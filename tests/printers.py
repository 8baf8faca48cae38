"""Authors for tests of the audit: they compute exactly, and print in any of the ways that people round."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

Rounding = Callable[[Fraction], int]


def half_up(scaled: Fraction) -> int:
    return (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)


def half_even(scaled: Fraction) -> int:
    return round(scaled)


def cut_off(scaled: Fraction) -> int:
    return scaled.numerator // scaled.denominator


ROUNDINGS: tuple[Rounding, ...] = (half_up, half_even, cut_off)


def print_number(value: Fraction, decimals: int, rounding: Rounding) -> str:
    """Print a fraction; negative numbers by their magnitude, as people do."""
    digits = str(rounding(abs(value) * 10**decimals)).rjust(decimals + 1, "0")
    text = digits[: len(digits) - decimals] + ("." + digits[len(digits) - decimals :] if decimals else "")
    return ("-" if value < 0 else "") + text


class Author:
    """Prints each figure in a way of its own; a later figure may use what was printed or what was computed."""

    def __init__(self, draw: st.DrawFn, decimals: tuple[int, int] = (0, 4)) -> None:
        self.draw = draw
        self.decimals = decimals

    def put(self, value: Fraction) -> tuple[str, tuple[Fraction, Fraction]]:
        """Return the text of a figure, and the values that later figures may take it as."""
        text = print_number(
            value, self.draw(st.integers(*self.decimals)), self.draw(st.sampled_from(ROUNDINGS))
        )
        return text, (value, Fraction(text))

    def take(self, values: tuple[Fraction, ...]) -> Fraction:
        return self.draw(st.sampled_from(values))

    def shown(self) -> bool:
        """Draw whether a figure is printed at all."""
        return self.draw(st.integers(0, 3)) > 0
