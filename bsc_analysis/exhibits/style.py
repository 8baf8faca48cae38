"""How every figure looks: sizes, colours, markers, lines and letters, as frozen data, and the canvas they make."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib import style
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from bsc_analysis.evidence.ledger import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from bsc_analysis.scorecards.bands import Bands

MM_PER_INCH = 25.4
SINGLE = 88.0  # mm, one column of a journal
DOUBLE = 183.0  # mm, both columns
MARGIN = 1.5  # mm, around everything
PLACES = 6  # digits of a place, as a share of the figure

FONT = "DejaVu Sans"  # comes with matplotlib, so a figure has the same letters everywhere
TITLE, NAME, SMALL = 9.0, 8.0, 7.0  # points

INK, MUTED, RULE, GRID, PAPER = "#1a1a1a", "#5a5f66", "#9aa0a6", "#e3e5e8", "#ffffff"
HAIR, THIN, FIRM = 0.5, 0.8, 1.3  # points
MARKER = 5.5  # points
TINT = 0.13  # how much of a band's colour its zone keeps


@dataclass(frozen=True, slots=True)
class Mark:
    """A category's colour and shape; its word always stands beside it."""

    colour: str
    marker: str
    filled: bool = True
    size: float = MARKER

    @property
    def face(self) -> str:
        """The colour inside the shape."""
        return self.colour if self.filled else PAPER


# Okabe and Ito's colours, told apart by colour-blind readers; the shapes tell them apart in grey. Lowest band first.
BAND_MARKS = (
    Mark("#d55e00", "v"),
    Mark("#e69f00", "D"),
    Mark("#009e73", "o"),
    Mark("#56b4e9", "s"),
    Mark("#0072b2", "^"),
    Mark("#cc79a7", "P"),
    Mark("#000000", "*"),
)
UNBANDED = Mark("#4d4d4d", "o")
NO_DATA = Mark(RULE, "o", filled=False)
PRINTED = Mark(INK, "o", size=4.0)
RECOMPUTED = Mark("#0072b2", "D", filled=False, size=6.0)
IMPLIED = Mark("#cc79a7", "s", filled=False)
VERDICT_MARKS = {
    Verdict.FOLLOWS: Mark("#009e73", "o"),
    Verdict.TRUNCATED: Mark("#e69f00", "D"),
    Verdict.CONTRADICTS: Mark("#d55e00", "X"),
    Verdict.UNCHECKABLE: Mark(RULE, "s", filled=False),
}
POSITIVE, NEGATIVE = "#0072b2", "#d55e00"

LETTERS: dict[str, Any] = {
    "font.family": [FONT],
    "font.size": NAME,
    "text.color": INK,
    "text.parse_math": False,
    "mathtext.fontset": "dejavusans",
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.labelsize": SMALL,
    "axes.linewidth": HAIR,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "lines.linewidth": THIN,
    "lines.solid_capstyle": "round",
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in the house style, and leave matplotlib's settings as they were."""
    with style.context(["default", LETTERS]):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in mm."""
    inset = MARGIN / width
    layout = ConstrainedLayoutEngine(
        w_pad=0, h_pad=MARGIN / MM_PER_INCH, wspace=0, hspace=0, rect=(inset, 0, 1 - 2 * inset, 1)
    )
    return Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), layout=layout)


def settle(figure: Figure) -> Figure:
    """Lay a finished figure out once and keep the places, rounded, so that every file of every run is the same.

    The layout's solver differs in the last bits from run to run; a millionth of the figure is far below a pixel.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(float(end), PLACES) for end in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    for words in figure.texts:
        words.set_position((round(words.get_position()[0], PLACES), round(words.get_position()[1], PLACES)))
    return figure


def quiet_axis(axes: Axes, axis: str) -> None:
    """Make the ticks of one axis short and its numbers small, whatever settings hold when the figure is saved."""
    axes.tick_params(
        axis=axis,  # type: ignore[arg-type]
        length=2,
        width=HAIR,
        color=RULE,
        labelsize=SMALL,
        labelcolor=INK,
        labelfontfamily=FONT,
        pad=2,
    )


def mark_band(bands: Bands | None, band_id: str | None) -> Mark:
    """Return the mark of a band by the rank of its value, lowest first; a score without a band has a mark of its own."""
    ordered = [] if bands is None else sorted(bands.bands, key=lambda band: band.value)
    ranks = {band.id: rank for rank, band in enumerate(ordered)}
    if band_id not in ranks:
        return UNBANDED
    return BAND_MARKS[min(ranks[band_id], len(BAND_MARKS) - 1)]


def tint(colour: str, share: float = TINT) -> str:
    """Mix a colour with white, solid, so that it survives formats without transparency.

    >>> tint("#000000", 0.5)
    '#808080'
    """
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))
