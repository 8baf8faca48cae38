"""What tables and figures of the cascade say alike: names of parts, and an explained change in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bsc_analysis.exhibits.scorelines import score_decimals, write_change, write_number
from bsc_analysis.language.words import Label, Language, both, say
from bsc_analysis.scorecards.change import EFFECTS, NO_FIRST, NO_YEAR

if TYPE_CHECKING:
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.scorecards.unitchange import Split, UnitChange


LEVEL_WORDS = {
    "minister": "Minister",
    "echelon_1": "Echelon I",
    "echelon_2": "Echelon II",
    "echelon_3": "Echelon III",
    "echelon_4": "Echelon IV",
}


def say_level(level: object, language: Language) -> str:
    """Say the name of a level; one that is not known goes by its own word.

    >>> say_level("echelon_2", "id"), say_level("section", "id")
    ('Eselon II', 'section')
    """
    if not isinstance(level, str):
        return say("no level", language)
    words = {name: say(word, language) for name, word in LEVEL_WORDS.items()}
    return words.get(level, level)


def say_unexplained(change: UnitChange | None) -> Label:
    """Say why there is no change to explain."""
    if change is None:
        return both("There is only one year, so there is no change to explain")
    if change.reason == NO_YEAR:
        return both("{unit} has a score in neither {first} nor {last}, so there is no change to explain",
                    unit=change.unit, first=change.year_from, last=change.year_to)  # fmt: skip
    year = change.year_from if change.reason == NO_FIRST else change.year_to
    return both(
        "{unit} has no score in {year}, so there is no change to explain", unit=change.unit, year=year
    )


def tell_change(change: UnitChange, split: Split, rules: RuleSet, language: Language) -> str:
    """Tell a unit's explained change in words: both scores, the four parts, and each perspective's achievement."""
    decimals = score_decimals(rules)
    scores = [write_number(each or 0.0, decimals, language) for each in (change.score_from, change.score_to)]
    told = say(
        "{unit}: {before} in {first}, {after} in {last}.",
        language,
        unit=change.unit,
        before=scores[0],
        first=change.year_from,
        after=scores[1],
        last=change.year_to,
    )
    effects = ", ".join(
        f"{say(name, language)} {write_change(getattr(split, name), decimals, language)}" for name in EFFECTS
    )
    splits = {each.path[0]: each.split for each in change.perspectives}
    parts = "; ".join(
        f"{each.label.say(language)} {write_change(splits[each.id].achievement, decimals, language)}"
        for each in rules.perspectives
        if each.id in splits
    )
    return f"{told} {say('Of that: {effects}. Achievement by perspective: {parts}.', language, effects=effects, parts=parts)}"


def name_part(path: tuple[str, ...], unit: str, rules: RuleSet, language: Language) -> str:
    """Name what a path leads to, as the rule set does where it lists it; an empty path leads to the unit itself."""
    if not path:
        return unit
    label = rules.name(path[-1])
    return path[-1] if label is None else label.say(language)


def write_score(value: float | None, rules: RuleSet, language: Language) -> str:
    """Write a score with as many decimals as the rule set's scores have; one that is missing is said to be."""
    if value is None or pd.isna(value):
        return say("no data", language)
    return write_number(value, score_decimals(rules), language)
