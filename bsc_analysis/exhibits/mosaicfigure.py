"""The mosaic of social intervention: a column for each perspective, as wide as its share, divided by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.patches import Patch, Rectangle

from bsc_analysis.evidence.interventions import UNTAGGED
from bsc_analysis.evidence.schemedocument import LEVELS
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.interventionwords import (
    read_interventions,
    say_counted,
    say_remarks,
    say_scheme,
    say_strength,
    say_tag,
)
from bsc_analysis.exhibits.lettering import LINE_SPACING, height_of, width_of, wrap
from bsc_analysis.exhibits.pathcaptions import in_both, join
from bsc_analysis.exhibits.scorelines import write_percent
from bsc_analysis.exhibits.stripdrawing import add_words
from bsc_analysis.exhibits.style import (
    DOUBLE,
    HAIR,
    MARGIN,
    NAME,
    PAPER,
    RULE,
    SMALL,
    TITLE,
    drawing,
    new_figure,
    quiet_axis,
    settle,
    tint,
)
from bsc_analysis.exhibits.tablerows import name_perspectives
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bsc_analysis.evidence.interventions import Interventions
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studies import Study

SIDE, AROUND = 16.0, 16.0  # mm: left of the columns; title, scale and gaps
PLOT, KEY_ROW = 78.0, 4.5  # mm
GAP = 1.6  # mm, between columns
PAD = 1.2  # mm, around words in a tile
HEAD_LINES = 3  # a column's name has at most so many, or gives way to its short one
STRONG = 0.35  # how much of its colour a tile keeps


@dataclass(frozen=True, slots=True)
class Look:
    """How the tiles of a level look: colour, and hatching that tells them apart in grey."""

    colour: str
    hatch: str


LOOKS = {
    "micro": Look("#0072b2", "..."),
    "mezzo": Look("#e69f00", "///"),
    "macro": Look("#009e73", "xxx"),
    UNTAGGED: Look(RULE, ""),
}


@dataclass(frozen=True, slots=True)
class _Tile:
    """One tile: its level and count, and where it stands in mm and in percent of its column."""

    level: str
    count: int
    whole: int
    left: float
    width: float
    lower: float
    upper: float

    @property
    def height(self) -> float:
        """How high the tile is, in mm."""
        return (self.upper - self.lower) / 100 * PLOT

    def fits(self, words: str) -> bool:
        """Whether words stand inside with some room around them."""
        return width_of(words, SMALL) + PAD <= self.width and height_of(words, SMALL) + PAD / 2 <= self.height


@dataclass(frozen=True, slots=True)
class _Column:
    """One perspective: its name as it stands above, and its tiles from below."""

    name: str
    head: str
    tiles: tuple[_Tile, ...]


def intervention_figure(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Draw the mosaic of perspectives and levels of social intervention.

    The width of a column is the share of its perspective in the distinct indicators, the height of a tile the share of a
    level in the column, untagged ones at the top. What is too small for its number is named below. Absent where there are
    no records or nothing is tagged.

    Raises
    ------
    DataError
        When a tag is no level.
    """
    found = read_interventions(study, language)
    if isinstance(found, Absent):
        return found

    def make(spoken: Language) -> Figure:
        return _draw(found, study, provenance, spoken)

    caption = in_both(lambda each: _caption(found, study, each))
    alt = in_both(lambda each: _alt(found, study, each))
    return Exhibit("figure", make, caption, alt, provenance, language)


def _draw(found: Interventions, study: Study, origin: Provenance, language: Language) -> Figure:
    columns = _columns(found, study.rules, language)
    notes = "\n".join(
        wrap(each, DOUBLE - 3 * MARGIN, SMALL) for each in _notes(found, columns, origin, language)
    )
    title = study.label.say(language)
    head = max(height_of(column.head, NAME) for column in columns) + PAD
    height = PLOT + head + KEY_ROW + AROUND + height_of(notes, SMALL) + height_of(title, TITLE)
    with drawing():
        figure = new_figure(DOUBLE, height)
        add_words(figure, title, notes)
        places = figure.add_gridspec(3, 1, height_ratios=[KEY_ROW, head, PLOT])
        _draw_key(figure.add_subplot(places[0]), found, language)
        axes = figure.add_subplot(places[2])
        _scale(axes, language)
        for column in columns:
            _draw_column(axes, column, language)
        return settle(figure)


def _columns(found: Interventions, rules: RuleSet, language: Language) -> tuple[_Column, ...]:
    table = found.indicators
    names = name_perspectives(table.rows, rules, language)
    room = DOUBLE - 2 * MARGIN - SIDE - GAP * (len(names) - 1)
    columns, left = [], 0.0
    for id_, name, counts in zip(table.rows, names, table.counts.tolist(), strict=True):
        width = room * sum(counts) / table.total
        tiles, lower = [], 0.0
        for level, count in zip(table.columns, counts, strict=True):
            upper = lower + 100 * count / sum(counts)
            tiles.append(_Tile(level, count, sum(counts), left, width, lower, upper))
            lower = upper
        head = _head(name, rules.perspective(id_).short, sum(counts), width, language)
        columns.append(_Column(name, head, tuple(tiles)))
        left += width + GAP
    return tuple(columns)


def _head(name: str, short: str, count: int, width: float, language: Language) -> str:
    """Return a column's name over its count; the short name where the column is narrow, nothing where it is too narrow."""
    counted = say("n = {count}", language, count=format_number(count, 0, language))
    for tried in (wrap(name, width, NAME), short):
        if tried.count("\n") < HEAD_LINES and width_of(f"{tried}\n{counted}", NAME) <= width:
            return f"{tried}\n{counted}"
    return ""


def _draw_key(axes: Axes, found: Interventions, language: Language) -> None:
    axes.axis("off")
    shown = [level for level in LOOKS if sum(found.indicators.column(level))]
    handles = [Patch(label=say_tag(level, language), **_paint(level)) for level in shown]
    axes.legend(handles=handles, loc="upper left", ncols=len(handles), frameon=False, fontsize=SMALL, handlelength=2.4,
                handleheight=1.1, columnspacing=2.0, borderpad=0, borderaxespad=0).set_in_layout(False)  # fmt: skip


def _scale(axes: Axes, language: Language) -> None:
    axes.set_xlim(0, DOUBLE - 2 * MARGIN - SIDE)
    axes.set_ylim(0, 100)
    axes.set_xticks([])
    axes.set_yticks([0, 25, 50, 75, 100], [write_percent(at / 100, language) for at in (0, 25, 50, 75, 100)])
    quiet_axis(axes, "y")
    axes.set_ylabel(say("share of the perspective's indicators", language), fontsize=SMALL)
    axes.set_xlabel(
        say("width: share of the perspective in all distinct indicators", language), fontsize=SMALL
    )
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)


def _draw_column(axes: Axes, column: _Column, language: Language) -> None:
    first = column.tiles[0]
    axes.annotate(column.head, (first.left + first.width / 2, 100), (0, 4), textcoords="offset points", size=NAME,
                  ha="center", va="bottom", linespacing=LINE_SPACING, in_layout=False, annotation_clip=False)  # fmt: skip
    for tile in column.tiles:
        if tile.count:
            at = (tile.left, tile.lower)
            axes.add_patch(
                Rectangle(at, tile.width, tile.upper - tile.lower, clip_on=False, **_paint(tile.level))
            )
            box = {"boxstyle": "square,pad=0.12", "fc": PAPER, "ec": "none"}
            axes.text(tile.left + tile.width / 2, (tile.lower + tile.upper) / 2, _words(tile, language), size=SMALL,
                      ha="center", va="center", bbox=box, in_layout=False)  # fmt: skip


def _paint(level: str) -> dict[str, Any]:
    look = LOOKS[level]
    face = PAPER if level == UNTAGGED else tint(look.colour, STRONG)
    return {"fc": face, "ec": look.colour, "hatch": look.hatch, "hatch_linewidth": HAIR, "lw": HAIR}


def _words(tile: _Tile, language: Language) -> str:
    """Return the longest of a tile's words that fit: level, count and share, or less; nothing where nothing fits."""
    count = format_number(tile.count, 0, language)
    word = say_tag(tile.level, language)
    share = write_percent(tile.count / tile.whole, language)
    tried = (f"{word} {count} ({share})", f"{word} {count}", f"{word}\n{count}", count)
    return next((words for words in tried if tile.fits(words)), "")


def _notes(
    found: Interventions, columns: tuple[_Column, ...], origin: Provenance, language: Language
) -> tuple[str, ...]:
    small = [
        f"{column.name}: {_tell(hidden, language)}"
        for column in columns
        if (hidden := tuple(each for each in column.tiles if each.count and not _words(each, language)))
    ]
    unnumbered = (say("Too small for a number: {tiles}.", language, tiles="; ".join(small)),) if small else ()
    narrow = ", ".join(column.name for column in columns if not column.head)
    nameless = (say("Too narrow for a name: {names}.", language, names=narrow),) if narrow else ()
    return (*unnumbered, *nameless, say_strength(found, language), say_scheme(found, language)[0],
            f"{origin.statement.say(language)}.")  # fmt: skip


def _tell(tiles: tuple[_Tile, ...], language: Language) -> str:
    return ", ".join(f"{say_tag(each.level, language)} {each.count}" for each in tiles)


def _caption(found: Interventions, study: Study, language: Language) -> str:
    head = say(
        "Perspectives of {study} by level of social intervention: a column is as wide as the share of its perspective, a tile "
        "as high as the share of its level.",
        language,
        study=study.label.say(language),
    )
    return join(
        head,
        *say_scheme(found, language),
        *say_counted(found, language),
        say_strength(found, language),
        say_remarks(study, language),
    )


def _alt(found: Interventions, study: Study, language: Language) -> str:
    """Tell every perspective's counts by level."""
    opening = say("Mosaic of {count} distinct indicators by perspective and level.", language,
                  count=format_number(found.indicators.total, 0, language))  # fmt: skip
    levels = (*LEVELS, UNTAGGED)
    names = name_perspectives(found.indicators.rows, study.rules, language)
    told = [
        f"{name}: {', '.join(f'{say_tag(level, language)} {count}' for level, count in zip(levels, row, strict=True))}"
        for name, row in zip(names, found.indicators.counts.tolist(), strict=True)
    ]
    return f"{opening} {'; '.join(told)}."
