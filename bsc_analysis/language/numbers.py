"""Numbers as they are printed: reading them exactly, and writing them by locale.

Which mark separates decimals is never guessed from a single cell: the caller says it, from a source's
declaration or from the evidence of a whole column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, fault

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language

ABSENT_MARKS = ("", "-", "–", "—")
LONGEST_NUMBER = 100  # characters; what is longer is a text, and is not searched for a number
LONGEST_SHOWN = 60  # characters of a cell in a report, quotes included
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+")
_SHAPE = re.compile(r"(?P<sign>[-+−]?)(?P<digits>[0-9][0-9.,]*|[.,][0-9]+)\s*(?P<unit>%?)")


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number as printed: its exact value, how many decimals were printed, and its unit mark."""

    value: Fraction
    decimals: int
    unit: str


def read_number(text: str, *, decimal: str = ".", thousands: str = "") -> ReadNumber | None:
    """Read one printed number exactly; a mark for "no figure" gives None.

    Parameters
    ----------
    text
        The cell as printed, for example ``"73,5 %"``.
    decimal
        The marks that separate decimals; ``",."`` accepts either (never both in one number).
    thousands
        The mark that groups thousands, or nothing. Groups must then hold three digits.

    Raises
    ------
    DataError
        When the text is not a number under these marks.

    >>> read_number("73,5 %", decimal=",.")
    ReadNumber(value=Fraction(147, 2), decimals=1, unit='%')
    >>> read_number("1.122", decimal=",", thousands=".").value
    Fraction(1122, 1)
    >>> read_number("-") is None
    True
    """
    stripped = text.strip().replace("\N{NO-BREAK SPACE}", " ")
    if stripped in ABSENT_MARKS:
        return None
    shape = _SHAPE.fullmatch(stripped) if len(stripped) <= LONGEST_NUMBER else None
    plain = _plain(shape["digits"], decimal, thousands) if shape else None
    if shape is None or plain is None:
        raise DataError(
            fault("{got} is not a number (decimal mark {allowed})", got=show_cell(text), allowed=decimal)
        )
    value = Fraction(plain) * (-1 if shape["sign"] in ("-", "−") else 1)
    return ReadNumber(value, len(plain.partition(".")[2]), shape["unit"])


def format_number(value: Fraction | Decimal | float, decimals: int, language: Language) -> str:
    """Write a number with a fixed count of decimals, halves away from zero, marks by locale.

    >>> format_number(Fraction(346, 120), 4, "id")
    '2,8833'
    >>> format_number(13050, 0, "en"), format_number(-0.047, 3, "en")
    ('13,050', '-0.047')
    """
    from babel.numbers import format_decimal

    rounded = round_half_up(value, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(rounded, format=pattern, locale="id_ID" if language == "id" else "en_US"))


def show_cell(text: str) -> str:
    """Return a cell's text in quotes for a report, cut to :data:`LONGEST_SHOWN` characters.

    >>> show_cell("84 kali"), show_cell("9" * 10_000_000) == "'" + "9" * 57 + "…'"
    ("'84 kali'", True)
    """
    shown = repr(text[:LONGEST_SHOWN])
    if len(text) <= LONGEST_SHOWN and len(shown) <= LONGEST_SHOWN:
        return shown
    return shown[: LONGEST_SHOWN - 2] + "…" + shown[-1]


def round_half_up(value: Fraction | Decimal | float, decimals: int) -> Decimal:
    """Round half away from zero, exactly; a float is taken at its shortest decimal form.

    >>> round_half_up(Fraction(1025, 1000), 2), round_half_up(2.675, 2)
    (Decimal('1.03'), Decimal('2.68'))
    """
    exact = value if isinstance(value, Fraction) else Fraction(str(value))
    scaled = abs(exact) * 10**decimals
    whole = (scaled.numerator * 2 + scaled.denominator) // (2 * scaled.denominator)
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(exact < 0 and whole > 0), digits, -decimals))


def _plain(digits: str, decimal: str, thousands: str) -> str | None:
    """Return the digits with a dot for the decimal mark, or None when the marks do not fit."""
    if thousands:
        whole, mark, rest = _split_last(digits, decimal)
        groups = whole.split(thousands)
        if len(groups) > 1 and not _GROUPED.fullmatch(",".join(groups)):
            return None
        digits = "".join(groups) + mark + rest
    marks = [character for character in digits if character in ".,"]
    if len(marks) > 1 or any(mark not in decimal for mark in marks):
        return None
    return digits.replace(",", ".")


def _split_last(digits: str, decimal: str) -> tuple[str, str, str]:
    position = max(digits.rfind(mark) for mark in decimal)
    return (digits, "", "") if position < 0 else (digits[:position], digits[position], digits[position + 1 :])
