"""Tables of the audit: every printed figure with its verdict, the counts, the mends, and what is implied."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.evidence.audit import describe_repair
from bsc_analysis.evidence.implied import band_readings, coefficients, implied_paths, implied_scores
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.mending import mend
from bsc_analysis.evidence.sums import show_number, show_range
from bsc_analysis.exhibits.describe import name_figure, name_quantity, name_subject, name_verdict
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say
from bsc_analysis.paths.smalleffects import n_for_power
from bsc_analysis.paths.tracing import explained_variance, trace_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bsc_analysis.evidence.audit import Finding
    from bsc_analysis.studies import Study

Row = tuple[str, str, str, str]


def finding_table(
    findings: tuple[Finding, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate every audited figure: place, subject, printed, recomputed, verdict, the sum, the cause, the repair."""
    if not findings:
        return Absent(both("This study has no printed figures to audit"), language)

    def make(spoken: Language) -> Table:
        ordered = sorted(findings, key=lambda finding: list(Verdict).index(finding.verdict) != _WORST)
        rows = [_finding_row(finding, study, spoken) for finding in ordered]
        return Table(pd.DataFrame(rows))

    counts = Counter(str(finding.verdict) for finding in findings)
    caption = both(
        "Every printed figure of {study} that was transcribed, with its verdict", study=study.label
    )
    alt = both("Table of {count} printed figures: {wrong} contradict, {cut} follow only if truncated, {right} follow",
               count=len(findings), wrong=counts["contradicts"], cut=counts["follows only if truncated"],
               right=counts["follows"])  # fmt: skip
    return Exhibit("table", make, caption, alt, provenance, language)


_WORST = list(Verdict).index(Verdict.CONTRADICTS)


def verdict_table(
    findings: tuple[Finding, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Count the verdicts by place."""
    if not findings:
        return Absent(both("This study has no printed figures to audit"), language)

    def make(spoken: Language) -> Table:
        places = list(dict.fromkeys(finding.printed.place for finding in findings))
        counts = Counter((finding.printed.place, finding.verdict) for finding in findings)
        rows = [
            {say("place", spoken): study.printed.places[place].say(spoken)}
            | {say(str(verdict), spoken): counts[place, verdict] for verdict in Verdict}
            | {say("figures", spoken): sum(counts[place, verdict] for verdict in Verdict)}
            for place in places
        ]
        frame = pd.DataFrame(rows)
        total = {
            name: say("all", spoken) if index == 0 else frame[name].sum() for index, name in enumerate(frame)
        }
        return Table(pd.concat([frame, pd.DataFrame([total])], ignore_index=True))

    counts = Counter(str(finding.verdict) for finding in findings)
    caption = both("Verdicts on the printed figures of {study}, by place", study=study.label)
    alt = both("Table of counts: {right} follow, {wrong} contradict, {open} cannot be checked", right=counts["follows"],
               wrong=counts["contradicts"], open=counts["cannot be checked"])  # fmt: skip
    return Exhibit("table", make, caption, alt, provenance, language)


def mending_table(
    findings: tuple[Finding, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate what each contradictory total would be if one of its causes were mended, and if all were."""
    mends = mend(findings, study.printed, study.rules)
    if not mends:
        return Absent(both("No printed total of this study contradicts its own figures"), language)

    def make(spoken: Language) -> Table:
        rows = [
            {
                say("total", spoken): name_figure(each.total, study, spoken),
                say("as printed", spoken): each.total.text,
                say("mended", spoken): say("all causes", spoken)
                if len(each.mended) > 1
                else name_figure(each.mended[0], study, spoken),
                say("printed as", spoken): each.mended[0].text if len(each.mended) == 1 else "",
                say("total then", spoken): float(each.value),
            }
            for each in mends
        ]
        return Table(pd.DataFrame(rows), {say("total then", spoken): 4})

    caption = both(
        "{study}: contradictory totals with one cause mended at a time, and with all", study=study.label
    )
    alt = both("Table of {count} mended totals", count=len(mends))
    return Exhibit("table", make, caption, alt, provenance, language)


def implied_table(study: Study, provenance: Provenance, *, language: Language) -> Exhibit | Absent:
    """Tabulate what the printed figures imply: unprinted paths, effects, R2, implied means, ceilings, sample sizes."""
    if not [*_implied_rows(study, language)]:
        return Absent(both("The printed figures of this study imply nothing about unprinted ones"), language)

    def make(spoken: Language) -> Table:
        headers = [say(each, spoken) for each in ("what", "of", "value", "within rounding")]
        return Table(pd.DataFrame([*_implied_rows(study, spoken)], columns=headers))

    caption = both(
        "{study}: what the printed figures imply about figures that are not printed", study=study.label
    )
    alt = both("Table of {count} implied quantities", count=len([*_implied_rows(study, "en")]))
    return Exhibit("table", make, caption, alt, provenance, language)


def _implied_rows(study: Study, language: Language) -> Iterator[Row]:
    yield from _score_rows(study, language)
    yield from _count_rows(study, language)
    if study.model is not None:
        yield from _path_rows(study, language)


def _score_rows(study: Study, language: Language) -> Iterator[Row]:
    for each in implied_scores(study.printed, study.rules):
        names = ", ".join(perspective.short for perspective in each.unprinted)
        of = f"{names} {each.year}"
        mean, within = show_number_1(each.mean, language), show_range(each.mean_range, 1, language)
        yield say("weighted mean of the unprinted perspectives (%)", language), of, mean, within
        if each.ceiling is not None:
            yield (
                say("highest possible NKO (%)", language),
                str(each.year),
                show_number_1(each.ceiling, language),
                "",
            )
        for perspective, floor in each.floors:
            what = say("least possible score, all others at the cap (%)", language)
            yield what, f"{perspective.short} {each.year}", show_number_1(floor, language), ""
    for reading in band_readings(study.printed, study.rules):
        possible = ", ".join(band.label.say(language) for band in reading.possible)
        of = f"{name_subject(reading.printed.key, study, language)} {reading.printed.key.year}: {reading.printed.text}"
        yield say("band", language), of, reading.band.label.say(language), possible


def _count_rows(study: Study, language: Language) -> Iterator[Row]:
    counts = {
        f.key.year: f.value for f in study.printed.figures if f.key.quantity == "indicator_count" and f.value
    }
    years = sorted(year for year in counts if year is not None)
    for before, after in pairwise(years):
        growth = counts[after] / counts[before]
        yield (
            say("growth of the number of indicators", language),
            f"{before}-{after}",
            f"× {show_number_1(growth, language)}",
            "",
        )


def _path_rows(study: Study, language: Language) -> Iterator[Row]:
    if study.model is None:
        return
    implied = implied_paths(study.printed, study.rules, study.model)
    for path in implied:
        for figure, interval in path.by:
            of = f"{path.start} → {path.end} ({name_subject(figure.key, study, language)}: {figure.text})"
            yield (
                say("path implied by one indirect effect", language),
                of,
                "",
                show_range(interval, 4, language),
            )
        of, point = f"{path.start} → {path.end}", format_number(path.point, 3, language)
        yield (
            say("path implied by all indirect effects", language),
            of,
            point,
            show_range(path.joint, 3, language),
        )
    betas = coefficients(study.printed, implied)
    for effect in trace_effects(study.model, betas):
        of, sign = (
            f"{effect.start} → {effect.end}",
            say("direct and indirect effect have opposite signs", language),
        )
        if effect.specific:
            yield (
                say("indirect effect, recomputed", language),
                of,
                format_number(effect.indirect, 3, language),
                "",
            )
            total = format_number(effect.total, 3, language)
            yield say("total effect", language), of, total, sign if effect.inconsistent else ""
    for outcome, r2 in explained_variance(study.model, betas).items():
        yield (
            say("R2, if the coefficients are standardised", language),
            outcome,
            format_number(r2, 3, language),
            "",
        )
    yield from _power_rows(study, language)


def _power_rows(study: Study, language: Language) -> Iterator[Row]:
    what = say("independent units for 80 % power at two-sided 0.05", language)
    for figure in study.printed.figures:
        if figure.key.quantity in ("direct_effect", "indirect_effect") and figure.value:
            of = f"{name_subject(figure.key, study, language)} ({name_quantity(figure.key, language)} {figure.text})"
            yield what, of, format_number(n_for_power(float(figure.value)), 0, language), ""


def show_number_1(value: Any, language: Language) -> str:
    """Write a percentage with one decimal."""
    return format_number(value, 1, language)


def _finding_row(finding: Finding, study: Study, language: Language) -> dict[str, Any]:
    figure = finding.printed
    computed = finding.from_data or finding.recomputed
    recomputed = "" if computed is None else show_range(computed, max(figure.decimals + 1, 4), language)
    if computed is not None and computed.lower == computed.upper:
        recomputed = show_number(computed.lower, language)
    values: dict[str, Any] = {
        "place": study.printed.places[figure.place].say(language),
        "of": name_subject(figure.key, study, language),
        "figure": name_quantity(figure.key, language),
        "year": "" if figure.key.year is None else str(figure.key.year),
        "as printed": figure.text,
        "recomputed": recomputed,
        "verdict": name_verdict(finding, language),
        "sum": finding.sum.say(language),
        "because of": _causes(finding, study, language),
        "smallest repair": _repair(finding, study, language),
        "not printed": ", ".join(
            f"{name_subject(key, study, language)}: {name_quantity(key, language)}" for key in finding.missing
        ),
    }
    return {say(name, language): value for name, value in values.items()}


def _causes(finding: Finding, study: Study, language: Language) -> str:
    if finding.verdict is not Verdict.CONTRADICTS:
        return ""
    if finding.own:
        return say("its own arithmetic", language)
    return "; ".join(f"{name_figure(cause, study, language)}: {cause.text}" for cause in finding.causes)


def _repair(finding: Finding, study: Study, language: Language) -> str:
    """Say what the figure itself would have to be, and the smallest change of another figure that would mend it."""
    if finding.verdict is not Verdict.CONTRADICTS:
        return ""
    own = [each for each in finding.repairs if each.figure.key == finding.printed.key]
    others = [each for each in finding.repairs if each.figure.key != finding.printed.key]
    said = [f"{finding.printed.text} → {describe_repair(each).say(language)}" for each in own]
    said += [
        f"{name_figure(each.figure, study, language)}: {each.figure.text} → {describe_repair(each).say(language)}"
        for each in others[:2]
    ]
    return f" {say('or', language)} ".join(said) or say("no figure: there are no data", language)
