"""What a template for a rule set asks for: its columns, what goes into each, which values are allowed, and examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.language.words import say
from bsc_analysis.scorecards.observations import REQUIRED

if TYPE_CHECKING:
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.rules import Polarity, RuleSet

# Headers are words that intake knows, in both languages.
HEADERS = {
    "unit": "Unit",
    "parent": "Parent Unit",
    "level": "Level",
    "year": "Year",
    "period": "Period",
    "perspective": "Perspective",
    "objective": "Strategic Objective",
    "indicator": "Indicator",
    "weight": "Weight",
    "polarity": "Polarity",
    "target": "Target",
    "actual": "Actual",
    "unit_of_measure": "Unit of Measure",
    "validity": "Validity",
    "control": "Control",
    "kind": "Indicator Kind",
    "possible_maximum": "Maximum Value",
}
EXPLANATIONS = {
    "unit": "The organisation that is scored, called the same in every row.",
    "parent": "The unit above it in the cascade; empty for the highest one.",
    "level": "The level of the unit, such as echelon I; may stay empty.",
    "year": "The year in four digits, such as 2025.",
    "period": "Empty for a figure of the whole year; else the quarter, semester or month, one row for each.",
    "perspective": "One of the perspectives of the rule set; choose it from the list.",
    "objective": "The strategic objective that the indicator belongs to; may stay empty.",
    "indicator": "The name of the indicator, the same in every year.",
    "weight": "How much the indicator counts in its perspective: a number above 0; 1 everywhere where all count alike.",
    "polarity": "Which direction is better; choose it from the list. Empty means that higher is better.",
    "target": "The figure that is to be reached.",
    "actual": "The figure that was reached. Leave it empty where there is none; write 0 only where 0 was measured.",
    "unit_of_measure": "What target and actual are counted in, such as % or people; may stay empty.",
    "validity": "How directly the indicator measures what it is for; choose it from the list.",
    "control": "How far its owner can move the indicator; choose it from the list.",
    "kind": "What the indicator measures, from input to outcome; choose it from the list.",
    "possible_maximum": "The highest value that can be reached at all; empty where there is none.",
}
FILLED = "Every row needs it."
LISTED_INDICATOR = "One of the indicators of the rule set; choose it from the list."
RANGED_TARGET = "The figure that is to be reached, or a range such as 70-80 that is to be kept."
POLARITY_WORDS: dict[Polarity, str] = {
    "maximize": "Higher is better",
    "minimize": "Lower is better",
    "stabilize": "Closer to target is better",
}
MISSING = {
    "zero": "A missing figure counts as 0 in the score.",
    "renormalise": "A missing figure does not count; the weights of the others are taken in proportion.",
    "carry_last": "For a missing figure the last one that is known counts.",
    "refuse": "No figure may be missing.",
}
PERIODS = {
    "sum": "The figures of periods are added up to the year.",
    "average": "The year is the mean of its periods.",
    "last": "The year is what its last known period says.",
}
NO_PERIODS = "One row for each unit, year and indicator."
NUMBERS = "Write numbers as numbers, without words: the unit of measure has a column of its own."
CATEGORIES = "A target or an actual may also be one of the words of the rule set: {words}."
EXAMPLE_FIGURES = (("100", "92"), ("80", "84"))
EXAMPLE_YEAR = "2025"


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column of a template: its canonical name, its header, what goes into it, and what is allowed.

    ``allowed`` is empty where any value may stand; ``examples`` are what the guide shows; ``required`` says that the
    column must not be taken out.
    """

    name: str
    header: str
    explanation: str
    allowed: tuple[str, ...] = ()
    examples: tuple[str, ...] = ("", "")
    required: bool = False


def template_columns(rules: RuleSet, language: Language) -> tuple[TemplateColumn, ...]:
    """Return the columns that a rule set asks for, with words in the language.

    >>> from bsc_analysis.files import read_rules
    >>> [each.header for each in template_columns(read_rules("bantaeng"), "en") if each.required]
    ['Unit', 'Year', 'Perspective', 'Indicator', 'Target', 'Actual']
    """
    needed = {"weight", *(each.column for each in rules.factors)}
    filled = {"unit", "year", "perspective", "indicator", *needed}
    explanations = {
        name: (text, FILLED) if name in filled else (text,)
        for name, text in (EXPLANATIONS | _fitted(rules)).items()
    }
    allowed, examples = _allowed(rules, language), _examples(rules, language)
    return tuple(
        TemplateColumn(
            name,
            say(HEADERS[name], language),
            " ".join(say(each, language) for each in explanations[name]),
            allowed.get(name, ()),
            examples.get(name, ("", "")),
            required=name in needed | set(REQUIRED),
        )
        for name in _names(rules)
    )


def advice(rules: RuleSet, language: Language) -> tuple[str, ...]:
    """Return what to know about numbers, missing figures and periods under a rule set."""
    sentences = [say(NUMBERS, language), say(MISSING[rules.missing], language)]
    sentences.append(say(PERIODS[rules.consolidate] if rules.consolidate else NO_PERIODS, language))
    if rules.scales:
        words = ", ".join(text for scale in rules.scales for text, _ in scale.steps)
        sentences.append(say(CATEGORIES, language, words=words))
    return tuple(sentences)


def _names(rules: RuleSet) -> list[str]:
    listed = bool(rules.indicators)
    periodic = rules.consolidate is not None or any(each.consolidate for each in rules.indicators)
    wanted = {
        "period": periodic,
        "objective": not listed,
        "weight": not listed and not rules.factors,
        "polarity": not listed and len(_polarities(rules)) > 1,
        "possible_maximum": rules.at_possible_maximum is not None,
        **{
            name: any(each.column == name for each in rules.factors)
            for name in ("validity", "control", "kind")
        },
    }
    return [name for name in HEADERS if wanted.get(name, True)]


def _fitted(rules: RuleSet) -> dict[str, str]:
    fitted = {"indicator": LISTED_INDICATOR} if rules.indicators else {}
    return fitted | ({"target": RANGED_TARGET} if rules.stabilize else {})


def _polarities(rules: RuleSet) -> list[Polarity]:
    known: dict[Polarity, bool] = {
        "maximize": True,
        "minimize": rules.minimize is not None,
        "stabilize": rules.stabilize is not None,
    }
    return [name for name, has_formula in known.items() if has_formula]


def _allowed(rules: RuleSet, language: Language) -> dict[str, tuple[str, ...]]:
    return {
        "perspective": tuple(each.label.say(language) for each in rules.perspectives),
        "indicator": tuple(each.label.say(language) for each in rules.indicators),
        "polarity": tuple(say(POLARITY_WORDS[each], language) for each in _polarities(rules)),
        "period": ("Q1", "Q2", "Q3", "Q4", "S1", "S2", *(f"M{month:02}" for month in range(1, 13))),
        **{each.column: tuple(word for word, _ in each.values) for each in rules.factors},
    }


def _examples(rules: RuleSet, language: Language) -> dict[str, tuple[str, str]]:
    """Return two rows as they might be filled in, column by column."""
    perspective = rules.perspectives[0]
    listed = rules.headlines(perspective.id)
    names = [each.label.say(language) for each in (*listed, *listed)[:2]] or [
        say("Name of an indicator", language),
        say("Name of another indicator", language),
    ]
    unit = say("Name of a unit", language)
    first = {name: (values[0], values[0]) for name, values in _allowed(rules, language).items() if values}
    return first | {
        "unit": (unit, unit),
        "year": (EXAMPLE_YEAR, EXAMPLE_YEAR),
        "indicator": (names[0], names[1]),
        "weight": ("0.6", "0.4") if language == "en" else ("0,6", "0,4"),
        "target": (EXAMPLE_FIGURES[0][0], EXAMPLE_FIGURES[1][0]),
        "actual": (EXAMPLE_FIGURES[0][1], EXAMPLE_FIGURES[1][1]),
        "unit_of_measure": ("%", "%"),
    }
