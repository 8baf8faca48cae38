"""A rule set, its proofs and a comparison of rule sets as lines of text that people can read in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.commands.output import align
from bsc_analysis.commands.scoretext import DECIMALS, NOTHING
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import say, say_fault
from bsc_analysis.scorecards.piecewise import write_exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bsc_analysis.evidence.rulecomparison import Comparison, Judgement
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.proofs import Proof
    from bsc_analysis.scorecards.rules import RuleSet

Row = tuple[str, ...]
_SCALES = {
    "percent": "the achievement in percent of the target",
    "bands": "the value of the band of the achievement",
}
_PARTS = {
    "indicators": "the weighted mean of its indicators",
    "objectives": "the weighted mean of its objectives",
}
_POLICIES = {
    "zero": "counts as zero",
    "renormalise": "does not count; the other weights are renormalised",
    "carry_last": "takes the last known value",
    "refuse": "is refused",
}
_WAYS = {
    "sum": "the sum of its periods",
    "average": "the mean of its periods",
    "last": "its last known period",
}


def list_text(rule_sets: Iterable[RuleSet], language: Language) -> list[str]:
    """Return one line per rule set: id, version, mark, name and variants."""
    head = tuple(
        say(word, language) for word in ("rule set", "version", "mark", "name of the rule set", "variants")
    )
    rows = [
        (r.id, r.version, say(r.mark, language), r.label.say(language), ", ".join(v.id for v in r.variants))
        for r in rule_sets
    ]
    return align([head, *rows])


def rule_text(rules: RuleSet, language: Language) -> list[str]:
    """Return a rule set as a page: what it scores by, and who says so."""
    source = say("Source: {citation}; {place}", language, citation=rules.citation, place=rules.place)
    title = say("{rules}, version {version}, {mark}", language, rules=rules.id, version=rules.version,
                mark=say(rules.mark, language))  # fmt: skip
    return [
        title,
        rules.label.say(language),
        source,
        *_section("Scores", _scoring(rules, language), language),
        *_section("Conversion", _conversion(rules), language),
        *_section("Perspectives", [(p.id, write_exact(p.weight), p.label.say(language)) for p in rules.perspectives], language),
        *_section("Objectives", [(o.id, write_exact(o.weight), o.label.say(language)) for o in rules.objectives], language),
        *_section("Indicators", _indicators(rules, language), language),
        *_section("Weights from words", [(f.column, word, write_exact(v)) for f in rules.factors for word, v in f.values], language),
        *_section("Words with values", [(s.id, text, write_exact(v)) for s in rules.scales for text, v in s.steps], language),
        *_section("Bands", _bands(rules, language), language),
        *_section("Variants", [(v.id, v.label.say(language), v.source) for v in rules.variants], language),
        *_section("Who says so", [(each.key, each.source) for each in rules.reasons], language),
    ]  # fmt: skip


def proof_text(proofs: Sequence[Proof], rules: RuleSet, language: Language) -> list[str]:
    """Return the proofs of a rule set, and of each variant those that come out otherwise."""
    own = [each for each in proofs if each.rules == rules.id]
    lines = [rules.id, *(line for each in own for line in _proof(each, language))]
    known = {(each.name, each.verdict, each.shown, each.counterexample) for each in own}
    for variant in rules.variants:
        name = f"{rules.id}:{variant.id}"
        new = [
            p
            for p in proofs
            if p.rules == name and (p.name, p.verdict, p.shown, p.counterexample) not in known
        ]
        lines.append(name if new else say("{variant}: as the rule set itself", language, variant=name))
        lines += [line for each in new for line in _proof(each, language)]
    return lines


def comparison_text(comparison: Comparison, language: Language) -> list[str]:
    """Return one table: for each indicator achievement → score, for each organisation its score, under every rule set."""
    words = ("unit", "year", "perspective", "indicator")
    head = (*(say(word, language) for word in words), *(rules.id for rules in comparison.rules))
    refused = {each.place for each in comparison.refusals}
    rows: list[tuple[tuple[str, int, int], Row]] = []
    for number, line in enumerate(comparison.indicators):
        cells = _cells(comparison, line.judgements, refused, language)
        rows.append(
            (
                (line.unit, line.year, number),
                (line.unit, str(line.year), line.perspective, line.indicator, *cells),
            )
        )
    last = len(rows)
    for whole in comparison.organisations:
        cells = _cells(comparison, whole.judgements, refused, language)
        rows.append(
            (
                (whole.unit, whole.year, last),
                (whole.unit, str(whole.year), "", say("organisation", language), *cells),
            )
        )
    table = align([head, *(row for _, row in sorted(rows, key=lambda each: each[0]))])
    reasons = [
        line
        for each in comparison.refusals
        for line in (
            say("{rules} cannot score these data:", language, rules=each.rules),
            *("  " + say_fault(one, language) for one in each.faults),
        )
    ]
    return [*table, *([""] if reasons else []), *reasons]


def _section(title: str, rows: list[Row], language: Language) -> list[str]:
    return ["", say(title, language), *align(rows, indent=2)] if rows else []


def _scoring(rules: RuleSet, language: Language) -> list[Row]:
    limits = {
        "highest score": rules.cap,
        "lowest score": rules.floor,
        "score where the highest possible target is met": rules.at_possible_maximum,
        "achievement where the actual is zero": rules.zero_actual,
        "achievement where a target of zero is met": rules.zero_target.met if rules.zero_target else None,
        "achievement where a target of zero is missed": rules.zero_target.missed
        if rules.zero_target
        else None,
    }
    rows = [
        ("score", say(_SCALES[rules.scale], language)),
        ("higher-is-better", "actual / target"),
        ("lower-is-better", rules.minimize or say("not given", language)),
        ("range target", rules.stabilize or say("not given", language)),
        *((name, write_exact(value)) for name, value in limits.items() if value is not None),
        ("perspective", say(_PARTS[rules.perspective_from], language)),
        ("a missing figure", say(_POLICIES[rules.missing], language)),
        (
            "a year",
            say(_WAYS[rules.consolidate], language) if rules.consolidate else say("not given", language),
        ),
    ]
    return [(say(name, language), value) for name, value in rows]


def _conversion(rules: RuleSet) -> list[Row]:
    pieces = [piece for each in rules.conversions for piece in each.pieces]
    points = [
        [f"({write_exact(at)}, {write_exact(to)})" for at, to in zip(p.at, p.to, strict=True)] for p in pieces
    ]
    return [(str(piece.range), " … ".join(ends)) for piece, ends in zip(pieces, points, strict=True)]


def _indicators(rules: RuleSet, language: Language) -> list[Row]:
    return [
        (each.id, each.part_of or each.objective or each.perspective, write_exact(each.weight), each.polarity,
         NOTHING if each.target is None else write_exact(each.target), each.label.say(language))
        for each in rules.indicators
    ]  # fmt: skip


def _bands(rules: RuleSet, language: Language) -> list[Row]:
    levels = [
        ("achievement", rules.achievement_bands),
        ("perspective", rules.perspective_bands),
        ("organisation", rules.organisation_bands),
    ]
    named = [(say(level, language), bands) for level, bands in levels if bands] + list(rules.indicator_bands)
    return [row for name, bands in named for row in _steps(name, bands, language)]


def _steps(name: str, bands: Bands, language: Language) -> Iterator[Row]:
    for band in bands.bands:
        yield name, str(band.range), write_exact(band.value), band.label.say(language)
    for gap in bands.gaps:
        yield (
            name,
            str(gap.range),
            NOTHING,
            say("read as {band}", language, band=bands.named(gap.reads_as).label.say(language)),
        )


def _proof(proof: Proof, language: Language) -> Iterator[str]:
    yield f"  {say(proof.verdict, language)}: {say_fault(proof.name, language)}"
    yield f"    {say_fault(proof.shown, language)}"
    if proof.counterexample is not None:
        yield f"    {say_fault(proof.counterexample, language)}"


def _cells(
    comparison: Comparison, judgements: Sequence[Judgement | None], refused: set[int], language: Language
) -> list[str]:
    return [
        say("refused", language) if place in refused else _cell(judgement, rules, language)
        for place, (rules, judgement) in enumerate(zip(comparison.rules, judgements, strict=True))
    ]


def _cell(judgement: Judgement | None, rules: RuleSet, language: Language) -> str:
    if judgement is None or judgement.score is None:
        return NOTHING
    scored = format_number(judgement.score, DECIMALS[rules.scale], language)
    if judgement.achievement is None:
        return scored
    return f"{format_number(judgement.achievement, DECIMALS['percent'], language)} → {scored}"
