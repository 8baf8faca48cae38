"""One figure as people print it: money, sign, digits with marks, multiplier, unit, or a range of two such.

A cell is read under each convention that can have printed it; nothing is decided about the marks here.
:mod:`bsc_analysis.language.marks` decides for a whole column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from bsc_analysis.language.numbers import ABSENT_MARKS, LONGEST_NUMBER, round_half_up

Mark = Literal[",", "."]

_ABSENT = frozenset((*ABSENT_MARKS, "−", "n/a", "N/A", "NA"))
_FACTORS = (
    (10**3, "ribu|rb|thousand"),
    (10**6, "juta|jt|million"),
    (10**9, "miliar|milyar|mlr|billion"),
    (10**12, "triliun|trilyun|trillion"),
)
_CURRENCIES = {"rp": "Rp", "rp.": "Rp", "idr": "IDR", "usd": "USD", "us$": "US$", "$": "$"}
# Words that make of a number's label a statement ("80 atau lebih", "4 dari lima"), a date ("31 Desember") or an ordinal.
_NO_UNIT = re.compile(
    rf"\b(?:{'|'.join(words for _, words in _FACTORS)}"
    r"|atas|atau|bawah|belum|bukan|dan|dari|di|ke|kurang|lebih|maksimal|minimal|plus|sudah|telah|tidak"
    r"|above|and|below|least|less|more|most|not|of|or|over|under|up|st|nd|rd|th"
    r"|januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
    r"|january|february|march|may|june|july|august|october|december"
    r"|jan|feb|mar|apr|jun|jul|aug|agu|agt|sep|sept|oct|okt|nov|dec|des)\b",
    re.IGNORECASE,
)
_ALIKE = str.maketrans(
    {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ", "’": "'", "−": "-"}
)
_MONEY = r"(?:Rp\.?|IDR|USD|US\$|\$) ?"
_BETWEEN = re.compile(
    r"(?:(?<=[0-9A-Za-z%.²³])|(?<=[.,]-))(?<!Rp)(?<!Rp\.)(?<!IDR)(?<!USD)"
    r"(?: *[-‐‑–—] *|(?: +|(?<![A-Za-z]))(?:s\. ?d\.?|s/d|sd|sampai(?: dengan)?|hingga|to)(?![A-Za-z]) *)"
    rf"(?=-?(?:{_MONEY})?-?[.,]?[0-9])",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?P<before>[-+]?)(?P<money>{_MONEY})?(?P<after>[-+]?)"
    r"(?P<digits>[.,]?[0-9]+(?:[.,' ][0-9]+)*)(?P<nil>[.,]-)?(?P<tail>[^-0-9.,'].*)?",
    re.IGNORECASE,
)
_SCALE = re.compile(rf" ?(?:(?P<scale>{'|'.join(words for _, words in _FACTORS)})\b\.?)?(?P<unit>.*)", re.I)
_PERCENT = re.compile(r"%|persen|percent|per cent", re.IGNORECASE)
_WORD = r"(?:[kcd]?m[23]|CO2(?:eq?)?|US\$|°?[A-Za-zÀ-ÖØ-öø-ÿ]+[²³]?\.?)"
_UNIT = re.compile(rf"(?:/ ?)?{_WORD}(?:(?: ?/ ?| |-){_WORD}){{0,3}}")
_NO_DIGITS = re.compile(r"[^0-9]+")
_MISTAKEN_DIGITS = re.compile(r"[OoIlSsBZz]+")  # "10O" is a ten typed with a letter, not ten of the unit O


def _legal(decimal: str, group: str) -> re.Pattern[str]:
    grouped = rf"[1-9][0-9]{{0,2}}(?P<group>[{group}' ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*"
    return re.compile(rf"(?P<whole>{grouped}|[0-9]*)(?:[{decimal}](?P<rest>[0-9]+))?")


_LEGAL: dict[Mark, re.Pattern[str]] = {",": _legal(",", "."), ".": _legal(".", ",")}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as printed, exactly: its value or the two ends of its range, multiplier applied.

    ``unit`` is the label printed with it ("%", "kali", "Rp"), ``scale`` the multiplier's word as printed ("juta") and
    ``factor`` what it multiplies by; ``decimals`` counts the decimals that were printed, before the multiplier.
    """

    lower: Fraction
    upper: Fraction | None = None
    unit: str = ""
    scale: str = ""
    factor: int = 1
    decimals: int = 0

    @property
    def is_backward(self) -> bool:
        """Whether the range's lower end lies above its upper end."""
        return self.upper is not None and self.lower > self.upper

    def write(self, mark: Mark) -> str:
        """Write the value with this decimal mark and no groups, so that it cannot be read otherwise.

        >>> Quantity(Fraction(2163, 1000), decimals=3).write(",")
        '2,163'
        """
        decimals = max(0, self.decimals - len(str(self.factor)) + 1)
        ends = (self.lower,) if self.upper is None else (self.lower, self.upper)
        return "–".join(f"{round_half_up(end, decimals):f}".replace(".", mark) for end in ends)


@dataclass(frozen=True, slots=True)
class Readings:
    """What a cell says if a comma, and if a point separates decimals; None where no such writer prints it so."""

    comma: Quantity | None
    point: Quantity | None

    def under(self, mark: Mark) -> Quantity | None:
        """Return the reading under one decimal mark."""
        return self.comma if mark == "," else self.point

    @property
    def certain(self) -> Quantity | None:
        """The reading that holds whatever the mark: both agree, or only one exists."""
        if self.comma is None or self.point is None:
            return self.comma or self.point
        return self.comma if self.comma == self.point else None


def is_absent(text: str) -> bool:
    """Whether the cell says that there is no figure: it is empty, a dash, or "n/a".

    >>> is_absent(" - "), is_absent("N/A"), is_absent("- narasi")
    (True, True, False)
    """
    return text.strip() in _ABSENT


def read_cell(text: str) -> Readings | None:
    """Read one cell under each decimal mark; None where it holds no number under either.

    Groups of thousands are those of the other mark, or spaces or apostrophes, three digits each.

    >>> read_cell("1.500bh").comma
    Quantity(lower=Fraction(1500, 1), upper=None, unit='bh', scale='', factor=1, decimals=0)
    >>> read_cell("1.500bh").point
    Quantity(lower=Fraction(3, 2), upper=None, unit='bh', scale='', factor=1, decimals=3)
    >>> read_cell("70 s.d. 80 %").certain.upper, read_cell("0,175").point, read_cell("1.1.1.1")
    (Fraction(80, 1), None, None)
    """
    stripped = text.strip()
    if not 0 < len(stripped) <= LONGEST_NUMBER:
        return None
    figure = _figure([_amount(part) for part in _BETWEEN.split(stripped.translate(_ALIKE))])
    readings = Readings(figure.under(","), figure.under(".")) if figure else None
    return readings if readings and (readings.comma or readings.point) else None


@dataclass(frozen=True, slots=True)
class _Tail:
    """What follows the digits: the multiplier and the unit's label."""

    scale: str = ""
    factor: int = 1
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Amount:
    """One printed number, its marks not yet understood; ``nil`` is the mark of "Rp 5.000,-"."""

    sign: int
    money: str
    digits: str
    nil: str
    tail: _Tail

    def under(self, mark: Mark, factor: int) -> tuple[Fraction, int] | None:
        """Return the value times the multiplier, and how many decimals were printed."""
        legal = _LEGAL[mark].fullmatch(self.digits)
        if legal is None or (self.nil and (self.nil != mark or legal["rest"])):
            return None
        rest = legal["rest"] or ""
        digits = _NO_DIGITS.sub("", legal["whole"]) + rest
        return Fraction(self.sign * factor * int(digits), 10 ** len(rest)), len(rest)


@dataclass(frozen=True, slots=True)
class _Figure:
    """One amount, or the two ends of a range, with the unit and the multiplier that hold for both."""

    amounts: tuple[_Amount, ...]
    tail: _Tail
    unit: str

    def under(self, mark: Mark) -> Quantity | None:
        factor = self.tail.factor
        ends = [end for each in self.amounts if (end := each.under(mark, factor))]
        if len(ends) < len(self.amounts):
            return None
        lower, decimals = ends[0]
        upper, upper_decimals = ends[1] if len(ends) > 1 else (None, 0)
        return Quantity(lower, upper, self.unit, self.tail.scale, factor, max(decimals, upper_decimals))


def _amount(text: str) -> _Amount | None:
    match = _AMOUNT.fullmatch(text)
    tail = _tail(match["tail"] or "") if match else None
    if match is None or tail is None or (match["before"] and match["after"]):
        return None
    money = _CURRENCIES[match["money"].strip().lower()] if match["money"] else ""
    nil = (match["nil"] or "")[:1]
    if (money and tail.unit == "%") or (nil and not money):
        return None
    sign = -1 if "-" in (match["before"], match["after"]) else 1
    return _Amount(sign, money, match["digits"], nil, tail)


def _figure(amounts: list[_Amount | None]) -> _Figure | None:
    """Return one or two amounts as one figure, if their units and multipliers do not contradict each other."""
    known = tuple(each for each in amounts if each)
    if len(known) < len(amounts) or len(known) > 2:
        return None
    tail = known[-1].tail
    currencies = {each.money for each in known} - {""}
    if known[0].tail not in (_Tail(), tail) or len(currencies) > 1:
        return None
    money = "".join(currencies)
    joint = " " if money and tail.unit and not tail.unit.startswith("/") else ""
    return _Figure(known, tail, money + joint + tail.unit)


@lru_cache(maxsize=1024)
def _tail(text: str) -> _Tail | None:
    """Return the multiplier and the unit behind a number, or None where these words are neither."""
    match = _SCALE.fullmatch(text)
    if match is None or _MISTAKEN_DIGITS.fullmatch(text):
        return None
    unit = match["unit"].strip()
    scale = match["scale"] or ""
    factor = next((by for by, words in _FACTORS if scale.lower() in words.split("|")), 1)
    if _PERCENT.fullmatch(unit) and not scale:
        return _Tail(unit="%")
    return _Tail(scale, factor, unit) if not unit or _is_unit(unit) else None


def _is_unit(label: str) -> bool:
    return bool(_UNIT.fullmatch(label)) and not _NO_UNIT.search(label)
