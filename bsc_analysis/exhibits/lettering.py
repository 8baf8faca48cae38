"""How wide words are on paper, how they break into lines, and how numbers align at their decimal mark."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from bsc_analysis.exhibits.style import FONT, MM_PER_INCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.language.words import Language

Weight = Literal["normal", "bold"]

POINTS_PER_INCH = 72
LEADING = 1.25  # a line's height, in letter heights
LINE_SPACING = 1.07  # what matplotlib must be told for that
HALF_CAPITAL = 0.365  # half a capital's height, in letter heights
FIGURE_SPACE, PUNCTUATION_SPACE = "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"


@cache
def width_of(text: str, size: float, weight: Weight = "normal") -> float:
    """Measure how wide the longest line of a text is, in mm.

    >>> width_of("80", 8) < width_of("100", 8) < width_of("100", 8, "bold")
    True
    """
    letters = FontProperties(family=FONT, size=size, weight=weight)
    widths = [
        text_to_path.get_text_width_height_descent(line, letters, ismath=False)[0]
        for line in text.split("\n")
        if line
    ]
    return max(widths, default=0.0) / POINTS_PER_INCH * MM_PER_INCH


def height_of(text: str, size: float) -> float:
    """Return how high a text stands, all its lines together, in mm."""
    return (text.count("\n") + 1) * size * LEADING / POINTS_PER_INCH * MM_PER_INCH


def first_baseline(middle: float, text: str, size: float) -> float:
    """Return where the first line of a text stands so that its lines are centred, counted downwards in mm."""
    below = HALF_CAPITAL * size / POINTS_PER_INCH * MM_PER_INCH
    return middle + below - (height_of(text, size) - height_of("", size)) / 2


def wrap(text: str, width: float, size: float, weight: Weight = "normal") -> str:
    r"""Break a text into lines of at most this width in mm; a word that is wider stands alone, and no-break spaces hold.

    >>> wrap("Nearly on target", 16, 8)
    'Nearly on\ntarget'
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def align_decimals(numbers: Sequence[str], language: Language) -> tuple[str, ...]:
    """Pad numbers with blanks as wide as digits, so that their decimal marks stand below each other.

    >>> [each.replace(FIGURE_SPACE, "_").replace(PUNCTUATION_SPACE, "_") for each in align_decimals(["3", "12.7"], "en")]
    ['_3__', '12.7']
    """
    mark = "," if language == "id" else "."
    parts = [number.partition(mark) for number in numbers]
    before = max((len(whole) for whole, _, _ in parts), default=0)
    after = max((len(decimals) for _, _, decimals in parts), default=0)
    gap = PUNCTUATION_SPACE if after else ""
    return tuple(
        whole.rjust(before, FIGURE_SPACE) + (found or gap) + decimals.ljust(after, FIGURE_SPACE)
        for whole, found, decimals in parts
    )
