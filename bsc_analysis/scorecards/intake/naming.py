"""Values by name: what a file calls a perspective, an indicator or a polarity becomes the id that rules know it by.

A name is taken when it is an id, a label or a short name of the rule set, or a word of the vocabulary. A near miss is
offered in the fault, and never taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bsc_analysis.errors import Fault, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.scorecards.intake.cells import shown
from bsc_analysis.scorecards.intake.vocabulary import WHOLE_YEAR, Vocabulary, plain, slip_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.intake.vocabulary import Section
    from bsc_analysis.scorecards.rules import RuleSet

UNKNOWN = "{place}: got {got}, allowed: {allowed}"
NEARLY = "{place}: got {got}, did you mean {guess}? Allowed: {allowed}"
_CLOSED: tuple[Section, ...] = ("polarity", "validity", "control", "kind", "consolidation", "intervention")


@dataclass(frozen=True, slots=True)
class WordValues:
    """Words that stand for a value in columns of figures; case and spaces do not matter.

    >>> from fractions import Fraction
    >>> WordValues((("4 of 5", Fraction(4)),)).value("4  OF 5")
    Fraction(4, 1)
    """

    steps: tuple[tuple[str, Fraction], ...] = ()

    def value(self, text: str) -> Fraction | None:
        """Return the value of a word; None for one that stands in no scale, or in two with different values."""
        found = {value for word, value in self.steps if _same(word) == _same(text)}
        return found.pop() if len(found) == 1 else None

    @property
    def words(self) -> tuple[str, ...]:
        """All words, each once."""
        return tuple(dict.fromkeys(word for word, _ in self.steps))


@dataclass(frozen=True, slots=True)
class Names:
    """The values that one column may have, and by which plain names files call them.

    Parameters
    ----------
    ids
        The values.
    called
        Plain names with the value each stands for; of two equal names the later one holds.
    others
        What becomes of a text that is not among the names: it is refused, it is kept, or it is kept unless it is nearly
        one of the names.
    """

    ids: tuple[str, ...]
    called: tuple[tuple[str, str], ...]
    others: Literal["refused", "kept", "kept unless near"]

    def translate(self, texts: Iterable[str]) -> dict[str, str]:
        """Return the id of each text that has one.

        >>> Names(("financial",), (("keuangan", "financial"),), "refused").translate(["Keuangan", "Uang"])
        {'Keuangan': 'financial'}
        """
        known = dict(self.called)
        return {text: known[key] for text in texts if (key := plain(text)) in known}

    def refuse(self, texts: Iterable[str]) -> dict[str, Callable[[Fault], Fault]]:
        """Return, for each text without an id that must not stay, what says so given its place.

        >>> refused = Names(("financial",), (("keuangan", "financial"),), "refused").refuse(["Keuangann"])
        >>> str(refused["Keuangann"](fault("cell {at}", at="B7")))
        "cell B7: got 'Keuangann', did you mean 'financial'? Allowed: financial"
        """
        if self.others == "kept":
            return {}
        known = dict(self.called)
        search = nearest if self.others == "refused" else slip_of
        guesses = {text: search(plain(text), known) for text in texts if text}
        return {
            text: self._refusal(text, known.get(guess, ""))
            for text, guess in guesses.items()
            if guess or self.others == "refused"
        }

    def _refusal(self, text: str, guess: str) -> Callable[[Fault], Fault]:
        got, allowed = shown(text), ", ".join(self.ids)
        if not guess:
            return lambda place: fault(UNKNOWN, place=place, got=got, allowed=allowed)
        return lambda place: fault(NEARLY, place=place, got=got, guess=repr(guess), allowed=allowed)


def word_values(rules: RuleSet | None) -> WordValues:
    """Return the words of a rule set's scales with their values."""
    return WordValues(tuple(step for scale in rules.scales for step in scale.steps) if rules else ())


def names_of(column: str, rules: RuleSet | None, vocabulary: Vocabulary) -> Names | None:
    """Return the names of a column's values, or None for a column whose texts are kept as they are.

    >>> from bsc_analysis.scorecards.intake.vocabulary import packaged_vocabulary
    >>> names_of("polarity", None, packaged_vocabulary()).translate(["Semakin besar semakin baik"])
    {'Semakin besar semakin baik': 'maximize'}
    """
    if column == "perspective":
        return _perspectives(rules, vocabulary)
    if column == "indicator" and rules is not None and rules.indicators:
        labels = [(each.id, each.label, "") for each in rules.indicators]
        return Names(tuple(each.id for each in rules.indicators), _called(labels), "kept")
    if column == "period":
        words = tuple((name, "" if id_ == WHOLE_YEAR else id_) for name, id_ in _words("period", vocabulary))
        return Names(tuple(dict(words).values()), words, "kept unless near")
    if column == "level":
        return Names(vocabulary.meanings("level"), _words("level", vocabulary), "kept")
    for section in _CLOSED:
        if section == column:
            return Names(vocabulary.meanings(section), _words(section, vocabulary), "refused")
    return None


def _perspectives(rules: RuleSet | None, vocabulary: Vocabulary) -> Names:
    words = _words("perspective", vocabulary)
    if rules is None:
        return Names(vocabulary.meanings("perspective"), words, "kept unless near")
    ids = (*(each.id for each in rules.perspectives), *rules.left_out)
    own = _called([(each.id, each.label, each.short) for each in rules.perspectives])
    common = tuple((name, id_) for name, id_ in words if id_ in ids)
    left_out = tuple((plain(id_), id_) for id_ in rules.left_out)
    return Names(ids, (*common, *left_out, *own), "refused")


def _called(entries: Iterable[tuple[str, Label, str]]) -> tuple[tuple[str, str], ...]:
    """Return the plain names of rule-set entries; an id goes before a label, a label before a short name."""
    named = [(id_, (short, label.en, label.id, id_)) for id_, label, short in entries]
    ranks = [[(plain(names[rank]), id_) for id_, names in named if plain(names[rank])] for rank in range(4)]
    return tuple(pair for rank in ranks for pair in rank)


def _words(section: Section, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    return tuple((plain(each.word), each.meaning) for each in vocabulary.terms if each.section == section)


def _same(text: str) -> str:
    return " ".join(text.casefold().split())
