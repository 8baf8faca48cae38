"""Effects as lines of a strip chart: marks of verdicts, their scale, the zone of what is too small, and numbers that align."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bsc_analysis.exhibits.lettering import align_decimals
from bsc_analysis.exhibits.strips import Scale, Zone
from bsc_analysis.exhibits.style import Mark
from bsc_analysis.language.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.smalleffects import Verdict

VERDICT_MARKS: dict[Verdict, Mark] = {
    "relevant": Mark("#0072b2", "o"),
    "negligible": Mark("#4d4d4d", "s", filled=False),
    "inconclusive": Mark("#e69f00", "D"),
}
NOTHING = "–"
FARTHEST = 1.2  # a standardised effect beyond stands at the edge and points onwards
ROOM = 0.06  # of the scale, beyond the last mark
STEPS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST_TICKS = 7
SESOI_ROOM = 1.5  # the scale shows at least so many times the smallest effect of interest
Estimate = tuple[float, float, float]  # with the lower and the upper end of its interval


def effect_scale(ends: Iterable[float], sesoi: float, label: str, language: Language) -> Scale:
    """Choose the scale of standardised effects: all of them, the zone of what is too small, and round numbers.

    >>> scale = effect_scale([0.02, 0.61], 0.1, "beta", "en")
    >>> [text for _, text in scale.ticks], scale.dashed
    (['0', '0.2', '0.4', '0.6'], (-0.1, 0.1))
    """
    limit = max(FARTHEST, SESOI_ROOM * sesoi)
    seen = [-SESOI_ROOM * sesoi, SESOI_ROOM * sesoi, *(each for each in ends if math.isfinite(each))]
    lower, upper = max(min(seen), -limit), min(max(seen), limit)
    room = ROOM * (upper - lower)
    lower, upper = lower - room, upper + room
    ticks = tuple((at, write_tick(at, language)) for at in round_numbers(lower, upper))
    return Scale(lower, upper, ticks, label, lines=(0.0,), dashed=(-sesoi, sesoi))


def round_numbers(lower: float, upper: float, most: int = MOST_TICKS) -> tuple[float, ...]:
    """Return round numbers within a stretch, 0 among them if it holds 0, and not more than so many.

    >>> round_numbers(-0.16, 0.64)
    (0.0, 0.2, 0.4, 0.6)
    """
    for step in STEPS:
        first, last = math.ceil(lower / step), math.floor(upper / step)
        if last - first < most:
            break
    return tuple(round(at * step, 2) for at in range(first, last + 1))


def sesoi_zone(sesoi: float, language: Language) -> Zone:
    """Return the zone of effects that are smaller than the smallest effect of interest.

    >>> sesoi_zone(0.1, "id").word
    'SESOI ±0,10'
    """
    return Zone(f"SESOI {write_yardstick(sesoi, language)}", -sesoi, sesoi, VERDICT_MARKS["negligible"])


def write_yardstick(sesoi: float, language: Language) -> str:
    """Write the smallest effect of interest, as large either way.

    >>> write_yardstick(0.1, "id")
    '±0,10'
    """
    return "±" + format_number(sesoi, 2 if round(sesoi, 2) == sesoi else 3, language)


def write_effect(value: float, decimals: int, language: Language) -> str:
    """Write an estimate; a dash where there is none.

    >>> write_effect(-0.0471, 3, "id"), write_effect(float("nan"), 3, "id")
    ('−0,047', '–')
    """
    if not math.isfinite(value):
        return NOTHING
    return format_number(value, decimals, language).replace("-", "−")


def write_interval(lower: float, upper: float, decimals: int, language: Language) -> str:
    """Write the ends of an interval.

    >>> write_interval(-0.1, 0.25, 2, "en")
    '[−0.10; 0.25]'
    """
    return f"[{write_effect(lower, decimals, language)}; {write_effect(upper, decimals, language)}]"


def write_estimate(estimate: Estimate, decimals: int, language: Language) -> str:
    """Write an estimate with its interval.

    >>> write_estimate((0.5, 0.25, 0.75), 2, "id")
    '0,50 [0,25; 0,75]'
    """
    value, lower, upper = estimate
    return f"{write_effect(value, decimals, language)} {write_interval(lower, upper, decimals, language)}"


def align_estimates(rows: Sequence[Estimate], decimals: int, language: Language) -> tuple[str, ...]:
    """Write estimates with their intervals so that the estimates' decimal marks stand below each other.

    >>> align_estimates([(0.5, 0.25, 0.75)], 2, "en")
    ('0.50 [0.25; 0.75]',)
    """
    values = align_effects([value for value, _, _ in rows], [decimals] * len(rows), language)
    return tuple(
        f"{value} {write_interval(lower, upper, decimals, language)}"
        for value, (_, lower, upper) in zip(values, rows, strict=True)
    )


def align_effects(values: Sequence[float], decimals: Sequence[int], language: Language) -> tuple[str, ...]:
    """Write estimates, each with its own decimals, so that the decimal marks stand below each other.

    >>> [text.strip() for text in align_effects([-1052.4, 0.00025], [1, 5], "id")]
    ['−1.052,4', '0,00025']
    """
    texts = [write_effect(value, places, language) for value, places in zip(values, decimals, strict=True)]
    return align_decimals(texts, language)


def write_tick(at: float, language: Language) -> str:
    """Write a round number without zeros at the end.

    >>> write_tick(0.05, "en"), write_tick(-0.2, "id"), write_tick(0.0, "en")
    ('0.05', '−0,2', '0')
    """
    decimals = next(places for places in range(3) if places == 2 or round(at, places) == at)
    return write_effect(at, decimals, language)
