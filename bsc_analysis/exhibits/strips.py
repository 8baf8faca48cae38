"""Strip charts: rows of marks along one scale, words to the left and numbers to the right; what they show and how wide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.lettering import height_of, width_of, wrap
from bsc_analysis.exhibits.style import DOUBLE, MARGIN, NAME, SMALL

if TYPE_CHECKING:
    from bsc_analysis.exhibits.style import Mark

NAME_WIDTH, HEADER_WIDTH = 46.0, 17.0  # mm, the widest before words break
OVERHANG = 5.0  # mm, for the numbers at both ends of the scale
ROW, WORDS_ROW, GAP = 4.3, 3.6, 3.0  # mm
BLOCK_GAP = 2.6
MARK_WIDTH = 3.4


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark at a place on the scale, with the range it can lie in."""

    at: float
    mark: Mark
    bar: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A word or number to the right of a line, with the mark it explains."""

    text: str = ""
    mark: Mark | None = None
    strong: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its label, its marks on the scale or the words that stand there instead, and its cells."""

    label: str
    dots: tuple[Dot, ...]
    cells: tuple[Cell, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """A name and its lines; a thin line joins the marks of lines that follow each other."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the scale with a meaning: its word, its ends and its mark."""

    word: str
    lower: float
    upper: float
    mark: Mark

    def within(self, scale: Scale) -> Zone | None:
        """Return the part of the zone that the scale shows, or None where it shows none of it."""
        lower, upper = max(self.lower, scale.lower), min(self.upper, scale.upper)
        return Zone(self.word, lower, upper, self.mark) if lower < upper else None

    @property
    def middle(self) -> float:
        """Where the word belongs."""
        return (self.lower + self.upper) / 2


@dataclass(frozen=True, slots=True)
class Block:
    """Strips that share zones; blocks stand apart, with a rule between them where ``ruled``.

    ``named`` says whether the words of the zones stand above this block.
    """

    title: str
    strips: tuple[Strip, ...]
    zones: tuple[Zone, ...] = ()
    named: bool = True
    ruled: bool = False

    def seen(self, scale: Scale) -> tuple[Zone, ...]:
        """Return the zones as far as the scale shows them."""
        return tuple(part for zone in self.zones if (part := zone.within(scale)) is not None)


@dataclass(frozen=True, slots=True)
class Scale:
    """The horizontal scale: what it shows, where it is numbered, and what it measures.

    ``lines`` are values marked by a firm line, ``dashed`` ones by a dashed line; the label says what they are.
    """

    lower: float
    upper: float
    ticks: tuple[tuple[float, str], ...]
    label: str
    lines: tuple[float, ...] = ()
    dashed: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class StripChart:
    """Everything a strip chart shows. ``columns`` are the headers of the cells, ``notes`` stand below.

    Widths are in mm: of the figure, and the widest that labels and cells may be before their words break.
    """

    title: str
    blocks: tuple[Block, ...]
    scale: Scale
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    width: float = DOUBLE
    label_width: float = 30.0
    cell_width: float = 36.0


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide the columns of a chart are, in mm: names, labels, the plot, and each column of cells.

    ``header`` is the number of lines that the columns' headers take.
    """

    name: float
    label: float
    cells: tuple[float, ...]
    plot: float
    header: int

    @property
    def left(self) -> float:
        """Everything to the left of the plot."""
        return self.name + self.label + 2 * GAP

    @property
    def right(self) -> float:
        """Everything to the right of the plot."""
        return sum(self.cells) + GAP * (len(self.cells) + 1)

    @property
    def starts(self) -> tuple[float, ...]:
        """Where each column of cells begins, from the right edge of the plot."""
        return tuple(GAP + sum(self.cells[:place]) + GAP * place for place in range(len(self.cells)))


def measure_columns(chart: StripChart) -> Widths:
    """Give words the width they need, up to a limit, and the plot what remains."""
    strips = [strip for block in chart.blocks for strip in block.strips]
    lines = [line for strip in strips for line in strip.lines]
    name = max((width_of(strip.name, NAME) for strip in strips), default=0.0)
    label = max((width_of(line.label, SMALL) for line in lines), default=0.0)
    cells = tuple(
        max(
            width_of(wrap(header, HEADER_WIDTH, SMALL), SMALL),
            *(_cell_width(line.cells[place], chart) for line in lines),
        )
        for place, header in enumerate(chart.columns)
    )
    header = max((wrap(each, HEADER_WIDTH, SMALL).count("\n") + 1 for each in chart.columns), default=0)
    label = min(label, chart.label_width)
    title = max((width_of(block.title, NAME, "bold") for block in chart.blocks), default=0.0)
    words = Widths(max(min(name, NAME_WIDTH), title - label - GAP), label, cells, 0.0, header)
    return replace(words, plot=chart.width - words.left - words.right - 2 * MARGIN - OVERHANG)


def stack_blocks(chart: StripChart, widths: Widths) -> tuple[list[float], float]:
    """Return where each block begins and how high all of them are, in mm."""
    top, tops = 0.0, []
    for block in chart.blocks:
        tops.append(top)
        top += head_height(block, chart, widths) + BLOCK_GAP
        top += sum(strip_height(strip, widths) for strip in block.strips)
    return tops, top - BLOCK_GAP


def head_height(block: Block, chart: StripChart, widths: Widths) -> float:
    """Return the height above a block's strips: its title, the words of its zones, and the headers over the first."""
    lines = [int(bool(block.title))]
    if block.named:
        lines += [word.level + 1 for word in place_words(block, chart.scale, widths)]
    if block is chart.blocks[0]:
        lines.append(widths.header)
    return max(lines) * WORDS_ROW + 1.0 if any(lines) else 0.0


def strip_height(strip: Strip, widths: Widths) -> float:
    """Return a strip's height: its lines, or its name where that breaks into more."""
    name = height_of(wrap(strip.name, widths.name, NAME), NAME)
    gap = GAP / 2 if len(strip.lines) > 1 else GAP / 4
    return max(sum(line_height(line, widths) for line in strip.lines), name) + gap


def line_height(line: Line, widths: Widths) -> float:
    """Return a line's height: one row, or more where its label or a cell breaks."""
    texts = [wrap_cell(cell, width) for cell, width in zip(line.cells, widths.cells, strict=True)]
    texts.append(wrap(line.label, widths.label, SMALL))
    return max(ROW, *(height_of(text, SMALL) + 0.6 for text in texts))


def wrap_cell(cell: Cell, width: float) -> str:
    """Break a cell's words to its column; an aligned number keeps its padding."""
    aligned = cell.text.strip() != cell.text
    return cell.text if aligned else wrap(cell.text, width - (MARK_WIDTH if cell.mark else 0.0), SMALL)


def word_width(zone: Zone) -> float:
    """Return the width of a zone's mark and word."""
    return width_of(zone.word, SMALL) + MARK_WIDTH


def place_words(block: Block, scale: Scale, widths: Widths) -> list[Word]:
    """Place the word of each seen zone on as few lines as can be, none on another, nor across another's lead.

    Words may reach out over the columns beside the plot where those have no headers.
    """
    seen = block.seen(scale)
    per_mm = (scale.upper - scale.lower) / widths.plot
    for lines in range(1, len(seen) + 1):
        options = [
            [word for level in range(lines) for word in _options(zone, level, scale, widths)] for zone in seen
        ]
        placed = _choose([], options, per_mm)
        if placed is not None:
            return placed
    return [
        Word(level, zone.lower, zone.lower + word_width(zone) * per_mm, zone.middle)
        for level, zone in enumerate(seen)
    ]


@dataclass(frozen=True, slots=True)
class Word:
    """A word above the zones: its line, its ends, and where its lead comes down."""

    level: int
    start: float
    end: float
    lead: float

    def clashes(self, other: Word, gap: float) -> bool:
        """Whether two words come closer than the gap, or the lead of the upper one runs through the lower one."""
        if self.level == other.level:
            return self.start < other.end + 2 * gap and other.start < self.end + 2 * gap
        upper, lower = (self, other) if self.level > other.level else (other, self)
        return lower.start - gap < upper.lead < lower.end + gap


def _options(zone: Zone, level: int, scale: Scale, widths: Widths) -> list[Word]:
    """Return where a word can stand on a line: centred over its lead, or reaching out to one side of it."""
    per_mm = (scale.upper - scale.lower) / widths.plot
    left = widths.label + GAP if level else 0.0
    right = widths.right if level >= widths.header else 0.0
    lower, upper = scale.lower - left * per_mm, scale.upper + right * per_mm
    width, lead = word_width(zone) * per_mm, zone.middle
    inside = min(max(lead - width / 2, scale.lower), scale.upper - width)
    starts = dict.fromkeys((inside, lead - width / 2, lead - per_mm, lead - width + per_mm))
    return [
        Word(level, start, start + width, lead)
        for start in starts
        if lower <= start and start + width <= upper
    ]


def _choose(placed: list[Word], options: list[list[Word]], gap: float) -> list[Word] | None:
    """Take one option for each zone so that none clashes, trying the first ones first."""
    if not options:
        return placed
    for word in options[0]:
        if not any(word.clashes(other, gap) for other in placed):
            found = _choose([*placed, word], options[1:], gap)
            if found is not None:
                return found
    return None


def _cell_width(cell: Cell, chart: StripChart) -> float:
    width = width_of(cell.text, SMALL, "bold" if cell.strong else "normal") + (
        MARK_WIDTH if cell.mark else 0.0
    )
    return min(width, chart.cell_width)
