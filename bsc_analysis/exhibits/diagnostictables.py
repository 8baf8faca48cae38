"""Tables that say whether a path model can be trusted: its diagnostics, influential units, and tests for few clusters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.effectwords import distinct_effects, name_effect, name_effects
from bsc_analysis.exhibits.estimatetables import build_estimates, decimals_beside, pick
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import (
    in_both,
    join,
    say_errors,
    say_level,
    say_notes,
    say_sample,
)
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say, say_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.effectlist import EffectName
    from bsc_analysis.paths.fewclusters import NullTest
    from bsc_analysis.paths.influence import Influence
    from bsc_analysis.paths.verdicts import Diagnostic
    from bsc_analysis.studies import Study

MOST_UNITS = 10
WHOLE_MODEL = "whole model"


def diagnostics_table(
    checks: Sequence[Diagnostic], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Tabulate what was looked at: statistic, degrees of freedom, p, verdict, and the thresholds behind it.

    Parameters
    ----------
    checks
        What :func:`~bsc_analysis.paths.diagnostics.diagnose` returned.
    study, provenance, language
        As for every table of a path model.
    """

    def make(spoken: Language) -> Table:
        columns = {
            "outcome": [check.of or say(WHOLE_MODEL, spoken) for check in checks],
            "check": [say(check.name, spoken) for check in checks],
            "statistic": [check.statistic for check in checks],
            "degrees of freedom": [_write_degrees(check.df, spoken) for check in checks],
            "p": [check.p for check in checks],
            "verdict": [say(check.verdict, spoken) for check in checks],
            "what it says": [say_fault(check.sentence, spoken) for check in checks],
        }
        return build_estimates(columns, {"statistic": 2}, spoken, p_values=("p",))

    caption = both(
        "Diagnostics of the path model of {study}. Fine, to be looked at or serious is a reading against the thresholds "
        "named, not a test of the model; with many rows small deviations are significant, so that size decides as well.",
        study=study.label,
    )
    verdicts = [check.verdict for check in checks]
    alt = both(
        "Table of {count} diagnostics: {fine} fine, {look} to be looked at, {serious} serious, {open} not computed",
        count=len(checks),
        fine=verdicts.count("fine"),
        look=verdicts.count("look"),
        serious=verdicts.count("serious"),
        open=verdicts.count("not computed"),
    )
    return Exhibit("table", make, caption, alt, provenance, language)


def influence_table(
    found: Influence, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate the units that change a verdict by themselves, and the ten that move an effect most.

    Each unit stands with the effect it moves most, in standard errors, and the effects whose interval would hold 0, or no
    longer, without it. Absent where no effect could be computed without a unit.

    Parameters
    ----------
    found
        What :func:`~bsc_analysis.paths.influence.influence` returned.
    study, provenance, language
        As for every table of a path model.
    """
    kept = distinct_effects(found.names)
    units = _ranked(found, kept)
    if not units:
        return Absent(
            both("No effect could be computed without a unit, so that none is influential."), language
        )

    def make(spoken: Language) -> Table:
        raw = decimals_beside(pick(found.se, kept))
        decimals = {"b": raw, "b without the unit": raw, "moved by (standard errors)": 2}
        return build_estimates(_influence_columns(found, units, kept, spoken), decimals, spoken)

    def caption(spoken: Language) -> str:
        head = say(
            "Influential units of the path model of {study}: every unit that alone decides whether the {level} % interval of "
            "an effect holds 0, and the {most} that move an effect most, each with the effect it moves most.",
            spoken,
            study=study.label.say(spoken),
            level=say_level(found.level, spoken),
            most=MOST_UNITS,
        )
        units_are = say("{count} units were left out one at a time.", spoken,
                        count=format_number(len(found.labels), 0, spoken))  # fmt: skip
        return join(head, units_are, say_notes(found.notes, spoken))

    effect, unit = units[0]
    alt = in_both(
        lambda spoken: say(
            "Table of {count} influential units, {deciding} of which decide a verdict; first: {unit}, which moves {effect} by "
            "{moved} standard errors",
            spoken,
            count=len(units),
            deciding=len(found.deciding),
            unit=found.labels[unit],
            effect=name_effect(found.names[effect], spoken),
            moved=format_number(abs(float(found.change[effect, unit])), 2, spoken),
        )
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def few_clusters_table(
    analysis: PathAnalysis, test: NullTest, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Tabulate p-values for few clusters beside the analytic ones, for every direct and specific indirect effect.

    An indirect effect gets the largest p along its path in both columns (joint significance).

    Parameters
    ----------
    analysis
        The analysis whose p-values are compared.
    test
        What :func:`~bsc_analysis.paths.fewclusters.wild_cluster_test` or ``permutation_test`` returned.
    study, provenance, language
        As for every table of a path model.
    """
    names = [name for name in analysis.effects.names if name.kind in ("direct", "specific")]

    def make(spoken: Language) -> Table:
        raw = decimals_beside(analysis.fit.se.tolist())
        return build_estimates(
            _few_cluster_columns(analysis, test, names, spoken), {"b": raw, "t": 2}, spoken,
            p_values=("p, analytic", "p, resampled"),
        )  # fmt: skip

    def caption(spoken: Language) -> str:
        sentence = (
            "Tests for few clusters beside analytic ones in the path model of {study}. Resampled: each coefficient is 0 in "
            "the {draws} draws. An indirect effect has the largest p along its path (joint significance)."
        )
        head = say(
            sentence, spoken, study=study.label.say(spoken), draws=format_number(test.n_draws, 0, spoken)
        )
        return join(
            head,
            say("The draws are all that exist.", spoken) if test.exact else "",
            say_sample(analysis.fit, spoken),
            say_errors(analysis.fit.se_kind, spoken),
            say_notes(test.notes, spoken),
        )

    at = [_along(analysis, test, name) for name in names]
    alt = both(
        "Table of {count} effects: {analytic} differ from 0 at 5 % by the analytic test, {resampled} by the resampled one",
        count=len(names),
        analytic=sum(analytic < 0.05 for analytic, _ in at),
        resampled=sum(resampled < 0.05 for _, resampled in at),
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def _write_degrees(df: tuple[float, ...], language: Language) -> str:
    return "; ".join(format_number(each, 0, language) for each in df)


def _ranked(found: Influence, kept: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return (effect, unit) of each unit shown, by how far it moves the effect that it moves most."""
    changes = found.change.tolist()
    moved = {
        unit: max(
            ((abs(changes[at][unit]), -at) for at in kept if math.isfinite(changes[at][unit])), default=None
        )
        for unit in range(len(found.labels))
    }
    known = sorted(
        ((size, unit) for unit, size in moved.items() if size), key=lambda each: (-each[0][0], each[1])
    )
    deciding = set(found.deciding)
    return [
        (-place, unit)
        for rank, ((_, place), unit) in enumerate(known)
        if rank < MOST_UNITS or found.labels[unit] in deciding
    ]


def _influence_columns(
    found: Influence, units: list[tuple[int, int]], kept: tuple[int, ...], language: Language
) -> dict[str, Any]:
    changed = found.verdict_changes.tolist()
    return {
        "unit": [found.labels[unit] for _, unit in units],
        "effect moved most": name_effects([found.names[at] for at, _ in units], language),
        "b": [float(found.b[at]) for at, _ in units],
        "b without the unit": [float(found.b_without[at, unit]) for at, unit in units],
        "moved by (standard errors)": [float(found.change[at, unit]) for at, unit in units],
        "verdict changes of": [
            "; ".join(name_effects([found.names[at] for at in kept if changed[at][unit]], language))
            for _, unit in units
        ],
    }


def _few_cluster_columns(
    analysis: PathAnalysis, test: NullTest, names: list[EffectName], language: Language
) -> dict[str, Any]:
    b = dict(zip(analysis.effects.names, analysis.effects.b.tolist(), strict=True))
    t = dict(zip(test.edges, test.t.tolist(), strict=True))
    both_p = [_along(analysis, test, name) for name in names]
    return {
        "effect": name_effects(names, language),
        "b": [b[name] for name in names],
        "t": [t[name.start, name.end] if name.kind == "direct" else None for name in names],
        "p, analytic": [analytic for analytic, _ in both_p],
        "p, resampled": [resampled for _, resampled in both_p],
    }


def _along(analysis: PathAnalysis, test: NullTest, name: EffectName) -> tuple[float, float]:
    """Return the largest p along a path, analytic and resampled; nan where a coefficient is fixed."""
    edges = list(zip(name.path, name.path[1:], strict=False))
    analytic = dict(zip(analysis.fit.model.edges, analysis.fit.p.tolist(), strict=True))
    resampled = dict(zip(test.edges, test.p.tolist(), strict=True))
    return _largest([analytic[edge] for edge in edges]), _largest([resampled[edge] for edge in edges])


def _largest(values: list[float]) -> float:
    return math.nan if any(math.isnan(each) for each in values) else max(values)
