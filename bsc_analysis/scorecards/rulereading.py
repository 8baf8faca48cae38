"""Rule sets read from TOML: the document becomes a :class:`RuleSet` that is proven, or a report of every fault in it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from bsc_analysis.documents import read_document
from bsc_analysis.errors import Fault, RuleSetError, fault
from bsc_analysis.scorecards.bands import Band, Bands, Gap, prove_cover, prove_pieces, read_interval
from bsc_analysis.scorecards.ruledocument import RuleDocument
from bsc_analysis.scorecards.ruleproofs import prove_rules
from bsc_analysis.scorecards.rulereasons import find_reasons, prove_choices
from bsc_analysis.scorecards.rules import (
    Changes,
    Conversion,
    Factor,
    Indicator,
    Objective,
    Perspective,
    Piece,
    RuleSet,
    Variant,
    WordScale,
    ZeroTarget,
)
from bsc_analysis.scorecards.variants import change

if TYPE_CHECKING:
    from decimal import Decimal

    from bsc_analysis.scorecards.ruledocument import (
        BandDocument,
        BandsDocument,
        ConversionDocument,
        IndicatorDocument,
        PieceDocument,
        ScaleDocument,
        VariantDocument,
        ZeroDocument,
    )

LEVELS: tuple[Literal["achievement", "perspective", "organisation"], ...] = (
    "achievement",
    "perspective",
    "organisation",
)


def parse_rules(text: str, where: str) -> RuleSet:
    """Read a rule set from TOML.

    Raises
    ------
    RuleSetError
        With every fault: unknown keys, weights that do not sum to one, bands with gaps or overlaps, conversions that
        leave achievements without a score.
    """
    document = read_document(text, RuleDocument, where, RuleSetError)
    levels = {level: _bands(document.bands.get(level), f"{where}: bands.{level}") for level in LEVELS}
    own = {
        key: _bands(each, f"{where}: indicator_bands.{key}") for key, each in document.indicator_bands.items()
    }
    converted = [
        _conversion(each, f"{where}: score.conversion.{number}")
        for number, each in enumerate(document.score.conversion)
    ]
    rules = replace(
        _plain(document),
        conversions=tuple(conversion for conversion, _ in converted if conversion),
        achievement_bands=levels["achievement"][0],
        perspective_bands=levels["perspective"][0],
        organisation_bands=levels["organisation"][0],
        indicator_bands=tuple((key, bands) for key, (bands, _) in own.items() if bands),
        reasons=find_reasons(document),
    )
    faults = prove_choices(document, where) + [
        found for _, each in [*levels.values(), *own.values(), *converted] for found in each
    ]
    faults += prove_rules(rules, where, banded=not faults)
    faults += (
        [found for variant in rules.variants for found in _untrue(rules, variant, where)]
        if not faults
        else []
    )
    if faults:
        raise RuleSetError(*faults)
    return rules


def _plain(document: RuleDocument) -> RuleSet:
    """Return the rule set without what has ranges to prove."""
    score, least = document.score, document.missing.least_weight
    return RuleSet(
        id=document.id,
        version=document.version,
        mark=document.mark,
        label=document.name.label,
        citation=document.source.citation,
        place=document.source.place,
        perspectives=tuple(
            Perspective(key, each.weight, each.name.label, each.short)
            for key, each in document.perspectives.items()
        ),
        objectives=tuple(
            Objective(key, each.perspective, each.weight, each.name.label)
            for key, each in document.objectives.items()
        ),
        indicators=tuple(_indicator(key, each) for key, each in document.indicators.items()),
        scale=score.scale,
        minimize=score.minimize,
        stabilize=score.stabilize,
        zero_target=_zero(score.zero_target),
        zero_actual=_exact(score.zero_actual),
        at_possible_maximum=_exact(score.at_possible_maximum),
        cap=_exact(score.cap),
        floor=_exact(score.floor),
        perspective_from=score.perspective_from,
        missing=document.missing.policy,
        least_weight=(Fraction(least.perspective), Fraction(least.organisation)),
        consolidate=document.periods.consolidate if document.periods else None,
        factors=tuple(
            Factor(each.column, tuple((word, Fraction(value)) for word, value in each.values.items()))
            for each in document.factors
        ),
        scales=tuple(_scale(key, each) for key, each in document.scales.items()),
        variants=tuple(_variant(key, each) for key, each in document.variants.items()),
    )


def _indicator(key: str, each: IndicatorDocument) -> Indicator:
    return Indicator(
        id=key,
        perspective=each.perspective,
        weight=each.weight,
        polarity=each.polarity,
        label=each.name.label,
        part_of=each.part_of,
        objective=each.objective,
        target=_exact(each.target),
        consolidate=each.consolidate,
    )


def _scale(key: str, each: ScaleDocument) -> WordScale:
    steps = tuple((text, Fraction(step.value)) for step in each.step for text in step.text)
    return WordScale(key, each.name.label, steps)


def _variant(key: str, each: VariantDocument) -> Variant:
    changes = Changes(
        missing=each.missing,
        minimize=each.minimize,
        stabilize=each.stabilize,
        zero_target=_zero(each.zero_target),
        zero_actual=_exact(each.zero_actual),
        polarity=tuple(each.polarity.items()),
        scale=each.scale,
        cap="none" if each.cap == "none" else _exact(each.cap),
        floor="none" if each.floor == "none" else _exact(each.floor),
        leave_out=each.leave_out,
    )
    return Variant(key, each.name.label, each.source, changes)


def _untrue(rules: RuleSet, variant: Variant, where: str) -> list[Fault]:
    """Say what keeps a variant from being a rule set."""
    try:
        change(rules, variant.changes)
    except RuleSetError as invalid:
        return list(invalid.located(f"{where}: variants.{variant.id}").faults)
    return []


def _bands(document: BandsDocument | None, where: str) -> tuple[Bands | None, list[Fault]]:
    """Build bands in ascending order, and say what keeps them from covering their domain once."""
    if document is None:
        return None, []
    ids = [band.id for band in document.band]
    sentence = "{where}: two bands have the id {got}"
    faults = [
        fault(sentence, where=where, got=repr(each)) for each in dict.fromkeys(ids) if ids.count(each) > 1
    ]
    try:
        bands = Bands(
            domain=read_interval(document.domain),
            bands=tuple(sorted(map(_band, document.band), key=lambda band: band.range.order)),
            gaps=tuple(Gap(read_interval(gap.range), gap.reads_as, gap.source) for gap in document.gap),
        )
    except RuleSetError as unreadable:
        return None, [*faults, *unreadable.located(where).faults]
    return bands, faults or prove_cover(bands, where)


def _band(document: BandDocument) -> Band:
    return Band(
        id=document.id,
        value=Fraction(document.value),
        range=read_interval(document.range),
        label=document.name.label,
        printed=document.printed,
    )


def _conversion(document: ConversionDocument, where: str) -> tuple[Conversion | None, list[Fault]]:
    """Build a conversion in ascending order, and say what keeps it from converting every achievement of its domain."""
    try:
        domain = read_interval(document.domain)
        pieces = [_piece(each) for each in document.piece]
    except RuleSetError as unreadable:
        return None, list(unreadable.located(where).faults)
    pieces.sort(key=lambda piece: piece.range.order)
    return Conversion(tuple(pieces), document.polarity), prove_pieces(
        [p.range for p in pieces], domain, where
    )


def _piece(document: PieceDocument) -> Piece:
    at, to = document.at, document.to
    return Piece(
        read_interval(document.range), (Fraction(at[0]), Fraction(at[1])), (Fraction(to[0]), Fraction(to[1]))
    )


def _zero(document: ZeroDocument | None) -> ZeroTarget | None:
    return None if document is None else ZeroTarget(Fraction(document.met), Fraction(document.missed))


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)
