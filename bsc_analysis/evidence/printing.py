"""How a document prints its numbers: marks that are declared or refused as ambiguous, and each text as a printed figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bsc_analysis.errors import DataError, fault
from bsc_analysis.evidence.printed import Key, Printed, print_intervals
from bsc_analysis.language.numbers import ReadNumber, read_number, show_cell
from bsc_analysis.scorecards.bands import Interval

AMBIGUOUS = '{got} may be {whole} or {broken}: say which mark separates decimals, as in decimal = ","'
NO_RANGE = "{got} is not a number or a range such as 70-80"
UNDECLARED = ",."
WHOLE_BY_NATURE = ("n", "df", "baseline_df", "count")
_THOUSANDS = re.compile(r"[-+−]?([1-9][0-9]{0,2})[.,]([0-9]{3})\s*%?")
_RANGE = re.compile(r"(?P<lower>.*[0-9%]\s*)(?:-|–|—|s\.?/?d\.?|to|sampai)(?P<upper>\s*[-−]?[0-9.,].*)")
_BOUND = re.compile(r"<\s*(?P<bound>.+)")


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a document's numbers; no decimal mark where none is declared."""

    decimal: str = ""
    thousands: str = ""

    def read(self, text: str) -> ReadNumber | None:
        """Read a number as printed, or None for a mark that says there is none.

        Raises
        ------
        DataError
            When it is no number, or could be two because no decimal mark is declared.

        >>> Marks(decimal=",", thousands=".").read("1.122").value
        Fraction(1122, 1)
        >>> Marks().read("1.122")
        Traceback (most recent call last):
        bsc_analysis.errors.DataError: '1.122' may be 1122 or 1.122: say which mark separates decimals, as in decimal = ","
        """
        either = None if self.decimal else _THOUSANDS.fullmatch(text.strip())
        if either:
            raise DataError(
                fault(
                    AMBIGUOUS,
                    got=show_cell(text),
                    whole="".join(either.groups()),
                    broken=".".join(either.groups()),
                )
            )
        return read_number(text, decimal=self.decimal or UNDECLARED, thousands=self.thousands)

    def read_range(self, text: str) -> tuple[str, ...]:
        """Return the texts of both ends of a printed range, or of the one number that is printed.

        >>> Marks().read_range("70-80"), Marks().read_range("-5"), Marks().read_range("70 s.d. 80 %")
        (('70', '80'), ('-5',), ('70', '80 %'))
        """
        shape = _RANGE.fullmatch(text.strip())
        ends = (shape["lower"].strip(), shape["upper"].strip()) if shape else (text,)
        read = [self.read(end) for end in ends]
        if len(read) > 1 and (read[0] is None or read[1] is None or read[0].value > read[1].value):
            raise DataError(fault(NO_RANGE, got=show_cell(text)))
        return ends

    def read_bounded(self, text: str) -> tuple[ReadNumber | None, bool]:
        """Read a number that may be printed as an upper bound, such as a p of ``< .001``.

        >>> Marks().read_bounded("<.001")[1], Marks().read_bounded("0.01")[1]
        (True, False)
        """
        shape = _BOUND.fullmatch(text.strip())
        return self.read(shape["bound"] if shape else text), shape is not None


@dataclass(frozen=True, slots=True)
class Printing:
    """How one document prints: its marks, which quantities are exact, and which columns drop trailing zeros."""

    marks: Marks
    exact: frozenset[str] = frozenset()
    zeros: Mapping[str, int] = field(default_factory=dict)

    def figure(self, key: Key, place: str, label: str, text: str, *, percent: bool = False) -> Printed:
        """Make a figure of a printed text; ``percent`` says that it is printed in percent and counts as a share.

        A bound such as ``< .001`` is every number from zero up to it.
        """
        number, bounded = self.marks.read_bounded(text)
        if number is None:
            nothing = Interval(Fraction(1), Fraction(0))
            return Printed(key, place, label, text, None, nothing, nothing, 0)
        value, decimals = number.value, max(number.decimals, self.zeros.get(key.quantity, 0))
        if percent:
            value, decimals = value / 100, decimals + 2
        whole = key.quantity in WHOLE_BY_NATURE and number.value.denominator == 1
        rounded, cut = print_intervals(value, decimals, exact=whole or key.quantity in self.exact)
        if bounded:
            rounded = cut = Interval(Fraction(0), value)
        return Printed(key, place, label, text, value, rounded, cut, decimals)
