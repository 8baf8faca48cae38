"""Scores as lines of a strip chart: bands as zones, numbers as cells, and the notes both score figures share."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.strips import Scale, Zone
from bsc_analysis.exhibits.style import mark_band
from bsc_analysis.language.numbers import format_number, round_half_up
from bsc_analysis.language.words import Language, say
from bsc_analysis.scorecards.bands import INFINITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import MissingPolicy, RuleSet

BAND_DECIMALS, PERCENT_DECIMALS = 4, 2  # the most that is shown; zeros at the end are dropped
ACHIEVEMENT_SHOWN = (-20.0, 260.0)  # percent; a mark beyond stands at the edge and points onwards
STEP, END = 10, 5  # percent: between round numbers, and what the scale's ends are multiples of
SCORE_ROOM, ACHIEVEMENT_ROOM = 4, 8  # percent, beyond the last marks and edges
CLOSEST, CLOSEST_ROUND = 1 / 14, 1 / 9  # of the scale, from an edge or a round number to others below it


def band_zones(bands: Bands | None, language: Language) -> tuple[Zone, ...]:
    """Turn bands into zones that leave no gap: the lowest and the highest reach beyond the domain."""
    if bands is None:
        return ()
    edges = [float(bands.extent(band).lower) for band in bands.bands[1:]]
    lowers, uppers = [-float(INFINITY), *edges], [*edges, float(INFINITY)]
    return tuple(
        Zone(band.label.say(language), lower, upper, mark_band(bands, band.id))
        for band, lower, upper in zip(bands.bands, lowers, uppers, strict=True)
    )


def band_word(bands: Bands | None, band_id: str | None, language: Language) -> str:
    """Say the name of a band, or that the rule set has none."""
    if bands is None or band_id is None:
        return say("no band", language)
    return bands.named(band_id).label.say(language)


def score_scale(rules: RuleSet, scores: Sequence[float], language: Language) -> Scale:
    """Choose the scale of scores: band values as whole numbers, percents around the edges of the bands."""
    if rules.scale == "bands":
        values = [float(band.value) for bands in _value_bands(rules) for band in bands.bands]
        lower, upper = floor(min([*values, *scores])), max([*values, *scores])
        ticks = tuple((at, format_number(at, 0, language)) for at in range(lower, floor(upper) + 1))
        return Scale(lower - 0.15, upper + 0.35, ticks, say("score (band value)", language))
    edges = [*_edges(rules.perspective_bands), *_edges(rules.organisation_bands)]
    if rules.conversions:
        label = say("score (converted from the achievement)", language)
    elif rules.cap is None:
        label = say("score (% of target)", language)
    else:
        cap = format_number(rules.cap, 0, language)
        label = say("score (% of target; dashed line: cap at {cap} %)", language, cap=cap)
    return _percent_scale([*scores, *edges], edges, rules, label, language, room=SCORE_ROOM)


def achievement_scale(rules: RuleSet, achievements: Sequence[float], language: Language) -> Scale:
    """Choose the scale of achievements, numbered at the edges of the bands, with lines at 100 % and at the cap."""
    edges = _edges(rules.achievement_bands)
    if rules.cap is None:
        label = say("achievement (% of target; line: target reached)", language)
    else:
        label = say(
            "achievement (% of target; line: target reached, dashed line: cap at {cap} %)",
            language,
            cap=format_number(rules.cap, 0, language),
        )
    return _percent_scale(
        [*achievements, *edges, 100.0], edges, rules, label, language, room=ACHIEVEMENT_ROOM, lines=(100.0,)
    )


def score_decimals(rules: RuleSet) -> int:
    """Return the most decimals a score of this rule set is shown with."""
    return BAND_DECIMALS if rules.scale == "bands" else PERCENT_DECIMALS


def write_number(value: float, most: int, language: Language) -> str:
    """Write a number with at most so many decimals, without zeros at the end.

    >>> write_number(2.1624999999999996, 4, "en"), write_number(3.0, 4, "id"), write_number(97.5, 2, "id")
    ('2.1625', '3', '97,5')
    """
    rounded = round_half_up(value, most)
    decimals = next(places for places in range(most + 1) if round(rounded, places) == rounded)
    return format_number(rounded, decimals, language)


def write_change(change: float, most: int, language: Language) -> str:
    """Write a change with its sign.

    >>> write_change(-0.35, 4, "en"), write_change(0.0, 4, "en")
    ('−0.35', '0')
    """
    size = write_number(abs(change), most, language)
    return size if size == "0" else f"{'+' if change > 0 else '−'}{size}"


def write_percent(share: float, language: Language) -> str:
    """Write a share in percent.

    >>> write_percent(0.75, "id")
    '75 %'
    """
    return f"{write_number(100 * share, 1, language)} %"


def say_missing(rules: RuleSet, language: Language) -> str:
    """Say what the missing policy makes of a figure that is not there."""
    sentences = {
        "zero": say("What is missing counts as 0.", language),
        "renormalise": say("What is missing is left out, and its weight is shared among the rest.", language),
        "carry_last": say(
            "What is missing stands at what was last measured, and is left out before that.", language
        ),
        "refuse": say("Nothing may be missing.", language),
    }
    return sentences[rules.missing]


def say_absent(rules: RuleSet, language: Language) -> str:
    """Say that there is no data, and what the missing policy makes of that."""
    words = {
        "zero": say("no data, counted as 0", language),
        "renormalise": say("no data, left out", language),
        "carry_last": say("no data yet, left out", language),
        "refuse": say("no data", language),
    }
    return words[rules.missing]


def say_policy(policy: MissingPolicy, language: Language) -> str:
    """Say the name of a missing policy.

    >>> say_policy("zero", "en"), say_policy("carry_last", "en")
    ('zero', 'carry last')
    """
    words = {
        "zero": say("zero", language),
        "renormalise": say("renormalise", language),
        "carry_last": say("carry last", language),
        "refuse": say("refuse", language),
    }
    return words[policy]


def say_unit(rules: RuleSet, language: Language) -> str:
    """Say what the scores of a rule set are in."""
    if rules.scale == "bands":
        return say("Scores are band values.", language)
    if rules.conversions:
        return say("Scores are converted from achievements in percent of the target.", language)
    if rules.cap is None:
        return say("Scores are in percent of the target.", language)
    return say("Scores are in percent of the target, after the cap.", language)


def _value_bands(rules: RuleSet) -> list[Bands]:
    general = [] if rules.achievement_bands is None else [rules.achievement_bands]
    return [*general, *(bands for _, bands in rules.indicator_bands)]


def _edges(bands: Bands | None) -> list[float]:
    return [] if bands is None else [float(bands.extent(band).lower) for band in bands.bands[1:]]


def _percent_scale(
    shown: Sequence[float],
    edges: Sequence[float],
    rules: RuleSet,
    label: str,
    language: Language,
    *,
    room: float,
    lines: tuple[float, ...] = (),
) -> Scale:
    cap = () if rules.cap is None else (float(rules.cap),)
    least, most = ACHIEVEMENT_SHOWN
    seen = [*shown, *cap] or [100.0]
    lower = max(END * floor((min(seen) - room) / END), least)
    upper = min(END * ceil((max(seen) + room) / END), most)
    ticks = _apart([*lines, *cap, *edges], (), (upper - lower) * CLOSEST)
    rest = (lower, upper) if edges else range(STEP * ceil(lower / STEP), floor(upper) + 1, STEP)
    ticks = sorted(at for at in _apart(rest, ticks, (upper - lower) * CLOSEST_ROUND) if at <= upper)
    return Scale(lower, upper, tuple((at, write_number(at, 1, language)) for at in ticks), label, lines, cap)


def _apart(wanted: Iterable[float], kept: Iterable[float], gap: float) -> list[float]:
    """Add the values that stand far enough from those that are kept already."""
    far = list(kept)
    for value in wanted:
        if all(abs(value - other) >= gap for other in far):
            far.append(value)
    return far
