"""One raw cell of a file: whether it is blank, what its text is, and how a report shows it."""

from __future__ import annotations

import datetime as dt

_MOST_SHOWN = 60  # characters of a cell that a report repeats


def is_blank(cell: object) -> bool:
    """Return whether a cell holds nothing: no value, only spaces, or a float that is not a number.

    >>> [is_blank(cell) for cell in (None, "  ", float("nan"), 0, "-")]
    [True, True, True, False, False]
    """
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or cell != cell  # only a float that is no number differs from itself


def cell_text(cell: object) -> str:
    """Return a cell as text: spaces folded, whole numbers without a fraction, dates in ISO form.

    >>> [cell_text(cell) for cell in (" Proses  Bisnis ", 2017.0, 1.5, None)]
    ['Proses Bisnis', '2017', '1.5', '']
    """
    if isinstance(cell, str):
        return " ".join(cell.split())
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def shown(cell: object) -> str:
    """Return a cell as reports show it: texts in quotation marks, long ones cut.

    >>> shown("84 kali"), shown(7.5), len(shown("x" * 10_000_000))
    ("'84 kali'", '7.5', 60)
    """
    if not isinstance(cell, str):
        return cell_text(cell)
    text = repr(cell[:_MOST_SHOWN])
    return text if len(cell) <= _MOST_SHOWN and len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 4] + "...'"
